/* SPDX-License-Identifier: ISC */
/* ip: addresses of IPv4 and IPv6 as text; see ip.h. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "ip.h"

int
ip_read(struct slice text, unsigned char bytes[IP_BYTES])
{
	unsigned char ignored[IP_BYTES];
	char copy[INET6_ADDRSTRLEN];
	int family = slice_find(text, ':') < text.n ? AF_INET6 : AF_INET;

	if (text.n == 0 || text.n >= sizeof(copy) ||
	    slice_find(text, '\0') < text.n)
		return 0;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	return inet_pton(family, copy, bytes != NULL ? bytes : ignored) == 1 ?
	    family : 0;
}
