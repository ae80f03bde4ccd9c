/* SPDX-License-Identifier: ISC */
/* Fuzz target: what is taken for a URL holds no control character, and its
 * port is a number. */

#include <stdlib.h>
#include <string.h>

#include "url.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_part(const char *part)
{
	for (; *part != '\0'; part++)
		if ((unsigned char)*part < ' ' || *part == 127)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct fail f = { 0 };
	struct url u;
	uint64_t n;

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (url_parse(text, &u, &f) == 0) {
		check_part(u.user);
		check_part(u.host);
		check_part(u.path);
		if (u.host[0] == '\0' || u.host[0] == '-' ||
		    !utf8_ascii(slice_str(u.host)) ||
		    (u.port[0] != '\0' &&
		    slice_uint(slice_str(u.port), 1, 65535, &n) == -1))
			abort();
		(void)url_loopback(&u);
	} else if (f.class != EX_USAGE || f.text[0] == '\0') {
		abort();
	}
	free(text);
	return 0;
}
