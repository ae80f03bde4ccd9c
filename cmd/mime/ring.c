/* SPDX-License-Identifier: ISC */
/*
 * ring: messages read by whoever has time; see ring.h.
 *
 * Three counters of slots only grow, and each is moved by one side:
 *
 *	taken    by the user of this module: slots before it are free
 *	claimed  by whoever reads: slots before it are read or being read
 *	filled   by the user: slots before it have a path
 *
 * taken <= claimed <= filled <= taken + RING_SLOTS.  Who moved "claimed" past a
 * slot has that slot alone until it sets "done".  The user reads like the
 * threads do, while the slot whose turn it is is not done; so there may be no
 * threads.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "lastdir.h"
#include "mem.h"
#include "ring.h"

enum {
	BATCH = 4,	  /* slots that are claimed at once */
	THREADS = 2,
	STACK = 131072,
	LONGEST = 4096,	  /* a path, as paths.h has it */
	PATIENCE = 50,	  /* looks at a slot before there is a sleep */
	LINE = 64,	  /* of a cache: who write there wait for each other */
	FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
};

struct slot {
	struct buf path;
	struct ahead_message message;
	char *room;
	struct reader *holder; /* who has it open, as it is no file, or NULL */
	atomic_int done;
	char apart[LINE];
};

/* Who reads, and the directory of what it read last. */
struct reader {
	struct ring *ring;
	struct lastdir dir;
	size_t next, end; /* what it claimed and has not read */
	int held;	  /* what is no file, or -1 */
	atomic_int holds; /* its turn is not over, so nothing else is read */
	pthread_t thread;
};

struct ring {
	/* of the user */
	size_t taken;
	size_t put; /* what "filled" is to be */
	unsigned nthreads;
	int tried; /* to start them */
	char *rooms;

	/* of both sides, seldom written */
	char apart[LINE];
	atomic_size_t filled;
	atomic_size_t size;
	atomic_int holding; /* slots with a holder: nobody claims more */
	atomic_int idle;    /* threads that sleep */
	atomic_int waiting; /* the user sleeps */
	atomic_int stop;
	pthread_mutex_t lock;
	pthread_cond_t work, done;

	char far_apart[LINE];
	atomic_size_t claimed;
	char farther_apart[LINE];
	struct slot slots[RING_SLOTS];
	struct reader self, readers[THREADS];
};

/* Closes what is no file. */
static void
let_go(struct reader *r)
{
	if (r->held != -1)
		(void)close(r->held);
	r->held = -1;
}

/* Reads what is asked for, or to the end.  pread(2) takes nothing from what is
 * no file: a FIFO, a terminal, the list itself. */
static int
read_file(struct slot *s, int fd, size_t size)
{
	ssize_t n;

	do {
		struct slice *bytes = &s->message.bytes;

		n = pread(fd, s->room + bytes->n, size - bytes->n,
		    (off_t)bytes->n);
		if (n > 0)
			bytes->n += (size_t)n;
	} while ((n > 0 && s->message.bytes.n < size) ||
	    (n == -1 && errno == EINTR));
	if (n >= 0)
		s->message.got = n == 0 ? AHEAD_ALL : AHEAD_BEGINNING;
	return n == -1 ? -1 : 0;
}

/* Reads the message of a slot that is the reader's alone. */
static void
read_slot(struct reader *r, struct slot *s)
{
	struct ring *ring = r->ring;
	struct slice path = buf_slice(&s->path);
	int fd = slice_eq(path, SLICE("-")) ? -1 :
	    lastdir_open(&r->dir, path, FLAGS);

	if (fd != -1 && read_file(s, fd, atomic_load(&ring->size)) == -1 &&
	    errno == ESPIPE) {
		r->held = fd;
		atomic_store(&r->holds, 1);
		s->holder = r;
		(void)atomic_fetch_add(&ring->holding, 1);
	} else if (fd != -1) {
		(void)close(fd);
	}
	atomic_store(&s->done, 1);
	if (!atomic_load(&ring->waiting))
		return;
	(void)pthread_mutex_lock(&ring->lock);
	(void)pthread_cond_signal(&ring->done);
	(void)pthread_mutex_unlock(&ring->lock);
}

/* Claims slots that wait to be read: 1, or 0 where there are none. */
static int
claim(struct reader *r)
{
	struct ring *ring = r->ring;
	size_t at = atomic_load(&ring->claimed), end;

	do {
		end = atomic_load(&ring->filled);
		if (at == end || atomic_load(&ring->holding) > 0)
			return 0;
		if (end - at > BATCH)
			end = at + BATCH;
	} while (!atomic_compare_exchange_weak(&ring->claimed, &at, end));
	r->next = at;
	r->end = end;
	return 1;
}

/* The next slot for the reader, or NULL where there is none. */
static struct slot *
next_slot(struct reader *r)
{
	if (atomic_load(&r->holds))
		return NULL;
	let_go(r);
	if (r->next == r->end && !claim(r))
		return NULL;
	return &r->ring->slots[r->next++ % RING_SLOTS];
}

/* 0 where next_slot would find none, and has nothing to let go. */
static int
has_work(const struct reader *r)
{
	const struct ring *ring = r->ring;

	if (atomic_load(&r->holds))
		return 0;
	if (r->held != -1 || r->next < r->end)
		return 1;
	return atomic_load(&ring->holding) == 0 &&
	    atomic_load(&ring->claimed) < atomic_load(&ring->filled);
}

/* Sleeps until there is work, or what is held may be closed.  A directory is
 * not remembered over that: another may be there then. */
static void
wait_for_work(struct reader *r)
{
	struct ring *ring = r->ring;

	(void)pthread_mutex_lock(&ring->lock);
	(void)atomic_fetch_add(&ring->idle, 1);
	while (!atomic_load(&ring->stop) && !has_work(r)) {
		lastdir_forget(&r->dir);
		(void)pthread_cond_wait(&ring->work, &ring->lock);
	}
	(void)atomic_fetch_sub(&ring->idle, 1);
	(void)pthread_mutex_unlock(&ring->lock);
}

/* A table of descriptors that is shared costs a lock at each turn; where it
 * may not be left, it is used.  (ThreadSanitizer knows only of one table.) */
static void *
read_all(void *arg)
{
	struct reader *r = arg;
	struct slot *s;

#if defined(CLONE_FILES) && !defined(__SANITIZE_THREAD__)
	(void)unshare(CLONE_FILES);
#endif
	while (!atomic_load(&r->ring->stop)) {
		if ((s = next_slot(r)) != NULL)
			read_slot(r, s);
		else
			wait_for_work(r);
	}
	let_go(r);
	lastdir_forget(&r->dir);
	return NULL;
}

/* Wakes threads that wait for work; they hold the lock from where they say so
 * to where they sleep. */
static void
wake(struct ring *ring)
{
	if (atomic_load(&ring->idle) == 0)
		return;
	(void)pthread_mutex_lock(&ring->lock);
	(void)pthread_cond_broadcast(&ring->work);
	(void)pthread_mutex_unlock(&ring->lock);
}

/* How many threads would find a processor. */
static unsigned
useful_threads(void)
{
	cpu_set_t set;
	int n = 1;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = CPU_COUNT(&set);
	return n > THREADS ? THREADS : (unsigned)n - 1;
}

/* Signals are for the thread that was there first. */
static void
start_threads(struct ring *ring)
{
	unsigned wanted = useful_threads();
	pthread_attr_t attr;
	sigset_t all, before;

	ring->tried = 1;
	if (wanted == 0 || pthread_attr_init(&attr) != 0)
		return;
	(void)pthread_attr_setstacksize(&attr, STACK);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	while (ring->nthreads < wanted) {
		struct reader *r = &ring->readers[ring->nthreads];

		*r = (struct reader){ .ring = ring, .dir = { .fd = -1 },
			.held = -1 };
		if (pthread_create(&r->thread, &attr, read_all, r) != 0)
			break;
		ring->nthreads++;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
}

struct ring *
ring_start(void)
{
	struct ring *ring = mem_alloc(sizeof(*ring));

	ring->self = (struct reader){ .ring = ring, .dir = { .fd = -1 },
		.held = -1 };
	ring->rooms = mem_alloc((size_t)RING_SLOTS * AHEAD_MOST);
	for (size_t i = 0; i < RING_SLOTS; i++) {
		ring->slots[i].path = BUF(LONGEST);
		ring->slots[i].room = ring->rooms + i * AHEAD_MOST;
	}
	(void)pthread_mutex_init(&ring->lock, NULL);
	(void)pthread_cond_init(&ring->work, NULL);
	(void)pthread_cond_init(&ring->done, NULL);
	ring_ask(ring, AHEAD_MOST);
	return ring;
}

void
ring_ask(struct ring *ring, size_t n)
{
	if (n > AHEAD_MOST)
		n = AHEAD_MOST;
	if (n != atomic_load(&ring->size))
		atomic_store(&ring->size, n);
}

size_t
ring_waiting(const struct ring *ring)
{
	return ring->put - ring->taken;
}

void
ring_put(struct ring *ring, struct slice path)
{
	struct slot *s = &ring->slots[ring->put++ % RING_SLOTS];

	buf_clear(&s->path);
	(void)buf_add(&s->path, path);
	s->message = (struct ahead_message){ .path = buf_str(&s->path),
		.bytes = { s->room, 0 } };
	atomic_store(&s->done, 0);
}

void
ring_offer(struct ring *ring)
{
	atomic_store(&ring->filled, ring->put);
	if (!ring->tried && ring_waiting(ring) >= RING_MANY)
		start_threads(ring);
	wake(ring);
}

/* Waits for a slot that a thread has, and reads others meanwhile. */
static void
wait_for(struct ring *ring, struct slot *s)
{
	struct slot *other;
	int looks = 0;

	while (!atomic_load(&s->done) && looks < PATIENCE) {
		if ((other = next_slot(&ring->self)) != NULL)
			read_slot(&ring->self, other);
		else if (++looks > 1)
			(void)sched_yield();
	}
	if (atomic_load(&s->done))
		return;
	(void)pthread_mutex_lock(&ring->lock);
	atomic_store(&ring->waiting, 1);
	while (!atomic_load(&s->done))
		(void)pthread_cond_wait(&ring->done, &ring->lock);
	atomic_store(&ring->waiting, 0);
	(void)pthread_mutex_unlock(&ring->lock);
}

const struct ahead_message *
ring_first(struct ring *ring)
{
	struct slot *s = &ring->slots[ring->taken % RING_SLOTS];

	wait_for(ring, s);
	return &s->message;
}

/* Who has it open may close it, and others may go on that wait for that. */
void
ring_pass(struct ring *ring)
{
	struct slot *s = &ring->slots[ring->taken % RING_SLOTS];

	ring->taken++;
	if (s->holder == NULL)
		return;
	atomic_store(&s->holder->holds, 0);
	s->holder = NULL;
	if (!atomic_load(&ring->self.holds))
		let_go(&ring->self);
	(void)atomic_fetch_sub(&ring->holding, 1);
	wake(ring);
}

void
ring_forget(struct ring *ring)
{
	lastdir_forget(&ring->self.dir);
}

void
ring_free(struct ring **ring)
{
	struct ring *it = *ring;

	atomic_store(&it->stop, 1);
	wake(it);
	while (it->nthreads > 0)
		(void)pthread_join(it->readers[--it->nthreads].thread, NULL);
	let_go(&it->self);
	ring_forget(it);
	for (size_t i = 0; i < RING_SLOTS; i++)
		buf_free(&it->slots[i].path);
	(void)pthread_cond_destroy(&it->work);
	(void)pthread_cond_destroy(&it->done);
	(void)pthread_mutex_destroy(&it->lock);
	free(it->rooms);
	free(it);
	*ring = NULL;
}
