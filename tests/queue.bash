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
#	setgid_users			for tests of a setgid mailq-add, or skips: the
#					script as_user DIR COMMAND ... runs it in DIR
#					as a user without rights, where $T/conf is the
#					configuration of the system
#	as_root COMMAND ...		as root, who is another outside where root runs
#					the test no more than that

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

setgid_users()
{
	# Nothing comes from the environment to what is setgid.
	sanitized && skip "a sanitizer has its options from the environment"
	cat >as_user <<-'.'
		set -e
		cd "$1"
		mount -t tmpfs tmpfs /etc
		mkdir -m 755 /etc/mailpipe
		install -m 644 conf /etc/mailpipe/mailpipe.conf
		shift
		exec setpriv --reuid 4005 --regid 4005 --clear-groups "$@"
	.
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		unshare -r --map-auto "$@"
	fi
}
