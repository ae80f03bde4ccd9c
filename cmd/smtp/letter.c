/* SPDX-License-Identifier: ISC */
/* letter: a message to be sent, with its envelope; see letter.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "hdr.h"
#include "letter.h"
#include "letterhead.h"
#include "limits.h"
#include "message.h"
#include "self.h"
#include "text.h"
#include "utf8.h"

#define SHOW_NAME(l) TEXT_SHOW(slice_str((l)->in.name))

static int
same_mailbox(struct slice a, struct slice b)
{
	size_t at;

	if (!slice_caseeq(a, b))
		return 0;
	/* Only the domain may be compared without case (RFC 5321, 2.4). */
	at = slice_find(a, '@');
	return slice_eq(slice_sub(a, 0, at), slice_sub(b, 0, at));
}

int
letter_path(struct letter *l, struct slice address, struct slice *path,
    struct fail *f)
{
	char text[ADDR_TEXT];

	*path = address;
	if (utf8_ascii(address))
		return 0;
	if (addr_to_ascii(address, text, f) == -1)
		return -1;
	*path = arena_slice(&l->arena, slice_str(text));
	return 0;
}

struct letter_recipient *
letter_add(struct letter *l, struct slice address, struct fail *f)
{
	struct letter_recipient *r;
	struct slice path;

	if (letter_path(l, address, &path, f) == -1)
		return NULL;
	l->to = mem_grow(l->to, l->nto, sizeof(*l->to));
	r = &l->to[l->nto++];
	memset(r, 0, sizeof(*r));
	r->class = EX_TEMPFAIL;
	r->address = arena_slice(&l->arena, address);
	r->forward_path = path.p == address.p ? r->address : path;
	return r;
}

/* One that is not there yet. */
static int
add_recipient(struct letter *l, struct slice address, struct fail *f)
{
	struct letter_recipient *r;
	struct slice path;
	size_t i;

	if (letter_path(l, address, &path, f) == -1)
		return -1;
	for (i = 0; i < l->nto; i++)
		if (same_mailbox(l->to[i].forward_path, path))
			return 0;
	if ((r = letter_add(l, address, f)) == NULL)
		return -1;
	r->notify = l->ask->notify;
	r->original = slice_str(l->ask->orcpt);
	return 0;
}

static int
recipient_of_field(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	struct letter *l = ctx;

	if (l->nto >= LIMIT_RECIPIENTS * 10)
		return fail_set(f, EX_DATAERR, "more than %d recipients",
		    LIMIT_RECIPIENTS * 10);
	return add_recipient(l, m->spec, f);
}

/* The header without its Bcc fields, where it has some. */
static void
remove_bcc(struct letter *l, struct slice header)
{
	struct slice rest = header;
	struct hdr_field field;

	if (hdr_count(header, "Bcc") + hdr_count(header, "Resent-Bcc") == 0)
		return;
	l->head = BUF(LIMIT_HEADER + LETTERHEAD_BLOCK);
	while (hdr_next(&rest, &field) == 1)
		if (!slice_caseeq(field.name, SLICE("Bcc")) &&
		    !slice_caseeq(field.name, SLICE("Resent-Bcc")))
			(void)buf_add(&l->head, field.raw);
	(void)buf_add(&l->head, rest);
	input_replace_head(&l->in, header.n, buf_slice(&l->head));
}

static int
given_sender(struct letter *l, const char *given, struct fail *f)
{
	struct addr a;

	l->sender = slice_str(given);
	if (l->sender.n == 0 || slice_eq(l->sender, SLICE("<>"))) {
		l->sender = l->reverse_path = SLICE("");
		return 0;
	}
	return addr_check_utf8(l->sender, &a, f) == -1 ||
	    letter_path(l, l->sender, &l->reverse_path, f) == -1 ?
	    fail_argument(f, "-f") : 0;
}

static int
find_sender(struct letter *l, struct slice header, const char *given,
    struct fail *f)
{
	char own[ADDR_TEXT];

	if (given != NULL)
		return given_sender(l, given, f);
	if (!letterhead_sender(header, addr_list_utf8, &l->arena,
	    &l->sender)) {
		if (self_address(own, f) == -1)
			return fail_at(f, "no sender was given by -f, and");
		l->sender = arena_slice(&l->arena, slice_str(own));
	}
	return letter_path(l, l->sender, &l->reverse_path, f) == -1 ?
	    fail_at(f, SHOW_NAME(l)) : 0;
}

static int
find_recipients(struct letter *l, struct slice header,
    const struct letter_options *o, struct fail *f)
{
	struct addr a;
	size_t i;

	for (i = 0; i < o->nto; i++) {
		struct slice text = slice_str(o->to[i]);

		if (addr_check_utf8(text, &a, f) == -1 ||
		    add_recipient(l, text, f) == -1)
			return fail_argument(f, TEXT_SHOW(text));
	}
	if (o->from_header && letterhead_recipients(header, addr_list_utf8,
	    recipient_of_field, l, f) == -1)
		return fail_at(f, SHOW_NAME(l));
	if (l->nto == 0)
		return fail_set(f, EX_DATAERR, "%s: no recipient",
		    SHOW_NAME(l));
	if (l->nto > 1 && o->ask.orcpt[0] != '\0')
		return fail_set(f, EX_USAGE,
		    "%s: -O is for one recipient, here are %zu",
		    SHOW_NAME(l), l->nto);
	return 0;
}

/* With recipients taken from the header that must not be. */
static int
check_header(const struct letter *l, struct slice header, struct fail *f)
{
	return !letterhead_has_bare_cr(header) ? 0 : fail_set(f, EX_DATAERR,
	    "%s: a bare CR in the header", SHOW_NAME(l));
}

/* A field that is there twice is none (RFC 8689, 5). */
void
letter_look_for_tls(struct letter *l, struct slice header)
{
	static const char name[] = "TLS-Required";
	struct hdr_field field;

	l->tls = LETTER_USUAL;
	if (l->ask->require_tls)
		l->tls = LETTER_REQUIRED;
	else if (hdr_find(header, name, &field) &&
	    slice_caseeq(slice_trim(field.value), SLICE("no")) &&
	    hdr_count(header, name) == 1)
		l->tls = LETTER_RELAXED;
}

int
letter_scan(struct letter *l, struct fail *f)
{
	enc_scan_init(&l->scan);
	if (l->in.held != NULL && l->in.head.n == 0) {
		enc_scan(&l->scan, (struct slice){ l->in.held,
		    (size_t)l->in.size });
		return 0;
	}
	return input_each(&l->in, enc_scan_piece, &l->scan, f);
}

int
letter_open(struct letter *l, const char *path, const struct letter_options *o,
    struct fail *f)
{
	struct buf header = BUF(LIMIT_HEADER + LETTERHEAD_BLOCK);
	int rc;

	memset(l, 0, sizeof(*l));
	l->path = path;
	l->ask = &o->ask;
	l->found = message_path(path);
	if (input_open(&l->in, l->found, UINT64_MAX, f) == -1)
		return -1;
	rc = letterhead_read(&l->in, &header, f);
	if (rc == 0 && o->from_header)
		rc = check_header(l, buf_slice(&header), f);
	if (rc == 0)
		rc = find_sender(l, buf_slice(&header), o->sender, f);
	if (rc == 0)
		rc = find_recipients(l, buf_slice(&header), o, f);
	if (rc == 0 && o->from_header)
		remove_bcc(l, buf_slice(&header));
	if (rc == 0)
		letter_look_for_tls(l, buf_slice(&header));
	l->utf8 = !utf8_ascii(l->reverse_path) ||
	    letterhead_is_utf8(buf_slice(l->head.n > 0 ? &l->head : &header));
	if (rc == 0)
		rc = letter_scan(l, f);
	buf_free(&header);
	return rc;
}

uint64_t
letter_size(const struct letter *l)
{
	return l->scan.bytes + (l->scan.crlf ? 0 : l->scan.lines);
}

void
letter_settle(struct letter_recipient *r, int class, const char *text)
{
	r->settled = 1;
	r->class = class;
	if (text != NULL) {
		memset(&r->reply, 0, sizeof(r->reply));
		(void)snprintf(r->reply.text, sizeof(r->reply.text), "%.500s",
		    text);
	}
}

void
letter_settle_rest(struct letter *l, int class, const char *enhanced,
    const char *text)
{
	size_t i;

	for (i = 0; i < l->nto; i++)
		if (!l->to[i].settled) {
			letter_settle(&l->to[i], class, text);
			(void)snprintf(l->to[i].reply.enhanced,
			    sizeof(l->to[i].reply.enhanced), "%s", enhanced);
		}
}

int
letter_has_pending(const struct letter *l)
{
	size_t i;

	for (i = 0; i < l->nto; i++)
		if (!l->to[i].settled && !l->to[i].accepted)
			return 1;
	return 0;
}

void
letter_close(struct letter *l)
{
	input_close(&l->in);
	free(l->found);
	buf_free(&l->head);
	free(l->to);
	arena_free(&l->arena);
	memset(l, 0, sizeof(*l));
	l->in.fd = -1;
}
