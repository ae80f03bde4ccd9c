/* SPDX-License-Identifier: ISC */
/* engine: what the files of imap (imap.h) share. */
#ifndef ENGINE_H
#define ENGINE_H

#include "imap.h"

enum {
	ENGINE_TAG = 12,     /* of a command, with a NUL */
	ENGINE_NAME = 32,    /* of a response; longer ones are nobody's */
	ENGINE_COMMAND = 8190, /* bytes of a command without literals and CRLF
				  (RFC 7162, 4) */
};

enum engine_kind { /* of a command */
	ENGINE_PLAIN,
	ENGINE_SELECT,	/* SELECT, EXAMINE */
	ENGINE_LEAVE,	/* CLOSE, UNSELECT, LOGOUT */
	ENGINE_ENABLE,
};

enum engine_fault { /* why a command was not said */
	ENGINE_NONE,
	ENGINE_NUL,
	ENGINE_LONG,
	ENGINE_NOT_UTF8,
};

struct engine_command { /* under way */
	unsigned number;
	char tag[ENGINE_TAG];
	enum engine_kind kind;
	enum engine_fault fault;
	int own;	  /* the engine's: nobody waits for the answer */
	int begun;	  /* of SELECT: what was before it is answered */
	int whole;	  /* all of it was said */
	uint64_t end;	  /* of what was put in all, behind it; and its size */
	size_t size;
	int answered;	  /* before somebody asked, by: */
	enum imap_result result;
	int bad;
	char *code, *text;
};

struct imap_session {
	int verdict;	  /* where shared.h says how it ended */
	unsigned said;	  /* commands so far */
	struct engine_command way[IMAP_WINDOW + 4]; /* in the order said */
	unsigned nway;
	int saying;	  /* the last of them is being said */
	int refused;	  /* and its literal is not wanted */
	int plus;	  /* a "+" is awaited */
	uint64_t put;	  /* bytes of commands so far */
	size_t line_size; /* of the command being said, without literals */
	struct buf line;  /* what is to be put of it */
	struct buf shown; /* the same for the trace */
	int secret;	  /* what is said now is not to be seen */

	struct fail lost; /* why i->dead */
	uint64_t quota;	  /* bytes until the deadline begins anew */
	int given;	  /* a response is the caller's to be read */
	int greeted;
	int known;	  /* capabilities were told since they were forgotten */
	int in;		  /* logged in */
	int lending;	  /* imap-run tells what it lends, also what is enabled
			     there */
	int held;	  /* a mailbox is selected, perhaps */
	int left;	  /* it is, from before us: it is to be left first */
	int resumed;	  /* or it was kept as it is (imap_resume) */
	struct buf examined; /* the name of it, where EXAMINE was said; empty */
	uint64_t used;	  /* bytes that were read */
	int leaving;
	unsigned alerts;
	uint64_t alert;	  /* hash of the last one */
	uint64_t unread;  /* bytes since an answer that nobody has read */
	char name[ENGINE_NAME];
	char *kept_code, *kept_text; /* of the response, where it was kept */
	struct buf trace;      /* the line that is being read */
	int challenge;	       /* "+" is a secret */
};

/* Starts a session on "conn", from its greeting on; imap_clear ends it. */
void imap_begin(struct imap *i, struct conn *conn);
void imap_clear(struct imap *i);

/* What is read from now on is not what was read so far. */
void imap_start_tokens(struct imap *i);

/* Nothing more can be said, for the reason in "f": -1. */
int imap_lost(struct imap *i, const struct fail *f);

/* What is said now, or awaited, has the time of a reply. */
void imap_allow(struct imap *i);

/* Writes what is to be written: 0, or -1 with i->dead. */
int imap_flush(struct imap *i, struct fail *f);

/* A new command, the last one under way, with a tag of its own. */
struct engine_command *imap_command(struct imap *i, enum engine_kind kind);

/* Says a command whose answer is of no interest by itself. */
void imap_say_own(struct imap *i, const char *command);

/* The oldest command under way that has that number; NULL. */
struct engine_command *imap_find(struct imap *i, unsigned number);

/* It is over. */
void imap_forget(struct imap *i, struct engine_command *c);

/* Waits for "+", or for the end of "command", which imap_next tells, too, as it
 * does of the others that end meanwhile; data is dropped. */
enum imap_result imap_wait_for(struct imap *i, unsigned command,
    struct imap_response *r, struct fail *f);

/* Reads one response as imap_next does, also to a command of the engine's own;
 * who takes the end of a command calls imap_forget. */
enum imap_result imap_read(struct imap *i, struct imap_response *r,
    struct fail *f);

/* Puts a line that is a secret, CRLF in it, and wipes it: 0, or -1. */
int imap_put_secret(struct imap *i, struct slice line, const char *shown,
    struct fail *f);

/* Shows a line where that is asked for. */
void imap_trace(const struct imap *i, int direction, struct slice line);

/* What capabilities there are: a list of words, which is the whole truth. */
void imap_offered(struct imap *i, struct slice words);
void imap_forget_offers(struct imap *i);

/* Adds those of them that are known, but "not", to "out", a space before
 * each. */
void imap_write_offers(const struct imap *i, unsigned not, struct buf *out);

/* ENABLED told that (RFC 5161). */
void imap_enabled(struct imap *i, struct slice words);

/* Logs in, where that is wanted: 0; -1, also where it is refused. */
int imap_log_in(struct imap *i, struct fail *f);

/* Passes what is left of the last response: 0, or -1 with i->dead. */
int imap_pass(struct imap *i, struct fail *f);

/* Sets r->name, in upper case. */
void imap_name_response(struct imap *i, struct slice name,
    struct imap_response *r);

/* Why "c" was refused, as imap_next has it. */
void imap_tell_refusal(const struct engine_command *c,
    const struct imap_response *r, struct fail *f);

/* What a response means for the selected mailbox: 0, or -1 with i->dead. */
int imap_box_data(struct imap *i, const struct imap_response *r,
    struct fail *f);
int imap_box_code(struct imap *i, const struct imap_response *r,
    struct fail *f);

/* A command is answered; those before the next one are. */
void imap_box_done(struct imap *i, const struct engine_command *c,
    const struct imap_response *r);
void imap_box_begin(struct imap *i);

/* No mailbox is selected any more, and nothing known of one. */
void imap_box_clear(struct imap *i);

/* A list of flags, as words in place of what is in "flags": 0, or -1. */
int imap_read_flags(struct tokens *t, struct buf *flags, struct fail *f);

#endif
