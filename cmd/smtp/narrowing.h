/* SPDX-License-Identifier: ISC */
/* narrowing: what the process that talks to the network still may do. */
#ifndef NARROWING_H
#define NARROWING_H

#include "session.h"

/*
 * Where the session has a keeper, this process opens nothing any more, from
 * before the client's first byte on (sandbox.h).  What of OpenSSL it may need
 * is loaded before, but for a client of port 25 that may ask for STARTTLS, and
 * mostly does not: until then it may load libraries, where Landlock keeps it
 * to those.  0, or -1 with EX_TEMPFAIL.
 */
int narrowing_begin(struct session *s, struct fail *f);

/* They are loaded.  0, or -1 with EX_TEMPFAIL. */
int narrowing_loaded(struct session *s, struct fail *f);

#endif
