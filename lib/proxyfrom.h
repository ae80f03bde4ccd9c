/* SPDX-License-Identifier: ISC */
/* proxyfrom: a client behind a balancer that speaks the PROXY protocol. */
#ifndef PROXYFROM_H
#define PROXYFROM_H

#include "conf.h"
#include "conn.h"
#include "peer.h"

/*
 * Where "Proxy-From" lists the peer, reads the header, which has to be there
 * within LIMIT_PROXY seconds, before anything else is read of "c"; then "peer"
 * is the client that it names, who is never local: not in what passes for
 * private, nor in a limit.  1 where it names one; 0; or -1: EX_PROTOCOL,
 * EX_TEMPFAIL.
 */
int proxyfrom_read(const struct conf *conf, struct conn *c, struct peer *peer,
    struct fail *f);

#endif
