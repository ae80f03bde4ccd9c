# SPDX-License-Identifier: ISC
# shellcheck shell=bats

load helper
load queue

setup()
{
	isolate
	queue
	printf 'From: alice@example.org\nDate: Mon, 23 Nov 2026 03:53:26 +0100\nMessage-ID: <1@example.org>\n\nhello\n' >m
}

# The message that was added last, as $T/file, its envelope without what
# changes as $T/envelope, the message without Received as $T/message.
taken()
{
	local id

	id=$(tail -n 1 out)
	cp spool/new/*."$id" file
	sed '/^$/,$d' file | sed '/^\(Size\|Id\|Arrival\): /d' >envelope
	sed '1,/^$/d' file | sed '1,/^	/d' >message
}

nothing_there()
{
	[ -z "$(find spool -type f 2>/dev/null)" ]
}

add()
{
	expect 0 mailq-add "$@" <m && taken
}

@test "a message is in the queue before its id is told" {
	add bob@example.net carol@example.net BOB@example.net bob@EXAMPLE.net
	diff -u - envelope <<-.
		Sender: alice@example.org
		Recipient: bob@example.net
		Recipient: carol@example.net
		Recipient: BOB@example.net
	.
	same m message
	# Its size is that of the message with its Received field.
	size=$(sed -n '1s/Size: 0*//p' file)
	tail -c "$size" file >rest
	head -n 1 rest >first
	id=$(cat out)
	contains first "Received: by mx.example.org (mailpipe, from uid $(id -u))"
	contains rest "	with local id $id; "
	contains file "Id: $id"
	[ "$(wc -l <out)" -eq 1 ]
}

@test "a user here is one recipient, by whichever address" {
	sed -i '/^Spool/i Domains: example.org bücher.example' mailpipe.conf
	add bob bob@example.org BOB carol@Example.org Carol dave@mx.example.org \
	    dave erin@bücher.example erin@xn--bcher-kva.example erin frank@e.x \
	    frank Frank@e.x bob+lists bob+LISTS@example.org '"bob"@example.org'
	diff -u - envelope <<-.
		Sender: alice@example.org
		Recipient: bob
		Recipient: carol@Example.org
		Recipient: dave@mx.example.org
		Recipient: erin@xn--bcher-kva.example
		Recipient: erin
		Recipient: frank@e.x
		Recipient: frank
		Recipient: Frank@e.x
		Recipient: bob+lists
		Recipient: "bob"@example.org
	.
	printf 'To: bob, bob@example.org\nCc: alice@example.net\n\nhi\n' >m
	echo bob >list
	expect 0 mailq-add -t -f a@example.org -N failure -l list Bob@example.org <m
	taken
	diff -u - envelope <<-.
		Sender: a@example.org
		Recipient: Bob@example.org NOTIFY=FAILURE
		Recipient: alice@example.net NOTIFY=FAILURE
	.
}

@test "synced before it has its name, and that before it is told" {
	traced
	strace -qq -f -e trace=fdatasync,linkat,fsync,write -o trace \
	    mailq-add bob@example.net <m >out
	sed 's/^[0-9]* *//; s/(.*//' trace | tr '\n' ' ' >order
	contains order "write fdatasync linkat fsync write "
}

@test "what the header lacks is added, and nobody sees Bcc" {
	printf 'Subject: x\r\nBcc: bob@example.net,\r\n carol@example.net\r\nTo: root\r\nResent-bcc : x\r\n\r\na\r\n\r\nb' >m
	add -f alice@example.org -F 'Älice "A"' dave@example.net
	sed 's/^Date: .*/Date: x/; s/<.*@mx/<id@mx/' message >got
	printf 'Subject: x\nTo: root@mx.example.org\nFrom: =?UTF-8?Q?=C3=84lice?= "\\"A\\"" <alice@example.org>\nDate: x\nMessage-ID: <id@mx.example.org>\n\na\n\nb\n' >want
	mime-hdr -d From message >/dev/null 2>&1 || :
	grep -v ^From: got >got.rest
	grep -v ^From: want >want.rest
	same got.rest want.rest
	python3 -c 'import email, email.policy, sys
m = email.message_from_file(open("message"), policy=email.policy.default)
a = m["From"].addresses[0]
assert (a.display_name, a.addr_spec) == ("Älice \"A\"", "alice@example.org")
assert m["Date"].datetime'
	contains envelope "Recipient: dave@example.net"
	not grep -q bob envelope
}

@test "-t: To, Cc and Bcc, with names of users here" {
	printf 'From: root (Cron Daemon)\nTo: root, Bob <bob@example.net>\nCc: g: carol@example.net;\nBcc: dave\n\n' >m
	add -t eve@example.net
	diff -u - envelope <<-.
		Sender: root@mx.example.org
		Recipient: eve@example.net
		Recipient: root
		Recipient: bob@example.net
		Recipient: carol@example.net
		Recipient: dave
	.
	not grep -q Bcc message
	printf 'From: a@b.example\nTo: c@d.example\nResent-To: e@f.example\nResent-Bcc: g@h.example\n\n' >m
	add -t
	diff -u - envelope <<-.
		Sender: a@b.example
		Recipient: e@f.example
		Recipient: g@h.example
	.
}

@test "UTF-8 in the header is encoded where it can be" {
	local long

	long=$(printf 'Übergrößenträger %.0s' {1..20})
	{
		printf 'From: Jörg <a@b.example>\nDate: x\nMessage-ID: <1@x>\n'
		printf 'To: "Müller, A." <c@d.example>, e@f.example,\n Ägidius\n'
		printf ' <g@h.example>\nSubject: Grüße an\n Übermorgen\n'
		printf 'X-Note: =?utf-8?q?=C3=BC?= ü\nComments: %s\n\nÄ\n' "$long"
	} >m
	add bob@example.net
	not grep -q Utf8 envelope
	contains envelope 'Body: 8BITMIME'
	not grep -q '[^ -~]' <(sed '/^$/,$d' message)
	[ "$(sed '1,/^$/d' message)" = Ä ]
	mime-hdr -m message Subject X-Note Comments >got
	printf 'Subject\tGrüße an Übermorgen\nX-Note\tü ü\nComments\t%s\n' \
	    "${long% }" | same - got
	mime-hdr -m message -a From To >got
	printf '%s\t%s\t%s\n' From Jörg a@b.example To 'Müller, A.' \
	    c@d.example To '' e@f.example To Ägidius g@h.example | same - got
	# What SMTPUTF8 alone can carry, what would lose a part, what is signed, and
	# what is no UTF-8 stay as they are.
	for field in 'To: Jörg <jörg@b.example>' 'To: a@b.example (Jörg)' \
	    'To: Ä: a@b.example;' 'List-Id: Ä <a.example>' 'To: Jörg <a@b'; do
		printf '%s\nFrom: a@b.example\n\nx\n' "$field" >m
		add bob@example.net
		contains message "$field"
		contains envelope 'Utf8: yes'
	done
	printf 'From: a@b.example\nDKIM-Signature: v=1\nSubject: Ä\n\nx\n' >m
	add bob@example.net
	contains message 'Subject: Ä'
	printf 'From: a@b.example\nSubject: Ä \377\n\nx\n' >m
	add bob@example.net
	contains message $'Subject: Ä \377'
}

@test "names of users here are addresses for those elsewhere" {
	{
		printf 'From: root (Cron Daemon)\nDate: x\nMessage-ID: <1@x>\n'
		printf 'To: Bob <bob>,\n\t"A, B" <a@b.example>, carol\n'
		printf 'Cc: x@y.example (root), <z@y.example>\n'
		printf 'Reply-To: two words\nSubject: root\n\nFrom: root\n'
	} >m
	add bob@example.net
	printf 'From: root@mx.example.org (Cron Daemon)\nDate: x\nMessage-ID: <1@x>\nTo: Bob <bob@mx.example.org>, "A, B" <a@b.example>, carol@mx.example.org\nCc: x@y.example (root), <z@y.example>\nReply-To: two words\nSubject: root\n\nFrom: root\n' >want
	sed ':a; /^To/ { N; s/\n / /; }' message >got
	same got want
	printf 'From: root\nTo: "a b" , <>\n\n' >m
	add -f a@b.example bob@example.net
	contains message 'From: root@mx.example.org'
	printf 'From: root <root>\nTo: bob@x.example\n\n' >m
	add bob@example.net
	contains message 'From: root <root@mx.example.org>'
	# Every field of addresses, also those that tell where answers go.
	for field in Sender Reply-To Resent-From Resent-Sender Resent-To \
	    Resent-Cc Mail-Followup-To Mail-Reply-To \
	    Disposition-Notification-To; do
		printf 'From: a@b.example\n%s: root, c@d.example\n\n' "$field" >m
		add bob@example.net
		contains message "$field: root@mx.example.org, c@d.example"
	done
	# What only looks like one of them stays.
	for field in X-To Return-Path List-Post; do
		printf 'From: a@b.example\n%s: root\n\n' "$field" >m
		add bob@example.net
		contains message "$field: root"
	done
	# However long it gets by that.
	{
		for i in $(seq 100); do
			printf 'To: '
			head -c 4000 /dev/zero | tr '\0' a | sed 's/aa/a,/g'
			printf 'a\n'
		done
		echo
	} >m
	expect 65 mailq-add -f a@b.example bob@example.net <m
	contains err 'a header longer than'
}

@test "the sender: -f, Sender, From, the user" {
	add -f '<>' bob@example.net
	contains envelope 'Sender: '
	grep -qx 'Sender: ' envelope
	add -f '' bob@example.net
	grep -qx 'Sender: ' envelope
	add -f carol bob@example.net
	contains envelope 'Sender: carol@mx.example.org'
	printf 'Sender: eve@example.org\nFrom: a@b.example\n\n' >m
	add bob@example.net
	contains envelope 'Sender: eve@example.org'
	printf '\n' >m
	add bob@example.net
	contains envelope "Sender: $(id -un)@mx.example.org"
	contains message "From: $(id -un)@mx.example.org"
}

@test "what is asked for is in the envelope" {
	printf 'From: a@b.example\n\n\344\n' >m
	add -N success,delay -R hdrs -V 'a+b' bob@example.net
	diff -u - envelope <<-.
		Sender: a@b.example
		Body: 8BITMIME
		Ret: HDRS
		Envid: a+2Bb
		Recipient: bob@example.net NOTIFY=SUCCESS,DELAY
	.
	add -O 'c+d@b.example' bob@example.net eve@example.net
	contains envelope 'Recipient: bob@example.net ORCPT=rfc822;c+2Bd@b.example'
	contains envelope 'Recipient: eve@example.net ORCPT=rfc822;c+2Bd@b.example'
	expect 64 mailq-add -O $'a\nb' bob@example.net <m
	add -N never -R full 'b\ob'@example.net 2>/dev/null || :
	printf 'From: a@b.example\nTo: ä@b.example\n\n' >m
	add -N never -R full bob@bücher.example
	diff -u - envelope <<-.
		Sender: a@b.example
		Body: 8BITMIME
		Utf8: yes
		Ret: FULL
		Recipient: bob@xn--bcher-kva.example NOTIFY=NEVER
	.
	printf 'From: a@b.example\n\n' >m
	add jürgen@example.net
	contains envelope 'Utf8: yes'
}

@test "-w: a time, or in so long" {
	add -w 2027-12-01T08:00:00+01:00 bob@example.net
	[ -e spool/new/1827644400."$(cat out)" ]
	now=$(date +%s)
	for when in +7200 +2h +120m 7200; do
		add -w "$when" bob@example.net
		due=$(basename spool/new/*."$(cat out)")
		[ "${due%.*}" -ge $((now + 7200)) ]
		[ "${due%.*}" -le $((now + 7260)) ]
		contains spool/new/"$due" "Hold: ${due%.*}"
	done
	for when in +2w +h + tomorrow 2300-01-01 -1 ''; do
		expect 64 mailq-add -w "$when" bob@example.net <m
		same err - <<-.
			mailq-add: -w: expected a time as 2026-12-01T08:00:00+01:00, or a delay as +90s, +30m, +2h or +1d
		.
	done
}

@test "-w: no later than what can be read from the queue" {
	add -w 2286-11-20T17:46:39Z bob@example.net
	contains envelope 'Hold: 9999999999'
	expect 0 mailq-ls
	rm spool/new/*
	for when in 2286-11-20T17:46:40Z 9999-12-31T23:59:59Z +99999d \
	    +9999999999d; do
		expect 64 mailq-add -w "$when" bob@example.net <m
		same err - <<-.
			mailq-add: -w: $when is after 2286-11-20T17:46:39Z, the last time that the queue knows
		.
	done
	nothing_there
}

@test "without a header, with one of an mbox, cut off, with no body" {
	printf 'hello\nTo: x\n' >m
	add -f a@b.example bob@example.net
	sed '1,/^$/d' message >body
	same m body
	printf 'From alice Mon Nov 23 03:53:26 2026\n>From x\nFrom: c@d.example\n\nFrom here on\n' >m
	add bob@example.net
	contains envelope 'Sender: c@d.example'
	[ "$(head -n 1 message)" = 'From: c@d.example' ]
	[ "$(tail -n 1 message)" = 'From here on' ]
	printf 'From: c@d.example\nno field: x\nBcc: e@f.example\n\nbody\n' >m
	add bob@example.net
	sed '1,/^$/d' message >body
	printf 'no field: x\nBcc: e@f.example\n\nbody\n' >want
	same want body
	printf 'From: c@d.example' >m
	add bob@example.net
	[ -z "$(tail -n 1 message)" ]
	: >m
	add bob@example.net
}

@test "bytes: lone CR stay, lines of any length, a dot" {
	{
		printf 'From: c@d.example\nDate: x\nMessage-ID: <1@x>\n\n'
		printf '.\na\rb\r\r\n\r'
		head -c 200000 /dev/zero | tr '\0' y
		printf '\n\377\n\r'
	} >m
	add bob@example.net
	printf '.\na\rb\r\n\r' >want
	sed '1,/^$/d' message >body
	cmp -n 8 want body
	[ "$(wc -c <body)" -eq $((8 + 200000 + 5)) ]
	expect 0 sh -c 'cat m | mailq-add bob@example.net'
	taken
	sed '1,/^$/d' message | cmp - body
}

@test "65: a NUL, a bare CR in the header, no recipient, too long" {
	printf 'Subject: x\n\na\0b\n' >nul
	expect 65 mailq-add -f a@b.example bob@example.net <nul
	printf 'Subject: x\rBcc: c@d.example\n\n' >cr
	expect 65 mailq-add -f a@b.example bob@example.net <cr
	expect 65 mailq-add -t <m
	printf 'To: a@@b.example\n\n' >bad
	expect 65 mailq-add -t <bad
	echo 'Max-Message-Size: 1K' >>mailpipe.conf
	{ cat m; head -c 2000 /dev/zero | tr '\0' x; } >long
	expect 65 mailq-add bob@example.net <long
	expect 65 sh -c 'cat long | mailq-add bob@example.net'
	{ for i in $(seq 1001); do echo "X-$i: y"; done; echo; } >fields
	sed -i /Max/d mailpipe.conf
	expect 65 mailq-add -f a@b.example bob@example.net <fields
	{ echo "To: a@b.example"; head -c 1200000 /dev/zero | tr '\0' x; } >head
	expect 65 mailq-add -t <head
	nothing_there
}

@test "69: a message that went round too often" {
	{ yes 'Received: by x; Mon, 23 Nov 2026 03:53:26 +0100' | head -n 50; cat m; } >r
	expect 0 mailq-add bob@example.net <r
	sed -i '1p' r
	expect 69 mailq-add bob@example.net <r
}

@test "64: addresses that would be something else" {
	for bad in '' '@' 'a@' '@b' 'a b@example.net' 'a@b c' $'a@b\nRecipient: c@d' \
	    $'a@b\rc' '<a@b>' 'a@b>' 'a@-b' 'a,b@example.net' "a@b'" \
	    '"a
b"@example.net' $'a\tb@example.net' '|/bin/sh' '/etc/passwd' \
	    "a@$(printf '%0300d' 0)"; do
		expect 64 mailq-add -f a@b.example -- "$bad" <m
		case $bad in '' | /* | '|'* | '<'*) continue ;; esac
		expect 64 mailq-add -f "$bad" bob@example.net <m
	done
	nothing_there
	expect 64 mailq-add <m
	expect 64 mailq-add -N sometimes bob@example.net <m
	expect 64 mailq-add -R body bob@example.net <m
	expect 64 mailq-add -V $'a\nb' bob@example.net <m
	expect 64 mailq-add -F $'a\nb' -f a@b.example bob@example.net </dev/null
	expect 64 mailq-add -x bob@example.net <m
	nothing_there
	expect 64 mailq-add <m
	[ "$(cat err)" = 'mailq-add: no recipient' ]
	expect 64 mailq-add '' <m
	[ "$(cat err)" = 'mailq-add: an empty recipient is no mail address' ]
	# What begins with a hyphen is an address here, and nowhere an option.
	add -- -oQ/tmp@example.net -f@example.net
	contains envelope 'Recipient: -oQ/tmp@example.net'
	add -f '<a@b.example>' c@example.net
	contains envelope 'Sender: a@b.example'
}

@test "-l: a list, 100000 recipients: files of 1000, in little memory" {
	printf 'bob@example.net\r\n\n carol@example.net \nbob@example.net\n' >list
	add -l list root
	diff -u - envelope <<-.
		Sender: alice@example.org
		Recipient: root
		Recipient: bob@example.net
		Recipient: carol@example.net
	.
	rm -r spool
	seq -f 'user%.0f@example.net' 100000 >list
	peak mailq-add -l list <m >out
	sanitized || [ "$PEAK" -lt 32768 ]
	[ "$(wc -l <out)" -eq 100 ]
	[ "$(ls spool/new | wc -l)" -eq 100 ]
	[ "$(sort -u out | wc -l)" -eq 100 ]
	grep -h ^Recipient spool/new/* | sort >got
	sed 's/^/Recipient: /' list | sort >want
	same got want
	for id in $(head -n 3 out); do
		grep -q "with local id $id;" spool/new/*."$id"
		[ "$(grep -c '^Recipient' spool/new/*."$id")" -eq 1000 ]
	done
	rm -r spool
	seq -f 'user%.0f@example.net' 100001 >list
	expect 65 mailq-add -l list <m
	echo 'a b@example.net' >list
	expect 65 mailq-add -l list <m
	expect 66 mailq-add -l nowhere <m
	nothing_there
}

# A disk with so much room: $1 are options of tmpfs.
small='mkdir -p spool && mount -t tmpfs -o "$1" tmpfs spool || exit 99
mailq-add -f a@b.example -l list <"$2"; status=$?
find spool -type f | grep . && exit 98
exit $status'

@test "74: it is in the queue, and its id cannot be told" {
	expect 74 sh -c 'mailq-add bob@example.net <m >/dev/full'
	expect 74 sh -c 'mailq-add bob@example.net <m >&-'
	[ "$(find spool/new -type f | wc -l)" -eq 2 ]
}

@test "75: no room at any write, no inode: nothing is there" {
	seq -f 'user%.0f@example.net' 2500 >list
	{ cat m; head -c 100000 /dev/zero | tr '\0' x; } >big
	for size in 4k 20k 60k 100k 200k 300k; do
		expect 75 unshare -rm sh -c "$small" - "mode=700,size=$size" big
		contains err 'No space left on device'
	done
	# The directories are seven.
	for inodes in 8 9; do
		expect 75 unshare -rm sh -c "$small" - "mode=700,nr_inodes=$inodes" m
	done
	expect 75 unshare -rm sh -c "$small" - "mode=700,nr_inodes=3" m
	for blocks in 1 8 40; do
		expect 75 bash -c 'ulimit -f "$1"; exec mailq-add -f a@b.example -l list <big' - "$blocks"
		nothing_there
	done
}

# The digits of a short message are written with all else of it.
lengthen()
{
	{ cat m; seq 20000; echo hello; } >longer
	mv longer m
}

@test "75: at whichever call the disk fails, nothing is there" {
	traced
	lengthen
	for call in pwrite64 fdatasync linkat fsync; do
		for error in ENOSPC EIO EDQUOT; do
			rm -rf spool
			expect 0 mailq-add bob@example.net <m
			rm -f spool/new/*
			expect 75 strace -qq -o /dev/null -e trace="$call" \
			    -e inject="$call:error=$error:when=1" \
			    mailq-add bob@example.net <m
			nothing_there
		done
	done
}

@test "75: of several files the second has no name: the first is gone" {
	traced
	seq -f 'user%.0f@example.net' 1500 >list
	expect 75 strace -qq -o /dev/null -e trace=linkat \
	    -e inject=linkat:error=ENOSPC:when=2 mailq-add -l list <m
	nothing_there
	# And where there is no O_TMPFILE.
	expect 75 strace -qq -o /dev/null -e trace=renameat,access \
	    -e inject=access:error=ENOENT:when=2+ \
	    -e inject=renameat:error=ENOSPC:when=2 mailq-add -l list <m
	nothing_there
}

@test "killed at any call: all of the message is there, or nothing" {
	traced
	lengthen
	expect 0 mailq-add bob@example.net <m
	for call in write pwrite64 fdatasync linkat fsync; do
		rm -f spool/new/*
		strace -qq -o /dev/null -e trace="$call" \
		    -e inject="$call:signal=KILL:when=1" \
		    mailq-add bob@example.net <m >out 2>err || :
		for file in spool/new/*; do
			[ -e "$file" ] || continue
			not grep -q '^Size: -' "$file"
			[ "$(tail -n 1 "$file")" = hello ]
		done
		[ "$call" = fsync ] || [ ! -s out ]
	done
}

@test "killed where there is no O_TMPFILE: it never has two names" {
	traced
	expect 0 mailq-add bob@example.net <m
	for call in fdatasync renameat fsync; do
		rm -f spool/new/* spool/tmp/*
		strace -qq -o /dev/null -e trace="$call,access" \
		    -e inject=access:error=ENOENT:when=2+ \
		    -e inject="$call:signal=KILL:when=1" \
		    mailq-add bob@example.net <m >out 2>err || :
		[ ! -s out ]
		[ "$(ls spool/new spool/tmp | grep -c '[0-9a-v]\{16\}$')" -eq 1 ]
	done
	# What is in new/ is a message for those who look there.
	[ "$(mailq-ls | wc -l)" -eq 1 ]
}

@test "78: anybody may write to the queue, no good configuration" {
	mkdir spool
	chmod 777 spool
	expect 78 mailq-add bob@example.net <m
	chmod 700 spool
	expect 78 mailq-add -c nowhere bob@example.net <m
	expect 0 mailq-add -c mailpipe.conf bob@example.net <m
}

@test "78: a queue that is not all ours, or not all in one place" {
	expect 0 mailq-add bob@example.net <m
	for part in tmp new cur hold failed hosts; do
		chmod o+w "spool/$part"
		expect 78 mailq-add bob@example.net <m
		contains err "$part: anybody may write to this queue"
		chmod o-w "spool/$part"
		mv "spool/$part" elsewhere
		ln -s ../elsewhere "spool/$part"
		expect 78 mailq-add bob@example.net <m
		contains err "$part: no directory"
		rm "spool/$part"
		mv elsewhere "spool/$part"
	done
	rm spool/new/*
	expect 78 unshare -rm sh -c 'mount -t tmpfs -o mode=700 tmpfs spool/tmp &&
	    exec mailq-add bob@example.net <m'
	contains err 'Invalid cross-device link'
	nothing_there
	mkdir -p elsewhere
	ln -s "$T/elsewhere" link
	sed -i 's/^Spool: .*/Spool: \/proc\/self\/cwd\/link/' mailpipe.conf
	expect 0 mailq-add bob@example.net <m
	ls elsewhere/new/*
}

@test "the queue is shared with its group; nobody else gets in" {
	mkdir spool
	chmod 2770 spool
	add bob@example.net
	[ "$(stat -c %a spool/new/*)" = 660 ]
	chmod g-s,g-rwx spool/tmp
	rm spool/new/*
	add bob@example.net
	[ "$(stat -c %a spool/new/*)" = 600 ]
}

@test "setgid: a user without rights adds, and reads nothing by it" {
	setgid_users
	cat >all <<-'.'
		set -e
		cd "$1"
		chgrp 4001 add spool
		chmod 2755 add
		chmod 2770 spool
		mailq-add -c conf -f x@y.example bob@example.net <m >/dev/null
		chgrp -R 4001 spool
		find spool -type d -exec chmod 2770 {} +
		export MAILPIPE_CONF=/nowhere TMPDIR=/nowhere
		cat m big | unshare -m sh as_user "$1" \
		    ./add -f x@y.example bob@example.net >id 2>unheeded
		stat -c '%u %g %a' spool/new/*."$(cat id)" >facts
		cat spool/new/*."$(cat id)" >file
		unshare -m sh as_user "$1" ./add -c conf b@example.net <m &&
		    exit 99 || echo $? >status.c
		echo secret@example.org >list
		chmod 640 list
		chgrp 4001 list
		unshare -m sh as_user "$1" ./add -l list b@example.net <m &&
		    exit 99 || echo $? >status.l
	.
	head -c 100000 /dev/zero | tr '\0' x >big
	cp "$MAILPIPE_BIN/mailq-add" add
	printf 'Hostname: mx.example.org\nSpool: %s/spool\n' "$T" >conf
	mkdir spool
	chmod 755 . add
	chmod 644 conf m
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}"
	as_root sh all "$T"
	[ "$(cat facts)" = "4005 4001 660" ]
	contains file 'from uid 4005)'
	[ "$(cat status.c)" -eq 77 ]
	[ "$(cat status.l)" -eq 66 ]
	same unheeded - <<-'.'
		mailq-add: MAILPIPE_CONF=/nowhere does not count where the command is setgid: this is the queue of the host
	.
}

@test "examples" {
	echo 'Grüße' >letter.txt
	mime-pack -f alice@example.org -t bob@example.net -s hello \
	    letter.txt | mailq-add -t -w 2027-12-01T08:00:00+01:00 >out
	[ -e spool/new/1827644400."$(cat out)" ]
	printf 'bob@example.net\n' >subscribers
	cp m message
	id=$(mailq-add -f list-owner@example.org -l subscribers <message)
	[ -e spool/new/*."$id" ]
	df -h | mailq-add -F 'disks of this host' root | xargs -r mailq-ls >out
	contains out root
}
