/* SPDX-License-Identifier: ISC */
/* json: a writer of JSON text; see json.h. */

#include <inttypes.h>

#include "json.h"
#include "utf8.h"

static void
put(struct json *j, struct slice s)
{
	if (buf_add(j->out, s) == -1)
		j->failed = 1;
}

/* A comma where another value stands before this one. */
static void
begin_value(struct json *j)
{
	if (j->comma)
		put(j, SLICE(","));
	j->comma = 1;
}

void
json_open(struct json *j, int bracket)
{
	begin_value(j);
	if (buf_addc(j->out, bracket) == -1)
		j->failed = 1;
	j->comma = 0;
}

void
json_close(struct json *j, int bracket)
{
	if (buf_addc(j->out, bracket) == -1)
		j->failed = 1;
	j->comma = 1;
}

void
json_key(struct json *j, const char *key)
{
	begin_value(j);
	if (buf_addf(j->out, "\"%s\":", key) == -1)
		j->failed = 1;
	j->comma = 0;
}

/* Past U+FFFF a character is a pair of surrogates (RFC 8259, 7). */
static int
put_escape(struct json *j, int32_t c)
{
	unsigned u = (unsigned)c;

	if (u < 0x10000)
		return buf_addf(j->out, "\\u%04x", u);
	u -= 0x10000;
	return buf_addf(j->out, "\\u%04x\\u%04x", 0xd800 + (u >> 10),
	    0xdc00 + (u & 0x3ff));
}

static void
put_char(struct json *j, int32_t c, struct slice bytes, unsigned *run)
{
	int unfit = utf8_unfit(c, run);

	if (c < 0) {
		put(j, SLICE("\\ufffd"));
	} else if (c == '"' || c == '\\') {
		put(j, SLICE("\\"));
		put(j, bytes);
	} else if (unfit) {
		if (put_escape(j, c) == -1)
			j->failed = 1;
	} else {
		put(j, bytes);
	}
}

void
json_string(struct json *j, struct slice s)
{
	unsigned run = 0;

	begin_value(j);
	put(j, SLICE("\""));
	while (s.n > 0) {
		struct slice rest = s;
		int32_t c = utf8_next(&rest);

		put_char(j, c, slice_sub(s, 0, s.n - rest.n), &run);
		s = rest;
	}
	put(j, SLICE("\""));
}

void
json_name(struct json *j, struct slice key)
{
	json_string(j, key);
	put(j, SLICE(":"));
	j->comma = 0;
}

void
json_uint(struct json *j, uint64_t n)
{
	begin_value(j);
	if (buf_addf(j->out, "%" PRIu64, n) == -1)
		j->failed = 1;
}

void
json_bool(struct json *j, int yes)
{
	begin_value(j);
	put(j, yes ? SLICE("true") : SLICE("false"));
}

void
json_null(struct json *j)
{
	begin_value(j);
	put(j, SLICE("null"));
}

void
json_string_or_null(struct json *j, const char *key, struct slice value)
{
	json_key(j, key);
	if (value.n == 0)
		json_null(j);
	else
		json_string(j, value);
}

void
json_uint_or_null(struct json *j, const char *key, int known, uint64_t n)
{
	json_key(j, key);
	if (known)
		json_uint(j, n);
	else
		json_null(j);
}
