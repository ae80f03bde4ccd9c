/* SPDX-License-Identifier: ISC */
/*
 * log: one line for each thing that a server did, for its administrator.
 * Only servers use it; commands report by cli.
 */
#ifndef LOG_H
#define LOG_H

/*
 * Chooses where lines go.  Where there is a "client" on descriptors 0 and 1,
 * and the standard error is its socket or pipe, as under inetd, it is replaced
 * by /dev/null and lines go to syslog(3), facility mail.  Else they go to
 * standard error, as "NAME[PID]: text".  "name" is a literal.
 */
void log_start(const char *name, int client);

/* Lines go to syslog(3), for who has nobody at standard error. */
void log_system(const char *name);

/* In a process that is about to close what it did not open: it logs nothing any
 * more that goes to syslog(3). */
void log_forget(void);

/* After log_forget, where descriptors are closed now: it does again. */
void log_resume(void);

/* One line.  Foreign bytes go in by TEXT_SHOW() alone, and never a secret. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
