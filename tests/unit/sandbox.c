/* SPDX-License-Identifier: ISC */
/*
 * What a process can still do after it gave up rights: tried by a child, for
 * each version of Landlock that the kernel has, and without.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "filelock.h"
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
	"in/other/new", "in/other",
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

/* Beneath each of several, and nowhere else. */
static int
several(void)
{
	struct fail f;
	int dirs[2];

	(void)mkdir("in/other", 0700);
	dirs[0] = open("in/dir", O_PATH | O_DIRECTORY);
	dirs[1] = open("in/other", O_PATH | O_DIRECTORY);
	if (dirs[0] == -1 || dirs[1] == -1 ||
	    sandbox_writes_beneath(dirs, 2, &f) == -1)
		return 200;
	if (sandbox_abi() > 0 && create_in() != EACCES)
		return 201;
	if (open_for("in/other/new", O_WRONLY | O_CREAT | O_EXCL) != 0)
		return 202;
	return open_for("in/dir/moved", O_WRONLY | O_CREAT | O_EXCL);
}

static void
beneath(void)
{
	CHECK_INT(try(several, NEVER), 0);
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

/* The number of the first that was not as it should be; 0: there is none. */
static int
nowhere_child(void)
{
	struct fail f;
	int abi = sandbox_abi();

	if (sandbox_writes_nowhere(&f) == -1)
		return 200;
	if (is_refusal(create_in()) != (abi >= 1))
		return 1;
	if (is_refusal(write_out()) != (abi >= 1))
		return 2;
	if (is_refusal(unlink_in()) != (abi >= 1))
		return 3;
	if (is_refusal(connect_tcp()) != (abi >= 4))
		return 4;
	return read_out() == 0 ? 0 : 5;
}

static void
nowhere(void)
{
	int result;
	pid_t pid;

	prepare();
	if ((pid = fork()) == 0)
		_exit(nowhere_child());
	(void)waitpid(pid, &result, 0);
	CHECK_INT(WEXITSTATUS(result), 0);
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

/* From now on that system call fails with "error". */
static int
take_away(unsigned number, unsigned error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		    number, 0, 1),
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

	if (take_away(SYS_landlock_create_ruleset, error) == -1)
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

/* What sandbox_closed takes away.  Raw, so that the kernel is asked whatever
 * the C library thinks of it. */

static int
call(long number, long a, long b, long c)
{
	return status(syscall(number, a, b, c, 0L, 0L, 0L) == -1 ? -1 : 0);
}

static int
stat_out(void)
{
	struct stat st;

	return status(stat("out/file", &st));
}

static int
open_how(void)
{
	uint64_t how[3] = { O_RDONLY };

	return status((int)syscall(SYS_openat2, AT_FDCWD, "out/file", how,
	    sizeof(how)));
}

static int
execute(void)
{
	char path[] = "/bin/true", *argv[] = { path, NULL };

	return status(execv(path, argv));
}

static int
start_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return status(pid == -1 ? -1 : 0);
}

/* Beneath one directory alone, for reading as well: the number of the first
 * that was not as it should be; 0: there is none. */
static int
files_child(void)
{
	struct fail f;
	int in = open("in", O_PATH | O_DIRECTORY), abi = sandbox_abi();
#ifdef __SANITIZE_ADDRESS__
	int reads = 0;
#else
	int reads = abi >= 1;
#endif

	if (in == -1 || sandbox_files_in(in, &f) == -1)
		return 200;
	if (is_refusal(read_out()) != reads)
		return 1;
	if (is_refusal(list_out()) != reads)
		return 2;
	if (is_refusal(write_out()) != (abi >= 1))
		return 3;
	if (is_refusal(connect_tcp()) != (abi >= 4))
		return 4;
	if (create_in() != 0 || open_for("in/file", O_RDONLY) != 0 ||
	    open_for("in/dir", O_RDONLY | O_DIRECTORY) != 0 ||
	    rename_within() != 0)
		return 5;
	if (reads)
		(void)execl("/bin/false", "false", (char *)NULL);
	return reads && !is_refusal(errno) ? 6 : 0;
}

static void
files(void)
{
	struct fail f = { 0 };
	int result;
	pid_t pid;

	prepare();
	if ((pid = fork()) == 0)
		_exit(files_child());
	(void)waitpid(pid, &result, 0);
	CHECK_INT(WEXITSTATUS(result), 0);
	CHECK_INT(sandbox_files_in(-1, &f), sandbox_abi() == 0 ? 0 : -1);
}

static int
make_any_socket(void)
{
	return call(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static int
connect_descriptor(void)
{
	return call(SYS_connect, 0, 0, 0);
}

static int
signal_parent(void)
{
	return call(SYS_kill, getppid(), 0, 0);
}

static int
signal_thread(void)
{
	return call(SYS_tgkill, getpid(), syscall(SYS_gettid), 0);
}

static int
trace_parent(void)
{
	return call(SYS_ptrace, PTRACE_SEIZE, getppid(), 0);
}

static int
read_parent(void)
{
	return call(SYS_process_vm_readv, getppid(), 0, 0);
}

static int
open_process(void)
{
	return call(SYS_pidfd_open, getppid(), 0, 0);
}

static int
use_ring(void)
{
	char parameters[256] = { 0 };

	return call(SYS_io_uring_setup, 1, (long)parameters, 0);
}

static int
make_memory_file(void)
{
	return call(SYS_memfd_create, (long)"x", 0, 0);
}

static int
open_handle(void)
{
	return call(SYS_open_by_handle_at, AT_FDCWD, 0, 0);
}

static int
load_program(void)
{
	return call(SYS_bpf, 0, 0, 0);
}

static int
leave_namespace(void)
{
	return call(SYS_unshare, 0, 0, 0);
}

static int
change_directory(void)
{
	return status(chdir("/"));
}

static int
change_user(void)
{
	return call(SYS_setuid, getuid(), 0, 0);
}

static int
map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0;
}

static int
make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? 300 :
	    status(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static int
set_process(void)
{
	return call(SYS_prctl, PR_SET_DUMPABLE, 1, 0);
}

static int
touch_out(void)
{
	return status(utimensat(AT_FDCWD, "out/file", NULL, 0));
}

static int
set_flags(void)
{
	return call(SYS_fcntl, 1, F_SETFL, O_ASYNC);
}

/* What it leaves. */
static int
work(void)
{
	struct timespec t = { 0, 1000 };
	struct pollfd p = { .fd = 1, .events = POLLOUT };
	char *memory = mmap(NULL, 1 << 24, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), byte;

	if (memory == MAP_FAILED || poll(&p, 1, 0) == -1 ||
	    nanosleep(&t, NULL) == -1 || write(1, "", 0) == -1 ||
	    getrandom(&byte, 1, 0) != 1 || close(0) == -1)
		return errno;
	memory[0] = 1;
	return status(munmap(memory, 1 << 24));
}

static int message = -1; /* a file that another has made, and locked */

/* Of these a message is made in it.  For pwrite(2) musl asks the kernel for
 * pwritev2, and where that does not know all of it, for the flags. */
static int
complete(void)
{
	struct iovec bytes = { (char []){ 'x' }, 1 };
	struct flock all = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

	if (write(message, "Size: -", 7) != 7 ||
	    pwrite(message, "1", 1, 6) != 1 ||
	    syscall(SYS_pwritev2, message, &bytes, 1L, 7L, 0L, 0L) != 1 ||
	    fcntl(message, F_GETFL) == -1 || fdatasync(message) == -1 ||
	    fcntl(message, F_OFD_SETLK, &all) == -1 ||
	    futimens(message, NULL) == -1)
		return errno;
#ifdef __LP64__
	return filelock_has_name(message) ? 0 : ENOENT;
#else
	return 0;
#endif
}

enum { /* what refuses it */
	LANDLOCK = 1,
	CALLS = 2,	 /* seccomp */
	BOTH = 3,
	SANITIZERS = 4,	 /* sanitizers need it */
	READING = 8,	 /* it is a matter of reading */
};

static const struct {
	const char *name;
	int (*attempt)(void);
	int what;
} of_closed[] = {
	{ "open", read_out, BOTH | READING | SANITIZERS },
	{ "list", list_out, BOTH | READING | SANITIZERS },
	{ "openat2", open_how, BOTH },
	{ "create", create_out, BOTH },
	{ "write", write_out, BOTH },
	{ "write inside", truncate_in, BOTH },
	{ "truncate", truncate_out, BOTH },
	{ "remove", unlink_out, BOTH },
	{ "make a directory", mkdir_out, BOTH },
	{ "rename", rename_within, BOTH },
	{ "link", link_out, BOTH },
	{ "make a link", make_link, BOTH },
	{ "make a FIFO", make_fifo, BOTH },
	{ "stat", stat_out, CALLS | READING | SANITIZERS },
	{ "execute", execute, BOTH },
	{ "fork", start_process, CALLS | SANITIZERS },
	{ "socket", make_any_socket, CALLS },
	{ "connect", connect_descriptor, CALLS },
	{ "kill", signal_parent, BOTH | SANITIZERS },
	{ "tgkill", signal_thread, CALLS | SANITIZERS },
	{ "ptrace", trace_parent, BOTH | SANITIZERS },
	{ "process_vm_readv", read_parent, CALLS | SANITIZERS },
	{ "pidfd_open", open_process, CALLS },
	{ "io_uring_setup", use_ring, CALLS },
	{ "memfd_create", make_memory_file, CALLS },
	{ "open_by_handle_at", open_handle, CALLS },
	{ "bpf", load_program, CALLS },
	{ "unshare", leave_namespace, CALLS },
	{ "chdir", change_directory, CALLS },
	{ "setuid", change_user, CALLS },
	{ "map code", map_code, CALLS | READING | SANITIZERS },
	{ "make code", make_code, CALLS | READING | SANITIZERS },
	{ "prctl", set_process, CALLS | SANITIZERS },
	{ "change times", touch_out, CALLS },
	{ "fcntl", set_flags, CALLS },
};

enum { OF_CLOSED = sizeof(of_closed) / sizeof(of_closed[0]) };

/* The errno of the attempt behind a sandbox of which the kernel has "what". */
static int
try_in(int (*sandbox)(struct fail *), int (*attempt)(void), int what)
{
	struct fail f;
	int result;
	pid_t pid;

	prepare();
	if ((pid = fork()) == 0) {
		if (((what & LANDLOCK) == 0 &&
		    take_away(SYS_landlock_create_ruleset, ENOSYS) == -1) ||
		    ((what & CALLS) == 0 &&
		    take_away(SYS_seccomp, ENOSYS) == -1) ||
		    sandbox(&f) == -1)
			_exit(200);
		_exit(attempt());
	}
	if (pid == -1 || waitpid(pid, &result, 0) != pid || !WIFEXITED(result))
		abort();
	return WEXITSTATUS(result);
}

static int
sanitizers(void)
{
#ifdef __SANITIZE_ADDRESS__
	return SANITIZERS;
#else
	return 0;
#endif
}

/* Whether there are filters at all: under valgrind there are none. */
static int
has_calls(void)
{
#ifdef WITH_SECCOMP
	unsigned action = SECCOMP_RET_ALLOW;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
#else
	return 0;
#endif
}

/* Each alone, and both; "but" is not refused. */
static void
try_all(int (*sandbox)(struct fail *), int but)
{
	int what = sanitizers() != 0 ? BOTH : LANDLOCK, i;

	for (; what <= (has_calls() ? BOTH : LANDLOCK); what++)
		for (i = 0; i < OF_CLOSED; i++) {
			int error = try_in(sandbox, of_closed[i].attempt, what);

			if ((of_closed[i].what & but) != 0 ||
			    (of_closed[i].what & what) == 0 ||
			    (what == LANDLOCK && sandbox_abi() < 6))
				continue;
			CASE(of_closed[i].name);
			CHECK_INT(is_refusal(error), 1);
			if ((of_closed[i].what & what & CALLS) != 0)
				CHECK_INT(error == EPERM ||
				    (what & LANDLOCK) != 0, 1);
		}
}

static void
closed(void)
{
	int what;

	try_all(sandbox_closed, sanitizers());
	message = open("message", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	for (what = 0; what <= BOTH; what++) {
		CHECK_INT(try_in(sandbox_closed, work, what), 0);
		CHECK_INT(try_in(sandbox_closed, complete, what), 0);
	}
	(void)close(message);
	(void)unlink("message");
}

/* Without either an attempt is not refused: it is the sandbox that does it. */
static void
open_without(void)
{
	CHECK_INT(try_in(sandbox_closed, read_out, 0), 0);
	CHECK_INT(try_in(sandbox_closed, create_out, 0), 0);
	CHECK_INT(try_in(sandbox_closed, start_process, 0), 0);
	CHECK_INT(try_in(sandbox_closed, map_code, 0), 0);
}

static int
load(void)
{
	return dlopen("libresolv.so.2", RTLD_NOW) != NULL &&
	    dlopen("libnss_files.so.2", RTLD_NOW) != NULL &&
	    open_for("/etc/ld.so.cache", O_RDONLY) == 0 ? 0 : 1;
}

static int
close_then_read(void)
{
	struct fail f;

	if (load() != 0)
		return 201;
	return sandbox_closed(&f) == -1 ? 202 :
	    open_for("/etc/ld.so.cache", O_RDONLY);
}

static void
libraries(void)
{
	int what;

	try_all(sandbox_libraries, READING | sanitizers());
	for (what = 0; what <= BOTH; what++)
		CHECK_INT(try_in(sandbox_libraries, load, what), 0);
	if (sanitizers() != 0)
		return;
	if (sandbox_abi() > 0)
		CHECK_INT(try_in(sandbox_libraries, read_out, LANDLOCK),
		    EACCES);
	if (!has_calls())
		return;
	CHECK_INT(try_in(sandbox_libraries, close_then_read, CALLS), EPERM);
	CHECK(is_refusal(try_in(sandbox_libraries, close_then_read, BOTH)));
}

#ifdef __x86_64__
/* Another door to the kernel: the system calls of 32 bits, where 5 is open. */
static void
other_processor(void)
{
	struct fail f;
	int result;
	pid_t pid;

	if ((pid = fork()) == 0) {
		long number = 20; /* getpid */

		if (sandbox_closed(&f) == -1)
			_exit(200);
		__asm__ volatile("int $0x80" : "+a"(number));
		_exit(201);
	}
	(void)waitpid(pid, &result, 0);
	CHECK(WIFSIGNALED(result));
}
#endif

/* A container that forbids to give up rights. */
static int
forbidden(void)
{
	struct fail f = { 0 };

	if (take_away(SYS_seccomp, EPERM) == -1)
		return 201;
	return sandbox_closed(&f) == 1 &&
	    strcmp(f.text, "seccomp: Operation not permitted") == 0 ? 0 : 1;
}

static void
told(void)
{
	CHECK_INT(try(forbidden, 0), 0);
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
	RUN(beneath);
	RUN(what_is_open);
	RUN(nowhere);
	RUN(refused);
	RUN(kernel_without);
	RUN(files);
	RUN(closed);
	RUN(open_without);
	RUN(libraries);
#ifdef __x86_64__
	if (has_calls())
		RUN(other_processor);
#endif
	if (has_calls())
		RUN(told);
	clean();
	(void)rmdir(top);
	return unit_done();
}
