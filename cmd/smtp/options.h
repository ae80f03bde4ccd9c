/* SPDX-License-Identifier: ISC */
/* options: the command line of smtp-send. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "client.h"
#include "idn.h"
#include "results.h"
#include "stsask.h"

struct options {
	int end_of_path; /* of a line of -l: LF, or NUL with -0 */
	int list;	 /* -l */
	int dry;	 /* -n */
	int examine;	 /* -e */
	int queue;	 /* -Q */
	enum results_form form;
	struct client client;
	char helo[IDN_DOMAIN]; /* empty: this host's */
	const char *nameserver; /* NULL: as it is configured */
	enum stsask_use sts;
	int hosts;	 /* a directory; -1: none */
	int retry_now;	 /* whatever is known of them */
	unsigned connections;
	struct letter_options letter;
};

/* Reads the arguments into "o", which has its defaults, and whose client was
 * started.  What is misuse ends the process. */
void options_parse(struct options *o, int argc, char *argv[]);

#endif
