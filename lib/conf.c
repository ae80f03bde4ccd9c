/* SPDX-License-Identifier: ISC */
/* conf: the configuration of all servers; see conf.h and mailpipe.conf(5). */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "hdr.h"
#include "input.h"
#include "limits.h"
#include "text.h"

#define SYSTEM_CONF "/etc/mailpipe/mailpipe.conf"

static void
set_defaults(struct conf *c)
{
	char name[LIMIT_DOMAIN + 1] = "localhost";
	const char **domains = arena_alloc(&c->arena, 2 * sizeof(*domains));

	(void)gethostname(name, sizeof(name) - 1);
	c->hostname = arena_str(&c->arena, slice_str(name));
	domains[0] = c->hostname;
	domains[1] = "localhost";
	c->domains = domains;
	c->ndomains = 2;
	c->user = CONF_USER;
	c->spool = "/var/spool/mailpipe";
	c->queue_lifetime = LIMIT_QUEUE_LIFETIME;
	c->queue_warning = LIMIT_QUEUE_WARNING;
	c->recipient_delimiter = '+';
	c->filter_timeout = LIMIT_FILTER;
	c->max_message_size = LIMIT_MESSAGE;
	c->max_recipients = LIMIT_RECIPIENTS;
	c->idle_timeout = LIMIT_IDLE;
	c->pop3_idle_timeout = LIMIT_POP3_IDLE;
	c->session_timeout = LIMIT_SESSION;
	c->connections = LIMIT_CONNECTIONS;
	c->connections_per_address = LIMIT_CONNECTIONS_ADDRESS;
}

/* Empty lines and lines that begin with "#" are comments. */
static int
is_comment(struct slice raw)
{
	raw = slice_trim(raw);
	return raw.n == 0 || raw.p[0] == '#';
}

static int
is_fold(struct slice line)
{
	return slice_peek(line) == ' ' || slice_peek(line) == '\t';
}

/* A line that was pasted with the space in front of it would be lost in the
 * value before it, and nobody be told. */
static int
check_folds(const struct hdr_field *field, struct slice text, const char *path,
    struct fail *f)
{
	struct slice rest = field->raw, name;

	while (hdr_folded(&rest, &name))
		if (conf_is_key(name))
			return fail_set(f, EX_CONFIG, "%.200s: line %zu: "
			    "begins with a space, so it belongs to %s; is %s "
			    "meant?", path, slice_line_number(text, name.p),
			    TEXT_SHOW(field->name), TEXT_SHOW(name));
	return 0;
}

static int
set_all(struct conf *c, struct slice text, const char *path, struct fail *f)
{
	struct slice rest = text, line;
	struct hdr_field field;
	char seen[CONF_KEYS] = { 0 };
	const char *bad;

	while (rest.n > 0) {
		line = slice_sub(rest, 0, slice_find(rest, '\n') + 1);
		if (is_comment(line)) {
			rest = slice_sub(rest, line.n, rest.n);
			continue;
		}
		if (hdr_next(&rest, &field) != 1)
			break;
		if (field.name.n > 0 &&
		    check_folds(&field, text, path, f) == -1)
			return -1;
		if (field.name.n == 0)
			bad = is_fold(line) ? "it begins with a space, but "
			    "there is no line before that it goes on with" :
			    "not of the form \"Key: value\"";
		else
			bad = conf_set(c, &field, seen);
		if (bad != NULL)
			return fail_set(f, EX_CONFIG,
			    "%.200s: line %zu: %s%s%s", path,
			    slice_line_number(text, field.raw.p),
			    TEXT_SHOW(field.name),
			    field.name.n == 0 ? "" : ": ", bad);
		if (slice_caseeq(field.name, SLICE("User")))
			c->user_at = conf_say(c, "%.150s: line %zu: ", path,
			    slice_line_number(text, field.raw.p));
	}
	return 0;
}

/* What no line alone can get wrong. */
static int
check_all(const struct conf *c, const char *path, struct fail *f)
{
	if (c->tls_keys.n > 0 && c->tls_keys.n != c->tls_certificates.n)
		return fail_set(f, EX_CONFIG, "%.200s: %zu of Tls-Key for %zu "
		    "of Tls-Certificate", path, c->tls_keys.n,
		    c->tls_certificates.n);
	return 0;
}

int
conf_load(struct conf *c, const char *path, struct fail *f)
{
	struct input in;
	char *text;
	size_t n;
	int rc, named = 1;

	memset(c, 0, sizeof(*c));
	set_defaults(c);
	if (path == NULL)
		path = secure_getenv("MAILPIPE_CONF");
	if (path == NULL) {
		path = SYSTEM_CONF;
		named = 0;
	}
	if (input_open(&in, path, LIMIT_CONF, f) == -1) {
		if (!named && f->error == ENOENT) {
			*f = (struct fail){ 0 };
			return 0;
		}
		f->class = EX_CONFIG;
		return -1;
	}
	text = mem_alloc((size_t)in.size + 1);
	rc = input_read(&in, 0, text, (size_t)in.size, &n, f);
	if (rc == 0)
		rc = set_all(c, (struct slice){ text, n }, path, f);
	if (rc == 0)
		rc = check_all(c, path, f);
	if (rc == -1)
		f->class = EX_CONFIG;
	free(text);
	input_close(&in);
	return rc;
}

const char *
conf_unheeded(void)
{
	const char *named = getenv("MAILPIPE_CONF");

	return named != NULL && secure_getenv("MAILPIPE_CONF") == NULL &&
	    strcmp(named, SYSTEM_CONF) != 0 ? named : NULL;
}

int
conf_load_for_all(struct conf *c, const char *path, struct fail *f)
{
	if (path != NULL && setenv("MAILPIPE_CONF", path, 1) == -1) {
		memset(c, 0, sizeof(*c));
		return fail_errno(f, EX_TEMPFAIL, "setenv");
	}
	return conf_load(c, path, f);
}

void
conf_free(struct conf *c)
{
	arena_free(&c->arena);
	memset(c, 0, sizeof(*c));
}
