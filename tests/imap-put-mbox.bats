#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-put -r: the messages of an mbox, as imap-fetch and pop3-fetch write it,
# to a real Dovecot.

load dovecot
load helper
load imap
load pop3
load tls

DATE='Mon Nov 23 02:53:26 2020'

setup()
{
	isolate
	BOX=dovecot/mail/alice
}

put()
{
	local status=$1

	shift
	expect "$status" imap-put -r "$@"
}

# mbox N: messages 1 to N.
mbox()
{
	local i

	for ((i = 1; i <= $1; i++)); do
		printf 'From x %s\nSubject: %s\n\ntext\n..\n\n' "$DATE" "$i"
	done
}

# fetched MAILBOX DIR: all of it, as DIR/UID.
fetched()
{
	expect 0 imap-fetch -m "$2.maildir" "$PIPE" "$1" '1:*'
	mkdir "$2"
	while IFS=$(printf '\t') read -r uid path; do
		mv "$path" "$2/$uid"
	done <out
}

# subjects MAILBOX: of its messages, in the order of their uids.
subjects()
{
	expect 0 imap-fetch -H "$PIPE" "$1" '1:*'
	grep ^Subject out | cut -d ' ' -f 2 | tr '\n' ' '
}

@test "there and back: every byte, and the dates" {
	mkdir -p -m 755 dovecot
	mkdir -p -m 700 "$BOX"/{cur,new,tmp}
	python3 - "$BOX" <<-'.'
		import os, sys
		head = b'From: a@example.net\nSubject: %d\n'
		texts = [
		    b'\nOne line.\n',
		    b'\nFrom here on.\n\nFrom x Thu Jan  1 00:00:00 1970\n'
		        b'>From y\n>>>From z\n\n>\n>>\n> From\nFrom\n',
		    b'',
		    b'\n',
		    b'\nempty lines at its end\n\n\n\n',
		    b'\na\rb\r\rc\n\r.\rx\n\r>From \n',
		    b'\n' + bytes(range(128, 256)) + b'\n',
		    b'\n' + b'x' * 3000000 + b'\n>' + b'From ' * 300000 + b'\n',
		    b'\n.\n..\n',
		]
		for i, text in enumerate(texts):
		    name = f'{sys.argv[1]}/cur/{1700000000 + i}.M1P1.host:2,S'
		    with open(name, 'wb') as f:
		        f.write(head % i + text)
		    os.utime(name, (1600000001 + 86400 * i,) * 2)
		# These begin with no header.
		for i, text in enumerate([b'From x\nA: b\n', b'\n', b'>From \n']):
		    name = f'{sys.argv[1]}/cur/{1700000100 + i}.M1P1.host:2,S'
		    with open(name, 'wb') as f:
		        f.write(text)
		    os.utime(name, (1 + i,) * 2)
	.
	dovecot_imap
	expect 0 bash -o pipefail -c '
		imap-fetch "$0" INBOX "1:*" | imap-put -r "$0" Archive' "$PIPE"
	paste <(seq 12) <(yes - | head -n 12) <(seq 12) | cmp - out
	fetched INBOX one
	fetched Archive two
	[ "$(ls one | wc -l)" = 12 ]
	for i in {1..12}; do
		cmp "one/$i" "two/$i"
		[ "$(stat -c %Y "one/$i")" = "$(stat -c %Y "two/$i")" ]
	done
	imap-fetch "$PIPE" INBOX '1:*' >one.mbox
	imap-fetch "$PIPE" Archive '1:*' | cmp - one.mbox
	# From a file, and with a date and flags of ours.
	put 0 -D 2001-02-03 -F 'flagged work' "$PIPE" Junk one.mbox
	paste <(seq 12) <(yes one.mbox | head -n 12) <(seq 12) | cmp - out
	expect 0 imap-fetch -m three "$PIPE" Junk '1:*'
	[ "$(ls three/cur/*:2,Fa | wc -l)" = 12 ]
	[ "$(stat -c %Y three/cur/* | sort -u)" = 981158400 ]
}

@test "what pop3-fetch writes" {
	dovecot_imap
	echo pencil >password
	misbehaving
	expect 0 bash -o pipefail -c '
		pop3-fetch -p "cat password" - "$1" | imap-put -r "$0" INBOX
		' "$PIPE" "$URL"
	letters letters
	echo >>letters/3
	fetched INBOX got
	[ "$(ls got | wc -l)" = 8 ]
	for i in {1..8}; do
		cmp "letters/$i" "got/$i"
	done
}

@test "what other programs write: CRLF, zones, no date" {
	dovecot_imap
	printf 'From x Mon Nov 23 03:53:26 2020 +0100\r\nA: b\r\n\r\n>From y\r\n\r\n' >in
	printf 'From \r\nC: d\r\n\r\n\r\nFrom a@b %s\r\n\r\n\r\n' "$DATE" >>in
	put 0 "$PIPE" INBOX <in
	fetched INBOX got
	printf 'A: b\n\nFrom y\n' | cmp - got/1
	printf 'C: d\n\n' | cmp - got/2
	printf '\n' | cmp - got/3
	[ "$(stat -c %Y got/1)" = 1606100006 ]
	[ "$(stat -c %Y got/3)" = 1606100006 ]
	[ $(($(date +%s) - $(stat -c %Y got/2))) -lt 100 ]
}

@test "many, from several files, one of them empty" {
	dovecot_imap
	mbox 250 >'a b'
	: >none
	mbox 3 >c
	printf '%s\0' 'a b' none c | put 0 -0l "$PIPE" INBOX
	paste <(seq 253) <(yes 'a b' | head -n 250; yes c | head -n 3) \
	    <(seq 250; seq 3) | cmp - <(tr '\0' '\n' <out)
	[ "$(subjects INBOX)" = "$(echo $(seq 250) $(seq 3)) " ]
	put 0 "$PIPE" INBOX </dev/null
	[ ! -s out ]
}

@test "no mboxrd" {
	dovecot_imap
	printf 'A: b\n\nFrom x %s\n\n' "$DATE" | put 65 "$PIPE" INBOX
	[ "$(cat err)" = 'imap-put: standard input: no mboxrd: it does not begin with a line "From " and a date' ]
	[ ! -s out ]
	for bad in '\n' 'From here on\n\n' 'From' ">From x $DATE\n\n"; do
		printf "$bad" | put 65 "$PIPE" INBOX
		[ "$(wc -l <err)" = 1 ]
		contains err 'standard input: no mboxrd'
	done
	# As mutt leaves it in the text: who knows what else is not quoted.
	{
		mbox 1
		printf 'From x %s\nSubject: y\n\nFrom here on\n\n' "$DATE"
		mbox 1
	} | put 65 "$PIPE" INBOX
	[ "$(cat err)" = 'imap-put: standard input, message 2: no mboxrd: a line "From " that is not quoted, and has no date' ]
	printf '%s\t-\t%s\n' 1 1 2 3 | cmp - out
	[ "$(subjects INBOX)" = '1 1 ' ]
	printf 'From x %s\n\n' "$DATE" | cat - <(mbox 1) >box
	put 65 "$PIPE" INBOX box none .
	sort err | cmp - <(printf 'imap-put: %s\n' \
	    '.: read: Is a directory' 'box, message 1: it is empty' \
	    'none: open: No such file or directory')
	printf '3\tbox\t2\n' | cmp - out
	# What is to be put one by one says so without -r.
	mbox 2 | expect 65 imap-put "$PIPE" INBOX
	contains err 'an mbox of several messages, which -r puts one by one'
	put 64 -M "$PIPE" INBOX
}

@test "cut off: what came whole is there" {
	dovecot_imap
	for rest in '' 'Subject: 3' 'Subject: 3\n' 'Subject: 3\n\ntext\n' \
	    'Subject: 3\n\nx\n\n>' 'Subject: 3\n\nx\n\nFrom'; do
		{ mbox 2; printf "From x $DATE\n$rest"; } | put 65 "$PIPE" INBOX
		[ "$(cat err)" = 'imap-put: standard input, message 3: cut off: no empty line is behind it' ]
		[ "$(cut -f 3 out | tr '\n' ' ')" = '1 2 ' ]
	done
	# Who knows what this would have become.
	for rest in F 'From ' "From x $DATE"; do
		{ mbox 2; printf "$rest"; } | put 65 "$PIPE" INBOX
		contains err 'standard input, message 2: cut off'
		[ "$(cut -f 3 out)" = 1 ]
	done
	[ "$(subjects INBOX)" = '1 2 1 2 1 2 1 2 1 2 1 2 1 1 1 ' ]
}

@test "of several that are refused together those stay that can" {
	{
		mbox 1
		printf 'From x %s\nSubject: 2\n\n' "$DATE"
		head -c 300000 /dev/zero | tr '\0' x
		printf '\n\nFrom x %s\nSubject: 3\n\n>From y\n\n' "$DATE"
	} >box
	dovecot_imap 'protocol imap {' 'mail_plugins = $mail_plugins quota' \
	    '}' 'plugin {' 'quota = count:User quota' 'quota_vsizes = yes' \
	    'quota_rule = *:storage=200K' '}'
	expect 75 imap-put -p 'echo pencil' -o ca=ca.pem -r "$URL" INBOX <box
	printf '%s\t-\t%s\n' 1 1 2 3 | cmp - out
	[[ $(cat err) = "imap-put: standard input, message 2: "*OVERQUOTA* ]]
	fetched INBOX got
	tail -n 3 box | head -n 2 | tail -n 1 | cmp - <(printf '>From y\n')
	[ "$(cat got/2)" = "$(printf 'Subject: 3\n\nFrom y')" ]
	[ "$(stat -c %Y got/2)" = 1606100006 ]
}

@test "without LITERAL+, MULTIAPPEND and UIDPLUS; a literal that is refused" {
	imap_script <<-'.'
		GREETING:
		C: APPEND INBOX "23-Nov-2020 02:53:26 +0000" {24}*
		S: TAG OK done
		REFUSE: NO [LIMIT] not that one
		C: APPEND INBOX "23-Nov-2020 02:53:26 +0000" {24}
		C: APPEND INBOX "23-Nov-2020 02:53:26 +0000" {24}*
		S: TAG OK done
	.
	mbox 3 | put 75 -p 'echo pencil' "$URL" INBOX
	printf -- '-\t-\t%s\n' 1 3 | cmp - out
	[[ $(cat err) = "imap-put: standard input, message 2: "*"not that one" ]]
	imap_scripted_end
}

@test "what came is put although more may come" {
	dovecot_imap
	mkfifo box
	start put bash -c "exec imap-put -r '$PIPE' INBOX <box"
	exec 7>box
	mbox 2 >&7
	wait_for 10 grep -q '^1	-	1$' put.log
	# That the second one is whole is told by the third.
	mbox 1 >&7
	wait_for 10 grep -q '^2	-	2$' put.log
	exec 7>&-
	wait "$PID_put"
	[ "$(subjects INBOX)" = '1 2 1 ' ]
}

@test "nothing more is read where nothing more can be put" {
	dovecot_imap
	mbox 3 >box
	yes "$(printf 'From x %s\nA: b\n ' "$DATE")" | sed 's/^ $//' |
	    put 66 "$PIPE" new - box
	[ ! -s out ]
	contains err 'there is no such mailbox; -m makes it'
	grep -q 'standard input: not read any further than message [0-9]*$' err
	contains err 'box: not read'
	contains err 'messages are not there, as far as is known'
	[ "$(wc -l <err)" = 4 ]
}

@test "the connection is lost: what is not acknowledged is not told of" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 LITERAL+
		GREETING:
		C: APPEND INBOX *
		S: TAG OK done
		HANGUP
	.
	mbox 3 | put 75 -p 'echo pencil' "$URL" INBOX
	[ "$(cut -f 3 out)" = 1 ]
	contains err '2 messages are not there'
}

@test "no room for what is kept meanwhile" {
	dovecot_imap
	mbox 1 >box
	{
		cat box
		printf 'From x %s\nSubject: 2\n\n' "$DATE"
		head -c 900000 /dev/zero | tr '\0' '\n'
		echo x
		echo
		cat box
	} >in
	expect 75 bash -c 'trap "" XFSZ; ulimit -f 600
		exec imap-put -r "$0" INBOX <in' "$PIPE"
	[ "$(cat err)" = 'imap-put: standard input, message 2: temporary file: write: File too large' ]
	printf '%s\t-\t%s\n' 1 1 2 3 | cmp - out
	export TMPDIR=$T/none
	put 73 "$PIPE" INBOX <box
	[[ $(cat err) = "imap-put: standard input, message 1: "*"No such file"* ]]
}

@test "100 megabytes need no memory, and little room" {
	dovecot_imap
	{
		printf 'From x %s\nSubject: 1\n\n' "$DATE"
		yes '>From here on, and on, and on, and on.' |
		    head -c 40000000
		printf '\n\n'
	} >one
	{
		printf 'From x %s\nSubject: 2\n\n' "$DATE"
		head -c 100000 one | tail -c 99000
		printf '\n\n'
	} >small
	for ((i = 0; i < 600; i++)); do
		cat small
	done | cat one - >box
	peak bash -c "ulimit -f 50000
		exec imap-put -p 'echo pencil' -o ca=ca.pem -r '$URL' INBOX <box" >out
	[ "$(cut -f 3 out | tail -n 1)" = 601 ]
	sanitized || [ "$PEAK" -lt 12288 ]
}
