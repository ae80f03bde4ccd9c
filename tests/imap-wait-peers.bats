#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-wait with real servers that have less than Dovecot, or other ways.

load courier
load cyrus
load helper
load machine
load tls
load watching

setup()
{
	isolate
	needs_root
	echo pencil >password
}

# What happens in a mailbox, and in another beside it.
watched()
{
	local other=$1

	change 'put INBOX 2' "mkdir $other"
	wait_ -i1 "-oca=$T/ca.pem" INBOX "$other"
	wait_for 20 traced 1 'IDLE$\|NOTIFY SET\|NOOP$'
	change 'put INBOX' "put $other"
	wait_for 30 grep -q 'INBOX	new	3	' events
	wait_for 30 grep -q "$other	new	1	" events
	change 'in INBOX' '+\Flagged 2' 'rm 1'
	wait_for 30 grep -q 'INBOX	flags	2	flagged' events
	wait_for 30 grep -q 'INBOX	expunge	1	' events
	change 'put INBOX'
	wait_for 30 grep -q 'INBOX	new	4	' events
	[ "$(grep -vc 'deleted' events)" -eq 5 ] || { cat events; false; }
	# shellcheck disable=SC2154 # by start
	kill "$PID_wait"
}

@test "Courier" {
	courier_imap
	watched INBOX.Lists
	contains trace IDLE
}

@test "Cyrus" {
	cyrus_imap
	watched Lists
}
