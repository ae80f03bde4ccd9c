#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3d-inetd: sessions before the login, and how one is started.  What comes
# after the login is maildrop's; see pop3d-maildrop.bats.

load helper
load smtpd
load tls
load submission
load pop3d

@test "usage: 64" {
	local words

	for words in x '-c 0' '-c x' -x '-M -T' -c; do
		# shellcheck disable=SC2086 # several words
		expect 64 pop3d-inetd $words </dev/null
		contains err 'usage: pop3d-inetd [-MTv] [-c connections] [-f conf]'
	done
	LISTEN_FDS=1 expect 64 pop3d-inetd -M </dev/null
}

@test "a configuration that is no good: 78" {
	expect 78 pop3d-inetd -f "$T/none" </dev/null
	[ "$(cat out)" = '-ERR [SYS/TEMP] nobody can log in now'$'\r' ]
	mail_host
	expect 78 pop3d-inetd -T -f mailpipe.conf </dev/null
	[ ! -s out ]
	contains err 'Tls-Certificate'
	echo 'Pop3-Idle-Timeout: 0' >>mailpipe.conf
	expect 78 pop3d-inetd -f mailpipe.conf </dev/null
}

@test "a session: what is asked for, and the end" {
	pop_host
	printf '%s\n' 'S: +OK mx.example.org mailpipe' 'C: CAPA' \
	    'S: +OK *' 'S: USER' 'S: SASL SCRAM-SHA-256 PLAIN LOGIN' \
	    'S: UTF8 USER' 'S: STLS' 'S: TOP' 'S: UIDL' 'S: PIPELINING' \
	    'S: RESP-CODES' 'S: AUTH-RESP-CODE' 'S: EXPIRE NEVER' \
	    'S: IMPLEMENTATION *' 'S: .' 'C: UTF8' 'S: +OK' \
	    'C: utf8' 'S: +OK' | cat - <(pop_quit) | pop
	{ pop_login; printf '%s\n' 'C: STAT' 'S: +OK 2 48' 'C: RETR 1' \
	    'S: +OK *' 'S: Subject: one' 'S: ' 'S: first' 'S: .' \
	    'C: CAPA' 'S: +OK *' 'S: USER' 'S: SASL *' 'S: UTF8 USER' \
	    'S: TOP' 'S: UIDL' 'S: PIPELINING' 'S: RESP-CODES' \
	    'S: AUTH-RESP-CODE' 'S: EXPIRE NEVER' 'S: IMPLEMENTATION *' \
	    'S: .' 'C: DELE 1'  'S: +OK*'; pop_quit; } | pop
	contains log 'client=local user=alice@example.org messages=2'
	[ ! -e alice/new/1.M1P1.mx ] && [ -e alice/new/2.M1P1.mx ]
}

@test "all at once: the login, and what is pipelined behind it" {
	pop_host
	printf '%s\n' 'S: +OK *' \
	    'C-RAW: CAPA\r\nUSER alice\r\nPASS s3cret\r\nSTAT\r\nDELE 2\r\nQUIT\r\n' \
	    'S: +OK *' 'S: USER' 'S: SASL *' 'S: UTF8 USER' 'S: STLS' \
	    'S: TOP' 'S: UIDL' 'S: PIPELINING' 'S: RESP-CODES' \
	    'S: AUTH-RESP-CODE' 'S: EXPIRE NEVER' 'S: IMPLEMENTATION *' \
	    'S: .' 'S: +OK *' 'S: +OK 2 *' 'S: +OK 2 48' 'S: +OK*' \
	    'S: +OK*' S-END | pop
	[ ! -e alice/new/2.M1P1.mx ]
}

@test "commands out of place" {
	local line

	pop_host
	for line in STAT 'RETR 1' 'LIST' 'DELE 1' 'TOP 1 0' UIDL NOOP RSET \
	    APOP 'APOP alice c4c9334bac560ecc979e58001b3e22fb' XTND LAST \
	    '' ' ' 'USER' 'AUTH' 'CAPA x' 'QUIT x' 'STLS x' 'UTF8 x' \
	    'PASS s3cret' PASS USERalice; do
		echo "$line"
		pop_line "$line" '-ERR *'
		not grep -q messages= log
	done
}

@test "PASS has to follow USER" {
	pop_host
	printf '%s\n' 'S: +OK *' 'C: USER alice' 'S: +OK *' 'C: PASS wrong' \
	    'S: -ERR [[]AUTH] *' 'C: PASS s3cret' 'S: -ERR USER *' \
	    'C: USER nobody' 'S: +OK *' 'C: USER alice' 'S: +OK *' \
	    'C: PASS s3cret' 'S: +OK 2 messages' | cat - <(pop_quit) | pop
}

# notes: 3, 7-14: what is no line is refused, and is no end of one.
@test "bare CR, bare LF, NUL, lines that are too long" {
	local bytes long

	pop_host
	long=$(head -c 600 /dev/zero | tr '\0' x)
	for bytes in 'QUIT\n' 'CA\rPA\r\n' 'CAPA\0\r\n' 'USER a\0b\r\n' \
	    "USER $long\\r\\n" "CAPA $long\\r\\n" "$long\\r\\n" \
	    'CAPA\n.\r\n' '\xff\xfe\r\n' 'USER a\nPASS b\r\n'; do
		echo "$bytes"
		printf '%s\n' 'S: +OK *' "C-RAW: $bytes" 'S: -ERR *' |
		    cat - <(case $bytes in *\\n*\\r*) ;; esac
		    printf '%s\n' 'C: QUIT' S-SKIP) | pop
		not grep -q messages= log
	done
	# Exactly 512 are read.
	printf '%s\n' 'S: +OK *' "C: USER ${long:0:507}" 'S: +OK *' \
	    "C: USER ${long:0:508}" 'S: -ERR the line is too long' |
	    cat - <(pop_quit) | pop
}

@test "a line without an end: one reply, and no more memory" {
	pop_host
	printf '%s\n' 'S: +OK *' 'C-REPEAT: 4000000 x' 'C-RAW: \r\n' \
	    'S: -ERR the line is too long' 'C: QUIT' 'S: +OK *' >script
	converse_with script "${MAILPIPE_BIN%/*}/tests/tool/measure" peak 60 \
	    pop3d-inetd -f mailpipe.conf
	read -r _ _ most <peak
	sanitized || [ "$most" -lt 12000 ]
}

@test "ten mistakes, and it is over" {
	pop_host
	{ echo 'S: +OK *'
	    for n in 1 2 3 4 5 6 7 8 9; do
		printf '%s\n' 'C: BOGUS' 'S: -ERR *'
	    done
	    printf '%s\n' 'C: BOGUS' 'S: -ERR *' 'S: -ERR too many errors' \
	    S-END; } | pop
}

@test "HTTP is told so" {
	pop_host
	printf '%s\n' 'S: +OK *' 'C-RAW: GET / HTTP/1.1\r\nHost: x\r\n\r\n' \
	    'S: -ERR this is not HTTP' S-END | pop
}

@test "the client hangs up, at each step" {
	local n

	pop_host
	{ pop_login; printf '%s\n' 'C: DELE 1' 'S: +OK *' 'C: RETR 2' \
	    'S: +OK *'; } >whole
	for n in $(seq "$(wc -l <whole)"); do
		{ head -n "$n" whole; printf '%s\n' HANGUP; } >script
		converse_with script sh -c 'pop3d-inetd -f "$1"; s=$?
		    [ $s -eq 0 ] || [ $s -eq 75 ]' - mailpipe.conf 2>log
	done
	[ "$(find alice -type f -name '[12].*' | wc -l)" -eq 2 ]
}

@test "who is silent is cut off, without a word" {
	pop_host 'Pop3-Idle-Timeout: 1'
	{ printf '%s\n' 'S: +OK *' S-END 'STATUS: 75'; } | pop
	contains log 'client=local: '
	# Nor does it help to say something all the time.
	printf '%s\n' 'S: +OK *' 'TRICKLE: CAPA\r\n' 'STATUS: 75' | pop
	contains log 'client=local: '
}

@test "no room for a client without a server" {
	pop_host
	mv users users.gone
	printf '%s\n' 'S: +OK *' 'C: USER alice' 'S: +OK *' 'C: PASS s3cret' \
	    'S: -ERR [[]SYS/PERM] *' | cat - <(pop_quit) | pop
	contains log 'user=alice not checked: '
	mv users.gone users
	sed -i '/^User:/d' mailpipe.conf
	echo 'User: root' >>mailpipe.conf
	is_root || return 0
	printf '%s\n' 'S: -ERR [[]SYS/TEMP] nobody can log in now' S-END \
	    'STATUS: 78' | pop
}

@test "a mailbox that cannot be opened: the password was right" {
	pop_host
	rm -rf alice
	echo x >alice
	owned alice
	printf '%s\n' 'S: +OK *' 'C: USER alice' 'S: +OK *' 'C: PASS s3cret' \
	    'S: -ERR [[]SYS/*] the mailbox cannot be opened*' S-END | pop
	contains log 'user=alice@example.org refused: '
}

@test "two sessions: [IN-USE]" {
	pop_host
	pop3d
	dial
	pop_heard '+OK *'
	say 'USER alice\r\nPASS s3cret\r\n'
	pop_heard '+OK *'
	pop_heard '+OK 2 messages'
	printf '%s\n' 'S: +OK *' 'C: USER alice' 'S: +OK *' 'C: PASS s3cret' \
	    'S: -ERR [[]IN-USE] *' S-END | pop
	printf '%s\n' 'S: +OK *' 'C: USER bob' 'S: +OK *' 'C: PASS b0b' \
	    'S: +OK 1 messages' | cat - <(pop_quit) | pop
	say 'QUIT\r\n'
	pop_heard '+OK*'
	{ pop_login; pop_quit; } | pop
}

@test "-M: who runs it has logged in" {
	mkdir -p Maildir/new Maildir/cur Maildir/tmp other/new other/cur other/tmp
	printf 'Subject: x\n\ny\n' >Maildir/new/1.x
	printf '%s\n' 'S: +OK 1 messages' 'C: STAT' 'S: +OK 1 17' \
	    'C: USER alice' 'S: -ERR *' | cat - <(pop_quit) |
	    USER=alice pop_with pop3d-inetd -M
	[ ! -s log ]
	printf '%s\n' 'S: +OK 1 messages' | cat - <(pop_quit) |
	    USER=alice pop_with pop3d-inetd -Mv
	contains log 'client=local user=alice messages=1'
	printf '%s\n' 'S: +OK 1 messages' HANGUP 'STATUS: 75' |
	    USER=alice pop_with pop3d-inetd -M
	contains log 'client=local user=alice retrieved=0 '
	printf '%s\n' 'S: +OK 0 messages' | cat - <(pop_quit) |
	    MAILDIR=$T/other TCPREMOTEIP=192.0.2.7 pop_with pop3d-inetd -Mv
	contains log 'client=192.0.2.7 user='
	printf '%s\n' 'S: -ERR [[]SYS/PERM] *' S-END 'STATUS: 78' |
	    pop_with env -u HOME pop3d-inetd -M
	contains log 'neither MAILDIR nor HOME'
	printf '%s\n' 'S: -ERR [[]SYS/*] *' S-END 'STATUS: 75' |
	    MAILDIR=/dev/null pop_with pop3d-inetd -M
}

# Two descriptors, which are handed over both.
@test "at the end of two pipes" {
	pop_host
	printf 'USER alice\r\nPASS s3cret\r\nRETR 1\r\nQUIT\r\n' |
	    pop3d-inetd -f mailpipe.conf 2>log | cat >out
	same out <(printf '%s\r\n' '+OK mx.example.org mailpipe' \
	    '+OK and the password?' '+OK 2 messages' '+OK 23 octets' \
	    'Subject: one' '' first . '+OK 0 messages deleted')
}

# A socket that is descriptor 2 as well, as inetd has it, gets no log.
@test "under inetd the log does not go to the client" {
	pop_host
	printf '%s\n' 'S: +OK *' 'C: USER alice' 'S: +OK *' 'C: PASS wrong' \
	    'S: -ERR [[]AUTH] *' 'C: USER alice' 'S: +OK *' 'C: PASS s3cret' \
	    'S: +OK 2 messages' | cat - <(pop_quit) |
	    pop_with sh -c 'exec pop3d-inetd -v -f "$1" 2>&1' - "$T/mailpipe.conf"
	[ ! -s log ]
}

@test "under tcpserver" {
	pop_host
	PORT=$(free_port)
	start tcpserver tcpserver -RHl0 127.0.0.1 "$PORT" pop3d-inetd \
	    -f "$T/mailpipe.conf"
	wait_for 10 listening "$PORT"
	{ pop_login; pop_quit; } >script
	converse script
}

@test "examples" {
	mkdir -p Maildir/new Maildir/cur Maildir/tmp
	printf 'Subject: x\n\ny\n' >Maildir/new/1.x
	awk '/^\.Bd/ { on = 1; n++; next }
	    /^\.Ed/ { on = 0 }
	    on { gsub(/\\e/, "\\"); print >("example" n) }' \
	    "$BATS_TEST_DIRNAME/../man/pop3d-inetd.8"
	# The first is that of fail2ban; see pop3d-auth.bats.
	sh ./example2 >out 2>log
	same out <(printf '+OK 1 messages\r\n+OK 1 17\r\n+OK 0 messages deleted\r\n')
	[ ! -s log ]
	USER=alice TCPREMOTEIP=192.0.2.1 sh ./example2 >out 2>log
	# The second line of it goes to another host.
	! command -v pop3-ls >/dev/null || head -n 1 example3 | sh >out
	sh ./example6 >out
	same out <(printf '%7d alice\n' 1)
	pop_host
	PORT=$(free_port)
	sed "s/1100/$PORT/" example4 >run
	start run sh ./run
	wait_for 10 listening "$PORT"
	{ pop_login; pop_quit; } >script
	converse script
	PORT=$(free_port)
	sed "s/ 0 1100/ 127.0.0.1 $PORT/" example5 >run
	start again sh ./run
	wait_for 10 listening "$PORT"
	converse script
}
