/* SPDX-License-Identifier: ISC */
/* beside: the other commands of mailpipe; see beside.h. */

#include <string.h>
#include <unistd.h>

#include "beside.h"

int
beside_exec(char *const argv[], struct fail *f)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));
	size_t room = strlen(argv[0]) + 1;

	while (n > 0 && path[n - 1] != '/')
		n--;
	if (n > 0 && (size_t)n + room <= sizeof(path)) {
		memcpy(path + n, argv[0], room);
		(void)execv(path, argv);
	}
	(void)execvp(argv[0], argv);
	return fail_errno(f, EX_CONFIG, "%.100s", argv[0]);
}
