/* SPDX-License-Identifier: ISC */
/* imap: what a server offers; see imap.h. */

#include "engine.h"
#include "limits.h"

enum {
	BY_REV2 = IMAP_NAMESPACE | IMAP_UNSELECT | IMAP_UIDPLUS |
	    IMAP_ESEARCH | IMAP_ENABLE | IMAP_IDLE | IMAP_SASL_IR |
	    IMAP_LIST_EXTENDED | IMAP_LIST_STATUS | IMAP_MOVE |
	    IMAP_LITERAL_MINUS | IMAP_BINARY | IMAP_SPECIAL_USE |
	    IMAP_STATUS_SIZE, /* RFC 9051, E */
};

static const struct {
	const char *name;
	unsigned offers;
} capabilities[] = {
	{ "BINARY", IMAP_BINARY },
	{ "CHILDREN", IMAP_CHILDREN },
	{ "COMPRESS=DEFLATE", IMAP_COMPRESS },
	{ "CONDSTORE", IMAP_CONDSTORE },
	{ "CREATE-SPECIAL-USE", IMAP_CREATE_SPECIAL_USE },
	{ "ENABLE", IMAP_ENABLE },
	{ "ESEARCH", IMAP_ESEARCH },
	{ "ID", IMAP_ID },
	{ "IDLE", IMAP_IDLE },
	{ "IMAP4rev1", IMAP_REV1 },
	{ "IMAP4rev2", IMAP_REV2 | BY_REV2 },
	{ "LIST-EXTENDED", IMAP_LIST_EXTENDED },
	{ "LIST-STATUS", IMAP_LIST_STATUS },
	{ "LITERAL+", IMAP_LITERAL_PLUS },
	{ "LITERAL-", IMAP_LITERAL_MINUS },
	{ "LOGINDISABLED", IMAP_LOGINDISABLED },
	{ "MOVE", IMAP_MOVE },
	{ "MULTIAPPEND", IMAP_MULTIAPPEND },
	{ "NAMESPACE", IMAP_NAMESPACE },
	{ "NOTIFY", IMAP_NOTIFY },
	{ "QRESYNC", IMAP_QRESYNC | IMAP_CONDSTORE },
	{ "SASL-IR", IMAP_SASL_IR },
	{ "SPECIAL-USE", IMAP_SPECIAL_USE },
	{ "STARTTLS", IMAP_STARTTLS },
	{ "STATUS=SIZE", IMAP_STATUS_SIZE },
	{ "THREAD=REFERENCES", IMAP_THREAD_REFERENCES },
	{ "UIDONLY", IMAP_UIDONLY },
	{ "UIDPLUS", IMAP_UIDPLUS },
	{ "UNSELECT", IMAP_UNSELECT },
	{ "UTF8=ACCEPT", IMAP_UTF8_ACCEPT },
	{ "UTF8=ONLY", IMAP_UTF8_ACCEPT },
};

void
imap_forget_offers(struct imap *i)
{
	i->offers = 0;
	i->limit = 0;
	i->append_limit = 0;
	buf_free(&i->mechanisms);
	i->mechanisms = BUF(LIMIT_IMAP_TOKEN);
	if (i->own != NULL)
		i->own->known = 0;
}

/* What stands behind "name", as AUTH=, in any case of its letters. */
static int
is_value(struct slice word, struct slice name, struct slice *value)
{
	if (!slice_casestarts(word, name))
		return 0;
	*value = slice_sub(word, name.n, word.n);
	return 1;
}

static void
learn(struct imap *i, struct slice word)
{
	struct slice value;
	uint64_t n;
	size_t k;

	for (k = 0; k < sizeof(capabilities) / sizeof(capabilities[0]); k++)
		if (slice_caseeq(word, slice_str(capabilities[k].name)))
			i->offers |= capabilities[k].offers;
	if (is_value(word, SLICE("AUTH="), &value)) {
		(void)buf_add(&i->mechanisms, value);
		(void)buf_addc(&i->mechanisms, ' ');
	}
	/* RFC 7889, 4. */
	if (is_value(word, SLICE("APPENDLIMIT="), &value) &&
	    slice_uint(value, 1, INT64_MAX, &n) == 0)
		i->append_limit = n;
	/* RFC 9738, 2. */
	if (is_value(word, SLICE("MESSAGELIMIT="), &value) &&
	    slice_uint(value, 1, UINT32_MAX, &n) == 0) {
		i->offers |= IMAP_MESSAGELIMIT;
		i->limit = (uint32_t)n;
	}
}

void
imap_offered(struct imap *i, struct slice words)
{
	struct slice word;

	imap_forget_offers(i);
	i->own->known = 1;
	while (slice_word(&words, &word))
		learn(i, word);
}

void
imap_enabled(struct imap *i, struct slice words)
{
	struct slice word;
	unsigned n;

	/* Nothing is enabled that nobody asked for. */
	for (n = 0; n < i->own->nway; n++)
		if (i->own->way[n].kind == ENGINE_ENABLE)
			break;
	if (n == i->own->nway && !i->own->lending)
		return;
	while (slice_word(&words, &word)) {
		if (slice_caseeq(word, SLICE("IMAP4rev2")))
			i->rev2 = i->utf8 = 1;
		if (slice_caseeq(word, SLICE("UTF8=ACCEPT")))
			i->utf8 = 1;
		if (slice_caseeq(word, SLICE("QRESYNC")))
			i->qresync = 1;
	}
}

void
imap_write_offers(const struct imap *i, unsigned not, struct buf *out)
{
	size_t k;

	for (k = 0; k < sizeof(capabilities) / sizeof(capabilities[0]); k++)
		if (imap_has(i, capabilities[k].offers) &&
		    (capabilities[k].offers & not) == 0)
			(void)buf_addf(out, " %s", capabilities[k].name);
	if (imap_has(i, IMAP_MESSAGELIMIT))
		(void)buf_addf(out, " MESSAGELIMIT=%u", i->limit);
}
