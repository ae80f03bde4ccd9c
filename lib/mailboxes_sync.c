/* SPDX-License-Identifier: ISC */
/* mailboxes: all that is written to the disk, before anybody has it; see
 * mailboxes.h. */

#include "become.h"
#include "mailboxes.h"

/* As its owner: root would pass the quotas of a file system. */
static int
sync_owner(const struct mailboxes *b, const struct owner *o, struct fail *f)
{
	int rc = b->root ? become_user(&o->user, f) : 0;

	if (rc == 0)
		rc = maildir_sync(o->delivery, f);
	if (b->root)
		become_root();
	return rc;
}

int
mailboxes_sync(struct mailboxes *b, struct fail *f)
{
	size_t i;

	for (i = 0; i < b->nowners; i++)
		if (sync_owner(b, &b->owners[i], f) == -1)
			return -1;
	return 0;
}
