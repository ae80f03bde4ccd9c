# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# What mime-unpack finds that MIME knows nothing of: uuencoded files,
# winmail.dat, and messages that came in fragments.

load helper

# Standard error is one line, which holds TEXT; or it is empty.
noted()
{
	if [ "$#" -eq 0 ]; then
		[ ! -s err ] || { show err; return 1; }
		return 0
	fi
	[ "$(wc -l <err)" -eq 1 ] || { show err; return 1; }
	contains err "$1"
}

# saved STATUS MESSAGE ...: unpacks them into the empty directory d; standard
# input is what mime-unpack is to print, and nothing else is to be there.
saved()
{
	local status=$1

	shift
	rm -rf d
	cat >want
	expect_noted "$status" mime-unpack -d d "$@" || return 1
	diff -u want out || return 1
	sed 's,.*	d/,,' out | sort >names
	(cd d && find . ! -name . | sed 's,^\./,,' | sort) >there
	diff -u names there
}

# uuencoded NAME [FORM]: standard input, as real encoders make it.
uuencoded()
{
	python3 - "$@" 3<&0 <<-'.'
		import base64, binascii, os, sys
		data = os.fdopen(3, "rb").read()
		out = sys.stdout.buffer
		name = sys.argv[1].encode()
		if sys.argv[2:] == ["base64"]:
		    out.write(b"begin-base64 644 " + name + b"\n")
		    for i in range(0, len(data), 45):
		        out.write(base64.b64encode(data[i:i + 45]) + b"\n")
		    out.write(b"====\n")
		else:
		    ticks = sys.argv[2:] == ["ticks"]
		    out.write(b"begin 644 " + name + b"\n")
		    for i in range(0, len(data), 45):
		        out.write(binascii.b2a_uu(data[i:i + 45],
		            backtick=ticks))
		    out.write(binascii.b2a_uu(b"", backtick=ticks) + b"end\n")
	.
}

# winmail KIND: a message m with such a winmail.dat, which is in w (see
# peer/tnef.py).
winmail()
{
	python3 "$TESTS/peer/tnef.py" "$1" >w || return 1
	{
		printf 'Content-Type: application/ms-tnef; name=winmail.dat\n'
		printf 'Content-Transfer-Encoding: base64\n\n'
		base64 w
	} >m
}

# fragment FILE PARAMETERS BODY: a message/partial; BODY has printf escapes.
fragment()
{
	printf 'From: a@example.org\nContent-Type: message/partial; %s\n\n%b' \
	    "$2" "$3" >"$1"
}

# Three of a message with two parts: p1, p2 and p3.
three()
{
	fragment p1 "id=\"$1\"; number=1" 'Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none'
	fragment p2 "id=\"$1\"; number=2" 'more\n--b\nContent-Type: a/b; name=two\n'
	fragment p3 "id=\"$1\"; number=3; total=3" '\ntwo\n--b--\n'
}

child_of()
{
	[ -n "$(ps -o pid= --ppid "$1")" ]
}

# --- uuencoded files

@test "uuencoded files in text are saved beside it, and it is whole" {
	head -c 3000 /dev/urandom >a
	head -c 1000 /dev/zero >b
	head -c 46 /dev/urandom >c
	{
		printf 'Content-Type: text/plain\n\nhello\n'
		uuencoded a.bin <a
		printf 'and\n'
		uuencoded b.bin base64 <b
		uuencoded c.bin ticks <c
		uuencoded zeros <b
		printf 'bye\n'
	} >m
	printf '1\td/%s\n' a.bin b.bin c.bin zeros part-1.txt | saved 0 m
	noted
	same d/a.bin a
	same d/b.bin b
	same d/c.bin c
	same d/zeros b
	sed '1,2d' m | cmp - d/part-1.txt
}

@test "uuencoded files: CRLF, and spaces that a mail system dropped" {
	head -c 1000 /dev/zero >a
	{
		printf 'Content-Type: text/plain\n\n'
		uuencoded a.bin <a | sed 's/ *$//'
	} >m
	sed 's/$/\r/' m >crlf
	for file in m crlf; do
		printf '1\td/%s\n' a.bin part-1.txt | saved 0 "$file"
		noted
		same d/a.bin a
		sed '1,2d' "$file" | cmp - d/part-1.txt
	done
}

@test "uuencoded files are those that munpack finds" {
	head -c 3000 /dev/urandom >a
	{ printf 'Subject: x\n\nhello\n'; uuencoded a.bin <a; } >m
	munpack -q -f -C "$T" m >/dev/null
	expect 0 mime-unpack -d d m
	same d/a.bin a.bin
}

@test "uuencoded files: not with -r, not in other types and encodings" {
	printf 'Content-Type: %s\n%s\nbegin 644 a\n#0V%%T\n`\nend\n' \
	    text/plain '' >m
	rm -rf d
	expect 0 mime-unpack -r -d d m
	[ "$(ls d)" = part-1.txt ]
	sed s,text/plain,a/b, m >other
	printf '1\td/part-1.bin\n' | saved 0 other
	printf 'Content-Transfer-Encoding: quoted-printable\n' |
	    sed '1r /dev/stdin' m >quoted
	printf '1\td/part-1.txt\n' | saved 0 quoted
	expect 0 mime-unpack -p 1 m
	sed '1,2d' m | cmp - out
}

@test "-T: what was found in a part is in its directory" {
	printf 'Subject: x\n\nbegin 644 body\n#0V%%T\n`\nend\n' >m
	expect 0 mime-unpack -T -d d m
	printf Cat | cmp - d/1/files/body
	sed '1,2d' m | cmp - d/1/body
	contains out '1	d/1/files/body'
	winmail plain
	expect 0 mime-unpack -T -d e m
	[ "$(ls e/1/files)" = "$(printf 'note.txt\nphoto.jpg')" ]
	same e/1/body w
	winmail checksum
	expect_noted 0 mime-unpack -T -d f m
	noted 'm: part 1: winmail.dat was not all taken apart'
	[ "$(ls f/1/files)" = first ]
}

@test "a begin line in prose is prose" {
	printf 'Subject: x\n\nbegin 644 x\nis how it starts\n' >m
	printf '1\td/part-1.txt\n' | saved 0 m
	noted
}

@test "hostile: names of uuencoded files" {
	printf 'Subject: x\n\n' >m
	for name in /etc/x '..\..\y' .bashrc '-rf' '..' '/'; do
		printf 'begin 644 %s\n#0V%%T\n`\nend\n' "$name"
	done >>m
	printf 'begin 644 a\033[31m\n#0V%%T\n`\nend\n' >>m
	printf '1\td/%s\n' x y _bashrc _rf part-1.bin 'part-1~1.bin' \
	    'a_[31m' part-1.txt | saved 0 m
	noted
}

@test "hostile: a uuencoded file without its end is saved, with its flaw" {
	printf 'Subject: x\n\nbegin 644 a\n#0V%%T\nbye\n' >m
	printf '1\td/%s\n' a part-1.txt | saved 0 m
	noted 'm: part 1: a uuencoded file without its end'
	printf Cat | cmp - d/a
	expect_noted 0 mime-unpack -j -d e m
	python3 - <<-'.'
		import json
		a, text = [json.loads(line) for line in open("out")]
		assert a == {"message": "m", "part": "1", "type": None,
		    "path": "e/a", "size": 3, "flaws": ["uu-short"]}, a
		assert text["flaws"] == [] and text["type"] == "text/plain"
	.
}

@test "hostile: more uuencoded files than there may be parts" {
	awk 'BEGIN {
		print ""
		for (i = 0; i < 10001; i++)
			print "begin 644 x\n#0V%T\n`\nend"
	}' >m
	expect_noted 65 mime-unpack -d d m
	noted 'm: more than 10000 files in parts'
	[ "$(wc -l <out)" -eq 10000 ]
	[ "$(find d -type f | wc -l)" -eq 10000 ]
}

@test "content that is x-uuencode is decoded" {
	head -c 3000 /dev/urandom >a
	for token in x-uuencode X-UUE uuencode; do
		{
			printf 'Content-Type: image/png; name=a.png\n'
			printf 'Content-Transfer-Encoding: %s\n\n' "$token"
			uuencoded other.png <a
		} >m
		printf '1\td/a.png\n' | saved 0 m
		noted
		same d/a.png a
		expect 0 mime-unpack -p 1 m
		same out a
	done
	expect 0 mime-unpack m
	printf '1\timage/png\tx-uuencode\t-\t-\t%s\ta.png\n' \
	    "$(sed '1,3d' m | wc -c)" | cmp - out
	expect_noted 0 mime-unpack -r -p 1 m
	noted 'an encoding that is unknown'
	sed '1,3d' m | cmp - out
}

@test "content that is x-uuencode, with text around it, or none in it" {
	printf 'Content-Type: a/b\nContent-Transfer-Encoding: x-uue\n\n' >m
	cp m none
	printf 'see\nbegin 644 a\n#0V%%T\n`\nend\n' >>m
	printf '1\td/part-1.bin\n' | saved 0 m
	noted 'm: part 1: text around the uuencoded content, dropped'
	printf Cat | cmp - d/part-1.bin
	echo 'no such thing' >>none
	printf '1\td/part-1.bin\n' | saved 0 none
	contains err 'none: part 1: said to be uuencoded and is not'
	echo 'no such thing' | cmp - d/part-1.bin
}

@test "memory does not grow with uuencoded files" {
	sanitized && return 0
	head -c 30000000 /dev/zero >a
	{ echo; uuencoded a <a; } >m
	{
		printf 'Content-Type: a/b; name=b\n'
		printf 'Content-Transfer-Encoding: x-uuencode\n'
		cat m
	} >encoded
	peak mime-unpack -d d m >/dev/null
	[ "$PEAK" -lt 6144 ]
	same d/a a
	peak mime-unpack -d d encoded >/dev/null
	[ "$PEAK" -lt 6144 ]
	same d/b a
}

# --- winmail.dat

@test "winmail.dat: its attachments and texts are saved beside it" {
	winmail good
	printf '1\td/%s\n' 'Foto März.jpg' note.txt message.txt message.html \
	    message.rtf winmail.dat | saved 0 m
	noted
	same d/winmail.dat w
	printf 'a note' | cmp - d/note.txt
	printf 'the text\r\n' | cmp - d/message.txt
	printf '<p>the text</p>' | cmp - d/message.html
	printf '{\\rtf1 the text}' | cmp - d/message.rtf
	python3 -c 'print(end="".join(map(chr, range(256))) * 40)' |
	    iconv -f utf-8 -t latin1 | cmp - 'd/Foto März.jpg'
	rm -rf d
	expect 0 mime-unpack -r -d d m
	[ "$(ls d)" = winmail.dat ]
}

@test "winmail.dat: the files that ytnef finds" {
	winmail plain
	mkdir theirs
	ytnef -f theirs w >/dev/null
	printf '1\td/%s\n' photo.jpg note.txt winmail.dat | saved 0 m
	rm d/winmail.dat
	diff -r theirs d
}

@test "winmail.dat by its name, or by another type" {
	winmail plain
	sed 's,ms-tnef,vnd.ms-tnef,; s,winmail.dat,x,' m >other
	printf '1\td/%s\n' photo.jpg note.txt x | saved 0 other
	sed 's,ms-tnef,octet-stream,; s,winmail,WinMail,' m >other
	printf '1\td/%s\n' photo.jpg note.txt WinMail.dat | saved 0 other
	sed 's,ms-tnef,octet-stream,; s,winmail.dat,x,' m >other
	printf '1\td/x\n' | saved 0 other
}

@test "hostile: names in a winmail.dat" {
	winmail names
	printf '1\td/%s\n' evil passwd a _bashrc part-1.bin evil.exe \
	    'a__[31m' winmail.dat | saved 0 m
	noted
}

@test "hostile: a message in a winmail.dat is a file, not taken apart" {
	winmail embedded
	printf '1\td/%s\n' 'Re_ hello' winmail.dat | saved 0 m
	head -c 4 'd/Re_ hello' | cmp - <(printf 'x\237>"')
}

@test "hostile: damaged winmail.dat: what is whole of it is saved" {
	for kind in overflow negative checksum counts value_size rtf_size \
	    rtf_large; do
		winmail "$kind"
		printf '1\td/%s\n' first winmail.dat | saved 0 m
		noted 'm: part 1: winmail.dat was not all taken apart: it'
		same d/winmail.dat w
		printf 1 | cmp - d/first
	done
	winmail rtf_short
	printf '1\td/%s\n' first message.rtf winmail.dat | saved 0 m
	[ "$(wc -c <d/message.rtf)" -eq 64 ]
	expect_noted 0 mime-unpack -j -d e <(winmail checksum; cat m)
	python3 - <<-'.'
		import json
		first, all = [json.loads(line) for line in open("out")]
		assert first["flaws"] == [] and all["flaws"] == ["tnef"]
	.
}

@test "hostile: what is no TNEF" {
	printf 'Content-Type: application/ms-tnef\n\nno such thing' >m
	printf '1\td/part-1.bin\n' | saved 0 m
	noted 'taken apart: it is damaged or no TNEF'
	printf 'Content-Type: application/ms-tnef\n\n' >m
	printf '1\td/part-1.bin\n' | saved 0 m
	noted 'taken apart: it is damaged or no TNEF'
}

@test "hostile: a winmail.dat that ends anywhere" {
	python3 "$TESTS/peer/tnef.py" names >w
	python3 - >m <<-'.'
		import base64
		data = open("w", "rb").read()
		print("Content-Type: multipart/mixed; boundary=b\n")
		for n in range(len(data)):
		    print("--b\nContent-Type: application/ms-tnef; name=w%d\n"
		        "Content-Transfer-Encoding: base64\n\n%s" %
		        (n, base64.b64encode(data[:n]).decode()))
		print("--b--")
	.
	expect_noted 0 mime-unpack -d d m
	size=$(wc -c <w)
	for ((n = 0; n < size; n++)); do
		head -c "$n" w | cmp - "d/w$n"
	done
	grep -v 'it is damaged or no TNEF$' err >other || :
	[ "$(wc -l <other)" -le 1 ]
	grep -v '	d/w[0-9]*$' out >files
	not grep -vE '	d/(evil|passwd|a|x|_bashrc|part-[0-9.]*|a__\[31m)(~[0-9]*)?(\.(exe|bin))?$' \
	    files
}

@test "hostile: a winmail.dat with thousands of files" {
	winmail many
	expect_noted 0 mime-unpack -d d m
	noted 'taken apart: it has too many files'
	[ "$(wc -l <out)" -eq 1001 ]
	same d/winmail.dat w
}

@test "hostile: a winmail.dat that keeps the library busy" {
	winmail slow
	printf '1\td/winmail.dat\n' | saved 0 m
	noted 'taken apart: it takes too long'
}

@test "a signal while a winmail.dat is taken apart: nothing is left" {
	local status=0

	winmail slow
	env --default-signal=TERM mime-unpack -d d m >said 2>err 3>&- &
	pid=$!
	wait_for 20 child_of "$pid"
	kill -s TERM "$pid"
	wait "$pid" || status=$?
	[ "$status" -eq 143 ]
	[ -z "$(ls d)" ]
	[ ! -s said ] && [ ! -s err ]
}

@test "hostile: a winmail.dat longer than a message" {
	{
		printf 'Content-Type: application/ms-tnef; name=w\n\n'
		head -c 52428801 /dev/zero
	} >m
	printf '1\td/w\n' | saved 0 m
	noted 'taken apart: it is too long to be taken apart'
	[ "$(wc -c <d/w)" -eq 52428801 ]
}

@test "winmail.dat: memory stays where the library is" {
	sanitized && return 0
	python3 - "$TESTS/peer" >m <<-'.'
		import base64, sys
		sys.path.insert(0, sys.argv[1])
		import tnef
		print("Content-Type: application/ms-tnef; name=w\n"
		    "Content-Transfer-Encoding: base64\n")
		data = tnef.winmail(tnef.attachment(b"big", bytes(40000000)))
		print(base64.encodebytes(data).decode())
	.
	expect 0 mime-unpack -d d m
	head -c 40000000 /dev/zero | cmp - d/big
}

# --- message/partial

@test "fragments are joined, in whatever order they are given" {
	three A@example.org
	for order in 'p1 p2 p3' 'p3 p2 p1' 'p2 p3 p1' 'p1 p3 p2'; do
		# shellcheck disable=SC2086
		printf 'p1\t%s\n' '1	d/part-1.txt' '2	d/two' |
		    saved 0 $order
		noted
		printf 'one\nmore' | cmp - d/part-1.txt
		printf two | cmp - d/two
	done
	[ -z "$(find . -name 'mailpipe.*')" ]
}

@test "fragments: -l, -j and -0" {
	three A@example.org
	printf 'p3\np1\np2\n' >list
	expect 0 sh -c 'mime-unpack -lj -d d <list'
	python3 - <<-'.'
		import json
		one, two = [json.loads(line) for line in open("out")]
		assert one == {"message": "p1", "part": "1", "type":
		    "text/plain", "path": "d/part-1.txt", "size": 8,
		    "flaws": []}, one
		assert two["part"] == "2" and two["path"] == "d/two"
	.
	rm -rf d
	expect 0 mime-unpack -0 -d d p1 p2 p3
	printf 'd/part-1.txt\0d/two\0' | cmp - out
}

@test "fragments: other messages, and two sets that are mixed" {
	three A
	mkdir a
	mv p1 p2 p3 a/
	three B
	printf '%s\t%s\n' "$TESTS/data/no-mime.eml" '1	d/part-1.txt' \
	    p1 '1	d/part-1~1.txt' p1 '2	d/two' \
	    a/p1 '1	d/part-1~2.txt' a/p1 '2	d/two~1' |
	    saved 0 a/p3 p1 a/p2 p3 "$TESTS/data/no-mime.eml" p2 a/p1
	noted
}

@test "fragments: one of one, and the same again" {
	fragment p 'id=a; number=1; total=1' 'Subject: x\n\nall\n'
	printf 'p\t1\td/part-1%s.txt\n' '' '~1' | saved 0 p p
	noted
	echo all | cmp - d/part-1.txt
}

@test "fragments of which some are missing are saved, with a line" {
	three A@example.org
	printf '%s\n' 'p1	1	d/part-1.eml' 'p3	1	d/part-1~1.eml' |
	    saved 0 p3 p1
	noted 'mime-unpack: message/partial: 2 of 3 parts of A@example.org given, not joined'
	sed '1,3d' p1 | cmp - d/part-1.eml
	sed '1,3d' p3 | cmp - 'd/part-1~1.eml'
	rm -rf d
	expect_noted 0 mime-unpack -j -d d p1 p2
	noted 'message/partial: 2 parts of A@example.org given and not the last'
	python3 - <<-'.'
		import json
		for line in open("out"):
		    record = json.loads(line)
		    assert record["flaws"] == ["partial"]
		    assert record["type"] == "message/partial"
	.
}

@test "fragments: one message, and -r, are as they are" {
	three A
	printf '1\td/part-1.eml\n' | saved 0 p1
	noted
	rm -rf d
	expect 0 mime-unpack -r -d d p1 p2 p3
	[ "$(wc -l <out)" -eq 3 ]
	sed '1,3d' p1 | cmp - d/part-1.eml
}

@test "hostile: fragments whose numbers cannot be" {
	three A
	for params in 'id=A; number=0; total=3' 'id=A; number=4; total=3' \
	    'id=A; number=1; total=3' 'id=A; number=2; total=4' \
	    'id=A; number=99999999999999999999' 'id=A' 'number=1'; do
		fragment bad "$params" 'bad\n'
		printf '%s\n' 'bad	1	d/part-1.eml' \
		    'p1	1	d/part-1.txt' 'p1	2	d/two' |
		    saved 0 p3 p1 bad p2
		noted 'bad: part 1: a fragment of a message, not joined'
		echo bad | cmp - d/part-1.eml
		printf 'one\nmore' | cmp - d/part-1.txt
	done
	fragment bad 'id=B; number=1; total=1000000000' 'bad\n'
	printf 'bad\t1\td/part-1.eml\nbad\t1\td/part-1~1.eml\n' |
	    saved 0 bad bad
	contains err '1 of 1000000000 parts of B given, not joined'
}

@test "hostile: an id with control characters is shown escaped" {
	fragment p "id*=utf-8''a%1B%5B31m%0A; number=1; total=2" 'x\n'
	expect_noted 0 mime-unpack -d d p "$TESTS/data/no-mime.eml"
	noted 'message/partial: 1 of 2 parts of a\x1b[31m\x0a given'
}

@test "hostile: what was joined is not joined again" {
	fragment p1 'id=A; number=1; total=2' \
	    'Content-Type: message/partial; id=B; number=1; total=1\n'
	fragment p2 'id=A; number=2; total=2' '\nSubject: x\n\nall\n'
	printf 'p1\t1\td/part-1.eml\n' | saved 0 p1 p2
	noted 'p1: part 1: a fragment of a message, not joined'
	printf 'Subject: x\n\nall\n' | cmp - d/part-1.eml
}

@test "hostile: more fragments than are held" {
	{
		echo 'Content-Type: multipart/mixed; boundary=b'
		for ((i = 0; i < 1003; i++)); do
			printf '\n--b\nContent-Type: message/partial; '
			printf 'id=%s; number=1; total=2\n\nx' "$i"
		done
		printf '\n--b--\n'
	} >m
	expect_noted 0 mime-unpack -d d m "$TESTS/data/no-mime.eml"
	[ "$(grep -c 'part 100[123]: a fragment of a message, not' err)" -eq 3 ]
	[ "$(grep -c '1 of 2 parts of' err)" -eq 1000 ]
	[ "$(find d -type f | wc -l)" -eq 1004 ]
}

@test "hostile: fragments whose message has a limit hit, or a flaw" {
	fragment p1 'id=A; number=1; total=2' ''
	yes 'X-A: b' | head -n 200000 >>p1
	fragment p2 'id=A; number=2; total=2' 'x\n'
	saved 65 p1 p2 </dev/null
	noted 'mime-unpack: p1: fragment: a header longer than 1048576 bytes'
	fragment p1 'id=A; number=1; total=2' \
	    'Content-Type: multipart/mixed; boundary=b\n\n--b\n\n'
	printf 'p1\t1\td/part-1.txt\n' | saved 0 p1 p2
	noted 'p1: whole message: the close delimiter is missing'
}

@test "fragments where no temporary file can be: saved, 73" {
	three A
	export TMPDIR=$T/missing
	printf 'p%s\t1\td/part-1%s.eml\n' 1 '' 2 '~1' | saved 73 p1 p2
	contains err 'p1: part 1: '
	contains err 'missing/mailpipe.'
	printf '%s\t1\td/part-1%s.txt\n' "$TESTS/data/no-mime.eml" '' \
	    "$TESTS/data/no-mime.eml" '~1' |
	    saved 0 "$TESTS/data/no-mime.eml" "$TESTS/data/no-mime.eml"
	noted
}

@test "fragments that the disk has no room for: named, the others joined: 74" {
	three A
	fragment big 'id=B; number=1; total=2' ''
	head -c 400000 /dev/zero >>big
	expect 74 sh -c 'ulimit -f 100; exec mime-unpack -d d p1 big p2 p3'
	noted 'big: part 1: temporary file: write: File too large'
	printf 'p1\t%s\n' '1	d/part-1.txt' '2	d/two' | cmp - out
	printf two | cmp - d/two
}

@test "memory does not grow with fragments" {
	sanitized && return 0
	fragment p1 'id=A; number=1; total=2' 'Content-Type: a/b; name=big\n\n'
	fragment p2 'id=A; number=2; total=2' ''
	yes 'a line of text' | head -c 30000000 >big
	cat big >>p1
	cat big >>p2
	peak mime-unpack -d d p2 p1 >/dev/null
	[ "$PEAK" -lt 6144 ]
	cat big big | cmp - d/big
}

# --- EXAMPLES of the manual page

@test "examples" {
	winmail good
	mkdir -p Maildir/cur
	cp m Maildir/cur/
	cp "$TESTS/data/letter.eml" Maildir/cur/
	expect 0 sh -c 'grep -ls ms-tnef Maildir/cur/* |
	    mime-unpack -l -d attachments'
	contains out 'Maildir/cur/m	1	attachments/note.txt'
	[ "$(wc -l <out)" -eq 6 ]
	three A
	for n in 1 2 3; do
		mv "p$n" "part-$n.eml"
	done
	expect 0 sh -c 'mime-unpack -d whole part-*.eml'
	printf two | cmp - whole/two
}
