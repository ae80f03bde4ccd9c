#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# mail-deliver: final delivery, to users, Maildirs, programs and the queue.

load helper
load machine

setup()
{
	isolate
	machine
}

# deliver STATUS OPTION ...: the message m, on the machine
deliver()
{
	local status=$1

	shift
	expect "$status" sh -c 'exec "$0" mail-deliver "$@" <m' "$T/on" "$@"
}

# said TEXT: the only line on standard error ends so
said()
{
	[ "$(wc -l <err)" -eq 1 ] || { cat err; return 1; }
	contains err "$1"
}

@test "a Maildir: Return-Path in front, everything else as it was" {
	mkdir box
	owned box
	printf '%s\n' 'From eve Thu Jan  1 00:00:00 2026' \
	    'Return-Path: <one@example.net>' 'Subject: x' \
	    'Return-path: <two@example.net>' 'Delivered-To: a@example.net' '' \
	    'Return-Path: <body@example.net>' >in
	printf 'nul \0 8-bit \344 bare \r here\n' >>in
	expect 0 sh -c 'mail-deliver -f s@example.net -m "$PWD/box" <in'
	[ ! -s out ]
	{ printf '%s\n' 'Return-Path: <s@example.net>' 'Subject: x' \
	    'Delivered-To: a@example.net' ''; tail -n 2 in; } >want
	same box/new/* want
	[ "$(stat -c %a box/new/*)" -eq 600 ]
	# Who does not say a sender leaves the message's.
	rm box/new/*
	expect 0 sh -c 'mail-deliver -m "$PWD/box" <in'
	head -n 1 box/new/* >first
	same first <(echo 'Return-Path: <one@example.net>')
	rm box/new/*
	expect 0 sh -c 'mail-deliver -m "$PWD/box" <m'
	same box/new/* m
	# -f for none
	for none in '' '<>'; do
		rm box/new/*
		expect 0 sh -c 'mail-deliver -f "$0" -m "$PWD/box" <m' "$none"
		[ "$(head -n 1 box/new/*)" = 'Return-Path: <>' ]
	done
}

@test "line ends: a message with CRLF has LF, others keep every CR" {
	mkdir box
	owned box
	to_box()
	{
		rm -f box/new/*
		expect 0 sh -c 'cat in | mail-deliver -m "$PWD/box"' &&
		    same box/new/* want
	}
	printf 'A: b\r\n c\r\n\r\nx\ry\r\r\n\r\nend\r' >in
	printf 'A: b\n c\n\nx\ry\r\n\nend\r' >want
	to_box
	printf 'A: b\n\nx\r\ny\r\n' >in
	cp in want
	to_box
	# A CR at the end of a block, in front of its LF and of something else.
	for at in 65534 65535 65536; do
		for text in '\r\ny\r\n' '\ry\r\n' '\r\r\n' '\r'; do
			# shellcheck disable=SC2059 # escapes
			{ printf 'A: b\r\n\r\n'
			    head -c $at /dev/zero | tr '\0' x
			    printf "$text"; } >in
			perl -pe 's/\r\n/\n/' in >want
			to_box
		done
	done
	# Without a header the text does not become one, nor is anything lost.
	for text in ' folded: x' 'no field here' ''; do
		printf '%s\n' "$text" >in
		{ echo; [ -z "$text" ] || cat in; } >want
		to_box
	done
	: >in
	: >want
	to_box
	printf 'A: b' >in
	cp in want
	to_box
}

@test "a header without end, too many fields: 65, nothing stored" {
	mkdir box
	owned box
	yes 'X: y' | head -n 1001 >in
	expect 65 sh -c 'mail-deliver -m "$PWD/box" <in'
	said '5.6.0 the header has more than 1000 fields'
	{ printf 'X: y'; yes ' folded folded folded' | head -c 100000000; } >in
	peak sh -c 'mail-deliver -m "$PWD/box" <in 2>err' || [ $? -eq 65 ]
	said '5.6.0 the header is longer than 1048576 bytes'
	sanitized || [ "$PEAK" -lt 12000 ]
	[ "$(new box)" -eq 0 ]
	# A hundred megabytes of body take no memory.
	{ printf 'X: y\n\n'; yes text | head -c 100000000; } >in
	cat in | peak mail-deliver -m "$PWD/box"
	sanitized || [ "$PEAK" -lt 12000 ]
	same box/new/* in
}

@test "a user: Delivered-To, the mailbox made as the user" {
	needs_root
	deliver 0 -f s@example.net alice
	same home/alice/Maildir/new/* <(printf '%s\n' \
	    'Return-Path: <s@example.net>' 'Delivered-To: alice@example.org'
	    cat m)
	[ "$(stat -c %u:%g home/alice/Maildir/new/*)" = 64001:64001 ]
	[ "$(stat -c %u:%a home/alice/Maildir)" = 64001:700 ]
	rm home/alice/Maildir/new/*
	deliver 0 -f s Alice+lists@example.org
	contains home/alice/Maildir/new/* 'Return-Path: <s@mx.example.org>'
	contains home/alice/Maildir/new/* 'Delivered-To: Alice+lists@example.org'
	# The folder, where that is wanted and there.
	echo 'Detail-Folder: yes' >>mailpipe.conf
	rm home/alice/Maildir/new/*
	mkdir home/alice/Maildir/.lists
	chown 64001:64001 home/alice/Maildir/.lists
	deliver 0 alice+lists
	[ "$(new home/alice/Maildir/.lists)" -eq 1 ]
	deliver 0 '"alice+../../x"'
	[ "$(new home/alice/Maildir)" -eq 1 ]
	[ "$(find . -name x)" = '' ]
}

@test "as another user than root: oneself" {
	needs_root
	as_alice()
	{
		expect "$1" sh -c 'exec "$0" env TMPDIR=/tmp setpriv \
		    --reuid 64001 \
		    --regid 64001 --init-groups mail-deliver "$1" <m' \
		    "$T/on" "$2"
	}
	as_alice 0 alice
	[ "$(new home/alice/Maildir)" -eq 1 ]
	as_alice 75 bob
	said 'mail-deliver: bob: 4.3.0 only root delivers to other users'
	printf '%s\n' '\alice' "\"|cat >got\"" | forward alice
	printf '%s\n' "|sh -c 'id -u >got'" '\alice' | forward alice
	as_alice 0 alice@example.org
	same home/alice/got <(echo 64001)
	[ "$(new home/alice/Maildir)" -eq 2 ]
}

@test "who is nobody here: 67, 68; usage: 64; a sender that is none: 65" {
	needs_root
	for name in nobody daemon carol carol@example.org ../alice -- a/b \
	    ' alice' 'alice ' "al
ice" '' '@' 'alice@' '@example.org' 'a@b@c' "$(printf '\033[31m')"; do
		deliver 67 -- "$name"
		not grep -q "$(printf '\033')" err
	done
	deliver 67 -- -alice
	said 'mail-deliver: -alice: 5.1.1 no such mailbox'
	deliver 67 "$(printf '%0100d' 0)"
	said '5.1.3 is no address and no name'
	deliver 68 alice@example.net
	said 'mail-deliver: alice@example.net: 5.1.2 mail for that domain is'
	for args in '' 'alice bob' '-m box alice' '-x alice' '-t 0 alice' \
	    '-t 1x alice'; do
		# shellcheck disable=SC2086 # words
		deliver 64 $args
	done
	deliver 64 -t 0 alice
	said 'mail-deliver: -t: expected seconds, from 1 to 86400'
	deliver 65 -f 'a b@example.net' alice
	deliver 65 -f 's@example.net
Bcc: x' alice
	deliver 65 -f "$(printf '%0400d' 0)" alice
	[ "$(new home/alice/Maildir)" -eq 0 ]
}

@test "a home directory that cannot be looked at now: 75, not 67" {
	needs_root
	ln -s loop loop
	sed -i "s|:$T/home/bob:|:$T/loop/bob:|" etc/passwd
	deliver 75 bob
	contains err "loop/bob: "
	deliver 0 alice
}

@test "the host itself: its users, and MAILER-DAEMON who is the postmaster" {
	needs_root
	echo 'Postmaster: bob' >>mailpipe.conf
	deliver 0 alice@MX.example.org
	contains home/alice/Maildir/new/* 'Delivered-To: alice@MX.example.org'
	deliver 0 MAILER-DAEMON@mx.example.org
	[ "$(new home/bob/Maildir)" -eq 1 ]
	echo 'postmaster: alice' >aliases
	chmod 644 aliases
	echo "Aliases: $T/aliases" >>mailpipe.conf
	deliver 0 Mailer-Daemon@example.org
	[ "$(new home/bob/Maildir)" -eq 1 ]
	[ "$(new home/alice/Maildir)" -eq 2 ]
	echo 'mailer-daemon: bob' >>aliases
	deliver 0 mailer-daemon
	[ "$(new home/bob/Maildir)" -eq 2 ]
}

@test "a loop: delivered to that address before, 5.4.6" {
	needs_root
	{ echo 'Received: by z; x'; echo 'delivered-to:  ALICE@example.org'
	    cat m; } >in
	mv in m
	deliver 69 alice
	said '5.4.6 the message was here before: this is a mail loop'
	[ "$(new home/alice/Maildir)" -eq 0 ]
	deliver 0 bob
	contains home/bob/Maildir/new/* 'delivered-to:  ALICE@example.org'
	# Above the first Received it is of this very delivery, and there once.
	sed -i 1d m
	deliver 0 alice
	[ "$(grep -ci 'delivered-to' home/alice/Maildir/new/*)" -eq 1 ]
	{ yes 'Received: by z; x' | head -n 51; echo; } >m
	deliver 69 bob
	said '5.4.6 too many hops: this is a mail loop'
	sed -i 1d m
	deliver 0 bob
}

@test "aliases: members here, and in another domain by the queue" {
	needs_root
	cat >aliases <<-'.'
		staff: alice, bob, Eve@example.com, eve2@example.com
		away: eve@example.com
		pipe: "|cat"
		part: alice, carol
	.
	chmod 644 aliases
	echo "Aliases: $T/aliases" >>mailpipe.conf
	deliver 0 -f s@example.net staff
	[ "$(new home/alice/Maildir)" -eq 1 ] && [ "$(new home/bob/Maildir)" -eq 1 ]
	contains home/bob/Maildir/new/* 'Delivered-To: staff@example.org'
	same queue/args <(echo "-O staff@example.org -f s@example.net -- Eve@example.com eve2@example.com")
	sed 's/id [0-9a-f]*\.[0-9a-f]*$/id X/; s/; .*/; DATE/' queue/message >got
	same got <(printf '%s\n' 'Received: by mx.example.org (mailpipe) id X' \
	    '	for <staff@example.org>; DATE' 'Delivered-To: staff@example.org'
	    sed 's/; .*/; DATE/' m)
	# The null reverse-path stays null.
	rm queue/args
	deliver 0 -f '' away
	same queue/args <(echo '-O away@example.org -f <> -- eve@example.com')
	deliver 75 pipe
	said '4.3.5 '"$T/aliases: line 3: |cat: no mail is given to programs"
	expect_noted 0 sh -c '"$0" mail-deliver part <m' "$T/on"
	said 'part: delivered in part: '
}

@test "the queue fails: nothing else is done that would be done twice" {
	needs_root
	printf '%s\n' '\alice, eve@example.com' | forward alice
	echo 75 >queue/status
	deliver 75 alice
	said '4.3.0 cannot be forwarded: cannot w'
	[ "$(new home/alice/Maildir)" -eq 0 ]
	echo 65 >queue/status
	deliver 69 alice
	[ "$(new home/alice/Maildir)" -eq 1 ]
	rm bin/mailq-add home/alice/Maildir/new/*
	PATH=${PATH#*:*:} expect 75 sh -c '"$0" "$PWD/bin/mail-deliver" alice <m' \
	    "$T/on"
	contains err 'cannot be forwarded: mailq-add: '
	[ "$(new home/alice/Maildir)" -eq 0 ]
}

@test "~/.forward: addresses, the mailbox, Maildirs, comments" {
	needs_root
	forward alice <<-.
		# where it goes

		eve@example.com, "Bob" <bob@example.org>, carol (of ours)
		\\alice
		alice@example.org, Alice+x
		$T/home/alice/other/, ~/third/
		"~/the fourth/"
	.
	deliver 0 -f s@example.net alice
	for box in Maildir other third 'the fourth'; do
		[ "$(new "home/alice/$box")" -eq 1 ]
	done
	[ "$(new home/bob/Maildir)" -eq 0 ]
	same queue/args <(echo '-O alice@example.org -f s@example.net --' \
	    'eve@example.com bob@example.org carol@example.org')
	# One file in all of them.
	[ home/alice/Maildir/new/* -ef home/alice/third/new/* ]
	# One of comments alone is none.
	rm home/alice/Maildir/new/*
	echo '# nothing' | forward alice
	deliver 0 alice
	[ "$(new home/alice/Maildir)" -eq 1 ]
	# The own name in quotes is the mailbox, too.
	for own in '"alice"' '"\alice"' '"Alice"@example.org' '"alice+x y"'; do
		rm home/alice/Maildir/new/*
		echo "$own" | forward alice
		deliver 0 alice
		[ "$(new home/alice/Maildir)" -eq 1 ]
	done
	# By the user's own link it may be another file of the user's.
	echo 'eve2@example.com' >home/alice/dotforward
	chown -h 64001:64001 home/alice/dotforward
	ln -sf dotforward home/alice/.forward
	deliver 0 alice
	tail -n 1 queue/args >last
	same last <(echo '-O alice@example.org -f <> -- eve2@example.com')
}

@test "a ~/.forward that is not safe, or no good: 75, and nobody gets it" {
	needs_root
	try()
	{
		deliver 75 alice
		said "alice: 4.3.5 $T/home/alice/.forward: $1"
		[ "$(new home/alice/Maildir)" -eq 0 ] && [ ! -e queue/args ] &&
		    [ ! -e home/alice/ran ]
	}
	printf '%s\n' '|touch ran' eve@example.com | forward alice
	chmod 664 home/alice/.forward
	try 'group or others can write it'
	chmod 646 home/alice/.forward
	try 'group or others can write it'
	chmod 644 home/alice/.forward
	chown bob home/alice/.forward 2>/dev/null ||
	    chown 64002 home/alice/.forward
	try 'belongs to somebody else'
	mv home/alice/.forward home/bob/theirs
	ln -s ../bob/theirs home/alice/.forward
	try 'belongs to somebody else'
	rm home/alice/.forward
	mkfifo -m 644 home/alice/.forward
	chown 64001:64001 home/alice/.forward
	try 'not a regular file'
	rm home/alice/.forward
	mkdir -m 755 home/alice/.forward
	try 'not a regular file'
	rmdir home/alice/.forward
	ln -s .forward home/alice/.forward
	deliver 75 alice
	said 'Too many levels of symbolic links'
	rm home/alice/.forward
	# What only root can read is not read for alice.
	echo eve@example.com >secret
	ln -s "$T/secret" home/alice/.forward
	deliver 75 alice
	said 'Permission denied'
	rm home/alice/.forward
	yes x | head -n 1000000 | forward alice
	try 'too long'
	yes x | head -n 1001 | forward alice
	try 'too many members'
	for line in 'line 2: no file is included here=:include:/etc/passwd' \
	    'line 2: \ is for the own mailbox=\bob' \
	    'line 2: no mail is written to files: a Maildir=/etc/motd' \
	    'line 2: a quote, bracket or comment=eve@example.com, "x' \
	    'line 2: eve x is no address=eve x'; do
		printf '# \n%s\n' "${line#*=}" | forward alice
		try "${line%%=*}"
	done
	# What looks like a path and is none.
	for line in '$HOME/Mail/' '~bob/Maildir/' Mail/ bob/x '~bob'; do
		printf '# \n%s\n' "$line" | forward alice
		try "line 2: $line is neither an address nor an absolute path"
	done
	# What is written for a shell.
	for line in '$=|echo $HOME | cat' '|=|touch ran | cat' \
	    '>="|cat >ran"' ';=|true; touch ran' '&="|true && touch ran"' \
	    '`=|echo `touch ran`'; do
		printf '# \n%s\n' "${line#*=}" | forward alice
		try "line 2: no shell reads the command, and it has a ${line%%=*} without quotes: write |sh -c '...'"
	done
	# Root's own is as good.
	echo '\alice' | forward alice
	chown 0:0 home/alice/.forward
	deliver 0 alice
}

@test "a program: as the user, with the message and a clean environment" {
	needs_root
	mkdir home/alice/bin
	cat >home/alice/bin/take <<-'.'
		#!/bin/sh
		env | grep -v '^_=\|^OLDPWD=\|^SHLVL=' | sort >env
		cat >got
		printf '%s|' "$@" >args
		echo "$(id -u) $(id -g) $(id -G) $(umask) $(pwd)" >who
		ls /proc/self/fd >fds
		echo out
		echo err >&2
	.
	chmod 755 home/alice/bin/take
	chown -R 64001:64001 home/alice/bin
	echo "\"|~/bin/take one 'two words' \\\"three \\\$HOME\\\" ';' id\"" |
	    forward alice
	SECRET=x expect 0 sh -c 'umask 0; "$0" mail-deliver -f s@example.net \
	    alice+lists@example.org <m' "$T/on"
	same home/alice/args <(printf '%s|' one 'two words' 'three $HOME' ';' id)
	same home/alice/env <(printf '%s\n' DOMAIN=example.org EXTENSION=lists \
	    "HOME=$T/home/alice" LOCAL=alice+lists LOGNAME=alice \
	    PATH=/usr/local/bin:/usr/bin:/bin "PWD=$T/home/alice" \
	    RECIPIENT=alice+lists@example.org SENDER=s@example.net \
	    SHELL=/bin/sh TZ=UTC USER=alice)
	same home/alice/got <(printf '%s\n' 'Return-Path: <s@example.net>' \
	    'Delivered-To: alice+lists@example.org'; cat m)
	same home/alice/who <(echo "64001 64001 64001 64003 0077 $T/home/alice")
	# 3 is what ls reads.
	same home/alice/fds <(seq 0 3)
	[ "$(new home/alice/Maildir)" -eq 0 ]
}

@test "a program's status is the result, its last line the text" {
	needs_root
	status()
	{
		printf '%s\n' "\"|sh -c 'echo first >&2; echo $2 >&2; exit $1'\"" \
		    '\alice' | forward alice
		rm -f home/alice/Maildir/new/*
		deliver "$3" alice
		[ "$1" -eq 0 ] || said "alice: $4"
		[ "$(new home/alice/Maildir)" -eq "$5" ]
	}
	status 0 x 0 '' 1
	status 75 later 75 '4.3.0 later' 0
	status 71 later 75 '4.3.0 later' 0
	status 74 later 75 '4.3.0 later' 0
	status 67 'no such list' 67 '5.1.1 no such list' 1
	status 77 'not you' 77 '5.7.1 not you' 1
	status 65 bad 65 '5.6.0 bad' 1
	status 1 no 69 '5.3.0 no' 1
	status 127 no 69 '5.3.0 no' 1
	status 69 '5.7.26 by policy' 69 '5.7.26 by policy' 1
	status 69 '4.7.1 by policy' 69 '5.3.0 4.7.1 by policy' 1
	status 69 '5.7 x' 69 '5.3.0 5.7 x' 1
	status 75 '4.2.1 asleep' 75 '4.2.1 asleep' 0
	printf '%s\n' "|sh -c 'kill -9 \$\$'" '\alice' | forward alice
	deliver 75 alice
	said '4.3.0 sh: ended by signal 9'
	echo '|exit 3' | forward alice
	deliver 75 alice
	said '4.3.5 exit: run: No such file or directory'
	echo '|sh -c "exit 3"' | forward alice
	deliver 69 alice
	said '5.3.0 a program ended with status 3'
	# What another wants again counts for more.
	printf '%s\n' "|sh -c 'exit 67'" "|sh -c 'exit 75'" '|touch ran' |
	    forward alice
	deliver 75 alice
	[ ! -e home/alice/ran ]
}

@test "a program that does not end is ended, with its family" {
	needs_root
	printf '%s\n' "|sh -c 'sleep 600 & echo \$! >pid; wait'" | forward alice
	deliver 75 -t 1 alice
	said 'sh: did not end in time'
	wait_for 5 sh -c '! kill -0 "$(cat home/alice/pid)" 2>/dev/null'
}

@test "a program that stops the process that waits for it: 75, in time" {
	needs_root
	echo "|sh -c 'kill -STOP \$PPID'" | forward alice
	SECONDS_ALLOWED=30 deliver 75 -t 1 alice
	said 'its program did not end in time'
}

@test "no program runs as root, none of a users file, and none by an address" {
	needs_root
	sed -i "s|^root:.*|root:x:0:0::$T/home/root:/bin/sh|" etc/passwd
	mkdir -m 755 home/root
	echo '|touch ran' >home/root/.forward
	deliver 75 root
	said '4.3.5 no program is run as root'
	[ ! -e home/root/ran ]
	deliver 67 '"|touch ran"'
	deliver 67 '/etc/'
}

@test "a mailbox that is none, or cannot be written: 75, nothing left" {
	needs_root
	as_alice="setpriv --reuid 64001 --regid 64001 --clear-groups"
	mkfifo home/alice/Maildir
	chown 64001:64001 home/alice/Maildir
	deliver 75 alice
	rm home/alice/Maildir
	echo file >home/alice/Maildir
	deliver 75 alice
	rm home/alice/Maildir
	# A link to where alice may not write.
	mkdir -m 755 "$T/rootbox"
	ln -s "$T/rootbox" home/alice/Maildir
	deliver 75 alice
	[ "$(find rootbox -mindepth 1)" = '' ]
	rm home/alice/Maildir
	# The user's own link is the user's own affair.
	$as_alice mkdir "$T/home/alice/real"
	ln -s real home/alice/Maildir
	deliver 0 alice
	[ "$(new home/alice/real)" -eq 1 ]
	rm -r home/alice/Maildir home/alice/real
	# In a Maildir of the user's choice, not that of another.
	echo "$T/home/bob/Maildir/" | forward alice
	deliver 0 bob
	deliver 75 alice
	[ "$(new home/bob/Maildir)" -eq 1 ]
	# -m as root is no way to write as root.
	mkdir "$T/box"
	expect 75 sh -c 'mail-deliver -m "$PWD/box" <m'
	contains err 'no owner but root'
}

@test "quota: 75 4.2.2, before any program or forward" {
	needs_root
	mkdir -m 755 mail
	mkdir mail/a
	chown 64001:64001 mail/a
	echo "a@example.org:!:$T/mail/a:100S" >users
	chmod 644 users
	echo "Users: $T/users" >>mailpipe.conf
	echo "Aliases: $T/aliases" >>mailpipe.conf
	echo 'both: a, eve@example.com' >aliases
	chmod 644 aliases
	head -c 200 /dev/zero | tr '\0' x >>m
	deliver 75 a
	said '4.2.2 '
	deliver 75 both
	[ ! -e queue/args ] && [ "$(new mail/a)" -eq 0 ]
	printf 'A: b\n' >m
	deliver 0 a
	contains mail/a/maildirsize 100S
}

@test "a full disk at every size: 75, whole or nothing" {
	needs_root
	head -c 100000 /dev/zero | tr '\0' x | fold >>m
	for size in 4k 16k 64k 96k 128k 256k; do
		expect_noted 0 unshare -m sh -c 'mount -t tmpfs -o \
		    size=$1,mode=700,uid=64001,gid=64001 tmpfs home/alice &&
		    ./on mail-deliver alice <m
		    echo $? >status
		    find home/alice/Maildir/tmp -type f >left 2>/dev/null
		    cat home/alice/Maildir/new/* >stored 2>/dev/null || :' sh $size
		[ ! -s left ]
		case $(cat status) in
		0) [ "$(wc -c <stored)" -gt 100000 ] && : >fitted ;;
		75) [ ! -s stored ] && contains err '4.3.1 ' ;;
		*) false ;;
		esac
	done
	[ -e fitted ]
	# No room for the copy of what comes from a pipe.
	expect_noted 75 unshare -m sh -c 'mkdir small && mount -t tmpfs -o \
	    size=16k tmpfs small && cat m | TMPDIR=$PWD/small mail-deliver \
	    -m "$PWD/home/alice/Maildir"'
	contains err 'temporary file: write: No space left on device'
	# Nor for a program's.
	printf '%s\n' '\alice' '|touch ran' | forward alice
	expect_noted 75 unshare -m sh -c 'mount -t tmpfs -o size=16k tmpfs \
	    small && TMPDIR=$PWD/small ./on mail-deliver alice <m'
	[ ! -e home/alice/ran ] && [ "$(new home/alice/Maildir)" -eq 0 ]
}

@test "a full disk is found before anything that would be done twice" {
	needs_root
	expect_noted 75 unshare -m sh -c 'mount -t tmpfs -o \
	    size=8k,mode=755,uid=64001,gid=64001 tmpfs home/alice &&
	    printf "%s\n" "\\alice" eve@example.com "|touch $PWD/queue/ran" \
	    >home/alice/.forward && chown 64001 home/alice/.forward &&
	    chmod 644 home/alice/.forward && chmod 777 queue &&
	    cat /dev/zero >home/alice/fill 2>/dev/null
	    exec ./on mail-deliver alice <m'
	contains err '4.3.1 '
	[ ! -e queue/args ] && [ ! -e queue/ran ]
}

@test "tmp/ of a Maildir on another file system" {
	needs_root
	mkdir -p home/alice/Maildir/tmp home/alice/Maildir/new \
	    home/alice/Maildir/cur
	chown -R 64001:64001 home/alice/Maildir
	expect 0 unshare -m sh -c 'mount -t tmpfs -o \
	    mode=700,uid=64001 tmpfs home/alice/Maildir/tmp &&
	    ./on mail-deliver alice <m && [ -z "$(ls home/alice/Maildir/tmp)" ]'
	same <(tail -n 4 home/alice/Maildir/new/*) m
}

@test "killed at any moment: nothing half there" {
	mkdir box
	owned box
	{ cat m; yes text | head -c 3000000; } >in
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		mail-deliver -m "$PWD/box" <in 3>&- &
		pid=$!
		python3 -c 'import sys, time; time.sleep(int(sys.argv[1]) / 500)' $i
		kill -KILL $pid 2>/dev/null || :
		wait $pid 2>/dev/null || :
	done
	for file in box/new/*; do
		[ ! -e "$file" ] || same "$file" in
	done
	[ "$(find box/tmp -type f 2>/dev/null)" = '' ]
}

@test "-v tells the steps; a configuration that is no good: 75" {
	needs_root
	printf '%s\n' '\alice, eve@example.com' '|true' | forward alice
	expect_noted 0 sh -c '"$0" mail-deliver -v alice <m' "$T/on"
	same err <(printf 'mail-deliver: %s\n' 'program: true' \
	    'forward: eve@example.com' "mailbox: $T/home/alice/Maildir")
	cp mailpipe.conf other.conf
	chmod 644 other.conf
	expect_noted 0 sh -c '"$0" mail-deliver -c other.conf bob <m' "$T/on"
	echo eve@example.com | forward bob
	deliver 0 -c other.conf bob
	same queue/conf <(echo other.conf)
	echo 'Colour: red' >bad.conf
	deliver 75 -c bad.conf alice
	contains err 'bad.conf: line 1: '
	deliver 75 -c none.conf alice
	[ "$(new home/alice/Maildir)" -eq 1 ]
}

# queued FILE SENDER RECIPIENT ...: the message m as a file of the queue
queued()
{
	local file=$1 sender=$2 to

	shift 2
	{ printf 'Size: %020d\nId: 0000000000000abc\nArrival: 1700000000\n' \
	    "$(wc -c <m)"
	echo "Sender: $sender"
	for to; do
		echo "Recipient: $to"
	done
	echo
	cat m; } >"$file"
}

# transport STATUS <LINES: what it says is in results, with "time" cut off
# what it adds to the journal in journal
transport()
{
	cat >lines
	expect "$1" sh -c 'exec "$0" mail-deliver -Q <lines' "$T/on"
	cp out results
}

journal()
{
	sed '1,/^text$/d' "$1" | cut -f 2-
}

@test "-Q: each recipient has a result and a line in the journal" {
	needs_root
	forward bob <<-'.'
		|sh -c 'echo later >&2; exit 75'
	.
	queued q s@example.net alice@example.org NOBODY@example.org bob \
	    x@example.net
	printf 'q\n' | transport 0
	same results <(printf 'q\t%s\n' '1	sent	0	2.0.0		delivered' \
	    '2	failed	0	5.1.1		no such mailbox' \
	    '3	deferred	0	4.3.0		later' \
	    '4	failed	0	5.1.2		mail for that domain is not taken here')
	journal q >got
	same got <(cut -f 2- results)
	same home/alice/Maildir/new/* <(printf '%s\n' \
	    'Return-Path: <s@example.net>' 'Delivered-To: alice@example.org'
	    cat m)
	# What is settled is not delivered again, and is told as it was.
	rm home/bob/.forward
	printf 'q\t1-3' | transport 0
	same results <(printf 'q\t%s\n' '1	sent	0	2.0.0		delivered' \
	    '2	failed	0	5.1.1		no such mailbox' \
	    '3	sent	0	2.0.0		delivered')
	[ "$(new home/alice/Maildir)" -eq 1 ]
	[ "$(new home/bob/Maildir)" -eq 1 ]
	printf 'q\n' | transport 0
	[ ! -s results ]
}

# How often alice's message is there, in a file that is whole.
whole()
{
	local n=0 file

	for file in home/alice/Maildir/new/*; do
		[ ! -e "$file" ] || same <(tail -n 4 "$file") m || return 1
		[ ! -e "$file" ] || n=$((n + 1))
	done
	echo "$n"
}

@test "EDQUOT at any call: 75 or deferred, nothing in tmp/, it comes later" {
	local call n failed

	needs_root
	export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
	for call in write fsync linkat; do
		failed=0
		for n in 1 2 3; do
			rm -rf home/alice/Maildir q
			expect_noted 0 sh -c '"$0" strace -f -qq -o trace \
			    -e trace=$1 -e inject=$1:error=EDQUOT:when=$2 \
			    mail-deliver alice <m 2>why; echo $? >status' \
			    "$T/on" "$call" "$n"
			case $(cat status) in
			0) [ "$(whole)" -eq 1 ] ;;
			75) [ "$(whole)" -eq 0 ] ;;
			*) cat status why; return 1 ;;
			esac
			[ "$(cat status)" -eq 0 ] || failed=1
			[ "$(new home/alice/Maildir)" -eq "$(whole)" ]
			rm -rf home/alice/Maildir
			queued q s@example.net alice@example.org
			expect_noted 0 sh -c 'echo q | "$0" strace -f -qq -o trace \
			    -e trace=$1 -e inject=$1:error=EDQUOT:when=$2 \
			    mail-deliver -Q >said 2>why || :' "$T/on" "$call" "$n"
			[ "$(new home/alice/Maildir)" -eq "$(whole)" ]
			case $(journal q | cut -f 2) in
			sent) [ "$(whole)" -eq 1 ] ;;
			deferred | '') not grep -q failed said ;;
			*) journal q; return 1 ;;
			esac
			# It comes with the next attempt, if it did not.
			expect_noted 0 sh -c 'echo q | "$0" mail-deliver -Q' "$T/on"
			[ "$(whole)" -ge 1 ]
			grep -q '	1	sent	' q
		done
		[ "$failed" -eq 1 ] || { echo "$call"; return 1; }
	done
}

@test "-Q: what the sender wants to be told goes with what is forwarded" {
	needs_root
	echo 'eve@example.com' | forward alice
	queued q s@example.net 'alice ORCPT=rfc822;a+2Bb@example.com' \
	    'bob NOTIFY=NEVER' \
	    'alice@example.org NOTIFY=SUCCESS,DELAY' 'Alice NOTIFY=NEVER' \
	    'ALICE NOTIFY=SUCCESS' 'bob@example.org NOTIFY=SUCCESS'
	sed -i 's/^Sender: .*/&\nRet: HDRS/' q
	printf 'q\n' | transport 0
	same queue/args <(printf '%s\n' \
	    '-O rfc822;a+b@example.com -R hdrs -f s@example.net -- eve@example.com' \
	    '-N delay -O alice@example.org -R hdrs -f s@example.net -- eve@example.com' \
	    '-N never -O Alice@example.org -R hdrs -f s@example.net -- eve@example.com' \
	    '-N never -O ALICE@example.org -R hdrs -f s@example.net -- eve@example.com')
	# Who is told of a delivery is told by the queue, and once.
	[ "$(cut -f 3 results | tr '\n' ' ')" = \
	    'relayed sent relayed relayed relayed sent ' ]
	# The log can be followed to the copy.
	[ "$(sed -n 1p results | cut -f 7)" = 'forwarded as 0123456789abcdef' ]
	[ "$(sed -n 2p results | cut -f 7)" = delivered ]
	# With a copy here it is delivered.
	printf '%s\n' eve@example.com alice | forward alice
	rm queue/args
	queued q s@example.net 'alice NOTIFY=SUCCESS,FAILURE'
	printf 'q\n' | transport 0
	same queue/args <(echo '-N failure -O alice@example.org -f s@example.net -- eve@example.com')
	[ "$(cut -f 3,7 results)" = \
	    $'sent\tdelivered, and forwarded as 0123456789abcdef' ]
	# Whatever is no id is not told.
	for line in 'echo 0123456789abcdeX' 'echo 0123456789abcde' \
	    'printf 0123456789abcdef' 'echo 0123456789abcdef0' :; do
		sed -i "\$s/.*/$line/" bin/mailq-add
		queued q s@example.net alice
		printf 'q\n' | transport 0
		[ "$(cut -f 3,7 results)" = $'sent\tdelivered' ]
	done
	# Of several the first.
	sed -i '$s/.*/yes 0123456789abcdef | head -n 100/' bin/mailq-add
	queued q s@example.net alice
	printf 'q\n' | transport 0
	contains results 'forwarded as 0123456789abcdef'
}

@test "-Q: numbers, messages that are none, lines that are none" {
	needs_root
	queued q '' alice alice bob alice
	printf 'q\t2,3\nq\t4\n' | transport 0
	same <(cut -f 1-3 results) <(printf 'q\t%s\tsent\n' 2 3 4)
	contains home/bob/Maildir/new/* 'Return-Path: <>'
	printf 'q\t7-100000\n' | transport 0
	same results <(printf 'q\t7\tbusy\t0\t\t\tthere is no such recipient\n')
	head -c 30 q >cut
	mkfifo fifo
	ln -s q link
	printf '%s\n' gone cut fifo link . /etc/passwd | transport 0
	same <(cut -f 1-4 results) <(printf '%s\t0\t%s\t0\n' gone busy \
	    cut failed fifo failed link failed . failed /etc/passwd failed)
	for line in 'q\t' 'q\t0' 'q\t1,' 'q\t2-1' 'q\tx' 'q\t1-' '\t1' \
	    'q\t1\t2' 'q\t99999999999999999999'; do
		# shellcheck disable=SC2059 # escapes
		printf "$line\nq\t1\n" | transport 64
		[ ! -s results ]
		contains err 'standard input: not a path and numbers: '
	done
	printf 'q\000x\nq\t1\n' | transport 65
	head -c 5000 /dev/zero | tr '\0' x | transport 65
	contains err 'one longer than 4096 bytes, or with a NUL'
	[ ! -s results ]
	journal q >got
	[ "$(wc -l <got)" -eq 3 ]
}

@test "-Q: another process has it: busy; nobody reads the results: journaled" {
	needs_root
	queued q s@example.net alice bob
	cat >lock.py <<-'.'
		import fcntl, os, struct, subprocess, sys
		fd = os.open("q", os.O_RDWR)
		fcntl.fcntl(fd, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0,
		    1, 1, 0))		# F_OFD_SETLK
		os.set_inheritable(fd, False)
		sys.exit(subprocess.run(sys.argv[1:]).returncode)
	.
	echo q >lines
	expect 0 sh -c 'python3 lock.py "$0" mail-deliver -Q <lines' "$T/on"
	same out <(printf 'q\t%s\n' '1	busy	0			another process has it' \
	    '2	sent	0	2.0.0		delivered')
	[ "$(new home/alice/Maildir)" -eq 0 ]
	rm -r home/bob/Maildir
	queued q s@example.net bob alice
	expect 74 sh -c '"$0" mail-deliver -Q <lines >/dev/full' "$T/on"
	contains err 'standard output: write: '
	journal q >got
	same got <(printf '%s\n' '1	sent	0	2.0.0		delivered')
	[ "$(new home/bob/Maildir)" -eq 1 ]
	[ "$(new home/alice/Maildir)" -eq 0 ]
	rm -r home/bob/Maildir
	queued q s@example.net bob alice
	cat >closed.py <<-'.'
		import os, subprocess, sys
		r, w = os.pipe()
		os.close(r)
		sys.exit(subprocess.run(sys.argv[1:], stdin=open("lines"),
		    stdout=w).returncode)
	.
	expect 74 python3 closed.py "$T/on" mail-deliver -Q
	contains err 'standard output: write: Broken pipe'
	[ "$(journal q | wc -l)" -eq 1 ]
	deliver 64 -Q alice
	deliver 64 -Q -f s@example.net
	deliver 64 -Q -m box
}

@test "-Q: results come while the next line is waited for" {
	needs_root
	queued q s@example.net alice
	queued q2 s@example.net bob
	cat >ask.py <<-'.'
		import subprocess, sys
		p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE,
		    stdout=subprocess.PIPE)
		for name in b"q", b"q2":
		    p.stdin.write(name + b"\n")
		    p.stdin.flush()
		    print(p.stdout.readline().decode().split("\t")[:3])
		p.stdin.close()
		sys.exit(p.wait())
	.
	expect 0 python3 ask.py "$T/on" mail-deliver -Q
	same out <(printf '%s\n' "['q', '1', 'sent']" "['q2', '1', 'sent']")
}

@test "examples" {
	needs_root
	mkdir -p home/root/Maildir/cur
	echo text >letter.txt
	cp m message.eml
	cp m home/root/Maildir/cur/1
	cp m home/root/Maildir/cur/2
	chown -R 64001:64001 home/root
	chmod -R a+rX home/root
	cat >box <<-'.'
		mime-pack -t bob@example.org -s hello <letter.txt |
		    mail-deliver -m "$HOME/Maildir"
		mail-deliver -f alice@example.org bob <message.eml
	.
	cat >archive <<-'.'
		for message in "$HOME"/Maildir/cur/*; do
			mail-deliver -m "$HOME/Maildir/.Archive" <"$message" || break
		done
	.
	HOME=$T/home/root expect 0 "$T/on" sh box
	[ "$(new home/root/Maildir)" -eq 1 ] && [ "$(new home/bob/Maildir)" -eq 1 ]
	HOME=$T/home/root expect 0 "$T/on" sh archive
	[ "$(new home/root/Maildir/.Archive)" -eq 2 ]
	forward alice <<-'.'
		# holiday
		\alice, alice@example.net
		"|~/bin/answer alice"
	.
	mkdir home/alice/bin
	printf '#!/bin/sh\necho "$1" >answered\n' >home/alice/bin/answer
	chmod 755 home/alice/bin/answer
	chown -R 64001:64001 home/alice/bin
	deliver 0 alice
	same home/alice/answered <(echo alice)
	same queue/args <(echo '-O alice@example.org -f <> -- alice@example.net')
	[ "$(new home/alice/Maildir)" -eq 1 ]
}

@test "75: not root, for a user who is another" {
	needs_root
	as_alice="setpriv --reuid 64001 --regid 64001 --clear-groups"
	for to in bob bob@example.org bob+x; do
		expect 75 sh -c 'exec "$0" $1 mail-deliver "$2" <m' "$T/on" \
		    "$as_alice" "$to"
		said "$to: 4.3.0 only root delivers to other users"
	done
	for to in carol daemon; do
		expect 67 sh -c 'exec "$0" $1 mail-deliver "$2" <m' "$T/on" \
		    "$as_alice" "$to"
	done
	expect 0 sh -c 'exec "$0" $1 mail-deliver alice <m' "$T/on" "$as_alice"
	# Of an alias nobody gets it, so nobody gets it twice.
	echo 'both: alice, bob' >aliases
	chmod 644 aliases
	echo "Aliases: $T/aliases" >>mailpipe.conf
	expect 75 sh -c 'exec "$0" $1 mail-deliver both <m' "$T/on" "$as_alice"
	[ "$(new home/alice/Maildir)" -eq 1 ]
}
