/* SPDX-License-Identifier: ISC */
/* Fuzz target: a quota as a users file has it, and behind the first LF a
 * maildirsize of it: what was read is written and read again the same. */

#include <stdlib.h>

#include "quota.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size }, first;
	struct quota q = { 0 }, again;
	struct usage u;
	struct buf line = BUF(100);

	(void)slice_until(&text, '\n', &first);
	if (quota_parse(first, &q) == 0 && (q.bytes > 0 || q.messages > 0)) {
		quota_format(&q, &line);
		if (quota_parse(slice_trim(buf_slice(&line)), &again) == -1 ||
		    again.bytes != q.bytes || again.messages != q.messages)
			abort();
	}
	if (quota_sum(text, &q, &u) == 0 && (u.lines == 0 ||
	    u.bytes > INT64_MAX || u.messages > INT64_MAX ||
	    (quota_over(&q, &u, 0) && !quota_over(&q, &u, 1))))
		abort();
	buf_free(&line);
	return 0;
}
