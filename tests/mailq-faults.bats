#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The queue where something around it fails: the disk, the network, the clock.

load helper
load smtpd
load tls
load submission
load runner

setup()
{
	isolate
	ONE=$(queue_id 1) TWO=$(queue_id 2)
	PRELOAD=${MAILPIPE_BIN%/*}/tests/preload
}

# cut_off: of the message in $T/whole, files cut off at each byte, in new/;
# prints the ids of those whose Size has no digit yet.
cut_off()
{
	python3 - "$T/whole" "$T/spool/new" <<-'.'
		import os, sys
		whole = open(sys.argv[1], 'rb').read()
		size = len(b'Size: ')
		for n in range(len(whole)):
		    name = f'{n + 1000:016d}'
		    path = f'{sys.argv[2]}/{0:010d}.{name}'
		    with open(path, 'wb') as f:
		        f.write(whole.replace(b'0' * 15 + b'1', name.encode())[:n])
		    os.chmod(path, 0o660)
		    if n <= size:
		        print(name)
	.
}

@test "in new/, cut off at each byte: failed/, or it never was one" {
	queue_host
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	mv spool/new/*."$ONE" whole
	cut_off >never
	queue_put new 0 "$TWO" alice@example.org sent@example.com
	expect_noted 65 mailq-run -v
	not grep -e Sanitizer -e 'runtime error' -e 'ended with' err
	grep -q "^sends $TWO 1\$" log
	[ "$(grep -c '^sends' log)" -eq 1 ]
	[ -z "$(names new)$(names cur)" ]
	sed -n 's/.* id=\([0-9]*\) removed: it was never completed$/\1/p' err |
	    sort >removed
	same removed never
	[ "$(grep -c 'moved to failed/: .' err)" -eq "$(names failed | wc -l)" ]
	[ "$(($(names failed | wc -l) + $(wc -l <never)))" -eq \
	    "$(wc -c <whole)" ]
}

@test "no inode for a report, or for the queue itself: nothing is lost" {
	local inodes

	needs_root
	queue_host
	queue_put new 0 "$ONE" alice@example.com failed@example.net
	queue_put new 0 "$TWO" alice@example.org deferred@example.net
	mv spool kept
	mkdir spool
	# It is one itself, then six directories and the two messages; a report
	# is one more.
	for inodes in 3 9 10 11; do
		rm -rf after
		: >log
		expect_noted 0 unshare -m sh -c '
			mount -t tmpfs -o mode=755,nr_inodes=$1 tmpfs spool
			cp -a kept/. spool 2>/dev/null
			mailq-run 2>why
			echo $? >status
			cp -a spool after' sh "$inodes"
		wait_for 10 no_strays
		[ "$(cat status)" -eq 75 ]
		if [ "$inodes" -ge 9 ]; then
			both_kept
		else
			contains why 'No space left on device'
		fi
	done
	[ -e full ] && [ -e fitted ]
}

# The one that is deferred is there; the one that failed, too, or its report was
# sent.
both_kept()
{
	[ "$(find after/cur -name "*.$TWO" | wc -l)" -eq 1 ] || return 1
	if [ "$(find after -name "*.$ONE" | wc -l)" -eq 1 ]; then
		contains why 'No space left on device' && : >full
	else
		grep -q 'start mx://example.com' log && : >fitted
	fi
}

# What the other end has got, of a message with that subject.
copies()
{
	grep -lx "Subject: $1" far/new/* 2>/dev/null | wc -l
}

# far_host: a server of example.net, behind a connection that is cut as the file
# "cut" says.
far_host()
{
	local port

	mkdir -p far/cur far/new far/tmp
	owned far
	echo "eve@example.net:!:$T/far" >users
	printf '%s\n' 'Hostname: mx.example.net' 'Domains: example.net' \
	    "Users: $T/users" "Spool: $T/none" >far.conf
	port=$(free_port)
	start far systemd-socket-activate -l "127.0.0.1:$port" \
	    -E MAILPIPE_TEST -E TZ -E ASAN_OPTIONS -E UBSAN_OPTIONS \
	    "$MAILPIPE_BIN/smtpd-inetd" -f "$T/far.conf"
	wait_for 10 listening "$port"
	start proxy python3 -S "$TESTS/peer/faulty.py" "$port" faulty.log @cut
	wait_for 10 test -s proxy.log
	sed -i '/^Transport:/d' mailpipe.conf
	echo "Route: example.net smtp://127.0.0.1:$(cat proxy.log)" \
	    >>mailpipe.conf
	install -m 755 "$MAILPIPE_BIN/smtp-send" bin/
	chmod a+x bin
}

# cut_after DIRECTION BYTES N: message N goes over a connection that is cut, and
# then over one that is not.  Fails where no such byte came; $HEARD is whether
# the reply to its data had passed.
cut_after()
{
	local id

	id=$(queue_id "$3")
	: >faulty.log
	MESSAGE="Subject: $3"$'\n\nHello' queue_put new 0 "$id" \
	    alice@example.org eve@example.net
	echo "$1 $2" >cut
	mailq-run 2>>run.log || [ $? -eq 75 ] || return 1
	cp faulty.log first
	HEARD=no
	! grep -q ' passed ' first || HEARD=yes
	echo none 0 >cut
	rm -f spool/hosts/*
	[ -z "$(names cur)$(names new)" ] || mailq-run "$id" 2>>run.log
	[ -z "$(names new)$(names cur)$(names failed)" ] || return 1
	grep -q ' cut$' first
}

# "make torture" takes each byte.
@test "a connection that is cut after each byte: not lost, twice unheard only" {
	local direction n=0 at heard id

	queue_host
	far_host
	for direction in client server; do
		at=1
		while cut_after "$direction" "$at" $((n += 1)); do
			echo "$n $HEARD" >>heard
			at=$((at + ${CUT_EVERY:-7}))
		done
		# So far that all was over.
		[ "$HEARD" = yes ] && [ "$at" -gt 100 ] ||
		    { echo "$direction $at"; return 1; }
	done
	while read -r id heard; do
		[ "$(copies "$id")" -ge 1 ] || { echo "lost: $id"; return 1; }
		[ "$heard" = no ] || [ "$(copies "$id")" -eq 1 ] ||
		    { echo "twice, though the reply came: $id"; return 1; }
	done <heard
	grep -q yes heard && grep -q no heard
}

tried()
{
	[ "$(grep -c "^sends $ONE 1\$" log)" -eq "$1" ]
}

due()
{
	find spool/cur -name "*.$ONE" -printf '%f\n' | cut -d. -f1 |
	    sed 's/^0*//'
}

# soon_due AT: the message is due within the hour after that
soon_due()
{
	[ "$(due)" -gt "$1" ] && [ "$(due)" -le $(($1 + 3600)) ]
}

@test "-w: a clock that jumps ahead, and back: what waits is tried again soon" {
	queue_host
	echo 0 >jump
	chmod a+r jump
	start runner env JUMPED="$T/jump" LD_PRELOAD="$PRELOAD/jumped.so" \
	    ASAN_OPTIONS="$ASAN_OPTIONS:verify_asan_link_order=0" mailq-run -w
	queue_put tmp 0 "$ONE" alice@example.org deferred@example.net
	mv spool/tmp/* spool/new/
	wait_for 20 tried 1
	wait_for 10 soon_due "$NOW"
	echo 3600 >jump
	wait_for 20 tried 2
	wait_for 10 soon_due $((NOW + 3600))
	echo $((3600 - 86400)) >jump
	wait_for 20 tried 3
	wait_for 10 soon_due $((NOW + 3600 - 86400))
	tried 3
	kill -TERM "$PID_runner"
	wait_for 10 no_strays
}
