/* SPDX-License-Identifier: ISC */
/* options: what the command lines of imap- commands share; see options.h. */

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "mem.h"
#include "options.h"

void
options_start(struct imap *i)
{
	*i = (struct imap){ .dead = 1 };
	client_start(&i->client, &imap_family);
	(void)signal(SIGPIPE, SIG_IGN);
}

int
options_take(struct imap *i, int option, const char *value)
{
	int rc;

	if (option == 'o' && strcmp(value, "compress") == 0) {
		i->compress = 1;
		return 1;
	}
	if ((rc = client_option(&i->client, option, value)) == -1)
		cli_usage();
	return rc;
}

static int
is_url(const char *text)
{
	return strstr(text, "://") != NULL || strncmp(text, "pipe:", 5) == 0;
}

/* "work:INBOX": the account, and the mailbox, or NULL. */
static const char *
split_account(struct imap *i, const char *text)
{
	const char *colon = strchr(text, ':');

	i->client.target.account = colon == NULL ? text :
	    mem_str((struct slice){ text, (size_t)(colon - text) });
	return colon == NULL || colon[1] == '\0' ? NULL : colon + 1;
}

/* Finds out all about the server, whose URL may have a mailbox, too. */
static const char *
find(struct imap *i, const char *box)
{
	struct fail f = { 0 };

	if (client_find(&i->client, &f) == -1 ||
	    client_check_user(&i->client, &f) == -1)
		cli_exit(&f);
	if (box == NULL && i->client.target.command == NULL &&
	    i->client.target.url.path[0] != '\0')
		box = i->client.target.url.path;
	return box;
}

const char *
options_server(struct imap *i, int mailbox, int argc, char *argv[])
{
	struct target *target = &i->client.target;
	const char *text = target->account, *box = NULL;
	struct fail f = { 0 };

	if (text == NULL && optind == argc)
		cli_usage();
	if (text == NULL)
		text = argv[optind++];
	if (target->account == NULL && strcmp(text, "-") == 0) {
		i->shared = 1;
		return NULL;
	}
	if (target->account == NULL && is_url(text))
		target->text = text;
	else
		box = split_account(i, text);
	box = find(i, box);
	if (box != NULL && !mailbox) {
		(void)fail_set(&f, EX_USAGE, "%s: the mailbox is an argument "
		    "of its own", imap_name(i));
		cli_exit(&f);
	}
	return box;
}

const char *
options_mailbox(struct imap *i, int argc, char *argv[])
{
	const char *box = options_server(i, 1, argc, argv);

	if (box == NULL && optind == argc)
		cli_usage();
	return box != NULL ? box : argv[optind++];
}

void
options_output(const struct imap *i, struct output *out)
{
	if (i->shared)
		output_defer(out);
}
