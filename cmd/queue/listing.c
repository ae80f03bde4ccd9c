/* SPDX-License-Identifier: ISC */
/* listing: lines for many messages of the queue; see listing.h. */

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "listing.h"
#include "mem.h"

enum {
	PIECE = 256,   /* messages */
	THREADS = 4,   /* at most */
	AHEAD = 16,    /* pieces that wait to be written */
};

struct piece { /* of the list */
	struct buf out;
	size_t found;
	struct fail *failed;
	size_t nfailed;
	int done;
};

struct crew {
	struct listing *l;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct piece pieces[AHEAD]; /* number n is pieces[n % AHEAD] */
	size_t next, written, all;  /* numbers of pieces */
};

static void
note(struct piece *p, const struct fail *f)
{
	/* It is gone: sent, or another name by now. */
	if (f->class == EX_NOINPUT)
		return;
	p->failed = mem_grow(p->failed, p->nfailed, sizeof(*p->failed));
	p->failed[p->nfailed++] = *f;
}

static void
show(const struct listing *l, const struct spool_name *name, struct piece *p)
{
	int meant = patterns_match_id(l->patterns, name->id);
	char path[SPOOL_NAME];
	struct fail f = { 0 };
	struct spoolfile m;
	int rc;

	if (!meant && patterns_are_ids(l->patterns))
		return;
	rc = spoolfile_open(&m, l->spool->dir, spool_path(path, name), &f);
	if (rc == 0 && (meant || patterns_match(l->patterns, &m))) {
		patterns_saw(l->patterns, name->id);
		p->found++;
		rc = l->show(l->ctx, name, &m, &p->out, &f);
	}
	if (rc == -1 && !spoolfile_is_left(&m, name->state)) {
		if (f.class != EX_NOINPUT)
			patterns_saw(l->patterns, name->id);
		note(p, &f);
	}
	spoolfile_close(&m);
}

static void
make_piece(const struct crew *c, size_t number, struct piece *p)
{
	const struct names *names = c->l->names;
	size_t i = number * PIECE, end = i + PIECE;

	if (end > names->n)
		end = names->n;
	for (; i < end; i++)
		show(c->l, &names->p[i], p);
}

static void *
work(void *ctx)
{
	struct crew *c = ctx;
	struct piece *p;
	size_t number;

	(void)pthread_mutex_lock(&c->mutex);
	while (c->next < c->all) {
		if (c->next >= c->written + AHEAD) {
			(void)pthread_cond_wait(&c->changed, &c->mutex);
			continue;
		}
		number = c->next++;
		p = &c->pieces[number % AHEAD];
		(void)pthread_mutex_unlock(&c->mutex);
		make_piece(c, number, p);
		(void)pthread_mutex_lock(&c->mutex);
		p->done = 1;
		(void)pthread_cond_broadcast(&c->changed);
	}
	(void)pthread_mutex_unlock(&c->mutex);
	return NULL;
}

static void
write_piece(struct listing *l, struct piece *p, struct output *out)
{
	size_t i;

	output_put(out, buf_slice(&p->out));
	for (i = 0; i < p->nfailed; i++) {
		l->failed(&p->failed[i]);
		l->status = cli_worse(l->status, p->failed[i].class);
	}
	l->found += p->found;
	buf_clear(&p->out);
	free(p->failed);
	p->failed = NULL;
	p->nfailed = p->found = 0;
	p->done = 0;
}

static void
write_all(struct crew *c, struct output *out)
{
	struct piece *p;

	(void)pthread_mutex_lock(&c->mutex);
	while (c->written < c->all) {
		p = &c->pieces[c->written % AHEAD];
		if (!p->done) {
			(void)pthread_cond_wait(&c->changed, &c->mutex);
			continue;
		}
		(void)pthread_mutex_unlock(&c->mutex);
		write_piece(c->l, p, out);
		(void)pthread_mutex_lock(&c->mutex);
		c->written++;
		(void)pthread_cond_broadcast(&c->changed);
	}
	(void)pthread_mutex_unlock(&c->mutex);
}

/* As many as there are processors; a short list needs none. */
static size_t
start(struct crew *c, pthread_t threads[THREADS])
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	sigset_t all, before;
	size_t n = 0;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	while (c->all > 1 && n < THREADS && (long)n < processors &&
	    pthread_create(&threads[n], NULL, work, c) == 0)
		n++;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return n;
}

/* Without a thread. */
static void
run_alone(struct crew *c, struct output *out)
{
	for (; c->written < c->all; c->written++) {
		make_piece(c, c->written, &c->pieces[0]);
		write_piece(c->l, &c->pieces[0], out);
	}
}

void
listing_run(struct listing *l, struct output *out)
{
	struct crew c = { .l = l, .mutex = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
		.all = (l->names->n + PIECE - 1) / PIECE };
	pthread_t threads[THREADS];
	size_t i, n;

	for (i = 0; i < AHEAD; i++)
		c.pieces[i].out = BUF(SIZE_MAX / 2);
	n = start(&c, threads);
	if (n == 0)
		run_alone(&c, out);
	else
		write_all(&c, out);
	for (i = 0; i < n; i++)
		(void)pthread_join(threads[i], NULL);
	for (i = 0; i < AHEAD; i++)
		buf_free(&c.pieces[i].out);
}
