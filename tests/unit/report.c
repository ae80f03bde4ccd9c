/* SPDX-License-Identifier: ISC */
/* Tests of report. */

#include <unistd.h>

#include "limits.h"
#include "report.h"
#include "unit.h"

static struct report_recipient one = { .final = { "bob@example.org", 15 },
	.action = REPORT_DELIVERED };
static struct input message;

static struct report
plain_report(void)
{
	return (struct report){ .host = "mx.example.org", .id = "1.M2.mx",
		.sender = "alice@example.net", .arrival = 86400, .to = &one,
		.nto = 1 };
}

/* A message of these bytes. */
static const struct input *
message_of(struct slice s)
{
	message = (struct input){ .fd = -1, .size = s.n,
		.held = (char *)(uintptr_t)s.p, .name = "message" };
	return &message;
}

static unsigned needs; /* of the last one written */

/* The report, with a NUL behind it, from a static place. */
static const char *
written(const struct report *r)
{
	static char text[4000000];
	char path[] = "/tmp/mailpipe-unit.XXXXXX";
	int fd = mkstemp(path);
	struct output out = output_to(fd, "file");
	struct fail f = { 0 };
	ssize_t n;

	(void)unlink(path);
	CHECK_INT(report_write(r, &out, &needs, &f), 0);
	CHECK_INT(output_flush(&out, &f), 0);
	n = pread(fd, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	output_free(&out);
	(void)close(fd);
	return text;
}

static int
count(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

static size_t
longest_line(const char *text)
{
	size_t most = 0, n;

	for (; *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		most = n > most ? n : most;
	}
	return most;
}

static void
fields(void)
{
	struct report r = plain_report();
	const char *text;

	one.original = SLICE("rfc822;carol@example.org");
	r.envelope_id = SLICE("id 1+");
	r.message = message_of(SLICE("Subject: x\nTo: bob\n"));
	text = written(&r);
	CHECK(strstr(text, "\nFrom: Mail system <MAILER-DAEMON@mx.example.org>"
	    "\nTo: <alice@example.net>\n"
	    "Subject: Delivered to bob@example.org: x\n"
	    "Message-ID: <report.1.M2.mx.") != NULL);
	CHECK_INT(count(text, "\nAuto-Submitted: auto-replied\n"), 1);
	CHECK_INT(count(text, "\nIn-Reply-To: "), 0);
	CHECK(strstr(text, "\nReporting-MTA: dns; mx.example.org\n"
	    "Original-Envelope-Id: id 1+\n"
	    "Arrival-Date: Fri, 02 Jan 1970 00:00:00 +0000\n\n"
	    "Original-Recipient: rfc822;carol@example.org\n"
	    "Final-Recipient: rfc822; bob@example.org\n"
	    "Action: delivered\nStatus: 2.0.0\n"
	    "Final-Log-ID: 1.M2.mx\n\n--") != NULL);
	CHECK(strstr(text, "\nContent-Type: text/rfc822-headers\n\n"
	    "Subject: x\nTo: bob\n\n--") != NULL);
	CHECK_INT(count(text, "too long"), 0);
}

static void
left_out(void)
{
	struct report r = plain_report();
	const char *text;

	one.original = SLICE("");
	text = written(&r);
	CHECK_INT(count(text, "Original-"), 0);
	CHECK_INT(count(text, "rfc822-headers"), 0);
	CHECK_INT(count(text, "\n--=_"), 3);
	r.message = message_of(SLICE("To: bob\n"));
	r.cut = 1;
	CHECK_INT(count(written(&r), "too long"), 1);
}

static void
several(void)
{
	struct report_recipient to[3] = {
		{ .final = SLICE("a@x"), .action = REPORT_DELIVERED },
		{ .original = SLICE("x400;/C=de/"), .final = SLICE("b@x"),
		    .action = REPORT_DELIVERED },
		{ .final = SLICE("c@x"), .action = REPORT_DELIVERED } };
	struct report r = plain_report();
	const char *text;

	r.to = to;
	r.nto = 3;
	text = written(&r);
	CHECK_INT(count(text, "\nSubject: Delivered to a@x and 2 more: your "
	    "message\n"), 1);
	CHECK_INT(count(text, "\n    a@x\n    b@x\n    c@x\n"), 1);
	CHECK_INT(count(text, "\n\nFinal-Recipient: rfc822; "), 2);
	CHECK_INT(count(text, "\n\nOriginal-Recipient: x400;/C=de/\n"
	    "Final-Recipient: rfc822; b@x\n"), 1);
	CHECK_INT(count(text, "\nAction: delivered\nStatus: 2.0.0\n"), 3);
}

/* Whatever a caller lets through, a value makes no line. */
static void
hostile_values(void)
{
	struct report r = plain_report();
	struct report_recipient to = {
		.original = SLICE("rfc822;a\r\nX: y\0\303"),
		.final = SLICE("b\nX: y@z"), .action = REPORT_FAILED,
		.code = 550, .status = SLICE("5.1.1\nX: y"),
		.text = SLICE("553\r\n553\r\n\nX: y"),
		.host = SLICE("mx\nX: y") };
	const char *text;

	r.to = &to;
	r.host = "mx\nX: y";
	r.sender = "a\nX: y@z";
	r.id = "1\nX: y";
	r.envelope_id = SLICE("e\nX: y");
	text = written(&r);
	CHECK_INT(count(text, "X: y"), 17);
	CHECK_INT(count(text, "\nX: y"), 0);
	CHECK_INT(count(text, "Original-Recipient: rfc822;a??X: y??\n"), 1);
}

/* What cannot be 7-bit lines is quoted-printable. */
static void
headers(void)
{
	static char line[70001];
	struct report r = plain_report();
	const char *text;

	r.message = message_of(SLICE("Subject: caf\303\251\nFrom here\n"));
	text = written(&r);
	CHECK_INT(count(text, "\nContent-Transfer-Encoding: quoted-printable"
	    "\n\nSubject: caf=C3=A9\n"), 1);
	memset(line, 'x', sizeof(line) - 1);
	memcpy(line, "Subject: ", 9);
	line[sizeof(line) - 1] = '\n';
	r.message = message_of((struct slice){ line, sizeof(line) - 1 });
	text = written(&r);
	CHECK_INT(count(text, "quoted-printable"), 1);
	CHECK(longest_line(text) <= 998);
	CHECK_INT(count(text, "x=\n"), (LIMIT_REPORT_HEADER - 9) / 75);
	CHECK_INT(count(text, "too long"), 1);
}

static int
has_eight_bit(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text > 127)
			return 1;
	return 0;
}

/* All that an address of UTF-8 is in a report to a sender of ASCII. */
static void
utf8_recipients(void)
{
	static char many[256];
	struct report r = plain_report();
	struct report_recipient to[] = {
		{ .original = SLICE("UTF-8;j\303\266@b\303\274.example"),
		    .final = SLICE("j\303\274=1@example.org") },
		{ .original = SLICE("utf-8;a+b@x"),
		    .final = SLICE("bob=1@example.org") },
		{ .original = SLICE("rfc822;\303\274"),
		    .final = SLICE("a\342\200\256\303\n@x") } };
	const char *text;

	r.to = to;
	r.nto = 3;
	r.message = message_of(SLICE("Subject: caf\303\251\n"));
	text = written(&r);
	CHECK_INT(has_eight_bit(text), 0);
	CHECK_INT(count(text, "\nSubject: Not delivered to\n"
	    " =?UTF-8?B?asO8PTFAZXhhbXBsZS5vcmcgYW5kIDIgbW9yZTogY2Fmw6k=?=\n"),
	    1);
	CHECK_INT(count(text, "charset=utf-8\nContent-Transfer-Encoding: "
	    "quoted-printable\n"), 1);
	CHECK_INT(count(text, "\n    j=C3=BC=3D1@example.org\n"
	    "        (it was sent to j=C3=B6@b=C3=BC.example)\n"
	    "    bob=3D1@example.org\n"
	    "        (it was sent to a+b@x)\n    a"), 1);
	CHECK_INT(count(text, "        (it was sent to =C3=BC)\n"), 1);
	CHECK_INT(count(text, "\nContent-Type: message/delivery-status\n\n"),
	    1);
	CHECK_INT(count(text, "\n\n"
	    "Original-Recipient: utf-8;j\\x{F6}@b\\x{FC}.example\n"
	    "Final-Recipient: utf-8; j\\x{FC}\\x{3D}1@example.org\n"), 1);
	CHECK_INT(count(text, "\n\nOriginal-Recipient: utf-8;a\\x{2B}b@x\n"
	    "Final-Recipient: rfc822; bob=1@example.org\n"), 1);
	CHECK_INT(count(text, "\n\nOriginal-Recipient: rfc822;??\n"
	    "Final-Recipient: utf-8; a?????@x\n"), 1);
	/* Longer than a line. */
	memset(many, '+', 64);
	memcpy(many + 64, "@\303\274", 3);
	for (r.nto = 67; r.nto < 250; r.nto += 2)
		memcpy(many + r.nto, "\316\261", 2);
	to[0].final = (struct slice){ many, r.nto };
	r.nto = 1;
	text = written(&r);
	CHECK_INT(has_eight_bit(text), 0);
	CHECK(longest_line(text) <= 998);
	CHECK_INT(count(text, "\nFinal-Recipient: utf-8; +++"), 1);
}

/* The sender can only be named with SMTPUTF8. */
static void
utf8_sender(void)
{
	struct report r = plain_report();
	struct report_recipient to = {
		.original = SLICE("utf-8;j\303\266+@x"),
		.final = SLICE("j\303\274@x"), .action = REPORT_DELIVERED };
	const char *text;

	r.to = &to;
	r.sender = "\303\251@example.net";
	r.message = message_of(SLICE("Subject: caf\303\251\n"));
	text = written(&r);
	CHECK_INT(count(text, "\nTo: <\303\251@example.net>\n"), 1);
	CHECK_INT(count(text, "report-type=delivery-status;\n"), 1);
	CHECK_INT(count(text, "\nContent-Type: message/global-delivery-status\n"
	    "Content-Transfer-Encoding: 8bit\n\nReporting-MTA: "), 1);
	CHECK_INT(count(text, "\nOriginal-Recipient: utf-8;j\303\266+@x\n"
	    "Final-Recipient: utf-8; j\303\274@x\n"), 1);
	CHECK_INT(count(text, "\nContent-Type: message/global-headers\n"
	    "Content-Transfer-Encoding: 8bit\n\nSubject: caf\303\251\n"), 1);
	/* What is no such header. */
	r.message = message_of(SLICE("Subject: caf\351\n"));
	CHECK_INT(count(written(&r), "text/rfc822-headers\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n"
	    "Subject: caf=E9\n"), 1);
	r.message = message_of(SLICE("Subject: x\n"));
	CHECK_INT(count(written(&r), "text/rfc822-headers\n\n"), 1);
	to.final = SLICE("j\303\nX: y\342\200\256");
	r.sender = "\303\251\nX: y";
	CHECK_INT(count(written(&r), "\nX: y"), 0);
}

/* The status of a report has the class of its action (RFC 3464, 2.3.4). */
static void
statuses(void)
{
	static const struct {
		enum report_action action;
		const char *given, *told;
	} cases[] = {
		{ REPORT_FAILED, "5.1.1", "5.1.1" },
		{ REPORT_FAILED, "4.4.7", "4.4.7" },
		{ REPORT_FAILED, "2.1.5", "5.1.5" },
		{ REPORT_FAILED, "", "5.0.0" },
		{ REPORT_FAILED, "5.1", "5.0.0" },
		{ REPORT_FAILED, "5.1.1.1", "5.0.0" },
		{ REPORT_FAILED, "5.1.1111", "5.0.0" },
		{ REPORT_FAILED, "55.1.1", "5.0.0" },
		{ REPORT_FAILED, "5.-1.1", "5.0.0" },
		{ REPORT_FAILED, "5..1", "5.0.0" },
		{ REPORT_FAILED, "5.1.1\nX: y", "5.0.0" },
		{ REPORT_FAILED, "5.999.999", "5.999.999" },
		{ REPORT_DELAYED, "5.1.1", "4.1.1" },
		{ REPORT_DELAYED, "", "4.0.0" },
		{ REPORT_RELAYED, "4.1.1", "2.1.1" },
		{ REPORT_EXPANDED, "", "2.0.0" },
		{ REPORT_DELIVERED, "5.1.5", "2.1.5" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice given = unit_exact(slice_str(cases[i].given));
		struct report_recipient to = { .action = cases[i].action,
			.status = given };
		char text[REPORT_STATUS];

		CASE(cases[i].given);
		CHECK_STR(report_status_text(text, &to), cases[i].told);
		free((char *)(uintptr_t)given.p);
	}
}

/* What is given back of a message to a sender who asks for all of it. */
static void
given_back(void)
{
	static char large[LIMIT_REPORT_FULL + 1], lines[2000];
	static const struct {
		const char *name, *sender;
		enum report_action action;
		struct slice message;
		const char *type; /* and its encoding, where it has one */
		unsigned needs;
	} cases[] = {
		{ "plain", "a@x", REPORT_FAILED, SLICE("A: b\n\ntext\n"),
		    "\nContent-Type: message/rfc822\n\nA: b\n\ntext\n", 0 },
		{ "none failed", "a@x", REPORT_DELAYED,
		    SLICE("A: b\n\ntext\n"),
		    "\nContent-Type: text/rfc822-headers\n\nA: b\n\n--", 0 },
		{ "8bit", "a@x", REPORT_FAILED, SLICE("A: b\n\n\351\n"),
		    "\nContent-Type: message/rfc822\n"
		    "Content-Transfer-Encoding: 8bit\n\nA: b\n\n\351\n",
		    REPORT_8BITMIME },
		{ "UTF-8 header", "a@x", REPORT_FAILED,
		    SLICE("A: \303\251\n\n\303\251\n"),
		    "\nContent-Type: message/global\n"
		    "Content-Transfer-Encoding: quoted-printable\n\n"
		    "A: =C3=A9\n\n=C3=A9\n", 0 },
		{ "header of another charset", "a@x", REPORT_FAILED,
		    SLICE("A: \351\n\nx\n"),
		    "\nContent-Type: message/rfc822\n"
		    "Content-Transfer-Encoding: 8bit\n\nA: \351\n\nx\n",
		    REPORT_8BITMIME },
		{ "UTF-8 sender", "\303\251@x", REPORT_FAILED,
		    SLICE("A: \303\251\n\n\303\251\n"),
		    "\nContent-Type: message/global\n"
		    "Content-Transfer-Encoding: 8bit\n\n"
		    "A: \303\251\n\n\303\251\n",
		    REPORT_8BITMIME | REPORT_SMTPUTF8 },
		{ "no header", "a@x", REPORT_FAILED, SLICE("\ntext\n"),
		    "\nContent-Type: message/rfc822\n\n\ntext\n", 0 },
		{ "NUL", "a@x", REPORT_FAILED, SLICE("A: b\n\n\0\n"),
		    "\nContent-Type: text/rfc822-headers\n\nA: b\n\n--", 0 },
		{ "CR", "a@x", REPORT_FAILED, SLICE("A: b\n\nx\ry\n"),
		    "\nContent-Type: text/rfc822-headers\n\nA: b\n\n--", 0 },
		{ "a long line", "a@x", REPORT_FAILED,
		    { lines, sizeof(lines) },
		    "\nContent-Type: text/rfc822-headers\n\nA: b\n\n--", 0 },
		{ "a long last line", "a@x", REPORT_FAILED,
		    { lines, 1500 },
		    "\nContent-Type: text/rfc822-headers\n\nA: b\n\n--", 0 },
		{ "large", "a@x", REPORT_FAILED, { large, sizeof(large) },
		    "\nContent-Type: text/rfc822-headers\n\nA: b\n\n--", 0 },
	};
	struct report r = plain_report();
	struct report_recipient to = { .final = SLICE("bob@x") };
	size_t i;

	memset(lines, 'x', sizeof(lines));
	memcpy(lines, "A: b\n\n", 6);
	lines[1500] = '\n';
	memset(large, '\n', sizeof(large));
	memcpy(large, "A: b\n\n", 6);
	r.to = &to;
	r.full = 1;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *text;
		int refused = strchr(cases[i].type, '\0')[-1] == '-' &&
		    cases[i].action == REPORT_FAILED;

		CASE(cases[i].name);
		to.action = cases[i].action;
		r.sender = cases[i].sender;
		r.message = message_of(cases[i].message);
		text = written(&r);
		CHECK(strstr(text, cases[i].type) != NULL);
		CHECK_INT(needs, cases[i].needs);
		CHECK_INT(count(text, "not given back in full"), refused);
	}
	/* One byte less is not too large. */
	r.message = message_of((struct slice){ large, sizeof(large) - 1 });
	CHECK_INT(count(written(&r), "message/rfc822"), 1);
}

/* A part of a file, and one that ends before it should. */
static void
from_file(void)
{
	char path[] = "/tmp/mailpipe-unit.XXXXXX";
	struct report r = plain_report();
	struct report_recipient to = { .final = SLICE("bob@x") };
	struct input in = { .fd = mkstemp(path), .start = 9, .size = 10,
		.name = "queue file" };
	struct output out;
	struct fail f = { 0 };

	(void)unlink(path);
	CHECK_INT(write(in.fd, "Envelope\nA: b\n\nxyz\nJournal\n", 28), 28);
	r.to = &to;
	r.full = 1;
	r.message = &in;
	CHECK_INT(count(written(&r), "\n\nA: b\n\nxyz\n\n--"), 1);
	in.size = 100;
	out = output_to(-1, "nowhere");
	CHECK_INT(report_write(&r, &out, &needs, &f), -1);
	CHECK_INT(f.class, EX_IOERR);
	output_free(&out);
	(void)close(in.fd);
}

/* Which message it is about. */
static void
subjects(void)
{
	static const struct {
		struct slice message;
		const char *subject;
	} cases[] = {
		{ SLICE("Subject: Holidays\n"), ": Holidays\n" },
		{ SLICE("Subject: =?utf-8?q?a=0d=0aX:_y?=\n"),
		    ": your message\n" },
		{ SLICE("Subject: =?utf-8?q?a=1b[1m?=\n"),
		    ": your message\n" },
		{ SLICE("Subject: =?utf-8?q?a=E2=80=AE?=\n"),
		    ": your message\n" },
		{ SLICE("Subject:\n"), ": your message\n" },
		{ SLICE("Subject: a\n\tb\n"), ": a b\n" },
		{ SLICE("Subject: =?iso-8859-1?q?caf=e9?=\n"),
		    ": =?UTF-8?B?Y2Fmw6k=?=\n" },
	};
	static char line[3000];
	struct report r = plain_report();
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice all, want;
		const char *end;

		r.message = message_of(cases[i].message);
		text = strstr(written(&r), "\nSubject: ") + 1;
		for (end = strchr(text, '\n'); end[1] == ' ';)
			end = strchr(end + 1, '\n');
		all = (struct slice){ text, (size_t)(end + 1 - text) };
		want = slice_str(cases[i].subject);
		CASE(cases[i].subject);
		CHECK_SLICE(slice_sub(all, all.n - want.n, all.n), want);
	}
	memset(line, 'x', sizeof(line));
	memcpy(line, "Subject: ", 9);
	line[2999] = '\n';
	r.message = message_of((struct slice){ line, sizeof(line) });
	text = written(&r);
	CHECK_INT(count(text, "xxx...\n"), 1);
	CHECK(longest_line(text) <= 998);
}

/* Only what is a message-id is referred to. */
static void
references(void)
{
	static char line[2000];
	struct report r = plain_report();

	memset(line, 'x', sizeof(line));
	memcpy(line, "Message-ID: <", 13);
	memcpy(line + sizeof(line) - 2, ">\n", 2);
	r.message = message_of((struct slice){ line, sizeof(line) });
	CHECK_INT(count(written(&r), "\nIn-Reply-To:"), 0);
	r.message = message_of(SLICE("message-id:\n <a.b@x>\n"));
	CHECK_INT(count(written(&r), "\nIn-Reply-To: <a.b@x>\n"
	    "References: <a.b@x>\n"), 1);
	r.message = message_of(SLICE("Message-ID: <a\n b@x>\n"));
	CHECK_INT(count(written(&r), "\nIn-Reply-To:"), 0);
	r.message = message_of(SLICE("Message-ID: <a@x> <b@x>\n"));
	CHECK_INT(count(written(&r), "\nIn-Reply-To:"), 0);
	r.message = message_of(SLICE("Message-ID: <\303\251@x>\n"));
	CHECK_INT(count(written(&r), "\nIn-Reply-To:"), 0);
	r.message = message_of(SLICE("Message-ID: \n"));
	CHECK_INT(count(written(&r), "\nIn-Reply-To:"), 0);
}

/* Two reports of one message are two, and nobody knows their boundary. */
static void
random_marks(void)
{
	struct report r = plain_report();
	char first[200], *at;

	(void)snprintf(first, sizeof(first), "%s",
	    strstr(written(&r), "boundary="));
	at = strchr(first, '\n');
	*at = '\0';
	CHECK_INT(strlen(first), strlen("boundary=\"=_\"") + 32);
	CHECK(strstr(written(&r), first) == NULL);
	(void)snprintf(first, sizeof(first), "%.80s",
	    strstr(written(&r), "Message-ID: "));
	CHECK(strstr(written(&r), first) == NULL);
}

/* However many there are and however much is said of each. */
static void
bounds(void)
{
	static struct report_recipient to[500];
	static char long_text[5000];
	struct report r = plain_report();
	const char *text;
	size_t i;

	memset(long_text, 'x', sizeof(long_text));
	for (i = 0; i < 500; i++)
		to[i] = (struct report_recipient){ .final = SLICE("bob@x"),
			.code = 550, .attempt = (time_t)(i + 1) * 3600,
			.text = { long_text, sizeof(long_text) },
			.host = { long_text, sizeof(long_text) },
			.original = { long_text, sizeof(long_text) } };
	r.to = to;
	r.nto = 500;
	text = written(&r);
	CHECK(longest_line(text) <= 998);
	CHECK_INT(count(text, "last tried"), LIMIT_REPORT_TOLD);
	CHECK_INT(count(text, "\nThere are too many reasons"), 1);
	CHECK_INT(count(text, "\n    bob@x\n"), 500);
	CHECK_INT(count(text, "\nFinal-Recipient: "), 500);
	CHECK(strlen(text) < (size_t)500 * 5 * REPORT_VALUE);
}

/* After all attempts the status is ours, and the words are the server's. */
static void
given_up(void)
{
	static const struct report_recipient to = { .code = 450,
		.final = { "bob@x", 5 }, .given_up = 1,
		.status = { "4.3.0", 5 }, .text = { "command failed", 14 } };
	struct report r = { .host = "mx", .id = "1", .sender = "a@x",
		.to = &to, .nto = 1 };
	const char *text = written(&r);

	CHECK_INT(count(text, "\nStatus: 4.4.7\n"), 1);
	CHECK_INT(count(text, "\nIt was tried again and again"), 1);
	CHECK_INT(count(text, "\n    450 4.3.0 command failed\n"), 1);
	CHECK_INT(count(text, "\nDiagnostic-Code: smtp; "
			      "450 4.3.0 command failed\n"), 1);
}

/* What a status means, said of what a server refused, what we found, and what
 * is tried again. */
static void
reasons(void)
{
	static const struct {
		enum report_action action;
		unsigned code;
		const char *status, *why;
	} cases[] = {
		{ REPORT_FAILED, 550, "5.1.1", "There is no mailbox" },
		{ REPORT_FAILED, 550, "5.1.10", "There is no mailbox" },
		{ REPORT_FAILED, 0, "5.1.10", "The domain of the address" },
		{ REPORT_FAILED, 0, "5.1.2", "The domain of the address does" },
		{ REPORT_FAILED, 552, "5.2.2", "The mailbox is full." },
		{ REPORT_FAILED, 552, "5.3.4", "The message is too large for" },
		{ REPORT_FAILED, 552, "", "The mailbox is full, or" },
		{ REPORT_FAILED, 553, "", "There is no mailbox" },
		{ REPORT_FAILED, 550, "", "The mail system there refused it" },
		{ REPORT_FAILED, 550, "5.4.1", "The mail system there refus" },
		{ REPORT_FAILED, 0, "4.4.1", "The mail server there does not" },
		{ REPORT_FAILED, 0, "4.4.7", "It was tried again and" },
		{ REPORT_FAILED, 554, "5.7.1", "The mail system there refus" },
		{ REPORT_FAILED, 550, "5.7.26", "The mail system there is no" },
		{ REPORT_FAILED, 550, "5.7.2", "You may not write" },
		{ REPORT_DELAYED, 450, "4.7.1", "The mail system there does " },
		{ REPORT_DELAYED, 450, "4.1.1", "The mail system there does " },
		{ REPORT_DELAYED, 452, "4.2.2", "The mailbox is full." },
		{ REPORT_FAILED, 0, "", NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct report_recipient to = { .action = cases[i].action,
			.code = cases[i].code,
			.status = slice_str(cases[i].status) };
		const struct report_reason *reason = report_reason(&to);

		CASE(cases[i].status);
		if (reason == NULL || cases[i].why == NULL)
			CHECK_INT(reason == NULL, cases[i].why == NULL);
		else
			CHECK_SLICE(slice_sub(slice_str(reason->why), 0,
			    strlen(cases[i].why)), slice_str(cases[i].why));
	}
}

/* What a program of a user refuses with the same status was removed by
 * nobody. */
static void
removed(void)
{
	struct report_recipient to = { .action = REPORT_FAILED,
		.status = SLICE("5.7.0"), .removed = 1 };

	CHECK_STR(report_reason(&to)->why, "The administrator of this mail "
	    "system removed the message before it was delivered.");
	to.removed = 0;
	CHECK_STR(report_reason(&to)->why, "The mail system there refused the "
	    "message by its own rules, which mostly are there to keep out "
	    "spam.");
}

int
main(void)
{
	(void)setenv("TZ", "UTC", 1);
	RUN(fields);
	RUN(left_out);
	RUN(several);
	RUN(hostile_values);
	RUN(headers);
	RUN(utf8_recipients);
	RUN(utf8_sender);
	RUN(statuses);
	RUN(given_back);
	RUN(from_file);
	RUN(subjects);
	RUN(references);
	RUN(random_marks);
	RUN(bounds);
	RUN(given_up);
	RUN(reasons);
	RUN(removed);
	return unit_done();
}
