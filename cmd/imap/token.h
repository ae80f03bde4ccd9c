/* SPDX-License-Identifier: ISC */
/*
 * token: what IMAP is made of (RFC 9051, 9; RFC 3501, 9; RFC 3516; RFC 7888):
 * atoms, strings, lists, out of bytes that come as they come.  Both ends share
 * it: the client reads responses, the server commands.
 *
 * Nothing is held but one token at a time, of at most LIMIT_IMAP_TOKEN bytes:
 * lines may have any length, and a literal any size, as its octets go to the
 * caller in pieces.  Nothing recurses: who reads lists counts their depth, of
 * which LIMIT_IMAP_DEPTH is the most.
 *
 * Liberal where real servers are: any number of spaces between tokens, one
 * before CRLF or ")", zeros in front of a literal's size, 8-bit bytes in quoted
 * strings.  A bare CR, a bare LF and a NUL outside of literals are EX_PROTOCOL.
 */
#ifndef TOKEN_H
#define TOKEN_H

#include "lexeme.h"

enum token_kind {
	TOKEN_END,     /* of the line: CRLF */
	TOKEN_ATOM,    /* and all that looks like one: NIL, numbers, flags
			  (\Seen), "*", "+", sets, BODY[HEADER.FIELDS (To)]<0>
			  up to the bracket and origin that close it */
	TOKEN_QUOTED,  /* "text" is what it says: without quotes, backslashes */
	TOKEN_LITERAL, /* its octets are next: token_octets till it is 0 */
	TOKEN_OPEN,    /* ( */
	TOKEN_CLOSE,   /* ) */
};

struct token {
	enum token_kind kind;
	struct slice text; /* of ATOM and QUOTED, until the next call */
	uint64_t size;	   /* of LITERAL, up to 2^63 - 1 */
	int binary;	   /* ~{n} */
	int unasked;	   /* {n+}: nobody waits for a "+" */
};

struct tokens { /* its own, but for what others look at */
	struct lexeme lexeme; /* of the token, and what ended it all */
	uint64_t octets;      /* of a literal, left */
	int literal;	      /* what is taken is its octets */
	int ended;	      /* the last token was the end of a line */
	struct buf whole; /* a literal that is held, the rest of a line */
	struct token again; /* token_back */
	int is_back;
};

/* "more": more bytes, at least one, valid until the next call of it or of
 * "used"; 0, or -1 with "f".  "used": so many of them, from the first on, are
 * done with.  tokens_free in the end. */
void tokens_start(struct tokens *t,
    int (*more)(void *ctx, struct slice *bytes, struct fail *f),
    void (*used)(void *ctx, size_t n), void *ctx);
void tokens_free(struct tokens *t);

/* Reports what was taken by "used", and forgets the bytes that "more" gave: for
 * who does something that may move them.  Texts of tokens are not valid any
 * more, but for what token_rest and a literal of token_string gave. */
void tokens_release(struct tokens *t);

/* The next token: 0; -1: EX_PROTOCOL, or as "more", and every call after it
 * says the same.  After TOKEN_END all bytes of the line, and none behind it,
 * are reported by "used"; before and after the octets of a literal it is
 * called, too, so that it can tell them from the line.  Octets of a literal
 * that nobody took are skipped. */
int token_next(struct tokens *t, struct token *next, struct fail *f);

/* The next token_next gives "last", the one that was given last, once more. */
void token_back(struct tokens *t, const struct token *last);

/* A piece of the literal's octets, valid until the next call: 1; 0 after the
 * last one; -1. */
int token_octets(struct tokens *t, struct slice *piece, struct fail *f);

/* A string of any form (astring, nstring), valid until the next call: 1; 0
 * where it is the atom NIL and "nil" is set, as where a grammar has nstring; -1
 * with EX_PROTOCOL where it is none, or longer than LIMIT_IMAP_TOKEN. */
int token_string(struct tokens *t, int nil, struct slice *text, struct fail *f);

/* A number of at most "most": 0, or -1 with EX_PROTOCOL. */
int token_number(struct tokens *t, uint64_t most, uint64_t *n, struct fail *f);

/* A word in pieces, which together may have any length, as sets have: what
 * stands before the next "end", which is taken: 1; what is left of the word: 0;
 * -1.  Valid until the next call.  Not after token_back. */
int token_piece(struct tokens *t, int end, struct slice *text, struct fail *f);

/* Skips one value: a token, a literal with its octets, a list with all that is
 * in it: 0, or -1. */
int token_skip(struct tokens *t, struct fail *f);

/* The rest of the line as it is, without spaces before it, and with what is
 * beyond LIMIT_IMAP_TOKEN dropped; the end of the line is taken.  Not after
 * token_back, but of the end.  0, or -1. */
int token_rest(struct tokens *t, struct slice *text, struct fail *f);

/* Skips all to the end of the line, with literals in it: 0, or -1. */
int token_finish(struct tokens *t, struct fail *f);

/* A number in text: 0, or -1 where it is none, or above "most". */
int token_parse_number(struct slice text, uint64_t most, uint64_t *n);

/* 1 where "text" may be said as an atom (RFC 9051, 9: ASTRING-CHAR), and as a
 * quoted string (no CR, LF, NUL; 8-bit only where "utf8" and it is UTF-8). */
int token_is_atom(struct slice text);
int token_is_quotable(struct slice text, int utf8);

#endif
