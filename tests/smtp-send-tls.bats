#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtp-send in TLS: whom it trusts, and what it does to those who stand in
# between.

load helper
load postfix
load tls

setup()
{
	isolate
	shopt -s lastpipe
	printf '%s\n' 'From: alice@example.org' 'Subject: test' '' Hello >m
}

# A server that follows the lines on standard input.
server()
{
	cat >script
	scripted script
	URL=smtp://localhost:$PORT
}

# One that offers STARTTLS and says yes.
up_to_tls()
{
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' 'S: 250 STARTTLS' \
	    'C: STARTTLS' 'S: 220 go ahead'
}

# From the EHLO in TLS to the end of a message.
takes_all()
{
	printf '%s\n' 'C: EHLO *' 'S: 250 mx' 'C: MAIL FROM:<alice@*' \
	    'S: 250 ok' 'C: RCPT *' 'S: 250 ok' 'C: DATA' 'S: 354 go' C-DATA: \
	    'S: 250 ok' 'C: QUIT' C-END
}

send()
{
	expect "$1" smtp-send "${@:2}" "$URL" bob@example.org <m
}

@test "a certificate that is good is good" {
	local name

	certificate mx DNS:localhost,IP:127.0.0.1
	for name in localhost 127.0.0.1; do
		{ up_to_tls; echo 'TLS:'; takes_all; } | server
		URL=smtp://$name:$PORT
		send 0 -o ca=ca.pem
		scripted_end
	done
	certificate wild 'DNS:*.localhost'
	certificate other DNS:other.example
	SSL_CERT_FILE=$T/ca.pem
	export SSL_CERT_FILE
	{ up_to_tls; echo 'TLS:'; takes_all; } | server
	send 0 -o tls=require
	scripted_end
}

@test "a certificate that is not good: 75, and nothing is said" {
	local bad why
	local nul

	certificate wrong DNS:other.example
	certificate expired DNS:localhost -days -1 2>/dev/null ||
	    certificate expired DNS:localhost -not_after 20200101000000Z
	self_signed itself DNS:localhost
	# "localhost" NUL ".evil.example", in DER.
	nul=$(printf 'localhost\0.evil.example' | od -An -tx1 | tr -d ' \n')
	certificate nul "subjectAltName=DER:30198217$nul"
	certificate wild 'DNS:*.example.org'
	certificate localhost keyUsage=digitalSignature
	certificate number IP:127.0.0.2
	certificate text 'DNS:127.0.0.1'
	while read -r bad host why; do
		{ up_to_tls; echo "TLS-FAIL: cert=$bad"; } | server
		URL=smtp://$host:$PORT
		expect 75 smtp-send -o tls=require -o ca=ca.pem \
		    "$URL" bob@example.org <m || { echo "$bad"; return 1; }
		contains err "certificate: $why" || return 1
		scripted_end || { echo "$bad"; return 1; }
	done <<-'.'
		wrong localhost hostname mismatch
		expired localhost certificate has expired
		itself localhost self-signed certificate
		nul localhost hostname mismatch
		localhost localhost hostname mismatch
		number 127.0.0.1 IP address mismatch
		text 127.0.0.1 IP address mismatch
	.
}

@test "a wildcard is one label" {
	certificate mx 'DNS:*.localhost'
	{ up_to_tls; echo 'TLS-FAIL:'; } | server
	URL=smtp://a.b.localhost:$PORT
	getent hosts a.b.localhost >/dev/null || URL=smtp://localhost:$PORT
	expect 75 smtp-send -o tls=require -o ca=ca.pem "$URL" b@c.example <m
	contains err 'certificate: hostname mismatch'
	scripted_end
}

@test "a pin is enough; another key is refused" {
	local hex base

	self_signed mx DNS:other.example
	openssl x509 -in mx.pem -noout -pubkey |
	    openssl pkey -pubin -outform der | sha256sum | cut -d' ' -f1 >hex
	hex=$(cat hex)
	base=$(printf '%s' "$hex" | xxd -r -p | base64)
	for pin in "$hex" "$base"; do
		{ up_to_tls; echo 'TLS:'; takes_all; } | server
		expect 64 smtp-send -o "pin=sha256:x${hex#?}" "$URL" b@c.example <m
		send 0 -o "pin=sha256:$pin" -o "pin=sha256:${hex//[0-9]/0}"
		scripted_end
	done
	{ up_to_tls; echo 'TLS-FAIL:'; } | server
	send 75 -o "pin=sha256:${hex//[0-9]/0}"
	contains err 'certificate: its public key is none of the pinned ones'
	scripted_end
	# With an authority as well, both.
	{ up_to_tls; echo 'TLS-FAIL:'; } | server
	authority
	send 75 -o "pin=sha256:$hex" -o ca=ca.pem
	contains err 'self-signed certificate'
	scripted_end
}

@test "-v tells what a key can be pinned by" {
	local pin

	self_signed mx DNS:other.example
	{ up_to_tls; echo 'TLS:'; takes_all; } | server
	expect_noted 0 smtp-send -v -o tls=insecure "$URL" b@example.org <m
	contains err '* TLSv1.3, TLS_'
	contains err 'certificate not verified: self-signed certificate'
	pin=$(sed -n 's/^\* CN=mx, key //p' err)
	{ up_to_tls; echo 'TLS:'; takes_all; } | server
	expect_noted 0 smtp-send -v -o "pin=$pin" "$URL" b@example.org <m
	contains err 'certificate verified'
}

@test "stripping: no STARTTLS, no mail" {
	local answer

	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250 mx' 'C: QUIT' C-END |
	    server
	# Another way to write 127.0.0.1, which is not taken for this machine.
	URL=smtp://127.1:$PORT
	send 75
	contains err 'TLS is required, and the server does not offer it'
	scripted_end
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 502 no' 'C: HELO *' \
	    'S: 250 mx' 'C: QUIT' C-END | server
	send 75 -o tls=require
	scripted_end
	for answer in '454 4.7.0 not now' '502 no' '554 5.7.1 no'; do
		{
			up_to_tls | sed "s/220 go ahead/$answer/"
			printf '%s\n' 'C: QUIT' C-END
		} | server
		send 75 -o tls=require
		contains err "TLS is required, and refused: $answer"
		scripted_end
	done
	{ up_to_tls | sed 's/220 go ahead/354 go on/'; echo C-END; } | server
	send 76 -o tls=require
	contains err '354 in answer to STARTTLS'
	scripted_end
}

@test "CVE-2021-38371 and its like: what came before the handshake: 76" {
	{
		up_to_tls | sed '$d'
		printf '%s\n' 'S-RAW: 220 go\r\n250-mx\r\n250 AUTH PLAIN\r\n' \
		    C-END
	} | server
	send 76 -o tls=require
	contains err 'something came in clear text where TLS had to begin'
	scripted_end
	# As a segment of its own it is no handshake.
	{ up_to_tls; printf '%s\n' C-SOME 'S: 250 mx' SILENCE; } | server
	send 75 -o tls=require
	contains err 'TLS handshake: '
	scripted_end
	not grep -q 'MAIL' peer
}

@test "session fixation: what was offered before TLS is forgotten" {
	certificate mx DNS:localhost
	{
		up_to_tls | sed 's/S: 250-mx/S: 250-mx\nS: 250-SIZE 1\nS: 250-PIPELINING/'
		echo 'TLS:'
		takes_all
	} | server
	send 0 -o ca=ca.pem
	scripted_end
}

@test "old versions and weak ciphers are refused" {
	local option

	certificate mx DNS:localhost
	for option in max=1_1 'max=1_2 ciphers=ECDHE-ECDSA-AES128-SHA256'; do
		{ up_to_tls; echo "TLS-FAIL: $option"; } | server
		send 75 -o ca=ca.pem
		contains err 'TLS handshake: '
		scripted_end
	done
}

# s_server with the options, whoever comes.
s_server()
{
	PORT=$(free_port)
	start server openssl s_server -accept "127.0.0.1:$PORT" -cert mx.pem \
	    -key mx.key -quiet "$@"
	wait_for 10 listening "$PORT"
	URL=smtps://localhost:$PORT
}

@test "a real server of TLS 1.0 or 1.1, of weak ciphers or curves: 75" {
	local options

	certificate mx DNS:localhost
	while read -r options; do
		# shellcheck disable=SC2086 # several words
		s_server $options
		# Somebody who asks for less gets it.
		s_client ${options%%-cipher*} -curves P-192:P-256 \
		    -cipher ALL:COMPLEMENTOFALL@SECLEVEL=0 || :
		grep -q '^New, .* Cipher is [A-Z]' out
		send 75 -o ca=ca.pem
		contains err 'localhost: TLS handshake: '
		[ "$(wc -l <err)" -eq 1 ]
	done <<-.
		-tls1 -cipher ALL@SECLEVEL=0
		-tls1_1 -cipher ALL@SECLEVEL=0
		-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA@SECLEVEL=0
		-tls1_2 -cipher ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0
		-tls1_2 -cipher AECDH-AES128-SHA:@SECLEVEL=0
		-tls1_2 -cipher ALL@SECLEVEL=0 -curves P-192
	.
	# And nothing else is wrong with it: it says no greeting.
	s_server -tls1_2
	send 75 -o ca=ca.pem
	contains err 'localhost: greeting: closed by the peer'
}

@test "keys and signatures that are too weak: 75" {
	authority
	openssl req -x509 -newkey rsa:1024 -nodes -keyout mx.key -out mx.pem \
	    -subj /CN=mx -addext subjectAltName=DNS:localhost 2>openssl.log
	s_server -cipher DEFAULT@SECLEVEL=0
	send 75 -o ca=mx.pem
	contains err 'certificate: EE certificate key too weak'
	certificate mx DNS:localhost -sha1
	s_server -cipher DEFAULT@SECLEVEL=0
	send 75 -o ca=ca.pem
	contains err 'certificate: CA signature digest algorithm too weak'
}

@test "tls=may: TLS with anybody, else clear text" {
	self_signed mx DNS:other.example
	{ up_to_tls; echo 'TLS:'; takes_all; } | server
	send 0 -o tls=may
	scripted_end
	{ echo 'S: 220 mx'; takes_all; } | server
	send 0 -o tls=may
	scripted_end
	# Refused: on the same connection.
	{ up_to_tls | sed 's/220 go ahead/454 no/'; takes_all | sed 1,2d; } |
	    server
	send 0 -o tls=may
	scripted_end
	# Broken: on another one.
	{
		up_to_tls
		printf '%s\n' 'TLS-FAIL: max=1_1' ACCEPT 'S: 220 mx'
		takes_all
	} | server
	send 0 -o tls=may
	scripted_end
	# What was injected is no reason to say it all in clear text.
	{
		up_to_tls | sed '$d'
		printf '%s\n' 'S-RAW: 220 go\r\n250 mx\r\n' C-END
	} | server
	send 76 -o tls=may
	scripted_end
}

@test "silence at every step" {
	certificate mx DNS:localhost
	{ up_to_tls; echo SILENCE; } | server
	send 75 -o ca=ca.pem -o timeout=1
	contains err 'TLS handshake: no answer within 1 seconds'
	scripted_end
	{ up_to_tls; printf '%s\n' C-SOME 'S-RAW: \x16\x03\x03\x00\x40\x02' SILENCE; } |
	    server
	send 75 -o ca=ca.pem -o timeout=1
	scripted_end
	{ up_to_tls; printf '%s\n' 'TLS:' SILENCE; } | server
	send 75 -o ca=ca.pem -o timeout=1
	contains err 'no answer within 1 seconds'
	scripted_end
	echo SILENCE | server
	URL=smtps://localhost:$PORT
	send 75 -o ca=ca.pem -o timeout=1
	contains err 'TLS handshake: no answer within 1 seconds'
	scripted_end
	{ up_to_tls; echo HANGUP; } | server
	send 75 -o ca=ca.pem
	contains err 'closed by the peer in the TLS handshake'
}

@test "smtps: TLS from the first byte" {
	certificate mx DNS:localhost
	{ printf '%s\n' 'TLS:' 'S: 220 mx'; takes_all; } | server
	URL=smtps://localhost:$PORT
	send 0 -o ca=ca.pem
	scripted_end
	{ printf '%s\n' 'TLS-FAIL:'; } | server
	URL=smtps://localhost:$PORT
	send 75
	contains err 'certificate: '
	scripted_end
}

@test "close_notify before the reply: tried again, not taken for sent" {
	certificate mx DNS:localhost
	{
		up_to_tls
		echo 'TLS:'
		takes_all | sed '/C-DATA/q'
		printf '%s\n' 'TLS-END: 250 ok\r\n' SILENCE
	} | server
	send 75 -o ca=ca.pem
	contains err 'closed by the peer'
	scripted_end
}

@test "sessions go on in the next process" {
	local i

	certificate mx DNS:localhost
	load smtpd
	tls_host
	smtpd
	for i in 1 2 3; do
		expect_noted 0 smtp-send -v -o ca=ca.pem -f a@example.net \
		    "smtp://localhost:$PORT" bob@example.org <m
		grep '^\* TLS' err >>tls
	done
	[ "$(grep -c resumed tls)" -eq 2 ]
	[ "$(grep -c 'certificate verified' tls)" -eq 3 ]
	[ "$(stat -c %a .cache/mailpipe/tls-*)" = 600 ]
	# Whoever trusts less or somebody else begins anew.
	expect_noted 0 smtp-send -v -o tls=insecure -f a@example.net \
	    "smtp://localhost:$PORT" bob@example.org <m
	not grep -q resumed err
	# A bad cache is none.
	for i in .cache/mailpipe/tls-*; do
		echo garbage >"$i"
	done
	expect_noted 0 smtp-send -v -o ca=ca.pem -f a@example.net \
	    "smtp://localhost:$PORT" bob@example.org <m
	not grep -q resumed err
	contains err 'certificate verified'
}

@test "a real postfix, in TLS" {
	local i

	needs_root
	certificate mx DNS:localhost
	postfix_up - <<-.
		smtpd_tls_security_level = encrypt
		smtpd_tls_chain_files = $T/mx.key, $T/mx.pem
		smtpd_tls_received_header = yes
	.
	for i in 1 2; do
		expect_noted 0 smtp-send -v -o ca=ca.pem -f a@example.org \
		    "smtp://localhost:$PORT" bob@example.org <m
		grep '^\* TLS' err >>tls
	done
	[ "$(grep -c 'certificate verified' tls)" -eq 2 ]
	[ "$(grep -c resumed tls)" -eq 1 ]
	wait_for 20 sh -c '[ $(ls Maildir/new | wc -l) -eq 2 ]'
	grep -q 'using TLSv1.3' Maildir/new/*
}

@test "a certificate of our own" {
	load smtpd
	certificate client DNS:client.example
	tls_host "Tls-Client-Ca: $T/ca.pem"
	smtpd -v
	expect 0 smtp-send -o ca=ca.pem -o cert=client.pem -o key=client.key \
	    -f a@example.net "smtp://localhost:$PORT" bob@example.org <m
	contains smtpd.log ', client CN=client'
	cat client.key >>client.pem
	expect 0 smtp-send -o ca=ca.pem -o cert=client.pem -f a@example.net \
	    "smtp://localhost:$PORT" bob@example.org <m
}

@test "options of TLS that make no sense, and files that are none" {
	local options pin

	pin=sha256:$(printf '00%.0s' $(seq 32))
	while read -r options; do
		# shellcheck disable=SC2086 # several words
		expect 64 smtp-send $options b@example.org <m ||
		    { echo "$options"; return 1; }
	done <<-.
		-o tls=none smtps://localhost
		-o tls=may smtps://localhost
		-o tls=may -o pin=$pin smtp://localhost
		-o tls=insecure -o ca=m smtp://localhost
		-o tls=none -o cert=m smtp://localhost
		-o key=m smtp://localhost
		-o pin=md5:00 smtp://localhost
		-o ca= smtp://localhost
	.
	{ up_to_tls | sed '5,$d'; printf '%s\n' 'C: QUIT' C-END; } | server
	send 78 -o ca=nowhere.pem
	contains err 'nowhere.pem: No such file'
	scripted_end
}

@test "without libssl: one sentence" {
	mkdir nothing
	: >nothing/libssl.so.3
	{ up_to_tls | sed '5,$d'; printf '%s\n' 'C: QUIT' C-END; } | server
	expect 69 env "LD_LIBRARY_PATH=$T/nothing" smtp-send -o tls=require \
	    "$URL" bob@example.org <m
	contains err 'OpenSSL cannot be loaded (package libssl3)'
	scripted_end
}

@test "the example of the manual: a key to pin" {
	self_signed mx DNS:other.example
	{ printf '%s\n' 'TLS:' 'S: 220 mx'; takes_all; } | server
	awk '/^\.Bd/ { on = 1; text = ""; next }
		/^\.Ed/ { on = 0; if (index(text, "pin=")) printf "%s", text }
		on { gsub(/\\e/, "\\"); text = text $0 "\n" }' \
	    "${TESTS%/*}/man/smtp-send.1" |
	    sed "s,smtps://mx.example.org,smtps://localhost:$PORT," >example.sh
	cp m message
	expect 0 sh -e example.sh
	openssl x509 -in mx.pem -noout -pubkey |
	    openssl pkey -pubin -outform der | sha256sum |
	    sed 's/^\([0-9a-f]*\) .*/pin=sha256:\1/' >want
	same want out
}
