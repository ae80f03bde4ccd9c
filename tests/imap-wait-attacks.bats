#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-wait with servers that say what no server should: nothing is told that
# did not happen, nothing twice, and memory has a bound.

load helper
load imap
load tls
load watching

setup()
{
	isolate
	echo pencil >password
}

# Three messages are read, 2 is flagged, without CONDSTORE; and then it waits.
read_three()
{
	cat <<-'.'
		C: UID FETCH 1:* (UID FLAGS)
		S: * 1 FETCH (UID 10 FLAGS ())
		S: * 2 FETCH (FLAGS (\Flagged) UID 20)
		S: * 3 FETCH (UID 29 FLAGS (\Seen))
		S: TAG OK done
		C: IDLE
		S: + idling
	.
}

# The beginning of a script, with these.
three()
{
	cat <<-.
		CAPABILITY: IMAP4rev1 SASL-IR IDLE
		BOX: exists=3 uidvalidity=7 uidnext=30
		GREETING:
		$(read_three)
	.
}

# The end of one: message 1 is seen, which is an event; and the client goes.
last()
{
	cat <<-'.'
		S: * 1 FETCH (FLAGS (\Seen))
		C-END
	.
}

# With -1 the first thing that is told has to be that.
only_last()
{
	expect 0 imap-wait -1 -p 'cat password' "$URL" INBOX &&
	    printf 'INBOX\tflags\t10\tseen\n' | diff -u - out &&
	    imap_scripted_end
}

@test "what nobody asked for, of messages that are not there" {
	imap_script <<-.
		$(three)
		S: * 99 FETCH (FLAGS (\Seen))
		S: * 99 FETCH (UID 500 FLAGS (\Seen))
		S: * 4 FETCH (UID 31 FLAGS ())
		S: * 99 EXPUNGE
		S: * 4294967295 EXPUNGE
		S: * SEARCH 1 2 3 40 50
		S: * ESEARCH (TAG "x") UID ALL 1:4294967295
		S: * STATUS INBOX (MESSAGES 500 UIDNEXT 1)
		S: * STATUS "x" (MESSAGES)
		S: * LIST (\Noselect) "/" INBOX
		S: * OK [HIGHESTMODSEQ 9223372036854775807] what
		S: * OK [NOTIFICATIONOVERFLOW] what
		S: * OK [UIDNEXT 1] what
		S: * FLAGS (a b c)
		S: * 2 RECENT
		S: * WHAT (is (this))
		S: * 3 EXISTS
		$(last)
	.
	only_last
}

@test "the same once more, in another order, and with Recent: no event" {
	imap_script <<-.
		$(three)
		S: * 2 FETCH (FLAGS (\Flagged))
		S: * 3 FETCH (UID 29 FLAGS (\seen))
		S: * 3 FETCH (FLAGS (\Recent \Seen))
		S: * 2 FETCH (UID 29 FLAGS (\SEEN))
		S: * 1 FETCH (MODSEQ (5))
		S: * 1 FETCH (UID 10)
		$(last)
	.
	only_last
}

@test "no messages for a moment: it looks, and nothing is gone" {
	imap_script <<-.
		$(three)
		S: * 0 EXISTS
		C-LINE: DONE
		S: TAG OK done
		$(read_three)
		$(last)
	.
	only_last
}

@test "more messages are said to be there than are: it looks once" {
	imap_script <<-.
		$(three)
		S: * 5 EXISTS
		C-LINE: DONE
		S: TAG.IDLE OK done
		C: UID FETCH 30:* (UID FLAGS)
		S: * 3 FETCH (UID 29 FLAGS (\Seen))
		S: TAG OK done
		$(read_three)
		$(last)
	.
	only_last
}

@test "a message that is gone while all are read: they are read again" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 SASL-IR IDLE
		BOX: exists=3 uidvalidity=7 uidnext=30
		GREETING:
		C: UID FETCH 1:* (UID FLAGS)
		S: * 1 FETCH (UID 10 FLAGS ())
		S: * 1 EXPUNGE
		S: * 1 FETCH (FLAGS (\Flagged) UID 20)
		S: * 2 FETCH (UID 29 FLAGS (\Seen))
		S: TAG OK done
		BOX: exists=2 uidvalidity=7 uidnext=30
		C: UID FETCH 1:* (UID FLAGS)
		S: * 1 FETCH (FLAGS (\Flagged) UID 20)
		S: * 2 FETCH (UID 29 FLAGS (\Seen))
		S: TAG OK done
		C: IDLE
		S: + idling
		S: * 2 EXPUNGE
		S: * 1 EXPUNGE
		C-END
	.
	expect 0 imap-wait -t 2 -p 'cat password' "$URL" INBOX
	printf 'INBOX\t%s\t\n' 'expunge	29' 'expunge	20' | diff -u - out
}

# A mailbox with CONDSTORE and QRESYNC, at 50, twice: the connection is closed
# in between, and BOX is what it is then.
again()
{
	cat <<-.
		CAPABILITY: IMAP4rev1 SASL-IR IDLE ENABLE CONDSTORE QRESYNC
		BOX: exists=3 uidvalidity=7 uidnext=30 modseq=50
		GREETING:
		C: UID SEARCH 1:3
		S: * SEARCH 10 20 29
		S: TAG OK done
		C: IDLE
		S: + idling
		S: * 1 FETCH (UID 10 FLAGS (a) MODSEQ (51))
		HANGUP
		BOX: $1
		ACCEPT
		GREETING:
	.
}

@test "QRESYNC: vanished messages that never were, and twice" {
	imap_script <<-.
		$(again 'exists=2 uidvalidity=7 uidnext=30 modseq=60')
		C: UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 50 VANISHED)
		S: * VANISHED (EARLIER) 1:9,11:19,20,21:28,30:4294967295
		S: * VANISHED (EARLIER) 20
		S: * 1 FETCH (UID 10 FLAGS (a) MODSEQ (51))
		S: TAG OK done
		C: IDLE
		S: + idling
		S: * VANISHED 20
		S: * VANISHED 29
	.
	wait_ INBOX
	told 'INBOX flags 10 a' 'INBOX expunge 20 ' 'INBOX expunge 29 '
}

@test "HIGHESTMODSEQ and UIDNEXT that decrease: all flags, and no event" {
	imap_script <<-.
		$(again 'exists=3 uidvalidity=7 uidnext=2 modseq=5')
		C: UID FETCH 1:* (UID FLAGS)
		S: * 1 FETCH (UID 10 FLAGS (a) MODSEQ (1))
		S: * 2 FETCH (UID 20 FLAGS (b) MODSEQ (1))
		S: * 3 FETCH (UID 29 FLAGS () MODSEQ (1))
		S: TAG OK done
		C: IDLE
		S: + idling
		S: * 2 FETCH (UID 20 FLAGS (c) MODSEQ (6))
	.
	wait_ INBOX
	told 'INBOX flags 10 a' 'INBOX flags 20 c'
}

@test "VANISHED 1:*, which is no set of uids: another connection tells" {
	imap_script <<-.
		$(again 'exists=3 uidvalidity=7 uidnext=30 modseq=51')
		C: UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 50 VANISHED)
		S: * VANISHED 1:*
		C-END
		ACCEPT
		GREETING:
		C: UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 50 VANISHED)
		S: * 1 FETCH (UID 10 FLAGS (a) MODSEQ (51))
		S: TAG OK done
		C: IDLE
		S: + idling
		S: * VANISHED 1:29
	.
	wait_ INBOX
	told 'INBOX flags 10 a' 'INBOX expunge 10 ' 'INBOX expunge 20 ' \
	    'INBOX expunge 29 '
	contains trace 'VANISHED: no set of uids'
}

@test "another UIDVALIDITY each time" {
	imap_script <<-.
		$(again 'exists=1 uidvalidity=8 uidnext=2 modseq=50')
		C: UID FETCH 1:* (UID FLAGS)
		S: * 1 FETCH (UID 1 FLAGS ())
		S: TAG OK done
		C: IDLE
		S: + idling
		HANGUP
		BOX: exists=1 uidvalidity=7 uidnext=2 modseq=50
		ACCEPT
		GREETING:
		C: UID FETCH 1:* (UID FLAGS)
		S: * 1 FETCH (UID 1 FLAGS ())
		S: TAG OK done
		C: IDLE
		S: + idling
	.
	wait_ INBOX
	told 'INBOX flags 10 a' 'INBOX reset  ' 'INBOX new 1 ' 'INBOX reset  ' \
	    'INBOX new 1 '
}

@test "ESEARCH of more uids than there are messages in the world" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 SASL-IR IDLE ESEARCH CONDSTORE
		BOX: exists=3 uidvalidity=7 uidnext=30 modseq=50
		GREETING:
		C: UID SEARCH RETURN (ALL) 1:3
		S: * ESEARCH (TAG "x") UID ALL 1:4294967295
		S: TAG OK done
	.
	expect 69 imap-wait -p 'cat password' "$URL" INBOX
	contains err 'more than 4194304 messages'
}

@test "a set that is none; lines that are none; a sentence for each" {
	local line

	for line in '* SEARCH 1 0' '* SEARCH 4294967296' '* SEARCH x' \
	    '* VANISHED' '* VANISHED x' '* VANISHED (EARLIER)' \
	    '* VANISHED 1,,2' '* VANISHED 0' '* VANISHED (EARLIER' \
	    '* 1 FETCH (UID x)' '* 1 FETCH (FLAGS' '* 1 FETCH FLAGS' '(' \
	    'x OK done' '+ go on'; do
		imap_script <<-.
			CAPABILITY: IMAP4rev1 SASL-IR IDLE CONDSTORE
			BOX: exists=3 uidvalidity=7 uidnext=30 modseq=50
			GREETING:
			C: UID SEARCH 1:3
			S: $line
			S: TAG OK done
		.
		expect 76 imap-wait -t 20 -p 'cat password' "$URL" INBOX || {
			echo "with $line"
			return 1
		}
		[ "$(wc -l <err)" -eq 1 ]
		[ ! -s out ]
	done
}

@test "a hundred megabytes in a line, and without an end of what is no event" {
	imap_script <<-.
		$(three)
		S-RAW: * OK 
		S-REPEAT: 100000000 x
		S: 
		S-RAW: * WHAT (
		S-REPEAT: 10000000 y\x20
		S: )
		$(last)
	.
	peak imap-wait -1 -p 'cat password' "$URL" INBOX >out
	printf 'INBOX\tflags\t10\tseen\n' | diff -u - out
	imap_scripted_end
	echo "$PEAK KiB"
	sanitized || [ "$PEAK" -lt 10240 ]
}

@test "a flood that does not end: -t ends it" {
	local flood

	for flood in '* 3 EXISTS' '* OK still here' '* 2 FETCH (FLAGS ())'; do
		imap_script <<-.
			$(three)
			S-FLOOD: $flood\r\n
		.
		# shellcheck disable=SC2016 # for that sh
		expect_noted 0 sh -c 'imap-wait -t 1 -p "cat password" "$1" INBOX ||
		    [ $? -eq 1 ]' sh "$URL"
		[ "$(wc -l <out)" -le 1 ]
		imap_scripted_end
	done
}

@test "a server that stalls: -t ends it" {
	local at

	for at in 'C: LOGIN*' 'C: EXAMINE*' 'C: UID FETCH*'; do
		imap_script <<-.
			CAPABILITY: IMAP4rev1 SASL-IR IDLE
			BOX: exists=3 uidvalidity=7 uidnext=30
			GREETING:
			$at
			SILENCE
		.
		SECONDS_ALLOWED=10 expect 1 imap-wait -t 1 -p 'cat password' \
		    "$URL" INBOX
	done
	imap_script <<-.
		$(three)
		S: * 2 EXISTS
		SILENCE
	.
	SECONDS_ALLOWED=10 expect 1 imap-wait -t 1 -p 'cat password' "$URL" \
	    INBOX
}

@test "IDLE that is refused, that has no +, that ends by itself: it asks" {
	local end

	for end in 'TAG BAD what' 'TAG NO not now' 'TAG OK done' \
	    '+ idling\r\nTAG OK done'; do
		imap_script <<-.
			$(three | sed '$d')
			AUTO: NOOP * 1 EXPUNGE\r\n
			S-RAW: $end\r\n
		.
		expect 0 imap-wait -1 -i1 -p 'cat password' "$URL" INBOX || {
			echo "with $end"
			return 1
		}
		printf 'INBOX\texpunge\t10\t\n' | diff -u - out
	done
}

# million [OFFER]: what it takes is in $PEAK.
million()
{
	imap_script <<-.
		CAPABILITY: IMAP4rev1 SASL-IR IDLE $1
		BOX: exists=1000000 uidvalidity=7 uidnext=3000001
		GREETING:
		C: UID FETCH 1:* (UID FLAGS)
		S-COUNT: 1 1000000 * # FETCH (UID 2#0 FLAGS (\Seen \$Junk))\r\n
		S: TAG OK done
		C: IDLE
		S: + idling
		S: * 1000000 FETCH (FLAGS ())
		S-COUNT: 1 20000 * 1 EXPUNGE\r\n
		S: * 980000 EXISTS
		S: * 1 FETCH (FLAGS (last))
		C-END
	.
	shift
	peak imap-wait -p 'cat password' "$@" "$URL" INBOX \
	    > >(exec head -n 20002 >out)
	wait_for 10 grep -q last out
	[ "$(wc -l <out)" -eq 20002 ] &&
	    sed -n 1p out | grep -qx 'INBOX	flags	210000000	' &&
	    tail -n 1 out | grep -qx 'INBOX	flags	2200010	last' &&
	    echo "$PEAK KiB"
}

@test "a million messages: less than 5 MiB, and 10 with TLS" {
	million ''
	sanitized || [ "$PEAK" -lt 5120 ]
	certificate mx IP:127.0.0.1
	million STARTTLS "-oca=$T/ca.pem"
	sanitized || [ "$PEAK" -lt 10240 ]
}

@test "a reader that does not read: memory stays, and nothing is lost" {
	imap_script <<-.
		$(three)
		S-COUNT: 1 400000 * 1 FETCH (FLAGS (k#))\r\n
	.
	mkfifo pipe
	# shellcheck disable=SC2016 # for that sh
	start wait sh -c 'exec imap-wait -p "cat password" "$1" INBOX >pipe \
	    2>trace' sh "$URL"
	exec 4<pipe
	wait_for 20 blocked
	# shellcheck disable=SC2154 # by start
	sanitized || [ "$(awk '/VmHWM/ { print $2 }' \
	    "/proc/$PID_wait/status")" -lt 10240 ]
	head -n 400000 <&4 >out
	exec 4<&-
	tail -n 1 out | grep -qx 'INBOX	flags	10	k400000'
}

# It waits for a pipe that nobody empties.
blocked()
{
	grep -q '^1 0x1 ' "/proc/$PID_wait/syscall"
}

# Two mailboxes with NOTIFY.
two()
{
	cat <<-.
		CAPABILITY: IMAP4rev1 SASL-IR IDLE ENABLE CONDSTORE QRESYNC NOTIFY
		BOX: exists=1 uidvalidity=7 uidnext=2 modseq=5
		AUTO: STATUS
		GREETING:
		C: NOTIFY*
		$1
		C: UID SEARCH 1:1
		S: * SEARCH 1
		S: TAG OK done
		C: UID SEARCH 1:1
		S: * SEARCH 1
		S: TAG OK done
	.
}

@test "NOTIFY that is refused: it asks in turns" {
	imap_script <<-.
		$(two 'S: TAG NO [BADEVENT (FlagChange)] no')
		C: IDLE
		S: + idling
		C-LINE: DONE
		S: TAG OK done
		C: STATUS b (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)
		BOX: exists=1 uidvalidity=7 uidnext=2 modseq=9
		S: * STATUS b (MESSAGES 1 UIDNEXT 2 HIGHESTMODSEQ 9 X 7)
		S: TAG OK done
		C: UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 5 VANISHED)
		S: * 1 FETCH (UID 1 FLAGS (x) MODSEQ (9))
		S: TAG OK done
	.
	expect 0 imap-wait -1 -i1 -p 'cat password' "$URL" a b
	printf 'b\tflags\t1\tx\n' | diff -u - out
}

@test "the last look of -t: nothing new, and a server that stalls" {
	local end

	for end in 'S: TAG OK done' 'S: * OK wait'; do
		imap_script <<-.
			$(two 'S: TAG NO no')
			C: IDLE
			S: + idling
			C-LINE: DONE
			S: TAG OK done
			C: STATUS b (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)
			$end
			C-END
		.
		SECONDS_ALLOWED=10 expect 1 imap-wait -t 1 -p 'cat password' \
		    "$URL" a b
		[ ! -s out ] && [ ! -s err ] || return 1
		imap_scripted_end
	done
}

@test "NOTIFY that gives up: all is looked for, then it asks in turns" {
	imap_script <<-.
		$(two "$(printf 'S: %s\n' '* STATUS a (MESSAGES 1)' '* STATUS b (MESSAGES 1)' 'TAG OK done')")
		S: * OK [NOTIFICATIONOVERFLOW] too much
		C: IDLE
		S: + idling
		S: * 1 FETCH (FLAGS (x))
		C-END
	.
	expect 0 imap-wait -1 -i60 -p 'cat password' "$URL" a b
	printf 'a\tflags\t1\tx\n' | diff -u - out
	imap_scripted_end
}

# in_network: imap-wait in a network of its own, its server is the program that
# follows the script on standard input, behind three messages and IDLE.
in_network()
{
	imap_program <<-.
		CAPABILITY: IMAP4rev1 IDLE
		BOX: exists=3 uidvalidity=7 uidnext=30
		S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE] ready
		$(three | sed 1,3d)
		$(cat)
	.
	: >events
	# shellcheck disable=SC2016 # for that sh
	start wait unshare -n sh -c 'ip link set lo up
		exec imap-wait -v "$1" INBOX >events 2>trace' sh "$URL"
	idling
}

new_address()
{
	nsenter -t "$PID_wait" -n ip address add 127.0.0.9/8 dev lo
}

@test "other addresses: the server is asked at once, and it is there" {
	[ "$(id -u)" -eq 0 ]
	in_network <<-'.'
		C-LINE: DONE
		S: TAG.IDLE OK done
		C: IDLE
		S: + idling
		S: * 1 FETCH (FLAGS (x))
	.
	new_address
	told 'INBOX flags 10 x'
}

@test "other addresses, and no answer: another connection" {
	[ "$(id -u)" -eq 0 ]
	in_network <<-'.'
		C-LINE: DONE
		SILENCE
	.
	new_address
	wait_for 30 traced 1 '^imap-wait: '
	idling 2
	[ ! -s events ]
}

@test "ENABLE QRESYNC that enables nothing, or is refused: CONDSTORE does" {
	local answer changes

	for answer in 'TAG OK done' 'TAG NO not now' 'TAG BAD what'; do
		changes=$(again 'exists=2 uidvalidity=7 uidnext=30 modseq=60' |
		    sed "s/^GREETING:/&\nC: ENABLE QRESYNC\nS: $answer/")
		imap_script <<-.
			$changes
			C: UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 50)
			S: * 1 FETCH (UID 10 FLAGS (a) MODSEQ (51))
			S: * 2 FETCH (UID 29 FLAGS (b) MODSEQ (60))
			S: TAG OK done
			C: UID SEARCH 1:2
			S: * SEARCH 10 29
			S: TAG OK done
			C: IDLE
			S: + idling
			S: * 1 EXPUNGE
		.
		wait_ INBOX
		told 'INBOX flags 10 a' 'INBOX flags 29 b' \
		    'INBOX expunge 20 ' 'INBOX expunge 10 '
		kill "$PID_wait"
	done
}

@test "VANISHED, then CHANGEDSINCE that are not understood: with less" {
	imap_script <<-.
		$(again 'exists=2 uidvalidity=7 uidnext=30 modseq=60')
		C: UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 50 VANISHED)
		S: TAG BAD what
		C: UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 50)
		S: TAG BAD what
		C: UID FETCH 1:* (UID FLAGS)
		S: * 1 FETCH (UID 10 FLAGS (a))
		S: * 2 FETCH (UID 29 FLAGS ())
		S: TAG OK done
		C: IDLE
		S: + idling
		S: * 1 EXPUNGE
	.
	wait_ INBOX
	told 'INBOX flags 10 a' 'INBOX expunge 20 ' 'INBOX expunge 10 '
	[ "$(grep -c '^imap-wait: ' trace)" -eq 1 ]
}

@test "HIGHESTMODSEQ that is not told any more: all flags" {
	imap_script <<-.
		$(again 'exists=2 uidvalidity=7')
		C: UID FETCH 1:* (UID FLAGS)
		S: * 1 FETCH (UID 10 FLAGS (b))
		S: * 2 FETCH (UID 29 FLAGS ())
		S: TAG OK done
		C: IDLE
		S: + idling
		S: * 1 EXPUNGE
	.
	wait_ INBOX
	told 'INBOX flags 10 a' 'INBOX flags 10 b' 'INBOX expunge 20 ' \
	    'INBOX expunge 10 '
}

@test "NOTIFY of a mailbox while STATUS of another is asked for" {
	imap_script <<-.
		$(two "$(printf 'S: %s\n' '* STATUS a (MESSAGES 1)' \
		    '* STATUS b (MESSAGES 1)' 'TAG OK done')")
		C: UID SEARCH 1:1
		S: * SEARCH 1
		S: TAG OK done
		C: IDLE
		S: + idling
		C-LINE: DONE
		S: TAG OK done
		C: STATUS c *
		BOX: exists=1 uidvalidity=7 uidnext=2 modseq=9
		S: * STATUS b (MESSAGES 1 HIGHESTMODSEQ 9)
		S: * STATUS c (MESSAGES 1)
		S: TAG OK done
		C: UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 5 VANISHED)
		S: TAG OK done
		C: UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 5 VANISHED)
		S: * 1 FETCH (UID 1 FLAGS (x) MODSEQ (9))
		S: TAG OK done
	.
	expect 0 imap-wait -1 -i1 -p 'cat password' "$URL" a b c
	printf 'b\tflags\t1\tx\n' | diff -u - out
}

@test "IDLE for longer than an answer may take, and one that comes in pieces" {
	imap_script <<-.
		$(three)
		PAUSE: 3500
		S-RAW: * 1 FETCH (FL
		PAUSE: 300
		S-RAW: AGS (\\\\Se
		PAUSE: 300
		S: en))
		C-END
	.
	expect 0 imap-wait -1 -otimeout=3 -p 'cat password' "$URL" INBOX
	printf 'INBOX\tflags\t10\tseen\n' | diff -u - out
	imap_scripted_end
}

@test "in TLS: many records at once, and a line in several of them" {
	certificate mx IP:127.0.0.1
	imap_script <<-.
		CAPABILITY: IMAP4rev1 SASL-IR IDLE STARTTLS
		$(three | sed 1d)
		S: * 1 FETCH (FLAGS (a))
		S: * 1 FETCH (FLAGS (b))
		S-RAW: * 1 FETCH (FL
		S-RAW: AGS (c
		S-RAW: ))\r\n* 1 FETCH (FLAGS (d))\r\n* 1 FET
		S-RAW: CH (FLAGS (e))\r\n
	.
	wait_ "-oca=$T/ca.pem" INBOX
	told 'INBOX flags 10 a' 'INBOX flags 10 b' 'INBOX flags 10 c' \
	    'INBOX flags 10 d' 'INBOX flags 10 e'
}

# spoilt OFFER BYTES OPTION: these come while it waits, beneath what it reads,
# and it looks for what happened over another connection.
spoilt()
{
	local compress=

	[ "$1" != COMPRESS=DEFLATE ] ||
	    compress=$(printf '%s\n' 'C: COMPRESS DEFLATE' 'S: TAG OK' DEFLATE)
	imap_script <<-.
		CAPABILITY: IMAP4rev1 SASL-IR IDLE $1
		BOX: exists=3 uidvalidity=7 uidnext=30
		GREETING:
		$compress
		$(three | sed 1,3d)
		BENEATH: $2
		C-END
		ACCEPT
		GREETING:
		$compress
		$(three | sed 1,3d | sed 's/UID 10 FLAGS ()/UID 10 FLAGS (a)/')
	.
	wait_ "$3" INBOX
	told 'INBOX flags 10 a'
}

# What it waits for else takes minutes.
@test "TLS that is spoilt is noticed at once" {
	local bytes

	certificate mx IP:127.0.0.1
	for bytes in '\x17\x03\x03\x00\x20zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz' \
	    '* BYE in clear text\r\n'; do
		spoilt STARTTLS "$bytes" "-oca=$T/ca.pem"
		grep '^imap-wait: 127.0.0.1: TLS: .*record\|version' trace
		kill "$PID_wait"
	done
}

@test "compressed data that are spoilt are noticed at once" {
	spoilt COMPRESS=DEFLATE '\xff\xff\xff\xff' -ocompress
	contains trace '127.0.0.1: compressed data: cannot be inflated'
	kill "$PID_wait"
	# Its end, with nothing behind it, or something.
	spoilt COMPRESS=DEFLATE '\x03\x00x' -ocompress
	contains trace '127.0.0.1: compressed data: something behind its end'
}

@test "BYE instead of each answer: what is lost is told, and made anew" {
	local at

	for at in 'C: EXAMINE*' 'C: UID FETCH*'; do
		imap_script <<-.
			CAPABILITY: IMAP4rev1 SASL-IR IDLE
			BOX: exists=1 uidvalidity=7 uidnext=30
			GREETING:
			C: UID FETCH 1:* (UID FLAGS)
			S: * 1 FETCH (UID 10 FLAGS ())
			S: TAG OK done
			C: IDLE
			S: + idling
			HANGUP
			ACCEPT
			GREETING:
			$at
			S: * BYE not now
			HANGUP
			ACCEPT
			GREETING:
			C: UID FETCH 1:* (UID FLAGS)
			S: * 1 FETCH (UID 10 FLAGS (a))
			S: TAG OK done
			C: IDLE
			S: + idling
			S: * BYE later
			HANGUP
			ACCEPT
			GREETING:
			C: UID FETCH 1:* (UID FLAGS)
			S: * 1 FETCH (UID 10 FLAGS (b))
			S: TAG OK done
			C: IDLE
			S: + idling
		.
		wait_ INBOX
		told 'INBOX flags 10 a' 'INBOX flags 10 b'
		contains trace 'BYE not now'
		contains trace 'BYE later'
		kill "$PID_wait"
	done
}

@test "DONE that is answered late, with all that happens till then" {
	imap_script <<-.
		$(three)
		S: * 4 EXISTS
		C-LINE: DONE
		C: UID FETCH 30:* (UID FLAGS)
		S: * 1 FETCH (FLAGS (a))
		S: * 2 EXPUNGE
		S: * 4 EXISTS
		S: TAG.IDLE OK done
		S: * 3 FETCH (UID 40 FLAGS (b))
		S: * 1 EXPUNGE
		S: * 3 FETCH (UID 41 FLAGS ())
		S: TAG OK done
		C: IDLE
		S: + idling
		S: * 1 EXPUNGE
	.
	wait_ INBOX
	told 'INBOX flags 10 a' 'INBOX expunge 20 ' 'INBOX new 40 b' \
	    'INBOX expunge 10 ' 'INBOX new 41 ' 'INBOX expunge 29 '
}

@test "a message that has another uid all at once: it looks" {
	imap_script <<-.
		$(three)
		S: * 1 FETCH (UID 5 FLAGS ())
		C-LINE: DONE
		S: TAG.IDLE OK done
		$(read_three)
		S: * 1 EXPUNGE
	.
	wait_ INBOX
	told 'INBOX new 5 ' 'INBOX expunge 5 ' 'INBOX expunge 10 '
}
