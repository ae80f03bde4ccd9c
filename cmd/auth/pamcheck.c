/* SPDX-License-Identifier: ISC */
/* pamcheck: passwords of the machine's users, by PAM; see pamcheck.h. */

#include "pamcheck.h"

#if __has_include(<security/pam_appl.h>)

#include <security/pam_appl.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Answers what is asked for without showing it with the password, and fails
 * where something else is asked for.  PAM frees the answers. */
static int
converse(int n, const struct pam_message **messages,
    struct pam_response **answers, void *password)
{
	struct pam_response *a = calloc((size_t)n, sizeof(*a));
	int i;

	if (a == NULL)
		return PAM_BUF_ERR;
	for (i = 0; i < n; i++) {
		int style = messages[i]->msg_style;

		if (style == PAM_ERROR_MSG || style == PAM_TEXT_INFO)
			continue;
		if (style != PAM_PROMPT_ECHO_OFF ||
		    (a[i].resp = strdup(password)) == NULL)
			break;
	}
	if (i == n) {
		*answers = a;
		return PAM_SUCCESS;
	}
	while (i-- > 0)
		free(a[i].resp);
	free(a);
	return PAM_CONV_ERR;
}

/* What PAM says of a user, and not of itself. */
static int
is_refusal(int rc)
{
	switch (rc) {
	case PAM_AUTH_ERR:
	case PAM_USER_UNKNOWN:
	case PAM_MAXTRIES:
	case PAM_PERM_DENIED:
	case PAM_ACCT_EXPIRED:
	case PAM_NEW_AUTHTOK_REQD:
	case PAM_CRED_EXPIRED:
	case PAM_AUTHTOK_EXPIRED:
	case PAM_CRED_INSUFFICIENT:
		return 1;
	default:
		return 0;
	}
}

static int
ask(pam_handle_t *pam)
{
	const char *peer = getenv("TCPREMOTEIP");
	int rc = PAM_SUCCESS;

	if (peer == NULL)
		peer = getenv("REMOTE_ADDR");
	if (peer != NULL && peer[0] != '\0')
		rc = pam_set_item(pam, PAM_RHOST, peer);
	if (rc == PAM_SUCCESS)
		rc = pam_authenticate(pam, PAM_SILENT |
		    PAM_DISALLOW_NULL_AUTHTOK);
	if (rc == PAM_SUCCESS)
		rc = pam_acct_mgmt(pam, PAM_SILENT);
	return rc;
}

int
pamcheck_password(const char *user, const char *password, struct fail *f)
{
	struct pam_conv conv = { converse, (void *)(uintptr_t)password };
	pam_handle_t *pam = NULL;
	int rc = pam_start("mail-checkpw", user, &conv, &pam);

	if (rc == PAM_SUCCESS)
		rc = ask(pam);
	if (rc != PAM_SUCCESS && !is_refusal(rc))
		(void)fail_set(f, EX_TEMPFAIL, "PAM: %s",
		    TEXT_SHOW(slice_str(pam_strerror(pam, rc))));
	if (pam != NULL)
		(void)pam_end(pam, rc);
	return rc == PAM_SUCCESS ? 1 : is_refusal(rc) ? 0 : -1;
}

#else

int
pamcheck_password(const char *user, const char *password, struct fail *f)
{
	(void)user;
	(void)password;
	return fail_set(f, EX_CONFIG, "built without PAM (libpam0g-dev)");
}

#endif
