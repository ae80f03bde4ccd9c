/* SPDX-License-Identifier: ISC */
/* uidlist_write: the file dovecot-uidlist, written; see uidlist.h. */

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "buf.h"
#include "digest.h"
#include "io.h"
#include "limits.h"
#include "samefile.h"
#include "uidlist.h"

static const char name[] = "dovecot-uidlist";
static const char temporary[] = "dovecot-uidlist.tmp";

static int
new_guid(struct uidlist *l, struct fail *f)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char random[UIDLIST_GUID / 2];
	size_t i;

	if (digest_random(random, sizeof(random), f) == -1)
		return -1;
	for (i = 0; i < UIDLIST_GUID; i++)
		l->guid[i] = digits[random[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
	return 0;
}

int
uidlist_create(struct uidlist *l, uint32_t validity, struct fail *f)
{
	uidlist_free(l);
	l->validity = validity;
	l->next = 1;
	l->version = 3;
	l->damaged = 1;
	return new_guid(l, f);
}

static int
put_header(const struct uidlist *l, size_t n, struct buf *out)
{
	struct slice rest = l->header, word;
	int rc;

	rc = buf_addf(out, "3 V%" PRIu32 " N%" PRIu32 " G%s", l->validity,
	    l->next + (uint32_t)n, l->guid);
	while (rc == 0 && l->version == 3 && slice_word(&rest, &word))
		if (strchr("VNG", word.p[0]) == NULL &&
		    (rc = buf_addc(out, ' ')) == 0)
			rc = buf_add(out, word);
	return rc == 0 ? buf_addc(out, '\n') : -1;
}

static int
put_record(const struct uidlist *l, size_t i, struct buf *out)
{
	const struct uidlist_record *r = &l->records[i];
	struct slice rest = slice_sub(l->text, r->at, r->at + r->fields);
	struct slice word;
	int rc = buf_addf(out, "%" PRIu32 " ", r->uid);

	while (rc == 0 && slice_word(&rest, &word))
		if (word.p[0] >= 'A' && word.p[0] <= 'Z' &&
		    (rc = buf_add(out, word)) == 0)
			rc = buf_addc(out, ' ');
	if (rc == 0)
		rc = buf_addc(out, ':');
	if (rc == 0)
		rc = buf_add(out, uidlist_base(l, i));
	return rc == 0 ? buf_addc(out, '\n') : -1;
}

static int
put_new(const struct uidlist *l, const struct uidlist_new *new, struct buf *out)
{
	uint32_t uid = l->next;
	int rc = 0;
	size_t i;

	for (i = 0; i < new->n && rc == 0; i++) {
		rc = buf_addf(out, "%" PRIu32 " :", uid++);
		if (rc == 0)
			rc = buf_add(out, new->bases[i]);
		if (rc == 0)
			rc = buf_addc(out, '\n');
	}
	return rc;
}

/* The whole file, as it is to be. */
static int
put_all(const struct uidlist *l, const struct uidlist_new *new,
    struct buf *out)
{
	int rc = put_header(l, new->n, out);
	size_t i;

	for (i = 0; i < l->n && rc == 0; i++)
		if (l->records[i].uid != 0)
			rc = put_record(l, i, out);
	return rc == 0 ? put_new(l, new, out) : -1;
}

/* Dovecot takes a file for one that it knows by its time and size: a new one
 * has a later time.  Who may read the old one may read the new one. */
static int
dress(const struct uidlist *l, int fd)
{
	struct timespec times[2] = { { 0, UTIME_OMIT }, { 0, 0 } };
	struct stat st;

	if (l->st.st_ino == 0)
		return 0;
	if (fchown(fd, (uid_t)-1, l->st.st_gid) == 0)
		(void)fchmod(fd, l->st.st_mode & 0666);
	if (fstat(fd, &st) == -1)
		return -1;
	if (st.st_mtim.tv_sec > l->st.st_mtim.tv_sec ||
	    (st.st_mtim.tv_sec == l->st.st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec > l->st.st_mtim.tv_nsec))
		return 0;
	times[1].tv_sec = l->st.st_mtim.tv_sec + 1;
	return futimens(fd, times);
}

static int
replace(const struct uidlist *l, struct dotlock *lock, struct slice text,
    struct fail *f)
{
	int fd, rc = -1;

	(void)unlinkat(lock->dir, temporary, 0);
	fd = openat(lock->dir, temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return fail_errno(f, EX_TEMPFAIL, "%s: create", temporary);
	if (io_write(fd, text) == -1 || dress(l, fd) == -1 ||
	    fdatasync(fd) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%s: write", temporary);
	else if (!dotlock_keep(lock))
		(void)fail_set(f, EX_TEMPFAIL, "%s: lost the lock", name);
	else if (renameat(lock->dir, temporary, lock->dir, name) == -1 ||
	    fsync(lock->dir) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%s: replace", name);
	else
		rc = 0;
	if (close(fd) == -1 && rc == 0)
		rc = fail_errno(f, EX_TEMPFAIL, "%s: close", temporary);
	if (rc == -1)
		(void)unlinkat(lock->dir, temporary, 0);
	return rc;
}

/* Adds to the file, which is the one that was read.  What was only partly
 * written is taken away again. */
static int
append(struct uidlist *l, struct dotlock *lock, struct slice text,
    struct fail *f)
{
	int fd = openat(lock->dir, name, O_WRONLY | O_APPEND | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int rc = -1;

	if (fd == -1 || fstat(fd, &st) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%s: open", name);
	else if (!samefile(&st, &l->st) || st.st_size != l->st.st_size ||
	    !dotlock_keep(lock))
		(void)fail_set(f, EX_TEMPFAIL, "%s: changed in spite of the "
		    "lock", name);
	else if (io_write(fd, text) == -1 || fdatasync(fd) == -1 ||
	    fstat(fd, &l->st) == -1) {
		(void)fail_errno(f, EX_TEMPFAIL, "%s: write", name);
		(void)!ftruncate(fd, st.st_size);
	} else
		rc = 0;
	if (fd != -1)
		(void)close(fd);
	return rc;
}

int
uidlist_add(struct uidlist *l, struct dotlock *lock,
    const struct uidlist_new *new, struct fail *f)
{
	struct buf text = BUF(LIMIT_UIDLIST);
	int anew = l->damaged || (l->n > 0 && l->dropped >= (l->n + 3) / 4);
	int rc;

	if (!anew && new->n == 0)
		return 0;
	if ((uint64_t)l->next + new->n > UINT32_MAX - 1)
		return fail_set(f, EX_TEMPFAIL, "%s: no UIDs are left", name);
	if (l->guid[0] == '\0' && new_guid(l, f) == -1)
		return -1;
	rc = anew ? put_all(l, new, &text) : put_new(l, new, &text);
	if (rc == -1)
		(void)fail_set(f, EX_TEMPFAIL, "%s: longer than %d bytes",
		    name, LIMIT_UIDLIST);
	else if (anew)
		rc = replace(l, lock, buf_slice(&text), f);
	else
		rc = append(l, lock, buf_slice(&text), f);
	buf_free(&text);
	if (rc == 0)
		l->next += (uint32_t)new->n, l->there = 1;
	if (rc == -1 || anew)
		l->st = (struct stat){ 0 }; /* it is read again */
	return rc;
}
