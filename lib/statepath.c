/* SPDX-License-Identifier: ISC */
/* statepath: where the state of a mailbox is; see statepath.h. */

#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "statepath.h"
#include "xdg.h"

enum {
	NAME = 200, /* of a file, with ".new" behind it */
	PATH = 262144, /* of the directory: longer than any variable */
};

static int
is_plain(int c)
{
	return c != '\0' && strchr("abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~@:", c) != NULL;
}

static void
put_encoded(struct buf *out, struct slice s)
{
	int c;

	/* No name is "." or "..", or hidden. */
	while ((c = slice_getc(&s)) != -1)
		if (is_plain(c) && (c != '.' || out->n > 0))
			(void)buf_addc(out, c);
		else
			(void)buf_addf(out, "%%%02X", c);
}

/* The name of the user, and of the server. */
static void
put_server(struct buf *out, const struct client *c)
{
	const struct target *t = &c->target;

	if (c->login.user != NULL && c->login.user[0] != '\0') {
		put_encoded(out, slice_str(c->login.user));
		(void)buf_addc(out, '@');
	}
	if (t->command != NULL) {
		(void)buf_adds(out, "pipe:");
		put_encoded(out, slice_str(t->command));
		return;
	}
	put_encoded(out, slice_str(t->url.host));
	if (t->url.port[0] == '\0' || strcmp(t->url.port, t->scheme->port) == 0)
		return;
	(void)buf_addc(out, ':');
	put_encoded(out, slice_str(t->url.port));
}

/* Cuts a name that is too long, and has it end in its digest. */
static int
cut(struct buf *name, struct fail *f)
{
	unsigned char sha[DIGEST_SHA256];
	size_t i;

	if (name->n <= NAME)
		return 0;
	if (digest_sha256(buf_slice(name), sha, f) == -1)
		return -1;
	name->n = NAME - 2 * DIGEST_SHA256 - 1;
	(void)buf_addc(name, '=');
	for (i = 0; i < DIGEST_SHA256; i++)
		(void)buf_addf(name, "%02x", sha[i]);
	return 0;
}

/* The state of messages that go into no Maildir. */
static int
put_directory(struct buf *path, const char *kind, struct fail *f)
{
	const char *bad = xdg_directory("XDG_STATE_HOME", ".local/state",
	    path);

	if (bad != NULL)
		return fail_set(f, EX_CONFIG, "%s: where is the state to be "
		    "kept?", bad);
	return buf_addf(path, "/%s/", kind);
}

char *
statepath_of(const struct statepath *p, const char *maildir, struct fail *f)
{
	struct buf path = BUF(PATH), name = BUF(3 * PATH);
	char *copy = NULL;
	int rc = 0;

	if (maildir != NULL)
		rc = buf_addf(&path, "%s/mailpipe-%s.", maildir, p->kind);
	else
		rc = put_directory(&path, p->kind, f);
	put_server(&name, p->client);
	if (p->mailbox != NULL) {
		(void)buf_addc(&name, ',');
		put_encoded(&name, slice_str(p->mailbox));
	}
	if (rc == 0 && cut(&name, f) == 0) {
		(void)buf_add(&path, buf_slice(&name));
		copy = mem_str(buf_slice(&path));
	}
	buf_free(&path);
	buf_free(&name);
	return copy;
}
