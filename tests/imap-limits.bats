#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The imap- commands with servers that say too much, compressed and in clear,
# and with those that let nobody ask for much at once.

load helper
load imap
load imapmail
load watching

setup()
{
	isolate
	echo pencil >password
}

# compressed INSTRUCTION ...: the beginning of a script, and these.
compressed()
{
	cat <<-'.'
		CAPABILITY: IMAP4rev1 COMPRESS=DEFLATE IDLE
		BOX: exists=1 uidvalidity=5 uidnext=4
		GREETING:
		C: COMPRESS DEFLATE
		S: TAG OK
		DEFLATE
	.
	printf '%s\n' "$@"
}

# fetch STATUS [OPTION ...]: message 3, compressed.
fetch()
{
	expect "$1" imap-fetch -p 'cat password' -o compress "${@:2}" "$URL" \
	    INBOX 3
}

@test "COMPRESS: data that is none in the middle of a message" {
	local what

	for what in '\xff\xff' '\x07' '\x00\x05\x00\xff\xffabcde' '\x06\x00'; do
		imap_script < <(compressed 'C: UID FETCH *' \
		    'S-RAW: * 1 FETCH (UID 3 FLAGS () BODY[] {100}\r\nabc' \
		    "S-CLEAR: $what" SILENCE)
		fetch 76 -m box
		[ "$(wc -l <err)" -eq 1 ]
		contains err '127.0.0.1: compressed data: cannot be inflated'
		[ -z "$(find box -type f)" ]
		imap_scripted_end
	done
}

@test "COMPRESS: data that ends, and data behind its end" {
	imap_script < <(compressed 'C: UID FETCH *' \
	    'S-RAW: * 1 FETCH (UID 3 FLAGS () BODY[] {100}\r\nabc' \
	    'S-CLEAR: \x00\x05\x00\xfa\xffabc' HANGUP)
	fetch 75 -m box
	[ "$(cat err)" = 'imap-fetch: 127.0.0.1: closed by the server' ]
	[ -z "$(find box -type f)" ]
	imap_script < <(compressed 'C: UID FETCH *' \
	    'S-RAW: * 1 FETCH (UID 3 FLAGS () BODY[] {100}\r\nabc' \
	    'S-CLEAR: \x03\x00' HANGUP)
	fetch 75 -m box
	[ "$(wc -l <err)" -eq 1 ]
	[ -z "$(find box -type f)" ]
	imap_script < <(compressed 'C: UID FETCH *' \
	    'S-RAW: * 1 FETCH (UID 3 FLAGS () BODY[] {100}\r\nabc' \
	    'S-CLEAR: \x03\x00more' SILENCE)
	fetch 76 -m box
	[ "$(wc -l <err)" -eq 1 ]
	[ -z "$(find box -type f)" ]
}

@test "COMPRESS: data that is none while nobody asks" {
	local what

	for what in '\xff\xff' '\x03\x00more' '\x00\x05\x00\xfa\xff* 1'; do
		{
			compressed 'C: UID FETCH *' \
			    'S: * 1 FETCH (UID 3 FLAGS ())' 'S: TAG OK' \
			    'C: IDLE' 'S: + idling' 'PAUSE: 50' \
			    "S-CLEAR: $what" HANGUP ACCEPT
			compressed 'C: UID FETCH *' \
			    'S: * 1 FETCH (UID 3 FLAGS (a))' 'S: TAG OK' |
			    grep -v -e ^BOX -e ^CAPA
		} >script
		imap_script <script
		expect_noted 0 imap-wait -1 -o compress -p 'cat password' \
		    "$URL" INBOX
		printf 'INBOX\tflags\t3\ta\n' | same - out
		[ "$(wc -l <err)" -eq 1 ]
		imap_scripted_end
	done
}

# little STATUS COMMAND ...: ends with it, one line, and less than 20 MB.
little()
{
	local got=0

	peak "${@:2}" >out 2>err 3>&- || got=$?
	[ "$got" -eq "$1" ] && [ "$(wc -l <err)" -eq 1 ] || {
		echo "status $got, expected $1: ${*:2}"
		show err
		return 1
	}
	echo "$PEAK KiB"
	sanitized || [ "$PEAK" -lt "${MOST:-20000}" ]
}

@test "COMPRESS: bombs" {
	local bomb

	bomb=$(head -c 60000 /dev/zero | tr '\0' x)
	for what in '* 1 FETCH (UID 3 FLAGS (' '* OK ' '* 1 FETCH (UID 3 X "' \
	    '* ' '* 1 FETCH (UID 3 BODY[' '* CAPABILITY '; do
		imap_script < <(compressed 'C: UID FETCH *' "S-RAW: $what" \
		    "S-FLOOD: $bomb")
		little 76 imap-fetch -p 'cat password' -o compress -m box \
		    "$URL" INBOX 3
		[ -z "$(find box -type f)" ]
	done
}

# What a server may say before "+" has an end.
@test "a flood before \"+\"" {
	local what

	printf 'a: b\n\nx\n' >letter
	for what in '* 3 EXISTS\r\n' '* OK [ALERT] hm\r\n' \
	    '* 1 FETCH (FLAGS (x))\r\n' '* LIST () "/" {1}\r\nx\r\n' x; do
		# 256 MiB are more than a minute for AddressSanitizer.
		! sanitized || [ "$what" = x ] || continue
		imap_script <<-.
			GREETING:
			BEFORE-PLUS: * 1 EXPUNGE\r\n* OK hm\r\n* 3 EXISTS\r\n
			C: APPEND INBOX {11}*
			S: TAG OK
			C-LINE: * APPEND INBOX {11}
			S-FLOOD: $what
		.
		cp letter other
		# It tells of ALERT, too.
		little_ 76 imap-put -p 'cat password' "$URL" INBOX letter other
		[ "$(cut -f 2 out)" = letter ]
		imap_scripted_end
	done
}

# little_ STATUS COMMAND ...: the same, with ALERTs before the line.
little_()
{
	local got=0

	peak "${@:2}" >out 2>all 3>&- || got=$?
	grep -v ': hm$' all >err
	[ "$got" -eq "$1" ] && [ "$(wc -l <err)" -eq 1 ] &&
	    [ "$(wc -l <all)" -le 11 ] &&
	    { sanitized || [ "$PEAK" -lt 20000 ]; } && return 0
	echo "status $got, expected $1, $PEAK KiB"
	show all
	return 1
}

# letters N: a word of N letters.
letters()
{
	head -c "$1" /dev/zero | tr '\0' k
}

# flagged FLAGS: a server with message 3, which has these.
flagged()
{
	imap_script <<-.
		CAPABILITY: IMAP4rev1 IDLE
		BOX: exists=1 uidvalidity=5 uidnext=4
		GREETING:
		C: *FETCH *
		S: * 1 FETCH (UID 3 FLAGS ($1) RFC822.SIZE 3 INTERNALDATE " 1-Jan-2024 00:00:00 +0000" BODY[] "a:b" BODY[HEADER.FIELDS (FROM SUBJECT)] "")
		S: TAG OK
	.
}

@test "flags and keywords of 64 KiB" {
	local flags command

	for flags in "$(letters 60000)" "\\Seen$(printf ' k%05d' {1..8000})"; do
		flagged "$flags"
		expect_noted 0 imap-fetch -p 'cat password' -m box "$URL" INBOX 3
		[ "$(wc -l <err)" -eq 1 ]
		[ "$(wc -c <err)" -lt 400 ]
		contains err 'no letter is left for the keyword k'
		[ "$(cat box/*/*S=3*)" = a:b ]
		rm -rf box
		flagged "$flags"
		expect 0 imap-ls -p 'cat password' "$URL/INBOX"
		[ "$(wc -c <out)" -gt 56000 ]
		flagged "$flags"
		expect 0 imap-wait -1 -n -p 'cat password' "$URL" INBOX
		[ "$(wc -c <out)" -gt 56000 ]
	done
	for flags in "$(letters 70000)" "$(printf 'k%05d ' {1..10000})x"; do
		for command in 'fetch -m box @ INBOX 3' 'ls @/INBOX' \
		    'wait -1 -n @ INBOX'; do
			flagged "$flags"
			# shellcheck disable=SC2086 # words
			little 76 imap-${command%% *} -p 'cat password' \
			    $(printf %s "${command#* }" | sed "s|@|$URL|")
		done
	done
	# What can be kept is told at such length, too.
	imap_script <<-.
		BOX: exists=1 uidvalidity=5 uidnext=4
		GREETING:
		C: SELECT *
		S: * FLAGS (\Seen)
		S: * 1 EXISTS
		S: * OK [PERMANENTFLAGS (\Seen $(printf 'k%05d ' {1..20000}))] these
		S: TAG OK [READ-WRITE]
		C: UID STORE 3 +FLAGS.SILENT (k00007)
		S: TAG OK
	.
	expect 0 imap-flag -p 'cat password' "$URL" INBOX +k00007 3
	imap_scripted_end
}

@test "a million mailboxes, and more" {
	local command

	imap_script <<-'.'
		GREETING:
		C: LIST "" "*"
		S-COUNT: 1 400000 * LIST () "/" #\r\n
		S: TAG OK
	.
	peak imap-ls -p 'cat password' "$URL" >out
	[ "$(wc -l <out)" -eq 400000 ]
	sanitized || [ "$PEAK" -lt 250000 ]
	imap_script <<-'.'
		GREETING:
		C: LIST "" "*"
		S-FLOOD: * LIST () "/" x\r\n
	.
	MOST=250000 little 76 imap-ls -p 'cat password' "$URL"
	imap_script <<-.
		GREETING:
		C: LIST "" "*"
		S-FLOOD: * LIST () "/" $(letters 60000)\\r\\n
	.
	MOST=250000 little 76 imap-ls -p 'cat password' "$URL"
	# Who looks for one of them reads all, too, and nothing is removed.
	imap_script <<-'.'
		GREETING:
		C: LIST "" "*"
		S-COUNT: 1 1000000 * LIST (\\HasNoChildren) "/" #\r\n
		S: * LIST (\Trash) "/" Bin
		S: TAG OK
	.
	MOST=250000 little 76 imap-rm -t -p 'cat password' "$URL" INBOX 1
	contains err 'more than 134217728 bytes of names of mailboxes'
	not grep -q -e COPY -e STORE peer
}

# limited COMMAND ...: with a server that does less than it was asked for.
limited()
{
	imap_script
	STATUS=69 imap "$@"
	[ "$(wc -l <err)" -eq 1 ]
	contains err 'INBOX: not all is done: MESSAGELIMIT 2 4'
}

@test "MESSAGELIMIT that a server does not tell before" {
	limited flag INBOX +seen 1:5 <<-'.'
		GREETING:
		BOX: exists=5 uidnext=6
		C: UID STORE 1:5 *
		S: TAG OK [MESSAGELIMIT 2 4] done
	.
	limited mv INBOX Archive 1:5 <<-'.'
		CAPABILITY: IMAP4rev1 MOVE
		GREETING:
		BOX: exists=5 uidnext=6
		C: UID MOVE 1:5 *
		S: TAG OK [MESSAGELIMIT 2 4] done
	.
	# What is not copied is not removed.
	limited mv INBOX Archive 1:5 <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		GREETING:
		BOX: exists=5 uidnext=6
		C: UID COPY 1:5 *
		S: TAG OK [MESSAGELIMIT 2 4] done
	.
	not grep -q STORE peer
	limited rm INBOX 1:5 <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		GREETING:
		BOX: exists=5 uidnext=6
		C: UID STORE 1:5 *
		S: TAG OK [MESSAGELIMIT 2 4] done
		C: UID EXPUNGE 1:5
		S: TAG OK
	.
}

@test "MESSAGELIMIT: imap-wait misses nothing, and invents nothing" {
	# All flags: what is not told is not gone.
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 IDLE
		BOX: exists=3 uidvalidity=7 uidnext=30
		GREETING:
		C: UID FETCH 1:* (UID FLAGS)
		S: * 2 FETCH (UID 20 FLAGS ())
		S: * 3 FETCH (UID 29 FLAGS ())
		S: TAG OK [MESSAGELIMIT 2 20]
		C: FETCH 1:2 (UID FLAGS)
		S: * 1 FETCH (UID 10 FLAGS ())
		S: * 2 FETCH (UID 20 FLAGS ())
		S: TAG OK
		C: FETCH 3:3 (UID FLAGS)
		S: * 3 FETCH (UID 29 FLAGS ())
		S: TAG OK
		C: IDLE
		S: + idling
		S: * 1 FETCH (FLAGS (\Seen))
	.
	expect 0 imap-wait -1 -p 'cat password' "$URL" INBOX
	printf 'INBOX\tflags\t10\tseen\n' | same - out
	# Changes: what is not told is looked for.
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 IDLE CONDSTORE MESSAGELIMIT=2
		BOX: exists=3 uidvalidity=7 uidnext=30 modseq=5
		GREETING:
		C: UID SEARCH 1:2
		S: * SEARCH 10 20
		S: TAG OK
		C: UID SEARCH 3:3
		S: * SEARCH 29
		S: TAG OK
		C: IDLE
		S: + idling
		HANGUP
		ACCEPT
		GREETING:
		BOX: exists=3 uidvalidity=7 uidnext=30 modseq=9
		C: UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 5)
		S: * 2 FETCH (UID 20 FLAGS (\Seen) MODSEQ (8))
		S: * 3 FETCH (UID 29 FLAGS (\Seen) MODSEQ (9))
		S: TAG OK [MESSAGELIMIT 2 20]
		C: UID FETCH 1:19 (UID FLAGS) (CHANGEDSINCE 5)
		S: * 1 FETCH (UID 10 FLAGS (a) MODSEQ (7))
		S: TAG OK [MESSAGELIMIT 2 10]
		C: UID FETCH 1:9 (UID FLAGS) (CHANGEDSINCE 5)
		S: TAG OK [MESSAGELIMIT 2 77] what
		C: UID SEARCH 1:2
		S: * SEARCH 10 20
		S: TAG OK
		C: UID SEARCH 3:3
		S: * SEARCH 29
		S: TAG OK
		C: IDLE
		S: + idling
		S: * 3 EXPUNGE
	.
	wait_ INBOX
	told 'INBOX flags 20 seen' 'INBOX flags 29 seen' 'INBOX flags 10 a' \
	    'INBOX expunge 29 '
}

# With QRESYNC nobody knows what was told of what vanished.
@test "MESSAGELIMIT: imap-wait, and what vanished" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 IDLE CONDSTORE ENABLE QRESYNC MESSAGELIMIT=2
		BOX: exists=3 uidvalidity=7 uidnext=30 modseq=5
		GREETING:
		C: UID SEARCH 1:2
		S: * SEARCH 10 20
		S: TAG OK
		C: UID SEARCH 3:3
		S: * SEARCH 29
		S: TAG OK
		C: IDLE
		S: + idling
		HANGUP
		ACCEPT
		BOX: exists=2 uidvalidity=7 uidnext=30 modseq=9
		GREETING:
		C: UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 5 VANISHED)
		S: * VANISHED (EARLIER) 20
		S: * 2 FETCH (UID 29 FLAGS (\Seen) MODSEQ (9))
		S: TAG OK [MESSAGELIMIT 2 20]
		C: UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 5)
		S: * 1 FETCH (UID 10 FLAGS (a) MODSEQ (7))
		S: * 2 FETCH (UID 29 FLAGS (\Seen) MODSEQ (9))
		S: TAG OK
		C: UID SEARCH 1:2
		S: * SEARCH 10 29
		S: TAG OK
		C: IDLE
		S: + idling
		S: * VANISHED 10
	.
	wait_ INBOX
	told 'INBOX expunge 20 ' 'INBOX flags 29 seen' 'INBOX flags 10 a' \
	    'INBOX expunge 10 '
}

@test "UIDONLY: what numbers messages is refused in one sentence" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDONLY MESSAGELIMIT=2
		BOX: exists=3 uidvalidity=7 uidnext=30
		GREETING:
		C: FETCH 1:2 *
		S: TAG BAD [UIDREQUIRED] no numbers
		C: FETCH 3:3 *
		S: TAG BAD [UIDREQUIRED] no numbers
	.
	expect 76 imap-ls -p 'cat password' "$URL/INBOX"
	contains err 'INBOX: BAD [UIDREQUIRED] no numbers'
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDONLY MESSAGELIMIT=2
		BOX: exists=3 uidvalidity=7 uidnext=30
		GREETING:
		C: FETCH 1:2 *
		S: TAG BAD [UIDREQUIRED] no numbers
		C: FETCH 3:3 *
		S: TAG BAD [UIDREQUIRED] no numbers
	.
	expect 76 imap-wait -1 -p 'cat password' "$URL" INBOX
	[ "$(wc -l <err)" -eq 1 ]
	contains err 'INBOX: BAD [UIDREQUIRED] no numbers'
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDONLY IDLE
		BOX: exists=1 uidvalidity=7 uidnext=30
		GREETING:
		C: UID FETCH 1:* (UID FLAGS)
		S: * 10 UIDFETCH (FLAGS ())
		S: TAG OK
		C: IDLE
		S: + idling
		S: * 10 UIDFETCH (FLAGS (a))
	.
	expect 0 imap-wait -1 -p 'cat password' "$URL" INBOX
	printf 'INBOX\tflags\t10\ta\n' | same - out
}

# sized INSTRUCTION ...: a server with messages 3 and 4, the first of which is
# as these say.
sized()
{
	cat >script <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		BOX: exists=2 uidvalidity=5 uidnext=5
		GREETING:
		C: UID FETCH *
	.
	printf '%s\n' "$@" >>script
	imap_script <script
}

@test "-o max-size: what is larger is left there, and the others come" {
	local text

	for text in "BODY[] {200}\\r\\n$(letters 200) UID 3)" \
	    "UID 3 BODY[] \"$(letters 101)\")"; do
		rm -rf box
		sized "S-RAW: * 1 FETCH (FLAGS () $text\\r\\n" \
		    "S: * 2 FETCH (UID 4 FLAGS (\\Seen) BODY[] \"$(letters 100)\")" \
		    'S: TAG OK' 'C: UID STORE 4 *' 'S: TAG OK' \
		    'C: UID EXPUNGE 4' 'S: TAG OK'
		expect 69 imap-fetch -p 'cat password' -o max-size=100 -d -i \
		    -m box "$URL" INBOX '1:*'
		[ "$(cat err)" = 'imap-fetch: message 3: larger than 100 octets, and left there' ]
		[ "$(cut -f 1 out)" = 4 ]
		[ "$(cat box/cur/*)" = "$(letters 100)" ]
		grep -q 'fetched.5.4$' box/mailpipe-imap.*
		imap_scripted_end
		sized "S-RAW: * 1 FETCH ($text\\r\\n" \
		    'S: * 2 FETCH (UID 4 BODY[] "x")' 'S: TAG OK'
		expect 69 imap-fetch -p 'cat password' -o max-size=100 "$URL" \
		    INBOX 3:4
		[ "$(grep -c '^From ' out)" -eq 1 ]
		[ "$(wc -l <err)" -eq 1 ]
	done
	# A part.
	imap_script <<-.
		BOX: exists=2
		GREETING:
		C: UID FETCH *
		S: * 1 FETCH (UID 3 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 3 1))
		S: * 2 FETCH (UID 4 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 3 1))
		S: TAG OK
		C: UID FETCH 3 (UID BODY.PEEK[1])
		S: * 1 FETCH (UID 3 BODY[1] "$(letters 101)")
		S: TAG OK
		C: UID FETCH 4 (UID BODY.PEEK[1])
		S: * 2 FETCH (UID 4 BODY[1] "x")
		S: TAG OK
	.
	expect 69 imap-fetch -p 'cat password' -o max-size=100 -p 1 "$URL" INBOX 3:4
	[ "$(cat out)" = x ]
	[ "$(cat err)" = 'imap-fetch: message 3: larger than 100 octets, and left there' ]
}

@test "-o max-size: a message without an end" {
	sized 'S-RAW: * 1 FETCH (UID 3 FLAGS () BODY[] {4611686018427387904}\r\n' \
	    'S-FLOOD: xxxxxxxxxxxxxxxxxxx'
	little 69 imap-fetch -p 'cat password' -o max-size=90000 -i -m box \
	    "$URL" INBOX '1:*'
	[ "$(cat err)" = 'imap-fetch: message 3: larger than 90000 octets, by so much that it is not read' ]
	[ -z "$(ls box/new box/cur box/tmp | grep -v :)" ]
	imap_scripted_end
	# Without it the disk is the end, and what was whole is kept.
	sized 'S: * 2 FETCH (UID 4 FLAGS () BODY[] "four")' \
	    'S-RAW: * 1 FETCH (UID 3 FLAGS () BODY[] {4611686018427387904}\r\n' \
	    'S-FLOOD: xxxxxxxxxxxxxxxxxxx'
	# shellcheck disable=SC2016 # for that bash
	expect 75 bash -c 'trap "" XFSZ; ulimit -f 600
	    exec imap-fetch -p "cat password" -i -m box "$0" INBOX "1:*"' "$URL"
	[ "$(cut -f 1 out)" = 4 ]
	[ "$(cat box/new/*)" = four ]
	[ -z "$(ls box/tmp)" ]
	expect 64 imap-fetch -o max-size=0 -p 'cat password' "$URL" INBOX 3
}
