/* SPDX-License-Identifier: ISC */
/*
 * above: the directories above a path, whose last component is what stands
 * behind the last "/"; one at its end does not count.  Above a path without
 * any is the current directory.
 */
#ifndef ABOVE_H
#define ABOVE_H

/* Makes what was done to the last component in its directory durable: 0, or -1
 * with errno. */
int above_sync(const char *path);

/* Makes those that are missing above the last component, with "mode".  Whether
 * they are there then, open(2) of what is meant tells. */
void above_make(const char *path, unsigned mode);

#endif
