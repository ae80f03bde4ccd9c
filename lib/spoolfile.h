/* SPDX-License-Identifier: ISC */
/*
 * spoolfile: a message of the queue: its envelope, where its bytes are, and its
 * journal, which tells what became of each recipient (mailpipe-queue(5)).
 *
 * Any number of processes, on one host or on several that share a file system,
 * may work on one message.  Who sends to a recipient has locked that number;
 * who decides over the message has locked all of it.  A lock ends with the
 * process.  What others have done is told by spoolfile_read after the lock is
 * had, and not before.
 */
#ifndef SPOOLFILE_H
#define SPOOLFILE_H

#include "buf.h"
#include "spoolnew.h"

enum spool_class { /* of a line of the journal, or of a result */
	SPOOL_SENT,	/* and nothing more is owed to the sender */
	SPOOL_RELAYED,	/* to a server that does not tell of deliveries */
	SPOOL_DEFERRED,
	SPOOL_REFUSED,	/* "failed": for good */
	SPOOL_DOWN,	/* deferred: its next hop cannot be used now */
	SPOOL_BUSY,	/* was not tried; in no journal */
	SPOOL_REPORTED, /* the sender was told; in no result */
	SPOOL_AGAIN,	/* what failed is pending again; in no result */
	SPOOL_CLASSES,
};

enum {
	SPOOL_ENTRY = 1024, /* bytes of a line at most, with its LF */
};

/* The enhanced code where a person took it out of the queue: all who are
 * pending (number 0) have failed with it. */
#define SPOOL_REMOVED "5.7.0"

struct spool_entry { /* a line of the journal */
	int64_t when;	 /* seconds since 1970 */
	size_t number;	 /* of the recipient, from 1; 0: all that are
			    pending, or the message itself */
	enum spool_class class;
	unsigned code;	      /* of the reply; 0: there was none */
	struct slice enhanced; /* "5.1.1", or empty */
	struct slice host;    /* that said so, or empty */
	struct slice text;    /* made printable and cut where it is written */
};

struct spool_recipient {
	struct spool_to to;
	int settled;	    /* class is SPOOL_SENT, _RELAYED or _REFUSED */
	enum spool_class class; /* of the last line; SPOOL_BUSY: none */
	unsigned attempts;  /* that did not settle it */
	uint64_t at;	    /* offset of that line in the file; 0: none */
	int reported;	    /* the sender was told of how it settled */
};

struct spoolfile {
	int fd;		   /* for reading and writing */
	int dir;	   /* not owned: what "path" is below */
	char path[4097];
	char id[SPOOL_ID];
	struct spool_envelope envelope; /* valid as long as this */
	struct spool_recipient *to; /* to[0] has the number 1 */
	size_t nto;
	uint64_t message;  /* offset of it in the file */
	uint64_t size;	   /* bytes of it */
	uint64_t journal;  /* offset of it */
	uint64_t read;	   /* offset up to which it was read */
	int torn;	   /* its last line has no end */
	int unwritten;	   /* where spoolfile_open failed: a file that was made
			      for a message which did not come, so far */
	int warned;	   /* the sender was told of a delay */
	struct buf start;  /* first bytes of the file, its envelope at least */
};

/*
 * Opens the message "path" below the directory "dir" (AT_FDCWD) and reads it.
 * 0, or -1: EX_NOINPUT (it is not there any more; or not yet, as another has it
 * locked), EX_TEMPFAIL (it cannot be read now), EX_DATAERR with the reason
 * where it is no message, or a damaged one: no file, more than one link, cut
 * off, a line that is none of an envelope.  m->unwritten is set where another
 * has it locked and it is not complete (EX_NOINPUT); and where nobody has, and
 * what is there is nothing, or the start of a file of spoolnew's without its
 * size (EX_DATAERR): whoever made it is gone.  spoolfile_close in any case.
 */
int spoolfile_open(struct spoolfile *m, int dir, const char *path,
    struct fail *f);

/*
 * Locks recipient "number"; with 0, the whole message.  1 where it is ours, and
 * the path still names this file; 0 where another process has it, or it was
 * renamed or removed meanwhile; -1 with EX_TEMPFAIL.  One descriptor may lock
 * several numbers.
 */
int spoolfile_lock(const struct spoolfile *m, size_t number, struct fail *f);
void spoolfile_unlock(const struct spoolfile *m, size_t number);

/* Reads what the journal has more than before, the lines of others among it.
 * 0, or -1 with EX_TEMPFAIL. */
int spoolfile_read(struct spoolfile *m, struct fail *f);

/* Adds a line to the journal, and to what "m" knows.  Nothing is synced: a
 * process that is killed loses nothing, a machine that is might.  0, or -1 with
 * EX_TEMPFAIL. */
int spoolfile_append(struct spoolfile *m, const struct spool_entry *e,
    struct fail *f);

/* The same with "n" lines, by one write. */
int spoolfile_append_all(struct spoolfile *m, const struct spool_entry *e,
    size_t n, struct fail *f);

/* Keeps room for the lines of "n" recipients, longer than most are: 0, also
 * where the file system keeps none; or -1 with EX_TEMPFAIL (f->error: ENOSPC,
 * EDQUOT, EFBIG) where there is none. */
int spoolfile_make_room(const struct spoolfile *m, size_t n, struct fail *f);

/* Makes the journal durable: 0, or -1 with EX_TEMPFAIL. */
int spoolfile_sync(const struct spoolfile *m, struct fail *f);

/* The last line about a recipient, in "line", to which the slices of *e point:
 * 1; 0 where there is none; -1 with EX_TEMPFAIL. */
int spoolfile_last(const struct spoolfile *m, size_t number,
    char line[SPOOL_ENTRY], struct spool_entry *e, struct fail *f);

/* From when on its time in the queue counts: when it came, or was first to be
 * tried. */
int64_t spoolfile_begun(const struct spoolfile *m);

/* How many recipients are pending. */
size_t spoolfile_pending(const struct spoolfile *m);

/* Closes and frees; the locks are gone. */
void spoolfile_close(struct spoolfile *m);

/* 1 where another has locked all of it: who writes it, or decides over it;
 * else 0; -1 with EX_TEMPFAIL. */
int spoolfile_is_held(const struct spoolfile *m, struct fail *f);

/* After spoolfile_open failed with EX_DATAERR, of one in the directory of
 * "state": 1 where that is no damage, as its message never came. */
int spoolfile_is_left(const struct spoolfile *m, enum spool_state state);

/* Of one that m->unwritten was set for, and that is locked now: is it still so?
 * 1, or 0; -1 with EX_TEMPFAIL. */
int spoolfile_is_unwritten(const struct spoolfile *m, struct fail *f);

/* For the files of this module: sees how long the file is by now, whoever has
 * written to it. */
void spoolfile_refresh(const struct spoolfile *m);

/* For the files of this module: takes the journal from the first bytes in
 * memory where these are the whole file, of "size" bytes: 1, or 0. */
int spoolfile_took(struct spoolfile *m, uint64_t size);

/* The name of a class, as journals and results have it. */
const char *spool_class_name(enum spool_class class);

/* Reads a line, without its LF, of a journal; of a result behind its path and
 * TAB, where "when" is missing: "timed" is 0.  0, or -1 where it is none. */
int spool_entry_read(struct slice line, int timed, struct spool_entry *e);

/* Adds the line, with its LF, to "out" (SPOOL_ENTRY has room for it): what is
 * not printable is escaped, what is too long is cut. */
void spool_entry_write(struct buf *out, int timed,
    const struct spool_entry *e);

#endif
