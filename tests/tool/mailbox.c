/* SPDX-License-Identifier: ISC */
/*
 * mailbox [-u] [-t times] MAILDIR ...: what lib/mailbox finds, for the tests: a
 * line "UID TAB unique-id TAB octets TAB base" for each message; with -u there
 * is a uidlist then, with -t nothing is printed but the seconds that the
 * opening took, the least of so many times.  The status is 0, or the class of
 * the failure, with the sentence on standard error.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "mailbox.h"

static struct fail f;

static struct mailbox *
opened(const char *path, unsigned how)
{
	struct mailbox *m = mailbox_open(path, how, &f);

	if (m == NULL || mailbox_scan(m, &f) == -1) {
		(void)fprintf(stderr, "mailbox: %s: %s\n", path, f.text);
		exit(f.class);
	}
	return m;
}

static void
list(const char *path, unsigned how)
{
	struct mailbox *m = opened(path, how);
	char unique[MAILBOX_UNIQUE];
	uint64_t octets;
	size_t i;

	for (i = 0; i < mailbox_count(m); i++) {
		const struct mailbox_message *s = mailbox_get(m, i);

		if (mailbox_size(m, i, &octets, &f) == -1)
			continue; /* it has gone meanwhile */
		(void)printf("%" PRIu32 "\t%s\t%" PRIu64 "\t%.*s\n", s->uid,
		    mailbox_unique(m, i, unique), octets, (int)s->base,
		    s->name);
	}
	mailbox_close(&m);
}

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
measure(const char *path, unsigned how, unsigned long times)
{
	double least = 0, start, took;
	struct mailbox *m;
	unsigned long i;
	size_t n = 0;

	for (i = 0; i < times; i++) {
		start = now();
		m = opened(path, how);
		took = now() - start;
		if (i == 0 || took < least)
			least = took;
		n = mailbox_count(m);
		mailbox_close(&m);
	}
	(void)printf("%zu messages in %.3f s\n", n, least);
}

int
main(int argc, char *argv[])
{
	unsigned long times = 0;
	unsigned how = 0;
	int c;

	while ((c = getopt(argc, argv, "t:u")) != -1)
		if (c == 'u')
			how |= MAILBOX_UIDS;
		else if (c == 't')
			times = strtoul(optarg, NULL, 10);
		else
			return EX_USAGE;
	for (argv += optind; *argv != NULL; argv++)
		if (times == 0)
			list(*argv, how);
		else
			measure(*argv, how, times);
	return fflush(stdout) == 0 ? 0 : EX_IOERR;
}
