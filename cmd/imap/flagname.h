/* SPDX-License-Identifier: ISC */
/* flagname: flags as people write them: those of the system by their words, in
 * any case, "seen" or "\Seen"; keywords as they are. */
#ifndef FLAGNAME_H
#define FLAGNAME_H

#include "slice.h"

/* The name as it is said in STORE: "\Seen", "$Junk"; it is "word", or lives for
 * ever.  0; -1 where it is none: \Recent, which only the server sets, or what
 * is no atom (RFC 9051, 9: flag-keyword). */
int flagname_read(struct slice word, struct slice *name);

/* 1 where "name", as flagname_read gave it, is one of the system's. */
int flagname_is_system(struct slice name);

#endif
