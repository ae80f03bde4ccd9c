/* SPDX-License-Identifier: ISC */
/* behind: a thread that writes; see behind.h. */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "behind.h"
#include "io.h"
#include "mem.h"

/* The blocks from "written" to "given", both counted for ever, are the
 * thread's and full; the others are the caller's and empty. */
struct behind {
	int fd;
	pthread_t thread;
	pthread_mutex_t lock; /* over what is below */
	pthread_cond_t change;
	struct buf blocks[BEHIND_BLOCKS];
	unsigned given, written;
	int ended; /* no block comes any more */
	int error; /* errno of the first failed write, or 0 */
};

/* The next block, or NULL where none comes any more. */
static struct buf *
next_block(struct behind *w)
{
	while (w->given == w->written && !w->ended)
		(void)pthread_cond_wait(&w->change, &w->lock);
	if (w->given == w->written)
		return NULL;
	return &w->blocks[w->written % BEHIND_BLOCKS];
}

static void *
write_blocks(void *ctx)
{
	struct behind *w = ctx;
	struct buf *block;
	int error = 0;

	(void)pthread_mutex_lock(&w->lock);
	while ((block = next_block(w)) != NULL) {
		(void)pthread_mutex_unlock(&w->lock);
		if (error == 0 && io_write(w->fd, buf_slice(block)) == -1)
			error = errno;
		(void)pthread_mutex_lock(&w->lock);
		w->error = error;
		w->written++;
		/* Who waits for room gets a good deal at once. */
		if (w->given - w->written <= BEHIND_BLOCKS / 2)
			(void)pthread_cond_signal(&w->change);
	}
	(void)pthread_mutex_unlock(&w->lock);
	return NULL;
}

static int
start_thread(struct behind *w)
{
	sigset_t others, before;
	int rc;

	(void)sigfillset(&others);
	(void)sigdelset(&others, SIGPIPE);
	(void)sigdelset(&others, SIGXFSZ);
	(void)pthread_sigmask(SIG_BLOCK, &others, &before);
	rc = pthread_create(&w->thread, NULL, write_blocks, w);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static void
destroy(struct behind *w)
{
	(void)pthread_cond_destroy(&w->change);
	(void)pthread_mutex_destroy(&w->lock);
	for (size_t i = 0; i < BEHIND_BLOCKS; i++)
		buf_free(&w->blocks[i]);
	free(w);
}

struct behind *
behind_start(int fd)
{
	struct behind *w = mem_alloc(sizeof(*w));

	w->fd = fd;
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->change, NULL);
	if (start_thread(w) == 0)
		return w;
	destroy(w);
	return NULL;
}

/* Waits, with the lock, until at most "n" blocks are not written. */
static int
wait_until(struct behind *w, unsigned n)
{
	while (w->given - w->written > n)
		(void)pthread_cond_wait(&w->change, &w->lock);
	return w->error;
}

int
behind_give(struct behind *w, struct buf *b)
{
	struct buf *block, full = *b;
	int error;

	(void)pthread_mutex_lock(&w->lock);
	error = wait_until(w, BEHIND_BLOCKS - 1);
	block = &w->blocks[w->given++ % BEHIND_BLOCKS];
	*b = *block;
	*block = full;
	(void)pthread_cond_signal(&w->change);
	(void)pthread_mutex_unlock(&w->lock);
	b->max = full.max;
	buf_clear(b);
	return error;
}

int
behind_wait(struct behind *w)
{
	int error;

	(void)pthread_mutex_lock(&w->lock);
	error = wait_until(w, 0);
	(void)pthread_mutex_unlock(&w->lock);
	return error;
}

void
behind_end(struct behind **w)
{
	if (*w == NULL)
		return;
	(void)pthread_mutex_lock(&(*w)->lock);
	(*w)->ended = 1;
	(void)pthread_cond_signal(&(*w)->change);
	(void)pthread_mutex_unlock(&(*w)->lock);
	(void)pthread_join((*w)->thread, NULL);
	destroy(*w);
	*w = NULL;
}
