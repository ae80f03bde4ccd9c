/* SPDX-License-Identifier: ISC */
/*
 * mime-hdr [-0jl] [-a | -d] [-m message] [field ...]
 * mime-hdr [-m message] -s 'Field: value' | -x field ...
 *
 * Prints fields of the headers of messages, decoded; or copies one message to
 * standard output with fields set and removed.
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ahead.h"
#include "cli.h"
#include "fieldkind.h"
#include "hdredit.h"
#include "hdrshow.h"
#include "mem.h"
#include "paths.h"
#include "text.h"
#include "tty.h"

struct options {
	int listed;	     /* -l: standard input is a list of messages */
	const char **paths; /* -m */
	size_t npaths;
	struct hdredit *edits; /* -s and -x */
	size_t nedits;
};

static void
add_path(struct options *o, const char *path)
{
	o->paths = mem_grow(o->paths, o->npaths, sizeof(*o->paths));
	o->paths[o->npaths++] = path;
}

static void
add_edit(struct options *o,
    int (*edit)(struct hdredit *e, const char *text, struct fail *f))
{
	struct fail f = { 0 };

	o->edits = mem_grow(o->edits, o->nedits, sizeof(*o->edits));
	if (edit(&o->edits[o->nedits++], optarg, &f) == -1)
		cli_exit(&f);
}

static void
take_option(struct options *o, struct hdrshow *s, int c)
{
	switch (c) {
	case '0':
		s->zero = 1;
		break;
	case 'a':
		s->form = HDRSHOW_ADDRESSES;
		break;
	case 'd':
		s->form = HDRSHOW_DATES;
		break;
	case 'j':
		s->json = 1;
		break;
	case 'l':
		o->listed = 1;
		break;
	case 'm':
		add_path(o, optarg);
		break;
	case 's':
		add_edit(o, hdredit_set);
		break;
	case 'x':
		add_edit(o, hdredit_remove);
		break;
	default:
		cli_usage();
	}
}

/* The fields that are wanted: those named, or all that -a or -d can read. */
static void
want_fields(struct hdrshow *s, char *names[], size_t n)
{
	struct fail f = { 0 };

	s->names = (const char *const *)names;
	s->nnames = n;
	for (size_t i = 0; i < n; i++) {
		if (hdr_name_ok(slice_str(names[i])))
			continue;
		(void)fail_set(&f, EX_DATAERR, "no name of a field: \"%s\"",
		    TEXT_SHOW(slice_str(names[i])));
		cli_exit(&f);
	}
	if (n > 0 || s->form == HDRSHOW_TEXT)
		return;
	s->names = s->form == HDRSHOW_DATES ? fieldkind_dates :
					      fieldkind_addresses;
	while (s->names[s->nnames] != NULL)
		s->nnames++;
}

static void
parse_args(struct options *o, struct hdrshow *s, int argc, char *argv[])
{
	int c, forms = 0;

	while ((c = getopt(argc, argv, "+0adjlm:s:x:")) != -1) {
		forms |= c == 'a' ? 1 : c == 'd' ? 2 : 0;
		take_option(o, s, c);
	}
	if (forms == 3 || (o->listed && o->npaths > 0) ||
	    (s->zero && o->nedits > 0) ||
	    (o->nedits > 0 && (forms != 0 || s->json || o->listed ||
		o->npaths > 1 || optind < argc)))
		cli_usage();
	s->several = o->listed || o->npaths > 1;
	want_fields(s, argv + optind, (size_t)(argc - optind));
}

/* How "path" stands in a sentence. */
static const char *
label_of(const struct options *o, const char *path)
{
	return strcmp(path, "-") == 0 && !o->listed ? "standard input" : path;
}

static int
open_message(const struct options *o, struct headfile *h,
    const struct ahead_message *m, struct fail *f)
{
	if (o->listed && strcmp(m->path, "-") == 0)
		return fail_set(f, EX_DATAERR,
		    "standard input is the list of paths");
	if (m->got != AHEAD_NOTHING &&
	    headfile_take(h, m->bytes, m->got == AHEAD_ALL))
		return 0;
	return headfile_open(h, m->path, f);
}

/* An exit status, after the line that it needs. */
static int
report(const struct options *o, const char *path, struct fail *f)
{
	(void)fail_at(f, TEXT_SHOW(slice_str(label_of(o, path))));
	return cli_report(f);
}

/* One message; an exit status. */
static int
show(const struct options *o, struct hdrshow *s, struct headfile *h,
    const struct ahead_message *m)
{
	struct fail f;
	int rc = open_message(o, h, m, &f);

	s->path = m->path;
	s->label = label_of(o, m->path);
	if (rc == 0)
		hdrshow_message(s, h);
	headfile_close(h);
	return rc == 0 ? 0 : report(o, m->path, &f);
}

/* The messages that standard input lists.  What is done is written before
 * there is a wait for more of the list. */
static int
show_listed(const struct options *o, struct hdrshow *s, struct headfile *h)
{
	struct fail f = { 0 }, told_later;
	const struct ahead_message *m;
	struct ahead *ahead;
	struct paths paths;
	int status = 0;

	paths_start(&paths, STDIN_FILENO, s->zero ? '\0' : '\n');
	ahead = ahead_start(&paths);
	ahead_ask(ahead, h->first);
	while ((m = ahead_next(ahead, &f)) != NULL) {
		status = cli_worse(status, show(o, s, h, m));
		ahead_ask(ahead, h->first);
		if (!ahead_ready(ahead))
			(void)output_flush(s->out, &told_later);
		if (s->out->error != 0)
			break;
	}
	ahead_free(&ahead);
	return f.class == 0 ? status : cli_worse(status, cli_report(&f));
}

/* Those of -m, or standard input. */
static int
show_named(const struct options *o, struct hdrshow *s, struct headfile *h)
{
	struct ahead_message m = { .path = "-" };
	size_t i = 0;
	int status = 0;

	do {
		if (o->npaths > 0)
			m.path = o->paths[i];
		status = cli_worse(status, show(o, s, h, &m));
	} while (++i < o->npaths);
	return status;
}

static int
show_messages(const struct options *o, struct hdrshow *s, struct headfile *h)
{
	int status = o->listed ? show_listed(o, s, h) : show_named(o, s, h);

	status = cli_worse(status, s->status);
	return status == 0 && !s->found ? 1 : status;
}

/* New lines end as the first line of the message does. */
static struct slice
line_end(const struct headfile *h)
{
	struct slice text = buf_slice(&h->text), line;

	if (slice_until(&text, '\n', &line) && slice_ends(line, SLICE("\r")))
		return SLICE("\r\n");
	return SLICE("\n");
}

/* Sets "fields" to those of "h" with all changes made, one after the other. */
static int
edit_fields(const struct options *o, const struct headfile *h,
    struct buf *fields, struct fail *f)
{
	struct buf next = BUF(LIMIT_HEADER);
	int rc = 0;

	(void)buf_add(fields, headfile_fields(h));
	for (size_t i = 0; rc == 0 && i < o->nedits; i++) {
		struct buf done = *fields;

		buf_clear(&next);
		rc = hdredit_apply(&o->edits[i], buf_slice(fields),
		    line_end(h), &next, f);
		*fields = next;
		next = done;
	}
	buf_free(&next);
	return rc;
}

/* Where an edited message goes; "tty" only if that is a terminal. */
struct sink {
	struct output *out;
	int is_tty;
	struct tty tty;
};

static void
put(struct sink *to, struct slice s)
{
	if (to->is_tty)
		tty_put(&to->tty, s, to->out);
	else
		output_put(to->out, s);
}

static int
put_rest(struct headfile *h, struct sink *to, struct fail *f)
{
	static char block[HEADFILE_BLOCK];
	ssize_t n = 1;

	put(to, headfile_rest(h));
	while (n > 0 && to->out->error == 0) {
		if ((n = headfile_read(h, block, sizeof(block), f)) == -1)
			return -1;
		put(to, (struct slice){ block, (size_t)n });
	}
	if (to->is_tty)
		tty_end(&to->tty, to->out);
	return 0;
}

/* Copies the message with its changes; an exit status. */
static int
edit_message(const struct options *o, struct sink *to, struct headfile *h)
{
	const char *path = o->npaths > 0 ? o->paths[0] : "-";
	struct buf fields = BUF(LIMIT_HEADER);
	struct fail f = { 0 };
	int rc = headfile_open(h, path, &f);

	if (rc == 0)
		rc = edit_fields(o, h, &fields, &f);
	if (rc == 0) {
		put(to, buf_slice(&fields));
		rc = put_rest(h, to, &f);
	}
	headfile_close(h);
	buf_free(&fields);
	return rc == 0 ? 0 : report(o, path, &f);
}

int
main(int argc, char *argv[])
{
	struct output out = output_to(STDOUT_FILENO, "standard output");
	struct hdrshow show = hdrshow_new(&out);
	struct sink sink = { .out = &out };
	struct headfile head = HEADFILE;
	struct options o = { 0 };
	int status;

	cli_start("mime-hdr",
	    "[-0jl] [-a | -d] [-m message] [field ...]\n"
	    "       mime-hdr [-m message] -s 'Field: value' | -x field ...");
	parse_args(&o, &show, argc, argv);
	show.tty = sink.is_tty = isatty(STDOUT_FILENO);
	status = o.nedits > 0 ? edit_message(&o, &sink, &head)
			      : show_messages(&o, &show, &head);
	for (size_t i = 0; i < o.nedits; i++)
		hdredit_free(&o.edits[i]);
	free(o.edits);
	free(o.paths);
	hdrshow_free(&show);
	headfile_free(&head);
	cli_finish(&out, status);
}
