/* SPDX-License-Identifier: ISC */
/* ip: addresses of IPv4 and IPv6 as text, in the forms of inet_pton(3): there
 * may be neither a zone nor zeros in front of decimal numbers. */
#ifndef IP_H
#define IP_H

#include <sys/socket.h>

#include "slice.h"

enum {
	IP_BYTES = 16,
};

/* Reads an address alone: AF_INET with 4 bytes, AF_INET6 with 16 of them; or 0
 * where it is none.  "bytes" may be NULL. */
int ip_read(struct slice text, unsigned char bytes[IP_BYTES]);

#endif
