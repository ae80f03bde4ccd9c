/* SPDX-License-Identifier: ISC */
/* xdg: our directory among those of a user's programs; see xdg.h. */

#include <stdlib.h>

#include "xdg.h"

const char *
xdg_directory(const char *variable, const char *below, struct buf *out)
{
	const char *named = getenv(variable), *home = getenv("HOME");
	int rc;

	if (named != NULL && named[0] == '/')
		rc = buf_addf(out, "%s/mailpipe", named);
	else if (home == NULL || home[0] == '\0')
		return "HOME is not set";
	else if (home[0] != '/')
		return "HOME is no absolute path";
	else
		rc = buf_addf(out, "%s/%s/mailpipe", home, below);
	return rc == -1 ? "the path is too long" : NULL;
}
