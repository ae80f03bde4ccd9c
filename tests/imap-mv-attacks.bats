#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-mv and imap-rm with servers that tell of other messages and mailboxes in
# the middle: what is done is done to the messages that were named.

load helper
load imap
load imapmail

setup()
{
	isolate
}

# What nobody asked for, of messages by number, of all, and of none.
noise()
{
	cat <<-'.'
		S: * VANISHED 1:*
		S: * VANISHED (EARLIER) 1:4294967295
		S: * 3 EXPUNGE
		S: * 1 EXPUNGE
		S: * 1 FETCH (UID 4 FLAGS (\Deleted))
		S: * 2 FETCH (FLAGS (\Deleted) UID 1)
		S: * 9 FETCH (UID 4294967295 FLAGS ())
		S: * 0 EXISTS
		S: * 7 EXISTS
		S: * SEARCH 5 4
		S: * ESEARCH UID ALL 1:*
		S: * OK [UIDNEXT 2] less
		S: * STATUS Archive (MESSAGES 0 UIDVALIDITY 99)
		S: * OK [UIDVALIDITY 5] as before
	.
}

# said COMMAND ...: of those commands that change something, these were said.
said()
{
	: >want
	[ $# -eq 0 ] || printf '%s\n' "$@" >want
	sed 's/^[^ ]* //; s/\r$//' peer | grep -e MOVE -e COPY -e STORE \
	    -e EXPUNGE >got || true
	imap_scripted_end && diff -u want got
}

@test "MOVE, with all that is not asked for" {
	imap_script <<-.
		CAPABILITY: IMAP4rev1 MOVE UIDPLUS
		GREETING:
		BOX: exists=6 uidvalidity=5 uidnext=9
		C: UID MOVE 3,5 Archive
		$(noise)
		S: * OK [COPYUID 1 3 8] one of them
		$(noise)
		S: TAG OK done
	.
	imap mv INBOX Archive 3 5
	[ "$(cat out)" = 8 ]
	said 'UID MOVE 3,5 Archive'
}

@test "COPY, STORE and UID EXPUNGE, with all that is not asked for" {
	imap_script <<-.
		CAPABILITY: IMAP4rev1 UIDPLUS
		GREETING:
		BOX: exists=6 uidvalidity=5 uidnext=9
		C: UID COPY 3,5:6 Archive
		$(noise)
		S: TAG OK [COPYUID 1 3,6 7:8] two of them
		C: UID STORE 3,6 +FLAGS.SILENT (\\Deleted)
		$(noise)
		S: TAG OK done
		C: UID EXPUNGE 3,6
		$(noise)
		S: TAG OK done
	.
	imap mv INBOX Archive 3 5:6
	printf '7\n8\n' | same - out
	said 'UID COPY 3,5:6 Archive' \
	    'UID STORE 3,6 +FLAGS.SILENT (\Deleted)' 'UID EXPUNGE 3,6'
}

# Where all that is marked is expunged, what is told of others counts, whatever
# it is told for.
@test "EXPUNGE of all is not said where anything else may be marked" {
	local told

	for told in '* SEARCH 7' '* SEARCH 7\r\n* SEARCH' '* SEARCH\r\n* SEARCH 7' \
	    '* SEARCH 4294967295' '* SEARCH (7)' '* SEARCH "7"'; do
		imap_script <<-.
			GREETING:
			BOX: exists=6 uidvalidity=5 uidnext=9
			C: UID STORE 3 +FLAGS.SILENT (\\Deleted)
			S: TAG OK done
			C: UID SEARCH DELETED NOT UID 3
			S-RAW: $told\r\nTAG OK done\r\n
		.
		STATUS=69 imap rm INBOX 3
		contains err 'they stay, marked as deleted'
		said 'UID STORE 3 +FLAGS.SILENT (\Deleted)'
	done
	# No answer is none.
	for told in '* 3 EXISTS' '* ESEARCH UID ALL 7' '* OK [X] * SEARCH'; do
		imap_script <<-.
			GREETING:
			BOX: exists=6 uidvalidity=5 uidnext=9
			C: UID STORE 3 +FLAGS.SILENT (\\Deleted)
			S: TAG OK done
			C: UID SEARCH DELETED NOT UID 3
			S-RAW: $told\r\nTAG OK done\r\n
		.
		STATUS=76 imap rm INBOX 3
		[ "$(cat err)" = 'imap-rm: 127.0.0.1: INBOX: SEARCH: the server does not tell what is marked as deleted' ]
		said 'UID STORE 3 +FLAGS.SILENT (\Deleted)'
	done
}

# changed COMMAND ...: it ends with 75, and says why.
changed()
{
	STATUS=75 imap "$@"
	[ "$(wc -l <err)" -eq 1 ]
	contains err 'the mailbox is another one now (UIDVALIDITY 5, then 6)'
}

@test "another mailbox while one is being selected" {
	local command

	for command in 'mv INBOX Archive 3' 'mv -c INBOX Archive 3' 'rm INBOX 3' \
	    'flag INBOX +seen 3' 'find INBOX seen' 'ls' 'fetch INBOX 3'; do
		imap_script <<-'.'
			CAPABILITY: IMAP4rev1 UIDPLUS
			GREETING:
			MANUAL: SELECT EXAMINE
			C: * INBOX
			S: * 6 EXISTS
			S: * OK [UIDVALIDITY 5] ok
			S: * OK [UIDNEXT 9] ok
			S: * OK [UIDVALIDITY 6] ok
			S: TAG OK [READ-WRITE] selected
			C-END
		.
		[ "$command" != ls ] || URL=$URL/INBOX
		# shellcheck disable=SC2086 # words
		changed $command
		not grep -q -e COPY -e STORE -e EXPUNGE peer
	done
}

@test "another mailbox with the answer to SELECT" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		GREETING:
		MANUAL: SELECT
		C: SELECT INBOX
		S: * 6 EXISTS
		S: * OK [UIDVALIDITY 5] ok
		S: TAG OK [UIDVALIDITY 6] selected
		C-END
	.
	changed mv INBOX Archive 3
	said
}

@test "another mailbox in each step" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		GREETING:
		BOX: exists=6 uidvalidity=5 uidnext=9
		C: UID COPY 3 Archive
		S: TAG NO [UIDVALIDITY 6] no
		C-END
	.
	changed mv INBOX Archive 3
	said 'UID COPY 3 Archive'
	# What is marked may be another one: EXPUNGE of all is not said.
	imap_script <<-'.'
		GREETING:
		BOX: exists=6 uidvalidity=5 uidnext=9
		C: UID STORE 3 +FLAGS.SILENT (\Deleted)
		S: TAG OK done
		C: UID SEARCH DELETED NOT UID 3
		S: * SEARCH
		S: TAG OK [UIDVALIDITY 6] done
		C-END
	.
	changed rm INBOX 3
	said 'UID STORE 3 +FLAGS.SILENT (\Deleted)'
	# Several at once: those that are not said yet are not.
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MOVE MESSAGELIMIT=1
		GREETING:
		BOX: exists=6 uidvalidity=5 uidnext=9
		C: UID MOVE 1 Archive
		S: * OK [UIDVALIDITY 6] ok
		S: TAG OK done
	.
	changed mv INBOX Archive 1:8
	[ "$(grep -c MOVE peer)" -le 4 ]
}

@test "a referral for the mailbox is not followed" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MOVE
		GREETING:
		MANUAL: SELECT
		C: SELECT INBOX
		S: TAG NO [REFERRAL imap://alice@127.0.0.1:1/Other] it is there
	.
	STATUS=69 imap mv INBOX Archive 3
	contains err '[REFERRAL'
	said
}

@test "COPY and MOVE are refused when some are moved" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MOVE UIDPLUS
		GREETING:
		BOX: exists=6 uidvalidity=5 uidnext=9
		C: UID MOVE 3:5 Archive
		S: * OK [COPYUID 1 3:4 8:9] two of them
		S: * VANISHED 1:*
		S: * 3 EXPUNGE
		S: TAG NO [OVERQUOTA] full
	.
	STATUS=75 imap mv INBOX Archive 3:5
	printf '8\n9\n' | same - out
	said 'UID MOVE 3:5 Archive'
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		GREETING:
		BOX: exists=6 uidvalidity=5 uidnext=9
		C: UID COPY 3:5 Archive
		S: * OK [COPYUID 1 3:4 8:9] two of them
		S: TAG NO [OVERQUOTA] full
	.
	STATUS=75 imap mv INBOX Archive 3:5
	said 'UID COPY 3:5 Archive'
}
