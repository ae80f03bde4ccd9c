/* SPDX-License-Identifier: ISC */
/* putletter: a message that is to be sent; see putletter.h. */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/message.h"
#include "cli.h"
#include "crlf.h"
#include "fromline.h"
#include "limits.h"
#include "maildirname.h"
#include "mem.h"
#include "putletter.h"
#include "text.h"

enum {
	HELD = 1048576,	/* octets that are kept, and so cannot change */
	MOST = 1024,	/* of the words of flags */
	FROM = 4096,	/* octets of lines "From "; longer ones are none */
};

/* Counts what a piece is on the wire, and keeps it while it is little. */
struct counting {
	struct putletter *l;
	struct crlf crlf;
};

static int
count(void *ctx, struct slice piece, struct fail *f)
{
	struct counting *c = ctx;
	struct putletter *l = c->l;

	(void)f;
	buf_clear(&l->wire);
	(void)crlf_add(&c->crlf, piece, &l->wire);
	l->octets += l->wire.n;
	l->nul |= slice_find(piece, '\0') < piece.n;
	if (l->held && buf_add(&l->text, buf_slice(&l->wire)) == -1)
		l->held = 0;
	return 0;
}

/* The keywords of the Maildir that "path", which ends in "part/NAME", is in. */
static void
read_keywords(struct putletter *l, const char *path, const char *part)
{
	struct slice at = { path, (size_t)(part - path) };
	struct fail f = { 0 };
	int dir;

	if (l->maildir != NULL && slice_eq(slice_str(l->maildir), at))
		return;
	free(l->maildir);
	l->maildir = mem_str(at);
	keywords_free(&l->keywords);
	dir = open(at.n > 0 ? l->maildir : ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1)
		return;
	if (keywords_read(&l->keywords, dir, &f) == -1)
		cli_warn("%s", f.text);
	(void)close(dir);
}

/* What stands in the name of a file in a Maildir. */
static void
add_names(struct putletter *l, const char *path)
{
	static const struct {
		uint32_t flag;
		const char *word;
	} flags[] = {
		{ MAILDIRNAME_DRAFT, "\\Draft" },
		{ MAILDIRNAME_FLAGGED, "\\Flagged" },
		{ MAILDIRNAME_PASSED, "$Forwarded" },
		{ MAILDIRNAME_REPLIED, "\\Answered" },
		{ MAILDIRNAME_SEEN, "\\Seen" },
		{ MAILDIRNAME_TRASHED, "\\Deleted" },
	};
	const char *name = strrchr(path, '/'), *part = name;
	uint32_t set;
	size_t i;

	set = maildirname_flags(slice_str(name != NULL ? name + 1 : path));
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (set & flags[i].flag)
			(void)buf_add_word(&l->flags, slice_str(flags[i].word));
	if ((set & ((UINT32_C(1) << KEYWORDS) - 1)) == 0 || name == NULL)
		return;
	while (part > path && part[-1] != '/')
		part--;
	read_keywords(l, path, part);
	for (i = 0; i < KEYWORDS; i++)
		if ((set & UINT32_C(1) << i) && l->keywords.name[i].n > 0 &&
		    token_is_atom(l->keywords.name[i]))
			(void)buf_add_word(&l->flags, l->keywords.name[i]);
}

static void
set_facts(struct putletter *l, const struct putsource *s,
    const struct putletter_facts *facts)
{
	const char *path = l->path;
	struct stat st;

	l->flags.n = 0;
	l->flags.max = MOST + KEYWORDS * (KEYWORDS_NAME + 1) + 100;
	(void)buf_add(&l->flags, buf_slice(&facts->flags));
	l->dated = facts->dated;
	l->date = facts->date;
	l->zone = facts->zone;
	if (s->number > 0 && s->dated && !facts->dated) {
		l->dated = 1;
		l->date = s->date;
	}
	if (!facts->from_names || s->number > 0 || strcmp(path, "-") == 0)
		return;
	add_names(l, path);
	if (!facts->dated && l->in.fd != -1 && fstat(l->in.fd, &st) == 0) {
		l->dated = 1;
		l->date = st.st_mtime;
		l->zone = 0;
	}
}

/* Lines "From " behind an empty line. */
struct froms {
	unsigned newlines, matched;
	int found;
};

static int
find_from(void *ctx, struct slice piece, struct fail *f)
{
	struct froms *s = ctx;
	size_t i;

	(void)f;
	for (i = 0; i < piece.n; i++)
		if (piece.p[i] == '\n') {
			s->newlines++;
			s->matched = 0;
		} else if (s->newlines > 1 &&
		    piece.p[i] == "From "[s->matched]) {
			s->found |= ++s->matched == 5;
			s->newlines = s->matched == 5 ? 0 : s->newlines;
		} else if (piece.p[i] != '\r') {
			s->newlines = 0;
		}
	return 0;
}

/* The line "From " of an mbox is no part of the message.  Where there are
 * several messages, as they would be one here, it is refused. */
static int
take_from_off(struct input *in, struct fail *f)
{
	static char start[FROM];
	struct froms froms = { 0 };
	struct slice text;
	size_t n;

	if (input_read(in, 0, start, sizeof(start), &n, f) == -1)
		return -1;
	text = (struct slice){ start, n };
	if (slice_starts(text, SLICE("From ")) &&
	    input_each(in, find_from, &froms, f) == -1)
		return -1;
	if (froms.found)
		return fail_set(f, EX_DATAERR,
		    "%s: an mbox of several messages, which -r puts one by "
		    "one", TEXT_SHOW(slice_str(in->name)));
	if ((n = fromline_length(text)) < sizeof(start))
		input_replace_head(in, n, SLICE(""));
	return 0;
}

static int
open_file(struct putletter *l, const char *path, struct fail *f)
{
	l->path = strcmp(path, "-") == 0 ? mem_str(slice_str(path)) :
	    message_path(path);
	if (input_open(&l->in, l->path, INT64_MAX, f) == -1)
		return -1;
	return take_from_off(&l->in, f);
}

static int
open_kept(struct putletter *l, const struct putsource *s, struct fail *f)
{
	l->path = putsource_name(s);
	l->in = (struct input){ .start = s->at, .size = s->size,
		.name = l->path };
	l->in.fd = fcntl(s->kept->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return l->in.fd != -1 ? 0 : fail_errno(f, EX_TEMPFAIL,
	    "%s: temporary file", TEXT_SHOW(slice_str(l->path)));
}

int
putletter_open(struct putletter *l, const struct putsource *s,
    const struct putletter_facts *facts, struct fail *f)
{
	struct counting c = { .l = l };
	int rc = s->number > 0 ? open_kept(l, s, f) : open_file(l, s->path, f);

	l->octets = 0;
	l->nul = 0;
	l->held = 1;
	l->text.max = HELD;
	l->wire.max = 2 * INPUT_BLOCK;
	buf_clear(&l->text);
	if (rc == 0)
		rc = input_each(&l->in, count, &c, f);
	if (rc == 0)
		set_facts(l, s, facts);
	if (rc == -1)
		putletter_close(l);
	return rc;
}

void
putletter_add_facts(const struct putletter *l, struct imap *i)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t there = l->date + l->zone * 60;
	int zone = l->zone < 0 ? -l->zone : l->zone;
	struct tm tm;

	if (l->flags.n > 0)
		imap_add(i, " (%.*s)", (int)l->flags.n, l->flags.p);
	if (!l->dated || gmtime_r(&there, &tm) == NULL || tm.tm_year < -900 ||
	    tm.tm_year > 8099)
		return;
	imap_add(i, " \"%2d-%.3s-%04d %02d:%02d:%02d %c%02d%02d\"",
	    tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, l->zone < 0 ? '-' : '+', zone / 60,
	    zone % 60);
}

/* A piece of a message that is read for the second time. */
struct sending {
	struct putletter *l;
	struct crlf crlf;
};

static int
changed(const struct putletter *l, struct fail *f)
{
	return fail_set(f, EX_TEMPFAIL, "%s: changed while it was sent",
	    TEXT_SHOW(slice_str(l->in.name)));
}

static int
send_piece(void *ctx, struct slice piece, struct fail *f)
{
	struct sending *s = ctx;
	struct putletter *l = s->l;

	buf_clear(&l->wire);
	(void)crlf_add(&s->crlf, piece, &l->wire);
	if (l->wire.n > l->left)
		return changed(l, f);
	l->left -= l->wire.n;
	return imap_add_octets(l->imap, buf_slice(&l->wire), f);
}

int
putletter_send(struct putletter *l, struct imap *i, struct fail *f)
{
	struct sending s = { .l = l };

	if (l->held)
		return imap_add_octets(i, buf_slice(&l->text), f);
	l->imap = i;
	l->left = l->octets;
	if (input_each(&l->in, send_piece, &s, f) == -1)
		return -1;
	return l->left == 0 ? 0 : changed(l, f);
}

void
putletter_close(struct putletter *l)
{
	input_close(&l->in);
	free(l->path);
	l->path = NULL;
}

void
putletter_free(struct putletter *l)
{
	buf_free(&l->text);
	buf_free(&l->flags);
	buf_free(&l->wire);
	keywords_free(&l->keywords);
	free(l->maildir);
}
