/* SPDX-License-Identifier: ISC */
/*
 * What a process can still do after it gave up rights: tried by a child, for
 * each version of Landlock that the kernel has, and without.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox.h"
#include "unit.h"

static char top[] = "/tmp/mailpipe-sandbox.XXXXXX";

/* Each of these is 0 or an errno; the current directory holds in/, which is
 * what may be written to, and out/. */

static int
open_for(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd == -1)
		return errno;
	(void)close(fd);
	return 0;
}

static int
status(int rc)
{
	return rc == -1 ? errno : 0;
}

static int
create_out(void)
{
	return open_for("out/new", O_WRONLY | O_CREAT | O_EXCL);
}

static int
write_out(void)
{
	return open_for("out/file", O_WRONLY);
}

static int
empty_out(void)
{
	return open_for("out/file", O_RDONLY | O_TRUNC);
}

static int
truncate_out(void)
{
	return status(truncate("out/file", 0));
}

static int
unlink_out(void)
{
	return status(unlink("out/file"));
}

static int
mkdir_out(void)
{
	return status(mkdir("out/newdir", 0700));
}

static int
rmdir_out(void)
{
	return status(rmdir("out/dir"));
}

static int
rename_out(void)
{
	return status(rename("in/file", "out/moved"));
}

static int
rename_in(void)
{
	return status(rename("out/file", "in/moved"));
}

static int
rename_over(void)
{
	return status(rename("in/file", "out/file"));
}

static int
link_out(void)
{
	return status(link("in/file", "out/linked"));
}

static int
through_link(void)
{
	return open_for("in/link", O_WRONLY);
}

static int
through_directory_link(void)
{
	return open_for("in/dirlink/new", O_WRONLY | O_CREAT);
}

static int
through_dots(void)
{
	return open_for("in/../out/file", O_WRONLY);
}

static int
make_link(void)
{
	return status(symlink("/etc/passwd", "in/newlink"));
}

static int
make_fifo(void)
{
	return status(mkfifo("in/fifo", 0600));
}

static int
make_device(void)
{
	return status(mknod("in/device", S_IFCHR | 0600, 0x103));
}

static int
make_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
		.sun_path = "in/socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return status(bind(fd, (struct sockaddr *)&address, sizeof(address)));
}

static int
write_device(void)
{
	return open_for("/dev/null", O_WRONLY);
}

/* Without the sandbox: ENOTTY. */
static int
set_device(void)
{
	int fd = open("/dev/null", O_RDONLY), argument = 0;

	return status(ioctl(fd, 0x5401, &argument));
}

static int
bind_tcp(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return status(bind(fd, (struct sockaddr *)&address, sizeof(address)));
}

/* Without the sandbox: ECONNREFUSED. */
static int
connect_tcp(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_port = htons(1);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return status(
	    connect(fd, (struct sockaddr *)&address, sizeof(address)));
}

static int
read_out(void)
{
	return open_for("out/file", O_RDONLY);
}

static int
list_out(void)
{
	return open_for("out", O_RDONLY | O_DIRECTORY);
}

static int
create_in(void)
{
	return open_for("in/new", O_WRONLY | O_CREAT | O_EXCL);
}

static int
truncate_in(void)
{
	return status(truncate("in/file", 0));
}

static int
rename_within(void)
{
	return status(rename("in/file", "in/moved"));
}

static int
rename_between(void)
{
	return status(rename("in/file", "in/dir/moved"));
}

static int
unlink_in(void)
{
	return status(unlink("in/file"));
}

static int
mkdir_in(void)
{
	return status(mkdir("in/newdir", 0700));
}

static int
rmdir_in(void)
{
	return status(rmdir("in/dir"));
}

enum { NEVER = 99 };

static const struct {
	const char *name;
	int (*attempt)(void);
	int since; /* the version that refuses it */
	int until; /* and the first that does not */
} attempts[] = {
	{ "create outside", create_out, 1, NEVER },
	{ "write outside", write_out, 1, NEVER },
	{ "open and empty outside", empty_out, 3, NEVER },
	{ "truncate outside", truncate_out, 3, NEVER },
	{ "remove outside", unlink_out, 1, NEVER },
	{ "make a directory outside", mkdir_out, 1, NEVER },
	{ "remove a directory outside", rmdir_out, 1, NEVER },
	{ "rename to outside", rename_out, 1, NEVER },
	{ "rename from outside", rename_in, 1, NEVER },
	{ "rename over a file outside", rename_over, 1, NEVER },
	{ "link to outside", link_out, 1, NEVER },
	{ "write through a link", through_link, 1, NEVER },
	{ "create through a link", through_directory_link, 1, NEVER },
	{ "write through ..", through_dots, 1, NEVER },
	{ "make a link inside", make_link, 1, NEVER },
	{ "make a FIFO inside", make_fifo, 1, NEVER },
	{ "make a device inside", make_device, 1, NEVER },
	{ "make a socket inside", make_socket, 1, NEVER },
	{ "write to a device", write_device, 1, NEVER },
	{ "set a device", set_device, 5, NEVER },
	{ "bind a TCP socket", bind_tcp, 4, NEVER },
	{ "connect a TCP socket", connect_tcp, 4, NEVER },
	{ "read outside", read_out, NEVER, NEVER },
	{ "list outside", list_out, NEVER, NEVER },
	{ "create inside", create_in, NEVER, NEVER },
	{ "truncate inside", truncate_in, NEVER, NEVER },
	{ "rename inside", rename_within, NEVER, NEVER },
	{ "rename between directories inside", rename_between, 1, 2 },
	{ "remove inside", unlink_in, NEVER, NEVER },
	{ "make a directory inside", mkdir_in, NEVER, NEVER },
	{ "remove a directory inside", rmdir_in, NEVER, NEVER },
};

enum { ATTEMPTS = sizeof(attempts) / sizeof(attempts[0]) };

static void
write_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || write(fd, "x", 1) != 1)
		abort();
	(void)close(fd);
}

/* What attempts may leave. */
static const char *const left[] = { "in/new", "in/moved", "in/dir/moved",
	"in/newdir", "in/newlink", "in/fifo", "in/device", "in/socket",
	"out/new", "out/moved", "out/linked", "out/newdir", "in/file",
	"out/file", "in/link", "in/dirlink", "in/dir", "out/dir", "in", "out" };

static void
clean(void)
{
	size_t i;

	for (i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		(void)remove(left[i]);
}

static void
prepare(void)
{
	clean();
	if (mkdir("in", 0700) == -1 || mkdir("out", 0700) == -1 ||
	    mkdir("in/dir", 0700) == -1 || mkdir("out/dir", 0700) == -1 ||
	    symlink("../out/file", "in/link") == -1 ||
	    symlink("../out", "in/dirlink") == -1)
		abort();
	write_file("in/file");
	write_file("out/file");
}

/* The errno of the attempt after a sandbox of "abi"; 200 where that failed. */
static int
try(int (*attempt)(void), int abi)
{
	struct fail f;
	int fd, result;
	pid_t pid;

	prepare();
	if ((pid = fork()) == 0) {
		fd = open("in", O_RDONLY | O_DIRECTORY);
		if (fd == -1 || sandbox_writes_as(fd, abi, &f) == -1)
			_exit(200);
		_exit(attempt());
	}
	if (pid == -1 || waitpid(pid, &result, 0) != pid || !WIFEXITED(result))
		abort();
	return WEXITSTATUS(result);
}

static int
is_refusal(int error)
{
	return error == EACCES || error == EXDEV || error == EPERM;
}

static void
each_version(void)
{
	int abi, newest = sandbox_abi(), i;

	for (abi = 0; abi <= newest; abi++)
		for (i = 0; i < ATTEMPTS; i++) {
			int error = try(attempts[i].attempt, abi);

			CASE(attempts[i].name);
			/* Whoever is not root makes no device anyway. */
			if (attempts[i].attempt == make_device &&
			    error == EPERM)
				continue;
			CHECK_INT(is_refusal(error), abi >= attempts[i].since &&
				abi < attempts[i].until);
			CHECK(error != 200);
		}
	printf("# tried versions 0 to %d\n", newest);
}

/* Nothing outside was changed by all that was refused. */
static void
nothing_changed(void)
{
	struct stat st;
	int i;

	if (sandbox_abi() < 3)
		return;
	for (i = 0; i < ATTEMPTS; i++) {
		CASE(attempts[i].name);
		(void)try(attempts[i].attempt, NEVER);
		CHECK(stat("out/file", &st) == 0 && st.st_size == 1);
		CHECK(stat("out/dir", &st) == 0);
		CHECK_INT(access("out/new", F_OK), -1);
		CHECK_INT(access("out/moved", F_OK), -1);
		CHECK_INT(access("out/linked", F_OK), -1);
		CHECK_INT(access("out/newdir", F_OK), -1);
	}
}

static int
privileges(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
}

static void
no_new_privileges(void)
{
	CHECK_INT(try(privileges, NEVER), 1);
	CHECK_INT(try(privileges, 0), 1);
}

/* What was open stays usable; a second sandbox can only take more. */
static int
twice(void)
{
	struct fail f;
	int fd = open("in/dir", O_RDONLY | O_DIRECTORY);

	if (fd == -1 || sandbox_writes_in(fd, &f) == -1)
		return 200;
	if (sandbox_abi() > 0 && create_in() != EACCES)
		return 201;
	return open_for("in/dir/moved", O_WRONLY | O_CREAT | O_EXCL);
}

static void
nested(void)
{
	CHECK_INT(try(twice, NEVER), 0);
}

static void
what_is_open(void)
{
	struct fail f;
	int result, fd, in;
	pid_t pid;

	prepare();
	fd = open("out/file", O_WRONLY);
	if ((pid = fork()) == 0) {
		in = open("in", O_RDONLY | O_DIRECTORY);
		if (sandbox_writes_in(in, &f) == -1)
			_exit(200);
		_exit(write(fd, "yz", 2) == 2 ? 0 : errno);
	}
	(void)waitpid(pid, &result, 0);
	CHECK_INT(WEXITSTATUS(result), 0);
	(void)close(fd);
}

/* A descriptor that is none of a directory. */
static void
refused(void)
{
	struct fail f = { 0 };

	if (sandbox_abi() == 0) {
		CHECK_INT(sandbox_writes_in(-1, &f), 0);
		return;
	}
	CHECK_INT(sandbox_writes_in(-1, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "landlock: Bad file descriptor");
}

/* From now on the system call of Landlock fails with "error". */
static int
take_landlock_away(unsigned error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		    SYS_landlock_create_ruleset, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, code };

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int
without(unsigned error)
{
	struct fail f;
	int in = open("in", O_RDONLY | O_DIRECTORY);

	if (take_landlock_away(error) == -1)
		return 201;
	if (sandbox_abi() != 0)
		return 202;
	if (sandbox_writes_in(in, &f) == -1)
		return 203;
	return create_out();
}

/* A kernel before 5.13, one where it is switched off at boot, and a container
 * that forbids what it does not know. */
static void
kernel_without(void)
{
	static const unsigned errors[] = { ENOSYS, EOPNOTSUPP, EPERM };
	int i, result;
	pid_t pid;

	for (i = 0; i < 3; i++) {
		prepare();
		if ((pid = fork()) == 0)
			_exit(without(errors[i]));
		(void)waitpid(pid, &result, 0);
		CHECK_INT(WEXITSTATUS(result), 0);
	}
}

int
main(void)
{
	if (mkdtemp(top) == NULL || chdir(top) == -1)
		return 1;
	RUN(each_version);
	RUN(nothing_changed);
	RUN(no_new_privileges);
	RUN(nested);
	RUN(what_is_open);
	RUN(refused);
	RUN(kernel_without);
	clean();
	(void)rmdir(top);
	return unit_done();
}
