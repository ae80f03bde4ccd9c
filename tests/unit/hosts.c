/* SPDX-License-Identifier: ISC */
/* hosts: what is known of servers. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "files.h"
#include "hosts.h"
#include "unit.h"

enum { NOW = 1700000000 };

static struct hosts_server
server(const char *name)
{
	static int fd = -1;

	if (fd == -1)
		fd = open(files_top, O_RDONLY | O_DIRECTORY);
	return (struct hosts_server){ fd, name, "25", 8, 0 };
}

static int
exists(const struct hosts_server *s, const char *name)
{
	return faccessat(s->directory, name, F_OK, 0) == 0;
}

static enum hosts_answer
ask(const struct hosts_server *s, int64_t now)
{
	struct hosts h;
	enum hosts_answer answer = hosts_take(&h, s, now);

	hosts_free(&h);
	return answer;
}

/* Fails to connect at "now": until when the server is down. */
static int64_t
fail_at_time(const struct hosts_server *s, int64_t now)
{
	struct hosts h;
	int64_t until;

	CHECK_INT(hosts_take(&h, s, now), HOSTS_FREE);
	hosts_down(&h, "no\tanswer\n", now);
	until = h.record.until;
	hosts_free(&h);
	return until;
}

/* Twice as long each time, up to 192 minutes, and a tenth more or less. */
static void
back_off(void)
{
	static const int64_t waits[] = { 240, 480, 960, 1920, 3840, 7680,
		11520, 11520, 11520 };
	struct hosts_server s = server("down.example");
	int64_t now = NOW, until;
	struct hosts h;
	size_t i;

	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		until = fail_at_time(&s, now);
		CHECK(until >= now + waits[i] * 9 / 10);
		CHECK(until <= now + waits[i] * 11 / 10 + 1);
		CHECK_INT(ask(&s, until - 1), HOSTS_DOWN);
		now = until;
	}
	CHECK_INT(hosts_take(&h, &s, now - 1), HOSTS_DOWN);
	CHECK_STR(h.record.why, "no\\x09answer\\x0a");
	hosts_free(&h);
	/* Up again, it has no past. */
	CHECK_INT(hosts_take(&h, &s, now), HOSTS_FREE);
	hosts_up(&h, now);
	hosts_free(&h);
	CHECK_INT(ask(&s, now), HOSTS_FREE);
	until = fail_at_time(&s, now);
	CHECK(until <= now + 265);
}

/* Two that find it down at the same time count once. */
static void
once(void)
{
	struct hosts_server s = server("once.example");
	struct hosts a, b;

	CHECK_INT(hosts_take(&a, &s, NOW), HOSTS_FREE);
	CHECK_INT(hosts_take(&b, &s, NOW), HOSTS_FREE);
	hosts_down(&a, "first", NOW);
	hosts_down(&b, "second", NOW);
	hosts_free(&a);
	hosts_free(&b);
	CHECK_INT(hosts_take(&a, &s, NOW), HOSTS_DOWN);
	CHECK_INT(a.record.failures, 1);
	CHECK_STR(a.record.why, "first");
	hosts_free(&a);
	/* And whether it is up again one finds out. */
	CHECK_INT(hosts_take(&a, &s, NOW + 400), HOSTS_FREE);
	CHECK_INT(ask(&s, NOW + 400), HOSTS_BUSY);
	hosts_up(&a, NOW + 400);
	CHECK_INT(ask(&s, NOW + 400), HOSTS_FREE);
	hosts_free(&a);
}

/* Somebody wants it tried, but not twice at once. */
static void
anyway(void)
{
	struct hosts_server s = server("anyway.example"), asked = s;
	struct hosts h;

	asked.anyway = 1;
	(void)fail_at_time(&s, NOW);
	CHECK_INT(ask(&s, NOW + 1), HOSTS_DOWN);
	CHECK_INT(hosts_take(&h, &asked, NOW + 1), HOSTS_FREE);
	CHECK_INT(ask(&asked, NOW + 1), HOSTS_BUSY);
	hosts_up(&h, NOW + 1);
	hosts_free(&h);
	CHECK_INT(ask(&s, NOW + 1), HOSTS_FREE);
}

/* How many connections can be had at once; they are given up again. */
static unsigned
count(const struct hosts_server *s)
{
	struct hosts h[HOSTS_FIRST + 10];
	unsigned n = 0, i;

	while (n < HOSTS_FIRST + 10 &&
	    hosts_take(&h[n], s, NOW) == HOSTS_FREE)
		n++;
	for (i = 0; i < n; i++)
		hosts_free(&h[i]);
	if (n < HOSTS_FIRST + 10)
		hosts_free(&h[n]);
	return n;
}

static void
connections(void)
{
	struct hosts_server s = server("many.example");
	struct hosts a, b;
	int i;

	CHECK_INT(count(&s), HOSTS_FIRST);
	for (i = 1; i < 6; i++) {
		CHECK_INT(hosts_take(&a, &s, NOW), HOSTS_FREE);
		hosts_up(&a, NOW);
		CHECK_INT(a.record.limit, i < 4 ? HOSTS_FIRST + i - 1 : 8);
		/* One more with each session that takes something. */
		hosts_took(&a, NOW);
		hosts_took(&a, NOW);
		hosts_free(&a);
		CHECK_INT(count(&s), i < 3 ? HOSTS_FIRST + i : 8);
	}
	/* Half as many where it has others; down where it has not. */
	CHECK_INT(hosts_take(&a, &s, NOW), HOSTS_FREE);
	CHECK_INT(hosts_take(&b, &s, NOW), HOSTS_FREE);
	CHECK_INT(hosts_slow(&b, "421", NOW), 1);
	hosts_free(&b);
	hosts_free(&a);
	CHECK_INT(count(&s), 4);
	CHECK_INT(hosts_take(&a, &s, NOW), HOSTS_FREE);
	CHECK_INT(hosts_slow(&a, "421", NOW), 0);
	hosts_free(&a);
	CHECK_INT(ask(&s, NOW), HOSTS_DOWN);
	/* Up again, and it took a message: half as many, but it is not down. */
	CHECK_INT(hosts_take(&a, &s, NOW + 300), HOSTS_FREE);
	hosts_took(&a, NOW + 300);
	CHECK_INT(a.record.failures, 0);
	CHECK_INT(a.record.limit, 3);
	CHECK_INT(hosts_slow(&a, "421", NOW + 300), 0);
	CHECK_INT(a.record.limit, 1);
	hosts_free(&a);
	CHECK_INT(ask(&s, NOW + 300), HOSTS_FREE);
	s = server("few.example");
	s.most = 1;
	CHECK_INT(count(&s), 1);
}

static void
names(void)
{
	char name[600];
	struct hosts_server s = server("MX1.Example");
	int i;

	(void)ask(&s, NOW);
	CHECK(exists(&s, "mx1.example:25"));
	s.name = "../etc/x";
	(void)ask(&s, NOW);
	CHECK(exists(&s, "%2e.%2fetc%2fx:25"));
	s.name = "2001:db8::1";
	(void)ask(&s, NOW);
	CHECK(exists(&s, "2001%3adb8%3a%3a1:25"));
	s.name = "";
	CHECK_INT(ask(&s, NOW), HOSTS_FREE);
	memset(name, '%', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	s.name = name;
	for (i = 0; i < 2; i++) {
		CHECK_INT(fail_at_time(&s, NOW) > NOW, 1);
		name[sizeof(name) - 2] = 'x';
	}
}

/* Whatever is in the file, or in its place. */
static void
damaged(void)
{
	static const char good[] = "Until: 1700000300\nFailures: 3\n"
	    "Limit: 5\nWhy: no answer\n.\n";
	static const char *const bad[] = { "", "\n", "Until: 1\n",
		"Until: 1700000300\nFailures: 1001\nLimit: 5\nWhy: x\n.\n",
		"Until: 1700000300\nFailures: 3\nLimit: 1001\nWhy: x\n.\n",
		"Until: 1700000300\nFailures: 3\nLimit: 5\nWhy: x\n",
		"Until: 1800000300\nFailures: 3\nLimit: 5\nWhy: x\n.\n",
		"Until: 1600000000\nFailures: 3\nLimit: 5\nWhy: x\n.\n",
		"Until: -1\nFailures: 3\nLimit: 5\nWhy: x\n.\n" };
	struct hosts_server s = server("damaged.example");
	struct hosts_record r;
	size_t i;

	CHECK_INT(hosts_read(&r, slice_str(good), NOW), 0);
	CHECK_INT(r.until, 1700000300);
	CHECK_INT(r.failures, 3);
	for (i = 0; i < sizeof(good) - 1; i++) {
		struct slice copy = unit_exact((struct slice){ good, i });

		CHECK_INT(hosts_read(&r, copy, NOW), -1);
		CHECK_INT(r.failures, 0);
		free((char *)(uintptr_t)copy.p);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_INT(hosts_read(&r, slice_str(bad[i]), NOW), -1);
	/* What is no file of ours is in nobody's way. */
	CHECK_INT(mkdirat(s.directory, "damaged.example:25", 0700), 0);
	CHECK_INT(ask(&s, NOW), HOSTS_FREE);
	s.name = "link.example";
	CHECK_INT(symlinkat("/etc/passwd", s.directory, "link.example:25"), 0);
	CHECK_INT(fail_at_time(&s, NOW), 0);
	CHECK_INT(ask(&s, NOW), HOSTS_FREE);
	s.directory = -1;
	CHECK_INT(fail_at_time(&s, NOW), 0);
}

static void
sweep(void)
{
	struct hosts_server s = server("new.example");
	struct timespec then[2] = { { NOW - 90000, 0 }, { NOW - 90000, 0 } };
	int64_t now = time(NULL);

	(void)ask(&s, now);
	s.name = "old.example";
	(void)ask(&s, now);
	CHECK_INT(utimensat(s.directory, "old.example:25", then, 0), 0);
	hosts_sweep(s.directory, now);
	CHECK(exists(&s, "new.example:25"));
	CHECK(!exists(&s, "old.example:25"));
	/* Once a day. */
	(void)ask(&s, now);
	CHECK_INT(utimensat(s.directory, "old.example:25", then, 0), 0);
	hosts_sweep(s.directory, now);
	CHECK(exists(&s, "old.example:25"));
	hosts_sweep(s.directory, now + 90000);
	CHECK(!exists(&s, "old.example:25"));
}

int
main(void)
{
	files_start();
	RUN(back_off);
	RUN(once);
	RUN(anyway);
	RUN(connections);
	RUN(names);
	RUN(damaged);
	RUN(sweep);
	files_end();
	return unit_done();
}
