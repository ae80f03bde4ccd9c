#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3-fetch: each message once, whole, and remembered before it is deleted.

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

# What has to come: a text has a line end at its end.
originals()
{
	letters letters
	echo >>letters/3
}

# have NAME ...: these messages of $T/letters are in new/, each once, byte for
# byte; there is nothing in tmp/.
have()
{
	local name

	[ -d letters ] || originals
	for name; do
		sha256sum <"letters/$name"
	done | sort >want
	for name in Maildir/new/*; do
		[ ! -e "$name" ] || sha256sum <"$name"
	done | sort | diff -u want - && [ -z "$(ls -A Maildir/tmp)" ]
}

# left NAME ...: these are on the server still.
left()
{
	[ "$(echo "$@")" = "$(echo $(ls remote))" ] && return 0
	ls remote
	return 1
}

state()
{
	cut -f 2- ~/.local/state/mailpipe/pop3/* Maildir/mailpipe-pop3.* \
	    2>/dev/null
}

# The commands of the last session from the lists on.
said()
{
	tac remote.said | sed '/^UIDL/q' | tac
}

@test "what is new, and nothing twice" {
	misbehaving
	fetch 0
	[ ! -s out ]
	have 1 2 3 4 5 6 7 8
	left 1 2 3 4 5 6 7 8
	for file in Maildir/new/*; do
		size=$(stat -c %s "$file")
		[[ $file = *,S=$size,W=$((size + $(tr -cd '\n' <"$file" |
		    wc -c))) ]]
		[ "$(stat -c %a "$file")" = 600 ]
	done
	fetch 0
	have 1 2 3 4 5 6 7 8
	# In the order of the server.
	for file in Maildir/new/*; do
		cat "$file"
		break
	done | cmp - letters/1
	cp letters/1 remote/9
	fetch 0
	have 1 1 2 3 4 5 6 7 8
	[ "$(cd Maildir && find . -maxdepth 1 -type f)" = \
	    "./mailpipe-pop3.alice@127.0.0.1:$PORT" ]
	[ "$(stat -c %a Maildir/mailpipe-pop3.*)" = 600 ]
	[ ! -e .local ]
}

@test "-d: off the server, also what was fetched before" {
	misbehaving
	fetch 0 2 4
	have 2 4
	fetch 0 -d
	have 1 2 3 4 5 6 7 8
	left
	# No DELE before all is here.
	printf '%s\n' RETR DELE QUIT | diff -u - <(said | sed 's/ .*//' |
	    uniq | tail -n 3)
	fetch 0 -d
	have 1 2 3 4 5 6 7 8
}

@test "-K: after some days" {
	misbehaving
	originals
	fetch 0 -K 3
	left 1 2 3 4 5 6 7 8
	file=$(echo Maildir/mailpipe-pop3.*)
	now=$(date +%s)
	awk -v now="$now" -F '\t' -v OFS='\t' '
	$2 == "fetched" && $3 == 2 { $1 = now - 3 * 86400 }
	$2 == "fetched" && $3 == 3 { $1 = now - 3 * 86400 + 3600 }
	{ print }' "$file" >other
	cp other "$file"
	cp letters/1 remote/9
	fetch 0 -K 3
	left 1 3 4 5 6 7 8 9
	fetch 0 -K 3 -k
	left 1 3 4 5 6 7 8 9
	fetch 0 -k -K 0
	left
	have 1 1 2 3 4 5 6 7 8
}

@test "-n: what would be done, and nothing is" {
	misbehaving 'uid.2=a\b'
	fetch 0 -n
	printf 'fetch\t1\t117\t1\nfetch\t2\t61\ta\\\\b\n' >want
	head -n 2 out | diff -u want -
	[ "$(wc -l <out)" -eq 8 ]
	[ ! -e .local ] && [ ! -e Maildir ]
	fetch 0 -n -d
	[ "$(cut -f 1 out | sort -u)" = fetch,delete ]
	fetch 0 1 3
	fetch 0 -n
	not grep -qE '	(1|3)$' out
	fetch 0 -n -d
	grep -qx 'delete	1	117	1' out
	have 1 3
	left 1 2 3 4 5 6 7 8
	not grep -q DELE remote.said
}

@test "unique-ids: these alone, also once more" {
	misbehaving
	fetch 0 3 1 3
	have 1 3
	fetch 0 3
	have 1 3 3
	fetch 1 x 4
	[ "$(cat err)" = 'pop3-fetch: 127.0.0.1: x: it is not there' ]
	fetch 0 -d 4
	have 1 3 3 4 4
	left 1 2 3 5 6 7 8
	fetch 0
	have 1 2 3 3 4 4 5 6 7 8
}

@test "-: to standard output" {
	misbehaving
	for i in 1 2 3 4 5 6 7 8; do
		fetch 0 - "$i"
		originals
		cmp out "letters/$i"
	done
	[ ! -e .local ]
	printf 'From a\n>From b\n\nx' >remote/9
	fetch 0 - 9 1
	grep -qx '>From a' out && grep -qx '>>From b' out
	[ ! -e .local ]
	fetch 0 -
	python3 - <<-'.'
		import mailbox
		box = mailbox.mbox('out')
		assert len(box) == 9, len(box)
		assert box[0]['subject'] == 'plain'
	.
	[ "$(state | grep -c fetched)" -eq 9 ]
	fetch 0 -d -
	[ ! -s out ]
	left
}

@test "-: who does not read it" {
	misbehaving
	expect 75 bash -c 'pop3-fetch -p "cat password" -d - "$0" >/dev/full' \
	    "$URL"
	[ "$(wc -l <err)" -eq 1 ]
	left 1 2 3 4 5 6 7 8
	[ -z "$(state | grep fetched)" ]
}

@test "-x: a program gets each" {
	misbehaving
	cat >take <<-'.'
		#!/bin/sh
		n=$(cat count 2>/dev/null || echo 0)
		echo $((n + 1)) >count
		cat >"taken.$((n + 1))"
		echo "took $1"
	.
	chmod +x take
	fetch 0 -x "./take 'a  b'"
	[ "$(sort -u out)" = 'took a  b' ]
	for i in 1 2 3 4 5 6 7 8; do
		originals
		cmp "taken.$i" "letters/$i"
	done
	[ "$(state | grep -c fetched)" -eq 8 ]
	[ ! -e Maildir ]
	fetch 0 -x ./take
	[ "$(cat count)" = 8 ]
}

@test "-x: a program that does not take it" {
	misbehaving
	cat >take <<-'.'
		#!/bin/sh
		grep -q 'Subject: dots' && exit 67
		exit 0
	.
	chmod +x take
	fetch 67 -d -x ./take
	[ "$(cat err)" = 'pop3-fetch: 127.0.0.1: message 2: ./take: status 67' ]
	left 2
	fetch 75 -d -x 'sh -c "exit 1"'
	[ "$(cat err)" = 'pop3-fetch: 127.0.0.1: message 1: sh: status 1' ]
	fetch 75 -d -x 'sh -c "kill -9 $$"'
	left 2
	fetch 78 -d -x ./none
	[ "$(cat err)" = \
	    'pop3-fetch: ./none: run: No such file or directory' ]
	left 2
	fetch 78 -x '"'
	fetch 0 -d -x true
	left
}

@test "no UIDL, and unique-ids that are none: by what is in it" {
	for server in no-uidl uid=same 'uid=a b' 'no-capa no-uidl'; do
		rm -rf Maildir .local remote
		# shellcheck disable=SC2086
		if [ "$server" = 'uid=a b' ]; then
			misbehaving "$server"
		else
			misbehaving $server
		fi
		fetch 0
		have 1 2 3 4 5 6 7 8
		fetch 0
		have 1 2 3 4 5 6 7 8
		[ "$(state | grep -c 'fetched	=')" -eq 8 ]
		fetch 0 -d
		left
		have 1 2 3 4 5 6 7 8
	done
}

@test "no UIDL, and -K" {
	letters remote 1 2 3
	misbehaving no-uidl
	fetch 0 -K 3
	now=$(date +%s)
	awk -v now="$now" -F '\t' -v OFS='\t' '
	$2 == "fetched" && !n++ { $1 = now - 3 * 86400 }
	{ print }' Maildir/mailpipe-pop3.* >other
	cp other Maildir/mailpipe-pop3.*
	fetch 0 -K 3
	have 1 2 3
	left 2 3
}

# Some servers give copies of a message its unique-id, and some any message.
@test "a unique-id that another message gets later" {
	letters remote 1 4
	misbehaving uid.1=x uid.2=y
	fetch 0 -s state
	cut -f 2- state | grep -qxE "fetched	x	$(stat -c %s remote/1)-[0-9a-f]{32}"
	letters remote 2 4
	mv remote/2 remote/3
	misbehaving uid.1=x uid.2=x uid.3=y
	fetch 0 -s state
	have 1 2 4
	fetch 0 -d -s state
	have 1 2 4
	left
	# Where there are no others on the server, too.
	rm -rf Maildir state
	letters remote 1
	misbehaving uid=x
	fetch 0 -s state
	cp remote/1 remote/2
	fetch 0 -s state
	have 1
	letters remote 8
	fetch 0 -d -s state
	have 1 8
	left
	# Who asks for it gets it.
	rm -rf Maildir state
	letters remote 1 2
	misbehaving uid=x
	fetch 0 -s state
	fetch 0 -s state x
	have 1 1 2
}

@test "unique-ids that come and go" {
	misbehaving no-uidl
	fetch 0 -s state
	misbehaving
	fetch 0 -s state
	have 1 2 3 4 5 6 7 8
	said | grep -q RETR
	# They are known without a look now.
	fetch 0 -s state
	not grep -q RETR <(said)
}

@test "unique-ids that are gone" {
	misbehaving
	fetch 0 -s state
	misbehaving no-uidl
	fetch 76 -s state
	grep -q 'has no unique-ids now, and had some before' err
	misbehaving
	fetch 0 -s state
	have 1 2 3 4 5 6 7 8
}

@test "unique-ids are no paths" {
	misbehaving uid.1=../../../x uid.2=/etc/passwd uid.3=. \
	    'uid.4=%s%n' 'uid.5==01' uid.6=- "uid.7=$(printf 'u%.0s' {1..70})"
	fetch 0
	fetch 0
	have 1 2 3 4 5 6 7 8
	[ "$(find . -name 'x*' -o -name passwd)" = '' ]
}

@test "old servers" {
	for server in no-capa no-top no-pipelining 'no-capa no-user' lf; do
		rm -rf Maildir .local remote
		# shellcheck disable=SC2086
		misbehaving $server
		case $server in
		*no-user | lf)	expect_noted 76 pop3-fetch -p 'cat password' "$URL" ||
			    expect_noted 77 pop3-fetch -p 'cat password' "$URL" ||
			    expect_noted 75 pop3-fetch -p 'cat password' "$URL" ;;
		*)	fetch 0 -d
			have 1 2 3 4 5 6 7 8 ;;
		esac
	done
}

# Whatever became of a run, the next one has all of them, each once.
@test "a connection that is lost at any step" {
	for fault in silence half cut shut hangup reset; do
		for step in list uidl retr.1 retr.4 retr.8 dele.1 dele.5 quit; do
			rm -rf Maildir state remote
			misbehaving "$step=$fault"
			echo "$step $fault" >case
			expect 75 pop3-fetch -o timeout=1 -d -s state \
			    -p 'cat password' "$URL" || { cat case; return 1; }
			[ "$(wc -l <err)" -eq 1 ]
			[ "$(grep -c . <(find Maildir/tmp -type f \
			    2>/dev/null))" -eq 0 ]
			misbehaving
			fetch 0 -d -s state
			have 1 2 3 4 5 6 7 8 || { cat case; return 1; }
			[ "$step" = quit ] || left
		done
	done
}

# At each call that needs room once; where the number is odd, at all that follow,
# too.
@test "no room, and a broken disk: what was not taken is not deleted" {
	local n number done status

	export KILLED_LOG=$T/killed
	ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
	for number in 28 122 5; do
		for ((n = 1, done = 0; done == 0; n++)); do
			[ "$n" -lt 200 ]
			rm -rf Maildir state remote killed
			misbehaving
			status=0
			LD_PRELOAD=${MAILPIPE_BIN%/*}/tests/preload/killed.so \
			    KILLED_AT=$n KILLED_ERROR=$number pop3-fetch -d \
			    -s state -p 'cat password' "$URL" >out 2>err \
			    3>&- || status=$?
			[ -s killed ] || done=1
			[ "$status" -eq 0 ] || [ -s err ]
			fetch 0 -d -s state || { echo "step $n"; false; }
			have 1 2 3 4 5 6 7 8 || { echo "step $n"; false; }
			left
		done
		[ "$n" -gt 40 ]
	done
}

@test "no room for one file more, but for the state" {
	local nodes

	needs_root
	mkdir box
	for nodes in 8 9 10 11 12; do
		rm -rf Maildir state remote
		misbehaving
		unshare -m sh -ec 'mount -t tmpfs -o nr_inodes="$1" tmpfs box
			set -- pop3-fetch -d -m box/it -s state \
			    -p "cat password" "$2"
			if "$@" 2>err; then
				exit 1
			fi
			mount -o remount,nr_inodes=100 tmpfs box
			"$@"
			cp -r box/it Maildir' sh "$nodes" "$URL" 3>&-
		contains err 'No space left on device'
		have 1 2 3 4 5 6 7 8
		left
	done
}

@test "replies that refuse" {
	# Asked for again once, as it may not have been about the third message.
	misbehaving 'retr.3=err:[SYS/TEMP] busy' 'retr.9=err:[SYS/TEMP] busy'
	fetch 75 -d
	[ "$(cat err)" = \
	    'pop3-fetch: 127.0.0.1: message 3: -ERR [SYS/TEMP] busy' ] ||
	    { cat err; false; }
	have 1 2 4 5 6 7 8
	left 3
	rm -rf Maildir .local remote
	misbehaving retr.3=err retr.9=err
	fetch 69 -s state
	have 1 2 4 5 6 7 8
	misbehaving dele.2=err quit=err
	fetch 69 -d -s state
	[ "$(wc -l <err)" -eq 2 ]
	have 1 2 3 4 5 6 7 8
	fetch 69 -d -s state
	have 1 2 3 4 5 6 7 8
}

@test "sizes that lie" {
	misbehaving size.1=0 size.2=999999999999 size.3=18446744073709551615
	fetch 0 -d
	have 1 2 3 4 5 6 7 8
	left
	rm -rf Maildir .local remote letters/[2-8]
	mkdir remote
	cp letters/1 remote
	misbehaving size.1=7
	fetch 0 -d
	have 1
	# It is not asked for again.
	[ "$(said | tr '\n' ' ')" = 'UIDL RETR 1 STAT DELE 1 QUIT ' ] ||
	    { said; false; }
}

@test "-o max-size: by what is said, and by what comes" {
	misbehaving size.7=1
	fetch 69 -d -o max-size=100
	have 2 3 4 5 6
	left 1 7 8
	[ "$(grep -c 'larger than 100 bytes, and left there$' err)" -eq 3 ]
	grep -q 'message 8: larger' err
	fetch 69 -o max-size=100
	have 2 3 4 5 6
	fetch 0
	have 1 2 3 4 5 6 7 8
}

# The one before it is taken, and the connection is given up.
@test "a message without an end" {
	SECONDS_ALLOWED=50
	misbehaving 'retr.2=flood:aaaaaaaaaaaaaaaa\r\n'
	fetch 69 -s state -d -o max-size=90000
	have 1
	left 1 2 3 4 5 6 7 8
	[ "$(wc -l <err)" -eq 2 ]
	grep -q 'message 2: larger than 90000 bytes' err
	rm -rf Maildir
	misbehaving 'retr.2=flood:aaaaaaaaaaaaaaaa\r\n'
	expect 75 bash -c 'trap "" XFSZ; ulimit -f 600
	    exec pop3-fetch -p "cat password" "$0"' "$URL"
	have 1
}

@test "one run at a time" {
	misbehaving retr.2=silence
	start first pop3-fetch -p 'cat password' -o timeout=20 "$URL"
	wait_for 10 grep -q 'RETR 1' remote.said
	expect 75 pop3-fetch -p 'cat password' "$URL"
	[[ $(cat err) = *": another pop3-fetch uses it" ]]
	# Another state is another matter.
	misbehaving
	fetch 0 -s state -m other
}

@test "interrupted: what is whole is kept" {
	misbehaving no-pipelining
	cat >take <<-'.'
		#!/bin/sh
		cat >>taken
		kill -INT "$PPID"
	.
	chmod +x take
	fetch 75 -d -x ./take
	[ "$(cat err)" = 'pop3-fetch: interrupted after 1 of 8 messages' ]
	left 2 3 4 5 6 7 8
	[ "$(state | grep -c fetched)" -eq 1 ]
	fetch 0 -d -x true
	left
}

# It would wait for five minutes.
@test "interrupted while the server is silent" {
	for step in retr.3 dele.2 quit; do
		rm -rf Maildir remote
		misbehaving "$step=silence"
		start first timeout --foreground 60 pop3-fetch -d -p 'cat password' "$URL"
		pid=$!
		word=${step^^}
		wait_for 10 grep -q "${word/./ }" remote.said
		# It does not hang up some time later, either.
		kill -STOP "$PID_misbehaving"
		kill -TERM "$pid"
		status=0
		wait "$pid" || status=$?
		kill -KILL "$PID_misbehaving"
		[ "$status" -eq 75 ]
		[ "$(wc -l <first.log)" -eq 1 ]
		[ "$step" != retr.3 ] || [ "$(cat first.log)" = \
		    'pop3-fetch: interrupted after 2 of 8 messages' ]
		[ -z "$(ls Maildir/tmp)" ]
		misbehaving
		fetch 0 -d -s Maildir/mailpipe-pop3.*
		have 1 2 3 4 5 6 7 8
	done
}

@test "what was gone for a while does not come again" {
	misbehaving
	fetch 0
	mkdir aside
	mv remote/* aside/
	fetch 0
	fetch 0
	mv aside/[12] remote/
	fetch 0
	have 1 2 3 4 5 6 7 8
}

@test "a file that is too large for the file system" {
	misbehaving
	expect 75 bash -c 'trap "" XFSZ; ulimit -f 60
	    exec pop3-fetch -d -p "cat password" "$0"' "$URL"
	[ "$(wc -l <err)" -eq 1 ]
	have 1 2 3 4 5 6 7
	left 8
	fetch 0 -d
	have 1 2 3 4 5 6 7 8
}

@test "a disk that is full" {
	needs_root
	mkdir small
	for i in {1..60}; do
		head -c 3000 /dev/zero | tr '\0' x
		echo " $i"
	done | split -l 1 -a 3 - l
	mkdir remote
	mv l??? remote
	misbehaving
	cat >onsmall <<-'.'
		mount -t tmpfs -o size=$1 tmpfs small
		shift
		"$@" || status=$?
		ls small/Maildir/new | wc -l >got
		ls small/Maildir/tmp | wc -l >rest
		mkdir -p kept
		cp small/Maildir/new/* kept/
		[ ! -e small/state ] || cp small/state .
		exit ${status:-0}
	.
	expect 75 unshare -m sh onsmall 100k pop3-fetch -d \
	    -p 'cat password' -m small/Maildir "$URL"
	[ "$(wc -l <err)" -eq 1 ] && grep -q 'No space left' err
	[ "$(cat rest)" -eq 0 ] && [ "$(cat got)" -gt 5 ]
	[ "$(ls remote | wc -l)" -eq "$((60 - $(cat got)))" ]
	fetch 0 -d -m kept
	[ "$(cat kept/[0-9]* kept/new/* 2>/dev/null | sort -u | wc -l)" -eq 60 ]
	[ "$(cat kept/[0-9]* kept/new/* 2>/dev/null | wc -l)" -eq 60 ]
}

# The last message makes room for the lines about the others: what is whole is
# kept.
@test "the state has no room, either" {
	needs_root
	mkdir small remote
	for i in {0..9}; do
		echo "message $i" >"remote/$i"
	done
	misbehaving
	echo 'mailpipe-pop3 1' >state
	for i in {1..113}; do
		printf '1700000000\tdone\t%016x\n' "$i"
	done >>state
	cat >onsmall <<-'.'
		mount -t tmpfs -o size=44k tmpfs small
		mkdir small/Maildir
		cp state small/state
		"$@" || status=$?
		cp -r small/Maildir .
		cp small/state state
		exit ${status:-0}
	.
	expect 75 unshare -m sh onsmall pop3-fetch -d -p 'cat password' \
	    -s small/state -m small/Maildir "$URL"
	[ "$(wc -l <err)" -eq 1 ] && grep -q 'small/state: write: No space' err
	[ -z "$(ls Maildir/tmp)" ]
	[ "$(ls Maildir/new | wc -l)" -eq 9 ]
	left 9
	fetch 0 -d -s state
	[ "$(cat Maildir/new/* | sort -u | wc -l)" -eq 10 ]
	[ "$(ls Maildir/new | wc -l)" -eq 10 ]
}

@test "memory does not grow with a message" {
	mkdir remote
	{ printf 'Subject: large\n\n'
	head -c 60000000 /dev/zero | tr '\0' x
	echo
	for i in {1..1000}; do
		printf '%0999d\n' "$i"
	done; } >remote/1
	misbehaving
	peak pop3-fetch -p 'cat password' "$URL"
	cmp Maildir/new/* remote/1
	sanitized || [ "$PEAK" -lt 20000 ]
}

@test "the Maildir: -m, the account's, MAILDIR, HOME" {
	misbehaving
	fetch 0 -m one 1
	[ "$(ls one/new | wc -l)" -eq 1 ]
	mkdir -p .config/mailpipe
	printf 'Account: work\nPop3: %s\nMaildir: %s\nPassword-Command: %s\n' \
	    "$URL" "$T/two" "cat $T/password" >.config/mailpipe/accounts
	expect 0 pop3-fetch -a work 2
	[ "$(ls two/new | wc -l)" -eq 1 ]
	MAILDIR=$T/three fetch 0 3
	[ "$(ls three/new | wc -l)" -eq 1 ]
	fetch 0 4
	have 4
	for box in none/box password ''; do
		fetch 73 -m "$box" 4
		[ "$(wc -l <err)" -eq 1 ]
		fetch 73 -m "$box" -s state 4
		[ "$(wc -l <err)" -eq 1 ]
	done
	# What one has another has not.
	fetch 0 -m four
	[ "$(ls four/new | wc -l)" -eq 8 ]
	XDG_STATE_HOME=$T/states fetch 0 -x true
	[ -e "states/mailpipe/pop3/alice@127.0.0.1:$PORT" ]
}

# Where nobody listens the state is there before that is found out.
@test "names of states" {
	port=$(free_port)
	name=$(printf 'u%.0s' {1..250})
	for user in alice%2F..%2Fx%40example.org "$name"; do
		expect 75 pop3-fetch -p 'cat password' \
		    "pop3://$user@localhost:$port"
	done
	ls Maildir >names
	grep -qx "mailpipe-pop3.alice%2F..%2Fx@example.org@localhost:$port" names
	digest=$(printf %s "$name@localhost:$port" | sha256sum | cut -c 1-64)
	grep -qx "mailpipe-pop3.u\{135\}=$digest" names
	expect 75 pop3-fetch -p 'cat password' -x true pop3://a@localhost:$port
	expect 75 pop3-fetch -p 'cat password' - pop3://.a@localhost:$port
	[ "$(ls .local/state/mailpipe/pop3 | sort | paste -s -d ' ')" = \
	    "%2Ea@localhost:$port a@localhost:$port" ]
	# A port is in it where it is not what the scheme has.
	for url in pop3s://b@localhost pop3s://b@localhost:995 \
	    pop3://b@localhost:110 pop3s://b@localhost:110; do
		timeout -k 5 60 pop3-fetch -p 'cat password' "$url" >out 2>err &&
		    return 1
	done
	[ "$(cd Maildir && echo mailpipe-pop3.b*)" = \
	    'mailpipe-pop3.b@localhost mailpipe-pop3.b@localhost:110' ]
	HOME='' expect 78 pop3-fetch -p 'cat password' "pop3://a@localhost:$port"
}

# Killed before it was delivered, and then the Maildir is another one.
@test "a Maildir that is moved takes its state with it" {
	misbehaving
	export KILLED_LOG=$T/killed
	ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
	for ((n = 20; n < 200; n++)); do
		rm -rf Maildir
		LD_PRELOAD=${MAILPIPE_BIN%/*}/tests/preload/killed.so \
		    KILLED_AT=$n pop3-fetch -d -p 'cat password' "$URL" \
		    >out 2>err && return 1
		state | grep -q '^pending' && break
	done
	[ -n "$(ls Maildir/tmp)" ] && [ -z "$(ls Maildir/new)" ]
	mkdir below
	mv Maildir below/
	fetch 0 -d -m below/Maildir
	[ ! -e Maildir ]
	mv below/Maildir .
	have 1 2 3 4 5 6 7 8
	left
}

@test "the state is no message for who reads the Maildir" {
	needs_root
	misbehaving
	fetch 0
	MAILDIR=$T/Maildir expect_noted 0 pop3-ls -q 'pipe:pop3d-inetd -M'
	[ "$(cut -f 1 out)" = 8 ]
	expect 0 mlist Maildir
	[ "$(wc -l <out)" -eq 8 ]
	rm -rf dovecot
	mkdir dovecot
	cp -r Maildir dovecot/home
	rm -rf remote remote.said
	mkdir remote
	dovecot_pop3
	expect 0 pop3-ls -p 'cat password' -o ca=ca.pem "$URL"
	[ "$(wc -l <out)" -eq 8 ]
	doveadm -c dovecot/conf mailbox list -u alice >list
	[ "$(cat list)" = INBOX ]
	[ ! -s dovecot/log ] || not grep -qi 'mailpipe' dovecot/log
	[ -e dovecot/home/mailpipe-pop3.* ]
}

@test "progress on a terminal" {
	letters remote 1 2 3 8
	misbehaving no-pipelining
	printf '#!/bin/sh\nsleep 0.3\n' >slow
	chmod +x slow
	script -qec "pop3-fetch -p 'cat password' -x ./slow $URL" log >shown
	grep -q '/4, .* kB, .*/s' shown
	# And nothing of it stays.
	tail -c 4 shown | grep -q '.\[K'
}

@test "a program as the server" {
	misbehaving
	cat >server <<-.
		#!/bin/sh
		exec python3 -c 'import socket, sys, threading, os
		s = socket.create_connection(("127.0.0.1", $PORT))
		def out():
		    while d := s.recv(65536):
		        os.write(1, d)
		threading.Thread(target=out).start()
		while d := os.read(0, 65536):
		    s.sendall(d)
		s.shutdown(1)'
	.
	chmod +x server
	expect_noted 76 pop3-fetch 'pipe:./server a/b' ||
	    expect_noted 69 pop3-fetch 'pipe:./server a/b' ||
	    expect_noted 77 pop3-fetch 'pipe:./server a/b'
	[ "$(cd Maildir && echo mailpipe-pop3*)" = \
	    'mailpipe-pop3.pipe:.%2Fserver%20a%2Fb' ]
}

@test "usage" {
	for args in '' '-m a -x b pop3://x' '-K x pop3://x' '-K -1 pop3://x' \
	    '-o max-size=0 pop3://x' '-m a - pop3://x' '-z pop3://x' -; do
		# shellcheck disable=SC2086
		expect 64 pop3-fetch $args
	done
	expect 64 pop3-fetch smtp://x || expect 69 pop3-fetch smtp://x
	echo hello >state
	misbehaving
	fetch 78 -s state
	[ "$(cat state)" = hello ]
	fetch 73 -s /proc/none/state
}

@test "the examples of the manuals" {
	export PATH=$T:$PATH XDG_RUNTIME_DIR=$T
	printf '#!/bin/sh\necho pencil\n' >pass
	printf '#!/bin/sh\ncat >"delivered.$$"\n' >mail-deliver
	chmod +x pass mail-deliver
	cp mail-deliver smtp-send
	mkdir -p .config/mailpipe
	letters remote 1 2 3 8
	misbehaving
	printf '%s\n' 'Account: work' "Pop3: $URL" \
	    'Password-Command: pass' >.config/mailpipe/accounts
	for page in pop3-fetch.1 mailpipe-pop3.5; do
		awk '/^\.Bd/ { on = 1; next } /^\.Ed/ { on = 0 }
			/^\.Sh/ { ex = /EXAMPLES/ } ex && on' \
		    "${TESTS%/*}/man/$page" | sed -e 's/\\e/\\/g' \
		    -e '/^mailpipe-pop3 1/,/S=52/d' \
		    -e "s,pop3s://alice@pop.example.org,$URL," \
		    -e "s,alice@pop.example.org,alice@127.0.0.1:$PORT,"
	done >example.sh
	expect 0 sh -e example.sh
	# The first one got all, so that there is nothing to deliver.
	have 1 2 3 8
	[ -z "$(ls remote)" ]
	grep -q '^Subject: plain' out
	grep -q 'text/plain' out
	[ "$(tail -n 1 out)" = 4 ]
	# Of the form that mailpipe-pop3(5) has.
	awk -F '\t' 'NR == 1 { exit $0 != "mailpipe-pop3 1" }' \
	    Maildir/mailpipe-pop3.*
}

@test "Dovecot: TLS in both ways, and what it has" {
	needs_root
	dovecot_pop3
	# It drops bare CRs, and ends a header that has no end.
	letters dovecot/home/new 1 2 3 4 7 8
	chown -R nobody dovecot/home
	fetch 0 -o ca=ca.pem
	have 1 2 3 4 7 8
	URL=pop3s://alice@localhost:$POP3S
	fetch 0 -d -o ca=ca.pem -m other
	[ "$(ls other/new | wc -l)" -eq 6 ]
	[ -z "$(find dovecot/home/new dovecot/home/cur -type f)" ]
}
