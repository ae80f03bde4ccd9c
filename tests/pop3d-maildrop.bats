#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# POP3 after the login, on one Maildir: what each command says and does, and
# what becomes of the mail whatever the client does.

load helper
load tls
load dovecot

# Serves $T/box to whoever is at its descriptors 0 and 1.
setup()
{
	isolate
	DROP=${MAILPIPE_BIN%/*}/tests/tool/maildrop
	mkdir -p box/cur box/new box/tmp
}

# A message that is in the way of standard input.
message()
{
	cat >"box/$1"
}

three_messages()
{
	printf 'Subject: one\n\nfirst\n.second\n\nlast\n' | message new/1.a.host
	printf 'Subject: two\n\n.\n' | message cur/2.b.host:2,
	printf 'Subject: three\n\nthis\n' | message cur/3.c.host:2,S
}

# All commands at once, as a client that pipelines; replies are in $T/out, the
# log in $T/err.
say()
{
	local status=$1

	shift
	printf '%s\r\n' "$@" >commands
	expect_noted "$status" sh -c 'exec "$0" box <commands' "$DROP"
}

# The replies are these lines.
said()
{
	sed 's/$/\r/' >want
	same out want
}

# A session with a script on standard input; the log is in $T/log.
session()
{
	cat >script
	converse_with script "$DROP" "$@" box 2>log && return 0
	show script log
	return 1
}

files()
{
	(cd box && find cur new tmp -type f | sort)
}

kept()
{
	[ "$(files)" = "$1" ] && return 0
	echo "in the Maildir: $(files)"
	return 1
}

# What is in the Maildir is what there was in "before".
unchanged()
{
	local part

	for part in cur new tmp; do
		diff -r "before/$part" "box/$part" || return 1
	done
}

THREE='cur/2.b.host:2,
cur/3.c.host:2,S
new/1.a.host'

@test "each command and its reply" {
	three_messages
	say 0 STAT LIST 'list 2' UIDL 'UIDL 3' 'RETR 1' 'TOP 1 1' NOOP 'DELE 2' \
	    STAT RSET STAT QUIT
	said <<-'END'
		+OK 3 messages
		+OK 3 83
		+OK 3 messages (83 octets)
		1 40
		2 19
		3 24
		.
		+OK 2 19
		+OK
		1 1.a.host
		2 2.b.host
		3 3.c.host
		.
		+OK 3 3.c.host
		+OK 40 octets
		Subject: one

		first
		..second

		last
		.
		+OK
		Subject: one

		first
		.
		+OK
		+OK message 2 will be deleted
		+OK 2 64
		+OK nothing will be deleted
		+OK 3 83
		+OK 0 messages deleted
	END
	contains err 'client=local user=alice messages=3'
	contains err 'retrieved=1 octets=63 deleted=0 quit'
}

@test "CAPA says what there is, and what the login adds" {
	say 0 CAPA QUIT
	said <<-'END'
		+OK 0 messages
		+OK what can be had
		USER
		UTF8
		TOP
		UIDL
		PIPELINING
		RESP-CODES
		AUTH-RESP-CODE
		EXPIRE NEVER
		IMPLEMENTATION mailpipe
		.
		+OK 0 messages deleted
	END
}

# Messages whose wire form is easily got wrong.
odd_messages()
{
	local cr

	: | message new/01.empty
	printf '\n' | message new/02.line-end
	printf '.' | message new/03.dot
	printf '.\n' | message new/04.dot-line
	printf '.\r\n..\r\n...' | message new/05.dots-crlf
	printf 'A: b\n\nno end' | message new/06.no-end
	printf 'A: b\r\n\r\n.x\r\ny\r\n' | message new/07.crlf
	printf 'A: b\n\nnul \0 \0\0\n\0' | message new/08.nul
	printf 'A: b\n\nbare \r cr\r.\n.\r.\r' | message new/09.bare-cr
	printf '\r' | message new/10.cr
	printf 'A: b\r\r\n\r\n\r\r\nc\n' | message new/11.crcrlf
	printf 'A: \377\303\244\n\n\200' | message new/12.8bit
	printf 'A: b\n' | message new/13.header-alone
	printf 'A: b\n\n\n\n\n' | message new/14.empty-lines
	{ printf 'A: b\n\n'; head -c 300000 /dev/zero | tr '\0' .; } |
	    message new/15.long-line
	# Each kind of line end across the end of each block that is read.
	for cr in 08189 08190 08191 65534 65535; do
		{ printf 'A: '; head -c $((10#$cr - 3)) /dev/zero | tr '\0' x
		printf '\r\n.\r\n\r\n.a\n.b'; } | message "new/2$cr.across"
		{ printf 'A: '; head -c $((10#$cr - 3)) /dev/zero | tr '\0' x
		printf '\n\n.\n\r'; } | message "new/3$cr.across"
		{ printf 'A: '; head -c $((10#$cr - 3)) /dev/zero | tr '\0' x
		printf '\r\r\n\rb\n\n'; } | message "new/4$cr.across"
	done
}

# The commands that wire_form.py has the replies to.
ask_all()
{
	local n lines i

	n=$(files | wc -l)
	echo LIST
	for i in $(seq "$n"); do
		echo "RETR $i"
	done
	for lines; do
		for i in $(seq "$n"); do
			echo "TOP $i $lines"
		done
	done
	echo QUIT
}

@test "what is counted is what is sent, and is what is stored" {
	odd_messages
	python3 "$TESTS/peer/wire_form.py" box 0 1 2 3 100 >want
	ask_all 0 1 2 3 100 | sed 's/$/\r/' >commands
	expect_noted 0 sh -c 'exec "$0" box <commands' "$DROP"
	not grep -a '^-ERR' out
	grep -av '^+OK' out >got
	same got want
	# RETR says as many octets as LIST.
	sed -n 's/^+OK \([0-9]*\) octets\r$/\1/p' out >octets
	sed -n '/^1 /,/^\.\r$/s/^[0-9]* \([0-9]*\)\r$/\1/p' want |
	    head -n "$(wc -l <octets)" >listed
	same octets listed
	[ "$(wc -l <octets)" -eq 30 ]
}

# The bytes of tests/data as mail of Dovecot's alice, in an order that shows.
corpus()
{
	local file i=1000

	find "$TESTS/data" -name '*.eml' | sort | while read -r file; do
		i=$((i + 1))
		cp "$file" "dovecot/home/new/$i.M${i}P1.host"
	done
	cp box/new/* dovecot/home/new
	chown -R nobody:nogroup dovecot/home
	chmod -R u+rw dovecot/home
}

# Sends the commands to $PORT all at once, and prints what comes.
pop3_replies()
{
	exec 5<>"/dev/tcp/127.0.0.1/$PORT"
	cat >&5
	timeout 60 cat <&5
	exec 5>&-
}

@test "RETR, TOP, LIST and UIDL are Dovecot's, byte for byte" {
	odd_messages
	# Dovecot adds a line to what is empty, adds no dot to a first line that
	# begins with one, and ends a header at a line that begins with CR.
	rm box/new/01.empty box/new/0[345].* box/new/4*
	dovecot_pop3 'pop3_no_flag_updates = yes'
	corpus
	rm -r box
	mkdir box
	cp -a dovecot/home/new dovecot/home/cur dovecot/home/tmp box
	ask_all 0 1 7 >all
	rm -r box
	{ printf '%s\n' 'USER alice' 'PASS pencil' UIDL; cat all; } |
	    sed 's/$/\r/' >commands
	pop3_replies <commands | tail -n +4 >dovecot.out
	cp -a dovecot/home box
	{ echo UIDL; cat all; } | sed 's/$/\r/' >commands
	expect_noted 0 sh -c 'exec "$0" box <commands' "$DROP"
	tail -n +2 out | sed 's/^+OK .*$/+OK\r/' >got
	sed 's/^+OK .*$/+OK\r/' dovecot.out >want
	[ "$(wc -l <want)" -gt 2000 ]
	same got want
}

@test "numbers that are none" {
	three_messages
	cp -a box before
	say 0 'RETR 0' 'RETR 4' 'RETR -1' 'RETR +1' 'RETR 99999999999999999999' \
	    'RETR 18446744073709551617' 'RETR 1 2' 'RETR 0x1' 'RETR one' \
	    'LIST 0' 'UIDL 4' 'DELE -1' 'DELE 4294967297' 'TOP 4 0' QUIT
	[ "$(grep -c '^-ERR there is no such message' out)" -eq 14 ]
	[ "$(wc -l <out)" -eq 16 ]
	say 0 'TOP 1 -1' 'TOP 1' 'TOP 1 ' 'TOP 1 18446744073709551616' \
	    'TOP 1 1 1' 'TOP 1 x' QUIT
	[ "$(grep -c '^-ERR TOP needs a message and how many lines' out)" -eq 6 ]
	say 0 'TOP 2 4294967296' 'TOP 2 18446744073709551615' QUIT
	said <<-'END'
		+OK 3 messages
		+OK
		Subject: two

		..
		.
		+OK
		Subject: two

		..
		.
		+OK 0 messages deleted
	END
	unchanged
}

@test "numbers are fixed, deleted ones are holes, RSET brings them back" {
	three_messages
	say 0 'DELE 2' 'DELE 2' 'RETR 2' 'TOP 2 0' 'LIST 2' 'UIDL 2' LIST UIDL \
	    'LIST 3' RSET 'LIST 2' LIST 'DELE 1' QUIT
	said <<-'END'
		+OK 3 messages
		+OK message 2 will be deleted
		-ERR message 2 is deleted
		-ERR message 2 is deleted
		-ERR message 2 is deleted
		-ERR message 2 is deleted
		-ERR message 2 is deleted
		+OK 2 messages (64 octets)
		1 40
		3 24
		.
		+OK
		1 1.a.host
		3 3.c.host
		.
		+OK 3 24
		+OK nothing will be deleted
		+OK 2 19
		+OK 3 messages (83 octets)
		1 40
		2 19
		3 24
		.
		+OK message 1 will be deleted
		+OK 1 messages deleted
	END
	kept 'cur/2.b.host:2,
cur/3.c.host:2,S'
}

@test "arguments that are missing or too many, commands that are none" {
	three_messages
	say 0 RETR DELE TOP 'STAT 1' 'NOOP x' 'QUIT now' QUIT
	[ "$(grep -c '^-ERR this command needs an argument' out)" -eq 3 ]
	[ "$(grep -c '^-ERR this command takes no argument' out)" -eq 3 ]
	say 0 LAST XTND '' ' STAT' 'RETRO 1' NOOP QUIT
	[ "$(grep -c '^-ERR there is no such command' out)" -eq 5 ]
	# What belongs before the login.
	say 0 'USER bob' 'PASS secret' 'AUTH PLAIN' 'APOP bob 0' STLS UTF8 QUIT
	[ "$(grep -c '^-ERR you have logged in' out)" -eq 6 ]
	not grep -q secret err
	kept "$THREE"
}

@test "lines that are no lines, and too many of them" {
	three_messages
	session <<-'END'
		S: +OK 3 messages
		C-RAW: DELE 1\n
		S: -ERR a line ends in CRLF*
		C-RAW: DELE 1\rDELE 2\r\n
		S: -ERR a line ends in CRLF*
		C-RAW: DELE 1\0\r\n
		S: -ERR a line ends in CRLF*
		C-REPEAT: 600 x
		C:
		S: -ERR the line is too long
		C-REPEAT: 3000000 x
		C-RAW: \r\n
		S: -ERR the line is too long
		C-REPEAT: 506 x
		C-RAW: DELE 1\r\n
		S: -ERR there is no such command
		C: STAT
		S: +OK 3 *
		C: QUIT
		S: +OK 0 messages deleted
		S-END
	END
	# Nine are forgiven where one that is right follows, ten are not.
	say 75 a b c d e f g h i NOOP a b c d e f g h i 'DELE 1' \
	    a b c d e f g h i j QUIT
	[ "$(tail -n 1 out)" = $'-ERR too many errors\r' ]
	[ "$(wc -l <out)" -eq 32 ]
	contains err 'too many errors'
	kept "$THREE"
}

@test "QUIT deletes, and it alone; nothing behind it is done" {
	three_messages
	say 0 'RETR 3' 'DELE 1' 'DELE 3' QUIT 'RETR 2' RSET
	[ "$(tail -n 1 out)" = $'+OK 2 messages deleted\r' ]
	kept 'cur/2.b.host:2,'
	contains err 'retrieved=1 octets=24 deleted=2 quit'
}

@test "who is lost deletes nothing" {
	three_messages
	cp -a box before
	# Closed, half closed, in the middle of a command, reset.
	say 75 'DELE 1' 'DELE 2'
	[ "$(tail -n 1 out)" = $'+OK message 2 will be deleted\r' ]
	contains err 'deleted=0 closed without QUIT'
	session <<-'END'
		S: +OK 3 messages
		C: DELE 1
		C: RETR 2
		C-RAW: QUIT
		SHUT
		S: +OK message 1*
		S: +OK 19 octets
		S-SKIP
		STATUS: 75
	END
	session <<-'END'
		S: +OK 3 messages
		C: DELE 1
		S: +OK *
		C: RETR 2
		RESET
		STATUS: 75
	END
	unchanged
}

@test "who is silent for too long is not even told" {
	three_messages
	session -t 1 <<-'END'
		S: +OK 3 messages
		C: DELE 1
		S: +OK message 1*
		C-RAW: QUIT
		S-END
		STATUS: 75
	END
	kept "$THREE"
	contains log 'deleted=0 '
}

@test "a client that takes nothing of a large message is given up" {
	head -c 30000000 /dev/zero | message new/1.large
	printf '%s\r\n' 'DELE 1' RSET 'RETR 1' 'DELE 1' QUIT >commands
	mkfifo nobody
	exec 4<>nobody
	expect_noted 75 sh -c 'exec "$0" -t 1 box <commands >nobody' "$DROP"
	exec 4>&-
	contains err 'retrieved=0 '
	kept new/1.large
}

@test "a list that the client does not take has no end either" {
	(cd box/new && seq -f '%.0f.a.host,S=1,W=3' 20000 | xargs touch)
	printf '%s\r\n' LIST QUIT >commands
	mkfifo nobody
	exec 4<>nobody
	start list sh -c 'exec "$0" -t 1 box <commands >nobody' "$DROP"
	wait_for 20 grep -q 'deleted=0 ' list.log
	timeout 20 cat <nobody >out 3>&- 4>&- &
	exec 4>&-
	wait $!
	contains out '+OK 20000 messages (60000 octets)'
	not grep -q '^20000 ' out
	not grep -q '^\.' out
}

@test "SIGTERM: it ends between commands, and deletes nothing" {
	three_messages
	mkfifo to
	start term sh -c 'exec "$0" box <to >from' "$DROP"
	exec 4>to
	printf 'DELE 1\r\n' >&4
	wait_for 10 grep -q 'will be deleted' from
	kill -TERM "$PID_term"
	wait_for 10 grep -q 'deleted=0 stopped' term.log
	exec 4>&-
	[ "$(tail -n 1 from)" = $'-ERR [SYS/TEMP] the server is shutting down\r' ]
	kept "$THREE"
}

@test "one session at a time, and the next one as soon as QUIT is answered" {
	three_messages
	mkfifo to
	start holder sh -c 'exec "$0" box <to >from' "$DROP"
	exec 4>to
	wait_for 10 grep -q '^+OK' from
	say 1 STAT
	said <<-'END'
		-ERR [IN-USE] another session has the mailbox
	END
	contains err 'another session has it'
	# Not the end of the process is waited for.
	printf 'QUIT\r\n' >&4
	wait_for 10 grep -q 'messages deleted' from
	say 0 QUIT
	exec 4>&-
	# A crash frees it too.
	start crash sh -c 'exec "$0" box <to >from' "$DROP"
	exec 4>to
	wait_for 10 grep -q '^+OK' from
	kill -KILL "$PID_crash"
	exec 4>&-
	wait_for 10 say 0 QUIT
}

@test "sessions one behind the other never meet" {
	three_messages
	cat >sessions.py <<-'END'
		import socket, subprocess, sys
		for i in range(200):
		    ours, theirs = socket.socketpair()
		    p = subprocess.Popen(sys.argv[1:], stdin=theirs,
		        stdout=theirs, stderr=subprocess.DEVNULL)
		    theirs.close()
		    f = ours.makefile('rwb')
		    assert f.readline() == b'+OK 3 messages\r\n', i
		    f.write(b'QUIT\r\n'); f.flush()
		    assert f.readline().startswith(b'+OK'), i
		    if i % 20 == 0:
		        p.wait()
	END
	python3 sessions.py "$DROP" box
}

@test "what was read is seen from QUIT on, as Dovecot has it" {
	three_messages
	say 75 'RETR 1' 'RETR 2'
	kept "$THREE"
	say 0 'TOP 1 100' 'RETR 2' RSET QUIT
	kept "$THREE"
	say 0 'RETR 1' 'RETR 2' 'RETR 3' QUIT
	kept 'cur/1.a.host:2,S
cur/2.b.host:2,S
cur/3.c.host:2,S'
}

@test "a message that vanishes: -ERR for it, and the session lives" {
	three_messages
	mkfifo to
	start vanish sh -c 'exec "$0" box <to >from' "$DROP"
	exec 4>to
	wait_for 10 grep -q '^+OK' from
	rm box/new/1.a.host
	mv box/cur/2.b.host:2, box/cur/2.b.host:2,FS
	printf '%s\r\n' 'RETR 1' 'TOP 1 0' LIST 'RETR 2' UIDL 'DELE 2' 'DELE 3' \
	    >&4
	wait_for 10 grep -q 'message 3 will' from
	rm box/cur/3.c.host:2,S
	printf 'QUIT\r\n' >&4
	exec 4>&-
	wait_for 10 grep -q 'messages deleted' from
	mv from out
	said <<-'END'
		+OK 3 messages
		-ERR message 1 is gone
		-ERR message 1 is gone
		+OK 2 messages (43 octets)
		2 19
		3 24
		.
		+OK 19 octets
		Subject: two

		..
		.
		+OK
		2 2.b.host
		3 3.c.host
		.
		+OK message 2 will be deleted
		+OK message 3 will be deleted
		+OK 2 messages deleted
	END
	kept ''
}

# Opens a session in the background, and goes on with it on descriptor 4.
open_session()
{
	mkfifo to
	start opened sh -c 'exec "$0" box <to >from' "$DROP"
	exec 4>to
	wait_for 10 grep -q '^+OK' from
}

close_session()
{
	printf '%s\r\n' "$@" QUIT >&4
	exec 4>&-
	wait_for 10 grep -q 'messages deleted' from
	mv from out
	rm to
}

@test "what is gone is not listed any more" {
	# Whether the directories can be known to be still or not.
	for day in yesterday tomorrow; do
		three_messages
		open_session
		rm box/new/1.a.host
		touch -d $day box/new box/cur
		close_session STAT 'RETR 1' UIDL RSET UIDL
		said <<-'END'
			+OK 3 messages
			+OK 2 43
			-ERR message 1 is gone
			+OK
			2 2.b.host
			3 3.c.host
			.
			+OK nothing will be deleted
			+OK
			2 2.b.host
			3 3.c.host
			.
			+OK 0 messages deleted
		END
	done
	# One that nobody asked for, either.
	three_messages
	open_session
	rm box/new/1.a.host box/cur/3.c.host:2,S
	touch -d yesterday box/new box/cur
	close_session 'RETR 1' UIDL
	said <<-'END'
		+OK 3 messages
		-ERR message 1 is gone
		+OK
		2 2.b.host
		.
		+OK 0 messages deleted
	END
}

@test "it can write beneath its Maildir alone" {
	[ "$("${DROP%/*}/../unit/sandbox" | sed -n 's/.*versions 0 to //p')" \
	    -gt 0 ] || skip "there is no Landlock here"
	printf 'Subject: one\n\n' | message new/1.a.host
	mkfifo to
	start beneath sh -c 'exec "$0" box <to >from' "$DROP"
	exec 4>to
	wait_for 10 grep -q '^+OK 1 messages' from
	mv box/new elsewhere
	printf '%s\r\n' 'RETR 1' 'DELE 1' QUIT >&4
	exec 4>&-
	wait_for 10 grep -q 'could not be' from
	[ "$(tail -n 1 from)" = \
	    $'-ERR [SYS/TEMP] 1 messages could not be deleted\r' ]
	[ -e elsewhere/1.a.host ]
	sanitized ||
	    contains from '-ERR [SYS/TEMP] message 1 cannot be read now'
}

@test "mutt changes the Maildir meanwhile" {
	local keys

	three_messages
	keys='<delete-pattern>~s one<enter><limit>~s three<enter>'
	keys+='<first-entry><flag-message><limit>all<enter>'
	cat >muttrc <<-END
		set folder=$T delete=yes quit=yes move=no wait_key=no
		push "$keys<sync-mailbox><quit>"
	END
	mkfifo to
	start meanwhile sh -c 'exec "$0" box <to >from' "$DROP"
	exec 4>to
	wait_for 10 grep -q '^+OK' from
	TERM=xterm timeout 30 script -qec "mutt -n -F $T/muttrc -f $T/box" \
	    /dev/null >mutt.log 2>&1 </dev/null 3>&-
	kept 'cur/2.b.host:2,
cur/3.c.host:2,FS'
	printf '%s\r\n' 'RETR 1' 'RETR 2' 'RETR 3' UIDL 'DELE 3' QUIT >&4
	exec 4>&-
	wait_for 10 grep -q 'messages deleted' from
	mv from out
	said <<-'END'
		+OK 3 messages
		-ERR message 1 is gone
		+OK 19 octets
		Subject: two

		..
		.
		+OK 24 octets
		Subject: three

		this
		.
		+OK
		2 2.b.host
		3 3.c.host
		.
		+OK message 3 will be deleted
		+OK 1 messages deleted
	END
	kept 'cur/2.b.host:2,S'
}

@test "a message that cannot be read to its end has no end" {
	export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
	{ printf 'A: b\n\n'; yes | head -c 200000; } | message new/1.large
	# Its octets are counted; then the disk fails at its third block.
	say 0 LIST QUIT
	printf '%s\r\n' 'DELE 1' RSET 'RETR 1' 'DELE 1' QUIT >commands
	expect_noted 75 strace -o trace -e trace=read -P box/new/1.large \
	    -e inject=read:error=EIO:when=3 sh -c 'exec "$0" box <commands' \
	    "$DROP"
	grep -q EIO trace
	contains out '+OK 300008 octets'
	not grep -q '^\.' out
	[ "$(tail -n 1 out)" = $'y\r' ]
	contains err 'message broken off: '
	contains err 'retrieved=0 '
	kept new/1.large
	# At its first one there is still something to be said.
	expect_noted 0 strace -o trace -e trace=read -P box/new/1.large \
	    -e inject=read:error=EIO:when=1 sh -c 'exec "$0" box <commands' \
	    "$DROP"
	contains out '-ERR [SYS/TEMP] message 1 cannot be read now'
	[ "$(tail -n 1 out)" = $'+OK 1 messages deleted\r' ]
}

@test "what is said to be deleted is so on disk" {
	export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
	three_messages
	printf '%s\r\n' 'DELE 1' 'DELE 2' QUIT >commands
	expect_noted 0 strace -y -s 200 -o trace \
	    -e trace=unlinkat,fsync,fdatasync,write,sendto \
	    sh -c 'exec "$0" box <commands' "$DROP"
	sed -n 's/^unlinkat(.*"\([12]\)\..*/remove \1/p
		s/^fsync(.*box\/\([a-z]*\)>.*/sync \1/p
		s/^unlinkat(.*pop3-session.*/free/p
		s/.*messages deleted.*/say/p' trace >steps
	printf '%s\n' 'remove 1' 'remove 2' 'sync cur' 'sync new' free say >want
	same steps want
}

@test "what cannot be deleted is said at QUIT, the others are deleted" {
	three_messages
	mkfifo to
	start quit sh -c 'exec "$0" box <to >from' "$DROP"
	exec 4>to
	printf '%s\r\n' 'DELE 1' 'DELE 2' 'DELE 3' >&4
	wait_for 10 grep -q 'message 3 will' from
	rm box/cur/2.b.host:2,
	mkdir box/cur/2.b.host:2,
	printf 'QUIT\r\n' >&4
	exec 4>&-
	wait_for 10 grep -q '^-ERR' from
	[ "$(tail -n 1 from)" = \
	    $'-ERR [SYS/TEMP] 1 messages could not be deleted\r' ]
	kept ''
	[ -d box/cur/2.b.host:2, ]
	wait_for 10 grep -q 'deleted=2 quit, not all done' quit.log
	contains quit.log 'not deleted: '
}

@test "what is no file is no message" {
	three_messages
	mkfifo box/new/4.fifo
	ln -s /etc/passwd box/new/5.link
	mkdir box/new/6.directory
	say 0 'RETR 4' 'RETR 5' 'RETR 6' QUIT
	[ "$(grep -c '^+OK' out)" -eq 2 ]
	[ "$(grep -c '^-ERR' out)" -eq 3 ]
	not grep -q root out
}

@test "a Maildir that is missing is made, one that cannot be is refused" {
	rm -r box
	say 0 STAT QUIT
	said <<-'END'
		+OK 0 messages
		+OK 0 0
		+OK 0 messages deleted
	END
	[ -d box/new ]
	rm -r box
	: >box
	say 1 STAT
	said <<-'END'
		-ERR [SYS/TEMP] the mailbox cannot be opened now
	END
	contains err box
}

@test "-v shows the dialogue, and no password" {
	three_messages
	printf '%s\r\n' STAT 'PASS pencil' QUIT >commands
	expect_noted 0 sh -c 'exec "$0" -v box <commands' "$DROP"
	contains err '< STAT'
	contains err '> +OK 3 83'
	contains err '< PASS ***'
	not grep -q pencil err
}

@test "a large message takes no more memory than a small one" {
	sanitized && skip "memory means nothing under AddressSanitizer"
	three_messages
	printf '%s\r\n' 'RETR 1' 'TOP 1 1' QUIT >commands
	peak sh -c 'exec "$0" box <commands >/dev/null 2>&1' "$DROP"
	small=$PEAK
	for i in 1 2 3; do
		echo "A: $i"
		echo
		head -c 100000000 /dev/zero
	done | message new/4.large
	printf '%s\r\n' 'RETR 4' 'TOP 4 10' QUIT >commands
	peak sh -c 'exec "$0" box <commands >/dev/null 2>&1' "$DROP"
	echo "small $small KiB, large $PEAK KiB"
	[ "$PEAK" -lt $((small + 1024)) ]
	[ "$PEAK" -lt 8192 ]
}
