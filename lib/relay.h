/* SPDX-License-Identifier: ISC */
/*
 * relay: what is left to the process that is the TLS end of a session which
 * another process serves, or that stands between for another reason: bytes of
 * the connection go to a local socket, and those of that to the connection.
 */
#ifndef RELAY_H
#define RELAY_H

#include "conn.h"

/*
 * Until the other end of the socket "fd" says no more, and all of that is with
 * the peer: 0; or -1 with EX_TEMPFAIL where the peer takes it no more: the
 * connection broke, or, after the other end was gone, nothing of the rest was
 * taken for LIMIT_RELAY seconds.  How long else somebody may be silent is for
 * the other end to say.  Each direction has a buffer, and is not read while
 * that cannot be written.
 *
 * Where the peer says no more, or a signal tells to stop (conn_stoppable), the
 * other end reads an end, and what it says still goes to the peer.
 *
 * To "*passed", which may be NULL, is added how many bytes of the peer were
 * read: all of them are with the other end only where that says that it has so
 * many.
 */
int relay_run(struct conn *c, int fd, uint64_t *passed, struct fail *f);

#endif
