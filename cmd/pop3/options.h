/* SPDX-License-Identifier: ISC */
/* options: what the command lines of pop3-ls, pop3-fetch and pop3-rm share:
 * the server, and how to log in. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "pop.h"

/* For getopt(3). */
#define OPTIONS "A:a:o:P:p:v"

/* Makes a session to be of "p", with defaults. */
void options_start(struct pop *p);

/* Takes one option of OPTIONS, "value" being optarg, which outlives "p": 1; 0
 * where it is none of them.  A value that is no good ends the process by
 * cli_usage.  Who has keys of -o of its own looks for them before. */
int options_take(struct pop *p, int option, const char *value);

/*
 * The server: that of -a, else argv[optind], which is passed; finds out all
 * about it (client_find), without connecting.  Ends the process where there is
 * none, or it is no good.
 */
void options_server(struct pop *p, int argc, char *argv[]);

#endif
