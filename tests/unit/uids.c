/* SPDX-License-Identifier: ISC */
/* uids: sets of arguments and of standard input, as they are said. */

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../cmd/imap/uids.h"
#include "../../cmd/imap/uidset.h"
#include "io.h"
#include "limits.h"
#include "unit.h"

static void
is_set(void)
{
	static const struct {
		const char *in;
		int want;
	} rows[] = {
		{ "1", 1 },
		{ "*", 1 },
		{ "1:*", 1 },
		{ "*:1", 1 },
		{ "4294967295", 1 },
		{ "4294967295:1,*:*,7", 1 },
		{ "", 0 },
		{ "0", 0 },
		{ "4294967296", 0 },
		{ "1:", 0 },
		{ ":1", 0 },
		{ "1,", 0 },
		{ ",1", 0 },
		{ "1,,2", 0 },
		{ "1:2:3", 0 },
		{ "1 2", 0 },
		{ "-1", 0 },
		{ "+1", 0 },
		{ "**", 0 },
		{ "$", 0 },
		{ "1\n2", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice exact = unit_exact(slice_str(rows[i].in));

		CASE(rows[i].in);
		CHECK_INT(uidset_is_one(exact), rows[i].want);
		free((char *)exact.p);
	}
}

/* Standard input: a pipe, from a child where that has room for none of it. */
static pid_t
feed(struct slice text)
{
	int fds[2];
	pid_t pid;

	if (pipe(fds) == -1 || (pid = fork()) == -1)
		abort();
	if (pid == 0) {
		(void)close(fds[0]);
		_exit(io_write(fds[1], text) == -1);
	}
	(void)close(fds[1]);
	if (dup2(fds[0], STDIN_FILENO) == -1)
		abort();
	(void)close(fds[0]);
	return pid;
}

static void
fed(pid_t pid)
{
	(void)close(STDIN_FILENO);
	if (open("/dev/null", O_RDONLY) != STDIN_FILENO ||
	    waitpid(pid, NULL, 0) != pid)
		abort();
}

/* All sets with a space behind each; then the class of what went wrong. */
static const char *
sets(struct uids *u, uint32_t most, struct fail *f)
{
	static char out[256];
	struct slice set;
	size_t at = 0;
	int rc;

	out[0] = '\0';
	while ((rc = uids_next(u, most, &set, f)) == 1)
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%.*s ",
		    SLICE_ARG(set));
	if (rc == -1)
		(void)snprintf(out + at, sizeof(out) - at, "%d", f->class);
	return out;
}

struct row {
	const char *in;
	uint32_t most, next;
	const char *want;
};

static const struct row rows[] = {
	{ "1", 0, 0, "1 " },
	{ "1\n2\n3\n", 0, 0, "1:3 " },
	{ "1 2\t3\r\n5", 0, 0, "1:3,5 " },
	{ "1,2,3,7:9,10\n\n \n11", 0, 0, "1:3,7:11 " },
	{ "9\n8\n7\n3", 0, 0, "7:9,3 " },
	{ "9:7 5:8", 0, 0, "5:9 " },
	{ "5 5 5", 0, 0, "5 " },
	{ "1:4294967295 4294967295", 0, 0, "1:4294967295 " },
	{ "1 *", 0, 0, "1 * " },
	{ "7:* 1 *:*", 0, 0, "7:4294967294 1 * " },
	{ "*:7\n8", 0, 0, "7:4294967294 8 " },
	{ "1:10", 4, 0, "1:4 5:8 9:10 " },
	{ "1:3 7:9 11", 4, 0, "1:3,7 8:9,11 " },
	{ "1:4 6:9", 4, 0, "1:4 6:9 " },
	{ "1:2 9:*", 2, 0, "1:2 9:4294967294 " },
	{ "1:*", 2, 0, "1:* " },
	{ "1:*", 2, 6, "1:2 3:4 5 " },
	{ "1:4294967295", 2, 4, "1:2 3 " },
	{ "9:* 10 3", 2, 6, "3 " },
	{ "6 7 3", 2, 6, "3 " },
	{ "*", 2, 6, "* " },
	{ "4294967294:4294967295", 1, 0, "4294967294 4294967295 " },
	{ "", 0, 0, "" },
	{ "\n\n", 0, 0, "" },
	{ "x", 0, 0, "65" },
	{ "1\n2\n0\n4\n", 0, 0, "65" },
	{ "1,", 0, 0, "65" },
	{ "1,\n2", 0, 0, "65" },
	{ ",1", 0, 0, "65" },
	{ "1,,2", 0, 0, "65" },
	{ "1:2:3", 0, 0, "65" },
	{ "4294967296", 0, 0, "65" },
	{ "1111111111111111111111111111111111111111111111111", 0, 0, "65" },
	{ "00000000000000000000071", 0, 0, "65" },
};

static void
check_row(const struct row *r, int all)
{
	struct fail f = { 0 };
	pid_t pid = feed(slice_str(r->in));
	struct uids *u = uids_open(NULL, 0, all, &f);

	CASE(r->in);
	if (u == NULL) {
		CHECK_INT(f.class, EX_DATAERR);
		CHECK_STR("65", r->want);
	} else {
		uids_before(u, r->next);
		CHECK_INT(uids_empty(u), all && r->want[0] == '\0');
		CHECK_STR(sets(u, r->most, &f), r->want);
	}
	uids_close(&u);
	fed(pid);
}

static void
lists(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_row(&rows[i], 0);
		check_row(&rows[i], 1);
	}
}

static void
number_of_line(void)
{
	struct fail f = { 0 };
	pid_t pid = feed(SLICE("1\n2 3\r\n\n4,5,x\n"));
	struct uids *u = uids_open(NULL, 0, 1, &f);

	CHECK(u == NULL);
	CHECK_STR(f.text, "line 4: x: expected uids, such as 7 or 7:9,12");
	fed(pid);
	pid = feed(SLICE("1\n\0" "2\n"));
	u = uids_open(NULL, 0, 1, &f);
	CHECK(u == NULL);
	CHECK_STR(f.text,
	    "line 2: \\x002: expected uids, such as 7 or 7:9,12");
	fed(pid);
}

static void
arguments(void)
{
	char one[] = "9:7,3", two[] = "4", three[] = "*", bad[] = "4,";
	char *good[] = { one, two, three }, *wrong[] = { one, bad };
	struct fail f = { 0 };
	struct uids *u = uids_open(good, 3, 1, &f);

	CHECK(uids_has_star(u));
	CHECK_STR(sets(u, 0, &f), "7:9,3:4 * ");
	uids_close(&u);
	u = uids_open(wrong, 2, 0, &f);
	CHECK(u == NULL);
	CHECK_INT(f.class, EX_USAGE);
	CHECK_STR(f.text, "4,: expected uids, such as 7 or 7:9,12 or 1:*");
}

static void
check_named(const char *in, const char *want, int named)
{
	struct fail f = { 0 };
	pid_t pid = feed(slice_str(in));
	struct uids *u = uids_open(NULL, 0, 1, &f);

	CASE(in);
	CHECK_STR(sets(u, 0, &f), want);
	CHECK_INT(uids_each_named(u), named);
	uids_close(&u);
	fed(pid);
}

static void
each_named(void)
{
	check_named("3\n2\n4\n", "2:4 ", 1);
	check_named("1,2\n3\n", "1:3 ", 1);
	check_named("1\n2:3\n", "1:3 ", 0);
	check_named("1\n*\n", "1 * ", 0);
}

static void
check_last(const char *in, int all, const char *want)
{
	struct fail f = { 0 };
	pid_t pid = feed(slice_str(in));
	struct uids *u = uids_open(NULL, 0, all, &f);

	CASE(in);
	CHECK_INT(uids_has_star(u), all && strchr(in, '*') != NULL);
	uids_last(u, 7);
	uids_before(u, 9);
	CHECK_STR(sets(u, 0, &f), want);
	uids_close(&u);
	fed(pid);
}

/* "*" is the message that it was at first. */
static void
last(void)
{
	check_last("*", 1, "7 ");
	check_last("5:*", 1, "5:7 ");
	check_last("8:* 3", 1, "3 ");
	check_last("7:*", 1, "7 ");
	check_last("*:*", 0, "7 ");
	check_last("6:9", 1, "6:8 ");
}

/* Many that cannot be joined: all of them once, in order, in short sets. */
static void
check_many(struct slice text, int all, uint32_t most)
{
	pid_t pid = feed(text);
	struct fail f = { 0 };
	struct uids *u = uids_open(NULL, 0, all, &f);
	struct uidset_range range;
	struct slice set;
	uint32_t want = 1, n;
	size_t nsets = 0;

	for (; uids_next(u, most, &set, &f) == 1; nsets++) {
		CHECK(set.n <= LIMIT_IMAP_LINE - 2000);
		for (n = 0; uidset_next(&set, &range) == 1; n++, want += 2)
			if (range.first != want || range.last != want)
				CHECK_INT(range.first, want);
		CHECK(n > 0 && (most == 0 || n <= most));
	}
	CHECK_INT(want, 100001);
	CHECK(nsets > 40 && (most == 0 || nsets == 50000 / most));
	uids_close(&u);
	fed(pid);
}

static void
many(void)
{
	struct buf text = BUF(1 << 20);
	uint32_t i;

	for (i = 1; i < 100000; i += 2)
		(void)buf_addf(&text, i % 7 == 0 ? "%u," : "%u\n", i);
	check_many(buf_slice(&text), 0, 0);
	check_many(buf_slice(&text), 1, 0);
	check_many(buf_slice(&text), 0, 100);
	check_many(buf_slice(&text), 1, 1);
	buf_free(&text);
}

int
main(void)
{
	RUN(is_set);
	RUN(lists);
	RUN(number_of_line);
	RUN(arguments);
	RUN(each_named);
	RUN(last);
	RUN(many);
	return unit_done();
}
