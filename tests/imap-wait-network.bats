#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-wait over a network that loses it: a client, a Dovecot, and between them
# a machine that has one address for all clients (NAT).

load dovecot
load helper
load machine
load network
load tls
load watching

setup()
{
	isolate
	echo pencil >password
	# The sanitizers want to be the first library.
	PRELOAD=${MAILPIPE_BIN%/*}/tests/preload/hasty.so
	! sanitized || PRELOAD=$(cc -print-file-name=libasan.so):$PRELOAD
}

CLIENT=10.87.1 SERVER=10.87.2 ELSEWHERE=10.87.3

# wired HOST DEVICE HOST DEVICE
wired()
{
	local one=HOST_$1 other=HOST_$3

	# From outside, where the machines' numbers are known.
	nsenter -t "${!one}" -n ip link add "$2" type veth peer name "$4" \
	    netns "${!other}" &&
	    on "$1" ip link set "$2" up && on "$3" ip link set "$4" up
}

# It has what is new of a connection only from the beginning: what it does not
# know goes nowhere, as in most of those that many share; with "open" it is let
# out all the same, and the server says that it knows nothing of it.
nat_up()
{
	local strangers='ct state new tcp flags & (syn | ack) != syn drop;'

	[ "${1:-}" != open ] || strangers=
	on nat sh -ec "echo 1 >/proc/sys/net/ipv4/ip_forward
	    ip addr add $CLIENT.1/24 dev in
	    ip addr add $ELSEWHERE.1/24 dev in
	    ip addr add $SERVER.1/24 dev out"
	on nat nft -f - <<-.
		table ip nat {
			chain out {
				type nat hook postrouting priority srcnat;
				oifname out masquerade
			}
			chain through {
				type filter hook forward priority filter;
				ct state invalid drop; $strangers
			}
		}
	.
}

# Lost with that: what it knew of connections.
nat_has_another_address()
{
	# It says of nothing meanwhile that it cannot be reached.
	on nat sh -ec "echo 0 >/proc/sys/net/ipv4/ip_forward
	    ip addr flush dev out
	    ip addr add $SERVER.9/24 dev out
	    echo 1 >/proc/sys/net/ipv4/ip_forward"
}

dovecot_again()
{
	begin server dovecot dovecot -F -c "$T/dovecot/conf"
	listens server 143 && return 0
	show dovecot.log dovecot/log
	return 1
}

server_up()
{
	on server ip addr add "$SERVER.2/24" dev eth0
	mkdir -p -m 755 dovecot
	mkdir -p -m 700 dovecot/mail
	chown -R nobody:nogroup dovecot/mail
	{
		dovecot_all_mechanisms
		dovecot_listens imap 143 993 | sed 's/127.0.0.1/*/'
		dovecot_mailboxes
	} >dovecot/more.conf
	dovecot_host <dovecot/more.conf
}

# client_at NET: there, and nowhere else.
client_at()
{
	on client ip addr flush dev eth0
	on client ip addr add "$1.2/24" dev eth0
	on client ip route add default via "$1.1"
}

# lines [open]: all three machines.
lines()
{
	local host

	needs_root
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	for host in client nat server; do
		host_up "$host" || return 1
	done
	wired client eth0 nat in && wired nat out server eth0 || return 1
	nat_up "$@" && server_up && client_at "$CLIENT" || return 1
	echo "$SERVER.2 mail.example.org" >>client/etc/hosts
}

unplug()
{
	on client ip link set eth0 down
}

plug()
{
	on client ip link set eth0 up
	on client ip route add default via "$CLIENT.1"
}

change()
{
	on server python3 "$TESTS/peer/change.py" 143 "$@"
}

# watches [NAME=VALUE]
watches()
{
	: >events
	# shellcheck disable=SC2016 # for that sh
	begin client wait env "$@" sh -c 'exec imap-wait "$@" >events 2>trace' \
	    sh -v -p 'cat password' -o "ca=$T/ca.pem" \
	    imap://alice@mail.example.org INBOX
	idling
}

# The same events in any order, and no others.
told_all()
{
	printf 'INBOX\t%s\n' "$@" | sort >told
	wait_for 60 told_so_far && return 0
	diff -u told <(sort events)
	show trace
	return 1
}

told_so_far()
{
	[ "$(wc -l <told)" -eq "$(wc -l <events)" ] &&
	    sort events | cmp -s told -
}

lost()
{
	wait_for 60 traced "${1:-1}" '^imap-wait: ' && return 0
	show trace events
	return 1
}

begin_with()
{
	change 'put INBOX 4' 'in INBOX' '+\Flagged 4' || return 1
	watches "$@" || return 1
	change 'put INBOX' 'in INBOX' '+\Seen 2'
	told_all 'new	5	' 'flags	2	seen'
}

meanwhile()
{
	change 'put INBOX 2' 'in INBOX' '+$A 3' '-\Flagged 4' 'rm 1,2'
}

# After another message, which is told by whatever connection there is.
told_each_once()
{
	change 'put INBOX' || return 1
	wait_for 60 grep -q 'new.8' events || { show trace events; return 1; }
	grep -v deleted events >kept
	cp kept events
	told_all 'new	5	' 'flags	2	seen' 'new	6	' \
	    'new	7	' 'flags	3	$A' 'flags	4	' \
	    'expunge	1	' 'expunge	2	' 'new	8	'
}

@test "no link for a while: the same connection, and each event once" {
	lines
	begin_with
	unplug
	meanwhile
	plug
	told_each_once
	not grep '^imap-wait: ' trace
}

@test "no link for long: another connection, and each event once" {
	lines
	begin_with "LD_PRELOAD=$PRELOAD"
	unplug
	meanwhile
	# And an attempt in vain.
	lost 2
	plug
	told_each_once
}

@test "a NAT drops it without a word: it is noticed, and each event told once" {
	lines
	begin_with "LD_PRELOAD=$PRELOAD"
	nat_has_another_address
	meanwhile
	lost
	contains trace 'TLS: read from the peer: Connection timed out'
	told_each_once
}

@test "a server that knows nothing of it any more is told by keep-alive" {
	lines open
	begin_with "LD_PRELOAD=$PRELOAD"
	nat_has_another_address
	meanwhile
	lost
	told_each_once
}

@test "the client moves to another network, and each event is told once" {
	lines
	begin_with
	client_at "$ELSEWHERE"
	meanwhile
	lost
	told_each_once
	[ -n "$(on client ss -Htn state established src "$ELSEWHERE.2")" ]
	[ -z "$(on client ss -Htn state established src "$CLIENT.2")" ]
}
