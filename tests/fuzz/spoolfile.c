/* SPDX-License-Identifier: ISC */
/* Fuzz target: a file of the queue: it is a message, all of which lies in the
 * file, or EX_DATAERR; a line that is added to its journal is read back. */

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "spoolfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[] = "/tmp/mailpipe-fuzz.XXXXXX";

static void
make_file(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd == -1)
		fd = mkstemp(path);
	if (fd == -1 || ftruncate(fd, 0) == -1 ||
	    pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
}

static void
remove_file(void)
{
	(void)unlink(path);
}

static void
check_message(struct spoolfile *m, size_t size)
{
	struct spool_entry e = { .when = 17, .class = SPOOL_DEFERRED,
		.code = 450, .text = SLICE("x\ny\tz") };
	char line[SPOOL_ENTRY];
	struct fail f = { 0 };
	size_t i, pending = 0;

	if (m->nto == 0 || m->size > size || m->message > size - m->size ||
	    m->journal != m->message + m->size || m->read > size)
		abort();
	for (i = 0; i < m->nto; i++) {
		if (!spool_is_address(m->to[i].to.address))
			abort();
		if (spoolfile_last(m, i + 1, line, &e, &f) !=
		    (m->to[i].at > 0))
			abort();
		pending += !m->to[i].settled;
	}
	if (pending != spoolfile_pending(m))
		abort();
	e = (struct spool_entry){ .when = 18, .class = SPOOL_REFUSED,
		.code = 550, .text = SLICE("x\ny\tz") };
	if (spoolfile_append(m, &e, &f) == -1 || spoolfile_pending(m) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int registered;
	struct fail f = { 0 };
	struct spoolfile m;

	make_file(data, size);
	if (!registered++)
		(void)atexit(remove_file);
	if (spoolfile_open(&m, AT_FDCWD, path, &f) == 0)
		check_message(&m, size);
	else if (f.class != EX_DATAERR)
		abort();
	spoolfile_close(&m);
	return 0;
}
