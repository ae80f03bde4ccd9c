/* SPDX-License-Identifier: ISC */
/* compress: compressed connections; see compress.h. */

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "compress.h"
#include "mem.h"
#include "stream.h"

enum {
	ROOM = CONN_IN,	  /* of compressed bytes that came */
	PIECE = 32768,	  /* bytes that are deflated at once */
	MADE = 2 * PIECE, /* of compressed bytes, room for most that those come
			     to */
	WINDOW = -15,	  /* of 32 KiB, without zlib's header (RFC 4978, 4) */
	MEMORY = 8,	  /* zlib's default */
};

struct compress {
	z_stream in, out;
	int more;	 /* inflate had no room for all */
	int ended;	 /* the last block came */
	const char *why; /* no more can be read; NULL */
	size_t nothing;	 /* bytes that came to none so far */
	size_t piece;	 /* of what stream_write is given, not all written */
	int flush;	 /* how to deflate it */
	int again;	 /* there is more of it to come */
	size_t start, end; /* of "made", not written so far */
	char came[ROOM], made[MADE];
};

/* Of zlib, loaded by the first who needs it, as hardly any session does: a
 * program that is linked to it takes a twelfth longer to start. */
static struct {
	int (*deflate)(z_streamp z, int flush);
	int (*deflateEnd)(z_streamp z);
	int (*deflateInit2_)(z_streamp z, int level, int method, int window,
	    int memory, int strategy, const char *version, int size);
	int (*inflate)(z_streamp z, int flush);
	int (*inflateEnd)(z_streamp z);
	int (*inflateInit2_)(z_streamp z, int window, const char *version,
	    int size);
} zlib;

/* POSIX has functions in the same form as data. */
static int
find(void *library, const char *name, void *function)
{
	void *p = dlsym(library, name);

	memcpy(function, &p, sizeof(p));
	return p != NULL;
}

static int
load(struct fail *f)
{
	void *library = dlopen("libz.so.1", RTLD_LAZY | RTLD_LOCAL);

	if (library == NULL ||
	    !find(library, "deflate", &zlib.deflate) ||
	    !find(library, "deflateEnd", &zlib.deflateEnd) ||
	    !find(library, "deflateInit2_", &zlib.deflateInit2_) ||
	    !find(library, "inflate", &zlib.inflate) ||
	    !find(library, "inflateEnd", &zlib.inflateEnd) ||
	    !find(library, "inflateInit2_", &zlib.inflateInit2_))
		return fail_set(f, EX_UNAVAILABLE,
		    "zlib cannot be loaded (package zlib1g): %.300s",
		    dlerror());
	return 0;
}

/* What zlib's macros of these names stand for. */
static int
start(struct compress *z)
{
	int size = (int)sizeof(z_stream);

	if (zlib.inflateInit2_(&z->in, WINDOW, ZLIB_VERSION, size) != Z_OK)
		return -1;
	if (zlib.deflateInit2_(&z->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
	    WINDOW, MEMORY, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK)
		return 0;
	(void)zlib.inflateEnd(&z->in);
	return -1;
}

/* Once, and for all: -1. */
static int
bad(struct compress *z, const char *why, struct fail *f)
{
	z->why = why;
	return fail_set(f, EX_PROTOCOL, "compressed data: %s", why);
}

/* More compressed bytes, where all were used: as stream_read. */
static ssize_t
refill(struct stream *s, struct compress *z, struct fail *f)
{
	ssize_t n;

	if (z->nothing > COMPRESS_NOTHING)
		return bad(z, "too much that is nothing", f);
	if ((n = stream_take(s, z->came, ROOM, f)) > 0) {
		z->in.next_in = (const Bytef *)z->came;
		z->in.avail_in = (uInt)n;
		z->nothing += (size_t)n;
	}
	return n;
}

/* Inflates some of what is there: how many bytes, which may be 0; -1. */
static ssize_t
expand(struct compress *z, char *to, size_t n, struct fail *f)
{
	int rc;

	z->in.next_out = (Bytef *)to;
	z->in.avail_out = (uInt)(n < INT_MAX ? n : INT_MAX);
	n = z->in.avail_out;
	if (z->ended)
		return bad(z, "something behind its end", f);
	rc = zlib.inflate(&z->in, Z_SYNC_FLUSH);
	if (rc != Z_OK && rc != Z_BUF_ERROR && rc != Z_STREAM_END)
		return bad(z, "cannot be inflated", f);
	z->ended = rc == Z_STREAM_END;
	z->more = z->in.avail_out == 0;
	n -= z->in.avail_out;
	if (n > 0)
		z->nothing = 0;
	return (ssize_t)n;
}

static ssize_t
read_inflated(struct stream *s, char *to, size_t n, struct fail *f)
{
	struct compress *z = s->layered;
	ssize_t got;

	if (z->why != NULL)
		return bad(z, z->why, f);
	for (;;) {
		if (z->in.avail_in == 0 && (!z->more || z->ended) &&
		    (got = refill(s, z, f)) <= 0)
			return got;
		if ((got = expand(z, to, n, f)) != 0)
			return got;
	}
}

/* Begins with as much of "bytes" as there is probably room for. */
static void
begin_piece(struct compress *z, struct slice bytes)
{
	z->piece = bytes.n < PIECE ? bytes.n : PIECE;
	z->flush = z->piece < bytes.n ? Z_NO_FLUSH : Z_SYNC_FLUSH;
	z->out.avail_in = (uInt)z->piece;
	z->again = 1;
}

static void
shrink(struct compress *z, struct slice bytes)
{
	/* UNSAFE: "bytes" are the same until all of the piece is written */
	z->out.next_in = (const Bytef *)bytes.p + z->piece - z->out.avail_in;
	z->out.next_out = (Bytef *)z->made;
	z->out.avail_out = MADE;
	(void)zlib.deflate(&z->out, z->flush);
	z->again = z->out.avail_out == 0;
	z->start = 0;
	z->end = MADE - z->out.avail_out;
}

/* Nothing of a piece is said to be written before all of it is. */
static ssize_t
write_deflated(struct stream *s, struct slice bytes, struct fail *f)
{
	struct compress *z = s->layered;
	ssize_t n;

	if (bytes.n == 0)
		return 0;
	if (z->piece == 0)
		begin_piece(z, bytes);
	while (z->again || z->start < z->end) {
		if (z->start == z->end) {
			shrink(z, bytes);
			continue; /* perhaps zlib has all of it */
		}
		n = stream_give(s, (struct slice){ z->made + z->start,
		    z->end - z->start }, f);
		if (n < 0)
			return n;
		z->start += (size_t)n;
	}
	n = (ssize_t)z->piece;
	z->piece = 0;
	return n;
}

static int
is_buffered(const struct stream *s)
{
	const struct compress *z = s->layered;

	return z->in.avail_in > 0 || z->more;
}

static void
end(struct stream *s)
{
	struct compress *z = s->layered;

	(void)zlib.inflateEnd(&z->in);
	(void)zlib.deflateEnd(&z->out);
	free(z);
	s->layer = NULL;
	s->layered = NULL;
}

static const struct stream_layer layer = {
	read_inflated, write_deflated, is_buffered, end
};

/* What was read before somebody knew what it is. */
static void
take_buffered(struct conn *c, struct compress *z)
{
	struct slice octets;
	struct fail ignored; /* it is there */

	if (conn_buffered(c) == 0 || conn_octets(c, ROOM, &octets, &ignored) !=
	    CONN_LINE)
		return;
	memcpy(z->came, octets.p, octets.n);
	z->in.next_in = (const Bytef *)z->came;
	z->in.avail_in = (uInt)octets.n;
}

int
compress_start(struct conn *c, struct fail *f)
{
	struct stream *s = conn_stream(c);
	struct compress *z;

	if (s->layer != NULL)
		return fail_set(f, EX_SOFTWARE, "it is compressed already");
	if (load(f) == -1 || conn_flush(c, f) == -1)
		return -1;
	z = mem_alloc(sizeof(*z));
	if (start(z) == -1) {
		free(z);
		return fail_set(f, EX_TEMPFAIL, "no memory to compress");
	}
	take_buffered(c, z);
	s->layer = &layer;
	s->layered = z;
	return 0;
}
