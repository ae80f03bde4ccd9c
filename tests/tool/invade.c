/* SPDX-License-Identifier: ISC */
/*
 * invade PID <LINES: has the process, which waits in a system call, make those
 * of the lines, and prints of each the result and errno, "-1 13".  A line is a
 * call as in C, with numbers and strings (no escapes, 1023 bytes in all):
 *
 *	open("/etc/passwd", 0)
 *	syscall(425, 1, 0)
 *
 * Nothing but the general registers is written: debuggers of 2023 cannot write
 * all of them where the processor has AMX.
 */

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	ARGS = 6,
	STRINGS = 1024, /* bytes, below the stack of the process */
	RED_ZONE = 256, /* bytes there that are in use */
};

/* The path of an "at" call, and what is put for its directory. */
#define HERE ((uint64_t)AT_FDCWD)

struct call {
	long number;
	uint64_t args[ARGS];
	int n;
};

struct process {
	pid_t pid;
	int mem; /* its memory */
	struct user_regs_struct before;
	uint64_t gate;	/* the address of an instruction of a system call */
	int signal;	/* came meanwhile; 0: none */
};

#if defined(__x86_64__)
static const unsigned char instruction[] = { 0x0f, 0x05 };

static uint64_t
counter(const struct user_regs_struct *r)
{
	return r->rip;
}

static uint64_t
stack(const struct user_regs_struct *r)
{
	return r->rsp;
}

static void
set_call(struct user_regs_struct *r, uint64_t gate, const struct call *c)
{
	r->rip = gate;
	r->orig_rax = UINT64_MAX; /* no system call is to be restarted */
	r->rax = (uint64_t)c->number;
	r->rdi = c->args[0];
	r->rsi = c->args[1];
	r->rdx = c->args[2];
	r->r10 = c->args[3];
	r->r8 = c->args[4];
	r->r9 = c->args[5];
}

static int64_t
result(const struct user_regs_struct *r)
{
	return (int64_t)r->rax;
}
#elif defined(__aarch64__)
static const unsigned char instruction[] = { 0x01, 0x00, 0x00, 0xd4 };

static uint64_t
counter(const struct user_regs_struct *r)
{
	return r->pc;
}

static uint64_t
stack(const struct user_regs_struct *r)
{
	return r->sp;
}

static void
set_call(struct user_regs_struct *r, uint64_t gate, const struct call *c)
{
	r->pc = gate;
	r->regs[8] = (uint64_t)c->number;
	memcpy(r->regs, c->args, sizeof(c->args));
}

static int64_t
result(const struct user_regs_struct *r)
{
	return (int64_t)r->regs[0];
}
#else
#error "the registers of a system call are not known for this processor"
#endif

static void
die(const char *what)
{
	(void)fprintf(stderr, "invade: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Its next stop that is none for a signal, which has to wait. */
static void
await_stop(struct process *p, int how)
{
	int status;

	for (;;) {
		if (waitpid(p->pid, &status, 0) == -1)
			die("waitpid");
		if (!WIFSTOPPED(status)) {
			(void)fprintf(stderr, "invade: the process ended\n");
			exit(1);
		}
		if (status >> 16 != 0 || WSTOPSIG(status) == (SIGTRAP | 0x80))
			return;
		p->signal = WSTOPSIG(status);
		if (ptrace(how, p->pid, NULL, NULL) == -1)
			die("ptrace");
	}
}

static void
go_on(struct process *p, int how)
{
	if (ptrace(how, p->pid, NULL, NULL) == -1)
		die("ptrace");
	await_stop(p, how);
}

static void
registers(const struct process *p, int how, struct user_regs_struct *r)
{
	struct iovec all = { r, sizeof(*r) };

	if (ptrace(how, p->pid, (void *)NT_PRSTATUS, &all) == -1)
		die("registers");
}

static int
is_gate(const struct process *p, uint64_t at)
{
	unsigned char there[sizeof(instruction)];

	return pread(p->mem, there, sizeof(there), (off_t)at) ==
	    (ssize_t)sizeof(there) &&
	    memcmp(there, instruction, sizeof(there)) == 0;
}

/* Behind the call that it waits in, or where that is to begin again, at it. */
static void
attach(struct process *p)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%ld/mem", (long)p->pid);
	if (ptrace(PTRACE_SEIZE, p->pid, NULL,
	    (void *)PTRACE_O_TRACESYSGOOD) == -1 ||
	    ptrace(PTRACE_INTERRUPT, p->pid, NULL, NULL) == -1)
		die("attach");
	await_stop(p, PTRACE_CONT);
	if ((p->mem = open(path, O_RDWR | O_CLOEXEC)) == -1)
		die(path);
	registers(p, PTRACE_GETREGSET, &p->before);
	p->gate = counter(&p->before);
	if (!is_gate(p, p->gate))
		p->gate -= sizeof(instruction);
	if (!is_gate(p, p->gate)) {
		(void)fprintf(stderr, "invade: it waits in no system call\n");
		exit(1);
	}
}

/* It stops once more where a system call that was interrupted is begun again by
 * the kernel as it goes on. */
static void
detach(struct process *p)
{
	if (ptrace(PTRACE_INTERRUPT, p->pid, NULL, NULL) == -1)
		die("interrupt");
	go_on(p, PTRACE_CONT);
	registers(p, PTRACE_SETREGSET, &p->before);
	if (ptrace(PTRACE_DETACH, p->pid, NULL, NULL) == -1)
		die("detach");
	if (p->signal != 0)
		(void)kill(p->pid, p->signal);
}

static int64_t
make(struct process *p, const struct call *c)
{
	struct user_regs_struct r = p->before;

	set_call(&r, p->gate, c);
	registers(p, PTRACE_SETREGSET, &r);
	go_on(p, PTRACE_SYSCALL); /* where it begins, and where it ends */
	go_on(p, PTRACE_SYSCALL);
	registers(p, PTRACE_GETREGSET, &r);
	return result(&r);
}

/* Reads the arguments, each with what is behind it; strings are put into the
 * process. */
static int
take_args(const struct process *p, char *text, struct call *c)
{
	uint64_t at = stack(&p->before) - RED_ZONE - STRINGS;
	uint64_t end = at + STRINGS;
	size_t length;
	char *close;

	for (c->n = 0; *text != ')'; c->n++) {
		if (c->n == ARGS)
			return -1;
		if (*text == '"') {
			if ((close = strchr(++text, '"')) == NULL)
				return -1;
			*close = '\0';
			length = strlen(text) + 1;
			if (length > end - at || pwrite(p->mem, text, length,
			    (off_t)at) != (ssize_t)length)
				return -1;
			c->args[c->n] = at;
			at += length;
			text = close + 1;
		} else {
			c->args[c->n] = strtoul(text, &close, 0);
			if (close == text)
				return -1;
			text = close;
		}
		text += strspn(text, ", ");
	}
	return 0;
}

/* Puts "value" before the argument "i". */
static void
insert(struct call *c, int i, uint64_t value)
{
	memmove(&c->args[i + 1], &c->args[i],
	    (size_t)(ARGS - 1 - i) * sizeof(c->args[0]));
	c->args[i] = value;
}

/* Those that every Linux has, as newer processors have no older ones. */
static int
take_name(const char *name, struct call *c)
{
	static const struct {
		const char *name;
		long number;
		int at[2]; /* a directory is put before these; -1: none */
	} calls[] = {
		{ "open", SYS_openat, { 0, -1 } },
		{ "mkdir", SYS_mkdirat, { 0, -1 } },
		{ "unlink", SYS_unlinkat, { 0, -1 } },
		{ "rename", SYS_renameat2, { 0, 2 } },
		{ "symlink", SYS_symlinkat, { -1, 1 } },
		{ "chmod", SYS_fchmodat, { 0, -1 } },
		{ "truncate", SYS_truncate, { -1, -1 } },
		{ "execve", SYS_execve, { -1, -1 } },
		{ "socket", SYS_socket, { -1, -1 } },
		{ "kill", SYS_kill, { -1, -1 } },
		{ "setuid", SYS_setuid, { -1, -1 } },
		{ "fork", SYS_clone, { -1, -1 } },
	};
	size_t i;
	int k;

	if (strcmp(name, "syscall") == 0) {
		c->number = (long)c->args[0];
		memmove(&c->args[0], &c->args[1],
		    (ARGS - 1) * sizeof(c->args[0]));
		c->args[ARGS - 1] = 0;
		return 0;
	}
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(name, calls[i].name) == 0)
			break;
	if (i == sizeof(calls) / sizeof(calls[0]))
		return -1;
	c->number = calls[i].number;
	for (k = 0; k < 2; k++)
		if (calls[i].at[k] != -1)
			insert(c, calls[i].at[k], HERE);
	if (c->number == SYS_clone)
		c->args[0] = SIGCHLD;
	return 0;
}

static int
line(struct process *p, char *text)
{
	struct call c = { 0 };
	char *open = strchr(text, '(');
	int64_t value;

	text[strcspn(text, "\n")] = '\0';
	if (open != NULL)
		*open = '\0';
	if (open == NULL || take_args(p, open + 1, &c) == -1 ||
	    take_name(text, &c) == -1) {
		(void)fprintf(stderr, "invade: %s: what call is this?\n", text);
		return -1;
	}
	value = make(p, &c);
	if (c.number == SYS_clone && value > 0)
		(void)kill((pid_t)value, SIGKILL);
	if (value < 0 && value > -4096)
		(void)printf("-1 %d\n", (int)-value);
	else
		(void)printf("%lld 0\n", (long long)value);
	return 0;
}

int
main(int argc, char **argv)
{
	static char text[2 * STRINGS];
	struct process p = { .pid = 0 };
	int rc = 0;

	if (argc == 2)
		p.pid = (pid_t)strtol(argv[1], NULL, 10);
	if (p.pid <= 0) {
		(void)fprintf(stderr, "usage: invade PID <LINES\n");
		return 64;
	}
	attach(&p);
	while (rc == 0 && fgets(text, sizeof(text), stdin) != NULL)
		rc = line(&p, text);
	detach(&p);
	return rc == 0 ? 0 : 1;
}
