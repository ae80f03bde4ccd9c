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

/* Before the first call of any other. */
void base64_init(void);

char *base64_decode(struct enc_decoder *d, struct slice in, char *to);
char *base64_decode_end(struct enc_decoder *d, char *to);
char *base64_encode(struct enc_encoder *e, struct slice in, char *to);
char *base64_encode_end(struct enc_encoder *e, char *to);

#endif
