/* SPDX-License-Identifier: ISC */
/* Fuzz target: a configuration file is read, or refused with a line. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("conf", 0), rc;
	struct fail f = { 0 };
	struct conf c;
	char path[40];

	if (write(fd, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = conf_load(&c, path, &f);
	if (rc == 0 ? c.hostname == NULL || c.ndomains == 0 || c.user == NULL :
	    f.class != EX_CONFIG || f.text[0] == '\0' ||
	    strpbrk(f.text, "\r\n\033") != NULL)
		abort();
	conf_free(&c);
	(void)close(fd);
	return 0;
}
