/* SPDX-License-Identifier: ISC */
/* tasks: the messages that are in hand, by their ids; see tasks.h. */

#include <stdlib.h>

#include "mem.h"
#include "tasks.h"

enum { PLACES = 64 };

static struct task **
place(const struct tasks *t, const char *id)
{
	return &t->place[slice_hash(slice_str(id)) % t->places];
}

static struct task **
find(const struct tasks *t, const char *id)
{
	struct task **at = place(t, id);

	while (*at != NULL && strcmp((*at)->name.id, id) != 0)
		at = &(*at)->next;
	return at;
}

static void
grow(struct tasks *t)
{
	struct tasks old = *t;
	size_t i;

	t->places = old.places == 0 ? PLACES : old.places * 2;
	t->place = mem_alloc(t->places * sizeof(struct task *));
	for (i = 0; i < old.places; i++)
		while (old.place[i] != NULL) {
			struct task *task = old.place[i];
			struct task **at = place(t, task->name.id);

			old.place[i] = task->next;
			task->next = *at;
			*at = task;
		}
	free(old.place);
}

int
tasks_has(const struct tasks *t, const char *id)
{
	return t->places > 0 && *find(t, id) != NULL;
}

struct task *
tasks_add(struct tasks *t, const struct spool_name *name)
{
	struct task **at, *task;

	if (t->n == t->places)
		grow(t);
	if (*(at = find(t, name->id)) != NULL)
		return NULL;
	task = mem_alloc(sizeof(*task));
	task->name = *name;
	task->results = BUF(SIZE_MAX);
	*at = task;
	t->n++;
	return task;
}

void
tasks_drop(struct tasks *t, struct task *task)
{
	struct task **at = find(t, task->name.id);

	*at = task->next;
	t->n--;
	t->left -= (size_t)task->left;
	buf_free(&task->results);
	free(task);
}

void
tasks_leave(struct tasks *t, struct task *task)
{
	buf_free(&task->results);
	t->left += !task->left;
	task->left = 1;
}

void
tasks_forget(struct tasks *t)
{
	size_t i;

	for (i = 0; i < t->places && t->left > 0; i++) {
		struct task *task = t->place[i], *next;

		for (; task != NULL; task = next) {
			next = task->next;
			if (task->left)
				tasks_drop(t, task);
		}
	}
}

void
tasks_free(struct tasks *t)
{
	size_t i;

	for (i = 0; i < t->places; i++)
		while (t->place[i] != NULL)
			tasks_drop(t, t->place[i]);
	free(t->place);
	memset(t, 0, sizeof(*t));
}
