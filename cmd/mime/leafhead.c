/* SPDX-License-Identifier: ISC */
/* leafhead: the Content- fields of one part; see leafhead.h. */

#include "contentid.h"
#include "hdr.h"
#include "leafhead.h"
#include "limits.h"
#include "param.h"
#include "utf8.h"

static int
write_type(struct buf *out, const struct leafhead *h)
{
	if (hdr_write(out, "Content-Type", h->type) == -1)
		return -1;
	out->n--; /* the line goes on */
	if (h->charset != NULL &&
	    param_write(out, "charset", slice_str(h->charset), 0) == -1)
		return -1;
	if (h->flowed && param_write(out, "format", SLICE("flowed"), 0) == -1)
		return -1;
	return buf_addc(out, '\n');
}

/* "name" as UTF-8: a byte that is none becomes "_". */
static int
add_name(struct buf *out, struct slice name)
{
	struct slice rest = name;

	while (rest.n > 0) {
		struct slice at = rest;

		if (utf8_next(&rest) == -2) {
			if (buf_addc(out, '_') == -1)
				return -1;
		} else if (buf_add(out,
		    slice_sub(at, 0, at.n - rest.n)) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
write_disposition(struct buf *out, const struct leafhead *h)
{
	struct buf name = BUF(LIMIT_HEADER_FIELD);
	int rc;

	if (h->disposition == NULL)
		return 0;
	rc = buf_adds(out, "Content-Disposition: ");
	if (rc == 0)
		rc = buf_adds(out, h->disposition);
	if (rc == 0)
		rc = add_name(&name, h->name);
	if (rc == 0 && name.n > 0)
		rc = param_write(out, "filename", buf_slice(&name), 1);
	buf_free(&name);
	return rc == 0 ? buf_addc(out, '\n') : -1;
}

static int
write_id(struct buf *out, const struct leafhead *h)
{
	struct buf id = BUF(LIMIT_LINE_HARD);
	int rc;

	if (!h->referred_to)
		return 0;
	rc = contentid_of_name(&id, h->name);
	if (rc == 0)
		rc = hdr_write(out, "Content-ID", buf_slice(&id));
	buf_free(&id);
	return rc;
}

int
leafhead_write(struct buf *out, const struct leafhead *h)
{
	if (write_type(out, h) == -1 || write_disposition(out, h) == -1 ||
	    write_id(out, h) == -1)
		return -1;
	return buf_addf(out, "Content-Transfer-Encoding: %s\n",
	    enc_name(h->enc));
}
