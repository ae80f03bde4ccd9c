/* SPDX-License-Identifier: ISC */
/* reply: what an SMTP server answers; see reply.h. */

#include <string.h>

#include "limits.h"
#include "reply.h"
#include "text.h"

int
reply_split(struct slice in, struct reply_line *line)
{
	struct slice digits;
	uint64_t code;
	int separator = ' ';

	if (slice_take(&in, 3, &digits) == -1 ||
	    slice_uint(digits, 200, 599, &code) == -1)
		return -1;
	if (in.n > 0)
		separator = slice_getc(&in);
	if (separator != ' ' && separator != '-')
		return -1;
	*line = (struct reply_line){ (unsigned)code, separator == ' ', in };
	return 0;
}

/* A subject or a detail: up to three digits (RFC 3463, 2). */
static int
is_subcode(struct slice s)
{
	uint64_t n;

	return s.n <= 3 && slice_uint(s, 0, 999, &n) == 0;
}

/* RFC 3463, 2: class "." subject "." detail. */
int
reply_enhanced(struct slice *text, unsigned code, char out[REPLY_ENHANCED])
{
	struct slice rest = *text, word, part;
	uint64_t n;

	if (!slice_word(&rest, &word) || word.n >= REPLY_ENHANCED ||
	    text->p != word.p)
		return 0;
	part = slice_sub(word, 0, 1);
	if (slice_uint(part, code / 100, code / 100, &n) == -1 ||
	    slice_find(word, '.') != 1)
		return 0;
	rest = slice_sub(word, 2, word.n);
	if (!slice_until(&rest, '.', &part) || !is_subcode(part) ||
	    !is_subcode(rest))
		return 0;
	memcpy(out, word.p, word.n);
	out[word.n] = '\0';
	*text = slice_trim(slice_sub(*text, word.n, text->n));
	return 1;
}

/* Adds the text of one line to that of the reply. */
static void
add_text(struct reply *r, struct slice text)
{
	char shown[TEXT_SHOWN], enhanced[REPLY_ENHANCED];
	size_t have = strlen(r->text), n;

	if (reply_enhanced(&text, r->code, enhanced))
		memcpy(r->enhanced, enhanced, sizeof(enhanced));
	text_show(shown, slice_trim(text));
	n = strlen(shown);
	if (n == 0 || have + n + 2 > sizeof(r->text))
		return;
	if (have > 0)
		r->text[have++] = ' ';
	memcpy(r->text + have, shown, n + 1);
}

enum {
	CODE = 4, /* and what separates it from the text */
};

static int
read_line(struct conn *c, size_t limit, struct conn_line *line,
    struct fail *f)
{
	int rc = conn_line(c, limit, CONN_COMMAND, line, f);

	if (rc == CONN_FAILED)
		return -1;
	if (rc != CONN_LINE)
		return fail_set(f, EX_TEMPFAIL, "closed by the peer");
	if ((line->flaws & CONN_LONG) != 0)
		return fail_set(f, EX_PROTOCOL,
		    "a reply line longer than %zu bytes", limit);
	if (line->flaws != 0)
		return fail_set(f, EX_PROTOCOL,
		    "a reply with a bare CR or LF, or NUL");
	return 0;
}

struct reading {
	struct conn *c;
	size_t limit; /* of a line */
	reply_each *each;
	void *ctx;
};

static int
read_lines(const struct reading *in, struct reply *r, struct fail *f)
{
	struct reply_line part = { 0 };
	struct conn_line line;
	int n;

	for (n = 0; !part.last; n++) {
		if (n == LIMIT_REPLY_LINES)
			return fail_set(f, EX_PROTOCOL,
			    "a reply of more than %d lines", n);
		if (read_line(in->c, in->limit, &line, f) == -1)
			return -1;
		if (in->each != NULL)
			in->each(in->ctx, line.text);
		if (reply_split(line.text, &part) == -1)
			return fail_set(f, EX_PROTOCOL, "not a reply: %s",
			    TEXT_SHOW(line.text));
		if (n > 0 && part.code != r->code)
			return fail_set(f, EX_PROTOCOL,
			    "a reply with two codes, %u and %u", r->code,
			    part.code);
		r->code = part.code;
		add_text(r, part.text);
	}
	return 0;
}

static int
read_reply(const struct reading *in, struct reply *r, struct fail *f)
{
	memset(r, 0, sizeof(*r));
	if (read_lines(in, r, f) == 0)
		return 0;
	memset(r, 0, sizeof(*r));
	return -1;
}

int
reply_read(struct conn *c, struct reply *r, reply_each *each, void *ctx,
    struct fail *f)
{
	struct reading in = { c, LIMIT_REPLY, each, ctx };

	return read_reply(&in, r, f);
}

int
reply_read_auth(struct conn *c, struct reply *r, reply_each *each, void *ctx,
    struct fail *f)
{
	struct reading in = { c, LIMIT_AUTH_LINE + CODE, each, ctx };

	return read_reply(&in, r, f);
}

int
reply_class(const struct reply *r)
{
	switch (r->code / 100) {
	case 0:
	case 4:
		return EX_TEMPFAIL;
	case 2:
		return 0;
	case 5:
		if (r->code == 530 || r->code == 534 || r->code == 535 ||
		    r->code == 538)
			return EX_NOPERM;
		/* RFC 3463, 3.2: bad destination mailbox or system address. */
		if (strcmp(r->enhanced, "5.1.1") == 0 ||
		    strcmp(r->enhanced, "5.1.2") == 0 ||
		    strcmp(r->enhanced, "5.1.3") == 0 ||
		    strcmp(r->enhanced, "5.1.6") == 0 ||
		    strcmp(r->enhanced, "5.1.10") == 0)
			return EX_NOUSER;
		return EX_UNAVAILABLE;
	default:
		return EX_PROTOCOL;
	}
}

int
reply_fail(const struct reply *r, struct fail *f)
{
	if (r->code == 0)
		return fail_set(f, EX_TEMPFAIL, "no reply");
	return fail_set(f, reply_class(r), "%u%s%s%s%s", r->code,
	    r->enhanced[0] == '\0' ? "" : " ", r->enhanced,
	    r->text[0] == '\0' ? "" : " ", r->text);
}
