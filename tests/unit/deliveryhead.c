/* SPDX-License-Identifier: ISC */
/* Unit test of deliveryhead: what is left of a header, and what it tells. */

#include "../../cmd/queue/deliveryhead.h"
#include "limits.h"
#include "unit.h"

static int
add(void *ctx, struct slice piece, struct fail *f)
{
	(void)f;
	return buf_add(ctx, piece);
}

/* "in" behind "F\n", as it is given away; what it tells is in *h. */
static const char *
given(struct slice in, struct deliveryhead *h)
{
	static char out[400];
	/* Exactly its size: a byte behind it is an error under ASan. */
	struct input input = { .fd = -1, .size = in.n,
		.held = malloc(in.n > 0 ? in.n : 1) };
	struct buf b = BUF(sizeof(out) - 1);
	struct fail f = { 0 };

	if (input.held == NULL)
		abort();
	memcpy(input.held, in.p, in.n);
	CHECK_INT(deliveryhead_read(h, &input, "a@b", &f), 0);
	CHECK_INT(deliveryhead_each(h, SLICE("F\n"), add, &b, &f), 0);
	(void)snprintf(out, sizeof(out), "%s", buf_str(&b));
	deliveryhead_free(h);
	free(input.held);
	buf_free(&b);
	return out;
}

static const struct {
	const char *name, *in, *want, *sender;
	int looped, hops;
} cases[] = {
	{ "plain", "S: x\n\nbody\n", "F\nS: x\n\nbody\n", NULL, 0, 0 },
	{ "return-paths", "Return-Path: <x@y>\nS: x\nreturn-path : <z@y>\n\n",
	    "F\nS: x\n\n", "x@y", 0, 0 },
	{ "folded", "Return-Path:\n <x@y>\n \nS: x\n f\n\n",
	    "F\nS: x\n f\n\n", "x@y", 0, 0 },
	{ "none", "Return-Path: <>\n\n", "F\n\n", "", 0, 0 },
	{ "bad", "Return-Path: x\nReturn-Path: <x@y>\n\n", "F\n\n", "x@y",
	    0, 0 },
	{ "from", "From x y\nS: x\n\nFrom z\n", "F\nS: x\n\nFrom z\n", NULL,
	    0, 0 },
	{ "from twice", "From x y\n>From z\nS: x\n\n", "F\nS: x\n\n", NULL,
	    0, 0 },
	{ "from alone", "From x y", "F\n", NULL, 0, 0 },
	{ "above", "Delivered-To: A@b\nDelivered-To: c@b\nReceived: x\n\n",
	    "F\nDelivered-To: c@b\nReceived: x\n\n", NULL, 0, 1 },
	{ "below", "Received: x\nDelivered-To: a@b\n\n",
	    "F\nReceived: x\nDelivered-To: a@b\n\n", NULL, 1, 1 },
	{ "in the body", "Received: x\n\nDelivered-To: a@b\n",
	    "F\nReceived: x\n\nDelivered-To: a@b\n", NULL, 0, 1 },
	{ "no header", "text: \n folded", "F\ntext: \n folded", NULL, 0, 0 },
	{ "a fold first", " S: x\n\ny", "F\n\n S: x\n\ny", NULL, 0, 0 },
	{ "text first", "text\nS: x\n", "F\n\ntext\nS: x\n", NULL, 0, 0 },
	{ "a bad line later", "S: x\ntext\nT: y\n\n",
	    "F\nS: x\ntext\nT: y\n\n", NULL, 0, 0 },
	{ "empty", "", "F\n", NULL, 0, 0 },
	{ "an end alone", "\n", "F\n\n", NULL, 0, 0 },
	{ "crlf", "S: x\r\n y\r\n\r\na\rb\r\n\r\r\nc\r",
	    "F\nS: x\n y\n\na\rb\n\r\nc\r", NULL, 0, 0 },
	{ "crlf, no end", "S: x\r\nT: y\r", "F\nS: x\nT: y\r", NULL, 0, 0 },
	{ "lf first", "S: x\nT: y\r\n\r\nz\r\n", "F\nS: x\nT: y\r\n\nz\r\n",
	    NULL, 0, 0 },
};

static void
fields(void)
{
	struct deliveryhead h;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].name);
		CHECK_STR(given(slice_str(cases[i].in), &h), cases[i].want);
		CHECK_INT(h.looped, cases[i].looped);
		CHECK_INT(h.hops, cases[i].hops);
		CHECK_INT(h.has_sender, cases[i].sender != NULL);
		if (cases[i].sender != NULL)
			CHECK_STR(h.sender, cases[i].sender);
	}
}

/* Every prefix, from a copy of exactly its size. */
static void
prefixes(void)
{
	struct deliveryhead h;
	size_t i, n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (n = 0; n < strlen(cases[i].in); n++)
			CHECK(strncmp(given((struct slice){ cases[i].in, n },
			    &h), "F\n", 2) == 0);
}

static void
too_long(void)
{
	static char text[LIMIT_HEADER + 2];
	struct input in = { .fd = -1, .held = text, .size = sizeof(text) };
	struct deliveryhead h;
	struct fail f = { 0 };
	size_t i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = i == 1 ? ':' : i % 70 == 69 ? '\n' :
		    i % 70 == 0 && i > 0 ? ' ' : 'x';
	CHECK_INT(deliveryhead_read(&h, &in, "a@b", &f), -1);
	CHECK_INT(f.class, EX_DATAERR);
	deliveryhead_free(&h);
	/* The most that may be, with an end. */
	in.size = LIMIT_HEADER;
	text[LIMIT_HEADER - 2] = text[LIMIT_HEADER - 1] = '\n';
	CHECK_INT(deliveryhead_read(&h, &in, "a@b", &f), 0);
	CHECK_INT(deliveryhead_size(&h), LIMIT_HEADER);
	deliveryhead_free(&h);
}

int
main(void)
{
	RUN(fields);
	RUN(prefixes);
	RUN(too_long);
	return unit_done();
}
