/* SPDX-License-Identifier: ISC */
/* Tests of headfile: a header from bytes that were read, and from a file. */

#include <fcntl.h>
#include <unistd.h>

#include "../../cmd/mime/headfile.h"
#include "unit.h"

static const struct {
	const char *name;
	struct slice in;
	size_t fields, n;
} cases[] = {
	{ "empty", SLICE(""), 0, 0 },
	{ "no header", SLICE("\nA: b\n"), 0, 0 },
	{ "CRLF", SLICE("A: b\r\nC: d\r\n\r\nE: f\r\n"), 2, 12 },
	{ "folds", SLICE("A: b\n c\n\td\nE: f\n\nx"), 2, 16 },
	{ "no end", SLICE("A: b\nC: d"), 2, 9 },
	{ "no body", SLICE("A: b\n"), 1, 5 },
	{ "no field", SLICE(" a\nA: b\nno\n\n"), 3, 11 },
	{ "CR alone", SLICE("A: b\r\rC: d\n\r\n"), 1, 11 },
	{ "NUL", SLICE("A\0: b\nC: \0\n\n"), 2, 11 },
};

static void
check_header(const struct headfile *h, size_t i)
{
	size_t sum = 0;

	CHECK_INT(h->nfields, cases[i].fields);
	CHECK_SLICE(headfile_fields(h),
	    slice_sub(cases[i].in, 0, cases[i].n));
	for (unsigned k = 0; k < h->nfields; k++)
		sum += headfile_field(h, k).raw.n;
	CHECK_INT(sum, cases[i].n);
}

/* Only bytes that hold the whole header are enough. */
static void
taken(void)
{
	struct headfile *h = malloc(sizeof(*h));

	*h = HEADFILE;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].name);
		for (size_t n = 0; n <= cases[i].in.n; n++) {
			struct slice part =
			    unit_exact(slice_sub(cases[i].in, 0, n));

			if (headfile_take(h, part, 0)) {
				CHECK(n > cases[i].n);
				check_header(h, i);
				CHECK_SLICE(headfile_rest(h), slice_sub(part,
				    cases[i].n, part.n));
			}
			CHECK_INT(headfile_take(h, part, 1), 1);
			free((char *)(uintptr_t)part.p);
		}
		CHECK_INT(headfile_take(h, cases[i].in, 1), 1);
		check_header(h, i);
		headfile_close(h);
	}
	headfile_free(h);
	free(h);
}

static void
limits(void)
{
	struct headfile *h = malloc(sizeof(*h));
	struct buf in = BUF(1 << 20);

	*h = HEADFILE;
	for (int i = 0; i < LIMIT_HEADER_FIELDS; i++)
		(void)buf_adds(&in, "A:\n");
	CHECK_INT(headfile_take(h, buf_slice(&in), 1), 1);
	CHECK_INT(h->nfields, LIMIT_HEADER_FIELDS);
	(void)buf_adds(&in, "A:\n");
	CHECK_INT(headfile_take(h, buf_slice(&in), 1), 0);
	buf_clear(&in);
	while (in.n <= LIMIT_HEADER_FIELD)
		(void)buf_adds(&in, "A\n ");
	CHECK_INT(headfile_take(h, buf_slice(&in), 1), 0);
	buf_free(&in);
	headfile_free(h);
	free(h);
}

static void
files(void)
{
	char path[] = "/tmp/mailpipe-unit.XXXXXX";
	struct headfile *h = malloc(sizeof(*h));
	int fd = mkstemp(path);

	*h = HEADFILE;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = cases[i].in;
		struct fail f;

		CASE(cases[i].name);
		if (ftruncate(fd, 0) == -1 ||
		    pwrite(fd, in.p, in.n, 0) != (ssize_t)in.n)
			abort();
		CHECK_INT(headfile_open(h, path, &f), 0);
		check_header(h, i);
		headfile_close(h);
	}
	(void)unlink(path);
	(void)close(fd);
	headfile_free(h);
	free(h);
}

int
main(void)
{
	RUN(taken);
	RUN(limits);
	RUN(files);
	return unit_done();
}
