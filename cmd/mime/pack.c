/* SPDX-License-Identifier: ISC */
/* pack: a message as a tree of parts, and its way out; see pack.h. */

#include "pack.h"
#include "sevenbit.h"

enum { CANDIDATES = 100 };

/* Lines with the line ends of Unix. */
struct unix_lines {
	pack_put *put;
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

int
pack_content(const struct pack_part *p, pack_put *put, void *ctx,
    struct fail *f)
{
	struct unix_lines u = { put, ctx, 0 };
	int rc;

	if (p->form == PACK_BYTES)
		return input_each(&p->in, put, ctx, f);
	if (p->form == PACK_MESSAGE)
		rc = input_each(&p->in, put_unix, &u, f);
	else
		rc = sevenbit_convert(&p->in, put_unix, &u, f);
	if (rc == 0 && u.cr)
		rc = put(ctx, SLICE("\r"), f);
	return rc;
}

struct pack_part *
pack_next(const struct pack_part *p)
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

/* What is learnt of unencoded content in one pass. */
struct survey {
	struct boundary_hash *hash; /* NULL: only the search */
	struct boundary_search search;
};

static int
put_survey(void *ctx, struct slice bytes, struct fail *f)
{
	struct survey *s = ctx;

	(void)f;
	if (s->hash != NULL)
		boundary_mix(s->hash, bytes);
	boundary_seek(&s->search, bytes);
	return 0;
}

static int
survey_parts(const struct pack_part *root, struct survey *s, struct fail *f)
{
	const struct pack_part *p;

	for (p = root; p != NULL; p = pack_next(p)) {
		if (s->hash != NULL) {
			boundary_mix(s->hash, p->header);
			boundary_mix_number(s->hash, p->in.size);
		}
		boundary_restart(&s->search);
		if (p->child == NULL && !is_encoded(p) &&
		    pack_content(p, put_survey, s, f) == -1)
			return -1;
	}
	return 0;
}

/* The first boundary from *number on that is nowhere in use. */
static int
choose(struct pack_part *p, const struct pack_part *root, uint64_t hash,
    uint64_t *number, struct fail *f)
{
	for (int i = 0; i < CANDIDATES; i++) {
		struct survey s = { .hash = NULL };

		(void)boundary_text(p->boundary, hash, (*number)++);
		s.search = boundary_search(slice_str(p->boundary));
		if (survey_parts(root, &s, f) == -1)
			return -1;
		if (!s.search.found)
			return 0;
	}
	return fail_set(f, EX_DATAERR, "no boundary that is not in the text");
}

int
pack_boundaries(struct pack_part *root, struct boundary_hash *h,
    struct fail *f)
{
	struct survey s = { h, boundary_search(SLICE(BOUNDARY_START)) };
	struct pack_part *p;
	uint64_t number = 0, sum;

	if (survey_parts(root, &s, f) == -1)
		return -1;
	sum = boundary_sum(h);
	for (p = root; p != NULL; p = pack_next(p)) {
		if (p->child == NULL)
			continue;
		/* Without the start of one no boundary can be in there. */
		if (!s.search.found)
			(void)boundary_text(p->boundary, sum, number++);
		else if (choose(p, root, sum, &number, f) == -1)
			return -1;
	}
	return 0;
}

struct writer {
	struct output *out;
	struct enc_encoder encoder;
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
put_plain(void *ctx, struct slice bytes, struct fail *f)
{
	struct writer *w = ctx;

	emit(w, bytes);
	return w->out->error != 0 ? output_flush(w->out, f) : 0;
}

static int
put_coded(void *ctx, struct slice bytes, struct fail *f)
{
	struct writer *w = ctx;

	buf_clear(&w->coded);
	if (enc_encode(&w->encoder, bytes, &w->coded) == -1)
		return fail_set(f, EX_SOFTWARE, "no room to encode");
	return put_plain(w, buf_slice(&w->coded), f);
}

static int
write_content(struct writer *w, const struct pack_part *p, struct fail *f)
{
	if (!is_encoded(p))
		return pack_content(p, put_plain, w, f);
	enc_encoder_init(&w->encoder, p->enc, 1);
	if (pack_content(p, put_coded, w, f) == -1)
		return -1;
	buf_clear(&w->coded);
	if (enc_encode_end(&w->encoder, &w->coded) == -1)
		return fail_set(f, EX_SOFTWARE, "no room to encode");
	return put_plain(w, buf_slice(&w->coded), f);
}

static int
write_part(struct writer *w, const struct pack_part *p, struct fail *f)
{
	if (p->child == NULL) {
		emit(w, p->header);
		emit_str(w, "\n");
		return write_content(w, p, f);
	}
	emit_str(w, "Content-Type: multipart/");
	emit_str(w, p->subtype);
	emit_str(w, ";\n\tboundary=\"");
	emit_str(w, p->boundary);
	emit_str(w, "\"\n");
	if (p->enc == ENC_8BIT)
		emit_str(w, "Content-Transfer-Encoding: 8bit\n");
	emit_str(w, "\n--");
	emit_str(w, p->boundary);
	emit_str(w, "\n");
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

	for (p = root; rc == 0 && p != NULL; p = pack_next(p))
		if ((rc = write_part(&w, p, f)) == 0)
			write_delimiters(&w, p);
	/* A soft line break keeps the content as it was. */
	if (rc == 0 && w.last != '\n')
		emit_str(&w, root->enc == ENC_QUOTED_PRINTABLE ? "=\n" : "\n");
	buf_free(&w.coded);
	return rc;
}
