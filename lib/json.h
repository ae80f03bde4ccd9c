/* SPDX-License-Identifier: ISC */
/*
 * json: a writer of JSON text (RFC 8259) into a buf, one value after the
 * other; commas and colons are its own affair.
 *
 *	struct json j = { .out = &line };
 *
 *	json_open(&j, '{');
 *	json_key(&j, "path");
 *	json_string(&j, path);
 *	json_close(&j, '}');
 *
 * Errors stick: when the maximum of the buf is passed, "failed" is set and
 * the text is not to be used.
 */
#ifndef JSON_H
#define JSON_H

#include <stdint.h>

#include "buf.h"

struct json {
	struct buf *out;
	int comma;  /* a value stands before the next one */
	int failed; /* the maximum of "out" was passed */
};

/* '{' or '[', and '}' or ']'. */
void json_open(struct json *j, int bracket);
void json_close(struct json *j, int bracket);

/* The key of the next value, an ASCII string of our own. */
void json_key(struct json *j, const char *key);

/* The same for a key that is foreign, as json_string takes it. */
void json_name(struct json *j, struct slice key);

/* A string: "s" is UTF-8; bytes that are not become U+FFFD, and what
 * utf8_unfit() names is written as \uNNNN. */
void json_string(struct json *j, struct slice s);
void json_uint(struct json *j, uint64_t n);
void json_bool(struct json *j, int yes);
void json_null(struct json *j);

/* The key and its value, which is null where the string is empty, or the
 * number is not known. */
void json_string_or_null(struct json *j, const char *key, struct slice value);
void json_uint_or_null(struct json *j, const char *key, int known, uint64_t n);

#endif
