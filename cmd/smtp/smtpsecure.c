/* SPDX-License-Identifier: ISC */
/* smtpsecure: a session of SMTP in TLS or not; see smtpsecure.h. */

#include "smtpsecure.h"

static int
start_tls(struct secure *s, struct smtp *smtp, const char *helo,
    struct fail *f)
{
	struct tls *t;
	int rc;

	if ((smtp->offers & SMTP_STARTTLS) == 0)
		return secure_missing(s, 0, f);
	if ((t = secure_session(s, f)) == NULL)
		return -1;
	rc = smtp_start_tls(smtp, t, helo, f);
	if (rc == 1)
		return secure_missing(s, 1, f);
	return rc == -1 ? secure_failed(s, smtp->conn, f) : rc;
}

int
smtpsecure_open(struct secure *s, struct smtp *smtp, struct conn *c,
    const char *helo, struct fail *f)
{
	if (secure_begin(s, c, smtp->timeout, f) == -1) {
		conn_close(&c);
		smtp->dead = 1;
		return -1;
	}
	if (smtp_open(smtp, c, helo, f) == -1)
		return -1;
	return secure_wanted(s) ? start_tls(s, smtp, helo, f) : 0;
}
