/* SPDX-License-Identifier: ISC */
/* putsource: where a message is read from; see putsource.h. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "putsource.h"
#include "scratch.h"

enum { NAME = 16384 };

struct putsource *
putsource_copy(const struct putsource *s)
{
	struct putsource *copy = mem_alloc(sizeof(*copy));

	*copy = *s;
	copy->path = mem_str(slice_str(s->path));
	if (copy->kept != NULL)
		copy->kept->uses++;
	return copy;
}

void
putsource_free(struct putsource **s)
{
	if (*s == NULL)
		return;
	free((char *)(uintptr_t)(*s)->path);
	putkept_free(&(*s)->kept);
	free(*s);
	*s = NULL;
}

char *
putsource_name(const struct putsource *s)
{
	struct buf name = BUF(NAME);

	(void)buf_adds(&name, strcmp(s->path, "-") == 0 ? "standard input" :
	    s->path);
	if (s->number > 0)
		(void)buf_addf(&name, ", message %" PRIu64, s->number);
	(void)buf_str(&name);
	return name.p;
}

struct putkept *
putkept_new(struct fail *f)
{
	struct putkept *k;
	int fd = scratch_open(f);

	if (fd == -1)
		return NULL;
	k = mem_alloc(sizeof(*k));
	*k = (struct putkept){ fd, 1 };
	return k;
}

void
putkept_free(struct putkept **k)
{
	struct putkept *kept = *k;

	*k = NULL;
	if (kept == NULL || --kept->uses > 0)
		return;
	(void)close(kept->fd);
	free(kept);
}
