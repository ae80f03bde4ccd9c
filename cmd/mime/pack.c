/* SPDX-License-Identifier: ISC */
/* pack: a message as a tree of parts, and its way out; see pack.h. */

#include <stdlib.h>

#include "mem.h"
#include "pack.h"
#include "packflow.h"
#include "sevenbit.h"
#include "text.h"

enum { CANDIDATES = 100 };

/* Takes the next bytes of some content: 0, or -1 after it filled "f". */
typedef int put_content(void *ctx, struct slice bytes, struct fail *f);

/* Lines with the line ends of Unix. */
struct unix_lines {
	put_content *put;
	void *ctx;
	int cr; /* one is held back */
};

static int
put_unix(void *ctx, struct slice bytes, struct fail *f)
{
	struct unix_lines *u = ctx;
	struct slice piece;

	while (bytes.n > 0) {
		if (u->cr && slice_peek(bytes) != '\n' &&
		    u->put(u->ctx, SLICE("\r"), f) == -1)
			return -1;
		u->cr = slice_until(&bytes, '\r', &piece);
		if (piece.n > 0 && u->put(u->ctx, piece, f) == -1)
			return -1;
	}
	return 0;
}

static int
content_flowed(const struct pack_part *p, put_content *put, void *ctx,
    struct fail *f)
{
	struct packflow flow;

	packflow_init(&flow, put, ctx);
	if (input_each(&p->in, packflow_put, &flow, f) == -1)
		return -1;
	return packflow_end(&flow, f);
}

/* Gives the content of a leaf to "put" in pieces of at most INPUT_BLOCK bytes
 * (messages made 7-bit: of any size), before it is encoded by p->enc.  0, or
 * -1: what "put", input_read or sevenbit_convert said. */
static int
content_each(const struct pack_part *p, put_content *put, void *ctx,
    struct fail *f)
{
	struct unix_lines u = { put, ctx, 0 };
	int rc;

	if (p->form == PACK_BYTES)
		return input_each(&p->in, put, ctx, f);
	if (p->form == PACK_FLOWED)
		return content_flowed(p, put, ctx, f);
	if (p->form == PACK_MESSAGE)
		rc = input_each(&p->in, put_unix, &u, f);
	else
		rc = sevenbit_convert(&p->in, put_unix, &u, f);
	if (rc == 0 && u.cr)
		rc = put(ctx, SLICE("\r"), f);
	return rc;
}

/* What is learnt of content in one pass. */
struct look {
	struct enc_scan *scan;
	struct boundary_hash hash;
	struct boundary_search search;
};

static int
put_look(void *ctx, struct slice bytes, struct fail *f)
{
	struct look *l = ctx;

	(void)f;
	enc_scan(l->scan, bytes);
	boundary_mix(&l->hash, bytes);
	boundary_seek(&l->search, bytes);
	return 0;
}

int
pack_look(struct pack_part *p, struct enc_scan *scan, struct fail *f)
{
	struct look l = { .scan = scan,
		.search = boundary_search(SLICE(BOUNDARY_START)) };

	enc_scan_init(scan);
	if (content_each(p, put_look, &l, f) == -1)
		return -1;
	p->sum = boundary_sum(&l.hash);
	p->suspect = l.search.found;
	return 0;
}

/* The part after "p" in the order in which they are written, or NULL. */
static struct pack_part *
next_part(const struct pack_part *p)
{
	if (p->child != NULL)
		return p->child;
	while (p->next == NULL && p->parent != NULL)
		p = p->parent;
	return p->next;
}

static int
is_encoded(const struct pack_part *p)
{
	return p->enc == ENC_BASE64 || p->enc == ENC_QUOTED_PRINTABLE;
}

/* The same of a file and of a pipe, whose size is not known. */
static int
mix_head(const struct pack_part *p, struct boundary_hash *h, struct fail *f)
{
	char *head = mem_resize(NULL, INPUT_BLOCK, 1);
	size_t got = 0;
	int rc = input_read(&p->in, 0, head, INPUT_BLOCK, &got, f);

	boundary_mix_number(h, got);
	boundary_mix(h, (struct slice){ head, got });
	free(head);
	return rc;
}

static int
mix_parts(const struct pack_part *root, struct boundary_hash *h,
    struct fail *f)
{
	const struct pack_part *p;

	for (p = root; p != NULL; p = next_part(p)) {
		if (p->child != NULL)
			continue;
		boundary_mix(h, p->header);
		boundary_mix_number(h, p->sum);
		if (is_encoded(p) && mix_head(p, h, f) == -1)
			return -1;
	}
	return 0;
}

static int
put_search(void *ctx, struct slice bytes, struct fail *f)
{
	(void)f;
	boundary_seek(ctx, bytes);
	return 0;
}

/* 1 where a line of unencoded content begins with that boundary, 0, or -1.
 * Without the start of one no boundary can be in there. */
static int
is_in_use(const struct pack_part *root, const char *boundary, struct fail *f)
{
	struct boundary_search search = boundary_search(slice_str(boundary));
	const struct pack_part *p;

	for (p = root; p != NULL && !search.found; p = next_part(p)) {
		boundary_restart(&search);
		if (p->child == NULL && p->suspect && !is_encoded(p) &&
		    content_each(p, put_search, &search, f) == -1)
			return -1;
	}
	return search.found;
}

/* The first boundary from *number on that is nowhere in use. */
static int
choose(struct pack_part *p, const struct pack_part *root, uint64_t hash,
    uint64_t *number, struct fail *f)
{
	for (int i = 0; i < CANDIDATES; i++) {
		int used;

		(void)boundary_text(p->boundary, hash, (*number)++);
		if ((used = is_in_use(root, p->boundary, f)) != 1)
			return used;
	}
	return fail_set(f, EX_DATAERR, "no boundary that is not in the text");
}

int
pack_boundaries(struct pack_part *root, struct boundary_hash *h,
    struct fail *f)
{
	struct pack_part *p;
	uint64_t number = 0, sum;

	if (mix_parts(root, h, f) == -1)
		return -1;
	sum = boundary_sum(h);
	for (p = root; p != NULL; p = next_part(p))
		if (p->child != NULL &&
		    choose(p, root, sum, &number, f) == -1)
			return -1;
	return 0;
}

struct writer {
	struct output *out;
	struct enc_encoder encoder;
	struct boundary_hash hash; /* of unencoded content */
	struct buf coded;
	int last; /* byte written */
};

static void
emit(struct writer *w, struct slice s)
{
	if (s.n == 0)
		return;
	output_put(w->out, s);
	w->last = s.p[s.n - 1];
}

static void
emit_str(struct writer *w, const char *s)
{
	emit(w, slice_str(s));
}

/* A long file is not read to its end for an output that failed. */
static int
emit_content(struct writer *w, struct slice bytes, struct fail *f)
{
	emit(w, bytes);
	return w->out->error != 0 ? output_flush(w->out, f) : 0;
}

static int
put_plain(void *ctx, struct slice bytes, struct fail *f)
{
	struct writer *w = ctx;

	boundary_mix(&w->hash, bytes);
	return emit_content(w, bytes, f);
}

static int
put_coded(void *ctx, struct slice bytes, struct fail *f)
{
	struct writer *w = ctx;

	buf_clear(&w->coded);
	if (enc_encode(&w->encoder, bytes, &w->coded) == -1)
		return fail_set(f, EX_SOFTWARE, "no room to encode");
	if (w->coded.n > 0)
		w->last = w->coded.p[w->coded.n - 1];
	output_give(w->out, &w->coded);
	return emit_content(w, SLICE(""), f);
}

/* Other bytes than those that were looked at may be 8-bit, or a delimiter. */
static int
write_plain(struct writer *w, const struct pack_part *p, struct fail *f)
{
	w->hash = (struct boundary_hash){ 0 };
	if (content_each(p, put_plain, w, f) == -1)
		return -1;
	if (boundary_sum(&w->hash) == p->sum)
		return 0;
	return fail_set(f, EX_IOERR, "%s: changed while it was read",
	    TEXT_SHOW(slice_str(p->in.name)));
}

static int
write_content(struct writer *w, const struct pack_part *p, struct fail *f)
{
	if (!is_encoded(p))
		return write_plain(w, p, f);
	enc_encoder_init(&w->encoder, p->enc, 1);
	if (content_each(p, put_coded, w, f) == -1)
		return -1;
	buf_clear(&w->coded);
	if (enc_encode_end(&w->encoder, &w->coded) == -1)
		return fail_set(f, EX_SOFTWARE, "no room to encode");
	return emit_content(w, buf_slice(&w->coded), f);
}

static void
write_multipart(struct writer *w, const struct pack_part *p)
{
	emit_str(w, "Content-Type: multipart/");
	emit_str(w, p->subtype);
	if (p->root_type.n > 0) {
		emit_str(w, ";\n\ttype=\"");
		emit(w, p->root_type);
		emit_str(w, "\"");
	}
	emit_str(w, ";\n\tboundary=\"");
	emit_str(w, p->boundary);
	emit_str(w, "\"\n");
	if (p->enc == ENC_8BIT)
		emit_str(w, "Content-Transfer-Encoding: 8bit\n");
	emit_str(w, "\n--");
	emit_str(w, p->boundary);
	emit_str(w, "\n");
}

static int
write_part(struct writer *w, const struct pack_part *p, struct fail *f)
{
	if (p->child == NULL) {
		emit(w, p->header);
		emit_str(w, "\n");
		return write_content(w, p, f);
	}
	write_multipart(w, p);
	return 0;
}

/* The delimiters between "p" and what comes after it.  The line end before
 * one is its own; that of a last line of base64 is as good. */
static void
write_delimiters(struct writer *w, const struct pack_part *p)
{
	int ended = p->child == NULL && p->enc == ENC_BASE64 && p->in.size > 0;

	if (p->child != NULL)
		return;
	for (; p->parent != NULL; p = p->parent) {
		if (!ended)
			emit_str(w, "\n");
		ended = 0;
		emit_str(w, "--");
		emit_str(w, p->parent->boundary);
		if (p->next != NULL) {
			emit_str(w, "\n");
			return;
		}
		emit_str(w, "--");
	}
}

int
pack_write(const struct pack_part *root, struct output *out, struct fail *f)
{
	struct writer w = { .out = out, .coded = BUF(5 * INPUT_BLOCK) };
	const struct pack_part *p;
	int rc = 0;

	for (p = root; rc == 0 && p != NULL; p = next_part(p))
		if ((rc = write_part(&w, p, f)) == 0)
			write_delimiters(&w, p);
	/* A soft line break keeps the content as it was. */
	if (rc == 0 && w.last != '\n')
		emit_str(&w, root->enc == ENC_QUOTED_PRINTABLE ? "=\n" : "\n");
	buf_free(&w.coded);
	return rc;
}
