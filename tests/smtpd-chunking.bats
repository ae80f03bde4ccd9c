#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd and BDAT (RFC 3030): octets as counted, none of them a command.

load helper
load smtpd
load tls

# Up to the reply to RCPT, without the greeting.
ready()
{
	printf '%s\n' 'C: MAIL FROM:<alice@example.net>' 'S: 250 *' \
	    'C: RCPT TO:<bob@example.org>' 'S: 250 *'
}

@test "in one chunk, in many, an empty last one, no line end at the end" {
	printf 'Subject: x\n\n.\n..a\ntext\n' >"$T/want"
	{ hello; ready
	    printf '%s\n' 'C-RAW: BDAT 26 LAST\r\nSubject: x\r\n\r\n.\r\n..a\r\ntext' \
		'S: 250 2.0.0 accepted as *'
	    ready
	    printf '%s\n' 'C-RAW: bdat 11\r\nSubject: x\r' 'S: 250 2.0.0 11 *' \
		'C-RAW: BDAT 5\r\n\n\r\n.\r' 'S: 250 2.0.0 5 *' \
		'C-RAW: BDAT 0\r\n' 'S: 250 *' 'C: NOOP' 'S: 250 2.0.0 here' \
		'C-RAW: BDAT 14\r\n\n..a\r\ntext\r\nXX' 'S: 250 *' \
		'C: RSET' 'S: 250 2.0.0 forgotten'
	    ready
	    printf '%s\n' 'C-RAW: BDAT 11\r\nSubject: x\r' 'S: 250 2.0.0 11 *' \
		'C-RAW: BDAT 17\r\n\n\r\n.\r\n..a\r\ntext\r\n' 'S: 250 *' \
		'C: BDAT 0 LAST' 'S: 250 2.0.0 accepted as *' \
		'C: QUIT' 'S: 221 *' S-END; } | talk
	[ "$(letters bob)" -eq 2 ]
	for file in "$T"/bob/new/*; do
		stored "$file" >"$T/got"
		same "$T/want" "$T/got"
	done
	tmp_clean
}

@test "an octet at a time, and 10 000 chunks of one octet at once" {
	text='Subject: x\r\n\r\n.\r\nDATA\r\nQUIT\r\n.\r\n'
	printf "$text" | tr -d '\r' >"$T/want"
	python3 - "$T" "$text" <<-'.'
		import sys
		t = sys.argv[2].encode().decode("unicode_escape").encode()
		t2 = t + b"abcdefg\r\n" * 1100
		open(sys.argv[1] + "/many", "wb").write(
		    b"".join(b"BDAT 1\r\n%c" % c for c in t2) + b"BDAT 0 LAST\r\n")
		open(sys.argv[1] + "/want2", "wb").write(t2.replace(b"\r\n", b"\n"))
		open(sys.argv[1] + "/replies", "w").write(
		    "S: 250 2.0.0 1 octets received\n" * len(t2))
		open(sys.argv[1] + "/slow", "w").write("".join(
		    "C-RAW: \\x%02x\nPAUSE: 1\n" % c
		    for c in b"BDAT %d LAST\r\n" % len(t) + t))
	.
	{ hello; ready; cat "$T/slow"; echo 'S: 250 2.0.0 accepted *'; } | talk
	stored "$(letter bob)" >"$T/got"
	same "$T/want" "$T/got"
	rm "$T"/bob/new/*
	{ hello; ready; echo "C-FILE: $T/many"; cat "$T/replies"
	    echo 'S: 250 2.0.0 accepted *'; } | talk
	stored "$(letter bob)" >"$T/got"
	same "$T/want2" "$T/got"
}

@test "all at once: MAIL, RCPT, chunks and QUIT" {
	{ hello
	    printf '%s\n' 'C-RAW: MAIL FROM:<>\r\nRCPT TO:<no@example.org>\r\nRCPT TO:<bob@example.org>\r\nBDAT 6\r\nX: y\r\nBDAT 7 LAST\r\n\r\nhi.\r\nMAIL FROM:<>\r\nQUIT\r\n' \
		'S: 250 *' 'S: 550 *' 'S: 250 *' 'S: 250 *' \
		'S: 250 2.0.0 accepted *' 'S: 250 2.1.0 *' 'S: 221 *' S-END
	} | talk
	[ "$(stored "$(letter bob)")" = "$(printf 'X: y\n\nhi.')" ]
}

@test "a chunk that is refused is swallowed: no transaction, no recipient" {
	commands='MAIL FROM:<e@x>\r\nQUIT\r\n'	# 23 octets
	{ printf '%s\n' 'S: 220 *' "C-RAW: BDAT 23\\r\\n$commands" 'S: 503 5.5.1 *' \
	    'C: EHLO a' 'S-ALL: 250-*CHUNKING*' \
	    "C-RAW: BDAT 23 LAST\\r\\n$commands" 'S: 503 5.5.1 *' \
	    'C: MAIL FROM:<a@x>' 'S: 250 *' \
	    "C-RAW: BDAT 23\\r\\n$commands" 'S: 554 5.5.1 *' \
	    'C: RCPT TO:<no@example.org>' 'S: 550 *' \
	    "C-RAW: BDAT 23 LAST\\r\\n$commands" 'S: 554 5.5.1 *' \
	    'C: MAIL FROM:<a@x>' 'S: 503 *' 'C: QUIT' 'S: 221 *' S-END; } | talk
	nothing_stored
}

@test "not mixed with DATA, MAIL or RCPT; RSET and EHLO forget the chunks" {
	{ hello; ready
	    printf '%s\n' 'C-RAW: BDAT 6\r\nX: y\r\n' 'S: 250 *' 'C: DATA' \
		'S: 503 *' 'C: RCPT TO:<alice@example.org>' 'S: 503 *' \
		'C: MAIL FROM:<>' 'S: 503 *' 'C: RSET' 'S: 250 *' \
		'C: BDAT 0 LAST' 'S: 503 *'
	    ready
	    printf '%s\n' 'C-RAW: BDAT 6\r\nX: y\r\n' 'S: 250 *' 'C: EHLO b' \
		'S-ALL: 250-*' 'C: BDAT 0 LAST' 'S: 503 *'
	    ready
	    printf '%s\n' 'C-RAW: BDAT 6\r\nX: z\r\n' 'S: 250 *' \
		'C: BDAT 0 LAST' 'S: 250 2.0.0 accepted *'; } | talk
	[ "$(stored "$(letter bob)")" = 'X: z' ]
	tmp_clean
}

@test "a bare CR or LF, NUL, a long line: refused, swallowed, over" {
	mail_host
	for text in 'a\nb\r\n' 'a\rb\r\n' 'a\0b\r\n' '\n\r\r\n\n' '\r\n.\n\r\n' \
	    '\r\n.\r\r\n'; do
		n=$(printf "$text" | wc -c)
		{ hello; ready
		    printf '%s\n' 'C-RAW: BDAT 6\r\nX: y\r\n' 'S: 250 *' \
			"C-RAW: BDAT $((n + 6))\\r\\n${text}RSET\\r\\n" \
			'S: 550 5.6.0 *' 'C-RAW: BDAT 6 LAST\r\nRSET\r\n' \
			'S: 503 *'
		    ready
		    printf '%s\n' "C-RAW: BDAT $n LAST\\r\\n$text" \
			'S: 550 5.6.0 *'
		    # A line end in two chunks, with something between.
		    ready
		    printf '%s\n' 'C-RAW: BDAT 5\r\nX: y\r' 'S: 250 *' \
			'C-RAW: BDAT 2 LAST\r\n.\n' 'S: 550 5.6.0 *'
		    ready
		    printf '%s\n' 'C-RAW: BDAT 5 LAST\r\nX: y\r' \
			'S: 550 5.6.0 *'
		} | talk
	done
	{ hello; ready
	    printf '%s\n' 'C: BDAT 65538 LAST' 'C-REPEAT: 65536 x' 'C-RAW: \r\n' \
		'S: 250 2.0.0 accepted *'
	    ready
	    printf '%s\n' 'C: BDAT 65537' 'C-REPEAT: 65537 x' \
		'S: 250 *' 'C-RAW: BDAT 2 LAST\r\n\r\n' 'S: 550 5.6.0 * too long'
	    ready
	    printf '%s\n' 'C: BDAT 300000 LAST' 'C-REPEAT: 300000 x' \
		'S: 550 5.6.0 * too long' 'C: NOOP' 'S: 250 2.0.0 here'
	} | talk
	[ "$(letters bob)" -eq 1 ]
	tmp_clean
}

@test "counts that are none end the session: nobody knows what follows" {
	mail_host
	for count in '' ' ' x -1 +1 0x10 1e3 1,0 '1 2' '1 LASTX' '1 LAST LAST' \
	    18446744073709551616 99999999999999999999999; do
		{ hello; ready
		    printf '%s\n' "C-RAW: BDAT $count\\r\\nMAIL FROM:<e@x>\\r\\n" \
			'S: 501 5.5.4 *' S-END; } | talk ||
		    { echo "$count"; false; }
	done
	for line in 'BDAT 5\0' 'BDAT 5\r' 'bdat 5 \r LAST'; do
		{ hello; ready
		    printf '%s\n' "C-RAW: $line\\r\\nMAIL FROM:<e@x>\\r\\n" \
			'S: 500 5.5.2 *' S-END; } | talk
	done
	nothing_stored
}

@test "a BDAT line that is too long ends the session: what follows is no command" {
	local pad submission

	mail_host
	for submission in '' -S; do
		for pad in 2043 2044 3000 13000 70000; do
			printf '%s\n' 'S: 220 *' "C-RAW: bdat 9$(printf '%*s' "$pad" \
			    '')\\r\\nMAIL FROM:<e@x>\\r\\n" \
			    'S: 500 5.5.2 the line is too long' S-END | talk \
			    smtpd-inetd $submission -f "$T/mailpipe.conf"
		done
	done
	{ hello; printf '%s\n' "C: NOOP$(printf '%3000s' '')" \
	    'S: 500 5.5.2 the line is too long' 'C: NOOP' 'S: 250 *'; } | talk
	nothing_stored
}

@test "an upload that goes on past Session-Timeout is cut, and not stored" {
	mail_host
	echo 'Session-Timeout: 3' >>"$T/mailpipe.conf"
	{ hello; ready
	for _ in 1 2 3; do
		printf '%s\n' 'C: BDAT 3000' \
		    "C-REPEAT: 100 $(printf '%028d' 0)\\r\\n" \
		    'S: 250 2.0.0 3000 *' 'PAUSE: 300'
	done
	printf '%s\n' 'S: 421 4.4.2 *' S-END 'STATUS: 75'; } | talk
	nothing_stored
	# With always another chunk at hand nothing is waited for.
	timeout 30 python3 - "$T" <<-'.'
		import socket, subprocess, sys
		ours, theirs = socket.socketpair()
		p = subprocess.Popen(["smtpd-inetd", "-f", sys.argv[1] +
		    "/mailpipe.conf"], stdin=theirs, stdout=theirs)
		theirs.close()
		ours.sendall(b"HELO a\r\nMAIL FROM:<>\r\n"
		    b"RCPT TO:<bob@example.org>\r\n")
		heard = b""
		try:
		    while True:
		        ours.sendall(b"BDAT 3\r\nx\r\n" * 10)
		        heard = heard[-99:] + ours.recv(65536)
		except OSError:
		    while more := ours.recv(65536):
		        heard += more
		assert heard.endswith(b"\r\n421 4.4.2 no message for too long\r\n")
		p.wait()
	.
	nothing_stored
}

@test "longer than is taken: refused, and not taken for commands" {
	mail_host
	printf '%s\n' 'Max-Message-Size: 4K' 'Idle-Timeout: 1' \
	    >>"$T/mailpipe.conf"
	{ hello; ready
	    printf '%s\n' 'C: BDAT 5000 LAST' 'C-REPEAT: 833 RSET\r\n' \
		'C-RAW: \r\n' 'S: 552 5.3.4 *'
	    ready
	    printf '%s\n' 'C: BDAT 3000' 'C-REPEAT: 500 X: y\r\n' 'S: 250 *' \
		'C: BDAT 1200 LAST' 'C-REPEAT: 200 RSET\r\n' 'S: 552 5.3.4 *' \
		'C: NOOP' 'S: 250 2.0.0 here'
	    ready
	    printf '%s\n' 'C: BDAT 3000' 'C-REPEAT: 500 X: y\r\n' 'S: 250 *' \
		'C: BDAT 1096 LAST' 'C-REPEAT: 137 abcdef\r\n' \
		'S: 250 2.0.0 accepted *'
	    # Nobody waits for all of that.
	    ready
	    printf '%s\n' 'C-RAW: BDAT 99999999999\r\nNOOP\r\nQUIT\r\n' \
		'S: 421 4.4.2 *' S-END 'STATUS: 75'; } | talk
	[ "$(letters bob)" -eq 1 ]
	for count in 99999999999 18446744073709551615; do
		{ hello
		    printf '%s\n' "C-RAW: BDAT $count LAST\\r\\nQUIT\\r\\n" \
			'S: 421 4.4.2 *' S-END 'STATUS: 75'; } | talk
	done
	tmp_clean
}

@test "no room: 452 after the last chunk, or before it" {
	{ hello; ready
	    printf '%s\n' 'C: BDAT 240000' 'C-REPEAT: 30000 abcdef\r\n' \
		'S: 250 *' 'C: BDAT 0 LAST' 'S: 452 4.3.1 *'
	    ready
	    printf '%s\n' 'C-RAW: BDAT 6 LAST\r\nX: y\r\n' 'S: 250 *'
	} | talk bash -c 'ulimit -f 64; exec smtpd-inetd -f "$1"' - \
	    "$T/mailpipe.conf"
	[ "$(letters bob)" -eq 1 ]
	tmp_clean
}

@test "a Maildir that is none: 451 to the chunk, which is swallowed" {
	mail_host
	echo "carol@example.org:!:$T/carol" >>"$T/users"
	: >"$T/carol"
	owned "$T/carol"
	{ hello
	    printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *' \
		'C: RCPT TO:<carol@example.org>' 'S: 250 *' \
		'C-RAW: BDAT 6\r\nRSET\r\n' 'S: 451 4.3.0 *' \
		'C-RAW: BDAT 6 LAST\r\nRSET\r\n' 'S: 503 *' 'C: NOOP' \
		'S: 250 2.0.0 here'; } | talk
}

@test "too slow, silent, gone" {
	mail_host
	echo 'Idle-Timeout: 1' >>"$T/mailpipe.conf"
	{ hello; ready
	    printf '%s\n' 'C-RAW: BDAT 100\r\nX: y\r\n' 'S: 421 4.4.2 *' S-END \
		'STATUS: 75'; } | talk
	# Each piece comes in time.
	{ hello; ready; echo 'C: BDAT 1000'
	    for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		printf '%s\n' 'C-RAW: x\r\n' 'PAUSE: 300'
	    done; } >"$T/slow"
	not talk <"$T/slow" >"$T/why" 2>&1
	contains "$T/log" 'less than 1024 bytes a second'
	# Nor does what is only swallowed come for ever.
	sed -e '4,7d' "$T/slow" | not talk >"$T/why" 2>&1
	contains "$T/log" 'lost in DATA: not done within the time'
	sed -i /Idle/d "$T/mailpipe.conf"
	for how in HANGUP RESET 'SHUT\nS-SKIP'; do
		{ hello; ready; printf "C-RAW: BDAT 100 LAST\\\\r\\\\nX: y\n$how\n"
		    echo 'STATUS: 75'; } | talk
	done
	nothing_stored
}

@test "LMTP: one reply for a chunk, for each recipient after the last" {
	mail_host
	both()
	{
		printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *' \
		    'C: RCPT TO:<bob@example.org>' 'S: 250 *' \
		    'C: RCPT TO:<alice@example.org>' 'S: 250 *'
	}
	{ printf '%s\n' 'S: 220 *' 'C: LHLO a' 'S-ALL: 250-*'; both
	    printf '%s\n' 'C-RAW: BDAT 6\r\nX: y\r\n' 'S: 250 2.0.0 6 *' \
		'C: BDAT 0 LAST' 'S: 250 2.0.0 accepted *' \
		'S: 250 2.0.0 accepted *'
	    both
	    printf '%s\n' 'C-RAW: BDAT 6 LAST\r\nX: y\n\n' 'S: 550 *' 'S: 550 *'
	    both
	    printf '%s\n' 'C-RAW: BDAT 6\r\nX: y\n\n' 'S: 550 *' 'C: NOOP' \
		'S: 250 2.0.0 here'; } |
	    talk smtpd-inetd -L -f "$T/mailpipe.conf"
	[ "$(letters alice)$(letters bob)" = 11 ]
}

@test "CVE-2026-45185: close_notify in a chunk, and clear text behind it" {
	tls_host
	for last in '' ' LAST'; do
		{ printf '%s\n' 'S: 220 *' 'C: EHLO a' 'S-ALL: 250-*' \
		    'C: STARTTLS' 'S: 220 *' TLS: 'C: EHLO a' 'S-ALL: 250-*'
		    ready
		    printf '%s\n' "C-RAW: BDAT 100$last\\r\\nX: y\\r\\n" \
			'TLS-END: yyyyyyyy\r\nQUIT\r\n' S-SKIP 'STATUS: 75'
		} | talk smtpd-inetd -vf "$T/mailpipe.conf"
		contains "$T/log" 'lost in DATA: closed by the peer'
		not grep -q '< QUIT' "$T/log"
	done
	nothing_stored
}

@test "in TLS: 1 MiB in chunks that are no whole records" {
	tls_host
	python3 -c 'print(end="Subject: x\r\n\r\n")
for n in range(20000):
    print(end="line %d %s\r\n" % (n, "z" * (n % 80)))' >"$T/wire"
	tr -d '\r' <"$T/wire" >"$T/want"
	python3 - "$T" <<-'.'
		import sys
		t = open(sys.argv[1] + "/wire", "rb").read()
		n = 65521
		parts = [t[i:i + n] for i in range(0, len(t), n)]
		open(sys.argv[1] + "/chunks", "wb").write(b"".join(
		    b"BDAT %d\r\n" % len(p) + p for p in parts) + b"BDAT 0 LAST\r\n")
		open(sys.argv[1] + "/replies", "w").write(
		    "".join("S: 250 2.0.0 %d *\n" % len(p) for p in parts))
	.
	{ printf '%s\n' 'S: 220 *' 'C: EHLO a' 'S-ALL: 250-*' 'C: STARTTLS' \
	    'S: 220 *' TLS: 'C: EHLO a' 'S-ALL: 250-*'
	    ready; echo "C-FILE: $T/chunks"; cat "$T/replies"
	    echo 'S: 250 2.0.0 accepted *'; } | talk
	stored "$(letter bob)" >"$T/got"
	same "$T/want" "$T/got"
}

@test "filters have what came in chunks, and may refuse it" {
	mail_host
	echo "Filter: sh -c 'sed s/one/two/ >seen; ! grep spam seen >&2 && cat seen'" |
	    sed "s,seen,$T/open/seen,g" >>"$T/mailpipe.conf"
	mkdir "$T/open"
	chmod 777 "$T/open"
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}"
	chmod 1777 "$T"
	{ hello; ready
	    printf '%s\n' 'C-RAW: BDAT 14\r\nSubject: one\r\n' 'S: 250 *' \
		'C-RAW: BDAT 8 LAST\r\n\r\none\r\n\n' 'S: 550 5.6.0 *'
	    ready
	    printf '%s\n' 'C-RAW: BDAT 14\r\nSubject: one\r\n' 'S: 250 *' \
		'C-RAW: BDAT 7 LAST\r\n\r\none\r\n' 'S: 250 2.0.0 accepted *'
	    ready
	    printf '%s\n' 'C-RAW: BDAT 15\r\nSubject: spam\r\n' 'S: 250 *' \
		'C: BDAT 0 LAST' 'S: 550 5.7.1 Subject: spam'
	    # What is given up leaves no open file behind.
	    for _ in $(seq 40); do
		ready
		printf '%s\n' 'C-RAW: BDAT 14\r\nSubject: one\r\n' \
		    'S: 250 *' 'C: RSET' 'S: 250 *'
	    done
	    printf '%s\n' 'C: QUIT' 'S: 221 *' S-END; } |
	    talk sh -c 'ulimit -n 32; exec smtpd-inetd -f "$1"' - \
		"$T/mailpipe.conf"
	contains "$T/open/seen" 'Received: from client.example'
	[ "$(letters bob)" -eq 1 ]
	[ "$(tail -n 3 "$(letter bob)")" = "$(printf 'Subject: two\n\ntwo')" ]
	tmp_clean
}
