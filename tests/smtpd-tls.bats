#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd in TLS: with clients that others wrote, and against every attack
# on STARTTLS that was published.

load helper
load smtpd
load tls

# A whole message in a session that has begun, and its end.
message()
{
	printf '%s\n' 'C: EHLO tls.example' 'S-ALL: 250-*' \
	    'C: MAIL FROM:<alice@example.net>' 'S: 250 *' \
	    'C: RCPT TO:<bob@example.org>' 'S: 250 *' 'C: DATA' 'S: 354 *' \
	    'C: Subject: tls' 'C:' 'C: hello' 'C: .' 'S: 250 2.0.0 *' \
	    'C: QUIT' 'S: 221 *' S-END
}

start_tls()
{
	hello
	printf '%s\n' 'C: STARTTLS' 'S: 220 2.0.0 *'
}

# The only letter came in TLS.
came_in_tls()
{
	contains "$(letter bob)" "with ESMTPS id" || return 1
	contains "$(letter bob)" "(using TLSv1.$1 with "
}

forget_letters()
{
	rm -f "$T"/bob/new/*
}

@test "STARTTLS: a message, what Received and the log say" {
	tls_host
	{ start_tls; echo 'TLS:'; message; } | talk
	came_in_tls 3
	contains "$(letter bob)" 'from tls.example (local)'
	contains log ' tls=TLSv1.3 accepted'
	forget_letters
	{ start_tls; echo 'TLS: max=1_2'; message; } | talk
	came_in_tls 2
	forget_letters
	{ envelope; printf '%s\n' 'C: x: y' 'C: .' 'S: 250 *' S-END; } |
	    sed 's/^S-END/C: QUIT\nS: 221 */' | talk
	contains log ' tls=none accepted'
	contains "$(letter bob)" 'with ESMTP id'
}

@test "STARTTLS is offered where it can be had, and in clear text alone" {
	mail_host
	talk <<-'.'
		S: 220 *
		C: EHLO a.example
		S-ALL: 250-*ENHANCEDSTATUSCODES?250-LIMITS*?250 HELP
		C: STARTTLS
		S: 502 5.5.1 *
		C: QUIT
		S: 221 *
	.
	tls_host
	talk <<-'.'
		S: 220 *
		C: EHLO a.example
		S-ALL: 250-*250-STARTTLS?250 HELP
		C: STARTTLS now
		S: 501 5.5.4 *
		C: STARTTLS
		S: 220 *
		TLS:
		C: EHLO a.example
		S-ALL: 250-*ENHANCEDSTATUSCODES?250-LIMITS*?250-REQUIRETLS?250 HELP
		C: STARTTLS
		S: 503 5.5.1 *
		C: QUIT
		S: 221 *
	.
}

@test "swaks, curl, Python's smtplib, posttls-finger, s_client" {
	tls_host
	smtpd
	swaks --server 127.0.0.1 --port "$PORT" --tls --from a@example.net \
	    --to bob@example.org >swaks.log 2>&1
	came_in_tls 3
	forget_letters
	printf 'Subject: curl\r\n\r\nx\r\n' >m
	curl -sS --ssl-reqd --cacert ca.pem --mail-from a@example.net \
	    --mail-rcpt bob@example.org -T m "smtp://localhost:$PORT"
	came_in_tls 3
	forget_letters
	python3 - "$PORT" <<-'.'
		import smtplib, ssl, sys
		context = ssl.create_default_context(cafile='ca.pem')
		with smtplib.SMTP('localhost', int(sys.argv[1])) as s:
		    s.starttls(context=context)
		    s.sendmail('a@example.net', 'bob@example.org',
		               'Subject: python\n\nx\n')
	.
	came_in_tls 3
	mkdir postfix
	: >postfix/main.cf
	MAIL_CONFIG=$T/postfix posttls-finger -c -l verify -L summary \
	    -F ca.pem "[127.0.0.1]:$PORT" mx.example.org >finger 2>&1 ||
	    show finger
	contains finger 'Verified TLS connection established'
	s_client -starttls smtp -CAfile ca.pem -verify_return_error
	contains out 'Verify return code: 0 (ok)'
	contains out '221 2.0.0'
}

@test "-T: TLS from the first byte" {
	tls_host
	{ printf '%s\n' 'TLS:' 'S: 220 *'; message; } |
	    talk smtpd-inetd -Tf mailpipe.conf
	came_in_tls 3
	forget_letters
	smtpd -T
	swaks --server 127.0.0.1 --port "$PORT" --tls-on-connect \
	    --from a@example.net --to bob@example.org >swaks.log 2>&1
	came_in_tls 3
	forget_letters
	printf 'Subject: curl\r\n\r\nx\r\n' >m
	curl -sS --cacert ca.pem --mail-from a@example.net \
	    --mail-rcpt bob@example.org -T m "smtps://localhost:$PORT"
	came_in_tls 3
	s_client -CAfile ca.pem -verify_return_error
	contains out '221 2.0.0'
}

@test "CVE-2011-0411: commands behind STARTTLS are not read in TLS" {
	tls_host
	talk <<-'.'
		S: 220 *
		C-RAW: EHLO a.example\r\nSTARTTLS\r\nMAIL FROM:<evil@example.net>\r\n
		S-ALL: 250-*
		S: 554 5.5.0 *
		S-END
	.
	# As a segment of its own it is no handshake.
	talk <<-'.'
		S: 220 *
		C: STARTTLS
		S: 220 *
		C: MAIL FROM:<evil@example.net>
		S-SKIP
		STATUS: 75
	.
	contains log 'no TLS: TLS handshake'
	nothing_stored
}

@test "session fixation: what was said before TLS is forgotten" {
	tls_host
	{
		hello
		printf '%s\n' 'C: MAIL FROM:<evil@example.net>' 'S: 250 *' \
		    'C: RCPT TO:<bob@example.org>' 'S: 250 *' 'C: STARTTLS' \
		    'S: 220 *' 'TLS:' 'C: RCPT TO:<bob@example.org>' \
		    'S: 503 *' 'C: DATA' 'S: 503 *' \
		    'C: MAIL FROM:<alice@example.net>' 'S: 503 *'
		message
	} | talk
	contains "$(letter bob)" 'from tls.example (local)'
	not grep -q evil "$(letter bob)"
}

@test "a browser in TLS is told and let go" {
	tls_host
	{
		start_tls
		printf '%s\n' 'TLS:' 'C: GET / HTTP/1.1' 'S: 554 5.5.0 *' S-END
	} | talk
	printf '%s\n' 'TLS:' 'S: 220 *' 'C: POST / HTTP/1.1' 'S: 554 5.5.0 *' \
	    S-END | talk smtpd-inetd -Tf mailpipe.conf
}

@test "ALPACA: a client that names another protocol is refused" {
	tls_host
	{ start_tls; printf '%s\n' 'TLS-FAIL: alpn=http/1.1,h2' 'STATUS: 75'; } |
	    talk
	contains log 'no TLS: '
	{ start_tls; echo 'TLS: alpn=http/1.1,smtp'; message; } | talk
	came_in_tls 3
}

@test "old versions and weak ciphers are refused" {
	local option

	self_signed rsa DNS:mx.example.org rsa
	mail_host
	printf '%s\n' "Tls-Certificate: $T/rsa.pem" "Tls-Key: $T/rsa.key" \
	    >>mailpipe.conf
	for option in max=1 max=1_1 'max=1_2 ciphers=AES128-SHA' \
	    'max=1_2 ciphers=AES128-GCM-SHA256' \
	    'max=1_2 ciphers=ECDHE-RSA-AES256-SHA384' \
	    'max=1_2 ciphers=ECDHE-RSA-AES128-SHA' \
	    'max=1_2 ciphers=NULL' 'max=1_2 ciphers=ADH'; do
		{
			start_tls
			printf '%s\n' "TLS-FAIL: $option" 'STATUS: 75'
		} | talk || { echo "$option"; return 1; }
	done
	for option in ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-CHACHA20-POLY1305
	do
		forget_letters
		{ start_tls; echo "TLS: max=1_2 ciphers=$option"; message; } |
		    talk
		contains "$(letter bob)" "TLSv1.2 with $option"
	done
}

@test "CVE-2026-45185: clear text behind close_notify is never read" {
	tls_host
	{
		start_tls
		printf '%s\n' 'TLS:' 'C: EHLO a.example' 'S-ALL: 250-*' \
		    'C: MAIL FROM:<a@example.net>' 'S: 250 *' \
		    'C: RCPT TO:<bob@example.org>' 'S: 250 *' 'C: DATA' \
		    'S: 354 *' 'C: Subject: x' 'C:' 'TLS-END: y\r\n.\r\n' \
		    'S-SKIP' 'STATUS: 75'
	} | talk
	contains log 'lost in DATA: closed by the peer'
	{
		start_tls
		printf '%s\n' 'TLS:' 'C: EHLO a.example' 'S-ALL: 250-*' \
		    'TLS-END: QUIT\r\n' S-SKIP
	} | talk smtpd-inetd -vf mailpipe.conf
	contains log '< EHLO a.example'
	not grep -q '< QUIT' log
	nothing_stored
}

@test "a message that is cut off in TLS is not stored" {
	tls_host
	{
		start_tls
		printf '%s\n' 'TLS:' 'C: EHLO a.example' 'S-ALL: 250-*' \
		    'C: MAIL FROM:<a@example.net>' 'S: 250 *' \
		    'C: RCPT TO:<bob@example.org>' 'S: 250 *' 'C: DATA' \
		    'S: 354 *' 'C: x' 'SHUT' 'S-SKIP' 'STATUS: 75'
	} | talk
	contains log 'lost in DATA: cut off by the peer or somebody else'
	nothing_stored
}

@test "silence at every step of the handshake comes to an end" {
	local bytes

	tls_host 'Idle-Timeout: 1'
	for bytes in '' '\x16' '\x16\x03\x01\x02\x00' \
	    '\x16\x03\x01\x00\x05\x01\x00\x00\xff\x03'; do
		{
			start_tls
			[ -z "$bytes" ] || printf '%s\n' "C-RAW: $bytes"
			printf '%s\n' S-SKIP 'STATUS: 75'
		} | talk
		contains log 'TLS handshake: no answer within 1 seconds'
	done
	printf '%s\n' 'S-SKIP' 'STATUS: 75' |
	    talk smtpd-inetd -Tf mailpipe.conf
	contains log 'TLS handshake: no answer within 1 seconds'
	{ start_tls; printf '%s\n' 'TLS:' 'S: 421 4.4.2 *' 'STATUS: 75'; } |
	    talk
}

@test "garbage and a hang-up in place of a handshake" {
	tls_host
	{ start_tls; printf '%s\n' 'C-RAW: \x17\x03\x03\x00\x02\xff\xff' S-SKIP \
	    'STATUS: 75'; } | talk
	{ start_tls; printf '%s\n' HANGUP 'STATUS: 75'; } | talk
	contains log 'closed by the peer in the TLS handshake'
	{ start_tls; printf '%s\n' 'C-REPEAT: 100000 \x16' S-SKIP \
	    'STATUS: 75'; } | talk
}

@test "454 where TLS cannot be had, and mail goes on in clear text" {
	tls_host
	clear_text()
	{
		hello
		printf '%s\n' 'C: STARTTLS' 'S: 454 4.7.0 *' 'C: STARTTLS' \
		    'S: 454 4.7.0 *'
		envelope | sed 1,3d
		printf '%s\n' 'C: x: y' 'C: .' 'S: 250 *' 'C: QUIT' 'S: 221 *'
	}
	open_place
	mkdir -m 755 "$OPEN/nothing"
	install -m 755 /dev/null "$OPEN/nothing/libssl.so.3"
	clear_text | talk env "LD_LIBRARY_PATH=$OPEN/nothing" \
	    smtpd-inetd -f mailpipe.conf
	contains log 'no TLS: OpenSSL cannot be loaded (package libssl3)'
	letter bob
	forget_letters
	cp mx.key mx.pem
	clear_text | talk
	contains log "no TLS: $T/mx.pem: "
	letter bob
}

@test "a configuration that is no good stops it: 78" {
	tls_host
	cp mailpipe.conf good.conf
	chmod 604 mx.key
	expect 78 smtpd-inetd -f mailpipe.conf
	contains err 'mx.key: a key that others can read or write'
	rm mx.key
	expect 78 smtpd-inetd -f mailpipe.conf
	contains err 'mx.key: No such file'
	grep -v Tls mailpipe.conf >plain.conf
	expect 78 smtpd-inetd -Tf plain.conf
	contains err '-T needs Tls-Certificate'
	echo 'Tls-Certificate: relative.pem' >>plain.conf
	expect 78 smtpd-inetd -f plain.conf
	contains err 'not an absolute path'
	echo "Tls-Certificate: $T/mx.pem" >>mailpipe.conf
	expect 78 smtpd-inetd -f mailpipe.conf
	contains err '1 of Tls-Key for 2 of Tls-Certificate'
}

@test "a plain session has no OpenSSL in it" {
	local pid

	tls_host
	mkfifo in
	exec 6<>in
	smtpd-inetd -f mailpipe.conf <in >said 2>log 3>&- &
	pid=$!
	printf 'EHLO a.example\r\n' >&6
	wait_for 10 grep -q STARTTLS said
	not grep -E 'libssl|libcrypto' "/proc/$pid/maps"
	printf 'STARTTLS\r\n' >&6
	wait_for 10 grep -q '220 2.0.0' said
	wait_for 10 grep -q libssl "/proc/$pid/maps"
	exec 6>&-
	wait "$pid" || :
}

@test "the certificate is that of the name asked for, by kinds of key" {
	tls_host
	self_signed rsa DNS:mx.example.org rsa
	self_signed other 'DNS:*.other.example'
	printf '%s\n' "Tls-Certificate: $T/rsa.pem" "Tls-Key: $T/rsa.key" \
	    "Tls-Certificate: $T/other.pem" "Tls-Key: $T/other.key" \
	    >>mailpipe.conf
	smtpd
	subject()
	{
		s_client -starttls smtp "$@"
		sed -n 's/^subject=CN = //p' out
	}
	[ "$(subject -servername mx.example.org)" = mx ]
	[ "$(subject -servername a.other.example)" = other ]
	[ "$(subject -servername unknown.example)" = mx ]
	[ "$(subject -noservername)" = mx ]
	[ "$(subject -servername mx.example.org -sigalgs RSA-PSS+SHA256)" = rsa ]
	[ "$(subject -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256)" = rsa ]
}

@test "a chain is sent whole" {
	certificate middle basicConstraints=critical,CA:TRUE
	cp ca.pem root.pem
	cp ca.key root.key
	cp middle.pem ca.pem
	cp middle.key ca.key
	tls_host
	cat middle.pem >>mx.pem
	smtpd
	s_client -starttls smtp -CAfile root.pem -verify_return_error
	contains out 'Verify return code: 0 (ok)'
}

# 0 where the second of two sessions goes on with the first.
goes_on()
{
	rm -f session
	s_client -starttls smtp -sess_out session "$@" || return 1
	s_client -starttls smtp -sess_in session "$@" || return 1
	grep -q '^Reused' out
}

@test "sessions go on in another process of the listener" {
	tls_host
	smtpd
	goes_on -tls1_3
	goes_on -tls1_2
}

@test "sessions go on in processes of their own by Tls-Tickets" {
	tls_host "Tls-Tickets: $T/tickets"
	PORT=$(free_port)
	start smtpd systemd-socket-activate --accept --inetd \
	    -l "127.0.0.1:$PORT" -E MAILPIPE_TEST -E ASAN_OPTIONS \
	    "$MAILPIPE_BIN/smtpd-inetd" -f "$T/mailpipe.conf"
	wait_for 10 listening "$PORT"
	goes_on -tls1_3
	goes_on -tls1_2
	[ "$(stat -c %a tickets)" = 600 ]
	# New keys: an old session begins anew.
	s_client -starttls smtp -sess_out session
	rm tickets
	s_client -starttls smtp -sess_in session
	contains out 'New, TLSv1.3'
}

@test "without Tls-Tickets processes of their own give no tickets" {
	tls_host
	{ start_tls; echo 'TLS:'; message; } | talk
	PORT=$(free_port)
	start smtpd systemd-socket-activate --accept --inetd \
	    -l "127.0.0.1:$PORT" -E MAILPIPE_TEST -E ASAN_OPTIONS \
	    "$MAILPIPE_BIN/smtpd-inetd" -f "$T/mailpipe.conf"
	wait_for 10 listening "$PORT"
	not goes_on -tls1_3
	not goes_on -tls1_2
	not grep -q 'TLS session ticket:' out
}

@test "tickets that cannot be are told, and TLS goes on without" {
	tls_host "Tls-Tickets: $T/nowhere/tickets"
	{ start_tls; echo 'TLS:'; message; } | talk
	contains log "TLS tickets: $T/nowhere/tickets"
	came_in_tls 3
}

@test "the listener reads certificates that have changed" {
	tls_host
	smtpd
	s_client -starttls smtp
	contains out 'subject=CN = mx'
	self_signed next DNS:mx.example.org
	cp next.pem new.pem
	mv new.pem mx.pem
	# The key is not there yet.
	s_client -starttls smtp
	contains out 'subject=CN = mx'
	contains smtpd.log 'still the old certificates'
	cp next.key new.key
	mv new.key mx.key
	s_client -starttls smtp
	contains out 'subject=CN = next'
}

@test "clients' certificates are asked for, looked at, and not insisted on" {
	certificate client DNS:client.example
	tls_host "Tls-Client-Ca: $T/ca.pem"
	self_signed stranger DNS:client.example
	{ start_tls; echo 'TLS: cert=client'; message; } |
	    talk smtpd-inetd -vf mailpipe.conf
	contains log ', client CN=client'
	not grep -q 'not verified' log
	{ start_tls; echo 'TLS: cert=stranger'; message; } |
	    talk smtpd-inetd -vf mailpipe.conf
	contains log ', client CN=stranger, not verified'
	{ start_tls; echo 'TLS:'; message; } |
	    talk smtpd-inetd -vf mailpipe.conf
	not grep -q ', client ' log
}

@test "20 sessions at a time, each with a message of 1 MB" {
	local i pids=

	tls_host
	smtpd
	{ printf 'Subject: long\r\n\r\n'
	    head -c 700000 /dev/urandom | base64 -w 76 | sed 's/$/\r/'; } >m
	for i in $(seq 20); do
		curl -sS --ssl-reqd --cacert ca.pem --mail-from a@example.net \
		    --mail-rcpt bob@example.org -T m "smtp://localhost:$PORT" \
		    >"curl.$i" 2>&1 3>&- &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086 # a list
	wait $pids
	[ "$(cat curl.* | wc -c)" -eq 0 ] || { show curl.*; return 1; }
	[ "$(letters bob)" -eq 20 ]
	tr -d '\r' <m >want
	for i in bob/new/*; do
		stored "$i" >got
		same want got
	done
}

@test "the process that holds the key is nobody" {
	local pid

	needs_root
	tls_host
	smtpd
	exec 7> >(openssl s_client -quiet -starttls smtp \
	    -connect "127.0.0.1:$PORT" >said 2>&1 3>&-)
	printf 'NOOP\r\n' >&7
	wait_for 10 grep -q '250 2.0.0' said
	pid=$(serving)
	[ "$(stat -c %U "/proc/$pid")" = nobody ]
	grep -q libssl "/proc/$pid/maps"
	# Its log is the one file that it has.
	not grep -F "$T/" <(ls -l "/proc/$pid/fd" | grep -vF "$T/smtpd.log")
	printf 'QUIT\r\n' >&7
	exec 7>&-
}
