/* SPDX-License-Identifier: ISC */
/* userlogin: the users of the machine who have mail; see userlogin.h. */

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"
#include "limits.h"
#include "mem.h"
#include "userlogin.h"

#define LOGIN_DEFS "/etc/login.defs"

enum {
	FIRST = 1000,	/* where login.defs does not say it */
	NOBODY = 65534, /* and what is above it: nobody's, or containers' */
};

/* The number behind UID_MIN in "text". */
static uint64_t
find_first(struct slice text)
{
	struct slice line, word;
	uint64_t first = FIRST;

	while (text.n > 0) {
		(void)slice_until(&text, '\n', &line);
		if (slice_word(&line, &word) &&
		    slice_eq(word, SLICE("UID_MIN")) &&
		    slice_word(&line, &word))
			(void)slice_uint(word, 1, NOBODY, &first);
	}
	return first;
}

/* The file belongs to others: whatever is wrong with it, there is a default. */
static uint64_t
first_person(void)
{
	uint64_t first = FIRST;
	struct input in;
	struct fail ignored;
	char *text;
	size_t n;

	if (input_open(&in, LOGIN_DEFS, LIMIT_CONF, &ignored) == -1)
		return first;
	text = mem_alloc((size_t)in.size + 1);
	if (input_read(&in, 0, text, (size_t)in.size, &n, &ignored) == 0)
		first = find_first((struct slice){ text, n });
	free(text);
	input_close(&in);
	return first;
}

/* No shell in the password file means the standard one. */
static int
has_login_shell(const struct passwd *pw)
{
	const char *want = pw->pw_shell[0] != '\0' ? pw->pw_shell : "/bin/sh";
	const char *shell;
	int found = 0;

	setusershell();
	while (!found && (shell = getusershell()) != NULL)
		found = strcmp(shell, want) == 0;
	endusershell();
	return found;
}

/* May a process of "who" store mail for that account? */
static int
is_served(const struct passwd *pw, uid_t who)
{
	if (pw->pw_uid == who)
		return 1;
	return who == 0 && pw->pw_uid < NOBODY &&
	    pw->pw_uid >= first_person() && has_login_shell(pw);
}

/* Nothing is mounted on the directory yet: it is root's, and empty. */
static int
is_unmounted(const char *dir, const struct stat *st)
{
	const struct dirent *entry;
	DIR *d;
	int empty = 1;

	if (st->st_uid != 0 || (d = opendir(dir)) == NULL)
		return 0;
	while (empty && (entry = readdir(d)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0;
	(void)closedir(d);
	return empty;
}

/* Directly below the root directory nothing is mounted that could bring a
 * missing one: it is named so on purpose, as /nonexistent. */
static int
is_nowhere(const char *dir)
{
	return dir[0] != '/' || strchr(dir + 1, '/') == NULL;
}

/* 1, or 0; -1 where the home directory cannot be looked at now, as one of
 * another machine that is down: its owner is not gone. */
static int
has_mail(const struct passwd *pw, uid_t who, struct fail *f)
{
	struct stat st;

	if (!is_served(pw, who))
		return 0;
	if (stat(pw->pw_dir, &st) == 0) {
		if (st.st_uid == pw->pw_uid)
			return 1;
		return !is_unmounted(pw->pw_dir, &st) ? 0 :
		    fail_set(f, EX_TEMPFAIL, "%.300s: an empty directory of "
		    "root: is it not mounted?", pw->pw_dir);
	}
	return errno == ENOTDIR || (errno == ENOENT &&
	    is_nowhere(pw->pw_dir)) ? 0 :
	    fail_errno(f, EX_TEMPFAIL, "%.300s", pw->pw_dir);
}

int
userlogin_find(const char *name, uid_t who, const struct passwd **pw,
    struct fail *f)
{
	errno = 0;
	*pw = name != NULL ? getpwnam(name) : getpwuid(who);
	if (*pw == NULL)
		return errno == 0 || errno == ENOENT ? 0 :
		    fail_errno(f, EX_TEMPFAIL, "user database");
	return has_mail(*pw, who, f);
}
