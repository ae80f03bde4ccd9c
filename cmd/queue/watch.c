/* SPDX-License-Identifier: ISC */
/* watch: what comes into the queue while a run waits; see watch.h. */

#include <stdio.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/inotify.h>
#endif

#include "watch.h"

#ifdef __linux__

enum { READ = 16384 };

static int
add(int fd, const struct spool *s, enum spool_state state)
{
	char path[4200];

	(void)snprintf(path, sizeof(path), "%.4000s/%s", s->path,
	    spool_directory(state));
	/* IN_ATTRIB: what had its name before it was written (spoolnew). */
	return inotify_add_watch(fd, path, IN_CREATE | IN_MOVED_TO |
	    IN_ATTRIB);
}

void
watch_open(struct watch *w, const struct spool *s)
{
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd == -1)
		return;
	w->new = add(w->fd, s, SPOOL_NEW);
	w->cur = add(w->fd, s, SPOOL_CUR);
}

static int
take(const struct watch *w, const struct inotify_event *event,
    void (*each)(void *ctx, const struct spool_name *name), void *ctx)
{
	struct spool_name name;

	if (event->mask & IN_Q_OVERFLOW)
		return -1;
	if (event->len > 0 && spool_name(slice_str(event->name),
	    event->wd == w->new ? SPOOL_NEW : SPOOL_CUR, &name) == 0)
		each(ctx, &name);
	return 0;
}

int
watch_read(const struct watch *w,
    void (*each)(void *ctx, const struct spool_name *name), void *ctx)
{
	_Alignas(struct inotify_event) char block[READ];
	const struct inotify_event *event;
	int rc = 0;
	ssize_t n, at;

	while ((n = read(w->fd, block, sizeof(block))) > 0)
		/* UNSAFE: the kernel gives whole events alone. */
		for (at = 0; at < n;
		    at += (ssize_t)(sizeof(*event) + event->len)) {
			event = (const void *)(block + at);
			if (take(w, event, each, ctx) == -1)
				rc = -1;
		}
	return rc;
}

#else

void
watch_open(struct watch *w, const struct spool *s)
{
	(void)s;
	w->fd = -1;
}

int
watch_read(const struct watch *w,
    void (*each)(void *ctx, const struct spool_name *name), void *ctx)
{
	(void)w, (void)each, (void)ctx;
	return -1;
}

#endif

void
watch_close(struct watch *w)
{
	if (w->fd != -1)
		(void)close(w->fd);
	w->fd = -1;
}
