#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtp-send against servers that mean it harm, or are broken: that stall at any
# step, lie, or never stop.  What concerns TLS, passwords and addresses is in
# smtp-send-tls.bats, smtp-send-auth.bats and smtp-send.bats.

load helper
load tls

setup()
{
	isolate
	shopt -s lastpipe
	printf '%s\n' 'From: alice@example.org' 'Subject: test' '' Hello >m
	echo pencil >password
}

# A server that follows the lines on standard input.
server()
{
	cat >script
	scripted script
	URL=smtp://127.0.0.1:$PORT
}

send()
{
	expect "$1" smtp-send "${@:2}" "$URL" bob@example.org <"${M:-m}"
}

one_line()
{
	[ "$(wc -l <err)" -eq 1 ] && contains err "$1" && return 0
	show err
	return 1
}

# A session in lockstep; "# STEP" stands before the reply to it.
lockstep()
{
	cat <<-'.'
		# greeting
		S: 220 mx
		C: EHLO *
		# EHLO
		S: 250-mx
		S: 250 AUTH LOGIN
		C: AUTH LOGIN
		# AUTH, at first
		S: 334 VXNlcm5hbWU6
		C: YWxpY2U=
		# AUTH, the user
		S: 334 UGFzc3dvcmQ6
		C: cGVuY2ls
		# AUTH, the password
		S: 235 yes
		C: MAIL *
		# MAIL
		S: 250 ok
		C: RCPT *
		# RCPT
		S: 250 ok
		C: DATA
		# DATA
		S: 354 go
		C-DATA:
		# the message
		S: 250 ok
	.
}

without_login()
{
	lockstep | grep -v 'AUTH LOGIN' | sed -e 's/250-mx/250 mx/' \
	    -e '/^# AUTH/,/^S: 235/d'
}

pipelined()
{
	cat <<-'.'
		S: 220 mx
		C: EHLO *
		S: 250-mx
		S: 250 PIPELINING
		C: MAIL *
		C: RCPT *
		C: RCPT *
		C: RCPT *
		C: DATA
		# MAIL
		S: 250 ok
		S: 250 ok
		# RCPT
		S: 250 ok
		S: 250 ok
		# DATA
		S: 354 go
		C-DATA:
		# the message
	.
}

# The same, and again, as a client may come back once, of a server that at
# $1 does $2 in place of the lines behind it; the rest of the session is on
# standard input.
stalls()
{
	sed "/^# $1\$/q" >begin
	{ cat begin; echo "$2"; echo ACCEPT; cat begin; echo "$2"; } | server
}

# smtp-send is kept waiting in the end, and says where.
kept_waiting()
{
	stalls "$1" SILENCE <session
	send 75 -o timeout=1 "${@:2}"
	one_line "127.0.0.1: ${1%%,*}: no answer within 1 seconds" || return 1
	stalls "$1" 'TRICKLE: 220-\r\n' <session
	send 75 -o timeout=1 "${@:2}"
	one_line "127.0.0.1: ${1%%,*}: not done within the time allowed"
}

@test "stalls at each step, and answers a byte at a time" {
	lockstep >session
	for step in greeting EHLO 'AUTH, at first' 'AUTH, the user' \
	    'AUTH, the password' MAIL RCPT DATA 'the message'; do
		server()
		{
			cat >script
			scripted script
			URL=smtp://alice@127.0.0.1:$PORT
		}
		kept_waiting "$step" -p 'cat password' ||
		    { echo "at $step"; return 1; }
	done
}

@test "stalls in the middle of a window of commands" {
	pipelined >session
	for step in MAIL RCPT DATA 'the message'; do
		for how in SILENCE 'TRICKLE: 250-\r\n'; do
			stalls "$step" "$how" <session
			expect_noted 75 smtp-send -r -o timeout=1 "$URL" \
			    b@y c@y d@y <m
			[ "$(cut -f 3 out | uniq -c | tr -d ' ')" = 3deferred ]
			grep -q "127.0.0.1: $step: no[t]* " out ||
			    { show out; return 1; }
		done
	done
}

@test "stalls before, in and after the TLS handshake" {
	certificate mx DNS:localhost
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' 'S: 250 STARTTLS' \
	    'C: STARTTLS' '# STARTTLS' 'S: 220 go' C-SOME '# TLS handshake' \
	    >session
	for step in STARTTLS 'TLS handshake'; do
		for how in SILENCE 'TRICKLE: 220-'; do
			[ "$step$how" != 'TLS handshakeTRICKLE: 220-' ] ||
			    how='TRICKLE: \x16\x03\x03\x40\x00'
			stalls "$step" "$how" <session
			send 75 -o tls=require -o timeout=1
			one_line "127.0.0.1: $step: no"
		done
	done
	stalls 'STARTTLS' 'TRICKLE: 220-\r\n' <session
	send 75 -o tls=require -o timeout=1
	one_line '127.0.0.1: STARTTLS: not done within the time allowed'
	sed -e '/^C-SOME/,$d' session >begin
	for how in SILENCE 'TRICKLE: 250-\r\n'; do
		{ cat begin; printf '%s\n' 'TLS:' 'C: EHLO *' "$how"; } | server
		send 75 -o tls=insecure -o timeout=1
		one_line '127.0.0.1: EHLO: no'
		printf '%s\n' 'TLS:' "$how" | server
		URL=smtps://127.0.0.1:$PORT
		send 75 -o tls=insecure -o timeout=1
		one_line '127.0.0.1: greeting: no'
	done
	for how in SILENCE 'TRICKLE: \x16\x03\x03\x40\x00'; do
		echo "$how" | server
		URL=smtps://127.0.0.1:$PORT
		send 75 -o tls=insecure -o timeout=1
		one_line '127.0.0.1: TLS handshake: no answer within 1 seconds'
	done
}

@test "stalls in the message: the window closes" {
	python3 -c 'print("From: a@x\n\n" + "text\n" * 5000000, end="")' >big
	without_login | sed -e '/^C-DATA/,$d' >begin
	{ cat begin; echo LEAVE; echo ACCEPT; cat begin; echo LEAVE
	    echo ACCEPT; } | server
	M=big send 75 -o timeout=1
	one_line '127.0.0.1: the message: no answer within 1 seconds'
	# In chunks.
	{ printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' \
	    'S: 250-PIPELINING' 'S: 250 CHUNKING' 'C: MAIL *' 'C: RCPT *' \
	    'S: 250 ok' 'S: 250 ok' LEAVE ACCEPT; } >begin
	cat begin begin | server
	M=big send 75 -o timeout=1
	one_line '127.0.0.1: BDAT: no answer within 1 seconds'
}

@test "stalls in answer to a chunk, and to the last one" {
	python3 -c 'print("From: a@x\n\n" + "text\n" * 50000, end="")' >big
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' 'S: 250 CHUNKING' \
	    'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' C-CHUNK: \
	    '# BDAT' >session
	M=big kept_waiting BDAT
	sed -i 's/C-CHUNK/C-LAST/; s/BDAT/the message/' session
	kept_waiting 'the message'
}

@test "stalls in answer to RSET" {
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250 mx' 'C: MAIL *' \
	    'S: 250 ok' 'C: RCPT *' 'S: 550 no' 'C: RSET' '# RSET' >session
	printf 'm\nm\n' >list
	for how in SILENCE 'TRICKLE: 250-\r\n'; do
		stalls RSET "$how" <session
		# On the second connection the first message is refused again.
		sed '/^ACCEPT/q' script >first
		{ cat first; printf '%s\n' 'S: 220 mx' 'C: EHLO *' \
		    "${how/250/220}"; } | server
		expect_noted 75 smtp-send -l -o timeout=1 "$URL" b@y <list
		[ "$(cut -f 3 out | tr '\n' ' ')" = 'failed deferred ' ]
		contains out '127.0.0.1: EHLO: no'
		contains peer RSET
	done
}

@test "stalls in LMTP between the replies to the message" {
	for how in SILENCE 'TRICKLE: 250-\r\n'; do
		printf '%s\n' 'S: 220 mx' 'C: LHLO *' 'S: 250 mx' 'C: MAIL *' \
		    'S: 250 ok' 'C: RCPT *' 'S: 250 ok' 'C: RCPT *' \
		    'S: 250 ok' 'C: DATA' 'S: 354 go' C-DATA: 'S: 250 ok' \
		    "$how" >script
		scripted script
		expect_noted 75 smtp-send -r -o timeout=1 \
		    "lmtp://127.0.0.1:$PORT" b@y c@y <m
		[ "$(cut -f 2,3 out | tr '\t\n' ' ;')" = \
		    'b@y sent;c@y deferred;' ]
		contains out '127.0.0.1: the message: no'
	done
}

@test "stalls in answer to QUIT, and to close_notify: the mail is sent" {
	certificate mx DNS:localhost
	{ without_login; echo SILENCE; } >session
	server <session
	send 0
	{ echo 'TLS:'; cat session; } | server
	URL=smtps://127.0.0.1:$PORT
	send 0 -o tls=insecure
	# Nor does it listen.
	{ sed '$d' session; echo LEAVE; echo ACCEPT; } | server
	send 0
}

@test "-e: stalls, and answers a byte at a time" {
	for how in SILENCE 'TRICKLE: 220-\r\n'; do
		printf '%s\n' 'S: 220 mx' 'C: EHLO *' "$how" | server
		expect 75 smtp-send -e -o timeout=1 "$URL"
		contains err '127.0.0.1: EHLO: no'
	done
}

@test "a program in place of the server stalls at each step" {
	cat >stall.py <<-'.'
		import itertools, sys, time
		for reply in sys.argv[2].split(','):
		    print(reply, end='\r\n', flush=True)
		    sys.stdin.readline()
		try:
		    for c in itertools.cycle('220-\r\n'):
		        if sys.argv[1] == 'trickle':
		            print(c, end='', flush=True)
		        time.sleep(.2)
		except OSError:
		    sys.exit(0)
	.
	for how in silence trickle; do
		expect 75 smtp-send -o timeout=1 \
		    "pipe:python3 stall.py $how '220 mx,250 mx,250 ok'" b@y <m
		contains err 'python3: RCPT: no'
	done
}

@test "stalls of the DNS" {
	needs_root
	echo 'nameserver 127.0.0.1' >resolv.conf
	echo 'hosts: dns' >nsswitch.conf
	cat >network <<-'.'
		set -e
		ip link set lo up
		mount --bind resolv.conf /etc/resolv.conf
		mount --bind nsswitch.conf /etc/nsswitch.conf
		python3 -c 'import socket, time
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind(("127.0.0.1", 53))
		open("ready", "w").close()
		time.sleep(600)' &
		until [ -e ready ]; do sleep 0.02; done
		status=0
		"$@" <m || status=$?
		kill $!
		exit $status
	.
	expect 75 unshare -nm sh network env \
	    ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" strace -o trace \
	    -e trace=poll smtp-send -o timeout=2 smtp://mx.test b@y
	one_line 'b@y: mx.test: Temporary failure in name resolution'
	[ "$(sed -n 's/^poll(.*POLLIN}\], 1, \([0-9]*\)) .*/\1/p' trace)" = 2000 ]
}

# The time that a person may need is not waited for here: it is asked of the
# system, and whoever waits can be stopped.
@test "stalls of the password command" {
	mkfifo late
	start send env ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" \
	    strace -o trace -e trace=ppoll smtp-send -p 'cat late' \
	    smtp://alice@127.0.0.1:1 b@y
	wait_for 20 grep -qs '^ppoll(.*, 1, {tv_sec=\(300\|299\),' trace
	echo pencil >late
	wait_for 20 grep -q '127.0.0.1 port 1: connect: ' send.log
}

@test "a reply of 10^6 lines and more, at each step" {
	lockstep >session
	for step in greeting EHLO 'AUTH, at first' 'AUTH, the password' MAIL \
	    RCPT DATA 'the message'; do
		sed "/^# $step\$/q" session >begin
		{ cat begin; echo 'S-FLOOD: 250-x\r\n'; echo ACCEPT
		    cat begin; echo 'S-FLOOD: 250-x\r\n'; } >script
		scripted script
		URL=smtp://alice@127.0.0.1:$PORT
		status=76
		[ "$step" != 'the message' ] || status=75
		send $status -p 'cat password'
		one_line "127.0.0.1: ${step%%,*}: a reply of more than 100 lines"
	done
}

@test "a line of 10^9 bytes without LF" {
	! sanitized || skip "memory means nothing under AddressSanitizer"
	{ yes 'S-REPEAT: 10000000 2' | head -n 100; echo 'S: '; } | server
	peak smtp-send "$URL" b@y <m 2>err || [ $? -eq 76 ]
	one_line 'greeting: a reply line longer than 2048 bytes'
	[ "$PEAK" -lt 8192 ]
}

@test "EHLO with 10^6 keywords" {
	! sanitized || skip "memory means nothing under AddressSanitizer"
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' \
	    'S-REPEAT: 1000000 250-AUTH PLAIN LOGIN CRAM-MD5 X-YZ\r\n' | server
	peak smtp-send "$URL" b@y <m 2>err || [ $? -eq 76 ]
	one_line 'EHLO: a reply of more than 100 lines'
	[ "$PEAK" -lt 8192 ]
}

# Two connections with the session on standard input.
twice()
{
	cat >once
	{ cat once; echo HANGUP; echo ACCEPT; cat once; echo HANGUP; } | server
}

@test "250 before the dot is no reply to the message" {
	pipelined | sed '/^C-DATA/,$d' | sed '/^C: RCPT/d; s/^C: MAIL.*/&\nC: RCPT */
	    /^# RCPT/,+2d; s/^S: 354.*/S-RAW: 354 go\\r\\n250 ok\\r\\n/' >session
	{ cat session; echo SILENCE; echo ACCEPT; cat session; echo SILENCE; } |
	    server
	expect_noted 76 smtp-send -r "$URL" b@y <m
	contains out 'b@y	failed	0		127.0.0.1: 250 in answer to a message without its end'
	[ "$(grep -c '^DATA' peer)" -eq 2 ]
	# In chunks: before the last one, which nothing was sent before.
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' 'S: 250 CHUNKING' \
	    'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S-RAW: 250 ok\r\n250 ok\r\n' \
	    SILENCE >session
	{ cat session; echo ACCEPT; cat session; } | server
	expect_noted 76 smtp-send -r "$URL" b@y <m
	contains out 'b@y	failed	0		127.0.0.1: 250 in answer to a message without its end'
	not grep -q BDAT peer
}

@test "refused in the middle of the message: that is the reply" {
	for reply in '552 5.3.4 too long' '451 4.3.1 full'; do
		without_login | sed -e '/^C-DATA/,$d' \
		    -e "s/^S: 354.*/S-RAW: 354 go\\\\r\\\\n$reply\\\\r\\\\n/" |
		    server
		expect_noted "$([ "${reply%% *}" = 451 ] && echo 75 || echo 69)" \
		    smtp-send -r "$URL" b@y <m
		contains out "${reply%% *}	${reply:4:5}	${reply:10}"
		# It did not come back.
		[ "$(grep -c EHLO peer)" -eq 1 ]
	done
}

@test "closes after the dot: unknown, 75, and not sent again" {
	{ pipelined; echo HANGUP; echo ACCEPT; echo C-END; } | server
	expect_noted 75 smtp-send -r "$URL" b@y c@y d@y <m
	[ "$(cut -f 3 out | uniq -c | tr -d ' ')" = 3deferred ]
	contains out '127.0.0.1: the message: closed by the peer'
	[ "$(grep -c EHLO peer)" -eq 1 ]
	{ pipelined; echo RESET; echo ACCEPT; echo C-END; } | server
	expect_noted 75 smtp-send -r "$URL" b@y c@y d@y <m
	contains out '127.0.0.1: the message: '
	[ "$(grep -c EHLO peer)" -eq 1 ]
}

@test "354 before DATA, to EHLO, MAIL and RCPT" {
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 354 go' C-END | server
	send 76
	one_line '127.0.0.1: 354 go'
	not grep -q MAIL peer
	printf '%s\n' 'S: 354 mx' C-END | server
	send 76
	one_line '127.0.0.1: 354 mx'
	for step in MAIL RCPT; do
		without_login | sed "/^# $step\$/q" >begin
		{ cat begin; printf '%s\n' 'S: 354 go' 'C: QUIT' C-END; } |
		    server
		send 76
		one_line '354 go'
		scripted_end
		not grep -q Hello peer
	done
}

@test "more replies than commands, and fewer" {
	# What answers DATA is the reply to a recipient.
	pipelined | sed '/^# DATA/,$d' | sed '$aS: 250 ok\nS: 354 go' |
	    twice
	expect_noted 76 smtp-send -r "$URL" b@y c@y d@y <m
	contains out '127.0.0.1: 250 in answer to DATA'
	not grep -q Hello peer
	pipelined | sed '/^# DATA/,$d' | sed '$d' | sed '$aS: 354 go' | twice
	expect_noted 75 smtp-send -r "$URL" b@y c@y d@y <m
	not grep -q Hello peer
	[ "$(grep -c sent out)" -eq 0 ]
}

@test "reply codes 000 to 199, 600 to 999, and with letters" {
	for code in 000 001 099 100 199 600 999 2x0 -50 +50 ' 50' 0250 25 2; do
		for step in greeting 'the message'; do
			without_login |
			    sed "/^# $step\$/q" >begin
			{ cat begin; echo "S: $code ok"; echo HANGUP; } | server
			expect_noted "$([ "$step" = greeting ] && echo 76 ||
			    echo 75)" smtp-send -r "$URL" b@y <m
			contains out "127.0.0.1: $step: not a reply: $code"
		done
	done
}

@test "NUL, CR and LF in replies, at each step" {
	without_login >session
	for step in greeting EHLO MAIL RCPT DATA 'the message'; do
		for reply in '250 a\0b\r\n' '250 ok\n' '250-a\r250 b\r\n'; do
			sed "/^# $step\$/q" session >begin
			{ cat begin; echo "S-RAW: $reply"; echo HANGUP
			    echo ACCEPT; cat begin; echo "S-RAW: $reply"; } |
			    server
			expect_noted "$([ "$step" = 'the message' ] && echo 75 ||
			    echo 76)" smtp-send -r "$URL" b@y <m
			contains out "127.0.0.1: $step: a reply with a bare CR or LF, or NUL"
		done
	done
}

# CVE-2020-8794, 2020-7247's sister: the text of a reply became lines of a
# queue file.
@test "CVE-2020-8794: no reply makes a line of its own in the results" {
	for reply in '553-\r\n553\r\n' '553-a\r\n553-type: mda\r\n553 \r\n' \
	    '553 a\x0btype: mda\x0c\x85\xe2\x80\xa8x\r\n' \
	    '553 \x1b[2J\tb@y\tsent\t250\r\n'; do
		without_login | sed '/^# RCPT/q' >begin
		{ cat begin; printf '%s\n' "S-RAW: $reply" 'C: QUIT'; } | server
		expect_noted 69 smtp-send -r "$URL" b@y <m
		[ "$(wc -l <out)" -eq 1 ]
		[ "$(tr -cd '\t' <out | wc -c)" -eq 5 ]
		[ "$(LC_ALL=C tr -d '\11\12\40-\176' <out | wc -c)" -eq 0 ]
	done
}

# O_1 to O_4 and D_1 of the NO STARTTLS paper, with somebody who logs in.
@test "stripping: who logs in says no password" {
	certificate mx DNS:localhost
	for lines in 'S: 250 AUTH PLAIN LOGIN' 'S: 250-STARTTLS\nS: 250 AUTH PLAIN\nC: STARTTLS\nS: 454 4.7.0 no' \
	    'S: 250-STARTTLS\nS: 250 AUTH PLAIN\nC: STARTTLS\nS: 502 no' \
	    'S: 250-STARTTLS\nS: 250 AUTH PLAIN\nC: STARTTLS\nS: 354 go' \
	    'S: 250-STARTTLS\nS: 250 AUTH PLAIN\nC: STARTTLS\nS: 250 ok' \
	    'S: 250-STARTTLS\nS: 250 AUTH PLAIN\nC: STARTTLS\nS-RAW: 220 go\\r\\n235 yes\\r\\n' \
	    'S: 250-STARTTLX\nS: 250 AUTH PLAIN'; do
		{ printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx'
		printf "$lines\n"; echo SILENCE; } | server
		URL=smtp://alice@127.1:$PORT
		expect_noted "$(case $lines in *354* | *235* | *' ok') echo 76;;
		    *) echo 75;; esac)" smtp-send -r -p 'cat password' \
		    "$URL" b@y <m || { echo "$lines"; return 1; }
		wait_for 10 test -s peer.status
		not grep -qi -e AUTH -e MAIL -e cGVuY2ls -e pencil peer
	done
}

@test "CVE-2026-45185, from the other end: clear text behind close_notify" {
	certificate mx DNS:localhost
	printf '%s\n' 'TLS:' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' \
	    'S: 250 CHUNKING' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' \
	    'S: 250 ok' C-LAST: 'TLS-END: 250 2.0.0 ok\r\n' SILENCE | server
	URL=smtps://127.0.0.1:$PORT
	expect_noted 75 smtp-send -r -o tls=insecure "$URL" b@y <m
	contains out 'deferred	0		127.0.0.1: the message: closed by the peer'
}

@test "CVE-2026-40687: challenges whose lengths lie" {
	for challenge in 'Y' 'YQ=' 'YQ===' 'YWFh=' '=YWFh' 'YWFhY' "Y\\0Fh" \
	    'YWFh YWFh'; do
		{ printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' \
		    'S: 250 AUTH CRAM-MD5' 'C: AUTH CRAM-MD5' \
		    "S-RAW: 334 $challenge\\r\\n" SILENCE; } | server
		URL=smtp://alice@127.0.0.1:$PORT
		send 76 -o timeout=2 -p 'cat password'
		not grep -q MAIL peer
	done
}

@test "CR, LF and NUL in the user and the password" {
	for user in 'a%0d%0aMAIL' 'a%00b' 'a%0ab'; do
		expect 64 smtp-send -p 'cat password' \
		    "smtp://$user@127.0.0.1:1" b@y <m
	done
	printf 'pen\0cil\n' >password
	expect 65 smtp-send -p 'cat password' smtp://alice@127.0.0.1:1 b@y <m
	contains err 'a password with a NUL'
	# What is behind the first line is no part of it.
	printf 'pencil\r\nMAIL FROM:<x@y>\r\n' >password
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' 'S: 250 AUTH PLAIN' \
	    "C: AUTH PLAIN $(printf '\0alice\0pencil\r' | base64)" \
	    'S: 535 5.7.8 no' 'C: QUIT' C-END | server
	URL=smtp://alice@127.0.0.1:$PORT
	send 77 -p 'cat password'
	scripted_end
}
