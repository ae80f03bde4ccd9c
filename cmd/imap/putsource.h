/* SPDX-License-Identifier: ISC */
/* putsource: where a message that is to be put is read from, as often as need
 * be: a file, or where an mbox has it a temporary file in which it is kept
 * until the server has answered. */
#ifndef PUTSOURCE_H
#define PUTSOURCE_H

#include <stdint.h>
#include <time.h>

#include "fail.h"

struct putkept { /* several messages of one mbox */
	int fd;
	unsigned uses; /* pointers to it */
};

struct putsource {
	const char *path; /* "-": standard input */
	uint64_t number;  /* of the message in that mbox, from 1; 0: it is the
			     file itself, and what follows is not used */
	struct putkept *kept;
	uint64_t at, size; /* its bytes there */
	int dated;
	time_t date;
};

/* A copy to be freed by putsource_free, with a path of its own. */
struct putsource *putsource_copy(const struct putsource *s);
void putsource_free(struct putsource **s);

/* What sentences call it: "standard input, message 3"; free(3) it. */
char *putsource_name(const struct putsource *s);

/* A new temporary file with one use, or NULL: as scratch_open. */
struct putkept *putkept_new(struct fail *f);

/* One use less; after the last one the file is gone. */
void putkept_free(struct putkept **k);

#endif
