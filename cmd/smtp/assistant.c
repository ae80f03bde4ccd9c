/* SPDX-License-Identifier: ISC */
/* assistant: what the session has another process do; see assistant.h.  A
 * request is a struct request and its bytes; all but FORGET are answered. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apart.h"
#include "assistant.h"
#include "dns.h"
#include "limits.h"
#include "reporting.h"
#include "scratch.h"

enum operation {
	BEGIN,
	FILTER, /* bytes: the envelope */
	FORGET, /* not answered */
	REPORT, /* bytes: a struct reporting */
	SENDER, /* bytes: a domain */
};

struct request {
	uint32_t operation;
	uint32_t n; /* bytes that follow */
};

struct answer {
	int rc;
	int file; /* a descriptor follows */
	struct fail fail;
	struct filtering_result result;
};

enum {
	MOST = LIMIT_FILTER_TO + 4096, /* bytes of a request */
};

struct assistant {
	const struct conf *conf;
	struct apart process;
	int broken; /* it is gone */
};

static int
ask_sender(const struct conf *conf, struct slice domain)
{
	struct dns_query q = { conf->nameserver, domain, DNS_MX };
	struct dns_answer mx;
	struct fail ignored;
	int is_null = dns_find(&q, &mx, &ignored) == DNS_FOUND &&
	    dns_is_null_mx(&mx);

	dns_free(&mx);
	return is_null;
}

/* The report in "file"; what asks may have been taken over. */
static int
report(const struct conf *conf, struct slice bytes, int file, struct fail *f)
{
	struct reporting what;

	if (file == -1 || conf->reports == NULL || bytes.n != sizeof(what))
		return fail_set(f, EX_TEMPFAIL, "no report");
	memcpy(&what, bytes.p, sizeof(what));
	what.sender[sizeof(what.sender) - 1] = '\0';
	return reporting_run(conf, &what, file, f);
}

static void
forget(int *file)
{
	if (*file != -1)
		(void)close(*file);
	*file = -1;
}

static void
carry_out(const struct conf *conf, enum operation what, struct slice bytes,
    struct answer *a, int *file)
{
	switch (what) {
	case BEGIN:
		forget(file);
		*file = a->rc = scratch_open(&a->fail);
		a->file = *file != -1;
		break;
	case FILTER:
		if (*file == -1)
			break;
		filtering_run(conf, bytes, file, &a->result);
		a->rc = 0;
		a->file = a->result.written;
		break;
	case FORGET:
		forget(file);
		break;
	case REPORT:
		a->rc = report(conf, bytes, *file, &a->fail);
		break;
	case SENDER:
		a->rc = conf->check_sender_domain && ask_sender(conf, bytes);
		break;
	}
}

/* Serves the session until it ends. */
static void
assist(void *ctx, int fd)
{
	static char bytes[MOST];
	const struct assistant *assistant = ctx;
	struct request r;
	int file = -1;

	while (apart_get(fd, &r, sizeof(r)) == 0 && r.operation <= SENDER &&
	    r.n <= MOST && apart_get(fd, bytes, r.n) == 0) {
		struct answer a = { .rc = -1 };

		carry_out(assistant->conf, r.operation,
		    (struct slice){ bytes, r.n }, &a, &file);
		if (r.operation != FORGET &&
		    (apart_put(fd, &a, sizeof(a)) == -1 ||
		    (a.file && apart_give(fd, file) == -1)))
			break;
	}
}

int
assistant_open(const struct conf *conf, struct assistant **out,
    struct fail *f)
{
	*out = NULL;
	if (conf->nfilters == 0 && conf->reports == NULL &&
	    !conf->check_sender_domain)
		return 0;
	*out = mem_alloc(sizeof(**out));
	(*out)->conf = conf;
	if (apart_start(&(*out)->process, assist, *out, f) == 0)
		return 0;
	free(*out);
	*out = NULL;
	return -1;
}

void
assistant_close(struct assistant **a)
{
	if (*a == NULL)
		return;
	apart_end(&(*a)->process);
	free(*a);
	*a = NULL;
}

static void
tell(struct assistant *a, enum operation what, struct slice bytes)
{
	struct request r = { what, (uint32_t)bytes.n };

	if (a == NULL)
		return;
	if (a->broken || bytes.n > MOST ||
	    apart_ask(&a->process,
	    (struct slice){ (const char *)&r, sizeof(r) }, bytes) == -1)
		a->broken = 1;
}

/* Its answer, and the descriptor that came with it, or -1. */
static int
ask(struct assistant *a, enum operation what, struct slice bytes,
    struct answer *answer)
{
	tell(a, what, bytes);
	if (a != NULL && !a->broken &&
	    apart_get(a->process.fd, answer, sizeof(*answer)) == 0)
		return answer->file ? apart_take(a->process.fd) : -1;
	if (a != NULL)
		a->broken = 1;
	*answer = (struct answer){ .rc = -1 };
	(void)fail_set(&answer->fail, EX_TEMPFAIL,
	    "the process that runs programs is gone");
	return -1;
}

int
assistant_begin(struct assistant *a, struct fail *f)
{
	struct answer answer;
	int fd = ask(a, BEGIN, SLICE(""), &answer);

	if (fd == -1)
		*f = answer.fail;
	return fd;
}

void
assistant_filter(struct assistant *a, struct slice envelope, int *fd,
    struct filtering_result *r)
{
	struct answer answer;
	int other = ask(a, FILTER, envelope, &answer);

	*r = answer.result;
	if (other != -1) {
		(void)close(*fd);
		*fd = other;
	}
	if (answer.rc == -1 || (answer.file && other == -1))
		filtering_fail(r, &answer.fail);
}

int
assistant_report(struct assistant *a, const char sender[ADDR_TEXT],
    int require_tls, struct fail *f)
{
	struct reporting what = { .require_tls = require_tls };
	struct answer answer;

	(void)snprintf(what.sender, sizeof(what.sender), "%s", sender);
	(void)ask(a, REPORT, (struct slice){ (const char *)&what,
	    sizeof(what) }, &answer);
	*f = answer.fail;
	return answer.rc;
}

void
assistant_forget(struct assistant *a)
{
	tell(a, FORGET, SLICE(""));
}

int
assistant_takes_no_mail(struct assistant *a, struct slice domain)
{
	struct answer answer;

	(void)ask(a, SENDER, domain, &answer);
	return answer.rc == 1;
}
