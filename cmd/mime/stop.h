/* SPDX-License-Identifier: ISC */
/*
 * stop: SIGHUP, SIGINT and SIGTERM put off while there is something to clean
 * up.  Those that were ignored stay so.  A second one of the same kind ends
 * the process at once.
 */
#ifndef STOP_H
#define STOP_H

/* From now on these signals are noted. */
void stop_catch(void);

/* Waits until "fd" can be read, or a signal was noted: 1 for the second, else
 * 0.  After stop_catch alone. */
int stop_wait(int fd);

/* 1 where a signal was noted, else 0. */
int stop_noted(void);

/* Puts things back; where a signal was noted, the process ends by it here. */
void stop_release(void);

#endif
