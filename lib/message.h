/* SPDX-License-Identifier: ISC */
/* message: a message named by its path, as every command takes them. */
#ifndef MESSAGE_H
#define MESSAGE_H

/*
 * The path under which the message "path" is to be opened; free(3) it.  That
 * is "path" itself, unless nothing is there and it names a file in new/ or
 * cur/ of a Maildir: another program may have changed the flags or taken the
 * message out of new/ since the path was printed.  Then it is looked for once,
 * by the part of its name before ":" and ",", in both directories.
 */
char *message_path(const char *path);

#endif
