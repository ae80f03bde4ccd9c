/* SPDX-License-Identifier: ISC */
/* partial: fragments of messages, held; see partial.h, and partialjoin.c for
 * what is made of them. */

#include <stdlib.h>
#include <unistd.h>

#include "hdr.h"
#include "io.h"
#include "mem.h"
#include "param.h"
#include "partial.h"

/* A parameter that is a number from 1 on: 1; 0 where it is absent, or -1. */
static int
read_number(struct slice field, const char *name, uint64_t *n)
{
	struct buf text = BUF(64);
	int rc = param_get(field, name, &text);

	if (rc == 1 && slice_uint(buf_slice(&text), 1, UINT32_MAX, n) == -1)
		rc = -1;
	buf_free(&text);
	return rc;
}

int
partial_read(struct slice header, struct partial_says *says)
{
	struct hdr_field field;

	*says = (struct partial_says){ .id = BUF(PARTIAL_ID) };
	if (hdr_find(header, "Content-Type", &field) &&
	    param_get(field.value, "id", &says->id) == 1 && says->id.n > 0 &&
	    read_number(field.value, "number", &says->number) == 1 &&
	    read_number(field.value, "total", &says->total) != -1 &&
	    (says->total == 0 || says->number <= says->total))
		return 1;
	buf_free(&says->id);
	return 0;
}

static struct partial_set *
find_set(const struct partials *p, struct slice id)
{
	struct partial_set *set = p->first;

	while (set != NULL && !slice_eq(set->id, id))
		set = set->next;
	return set;
}

/* Whether there may be such a fragment beside those that are there. */
static int
fits(const struct partial_set *set, const struct partial_says *says)
{
	const struct partial_fragment *one;
	uint64_t total = says->total;

	if (total == 0)
		total = set->total;
	if (set->total != 0 && total != set->total)
		return 0;
	if (total != 0 && says->number > total)
		return 0;
	for (one = set->first; one != NULL; one = one->next)
		if (one->number == says->number ||
		    (total != 0 && one->number > total))
			return 0;
	return 1;
}

static struct partial_set *
add_set(struct partials *p, struct slice id)
{
	struct partial_set **at = &p->first, *set = mem_alloc(sizeof(*set));

	while (*at != NULL)
		at = &(*at)->next;
	set->id = (struct slice){ mem_str(id), id.n };
	return *at = set;
}

static struct partial_fragment *
add_fragment(struct partial_set *set, const struct partial_says *says)
{
	struct partial_fragment **at = &set->first;
	struct partial_fragment *one = mem_alloc(sizeof(*one));

	while (*at != NULL && (*at)->number < says->number)
		at = &(*at)->next;
	one->number = says->number;
	one->next = *at;
	*at = one;
	set->given++;
	if (says->total != 0)
		set->total = says->total;
	return one;
}

/* Writes the header, behind which the body is to come. */
static int
put_header(struct partials *p, struct slice header, struct fail *f)
{
	if (lseek(p->fd, (off_t)p->size, SEEK_SET) == -1 ||
	    io_write(p->fd, header) == -1)
		return fail_errno(f, EX_IOERR, "temporary file: write");
	return 0;
}

int
partial_hold(struct partials *p, struct slice header,
    struct partial_fragment **fragment, struct fail *f)
{
	struct partial_says says;
	struct partial_set *set;
	int rc;

	if (p->held == LIMIT_PARTIAL || !partial_read(header, &says))
		return 0;
	set = find_set(p, buf_slice(&says.id));
	rc = set == NULL || fits(set, &says);
	if (rc == 1)
		rc = put_header(p, header, f) == -1 ? -1 : 1;
	if (rc == 1) {
		if (set == NULL)
			set = add_set(p, buf_slice(&says.id));
		*fragment = add_fragment(set, &says);
		(*fragment)->header = p->size;
		(*fragment)->body = p->size + header.n;
		(*fragment)->end = 0;
		p->held++;
	}
	buf_free(&says.id);
	return rc;
}

void
partial_held(struct partials *p, struct partial_fragment *fragment,
    uint64_t n)
{
	fragment->end = fragment->body + n;
	p->size = fragment->end;
}

static void
unlink_set(struct partials *p, struct partial_set *set)
{
	struct partial_set **at = &p->first;

	while (*at != set)
		at = &(*at)->next;
	*at = set->next;
	set->next = NULL;
	p->held -= (unsigned)set->given;
}

/* A total that it alone told stays: nothing that it said was wrong. */
void
partial_drop(struct partials *p, struct partial_fragment *fragment)
{
	struct partial_set *set = p->first;
	struct partial_fragment **at = &set->first;

	while (*at != fragment) {
		if (*at == NULL) {
			set = set->next;
			at = &set->first;
		} else {
			at = &(*at)->next;
		}
	}
	*at = fragment->next;
	free(fragment);
	set->given--;
	p->held--;
	if (set->given > 0)
		return;
	unlink_set(p, set);
	partial_free(&set);
}

struct partial_set *
partial_complete(struct partials *p)
{
	struct partial_set *set = p->first;

	while (set != NULL && set->given != set->total)
		set = set->next;
	if (set != NULL)
		unlink_set(p, set);
	return set;
}

struct partial_set *
partial_take(struct partials *p)
{
	struct partial_set *set = p->first;

	if (set != NULL)
		unlink_set(p, set);
	return set;
}

void
partial_free(struct partial_set **set)
{
	struct partial_fragment *one, *next;

	if (*set == NULL)
		return;
	for (one = (*set)->first; one != NULL; one = next) {
		next = one->next;
		free(one);
	}
	free((char *)(uintptr_t)(*set)->id.p);
	free(*set);
	*set = NULL;
}
