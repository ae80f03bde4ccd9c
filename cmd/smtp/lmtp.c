/* SPDX-License-Identifier: ISC */
/* lmtp: one reply for each recipient; see lmtp.h. */

#include "data.h"
#include "lmtp.h"
#include "log.h"

static int
reply_for(struct session *s, unsigned i, const char *id)
{
	struct fail f = { 0 };

	if (store_outcome(s->store, i, &f) == -1) {
		log_line("id=%s not stored: %s", id, f.text);
		session_reply(s, "%s", data_storage_reply(&f));
		return 0;
	}
	session_reply(s, "250 2.0.0 accepted as %s", id);
	return 1;
}

unsigned
lmtp_reply(struct session *s, const char *id, const char *refusal)
{
	unsigned errors = s->errors, accepted = 0, i;
	struct fail f;

	for (i = 0; i < s->recipients; i++) {
		if (refusal != NULL)
			session_reply(s, "%s", refusal);
		else
			accepted += (unsigned)reply_for(s, i, id);
		/* Many recipients are many replies.  Who is gone is noticed by
		 * the next read. */
		if (conn_full(s->conn))
			(void)conn_flush(s->conn, &f);
	}
	if (s->errors > errors)
		s->errors = errors + 1;
	return accepted;
}
