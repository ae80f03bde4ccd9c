/* SPDX-License-Identifier: ISC */
/* fieldkind: what a field's name says about its value; see fieldkind.h. */

#include <stddef.h>

#include "fieldkind.h"

const char *const fieldkind_addresses[] = { "From", "Sender", "Reply-To", "To",
	"Cc", "Bcc", "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc",
	"Resent-Bcc", "Disposition-Notification-To", "Mail-Followup-To",
	"Mail-Reply-To", NULL };

const char *const fieldkind_dates[] = { "Date", "Resent-Date", NULL };

static const char *const tokens[] = { "Date", "Message-ID", "In-Reply-To",
	"References", "Return-Path", "Received", "Resent-Date",
	"Resent-Message-ID", "MIME-Version", "Content-Type",
	"Content-Transfer-Encoding", "Content-ID", "Content-Disposition",
	"Content-Language", "Content-Location", "DKIM-Signature",
	"Authentication-Results", NULL };

static int
is_one_of(struct slice name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (slice_caseeq(name, slice_str(*names)))
			return 1;
	return 0;
}

int
fieldkind_is_address(struct slice name)
{
	return is_one_of(name, fieldkind_addresses);
}

int
fieldkind_is_token(struct slice name)
{
	return is_one_of(name, tokens);
}
