/* SPDX-License-Identifier: ISC */
/* Tests of unmboxrd: what mboxrd wrote comes back, and what else there is,
 * however it is cut. */

#include <sys/mman.h>
#include <unistd.h>

#include "buf.h"
#include "io.h"
#include "mboxrd.h"
#include "unit.h"
#include "unmboxrd.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HEAD "From MAILER-DAEMON Mon Nov 23 02:53:26 2026\n"
#define TEN "0123456789"
#define L100 TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define L1000 L100 L100 L100 L100 L100 L100 L100 L100 L100 L100

static void
note(const struct unmboxrd *m, enum unmboxrd_event event, struct slice text,
    struct buf *out)
{
	if (event == UNMBOXRD_TEXT)
		(void)buf_add(out, text);
	else if (event == UNMBOXRD_WRONG)
		(void)buf_addc(out, '!');
	else if (m->dated)
		(void)buf_addf(out, "[%jd]", (intmax_t)m->date);
	else
		(void)buf_adds(out, "[]");
}

/* The events of "in", which comes in pieces of so many bytes: "[date]" before
 * each message, "!" for what is wrong, "." for a whole end. */
static void
read_all(struct slice in, size_t piece, struct buf *out)
{
	struct unmboxrd m = { 0 };
	struct slice rest, text = { NULL, 0 };
	enum unmboxrd_event event = UNMBOXRD_MORE;

	while (in.n > 0) {
		struct slice part = unit_exact(slice_sub(in, 0, piece));

		in = slice_sub(in, piece, in.n);
		rest = part;
		while ((event = unmboxrd_next(&m, &rest, &text)) !=
		    UNMBOXRD_MORE) {
			note(&m, event, text, out);
			if (!m.begun)
				break;
		}
		CHECK(rest.n == 0 || !m.begun);
		free((char *)(uintptr_t)part.p);
		if (event != UNMBOXRD_MORE)
			return;
	}
	if (unmboxrd_end(&m) == 0)
		(void)buf_addc(out, '.');
}

static const struct slice messages[] = {
	SLICE(""),
	SLICE("\n"),
	SLICE("\n\n\n"),
	SLICE("A: b\n"),
	SLICE("A: b\n\n"),
	SLICE("A: b\n\nx\n\n\n"),
	SLICE("From x\n"),
	SLICE("From x Thu Jan  1 00:00:00 1970\nFrom \n\nFrom \n"),
	SLICE("A: b\n\nFrom x\n\nFrom x\n>From x\n>>>From \n\n>>From "),
	SLICE(">"),
	SLICE(">\n>>\n>>>>>>>>From\n>F\n>>Fro>From \n"),
	SLICE("F\nFr\nFro\nFrom\nFrom:\nxFrom \n From \n"),
	SLICE("\n>\n\n>From \n\nF\n\nFrom"),
	SLICE("\r\n"),
	SLICE("\r"),
	SLICE("a\r\n\r\n\n\r\r\n\rx\n\r\nFrom \r\n>From x\r\n"),
	SLICE("\0\n\0From \n>\0\n\377\303\244\n"),
	SLICE(L1000 L1000 "\nFrom " L1000 L1000 "\n>" L1000 "From "),
	SLICE("no end"),
};

/* All of them in one mbox, as it was written. */
static struct buf
write_all(void)
{
	int fd = memfd_create("mbox", 0);
	struct output out = output_to(fd, "memory");
	struct buf box = BUF(1000000);
	struct fail f;
	size_t i;
	ssize_t n;

	for (i = 0; i < COUNT(messages); i++) {
		struct mboxrd m = { .out = &out };

		mboxrd_begin(&m, 1795402406 + (time_t)i);
		mboxrd_put(&m, messages[i]);
		mboxrd_end(&m);
	}
	CHECK_INT(output_flush(&out, &f), 0);
	output_free(&out);
	CHECK_INT(lseek(fd, 0, SEEK_SET), 0);
	n = io_read(fd, buf_room(&box, 500000), 500000);
	CHECK(n > 0);
	box.n = (size_t)n;
	(void)close(fd);
	return box;
}

static void
there_and_back(void)
{
	struct buf box = write_all(), want = BUF(1000000), got = BUF(1000000);
	size_t i, piece;

	for (i = 0; i < COUNT(messages); i++) {
		(void)buf_addf(&want, "[%zu]", 1795402406 + i);
		(void)buf_add(&want, messages[i]);
		/* What the form cannot tell. */
		if (messages[i].n > 0 && !slice_ends(messages[i], SLICE("\n")))
			(void)buf_addc(&want, '\n');
	}
	(void)buf_addc(&want, '.');
	for (piece = 1; piece <= box.n; piece += piece < 50 ? 1 : 997) {
		buf_clear(&got);
		read_all(buf_slice(&box), piece, &got);
		CHECK_SLICE(buf_slice(&got), buf_slice(&want));
	}
	buf_clear(&got);
	read_all(buf_slice(&box), box.n, &got);
	CHECK_SLICE(buf_slice(&got), buf_slice(&want));
	buf_free(&box);
	buf_free(&want);
	buf_free(&got);
}

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "nothing", "", "." },
	{ "CRLF", "From x Mon Nov 23 02:53:26 2026\r\nA: b\r\n\r\n>From "
	    "y\r\n\r\nFrom \r\n\r\n", "[1795402406]A: b\r\n\r\nFrom y\r\n[]." },
	{ "CRLF at the end of LF", HEAD "A: b\n\r\n", "[1795402406]A: b\n." },
	{ "no empty line between", HEAD "A: b\n" HEAD "C: d\n\n",
	    "[1795402406]A: b\n[1795402406]C: d\n." },
	{ "a line alone", HEAD, "[1795402406]" },
	{ "cut in text", HEAD "A: b\n\nx", "[1795402406]A: b\n\nx" },
	{ "cut behind a line", HEAD "A: b\n\nx\n", "[1795402406]A: b\n\nx\n" },
	{ "cut behind >", HEAD "A: b\n\n>", "[1795402406]A: b\n" },
	{ "cut behind CR", HEAD "A: b\n\r", "[1795402406]A: b\n" },
	{ "cut in From", HEAD "A: b\n\nFro", "[1795402406]A: b\n" },
	{ "cut in a line From", HEAD "A: b\n\nFrom x Mon Nov 23 02:53:26 2026",
	    "[1795402406]A: b\n" },
	{ "no date", HEAD "A: b\n\nFrom here on\nx\n\n" HEAD "C: d\n\n",
	    "[1795402406]A: b\n!x\n[1795402406]C: d\n." },
	{ "no date in the text", HEAD "A: b\n\nx\nFrom here on\n\n\n",
	    "[1795402406]A: b\n\nx\n!\n." },
	{ "a long line", HEAD "From " L1000 "\n\n", "[1795402406]!\n." },
	{ "one that fits", HEAD "From " L1000 L1000 " Mon Nov 23 02:53:26 2026"
	    "\n\n", "[1795402406]!" L1000 " Mon Nov 23 02:53:26 2026\n." },
	{ "a message", "A: b\n\nFrom \n\n", "!" },
	{ "an empty line first", "\n" HEAD "\n", "!" },
	{ "no date first", "From here on\n" HEAD "\n", "!" },
	{ "a long line first", "From " L1000 "\n", "!" },
	{ "From and no space", "From\n", "!" },
	{ "quoted first", ">From \n", "!" },
	{ "CR first", "\r\n", "!" },
	{ "a part of From", "Fro", "" },
	{ "a part of the line", "From x", "" },
};

static void
others(void)
{
	struct buf got = BUF(10000);
	size_t i, piece;

	for (i = 0; i < COUNT(cases); i++) {
		struct slice in = slice_str(cases[i].in);

		CASE(cases[i].name);
		for (piece = 1; piece <= in.n + 1; piece++) {
			buf_clear(&got);
			read_all(in, piece, &got);
			CHECK_STR(buf_str(&got), cases[i].want);
		}
	}
	buf_free(&got);
}

int
main(void)
{
	RUN(there_and_back);
	RUN(others);
	return unit_done();
}
