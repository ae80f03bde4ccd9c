/* SPDX-License-Identifier: ISC */
/* trace: what is put on top of a message at final delivery (RFC 5321, 4.4;
 * RFC 9228). */
#ifndef TRACE_H
#define TRACE_H

#include "buf.h"
#include "session.h"

/* Adds Return-Path, Received and, for a single recipient, Delivered-To, with
 * LF line ends, for the message "id" of the present transaction. */
void trace_fields(const struct session *s, const char *id, struct buf *out);

#endif
