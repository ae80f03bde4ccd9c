/* SPDX-License-Identifier: ISC */
/* Fuzz target: what is left of a reply, or of the complaint about one, is a
 * single line that can be shown and stored. */

#include "foreign.h"
#include "reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
		foreign_text(slice_str(r.enhanced));
		foreign_text(slice_str(r.text));
		(void)reply_fail(&r, &f);
		foreign_text(slice_str(f.text));
	}
	foreign_text(slice_str(f.text));
	if (r.code != 0 || (f.class != EX_TEMPFAIL && f.class != EX_PROTOCOL))
		abort();
	conn_close(&c);
	return 0;
}
