/* SPDX-License-Identifier: ISC */
/* options: what the command lines of all imap- commands share: the server, and
 * how to log in. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "imap.h"
#include "output.h"

/* For getopt(3). */
#define OPTIONS "A:a:o:P:p:v"

/* Makes a session to be of "i", with defaults. */
void options_start(struct imap *i);

/* Takes one option of OPTIONS, "value" being optarg, which outlives "i": 1; 0
 * where it is none of them.  A value that is no good ends the process by
 * cli_usage. */
int options_take(struct imap *i, int option, const char *value);

/*
 * The server: that of -a, else argv[optind], which is passed: a URL, "pipe:",
 * the name of an account (what has no ":", or stands before the first one), or
 * "-": the session of imap-run.  Finds out all about it (client_find), without
 * connecting.  Returns the mailbox in it (of "imaps://host/INBOX",
 * "work:INBOX"), or NULL where there is none; a command that has the mailbox as
 * an argument passes "mailbox" 0, and then that is EX_USAGE.  Ends the process
 * where there is no server, or it is no good.
 */
const char *options_server(struct imap *i, int mailbox, int argc, char *argv[]);

/* The server, and the mailbox in it, or that which is the next argument, which
 * is passed then.  Where there is none the process ends by cli_usage. */
const char *options_mailbox(struct imap *i, int argc, char *argv[]);

/* Where "i" is the session of imap-run: "out" never waits until imap_close, as
 * who reads it may need the session first (output.h). */
void options_output(const struct imap *i, struct output *out);

#endif
