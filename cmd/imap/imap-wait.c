/* SPDX-License-Identifier: ISC */
/*
 * imap-wait: waits for what happens in mailboxes, and writes a line for each
 * new message, each that has other flags, and each that is gone.
 *
 *	imap-wait [-1jnv] [-A mechanism] [-i seconds] [-o key=value] [-P fd]
 *	    [-p command] [-t seconds] server | -a account mailbox ...
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "interrupt.h"
#include "json.h"
#include "limits.h"
#include "lookout.h"
#include "mem.h"
#include "options.h"
#include "text.h"

enum {
	ROW = 8 * LIMIT_IMAP_TOKEN, /* with all its escapes */
	INTERVAL = 60,
	SECONDS_MOST = 100000000,
};

struct wait {
	struct lookout lookout;
	int json;
	int once; /* -1 */
	int all;  /* -n */
	int tty;
	int happened;
	struct buf row;
	struct output out;
};

static const char *const events[] = { "new", "flags", "expunge", "reset" };

static void
write_columns(struct wait *w, const char *mailbox, const char *event,
    uint32_t uid)
{
	(void)text_column(&w->row, slice_str(mailbox), w->tty);
	(void)buf_addf(&w->row, "\t%s\t", event);
	if (uid != 0)
		(void)buf_addf(&w->row, "%u", uid);
	(void)buf_addc(&w->row, '\t');
}

static void
write_json(struct wait *w, const struct watch *from, enum watch_event event,
    uint32_t uid, struct slice flags)
{
	struct json j = { .out = &w->row };
	struct slice word;

	json_open(&j, '{');
	json_key(&j, "mailbox");
	json_string(&j, slice_str(from->name));
	json_key(&j, "event");
	json_string(&j, slice_str(events[event]));
	json_uint_or_null(&j, "uidvalidity", from->uidvalidity != 0,
	    from->uidvalidity);
	if (event != WATCH_RESET) {
		json_key(&j, "uid");
		json_uint(&j, uid);
	}
	if (event == WATCH_NEW || event == WATCH_FLAGS) {
		json_key(&j, "flags");
		json_open(&j, '[');
		while (slice_word(&flags, &word))
			if (!slice_caseeq(word, SLICE("\\Recent")))
				json_string(&j, word);
		json_close(&j, ']');
	}
	json_close(&j, '}');
}

/* \Seen as "seen", which is how other commands take it. */
static void
write_word(struct wait *w, struct slice word)
{
	size_t n = w->row.n;

	if (slice_peek(word) != '\\') {
		(void)text_column(&w->row, word, w->tty);
		return;
	}
	(void)text_column(&w->row, slice_sub(word, 1, word.n), w->tty);
	for (; n < w->row.n; n++)
		w->row.p[n] = (char)slice_lower((unsigned char)w->row.p[n]);
}

static void
write_flags(struct wait *w, struct slice flags)
{
	size_t begin = w->row.n;
	struct slice word;

	while (slice_word(&flags, &word)) {
		/* It is the session's, not the message's. */
		if (slice_caseeq(word, SLICE("\\Recent")))
			continue;
		if (w->row.n > begin)
			(void)buf_addc(&w->row, ' ');
		write_word(w, word);
	}
}

static void
tell(void *ctx, const struct watch *from, enum watch_event event, uint32_t uid,
    struct slice flags)
{
	struct wait *w = ctx;

	if (w->lookout.over)
		return;
	if (w->json)
		write_json(w, from, event, uid, flags);
	else {
		write_columns(w, from->name, events[event], uid);
		write_flags(w, flags);
	}
	(void)buf_addc(&w->row, '\n');
	output_put(&w->out, buf_slice(&w->row));
	buf_clear(&w->row);
	w->happened = 1;
	w->lookout.over = w->once || w->out.error != 0;
}

/* What has happened is there to be read before anybody waits. */
static void
flush(void *ctx)
{
	struct wait *w = ctx;
	struct fail f;

	if (output_flush(&w->out, &f) == -1)
		w->lookout.over = 1;
}

static void
lost(void *ctx, const struct fail *why)
{
	flush(ctx);
	(void)cli_report(why);
}

static unsigned
number(const char *text)
{
	uint64_t n;

	if (slice_uint(slice_str(text), 1, SECONDS_MOST, &n) == -1)
		cli_usage();
	return (unsigned)n;
}

static void
add_box(struct wait *w, const char *name)
{
	struct lookout *l = &w->lookout;
	struct watch *watch = &l->box[l->n++].watch;

	watch_start(watch, name);
	watch->all = w->all;
	watch->tell = tell;
	watch->ctx = w;
}

/* "first" is that of the server, or NULL. */
static void
add_boxes(struct wait *w, const char *first, size_t n, char *names[])
{
	struct fail f;
	size_t k, all = n + (first != NULL);

	if (all == 0)
		cli_usage();
	if (all > LOOKOUT_BOXES) {
		(void)fail_set(&f, EX_USAGE, "more than %d mailboxes",
		    LOOKOUT_BOXES);
		cli_exit(&f);
	}
	w->lookout.box = mem_alloc(all * sizeof(*w->lookout.box));
	if (first != NULL)
		add_box(w, first);
	for (k = 0; k < n; k++)
		add_box(w, names[k]);
}

static void
parse(struct wait *w, int argc, char *argv[])
{
	const char *first;
	int c;

	while ((c = getopt(argc, argv, "+" OPTIONS "1i:jnt:")) != -1)
		switch (c) {
		case '1':
			w->once = 1;
			break;
		case 'i':
			w->lookout.interval = number(optarg);
			break;
		case 'j':
			w->json = 1;
			break;
		case 'n':
			w->all = 1;
			break;
		case 't':
			w->lookout.seconds = number(optarg);
			break;
		default:
			if (options_take(&w->lookout.imap, c, optarg) != 1)
				cli_usage();
		}
	first = options_server(&w->lookout.imap, 1, argc, argv);
	add_boxes(w, first, (size_t)(argc - optind), argv + optind);
}

static void
end(struct wait *w)
{
	struct lookout *l = &w->lookout;

	while (l->n > 0)
		watch_free(&l->box[--l->n].watch);
	free(l->box);
	imap_end(&l->imap);
	buf_free(&w->row);
}

/* By the signal, which has had to wait till a shared session was given back. */
static void
end_as_told(struct wait *w)
{
	int number = interrupt_came();

	if (number == 0)
		return;
	flush(w);
	(void)raise(number);
}

int
main(int argc, char *argv[])
{
	struct wait w = { .row = BUF(ROW), .tty = isatty(STDOUT_FILENO),
		.lookout = { .interval = INTERVAL, .idle = flush,
		    .lost = lost },
		.out = output_to(STDOUT_FILENO, "standard output") };
	struct fail f = { 0 };
	int status = 0;

	cli_start("imap-wait", "[-1jnv] [-A mechanism] [-i seconds] "
	    "[-o key=value] [-P fd] [-p command] [-t seconds] "
	    "server | -a account mailbox ...");
	w.lookout.ctx = &w;
	options_start(&w.lookout.imap);
	parse(&w, argc, argv);
	options_output(&w.lookout.imap, &w.out);
	if (lookout(&w.lookout, &f) == -1)
		status = cli_report(&f);
	else if (!w.happened)
		status = 1;
	end(&w);
	end_as_told(&w);
	/* Who read it has enough. */
	if (w.out.error == EPIPE)
		return status;
	cli_finish(&w.out, status);
}
