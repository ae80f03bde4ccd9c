#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd: mail that goes on from here: who may send it, and what the queue
# has of it.

load helper
load smtpd
load tls
load submission

# A host with a queue, and users who can log in; more lines for the
# configuration may follow.
queue_host()
{
	auth_host "$@"
	mkdir -p spool
	# The keeper makes what is missing, as root for the user of the
	# configuration.
	owned spool
}

# The path of the only message of the queue; fails where there is another
# number of them.
queued()
{
	[ "$(find spool/new -type f | wc -l)" -eq 1 ] || return 1
	find spool/new -type f
}

nothing_queued()
{
	[ -z "$(find spool -type f)" ] && return 0
	find spool -type f
	return 1
}

envelope_of()
{
	sed '/^$/q' "$1"
}

# mail_to ADDRESS ...: from MAIL on; each may have parameters behind it.
mail_to()
{
	local to

	printf '%s\n' "C: MAIL FROM:<alice@example.org>${MAIL-}" 'S: 250 *'
	for to; do
		printf '%s\n' "C: RCPT TO:$to" 'S: 250 2.1.5 *'
	done
	printf '%s\n' 'C: DATA' 'S: 354 *' 'C: From: alice@example.org' \
	    'C: Subject: x' C: 'C: ..text' 'C: .' 'S: 250 2.0.0 accepted as *' \
	    'C: QUIT' 'S: 221 *'
}

@test "a recipient elsewhere who is named twice is one" {
	queue_host
	{ login; mail_to '<eve@Example.net>' '<eve@example.NET>' \
	    '<Eve@example.net>' '<"eve"@example.net>'; } | submit
	envelope_of "$(queued)" | grep '^Recipient' >got
	diff -u - got <<-.
		Recipient: eve@Example.net
		Recipient: Eve@example.net
		Recipient: "eve"@example.net
	.
}

@test "a user who logged in sends to other hosts, by one file" {
	local file

	queue_host
	{ login; mail_to '<eve@example.net>' '<dave@example.com>'; } | submit
	file=$(queued)
	envelope_of "$file" >envelope
	cat >pattern <<-'.'
		^Size: [0-9]{20}$
		^Id: [0-9a-v]{16}$
		^Arrival: [0-9]+$
		^Sender: alice@example\.org$
		^Recipient: eve@example\.net$
		^Recipient: dave@example\.com$
	.
	while read -r pattern; do
		grep -Eq -- "$pattern" envelope || { cat envelope; return 1; }
	done <pattern
	[ "$(wc -l <envelope)" -eq 7 ]
	sed '1,/^$/d' "$file" >message
	head -n 1 message | grep -q '^Received: by mx.example.org'
	[ "$(tail -n 1 message)" = .text ]
	[ "$(wc -c <message)" -eq "$(sed -n 's/^Size: 0*//p' envelope)" ]
	not grep -qi '^Return-Path\|^Delivered-To' message
	# The id is the one that the client and the log were told.
	grep -q "id=$(sed -n 's/^Id: //p' envelope) .* accepted" log
}

@test "nobody else does" {
	queue_host
	{ hello; cat <<-.; } | talk
		C: MAIL FROM:<alice@example.org>
		S: 250 *
		C: RCPT TO:<eve@example.net>
		S: 550 5.7.1 *
		C: RCPT TO:<eve%example.net@example.com>
		S: 550 5.7.1 *
		C: RCPT TO:<@example.org:eve@example.net>
		S: 550 5.7.1 *
		C: QUIT
		S: 221 *
	.
	nothing_queued
}

@test "-r, and the addresses of Relay-For" {
	queue_host
	{ hello; mail_to '<eve@example.net>'; } |
	    talk smtpd-inetd -r -f mailpipe.conf
	queued
	rm -r spool/new
	smtpd
	dial
	heard '220 *'
	say 'HELO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<e@example.net>\r\n'
	heard '250 *'
	heard '250 *'
	heard '550 5.7.1 *'
	kill -TERM "$PID_smtpd"
	wait_for 10 not kill -0 "$PID_smtpd" 2>/dev/null
	echo 'Relay-For: 127.0.0.0/8' >>mailpipe.conf
	smtpd
	dial
	heard '220 *'
	say 'HELO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<e@example.net>\r\n'
	heard '250 *'
	heard '250 *'
	heard '250 2.1.5 *'
}

# heard_for_elsewhere REPLY: by a new session of the listener.
heard_for_elsewhere()
{
	dial
	heard '220 *' || return 1
	say 'HELO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<e@example.net>\r\n'
	heard '250 *' && heard '250 *' && heard "$1"
}

@test "a queue that is not there: 451 to who may send, until it comes" {
	queue_host 'Relay-For: 127.0.0.0/8'
	rm -r spool
	smtpd
	heard_for_elsewhere '451 4.3.0 mail for other hosts *'
	contains smtpd.log \
	    "to=<e@example.net> refused: $T/spool: No such file or directory"
	mkdir spool
	owned spool
	# Those that waited for a connection may have begun without it.
	wait_for 10 heard_for_elsewhere '250 2.1.5 *'
	rm -r spool
	wait_for 10 heard_for_elsewhere '451 4.3.0 *'
}

@test "a queue that is not there: mail for here is taken, strangers refused" {
	queue_host
	rm -r spool
	{ hello; mail_to '<bob@example.org>'; } | talk
	letter bob
	{ hello; printf '%s\n' 'C: MAIL FROM:<a@example.com>' 'S: 250 *' \
	    'C: RCPT TO:<e@example.net>' 'S: 550 5.7.1 *' 'C: QUIT' \
	    'S: 221 *'; } | talk
	{ hello; printf '%s\n' 'C: MAIL FROM:<a@example.com>' 'S: 250 *' \
	    'C: RCPT TO:<e@example.net>' 'S: 451 4.3.0 *' 'C: QUIT' \
	    'S: 221 *'; } | talk smtpd-inetd -r -f mailpipe.conf
	[ ! -e spool ]
}

@test "one process for all, a plain user's: it says when a message came" {
	local file

	open_place
	mkdir -m 700 "$OPEN/spool"
	printf 'Domains: example.org\nSpool: %s\n' "$OPEN/spool" >"$OPEN/conf"
	chmod a+r "$OPEN/conf"
	set -- "$OPEN/smtpd-inetd" -r -f "$OPEN/conf"
	if is_root; then
		chown nobody:nogroup "$OPEN/spool"
		set -- setpriv --reuid nobody --regid nogroup --clear-groups "$@"
	fi
	{ hello; mail_to '<eve@example.net>'; } | talk "$@"
	file=$(find "$OPEN/spool/new" -type f)
	[ "$(sed -n 's/^Arrival: //p' "$file")" -gt $(($(date +%s) - 600)) ]
}

@test "many by one session: nothing but they is left in the queue" {
	local i

	queue_host
	{
		login
		for i in $(seq 45); do
			mail_to '<eve@example.net>' | grep -vE 'QUIT|S: 221'
		done
		printf '%s\n' 'C: QUIT' 'S: 221 *'
	} | submit
	[ "$(find spool/new -type f | wc -l)" -eq 45 ]
	[ "$(find spool -type f | wc -l)" -eq 45 ]
	[ -z "$(ls -A spool/tmp)" ]
}

@test "many by one session: each has the id that it was acknowledged with" {
	local i

	queue_host
	echo 'Max-Message-Size: 100K' >>mailpipe.conf
	{
		login
		for i in $(seq 45); do
			# What comes to nothing, before and after DATA.
			printf '%s\n' 'C: MAIL FROM:<alice@example.org>' 'S: 250 *' \
			    'C: RCPT TO:<eve@example.com>' 'S: 250 *' 'C: RSET' \
			    'S: 250 *'
			[ $((i % 5)) -ne 0 ] || {
				mail_to '<eve@example.com>' | sed '/^C: [.][.]/,$d'
				printf 'C: %0900d\n' $(seq 150)
				printf '%s\n' 'C: .' 'S: 552 *'
			}
			[ $((i % 4)) -ne 0 ] || {
				mail_to '<eve@example.com>' | sed '/^C: [.][.]/,$d'
				printf '%s\n' 'C-RAW: bare \ntext\r\n' 'C: .' 'S: 550 5.6.0 *'
			}
			mail_to '<eve@example.net>' | grep -vE 'QUIT|S: 221'
		done
		printf '%s\n' 'C: QUIT' 'S: 221 *'
	} | submit
	[ "$(find spool -type f | wc -l)" -eq 45 ]
	sed -n 's/.*id=\([^ ]*\) .* accepted$/0000000000.\1/p' log | sort >acknowledged
	same acknowledged <(ls spool/new)
	# Nothing else had one of these.
	[ -z "$(sed -n 's/.*\(id=[^ ]*\) client=.*/\1/p' log | sort | uniq -d)" ]
	for i in spool/new/*; do
		grep -q "^Id: ${i##*.}\$" "$i"
		grep -q " id ${i##*.}\$" "$i"
	done
}

# sessions NUMBER: so many, with a message each.
sessions()
{
	smtp-source -s 4 -m "$1" -f alice@example.org -t eve@example.net \
	    "127.0.0.1:$PORT"
	wait_for 10 none_served
}

@test "many short sessions: nothing but their mail is left in the queue" {
	queue_host
	smtpd -r
	sessions 60
	[ "$(mailq-ls -f mailpipe.conf | wc -l)" -eq 60 ]
	# Another directory has its name.
	mv spool old
	mkdir spool
	owned spool
	sessions 30
	wait_for 60 no_keeper_idle
	for dir in spool:30 old:60; do
		[ "$(find "${dir%:*}" -type f | wc -l)" -eq "${dir#*:}" ]
		[ "$(find "${dir%:*}/new" -type f | wc -l)" -eq "${dir#*:}" ]
		[ -z "$(ls -A "${dir%:*}/tmp")" ]
	done
}

last_child()
{
	[ "$(pgrep -P "$PID_smtpd")" = "$1" ]
}

@test "a listener is not gone before what it had ready for the queue is" {
	queue_host
	smtpd -r
	smtp-source -d -s 4 -m 80 -f alice@example.org -t eve@example.net \
	    "127.0.0.1:$PORT"
	pid=$PID_smtpd
	keeper=$(idle_keepers | head -n 1)
	kill -STOP "$keeper"
	kill -TERM "$pid"
	wait_for 20 last_child "$keeper"
	kill -0 "$pid"
	kill -CONT "$keeper"
	wait_for 20 not kill -0 "$pid"
	[ "$(find spool -type f | wc -l)" -eq 80 ]
	[ -z "$(ls -A spool/tmp)" ]
}

# The spool and the Maildirs in directories of their own, as hosts have them.
@test "another directory in the place of one that mail goes to is used at once" {
	queue_host
	mkdir -m 755 var mail scratch
	mv spool var/
	mv alice bob mail/
	sed -i "s|^Spool: .*|Spool: $T/var/spool|" mailpipe.conf
	sed -i "s|$T/|$T/mail/|" users
	PORT=$(free_port)
	start smtpd systemd-socket-activate -l "127.0.0.1:$PORT" \
	    -E ASAN_OPTIONS -E UBSAN_OPTIONS -E "TMPDIR=$T/scratch" \
	    "$MAILPIPE_BIN/smtpd-inetd" -r -f "$T/mailpipe.conf"
	wait_for 10 listening "$PORT"
	sessions 4
	mv var/spool old
	mkdir var/spool
	owned var/spool
	sessions 4
	[ "$(find old/new -type f -size +0 | wc -l)" -eq 4 ]
	[ "$(find var/spool/new -type f -size +0 | wc -l)" -eq 4 ]
	{ hello; mail_to '<bob@example.org>'; } >script
	converse script
	mv mail old.mail
	cp -a old.mail mail
	converse script
	[ "$(find old.mail/bob/new -type f | wc -l)" -eq 1 ]
	[ "$(find mail/bob/new -type f | wc -l)" -eq 2 ]
}

@test "many by one session: some of them for who is here, too" {
	local i

	queue_host
	{
		login
		for i in $(seq 30); do
			mail_to '<eve@example.net>' '<dan@example.com>' |
			    grep -vE 'QUIT|S: 221'
			[ $((i % 6)) -ne 0 ] ||
			    mail_to '<eve@example.net> NOTIFY=NEVER' '<dan@example.com>' \
			    '<bob@example.org>' '<joe@example.net>' |
			    grep -vE 'QUIT|S: 221'
		done
		# One who is not here behind one who is not there.
		printf '%s\n' 'C: MAIL FROM:<alice@example.org>' 'S: 250 *' \
		    'C: RCPT TO:<eve@example.net>' 'S: 250 *' \
		    'C: RCPT TO:<nobody@example.org>' 'S: 550 5.1.1 *' \
		    'C: RCPT TO:<dan@example.com>' 'S: 250 *' 'C: RSET' 'S: 250 *'
		mail_to '<eve@example.net>'
	} | submit
	[ "$(find bob -type f -path '*new*' | wc -l)" -eq 5 ]
	[ "$(find spool -type f | wc -l)" -eq 36 ]
	for i in spool/new/*; do
		grep '^Recipient: ' "$i" | tr '\n' ' '
		echo
	done | sort | uniq -c | sort -rn | sed 's/^ *//; s/ $//' >sets
	same sets - <<-'.'
		30 Recipient: eve@example.net Recipient: dan@example.com
		5 Recipient: eve@example.net NOTIFY=NEVER Recipient: dan@example.com Recipient: joe@example.net
		1 Recipient: eve@example.net
	.
}

@test "without a queue nothing goes on, and none is made" {
	auth_host
	{ login; cat <<-.; } | submit
		C: MAIL FROM:<alice@example.org>
		S: 250 *
		C: RCPT TO:<eve@example.net>
		S: 451 4.3.0 *
		C: QUIT
		S: 221 *
	.
	[ ! -e spool ]
}

@test "some here, some elsewhere" {
	local file

	queue_host
	{ login; mail_to '<bob@example.org>' '<eve@example.net>'; } | submit
	file=$(queued)
	[ "$(envelope_of "$file" | grep -c ^Recipient:)" -eq 1 ]
	not grep -q '^Return-Path' "$file"
	head -n 1 "$(letter bob)" | grep -qx 'Return-Path: <alice@example.org>'
	tail -n 1 "$(letter bob)" | grep -qx .text
}

@test "DSN, SMTPUTF8, REQUIRETLS and 8BITMIME are kept" {
	queue_host
	MAIL=' RET=HDRS ENVID=QQ+2B314 BODY=8BITMIME SMTPUTF8'
	{ login; mail_to '<eve@example.net> NOTIFY=DELAY,FAILURE ORCPT=rfc822;e+2Bve@example.net' \
	    '<d@example.com> NOTIFY=NEVER ORCPT=utf-8;d\x{FC}@example.com'; } |
	    submit
	envelope_of "$(queued)" >envelope
	cat >lines <<-'.'
		Body: 8BITMIME
		Utf8: yes
		Ret: HDRS
		Envid: QQ+2B314
		Recipient: eve@example.net NOTIFY=FAILURE,DELAY ORCPT=rfc822;e+2Bve@example.net
		Recipient: d@example.com NOTIFY=NEVER ORCPT=utf-8;d\x{FC}@example.com
	.
	grep -Fxf lines envelope | diff lines -
}

@test "values that would be lines of the envelope are refused" {
	queue_host
	{ login; cat <<-.; } | submit
		C: MAIL FROM:<alice@example.org> ENVID=x+0ARecipient:+20e@example.net
		S: 501 5.5.4 *
		C: MAIL FROM:<alice@example.org>
		S: 250 *
		C: RCPT TO:<eve@example.net> ORCPT=rfc822;e+0ASize:+2000@x
		S: 501 5.5.4 *
		C: RCPT TO:<eve@example.net> ORCPT=rfc822;e+00@x
		S: 501 5.5.4 *
		C: RCPT TO:<"e ve\\ "@example.net> NOTIFY=SUCCESS
		S: 250 *
		C: DATA
		S: 354 *
		C: Subject: x
		C: .
		S: 250 *
		C: QUIT
		S: 221 *
	.
	[ "$(envelope_of "$(queued)" | grep -c ^Recipient:)" -eq 1 ]
	grep -Fqx 'Recipient: "e ve\ "@example.net NOTIFY=SUCCESS' "$(queued)"
}

@test "a Maildir that cannot be written now: the queue has the message" {
	queue_host
	rm -r bob
	echo 'not a Maildir' >bob
	owned bob
	{ hello; mail_to '<bob@example.org> NOTIFY=SUCCESS'; } | talk
	grep -qx 'Recipient: bob@example.org NOTIFY=SUCCESS' "$(queued)"
	not grep -q '^Delivered-To\|^Return-Path' "$(queued)"
	not grep -q 'report to' log
}

@test "an alias with members elsewhere: it is forwarded" {
	queue_host "Aliases: $T/aliases"
	echo 'list: bob, eve@example.net' >aliases
	echo 'far: eve@example.net' >>aliases
	{ hello; mail_to '<list@example.org>'; } | talk
	grep -qx 'Recipient: eve@example.net ORCPT=rfc822;list@example.org' \
	    "$(queued)"
	letter bob
	rm -r spool/new
	{
		hello
		mail_to '<list@example.org> ORCPT=rfc822;all@example.net'
	} | talk
	grep -qx 'Recipient: eve@example.net ORCPT=rfc822;all@example.net' \
	    "$(queued)"
	rm -r spool/new
	{ hello; mail_to '<far@example.org>'; } | talk
	# What comes back to the alias is a loop.
	grep -qx 'Delivered-To: far@example.org' "$(queued)"
	sed '1,/^$/d; s/$/\r/' "$(queued)" >again
	rm -r spool/new
	{
		hello
		printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *' \
		    'C: RCPT TO:<far@example.org>' 'S: 250 *' 'C: DATA' \
		    'S: 354 *' 'C: Delivered-To: far@example.org' C: 'C: .' \
		    'S: 554 5.4.6 *' 'C: QUIT' 'S: 221 *'
	} | talk
	nothing_queued
}

@test "an alias with members here and elsewhere: each has it once" {
	queue_host "Aliases: $T/aliases"
	echo 'list: bob, eve@example.net' >aliases
	{ hello; mail_to '<list@example.org> NOTIFY=SUCCESS,FAILURE'; } | talk
	letter bob
	# Of the delivery the sender is told from here.
	contains "$(queued)" 'Recipient: eve@example.net NOTIFY=FAILURE'
	letter alice
	rm -r spool/new
	{ hello; mail_to '<list@example.org> NOTIFY=SUCCESS'; } | talk
	contains "$(queued)" 'Recipient: eve@example.net NOTIFY=NEVER'
	rm -r spool/new bob
	# By way of the queue the alias is looked at once more.
	echo 'not a Maildir' >bob
	owned bob
	{ hello; mail_to '<list@example.org> NOTIFY=SUCCESS'; } | talk
	envelope_of "$(queued)" | grep ^Recipient: >recipients
	same recipients <(echo 'Recipient: list@example.org NOTIFY=SUCCESS')
}

@test "an alias for two owners, of whom one has no room: nobody has it" {
	needs_root
	queue_host "Aliases: $T/aliases"
	echo 'list: alice, bob' >aliases
	{
		hello
		printf '%s\n' 'C: MAIL FROM:<eve@example.net>' 'S: 250 *' \
		    'C: RCPT TO:<list@example.org>' 'S: 250 *' 'C: DATA' \
		    'S: 354 *' 'C: Subject: x' C: 'C: .' 'S: 452 4.3.1 *' \
		    'C: QUIT' 'S: 221 *'
	} | talk unshare -m sh -c 'mount -t tmpfs -o \
	    size=4k,mode=700,uid=64002,gid=64002 tmpfs bob &&
	    cat /dev/zero 2>/dev/null >bob/fill
	    exec smtpd-inetd -f "$T/mailpipe.conf"'
	[ -z "$(find alice/new -type f)" ]
}

@test "a delivery here that was to be reported: the report is in the queue" {
	queue_host
	{ login; MAIL=' ENVID=x1' mail_to '<bob@example.org> NOTIFY=SUCCESS'; } |
	    submit
	letter bob
	# To alice, who is here, too.
	grep -qx 'Subject: .*' "$(letter alice)"
	grep -q '^Action: delivered' "$(letter alice)"
	head -n 1 "$(letter alice)" | grep -qx 'Return-Path: <>'
	nothing_queued
	{ hello; printf '%s\n' 'C: MAIL FROM:<eve@example.net>' 'S: 250 *' \
	    'C: RCPT TO:<bob@example.org> NOTIFY=SUCCESS' 'S: 250 *' 'C: DATA' \
	    'S: 354 *' 'C: Subject: y' 'C: .' 'S: 250 *' 'C: QUIT' 'S: 221 *'; } |
	    talk
	grep -qx 'Sender: ' "$(queued)"
	grep -qx 'Recipient: eve@example.net NOTIFY=NEVER' "$(queued)"
	grep -q '^Action: delivered' "$(queued)"
}

@test "a queue that cannot take it: 451, and nothing is acknowledged" {
	queue_host
	{ login; mail_to '<eve@example.net>'; } | submit
	rm -r spool/new
	echo x >spool/new
	{
		login
		printf '%s\n' 'C: MAIL FROM:<alice@example.org>' 'S: 250 *' \
		    'C: RCPT TO:<eve@example.net>' 'S: 250 *' 'C: DATA' \
		    'S: 451 4.3.0 *' 'C: QUIT' 'S: 221 *'
	} | submit
	[ -z "$(find spool/tmp -type f)" ]
	grep -q 'not stored' log
}

# A session of smtpd-inetd -r whose queue is a disk with so much room.
small_queue()
{
	talk unshare -m sh -c 'mount -t tmpfs -o "$1,mode=700" tmpfs spool &&
	    { [ "$(id -u)" -ne 0 ] || chown 64000 spool; } || exit 99
	smtpd-inetd -r -f "$2"; status=$?
	find spool -type f >left; exit $status' sh "$1" "$T/mailpipe.conf"
}

@test "no room in the queue, at whichever size: 452, and nothing is there" {
	needs_root
	queue_host
	for size in 4k 40k 400k; do
		{
			hello
			printf '%s\n' 'C: MAIL FROM:<alice@example.org>' 'S: 250 *'
			for i in {1..100}; do
				printf '%s\n' "C: RCPT TO:<eve$i@example.net>" \
				    'S: 250 *'
			done
			printf '%s\n' 'C: DATA' 'S: 354 *'
			for i in {1..30}; do
				printf 'C: %015000d\n' "$i"
			done
			printf '%s\n' 'C: .' 'S: 452 4.3.1 *' 'C: QUIT' 'S: 221 *'
		} | small_queue "size=$size" || { echo "$size"; return 1; }
		[ ! -s left ]
	done
	# No inode: the directories are seven.
	for inodes in 4 7; do
		{
			hello
			printf '%s\n' 'C: MAIL FROM:<alice@example.org>' \
			    'S: 250 *' 'C: RCPT TO:<eve@example.net>' 'S: 250 *' \
			    'C: DATA' 'S: 45*' 'C: QUIT' 'S: 221 *'
		} | small_queue "nr_inodes=$inodes" || { echo "$inodes"; return 1; }
		[ ! -s left ]
	done
}

@test "no room for one of many by one session: 452 to that one" {
	needs_root
	queue_host
	{
		hello
		for i in $(seq 20); do
			mail_to '<eve@example.net>' | grep -vE 'QUIT|S: 221'
		done
		printf '%s\n' 'C: MAIL FROM:<alice@example.org>' 'S: 250 *' \
		    'C: RCPT TO:<eve@example.com>' 'S: 250 *' 'C: DATA' \
		    'S: 354 *'
		printf 'C: %015000d\n' $(seq 100)
		printf '%s\n' 'C: .' 'S: 452 4.3.1 *'
		mail_to '<eve@example.net>'
	} | small_queue size=1m
	[ "$(wc -l <left)" -eq 21 ]
}

@test "a queue that anybody may write to is not used" {
	queue_host
	chmod 777 spool
	{
		login
		printf '%s\n' 'C: MAIL FROM:<alice@example.org>' 'S: 250 *' \
		    'C: RCPT TO:<eve@example.net>' 'S: 250 *' 'C: DATA' \
		    'S: 451 4.3.0 *' 'C: QUIT' 'S: 221 *'
	} | submit
	grep -q 'anybody may write to this queue' log
}
