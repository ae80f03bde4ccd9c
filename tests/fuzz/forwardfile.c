/* SPDX-License-Identifier: ISC */
/* Fuzz target: a ~/.forward: it is none, or EX_CONFIG, or members of which an
 * address is one by the grammar, a Maildir has an absolute path, and a command
 * no NUL. */

#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../cmd/queue/forwardfile.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char home[] = "/tmp/mailpipe-fuzz.XXXXXX", path[64];

/* In the place of the C library's: the user's home is ours. */
struct passwd *
getpwnam(const char *name)
{
	static struct passwd pw;

	pw = (struct passwd){ .pw_name = (char *)(uintptr_t)name,
		.pw_dir = home };
	return &pw;
}

static void
remove_home(void)
{
	(void)unlink(path);
	(void)rmdir(home);
}

static void
make_file(const uint8_t *data, size_t size)
{
	int fd;

	if (path[0] == '\0') {
		if (mkdtemp(home) == NULL || atexit(remove_home) != 0)
			abort();
		(void)snprintf(path, sizeof(path), "%s/.forward", home);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd == -1 || write(fd, data, size) != (ssize_t)size)
		abort();
	(void)close(fd);
}

static void
look_at(const struct forward_member *m)
{
	char text[ADDR_TEXT];
	struct addr again;
	struct fail f;

	switch (m->kind) {
	case FORWARD_ADDRESS:
	case FORWARD_MAILBOX:
		(void)addr_format(text, &m->address);
		if (m->address.domain.n > 0 &&
		    addr_check_utf8(slice_str(text), &again, &f) == -1)
			abort();
		break;
	case FORWARD_MAILDIR:
		if (m->text[0] != '/' || m->text[strlen(m->text) - 1] != '/')
			abort();
		break;
	default:
		if (m->text == NULL)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *domains[] = { "example.org", NULL };
	struct conf conf = { .domains = domains, .ndomains = 1,
		.recipient_delimiter = '+',
		.hostname = "mx.example.org" };
	struct user u = { .login = "alice", .uid = geteuid(),
		.gid = getegid() };
	struct forwardfile w;
	struct fail f = { 0 };
	size_t i;
	int rc;

	make_file(data, size);
	rc = forwardfile_read(&w, &conf, &u, &f);
	if (w.n > LIMIT_ALIAS_MEMBERS || (rc == 1 && w.n == 0) ||
	    (rc == -1 && f.class != EX_CONFIG))
		abort();
	for (i = 0; rc == 1 && i < w.n; i++)
		look_at(&w.members[i]);
	forwardfile_free(&w);
	return 0;
}
