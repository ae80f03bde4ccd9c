/* SPDX-License-Identifier: ISC */
/* data: the text of a message, from 354 to the reply (RFC 5321, 4.1.1.4). */
#ifndef DATA_H
#define DATA_H

#include "session.h"

/* Says 354, receives the message, stores it for the recipients of the
 * transaction, and replies; the transaction is over then. */
void data_receive(struct session *s);

/* The reply where a message cannot be stored. */
const char *data_storage_reply(const struct fail *f);

#endif
