/* SPDX-License-Identifier: ISC */
/* Fuzz target: whatever an IMAP server says to a few commands, what is believed
 * of it keeps to what imap.h promises, and every complaint is a line that can
 * be shown.  Its tags are "t1", "t2" and "t3". */

#include "../../cmd/imap/engine.h"
#include "../../cmd/imap/message.h"
#include "foreign.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_fail(const struct fail *f)
{
	static const int classes[] = { EX_TEMPFAIL, EX_PROTOCOL,
		EX_UNAVAILABLE, EX_NOPERM, EX_NOINPUT, EX_CANTCREAT, 0 };

	foreign_fail(f, classes);
}

static int
item(void *ctx, struct slice name, struct tokens *t, struct fail *f)
{
	struct slice text;

	if (name.n % 2 == 0)
		return 0;
	*(size_t *)ctx += name.n;
	return token_string(t, 1, &text, f) == -1 ? -1 : 1;
}

static void
read_message(struct imap *i, const struct imap_response *r)
{
	struct message m = { .flags = BUF(LIMIT_IMAP_TOKEN) };
	struct fail f = { 0 };
	size_t n = 0;

	if (message_read(i, r, &m, item, &n, &f) == -1)
		check_fail(&f);
	else if (((m.has & MESSAGE_UID) != 0) != (m.uid != 0) ||
	    m.size > INT64_MAX || m.modseq > INT64_MAX)
		abort();
	buf_free(&m.flags);
}

static void
check_response(struct imap *i, enum imap_result rc,
    const struct imap_response *r, const struct fail *f)
{
	if (rc == IMAP_NO)
		check_fail(f);
	if ((rc == IMAP_OK || rc == IMAP_NO) &&
	    (r->command < 1 || r->command > 3))
		abort();
	if (rc == IMAP_DATA && (imap_is(r, "FETCH") || imap_is(r, "UIDFETCH")))
		read_message(i, r);
	if (i->box.flags.n > LIMIT_IMAP_TOKEN)
		abort();
}

static void
say(struct imap *i, const char *command)
{
	struct engine_command *c = imap_find(i, imap_say(i, "%s", command));

	memcpy(c->tag, "t0", 3);
	c->tag[1] = (char)('0' + c->number);
	imap_said(i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct imap i = { .dead = 1 };
	struct imap_response r;
	struct fail f = { 0 };
	enum imap_result rc;
	int fd[2];

	if (foreign_peer(data, size, fd) == -1)
		return 0;
	client_start(&i.client, &imap_family);
	i.client.timeout = 1;
	imap_begin(&i, conn_new(fd[0], fd[0]));
	i.own->greeted = i.own->in = 1;
	i.own->alerts = UINT32_MAX; /* enough was told */
	say(&i, "ENABLE IMAP4rev2");
	say(&i, "SELECT INBOX");
	say(&i, "UID FETCH 1:* (FLAGS)");
	while ((rc = imap_next(&i, &r, &f)) != IMAP_LOST)
		check_response(&i, rc, &r, &f);
	check_fail(&f);
	imap_close(&i, &f);
	imap_end(&i);
	(void)close(fd[1]);
	return 0;
}
