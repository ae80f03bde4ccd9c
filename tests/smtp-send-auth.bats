#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtp-send logs in: mechanisms, where passwords come from, and servers that
# lie.

load dovecot
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
	URL=smtp://alice@localhost:$PORT
}

# A server's greeting with its mechanisms.
offers()
{
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' "S: 250 AUTH $*"
}

# One that offers them in TLS alone.
offers_in_tls()
{
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' 'S: 250-STARTTLS' \
	    'S: 250 AUTH CRAM-MD5' 'C: STARTTLS' 'S: 220 go ahead' \
	    "TLS: ${TLS:-}" 'C: EHLO *' 'S: 250-mx' "S: 250 AUTH $*"
}

takes_all()
{
	printf '%s\n' 'C: MAIL FROM:<alice@*' 'S: 250 ok' 'C: RCPT *' \
	    'S: 250 ok' 'C: DATA' 'S: 354 go' C-DATA: 'S: 250 ok' 'C: QUIT' \
	    C-END
}

# The session ends without mail.
leaves()
{
	printf '%s\n' 'C: QUIT' C-END
}

send()
{
	expect "$1" smtp-send -p 'cat password' "${@:2}" "$URL" \
	    bob@example.org <m || return 1
	not grep -q pencil out err
}

b64()
{
	printf '%b' "$1" | base64 -w 0
}

@test "PLAIN with an initial response" {
	{ offers LOGIN CRAM-MD5 PLAIN
	echo "C: AUTH PLAIN $(b64 '\0alice\0pencil')"
	echo 'S: 235 2.7.0 welcome'; takes_all; } | server
	send 0
	scripted_end
	# The name of the user in the URL.
	{ offers PLAIN
	echo "C: AUTH PLAIN $(b64 '\0alice@example.org\0pencil')"
	echo 'S: 235 yes'; takes_all; } | server
	URL=smtp://alice%40example.org@localhost:$PORT
	send 0
	scripted_end
}

@test "LOGIN and CRAM-MD5, in which the server begins" {
	{ offers LOGIN
	printf '%s\n' 'C: AUTH LOGIN' "S: 334 $(b64 Username:)" \
	    "C: $(b64 alice)" "S: 334 $(b64 Password:)" "C: $(b64 pencil)" \
	    'S: 235 yes'; takes_all; } | server
	send 0
	scripted_end
	{ offers CRAM-MD5 LOGIN PLAIN
	printf '%s\n' 'C: AUTH CRAM-MD5' "S: 334 $(b64 '<1@mx>')" \
	    "C: $(b64 "alice $(printf '<1@mx>' |
		openssl dgst -md5 -hmac pencil -r | cut -d' ' -f1)")" \
	    'S: 235 yes'; takes_all; } | server
	send 0 -A cram-md5
	scripted_end
}

@test "SCRAM-SHA-256 is the first choice, and proves both sides" {
	{ offers LOGIN PLAIN SCRAM-SHA-256; echo SCRAM:
	echo 'S: 235 yes'; takes_all; } | server
	send 0
	scripted_end
}

@test "SCRAM-SHA-256-PLUS is bound to the TLS session" {
	certificate mx DNS:localhost
	TLS='max=1_2 no-ems=1'
	{ offers_in_tls PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS
	echo 'SCRAM: plus=mx'; echo 'S: 235 yes'; takes_all; } | server
	send 0 -o ca=ca.pem
	scripted_end
	# Where it is not offered we say that we could: a server that has it
	# knows then that somebody took it away.
	{ offers_in_tls PLAIN SCRAM-SHA-256
	echo 'SCRAM: flag=y'; echo 'S: 235 yes'; takes_all; } | server
	send 0 -o ca=ca.pem
	scripted_end
	{ offers SCRAM-SHA-256-PLUS; leaves; } | server
	send 77
	contains err 'no mechanism that can be used (SCRAM-SHA-256-PLUS)'
	scripted_end
}

@test "SCRAM-SHA-256-PLUS: tls-exporter, with a real OpenSSL and a real gsasl" {
	certificate mx DNS:localhost
	PORT=$(free_port)
	URL=smtps://alice@localhost:$PORT
	start plus python3 "$TESTS/peer/plus.py" "$PORT" alice pencil
	wait_for 10 listening "$PORT"
	send 0 -o ca=ca.pem
	wait "$PID_plus"
	# A password that is wrong, and so nothing is sent.
	start plus python3 "$TESTS/peer/plus.py" "$PORT" alice other
	wait_for 10 listening "$PORT"
	expect_noted 75 smtp-send -p 'cat password' -o ca=ca.pem "$URL" \
	    bob@example.org <m
	not wait "$PID_plus"
	contains plus.log 'Error authenticating user'
}

@test "OAUTHBEARER and XOAUTH2: a token of the password command" {
	local port

	{ offers OAUTHBEARER XOAUTH2 PLAIN
	printf '%s\n' 'C: AUTH OAUTHBEARER *' 'S: 235 yes'; takes_all; } |
	    server
	port=$PORT
	send 0 -A oauthbearer
	scripted_end
	sed -n 's/^AUTH OAUTHBEARER \(.*\)\r$/\1/p' peer | base64 -d >got
	printf 'n,a=alice,\1host=localhost\1port=%s\1auth=Bearer pencil\1\1' \
	    "$port" >want
	same got want
	{ offers XOAUTH2 PLAIN
	echo "C: AUTH XOAUTH2 $(b64 'user=alice\001auth=Bearer pencil\001\001')"
	echo 'S: 235 yes'; takes_all; } | server
	send 0 -A xoauth2
	scripted_end
	# Why it is refused stands in a challenge, which has to be answered.
	{ offers XOAUTH2
	printf '%s\n' 'C: AUTH XOAUTH2 *' "S: 334 $(b64 '{"status":"401"}')" \
	    'C: ' 'S: 535 5.7.8 no'; leaves; } | server
	send 77 -A xoauth2
	contains err '535 5.7.8 no ({"status":"401"})'
	scripted_end
}

@test "EXTERNAL: the certificate logs in" {
	certificate mx DNS:localhost
	certificate client DNS:client
	{ offers_in_tls EXTERNAL PLAIN
	printf '%s\n' 'C: AUTH EXTERNAL =' 'S: 235 yes'; takes_all; } | server
	expect 0 smtp-send -A external -o ca=ca.pem -o cert=client.pem \
	    -o key=client.key "smtp://localhost:$PORT" bob@example.org <m
	scripted_end
	{ offers_in_tls EXTERNAL
	printf '%s\n' "C: AUTH EXTERNAL $(b64 alice)" 'S: 235 yes'
	takes_all; } | server
	expect 0 smtp-send -A external -o ca=ca.pem -o cert=client.pem \
	    -o key=client.key "$URL" bob@example.org <m
	scripted_end
}

@test "an initial response that is too long for a command waits" {
	local token

	token=$(printf 'x%.0s' $(seq 600))
	echo "$token" >password
	{ offers XOAUTH2
	printf '%s\n' 'C: AUTH XOAUTH2' 'S: 334 ' \
	    "C: $(b64 "user=alice\001auth=Bearer $token\001\001")" \
	    'S: 235 yes'; takes_all; } | server
	send 0 -A xoauth2
	scripted_end
}

@test "session fixation: what was offered before TLS is forgotten" {
	certificate mx DNS:localhost
	{ TLS='' offers_in_tls PLAIN
	echo "C: AUTH PLAIN $(b64 '\0alice\0pencil')"
	echo 'S: 235 yes'; takes_all; } | server
	send 0 -o ca=ca.pem
	scripted_end
	{ offers_in_tls PLAIN | sed '$d;s/250-mx/250 mx/'; leaves; } >told
	# The first EHLO has AUTH and STARTTLS, the second nothing.
	sed -i '0,/S: 250 mx/s//S: 250-mx/' told
	server <told
	send 77 -o ca=ca.pem
	contains err 'the server does not offer it'
	scripted_end
}

# 127.1 is this machine, but in no spelling that is known to be it.
elsewhere()
{
	server
	URL=smtp://alice@127.1:$PORT
}

@test "no password in clear text where others listen" {
	local m

	for m in PLAIN LOGIN; do
		{ offers $m; leaves; } | elsewhere
		send 77 -o tls=none
		contains err "$m would show the password or token"
		scripted_end
		{ offers $m; leaves; } | elsewhere
		send 77 -o tls=none -A $m
		contains err "$m would show the password or token"
		scripted_end
	done
	{ offers LOGIN PLAIN
	echo "C: AUTH PLAIN $(b64 '\0alice\0pencil')"
	echo 'S: 235 yes'; takes_all; } | elsewhere
	send 0 -o tls=none -o auth-clear=yes
	scripted_end
	{ offers LOGIN PLAIN SCRAM-SHA-256; echo SCRAM:
	echo 'S: 235 yes'; takes_all; } | elsewhere
	send 0 -o tls=none
	scripted_end
}

@test "no password in TLS with nobody knows whom" {
	certificate other DNS:other.example
	{ TLS=cert=other offers_in_tls PLAIN; leaves; } | elsewhere
	send 77 -o tls=may
	contains err "PLAIN would show the password or token"
	scripted_end
	{ TLS=cert=other offers_in_tls PLAIN
	echo "C: AUTH PLAIN $(b64 '\0alice\0pencil')"
	echo 'S: 235 yes'; takes_all; } | elsewhere
	send 0 -o tls=insecure
	scripted_end
	{ TLS=cert=other offers_in_tls PLAIN
	echo "C: AUTH PLAIN $(b64 '\0alice\0pencil')"
	echo 'S: 235 yes'; takes_all; } | elsewhere
	send 0 -o tls=may -o auth-clear=yes
	scripted_end
}

@test "what the server's refusals come to" {
	local status reply

	while read -r status reply; do
		{ offers PLAIN; echo 'C: AUTH PLAIN *'; echo "S: $reply"
		case $reply in 421*) echo C-END ;; *) leaves ;; esac; } |
		    server
		send "$status"
		contains err "localhost: $reply"
		scripted_end
	done <<-.
		77 535 5.7.8 no such password
		77 534 5.7.9 too weak
		77 538 5.7.11 in TLS alone
		77 504 5.5.4 what is that
		75 454 4.7.0 the users are away
		75 432 4.7.12 a new password is needed
		75 421 4.3.2 good night
	.
	{ offers PLAIN; printf '%s\n' 'C: AUTH PLAIN *' 'S: 535-5.7.8 no' \
	    'S: 535 5.7.8 really'; leaves; } | server
	send 77
	contains err '535 5.7.8 no really'
	scripted_end
	# Who did not log in.
	{ offers PLAIN; printf '%s\n' 'C: MAIL *' 'S: 530 5.7.0 log in'
	leaves; } | server
	expect 77 smtp-send "smtp://localhost:$PORT" bob@example.org <m
	scripted_end
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250 mx' 'C: QUIT' C-END |
	    server
	send 77
	contains err 'authentication: the server does not offer it'
	scripted_end
}

@test "a server that does not know the password has no mail" {
	local lie text

	while read -r lie text; do
		{ offers SCRAM-SHA-256; echo "SCRAM: lie=$lie"
		case $lie in
		none) echo 'S: 235 welcome' ;;
		signature) ;;
		*) echo 'C: [*]'; echo 'S: 501 ok' ;;
		esac
		leaves; } >told
		# The answer to a wrong signature is "*".
		[ "$lie" != signature ] || sed -i 's/^C: QUIT/S: 501\n&/' told
		server <told
		expect_noted "${text%% *}" smtp-send -p 'cat password' "$URL" \
		    bob@example.org <m
		contains err "${text#* }"
	done <<-.
		signature 77 does not
		nonce 76 nonce
		iterations 76 iterations
		none 76 accepted before SCRAM-SHA-256 was through
	.
}

@test "challenges that are none" {
	local what text

	while read -r what text; do
		{ offers CRAM-MD5
		printf '%s\n' 'C: AUTH CRAM-MD5' "S: 334 $what" 'C: [*]' \
		    'S: 501 well'; leaves; } | server
		send 76
		contains err "$text"
		scripted_end
	done <<-.
		* no base64
		=== no base64
		YQ no base64
		Y*== no base64
		é no base64
		YR== no base64
	.
	{ offers CRAM-MD5
	printf '%s\n' 'C: AUTH CRAM-MD5' 'S: 250 fine'; leaves; } | server
	send 76
	contains err 'accepted before CRAM-MD5 was through'
	scripted_end
	{ offers PLAIN
	printf '%s\n' 'C: AUTH PLAIN *' 'S: 334 YQ==' 'C: [*]' 'S: 501'
	leaves; } | server
	send 76
	contains err 'a challenge where none can be'
	scripted_end
	{ offers PLAIN
	printf '%s\n' 'C: AUTH PLAIN *' 'S: 354 go'; leaves; } | server
	send 76
	contains err '354 in answer to AUTH'
	scripted_end
}

@test "a challenge of 12288 bytes, one that is longer, and one of 1 MB" {
	local n

	{ offers CRAM-MD5
	printf '%s\n' 'C: AUTH CRAM-MD5' 'S-RAW: 334 ' \
	    'S-REPEAT: 3072 YWFh' 'S-RAW: \r\n' 'C: *' 'S: 235 yes'
	takes_all; } | server
	send 0
	scripted_end
	for n in 3073 250000; do
		{ offers CRAM-MD5
		printf '%s\n' 'C: AUTH CRAM-MD5' 'S-RAW: 334 ' \
		    "S-REPEAT: $n YWFh" 'S-RAW: \r\n' C-END; } | server
		URL=smtp://alice@localhost:$PORT
		if sanitized; then
			send 76
		else
			peak smtp-send -p 'cat password' "$URL" \
			    bob@example.org <m 2>err || [ $? -eq 76 ]
			[ "$PEAK" -lt 12000 ]
		fi
		contains err 'a reply line longer than 12292 bytes'
		scripted_end
	done
}

@test "the peer hangs up at each step" {
	local step

	for step in 1 2 3 4; do
		{ offers LOGIN
		printf '%s\n' 'C: AUTH LOGIN' 'S: 334 ' 'C: *' 'S: 334 ' \
		    'C: *'; } | sed "$((step + 4))q" | sed 's/^S: 334 $/&/' |
		    server
		send 75
		contains err 'closed by the peer'
	done
}

@test "the trace shows no secret" {
	{ offers LOGIN
	printf '%s\n' 'C: AUTH LOGIN' "S: 334 $(b64 Username:)" \
	    "C: $(b64 alice)" "S: 334 $(b64 Password:)" "C: $(b64 pencil)" \
	    'S: 235 yes'; takes_all; } | server
	expect_noted 0 smtp-send -v -p 'cat password' "$URL" bob@example.org <m
	scripted_end
	grep -A 5 '^> AUTH' err >got
	printf '%s\n' '> AUTH LOGIN' '< 334 ***' '> ***' '< 334 ***' \
	    '> ***' '< 235 yes' >want
	same got want
	{ offers PLAIN; printf '%s\n' 'C: AUTH *' 'S: 235 yes'; takes_all; } |
	    server
	expect_noted 0 smtp-send -v -p 'cat password' "$URL" bob@example.org <m
	grep -qx '> AUTH PLAIN \*\*\*' err
}

@test "the password: a descriptor, ~/.netrc, the terminal" {
	local want

	want="C: AUTH PLAIN $(b64 '\0alice\0pencil')"
	accepts() {
		{ offers PLAIN; echo "$want"; echo 'S: 235 yes'
		takes_all; } | server
	}
	accepts
	timeout 60 smtp-send -P 5 "$URL" bob@example.org <m 5<password
	scripted_end
	accepts
	printf '%s\n' 'machine elsewhere login alice password no' \
	    'machine localhost login bob password no' \
	    'machine localhost login alice password pencil' >.netrc
	expect 0 smtp-send "$URL" bob@example.org <m
	scripted_end
	chmod 644 .netrc
	expect 78 smtp-send "$URL" bob@example.org <m
	rm .netrc
	# No terminal, and nobody is connected to.
	expect 66 setsid -w smtp-send smtp://alice@localhost:1 b@example.org <m
	contains err 'no terminal to ask for the password'
	accepts
	cat >ask.py <<-.
	import os, pty, sys
	pid, fd = pty.fork()
	if pid == 0:
	    os.dup2(os.open('m', os.O_RDONLY), 0)
	    os.execvp('smtp-send', ['smtp-send', '$URL', 'bob@example.org'])
	shown = b''
	while not shown.endswith(b': '):
	    shown += os.read(fd, 100)
	os.write(fd, b'pencil\n')
	try:
	    while more := os.read(fd, 100):
	        shown += more
	except OSError:
	    pass
	print(shown)
	sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	.
	timeout 60 python3 ask.py >out
	scripted_end
	contains out 'Password for alice at localhost: '
	not grep -q pencil out
}

# A command as a job of a shell with a terminal: TYPED is typed, or PID is sent
# the signal of that name, when "Key: " is shown.  The status is the command's,
# what was shown is in out, and the state of the terminal after that.
on_terminal()
{
	cat >terminal.py <<-'.'
	import os, pty, signal, sys
	typed, *command = sys.argv[1:]
	pid, fd = pty.fork()
	if pid == 0:
	    os.execvp("sh", ["sh", "-mc",
	        'trap : INT; "$@"; s=$?; stty -a; exit $s', "-"] + command)
	shown = b""
	while not shown.endswith(b"Key: "):
	    shown += os.read(fd, 100)
	if typed.startswith("SIG"):
	    with open("sender") as f:
	        os.kill(int(f.read()), getattr(signal, typed))
	else:
	    os.write(fd, typed.encode())
	try:
	    while more := os.read(fd, 100):
	        shown += more
	except OSError:
	    pass
	print(shown.decode())
	sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	.
	timeout 60 python3 terminal.py "$@" >out
}

# A password command as pass(1) and pinentry-curses are: it asks on the
# terminal, which is silent meanwhile.
asks_for_key()
{
	cat >ask <<-'.'
	#!/bin/bash
	echo $PPID >sender
	echo $$ >asks
	read -rsp 'Key: ' key </dev/tty 2>/dev/tty
	[ "$key" = open ] && cat password
	.
	chmod +x ask
}

# Nobody of them is left, but for one that nobody waited for yet.
all_ended()
{
	local name

	for name in sender asks other; do
		not grep -q '^State:[[:space:]][^Z]' "/proc/$(cat "$name")/status" \
		    2>/dev/null || return 1
	done
}

@test "a password command asks on the terminal" {
	asks_for_key
	{ offers PLAIN; echo "C: AUTH PLAIN $(b64 '\0alice\0pencil')"
	echo 'S: 235 yes'; takes_all; } | server
	# Others of the pipeline have the terminal, too.
	on_terminal $'open\n' sh -c 'cat m | smtp-send -p ./ask "$@"' - "$URL" \
	    bob@example.org
	scripted_end
	contains out 'Key: '
	not grep -q open out
}

@test "a password command does not outlive smtp-send" {
	local typed

	asks_for_key
	# It will not end by itself, and it started others.
	sed -i '2atrap "" HUP INT TERM; sleep 600 & echo $! >other' ask
	for typed in SIGTERM SIGHUP $'\003'; do
		rm -f other
		not on_terminal "$typed" sh -c 'exec smtp-send "$@" <m' - \
		    -p ./ask smtp://alice@localhost:1 bob@example.org
		contains out ' echo '
		all_ended
	done
	# Without a terminal as well.
	sed -i '/^read/s/.*/sleep 600/' ask
	rm -f other
	start sender setsid -w smtp-send -p ./ask smtp://alice@localhost:1 \
	    bob@example.org <m
	wait_for 10 test -s other
	kill "$(cat sender)"
	not wait "$PID_sender"
	all_ended
}

@test "a program in the place of a server asks on the terminal" {
	cat >program <<-'.'
	#!/bin/bash
	read -rsp 'Key: ' key </dev/tty 2>/dev/tty
	[ "$key" = open ] || exit 1
	exec smtpd-inetd -f mailpipe.conf
	.
	chmod +x program
	mail_host
	on_terminal $'open\n' sh -c 'smtp-send -f a@example.net pipe:./program "$@" <m' \
	    - bob@example.org
	[ "$(cat bob/new/* | grep -c '^Subject: test')" -eq 1 ]
}

@test "the password is asked for once, and before a server waits" {
	{ offers PLAIN
	printf '%s\n' 'C: AUTH *' 'S: 235 yes' 'C: MAIL *' HANGUP ACCEPT
	offers PLAIN
	printf '%s\n' 'C: AUTH *' 'S: 235 yes'; takes_all; } | server
	printf '%s\n' '#!/bin/sh' 'echo once >>asked' 'cat password' >ask
	chmod +x ask
	expect 0 smtp-send -p ./ask "$URL" bob@example.org <m
	scripted_end
	[ "$(wc -l <asked)" -eq 1 ]
	# -n connects to nobody, and asks nobody.
	rm asked
	expect 0 smtp-send -n -p ./ask "$URL" bob@example.org <m
	[ ! -e asked ]
}

@test "a password command that fails: nobody is connected to" {
	local status command

	while read -r status command; do
		expect "$status" smtp-send -p "$command" \
		    smtp://alice@localhost:1 bob@example.org <m
		contains err 'password command: '
	done <<-.
		77 false
		78 ./nowhere
		78 'unclosed
		65 true
	.
	echo 'bob@example.org' >list
	echo m >list
	expect_noted 77 smtp-send -l -p false smtp://alice@localhost:1 \
	    bob@example.org <list
	[ "$(cut -f3 out)" = failed ]
}

@test "options of the login that make no sense" {
	local options

	while read -r options; do
		# shellcheck disable=SC2086 # several words
		expect 64 smtp-send $options b@example.org <m ||
		    { echo "$options"; return 1; }
	done <<-.
		-A digest smtp://alice@localhost
		-A plain smtp://localhost
		-p cat smtp://localhost
		-P 5 -p cat smtp://alice@localhost
		-P x smtp://alice@localhost
		-P 99999999999 smtp://alice@localhost
		-A external -p cat smtp://alice@localhost
		-o auth-clear=perhaps smtp://alice@localhost
	.
}

@test "a real Dovecot submission server, every mechanism" {
	local m

	needs_root
	load smtpd
	smtpd
	dovecot_tokens >tokens
	dovecot_host <<-.
		$(cat tokens)
		protocols = submission
		hostname = relay.example.org
		submission_relay_host = 127.0.0.1
		submission_relay_port = $PORT
		submission_relay_trusted = no
		service submission-login {
		  inet_listener submission {
		    address = 127.0.0.1
		    port = ${SUBMISSION:=$(free_port)}
		  }
		}
	.
	wait_for 20 listening "$SUBMISSION"
	URL=smtp://alice@localhost:$SUBMISSION
	for m in PLAIN LOGIN SCRAM-SHA-256 CRAM-MD5 ''; do
		expect_noted 0 smtp-send -v -p 'cat password' -o ca=ca.pem \
		    ${m:+-A "$m"} "$URL" bob@example.org <m ||
		    { cat dovecot/log; return 1; }
		grep -qx "> AUTH ${m:-SCRAM-SHA-256}\( \*\*\*\)\?" err
		echo wrong >mistaken
		expect 77 smtp-send -p 'cat mistaken' -o ca=ca.pem \
		    ${m:+-A "$m"} "$URL" bob@example.org <m
		contains err '535 5.7.8'
	done
	for m in OAUTHBEARER XOAUTH2; do
		oauth_token secret >token
		expect_noted 0 smtp-send -v -p 'cat token' -o ca=ca.pem \
		    -A $m "$URL" bob@example.org <m ||
		    { cat dovecot/log; return 1; }
		oauth_token other >token
		expect 77 smtp-send -p 'cat token' -o ca=ca.pem -A $m "$URL" \
		    bob@example.org <m
		contains err '535 5.7.8'
	done
	certificate alice DNS:alice
	expect_noted 0 smtp-send -v -A external -o ca=ca.pem \
	    -o cert=alice.pem -o key=alice.key "$URL" bob@example.org <m ||
	    { cat dovecot/log; return 1; }
	[ "$(find bob/new -type f | wc -l)" -eq 8 ]
}

@test "a real postfix, with Dovecot for its users" {
	local sbin=/usr/lib/postfix/sbin submission m

	needs_root
	submission=$(free_port)
	mkdir -p conf spool data
	chown postfix data
	chmod 755 spool conf
	dovecot_host <<-.
		protocols =
		service auth {
		  unix_listener $T/dovecot/listener {
		    mode = 0666
		  }
		}
	.
	printf '%s\n' "127.0.0.1:$submission inet n - n - - smtpd" \
	    'cleanup unix n - n - 0 cleanup' 'qmgr unix n - n 300 1 qmgr' \
	    'rewrite unix - - n - - trivial-rewrite' \
	    'proxymap unix - - n - - proxymap' 'anvil unix - - n - 1 anvil' \
	    'tlsmgr unix - - n 1000? 1 tlsmgr' >conf/master.cf
	cat >conf/main.cf <<-.
		compatibility_level = 3.6
		queue_directory = $T/spool
		data_directory = $T/data
		daemon_directory = $sbin
		myhostname = mx.example.org
		mydestination =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		mynetworks =
		alias_maps =
		alias_database =
		relay_domains = example.org
		smtpd_relay_restrictions = permit_sasl_authenticated, reject
		smtpd_sasl_auth_enable = yes
		smtpd_sasl_type = dovecot
		smtpd_sasl_path = $T/dovecot/listener
		smtpd_tls_auth_only = yes
		smtpd_peername_lookup = no
		smtpd_tls_security_level = may
		smtpd_tls_chain_files = $T/mx.key, $T/mx.pem
		maillog_file = /dev/stdout
		maillog_file_prefixes = /
	.
	postfix -c "$T/conf" check >check.log 2>&1 || :
	start postfix "$sbin/master" -c "$T/conf" -d
	wait_for 10 listening "$submission"
	wait_for 10 test -S dovecot/listener
	URL=smtp://alice@localhost:$submission
	for m in PLAIN LOGIN SCRAM-SHA-256 ''; do
		expect_noted 0 smtp-send -v -p 'cat password' -o ca=ca.pem \
		    ${m:+-A "$m"} "$URL" bob@example.org <m ||
		    { cat postfix.log dovecot/log; return 1; }
		contains err "> AUTH ${m:-SCRAM-SHA-256}"
		contains err '< 235 2.7.0'
	done
	echo wrong >password
	send 77 -o ca=ca.pem
	contains err '535 5.7.8'
	# Who does not log in is told to.
	expect 69 smtp-send -o ca=ca.pem "smtp://localhost:$submission" \
	    bob@example.org <m
}

# Its text, with the server on $PORT in place of mx.example.org.
example()
{
	awk -v want="$1" '/^\.Bd/ { on = 1; text = ""; next }
		/^\.Ed/ { on = 0; if (index(text, want)) print text; next }
		on { gsub(/\\e/, "\\"); text = text $0 "\n" }' \
	    "${TESTS%/*}/man/smtp-send.1" |
	    sed "s,@mx.example.org:587,@localhost:$PORT,
		s,@mx.example.org,@localhost:$PORT," >example.sh
	[ -s example.sh ]
}

@test "the examples of the manual" {
	certificate mx DNS:localhost
	SSL_CERT_FILE=$T/ca.pem
	PATH=$T:$PATH
	export SSL_CERT_FILE
	printf '#!/bin/sh\necho "$1/$2/pencil"\n' | tee pass >oauth2-token
	chmod +x pass oauth2-token
	{ cat m; } | sed 's/^Subject/To: bob@example.org\n&/' >message
	{ echo 'TLS:'; offers PLAIN
	echo "C: AUTH PLAIN $(b64 '\0alice@example.org\0show/mail/example.org/pencil')"
	echo 'S: 235 yes'; takes_all; } | server
	example 'pass show'
	expect 0 sh -e example.sh
	scripted_end
	{ offers XOAUTH2
	echo 'C: AUTH XOAUTH2 *'
	echo 'S: 235 yes'; takes_all; } | server
	example 'oauth2-token'
	expect 0 sh -e example.sh
	scripted_end
}
