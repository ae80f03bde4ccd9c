#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3-rm: messages go at QUIT, those that were asked for and no others.

load dovecot
load helper
load machine
load pop3
load tls

setup()
{
	isolate
	echo pencil >password
}

# rm_ STATUS [argument ...]: from the server at $URL; options come first.
rm_()
{
	local status=$1 options=()

	shift
	while [[ ${1:-} = -* && $1 != -- ]]; do
		options+=("$1")
		shift
	done
	expect "$status" pop3-rm -p 'cat password' "${options[@]}" "$URL" \
	    "$@" || return 1
	not grep -q pencil out err && well_behaved
}

# left NAME ...: these are on the server still.
left()
{
	printf '%s\n' "$@" | diff -u - <(ls remote)
}

all()
{
	letters remote 1 2 3 4 5
	misbehaving "$@"
}

@test "removed, and the others stay" {
	all
	rm_ 0 4 2
	[ ! -s out ]
	left 1 3 5
	tail -n 4 remote.said >last
	printf '%s\n' UIDL 'DELE 2' 'DELE 4' QUIT | diff -u - last
	# By a list.
	printf '%s\n' 5 '' 3 5 | rm_ 0 -l
	left 1
}

@test "-n: what would go" {
	all 'uid.2=a\b'
	rm_ 0 -n 4 'a\b'
	printf '%s\n' '2	61	a\\b' '4	41	4' | diff -u - out
	left 1 2 3 4 5
	not grep -q DELE remote.said
}

@test "a unique-id that is not there" {
	all
	rm_ 1 6
	[ "$(cat err)" = 'pop3-rm: 127.0.0.1: 6: it is not there' ]
	rm_ 1 6 2 ''
	[ "$(wc -l <err)" -eq 2 ]
	left 1 3 4 5
	# It is no option, and no number.
	all uid.1=-n uid.2=5 uid.5=2
	expect 0 pop3-rm -p 'cat password' "$URL" -n 2
	left 2 3 4
}

@test "two messages that have the same" {
	all uid.2=x uid.3=x
	rm_ 69 x 4
	contains err 'x: more than one message has it'
	left 1 2 3 5
}

@test "a server without UIDL" {
	all no-uidl
	rm_ 69 1
	contains err 'UIDL: -ERR what?'
	left 1 2 3 4 5
	all no-capa
	rm_ 0 1 2
	left 3 4 5
	rm -r remote
	mkdir remote
	misbehaving no-uidl
	rm_ 1 1
}

@test "one that the server keeps does not keep the others" {
	all 'dele.2=err:[SYS/TEMP] not now'
	rm_ 75 1 2 3
	[ "$(cat err)" = 'pop3-rm: 127.0.0.1: 2: -ERR [SYS/TEMP] not now' ]
	tail -n 4 remote.said >last
	printf '%s\n' 'DELE 1' 'DELE 2' 'DELE 3' QUIT | diff -u - last
}

@test "QUIT that fails" {
	all 'quit=err:some messages are left'
	rm_ 69 1
	[ "$(cat err)" = \
	    'pop3-rm: 127.0.0.1: not all is removed: -ERR some messages are left' ]
	all 'quit=err:[SYS/TEMP] later'
	rm_ 75 1
	for fault in hangup reset cut; do
		all quit=$fault
		rm_ 75 1
		contains err 'perhaps nothing is removed: '
	done
	all quit=silence
	rm_ 75 -otimeout=1 1
	contains err 'perhaps nothing is removed: '
	# Where nothing was to go, nothing is left.
	all quit=hangup
	rm_ 1 6
	[ "$(wc -l <err)" -eq 1 ]
}

@test "lost before that: nothing is removed" {
	local fault

	for fault in hangup reset cut 'line:nonsense' 'line:+OK \0'; do
		all "dele.2=$fault"
		case $fault in
		line*) rm_ 76 1 2 3 ;;
		*) rm_ 75 1 2 3 ;;
		esac
		contains err '127.0.0.1: nothing is removed: '
		left 1 2 3 4 5
		not grep -q QUIT remote.said
	done
}

@test "many, in a window" {
	mkdir remote
	for n in $(seq 1001 1350); do
		echo >remote/"$n"
	done
	misbehaving
	seq 1002 1350 | rm_ 0 -l
	left 1001
}

@test "misuse, and a list that is none" {
	URL=pop3://alice@localhost
	expect 64 pop3-rm
	expect 64 pop3-rm "$URL"
	expect 64 pop3-rm -l "$URL" 1
	expect 64 pop3-rm -x "$URL" 1
	expect 64 pop3-rm pop3://localhost 1
	printf 'a\0b\n' | expect 65 pop3-rm -l "$URL"
	printf '%05000d\n' 0 | expect 65 pop3-rm -l "$URL"
	expect 74 pop3-rm -l "$URL" <.
	misbehaving
	rm_ 0 -l </dev/null
	not grep -q 'DELE' remote.said
}

@test "with Dovecot" {
	needs_root
	dovecot_pop3
	letters row 1 2 3
	for n in 1 2 3; do
		cp "row/$n" "dovecot/home/new/$n.M1P1.host"
	done
	chown -R nobody:nogroup dovecot/home
	pop3-ls -u -o ca=ca.pem -p 'cat password' "$URL" | sed 1d |
	    expect 0 pop3-rm -l -o ca=ca.pem -p 'cat password' "$URL"
	[ "$(find dovecot/home/new dovecot/home/cur -type f |
	    sed 's,.*/,,; s/\..*//')" = 1 ]
}
