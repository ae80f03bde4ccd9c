/* SPDX-License-Identifier: ISC */
/* putwords: flags and dates as people write them; see putletter.h. */

#include <stdio.h>

#include "date.h"
#include "flagname.h"
#include "putletter.h"
#include "text.h"

/* "2026-11-26" or "2026-11-26 09:30:15", "T" for the space, and a zone. */
static int
read_iso(struct slice text, struct buf *out)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct slice year, month, day;
	uint64_t m, n;

	if (!slice_until(&text, '-', &year) || !slice_until(&text, '-', &month))
		return -1;
	day = slice_sub(text, 0, 2);
	text = slice_sub(text, 2, text.n);
	if (year.n != 4 || slice_uint(year, 1, 9999, &n) == -1 ||
	    slice_uint(month, 1, 12, &m) == -1 ||
	    slice_uint(day, 1, 31, &n) == -1)
		return -1;
	(void)buf_add(out, day);
	(void)buf_addf(out, " %.3s ", months + 3 * (m - 1));
	(void)buf_add(out, year);
	if (text.n == 0)
		return buf_adds(out, " 00:00:00 +0000");
	if (slice_peek(text) != ' ' && slice_peek(text) != 'T')
		return -1;
	(void)buf_addc(out, ' ');
	for (text = slice_sub(text, 1, text.n); text.n > 0;
	    text = slice_sub(text, 1, text.n)) {
		int c = slice_peek(text);

		if (c == 'Z')
			return text.n == 1 ? buf_adds(out, " +0000") : -1;
		if (c == '+' || c == '-')
			break;
		(void)buf_addc(out, c);
	}
	(void)buf_addc(out, ' ');
	if (text.n == 0)
		return buf_adds(out, "+0000");
	/* +01:00 or +0100. */
	(void)buf_add(out, slice_sub(text, 0, 3));
	return buf_add(out, slice_sub(text, text.n == 6 ? 4 : 3, text.n));
}

int
putletter_date(struct slice given, time_t *when, int *zone, struct fail *f)
{
	struct slice text = slice_trim(given);
	struct buf mail = BUF(200);
	int rc;

	rc = read_iso(text, &mail) == 0 ? date_parse(buf_slice(&mail), when,
	    zone) : date_parse(text, when, zone);
	buf_free(&mail);
	return rc == 0 ? 0 : fail_set(f, EX_USAGE, "-D: %s: expected a date, "
	    "such as \"2026-11-26 09:30\"", TEXT_SHOW(given));
}

int
putletter_flags(struct slice text, struct buf *words, struct fail *f)
{
	struct slice word, part, name;

	while (slice_word(&text, &word))
		while (word.n > 0) {
			(void)slice_until(&word, ',', &part);
			if (part.n == 0)
				continue;
			if (flagname_read(part, &name) == -1)
				return fail_set(f, EX_USAGE, "-F: %s: expected "
				    "a flag, such as seen or $Junk",
				    TEXT_SHOW(part));
			if (buf_add_word(words, name) == -1)
				return fail_set(f, EX_USAGE, "-F: too many "
				    "flags");
		}
	return 0;
}
