/* SPDX-License-Identifier: ISC */
/* keeperask: what the session says to its keeper; see keeperask.h. */

#include <string.h>

#include "keeperask.h"
#include "limits.h"

struct keeperask
keeperask_new(int each)
{
	return (struct keeperask){ .process = { .fd = -1 },
		.piece = BUF(2 * KEEPER_PIECE), .each = each };
}

void
keeperask_close(struct keeperask *k)
{
	if (k->broken)
		k->process.asked = 0; /* it is not waited for once more */
	if (k->process.fd != -1)
		apart_end(&k->process);
	buf_free(&k->piece);
}

static void
tell(struct keeperask *k, struct keeper_request r, struct slice bytes)
{
	struct slice first = { (const char *)&r, sizeof(r) };

	k->told |= r.operation <= KEEPER_COMMIT;
	r.n = (uint32_t)bytes.n;
	if (k->broken || apart_ask(&k->process, first, bytes) == -1)
		k->broken = 1;
}

/* Sends what is held back of a message, the last of it as "last". */
static void
tell_piece(struct keeperask *k, const struct keeper_request *last)
{
	static const struct keeper_request more = {
		.operation = KEEPER_WRITE };
	struct slice rest = buf_slice(&k->piece), part;

	do {
		part = slice_sub(rest, 0, KEEPER_PIECE);
		rest = slice_sub(rest, part.n, rest.n);
		tell(k, rest.n > 0 ? more : *last, part);
	} while (rest.n > 0);
	buf_clear(&k->piece);
}

/* The answer to what was told last. */
static int
hear(struct keeperask *k, struct keeper_answer *a, struct fail *f)
{
	if (k->broken || apart_hear(&k->process, a, sizeof(*a)) == -1) {
		k->broken = 1;
		return fail_set(f, EX_TEMPFAIL,
		    "the process that stores mail does not answer");
	}
	*f = a->fail;
	return a->rc;
}

enum users_result
keeperask_recipient(struct keeperask *k, const struct spool_to *to,
    uint64_t size, uint32_t relay, struct fail *f)
{
	struct buf bytes = BUF(ADDR_TEXT + LIMIT_ORCPT + 1);
	struct keeper_answer answer;
	int rc = USERS_FAILED;

	if (buf_add(&bytes, to->address) == -1 ||
	    buf_addc(&bytes, '\0') == -1 ||
	    buf_add(&bytes, to->original) == -1) {
		(void)fail_set(f, EX_TEMPFAIL, "ORCPT is too long");
	} else {
		tell(k, (struct keeper_request){ .operation = KEEPER_RECIPIENT,
		    .size = size, .flags = relay |
		    to->notify << KEEPER_NOTIFY_SHIFT }, buf_slice(&bytes));
		rc = hear(k, &answer, f);
	}
	buf_free(&bytes);
	return rc;
}

int
keeperask_begin(struct keeperask *k, const struct spool_envelope *e,
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

	(void)buf_add(&bytes, e->sender);
	(void)buf_addc(&bytes, '\0');
	(void)buf_add(&bytes, e->envelope_id);
	tell(k, r, buf_slice(&bytes));
	if ((rc = hear(k, &answer, f)) != -1)
		memcpy(id, answer.id, STORE_ID);
	buf_free(&bytes);
	return rc;
}

void
keeperask_write(struct keeperask *k, struct slice bytes)
{
	static const struct keeper_request more = {
		.operation = KEEPER_WRITE };

	(void)buf_add(&k->piece, bytes);
	if (k->piece.n >= KEEPER_PIECE)
		tell_piece(k, &more);
}

/* The answer to what ended a message. */
static int
hear_end(struct keeperask *k, struct keeper_answer *a, struct fail *f)
{
	int rc = hear(k, a, f);

	k->told = k->each; /* the outcomes */
	return rc;
}

int
keeperask_commit(struct keeperask *k, struct enqueue *q, char id[STORE_ID],
    struct fail *f)
{
	struct keeper_request last = { .operation = KEEPER_COMMIT,
		.flags = enqueue_has_borrowed(q) ? 0 : KEEPER_LEND };
	struct keeper_answer answer = { 0 };
	int rc;

	tell_piece(k, &last);
	rc = hear_end(k, &answer, f);
	if (answer.id[0] != '\0') /* of mailq-add */
		memcpy(id, answer.id, STORE_ID);
	if (answer.lent > 0 &&
	    enqueue_borrow(q, answer.lent, k->process.fd) == -1)
		k->broken = 1;
	return rc;
}

void
keeperask_abort(struct keeperask *k, const char *id)
{
	struct keeper_answer answer;
	struct fail ignored;

	buf_clear(&k->piece);
	if (k->told || id[0] != '\0') {
		tell(k, (struct keeper_request){ .operation = KEEPER_ABORT },
		    slice_str(id));
		(void)hear_end(k, &answer, &ignored);
	}
	k->told = 0;
}

int
keeperask_outcome(struct keeperask *k, size_t i, struct fail *f)
{
	struct keeper_answer answer;

	tell(k, (struct keeper_request){ .operation = KEEPER_OUTCOME },
	    (struct slice){ (const char *)&i, sizeof(i) });
	return hear(k, &answer, f);
}

int
keeperask_scratch(struct keeperask *k, struct fail *f)
{
	struct keeper_answer answer;
	int fd;

	tell(k, (struct keeper_request){ .operation = KEEPER_SCRATCH },
	    SLICE(""));
	if (hear(k, &answer, f) == -1)
		return -1;
	if ((fd = apart_take(k->process.fd)) == -1) {
		k->broken = 1;
		return fail_set(f, EX_TEMPFAIL,
		    "temporary file: no descriptor came");
	}
	return fd;
}

int
keeperask_same_domain(struct keeperask *k, struct slice both)
{
	struct keeper_answer answer;
	struct fail ignored;

	tell(k, (struct keeper_request){ .operation = KEEPER_SAME_DOMAIN },
	    both);
	return hear(k, &answer, &ignored) == 1;
}

void
keeperask_credentials(struct keeperask *k, enum keeper_operation what,
    struct slice bytes, struct keeper_answer *a)
{
	struct fail f;

	*a = (struct keeper_answer){ .rc = -1 };
	tell(k, (struct keeper_request){ .operation = what }, bytes);
	a->rc = hear(k, a, &f);
	a->fail = f;
}
