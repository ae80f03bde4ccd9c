# SPDX-License-Identifier: ISC
# shellcheck shell=bats

load helper
load queue

setup()
{
	isolate
	queue
}

# Where a message is: "hold/1700000000".
at()
{
	local path

	path=$(file_of "$1")
	path=${path#spool/}
	echo "${path%.*}"
}

@test "held and released: due at once, where it was before" {
	queued a@example.net
	a=$ID
	mv "$(file_of "$a")" "spool/new/3815798400.$a"
	queued b@example.net
	b=$ID
	journal "$b" '1700000001|1|deferred|450|4.2.1|mx.example.net|come back'
	mv "$(file_of "$b")" "spool/cur/4000000000.$b"
	expect 0 mailq-hold example.net
	sort out >got
	printf '%s\theld\n' "$a" "$b" | sort | diff -u - got
	[ "$(at "$a")" = hold/3815798400 ]
	[ "$(at "$b")" = hold/4000000000 ]
	# A second time there is nothing to hold.
	expect 1 mailq-hold example.net
	[ "$(cat err)" = "mailq-hold: example.net: nothing in the queue matches that is not held or failed" ]
	now=$(date +%s)
	expect 0 mailq-hold -r "$a" b@example.net
	sort out >got
	printf '%s\treleased\n' "$a" "$b" | sort | diff -u - got
	for where in "$(at "$a")" "$(at "$b")"; do
		[ "${where#*/}" -ge "$now" ]
		[ "${where#*/}" -le $((now + 60)) ]
	done
	[[ $(at "$a") = new/* ]]
	[[ $(at "$b") = cur/* ]]
	expect 1 mailq-hold -r "$a"
	[ "$(cat err)" = "mailq-hold: $a: there is no such message that is held or failed" ]
	expect 1 mailq-hold "$a" 0123456789abcdef
	[ "$(cat out)" = "$a"$'\t'held ]
	[ "$(wc -l <err)" -eq 1 ]
	expect 1 mailq-hold "$a"
	[ "$(cat err)" = "mailq-hold: $a: there is no such message, or it is held or failed" ]
}

@test "released: what waits for its first time still does" {
	queued -w 2090-12-01T08:00:00Z a@example.net
	for pattern in @example.net '*' "$ID"; do
		expect 0 mailq-hold "$pattern"
		[ "$(at "$ID")" = hold/3815798400 ]
		expect 0 mailq-hold -r "$pattern"
		[ "$(at "$ID")" = new/3815798400 ]
	done
	# It was tried before, by its id.
	mailq-hold "$ID"
	journal "$ID" '1700000001|1|deferred|450|4.2.1|mx.example.net|come back'
	expect 0 mailq-hold -r @example.net
	where=$(at "$ID")
	[[ $where = cur/* ]]
	[ "${where#*/}" -le "$(date +%s)" ]
	# Its time came while it was held.
	queued -w +1 b@example.net
	mailq-hold "$ID"
	sed -i 's/^Hold: .*/Hold: 1700000000/' "$(file_of "$ID")"
	now=$(date +%s)
	expect 0 mailq-hold -r "$ID"
	where=$(at "$ID")
	[[ $where = new/* ]]
	[ "${where#*/}" -ge "$now" ]
}

@test "what was given up is released by its id alone" {
	queued a@example.net
	mv "$(file_of "$ID")" "spool/failed/1700000000.$ID"
	expect 1 mailq-hold -r '*'
	[ "$(cat err)" = 'mailq-hold: *: nothing that is held matches' ]
	expect 1 mailq-hold "$ID"
	[ "$(at "$ID")" = failed/1700000000 ]
	expect 0 mailq-hold -r "$ID"
	[[ $(at "$ID") = new/* ]]
	# Who has it is not sent it again, who failed is.
	queued b@example.net c@example.net d@example.net
	mv "$(file_of "$ID")" "spool/failed/1700000000.$ID"
	printf '1700000000\t%s\n' '1	sent	250	2.0.0	mx	ok' \
	    '2	failed	550	5.1.1	mx	no' '2	reported	0			failed' \
	    >>"$(file_of "$ID")"
	expect 0 mailq-hold -r "$ID"
	expect 0 mailq-ls -j "$ID"
	contains out '"address":"b@example.net","result":"sent"'
	contains out '"address":"c@example.net","result":"pending","attempts":0'
	contains out '"address":"d@example.net","result":"pending","attempts":0'
}

@test "a message that is being delivered: waited for, or 75" {
	queued a@example.net b@example.net
	a=$ID
	queued c@example.net
	start locker python3 "$TESTS/peer/lock.py" ready "$(file_of "$a")" 2
	wait_for 10 test -e ready
	expect 75 mailq-hold "$a" c@example.net
	contains err "$a: a delivery is under way"
	[ "$(cat out)" = "$(printf '%s\theld' "$ID")" ]
	[[ $(at "$a") = new/* ]]
	rm ready
	kill "$PID_locker"
	start locker python3 "$TESTS/peer/lock.py" ready "$(file_of "$a")" 1 0.3
	wait_for 10 test -e ready
	expect 0 mailq-hold "$a"
	[[ $(at "$a") = hold/* ]]
}

@test "no crafted name touches another file" {
	queued a@example.net
	mkdir other
	cp "$(file_of "$ID")" other/
	find . -path ./spool -prune -o -type f -print0 | xargs -0 ls -l >before
	for p in ../other/* "$T"/other/* "../hold" "cur/../../other" \
	    "$(basename "$(file_of "$ID")")" '../*' 'new/*'; do
		expect 1 mailq-hold "$p"
		expect 1 mailq-rm "$p"
		expect 1 mailq-rm -b "$p"
	done
	expect 64 mailq-hold $'*\n'
	expect 64 mailq-rm $'\n'"$ID"
	[ -e other/*."$ID" ]
	[[ $(at "$ID") = new/* ]]
}

@test "a damaged message can be held; 65 where it is to be released" {
	queued a@example.net
	truncate -s 60 "$(file_of "$ID")"
	expect 1 mailq-hold a@example.net
	expect 0 mailq-hold "$ID"
	expect 65 mailq-hold -r "$ID"
	[[ $(at "$ID") = hold/* ]]
}

@test "64, 74, 78" {
	expect 64 mailq-hold
	expect 64 mailq-hold -x y
	queued a@example.net
	expect 74 sh -c 'mailq-hold a@example.net 1<mailpipe.conf'
	expect 74 sh -c 'mailq-hold -r a@example.net >/dev/full'
	expect 78 mailq-hold -f nowhere a
}

@test "75: the message keeps its name" {
	traced
	queued a@example.net
	expect 75 strace -qq -o /dev/null -e trace=/rename.* \
	    -e inject=/rename.*:error=ENOSPC mailq-hold a@example.net
	[[ $(at "$ID") = new/* ]]
}

@test "examples" {
	queued a@example.net
	mailq-hold @example.net
	[[ $(at "$ID") = hold/* ]]
	mailq-hold -r @example.net
	[[ $(at "$ID") = new/* ]]
	mailq-hold alice@example.org | cut -f 1 | xargs -r mailq-ls -j >out
	contains out '"state":"held"'
}
