/* SPDX-License-Identifier: ISC */
/* mime_name_of: the name that a header suggests for a file; see mime.h. */

#include "mime.h"
#include "param.h"

int
mime_name_of(struct slice type, struct slice disposition, struct buf *out)
{
	size_t before = out->n;
	int rc = param_get(disposition, "filename", out);

	return rc != -1 && out->n == before ? param_get(type, "name", out) : rc;
}
