/* SPDX-License-Identifier: ISC */
/* listenfds: sockets that the environment says are handed over to this process,
 * by LISTEN_FDS and LISTEN_PID (sd_listen_fds(3)). */
#ifndef LISTENFDS_H
#define LISTENFDS_H

enum {
	LISTENFDS_FIRST = 3, /* the first of these descriptors */
	LISTENFDS_MOST = 64,
};

/* How many there are: 0 where none are meant for this process, -1 where it
 * makes no sense: not 1 to LISTENFDS_MOST. */
int listenfds_count(void);

/* 1 where "fd" is a socket that listens, and no connection. */
int listenfds_listens(int fd);

/* They are not meant for what this process starts. */
void listenfds_forget(void);

#endif
