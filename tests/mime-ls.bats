# SPDX-License-Identifier: ISC
# shellcheck shell=bats

load helper

data=$BATS_TEST_DIRNAME/data
hostile=$data/hostile

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

# cut_at OFFSET SIZE FILE: those bytes of it.
cut_at()
{
	tail -c "+$(($1 + 1))" "$3" | head -c "$2"
}

# validated STATUS MESSAGE: standard input is what -V is to print of it,
# without the path, and standard error is to be empty.
validated()
{
	cat >want
	expect_noted "$1" mime-ls -V "$2" || return 1
	cut -f 2- out | diff -u want - || return 1
	noted
}

# A message of one part with that header field (printf escapes).
part_with()
{
	printf 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n'
	# shellcheck disable=SC2059
	printf "\n--b\n$1\n\nx\n--b--\n"
}

# json EXPRESSION: it is true of "m", the object in the file "out".
json()
{
	python3 - "$1" <<-'.'
		import json
		import sys

		m = json.load(open("out", encoding="utf-8"))
		if not eval("(" + sys.argv[1] + ")"):
		    print("not so:", sys.argv[1])
		    print(json.dumps(m, indent=1))
		    sys.exit(1)
	.
}

# feed PATH: where it is a FIFO, a letter is written to it.
feed()
{
	[ ! -p "$1" ] || cat "$data/letter.eml" >"$1" &
}

# --- the list

@test "every sample has the parts that its .parts says" {
	for file in "$data"/*.eml; do
		expect 0 mime-ls "$file"
		awk -F '\t' -v OFS='\t' \
		    '{ print $1, $2, $4, $3, $5, $7, $6 }' out |
		    diff -u "${file%.eml}.parts" -
	done
}

@test "the columns of a letter, byte by byte" {
	cat >m <<-.
		Subject: x
		Content-Type: multipart/mixed; boundary=b

		--b

		text
		--b
		Content-Type: Image/PNG; name="a b.png"; charset=X-Y
		Content-Transfer-Encoding: BASE64
		Content-Disposition: Attachment; filename="../a/b.png"

		QUJD
		--b--
	.
	expect_noted 0 mime-ls m
	{
		printf -- '-\tmultipart/mixed\t-\t7bit\t-\t-\t168\t0\t54\t222\n'
		printf '1\ttext/plain\t-\t7bit\t-\t-\t4\t58\t59\t63\n'
		printf '2\timage/png\tx-y\tbase64\tattachment\tb.png\t'
		printf '4\t68\t211\t215\n'
	} >want
	diff -u want out
	noted 'm: part 2: filename and name differ, the filename counts'
}

@test "offsets: cut there, a part is what mime-unpack gives" {
	for file in "$data"/*.eml; do
		expect 0 mime-ls "$file"
		cp out list
		while IFS='	' read -r part _ _ _ _ _ size header body end; do
			[ "$((body + size))" -eq "$end" ]
			cut_at "$header" "$((body - header))" "$file" >top
			tail -n 1 top | tr -d '\r' | cmp - <(echo)
			[ "$part" != - ] || continue
			cut_at "$body" "$size" "$file" >bytes
			expect 0 mime-unpack -r -p "$part" "$file"
			same out bytes
		done <list
	done
}

@test "the outermost part ends where the message does" {
	for file in "$data"/*.eml; do
		expect 0 mime-ls "$file"
		[ "$(head -n 1 out | cut -f 8)" -eq 0 ]
		[ "$(head -n 1 out | cut -f 10)" -eq "$(wc -c <"$file")" ]
	done
}

@test "structure: as Python's email package finds it" {
	for file in "$data"/*.eml; do
		expect 0 mime-ls "$file"
		python3 "$TESTS/peer/structure.py" "$file" >want
		cut -f 1,2 out | diff -u want -
	done
}

@test "LF and CRLF: the same structure" {
	for file in "$data"/*.eml; do
		tr -d '\r' <"$file" >lf
		sed 's/$/\r/' lf >crlf
		expect 0 mime-ls lf
		cut -f 1-6 out >want
		expect 0 mime-ls crlf
		cut -f 1-6 out | diff -u want -
		while IFS='	' read -r part _ _ _ _ _ size _ body _; do
			[ "$part" != - ] || continue
			cut_at "$body" "$size" crlf | tr -d '\r' >bytes
			expect 0 mime-unpack -r -p "$part" lf
			same out bytes
		done <<-.
			$(mime-ls crlf)
		.
	done
}

@test "a file, standard input, a pipe, a path that went stale" {
	expect 0 mime-ls "$data/letter.eml"
	cp out want
	expect 0 mime-ls - <"$data/letter.eml"
	same out want
	expect 0 sh -c 'cat "$1" | mime-ls' sh "$data/letter.eml"
	same out want
	mkdir -p Maildir/cur Maildir/new
	cp "$data/letter.eml" Maildir/cur/1.2.host:2,S
	expect 0 mime-ls Maildir/new/1.2.host
	same out want
}

@test "several messages: the path is the first column" {
	cp "$data/no-mime.eml" a
	cp "$data/utf16.eml" b
	expect 0 mime-ls a b
	paste <(printf 'a\nb\n') <(mime-ls a; mime-ls b) | diff -u - out
}

@test "-l reads paths, with -0 ended by NUL; records end so too" {
	cp "$data/no-mime.eml" "$(printf 'a\nb')"
	cp "$data/no-mime.eml" c
	printf 'c\nc\n' >list
	expect 0 mime-ls -l <list
	[ "$(grep -c '^c	1	text/plain	' out)" -eq 2 ]
	printf 'a\nb\0c' >list
	expect 0 mime-ls -0l <list
	[ "$(tr -cd '\0' <out | wc -c)" -eq 2 ]
	tr '\0' '\n' <out >lines
	contains lines 'a\nb	1	text/plain	-	7bit	-	-	7	0	40	47'
	contains lines 'c	1	text/plain'
	expect 0 mime-ls -0lj <list
	tr '\0' '\n' <out | head -n 1 >object
	mv object out
	json 'm["path"] == "a\nb" and len(m["parts"]) == 1'
	expect 0 mime-ls -l </dev/null
	[ ! -s out ]
}

@test "-l: what is known is written before the next path comes" {
	cp "$data/no-mime.eml" m
	mkfifo list
	start show sh -c 'exec mime-ls -l <"$1"' sh list
	exec 9>list
	printf 'm\nno' >&9
	wait_for 10 grep -q '^m	1	text/plain	' show.log
	exec 9>&-
}

# What is read before its turn is what would be read at its turn, with one
# processor and with all.
@test "-l: a long list of everything there is" {
	mkdir dir
	: >empty
	: >other
	cp "$data/letter.eml" m
	{ printf 'bad\n\n'; head -c 100000 /dev/zero; } >big
	for n in $(seq 15); do
		printf '%s\n' none m big empty "$data/forward.eml" dir - m
	done >list
	for n in 6 7 8 40 50 51 52 110; do
		mkfifo "fifo$n"
		sed -i "${n}i fifo$n" list
	done
	for option in -0 -j -V; do
		rm -f want said
		while read -r path; do
			feed "$path"
			case $path in
			-)	echo 'mime-ls: -: standard input is the' \
				    'list of paths' >err ;;
			*)	mime-ls "$option" "$path" other >out 2>err || :
				tr '\0' '\n' <out | grep -v '"path":"other"' |
				    grep -v '^other	' >>want || : ;;
			esac
			cat err >>said
			wait
		done <list
		for cpus in 0 "$(taskset -cp $$ | sed 's/.*: //')"; do
			for path in fifo*; do
				feed "$path"
			done
			[ "$option" != -0 ] || tr '\n' '\0' <list >nuls
			expect 66 sh -c 'exec taskset -c "$1" mime-ls "$2"l <"$3"' \
			    sh "$cpus" "$option" \
			    "$([ "$option" = -0 ] && echo nuls || echo list)"
			tr '\0' '\n' <out >lines
			same lines want
			same err said
			wait
		done
	done
}

@test "empty input is an empty part; so is a header without a body" {
	expect 0 mime-ls </dev/null
	printf '1\ttext/plain\t-\t7bit\t-\t-\t0\t0\t0\t0\n' | cmp - out
	expect 0 mime-ls -j </dev/null
	json 'm["path"] == "-" and m["size"] == 0 and m["warnings"] == []'
	expect 0 mime-ls -V </dev/null
	[ ! -s out ]
	printf 'A: b' >m
	expect 0 mime-ls m
	printf '1\ttext/plain\t-\t7bit\t-\t-\t0\t0\t4\t4\n' | cmp - out
}

@test "NUL and 8-bit bytes: in a header, in a body, in a name" {
	printf 'A: \0\nContent-Type: text/plain; name="a\0\377\tb"\n\n\0\0x' >m
	expect_noted 0 mime-ls m
	printf '1\ttext/plain\t-\t7bit\t-\ta_ÿ_b\t3\t0\t45\t48\n' |
	    diff -u - out
	noted 'm: part 1: the header holds a NUL'
	printf 'Content-Type: text/plain; charset="a\0\tb\\\\"\n\n' >m
	expect_noted 0 mime-ls m
	[ "$(cut -f 3 out)" = 'a\0\tb\\' ]
}

@test "a charset is shown up to 64 bytes, an encoding that is unknown as -" {
	printf 'Content-Type: text/plain; charset=%0100d\n' 0 >m
	printf 'Content-Transfer-Encoding: x-no\n\n' >>m
	expect_noted 0 mime-ls m
	[ "$(cut -f 3,4 out)" = "$(printf '%064d\t-' 0)" ]
	noted 'part 1: an encoding that is unknown or not allowed'
}

@test "x-uuencode and its other names are one encoding, as in mime-unpack" {
	for token in x-uuencode X-UUE uuencode; do
		printf 'MIME-Version: 1.0\nContent-Type: a/b\n' >m
		printf 'Content-Transfer-Encoding: %s\n\nx\n' "$token" >>m
		expect 0 mime-ls m
		[ "$(cut -f 4 out)" = x-uuencode ]
		expect 0 mime-ls -j m
		json 'm["parts"][0]["encoding"] == "x-uuencode" and
		    m["warnings"] == []'
		expect 0 mime-ls -V m
		[ ! -s out ]
		expect 0 mime-unpack m
		[ "$(cut -f 3 out)" = x-uuencode ]
	done
	sed -i 's,a/b,multipart/mixed; boundary=b,' m
	expect_noted 0 mime-ls m
	[ "$(sed -n 1p out | cut -f 4)" = - ]
	contains err 'whole message: an encoding that is unknown or not allowed'
}

# --- JSON

@test "-j: the tree of a letter and of a forwarded one, as their .json says" {
	cd "$data"
	for file in letter forward; do
		expect 0 mime-ls -j "$file.eml"
		python3 -m json.tool --no-ensure-ascii --indent 1 "$T/out" |
		    diff -u "$file.json" -
	done
}

@test "-j: as many lines as messages, and what the list says" {
	expect 0 mime-ls -j "$data"/*.eml
	cp out objects
	[ "$(wc -l <objects)" -eq "$(find "$data" -maxdepth 1 -name '*.eml' |
	    wc -l)" ]
	python3 - objects >want <<-'.'
		import json
		import sys

		def rows(path, part):
		    charset = part["parameters"].get("charset")
		    row = [path, part["number"], part["type"],
		           charset and charset.lower(),
		           part["encoding"], part["disposition"], part["name"],
		           part["size"], part["header"], part["body"],
		           part["end"]]
		    print("\t".join("-" if x is None else str(x) for x in row))
		    for child in part["parts"]:
		        rows(path, child)

		for line in open(sys.argv[1], encoding="utf-8"):
		    message = json.loads(line)
		    assert message["error"] is None
		    assert message["warnings"] == []
		    for part in message["parts"]:
		        assert part["end"] == message["size"]
		        rows(message["path"], part)
	.
	expect 0 mime-ls "$data"/*.eml
	diff -u want out
}

@test "-j: parameters are decoded, the first of two counts" {
	cat >m <<-'.'
		Content-Type: text/x; Name*0*=utf-8''a%E2%82%AC; name*1="b c";
		 charset="x\"y"; CHARSET=z; w="=?iso-8859-1?Q?=E9?="; a(b)=c;
		 *0=no; n*=''%0a%00
		Content-Disposition: inline; filename="../x:y"

	.
	expect_noted 0 mime-ls -j m
	noted
	json 'm["parts"][0]["parameters"] == {
	    "name": "a\u20acb c", "charset": "x\"y", "w": "\u00e9", "a": "c",
	    "n": "\n\0" }'
	json 'm["parts"][0]["filename"] == "../x:y"'
	json 'm["parts"][0]["name"] == "x_y"'
	json '[w["flaw"] for w in m["warnings"]] == ["two-names"]'
}

@test "-j: names of parameters are foreign, too" {
	# shellcheck disable=SC1003
	printf 'Content-Type: a/b; %s=1; \\=2; \377=3; {}\047=4\n\n' \
	    "$(head -c 1000 /dev/zero | tr '\0' X)" >m
	expect 0 mime-ls -j m
	json 'm["parts"][0]["parameters"] == { "x" * 1000: "1", "{}\x27": "4" }'
	awk 'BEGIN {
		printf "Content-Type: a/b"
		for (i = 0; i < 2000; i++)
			printf "; n%d=v", i
		print "\n\n"
	}' >m
	expect 65 mime-ls -j m
	json 'list(m["parts"][0]["parameters"]) ==
	    ["n%d" % i for i in range(128)]'
}

@test "-j: warnings with part, offset, word and sentence; nothing on stderr" {
	printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\nbad line\n' >m
	printf 'Content-Type: none\n\nx\n--b\n\ny\n' >>m
	expect 0 mime-ls -j m
	json 'm["warnings"] == [
	    { "part": "1", "offset": 47, "flaw": "not-field",
	      "text": "the header has a line that is no field" },
	    { "part": "1", "offset": 47, "flaw": "type", "text":
	      "Content-Type is no type and subtype, taken as text/plain" },
	    { "part": None, "offset": 0, "flaw": "no-close",
	      "text": "the close delimiter is missing" }]'
	[ "$(cut_at 47 8 m)" = 'bad line' ]
}

@test "-j: a message that breaks off at a limit is still JSON" {
	{
		printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\n'
		printf 'Content-Type: message/rfc822\n\nA: b\n\nx\n--b\nB: '
		head -c 70000 /dev/zero | tr '\0' x
		printf '\n\n--b--\n'
	} >m
	expect 65 mime-ls -j m
	noted 'm: a header field longer than 65536 bytes'
	json 'm["error"] == "a header field longer than 65536 bytes"'
	json 'm["size"] is None'
	json 'm["parts"][0]["end"] is None'
	json 'm["parts"][0]["parts"][0]["parts"][0]["number"] == "1.1"'
	expect 65 mime-ls m
	[ "$(cut -f 1,7,10 out | head -n 1)" = '-	-	-' ]
	[ "$(sed -n 3p out | cut -f 1,7)" = '1.1	1' ]
}

@test "-j: every prefix of a letter is JSON" {
	head -c 700 "$data/letter.eml" >start
	for n in $(seq 0 7 700); do
		head -c "$n" start | mime-ls -j || exit 1
	done >objects
	python3 - objects <<-'.'
		import json
		import sys

		lines = open(sys.argv[1], encoding="utf-8").readlines()
		assert [json.loads(x)["size"] for x in lines] == \
		    list(range(0, 701, 7))
	.
}

# An offset of one part may never be past that of what follows it.
@test "each byte replaced by NUL, 8-bit, CR, LF: a tree, and in order" {
	mkdir d
	python3 - "$data/forward.eml" >list <<-'.'
		import sys

		message = open(sys.argv[1], "rb").read()
		for at in range(len(message)):
		    for byte in b"\0", b"\x80", b"\r", b"\n":
		        name = "d/%d-%d" % (at, byte[0])
		        with open(name, "wb") as file:
		            file.write(message[:at] + byte + message[at + 1:])
		        print(name)
	.
	expect 0 mime-ls -jl <list
	cp out objects
	expect_noted 65 mime-ls -Vl <list
	cut -f 1 out | sort -u >flawed
	python3 - objects flawed <<-'.'
		import json
		import os
		import sys

		def check(part, start, end):
		    assert start <= part["header"] <= part["body"]
		    assert part["body"] + part["size"] == part["end"] <= end
		    at = part["body"]
		    for child in part["parts"]:
		        check(child, at, part["end"])
		        at = child["end"]

		flawed = set()
		for line in open(sys.argv[1], encoding="utf-8"):
		    message = json.loads(line)
		    assert message["size"] == os.path.getsize(message["path"])
		    check(message["parts"][0], 0, message["size"])
		    if message["warnings"]:
		        flawed.add(message["path"])
		assert flawed and flawed < set(open(sys.argv[2]).read().split())
	.
}

# --- validation

@test "-V: nothing is wrong with the samples, but one without a label" {
	for file in "$data"/*.eml; do
		[ "${file##*/}" != unlabelled.eml ] || continue
		expect 0 mime-ls -V "$file"
		[ ! -s out ]
	done
	validated 65 "$data/unlabelled.eml" <<-.
		1	0	7bit content with bytes above 127
	.
}

@test "-V: the hostile samples" {
	cd "$hostile"
	expect_noted 65 mime-ls -V -- *.eml
	diff -u "$data/hostile.warnings" "$T/out"
	cd "$T"
	noted
}

@test "-V: each warning, at the offset of its part" {
	part_with 'Content-Type: text/plain' | sed '$d' >m
	printf -- '-\t0\tthe close delimiter is missing\n' | validated 65 m
	part_with 'Content-Transfer-Encoding: x-no' >m
	printf '1\t65\tan encoding that is unknown or not allowed %s\n' \
	    'for this type' | validated 65 m
	part_with 'Content-Transfer-Encoding: base64\n\nQUJD' >m
	validated 65 m <<-'.'
		1	65	base64 that ends in the middle of a group
	.
	part_with 'Content-Transfer-Encoding: quoted-printable\n\n\351=zz' >m
	validated 65 m <<-'.'
		1	65	quoted-printable with = and no hexadecimal digits, kept
		1	65	quoted-printable with bytes above 127, kept
	.
	part_with 'Content-Type: text/plain; charset=x-no' >m
	validated 65 m <<-'.'
		1	65	unknown charset, the bytes are kept
	.
	part_with 'Content-Type: application/x; charset=x-no' >m
	validated 0 m </dev/null
	part_with 'Content-Type: multipart/mixed' >m
	validated 65 m <<-'.'
		1	65	a multipart without a boundary, taken as text
	.
	part_with 'A: b\n--b' >m
	validated 65 m <<-'.'
		1	65	no empty line after the header
	.
	part_with 'A: \0' >m
	validated 65 m <<-'.'
		1	65	the header holds a NUL
	.
}

@test "-V: a flaw of one leaf is not told of the next" {
	part_with 'Content-Transfer-Encoding: base64\n\n!!' | head -n 8 >m
	printf -- '--b\nContent-Transfer-Encoding: base64\n\nQUJD\n--b--\n' >>m
	validated 65 m <<-'.'
		1	65	bytes that are no base64, skipped
	.
}

@test "-V: fields that a message may have once, in messages alone" {
	part_with 'Subject: a\nsubject: b' >m
	validated 0 m </dev/null
	part_with 'Content-Type: message/rfc822\n\nto: a\nTo: b' >m
	printf '1.1\t95\tseveral fields of a kind that a message may %s\n' \
	    'have once' | validated 65 m
	printf 'Received: a\nReceived: b\nComments: c\nComments: d\n\n' >m
	validated 0 m </dev/null
	for name in Date From Sender Reply-To To Cc Bcc Message-ID \
	    In-Reply-To References Subject; do
		printf '%s: a\nX: b\n%s: c\n\n' "$name" "${name^^}" >m
		printf '1\t0\tseveral fields of a kind that a message %s\n' \
		    'may have once' | validated 65 m
	done
}

@test "-V: MIME-Version, of the outermost message alone" {
	printf 'Content-Type: text/plain\n\n' >m
	printf '1\t0\tMIME fields without MIME-Version\n' | validated 65 m
	printf 'Content-Transfer-Encoding: 7bit\n\n' >m
	printf '1\t0\tMIME fields without MIME-Version\n' | validated 65 m
	printf 'Content-Transfer-Encoding: 7bit\nmime-version: 1\n\n' >m
	validated 0 m </dev/null
	part_with 'Content-Type: message/rfc822\n\nContent-Type: a/b' >m
	validated 0 m </dev/null
}

@test "-V: bytes above 127" {
	printf 'Subject: \303\274 \342\202\254\n\nx' >m
	validated 0 m </dev/null
	printf 'Subject: \374\n\nx' >m
	validated 65 m <<-.
		1	0	the header has bytes above 127 that are no UTF-8
	.
	for encoding in 7bit 8bit binary; do
		printf 'MIME-Version: 1.0\nContent-Transfer-Encoding: %s\n' \
		    "$encoding" >m
		{ printf '\n'; head -c 300000 /dev/zero; printf '\200'; } >>m
		cp /dev/null want.$encoding
		[ "$encoding" != 7bit ] ||
		    printf '1\t0\t7bit content with bytes above 127\n' \
		    >want.7bit
		validated "$([ -s want.$encoding ] && echo 65 || echo 0)" m \
		    <want.$encoding
	done
	expect 0 mime-ls m
	expect 0 mime-ls "$data/unlabelled.eml"
}

@test "-V: the path, of standard input and of several; -j, -0" {
	printf 'bad\n\n' >m
	expect_noted 65 mime-ls -V - <m
	printf -- '-\t1\t0\tthe header has a line that is no field\n' |
	    cmp - out
	expect_noted 65 mime-ls -V "$data/letter.eml" m
	printf 'm\t1\t0\tthe header has a line that is no field\n' | cmp - out
	expect_noted 65 mime-ls -0V m
	printf 'm\t1\t0\tthe header has a line that is no field\0' | cmp - out
	printf 'MIME-Version: 1\nContent-Transfer-Encoding: base64\n\n!\n' >m
	expect_noted 65 mime-ls -jV m
	noted
	json 'sorted(m) == ["error", "path", "size", "warnings"]'
	json '[w["flaw"] for w in m["warnings"]] == ["base64-junk"]'
	expect 0 mime-ls -jV "$data/letter.eml"
	json 'm["warnings"] == []'
}

@test "-V: parts that a limit left open are told of" {
	{
		printf 'bad\nMIME-Version: 1.0\n'
		printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\n'
		head -c 70000 /dev/zero | tr '\0' x
		printf '\n\n'
	} >m
	expect 65 mime-ls -V m
	printf 'm\t-\t0\tthe header has a line that is no field\n' | cmp - out
	noted 'm: a header field longer than 65536 bytes'
}

# --- hostile messages

@test "3000 nested multiparts" {
	awk 'BEGIN {
		for (i = 0; i < 3000; i++)
			printf "Content-Type: multipart/mixed; boundary=b%d\n" \
			    "\n--b%d\n", i, i
		print "Content-Type: text/plain\n\nx"
	}' >m
	expect 65 mime-ls m
	contains err 'm: parts nested deeper than 100'
	[ "$(wc -l <out)" -eq 101 ]
	[ "$(tail -n 1 out | cut -f 10)" -eq "$(wc -c <m)" ]
	expect 65 mime-ls -j m
	noted 'm: parts nested deeper than 100'
	json 'm["error"] == "parts nested deeper than 100"'
	json 'm["size"] > 100000 and len(m["warnings"]) == 100'
}

@test "3000 nested messages" {
	awk 'BEGIN {
		for (i = 0; i < 3000; i++)
			print "Content-Type: message/rfc822\n"
		print "\nx"
	}' >m
	expect 65 mime-ls m
	noted 'm: parts nested deeper than 100'
	[ "$(wc -l <out)" -eq 101 ]
}

@test "20000 parts" {
	awk 'BEGIN {
		print "Content-Type: multipart/mixed; boundary=b\n"
		for (i = 0; i < 20000; i++)
			print "--b\nContent-Type: a/b; name=x\n"
		print "--b--"
	}' >m
	expect 65 mime-ls m
	noted 'm: more than 10000 parts'
	[ "$(wc -l <out)" -eq 10000 ]
	expect 65 mime-ls -j m
	json 'len(m["parts"][0]["parts"]) == 9999'
	json 'm["error"] == "more than 10000 parts"'
}

@test "129 parameters" {
	parameters()
	{
		printf 'MIME-Version: 1.0\n%s' "$1"
		printf ';\n a%d=1' $(seq 127)
		printf ';\n name=x%s\n\nx' "$2"
	}
	for field in 'Content-Type: text/plain' 'Content-Disposition: inline'; do
		parameters "$field" '' >m
		expect 0 mime-ls m
		parameters "$field" '; b=x' >m
		expect 65 mime-ls m
		noted 'm: more than 128 parameters in a field'
		[ "$(cut -f 2 out)" = text/plain ]
		expect 65 mime-ls -j m
		json 'm["error"] == "more than 128 parameters in a field"'
	done
}

@test "warnings of a list are no more than 100 lines" {
	awk 'BEGIN {
		print "MIME-Version: 1.0"
		print "Content-Type: multipart/mixed; boundary=b\n"
		for (i = 0; i < 500; i++)
			print "--b\nContent-Type: nonsense\n\nx"
		print "--b--"
	}' >m
	expect_noted 0 mime-ls m
	[ "$(wc -l <err)" -eq 101 ]
	contains err 'm: 400 more lines like these are left out'
	expect_noted 65 mime-ls -V m
	[ "$(wc -l <out)" -eq 500 ]
	[ ! -s err ]
	expect 0 mime-ls -j m
	json 'len(m["warnings"]) == 500'
}

@test "a terminal gets no escapes, bidi marks or C1" {
	printf 'Content-Type: text/plain; charset="\033[31m\342\200\256"\n' >m
	printf 'Content-Disposition: \033[1mx\302\233\n\n' >>m
	script -qec 'mime-ls m; mime-ls -V m; mime-ls -j m' /dev/null \
	    </dev/null >seen
	LC_ALL=C tr -d '\n\r\t -~' <seen >dirt
	[ ! -s dirt ] || { show seen; return 1; }
	contains seen '\x1b[31m\xe2\x80\xae'
	eight=$(printf '\314\201%.0s' 1 2 3 4 5 6 7 8)
	printf 'Content-Type: text/plain; name="a%s\314\201"\n\n' "$eight" >m
	expect 0 script -qec 'mime-ls m' /dev/null
	contains out "a$eight"'\xcc\x81'
	expect 0 mime-ls m
	contains out "a$eight$(printf '\314\201')"
}

@test "foreign bytes in a sentence are shown escaped" {
	printf 'Content-Type: nonsense\n\n' >"$(printf 'm\033x')"
	expect_noted 0 mime-ls "$(printf 'm\033x')"
	noted 'mime-ls: m\x1bx: part 1: Content-Type is no type'
}

@test "memory does not grow with the message" {
	sanitized && skip 'memory means nothing under AddressSanitizer'
	{
		printf 'MIME-Version: 1.0\n'
		printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\n'
		printf 'Content-Transfer-Encoding: base64\n\n'
		head -c 100000000 /dev/zero | base64
		printf -- '--b--\n'
	} >m
	for option in -0 -j -V; do
		peak mime-ls "$option" m >/dev/null
		[ "$PEAK" -lt 6144 ]
	done
	awk 'BEGIN {
		print "MIME-Version: 1.0"
		print "Content-Type: multipart/mixed; boundary=b\n"
		for (i = 0; i < 9999; i++)
			print "--b\nContent-Type: image/png; name=a.png\n\nx"
		print "--b--"
	}' >m
	for option in -0 -j -V; do
		peak mime-ls "$option" m >/dev/null
		[ "$PEAK" -lt 6144 ]
	done
}

# --- failures

@test "usage: status 64" {
	for args in -x -p '-l m'; do
		# shellcheck disable=SC2086
		expect 64 mime-ls $args
		contains err 'usage: mime-ls [-0jlV] [message ...]'
		[ ! -s out ]
	done
}

@test "a message that is not there: 66, and the others are done" {
	expect 66 mime-ls missing "$data/no-mime.eml"
	noted 'missing: open: No such file or directory'
	contains out '1	text/plain'
	[ "$(wc -l <out)" -eq 1 ]
	expect 66 mime-ls .
	noted 'read: Is a directory'
	expect 66 mime-ls -j missing
	[ ! -s out ]
	mkfifo fifo
	expect 66 mime-ls fifo
	noted 'fifo: a FIFO that nobody writes to'
}

@test "a list with a path too long, with standard input in it: 65" {
	head -c 5000 /dev/zero | tr '\0' x >list
	expect 65 mime-ls -l <list
	noted 'list of paths: one longer than 4096 bytes, or with a NUL'
	expect 65 mime-ls -l <<<-
	noted '-: standard input is the list of paths'
}

@test "standard output that is full: 75" {
	[ -e /dev/full ]
	for option in -0 -j; do
		expect 75 sh -c 'mime-ls "$1" "$2" >/dev/full' sh "$option" \
		    "$data/letter.eml"
		noted 'standard output: write: No space left on device'
	done
}

# --- EXAMPLES of the manual page

@test "examples" {
	cp "$data/letter.eml" letter.eml
	expect 0 sh -c 'mime-ls letter.eml |
	    awk -F "\t" "\$2 == \"application/pdf\" { print \$6, \$7 }"'
	same out <(echo 'Rechnung März 2026.pdf 12')
	expect 0 sh -c 'head -c "$(mime-ls letter.eml | head -n 1 |
	    cut -f 9)" letter.eml'
	same out <(sed '/^$/q' letter.eml)
	mkdir -p Maildir/cur
	cp letter.eml Maildir/cur/small
	part_with 'Content-Disposition: attachment' | sed '$d' >Maildir/cur/big
	{
		printf -- '--b\nContent-Disposition: attachment\n\n'
		head -c 1000000 /dev/zero
	} >>Maildir/cur/big
	expect_noted 0 sh -c "find Maildir/cur -type f | mime-ls -l |
	    awk -F '\t' '"'
	    $6 == "attachment" { n[$1] += $8 }
	    END { for (m in n) if (n[m] > 1000000) print m }'"'"
	same out <(echo Maildir/cur/big)
	expect 0 sh -c "find Maildir/cur -type f -print0 | mime-ls -0lV |
	    tr '\\0' '\\n' | cut -f 4 | sort | uniq -c | sort -rn"
	same out <(echo '      1 the close delimiter is missing')
	expect 0 sh -c \
	    "mime-ls -j letter.eml | jq -r '.parts[0].parameters.boundary'"
	contains letter.eml "--$(cat out)"
}
