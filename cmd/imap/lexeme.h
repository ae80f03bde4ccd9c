/* SPDX-License-Identifier: ISC */
/*
 * lexeme: the bytes of one token, out of bytes that come as they come.
 *
 * Where all of them came at once they stay where they are.  Where they came in
 * pieces, or some are none of its text, they are held, up to LIMIT_IMAP_TOKEN.
 * It knows nothing of what is in them but by a table that the caller has.
 */
#ifndef LEXEME_H
#define LEXEME_H

#include "buf.h"
#include "fail.h"
#include "limits.h"

struct lexeme {
	/* As tokens_start has them: */
	int (*more)(void *ctx, struct slice *bytes, struct fail *f);
	void (*used)(void *ctx, size_t n);
	void *ctx;
	/* Its own, for what is below: */
	struct slice in;
	size_t start;	 /* of the lexeme, or of what is not held of it */
	size_t taken;	 /* of "in" as it came */
	struct buf held; /* of one that came in pieces, or has gaps */
	/* The caller looks here before it begins with anything: */
	struct fail why; /* nothing can be read any more; class 0: it can */
};

void lexeme_start(struct lexeme *l,
    int (*more)(void *ctx, struct slice *bytes, struct fail *f),
    void (*used)(void *ctx, size_t n), void *ctx);
void lexeme_free(struct lexeme *l);

/* As tokens_release; what is held stays valid until lexeme_begin. */
void lexeme_release(struct lexeme *l);

/* -1, and l->why, with EX_PROTOCOL: "what", or that it is longer than
 * LIMIT_IMAP_TOKEN. */
int lexeme_bad(struct lexeme *l, const char *what, struct fail *f);
int lexeme_long(struct lexeme *l, struct fail *f);

/* More bytes, where all are taken, for lexeme_peek: 0; -1 with l->why: as
 * "more", or as lexeme_long. */
int lexeme_refill(struct lexeme *l, struct fail *f);

/* Holds what was passed so far, so that lexeme_drop leaves a gap: 0, or -1 as
 * lexeme_long. */
int lexeme_hold(struct lexeme *l, struct fail *f);

/* Passes all before a byte whose "class" has a bit of "stop", and returns that
 * byte: 0..255; -1 as lexeme_refill. */
int lexeme_scan(struct lexeme *l, const unsigned char class[256], int stop,
    struct fail *f);

/* For lexeme_text, where something is held, or it is too long. */
int lexeme_held(struct lexeme *l, struct slice *text, struct fail *f);

/*
 * For what may have any length, of which nothing is held.  Valid as that of
 * lexeme_text.  lexeme_part takes what has come before a byte as that of
 * lexeme_scan; lexeme_peek was the last call.  lexeme_octets takes up to "most"
 * bytes, not 0, of those that have come, and waits where none have: 0, or -1 as
 * lexeme_refill.
 */
struct slice lexeme_part(struct lexeme *l, const unsigned char class[256],
    int stop);
int lexeme_octets(struct lexeme *l, uint64_t most, struct slice *octets,
    struct fail *f);

/* The rest is called for every byte, or token, so that it is no call. */

/* From now on it is another one. */
static inline void
lexeme_begin(struct lexeme *l)
{
	if (l->held.n > 0)
		buf_clear(&l->held);
	l->start = l->taken;
}

/* The next byte, which is not taken: 0..255; -1 as lexeme_refill. */
static inline int
lexeme_peek(struct lexeme *l, struct fail *f)
{
	if (l->taken == l->in.n && lexeme_refill(l, f) == -1)
		return -1;
	return (unsigned char)l->in.p[l->taken];
}

/* Passes the byte that was peeked at. */
static inline void
lexeme_pass(struct lexeme *l)
{
	l->taken++;
}

/* Passes it, and all before it that is no part of the lexeme, or held. */
static inline void
lexeme_drop(struct lexeme *l)
{
	l->start = ++l->taken;
}

/* What was passed since lexeme_begin, but for the gaps, valid until the next
 * call: 0, or -1 as lexeme_long. */
static inline int
lexeme_text(struct lexeme *l, struct slice *text, struct fail *f)
{
	*text = slice_sub(l->in, l->start, l->taken);
	return l->held.n == 0 && text->n <= LIMIT_IMAP_TOKEN ? 0 :
	    lexeme_held(l, text, f);
}

#endif
