#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-flag: flags of the messages that were named, and of no others.

load dovecot
load helper
load imap
load imapmail
load tls

@test "set, cleared, replaced, by Dovecot" {
	many_mail 5
	dovecot_imap
	imap flag INBOX +seen +'\Flagged' 1 3:4
	holds INBOX '1,\Flagged,\Seen 1' '2 2' '3,\Flagged,\Seen 3' \
	    '4,\Flagged,\Seen 4' '5 5'
	[ ! -s out ]
	imap flag INBOX -seen '+$Junk' +Work 3:*
	holds INBOX '1,\Flagged,\Seen 1' '2 2' '3,$Junk,Work,\Flagged 3' \
	    '4,$Junk,Work,\Flagged 4' '5,$Junk,Work 5'
	imap flag INBOX =draft =Work 4,5
	holds INBOX '1,\Flagged,\Seen 1' '2 2' '3,$Junk,Work,\Flagged 3' \
	    '4,Work,\Draft 4' '5,Work,\Draft 5'
	imap flag INBOX = '*'
	imap flag INBOX -flagged -None 1:3
	holds INBOX '1,\Seen 1' '2 2' '3,$Junk,Work 3' '4,Work,\Draft 4' \
	    '5 5'
	# Uids that are not there.
	imap flag INBOX +seen 7 4294967295
}

@test "uids of standard input" {
	many_mail 5
	dovecot_imap
	printf '1\n2 3,5\n' | imap flag INBOX +answered
	holds INBOX '1,\Answered 1' '2,\Answered 2' '3,\Answered 3' '4 4' \
	    '5,\Answered 5'
	# Nothing is done unless every line is good.
	printf '4\nx\n' | STATUS=65 imap flag INBOX +answered
	[ "$(cat err)" = \
	    'imap-flag: line 2: x: expected uids, such as 7 or 7:9,12' ]
	holds INBOX '1,\Answered 1' '2,\Answered 2' '3,\Answered 3' '4 4' \
	    '5,\Answered 5'
	# Without any, nobody is connected to.
	dovecot_stop
	imap flag INBOX +answered </dev/null
}

@test "what is wrong with the command line" {
	URL=imap://alice@127.0.0.1:1
	for arguments in 'INBOX' 'INBOX 1' '' 'INBOX =seen +draft 1' \
	    'INBOX +\Recent 1' 'INBOX + 1' 'INBOX +a(b 1' 'INBOX +seen x' \
	    'INBOX +seen 0' 'INBOX +seen 1 +draft'; do
		# shellcheck disable=SC2086 # words
		STATUS=64 imap flag $arguments </dev/null
	done
	STATUS=64 imap flag INBOX $'+a\r\nx LOGOUT' 1
	STATUS=64 imap flag INBOX +ü 1
	# Who sits at a terminal is not waited for.
	timeout 20 script -qec "imap-flag $URL INBOX +seen" log </dev/null ||
	    :
	contains log 'no uids: standard input is a terminal'
}

@test "keywords that the mailbox does not take" {
	imap_script <<-'.'
		GREETING:
		MANUAL: SELECT
		C: SELECT INBOX
		S: * FLAGS (\Seen \Deleted Old New)
		S: * OK [PERMANENTFLAGS (\Seen \Deleted Old)] these
		S: * 3 EXISTS
		S: * OK [UIDNEXT 9] x
		S: TAG OK [READ-WRITE] selected
		C: UID FETCH * (UID)
		S: * 4 EXISTS
		S: * 3 FETCH (UID 7)
		S: TAG OK
		C: UID STORE 1:7 +FLAGS.SILENT (\Seen old)
		S: * 3 FETCH (FLAGS (\Seen))
		S: TAG OK
	.
	imap flag INBOX +seen +old '1:*'
	imap_scripted_end
	keeps()
	{
		imap_script <<-.
			GREETING:
			MANUAL: SELECT
			C: SELECT INBOX
			S: * OK [PERMANENTFLAGS (\\Seen Old)] these
			S: * 3 EXISTS
			S: TAG OK [$1] selected
		.
	}
	keeps READ-WRITE
	STATUS=69 imap flag INBOX +seen +New 1
	[ "$(cat err)" = 'imap-flag: 127.0.0.1: INBOX: the server takes no new keyword here, and New is none of those that are there' ]
	imap_scripted_end
	keeps READ-WRITE
	STATUS=69 imap flag INBOX +flagged 1
	[ "$(cat err)" = 'imap-flag: 127.0.0.1: INBOX: the server does not keep \Flagged here' ]
	imap_scripted_end
	keeps READ-ONLY
	STATUS=69 imap flag INBOX +seen 1
	contains err 'INBOX: it can only be read'
	imap_scripted_end
}

@test "refused, and what is said after that" {
	imap_script <<-'.'
		GREETING:
		BOX: exists=9 uidnext=30
		C: UID STORE 1:3 +FLAGS.SILENT (\Seen)
		S: TAG NO [INUSE] later
		C: UID STORE 1:3 -FLAGS.SILENT (\Deleted)
		S: TAG OK
	.
	STATUS=75 imap flag INBOX +seen -deleted 1:3
	[ "$(cat err)" = \
	    'imap-flag: 127.0.0.1: INBOX: NO [INUSE] later' ]
	for answer in 'NO:69' 'BAD what:76' 'NO [NOPERM] no:77'; do
		imap_script <<-.
			GREETING:
			BOX: exists=9 uidnext=30
			C: UID STORE 1:3 FLAGS.SILENT ()
			S: TAG ${answer%:*}
		.
		STATUS=${answer#*:} imap flag INBOX = 1:3
		imap_scripted_end
	done
}

@test "an empty mailbox, and MESSAGELIMIT" {
	imap_script <<-'.'
		GREETING:
		BOX: exists=0
	.
	imap flag INBOX +seen '1:*' 7
	imap_scripted_end
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MESSAGELIMIT=1000
		GREETING:
		BOX: exists=9 uidnext=2500
		C: UID FETCH * (UID)
		S: * 9 FETCH (UID 2400)
		S: TAG OK
		C: UID STORE 1:1000 +FLAGS.SILENT (\Seen)
		S: TAG OK
		C: UID STORE 1001:2000 +FLAGS.SILENT (\Seen)
		S: TAG OK
		C: UID STORE 2001:2400 +FLAGS.SILENT (\Seen)
		S: TAG OK
	.
	imap flag INBOX +seen '1:*'
	imap_scripted_end
}

@test "the uids change their meaning in mid-command" {
	imap_script <<-'.'
		GREETING:
		BOX: exists=9 uidnext=30 uidvalidity=7
		C: UID FETCH * (UID)
		S: * OK [UIDVALIDITY 8] changed
		C-END
	.
	STATUS=75 imap flag INBOX +seen '1:*'
	contains err UIDVALIDITY
	imap_scripted_end
	not grep -q STORE peer
}

@test "a server that stalls, breaks or talks nonsense at each step" {
	imap_spoilt '75|76' imap-flag -p 'echo pencil' -o timeout=1 @ INBOX \
	    +seen 1 3 <<-'.'
		GREETING:
		BOX: exists=5 uidnext=9
		C: UID STORE 1,3 +FLAGS.SILENT (\Seen)
		S: TAG OK
	.
}

@test "examples" {
	dovecot_mail
	dovecot_imap
	account
	imap mv -c -m INBOX Lists/talk 1:3
	imap mv -c INBOX Junk 2
	examples imap-flag.1
	holds Lists/talk '1,\Seen one' '2,\Seen =?utf-8?q?Gr=C3=BC=C3=9Fe?=' \
	    '3,\Flagged,\Seen three'
	holds Junk '1,$Junk,\Seen =?utf-8?q?Gr=C3=BC=C3=9Fe?='
}
