# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Whoever takes a process over tries what it still can do, on top of
# helper.bash, for a test of root:
#
#	invade PID <LINES	has the process make each system call
#				(tool/invade.c); in $T/values there is the
#				result of each, and behind it errno
#	tries PID <LINES	the same, and each is EPERM or EACCES
#	reading FILE		prints what a process tries that opens nothing
#	needs_filters		skips the test where seccomp is forbidden
#	constant NAME		prints the number of a system call
#	is_confined PID		it has a filter of system calls
#	landlock		prints the version of Landlock, 0 without

invade()
{
	timeout 60 "${MAILPIPE_BIN%/bin}/tests/tool/invade" "$1" >"$T/values"
}

# What the process $1 tries: each is EPERM or EACCES.
tries()
{
	cat >"$T/tries"
	invade "$1" <"$T/tries" || return 1
	grep -v -n -x -- '-1 1\|-1 13' "$T/values" >"$T/done" || return 0
	echo "done, by line of:"
	show "$T/tries" "$T/done"
	return 1
}

# A container may forbid it; with Landlock alone less is given up.
needs_filters()
{
	python3 - "$(constant SYS_seccomp)" <<-'.' ||
		import ctypes, struct, sys
		libc = ctypes.CDLL(None)
		allow = ctypes.create_string_buffer(
		    struct.pack('HBBI', 6, 0, 0, 0x7fff0000))
		program = ctypes.create_string_buffer(
		    struct.pack('HP', 1, ctypes.addressof(allow)))
		libc.prctl(38, 1, 0, 0, 0)
		sys.exit(libc.syscall(int(sys.argv[1]), 1, 0, program) != 0)
	.
	    skip "seccomp is forbidden here"
}

# A build with AddressSanitizer has to read files at its end, and to fork.
reading()
{
	sanitized || printf '%s\n' "open(\"$1\", 0)" 'fork()' 'kill(1, 0)'
}

constant()
{
	printf '#include <sys/syscall.h>\n%s\n' "$1" | cc -E -P - | tail -n 1
}

is_confined()
{
	grep -q '^Seccomp_filters:.[1-9]' "/proc/$1/status"
}

# Its version, 0 without.
landlock()
{
	python3 -c 'import ctypes
libc = ctypes.CDLL(None)
print(max(0, libc.syscall('"$(constant SYS_landlock_create_ruleset)"', 0, 0, 1)))'
}
