/* SPDX-License-Identifier: ISC */
/*
 * mail-passwd: sets, removes and lists the passwords of the users file
 * (mailpipe-users(5)).  Reads the configuration, the users file, and a new
 * password from the terminal or a descriptor; writes the users file, and with
 * -l lines on standard output.
 *
 *	mail-passwd [-P fd] [-f conf] user@domain
 *	mail-passwd -d [-f conf] user@domain
 *	mail-passwd -l [-j] [-f conf] [user@domain]
 */

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "addr.h"
#include "cli.h"
#include "conf.h"
#include "digest.h"
#include "limits.h"
#include "password.h"
#include "scram.h"
#include "secret.h"
#include "text.h"
#include "userfile.h"
#include "userslist.h"

static const char synopsis[] = "[-P fd] [-f conf] user@domain\n"
    "       mail-passwd -d [-f conf] user@domain\n"
    "       mail-passwd -l [-j] [-f conf] [user@domain]";

struct options {
	const char *conf;    /* -f; NULL: the usual one */
	const char *address; /* NULL: all, for -l */
	int remove, list, json;
	int fd; /* -P; -1: the terminal */
};

/* The address in its parts, which "local" and the arguments own. */
struct user {
	struct usersedit_user u;
	struct buf local;
};

static int
read_fd(const char *text)
{
	uint64_t fd;

	if (slice_uint(slice_str(text), 0, INT32_MAX, &fd) == -1)
		cli_usage();
	return (int)fd;
}

static struct options
parse(int argc, char *argv[])
{
	struct options o = { .fd = -1 };
	int c;

	while ((c = getopt(argc, argv, "+P:df:jl")) != -1)
		switch (c) {
		case 'P':
			o.fd = read_fd(optarg);
			break;
		case 'd':
			o.remove = 1;
			break;
		case 'f':
			o.conf = optarg;
			break;
		case 'j':
			o.json = 1;
			break;
		case 'l':
			o.list = 1;
			break;
		default:
			cli_usage();
		}
	o.address = argv[optind];
	if (o.remove + o.list + (o.fd != -1) > 1 || (o.json && !o.list) ||
	    argc - optind > 1 || (o.address == NULL && !o.list))
		cli_usage();
	return o;
}

/* What cannot stand before the first colon of a line, as users are looked
 * for there. */
static int
check_local(struct slice local, struct fail *f)
{
	size_t i;

	for (i = 0; i < local.n; i++)
		if (local.p[i] == ':' || local.p[i] == '@' ||
		    (unsigned char)local.p[i] < ' ' ||
		    (i == 0 && local.p[i] == '#'))
			break;
	return local.n > 0 && i == local.n ? 0 : fail_set(f, EX_DATAERR,
	    "%s: cannot be the name of a user", TEXT_SHOW(local));
}

static int
read_address(const char *text, struct user *user, struct fail *f)
{
	struct addr a;

	user->local = BUF(LIMIT_LOCAL_PART + 2);
	if (addr_check_utf8(slice_str(text), &a, f) == -1 ||
	    addr_unquote(a.local, &user->local) == -1)
		return -1;
	user->u.local = buf_slice(&user->local);
	user->u.domain = a.domain;
	return check_local(user->u.local, f);
}

/* Nobody finds a user of a domain that is not ours. */
static int
check_domain(const struct conf *conf, struct slice domain, struct fail *f)
{
	size_t i;

	for (i = 0; i < conf->ndomains; i++)
		if (addr_same_domain(domain, slice_str(conf->domains[i])))
			return 0;
	return fail_set(f, EX_CONFIG,
	    "%s: not one of Domains in the configuration",
	    TEXT_SHOW(domain));
}

/* Asks for it twice, as nobody sees what is typed. */
static int
ask(const char *address, struct buf *typed, struct fail *f)
{
	struct buf again = secret_buf();
	char prompt[ADDR_TEXT + 40];
	int rc = -1;

	(void)snprintf(prompt, sizeof(prompt), "New password for %s: ",
	    address);
	if (secret_terminal(prompt, typed, f) == 0 &&
	    secret_terminal("The same again: ", &again, f) == 0)
		rc = digest_equal(buf_slice(typed), buf_slice(&again)) ? 0 :
		    fail_set(f, EX_DATAERR, "the two passwords differ");
	buf_wipe(&again);
	return rc;
}

/* The password as it is hashed; "password" says how long it may be. */
static int
read_password(const struct options *o, struct buf *password, struct fail *f)
{
	struct buf typed = secret_buf();
	int rc = o->fd != -1 ? secret_fd(o->fd, &typed, f) :
	    ask(o->address, &typed, f);

	if (rc == 0)
		rc = password_prepare(buf_slice(&typed), password, f);
	buf_wipe(&typed);
	return rc;
}

static int
set_secrets(const char *path, const struct usersedit_user *user,
    struct slice password, struct fail *f)
{
	struct buf verifier = BUF(LIMIT_CONF);
	char hash[PASSWORD_HASH];
	struct scram_verifier v;
	int rc = -1;

	if (password_hash(password, hash, f) == 0 &&
	    scram_make(password, &v, f) == 0) {
		(void)scram_write(&v, &verifier);
		rc = usersedit_set(path, user, hash, buf_slice(&verifier), f);
	}
	explicit_bzero(&v, sizeof(v));
	explicit_bzero(hash, sizeof(hash));
	buf_wipe(&verifier);
	return rc;
}

/* The password is set all the same: a user may be there to send alone. */
static void
warn_of_maildir(const struct options *o, const struct conf *conf,
    const struct usersedit_user *user)
{
	struct userfile_line line;
	struct userfile file;
	struct slice raw;
	struct fail ignored;
	int found = 0;

	if (conf->maildirs != NULL ||
	    userfile_open(&file, conf->users, &ignored) == -1)
		return;
	while (!found && userfile_raw(&file, &raw, &ignored) == 1)
		found = userfile_split(raw, &line) == 1 &&
		    slice_caseeq(line.local, user->local) &&
		    addr_same_domain(line.domain, user->domain);
	if (found && line.maildir.n == 0)
		cli_warn("%s: gets no mail without a Maildir: it needs one in "
		    "%s, or Maildirs in the configuration",
		    TEXT_SHOW(slice_str(o->address)),
		    TEXT_SHOW(slice_str(conf->users)));
	userfile_close(&file);
}

static int
set_password(const struct options *o, const struct conf *conf,
    const struct usersedit_user *user, struct fail *f)
{
	struct buf password = BUF(LIMIT_PASSWORD);
	int rc = -1;

	if (check_domain(conf, user->domain, f) == 0 &&
	    read_password(o, &password, f) == 0)
		rc = set_secrets(conf->users, user, buf_slice(&password), f);
	if (rc == 0)
		warn_of_maildir(o, conf, user);
	buf_wipe(&password);
	return rc;
}

/* The exit status where nothing fails, or -1. */
static int
run(const struct options *o, const struct conf *conf, struct output *out,
    struct fail *f)
{
	struct user user = { .local = BUF(0) };
	int rc;

	if (conf->users == NULL)
		return fail_set(f, EX_CONFIG,
		    "there is no Users in the configuration");
	if (o->address != NULL && read_address(o->address, &user, f) == -1)
		rc = -1;
	else if (usersedit_check(conf->users, f) == -1)
		rc = -1;
	else if (o->list) {
		rc = userslist_print(conf->users, o->address == NULL ? NULL :
		    &user.u, o->json, out, f);
		rc = rc > 0 ? 0 : rc == 0 ? 1 : -1;
	} else if (o->remove)
		rc = usersedit_remove(conf->users, &user.u, f);
	else
		rc = set_password(o, conf, &user.u, f);
	buf_free(&user.local);
	return rc;
}

int
main(int argc, char *argv[])
{
	struct output out = output_to(STDOUT_FILENO, "standard output");
	struct fail f = { 0 };
	struct options o;
	struct conf conf;
	int status;

	cli_start("mail-passwd", synopsis);
	o = parse(argc, argv);
	if (conf_load(&conf, o.conf, &f) == -1)
		cli_exit(&f);
	status = run(&o, &conf, &out, &f);
	if (status == -1) {
		if (o.address != NULL && (f.class == EX_DATAERR ||
		    f.class == EX_NOUSER))
			(void)fail_at(&f, TEXT_SHOW(slice_str(o.address)));
		status = cli_report(&f);
	}
	conf_free(&conf);
	cli_finish(&out, status);
}
