/* SPDX-License-Identifier: ISC */
/*
 * imap-mkdir: makes mailboxes of an IMAP server, subscribes to them, renames
 * them.
 *
 *	imap-mkdir [-0elnv] [-A mechanism] [-o key=value] [-P fd]
 *	    [-p command] [-u use] server | -a account [mailbox ...]
 *	imap-mkdir -r [-nv] [option ...] server | -a account old new
 *	imap-mkdir -S | -s [-0lv] [option ...] server | -a account
 *	    [mailbox ...]
 */

#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "mkdir.h"
#include "options.h"
#include "paths.h"

static void
add_name(struct mkdir *m, size_t *room, struct slice name)
{
	if (m->n == *room) {
		*room = *room == 0 ? 16 : *room * 2;
		m->name = mem_resize(m->name, *room, sizeof(*m->name));
	}
	m->name[m->n++] = arena_slice(&m->arena, name);
}

/* All of them before anything is said: who writes them may need the session
 * before us. */
static void
read_names(struct mkdir *m, int end, size_t *room)
{
	struct paths paths;
	struct slice name;
	struct fail f = { 0 };

	paths_start(&paths, STDIN_FILENO, end);
	while (paths_take(&paths, &name, &f))
		add_name(m, room, name);
	if (f.class != 0)
		cli_exit(&f);
}

static void
parse_use(struct mkdir *m, const char *word)
{
	size_t n;

	if (*word == '\\')
		word++;
	for (n = 0; (word[n] >= 'a' && word[n] <= 'z') ||
	    (word[n] >= 'A' && word[n] <= 'Z'); n++)
		;
	if (n == 0 || n > 32 || word[n] != '\0')
		cli_usage();
	m->use = word;
}

struct parsed {
	int list, nul; /* -l, -0 */
};

static int
parse_option(struct mkdir *m, struct parsed *p, int c)
{
	switch (c) {
	case '0':
		p->nul = 1;
		break;
	case 'e':
		m->existing = 1;
		break;
	case 'l':
		p->list = 1;
		break;
	case 'n':
		m->quiet = 1;
		break;
	case 'r':
	case 'S':
	case 's':
		if (m->what != MKDIR_CREATE)
			cli_usage();
		m->what = c == 'r' ? MKDIR_RENAME : c == 's' ?
		    MKDIR_SUBSCRIBE : MKDIR_UNSUBSCRIBE;
		break;
	case 'u':
		parse_use(m, optarg);
		break;
	default:
		return options_take(&m->imap, c, optarg);
	}
	return 1;
}

/* What goes together. */
static void
check(const struct mkdir *m, const struct parsed *p)
{
	if (m->what != MKDIR_CREATE && (m->existing || m->use != NULL))
		cli_usage();
	if (m->quiet && (m->what == MKDIR_SUBSCRIBE || m->what ==
	    MKDIR_UNSUBSCRIBE))
		cli_usage();
	if (m->what == MKDIR_RENAME ? m->n != 2 || p->list :
	    m->n == 0 && !p->list)
		cli_usage();
	if (m->use != NULL && (m->n != 1 || p->list || m->existing))
		cli_usage();
	if (p->nul && !p->list)
		cli_usage();
}

static void
parse(struct mkdir *m, int argc, char *argv[])
{
	struct parsed p = { 0, 0 };
	size_t room = 0;
	const char *box;
	int c;

	while ((c = getopt(argc, argv, "+" OPTIONS "0elnrSsu:")) != -1)
		if (parse_option(m, &p, c) != 1)
			cli_usage();
	if ((box = options_server(&m->imap, 1, argc, argv)) != NULL)
		add_name(m, &room, slice_str(box));
	while (optind < argc)
		add_name(m, &room, slice_str(argv[optind++]));
	check(m, &p);
	if (p.list)
		read_names(m, p.nul ? '\0' : '\n', &room);
}

int
main(int argc, char *argv[])
{
	struct mkdir m = { 0 };
	struct output out = output_to(STDOUT_FILENO, "standard output");
	struct fail f = { 0 };
	int rc;

	cli_start("imap-mkdir", "[-0elnv] [-A mechanism] [-o key=value] "
	    "[-P fd] [-p command] [-u use] server | -a account [mailbox ...]\n"
	    "       imap-mkdir -r [-nv] [option ...] server | -a account "
	    "old new\n"
	    "       imap-mkdir -S | -s [-0lv] [option ...] server | -a account "
	    "[mailbox ...]");
	options_start(&m.imap);
	parse(&m, argc, argv);
	rc = imap_open(&m.imap, &f);
	if (rc == 0 && (rc = mkdir_all(&m, &f)) == -1)
		(void)fail_at(&f, imap_name(&m.imap));
	imap_close(&m.imap, rc == 0 ? NULL : &f);
	if (rc == -1)
		m.status = cli_worse(m.status, cli_report(&f));
	imap_end(&m.imap);
	mkdir_free(&m);
	cli_finish(&out, m.status);
}
