/* SPDX-License-Identifier: ISC */
/* ticks: time that only goes on, whoever sets the clock: for waits and rates
 * (CLOCK_MONOTONIC). */
#ifndef TICKS_H
#define TICKS_H

#include <stdint.h>
#include <time.h>

/* Milliseconds since some time before this process began. */
uint64_t ticks_now(void);

/* The same in whole seconds. */
time_t ticks_seconds(void);

#endif
