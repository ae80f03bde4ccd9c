/* SPDX-License-Identifier: ISC */
/* deliverycode: what a failure means for the message: for good or to be tried
 * again, with the enhanced status code (RFC 3463) and a text. */
#ifndef DELIVERYCODE_H
#define DELIVERYCODE_H

#include "delivery.h"
#include "slice.h"

/* Of a failure here: what somebody can mend, and what is local, is EX_TEMPFAIL,
 * whatever its class. */
void deliverycode_of_fail(const struct fail *f, struct delivery_result *r);

/*
 * Of a program that ended with "status", which is not 0, and its last line,
 * not made safe.  By <sysexits.h>: 71, 74 and 75 are to be tried again, every
 * other status is for good.  The line may begin with an enhanced status code
 * that says the same as the status.
 */
void deliverycode_of_program(int status, struct slice said,
    struct delivery_result *r);

#endif
