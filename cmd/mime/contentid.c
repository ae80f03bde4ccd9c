/* SPDX-License-Identifier: ISC */
/* contentid: the Content-ID of a part with a name; see contentid.h. */

#include "contentid.h"

static int
is_letter(int c)
{
	int lower = slice_lower(c);

	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_' || c == '~';
}

static int
is_joint(int c)
{
	return c == '.' || c == '@';
}

/* Dots and one "@" stand between others (dot-atom, RFC 5322, 3.2.3). */
static int
is_between(struct slice name, size_t i)
{
	return i > 0 && i + 1 < name.n && !is_joint(name.p[i - 1]) &&
	    !is_joint(name.p[i + 1]);
}

static int
stays(struct slice name, size_t i)
{
	int c = (unsigned char)name.p[i];

	if (is_letter(c))
		return 1;
	if (!is_joint(c))
		return 0;
	if (c == '@' && (slice_find(name, '@') != i ||
	    slice_find(slice_sub(name, i + 1, name.n), '@') + i + 1 < name.n))
		return 0;
	return is_between(name, i);
}

int
contentid_of_name(struct buf *out, struct slice name)
{
	size_t start = out->n;
	int rc = buf_addc(out, '<');

	for (size_t i = 0; rc == 0 && i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		rc = stays(name, i) ? buf_addc(out, c)
				    : buf_addf(out, "%%%02X", c);
		if (out->n - start >= CONTENTID_MAX)
			rc = -1;
	}
	return rc == 0 ? buf_addc(out, '>') : -1;
}
