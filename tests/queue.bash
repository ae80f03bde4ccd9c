# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# For tests of the queue: a configuration of its own in $T/mailpipe.conf, the
# queue in $T/spool.
#
#	queue				sets it up
#	queued [argument ...]		a message for mailq-add; $ID is its id
#	file_of ID			prints its path
#	traced				strace comes: LeakSanitizer is not for that
#	journal ID line ...		adds lines, TAB between words written as |

queue()
{
	printf 'Hostname: mx.example.org\nSpool: %s/spool\nUser: %s\n' "$T" \
	    "$(id -un)" >"$T/mailpipe.conf"
	export MAILPIPE_CONF=$T/mailpipe.conf
}

queued()
{
	ID=$(printf 'From: alice@example.org\n\nhello\n' | mailq-add "$@")
}

file_of()
{
	ls spool/*/*."$1"
}

journal()
{
	local file line

	file=$(file_of "$1")
	shift
	for line; do
		echo "$line" | tr '|' '\t' >>"$file"
	done
}

traced()
{
	export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
}
