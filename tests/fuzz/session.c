/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: all that a client sends.  What begins with "." is, behind it,
 * the text after a 354; what begins with "!" is a session of submission, with
 * "|" where the client waits for the server; anything else are commands, and
 * the chunks of BDAT, all at once.  No reply holds a control character, nothing
 * stays in tmp/, of one text comes one message at most, there are as many
 * messages as were accepted, none of which holds a NUL or a CR, whatever came
 * as BINARYMIME; and who is welcome has said the password.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../cmd/smtp/data.h"
#include "deadline.h"
#include "foreign.h"
#include "log.h"
#include "sandbox.h"
#include "ticks.h"
#include "userauth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char top[] = "/tmp/mailpipe-fuzz.XXXXXX", users[64];
static const char *domains[] = { "example.org" };
static const char *proxies[] = { "127.0.0.1" };
static const struct server server = { .trace = 1, .conf = {
	.xclient_from = { proxies, 1 },
	.hostname = "mx", .user = "nobody", .domains = domains, .ndomains = 1,
	.users = users, .recipient_delimiter = '+',
	.max_message_size = 1 << 20, .max_recipients = 100,
	.idle_timeout = 5, .session_timeout = 5 } };
static struct server submission;
static struct slice unsaid; /* what the client has not said yet */
static int client = -1;
static int welcome;	  /* times that a password was right */

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
	(void)fprintf(file, "bob@example.org:!:%s/bob\n"
	    "j\303\274@example.org:!:%s/bob\n", top, top);
	(void)fclose(file);
}

/* In place of the library's: nobody reads it here. */
void
log_line(const char *format, ...)
{
	char line[2048];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line))
		abort();
	foreign_text((struct slice){ line, (size_t)n });
}

void
log_start(const char *name, int only)
{
	(void)only;
	(void)name;
}

/* In place of the library's: the client waits for nothing but the server. */
int
deadline_wait(struct deadline *d, struct pollfd p[2], int stoppable,
    struct fail *f)
{
	struct slice piece = { NULL, 0 };

	(void)d;
	(void)stoppable;
	(void)f;
	p[0].revents = p[0].events;
	p[1].revents = p[1].events;
	if (client == -1 || p[1].fd != -1)
		return DEADLINE_READY;
	while (unsaid.n > 0 && piece.n == 0)
		(void)slice_until(&unsaid, '|', &piece);
	if (piece.n == 0)
		(void)shutdown(client, SHUT_WR);
	else if (write(client, piece.p, piece.n) != (ssize_t)piece.n)
		abort();
	return DEADLINE_READY;
}

/* This process has to go on after a session. */
int
sandbox_exists(void)
{
	return 0;
}

int
sandbox_abi(void)
{
	return 0;
}

int
sandbox_writes_beneath(const int *dirs, size_t n, struct fail *f)
{
	(void)dirs;
	(void)n;
	(void)f;
	return 0;
}

int
sandbox_closed(struct fail *f)
{
	(void)f;
	return 0;
}

int
sandbox_libraries(struct fail *f)
{
	(void)f;
	return 0;
}

time_t
deadline_in(unsigned seconds)
{
	(void)seconds;
	return 0;
}

int
nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)time;
	(void)left;
	return 0;
}

/* Users without a file, and without hashes, which take their time. */
int
userauth_password(const struct conf *conf, struct slice name,
    struct slice password, struct fail *f)
{
	int right = slice_eq(name, SLICE("bob")) &&
	    slice_eq(password, SLICE("x"));

	(void)conf;
	(void)f;
	welcome += right;
	return right;
}

int
userauth_verifier(const struct conf *conf, struct slice name,
    struct scram_verifier *v, struct fail *f)
{
	(void)conf;
	(void)name;
	(void)f;
	memset(v, 0, sizeof(*v));
	return 0;
}

int
userauth_mailbox(const struct conf *conf, struct slice name,
    struct arena *arena, struct userauth_mailbox *m, struct fail *f)
{
	(void)conf;
	(void)name;
	(void)arena;
	(void)m;
	(void)f;
	return 0;
}

static void
check_stored(int dir, const char *name)
{
	static char text[1 << 16];
	int fd = openat(dir, name, O_RDONLY);
	ssize_t n;

	while ((n = read(fd, text, sizeof(text))) > 0)
		if (memchr(text, '\0', (size_t)n) != NULL ||
		    memchr(text, '\r', (size_t)n) != NULL)
			abort();
	(void)close(fd);
}

void
log_forget(void)
{
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
			check_stored(dirfd(dir), e->d_name);
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
	struct depot_recipient bob = { .address = { SLICE("bob"),
		SLICE("example.org") } };
	struct fail f = { 0 };

	s.progress = ticks_seconds();
	if ((s.store = store_open(&server.conf, 0, -1, &f)) == NULL ||
	    store_recipient(s.store, &bob, &f) != USERS_FOUND)
		abort();
	data_receive(&s);
	(void)conn_flush(c, &f);
	store_close(&s.store);
}

static int
count(const char *text, const char *what)
{
	int n = 0;

	while ((text = strstr(text, what)) != NULL) {
		n++;
		text++;
	}
	return n;
}

/* How many messages they accept; a reply may quote what came. */
static int
check_replies(int fd)
{
	static char said[(1 << 20) + 1];
	ssize_t n = pread(fd, said, sizeof(said) - 1, 0), i;

	for (i = 0; i < n; i++)
		if (said[i] != '\r' && said[i] != '\n' &&
		    (said[i] < ' ' || said[i] > '~'))
			abort();
	said[n < 0 ? 0 : n] = '\0';
	if (count(said, "\n235 2.7.0 welcome") > welcome)
		abort();
	return count(said, "\n250 2.0.0 accepted");
}

/* The client's end of a connection: all at once, or in turns. */
static int
connect_client(struct slice in, int in_turns)
{
	int fd[2];

	client = -1;
	unsaid = in;
	if (in_turns) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
			abort();
		client = fd[1];
		return fd[0];
	}
	fd[0] = memfd_create("in", 0);
	if (write(fd[0], in.p, in.n) == -1 ||
	    lseek(fd[0], 0, SEEK_SET) == -1)
		abort();
	return fd[0];
}

static void
serve(const struct server *how, struct conn *c, const struct peer *peer)
{
	struct fail f;
	struct session *s = session_open(how, &f);

	if (s == NULL)
		abort();
	(void)session_run(&s, c, peer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	int text = slice_starts(in, SLICE(".")), out, said, n;
	int turns = slice_starts(in, SLICE("!"));
	struct peer peer = { .address = "127.0.0.1",
		.local = 1 };
	struct conn *c;

	if (turns && size > 20000)
		return 0;
	prepare();
	welcome = 0;
	submission = server;
	submission.submission = 1;
	out = memfd_create("out", 0);
	said = dup(out);
	c = conn_new(connect_client(slice_sub(in, text || turns, in.n),
	    turns), out);
	if (text)
		receive(c);
	else
		serve(turns ? &submission : &server, c, &peer);
	conn_close(&c);
	if (client != -1)
		(void)close(client);
	n = check_replies(said);
	(void)close(said);
	if (take_out("tmp") != 0 || take_out("new") != n || (text && n > 1))
		abort();
	return 0;
}
