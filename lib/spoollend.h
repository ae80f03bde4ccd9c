/* SPDX-License-Identifier: ISC */
/*
 * spoollend: blanks (spool.h) for another process, which may neither open files
 * nor write to the spool, and so needs to ask nobody for each of its messages.
 *
 * That process gets descriptors, and with them the locks.  What it can do with
 * them is to write messages, which is what it is there for; the files have
 * their names, and no others, and who reads a queue trusts no file of it.
 */
#ifndef SPOOLLEND_H
#define SPOOLLEND_H

#include <sys/types.h>

#include "spool.h"

struct spoollend { /* what is lent; zeroed: nothing */
	size_t n;
	char ids[SPOOL_BLANKS][SPOOL_ID];
	int fds[SPOOL_BLANKS]; /* until spoollend_give */
};

/*
 * Takes blanks of "s", up to "most", for a process of the user "to", which has
 * none left of those that were lent before: how many.  It is 0 where the lock
 * of one could be lost, on a file system of several hosts, and where that
 * process could not show who waits that there is mail, as the files are not its
 * user's.
 */
size_t spoollend_take(struct spoollend *l, struct spool *s, uid_t to,
    size_t most);

/* Gives what was taken, one at least, to the process at the other end of
 * "socket", and closes it here: 0, or -1 where that is gone. */
int spoollend_give(struct spoollend *l, int socket);

/* In that process: adds "n" that are given there, 1 to SPOOL_BLANKS, to "s", as
 * spool_borrow.  0; -1 where the other end is gone, or gave something else. */
int spoollend_receive(struct spool *s, const char *path, size_t n, int socket);

/* Removes the one with that id, which is lent, and the borrower has begun a
 * message in and given it up. */
void spoollend_drop(const struct spoollend *l, const struct spool *s,
    const char *id);

/* Removes those that nothing came to: the borrower has ended. */
void spoollend_end(struct spoollend *l, const struct spool *s);

#endif
