/* SPDX-License-Identifier: ISC */
/* conf_values: what is good for keys of the configuration; see conf.h. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "conf.h"
#include "limits.h"
#include "utf8.h"

enum { LABEL = 63 }; /* bytes; RFC 1035, 2.3.4 */

const char *
conf_say(struct conf *c, const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return arena_str(&c->arena, slice_str(text));
}

static int
is_label(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr(
		    "abcdefghijklmnopqrstuvwxyz0123456789-",
		    slice_lower(s.p[i])) == NULL)
			return 0;
	return s.n > 0 && s.n <= LABEL && s.p[0] != '-' &&
	    s.p[s.n - 1] != '-';
}

const char *
conf_check_domain(struct slice name)
{
	struct slice label;
	int more;

	if (name.n > LIMIT_DOMAIN)
		return "longer than a domain can be";
	do {
		more = slice_until(&name, '.', &label);
		if (!is_label(label))
			return "not a domain";
	} while (more);
	return NULL;
}

const char *
conf_check_our_domain(struct slice name)
{
	char text[LIMIT_DOMAIN + 2] = "x@";
	struct addr a;
	struct fail f;

	if (utf8_ascii(name) || name.n > LIMIT_DOMAIN)
		return conf_check_domain(name);
	memcpy(text + 2, name.p, name.n);
	return addr_check_utf8((struct slice){ text, name.n + 2 }, &a, &f) ==
	    -1 ? "not a domain" : NULL;
}

const char *
conf_check_pattern(struct slice path)
{
	struct slice part;

	while (slice_until(&path, '%', &part))
		switch (slice_getc(&path)) {
		case 'u':
		case 'd':
		case '%':
			break;
		default:
			return "behind % is u, d or another %";
		}
	return NULL;
}
