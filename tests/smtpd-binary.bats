#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd and BINARYMIME (RFC 3030, 3): octets into a store of lines.

load helper
load smtpd

# Where messages wait is for every user to write.
setup()
{
	isolate
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	mkdir "$T/wait" "$T/parts"
	chmod 1777 "$T/wait"
	export TMPDIR=$T/wait
}

# Up to the reply to RCPT.
ready()
{
	printf '%s\n' 'C: MAIL FROM:<alice@example.net> BODY=BINARYMIME' \
	    'S: 250 *' 'C: RCPT TO:<bob@example.org>' 'S: 250 *'
}

# All of FILE in chunks of SIZE octets, else in one; the last reply is to match
# the pattern.
chunks()
{
	python3 - "$1" "$2" <<-'.'
		import sys
		t = open(sys.argv[1], "rb").read()
		n = int(sys.argv[2])
		with open("%s.%d" % (sys.argv[1], n), "wb") as f:
		    for i in range(0, len(t), n or len(t)):
		        p = t[i:i + (n or len(t))]
		        last = b" LAST" if i + len(p) == len(t) else b""
		        f.write(b"BDAT %d%s\r\n" % (len(p), last) + p)
		        if not last:
		            print("S: 250 2.0.0 %d octets *" % len(p))
	.
	printf '%s\n' "S: $3"
}

# A script that sends FILE.
message()
{
	ready
	chunks "$1" "$2" "$3" >"$T/replies"
	echo "C-FILE: $1.$2"
	cat "$T/replies"
}

# $T/m: a message with text, and a file of all octets, of line ends of all kinds
# and of what is nearly a delimiter; $T/file is that file.
make_message()
{
	python3 - "$T" <<-'.'
		import sys
		file = bytes(range(256)) * 3
		file += b"\n\r\r\n\r\n\n--b\r\r\n--bb\r\n\r"
		text = "Grüße\r\n.\r\n\r\n".encode()
		head = (b"From: a@x\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
		    b"Content-Type: multipart/mixed; boundary=b\r\n"
		    b"Content-Transfer-Encoding: binary\r\n\r\n--b\r\n"
		    b"Content-Type: text/plain; charset=utf-8\r\n"
		    b"Content-Transfer-Encoding: binary\r\n\r\n")
		middle = (b"\r\n--b\r\nContent-Type: application/octet-stream\r\n"
		    b"Content-Disposition: attachment; filename=file\r\n"
		    b"Content-Transfer-Encoding: binary\r\n\r\n")
		for name, parts in (("file", [file]), ("text", [text]),
		    ("m", [head, text, middle, file, b"\r\n--b--\r\n"])):
		    open(sys.argv[1] + "/" + name, "wb").write(b"".join(parts))
	.
}

# What is in the letter of bob is what was sent.
check_message()
{
	local file

	file=$(letter bob)
	not grep -q 'Encoding: binary' "$file"
	LC_ALL=C not grep -qaP '\x00|\r' "$file"
	mime-unpack -d "$T/parts" "$file" >/dev/null
	same "$T/file" "$T/parts/file"
	stored "$file" >"$T/got"
	{ tr -d '\r' <"$T/text"; echo; } >"$T/want"
	sed '1,/8bit$/d' "$T/got" | sed -n '/8bit/,/^--b/p' | sed '1,2d;$d' \
	    >"$T/part"
	same "$T/want" "$T/part"
	rm "$T"/parts/* "$file"
	tmp_clean
	[ -z "$(ls -A "$TMPDIR")" ]
}

@test "all octets, in chunks of every size" {
	make_message
	for size in 0 1 7 "$(($(wc -c <"$T/m") - 1))" 64; do
		{ printf '%s\n' 'S: 220 *' 'C: EHLO a' \
		    'S-ALL: 250-*BINARYMIME*'; message "$T/m" "$size" \
		    '250 2.0.0 accepted *'; } | talk
		check_message
	done
	contains "$T/log" "size=$(wc -c <"$T/m") tls=none accepted"
}

@test "text in lines goes in as it is, and no line end at the end" {
	printf 'A: b\r\n\r\nh\351\r\n.\r\n\r\n%05000d\r\nx' 0 >"$T/m"
	{ hello; message "$T/m" 0 '250 *'; } | talk
	stored "$(letter bob)" >"$T/got"
	{ tr -d '\r' <"$T/m"; echo; } >"$T/want"
	same "$T/want" "$T/got"
}

@test "no MIME-Version: it is added" {
	printf 'A: b\r\n\r\n\0' >"$T/m"
	{ hello; message "$T/m" 0 '250 *'; } | talk
	stored "$(letter bob)" >"$T/got"
	printf '%s\n' 'A: b' 'MIME-Version: 1.0' \
	    'Content-Type: text/plain; charset=us-ascii' \
	    'Content-Transfer-Encoding: base64' '' 'AA==' >"$T/want"
	same "$T/want" "$T/got"
}

@test "by smtp-send: a file of all octets, and one of long lines" {
	smtpd -v
	python3 - "$T" <<-'.'
		import sys
		open(sys.argv[1] + "/file", "wb").write(bytes(range(256)) * 40)
		open(sys.argv[1] + "/long", "wb").write(
		    bytes(c for c in range(256) if c not in b"\0\r\n") * 40)
	.
	for name in file long; do
		printf 'From: a@x\nSubject: x\n' >"$T/m"
		printf '%s\n' 'MIME-Version: 1.0' \
		    'Content-Type: application/octet-stream; name=file' \
		    'Content-Transfer-Encoding: binary' '' >>"$T/m"
		cat "$T/$name" >>"$T/m"
		expect 0 smtp-send -f alice@example.net "smtp://127.0.0.1:$PORT" \
		    bob@example.org <"$T/m"
		mime-unpack -d "$T/parts" "$(letter bob)" >/dev/null
		# smtp-send adds the end of the last line to what it sends as
		# it is.
		head -c "$(wc -c <"$T/$name")" "$T/parts/file" >"$T/got"
		same "$T/$name" "$T/got"
		rm "$T"/parts/* "$(letter bob)"
	done
	[ "$(grep -c '< MAIL .*BODY=BINARYMIME' "$T/smtpd.log")" -eq 1 ]
}

@test "DATA is 503; the transaction goes on; the next one is not binary" {
	printf 'A: b\r\n\r\n\n' >"$T/m"
	{ hello; ready; printf '%s\n' 'C: DATA' 'S: 503 5.5.1 *' \
	    'C-RAW: BDAT 8 LAST\r\nX: y\r\n\r\n' 'S: 250 2.0.0 accepted *'
	    for end in 'C: RSET' 'C: NOOP'; do
		[ "$end" = 'C: NOOP' ] || { ready; printf '%s\n' "$end" 'S: 250 *'; }
		printf '%s\n' 'C: MAIL FROM:<> BODY=8BITMIME' 'S: 250 *' \
		    'C: RCPT TO:<bob@example.org>' 'S: 250 *' \
		    'C-RAW: BDAT 9 LAST\r\nA: b\r\n\r\n\n' 'S: 550 5.6.0 *'
	    done
	    # Nor after a MAIL that was refused.
	    printf '%s\n' 'C: MAIL FROM:<> BODY=BINARYMIME X=y' 'S: 555 *' \
		'C: MAIL FROM:<>' 'S: 250 *' 'C: RCPT TO:<bob@example.org>' \
		'S: 250 *' 'C: DATA' 'S: 354 *' 'C: .' 'S: 250 *'
	} | talk
	[ "$(letters bob)" -eq 2 ]
}

@test "what cannot be converted is refused, and nothing is stored" {
	mail_host
	signed='Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n'
	mixed='Content-Type: multipart/mixed; boundary=b\r\n\r\n'
	while IFS='|' read -r text why; do
		printf "$text" >"$T/m"
		{ hello
		    message "$T/m" 0 "554 5.6.3 *: $why"
		    message "$T/m" 1 "554 5.6.3 *: $why"
		    printf '%s\n' 'C: NOOP' 'S: 250 *'; } | talk
	done <<-.
		A: b\nC: d\r\n\r\nx|a bare LF in a header
		A: b\rC: d\r\n\r\nx|a bare CR in a header
		A: b\0\r\n\r\nx|a NUL in a header
		$mixed\r\n.\n|a bare LF between parts
		${mixed}--b\r\n\r\nx\r\n--b--\r\n\0|a NUL between parts
		${mixed}x\0|a NUL between parts
		$signed\0\r\n--b--\r\n|part 1 is signed or encrypted
		hello\r\n\r\n\0|part 1 is of a kind *
		Content-Type: message/partial; id=x\r\n\r\n\0|part 1 is of a *
	.
	python3 -c 'print("Content-Type: message/rfc822\r\n\r\n" * 101, end="")' \
	    >"$T/m"
	{ hello; message "$T/m" 0 '554 5.6.3 *: parts nested deeper than 100'
	} | talk
	printf 'A: %070000d\r\n\r\n\0' 0 >"$T/m"
	{ hello; message "$T/m" 0 '554 5.6.3 *'; } | talk
	# No line to convert, and too long where it is.
	printf 'Content-Type: multipart/mixed; boundary=b\r\n\r\n%070000d' 0 \
	    >"$T/m"
	{ hello; message "$T/m" 0 '550 5.6.0 * too long'; } | talk
	nothing_stored
}

@test "signed text in lines is as it was" {
	printf '%s\r\n' 'Content-Type: multipart/signed; boundary=b' '' '--b' \
	    'Content-Transfer-Encoding: binary' '' $'gr\303\274n' '--b--' >"$T/m"
	{ hello; message "$T/m" 0 '250 *'; } | talk
	stored "$(letter bob)" >"$T/got"
	tr -d '\r' <"$T/m" >"$T/want"
	same "$T/want" "$T/got"
}

@test "too long as it came: 552; in base64 it may be longer" {
	mail_host
	echo 'Max-Message-Size: 4K' >>"$T/mailpipe.conf"
	{ printf 'A: b\r\n\r\n'; head -c 4088 /dev/zero; } >"$T/m"
	{ printf 'A: b\r\n\r\n'; head -c 4089 /dev/zero; } >"$T/more"
	{ hello; message "$T/m" 0 '250 2.0.0 accepted *'
	    message "$T/more" 0 '552 5.3.4 *'
	    ready; echo 'C: BDAT 4090'; printf 'C-REPEAT: 4090 \\0\n'
	    printf '%s\n' 'S: 250 *' 'C: BDAT 7 LAST' 'C-REPEAT: 7 \0' \
		'S: 552 5.3.4 *' 'C: NOOP' 'S: 250 *'; } | talk
	[ "$(letters bob)" -eq 1 ]
	[ "$(wc -c <"$(letter bob)")" -gt 5000 ]
}

@test "50 MB: in memory there is little of it" {
	mail_host
	printf 'A: b\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\n' >"$T/m"
	head -c 50000000 /dev/urandom >>"$T/m"
	{ hello; message "$T/m" 1000000 '250 *'; } |
	    talk "${MAILPIPE_BIN%/*}/tests/tool/measure" "$T/peak" 60 \
		smtpd-inetd -f "$T/mailpipe.conf"
	read -r _ _ PEAK <"$T/peak"
	echo "$PEAK KiB"
	sanitized || [ "$PEAK" -lt 8192 ]
	sed '1,/^$/d' "$(letter bob)" | base64 -d >"$T/got"
	sed '1,/^\r$/d' "$T/m" >"$T/want"
	cmp "$T/want" "$T/got"
	tmp_clean
}

@test "cut in a chunk, between chunks: nothing is stored" {
	make_message
	for how in HANGUP RESET 'SHUT\nS-SKIP'; do
		{ hello; ready
		    printf 'C-RAW: BDAT 5 LAST\\r\\n\\0\n%b\nSTATUS: 75\n' "$how"
		} | talk
		{ hello; ready
		    printf 'C-RAW: BDAT 1\\r\\n\\0\nS: 250 *\n%b\n' "$how"
		} | talk
	done
	nothing_stored
}

@test "no room in TMPDIR, or none at all" {
	printf 'A: b\r\n\r\n\0' >"$T/m"
	{ hello; message "$T/m" 0 '451 4.3.0 *'; printf '%s\n' 'C: NOOP' 'S: 250 *'
	} | talk env TMPDIR=/nowhere smtpd-inetd -f "$T/mailpipe.conf"
	contains "$T/log" 'not stored: /nowhere/mailpipe'
	head -c 300000 /dev/zero >>"$T/m"
	{ hello; message "$T/m" 1000 '452 4.3.1 *'; message "$T/m" 0 '452 4.3.1 *'
	} | talk bash -c 'ulimit -f 64; exec smtpd-inetd -f "$1"' - \
	    "$T/mailpipe.conf"
	contains "$T/log" 'not converted: temporary file'
	nothing_stored
}

@test "what is given up leaves no file open" {
	{ hello
	    for _ in $(seq 40); do
		ready
		printf '%s\n' 'C-RAW: BDAT 1\r\n\0' 'S: 250 *' 'C: RSET' 'S: 250 *'
	    done
	    for _ in $(seq 40); do
		ready
		printf '%s\n' 'C-RAW: BDAT 9 LAST\r\nA: b\r\n\r\n\n' \
		    'S: 250 *'
	    done; } | talk sh -c 'ulimit -n 32; exec smtpd-inetd -f "$1"' - \
		"$T/mailpipe.conf"
	[ "$(letters bob)" -eq 40 ]
}

@test "a filter may write what is longer in base64 than it came" {
	mail_host
	printf '%s\n' 'Filter: cat' 'Max-Message-Size: 4100000' \
	    >>"$T/mailpipe.conf"
	{ printf 'A: b\r\n\r\n\0'; head -c 4000000 /dev/urandom; } >"$T/m"
	{ hello; message "$T/m" 0 '250 2.0.0 accepted *'; } | talk
	[ "$(wc -c <"$(letter bob)")" -gt 5300000 ]
}

@test "LMTP: a reply for each recipient; filters have what is stored" {
	mail_host
	echo 'Filter: sed s,AAECAw==,AAAA,' >>"$T/mailpipe.conf"
	{ printf '%s\n' 'S: 220 *' 'C: LHLO a' 'S-ALL: 250-*BINARYMIME*' \
	    'C: MAIL FROM:<> BODY=BINARYMIME' 'S: 250 *' \
	    'C: RCPT TO:<bob@example.org>' 'S: 250 *' \
	    'C: RCPT TO:<alice@example.org>' 'S: 250 *' \
	    'C-RAW: BDAT 12 LAST\r\nA: b\r\n\r\n\0\x01\x02\x03' \
	    'S: 250 2.0.0 accepted *' 'S: 250 2.0.0 accepted *' \
	    'C: MAIL FROM:<> BODY=BINARYMIME' 'S: 250 *' \
	    'C: RCPT TO:<bob@example.org>' 'S: 250 *' \
	    'C: RCPT TO:<alice@example.org>' 'S: 250 *' \
	    'C-RAW: BDAT 5 LAST\r\nA: b\n' 'S: 554 5.6.3 *' 'S: 554 5.6.3 *'
	} | talk smtpd-inetd -L -f "$T/mailpipe.conf"
	contains "$(letter alice)" AAAA
	contains "$(letter bob)" AAAA
}
