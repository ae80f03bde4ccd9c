/* SPDX-License-Identifier: ISC */
/*
 * child: who descends from this process and is in its group; see child.h.  No
 * signal reaches just them, as a group may have others: the rest of a pipeline
 * of the shell.
 */

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "child.h"
#include "io.h"
#include "slice.h"

enum { GENERATIONS = 100 };

struct process {
	uint64_t parent, group;
	int ended; /* and nobody waited for it yet */
};

/* What stands behind the name, which may have any byte (proc(5)). */
static int
parse(struct slice stat, struct process *p)
{
	struct slice state, parent, group;

	while (slice_find(stat, ')') < stat.n)
		(void)slice_until(&stat, ')', &state);
	if (!slice_word(&stat, &state) || !slice_word(&stat, &parent) ||
	    !slice_word(&stat, &group) ||
	    slice_uint(parent, 0, INT32_MAX, &p->parent) == -1 ||
	    slice_uint(group, 0, INT32_MAX, &p->group) == -1)
		return -1;
	p->ended = slice_eq(state, SLICE("Z")) || slice_eq(state, SLICE("X"));
	return 0;
}

/* 0, or -1 where there is no such process. */
static int
look_at(uint64_t pid, struct process *p)
{
	char path[32], text[512];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return -1;
	n = io_read(fd, text, sizeof(text));
	(void)close(fd);
	return n > 0 ? parse((struct slice){ text, (size_t)n }, p) : -1;
}

static int
descends_from_us(struct process p)
{
	int i;

	for (i = 0; i < GENERATIONS && p.parent > 0; i++) {
		if (p.parent == (uint64_t)getpid())
			return 1;
		if (look_at(p.parent, &p) == -1)
			return 0;
	}
	return 0;
}

size_t
child_signal_ours(int number)
{
	const struct dirent *e;
	DIR *all = opendir("/proc");
	struct process p;
	uint64_t pid;
	size_t n = 0;

	while (all != NULL && (e = readdir(all)) != NULL)
		if (slice_uint(slice_str(e->d_name), 1, INT32_MAX, &pid) ==
		    0 && look_at(pid, &p) == 0 && !p.ended &&
		    p.group == (uint64_t)getpgrp() && descends_from_us(p))
			n += kill((pid_t)pid, number) == 0;
	if (all != NULL)
		(void)closedir(all);
	return n;
}
