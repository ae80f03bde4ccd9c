#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-find: criteria become a search, and what is found is written.

load dovecot
load helper
load imap
load imapmail
load machine
load tls

# find_ STATUS [argument ...]: in INBOX of the server at $URL; options first.
find_()
{
	local status=$1 options=()

	shift
	while [[ ${1:-} = -[a-z]* ]]; do
		options+=("$1")
		shift
	done
	expect "$status" imap-find -p 'echo pencil' -o tls=may "${options[@]}" \
	    "$URL" INBOX "$@"
}

# finds "UID ..." criterion ...: these and no others.
finds()
{
	local status=0

	[ -n "$1" ] || status=1
	printf '%s\n' $1 | sed '/^$/d' >want
	shift
	find_ "$status" "$@" && same want out
}

# Whether there is one is not asked.
find_any()
{
	local status=0

	imap-find -p 'echo pencil' -o tls=may "$URL" INBOX "$@" >out 2>err ||
	    status=$?
	[ "$status" -le 1 ] && [ ! -s err ] && return 0
	show err
	return 1
}

@test "each criterion, against Dovecot" {
	dovecot_mail
	dovecot_imap
	finds '1 2 3'
	finds '1 2 3' all
	finds 1 from alice
	finds '2 3' to alice
	finds 2 cc carol@
	finds 3 bcc bob
	finds 2 subject Grüße
	finds 1 subject ONE
	finds '1 2' body one
	finds '1 2' text one
	finds 2 body '"one" \ (two)'
	finds 1 header List-Id talk.example.org
	finds 1 header list-id ''
	finds '' header X-None ''
	finds 1 before 2025-06-01
	finds 2 on 2025-06-01
	finds '2 3' since 1-Jun-2025
	finds 1 sent-before 2025-01-01
	finds 1 sent-on 2024-12-31
	finds '2 3' sent-since 2025-01-01
	finds 3 larger 5k
	finds '1 2' smaller 5k
	finds '1 3' seen
	finds 2 unseen
	finds 3 flagged
	finds 3 flag '\Flagged'
	finds '1 2' unflagged
	finds '1 2 3' unanswered undeleted undraft
	finds '' answered
	finds '1 3' uid 3,1
	finds '1 2 3' older 1
	finds '' newer 1
}

@test "and, or, not, parentheses" {
	dovecot_mail
	dovecot_imap
	finds 3 to alice seen
	finds 3 to alice and seen
	finds '1 3' from alice or from carol
	finds '1 3' not from bob
	finds '1 2' from alice or from bob and to alice
	finds 2 \( from alice or from bob \) and to alice
	finds 1 not \( from bob or larger 5k \)
	finds '1 2 3' from alice or from bob or from carol or from dave
	finds '' not all
}

@test "keywords" {
	dovecot_mail
	printf '0 $Junk\n1 Work\n' >dovecot/mail/alice/dovecot-keywords
	mv dovecot/mail/alice/cur/*.2.host:2, dovecot/mail/alice/cur/1.2.host:2,ab
	mv dovecot/mail/alice/cur/*.3.host:2,* dovecot/mail/alice/cur/2.3.host:2,a
	dovecot_imap
	find_ 0 text second
	junk=$(cat out)
	finds "$junk" keyword '$Junk' keyword Work
	finds "$junk" flag work flag '$junk'
	find_ 0 unkeyword Work
	[ "$(wc -l <out)" -eq 2 ]
	find_ 0 not keyword '$Junk'
	[ "$(wc -l <out)" -eq 1 ]
}

@test "what a user writes never ends the command" {
	dovecot_mail
	dovecot_imap
	for text in $'x\r\na1 DELETE Trash' $'x\nx' 'a"b\c' '{5}' '{5+}' '*' ')' \
	    '(' NIL '' 'ü' $'\001' "$(head -c 5000 /dev/zero | tr '\0' x)"; do
		for name in from subject body text; do
			find_any "$name" "$text"
		done
	done
	imap_script <<-'.'
		GREETING:
		C: EXAMINE "a\"b\\*"
		S: TAG OK
		C: UID SEARCH CHARSET UTF-8 SUBJECT {19}x*a1 DELETE Trash! BODY "\"\\(" TEXT {3}*
		S: * SEARCH
		S: TAG OK
	.
	expect 1 imap-find -o tls=may -p 'echo pencil' "$URL" 'a"b\*' \
	    subject $'x\r\na1 DELETE Trash!' body '"\(' text $'ü\n'
	imap_scripted_end
}

@test "SEARCH and ESEARCH" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 ESEARCH
		BOX: exists=9
		GREETING:
		C: EXAMINE Lists/x
		S: TAG OK
		C: UID SEARCH RETURN (ALL) OR SEEN DRAFT
		S: * 10 EXISTS
		S: * ESEARCH (TAG "TAG") UID ALL 1:3,7,4294967295 MODSEQ 7
		S: TAG OK
	.
	expect 0 imap-find -p 'echo pencil' "$URL" Lists/x seen or draft
	printf '%s\n' 1 2 3 7 4294967295 | diff -u - out
	imap_scripted_end
	imap_script <<-'.'
		GREETING:
		C: EXAMINE *
		S: TAG OK
		C: UID SEARCH ALL
		S: * SEARCH
		S: * SEARCH 3 2
		S: * SEARCH 9 (MODSEQ 7)
		S: TAG OK
	.
	expect 0 imap-find -p 'echo pencil' "$URL" INBOX
	printf '%s\n' 3 2 9 | diff -u - out
	imap_scripted_end
	# Nothing.
	for found in '* SEARCH' '* ESEARCH (TAG "TAG") UID' '* 3 EXISTS'; do
		imap_script <<-.
			CAPABILITY: IMAP4rev1 ESEARCH
			GREETING:
			C: EXAMINE *
			S: TAG OK
			C: UID SEARCH RETURN (ALL) ALL
			S: $found
			S: TAG OK
		.
		expect 1 imap-find -p 'echo pencil' "$URL" INBOX
		[ ! -s out ] && [ ! -s err ]
		imap_scripted_end
	done
}

@test "examples" {
	dovecot_mail
	dovecot_imap
	account
	examples imap-find.1
	holds Archive/2025 '1,\Seen one' '2 =?utf-8?q?Gr=C3=BC=C3=9Fe?='
	holds INBOX '3,\Flagged,\Seen three'
	[ "$(cat example.1.out)" = 1 ]
	[ "$(cat example.2.out)" = 2 ]
}

@test "-c and -s" {
	dovecot_mail
	dovecot_imap
	find_ 0 -c all
	[ "$(cat out)" = 3 ]
	find_ 1 -c from nobody
	[ "$(cat out)" = 0 ]
	find_ 0 -s all
	[ "$(cat out)" = 1:3 ]
	find_ 0 -s uid 1,3
	[ "$(cat out)" = 1,3 ]
	find_ 64 -c -s
}

@test "a server that cannot look for what is not ASCII" {
	imap_script <<-'.'
		GREETING:
		C: UID SEARCH CHARSET UTF-8 TEXT {2}*
		S: TAG NO [BADCHARSET (US-ASCII)] what?
	.
	expect 69 imap-find -p 'echo pencil' "$URL" INBOX text ü
	[ "$(cat err)" = 'imap-find: 127.0.0.1: INBOX: it cannot look for what is not ASCII: NO [BADCHARSET (US-ASCII)] what?' ]
	imap_scripted_end
}

@test "limits of servers" {
	imap_script <<-'.'
		GREETING:
		BOX: exists=9 uidnext=101
		C: UID SEARCH SEEN
		S: * SEARCH 90 91
		S: TAG OK [MESSAGELIMIT 2 90] that is all
		C: UID SEARCH UID 1:89 SEEN
		S: * SEARCH 7
		S: TAG OK [MESSAGELIMIT 2 7] that is all
		C: UID SEARCH UID 1:6 SEEN
		S: * SEARCH
		S: TAG OK
	.
	expect 0 imap-find -p 'echo pencil' "$URL" INBOX seen
	printf '%s\n' 90 91 7 | diff -u - out
	imap_scripted_end
	# One that goes up has no end.
	imap_script <<-'.'
		GREETING:
		BOX: exists=9 uidnext=101
		C: UID SEARCH SEEN
		S: TAG OK [MESSAGELIMIT 2 90] that is all
		C: UID SEARCH UID 1:89 SEEN
		S: TAG OK [MESSAGELIMIT 2 90] that is all
	.
	expect 76 imap-find -p 'echo pencil' "$URL" INBOX seen
	# Smaller and smaller parts.
	imap_script <<-'.'
		GREETING:
		BOX: exists=9 uidnext=101
		C: UID SEARCH SEEN
		S: TAG NO [LIMIT] too many
		C: UID SEARCH UID 1:100 SEEN
		S: TAG NO [LIMIT] too many
		C: UID SEARCH UID 1:50 SEEN
		S: * SEARCH 1
		S: TAG OK
		C: UID SEARCH UID 51:100 SEEN
		S: * SEARCH 99
		S: TAG OK
	.
	expect 0 imap-find -p 'echo pencil' "$URL" INBOX seen
	printf '%s\n' 1 99 | diff -u - out
	imap_scripted_end
}

@test "a million uids" {
	sanitized && skip "memory means nothing under AddressSanitizer"
	seq 2 2 2000000 >want
	{ printf '* ESEARCH UID ALL '; paste -sd, want | tr -d '\n'
	printf '\r\n'; } >found.1
	{ printf '* SEARCH '; paste -sd' ' want | tr -d '\n'
	printf '\r\n'; } >found.2
	for found in found.1 found.2; do
		imap_script <<-.
			BOX: exists=1000000 uidnext=2000001
			GREETING:
			C: UID SEARCH ALL
			S-FILE: $T/$found
			S: TAG OK
		.
		peak imap-find -p 'echo pencil' "$URL" INBOX >out
		cmp out want
		[ "$PEAK" -lt 10240 ]
		imap_scripted_end
	done
}

# A few bytes are not to be billions of lines.
@test "more uids than there are messages" {
	local found option

	for found in '* ESEARCH UID ALL 1:4294967295' \
	    '* ESEARCH UID ALL 7,1:2000' '* ESEARCH UID COUNT 4294967295' \
	    "* SEARCH$(printf ' 1%.0s' {1..1100})" \
	    "* ESEARCH UID ALL $(printf '1:9,%.0s' {1..200})1" \
	    '* 1 EXPUNGE\r\n* ESEARCH UID ALL 1:1051'; do
		for option in -c -s -v; do
			# That is for who asked for it.
			[[ $found != *COUNT* || $option = -c ]] || continue
			imap_script <<-.
				CAPABILITY: IMAP4rev1 ESEARCH
				BOX: exists=50 uidnext=4294967295
				GREETING:
				C: UID SEARCH *
				S-RAW: $found\r\n
				S: TAG OK
			.
			expect 76 imap-find $option -p 'echo pencil' "$URL" \
			    INBOX
			tail -n 1 err | grep -q 'INBOX: more uids than there are messages$'
			[ "$(wc -l <out)" -le 1050 ]
		done
	done
	# All that there are, and some that are told of later.
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 ESEARCH
		BOX: exists=3000 uidnext=4000
		GREETING:
		C: UID SEARCH *
		S: * 1 EXPUNGE
		S: * ESEARCH UID ALL 1:3003
		S: * 3003 EXISTS
		S: TAG OK
	.
	expect 0 imap-find -p 'echo pencil' "$URL" INBOX
	seq 3003 | same - out
}

@test "what is no answer to a search" {
	for found in '* SEARCH x' '* SEARCH 0' '* SEARCH 4294967296' \
	    '* SEARCH "1"' '* ESEARCH ALL 1:3' '* ESEARCH UID ALL' \
	    '* ESEARCH UID ALL (1)' '* ESEARCH UID ALL 1:*' \
	    '* ESEARCH UID ALL 1,,3' '* ESEARCH UID COUNT x'; do
		imap_script <<-.
			GREETING:
			C: UID SEARCH ALL
			S: $found
		.
		expect 76 imap-find -p 'echo pencil' "$URL" INBOX
	done
}

@test "a server that stalls, breaks or talks nonsense at each step" {
	imap_spoilt '75|76' imap-find -p 'echo pencil' -o timeout=1 @ INBOX \
	    seen <<-'.'
		CAPABILITY: IMAP4rev1 ESEARCH
		GREETING:
		C: UID SEARCH RETURN (ALL) SEEN
		S: * ESEARCH UID ALL 7
		S: TAG OK
	.
}
