#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-rm: what was named goes, and nothing else.

load dovecot
load helper
load imap
load imapmail
load tls

@test "messages, by Dovecot" {
	many_mail 6
	dovecot_imap
	imap flag INBOX +deleted 1
	imap rm INBOX 2 4:5
	[ ! -s out ]
	holds INBOX '1,\Deleted 1' '3 3' '6 6'
	echo 3 | imap rm INBOX
	imap rm INBOX </dev/null
	imap rm INBOX 77
	holds INBOX '1,\Deleted 1' '6 6'
	imap rm INBOX '6:*'
	holds INBOX '1,\Deleted 1'
	echo x | STATUS=65 imap rm INBOX
	holds INBOX '1,\Deleted 1'
}

@test "messages that need several sets" {
	many_mail 6000
	dovecot_imap
	seq 1 2 6000 | imap rm INBOX
	imap find INBOX
	seq 2 2 6000 | same - out
}

@test "messages, where only all that are marked can be expunged" {
	many_mail 6
	dovecot_imap 'imap_capability = IMAP4rev1'
	imap rm INBOX 2 4:5
	holds INBOX '1 1' '3 3' '6 6'
	imap flag INBOX +deleted 1
	STATUS=69 imap rm INBOX 3
	[ "$(cat err)" = 'imap-rm: localhost: INBOX: they stay, marked as deleted: the server can expunge only all that are, and others are, too' ]
	holds INBOX '1,\Deleted 1' '3,\Deleted 3' '6 6'
	# These are ours now.
	imap rm INBOX 1 3
	holds INBOX '6 6'
}

@test "-t: to the mailbox whose use is that" {
	many_mail 3
	dovecot_imap
	imap rm -t INBOX 1 3
	holds INBOX '2 2'
	holds Trash '1 1' '2 3'
	STATUS=64 imap rm -t Trash 1
	contains err 'Trash: it is where things go that are thrown away'
	imap rm Trash 1
	holds Trash '2 3'
}

# trash "LIST lines" NAME
trash()
{
	sed 's/^	*//' >script <<-.
		CAPABILITY: $1
		GREETING:
		BOX: exists=3 uidnext=4
		$2
		C: UID MOVE 1 $3
		S: TAG OK
	.
	imap_script <script
	imap rm -t INBOX 1 && imap_scripted_end
}

@test "-t: which mailbox that is" {
	trash 'IMAP4rev1 MOVE SPECIAL-USE LIST-EXTENDED' \
	    'C: LIST (SPECIAL-USE) "" "*"
		S: * LIST (\Trash) "/" Bin
		S: TAG OK' Bin
	trash 'IMAP4rev1 MOVE SPECIAL-USE' 'C: LIST "" "*"
		S: * LIST () "/" Trash
		S: * LIST (\HasNoChildren \Trash) "/" Bin
		S: TAG OK' Bin
	trash 'IMAP4rev1 MOVE SPECIAL-USE LIST-EXTENDED' \
	    'C: LIST (SPECIAL-USE) "" "*"
		S: TAG OK
		C: LIST "" "*"
		S: * LIST () "." "INBOX.Deleted Messages"
		S: * LIST () "." INBOX.Trash
		S: * LIST () "." Other.Trash
		S: TAG OK' INBOX.Trash
	trash 'IMAP4rev1 MOVE' 'C: LIST "" "*"
		S: * LIST (\Noselect) "/" Trash
		S: * LIST () "/" "deleted items"
		S: TAG OK' '"deleted items"'
	imap_script <<-'.'
		GREETING:
		C: LIST "" "*"
		S: * LIST () "/" INBOX
		S: * LIST () "/" Lists/Trash
		S: TAG OK
	.
	STATUS=69 imap rm -t INBOX 1
	[ "$(cat err)" = 'imap-rm: 127.0.0.1: INBOX: there is no mailbox whose use is \Trash, and none called so' ]
	imap_scripted_end
	not grep -q STORE peer
}

boxes()
{
	find dovecot/mail/alice -maxdepth 1 -type d -name '.*' -printf '%f\n' |
	    sort >boxes
	printf '%s\n' "$@" | sed '/^$/d' | sort | diff -u - boxes
}

@test "-b: mailboxes" {
	many_mail 2
	dovecot_imap
	imap mv -c -m INBOX A 1
	imap mv -m INBOX A/B 2
	imap mv -m INBOX 'Grüße & x' 1
	boxes .A .A.B '.Gr&APwA3w-e &- x'
	STATUS=69 imap rm -b INBOX inbox
	[ "$(wc -l <err)" -eq 2 ]
	contains err 'imap-rm: localhost: INBOX: INBOX stays'
	STATUS=69 imap rm -b A/B 'Grüße & x'
	contains err 'A/B: there are messages in it, 1: -f removes it all the same'
	boxes .A .A.B '.Gr&APwA3w-e &- x'
	imap rm A 1
	STATUS=69 imap rm -b A
	contains err 'A: there are mailboxes below it: -f removes it alone'
	STATUS=66 imap rm -bf None
	STATUS=66 imap rm -b None
	contains err 'None: there is no such mailbox'
	printf 'A/B\0Grüße & x\0' | imap rm -b -0 -f
	boxes .A
	printf 'None\nA\n' | STATUS=66 imap rm -b
	boxes ''
}

@test "-b: names that are no plain ones" {
	imap_script <<-'.'
		GREETING:
		C: LIST "" {8}x*a LOG*
		S: TAG OK
		C: STATUS {8}x*a LOG* (MESSAGES)
		S: TAG NO there is none
	.
	STATUS=66 imap rm -b $'x\r\na LOG'
	imap_scripted_end
	URL=imap://alice@127.0.0.1:1
	printf 'a\0b\n' | STATUS=65 imap rm -b
	imap rm -b </dev/null
}

@test "what is wrong with the command line" {
	URL=imap://alice@127.0.0.1:1
	STATUS=64 imap rm
	STATUS=64 imap rm INBOX x
	STATUS=64 imap rm -f INBOX 1
	STATUS=64 imap rm -0 INBOX 1
	STATUS=64 imap rm -bt INBOX
	STATUS=64 imap rm INBOX $'1\r\nx LOGOUT'
}

@test "a server that stalls, breaks or talks nonsense at each step" {
	imap_spoilt '75|76' imap-rm -p 'echo pencil' -o timeout=1 @ INBOX 3 <<-'.'
		CAPABILITY: IMAP4rev1
		GREETING:
		BOX: exists=5 uidnext=9
		C: UID STORE 3 +FLAGS.SILENT (\Deleted)
		S: TAG OK
		C: UID SEARCH DELETED NOT UID 3
		S: * SEARCH
		S: TAG OK
		C: EXPUNGE
		S: TAG OK
	.
}

@test "-b: a server that stalls, breaks or talks nonsense at each step" {
	imap_spoilt '75|76' imap-rm -b -p 'echo pencil' -o timeout=1 @ Lists <<-'.'
		CAPABILITY: IMAP4rev1
		GREETING:
		C: LIST "" Lists
		S: * LIST () "/" Lists
		S: TAG OK
		C: STATUS Lists (MESSAGES)
		S: * STATUS Lists (MESSAGES 0)
		S: TAG OK
		C: LIST "" "Lists/%"
		S: TAG OK
		C: DELETE Lists
		S: TAG OK
		C: UNSUBSCRIBE Lists
		S: TAG NO
	.
}

@test "examples" {
	dovecot_mail
	dovecot_imap
	account
	imap mv -c INBOX Junk 1:3
	imap mv -c -m INBOX Lists/old 1
	imap rm Lists/old 1
	examples imap-rm.1
	holds Junk
	[ ! -e dovecot/mail/alice/.Lists.old ]
}
