/* SPDX-License-Identifier: ISC */
/* data: the text of a message, from 354 to the reply (RFC 5321, 4.1.1.4). */
#ifndef DATA_H
#define DATA_H

#include "filters.h"

/* A message on its way in, by DATA or BDAT. */
struct reception {
	struct session *session;
	char id[STORE_ID];
	const char *refusal; /* the reply, where it is refused */
	uint64_t size;	     /* of the text on the wire, without added dots */
	int counted;	     /* by data_count, not line by line */
	time_t start;
	int in_body;
	unsigned hops;	     /* Received fields */
	unsigned fields;
	uint64_t header;     /* bytes of it */
	unsigned seen;	     /* of the fields of submission.h */
	struct filters filters;
};

#define DATA_BARE "550 5.6.0 the message holds a bare CR or LF, or NUL"
#define DATA_LONG "550 5.6.0 a line of the message is too long"

/* Says 354, receives the message, stores it for the recipients of the
 * transaction, and replies; the transaction is over then. */
void data_receive(struct session *s);

/* Begins to store a message for the recipients of the transaction, with its
 * trace: 0, or -1 where that cannot be, and the message is refused so far.
 * filters_end in any case. */
int data_begin(struct reception *r, struct session *s);

/* So many bytes of the text came.  Who says so sets r->counted. */
void data_count(struct reception *r, size_t n);

/* A line of the text, without its end, and without a dot that was added. */
void data_line(struct reception *r, struct slice line);

/* From now on nothing of it is stored, and that is what it will be told; the
 * first refusal counts. */
void data_refuse(struct reception *r, const char *reply);

/* How long to wait for more, with a floor on the data rate: 0, or -1 where the
 * time is up. */
int data_timeout(struct reception *r, struct fail *f);

/* No more comes (what conn_line said, and "f"): the session is over. */
void data_lost(struct session *s, int rc, const struct fail *f);

/* The text is complete: delivers it, replies and logs. */
void data_finish(struct reception *r);

/* One reply to a message that is refused before its end, and the log. */
void data_drop(struct reception *r);

/* The reply where a message cannot be stored. */
const char *data_storage_reply(const struct fail *f);

#endif
