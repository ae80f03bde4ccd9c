/* SPDX-License-Identifier: ISC */
/* putbox: the messages of an mbox into a mailbox; see putbox.h. */

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"
#include "mem.h"
#include "putbox.h"
#include "unmboxrd.h"

enum {
	BLOCK = 65536,
	SOON = 1000, /* milliseconds */
};

struct putbox {
	struct put *put;
	struct unmboxrd reader;
	struct putsource now; /* the message that is read; number 0: none yet */
	struct output text;   /* to now.kept */
	struct fail why;      /* it is not to be put, where its class is set */
};

static void
no_mboxrd(struct putbox *b)
{
	struct fail why = { 0 };

	(void)fail_set(&why, EX_DATAERR, "no mboxrd: it does not begin with a "
	    "line \"From \" and a date");
	put_failed(b->put, &b->now, &why);
}

/* The temporary file is no more needed by us. */
static void
leave_kept(struct putbox *b)
{
	output_free(&b->text);
	putkept_free(&b->now.kept);
}

static void
begin_message(struct putbox *b)
{
	struct putsource *s = &b->now;

	b->why = (struct fail){ 0 };
	s->number++;
	s->dated = b->reader.dated;
	s->date = b->reader.date;
	if (s->kept == NULL) {
		if ((s->kept = putkept_new(&b->why)) == NULL)
			return;
		b->text = output_to(s->kept->fd, "temporary file");
	}
	s->at = b->text.written;
}

static void
end_message(struct putbox *b)
{
	struct putsource *s = &b->now;

	if (s->number == 0)
		return;
	if (b->why.class == 0)
		(void)output_flush(&b->text, &b->why);
	s->size = b->text.written - s->at;
	if (b->why.class == 0)
		put_message(b->put, s);
	else
		put_failed(b->put, s, &b->why);
	/* What was written stays as long as a message that is under way needs
	 * it; a new file begins, so that it does not grow for ever. */
	if (b->text.error != 0 || b->text.written >= PUT_MOST_OCTETS)
		leave_kept(b);
}

/* A piece of the mbox: 0; -1: what follows is not to be read. */
static int
take(struct putbox *b, struct slice piece)
{
	struct slice text;

	while (!b->put->hopeless)
		switch (unmboxrd_next(&b->reader, &piece, &text)) {
		case UNMBOXRD_MORE:
			return 0;
		case UNMBOXRD_BEGIN:
			end_message(b);
			begin_message(b);
			break;
		case UNMBOXRD_TEXT:
			if (b->why.class == 0)
				output_put(&b->text, text);
			break;
		case UNMBOXRD_WRONG:
			if (!b->reader.begun) {
				no_mboxrd(b);
				return -1;
			}
			if (b->why.class == 0)
				(void)fail_set(&b->why, EX_DATAERR, "no "
				    "mboxrd: a line \"From \" that is not "
				    "quoted, and has no date");
			break;
		}
	return -1;
}

/* All of it: 0, or -1 as take. */
static int
read_all(struct putbox *b, int fd, char *block)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct fail why = { 0 };
	ssize_t n;

	for (;;) {
		/* Who writes may need long. */
		if (poll(&p, 1, SOON) == 0)
			put_settle(b->put);
		while ((n = read(fd, block, BLOCK)) == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (take(b, (struct slice){ block, (size_t)n }) == -1)
			return -1;
	}
	if (n == 0)
		return 0;
	(void)fail_errno(&why, errno == EISDIR ? EX_NOINPUT : EX_IOERR,
	    "read");
	put_failed(b->put, &b->now, &why);
	return -1;
}

static void
end_all(struct putbox *b)
{
	int whole = unmboxrd_end(&b->reader) == 0;

	if (!whole && b->now.number == 0)
		no_mboxrd(b);
	else if (!whole && b->why.class == 0)
		(void)fail_set(&b->why, EX_DATAERR, "cut off: no empty line is "
		    "behind it");
	end_message(b);
}

/* There is no use in reading more. */
static void
say_unread(struct putbox *b)
{
	struct fail why = { 0 };

	if (b->now.number == 0)
		(void)fail_set(&why, b->put->class, "not read");
	else
		(void)fail_set(&why, b->put->class, "not read any further than "
		    "message %" PRIu64, b->now.number);
	b->now.number = 0;
	put_failed(b->put, &b->now, &why);
}

void
putbox_put(struct put *p, const char *path)
{
	struct putbox b = { .put = p, .now.path = path };
	struct fail why = { 0 };
	int standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : input_fd(path, &why);
	char *block;

	if (fd == -1) {
		put_failed(p, &b.now, &why);
		return;
	}
	block = mem_alloc(BLOCK);
	if (read_all(&b, fd, block) == 0)
		end_all(&b);
	else if (p->hopeless)
		say_unread(&b);
	leave_kept(&b);
	free(block);
	if (!standard)
		(void)close(fd);
}
