#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd: how much each address may ask, over all its connections, also
# behind a balancer or a proxy.

load helper
load smtpd

balancer()
{
	mail_host
	printf '%s\n' 'Proxy-From: 127.0.0.1' "$@" >>mailpipe.conf
	smtpd
}

# from ADDR REPLY: a connection by the balancer, which stays open.
from()
{
	case $1 in
	*:*) set -- "$1" "$2" "TCP6 $1 2001:db8:ffff::1" ;;
	*) set -- "$1" "$2" "TCP4 $1 192.0.2.1" ;;
	esac
	dial
	say "PROXY $3 1 25\\r\\n"
	heard "$2"
}

# The same for a whole session, in which each argument from the third on is
# said, and what follows it heard.
session_from()
{
	from "$1" "$2" || return 1
	shift 2
	while [ "$#" -gt 0 ]; do
		say "$1\\r\\n"
		heard "$2" || return 1
		shift 2
	done
}

@test "Connections-Per-Address counts whom a balancer names" {
	balancer 'Connections-Per-Address: 1'
	from 198.51.100.7 '220 *'
	exec 6<&5
	from 198.51.100.7 '421 4.7.0 too many connections'
	wait_for 10 contains smtpd.log \
	    'client=198.51.100.7 refused: too many connections' >/dev/null
	from 198.51.100.8 '220 *'
	from 2001:db8:1:2::1 '220 *'
	exec 7<&5
	# Another address of the same host, and one of another.
	from 2001:db8:1:2:ffff::9 '421 4.7.0 *'
	from 2001:db8:1:3::1 '220 *'
	exec 5>&- 6>&- 7>&-
	wait_for 10 none_served
	from 198.51.100.7 '220 *'
}

@test "a process that is killed leaves no count behind" {
	balancer 'Connections-Per-Address: 1'
	from 198.51.100.8 '220 *'
	other=$(serving)
	exec 6<&5
	from 198.51.100.7 '220 *'
	kill -KILL "$(serving | grep -vx "$other")"
	exec 5>&- 6>&-
	wait_for 10 none_served
	# It has the place of the other.
	from 198.51.100.7 '220 *'
}

@test "a balancer that names nobody is not limited" {
	balancer 'Connections-Per-Address: 1' 'Connections-Per-Minute: 1' \
	    'Messages-Per-Minute: 1'
	for n in 6 7 8; do
		dial
		say 'PROXY UNKNOWN\r\n'
		heard '220 *'
		say 'HELO a\r\nMAIL FROM:<>\r\n'
		heard '250 *'
		heard '250 *'
		eval "exec $n<&5"
	done
}

@test "a balancer on a pipe that names nobody is not limited, either" {
	mail_host
	printf '%s\n' 'Proxy-From: local' 'Connections-Per-Minute: 1' \
	    'Messages-Per-Minute: 1' 'Recipients-Per-Minute: 1' >>mailpipe.conf
	printf '%s\n' 'C: PROXY UNKNOWN' 'S: 220 *' 'C: EHLO a' 'S-ALL: 250-*' \
	    'C: MAIL FROM:<>' 'S: 250 *' 'C: RCPT TO:<bob@example.org>' \
	    'S: 250 *' 'C: RCPT TO:<alice@example.org>' 'S: 250 *' 'C: RSET' \
	    'S: 250 *' 'C: MAIL FROM:<>' 'S: 250 *' | talk
}

@test "XCLIENT: the client that it names is counted" {
	mail_host
	printf '%s\n' 'Xclient-From: 127.0.0.1' 'Connections-Per-Address: 1' \
	    'Messages-Per-Minute: 1' >>mailpipe.conf
	smtpd
	dial
	heard '220 *'
	say 'XCLIENT ADDR=198.51.100.7\r\n'
	heard '220 *'
	say 'HELO a\r\nMAIL FROM:<>\r\nRSET\r\nMAIL FROM:<>\r\n'
	heard '250 *'
	heard '250 *'
	heard '250 *'
	heard '450 4.7.1 *'
	exec 6<&5
	dial
	heard '220 *'
	say 'XCLIENT ADDR=198.51.100.7\r\n'
	heard '421 4.7.0 too many connections'
	dial
	heard '220 *'
	say 'XCLIENT ADDR=198.51.100.8\r\n'
	heard '220 *'
	exec 6>&-
}

@test "a proxy behind a balancer: the client that it names is counted" {
	balancer 'Xclient-From: 192.0.2.25' 'Connections-Per-Address: 1' \
	    'Connections-Per-Minute: 2' 'Messages-Per-Minute: 1'
	through()
	{
		from 192.0.2.25 '220 *'
		say "XCLIENT ADDR=$1\r\n"
		heard "$2"
	}
	through 198.51.100.7 '220 *'
	exec 6<&5
	through 198.51.100.8 '220 *'
	through 198.51.100.7 '421 4.7.0 too many connections'
	# Also where it is one of the proxies itself.
	through 192.0.2.25 '220 *'
	exec 7<&5
	through 192.0.2.25 '421 4.7.0 too many connections'
	session_from 192.0.2.25 '220 *' 'HELO a' '250 *' 'MAIL FROM:<>' '250 *' \
	    RSET '250 *' 'MAIL FROM:<>' '250 *'
	# A balancer is none, whoever names it.
	from 127.0.0.1 '220 *'
	exec 6<&5
	from 127.0.0.1 '421 4.7.0 *'
	exec 6>&- 7>&-
}

@test "Connections-Per-Minute" {
	balancer 'Connections-Per-Minute: 2'
	session_from 198.51.100.7 '220 *' QUIT '221 *'
	session_from 198.51.100.7 '220 *' QUIT '221 *'
	from 198.51.100.7 '421 4.7.0 too many connections'
	from 198.51.100.8 '220 *'
	wait_for 10 contains smtpd.log \
	    'client=198.51.100.7 refused: too many connections in a minute' \
	    >/dev/null
}

# Also of one that is believed itself, but does not speak for itself.
@test "Messages-Per-Minute, over all connections of an address" {
	local new=('HELO a' '250 *')
	local ask=('MAIL FROM:<a@example.net>' '250 *' RSET '250 *')
	local not=('MAIL FROM:<a@example.net>'
	    '450 4.7.1 too many messages in a minute, try again later')

	balancer 'Messages-Per-Minute: 3' 'Proxy-From: 198.51.100.0/24'
	session_from 198.51.100.7 '220 *' "${new[@]}" "${ask[@]}" "${ask[@]}"
	# What is no command is no message.
	session_from 198.51.100.7 '220 *' "${new[@]}" 'MAIL FROM:x' '501 *' \
	    "${ask[@]}" "${not[@]}" 'RCPT TO:<bob@example.org>' '503 *'
	session_from 198.51.100.7 '220 *' "${new[@]}" "${not[@]}"
	session_from 198.51.100.8 '220 *' "${new[@]}" "${ask[@]}"
	contains smtpd.log \
	    'client=198.51.100.7 refused: too many messages in a minute'
}

# Nor may somebody look for mailboxes faster.
@test "Recipients-Per-Minute, also of those that do not exist" {
	local new=('HELO a' '250 *' 'MAIL FROM:<>' '250 *')
	local not=('RCPT TO:<bob@example.org>'
	    '450 4.7.1 too many recipients in a minute, try again later')

	balancer 'Recipients-Per-Minute: 3'
	session_from 198.51.100.7 '220 *' "${new[@]}" \
	    'RCPT TO:<bob@example.org>' '250 *' \
	    'RCPT TO:<nobody@example.org>' '550 *'
	session_from 198.51.100.7 '220 *' "${new[@]}" \
	    'RCPT TO:<bob@example.org>' '250 *' "${not[@]}" \
	    DATA '354 *' 'x: y\r\n\r\n.' '250 *'
	session_from 198.51.100.7 '220 *' "${new[@]}" "${not[@]}"
	session_from 198.51.100.8 '220 *' "${new[@]}" \
	    'RCPT TO:<bob@example.org>' '250 *'
	[ "$(letters bob)" -eq 1 ]
	contains smtpd.log \
	    'client=198.51.100.7 refused: too many recipients in a minute'
}

@test "one connection alone: what is said in it is counted" {
	mail_host
	printf '%s\n' 'Messages-Per-Minute: 1' 'Connections-Per-Minute: 1' \
	    >>mailpipe.conf
	{ hello
	printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *' 'C: RSET' 'S: 250 *' \
	    'C: MAIL FROM:<>' 'S: 450 4.7.1 *'; } >asked
	for _ in 1 2; do
		TCPREMOTEIP=192.0.2.1 talk <asked
	done
	# On this machine nothing is.
	sed -i s/450.*/250\ */ asked
	talk <asked
	TCPREMOTEIP=127.0.0.1 talk <asked
}

# Where it is the listener that counts: 192.0.2.x are addresses of a network
# of the test's own.
@test "without a balancer: connections at a time, and in a minute" {
	needs_root
	mail_host
	printf '%s\n' 'Connections-Per-Address: 1' 'Connections-Per-Minute: 3' \
	    >>mailpipe.conf
	cat >inside <<-'.'
		ip link set lo up
		ip address add 192.0.2.1/32 dev lo
		ip address add 192.0.2.2/32 dev lo
		systemd-socket-activate -l 0.0.0.0:2525 -E MAILPIPE_TEST \
		    smtpd-inetd -f "$T/mailpipe.conf" 2>"$T/log" &
		until [ -n "$(ss -Hltn "sport = :2525")" ]; do sleep 0.02; done
		python3 - "$!" <<'END'
		import os, socket, subprocess, sys, time
		def all_gone():
		    return subprocess.run(["pgrep", "-c", "-P", sys.argv[1]],
		        capture_output=True, text=True).stdout.strip() == \
		        os.environ["SPARE"]
		def connect(address):
		    s = socket.create_connection(("192.0.2.1", 2525), 20,
		        (address, 0))
		    return s, s.recv(1000)[:9]
		def quit(s):
		    s.sendall(b"QUIT\r\n")
		    while s.recv(1000):
		        pass
		for n in range(3):
		    s, said = connect("192.0.2.2")
		    assert said[:4] == b"220 ", (n, said)
		    if n == 0:
		        _, said = connect("192.0.2.2")
		        assert said == b"421 4.7.0", said
		    quit(s)
		    while not all_gone():
		        time.sleep(0.02)
		_, said = connect("192.0.2.2")
		assert said == b"421 4.7.0", said
		s, said = connect("192.0.2.1")
		assert said[:4] == b"220 ", said
		quit(s)
		END
		status=$?
		kill %1
		wait
		exit $status
	.
	SPARE=$(spare) timeout 30 unshare -n bash inside 3>&-
	contains log 'client=192.0.2.2 refused: too many connections'
	contains log 'client=192.0.2.2 refused: too many connections in a minute'
}
