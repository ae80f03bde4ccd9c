/* SPDX-License-Identifier: ISC */
/* filtering: runs the programs that a message goes through; see filtering.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "filter.h"
#include "filtering.h"
#include "scratch.h"
#include "text.h"
#include "ticks.h"

enum {
	NOT_FOUND = 127, /* of a shell: the program is not there */
	NOT_RUN = 126,	 /* it cannot be run */
	ADDED = 1048576, /* bytes that a filter may add to the longest */
};

/* The envelope, for this process and so for all that it runs: 0, or -1. */
static int
set_environment(struct slice envelope)
{
	static const char *const names[] = { "SENDER", "RECIPIENTS",
		"REMOTE_ADDR", "HELO", "AUTH_USER", "REQUIRETLS" };
	struct slice value;
	size_t i;
	int rc;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		/* Found with its NUL, so it is a string. */
		if (!slice_until(&envelope, '\0', &value) ||
		    value.p[value.n] != '\0')
			return -1;
		/* A sender may be nobody; the rest is there or it is not. */
		rc = value.n == 0 && i > 1 ? unsetenv(names[i]) :
		    setenv(names[i], value.p, 1);
		if (rc == -1)
			return -1;
	}
	return 0;
}

void
filtering_fail(struct filtering_result *r, const struct fail *f)
{
	(void)snprintf(r->reply, sizeof(r->reply),
	    "451 4.3.0 the message cannot be checked now");
	(void)snprintf(r->log, sizeof(r->log), "not filtered: %s", f->text);
}

/* What the program said, for the client, who reads ASCII (RFC 5321, 4.2). */
static void
refuse(struct filtering_result *r, const struct filter *filter, int status)
{
	char *p;

	(void)snprintf(r->reply, sizeof(r->reply), "%s %s",
	    status == EX_TEMPFAIL ? "451 4.7.1" : "550 5.7.1",
	    filter->said[0] != '\0' ? TEXT_SHOW(slice_str(filter->said)) :
	    status == EX_TEMPFAIL ? "try again later" :
	    "the message is refused");
	for (p = r->reply; *p != '\0'; p++)
		if ((unsigned char)*p >= 127)
			*p = '?';
	(void)snprintf(r->log, sizeof(r->log), "filter %s: status %d",
	    TEXT_SHOW(slice_str(filter->argv[0])), status);
}

/* What became of it. */
static void
judge(struct filtering_result *r, struct filter *filter)
{
	struct fail f = { 0 };
	int status;

	if (filter_run(filter, &status, &f) == -1) {
		filtering_fail(r, &f);
	} else if (status == NOT_RUN || status == NOT_FOUND) {
		(void)fail_set(&f, EX_CONFIG, "%s: status %d: %s",
		    TEXT_SHOW(slice_str(filter->argv[0])), status,
		    TEXT_SHOW(slice_str(filter->said)));
		filtering_fail(r, &f);
	} else if (status != 0) {
		refuse(r, filter, status);
	}
}

/* What a filter may write: with BINARYMIME what it gets may already be longer
 * than what was counted. */
static uint64_t
most(const struct conf *conf, int fd)
{
	struct stat st;
	uint64_t longest = conf->max_message_size;

	if (fstat(fd, &st) == 0 && (uint64_t)st.st_size > longest)
		longest = (uint64_t)st.st_size;
	return longest + ADDED;
}

void
filtering_run(const struct conf *conf, struct slice envelope, int *fd,
    struct filtering_result *r)
{
	uint64_t end = ticks_now() + (uint64_t)conf->filter_timeout * 1000;
	struct fail f = { 0 };
	size_t i;

	*r = (struct filtering_result){ .written = 0 };
	if (set_environment(envelope) == -1) {
		(void)fail_errno(&f, EX_TEMPFAIL, "environment");
		filtering_fail(r, &f);
	}
	for (i = 0; i < conf->nfilters && r->reply[0] == '\0'; i++) {
		struct filter filter = { .argv = conf->filters[i], .in = *fd,
			.end = end, .most = most(conf, *fd) };

		if ((filter.out = scratch_open(&f)) == -1) {
			filtering_fail(r, &f);
			break;
		}
		judge(r, &filter);
		if (r->reply[0] != '\0' || filter.written == 0) {
			(void)close(filter.out);
			continue;
		}
		(void)close(*fd);
		*fd = filter.out;
		r->written = 1;
	}
}
