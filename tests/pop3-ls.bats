#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3-ls: what it lists, how it logs in, and servers that lie.

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

# ls STATUS [option ...]: of the server at $URL.
ls_()
{
	expect "$1" pop3-ls -p 'cat password' "${@:2}" "$URL" || return 1
	not grep -q pencil out err && well_behaved
}

# said LINE ...: that, and nothing else, was said; the server may not have read
# the last of it yet.
said()
{
	printf '%s\n' "$@" >lines
	wait_for 10 cmp -s lines remote.said || diff -u lines remote.said
}

# What is to be listed: with CRLF line ends, and one at the end.
rows()
{
	local n

	for n in $(ls remote); do
		printf '%s\t%s\t%s\n' "$n" "$(sed 's/$/\r/' "remote/$n" |
		    { cat; [ -z "$(tail -c 1 "remote/$n")" ] || echo; } |
		    wc -c)" "$n"
	done
}

failed()
{
	[ "$(wc -l <err)" -eq 1 ] && contains err "$1" && [ ! -s out ]
}

@test "numbers, sizes and unique-ids" {
	misbehaving
	ls_ 0
	rows | diff -u - out
	said CAPA 'AUTH PLAIN AGFsaWNlAHBlbmNpbA==' CAPA LIST UIDL QUIT
}

@test "-s: date, author and subject, by TOP" {
	misbehaving
	ls_ 0 -s
	sed -n 1p out | grep -qx \
	    '1	117	1	2026-01-01T00:00:00Z	a@example.net	plain'
	sed -n 2p out | grep -qx '2	61	2		a@example.net	dots'
	sed -n 5p out | grep -qx '5	33	5			'
	grep -q '^TOP 8 0$' remote.said
	not grep -q '^RETR' remote.said
}

@test "-j: an object for each" {
	misbehaving uid.2=1 uid.3= 'uid.4=a"b\\'
	ls_ 76 -js
	python3 - <<-'.'
		import json
		rows = [json.loads(line) for line in open('out')]
		keys = ['number', 'size', 'uid', 'unique', 'date', 'from',
		        'subject']
		assert all(list(r) == keys for r in rows), rows
		assert [r['number'] for r in rows] == \
		    list(range(1, len(rows) + 1))
		assert (rows[0]['uid'], rows[0]['unique']) == ('1', False)
		assert (rows[1]['uid'], rows[1]['unique']) == ('1', False)
		assert (rows[2]['uid'], rows[2]['unique']) == (None, False)
		assert (rows[3]['uid'], rows[3]['unique']) == ('a"b\\', True)
		assert rows[0]['date'] == '2026-01-01T00:00:00Z'
		assert rows[4]['from'] is rows[4]['date'] is None
	.
	ls_ 76 -j
	python3 -c 'import json; [json.loads(l) for l in open("out")]'
	not grep -q subject out
}

@test "-u: unique-ids alone, as they are" {
	misbehaving 'uid.2=a\\b' 'uid.3=\xff\xe4'
	ls_ 0 -u
	printf '%s\n' 1 'a\b' "$(printf '\377\344')" >want
	head -n 3 out | cmp want -
}

@test "-q: how many, and how many octets" {
	misbehaving
	ls_ 0 -q
	grep -qx "$(ls remote | wc -l)	[0-9]*" out
	ls_ 0 -qj
	grep -qx '{"messages":[0-9]*,"octets":[0-9]*}' out
	misbehaving stat=line:+OK_many
	ls_ 76 -q
	failed 'STAT: not two numbers'
}

@test "an empty mailbox" {
	mkdir remote
	misbehaving
	for o in -v -vs -vu -vj; do
		expect_noted 0 pop3-ls "$o" -p 'cat password' "$URL"
		[ ! -s out ]
	done
	ls_ 0 -q
	grep -qx '0	0' out
}

@test "misuse" {
	URL=pop3://alice@localhost
	for o in -x -qs -qu -us -uj '-o utf8=maybe' '-o x=1' '-P x' \
	    '-o timeout=0' '-o tls=some'; do
		# shellcheck disable=SC2086 # two words
		expect 64 pop3-ls $o "$URL" "$URL"
	done
	expect 64 pop3-ls
	expect 64 pop3-ls pop3://localhost
	contains err 'who logs in?'
	expect 64 pop3-ls -A kerberos "$URL"
	expect 69 pop3-ls imap://alice@localhost
	contains err 'only pop3://, pop3s:// and pipe:'
	expect 64 pop3-ls -o tls=none pop3s://alice@localhost
	expect 64 pop3-ls pop3://alice:pencil@localhost
	expect 64 pop3-ls pop3://alice@example.org@localhost
	contains err 'an @ in the user of a URL is %40'
	expect 64 pop3-ls alice@localhost
	contains err 'expected a URL such as pop3://host:port'
}

@test "a server without CAPA, UIDL and TOP" {
	misbehaving no-capa no-uidl no-top
	ls_ 0 -s
	sed -n 1p out | grep -qx \
	    '1	117		2026-01-01T00:00:00Z	a@example.net	plain'
	sed -n 4p out | grep -qx '4	41			a@example.net	no text'
	{ printf '%s\n' CAPA 'USER alice' 'PASS pencil' LIST UIDL 'TOP 1 0'
	ls remote | sed 's/^/RETR /'; echo QUIT; } | diff -u - remote.said
	# Never more than one command at once, which well_behaved sees.
	expect_noted 69 pop3-ls -u -p 'cat password' "$URL"
	[ ! -s out ]
	contains err 'UIDL: -ERR what?'
	well_behaved
}

@test "CAPA without PIPELINING: one command at a time" {
	misbehaving no-pipelining
	ls_ 0 -s
	sed -n 3p out | grep -qx '3	71	3		a@example.net	no line end'
}

@test "TOP that CAPA does not tell of is tried" {
	misbehaving no-top capa:TOP
	ls_ 69 -s
	misbehaving no-top
	ls_ 0 -s
	grep -q '^RETR 8$' remote.said
}

@test "USER and PASS, where there is no SASL, or it is asked for" {
	misbehaving 'capa=say:+OK\r\nUSER\r\nUIDL\r\n.\r\n'
	ls_ 0
	said CAPA 'USER alice' 'PASS pencil' CAPA LIST UIDL QUIT
	misbehaving
	ls_ 0 -A PASS
	said CAPA 'USER alice' 'PASS pencil' CAPA LIST UIDL QUIT
	misbehaving 'capa=say:+OK\r\nSASL GSSAPI NTLM\r\nUSER\r\n.\r\n'
	ls_ 0
	grep -q '^PASS' remote.said
	misbehaving 'capa=say:+OK\r\nSASL GSSAPI NTLM\r\n.\r\n'
	ls_ 77
	failed 'offers nothing that can be used'
	not grep -q pencil remote.said
}

@test "APOP, only where it is asked for" {
	misbehaving no-capa
	ls_ 0 -A apop
	grep -q '^APOP alice [0-9a-f]\{32\}$' remote.said
	not grep -q pencil remote.said
	misbehaving no-capa 'greeting=line:+OK no stamp'
	ls_ 77 -A apop
	failed 'does not offer APOP'
	# Nor where what looks like one could be a piece of something else.
	misbehaving no-capa 'greeting=line:+OK <a\x01@b>'
	ls_ 77 -A apop
	failed 'does not offer APOP'
	misbehaving no-capa user=err
	ls_ 77
	not grep -q APOP remote.said
}

@test "an initial response that is too long for a line waits" {
	printf '%0300d\n' 0 >password
	misbehaving
	expect 77 pop3-ls -p 'cat password' "$URL"
	said CAPA 'AUTH PLAIN' "$(printf '\0alice\0%0300d' 0 |
	    base64 -w 0)" QUIT
}

@test "what -ERR means, by its code" {
	for c in '77 not that' '77 [AUTH] no' '75 [IN-USE] locked' \
	    '75 [login-delay] wait' '75 [SYS/TEMP] later' \
	    '69 [SYS/PERM] never' '77 [OTHER] x'; do
		misbehaving no-capa "pass=err:${c#* }"
		ls_ "${c%% *}"
		failed "127.0.0.1: -ERR ${c#* }"
		misbehaving "auth=err:${c#* }"
		ls_ "${c%% *}"
		failed "127.0.0.1: -ERR ${c#* }"
	done
	for c in '75 too many' '69 [SYS/PERM] never'; do
		misbehaving "greeting=err:${c#* }"
		ls_ "${c%% *}"
	done
	for c in '69 no' '75 [SYS/TEMP] no' '77 [AUTH] no'; do
		misbehaving "list=err:${c#* }"
		ls_ "${c%% *}"
		failed "127.0.0.1: -ERR ${c#* }"
	done
}

@test "-v shows the session, and no password" {
	misbehaving
	expect_noted 0 pop3-ls -v -p 'cat password' "$URL"
	contains err '> AUTH PLAIN ***'
	contains err '< 8 8'
	expect_noted 0 pop3-ls -v -A pass -p 'cat password' "$URL"
	contains err '> PASS ***'
	expect_noted 0 pop3-ls -v -A apop -p 'cat password' "$URL"
	contains err '> APOP ***'
	not grep -q 'pencil\|AGFs' err
}

@test "STLS, behind which all is asked for anew" {
	certificate mx DNS:localhost,IP:127.0.0.1
	misbehaving 'clear-capa:SASL CRAM-MD5'
	ls_ 0 -o ca=ca.pem
	said CAPA STLS CAPA 'AUTH PLAIN AGFsaWNlAHBlbmNpbA==' CAPA LIST UIDL \
	    QUIT
	# Not a bit of what was said before is left.
	misbehaving no-pipelining clear-capa:PIPELINING
	ls_ 0 -o ca=ca.pem -s
	misbehaving 'capa.2=say:+OK\r\nUSER\r\n.\r\n'
	ls_ 0 -o ca=ca.pem
	grep -q '^PASS' remote.said
	# Another authority, another name.
	misbehaving
	ls_ 75 -o tls=require
	failed 'certificate: unable to get local issuer certificate'
	certificate mx DNS:other.example
	misbehaving
	ls_ 75 -o ca=ca.pem
	failed 'certificate: IP address mismatch'
	not grep -q 'AUTH\|PASS' remote.said
	ls_ 0 -o tls=insecure
}

@test "pop3s" {
	certificate mx DNS:localhost
	misbehaving tls no-stls
	URL=pop3s://alice@localhost:$PORT
	ls_ 0 -o ca=ca.pem
	said CAPA 'AUTH PLAIN AGFsaWNlAHBlbmNpbA==' CAPA LIST UIDL QUIT
	expect_noted 0 pop3-ls -v -o ca=ca.pem -p 'cat password' "$URL"
	grep -q '^\* TLSv1.3, .*certificate verified' err
}

@test "TLS that is required, and is not to be had" {
	certificate mx DNS:localhost
	for o in no-stls stls=err stls=err:[SYS/PERM] 'capa=line:-ERR no' \
	    'greeting=line:+OK maildrop has 3 messages' stls=hangup \
	    tls=hangup tls=cut; do
		case $o in
		greeting*) misbehaving "$o" no-stls ;;
		*) misbehaving "$o" ;;
		esac
		case $o in
		capa*) continue ;;
		esac
		ls_ 75 -o ca=ca.pem
		failed 127.0.0.1
		not grep -q 'PASS\|USER\|AUTH\|LIST' remote.said
	done
	# STLS is tried where nobody can know whether it is there.
	misbehaving no-capa no-stls
	ls_ 75 -o ca=ca.pem
	said CAPA STLS QUIT
}

@test "tls=may: where it works" {
	certificate mx DNS:localhost
	misbehaving no-stls
	ls_ 0 -o tls=may
	misbehaving tls=hangup
	ls_ 0 -o tls=may
	contains remote.said STLS
}

# As if it were not this machine.
elsewhere()
{
	URL=pop3://alice@127.1:$PORT
}

@test "no password in clear text where others listen" {
	certificate mx DNS:other.example
	misbehaving
	elsewhere
	ls_ 77 -o tls=none
	failed 'USER and PASS would show the password to whoever listens'
	ls_ 77 -o tls=none -A pass
	failed 'USER and PASS would show the password to whoever listens'
	ls_ 77 -o tls=none -A plain
	failed 'PLAIN would show the password'
	ls_ 77 -o tls=may
	not grep -q 'AUTH\|PASS\|USER' remote.said
	# It is not told; or TLS is with anybody, as was asked for.
	ls_ 0 -o tls=none -A apop
	ls_ 0 -o tls=none -o auth-clear=yes
	ls_ 0 -o tls=insecure
	# By default there has to be TLS.
	misbehaving no-stls
	elsewhere
	ls_ 75
	failed 'TLS is required, and the server does not offer it'
}

@test "bytes behind the reply to STLS are refused" {
	certificate mx DNS:localhost
	for more in '+OK\r\n' '+' '\r\n.\r\n'; do
		misbehaving "stls=more:$more"
		ls_ 76 -o tls=insecure
		failed 'came in clear text where TLS had to begin'
		not grep -q AUTH remote.said
	done
}

@test "gone, silent or half, at every step" {
	local step what

	for step in greeting capa auth capa.2 list uidl top; do
		for what in hangup reset cut; do
			misbehaving "$step=$what"
			ls_ 75 -s
			[ "$(wc -l <err)" -eq 1 ]
			contains err '127.0.0.1: '
		done
		for what in silence half shut; do
			misbehaving "$step=$what"
			ls_ 75 -s -o timeout=1
			[ "$(wc -l <err)" -eq 1 ]
		done
	done
	# All was seen before.
	for what in hangup reset err; do
		misbehaving "quit=$what"
		ls_ 0
	done
}

@test "replies that are none" {
	local line

	for line in '' nonsense '+O' '* OK' '-er' '+OK a\0b' '+OK a\rb' \
	    '250 ok'; do
		misbehaving "list=line:$line"
		ls_ 76
		failed 127.0.0.1
	done
	misbehaving lf
	ls_ 76
	failed 'a reply with a bare CR or LF, or NUL'
	misbehaving "greeting=line:+OK $(printf '%09000d' 0)"
	ls_ 76
	failed 'a reply longer than 8192 bytes'
	misbehaving "greeting=line:+OK $(printf '%08000d' 0)"
	ls_ 0
}

@test "lists that cannot be" {
	local list

	for list in x 1 '1 x' '0 5' '-1 5' '1000001 5' '1 -5' \
	    '1 99999999999999999999' '1 5\r\n1 5' '4294967297 5' ''; do
		misbehaving "list=say:+OK\r\n$list\r\n.\r\n"
		ls_ 76
		failed LIST:
	done
	misbehaving list=count:1000001
	ls_ 76
	failed LIST:
	misbehaving "list=say:+OK\r\n1 5 $(printf '%065600d' 0)\r\n.\r\n"
	ls_ 76
	failed 'a line longer than 65536 bytes'
	# More behind a size, another order, holes: all are fine.
	misbehaving 'uidl=say:+OK\r\n2 2\r\n7 7\r\n.\r\n' \
	    'list=say:+OK\r\n7 5 more\r\n2 18446744073709551615\r\n.\r\n'
	ls_ 0
	printf '%s\n' '2	18446744073709551615	2' '7	5	7' |
	    diff -u - out
}

@test "unique-ids that cannot be" {
	local uid

	for uid in '' 'a\x01b' 'a\x7fb' 'a b' '\t' 'a\0' \
	    "$(printf '%01001d' 0)"; do
		misbehaving "uid.3=$uid"
		ls_ 76
		[ "$(wc -l <err)" -eq 1 ]
		contains err 'message 3: '
		[ "$(sed -n 3p out)" = '3	71	' ]
		[ "$(sed -n 4p out)" = '4	41	4' ]
	done
	for uid in ../../etc/passwd '\xff' "$(printf '%01000d' 0)" '%s%n'; do
		misbehaving "uid.3=$uid"
		ls_ 0
		[ "$(sed -n 4p out)" = '4	41	4' ]
	done
	# RFC 1939 allows copies to share one.
	misbehaving uid=same
	ls_ 0
	ls_ 69 -u
	contains err 'messages 1 and 2: they have the same unique-id'
	misbehaving uidl=count:20
	ls_ 76
	contains err 'it is in UIDL, and not in LIST'
	misbehaving uidl=count:3
	ls_ 76
	contains err 'message 4: it has no unique-id'
	misbehaving 'uidl=say:+OK\r\n1 a\r\n1 b\r\n.\r\n'
	ls_ 76
	contains err 'message 1: it has two unique-ids'
	misbehaving 'uidl=say:+OK\r\nx\r\n.\r\n'
	ls_ 76
	contains err 'UIDL: a line without a number'
	misbehaving 'uidl=err:[SYS/TEMP] later'
	ls_ 75
}

@test "without an end" {
	local fault

	while IFS='|' read -r fault says; do
		misbehaving "$fault"
		peak pop3-ls -s -p 'cat password' "$URL" >out 2>err && return 1
		failed "127.0.0.1: $says"
		sanitized || [ "$PEAK" -le 100000 ]
	done <<-'.'
		capa=flood:x\r\n|CAPA: more than 100 lines
		list=flood:1 5\r\n|LIST: more than 1000000 messages
		uidl=flood:1 x\r\n|UIDL: more than 2000000 lines
		uidl=flood:x\r\n|UIDL: more than 2000000 lines
		top=flood:a\r\n|TOP: more than 52428800 bytes
	.
	# The longest lines that there may be.
	printf '1 %060000d\\r\\n' 0 >long
	misbehaving "uidl=flood:$(cat long)"
	ls_ 76
	failed 'UIDL: more than 134217728 bytes'
	# Where there are no lines, time tells.
	for fault in capa list uidl; do
		for what in flood trickle; do
			misbehaving "$fault=$what:x"
			ls_ 75 -o timeout=2
			failed 127.0.0.1
		done
	done
	misbehaving greeting=trickle:x
	ls_ 75 -o timeout=2
}

@test "one message that cannot be read" {
	misbehaving 'top.3=err:gone'
	ls_ 69 -s
	contains err 'message 3: -ERR gone'
	[ "$(sed -n 3p out)" = '3	71	3			' ]
	[ "$(sed -n 4p out)" = '4	41	4		a@example.net	no text' ]
}

@test "a program in the place of a server, which wants no login" {
	cat >serve <<-'.'
		#!/bin/sh
		printf '+OK 1 message\r\n'
		while read -r line; do
			case $line in
			CAPA*) printf '+OK\r\nUIDL\r\nTOP\r\n.\r\n' ;;
			LIST*) printf '+OK\r\n1 10\r\n.\r\n' ;;
			UIDL*) printf '+OK\r\n1 abc\r\n.\r\n' ;;
			QUIT*) printf '+OK\r\n'; exit 0 ;;
			*) printf '%s\n' "$line" >>strange
			   printf -- '-ERR no\r\n' ;;
			esac
		done
	.
	expect 0 pop3-ls "pipe:sh $T/serve"
	[ "$(cat out)" = '1	10	abc' ]
	[ ! -e strange ]
	expect 75 pop3-ls 'pipe:sh -c "exit 3"'
	failed 'sh: closed by the server (it ended with status 3)'
	expect 78 pop3-ls 'pipe:/nowhere/pop3d'
}

@test "UTF8 is said where it is wanted, and offered" {
	misbehaving capa:UTF8
	ls_ 0
	grep -q '^UTF8$' remote.said
	misbehaving capa:UTF8
	ls_ 0 -o utf8=no
	not grep -q UTF8 remote.said
	misbehaving
	ls_ 0 -o utf8=yes
	not grep -q UTF8 remote.said
	# A user who cannot be named without it.
	misbehaving no-capa 'capa=say:+OK\r\nUTF8 USER\r\nUSER\r\n.\r\n'
	URL=pop3://j%C3%BCrgen@127.0.0.1:$PORT
	ls_ 77
	grep -q '^UTF8$' remote.said
	grep -q "^USER j$(printf '\303\274')rgen\$" remote.said ||
	    grep -q '^USER j' remote.said
}

@test "an account" {
	misbehaving
	mkdir -p .config/mailpipe
	printf '%s\n' 'Account: work' "Pop3: pop3://127.0.0.1:$PORT" \
	    'User: alice' 'Password-Command: cat password' '' \
	    'Account: other' 'Smtp: smtp://localhost' '' \
	    'Account: nobody' "Pop3: pop3://127.0.0.1:$PORT" \
	    >.config/mailpipe/accounts
	expect 0 pop3-ls -a work
	[ "$(wc -l <out)" -eq "$(ls remote | wc -l)" ]
	expect 78 pop3-ls -a other
	contains err 'it has no Pop3'
	expect 78 pop3-ls -a nobody
	contains err 'account nobody: who logs in? it has no User'
}

@test "what goes to a terminal is made safe" {
	mkdir remote
	printf 'Subject: =?utf-8?q?=1B]0;x=07?= a\xe2\x80\xaeb\n\n' >remote/1
	misbehaving 'uid.1=\xc2\x9b31m'
	cat >terminal.py <<-'.'
		import os, pty, sys
		pid, fd = pty.fork()
		if pid == 0:
		    os.execvp(sys.argv[1], sys.argv[1:])
		got = b''
		while True:
		    try:
		        piece = os.read(fd, 4096)
		    except OSError:
		        break
		    if not piece:
		        break
		    got += piece
		sys.stdout.buffer.write(got)
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	.
	python3 terminal.py pop3-ls -s -p 'cat password' "$URL" >out
	contains out '\xc2\x9b31m'
	contains out '\x1b]0;x\x07'
	not grep -q "$(printf '[\033\233]')" out
	python3 terminal.py pop3-ls -u -p 'cat password' "$URL" >out
	contains out '\xc2\x9b31m'
}

@test "with Dovecot" {
	needs_root
	dovecot_pop3
	letters row 1 2 3
	for n in 1 2 3; do
		cp "row/$n" "dovecot/home/new/$n.M1P1.host"
	done
	chown -R nobody:nogroup dovecot/home
	expect 0 pop3-ls -s -o ca=ca.pem -p 'cat password' "$URL"
	cut -f 6 out >subjects
	printf '%s\n' plain dots 'no line end' | diff -u - subjects
	expect 0 pop3-ls -u -o ca=ca.pem -p 'cat password' \
	    "pop3s://alice@localhost:$POP3S"
	[ "$(sort -u out | wc -l)" -eq 3 ]
	echo wrong >password
	expect 77 pop3-ls -o ca=ca.pem -p 'cat password' "$URL"
	contains err '[AUTH]'
}

@test "the examples of the manuals" {
	local page

	export PATH=$T:$PATH
	printf '#!/bin/sh\necho pencil\n' >pass
	chmod +x pass
	mkdir -p .config/mailpipe
	for page in pop3-ls pop3-rm; do
		letters remote 1 2 3 8
		printf 'From: Spammer <a@b.example>\n\nx\n' >remote/9
		head -c 2000000 /dev/zero | tr '\0' x | fold >remote/10
		misbehaving
		printf '%s\n' 'Account: work' "Pop3: $URL" \
		    'Password-Command: pass' >.config/mailpipe/accounts
		awk '/^\.Bd/ { on = 1; next } /^\.Ed/ { on = 0 }
			/^\.Sh/ { ex = /EXAMPLES/ } ex && on' \
		    "${TESTS%/*}/man/$page.1" | sed -e 's/\\e/\\/g' \
		    -e "s,pop3s://alice@pop.example.org,$URL," >example.sh
		expect 0 sh -e example.sh
		if [ $page = pop3-ls ]; then
			[ "$(ls -x remote)" = '1  10  2  3  8' ]
			[ "$(tail -n 1 out)" = 5 ]
			head -n 1 out | grep -q '^[0-9]*	20[0-9]*	10	'
		else
			head -n 1 out | grep -q '^2	2.*	10$'
			[ -z "$(ls remote)" ]
		fi
	done
}
