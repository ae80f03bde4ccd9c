/* SPDX-License-Identifier: ISC */
/* runconf: what a run goes by; see runconf.h. */

#include "runconf.h"
#include "text.h"
#include "transport.h"
#include "unprivileged.h"

/* Its path is said to transports in a line, with TABs. */
static int
check_path(const char *path, struct fail *f)
{
	const char *p;

	for (p = path; *p != '\0'; p++)
		if ((unsigned char)*p < ' ')
			return fail_set(f, EX_CONFIG,
			    "%s: the path of a queue has no controls",
			    TEXT_SHOW(slice_str(path)));
	if (p - path > TRANSPORT_LINE / 2)
		return fail_set(f, EX_CONFIG, "%s: the path is too long",
		    TEXT_SHOW(slice_str(path)));
	return 0;
}

int
runconf_open(struct conf *conf, struct spool *spool, const char *path,
    struct fail *f)
{
	return conf_load_for_all(conf, path, f) == -1 ||
	    unprivileged_prepare(conf, f) == -1 ||
	    check_path(conf->spool, f) == -1 ||
	    spool_open(spool, conf->spool, conf->user, f) == -1 ? -1 : 0;
}

int
runconf_is_good(const struct conf *conf, const char *path, struct fail *f)
{
	struct spool spool = { .dir = -1 };
	struct conf next = { 0 };
	struct fail ignored;
	int rc = runconf_open(&next, &spool, path, f);

	spool_close(&spool);
	conf_free(&next);
	/* That one knows a single user. */
	(void)unprivileged_prepare(conf, &ignored);
	return rc == 0;
}
