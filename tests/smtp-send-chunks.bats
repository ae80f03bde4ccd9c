# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# smtp-send, where the server offers CHUNKING (RFC 3030).

load helper
load postfix

setup()
{
	isolate
	shopt -s lastpipe
	printf '%s\n' 'From: alice@example.org' 'Subject: test' '' 'Hello' \
	    '.' '..bye' >m
}

# A server that follows the lines on standard input behind EHLO, or LHLO; it
# offers CHUNKING and $OFFER.
server()
{
	{
		printf '%s\n' 'S: 220 mx' "C: ${HELLO:-EHLO} *" 'S: 250-mx'
		[ -z "${OFFER=PIPELINING}" ] || printf 'S: 250-%s\n' $OFFER
		echo 'S: 250 CHUNKING'
		cat
	} >script
	scripted script
	URL=smtp://127.0.0.1:$PORT
}

recorder()
{
	rm -rf port rec
	start recorder python3 "$TESTS/peer/record.py" port rec CHUNKING "$@"
	wait_for 10 test -s port
	URL=smtp://127.0.0.1:$(cat port)
}

# A message of so many lines of 100 bytes on the wire.
large()
{
	python3 -c 'import sys
print("From: a@x\n")
for i in range(int(sys.argv[1])):
    print("." + "%097d" % i)' "$1" >large
}

@test "lines end in CRLF, dots are left alone, an end is added" {
	recorder PIPELINING
	printf 'a: b\r\n\n.\r.\r\n..c' >n
	printf 'm\nn\n' >list
	: >empty
	echo empty >>list
	expect 0 smtp-send -l -f a@x "$URL" b@y <list
	sed 's/$/\r/' m >want
	same rec/1.wire want
	printf 'a: b\r\n\r\n.\r\n.\r\n..c\r\n' >want
	same rec/2.wire want
	: >want
	same rec/3.wire want
	[ ! -e rec/wrong ]
	[ "$(grep -c . rec/connections)" -eq 1 ]
}

@test "chunks of 64 KiB to 1 MiB, nothing lost between them" {
	local keywords

	large 30000
	sed 's/$/\r/' large >want
	for keywords in PIPELINING ''; do
		# shellcheck disable=SC2086 # none, or one
		recorder $keywords
		expect 0 smtp-send -f a@x "$URL" b@y <large
		[ ! -e rec/wrong ] || { show rec/wrong; false; }
		same rec/1.wire want
		[ "$(wc -l <rec/1.chunks)" -gt 5 ]
		sed '$d' rec/1.chunks | awk '$1 < 65536 || $1 > 1048576 { exit 1 }'
	done
}

@test "the envelope waits for no DATA, the last chunk not for those before" {
	large 1000
	OFFER='PIPELINING SIZE' server <<-'.'
	C: MAIL FROM:<a@x> SIZE=*
	C: RCPT TO:<b@y>
	S-RAW: 250 a\r\n250 b\r\n
	C-CHUNK: body
	C-LAST: body
	S-RAW: 250 chunk\r\n250 2.0.0 done\r\n
	C: QUIT
	.
	expect_noted 0 smtp-send -rv -f a@x "$URL" b@y <large
	scripted_end
	sed 's/$/\r/' large | cmp - body
	contains out '2.0.0	done'
	grep -q '^> BDAT [0-9]* LAST$' err
	[ "$(wc -l <err)" -lt 20 ]
}

@test "-o chunking=no: DATA" {
	server <<-'.'
	C: MAIL *
	C: RCPT *
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n354 c\r\n
	C-DATA:
	S: 250 ok
	C: QUIT
	.
	expect 0 smtp-send -o chunking=no -f a@x "$URL" b@y <m
	scripted_end
	for bad in '' maybe YES; do
		expect 64 smtp-send -o chunking=$bad "$URL" b@y <m
	done
}

@test "nobody is accepted: no chunk" {
	server <<-'.'
	C: MAIL *
	C: RCPT *
	S-RAW: 250 a\r\n550 5.1.1 b\r\n
	C: QUIT
	.
	expect 67 smtp-send -f a@x "$URL" b@y <m
	scripted_end
}

@test "a chunk refused in the middle: no more of it, RSET, and the next" {
	large 100000
	printf '%s\n' large m >list
	OFFER= server <<-'.'
	C: MAIL *
	S: 250 ok
	C: RCPT *
	S: 250 ok
	C-CHUNK:
	S: 250 ok
	C-CHUNK:
	S: 552 5.3.4 enough of it
	C: RSET
	S: 250 ok
	C: MAIL *
	S: 250 ok
	C: RCPT *
	S: 250 ok
	C-LAST: body
	S: 250 2.0.0 ok
	C: QUIT
	.
	expect_noted 69 smtp-send -l -f a@x "$URL" b@y <list
	cut -f 1,3-6 out | tr '\t' ' ' >got
	printf '%s\n' 'large failed 552 5.3.4 enough of it' \
	    'm sent 250 2.0.0 ok' >want
	same got want
	scripted_end
}

@test "chunks refused behind one another: the first refusal counts" {
	large 1000
	printf '%s\n' large m >list
	# The last one is under way already, and RSET behind it.
	server <<-'.'
	C: MAIL *
	C: RCPT *
	S-RAW: 250 a\r\n250 b\r\n
	C-CHUNK:
	C-LAST:
	C: RSET
	C: MAIL *
	C: RCPT *
	S-RAW: 451 4.3.0 first\r\n503 5.5.1 second\r\n
	S-RAW: 250 reset\r\n250 a\r\n250 b\r\n
	C-LAST:
	S: 250 2.0.0 ok
	C: QUIT
	.
	expect_noted 75 smtp-send -l -f a@x "$URL" b@y <list
	cut -f 1,3-6 out | tr '\t' ' ' >got
	printf '%s\n' 'large deferred 451 4.3.0 first' \
	    'm sent 250 2.0.0 ok' >want
	same got want
	scripted_end
	# And where the last one is said to be taken without the first.
	server <<-'.'
	C: MAIL *
	C: RCPT *
	S-RAW: 250 a\r\n250 b\r\n
	C-CHUNK:
	C-LAST:
	S-RAW: 451 4.3.0 first\r\n250 2.0.0 all of it\r\n
	C: QUIT
	.
	expect 75 smtp-send -f a@x "$URL" b@y <large
	contains err '451 4.3.0 first'
	scripted_end
}

@test "the connection is lost between chunks: again; behind the last: deferred" {
	local end

	large 100000
	for end in HANGUP RESET 'S: 421 4.3.2 bye'; do
		OFFER= server <<-.
		C: MAIL *
		S: 250 ok
		C: RCPT *
		S: 250 ok
		C-CHUNK:
		$end
		ACCEPT
		S: 220 mx
		C: EHLO *
		S: 250 mx
		C: MAIL *
		S: 250 ok
		C: RCPT *
		S: 250 ok
		C: DATA
		S: 354 ok
		C-DATA:
		S: 250 2.0.0 ok
		C: QUIT
		.
		expect 0 smtp-send -f a@x "$URL" b@y <large
		scripted_end
		server <<-.
		C: MAIL *
		C: RCPT *
		S-RAW: 250 a\r\n250 b\r\n
		C-LAST:
		$end
		.
		expect_noted 75 smtp-send -r -f a@x "$URL" b@y <m
		contains out 'b@y	deferred	0'
		scripted_end
	done
}

@test "354 in answer to a chunk breaks the protocol" {
	large 100000
	OFFER= server <<-'.'
	C: MAIL *
	S: 250 ok
	C: RCPT *
	S: 250 ok
	C-CHUNK:
	S: 354 go on
	C-END
	ACCEPT
	HANGUP
	.
	expect 75 smtp-send -f a@x "$URL" b@y <large
	scripted_end
}

@test "LMTP: the last chunk waits for the others, and has a reply for each" {
	large 1000
	HELLO=LHLO server <<-'.'
	C: MAIL *
	C: RCPT *
	C: RCPT *
	S-RAW: 250 a\r\n250 b\r\n250 c\r\n
	C-CHUNK:
	QUIET: 0.1
	S: 250 chunk
	C-LAST:
	S-RAW: 250 b\r\n452 4.2.2 c\r\n
	C: QUIT
	.
	expect_noted 75 smtp-send -r -f a@x "lmtp://127.0.0.1:$PORT" b@y c@y \
	    <large
	[ "$(cut -f 2,3 out | tr '\t\n' ' ;')" = 'b@y sent;c@y deferred;' ]
	scripted_end
	HELLO=LHLO server <<-'.'
	C: MAIL *
	C: RCPT *
	C: RCPT *
	S-RAW: 250 a\r\n250 b\r\n250 c\r\n
	C-CHUNK:
	S: 552 5.3.4 chunk
	C: QUIT
	.
	expect_noted 69 smtp-send -r -f a@x "lmtp://127.0.0.1:$PORT" b@y c@y \
	    <large
	[ "$(cut -f 2,3 out | tr '\t\n' ' ;')" = 'b@y failed;c@y failed;' ]
	scripted_end
}

@test "BINARYMIME where it is needed, and nothing is converted" {
	python3 -c 'print("From: a@x\n\n" + "x" * 2000)' >long
	recorder PIPELINING BINARYMIME 8BITMIME
	printf '%s\n' m long >list
	expect 0 smtp-send -l -f a@x "$URL" b@y <list
	not grep -q BODY rec/1.envelope
	contains rec/2.envelope 'BODY=BINARYMIME'
	sed 's/$/\r/' long | cmp - rec/2.wire
	# Not with DATA, and not where it is not offered.
	recorder PIPELINING 8BITMIME
	expect 0 smtp-send -f a@x "$URL" b@y <long
	not grep -q BODY=BINARYMIME rec/1.envelope
	contains rec/1.wire 'quoted-printable'
	OFFER='PIPELINING BINARYMIME' server <<-'.'
	C: MAIL FROM:<a@x>
	C: RCPT *
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n354 c\r\n
	C-DATA:
	S: 250 ok
	C: QUIT
	.
	expect 0 smtp-send -o chunking=no -f a@x "$URL" b@y <long
	scripted_end
}

@test "a NUL is converted where it can be, and goes as BINARYMIME where not" {
	printf 'From: a@x\n\na\0b\n' >nul
	printf 'From: a@x\nContent-Type: multipart/signed; boundary=b\n\n--b\n\na\0b\n--b--\n' >signed
	recorder PIPELINING BINARYMIME
	printf '%s\n' nul signed >list
	expect 0 smtp-send -l -f a@x "$URL" b@y <list
	[ "$(tr -d '\1-\377' <rec/1.wire | wc -c)" -eq 0 ]
	not grep -q BODY rec/1.envelope
	contains rec/2.envelope 'BODY=BINARYMIME'
	sed 's/$/\r/' signed | cmp - rec/2.wire
	recorder PIPELINING
	expect_noted 69 smtp-send -r -f a@x "$URL" b@y <signed
	contains out 'failed	0	5.6.0'
}

@test "any bytes become lines (property)" {
	python3 - <<-'.'
	import os, random
	random.seed(20261125)
	pieces = [b'.', b'\r', b'\n', b'\r\n', b'\r\n.\r\n', b'BDAT 5 LAST\r\n',
	          b'\n\r', b'a' * 900, b' ']
	os.mkdir('box')
	with open('list', 'w') as out:
	    for i in range(60):
	        text = b''.join(random.choice(pieces)
	                        for _ in range(random.randrange(i * 40 + 1)))
	        with open(f'box/{i}', 'wb') as f:
	            f.write(b'X: y\n\n' + text)
	        print(f'box/{i}', file=out)
	.
	recorder PIPELINING BINARYMIME
	expect 0 smtp-send -l -f a@x "$URL" b@y <list
	[ ! -e rec/wrong ]
	python3 - <<-'.'
	import re
	for i in range(60):
	    lines = re.split(rb'\r\n|\r|\n', open(f'box/{i}', 'rb').read())
	    if not lines[-1]:
	        lines.pop()
	    want = b''.join(line + b'\r\n' for line in lines)
	    assert open(f'rec/{i + 1}.wire', 'rb').read() == want, i
	.
}

@test "a real postfix takes chunks" {
	needs_root
	postfix_up
	large 5000
	printf '%s\n' m large m >list
	expect_noted 0 smtp-send -lv -f a@example.org "$URL" bob@example.org <list
	[ "$(cut -f 3 out | uniq -c | tr -d ' ')" = 3sent ]
	grep -q '^> BDAT [0-9]*$' err
	not grep -q '^> DATA' err
	wait_for 20 sh -c '[ $(ls Maildir/new | wc -l) -eq 3 ]'
	sed '1,/^$/d' "$(grep -l '^\.0' Maildir/new/*)" >got
	sed '1,/^$/d' large >want
	same got want
	sed '1,/^$/d' "$(grep -l '^Hello' Maildir/new/* | head -n 1)" >got
	printf '%s\n' Hello . ..bye >want
	same got want
}
