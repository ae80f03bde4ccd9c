/* SPDX-License-Identifier: ISC */
/*
 * type: the media type of a file (RFC 2045, 5.1; RFC 6838), from the
 * extension of its name or from its first bytes.
 */
#ifndef TYPE_H
#define TYPE_H

#include "buf.h"
#include "fail.h"

/* What was read so far; TYPE_TABLES is the start, type_free the end. */
struct type_tables {
	struct buf extensions; /* the text of mime.types */
	int have_extensions;
	struct magic_set *magic; /* NULL until it is needed */
	int no_magic;		 /* its database cannot be loaded */
};

#define TYPE_TABLES ((struct type_tables){ .have_extensions = 0 })

enum {
	TYPE_SNIFF = 65536, /* bytes that type_of_content looks at */
};

/*
 * 1 if "value" is a type, a slash and a subtype, each a token, with or
 * without parameters behind them, and all of it printable ASCII; else 0.
 */
int type_ok(struct slice value);

/* 1 if the type that "value" begins with is "type", which may end in a slash
 * and then stands for all its subtypes; letters in any case. */
int type_is(struct slice value, const char *type);

/*
 * The type that mime.types gives for the last extension of "name".  The file
 * is $MIME_TYPES, else /etc/mime.types; it need not be there in the second
 * case.  1 with *type, which borrows from "t"; 0 where nothing is known of
 * the extension; -1: EX_CONFIG, $MIME_TYPES cannot be read or is longer than
 * LIMIT_CONF.
 */
int type_of_name(struct type_tables *t, struct slice name, struct slice *type,
    struct fail *f);

/*
 * The type of a file that begins with "head" as libmagic sees it, or
 * application/octet-stream where it sees nothing or cannot be asked.  The
 * result is valid until the next call.
 */
struct slice type_of_content(struct type_tables *t, struct slice head);

void type_free(struct type_tables *t);

#endif
