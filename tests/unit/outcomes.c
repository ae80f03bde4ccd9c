/* SPDX-License-Identifier: ISC */
/* Unit test of outcomes: which recipient has the message. */

#include "outcomes.h"
#include "unit.h"

/* Recipients with one mailbox, with two, and with one again. */
static void
add_three(struct outcomes *o)
{
	outcomes_place(o, 0);
	outcomes_accept(o);
	outcomes_place(o, 1);
	outcomes_place(o, 2);
	outcomes_accept(o);
	outcomes_place(o, 0);
	outcomes_accept(o);
}

static void
each_its_own(void)
{
	struct outcomes o = { 0 };
	struct fail bad = { 0 }, f = { 0 };

	add_three(&o);
	CHECK_INT(o.recipients, 3);
	CHECK_INT(outcomes_get(&o, 1, &f), 0);
	(void)fail_set(&bad, EX_TEMPFAIL, "no room");
	outcomes_fail(&o, 2, &bad);
	CHECK_INT(outcomes_get(&o, 0, &f), 0);
	CHECK_INT(outcomes_get(&o, 1, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "no room");
	CHECK_INT(outcomes_get(&o, 2, &f), 0);
	outcomes_fail(&o, 0, &bad);
	CHECK_INT(outcomes_get(&o, 0, &f), -1);
	CHECK_INT(outcomes_get(&o, 2, &f), -1);
	outcomes_clear(&o);
}

static void
nobody(void)
{
	struct outcomes o = { 0 };
	struct fail f = { 0 };

	CHECK_INT(outcomes_get(&o, 0, &f), -1);
	CHECK_INT(f.class, EX_SOFTWARE);
	add_three(&o);
	CHECK_INT(outcomes_get(&o, 3, &f), -1);
	CHECK_INT(outcomes_get(&o, (size_t)-1, &f), -1);
	outcomes_clear(&o);
	CHECK_INT(outcomes_get(&o, 0, &f), -1);
	outcomes_clear(&o);
}

int
main(void)
{
	RUN(each_its_own);
	RUN(nobody);
	return unit_done();
}
