/* SPDX-License-Identifier: ISC */
/* server: what all sessions of pop3d-inetd have in common; see server.h. */

#include "credentials.h"
#include "server.h"

void
server_ops(const struct server *s, const struct saslserver_ops *all,
    struct saslserver_ops *out)
{
	*out = (struct saslserver_ops){ .password = all->password };
	if (credentials_has_verifiers(&s->conf))
		out->verifier = all->verifier;
	if (credentials_has_tokens(&s->conf))
		out->token = all->token;
}

/* A name in UTF-8 is good for USER, too (RFC 6856, 2.1). */
void
server_capabilities(const struct saslserver_conf *sasl, struct buf *out)
{
	struct buf names = BUF(400);

	if (sasl->private)
		(void)buf_adds(out, "USER\r\n");
	if (saslserver_offer(sasl, &names) == 0 && names.n > 0)
		(void)buf_addf(out, "SASL %s\r\n", buf_str(&names));
	(void)buf_adds(out, "UTF8 USER\r\n");
	buf_free(&names);
}
