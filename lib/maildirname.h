/* SPDX-License-Identifier: ISC */
/*
 * maildirname: the names of files in new/ and cur/ of a Maildir, as Dovecot
 * and maildrop read and write them: BASE:2,FLAGS, the base being
 * SECONDS.MmicrosUNIQUE.HOST,S=bytes,W=bytes-with-CRLF.  Any name is taken;
 * what is not there is just not known.
 */
#ifndef MAILDIRNAME_H
#define MAILDIRNAME_H

#include "slice.h"

/* Flags.  The keywords a-z are the bits 0-25. */
enum {
	MAILDIRNAME_DRAFT = 1 << 26,
	MAILDIRNAME_FLAGGED = 1 << 27,
	MAILDIRNAME_PASSED = 1 << 28,
	MAILDIRNAME_REPLIED = 1 << 29,
	MAILDIRNAME_SEEN = 1 << 30,
};
#define MAILDIRNAME_TRASHED (UINT32_C(1) << 31)

/* What is before ":", or all of it; "name" is the whole name, or its base. */
struct slice maildirname_base(struct slice name);

/* What of the base is before ",": nobody else in the world has it. */
struct slice maildirname_unique(struct slice name);

/* The number behind ",KEY=" of the base, as S or W: 1, or 0 where there is
 * none, or it is none. */
int maildirname_size(struct slice name, int key, uint64_t *size);

/* Can a message of that name have so many octets with CRLF line ends?  Not more
 * than LIMIT_OCTETS, nor, where the name has S=, fewer than those bytes, or
 * more than twice as many and a last line end. */
int maildirname_fits(struct slice name, uint64_t octets);

/*
 * What messages are put in order by: the seconds that the base begins with,
 * then the micro-seconds behind ".M", both 0 where they are not there; what is
 * the same is in the order of the bytes of the base.
 */
uint64_t maildirname_order(struct slice name);

/* The flags behind ":2,", up to another comma. */
uint32_t maildirname_flags(struct slice name);

/* Writes the name with the flags "add" set and "clear" not set to "out" of
 * "room" bytes, with a NUL.  Letters that we do not know stay, and so does what
 * is behind another comma; the letters are in the order of ASCII, each once.
 * 0, or -1 where it is too long. */
struct maildirname_change {
	uint32_t add, clear;
	char *out;
	size_t room;
};
int maildirname_change(struct slice name,
    const struct maildirname_change *change);

#endif
