/* SPDX-License-Identifier: ISC */
/* type: media types by name, by content, and what is one at all. */

#include <unistd.h>

#include "../../cmd/mime/type.h"
#include "unit.h"

static void
types_and_others(void)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "text/plain", 1 },
		{ "text/plain; charset=utf-8", 1 },
		{ "application/vnd.ms-excel", 1 },
		{ "image/svg+xml", 1 },
		{ "", 0 },
		{ "text", 0 },
		{ "text/", 0 },
		{ "/plain", 0 },
		{ "text/plain/x", 0 },
		{ "te xt/plain", 0 },
		{ "text/pl\xc3\xa4in", 0 },
		{ "text/plain; name=\xc3\xa4", 0 },
		{ "text/plain\n", 0 },
		{ "text/plain;\tx=y", 0 },
		{ "text/<plain>", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice s = unit_exact(slice_str(cases[i].text));

		CASE(cases[i].text);
		CHECK_INT(type_ok(s), cases[i].want);
		free((char *)s.p);
	}
}

static void
families_of_types(void)
{
	CHECK(type_is(SLICE("Text/HTML; charset=x"), "text/"));
	CHECK(type_is(SLICE("Message/RFC822"), "message/rfc822"));
	CHECK(!type_is(SLICE("message/rfc822x"), "message/rfc822"));
	CHECK(!type_is(SLICE("context/plain"), "text/"));
	CHECK(!type_is(SLICE(""), "text/"));
}

/* A table of our own, named by MIME_TYPES. */
static void
write_table(char path[], const char *text)
{
	int fd = mkstemp(path);
	size_t n = strlen(text);

	if (fd == -1 || write(fd, text, n) != (ssize_t)n || close(fd) == -1)
		abort();
	(void)setenv("MIME_TYPES", path, 1);
}

static void
names_by_the_table(void)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "photo.jpg", "image/jpeg" },
		{ "PHOTO.JPEG", "image/jpeg" },
		{ "archive.tar.gz", "application/gzip" },
		{ "crlf.txt", "text/plain" },
		{ "last.end", "text/x-last" },
		{ "jpg", "" },
		{ ".jpg", "" },
		{ "photo.", "" },
		{ "photo.jp", "" },
		{ "photo.comment", "" },
		{ "photo.bad", "" },
		{ "", "" },
	};
	struct type_tables t = TYPE_TABLES;
	char path[] = "/tmp/type.XXXXXX";
	struct fail f = { 0 };

	write_table(path, "# comment image/x comment\n\nimage/jpeg\tjpeg jpg\n"
			  "text/plain txt\r\napplication/gzip gz # comment\n"
			  "bad bad\ntext/x-last end");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice type = SLICE("");
		int known = type_of_name(&t, slice_str(cases[i].name), &type,
		    &f);

		CASE(cases[i].name);
		CHECK_INT(known, cases[i].want[0] != '\0');
		if (!known)
			type = SLICE("");
		CHECK_SLICE(type, slice_str(cases[i].want));
	}
	type_free(&t);
	(void)unlink(path);
}

static void
table_that_is_not_there(void)
{
	struct type_tables t = TYPE_TABLES;
	struct fail f = { 0 };
	struct slice type;

	(void)setenv("MIME_TYPES", "/nonexistent/mime.types", 1);
	CHECK_INT(type_of_name(&t, SLICE("a.jpg"), &type, &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	type_free(&t);
	(void)unsetenv("MIME_TYPES");
}

static void
content_by_libmagic(void)
{
	struct type_tables t = TYPE_TABLES;

	CHECK_SLICE(type_of_content(&t, SLICE("%PDF-1.4\n%")),
	    SLICE("application/pdf"));
	CHECK_SLICE(type_of_content(&t, SLICE("\x89PNG\r\n\x1a\n\0\0\0\rIHDR")),
	    SLICE("image/png"));
	CHECK_SLICE(type_of_content(&t, SLICE("just words\n")),
	    SLICE("text/plain"));
	CHECK_SLICE(type_of_content(&t, SLICE("")),
	    SLICE("application/octet-stream"));
	type_free(&t);
}

int
main(void)
{
	RUN(types_and_others);
	RUN(families_of_types);
	RUN(names_by_the_table);
	RUN(table_that_is_not_there);
	RUN(content_by_libmagic);
	return unit_done();
}
