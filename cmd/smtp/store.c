/* SPDX-License-Identifier: ISC */
/* store: the session's side of delivery; see store.h.  The other process is
 * keeper.h's. */

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apart.h"
#include "keeper.h"
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
	struct apart keeper; /* the other process; fd -1: there is none */
	struct buf piece; /* bytes of a message not sent to it yet */
	int broken;	  /* it is gone */
	int told;	  /* something that it is to forget at the end */
	struct fail lost; /* why the message cannot be; class 0: it can */
	unsigned asked;	  /* who may log in */
};

void
store_keep(const struct conf *conf, unsigned how, int channel)
{
	struct depot depot = keeper_depot(conf, how);
	struct fail f;

	apart_begin(channel);
	if (places_confine(conf, depot.has_queue, &f) == -1)
		log_line("%s", f.text);
	else
		keeper_serve(&depot, STDIN_FILENO);
}

/* The keeper is another process, if only later. */
static int
split(struct store *s, int helper, struct fail *f)
{
	const struct conf *conf = s->depot.boxes.conf;

	if (unprivileged_prepare(conf, f) == -1)
		return -1;
	if (helper != -1)
		apart_await(&s->keeper, helper);
	else if (apart_start(&s->keeper, keeper_serve, &s->depot,
	    f) == -1)
		return -1;
	return unprivileged_become(conf, f);
}

struct store *
store_open(const struct conf *conf, unsigned how, int helper, struct fail *f)
{
	struct store *s = mem_alloc(sizeof(*s));

	s->depot = keeper_depot(conf, how);
	s->keeper.fd = -1;
	s->piece = BUF(2 * KEEPER_PIECE);
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
	if ((*s)->keeper.fd != -1)
		apart_end(&(*s)->keeper);
	buf_free(&(*s)->piece);
	free(*s);
	*s = NULL;
}

int
store_is_apart(const struct store *s)
{
	return s->keeper.fd != -1;
}

static void
tell(struct store *s, struct keeper_request r, struct slice bytes)
{
	struct slice first = { (const char *)&r, sizeof(r) };

	s->told |= r.operation <= KEEPER_COMMIT;
	r.n = (uint32_t)bytes.n;
	if (s->broken || apart_ask(&s->keeper, first, bytes) == -1)
		s->broken = 1;
}

/* Sends what is held back of a message, the last of it as "last". */
static void
tell_piece(struct store *s, const struct keeper_request *last)
{
	static const struct keeper_request more = {
		.operation = KEEPER_WRITE };
	struct slice rest = buf_slice(&s->piece), part;

	do {
		part = slice_sub(rest, 0, KEEPER_PIECE);
		rest = slice_sub(rest, part.n, rest.n);
		tell(s, rest.n > 0 ? more : *last, part);
	} while (rest.n > 0);
	buf_clear(&s->piece);
}

/* The answer to what was told last. */
static int
hear(struct store *s, struct keeper_answer *a, struct fail *f)
{
	if (s->broken || apart_get(s->keeper.fd, a, sizeof(*a)) == -1) {
		s->broken = 1;
		return fail_set(f, EX_TEMPFAIL,
		    "the process that stores mail is gone");
	}
	*f = a->fail;
	return a->rc;
}

static int
ask(struct store *s, enum keeper_operation what, struct keeper_answer *a,
    struct fail *f)
{
	tell(s, (struct keeper_request){ .operation = what }, SLICE(""));
	return hear(s, a, f);
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
	return !s->told && r->relay && !s->depot.boxes.each &&
	    enqueue_has_borrowed(&s->depot.queue) &&
	    is_stranger(s->depot.boxes.conf, r->address.domain);
}

/* What the keeper says of a recipient. */
static enum users_result
ask_recipient(struct store *s, const struct keeper_request *r,
    const struct spool_to *to, struct fail *f)
{
	struct buf bytes = BUF(ADDR_TEXT + LIMIT_ORCPT + 1);
	struct keeper_answer answer;
	int rc = USERS_FAILED;

	if (buf_add(&bytes, to->address) == -1 ||
	    buf_addc(&bytes, '\0') == -1 ||
	    buf_add(&bytes, to->original) == -1) {
		(void)fail_set(f, EX_TEMPFAIL, "ORCPT is too long");
	} else {
		tell(s, (struct keeper_request){ .operation = KEEPER_RECIPIENT,
		    .size = r->size, .flags = r->flags |
		    to->notify << KEEPER_NOTIFY_SHIFT }, buf_slice(&bytes));
		rc = hear(s, &answer, f);
	}
	buf_free(&bytes);
	return rc;
}

/* The keeper gets those that were taken for a message which is not ours after
 * all. */
static void
pass_recipients(struct store *s)
{
	struct enqueue *q = &s->depot.queue;
	struct keeper_request relayed = { .flags = KEEPER_RELAY };
	struct fail f = { 0 };
	size_t i;

	if (q->nto == 0)
		return;
	for (i = 0; i < q->nto; i++)
		if (ask_recipient(s, &relayed, &q->to[i], &f) !=
		    USERS_RELAYED && s->lost.class == 0)
			(void)fail_set(&s->lost, EX_TEMPFAIL,
			    "a recipient was not taken: %.300s", f.text);
	enqueue_abort(q);
}

enum users_result
store_recipient(struct store *s, const struct depot_recipient *r,
    struct fail *f)
{
	struct keeper_request request = { .size = r->size,
		.flags = r->relay ? KEEPER_RELAY : 0 };
	struct spool_to to = { .original = r->original,
		.notify = r->notify };
	char text[ADDR_TEXT];

	if (s->keeper.fd == -1)
		return depot_add(&s->depot, r, f);
	to.address = slice_str(addr_format(text, &r->address));
	if (is_for_us(s, r)) {
		enqueue_add(&s->depot.queue, &to);
		return USERS_RELAYED;
	}
	pass_recipients(s);
	return ask_recipient(s, &request, &to, f);
}

static int
begin_with_keeper(struct store *s, const struct spool_envelope *e,
    char id[STORE_ID], struct fail *f)
{
	struct buf bytes = BUF(ADDR_TEXT + LIMIT_ENVID);
	struct keeper_request r = { .operation = KEEPER_BEGIN,
		.flags = (e->body8 ? KEEPER_BODY8 : 0) |
		    (e->utf8 ? KEEPER_UTF8 : 0) |
		    (e->require_tls ? KEEPER_REQUIRE_TLS : 0) |
		    (uint32_t)e->ret << KEEPER_RET_SHIFT };
	struct keeper_answer answer;
	int rc;

	if (s->lost.class != 0) {
		*f = s->lost;
		return -1;
	}
	(void)buf_add(&bytes, e->sender);
	(void)buf_addc(&bytes, '\0');
	(void)buf_add(&bytes, e->envelope_id);
	tell(s, r, buf_slice(&bytes));
	if ((rc = hear(s, &answer, f)) != -1)
		memcpy(id, answer.id, STORE_ID);
	buf_free(&bytes);
	return rc;
}

/* Is the message in a file that was lent? */
static int
is_ours(const struct store *s)
{
	return s->keeper.fd != -1 && enqueue_id(&s->depot.queue) != NULL;
}

int
store_begin(struct store *s, const struct spool_envelope *e,
    char id[STORE_ID], struct fail *f)
{
	struct spool_envelope now = *e;
	const char *given;
	int rc;

	if (s->keeper.fd != -1 && s->depot.queue.nto == 0)
		return begin_with_keeper(s, e, id, f);
	now.arrival = time(NULL);
	if ((rc = depot_begin(&s->depot, &now, &given, f)) != -1)
		memcpy(id, given, strlen(given) + 1);
	return rc;
}

void
store_write(struct store *s, struct slice bytes)
{
	if (s->keeper.fd == -1 || is_ours(s)) {
		depot_write(&s->depot, bytes);
		return;
	}
	(void)buf_add(&s->piece, bytes);
	if (s->piece.n >= KEEPER_PIECE)
		tell_piece(s, &(struct keeper_request){
		    .operation = KEEPER_WRITE });
}

/* The answer to what ended a message, and what is lent with it. */
static int
hear_end(struct store *s, char id[STORE_ID], struct fail *f)
{
	struct keeper_answer answer = { .rc = -1 };
	int rc = hear(s, &answer, f);

	if (answer.id[0] != '\0') /* of mailq-add */
		memcpy(id, answer.id, STORE_ID);
	if (answer.lent > 0 && enqueue_borrow(&s->depot.queue, answer.lent,
	    s->keeper.fd) == -1)
		s->broken = 1;
	s->told = s->depot.boxes.each; /* the outcomes */
	s->lost = (struct fail){ 0 };
	return rc;
}

/* The keeper forgets the message, or removes the file "id", which it lent. */
static void
give_up(struct store *s, const char *id)
{
	char none[STORE_ID];
	struct fail ignored;

	tell(s, (struct keeper_request){ .operation = KEEPER_ABORT },
	    slice_str(id));
	(void)hear_end(s, none, &ignored);
}

static int
commit_ours(struct store *s, struct fail *f)
{
	char id[SPOOL_ID];

	memcpy(id, enqueue_id(&s->depot.queue), SPOOL_ID);
	if (depot_commit(&s->depot, id, f) == 0)
		return 0;
	give_up(s, id);
	return -1;
}

int
store_commit(struct store *s, char id[STORE_ID], struct fail *f)
{
	struct keeper_request last = { .operation = KEEPER_COMMIT };

	if (s->keeper.fd == -1)
		return depot_commit(&s->depot, id, f);
	if (is_ours(s))
		return commit_ours(s, f);
	if (!enqueue_has_borrowed(&s->depot.queue))
		last.flags = KEEPER_LEND;
	tell_piece(s, &last);
	return hear_end(s, id, f);
}

int
store_outcome(struct store *s, size_t i, struct fail *f)
{
	struct keeper_answer answer;

	if (s->keeper.fd == -1)
		return depot_outcome(&s->depot, i, f);
	tell(s, (struct keeper_request){ .operation = KEEPER_OUTCOME },
	    (struct slice){ (const char *)&i, sizeof(i) });
	return hear(s, &answer, f);
}

void
store_abort(struct store *s)
{
	char id[SPOOL_ID] = "";

	if (is_ours(s))
		memcpy(id, enqueue_id(&s->depot.queue), SPOOL_ID);
	depot_abort(&s->depot);
	buf_clear(&s->piece);
	if (s->told || id[0] != '\0')
		give_up(s, id);
	s->told = 0;
}

int
store_scratch(struct store *s, struct fail *f)
{
	struct keeper_answer answer;
	int fd;

	if (s->keeper.fd == -1)
		return scratch_open(f);
	if (ask(s, KEEPER_SCRATCH, &answer, f) == -1)
		return -1;
	if ((fd = apart_take(s->keeper.fd)) == -1)
		return fail_set(f, EX_TEMPFAIL,
		    "temporary file: no descriptor came");
	return fd;
}

int
store_same_domain(struct store *s, struct slice a, struct slice b)
{
	struct buf both = BUF(2 * ADDR_TEXT);
	struct keeper_answer answer;
	struct fail ignored;
	int rc = 0;

	/* Of ASCII alone they are the same, or are not. */
	if (s->keeper.fd == -1 || (utf8_ascii(a) && utf8_ascii(b)) ||
	    buf_add(&both, a) == -1 || buf_addc(&both, '\0') == -1 ||
	    buf_add(&both, b) == -1) {
		rc = addr_same_domain(a, b);
	} else {
		tell(s, (struct keeper_request){
		    .operation = KEEPER_SAME_DOMAIN }, buf_slice(&both));
		rc = hear(s, &answer, &ignored) == 1;
	}
	buf_free(&both);
	return rc;
}

/* Where there is no keeper, this process knows as much as one. */
static int
ask_credentials(struct store *s, enum keeper_operation what, struct slice bytes,
    struct keeper_answer *a)
{
	struct fail f = { 0 };

	*a = (struct keeper_answer){ .rc = -1 };
	if (s->keeper.fd != -1) {
		tell(s, (struct keeper_request){ .operation = what }, bytes);
		a->rc = hear(s, a, &f);
	} else if (!keeper_asks_too_often(&s->asked, &f)) {
		keeper_credentials(s->depot.boxes.conf, what, bytes, a);
	}
	if (f.text[0] != '\0')
		a->fail = f;
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
