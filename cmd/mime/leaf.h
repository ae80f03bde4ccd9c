/* SPDX-License-Identifier: ISC */
/*
 * leaf: the content of a part on its way out: decoded, converted to UTF-8
 * where that is asked for, made safe for a terminal where it goes to one, and
 * written.
 */
#ifndef LEAF_H
#define LEAF_H

#include "buf.h"
#include "charset.h"
#include "enc.h"
#include "output.h"
#include "tty.h"
#include "uubody.h"

enum {
	LEAF_PIECE = 131072, /* the most that leaf_put takes at once */
};

/* A zeroed one has nothing to free; its buffers serve many leaves. */
struct leaf {
	struct output *out;
	int to_tty; /* the caller's: "out" is a terminal */
	struct tty tty;
	struct enc_decoder decoder;
	int uuencoded; /* and then in place of the decoder: */
	struct uubody uubody;
	struct charset *charset; /* NULL: bytes stay as they are */
	struct buf decoded, text;
};

/* Begins a leaf that is encoded in "enc" and goes to "out".  "charset" may be
 * NULL; the leaf closes it.  What was not ended before is dropped. */
void leaf_start(struct leaf *l, enum enc enc, struct charset *charset,
    struct output *out);

/* The leaf that was just begun is uuencoded (uubody.h), in place of "enc". */
void leaf_uuencoded(struct leaf *l);

/*
 * Puts the next bytes, up to LEAF_PIECE; ends the leaf, with *flaws of enc.h
 * and uu.h.  "out" is not flushed.  0, or -1 with EX_SOFTWARE: a charset makes
 * more of a byte than charset.h says.
 */
int leaf_put(struct leaf *l, struct slice bytes, struct fail *f);
int leaf_end(struct leaf *l, unsigned *flaws, struct fail *f);

void leaf_free(struct leaf *l);

#endif
