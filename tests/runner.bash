# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# A queue for tests, $T/spool, whose messages are written by hand:
#
#	queue_host		$T/mailpipe.conf with a Spool and a Transport of
#				peer/transport.py, which logs to $T/log
#	queue_put STATE DUE ID SENDER RECIPIENT ...
#				a message; a recipient may have parameters;
#				$ARRIVAL is when it came, now without that,
#				$MORE lines of the envelope, $MESSAGE its text
#	queue_id N		prints an id
#	names STATE		prints the ids in that directory

queue_host()
{
	mkdir -p bin
	cat >mailpipe.conf <<-.
		Hostname: mx.example.org
		Domains: example.org
		Spool: $T/spool
		Transport: python3 -S $TESTS/peer/transport.py $T/log
		User: nobody
	.
	export MAILPIPE_CONF=$T/mailpipe.conf
	# The command is looked for beside the runner.
	cp "$MAILPIPE_BIN/mailq-run" bin/
	cat >bin/mail-deliver <<-.
		#!/bin/sh
		[ "\$*" = -Q ] || exit 64
		exec python3 -S $TESTS/peer/transport.py $T/log
	.
	chmod +x bin/mail-deliver
	PATH=$T/bin:$PATH
	: >log
	if [ "$(id -u)" -eq 0 ]; then
		chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
		chmod a+rw log
	fi
	NOW=$(date +%s)
	# It makes the queue.
	mailq-run
}

queue_id()
{
	printf '%016d' "$1"
}

queue_put()
{
	local state=$1 due=$2 id=$3 sender=$4 file
	local message=${MESSAGE:-$'Subject: test\n\nHello'}

	shift 4
	file=spool/$state/$(printf %010d "$due").$id
	{
		printf 'Size: %020d\nId: %s\nArrival: %s\nSender: %s\n' \
		    $((${#message} + 1)) "$id" "${ARRIVAL:-$NOW}" "$sender"
		[ -z "${MORE:-}" ] || printf '%s\n' "$MORE"
		printf 'Recipient: %s\n' "$@"
		printf '\n%s\n' "$message"
	} >"$file"
	[ "$(id -u)" -ne 0 ] || chmod g+rw "$file"
}

names()
{
	find "spool/$1" -type f -name '*.*' -printf '%f\n' | cut -d. -f2 | sort
}
