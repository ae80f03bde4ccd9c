#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# pop3d-inetd against clients and Maildirs that mean it harm.  What is tried,
# and where; without a file it is here:
#
#	commands behind STLS, also split	pop3d-tls: "what is pipelined
#	  (CVE-2011-0411, CVE-2021-33515,	behind STLS ends the session"
#	  CVE-2021-38084)
#	1000 connections, lines without end	"1000 connections ..."
#	  (CVE-2026-27857, CVE-2025-61600)
#	one line without end, NUL in a line	pop3d-inetd: "a line without an
#	  (CVE-2019-11500)			end", "bare CR, bare LF, NUL"
#	base64 that is none, 1 MB of it, "*"	pop3d-auth: "AUTH: what is no
#	  (CVE-2025-59028)			response", "AUTH of 1 MB"
#	a client that hangs up within AUTH	pop3d-auth: "a client that hangs
#	  (CVE-2017-15132)			up within AUTH"; "2000 sessions"
#	names: formats, paths, NUL, 8-bit	pop3d-auth: "AUTH: NUL in names"
#	  (CVE-2017-2669)
#	guesses: one by one, many at a time	pop3d-auth: "each failure is
#						answered later"; "guesses"
#	who there is, by replies		pop3d-auth: "who may not log in:
#						all alike"
#	PASS without USER, pipelined logins	pop3d-inetd: "PASS has to follow
#						USER"; pop3d-auth: "what is
#						pipelined behind a wrong PASS"
#	names in SNI (CVE-2017-15130)		"a name in SNI"
#	numbers that are none, DELE twice	pop3d-maildrop: "numbers that
#						are none"
#	a QUIT that is pipelined		pop3d-maildrop: "QUIT deletes"
#	half-closed, reset, cut in TLS		pop3d-maildrop: "who is lost
#						deletes nothing"; pop3d-tls:
#						"a half-closed connection"
#	messages of ".", NUL, no last LF	pop3d-maildrop: "what is counted
#						is what is sent"
#	a second session			pop3d-inetd: "two sessions"
#	a client that reads nothing		"who does not read ..."
#	a client that vanished			"a client that vanished ..."
#	a process that is killed		"whoever is killed ..."
#	a message that goes or changes		pop3d-maildrop: "a message that
#						vanishes"; "a message that
#						changes"
#	a Maildir full of what is no message	"a Maildir of what is no ..."
#	sizes in names and files that lie	"sizes that lie"
#	a uidlist, a list of sizes of garbage	"a dovecot-uidlist of ..."
#	users of one uid			pop3d-sandbox: "the one that has
#						a user's mail opens nobody
#						else's"; "cur/ that leads ..."
#	requests to the part with the users	fuzz target gate

load helper
load smtpd
load tls
load submission
load pop3d

# A session of alice on descriptor 5.
log_in()
{
	dial
	pop_heard '+OK *' || return 1
	say 'USER alice\r\nPASS s3cret\r\n'
	pop_heard '+OK *' && pop_heard '+OK * messages'
}

# The same, tried until the mailbox is free.
log_in_again()
{
	wait_for 20 eval 'log_in >/dev/null'
}

# The maildrop of $T/box, without anybody before it; commands are arguments.
box()
{
	mkdir -p box/cur box/new box/tmp
}

said()
{
	local status=$1

	shift
	printf '%s\r\n' "$@" >commands
	expect_noted "$status" sh -c 'exec "$0" "$1" <commands' \
	    "${MAILPIPE_BIN%/*}/tests/tool/maildrop" "${BOX:-box}"
	cp err log
	logs_clean
}

family()
{
	pgrep -g "$PID_pop3d"
}

settled()
{
	[ "$(pgrep -c -P "$PID_pop3d")" -eq "$(spare)" ] &&
	    [ "$(family | wc -l)" -eq $(($(spare) + 1)) ]
}

# KiB of all processes of the listener, without what they share.
memory()
{
	local pid

	for pid in $(family); do
		cat "/proc/$pid/smaps_rollup" 2>/dev/null || :
	done | awk '/^Private/ { n += $2 } END { print n + 0 }'
}

@test "1000 connections, each with a line without end" {
	pop_host 'Connections: 1000'
	pop3d
	ulimit -n 4096
	cat >crowd.py <<-'.'
		import socket, sys
		port, all = int(sys.argv[1]), []
		for n in range(1000):
		    s = socket.create_connection(('127.0.0.1', port), 60)
		    s.settimeout(60)
		    all.append(s)
		for s in all:
		    assert s.recv(3) == b'+OK'
		for s in all:
		    while not s.recv(1) == b'\n':
		        pass
		    s.sendall(b'USER ' + b'(' * 60000)
		late = socket.create_connection(('127.0.0.1', port), 60)
		assert late.makefile('rb').readline() == \
		    b'-ERR [SYS/TEMP] too many connections\r\n'
		open('there', 'w').close()
		sys.stdin.readline()
		for s in all[:20]:
		    s.sendall(b'\r\nNOOP\r\n')
		    f = s.makefile('rb')
		    assert f.readline() == b'-ERR the line is too long\r\n'
		    assert f.readline().startswith(b'-ERR ')
	.
	mkfifo go
	exec 6<>go
	start crowd sh -c 'exec python3 crowd.py "$1" <go' - "$PORT"
	wait_for 60 eval '[ -e there ] || ! kill -0 "$PID_crowd"'
	[ -e there ] || { show crowd.log; false; }
	echo "memory: $(memory) KiB"
	sanitized || [ "$(memory)" -lt 800000 ]
	echo >&6
	wait_for 30 eval '! kill -0 "$PID_crowd" 2>/dev/null'
	[ ! -s crowd.log ] || { show crowd.log; false; }
	wait_for 30 settled
	log_in_again
}

@test "guesses at a time: those of one address cost its connections" {
	pop_host 'Connections-Per-Address: 3' 'Proxy-From: 127.0.0.1'
	pop3d
	cat >guess.py <<-'.'
		import socket, sys
		port = int(sys.argv[1])
		def client(address):
		    s = socket.create_connection(('127.0.0.1', port), 60)
		    s.sendall(b'PROXY TCP4 %s 192.0.2.1 1 110\r\n' % address)
		    f = s.makefile('rb')
		    return s, f, f.readline()
		guesses = [client(b'198.51.100.7') for n in range(20)]
		let_in = [g for g in guesses if g[2].startswith(b'+OK')]
		assert len(let_in) == 3, [g[2] for g in guesses]
		assert client(b'198.51.100.8')[2].startswith(b'+OK')
	.
	expect 0 python3 guess.py "$PORT"
}

@test "guesses at a time: none is right, and the user still gets in" {
	pop_host
	pop3d
	cat >guess.py <<-'.'
		import socket, sys
		port, all = int(sys.argv[1]), []
		for n in range(40):
		    s = socket.create_connection(('127.0.0.1', port), 60)
		    s.settimeout(60)
		    s.sendall(b'USER alice\r\nPASS %d\r\n' % n * 5)
		    all.append(s.makefile('rb'))
		for f in all:
		    said = f.read()
		    assert said.count(b'-ERR [AUTH] wrong') == 2, said
		    assert said.count(b'-ERR [AUTH] too many') == 1, said
		    assert b'messages' not in said, said
	.
	start guess python3 guess.py "$PORT"
	log_in
	say 'QUIT\r\n'
	pop_heard '+OK*'
	wait_for 60 eval '! kill -0 "$PID_guess" 2>/dev/null'
	[ ! -s guess.log ] || { show guess.log; false; }
	[ "$(grep -c 'auth failed user=alice client=127.0.0.1' pop3d.log)" \
	    -eq 120 ]
	wait_for 10 settled
}

@test "a name in SNI that is none" {
	local name

	pop_host
	pop3d
	for name in 'mx.example.org\' '\' "$(printf '%0200d' 0)\\" ../../x '*' \
	    '%s%n' "$(printf '\033[2J')"; do
		printf 'QUIT\r\n' | timeout 20 openssl s_client -quiet \
		    -starttls pop3 -connect "127.0.0.1:$PORT" \
		    -servername "$name" >out 2>err
		contains out '+OK nothing was changed'
	done
	cp pop3d.log log
	logs_clean
}

# 50 MB, of which the client reads the first line: what waits is in the kernel,
# and when the time is over somebody else has the mailbox.
unread()
{
	pop_host 'Pop3-Idle-Timeout: 2'
	{ printf 'Subject: large\n\n'; yes "${TEXT:-x}" | head -c 50000000; } \
	    >alice/new/3.M1P1.mx
	owned alice
	cat >unread.py <<-'.'
		import poplib, socket, ssl, sys, time
		how, port = sys.argv[1], int(sys.argv[2])
		s = socket.socket()
		s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
		s.settimeout(60)
		s.connect(('127.0.0.1', port))
		if how == 'tls':
		    c = ssl.create_default_context(cafile='ca.pem')
		    c.check_hostname = False
		    f = s.makefile('rb', 0)
		    f.readline()
		    s.sendall(b'STLS\r\n')
		    f.readline()
		    s = c.wrap_socket(s)
		s.sendall(b'USER alice\r\nPASS s3cret\r\nDELE 1\r\nRETR 3\r\n')
		said = b''
		while b' octets\r\n' not in said:
		    said += s.recv(1)
		open('unread', 'w').close()
		sys.stdin.readline()
	.
	pop3d
	mkfifo go
	exec 6<>go
	start unread sh -c 'exec python3 unread.py "$1" "$2" <go' - \
	    "$1" "$PORT"
	wait_for 20 eval '[ -e unread ] || ! kill -0 "$PID_unread"'
	[ -e unread ] || { show unread.log pop3d.log; return 1; }
	echo "memory: $(memory) KiB"
	sanitized || [ "$(memory)" -lt 20000 ]
	log_in_again
	say 'STAT\r\nQUIT\r\n'
	pop_heard '+OK 3 *'
	contains pop3d.log 'retrieved=0 octets=0 deleted=0 no answer within'
	echo >&6
}

@test "who does not read 50 MB has the mailbox no longer than it may idle" {
	unread clear
}

@test "who does not read 50 MB in TLS has it no longer, either" {
	unread tls
}

@test "who does not read 50 MB of line ends" {
	TEXT='' unread clear
}

# Options of the socket that it is given, and of those that it accepts from.
@test "a client that vanished is found out within three minutes" {
	pop_host
	cat >options.py <<-'.'
		import os, socket, subprocess, sys
		def options(s):
		    tcp = socket.IPPROTO_TCP
		    return [s.getsockopt(socket.SOL_SOCKET,
		        socket.SO_KEEPALIVE)] + [s.getsockopt(tcp, o) for o in (
		        socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL,
		        socket.TCP_USER_TIMEOUT, socket.TCP_NODELAY)]
		want = [1, 60, 20, 180000, 1]
		listening = socket.create_server(('127.0.0.1', 0))
		client = socket.create_connection(listening.getsockname())
		served, _ = listening.accept()
		command = ['pop3d-inetd', '-f', 'mailpipe.conf']
		p = subprocess.Popen(command, stdin=served, stdout=served,
		    stderr=subprocess.DEVNULL)
		assert client.recv(3) == b'+OK'
		assert options(served) == want, options(served)
		client.close()
		served.close()
		assert p.wait(20) == 0
		def hand_over():
		    os.dup2(listening.fileno(), 3)
		p = subprocess.Popen(command, pass_fds=[3], preexec_fn=hand_over,
		    env=dict(os.environ, LISTEN_FDS='1'))
		client = socket.create_connection(listening.getsockname())
		assert client.recv(3) == b'+OK'
		assert options(listening) == want, options(listening)
		p.terminate()
		assert p.wait(20) == 0
	.
	expect_noted 0 python3 options.py
}

# Of the processes of a session none outlives another one, nothing is deleted,
# and the mailbox is free.
killed()
{
	local how=$1 pid victims

	if [ "$how" = tls ]; then
		rm -f say heard
		mkfifo say
		exec 6<>say
		start client sh -c 'exec openssl s_client -quiet -starttls pop3 \
		    -connect "127.0.0.1:$1" <say >heard 2>&1' - "$PORT"
		printf 'USER alice\r\nPASS s3cret\r\nDELE 1\r\n' >&6
		wait_for 10 grep -q deleted heard
	else
		log_in
		say 'DELE 1\r\n'
		pop_heard '+OK *'
	fi
	victims=$(for pid in $(family); do
		if find "/proc/$pid/fd" -lname "$T/alice*" | grep -q .; then
			[ "$2" = network ] || echo "$pid"
		elif find "/proc/$pid/fd" -lname 'socket:*' | grep -q . &&
		    grep -q "$pid" <(serving); then
			[ "$2" = maildrop ] || echo "$pid"
		fi
	done)
	[ "$(echo "$victims" | wc -w)" -eq 1 ]
	kill -KILL "$victims"
	# While the client is still there.
	wait_for 10 settled
	exec 5>&- 6>&-
	log_in_again
	say 'STAT\r\nQUIT\r\n'
	pop_heard '+OK 2 *'
	pop_heard '+OK 0 *'
	wait_for 10 settled
}

@test "whoever is killed, nobody is left, and nothing is deleted" {
	local how who

	pop_host
	pop3d
	for how in clear tls; do
		for who in network maildrop; do
			echo "$how $who"
			killed "$how" "$who"
		done
	done
}

@test "the listener is killed: sessions go on, and end" {
	local listener

	pop_host
	pop3d
	log_in
	listener=$PID_pop3d
	kill -KILL "$listener"
	say 'STAT\r\nDELE 1\r\nQUIT\r\n'
	pop_heard '+OK 2 *'
	pop_heard '+OK *'
	pop_heard '+OK 1 messages deleted'
	[ ! -e alice/new/1.M1P1.mx ]
	wait_for 10 eval '! pgrep -g "$PID_pop3d" >/dev/null'
}

# notes: 6 (CVE-2017-15132).
@test "2000 sessions of every kind leave no descriptor and no process" {
	local before

	pop_host
	pop3d
	log_in
	exec 5>&-
	wait_for 20 settled
	before=$(find "/proc/$PID_pop3d/fd" | wc -l)
	cat >many.py <<-'.'
		import socket, struct, sys
		port = int(sys.argv[1])
		kinds = [b'', b'QUIT\r\n', b'AUTH LOGIN\r\n', b'CAPA\r\nUSER x',
		    b'STLS\r\n', b'STLS\r\n\x16\x03\x01', b'AUTH PLAIN =\r\n',
		    b'USER bob\r\nPASS b0b\r\nUIDL\r\n',
		    b'USER bob\r\nPASS b0b\r\nRETR 1\r\nQUIT\r\n',
		    b'GET / HTTP/1.0\r\n']
		for n in range(2000):
		    s = socket.create_connection(('127.0.0.1', port), 60)
		    s.settimeout(60)
		    kind = kinds[n % len(kinds)]
		    assert s.recv(1000).startswith(b'+OK')
		    s.sendall(kind)
		    if n % 3 == 0:
		        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
		            struct.pack('ii', 1, 0))
		    elif n % 3 == 1:
		        s.shutdown(socket.SHUT_WR)
		        try:
		            while s.recv(10000):
		                pass
		        except ConnectionResetError:
		            pass
		    s.close()
	.
	SECONDS_ALLOWED=300 expect 0 python3 many.py "$PORT"
	wait_for 60 settled
	[ "$(find "/proc/$PID_pop3d/fd" | wc -l)" -eq "$before" ]
	log_in_again
}

@test "a Maildir of what is no message, and of messages nobody may read" {
	local long name as=

	box
	printf 'Subject: good\n\ntext\n' >box/new/5.good
	mkfifo box/new/1.fifo box/cur/1b.fifo:2,
	ln -s /etc/shadow box/new/2.shadow
	ln -s /etc/shadow box/cur/2b.shadow:2,S
	ln -s nowhere box/new/2c.nowhere
	mkdir box/new/3.directory box/cur/3b.directory:2,S
	is_root && mknod box/new/4.null c 1 3 && mknod box/new/4b.full c 1 7
	python3 -c 'import socket
socket.socket(socket.AF_UNIX).bind("box/new/4c.socket")'
	long=0.$(head -c 253 /dev/zero | tr '\0' n)
	printf 'Subject: long\n\n' >"box/new/$long"
	name=$(printf '6.\033[2J\342\200\256\377')
	printf 'Subject: name\n\n' >"box/new/$name"
	printf 'Subject: none\n\n' >box/new/7.unreadable
	chmod 0 box/new/7.unreadable
	if is_root; then
		as='setpriv --reuid=64000 --regid=64000 --clear-groups'
		owned box
	fi
	printf '%s\r\n' STAT UIDL 'RETR 1' 'RETR 2' 'RETR 3' 'RETR 4' QUIT \
	    >commands
	# shellcheck disable=SC2086 # words
	expect_noted 0 sh -c 'exec "$@" <commands' - $as \
	    "${MAILPIPE_BIN%/*}/tests/tool/maildrop" box
	contains out '+OK 4 messages'
	contains out 'Subject: good'
	contains out 'Subject: long'
	contains out 'Subject: name'
	contains out '-ERR [SYS/TEMP] message 4 cannot be read now'
	[ "$(grep -c '^-ERR' out)" -eq 1 ]
	not grep -q root: out
	cp err log
	logs_clean
	contains err '7.unreadable: Permission denied'
	# Who has no room in its name does not keep the others from it.
	[ -e box/cur/5.good:2,S ]
	[ -e "box/new/$long" ]
	[ -e "box/cur/$name:2,S" ]
	[ -p box/new/1.fifo ]
}

@test "sizes that lie" {
	local n

	box
	for n in 1 2 3; do
		printf 'a: b\n\n\n' >"box/new/$n.x,W=9223372036854775807"
	done
	printf 'a: b\n\n\n' >"box/new/4.x,W=18446744073709551616"
	printf 'a: b\n\n\n' >"box/new/5.x,W=-1"
	printf 'a: b\n\n\n' >"box/new/6.x,S=7,W=100"
	printf 'a: b\n\n\n' >"box/new/7.x,S=7,W=3"
	said 0 STAT LIST QUIT
	contains out '+OK 7 70'
	[ "$(grep -c '^[1-7] 10.$' out)" -eq 7 ]
	# A million of them: what is believed is not more than a number holds.
	rm -r box
	box
	for n in $(seq 1000); do
		: >"box/new/$n.x,W=8796093022208"
	done
	said 0 STAT QUIT
	contains out '+OK 1000 8796093022208000'
	# The list of those that were counted.
	rm -r box
	box
	printf 'a: b\n\n\n' >box/new/1.x
	printf '9223372036854775807 1.x\n-1 1.x\n%s' "$(head -c 70000 \
	    /dev/zero | tr '\0' 9)" >box/mailpipe-sizes
	said 0 STAT QUIT
	contains out '+OK 1 10'
	# One that is too long is not read, and does not grow.
	truncate -s 1G box/mailpipe-sizes
	said 0 STAT QUIT
	contains out '+OK 1 10'
	[ "$(cat box/mailpipe-sizes)" = '10 1.x' ]
	rm box/mailpipe-sizes
	mkfifo box/mailpipe-sizes
	said 0 STAT QUIT
	contains out '+OK 1 10'
	rm box/mailpipe-sizes
	ln -s "$T/other" box/mailpipe-sizes
	said 0 STAT QUIT
	contains out '+OK 1 10'
	[ ! -e other ]
}

guid()
{
	printf '0123456789abcdef0123456789abcdef'
}

@test "a dovecot-uidlist of garbage, of huge numbers, of 1 GB" {
	local text

	box
	printf 'a: b\n\n\n' >box/new/1.x
	while IFS= read -r text; do
		# shellcheck disable=SC2059 # escapes
		printf "$text" >box/dovecot-uidlist
		said 0 STAT UIDL 'RETR 1' QUIT
		contains out '+OK 1 10'
		[ "$(grep -c '^1 [!-~][!-~]*.$' out)" -eq 1 ]
		mv box/cur/* box/new/1.x
	done <<-.
		\\0\\0\\0\\0
		3 V1 N1 G$(guid)\\n1 :../../etc/passwd\\n
		3 V1 N1 G$(guid)\\n1 P../../x\\033[2J :1.x\\n
		3 V4294967295 N4294967294 G$(guid)\\n4294967293 :1.x\\n
		3 V4294967296 N1 G$(guid)\\n
		3 V1 N99999999999999999999 G$(guid)\\n
		3 V1 N1 G$(guid)\\n-1 :1.x\\n0 :1.x\\n99999999999 :1.x\\n
		3 V1 N3 G$(guid)\\n1 W18446744073709551615 :1.x\\n
		3 V1 N3 G$(guid)\\n1 :1.x\\n1 :1.x\\n1 :1.x\\n
		9 V1 N3\\n
		3\\n
		1 1 99999999999\\n
		$(head -c 70000 /dev/zero | tr '\0' x)\\n
	.
	# No UIDs are left: nothing is told as if there were.
	printf '3 V1 N4294967295 G%s\n' "$(guid)" >box/dovecot-uidlist
	said 1 STAT
	contains out '-ERR [SYS/TEMP] the mailbox cannot be opened now'
	truncate -s 1G box/dovecot-uidlist
	said 1 STAT
	contains out '-ERR [SYS/TEMP] the mailbox cannot be opened now'
	contains err 'dovecot-uidlist: longer than'
	rm box/dovecot-uidlist
	mkfifo box/dovecot-uidlist
	said 1 STAT
	rm box/dovecot-uidlist
	ln -s /etc/passwd box/dovecot-uidlist
	said 1 STAT
	not grep -q root: out
}

# What is behind the link is another user's, of the same uid.
@test "cur/ that leads to another Maildir" {
	local part

	for part in cur new; do
		rm -rf box other
		box
		cp -r box other
		printf 'Subject: secret\n\n' >"other/$part/1.other"
		rmdir "box/$part"
		ln -s "../other/$part" "box/$part"
		said 1 STAT
		contains out '-ERR [SYS/TEMP] the mailbox cannot be opened now'
		contains err "$part/: open: "
		[ -e "other/$part/1.other" ]
	done
}

@test "a message that changes between LIST and RETR" {
	box
	printf 'Subject: x\n\nlong text\n' >box/new/1.x
	printf 'Subject: y\n\n' >box/new/2.y
	mkfifo to
	start change sh -c 'exec "$0" box <to >from' \
	    "${MAILPIPE_BIN%/*}/tests/tool/maildrop"
	exec 4>to
	printf 'LIST\r\n' >&4
	wait_for 10 grep -q '^\.' from
	printf 'short' >box/new/1.x
	printf 'RETR 1\r\nRETR 2\r\nQUIT\r\n' >&4
	exec 4>&-
	wait_for 10 grep -q 'messages deleted' from
	contains from 'short'
	contains from 'Subject: y'
}

# Not a byte is free: what there is can be read and deleted.
@test "a disk that is full: mail can be deleted, by one session at a time" {
	local how

	mkdir box
	cat >full.sh <<-'.'
		mount -t tmpfs -o size=64k none box
		mkdir box/cur box/new box/tmp
		printf 'Subject: one\n\n' >box/new/1.x
		if [ "$2" = list ]; then
			# A page, to its last byte.
			printf '3 V1 N2 G%032d\n1 :1.x\n2 X%04038d :2.x\n' \
			    7 0 >box/dovecot-uidlist
			: >box/new/3.x
		fi
		head -c 100000 /dev/zero >box/new/2.x
		mkfifo to
		"$1" box <to >from 2>log &
		exec 4>to
		printf 'STAT\r\n' >&4
		for n in $(seq 1000); do
			grep -q '^+OK 2 [0-9]' from && break
			sleep 0.02
		done
		"$1" box </dev/null >second 2>&1
		printf 'RETR 1\r\nDELE 2\r\nQUIT\r\n' >&4
		exec 4>&-
		wait $! && ls box/new box/cur >left
	.
	for how in none list; do
		rm -f to from
		expect_noted 0 unshare -rm sh full.sh \
		    "${MAILPIPE_BIN%/*}/tests/tool/maildrop" "$how"
		contains second '-ERR [IN-USE]'
		contains from 'Subject: one'
		contains from '+OK 1 messages deleted'
		grep -q '^1.x' left
		not grep -q '^2.x' left
	done
	# What came since has to wait for a UID.
	contains log 'left out, as the disk is full: 1 messages'
	grep -q '^3.x' left
}

# In every state in which a session may be.
@test "SIGTERM: in each state it ends, and the mailbox is free" {
	local state

	pop_host 'Pop3-Idle-Timeout: 100'
	{ printf 'Subject: large\n\n'; yes | head -c 50000000; } \
	    >alice/new/3.M1P1.mx
	owned alice
	for state in '' 'USER alice\r\n' 'AUTH LOGIN\r\n' 'STLS\r\n' 'USER al' \
	    'USER alice\r\nPASS wrong\r\n' 'USER alice\r\nPASS s3cret\r\n' \
	    'USER alice\r\nPASS s3cret\r\nDELE 1\r\nST' \
	    'USER alice\r\nPASS s3cret\r\nDELE 1\r\nRETR 3\r\n'; do
		echo "$state"
		pop3d
		dial
		pop_heard '+OK *'
		say "$state"
		case $state in
		*RETR*)	wait_for 10 grep -q messages= pop3d.log ;;
		*s3cret*) pop_heard '+OK *'; pop_heard '+OK *' ;;
		esac
		kill "$PID_pop3d"
		# The client of half a command, or of a message, says no more.
		exec 5>&-
		wait_for 20 eval '! pgrep -g "$PID_pop3d" >/dev/null'
		[ -e alice/new/1.M1P1.mx ]
	done
	pop3d
	log_in
}
