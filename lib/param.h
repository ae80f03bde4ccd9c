/* SPDX-License-Identifier: ISC */
/*
 * param: structured fields with parameters: Content-Type and
 * Content-Disposition (RFC 2045, 5.1; RFC 2183; RFC 2231).
 */
#ifndef PARAM_H
#define PARAM_H

#include "buf.h"
#include "limits.h"

/*
 * The value in front of the parameters, without comments and spaces:
 * "text/plain", "attachment".  It borrows from "field", the raw value of the
 * field; where comments or folds stand inside it, it ends before them.  Empty
 * where there is none.
 */
struct slice param_value(struct slice field);

/*
 * Adds the value of the parameter "name" to "out", as UTF-8, and returns 1;
 * 0 where it is absent, and -1 where the maximum of "out" is passed.  All
 * forms are read: token, quoted-string, RFC 2231 with charset and
 * continuations (in any order; the first of duplicates counts; segments after
 * a gap do not), RFC 2047 words where they do not belong (many senders), raw
 * 8-bit.  Where a parameter stands in several forms, "name*" is preferred to
 * "name*0" and that to "name" (RFC 6266, 4.3, and what mail programs write).
 * A token runs to the next ";" where more than a comment follows it, as many
 * senders put file names with spaces.  At most LIMIT_PARAMS parameters are
 * looked at.  What was encoded may be any character: CR, LF and NUL too.
 */
int param_get(struct slice field, const char *name, struct buf *out);

/* The same without a look at charsets and encoded-words: the bytes as they
 * stand, quotes, backslashes and the %XX of RFC 2231 taken off.  For what is
 * compared with other bytes of the message, as a boundary is. */
int param_bytes(struct slice field, const char *name, struct buf *out);

/* How many parameters named "name" in its plain form there are: more than one
 * is ambiguous (RFC 7103). */
size_t param_count(struct slice field, const char *name);

/* 1 if "field" has more than LIMIT_PARAMS parameters, so that some of them are
 * not looked at. */
int param_too_many(struct slice field);

/*
 * Sets "names" to what the parameters of "field" are called, in their order,
 * each once whatever the case of its letters, and without the "*" of RFC 2231;
 * returns how many.  They borrow from "field".  Names that are no tokens are
 * left out; param_get may find nothing under one whose "*" is not well-formed.
 */
size_t param_names(struct slice field, struct slice names[LIMIT_PARAMS]);

/* 1 if "s" is a token (RFC 2045, 5.1), else 0. */
int param_is_token(struct slice s);

/*
 * Adds "; name=value" to "out" for "value" in UTF-8: as a token or a
 * quoted-string where it is short ASCII; else RFC 2231 segments, each within
 * one line of 76, split between characters, followed by "; name=" and an
 * ASCII rendition for old programs where "fallback" is set ("_" for every
 * other character, cut to one line with its suffix kept).  Every parameter
 * stands on a line of its own, LF and TAB before it; what follows the last one
 * is the caller's.  0, or -1 where the maximum is passed.
 */
int param_write(struct buf *out, const char *name, struct slice value,
    int fallback);

#endif
