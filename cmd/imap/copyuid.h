/* SPDX-License-Identifier: ISC */
/* copyuid: which uids messages have where they were copied or moved to (RFC
 * 9051, 7.1: COPYUID), looked at before it is believed. */
#ifndef COPYUID_H
#define COPYUID_H

#include "uidset.h"

/*
 * Reads a response code, "COPYUID 7 1:3 9:11", to a command about the messages
 * "asked", a set without "*": the uids on the left are of that set, and those
 * on the right as many, and no more than were asked for.  Then these go to
 * "each" with "ctx", range by range, in that order, and "copied" is the set on
 * the left, a piece of "code".  1; 0 where it is another code; -1, and nothing
 * is called or set, where it does not fit.
 */
struct copyuid_to {
	void (*each)(void *ctx, struct uidset_range range);
	void *ctx;
};
int copyuid_read(struct slice code, struct slice asked,
    struct copyuid_to to_each, struct slice *copied);

#endif
