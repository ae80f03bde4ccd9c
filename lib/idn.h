/* SPDX-License-Identifier: ISC */
/*
 * idn: domain names of more than ASCII, as DNS has them: U-labels become
 * A-labels, "xn--..." (RFC 5890, 2.3.2.1), by IDNA2008 (RFC 5891) after the
 * mapping of UTS 46, non-transitional, as browsers do it: letters in one case,
 * other full stops as ".", compatibility forms as what they stand for.
 *
 * libidn2 does that.  It is loaded by dlopen(3), and by the first name that is
 * not ASCII: what is ASCII is never looked at by it, and costs nothing.
 */
#ifndef IDN_H
#define IDN_H

#include "fail.h"
#include "slice.h"

enum {
	IDN_DOMAIN = 256, /* room for a name with its NUL */
};

/*
 * Writes "domain", a host's name in UTF-8, with A-labels.  What comes of a name
 * that is not ASCII has letters, digits, hyphens and dots alone, no empty label
 * (but the dot of the root, at the end) and none over 63 bytes, and 253 bytes
 * at most: nothing that was mapped can end it early or begin something else.
 * A name that is ASCII is copied as it is, whatever it holds but NUL: who reads
 * it from a peer checks it elsewhere (addr.h, url.h).
 *
 * 0, or -1: EX_DATAERR (not UTF-8, a label that IDNA2008 does not allow, an
 * A-label that stands for none, too long), EX_UNAVAILABLE (no libidn2).
 */
int idn_to_ascii(struct slice domain, char out[IDN_DOMAIN], struct fail *f);

/* 1 where both are the same name, each with U-labels or with A-labels, in any
 * case of letters; else 0, also where one of two that are written differently
 * has no A-labels, or libidn2 is not there. */
int idn_same(struct slice a, struct slice b);

#endif
