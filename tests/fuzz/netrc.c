/* SPDX-License-Identifier: ISC */
/* Fuzz target: a netrc, its first line the host and user looked for: what is
 * found is for that user, and there is nothing where nothing is found. */

#include <stdlib.h>

#include "limits.h"
#include "netrc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size }, host, user;
	struct netrc n = { .login = BUF(LIMIT_SECRET),
		.secret = BUF(LIMIT_SECRET) };
	struct fail f = { 0 };

	(void)slice_until(&text, '\n', &user);
	(void)slice_until(&user, ' ', &host);
	n.host = host;
	n.user = user;
	switch (netrc_find(text, &n, &f)) {
	case 1:
		if (n.secret.n == 0 || (user.n > 0 && n.login.n > 0 &&
		    !slice_eq(buf_slice(&n.login), user)))
			abort();
		break;
	case 0:
		if (n.secret.n > 0 || n.login.n > 0)
			abort();
		break;
	default:
		if (n.secret.n > 0 || f.class != EX_CONFIG)
			abort();
	}
	buf_free(&n.login);
	buf_wipe(&n.secret);
	return 0;
}
