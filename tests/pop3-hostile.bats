#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3-fetch -d with a server that does something wrong at one step, whatever
# it is and whichever: it comes to its end with one sentence at most, nothing is
# lost, nothing half there, nothing fetched twice.

load helper
load machine
load pop3

setup()
{
	isolate
	letters all 1 2 3 5 6 7 9
}

fetch()
{
	expect_noted "$1" pop3-fetch -d -s "$T/state" -m "$T/got" \
	    -p 'echo pencil' -o timeout=1 "$URL"
}

# Each file of DIR is a message of the server, and no two are the same.
whole_and_once()
{
	python3 - "$1" all <<-'.'
		import os, sys
		def read(d):
		    return [open(f'{d}/{n}', 'rb').read() for n in os.listdir(d)]
		sent = [d if d.endswith(b'\n') else d + b'\n' for d in read(sys.argv[2])]
		got = read(sys.argv[1])
		for data in got:
		    if data not in sent:
		        sys.exit(f'not a message: {data[:300]!r}')
		    sent.remove(data)
	.
}

# at STEP=FAULT: whatever comes of it, and then all from a server that is good.
at()
{
	local status=0

	rm -rf got state remote
	cp -r all remote
	misbehaving "$1"
	timeout -k 5 60 pop3-fetch -d -s "$T/state" -m "$T/got" \
	    -p 'echo pencil' -o timeout=1 "$URL" >out 2>err 3>&- || status=$?
	case $status in
	0 | 69 | 75 | 76 | 77) ;;
	*) echo "status $status"; return 1 ;;
	esac
	[ ! -s out ]
	[ "$status" -ne 0 ] || [ ! -s err ]
	[ "$status" -eq 0 ] || [ "$(wc -l <err)" -ge 1 ]
	[ "$(wc -l <err)" -le 8 ]
	not grep -q '[^ -~]' err
	[ ! -d got ] || whole_and_once got/new
	[ -z "$(find got/tmp -type f 2>/dev/null)" ]
	# What the server has not any more is here.
	[ "$(($(find got/new -type f 2>/dev/null | wc -l) +
	    $(find remote -type f | wc -l)))" -ge 7 ]
	kill -- "-$PID_misbehaving"
	misbehaving
	fetch 0
	[ -z "$(find remote -type f)" ]
	[ "$(find got -type f | wc -l)" -eq 7 ]
	whole_and_once got/new
	kill -- "-$PID_misbehaving"
}

everywhere()
{
	local fault step

	for fault; do
		for step in greeting capa capa.2 auth list uidl retr retr.3 \
		    dele dele.3 quit; do
			at "$step=$fault" && continue
			echo "-- at $step=$fault"
			show err misbehaving.log
			return 1
		done
	done
}

@test "refused" {
	everywhere err 'err:[IN-USE] later' 'err:[SYS/PERM] never'
}

@test "gone" {
	everywhere cut hangup reset
}

@test "silent" {
	everywhere silence half shut
}

@test "nonsense" {
	everywhere 'say:\0\xff\r\n' 'say:+OK\n.\n' 'say:-OK +ERR\r\n.\r\n' \
	    'line:+OKAY'
}

@test "more than was asked for" {
	everywhere 'more:+OK\r\n' 'more:-ERR no\r\n' 'more:.\r\n'
}

@test "slow, and without an end" {
	everywhere 'trickle:x' 'trickle:1 1\r\n'
}
