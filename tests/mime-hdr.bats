# SPDX-License-Identifier: ISC
# shellcheck shell=bats

load helper

# shows WANT ARGUMENT ...: mime-hdr with the message m prints exactly WANT
# (printf escapes).
shows()
{
	printf "$1" >want
	shift
	expect 0 mime-hdr -m m "$@" || return 1
	same out want
}

# The message m: a header of these bytes (printf escapes), and a body.
header()
{
	printf "$1" >m
	printf '\nSubject: not this one\n' >>m
}

letter()
{
	header "$(cat <<-'.'
		From: =?utf-8?Q?J=C3=BCrgen?= <j@example.org>
		To: bob@example.org,
		 "Carol, the second" <carol@example.org>
		Received: one
		RECEIVED: two
		Subject: =?iso-8859-1?q?Gr=FC=DFe?= =?utf-8?B?5L2g5aW9?=
		Date: Mon, 23 Nov 2026 03:53:26 +0100
		.
	)"'\n'
}

# Standard error is one line, which holds TEXT.
noted()
{
	[ "$(wc -l <err)" -eq 1 ] || { show err; return 1; }
	contains err "$1"
}

# --- values

@test "one field: its value; in any case of letters" {
	letter
	shows 'Grüße你好\n' subject
	shows 'Grüße你好\n' SUBJECT
	shows 'Jürgen <j@example.org>\n' From
}

@test "all instances, in the order of the message" {
	letter
	shows 'one\ntwo\n' received
}

@test "several fields: name TAB value, in the order asked for" {
	letter
	shows 'date\tMon, 23 Nov 2026 03:53:26 +0100\nReceived\tone\nReceived\ttwo\n' \
	    date Received no-such
}

@test "no field: all of them, names as in the message" {
	header 'Subject: a\nno field\nX-b : c\nsubject:\n d\n'
	shows 'Subject\ta\nX-b\tc\nsubject\td\n'
}

@test "a name is no prefix and no part of another" {
	header 'Subjects: a\nSub: b\nX-Subject: c\nSubject : d\nSubject\t: e\n'
	shows 'd\ne\n' subject
}

@test "folds are taken out, with LF and with CRLF" {
	header 'Subject: a\n b\n\tc\n   \n d\n'
	shows 'a b\\tc    d\n' subject
	printf 'Subject:\r\n a\r\n b\r\n\r\nTo: x\r\n' >m
	shows 'a b\n' subject
	expect 1 mime-hdr -m m to
}

@test "every charset: encoded-words" {
	while IFS='|' read -r word want; do
		header "Subject: $word\n"
		shows "$want\n" subject
	done <<-'.'
		=?utf-8?Q?Gr=C3=BC=c3=9Fe_x?= y|Grüße x y
		=?iso-8859-1?q?=FC=80?=|ü€
		=?iso-8859-15?q?=A4?=|€
		=?windows-1252?Q?=80?=|€
		=?KOI8-R?B?98HM0Q==?=|Валя
		=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?= x|日本 x
		=?ISO-2022-JP?B?GyRCRnwbKEI=?= =?ISO-2022-JP?B?GyRCS1wbKEI=?=|日本
		=?Shift_JIS?Q?=87=40?=|①
		=?EUC-KR?B?x9GxuQ==?=|한국
		=?GB18030?Q?=C4=E3=BA=C3?=|你好
		=?gb2312?B?xOOX2A==?=|你椮
		=?Big5?B?p0Gmbg==?=|你好
		=?utf-8*de?Q?a?=|a
		=?utf-8?Q?=E4=BD?= =?UTF-8?B?oA==?=|你
		a =?x-no?Q?b=20?= c|a =?x-no?Q?b=20?= c
		=?utf-8?B?a!b?=|=?utf-8?B?a!b?=
		(=?utf-8?Q?a?=)|(a)
		=?utf-8?Q?a=FFb?=|a�b
	.
}

# In words, parameters, names of files and bodies: peer/charsets.py.
@test "every charset, cut in the middle of characters, as Python reads it" {
	python3 "$TESTS/peer/charsets.py" .
	[ "$(ls ./*.eml | wc -l)" -eq 10 ]
	for text in *.txt; do
		charset=${text%.txt}
		cat "$text" "$text" >want
		expect 0 mime-hdr -m "$charset.eml" subject
		same out want
		expect 0 mime-ls -j "$charset.eml"
		python3 -c 'import json, sys
part = json.load(open("out"))["parts"][0]
print(part["parameters"]["name"], part["filename"], sep="\n")' >names
		same names want
		expect 0 mime-unpack -u -p 1 "$charset.eml"
		same out <(head -c -1 "$text")
		rm -rf parts
		mkdir parts
		expect 0 mime-unpack -d parts "$charset.eml"
		ls parts >names
		same names "$text"
	done
}

@test "raw UTF-8 and raw 8-bit" {
	header 'Subject: Gr\303\274\n'
	shows 'Gr\303\274\n' subject
	header 'Subject: Gr\374 \200\n'
	shows 'Grü €\n' subject
}

@test "a value is one line, whatever was encoded" {
	header 'Subject: =?utf-8?Q?a=0D=0ABcc:=09b=00\\\\?=\n'
	shows 'a\\r\\nBcc:\\tb\\0\\\\\\\\\n' subject
	header 'Subject: a\\b\n'
	shows 'a\\\\b\n' subject
}

@test "NUL bytes in a header" {
	printf 'X\0Y: no\nSubject: a\0b\nTo: c\n\n' >m
	shows 'a\\0b\n' subject
	shows 'c\n' to
	expect 0 mime-hdr -j -m m subject
	python3 -c 'import json
assert json.load(open("out"))["fields"][0]["value"] == "a\0b"'
}

@test "a missing field: 1, and nothing printed" {
	letter
	expect 1 mime-hdr -m m cc
	[ ! -s out ] && [ ! -s err ]
	expect 1 mime-hdr -m m cc bcc not-this
	header 'Subject:\n'
	shows '\n' subject
}

@test "empty input, and input without a header" {
	expect 1 mime-hdr </dev/null
	: >m
	expect 1 mime-hdr -m m subject
	printf '\nSubject: a\n' >m
	expect 1 mime-hdr -m m
	printf '\r\nSubject: a\r\n' >m
	expect 1 mime-hdr -m m
	[ ! -s out ]
}

@test "every prefix of a message without a header end" {
	printf 'To: a\r\nSubject: b c\r\n d' >whole
	for n in $(seq 0 "$(wc -c <whole)"); do
		head -c "$n" whole >m
		expect_noted $((n < 3)) mime-hdr -m m to
		if [ "$n" -lt 14 ]; then
			expect 1 mime-hdr -m m subject
		fi
	done
	shows 'b c d\n' subject
}

@test "the body is never read for fields, however short the reads" {
	letter
	expect 0 sh -c '(while IFS= read -r line; do
		printf "%s\n" "$line"; sleep 0.01; done <m) | mime-hdr subject'
	printf 'Grüße你好\n' | cmp - out
}

# A field lies across the end of what a read gives, at each place.
@test "short and long headers, one after the other" {
	for pad in $(seq 480 520) $(seq 4070 4095) 20000 65000; do
		{
			printf 'X: '
			head -c "$pad" /dev/zero | tr '\0' x
			printf '\nSubject: a\n b\nTo: %d\n\nSubject: d\n' "$pad"
		} >"$pad"
		expect 0 mime-hdr -m "$pad" subject to
		printf 'subject\ta b\nto\t%d\n' "$pad" | cmp - out
		printf '%d\tsubject\ta b\n%d\tto\t%d\n' "$pad" "$pad" "$pad" \
		    >>want
		echo "$pad" >>list
	done
	expect 0 mime-hdr -l subject to <list
	same out want
	tac list >back
	expect 0 mime-hdr -l to < <(paste -d '\n' list back)
	paste -d '\n' list back | sed 's/.*/&\t&/' >want
	same out want
}

# --- addresses and dates

@test "-a: name TAB address, groups and encoded names too" {
	letter
	shows 'Jürgen\tj@example.org\n' -a from
	shows '\tbob@example.org\nCarol, the second\tcarol@example.org\n' -a to
	shows 'From\tJürgen\tj@example.org\nTo\t\tbob@example.org\nTo\tCarol, the second\tcarol@example.org\n' -a
	header 'Cc: the group: a@b.example, =?utf-8?Q?=C3=A4=09?=\n <c@d.example> (x);, e@f.example\n'
	shows '\ta@b.example\nä\\t\tc@d.example\n\te@f.example\n' -a cc
	header 'To: undisclosed-recipients:;\n'
	shows '' -a to
}

@test "-a: what can be read of a bad list is printed, status 65" {
	header 'To: a@b.example, Bob, "x, y" <c@d.example>, g: e@f.example,\n @;, h@i.example\nCc: j@k.example\n'
	expect 65 mime-hdr -a -m m to cc
	printf 'to\t%s\t%s\n' '' a@b.example 'x, y' c@d.example '' \
	    e@f.example '' h@i.example >want
	printf 'cc\t\tj@k.example\n' >>want
	same out want
	noted 'mime-hdr: m: to: address list: no address at "Bob"'
	for bad in '"' '(' '<a@b.example' '[' '<' ',,:;:<>,@' 'a@b@c'; do
		header "To: $bad\n"
		expect 65 mime-hdr -a -m m to
		[ ! -s out ]
	done
}

@test "an encoded-word is never an address" {
	header 'To: =?utf-8?Q?eve=40example.org?=, =?utf-8?Q?x=40y?= <a@b.example>\n'
	expect 65 mime-hdr -a -m m to
	printf 'x@y\ta@b.example\n' | cmp - out
}

@test "-d: RFC 3339 in the zone of the date" {
	while IFS='|' read -r date want; do
		header "Date: $date\n"
		shows "$want\n" -d date
	done <<-'.'
		Mon, 23 Nov 2026 03:53:26 +0100|2026-11-23T03:53:26+01:00
		23 Nov 2026 03:53 -0330|2026-11-23T03:53:00-03:30
		Mon, 23 Nov 26 03:53:26 EST|2026-11-23T03:53:26-05:00
		Thu,\n 1 Jan 1970 00:00:00 GMT (x)|1970-01-01T00:00:00+00:00
		31 Dec 1999 23:30:00 -0100|1999-12-31T23:30:00-01:00
		29 Feb 2024 00:00:00 +1400|2024-02-29T00:00:00+14:00
	.
	header 'Received: from x; y\n by z; Mon, 23 Nov 2026 03:53:26 +0100\n'
	shows '2026-11-23T03:53:26+01:00\n' -d received
	letter
	shows 'Date\t2026-11-23T03:53:26+01:00\n' -d
	TZ=Asia/Tokyo shows '2026-11-23T03:53:26+01:00\n' -d date
}

@test "-d: what is no date gets a line, status 65" {
	header 'Date: soon\nDate: 1 Jan 2026 00:00 +0000\nResent-Date: 1 Jan 2026 00:00 +9900\n'
	expect 65 mime-hdr -d -m m date resent-date
	printf 'date\t2026-01-01T00:00:00+00:00\n' | cmp - out
	same err <(printf '%s\n' 'mime-hdr: m: date: no date: "soon"' \
	    'mime-hdr: m: resent-date: no date: "1 Jan 2026 00:00 +9900"')
}

# --- JSON

@test "-j is what Python reads" {
	letter
	expect 0 mime-hdr -j -m m subject received
	[ "$(wc -l <out)" -eq 1 ]
	python3 - <<-'.'
		import json
		assert json.load(open('out')) == {'path': 'm', 'fields': [
		    {'name': 'subject', 'value': 'Grüße你好'},
		    {'name': 'received', 'value': 'one'},
		    {'name': 'received', 'value': 'two'}]}
	.
	expect 0 mime-hdr -ja <m
	python3 - <<-'.'
		import json
		o = json.load(open('out'))
		assert o['path'] == '-'
		assert [f['name'] for f in o['fields']] == ['From', 'To']
		assert o['fields'][0] == {'name': 'From',
		    'value': 'Jürgen <j@example.org>', 'addresses': [
		    {'name': 'Jürgen', 'address': 'j@example.org'}]}
		assert o['fields'][1]['addresses'] == [
		    {'name': '', 'address': 'bob@example.org'},
		    {'name': 'Carol, the second',
		     'address': 'carol@example.org'}]
	.
}

@test "-j of dates, of bad fields, of bytes that are no UTF-8, of nothing" {
	header 'Date: soon\nDate: 1 Jan 2026 00:00 +0000\n'
	expect 65 mime-hdr -jd -m m
	python3 - <<-'.'
		import json
		assert [f['date'] for f in json.load(open('out'))['fields']] \
		    == [None, '2026-01-01T00:00:00+00:00']
	.
	header 'To: a@b.example, Bob\nX: \033\342\200\256\377"\\\n'
	expect 65 mime-hdr -ja -m m to x
	python3 - <<-'.'
		import json
		f = json.load(open('out'))['fields']
		assert f[0]['addresses'] == [
		    {'name': '', 'address': 'a@b.example'}]
		assert f[1]['addresses'] == []
	.
	expect 0 mime-hdr -j -m m x
	python3 - <<-'.'
		import json
		f = json.load(open('out'))['fields']
		assert f == [{'name': 'x', 'value': '\033â€®ÿ"\\'}], f
	.
	expect 1 mime-hdr -j -m m cc
	python3 -c 'import json
assert json.load(open("out")) == {"path": "m", "fields": []}'
}

# --- several messages

@test "several -m: the path is the first column" {
	header 'Subject: a\n'
	cp m 'n	n'
	expect 0 mime-hdr -m m -m 'n	n' subject
	printf 'm\ta\nn\\tn\ta\n' | cmp - out
	expect 0 mime-hdr -m m -m - subject to <m
	printf 'm\tsubject\ta\n-\tsubject\ta\n' | cmp - out
}

@test "-l: a thousand messages" {
	mkdir d
	for n in $(seq 1000); do
		printf 'Subject: =?utf-8?Q?n=C2=B0?= %d\n\nx\n' "$n" >"d/$n"
		printf 'd/%d\tn° %d\n' "$n" "$n"
	done >want
	expect 0 sh -c 'seq 1000 | sed s,^,d/, | mime-hdr -l SUBJECT'
	same out want
	expect 0 sh -c 'seq 1000 | sed s,^,d/, | tr "\n" "\0" |
	    mime-hdr -0l subject | tr "\0" "\n"'
	same out want
	expect 0 sh -c 'seq 1000 | sed s,^,d/, | mime-hdr -jl subject'
	python3 - <<-'.'
		import json
		lines = [json.loads(line) for line in open('out')]
		assert len(lines) == 1000
		assert lines[999] == {'path': 'd/1000', 'fields': [
		    {'name': 'subject', 'value': 'n° 1000'}]}
	.
}

@test "-l: one message is led by its path too; none of many: 1" {
	header 'Subject: a\n'
	expect 0 mime-hdr -l subject <<<m
	printf 'm\ta\n' | cmp - out
	expect 1 mime-hdr -l to < <(printf 'm\nm\n')
	expect 1 mime-hdr -l subject </dev/null
	: >n
	expect 0 mime-hdr -l subject < <(printf 'n\nm\n')
}

@test "-l: what is known is written before the next path comes" {
	header 'Subject: a\n'
	mkfifo list
	start show sh -c 'exec mime-hdr -l subject <"$1"' sh list
	exec 9>list
	echo m >&9
	wait_for 10 grep -qx 'm	a' show.log
	exec 9>&-
}

@test "-l: what is known is written, even where half a path came" {
	header 'Subject: a\n'
	mkfifo list
	start show sh -c 'exec mime-hdr -l subject <"$1"' sh list
	exec 9>list
	printf 'm\n\nno' >&9
	wait_for 10 grep -qx 'm	a' show.log
	exec 9>&-
}

# What is read before its turn is what would be read at its turn, with one
# processor and with all.
@test "-l: a long list of everything there is" {
	mkdir dir
	: >empty
	header 'Subject: a\n'
	{ printf 'X: '; head -c 40000 /dev/zero; printf '\nSubject: b\n'; } >big
	printf 'Subject: c' >open
	for n in $(seq 30); do
		printf '%s\n' m big empty open dir none - m /proc/self/mounts
	done >list
	for n in 6 7 8 40 90 91 92 170; do
		mkfifo "fifo$n"
		sed -i "${n}i fifo$n" list
	done
	awk 'BEGIN { says["m"] = "a"; says["big"] = "b"; says["open"] = "c" }
	    /^fifo/ { says[$0] = $0 }
	    $0 in says { print $0 "\t" says[$0] }' list >want
	awk 'BEGIN { says["dir"] = "read: Is a directory"
		says["none"] = "open: No such file or directory"
		says["-"] = "standard input is the list of paths" }
	    $0 in says { print "mime-hdr: " $0 ": " says[$0] }' list >said
	for cpus in 0 "$(taskset -cp $$ | sed 's/.*: //')"; do
		for fifo in fifo*; do
			{ printf 'Subject: %s\n\n' "$fifo"; cat big; } >"$fifo" &
		done
		expect 66 sh -c 'exec taskset -c "$1" mime-hdr -l subject <list' \
		    sh "$cpus"
		same out want
		same err said
		wait
	done
}

@test "-l: no descriptor is kept, of empty messages and bad ones too" {
	mkdir dir
	: >empty
	header 'Subject: a\n'
	expect 66 sh -c 'ulimit -n 64
	    { yes empty dir none | head -n 60 | tr " " "\n"; echo m; } |
	    mime-hdr -l subject'
	printf 'm\ta\n' | cmp - out
	sort -u err >reasons
	same reasons <(printf 'mime-hdr: %s\n' 'dir: read: Is a directory' \
	    'none: open: No such file or directory')
}

@test "-l: a path that went stale is found again" {
	mkdir -p box/cur box/new box/tmp
	printf 'Subject: a\n\n' >box/cur/1.2.host,S=12:2,RS
	expect 0 mime-hdr -l subject <<<box/new/1.2.host,S=12
	printf 'box/new/1.2.host,S=12\ta\n' | cmp - out
	expect 66 mime-hdr -m box/new/1.3.host subject
}

@test "-l: what cannot be read has its line, and the others are done" {
	header 'Subject: a\n'
	mkdir dir
	expect 66 mime-hdr -l subject < <(printf 'm\nnone\ndir\n-\nm\n')
	printf 'm\ta\nm\ta\n' | cmp - out
	same err <(printf 'mime-hdr: %s\n' \
	    'none: open: No such file or directory' \
	    'dir: read: Is a directory' \
	    '-: standard input is the list of paths')
	expect 65 mime-hdr -0l subject < <(head -c 5000 /dev/zero | tr '\0' x)
	[ "$(wc -l <err)" -eq 1 ]
}

@test "a FIFO and a process substitution" {
	header 'Subject: a\n'
	head -c 200000 /dev/zero >>m
	mkfifo fifo
	{ sleep 0.3; cat m; } >fifo &
	expect 0 mime-hdr -m fifo subject
	printf 'a\n' | cmp - out
	expect 0 mime-hdr -m <(sleep 0.2; cat m) subject
	printf 'a\n' | cmp - out
	expect 66 mime-hdr -m fifo subject
	noted 'fifo: a FIFO that nobody writes to'
}

@test "a pipe on standard input is read to its end" {
	header 'Subject: a\n'
	head -c 4000000 /dev/zero >>m
	expect 0 bash -c 'set -o pipefail; cat m | mime-hdr subject'
	printf 'a\n' | cmp - out
}

# --- limits

@test "limits of the header: 65, nothing printed" {
	fields()
	{
		printf 'Subject: a\n'
		for n in $(seq "$1"); do
			printf 'X: '
			head -c "$2" /dev/zero | tr '\0' x
			echo
		done
	}
	fields 16 65500 >m
	[ "$(wc -c <m)" -gt 1048000 ] && [ "$(wc -c <m)" -lt 1048576 ]
	shows 'a\n' subject
	expect 0 mime-hdr -x x -m m
	printf 'Subject: a\n' | cmp - out
	fields 17 65500 >m
	for use in subject '-x x'; do
		expect 65 mime-hdr -m m $use
		[ ! -s out ]
		noted 'm: a header longer than 1048576 bytes'
	done
	fields 1 65600 >m
	expect 65 mime-hdr -m m subject
	noted 'm: a header field longer than 65536 bytes'
	{ printf 'Subject: a\n'; yes ' x' | head -n 40000; } >m
	expect 65 mime-hdr -m m subject
	noted 'm: a header field longer than 65536 bytes'
	{ printf 'Subject: a\n'; yes 'X: x' | head -n 999; } >m
	shows 'a\n' subject
	echo 'X: x' >>m
	expect 65 mime-hdr -m m subject
	noted 'm: more than 1000 header fields'
}

@test "an endless line" {
	expect 65 sh -c 'head -c 100000000 /dev/zero | mime-hdr subject'
	noted 'standard input: a header field longer than 65536 bytes'
	sanitized && return 0
	head -c 100000000 /dev/zero >m
	peak mime-hdr -m m subject 2>/dev/null || [ "$?" -eq 65 ]
	[ "$PEAK" -lt 6144 ]
}

# --- editing

# edited WANT ARGUMENT ...: the header of m becomes WANT, and what is behind
# it, which the file "rest" holds, stays.
edited()
{
	printf "$1" >want
	cat rest >>want
	shift
	expect 0 mime-hdr "$@" <m || return 1
	same out want || return 1
	expect 0 mime-hdr -m m "$@" || return 1
	same out want
}

@test "-s and -x: all else byte for byte" {
	{ printf '\nTo: x\r\n\0\377\r'; head -c 300000 /dev/urandom; } >rest
	{ printf 'From x Mon Nov 23 05:25\nTo : a\nSubject:  b\n\tc\nno field\nTO: d\nX:\0\377\r\n'; cat rest; } >m
	edited 'From x Mon Nov 23 05:25\nTo: e\nSubject:  b\n\tc\nno field\nX:\0\377\r\n' -s 'To: e'
	edited 'From x Mon Nov 23 05:25\nSubject:  b\n\tc\nno field\nX:\0\377\r\n' -x to
	edited 'From x Mon Nov 23 05:25\nTo : a\nno field\nTO: d\nX:\0\377\r\nsubject: f\n' \
	    -x Subject -s 'subject: f' -x none
	edited 'From x Mon Nov 23 05:25\nTo : a\nSubject:  b\n\tc\nno field\nTO: d\nX:\0\377\r\n' -x none
	edited 'From x Mon Nov 23 05:25\nTo : a\nSubject: 2\nno field\nTO: d\nX:\0\377\r\nY: 3\n' \
	    -s 'Subject:1' -s 'Y:3' -s 'Subject:    2  '
}

@test "new lines end as those of the message do" {
	printf '\r\nbody\n' >rest
	{ printf 'A: b\r\nC: d\r\n'; cat rest; } >m
	long=$(yes word | head -n 20 | tr '\n' ' ')
	edited 'A: e\r\nC: d\r\nF: word word word word word word word word word word word word word word\r\n word word word word word word\r\n' \
	    -s 'A: e' -s "F: $long"
	printf '\r\nbody\n' >m
	edited 'A: e\r\n' -s 'A: e'
	printf '\nbody\n' | tee rest >m
	edited 'A: e\n' -s 'A: e'
}

@test "a message without a header end, and an empty one" {
	: >rest
	printf 'A: b\nC: d' >m
	edited 'A: b\nC: d\nE: f\n' -s 'E: f'
	edited 'A: b\nC: f\n' -s 'C: f'
	edited 'A: b\n' -x C
	printf 'A: b\r\nC: d' >m
	edited 'A: b\r\nC: d\r\nE: f\r\n' -s 'E: f'
	: >m
	edited 'E: f\n' -s 'E: f'
	edited '' -x e
}

@test "values that are not ASCII are encoded, and read again" {
	printf '\nbody\n' | tee rest >m
	edited 'Subject: =?UTF-8?B?R3LDvMOfZSDkvaDlpb0=?=\n' \
	    -s 'Subject: Grüße 你好'
	expect 0 mime-hdr -s 'To: Jürgen <j@example.org>, Ö <o@example.org>' <m
	cp out m2
	[ "$(LC_ALL=C grep -c '[^ -~]' m2)" -eq 0 ]
	expect 0 mime-hdr -a -m m2 to
	printf 'Jürgen\tj@example.org\nÖ\to@example.org\n' | cmp - out
	long=$(yes 'Ä你' | head -n 100 | tr '\n' ' ')
	expect 0 mime-hdr -s "Subject: $long" <m
	cp out m2
	[ "$(wc -L <m2)" -le 76 ]
	expect 0 mime-hdr -m m2 subject
	printf '%s\n' "${long% }" | cmp - out
}

@test "values and names that no header may have: 65, nothing written" {
	letter
	for bad in $'Subject: a\nBcc: x' $'Subject: a\r' 'no field' ': a' \
	    'a b: c' 'ä: c' $'Subject: \377' 'Date: März' 'To: Jürgen' \
	    'Subject: =?utf-8?q?a=0ABcc=3A_x?=' \
	    'To: =?utf-8?b?eAB5?= <a@b.example>' \
	    "X: $(head -c 70000 /dev/zero | tr '\0' x)"; do
		expect 65 mime-hdr -s "$bad" -m m
		[ ! -s out ]
		[ "$(wc -l <err)" -eq 1 ]
	done
	for bad in 'a b' '' 'Subject:' 'ä'; do
		expect 65 mime-hdr -x "$bad" -m m
		[ ! -s out ]
		expect 65 mime-hdr -m m "$bad"
		noted 'no name of a field'
	done
	expect 66 mime-hdr -x to -m none
}

@test "a header that would grow too long: 65, nothing written" {
	for n in $(seq 16); do
		printf 'X: '
		head -c 65530 /dev/zero | tr '\0' x
		echo
	done >m
	expect 0 mime-hdr -s 'Y: 1' -m m
	expect 65 mime-hdr -s "Y: $(head -c 600 /dev/zero | tr '\0' y)" -m m
	[ ! -s out ]
	noted 'm: the header would be longer than 1048576 bytes'
}

# --- the rest

@test "usage: 64" {
	letter
	for bad in '-ad to' '-l -m m' '-s a:b to' '-s a:b -l' '-x a -j' \
	    '-x a -0' '-x a -a' '-x a -m m -m m' '-q' '-m'; do
		expect 64 mime-hdr $bad </dev/null
		contains err 'usage: mime-hdr [-0jl] [-a | -d] [-m message] [field ...]'
	done
}

@test "standard output that is full: 75" {
	letter
	expect 75 sh -c 'mime-hdr subject <m >/dev/full'
	expect 75 sh -c 'mime-hdr -x subject <m >/dev/full'
	expect 75 sh -c 'yes m | head -n 100000 | mime-hdr -l subject >/dev/full'
	contains err 'standard output: write: No space left on device'
}

# on_terminal STATUS COMMAND: a shell command whose output and lines on
# standard error are a terminal; in "out" is what that got, which has to be
# free of everything that acts on it but CR LF.
on_terminal()
{
	expect_noted "$1" script -qec "$2" /dev/null || return 1
	python3 - <<-'.'
		import re, sys
		text = open("out", "rb").read().decode("utf-8", "strict")
		bad = re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e"
		    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
		    "\U000e0000-\U000e0fff]", text.replace("\r\n", "\n"))
		bad = bad or re.search("[\u0300-\u036f]{9}", text)
		if bad:
		    print("acts on a terminal:", ascii(bad.group()))
		    print(ascii(text))
		    sys.exit(1)
	.
}

# What acts on a terminal, one a line (printf escapes): titles, links, the
# clipboard, device control, C1 in both forms, CR and backspace over what is
# there, direction, zero width, separators, tags, a flood of marks.
acting()
{
	cat <<-'.'
		\033]0;title\007
		\033]8;;http://evil.example/\033\\link\033]8;;\033\\
		\033]52;c;ZXZpbA==\007
		\033P$q"p\033\\
		\033[2J\033[31m
		\2330m
		\302\2330m
		good\rbad
		good\010\010\010\010bad
		\177
		\342\200\252a\342\200\256b
		\342\201\246a\342\201\251
		\342\200\216\342\200\217\330\234
		a\342\200\213\342\200\214\342\200\215b\357\273\277
		a\342\200\250b\342\200\251c
		\363\240\200\201\363\240\201\201
		\302\255
		a\314\201\314\202\314\201\314\202\314\201\314\202\314\201\314\202\314\201\314\202
	.
}

@test "a terminal is shown nothing that acts on it: values, raw and encoded" {
	acting >list
	[ "$(wc -l <list)" -eq 18 ]
	while read -r bytes; do
		printf "$bytes" >raw
		header "Subject: x $bytes y\nTo: $bytes <a@b.example>\nX: =?utf-8?B?$(base64 -w 0 raw)?=\nY: =?koi8-r?B?$(base64 -w 0 raw)?=\n"
		on_terminal 0 'mime-hdr -m m subject'
		[ "$(wc -c <out)" -gt 5 ]
		on_terminal 0 'mime-hdr -m m x y'
		on_terminal 0 'mime-hdr -m m'
		on_terminal 0 'mime-hdr -j -m m'
		on_terminal 0 'mime-hdr -a -m m to || :'
		on_terminal 65 'mime-hdr -a -m m x'
		on_terminal 65 'mime-hdr -d -m m subject'
		printf "\n$bytes\n" >>m
		on_terminal 0 'mime-hdr -m m -s "A: b"'
	done <list
	header 'Subject: =?utf-8?Q?=1B[31m=C2=9B=E2=80=AE?=\n'
	on_terminal 0 'mime-hdr -m m subject'
	printf '\\x1b[31m\\xc2\\x9b\\xe2\\x80\\xae\r\n' | cmp - out
	printf '\n\033[31m\n' >m
	on_terminal 0 'mime-hdr -m m -s "A: b"'
	printf 'A: b\r\n\r\n\\x1b[31m\r\n' | cmp - out
}

@test "a terminal is shown eight marks on a letter, all else gets all" {
	eight=$(printf '\314\201%.0s' 1 2 3 4 5 6 7 8)
	header "Subject: a$eight$(printf '\314\202')b$eight\n"
	expect 0 mime-hdr -m m subject
	printf 'a%s\314\202b%s\n' "$eight" "$eight" | cmp - out
	on_terminal 0 'mime-hdr -m m subject'
	printf 'a%s\\xcc\\x82b%s\r\n' "$eight" "$eight" | cmp - out
	expect 0 mime-hdr -j -m m subject
	contains out "a$eight"'\u0302b'"$eight"
}

@test "a terminal: names of files, of fields, of charsets in sentences" {
	acting >list
	while read -r bytes; do
		printf "$bytes" | tr -d '/\n' >name
		header 'Subject: a\nTo: b\n'
		cp m "$(cat name)"
		printf "Subject: a\n$bytes: b\nX$bytes: c\n\n" >n
		on_terminal 0 'mime-hdr -m "$(cat name)" -m m subject'
		on_terminal 65 'mime-hdr -a -m "$(cat name)" to'
		on_terminal 66 'mime-hdr -m "$(cat name).none" to'
		on_terminal 65 'mime-hdr -m m "$(cat name)"'
		on_terminal 65 'mime-hdr -m m -x "$(cat name)"'
		on_terminal 65 'mime-hdr -m m -s "$(cat name)"'
		on_terminal 0 'mime-hdr -m n'
		printf "Content-Type: text/plain; charset=\"$bytes\"; name=\"$bytes\"\nContent-Disposition: $bytes; filename=\"$bytes\"\nContent-Transfer-Encoding: $bytes\n$bytes\n\nx" >m
		on_terminal 0 'mime-ls m "$(cat name)"'
		on_terminal 0 'mime-ls -j m "$(cat name)"'
		on_terminal 65 'mime-ls -V m "$(cat name)"'
		on_terminal 66 'mime-ls "$(cat name).none"'
		on_terminal 0 'mime-unpack m; mime-unpack -u -p 1 m >/dev/null'
	done <list
}

# --- EXAMPLES of the manual page

@test "examples" {
	letter
	cp m letter.eml
	mkdir -p Maildir/cur Maildir/new
	cp m Maildir/cur/1
	sed 's/2026/2025/; s/=?iso.*/older/' m >Maildir/new/2
	cp Maildir/new/2 Maildir/cur/2
	expect 0 sh -c 'find Maildir/cur Maildir/new -type f |
	    mime-hdr -l subject | cut -f 2 | sort'
	same out <(printf 'Grüße你好\nolder\nolder\n' | sort)
	expect 0 sh -c "find Maildir -type f -path '*/cur/*' |
	    mime-hdr -al from | cut -f 3 | sort | uniq -c | sort -rn"
	grep -qx ' *2 j@example.org' out
	expect 0 sh -c 'mime-hdr -a -m letter.eml to cc | cut -f 3'
	printf 'bob@example.org\ncarol@example.org\n' | cmp - out
	expect 0 sh -c 'find Maildir/cur -type f | mime-hdr -dl date |
	    while read -r path date; do
	        echo "$(date -d "$date" +%s) $path"
	    done | sort -n | head -n 1'
	printf '1763866406 Maildir/cur/2\n' | cmp - out
	expect 0 sh -c 'mime-hdr -s "Subject: Grüße" -x bcc \
	    <letter.eml >new.eml'
	expect 0 mime-hdr -m new.eml subject
	printf 'Grüße\n' | cmp - out
}
