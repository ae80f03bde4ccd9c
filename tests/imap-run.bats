#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-run: one login for all commands within it, and what comes between.

load dovecot
load helper
load imap
load tls

setup()
{
	isolate
	export TESTS
	PATH=${MAILPIPE_BIN%/bin}/tests/tool:$PATH
	echo pencil >password
}

# run_ STATUS [option ...] -- command ...: of the server at $URL.
run_()
{
	local status=$1 options=()

	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	expect "$status" imap-run -p 'cat password' "${options[@]}" "$URL" \
	    "${@:2}"
}

# A command in Python, which has no manners.
shared()
{
	python3 "$TESTS/peer/shared.py" "$@"
}
export -f shared

# in_shell STATUS SCRIPT: the script of bash within imap-run.
in_shell()
{
	expect_noted "$1" imap-run -p 'cat password' "$URL" bash -c "$2"
}

logins()
{
	grep -c 'Login: user=<alice>' dovecot/log
}

# mail N [BYTES]: that many messages, of that size or more, are in INBOX.
mail()
{
	local n

	mkdir -p -m 700 dovecot/mail/alice/{cur,new,tmp}
	for ((n = 1; n <= $1; n++)); do
		printf 'From: a@example.net\nSubject: %d\n\n' "$n"
		head -c "${2:-0}" /dev/zero | tr '\0' x | fold -w 70
		echo
	done | awk -v dir=dovecot/mail/alice/cur '
	/^From: / { close(file); file = dir "/" (1000000000 + ++n) ".M1.host:2," }
	{ print >file }'
	chown -R nobody:nogroup dovecot/mail
}

@test "a hundred commands, and one login" {
	mail 3
	dovecot_imap
	in_shell 0 '
		for n in $(seq 100); do
			imapsay - select=INBOX fetch |
			    sed -n "s/ .Recent//; s/ *$//; /^message/p" >"out.$n"
		done'
	[ "$(logins)" -eq 1 ]
	[ "$(md5sum out.[1-9]* | cut -c 1-32 | sort -u | wc -l)" -eq 1 ]
	[ "$(ls out.[1-9]* | wc -l)" -eq 100 ]
	contains out.100 'uid 3'
}

@test "the status is that of the command" {
	dovecot_imap
	run_ 0 -- true
	in_shell 3 'exit 3'
	in_shell 137 'kill -9 $$'
	in_shell 143 'kill $$'
	run_ 127 -- no-such-command-there-is
	contains err 'imap-run: no-such-command-there-is: run: No such file'
	run_ 126 -- /etc/passwd
	contains err 'imap-run: /etc/passwd: run: Permission denied'
}

@test "usage" {
	expect 64 imap-run
	expect 64 imap-run imap://alice@localhost
	expect 64 imap-run -o keepalive=0 imap://alice@localhost true
	expect 64 imap-run -o nothing=1 imap://alice@localhost true
	expect 64 imap-run imap://alice@localhost/INBOX true
	contains err 'imap-run: localhost: the mailbox is an argument'
}

@test "arguments that look like options are the command's" {
	dovecot_imap
	run_ 0 -- printf '%s\n' -v -A
	printf '%s\n' -v -A >want
	same want out
}

@test "no login, no command" {
	dovecot_imap
	echo pen >password
	run_ 77 -- touch made
	[ ! -e made ]
}

@test "too few descriptors for a password command, or for a command" {
	local n

	dovecot_imap
	for n in 9 50; do
		expect 75 bash -c 'ulimit -n "$1" && exec imap-run \
		    -p "cat password" "$2" touch made' - "$n" "$URL"
		contains err 'Too many open files'
		[ "$(wc -l <err)" -eq 1 ]
		[ ! -e made ]
	done
}

@test "\"-\" outside of imap-run" {
	expect 64 imapsay - show
	contains err 'imapsay: -: there is no session of imap-run around us'
	MAILPIPE_IMAP=0 expect 64 imapsay - show
	contains err 'descriptor 0 is no session of imap-run'
	MAILPIPE_IMAP=x expect 64 imapsay - show
	dovecot_imap
	in_shell 64 'imapsay - show 100>&-'
	contains err 'descriptor 100 is no session of imap-run'
}

@test "each finds no mailbox selected" {
	mail 1
	dovecot_imap
	in_shell 0 '
		imapsay - select=INBOX
		imapsay - say=CLOSE said finish'
	contains out 'No mailbox selected'
	[ "$(logins)" -eq 1 ]
}

# selecting: as a server has it that can UNSELECT, and does nothing by itself.
selecting()
{
	printf '%s\n' 'CAPABILITY: IMAP4rev1 UNSELECT' 'MANUAL:' 'GREETING:' \
	    'C: LOGIN *' 'S: TAG OK [CAPABILITY IMAP4rev1 UNSELECT] in' \
	    'C: NOOP' 'S: TAG OK'
	cat
}

# scripted SCRIPT [option ...]: within imap-run at that server.
scripted()
{
	run_ 0 "${@:2}" -- bash -c "$1" && imap_scripted_end
}

@test "a mailbox is left by the next one, with nothing said between" {
	imap_script < <(selecting <<-'.'
		C: SELECT One
		S: TAG OK
		C: EXAMINE Two
		S: * 7 EXPUNGE
		S: * OK [CLOSED]
		S: * 3 EXISTS
		S: TAG OK
		C: SELECT Two
		S: * 3 EXISTS
		S: TAG OK
		C: LOGOUT
	.
	)
	scripted '
		imapsay - select=One
		imapsay - show
		imapsay - examine=Two
		imapsay - select=Two'
	[ "$(grep -c 'exists 3' out)" -eq 2 ]
}

@test "a mailbox is left before what is about none, in the same flight" {
	imap_script < <(selecting <<-'.'
		C: EXAMINE One
		S: TAG OK
		C: UNSELECT
		C: XONE
		S: TAG.UNSELECT OK
		S: TAG OK one
		C: XTWO
		S: TAG OK two
		C: EXAMINE One
		S: TAG OK
		C: UNSELECT
		C: APPEND One {3}abc
		S: TAG.UNSELECT OK
		S: TAG OK put
		C: LOGOUT
	.
	)
	scripted '
		imapsay - examine=One
		imapsay - say=XONE said finish
		imapsay - say=XTWO said finish
		imapsay - examine=One
		imapsay - say="APPEND One " literal=abc said finish'
	contains out 'OK text one'
	contains out 'OK text two'
	contains out 'OK text put'
}

@test "no mailbox is left that is none, and one that may be" {
	imap_script < <(selecting <<-'.'
		C: EXAMINE None
		S: TAG NO [NONEXISTENT] no
		C: XONE
		S: TAG OK
		C: EXAMINE One
		S: TAG OK
		C: EXAMINE Two
		S: TAG BAD what
		C: UNSELECT
		C: XTWO
		S: TAG.UNSELECT BAD none is
		S: TAG OK
		C: UNSELECT
		C: XTHREE
		S: TAG.UNSELECT OK
		S: TAG OK
		C: EXAMINE One
		S: TAG OK
		C: CLOSE
		S: TAG OK
		C: XFOUR
		S: TAG OK
		C: LOGOUT
	.
	)
	scripted '
		imapsay - examine=None
		imapsay - say=XONE said finish
		imapsay - examine=One
		imapsay - examine=Two
		imapsay - say=XTWO said finish
		imapsay - say=XTHREE said finish
		imapsay - examine=One say=CLOSE said finish
		imapsay - say=XFOUR said finish'
	contains out 'NO 66 None: NO [NONEXISTENT] no'
	contains out 'NO 76 Two: BAD what'
}

@test "what was not read is passed before the next one" {
	imap_script < <(selecting <<-'.'
		C: EXAMINE One
		S-RAW: TAG OK\r\n* 3 EXI
		C: UNSELECT
		S-RAW: STS\r\nTAG OK\r\n
		C: XONE
		S-RAW: TAG OK\r\n* 3 EXI
		C: NOOP
		S-RAW: STS\r\nTAG OK\r\n
		C: XTWO
		S: TAG OK two
		C: LOGOUT
	.
	)
	scripted '
		imapsay - examine=One
		imapsay - say=XONE said finish
		imapsay - say=XTWO said finish'
	contains out 'OK text two'
}

@test "who does not know better finds no mailbox selected" {
	imap_script < <(selecting <<-'.'
		C: EXAMINE One
		S: TAG OK
		C: UNSELECT
		S: TAG OK
		C: XONE
		S: TAG OK
		C: NOOP
		S: TAG OK
		C: SELECT One
		S: TAG OK
		C: UNSELECT
		S: TAG OK
		C: XTWO
		S: TAG OK
		C: LOGOUT
	.
	)
	scripted '
		imapsay - examine=One
		shared hear=PREAUTH say="a XONE\r\n" hear="a OK" done=d
		shared hear=PREAUTH say="b SELECT One\r\n" hear="b OK" done=s
		imapsay - say=XTWO said finish'
	[ "$(grep -c SELECTED out)" -eq 0 ]
}

@test "a mailbox is not kept while nobody has the session" {
	imap_script < <(selecting <<-'.'
		C: EXAMINE One
		S: TAG OK
		C: UNSELECT
		S: TAG OK
		C: NOOP
		S: TAG OK
		C: XONE
		S: TAG OK
		C: LOGOUT
	.
	)
	scripted '
		imapsay - examine=One
		until [ "$(grep -c NOOP peer)" -ge 2 ]; do sleep 0.05; done
		imapsay - say=XONE said finish' -o keepalive=1
}

@test "what the server tells while nobody has it makes nobody wait" {
	imap_script < <(selecting <<-'.'
		C: EXAMINE One
		S: TAG OK
		PAUSE: 300
		S: * 1 EXPUNGE
		C: UNSELECT
		C: XONE
		S: TAG.UNSELECT OK
		S: TAG OK one
		C: LOGOUT
	.
	)
	scripted '
		imapsay - examine=One
		sleep 1
		imapsay - say=XONE said finish'
	contains out 'OK text one'
}

@test "a mailbox is left by other means where there is no UNSELECT" {
	imap_script <<-'.'
		MANUAL: EXAMINE CLOSE NOOP XONE
		GREETING:
		C: NOOP
		S: TAG OK
		C: EXAMINE One
		S: TAG OK
		C: EXAMINE INBOX
		S: TAG OK
		C: CLOSE
		S: TAG OK
		C: XONE
		S: TAG OK
		C: LOGOUT
	.
	scripted '
		imapsay - examine=One
		imapsay - say=XONE said finish'
}

@test "a new connection has no mailbox to be left" {
	imap_script < <(selecting <<-'.'
		C: EXAMINE One
		S: TAG OK
		HANGUP
		ACCEPT
		GREETING:
		C: LOGIN *
		S: TAG OK [CAPABILITY IMAP4rev1 UNSELECT] in
		C: NOOP
		S: TAG OK
		C: XONE
		S: TAG OK
		C: LOGOUT
	.
	)
	scripted '
		imapsay - examine=One
		sleep 0.2
		imapsay - say=XONE said finish'
}

@test "what others do between is seen, and of a mailbox that they remove" {
	mail 3
	dovecot_imap
	cat >others.sh <<-'.'
		imap-find - INBOX
		printf 'Subject: 4\n\nx\n' |
		    imap-put -p 'cat password' "$1" INBOX >/dev/null
		imap-rm -p 'cat password' "$1" INBOX 2
		imap-find - INBOX
		imap-mkdir -p 'cat password' "$1" A B
		imap-find - A
		imap-mkdir -r -p 'cat password' "$1" A C
		imap-find - A 2>>refused; echo "status $?"
		imap-find -c - B
		imap-rm -b -p 'cat password' "$1" B
		imap-flag - B +seen 1 2>>refused; echo "status $?"
		imap-find -c - C
		imap-rm -b - C
		imap-find - C 2>>refused; echo "status $?"
		imap-find - INBOX seen
	.
	expect 1 imap-run -p 'cat password' "$URL" sh others.sh "$URL"
	printf '%s\n' 1 2 3 1 3 4 'status 66' 0 'status 66' 0 'status 66' |
	    same - out
	[ "$(grep -c "NO Mailbox doesn't exist" refused)" -eq 3 ]
}

@test "what it is told is what the server has" {
	dovecot_imap
	expect 0 imapsay -p 'cat password' "$URL" show
	mv out alone
	run_ 0 -- imapsay - show
	python3 - <<-'.'
		def offers(name):
		    words = open(name).read().split()
		    return int(words[words.index('offers') + 1], 16)
		gone = offers('alone') & ~offers('out')
		done = 1 << 2 | 1 << 3 | 1 << 4 | 1 << 21
		assert gone & ~done == 0, hex(gone)
		assert offers('out') & ~offers('alone') == 0
	.
}

@test "a command needs no round trip of its own before the first" {
	dovecot_imap
	run_ 0 -- sh -c 'imapsay -v - say=NOOP said finish 2>trace'
	sed 's/ [a-z0-9]* / /' trace | cut -c 1-14 >trace.cut
	cat >want <<-'.'
		< * PREAUTH [C
		> NOOP
		< OK NOOP comp
	.
	same want trace.cut
}

@test "killed in mid-command: the next one logs in anew" {
	mail 3 300000
	dovecot_imap
	in_shell 0 '
		shared hear=PREAUTH say="a SELECT INBOX\r\n" hear="a OK" \
		    say="b FETCH 1:3 BODY[]\r\n" hear=xxx die >/dev/null
		[ $? -eq 137 ] || exit 1
		imapsay - select=INBOX fetch'
	contains out 'uid 3'
	[ "$(logins)" -eq 2 ]
}

@test "killed in mid-append: nothing is there, and the next one works" {
	dovecot_imap
	in_shell 0 '
		shared hear=PREAUTH say="a APPEND INBOX {1000+}\r\nSubject: a" \
		    die >/dev/null
		[ $? -eq 137 ] || exit 1
		imapsay - select=INBOX'
	contains out 'exists 0'
	[ "$(logins)" -eq 2 ]
}

@test "killed while it waits for its turn: nobody minds" {
	dovecot_imap
	in_shell 0 '
		shared hear=PREAUTH make=has await=killed done=d &
		while [ ! -e has ]; do sleep 0.01; done
		shared die
		imapsay - show & waiting=$!
		touch killed
		wait $waiting'
	[ "$(logins)" -eq 1 ]
}

@test "not its turn in time" {
	dovecot_imap
	in_shell 75 '
		shared hear=PREAUTH make=has await=late done=d &
		while [ ! -e has ]; do sleep 0.01; done
		imapsay -o timeout=1 - show; status=$?
		touch late
		wait $!
		exit $status'
	contains err 'not our turn within 1 seconds'
}

@test "twenty at once: each has its turn, and what it asked for" {
	mail 60
	dovecot_imap
	in_shell 0 'seq 60 | xargs -P 20 -I @ sh -c \
	    "imap-fetch -H - INBOX @ >head.@"'
	for n in $(seq 60); do
		contains "head.$n" "Subject: $n"
		[ "$(grep -c ^Subject "head.$n")" -eq 1 ]
	done
	[ "$(logins)" -eq 1 ]
}

@test "nobody's session is torn by requests that are none" {
	dovecot_imap
	in_shell 0 '
		shared garbage
		imapsay - show'
	contains out offers
	[ "$(logins)" -eq 1 ]
}

@test "bytes that came for who is gone are nobody else's" {
	imap_script <<-'.'
		GREETING:
		C: NOOP
		S: TAG OK
		C: XONE
		S-RAW: TAG OK\r\n* 1 FETCH (BODY[] {30}\r\nxx OK half of a
		PAUSE: 100
		C: NOOP
		S-RAW: literal\r\n* 7 EX
		PAUSE: 100
		S: ISTS
		S: TAG OK
		C: XTWO
		S: TAG OK two
	.
	run_ 0 -- sh -c '
		imapsay - say=XONE said finish
		imapsay - say=XTWO said finish'
	contains out 'two'
	imap_scripted_end
}

@test "cut by the server between commands" {
	mail 1
	dovecot_imap
	in_shell 0 '
		imapsay - show
		doveadm -c dovecot/conf kick alice >/dev/null
		imapsay - select=INBOX'
	contains out 'exists 1'
	[ "$(logins)" -eq 2 ]
}

@test "BYE between commands" {
	imap_script <<-'.'
		GREETING:
		C: NOOP
		S: TAG OK
		S: * BYE too long
		HANGUP
		ACCEPT
		GREETING:
		C: NOOP
		S: TAG OK
		C: XONE
		S: TAG OK one
	.
	expect_noted 0 imap-run -v -p 'cat password' "$URL" sh -c '
		until grep -q "BYE too long" err; do sleep 0.05; done
		imapsay - say=XONE said finish'
	contains out 'one'
	imap_scripted_end
}

@test "names of mailboxes, where UTF-8 is enabled" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 ENABLE UTF8=ACCEPT UNSELECT
		BOX: exists=1
		GREETING:
		C: ENABLE UTF8=ACCEPT
		S: * ENABLED UTF8=ACCEPT
		S: TAG OK
		C: NOOP
		S: TAG OK
		C: SELECT "é"
		S: TAG OK
	.
	run_ 0 -- sh -c 'imapsay - select=é'
	imap_scripted_end
}

@test "no server any more: each command says so" {
	dovecot_imap
	export -f dovecot_stop not_running wait_for
	export PID_dovecot
	in_shell 75 '
		imapsay - show
		doveadm -c dovecot/conf kick alice >/dev/null
		dovecot_stop
		imapsay - show'
	contains err 'imapsay: -: BYE localhost: '
}

@test "signs of life while nobody has it" {
	imap_script <<-'.'
		GREETING:
		C: NOOP
		S: TAG OK
		C: NOOP
		S: * 3 EXISTS
		S: TAG OK
		C: NOOP
		S: TAG OK
	.
	expect 0 imap-run -p 'cat password' -o keepalive=1 "$URL" bash -c '
		until [ "$(grep -c NOOP peer)" -ge 3 ]; do sleep 0.05; done'
}

@test "the session ends with the command" {
	dovecot_imap
	in_shell 5 '
		shared hear=PREAUTH make=has end make=gone >left.out 2>&1 &
		while [ ! -e has ]; do sleep 0.01; done
		(
			trap "" HUP
			while kill -0 $PPID 2>/dev/null; do sleep 0.05; done
			imapsay - show >late.out 2>late.err
			echo $? >late.status
		) &
		exit 5'
	wait_for 20 test -s late.status
	[ "$(cat late.status)" -eq 69 ]
	contains late.err 'the session of imap-run has ended'
	wait_for 20 test -e gone
}

@test "signals are the command's" {
	dovecot_imap
	cat >trap.sh <<-'.'
		trap 'echo caught; exit 9' TERM
		touch ready
		while :; do sleep 0.05; done
	.
	imap-run -p 'cat password' "$URL" sh trap.sh >caught 3>&- &
	wait_for 20 test -e ready
	kill "$!"
	wait "$!" && status=0 || status=$?
	[ "$status" -eq 9 ]
	contains caught caught
}

@test "who waits for the server is not waited for" {
	imap_script <<-'.'
		GREETING:
		C: NOOP
		S: TAG OK
		C: XONE
		S-RAW: TAG OK\r\n* 1 EXISTS\r\n
		C: NOOP
		SILENCE
	.
	SECONDS_ALLOWED=20 run_ 0 -- sh -c 'imapsay - say=XONE said finish'
}

@test "imap-run within imap-run" {
	mail 1
	dovecot_imap
	in_shell 0 '
		imap-run - sh -c "imapsay - select=INBOX; imapsay - say=CLOSE \
		    said finish"
		imapsay - select=INBOX
		imap-run -p "cat password" "'"${URL/alice/bob}"'" \
		    imapsay - show >/dev/null'
	contains out 'No mailbox selected'
	[ "$(grep -c 'exists 1' out)" -eq 2 ]
	[ "$(logins)" -eq 1 ]
}

@test "a mailbox of an imap-run within imap-run is left with it" {
	imap_script < <(selecting <<-'.'
		C: EXAMINE One
		S: TAG OK
		C: UNSELECT
		C: NOOP
		S: TAG.UNSELECT OK
		S: TAG OK
		C: SELECT Two
		S: TAG OK
		C: UNSELECT
		S: TAG OK
		C: NOOP
		S: TAG OK
		C: XONE
		S: TAG OK
		C: LOGOUT
	.
	)
	scripted '
		imapsay - examine=One
		imap-run - imapsay - select=Two
		imapsay - say=XONE said finish'
}

@test "of a program, which is logged in" {
	mail 1
	dovecot_imap
	run_ 0 -- true
	URL=$PIPE
	expect_noted 0 imap-run "$URL" imapsay - select=INBOX
	contains out 'exists 1'
}

@test "compressed, in clear text and in TLS" {
	mail 20 3000
	dovecot_imap
	expect 0 imapsay -p 'cat password' "$URL" select=INBOX
	expect 0 imapsay -p 'cat password' "$URL" select=INBOX fetch
	mv out plain
	expect_noted 0 imapsay -v -p 'cat password' -o compress "$URL" \
	    select=INBOX fetch
	same plain out
	grep -q '^> .* COMPRESS DEFLATE' err
	expect_noted 0 imapsay -v -p 'cat password' -o compress -o ca=ca.pem \
	    "imaps://alice@localhost:$IMAPS" select=INBOX fetch
	same plain out
	grep -q '^\* TLS' err
	run_ 0 -o compress -o ca=ca.pem -o tls=require -- \
	    sh -c 'for n in 1 2 3; do imapsay - select=INBOX fetch; done'
	cat plain plain plain >want
	same want out
}

@test "compression that the server has not, refuses or breaks" {
	imap_script <<-'.'
		GREETING:
		C: NOOP
		S: TAG OK
	.
	run_ 0 -o compress -- true
	imap_scripted_end
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 COMPRESS=DEFLATE
		GREETING:
		C: COMPRESS DEFLATE
		S: TAG NO [COMPRESSIONACTIVE] by TLS
		C: NOOP
		S: TAG OK
	.
	run_ 0 -o compress -- true
	imap_scripted_end
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 COMPRESS=DEFLATE
		GREETING:
		C: COMPRESS DEFLATE
		S: TAG OK
		S-RAW: \xff\xff
		SILENCE
	.
	run_ 76 -o compress -- true
	contains err 'compressed data: cannot be inflated'
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 COMPRESS=DEFLATE
		GREETING:
		C: COMPRESS DEFLATE
		S-RAW: TAG OK\r\n\x00\x05\x00\xfa\xff* OK
		HANGUP
	.
	run_ 75 -o compress -- true
	contains err 'closed by the server'
}

# account: "work" is alice's, at the server that runs.
account()
{
	mkdir -p .config/mailpipe
	printf '#!/bin/sh\necho pencil\n' >pass
	chmod +x pass
	printf '%s\n' 'Account: work' "Imap: $URL" "Password-Command: $T/pass" \
	    >.config/mailpipe/accounts
}

# much_mail: list mail, old and new, with enough uids that no pipe holds them:
# 20000 of 5 digits each.
much_mail()
{
	local box dir

	for box in .Lists.one .Lists.two .Archive; do
		mkdir -p -m 700 "dovecot/mail/alice/$box"/{cur,new,tmp}
	done
	mail 0
	for box in .Lists.one .Lists.two; do
		dir=dovecot/mail/alice/$box/cur
		printf 'From: a@example.net\nDate: Mon, 1 Jul 2019 10:00:00 +0000\n\nx\n' \
		    >"$dir/1000000000.M0.host:2,S"
		touch -d 2019-07-01 "$dir/1000000000.M0.host:2,S"
		python3 - "$dir" "$1" <<-'.'
			import os
			import sys
			first = sys.argv[1] + '/1000000000.M0.host:2,S'
			for n in range(1, int(sys.argv[2])):
			    os.link(first, '%s/%d.M%d.host:2,%s' % (
			        sys.argv[1], 1000000000 + n, n, 'S' * (n % 2)))
		.
	done
	chown -R nobody:nogroup dovecot/mail
}

# in_box MAILBOX: how many messages it has.
in_box()
{
	find "dovecot/mail/alice/$1/cur" "dovecot/mail/alice/$1/new" -type f |
	    wc -l
}

@test "pipelines, with more than a pipe holds" {
	much_mail 20000
	dovecot_imap
	account
	SECONDS_ALLOWED=300 expect 0 imap-run -a work bash -o pipefail -c '
		imap-ls - | cut -f 1 | grep ^Lists/ | while read -r box; do
			imap-find - "$box" before 2020-01-01 |
			    tee -a found | imap-mv - "$box" Archive || exit 1
		done'
	[ "$(wc -l <found)" -eq 40000 ]
	[ "$(wc -c <found)" -gt 131072 ]
	[ "$(in_box .Archive)" -eq 40000 ]
	[ "$(in_box .Lists.one)" -eq 0 ]
	[ "$(in_box .Lists.two)" -eq 0 ]
	[ "$(logins)" -eq 1 ]
}

@test "a reader that needs the session before it reads" {
	much_mail 20000
	dovecot_imap
	account
	expect 0 imap-run -a work bash -o pipefail -c '
		imap-ls -b Lists/one - | {
			imap-ls - >boxes
			cat >found
		}'
	[ "$(wc -l <found)" -eq 20000 ]
	[ "$(wc -c <found)" -gt 131072 ]
	contains boxes Lists/two
	[ "$(logins)" -eq 1 ]
}

@test "a Maildir is filled while who reads of it needs the session first" {
	much_mail 3000
	dovecot_imap
	account
	expect 0 timeout 60 imap-run -a work bash -o pipefail -c '
		imap-fetch -m got - Lists/one "1:*" | {
			read -r first
			imap-ls - >boxes
			{ echo "$first"; cat; } >found
		}'
	[ "$(wc -l <found)" -eq 3000 ]
	[ "$(wc -c <found)" -gt 131072 ]
	contains boxes Lists/two
	[ "$(logins)" -eq 1 ]
}

@test "what is put is read before the session is asked for" {
	mail 3 100000
	dovecot_imap
	account
	# Who writes asks last.
	SECONDS_ALLOWED=20 expect 0 imap-run -a work bash -o pipefail -c '
		late() { sleep 0.3; "$@"; }
		late imap-fetch - INBOX "1:*" | imap-put -r - Archive
		late imap-fetch - INBOX 2 | imap-put - Archive
		late imap-fetch -m got - INBOX "1:*" | cut -f 2 |
		    imap-put -l - Archive
		late imap-fetch - INBOX 3 | imap-put - Archive got/*/* -'
	[ "$(cut -f 1 out | tr '\n' ' ')" = "$(echo $(seq 11)) " ]
	[ "$(in_box .Archive)" -eq 11 ]
	[ "$(logins)" -eq 1 ]
}

@test "the examples of the manual" {
	much_mail 3
	mail 4
	dovecot_imap
	account
	mkdir -p Maildir/{cur,new,tmp}
	awk '/^\.Bd/ { on = 1; next } /^\.Ed/ { on = 0 }
		/^\.Sh/ { ex = /EXAMPLES/ } ex && on' \
	    "${TESTS%/*}/man/imap-run.1" | sed 's/\\e/\\/g' >example.sh
	expect 0 sh -e example.sh
	[ "$(in_box .Archive)" -eq 6 ]
	[ "$(find Maildir -type f | wc -l)" -eq 4 ]
	[ "$(find dovecot/mail/alice/cur -name '*:2,S' | wc -l)" -eq 4 ]
	contains out '4 INBOX'
	[ "$(logins)" -eq 3 ]
}
