/* SPDX-License-Identifier: ISC */
/* mime_name: the name that a header suggests for a file; see mime.h. */

#include "hdr.h"
#include "mime.h"
#include "param.h"

int
mime_name_of(struct slice type, struct slice disposition, struct buf *out)
{
	size_t before = out->n;
	int rc = param_get(disposition, "filename", out);

	return rc != -1 && out->n == before ? param_get(type, "name", out) : rc;
}

int
mime_name(struct slice header, struct buf *out)
{
	struct hdr_field type = { .value = SLICE("") };
	struct hdr_field disposition = { .value = SLICE("") };

	(void)hdr_find(header, "Content-Type", &type);
	(void)hdr_find(header, "Content-Disposition", &disposition);
	return mime_name_of(type.value, disposition.value, out);
}
