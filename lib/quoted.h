/* SPDX-License-Identifier: ISC */
/*
 * quoted: the part of enc that reads and writes quoted-printable (RFC 2045,
 * 6.7).
 *
 * Each function writes at "to" and returns where it stopped.  The caller made
 * room: in.n + 1024 bytes to decode, 4 * in.n + 1024 to encode, 1024 for an
 * end.  What they do is told in enc.h.
 */
#ifndef QUOTED_H
#define QUOTED_H

#include "enc.h"

char *quoted_decode(struct enc_decoder *d, struct slice in, char *to);
char *quoted_decode_end(struct enc_decoder *d, char *to);
char *quoted_encode(struct enc_encoder *e, struct slice in, char *to);
char *quoted_encode_end(struct enc_encoder *e, char *to);

#endif
