/* SPDX-License-Identifier: ISC */
/* mark: what tells a message from others; see mark.h. */

#include <inttypes.h>
#include <stdio.h>

#include "mark.h"

enum { SHOWN = 16 }; /* bytes of the digest */

/* Without one, or once that fails. */
static void
give_up(struct mark *m)
{
	unsigned char ignored[DIGEST_SHA256];
	struct fail f;

	(void)digest_end(&m->digest, ignored, &f);
}

void
mark_begin(struct mark *m)
{
	struct fail f;

	give_up(m);
	m->n = 0;
	m->digest = digest_begin(&f);
}

void
mark_add(struct mark *m, struct slice piece)
{
	struct fail f;

	if (m->digest != NULL && m->n < MARK_BYTES &&
	    digest_add(m->digest, slice_sub(piece, 0,
	    (size_t)(MARK_BYTES - m->n)), &f) == -1)
		give_up(m);
	m->n += piece.n;
}

struct slice
mark_end(struct mark *m)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char sha[DIGEST_SHA256];
	struct fail f;
	size_t n;
	int i;

	if (m->digest == NULL || digest_end(&m->digest, sha, &f) == -1)
		return SLICE("");
	n = (size_t)snprintf(m->text, sizeof(m->text), "%" PRIu64 "-", m->n);
	for (i = 0; i < SHOWN; i++) {
		m->text[n++] = digits[sha[i] >> 4];
		m->text[n++] = digits[sha[i] & 15];
	}
	return (struct slice){ m->text, n };
}
