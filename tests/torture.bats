#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The queue and the Maildirs, while programs are killed and the power fails:
# what was acknowledged is there.  "make torture" does more of it.

load helper
load runner
load queue

PRELOADS=${MAILPIPE_BIN%/*}/tests/preload

setup()
{
	isolate
	export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
	mkdir torture
	[ "$(id -u)" -ne 0 ] || chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
}

# torture STATUS kill|power COUNT SEED
torture()
{
	(cd torture && SECONDS_ALLOWED=300 expect_noted "$1" \
	    python3 "$TESTS/peer/torture.py" "$2" "$3" "$4" "$PRELOADS")
}

@test "killed at any call: nothing is lost, twice only without a reply" {
	torture 0 kill 200 "$$"
	# It was so.
	grep -q 'acknowledged 2[0-9][0-9] of' out
	[ "$(wc -l <torture/killed.log)" -gt 10 ]
}

@test "the power fails: what was acknowledged is there" {
	torture 0 power 150 "$$"
	grep -q 'acknowledged 1[5-9][0-9] of' out
	not grep -q 'rounds 0' out
}

# Whether something was under way when the power failed is chance: one of a few
# times it was.
found_out()
{
	local seed

	for seed in 1 2 3 4 5 6 7 8; do
		rm -rf torture
		mkdir torture
		torture 1 power 100 "$seed" >said && grep -q '^wrong: ' out &&
		    return 0
	done
	cat said
	return 1
}

@test "a disk that forgets is found out" {
	export POWERCUT_FORGETS
	for POWERCUT_FORGETS in files directories; do
		found_out
	done
}

# powered DIRECTORY command ...: runs it; then the power fails, and
# $T/after.synced and $T/after.names are what may be there of the directory.
powered()
{
	local directory=$1

	shift
	rm -rf shadow after.*
	python3 "$TESTS/peer/powercut.py" begin shadow "$directory"
	ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0 \
	    POWERCUT=$T/shadow LD_PRELOAD=$PRELOADS/powercut.so "$@" || return 1
	python3 "$TESTS/peer/powercut.py" shadow "$directory" after.synced
	python3 "$TESTS/peer/powercut.py" shadow "$directory" after.names names
}

# One file of each directory, new or wherever, ends in "hello".
whole()
{
	local after

	for after in after.synced after.names; do
		[ "$(find "$after" -type f | wc -l)" -eq 1 ] &&
		    [ "$(find "$after" -type f -exec tail -n 1 {} +)" = hello ] ||
		    return 1
	done
}

# Each command is run on a disk that keeps its word, where its message is whole
# after the power failed, and on those that do not.
kept()
{
	local forgets

	find "$1" -type f -delete
	powered "$@" && whole || { ls -R after.*; return 1; }
	for forgets in files directories; do
		find "$1" -type f -delete
		POWERCUT_FORGETS=$forgets powered "$@" || return 1
		not whole || { echo "whole without $forgets"; return 1; }
	done
}

fresh()
{
	rm -rf spool
	mailq-run
}

@test "mailq-add: after the power failed" {
	queue
	sed -i 's/^User: root/User: nobody/' mailpipe.conf
	fresh
	printf 'From: alice@example.org\n\nhello\n' >m
	add() { mailq-add bob@example.net <m >id; }
	kept spool add
	rm spool/new/*
	powered spool add
	[ "$(ls after.synced/new)" = "0000000000.$(cat id)" ]
}

@test "mail-deliver, smtpd-inetd, and its relaying: after the power failed" {
	mail_host
	export MAILPIPE_CONF=$T/mailpipe.conf
	printf 'From: alice@example.org\n\nhello\n' >m
	deliver() { mail-deliver -m "$T/box" <m; }
	mkdir -p box/new box/cur box/tmp
	owned box
	kept box deliver
	# By SMTP, one session on a pipe.
	session()
	{
		smtp-send -f eve@example.com 'pipe:smtpd-inetd -r' "$1" <m 2>log
	}
	kept alice session alice@example.org
	fresh
	kept spool session bob@example.net
}

@test "mailq-run: who has got it does not get it again after the power failed" {
	queue_host
	queue_put new 0 "$(queue_id 1)" alice@example.org \
	    sent@example.net deferred@example.com
	[ "$(id -u)" -ne 0 ] || chmod a+x "$PRELOADS"
	run_it() { mailq-run 2>err || [ $? -eq 75 ]; }
	powered spool run_it
	for after in after.synced after.names; do
		[ "$(find "$after" -name "*.$(queue_id 1)" | wc -l)" -eq 1 ]
		grep -q $'\t1\tsent\t' "$after"/*/*."$(queue_id 1)"
	done
}

@test "a report is there before the message that failed is gone" {
	queue_host
	queue_put new 0 "$(queue_id 1)" deferred@example.com failed@example.net
	run_it() { mailq-run 2>err || :; }
	powered spool run_it
	[ "$(names failed)" = '' ]
	for after in after.synced after.names; do
		grep -rq '^Status: 5.1.1' "$after/new" "$after/cur"
	done
}
