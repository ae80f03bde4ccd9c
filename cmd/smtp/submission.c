/* SPDX-License-Identifier: ISC */
/* submission: mail from users of this host; see submission.h. */

#include <string.h>

#include "envelope.h"
#include "letterhead.h"
#include "log.h"
#include "submission.h"
#include "text.h"

void
submission_mail(void *ctx, struct slice arg)
{
	struct session *s = ctx;

	if (s->server->submission && s->user[0] == '\0')
		session_reply(s, "530 5.7.0 log in first");
	else
		envelope_mail(s, arg);
}

/* The user's own, with a detail or without. */
static int
is_own(const struct session *s, struct slice local, struct slice domain)
{
	struct slice own, rest = slice_str(s->user);
	int delimiter = s->conf->recipient_delimiter;

	(void)slice_until(&rest, '@', &own);
	return (slice_caseeq(own, local) || (delimiter != 0 &&
	    local.n > own.n && local.p[own.n] == delimiter &&
	    slice_caseeq(own, slice_sub(local, 0, own.n)))) &&
	    store_same_domain(s->store, rest, domain);
}

/* A word of Sender-Of. */
static int
is_listed(const struct session *s, struct slice word, struct slice local,
    struct slice domain)
{
	struct slice name;

	if (slice_eq(word, SLICE("*")))
		return 1;
	return slice_until(&word, '@', &name) &&
	    (name.n == 0 || slice_caseeq(name, local)) &&
	    store_same_domain(s->store, word, domain);
}

/* The user that a line of Sender-Of is for, as users are compared. */
static int
is_user(const struct session *s, struct slice word)
{
	struct slice own, name, domain = slice_str(s->user);

	(void)slice_until(&domain, '@', &own);
	(void)slice_until(&word, '@', &name);
	return slice_caseeq(name, own) &&
	    store_same_domain(s->store, word, domain);
}

static int
is_granted(const struct session *s, struct slice local, struct slice domain)
{
	size_t i;

	for (i = 0; i < s->conf->senders_of.n; i++) {
		struct slice word, rest =
		    slice_str(s->conf->senders_of.items[i]);

		(void)slice_word(&rest, &word);
		if (!is_user(s, word))
			continue;
		while (slice_word(&rest, &word))
			if (is_listed(s, word, local, domain))
				return 1;
	}
	return 0;
}

const char *
submission_sender(const struct session *s, const struct addr *sender)
{
	struct buf local = BUF(LIMIT_LOCAL_PART);
	struct slice name;
	int may;

	if (!s->server->submission || sender->local.n == 0)
		return NULL;
	(void)addr_unquote(sender->local, &local);
	name = buf_slice(&local);
	may = is_own(s, name, sender->domain) ||
	    is_granted(s, name, sender->domain);
	buf_free(&local);
	if (may)
		return NULL;
	log_line("client=%s auth=%s may not send as %s", session_client(s),
	    TEXT_SHOW(slice_str(s->user)),
	    addr_format((char[ADDR_TEXT]){ 0 }, sender));
	return "553 5.7.1 that sender address is not yours";
}

void
submission_complete(const struct session *s, const char *id, unsigned seen,
    struct buf *out)
{
	if (s->server->submission)
		letterhead_complete(out, seen, id, s->conf->hostname);
}
