/* SPDX-License-Identifier: ISC */
/* narrowing: what the process that talks to the network still may do; see
 * narrowing.h. */

#include "confine.h"
#include "narrowing.h"
#include "openssl.h"
#include "sandbox.h"
#include "tlsserver.h"

/* Who submits mail does so in TLS, or logs in by what OpenSSL computes. */
static int
loads_first(const struct server *server)
{
	return server->submission || server->implicit || sandbox_abi() == 0;
}

int
narrowing_begin(struct session *s, struct fail *f)
{
	const struct server *server = s->server;
	struct fail later; /* it is told to who asks for TLS */

	if (!store_is_apart(s->store))
		return 0;
	if (openssl_loaded() == NULL && server->tls != NULL) {
		if (!loads_first(server)) {
			s->loads = 1;
			return confine_libraries(f);
		}
		(void)tlsserver_load(server->tls, &later);
	} else if (server->submission) {
		(void)openssl_load(&later);
	}
	return confine_closed(f);
}

int
narrowing_loaded(struct session *s, struct fail *f)
{
	if (!s->loads)
		return 0;
	s->loads = 0;
	return confine_closed(f);
}
