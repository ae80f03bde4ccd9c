/* SPDX-License-Identifier: ISC */
/* fromline: the line "From " with which an mbox begins each message, and which
 * is no part of it. */
#ifndef FROMLINE_H
#define FROMLINE_H

#include "slice.h"

/*
 * How many bytes at the start of the message "text" are such lines, with their
 * ends; the last one may have none.  Several may stand there, and ">From " like
 * them: formail(1) and others write one line more each time that the message
 * goes through an mbox.
 */
size_t fromline_length(struct slice text);

#endif
