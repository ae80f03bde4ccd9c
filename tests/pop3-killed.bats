#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3-fetch that ends at one of its calls, whichever, and one whose machine
# does: nothing is lost, and nothing comes twice.

load helper
load machine
load pop3

setup()
{
	isolate
	echo pencil >password
}

# Killed at each of its calls in turn, it is as if it had not been, but that
# somebody has to run it once more.
@test "killed at each call" {
	export KILLED_LOG=$T/killed
	ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
	for i in 1 2 3 4 5; do
		mkdir -p first
		echo "message $i" >"first/$i"
	done
	cp -r first remote
	misbehaving
	stride
	for ((n = 1 + RANDOM % STRIDE, done = 0; done == 0; n += STRIDE)); do
		[ "$n" -lt 1000 ]
		rm -rf Maildir .local
		cp first/* remote/
		LD_PRELOAD=${MAILPIPE_BIN%/*}/tests/preload/killed.so \
		    KILLED_AT=$n pop3-fetch -d -o timeout=5 \
		    -p 'cat password' "$URL" >out 2>err && done=1
		[ "$done" -eq 1 ] || fetch 0 -d
		[ -z "$(ls remote)" ] || { echo "step $n"; ls remote; false; }
		[ "$(cat Maildir/new/* | sort)" = "$(cat first/* | sort)" ] ||
		    { echo "step $n"; cat Maildir/new/* Maildir/mail*; false; }
		[ -z "$(ls -A Maildir/tmp)" ]
	done
	[ "$n" -gt 60 ]
}

# Killed at each of its calls in turn while the power fails, it has lost nothing:
# what is not in the Maildir, or on its way there, is on the server.
@test "the power fails at each call" {
	local preloads=${MAILPIPE_BIN%/*}/tests/preload after n forgets lost
	local tool=$TESTS/peer/powercut.py

	export KILLED_LOG=$T/killed
	ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
	for i in 1 2 3; do
		mkdir -p first
		echo "message $i" >"first/$i"
	done
	cp -r first remote
	misbehaving
	cut_at()
	{
		rm -rf home shadow after.*
		mkdir home
		cp first/* remote/
		python3 "$tool" begin shadow home
		POWERCUT=$T/shadow LD_PRELOAD=$preloads/powercut.so:$preloads/killed.so \
		    KILLED_AT=$n pop3-fetch -d -o timeout=5 -m home/Maildir \
		    -p 'cat password' "$URL" >out 2>err && done=1
		python3 "$tool" shadow home after.synced
		python3 "$tool" shadow home after.names names
	}
	stride
	for ((n = 1 + RANDOM % STRIDE, done = 0; done == 0; n += STRIDE)); do
		[ "$n" -lt 1000 ]
		cut_at
		cp -r remote kept
		for after in after.synced after.names; do
			rm -rf remote/* Maildir
			cp kept/* remote/ 2>/dev/null || :
			[ ! -d "$after/Maildir" ] || mv "$after/Maildir" .
			# The machine was started anew.
			for state in Maildir/mailpipe-pop3.*; do
				[ ! -e "$state" ] || sed -i \
				    's/^\([0-9]*	run	[^	]*	\)[^	]*/\1x/' "$state"
			done
			fetch 0 -d
			[ -z "$(ls remote)" ] && [ -z "$(ls -A Maildir/tmp)" ] &&
			    [ "$(cat Maildir/new/* | sort)" = \
			    "$(cat first/* | sort)" ] || {
				echo "step $n $after"
				cat Maildir/new/* Maildir/mail*
				false
			}
		done
		rm -rf kept
	done
	[ "$n" -gt 50 ]
	# And it is seen what a disk has lost that does not keep its word.
	for forgets in files directories; do
		POWERCUT_FORGETS=$forgets
		export POWERCUT_FORGETS
		n=100000
		cut_at
		[ "$(cat after.synced/Maildir/new/* 2>/dev/null | sort)" != \
		    "$(cat first/* | sort)" ]
	done
}
