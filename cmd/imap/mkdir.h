/* SPDX-License-Identifier: ISC */
/* mkdir: what imap-mkdir does, once it is known what. */
#ifndef MKDIR_H
#define MKDIR_H

#include "imap.h"
#include "mem.h"

enum mkdir_what {
	MKDIR_CREATE,
	MKDIR_RENAME, /* name[0] to name[1], subscriptions too */
	MKDIR_SUBSCRIBE,
	MKDIR_UNSUBSCRIBE,
};

struct mkdir { /* zeroed */
	struct imap imap;
	enum mkdir_what what;
	int existing;	 /* one that is there is no failure */
	int quiet;	 /* no subscription is touched */
	const char *use; /* letters, without backslash; NULL: none */
	struct slice *name;
	size_t n;
	struct arena arena; /* of the names */
	int status;	    /* of what was told of already */
};

/* Does it in the session that is open: 0; -1 where nothing more can be said, or
 * the server cannot do it.  A mailbox with which it failed is told of at
 * once. */
int mkdir_all(struct mkdir *m, struct fail *f);

void mkdir_free(struct mkdir *m);

#endif
