/* SPDX-License-Identifier: ISC */
/* self: who this process is, as mail names it; see self.h. */

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "self.h"

char *
self_host(char out[SELF_HOST])
{
	if (gethostname(out, SELF_HOST) == -1)
		out[0] = '\0';
	out[SELF_HOST - 1] = '\0';
	if (out[0] == '\0')
		(void)snprintf(out, SELF_HOST, "localhost");
	return out;
}

int
self_address(char out[ADDR_TEXT], struct fail *f)
{
	char host[SELF_HOST];

	return self_address_at(out, self_host(host), f);
}

int
self_address_at(char out[ADDR_TEXT], const char *host, struct fail *f)
{
	const struct passwd *user = getpwuid(getuid());
	struct addr a;
	int n;

	if (user == NULL)
		return fail_set(f, EX_NOUSER, "user %ju has no name",
		    (uintmax_t)getuid());
	n = snprintf(out, ADDR_TEXT, "%s@%s", user->pw_name, host);
	if (n < 0 || n >= ADDR_TEXT)
		return fail_set(f, EX_NOUSER,
		    "names of user and host: too long for an address");
	if (addr_check(slice_str(out), &a, f) == 0)
		return 0;
	f->class = EX_NOUSER;
	return -1;
}
