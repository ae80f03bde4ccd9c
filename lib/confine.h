/* SPDX-License-Identifier: ISC */
/* confine: what is left to a server's process that talks to the network, once
 * other processes have what it must not have (sandbox.h). */
#ifndef CONFINE_H
#define CONFINE_H

#include "fail.h"

/* As sandbox_closed and sandbox_libraries, but that a session goes on where
 * somebody forbids the filter, with a line in the log.  0, or -1 with
 * EX_TEMPFAIL. */
int confine_closed(struct fail *f);
int confine_libraries(struct fail *f);

#endif
