/* SPDX-License-Identifier: ISC */
/* fail: one sentence and one class; see fail.h. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"

int
fail_set(struct fail *f, int class, const char *format, ...)
{
	va_list ap;

	f->class = class;
	f->error = 0;
	va_start(ap, format);
	(void)vsnprintf(f->text, sizeof(f->text), format, ap);
	va_end(ap);
	return -1;
}

int
fail_errno(struct fail *f, int class, const char *format, ...)
{
	const char *cause = strerror(errno);
	size_t n;
	va_list ap;

	f->class = class;
	f->error = errno;
	va_start(ap, format);
	(void)vsnprintf(f->text, sizeof(f->text), format, ap);
	va_end(ap);
	n = strlen(f->text);
	(void)snprintf(f->text + n, sizeof(f->text) - n, ": %s", cause);
	return -1;
}

int
fail_at(struct fail *f, const char *object)
{
	char text[sizeof(f->text)];
	size_t n = strlen(object);

	if (strncmp(f->text, object, n) == 0 &&
	    strncmp(f->text + n, ": ", 2) == 0)
		return -1;
	memcpy(text, f->text, sizeof(text));
	(void)snprintf(f->text, sizeof(f->text), "%.200s: %.300s", object,
	    text);
	return -1;
}

int
fail_argument(struct fail *f, const char *argument)
{
	if (f->class == EX_DATAERR)
		f->class = EX_USAGE;
	return fail_at(f, argument);
}

int
fail_is_full(const struct fail *f)
{
	return f->error == ENOSPC || f->error == EDQUOT || f->error == EFBIG;
}
