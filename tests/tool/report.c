/* SPDX-License-Identifier: ISC */
/*
 * report: writes one of the reports that are listed here to standard output,
 * about the message on standard input; with -n as the first argument only what
 * it needs of a server, as a number.
 */

#include <err.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

enum { ARRIVAL = 1795402406, HOUR = 3600 };

#define RFC822(address) .final = SLICE(address), \
	.original = SLICE("rfc822;" address)

static const struct report_recipient unknown[] = {
	{ RFC822("bob@example.org"), .action = REPORT_FAILED, .code = 550,
	    .status = SLICE("5.1.1"), .host = SLICE("mx1.example.org"),
	    .text = SLICE("<bob@example.org>: Recipient address rejected: "
		"User unknown in virtual mailbox table"),
	    .attempt = ARRIVAL + 1 },
};

static const struct report_recipient several[] = {
	{ RFC822("bob@example.org"), .action = REPORT_DELIVERED,
	    .status = SLICE("2.1.5") },
	{ RFC822("carol@example.org"), .action = REPORT_FAILED, .code = 552,
	    .status = SLICE("5.2.2"), .host = SLICE("mx1.example.org"),
	    .text = SLICE("Mailbox full"), .attempt = ARRIVAL + 1 },
	{ RFC822("dave@nowhere.example"), .action = REPORT_FAILED,
	    .status = SLICE("5.1.2"), .attempt = ARRIVAL + 2,
	    .text = SLICE("nowhere.example: no such domain") },
	{ RFC822("erin@nowhere.example"), .action = REPORT_FAILED,
	    .status = SLICE("5.1.2"), .attempt = ARRIVAL + 2,
	    .text = SLICE("nowhere.example: no such domain") },
	{ RFC822("frank@example.com"), .action = REPORT_DELAYED, .code = 451,
	    .status = SLICE("4.7.1"), .host = SLICE("[192.0.2.1]"),
	    .text = SLICE("Greylisted, come back later"),
	    .attempt = ARRIVAL + HOUR, .until = ARRIVAL + 120 * HOUR },
	{ RFC822("grace@example.com"), .action = REPORT_RELAYED, .code = 250,
	    .status = SLICE("2.0.0"), .host = SLICE("mx.example.com"),
	    .text = SLICE("Ok: queued as 4F1"), .attempt = ARRIVAL + 1 },
	{ RFC822("list@example.org"), .action = REPORT_EXPANDED },
};

static const struct report_recipient late[] = {
	{ RFC822("bob@example.org"), .action = REPORT_DELAYED,
	    .status = SLICE("4.4.1"), .host = SLICE("mx1.example.org"),
	    .text = SLICE("mx1.example.org: connect: Connection timed out"),
	    .attempt = ARRIVAL + 4 * HOUR, .until = ARRIVAL + 120 * HOUR },
};

static const struct report_recipient given_up[] = {
	{ RFC822("bob@example.org"), .action = REPORT_FAILED,
	    .status = SLICE("4.4.7"), .host = SLICE("mx1.example.org"),
	    .text = SLICE("mx1.example.org: connect: Connection timed out"),
	    .attempt = ARRIVAL + 120 * HOUR },
};

static const struct report_recipient spam[] = {
	{ RFC822("bob@example.org"), .action = REPORT_FAILED, .code = 554,
	    .status = SLICE("5.7.1"), .host = SLICE("mx1.example.org"),
	    .text = SLICE("Gr\303\274\303\237e: looks like spam, see "
		"https://example.org/?a=b"), .attempt = ARRIVAL + 1 },
};

static const struct report_recipient umlaut[] = {
	{ .final = SLICE("j\303\274rgen@b\303\274cher.example"),
	    .original = SLICE("utf-8;j\303\274rgen@b\303\274cher.example"),
	    .action = REPORT_FAILED, .code = 550, .status = SLICE("5.1.1"),
	    .host = SLICE("mx.example.net"),
	    .text = SLICE("Keinen j\303\274rgen gefunden"),
	    .attempt = ARRIVAL + 1 },
};

/* What a server says to write into a queue file, a header or a report. */
static const struct report_recipient hostile[] = {
	{ RFC822("bob@example.org"), .action = REPORT_FAILED, .code = 553,
	    .status = SLICE("5.1.1\r\n\r\n"),
	    .host = SLICE("mx\nAction: delivered"),
	    .text = SLICE("553\r\n553\r\n\r\ntype: mda\nmda-exec: id\n"
		"\nFinal-Recipient: rfc822; eve@example.org\n"
		"Action: delivered\n\n--=_\n\033[2J\0\342\200\256") },
};

#define TO(array) .to = (array), .nto = sizeof(array) / sizeof((array)[0])

static const struct {
	const char *name;
	struct report report;
} reports[] = {
	{ "failed", { TO(unknown), .envelope_id = SLICE("QQ314159") } },
	{ "full", { TO(unknown), .full = 1 } },
	{ "several", { TO(several) } },
	{ "delayed", { TO(late) } },
	{ "given-up", { TO(given_up) } },
	{ "spam", { TO(spam) } },
	{ "postmaster", { TO(unknown), .full = 1, .postmaster = 1,
		.sender = "postmaster@mx.example.net" } },
	{ "utf8-recipient", { TO(umlaut), .full = 1 } },
	{ "utf8-sender", { TO(umlaut), .full = 1,
		.sender = "d\303\266rte@example.net" } },
	{ "hostile", { TO(hostile), .full = 1,
		.envelope_id = SLICE("a\nAction: delivered") } },
};

static void
write_report(const struct report *named, int only_needs)
{
	struct report r = *named;
	struct output out = output_to(1, "standard output");
	struct input in;
	struct fail f = { 0 };
	unsigned needs;

	if (input_open(&in, "-", UINT64_MAX, &f) == -1)
		errx(f.class, "%s", f.text);
	r.message = &in;
	r.host = "mx.example.net";
	r.id = "0ab2k3l4m5n6o7p8";
	r.arrival = ARRIVAL;
	if (r.sender == NULL)
		r.sender = "alice@example.net";
	if (only_needs)
		out.error = -1;
	if (report_write(&r, &out, &needs, &f) == -1 ||
	    (!only_needs && output_flush(&out, &f) == -1))
		errx(f.class, "%s", f.text);
	if (only_needs)
		printf("%u\n", needs);
	output_free(&out);
	input_close(&in);
}

int
main(int argc, char *argv[])
{
	int only_needs = argc > 1 && strcmp(argv[1], "-n") == 0;
	size_t i;

	for (i = 0; i < sizeof(reports) / sizeof(reports[0]); i++)
		if (argc > 1 && strcmp(argv[argc - 1], reports[i].name) == 0) {
			write_report(&reports[i].report, only_needs);
			return 0;
		}
	errx(64, "no report of that name");
}
