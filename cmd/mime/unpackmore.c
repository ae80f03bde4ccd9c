/* SPDX-License-Identifier: ISC */
/* unpackmore: files in the content of a leaf; see unpackmore.h. */

#include "flaw.h"
#include "name.h"
#include "stop.h"
#include "tnef.h"
#include "unpack.h"

static int
begin_file(struct unpack *u, struct slice name, struct fail *f)
{
	if (u->more.files++ == LIMIT_MIME_PARTS)
		return fail_set(f, EX_DATAERR, "more than %d files in parts",
		    LIMIT_MIME_PARTS);
	u->more.file = unpacksave_extra(u, u->more.part, name);
	return 0;
}

static void
put_bytes(struct unpack *u, struct slice bytes)
{
	if (u->more.file != NULL)
		output_put(&u->more.file->out, bytes);
}

static void
end_file(struct unpack *u, unsigned flaws)
{
	if (u->more.file != NULL)
		u->more.file->flaws |= flaws;
	(void)unpackfile_end(u, &u->more.file, u->more.part);
	flaw_warn(unpack_label(u), u->more.part, flaws, &u->flaws_shown);
}

static int
uu_event(void *ctx, enum uu_event event, struct slice bytes, struct fail *f)
{
	struct unpack *u = ctx;

	switch (event) {
	case UU_BEGIN:
		return begin_file(u, bytes, f);
	case UU_DATA:
		put_bytes(u, bytes);
		break;
	case UU_END:
		end_file(u, 0);
		break;
	case UU_SHORT:
		end_file(u, FLAW_DECODER(UU_FLAW_SHORT));
		break;
	}
	return 0;
}

static int
tnef_event(void *ctx, enum tnef_event event, struct slice bytes,
    struct fail *f)
{
	struct unpack *u = ctx;

	switch (event) {
	case TNEF_FILE:
		return begin_file(u, bytes, f);
	case TNEF_DATA:
		put_bytes(u, bytes);
		break;
	case TNEF_END:
		end_file(u, 0);
		break;
	case TNEF_UNDO:
		unpackfile_drop(u, &u->more.file);
		break;
	}
	return 0;
}

static int
is_tnef(const struct mime_part *part)
{
	struct buf name = BUF(NAME_ROOM);
	int is;

	if (!slice_starts(part->type, SLICE("application/")))
		return 0;
	(void)unpack_name(part->header, &name);
	is = tnef_is(part->type, buf_slice(&name));
	buf_free(&name);
	return is;
}

void
unpackmore_start(struct unpack *u, const struct mime_part *part)
{
	struct unpack_more *more = &u->more;

	more->part = part;
	more->in_text = !u->raw && slice_starts(part->type, SLICE("text/")) &&
	    (part->enc == ENC_7BIT || part->enc == ENC_8BIT ||
	    part->enc == ENC_BINARY);
	more->in_tnef = !u->raw && is_tnef(part);
	if (more->in_text)
		uu_start(&more->uu, uu_event, u);
}

int
unpackmore_put(struct unpack *u, struct slice bytes, struct fail *f)
{
	return u->more.in_text ? uu_put(&u->more.uu, bytes, f) : 0;
}

/* What was not taken apart is one line, and a flaw of the winmail.dat. */
static int
end_tnef(struct unpack *u, struct fail *f)
{
	struct buf line = BUF(1000);
	const char *wrong;
	struct fail later;

	/* A write that failed is told of when the file ends. */
	if (u->file == NULL || output_flush(&u->file->out, &later) == -1)
		return 0;
	if (tnef_unpack(u->file->out.fd, tnef_event, u, &wrong, f) == -1) {
		u->stopped = stop_noted();
		return -1;
	}
	if (wrong == NULL)
		return 0;
	u->file->flaws |= FLAW_TNEF;
	(void)buf_addf(&line, "winmail.dat was not all taken apart: %s",
	    wrong);
	flaw_line(unpack_label(u), u->more.part, buf_str(&line),
	    &u->flaws_shown);
	buf_free(&line);
	return 0;
}

int
unpackmore_end(struct unpack *u, struct fail *f)
{
	int rc = 0;

	if (u->more.in_text)
		rc = uu_end(&u->more.uu, f);
	else if (u->more.in_tnef)
		rc = end_tnef(u, f);
	u->more.in_text = u->more.in_tnef = 0;
	return rc;
}

void
unpackmore_abort(struct unpack *u)
{
	u->more.file = NULL;
	uu_free(&u->more.uu);
	u->more.in_text = u->more.in_tnef = 0;
}
