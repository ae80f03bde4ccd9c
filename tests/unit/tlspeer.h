/* SPDX-License-Identifier: ISC */
/* tlspeer: certificates, and the two ends of a TLS session within one process,
 * for the tests of TLS. */
#ifndef TLSPEER_H
#define TLSPEER_H

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tlsclient.h"
#include "tlsserver.h"
#include "unit.h"

/* A directory of the test's own is the current one, and XDG_CACHE_HOME. */
static inline void
tlspeer_start(char place[64])
{
	(void)snprintf(place, 64, "/tmp/mailpipe.XXXXXX");
	if (mkdtemp(place) == NULL || chdir(place) == -1)
		abort();
	(void)setenv("XDG_CACHE_HOME", place, 1);
	(void)signal(SIGPIPE, SIG_IGN);
}

static inline int
tlspeer_run(char *const args[])
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		(void)!freopen("/dev/null", "w", stdout);
		(void)!freopen("/dev/null", "w", stderr);
		(void)execvp(args[0], args);
		_exit(127);
	}
	(void)waitpid(pid, &status, 0);
	return status;
}

static inline void
tlspeer_end(char place[64])
{
	char *args[] = { (char[]){ "rm" }, (char[]){ "-rf" }, place, NULL };

	CHECK_INT(chdir("/"), 0);
	CHECK_INT(tlspeer_run(args), 0);
}

/* NAME.pem and NAME.key, self-signed, for "names" ("DNS:a,IP:192.0.2.1"), with
 * a key of that kind ("ec" or "rsa"). */
static inline void
tlspeer_certificate(const char *name, const char *names, const char *kind)
{
	char pem[64], key[64], subject[64], alt[256];
	int ec = strcmp(kind, "ec") == 0;
	char *args[] = { (char[]){ "openssl" }, (char[]){ "req" },
		(char[]){ "-x509" }, (char[]){ "-nodes" },
		(char[]){ "-newkey" },
		ec ? (char[]){ "ec" } : (char[]){ "rsa" },
		(char[]){ "-pkeyopt" },
		ec ? (char[]){ "ec_paramgen_curve:P-256" } :
		(char[]){ "rsa_keygen_bits:2048" },
		(char[]){ "-keyout" }, key, (char[]){ "-out" }, pem,
		(char[]){ "-subj" }, subject, (char[]){ "-addext" }, alt,
		NULL };

	(void)snprintf(pem, sizeof(pem), "%s.pem", name);
	(void)snprintf(key, sizeof(key), "%s.key", name);
	(void)snprintf(subject, sizeof(subject), "/CN=%s", name);
	(void)snprintf(alt, sizeof(alt), "subjectAltName=%s", names);
	CHECK_INT(tlspeer_run(args), 0);
	CHECK_INT(chmod(key, 0600), 0);
}

/* A server of one or two certificates, its files in the place. */
static inline struct tlsserver *
tlspeer_server(const char *first, const char *second, const char *tickets)
{
	static char files[4][64];
	static const char *certificates[2], *keys[2];
	struct tlsserver_options o = { certificates, keys, 1 + (second != NULL),
		"mx.example.org", NULL, tickets, "smtp esmtp" };
	const char *names[] = { first, second };
	struct tlsserver *s;
	struct fail f = { 0 };
	size_t i;

	for (i = 0; i < o.n; i++) {
		(void)snprintf(files[2 * i], 64, "%s.pem", names[i]);
		(void)snprintf(files[2 * i + 1], 64, "%s.key", names[i]);
		certificates[i] = files[2 * i];
		keys[i] = files[2 * i + 1];
	}
	if ((s = tlsserver_open(&o, &f)) == NULL)
		printf("# %s\n", f.text);
	if (s != NULL && tickets != NULL)
		CHECK_INT(tlsserver_tickets(s, &f), 0);
	return s;
}

struct tlspeer {
	struct duplex d[2];    /* the client's, the server's */
	struct tls *client, *server;
	int rc[2];	       /* of their handshakes */
	struct fail f[2];
};

/* A connection, and the handshake on it as far as it goes. */
static inline void
tlspeer_connect(struct tlspeer *p, struct tlsclient *c, struct tlsserver *s)
{
	int pair[2], rounds;

	memset(p, 0, sizeof(*p));
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1)
		abort();
	p->d[0] = duplex_of(pair[0], pair[0]);
	p->d[1] = duplex_of(pair[1], pair[1]);
	p->client = tlsclient_session(c, &p->f[0]);
	p->server = tlsserver_session(s, &p->f[1]);
	p->rc[0] = p->client == NULL ? -1 : TLS_AGAIN;
	p->rc[1] = p->server == NULL ? -1 : TLS_AGAIN;
	for (rounds = 0; rounds < 20; rounds++) {
		if (p->rc[0] == TLS_AGAIN)
			p->rc[0] = tls_handshake(p->client, &p->d[0],
			    &p->f[0]);
		if (p->rc[1] == TLS_AGAIN)
			p->rc[1] = tls_handshake(p->server, &p->d[1],
			    &p->f[1]);
	}
}

/* A few bytes from the server, so that the client sees its tickets. */
static inline void
tlspeer_greet(struct tlspeer *p)
{
	char got[8];

	CHECK_INT(tls_write(p->server, SLICE("220"), &p->f[1]), 3);
	CHECK_INT(tls_read(p->client, got, sizeof(got), &p->f[0]), 3);
}

static inline void
tlspeer_close(struct tlspeer *p)
{
	tls_close(&p->client);
	duplex_close(&p->d[0]);
	tls_close(&p->server);
	duplex_close(&p->d[1]);
}

/* The client for mx.example.org that trusts "ca" alone. */
static inline struct tlsclient *
tlspeer_client(const char *ca)
{
	struct tlsclient_options o = { .host = "mx.example.org", .port = "25",
		.ca = ca };
	struct fail f = { 0 };
	struct tlsclient *c = tlsclient_new(&o, &f);

	if (c == NULL)
		printf("# %s\n", f.text);
	return c;
}

#endif
