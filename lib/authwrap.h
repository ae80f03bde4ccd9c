/* SPDX-License-Identifier: ISC */
/*
 * authwrap: the caller's side of the checkpassword interface
 * (http://cr.yp.to/checkpwd/interface.html): a program, mail-checkpw(8) or any
 * other, that reads name, password and time stamp from descriptor 3 and, where
 * the password is right, becomes the user and the program behind its own
 * arguments.
 *
 *	argv	mail-checkpw -f CONF PROGRAM ARG ...
 *
 * For a password alone PROGRAM is "true"; for a session it is the part that
 * opens the Maildir, with its own descriptors.
 */
#ifndef AUTHWRAP_H
#define AUTHWRAP_H

#include <sys/types.h>

#include "fail.h"
#include "slice.h"

struct authwrap {
	char *const *argv;	/* with a NULL behind it */
	struct slice user;
	struct slice password;	/* or the response to a challenge */
	struct slice challenge; /* of APOP, CRAM-MD5; empty: a time stamp */
	int in, out;		/* descriptors 0 and 1 of the program; -1:
				   /dev/null */
	size_t most;		/* bytes that it may be told; 0:
				   LIMIT_CHECKPASSWORD, which all programs
				   take */
};

enum {
	AUTHWRAP_FAILED = -1,
	AUTHWRAP_REFUSED = 0,
	AUTHWRAP_ACCEPTED = 1,
};

/*
 * Starts the program, in a process group of its own, and hands it the secrets;
 * "in" and "out" stay the caller's here.  The process, or -1: EX_NOPERM where
 * there is a NUL in what it is to be told, or more than "most" bytes: nobody
 * has such a password; EX_CONFIG and EX_TEMPFAIL of child_start.
 */
pid_t authwrap_start(const struct authwrap *w, struct fail *f);

/*
 * Waits for its end, for so long: then it is killed, and its group.  A program
 * that runs as long as a session (it was accepted as soon as it says something
 * on "out") has to be given that time.  AUTHWRAP_ACCEPTED: it ended with
 * status 0.  AUTHWRAP_REFUSED: 1, a wrong password.  AUTHWRAP_FAILED:
 * EX_TEMPFAIL, it cannot tell now (111), was killed, took too long, or ended
 * with another status, of which 2 means that we misused it.
 */
int authwrap_wait(pid_t pid, unsigned milliseconds, struct fail *f);

#endif
