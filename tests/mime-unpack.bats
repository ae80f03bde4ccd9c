# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# Hostile samples, tests/data/hostile, are small files; the large ones are
# made here.

load helper

hostile=$BATS_TEST_DIRNAME/data/hostile

# saved STATUS MESSAGE: unpacks it into the empty directory d; standard input
# is what mime-unpack is to print, and nothing else is to be there.
saved()
{
	rm -rf d
	cat >want
	expect_noted "$1" mime-unpack -d d "$2" || return 1
	diff -u want out || return 1
	cut -f 2 out | sed 's,^d/,,' | sort >names
	(cd d && find . ! -name . | sed 's,^\./,,' | sort) >there
	diff -u names there
}

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

# hostile_name SAMPLE NAME: its second part, PWN, gets that name.
hostile_name()
{
	printf '1\td/part-1.txt\n2\td/%s\n' "$2" |
	    saved 0 "$hostile/$1" || return 1
	printf PWN | cmp - "d/$2"
}

# A message of one part with that header field (printf escapes).
part_with()
{
	printf "Content-Type: multipart/mixed; boundary=b\n\n--b\n$1\n\nx\n--b--\n"
}

# --- the parts of well-formed messages

@test "every sample is listed as its .parts says" {
	for file in "$TESTS"/data/*.eml; do
		expect 0 mime-unpack "$file"
		diff -u "${file%.eml}.parts" out
	done
}

# But for message/delivery-status, which Python takes apart.
@test "every part is what Python's email package finds" {
	for file in "$TESTS"/data/*.eml; do
		[ "${file##*/}" != report.eml ] || continue
		rm -rf d python
		expect 0 mime-unpack -d d "$file"
		python3 "$TESTS/peer/leaves.py" "$file" python |
		    cut -d ' ' -f 1 >want
		cut -f 1 out | diff -u want -
		while read -r part path; do
			cmp "python/$part" "$path"
			expect 0 mime-unpack -p "$part" "$file"
			cmp "python/$part" out
		done <<-.
			$(mime-unpack -d e "$file")
		.
		rm -rf e
	done
}

@test "a message of a file, of standard input and of a pipe" {
	file=$TESTS/data/letter.eml
	expect 0 mime-unpack "$file"
	cp out want
	expect 0 mime-unpack - <"$file"
	same out want
	expect 0 sh -c 'cat "$1" | mime-unpack' sh "$file"
	same out want
	expect 0 sh -c 'cat "$1" | mime-unpack -p 1.1 - | grep -c K' sh "$file"
}

@test "several messages: the path is the first column" {
	expect 0 mime-unpack "$TESTS/data/no-mime.eml" "$TESTS/data/utf16.eml"
	printf '%s\t1\ttext/plain\t%s\t-\t%s\t-\n' >want \
	    "$TESTS/data/no-mime.eml" "7bit	-" 7 \
	    "$TESTS/data/utf16.eml" "base64	utf-16le" 29
	same out want
	expect 0 mime-unpack -d d "$TESTS/data/no-mime.eml" \
	    "$TESTS/data/utf16.eml"
	printf '%s\t1\td/%s\n' >want \
	    "$TESTS/data/no-mime.eml" part-1.txt \
	    "$TESTS/data/utf16.eml" 'part-1~1.txt'
	same out want
}

@test "-p gives containers as they are and messages whole" {
	file=$TESTS/data/forward.eml
	expect 0 mime-unpack -p 2 "$file"
	sed -n '/^From: carol/,/^--in--$/p' "$file" >want
	same out want
	expect 0 mime-unpack -p 1.2 "$TESTS/data/letter.eml"
	sed -n '/^--=_rel$/,/^--=_rel--$/p' "$TESTS/data/letter.eml" >want
	echo >>want
	same out <(head -c -1 want)
	expect 0 mime-unpack -p 1.2.2 -r "$TESTS/data/letter.eml"
	base64 -d out >raw
	expect 0 mime-unpack -p 1.2.2 "$TESTS/data/letter.eml"
	same out raw
}

@test "-p of a nested multipart is what stands between its delimiters" {
	printf 'Content-Type: multipart/mixed; boundary=a\n\n--a\n%s' \
	    'Content-Type: multipart/mixed; boundary=b' >m
	printf '\n\npre\n--b\n\n1\n--b--\nepi\n--a--\n' >>m
	expect 0 mime-unpack -p 1 m
	printf 'pre\n--b\n\n1\n--b--\nepi' | cmp - out
}

@test "-u converts text to UTF-8, in files too" {
	expect 0 mime-unpack -u -p 3 "$TESTS/data/letter.eml"
	printf 'café' | cmp - out
	expect 0 mime-unpack -u -p 1 "$TESTS/data/utf16.eml"
	printf 'Grüße, 你好\n' | cmp - out
	expect 0 mime-unpack -u -d d "$TESTS/data/utf16.eml"
	same out <(printf '1\td/part-1.txt\n')
	printf 'Grüße, 你好\n' | cmp - d/part-1.txt
}

@test "-u keeps the bytes of an unknown charset and says so" {
	printf 'Content-Type: text/plain; charset=x-no\n\n\351\n' >m
	expect_noted 0 mime-unpack -u -p 1 m
	printf '\351\n' | cmp - out
	noted 'm: part 1: unknown charset, the bytes are kept'
}

# One byte of TSCII becomes nine.
@test "-u loses nothing where text grows" {
	{
		printf 'Content-Type: text/plain; charset=tscii\n\n'
		head -c 200000 /dev/zero | tr '\0' '\207'
	} >m
	yes "$(printf '\340\256\225\340\257\215\340\256\267')" |
	    head -n 200000 | tr -d '\n' >want
	expect 0 mime-unpack -u -p 1 m
	cmp out want
	expect 0 mime-unpack -u -d d m
	cmp d/part-1.txt want
}

@test "-l: messages listed on standard input, -0 for any name" {
	cp "$TESTS/data/no-mime.eml" "$(printf 'a\nb')"
	printf '%s\n\nmissing\n%s' "$TESTS/data/no-mime.eml" \
	    "$TESTS/data/utf16.eml" >list
	expect 66 mime-unpack -l <list
	noted 'missing: open: No such file or directory'
	printf '%s\t1\ttext/plain\t%s\t-\t%s\t-\n' >want \
	    "$TESTS/data/no-mime.eml" "7bit	-" 7 \
	    "$TESTS/data/utf16.eml" "base64	utf-16le" 29
	same out want
	printf 'a\nb\0' >list
	expect 0 mime-unpack -l0 <list
	printf 'a\\nb\t1\ttext/plain\t7bit\t-\t-\t7\t-\0' | cmp - out
	expect 0 mime-unpack -0 -l -d d <list
	printf 'd/part-1.txt\0' | cmp - out
	expect 0 mime-unpack -0 -l -p 1 <list
	same out d/part-1.txt
	expect 0 mime-unpack -l </dev/null
	[ ! -s out ]
}

@test "-l: what is no path, and - as one: 65" {
	echo - >list
	echo "$TESTS/data/no-mime.eml" >>list
	expect 65 mime-unpack -l <list
	noted 'mime-unpack: -: standard input is the list of paths'
	contains out 'no-mime.eml	1	text/plain'
	head -c 5000 /dev/zero | tr '\0' x >list
	expect 65 mime-unpack -l <list
	noted 'list of paths: one longer than 4096 bytes'
	for args in '-l m' '-l -' '-0 -p 1'; do
		# shellcheck disable=SC2086
		expect 64 mime-unpack $args </dev/null
	done
}

@test "-j: one object for each message, one for each file" {
	expect 0 mime-unpack -j "$TESTS/data/letter.eml" \
	    "$TESTS/data/no-mime.eml"
	python3 - "$TESTS/data/letter.eml" <<-'.'
		import json, sys
		lines = open("out", "rb").read().splitlines()
		first, second = map(json.loads, lines)
		assert first["path"] == sys.argv[1] and first["error"] is None
		data = open(sys.argv[1], "rb").read()
		parts = first["parts"]
		assert [p["part"] for p in parts] == [None, "1", "1.1", "1.2",
		    "1.2.1", "1.2.2", "2", "3"]
		pdf = parts[6]
		assert pdf["name"] == "Rechnung März 2026.pdf"
		assert pdf["type"] == "application/pdf"
		assert pdf["encoding"] == "base64" and pdf["charset"] is None
		assert pdf["disposition"] == "attachment"
		assert pdf["flaws"] == []
		assert data[pdf["header"]:].startswith(b"Content-Type: applic")
		assert data[pdf["body"]:pdf["body"] + pdf["size"]] == \
		    b"JVBERi0xLjQK"
		assert second["parts"][0]["part"] == "1"
	.
	expect 0 mime-unpack -j -d d "$TESTS/data/letter.eml"
	python3 - <<-'.'
		import json
		files = [json.loads(line) for line in open("out")]
		assert [f["part"] for f in files] == ["1.1", "1.2.1", "1.2.2",
		    "2", "3"]
		for f in files:
		    assert len(open(f["path"], "rb").read()) == f["size"]
		    assert f["message"].endswith("letter.eml")
	.
}

@test "-0: paths alone for xargs, list lines end in NUL" {
	expect 0 mime-unpack -0 -d d "$TESTS/data/letter.eml"
	tr '\0' '\n' <out >lines
	diff -u - lines <<-'.'
		d/part-1.1.txt
		d/part-1.2.1.html
		d/picture.png
		d/Rechnung März 2026.pdf
		d/café.txt
	.
	xargs -0 ls -- <out >/dev/null
	expect 0 mime-unpack -0 "$TESTS/data/no-mime.eml"
	printf '1\ttext/plain\t7bit\t-\t-\t7\t-\0' | cmp - out
}

@test "CRLF and LF give the same parts" {
	rm -rf d e
	mime-unpack -d d "$TESTS/data/letter.eml" | sed 's,d/,,' >want
	mime-unpack -d e "$TESTS/data/letter-crlf.eml" | sed 's,e/,,' >got
	diff -u want got
	cmp d/picture.png e/picture.png
}

@test "nothing, a lone header, NUL, 8-bit bytes, a line of 1 MiB" {
	expect 0 mime-unpack - </dev/null
	printf '1\ttext/plain\t7bit\t-\t-\t0\t-\n' | cmp - out
	printf 'Subject: x' >m
	expect 0 mime-unpack -p 1 m
	[ ! -s out ]
	printf 'A: b\n\na\0b\377\n' >m
	expect 0 mime-unpack -p 1 m
	printf 'a\0b\377\n' | cmp - out
	{ echo; head -c 1048576 /dev/zero | tr '\0' -; } >m
	expect 0 mime-unpack -p 1 m
	tail -c +2 m | cmp - out
}

# --- messages that are attached encoded, against RFC 2046, 5.2.1

# attached ENCODER NAME: the message NAME is part 2 of m, after that command.
attached()
{
	printf 'Content-Type: multipart/mixed; boundary=out\n\n--out\n\nsee\n' >m
	printf -- '--out\nContent-Type: message/rfc822\n' >>m
	printf 'Content-Transfer-Encoding: %s\n\n' "${1%%:*}" >>m
	${1#*:} <"$2" >>m
	printf -- '\n--out--\n' >>m
}

qp='quoted-printable:python3 -m quopri -t'

@test "an encoded message is taken apart: list, -p, -d, as Python has it" {
	for encoder in base64:base64 "$qp"; do
		attached "$encoder" "$TESTS/data/letter.eml"
		expect_noted 0 mime-unpack m
		noted 'm: part 2: an encoding that is unknown or not allowed'
		sed -n '3,$p' out | cut -f 1,2 >got
		sed 's/^-/+/; s/^[0-9]/2.&/; s/^+/-/' \
		    "$TESTS/data/letter.parts" | cut -f 1,2 | diff -u - <(
			tail -n +2 got)
		head -n 1 got | diff -u - <(echo "2	message/rfc822")
		expect_noted 0 mime-unpack -p 2 m
		same out "$TESTS/data/letter.eml"
		rm -rf d python
		expect_noted 0 mime-unpack -d d m
		noted 'm: part 2: an encoding that is unknown or not allowed'
		python3 "$TESTS/peer/leaves.py" "$TESTS/data/letter.eml" python \
		    >/dev/null
		tail -n +2 out >files
		[ "$(wc -l <files)" -eq "$(find python -type f | wc -l)" ]
		while read -r part path; do
			cmp "python/${part#2.}" "$path"
			expect 0 mime-unpack -p "$part" m
			cmp "python/${part#2.}" out
		done <files
	done
}

@test "an encoded message has the attachments that mshow finds in it" {
	attached base64:base64 "$TESTS/data/letter.eml"
	sed -i '1s/^/MIME-Version: 1.0\n/' m
	mkdir mshow
	(cd mshow && mshow -x ../m)
	expect_noted 0 mime-unpack -d d m
	for name in picture.png 'Rechnung März 2026.pdf'; do
		same "mshow/$name" "d/$name"
	done
}

@test "an encoded message: offsets in it are null, -r leaves it as it is" {
	attached base64:base64 "$TESTS/data/forward.eml"
	expect_noted 0 mime-unpack -j m
	python3 - <<-'.'
		import json
		parts = json.load(open("out"))["parts"]
		data = open("m", "rb").read()
		assert [p["part"] for p in parts] == [None, "1", "2", None,
		    "2.1", "2.2", None, "2.2.1", "2.2.2", "2.2.2.1"]
		for p in parts[:3]:
		    assert data[p["header"]:p["body"]].endswith(b"\n\n") or \
		        p["header"] + 1 == p["body"]
		assert parts[2]["encoding"] == "base64"
		assert parts[2]["flaws"] == ["encoding"]
		for p in parts[3:]:
		    assert p["header"] is None and p["body"] is None
		assert parts[4]["size"] == 10
	.
	expect_noted 0 mime-unpack -r -p 2 m
	base64 -d out | cmp - "$TESTS/data/forward.eml"
	expect 0 mime-unpack -r -p 2.1 m
	[ "$(wc -c <out)" -eq 10 ]
	expect_noted 0 mime-unpack -r -d d m
	[ "$(cut -f 1 out | tr '\n' ' ')" = '1 2 ' ]
	base64 -d "$(tail -n 1 out | cut -f 2)" | cmp - "$TESTS/data/forward.eml"
}

@test "messages encoded in one another: eight levels, then as they are: 65" {
	printf 'A: b\n\nhello' >in
	for level in 1 2 3 4 5 6 7 8 9; do
		printf 'Content-Type: message/rfc822\n%s\n\n' \
		    'Content-Transfer-Encoding: base64' | cat - <(base64 in) >m
		mv m in
		[ "$level" -ne 8 ] || cp in eight
	done
	expect_noted 0 mime-unpack -p 1.1.1.1.1.1.1.1.1 eight
	printf hello | cmp - out
	expect_noted 65 mime-unpack -d d in
	contains err 'messages encoded in more than 8 others'
	tail -n 1 d/* | cmp - <(printf hello)
}

# --- the files of hostile messages

@test "hostile: ../.. is no way out" {
	hostile_name 01_dotdot.eml evil01
	hostile_name 02_abs.eml ABS02
	hostile_name 04_2231_slash.eml evil04
	hostile_name 08_2047.eml evil08
	hostile_name 10_2231_cont.eml evil10
	hostile_name 14_backslash.eml evil14.exe
	hostile_name 17_dir.eml x
	[ -z "$(find . -name '*evil*' ! -path './d/*')" ]
}

@test "hostile: no name that hides or is taken for an option" {
	hostile_name 03_dotfile.eml _bashrc
	hostile_name 13_dash.eml _rf
	hostile_name 15_pipe.eml '_touch PIPE15'
	[ ! -e PIPE15 ]
}

@test "hostile: no control characters in names" {
	hostile_name 05_2231_nl.eml 'a_b_[31mX'
	hostile_name 09_esc.eml '_]0;pwn_x.txt'
}

@test "hostile: a name of 300 bytes is cut, its extension is kept" {
	hostile_name 06_long300.eml "$(head -c 200 /dev/zero | tr '\0' A)"
	part_with "Content-Type: a/b; name=$(head -c 300 /dev/zero |
	    tr '\0' A).jpeg" >m
	printf '1\td/%s.jpeg\n' "$(head -c 195 /dev/zero | tr '\0' A)" |
	    saved 0 m
}

@test "hostile: two parts of one name are two files" {
	printf '1\td/dup\n2\td/dup~1\n' | saved 0 "$hostile/07_dup.eml"
	noted
	printf ONE | cmp - d/dup
	printf TWO | cmp - d/dup~1
}

@test "hostile: names that differ in case alone, or look like variants" {
	{
		echo 'Content-Type: multipart/mixed; boundary=b'
		for name in a.txt A.TXT a~1.txt a.txt; do
			printf '\n--b\nContent-Type: a/b; name=%s\n\n%s' \
			    "$name" "$name"
		done
		printf '\n--b--\n'
	} >m
	printf '%s\td/%s\n' 1 a.txt 2 A~1.TXT 3 a~1~1.txt 4 a~2.txt |
	    saved 0 m
	printf 'a~1.txt' | cmp - d/a~1~1.txt
}

@test "hostile: quotes and semicolons in a name" {
	hostile_name 11_semi_in_quote.eml 'a;b_c.txt'
}

@test "hostile: filename and name differ" {
	hostile_name 16_name_vs_filename.eml good.txt
	noted 'part 2: filename and name differ, the filename counts'
}

@test "hostile: no name, or none but dots" {
	hostile_name 18_empty.eml part-2.bin
	hostile_name 19_dotdot_only.eml part-2.bin
}

@test "hostile: devices, bidirectional marks, bytes that are no UTF-8" {
	part_with 'Content-Type: a/b; name=NUL.txt' >m
	printf '1\td/_NUL.txt\n' | saved 0 m
	part_with "Content-Type: a/b; name*=utf-8''a%%E2%%80%%AEtxt.exe" >m
	printf '1\td/a_txt.exe\n' | saved 0 m
	part_with "Content-Type: a/b; name*=utf-8''a%%C2%%9Bb%%00c" >m
	printf '1\td/a_b_c\n' | saved 0 m
	part_with 'Content-Type: a/b; name="C:\\\\x:y?.txt"' >m
	printf '1\td/x_y_.txt\n' | saved 0 m
}

@test "hostile: a uuencoded file in text has a safe name, the text is whole" {
	printf '1\td/%s\n' evil12 part-1.txt |
	    saved 0 "$hostile/12_uu.eml"
	printf Cat | cmp - d/evil12
	contains d/part-1.txt 'begin 644 ../../evil12'
}

@test "hostile: delimiters in the middle of a line or of a word" {
	printf '1\td/part-1.txt\n' | saved 0 "$hostile/20_midline_boundary.eml"
	printf 'mentions the --boundary\nstring mid-line\n' |
	    cmp - d/part-1.txt
	printf '1\td/part-1.txt\n' | saved 0 "$hostile/21_prefix_boundary.eml"
	printf 'a\n--BNDX\nstill a' | cmp - d/part-1.txt
}

@test "hostile: a boundary that looks like an encoded-word" {
	printf 'Content-Type: multipart/mixed; boundary="%s"\n\n--%s\n\n1\n--%s--\n' \
	    '=?utf-8?Q?y?=' '=?utf-8?Q?y?=' '=?utf-8?Q?y?=' >m
	printf '1\td/part-1.txt\n' | saved 0 m
	noted
	printf 1 | cmp - d/part-1.txt
}

@test "hostile: two Content-Type fields, the first counts" {
	printf '1\td/part-1.txt\n' | saved 0 "$hostile/22_dup_ct.eml"
	noted 'part 1: several Content-Type fields or boundaries, the first'
	contains d/part-1.txt 'name=hid22'
}

@test "hostile: base64 with junk, and padded in the middle" {
	printf '1\td/j23\n' | saved 0 "$hostile/23_b64_junk.eml"
	contains err 'part 1: bytes that are no base64, skipped'
	head -c 12 d/j23 >start
	printf 'hello world!' | cmp - start
	printf '1\td/j24\n' | saved 0 "$hostile/24_b64_chunked.eml"
	noted 'part 1: base64 that goes on after its padding, decoded'
	printf helloworld | cmp - d/j24
}

@test "hostile: no close delimiter, nothing behind a delimiter" {
	printf '1\td/part-1.txt\n' | saved 0 "$hostile/25_noclose.eml"
	noted 'whole message: the close delimiter is missing'
	printf 'no closing' | cmp - d/part-1.txt
	printf '1\td/part-1.txt\n2\td/part-2.txt\n' |
	    saved 0 "$hostile/27_eof_after_boundary.eml"
	[ ! -s d/part-2.txt ]
}

@test "hostile: comments in Content-Type" {
	printf '1\td/r26\n' | saved 0 "$hostile/26_comment_ct.eml"
	noted
}

@test "hostile: 3000 nested multiparts" {
	awk 'BEGIN {
		for (i = 0; i < 3000; i++)
			printf "Content-Type: multipart/mixed; boundary=b%d\n" \
			    "\n--b%d\n", i, i
		print "Content-Type: text/plain\n\nx"
	}' >m
	expect_noted 65 mime-unpack -d d m
	contains err 'm: parts nested deeper than 100'
	[ "$(wc -l <out)" -eq 1 ]
	contains d/* '--b2999'
	[ "$(wc -l <err)" -le 102 ]
	expect_noted 65 mime-unpack m
	[ "$(wc -l <out)" -eq 101 ]
}

@test "hostile: 3000 nested messages" {
	awk 'BEGIN {
		for (i = 0; i < 3000; i++)
			print "Content-Type: message/rfc822\n"
		print "\nx"
	}' >m
	expect_noted 65 mime-unpack -d d m
	noted 'm: parts nested deeper than 100'
	[ "$(wc -l <out)" -eq 1 ]
	[ "$(grep -c rfc822 d/*)" -eq 2899 ]
}

@test "hostile: 20000 parts" {
	awk 'BEGIN {
		print "Content-Type: multipart/mixed; boundary=b\n"
		for (i = 0; i < 20000; i++)
			print "--b\nContent-Type: a/b; name=x\n"
		print "--b--"
	}' >m
	expect_noted 65 mime-unpack -d d m
	contains err 'm: more than 10000 parts'
	[ "$(wc -l <out)" -eq 9999 ]
	[ -e d/x~9998 ] && [ ! -e d/x~9999 ]
	expect_noted 65 mime-unpack -j m
	python3 - <<-'.'
		import json
		message = json.load(open("out"))
		assert message["error"] == "more than 10000 parts"
		assert len(message["parts"]) == 10000
	.
}

@test "hostile: segments of RFC 2231 without end" {
	awk 'BEGIN {
		printf "Content-Type: application/x"
		for (i = 0; i < 4000; i++)
			printf "; name*%d=a", i
		print "\n\nx"
	}' >m
	printf '1\td/%s\n' "$(head -c 128 /dev/zero | tr '\0' a)" | saved 65 m
	noted 'm: more than 128 parameters in a field'
	{
		printf 'Content-Type: message/rfc822\n'
		printf 'Content-Transfer-Encoding: base64\n\n'
		base64 m
	} >encoded
	expect 65 mime-unpack encoded
	contains err 'encoded: more than 128 parameters in a field'
	awk 'BEGIN {
		printf "Content-Type: application/x"
		for (i = 0; i < 20000; i++)
			printf "; name*%d=a", i
		print "\n\nx"
	}' >m
	saved 65 m </dev/null
	noted 'm: a header field longer than 65536 bytes'
}

@test "hostile: endless headers" {
	head -c 3000000 /dev/zero | tr '\0' x >m
	saved 65 m </dev/null
	noted 'm: a header longer than 1048576 bytes'
	yes 'A: b' | head -n 2000 >m
	saved 65 m </dev/null
	noted 'm: more than 1000 header fields'
}

@test "hostile: notes are no more than 100 lines, and say how many more" {
	awk 'BEGIN {
		print "Content-Type: multipart/mixed; boundary=b\n"
		for (i = 0; i < 500; i++)
			print "--b\nContent-Type: nonsense\n\nx"
		print "--b--"
	}' >m
	expect_noted 0 mime-unpack m
	[ "$(wc -l <err)" -eq 101 ]
	contains err 'm: 400 more lines like these are left out'
}

# planted DIRECTORY NAME ...: of each kind that may be in the way one, with
# those names: a file, links to a file, to nothing and to a directory, a FIFO, a
# socket and a directory; with the same names behind ~1 and so on.
planted()
{
	local n=0 kind name=$2

	mkdir -p "$1" outside
	echo mine >outside/file
	for kind in file link dangling dirlink fifo socket directory; do
		[ "$n" -eq 0 ] || name=$2~$n
		n=$((n + 1))
		case $kind in
		file) echo mine >"$1/$name" ;;
		link) ln -s ../outside/file "$1/$name" ;;
		dangling) ln -s ../outside/new "$1/$name" ;;
		dirlink) ln -s ../outside "$1/$name" ;;
		fifo) mkfifo "$1/$name" ;;
		socket) python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$1/$name" ;;
		directory) mkdir "$1/$name" ;;
		esac
	done
	ls -lR --time-style=full-iso outside "$1" >before
}

@test "nothing is overwritten or followed: files, links, FIFOs, sockets" {
	planted d dup
	expect 0 mime-unpack -d d "$hostile/07_dup.eml"
	printf '%s\td/%s\n' 1 dup~7 2 dup~8 | cmp - out
	printf ONE | cmp - d/dup~7
	printf TWO | cmp - d/dup~8
	rm d/dup~7 d/dup~8
	ls -lR --time-style=full-iso outside d >after
	diff -u before after
	[ "$(cat outside/file d/dup)" = "$(printf 'mine\nmine')" ]
}

@test "the directory of -d may be a link: it is the user's own" {
	mkdir real
	ln -s real d
	expect 0 mime-unpack -d d "$hostile/07_dup.eml"
	printf ONE | cmp - real/dup
	ln -s nowhere e
	expect 73 mime-unpack -d e "$hostile/07_dup.eml"
	noted 'e: open: No such file or directory'
	[ ! -e nowhere ]
}

# The version of Landlock that the kernel has; none is -1.
landlock()
{
	python3 -c 'import ctypes
print(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1))'
}

# What runs in the process at its end stands for what took it over.
@test "whoever takes the process over writes in the directory alone" {
	sanitized && return 0
	cat >shim.c <<-'.'
		#include <fcntl.h>
		#include <stdlib.h>
		__attribute__((destructor)) static void
		at_end(void)
		{
			(void)open("d/inside", O_WRONLY | O_CREAT, 0600);
			(void)open("outside", O_WRONLY | O_CREAT, 0600);
			(void)open("d/link", O_WRONLY | O_CREAT, 0600);
		}
	.
	cc -shared -fPIC -o shim.so shim.c
	mkdir d
	ln -s ../through d/link
	expect 0 env LD_PRELOAD="$T/shim.so" \
	    mime-unpack -d d "$hostile/07_dup.eml"
	[ -e d/inside ]
	if [ "$(landlock)" -ge 1 ]; then
		[ ! -e outside ]
		[ ! -e through ]
	else
		[ -e outside ]
	fi
	expect 0 env LD_PRELOAD="$T/shim.so" mime-unpack "$hostile/07_dup.eml"
	[ -e outside ]
}

# A message of a small part, a large one, and a small one.
three_parts()
{
	printf 'Content-Type: multipart/mixed; boundary=b\n\n'
	printf -- '--b\nContent-Type: a/b; name=one\n\n1\n'
	printf -- '--b\nContent-Type: a/b; name=big\n\n'
	head -c 400000 /dev/zero
	printf '\n--b\nContent-Type: a/b; name=two\n\n2\n--b--\n'
}

# For unshare -m sh -c: OPTIONS and SCRIPT; in that d is a disk of its own.
small_disk='mkdir -p d && mount -t tmpfs -o "$1" tmpfs d && eval "$2"'

# --- -T: a tree of files

# tree_is STATUS MESSAGE [option ...]: makes the tree d; standard input is what
# is to be in it.
tree_is()
{
	local status=$1 message=$2

	shift 2
	rm -rf d
	sort >want
	expect_noted "$status" mime-unpack -T -d d "$@" "$message" || return 1
	find d -type f | sed 's,^d/,,' | sort | diff -u want - || return 1
	cut -f 2 out | sed 's,^d/,,' | sort | diff -u want -
}

@test "-T: a directory for each part, and structure.json" {
	tree_is 0 "$TESTS/data/forward.eml" <<-'.'
		structure.json
		TEXT/type
		TEXT/header
		1/type
		1/header
		1/body
		1/raw
		2/type
		2/header
		2.TEXT/type
		2.TEXT/header
		2.1/type
		2.1/header
		2.1/body
		2.1/raw
		2.2/type
		2.2/header
		2.2.1/type
		2.2.1/header
		2.2.1/body
		2.2.1/raw
	.
	noted
	[ "$(head -n 1 out)" = '-	d/TEXT/type' ]
	[ "$(tail -n 1 out)" = '-	d/structure.json' ]
	contains out '2.1	d/2.1/body'
	printf 'multipart/mixed\n' | cmp - d/2.TEXT/type
	[ "$(head -n 1 d/2.TEXT/header)" = 'From: carol@example.net' ]
	printf 'First.' | cmp - d/2.1/body
}

@test "-T: what it holds is what mime-ls and -p say, of every sample" {
	for file in "$TESTS"/data/*.eml "$hostile"/*.eml; do
		rm -rf d
		expect_noted 0 mime-unpack -T -d d "$file"
		mime-ls -j "$file" 2>/dev/null | cmp - d/structure.json
		python3 - "$file" <<-'.'
			import json, os, sys
			data = open(sys.argv[1], "rb").read()
			def read(*path):
			    return open(os.path.join("d", *path), "rb").read()
			def look(part, label):
			    name = part["number"] or label
			    files = {"type", "header"}
			    assert read(name, "type").decode() == \
			        part["type"] + "\n"
			    assert read(name, "header") == \
			        data[part["header"]:part["body"]]
			    if part["name"]:
			        files.add("name")
			        assert read(name, "name").decode() == \
			            part["name"] + "\n"
			    message = part["type"] in ("message/rfc822",
			        "message/global")
			    if not part["type"].startswith("multipart/") and \
			            not message:
			        files |= {"body", "raw"}
			        assert read(name, "raw") == \
			            data[part["body"]:part["end"]]
			    # A uuencoded file in a text, in 12_uu.eml.
			    assert set(os.listdir("d/" + name)) - {"files"} \
			        == files
			    for inner in part["parts"]:
			        look(inner, name + ".TEXT" if message else None)
			look(json.load(open("d/structure.json"))["parts"][0], "TEXT")
		.
		for body in d/*/body; do
			number=${body#d/}
			expect_noted 0 mime-unpack -p "${number%/body}" "$file"
			same out "$body"
		done
	done
}

@test "-T: messages that are attached encoded are in it, without offsets" {
	attached base64:base64 "$TESTS/data/forward.eml"
	expect_noted 0 mime-unpack -T -d d m
	noted 'm: part 2: an encoding that is unknown or not allowed'
	[ "$(ls d/2)" = "$(printf 'header\ntype')" ]
	printf 'See below.' | cmp - d/2.1/body
	printf 'multipart/mixed\n' | cmp - d/2.2.TEXT/type
	python3 - <<-'.'
		import json
		message = json.load(open("d/structure.json"))
		part = message["parts"][0]["parts"][1]
		assert part["number"] == "2" and part["encoding"] == "base64"
		assert part["header"] > 0 and part["end"] > part["body"]
		within = part["parts"][0]
		assert within["number"] is None and within["size"] > 0
		for p in [within] + within["parts"]:
		    assert p["header"] is p["body"] is p["end"] is None
		assert [(w["part"], w["flaw"]) for w in message["warnings"]] \
		    == [("2", "encoding")]
	.
}

@test "-T: -u gives text in UTF-8, -r leaves what is encoded and no body" {
	expect 0 mime-unpack -T -u -d d "$TESTS/data/utf16.eml"
	printf 'Grüße, 你好\n' | cmp - d/1/body
	base64 -d d/1/raw | iconv -f utf-16le -t utf-8 | cmp - d/1/body
	attached base64:base64 "$TESTS/data/no-mime.eml"
	tree_is 0 m -r <<-'.'
		structure.json
		TEXT/type
		TEXT/header
		1/type
		1/header
		1/raw
		2/type
		2/header
		2/raw
	.
	base64 -d d/2/raw | cmp - "$TESTS/data/no-mime.eml"
	mime-ls -j m 2>/dev/null | cmp - d/structure.json
}

@test "-T: standard input, -j and -0" {
	expect 0 mime-unpack -T -j -d d - <"$TESTS/data/utf16.eml"
	python3 - <<-'.'
		import json
		files = [json.loads(line) for line in open("out")]
		assert [f["path"] for f in files] == ["d/1/type", "d/1/header",
		    "d/1/raw", "d/1/body", "d/structure.json"]
		assert [f["part"] for f in files] == ["1", "1", "1", "1", None]
		assert [f["type"] for f in files] == [None, None, "text/plain",
		    "text/plain", None]
		for f in files:
		    assert len(open(f["path"], "rb").read()) == f["size"]
		assert json.load(open("d/structure.json"))["path"] == "-"
	.
	rm -rf d
	expect 0 mime-unpack -T0 -d d "$TESTS/data/utf16.eml"
	xargs -0 ls -- <out >/dev/null
}

@test "-T: what is in the way stays as it is: 73, the other parts are done" {
	for kind in link dangling file fifo directory socket; do
		rm -rf d outside
		mkdir -p d outside
		echo mine >outside/type
		case $kind in
		link) ln -s ../outside d/2 ;;
		dangling) ln -s ../outside/new d/2 ;;
		file) echo mine >d/2 ;;
		fifo) mkfifo d/2 ;;
		directory) mkdir d/2 && ln -s ../../outside/body d/2/body ;;
		socket) python3 -c 'import socket
socket.socket(socket.AF_UNIX).bind("d/2")' ;;
		esac
		ls -lR --time-style=full-iso outside >before
		stat -c '%F %i %s %y %z' d/2 >>before
		expect 73 mime-unpack -T -d d "$hostile/07_dup.eml"
		noted 'part 2: d/2: mkdir: File exists'
		ls -lR --time-style=full-iso outside >after
		stat -c '%F %i %s %y %z' d/2 >>after
		diff -u before after
		printf ONE | cmp - d/1/body
		[ -s d/structure.json ]
	done
}

@test "-T: no tree goes into another" {
	expect 0 mime-unpack -T -d d "$hostile/07_dup.eml"
	ls -lR --time-style=full-iso d >before
	expect 73 mime-unpack -T -d d "$TESTS/data/letter.eml"
	noted 'letter.eml: whole message: d/structure.json: create: File exists'
	ls -lR --time-style=full-iso d | diff -u before -
	mkdir e
	ln -s ../new e/structure.json
	expect 73 mime-unpack -T -d e "$hostile/07_dup.eml"
	[ "$(ls e)" = structure.json ]
	[ ! -e new ]
}

@test "-T: a limit that is hit is in structure.json too" {
	{
		printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n'
		printf -- '--b\n'
		head -c 100000 /dev/zero | tr '\0' x
		printf '\n\nx\n'
	} >m
	tree_is 65 m <<-'.'
		structure.json
		TEXT/type
		TEXT/header
		1/type
		1/header
		1/body
		1/raw
	.
	noted 'm: a header field longer than 65536 bytes'
	mime-ls -j m 2>/dev/null >want || [ "$?" -eq 65 ]
	same want d/structure.json
}

@test "-T: a full disk: 74, the files that are not written are named" {
	needs_root
	three_parts >m
	expect 74 unshare -m sh -c "$small_disk" sh size=300k '
	    mime-unpack -T -d d m; s=$?; cp -r d e; exit $s'
	printf 'mime-unpack: m: part 2: d/2/%s: write: No space left on device\n' \
	    raw body | cmp - err
	[ "$(ls e/2)" = "$(printf 'header\nname\ntype')" ]
	printf 2 | cmp - e/3/body
	mime-ls -j m | cmp - e/structure.json
	expect 74 unshare -m sh -c "$small_disk" sh nr_inodes=5 '
	    mime-unpack -T -d d m; s=$?; cp -r d f; exit $s'
	contains err 'part 1: d/1: mkdir: No space left on device'
	contains err 'part 3: d/3: mkdir: No space left on device'
	mime-ls -j m | cmp - f/structure.json
}

# --- what a terminal sees

@test "a terminal gets no escapes, bidi marks or C1 from names and text" {
	printf 'Content-Type: text/plain; charset="\033[31m"\n\n' >m
	printf 'a\033[31m\302\233\342\200\256\377b\tc\r\nd\re\n' >>m
	script -qec 'mime-unpack m; mime-unpack -p 1 m' /dev/null \
	    </dev/null >seen
	LC_ALL=C tr -d '\n\r\t -~' <seen >dirt
	[ ! -s dirt ] || { show seen; return 1; }
	contains seen 'a\x1b[31m\xc2\x9b\xe2\x80\xae\xffb'
	contains seen 'd\x0de'
	expect 0 mime-unpack -p 1 m
	tail -n 2 m | cmp - out
	eight=$(printf '\314\201%.0s' 1 2 3 4 5 6 7 8)
	printf '\na%s\314\201b%s' "$eight" "$eight" >m
	expect 0 script -qec 'mime-unpack -p 1 m' /dev/null
	printf 'a%s\\xcc\\x81b%s' "$eight" "$eight" | cmp - out
}

@test "foreign bytes in a sentence are shown escaped" {
	printf 'Content-Type: nonsense\n\n' >"$(printf 'm\033x')"
	expect_noted 0 mime-unpack "$(printf 'm\033x')"
	contains err 'm\x1bx: part 1: Content-Type is no type'
	odd=$(printf 'no\033[31m\nsuch')
	expect 66 mime-unpack "$odd"
	noted 'no\x1b[31m\x0asuch: open: No such file'
	expect 73 mime-unpack -d "$odd/x" "$TESTS/data/no-mime.eml"
	noted 'no\x1b[31m\x0asuch/x: mkdir: No such file'
}

# --- failures

@test "usage: status 64" {
	for args in -x '-d d -p 1' '-p' '-d' -r -u '-p 1 -j' '-p 1 -0' \
	    '-p 0' '-p 1.' '-p 1..2' '-p a' '-p 01' '-p 1 -r -u' \
	    -T '-T -p 1' '-T -d d -l' '-T -d d a b' '-T -d d -r -u'; do
		# shellcheck disable=SC2086
		expect 64 mime-unpack $args
		contains err 'usage: mime-unpack'
		[ ! -s out ]
	done
}

@test "a part that is not there: status 1 and a line" {
	expect_noted 1 mime-unpack -p 1.3 "$TESTS/data/letter.eml"
	noted 'letter.eml: no part 1.3'
	[ ! -s out ]
}

@test "a message that is not there: 66, and the others are done" {
	expect 66 mime-unpack missing "$TESTS/data/no-mime.eml"
	noted 'missing: open: No such file or directory'
	contains out '1	text/plain'
	expect 66 mime-unpack .
	noted 'read: Is a directory'
}

@test "a directory that cannot be: 73" {
	echo >file
	expect 73 mime-unpack -d file "$TESTS/data/no-mime.eml"
	noted 'file: open: Not a directory'
	expect 73 mime-unpack -d no/such "$TESTS/data/no-mime.eml"
	noted 'no/such: mkdir: No such file or directory'
}

@test "a file that grows too long is named and removed, the others are whole" {
	three_parts >m
	mkdir d
	expect 74 sh -c 'ulimit -f 100; exec mime-unpack -d d m'
	noted 'mime-unpack: m: part 2: d/big: write: File too large'
	printf '1\td/one\n3\td/two\n' | cmp - out
	[ "$(cd d && echo *)" = 'one two' ]
	printf 2 | cmp - d/two
}

@test "a full disk: 74, what is written is whole, the rest is named" {
	needs_root
	three_parts >m
	expect 74 unshare -m sh -c "$small_disk" sh size=200k \
	    'mime-unpack -d d m; s=$?; ls d; exit $s'
	noted 'm: part 2: d/big: write: No space left on device'
	printf '1\td/one\n3\td/two\none\ntwo\n' | cmp - out
	expect 74 unshare -m sh -c "$small_disk" sh nr_inodes=2 \
	    'mime-unpack -d d m; s=$?; ls d; exit $s'
	printf 'mime-unpack: m: part %s: d/%s: create: No space left on device\n' \
	    2 big 3 two | cmp - err
	printf '1\td/one\none\n' | cmp - out
}

# Past 4 MiB a thread writes what was decoded, where there are two processors.
@test "a full disk, and a thread that writes: the same" {
	needs_root
	{
		printf 'Content-Type: multipart/mixed; boundary=b\n\n'
		printf -- '--b\nContent-Type: a/b; name=one\n\n1\n'
		printf -- '--b\nContent-Type: a/b; name=big\n'
		printf 'Content-Transfer-Encoding: base64\n\n'
		head -c 12000000 /dev/urandom | base64
		printf -- '--b\nContent-Type: a/b; name=two\n\n2\n--b--\n'
	} >m
	for size in 5m 8m; do
		expect 74 unshare -m sh -c "$small_disk" sh "size=$size" \
		    'mime-unpack -d d m; s=$?; ls d; cat d/two; exit $s'
		printf 'mime-unpack: m: part 2: d/big: write: %s\n' \
		    'No space left on device' | cmp - err
		printf '1\td/one\n3\td/two\none\ntwo\n2' | cmp - out
	done
	expect 74 sh -c 'ulimit -f 12000; exec mime-unpack -d d m'
	noted 'mime-unpack: m: part 2: d/big: write: File too large'
	[ "$(cd d && echo *)" = 'one two' ]
}

@test "a full disk: 100 parts that are not written are named, then a count" {
	needs_root
	{
		printf 'Content-Type: multipart/mixed; boundary=b\n\n'
		for i in $(seq 150); do
			printf -- '--b\n\n%s\n' "$i"
		done
		printf -- '--b--\n'
	} >m
	expect 74 unshare -m sh -c "$small_disk" sh nr_inodes=1 'mime-unpack -d d m'
	[ ! -s out ]
	[ "$(grep -c 'create: No space left on device' err)" -eq 100 ]
	tail -n 1 err >last
	contains last 'mime-unpack: m: 50 more lines like these are left out'
	expect 74 unshare -m sh -c "$small_disk" sh nr_inodes=1 'mime-unpack -d d/new m'
	noted 'mime-unpack: d/new: mkdir: No space left on device'
}

# in_hand SIGNAL FILE option ...: FILE, of the second part, is being written
# when the signal comes.
in_hand()
{
	local pid status=0 signal=$1 file=$2

	shift 2
	rm -rf d fifo
	mkfifo fifo
	env --default-signal=HUP,INT,TERM mime-unpack "$@" -d d - \
	    <fifo >said 2>err 3>&- &
	pid=$!
	exec 8>fifo
	printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n' \
	    >&8
	printf 'Content-Type: a/b; name=big\n\n' >&8
	head -c 500000 /dev/zero >&8
	wait_for 10 test -s "$file"
	kill -s "$signal" "$pid"
	wait "$pid" || status=$?
	exec 8>&-
	echo "status $status"
	[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
}

@test "a signal: no file is left in part, those told of are whole" {
	for signal in INT TERM HUP; do
		in_hand "$signal" d/big
		[ "$(ls d)" = part-1.txt ]
		printf x | cmp - d/part-1.txt
		printf '1\td/part-1.txt\n' | cmp - said
		[ ! -s err ]
	done
}

# The hole behind the content, which no time is enough for, is skipped as junk.
@test "a signal while a thread writes: no file is left in part" {
	printf 'Content-Type: a/b; name=big\n' >m
	printf 'Content-Transfer-Encoding: base64\n\n' >>m
	head -c 9000000 /dev/urandom | base64 >>m
	truncate -s 100G m
	for signal in INT TERM HUP; do
		rm -rf d
		env --default-signal=HUP,INT,TERM mime-unpack -d d m \
		    >said 2>err 3>&- &
		pid=$!
		wait_for 10 is_long d/big
		[ "$(nproc)" -eq 1 ] ||
		    [ "$(ls "/proc/$pid/task" | wc -l)" -eq 2 ]
		status=0
		kill -s "$signal" "$pid"
		wait "$pid" || status=$?
		[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
		[ -z "$(ls d)" ]
		[ ! -s said ]
		[ ! -s err ]
	done
}

# is_long FILE: 4 MiB were passed.
is_long()
{
	[ -n "$(find "$1" -size +6000k)" ]
}

@test "-T: a signal: no file is left in part" {
	for signal in INT TERM HUP; do
		in_hand "$signal" d/2/body -T
		(cd d && find . -type f | sort) | diff -u - <(
			printf './%s\n' 1/body 1/header 1/raw 1/type 2/header \
			    2/name 2/type TEXT/header TEXT/type)
		printf x | cmp - d/1/body
		[ ! -s err ]
	done
}

@test "a signal that was ignored stays so" {
	mkfifo fifo
	sh -c 'trap "" INT; exec mime-unpack -d d - <fifo >said' 3>&- &
	pid=$!
	exec 8>fifo
	printf '\n' >&8
	head -c 200000 /dev/zero >&8
	wait_for 10 test -s d/part-1.txt
	kill -s INT "$pid"
	printf 'end' >&8
	exec 8>&-
	wait "$pid"
	[ "$(wc -c <d/part-1.txt)" -eq 200003 ]
}

@test "a FIFO: read, or told where nobody writes; <(command)" {
	mkfifo fifo
	expect 66 mime-unpack fifo
	noted 'fifo: a FIFO that nobody writes to'
	{ sleep 0.3; cat "$TESTS/data/no-mime.eml"; } >fifo &
	expect 0 mime-unpack -p 1 fifo
	cp out want
	expect 0 mime-unpack -p 1 <(cat "$TESTS/data/no-mime.eml")
	same out want
	expect 0 mime-unpack -p 1 /dev/stdin < <(cat "$TESTS/data/no-mime.eml")
	same out want
}

@test "standard output that is full: 75" {
	[ -e /dev/full ]
	expect 75 sh -c 'mime-unpack "$1" >/dev/full' sh \
	    "$TESTS/data/letter.eml"
	contains err 'standard output: write: No space left on device'
}

@test "a pipe is read to its end, whatever part is wanted" {
	part_with 'Content-Type: text/plain' | sed '$d' >m
	{ printf -- '--b\n\n'; head -c 4000000 /dev/zero; } >>m
	expect_noted 0 bash -c 'set -o pipefail; cat m | mime-unpack -p 1'
	printf x | cmp - out
}

@test "memory does not grow with a message that is attached encoded" {
	sanitized && return 0
	{ printf 'Content-Type: a/b\n\n'; head -c 50000000 /dev/zero; } >in
	attached base64:base64 in
	peak mime-unpack -d d m >/dev/null 2>&1
	[ "$PEAK" -lt 6144 ]
	head -c 50000000 /dev/zero | cmp - d/part-2.1.bin
}

@test "memory does not grow with the message" {
	sanitized && return 0
	{
		printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\n'
		printf 'Content-Type: a/b; name=big\n'
		printf 'Content-Transfer-Encoding: base64\n\n'
		head -c 100000000 /dev/zero | base64
		printf -- '--b--\n'
	} >m
	peak mime-unpack -d d m >/dev/null
	[ "$PEAK" -lt 6144 ]
	head -c 100000000 /dev/zero | cmp - d/big
	peak mime-unpack -T -d tree m >/dev/null
	[ "$PEAK" -lt 6144 ]
	cmp d/big tree/1/body
}

# --- EXAMPLES of the manual page

@test "examples" {
	cp "$TESTS/data/letter.eml" letter.eml
	expect 0 sh -c 'mime-unpack letter.eml |
	    awk -F "\t" "\$5 == \"attachment\" { print \$1, \$7 }"'
	same out <(printf '2 Rechnung März 2026.pdf\n3 café.txt\n')
	expect 0 sh -c 'mime-unpack -0 -d attachments letter.eml |
	    xargs -0 sha256sum'
	[ "$(wc -l <out)" -eq 5 ]
	mkdir -p Maildir/cur
	cp letter.eml Maildir/cur/
	expect 0 sh -c 'find Maildir/cur -type f -print0 | mime-unpack -0l |
	    tr "\0" "\n" | cut -f 1,8'
	contains out 'Maildir/cur/letter.eml	Rechnung März 2026.pdf'
	expect 0 sh -c 'mime-unpack -u -p 1.1 <letter.eml | grep Grüße'
	contains out 'Grüße aus Köln'
	cp "$TESTS/data/forward.eml" forward.eml
	expect 0 sh -c 'mime-unpack -p 2 forward.eml |
	    mime-unpack -p 2 | mime-unpack'
	contains out '1	text/plain	7bit	-	-	11	-'
	expect 0 sh -c 'mime-unpack -T -d tree letter.eml >/dev/null
	    grep -ih ^subject: tree/*/header
	    cat tree/*/type | sort | uniq -c'
	contains out 'Subject: '
	contains out '      2 text/plain'
	expect 0 sh -c 'mime-unpack -T -u -d utf8 letter.eml >/dev/null
	    grep -l ^text/plain utf8/*/type |
	    while read -r type; do cat "${type%type}body"; done'
	contains out 'Grüße aus Köln'
	contains out 'café'
}
