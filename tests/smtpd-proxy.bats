#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd behind a balancer that speaks the PROXY protocol.

load helper
load smtpd
load tls
load submission

V2='\r\n\r\n\0\r\nQUIT\n'
FOUR='\xc6\x33\x64\x07\xc6\x33\x64\x01\x30\x39\0\x19'
V1='PROXY TCP4 198.51.100.7 198.51.100.1 12345 25\r\n'

# behind HEADER ADDR [TAG]: a message behind it; the client is ADDR.
behind()
{
	{ printf '%s\n' "C-RAW: $1"
	envelope
	printf '%s\n' 'C: x: y' 'C: .' 'S: 250 *' 'C: QUIT' 'S: 221 *'; } |
	    talk || return 1
	contains log "client=$2 helo=" || return 1
	contains "$(letter bob)" "from client.example ([${3:-}$2])" || return 1
	rm "$T"/bob/new/*
}

# refused HEADER WHY
refused()
{
	printf '%s\n' "C-RAW: $1" SHUT S-END 'STATUS: 76' | talk || return 1
	contains log "client=192.0.2.10 PROXY: $2"
}

proxy_host()
{
	mail_host
	echo 'Proxy-From: 203.0.113.0/24, 192.0.2.10' >>mailpipe.conf
	export TCPREMOTEIP=192.0.2.10
}

@test "the client is whom the balancer names" {
	proxy_host
	behind "$V1" 198.51.100.7
	behind "$V2\\x21\\x11\\0\\x0c$FOUR" 198.51.100.7
	behind "$V2\\x21\\x11\\0\\x13$FOUR\\x04\\0\\0\\x01\\0\\x01x" 198.51.100.7
	behind 'PROXY TCP6 2001:db8::7 2001:db8::1 12345 25\r\n' 2001:db8::7 IPv6:
	behind 'PROXY UNKNOWN\r\n' 192.0.2.10
	behind "$V2\\x20\\x11\\0\\x0c$FOUR" 192.0.2.10
	behind "$V2\\x21\\0\\0\\x03abc" 192.0.2.10
}

@test "what stands behind the header in one piece is the client's" {
	proxy_host
	{ printf '%s\n' "C-RAW: ${V1}NOOP\\r\\n" 'S: 554 5.5.0 *' S-END; } |
	    talk
	contains log 'client=198.51.100.7 refused: spoke first'
}

@test "a balancer without a header, or with a bad one, is cut off" {
	proxy_host
	refused 'EHLO a.example\r\n' 'no header'
	refused "PROXY TCP4 $(printf '%0101d' 0)" 'a line without an end'
	refused 'PROXY TCP4 198.51.100.7 198.51.100.1 1\r\n' 'too few words'
	refused "$V2\\x21\\x11\\xff\\xff" 'too long'
	refused "$V2\\x21\\x11\\0\\x0b$FOUR" 'addresses that are cut off'
	refused "$V2\\x21\\x11\\0\\x0f$FOUR\\x04\\xff\\xff" 'a TLV that is cut off'
	refused "$V2\\x21\\x12\\0\\x0c$FOUR" 'not TCP'
	nothing_stored
	printf '%s\n' 'C-RAW: PROXY TCP4 198' SHUT S-END 'STATUS: 75' | talk
	contains log 'client=192.0.2.10 PROXY: Connection reset by peer'
}

@test "a header that does not come in time" {
	proxy_host
	printf '%s\n' 'C-RAW: PROXY TCP4 198' S-END 'STATUS: 75' | talk
	contains log 'client=192.0.2.10 PROXY: Connection timed out'
}

@test "who is not listed is not believed" {
	proxy_host
	# Else the server may be the first.
	echo 'Greet-Delay: 30' >>mailpipe.conf
	export TCPREMOTEIP=192.0.2.11
	printf '%s\n' "C-RAW: $V1" 'S: 554 5.5.0 *' S-END | talk
	contains log 'client=192.0.2.11 refused: spoke first'
	sed -i '/^Greet-Delay/d' mailpipe.conf
	{ printf '%s\n' 'S: 220 *' "C-RAW: $V1" 'S: 500 *'
	envelope | sed 1d
	printf '%s\n' 'C: x: y' 'C: .' 'S: 250 *' 'C: QUIT' 'S: 221 *'; } |
	    talk
	contains log 'client=192.0.2.11 helo='
}

# Nor is a client local who is said to be so, nor one of whom nothing is said.
@test "what comes through a balancer is never of this machine" {
	local header

	auth_host 'Proxy-From: local'
	for header in "$V1" 'PROXY TCP4 127.0.0.1 127.0.0.1 1 25\r\n' \
	    'PROXY UNKNOWN\r\n' "$V2\\x20\\0\\0\\0"; do
		{ printf '%s\n' "C-RAW: $header"
		hello | sed 's/S-ALL: .*/S-ALL: 250-*STARTTLS?250 HELP/'
		printf '%s\n' "C: AUTH PLAIN $(plain alice s3cret)" \
		    'S: 538 *' 'C: QUIT' 'S: 221 *'; } | submit
	done
}

@test "the header comes before TLS from the first byte" {
	tls_host 'Proxy-From: local'
	{ printf '%s\n' "C-RAW: $V1" 'TLS:' 'S: 220 *' 'C: QUIT' \
	    'S: 221 *'; } | talk smtpd-inetd -T -f mailpipe.conf
}

# 192.0.2.1 is an address of its own network, where nobody else is.
@test "a balancer may have more connections than other addresses" {
	needs_root
	mail_host
	printf '%s\n' 'Connections-Per-Address: 1' 'Proxy-From: 192.0.2.1' \
	    >>mailpipe.conf
	printf '%s\n' "C-RAW: $V1" 'S: 220 *' 'C: QUIT' 'S: 221 *' >served
	cat >inside <<-'.'
		ip link set lo up
		ip address add 192.0.2.1/32 dev lo
		systemd-socket-activate -l 0.0.0.0:2525 -E MAILPIPE_TEST \
		    smtpd-inetd -f "$T/mailpipe.conf" &
		until [ -n "$(ss -Hltn "sport = :2525")" ]; do sleep 0.02; done
		exec 5<>/dev/tcp/192.0.2.1/2525
		printf 'PROXY UNKNOWN\r\n' >&5
		read -r -u 5 line
		python3 "$TESTS/peer/client.py" 192.0.2.1 2525 "$T/served"
		status=$?
		exec 5>&-
		kill %1
		wait
		exit $status
	.
	export TESTS
	timeout 30 unshare -n bash inside 3>&-
}
