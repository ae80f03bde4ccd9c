/* SPDX-License-Identifier: ISC */
/* Tests of saslchat: what is said, with a server of which all is known. */

#include "limits.h"
#include "saslchat.h"
#include "unit.h"

/* A script: what the server answers, each in its turn; + a challenge, YES, NO,
 * LOST.  What the client says is in "said", with | behind each line. */
struct script {
	const char *const *answers;
	struct buf said, shown;
};

static enum saslchat_answer
say(void *ctx, const struct saslchat_line *line, struct buf *challenge,
    struct fail *f)
{
	struct script *s = ctx;
	const char *answer = *s->answers;

	CHECK(slice_ends(line->text, SLICE("\r\n")));
	CHECK_INT(challenge->n, 0);
	(void)buf_add(&s->said, slice_sub(line->text, 0, line->text.n - 2));
	(void)buf_addc(&s->said, '|');
	(void)buf_addf(&s->shown, "%s|", line->shown);
	if (answer == NULL)
		return SASLCHAT_LOST;
	s->answers++;
	if (answer[0] == '+') {
		(void)buf_adds(challenge, answer + 1);
		return SASLCHAT_CHALLENGE;
	}
	if (strcmp(answer, "YES") == 0)
		return SASLCHAT_YES;
	(void)fail_set(f, EX_NOPERM, "%s", answer);
	return strcmp(answer, "NO") == 0 ? SASLCHAT_NO : SASLCHAT_LOST;
}

#define PLAIN "AGEAYg==" /* NUL a NUL b */

static const struct {
	const char *name, *mechanism;
	size_t longest;
	const char *answers[12];
	const char *said, *shown;
	int class; /* 0: logged in */
	const char *text;
} cases[] = {
	{ "initial", "PLAIN", 100, { "YES" }, "AUTH PLAIN " PLAIN "|",
	    "AUTH PLAIN ***|", 0, "" },
	{ "just fits", "PLAIN", 19, { "YES" }, "AUTH PLAIN " PLAIN "|",
	    "AUTH PLAIN ***|", 0, "" },
	{ "does not fit", "PLAIN", 18, { "+", "YES" },
	    "AUTH PLAIN|" PLAIN "|", "AUTH PLAIN|***|", 0, "" },
	{ "never initial", "PLAIN", 0, { "+", "YES" },
	    "AUTH PLAIN|" PLAIN "|", "AUTH PLAIN|***|", 0, "" },
	{ "asked with words", "PLAIN", 0, { "+Z28=", "YES" },
	    "AUTH PLAIN|" PLAIN "|", "AUTH PLAIN|***|", 0, "" },
	{ "refused", "PLAIN", 100, { "NO" }, "AUTH PLAIN " PLAIN "|",
	    "AUTH PLAIN ***|", EX_NOPERM, "NO" },
	{ "lost", "PLAIN", 100, { "LOST" }, "AUTH PLAIN " PLAIN "|",
	    "AUTH PLAIN ***|", EX_NOPERM, "LOST" },
	{ "two questions", "LOGIN", 100, { "+VXNlcjo=", "+UGFzczo=", "YES" },
	    "AUTH LOGIN|YQ==|Yg==|", "AUTH LOGIN|***|***|", 0, "" },
	{ "no base64", "LOGIN", 100, { "+User?", "NO" }, "AUTH LOGIN|*|",
	    "AUTH LOGIN|*|", EX_PROTOCOL,
	    "authentication: a line that is no base64" },
	{ "a star", "LOGIN", 100, { "+*", "NO" }, "AUTH LOGIN|*|",
	    "AUTH LOGIN|*|", EX_PROTOCOL,
	    "authentication: a challenge that is no base64" },
	{ "one too many", "PLAIN", 100, { "+", "NO" },
	    "AUTH PLAIN " PLAIN "|*|", "AUTH PLAIN ***|*|", EX_PROTOCOL,
	    "authentication: a challenge where none can be" },
	{ "accepted too soon", "SCRAM-SHA-256", 0, { "+", "YES" }, NULL,
	    "AUTH SCRAM-SHA-256|***|", EX_PROTOCOL, NULL },
};

static void
conversations(void)
{
	struct saslclient_conf conf = { .user = SLICE("a"),
		.secret = SLICE("b"), .private = 1 };
	struct fail f;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct script s = { cases[i].answers, BUF(1000), BUF(1000) };
		struct saslchat chat = { "AUTH", cases[i].longest, say, &s };

		CASE(cases[i].name);
		f = (struct fail){ 0 };
		conf.mechanism = cases[i].mechanism;
		conf.offered = slice_str(cases[i].mechanism);
		CHECK_INT(saslchat_run(&chat, &conf, &f),
		    cases[i].class == 0 ? 0 : -1);
		CHECK_INT(f.class, cases[i].class);
		if (cases[i].text != NULL)
			CHECK_STR(f.text, cases[i].text);
		if (cases[i].said != NULL)
			CHECK_STR(buf_str(&s.said), cases[i].said);
		CHECK_STR(buf_str(&s.shown), cases[i].shown);
		buf_free(&s.said);
		buf_free(&s.shown);
	}
}

/* Challenges without an end: it is we who give up. */
static void
endless(void)
{
	static const char *const answers[] = { "+", "+", "+", "+", "+", "+",
		"+", "+", "+", "+", "+", NULL };
	struct script s = { answers, BUF(1000), BUF(1000) };
	struct saslchat chat = { "AUTH", 100, say, &s };
	struct saslclient_conf conf = { .user = SLICE("a"), .private = 1,
		.secret = SLICE("b"), .mechanism = "LOGIN",
		.offered = SLICE("LOGIN") };
	struct fail f = { 0 };

	CHECK_INT(saslchat_run(&chat, &conf, &f), -1);
	CHECK_INT(f.class, EX_PROTOCOL);
	CHECK(slice_ends(buf_slice(&s.said), SLICE("|*|")));
	buf_free(&s.said);
	buf_free(&s.shown);
}

int
main(void)
{
	RUN(conversations);
	RUN(endless);
	return unit_done();
}
