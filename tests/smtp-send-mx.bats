# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# smtp-send mx://: the hosts that take the mail of a domain.

load helper
load dns
load tls
load spooled

setup()
{
	isolate
	shopt -s lastpipe
	printf '%s\n' 'From: alice@example.org' 'Subject: test' '' 'Hello' >m
	PORT=$(free_port)
	URL=mx://example.org:$PORT
}

# Host mxN of example.org is 127.0.0.N, on $PORT, and follows the lines of
# standard input.
host()
{
	rm -f "port$1" "status$1"
	cat >"script$1"
	start "host$1" env "SCRIPT_ADDRESS=127.0.0.$1" "SCRIPT_PORT=$PORT" \
	    sh -c 'python3 "$1/peer/script.py" "port$2" "script$2" "peer$2"
		echo $? >"status$2"' sh "$TESTS" "$1"
	wait_for 10 test -s "port$1"
}

# It saw what it was to see.
host_end()
{
	wait_for 30 test -s "status$1" || return 1
	[ "$(cat "status$1")" -eq 0 ] && return 0
	show "host$1.log" "peer$1"
	return 1
}

# What a host says until mail can come; with keywords.
hello()
{
	printf '%s\n' 'S: 220 mx' 'C: EHLO *'
	[ $# -eq 0 ] || printf 'S: 250-%s\n' "$@"
	echo 'S: 250 mx'
}

# The same in TLS, with a certificate.
secure()
{
	hello STARTTLS
	printf '%s\n' 'C: STARTTLS' 'S: 220 go' "TLS: cert=$1" 'C: EHLO *'
	shift
	[ $# -eq 0 ] || printf 'S: 250-%s\n' "$@"
	echo 'S: 250 mx'
}

# Takes a message, and QUIT.
takes()
{
	printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
	    'C: DATA' 'S: 354 go' 'C-DATA: got' 'S: 250 taken' 'C: QUIT'
}

# example.org with the hosts mx2, mx3, mx4, and lines of standard input.
zone()
{
	{
		cat <<-'.'
		@ MX 10 mx2
		@ MX 20 mx3
		@ MX 30 mx4
		mx2 A 127.0.0.2
		mx3 A 127.0.0.3
		mx4 A 127.0.0.4
		.
		cat
	} | dns_zone example.org "${1:-plain}"
	dns_start
}

send()
{
	local status=$1

	shift
	expect_noted "$status" smtp-send -r -o "nameserver=$DNS" "$@" \
	    "$URL" bob@example.org <m
}

# The queue's message $1 of the list on standard input by mx://.
queue()
{
	queue_send "$URL" -o "nameserver=$DNS" "$@"
}

@test "by preference, and the next host where one cannot be used" {
	local first

	zone </dev/null
	{ hello; takes; } | host 2
	send 0
	host_end 2
	same <(sed 's/$/\r/' m) got
	# Nobody listens.
	{ hello; takes; } | host 3
	send 0
	host_end 3
	for first in 'S: 421 4.3.2 later' 'S: 451 later' HANGUP \
	    'S: 554 no mail' 'S: what' 'S: 220 mx,C: EHLO *,S: 421 later' \
	    'S: 220 mx,C: EHLO *,HANGUP' \
	    'S: 220 mx,C: EHLO *,S: 250 mx,HANGUP' \
	    'S: 220 mx,C: EHLO *,S: 250 mx,C: MAIL *,HANGUP' \
	    'S: 220 mx,C: EHLO *,S: 250-mx,S: 250 STARTTLS,C: STARTTLS,S: 421 no'
	do
		tr ',' '\n' <<<"$first" | host 2
		{ hello; takes; } | host 3
		send 0 || return 1
		host_end 3 || { echo "first: $first"; return 1; }
		contains out $'\tsent\t250\t\ttaken'
	done
}

@test "421 to a transaction, and the next host" {
	local first

	zone </dev/null
	for first in 'C: MAIL *,S: 421 4.7.0 later' \
	    'C: MAIL *,S: 250 ok,C: RCPT *,S: 421 4.7.0 later' \
	    'C: MAIL *,S: 250 ok,C: RCPT *,S: 250 ok,C: DATA,S: 421 4.7.0 later'
	do
		{
			hello
			tr ',' '\n' <<<"$first"
			printf '%s\n' C-END ACCEPT 'S: 421 again' 'C: me'
		} | host 2
		{ hello; takes; } | host 3
		send 0 || return 1
		contains out $'\tsent\t250\t\ttaken'
		# The next connection to the first is ours.
		printf 'me\r\n' >"/dev/tcp/127.0.0.2/$PORT"
		host_end 2 && host_end 3 || { echo "first: $first"; return 1; }
	done
}

@test "a thousand MX: twenty are tried, and no more" {
	local i

	for i in {1..1000}; do
		printf '@ MX %d mx%d\nmx%d A 127.0.0.2\n' "$i" "$i" "$i"
	done | dns_zone example.org plain
	dns_start
	{ hello; takes; } | host 2
	send 0
	host_end 2
	# Nobody listens any more.
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 expect_noted 75 \
	    strace -f -o calls -e trace=connect smtp-send -r \
	    -o "nameserver=$DNS" "$URL" bob@example.org <m
	i=$(grep -c "sin_port=htons($PORT)" calls)
	[ "$i" -ge 1 ] && [ "$i" -le 20 ]
}

@test "all addresses of a host" {
	dns_zone example.org plain <<-'.'
	@ MX 10 mx
	mx A 127.0.0.5
	mx A 127.0.0.2
	mx A 127.0.0.6
	.
	dns_start
	{ hello; takes; } | host 2
	send 0
	host_end 2
}

@test "a domain without MX is its own host" {
	dns_zone example.org plain <<<'@ A 127.0.0.2'
	dns_start
	{ hello; takes; } | host 2
	send 0
	host_end 2
}

@test "domains that take no mail, and those that nobody knows" {
	dns_zone example.org plain <<-'.'
	null MX 0 .
	bare TXT nothing
	loop MX 10 us
	us A 127.0.0.2
	far MX 10 gone
	.
	dns_start
	while read -r domain status code; do
		URL=mx://$domain.example.org:$PORT
		send "$status" -o helo=us.example.org || return 1
		cut -f 3-5 out | grep -qxF $'failed\t0\t'"$code" || {
			show out
			return 1
		}
		spooled one <m
		echo one | queue -o helo=us.example.org
		[ "$(cat classes)" = '1 failed' ]
	done <<-'.'
	null 69 5.1.10
	gone 68 5.1.2
	bare 68 5.4.4
	loop 69 5.4.6
	far 68 5.4.4
	.
}

@test "no answer of the DNS is not for good" {
	dns_zone example.org signed <<<'@ MX 10 mx2'
	dns_spoil example.org mx2 mx3
	dns_start
	send 75
	contains out $'\tdeferred\t0\t4.4.3\t'
	spooled one <m
	spooled two <m
	printf 'one\ntwo\n' | queue
	[ "$(sort -u classes)" = '1 down' ]
}

@test "for good only where every host takes no mail" {
	zone </dev/null
	spooled one <m
	for i in 2 3 4; do echo 'S: 554 no mail here' | host "$i"; done
	echo one | queue
	[ "$(cat classes)" = '1 failed' ]
	contains out $'\t5.3.2\tmx4.example.org\tmx4.example.org: 554 no mail'
	spooled one <m
	for i in 2 4; do echo 'S: 521 no mail here' | host "$i"; done
	echo 'S: 421 later' | host 3
	echo one | queue
	[ "$(cat classes)" = '1 down' ]
	contains out 'mx3.example.org: 421 later'
}

@test "TLS with whomever where it is offered, and in clear where it fails" {
	zone </dev/null
	self_signed mx DNS:other.example
	{ secure mx; takes; } | host 2
	send 0
	host_end 2
	{
		hello STARTTLS
		printf '%s\n' 'C: STARTTLS' 'S: 220 go' 'TLS-FAIL: max=1_1' ACCEPT
		hello STARTTLS
		takes
	} | host 2
	send 0
	host_end 2
	{
		hello STARTTLS
		printf '%s\n' 'C: STARTTLS' 'S: 454 not now'
		takes
	} | host 2
	send 0
	host_end 2
}

@test "DANE: whom its records name, and nobody else" {
	self_signed mx DNS:mx2.example.org
	self_signed bad DNS:mx2.example.org
	zone signed <<<"_$PORT._tcp.mx2 TLSA $(dns_tlsa mx.pem 3 1 1)"
	{ secure mx; takes; } | host 2
	send 0 -v
	host_end 2
	contains err 'certificate verified by DANE'
	# Another certificate; and no TLS at all.
	{ secure bad | sed '/^TLS:/,$d'; echo 'TLS-FAIL: cert=bad'; } | host 2
	{ hello; takes; } | host 3
	send 0
	host_end 2
	host_end 3
	hello | host 2
	{ hello; takes; } | host 3
	send 0
	host_end 3
	# Nobody is left.
	hello | host 2
	spooled one <m
	echo one | queue
	[ "$(cat classes)" = '1 down' ]
}

@test "DANE: no answer is no reason to trust" {
	self_signed mx DNS:mx2.example.org
	zone signed <<<"_$PORT._tcp.mx2 TLSA $(dns_tlsa mx.pem 3 1 1)"
	dns_spoil example.org 'TLSA	3 1 1 ' 'TLSA	3 1 2 '
	dns_start
	{ secure mx; takes; } | host 2
	{ hello; takes; } | host 3
	send 0
	host_end 3
	[ ! -s peer2 ]
}

@test "TLS-Required: No goes where DANE would stop it, and the rest does not" {
	self_signed mx DNS:mx2.example.org
	zone signed <<<"_$PORT._tcp.mx2 TLSA $(dns_tlsa mx.pem 3 1 1)"
	{ echo 'TLS-Required: No'; cat m; } >relaxed
	spooled one <m
	spooled two <relaxed
	spooled three <m
	spooled four <relaxed
	{
		hello
		echo ACCEPT
		hello PIPELINING
		printf '%s\n' 'C: MAIL *' 'C: RCPT *' 'C: DATA' \
		    'S-RAW: 250 a\r\n250 b\r\n354 c\r\n' 'C-DATA: two' \
		    'C: MAIL *' 'C: RCPT *' 'C: DATA' \
		    'S-RAW: 250 x\r\n250 a\r\n250 b\r\n354 c\r\n' \
		    'C-DATA: four' 'S: 250 y' 'C: QUIT'
	} | host 2
	printf '%s\n' one two three four | queue
	host_end 2
	cut -f 1-3 out | sort >got
	printf '%s\t1\t%s\n' four sent one down three down two sent |
	    cmp - got
	# Twice, or with another value, it says nothing.
	{ echo 'TLS-Required: No'; cat relaxed; } | spooled five
	{ echo 'TLS-Required: Yes'; cat m; } | spooled six
	hello | host 2
	printf '%s\n' five six | queue
	[ "$(sort -u classes)" = '1 down' ]
}

@test "REQUIRETLS: a host that DANE vouches for and that offers it" {
	self_signed mx DNS:mx.example.org
	{
		echo "_$PORT._tcp.mx3 TLSA $(dns_tlsa mx.pem 3 1 1)"
		echo "_$PORT._tcp.mx4 TLSA $(dns_tlsa mx.pem 3 1 1)"
	} | zone signed
	spooled one <m
	FIELDS=$'Require-Tls: yes\n' spooled two <m
	# mx2 is good enough for the one, and mx3 offers no REQUIRETLS.
	{ secure mx REQUIRETLS; takes; } | host 2
	{ secure mx; echo 'C: QUIT'; } | host 3
	{
		secure mx REQUIRETLS
		takes | sed 's/C: MAIL.*/C: MAIL FROM:<alice@example.org> * REQUIRETLS/; s/> \*/>/'
	} | host 4
	printf 'one\ntwo\n' | queue
	[ "$(cat classes)" = $'1 sent\n1 sent' ]
	host_end 2 && host_end 3 && host_end 4
}

@test "REQUIRETLS: for good where no host can, not where one does not answer" {
	self_signed mx DNS:mx.example.org
	echo "_$PORT._tcp.mx3 TLSA $(dns_tlsa mx.pem 3 1 1)" | zone signed
	FIELDS=$'Require-Tls: yes\n' spooled one <m
	{ secure mx; echo 'C: QUIT'; } | host 3
	echo one | queue
	[ "$(cat classes)" = '1 failed' ]
	contains out $'\t0\t5.7.30\t'
	FIELDS=$'Require-Tls: yes\n' spooled one <m
	echo one | queue
	[ "$(cat classes)" = '1 down' ]
}

# smtp-send with an mta-sts beside it that says what standard input holds.
with_sts()
{
	mkdir -p bin
	cp "$MAILPIPE_BIN/smtp-send" bin
	cat >bin/answer
	printf '%s\n' '#!/bin/sh' 'echo "$*" >>bin/asked' 'cat bin/answer' \
	    >bin/mta-sts
	chmod +x bin/*
	PATH=$T/bin:$PATH
}

@test "MTA-STS: enforced, only named hosts, verified for their name" {
	certificate mx DNS:mx3.example.org
	certificate mx4 DNS:other.example.org
	zone </dev/null
	printf 'example.org\tenforce\t600\t*.example.com mx3.example.org mx4.example.org\n' |
	    with_sts
	{ hello; takes; } | host 2
	{ secure mx; takes; } | host 3
	send 0 -o ca=ca.pem
	host_end 3
	[ ! -s peer2 ]
	same bin/asked <(echo "-o timeout=20 -o nameserver=$DNS -- example.org")
	# A certificate of another name, or of nobody, or no TLS.
	self_signed mx DNS:mx3.example.org
	{ secure mx | sed '/^TLS:/,$d'; echo 'TLS-FAIL: cert=mx'; } | host 3
	{ secure mx4 | sed '/^TLS:/,$d'; echo 'TLS-FAIL: cert=mx4'; } | host 4
	send 75 -o ca=ca.pem
	host_end 3 && host_end 4
	hello | host 3
	send 75 -o ca=ca.pem -v
	contains err 'mx3.example.org: TLS is required'
	# Not asked for it.
	{ hello; takes; } | host 5
	rm bin/asked
	sed -i 's/^mx3 .*/mx3 A 127.0.0.5/' dns/zone-example.org
	dns_start
	send 75 -o ca=ca.pem
	[ -s bin/asked ]
	rm bin/asked
	send 0 -o sts=no
	[ ! -e bin/asked ]
}

@test "MTA-STS: testing is told, none and no policy are not" {
	zone </dev/null
	printf 'example.org\ttesting\t600\tmx9.example.org\n' | with_sts
	{ hello; takes; } | host 2
	send 0 -v
	host_end 2
	contains err '* MTA-STS, testing: mx2.example.org is none'
	for answer in '' $'example.org\tnone\t0\t\n'; do
		printf '%s' "$answer" | with_sts
		{ hello; takes; } | host 2
		send 0
		host_end 2
	done
}

@test "MTA-STS: where it cannot be asked mail waits" {
	zone </dev/null
	printf 'example.org\twhat\t600\tmx2.example.org\n' | with_sts
	hello | host 2
	send 75
	contains out 'mta-sts: no such answer'
	printf '#!/bin/sh\nkill -KILL $$\n' >bin/mta-sts
	send 75
	contains out 'mta-sts: status 137'
	ln -sf "$MAILPIPE_BIN/mta-sts" bin/mta-sts
	printf 'Hostname: a b\n' >bad.conf
	MAILPIPE_CONF=$T/bad.conf send 75
	contains out "mta-sts: $T/bad.conf: line 1: Hostname: not a domain"
	rm bin/mta-sts
	send 78 -o sts=yes
	{ takes; } >more
	{ hello; cat more; } >all
	[ ! -s peer2 ]
}

@test "MTA-STS vouches for REQUIRETLS" {
	certificate mx DNS:mx2.example.org
	zone </dev/null
	printf 'example.org\tenforce\t600\tmx2.example.org\n' | with_sts
	{ secure mx REQUIRETLS; takes; } | host 2
	send 0 -o ca=ca.pem -o requiretls=yes
	host_end 2
	contains peer2 'REQUIRETLS'
}

@test "tls= stands above what a domain says" {
	self_signed mx DNS:mx2.example.org
	zone signed <<<"_$PORT._tcp.mx2 TLSA $(dns_tlsa mx.pem 3 1 1)"
	{ hello STARTTLS; takes; } | host 2
	send 0 -o tls=none
	host_end 2
	{ secure mx; takes; } | host 2
	send 0 -o tls=require -o ca=mx.pem
	host_end 2
}

@test "mx:// and what does not go with it" {
	expect 64 smtp-send mx://u@example.org bob@example.org <m
	expect 64 smtp-send -o proxy=socks5://localhost mx://example.org b@y <m
	expect 64 smtp-send -o pin=sha256:$(printf 0%.0s {1..64}) \
	    mx://example.org b@y <m
	expect 64 smtp-send -o nameserver=x mx://example.org b@y <m
	expect 64 smtp-send -o sts=maybe mx://example.org b@y <m
	expect 64 smtp-send -o connections=0 mx://example.org b@y <m
	expect 78 smtp-send -o hosts=gone mx://example.org b@y <m
}

@test "hosts: one that is down is passed by" {
	mkdir hosts
	zone </dev/null
	spooled one <m
	spooled two <m
	{ hello; takes; } | host 3
	echo one | queue -o hosts=hosts
	[ "$(cat classes)" = '1 sent' ]
	[ "$(ls hosts)" = "mx2.example.org:$PORT
mx3.example.org:$PORT" ]
	{ hello; takes; } | host 2
	{ hello; takes; } | host 3
	echo two | queue -o hosts=hosts
	host_end 3
	[ ! -s peer2 ]
}

@test "hosts: busy, and no host that is worse is used" {
	mkdir hosts
	{
		echo '@ MX 10 mx5'
		echo 'mx5 A 127.0.0.5'
	} | zone
	mkfifo wait
	# Both of the best.
	python3 -c 'import fcntl, subprocess, sys
f = [open(n, "w") for n in sys.argv[1:3]]
for each in f: fcntl.lockf(each, fcntl.LOCK_EX, 1, 0)
sys.exit(subprocess.run(sys.argv[3:]).returncode)' \
	    "hosts/mx2.example.org:$PORT" "hosts/mx5.example.org:$PORT" \
	    sh -c 'echo >locked; read -r line <wait' 3>&- &
	{ hello; takes; } | host 3
	spooled one <m
	wait_for 20 test -e locked
	echo one | queue -o hosts=hosts -o connections=1
	[ "$(cat classes)" = '1 busy' ]
	[ ! -s peer3 ]
	echo >wait
	wait "$!"
}

@test "the examples of the manual" {
	zone </dev/null
	{ hello; takes; } | host 2
	cp m message
	awk '/^\.Bd/ { on = 1; text = ""; next }
		/^\.Ed/ { on = 0; if (index(text, "mx://")) printf "%s", text }
		on { gsub(/\\e/, "\\"); text = text $0 "\n" }' \
	    "${TESTS%/*}/man/smtp-send.1" |
	    sed "s,mx://,-o nameserver=$DNS &,; s,org ,org:$PORT ," >example.sh
	expect 0 sh -e example.sh
	host_end 2
}
