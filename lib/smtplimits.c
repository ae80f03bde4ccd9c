/* SPDX-License-Identifier: ISC */
/* smtplimits: how much a server takes; see smtplimits.h. */

#include "smtplimits.h"
#include "timestamp.h"

/* RFC 9422, 3: name "=" value. */
static void
learn_limits(struct smtplimits *l, struct slice values)
{
	struct slice word, name;
	uint64_t *to;

	while (slice_word(&values, &word)) {
		if (!slice_until(&word, '=', &name))
			continue;
		if (slice_caseeq(name, SLICE("MAILMAX")))
			to = &l->messages;
		else if (slice_caseeq(name, SLICE("RCPTMAX")))
			to = &l->recipients;
		else if (slice_caseeq(name, SLICE("RCPTDOMAINMAX")))
			to = &l->domains;
		else
			continue;
		(void)slice_uint(word, 1, UINT64_MAX, to);
	}
}

/* RFC 4865, 3: seconds, and a date and time; both have to be there. */
static void
learn_release(struct smtplimits *l, struct slice values)
{
	struct slice seconds, until;

	l->release = slice_word(&values, &seconds) &&
	    slice_word(&values, &until) &&
	    slice_uint(seconds, 1, 999999999, &l->hold_for) == 0 &&
	    timestamp_parse(until, &l->hold_until) == 0;
}

void
smtplimits_learn(struct smtplimits *l, struct slice keyword,
    struct slice values)
{
	if (slice_caseeq(keyword, SLICE("LIMITS")))
		learn_limits(l, values);
	else if (slice_caseeq(keyword, SLICE("FUTURERELEASE")))
		learn_release(l, values);
}
