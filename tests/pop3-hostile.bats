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
	cp -r all whole
	# What ends without a line end gets one.
	sed -i -e '$a\' whole/3
	sums whole >sums.all
	# A server that is good, and $GOOD its URL.
	cp -r all remote
	misbehaving
	GOOD=$URL
}

fetch()
{
	expect_noted "$1" pop3-fetch -d -s "$T/state" -m "$T/got" \
	    -p 'echo pencil' -o timeout=1 "$URL"
}

# Each file of DIR is a message of the server, and no two are the same.
whole_and_once()
{
	sums "$1" >sums.got
	comm -13 sums.all sums.got >sums.wrong
	[ -s sums.wrong ] || return 0
	echo "no messages, or there twice:"
	find "$1" -type f -exec sha256sum {} + | grep -F -f sums.wrong
	return 1
}

sums()
{
	find "$1" -type f -exec sha256sum {} + | cut -c 1-64 | sort
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
	[ ! -d got/new ] || whole_and_once got/new
	[ -z "$(find got/tmp -type f 2>/dev/null)" ]
	# What the server has not any more is here.
	[ "$(($(find got/new -type f 2>/dev/null | wc -l) +
	    $(find remote -type f | wc -l)))" -ge 7 ]
	kill -- "-$PID_misbehaving"
	URL=$GOOD
	fetch 0
	[ -z "$(find remote -type f)" ]
	[ "$(find got -type f | wc -l)" -eq 7 ]
	whole_and_once got/new
}

# No "at ... || ...", within which nothing that fails would count.
everywhere()
{
	local fault step

	for fault; do
		for step in greeting capa capa.2 auth list uidl retr retr.3 \
		    dele dele.3 quit; do
			AT=$step=$fault
			at "$AT"
		done
	done
	AT=
}

teardown()
{
	[ -z "${AT:-}" ] || {
		echo "-- at $AT"
		show "$T/err" "$T/misbehaving.log"
	}
	clean_up
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
