#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What is found in the DNS (lib/dns, lib/mx, lib/dane), with nsd, and unbound
# that validates.

load helper
load tls
load dns

zones()
{
	dns_zone signed.example signed <<-'.'
		@ MX 20 second
		@ MX 10 first
		@ TXT "v=spf1 " "-all"
		first A 127.0.0.1
		first AAAA ::1
		second A 127.0.0.2
		six AAAA ::1
		alias CNAME first
		aliased MX 10 alias
		out CNAME host.plain.example.
		null MX 0 .
		nothing TXT nothing
		equal MX 5 a
		equal MX 5 b
		equal MX 5 c
		lost MX 5 nowhere
		round CNAME about
		about CNAME round
		bad A 127.0.0.66
		badmx MX 77 first
	.
	dns_spoil signed.example 127.0.0.66 127.0.0.67
	dns_spoil signed.example 'MX	77' 'MX	78'
	dns_zone plain.example plain <<-'.'
		@ MX 10 host
		host A 127.0.0.3
		in CNAME first.signed.example.
	.
	dns_start
}

lookup()
{
	expect_noted "$1" "${MAILPIPE_BIN%/*}/tests/tool/lookup" "${@:2}"
}

# The answer is that, and the status 0.
found()
{
	lookup 0 "$DNS" "${@:2}" || return 1
	printf '%s\n' "$1" >want
	same want out
}

# The status, and a part of the sentence.
failed()
{
	lookup "$1" "$DNS" "${@:3}" || return 1
	contains err "$2"
}

@test "records of each type, and whether DNSSEC vouches for them" {
	zones
	found 'secure first.signed.example 127.0.0.1' A first.signed.example
	found 'secure first.signed.example ::1' AAAA first.signed.example.
	found 'secure signed.example v=spf1 -all' TXT signed.example
	found 'secure alias.signed.example first.signed.example.' \
	    CNAME alias.signed.example
	found 'secure null.signed.example 0 .' MX null.signed.example
	found 'insecure host.plain.example 127.0.0.3' A host.plain.example
	found 'insecure plain.example 10 host.plain.example.' MX plain.example
}

@test "an alias is followed, and is as secure as its weakest part" {
	zones
	found 'secure first.signed.example 127.0.0.1' A alias.signed.example
	found 'insecure host.plain.example 127.0.0.3' A out.signed.example
	found 'insecure first.signed.example 127.0.0.1' A in.plain.example
	failed 75 'round.signed.example: A: no answer from the DNS' \
	    A round.signed.example
}

@test "an alias whose target is not in the answer is asked for" {
	zones
	lookup 0 "$DNS_ZONES" A out.signed.example
	echo 'insecure host.plain.example 127.0.0.3' >want
	same want out
}

@test "no such name, no such record and a bad signature are told apart" {
	zones
	failed 68 'none.signed.example: no such name in the DNS' \
	    A none.signed.example
	contains out 'secure no name'
	failed 68 'nothing.signed.example: no A in the DNS' \
	    A nothing.signed.example
	contains out 'secure no record'
	failed 68 'no such name' A none.plain.example
	contains out 'insecure no name'
	failed 75 'bad.signed.example: A: no answer from the DNS' \
	    A bad.signed.example
	failed 75 'bad.signed.example: addresses: no answer from the DNS' \
	    addresses bad.signed.example
}

@test "addresses: IPv6 and IPv4, or the one there is" {
	zones
	found 'secure first.signed.example ::1
secure first.signed.example 127.0.0.1' addresses alias.signed.example
	found 'secure six.signed.example ::1' addresses six.signed.example
	failed 68 'nothing.signed.example: no address in the DNS' \
	    addresses nothing.signed.example
	failed 68 'none.example: no such name in the DNS' \
	    addresses none.example
}

@test "MX: by preference, without ourselves" {
	zones
	found 'secure 10 first.signed.example
secure 20 second.signed.example' mx signed.example
	found 'insecure 10 host.plain.example' mx plain.example
	found 'secure 10 first.signed.example' mx Signed.Example. \
	    SECOND.signed.example
	failed 69 '5.4.6 signed.example: the mail loops' mx signed.example \
	    first.signed.example
}

@test "MX: a null one, none, no domain, no answer" {
	zones
	failed 69 '5.1.10 null.signed.example: it takes no mail' \
	    mx null.signed.example
	found 'secure 0 nothing.signed.example' mx nothing.signed.example
	failed 68 '5.1.2 none.signed.example: no such name' \
	    mx none.signed.example
	failed 75 '4.4.3 badmx.signed.example: MX: no answer' \
	    mx badmx.signed.example
	kill -TERM -- "-$PID_unbound"
	wait_for 20 dns_silent "${DNS##*:}"
	failed 75 '4.4.3 signed.example: MX: no answer' mx signed.example
}

@test "a thousand MX come by TCP: a hundred are read, twenty are tried" {
	for i in {1..1000}; do echo "@ MX $i mx$i"; done |
	    dns_zone many.example signed
	dns_start
	lookup 0 "$DNS" MX many.example
	[ "$(grep -c '^secure many.example' out)" -eq 100 ]
	contains out '900 left out'
	lookup 0 "$DNS" mx many.example
	[ "$(grep -c '^secure' out)" -eq 20 ]
	contains out '980 left out'
}

# What each domain of peer/dns.py comes to.
@test "a server that lies: an answer, or a failure, in time" {
	start dns python3 "$TESTS/peer/dns.py" "$T/port"
	wait_for 20 test -s port
	DNS=127.0.0.1:$(cat port)
	lookup 0 "$DNS" mx many.example
	contains out '980 left out'
	failed 75 '4.4.3 loop.example' mx loop.example
	failed 75 '4.4.3 far.example' mx far.example
	failed 68 '5.4.4 nul.example: none of its MX is the name of a host' \
	    mx nul.example
	failed 75 '4.4.3 cname.example' mx cname.example
	failed 75 '4.4.3 short.example' mx short.example
	failed 69 '5.1.10 null.example' mx null.example
	lookup 0 "$DNS" mx flood.example
	[ "$(wc -l <out)" -le 21 ]
}

@test "no answer: it ends within its time" {
	start dns python3 "$TESTS/peer/dns.py" "$T/port"
	wait_for 20 test -s port
	DNS=127.0.0.1:$(cat port)
	failed 75 '4.4.3 silent.example: MX: no answer' mx silent.example
}

# TLSA records for $PORT; mx has the one of that data.
dane_zone()
{
	dns_zone dane.example signed <<-.
		@ MX 10 mx
		mx A 127.0.0.1
		_$PORT._tcp.mx TLSA $1
		alias CNAME mx
		aliased MX 10 alias
		lame MX 10 lame-host
		lame-host A 127.0.0.1
		_$PORT._tcp.lame-host TLSA 3 1 1 $(printf '66%.0s' {1..32})
		free MX 10 free-host
		free-host A 127.0.0.1
		other MX 10 other-host
		other-host A 127.0.0.1
		_$PORT._tcp.other-host TLSA 1 1 1 $(printf '77%.0s' {1..32})
	.
	dns_spoil dane.example "$(printf '66%.0s' {1..32})" \
	    "$(printf '67%.0s' {1..32})"
	dns_zone plain.example plain <<-.
		@ MX 10 mx.dane.example.
		own MX 10 host
		host A 127.0.0.1
		_$PORT._tcp.host TLSA $1
	.
	dns_start
}

# A TLS server with the certificate NAME.
tls_server()
{
	start tls openssl s_server -quiet -accept "127.0.0.1:$PORT" \
	    -cert "$1.pem" -key "$1.key" ${2:+-cert_chain "$2"}
	wait_for 20 listening "$PORT"
}

@test "TLSA records: none, unusable, usable, with a bad signature" {
	PORT=25
	authority
	dane_zone "$(dns_tlsa ca.pem 3 1 1)"
	found 'mx.dane.example usable 1 mx.dane.example dane.example' \
	    dane dane.example 25
	found 'alias.dane.example usable 1 mx.dane.example aliased.dane.example' \
	    dane aliased.dane.example 25
	found 'free-host.dane.example none 0' dane free.dane.example 25
	found 'other-host.dane.example unusable 0 other-host.dane.example other.dane.example' \
	    dane other.dane.example 25
	failed 75 '_25._tcp.lame-host.dane.example: TLSA: no answer' \
	    dane lame.dane.example 25
	# Where DNSSEC does not vouch for the MX, or for the records.
	found 'mx.dane.example none 0' dane plain.example 25
	found 'host.plain.example none 0' dane own.plain.example 25
}

@test "DANE-EE: the key is enough, whatever the names and dates" {
	PORT=$(free_port)
	certificate expired DNS:elsewhere.example -days -1 2>/dev/null ||
	    certificate expired DNS:elsewhere.example \
	    -not_after 20200101000000Z
	dane_zone "$(dns_tlsa expired.pem 3 1 1)"
	tls_server expired
	found 'mx.dane.example verified dane' tls dane.example "$PORT"
	found 'free-host.dane.example unverified no dane' tls \
	    free.dane.example "$PORT"
	for how in '3 0 1' '3 0 2' '3 1 2' '3 0 0' '3 1 0'; do
		# shellcheck disable=SC2086 # three numbers
		dane_zone "$(dns_tlsa expired.pem $how)"
		found 'mx.dane.example verified dane' tls dane.example "$PORT"
	done
}

@test "DANE: another key ends the session" {
	PORT=$(free_port)
	certificate mx DNS:mx.dane.example
	dane_zone "$(dns_tlsa ca.pem 3 1 1)"
	tls_server mx
	failed 75 'certificate: no matching DANE TLSA records' \
	    tls dane.example "$PORT"
}

@test "DANE-TA: who vouches, for one of the names, in time" {
	PORT=$(free_port)
	certificate mx DNS:dane.example
	certificate other DNS:other.example
	dane_zone "$(dns_tlsa ca.pem 2 0 1)"
	tls_server mx ca.pem
	found 'mx.dane.example verified dane' tls dane.example "$PORT"
	failed 75 'certificate: hostname mismatch' tls aliased.dane.example \
	    "$PORT"
	kill -TERM -- "-$PID_tls"
	PORT=$(free_port)
	dane_zone "$(dns_tlsa ca.pem 2 1 2)"
	tls_server other ca.pem
	failed 75 'certificate: hostname mismatch' tls dane.example "$PORT"
}

# Resolvers on 127.0.0.1, ::1 and 192.0.2.53, port 53, in a network of our own;
# what resolv.conf(5) says is on standard input.
in_network()
{
	cat >resolv.conf
	expect_noted 0 unshare -nm sh -e -c '
		ip link set lo up
		ip address add 192.0.2.53/32 dev lo
		mount --bind resolv.conf /etc/resolv.conf
		nsd -d -c dns/nsd.conf & nsd=$!
		unbound -d -c dns/unbound.conf & unbound=$!
		until [ -n "$(ss -Hlun "sport = :53")" ] &&
		    [ -n "$(ss -Hlun "sport = :5300")" ]; do sleep 0.02; done
		for server; do
			echo "$server: $("$MAILPIPE_BIN/../tests/tool/lookup" \
			    "$server" MX signed.example)"
		done >answers
		kill $unbound $nsd
		wait' sh "$@"
}

@test "DNSSEC is believed of a resolver on loopback alone" {
	needs_root
	export MAILPIPE_BIN
	echo '@ MX 0 .' | dns_zone signed.example signed
	dns_zone . plain </dev/null
	dns_configure_zones 127.0.0.1@5300 >dns/nsd.conf
	dns_configure_resolver 127.0.0.1@53 127.0.0.1@5300 \
	    >dns/unbound.conf
	sed -i '2i\  interface: ::1@53\n  interface: 192.0.2.53@53\n  access-control: 192.0.2.0/24 allow' \
	    dns/unbound.conf
	echo 'nameserver 127.0.0.1' |
	    in_network - 127.0.0.1 '[::1]' '[::1]:53' 192.0.2.53
	sed 's/$/ signed.example 0 ./' >want <<-'.'
		-: secure
		127.0.0.1: secure
		[::1]: secure
		[::1]:53: secure
		192.0.2.53: insecure
	.
	same want answers
	# Also where a person has said that it may be (trust-ad), and where the
	# answer may be of another.
	printf '%s\n' 'nameserver 192.0.2.53' 'options trust-ad' | in_network -
	echo '-: insecure signed.example 0 .' >want
	same want answers
	printf 'nameserver %s\n' 127.0.0.1 192.0.2.53 | in_network - '[::1]'
	echo '[::1]: secure signed.example 0 .' >>want
	same want answers
	printf 'nameserver %s\n' 192.0.2.53 127.0.0.1 | in_network -
	echo '-: insecure signed.example 0 .' >want
	same want answers
	echo 'nameserver ::1' | in_network -
	echo '-: secure signed.example 0 .' >want
	same want answers
	printf 'nameserver %s\n' ::1 192.0.2.53 | in_network - 127.0.0.1
	sed 's/$/ signed.example 0 ./' >want <<-'.'
		-: insecure
		127.0.0.1: secure
	.
	same want answers
}
