#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-wait on a machine that sleeps (preload/asleep.c).

load helper
load imap
load watching

setup()
{
	isolate
	# The sanitizers want to be the first library.
	PRELOAD=${MAILPIPE_BIN%/*}/tests/preload/asleep.so
	! sanitized || PRELOAD=$(cc -print-file-name=libasan.so):$PRELOAD
	echo pencil >password
	: >asleep
}

# waits [OPTION ...] MAILBOX: as wait_, and it sleeps when sleep_ says so.
waits()
{
	: >events
	# shellcheck disable=SC2016 # for that sh
	start wait env ASLEEP="$T/asleep" LD_PRELOAD="$PRELOAD" \
	    sh -c 'exec imap-wait "$@" >events 2>trace' sh -v \
	    -p 'cat password' "$@"
}

sleep_()
{
	truncate -s "+$1" asleep
}

three()
{
	cat <<-'.'
		CAPABILITY: IMAP4rev1 SASL-IR IDLE
		BOX: exists=1 uidvalidity=7 uidnext=30
		GREETING:
		C: UID FETCH 1:* (UID FLAGS)
		S: * 1 FETCH (UID 10 FLAGS ())
		S: TAG OK done
		C: IDLE
		S: + idling
	.
}

@test "the machine slept: the server is asked at once, and tells the rest" {
	imap_script <<-.
		$(three)
		C-LINE: DONE
		S: * 1 FETCH (FLAGS (a))
		S: TAG.IDLE OK done
		C: IDLE
		S: + idling
		C-LINE: DONE
		S: TAG.IDLE OK done
		C: IDLE
		S: + idling
		S: * 1 FETCH (FLAGS (b))
	.
	waits "$URL" INBOX
	idling
	sleep_ 600
	idling 2
	sleep_ 7200
	told 'INBOX flags 10 a' 'INBOX flags 10 b'
	not grep -q '^imap-wait' trace
}

@test "the machine slept, and the server is gone: another connection" {
	imap_script <<-.
		$(three)
		C-LINE: DONE
		SILENCE
		BOX: exists=2 uidvalidity=7 uidnext=40
		ACCEPT
		GREETING:
		C: UID FETCH 1:* (UID FLAGS)
		S: * 1 FETCH (UID 10 FLAGS (a))
		S: * 2 FETCH (UID 30 FLAGS ())
		S: TAG OK done
		C: IDLE
		S: + idling
	.
	waits "$URL" INBOX
	idling
	sleep_ 600
	wait_for 40 traced 1 '^imap-wait: '
	told 'INBOX flags 10 a' 'INBOX new 30 '
}

@test "-t counts the time asleep" {
	imap_script <<-.
		$(three)
	.
	waits -t 3600 "$URL" INBOX
	idling
	sleep_ 3600
	ended 1
}

@test "the machine slept while it waited to connect: at once" {
	imap_script <<-.
		$(three)
		HANGUP
	.
	waits "$URL" INBOX
	idling
	imap_scripted_end
	# Each attempt is in vain, and the next one is later.
	wait_for 40 traced 4 '^imap-wait: '
	sleep_ 600
	wait_for 3 traced 5 '^imap-wait: '
}
