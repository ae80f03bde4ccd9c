/* SPDX-License-Identifier: ISC */
/* threads: messages in the order of their threads; see threads.h. */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "json.h"
#include "limits.h"
#include "mem.h"
#include "scratch.h"
#include "threads.h"

struct place { /* of a message */
	uint32_t uid;
	uint32_t thread; /* the first one in it */
	uint32_t parent; /* 0: none */
	uint32_t depth;
};

struct kept { /* a row in the file */
	uint32_t uid;
	uint32_t size;
	uint64_t at;
	int written;
};

struct threads {
	int fd;
	struct output file;
	struct place *place;
	size_t nplaces, place_room;
	struct kept *kept;
	size_t nkept, kept_room;
};

/* Lists that are open: the message that stood before each. */
struct opened {
	uint32_t parent, depth;
};

struct reading {
	struct opened *opened;
	size_t n, room;
	uint32_t thread, parent, depth;
};

struct threads *
threads_open(struct fail *f)
{
	struct threads *t;
	int fd = scratch_open(f);

	if (fd == -1)
		return NULL;
	t = mem_alloc(sizeof(*t));
	t->fd = fd;
	t->file = output_to(fd, "a temporary file");
	return t;
}

static int
broken(struct fail *f)
{
	return fail_set(f, EX_PROTOCOL,
	    "THREAD: something else where a message belongs");
}

static int
add_place(struct threads *t, struct reading *r, uint64_t uid, struct fail *f)
{
	if (t->nplaces == LIMIT_MAILBOX)
		return fail_set(f, EX_PROTOCOL,
		    "THREAD: more than %d messages", LIMIT_MAILBOX);
	if (t->nplaces == t->place_room) {
		t->place_room = t->place_room == 0 ? 256 : t->place_room * 2;
		t->place = mem_resize(t->place, t->place_room,
		    sizeof(*t->place));
	}
	if (r->thread == 0)
		r->thread = (uint32_t)uid;
	t->place[t->nplaces++] = (struct place){ (uint32_t)uid, r->thread,
		r->parent, r->depth };
	r->parent = (uint32_t)uid;
	r->depth++;
	return 0;
}

static int
open_list(struct reading *r, struct fail *f)
{
	if (r->n == LIMIT_MAILBOX)
		return fail_set(f, EX_PROTOCOL,
		    "THREAD: more than %d lists in one another",
		    LIMIT_MAILBOX);
	if (r->n == r->room) {
		r->room = r->room == 0 ? 16 : r->room * 2;
		r->opened = mem_resize(r->opened, r->room,
		    sizeof(*r->opened));
	}
	if (r->n == 0)
		r->thread = r->parent = r->depth = 0;
	r->opened[r->n++] = (struct opened){ r->parent, r->depth };
	return 0;
}

/* What follows has the same parent as what was in it. */
static int
close_list(struct reading *r, struct fail *f)
{
	if (r->n == 0)
		return broken(f);
	r->n--;
	r->parent = r->opened[r->n].parent;
	r->depth = r->opened[r->n].depth;
	return 0;
}

/* (3 6 (4 23)(44 7 96)): each is the child of the one before it. */
static int
read_token(struct threads *t, struct reading *r, const struct token *next,
    struct fail *f)
{
	uint64_t uid;

	if (next->kind == TOKEN_OPEN)
		return open_list(r, f);
	if (next->kind == TOKEN_CLOSE)
		return close_list(r, f);
	if (next->kind != TOKEN_ATOM || r->n == 0 ||
	    token_parse_number(next->text, UINT32_MAX, &uid) == -1 || uid == 0)
		return broken(f);
	return add_place(t, r, uid, f);
}

int
threads_take(struct threads *t, struct tokens *tokens, struct fail *f)
{
	struct reading r = { 0 };
	struct token next = { .kind = TOKEN_END };
	int rc;

	while ((rc = token_next(tokens, &next, f)) == 0 &&
	    next.kind != TOKEN_END)
		if ((rc = read_token(t, &r, &next, f)) == -1)
			break;
	if (rc == 0 && r.n > 0)
		rc = broken(f);
	free(r.opened);
	return rc;
}

int
threads_keep(struct threads *t, uint32_t uid, struct buf *row, struct fail *f)
{
	if (t->nkept == LIMIT_MAILBOX)
		return fail_set(f, EX_PROTOCOL, "more than %d messages",
		    LIMIT_MAILBOX);
	if (t->nkept == t->kept_room) {
		t->kept_room = t->kept_room == 0 ? 256 : t->kept_room * 2;
		t->kept = mem_resize(t->kept, t->kept_room, sizeof(*t->kept));
	}
	t->kept[t->nkept++] = (struct kept){ uid, (uint32_t)row->n,
		t->file.written, 0 };
	output_put(&t->file, buf_slice(row));
	buf_clear(row);
	return 0;
}

static int
by_uid(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

static void
add_columns(struct ls *l, const struct place *p)
{
	(void)buf_addf(&l->row, "\t%u\t", p->thread);
	if (p->parent != 0)
		(void)buf_addf(&l->row, "%u", p->parent);
	(void)buf_addf(&l->row, "\t%u", p->depth);
}

static void
add_json(struct ls *l, const struct place *p)
{
	struct json j = { .out = &l->row, .comma = 1 };

	json_key(&j, "thread");
	json_uint(&j, p->thread);
	json_uint_or_null(&j, "parent", p->parent != 0, p->parent);
	json_key(&j, "depth");
	json_uint(&j, p->depth);
	json_close(&j, '}');
}

static int
write_row(struct threads *t, struct ls *l, struct kept *k,
    const struct place *p, struct fail *f)
{
	char *room = buf_room(&l->row, k->size);
	ssize_t n;

	k->written = 1;
	if (room == NULL)
		return 0;
	n = pread(t->fd, room, k->size, (off_t)k->at);
	if (n != (ssize_t)k->size) {
		errno = n == -1 ? errno : EIO;
		return fail_errno(f, EX_IOERR, "a temporary file");
	}
	l->row.n += k->size;
	if (l->json)
		add_json(l, p);
	else
		add_columns(l, p);
	ls_put_row(l);
	return 0;
}

/* The first row of a message, or NULL: it is gone. */
static struct kept *
find(struct threads *t, uint32_t uid)
{
	struct kept key = { .uid = uid };

	return t->nkept == 0 ? NULL : bsearch(&key, t->kept, t->nkept,
	    sizeof(key), by_uid);
}

int
threads_write(struct threads *t, struct ls *l, struct fail *f)
{
	struct kept *k;
	size_t n;

	if (output_flush(&t->file, f) == -1)
		return -1;
	if (t->nkept > 1)
		qsort(t->kept, t->nkept, sizeof(*t->kept), by_uid);
	for (n = 0; n < t->nplaces; n++) {
		k = find(t, t->place[n].uid);
		if (k != NULL && !k->written &&
		    write_row(t, l, k, &t->place[n], f) == -1)
			return -1;
	}
	for (n = 0; n < t->nkept; n++) {
		struct place alone = { t->kept[n].uid, t->kept[n].uid, 0, 0 };

		if (!t->kept[n].written &&
		    write_row(t, l, &t->kept[n], &alone, f) == -1)
			return -1;
	}
	return 0;
}

void
threads_close(struct threads **t)
{
	if (*t == NULL)
		return;
	output_free(&(*t)->file);
	(void)close((*t)->fd);
	free((*t)->place);
	free((*t)->kept);
	free(*t);
	*t = NULL;
}
