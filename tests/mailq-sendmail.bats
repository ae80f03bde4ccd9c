# SPDX-License-Identifier: ISC
# shellcheck shell=bats

load helper
load queue

setup()
{
	isolate
	queue
	mkdir sbin
	for name in sendmail mailq newaliases; do
		ln -s "$MAILPIPE_BIN/mailq-sendmail" "sbin/$name"
	done
	S=$T/sbin/sendmail
}

# The one message that is there, as $T/envelope and $T/message; it is removed.
message()
{
	set -- spool/new/*
	[ $# -eq 1 ] && [ -e "$1" ] || return 1
	sed '/^$/,$d' "$1" | grep '^Sender\|^Recipient' >envelope
	sed '1,/^$/d' "$1" | sed '1,/^	/d' >message
	rm "$1"
}

# envelope SENDER RECIPIENT ...
envelope()
{
	message || return 1
	echo "Sender: $1" >want
	shift
	printf 'Recipient: %s\n' "$@" >>want
	diff -u want envelope
}

@test "what cron, at, mdadm, logwatch, smartd and others say" {
	me=$(id -un)@mx.example.org
	printf 'From: root (Cron Daemon)\nTo: root\nSubject: x\n\nout\n.\nmore\n' >m
	expect 0 "$S" -FCronDaemon -i -B8BITMIME -oem root <m
	[ ! -s out ]
	envelope root@mx.example.org root
	[ "$(tail -n 1 message)" = more ]
	expect 0 "$S" -t -FCronDaemon -i -odi -oem -oi <m	# older ones
	envelope root@mx.example.org root
	expect 0 "$S" -i -odi -oem -oi -t -f root <m		# logwatch
	envelope root@mx.example.org root
	expect 0 "$S" -t <m					# mdadm
	envelope root@mx.example.org root
	expect 0 "$S" -bm -oi root,bob@example.net <m		# anacron
	envelope root@mx.example.org root bob@example.net
	echo hello >m
	expect 0 "$S" -oi -om -N never -R hdrs -V x -- bob@example.net <m
	envelope "$me" "bob@example.net NOTIFY=NEVER"
}

@test "options that others take, with their arguments" {
	echo hello >m
	expect 0 "$S" -Am -B 7BIT -C /etc/other.cf -D log -d -d0.1 -em -Fname \
	    -G -h 17 -I -L tag -M id -m -n -O Timeout=1 -odq -oQ/tmp \
	    -p ESMTP:host -r a@b.example -s -T -U -v -X log -x -c \
	    'Bob <bob@example.net>, carol@example.net' -oi <m
	envelope a@b.example bob@example.net carol@example.net -oi
	expect 0 "$S" -f '<>' bob@example.net <m
	grep -q . spool/new/*
	envelope '' bob@example.net
	expect 0 "$S" -f 'Joe <a@b.example>' -Qreason -oMa 1.2.3.4 -oMr cron \
	    bob@example.net <m
	envelope a@b.example bob@example.net
	for odd in '-V ' '-R ' '-N ' '-R headers'; do
		expect_noted 0 "$S" "${odd%% *}" "${odd#* }" -f a@b.example \
		    bob@example.net <m
		[ "$(wc -l <err)" -eq 1 ]
		contains err ': not taken'
		envelope a@b.example bob@example.net
	done
	expect 64 "$S" -Y bob@example.net <m
	expect 64 "$S" <m
	expect 64 "$S" 'two words' <m
	expect 64 "$S" -f <m
	expect 65 "$S" -t <m
}

@test "a line of a dot ends the message, unless -i says it does not" {
	printf '.' >end
	printf '.\r\n' >crlf
	printf '.\nmore\n' >more
	printf '..\n.x\n . \n\n' >text
	for tail in end crlf more; do
		cat text "$tail" >m
		expect 0 "$S" -f a@b.example bob@example.net <m
		message
		sed '1,/^$/d' message | cmp - text
		for option in -i -oi; do
			expect 0 "$S" "$option" -f a@b.example b@example.net <m
			message
			sed '1,/^$/d' message | tr -d '\r' >got
			{ tr -d '\r' <m; [ "$tail" != end ] || echo; } |
			    cmp - got
		done
	done
	# However the bytes come.
	(printf 'a\n'; sleep 0.1; printf .; sleep 0.1; printf '\nx') |
	    "$S" -f a@b.example bob@example.net
	message
	[ "$(tail -n 1 message)" = a ]
	head -c 300000 /dev/zero | tr '\0' x >long
	expect 0 "$S" -f a@b.example bob@example.net <long
	message
	[ "$(wc -c <message)" -gt 300000 ]
	expect 75 bash -c 'ulimit -f 8; exec "$0" -f a@b.example b@c.example <long' "$S"
	expect 73 env TMPDIR=/nowhere "$S" bob@example.net <long
}

@test "-bp, -bs, -q, -bi, -bd; mailq and newaliases" {
	queued bob@example.net
	for command in "$S -bp" sbin/mailq; do
		expect 0 $command
		contains out "$ID"
	done
	expect 0 sbin/newaliases
	expect 0 "$S" -bi
	[ ! -s out ]
	expect 69 "$S" -bd
	expect 69 "$S" -bt
	sed -i 's/^User: root/User: nobody/' mailpipe.conf
	printf 'QUIT\r\n' >quit
	expect_noted 0 "$S" -bs <quit
	contains out '220 mx.example.org'
	# What mailq-run would get.
	mkdir bin
	cp "$MAILPIPE_BIN/mailq-sendmail" bin/
	printf '#!/bin/sh\necho "ran $#"\n' >bin/mailq-run
	chmod +x bin/mailq-run
	for option in -q -q30m -qff; do
		expect 0 bin/mailq-sendmail "$option"
		[ "$(cat out)" = 'ran 0' ]
	done
}

# The commands where other users can run them, and a configuration for these
# with all that is only for strangers, and a key that none of them can read.
for_users()
{
	mkdir bin
	chmod 755 . bin
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}"
	for name in mailq-sendmail mailq-add smtpd-inetd; do
		install -m 755 "$MAILPIPE_BIN/$name" bin/
	done
	echo key >key
	chmod 600 key
	cat >conf <<-.
		Hostname: mx.example.org
		Domains: example.org
		Spool: $T/spool
		Tls-Certificate: $T/key
		Filter: /bin/false
		Reports: /bin/false
		Greet-Delay: 60
		Messages-Per-Minute: 1
		Check-Sender-Domain: yes
		Nameserver: 127.0.0.1:9
		Proxy-From: local
		Xclient-From: local
		Max-Recipients: 5000
	.
	chmod 644 conf
}

# The three messages of bs.py, of the user "uid".
three_messages()
{
	local id n=0

	[ "$(cut -d' ' -f 1 <replies | tr '\n' ' ')" = '250 554 250 250 ' ]
	[ "$(ls spool/new | wc -l)" -eq 3 ]
	for id in $(sed -n "s/^250 b'2.0.0 accepted as \(.*\)'/\1/p" replies); do
		n=$((n + 1))
		cat spool/new/*."$id" >"file.$n"
	done
	[ "$n" -eq 3 ]
	grep '^Sender\|^Recipient' file.1 >envelope
	same envelope <(printf '%s\n' 'Sender: alice@example.org' \
	    'Recipient: bob@example.net' 'Recipient: -f@example.net' \
	    'Recipient: postmaster' 'Recipient: nobody-here@example.org')
	contains file.1 'Grüße'
	contains file.1 'from localhost (local)'
	contains file.1 "from uid $1)"
	grep -qx '\.' file.1
	not grep -q '^Delivered-To\|^Return-Path' file.[123]
	grep -qx 'Sender: *' file.2
	contains file.3 'Sender: carol@example.org'
	contains file.3 'three, without a header'
	contains log 'a NUL'
}

@test "-bs: a user without rights puts messages into the queue by mailq-add" {
	setgid_users
	for_users
	cat >all <<-'.'
		set -e
		cd "$1"
		unset MAILPIPE_CONF
		export TMPDIR=/tmp
		# Setgid it would not have our configuration any more.
		bin/mailq-add -c conf -f x@y.example x@y.example <m
		rm spool/new/*
		chgrp -R 4001 spool
		find spool -type d -exec chmod 2770 {} +
		chgrp 4001 bin/mailq-add
		chmod 2755 bin/mailq-add
		python3 "$2" unshare -m sh as_user "$1" bin/mailq-sendmail -bs \
		    >replies 2>log
		stat -c '%u %g %a' spool/new/* | sort -u >facts
	.
	printf 'a\n' >m
	as_root sh all "$T" "$TESTS/peer/bs.py"
	[ "$(cat facts)" = "4005 4001 660" ]
	three_messages 4005
}

# What the queue has is not refused, as it would be sent once more.
@test "-bs: room for the message alone is room enough" {
	needs_root
	for_users
	install -d -o 64000 spool
	export MAILPIPE_CONF=$T/conf
	mkdir small
	printf '%s\r\n' 'EHLO x' 'MAIL FROM:<a@b.example>' \
	    'RCPT TO:<b@c.example>' 'BDAT 14 LAST' 'Subject: one' QUIT >session
	for inodes in 2 1; do
		expect_noted 0 unshare -m sh -c 'mount -t tmpfs -o \
		    size=4k,mode=1777,nr_inodes=$1 tmpfs small && TMPDIR=$PWD/small \
		    setpriv --reuid 64000 --regid 64000 --clear-groups \
		    bin/mailq-sendmail -bs <session' - "$inodes"
		cp out replies.$inodes
	done
	contains replies.2 '250 2.0.0 '
	contains replies.1 '452 4.3.1 '
	[ "$(find spool/new -type f | wc -l)" -eq 1 ]
}

@test "-bs: a user who has the queue, and one whom it refuses" {
	local as=()

	for_users
	mkdir spool
	if [ "$(id -u)" -eq 0 ]; then
		as=(setpriv --reuid 64000 --regid 64000 --clear-groups)
		chown 64000 spool
	fi
	export MAILPIPE_CONF=$T/conf TMPDIR=/tmp
	python3 "$TESTS/peer/bs.py" "${as[@]}" bin/mailq-sendmail -bs >replies 2>log
	expect_noted 64 "${as[@]}" bin/smtpd-inetd -ar </dev/null
	if [ "$(id -u)" -eq 0 ]; then
		expect 64 smtpd-inetd -a </dev/null
		contains err "smtpd-inetd: -a is not for root"
	fi
	three_messages "$([ ${#as[@]} -eq 0 ] && id -u || echo 64000)"
	# Nothing is accepted that is not in the queue.
	rm -r spool
	echo >spool
	python3 "$TESTS/peer/bs.py" "${as[@]}" bin/mailq-sendmail -bs >replies 2>log
	[ "$(cut -d' ' -f 1 <replies | tr '\n' ' ')" = '451 554 451 451 ' ]
	contains log ' not stored: mailq-add: '
	rm spool
	mkdir spool
	[ ${#as[@]} -eq 0 ] || chown 64000 spool
	echo 'Max-Message-Size: 1024' >>conf
	{
		printf '%s\r\n' 'EHLO x' 'MAIL FROM:<a@b.example>' \
		    'RCPT TO:<b@c.example>' 'BDAT 1000 LAST'
		head -c 998 /dev/zero | tr '\0' x
		printf '\r\nQUIT\r\n'
	} | "${as[@]}" bin/mailq-sendmail -bs >replies 2>log
	# What is added counts, too.
	contains replies '552 5.3.4 the message is too long'
	[ -z "$(find spool -type f)" ]
}

# Standard input, where what is behind a DATA waits for its reply.
with_waits()
{
	local line n=0

	while IFS= read -r line; do
		printf '%s\n' "$line"
		[ "${line%$'\r'}" = DATA ] || continue
		n=$((n + 1))
		wait_for 20 sh -c '[ "$(grep -c ^354 replies)" -eq "$1" ]' sh "$n"
	done
}

# What a program says to "-bs" of a user who has the queue.
say_bs()
{
	local as=()

	[ -d bin ] || for_users
	mkdir -p spool
	: >replies
	if [ "$(id -u)" -eq 0 ]; then
		as=(setpriv --reuid 64000 --regid 64000 --clear-groups)
		chown 64000 spool
	fi
	with_waits | env MAILPIPE_CONF="$T/conf" TMPDIR=/tmp "${as[@]}" \
	    bin/mailq-sendmail -bs >replies 2>log
	cut -c 1-3 replies | uniq | tr '\n' ' ' >codes
}

@test "-bs: users of this host by their names" {
	printf '%s\r\n' 'HELO x' 'MAIL FROM:<root>' 'RCPT TO:<bob>' \
	    'RCPT TO:<bob+x>' 'RCPT TO:</etc/passwd>' 'RCPT TO:<"bob">' \
	    'RCPT TO:<b b>' DATA 'Subject: x' '' text . QUIT | say_bs
	[ "$(cat codes)" = '220 250 501 354 250 221 ' ]
	grep -h '^Sender\|^Recipient' spool/new/* >envelope
	same envelope <(printf '%s\n' 'Sender: root@mx.example.org' \
	    'Recipient: bob' 'Recipient: bob+x')
}

@test "-bs: who ends the first line in LF may end all so, and nobody else" {
	printf '%s\n' 'HELO x' 'MAIL FROM:<a@b.example>' 'RCPT TO:<bob>' DATA \
	    'Subject: x' '' one ..two . 'MAIL FROM:<a@b.example>' \
	    'RCPT TO:<bob>' DATA 'Subject: y' '' $'a\rb' . QUIT | say_bs
	[ "$(cat codes)" = '220 250 354 250 354 550 221 ' ]
	[ "$(ls spool/new | wc -l)" -eq 1 ]
	[ "$(tail -n 3 spool/new/*)" = $'\none\n.two' ]
	rm spool/new/*
	# Text of others in a session of CRLF begins no command.
	{
		printf '%s\r\n' 'HELO x' 'MAIL FROM:<a@b.example>' \
		    'RCPT TO:<bob>' DATA 'Subject: x' ''
		printf '%s\n' text . 'MAIL FROM:<e@b.example>' 'RCPT TO:<eve>'
		printf '%s\r\n' '' . QUIT
	} | say_bs
	[ "$(cat codes)" = '220 250 354 550 221 ' ]
	[ -z "$(find spool -type f)" ]
}

@test "-bv: who is there, who is not" {
	expect 0 "$S" -bv "$(id -un)" bob@example.net
	contains out 'deliverable: here'
	contains out 'bob@example.net ... deliverable: by way of another host'
	expect_noted 67 "$S" -bv nobody-of-that-name bob@example.net
	contains out 'nobody-of-that-name ... undeliverable: no such user'
	[ "$(wc -l <out)" -eq 2 ]
	# Members of an alias who are elsewhere get what is in the queue.
	echo 'ext: '"$(id -un)"', bob@example.net' >aliases
	echo "Aliases: $T/aliases" >>mailpipe.conf
	expect 0 "$S" -bv ext
	contains out 'deliverable: here'
	[ -z "$(find spool -type f 2>/dev/null)" ]
}

@test "-bv: of the machine's users those whom root delivers to" {
	local as=()

	for_users
	echo "Aliases: $T/aliases" >>conf
	printf 'staff: root\nstaff2: daemon\n' >aliases
	chmod a+r aliases conf
	export MAILPIPE_CONF=$T/conf
	for who in "$(id -u)" 64000; do
		[ "$who" -eq "$(id -u)" ] || { [ "$(id -u)" -eq 0 ] &&
		    as=(setpriv --reuid 64000 --regid 64000 --clear-groups); } ||
		    continue
		expect 0 "${as[@]}" bin/mailq-sendmail -bv root Root+x staff \
		    postmaster
		[ "$(grep -c ' \.\.\. deliverable: here$' out)" -eq 4 ]
		for name in daemon sys staff2; do
			expect_noted 67 "${as[@]}" bin/mailq-sendmail -bv "$name"
			contains out "$name ... undeliverable: no such user"
		done
	done
}

@test "78: there is no mailq-add beside it, nor in PATH" {
	mkdir bin
	cp "$MAILPIPE_BIN/mailq-sendmail" bin/
	expect 78 env PATH=/usr/bin bin/mailq-sendmail root </dev/null
	contains err mailq-add
	expect 0 bin/mailq-sendmail -f a@b.example root </dev/null
}

@test "addresses that would be an option or a line are none" {
	echo hello >m
	expect 0 "$S" -f a@b.example -- -oQ/tmp/x@example.net -bp <m
	envelope a@b.example -oQ/tmp/x@example.net -bp
	for bad in $'a@b.example\nRecipient: c@d' $'a@b\rc' '|/bin/sh' /etc/passwd; do
		expect 64 "$S" -f a@b.example -- "$bad" <m
	done
	expect 64 "$S" -f $'a@b.example\nX: y' bob@example.net <m
	not grep -rq 'Recipient: c@d' spool
}

@test "PHP mail()" {
	TZ=UTC php -d "sendmail_path=$S -t -i" -r '
		exit(mail("bob@example.net, Carol <carol@example.net>", "Grüße",
		    "a\n.\nb\n", "From: alice@example.org\r\nBcc: dave@example.net",
		    "-falice+b@example.org") ? 0 : 1);'
	envelope alice+b@example.org bob@example.net carol@example.net dave@example.net
	not grep -qi bcc message
	not grep -q "$(printf '\r')" message
	grep -qx '\.' message
	# It can be sent to servers without SMTPUTF8, too.
	[ "$(mime-hdr -m message Subject)" = Grüße ]
	not grep -q '[^ -~]' message
}

@test "git send-email" {
	git init -q repository
	cd repository
	git -c user.name=Alice -c user.email=alice@example.org commit -q \
	    --allow-empty -m 'first'
	echo x >x
	git add x
	git -c user.name=Alice -c user.email=alice@example.org commit -qm 'second: .'
	git -c user.name=Alice -c user.email=alice@example.org send-email -q \
	    --smtp-server="$S" --confirm=never --suppress-cc=all \
	    --from='Alice <alice@example.org>' --to=bob@example.net \
	    --cc='Carol <carol@example.net>' --bcc=dave@example.net -1 </dev/null
	cd ..
	envelope alice@example.org bob@example.net carol@example.net dave@example.net
	contains message 'Subject: [PATCH] second: .'
	not grep -qi '^bcc' message
}

@test "mutt" {
	printf 'set sendmail="%s -oem -oi"\nset copy=no\nset realname="Alice"\nset from=alice@example.org\nset use_from=yes\nset use_envelope_from=yes\n' \
	    "$S" >muttrc
	echo x >attached
	printf 'hello\n.\nbye\n' | TERM=dumb mutt -nF muttrc -s subject \
	    -b dave@example.net -a attached -- bob@example.net
	envelope alice@example.org bob@example.net dave@example.net
	contains message 'Subject: subject'
	contains message 'From: Alice <alice@example.org>'
	not grep -qi '^bcc' message
	printf 'hello\n' | TERM=dumb mutt -nF muttrc -x -s subject bob@example.net
	envelope alice@example.org bob@example.net
}

@test "s-nail, and BSD mail" {
	printf 'hello\n.\nbye\n' | s-nail -:/ -S mta="$S" -S 'from=alice@example.org' \
	    -S sendwait -r alice@example.org -s subject -b dave@example.net bob@example.net
	envelope alice@example.org bob@example.net dave@example.net
	contains message 'Subject: subject'
	mail=$(command -v bsd-mailx)
	printf 'set sendmail=%s\n' "$S" >.mailrc
	printf 'hello\n' | MAILRC=$T/.mailrc "$mail" -s subject -b dave@example.net root
	wait_for 10 sh -c 'ls spool/new/* 2>/dev/null'
	envelope "$(id -un)@mx.example.org" root dave@example.net
	contains message 'Subject: subject'
}

@test "examples" {
	printf 'To: bob@example.net\nBcc: carol@example.net\n\nhello\n' |
	    mailq-sendmail -ti
	message
	contains envelope carol
	not grep -q carol message
	mailq-sendmail -bv "$(id -un)" | grep -q ' deliverable:'
	git init -q repository
	cd repository
	git -c user.name=Alice -c user.email=alice@example.org commit -q \
	    --allow-empty -m 'first'
	echo x >x
	git add x
	git -c user.name=Alice -c user.email=alice@example.org commit -qm second
	git format-patch -q -1
	git -c user.name=Alice -c user.email=alice@example.org send-email -q \
	    --confirm=never --suppress-cc=all \
	    --from=alice@example.org --smtp-server="$(command -v mailq-sendmail)" \
	    --to=bob@example.net *.patch </dev/null
	cd ..
	message
	contains envelope bob@example.net
}
