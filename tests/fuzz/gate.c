/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: the side of the network of pop3d-inetd was taken over, and asks
 * the process behind the gate what it likes.  Each request is a byte with its
 * kind, two with the length of what follows, the low one first, and that; "!"
 * as the kind are good facts, of which the next byte says which.  What is left
 * when somebody has logged in is what is said of the connection.  Nobody gets
 * in but with the password, as nobody else, and nobody is asked for more often
 * than there may be attempts.
 */

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../cmd/pop3/gateframe.h"
#include "../../cmd/pop3/gatekeeper.h"
#include "../../cmd/pop3/maildrop.h"
#include "apart.h"
#include "foreign.h"
#include "log.h"
#include "mailuser.h"
#include "userauth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DESCRIPTORS = 2 };

static const char *domains[] = { "example.org" };
static const struct server server = { .conf = { .domains = domains,
	.ndomains = 1, .hostname = "mx.example.org", .users = "users" } };

static struct slice unsaid;   /* by the side of the network */
static struct slice request;  /* that is being read */
static struct gateframe frame;
static struct gatefacts facts;
static int head_is_next, more_of_answer;
static int asked, welcome, done, opened;
static int given[DESCRIPTORS], ngiven;
static const struct maildrop *const drop = (const void *)&server;

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
log_resume(void)
{
}

static void
make_facts(int how)
{
	memset(&facts, 0, sizeof(facts));
	(void)snprintf(facts.client, sizeof(facts.client), "192.0.2.1");
	(void)snprintf(facts.types[0], sizeof(facts.types[0]), "tls-exporter");
	facts.private = (how & 1) == 0;
	facts.relayed = (how & 2) != 0;
	facts.utf8 = (how & 4) != 0;
	facts.nbindings = (how & 8) != 0;
	facts.lengths[0] = GATEFRAME_BINDING;
	request = (struct slice){ (const char *)&facts, sizeof(facts) };
	frame = (struct gateframe){ GATEFRAME_FACTS, sizeof(facts) };
}

/* Facts of another length are none, so those that are said have it. */
static void
pad_facts(void)
{
	memset(&facts, 0, sizeof(facts));
	if (request.n > 0)
		memcpy(&facts, request.p, request.n < sizeof(facts) ?
		    request.n : sizeof(facts));
	request = (struct slice){ (const char *)&facts, sizeof(facts) };
	frame.n = sizeof(facts);
}

static int
next_request(void)
{
	int kind = slice_getc(&unsaid), low = slice_getc(&unsaid), high;
	size_t n;

	if (kind == '!' && low != -1) {
		make_facts(low);
		return 0;
	}
	if ((high = slice_getc(&unsaid)) == -1)
		return -1;
	n = (size_t)high << 8 | (size_t)low;
	frame = (struct gateframe){ (uint32_t)kind, (uint32_t)n };
	request = slice_sub(unsaid, 0, n);
	unsaid = slice_sub(unsaid, n, unsaid.n);
	if (kind == GATEFRAME_FACTS && request.n != 1)
		pad_facts();
	return 0;
}

static int
take(struct slice *from, void *to, size_t n)
{
	if (from->n < n)
		return -1;
	if (n > 0)
		memcpy(to, from->p, n);
	*from = slice_sub(*from, n, from->n);
	return 0;
}

/* In place of the library's: there is no other process. */
int
apart_get(int fd, void *to, size_t n)
{
	(void)fd;
	if (done)
		return take(&unsaid, to, n);
	head_is_next = !head_is_next;
	if (!head_is_next)
		return take(&request, to, n);
	if (next_request() == -1)
		return -1;
	memcpy(to, &frame, n);
	return 0;
}

int
apart_put(int fd, const void *from, size_t n)
{
	struct gateanswer a;

	(void)fd;
	if (more_of_answer > 0) {
		if (n != (size_t)more_of_answer)
			abort();
		more_of_answer = 0;
		return 0;
	}
	if (n != sizeof(a) || done)
		abort();
	memcpy(&a, from, n);
	if (a.n > LIMIT_AUTH ||
	    memchr(a.user, '\0', sizeof(a.user)) == NULL ||
	    memchr(a.line, '\0', sizeof(a.line)) == NULL ||
	    memchr(a.fail.text, '\0', sizeof(a.fail.text)) == NULL)
		abort();
	if (a.rc == SASLSERVER_DONE && (!welcome || a.n > 0 ||
	    strcmp(a.user, "bob") != 0))
		abort();
	done = a.rc == SASLSERVER_DONE;
	more_of_answer = (int)a.n;
	return 0;
}

int
apart_give(int fd, int other)
{
	(void)fd;
	(void)other;
	return done ? 0 : -1;
}

int
apart_take(int fd)
{
	(void)fd;
	if (!done || ngiven == DESCRIPTORS)
		abort();
	return given[ngiven++] = open("/dev/null", O_RDWR | O_CLOEXEC);
}

void
apart_tie(int fd)
{
	(void)fd;
}

int
socketpair(int domain, int type, int protocol, int pair[2])
{
	(void)domain;
	(void)type;
	(void)protocol;
	pair[0] = pair[1] = -1;
	return 0;
}

/* A user without a file, and without a hash, which takes its time. */
int
userauth_password(const struct conf *conf, struct slice name,
    struct slice password, struct fail *f)
{
	int right = slice_eq(name, SLICE("bob")) &&
	    slice_eq(password, SLICE("x"));

	(void)conf;
	(void)f;
	if (++asked > LIMIT_AUTH_ASKED)
		abort();
	welcome |= right;
	return right;
}

int
userauth_verifier(const struct conf *conf, struct slice name,
    struct scram_verifier *v, struct fail *f)
{
	(void)conf;
	(void)f;
	if (++asked > LIMIT_AUTH_ASKED)
		abort();
	*v = (struct scram_verifier){ .iterations = 4096, .nsalt = 16 };
	return slice_eq(name, SLICE("bob"));
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
	abort();
}

int
mailuser_find(const struct conf *conf, struct slice name, struct arena *arena,
    struct mailuser *u, struct fail *f)
{
	(void)conf;
	(void)arena;
	(void)f;
	if (!welcome || !slice_eq(name, SLICE("bob")))
		abort();
	*u = (struct mailuser){ .user = "bob", .maildir = "/bob" };
	return 1;
}

int
mailuser_become(const struct mailuser *u, struct fail *f)
{
	(void)u;
	(void)f;
	return 0;
}

struct maildrop *
maildrop_open(const struct maildrop_options *o, struct fail *f)
{
	(void)f;
	if (!welcome || strcmp(o->path, "/bob") != 0 || opened++ > 0)
		abort();
	/* UNSAFE: it is not looked at */
	return (struct maildrop *)(uintptr_t)drop;
}

const char *
maildrop_refusal(const struct fail *f)
{
	(void)f;
	abort();
}

int
maildrop_serve(struct maildrop **m, struct conn *c)
{
	if (*m != drop || c == NULL || conn_buffered(c) > CONN_IN)
		abort();
	*m = NULL;
	return 0;
}

void
maildrop_close(struct maildrop **m)
{
	*m = NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsaid = (struct slice){ (const char *)data, size };
	head_is_next = more_of_answer = 0;
	asked = welcome = done = opened = 0;
	gatekeeper(&server, -1);
	/* What it has not closed it would have left to its end. */
	while (ngiven > 0)
		(void)close(given[--ngiven]);
	return 0;
}
