#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-mv: the messages that were named are in the other mailbox, and no others
# are touched.

load dovecot
load helper
load imap
load imapmail
load tls

# The same work with each way that there is to do it: MOVE, UIDPLUS, neither.
# Dovecot says what it offers, and takes the rest all the same.
each_way()
{
	local way

	for way in 'IMAP4rev1 UIDPLUS MOVE LITERAL+' 'IMAP4rev1 UIDPLUS' \
	    IMAP4rev1; do
		rm -rf dovecot
		many_mail 6
		dovecot_imap "imap_capability = $way"
		"$@" || return 1
		dovecot_stop
	done
}

moved()
{
	imap mv INBOX Archive 2 4:5 || return 1
	# Courier-like ones do not tell.
	[ ! -s out ] || printf '1\n2\n3\n' | diff -u - out || return 1
	holds INBOX '1 1' '3 3' '6 6' && holds Archive '1 2' '2 4' '3 5' &&
	    imap mv INBOX Archive '*' && holds INBOX '1 1' '3 3' &&
	    holds Archive '1 2' '2 4' '3 5' '4 6'
}

@test "moved, by Dovecot, with MOVE, UIDPLUS, or neither" {
	each_way moved
}

copied()
{
	imap flag INBOX +seen 2 && imap mv -c INBOX Archive 1:3 &&
	    holds INBOX '1 1' '2,\Seen 2' '3 3' '4 4' '5 5' '6 6' &&
	    holds Archive '1 1' '2,\Seen 2' '3 3'
}

@test "-c: copied" {
	each_way copied
}

others_stay()
{
	imap flag INBOX +deleted 1 && imap mv INBOX Archive 2:3 &&
	    holds INBOX '1,\Deleted 1' '4 4' '5 5' '6 6' &&
	    holds Archive '1 2' '2 3'
}

@test "messages that others have marked are not expunged" {
	many_mail 6
	dovecot_imap
	others_stay
	dovecot_stop
	rm -rf dovecot
	many_mail 6
	dovecot_imap 'imap_capability = IMAP4rev1 UIDPLUS'
	others_stay
	dovecot_stop
	rm -rf dovecot
	many_mail 6
	dovecot_imap 'imap_capability = IMAP4rev1'
	imap flag INBOX +deleted 1
	STATUS=69 imap mv INBOX Archive 2:3
	[ "$(cat err)" = 'imap-mv: localhost: INBOX: they stay, marked as deleted: the server can expunge only all that are, and others are, too' ]
	holds INBOX '1,\Deleted 1' '2,\Deleted 2' '3,\Deleted 3' '4 4' '5 5' \
	    '6 6'
	holds Archive '1 2' '2 3'
}

@test "a destination that is not there" {
	many_mail 3
	dovecot_imap
	STATUS=66 imap mv INBOX Lists/a 1
	contains err 'imap-mv: localhost: INBOX: Lists/a: there is no such mailbox; -m makes it'
	holds INBOX '1 1' '2 2' '3 3'
	imap mv -m INBOX Lists/a 1
	imap mv -m INBOX 'Grüße & "x"' 2
	imap mv -m INBOX Lists/a 3
	holds INBOX ''
	holds Lists/a '1 1' '2 3'
	holds 'Gr&APwA3w-e &- \"x\"' '1 2'
	# What is made is subscribed to, and nothing else is.
	imap ls -s
	printf '%s\n' 'Grüße & "x"' Lists/a Sent | diff -u - out
	imap mkdir -S Lists/a
	imap mv -m Lists/a Archive 1
	imap mv -m Archive Lists/a 1
	imap ls -s
	printf '%s\n' 'Grüße & "x"' Sent | diff -u - out
}

@test "-m: the subscription is refused, and they go there" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MOVE UIDPLUS
		BOX: exists=1 uidvalidity=7 uidnext=2
		GREETING:
		C: UID MOVE 1 new
		S: TAG NO [TRYCREATE] no
		C: CREATE new
		S: TAG OK done
		C: SUBSCRIBE new
		S: TAG NO no
		C: UID MOVE 1 new
		S: * OK [COPYUID 9 1 5] moved
		S: * 1 EXPUNGE
		S: TAG OK done
	.
	expect 0 imap-mv -m -p 'echo pencil' "$URL" INBOX new 1
	[ "$(cat out)" = 5 ]
	imap_scripted_end
}

@test "uids of standard input" {
	many_mail 6
	dovecot_imap
	printf '5\n1 2\n' | imap mv INBOX Archive
	holds INBOX '3 3' '4 4' '6 6'
	holds Archive '1 1' '2 2' '3 5'
	imap mv INBOX Archive </dev/null
	[ ! -s out ]
	echo 4, | STATUS=65 imap mv INBOX Archive
	STATUS=64 imap mv INBOX Archive 4 y
	holds INBOX '3 3' '4 4' '6 6'
}

# Two parts, of which one is refused.
@test "what is not copied is not removed" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		GREETING:
		BOX: exists=5000 uidnext=5001
		C: UID COPY 1:3000 Archive
		S: TAG OK [COPYUID 7 1:2 8:9] two of them are there
		C: UID COPY 3001:4000 Archive
		S: TAG NO [OVERQUOTA] full
		C: UID STORE 1:2 +FLAGS.SILENT (\Deleted)
		S: TAG OK
		C: UID EXPUNGE 1:2
		S: * 1 EXPUNGE
		S: TAG OK
	.
	STATUS=75 imap mv INBOX Archive 1:4000
	printf '8\n9\n' | diff -u - out
	[ "$(cat err)" = 'imap-mv: 127.0.0.1: INBOX: NO [OVERQUOTA] full' ]
	imap_scripted_end
	# A COPYUID that does not fit: whatever was copied, nothing is removed.
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		GREETING:
		BOX: exists=5 uidnext=6
		C: UID COPY 1:3 Archive
		S: TAG OK [COPYUID 7 4:5 8:9] others
	.
	STATUS=76 imap mv INBOX Archive 1:3
	imap_scripted_end
	not grep -q -e STORE -e EXPUNGE peer
	# STORE that is refused: nothing is expunged where that would be all.
	imap_script <<-'.'
		GREETING:
		BOX: exists=5 uidnext=6
		C: UID COPY 1 Archive
		S: TAG OK
		C: UID STORE 1 +FLAGS.SILENT (\Deleted)
		S: TAG NO no
		C: UID SEARCH DELETED NOT UID 1
		S: * SEARCH
		S: TAG OK
	.
	STATUS=69 imap mv INBOX Archive 1
	imap_scripted_end
	not grep -q EXPUNGE peer
	# Nor where the search is.
	imap_script <<-'.'
		GREETING:
		BOX: exists=5 uidnext=6
		C: UID COPY 1 Archive
		S: TAG OK
		C: UID STORE 1 +FLAGS.SILENT (\Deleted)
		S: TAG OK
		C: UID SEARCH DELETED NOT UID 1
		S: TAG BAD what
	.
	STATUS=76 imap mv INBOX Archive 1
	imap_scripted_end
	not grep -q EXPUNGE peer
}

@test "COPYUID that does not fit" {
	for code in '1 1:3 9' '1 1:3 1:4294967295' '1 1:4294967295 1:4294967295' \
	    '1 3:5 7:9' '0 1:3 7:9' '1 1:3' '1 1:3 *' '1 1:3 7:x' '1 1:3,1:3 7:12' '1  ' '' \
	    '1 (1:3) 7:9' '1 1:3 0:2'; do
		imap_script <<-.
			CAPABILITY: IMAP4rev1 MOVE
			GREETING:
			BOX: exists=5 uidnext=6
			C: UID MOVE 1:3 Archive
			S: * OK [COPYUID $code] moved
			S: * 1 EXPUNGE
			S: TAG OK
		.
		STATUS=76 imap mv INBOX Archive 1:3
		[ ! -s out ]
		[ "$(cat err)" = 'imap-mv: 127.0.0.1: INBOX: it is done, but COPYUID does not fit what was asked for' ]
		imap_scripted_end
	done
	# Once is enough, and any order is one.
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MOVE
		GREETING:
		BOX: exists=5 uidnext=9
		C: UID MOVE 1:3,5,7:8 Archive
		S: * OK [COPYUID 1 7,5,1:3 11,4294967295,13:15] moved
		S: * OK [COPYUID 1 7,5,1:3 11,4294967295,13:15] moved
		S: TAG OK [COPYUID 1 7 77] done
	.
	imap mv INBOX Archive 1:3 5 7:8
	printf '%s\n' 11 4294967295 13 14 15 | diff -u - out
	imap_scripted_end
}

@test "the mailbox can only be read; MESSAGELIMIT; an empty one" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MOVE
		GREETING:
		MANUAL: SELECT
		C: SELECT INBOX
		S: * 3 EXISTS
		S: TAG OK [READ-ONLY] selected
	.
	STATUS=69 imap mv INBOX Archive 1
	contains err 'INBOX: it can only be read'
	imap_scripted_end
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MOVE MESSAGELIMIT=100
		GREETING:
		BOX: exists=500 uidnext=240
		C: UID MOVE 1:100 Archive
		S: TAG OK
		C: UID MOVE 101:200 Archive
		S: TAG OK
		C: UID MOVE 201:239 Archive
		S: TAG OK
	.
	imap mv INBOX Archive 1:4294967295
	imap_scripted_end
	imap_script <<-'.'
		GREETING:
		BOX: exists=0
	.
	imap mv INBOX Archive '*' 7
	imap_scripted_end
}

# What arrives between the two commands is not copied, and must not be removed.
@test "the last message is the one that it was" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		GREETING:
		MANUAL: SELECT
		C: SELECT INBOX
		S: * 5 EXISTS
		S: TAG OK [READ-WRITE] it tells no UIDNEXT
		C: UID FETCH * (UID)
		S: * 5 FETCH (UID 17)
		S: TAG OK
		C: UID COPY 3:17 Archive
		S: * 6 EXISTS
		S: TAG OK
		C: UID STORE 3:17 +FLAGS.SILENT (\Deleted)
		S: TAG OK
		C: UID EXPUNGE 3:17
		S: TAG OK
	.
	imap mv INBOX Archive '3:*'
	imap_scripted_end
}

@test "the uids change their meaning in mid-command" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		GREETING:
		BOX: exists=5 uidvalidity=7 uidnext=9
		C: UID COPY 1 Archive
		S: * OK [UIDVALIDITY 8] changed
		C-END
	.
	STATUS=75 imap mv INBOX Archive 1
	imap_scripted_end
	not grep -q 'STORE\|EXPUNGE' peer
}

@test "a server that stalls, breaks or talks nonsense at each step" {
	imap_spoilt '75|76' imap-mv -p 'echo pencil' -o timeout=1 @ INBOX Archive \
	    1 '3:*' <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		GREETING:
		BOX: exists=5 uidnext=9
		C: UID FETCH * (UID)
		S: * 5 FETCH (UID 7)
		S: TAG OK
		C: UID COPY 1,3:7 Archive
		S: TAG OK [COPYUID 3 1,3:7 11:16] done
		C: UID STORE 1,3:7 +FLAGS.SILENT (\Deleted)
		S: TAG OK
		C: UID EXPUNGE 1,3:7
		S: * 1 EXPUNGE
		S: TAG OK
	.
}

@test "names and uids that are no such" {
	URL=imap://alice@127.0.0.1:1
	STATUS=64 imap mv INBOX
	STATUS=64 imap mv INBOX Archive 0
	STATUS=64 imap mv INBOX Archive $'1\r\nx LOGOUT'
	STATUS=64 imap mv INBOX '' 1
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MOVE
		GREETING:
		BOX: exists=5 uidnext=9
		C: UID MOVE 1 {13}x*y DELETE b*
		S: TAG OK
	.
	imap mv INBOX $'x\r\ny DELETE b' 1
	imap_scripted_end
}

@test "a million uids on standard input" {
	sanitized && skip "memory means nothing under AddressSanitizer"
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MOVE
		GREETING:
		BOX: exists=1000000 uidnext=3000000
		AUTO: MOVE * OK x\r\n
	.
	seq 2 2 2000000 >list
	peak imap-mv -p 'echo pencil' "$URL" INBOX Archive <list
	[ "$PEAK" -lt 10240 ]
	[ "$(grep -c 'UID MOVE' peer)" -gt 1000 ]
	[ "$(awk '{ print length }' peer | sort -n | tail -n 1)" -lt 8192 ]
	grep -o '[0-9]*,[0-9,]*' peer | tr , '\n' | cmp - list
}

@test "examples" {
	dovecot_mail
	dovecot_imap
	account
	examples imap-mv.1
	holds Lists/talk '1,\Seen one'
	holds Archive/flagged '1,\Flagged,\Seen three'
	holds INBOX '2 =?utf-8?q?Gr=C3=BC=C3=9Fe?=' '3,\Flagged,\Seen three'
}
