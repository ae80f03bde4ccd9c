/* SPDX-License-Identifier: ISC */
/*
 * stsfetch: a policy from its web server; see stsfetch.h.
 *
 * A process of its own does it, and answers by a pipe: a byte, and the policy
 * or a sentence.  When it is connected, and the server has not said a byte yet,
 * it gives up its rights.  So whatever a server does to libcurl, it writes no
 * cache and connects to nobody else, and whatever waits for something ends when
 * the time is over.
 */

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "fail.h"
#include "io.h"
#include "sandbox.h"
#include "stsdns.h"
#include "stsfetch.h"
#include "text.h"
#include "ticks.h"

enum {
	HEADERS = 65536, /* bytes of all headers of an answer */
	GRACE = 1000,	 /* milliseconds for the process to say what failed */
	HOST = 300,
	URL = 400,
};

static const char too_long[] = "longer than 65536 bytes";
_Static_assert(STSPOLICY_TEXT == 65536, "as too_long says");

struct fetching {
	CURL *curl;
	struct buf *text;
	size_t headers;
	const char *why;   /* it was stopped; or NULL */
	struct fail refused;
	void (*note)(int direction, struct slice line);
};

static size_t
take_header(char *p, size_t size, size_t n, void *ctx)
{
	struct fetching *g = ctx;

	(void)p;
	g->headers += size * n;
	if (g->headers <= HEADERS)
		return size * n;
	g->why = "a header longer than 65536 bytes";
	return 0;
}

/* Of what is no policy not a byte is read, nor more than can be one. */
static size_t
take_body(char *p, size_t size, size_t n, void *ctx)
{
	struct fetching *g = ctx;
	long status = 0;

	(void)curl_easy_getinfo(g->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
		return 0;
	if (buf_add(g->text, (struct slice){ p, size * n }) == 0)
		return size * n;
	g->why = too_long;
	return 0;
}

/* Called between connect(2) and the handshake. */
static CURLcode
confine(CURL *curl, void *tls, void *ctx)
{
	struct fetching *g = ctx;

	(void)curl;
	(void)tls;
	if (sandbox_writes_nowhere(&g->refused) == 0)
		return CURLE_OK;
	g->why = g->refused.text;
	return CURLE_ABORTED_BY_CALLBACK;
}

static int
show(CURL *curl, curl_infotype type, char *p, size_t n, void *ctx)
{
	static const char marks[] = {
		[CURLINFO_TEXT] = '*',
		[CURLINFO_HEADER_IN] = '<',
		[CURLINFO_HEADER_OUT] = '>',
		[CURLINFO_DATA_IN] = '<',
	};
	struct fetching *g = ctx;
	struct slice rest = { p, n }, line;

	(void)curl;
	if (type > CURLINFO_DATA_IN || marks[type] == '\0')
		return 0;
	while (rest.n > 0) {
		(void)slice_until(&rest, '\n', &line);
		g->note(marks[type], slice_trim(line));
	}
	return 0;
}

/* No proxy, no other protocol, nothing decoded, nobody followed, no password
 * given. */
static void
set_rules(struct fetching *g)
{
	CURL *c = g->curl;

	(void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
	(void)curl_easy_setopt(c, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	(void)curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(c, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(c, CURLOPT_HTTP09_ALLOWED, 0L);
	(void)curl_easy_setopt(c, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	(void)curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	(void)curl_easy_setopt(c, CURLOPT_HEADERDATA, g);
	(void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	(void)curl_easy_setopt(c, CURLOPT_WRITEDATA, g);
	(void)curl_easy_setopt(c, CURLOPT_SSL_CTX_FUNCTION, confine);
	(void)curl_easy_setopt(c, CURLOPT_SSL_CTX_DATA, g);
	if (g->note != NULL) {
		(void)curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);
		(void)curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, show);
		(void)curl_easy_setopt(c, CURLOPT_DEBUGDATA, g);
	}
}

/* NULL, or why the answer is no policy (RFC 8461, 3.3). */
static const char *
check_answer(const struct fetching *g, char room[40])
{
	struct slice type = { NULL, 0 }, rest;
	const char *text = NULL;
	long status = 0;

	(void)curl_easy_getinfo(g->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200) {
		(void)snprintf(room, 40, "HTTP status %ld", status);
		return room;
	}
	(void)curl_easy_getinfo(g->curl, CURLINFO_CONTENT_TYPE, &text);
	rest = slice_str(text == NULL ? "" : text);
	(void)slice_until(&rest, ';', &type);
	return slice_caseeq(slice_trim(type), SLICE("text/plain")) ? NULL :
	    "not text/plain";
}

static int
perform(struct fetching *g, const char *host, struct fail *f)
{
	char error[CURL_ERROR_SIZE] = "", room[40];
	const char *why;
	CURLcode rc;

	(void)curl_easy_setopt(g->curl, CURLOPT_ERRORBUFFER, error);
	rc = curl_easy_perform(g->curl);
	if ((why = g->why) == NULL && (rc == CURLE_OK ||
	    rc == CURLE_WRITE_ERROR))
		why = check_answer(g, room);
	if (why == NULL && rc != CURLE_OK)
		why = error[0] != '\0' ? error : curl_easy_strerror(rc);
	return why == NULL ? 0 : fail_set(f, EX_TEMPFAIL, "%s: %s", host,
	    TEXT_SHOW(slice_trim(slice_str(why))));
}

/* Where the addresses are not left to getaddrinfo(3). */
static int
set_addresses(const struct stsfetch *s, const char *host,
    struct fetching *g, struct fail *f)
{
	struct buf list = BUF(2048);

	if (s->nameserver == NULL)
		return 0;
	if (buf_addf(&list, "%s:%s:", host, s->port) == -1 ||
	    stsdns_addresses(s->nameserver, host, &list, f) == -1)
		return -1;
	(void)curl_easy_setopt(g->curl, CURLOPT_RESOLVE,
	    curl_slist_append(NULL, buf_str(&list)));
	return 0;
}

/* All of it; what it takes of memory goes with the process. */
static int
fetch(const struct stsfetch *s, const char *domain, struct buf *text,
    struct fail *f)
{
	struct fetching g = { .text = text, .note = s->note };
	char host[HOST], url[URL];

	(void)snprintf(host, sizeof(host), "mta-sts.%s", domain);
	(void)snprintf(url, sizeof(url),
	    "https://%s:%s/.well-known/mta-sts.txt", host, s->port);
	if (curl_global_init(CURL_GLOBAL_SSL) != CURLE_OK ||
	    (g.curl = curl_easy_init()) == NULL)
		return fail_set(f, EX_TEMPFAIL, "libcurl: does not start");
	if (set_addresses(s, host, &g, f) == -1)
		return -1;
	set_rules(&g);
	(void)curl_easy_setopt(g.curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(g.curl, CURLOPT_TIMEOUT, (long)s->seconds);
	(void)curl_easy_setopt(g.curl, CURLOPT_CONNECTTIMEOUT,
	    (long)s->seconds);
	if (s->ca != NULL) {
		(void)curl_easy_setopt(g.curl, CURLOPT_CAINFO, s->ca);
		(void)curl_easy_setopt(g.curl, CURLOPT_CAPATH, NULL);
	}
	return perform(&g, host, f);
}

static _Noreturn void
run_child(const struct stsfetch *s, const char *domain, int to)
{
	struct buf text = BUF(STSPOLICY_TEXT);
	struct fail f = { 0 };
	struct slice answer;
	int rc;

	(void)signal(SIGPIPE, SIG_IGN);
	/* Also where nobody is left who would end it. */
	(void)signal(SIGALRM, SIG_DFL);
	(void)alarm(s->seconds + 2 * GRACE / 1000);
	rc = fetch(s, domain, &text, &f);
	answer = rc == 0 ? buf_slice(&text) : slice_str(f.text);
	if (io_write(to, rc == 0 ? SLICE("+") : SLICE("-")) == -1 ||
	    io_write(to, answer) == -1)
		_exit(1);
	_exit(0);
}

/* Adds what comes to "answer": 0 at its end; -1 where that does not come in
 * time, or never. */
static int
read_answer(int from, uint64_t end, struct buf *answer)
{
	struct pollfd p = { .fd = from, .events = POLLIN };
	uint64_t now;
	ssize_t n;
	char *to;

	while ((now = ticks_now()) < end &&
	    (to = buf_room(answer, 4096)) != NULL) {
		if (poll(&p, 1, (int)(end - now)) != 1)
			continue;
		if ((n = read(from, to, 4096)) <= 0)
			return n == 0 ? 0 : -1;
		answer->n += (size_t)n;
	}
	return -1;
}

static int
understand(const char *domain, struct slice answer, struct buf *text,
    struct fail *f)
{
	int kind = slice_getc(&answer);

	if (kind == '+' && buf_add(text, answer) == 0)
		return 0;
	if (kind == '-')
		return fail_set(f, EX_TEMPFAIL, "%s", TEXT_SHOW(answer));
	return fail_set(f, EX_TEMPFAIL, "mta-sts.%s: what fetched it broke",
	    domain);
}

int
stsfetch_get(const struct stsfetch *s, const char *domain,
    struct buf *text, struct fail *f)
{
	uint64_t end = ticks_now() + 1000 * (uint64_t)s->seconds + GRACE;
	struct buf answer = BUF(STSPOLICY_TEXT + 8192);
	int ends[2], rc;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return fail_errno(f, EX_TEMPFAIL, "pipe");
	if ((pid = fork()) == 0)
		run_child(s, domain, ends[1]);
	(void)close(ends[1]);
	if (pid == -1) {
		rc = fail_errno(f, EX_TEMPFAIL, "fork");
	} else {
		rc = read_answer(ends[0], end, &answer);
		(void)kill(pid, SIGKILL); /* it may be there still */
		while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
			;
		rc = rc == 0 ? understand(domain, buf_slice(&answer), text,
		    f) : fail_set(f, EX_TEMPFAIL, "mta-sts.%s: no policy "
		    "within %u seconds", domain, s->seconds);
	}
	(void)close(ends[0]);
	buf_free(&answer);
	return rc;
}
