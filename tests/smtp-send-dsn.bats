# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# smtp-send: what is asked of the server for a message (-N, -O, -R, -V).

load helper
load postfix

setup()
{
	isolate
	shopt -s lastpipe
	printf '%s\n' 'From: alice@example.org' 'Subject: test' '' 'Hello' >m
}

# A server that offers these keywords and follows the lines on standard input.
server()
{
	{
		printf '%s\n' 'S: 220 mx' 'C: EHLO *'
		[ $# -eq 0 ] || printf 'S: 250-%s\n' mx "${@:1:$#-1}"
		[ $# -eq 0 ] && echo 'S: 250 mx' || echo "S: 250 ${*: -1}"
		cat
	} >script
	scripted script
	URL=smtp://127.0.0.1:$PORT
}

@test "DSN: the parameters, in xtext, for each recipient" {
	server PIPELINING DSN <<-'.'
	C: MAIL FROM:<a@x> RET=HDRS ENVID=a+2Bb+3D+20c
	C: RCPT TO:<b@y> NOTIFY=SUCCESS,FAILURE,DELAY
	C: RCPT TO:<c@y> NOTIFY=SUCCESS,FAILURE,DELAY
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n250 c\r\n354 d\r\n
	C-DATA:
	S: 250 ok
	C: QUIT
	.
	expect 0 smtp-send -N delay,Success,failure -R HDRS -V 'a+b= c' \
	    -f a@x "$URL" b@y c@y <m
	scripted_end
}

@test "DSN: the first recipient's address, with its kind" {
	local given want

	while read -r given want; do
		server DSN <<-.
		C: MAIL FROM:<a@x>
		S: 250 ok
		C: RCPT TO:<b@y> NOTIFY=NEVER ORCPT=$want
		S: 550 5.1.1 no
		C: QUIT
		.
		expect 67 smtp-send -N never -O "$given" -f a@x "$URL" \
		    b@y <m || return 1
		scripted_end
	done <<-'.'
		carol@example.org rfc822;carol@example.org
		a+b=c@x rfc822;a+2Bb+3Dc@x
		X400;/C=de/ X400;/C+3Dde/
		"a;b"@x rfc822;"a;b"@x
	.
}

@test "no DSN, no parameters" {
	server PIPELINING <<-'.'
	C: MAIL FROM:<a@x>
	C: RCPT TO:<b@y>
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n354 d\r\n
	C-DATA:
	S: 250 ok
	C: QUIT
	.
	expect 0 smtp-send -N never -R full -V 1 -O c@z -f a@x "$URL" b@y <m
	scripted_end
}

@test "DSN offered, and its parameters refused" {
	server PIPELINING DSN <<-'.'
	C: MAIL FROM:<a@x> RET=FULL
	C: RCPT TO:<b@y>
	C: DATA
	S-RAW: 555 5.5.4 RET\r\n503 no\r\n503 no\r\n
	C: QUIT
	.
	expect_noted 69 smtp-send -r -R full -f a@x "$URL" b@y <m
	printf -- '-\tb@y\tfailed\t555\t5.5.4\tRET\n' >want
	same out want
	scripted_end
	server PIPELINING DSN <<-'.'
	C: MAIL FROM:<a@x>
	C: RCPT TO:<b@y> NOTIFY=DELAY
	C: DATA
	S-RAW: 250 ok\r\n555 5.5.4 NOTIFY\r\n554 no\r\n
	C: QUIT
	.
	expect 69 smtp-send -N delay -f a@x "$URL" b@y <m
	contains err '555 5.5.4 NOTIFY'
	scripted_end
}

@test "values that are none are refused before anything is sent" {
	local long bad

	long=$(printf '%0100d' 0)
	for bad in '' never,success sometimes 'success,' ',delay' 'delay ' \
	    $'delay\r\nRSET'; do
		expect 64 smtp-send -N "$bad" smtp://127.0.0.1:1 b@y <m
		contains err "smtp-send: -N: "
	done
	for bad in '' part 'full ' $'full\r\n'; do
		expect 64 smtp-send -R "$bad" smtp://127.0.0.1:1 b@y <m
		contains err "smtp-send: -R: "
	done
	for bad in '' $'a\r\nRSET' $'a\nb' $'\177' $'\303\274' "${long}0" \
	    "${long:0:98}+"; do
		expect 64 smtp-send -V "$bad" smtp://127.0.0.1:1 b@y <m
		contains err "smtp-send: -V: "
	done
	for bad in '' ';a@b' 'x400;' $'a@b\r\nRSET' $'\303@b' $'\303\274' \
	    "$long$long$long$long$long"; do
		expect 64 smtp-send -O "$bad" smtp://127.0.0.1:1 b@y <m
		contains err "smtp-send: -O: "
	done
	# As long as can be is sent.
	server DSN <<-.
	C: MAIL FROM:<a@x> ENVID=$long
	S: 550 no
	C: QUIT
	.
	expect 69 smtp-send -V "$long" -f a@x "$URL" b@y <m
	scripted_end
}

@test "-O is for one recipient" {
	expect 64 smtp-send -O c@z -f a@x smtp://127.0.0.1:1 b@y c@y <m
	contains err "-O is for one recipient, here are 2"
}

@test "a real postfix reports a success under the name that it was given" {
	needs_root
	postfix_up
	expect 0 smtp-send -N success -R hdrs -V 'id=1+' -O carol@example.net \
	    -f bob@example.org "$URL" alice@example.org <m
	wait_for 20 sh -c 'grep -ql "^Original-Envelope-Id: id=1+" Maildir/new/*'
	grep -l '^Original-Envelope-Id' Maildir/new/* >report
	contains "$(cat report)" 'Original-Recipient: rfc822;carol@example.net'
	contains "$(cat report)" 'Action: delivered'
	not grep -q '^Hello' "$(cat report)"
}
