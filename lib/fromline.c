/* SPDX-License-Identifier: ISC */
/* fromline: the line "From " of an mbox; see fromline.h. */

#include "buf.h"
#include "date.h"
#include "fromline.h"

size_t
fromline_length(struct slice text)
{
	struct slice rest = text, line;

	while (slice_starts(rest, SLICE("From ")) ||
	    slice_starts(rest, SLICE(">From ")))
		(void)slice_until(&rest, '\n', &line);
	return text.n - rest.n;
}

/* As the header of a message has it. */
static int
read_date(const struct slice *word, struct slice year, struct slice zone,
    time_t *when)
{
	struct slice part[] = { word[1], word[0], year, word[2], zone };
	struct buf mail = BUF(100);
	int rc = 0, ignored;
	size_t i;

	for (i = 0; rc == 0 && i < sizeof(part) / sizeof(part[0]); i++)
		rc = buf_add_word(&mail, part[i]);
	if (rc == 0)
		rc = date_parse(buf_slice(&mail), when, &ignored);
	buf_free(&mail);
	return rc;
}

int
fromline_date(struct slice rest, time_t *when)
{
	enum { WORDS = 5 }; /* Nov 23 02:53:26 +0100 2026 */
	struct slice word[WORDS] = { { NULL, 0 } }, next;
	size_t n;

	rest = slice_trim(rest);
	for (n = 0; slice_word(&rest, &next); n++) {
		memmove(word, word + 1, (WORDS - 1) * sizeof(word[0]));
		word[WORDS - 1] = next;
	}
	if (n == 0)
		return 0;
	return read_date(word + 1, word[4], SLICE("+0000"), when) == 0 ||
	    read_date(word, word[4], word[3], when) == 0 ||
	    read_date(word, word[3], word[4], when) == 0 ? 1 : -1;
}
