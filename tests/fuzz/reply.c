/* SPDX-License-Identifier: ISC */
/* Fuzz target: what is left of a reply, or of the complaint about one, is a
 * single line that can be shown and stored. */

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reply.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text)
{
	struct slice s = slice_str(text);
	int32_t c;

	while ((c = utf8_next(&s)) != -1)
		if (c < 0 || utf8_unsafe(c))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fail f = { 0 };
	struct reply r;
	struct conn *c;
	int fd[2];

	if (size > 20000 || socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		return 0;
	if (size > 0 && write(fd[1], data, size) != (ssize_t)size)
		abort();
	(void)close(fd[1]);
	c = conn_new(fd[0], fd[0]);
	while (reply_read(c, &r, NULL, NULL, &f) == 0) {
		if (r.code < 200 || r.code > 599 ||
		    (r.enhanced[0] != '\0' &&
		    r.enhanced[0] != (char)('0' + r.code / 100)))
			abort();
		check_text(r.enhanced);
		check_text(r.text);
		(void)reply_fail(&r, &f);
		check_text(f.text);
	}
	check_text(f.text);
	if (r.code != 0 || (f.class != EX_TEMPFAIL && f.class != EX_PROTOCOL))
		abort();
	conn_close(&c);
	return 0;
}
