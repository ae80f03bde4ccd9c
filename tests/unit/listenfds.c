/* SPDX-License-Identifier: ISC */
/* Unit test of listenfds: what the environment says of sockets. */

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listenfds.h"
#include "unit.h"

static void
counts(void)
{
	static const struct {
		const char *fds;
		int want;
	} cases[] = { { "1", 1 }, { "64", LISTENFDS_MOST }, { "65", -1 },
		{ "0", -1 }, { "", -1 }, { "-1", -1 }, { "1x", -1 },
		{ "99999999999999999999", -1 } };
	char pid[32];
	size_t i;

	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	CHECK_INT(listenfds_count(), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].fds);
		CHECK_INT(setenv("LISTEN_FDS", cases[i].fds, 1), 0);
		CHECK_INT(listenfds_count(), cases[i].want);
	}
	CASE("another's");
	CHECK_INT(setenv("LISTEN_FDS", "2", 1), 0);
	CHECK_INT(setenv("LISTEN_PID", "1", 1), 0);
	CHECK_INT(listenfds_count(), 0);
	CHECK_INT(setenv("LISTEN_PID", "me", 1), 0);
	CHECK_INT(listenfds_count(), 0);
	CASE("ours");
	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	CHECK_INT(setenv("LISTEN_PID", pid, 1), 0);
	CHECK_INT(listenfds_count(), 2);
	listenfds_forget();
	CHECK_INT(listenfds_count(), 0);
	CHECK(getenv("LISTEN_PID") == NULL);
}

static void
listens(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK_INT(listenfds_listens(fd), 0);
	CHECK_INT(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	CHECK_INT(listen(fd, 1), 0);
	CHECK_INT(listenfds_listens(fd), 1);
	(void)close(fd);
	CHECK_INT(listenfds_listens(fd), 0);
	CHECK_INT(listenfds_listens(STDOUT_FILENO), 0);
}

int
main(void)
{
	RUN(counts);
	RUN(listens);
	return unit_done();
}
