# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# Whatever is converted, Python's email package finds the same decoded parts
# before and after.

load helper

# same_parts FILE FILE: as Python's email package sees them.
same_parts()
{
	local part

	rm -rf before.d after.d
	python3 "$TESTS/peer/leaves.py" "$1" before.d >before.parts
	python3 "$TESTS/peer/leaves.py" "$2" after.d >after.parts
	[ -s before.parts ] || return 1
	diff -u before.parts after.parts || return 1
	while read -r part _; do
		cmp "before.d/$part" "after.d/$part" || return 1
	done <before.parts
}

# Fit for a 7-bit path.
clean()
{
	[ "$(LC_ALL=C tr -d '\1-\177' <"$1" | wc -c)" -eq 0 ] ||
	    { echo "not 7-bit"; return 1; }
	LC_ALL=C awk '{ sub(/\r$/, "") } length > 998 { exit 1 }' "$1" ||
	    { echo "a long line"; return 1; }
}

# seven FILE: converts it to $T/seven, which is as it should be.
seven()
{
	expect 0 mime-7bit "$1" || return 1
	cp out seven
	clean seven || return 1
	same_parts "$1" seven || return 1
	expect 0 mime-7bit -7 seven || return 1
	same out seven
}

# eight FILE: the same to $T/eight with -8.
eight()
{
	expect 0 mime-7bit -8 "$1" || return 1
	cp out eight
	same_parts "$1" eight || return 1
	expect 0 mime-7bit -8 eight || return 1
	same out eight
}

# refused FILE REASON: status 65, one line that says why, and nothing written.
refused()
{
	expect 65 mime-7bit "$1" || return 1
	[ ! -s out ] || { echo "there is output"; return 1; }
	echo "mime-7bit: $1: not 7-bit: $2" | diff -u - err
}

# The samples, as they are and with CRLF.
samples()
{
	local file

	mkdir samples
	for file in "$TESTS"/data/*.eml; do
		cp "$file" samples
		sed 's/\r*$/\r/' "$file" >"samples/crlf-${file##*/}"
	done
	# Content whose line ends are not the message's is other content.
	rm samples/crlf-binary.eml
}

# --- both ways

@test "-7: every sample keeps its parts and is 7-bit" {
	samples
	for file in samples/*; do
		seven "$file" || { echo "$file"; return 1; }
	done
}

@test "-8: every sample keeps its parts" {
	samples
	for file in samples/*; do
		eight "$file" || { echo "$file"; return 1; }
	done
}

@test "-7 of -8 and -8 of -7 have the same parts" {
	samples
	for file in samples/*; do
		eight "$file"
		cp eight e
		seven e
		same_parts "$file" seven
		seven "$file"
		cp seven s
		eight s
		same_parts "$file" eight
	done
}

@test "-7: what is 7-bit already stays as it is" {
	samples
	for name in forward digest report signed no-mime utf16; do
		expect 0 mime-7bit "samples/$name.eml"
		same out "samples/$name.eml"
		expect 0 mime-7bit "samples/crlf-$name.eml"
		same out "samples/crlf-$name.eml"
	done
}

@test "-8: what is signed, not text, or 8bit already stays as it is" {
	for name in binary signed latin1 utf16 unlabelled; do
		expect 0 mime-7bit -8 "$TESTS/data/$name.eml"
		same out "$TESTS/data/$name.eml"
	done
}

# --- what it changes

letter()
{
	cat <<-.
		From: a@example.org
		MIME-Version: 1.0
		Content-Type: multipart/mixed; boundary=b

		preamble
		--b
		Content-Type: text/plain; charset=utf-8
		Content-Transfer-Encoding: $1

		$2
		--b
		content-type: image/png
		content-transfer-encoding: base64

		iVBORw==
		--b
		Content-Type: multipart/signed; boundary=s

		--s
		Content-Transfer-Encoding: quoted-printable

		Gr=C3=BC=C3=9Fe
		--s--
		--b--
		epilogue
	.
}

@test "-8 changes one part and the label around it, and -7 puts it back" {
	letter quoted-printable 'Gr=C3=BC=C3=9Fe' >m
	letter 8bit 'Grüße' |
	    sed '3a Content-Transfer-Encoding: 8bit' >want
	expect 0 mime-7bit -8 m
	same out want
	expect 0 sh -c 'mime-7bit -8 m | mime-7bit'
	sed '3a Content-Transfer-Encoding: 7bit' m >want
	same out want
}

@test "-8: a whole message of CRLF, in base64" {
	printf '%s\r\n' 'Content-Type: text/plain; charset=utf-8' \
	    'Content-Transfer-Encoding: base64' '' "$(printf 'Grüße\r\n' |
	    base64)" >m
	expect 0 mime-7bit -8 m
	printf '%s\r\n' 'Content-Type: text/plain; charset=utf-8' \
	    'Content-Transfer-Encoding: 8bit' '' Grüße | cmp - out
}

@test "-8: a part that would hold a delimiter stays encoded" {
	letter quoted-printable 'Gr=C3=BC=C3=9Fe=0A=2D-b--' >m
	expect 0 mime-7bit -8 m
	same out m
	letter quoted-printable 'Gr=C3=BC=C3=9Fe=0A=2D-s--' >m
	eight m
	contains eight Grüße
}

@test "-7 makes no delimiter of a long line that it breaks" {
	for n in 67 68 69 70 71 72 73; do
		letter 8bit "ü$(printf '%0*d' "$n" 0)--b" >m
		seven m
	done
}

@test "-7: an unlabelled message gets a label and an encoding" {
	seven "$TESTS/data/unlabelled.eml"
	diff -u - seven <<-'.'
		From: alice@example.org
		Subject: plain
		MIME-Version: 1.0
		Content-Type: text/plain; charset=unknown-8bit
		Content-Transfer-Encoding: quoted-printable

		Caf=E9.
	.
}

@test "-7: a long line of ASCII is called that" {
	{
		printf 'Subject: long\n\n'
		head -c 999 /dev/zero | tr '\0' x
	} >long
	seven long
	contains seven 'Content-Type: text/plain; charset=us-ascii'
}

@test "-7: what was encoded, and is again, is not called ASCII" {
	{
		printf 'MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n'
		printf 'ü%.0s' $(seq 700) | base64 -w 0
	} >long
	seven long
	contains seven 'Content-Type: text/plain; charset=unknown-8bit'
	{
		printf 'Content-Transfer-Encoding: quoted-printable\n\n'
		printf '=C3=BC%.0s' $(seq 200)
	} >long
	seven long
	contains seven 'Content-Type: text/plain; charset=unknown-8bit'
}

@test "-7: lines past 998, NUL, and a carriage return alone are encoded" {
	{
		printf 'MIME-Version: 1.0\nContent-Type: text/plain\n\n'
		head -c 5000 /dev/zero | tr '\0' x
		printf '\nA\0\rB\n'
	} >long
	seven long
	contains seven 'A=00=0DB'
	expect 0 mime-7bit -8 seven
	same out seven
}

@test "a message of a file, of standard input, of a pipe, of a Maildir" {
	expect 0 mime-7bit "$TESTS/data/latin1.eml"
	cp out want
	expect 0 sh -c 'mime-7bit <"$1"' sh "$TESTS/data/latin1.eml"
	same out want
	expect 0 sh -c 'cat "$1" | mime-7bit -' sh "$TESTS/data/latin1.eml"
	same out want
	mkdir new cur
	cp "$TESTS/data/latin1.eml" cur/1.2.3:2,S
	expect 0 mime-7bit new/1.2.3
	same out want
}

@test "empty input, and a header alone" {
	printf 'Subject: x\n' >header
	printf 'Content-Transfer-Encoding: base64\r\n\r\n' >blank
	for option in -7 -8; do
		expect 0 sh -c 'mime-7bit "$1" </dev/null' sh "$option"
		[ ! -s out ]
		expect 0 mime-7bit "$option" header
		same out header
		expect 0 mime-7bit "$option" blank
		same out blank
	done
}

# --- what cannot be converted

@test "65: a header, or what stands between parts" {
	printf 'Subject: Gr\374n\n\nx\n' >m
	refused m 'the header field Subject holds bytes above 127'
	printf 'Subject: a\0b\n\nx\n' >m
	refused m 'the header field Subject holds a NUL'
	printf 'Subject: %01000d\n\nx\n' 0 >m
	refused m 'the header field Subject holds a line longer than 998 bytes'
	printf 'Content-Type: multipart/x; boundary=b\n\n\0\n--b\n\n--b--\n' >m
	refused m 'a NUL between parts'
	# As these are no content, -8 has nothing to do with them.
	expect 0 mime-7bit -8 m
	same out m
}

@test "65: a signed part, whatever is around it" {
	letter 8bit 'Grüße' | sed 's/^Gr=C3=BC=C3=9Fe/Grüße/' >m
	refused m \
	    'part 3.1 is signed or encrypted and cannot be converted'
	expect 0 mime-7bit -8 m
	same out m
}

@test "65: more structure than the limits allow" {
	for ((i = 0; i <= 100; i++)); do
		printf 'Content-Type: message/rfc822\n\n'
	done >m
	for option in -7 -8; do
		expect 65 mime-7bit "$option" m
		contains err 'mime-7bit: m: parts nested deeper than 100'
		[ ! -s out ]
	done
	expect 65 sh -c 'mime-7bit <m'
	contains err 'mime-7bit: standard input: parts nested'
	{
		printf 'Content-Type: multipart/mixed'
		printf '; a%d=1' {1..128}
		printf '; boundary=b\n\n--b\n\nx\n--b--\n'
	} >m
	expect 65 mime-7bit -8 m
	contains err 'mime-7bit: m: more than 128 parameters in a field'
	[ ! -s out ]
}

@test "64: usage" {
	for arguments in '-7 -8' '-x' 'a b'; do
		# shellcheck disable=SC2086
		expect 64 mime-7bit $arguments
		contains err 'usage: mime-7bit [-7 | -8] [message]'
	done
}

@test "66: no such message, a directory" {
	expect 66 mime-7bit missing
	contains err 'mime-7bit: missing: open: No such file'
	mkdir d
	expect 66 mime-7bit d
	contains err 'mime-7bit: d: is a directory'
}

@test "73: no room for a temporary file" {
	head -c 100000 /dev/zero | tr '\0' x >m
	expect 73 sh -c 'cat m | TMPDIR=$PWD/missing mime-7bit'
}

@test "74: standard output cannot be written; 75: it is full" {
	expect 74 sh -c 'mime-7bit "$1" 1</dev/null' sh "$TESTS/data/letter.eml"
	contains err 'mime-7bit: standard output: write: '
	[ "$(wc -l <err)" -eq 1 ]
	expect 75 sh -c 'mime-7bit "$1" >/dev/full' sh "$TESTS/data/letter.eml"
	head -c 1000000 /dev/zero | tr '\0' '\n' >m
	expect 75 sh -c 'mime-7bit m >/dev/full'
	[ "$(wc -l <err)" -eq 1 ]
}

@test "what goes to a terminal is made safe" {
	printf 'A: b\nContent-Transfer-Encoding: base64\n\n%s\n' \
	    "$(printf 'Grüße\33[31m' | base64)" >m
	expect 0 script -qec 'mime-7bit -8 m' /dev/null
	contains out 'Grüße\x1b[31m'
}

# --- size

large()
{
	printf 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n'
	printf '\n--b\nContent-Type: text/plain; charset=utf-8\n'
	printf 'Content-Transfer-Encoding: 8bit\n\n'
	yes 'Grüße aus Köln = 50° 56′ N' | head -c "$1"
	printf '\n--b\nContent-Type: application/octet-stream\n'
	printf 'Content-Transfer-Encoding: binary\n\n'
	yes "$(printf 'x\377')" | head -c "$2"
	printf '\n--b--\n'
}

@test "parts of some MiB come out whole" {
	large 5000000 1000000 >m
	seven m
	cp seven m
	eight m
	same_parts seven eight
	contains eight 'Köln'
}

@test "memory stays small, whatever the size" {
	sanitized && skip "memory means nothing under AddressSanitizer"
	large 33554432 33554432 >m
	peak mime-7bit m >seven
	[ "$PEAK" -lt 6144 ] || { echo "$PEAK KiB"; return 1; }
	peak mime-7bit -8 seven >eight
	[ "$PEAK" -lt 6144 ] || { echo "$PEAK KiB"; return 1; }
	cat seven | peak mime-7bit -8 | cmp - eight
	head -c 1000 eight | grep -q Köln
}

# --- examples of the page

@test "the examples" {
	cp "$TESTS/data/letter.eml" letter.eml
	expect 0 sh -c 'mime-7bit -8 letter.eml | grep Grüße'
	contains out 'Grüße aus Köln'
	echo Grüße >report.txt
	expect 0 sh -c "mime-pack -8 -s report <report.txt | mime-7bit |
	    tr -d '\200-\377'"
	contains out 'Gr=C3=BC=C3=9Fe'
	mkdir -p Maildir/cur
	cp "$TESTS/data/letter.eml" Maildir/cur/good
	printf 'Subject: \374\n\n' >Maildir/cur/bad
	expect_noted 0 sh -c 'for m in Maildir/cur/*; do
		mime-7bit "$m" >/dev/null || echo "$m"
	    done'
	echo Maildir/cur/bad | cmp - out
}
