/* SPDX-License-Identifier: ISC */
/* Tests of report. */

#include <unistd.h>

#include "report.h"
#include "unit.h"

static struct report_recipient one = { { NULL, 0 },
	{ "bob@example.org", 15 } };

static struct report
plain_report(void)
{
	return (struct report){ .action = REPORT_DELIVERED,
		.host = "mx.example.org", .id = "1.M2.mx",
		.sender = "alice@example.net", .arrival = 86400, .to = &one,
		.nto = 1 };
}

/* The report, with a NUL behind it, from a static place. */
static const char *
written(const struct report *r)
{
	static char text[400000];
	char path[] = "/tmp/mailpipe-unit.XXXXXX";
	int fd = mkstemp(path);
	struct output out = output_to(fd, "file");
	struct fail f = { 0 };
	ssize_t n;

	(void)unlink(path);
	CHECK_INT(report_write(r, &out, &f), 0);
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
	r.header = SLICE("Subject: x\nTo: bob\n");
	text = written(&r);
	CHECK(strstr(text, "\nFrom: Mail system <postmaster@mx.example.org>\n"
	    "To: <alice@example.net>\n"
	    "Subject: Delivered: your message to bob@example.org\n"
	    "Message-ID: <report.1.M2.mx@mx.example.org>\n"
	    "Auto-Submitted: auto-replied\n") != NULL);
	CHECK(strstr(text, "\nReporting-MTA: dns; mx.example.org\n"
	    "Original-Envelope-Id: id 1+\n"
	    "Arrival-Date: Fri, 02 Jan 1970 00:00:00 +0000\n\n"
	    "Original-Recipient: rfc822;carol@example.org\n"
	    "Final-Recipient: rfc822; bob@example.org\n"
	    "Action: delivered\nStatus: 2.0.0\n\n--") != NULL);
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
	r.cut = 1;
	CHECK_INT(count(written(&r), "too long"), 1);
}

static void
several(void)
{
	static struct report_recipient to[3] = {
		{ { NULL, 0 }, { "a@x", 3 } },
		{ { "x400;/C=de/", 11 }, { "b@x", 3 } },
		{ { NULL, 0 }, { "c@x", 3 } } };
	struct report r = plain_report();
	const char *text;

	r.to = to;
	r.nto = 3;
	text = written(&r);
	CHECK_INT(count(text, "your message to a@x and 2 more\n"), 1);
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
	struct report_recipient to = { SLICE("rfc822;a\r\nX: y\0\303"),
		SLICE("b\nX: y@z") };
	const char *text;

	r.to = &to;
	r.host = "mx\nX: y";
	r.sender = "a\nX: y@z";
	r.id = "1\nX: y";
	r.envelope_id = SLICE("e\nX: y");
	text = written(&r);
	CHECK_INT(count(text, "X: y"), 11);
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

	r.header = SLICE("Subject: caf\303\251\nFrom here\n");
	text = written(&r);
	CHECK_INT(count(text, "\nContent-Transfer-Encoding: quoted-printable"
	    "\n\nSubject: caf=C3=A9\n"), 1);
	memset(line, 'x', sizeof(line) - 1);
	memcpy(line, "Subject: ", 9);
	line[sizeof(line) - 1] = '\n';
	r.header = (struct slice){ line, sizeof(line) };
	text = written(&r);
	CHECK_INT(count(text, "quoted-printable"), 1);
	CHECK(longest_line(text) <= 998);
	CHECK_INT(count(text, "x=\n"), (70000 - 9) / 75);
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
		{ SLICE("UTF-8;j\303\266@b\303\274.example"),
		    SLICE("j\303\274=1@example.org") },
		{ SLICE("utf-8;a+b@x"), SLICE("bob=1@example.org") },
		{ SLICE("rfc822;\303\274"), SLICE("a\342\200\256\303\n@x") } };
	const char *text;

	r.to = to;
	r.nto = 3;
	r.header = SLICE("Subject: caf\303\251\n");
	text = written(&r);
	CHECK_INT(has_eight_bit(text), 0);
	CHECK_INT(count(text, "\nSubject: Delivered: your message to "
	    "=?UTF-8?B?asO8PTFAZXhhbXBsZS5vcmc=?= and 2 more\n"), 1);
	CHECK_INT(count(text, "charset=utf-8\nContent-Transfer-Encoding: "
	    "quoted-printable\n"), 1);
	CHECK_INT(count(text, "\n    j=C3=BC=3D1@example.org\n"
	    "    bob=3D1@example.org\n    a"), 1);
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
	struct report_recipient to = { SLICE("utf-8;j\303\266+@x"),
		SLICE("j\303\274@x") };
	const char *text;

	r.to = &to;
	r.sender = "\303\251@example.net";
	r.header = SLICE("Subject: caf\303\251\n");
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
	r.header = SLICE("Subject: caf\351\n");
	CHECK_INT(count(written(&r), "text/rfc822-headers\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n"
	    "Subject: caf=E9\n"), 1);
	r.header = SLICE("Subject: x\n");
	CHECK_INT(count(written(&r), "text/rfc822-headers\n\n"), 1);
	to.final = SLICE("j\303\nX: y\342\200\256");
	r.sender = "\303\251\nX: y";
	CHECK_INT(count(written(&r), "\nX: y"), 0);
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
	return unit_done();
}
