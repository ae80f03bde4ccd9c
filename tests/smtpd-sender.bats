#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd and the sender's domain, with nsd as the name server.

load helper
load smtpd

mail_host_with_dns()
{
	local zone

	DNS=$(free_port)
	mkdir "$T/nsd"
	cat >"$T/nsd/conf" <<-.
		server:
		  ip-address: 127.0.0.1@$DNS
		  username: ""
		  chroot: ""
		  zonesdir: "$T/nsd"
		  zonelistfile: "$T/nsd/zones"
		  xfrdfile: "$T/nsd/xfrd"
		  xfrdir: "$T/nsd"
		  pidfile: ""
		  database: ""
		remote-control:
		  control-enable: no
	.
	for zone in null.example mx.example a.example two.example \
	    xn--nll-hoa.example; do
		{ echo '$TTL 60'
		    echo '@ SOA ns admin 1 60 60 60 60'
		    echo '@ NS ns'
		    echo 'ns A 127.0.0.1'
		    case $zone in
		    null* | xn--*) echo '@ MX 0 .'; echo 'sub MX 0 .' ;;
		    mx*) echo '@ MX 10 ns'; echo 'alias CNAME null.example.' ;;
		    a*) echo '@ A 127.0.0.1' ;;
		    two*) printf '%s\n' '@ MX 0 .' '@ MX 10 ns' ;;
		    esac
		} >"$T/nsd/$zone"
		printf 'zone:\n  name: %s\n  zonefile: %s\n' "$zone" "$zone" \
		    >>"$T/nsd/conf"
	done
	start nsd nsd -d -c "$T/nsd/conf"
	wait_for 20 udp_listening "$DNS"
	mail_host
	cat >>"$T/mailpipe.conf" <<-.
		Check-Sender-Domain: yes
		Nameserver: 127.0.0.1:$DNS
	.
}

udp_listening()
{
	[ -n "$(ss -Hlun "sport = :$1")" ]
}

# MAIL from each, with the pattern of its reply behind it.
senders()
{
	hello
	while [ "$#" -gt 0 ]; do
		printf '%s\n' "C: MAIL FROM:<$1> SMTPUTF8" "S: $2 *" 'C: RSET' 'S: 250 *'
		shift 2
	done
}

@test "a sender whose domain has a null MX is refused" {
	mail_host_with_dns
	senders a@null.example '550 5.7.27' a@NULL.Example '550 5.7.27' \
	    a@sub.null.example '550 5.7.27' a@mx.example '250 2.1.0' \
	    a@a.example '250 2.1.0' a@none.a.example '250 2.1.0' \
	    a@two.example '250 2.1.0' '' '250 2.1.0' \
	    'a@[127.0.0.1]' '250 2.1.0' a@refused.example.net '250 2.1.0' |
	    talk
	contains "$T/log" 'from=<a@null.example> refused: null MX'
	# The session goes on, without the transaction.
	{ hello
	    printf '%s\n' 'C: MAIL FROM:<a@null.example>' 'S: 550 *' \
		'C: RCPT TO:<bob@example.org>' 'S: 503 *' \
		'C: MAIL FROM:<a@mx.example>' 'S: 250 *'; } | talk
}

@test "a sender's domain with U-labels is looked up by its A-labels" {
	mail_host_with_dns
	senders $'a@n\303\274ll.example' '550 5.7.27' \
	    $'a@N\303\234LL.example' '550 5.7.27' \
	    a@xn--nll-hoa.example '550 5.7.27' \
	    $'a@m\303\274.example' '250 2.1.0' \
	    $'a@\314\210b.example' '250 2.1.0' | talk
	contains "$T/log" $'from=<a@n\303\274ll.example> refused: null MX'
}

@test "nobody is refused where the DNS gives no answer, or is not asked" {
	mail_host
	echo "Nameserver: 127.0.0.1:$(free_port)" >>"$T/mailpipe.conf"
	senders a@null.example '250 2.1.0' | talk
	echo 'Check-Sender-Domain: yes' >>"$T/mailpipe.conf"
	senders a@null.example '250 2.1.0' | talk
}

@test "swaks is told so" {
	mail_host_with_dns
	smtpd
	run timeout 20 swaks -s "127.0.0.1:$PORT" -f a@null.example \
	    -t bob@example.org
	[ "$status" -ne 0 ]
	[[ $output == *'550 5.7.27'* ]]
	timeout 20 swaks -s "127.0.0.1:$PORT" -f a@mx.example \
	    -t bob@example.org
	[ "$(letters bob)" -eq 1 ]
}
