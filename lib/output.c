/* SPDX-License-Identifier: ISC */
/* output: buffered bytes to a file descriptor; see output.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backlog.h"
#include "behind.h"
#include "io.h"
#include "mem.h"
#include "output.h"
#include "text.h"

enum {
	HELD = 65536,
	SHORT = 4194304, /* bytes for which a thread does not pay */
};

struct output
output_to(int fd, const char *name)
{
	return (struct output){ .fd = fd, .name = name };
}

struct output
output_of_done(int fd, const char *name)
{
	return (struct output){ .fd = fd, .name = name, .done = 1 };
}

static void
note(struct output *o, int error)
{
	if (o->error == 0)
		o->error = error;
}

/* After what the thread has. */
static void
write_all(struct output *o, struct slice s)
{
	if (o->behind != NULL)
		note(o, behind_wait(o->behind));
	if (o->error != 0)
		return;
	if (o->backlog == NULL ? io_write(o->fd, s) == -1 :
	    backlog_put(o->backlog, s) == -1)
		o->error = errno;
}

static void
write_held(struct output *o)
{
	write_all(o, (struct slice){ o->held, o->n });
	o->n = 0;
}

void
output_defer(struct output *o)
{
	o->backlog = backlog_new(o->fd);
}

void
output_put(struct output *o, struct slice s)
{
	o->written += s.n;
	if (s.n > HELD - o->n && o->n > 0)
		write_held(o);
	if (s.n >= HELD) {
		write_all(o, s);
		return;
	}
	if (o->held == NULL)
		o->held = mem_resize(NULL, HELD, 1);
	if (s.n > 0)
		memcpy(o->held + o->n, s.p, s.n);
	o->n += s.n;
}

void
output_putc(struct output *o, int c)
{
	char byte = (char)c;

	output_put(o, (struct slice){ &byte, 1 });
}

/* Whether "o" has a thread; it gets one when it has become long, where there
 * is another processor for it. */
static int
has_thread(struct output *o)
{
	if (o->behind == NULL && o->backlog == NULL && o->written > SHORT &&
	    o->error == 0 &&
	    sysconf(_SC_NPROCESSORS_ONLN) > 1)
		o->behind = behind_start(o->fd);
	return o->behind != NULL;
}

void
output_give(struct output *o, struct buf *b)
{
	if (b->n < HELD || !has_thread(o)) {
		output_put(o, buf_slice(b));
		buf_clear(b);
		return;
	}
	if (o->n > 0)
		write_held(o);
	o->written += b->n;
	note(o, behind_give(o->behind, b));
}

void
output_offer(struct output *o)
{
	write_held(o);
}

/* What "error" is one of. */
static const char *
culprit(const struct output *o)
{
	return o->backlog != NULL && backlog_no_room(o->backlog) ?
	    "temporary file" : o->name;
}

int
output_flush(struct output *o, struct fail *f)
{
	write_held(o);
	behind_end(&o->behind);
	if (o->backlog != NULL && o->error == 0 &&
	    backlog_flush(o->backlog) == -1)
		o->error = errno;
	if (o->error == 0)
		return 0;
	errno = o->error;
	(void)fail_errno(f, EX_IOERR, "%s: write",
	    TEXT_SHOW(slice_str(culprit(o))));
	if (fail_is_full(f) && !o->done)
		f->class = EX_TEMPFAIL;
	return -1;
}

void
output_free(struct output *o)
{
	behind_end(&o->behind);
	backlog_free(&o->backlog);
	free(o->held);
	o->held = NULL;
	o->n = 0;
}
