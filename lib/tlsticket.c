/* SPDX-License-Identifier: ISC */
/* tlsticket: keys of TLS session tickets; see tlsticket.h. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "digest.h"
#include "io.h"
#include "tlsticket.h"

enum {
	FILE_MAX = 512, /* bytes; two lines have some 350 */
};

static int
make_key(struct tlsticket_key *k, time_t now, struct fail *f)
{
	unsigned char bytes[TLSTICKET_KEY];

	if (digest_random(bytes, sizeof(bytes), f) == -1)
		return -1;
	k->made = now;
	memcpy(k->name, bytes, TLSTICKET_NAME);
	memcpy(k->mac, bytes + TLSTICKET_NAME, TLSTICKET_SECRET);
	memcpy(k->cipher, bytes + TLSTICKET_NAME + TLSTICKET_SECRET,
	    TLSTICKET_SECRET);
	explicit_bzero(bytes, sizeof(bytes));
	return 0;
}

/* A key from the future is as good as none: the clock was wrong. */
static int
is_due(const struct tlsticket_key *k, time_t now)
{
	return k->made == 0 || now < k->made ||
	    now - k->made >= TLSTICKET_PERIOD;
}

int
tlsticket_rotate(struct tlsticket *t, time_t now, struct fail *f)
{
	struct tlsticket_key next, *before = &t->keys[1];

	if (!is_due(&t->keys[0], now)) {
		if (before->made != 0 &&
		    now - before->made >= 2 * TLSTICKET_PERIOD)
			explicit_bzero(before, sizeof(*before));
		return 0;
	}
	if (make_key(&next, now, f) == -1)
		return -1;
	*before = t->keys[0];
	t->keys[0] = next;
	if (before->made > now || now - before->made >= 2 * TLSTICKET_PERIOD)
		explicit_bzero(before, sizeof(*before));
	return 1;
}

/* A line of the file: 0, or -1. */
static int
parse_key(struct slice line, struct tlsticket_key *k)
{
	unsigned char *parts[] = { k->name, k->mac, k->cipher };
	static const size_t sizes[] = { TLSTICKET_NAME, TLSTICKET_SECRET,
		TLSTICKET_SECRET };
	struct slice made;
	uint64_t seconds;
	size_t part, i;
	int byte;

	if (!slice_until(&line, ' ', &made) ||
	    slice_uint(made, 1, INT64_MAX, &seconds) == -1)
		return -1;
	for (part = 0; part < 3; part++)
		for (i = 0; i < sizes[part]; i++) {
			if ((byte = slice_hexbyte(&line)) == -1)
				return -1;
			parts[part][i] = (unsigned char)byte;
		}
	k->made = (time_t)seconds;
	return line.n == 0 ? 0 : -1;
}

/* What is no key is left out: then one is made. */
static void
parse(struct slice text, struct tlsticket *t)
{
	struct slice line;
	size_t i;

	for (i = 0; i < 2 && slice_until(&text, '\n', &line); i++)
		if (parse_key(line, &t->keys[i]) == -1)
			explicit_bzero(&t->keys[i], sizeof(t->keys[i]));
}

static void
format(const struct tlsticket *t, struct buf *out)
{
	size_t i, part;

	for (part = 0; part < 2; part++) {
		const struct tlsticket_key *k = &t->keys[part];

		if (k->made == 0)
			continue;
		(void)buf_addf(out, "%" PRIdMAX " ", (intmax_t)k->made);
		for (i = 0; i < TLSTICKET_NAME; i++)
			(void)buf_addf(out, "%02x", k->name[i]);
		for (i = 0; i < TLSTICKET_SECRET; i++)
			(void)buf_addf(out, "%02x", k->mac[i]);
		for (i = 0; i < TLSTICKET_SECRET; i++)
			(void)buf_addf(out, "%02x", k->cipher[i]);
		(void)buf_addc(out, '\n');
	}
}

/* Reads what is in the file; one that is not there has no keys. */
static int
read_keys(const char *path, struct tlsticket *t, struct fail *f)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char text[FILE_MAX];
	struct stat st;
	ssize_t n;

	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1)
		return fail_errno(f, EX_CONFIG, "%.300s", path);
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
		(void)close(fd);
		return fail_set(f, EX_CONFIG, "%.300s: not a file of this "
		    "user's alone, with mode 600", path);
	}
	n = io_read(fd, text, sizeof(text));
	(void)close(fd);
	if (n > 0)
		parse((struct slice){ text, (size_t)n }, t);
	explicit_bzero(text, sizeof(text));
	return 0;
}

/* Two processes that both find a key due write one each: the last one counts,
 * and tickets of the other are not opened, no more. */
static int
write_keys(const char *path, struct slice text, struct fail *f)
{
	char temporary[PATH_MAX];
	int n = snprintf(temporary, sizeof(temporary), "%s.%ld", path,
	    (long)getpid());
	int fd, written;

	if (n < 0 || (size_t)n >= sizeof(temporary))
		return fail_set(f, EX_CONFIG, "%.300s: too long", path);
	(void)unlink(temporary); /* of a process that is no more */
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	if (fd == -1)
		return fail_errno(f, EX_CANTCREAT, "%.300s", temporary);
	written = io_write(fd, text);
	if (close(fd) == -1 || written == -1 ||
	    rename(temporary, path) == -1) {
		(void)fail_errno(f, EX_CANTCREAT, "%.300s", temporary);
		(void)unlink(temporary);
		return -1;
	}
	return 0;
}

int
tlsticket_load(struct tlsticket *t, const char *path, time_t now,
    struct fail *f)
{
	struct tlsticket got = { 0 };
	struct buf text = BUF(FILE_MAX);
	int rc = read_keys(path, &got, f);

	if (rc == 0 && (rc = tlsticket_rotate(&got, now, f)) == 1) {
		format(&got, &text);
		rc = write_keys(path, buf_slice(&text), f);
		buf_wipe(&text);
	}
	if (rc == 0)
		*t = got;
	explicit_bzero(&got, sizeof(got));
	return rc;
}
