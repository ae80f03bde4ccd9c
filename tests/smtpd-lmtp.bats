#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd -L: LMTP, a reply for each recipient (RFC 2033).

load helper
load smtpd

# alice, bob, and carol, whose Maildir is a file.
lmtp_host()
{
	[ -e "$T/mailpipe.conf" ] || mail_host
	echo "carol@example.org:!:$T/carol" >>"$T/users"
	: >"$T/carol"
	owned "$T/carol"
}

lmtp()
{
	lmtp_host
	talk smtpd-inetd -L -f "$T/mailpipe.conf"
}

lhlo()
{
	printf '%s\n' 'S: 220 mx.example.org LMTP mailpipe' \
	    'C: LHLO client.example' 'S-ALL: 250-*'
}

# Up to the reply to DATA.
mail_to()
{
	printf '%s\n' 'C: MAIL FROM:<alice@example.net>' 'S: 250 2.1.0 *'
	for to; do
		printf '%s\n' "C: RCPT TO:<$to@example.org>" 'S: 250 2.1.5 *'
	done
	printf '%s\n' 'C: DATA' 'S: 354 *'
}

lmtp_socket()
{
	mkdir -m 755 "$T/run"
	start lmtpd systemd-socket-activate -l "$T/run/lmtp" -E MAILPIPE_TEST \
	    -E TZ -E ASAN_OPTIONS -E UBSAN_OPTIONS \
	    "$MAILPIPE_BIN/smtpd-inetd" -L -f "$T/mailpipe.conf"
	wait_for 10 test -S "$T/run/lmtp"
	chmod 666 "$T/run/lmtp"
}

@test "LHLO alone: HELO and EHLO are refused, as LHLO is in SMTP" {
	{ printf '%s\n' 'S: 220 *' 'C: HELO a' 'S: 500 5.5.1 *' 'C: EHLO a' \
	    'S: 500 5.5.1 *' 'C: MAIL FROM:<>' 'S: 503 *' 'C: LHLO a' \
	    'S-ALL: 250-*PIPELINING*' 'C: MAIL FROM:<>' 'S: 250 *' 'C: DATA' \
	    'S: 503 5.5.1 *' 'C: RCPT TO:<no@example.org>' 'S: 550 *' \
	    'C: DATA' 'S: 503 5.5.1 *' 'C: QUIT' 'S: 221 *' S-END; } | lmtp
	printf '%s\n' 'S: 220 *' 'C: LHLO a' 'S: 500 5.5.1 *' 'C: QUIT' \
	    'S: 221 *' S-END | talk
}

@test "a reply for each recipient, in order, also for one said twice" {
	{ lhlo; mail_to bob carol alice bob+x
	    printf '%s\n' 'C: Subject: x' 'C:' 'C: text' 'C: .' \
		'S: 250 2.0.0 accepted as *' 'S: 451 4.3.0 *' \
		'S: 250 2.0.0 accepted as *' 'S: 250 2.0.0 accepted as *' \
		'C: NOOP' 'S: 250 2.0.0 here'
	    mail_to carol bob
	    printf '%s\n' 'C: Subject: y' 'C: .' 'S: 451 4.3.0 *' 'S: 250 *' \
		'C: QUIT' 'S: 221 *' S-END; } | lmtp
	[ "$(letters alice)$(letters bob)" = 12 ]
	tmp_clean
	file=$(letter alice)
	contains "$file" 'with LMTP id'
	not grep -q 'bob\|Delivered-To' "$file"
	# Each mailbox has its own.
	[ "$(stat -c %h "$file")" -eq 1 ]
	[ "$(grep -c 'not stored: .*Not a directory' "$T/log")" -eq 2 ]
	[ "$(grep -c ' accepted$' "$T/log")" -eq 2 ]
}

@test "one recipient alone: refused with DATA, or with its reply" {
	{ lhlo; mail_to carol | sed '$s/.*/S: 451 4.3.0 */'
	    mail_to bob
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *' 'C: QUIT' \
		'S: 221 *' S-END; } | lmtp
	contains "$(letter bob)" 'Delivered-To: bob@example.org'
	contains "$(letter bob)" 'for <bob@example.org>'
}

@test "new/ that cannot be written: its recipient alone is refused" {
	mail_host
	{ lhlo; mail_to alice bob
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 451 4.3.0 *' 'S: 250 *'
	    mail_to alice
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 451 4.3.0 *'; } >"$T/s"
	rm -r "$T/alice/new"
	: >"$T/alice/new"
	owned "$T/alice"
	lmtp <"$T/s"
	[ "$(letters bob)" -eq 1 ]
	contains "$T/log" '451 4.3.0 not stored for anybody'
	tmp_clean
}

@test "no room: those who have room have the message" {
	needs_root
	lmtp_host
	mkdir "$T/small"
	echo "dora@example.org:!:$T/small/dora" >>"$T/users"
	{ lhlo; mail_to dora bob
	    printf '%s\n' 'C-REPEAT: 30000 abcdefgh\r\n' 'C: .' \
		'S: 452 4.3.1 *' 'S: 250 *'; } |
	    talk unshare -m sh -c '
		mount -t tmpfs -o size=64k,uid=64000 tmpfs "$1/small"
		exec smtpd-inetd -L -f "$1/mailpipe.conf"' - "$T"
	[ "$(letters bob)" -eq 1 ]
	[ "$(stored "$(letter bob)" | wc -l)" -eq 30001 ]
	tmp_clean
}

@test "an alias: good where all of its mailboxes have it" {
	lmtp_host
	printf '%s\n' 'all: bob, alice' 'some: carol, bob' >"$T/aliases"
	echo "Aliases: $T/aliases" >>"$T/mailpipe.conf"
	{ lhlo; mail_to some all bob carol
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 451 4.3.0 *' 'S: 250 *' \
		'S: 250 *' 'S: 451 4.3.0 *' 'C: QUIT' 'S: 221 *' S-END; } |
	    lmtp
	# Each mailbox has it once, whoever named it.
	[ "$(letters alice)$(letters bob)" = 11 ]
	not [ "$(letter alice)" -ef "$(letter bob)" ]
	tmp_clean
}

@test "a quota: its recipient alone is refused" {
	mail_host
	echo "dora@example.org:!:$T/dora:250" >>"$T/users"
	mkdir -p "$T/dora"/{cur,new,tmp} "$T"/dora/.x/{cur,new,tmp}
	owned "$T/dora"
	echo 'Detail-Folder: yes' >>"$T/mailpipe.conf"
	{ lhlo; mail_to dora bob
	    printf '%s\n' 'C-REPEAT: 100 abcdefgh\r\n' 'C: .' \
		'S: 452 4.2.2 *' 'S: 250 *'
	    # For one of the two there is room: the folder counts, too.
	    mail_to dora+x dora bob
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *' \
		'S: 452 4.2.2 *' 'S: 250 *'; } |
	    talk smtpd-inetd -L -f "$T/mailpipe.conf"
	[ "$(letters bob)$(letters dora)" = 20 ]
	[ "$(find "$T/dora/.x/new" -type f | wc -l)" -eq 1 ]
	[ "$(tail -n +2 "$T/dora/maildirsize" |
	    awk '{ n += $2 } END { print n }')" -eq 1 ]
	tmp_clean
}

@test "a filter: what it says is said for each" {
	mail_host
	echo "Filter: sh -c 'grep -q spam && { echo no >&2; exit 1; } || :'" \
	    >>"$T/mailpipe.conf"
	# Filters are run as another user, where root runs the test.
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}"
	chmod 1777 "$T"
	{ lhlo; mail_to alice bob
	    printf '%s\n' 'C: Subject: spam' 'C: .' 'S: 550 5.7.1 no' \
		'S: 550 5.7.1 no'
	    mail_to alice bob
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *' 'S: 250 *'; } |
	    talk smtpd-inetd -L -f "$T/mailpipe.conf"
	[ "$(letters alice)$(letters bob)" = 11 ]
	tmp_clean
}

@test "a refused message: the same for each, and one error" {
	{ lhlo
	    for _ in 1 2 3; do
		mail_to alice bob carol alice+x bob+x
		printf '%s\n' 'C-RAW: Subject: x\n\r\n.\r\n' 'S: 550 5.6.0 *' \
		    'S: 550 5.6.0 *' 'S: 550 5.6.0 *' 'S: 550 5.6.0 *' \
		    'S: 550 5.6.0 *'
	    done
	    printf '%s\n' 'C: QUIT' 'S: 221 *' S-END; } | lmtp
	nothing_stored
}

# OpenSMTPD writes it before it hands a message over.
@test "Delivered-To: a loop below Received, above it this delivery" {
	local first='C: Delivered-To: bob@example.org' second='C: Received: x'

	{ lhlo; mail_to bob
	    printf '%s\n' "$first" "$second" 'C: .' 'S: 250 *'
	    mail_to bob
	    printf '%s\n' "$second" "$first" 'C: .' 'S: 554 5.4.6 *'
	    printf '%s\n' 'C: QUIT' 'S: 221 *' S-END; } | lmtp
	[ "$(letters bob)" -eq 1 ]
	{ envelope; printf '%s\n' "$first" "$second" 'C: .' 'S: 554 5.4.6 *'
	    } | talk
}

# exim, for one, gives all the recipients of its message in one go.
@test "recipients that are not here are no mistakes of the client" {
	{ lhlo; printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *'
	    for n in $(seq 30); do
		printf '%s\n' "C: RCPT TO:<u$n@example.org>" 'S: 550 5.1.1 *'
	    done
	    printf '%s\n' 'C: RCPT TO:<bob@example.org>' 'S: 250 *' 'C: DATA' \
		'S: 354 *' 'C: Subject: x' 'C: .' 'S: 250 *' 'C: QUIT' \
		'S: 221 *' S-END; } | lmtp
	[ "$(letters bob)" -eq 1 ]
}

@test "100 mailboxes are the most for one message" {
	lmtp_host
	for n in $(seq 101); do
		mkdir -p "$T/box$n/cur" "$T/box$n/new" "$T/box$n/tmp"
		echo "u$n@example.org:!:$T/box$n"
	done >>"$T/users"
	owned "$T"/box*
	{ lhlo; printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *'
	    for n in $(seq 100); do
		printf '%s\n' "C: RCPT TO:<u$n@example.org>" 'S: 250 *'
	    done
	    printf '%s\n' 'C: RCPT TO:<u101@example.org>' 'S: 452 4.5.3 *' \
		'C: RCPT TO:<u1@example.org>' 'S: 250 *' 'C: DATA' 'S: 354 *' \
		'C: Subject: x' 'C: .'
	    yes 'S: 250 *' | head -n 101
	    printf '%s\n' 'C: QUIT' 'S: 221 *' S-END; } | lmtp
	[ "$(ls "$T"/box*/new/* | wc -l)" -eq 100 ]
	tmp_clean
}

@test "the client hangs up in the middle: nothing for anybody" {
	{ lhlo; mail_to bob carol alice
	    printf '%s\n' 'C: Subject: x' HANGUP 'STATUS: 75'; } | lmtp
	nothing_stored
}

@test "swaks --protocol LMTP, on a local socket" {
	lmtp_host
	lmtp_socket
	swaks --protocol LMTP --socket "$T/run/lmtp" --from a@example.net \
	    --to bob@example.org,carol@example.org,alice@example.org \
	    --helo swaks.example --data 'Subject: swaks\n\nhi\n' \
	    >"$T/swaks" 2>&1 || :
	[ "$(letters alice)$(letters bob)" = 11 ]
	contains "$(letter bob)" 'from swaks.example (local)'
	[ "$(grep -c '^<.* 250 2.0.0 accepted' "$T/swaks")" -ge 1 ]
}

@test "a real postfix as the client: who failed stays in its queue" {
	local sbin=/usr/lib/postfix/sbin

	needs_root
	lmtp_host
	lmtp_socket
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	PORT=$(free_port)
	mkdir -p conf spool data
	chown postfix data
	chmod 755 spool conf
	printf '%s\n' "127.0.0.1:$PORT inet n - n - - smtpd" \
	    'cleanup unix n - n - 0 cleanup' 'qmgr unix n - n 300 1 qmgr' \
	    'rewrite unix - - n - - trivial-rewrite' \
	    'bounce unix - - n - 0 bounce' 'defer unix - - n - 0 bounce' \
	    'trace unix - - n - 0 bounce' 'lmtp unix - - n - - lmtp' \
	    'proxymap unix - - n - - proxymap' 'error unix - - n - - error' \
	    'retry unix - - n - - error' 'anvil unix - - n - 1 anvil' \
	    'postlog unix-dgram n - n - 1 postlogd' \
	    >conf/master.cf
	cat >conf/main.cf <<-.
		compatibility_level = 3.6
		queue_directory = $T/spool
		data_directory = $T/data
		daemon_directory = $sbin
		myhostname = postfix.example.org
		mydestination =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		alias_maps =
		alias_database =
		virtual_mailbox_domains = example.org
		virtual_transport = lmtp:unix:$T/run/lmtp
		smtpd_peername_lookup = no
		maillog_file = /dev/stdout
		maillog_file_prefixes = /
	.
	postfix -c "$T/conf" check >check.log 2>&1 || :
	start postfix "$sbin/master" -c "$T/conf" -d
	wait_for 10 listening "$PORT"
	printf 'Subject: by LMTP\n\n.caf\303\251\n' |
	    expect 0 smtp-send -f a@example.net "smtp://127.0.0.1:$PORT" \
	    alice@example.org carol@example.org bob@example.org
	wait_for 20 grep -q 'to=<carol@example.org>.*status=deferred' \
	    postfix.log
	wait_for 20 grep -q 'to=<bob@example.org>.*status=sent' postfix.log
	wait_for 20 grep -q 'to=<alice@example.org>.*status=sent' postfix.log
	contains postfix.log '451 4.3.0 the message cannot be stored now'
	contains "$(letter bob)" 'from postfix.example.org (local)'
	contains "$(letter bob)" 'with LMTP id'
	[ "$(tail -n 1 "$(letter alice)")" = "$(printf '.caf\303\251')" ]
}

@test "smtpd-inetd(8): delivery for a postfix" {
	lmtp_host
	sed -n 's,^systemd-socket-activate -l /run/mailpipe/lmtp,&,p' \
	    "$BATS_TEST_DIRNAME/../man/smtpd-inetd.8" |
	    sed "s,/run/mailpipe/lmtp,$T/lmtp,; s/^/exec /" >example
	[ -s example ]
	export MAILPIPE_CONF=$T/mailpipe.conf
	sed -i 's/activate/& -E MAILPIPE_CONF -E PATH/' example
	start lmtpd sh -e example
	wait_for 10 test -S "$T/lmtp"
	swaks --protocol LMTP --socket "$T/lmtp" --from a@example.net \
	    --to bob@example.org --helo x --body hi >"$T/swaks" 2>&1
	[ "$(letters bob)" -eq 1 ]
}
