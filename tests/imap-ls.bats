#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-ls: what it lists of a real server, with how many round trips, and of
# servers that have little, or lie.

load courier
load cyrus
load dovecot
load helper
load imap
load machine
load tls

setup()
{
	isolate
	echo pencil >password
}

# ls_ STATUS [option ...] [-- operand ...]: of the server at $URL.
ls_()
{
	expect "$1" imap-ls -o ca=ca.pem -p 'cat password' "${@:2}" || return 1
	not grep -q pencil out err
}

# of_script STATUS [option ...]: of the scripted server.
of_script()
{
	expect "$1" imap-ls -o tls=none -p 'echo pencil' "${@:2}" || return 1
	imap_scripted_end
}

failed()
{
	[ "$(wc -l <err)" -eq 1 ] && contains err "$1" && [ ! -s out ]
}

# messages NAME: four of them, the folder NAME of alice; none where it is empty.
messages()
{
	local dir=dovecot/mail/alice${1:+/.$1}

	mkdir -p "$dir/cur" "$dir/new" "$dir/tmp"
	python3 - "$dir" <<-'.'
		import os, sys
		def put(n, flags, head):
		    name = f'{sys.argv[1]}/cur/{1767225600 + n}.M{n}P1.h:2,{flags}'
		    with open(name, 'wb') as f:
		        f.write(head + b'\ntext\n')
		    os.utime(name, (1767225600 + n, 1767225600 + n))
		put(1, 'FS', b'From: "Doe, J." <j@example.net>\nTo: Alice <a@example.org>, b@example.org\n'
		    b'Date: Thu, 1 Jan 2026 01:00:00 +0100\nMessage-ID: <1@x>\nSubject: plain\n')
		put(2, '', b'From: =?iso-8859-1?q?J=FCrgen?= <k@example.net>\nMessage-ID: <2@x>\n'
		    b'References: <1@x>\nSubject: Re:\n =?utf-8?q?gr=C3=BCn?=\n')
		put(3, '', b'Subject: tab\there \\ =?utf-8?q?esc=1B[31m=0A?=\nMessage-ID: <3@x>\n')
		put(4, 'S', b'From: root\nReferences: <1@x> <2@x>\nMessage-ID: <4@x>\nSubject: Re: plain\n')
	.
	chown -R nobody:nogroup dovecot/mail
}

@test "names, sorted, without those that hold nothing" {
	messages
	messages Lists.b
	messages Lists.a
	dovecot_imap
	ls_ 0 "$URL"
	printf '%s\n' INBOX Archive Drafts Junk Lists/a Lists/b Sent Trash |
	    diff -u - out
	ls_ 0 -0 "imaps://alice@localhost:$IMAPS"
	tr '\0' '\n' <out | diff -u <(imap-ls -o ca=ca.pem -p 'cat password' \
	    "$URL") -
	ls_ 0 -s "$URL"
	[ "$(cat out)" = Sent ]
}

@test "-l and -j: counts, special uses and attributes" {
	messages
	messages Lists.a
	dovecot_imap
	ls_ 0 -l "$URL"
	grep -qP '^INBOX\t4\t2\t\d+\t\t.*\t5\t\d+$' out
	grep -qP '^Sent\t0\t0\t0\tsent\t.*subscribed.*\t1\t\d+$' out
	grep -qP '^Lists\t\t\t\t\t.*(noselect|nonexistent).*\t\t$' out
	ls_ 0 -j "$URL"
	python3 - <<-'.'
		import json
		rows = {r['name']: r for r in map(json.loads, open('out'))}
		assert list(rows['INBOX']) == ['name', 'messages', 'unseen',
		    'size', 'use', 'attributes', 'uidnext', 'uidvalidity',
		    'separator'], rows
		assert rows['INBOX']['messages'] == 4
		assert rows['Sent']['use'] == ['\\Sent']
		assert '\\Subscribed' in rows['Sent']['attributes']
		assert rows['Lists']['messages'] is None
		assert rows['Lists/a']['separator'] == '/'
	.
}

@test "patterns: * and %; 1 where there is none" {
	messages Lists.a
	messages Lists.a.b
	dovecot_imap
	ls_ 0 "$URL" 'Lists/%'
	[ "$(cat out)" = Lists/a ]
	ls_ 0 "$URL" 'Lists*'
	[ "$(tr '\n' , <out)" = Lists/a,Lists/a/b, ]
	ls_ 1 "$URL" 'nothing*'
	[ ! -s out ]
	ls_ 1 "$URL" 'x" "*'
	ls_ 1 "$URL" $'x\r\na LOGOUT'
}

@test "messages: columns, and more of them" {
	messages
	dovecot_imap
	ls_ 0 "$URL/INBOX"
	sed -i 's/\x1b/<ESC>/' out
	diff -u - out <<-'.'
		1	flagged seen	2026-01-01T00:00:01Z	156	Doe, J.	plain
		2		2026-01-01T00:00:02Z	133	Jürgen	Re: grün
		3		2026-01-01T00:00:03Z	74		tab\there \\ esc<ESC>[31m\n
		4	seen	2026-01-01T00:00:04Z	84	root	Re: plain
	.
	ls_ 0 -l "$URL/INBOX" 1 4
	cut -f 7- out | diff -u - <(printf '%s\t%s\t%s\n' 2026-01-01T00:00:00Z \
	    'a@example.org, b@example.org' '<1@x>' '' '' '<4@x>')
	printf '2\n3:4\n' >uids
	expect 0 sh -c 'imap-ls -o ca=ca.pem -p "cat password" -b INBOX "$0" - \
	    <uids | cut -f 1' "$URL"
	[ "$(tr '\n' , <out)" = 2,3,4, ]
	# Nothing of that has read one.
	ls_ 0 -l "$URL" INBOX
	[ "$(cut -f 3 out)" = 2 ]
}

@test "-j: messages as objects" {
	messages
	dovecot_imap
	ls_ 0 -jl "$URL/INBOX"
	python3 - <<-'.'
		import json
		rows = [json.loads(line) for line in open('out')]
		assert list(rows[0]) == ['uid', 'flags', 'received', 'size',
		    'from', 'subject', 'date', 'to', 'message_id'], rows[0]
		assert rows[0]['flags'] == ['\\Flagged', '\\Seen'], rows[0]
		assert rows[2]['subject'] == 'tab\there \\ esc\x1b[31m\n'
		assert rows[2]['from'] is None and rows[2]['to'] is None
		assert [r['uid'] for r in rows] == [1, 2, 3, 4]
	.
}

@test "-r: threads" {
	messages
	dovecot_imap
	ls_ 0 -r "$URL/INBOX"
	cut -f 1,7- out | diff -u - <(printf '%s\t%s\t%s\t%s\n' 1 1 '' 0 2 1 1 1 \
	    4 1 2 2 3 3 '' 0)
	ls_ 0 -jr "$URL/INBOX"
	sed -n 3p out | grep -q '"thread":1,"parent":2,"depth":2}$'
}

@test "no such mailbox, no such user, no such server" {
	dovecot_imap
	ls_ 66 "$URL/nothing"
	failed 'localhost: nothing: NO'
	echo wrong >password
	expect 77 imap-ls -o ca=ca.pem -p 'cat password' "$URL"
	failed 'NO'
	expect 75 imap-ls -p 'cat password' "imap://alice@localhost:$(free_port)"
	expect 64 imap-ls
	expect 64 imap-ls -r "$URL"
	expect 64 imap-ls -0 "$URL/INBOX"
	expect 64 imap-ls "$URL/INBOX" x
}

@test "Courier, which has little" {
	courier_imap
	expect 0 imap-mkdir -o ca=ca.pem -p 'cat password' "$URL" INBOX.a.b 'INBOX.grün'
	ls_ 0 "$URL"
	[ "$(tr '\n' , <out)" = INBOX,INBOX.a.b,INBOX.grün, ]
	ls_ 0 -ls "$URL"
	grep -qP '^INBOX\.a\.b\t0\t0\t\t\t.*subscribed\t1\t\d+$' out
	ls_ 0 "$URL/INBOX"
	ls_ 66 -b INBOX.nothing "$URL"
	expect 73 imap-mkdir -o ca=ca.pem -p 'cat password' "$URL" INBOX.a.b
	expect 0 imap-mkdir -r -o ca=ca.pem -p 'cat password' "$URL" INBOX.a INBOX.c
	ls_ 0 -s "$URL"
	contains out INBOX.c.b
	not grep -q 'INBOX.a.b' out
}

@test "Cyrus" {
	cyrus_imap
	expect 0 imap-mkdir -o ca=ca.pem -p 'cat password' "$URL" a/b 'grün'
	ls_ 0 "$URL"
	contains out a/b
	contains out grün
	ls_ 0 -l "$URL"
	grep -qP '^a/b\t0\t0\t0\t\t.*subscribed.*\t1\t\d+$' out
	grep -qP '^Sent\t0\t0\t0\tsent\t' out
	ls_ 0 -r "$URL/INBOX"
	ls_ 66 -b nothing "$URL"
	expect 0 imap-mkdir -u important -o ca=ca.pem -p 'cat password' "$URL" hot
	ls_ 0 -l "$URL" hot
	[ "$(cut -f 5 out)" = important ]
	expect 73 imap-mkdir -o ca=ca.pem -p 'cat password' "$URL" a/b
	expect 0 imap-mkdir -r -o ca=ca.pem -p 'cat password' "$URL" a/b a/c
	ls_ 0 -s "$URL"
	contains out a/c
	not grep -q 'a/b' out
}

@test "a program as the server" {
	messages
	dovecot_imap
	expect 0 imap-ls "$PIPE"
	[ "$(head -n 1 out)" = INBOX ]
	expect 0 imap-ls -b INBOX "$PIPE"
	[ "$(wc -l <out)" -eq 4 ]
}

# turns COMMAND: how often its client waited for something of the server before
# it went on, from the greeting to the last that it had to know.
turns()
{
	awk '/^[<>*] /{
		if ($1 == ">" && before == "<") n++
		if ($1 != "*") before = $1
	} END { print n + 0 }' "$1"
}

# Without TLS and with it: what is said before LOGOUT waits for the greeting,
# and for the login.
@test "no more round trips than the protocol demands" {
	local i server

	messages
	messages Lists.a
	dovecot_imap
	for server in "-o tls=none $URL" \
	    "-o ca=ca.pem imaps://alice@localhost:$IMAPS"; do
		for i in "" -l -j -s -ls "-b INBOX" "-lb INBOX" "-rb INBOX"; do
			# shellcheck disable=SC2086 # words
			expect_noted 0 imap-ls -v -A plain -p 'cat password' \
			    $i $server
			sed '/^> .* LOGOUT/,$d' err >trace
			grep -q '^> .* \(LIST\|FETCH\)' trace
			[ "$(turns trace)" -eq 2 ]
		done
	done
}

# What is under way is seen by a server that waits: it answers nothing before
# all of it is there.
@test "LIST and NAMESPACE, EXAMINE and FETCH are said at once" {
	imap_script <<-'.'
		MANUAL: LIST NAMESPACE
		CAPABILITY: IMAP4rev1 SASL-IR NAMESPACE
		GREETING:
		C: LIST "" "*"
		C: NAMESPACE
		S: * LIST () "/" INBOX
		S: TAG.LIST OK
		S: * NAMESPACE (("" "/")) NIL NIL
		S: TAG.NAMESPACE OK
	.
	of_script 0 "$URL"
	[ "$(cat out)" = INBOX ]
	imap_script <<-'.'
		MANUAL: EXAMINE FETCH
		CAPABILITY: IMAP4rev1 SASL-IR
		GREETING:
		C: EXAMINE INBOX
		C: UID FETCH 1:* (*)
		S: * 1 EXISTS
		S: TAG.EXAMINE OK
		S: * 1 FETCH (UID 7 FLAGS () RFC822.SIZE 3 BODY[HEADER.FIELDS (FROM SUBJECT)] NIL)
		S: TAG.FETCH OK
	.
	of_script 0 -b INBOX "$URL"
	[ "$(cut -f 1 out)" = 7 ]
}

@test "a server that has nothing: LSUB and STATUS" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1
		GREETING:
		C: LIST "" "*"
		S: * LIST (\HasNoChildren) "." INBOX
		S: * LIST (\Noselect) "." Lists
		S: * LIST () "." "&AOQ-"
		S: TAG.LIST OK
		C: LSUB "" "*"
		S: * LSUB () "." inbox
		S: * LSUB () "." "no more"
		S: TAG.LSUB OK
		C: STATUS INBOX (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)
		S: * STATUS "inbox" (MESSAGES 3 UNSEEN 1 UIDVALIDITY 9 UIDNEXT 4)
		S: TAG OK
		C: STATUS &AOQ- (*)
		S: * STATUS &AOQ- (MESSAGES 0)
		S: TAG OK
	.
	of_script 0 -l "$URL"
	printf '%s\n' 'INBOX	3	1			hasnochildren subscribed	4	9' \
	    'Lists					noselect		' \
	    'no more					subscribed		' \
	    'ä	0						' | diff -u - out
}

@test "a STATUS that is refused is told of, and the others are listed" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1
		AUTO: LSUB * LSUB () "." INBOX\r\n
		GREETING:
		C: LIST "" "*"
		S: * LIST () "." Lists.gone
		S: * LIST (\Noselect) "." Lists
		S: TAG.LIST OK
		C: LSUB "" "*"
		S: * LSUB () "." inbox
		S: TAG.LSUB OK
		C: STATUS Lists.gone (*)
		S: TAG.STATUS NO [NOPERM] not yours
	.
	of_script 77 -l "$URL"
	printf '%s\n' 'INBOX					subscribed		' \
	    'Lists					noselect		' \
	    'Lists.gone							' |
	    diff -u - out
	contains err 'NO [NOPERM] not yours'
}

@test "STATUS in LIST, in any order; extended data; literals" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 LIST-EXTENDED LIST-STATUS STATUS=SIZE SPECIAL-USE
		GREETING:
		C: LIST "" "*" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY SIZE))
		S: * STATUS b (MESSAGES 1)
		S: * LIST (\Archive \Subscribed) NIL a ("CHILDINFO" ("SUBSCRIBED"))
		S-RAW: * LIST (\Sent \Important) "/" {1}\r\nb (X (Y (Z)))\r\n
		S-RAW: * STATUS {1}\r\na (MESSAGES 12 UNSEEN 3 X (Y) SIZE 9223372036854775807)\r\n
		S: * 4 EXISTS
		S: * STATUS b (MESSAGES 2 UIDVALIDITY 4294967295)
		S: TAG OK
	.
	of_script 0 -l "$URL"
	diff -u - out <<-'.'
		a	12	3	9223372036854775807	archive	subscribed		
		b	2			sent important			4294967295
	.
}

@test "others' and shared mailboxes, where LIST leaves them out" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 NAMESPACE
		MANUAL: LIST NAMESPACE
		GREETING:
		C: LIST "" "*"
		S: * LIST () "." INBOX
		S: * LIST () "." shared.here
		S: TAG OK
		C: NAMESPACE
		S: * NAMESPACE (("" ".")) (("user." "." "X" ("a" "b")) ("" ".")) (("shared." ".")("#x" NIL))
		S: TAG OK
		C: LIST "" "user.*"
		S: * LIST () "." user.bob
		S: TAG OK
		C: LIST "" "#x*"
		S: TAG OK
	.
	of_script 0 "$URL"
	[ "$(tr '\n' , <out)" = INBOX,shared.here,user.bob, ]
}

@test "hostile names" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1
		GREETING:
		C: LIST "" "*"
		S: * LIST () "/" "../../etc/passwd"
		S-RAW: * LIST () "/" {14}\r\na\r\nb\tc\x1b[2J\x9b\xff\\d\r\n
		S: * LIST () "/" "&AC4ALgAv-"
		S: * LIST () "/" "&Jjo!"
		S: * LIST () "/" "&2D3eAA-"
		S: * LIST () "/" ""
		S: * LIST () "/" NIL
		S: TAG OK
	.
	of_script 0 "$URL"
	printf '%s\n' '&AC4ALgAv-' '&Jjo!' '../../etc/passwd' NIL \
	    $'a\\r\\nb\\tc\e[2J\x9b\xff\\\\d' $'\U1f600' | diff -u - out
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 LIST-EXTENDED LIST-STATUS
		GREETING:
		C: LIST "" "*" RETURN (*)
		S-RAW: * LIST (\x\x1b[2J) "/" {6}\r\na\r\n\x1b"\xff\r\n
		S: TAG OK
	.
	of_script 0 -j "$URL"
	python3 - <<-'.'
		import json
		raw = open('out', 'rb').read()
		row = json.loads(raw)
		assert row['name'] == 'a\r\n\x1b"\ufffd', row
		assert b'\x1b' not in raw, raw
	.
}

@test "hostile messages" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1
		BOX: exists=9
		GREETING:
		C: EXAMINE INBOX
		S: TAG OK
		C: UID FETCH 1:* (*)
		S: * 1 FETCH (FLAGS (\Seen))
		S: * 1 FETCH (UID 1 FLAGS (\Seen $a \x) RFC822.SIZE 9223372036854775807 INTERNALDATE "99-Foo-9999" BODY[HEADER.FIELDS (FROM SUBJECT)] "")
		S-RAW: * 2 FETCH (BODY[HEADER.FIELDS ("FROM" "SUBJECT")] {31}\r\nSubject: x\r\nx1 OK forged\r\n\r\n\0\r\n UID 2 RFC822.SIZE 0 INTERNALDATE NIL FLAGS () X (a {3}\r\nabc (b)))\r\n
		S: * 3 EXPUNGE
		S-RAW: * 3 FETCH (UID 3 FLAGS () RFC822.SIZE 1 body[header.fields (from subject)] {02}\r\n\r\n )\r\n
		S: TAG OK
	.
	of_script 0 -b INBOX "$URL"
	diff -u - out <<-'.'
		1	seen $a x		9223372036854775807		
		2			0		x
		3			1		
	.
}

@test "numbers that are too large, and what is none" {
	local bad

	for bad in '(UID 4294967296' '(UID 0' '(UID x' '(RFC822.SIZE 9223372036854775808' \
	    '(UID 1 BODY[HEADER.FIELDS (FROM SUBJECT)] (a)' 'x'; do
		imap_script <<-.
			CAPABILITY: IMAP4rev1
			GREETING:
			C: EXAMINE INBOX
			S: TAG OK
			C: UID FETCH *
			S: * 1 FETCH $bad)
			S: TAG OK
		.
		expect 76 imap-ls -o tls=none -p 'echo pencil' -b INBOX "$URL"
		[ ! -s out ]
	done
}

@test "-r: a server without threads, and threads that are none" {
	local bad

	imap_script <<-'.'
		CAPABILITY: IMAP4rev1
	GREETING:
	.
	of_script 69 -r -b INBOX "$URL"
	failed 'the server does not find threads (THREAD=REFERENCES)'
	for bad in '(1' '1' '(0)' '(4294967296)' '(a)' '(1))' '("1")'; do
		imap_script <<-.
			CAPABILITY: IMAP4rev1 THREAD=REFERENCES
			GREETING:
			C: EXAMINE INBOX
			S: TAG OK
			C: UID THREAD REFERENCES UTF-8 ALL
			S: * THREAD $bad
			S: TAG OK
		.
		expect 76 imap-ls -o tls=none -p 'echo pencil' -rb INBOX "$URL"
		[ ! -s out ]
	done
}

@test "-r: threads in one another, twice, and of messages that are not there" {
	python3 -c 'print("* THREAD " + "".join("(%d " % n for n in range(9, 3000)) + ")" * 2991, end="(2 (1)(3))((4)(5))(1)(77)\r\n")' >thread
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 THREAD=REFERENCES
		GREETING:
		C: EXAMINE INBOX
		S: TAG OK
		C: UID THREAD REFERENCES UTF-8 ALL
		S-FILE: thread
		S: TAG OK
		C: UID FETCH *
		S-COUNT: 1 6 * # FETCH (UID # FLAGS () RFC822.SIZE 1 BODY[HEADER.FIELDS (FROM SUBJECT)] NIL)\r\n
		S: * 7 FETCH (UID 2999 FLAGS () RFC822.SIZE 1 BODY[HEADER.FIELDS (FROM SUBJECT)] NIL)
		S: TAG OK
	.
	of_script 0 -rb INBOX "$URL"
	cut -f 1,7- out | diff -u - <(printf '%s\t%s\t%s\t%s\n' 2999 9 2998 2990 \
	    2 2 '' 0 1 2 2 1 3 2 2 1 4 4 '' 0 5 4 '' 0 6 6 '' 0)
}

@test "MESSAGELIMIT: in parts" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MESSAGELIMIT=1000
		BOX: exists=2500
		GREETING:
		C: EXAMINE INBOX
		S: * 2500 EXISTS
		S: TAG OK
		C: FETCH 1:1000 (*)
		S: TAG OK
		C: FETCH 1001:2000 (*)
		S: TAG OK
		C: FETCH 2001:2500 (*)
		S: TAG OK
	.
	of_script 0 -b INBOX "$URL"
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1
		GREETING:
		C: EXAMINE INBOX
		S: TAG OK
		C: UID FETCH *
		S: * 1 FETCH (UID 7 FLAGS () RFC822.SIZE 3 BODY[HEADER.FIELDS (FROM SUBJECT)] NIL)
		S: TAG OK [MESSAGELIMIT 1 7] no more
	.
	of_script 69 -b INBOX "$URL"
	contains err 'not all messages are listed: MESSAGELIMIT 1 7'
	[ "$(cut -f 1 out)" = 7 ]
}

@test "UIDFETCH, where nothing has a number" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDONLY
		GREETING:
		C: EXAMINE INBOX
		S: TAG OK
		C: UID FETCH *
		S: * 77 UIDFETCH (FLAGS () RFC822.SIZE 3 BODY[HEADER.FIELDS (FROM SUBJECT)] NIL)
		S: TAG OK
	.
	of_script 0 -b INBOX "$URL"
	[ "$(cut -f 1 out)" = 77 ]
}

@test "no such mailbox, of servers that do not say so" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1
		GREETING:
		C: EXAMINE nix
		S: TAG NO cannot be opened
		C: UID FETCH *
		S: TAG BAD nothing is selected
	.
	of_script 66 -b nix "$URL"
	failed 'nix: NO cannot be opened'
}

@test "a server that fails at each step" {
	cat >script <<-'.'
		CAPABILITY: IMAP4rev1
		GREETING:
		C: LIST "" "*"
		S: * LIST () "." INBOX
		S: TAG OK
		C: LSUB "" "*"
		S: * LSUB () "." INBOX
		S: TAG OK
		C: STATUS INBOX (*)
		S: * STATUS INBOX (MESSAGES 3 UNSEEN 1)
		S: TAG OK
	.
	imap_spoilt '69|75|76|77' imap-ls -o timeout=2 -o tls=none \
	    -p 'echo pencil' -l @ <script
	cat >script <<-'.'
		CAPABILITY: IMAP4rev1 THREAD=REFERENCES
		GREETING:
		C: EXAMINE INBOX
		S: TAG OK
		C: UID THREAD REFERENCES UTF-8 ALL
		S: * THREAD (1)
		S: TAG OK
		C: UID FETCH *
		S: * 1 FETCH (UID 7 FLAGS () RFC822.SIZE 3 BODY[HEADER.FIELDS (FROM SUBJECT)] NIL)
		S: TAG OK
	.
	imap_spoilt '69|75|76|77' imap-ls -o timeout=2 -o tls=none \
	    -p 'echo pencil' -rb INBOX @ <script
}

@test "memory stays constant" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1
		GREETING:
		C: EXAMINE INBOX
		S: TAG OK
		C: UID FETCH *
		S-COUNT: 1 200000 * # FETCH (UID # FLAGS () RFC822.SIZE 3 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: x")\r\n
		S: TAG OK
	.
	peak imap-ls -o tls=none -p 'echo pencil' -b INBOX "$URL" >out
	[ "$(wc -l <out)" -eq 200000 ]
	sanitized || [ "$PEAK" -lt 10240 ]
}

@test "the examples of the manual" {
	messages
	messages Lists.c
	messages Lists.d
	dovecot_imap
	mkdir -p .config/mailpipe
	printf '%s\n' 'Account: work' "Imap: $URL" 'Password-Command: cat password' \
	    >.config/mailpipe/accounts
	export SSL_CERT_FILE=$T/ca.pem
	awk '/^\.Bd/ { on = 1; n++; next } /^\.Ed/ { on = 0 }
		/^\.Sh/ { ex = /EXAMPLES/; n = 0 } ex && on {
			print >"example" n ".sh" }' \
	    "${TESTS%/*}/man/imap-ls.1"
	sed -i 's/\\e/\\/g' example?.sh
	expect 0 sh -e example1.sh
	grep -qx 'Lists/c	2' out
	[ "$(wc -l <out)" -eq 9 ]
	expect 0 sh -e example2.sh
	sed 's/^ *//' out | grep -qx '1 Doe, J.'
	# A name that is hostile to who takes it for a part of a program.
	imap-mkdir -a work 'Lists/x$(touch pwned)|e;touch pwned\b#'
	echo x | imap-put -m -a work 'Lists/x$(touch pwned)|e;touch pwned\b#'
	expect 0 sh -e example3.sh
	[ ! -e pwned ]
	grep -qF 'Lists/x$(touch pwned)|e;touch pwned\b#	1	' out
	grep -q '^Lists/[cd]	1	.*	156	' <(head -n 1 out)
	[ "$(wc -l <out)" -eq 9 ]
	expect 0 sh -e example4.sh
	[ "$(cat out)" = Sent ]
	[ ! -e example5.sh ]
}
