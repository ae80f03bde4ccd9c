/* SPDX-License-Identifier: ISC */
/*
 * stspolicy: what a domain says of TLS to its mail servers: MTA-STS (RFC
 * 8461), the record that announces a policy, and the policy.  Nothing is
 * fetched here; mta-sts(1) does that.
 */
#ifndef STSPOLICY_H
#define STSPOLICY_H

#include "fail.h"
#include "slice.h"

enum {
	STSPOLICY_TEXT = 65536,	  /* bytes of a policy (RFC 8461, 3.3) */
	STSPOLICY_MX = 100,	  /* patterns; real ones have some ten */
	STSPOLICY_ID = 32,	  /* bytes of an id (3.1) */
	STSPOLICY_AGE = 31557600, /* seconds, the longest max_age (3.2) */
};

enum stspolicy_mode {
	STSPOLICY_NONE,	   /* no policy any more */
	STSPOLICY_TESTING, /* failures are reported alone */
	STSPOLICY_ENFORCE, /* no delivery but as it says */
};

struct stspolicy {
	enum stspolicy_mode mode;
	unsigned max_age;		/* seconds, up to STSPOLICY_AGE */
	struct slice mx[STSPOLICY_MX];	/* of the text */
	size_t n;
};

/*
 * Reads a policy (3.2), whose lines end in LF or CRLF and whose fields have
 * any order; what its patterns are in "p" borrows from "text".  Unknown fields
 * count for nothing, and so do all but the first of one that may stand once.
 * 0, or -1 with EX_DATAERR: it is none.  A max_age that is longer than may be
 * is one of STSPOLICY_AGE.
 */
int stspolicy_parse(struct slice text, struct stspolicy *p, struct fail *f);

/* 1 where a pattern of the policy is the name "host", which has A-labels and
 * may end in the dot of the root (4.1): "*." stands for one label.  What the
 * mode makes of that is the caller's affair. */
int stspolicy_matches(const struct stspolicy *p, struct slice host);

/* The same for one pattern. */
int stspolicy_is(struct slice pattern, struct slice host);

/* "none", "testing", "enforce". */
const char *stspolicy_name(enum stspolicy_mode mode);

/* The TXT record "record" (3.1), its strings put together: 1 with its id, up
 * to STSPOLICY_ID letters and digits of it; 0 where it is of something else;
 * -1 where it is of MTA-STS, and malformed. */
int stspolicy_record(struct slice record, struct slice *id);

#endif
