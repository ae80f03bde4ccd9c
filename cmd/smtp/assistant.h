/* SPDX-License-Identifier: ISC */
/*
 * assistant: does for a session what the process that talks to the network must
 * not be able to do: it makes temporary files, runs the programs of the
 * configuration, and asks the Domain Name System.  It is the same user, and can
 * be asked for these few things alone.
 */
#ifndef ASSISTANT_H
#define ASSISTANT_H

#include "addr.h"
#include "conf.h"
#include "filtering.h"

struct assistant;

/* Starts it, where the configuration needs one; else *out is NULL, which can do
 * nothing: the others fail with EX_TEMPFAIL.  0, or -1 with EX_TEMPFAIL. */
int assistant_open(const struct conf *conf, struct assistant **out,
    struct fail *f);
void assistant_close(struct assistant **a);

/* A file for a message that is to be filtered, or for a report, which is the
 * caller's: its descriptor, or -1 as scratch_open. */
int assistant_begin(struct assistant *a, struct fail *f);

/* As filtering_run, for the file of assistant_begin, of which the caller's
 * descriptor is *fd. */
void assistant_filter(struct assistant *a, struct slice envelope, int *fd,
    struct filtering_result *r);

/* As reporting_run, for the file of assistant_begin. */
int assistant_report(struct assistant *a, const char sender[ADDR_TEXT],
    int require_tls, struct fail *f);

/* There is no such message, or report, any more. */
void assistant_forget(struct assistant *a);

/* 1 where "domain" says that it takes no mail (RFC 7505), 0 where it does not,
 * or where it cannot be told now. */
int assistant_takes_no_mail(struct assistant *a, struct slice domain);

#endif
