#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd against clients that mean it harm: more than one message out of
# one, values that are syntax elsewhere, input without end.

load helper
load smtpd

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

@test "what is no end of a message does not end one" {
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

@test "the true end: what follows are commands, and may not come early" {
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

@test "nor does one after a refusal: too long, a loop, no room" {
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

@test "a message that came before 354 is not taken" {
	{ hello; printf 'C-RAW: %s\n' "$SMUGGLED"
	    printf '%s\n' 'S: 250 *' 'S: 250 *' 'S: 554 5.5.0 *' S-END; } | talk
	{ hello; printf '%s\n' 'C: MAIL FROM:<a@example.net>' 'S: 250 *' \
	    'C: RCPT TO:<bob@example.org>' 'S: 250 *' 'C-RAW: DATA\r\n.\r\n' \
	    'S: 554 5.5.0 *' S-END; } | talk
	nothing_stored
}

@test "a line end cut in two, a byte at a time, all at once" {
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
@test "dots and line ends at each place around the edge of the buffer" {
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

@test "bytes that are no part of an address, in MAIL and RCPT" {
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
	    '<b\xc3\xb6b@example.org>' '<bob@ex\xffmple.org>' '<a\x1bb@example.org>' \
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

@test "what a quoted local part may hold stays one word" {
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

@test "parameters of MAIL and RCPT" {
	{ hello; cat <<-'.'
		C: MAIL FROM:<a@example.net> SIZE=-1
		S: 501 5.5.4 *
		C: MAIL FROM:<a@example.net> SIZE=1 SIZE=1
		S: 501 5.5.4 *
		C: MAIL FROM:<a@example.net> BODY=8BITMIME BODY=7BIT
		S: 501 5.5.4 *
		C: MAIL FROM:<a@example.net> BODY=BINARYMIME
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
	for parameter in ENVID=+0AX ENVID=+00 ORCPT=+ +G1 = == RET=FULL SMTPUTF8 \
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
		S: 555 5.5.4 *
		C-RAW: RCPT TO:<bob@example.org> NOTIFY=\0\r\n
		S: 500 5.5.2 *
		C: DATA
		S: 554 5.5.1 *
	.
	} | talk
}

@test "HELO with anything in it changes neither trace nor log" {
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

@test "a trace of all that was said holds no control character" {
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
	{ hello; printf '%s\n' 'C-RAW: MAIL FROM:<\xc3\xbc@example.org>\r\n' \
	    'S: 501 5.1.7 *"[?][?]@example.org"*'; } | talk
}

@test "HTTP is hung up on" {
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
