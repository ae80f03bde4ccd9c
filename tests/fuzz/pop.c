/* SPDX-License-Identifier: ISC */
/* Fuzz target: whatever a POP3 server says, what is believed of it keeps to
 * what listing.h promises, and every complaint is a line that can be shown. */

#include "../../cmd/pop3/listing.h"
#include "foreign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_fail(const struct fail *f)
{
	static const int classes[] = { EX_TEMPFAIL, EX_PROTOCOL,
		EX_UNAVAILABLE, EX_NOPERM, 0 };

	foreign_fail(f, classes);
}

static void
check_message(const struct listing *l, size_t i)
{
	const struct listing_message *m = &l->message[i];
	size_t at;

	if (m->number < 1 || m->number > LISTING_MESSAGES ||
	    (i > 0 && l->message[i - 1].number >= m->number) ||
	    m->uid.n > LISTING_UID || (m->unique && m->uid.n == 0))
		abort();
	for (at = 0; at < m->uid.n; at++)
		if ((unsigned char)m->uid.p[at] <= ' ' ||
		    m->uid.p[at] == 0x7f)
			abort();
	if (m->uid.n > 0 && (listing_find(l, m->uid) == NULL ||
	    (m->unique && listing_find(l, m->uid) != m)))
		abort();
}

static int
list(struct pop *p)
{
	struct listing l = { 0 };
	struct fail f = { 0 };
	int rc = listing_get(&l, p, LISTING_UIDS, &f);
	size_t i, doubtful = 0;

	if (rc == -1) {
		if (!p->dead)
			abort();
		check_fail(&f);
	} else {
		for (i = 0; i < l.n; i++) {
			check_message(&l, i);
			doubtful += !l.message[i].unique;
		}
		if (doubtful != l.doubtful ||
		    (doubtful > 0 && l.why.class == 0))
			abort();
		if (l.why.class != 0)
			check_fail(&l.why);
	}
	listing_free(&l);
	return rc;
}

static int
take(void *ctx, struct slice piece, struct fail *f)
{
	(void)f;
	*(uint64_t *)ctx += piece.n;
	return piece.n == 0 ? abort(), -1 : 0;
}

static void
fetch(struct pop *p)
{
	struct fail f = { 0 };
	uint64_t n = 0;
	int rc;

	pop_say(p, "RETR %u", 1U);
	if ((rc = pop_reply(p, NULL, &f)) == 1)
		rc = pop_body(p, take, &n, &f);
	if (rc == -1 && !p->dead)
		abort();
	if (n != p->body.size && !p->dead)
		abort();
	if (f.class != 0)
		check_fail(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pop p = { 0 };
	struct fail f = { 0 };
	int fd[2];

	if (foreign_peer(data, size, fd) == -1)
		return 0;
	client_start(&p.client, &pop_family);
	p.client.timeout = 1;
	p.conn = conn_new(fd[0], fd[0]);
	if (pop_ask_offers(&p, &f) == 0 && list(&p) == 0)
		fetch(&p);
	else if (f.class != 0)
		check_fail(&f);
	if (pop_quit(&p, &f) != 1)
		check_fail(&f);
	pop_end(&p);
	(void)close(fd[1]);
	return 0;
}
