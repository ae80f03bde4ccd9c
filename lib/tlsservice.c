/* SPDX-License-Identifier: ISC */
/* tlsservice: TLS as a server's configuration has it; see tlsservice.h. */

#include <string.h>

#include "limits.h"
#include "log.h"
#include "tls.h"
#include "tlsservice.h"

/* Sessions go on without them; each reason is told once. */
static void
see_to_tickets(struct tlsserver *t)
{
	static char told[sizeof(((struct fail *)NULL)->text)];
	struct fail f = { 0 };

	if (tlsserver_tickets(t, &f) == 0) {
		told[0] = '\0';
	} else if (strcmp(f.text, told) != 0) {
		memcpy(told, f.text, sizeof(told));
		log_line("TLS tickets: %s", f.text);
	}
}

int
tlsservice_open(const struct conf *conf, const char *protocols,
    struct tlsserver **out, struct fail *f)
{
	struct tlsserver_options o = {
		.certificates = conf->tls_certificates.items,
		.keys = conf->tls_keys.items,
		.n = conf->tls_certificates.n,
		.hostname = conf->hostname,
		.client_ca = conf->tls_client_ca,
		.tickets = conf->tls_tickets,
		.protocols = protocols,
	};

	*out = NULL;
	if (o.n == 0)
		return 0;
	if ((*out = tlsserver_open(&o, f)) == NULL)
		return -1;
	if (o.tickets != NULL)
		see_to_tickets(*out);
	return 0;
}

int
tlsservice_prepare(struct tlsserver *t, struct fail *f)
{
	see_to_tickets(t);
	if (tlsserver_load(t, f) == -1)
		return -1;
	tlsserver_rehearse(t);
	return 0;
}

int
tlsservice_refresh(struct tlsserver *t)
{
	unsigned before = tlsserver_changes(t);
	struct fail f = { 0 };

	see_to_tickets(t);
	if (tlsserver_refresh(t, &f) == -1)
		log_line("TLS: still the old certificates: %s", f.text);
	return tlsserver_changes(t) != before;
}

int
tlsservice_begin(struct conn *c, struct tls *t, unsigned idle, struct fail *f)
{
	conn_timeout(c, idle < LIMIT_HANDSHAKE ? idle : LIMIT_HANDSHAKE);
	return conn_start_tls(c, t, f);
}

void
tlsservice_log(const struct conn *c)
{
	const struct tls_facts *facts = tls_facts(conn_tls(c));

	log_line("* %s, %s%s%s%s%s", facts->version, facts->cipher,
	    facts->resumed ? ", resumed" : "",
	    facts->certificate ? ", client " : "", facts->subject,
	    facts->certificate && !facts->verified ? ", not verified" : "");
}
