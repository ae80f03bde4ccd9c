/* SPDX-License-Identifier: ISC */
/* idn: domain names of more than ASCII; see idn.h. */

#include <dlfcn.h>
#include <idn2.h>
#include <string.h>

#include "idn.h"
#include "text.h"
#include "utf8.h"

enum {
	LABEL = 63,  /* RFC 1035, 2.3.4 */
	NAME = 253,  /* 255 as DNS has them, with a length for each label */
	TEXT = 1024, /* bytes of UTF-8: far more than a name can have */
};

#define LIBIDN2 "libidn2.so.0"

#define OF_IDN2(F) \
	F(idn2_free) \
	F(idn2_lookup_u8) \
	F(idn2_strerror)

struct idn2 {
#define MEMBER(name) __typeof__(name) *name;
	OF_IDN2(MEMBER)
#undef MEMBER
};

#define NAME_OF(name) #name "\0"
static const char functions[] = OF_IDN2(NAME_OF);
#undef NAME_OF

static struct idn2 table;
static int loaded;

/* The functions, as openssl.h has those of OpenSSL; or NULL. */
static const struct idn2 *
load(struct fail *f)
{
	const char *name = functions;
	char *at = (char *)&table;
	void *handle, *p = NULL;

	if (loaded)
		return &table;
	handle = dlopen(LIBIDN2, RTLD_LAZY | RTLD_LOCAL);
	for (; handle != NULL && name[0] != '\0'; name += strlen(name) + 1) {
		if ((p = dlsym(handle, name)) == NULL)
			break;
		memcpy(at, &p, sizeof(p));
		at += sizeof(p);
	}
	if (p == NULL) {
		(void)fail_set(f, EX_UNAVAILABLE, "a domain name in UTF-8 "
		    "needs libidn2 (package libidn2-0): %.300s", dlerror());
		return NULL;
	}
	loaded = 1;
	return &table;
}

static int
no_name(struct slice domain, const char *why, struct fail *f)
{
	return fail_set(f, EX_DATAERR, "%s: no domain name: %.200s",
	    TEXT_SHOW(domain), why);
}

static int
is_label(struct slice s)
{
	int c, last = '-';

	if (s.n > LABEL || slice_peek(s) == '-')
		return 0;
	while ((c = slice_getc(&s)) != -1) {
		last = slice_lower(c);
		if ((last < 'a' || last > 'z') && (c < '0' || c > '9') &&
		    c != '-')
			return 0;
	}
	return last != '-'; /* and not empty */
}

/*
 * What libidn2 made.  Its own rule of STD3 (IDN2_USE_STD3_ASCII_RULES) is not
 * asked for, as it drops the characters that it is to refuse: "x/y", written
 * with a full-width slash, would be the host "xy".
 */
static int
check(struct slice domain, struct slice name, struct fail *f)
{
	struct slice label;
	int more = 1;

	if (name.n > NAME + (size_t)slice_ends(name, SLICE(".")))
		return no_name(domain, "longer than 253 with A-labels", f);
	do {
		more = slice_until(&name, '.', &label);
		if (!is_label(label))
			return no_name(domain, "a label that is empty, or not "
			    "of letters, digits and hyphens", f);
	} while (more && name.n > 0);
	return 0;
}

static int
convert(struct slice domain, char out[IDN_DOMAIN], struct fail *f)
{
	const struct idn2 *idn;
	unsigned char text[TEXT], *made = NULL;
	int rc;

	if (domain.n >= sizeof(text))
		return no_name(domain, "too long", f);
	if (slice_find(domain, '\0') < domain.n)
		return no_name(domain, "a NUL", f);
	if (!utf8_valid(domain))
		return no_name(domain, "not UTF-8", f);
	if ((idn = load(f)) == NULL)
		return -1;
	memcpy(text, domain.p, domain.n);
	text[domain.n] = '\0';
	rc = idn->idn2_lookup_u8(text, &made,
	    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (rc != IDN2_OK)
		return no_name(domain, idn->idn2_strerror(rc), f);
	rc = check(domain, slice_str((char *)made), f);
	if (rc == 0)
		memcpy(out, made, strlen((char *)made) + 1);
	idn->idn2_free(made);
	return rc;
}

int
idn_to_ascii(struct slice domain, char out[IDN_DOMAIN], struct fail *f)
{
	if (!utf8_ascii(domain))
		return convert(domain, out, f);
	if (slice_find(domain, '\0') < domain.n)
		return no_name(domain, "a NUL", f);
	if (domain.n >= IDN_DOMAIN)
		return no_name(domain, "longer than 255", f);
	if (domain.n > 0)
		memcpy(out, domain.p, domain.n);
	out[domain.n] = '\0';
	return 0;
}

int
idn_same(struct slice a, struct slice b)
{
	char first[IDN_DOMAIN], second[IDN_DOMAIN];
	struct fail ignored;

	if (slice_caseeq(a, b))
		return 1;
	if (utf8_ascii(a) && utf8_ascii(b))
		return 0;
	return idn_to_ascii(a, first, &ignored) == 0 &&
	    idn_to_ascii(b, second, &ignored) == 0 &&
	    slice_caseeq(slice_str(first), slice_str(second));
}
