/* SPDX-License-Identifier: ISC */
/* output: buffered bytes to a file descriptor; see output.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "io.h"
#include "mem.h"
#include "output.h"
#include "text.h"

enum { HELD = 65536 };

struct output
output_to(int fd, const char *name)
{
	return (struct output){ .fd = fd, .name = name };
}

static void
write_all(struct output *o, struct slice s)
{
	if (o->error == 0 && io_write(o->fd, s) == -1)
		o->error = errno;
}

static void
write_held(struct output *o)
{
	write_all(o, (struct slice){ o->held, o->n });
	o->n = 0;
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

int
output_flush(struct output *o, struct fail *f)
{
	write_held(o);
	if (o->error == 0)
		return 0;
	errno = o->error;
	(void)fail_errno(f, EX_IOERR, "%s: write",
	    TEXT_SHOW(slice_str(o->name)));
	if (fail_is_full(f))
		f->class = EX_TEMPFAIL;
	return -1;
}

void
output_free(struct output *o)
{
	free(o->held);
	o->held = NULL;
	o->n = 0;
}
