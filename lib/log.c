/* SPDX-License-Identifier: ISC */
/* log: one line for each thing that a server did; see log.h. */

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "log.h"
#include "samefile.h"

static const char *program = "mailpipe";
static int to_syslog, forgotten;

/* Whether the standard error is the connection itself: the socket that inetd
 * gives, or a pipe to the client, which is exim's way. */
static int
error_is_client(void)
{
	struct stat out, error;

	return fstat(STDOUT_FILENO, &out) == 0 &&
	    fstat(STDERR_FILENO, &error) == 0 &&
	    (S_ISSOCK(out.st_mode) || S_ISFIFO(out.st_mode)) &&
	    samefile(&out, &error);
}

void
log_system(const char *name)
{
	program = name;
	to_syslog = 1;
	/* At once: later the process may be one that opens nothing. */
	openlog(name, LOG_PID | LOG_NDELAY, LOG_MAIL);
}

void
log_start(const char *name, int client)
{
	int fd;

	program = name;
	if (!client || !error_is_client())
		return;
	log_system(name);
	if ((fd = open("/dev/null", O_WRONLY)) != -1) {
		(void)dup2(fd, STDERR_FILENO);
		if (fd != STDERR_FILENO)
			(void)close(fd);
	}
}

void
log_forget(void)
{
	if (to_syslog)
		closelog();
	forgotten = to_syslog;
	to_syslog = 0;
}

void
log_resume(void)
{
	if (forgotten)
		log_system(program);
	forgotten = 0;
}

void
log_line(const char *format, ...)
{
	char text[1024], line[1200];
	va_list ap;
	int n;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (to_syslog) {
		syslog(LOG_INFO, "%s", text);
		return;
	}
	/* One write, so that lines of several processes do not mix. */
	n = snprintf(line, sizeof(line), "%s[%ld]: %s\n", program,
	    (long)getpid(), text);
	if (n > 0)
		(void)!write(STDERR_FILENO, line, (size_t)n);
}
