/* SPDX-License-Identifier: ISC */
/* Unit test of mailboxuids: several that give UIDs at the same time. */

#include <sched.h>
#include <sys/wait.h>

#include "box.h"
#include "mailboxuids.h"

enum { SCANNERS = 4, MESSAGES = 200 };

static struct fail f;

struct box {
	struct mailboxlist l;
	struct mailboxuids u;
};

static void
open_box(struct box *b)
{
	*b = (struct box){ .l.dirs = { open(path_of("cur"), O_RDONLY),
	    open(path_of("new"), O_RDONLY) }, .u.dir = open(top, O_RDONLY),
	    .u.make = 1 };
}

static void
close_box(struct box *b)
{
	(void)close(b->l.dirs[0]);
	(void)close(b->l.dirs[1]);
	(void)close(b->u.dir);
	mailboxlist_free(&b->l);
	mailboxuids_free(&b->u);
}

static int
assign(struct box *b)
{
	if (mailboxuids_read(&b->u, &f) == -1 ||
	    mailboxlist_look(&b->l, 1, &f) == -1)
		return -1;
	return mailboxuids_assign(&b->u, &b->l, 0, &f);
}

/* Delivers, and moves what it delivered before. */
static void
deliver(void)
{
	char name[60], to[60];
	int i;

	for (i = 0; i < MESSAGES; i++) {
		(void)snprintf(name, sizeof(name), "tmp/%d.x", i);
		(void)snprintf(to, sizeof(to), "new/%d.x", i);
		file(name, "");
		move(name, to);
		if (i < 10)
			continue;
		(void)snprintf(name, sizeof(name), "new/%d.x", i - 10);
		(void)snprintf(to, sizeof(to), "cur/%d.x:2,S", i - 10);
		move(name, to);
		(void)sched_yield();
	}
}

/* Looks again and again: a message never has another UID than before. */
static void
look(void)
{
	uint32_t uids[MESSAGES] = { 0 };
	size_t i, known = 0;

	while (known < MESSAGES) {
		struct box b;

		open_box(&b);
		if (assign(&b) == -1) {
			printf("# %s\n", f.text);
			_exit(1);
		}
		for (i = 0; i < b.l.n; i++) {
			struct mailbox_message *s = &b.l.entries[i].shown;
			long n = strtol(s->name, NULL, 10);

			if (s->uid == 0 || (uids[n] != 0 && uids[n] != s->uid))
				_exit(2);
			known += uids[n] == 0;
			uids[n] = s->uid;
		}
		close_box(&b);
	}
	_exit(0);
}

static void
together(void)
{
	struct box b;
	size_t i;
	int status;

	box_start();
	for (i = 0; i < SCANNERS; i++)
		if (fork() == 0)
			look();
	deliver();
	while (wait(&status) != -1)
		CHECK_INT(status, 0);
	open_box(&b);
	CHECK_INT(assign(&b), 0);
	mailboxlist_sort(&b.l, 0);
	CHECK_INT(b.l.n, MESSAGES);
	CHECK_INT(b.u.list.n, MESSAGES);
	CHECK_INT(b.u.list.damaged, 0);
	for (i = 0; i < b.l.n; i++)
		CHECK_INT(b.l.entries[i].shown.uid, i + 1);
	close_box(&b);
}

/* Of two lines with one base the later one counts. */
static void
twice(void)
{
	struct box b;

	box_start();
	file("dovecot-uidlist", "3 V7 N9 G3085f01b7f11094c501100008c4a11c1\n"
	    "3 :a\n5 :b\n6 :a\n");
	file("cur/a:2,S", "");
	file("cur/b:2,S", "");
	open_box(&b);
	CHECK_INT(assign(&b), 0);
	mailboxlist_sort(&b.l, 0);
	CHECK_STR(b.l.entries[0].shown.name, "b:2,S");
	CHECK_STR(b.l.entries[1].shown.name, "a:2,S");
	CHECK_INT(b.l.entries[1].shown.uid, 6);
	close_box(&b);
}

/* What only seems to be gone, as the Maildir does not keep still, stays. */
static void
hidden(void)
{
	struct box b;

	box_start();
	file("dovecot-uidlist", "3 V7 N9 G3085f01b7f11094c501100008c4a11c1\n"
	    "3 :a\n5 :gone\n");
	file("new/a", "");
	file("new/b", "");
	box_age();
	open_box(&b);
	CHECK_INT(mailboxuids_read(&b.u, &f), 0);
	CHECK_INT(mailboxlist_look(&b.l, 1, &f), 0);
	b.l.quiet = 0;
	file("new/c", "");
	box_freshen();
	CHECK_INT(mailboxuids_assign(&b.u, &b.l, 0, &f), 0);
	CHECK_STR(content("dovecot-uidlist"), "3 V7 N9 "
	    "G3085f01b7f11094c501100008c4a11c1\n3 :a\n5 :gone\n"
	    "9 :b\n10 :c\n");
	close_box(&b);
	/* Later it is known to be gone, and a third of the list. */
	file("new/d", "");
	gone("new/c");
	box_age();
	open_box(&b);
	CHECK_INT(assign(&b), 0);
	CHECK_STR(content("dovecot-uidlist"), "3 V7 N12 "
	    "G3085f01b7f11094c501100008c4a11c1\n3 :a\n9 :b\n11 :d\n");
	close_box(&b);
}

int
main(void)
{
	if (mkdtemp(top) == NULL)
		return 1;
	RUN(together);
	RUN(twice);
	RUN(hidden);
	box_end();
	return unit_done();
}
