/* SPDX-License-Identifier: ISC */
/* Tests of json: the writer. */

#include "json.h"
#include "unit.h"

static void
structure(void)
{
	struct buf b = BUF(1000);
	struct json j = { .out = &b };

	json_open(&j, '{');
	json_key(&j, "a");
	json_uint(&j, UINT64_MAX);
	json_key(&j, "b");
	json_open(&j, '[');
	json_bool(&j, 1);
	json_bool(&j, 0);
	json_null(&j);
	json_open(&j, '{');
	json_close(&j, '}');
	json_string(&j, SLICE(""));
	json_close(&j, ']');
	json_key(&j, "c");
	json_open(&j, '[');
	json_close(&j, ']');
	json_name(&j, SLICE("\"\n"));
	json_uint(&j, 0);
	json_close(&j, '}');
	CHECK_INT(j.failed, 0);
	CHECK_STR(buf_str(&b), "{\"a\":18446744073709551615,"
			       "\"b\":[true,false,null,{},\"\"],\"c\":[],"
			       "\"\\\"\\u000a\":0}");
	buf_free(&b);
}

static void
strings(void)
{
	static const struct {
		struct slice in;
		const char *want;
	} cases[] = {
		{ SLICE("plain/text"), "\"plain/text\"" },
		{ SLICE("\"\\"), "\"\\\"\\\\\"" },
		{ SLICE("a\0b\n\t\x1b\x7f"),
		    "\"a\\u0000b\\u000a\\u0009\\u001b\\u007f\"" },
		{ SLICE("\xc3\xbc \xe4\xbd\xa0 \xf0\x9f\x93\xa7"),
		    "\"\xc3\xbc \xe4\xbd\xa0 \xf0\x9f\x93\xa7\"" },
		{ SLICE("\xe2\x80\xae"), "\"\\u202e\"" },
		{ SLICE("\xf3\xa0\x80\x81"), "\"\\udb40\\udc01\"" },
		{ SLICE("\xff" "a\xc3"), "\"\\ufffda\\ufffd\"" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF(1000);
		struct json j = { .out = &b };

		json_string(&j, cases[i].in);
		CHECK_STR(buf_str(&b), cases[i].want);
		buf_free(&b);
	}
}

/* Whatever does not fit is noticed, at every size. */
static void
full(void)
{
	static const char whole[] = "{\"a\":\"\\u0001b\\\"\",\"c\":1}";

	for (size_t max = 0; max < 30; max++) {
		struct buf b = BUF(max);
		struct json j = { .out = &b };

		json_open(&j, '{');
		json_key(&j, "a");
		json_string(&j, SLICE("\x01" "b\""));
		json_key(&j, "c");
		json_uint(&j, 1);
		json_close(&j, '}');
		CHECK_INT(j.failed, max < strlen(whole));
		if (!j.failed)
			CHECK_STR(buf_str(&b), whole);
		buf_free(&b);
	}
}

static void
or_null(void)
{
	struct buf b = BUF(100);
	struct json j = { .out = &b };

	json_open(&j, '{');
	json_string_or_null(&j, "a", SLICE(""));
	json_string_or_null(&j, "b", SLICE("\""));
	json_uint_or_null(&j, "c", 0, 5);
	json_uint_or_null(&j, "d", 1, 0);
	json_close(&j, '}');
	CHECK_STR(buf_str(&b),
	    "{\"a\":null,\"b\":\"\\\"\",\"c\":null,\"d\":0}");
	buf_free(&b);
}

int
main(void)
{
	RUN(structure);
	RUN(strings);
	RUN(full);
	RUN(or_null);
	return unit_done();
}
