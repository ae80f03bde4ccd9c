# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What the bats files of imap-wait share, on top of helper.bash:
#
#	wait_ [OPTION ...] MAILBOX ...	imap-wait in the background with the
#				server at $URL: its events are in $T/events, the
#				session is in $T/trace, it is $PID_wait
#	traced N PATTERN	there are at least so many such lines in the
#				session
#	idling [N]		it waits by IDLE, for the N-th time
#	change CHANGE ...	as peer/change.py, at $PORT
#	told "MAILBOX EVENT UID FLAGS" ...	these are all the events, as
#				soon as they are
#	ended STATUS		it did

wait_()
{
	local options=()

	while [ "${1#-}" != "$1" ]; do
		options+=("$1")
		shift
	done
	: >events
	# shellcheck disable=SC2016 # for that sh
	start wait sh -c 'exec imap-wait "$@" >events 2>trace' sh -v \
	    -p 'cat password' "${options[@]}" "$URL" "$@"
}

traced()
{
	[ -e trace ] && [ "$(grep -c -e "$2" trace)" -ge "$1" ]
}

idling()
{
	wait_for 20 traced "${1:-1}" '^< + [^*]' || { show trace; return 1; }
}

change()
{
	python3 -S "$TESTS/peer/change.py" "$PORT" "$@"
}

told()
{
	printf '%s\n' "$@" | sed 's/ /\t/; s/ /\t/; s/ /\t/' >told
	wait_for 20 cmp -s told events && return 0
	diff -u told events
	show trace
	return 1
}

ended()
{
	local status=0

	# shellcheck disable=SC2154 # by start
	wait_for 20 gone "$PID_wait" || return 1
	wait "$PID_wait" || status=$?
	[ "$status" -eq "$1" ] && return 0
	echo "status $status, expected $1"
	show trace
	return 1
}

gone()
{
	not kill -0 "$1" 2>/dev/null
}
