# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What every bats file needs; it begins with "load helper".  Each test runs in
# a directory of its own, $T, which is also HOME and the current directory.
# The functions:
#
#	expect STATUS command ...	run it; check the status, and that
#					stderr is empty where it is 0; its
#					output is in $T/out and $T/err; it may
#					take $SECONDS_ALLOWED, 60 without that
#	expect_noted STATUS command ...	the same, stderr may hold anything
#	not command ...			it fails: unlike "!", which bats overlooks
#	same FILE FILE			the same bytes
#	contains FILE TEXT		a line of FILE holds TEXT
#	start NAME command ...		in the background, output in $T/NAME.log
#	wait_for SECONDS command ...	until it succeeds
#	free_port			prints a TCP port nobody listens on
#	mail_host			$T/mailpipe.conf for alice and bob of
#					example.org, Maildirs $T/alice, $T/bob
#	owned DIR ...			gives them to a user that is not root,
#					where root runs the test: only such a
#					one can have mail of a users file
#	smtpd [option ...]		smtpd-inetd under
#					systemd-socket-activate; sets $PORT
#	scripted SCRIPT			a server that follows peer/script.py,
#					what it read is in $T/peer; sets $PORT
#	scripted_end			it saw what it was to see
#	converse SCRIPT			a client that follows peer/client.py,
#					connected to $PORT
#	converse_with SCRIPT command ...	the same on descriptors 0 and 1
#					of a command
#	peak command ...		run it, then $PEAK is the most memory
#					that it had, in KiB
#	sanitized			are the programs built with
#					AddressSanitizer, or under valgrind?
#					(limits of memory mean nothing then)
#	is_root				does root run the test?
#	needs_root			skips the test where not
#	stride				sets $STRIDE, for a loop that kills a
#					program at each of its calls: 1; or 3, as
#					AddressSanitizer is slow and sees nothing
#					of it: then each third, by chance which

TESTS=$BATS_TEST_DIRNAME
: "${MAILPIPE_BIN:=${TESTS%/*}/build/bin}"

setup()
{
	isolate
}

teardown()
{
	clean_up
}

isolate()
{
	T=$BATS_TEST_TMPDIR
	export T HOME=$T TMPDIR=$T TZ=UTC LC_ALL=C MAILPIPE_TEST=$T
	export PATH=$MAILPIPE_BIN:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
	export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=print_stacktrace=1
	export PYTHONDONTWRITEBYTECODE=1
	unset MAILPIPE_CONF SOURCE_DATE_EPOCH MIME_TYPES MAGIC EMAIL USER \
	    LOGNAME LANG XDG_CONFIG_HOME TCPREMOTEIP REMOTE_ADDR LISTEN_FDS \
	    LISTEN_PID LISTEN_FDNAMES
	umask 077
	trace_the_test
	cd "$T" || return 1
}

# bats notes before each command where it is, so as to say it of one that fails,
# which was up to a fifth of the time of a file.  Now it does so in the test, in
# the functions of its file and, as it counts on that, in its own; what fails in
# a helper is said of the line that called it.
trace_the_test()
{
	set +T
	# shellcheck disable=SC2046 # a list
	declare -ft $(compgen -A function bats_
	    sed -n 's/^\([a-z0-9_]*\)()$/\1/p' "$BATS_TEST_FILENAME")
}

# Processes that inherited the mark of this test, which those that look for
# them have not.
strays()
{
	(unset MAILPIPE_TEST
	grep -lsz "^MAILPIPE_TEST=$T\$" /proc/[0-9]*/environ | cut -d/ -f3)
}

no_strays()
{
	[ -z "$(strays)" ]
}

# born PID: when that process began, as /proc has it, is in $BORN; nothing, where
# there is none.
born()
{
	local line=

	{ read -r line <"/proc/$1/stat"; } 2>/dev/null || :
	# shellcheck disable=SC2086 # fields
	set -- ${line##*) }
	BORN=${20:-}
}

# Stops what start began, the whole process group of each, and finds it an
# error if something outlives that.  Where a process is there that began at
# another time, the number is somebody else's by now.
clean_up()
{
	local pid when left

	if [ -e "$T/.started" ]; then
		while read -r pid when; do
			born "$pid"
			if [ -z "$BORN" ] || [ "$BORN" = "$when" ]; then
				kill -TERM -- "-$pid" 2>/dev/null || :
			fi
		done <"$T/.started"
	fi
	wait_for 5 no_strays >/dev/null 2>&1 && return 0
	left=$(strays)
	echo "still running after the test:"
	for pid in $left; do
		tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null && echo
		kill -KILL "$pid" 2>/dev/null || :
	done
	return 1
}

show()
{
	local file

	for file; do
		[ -s "$file" ] || continue
		echo "-- ${file##*/}:"
		head -c 4000 "$file" | cat -v
	done
}

run_for_status()
{
	local want=$1 got=0

	shift
	timeout -k 5 "${SECONDS_ALLOWED:-60}" "$@" >"$T/out" 2>"$T/err" 3>&- || got=$?
	[ "$got" -eq "$want" ] && return 0
	echo "status $got, expected $want: $*"
	show "$T/out" "$T/err"
	return 1
}

expect()
{
	run_for_status "$@" || return 1
	if [ "$1" -eq 0 ] && [ -s "$T/err" ]; then
		echo "status 0, but there is something on standard error: $*"
		show "$T/err"
		return 1
	fi
	if [ "$1" -ge 64 ] && ! [ -s "$T/err" ]; then
		echo "status $1 without a line on standard error: $*"
		return 1
	fi
}

expect_noted()
{
	run_for_status "$@"
}

not()
{
	! "$@" || return 1
}

same()
{
	cmp "$1" "$2" >"$T/.cmp" 2>&1 && return 0
	cat "$T/.cmp"
	show "$1" "$2"
	return 1
}

contains()
{
	grep -qF -e "$2" "$1" && return 0
	echo "no line of ${1##*/} holds: $2"
	show "$1"
	return 1
}

wait_for()
{
	local end=$((SECONDS + $1)) what

	shift
	what=$*
	until "$@"; do
		if [ "$SECONDS" -gt "$end" ]; then
			echo "waited in vain for: $what"
			return 1
		fi
		nap
	done
}

# 0.02 s without a process: of this one nothing is ever to be read.
nap()
{
	[ -p "$BATS_RUN_TMPDIR/nap" ] || mkfifo "$BATS_RUN_TMPDIR/nap"
	read -rt 0.02 <>"$BATS_RUN_TMPDIR/nap" || :
}

# setsid makes the command the leader of a group, so that what it forks can
# be stopped with it; bats waits for whoever holds descriptor 3.
start()
{
	local name=$1

	shift
	setsid "$@" >"$T/$name.log" 2>&1 </dev/null 3>&- &
	eval "PID_$name=\$!"
	born "$!"
	echo "$! $BORN" >>"$T/.started"
}

# Each time another one, of those that the kernel gives to no connection, so
# that whoever is to listen there later finds it free.
free_port()
{
	local n

	exec 8>>"${TESTS_PORTS:=$BATS_RUN_TMPDIR/ports}"
	flock 8
	n=$(cat "$TESTS_PORTS")
	: "${n:=$RANDOM}"
	until n=$(((n + 1) % 12000)) && ! listening $((20000 + n)); do
		:
	done
	echo "$n" >"$TESTS_PORTS"
	exec 8>&-
	echo $((20000 + n))
}

# Without connecting, which would start what waits for a connection.
listening()
{
	[ -n "$(ss -Hltn "sport = :$1")" ]
}

owned()
{
	[ "$(id -u)" -eq 0 ] || return 0
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	chown -R 64000:64000 "$@"
}

mail_host()
{
	local user

	for user in alice bob; do
		mkdir -p "$T/$user/cur" "$T/$user/new" "$T/$user/tmp"
		echo "$user@example.org:!:$T/$user"
	done >"$T/users"
	owned "$T/alice" "$T/bob"
	cat >"$T/mailpipe.conf" <<-.
		Hostname: mx.example.org
		Domains: example.org
		Users: $T/users
		Spool: $T/spool
	.
}

smtpd()
{
	[ -e "$T/mailpipe.conf" ] || mail_host
	PORT=$(free_port)
	start smtpd systemd-socket-activate -l "127.0.0.1:$PORT" \
	    -E MAILPIPE_TEST -E TZ -E ASAN_OPTIONS -E UBSAN_OPTIONS \
	    "$MAILPIPE_BIN/smtpd-inetd" -f "$T/mailpipe.conf" "$@"
	wait_for 10 listening "$PORT"
}

scripted()
{
	rm -f "$T/port" "$T/peer.status"
	cp "$1" "$T/.script"
	start peer sh -c '
		python3 -S "$1/peer/script.py" "$2/port" "$2/.script" "$2/peer"
		echo $? >"$2/peer.status"' sh "$TESTS" "$T"
	wait_for 10 test -s "$T/port"
	PORT=$(cat "$T/port")
}

scripted_end()
{
	wait_for 30 test -s "$T/peer.status" || return 1
	[ "$(cat "$T/peer.status")" -eq 0 ] && return 0
	show "$T/peer.log" "$T/peer"
	return 1
}

converse()
{
	timeout -k 5 60 python3 -S "$TESTS/peer/client.py" 127.0.0.1 "$PORT" \
	    "$1" 3>&-
}

converse_with()
{
	timeout -k 5 60 python3 -S "$TESTS/peer/client.py" -x "$@" 3>&-
}

peak()
{
	local status=0

	"${MAILPIPE_BIN%/*}/tests/tool/measure" "$T/.peak" \
	    "${SECONDS_ALLOWED:-60}" "$@" || status=$?
	read -r _ _ PEAK <"$T/.peak"
	return "$status"
}

is_root()
{
	[ "$(id -u)" -eq 0 ]
}

needs_root()
{
	is_root || skip "needs root"
}

sanitized()
{
	[ -n "${MAILPIPE_VALGRIND:-}" ] ||
	    grep -q __asan_init "$MAILPIPE_BIN"/*
}

stride()
{
	STRIDE=1
	! sanitized || STRIDE=3
}
