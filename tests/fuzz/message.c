/* SPDX-License-Identifier: ISC */
/* Fuzz target: whatever is read out of a message, field by field and part by
 * part, is text; names are safe; decoded content is that of its pieces. */

#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "charset.h"
#include "date.h"
#include "hdr.h"
#include "mime.h"
#include "name.h"
#include "param.h"
#include "utf8.h"
#include "word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	size_t room;
	struct enc_decoder decoder;
	struct charset *charset;
	struct buf decoded, text;
};

static int
mailbox(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	(void)ctx;
	(void)f;
	if (!utf8_valid(m->name) || !utf8_ascii(m->spec) || m->spec.n == 0)
		abort();
	return 0;
}

/* Adds one value to "out" in every way in which a value is read. */
static void
read_value(struct slice value, struct buf *out)
{
	struct slice names[LIMIT_PARAMS];
	struct fail f;
	time_t when;
	int zone;
	size_t i, n = param_names(value, names);

	for (i = 0; i < n; i++) {
		char name[64];

		if (names[i].n < sizeof(name)) {
			memcpy(name, names[i].p, names[i].n);
			name[names[i].n] = '\0';
			(void)param_get(value, name, out);
		}
	}
	(void)word_decode(value, out);
	(void)addr_list(value, mailbox, NULL, &f);
	(void)date_parse(value, &when, &zone);
	if (!utf8_valid(buf_slice(out)))
		abort();
}

static void
read_header(struct seen *s, struct slice header)
{
	struct buf out = BUF(s->room), name = BUF(NAME_ROOM);
	struct hdr_field field, type = { .value = SLICE("") };
	struct hdr_field disposition = { .value = SLICE("") };
	struct slice rest = header;

	for (; hdr_next(&rest, &field); buf_clear(&out))
		read_value(field.value, &out);
	(void)hdr_find(header, "Content-Type", &type);
	(void)hdr_find(header, "Content-Disposition", &disposition);
	if (mime_name_of(type.value, disposition.value, &out) == 1) {
		name_safe(buf_slice(&out), &name);
		if (slice_find(buf_slice(&name), '/') < name.n ||
		    slice_peek(buf_slice(&name)) == '.')
			abort();
	}
	buf_free(&out);
	buf_free(&name);
}

/* Begins a leaf: its charset becomes UTF-8. */
static void
start(struct seen *s, const struct mime_part *part)
{
	struct buf name = BUF(s->room);
	struct hdr_field field;

	enc_decoder_init(&s->decoder, part->enc);
	if (hdr_find(part->header, "Content-Type", &field) &&
	    param_get(field.value, "charset", &name) == 1)
		s->charset = charset_open(buf_slice(&name));
	buf_free(&name);
}

static void
convert(struct seen *s)
{
	if (s->charset != NULL &&
	    charset_convert(s->charset, buf_slice(&s->decoded), &s->text) == -1)
		abort();
	buf_clear(&s->decoded);
}

static void
finish(struct seen *s)
{
	if (enc_decode_end(&s->decoder, &s->decoded) == -1)
		abort();
	convert(s);
	if (s->charset != NULL && charset_finish(s->charset, &s->text) == -1)
		abort();
	charset_close(&s->charset);
	if (!utf8_valid(buf_slice(&s->text)))
		abort();
	buf_clear(&s->text);
}

static int
look(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct seen *s = ctx;

	(void)f;
	if (event == MIME_HEADER)
		read_header(s, part->header);
	if (part->kind != MIME_LEAF)
		return 0;
	if (event == MIME_HEADER) {
		start(s, part);
	} else if (event == MIME_BODY) {
		if (enc_decode(&s->decoder, bytes, &s->decoded) == -1)
			abort();
		convert(s);
	} else if (event == MIME_END) {
		finish(s);
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen s = { .room = LIMIT_PARAMS * (12 * size + 4096) };
	struct mime *m = mime_new(look, &s);
	struct fail f;

	s.decoded = BUF(size + 4096);
	s.text = BUF(12 * size + 4096);
	if (mime_push(m, (struct slice){ (const char *)data, size }, &f) == 0)
		(void)mime_end(m, &f);
	mime_free(&m);
	charset_close(&s.charset);
	buf_free(&s.decoded);
	buf_free(&s.text);
	return 0;
}
