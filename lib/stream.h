/* SPDX-License-Identifier: ISC */
/* stream: bytes to and from a peer, in clear text or in TLS, without ever
 * waiting; conn.h has lines, buffers and waits. */
#ifndef STREAM_H
#define STREAM_H

#include <poll.h>

#include "duplex.h"
#include "tls.h"

struct stream;

/* What changes bytes between the stream and its caller, as compress.h does; its
 * functions are as those of the stream, whose bytes they get by stream_take and
 * stream_give. */
struct stream_layer {
	ssize_t (*read)(struct stream *s, char *to, size_t n, struct fail *f);
	ssize_t (*write)(struct stream *s, struct slice bytes, struct fail *f);
	int (*buffered)(const struct stream *s);
	void (*end)(struct stream *s);
};

struct stream {
	struct duplex duplex;
	struct tls *tls; /* NULL: clear text */
	const struct stream_layer *layer; /* inside of TLS; NULL: none */
	void *layered;	 /* its own */
};

enum {
	STREAM_AGAIN = TLS_AGAIN, /* it would have to wait */
};

/* Reads up to "n" bytes: their count; 0 at the end; STREAM_AGAIN; -1 with
 * EX_TEMPFAIL. */
ssize_t stream_read(struct stream *s, char *to, size_t n, struct fail *f);

/* Writes some of "bytes", the same again after STREAM_AGAIN: how much;
 * STREAM_AGAIN; -1 with EX_TEMPFAIL. */
ssize_t stream_write(struct stream *s, struct slice bytes, struct fail *f);

/* The same below the layer, for it alone. */
ssize_t stream_take(struct stream *s, char *to, size_t n, struct fail *f);
ssize_t stream_give(struct stream *s, struct slice bytes, struct fail *f);

/* What to wait for after STREAM_AGAIN of stream_read, one of the two: in the
 * middle of its own affairs TLS may have to write first. */
void stream_wants(const struct stream *s, struct pollfd p[2]);

/* 1 where bytes came that stream_read has not seen, so that it is to be called
 * before anybody waits; 0. */
int stream_buffered(const struct stream *s);

/* Says close_notify where there is TLS and the peer takes it at once, and
 * closes the descriptors. */
void stream_close(struct stream *s);

#endif
