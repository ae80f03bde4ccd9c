#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd: what it says, and what of it ends up in a Maildir.

load helper
load smtpd

@test "a session from greeting to QUIT" {
	talk <<-'.'
		S: 220 mx.example.org ESMTP mailpipe
		C: EHLO client.example
		S: 250-mx.example.org
		S: 250-PIPELINING
		S: 250-SIZE 52428800
		S: 250-8BITMIME
		S: 250-BINARYMIME
		S: 250-CHUNKING
		S: 250-ENHANCEDSTATUSCODES
		S: 250-LIMITS RCPTMAX=1000
		S: 250-SMTPUTF8
		S: 250 HELP
		C: MAIL FROM:<alice@example.net> SIZE=1000 BODY=8BITMIME
		S: 250 2.1.0 *
		C: RCPT TO:<bob@example.org>
		S: 250 2.1.5 *
		C: DATA
		S: 354 *
		C: Subject: hello
		C:
		C: text
		C: .
		S: 250 2.0.0 accepted as *
		C: QUIT
		S: 221 2.0.0 mx.example.org
		S-END
	.
	[ "$(letters bob)" -eq 1 ]
	tmp_clean
	contains "$T/log" ' accepted'
}

@test "HELO: one line, no extensions, and SMTP in the trace" {
	talk <<-'.'
		S: 220 *
		C: helo client.example
		S: 250 mx.example.org
		C: mail from:<alice@example.net>
		S: 250 *
		C: rcpt to:<BOB@EXAMPLE.org>
		S: 250 *
		C: data
		S: 354 *
		C: Subject: x
		C: .
		S: 250 *
		C: quit
		S: 221 *
	.
	contains "$(letter bob)" 'with SMTP id'
	contains "$(letter bob)" 'from client.example (local)'
}

@test "the message as it came, behind Return-Path, Delivered-To, Received" {
	{
		envelope
		cat <<-'.'
			C: Subject: caf\xc3\xa9
			C-RAW: From: a@example.net\r\n\r\n..dot\r\n...\r\n
			C-RAW: \xff\xfe \x1b[31m\r\n\r\n\r\n
			C-REPEAT: 65000 x
			C-RAW: \r\n \t \r\n
			C: .
			S: 250 *
		.
	} | sed 's/^C: Subject: \(.*\)/C-RAW: Subject: \1\\r\\n/' |
	    talk env TCPREMOTEIP=192.0.2.7 smtpd-inetd -f "$T/mailpipe.conf"
	{
		printf 'Subject: caf\303\251\nFrom: a@example.net\n\n.dot\n..\n'
		printf '\377\376 \033[31m\n\n\n'
		printf '%065000d' 0 | tr 0 x
		printf '\n \t \n'
	} >"$T/want"
	file=$(letter bob)
	stored "$file" >"$T/got"
	same "$T/want" "$T/got"
	sed -n 1,2p "$file" >"$T/got"
	printf '%s\n' 'Return-Path: <alice@example.net>' \
	    'Delivered-To: bob@example.org' >"$T/want"
	same "$T/want" "$T/got"
	[ "$(grep -c '^Received:' "$file")" -eq 1 ]
	sed -n 3,6p "$file" | tr -d '\n' >"$T/got"
	id=${file##*/}
	id=${id%%."$(hostname)"*}
	grep -qx "Received: from client.example (\[192.0.2.7\])	by mx.example.org (mailpipe) with ESMTP id $id	for <bob@example.org>; [A-Z].*" "$T/got"
}

@test "the file: its name tells its sizes, and it is its owner's alone" {
	{ envelope; printf '%s\n' 'C: Subject: x' C: 'C: 1' 'C: 2' 'C: .' \
	    'S: 250 *'; } | talk
	file=$(letter bob)
	size=$(wc -c <"$file")
	lines=$(wc -l <"$file")
	[[ ${file##*/} == [0-9]*.M[0-9]*P[0-9]*Q1.*,S=$size,W=$((size + lines)) ]]
	[ "$(stat -c %a "$file")" = 600 ]
}

@test "several recipients share one file and learn nothing of each other" {
	{ envelope bob@example.org alice@example.org bob+x@example.org
	    printf '%s\n' 'C: Subject: x' C: 'C: 1' 'C: .' 'S: 250 *'; } | talk
	a=$(letter alice)
	b=$(letter bob)
	[ "$(stat -c %d:%i "$a")" = "$(stat -c %d:%i "$b")" ]
	[ "$(stat -c %h "$a")" -eq 2 ]
	tmp_clean
	not grep -iE 'alice@example.org|bob|delivered-to|	for ' "$a"
	contains "$a" 'Return-Path: <alice@example.net>'
}

@test "a Maildir, or a part of one, that is not there is made" {
	mail_host
	owned "$T"
	rm -r "$T/bob" "$T/alice/new"
	{ envelope bob@example.org alice@example.org
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } | talk
	[ "$(letters bob)$(letters alice)" = 11 ]
	rm -r "$T/bob/new" "$T/alice/cur" "$T/alice/new"
	{ envelope bob@example.org alice@example.org
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } | talk
	[ "$(letters bob)$(letters alice)" = 11 ]
	rm -r "$T/bob/new" "$T/bob/tmp" "$T/alice"
	{ envelope alice@example.org bob@example.org
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } | talk
	[ "$(letters bob)$(letters alice)" = 11 ]
	[ "$(stat -c %a "$T/alice" "$T/alice/new" | uniq)" = 700 ]
}

@test "unknown users, other domains, and those that always have a mailbox" {
	{ hello; cat <<-'.'
		C: MAIL FROM:<>
		S: 250 2.1.0 *
		C: RCPT TO:<carol@example.org>
		S: 550 5.1.1 *
		C: RCPT TO:<bob@example.net>
		S: 550 5.7.1 *
		C: RCPT TO:<bob@sub.example.org>
		S: 550 5.7.1 *
		C: RCPT TO:<bob@[127.0.0.1]>
		S: 550 5.7.1 *
		C: RCPT TO:<postmaster+x@example.net>
		S: 550 5.7.1 *
		C: RCPT TO:<PostMaster>
		S: 250 2.1.5 *
		C: RCPT TO:<POSTMASTER@example.ORG>
		S: 250 2.1.5 *
		C: RCPT TO:<bob+any.thing@example.org>
		S: 250 2.1.5 *
		C: RCPT TO:<"bob"@example.org>
		S: 250 2.1.5 *
		C: RCPT TO:<"b\ob+a b"@example.org>
		S: 250 2.1.5 *
		C: RCPT TO:<@relay.example,@b.example:bob@example.org>
		S: 250 2.1.5 *
		C: DATA
		S: 354 *
		C: Subject: x
		C: .
		S: 250 *
	.
	} | talk
	# The first user of the file is the postmaster.
	[ "$(letters alice)" -eq 1 ]
	contains "$(letter bob)" 'Return-Path: <>'
	[ "$(grep -c refused "$T/log")" -eq 5 ]
	contains "$T/log" \
	    'to=<carol@example.org> refused: 550 5.1.1 there is no such mailbox'
	contains "$T/log" \
	    'to=<bob@example.net> refused: 550 5.7.1 no mail is taken for that'
}

# Says RCPT for postmaster in three forms, each answered as the argument says.
to_postmaster()
{
	{ hello
	    printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *'
	    for to in Postmaster postmaster@example.net postmaster@example.org
	    do
		printf '%s\n' "C: RCPT TO:<$to>" "S: $1"
	    done
	    [ "${1%% *}" != 250 ] || printf '%s\n' 'C: DATA' 'S: 354 *' \
		'C: Subject: x' 'C: .' 'S: 250 *'
	} | talk
}

@test "Postmaster: without a domain it is of the first of Domains" {
	mail_host
	sed -i 's/^Domains:.*/& example.net/' "$T/mailpipe.conf"
	echo 'Postmaster: Bob+master' >>"$T/mailpipe.conf"
	to_postmaster '250 2.1.5 *'
	[ "$(letters bob)$(letters alice)" = 10 ]
}

@test "postmaster is never refused, only put off where nobody is" {
	mail_host
	sed -i 's/^Domains:.*/& example.net/' "$T/mailpipe.conf"
	echo 'Postmaster: bob@example.net' >>"$T/mailpipe.conf"
	to_postmaster '451 4.3.0 *'
	contains "$T/log" 'to=<postmaster@example.net> not looked up: Postmaster: bob@example.net has no mailbox'
	sed -i /Postmaster/d "$T/mailpipe.conf"
	echo '# nobody yet' >"$T/users"
	to_postmaster '451 4.3.0 *'
	contains "$T/log" 'not looked up: there is no user to be postmaster'
}

@test "commands in the wrong order" {
	talk <<-'.'
		S: 220 *
		C: MAIL FROM:<a@example.net>
		S: 503 5.5.1 *
		C: DATA
		S: 503 5.5.1 *
		C: EHLO a
		S-ALL: 250-*
		C: RCPT TO:<bob@example.org>
		S: 503 5.5.1 *
		C: MAIL FROM:<a@example.net>
		S: 250 *
		C: MAIL FROM:<b@example.net>
		S: 503 5.5.1 *
		C: DATA
		S: 554 5.5.1 *
		C: RCPT TO:<bob@example.org>
		S: 250 *
		C: MAIL FROM:<b@example.net>
		S: 503 5.5.1 *
		C: DATA
		S: 354 *
		C: Subject: x
		C: .
		S: 250 *
		C: DATA
		S: 503 5.5.1 *
		C: RCPT TO:<bob@example.org>
		S: 503 5.5.1 *
		C: QUIT
		S: 221 *
		S-END
	.
	contains "$(letter bob)" 'Return-Path: <a@example.net>'
}

@test "RSET, EHLO and HELO forget the transaction" {
	{ hello; for word in RSET 'EHLO b' 'HELO b'; do cat <<-.
		C: MAIL FROM:<a@example.net>
		S: 250 *
		C: RCPT TO:<alice@example.org>
		S: 250 *
		C: $word
		S-ALL: 250*
		C: DATA
		S: 503 *
	.
	done
	cat <<-'.'
		C: MAIL FROM:<a@example.net>
		S: 250 *
		C: RCPT TO:<bob@example.org>
		S: 250 *
		C: DATA
		S: 354 *
		C: Subject: x
		C: .
		S: 250 *
	.
	} | talk
	[ "$(letters alice)$(letters bob)" = 01 ]
	contains "$(letter bob)" 'for <bob@example.org>'
}

@test "NOOP, VRFY, HELP, and what no server knows" {
	talk <<-'.'
		S: 220 *
		C: NOOP
		S: 250 2.0.0 *
		C: NOOP with an argument
		S: 250 2.0.0 *
		C: VRFY bob
		S: 252 2.5.0 *
		C: HELP
		S: 214 2.0.0 *
		C: HELP MAIL
		S: 214 2.0.0 *
		C: EHLO
		S: 501 5.5.4 *
		C: VRFY
		S: 501 5.5.4 *
		C: RSET now
		S: 501 5.5.4 *
		C: TURN
		S: 500 5.5.2 *
		C: STARTTLS
		S: 502 5.5.1 *
		C:
		S: 500 5.5.2 *
		C: QUIT  
		S: 221 *
		S-END
	.
}

@test "pipelined commands up to DATA are answered one by one" {
	{ hello; cat <<-'.'
		C-RAW: MAIL FROM:<a@example.net>\r\nRCPT TO:<x@example.org>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n
		S: 250 *
		S: 550 *
		S: 250 *
		S: 354 *
		C-RAW: Subject: x\r\n.\r\nRSET\r\nNOOP\r\nQUIT\r\n
		S: 250 2.0.0 accepted*
		S: 250 2.0.0 *
		S: 250 2.0.0 *
		S: 221 *
		S-END
	.
	} | talk
	[ "$(letters bob)" -eq 1 ]
}

@test "the size of a message: announced, and found" {
	mail_host
	echo 'Max-Message-Size: 2K' >>"$T/mailpipe.conf"
	{ hello; cat <<-'.'
		C: MAIL FROM:<a@example.net> SIZE=2049
		S: 552 5.3.4 *
		C: MAIL FROM:<a@example.net> SIZE=99999999999999999999
		S: 552 5.3.4 *
		C: MAIL FROM:<a@example.net> SIZE=18446744073709551617
		S: 552 5.3.4 *
		C: MAIL FROM:<a@example.net> SIZE=2048
		S: 250 *
		C: RCPT TO:<bob@example.org>
		S: 250 *
		C: DATA
		S: 354 *
		C-RAW: X: y\r\n\r\n
		C-REPEAT: 254 123456\r\n
		C-RAW: 123456\r\n.\r\n
		S: 250 *
		C: MAIL FROM:<a@example.net>
		S: 250 *
		C: RCPT TO:<bob@example.org>
		S: 250 *
		C: DATA
		S: 354 *
		C-RAW: X: y\r\n\r\n
		C-REPEAT: 256 123456\r\n
		C: .
		S: 552 5.3.4 *
		C: NOOP
		S: 250 *
	.
	} | talk
	stored "$(letter bob)" >"$T/got"
	[ "$(wc -l <"$T/got")" -eq 257 ]
	tmp_clean
}

@test "more than 50 Received fields are a loop" {
	{ for n in 50 51; do
		if [ "$n" -eq 50 ]; then
			envelope
		else
			envelope | tail -n +4
		fi
		echo "C-REPEAT: $n Received: by a.example\\r\\n"
		echo 'C-RAW: \r\nReceived: in the body\r\n.\r\n'
		[ "$n" -eq 50 ] && echo 'S: 250 *' || echo 'S: 554 5.4.6 *'
	done; } | talk
	[ "$(letters bob)" -eq 1 ]
	tmp_clean
}

@test "text without a header does not become part of the trace" {
	for first in 'no header here' ' Bcc: folded into our field' \
	    '	x' 'two words: x' ': x'; do
		{ envelope; printf 'C-RAW: %s\\r\\nline\\r\\n.\\r\\n\nS: 250 *\n' \
		    "$first"; } | talk
		file=$(letter bob)
		stored "$file" >"$T/got"
		printf '\n%s\nline\n' "$first" >"$T/want"
		same "$T/want" "$T/got"
		rm "$file"
	done
}

@test "a command of 2048 bytes and a line of text of 65536, and one byte more" {
	{ hello
	printf '%s\n' 'C-RAW: NOOP ' 'C-REPEAT: 2043 x' 'C:' 'S: 250 *' \
	    'C-RAW: NOOP ' 'C-REPEAT: 2044 x' 'C:' \
	    'S: 500 5.5.2 the line is too long' \
	    'C-RAW: AUTH ' 'C-REPEAT: 2044 x' 'C:' \
	    'S: 500 5.5.2 the line is too long'
	for n in 65536 65537; do
		envelope | sed 1,3d
		printf '%s\n' 'C-RAW: x: y\r\n\r\n' "C-REPEAT: $n x" 'C:' \
		    'C: .'
		[ "$n" -eq 65537 ] && echo 'S: 550 5.6.0 *' || echo 'S: 250 *'
	done
	printf '%s\n' 'C: QUIT' 'S: 221 *'; } | talk
	[ "$(letters bob)" -eq 1 ]
	[ "$(awk '{ if (length > n) n = length } END { print n }' \
	    "$(letter bob)")" -eq 65536 ]
}

@test "too many errors: 421, but what is the server's fault is none" {
	{ hello; for _ in 1 2 3 4 5 6 7 8 9; do
		printf '%s\n' 'C: XYZZY' 'S: 500 *'; done
	    printf '%s\n' 'C: XYZZY' 'S: 500 *' 'S: 421 4.7.0 *' S-END
	} | talk
	mail_host
	echo 'Max-Recipients: 100' >>"$T/mailpipe.conf"
	{ hello; cat <<-'.'
		C: MAIL FROM:<a@example.net>
		S: 250 *
		C-REPEAT: 120 RCPT TO:<bob@example.org>\r\n
	.
	yes 'S: 250 *' | head -n 100
	yes 'S: 452 4.5.3 *' | head -n 20
	printf '%s\n' 'C: DATA' 'S: 354 *' 'C: Subject: x' 'C: .' 'S: 250 *'
	} | talk
	[ "$(letters bob)" -eq 1 ]
}

@test "an idle client, a slow one, and one that never comes to the point" {
	mail_host
	echo 'Idle-Timeout: 1' >>"$T/mailpipe.conf"
	{ hello; printf '%s\n' 'S: 421 4.4.2 *' S-END 'STATUS: 75'; } | talk
	contains "$T/log" 'no answer within 1 seconds'
	{ envelope; printf '%s\n' 'C: Subject: x' 'S: 421 4.4.2 *' S-END \
	    'STATUS: 75'; } | talk
	# Each piece comes in time, and always with the start of the next line.
	{ envelope; for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		printf '%s\n' 'C-RAW: \r\nx' 'PAUSE: 300'; done
	} >"$T/slow"
	not talk <"$T/slow" >"$T/why" 2>&1
	contains "$T/log" 'less than 1024 bytes a second'
	nothing_stored
	# There is always another command, so that the server never waits.
	sed -i 's/Idle/Session/' "$T/mailpipe.conf"
	timeout 20 python3 - "$T" <<-'.'
		import socket, subprocess, sys, time
		ours, theirs = socket.socketpair()
		p = subprocess.Popen(["smtpd-inetd", "-f", sys.argv[1] +
		    "/mailpipe.conf"], stdin=theirs, stdout=theirs)
		theirs.close()
		heard = b""
		try:
		    while True:
		        ours.sendall(b"NOOP\r\n" * 100)
		        heard = heard[-99:] + ours.recv(65536)
		except OSError:
		    while more := ours.recv(65536):
		        heard += more
		assert heard.endswith(b"\r\n421 4.4.2 no message for too long\r\n")
	.
}
