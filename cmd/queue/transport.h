/* SPDX-License-Identifier: ISC */
/*
 * transport: a process that delivers for one next hop: smtp-send -Q,
 * mail-deliver -Q or the Transport of the configuration, by the contract of
 * mailpipe-queue(5).  It is told of parts on its standard input, of a few ahead
 * of their results, and never waited for.
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <sys/types.h>

#include "hops.h"
#include "lastline.h"
#include "runner.h"
#include "spoolfile.h"

enum {
	TRANSPORT_AHEAD = 8, /* parts without their results */
	TRANSPORT_LINE = 4096, /* bytes of a line to it */
	TRANSPORT_KILL = 5000, /* milliseconds after SIGTERM */
};

struct transport { /* zeroed but for the descriptors, which are -1 */
	pid_t pid; /* 0: there is none */
	int in, out, err; /* of it; -1: closed */
	struct lastline said; /* on "err", which is passed on */
	struct hop *hop;
	struct lane *lane; /* that it serves; NULL: none */
	size_t given;	   /* parts, of that lane */
	struct part *flight[TRANSPORT_AHEAD]; /* the first that was told */
	size_t nflight;
	struct buf unsent, line;
	size_t sent;	   /* of "unsent" */
	size_t results;
	uint64_t progress; /* ticks_now: when something came of it */
	uint64_t signalled; /* when it was told to end; 0: it was not */
};

/* Takes a result: "part" is done where part->count is 0, and not in flight any
 * more then. */
typedef void transport_result(void *ctx, struct transport *t,
    struct part *part, const struct spool_entry *e);

/* Starts one for "hop": 0, or -1 with EX_CONFIG, EX_TEMPFAIL. */
int transport_start(struct transport *t, const struct runner *r,
    struct hop *hop, struct fail *f);

/* Tells it of a part, for which there is room (TRANSPORT_AHEAD). */
void transport_give(struct transport *t, const struct runner *r,
    struct part *part);

/* Writes what it can take now.  Where it takes nothing any more its input is
 * closed: its end will tell. */
void transport_write(struct transport *t);

/* There is no more for it: its input ends when all is written. */
void transport_finish(struct transport *t);

/*
 * Reads what it has said, and calls "result" for each line of it.  1; 0 where
 * it has said all, -1 where it says what is no result: then transport_end.
 */
int transport_read(struct transport *t, const struct runner *r,
    transport_result *result, void *ctx);

/* Passes on what it has said on standard error. */
void transport_hear(struct transport *t);

/* Sends it a SIGTERM; where that was so many milliseconds ago, a SIGKILL. */
void transport_signal(struct transport *t, unsigned kill_after);

/* It is gone: waits for it, or kills it.  Its exit status, as child_wait has
 * it; what is in flight is the caller's, and t->said is whole. */
int transport_end(struct transport *t);

/* What it is called. */
const char *transport_name(const struct runner *r, const struct hop *hop);

#endif
