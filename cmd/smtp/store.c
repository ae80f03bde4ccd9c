/* SPDX-License-Identifier: ISC */
/* store: the session's side of delivery; see store.h.  The other process is
 * keeper.h's. */

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "helpers.h"
#include "keeperask.h"
#include "limits.h"
#include "log.h"
#include "places.h"
#include "sandbox.h"
#include "scratch.h"
#include "store.h"
#include "text.h"
#include "unprivileged.h"
#include "utf8.h"

struct store {
	struct depot depot; /* with a keeper, its queue alone: messages of our
			       own, in files that were lent */
	struct keeperask keeper;
	struct fail lost; /* why the message cannot be; class 0: it can */
	unsigned asked;	  /* who may log in */
};

void
store_keep(const struct conf *conf, unsigned how, int socket)
{
	struct depot depot = keeper_depot(conf, how);
	time_t until = deadline_in(LIMIT_KEEPER);
	struct fail f;
	int channel;

	apart_begin(socket);
	if (places_confine(conf, depot.has_queue, &f) == -1) {
		log_line("%s", f.text);
		return;
	}
	while ((channel = helpers_take(STDIN_FILENO, until)) != -1) {
		keeper_session(&depot, channel);
		(void)close(channel);
		helpers_done(STDIN_FILENO);
		/* Nobody's file system is busy for long. */
		if (!helpers_comes(STDIN_FILENO, deadline_in(1)))
			depot_leave(&depot);
	}
	depot_close(&depot);
}

/* The keeper is another process, if only later. */
static int
split(struct store *s, int helper, struct fail *f)
{
	const struct conf *conf = s->depot.boxes.conf;

	if (unprivileged_prepare(conf, f) == -1)
		return -1;
	if (helper != -1)
		apart_await(&s->keeper.process, helper);
	else if (apart_start(&s->keeper.process, keeper_serve, &s->depot,
	    f) == -1)
		return -1;
	apart_limit(&s->keeper.process, LIMIT_ANSWER);
	return unprivileged_become(conf, f);
}

struct store *
store_open(const struct conf *conf, unsigned how, int helper, struct fail *f)
{
	struct store *s = mem_alloc(sizeof(*s));

	s->depot = keeper_depot(conf, how);
	s->keeper = keeperask_new(s->depot.boxes.each);
	if ((s->depot.boxes.root || ((how & STORE_APART) != 0 &&
	    sandbox_exists())) && split(s, helper, f) == -1)
		store_close(&s);
	return s;
}

void
store_close(struct store **s)
{
	if (*s == NULL)
		return;
	/* What was lent is locked until it is closed. */
	depot_close(&(*s)->depot);
	keeperask_close(&(*s)->keeper);
	free(*s);
	*s = NULL;
}

int
store_is_apart(const struct store *s)
{
	return s->keeper.process.fd != -1;
}

/* Is that domain none of ours, as far as it can be said without a library? */
static int
is_stranger(const struct conf *conf, struct slice domain)
{
	size_t i;

	if (domain.n == 0 || !utf8_ascii(domain))
		return 0;
	for (i = 0; i < conf->ndomains; i++)
		if (!utf8_ascii(slice_str(conf->domains[i])))
			return 0;
	if (conf->hostname != NULL && !utf8_ascii(slice_str(conf->hostname)))
		return 0;
	return !users_domain(conf, domain);
}

/* Would the keeper only say of that one that he is elsewhere, as of all others
 * of the message, and is there a file for it? */
static int
is_for_us(const struct store *s, const struct depot_recipient *r)
{
	return !s->keeper.told && r->relay && !s->depot.boxes.each &&
	    enqueue_has_borrowed(&s->depot.queue) &&
	    is_stranger(s->depot.boxes.conf, r->address.domain);
}

/* The keeper gets those that were taken for a message which is not ours after
 * all. */
static void
pass_recipients(struct store *s)
{
	struct enqueue *q = &s->depot.queue;
	struct fail f = { 0 };
	size_t i;

	if (q->nto == 0)
		return;
	for (i = 0; i < q->nto; i++)
		if (keeperask_recipient(&s->keeper, &q->to[i], 0,
		    KEEPER_RELAY, &f) != USERS_RELAYED && s->lost.class == 0)
			(void)fail_set(&s->lost, EX_TEMPFAIL,
			    "a recipient was not taken: %.300s", f.text);
	enqueue_abort(q);
}

enum users_result
store_recipient(struct store *s, const struct depot_recipient *r,
    struct fail *f)
{
	struct spool_to to = { .original = r->original,
		.notify = r->notify };
	char text[ADDR_TEXT];

	if (!store_is_apart(s))
		return depot_add(&s->depot, r, f);
	to.address = slice_str(addr_format(text, &r->address));
	if (is_for_us(s, r)) {
		enqueue_add(&s->depot.queue, &to);
		return USERS_RELAYED;
	}
	pass_recipients(s);
	return keeperask_recipient(&s->keeper, &to, r->size,
	    r->relay ? KEEPER_RELAY : 0, f);
}

/* Is the message in a file that was lent? */
static int
is_ours(const struct store *s)
{
	return store_is_apart(s) && enqueue_id(&s->depot.queue) != NULL;
}

int
store_begin(struct store *s, const struct spool_envelope *e,
    char id[STORE_ID], struct fail *f)
{
	struct spool_envelope now = *e;
	const char *given;
	int rc;

	if (s->lost.class != 0) {
		*f = s->lost;
		return -1;
	}
	if (store_is_apart(s) && s->depot.queue.nto == 0)
		return keeperask_begin(&s->keeper, e, id, f);
	now.arrival = time(NULL);
	if ((rc = depot_begin(&s->depot, &now, &given, f)) != -1)
		memcpy(id, given, strlen(given) + 1);
	return rc;
}

void
store_write(struct store *s, struct slice bytes)
{
	if (!store_is_apart(s) || is_ours(s))
		depot_write(&s->depot, bytes);
	else
		keeperask_write(&s->keeper, bytes);
}

static int
commit_ours(struct store *s, struct fail *f)
{
	char id[SPOOL_ID];

	memcpy(id, enqueue_id(&s->depot.queue), SPOOL_ID);
	if (depot_commit(&s->depot, id, f) == 0)
		return 0;
	keeperask_abort(&s->keeper, id);
	return -1;
}

int
store_commit(struct store *s, char id[STORE_ID], struct fail *f)
{
	if (!store_is_apart(s))
		return depot_commit(&s->depot, id, f);
	return is_ours(s) ? commit_ours(s, f) :
	    keeperask_commit(&s->keeper, &s->depot.queue, id, f);
}

int
store_outcome(struct store *s, size_t i, struct fail *f)
{
	return store_is_apart(s) ? keeperask_outcome(&s->keeper, i, f) :
	    depot_outcome(&s->depot, i, f);
}

void
store_abort(struct store *s)
{
	char id[SPOOL_ID] = "";

	s->lost = (struct fail){ 0 };
	if (is_ours(s))
		memcpy(id, enqueue_id(&s->depot.queue), SPOOL_ID);
	depot_abort(&s->depot);
	if (store_is_apart(s))
		keeperask_abort(&s->keeper, id);
}

int
store_scratch(struct store *s, struct fail *f)
{
	return store_is_apart(s) ? keeperask_scratch(&s->keeper, f) :
	    scratch_open(f);
}

int
store_same_domain(struct store *s, struct slice a, struct slice b)
{
	struct buf both = BUF(2 * ADDR_TEXT);
	int rc;

	/* Of ASCII alone they are the same, or are not. */
	if (!store_is_apart(s) || (utf8_ascii(a) && utf8_ascii(b)) ||
	    buf_add(&both, a) == -1 || buf_addc(&both, '\0') == -1 ||
	    buf_add(&both, b) == -1)
		rc = addr_same_domain(a, b);
	else
		rc = keeperask_same_domain(&s->keeper, buf_slice(&both));
	buf_free(&both);
	return rc;
}

/* Where there is no keeper, this process knows as much as one. */
static int
ask_credentials(struct store *s, enum keeper_operation what, struct slice bytes,
    struct keeper_answer *a)
{
	*a = (struct keeper_answer){ .rc = -1 };
	if (store_is_apart(s))
		keeperask_credentials(&s->keeper, what, bytes, a);
	else if (!keeper_asks_too_often(&s->asked, &a->fail))
		keeper_credentials(s->depot.boxes.conf, what, bytes, a);
	return a->rc;
}

/* Of a name and a secret. */
static int
ask_secret(struct store *s, enum keeper_operation what,
    const struct slice parts[2], struct fail *f)
{
	struct buf both = BUF(LIMIT_AUTH + LIMIT_AUTH_NAME + 1);
	struct keeper_answer answer;

	(void)buf_room(&both, LIMIT_AUTH + LIMIT_AUTH_NAME + 1);
	if (buf_add(&both, parts[0]) == -1 || buf_addc(&both, '\0') == -1 ||
	    buf_add(&both, parts[1]) == -1)
		/* Nobody has such a one. */
		answer = (struct keeper_answer){ 0 };
	else
		(void)ask_credentials(s, what, buf_slice(&both), &answer);
	buf_wipe(&both);
	*f = answer.fail;
	return answer.rc;
}

int
store_password(struct store *s, struct slice user, struct slice password,
    struct fail *f)
{
	return ask_secret(s, KEEPER_PASSWORD,
	    (struct slice[]){ user, password }, f);
}

int
store_token(struct store *s, struct slice user, struct slice token,
    struct fail *f)
{
	return ask_secret(s, KEEPER_TOKEN, (struct slice[]){ user, token }, f);
}

int
store_verifier(struct store *s, struct slice user, struct scram_verifier *v,
    struct fail *f)
{
	struct keeper_answer answer;

	(void)ask_credentials(s, KEEPER_VERIFIER, user, &answer);
	*f = answer.fail;
	*v = answer.verifier;
	explicit_bzero(&answer.verifier, sizeof(answer.verifier));
	return answer.rc;
}

int
store_certified(struct store *s, struct slice user, struct fail *f)
{
	struct keeper_answer answer;

	(void)ask_credentials(s, KEEPER_CERTIFIED, user, &answer);
	*f = answer.fail;
	return answer.rc;
}
