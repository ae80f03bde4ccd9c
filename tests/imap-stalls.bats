#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The commands that store what they get, send what is large, or stay, with a
# server that stalls, hangs up or raves at each step: they end by their
# deadline, and nothing is half there, told of that is not, or deleted that is
# not here.

load helper
load imap
load tls
load watching

setup()
{
	isolate
	echo pencil >password
	PATH=${MAILPIPE_BIN%/bin}/tests/tool:$PATH
}

@test "imap-fetch: to standard output" {
	imap_spoilt '75|76' imap-fetch -p 'echo pencil' -o timeout=1 @ INBOX \
	    3:4 <<-'.'
		AUTO: EXAMINE * 2 EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n* OK [UIDNEXT 5] ok\r\n
		GREETING:
		C: UID FETCH 3:4 *
		S-RAW: * 1 FETCH (UID 3 BODY[] {11}\r\na: b
		S-RAW: \r\n\r\nx\r\n)\r\n
		S: * 2 FETCH (UID 4 BODY[] "x")
		S: TAG OK
	.
}

@test "imap-fetch: parts" {
	imap_spoilt '75|76' imap-fetch -p 'echo pencil' -o timeout=1 -p 1 @ \
	    INBOX 3 <<-'.'
		AUTO: EXAMINE * 1 EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n* OK [UIDNEXT 4] ok\r\n
		GREETING:
		C: UID FETCH 3 *
		S: * 1 FETCH (UID 3 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 3 1))
		S: TAG OK
		C: UID FETCH 3 *
		S-RAW: * 1 FETCH (UID 3 BODY[1] {3}\r\na
		S-RAW: bc)\r\n
		S: TAG OK
	.
}

# Each message of the Maildir is whole, what is told of is there, none else is
# remembered, and none else deleted; the Maildir is none any more.
maildir_left()
{
	local m

	[ -z "$(ls box/tmp)" ] || return 1
	: >there
	for m in box/new/* box/cur/*; do
		[ -e "$m" ] || continue
		case $(cat "$m") in
		three) echo 3 ;;
		four) echo 4 ;;
		*) return 1 ;;
		esac >>there
	done
	sort -o there there
	cut -f 1 "$T/out" | sort | comm -23 - there | same - /dev/null &&
	    grep -ho 'fetched.*' box/mailpipe-imap.* | remembered |
	    comm -23 - there | same - /dev/null &&
	    sed -n 's/.* UID \(STORE\|EXPUNGE\) \([0-9:]*\).*/\2/p' peer |
	    sed 's/3:4/3\n4/' | sort -u | comm -23 - there |
	    same - /dev/null || return 1
	rm -rf box
}

# The uids in "fetched TAB 5 TAB 3:4".
remembered()
{
	cut -f 3 | sed 's/3:4/3\n4/' | sort -u
}

@test "imap-fetch: into a Maildir, deleted on the server" {
	spoilt_left()
	{
		maildir_left
	}
	imap_spoilt '75|76' imap-fetch -p 'echo pencil' -o timeout=1 -d -i -m \
	    box @ INBOX '1:*' <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		AUTO: SELECT * 2 EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n* OK [UIDNEXT 5] ok\r\n
		GREETING:
		C: UID FETCH 1:4 *
		S-RAW: * 1 FETCH (UID 3 FLAGS () BODY[] {5}\r\nthr
		S-RAW: ee)\r\n
		S: * 2 FETCH (UID 4 FLAGS (\Seen $Junk) BODY[] "four")
		S: TAG OK
		C: UID STORE 3:4 *
		S: TAG OK
		C: UID EXPUNGE 3:4
		S: * 1 EXPUNGE
		S: TAG OK
	.
}

# A server that said nothing of a message has none, as far as is known.
nothing_told()
{
	same "$T/out" /dev/null
}

@test "imap-put: with \"+\" for each literal, and without" {
	printf 'a: b\n\nx\n' >letter
	spoilt_left()
	{
		nothing_told
	}
	imap_spoilt '75|76' imap-put -p 'echo pencil' -o timeout=1 -m @ Box \
	    letter <<-'.'
		GREETING:
		C: CREATE Box
		S: TAG NO [ALREADYEXISTS] it is there
		C: APPEND Box {11}*
		S: TAG OK [APPENDUID 1 7] done
	.
	imap_spoilt '75|76' imap-put -p 'echo pencil' -o timeout=1 @ Box \
	    letter <<-'.'
		CAPABILITY: IMAP4rev1 LITERAL+ UIDPLUS
		GREETING:
		C: APPEND Box {11+}*
		S: TAG OK [APPENDUID 1 7] done
	.
}

# It does not read what is sent: more than the sockets between us have room for.
@test "imap-put: a server that stops in the middle of a literal" {
	{ printf 'a: b\n\n'; head -c 24000000 /dev/zero | tr '\0' x; } >large
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 LITERAL+
		GREETING:
		C: APPEND*
	.
	mkfifo list
	start put bash -c "exec imap-put -lp 'echo pencil' -o timeout=1 \
	    '$URL' INBOX <list >out"
	exec 7>list
	wait_for 10 grep -q LOGIN peer
	kill -STOP -- "-$PID_peer"
	echo large >&7
	exec 7>&-
	wait_for 20 test -s put.log
	got=0
	# shellcheck disable=SC2154 # by start
	wait "$PID_put" || got=$?
	kill -CONT -- "-$PID_peer"
	[ "$got" -eq 75 ]
	[ "$(wc -l <put.log)" = 1 ]
	contains put.log '127.0.0.1: '
	contains put.log 'no answer within'
	[ ! -s out ]
	wait_for 10 test -s peer.status
	contains peer.log 'it hung up in a literal'
}

@test "imap-run: the login, and a command within" {
	# What it does behind the command is nobody's failure.
	spoilt_left()
	{
		[ "$got" -ne 0 ] || [ "$(cat "$T/out")" = 3 ]
	}
	imap_spoilt '0|75|76' imap-run -p 'echo pencil' -o timeout=1 @ \
	    imap-find -o timeout=1 - INBOX seen <<-'.'
		CAPABILITY: IMAP4rev1 UNSELECT
		AUTO: EXAMINE * 2 EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n* OK [UIDNEXT 5] ok\r\n
		GREETING:
		C: UID SEARCH *
		S: * SEARCH 3
		S: TAG OK
	.
}

# A command that wants the session is given another one.
@test "imap-run: no answer to a sign of life" {
	imap_script <<-'.'
		GREETING:
		C: NOOP
		S: TAG OK
		C: NOOP
		SILENCE
		ACCEPT
		GREETING:
		C: NOOP
		S: TAG OK
		C: XONE
		S: TAG OK one
	.
	expect_noted 0 imap-run -p 'cat password' -o keepalive=1 \
	    -o timeout=1 "$URL" sh -c '
		until [ "$(grep -c NOOP peer)" -ge 2 ]; do sleep 0.05; done
		imapsay - say=XONE said finish'
	contains out 'one'
	imap_scripted_end
}

@test "imap-wait: till it has looked for the first time" {
	# One event is enough, and then it waits for nothing.
	spoilt_left()
	{
		[ "$got" -ne 0 ] || grep -q new "$T/out"
	}
	imap_spoilt '0|75|76' imap-wait -1 -n -p 'echo pencil' -o timeout=1 @ \
	    INBOX <<-'.'
		CAPABILITY: IMAP4rev1 IDLE ENABLE QRESYNC CONDSTORE
		AUTO: EXAMINE * 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 30] ok\r\n* OK [HIGHESTMODSEQ 5] ok\r\n
		GREETING:
		C: UID FETCH *
		S: * 1 FETCH (UID 10 FLAGS () MODSEQ (4))
		S: TAG OK
	.
}

# resumed SCRIPT: after what SCRIPT stalls at there is another connection, on
# which message 10 is seen, which is the one event.
resumed()
{
	imap_script <<-.
		CAPABILITY: IMAP4rev1 IDLE
		BOX: exists=1 uidvalidity=7 uidnext=30
		GREETING:
		C: UID FETCH 1:* (UID FLAGS)
		S: * 1 FETCH (UID 10 FLAGS ())
		S: TAG OK
		C: IDLE
		$1
		SILENCE
		ACCEPT
		GREETING:
		C: UID FETCH 1:* (UID FLAGS)
		S: * 1 FETCH (UID 10 FLAGS (\Seen))
		S: TAG OK
	.
	expect_noted 0 imap-wait -1 -p 'cat password' -o timeout=1 "$URL" \
	    INBOX || return 1
	printf 'INBOX\tflags\t10\tseen\n' | same - out &&
	    [ "$(wc -l <err)" -eq 1 ] && contains err 'no answer within' &&
	    imap_scripted_end
}

@test "imap-wait: later it is another connection" {
	resumed ''
	resumed 'S-RAW: + idl'
	resumed 'S-RAW: + idling\r\n* 1 FETCH (FLAGS ('
	resumed "$(printf '%s\n' 'S: + idling' 'S: * 2 EXISTS' 'C-LINE: DONE')"
	resumed "$(printf '%s\n' 'S: + idling' 'S: * 2 EXISTS' 'C-LINE: DONE' \
	    'S: TAG.IDLE OK' 'C: UID FETCH *')"
}
