/* SPDX-License-Identifier: ISC */
/*
 * known: the messages of a mailbox that are known: their uids in order, so that
 * the n-th is message n of the server's, and what their flags are, as far as
 * that is known.  A million of them take 2 MiB, and 2 MiB more where the flags
 * of neighbours differ; those whose uids are far apart take more, up to 10 MiB
 * in all.
 */
#ifndef KNOWN_H
#define KNOWN_H

#include <stdint.h>

#include "fail.h"
#include "slice.h"

enum {
	KNOWN_BLOCK = 512, /* messages that lie together */
	KNOWN_FLAGS = 49152, /* different sets of flags that are told apart */
};

struct known_block;
struct known_place;

struct known { /* zeroed: empty */
	uint32_t n;
	struct known_place *place; /* of blocks, in order */
	uint32_t places;
	uint32_t room;
	uint64_t *digest; /* of the sets of flags there are, by their hash, so
			     that 16 bits say which; NULL: none yet */
	uint32_t digests;
};

enum known_result {
	KNOWN_FULL = -1,
	KNOWN_SAME = 0,
	KNOWN_NEW = 1,	   /* the message was not known */
	KNOWN_CHANGED = 2, /* its flags were others */
	KNOWN_LEARNT = 3,  /* its flags were not known */
};

/*
 * Takes a message with its flags (known_digest; 0: not told, what is known of
 * them stays) and marks it.  Where there are more than KNOWN_FLAGS different
 * sets, the flags of some messages stay unknown.  FULL: there are
 * LIMIT_IMAP_WATCHED messages.
 */
enum known_result known_put(struct known *k, uint32_t uid, uint64_t flags);

/* What stands for flags, in words: not 0, whatever their order and the case of
 * their letters; \Recent does not count, as it is the session's. */
uint64_t known_digest(struct slice flags);

/* Forgets a message: 1, or 0 where it is not known. */
int known_drop(struct known *k, uint32_t uid);

/* The uid of message "number", from 1 on; 0 where there is none. */
uint32_t known_uid(const struct known *k, uint32_t number);

/* The least uid of those from "from" on; 0 where there is none. */
uint32_t known_next(const struct known *k, uint32_t from);

/* The greatest uid; 0: there is none. */
uint32_t known_last(const struct known *k);

/* Takes the marks off all messages.  The least uid of those from "from" on that
 * have none; 0: there is none. */
void known_unmark(struct known *k);
uint32_t known_unmarked(const struct known *k, uint32_t from);

/* Frees all; empty again. */
void known_free(struct known *k);

#endif
