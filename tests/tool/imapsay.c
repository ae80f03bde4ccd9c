/* SPDX-License-Identifier: ISC */
/*
 * imapsay: a session of IMAP (cmd/imap/imap.h) in which it does what it is
 * told, one thing after the other:
 *
 *	imapsay [option ...] server [instruction ...]
 *
 *	mailbox		prints the one that the server's name has
 *	show		prints what the session is
 *	say=TEXT add=TEXT string=TEXT name=TEXT literal=TEXT said said-plus
 *			a command, in pieces
 *	line=TEXT	a line without a tag
 *	next		prints the next response
 *	finish		the same, up to that which ends the last command
 *	select=NAME examine=NAME	prints the mailbox
 *	fetch		UID FETCH of all, and prints what is told of messages
 *	await=SECONDS	prints whether something came
 *	room		prints how many commands can be said
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../cmd/imap/message.h"
#include "../../cmd/imap/options.h"
#include "cli.h"
#include "limits.h"
#include "text.h"

struct session {
	struct imap imap;
	const char *mailbox; /* NULL: none */
	unsigned command;    /* the last one */
	struct fail why;
};

/* The end of it, as that of a command is. */
static _Noreturn void
give_up(struct session *s)
{
	(void)fail_at(&s->why, imap_name(&s->imap));
	imap_close(&s->imap, &s->why);
	imap_end(&s->imap);
	cli_exit(&s->why);
}

static void
print(const char *label, struct slice s)
{
	(void)printf("%s%s", label, TEXT_SHOW(s));
}

static void
print_response(enum imap_result rc, const struct imap_response *r,
    const struct fail *f)
{
	if (rc == IMAP_NO) {
		(void)printf("NO %d %s\n", f->class, f->text);
		return;
	}
	if (rc == IMAP_PLUS)
		print("+ ", r->text);
	else if (r->numbered)
		(void)printf("* %u ", r->number);
	else if (rc == IMAP_DATA)
		(void)printf("* ");
	if (rc != IMAP_PLUS)
		print("", r->name);
	if (r->code.n > 0)
		print(" code ", r->code);
	if (r->text.n > 0 && rc != IMAP_PLUS)
		print(" text ", r->text);
	(void)printf("\n");
}

static enum imap_result
get(struct session *s, struct imap_response *r)
{
	enum imap_result rc = imap_next(&s->imap, r, &s->why);

	if (rc == IMAP_LOST)
		give_up(s);
	print_response(rc, r, &s->why);
	return rc;
}

static void
finish(struct session *s)
{
	struct imap_response r;
	enum imap_result rc;

	do
		rc = get(s, &r);
	while (rc == IMAP_DATA || rc == IMAP_PLUS || r.command != s->command);
}

static int
item(void *ctx, struct slice name, struct tokens *t, struct fail *f)
{
	struct slice text;
	int rc;

	(void)ctx;
	if (slice_starts(name, SLICE("X-SKIP")))
		return 0;
	print(" ", name);
	if ((rc = token_string(t, 1, &text, f)) == 1)
		print("=", text);
	return rc == -1 ? -1 : 1;
}

static void
print_message(struct session *s, const struct imap_response *r)
{
	struct message m = { .flags = BUF(LIMIT_IMAP_TOKEN) };

	(void)printf("message");
	if (message_read(&s->imap, r, &m, item, NULL, &s->why) == -1)
		give_up(s);
	if ((m.has & MESSAGE_UID) != 0)
		(void)printf(" uid %u", m.uid);
	if ((m.has & MESSAGE_FLAGS) != 0)
		print(" flags ", buf_slice(&m.flags));
	if ((m.has & MESSAGE_DATE) != 0)
		(void)printf(" date %lld %d", (long long)m.date, m.zone);
	if ((m.has & MESSAGE_SIZE) != 0)
		(void)printf(" size %" PRIu64, m.size);
	if ((m.has & MESSAGE_MODSEQ) != 0)
		(void)printf(" modseq %" PRIu64, m.modseq);
	(void)printf("\n");
	buf_free(&m.flags);
}

static void
fetch(struct session *s)
{
	struct imap_response r;
	enum imap_result rc;

	s->command = imap_say(&s->imap, "UID FETCH 1:* (UID FLAGS)");
	imap_said(&s->imap);
	do {
		if ((rc = imap_next(&s->imap, &r, &s->why)) == IMAP_LOST)
			give_up(s);
		if (rc == IMAP_DATA &&
		    (imap_is(&r, "FETCH") || imap_is(&r, "UIDFETCH")))
			print_message(s, &r);
		else
			print_response(rc, &r, &s->why);
	} while (rc == IMAP_DATA);
}

static void
choose(struct session *s, const char *name, int readonly)
{
	const struct imap_box *box = &s->imap.box;

	if (imap_select(&s->imap, slice_str(name), readonly, &s->why) == -1) {
		if (s->imap.dead)
			give_up(s);
		(void)printf("NO %d %s\n", s->why.class, s->why.text);
		return;
	}
	(void)printf("exists %u uidvalidity %u uidnext %u modseq %" PRIu64
	    "%s%s", box->exists, box->uidvalidity, box->uidnext, box->modseq,
	    box->readonly ? " readonly" : "",
	    box->keywords ? " keywords" : "");
	print(" flags ", buf_slice(&box->flags));
	(void)printf("\n");
}

static void
show(struct session *s)
{
	struct imap *i = &s->imap;

	(void)printf("offers %08x limit %u%s%s%s mechanisms", i->offers,
	    i->limit, i->rev2 ? " rev2" : "", i->utf8 ? " utf8" : "",
	    i->selected ? " selected" : "");
	print(" ", buf_slice(&i->mechanisms));
	(void)printf("\n");
}

/* What has a value; 0 where it is no such instruction. */
static int
do_with(struct session *s, struct slice word, const char *value)
{
	struct imap *i = &s->imap;
	struct slice text = slice_str(value);
	struct fail f = { 0 };
	int came;

	if (slice_eq(word, SLICE("say")))
		s->command = imap_say(i, "%s", value);
	else if (slice_eq(word, SLICE("add")))
		imap_add(i, "%s", value);
	else if (slice_eq(word, SLICE("string")))
		imap_add_string(i, text);
	else if (slice_eq(word, SLICE("name")))
		imap_add_name(i, text);
	else if (slice_eq(word, SLICE("line")))
		imap_say_line(i, value);
	else if (slice_eq(word, SLICE("select")))
		choose(s, value, 0);
	else if (slice_eq(word, SLICE("examine")))
		choose(s, value, 1);
	else if (slice_eq(word, SLICE("literal"))) {
		if (imap_add_literal(i, text.n, 0, &f) == 0)
			(void)imap_add_octets(i, text, &f);
	} else if (slice_eq(word, SLICE("await"))) {
		if ((came = imap_await(i, (unsigned)strtoul(value, NULL, 10),
		    &s->why)) == -1)
			give_up(s);
		(void)printf("%s\n", came ? "something" : "nothing");
	} else
		return 0;
	return 1;
}

static void
do_one(struct session *s, const char *instruction)
{
	struct slice value = slice_str(instruction), word;
	struct imap_response r;

	if (slice_until(&value, '=', &word) && do_with(s, word, value.p))
		return;
	if (strcmp(instruction, "mailbox") == 0)
		(void)printf("mailbox %s\n", s->mailbox == NULL ? "none" :
		    s->mailbox);
	else if (strcmp(instruction, "show") == 0)
		show(s);
	else if (strcmp(instruction, "said") == 0)
		imap_said(&s->imap);
	else if (strcmp(instruction, "said-plus") == 0)
		imap_said_plus(&s->imap);
	else if (strcmp(instruction, "next") == 0)
		(void)get(s, &r);
	else if (strcmp(instruction, "finish") == 0)
		finish(s);
	else if (strcmp(instruction, "fetch") == 0)
		fetch(s);
	else if (strcmp(instruction, "room") == 0)
		(void)printf("room %u\n", imap_room(&s->imap));
	else
		cli_usage();
}

int
main(int argc, char *argv[])
{
	struct session s = { .command = 0 };
	int c;

	cli_start("imapsay", "[option ...] server [instruction ...]");
	options_start(&s.imap);
	while ((c = getopt(argc, argv, OPTIONS)) != -1)
		if (options_take(&s.imap, c, optarg) != 1)
			cli_usage();
	s.mailbox = options_server(&s.imap, 1, argc, argv);
	if (imap_open(&s.imap, &s.why) == -1) {
		imap_end(&s.imap);
		cli_exit(&s.why);
	}
	while (optind < argc)
		do_one(&s, argv[optind++]);
	imap_close(&s.imap, NULL);
	imap_end(&s.imap);
	exit(fflush(stdout) == 0 ? 0 : EX_IOERR);
}
