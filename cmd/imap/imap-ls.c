/* SPDX-License-Identifier: ISC */
/*
 * imap-ls: lists the mailboxes of an IMAP server, or the messages of one of
 * them.
 *
 *	imap-ls [-0jlsv] [-A mechanism] [-o key=value] [-P fd] [-p command]
 *	    server | -a account [pattern]
 *	imap-ls [-jlrv] [-A mechanism] [-o key=value] [-P fd] [-p command]
 *	    server/mailbox | -b mailbox server [uid ...]
 */

#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "json.h"
#include "limits.h"
#include "ls.h"
#include "options.h"
#include "text.h"

enum {
	ROW = 32 * LIMIT_HEADER, /* with all its escapes */
};

void
ls_column(struct ls *l, struct slice value)
{
	(void)buf_addc(&l->row, '\t');
	(void)text_column(&l->row, value, l->tty);
}

/* The next flag or attribute.  \Recent is one of the session's, not of the
 * message's. */
static int
next_word(struct slice *words, struct slice *word)
{
	while (slice_word(words, word))
		if (!slice_caseeq(*word, SLICE("\\Recent")))
			return 1;
	return 0;
}

/* \Seen as "seen", which is how other commands take it. */
void
ls_words(struct ls *l, struct slice words)
{
	struct slice word;
	size_t n, from = l->row.n;

	while (next_word(&words, &word)) {
		if (l->row.n > from)
			(void)buf_addc(&l->row, ' ');
		if (slice_peek(word) != '\\') {
			(void)text_column(&l->row, word, l->tty);
			continue;
		}
		n = l->row.n;
		(void)text_column(&l->row, slice_sub(word, 1, word.n), l->tty);
		for (; n < l->row.n; n++)
			l->row.p[n] = (char)slice_lower(l->row.p[n]);
	}
}

void
ls_json_words(struct json *j, const char *key, struct slice words)
{
	struct slice word;

	json_key(j, key);
	json_open(j, '[');
	while (next_word(&words, &word))
		json_string(j, word);
	json_close(j, ']');
}

void
ls_put_row(struct ls *l)
{
	(void)buf_addc(&l->row, '\n');
	output_put(&l->out, buf_slice(&l->row));
	buf_clear(&l->row);
}

void
ls_report(struct ls *l, const char *object, struct fail *f)
{
	if (object != NULL)
		(void)fail_at(f, object);
	(void)fail_at(f, imap_name(&l->imap));
	l->status = cli_worse(l->status, cli_report(f));
}

static void
run(struct ls *l)
{
	struct imap *i = &l->imap;
	struct fail f = { 0 };
	int rc = imap_open(i, &f);

	if (rc == 0) {
		rc = l->mailbox == NULL ? ls_boxes(l, &f) :
		    ls_messages(l, &f);
		if (rc == -1)
			(void)fail_at(&f, imap_name(i));
	}
	imap_close(i, rc == 0 ? NULL : &f);
	if (rc == -1)
		l->status = cli_worse(l->status, cli_report(&f));
}

/* What goes together: names of mailboxes, or messages. */
static void
check(const struct ls *l, int uids)
{
	int boxes = l->mailbox == NULL;

	if (boxes ? l->threads || (l->nul && (l->json || l->details)) :
	    l->nul || l->subscribed || (l->threads && uids))
		cli_usage();
}

/* Of standard input where "-" is all there is. */
static void
open_uids(struct ls *l, char *const *args, size_t n)
{
	struct fail f = { 0 };

	if (n == 1 && strcmp(args[0], "-") == 0)
		n = 0;
	if ((l->uids = uids_open(args, n, l->imap.shared, &f)) == NULL)
		cli_exit(&f);
}

static void
parse_rest(struct ls *l, int argc, char *argv[])
{
	const char *in_server = options_server(&l->imap, 1, argc, argv);

	if (l->mailbox == NULL)
		l->mailbox = in_server;
	else if (in_server != NULL)
		cli_usage();
	if (l->mailbox == NULL) {
		if (optind < argc)
			l->pattern = argv[optind++];
		if (optind < argc)
			cli_usage();
		l->details |= l->json;
	}
	check(l, optind < argc);
	if (optind < argc)
		open_uids(l, argv + optind, (size_t)(argc - optind));
}

static void
parse(struct ls *l, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "+" OPTIONS "0b:jlrs")) != -1)
		switch (c) {
		case '0':
			l->nul = 1;
			break;
		case 'b':
			l->mailbox = optarg;
			break;
		case 'j':
			l->json = 1;
			break;
		case 'l':
			l->details = 1;
			break;
		case 'r':
			l->threads = 1;
			break;
		case 's':
			l->subscribed = 1;
			break;
		default:
			if (options_take(&l->imap, c, optarg) != 1)
				cli_usage();
		}
	parse_rest(l, argc, argv);
}

int
main(int argc, char *argv[])
{
	struct ls l = { .row = BUF(ROW), .tty = isatty(STDOUT_FILENO),
		.out = output_to(STDOUT_FILENO, "standard output") };

	cli_start("imap-ls", "[-0jlsv] [-A mechanism] [-o key=value] [-P fd] "
	    "[-p command] server | -a account [pattern]\n"
	    "       imap-ls [-jlrv] [-A mechanism] [-o key=value] [-P fd] "
	    "[-p command] server/mailbox | -b mailbox server [uid ...]");
	options_start(&l.imap);
	parse(&l, argc, argv);
	options_output(&l.imap, &l.out);
	run(&l);
	imap_end(&l.imap);
	uids_close(&l.uids);
	buf_free(&l.row);
	cli_finish(&l.out, l.status);
}
