#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtp-send and hosts of several addresses, in a network of their own.  Those
# that end in 9 or more never answer: who listens there has no room.

load helper

setup()
{
	needs_root
	isolate
	printf '%s\n' 'From: carol@example.net' '' Hello >m
	cat >network <<-'.'
		set -e
		ip link set lo up
		for n in 1 2 $(seq 9 40); do
			ip addr add "192.0.2.$n/32" dev lo
			ip addr add "2001:db8::$n/128" dev lo nodad
		done
		mount --bind hosts /etc/hosts
		exec "$@"
	.
	cat >both <<-'.'
		python3 accept.py "$1" &
		shift
		until [ -s port ]; do sleep 0.02; done
		status=0
		smtp-send "$@" -r "smtp://mx.test:$(cat port)" bob@example.org \
		    <m || status=$?
		[ "$status" -eq 0 ] || kill "$!"
		wait
		exit "$status"
	.
	# One session on that address; writes who came.
	cat >accept.py <<-.
		import os, socket, sys
		def listen(address, port, room):
		    family = socket.AF_INET6 if ':' in address else socket.AF_INET
		    s = socket.socket(family)
		    s.bind((address, port))
		    s.listen(room)
		    return s
		s = listen(sys.argv[1], 0, 5)
		port = s.getsockname()[1]
		full = []
		for line in open('hosts'):
		    address = line.split()[0]
		    if int(address.replace(':', '.').split('.')[-1]) >= 9:
		        full.append(listen(address, port, 0))
		        full.append(socket.create_connection((address, port)))
		with open('port.new', 'w') as f:
		    print(port, file=f)
		os.rename('port.new', 'port')
		c, peer = s.accept()
		with open('peer', 'w') as f:
		    print(peer[0], file=f)
		c.sendall(b'220 mx\r\n')
		lines = c.makefile('rb')
		for line in lines:
		    if line == b'DATA\r\n':
		        c.sendall(b'354 go\r\n')
		        while lines.readline() != b'.\r\n':
		            pass
		    if line == b'QUIT\r\n':
		        break
		    c.sendall(b'250 ok\r\n')
	.
}

# there ADDRESS STATUS [option ...]: a server on ADDRESS, "hosts" on standard
# input as addresses of mx.test.
there()
{
	sed 's/$/ mx.test/' >hosts
	rm -f port
	expect_noted "$2" unshare -nm sh network sh both "$1" -o tls=none \
	    -o timeout=3 "${@:3}"
}

@test "an address that never answers does not hold up the others" {
	printf '%s\n' 2001:db8::9 192.0.2.1 | there 192.0.2.1 0
	grep -q sent out
	printf '%s\n' 2001:db8::9 2001:db8::1 | there 2001:db8::1 0
	grep -q sent out
}

@test "IPv6 and IPv4 take turns" {
	{ for i in $(seq 9 40); do
		echo "2001:db8::$i"
	done
	echo 192.0.2.1; } | there 192.0.2.1 0
	grep -q sent out
}

@test "an address that refuses is passed over" {
	printf '%s\n' 2001:db8::2 192.0.2.2 192.0.2.1 | there 192.0.2.1 0
	grep -q sent out
}

@test "nobody answers: the time is that of all together" {
	printf '%s\n' 2001:db8::9 192.0.2.9 192.0.2.10 | there 192.0.2.1 75
	grep -q 'Connection timed out' out
	printf '%s\n' 192.0.2.2 2001:db8::2 | there 192.0.2.1 75
	grep -q 'Connection refused' out
}

@test "-o source is where the connection comes from" {
	printf '%s\n' 192.0.2.1 | there 192.0.2.1 0 -o source=192.0.2.2
	grep -qx 192.0.2.2 peer
	printf '%s\n' 2001:db8::1 192.0.2.1 |
	    there 192.0.2.1 0 -o source=192.0.2.2
	grep -qx 192.0.2.2 peer
	printf '%s\n' 192.0.2.1 2001:db8::1 |
	    there 2001:db8::1 0 -o source=2001:db8::2
	grep -qx 2001:db8::2 peer
	printf '%s\n' 192.0.2.1 | there 192.0.2.1 68 -o source=2001:db8::2
	printf '%s\n' 192.0.2.1 | there 192.0.2.1 78 -o source=198.51.100.1
	grep -q 'source 198.51.100.1: Cannot assign' out
	expect 64 smtp-send -o source=localhost smtp://localhost b@example.org
}
