/* SPDX-License-Identifier: ISC */
/* runner: what a run of mailq-run works with. */
#ifndef RUNNER_H
#define RUNNER_H

#include "conf.h"
#include "output.h"
#include "pattern.h"
#include "release.h"
#include "tasks.h"

struct options {
	const char *conf;
	char **operands;
	size_t noperands;
	unsigned processes; /* -c */
	unsigned per_hop;   /* -C */
	unsigned patience;  /* -t, seconds */
	int json;
	int dry; /* -n */
	int verbose;
	int wait; /* -w */
};

struct runner {
	const struct options *options;
	struct conf conf;
	struct spool spool;
	struct output out;
	struct tasks tasks;
	struct patterns patterns;
	struct release release;
	size_t chosen; /* messages, by them */
	size_t unwritten; /* files that were met before their messages */
	size_t crowded;	  /* messages that were not taken in hand, as too many
			     wait for the same */
	int anew; /* the run is to begin again, with another configuration */
	int moved; /* a message has come into cur/, which was not synced yet */
	int status; /* of all results so far */
};

#endif
