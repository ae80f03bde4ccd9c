/* SPDX-License-Identifier: ISC */
/*
 * ahead: messages read before their turn; see ahead.h.
 *
 * A ring of slots.  Three counters only grow, and each is moved by one side:
 *
 *	taken    by the user of this module: slots before it are free
 *	claimed  by whoever reads: slots before it are read or being read
 *	filled   by the user: slots before it have a path
 *
 * taken <= claimed <= filled <= taken + SLOTS.  Who moved "claimed" past a slot
 * has that slot alone until it sets "done".  The user reads like the threads
 * do, while the slot whose turn it is is not done; so there may be no threads.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ahead.h"
#include "buf.h"
#include "lastdir.h"
#include "mem.h"

enum {
	SLOTS = 64,
	MANY = SLOTS / 2, /* waiting paths that are worth threads */
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
	struct ahead *a;
	struct lastdir dir;
	size_t next, end; /* what it claimed and has not read */
	int held;	  /* what is no file, or -1 */
	atomic_int holds; /* its turn is not over, so nothing else is read */
	pthread_t thread;
};

struct ahead {
	/* of the user */
	struct paths *list;
	struct fail fail; /* of the list */
	int ended;	  /* it has no more */
	int given;	  /* the slot at "taken" is in the user's hands */
	size_t taken;
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
	struct slot slots[SLOTS];
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
	struct ahead *a = r->a;
	struct slice path = buf_slice(&s->path);
	int fd = slice_eq(path, SLICE("-")) ? -1 :
	    lastdir_open(&r->dir, path, FLAGS);

	if (fd != -1 && read_file(s, fd, atomic_load(&a->size)) == -1 &&
	    errno == ESPIPE) {
		r->held = fd;
		atomic_store(&r->holds, 1);
		s->holder = r;
		(void)atomic_fetch_add(&a->holding, 1);
	} else if (fd != -1) {
		(void)close(fd);
	}
	atomic_store(&s->done, 1);
	if (!atomic_load(&a->waiting))
		return;
	(void)pthread_mutex_lock(&a->lock);
	(void)pthread_cond_signal(&a->done);
	(void)pthread_mutex_unlock(&a->lock);
}

/* Claims slots that wait to be read: 1, or 0 where there are none. */
static int
claim(struct reader *r)
{
	struct ahead *a = r->a;
	size_t at = atomic_load(&a->claimed), end;

	do {
		end = atomic_load(&a->filled);
		if (at == end || atomic_load(&a->holding) > 0)
			return 0;
		if (end - at > BATCH)
			end = at + BATCH;
	} while (!atomic_compare_exchange_weak(&a->claimed, &at, end));
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
	return &r->a->slots[r->next++ % SLOTS];
}

/* 0 where next_slot would find none, and has nothing to let go. */
static int
has_work(const struct reader *r)
{
	const struct ahead *a = r->a;

	if (atomic_load(&r->holds))
		return 0;
	if (r->held != -1 || r->next < r->end)
		return 1;
	return atomic_load(&a->holding) == 0 &&
	    atomic_load(&a->claimed) < atomic_load(&a->filled);
}

/* Sleeps until there is work, or what is held may be closed.  A directory is
 * not remembered over that: another may be there then. */
static void
wait_for_work(struct reader *r)
{
	struct ahead *a = r->a;

	(void)pthread_mutex_lock(&a->lock);
	(void)atomic_fetch_add(&a->idle, 1);
	while (!atomic_load(&a->stop) && !has_work(r)) {
		lastdir_forget(&r->dir);
		(void)pthread_cond_wait(&a->work, &a->lock);
	}
	(void)atomic_fetch_sub(&a->idle, 1);
	(void)pthread_mutex_unlock(&a->lock);
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
	while (!atomic_load(&r->a->stop)) {
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
wake(struct ahead *a)
{
	if (atomic_load(&a->idle) == 0)
		return;
	(void)pthread_mutex_lock(&a->lock);
	(void)pthread_cond_broadcast(&a->work);
	(void)pthread_mutex_unlock(&a->lock);
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
start_threads(struct ahead *a)
{
	unsigned wanted = useful_threads();
	pthread_attr_t attr;
	sigset_t all, before;

	a->tried = 1;
	if (wanted == 0 || pthread_attr_init(&attr) != 0)
		return;
	(void)pthread_attr_setstacksize(&attr, STACK);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	while (a->nthreads < wanted) {
		struct reader *r = &a->readers[a->nthreads];

		*r = (struct reader){ .a = a, .dir = { .fd = -1 }, .held = -1 };
		if (pthread_create(&r->thread, &attr, read_all, r) != 0)
			break;
		a->nthreads++;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
}

struct ahead *
ahead_start(struct paths *list)
{
	struct ahead *a = mem_alloc(sizeof(*a));

	a->list = list;
	a->self = (struct reader){ .a = a, .dir = { .fd = -1 }, .held = -1 };
	a->rooms = mem_alloc((size_t)SLOTS * AHEAD_MOST);
	for (size_t i = 0; i < SLOTS; i++) {
		a->slots[i].path = BUF(LONGEST);
		a->slots[i].room = a->rooms + i * AHEAD_MOST;
	}
	(void)pthread_mutex_init(&a->lock, NULL);
	(void)pthread_cond_init(&a->work, NULL);
	(void)pthread_cond_init(&a->done, NULL);
	ahead_ask(a, AHEAD_MOST);
	return a;
}

void
ahead_ask(struct ahead *a, size_t n)
{
	if (n > AHEAD_MOST)
		n = AHEAD_MOST;
	if (n != atomic_load(&a->size))
		atomic_store(&a->size, n);
}

static size_t
waiting_paths(const struct ahead *a)
{
	return atomic_load(&a->filled) - a->taken;
}

/* Puts the next path of the list into the slot "at": 1; 0 where there is no
 * more. */
static int
fill_slot(struct ahead *a, size_t at)
{
	struct slot *s = &a->slots[at % SLOTS];
	struct slice path;

	if (!paths_take(a->list, &path, &a->fail)) {
		a->ended = 1;
		return 0;
	}
	buf_clear(&s->path);
	(void)buf_add(&s->path, path);
	s->message = (struct ahead_message){ .path = buf_str(&s->path),
		.bytes = { s->room, 0 } };
	atomic_store(&s->done, 0);
	return 1;
}

/* Takes one path off the list, for which it waits where "wait" is set, and
 * what else is there. */
static void
fill(struct ahead *a, int wait)
{
	size_t at = atomic_load(&a->filled), end = a->taken + SLOTS;

	while (!a->ended && at < end && (wait || paths_ready(a->list))) {
		at += (size_t)fill_slot(a, at);
		wait = 0;
	}
	atomic_store(&a->filled, at);
	if (!a->tried && waiting_paths(a) >= MANY)
		start_threads(a);
	wake(a);
}

int
ahead_ready(struct ahead *a)
{
	if (waiting_paths(a) <= SLOTS - MANY)
		fill(a, 0);
	return a->ended || waiting_paths(a) > (size_t)a->given;
}

/* Waits for a slot that a thread has, and reads others meanwhile. */
static void
wait_for(struct ahead *a, struct slot *s)
{
	struct slot *other;
	int looks = 0;

	while (!atomic_load(&s->done) && looks < PATIENCE) {
		if ((other = next_slot(&a->self)) != NULL)
			read_slot(&a->self, other);
		else if (++looks > 1)
			(void)sched_yield();
	}
	if (atomic_load(&s->done))
		return;
	(void)pthread_mutex_lock(&a->lock);
	atomic_store(&a->waiting, 1);
	while (!atomic_load(&s->done))
		(void)pthread_cond_wait(&a->done, &a->lock);
	atomic_store(&a->waiting, 0);
	(void)pthread_mutex_unlock(&a->lock);
}

/* The turn of the slot that was given is over.  Who has it open may close it,
 * and others may go on that wait for that. */
static void
take_back(struct ahead *a)
{
	struct slot *s = &a->slots[a->taken % SLOTS];

	if (!a->given)
		return;
	a->given = 0;
	a->taken++;
	if (s->holder == NULL)
		return;
	atomic_store(&s->holder->holds, 0);
	s->holder = NULL;
	if (!atomic_load(&a->self.holds))
		let_go(&a->self);
	(void)atomic_fetch_sub(&a->holding, 1);
	wake(a);
}

/* Who opens the message itself finds the descriptors that it would have found
 * without us. */
const struct ahead_message *
ahead_next(struct ahead *a, struct fail *f)
{
	struct slot *s;

	take_back(a);
	if (!ahead_ready(a)) {
		lastdir_forget(&a->self.dir);
		fill(a, 1);
	}
	if (waiting_paths(a) == 0) {
		if (a->fail.class != 0)
			*f = a->fail;
		return NULL;
	}
	s = &a->slots[a->taken % SLOTS];
	wait_for(a, s);
	if (s->message.got == AHEAD_NOTHING)
		lastdir_forget(&a->self.dir);
	a->given = 1;
	return &s->message;
}

void
ahead_free(struct ahead **a)
{
	struct ahead *it = *a;

	atomic_store(&it->stop, 1);
	wake(it);
	while (it->nthreads > 0)
		(void)pthread_join(it->readers[--it->nthreads].thread, NULL);
	let_go(&it->self);
	lastdir_forget(&it->self.dir);
	for (size_t i = 0; i < SLOTS; i++)
		buf_free(&it->slots[i].path);
	(void)pthread_cond_destroy(&it->work);
	(void)pthread_cond_destroy(&it->done);
	(void)pthread_mutex_destroy(&it->lock);
	free(it->rooms);
	free(it);
	*a = NULL;
}
