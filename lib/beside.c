/* SPDX-License-Identifier: ISC */
/* beside: the other commands of mailpipe; see beside.h. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "beside.h"

int
beside_find(char out[BESIDE_PATH], const char *name)
{
	ssize_t n = readlink("/proc/self/exe", out, BESIDE_PATH);
	size_t room = strlen(name) + 1;

	while (n > 0 && out[n - 1] != '/')
		n--;
	if (n > 0 && (size_t)n + room <= BESIDE_PATH) {
		memcpy(out + n, name, room);
		if (access(out, X_OK) == 0)
			return 1;
	}
	(void)snprintf(out, BESIDE_PATH, "%s", name);
	return 0;
}

int
beside_exec(char *const argv[], struct fail *f)
{
	char path[BESIDE_PATH];

	(void)beside_find(path, argv[0]);
	(void)execvp(path, argv);
	return fail_errno(f, EX_CONFIG, "%.100s", argv[0]);
}
