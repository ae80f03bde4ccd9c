/* SPDX-License-Identifier: ISC */
/* stspolicy: MTA-STS policies and their records; see stspolicy.h. */

#include "limits.h"
#include "stspolicy.h"
#include "text.h"
#include "utf8.h"

enum { NAME = 32 }; /* bytes of a field's name */

/* Which fields were there. */
struct said {
	int version, mode, max_age;
};

static const char *const modes[] = {
	[STSPOLICY_NONE] = "none",
	[STSPOLICY_TESTING] = "testing",
	[STSPOLICY_ENFORCE] = "enforce",
};

const char *
stspolicy_name(enum stspolicy_mode mode)
{
	return modes[mode];
}

static int
is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static int
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static int
is_alphanumeric(int c)
{
	return is_digit(c) || (slice_lower(c) >= 'a' && slice_lower(c) <= 'z');
}

static void
skip_blanks(struct slice *s)
{
	while (is_blank(slice_peek(*s)))
		(void)slice_getc(s);
}

static struct slice
without_blanks_behind(struct slice s)
{
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* sts-policy-ext-name, sts-ext-name. */
static int
is_name(struct slice s)
{
	size_t i;

	if (s.n > NAME || !is_alphanumeric(slice_peek(s)))
		return 0;
	for (i = 1; i < s.n; i++)
		if (!is_alphanumeric((unsigned char)s.p[i]) &&
		    s.p[i] != '_' && s.p[i] != '-' && s.p[i] != '.')
			return 0;
	return 1;
}

/* sts-policy-ext-value: something that can be read, in UTF-8. */
static int
is_value(struct slice s)
{
	size_t i;

	if (s.n == 0 || !utf8_valid(s))
		return 0;
	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127)
			return 0;
	return 1;
}

/* Domain of RFC 5321, 4.1.2. */
static int
is_domain(struct slice s)
{
	struct slice label;
	size_t i;
	int more;

	if (s.n > LIMIT_DOMAIN)
		return 0;
	do {
		more = slice_until(&s, '.', &label);
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' ||
		    label.p[label.n - 1] == '-')
			return 0;
		for (i = 0; i < label.n; i++)
			if (!is_alphanumeric((unsigned char)label.p[i]) &&
			    label.p[i] != '-')
				return 0;
	} while (more);
	return 1;
}

static const char *
set_version(struct said *said, struct slice value)
{
	if (said->version++)
		return NULL;
	return slice_eq(value, SLICE("STSv1")) ? NULL : "not STSv1";
}

static const char *
set_mode(struct stspolicy *p, struct said *said, struct slice value)
{
	unsigned i;

	if (said->mode++)
		return NULL;
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (slice_eq(value, slice_str(modes[i]))) {
			p->mode = (enum stspolicy_mode)i;
			return NULL;
		}
	return "not one of enforce, testing, none";
}

/* Whoever wrote more digits than there may be wanted it to last. */
static const char *
set_max_age(struct stspolicy *p, struct said *said, struct slice value)
{
	uint64_t n = 0;
	int c;

	if (said->max_age++)
		return NULL;
	if (value.n == 0)
		return "not a number";
	while ((c = slice_getc(&value)) != -1) {
		if (!is_digit(c))
			return "not a number";
		n = n * 10 + (unsigned)(c - '0');
		if (n > STSPOLICY_AGE)
			n = STSPOLICY_AGE;
	}
	p->max_age = (unsigned)n;
	return NULL;
}

static const char *
add_mx(struct stspolicy *p, struct slice value)
{
	struct slice name = value;

	if (slice_starts(value, SLICE("*.")))
		name = slice_sub(value, 2, value.n);
	if (!is_domain(name))
		return "not a host, nor one behind \"*.\"";
	if (p->n == STSPOLICY_MX)
		return "said too often";
	p->mx[p->n++] = value;
	return NULL;
}

static const char *
set_field(struct stspolicy *p, struct said *said, struct slice name,
    struct slice value)
{
	if (slice_eq(name, SLICE("version")))
		return set_version(said, value);
	if (slice_eq(name, SLICE("mode")))
		return set_mode(p, said, value);
	if (slice_eq(name, SLICE("max_age")))
		return set_max_age(p, said, value);
	if (slice_eq(name, SLICE("mx")))
		return add_mx(p, value);
	if (!is_name(name))
		return "not a field's name";
	return is_value(value) ? NULL : "no value";
}

static const char *
what_is_missing(const struct stspolicy *p, const struct said *said)
{
	if (!said->version)
		return "no version";
	if (!said->mode)
		return "no mode";
	if (!said->max_age)
		return "no max_age";
	return p->n == 0 && p->mode != STSPOLICY_NONE ? "no mx" : NULL;
}

/* One line without its end. */
static int
read_line(struct stspolicy *p, struct said *said, struct slice line,
    struct fail *f)
{
	struct slice value = line, name;
	const char *bad = "not of the form \"name: value\"";

	if (slice_until(&value, ':', &name)) {
		skip_blanks(&value);
		bad = set_field(p, said, name, without_blanks_behind(value));
	}
	return bad == NULL ? 0 : fail_set(f, EX_DATAERR, "policy: %s: %s",
	    TEXT_SHOW(line), bad);
}

int
stspolicy_parse(struct slice text, struct stspolicy *p, struct fail *f)
{
	struct said said = { 0 };
	struct slice line;
	const char *bad;

	p->n = 0;
	p->mode = STSPOLICY_NONE;
	p->max_age = 0;
	if (text.n > STSPOLICY_TEXT)
		return fail_set(f, EX_DATAERR,
		    "policy: longer than %d bytes", STSPOLICY_TEXT);
	while (text.n > 0) {
		if (slice_until(&text, '\n', &line) &&
		    slice_ends(line, SLICE("\r")))
			line.n--;
		if (read_line(p, &said, line, f) == -1)
			return -1;
	}
	if ((bad = what_is_missing(p, &said)) != NULL)
		return fail_set(f, EX_DATAERR, "policy: %s", bad);
	return 0;
}

int
stspolicy_is(struct slice pattern, struct slice host)
{
	struct slice label;

	if (slice_ends(host, SLICE(".")))
		host.n--;
	if (slice_starts(pattern, SLICE("*."))) {
		pattern = slice_sub(pattern, 2, pattern.n);
		if (!slice_until(&host, '.', &label) || label.n == 0)
			return 0;
	}
	return host.n > 0 && slice_caseeq(pattern, host);
}

int
stspolicy_matches(const struct stspolicy *p, struct slice host)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (stspolicy_is(p->mx[i], host))
			return 1;
	return 0;
}

/* sts-id. */
static int
is_id(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!is_alphanumeric((unsigned char)s.p[i]))
			return 0;
	return s.n > 0 && s.n <= STSPOLICY_ID;
}

/* sts-ext-value. */
static int
is_record_value(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 127 || s.p[i] == '=')
			return 0;
	return s.n > 0;
}

int
stspolicy_record(struct slice record, struct slice *id)
{
	struct slice rest = record, field, name;

	/* Others may stand at the same name: they are no concern of ours. */
	if (!slice_starts(record, SLICE("v=STSv1;")))
		return 0;
	(void)slice_until(&rest, ';', &field);
	*id = (struct slice){ NULL, 0 };
	for (;;) {
		skip_blanks(&rest);
		if (rest.n == 0)
			return id->n > 0 ? 1 : -1;
		(void)slice_until(&rest, ';', &field);
		field = without_blanks_behind(field);
		if (!slice_until(&field, '=', &name))
			return -1;
		if (slice_eq(name, SLICE("id"))) {
			if (id->n > 0 || !is_id(field))
				return -1;
			*id = field;
		} else if (!is_name(name) || !is_record_value(field)) {
			return -1;
		}
	}
}
