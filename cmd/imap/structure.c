/* SPDX-License-Identifier: ISC */
/* structure: the parts of a message, one in another; see structure.h. */

#include "buf.h"
#include "limits.h"
#include "structure.h"

/* Puts it behind the last one in "up". */
static void
hang_in(struct structure_part *up, struct structure_part *p)
{
	if (up->first == NULL) {
		up->first = p;
	} else {
		up->last->next = p;
		p->place = up->last->place + 1;
	}
	up->last = p;
	p->depth = up->depth + 1;
}

struct structure_part *
structure_add(struct structure *s, struct structure_part *up, struct fail *f)
{
	struct structure_part *p;

	if (s->n == LIMIT_MIME_PARTS) {
		(void)fail_set(f, EX_DATAERR, "more than %d parts",
		    LIMIT_MIME_PARTS);
		return NULL;
	}
	if (up != NULL && up->depth == LIMIT_MIME_DEPTH) {
		(void)fail_set(f, EX_DATAERR, "more than %d parts in one "
		    "another", LIMIT_MIME_DEPTH);
		return NULL;
	}
	p = arena_alloc(&s->arena, sizeof(*p));
	*p = (struct structure_part){ .up = up, .place = 1, .depth = 1 };
	if (up == NULL)
		s->root = p;
	else
		hang_in(up, p);
	s->n++;
	return p;
}

int
structure_keep(struct structure *s, struct slice text, struct slice *kept,
    struct fail *f)
{
	s->bytes += text.n;
	if (s->bytes > STRUCTURE_BYTES)
		return fail_set(f, EX_DATAERR, "more than %d bytes of "
		    "structure", STRUCTURE_BYTES);
	*kept = arena_slice(&s->arena, text);
	return 0;
}

static void
set_number(struct structure *s, struct structure_part *p)
{
	const struct structure_part *up = p->up;
	struct buf number = BUF(12 * (LIMIT_MIME_DEPTH + 2));

	for (; up != NULL && up->number.n == 0; up = up->up)
		;
	if (up != NULL) {
		(void)buf_add(&number, up->number);
		(void)buf_addc(&number, '.');
	}
	(void)buf_addf(&number, "%u", p->place);
	p->number = arena_slice(&s->arena, buf_slice(&number));
	buf_free(&number);
}

void
structure_number(struct structure *s)
{
	const struct structure_part *p;

	for (p = s->root; p != NULL; p = structure_next(p))
		if (!p->multipart || (p->up != NULL && p->up->multipart))
			set_number(s, (struct structure_part *)(uintptr_t)p);
}

const struct structure_part *
structure_next(const struct structure_part *part)
{
	if (part->first != NULL)
		return part->first;
	while (part != NULL && part->next == NULL)
		part = part->up;
	return part == NULL ? NULL : part->next;
}

const struct structure_part *
structure_find(const struct structure *s, struct slice number)
{
	const struct structure_part *p = s->root;

	for (; p != NULL; p = structure_next(p))
		if (p->number.n > 0 && slice_eq(p->number, number))
			return p;
	return NULL;
}

void
structure_free(struct structure *s)
{
	arena_free(&s->arena);
	*s = (struct structure){ 0 };
}
