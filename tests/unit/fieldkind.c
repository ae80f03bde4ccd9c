/* SPDX-License-Identifier: ISC */
/* Unit test of fieldkind: which fields hold addresses, and which no text. */

#include "fieldkind.h"
#include "unit.h"

static void
kinds(void)
{
	CHECK(fieldkind_is_address(SLICE("to")));
	CHECK(fieldkind_is_address(SLICE("RESENT-BCC")));
	CHECK(!fieldkind_is_address(SLICE("t")));
	CHECK(!fieldkind_is_address(SLICE("tox")));
	CHECK(!fieldkind_is_address(SLICE("")));
	CHECK(fieldkind_is_token(SLICE("message-id")));
	CHECK(!fieldkind_is_token(SLICE("Subject")));
	for (size_t i = 0; fieldkind_addresses[i] != NULL; i++)
		CHECK(!fieldkind_is_token(slice_str(fieldkind_addresses[i])));
	for (size_t i = 0; fieldkind_dates[i] != NULL; i++)
		CHECK(fieldkind_is_token(slice_str(fieldkind_dates[i])));
}

int
main(void)
{
	RUN(kinds);
	return unit_done();
}
