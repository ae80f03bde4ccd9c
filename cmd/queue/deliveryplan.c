/* SPDX-License-Identifier: ISC */
/* deliveryplan: whom a message goes to; see deliveryplan.h. */

#include <stdlib.h>
#include <unistd.h>

#include "deliveryplan.h"
#include "forwardfile.h"
#include "limits.h"
#include "userowner.h"

struct making {
	struct deliveryplan *plan;
	const struct conf *conf;
	const struct user *user;
	struct forwardfile file; /* of the user */
	struct fail *f;
};

static void
add_box(struct deliveryplan *p, const struct user *u)
{
	struct expansion *x = &p->boxes;

	x->users = mem_grow(x->users, x->n, sizeof(*x->users));
	x->users[x->n++] = *u;
}

static int
check_room(const struct making *m)
{
	return m->plan->naddresses + m->plan->nprograms <
	    LIMIT_ALIAS_MEMBERS ? 0 :
	    fail_set(m->f, EX_CONFIG, "more than %d addresses and programs",
	    LIMIT_ALIAS_MEMBERS);
}

static int
add_address(struct making *m, struct slice address)
{
	struct deliveryplan *p = m->plan;
	size_t i;

	for (i = 0; i < p->naddresses; i++)
		if (slice_eq(p->addresses[i], address))
			return 0;
	if (check_room(m) == -1)
		return -1;
	p->addresses = mem_grow(p->addresses, p->naddresses,
	    sizeof(*p->addresses));
	p->addresses[p->naddresses++] = arena_slice(&p->boxes.arena, address);
	return 0;
}

static int
add_program(struct making *m, const char *command)
{
	struct arena *arena = &m->plan->boxes.arena;
	struct deliveryplan *p = m->plan;

	if (check_room(m) == -1)
		return -1;
	p->programs = mem_grow(p->programs, p->nprograms, sizeof(*p->programs));
	p->programs[p->nprograms++] = (struct deliveryplan_program){
		*m->user, arena_str(arena, slice_str(m->file.home)),
		arena_slice(arena, slice_str(command)) };
	return 0;
}

/* Users of the machine have no quota, there or here. */
static void
add_maildir(struct making *m, const char *path)
{
	struct user other = *m->user;

	other.maildir = arena_str(&m->plan->boxes.arena, slice_str(path));
	other.detail = (struct slice){ NULL, 0 };
	add_box(m->plan, &other);
}

/* Who is named without a domain is of the first of ours. */
static int
add_member(struct making *m, const struct forward_member *member)
{
	struct addr a = member->address;
	char text[ADDR_TEXT];

	switch (member->kind) {
	case FORWARD_MAILBOX:
		add_box(m->plan, m->user);
		return 0;
	case FORWARD_MAILDIR:
		add_maildir(m, member->text);
		return 0;
	case FORWARD_PROGRAM:
		return add_program(m, member->text);
	default:
		break;
	}
	if (a.domain.n == 0)
		a.domain = slice_str(m->conf->domains[0]);
	return add_address(m, slice_str(addr_format(text, &a)));
}

static int
add_user(struct making *m)
{
	size_t i;
	int rc = forwardfile_read(&m->file, m->conf, m->user, m->f);

	if (rc == 0)
		add_box(m->plan, m->user);
	for (i = 0; rc != -1 && i < m->file.n; i++)
		rc = add_member(m, &m->file.members[i]);
	forwardfile_free(&m->file);
	return rc == -1 ? -1 : 0;
}

/* Whom only root finds is there all the same: it must not fail for good. */
static int
check_others(const struct making *m, const struct addr *a)
{
	struct conf all = *m->conf;
	struct fail ignored = { 0 };
	struct expansion x;
	int others = 0;
	size_t i;

	all.as_root = 1;
	if (expand_find_all(&all, a, &x, &ignored) == USERS_FOUND)
		for (i = 0; i < x.n; i++)
			others |= x.users[i].uid != geteuid();
	expand_free(&x);
	return !others ? 0 : fail_set(m->f, EX_TEMPFAIL,
	    "only root delivers to other users");
}

enum users_result
deliveryplan_make(struct deliveryplan *p, const struct conf *conf,
    const struct addr *a, struct fail *f)
{
	struct making m = { .plan = p, .conf = conf, .f = f };
	enum users_result rc;
	size_t i;

	*p = (struct deliveryplan){ 0 };
	rc = expand_find_all(conf, a, &p->found, f);
	if (geteuid() != 0 && conf->users == NULL && (rc == USERS_NONE ||
	    (rc == USERS_FOUND && f->text[0] != '\0')) &&
	    check_others(&m, a) == -1)
		rc = USERS_FAILED;
	for (i = 0; rc == USERS_FOUND && i < p->found.nelsewhere; i++)
		if (add_address(&m, p->found.elsewhere[i]) == -1)
			rc = USERS_FAILED;
	for (i = 0; rc == USERS_FOUND && i < p->found.n; i++) {
		m.user = &p->found.users[i];
		if (add_user(&m) == -1)
			rc = USERS_FAILED;
	}
	return rc;
}

enum users_result
deliveryplan_make_maildir(struct deliveryplan *p, const char *path,
    struct fail *f)
{
	struct userowner owner = { geteuid(), getegid() };
	struct user u = { .maildir = path };

	*p = (struct deliveryplan){ 0 };
	if (geteuid() == 0 && userowner_find(path, &owner, f) == -1)
		return USERS_FAILED;
	u.uid = owner.uid;
	u.gid = owner.gid;
	add_box(p, &u);
	return USERS_FOUND;
}

void
deliveryplan_free(struct deliveryplan *p)
{
	expand_free(&p->boxes);
	expand_free(&p->found);
	free(p->addresses);
	free(p->programs);
}
