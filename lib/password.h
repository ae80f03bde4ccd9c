/* SPDX-License-Identifier: ISC */
/*
 * password: passwords as they are compared, and their hashes.
 *
 * Two ways to type the same password have to be the same bytes.  Of the
 * OpaqueString profile (RFC 8265, 4.2) this does: UTF-8 is required, spaces
 * of other scripts become a space, letter case stays, controls and the empty
 * password are refused.  Not done is normalisation to NFC, and to NFKC, which
 * SASLprep (RFC 4013) has: letters stay as they were typed.  For ASCII, and
 * for what keyboards and browsers send, which is composed already, all three
 * give the same bytes.
 */
#ifndef PASSWORD_H
#define PASSWORD_H

#include "buf.h"
#include "fail.h"

enum {
	PASSWORD_HASH = 384, /* room for a hash with its NUL (crypt(3)) */
	PASSWORD_LONGEST = 511, /* bytes that crypt(3) takes */
};

/* Adds "typed" as it is compared to "out", which has room for as many bytes
 * from the start, so that no copy is left behind.  0, or -1 with EX_DATAERR
 * and a sentence that shows nothing of it, "out" as it was. */
int password_prepare(struct slice typed, struct buf *out, struct fail *f);

/* Loads crypt(3), which no command is linked to, since most sessions of a
 * server need no password: 0, or -1 with EX_UNAVAILABLE. */
int password_load(struct fail *f);

/* Makes a yescrypt hash (crypt(5)) of a password that was prepared: 0, or -1
 * as password_load, or with EX_SOFTWARE where crypt(3) cannot. */
int password_hash(struct slice password, char out[PASSWORD_HASH],
    struct fail *f);

/*
 * 1 where "hash" is of "password", else 0: also where it is of no method that
 * this system has, or where password_load fails.  Where the bytes are not the
 * ones, but are after they were prepared, that counts too.  It takes the time
 * that the method of the hash takes; password_nobody is one that no password
 * has, with the method of password_hash.
 */
int password_matches(struct slice password, struct slice hash);
struct slice password_nobody(void);

#endif
