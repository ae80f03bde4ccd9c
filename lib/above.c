/* SPDX-License-Identifier: ISC */
/* above: the directories above a path; see above.h. */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "above.h"
#include "mem.h"

/* The path of the directory, with the "/" behind it; free(3) it. */
static char *
parent(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	return mem_str(n == 0 ? SLICE(".") : (struct slice){ path, n });
}

int
above_sync(const char *path)
{
	char *above = parent(path);
	int fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	free(above);
	if (fd == -1)
		return -1;
	rc = fsync(fd);
	(void)close(fd);
	return rc;
}

void
above_make(const char *path, unsigned mode)
{
	char *above = parent(path), *p;

	for (p = above + 1; *p != '\0'; p++)
		if (*p == '/') {
			*p = '\0';
			(void)mkdir(above, mode);
			*p = '/';
		}
	free(above);
}
