#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-fetch that ends at one of its calls, whichever, and one whose machine
# does: nothing is lost, and with a state nothing comes twice.

load dovecot
load helper
load imap
load machine
load tls

setup()
{
	isolate
	needs_root
	BOX=dovecot/mail/alice
	mkdir -p -m 755 dovecot
	mkdir -p "$BOX"/{cur,new,tmp}
	dovecot_imap
	echo pencil >password
	export KILLED_LOG=$T/killed
	ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
	TIMES=yes
	PRELOADS=${MAILPIPE_BIN%/*}/tests/preload
}

# three MARK: messages that the server has not had before, two of them with
# flags; the facts of which are in "want".
three()
{
	local i name

	for i in 1 2 3; do
		name=$((1700000000 + i)).M$1P${i}.host
		printf 'Subject: %s\n\ntext %s\n' "$i" "$1" >"$name"
		touch -d "@$((1000000000 + i))" "$name"
		chown nobody:nogroup "$name"
	done
	facts_of 1700000001.* 1700000002.* 1700000003.* | sed \
	    '1s/$/ new/;2s/$/ cur S/;3s/$/ cur FS/' | sort >want
	mv 1700000001.* "$BOX/cur/1700000001.M${1}P1.host:2,"
	mv 1700000002.* "$BOX/cur/1700000002.M${1}P2.host:2,S"
	mv 1700000003.* "$BOX/cur/1700000003.M${1}P3.host:2,FS"
}

facts_of()
{
	local m

	for m; do
		printf '%s %s\n' "$(sha256sum <"$m" | cut -c1-64)" \
		    "$([ "$TIMES" = no ] || stat -c %Y "$m")"
	done
}

# What is in Maildir, as "want" has it, is in "got".
got()
{
	local m

	for m in Maildir/new/* Maildir/cur/*; do
		case $m in
		*\*) continue ;;
		*/new/*) echo "$(facts_of "$m") new" ;;
		*) echo "$(facts_of "$m") cur ${m##*:2,}" ;;
		esac
	done | sort >got
}

again()
{
	expect 0 imap-fetch -id -A plain -o tls=none -m Maildir -p 'cat password' \
	    "$URL" INBOX '1:*'
}

left()
{
	find "$BOX/cur" "$BOX/new" -type f
}

# once WHERE: each is in Maildir once, and on the server no more.
once()
{
	got
	[ -z "$(left)" ] && [ -z "$(ls -A Maildir/tmp)" ] &&
	    cmp -s want got && return 0
	echo "step $n $1"
	left
	ls -A Maildir/tmp
	diff want got
	cat Maildir/mailpipe* err
	return 1
}

# Killed at each of its calls in turn, it is as if it had not been, but that
# somebody has to run it once more.
@test "killed at each call" {
	stride
	for ((n = 1 + RANDOM % STRIDE, done = 0; done == 0; n += STRIDE)); do
		[ "$n" -lt 1000 ]
		rm -rf Maildir
		three "$n"
		LD_PRELOAD=$PRELOADS/killed.so KILLED_AT=$n imap-fetch -id \
		    -A plain -o tls=none -m Maildir -p 'cat password' "$URL" INBOX \
		    '1:*' >out 2>err && done=1
		# What there is to be deleted is durable.
		[ "$(left | wc -l)" -eq 3 ] ||
		    [ "$(find Maildir/new Maildir/cur -type f | wc -l)" -eq 3 ]
		[ "$done" -eq 1 ] || again
		once again
	done
	[ "$n" -gt 60 ]
}

# The same while the power fails: what is not in the Maildir, or on its way
# there, is on the server.
@test "the power fails at each call" {
	local after forgets tool=$TESTS/peer/powercut.py

	TIMES=no # the disk that comes back has none

	cut_at()
	{
		rm -rf home shadow after.*
		mkdir home
		three "$1"
		python3 "$tool" begin shadow home
		POWERCUT=$T/shadow LD_PRELOAD=$PRELOADS/powercut.so:$PRELOADS/killed.so \
		    KILLED_AT=$n imap-fetch -id -A plain -o tls=none -m home/Maildir \
		    -p 'cat password' "$URL" INBOX '1:*' >out 2>err && done=1
		case $after in
		*.names) python3 "$tool" shadow home "$after" names ;;
		*) python3 "$tool" shadow home "$after" ;;
		esac
	}
	stride
	for ((n = 1 + RANDOM % STRIDE, done = 0; done == 0; n += STRIDE)); do
		[ "$n" -lt 1000 ]
		# Every other call has one of them.
		after=after.synced
		[ $(((n + 1) / 2 % 2)) -eq 0 ] || after=after.names
		rm -rf Maildir
		cut_at "$n"
		[ ! -d "$after/Maildir" ] || mv "$after/Maildir" .
		# The machine was started anew.
		for state in Maildir/mailpipe-imap.*; do
			[ ! -e "$state" ] || sed -i \
			    's/^\([0-9]*	run	[^	]*	\)[^	]*/\1x/' "$state"
		done
		again
		once "$after"
	done
	[ "$n" -gt 50 ]
	# And it is seen what a disk has lost that does not keep its word.
	after=after.synced
	for forgets in files directories; do
		export POWERCUT_FORGETS=$forgets
		n=100000
		rm -rf Maildir
		cut_at "$forgets"
		[ ! -d "$after/Maildir" ] || mv "$after/Maildir" .
		got
		not cmp -s want got
	done
}

@test "two at once: one has the state, the other says so" {
	three a
	mkdir -p Maildir/{cur,new,tmp}
	again
	cp want first
	three b
	python3 - Maildir/mailpipe-imap.* <<-'.' &
		import fcntl, os, struct, sys, time
		f = open(sys.argv[1], 'r+')
		fcntl.fcntl(f, 37, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0))
		open('has', 'w').close()
		while not os.path.exists('late'):
		    time.sleep(0.01)
	.
	wait_for 10 test -e has
	expect 75 imap-fetch -id -A plain -o tls=none -m Maildir \
	    -p 'cat password' "$URL" INBOX '1:*'
	[ "$(wc -l <err)" -eq 1 ]
	[ "$(left | wc -l)" -eq 3 ]
	touch late
	wait $!
	again
	sort -o want first want
	once both
}

# The Maildir is on a file system of 2 MiB, of which "ballast" has 1.
@test "the disk is full in the middle: what is whole is kept, the rest waits" {
	local n=full

	for i in $(seq 200); do
		{ printf 'Subject: %s\n\n' "$i"; head -c 8000 /dev/zero |
		    tr '\0' x | fold -w 70; echo; } >"$BOX/new/$i.M1.host"
	done
	chown -R nobody:nogroup "$BOX"
	mkdir got after
	cat >full <<-'.'
		mount -t tmpfs -o size=2m tmpfs got
		head -c 1048576 /dev/zero >got/ballast
		fetch()
		{
			imap-fetch -id -A plain -o tls=none -m got/box \
			    -p 'cat password' "$URL" INBOX '1:*' >out 2>fetch.err
		}
		status=0
		fetch || status=$?
		echo "$status" >first
		cp fetch.err first.err
		find got/box/new -type f | wc -l >first.new
		find got/box/tmp -type f | wc -l >first.tmp
		rm got/ballast
		mount -o remount,size=16m got
		fetch
		cp -a got/box/. after
	.
	URL=$URL expect_noted 0 unshare -m sh -ec '. ./full' ||
	    { show fetch.err first.err; return 1; }
	[ "$(cat first)" -eq 75 ]
	[ "$(wc -l <first.err)" -eq 1 ]
	contains first.err 'No space left'
	[ "$(cat first.new)" -gt 0 ]
	[ "$(cat first.new)" -lt 200 ]
	[ "$(cat first.tmp)" -eq 0 ]
	cat after/new/* | sed -n 's/^Subject: //p' | sort -n | cmp - <(seq 200)
	[ -z "$(left)" ]
}
