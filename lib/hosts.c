/* SPDX-License-Identifier: ISC */
/* hosts: what is known of the servers that mail goes to; see hosts.h. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filelock.h"
#include "hosts.h"
#include "slice.h"
#include "text.h"

enum {
	NAME = 256,	   /* room for that of a file */
	CUT = 200,	   /* bytes of one as they are; the rest is a digest */
	/* Seconds; give or take a tenth they are over before a message that
	 * was tried at the same time is due again (5 minutes and so on). */
	FIRST_WAIT = 240,
	LONGEST_WAIT = 11520,
	FAILURES = 1000,
};

static const char swept[] = ".swept";

/* "NAME:PORT", where nothing but lower-case letters, digits, hyphens and dots
 * within is as it was. */
static void
name_file(char out[NAME], const struct hosts_server *s)
{
	size_t n = 0;
	const char *p;
	int c;

	for (p = s->name; *p != '\0' && n < CUT; p++) {
		c = slice_lower((unsigned char)*p);
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c == '-' || (c == '.' && n > 0))
			out[n++] = (char)c;
		else
			n += (size_t)snprintf(out + n, NAME - n, "%%%02x",
			    (unsigned)c);
	}
	if (*p != '\0')
		n += (size_t)snprintf(out + n, NAME - n, "%%%016" PRIx64,
		    slice_hash(slice_str(s->name)));
	(void)snprintf(out + n, NAME - n, ":%.5s", s->port);
}

/* The value of the next line, which has to be "name". */
static int
take_field(struct slice *text, const char *name, struct slice *value)
{
	if (!slice_until(text, '\n', value) ||
	    !slice_starts(*value, slice_str(name)))
		return -1;
	*value = slice_sub(*value, strlen(name), value->n);
	return 0;
}

static int
take_number(struct slice *text, const char *name, uint64_t most, uint64_t *n)
{
	struct slice value;

	return take_field(text, name, &value) == -1 ? -1 :
	    slice_uint(value, 0, most, n);
}

int
hosts_read(struct hosts_record *r, struct slice text, int64_t now)
{
	struct slice why;
	uint64_t until, failures, limit;

	memset(r, 0, sizeof(*r));
	if (take_number(&text, "Until: ", INT64_MAX, &until) == -1 ||
	    take_number(&text, "Failures: ", FAILURES, &failures) == -1 ||
	    take_number(&text, "Limit: ", HOSTS_MOST, &limit) == -1 ||
	    take_field(&text, "Why: ", &why) == -1 || why.n >= HOSTS_WHY ||
	    !slice_starts(text, SLICE(".\n")))
		return -1;
	/* Longer than it can be: a clock was wrong, then or now. */
	if ((int64_t)until > now + 2 * LONGEST_WAIT ||
	    (until > 0 && (int64_t)until < now - HOSTS_AGE))
		return -1;
	r->until = (int64_t)until;
	r->failures = (unsigned)failures;
	r->limit = (unsigned)limit;
	(void)text_show(r->why, why);
	return 0;
}

static void
look(struct hosts *h, int64_t now)
{
	char bytes[HOSTS_FILE];
	ssize_t n = pread(h->fd, bytes, sizeof(bytes), 0);
	struct slice text = { bytes, n > 0 ? (size_t)n : 0 };

	(void)hosts_read(&h->record, text, now);
	if (h->record.limit == 0)
		h->record.limit = HOSTS_FIRST;
	if (h->record.limit > h->most)
		h->record.limit = h->most;
}

static void
keep(const struct hosts *h)
{
	char bytes[HOSTS_FILE];
	int n;

	memset(bytes, ' ', sizeof(bytes));
	n = snprintf(bytes, sizeof(bytes), "Until: %" PRId64 "\nFailures: %u\n"
	    "Limit: %u\nWhy: %.200s\n.\n", h->record.until,
	    h->record.failures, h->record.limit, h->record.why);
	bytes[n] = ' ';
	/* Where it cannot be kept it is forgotten. */
	if (pwrite(h->fd, bytes, sizeof(bytes), 0) == -1)
		return;
}

/* 1 where this process may change the file now. */
static int
begin_change(struct hosts *h, int64_t now)
{
	if (h->fd == -1)
		return 0;
	if (!h->probe && filelock_take(h->fd, HOSTS_PROBE, 1) == -1)
		return 0; /* another tells the same */
	h->probe = 1;
	look(h, now);
	return 1;
}

static void
end_change(struct hosts *h)
{
	filelock_drop(h->fd, HOSTS_PROBE, 1);
	h->probe = 0;
}

static int
take_slot(struct hosts *h)
{
	for (h->slot = 0; h->slot < h->record.limit; h->slot++)
		if (filelock_take(h->fd, (off_t)h->slot, 1) == 0)
			return 1;
	return 0;
}

enum hosts_answer
hosts_take(struct hosts *h, const struct hosts_server *s, int64_t now)
{
	char name[NAME];
	struct stat st;

	*h = (struct hosts){ .fd = -1, .most = s->most };
	name_file(name, s);
	h->fd = openat(s->directory, name, O_RDWR | O_CREAT | O_NOFOLLOW |
	    O_NONBLOCK | O_CLOEXEC, 0660);
	if (h->fd == -1)
		return HOSTS_FREE;
	if (fstat(h->fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		hosts_free(h);
		return HOSTS_FREE;
	}
	look(h, now);
	if (h->record.until > now && !s->anyway)
		return HOSTS_DOWN;
	/* Whether it is up again one process finds out for all. */
	if (h->record.failures > 0 && !begin_change(h, now))
		return HOSTS_BUSY;
	if (h->record.until > now && !s->anyway) /* just found */
		return HOSTS_DOWN;
	return take_slot(h) ? HOSTS_FREE : HOSTS_BUSY;
}

static void
set_up(struct hosts_record *r)
{
	r->until = 0;
	r->failures = 0;
	r->why[0] = '\0';
}

void
hosts_up(struct hosts *h, int64_t now)
{
	if (h->fd == -1 || h->record.failures == 0 || !begin_change(h, now))
		return;
	set_up(&h->record);
	keep(h);
	end_change(h);
}

void
hosts_took(struct hosts *h, int64_t now)
{
	struct hosts_record *r = &h->record;
	int took = h->took;

	h->took = 1;
	if (took || h->fd == -1 || (r->failures == 0 && r->limit == h->most) ||
	    !begin_change(h, now))
		return;
	set_up(r);
	if (r->limit < h->most)
		r->limit++;
	keep(h);
	end_change(h);
}

/* About so many seconds: those who wait for it must not all come at once. */
static int64_t
about(int64_t seconds)
{
	uint32_t chance = 0;

	if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) == -1)
		chance = (uint32_t)getpid();
	return seconds - seconds / 10 +
	    (int64_t)(chance % (uint32_t)(seconds / 5 + 1));
}

static void
set_down(struct hosts *h, const char *why, int64_t now)
{
	struct hosts_record *r = &h->record;
	int64_t wait = FIRST_WAIT;
	unsigned i;

	for (i = 0; i < r->failures && wait < LONGEST_WAIT; i++)
		wait *= 2;
	if (wait > LONGEST_WAIT)
		wait = LONGEST_WAIT;
	r->until = now + about(wait);
	if (r->failures < FAILURES)
		r->failures++;
	(void)text_show(r->why, slice_str(why));
	keep(h);
}

void
hosts_down(struct hosts *h, const char *why, int64_t now)
{
	if (!begin_change(h, now))
		return;
	/* Another may have found it at the same time. */
	if (h->record.until <= now)
		set_down(h, why, now);
	end_change(h);
}

int
hosts_slow(struct hosts *h, const char *why, int64_t now)
{
	/* Are other connections than ours there?  And who takes so many
	 * messages on one is not down. */
	int others = h->fd != -1 && filelock_is_held(h->fd, 0, HOSTS_MOST) == 1;

	if (!begin_change(h, now))
		return others;
	h->record.limit = h->record.limit > 1 ? h->record.limit / 2 : 1;
	if (others || h->took)
		keep(h);
	else
		set_down(h, why, now);
	end_change(h);
	return others;
}

void
hosts_free(struct hosts *h)
{
	if (h->fd != -1)
		(void)close(h->fd);
	h->fd = -1;
	h->probe = 0;
}

/* 1 where nobody has seen to it for a day. */
static int
is_due(int directory, int64_t now)
{
	struct stat st;
	int fd;

	/* A file may be a tick ahead of time(2). */
	if (fstatat(directory, swept, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_mtime <= now + 1 && st.st_mtime > now - HOSTS_AGE)
		return 0;
	fd = openat(directory, swept, O_WRONLY | O_CREAT | O_NOFOLLOW |
	    O_NONBLOCK | O_CLOEXEC, 0660);
	if (fd == -1)
		return 0;
	(void)futimens(fd, NULL);
	(void)close(fd);
	return 1;
}

void
hosts_sweep(int directory, int64_t now)
{
	struct dirent *e;
	struct stat st;
	DIR *dir;
	int fd;

	if (!is_due(directory, now) ||
	    (fd = openat(directory, ".", O_RDONLY | O_CLOEXEC)) == -1)
		return;
	if ((dir = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return;
	}
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.' && fstatat(directory, e->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    st.st_mtime < now - HOSTS_AGE)
			(void)unlinkat(directory, e->d_name, 0);
	(void)closedir(dir);
}
