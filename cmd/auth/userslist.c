/* SPDX-License-Identifier: ISC */
/* userslist: what mail-passwd -l prints; see userslist.h. */

#include <string.h>
#include <unistd.h>

#include "addr.h"
#include "json.h"
#include "scram.h"
#include "text.h"
#include "userfile.h"
#include "userslist.h"

enum { LONGEST = 8 * USERFILE_LINE };

/* How the user can log in. */
struct ways {
	int password, scram;
};

static struct ways
ways_of(const struct userfile_line *line)
{
	struct scram_verifier v;
	struct ways w;

	w.password = line->hash.n > 0 && line->hash.p[0] != '!';
	w.scram = w.password && scram_read(line->verifier, &v) == 0;
	explicit_bzero(&v, sizeof(v));
	return w;
}

static void
add_column(struct buf *out, struct slice value)
{
	(void)buf_addc(out, '\t');
	(void)text_column(out, value.n > 0 ? value : SLICE("-"),
	    isatty(STDOUT_FILENO));
}

static void
add_columns(struct buf *out, const struct userfile_line *line)
{
	struct ways w = ways_of(line);
	int tty = isatty(STDOUT_FILENO);

	(void)text_column(out, line->local, tty);
	(void)buf_addc(out, '@');
	(void)text_column(out, line->domain, tty);
	add_column(out, w.scram ? SLICE("password,scram") :
	    w.password ? SLICE("password") : SLICE(""));
	add_column(out, line->maildir);
	add_column(out, line->quota);
}

static void
add_member(struct json *j, const char *key, struct slice value)
{
	json_key(j, key);
	if (value.n > 0)
		json_string(j, value);
	else
		json_null(j);
}

static void
add_object(struct buf *out, const struct userfile_line *line)
{
	struct ways w = ways_of(line);
	struct json j = { .out = out };
	/* Both borrow from one line, with the "@" between them. */
	struct slice address = { line->local.p,
		line->local.n + 1 + line->domain.n };

	json_open(&j, '{');
	add_member(&j, "address", address);
	json_key(&j, "password");
	json_bool(&j, w.password);
	json_key(&j, "scram");
	json_bool(&j, w.scram);
	add_member(&j, "maildir", line->maildir);
	add_member(&j, "quota", line->quota);
	json_close(&j, '}');
}

static int
is_wanted(const struct userfile_line *line, const struct usersedit_user *user)
{
	return user == NULL || (slice_caseeq(line->local, user->local) &&
	    addr_same_domain(line->domain, user->domain));
}

int
userslist_print(const char *path, const struct usersedit_user *user,
    int json, struct output *out, struct fail *f)
{
	struct buf text = BUF(LONGEST);
	struct userfile_line line;
	struct userfile file;
	int rc, n = 0;

	if (userfile_open(&file, path, f) == -1)
		return -1;
	while ((rc = userfile_next(&file, &line, f)) == 1) {
		if (!is_wanted(&line, user))
			continue;
		n++;
		buf_clear(&text);
		(json ? add_object : add_columns)(&text, &line);
		output_put(out, buf_slice(&text));
		output_putc(out, '\n');
	}
	userfile_close(&file);
	buf_free(&text);
	return rc == -1 ? -1 : n;
}
