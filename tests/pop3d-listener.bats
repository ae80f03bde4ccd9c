#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3d-inetd with LISTEN_FDS: limits, balancers, and its end.

load helper
load smtpd
load tls
load submission
load pop3d

# A session of alice, or of whom the arguments name, that is left open.
log_in()
{
	dial
	pop_heard '+OK *' || return 1
	say "USER ${1:-alice}\\r\\nPASS ${2:-s3cret}\\r\\n"
	pop_heard '+OK *' && pop_heard '+OK * messages'
}

@test "many sessions, one after the other and at a time" {
	local n

	pop_host
	pop3d
	for n in 1 2 3 4 5 6 7 8; do
		log_in
		say 'QUIT\r\n'
		pop_heard '+OK*'
		exec 5>&-
	done
	log_in
	exec 6<&5
	log_in bob b0b
	say 'QUIT\r\n'
	pop_heard '+OK*'
	exec 5<&6
	say 'STAT\r\n'
	pop_heard '+OK 2 *'
}

@test "a session counts until its end, also where another process has it" {
	pop_host
	pop3d -c 1
	log_in
	exec 6<&5
	dial
	pop_heard '-ERR [[]SYS/TEMP] too many connections'
	exec 5<&6
	say 'QUIT\r\n'
	pop_heard '+OK*'
	exec 5>&- 6>&-
	wait_for 10 eval 'log_in >/dev/null'
}

# One of a listener that goes away takes its connection along.
@test "the maildrop dies: the client sees an end" {
	local pid

	pop_host
	pop3d
	log_in
	pid=$(maildrops | head -n 1)
	for pid in $(pgrep -P "$PID_pop3d"); do
		find "/proc/$pid/fd" -lname "$T/alice/*" 2>/dev/null | grep -q . ||
		    find "/proc/$pid/fd" -lname "$T/alice" 2>/dev/null |
		    grep -q . || continue
		kill -KILL "$pid"
	done
	not pop_heard '*' >heard
	contains heard 'hung up'
	wait_for 10 log_in
}

balancer()
{
	pop_host 'Proxy-From: 127.0.0.1' "$@"
	pop3d
}

from()
{
	dial
	say "PROXY TCP4 $1 192.0.2.1 1 110\\r\\n"
	pop_heard "$2"
}

@test "Connections-Per-Address counts whom a balancer names" {
	balancer 'Connections-Per-Address: 1'
	from 198.51.100.7 '+OK *'
	exec 6<&5
	from 198.51.100.7 '-ERR [[]SYS/TEMP] too many connections'
	wait_for 10 contains pop3d.log \
	    'client=198.51.100.7 refused: too many connections' >/dev/null
	from 198.51.100.8 '+OK *'
}

@test "Connections-Per-Minute" {
	balancer 'Connections-Per-Minute: 2'
	from 198.51.100.7 '+OK *'
	from 198.51.100.7 '+OK *'
	from 198.51.100.7 '-ERR [[]SYS/TEMP] too many connections'
	from 198.51.100.8 '+OK *'
}

# Whom a balancer names is never this machine.
@test "behind a balancer there is no login without TLS" {
	pop_host 'Proxy-From: 192.0.2.10'
	export TCPREMOTEIP=192.0.2.10
	printf '%s\n' 'C-RAW: PROXY TCP4 127.0.0.1 192.0.2.1 1 110\r\n' \
	    'S: +OK *' 'C: USER alice' 'S: -ERR [[]AUTH] not without TLS' |
	    cat - <(pop_quit) | pop
	printf '%s\n' 'C-RAW: USER alice@example.org\r\n' SHUT S-END \
	    'STATUS: 76' | pop
}

# In hand is a command; what was marked stays.
@test "SIGTERM: sessions end, in every state, and nothing is deleted" {
	local how

	pop_host
	for how in clear tls; do
		pop3d
		dial
		pop_heard '+OK *'
		exec 7<&5
		if [ "$how" = tls ]; then
			mkfifo "say.$how"
			start client sh -c 'exec openssl s_client -quiet \
			    -starttls pop3 -connect "127.0.0.1:$1" <"$2" \
			    >heard 2>&1' - "$PORT" "say.$how"
			exec 6>"say.$how"
			printf 'USER alice\r\nPASS s3cret\r\nDELE 1\r\n' >&6
			wait_for 10 grep -q deleted heard
		else
			log_in
			say 'DELE 1\r\n'
			pop_heard '+OK *'
		fi
		kill "$PID_pop3d"
		wait_for 10 eval '! kill -0 "$PID_pop3d" 2>/dev/null'
		exec 5<&7
		pop_heard '-ERR [[]SYS/TEMP] the server is shutting down'
		exec 5>&- 6>&- 7>&-
		[ -e alice/new/1.M1P1.mx ]
		wait_for 10 contains pop3d.log deleted=0
	done
}

@test "one that has no User serves nobody, and says so" {
	needs_root
	pop_host 'User: root'
	pop3d
	dial
	pop_heard '-ERR [[]SYS/TEMP] nobody can log in now'
}

# Its descriptors do not grow, nor do its processes.
@test "it keeps nothing of sessions that are over" {
	local before

	pop_host
	pop3d
	log_in
	exec 5>&-
	settled()
	{
		[ "$(pgrep -c -P "$PID_pop3d")" -eq "$(spare)" ]
	}
	wait_for 10 settled
	before=$(find "/proc/$PID_pop3d/fd" | wc -l)
	for n in 1 2 3 4 5 6 7 8 9 10; do
		log_in
		exec 5>&-
	done
	wait_for 10 settled
	[ "$(find "/proc/$PID_pop3d/fd" | wc -l)" -eq "$before" ]
}
