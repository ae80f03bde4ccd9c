/* SPDX-License-Identifier: ISC */
/* hdredit: fields of a header set and removed; all else keeps its bytes. */
#ifndef HDREDIT_H
#define HDREDIT_H

#include "buf.h"
#include "fail.h"

/* One change. */
struct hdredit {
	char *name;
	struct buf field; /* its lines with LF ends; empty where the field is
			     only removed */
};

/*
 * hdredit_set reads "Name: value", hdredit_remove a name; free "e" in any
 * case.  The value is UTF-8: names of addresses become encoded-words in fields
 * of addresses, and words elsewhere, where it is not ASCII.  0, or -1 with
 * EX_DATAERR: no such name can be; the value is not UTF-8, holds CR, LF or
 * NUL, also where an encoded-word hides them, is too long, or is not ASCII
 * where only ASCII can be; an element of it that is not ASCII is no address.
 */
int hdredit_set(struct hdredit *e, const char *text, struct fail *f);
int hdredit_remove(struct hdredit *e, const char *name, struct fail *f);

/*
 * Adds to "out" the fields "fields" (whole lines without the empty one; the
 * last may lack its end) with the change made: what is set stands in place of
 * the first of its name, or behind all others, and the others of its name are
 * gone.  "eol" ends the lines that are new.  0, or -1 with EX_DATAERR where
 * the maximum is passed.
 */
int hdredit_apply(const struct hdredit *e, struct slice fields,
    struct slice eol, struct buf *out, struct fail *f);

void hdredit_free(struct hdredit *e);

#endif
