/* SPDX-License-Identifier: ISC */
/* putbox: the messages of an mbox into a mailbox, one by one as they come. */
#ifndef PUTBOX_H
#define PUTBOX_H

#include "put.h"

/*
 * Puts each message of the mbox "path" ("-" is standard input), which is of the
 * form mboxrd (unmboxrd.h), with the date of its line "From ".  Where nothing
 * comes for a second, what came so far is put at once.  What fails is reported:
 * as put_message, and EX_NOINPUT, EX_IOERR, EX_DATAERR (no mboxrd, or it was
 * cut off: a message that is not whole is not put), EX_TEMPFAIL, EX_CANTCREAT
 * (of temporary files).
 */
void putbox_put(struct put *p, const char *path);

#endif
