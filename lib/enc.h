/* SPDX-License-Identifier: ISC */
/*
 * enc: content-transfer-encodings, streaming (RFC 2045, 6).
 *
 * Decoders take anything and never fail: what is malformed is noted in
 * "flaws" and read as RFC 2045 advises.  Encoders write lines of at most 76
 * characters that end in LF.  Input may come in pieces of any size; the
 * result does not depend on where the pieces end.
 */
#ifndef ENC_H
#define ENC_H

#include "buf.h"
#include "fail.h"

enum enc {
	ENC_7BIT,
	ENC_8BIT,
	ENC_BINARY,
	ENC_QUOTED_PRINTABLE,
	ENC_BASE64,
	ENC_UNKNOWN, /* an x-token or garbage: bytes pass unchanged */
};

/* The encoding of a Content-Transfer-Encoding value (comments and spaces
 * around the token are ignored, and what follows it); an empty value is
 * ENC_7BIT. */
enum enc enc_parse(struct slice value);

/* Its name as in the RFC: "base64"; "" for ENC_UNKNOWN. */
const char *enc_name(enum enc e);

/* What a decoder found wrong. */
enum {
	ENC_FLAW_JUNK = 1,	 /* base64: a byte outside the alphabet */
	ENC_FLAW_PAD = 2,	 /* base64: data went on after padding */
	ENC_FLAW_SHORT = 4,	 /* base64: ended in the middle of a group */
	ENC_FLAW_ESCAPE = 8,	 /* quoted-printable: "=" and no hexadecimal */
	ENC_FLAW_EIGHT_BIT = 16, /* quoted-printable: a byte above 127 */
};

struct enc_decoder {
	enum enc enc;
	unsigned flaws;
	uint32_t group;	 /* base64: characters of an unfinished group */
	int ngroup;	 /* base64: how many characters */
	int padded;	 /* base64: "=" ended the last group */
	size_t nheld;	 /* quoted-printable: bytes in "held" */
	char held[1024]; /* quoted-printable: an escape or trailing spaces */
};

void enc_decoder_init(struct enc_decoder *d, enum enc e);

/*
 * Adds the decoded bytes of "in" to "out"; enc_decode_end adds what was held
 * back.  0, or -1 where "out" has no room for in.n + 1024 bytes more, which
 * are always enough; after that the decoder is of no use.
 *
 * base64: bytes outside the alphabet are skipped; after padding a new group
 * begins, so concatenated encodings are all decoded; a last group without its
 * padding is decoded.  Quoted-printable: soft breaks also with spaces before
 * the line end, lower-case hexadecimal, spaces at the end of a line (or of
 * all) dropped, up to 1000 of them, "=" and no hexadecimal kept as it is; line
 * ends come out as they went in.
 */
int enc_decode(struct enc_decoder *d, struct slice in, struct buf *out);
int enc_decode_end(struct enc_decoder *d, struct buf *out);

struct enc_encoder {
	enum enc enc;
	int text;      /* quoted-printable: LF and CRLF are line ends */
	int dashes;    /* quoted-printable: the caller may set it after
			  enc_encoder_init: "--" at the start of a line is
			  encoded, so that no line can be a delimiter */
	size_t column; /* quoted-printable: bytes on the output line */
	size_t nheld;  /* input bytes in "held" */
	char held[64]; /* an unfinished row, or bytes not yet decided on */
};

/*
 * "enc" is ENC_BASE64, ENC_QUOTED_PRINTABLE or one of the identities.  With
 * "text" set, LF or CRLF in quoted-printable input is a line end and comes
 * out as LF; without, CR and LF are encoded like any other byte.
 * Quoted-printable also encodes spaces at the end of a line, and at the start
 * of one the F of "From " and a dot, which mbox files and SMTP would change.
 */
void enc_encoder_init(struct enc_encoder *e, enum enc enc, int text);

/* Adds the encoded bytes of "in" to "out"; enc_encode_end adds what is held
 * back, and for base64 the last line end.  0, or -1 where "out" has no room
 * for 4 * in.n + 1024 bytes more, which are always enough; after that the
 * encoder is of no use. */
int enc_encode(struct enc_encoder *e, struct slice in, struct buf *out);
int enc_encode_end(struct enc_encoder *e, struct buf *out);

/* What a scan of some content saw, to choose an encoding by. */
struct enc_scan {
	uint64_t bytes, eight_bit; /* all; those above 127 */
	uint64_t escapes;	/* bytes that quoted-printable must escape */
	uint64_t lines;		/* line ends */
	size_t longest;		/* bytes of the longest line, no line end */
	int nul, bare_cr, crlf; /* seen at all; a CR that is the last byte
				   is not in bare_cr, but in "last" */
	int from_line;		/* a line begins with "From " */
	size_t line;		/* length of the unfinished line */
	int last;		/* the byte before, or -1 at the start */
	char start[5];		/* first bytes of the unfinished line */
};

void enc_scan_init(struct enc_scan *s);
void enc_scan(struct enc_scan *s, struct slice in);

/* The same for input_each, whose "ctx" is the scan: 0. */
int enc_scan_piece(void *scan, struct slice in, struct fail *f);

/*
 * The encoding that text content needs, after the scan: ENC_7BIT where it is
 * clean (no byte above 127, no NUL, no CR, lines within 998, no "From "
 * line); ENC_8BIT likewise where "eight" allows bytes above 127; else the
 * shorter of quoted-printable and base64.  Who wants CRLF back as it was takes
 * base64 where "crlf" is set.
 */
enum enc enc_choose(const struct enc_scan *s, int eight);

#endif
