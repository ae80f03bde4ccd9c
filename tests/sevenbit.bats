# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# lib/sevenbit.c, by the filter tests/tool/sevenbit: Python's email package
# finds the same parts before and after.

load helper

# Converts FILE to $T/after and compares all parts.
check()
{
	local part

	rm -rf before.d after.d
	expect 0 sh -c '"$1" <"$2"' sh \
	    "$MAILPIPE_BIN/../tests/tool/sevenbit" "$1" || return 1
	cp out after
	LC_ALL=C tr -d '\1-\177' <after >dirt
	[ ! -s dirt ] || { echo "$1: not 7-bit"; return 1; }
	LC_ALL=C awk 'length > 1000 { exit 1 }' after ||
	    { echo "$1: a long line"; return 1; }
	python3 "$TESTS/peer/leaves.py" "$1" before.d >before.parts
	python3 "$TESTS/peer/leaves.py" after after.d >after.parts
	diff -u before.parts after.parts || return 1
	while read -r part _; do
		cmp "before.d/$part" "after.d/$part" || return 1
	done <before.parts
	[ -s before.parts ]
}

@test "the parts of every sample stay the same" {
	for file in "$TESTS"/data/*.eml; do
		check "$file"
	done
}

@test "what is 7-bit already stays as it is" {
	for name in forward digest report signed no-mime; do
		check "$TESTS/data/$name.eml"
		same after "$TESTS/data/$name.eml"
	done
}

@test "an unlabelled message gets a label and an encoding" {
	check "$TESTS/data/unlabelled.eml"
	diff -u - after <<-'.'
		From: alice@example.org
		Subject: plain
		MIME-Version: 1.0
		Content-Type: text/plain; charset=unknown-8bit
		Content-Transfer-Encoding: quoted-printable

		Caf=E9.
	.
}

@test "lines past 998 are encoded" {
	{
		printf 'MIME-Version: 1.0\nContent-Type: text/plain\n\n'
		head -c 5000 /dev/zero | tr '\0' x
		echo
	} >long
	check "$T/long"
}

@test "a part of 10 MiB comes out whole" {
	{
		printf 'MIME-Version: 1.0\nContent-Type: multipart/mixed; '
		printf 'boundary=b\n\n--b\nContent-Type: text/plain\n'
		printf 'Content-Transfer-Encoding: 8bit\n\n'
		yes 'Grüße aus Köln = 50° 56′ N' | head -c 10485760
		printf '\n--b\nContent-Type: application/octet-stream\n'
		printf 'Content-Transfer-Encoding: binary\n\n'
		head -c 1000000 "$MAILPIPE_BIN/mime-unpack"
		printf '\n--b--\n'
	} >large
	check "$T/large"
}

@test "a raw 8-bit header is refused with nothing written" {
	printf 'Subject: Gr\374n\n\nx\n' >m
	expect 65 sh -c '"$1" <m' sh "$MAILPIPE_BIN/../tests/tool/sevenbit"
	contains err "the header field Subject holds bytes above 127"
	[ ! -s out ]
}
