/* SPDX-License-Identifier: ISC */
/* conf: mailpipe.conf(5), the one configuration of all servers. */
#ifndef CONF_H
#define CONF_H

#include "fail.h"
#include "mem.h"

#define CONF_USER "nobody" /* where there is no "User" */

struct conf_list {
	const char **items;
	size_t n;
};

struct conf { /* strings belong to "arena"; no member is NULL but as said */
	const char *hostname;	 /* of this host, for greetings and traces */
	const char **domains;	 /* that mail is taken for */
	size_t ndomains;
	const char *aliases;	 /* the aliases file; NULL: none */
	const char *users;	 /* the users file; NULL: the machine's users */
	int as_root;		 /* no key: who has mail where root delivers
				    it is asked, and nothing is stored */
	const char *maildirs;	 /* pattern with %u and %d; NULL: none */
	const char *postmaster;	 /* who gets postmaster's; NULL: see users.h */
	const char *mta_sts_cache; /* directory; NULL: see mta-sts(1) */
	const char *nameserver;	 /* NULL: those of resolv.conf(5) */
	int check_sender_domain; /* refuse one that takes no mail */
	const char *user;	 /* whom a server started by root becomes */
	const char *user_at;	 /* "FILE: line N: ", where that is said; NULL:
				    nowhere */
	int recipient_delimiter; /* of user+detail; 0: none */
	int detail_folder;	 /* user+detail goes to that folder */
	char *const **filters;	 /* the words of each, a NULL behind them */
	size_t nfilters;
	unsigned filter_timeout;	  /* seconds, for all filters */
	char *const *reports;	 /* who takes reports, as a filter; or NULL */
	uint64_t max_message_size;	  /* bytes */
	unsigned max_recipients;	  /* of one message */
	unsigned idle_timeout;		  /* seconds */
	unsigned pop3_idle_timeout;	  /* seconds */
	unsigned session_timeout;	  /* seconds */
	unsigned greet_delay;		  /* seconds */
	unsigned connections;		  /* of one listening process */
	unsigned connections_per_address;
	unsigned connections_per_minute;  /* of one address; 0: any number */
	unsigned messages_per_minute;	  /* the same */
	unsigned recipients_per_minute;	  /* the same */
	struct conf_list tls_certificates; /* files */
	struct conf_list tls_keys;	   /* as many, or none */
	const char *tls_client_ca;	   /* file; NULL: none */
	const char *tls_tickets;	   /* file; NULL: none */
	const char *checkpassword;	   /* program and arguments; or NULL */
	const char *check_token;	   /* the same, for OAuth tokens */
	struct conf_list proxy_from;	   /* see network.h */
	struct conf_list senders_of;	   /* "user address ..." */
	struct conf_list xclient_from;	   /* see network.h */
	const char *spool;		   /* the queue's directory */
	struct conf_list relay_for;	   /* see network.h */
	const char *smarthost;		   /* URL or account; NULL: none */
	struct conf_list routes;	   /* "domain URL" */
	char *const *transport;		   /* in place of smtp-send; or NULL */
	unsigned queue_lifetime;	   /* seconds, then mail is returned */
	unsigned queue_warning;		   /* seconds; 0: there is none */
	struct arena arena;
};

/*
 * Reads the configuration from "path"; where that is NULL from $MAILPIPE_CONF,
 * else from /etc/mailpipe/mailpipe.conf where that is there, else everything
 * has its default.  0, or -1 with EX_CONFIG and a sentence that names file,
 * line and reason: the file cannot be read, a key is unknown or said twice
 * though it is no list, a value is no good.  conf_free in any case.
 */
int conf_load(struct conf *c, const char *path, struct fail *f);

/* The same for who starts programs, which are to have that configuration, too:
 * $MAILPIPE_CONF is "path" from now on, where that is not NULL. */
int conf_load_for_all(struct conf *c, const char *path, struct fail *f);

/* What $MAILPIPE_CONF names, though conf_load does not read it, as the process
 * is setuid or setgid and its user has not the say; NULL where it names none,
 * or the file that is read. */
const char *conf_unheeded(void);

void conf_free(struct conf *c);

enum {
	CONF_KEYS = 64, /* there are at most */
};

/* For conf_load: one line (with its folds) of the file; "seen" has a flag for
 * each key.  NULL, or why it is no good. */
struct hdr_field;
const char *conf_set(struct conf *c, const struct hdr_field *field,
    char seen[CONF_KEYS]);

/* 1 where there is a key of that name, in any case of letters, else 0. */
int conf_is_key(struct slice name);

/* For conf_set: NULL, or why "name" is no domain as addresses have it (addr.h);
 * the other one may have U-labels (RFC 5890, 2.3.2.1). */
const char *conf_check_domain(struct slice name);
const char *conf_check_our_domain(struct slice name);

/* The same for a pattern of Maildirs, as users.h has it. */
const char *conf_check_pattern(struct slice path);

/* A sentence for conf_set, made as printf(3) does. */
const char *conf_say(struct conf *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
