/* SPDX-License-Identifier: ISC */
/* contentid: what a page refers to, from the names of files. */

#include "../../cmd/mime/contentid.h"
#include "unit.h"

static void
names(void)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "photo.jpg", "<photo.jpg>" },
		{ "IMG_2041-a~1.JPG", "<IMG_2041-a~1.JPG>" },
		{ "a.b.c", "<a.b.c>" },
		{ "logo@2x.png", "<logo@2x.png>" },
		{ "logo@example.org", "<logo@example.org>" },
		{ "my photo.jpg", "<my%20photo.jpg>" },
		{ "say \"hi\".png", "<say%20%22hi%22.png>" },
		{ "Gr\xc3\xbc\xc3\x9f" "e.png", "<Gr%C3%BC%C3%9Fe.png>" },
		{ "x\xff.png", "<x%FF.png>" },
		{ "100%.png", "<100%25.png>" },
		{ "a%20b", "<a%2520b>" },
		{ "<a>", "<%3Ca%3E>" },
		{ "a/b?c#d+e&f", "<a%2Fb%3Fc%23d%2Be%26f>" },
		{ ".hidden", "<%2Ehidden>" },
		{ "a.", "<a%2E>" },
		{ "a..b", "<a%2E%2Eb>" },
		{ "@", "<%40>" },
		{ "@a", "<%40a>" },
		{ "a@", "<a%40>" },
		{ "a@b@c", "<a%40b%40c>" },
		{ "a@.b", "<a%40%2Eb>" },
		{ "a.@b", "<a%2E%40b>" },
		{ "a\r\nb\t", "<a%0D%0Ab%09>" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice name = unit_exact(slice_str(cases[i].name));
		struct buf out = BUF(1000);

		CASE(cases[i].name);
		CHECK_INT(contentid_of_name(&out, name), 0);
		CHECK_SLICE(buf_slice(&out), slice_str(cases[i].want));
		buf_free(&out);
		free((char *)name.p);
	}
}

static void
long_names(void)
{
	char name[CONTENTID_MAX];
	struct buf out = BUF(10000), small = BUF(5);

	memset(name, 'a', sizeof(name));
	CHECK_INT(contentid_of_name(&out,
	    (struct slice){ name, CONTENTID_MAX - 2 }), 0);
	CHECK_INT(out.n, CONTENTID_MAX);
	buf_clear(&out);
	CHECK_INT(contentid_of_name(&out,
	    (struct slice){ name, CONTENTID_MAX - 1 }), -1);
	CHECK_INT(contentid_of_name(&small, SLICE("abcd")), -1);
	buf_free(&out);
	buf_free(&small);
}

int
main(void)
{
	RUN(names);
	RUN(long_names);
	return unit_done();
}
