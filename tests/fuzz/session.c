/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: all that a client sends.  What begins with "." is, behind it,
 * the text after a 354; anything else are commands, and the chunks of BDAT.
 * (DATA and its text at once come too early by definition.)  No reply holds a
 * control character, nothing stays in tmp/, of one text comes one message at
 * most, and there are as many messages as were accepted.
 */

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../cmd/smtp/data.h"
#include "log.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char top[] = "/tmp/mailpipe-fuzz.XXXXXX", users[64];
static const char *domains[] = { "example.org" };
static const struct server server = { .trace = 1, .conf = {
	.hostname = "mx", .user = "nobody", .domains = domains, .ndomains = 1,
	.users = users, .recipient_delimiter = '+',
	.max_message_size = 1 << 20, .max_recipients = 100,
	.idle_timeout = 5, .session_timeout = 5 } };

static void
finish(void)
{
	static const char *const parts[] = { "bob/cur", "bob/new", "bob/tmp",
		"bob", "users", "" };
	char path[100];
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", top, parts[i]);
		(void)remove(path);
	}
}

/* As root with another real user: such a process keeps to itself. */
static void
prepare(void)
{
	FILE *file;

	if (users[0] != '\0')
		return;
	if ((getuid() == 0 && setresuid(65534, 0, 0) == -1) ||
	    mkdtemp(top) == NULL || atexit(finish) != 0 ||
	    (geteuid() == 0 && chown(top, 65534, 65534) == -1))
		abort();
	(void)snprintf(users, sizeof(users), "%s/users", top);
	if ((file = fopen(users, "w")) == NULL)
		abort();
	(void)fprintf(file, "bob@example.org:!:%s/bob\n", top);
	(void)fclose(file);
}

/* In place of the library's: nobody reads it here. */
void
log_line(const char *format, ...)
{
	char line[2048];
	struct slice rest;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	rest = (struct slice){ line, (size_t)n };
	if (n < 0 || (size_t)n >= sizeof(line))
		abort();
	while (rest.n > 0)
		if (utf8_unsafe(utf8_next(&rest)))
			abort();
}

void
log_start(const char *name)
{
	(void)name;
}

/* Takes the files out of the directory, and counts them. */
static int
take_out(const char *name)
{
	char path[400];
	const struct dirent *e;
	DIR *dir;
	int n = 0;

	(void)snprintf(path, sizeof(path), "%s/bob/%s", top, name);
	if ((dir = opendir(path)) == NULL)
		return 0;
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.') {
			(void)unlinkat(dirfd(dir), e->d_name, 0);
			n++;
		}
	(void)closedir(dir);
	return n;
}

static void
receive(struct conn *c)
{
	struct session s = { .server = &server, .conf = &server.conf,
		.conn = c, .state = S_RCPT,
		.recipients = 1, .first = "bob@example.org" };
	struct addr bob = { SLICE("bob"), SLICE("example.org") };
	struct fail f = { 0 };

	s.progress = session_clock();
	if ((s.store = store_open(&server.conf, 0, &f)) == NULL ||
	    store_recipient(s.store, &bob, 0, &f) != USERS_FOUND)
		abort();
	data_receive(&s);
	(void)conn_flush(c, &f);
	store_close(&s.store);
}

/* How many messages they accept. */
static int
check_replies(int fd)
{
	static char said[(1 << 20) + 1];
	ssize_t n = pread(fd, said, sizeof(said) - 1, 0), i;
	const char *at = said;
	int accepted = 0;

	for (i = 0; i < n; i++)
		if (said[i] != '\r' && said[i] != '\n' &&
		    (said[i] < ' ' || said[i] > '~'))
			abort();
	said[n < 0 ? 0 : n] = '\0';
	while ((at = strstr(at, "250 2.0.0 accepted")) != NULL) {
		accepted++;
		at++;
	}
	return accepted;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int text = size > 0 && data[0] == '.', in, out, said, n;
	struct peer peer = { .address = "127.0.0.1",
		.local = 1 };
	struct conn *c;

	prepare();
	in = memfd_create("in", 0);
	out = memfd_create("out", 0);
	said = dup(out);
	if (write(in, data + text, size - (size_t)text) == -1 ||
	    lseek(in, 0, SEEK_SET) == -1)
		abort();
	c = conn_new(in, out);
	if (text)
		receive(c);
	else
		(void)session_run(&server, c, &peer);
	conn_close(&c);
	n = check_replies(said);
	(void)close(said);
	if (take_out("tmp") != 0 || take_out("new") != n || (text && n > 1))
		abort();
	return 0;
}
