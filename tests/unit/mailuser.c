/* SPDX-License-Identifier: ISC */
/* Unit test of mailuser: who is found, and who a process is then. */

#include <sys/wait.h>

#include "files.h"
#include "mailuser.h"

static const char *domains[] = { "example.org" };
static uid_t owner;

/* In a process of its own: 0 where all is as it should be. */
static int
become(const struct mailuser *u)
{
	char place[300];
	struct fail f = { 0 };
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (mailuser_become(u, &f) == -1)
			_exit(f.class);
		_exit(getuid() != owner || geteuid() != owner ||
		    (owner != 0 && setuid(0) == 0) ||
		    getcwd(place, sizeof(place)) == NULL ||
		    strcmp(place, u->home) != 0 ||
		    strcmp(getenv("USER"), u->user) != 0 ||
		    strcmp(getenv("HOME"), u->home) != 0 ||
		    strcmp(getenv("SHELL"), "/bin/sh") != 0 ||
		    strcmp(getenv("MAILDIR"), u->maildir) != 0);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static void
users(void)
{
	struct conf c = { .domains = domains, .ndomains = 1,
		.users = files_path("users") };
	struct arena arena = { 0 };
	struct mailuser u;
	struct fail f = { 0 };

	CHECK_INT(mailuser_find(&c, SLICE("ALICE"), &arena, &u, &f), 1);
	CHECK_STR(u.user, "alice@example.org");
	CHECK_STR(u.home, files_top);
	CHECK_STR(u.maildir, files_path("alice"));
	CHECK_INT(u.uid, owner);
	CHECK_INT(become(&u), 0);
	CHECK_INT(mailuser_find(&c, SLICE("bob"), &arena, &u, &f), 0);
	CHECK_INT(mailuser_find(&c, SLICE("carol"), &arena, &u, &f), 0);
	c.users = files_path("none");
	CHECK_INT(mailuser_find(&c, SLICE("alice"), &arena, &u, &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	arena_free(&arena);
}

int
main(void)
{
	char text[800];

	files_start();
	owner = getuid() == 0 ? 64000 : getuid();
	CHECK_INT(mkdir(files_path("alice"), 0700), 0);
	if (getuid() == 0) {
		CHECK_INT(chmod(files_top, 0755), 0);
		CHECK_INT(chown(files_path("alice"), owner, owner), 0);
	}
	(void)snprintf(text, sizeof(text), "alice@example.org:x:%s\n"
	    "bob@example.org:!:%s\n", files_path("alice"),
	    files_path("alice"));
	files_write("users", slice_str(text));
	RUN(users);
	files_end();
	return unit_done();
}
