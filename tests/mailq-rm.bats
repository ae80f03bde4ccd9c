# SPDX-License-Identifier: ISC
# shellcheck shell=bats

load helper
load queue

setup()
{
	isolate
	queue
}

gone()
{
	not file_of "$1" 2>/dev/null
}

@test "removed, from wherever it is; others stay" {
	for state in new cur hold failed; do
		queued a@example.net
		eval "$state=$ID"
		path=$(file_of "$ID")
		[ "$state" = new ] || mv "$path" "spool/$state/1700000000.$ID"
	done
	queued b@example.com
	expect 0 mailq-rm a@example.net
	printf '%s\tremoved\n' "$new" "$cur" "$hold" "$failed" | sort >want
	sort out | diff -u want -
	gone "$new" && gone "$cur" && gone "$hold" && gone "$failed"
	expect 1 mailq-rm a@example.net
	[ "$(cat err)" = \
	    'mailq-rm: a@example.net: nothing in the queue matches' ]
	expect 1 mailq-rm "$new"
	[ "$(cat err)" = "mailq-rm: $new: there is no such message" ]
	# What can be done is done, and each id that is none is told of.
	expect 1 mailq-rm -b "$hold" "$ID" "$new" "$ID" "$new"
	[ "$(cat out)" = "$ID"$'\t'returned ]
	printf 'mailq-rm: %s: there is no such message\n' "$new" "$hold" |
	    sort | diff -u - err
	file_of "$ID"
	expect 0 mailq-rm '*'
	gone "$ID"
	[ -z "$(find spool -type f)" ]
}

@test "each pattern that means nothing is told of, and no option comes late" {
	queued a@example.net x@example.org
	expect 64 mailq-rm a@example.net -b
	[ "$(cat err)" = \
	    'mailq-rm: -b: options stand in front of the patterns' ]
	file_of "$ID"
	expect 1 mailq-rm -- nosuch -b a@exmaple.net '<>' a@example.net \
	    x@example.org '*'
	printf 'mailq-rm: %s: nothing in the queue matches\n' nosuch -b \
	    a@exmaple.net '<>' | diff -u - err
	[ "$(cat out)" = "$ID"$'\t'removed ]
	gone "$ID"
}

@test "a user here, by each address of the user's" {
	echo 'Domains: example.org example.com' >>mailpipe.conf
	queued bob
	a=$ID
	queued bob@example.com
	b=$ID
	queued robert bob@example.net
	for p in rob@example.org bob@other.example ob@example.org; do
		expect 1 mailq-ls "$p"
	done
	# Of the machine's users any domain of this host is.
	printf '%s\n' "$a" "$b" | sort >want
	for p in bob@example.org BOB@EXAMPLE.ORG bob@mx.example.org bob \
	    bob@example.com; do
		expect 0 mailq-ls "$p"
		cut -f 1 out | sort | diff -u want -
	done
	# Of a users file the first one, and the name of this host.
	echo "Users: $T/users" >>mailpipe.conf
	expect 0 mailq-ls bob@example.com
	[ "$(cut -f 1 out)" = "$b" ]
	expect 0 mailq-hold bob@mx.example.org
	[ "$(cat out)" = "$a"$'\t'held ]
	expect 0 mailq-rm bob@example.org
	[ "$(cat out)" = "$a"$'\t'removed ]
	gone "$a" && file_of "$b"
}

@test "-b: for the next run every recipient has failed" {
	queued a@example.net b@example.net c@example.net
	journal "$ID" '1700000001|2|sent|250|2.0.0|mx.example.net|ok' \
	    '17000'
	printf '%s' 17000 >>"$(file_of "$ID")"
	expect 0 mailq-rm -b "$ID"
	[ "$(cat out)" = "$(printf '%s\treturned' "$ID")" ]
	path=$(file_of "$ID")
	case $path in spool/cur/*) ;; *) false ;; esac
	name=${path##*/}
	[ "${name%.*}" -le "$(date +%s)" ]
	mailq-ls -j >out
	python3 - <<-'.'
		import json
		to = json.load(open("out"))["recipients"]
		assert [r["result"] for r in to] == ["failed", "sent", "failed"]
		assert to[0]["enhanced"] == "5.7.0" and to[0]["code"] is None
		assert "administrator" in to[2]["text"]
	.
}

@test "a message that is being delivered: 75, and it stays" {
	queued a@example.net
	start locker python3 "$TESTS/peer/lock.py" ready "$(file_of "$ID")" 1
	wait_for 10 test -e ready
	expect 75 mailq-rm "$ID"
	expect 75 mailq-rm -b "$ID"
	not grep -q administrator "$(file_of "$ID")"
	kill "$PID_locker"
}

@test "what is no message is removed by its id; with -b 65" {
	queued a@example.net
	rm "$(file_of "$ID")"
	mkfifo spool/cur/1700000000.0000000000000001
	ln -s /etc/passwd spool/new/1700000000.0000000000000002
	echo x >spool/hold/1700000000.0000000000000003
	for i in 1 2 3; do
		expect 65 mailq-rm -b 000000000000000$i
		expect 0 mailq-rm 000000000000000$i
	done
	[ -z "$(find spool -type f -o -type p -o -type l)" ]
	[ -s /etc/passwd ]
}

@test "75: no room for a line of the journal, no right to remove" {
	traced
	queued a@example.net
	expect 75 strace -qq -o /dev/null -e trace=fdatasync \
	    -e inject=fdatasync:error=ENOSPC mailq-rm -b "$ID"
	expect 75 strace -qq -o /dev/null -e trace=unlinkat \
	    -e inject=unlinkat:error=EACCES mailq-rm "$ID"
	file_of "$ID"
}

@test "64, 74, 78" {
	expect 64 mailq-rm
	expect 64 mailq-rm -r y
	queued a@example.net
	expect 74 sh -c 'mailq-rm a@example.net 1<mailpipe.conf'
	queued a@example.net
	expect 74 sh -c 'mailq-rm a@example.net >/dev/full'
	expect 78 mailq-rm -f nowhere a
}

@test "examples" {
	queued a@example.net
	sed -i 's/^Arrival: .*/Arrival: 1700000000/' "$(file_of "$ID")"
	mailq-ls | awk -F '\t' '$3 > 259200 { print $1 }' | xargs -r mailq-rm -b >out
	contains out returned
	queued -f '<>' a@example.invalid
	comm -12 <(mailq-ls '<>' | cut -f 1 | sort) \
	    <(mailq-ls example.invalid | cut -f 1 | sort) | xargs -r mailq-rm >out
	[ "$(cat out)" = "$(printf '%s\tremoved' "$ID")" ]
	mailq-rm '*'
	[ -z "$(find spool -type f)" ]
}
