#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What mail that could not be delivered, or was, is reported as: read by people,
# by programs, and by a person's mail reader.  The reports are those of
# tests/tool/report, about tests/data/reports/letter.

load helper

NAMES='failed full several delayed given-up spam postmaster utf8-recipient
    utf8-sender hostile'

# report NAME [-n]: about the letter, or about the file letter.
report()
{
	[ -e letter ] || cp "$TESTS/data/reports/letter" letter
	SOURCE_DATE_EPOCH=1795402410 "${MAILPIPE_BIN%/*}/tests/tool/report" \
	    ${2:+"$2"} "$1" <letter
}

# What is random has another value each time.
settled()
{
	sed -e 's/=_[0-9a-f]\{32\}/=_boundary/' \
	    -e 's/^\(Message-ID: <report\..*\)\.[0-9a-f]\{16\}@/\1.random@/'
}

# Python's email package, as strict as it is, and the grammar of the fields.
read_strictly()
{
	python3 "$TESTS/peer/report.py" "$1" "$2" >read
}

@test "reports as they were, by name" {
	local name
	for name in $NAMES; do
		report "$name" | settled >"$name"
		same "$TESTS/data/reports/$name" "$name"
	done
}

@test "each is read by Python, and no field breaks RFC 3464" {
	local name
	for name in $NAMES; do
		report "$name" >r
		read_strictly r "$(report "$name" -n)"
	done
	# The last one was what a server said to be taken for another.
	cat >want <<-'.'
		failed bob@example.org 5.0.0
		text/plain quoted-printable
		message/delivery-status
		message/rfc822 8bit
	.
	same want read
	report several >r
	read_strictly r 0
	cat >want <<-'.'
		delivered bob@example.org 2.1.5
		failed carol@example.org 5.2.2
		failed dave@nowhere.example 5.1.2
		failed erin@nowhere.example 5.1.2
		delayed frank@example.com 4.7.1
		relayed grace@example.com 2.0.0
		expanded list@example.org 2.0.0
		text/plain quoted-printable
		message/delivery-status
		text/rfc822-headers
	.
	same want read
}

@test "flufl.bounce: who failed for good, and who may yet get it" {
	local name
	for name in failed full several delayed given-up spam; do
		report "$name" >"$name"
	done
	python3 - >got <<-'.'
		from email import message_from_binary_file
		from flufl.bounce import all_failures
		for name in "failed", "full", "several", "delayed", "given-up", "spam":
		    with open(name, "rb") as f:
		        later, never = all_failures(message_from_binary_file(f))
		    print(name, sorted(later), sorted(never))
	.
	cat >want <<-'.'
		failed [] [b'bob@example.org']
		full [] [b'bob@example.org']
		several [b'frank@example.com'] [b'carol@example.org', b'dave@nowhere.example', b'erin@nowhere.example']
		delayed [b'bob@example.org'] []
		given-up [] [b'bob@example.org']
		spam [] [b'bob@example.org']
	.
	same want got
}

@test "mshow shows it, and mthread puts it below the letter" {
	report several >r
	mshow ./r >shown
	contains shown 'Subject: Not delivered to carol@example.org and 2 more: Photos of the holidays, and '
	contains shown 'The mailbox is full.'
	report full >r
	mshow ./r >shown
	contains shown 'There is no mailbox with this address.'
	contains shown 'Final-Recipient: rfc822; bob@example.org'
	contains shown ' vom Meer!'
	mkdir -p box/cur box/new box/tmp
	cp letter box/cur/1.a:2,S
	cp r box/cur/2.a:2,S
	mlist box | mthread >got
	printf '%s\n' 'box/cur/1.a:2,S' ' box/cur/2.a:2,S' >want
	same want got
}

@test "what is given back is the letter, to the byte" {
	local name
	for name in full postmaster; do
		report "$name" >r
		sed -n '/^Content-Type: message.rfc822/,$p' r | sed -e '1,3d' >tail
		head -c "$(stat -c %s letter)" tail >back
		same letter back
	done
	# Its header is UTF-8, and the way may be 7-bit.
	sed -i 's/^Subject:.*/Subject: Grüße/' letter
	report full >r
	read_strictly r 0
	contains read 'message/global quoted-printable'
	python3 - r >back <<-'.'
		import quopri, sys
		with open(sys.argv[1], "rb") as f:
		    tail = f.read().split(b"message/global\n")[1]
		body = tail.split(b"\n\n", 1)[1].rsplit(b"\n--=_", 1)[0]
		sys.stdout.buffer.write(quopri.decodestring(body))
	.
	same letter back
	report utf8-sender >r
	read_strictly r 3
	contains read 'message/global 8bit'
	contains r 'Subject: Grüße'
}

@test "a message too large, or that cannot be sent: its header, and why" {
	report full >/dev/null
	yes x | head -c 200000 >>letter
	report full >r
	read_strictly r 0
	contains read 'text/rfc822-headers'
	contains r 'The message is not given back in full: it is too large. Its header is'
	[ "$(stat -c %s r)" -lt 4000 ]
	printf 'Subject: x\n\na\0b\n' >letter
	report full >r
	read_strictly r 0
	contains r 'it has lines or bytes that mail'
	# A header without end.
	{ echo 'Subject: x'; yes 'X: y' | head -c 200000; } >letter
	report failed >r
	read_strictly r 0
	contains r 'too long to be given back in full'
	[ "$(stat -c %s r)" -lt 70000 ]
}

@test "a delimiter in the letter ends nothing" {
	report full >first
	boundary=$(sed -n 's/^.*boundary="\(.*\)"$/\1/p' first)
	printf '\n--%s--\n\n--%s\nContent-Type: text/plain\n\nhello\n' \
	    "$boundary" "$boundary" >>letter
	report full >r
	read_strictly r 1
	[ "$(wc -l <read)" -eq 4 ]
}
