# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# smtp-send: addresses and headers of UTF-8 (RFC 6531, RFC 6532).

load helper
load postfix

setup()
{
	isolate
	shopt -s lastpipe
	printf 'From: a@x\nSubject: test\n\nhi\n' >m
	printf 'From: a@x\nSubject: Gr\303\274\303\237e\n\nhi\n' >mu
	JO=$'j\303\274rgen@example.org'
}

# A server that offers the keywords, and records.
recorder()
{
	rm -rf port rec
	start recorder python3 "$TESTS/peer/record.py" port rec "$@"
	wait_for 10 test -s port
	URL=smtp://127.0.0.1:$(cat port)
}

results()
{
	cut -f 2-5 out | tr '\t\n' ' ;' >got
	printf '%s' "$1" >want
	same got want
}

@test "SMTPUTF8 is asked for where it is needed, and only there" {
	recorder PIPELINING 8BITMIME SMTPUTF8
	printf '%s\n' m mu m >list
	expect 0 smtp-send -l -f a@x "$URL" b@y <list
	expect 0 smtp-send -f a@x "$URL" "$JO" <m
	expect 0 smtp-send -f "$JO" "$URL" b@y <m
	expect 0 smtp-send -f a@x "$URL" $'b\303\266b@b\303\274cher.example' <m
	expect 0 smtp-send -R full -f '' "$URL" b@y <mu
	head -qn 1 rec/?.envelope >got
	printf '%s\n' 'MAIL FROM:<a@x>' \
	    'MAIL FROM:<a@x> BODY=8BITMIME SMTPUTF8' 'MAIL FROM:<a@x>' \
	    'MAIL FROM:<a@x> SMTPUTF8' "MAIL FROM:<$JO> SMTPUTF8" \
	    'MAIL FROM:<a@x> SMTPUTF8' \
	    'MAIL FROM:<> BODY=8BITMIME SMTPUTF8' >want
	same got want
	contains rec/4.envelope "RCPT TO:<$JO>"
	contains rec/2.wire $'Subject: Gr\303\274\303\237e'
}

@test "where it is not offered: 5.6.7, and nothing is sent" {
	recorder PIPELINING 8BITMIME
	expect_noted 69 smtp-send -r -f a@x "$URL" b@y c@y <mu
	results 'b@y failed 0 5.6.7;c@y failed 0 5.6.7;'
	expect_noted 69 smtp-send -r -f "$JO" "$URL" b@y <m
	results 'b@y failed 0 5.6.7;'
	[ ! -e rec/1.wire ]
	[ ! -e rec/wrong ]
	expect 69 smtp-send -f a@x "$URL" b@y <mu
	contains err 'SMTPUTF8, which the server does not offer'
}

@test "where it is not offered, those who can be named get it" {
	recorder PIPELINING 8BITMIME
	expect_noted 69 smtp-send -r -f a@x "$URL" b@y "$JO" c@y <m
	results "b@y sent 250 2.0.0;$JO failed 0 5.6.7;c@y sent 250 2.0.0;"
	printf '%s\n' 'MAIL FROM:<a@x>' 'RCPT TO:<b@y>' 'RCPT TO:<c@y>' >want
	same rec/1.envelope want
	expect_noted 69 smtp-send -r -f a@x "$URL" "$JO" <m
	results "$JO failed 0 5.6.7;"
	[ ! -e rec/2.wire ]
	# More of them than one transaction holds.
	python3 -c 'for i in range(150): print("\u00fc%d@y" % i)' >to
	xargs -a to timeout 50 smtp-send -r -f a@x "$URL" \
	    z@y <m >out || [ $? -eq 123 ]
	[ "$(cut -f 3,5 out | sort | uniq -c | tr -d ' \t' | tr '\n' ';')" = \
	    '150failed5.6.7;1sent2.0.0;' ]
}

@test "8-bit headers that are no UTF-8 are not helped by it, and go as ever" {
	printf 'From: a@x\nSubject: Gr\374\337e\n\nhi\n' >latin
	recorder PIPELINING 8BITMIME
	expect 0 smtp-send -f a@x "$URL" b@y <latin
	contains rec/1.envelope 'BODY=8BITMIME'
	recorder PIPELINING 8BITMIME SMTPUTF8
	expect 0 smtp-send -f a@x "$URL" b@y <latin
	not grep -q UTF8 rec/1.envelope
}

@test "-t reads UTF-8 addresses, -n tells that they are needed" {
	printf 'From: a@x\nTo: J <%s>\n\nhi\n' "$JO" >t
	recorder PIPELINING 8BITMIME SMTPUTF8
	expect 0 smtp-send -t "$URL" <t
	contains rec/1.envelope "RCPT TO:<$JO>"
	expect 0 smtp-send -tn "$URL" <t
	contains out 'needs	SMTPUTF8'
	expect 0 smtp-send -n -f a@x "$URL" b@y <mu
	contains out 'needs	SMTPUTF8'
	# Bcc alone, which is not sent.
	printf 'From: a@x\nBcc: J\303\274 <b@y>\n\nhi\n' >t
	expect 0 smtp-send -tjn "$URL" <t
	contains out '"smtputf8":false'
}

@test "what is no UTF-8, or cannot be shown, is no address" {
	local bad

	for bad in $'\374@b' $'\303@b' $'\302\205@b' $'a\342\200\256@b' \
	    $'a@\342\200\250b' $'\303\274\r\n@b' $'\303\274> SIZE=1@b' \
	    $'\303\274@b c'; do
		expect 64 smtp-send -f a@x smtp://127.0.0.1:1 b@y "$bad" <m
		contains err 'no mail address'
		expect 64 smtp-send -f "$bad" smtp://127.0.0.1:1 b@y <m
		contains err '-f: no mail address'
		# The letter may be shown, nothing else.
		[ "$(sed $'s/\303\274//g' err | LC_ALL=C tr -d '\12\40-\176' |
		    wc -c)" -eq 0 ]
	done
}

@test "a real postfix takes UTF-8 addresses and headers" {
	needs_root
	postfix_up - <<-.
		smtputf8_enable = yes
	.
	expect_noted 0 smtp-send -v -f "$JO" "$URL" $'b\303\266b@example.org' <mu
	grep -q '^> MAIL .* SMTPUTF8$' err
	wait_for 20 sh -c '[ $(ls Maildir/new | wc -l) -eq 1 ]'
	contains "$(echo Maildir/new/*)" "Return-Path: <$JO>"
	contains "$(echo Maildir/new/*)" $'Subject: Gr\303\274\303\237e'
}
