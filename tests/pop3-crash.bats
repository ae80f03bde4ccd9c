#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3-fetch that is killed, and one whose disk is full, with a real server:
# nothing is lost, and nothing is fetched twice.

load helper
load tls
load machine
load dovecot
load pop3
load popserver

setup()
{
	isolate
	needs_root
}

# COUNT messages in the Maildir DIR, of nobody, each of SIZE bytes and not like
# any other.
many()
{
	python3 - "$@" <<-'.'
		import os, sys
		where, count, size = sys.argv[1], *map(int, sys.argv[2:])
		for i in range(count):
		    head = f'From: a@example.net\nSubject: number {i}\n\n'
		    with open(f'{where}/new/{1700000000 + i}.M{i}P1.mx', 'w') as f:
		        f.write(head + ('x' * 71 + '\n') * (size // 72 + 1))
	.
	chown -R nobody:nogroup "$1"
}

# Fetches until it comes to its end, killed every 50 ms.  Only where a machine is
# so busy that a run got nothing done in its time, those after it have a little
# more.  How many of them ended in the middle of the messages is $MIDDLE, how
# many had 50 ms is $SHORT.
killed_all_the_time()
{
	local run ms=50 n before=0 status=1

	MIDDLE=0
	SHORT=0
	for ((run = 0; run < 240 && status != 0; run++)); do
		status=0
		SHORT=$((SHORT + (ms == 50)))
		timeout -s KILL "$(printf '%d.%03d' $((ms / 1000)) \
		    $((ms % 1000)))" pop3-fetch -d -s "$T/state" -m "$T/got" \
		    -p 'echo pencil' -o "ca=$T/ca.pem" "$URL" >fetch.out \
		    2>fetch.err 3>&- || status=$?
		n=$(find got -type f 2>/dev/null | wc -l)
		[ "$n" -eq 0 ] || [ "$status" -eq 0 ] ||
		    MIDDLE=$((MIDDLE + 1))
		[ "$n" -gt "$before" ] || ms=$((ms + ms / 5))
		before=$n
		case $status in
		0 | 137) ;;
		75) ;; # the session before is not at its end yet
		*)
			echo "run $run ended with status $status"
			show fetch.err
			return 1
			;;
		esac
	done
	echo "killed in $run runs, $MIDDLE of them in the middle, $SHORT of" \
	    "them after 50 ms, the last after $ms"
	[ "$status" -eq 0 ]
}

# Each of COUNT is there once, and nothing else, not on the server either.
each_once()
{
	cat got/new/* | sed -n 's/^Subject: number //p' | sort -n >subjects
	seq 0 $(($1 - 1)) >want
	same want subjects
	[ "$(find got -type f | wc -l)" -eq "$1" ]
	[ -z "$(find "$2/new" "$2/cur" -type f)" ]
}

@test "killed every 50 ms, from Dovecot, with -d: 3000 messages, each once" {
	dovecot_pop3
	many dovecot/home 3000 2000
	killed_all_the_time
	[ "$MIDDLE" -ge 1 ]
	each_once 3000 dovecot/home
}

@test "killed every 50 ms, from ours, with -d: 3000 messages, each once" {
	popserver_up
	URL=pop3://alice@localhost:$PORT
	many mail 3000 2000
	killed_all_the_time
	[ "$MIDDLE" -ge 1 ]
	each_once 3000 mail
}

# The Maildir is on a file system of 4 MiB, of which "ballast" has 3.
@test "the disk is full in the middle: what is whole is kept, the rest waits" {
	dovecot_pop3
	many dovecot/home 300 8000
	mkdir got
	cat >full <<-'.'
		mount -t tmpfs -o size=4m tmpfs got
		head -c 3145728 /dev/zero >got/ballast
		mkdir got/cur got/new got/tmp
		fetch()
		{
			pop3-fetch -d -s state -m got -p 'echo pencil' \
			    -o ca=ca.pem "$URL" >fetch.out 2>fetch.err
		}
		status=0
		fetch || status=$?
		echo "$status" >first
		cp fetch.err first.err
		find got/new -type f | wc -l >first.new
		find got/tmp -type f | wc -l >first.tmp
		rm got/ballast
		fetch
		cp -a got/. after
	.
	mkdir after
	URL=$URL expect_noted 0 unshare -m sh -ec '. ./full' ||
	    { show fetch.err first.err; return 1; }
	[ "$(cat first)" -eq 75 ]
	[ "$(wc -l <first.err)" -eq 1 ]
	contains first.err 'No space left'
	[ "$(cat first.new)" -gt 0 ]
	[ "$(cat first.new)" -lt 300 ]
	[ "$(cat first.tmp)" -eq 0 ]
	rmdir got
	mv after got
	each_once 300 dovecot/home
}
