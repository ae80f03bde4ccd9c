/* SPDX-License-Identifier: ISC */
/* confine: what is left to a process that talks to the network; see
 * confine.h. */

#include "confine.h"
#include "log.h"
#include "sandbox.h"

/* Mail goes on where a filter is forbidden, but not in silence. */
static int
enter(int (*sandbox)(struct fail *), struct fail *f)
{
	int rc = sandbox(f);

	if (rc == 1)
		log_line("not confined: %s", f->text);
	return rc == -1 ? -1 : 0;
}

int
confine_closed(struct fail *f)
{
	return enter(sandbox_closed, f);
}

int
confine_libraries(struct fail *f)
{
	return enter(sandbox_libraries, f);
}
