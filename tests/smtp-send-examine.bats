#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtp-send -e: what a server says of itself.

load helper
load smtpd
load tls

setup()
{
	isolate
	shopt -s lastpipe
}

server()
{
	cat >script
	scripted script
	URL=smtp://localhost:$PORT
}

starttls()
{
	printf '%s\n' 'S: 220-mx hello' 'S: 220 there' 'C: EHLO *' 'S: 250-mx' \
	    'S: 250-SIZE 5' 'S: 250 STARTTLS' 'C: STARTTLS' 'S: 220 go' \
	    "$@" 'C: EHLO *' 'S: 250-mx' 'S: 250-PIPELINING' \
	    'S: 250 AUTH PLAIN' 'C: QUIT' C-END
}

digest_of()
{
	openssl "$@" -outform der | openssl dgst -sha256 -r | cut -d' ' -f1
}

@test "before and after STARTTLS, and the chain" {
	certificate mx DNS:localhost,DNS:other.example,IP:127.0.0.1
	cat ca.pem >>mx.pem
	starttls TLS: | server
	expect 0 smtp-send -e -o ca=ca.pem "$URL"
	scripted_end
	head -n 5 out >head
	printf '%s\t%s\n' greeting 'mx hello' greeting there clear 'SIZE 5' \
	    clear STARTTLS tls TLSv1.3 >want
	same head want
	grep -q "^cipher	TLS_" out
	contains out "verified	yes"
	contains out "subject	CN=mx"
	[ "$(grep -c '^issuer	CN=test authority' out)" -eq 2 ]
	[ "$(sed -n 's/^name	//p' out | tr '\n' ' ')" = \
	    'localhost other.example 127.0.0.1 ' ]
	contains out "fingerprint	sha256:$(digest_of x509 -in mx.pem)"
	contains out "fingerprint	sha256:$(digest_of x509 -in ca.pem)"
	contains out "pin	sha256:$(openssl x509 -in mx.pem -pubkey -noout |
	    digest_of pkey -pubin)"
	until=$(openssl x509 -in mx.pem -noout -enddate | cut -d= -f2)
	contains out "until	$(date -ud "$until" +%Y-%m-%dT%H:%M:%SZ)"
	tail -n 2 out >tail
	printf '%s\t%s\n' extension PIPELINING extension 'AUTH PLAIN' >want
	same tail want
	# The pin is one.
	starttls TLS: | server
	expect 0 smtp-send -e -o "pin=$(sed -n 's/^pin	//p' out | head -n 1)" \
	    "$URL"
	contains out "verified	yes"
}

@test "a certificate that is no good is shown, and why" {
	self_signed mx DNS:wrong.example
	starttls TLS: | server
	expect 0 smtp-send -e "$URL"
	contains out "verified	self-signed certificate"
	contains out "name	wrong.example"
	scripted_end
}

@test "as JSON" {
	self_signed mx DNS:wrong.example
	starttls TLS: | server
	expect 0 smtp-send -ej "$URL"
	python3 - <<-'.'
		import json
		o = json.load(open('out'))
		assert list(o) == ['greeting', 'clear', 'tls', 'extensions'], o
		assert o['greeting'] == ['mx hello', 'there']
		assert o['clear'] == ['SIZE 5', 'STARTTLS']
		assert o['extensions'] == ['PIPELINING', 'AUTH PLAIN']
		t = o['tls']
		assert list(t) == ['version', 'cipher', 'verified', 'why',
		    'certificates'], t
		assert t['version'] == 'TLSv1.3' and t['verified'] is False
		assert 'self-signed' in t['why']
		[c] = t['certificates']
		assert list(c) == ['subject', 'issuer', 'names', 'from',
		    'until', 'fingerprint', 'pin'], c
		assert c['names'] == ['wrong.example']
	.
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' 'S: 250 SIZE' \
	    'C: QUIT' C-END | server
	expect 0 smtp-send -ej "$URL"
	printf '%s\n' '{"greeting":["mx"],"clear":[],"tls":null,"extensions":["SIZE"]}' >want
	same out want
	scripted_end
}

@test "a server of LMTP" {
	printf '%s\n' 'S: 220 mx' 'C: LHLO *' 'S: 250-mx' \
	    'S: 250 PIPELINING' 'C: QUIT' C-END | server
	expect 0 smtp-send -e "lmtp://localhost:$PORT"
	printf '%s\t%s\n' greeting mx extension PIPELINING >want
	same out want
	scripted_end
}

@test "smtps, and our own server, which is not resumed" {
	tls_host
	smtpd -T
	expect 0 smtp-send -e -o ca=ca.pem "smtps://localhost:$PORT"
	expect 0 smtp-send -e -o ca=ca.pem "smtps://localhost:$PORT"
	contains out "verified	yes"
	contains out "subject	CN=mx"
	contains out "extension	PIPELINING"
	not grep -q '^clear' out
}

@test "a server that fails is shown as far as it went" {
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' 'S: 250 STARTTLS' \
	    'C: STARTTLS' 'S: 220 go' 'S: what' HANGUP | server
	expect 76 smtp-send -e "$URL"
	printf '%s\t%s\n' greeting mx clear STARTTLS >want
	same out want
	[ "$(wc -l <err)" -eq 1 ]
	printf '%s\n' 'S: 554 no' | server
	expect 69 smtp-send -e "$URL"
	contains err '554 no'
	expect 64 smtp-send -e smtp://localhost bob@example.org
	expect 64 smtp-send -e
}

@test "what a server says is made safe" {
	printf '%s\n' 'S-RAW: 220 \x1b[2J\r\n' 'C: EHLO *' 'S: 250-mx' \
	    'S-RAW: 250 X\tY\x9b\r\n' 'C: QUIT' C-END | server
	expect 0 smtp-send -e "$URL"
	not grep -q '[^ -~	]' out
	printf '%s\t%s\n' greeting '\x1b[2J' extension 'X\tY\x9b' >want
	same out want
}

@test "the examples of the manual" {
	self_signed mx DNS:wrong.example
	starttls TLS: | server
	awk '/^\.Bd/ { on = 1; text = ""; next }
		/^\.Ed/ { on = 0; if (index(text, "-ej")) printf "%s", text }
		on { gsub(/\\e/, "\\"); text = text $0 "\n" }' \
	    "${TESTS%/*}/man/smtp-send.1" |
	    sed "s,smtp://mx.example.org,smtp://localhost:$PORT," >example.sh
	expect 0 sh -e example.sh
	until=$(openssl x509 -in mx.pem -noout -enddate | cut -d= -f2)
	date -ud "$until" +%Y-%m-%dT%H:%M:%SZ >want
	same out want
}
