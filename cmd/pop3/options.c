/* SPDX-License-Identifier: ISC */
/* options: what the command lines of the POP3 clients share; see options.h. */

#include <signal.h>
#include <unistd.h>

#include "cli.h"
#include "options.h"

void
options_start(struct pop *p)
{
	*p = (struct pop){ .dead = 1, .utf8 = 1 };
	client_start(&p->client, &pop_family);
	(void)signal(SIGPIPE, SIG_IGN);
}

/* A way of POP3's own, or a mechanism of SASL. */
static void
take_mechanism(struct pop *p, const char *name)
{
	struct slice s = slice_str(name);

	p->how = slice_caseeq(s, SLICE("apop")) ? POP_APOP :
	    slice_caseeq(s, SLICE("pass")) ? POP_PASS : POP_BEST;
	p->client.login.own = p->how != POP_BEST;
	p->client.login.mechanism = name;
}

/* 1, -1 where its value is no good, 0 where it is another key. */
static int
take_key(struct pop *p, const char *text)
{
	struct slice value = slice_str(text), key;

	(void)slice_until(&value, '=', &key);
	if (!slice_eq(key, SLICE("utf8")))
		return 0;
	p->utf8 = slice_eq(value, SLICE("yes"));
	return p->utf8 || slice_eq(value, SLICE("no")) ? 1 : -1;
}

int
options_take(struct pop *p, int option, const char *value)
{
	int rc = 0;

	if (option == 'A') {
		take_mechanism(p, value);
		return 1;
	}
	if (option == 'o')
		rc = take_key(p, value);
	if (rc == 0)
		rc = client_option(&p->client, option, value);
	if (rc == -1)
		cli_usage();
	return rc;
}

void
options_server(struct pop *p, int argc, char *argv[])
{
	struct target *target = &p->client.target;
	struct fail f = { 0 };

	if (target->account == NULL && optind == argc)
		cli_usage();
	if (target->account == NULL)
		target->text = argv[optind++];
	if (client_find(&p->client, &f) == -1 ||
	    client_check_user(&p->client, &f) == -1)
		cli_exit(&f);
}
