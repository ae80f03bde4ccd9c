#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd against clients that mean it harm: more than one message out of
# one, values that are syntax elsewhere, input without end.

load helper
load smtpd
load tls
load submission

# What an attacker puts behind something that may look like the end of a
# message to one of two servers.
SMUGGLED='MAIL FROM:<evil@example.net>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nSubject: smuggled\r\n\r\nevil\r\n.\r\n'

no_ends()
{
	cat <<-'.'
		\n.\n
		\n.\r\n
		\r.\r
		\r.\n
		\n.\r
		\r.\r\n
		\r\n.\n
		\r\n.\r
		\r\n.\r\r\n
		\r\r\n.\r\r\n
		\r\n\0.\r\n
		\r\n.\0\r\n
		\r\n.\0
		\r\n\r.\r\n
		\r\n\n.\r\n
		\n\n.\n\n
	.
}

@test "CVE-2023-51764, 51765, 51766, 51747, 52354: what is no end does not end" {
	mail_host
	no_ends >"$T/ends"
	{ hello; while IFS= read -r end; do
		envelope | tail -n +4
		printf 'C-RAW: Subject: x\\r\\n\\r\\ntext%s%s\n' "$end" "$SMUGGLED"
		printf '%s\n' 'S: 550 5.6.0 *' 'C: NOOP' 'S: 250 2.0.0 here'
		envelope | tail -n +4
		printf '%s\n' 'C: Subject: between' 'C: .' 'S: 250 2.0.0 accepted*'
	done; } <"$T/ends" | talk
	[ "$(letters bob)" -eq "$(wc -l <"$T/ends")" ]
	not grep -rq evil "$T/bob"
	tmp_clean
	# The same as the first bytes of a message.
	rm "$T"/bob/new/*
	{ hello; for end in '.\n' '.\r' '.\r\r\n' '\n.\n' '\r.\r\n' '.\0\r\n'; do
		envelope | tail -n +4
		printf 'C-RAW: %s%s\n' "$end" "$SMUGGLED"
		printf '%s\n' 'S: 550 5.6.0 *' 'C: NOOP' 'S: 250 2.0.0 here'
	done; } | talk
	nothing_stored
}

@test "SMTP smuggling: what follows the true end may not come early" {
	for end in '\r\n' '\r\r\n' '\n\r\n' '\0\r\n'; do
		rm -f "$T"/bob/new/*
		{ envelope
		    printf 'C-RAW: Subject: x\\r\\n\\r\\ntext%s.\\r\\n%s\n' "$end" \
			"$SMUGGLED"
		    [ "$end" = '\r\n' ] && echo 'S: 250 *' || echo 'S: 550 5.6.0 *'
		    printf '%s\n' 'S: 250 2.1.0 *' 'S: 250 2.1.5 *' \
			'S: 554 5.5.0 *' S-END
		} | talk
		[ "$(letters bob)" -eq "$([ "$end" = '\r\n' ] && echo 1 || echo 0)" ]
		not grep -rq evil "$T/bob"
		tmp_clean
	done
}

@test "SMTP smuggling after a refusal: too long, a loop, no room" {
	mail_host
	echo 'Max-Message-Size: 4K' >>"$T/mailpipe.conf"
	no_ends | head -n 9 >"$T/ends"
	while IFS= read -r end; do
		{ envelope
		    printf '%s\n' 'C-REPEAT: 5000 x\r\n'
		    printf 'C-RAW: text%s%s\n' "$end" "$SMUGGLED"
		    printf '%s\n' 'S: 552 5.3.4 *' 'C: NOOP' 'S: 250 2.0.0 here'
		    envelope | tail -n +4
		    printf '%s\n' 'C-REPEAT: 51 Received: x\r\n'
		    printf 'C-RAW: \\r\\ntext%s%s\n' "$end" "$SMUGGLED"
		    printf '%s\n' 'S: 554 5.4.6 *' 'C: NOOP' 'S: 250 2.0.0 here'
		} | talk
	done <"$T/ends"
	sed -i '/^Max/d' "$T/mailpipe.conf"
	{ envelope
	    printf '%s\n' 'C-REPEAT: 40000 xxxxxxxx\r\n'
	    printf 'C-RAW: text\\n.\\r\\n%s\n' "$SMUGGLED"
	    printf '%s\n' 'S: 550 5.6.0 *' 'C: NOOP' 'S: 250 2.0.0 here'
	    envelope | tail -n +4
	    printf '%s\n' 'C-REPEAT: 40000 xxxxxxxx\r\n'
	    printf 'C-RAW: text\\r\\n..\\r\\n%s\n' "$SMUGGLED"
	    printf '%s\n' 'S: 452 4.3.1 *' 'C: NOOP' 'S: 250 2.0.0 here'
	} | talk bash -c 'ulimit -f 64; exec smtpd-inetd -f "$1"' - \
	    "$T/mailpipe.conf"
	nothing_stored
}

@test "unauthorised pipelining: a message before 354 is not taken" {
	{ hello; printf 'C-RAW: %s\n' "$SMUGGLED"
	    printf '%s\n' 'S: 250 *' 'S: 250 *' 'S: 554 5.5.0 *' S-END; } | talk
	{ hello; printf '%s\n' 'C: MAIL FROM:<a@example.net>' 'S: 250 *' \
	    'C: RCPT TO:<bob@example.org>' 'S: 250 *' 'C-RAW: DATA\r\n.\r\n' \
	    'S: 554 5.5.0 *' S-END; } | talk
	nothing_stored
}

@test "cross-file joins: a line end cut in two, byte by byte, all at once" {
	text='Subject: x\r\n\r\n..a\r\n.b\r\n\r\n....\r\n.\r\n'
	printf 'Subject: x\n\n.a\nb\n\n...\n' >"$T/want"
	mail_host
	{ envelope; printf '%s\n' 'C-RAW: Subject: x\r' 'PAUSE: 30' 'C-RAW: \n\r' \
	    'PAUSE: 30' 'C-RAW: \n.' 'PAUSE: 30' 'C-RAW: .a\r\n' 'PAUSE: 30' \
	    'C-RAW: .b\r\n\r\n....\r' 'PAUSE: 30' 'C-RAW: \n.\r' 'PAUSE: 30' \
	    'QUIET: 0.1' 'C-RAW: \n' 'S: 250 *'
	} | talk
	stored "$(letter bob)" >"$T/got"
	same "$T/want" "$T/got"
	rm "$T"/bob/new/*
	{ envelope; python3 -c 'import sys
for c in sys.argv[1].encode().decode("unicode_escape"):
    print("C-RAW: \\x%02x" % ord(c), "PAUSE: 1", sep="\n")' "$text"
	    echo 'S: 250 *'; } | talk
	stored "$(letter bob)" >"$T/got"
	same "$T/want" "$T/got"
	rm "$T"/bob/new/*
	{ envelope; printf 'C-RAW: %sRSET\\r\\nQUIT\\r\\n\n' "$text"
	    printf '%s\n' 'S: 250 *' 'S: 250 *' 'S: 221 *' S-END; } | talk
	stored "$(letter bob)" >"$T/got"
	same "$T/want" "$T/got"
}

# The server reads into 64 KiB and 4 KiB more.
@test "cross-file joins: dots and line ends around the edge of the buffer" {
	mail_host
	python3 - "$T" >"$T/edges" <<-'.'
		import sys
		for at, n in enumerate(list(range(65530, 65546)) +
		                       list(range(69610, 69640))):
		    head = b"Subject: %d\r\n\r\n" % at
		    fill = b"x" * 30000 + b"\r\n"
		    rest = n - len(head) - 2 * len(fill)
		    text = head + 2 * fill + b"y" * rest + b"\r\n.\r\r\n..z\r\n.\r\n"
		    good = head + 2 * fill + b"y" * rest + b"\r\n..\r\n..z\r\n.\r\n"
		    for kind, data in ("bad", text), ("good", good):
		        path = f"{sys.argv[1]}/{kind}.{at}"
		        open(path, "wb").write(data)
		        print("C: MAIL FROM:<a@example.net>", "S: 250 *",
		              "C: RCPT TO:<bob@example.org>", "S: 250 *", "C: DATA",
		              "S: 354 *", "C-FILE: " + path, sep="\n")
		        print("S: 250 *" if kind == "good" else "S: 550 5.6.0 *",
		              "C: RSET", "S: 250 2.0.0 forgotten", sep="\n")
		    stored = good[:-3].replace(b"\r\n..", b"\r\n.")
		    open(f"{sys.argv[1]}/want.{at}", "wb").write(
		        stored.replace(b"\r\n", b"\n"))
	.
	{ hello; cat "$T/edges"; } | talk
	[ "$(letters bob)" -eq 46 ]
	for file in "$T"/bob/new/*; do
		stored "$file" >"$T/got"
		at=$(sed -n '/^Subject: /{s///p;q}' "$T/got")
		same "$T/want.$at" "$T/got"
		rm "$T/want.$at"
	done
	tmp_clean
}

@test "injection: bytes that are no part of an address, in MAIL and RCPT" {
	mail_host
	for address in 'a\rb@example.org' 'a\nb@example.org' 'a\0b@example.org' \
	    'bob@example.org>\r' 'bob@example.org\r'; do
		{ hello; for verb in 'MAIL FROM' 'RCPT TO'; do
			printf 'C-RAW: %s:<%s>\\r\\n\n' "$verb" "$address"
			printf 'S: 500 5.5.2 *\n'
			# A line feed ends a line, though a bad one.
			[[ $address != *'\n'* ]] || echo 'S: 500 *'
		done; } | talk
	done
	for address in '<a b@example.org>' '<a@b>c@example.org>' 'bob@example.org' \
	    '<b\xf6b@example.org>' '<bob@ex\xffmple.org>' '<a\x1bb@example.org>' \
	    '<a\x7fb@example.org>' '<"a\x01b"@example.org>' '<bob@>' '<@>' '<' '' \
	    '<"bob@example.org>' '<"a"b@example.org>' '<bob@example..org>' \
	    '<bob@-example.org>' '<bob@example.org' '<@a,@b:>' '<@a:bob>' \
	    '<;for i in 0 1 2 3 4;do read r;done;sh;exit 0;>' \
	    '<`id`@$(id)>' '<bob@[127.0.0.1\x5d.x]>' '<bob@[IPv6:zz]>' \
	    '< bob@example.org>' '<bob@example.org >' '<bob>' '<bob@example.org\t>' \
	    "<$(printf '%065d' 0)@example.org>" \
	    "<bob@$(printf '%064d' 0).example.org>" \
	    "<bob@$(printf '%0.sa.' $(seq 130))example.org>"; do
		{ hello; printf 'C-RAW: MAIL FROM:%s\\r\\n\n' "$address"
		    echo 'S: 501 5.[15].[47] *'
		    printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *'
		    printf 'C-RAW: RCPT TO:%s\\r\\n\n' "$address"
		    echo 'S: 5[05][15] 5.[15].[34] *'
		    printf '%s\n' 'C: NOOP' 'S: 250 *'
		} | talk
	done
	nothing_stored
}

@test "injection: what a quoted local part may hold stays one word" {
	{ hello; cat <<-'.'
		C: MAIL FROM:<"a> SIZE=1 \"<x@y> to="@example.net>
		S: 250 *
		C: RCPT TO:<"x y>:!"@example.org>
		S: 550 5.1.1 *
		C: RCPT TO:<"../../bob"@example.org>
		S: 550 5.1.1 *
		C: RCPT TO:<"bob/../alice"@example.org>
		S: 550 5.1.1 *
		C: RCPT TO:<bob+../../x@example.org>
		S: 501 5.1.3 *
		C: RCPT TO:<"bob+../../x"@example.org>
		S: 250 *
		C: DATA
		S: 354 *
		C: Subject: x
		C: .
		S: 250 *
	.
	} | talk
	contains "$(letter bob)" 'Return-Path: <"a> SIZE=1 \"<x@y> to="@example.net>'
	[ "$(find "$T" -name '*,S=*' | wc -l)" -eq 1 ]
}

@test "CVE-2020-28021, 28022, 28026: parameters of MAIL and RCPT" {
	{ hello; cat <<-'.'
		C: MAIL FROM:<a@example.net> SIZE=-1
		S: 501 5.5.4 *
		C: MAIL FROM:<a@example.net> SIZE=1 SIZE=1
		S: 501 5.5.4 *
		C: MAIL FROM:<a@example.net> BODY=8BITMIME BODY=7BIT
		S: 501 5.5.4 *
		C: MAIL FROM:<a@example.net> BODY=BINARY
		S: 501 5.5.4 *
		C: MAIL FROM:<a@example.net>SIZE=1
		S: 501 5.5.4 *
		C: MAIL FROM:<a@example.net> AUTH=+0A
		S: 555 5.5.4 *
		C: NOOP
		S: 250 *
	.
	} | talk
	for parameter in SIZE SIZE= SIZE=1x SIZE=+0A SIZE=+1 SIZE=0x10 \
	    'SIZE=1\x0b' SIZE=123456789012345678901 BODY BODY= BODY=+0A; do
		{ hello; printf 'C-RAW: MAIL FROM:<a@example.net> %s\\r\\n\n' \
		    "$parameter"; echo 'S: 501 5.5.4 *'; } | talk
	done
	for parameter in ENVID=+0AX ENVID=+00 ORCPT=+ +G1 = == RET=FULL UTF8SMTP \
	    '="' "X=$(printf '%01900d' 0)"; do
		{ hello; printf 'C: MAIL FROM:<a@example.net> %s\n' "$parameter"
		    echo 'S: 555 5.5.4 *'; } | talk
	done
	{ hello; cat <<-'.'
		C: MAIL FROM:<>
		S: 250 *
		C: RCPT TO:<bob@example.org> ORCPT=rfc822;a+0Ab
		S: 555 5.5.4 *
		C: RCPT TO:<bob@example.org>x
		S: 501 5.5.4 *
		C-RAW: RCPT TO:<bob@example.org> NOTIFY=\0\r\n
		S: 500 5.5.2 *
		C: DATA
		S: 554 5.5.1 *
	.
	} | talk
}

@test "header and log injection: HELO with anything in it" {
	mail_host
	talk <<-'.'
		S: 220 *
		C-RAW: EHLO a\rb\r\n
		S: 500 5.5.2 *
		C-RAW: EHLO a\0b\r\n
		S: 500 5.5.2 *
		C-RAW: EHLO x\nFrom: y\r\n
		S: 500 5.5.2 *
		S: 500 5.5.2 *
		C-RAW: EHLO x\r\nFrom: y\r\n
		S-ALL: 250-*
		S: 500 5.5.2 *
	.
	for name in 'a\tb' 'a b' '\x1b[2J' 'caf\xc3\xa9' '\x80' \
	    "$(printf '%01000d' 0)" "$(printf '%0256d' 0)"; do
		printf 'S: 220 *\nC-RAW: HELO %s\\r\\nMAIL FROM:<>\\r\\n\n%s\n%s\n' \
		    "$name" 'S: 501 5.5.4 *' 'S: 503 *' | talk
	done
	name='a)(b;c"d<e>@f,\\g=%n%s$(id)`id`'
	{ printf 'S: 220 *\nC-RAW: EHLO %s\\r\\n\nS-ALL: 250*\n' "$name"
	    envelope | tail -n +4
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } | talk
	contains "$(letter bob)" 'Received: from a??b?c?d?e??f??g??n?s??id??id? (local)'
	[ "$(wc -l <"$T/log")" -eq 1 ]
}

@test "log injection: a trace of all that was said, and no control character" {
	{ hello; cat <<-'.'
		C-RAW: NOOP \x1b[31m\x07\x80\xe2\x80\xae\r\n
		S: 250 *
		C-RAW: MAIL FROM:<\x1b%n@x>\r\n
		S: 501 *
		C-RAW: NOOP a\rb\0c\nNOOP\r\n
		S: 500 *
		S: 250 *
	.
	} | talk smtpd-inetd -v -f "$T/mailpipe.conf"
	contains "$T/log" '< NOOP \x1b[31m\x07\x80\xe2\x80\xae'
	contains "$T/log" '> 501 5.1.7'
}

@test "replies are ASCII, whatever they quote" {
	{ hello; printf '%s\n' 'C-RAW: MAIL FROM:<\xc3\xbc b@example.org>\r\n' \
	    'S: 501 5.1.7 *"[?][?] b@example.org"*'; } | talk
}

@test "cross-protocol: HTTP is hung up on" {
	for first in 'GET / HTTP/1.1' 'POST /x HTTP/1.0' 'CONNECT a:25 HTTP/1.1' \
	    'options * HTTP/1.1'; do
		printf 'S: 220 *\nC-RAW: %s\\r\\nHost: a\\r\\n\\r\\nMAIL FROM:<>\\r\\n\nS: 554 5.5.0 *\nS-END\n' \
		    "$first" | talk
	done
}

measured()
{
	local limit=8192

	talk "${MAILPIPE_BIN%/*}/tests/tool/measure" "$T/.peak" 60 \
	    smtpd-inetd -f "$T/mailpipe.conf" || return 1
	read -r _ _ PEAK <"$T/.peak"
	[ "$PEAK" -gt 0 ] && [ "$PEAK" -lt "$limit" ] && return 0
	echo "it had $PEAK KiB of memory"
	return 1
}

@test "lines, headers and messages of 100 MB stay out of memory" {
	! sanitized || skip "memory means nothing under AddressSanitizer"
	mail_host
	echo 'Max-Message-Size: 200M' >>"$T/mailpipe.conf"
	{ hello; cat <<-'.'
		C-REPEAT: 100000000 A
		C:
		S: 500 5.5.2 the line is too long
		C: NOOP
		S: 250 *
	.
	envelope | tail -n +4
	cat <<-'.'
		C-REPEAT: 100000000 A
		C-RAW: \r\n.\r\n
		S: 550 5.6.0 *
	.
	envelope | tail -n +4
	cat <<-'.'
		C-RAW: Subject: x\r\n
		C-REPEAT: 2000000  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n
		C: .
		S: 554 5.6.0 *
	.
	envelope | tail -n +4
	cat <<-'.'
		C-REPEAT: 2000 a:\r\n
		C: .
		S: 554 5.6.0 *
	.
	envelope | tail -n +4
	cat <<-'.'
		C-RAW: Subject: x\r\n\r\n
		C-REPEAT: 2000000 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n
		C: .
		S: 250 *
		C: QUIT
		S: 221 *
	.
	} | measured
	[ "$(letters bob)" -eq 1 ]
	[ "$(wc -c <"$(letter bob)")" -gt 98000000 ]
	tmp_clean
}

@test "commands without end stay out of memory" {
	! sanitized || skip "memory means nothing under AddressSanitizer"
	mail_host
	many='C-REPEAT: 1000'
	{ hello; echo 'C: MAIL FROM:<a@example.net>'; echo 'S: 250 *'
	    for round in $(seq 100); do
		echo "$many RCPT TO:<bob+$round@example.org>\\r\\n"
		[ "$round" -eq 1 ] && yes 'S: 250 *' | head -n 1000 ||
		    yes 'S: 452 4.5.3 *' | head -n 1000
	    done
	    printf '%s\n' 'C: DATA' 'S: 354 *' 'C: Subject: x' 'C: .' 'S: 250 *'
	    for round in $(seq 50); do
		printf '%s\n' "$many RSET\\r\\n" "$many NOOP x\\r\\n"
		yes 'S: 250 *' | head -n 2000
	    done
	    printf '%s\n' 'C: QUIT' 'S: 221 *'
	} | measured
	[ "$(letters bob)" -eq 1 ]
	# A mailbox that cannot be looked up is no reason to remember it.
	sed -i '1i alice' "$T/users"
	{ hello; echo 'C: MAIL FROM:<a@example.net>'; echo 'S: 250 *'
	    for round in $(seq 30); do
		echo "$many RCPT TO:<bob+$round@example.org>\\r\\n"
		yes 'S: 451 4.3.0 *' | head -n 1000
	    done
	    printf '%s\n' 'C: QUIT' 'S: 221 *'
	} | measured
}

@test "a message to a thousand recipients" {
	mail_host
	for n in $(seq 999); do
		echo "user$n@example.org:!:$T/u/$n"
	done >>"$T/users"
	mkdir "$T/u"
	owned "$T/u"
	# shellcheck disable=SC2046 # words
	{ envelope bob@example.org $(printf 'user%d@example.org ' $(seq 999))
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } | talk
	[ "$(find "$T/u" -path '*/new/*' -type f | wc -l)" -eq 999 ]
	[ "$(stat -c %h "$(letter bob)")" -eq 1000 ]
	tmp_clean
}

@test "more replies than there is room for all come" {
	{ printf '%s\n' 'S: 220 *'
	    printf 'C-REPEAT: 12000 HELP\\r\\n\n'
	    yes 'S: 214 *' | head -n 12000
	    printf '%s\n' 'C: QUIT' 'S: 221 *' S-END
	} | talk
}

@test "a refused message that never ends is not read for ever" {
	mail_host
	printf '%s\n' 'Idle-Timeout: 2' 'Max-Message-Size: 1K' \
	    >>"$T/mailpipe.conf"
	timeout 30 python3 - "$T" <<-'.'
		import socket, subprocess, sys, time
		ours, theirs = socket.socketpair()
		p = subprocess.Popen(["smtpd-inetd", "-f", sys.argv[1] +
		    "/mailpipe.conf"], stdin=theirs, stdout=theirs,
		    stderr=open(sys.argv[1] + "/log", "wb"))
		theirs.close()
		ours.sendall(b"HELO a\r\nMAIL FROM:<>\r\n"
		    b"RCPT TO:<bob@example.org>\r\nDATA\r\n")
		heard = b""
		while b"354" not in heard:
		    heard += ours.recv(65536)
		try:
		    while p.poll() is None:
		        ours.sendall(b"x" * 60 + b"\r\n")
		        time.sleep(0.002)
		except OSError:
		    pass
		ours.settimeout(5)
		heard = ours.recv(65536)
		if not heard.startswith(b"421 4.4.2 "):
		    sys.exit(f"heard {heard!r}")
		p.wait()
	.
	nothing_stored
}

# After these lines, in a session with Idle-Timeout: 1.
STALLS=(
    'S: 220 *'
    'S: 220 *\nC-RAW: EHLO a'
    'S: 220 *\nC: EHLO a\nS-ALL: 250-*'
    'S: 220 *\nC: EHLO a\nS-ALL: 250-*\nC: AUTH LOGIN\nS: 334 *'
    'S: 220 *\nC: EHLO a\nS-ALL: 250-*\nC: AUTH LOGIN\nS: 334 *\nC: YQ==\nS: 334 *'
    'S: 220 *\nC: EHLO a\nS-ALL: 250-*\nC: AUTH SCRAM-SHA-256 biwsbj1hbGljZSxyPXg=\nS: 334 *'
    "S: 220 *\nC: EHLO a\nS-ALL: 250-*\nC: AUTH PLAIN\nS: 334?\nC-RAW: AGFsaWN"
)
MORE_STALLS=(
    'C: MAIL FROM:<alice@example.org>\nS: 250 *'
    'C: MAIL FROM:<alice@example.org>\nS: 250 *\nC: RCPT TO:<bob@example.org>\nS: 250 *'
    'C: MAIL FROM:<alice@example.org>\nS: 250 *\nC: RCPT TO:<bob@example.org>\nS: 250 *\nC: DATA\nS: 354 *'
    'C: MAIL FROM:<alice@example.org>\nS: 250 *\nC: RCPT TO:<bob@example.org>\nS: 250 *\nC: DATA\nS: 354 *\nC-RAW: X: y\\r\\n.\\r'
    'C: MAIL FROM:<alice@example.org>\nS: 250 *\nC: RCPT TO:<bob@example.org>\nS: 250 *\nC: BDAT 1000'
    'C: MAIL FROM:<alice@example.org>\nS: 250 *\nC: RCPT TO:<bob@example.org>\nS: 250 *\nC-RAW: BDAT 6\\r\\nX: y\\r\\n\nS: 250 *\nC-RAW: BDAT 1000 LAST\\r\\nX: y'
)

# The lines, silence, and then a byte now and then; the log tells.
stalls()
{
	{ printf "$1\n"; printf '%s\n' 'S: 421 4.4.2 *' S-END 'STATUS: 75'; } |
	    submit || return 1
	{ printf "$1\n"; printf '%s\n' 'TRICKLE: x' 'STATUS: 75'; } |
	    submit || return 1
	grep -q -e 'no answer within 1 seconds' -e 'not done within' -e \
	    'less than 1024 bytes a second' "$T/log"
}

@test "slow loris: stalls at each step, and says a byte at a time" {
	auth_host 'Idle-Timeout: 1'
	for lines in "${STALLS[@]}"; do
		stalls "$lines" || { echo "after $lines"; return 1; }
	done
	for lines in "${MORE_STALLS[@]}"; do
		stalls "$(login)\n$lines" || { echo "after $lines"; return 1; }
	done
	nothing_stored
}

@test "slow loris: stalls in TLS, and in its handshake" {
	tls_host 'Idle-Timeout: 1'
	for trickle in '\x16\x03\x01\x40\x00' '\x16\x03\x01\x00\x01\x01'; do
		{ hello; printf '%s\n' 'C: STARTTLS' 'S: 220 *' \
		    "TRICKLE: $trickle" 'STATUS: 75'; } | talk
		contains log 'TLS handshake: no answer within 1 seconds'
		printf '%s\n' "TRICKLE: $trickle" 'STATUS: 75' |
		    talk smtpd-inetd -Tf mailpipe.conf
		contains log 'TLS handshake: no answer within 1 seconds'
	done
	for more in 'S: 421 4.4.2 *' 'TRICKLE: x'; do
		{ hello; printf '%s\n' 'C: STARTTLS' 'S: 220 *' 'TLS:' \
		    "$more" 'STATUS: 75'; } | talk
		{ hello; printf '%s\n' 'C: STARTTLS' 'S: 220 *' 'TLS:' \
		    'C: EHLO a' 'S-ALL: 250-*' "$more" 'STATUS: 75'; } | talk
		contains log 'no answer within 1 seconds'
	done
}

# Each piece of it comes in time.
@test "slow loris: a line without end, in a command and in AUTH" {
	auth_host 'Session-Timeout: 2'
	{ hello; printf '%s\n' 'C-FLOOD: A' 'STATUS: 75'; } | submit
	contains log 'not done within the time allowed'
	{ hello; printf '%s\n' 'C: AUTH PLAIN' 'S: 334?' 'C-FLOOD: A' \
	    'STATUS: 75'; } | submit
	contains log 'not done within the time allowed'
}

# How long, as asked of the system; no clock decides.
@test "stalls of Checkpassword: it has 30 seconds" {
	auth_host "Checkpassword: sh -c 'exec cat $T/late' sh"
	mkfifo late
	owned late
	{ wait_for 20 grep -Eqs \
		'ppoll\(.*, 1, \{tv_sec=(30, tv_nsec=0|29, tv_nsec=9.*)\}' \
		trace >waited 2>&1
	    echo >late; } 3>&- &
	{ hello; printf '%s\n' "C: AUTH PLAIN $(plain alice x)" 'S: 235 *' \
	    'C: NOOP' 'S: 250 *' 'C: QUIT' 'S: 221 *'; } |
	    submit env ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" \
	    strace -f -o trace -e trace=ppoll smtpd-inetd -S -f mailpipe.conf
	wait
	same waited /dev/null
}

@test "the DNS: silence, loops, 1000 MX, NUL in a name" {
	start dns python3 "$TESTS/peer/dns.py" "$T/port"
	wait_for 10 test -s port
	mail_host
	printf '%s\n' 'Check-Sender-Domain: yes' \
	    "Nameserver: 127.0.0.1:$(cat port)" >>mailpipe.conf
	{ hello
	    for name in many loop far cname nul short flood none silent; do
		printf '%s\n' "C: MAIL FROM:<a@$name.test>" 'S: 250 2.1.0 *' \
		    'C: RSET' 'S: 250 *'
	    done
	    printf '%s\n' 'C: MAIL FROM:<a@null.test>' 'S: 550 5.7.27 *'
	} | talk
}

@test "CVE-2020-7247: no address reaches a shell" {
	for address in '<;for i in 0 1 2;do read r;done;sh;exit 0;>' \
	    '<;sh;@>' '<`touch x`@>' '<$(touch x)>' '<|touch x>' '<"|touch x">' \
	    '<"|touch x"@>' '<-oQ/tmp@>'; do
		{ hello; printf '%s\n' "C: MAIL FROM:$address" 'S: 501 5.1.7 *' \
		    'C: MAIL FROM:<>' 'S: 250 *' "C: RCPT TO:$address" \
		    'S: 501 5.1.3 *'; } | talk
	done
	{ hello; printf '%s\n' 'C: MAIL FROM:<"$(touch x)`touch x`;|"@example.net>' \
	    'S: 250 *' 'C: RCPT TO:<"bob+;touch x"@example.org>' 'S: 250 *' \
	    'C: RCPT TO:<bob@example.org>' 'S: 250 *' 'C: DATA' 'S: 354 *' \
	    'C: x: y' 'C: .' 'S: 250 *'; } | talk
	[ ! -e x ]
}

@test "CVE-2025-62875: junk in one session does not stop the others" {
	tls_host
	smtpd
	for junk in '\xff\xfe\0\r\n' '\r\n' '\0' '\x16\x03\x01\0\0' \
	    'EHLO \0\r\nSTARTTLS\r\n\x16' 'BDAT 99999999999 LAST\r\n' \
	    'PROXY TCP4 a b c d\r\n' '\r\n\r\n\0\r\nQUIT\r\n\xff'; do
		for how in HANGUP RESET 'SHUT\nS-SKIP'; do
			printf "C-RAW: ${junk//\\/\\\\}\n$how\n" >junk
			converse junk
		done
	done
	{ envelope; printf '%s\n' 'C: x: y' 'C: .' 'S: 250 *' 'C: QUIT' \
	    'S: 221 *'; } >good
	converse good
	[ "$(letters bob)" -eq 1 ]
}

@test "CVE-2019-16928: EHLO of 11 kB" {
	for n in 256 1000 2000 11000 65536; do
		{ printf '%s\n' 'S: 220 *' 'C-RAW: EHLO '; echo "C-REPEAT: $n A"
		    printf '%s\n' C: 'S: 50[01] 5.5.[24] *' 'C: MAIL FROM:<>' \
			'S: 503 *'; } | talk
	done
}

@test "CVE-2019-15846: a name in SNI that ends in a backslash" {
	tls_host
	smtpd
	for name in 'mx.example.org\' '\' 'a\\' "$(printf '%0200d' 0)\\" ../../x \
	    '*' '%s%n' "$(printf '\033[2J')"; do
		s_client -starttls smtp -servername "$name"
		contains out '221 2.0.0'
	done
	cp smtpd.log log
	logs_clean
}

@test "CVE-2017-16943, CVE-2017-16944: BDAT out of place and out of range" {
	ready=$(printf '%s\n' 'C: MAIL FROM:<a@example.net>' 'S: 250 *' \
	    'C: RCPT TO:<bob@example.org>' 'S: 250 *')
	# The published one: a header without end behind a BDAT that is refused.
	{ hello; printf '%s\n' 'C-RAW: BDAT 1 LAST\r\n\x7f' 'S: 503 *' \
	    'C: MAIL FROM:<a@example.net>' 'S: 250 *' \
	    'C-RAW: BDAT 1 LAST\r\n.' 'S: 554 5.5.1 *' \
	    'C: RCPT TO:<bob@example.org>' 'S: 250 *' \
	    'C-RAW: BDAT 1 LAST\r\n.' 'S: 250 2.0.0 *' 'C: BDAT 0 LAST' \
	    'S: 503 *' 'C: NOOP' 'S: 250 2.0.0 here'; } | talk
	[ "$(letters bob)" -eq 1 ]
	for count in -1 -0 +1 1. 0x1 '' ' ' 99999999999999999999 \
	    18446744073709551616 '1 LAST 1' 'LAST' '1LAST'; do
		{ hello; echo "$ready"; printf '%s\n' "C: BDAT $count" \
		    'S: 501 5.5.4 *' S-END; } | talk || { echo "$count"; false; }
	done
	# What an end of DATA would be is text.
	{ hello; echo "$ready"; printf '%s\n' \
	    'C-RAW: BDAT 19 LAST\r\nX: y\r\n\r\n.\r\nQUIT\r\n\r\n' \
	    'S: 250 2.0.0 accepted*' 'C: NOOP' 'S: 250 2.0.0 here'; } | talk
	[ "$(letters bob)" -eq 2 ]
}

@test "CVE-2005-1513: sizes above 4 GiB do not wrap" {
	mail_host
	echo 'Idle-Timeout: 1' >>mailpipe.conf
	for n in 4294967295 4294967296 4294967297 9223372036854775807 \
	    9223372036854775808 18446744073709551615; do
		{ hello; printf '%s\n' "C: MAIL FROM:<a@example.net> SIZE=$n" \
		    'S: 552 5.3.4 *' 'C: MAIL FROM:<a@example.net>' 'S: 250 *' \
		    'C: RCPT TO:<bob@example.org>' 'S: 250 *' \
		    "C-RAW: BDAT $n LAST\r\nX: y\r\n" 'S: 421 4.4.2 *' \
		    S-END 'STATUS: 75'; } | talk
	done
	nothing_stored
}

@test "CVE-2018-6789: AUTH of every length, with the last bytes wrong" {
	auth_host
	for first in $(seq 0 9 120); do
		{ hello
		    for n in $(seq $first $((first + 8))); do
			word=$(head -c "$n" /dev/zero | tr '\0' A)
			printf '%s\n' "C: AUTH PLAIN ${word}f" \
			    'S: 501 5.5.2 *'
		    done; printf '%s\n' 'C: NOOP' 'S: 250 *'; } | submit ||
		    { echo "$first"; return 1; }
		{ hello
		    for n in $(seq $first 2 $((first + 8))); do
			word=$(head -c "$n" /dev/zero | tr '\0' A)
			printf '%s\n' 'C: AUTH PLAIN' 'S: 334?' \
			    "C: ${word}A=" 'S: 501 5.5.2 *'
		    done; printf '%s\n' 'C: NOOP' 'S: 250 *'; } | submit ||
		    { echo "$first"; return 1; }
	done
}

@test "CVE-2020-28020: a header of folds without end" {
	{ envelope; printf '%s\n' 'C: Subject: x' 'C-REPEAT: 400000 \x20x\r\n' \
	    C: 'C: .' 'S: 554 5.6.0 *'
	    envelope | tail -n +4
	    printf '%s\n' 'C-REPEAT: 2000  \r\n' 'C: .' 'S: 250 *'; } | talk
	[ "$(letters bob)" -eq 1 ]
}
