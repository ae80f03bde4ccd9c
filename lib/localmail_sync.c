/* SPDX-License-Identifier: ISC */
/* localmail: all that is written to the disk, before anybody has it; see
 * localmail.h. */

#include "become.h"
#include "localmail.h"

/* As its owner: root would pass the quotas of a file system. */
static int
sync_owner(const struct localmail *b, const struct owner *o, struct fail *f)
{
	int rc = b->root ? become_user(&o->user, f) : 0;

	if (rc == 0)
		rc = maildir_sync(o->delivery, f);
	if (b->root)
		become_root();
	return rc;
}

int
localmail_sync(struct localmail *b, struct fail *f)
{
	size_t i;

	for (i = 0; i < b->nowners; i++)
		if (sync_owner(b, &b->owners[i], f) == -1)
			return -1;
	return 0;
}
