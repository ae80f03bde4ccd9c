/* SPDX-License-Identifier: ISC */
/*
 * lookout: watches mailboxes for as long as it takes, over as many connections
 * as that takes.
 *
 * The mailbox that is selected is watched by IDLE (RFC 2177), the others by
 * NOTIFY (RFC 5465), and STATUS is asked of them from time to time; without
 * IDLE the selected one is asked by NOOP as often.  Without NOTIFY it is the
 * first.  When it is over because of the time all that is asked for is asked
 * for once more.
 */
#ifndef LOOKOUT_H
#define LOOKOUT_H

#include "vigil.h"
#include "watch.h"

enum {
	LOOKOUT_BOXES = 100, /* mailboxes */
};

struct lookout_box {
	struct watch watch;
	int stale;	  /* something happened that is to be looked for */
	uint64_t told[5]; /* by STATUS */
};

struct lookout {
	/* Set by the caller: */
	struct imap imap; /* options_start, options_server */
	struct lookout_box *box;
	size_t n;	   /* 1 up to LOOKOUT_BOXES */
	unsigned interval; /* seconds between two questions */
	unsigned seconds;  /* when it is over; 0: never */
	int over;	   /* nothing more is to be told */
	/* Called before it waits; and when a connection was lost for that
	 * reason, and another one will be made. */
	void (*idle)(void *ctx);
	void (*lost)(void *ctx, const struct fail *why);
	void *ctx;
	/* Its own: */
	struct lookout_box *current; /* selected; NULL: none */
	int can_idle, notify, vanished;
	struct vigil vigil;
	uint64_t end, poll_at, synced_at; /* vigil_now */
	int late;	   /* it is over because of "seconds" */
	int last;	   /* it has begun to look for the last time */
	int started;	   /* all mailboxes were read once */
	unsigned attempts; /* to connect, in vain, or not for long */
	unsigned timeout;  /* as the user has it */
};

/*
 * Until it is over, or a signal came while it has a shared session
 * (interrupt_came): 0.  -1: as imap_open and watch_sync, where that happens the
 * first time; later only what another attempt does not help: EX_NOPERM,
 * EX_NOINPUT (the mailbox is not there any more), EX_UNAVAILABLE; and of a
 * shared session anything.  The connection is closed.
 */
int lookout(struct lookout *l, struct fail *f);

#endif
