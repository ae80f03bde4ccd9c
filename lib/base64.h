/* SPDX-License-Identifier: ISC */
/*
 * base64: the part of enc that reads and writes base64 (RFC 2045, 6.8).
 *
 * Each function writes at "to" and returns where it stopped.  The caller made
 * room: in.n + 8 bytes to decode, 2 * in.n + 80 to encode, 80 for an end.
 * What they do is told in enc.h.
 */
#ifndef BASE64_H
#define BASE64_H

#include "enc.h"

enum {
	BASE64_ROW = 57,  /* bytes that make a line */
	BASE64_LINE = 76, /* of so many characters, and its LF */
};

/*
 * The bulk of the work, for which there are several ways; all give the same
 * bytes.  Each takes its bytes off "in".  To decode: some groups, and the line
 * ends between them, while nothing else comes; what is short is left.  To
 * encode: all whole rows.  The room is as above.
 */
typedef char *base64_bulk(struct slice *in, char *to);

#ifdef __x86_64__
base64_bulk base64_avx2_decode, base64_avx2_encode;
base64_bulk base64_ssse3_decode, base64_ssse3_encode;
#endif

/* Takes the way called "name" from now on: "plain", "ssse3", "avx2"; the best
 * one where it is NULL.  0; -1 where this processor does not have it. */
int base64_use(const char *name);

/* Before the first call of any below; takes the best way. */
void base64_init(void);

char *base64_decode(struct enc_decoder *d, struct slice in, char *to);
char *base64_decode_end(struct enc_decoder *d, char *to);
char *base64_encode(struct enc_encoder *e, struct slice in, char *to);
char *base64_encode_end(struct enc_encoder *e, char *to);

/* UNSAFE: two bytes are at "p".  The length of the line end there, or 0. */
static inline size_t
base64_line_end(const char *p)
{
	if (p[0] == '\n')
		return 1;
	return p[0] == '\r' && p[1] == '\n' ? 2 : 0;
}

#endif
