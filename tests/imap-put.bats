#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-put: messages to a real Dovecot, as they are, many on one connection.

load dovecot
load helper
load imap
load tls

setup()
{
	isolate
	BOX=dovecot/mail/alice
}

put()
{
	local status=$1

	shift
	expect "$status" imap-put "$@"
}

# mails N: messages 1 to N in $T/mails.
mails()
{
	local i

	mkdir -p mails
	for ((i = 1; i <= $1; i++)); do
		printf 'Subject: %s\n\ntext\n..\nend' "$i" >"mails/$i"
	done
}

# stored: the texts of the messages that the server has, by their uids.
stored()
{
	expect 0 imap-fetch -m copy "$PIPE" "$1" '1:*'
	cut -f 2 out
}

@test "many messages: their uids and paths, and all of them there" {
	mails 250
	dovecot_imap
	ls -d mails/* | expect 0 imap-put -l "$PIPE" INBOX
	[ "$(wc -l <out)" = 250 ]
	cp out told
	expect 0 imap-fetch -m copy "$PIPE" INBOX '1:*'
	join -t "$(printf '\t')" <(sort told) <(sort out) >pairs
	[ "$(wc -l <pairs)" = 250 ]
	while IFS=$(printf '\t') read -r _ sent got; do
		cmp "$sent" "$got"
	done <pairs
}

@test "flags and a date" {
	mails 1
	dovecot_imap
	put 0 -F 'seen,$Junk work' -D '2026-11-26 09:30:15+01:00' "$PIPE" INBOX \
	    mails/1
	expect 0 imap-fetch -m copy "$PIPE" INBOX 1
	[[ $(cut -f 2 out) = *:2,Sab ]]
	[ "$(cat copy/dovecot-keywords)" = "$(printf '0 $Junk\n1 work')" ]
	[ "$(stat -c %Y copy/cur/*)" = "$(date -d '2026-11-26 08:30:15Z' +%s)" ]
}

@test "out of a Maildir, and back: flags, keywords, dates" {
	mkdir -p box/{cur,new,tmp}
	printf '3 $Label1\n' >box/dovecot-keywords
	printf 'a: b\n\nx\n' >'box/cur/1.M1P1.host:2,FSd'
	printf 'a: b\n\ny\n' >'box/new/2.M1P1.host'
	touch -d '2001-02-03 04:05:06Z' box/*/*
	dovecot_imap
	find box -type f -path '*M1*' -print0 | sort -z |
	    expect 0 imap-put -0lM "$PIPE" Archive
	tr '\0' '\n' <out | cut -f 1 | cmp - <(seq 2)
	expect 0 imap-fetch -m copy "$PIPE" Archive '1:*'
	cmp copy/cur/*:2,FSa box/cur/*
	cmp copy/new/* box/new/*
	[ "$(stat -c %Y copy/cur/* copy/new/* | sort -u)" = 981173106 ]
	[ "$(cat copy/dovecot-keywords)" = '0 $Label1' ]
}

@test "standard input" {
	dovecot_imap
	printf 'a: b\n\none\n' | expect 0 imap-put "$PIPE" INBOX
	printf '1\t-\n' | cmp - out
	printf 'a: b\n\ntwo\n' | expect 0 imap-put "$PIPE" INBOX -
	expect 0 imap-fetch "$PIPE" INBOX 2
	printf 'a: b\n\ntwo\n' | cmp - out
}

@test "a mailbox that is not there, and -c" {
	mails 3
	dovecot_imap
	put 66 "$PIPE" 'Été & Co' mails/1
	[ "$(cat err)" = "imap-put: program: Été & Co: there is no such mailbox; -m makes it" ]
	put 66 "$PIPE" new mails/*
	[ ! -s out ]
	contains err '3 messages are not there'
	put 0 -m "$PIPE" 'Été & Co' mails/1
	put 0 -m "$PIPE" 'Été & Co' mails/2
	expect 0 imap-fetch -H "$PIPE" 'Été & Co' '1:*'
	[ "$(grep -c ^Subject out)" = 2 ]
	# What is made is subscribed to, and what is there is not.
	[ "$(imap-ls -s "$PIPE")" = "$(printf 'Sent\nÉté & Co')" ]
	imap-mkdir -S "$PIPE" 'Été & Co'
	put 0 -m "$PIPE" 'Été & Co' mails/3
	[ "$(imap-ls -s "$PIPE")" = Sent ]
}

@test "-m: the subscription is refused, and they are there" {
	mails 1
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 SASL-IR LITERAL+ UIDPLUS
		GREETING:
		C: CREATE new
		S: TAG OK done
		C: APPEND new *
		S: TAG OK [APPENDUID 7 5] done
		C: SUBSCRIBE new
		S: TAG NO no
	.
	put 0 -p 'echo pencil' -m "$URL" new mails/1
	[ "$(cut -f 1 out)" = 5 ]
	imap_scripted_end
}

@test "one that cannot be put leaves the others" {
	mails 3
	: >empty
	dovecot_imap
	put 66 "$PIPE" INBOX mails/1 none mails/2
	[ "$(cut -f 2 out)" = "$(printf 'mails/1\nmails/2')" ]
	put 65 "$PIPE" INBOX mails/3 empty
	[ "$(cat err)" = "imap-put: empty: it is empty" ]
	[ "$(cut -f 1 out)" = 3 ]
}

@test "of several that are refused together those stay that can" {
	mails 2
	mkdir huge
	{ printf 'a: b\n\n'; head -c 300000 /dev/zero | tr '\0' x; } >huge/1
	dovecot_imap 'protocol imap {' 'mail_plugins = $mail_plugins quota' \
	    '}' 'plugin {' 'quota = count:User quota' 'quota_vsizes = yes' \
	    'quota_rule = *:storage=200K' '}'
	expect 75 imap-put -p 'echo pencil' -o ca=ca.pem "$URL" INBOX mails/1 \
	    huge/1 mails/2
	[ "$(cut -f 2 out)" = "$(printf 'mails/1\nmails/2')" ]
	[[ $(cat err) = "imap-put: huge/1: "*OVERQUOTA* ]]
}

@test "bytes stay as they are; a NUL needs BINARY" {
	printf 'a: b\n\nbare\rCR\r\n\377\344\n' >odd
	printf 'a: b\n\nx\0y\n' >nul
	dovecot_imap
	put 0 "$PIPE" INBOX odd
	expect 0 imap-fetch "$PIPE" INBOX 1
	printf 'a: b\n\nbare\rCR\n\377\344\n' | cmp - out
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 LITERAL+
		GREETING:
	.
	expect 65 imap-put -p 'echo pencil' "$URL" INBOX nul
	contains err 'it has a NUL'
}

@test "a line \"From \" of an mbox is none of the message; several are refused" {
	printf 'From a Thu Jan  1 00:00:00 1970\nSubject: x\n\nFrom\n>From me\n' >one
	printf 'From a Thu Jan  1 00:00:00 1970\r\nA: b\r\n\r\nx\r\n\r\nFrom b\r\n' >two
	{ cat one; printf '%70000s\n' x; printf '\nFr\n\n\nFrom b x\nA: b\n'; } >far
	dovecot_imap
	put 0 "$PIPE" INBOX one
	expect 0 imap-fetch "$PIPE" INBOX 1
	tail -n +2 one | cmp - out
	for file in two far; do
		expect 65 imap-put "$PIPE" INBOX - <"$file"
		contains err 'an mbox of several messages'
	done
	for file in one two; do
		grep -v '^From b' "$file" | put 0 "$PIPE" INBOX
	done
	{ head -n 1 one; printf '>From b\n'; tail -n +2 one; } | put 0 "$PIPE" INBOX
	expect 0 imap-fetch "$PIPE" INBOX 3
	[ "$(cat out)" = "$(printf 'A: b\n\nx\n\n')" ]
	expect 0 imap-fetch "$PIPE" INBOX 4
	tail -n +2 one | cmp - out
	not imap-fetch "$PIPE" INBOX 5
}

@test "without LITERAL+, MULTIAPPEND and UIDPLUS" {
	mails 2
	imap_script <<-'.'
		GREETING:
		C: APPEND INBOX {27}*
		S: TAG OK done
		C: APPEND INBOX {27}*
		S: TAG OK done
	.
	put 0 -p 'echo pencil' "$URL" INBOX mails/1 mails/2
	printf -- '-\tmails/1\n-\tmails/2\n' | cmp - out
	imap_scripted_end
}

@test "a literal that is refused" {
	mails 2
	imap_script <<-'.'
		GREETING:
		REFUSE: NO [LIMIT] not that one
		C: APPEND INBOX {27}
		C: APPEND INBOX {27}*
		S: TAG OK done
	.
	put 75 -p 'echo pencil' "$URL" INBOX mails/1 mails/2
	[ "$(cut -f 2 out)" = mails/2 ]
	[[ $(cat err) = "imap-put: mails/1: "*"not that one" ]]
	imap_scripted_end
}

@test "more than the server takes is not sent" {
	mails 1
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 LITERAL+ APPENDLIMIT=20
		GREETING:
	.
	put 69 -p 'echo pencil' "$URL" INBOX mails/1
	[[ $(cat err) = "imap-put: mails/1: 27 bytes are more than "*" (20)" ]]
	not grep -q APPEND peer
}

# rchar N PID: has it read that many bytes?
has_read()
{
	[ "$(awk '/^rchar/ { print $2 }' "/proc/$2/io")" -ge "$1" ]
}

@test "a message that changes while it is sent is not there" {
	{ printf 'a: b\n\n'; head -c 24000000 /dev/zero | tr '\0' x; } >large
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 LITERAL+
		GREETING:
		C: APPEND*
	.
	mkfifo list
	start put bash -c "exec imap-put -lp 'echo pencil' '$URL' INBOX <list"
	exec 7>list
	echo missing >&7
	wait_for 10 grep -q missing put.log # and so it has logged in
	# The server does not read: so it is sent by half when it changes.
	kill -STOP -- "-$PID_peer"
	echo large >&7
	wait_for 10 has_read 25000000 "$PID_put"
	truncate -s 18000000 large
	kill -CONT -- "-$PID_peer"
	exec 7>&-
	not wait "$PID_put"
	sed 1d put.log | cmp - <(
	    echo 'imap-put: large: became shorter while it was read')
	wait_for 10 test -s peer.status
	contains peer.log 'it hung up in a literal'
}

@test "a message that grows or vanishes while it is sent is there as it was" {
	{ printf 'a: b\n\n'; head -c 24000000 /dev/zero | tr '\0' x; } >large
	sed 's/$/\r/' large >want
	truncate -s -1 want
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 LITERAL+
		GREETING:
		C: APPEND*
		LITERAL: got
		S: TAG OK
	.
	mkfifo list
	start put bash -c "exec imap-put -lp 'echo pencil' '$URL' INBOX <list"
	exec 7>list
	echo missing >&7
	wait_for 10 grep -q missing put.log
	kill -STOP -- "-$PID_peer"
	echo large >&7
	wait_for 10 has_read 25000000 "$PID_put"
	echo more >>large
	rm large
	kill -CONT -- "-$PID_peer"
	exec 7>&-
	not wait "$PID_put" # for what was missing
	sed 1d put.log | cmp - <(printf -- '-\tlarge\n')
	cmp want got
}

@test "APPENDUID that cannot be true is not believed" {
	mails 2
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS
		GREETING:
		C: APPEND INBOX {27+}*
		S: TAG OK [APPENDUID 1 1:4294967295] done
	.
	put 0 -p 'echo pencil' "$URL" INBOX mails/1 mails/2
	printf -- '-\tmails/1\n-\tmails/2\n' | cmp - out
}

@test "the connection is lost: what is not acknowledged is not told of" {
	mails 3
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 LITERAL+
		GREETING:
		C: APPEND INBOX {27+}*
		S: TAG OK done
		HANGUP
	.
	put 75 -p 'echo pencil' "$URL" INBOX mails/1 mails/2 mails/3
	[ "$(cut -f 2 out)" = mails/1 ]
	contains err '2 messages are not there'
}

@test "usage" {
	put 64
	put 64 imap://alice@localhost
	put 64 -F 'seen,a(b' pipe:true INBOX
	contains err '-F: a(b: expected a flag, such as seen or $Junk'
	put 64 -F '\Recent' pipe:true INBOX
	contains err '-F: \Recent: expected a flag'
	put 64 -D yesterday pipe:true INBOX
	contains err '-D: yesterday: expected a date, such as "2026-11-26 09:30"'
	put 64 -l pipe:true INBOX x
}

# The examples of the page, with an account.
@test "examples" {
	mkdir -p .config/mailpipe Maildir/{cur,new,tmp}
	chmod 700 .config .config/mailpipe
	dovecot_imap
	mail_host
	printf '%s\n' 'Account: work' "Imap: $PIPE" \
	    "Smtp: pipe:smtpd-inetd -f $T/mailpipe.conf" \
	    'From: alice@example.org' '' 'Account: home' "Imap: $PIPE" \
	    >.config/mailpipe/accounts
	chmod 600 .config/mailpipe/accounts
	python3 - "$TESTS/../man/imap-put.1" <<-'.'
		import re, sys
		page = open(sys.argv[1]).read()
		text = re.findall(r'\.Bd -literal[^\n]*\n(.*?)\.Ed', page, re.S)
		for i, one in enumerate(text):
		    with open(f'example{i + 1}', 'w') as f:
		        f.write(one.replace('\\e', '\\'))
	.
	printf 'a: b\n\none\n' >Maildir/new/1.M1P1.host
	printf 'a: b\n\ntwo\n' >'Maildir/cur/2.M1P1.host:2,S'
	bash -eo pipefail example1
	[ "$(wc -l <there)" = 2 ]
	cp Maildir/new/* letter.eml
	bash -eo pipefail example2 >out
	tail -n 3 bob/new/* | cmp - letter.eml
	[ "$(cut -f 1 out)" = 1 ]
	imap-put -m "$PIPE" Old letter.eml
	bash -eo pipefail example3
	[ -z "$(ls Maildir/cur)" ]
	expect 0 imap-fetch -m copy "$PIPE" Old 2
	[ "$(cat copy/cur/*)" = "$(printf 'a: b\n\ntwo')" ]
	imap-put -m "$PIPE" Lists letter.eml letter.eml
	bash -eo pipefail example4 >out
	printf '%s\tlists.mbox\t%s\n' 1 1 2 2 | cmp - out
	expect 0 imap-fetch "$PIPE" Lists/work 2
	cmp out letter.eml
}
