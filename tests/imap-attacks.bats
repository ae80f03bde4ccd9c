#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The engine of the imap- commands with servers that lie, and with whoever
# stands in between: what is said before TLS, greetings, tags, sizes, numbers,
# what nobody asked for, what comes at the wrong time or not at all.

load helper
load imap
load machine
load tls

setup()
{
	isolate
	tool=${MAILPIPE_BIN%/*}/tests/tool/imapsay
}

# say STATUS [option ...] -- [instruction ...]: a session with $URL.
say()
{
	local status=$1 options=()

	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	expect "$status" "$tool" -p 'echo pencil' "${options[@]}" "$URL" "$@"
}

# One line on standard error has it, and the server saw what it was to see.
failed()
{
	[ "$(wc -l <err)" -eq 1 ] && contains err "$1" && not grep -q '[^ -~]' err &&
	    imap_scripted_end
}

# The password was not told, in any form.
not_told()
{
	not grep -qE 'pencil|AGFsaWNlAHBlbmNpbA|LOGIN|AUTHENTICATE' peer
}

tls_ready()
{
	[ -e mx.pem ] || certificate mx IP:127.0.0.1
	TLS=(-o tls=require -o "ca=$T/ca.pem")
}

@test "PREAUTH where TLS is required: nothing is said" {
	tls_ready
	imap_script <<-.
		S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hello
		C-END
	.
	say 75 "${TLS[@]}" -- show
	failed 'TLS is required, and the server begins without it (PREAUTH)'
	[ ! -s out ] && [ ! -s peer ]
}

@test "PREAUTH in TLS, on loopback and from a program is a login" {
	tls_ready
	imap_script <<-.
		TLS:
		S: * PREAUTH [CAPABILITY IMAP4rev1] hello
		C: NOOP
		S: TAG OK done
	.
	URL=${URL/imap:/imaps:}
	say 0 -o "ca=$T/ca.pem" -- say=NOOP said finish
	imap_scripted_end
	imap_script <<-.
		S: * PREAUTH [CAPABILITY IMAP4rev1] hello
		C: NOOP
		S: TAG OK done
	.
	say 0 -- say=NOOP said finish
	imap_scripted_end
	imap_program <<-.
		S: * PREAUTH [CAPABILITY IMAP4rev1] hello
		C: NOOP
		S: TAG OK done
	.
	expect 0 "$tool" "$URL" say=NOOP said finish
	contains out 'OK text done'
}

@test "a program that wants a login, and nobody is said to log in" {
	imap_program <<-.
		S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello
	.
	expect 77 "$tool" "$URL" say=NOOP said finish
	contains err 'the server wants a login'
}

@test "TLS that is not offered, or refused: no password is told" {
	tls_ready
	imap_script <<-.
		GREETING:
	.
	say 75 "${TLS[@]}" --
	failed 'TLS is required, and the server does not offer it'
	not_told
	for answer in 'BAD what' 'NO never' 'NO [ALERT] come in clear'; do
		imap_script <<-.
			CAPABILITY: IMAP4rev1 STARTTLS
			GREETING:
			C: STARTTLS
			S: TAG $answer
		.
		say 75 "${TLS[@]}" --
		failed "TLS is required, and refused: $answer"
		not_told
	done
}

@test "TLS that is no TLS" {
	tls_ready
	imap_script <<-.
		CAPABILITY: IMAP4rev1 STARTTLS
		GREETING:
		C: STARTTLS
		S: TAG OK go on
		C-SOME
		S: * OK what?
		C-END
	.
	expect_noted 75 "$tool" -p 'echo pencil' -o timeout=5 "${TLS[@]}" "$URL"
	[ "$(wc -l <err)" -eq 1 ]
	not_told
}

@test "an answer to STARTTLS that more came with" {
	local more

	tls_ready
	for more in '* OK hi\r\n' '* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n' x \
	    'TAG OK logged in\r\n'; do
		imap_script <<-.
			CAPABILITY: IMAP4rev1 STARTTLS
			GREETING:
			C: STARTTLS
			S-RAW: TAG OK begin TLS\r\n$more
			C-END
		.
		say 76 "${TLS[@]}" --
		failed 'something came in clear text where TLS had to begin'
		not_told
	done
}

@test "what was said before TLS is forgotten" {
	tls_ready
	imap_script <<-.
		S-RAW: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=CRAM-MD5 UIDPLUS ENABLE UTF8=ACCEPT MESSAGELIMIT=7 LITERAL+] hi\r\n* 23 EXISTS\r\n* FLAGS (\\\\Bad)\r\n* ENABLED UTF8=ACCEPT IMAP4rev2\r\n* LIST () "/" bad\r\n* OK [UIDVALIDITY 9] x\r\n* OK [ALERT] Call 0900 to go on\r\n
		C: STARTTLS
		S: TAG OK go on
		TLS:
		CAPABILITY: IMAP4rev1 AUTH=PLAIN
		C: CAPABILITY
		S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
		S: TAG OK done
		C: AUTHENTICATE PLAIN
		S: +
		C-LINE: AGFsaWNlAHBlbmNpbA==
		S: TAG OK [CAPABILITY IMAP4rev1] in
		C: EXAMINE INBOX
		S: TAG OK done
	.
	say 0 "${TLS[@]}" -- show examine=INBOX
	imap_scripted_end
	printf '%s\n' 'offers 00000001 limit 0 mechanisms ' \
	    'exists 0 uidvalidity 0 uidnext 0 modseq 0 flags ' | same - out
}

@test "STARTTLS once more, and whatever is offered in TLS, is not said" {
	tls_ready
	imap_script <<-.
		TLS:
		S: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hi
		C: AUTHENTICATE PLAIN
		S: +
		C-LINE: AGFsaWNlAHBlbmNpbA==
		S: TAG OK in
		C: CAPABILITY
		S: * CAPABILITY IMAP4rev1 STARTTLS
		S: TAG OK done
		C: LOGOUT
	.
	URL=${URL/imap:/imaps:}
	say 0 -o "ca=$T/ca.pem" --
	imap_scripted_end
}

@test "what is no greeting" {
	local line

	for line in 'what?' '* CAPABILITY IMAP4rev1' 'a OK hello' '+ go on' \
	    '* 1 EXISTS' '* NO hello' '+OK POP3 ready' '220 smtp' '' ' ' '*' \
	    '* ' '(* OK)' '"*" OK hello' '{3}' \
	    'a1 OK [CAPABILITY IMAP4rev1] logged in'; do
		imap_script <<-.
			S: $line
			S: x
			C-END
		.
		expect 76 "$tool" -p 'echo pencil' "$URL"
		[ "$(wc -l <err)" -eq 1 ]
		[ ! -s peer ]
		kill -- "-$PID_peer" 2>/dev/null || :
	done
}

@test "a greeting that is a farewell" {
	imap_script <<-.
		S: * BYE [UNAVAILABLE] too many of you
		C-END
	.
	say 75 --
	failed 'BYE [UNAVAILABLE] too many of you'
}

@test "answers that stand ready before what they answer" {
	local line

	tls_ready
	for line in 'a1 OK done' 'a001 OK done' 'A1 OK done' '1 OK done' \
	    'a OK done' '? OK done'; do
		imap_script <<-.
			CAPABILITY: IMAP4rev1 STARTTLS
			GREETING:
			C: STARTTLS
			S: $line
			C-END
		.
		say 76 "${TLS[@]}" --
		failed 'an answer to what was not said'
		not_told
	done
	# To one that is answered already.
	imap_script <<-.
		GREETING:
		C: NOOP
		S-RAW: TAG OK done\r\nTAG OK done\r\n
		C-END
	.
	say 76 -- say=NOOP said finish say=CHECK said finish
	failed 'an answer to what was not said'
}

@test "each tag is another one" {
	imap_script <<-.
		GREETING:
		AUTO: NOOP
	.
	say 0 -- say=NOOP said finish say=NOOP said finish say=NOOP said finish
	imap_scripted_end
	cut -d ' ' -f 1 peer | sort | uniq -d | same - /dev/null
	[ "$(cut -d ' ' -f 1 peer | grep -cxE '[a-z2-7]{11}')" -ge 5 ]
}

# session STATUS [option ...] -- [instruction ...] <script: what comes of one
# with a server that has let us in.
session()
{
	{ echo 'CAPABILITY: IMAP4rev1 UIDPLUS'; echo GREETING:; cat; } >.session
	imap_script <.session
	say "$@"
}

@test "an answer to what was not said yet" {
	# The literal is being waited for: its command cannot be done.
	imap_script <<-.
		GREETING:
		MANUAL: SEARCH
		REFUSE: OK done
		C: SEARCH SUBJECT {3}
		C-END
	.
	say 76 -- say='SEARCH SUBJECT ' literal=abc said finish
	failed 'an answer to what was not said'
}

@test "a literal that the server does not want" {
	imap_script <<-.
		GREETING:
		REFUSE: NO [TOOBIG] no such literal
		C: SEARCH SUBJECT {3}
		C: NOOP
		S: TAG OK done
	.
	say 0 -- say='SEARCH SUBJECT ' literal=abc add=' NOT SEEN' said finish \
	    say=NOOP said finish
	imap_scripted_end
	contains out 'NO 69 NO [TOOBIG] no such literal'
	contains out 'OK text done'
}

# literals CAPABILITY SMALL LARGE: what is said in place of these.
literals()
{
	local large

	large=$(printf '%5000s' '' | tr ' ' x)
	imap_script <<-.
		CAPABILITY: IMAP4rev1 $1
		GREETING:
		BEFORE-PLUS: * 3 EXISTS\r\n* OK wait\r\n* 1 EXPUNGE\r\n
		C: SEARCH SUBJECT $2 NOT TEXT {$3}*
		S: * SEARCH
		S: TAG OK done
	.
	say 0 -- say='SEARCH SUBJECT ' string=é add=' NOT TEXT ' \
	    string="$large" said finish
	imap_scripted_end
	grep -q '^OK text done' out
}

@test "literals wait for \"+\" where they have to" {
	# What no quoted string of IMAP4rev1 can say, and what is too long.
	literals '' '{2}é' 5000
	literals 'LITERAL+' '{2+}é' 5000+
	literals 'LITERAL-' '{2+}é' 5000
	literals 'ENABLE UTF8=ACCEPT' '"é"' 5000
	literals 'ENABLE LITERAL- IMAP4rev2' '"é"' 5000
}

@test "strings that a user chose stay strings" {
	session 0 -- say='SEARCH' add=' TEXT ' string='a" OR' add=' TEXT ' \
	    string=$'x\r\nA DELETE INBOX' add=' TEXT ' string='\' \
	    add=' TEXT ' string='' add=' TEXT ' string=NIL add=' TEXT ' \
	    string='(a' add=' TEXT ' string='{3}' add=' TEXT ' string='%*' \
	    add=' TEXT ' string=plain said finish <<-'.'
		C: SEARCH TEXT "a\" OR" TEXT {17}*A DELETE INBOX TEXT "\\" TEXT "" TEXT "NIL" TEXT "(a" TEXT "{3}" TEXT "%*" TEXT plain
		S: TAG OK done
	.
	imap_scripted_end
}

@test "names are said in modified UTF-7, or in UTF-8 where that is enabled" {
	session 0 -- select='Entwürfe & mehr' <<-'.'
		C: SELECT "Entw&APw-rfe &- mehr"
		S: TAG OK done
	.
	imap_scripted_end
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 ENABLE UTF8=ACCEPT
		GREETING:
		C: ENABLE UTF8=ACCEPT
		S: * ENABLED UTF8=ACCEPT
		S: TAG OK done
		C: SELECT "Entwürfe & mehr"
		S: TAG OK done
	.
	say 0 -- select='Entwürfe & mehr'
	imap_scripted_end
	# It was offered, and is not there.
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 ENABLE UTF8=ACCEPT
		GREETING:
		C: ENABLE UTF8=ACCEPT
		S: TAG NO not now
		C: SELECT "Entw&APw-rfe &- mehr"
		S: TAG OK done
	.
	say 0 -- select='Entwürfe & mehr'
	imap_scripted_end
	session 0 -- select=$'\xe9' <<-'.'
	.
	contains out 'NO 65 '
	contains out 'a name that is not UTF-8'
}

@test "a command that would be too long is not said" {
	session 0 -- say="SEARCH $(printf '%9000s' '')" said finish <<-'.'
	.
	imap_scripted_end
	contains out 'NO 65 too long a command'
	not grep -q SEARCH peer
}

@test "numbers that cannot be" {
	local line

	for line in '0 FETCH (UID 1)' '0 EXPUNGE' '4294967296 EXISTS' \
	    '18446744073709551617 FETCH (UID 1)' '1 FETCH (UID 0)' \
	    '1 FETCH (UID 4294967296)' '1 FETCH (UID x)' '1 FETCH (UID NIL)' \
	    '1 FETCH (RFC822.SIZE 9223372036854775808)' \
	    '1 FETCH (RFC822.SIZE -1)' '1 FETCH (MODSEQ (9223372036854775808))' \
	    '1 FETCH (UID' '1 FETCH (UID)' '1 FETCH UID 1' '1 FETCH' \
	    '1 FETCH (FLAGS ({2147483648}' '1 FETCH (X {2147483648}' \
	    '1 FETCH (X {9223372036854775808}' '1 FETCH (X {-1}' \
	    '1 FETCH (X (a)' '1 FETCH (X-SKIP (' '1 FETCH (X "a' \
	    '1 FETCH ((UID 1))' '1 FETCH ("UID" 1)'; do
		session 76 -- select=INBOX fetch <<-.
			C: UID FETCH *
			S-RAW: * ${line//\\/\\\\}\r\nTAG OK done\r\n
			C-END
		.
		failed 127.0.0.1: || { echo "-- $line"; return 1; }
	done
}

@test "numbers, values and lines that are odd" {
	session 0 -- select=INBOX fetch <<-'.'
		C: UID FETCH *
		S: * 4294967295 EXISTS
		S: * 1 FETCH (UID 4294967295 FLAGS () RFC822.SIZE 0 INTERNALDATE " 7-Jul-1996 02:44:25 -0700" MODSEQ (9223372036854775807))
		S: * 2 fetch  ( uid 2  flags (\Seen $Junk)  )  
		S: * 3 FETCH (UID 3 INTERNALDATE NIL X NIL X "a\"\\" RFC822.SIZE 9223372036854775807)
		S: * 4 FETCH (UID 4 INTERNALDATE "99-Foo-99999 27:99:99 +9999999999999999999999999999999999999999999999999999999999999999" FLAGS NIL)
		S: * 5 FETCH (UID 5 X {0000003}
		S-RAW: )\r\n X-SKIP (((a {2}\r\n)) ({3+}\r\n\0\r\n)) ())) Y {0}\r\n)\r\n
		S: * 6 FETCH ()
		S: * 7 UIDFETCH (FLAGS (\Seen))
		S: * 8 FETCH (BODY[HEADER.FIELDS ("To" "]")]<0>{1}
		S: x X ~{1}
		S-RAW: \0)\r\nTAG OK\r\n
	.
	imap_scripted_end
	tail -n +2 out >got
	same got - <<-'.'
		* 4294967295 EXISTS
		message uid 4294967295 flags  date 836732665 -420 size 0 modseq 9223372036854775807
		message uid 2 flags \Seen $Junk
		message X X=a"\ uid 3 size 9223372036854775807
		message uid 4 flags 
		message X=)\x0d\x0a Y= uid 5
		message
		message uid 7 flags \Seen
		message BODY[HEADER.FIELDS ("TO" "]")]<0>=x X=\x00
		OK
	.
}

@test "a UIDVALIDITY that changes while a mailbox is selected" {
	session 75 -- select=INBOX fetch <<-'.'
		BOX: exists=2 uidvalidity=7 uidnext=3
		C: UID FETCH *
		S-RAW: * 1 FETCH (UID 1 FLAGS ())\r\n* OK [UIDVALIDITY 8] new\r\n* 2 FETCH (UID 2 FLAGS ())\r\nTAG OK done\r\n
		C-END
	.
	failed 'the mailbox is another one now (UIDVALIDITY 7, then 8)'
	contains out 'message uid 1'
	not grep -q 'uid 2' out
	# The same once more is no change, and another mailbox has its own.
	session 0 -- select=INBOX fetch select=Other <<-'.'
		BOX: exists=2 uidvalidity=7 uidnext=3
		C: UID FETCH *
		S-RAW: * OK [UIDVALIDITY 7] as before\r\n* OK [UIDVALIDITY x] what\r\nTAG OK done\r\n
		BOX: exists=1 uidvalidity=9 uidnext=3
	.
	contains out 'exists 1 uidvalidity 9'
	imap_scripted_end
}

@test "a mailbox that the server closes" {
	session 75 -- select=INBOX fetch <<-'.'
		C: UID FETCH *
		S-RAW: * OK [CLOSED] somebody deleted it\r\nTAG OK done\r\n
		C-END
	.
	failed 'the mailbox was closed by the server'
	# By another SELECT it is to be closed, and by CLOSE.
	session 0 -- select=INBOX select=Other say=CLOSE said finish show <<-'.'
		C: SELECT INBOX
		S: * 3 EXISTS
		S: TAG OK done
		C: SELECT Other
		S: * OK [CLOSED] so far
		S: * 1 EXISTS
		S: TAG OK done
		C: CLOSE
		S: * OK [CLOSED] this, too
		S: TAG OK done
	.
	contains out 'exists 1 '
	tail -n 1 out >last
	not grep -q selected last
	imap_scripted_end
}

@test "a mailbox that is not there leaves none selected" {
	session 0 -- select=INBOX select=$'No\x07where' show <<-'.'
		C: SELECT INBOX
		S: * 3 EXISTS
		S: TAG OK done
		C: SELECT *
		S: TAG NO [NONEXISTENT] it is not
	.
	contains out 'NO 66 No\x07where: NO [NONEXISTENT] it is not'
	session 0 -- select=Other <<-'.'
		C: SELECT *
		S-RAW: TAG NO what is \x07 that?\r\n
	.
	contains out 'NO 66 Other: NO what is \x07 that?'
	tail -n 1 out >last
	not grep -q selected last
}

@test "what a refusal means" {
	local code class

	while read -r code class; do
		session 0 -- say=NOOP said finish <<-.
			C: NOOP
			S: TAG $code
		.
		grep -q "^NO $class " out || { echo "-- $code"; show out; return 1; }
	done <<-'.'
		NO 69
		NO 69
		BAD 76
	.
	while read -r code class; do
		session 0 -- say=NOOP said finish <<-.
			C: NOOP
			S: TAG NO [$code] x
		.
		grep -q "^NO $class " out || { echo "-- $code"; show out; return 1; }
	done <<-'.'
		UNAVAILABLE 75
		inuse 75
		LIMIT 75
		OVERQUOTA 75
		SERVERBUG 75
		NOPERM 77
		AUTHORIZATIONFAILED 77
		PRIVACYREQUIRED 77
		EXPIRED 77
		NONEXISTENT 66
		TRYCREATE 66
		ALREADYEXISTS 73
		X-WHAT 69
	.
}

# login STATUS USER PASSWORD [option ...]: by the server at $PORT.
login()
{
	printf '%s\n' "$3" >password
	expect_noted "$1" "$tool" -v -p 'cat password' "${@:4}" \
	    "imap://$2@127.0.0.1:$PORT" show || return 1
	# Whatever is shown of it, the password is not.
	not grep -qF -e "$3" out err &&
	    not grep -qF -e "$(printf '\0%s\0%s' "$2" "$3" | base64)" out err
}

@test "LOGIN, where nothing else is offered" {
	imap_script <<-'.'
		GREETING:
		C: LOGIN alice pencil
		S: TAG OK in
		C: CAPABILITY
		S: * CAPABILITY IMAP4rev1 UIDPLUS
		S: TAG OK done
	.
	login 0 alice pencil
	imap_scripted_end
	contains err 'LOGIN alice ***'
	contains out 'offers 00000101'
	imap_script <<-'.'
		GREETING:
		C: LOGIN "al\"i ce" "pen\"c\\il {3}"
		S: TAG OK [CAPABILITY IMAP4rev1] in
	.
	login 0 al%22i%20ce 'pen"c\il {3}'
	imap_scripted_end
	contains err 'LOGIN "al\"i ce" ***'
	# No quoted string can say these.
	imap_script <<-'.'
		GREETING:
		C: LOGIN {6}alicé {7}péncil
		S: TAG OK [CAPABILITY IMAP4rev1] in
	.
	login 0 alic%C3%A9 péncil
	imap_scripted_end
}

@test "LOGINDISABLED is honoured, and AUTHENTICATE is not LOGIN" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 LOGINDISABLED
		GREETING:
	.
	login 77 alice pencil
	imap_scripted_end
	not_told
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 LOGINDISABLED AUTH=PLAIN SASL-IR
		GREETING:
		C: AUTHENTICATE PLAIN AGFsaWNlAHBlbmNpbA==
		S: TAG OK [CAPABILITY IMAP4rev1] in
	.
	login 0 alice pencil
	imap_scripted_end
	contains err 'AUTHENTICATE PLAIN ***'
}

# By a name as if it were not this machine.
@test "no password in clear text where others listen" {
	local offers

	for offers in '' 'AUTH=PLAIN SASL-IR' AUTH=LOGIN; do
		imap_script <<-.
			CAPABILITY: IMAP4rev1 $offers
			GREETING:
		.
		expect 77 "$tool" -p 'echo pencil' -o tls=none \
		    "imap://alice@127.1:$PORT"
		contains err 'to whoever listens'
		imap_scripted_end
		not_told
	done
	imap_script <<-.
		GREETING:
		C: LOGIN alice pencil
		S: TAG OK in
	.
	expect 0 "$tool" -p 'echo pencil' -o tls=none -o auth-clear=yes \
	    "imap://alice@127.1:$PORT"
	# It is not asked for: whoever answers may be anybody.
	imap_script <<-.
		S: * PREAUTH [CAPABILITY IMAP4rev1] hello
		C-END
	.
	expect 75 "$tool" -p 'echo pencil' -o tls=none "imap://alice@127.1:$PORT"
	failed 'the server asks for no login (PREAUTH), in clear text'
}

@test "a login that is refused, and how" {
	local code class

	while read -r class code; do
		for offers in '' 'AUTH=PLAIN SASL-IR'; do
			imap_script <<-.
				CAPABILITY: IMAP4rev1 $offers
				GREETING:
				MANUAL: LOGIN AUTHENTICATE
				C: *
				S: TAG $code
			.
			say "$class" --
			failed "127.0.0.1: " || { echo "-- $code"; return 1; }
			not contains err pencil
		done
	done <<-'.'
		77 NO
		77 NO [AUTHENTICATIONFAILED] no
		77 NO [ALERT] log in by your browser
		77 NO [REFERRAL imap://alice;AUTH=*@evil.example/] elsewhere
		75 NO [UNAVAILABLE] later
		75 NO [INUSE] somebody is in
		75 NO [LIMIT] too many
		69 NO [CONTACTADMIN] ask
		76 BAD what?
	.
}

@test "a referral to another server is not followed" {
	imap_script <<-'.'
		GREETING:
		C: LOGIN *
		S: TAG OK [REFERRAL imap://alice@127.0.0.1:9/] better there
		C: CAPABILITY
		S: * CAPABILITY IMAP4rev1
		S: TAG OK done
		C: NOOP
		S: TAG OK done
	.
	say 0 -- say=NOOP said finish
	imap_scripted_end
}

@test "what is said on the way in costs no round trip" {
	# Each line is what comes in one piece.
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 IMAP4rev2 ENABLE ID SASL-IR AUTH=PLAIN
		GREETING:
		C: AUTHENTICATE PLAIN *
		S: TAG OK [CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE ID] in
		C: ENABLE IMAP4rev2
		C: ID ("name" "mailpipe")
		C: NOOP
		S-RAW: * ENABLED IMAP4rev2\r\nTAG.ENABLE OK done\r\n* ID NIL\r\nTAG.ID NO who cares\r\nTAG.NOOP OK done\r\n
	.
	say 0 -- say=NOOP said finish show
	imap_scripted_end
	contains out 'rev2 utf8'
	sed -n 3p out | grep -qx 'OK text done'
}

@test "what a server offers stands for more, or has a number" {
	session 0 -- show <<-'.'
		AUTO: NOOP
	.
	imap_script <<-'.'
		CAPABILITY: IMAP4rev2 MESSAGELIMIT=1000 auth=plain
		GREETING:
	.
	say 0 -- show
	# NAMESPACE, UNSELECT, UIDPLUS, ESEARCH, ENABLE, IDLE, SASL-IR,
	# LIST-EXTENDED, LIST-STATUS, MOVE, LITERAL-, BINARY, SPECIAL-USE,
	# STATUS=SIZE, with no need to enable what is all there is.
	grep -qx 'offers 128ee7d2 limit 1000 rev2 utf8 mechanisms plain ' out
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MESSAGELIMIT=0 MESSAGELIMIT=4294967296 MESSAGELIMIT=x
		GREETING:
	.
	say 0 -- show
	grep -qx 'offers 00000001 limit 0 mechanisms ' out
}

@test "ALERT is told once, made safe, and of whoever let us in alone" {
	imap_script <<-'.'
		S-RAW: * OK [ALERT] before\r\n
		C: CAPABILITY
		S: * CAPABILITY IMAP4rev1
		S: * OK [ALERT] before
		S: TAG OK done
		C: LOGIN *
		S: TAG OK [CAPABILITY IMAP4rev1] in
		C: NOOP
		S-RAW: * OK [ALERT] disk \x1b[31mfull\r\n* OK [ALERT] disk \x1b[31mfull\r\n* BAD [ALERT]\r\nTAG OK [alert] soon\r\n
	.
	expect_noted 0 "$tool" -p 'echo pencil' "$URL" say=NOOP said finish
	imap_scripted_end
	printf 'imapsay: 127.0.0.1: %s\n' 'disk \x1b[31mfull' soon |
	    same - err
	session 0 -- <<-'.'
	.
	imap_script <<-'.'
		GREETING:
		C: NOOP
		S-COUNT: 1 1000 * OK [ALERT] number #\r\n
		S: TAG OK done
	.
	expect_noted 0 "$tool" -p 'echo pencil' "$URL" say=NOOP said finish
	[ "$(wc -l <err)" -eq 10 ]
}

@test "BYE at any time" {
	session 75 -- say=NOOP said finish <<-'.'
		C: NOOP
		S: * BYE [UNAVAILABLE] going down
		C-END
	.
	failed '127.0.0.1: BYE [UNAVAILABLE] going down'
}

@test "what nobody asked for, at any time" {
	session 0 -- select=INBOX say=NOOP said finish fetch <<-'.'
		S-RAW: * 9 EXISTS\r\n* 1 EXPUNGE\r\n* 2 RECENT\r\n
		C: SELECT INBOX
		S-RAW: * LIST () "/" x\r\n* SEARCH 1 2 3\r\n* STATUS x (MESSAGES 1)\r\n
		S: * 3 EXISTS
		S-RAW: * VANISHED (EARLIER) 1:4294967295\r\n* 1 FETCH (UID 9 FLAGS ())\r\n* X-WHAT {3}\r\n\r\n)\r\n
		S: TAG OK [READ-WRITE] done
		C: NOOP
		S-RAW: * 4294967295 EXISTS\r\n* 5 EXPUNGE\r\n* CAPABILITY IMAP4rev1\r\n* ENABLED UTF8=ACCEPT\r\n* ID NIL\r\n* NO\r\n* BAD []\r\n* OK [\r\n* PREAUTH hi\r\n* 7 X "a b" (c\r\n
		S: TAG OK done
		C: UID FETCH *
		S-RAW: * SEARCH \r\n* ESEARCH (TAG "x") UID ALL 1:4294967295\r\n* NAMESPACE NIL NIL NIL\r\n
		S: TAG OK
	.
	imap_scripted_end
	contains out 'exists 3 '
	contains out '* 4294967294 EXPUNGE' || contains out '* 5 EXPUNGE'
}

@test "\"+\" that nobody waits for" {
	session 76 -- say=NOOP said finish <<-'.'
		C: NOOP
		S: + go on
		C-END
	.
	failed 'a "+" that nobody waits for'
}

@test "IDLE: \"+\", data as it comes, and DONE" {
	session 0 -- select=INBOX say=IDLE said-plus next await=1 await=60 next \
	    line=DONE finish <<-'.'
		C: SELECT INBOX
		S: TAG OK done
		C: IDLE
		S: + idling
		QUIET: 10
		S: * 3 EXISTS
		C-LINE: DONE
		S: TAG.IDLE OK done
	.
	imap_scripted_end
	tail -n +2 out | same - <(printf '%s\n' '+ idling' nothing something \
	    '* 3 EXISTS' 'OK text done')
}

@test "an endless line, endless responses, endless literals" {
	local what

	# Before the login there is little to say.
	imap_script <<-.
		GREETING:
		C: LOGIN *
		S-REPEAT: 40000 * OK this is nothing at all\r\n
		SILENCE
	.
	say 76 -o timeout=5 --
	contains err 'too much that nobody asked for, and no answer'
	for what in x '* OK hi\r\n' '* LIST () "/" x\r\n' '(' '* 1 X ((((' \
	    '* OK [' '"' '* OK [CAPABILITY ' '* 1 X {1}\r\nx' ' ' '{'; do
		imap_script <<-.
			GREETING:
			C: LOGIN *
			S-FLOOD: $what
		.
		peak_of 76 --
		[ "$PEAK" -lt 20000 ] || sanitized
	done
	for what in x '* 1 X "' '* 1 ' '* 1 X {1' '* 1 FETCH (FLAGS (a'; do
		session_flood "$what"
	done
}

peak_of()
{
	local status=$1

	shift 2
	local got=0

	SECONDS_ALLOWED=600 peak "$tool" -p 'echo pencil' "$URL" "$@" >out 2>err 3>&- || got=$?
	[ "$got" -eq "$status" ] && [ "$(wc -l <err)" -eq 1 ] && return 0
	echo "status $got, expected $status"
	show err
	return 1
}

session_flood()
{
	imap_script <<-.
		GREETING:
		C: NOOP
		S-FLOOD: $1
	.
	peak_of 76 -- say=NOOP said finish
	[ "$PEAK" -lt 20000 ] || sanitized
}

@test "hundreds of megabytes that nobody reads" {
	session_flood '* X-WHAT 1 2 3 4 5 6 7 8 9 (a b c d e f) "g h i"\r\n'
	contains err 'too much that nobody asked for, and no answer'
}

@test "a literal of 2 GiB is no memory of ours" {
	imap_script <<-.
		GREETING:
		C: SELECT INBOX
		S: TAG OK done
		C: UID FETCH *
		S: * 1 FETCH (UID 1 X-SKIP {2147483648}
		S-REPEAT: 30000 0123456789
		HANGUP
	.
	peak_of 75 -- select=INBOX fetch
	[ "$PEAK" -lt 20000 ] || sanitized
	contains err 'closed by the server'
}


@test "as many commands at once as a server has room for" {
	local n commands=()

	for n in $(seq 64); do
		commands+=(say="SEARCH $n" said)
	done
	imap_script <<-.
		GREETING:
		$(seq -f 'C: SEARCH %.0f' 64)
		S: TAG.SEARCH OK done
	.
	say 0 -- room "${commands[@]}" room finish room
	imap_scripted_end
}

@test "a server that falls silent, hangs up or raves at each step" {
	tls_ready
	imap_spoilt '75|76' "$tool" -p 'echo pencil' -o timeout=1 \
	    "${TLS[@]}" @ select=INBOX say='SEARCH ' string=$'\n' said finish \
	    fetch <<-'.'
		CAPABILITY: IMAP4rev1 STARTTLS AUTH=PLAIN ID ENABLE UTF8=ACCEPT
		GREETING:
		BOX: exists=1 uidvalidity=7 uidnext=2
		C: SEARCH *
		S: * SEARCH 1
		S: TAG OK done
		C: UID FETCH *
		S-RAW: * 1 FETCH (UID 1 X {10}\r\n012
		S-RAW: 3456789 FLAGS ())\r\n
		S: TAG OK done
	.
}

@test "slow beyond patience" {
	local what

	for what in x '* ' '* 1 X {9}\r\n'; do
		imap_script <<-.
			GREETING:
			C: NOOP
			TRICKLE: $what
		.
		expect 75 "$tool" -p 'echo pencil' -o timeout=1 "$URL" \
		    say=NOOP said finish
		contains err 'not done within the time allowed'
	done
}

@test "what a server offers changes in the middle of a login" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 AUTH=PLAIN AUTH=SCRAM-SHA-256
		GREETING:
		C: AUTHENTICATE SCRAM-SHA-256
		S-RAW: * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n+ \r\n
		C-LINE: *
		S-RAW: * CAPABILITY X\r\nTAG NO no\r\n
	.
	say 77 --
	failed '127.0.0.1: NO no'
}

@test "tls=may: where it works, and else in clear on a new connection" {
	tls_ready
	imap_script <<-.
		CAPABILITY: IMAP4rev1 STARTTLS
		GREETING:
		C: STARTTLS
		S: TAG OK go on
		C-SOME
		HANGUP
		ACCEPT
		GREETING:
		C: LOGIN alice pencil
		S: TAG OK in
	.
	say 0 -o tls=may --
	imap_scripted_end
	# Something that breaks the protocol is no reason for clear text.
	imap_script <<-.
		CAPABILITY: IMAP4rev1 STARTTLS
		GREETING:
		C: STARTTLS
		S-RAW: TAG OK go on\r\n* OK hi\r\n
	.
	say 76 -o tls=may --
	imap_scripted_end
	not_told
}

@test "what is told of a mailbox" {
	session 0 -- examine=A select=B select=C <<-'.'
		C: EXAMINE A
		S: * FLAGS (\Seen $Junk)
		S: * OK [PERMANENTFLAGS ()] read-only
		S: * 7 EXISTS
		S: * OK [UIDVALIDITY 4294967295]
		S: * OK [UIDNEXT 8] next
		S: * OK [HIGHESTMODSEQ 9223372036854775807]
		S: TAG OK [READ-ONLY]
		C: SELECT B
		S: * FLAGS (\Seen $Junk)
		S: * 1 EXISTS
		S: * OK [NOMODSEQ] none
		S: TAG OK [READ-WRITE] done
		C: SELECT C
		S: * OK [PERMANENTFLAGS (\Seen \Draft \*)] these
		S: * FLAGS (\Seen \Draft other)
		S: TAG OK done
	.
	imap_scripted_end
	same out - <<-'.'
		exists 7 uidvalidity 4294967295 uidnext 8 modseq 9223372036854775807 readonly flags 
		exists 1 uidvalidity 0 uidnext 0 modseq 0 keywords flags \Seen $Junk
		exists 0 uidvalidity 0 uidnext 0 modseq 0 keywords flags \Seen \Draft
	.
}
