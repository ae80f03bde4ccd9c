/* SPDX-License-Identifier: ISC */
/* Tests of queueresult: what is told of recipients, and journaled. */

#include <fcntl.h>
#include <unistd.h>

#include "../../cmd/smtp/queueresult.h"
#include "files.h"
#include "spoolresult.h"
#include "unit.h"

static struct spool spool;
static struct spoolfile file;
static struct output out;

static const struct spool_to to[] = {
	{ SLICE("a@example.net"), SLICE(""), 0 },
	{ SLICE("b@example.net"), SLICE(""), SPOOL_SUCCESS },
	{ SLICE("c@example.net"), SLICE(""), 0 },
};

static void
begin(void)
{
	struct spool_envelope e = { .sender = SLICE("x@example.org") };
	struct spool_name name = { SPOOL_NEW, 17, "" };
	struct fail f = { 0 };
	struct spoolnew *n;
	char path[SPOOL_NAME];

	files_start();
	if (spool_open(&spool, files_top, NULL, &f) == -1 ||
	    (n = spoolnew_begin(&spool, &e, to, 3, &f)) == NULL)
		abort();
	memcpy(name.id, spoolnew_id(n), SPOOL_ID);
	spoolnew_write(n, SLICE("\nx\n"));
	spool_path(path, &name);
	if (spoolnew_commit(&n, SPOOL_NEW, 17, &f) == -1 ||
	    spoolfile_open(&file, spool.dir, path, &f) == -1)
		abort();
	(void)unlinkat(spool.dir, path, 0);
	(void)snprintf(file.path, sizeof(file.path), "m");
	out = output_to(open(files_top, O_TMPFILE | O_RDWR, 0600), "out");
	if (out.fd == -1)
		abort();
}

/* What was told since the last time. */
static void
check_told(const char *want)
{
	char got[4096];
	struct fail f = { 0 };
	ssize_t n;

	CHECK_INT(output_flush(&out, &f), 0);
	n = pread(out.fd, got, sizeof(got), 0);
	CHECK_SLICE(((struct slice){ got, n < 0 ? 0 : (size_t)n }),
	    slice_str(want));
	if (ftruncate(out.fd, 0) == -1 || lseek(out.fd, 0, SEEK_SET) == -1)
		abort();
}

/* By somebody else, or as far as can be seen by nobody. */
static void
settled(void)
{
	spoolresult_settled(&out, &file, 1);
	check_told("m\t1\tbusy\t0\t\t\t\n");
	CHECK_INT(file.to[0].class, SPOOL_BUSY);
}

static void
unnamed(void)
{
	struct fail f = { 0 };

	(void)fail_set(&f, EX_UNAVAILABLE, "no libidn2");
	queueresult_unnamed(&out, &file, 1, &f);
	check_told("m\t1\tdeferred\t0\t\t\tno libidn2\n");
	CHECK_INT(file.to[0].class, SPOOL_DEFERRED);
	(void)fail_set(&f, EX_DATAERR, "no\tname");
	queueresult_unnamed(&out, &file, 1, &f);
	check_told("m\t1\tfailed\t0\t5.1.3\t\tno\\x09name\n");
	CHECK(file.to[0].settled);
	spoolresult_settled(&out, &file, 1);
	check_told("m\t1\tfailed\t0\t5.1.3\t\tno\\x09name\n");
}

static const struct {
	const char *name;
	struct letter_recipient r;
	const char *want;
	unsigned offers;
	enum spool_class class; /* in the journal */
} cases[] = {
	{ "not yet", { .class = EX_TEMPFAIL }, "", 0, SPOOL_BUSY },
	{ "told", { .settled = 1, .told = 1 }, "", 0, SPOOL_BUSY },
	{ "busy", { .settled = 1, .unsent = LETTER_BUSY,
	    .class = EX_TEMPFAIL }, "busy\t0\t\thost\t\n", 0, SPOOL_BUSY },
	{ "down", { .settled = 1, .unsent = LETTER_DOWN,
	    .class = EX_TEMPFAIL }, "down\t0\t\thost\t\n", 0, SPOOL_DOWN },
	{ "4yz", { .settled = 1, .class = EX_TEMPFAIL,
	    .reply = { .code = 450 } }, "deferred\t450\t\thost\t\n", 0,
	    SPOOL_DEFERRED },
	{ "no login", { .settled = 1, .class = EX_NOPERM },
	    "deferred\t0\t\thost\t\n", 0, SPOOL_DEFERRED },
	{ "5yz", { .settled = 1, .class = EX_UNAVAILABLE,
	    .reply = { .code = 550 } }, "failed\t550\t\thost\t\n", 0,
	    SPOOL_REFUSED },
	{ "no host", { .settled = 1, .class = EX_NOHOST },
	    "failed\t0\t\thost\t\n", 0, SPOOL_REFUSED },
	{ "bad data", { .settled = 1, .class = EX_DATAERR },
	    "failed\t0\t\thost\t\n", 0, SPOOL_REFUSED },
	{ "sent", { .settled = 1, .reply = { .code = 250 } },
	    "sent\t250\t\thost\t\n", 0, SPOOL_SENT },
	{ "relayed", { .settled = 1, .notify = ASK_SUCCESS,
	    .reply = { .code = 250 } }, "relayed\t250\t\thost\t\n", 0,
	    SPOOL_RELAYED },
	{ "sent with DSN", { .settled = 1, .notify = ASK_SUCCESS,
	    .reply = { .code = 250 } }, "sent\t250\t\thost\t\n", SMTP_DSN,
	    SPOOL_SENT },
};

static void
letters(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reach server = { .host = "host" };
		struct letter_recipient r = cases[i].r;
		struct letter l = { .to = &r, .nto = 1 };
		struct buf want = BUF(1000);

		CASE(cases[i].name);
		file.to[1].class = SPOOL_BUSY;
		file.to[1].settled = 0;
		r.number = 2;
		server.smtp.offers = cases[i].offers;
		if (cases[i].want[0] != '\0')
			(void)buf_addf(&want, "m\t2\t%s", cases[i].want);
		queueresult_letter(&out, &file, &l, &server);
		check_told(buf_str(&want));
		CHECK_INT(file.to[1].class, cases[i].class);
		/* Nobody is told twice. */
		queueresult_letter(&out, &file, &l, &server);
		check_told("");
		buf_free(&want);
	}
}

int
main(void)
{
	begin();
	RUN(settled);
	RUN(unnamed);
	RUN(letters);
	spoolfile_close(&file);
	spool_close(&spool);
	(void)close(out.fd);
	files_end();
	return unit_done();
}
