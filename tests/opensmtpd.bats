#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A real OpenSMTPD: smtp-send to it, and it to smtpd-inetd.  That of Debian 12
# cannot begin TLS as the server (its issue 1171: OpenSSL 3), and so nobody logs
# in there.

load helper
load opensmtpd
load smtpd
load submission
load tls

setup_file()
{
	[ "$(id -u)" -ne 0 ] || "${BATS_TEST_FILENAME%/*}/peer/unpack"
}

setup()
{
	isolate
	printf '%s\n' 'From: alice@example.org' 'Subject: test' '' Hello >m
	echo pencil >password
}

# It takes mail for bob into a Maildir.
takes_mail()
{
	opensmtpd_ports
	mkdir -p bob/Maildir/{cur,new,tmp}
	chown -R 64000:64000 bob
	opensmtpd_up <<-.
		table people { bob = "64000:64000:$T/bob" }
		listen on 127.0.0.1 port $PORT hostname mx.example.org
		action in maildir userbase <people>
		match from any for domain "example.org" action in
	.
	URL=smtp://127.0.0.1:$PORT
}

# The only letter is the message, with what it put before it.
arrived()
{
	local file

	wait_for 20 sh -c '[ "$(ls bob/Maildir/new | wc -l)" -eq 1 ]' ||
	    { show opensmtpd.log; return 1; }
	file=$(echo bob/Maildir/new/*)
	tail -c "$(stat -c %s m)" "$file" >got
	same m got || return 1
	mv "$file" letter
}

@test "smtp-send: every kind of line" {
	needs_root
	takes_mail
	{
		printf '%s\n' 'From: alice@example.org' 'Date: now' \
		    'Message-ID: <x@y>' '' . .. .x x.
		printf 'caf\303\251\n\n\n%0990d\n' 0
		seq 20000
	} >m
	expect 0 smtp-send "$URL" bob@example.org <m
	arrived
}

@test "smtp-send: DSN, and recipients that are refused" {
	needs_root
	takes_mail
	sed -i '1i Message-ID: <x@y>\nDate: now' m
	expect_noted 0 smtp-send -v -N never -R hdrs -V 'id+1' "$URL" \
	    bob@example.org <m
	grep -q '^> MAIL .* RET=HDRS ENVID=id+2B1' err
	grep -q '^> RCPT .* NOTIFY=NEVER' err
	arrived
	expect_noted 69 smtp-send -r "$URL" bob@example.org \
	    nobody@elsewhere.example <m
	cut -f 2-5 out >got
	same got <(printf '%s\t%s\t%s\t%s\n' bob@example.org sent 250 2.0.0 \
	    nobody@elsewhere.example failed 550 '')
	arrived
}

# smtpd-inetd for alice, bob, and carol, whose Maildir is a file, with the
# options, and OpenSMTPD, which sends there by the action.
sends()
{
	local action=$1

	shift
	auth_host
	chmod 644 mailpipe.conf users
	echo "carol@example.org:!:$T/carol" >>users
	: >carol
	owned carol
	smtpd "$@"
	MX=$PORT
	opensmtpd_ports
	opensmtpd_up <<-.
		table secrets { us = "alice@example.org:s3cret" }
		table people { bob = "64000:64000:$T", carol = "64000:64000:$T" }
		listen on 127.0.0.1 port $PORT hostname relay.example.org
		action onward ${action//%MX%/$MX}
		match from any for domain "example.org" action onward
	.
	URL=smtp://127.0.0.1:$PORT
	sed -i '1i Message-ID: <x@y>\nDate: now' m
}

relayed()
{
	wait_for 20 grep -q "to=<$1@.*result=\"Ok\".*250 2.0.0" opensmtpd.log ||
	    { show opensmtpd.log; return 1; }
	tail -c "$(stat -c %s m)" "$(letter "$1")" >got
	same m got
}

@test "OpenSMTPD sends to smtpd-inetd: STARTTLS, an outcome for each" {
	needs_root
	sends 'relay host smtp+tls://localhost:%MX%'
	expect 0 smtp-send -f a@example.net "$URL" alice@example.org \
	    nobody@example.org bob@example.org <m
	relayed alice
	relayed bob
	opensmtpd_says '550 5.1.1'
	grep 'to=<nobody@.*result="PermFail".*550 5.1.1' opensmtpd.log
	contains smtpd.log ' tls=TLSv1.3 accepted'
}

@test "OpenSMTPD sends to smtpd-inetd -S: STARTTLS, AUTH" {
	needs_root
	sends 'relay host smtp+tls://us@localhost:%MX% auth <secrets>' -S
	expect 0 smtp-send -f alice@example.org "$URL" bob@example.org <m
	relayed bob
	contains smtpd.log ' tls=TLSv1.3 auth=alice@example.org accepted'
}

@test "OpenSMTPD sends to smtpd-inetd -ST: AUTH" {
	needs_root
	sends 'relay host smtps://us@localhost:%MX% auth <secrets>' -ST
	expect 0 smtp-send -f alice@example.org "$URL" bob@example.org <m
	relayed bob
	contains smtpd.log ' tls=TLSv1.3 auth=alice@example.org accepted'
}

# It says Delivered-To itself.
@test "OpenSMTPD sends to smtpd-inetd -L: over TCP" {
	needs_root
	sends 'lmtp "127.0.0.1:%MX%" rcpt-to userbase <people>' -L
	expect 0 smtp-send -f a@example.net "$URL" bob@example.org \
	    carol@example.org <m
	opensmtpd_says '451 4.3.0 the message cannot be stored now'
	opensmtpd_says 'result=Ok'
	grep 'to=<carol@.* result=TempFail .*451 4.3.0' opensmtpd.log
	grep 'to=<bob@.* result=Ok ' opensmtpd.log
	tail -c "$(stat -c %s m)" "$(letter bob)" >got
	same m got
}
