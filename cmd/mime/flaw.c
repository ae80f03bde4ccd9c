/* SPDX-License-Identifier: ISC */
/* flaw: what is said about malformed messages; see flaw.h. */

#include "cli.h"
#include "flaw.h"
#include "text.h"
#include "uu.h"

static const struct {
	unsigned flaw;
	const char *name, *sentence;
} table[] = {
	{ MIME_FLAW_NO_CLOSE, "no-close", "the close delimiter is missing" },
	{ MIME_FLAW_NO_BLANK, "no-blank", "no empty line after the header" },
	{ MIME_FLAW_NOT_FIELD, "not-field",
	    "the header has a line that is no field" },
	{ MIME_FLAW_TWO_TYPES, "two-types",
	    "several Content-Type fields or boundaries, the first counts" },
	{ MIME_FLAW_TWO_ENCODINGS, "two-encodings",
	    "several Content-Transfer-Encoding fields, the first counts" },
	{ MIME_FLAW_NO_BOUNDARY, "no-boundary",
	    "a multipart without a boundary, taken as text" },
	{ MIME_FLAW_ENCODING, "encoding",
	    "an encoding that is unknown or not allowed for this type" },
	{ MIME_FLAW_TYPE, "type",
	    "Content-Type is no type and subtype, taken as text/plain" },
	{ MIME_FLAW_NUL, "nul", "the header holds a NUL" },
	{ FLAW_DECODER(ENC_FLAW_JUNK), "base64-junk",
	    "bytes that are no base64, skipped" },
	{ FLAW_DECODER(ENC_FLAW_PAD), "base64-pad",
	    "base64 that goes on after its padding, decoded" },
	{ FLAW_DECODER(ENC_FLAW_SHORT), "base64-short",
	    "base64 that ends in the middle of a group" },
	{ FLAW_DECODER(ENC_FLAW_ESCAPE), "quoted-escape",
	    "quoted-printable with = and no hexadecimal digits, kept" },
	{ FLAW_DECODER(ENC_FLAW_EIGHT_BIT), "quoted-8bit",
	    "quoted-printable with bytes above 127, kept" },
	{ FLAW_DECODER(UU_FLAW_SHORT), "uu-short",
	    "a uuencoded file without its end, what is there was decoded" },
	{ FLAW_DECODER(UU_FLAW_TEXT), "uu-text",
	    "text around the uuencoded content, dropped" },
	{ FLAW_DECODER(UU_FLAW_NONE), "uu-none",
	    "said to be uuencoded and is not, the bytes are kept" },
	{ FLAW_TNEF, "tnef", "winmail.dat was not all taken apart" },
	{ FLAW_PARTIAL, "partial", "a fragment of a message, not joined" },
	{ FLAW_CHARSET, "charset", "unknown charset, the bytes are kept" },
	{ FLAW_TWO_NAMES, "two-names",
	    "filename and name differ, the filename counts" },
	{ FLAW_TWO_FIELDS, "two-fields",
	    "several fields of a kind that a message may have once" },
	{ FLAW_NO_VERSION, "no-version", "MIME fields without MIME-Version" },
	{ FLAW_HEADER_BYTES, "header-bytes",
	    "the header has bytes above 127 that are no UTF-8" },
	{ FLAW_SEVEN_BIT, "7bit", "7bit content with bytes above 127" },
};

enum { FLAWS = sizeof(table) / sizeof(table[0]) };

void
flaw_line(const char *path, const struct mime_part *part, const char *sentence,
    unsigned *shown)
{
	const char *what = "part ", *number = part == NULL ? "" : part->number;

	if ((*shown)++ >= FLAW_SHOWN)
		return;
	if (number[0] == '\0')
		what = "whole message";
	if (number[0] == '\0' && part != NULL && part->parent != NULL) {
		what = "message in part ";
		number = part->parent->number;
	}
	cli_warn("%s: %s%.300s: %s", TEXT_SHOW(slice_str(path)), what, number,
	    sentence);
}

void
flaw_warn(const char *path, const struct mime_part *part, unsigned flaws,
    unsigned *shown)
{
	size_t i;

	for (i = 0; i < FLAWS; i++)
		if (flaws & table[i].flaw)
			flaw_line(path, part, table[i].sentence, shown);
}

void
flaw_rest(const char *path, unsigned shown)
{
	if (shown > FLAW_SHOWN)
		cli_warn("%s: %u more lines like these are left out",
		    TEXT_SHOW(slice_str(path)), shown - FLAW_SHOWN);
}

void
flaw_json(struct json *j, unsigned flaws)
{
	size_t i;

	json_open(j, '[');
	for (i = 0; i < FLAWS; i++)
		if (flaws & table[i].flaw)
			json_string(j, slice_str(table[i].name));
	json_close(j, ']');
}

int
flaw_next(unsigned *flaws, const char **name, const char **sentence)
{
	size_t i;

	for (i = 0; i < FLAWS; i++) {
		if (*flaws & table[i].flaw) {
			*flaws &= ~table[i].flaw;
			*name = table[i].name;
			*sentence = table[i].sentence;
			return 1;
		}
	}
	return 0;
}
