# SPDX-License-Identifier: ISC
# shellcheck shell=bats

load helper
load queue

setup()
{
	isolate
	queue
}

lists()
{
	expect 0 mailq-ls "$@" && cut -f 1 out >ids
}

@test "columns: what is known of a message" {
	queued bob@example.net carol@example.net root
	a=$ID
	queued -f '<>' -w 2090-12-01T08:00:00Z dave@example.net
	b=$ID
	journal "$a" '1700000001|1|deferred|450|4.2.1|mx.example.net|come back' \
	    '1700000002|2|sent|250|2.0.0|mx.example.net|ok' \
	    '1700000003|3|deferred|0|4.4.1||no route'
	lists
	sed 's/\t[0-9]*\t[0-9]*\t/\tAGE\tSIZE\t/' out >got
	printf '%s\tnew\tAGE\tSIZE\talice@example.org\tbob@example.net,root\tnow\t4.4.1 no route\n' "$a" >want
	printf '%s\tnew\tAGE\tSIZE\t<>\tdave@example.net\t2090-12-01T08:00:00Z\t\n' "$b" >>want
	same got want
	[ "$(cut -f 4 out | head -n 1)" -eq "$(sed -n '1s/Size: 0*//p' "$(file_of "$a")")" ]
	# A host is said once.
	journal "$a" '1700000004|3|deferred|0|4.4.1|mx.example.net|mx.example.net: no'
	lists "$a"
	[ "$(cut -f 8 out)" = '4.4.1 mx.example.net: no' ]
	# All is settled: the last word of all.
	journal "$a" '1700000009|1|failed|550|5.1.1|mx.example.net|no such user' \
	    '1700000009|3|relayed|250|||'
	lists "$a"
	[ "$(cut -f 6,8 out)" = "$(printf -- '-\t250 ')" ]
}

@test "states, age, in the order in which they are due" {
	queued a@example.net
	a=$ID
	queued b@example.net
	b=$ID
	queued c@example.net
	c=$ID
	queued d@example.net
	d=$ID
	mv "$(file_of "$a")" "spool/cur/4000000000.$a"
	mv "$(file_of "$b")" "spool/hold/1700000000.$b"
	mv "$(file_of "$c")" "spool/failed/1600000000.$c"
	sed -i 's/^Arrival: .*/Arrival: 1700000000/' "$(file_of "$a")"
	lists
	[ "$(tr '\n' ' ' <ids)" = "$d $c $b $a " ]
	[ "$(cut -f 2,7 out | tr '\n' ' ')" = "$(printf 'new\tnow failed\t- held\t- deferred\t2096-10-02T07:06:40Z ')" ]
	[ "$(tail -n 1 out | cut -f 3)" -gt 90000000 ]
	# A clock that was set back.
	sed -i 's/^Arrival: .*/Arrival: 9000000000/' "$(file_of "$a")"
	lists "$a"
	[ "$(cut -f 3 out)" -eq 0 ]
}

@test "JSON: every recipient, with the last that was said" {
	queued -V x -N never bob@example.net carol@example.net
	journal "$ID" '1700000001|1|deferred|450|4.2.1|mx.example.net|come "back"' \
	    '1700000005|2|sent|250|2.0.0|mx.example.net|ok'
	lists -j
	python3 - "$ID" <<-'.'
		import json, sys
		m = json.load(open("out"))
		assert m["id"] == sys.argv[1] and m["state"] == "new"
		assert m["sender"] == "alice@example.org" and m["envid"] == "x"
		assert m["next"] == m["arrival"] and m["size"] > 0
		assert m["recipients"] == [
		    {"address": "bob@example.net", "result": "pending",
		     "attempts": 1, "time": "2023-11-14T22:13:21Z",
		     "code": 450, "enhanced": "4.2.1",
		     "host": "mx.example.net", "text": 'come "back"'},
		    {"address": "carol@example.net", "result": "sent",
		     "attempts": 0, "time": "2023-11-14T22:13:25Z",
		     "code": 250, "enhanced": "2.0.0",
		     "host": "mx.example.net", "text": "ok"}]
	.
	lists -j0
	[ "$(tail -c 1 out | od -An -tx1)" = ' 00' ]
	[ "$(tr -d -c '\n' <out | wc -c)" -eq 0 ]
}

@test "-s: what waits for each domain" {
	queued a@example.net b@EXAMPLE.net c@example.com
	queued a@example.net root
	journal "$ID" '1700000005|1|sent|250|2.0.0|mx.example.net|ok'
	queued d@example.com
	sed -i 's/^Arrival: .*/Arrival: 1700000000/' "$(file_of "$ID")"
	lists -s
	[ "$(cut -f 1-3 out | tr '\t\n' '  ')" = 'example.com 2 2 example.net 1 2 - 1 1 ' ]
	[ "$(head -n 1 out | cut -f 4)" -gt 90000000 ]
	lists -s -j
	head -n 1 out | python3 -c 'import json, sys
m = json.load(sys.stdin)
assert m["domain"] == "example.com" and m["messages"] == 2
assert m["recipients"] == 2 and m["age"] > 90000000'
	lists -s c@example.com
	[ "$(cut -f 1 out | tr '\n' ' ')" = 'example.net example.com ' ]
}

@test "a user here is found by name, whichever address the mail has" {
	echo 'Domains: example.org' >>mailpipe.conf
	queued -f alice@mx.example.org x@example.net
	from=$ID
	queued -f x@example.net alice
	bare=$ID
	queued -f x@example.net alice@mx.example.org
	host=$ID
	queued -f x@example.net malice@mx.example.org alice@example.net
	printf '%s\n' "$from" "$bare" "$host" | sort >want
	for p in alice alice@example.org alice@mx.example.org Alice; do
		lists "$p"
		diff -u want <(sort ids)
	done
	lists alice@example.net
	[ "$(cat ids)" = "$ID" ]
}

@test "patterns: id, sender, pending recipient, domain, glob; else 1" {
	queued a@example.net b@mx.example.net
	a=$ID
	capitals=${a^^}
	queued -f '' c@example.com
	b=$ID
	for p in "$a" alice@example.org ALICE@EXAMPLE.ORG a@example.net \
	    example.org @example.net '*@mx.*' "${a%??}*" "$capitals" \
	    "${capitals%??}*"; do
		lists "$p"
		[ "$(cat ids)" = "$a" ]
	done
	for p in '<>' c@example.com "$b"; do
		lists "$p"
		[ "$(cat ids)" = "$b" ]
	done
	lists "$a" '<>'
	[ "$(wc -l <ids)" -eq 2 ]
	journal "$a" '1700000005|1|sent|250|2.0.0|mx.example.net|ok'
	expect 1 mailq-ls a@example.net
	for p in "${a%?}" "../new/*" "/etc/passwd" "new/0000000000.$a" \
	    "0000000000.$a" .. net xample.org 0123456789abcdef; do
		expect 1 mailq-ls "$p"
		[ ! -s out ]
	done
	# What there is is listed, and each id that is none is told of.
	expect 1 mailq-ls 0123456789abcdef "$b" 1123456789abcdef "$b"
	[ "$(cut -f 1 out)" = "$b" ]
	printf 'mailq-ls: %s: there is no such message\n' 0123456789abcdef \
	    1123456789abcdef | diff -u - err
	expect 64 mailq-ls ''
	expect 64 mailq-ls $'a\nb'
	expect 64 mailq-ls -x
}

@test "nothing there: 0 without a pattern, 1 with one" {
	expect 0 mailq-ls
	expect 0 mailq-ls -s
	expect 1 mailq-ls root
	[ ! -s out ]
}

@test "65: what is damaged is told, the others are listed" {
	queued a@example.net
	a=$ID
	queued b@example.net
	b=$ID
	truncate -s 50 "$(file_of "$a")"
	mkfifo spool/cur/1700000000.0000000000000001
	ln -s /etc/passwd spool/cur/1700000000.0000000000000002
	mkdir spool/cur/1700000000.0000000000000003
	queued c@example.net
	ln "$(file_of "$ID")" spool/cur/1700000000.0000000000000004
	: >spool/new/README
	expect 65 mailq-ls
	[ "$(cut -f 1 out)" = "$b" ]
	[ "$(wc -l <err)" -eq 6 ]
	contains err 'not a regular file'
	contains err 'it has another name, too'
	contains err "new/0000000000.$a: "
}

@test "nothing of a file reaches a terminal as it is" {
	queued a@example.net
	journal "$ID" "$(printf '1700000001|1|deferred|450|4.2.1|mx|\033[2Jx\302\233y')"
	script -qec 'mailq-ls' /dev/null >shown </dev/null
	not grep -q "$(printf '\033')" shown
	contains shown '\x1b[2Jx'
}

@test "two thousand messages, by threads: each once, in order" {
	queued a@example.net
	file=$(file_of "$ID")
	for i in $(seq -f %016.0f 2000); do
		sed "2s/.*/Id: $i/" "$file" >"spool/cur/$((1700000000 + 10#$i % 7)).$i"
	done
	rm "$file"
	lists
	[ "$(wc -l <ids)" -eq 2000 ]
	[ "$(sort -u ids | wc -l)" -eq 2000 ]
	ls spool/cur | sort | cut -d. -f2 >want
	same ids want
	expect 1 mailq-ls nobody@example.net
	truncate -s 50 spool/cur/*.0000000000001000
	expect 65 mailq-ls
	[ "$(wc -l <out)" -eq 1999 ]
}

@test "74, 75, 78: no output, a configuration that is no good" {
	queued a@example.net
	expect 74 sh -c 'mailq-ls 1<mailpipe.conf'
	expect 74 sh -c 'mailq-ls >/dev/full'
	expect 78 mailq-ls -f nowhere
	chmod o+w spool
	expect 78 mailq-ls
}

@test "a queue that is not the User's: root is told so" {
	needs_root
	queued a@example.net
	sed -i 's/^User: .*/User: daemon/' mailpipe.conf
	for command in mailq-ls mailq-hold mailq-rm; do
		expect_noted 0 "$command" "$ID"
		same err - <<-.
			$command: $T/spool/new belongs to root, but User of mailpipe.conf is daemon: chown -R daemon:daemon $T/spool
		.
	done
	mailq-add b@example.net <mailpipe.conf
	sed -i 's/^User: .*/User: no-such-user/' mailpipe.conf
	expect 0 mailq-ls
}

@test "a queue that is others': a user is told whose" {
	needs_root
	queued a@example.net
	chown -R daemon:mail spool
	cp "$MAILPIPE_BIN"/mailq-* .
	chmod 755 . mailq-*
	chmod 644 mailpipe.conf
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}"
	for command in mailq-ls 'mailq-hold a@example.net' \
	    'mailq-rm a@example.net' 'mailq-add -f a@example.org b@example.net'; do
		# shellcheck disable=SC2086 # words
		expect 75 setpriv --reuid 4005 --regid 4005 --clear-groups \
		    ./$command <mailpipe.conf
		grep -qx "${command%% *}: $T/spool.*: Permission denied; the queue is for daemon and the group mail" err
	done
}

@test "examples" {
	queued a@example.net
	mailq-ls example.net | cut -f 1,7,8 >out
	contains out now
	sed -i 's/^Arrival: .*/Arrival: 1700000000/' "$(file_of "$ID")"
	[ "$(mailq-ls | awk -F '\t' '$3 > 86400 { print $1 }')" = "$ID" ]
	[ "$(mailq-ls -s | head -n 5 | cut -f 1)" = example.net ]
}
