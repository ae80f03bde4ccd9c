/* SPDX-License-Identifier: ISC */
/* lmtp: what LMTP has and SMTP has not (RFC 2033): one reply for each recipient
 * after the end of the message. */
#ifndef LMTP_H
#define LMTP_H

#include "session.h"

/* Replies for each accepted recipient, in order, to the message "id": the
 * refusal where there is one, else what store_outcome says.  Returns how many
 * have the message.  A refused message counts as one error of the client. */
unsigned lmtp_reply(struct session *s, const char *id, const char *refusal);

#endif
