/* SPDX-License-Identifier: ISC */
/* Unit test of mailbox: what a POP3 session sees of a Maildir. */

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "box.h"
#include "mailbox.h"

#define GUID "3085f01b7f11094c501100008c4a11c1"

static struct mailbox *m;
static struct fail f;

static void
scan(unsigned how)
{
	mailbox_close(&m);
	if ((m = mailbox_open(top, how, &f)) == NULL ||
	    mailbox_scan(m, &f) == -1) {
		printf("# %s\n", f.text);
		abort();
	}
}

static const char *
name(size_t i)
{
	const char *text = mailbox_get(m, i)->name;

	return text == NULL ? "" : text;
}

static const char *
unique(size_t i)
{
	static char text[MAILBOX_UNIQUE];

	return mailbox_unique(m, i, text);
}

static long long
size(size_t i)
{
	uint64_t octets;

	return mailbox_size(m, i, &octets, &f) == -1 ? -f.class :
	    (long long)octets;
}

/* The message as it is read; "" where it cannot be. */
static const char *
text(size_t i)
{
	static char read_text[200];
	int fd = mailbox_fd(m, i, &f);
	ssize_t n = fd == -1 ? 0 : read(fd, read_text, sizeof(read_text) - 1);

	(void)close(fd);
	read_text[n == -1 ? 0 : n] = '\0';
	return read_text;
}

static void
made(void)
{
	box_end();
	scan(0);
	CHECK_INT(mailbox_count(m), 0);
	CHECK(exists("cur") && exists("new") && exists("tmp"));
	CHECK(!exists("dovecot-uidlist"));
	mailbox_close(&m);
	CHECK(rmdir(path_of("cur")) == 0);
	scan(0);
	CHECK(exists("cur"));
	mailbox_close(&m);
	CHECK((m = mailbox_open("/nowhere/at/all", 0, &f)) == NULL);
	CHECK_INT(f.class, EX_TEMPFAIL);
}

/* Both directories are one list, by the time of delivery. */
static void
listed(void)
{
	box_start();
	file("cur/20.M5P1.h:2,S", "");
	file("new/20.M4P1.h", "");
	file("new/3.x", "");
	file("cur/20.M5P0.h:2,FT", "");
	file("cur/.hidden", "");
	file("cur/:2,S", "");
	file("cur/2.line\nend", "");
	CHECK(mkdir(path_of("cur/1.dir"), 0700) == 0);
	CHECK(symlink("/etc/passwd", path_of("cur/1.link")) == 0);
	CHECK(mkfifo(path_of("cur/1.fifo"), 0600) == 0);
	scan(0);
	CHECK_INT(mailbox_count(m), 4);
	CHECK_STR(name(0), "3.x");
	CHECK_INT(mailbox_get(m, 0)->in_new, 1);
	CHECK_INT(mailbox_get(m, 0)->base, 3);
	CHECK_STR(name(1), "20.M4P1.h");
	CHECK_STR(name(2), "20.M5P0.h:2,FT");
	CHECK_INT(mailbox_get(m, 2)->in_new, 0);
	CHECK_INT(mailbox_get(m, 2)->base, 9);
	CHECK(mailbox_get(m, 2)->flags ==
	    (MAILDIRNAME_FLAGGED | MAILDIRNAME_TRASHED));
	CHECK_STR(name(3), "20.M5P1.h:2,S");
	CHECK_INT(mailbox_get(m, 3)->uid, 0);
	CHECK(!exists("dovecot-uidlist"));
	CHECK(exists("new/3.x"));
}

static void
uids(void)
{
	box_start();
	file("dovecot-uidlist", "3 V7 N9 G" GUID "\n3 :30.b\n5 :10.c\n"
	    "6 :gone\n8 :5.d,S=3\n");
	file("cur/30.b:2,S", "");
	file("new/10.c", "");
	file("new/50.new", "");
	file("cur/40.M2.new:2,", "");
	file("cur/5.d,S=3:2,", "");
	box_age();
	scan(0);
	CHECK_INT(mailbox_count(m), 5);
	CHECK_STR(name(0), "30.b:2,S");
	CHECK_INT(mailbox_get(m, 0)->uid, 3);
	CHECK_STR(name(1), "10.c");
	CHECK_STR(name(2), "5.d,S=3:2,");
	CHECK_STR(name(3), "40.M2.new:2,");
	CHECK_INT(mailbox_get(m, 3)->uid, 9);
	CHECK_STR(name(4), "50.new");
	CHECK_INT(mailbox_get(m, 4)->uid, 10);
	CHECK_INT(mailbox_get(m, 4)->in_new, 1);
	CHECK_STR(content("dovecot-uidlist"), "3 V7 N11 G" GUID
	    "\n3 :30.b\n5 :10.c\n8 :5.d,S=3\n9 :40.M2.new\n10 :50.new\n");
	CHECK(!exists("dovecot-uidlist.lock"));
	/* Once more: nothing is new, and nothing is written. */
	CHECK(chmod(path_of("dovecot-uidlist"), 0400) == 0);
	file("dovecot-uidlist.lock", "1:elsewhere");
	scan(0);
	CHECK_INT(mailbox_count(m), 5);
	CHECK_INT(mailbox_get(m, 4)->uid, 10);
}

/* A list is made where it is wanted, or where one was. */
static void
uids_made(void)
{
	static const char *const texts[] = { NULL, "", "nothing\n" };
	char first[20], again[20];
	size_t i;

	for (i = 0; i < 3; i++) {
		box_start();
		if (texts[i] != NULL)
			file("dovecot-uidlist", texts[i]);
		file("new/50.new", "");
		scan(texts[i] == NULL ? MAILBOX_UIDS : 0);
		CHECK(strncmp(content("dovecot-uidlist"), "3 V", 3) == 0);
		CHECK(strtoll(content("dovecot-uidlist") + 3, NULL, 10) >
		    1700000000);
		CHECK_INT(mailbox_get(m, 0)->uid, 1);
		(void)snprintf(first, sizeof(first), "%s", unique(0));
		file("new/40.new", "");
		scan(0);
		CHECK_INT(mailbox_count(m), 2);
		CHECK_INT(mailbox_get(m, 1)->uid, 2);
		CHECK_STR(name(1), "40.new");
		(void)snprintf(again, sizeof(again), "%s", unique(0));
		CHECK_STR(first, again);
	}
	box_start();
	scan(MAILBOX_UIDS);
	CHECK(exists("dovecot-uidlist"));
	CHECK_INT(mailbox_count(m), 0);
}

/* What came since is added behind, what has gone keeps its place. */
static void
scanned_again(void)
{
	box_start();
	file("new/10.a", "");
	file("new/20.b", "");
	file("new/30.c", "");
	box_age();
	scan(MAILBOX_UIDS);
	gone("new/20.b");
	file("new/5.late", "");
	move("new/30.c", "cur/30.c:2,S");
	box_age();
	CHECK_INT(mailbox_scan(m, &f), 0);
	CHECK_INT(mailbox_count(m), 4);
	CHECK_STR(name(0), "10.a");
	CHECK(mailbox_get(m, 1)->name == NULL);
	CHECK_INT(mailbox_get(m, 1)->uid, 2);
	CHECK_STR(name(2), "30.c:2,S");
	CHECK_INT(mailbox_get(m, 2)->in_new, 0);
	CHECK_INT(mailbox_get(m, 2)->flags, MAILDIRNAME_SEEN);
	CHECK_STR(name(3), "5.late");
	CHECK_INT(mailbox_get(m, 3)->uid, 4);
}

/* Others rename and remove messages during a session. */
static void
followed(void)
{
	box_start();
	file("new/10.a", "one\n");
	file("new/20.b", "two\n");
	file("cur/30.c:2,", "three\n");
	CHECK(symlink("/etc/passwd", path_of("cur/40.d:2,")) == 0);
	scan(0);
	CHECK_INT(mailbox_count(m), 3);
	move("new/10.a", "cur/10.a:2,S");
	move("cur/30.c:2,", "cur/30.c:2,F");
	gone("new/20.b");
	file("new/1.other", "other\n");
	box_age();
	CHECK_STR(text(0), "one\n");
	CHECK_STR(name(0), "10.a:2,S");
	CHECK_STR(text(2), "three\n");
	CHECK_INT(mailbox_fd(m, 1, &f), -1);
	CHECK_INT(f.class, EX_NOINPUT);
	CHECK(mailbox_get(m, 1)->name == NULL);
	CHECK_INT(mailbox_count(m), 3);
	CHECK_STR(unique(1), "20.b");
	/* It becomes something else under our hands. */
	gone("cur/10.a:2,S");
	CHECK(symlink("/etc/passwd", path_of("cur/10.a:2,S")) == 0);
	CHECK_INT(mailbox_fd(m, 0, &f), -1);
	CHECK_INT(f.class, EX_NOINPUT);
	gone("cur/30.c:2,F");
	CHECK(mkfifo(path_of("cur/30.c:2,F"), 0600) == 0);
	CHECK_INT(mailbox_fd(m, 2, &f), -1);
	CHECK_INT(f.class, EX_NOINPUT);
}

static void
sizes(void)
{
	static const struct {
		const char *name, *text;
		long long want;
	} cases[] = {
		{ "new/10", "", 0 },
		{ "new/11", "a", 3 },
		{ "new/12", "a\n", 3 },
		{ "new/13", "a\r\n", 3 },
		{ "new/14", "a\r", 4 },
		{ "new/15", "\r\n\n\r\r\n", 7 },
		{ "new/16", "\n", 2 },
		{ "new/17,S=70,W=77", "a", 77 },
		{ "new/18,W=x", "ab\n", 4 },
		{ "new/19", "a\rb\n", 5 },
		{ "new/20,S=1,W=77", "a", 3 },
		{ "new/21,S=70,W=69", "a", 3 },
		{ "new/22,W=8796093022208", "a", 8796093022208 },
		{ "new/23,W=8796093022209", "a", 3 },
	};
	size_t i;

	box_start();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		file(cases[i].name, cases[i].text);
	scan(0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].name);
		CHECK_INT(size(i), cases[i].want);
	}
	gone("new/10");
	mailbox_close(&m);
	CHECK_STR(content("mailpipe-sizes"),
	    "0 10\n3 11\n3 12\n3 13\n4 14\n7 15\n2 16\n4 18,W=x\n5 19\n"
	    "3 20,S=1,W=77\n3 21,S=70,W=69\n3 23,W=8796093022209\n");
	file("mailpipe-sizes", "9 11\n");
	scan(0);
	CHECK_INT(size(0), 9);
	gone("new/12");
	box_age();
	CHECK_INT(size(1), -EX_NOINPUT);
	box_start();
	file("dovecot-uidlist", "3 V7 N9 G" GUID "\n3 W44 :10\n5 Wx :11\n"
	    "6 W9223372036854775807 :12\n7 W9 :13,S=2\n");
	file("new/10", "");
	file("new/11", "a\n");
	file("new/12", "a\n");
	file("new/13,S=2", "a\n");
	scan(0);
	CHECK_INT(size(0), 44);
	CHECK_INT(size(1), 3);
	CHECK_INT(size(2), 3);
	CHECK_INT(size(3), 3);
}

/* A CR at the end of what is read at once, a LF at the start of the next. */
static void
large_size(void)
{
	static char big[65536 + 10];

	box_start();
	memset(big, 'x', sizeof(big) - 1);
	big[65535] = '\r';
	big[65536] = '\n';
	file("new/10", big);
	scan(0);
	CHECK_INT(size(0), sizeof(big) - 1 + 2);
}

static void
pruned(void)
{
	static char many[80000];
	size_t i, n = 0;

	for (i = 0; i < 2000; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n,
		    "%zu gone%zu\n", i, i);
	(void)snprintf(many + n, sizeof(many) - n, "7 10\n8 11\n");
	box_start();
	file("mailpipe-sizes", many);
	file("new/10", "");
	file("new/11", "");
	scan(0);
	CHECK_INT(size(0), 7); /* the other is kept without being asked for */
	mailbox_close(&m);
	CHECK_STR(content("mailpipe-sizes"), "7 10\n8 11\n");
}

static void
removed(void)
{
	box_start();
	file("maildirsize", "1000S\n40 4\n");
	file("new/10,S=30", "");
	file("cur/20:2,S", "12345");
	file("new/30", "");
	file("new/40", "");
	scan(0);
	move("cur/20:2,S", "cur/20:2,ST");
	gone("new/30");
	CHECK_INT(mailbox_remove(m, 0, &f), 0);
	CHECK_INT(mailbox_remove(m, 1, &f), 0);
	CHECK_INT(mailbox_remove(m, 1, &f), 0);
	CHECK_INT(mailbox_remove(m, 2, &f), 0);
	CHECK(!exists("new/10,S=30") && !exists("cur/20:2,ST"));
	CHECK(mailbox_get(m, 0)->name == NULL);
	CHECK(exists("new/40"));
	CHECK_STR(content("maildirsize"), "1000S\n40 4\n");
	CHECK_INT(mailbox_sync(m, &f), 0);
	CHECK_STR(content("maildirsize"), "1000S\n40 4\n-35 -2\n");
	CHECK_INT(mailbox_sync(m, &f), 0);
	CHECK_INT(mailbox_remove(m, 3, &f), 0);
	mailbox_close(&m);
	CHECK_STR(content("maildirsize"), "1000S\n40 4\n-35 -2\n-0 -1\n");
}

/* What cannot be removed is still there. */
static void
not_removed(void)
{
	box_start();
	CHECK(mkdir(path_of("new/10"), 0700) == 0);
	file("new/20", "x\n");
	scan(0);
	CHECK_INT(mailbox_count(m), 1);
	gone("new/20");
	CHECK(mkdir(path_of("new/20"), 0700) == 0);
	CHECK_INT(mailbox_remove(m, 0, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
}

static void
seen(void)
{
	box_start();
	file("new/10.a,S=3", "x\n");
	file("cur/20.b:2,F", "x\n");
	file("cur/30.c:2,S", "x\n");
	file("new/40.d:2,S", "x\n");
	file("new/50.e", "x\n");
	file("new/60.f", "x\n");
	file("cur/70.g:1,x", "x\n");
	scan(0);
	move("cur/20.b:2,F", "cur/20.b:2,Fa");
	gone("new/50.e");
	box_age();
	CHECK_INT(mailbox_seen(m, 0, &f), 0);
	CHECK_INT(mailbox_seen(m, 1, &f), 0);
	CHECK_INT(mailbox_seen(m, 2, &f), 0);
	CHECK_INT(mailbox_seen(m, 3, &f), 0);
	CHECK_INT(mailbox_seen(m, 4, &f), -1);
	CHECK_INT(f.class, EX_NOINPUT);
	CHECK_INT(mailbox_seen(m, 6, &f), 0);
	CHECK(exists("cur/10.a,S=3:2,S"));
	CHECK(exists("cur/20.b:2,FSa"));
	CHECK(exists("cur/30.c:2,S"));
	CHECK(exists("cur/40.d:2,S"));
	CHECK(exists("cur/70.g:2,S"));
	CHECK_STR(name(0), "10.a,S=3:2,S");
	CHECK_INT(mailbox_get(m, 0)->in_new, 0);
	CHECK_STR(text(0), "x\n");
	/* Another message has that name: it is not replaced. */
	file("cur/60.f:2,S", "other\n");
	CHECK_INT(mailbox_seen(m, 5, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(content("cur/60.f:2,S"), "other\n");
	CHECK(exists("new/60.f"));
	CHECK_INT(mailbox_sync(m, &f), 0);
}

static int
held(void)
{
	struct mailbox *other = mailbox_open(top, 0, &f);
	int rc = mailbox_hold(other, &f);

	mailbox_close(&other);
	return rc;
}

static void
holds(void)
{
	pid_t pid;

	box_start();
	scan(0);
	CHECK_INT(mailbox_hold(m, &f), 1);
	CHECK_INT(mailbox_hold(m, &f), 1);
	CHECK_INT(held(), 0);
	CHECK(exists("dovecot-pop3-session.lock"));
	mailbox_close(&m);
	CHECK(!exists("dovecot-pop3-session.lock"));
	CHECK_INT(held(), 1);
	if ((pid = fork()) == 0) {
		scan(0);
		_exit(mailbox_hold(m, &f) != 1);
	}
	CHECK(waitpid(pid, &pid, 0) != -1 && pid == 0);
	CHECK(exists("dovecot-pop3-session.lock"));
	CHECK_INT(held(), 1);
	file("dovecot-pop3-session.lock", "1:elsewhere");
	CHECK_INT(held(), 0);
}

/* A list that cannot be read is none that may be made anew. */
/* Those without a UID wait until there is room for it. */
static void
full(void)
{
	static const char list[] = "3 V7 N9 G" GUID "\n3 :10\n5 :12\n";
	struct rlimit limit = { sizeof(list) - 1, RLIM_INFINITY };
	uint64_t octets;

	box_start();
	file("dovecot-uidlist", list);
	file("new/10", "a\n");
	file("new/11", "");
	file("cur/12:2,", "");
	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	scan(0);
	CHECK_INT(mailbox_count(m), 2);
	CHECK_INT(mailbox_left_out(m), 1);
	CHECK_STR(name(0), "10");
	CHECK_STR(name(1), "12:2,");
	CHECK_STR(unique(0), "0000000300000007");
	CHECK_INT(mailbox_size(m, 0, &octets, &f), 0);
	CHECK_INT(mailbox_remove(m, 1, &f), 0);
	CHECK_STR(content("dovecot-uidlist"), list);
	limit.rlim_cur = RLIM_INFINITY;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	CHECK_INT(mailbox_scan(m, &f), 0);
	CHECK_INT(mailbox_count(m), 3);
	CHECK_INT(mailbox_left_out(m), 0);
	CHECK_STR(name(2), "11");
	CHECK_INT(mailbox_get(m, 2)->uid, 9);
	mailbox_close(&m);
}

static void
unreadable(void)
{
	box_start();
	file("new/10.a", "");
	CHECK(mkdir(path_of("dovecot-uidlist"), 0700) == 0);
	m = mailbox_open(top, 0, &f);
	CHECK_INT(mailbox_scan(m, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(mailbox_count(m), 0);
	CHECK(rmdir(path_of("dovecot-uidlist")) == 0);
	CHECK_INT(mailbox_scan(m, &f), 0);
	CHECK_INT(mailbox_count(m), 1);
}

int
main(void)
{
	if (mkdtemp(top) == NULL)
		return 1;
	RUN(made);
	RUN(listed);
	RUN(uids);
	RUN(uids_made);
	RUN(scanned_again);
	RUN(followed);
	RUN(sizes);
	RUN(large_size);
	RUN(pruned);
	RUN(removed);
	RUN(not_removed);
	RUN(seen);
	RUN(holds);
	RUN(full);
	RUN(unreadable);
	mailbox_close(&m);
	box_end();
	return unit_done();
}
