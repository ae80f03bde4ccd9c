/* SPDX-License-Identifier: ISC */
/*
 * Every limit of mailpipe in one place, each with its reason.  Bytes unless
 * a name says otherwise.  A limit that is hit is always said: by a reply, by
 * a line on standard error, by a status; see mailpipe(7).
 */
#ifndef LIMITS_H
#define LIMITS_H

/* SMTP, both ends (RFC 5321, 4.5.3.1) */
#define LIMIT_COMMAND	   2048	    /* 512 required; extensions add to it */
#define LIMIT_REPLY	   2048	    /* 512 required; peers send more */
#define LIMIT_REPLY_LINES  100	    /* lines of one reply; EHLO has some 20 */
#define LIMIT_TEXT_LINE	   65536    /* 1000 required; real mail has longer */
#define LIMIT_LOCAL_PART   64	    /* RFC 5321, 4.5.3.1.1 */
#define LIMIT_DOMAIN	   255	    /* RFC 5321, 4.5.3.1.2 */
#define LIMIT_PATH	   256	    /* RFC 5321, 4.5.3.1.3 */
#define LIMIT_RECIPIENTS   1000	    /* of one message; 100 required */
#define LIMIT_MESSAGE	   52428800 /* 50 MiB, what large providers take */
#define LIMIT_HOPS	   50	    /* Received fields: more is a loop (6.3) */
#define LIMIT_ERRORS	   10	    /* commands refused, then 421 */
#define LIMIT_ERRORS_FREE  6	    /* of these; each further one costs time */
#define LIMIT_WINDOW	   100	    /* commands sent before a reply is read */

/* Messages (RFC 5322, 2.1.1; the others are what Dovecot and go-mail take) */
#define LIMIT_LINE_HARD	    998	     /* sent lines without CRLF */
#define LIMIT_LINE_SOFT	    76	     /* lines that we write */
#define LIMIT_HEADER_FIELD  65536    /* one field with its folds */
#define LIMIT_HEADER	    1048576  /* all fields of one header */
#define LIMIT_HEADER_FIELDS 1000     /* fields of one header */
#define LIMIT_MIME_DEPTH    100	     /* nested multiparts and messages */
#define LIMIT_MIME_PARTS    10000    /* parts of one message */
#define LIMIT_MIME_ENCODED  8	     /* messages encoded in one another; real
					mail has one, and each takes a parser */
#define LIMIT_PARAMS	    128	     /* parameters of one field (RFC 2231) */
#define LIMIT_COMMENT_DEPTH 32	     /* nested comments (RFC 5322, 3.2.2) */
#define LIMIT_FILE_NAME	    200	     /* of an unpacked part; 255 - suffixes */
#define LIMIT_PARTIAL	    1000     /* fragments held to be joined */
#define LIMIT_TNEF	    52428800 /* a winmail.dat, which is held in memory;
					as LIMIT_MESSAGE */
#define LIMIT_TNEF_FILES    1000     /* of one winmail.dat; most have a few */
#define LIMIT_TNEF_BYTES    104857600 /* of all of them: text in it may be
					 compressed */

/* Waits, in seconds (RFC 5321, 4.5.3.2) */
#define LIMIT_CONNECT	    30	 /* one address of a host */
#define LIMIT_IDLE	    300	 /* a server waits for a command */
#define LIMIT_POP3_IDLE	    600	 /* the least that RFC 1939, 3 allows */
#define LIMIT_SESSION	    3600 /* without one accepted message */
#define LIMIT_GREETING	    300
#define LIMIT_PROXY	    10	 /* the header of a balancer */
#define LIMIT_HANDSHAKE	    60	 /* TLS; the whole of it */
#define LIMIT_COMMAND_REPLY 300
#define LIMIT_DATA_REPLY    120
#define LIMIT_DATA_BLOCK    180
#define LIMIT_DOT_REPLY	    600
#define LIMIT_DATA_RATE	    1024 /* bytes a second, the least while in DATA */

/* Servers */
#define LIMIT_CONNECTIONS	  200 /* of one listening process */
#define LIMIT_CONNECTIONS_ADDRESS 20  /* of one peer; loopback is exempt */
#define LIMIT_RATES		  16384 /* addresses; 528 KiB for all */
#define LIMIT_SPARE		   4  /* processes that wait for connections */
#define LIMIT_HELPERS		  16  /* helpers that wait for a session */
#define LIMIT_KEEPER		  20  /* seconds for which the process that
					 keeps mail is given sessions */
#define LIMIT_ANSWER		  600 /* seconds for it to answer; clients wait
					 as long (RFC 5321, 4.5.3.2.6) */
#define LIMIT_STOP		  60  /* seconds for sessions to end */
#define LIMIT_TIDY		  10  /* and then for helpers */
#define LIMIT_RELAY		  60  /* seconds for a client to take a last
					 piece of 64 KiB */
#define LIMIT_VANISHED		  180 /* seconds: a peer of which nothing comes,
					 not even that it is there, or who takes
					 nothing; its mailbox is held as long */
#define LIMIT_OWNERS		  100 /* Maildir owners of one message */
#define LIMIT_FILTER		  300 /* seconds for all filters */
#define LIMIT_FILTER_TO		  100000 /* RECIPIENTS; 128 KiB is the most */
#define LIMIT_ENVID		  100 /* as it is sent (RFC 3461, 4.4) */
#define LIMIT_ORCPT		  500 /* with its type (RFC 3461, 4.2) */
#define LIMIT_REPORT_TIME	  30 /* seconds; the client's next command waits
					as long, which has 300 as a rule */
#define LIMIT_REPORT_TO		  1048576 /* who is named in one report */
#define LIMIT_REPORT_HEADER	  65536 /* given back in it; real ones are
					   much shorter */
#define LIMIT_REPORT_FULL	  102400 /* of a message given back in it; a
					    larger one makes more trouble */
#define LIMIT_REPORT_TOLD	  100 /* reasons in words; what is beyond is in
					 the part for programs alone */

/* The queue */
#define LIMIT_SPOOL_RECIPIENTS 100000 /* of one file: Max-Recipients' most */
#define LIMIT_SPOOL_ENVELOPE   134217728 /* bytes: those, each of which has up
					    to 950 */
#define LIMIT_QUEUE_LIFETIME   432000 /* seconds: 5 days (RFC 5321, 4.5.4.1) */
#define LIMIT_QUEUE_WARNING    14400 /* seconds, then the sender is told */

/* A mailbox */
#define LIMIT_MAILBOX	    1000000   /* messages; a Maildir of so many is slow
					 for everybody */
#define LIMIT_OCTETS	    8796093022208 /* of a message, that somebody says it
					     has; of a million messages the sum
					     is a number still */
#define LIMIT_UIDLIST	    134217728 /* a dovecot-uidlist, which is held in
					 memory; twice what a million has */

/* Local delivery */
#define LIMIT_DELIVER_PROGRAM 1000 /* seconds: of ~/.forward, as Postfix */
#define LIMIT_QUEUE_ADD	      300  /* seconds: mailq-add */

/* Authentication */
#define LIMIT_AUTH_LINE	       12288 /* base64 (RFC 4954, 4) */
#define LIMIT_AUTH	       9216  /* bytes, the same decoded */
#define LIMIT_AUTH_FAILURES    3     /* of one connection, then 421 */
#define LIMIT_AUTH_DELAY       4     /* seconds, the longest after one */
#define LIMIT_AUTH_ASKED       20    /* times that a session asks who it is */
#define LIMIT_AUTH_PROGRAM     30    /* seconds: Checkpassword */
#define LIMIT_AUTH_NAME	       320   /* of a user: 64 "@" 255 */
#define LIMIT_PASSWORD	       255   /* of a user, as mail-passwd sets it */
#define LIMIT_SECRET	       8192  /* of a client: OAuth tokens are long */
#define LIMIT_PASSWORD_COMMAND 300   /* seconds: it may ask a person */
#define LIMIT_CHECKPASSWORD    512   /* on descriptor 3 of such a program */
#define LIMIT_TOKEN	       9216  /* the same for tokens: LIMIT_SECRET, a
					name and a time */
#define LIMIT_SCRAM_LEAST      4096  /* iterations (RFC 7677, 4) */
#define LIMIT_SCRAM_MOST       2000000 /* that a peer can ask for: a second */
#define LIMIT_SCRAM_OURS       65536 /* of new verifiers */
#define LIMIT_SCRAM_SALT       64
#define LIMIT_SCRAM_NONCE      256 /* of each side */

/* POP3, the client */
#define LIMIT_POP_LINE	       8192 /* a reply; 512 required (RFC 2449, 4) */
#define LIMIT_POP_OFFERS       100  /* lines of CAPA; servers have some 12 */

/* IMAP, both ends */
#define LIMIT_IMAP_TOKEN 65536 /* an atom, a string that is held, a text */
#define LIMIT_IMAP_DEPTH 200   /* lists in one another: twice LIMIT_MIME_DEPTH,
				  as a BODYSTRUCTURE has them */
#define LIMIT_IMAP_EARLY 1048576 /* before a command is answered, as long as
				    nobody has logged in */
#define LIMIT_IMAP_UNREAD 268435456 /* the same after that, of what nobody
				       reads; of 1000000 messages that are
				       expunged it is a tenth */
#define LIMIT_IMAP_LINE	 8000  /* bytes of a command that we say, without
				  literals (RFC 7162, 4) */
#define LIMIT_IMAP_MAILBOXES 1000000   /* of a server */
#define LIMIT_IMAP_NAMES     134217728 /* bytes of all that is told of them,
					  which is held in memory */
#define LIMIT_IMAP_WATCHED 4194304 /* messages of a mailbox; 24 MiB for them */

/* Files of our own */
#define LIMIT_CONF	    1048576 /* a configuration file */
#define LIMIT_ALIAS	    1048576 /* an alias with all its lines */
#define LIMIT_ALIAS_MEMBERS 1000    /* that one recipient is looked up as */
#define LIMIT_ALIAS_DEPTH   30	    /* aliases of aliases, and files */

#endif

/* GCC's own <limits.h> looks for the one of the C library where quoted headers
 * are looked for, and finds this one. */
#ifndef __clang__
#include_next <limits.h>
#endif
