#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-wait: each event once, over connections that end in any way, with servers
# that can do much, or little, or lie.

load dovecot
load helper
load imap
load machine
load tls
load watching

setup()
{
	isolate
	echo pencil >password
}

# Its process of IMAP that serves us is killed while we cannot notice, and what
# the arguments say is done before we can.
lose_connection()
{
	local pid

	kill -STOP "$PID_wait"
	for pid in $(imap_processes); do
		kill -KILL "$pid"
	done
	change "$@" || return 1
	kill -CONT "$PID_wait"
}

imap_processes()
{
	local pid

	for pid in $(pgrep -P "$PID_dovecot"); do
		[ "$(cat "/proc/$pid/comm")" != imap ] || echo "$pid"
	done
}

# offers WORDS: what Dovecot says that it has.
offers()
{
	echo "imap_capability = IMAP4rev1 LITERAL+ SASL-IR $*"
}

@test "new messages, flags, messages that are gone: each as it happens" {
	dovecot_imap
	change 'put INBOX 2'
	wait_ INBOX
	idling
	change 'put INBOX'
	told 'INBOX new 3 '
	change 'in INBOX' '+\Seen 2'
	told 'INBOX new 3 ' 'INBOX flags 2 seen'
	change 'in INBOX' '+$Junk 2' 'rm 1,3'
	wait_for 20 grep -q 'expunge.3' events
	[ "$(wc -l <events)" -eq 5 ]
	contains events 'INBOX	flags	2	seen $Junk'
	contains events 'INBOX	expunge	1	'
	not grep -q pencil trace
	kill -0 "$PID_wait"
}

@test "-j: objects" {
	dovecot_imap
	change 'put INBOX'
	wait_ -j INBOX
	idling
	change 'put INBOX'
	wait_for 20 grep -q new events
	change 'in INBOX' '+\Seen,$a 2'
	wait_for 20 grep -q flags events
	change 'in INBOX' 'rm 1'
	wait_for 20 grep -q expunge events
	python3 - <<-'.'
		import json
		rows = [json.loads(line) for line in open('events')]
		valid = {row.pop('uidvalidity') for row in rows}
		assert len(valid) == 1 and min(valid) > 0, valid
		want = [{'event': 'new', 'uid': 2, 'flags': []},
		    {'event': 'flags', 'uid': 2, 'flags': ['\\Seen', '$a']},
		    {'event': 'expunge', 'uid': 1}]
		assert [row | {'mailbox': 'INBOX'} for row in want] == rows
	.
}

@test "-1: one event and no more; -n: what is there is new" {
	dovecot_imap
	change 'put INBOX 3'
	expect 0 imap-wait -1n -p 'cat password' "$URL" INBOX
	printf 'INBOX\tnew\t1\t\n' | diff -u - out
	wait_ -1 INBOX
	idling
	change 'put INBOX 2'
	ended 0
	told 'INBOX new 4 '
}

@test "-t: 1 where nothing happened, 0 where something did" {
	dovecot_imap
	expect 1 imap-wait -t 1 -p 'cat password' "$URL" INBOX
	[ ! -s out ]
	change 'put INBOX 2'
	expect 0 imap-wait -nt 1 -p 'cat password' "$URL" INBOX
	[ "$(wc -l <out)" -eq 2 ]
}

# each_way CHECK: with a Dovecot that has QRESYNC, CONDSTORE alone, or neither.
each_way()
{
	local way

	for way in 'IDLE ENABLE ESEARCH CONDSTORE QRESYNC' 'IDLE CONDSTORE' \
	    IDLE; do
		rm -rf dovecot events trace
		dovecot_imap "$(offers "$way")"
		"$1" || { echo "with $way"; return 1; }
		kill "$PID_wait"
		dovecot_stop
	done
}

lost()
{
	change 'put INBOX 6' 'in INBOX' '+\Flagged 5'
	wait_ INBOX
	idling || return 1
	# What was told before is not told once more.
	change 'put INBOX' 'in INBOX' '+\Seen 2' 'rm 1' &&
	    wait_for 20 grep -q 'expunge.1' events || return 1
	lose_connection 'put INBOX 2' 'in INBOX' '+$A 4' '-\Flagged 5' 'rm 2,3' ||
	    return 1
	wait_for 20 grep -q 'flags.5' events || return 1
	change 'put INBOX'
	wait_for 20 grep -q 'new.10' events || return 1
	sort events >sorted
	printf 'INBOX\t%s\n' 'expunge	1	' 'expunge	2	' \
	    'expunge	3	' 'flags	2	seen' \
	    'flags	4	$A' 'flags	5	' 'new	10	' \
	    'new	7	' 'new	8	' 'new	9	' |
	    diff -u - <(grep -v 'Deleted' sorted) || return 1
	contains trace 'imap-wait: localhost'
}

@test "a connection that is lost: what happened meanwhile, each thing once" {
	each_way lost
}

# is_watched PID: its connection has keep-alive after a minute, and again every
# 20 seconds, and three minutes for a peer that does not answer.
is_watched()
{
	python3 "$TESTS/peer/watched.py" "$1" >set &&
	    echo '1 60 20 180000' | diff -u - set
}

@test "a peer that is gone without a word is found out, on each connection" {
	needs_root
	dovecot_imap
	wait_ INBOX
	idling
	is_watched "$PID_wait"
	lose_connection 'put INBOX'
	told 'INBOX new 1 '
	is_watched "$PID_wait"
}

@test "and that of imap-run, where it has the connection" {
	needs_root
	dovecot_imap
	: >events
	# shellcheck disable=SC2016 # for that sh
	start run sh -c 'exec imap-run -p "cat password" "$1" sh -c \
	    "exec imap-wait -v - INBOX >events 2>trace"' sh "$URL"
	idling
	# shellcheck disable=SC2154 # by start
	is_watched "$PID_run"
}

# shared COMMANDS: imap-run, whose commands have a shell with imap-wait of "-"
# in the background, which a shell has ignore SIGINT; it is $!, and has begun to
# idle.
shared()
{
	: >events
	expect_noted 0 imap-run -v -p 'cat password' "$URL" bash -ec '
		env --default-signal=INT imap-wait -v - INBOX >events 2>trace &
		until grep -q "^< + " trace; do sleep 0.02; done
		'"$1"
}

logins()
{
	grep -c 'Login: user=<alice>' dovecot/log
}

@test "a signal gives the session of imap-run back: no other login" {
	local name

	dovecot_imap
	for name in HUP INT TERM; do
		rm -rf trace
		: >dovecot/log
		shared '
			kill -'"$name"' "$!"
			status=0
			wait "$!" || status=$?
			[ "$status" -eq $((128 + $(kill -l '"$name"'))) ]
			imap-ls - INBOX'
		[ "$(logins)" -eq 1 ]
		contains trace '> DONE'
	done
}

@test "a server that does not answer to DONE has five seconds after a signal" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 SASL-IR IDLE
		BOX: exists=0 uidvalidity=7 uidnext=30
		GREETING:
		C: IDLE
		S: + idling
		C-LINE: DONE
		C-END
		ACCEPT
		GREETING:
		C: CREATE new
		S: TAG OK done
		C: SUBSCRIBE new
		S: TAG OK done
	.
	shared '
		kill "$!"
		status=0
		wait "$!" || status=$?
		[ "$status" -eq $((128 + 15)) ]
		imap-mkdir - new'
	imap_scripted_end
	not grep '^imap-wait' trace
}

@test "all messages go, others come, while there is no connection" {
	all_gone()
	{
		change 'put INBOX 300'
		wait_ INBOX
		idling || return 1
		lose_connection 'in INBOX' 'rm 1:*' 'put INBOX 3' || return 1
		wait_for 20 grep -q 'new.303' events || return 1
		[ "$(grep -c expunge events)" -eq 300 ] &&
		    [ "$(sort -u events | wc -l)" -eq 303 ] &&
		    [ "$(wc -l <events)" -eq 303 ]
	}
	each_way all_gone
}

@test "another mailbox under the same name: reset, and all in it is new" {
	reset()
	{
		change 'mkdir Lists' 'put Lists 2'
		wait_ Lists
		idling || return 1
		lose_connection 'rmdir Lists' 'mkdir Lists' 'put Lists' ||
		    return 1
		told 'Lists reset  ' 'Lists new 1 ' || return 1
		change 'put Lists'
		told 'Lists reset  ' 'Lists new 1 ' 'Lists new 2 '
	}
	each_way reset
}

@test "without IDLE: it asks from time to time" {
	dovecot_imap "$(offers CONDSTORE)"
	change 'put INBOX 2'
	wait_ -i1 INBOX
	wait_for 20 traced 1 '^> .* NOOP'
	not traced 1 '^> .* IDLE'
	change 'put INBOX' 'in INBOX' '+\Seen 2' 'rm 1'
	wait_for 20 grep -q 'new.3' events
	wait_for 20 grep -q 'expunge.1' events
	contains events 'INBOX	flags	2	seen'
}

@test "several mailboxes, by NOTIFY" {
	dovecot_imap
	change 'mkdir Lists' 'put Lists 2' 'put INBOX'
	wait_ INBOX Lists Archive
	wait_for 20 traced 2 " Search completed"
	change 'put Lists'
	told 'Lists new 3 '
	change 'put Archive'
	told 'Lists new 3 ' 'Archive new 1 '
	change 'put INBOX' 'in Lists' '+\Seen 2'
	wait_for 20 grep -q 'flags.2' events
	wait_for 20 grep -q 'INBOX.new.2' events
	[ "$(wc -l <events)" -eq 4 ]
	traced 1 '^> .* NOTIFY SET'
}

# Dovecot does not look at the selected one in the second after a command.
@test "by NOTIFY: flags alone, just after the mailbox was looked at" {
	dovecot_imap
	change 'mkdir Lists' 'put Lists' 'put INBOX'
	wait_ INBOX Lists
	wait_for 20 traced 2 " Search completed"
	change 'in Lists' '+\Flagged 1'
	told 'Lists flags 1 flagged'
	change 'in Lists' '-\Flagged 1'
	told 'Lists flags 1 flagged' 'Lists flags 1 '
	change 'in INBOX' '+\Flagged 1'
	wait_for 5 grep -q 'INBOX.flags.1.flagged' events
	change 'in INBOX' '+$a 1'
	wait_for 5 grep -q 'INBOX.flags.1.flagged $a' events
	[ "$(wc -l <events)" -eq 4 ]
}

# Dovecot tells that of the one that is selected alone.
@test "by NOTIFY: what another program delivers into the Maildir" {
	needs_root
	dovecot_imap
	change 'mkdir Lists' 'put Lists' 'put INBOX'
	wait_ -i2 INBOX Lists
	wait_for 20 traced 2 " Search completed"
	setpriv --reuid=nobody --regid=nogroup --clear-groups sh -c \
	    'echo >"$1/tmp/1.M1.a" && mv "$1/tmp/1.M1.a" "$1/new"' sh \
	    "$T/dovecot/mail/alice/.Lists"
	told 'Lists new 2 '
	traced 1 '^> .* NOTIFY SET'
}

@test "several mailboxes, without NOTIFY: STATUS in turns" {
	several()
	{
		change 'mkdir Lists' 'put Lists 2' 'put INBOX'
		wait_ -i1 INBOX Lists Archive
		idling || return 1
		change 'put Lists'
		told 'Lists new 3 ' || return 1
		change 'put INBOX' 'in Lists' '+\Seen 2' 'rm 1' 'put Archive'
		wait_for 20 grep -q 'Archive.new.1' events || return 1
		wait_for 20 grep -q 'INBOX.new.2' events || return 1
		wait_for 20 grep -q 'Lists.expunge.1' events || return 1
		contains events 'Lists	flags	2	seen'
	}
	each_way several
}

@test "without NOTIFY, -t: a last look at all of them" {
	dovecot_imap "$(offers IDLE CONDSTORE)"
	change 'mkdir Lists' 'put Lists' 'put INBOX'
	wait_ -1 -t4 INBOX Lists
	idling
	change 'put Lists'
	ended 0
	told 'Lists new 2 '
	rm -rf trace
	wait_ -t4 INBOX Lists
	idling
	change 'put Lists 2' 'put INBOX'
	ended 0
	sort events | cmp - <(printf '%s\tnew\t%d\t\n' INBOX 2 Lists 3 Lists 4)
	# Without IDLE there is to be asked of the only one, too.
	rm -rf dovecot
	dovecot_imap "$(offers CONDSTORE)"
	change 'put INBOX'
	wait_ -t3 INBOX
	wait_for 20 traced 1 ' Search completed\|SEARCH'
	sleep 0.5
	change 'put INBOX'
	ended 0
	told 'INBOX new 2 '
}

# It cannot read what is sent until its time is up.
late()
{
	local what=$1

	shift
	rm -rf trace
	wait_ -t3 "$@"
	idling || return 1
	kill -STOP "$PID_wait"
	change "$what" || return 1
	sleep 4
	kill -CONT "$PID_wait"
	ended 0
}

@test "-t: what the server had sent before is told" {
	dovecot_imap
	change 'mkdir Lists' 'put INBOX' 'put Lists'
	late 'put INBOX' INBOX
	told 'INBOX new 2 '
	late 'put INBOX' INBOX Lists
	told 'INBOX new 3 '
	late 'put Lists' INBOX Lists
	told 'Lists new 2 '
}

@test "a mailbox whose name is not ASCII" {
	dovecot_imap
	change 'mkdir Gr&APYA3w-e'
	wait_ -i1 Größe INBOX
	idling
	change 'put Gr&APYA3w-e'
	told "Größe new 1 "
	kill "$PID_wait"
	wait_ Größe
	idling
	change 'put Gr&APYA3w-e'
	told 'Größe new 2 '
}

@test "no such mailbox; one that is deleted; a wrong password" {
	dovecot_imap
	expect 66 imap-wait -p 'cat password' "$URL" Nowhere
	contains err Nowhere
	[ "$(wc -l <err)" -eq 1 ]
	expect 66 imap-wait -p 'cat password' "$URL" INBOX Nowhere
	expect 77 imap-wait -p 'echo wrong' "$URL" INBOX
	change 'mkdir Lists'
	wait_ Lists
	idling
	change 'rmdir Lists'
	ended 66
	contains trace 'Lists'
}

@test "usage" {
	expect 64 imap-wait
	expect 64 imap-wait imap://alice@localhost
	expect 64 imap-wait -t 0 imap://alice@localhost INBOX
	expect 64 imap-wait -i x imap://alice@localhost INBOX
	expect 64 imap-wait -x imap://alice@localhost INBOX
	# shellcheck disable=SC2046 # words
	expect 64 imap-wait imap://alice@localhost $(seq 101)
	contains err 'more than 100 mailboxes'
}

@test "who reads it goes: it ends, without a word, and without an event" {
	dovecot_imap
	mkfifo pipe
	start wait sh -c 'exec imap-wait -v -p "cat password" "$1" INBOX \
	    >pipe 2>trace' sh "$URL"
	exec 4<pipe
	idling
	exec 4<&-
	ended 1
	not grep -q '^imap-wait' trace
	# With one that was written.
	start wait sh -c 'exec imap-wait -v -p "cat password" "$1" INBOX \
	    >pipe 2>trace' sh "$URL"
	exec 4<pipe
	idling
	change 'put INBOX'
	read -r box event uid <&4
	[ "$box $event $uid" = 'INBOX new 1' ]
	exec 4<&-
	ended 0
	not grep -q '^imap-wait' trace
}

@test "the disk is full" {
	dovecot_imap
	change 'put INBOX'
	run_for_status 75 sh -c 'exec imap-wait -np "cat password" "$1" INBOX \
	    >/dev/full' sh "$URL"
	contains err 'standard output'
}

@test "examples" {
	dovecot_imap
	change 'mkdir Lists' 'put INBOX' 'put Lists'
	export PATH=$T:$PATH XDG_CONFIG_HOME=$T/config
	mkdir -p config/mailpipe Maildir/cur Maildir/new Maildir/tmp
	printf '%s\n' 'Account: work' "Imap: $URL" \
	    'Password-Command: echo pencil' >config/mailpipe/accounts
	printf '#!/bin/sh\necho "$@" >>"%s"\n' "$T/notified" >notify
	chmod +x notify
	# Each into a file of its own, with what tells when it waits.
	awk '/^\.Bd/ { on = 1; n++; next } /^\.Ed/ { on = 0 }
		/^\.Sh/ { ex = /EXAMPLES/; n = 0 }
		ex && on { print >("example." n) }' \
	    "${TESTS%/*}/man/imap-wait.1"
	sed -i 's/\\e/\\/g; s/imap-wait /imap-wait -v /' example.*
	start first sh -e example.1
	wait_for 20 contains first.log '+ idling' >waiting
	change 'put INBOX'
	wait_for 20 fetched 2
	start second sh -e example.2
	wait_for 20 has_lines second.log 2 ' Search completed'
	change 'in INBOX' '+\Seen 1' '+\Flagged 2' 'in Lists' \
	    '+\Flagged 1'
	wait_for 20 has_lines notified 1 '^INBOX 2$'
	wait_for 20 has_lines notified 1 '^Lists 1$'
	start third sh -e example.3
	wait_for 20 contains third.log '+ idling' >waiting
	change 'put INBOX'
	wait_for 20 contains third.log 'There is mail.' >waiting
}

# fetched N: so many messages are in the Maildir.
fetched()
{
	[ "$(find Maildir/new Maildir/cur -type f | wc -l)" -eq "$1" ]
}

# has_lines FILE N PATTERN
has_lines()
{
	[ -e "$1" ] && [ "$(grep -c -e "$3" "$1")" -ge "$2" ]
}
