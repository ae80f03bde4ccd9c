/* SPDX-License-Identifier: ISC */
/*
 * compress: a connection whose bytes are compressed, both ways (RFC 4978,
 * COMPRESS=DEFLATE of IMAP; RFC 1951), inside of TLS where there is TLS.
 *
 * zlib is loaded by the first call; conn and stream know nothing of it.
 */
#ifndef COMPRESS_H
#define COMPRESS_H

#include "conn.h"

enum {
	COMPRESS_NOTHING = 1048576, /* compressed bytes in a row that come to
				       none: nobody has use for them */
};

/*
 * Flushes "c", and goes on compressed: what was read already and not taken is
 * the first of it.  All that is flushed can be read at the other end.  After
 * this STARTTLS is not possible any more.  0, or -1: EX_TEMPFAIL (the flush),
 * EX_SOFTWARE (it is compressed already), EX_UNAVAILABLE (there is no zlib).
 *
 * From then on calls with "c" may fail as well with EX_PROTOCOL: what came
 * cannot be inflated, or goes on behind its end.  However much it would inflate
 * to, it does so only as far as it is asked for.  Where the connection ends
 * within a block, what came before is read, and then an end, as that of any
 * connection that broke.
 */
int compress_start(struct conn *c, struct fail *f);

#endif
