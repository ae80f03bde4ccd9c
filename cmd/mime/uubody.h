/* SPDX-License-Identifier: ISC */
/*
 * uubody: the content of a part whose Content-Transfer-Encoding is x-uuencode,
 * x-uue or uuencode.  No RFC has them, but there are programs that write them,
 * and what they mean is the first file of uu.h that is in the body.
 */
#ifndef UUBODY_H
#define UUBODY_H

#include "mime.h"
#include "uu.h"

enum {
	UUBODY_HELD = 65536, /* bytes before the first file */
	UUBODY_MORE = UUBODY_HELD + UU_GROWTH * UU_LINE + UU_PIECE,
};

enum uubody_state {
	UUBODY_BEFORE,
	UUBODY_IN,
	UUBODY_BEHIND,
	UUBODY_KEPT, /* there is none: bytes pass unchanged */
};

/* A zeroed one has nothing to free; "flaws" are those of uu.h. */
struct uubody {
	unsigned flaws;
	enum uubody_state state;
	struct uu uu;
	struct buf held, *out;
};

/* 1 if "part", which begins, is a leaf with one of these encodings, else 0.  It
 * has MIME_FLAW_ENCODING then, as it is none that an RFC has. */
int uubody_is(const struct mime_part *part);

/* The name of a part's encoding in a list: the same for all of these. */
struct slice uubody_encoding(const struct mime_part *part);

void uubody_start(struct uubody *b);

/*
 * Adds what "bytes" decode to to "out"; ends the body.  Other text is dropped,
 * with UU_FLAW_TEXT; where there is no file, or none in the first UUBODY_HELD
 * bytes, all bytes are kept as they are, with UU_FLAW_NONE.  0, or -1 where
 * "out" has no room for UU_GROWTH * bytes.n + UUBODY_MORE bytes more, which
 * are always enough.
 */
int uubody_put(struct uubody *b, struct slice bytes, struct buf *out);
int uubody_end(struct uubody *b, struct buf *out);

void uubody_free(struct uubody *b);

#endif
