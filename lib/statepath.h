/* SPDX-License-Identifier: ISC */
/* statepath: where the state of a mailbox is, unless somebody says. */
#ifndef STATEPATH_H
#define STATEPATH_H

#include "client.h"

struct statepath {
	const struct client *client;
	const char *kind;    /* "pop3" */
	const char *mailbox; /* NULL: the server has but one */
};

/*
 * mailpipe-KIND.USER@HOST in "maildir", where its messages go: so the state is
 * moved, saved and lost with them.  Where they go elsewhere, and "maildir" is
 * NULL, $XDG_STATE_HOME/mailpipe/KIND/USER@HOST, where that is no absolute path
 * or not set below ~/.local/state.  A port that is not the scheme's own stands
 * behind a colon, and a mailbox behind a comma; of a program "pipe:" and its
 * command line in the place of the host.  Bytes that are no letters, digits or
 * "-._~@:" are %XX there, and what is too long ends in its digest.  A string
 * for free(3); NULL: EX_CONFIG (no HOME), EX_UNAVAILABLE.
 */
char *statepath_of(const struct statepath *p, const char *maildir,
    struct fail *f);

#endif
