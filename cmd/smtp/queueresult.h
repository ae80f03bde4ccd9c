/* SPDX-License-Identifier: ISC */
/*
 * queueresult: what became of the recipients of a message of the queue, as -Q
 * tells it (smtp-send(1)): one line each into "out", which is not flushed.
 * What was tried is in the message's journal before that (mailpipe-queue(5));
 * where it cannot be, standard error has why, and the line comes all the same.
 */
#ifndef QUEUERESULT_H
#define QUEUERESULT_H

#include "letter.h"
#include "output.h"
#include "reach.h"
#include "spoolfile.h"

enum {
	QUEUERESULT_MOST = 1000, /* recipients that are told of at once */
};

/* One who cannot be named to a server: EX_DATAERR fails for good, all else is
 * deferred. */
void queueresult_unnamed(struct output *out, struct spoolfile *file,
    size_t number, const struct fail *f);

/* Those of the letter, QUEUERESULT_MOST at most, that are settled and were not
 * told; "server" is the one that was asked. */
void queueresult_letter(struct output *out, struct spoolfile *file,
    struct letter *l, const struct reach *server);

#endif
