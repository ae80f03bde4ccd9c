/* SPDX-License-Identifier: ISC */
/* spoolnew: a new message for the queue; see spoolnew.h. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filelock.h"
#include "limits.h"
#include "output.h"
#include "spoolnew.h"
#include "text.h"

enum {
	SIZE_AT = 6, /* of its digits in the first line */
	DIGITS = 20,
};

#define NO_DIGITS "--------------------"

enum place { /* of the file */
	NO_NAME,
	IN_TMP,
	BLANK, /* in new/, due, and locked */
};

struct spoolnew {
	const struct spool *spool;
	int fd;
	enum place place;
	int last;     /* byte of the message */
	int synced;
	uint64_t envelope; /* bytes of it */
	struct output out;
	struct spool_name name;
};

static int
check_address(struct slice text, struct fail *f)
{
	return spool_is_address(text) ? 0 : fail_set(f, EX_DATAERR,
	    "%s: no mailbox", TEXT_SHOW(text));
}

static int
check(const struct spool_envelope *e, const struct spool_to *to, size_t nto,
    struct fail *f)
{
	size_t i;

	if (nto == 0 || nto > LIMIT_SPOOL_RECIPIENTS)
		return fail_set(f, EX_DATAERR, nto == 0 ? "no recipient" :
		    "more than %d recipients", LIMIT_SPOOL_RECIPIENTS);
	if (e->sender.n > 0 && check_address(e->sender, f) == -1)
		return -1;
	if ((e->envelope_id.n > 0 && !spool_is_word(e->envelope_id)) ||
	    e->envelope_id.n > LIMIT_ENVID)
		return fail_set(f, EX_DATAERR, "%s: no envelope id",
		    TEXT_SHOW(e->envelope_id));
	for (i = 0; i < nto; i++) {
		if (check_address(to[i].address, f) == -1)
			return -1;
		if ((to[i].original.n > 0 && !spool_is_word(to[i].original)) ||
		    to[i].original.n > LIMIT_ORCPT)
			return fail_set(f, EX_DATAERR,
			    "%s: no original recipient",
			    TEXT_SHOW(to[i].original));
	}
	return 0;
}

static void
put_field(struct output *out, const char *name, struct slice value)
{
	output_put(out, slice_str(name));
	output_put(out, value);
	output_putc(out, '\n');
}

const char *
spool_notify_name(unsigned i)
{
	static const char *const names[] = { "NEVER", "SUCCESS", "FAILURE",
		"DELAY" };

	return i < sizeof(names) / sizeof(names[0]) ? names[i] : NULL;
}

static void
put_recipient(struct output *out, const struct spool_to *to)
{
	const char *before = " NOTIFY=", *name;
	unsigned i;

	output_put(out, SLICE("Recipient: "));
	output_put(out, to->address);
	for (i = 0; (name = spool_notify_name(i)) != NULL; i++)
		if (to->notify & 1U << i) {
			output_put(out, slice_str(before));
			output_put(out, slice_str(name));
			before = ",";
		}
	if (to->original.n > 0) {
		output_put(out, SLICE(" ORCPT="));
		output_put(out, to->original);
	}
	output_putc(out, '\n');
}

static void
put_envelope(struct spoolnew *n, const struct spool_envelope *e)
{
	char number[24];

	/* Who finds this has found a message that is not complete. */
	put_field(&n->out, "Size: ", SLICE(NO_DIGITS));
	put_field(&n->out, "Id: ", slice_str(n->name.id));
	(void)snprintf(number, sizeof(number), "%" PRId64, e->arrival);
	put_field(&n->out, "Arrival: ", slice_str(number));
	put_field(&n->out, "Sender: ", e->sender);
	if (e->hold > 0) {
		(void)snprintf(number, sizeof(number), "%" PRId64, e->hold);
		put_field(&n->out, "Hold: ", slice_str(number));
	}
	if (e->body8)
		put_field(&n->out, "Body: ", SLICE("8BITMIME"));
	if (e->utf8)
		put_field(&n->out, "Utf8: ", SLICE("yes"));
	if (e->require_tls)
		put_field(&n->out, "Require-Tls: ", SLICE("yes"));
	if (e->ret != SPOOL_RET_UNSAID)
		put_field(&n->out, "Ret: ", e->ret == SPOOL_RET_FULL ?
		    SLICE("FULL") : SLICE("HDRS"));
	if (e->envelope_id.n > 0)
		put_field(&n->out, "Envid: ", e->envelope_id);
}

static int
create(struct spoolnew *n, struct fail *f)
{
	int named = 0;

	n->fd = spool_blank(n->spool, n->name.id);
	n->place = BLANK;
	if (n->fd != -1)
		return 0;
	n->fd = spool_create(n->spool, n->name.id, &named, f);
	n->place = named ? IN_TMP : NO_NAME;
	return n->fd == -1 ? -1 : 0;
}

struct spoolnew *
spoolnew_begin(const struct spool *s, const struct spool_envelope *e,
    const struct spool_to *to, size_t nto, struct fail *f)
{
	struct spoolnew *n;
	size_t i;

	if (check(e, to, nto, f) == -1)
		return NULL;
	n = mem_alloc(sizeof(*n));
	n->spool = s;
	n->fd = -1;
	n->last = '\n';
	if (create(n, f) == -1) {
		spoolnew_abort(&n);
		return NULL;
	}
	n->out = output_to(n->fd, s->path);
	put_envelope(n, e);
	for (i = 0; i < nto; i++)
		put_recipient(&n->out, &to[i]);
	output_putc(&n->out, '\n');
	n->envelope = n->out.written;
	return n;
}

const char *
spoolnew_id(const struct spoolnew *n)
{
	return n->name.id;
}

void
spoolnew_write(struct spoolnew *n, struct slice bytes)
{
	if (bytes.n == 0)
		return;
	output_put(&n->out, bytes);
	n->last = bytes.p[bytes.n - 1];
}

static int
failed(const struct spoolnew *n, struct fail *f)
{
	return fail_errno(f, EX_TEMPFAIL, "%.300s: write a message",
	    n->spool->path);
}

/* All but the digits. */
static int
write_rest(struct spoolnew *n, struct fail *f)
{
	if (n->last != '\n')
		output_putc(&n->out, '\n');
	n->last = '\n';
	if (output_flush(&n->out, f) == 0)
		return 0;
	f->class = EX_TEMPFAIL;
	return -1;
}

static int
write_size(const struct spoolnew *n, const char *size, struct fail *f)
{
	return pwrite(n->fd, size, DIGITS, SIZE_AT) == DIGITS ? 0 :
	    failed(n, f);
}

/* With them it is complete. */
static int
write_digits(const struct spoolnew *n, struct fail *f)
{
	char size[DIGITS + 1];

	(void)snprintf(size, sizeof(size), "%0*" PRIu64, DIGITS,
	    n->out.written - n->envelope);
	return write_size(n, size, f);
}

int
spoolnew_sync(struct spoolnew *n, struct fail *f)
{
	if (n->synced)
		return 0;
	/* What has its name already is not to be complete before others of the
	 * same message are there. */
	if (write_rest(n, f) == -1 ||
	    (n->place != BLANK && write_digits(n, f) == -1))
		return -1;
	if (fdatasync(n->fd) == -1)
		return failed(n, f);
	n->synced = 1;
	/* Others of the same message may be waited for. */
	output_free(&n->out);
	return 0;
}

/* Its path below the spool so far. */
static char *
own_name(const struct spoolnew *n, char path[SPOOL_NAME])
{
	struct spool_name name = n->name;

	if (n->place == IN_TMP) {
		(void)snprintf(path, SPOOL_NAME, "tmp/%s", name.id);
		return path;
	}
	name.state = SPOOL_NEW;
	name.due = 0;
	return spool_path(path, &name);
}

/*
 * Gives the file its name in new/ or hold/, by a link or a rename and by
 * nothing else: a copy could be seen before it is complete.  What has one is
 * renamed: a link would leave two names after a crash, and who finds these
 * cannot know that the other one is ours.
 */
static int
give_name(struct spoolnew *n, const char *path)
{
	char from[SPOOL_NAME];

	if (n->place == NO_NAME)
		return spool_link(n->spool, n->fd, path);
	if (renameat(n->spool->dir, own_name(n, from), n->spool->dir, path) ==
	    -1)
		return -1;
	if (n->place == BLANK)
		filelock_drop(n->fd, 0, 0);
	n->place = NO_NAME;
	return 0;
}

/* Names it, durably. */
static int
publish(struct spoolnew *n, struct fail *f)
{
	int was_blank = n->place == BLANK;
	struct fail ignored;
	char path[SPOOL_NAME];

	if (give_name(n, spool_path(path, &n->name)) == -1)
		/* tmp/ is elsewhere: no later time will mend that. */
		return fail_errno(f, errno == EXDEV ? EX_CONFIG : EX_TEMPFAIL,
		    "%.300s/%s", n->spool->path, path);
	if (spool_sync(n->spool, n->name.state, f) == 0 &&
	    (!was_blank || spool_sync(n->spool, SPOOL_NEW, f) == 0))
		return 0;
	(void)spool_remove(n->spool, &n->name, &ignored);
	return -1;
}

/* Whoever finds digits after a crash is to find the rest: what was written at
 * several times may have come to the disk in any order. */
static int
complete(struct spoolnew *n, struct fail *f)
{
	struct fail ignored;

	if (!n->synced && (n->out.written > n->out.n ?
	    spoolnew_sync(n, f) : write_rest(n, f)) == -1)
		return -1;
	if (write_digits(n, f) == -1)
		return -1;
	if (fdatasync(n->fd) == 0)
		return 0;
	(void)failed(n, f);
	/* Who has borrowed it cannot remove it while it is locked. */
	(void)write_size(n, NO_DIGITS, &ignored);
	return -1;
}

/* Who has borrowed it may not ask for its path, but for a file system of this
 * host alone, where nobody takes away what is locked and leaves it a name. */
static int
is_there(const struct spoolnew *n)
{
	char path[SPOOL_NAME];

	return n->spool->dir == -1 ? filelock_has_name(n->fd) :
	    filelock_is_at(n->fd, n->spool->dir, own_name(n, path));
}

/* A blank has its name.  Who waits in new/ (watch.h) sees the change of time
 * where others let go of a lock unseen. */
static int
release(struct spoolnew *n, struct fail *f)
{
	if (!is_there(n))
		return fail_set(f, EX_TEMPFAIL, "%.300s: somebody took %s "
		    "away", n->spool->path, n->name.id);
	filelock_drop(n->fd, 0, 0);
	(void)futimens(n->fd, NULL);
	n->place = NO_NAME;
	return 0;
}

int
spoolnew_commit(struct spoolnew **np, enum spool_state state, int64_t due,
    struct fail *f)
{
	struct spoolnew *n = *np;
	int rc = n->place == BLANK ? complete(n, f) : spoolnew_sync(n, f);

	n->name.state = state;
	n->name.due = due;
	if (rc == 0)
		rc = n->place == BLANK && state == SPOOL_NEW && due <= 0 ?
		    release(n, f) : publish(n, f);
	spoolnew_abort(np);
	return rc;
}

void
spoolnew_abort(struct spoolnew **np)
{
	struct spoolnew *n = *np;
	char path[SPOOL_NAME];

	if (n == NULL)
		return;
	output_free(&n->out);
	if (n->fd != -1 && n->place != NO_NAME && n->spool->dir != -1)
		(void)unlinkat(n->spool->dir, own_name(n, path), 0);
	if (n->fd != -1)
		(void)close(n->fd);
	free(n);
	*np = NULL;
}
