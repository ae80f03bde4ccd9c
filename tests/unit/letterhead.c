/* SPDX-License-Identifier: ISC */
/* Unit test of letterhead: what a header says of the envelope. */

#include "letterhead.h"
#include "limits.h"
#include "unit.h"

static const char crlf[] = "Subject: x\r\nTo: a@b.example\r\n\r\nbody\r\n\r\n";

/* However the input is cut off, the header ends at its empty line. */
static void
test_read(void)
{
	size_t n;

	for (n = 0; n < sizeof(crlf); n++) {
		struct buf header = BUF(LIMIT_HEADER + LETTERHEAD_BLOCK);
		struct input in = { .fd = -1, .size = n, .name = "test",
			.held = (char *)(uintptr_t)crlf };
		struct fail f = { 0 };

		CHECK_INT(letterhead_read(&in, &header, &f), 0);
		CHECK_INT(header.n, n > 31 ? 31 : n);
		buf_free(&header);
	}
}

static void
test_too_long(void)
{
	char *text = mem_resize(NULL, 2 * LIMIT_HEADER, 1);
	struct buf header = BUF(LIMIT_HEADER + LETTERHEAD_BLOCK);
	struct input in = { .fd = -1, .size = 2 * LIMIT_HEADER,
		.name = "test", .held = text };
	struct fail f = { 0 };

	memset(text, 'x', 2 * LIMIT_HEADER);
	CHECK(letterhead_read(&in, &header, &f) == -1 &&
	    f.class == EX_DATAERR);
	buf_free(&header);
	free(text);
}

static void
test_bytes(void)
{
	CHECK(!letterhead_has_bare_cr(SLICE("a: b\r\n\r\n")));
	CHECK(letterhead_has_bare_cr(SLICE("a: b\rBcc: c\r\n")));
	CHECK(letterhead_has_bare_cr(SLICE("a: b\r\r\n")));
	CHECK(letterhead_has_bare_cr(SLICE("a: b\r")));
	CHECK(!letterhead_is_utf8(SLICE("a: b\n")));
	CHECK(letterhead_is_utf8(SLICE("a: \xc3\xa4\n")));
	CHECK(!letterhead_is_utf8(SLICE("a: \xe4\n")));
}

static int
collect(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	(void)f;
	(void)buf_add(ctx, m->spec);
	return buf_addc(ctx, ' ');
}

static const struct {
	const char *header, *recipients, *sender;
} headers[] = {
	{ "To: a@x\nCc: b@x, c@x\nBcc: d@x\nFrom: e@x\n\n",
	    "a@x b@x c@x d@x ", "e@x" },
	{ "To: a@x\nResent-To: b@x\nResent-Bcc: c@x\nSender: f@x\n"
	  "From: e@x, g@x\n\n", "b@x c@x ", "f@x" },
	{ "To: root, Bob <bob>,\n \"a b\"\nFrom: cron (Cron Daemon)\n\n",
	    "root bob \"a b\" ", "cron" },
	{ "To: a@x\nFrom: Foo [Bar] <e@x>\n\n", "a@x ", NULL },
	{ "To: a@x\nSender: Foo [Bar] <e@x>\nFrom: g@x\n\n", "a@x ", "g@x" },
	{ "Subject: x\n\nTo: a@x\nFrom: b@x\n", "", NULL },
	{ "To: two words\n\n", NULL, NULL },
	{ "To: ()\n\n", "", NULL },
};

static void
test_envelope(void)
{
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		struct slice header = slice_str(headers[i].header), sender;
		struct buf out = BUF(1000);
		struct arena arena = { 0 };
		struct fail f = { 0 };

		CASE(headers[i].header);
		CHECK_INT(letterhead_recipients(header, addr_list_local,
		    collect, &out, &f), headers[i].recipients == NULL ? -1 : 0);
		if (headers[i].recipients != NULL)
			CHECK_STR(buf_str(&out), headers[i].recipients);
		CHECK_INT(letterhead_sender(header, addr_list_local, &arena,
		    &sender), headers[i].sender != NULL);
		if (headers[i].sender != NULL)
			CHECK_SLICE(sender, slice_str(headers[i].sender));
		arena_free(&arena);
		buf_free(&out);
	}
}

static void
test_complete(void)
{
	struct buf out = BUF(1000);

	CHECK_INT(letterhead_field(SLICE("date : x")), LETTERHEAD_DATE);
	CHECK_INT(letterhead_field(SLICE("MESSAGE-ID:")), LETTERHEAD_ID);
	CHECK_INT(letterhead_field(SLICE("From: x")), LETTERHEAD_FROM);
	CHECK_INT(letterhead_field(SLICE("Dated: x")), 0);
	letterhead_complete(&out, LETTERHEAD_DATE, "17", "example.org");
	CHECK_STR(buf_str(&out), "Message-ID: <17@example.org>\n");
	buf_clear(&out);
	letterhead_complete(&out, LETTERHEAD_ID, "17", "example.org");
	CHECK(slice_starts(buf_slice(&out), SLICE("Date: ")));
	buf_clear(&out);
	letterhead_complete(&out, LETTERHEAD_ID | LETTERHEAD_DATE, "17", "x");
	CHECK_INT(out.n, 0);
	buf_free(&out);
}

int
main(void)
{
	RUN(test_read);
	RUN(test_too_long);
	RUN(test_bytes);
	RUN(test_envelope);
	RUN(test_complete);
	return unit_done();
}
