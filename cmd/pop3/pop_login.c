/* SPDX-License-Identifier: ISC */
/* pop: who logs in, and how; see pop.h. */

#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "limits.h"
#include "pop.h"
#include "saslchat.h"
#include "utf8.h"

enum {
	COMMAND = 253, /* AUTH with its initial response (RFC 5034, 4) */
};

/* What a -ERR to a login means: unless it says otherwise, that there is no way
 * in with these credentials. */
static void
classify(struct fail *f)
{
	struct slice text = slice_str(f->text);

	if (f->class == EX_UNAVAILABLE &&
	    !slice_casestarts(text, SLICE("-ERR [SYS/PERM]")))
		f->class = EX_NOPERM;
}

/* Says a line that is a secret, and wipes it from the output. */
static int
say_secret(struct pop *p, struct slice line, const char *shown, struct fail *f)
{
	int rc;

	pop_trace(p, '>', slice_str(shown));
	/* Room first: what grows leaves a copy behind. */
	(void)buf_room(conn_out(p->conn), line.n + 2);
	pop_put(p, line);
	if (p->dead) {
		*f = p->lost;
		return -1;
	}
	rc = conn_flush(p->conn, f);
	buf_wipe(conn_out(p->conn));
	return rc == -1 ? pop_lost(p, f) : 0;
}

static enum saslchat_answer
say(void *ctx, const struct saslchat_line *line, struct buf *challenge,
    struct fail *f)
{
	struct pop *p = ctx;
	struct slice answer;
	int rc;

	/* Without the CRLF, which pop_put adds. */
	if (say_secret(p, slice_sub(line->text, 0, line->text.n - 2),
	    line->shown, f) == -1)
		return SASLCHAT_LOST;
	p->unanswered--;
	if (pop_read(p, LIMIT_AUTH_LINE, &answer, f) == -1)
		return SASLCHAT_LOST;
	if (slice_eq(answer, SLICE("+")) ||
	    slice_starts(answer, SLICE("+ "))) {
		answer = slice_sub(answer, 2, answer.n);
		pop_trace(p, '<', answer.n > 0 ? SLICE("+ ***") : SLICE("+"));
		(void)buf_add(challenge, answer);
		return SASLCHAT_CHALLENGE;
	}
	pop_trace(p, '<', answer);
	if ((rc = pop_judge(p, answer, NULL, f)) == 0)
		classify(f);
	return rc == 1 ? SASLCHAT_YES : rc == 0 ? SASLCHAT_NO : SASLCHAT_LOST;
}

static int
check_words(const struct pop *p, const struct saslclient_conf *conf,
    struct fail *f)
{
	struct slice s = conf->secret;

	if (!sasl_name_ok(conf->user) || conf->user.n > COMMAND - 5)
		return fail_set(f, EX_DATAERR,
		    "authentication: no name of a user");
	if (slice_find(s, '\r') < s.n || slice_find(s, '\n') < s.n ||
	    slice_find(s, '\0') < s.n)
		return fail_set(f, EX_DATAERR,
		    "authentication: the password is no line");
	if ((p->offers & POP_CAPA) != 0 && (p->offers & POP_USER) == 0 &&
	    p->how == POP_BEST)
		return fail_set(f, EX_NOPERM, "authentication: the server "
		    "offers nothing that can be used");
	return 0;
}

/* RFC 6856, 2.1: what is not ASCII in them is known as UTF-8. */
static int
declare_utf8(struct pop *p, const struct saslclient_conf *conf,
    struct fail *f)
{
	if (p->utf8 || (p->offers & POP_UTF8) == 0 ||
	    (utf8_ascii(conf->user) && utf8_ascii(conf->secret)))
		return 0;
	pop_say(p, "UTF8");
	return pop_reply(p, NULL, f) == -1 ? -1 : 0;
}

static int
get_verdict(struct pop *p, struct fail *f)
{
	int rc = pop_reply(p, NULL, f);

	if (rc == 0)
		classify(f);
	return rc == 1 ? 0 : -1;
}

/* RFC 1939, 7. */
static int
say_user_and_pass(struct pop *p, const struct saslclient_conf *conf,
    struct fail *f)
{
	struct buf line = BUF(LIMIT_SECRET + LIMIT_AUTH_NAME);
	int rc;

	if (!conf->private && !conf->clear_allowed)
		return fail_set(f, EX_NOPERM, "authentication: USER and PASS "
		    "would show the password to whoever listens");
	(void)buf_room(&line, LIMIT_SECRET + LIMIT_AUTH_NAME);
	(void)buf_adds(&line, "USER ");
	(void)buf_add(&line, conf->user);
	pop_trace(p, '>', buf_slice(&line));
	pop_put(p, buf_slice(&line));
	rc = get_verdict(p, f);
	if (rc == 0) {
		buf_clear(&line);
		(void)buf_adds(&line, "PASS ");
		(void)buf_add(&line, conf->secret);
		rc = say_secret(p, buf_slice(&line), "PASS ***", f);
	}
	if (rc == 0)
		rc = get_verdict(p, f);
	buf_wipe(&line);
	return rc;
}

static int
say_apop(struct pop *p, const struct saslclient_conf *conf, struct fail *f)
{
	struct buf text = BUF(LIMIT_SECRET + POP_TIMESTAMP);
	unsigned char digest[DIGEST_MD5];
	size_t i;
	int rc;

	if (p->timestamp[0] == '\0')
		return fail_set(f, EX_NOPERM,
		    "authentication: the server does not offer APOP");
	(void)buf_room(&text, LIMIT_SECRET + POP_TIMESTAMP);
	(void)buf_adds(&text, p->timestamp);
	(void)buf_add(&text, conf->secret);
	rc = digest_md5(buf_slice(&text), digest, f);
	buf_wipe(&text);
	if (rc == -1)
		return -1;
	text = BUF(COMMAND + 2 * DIGEST_MD5 + 8);
	(void)buf_adds(&text, "APOP ");
	(void)buf_add(&text, conf->user);
	(void)buf_addc(&text, ' ');
	for (i = 0; i < DIGEST_MD5; i++)
		(void)buf_addf(&text, "%02x", digest[i]);
	rc = say_secret(p, buf_slice(&text), "APOP ***", f);
	buf_wipe(&text);
	return rc == 0 ? get_verdict(p, f) : -1;
}

static int
log_in(struct pop *p, struct saslclient_conf *conf, struct fail *f)
{
	struct saslchat chat = { .command = "AUTH", .longest = COMMAND,
		.say = say, .ctx = p };

	conf->offered = slice_str(p->mechanisms);
	if (p->how == POP_BEST && saslclient_fits(conf))
		return saslchat_run(&chat, conf, f);
	if (check_words(p, conf, f) == -1 || declare_utf8(p, conf, f) == -1)
		return -1;
	return p->how == POP_APOP ? say_apop(p, conf, f) :
	    say_user_and_pass(p, conf, f);
}

int
pop_log_in(struct pop *p, struct fail *f)
{
	struct login_terms terms;
	int rc;

	login_terms(&p->client.login, &p->client.secure, p->conn, &terms);
	rc = log_in(p, &terms.conf, f);
	login_forget(&terms);
	return rc;
}
