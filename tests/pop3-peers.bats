#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3-ls, pop3-fetch and pop3-rm with real servers: Dovecot and Courier, by
# every way to log in that they have.  Neither doubles a dot that begins the
# first line of a message, which is why there is none here that begins so.

load helper
load tls
load machine
load dovecot
load courier
load pop3
load popclients
load popserver

setup()
{
	isolate
	needs_root
	letters row 1 2 3 4 6 7 8
	echo pencil >secret
}

# by SAID option ... URL: pop3-fetch says that to log in, and has everything.
by()
{
	local said=$1

	shift
	rm -rf got state
	popclient_state pop3-fetch
	expect_noted 0 pop3-fetch -v -s "$T/state/log" \
	    -m "$T/got/pop3-fetch" -o "ca=$T/ca.pem" "$@" || return 1
	grep -q "^> $said" err || { show err; return 1; }
	as_sent pop3-fetch row
}

# refused option ... URL: with another password, or a token that is none.
refused()
{
	echo wrong >wrong
	expect 77 pop3-fetch -n -s "$T/state/other" -m "$T/got/pop3-fetch" \
	    -p 'cat wrong' -o "ca=$T/ca.pem" "$@"
}

from_dovecot()
{
	by "$@" && return 0
	show dovecot/log
	return 1
}

from_courier()
{
	by "$@" && return 0
	show courier.log
	return 1
}

@test "from Dovecot, by every mechanism" {
	local m urls

	dovecot_pop3
	mail_in dovecot/home row/*
	urls="$URL pop3s://alice@localhost:$POP3S"
	for URL in $urls; do
		for m in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256; do
			from_dovecot "AUTH $m" -A "$m" -p 'cat secret' "$URL"
			refused -A "$m" "$URL"
		done
		from_dovecot 'AUTH SCRAM-SHA-256' -p 'cat secret' "$URL"
		from_dovecot 'USER alice' -A pass -p 'cat secret' "$URL"
		refused -A pass "$URL"
		from_dovecot APOP -A apop -p 'cat secret' "$URL"
		refused -A apop "$URL"
	done
	oauth_token secret >secret
	for URL in $urls; do
		for m in OAUTHBEARER XOAUTH2; do
			from_dovecot "AUTH $m" -A "$m" -p 'cat secret' "$URL"
			refused -A "$m" "$URL"
		done
	done
	certificate alice DNS:alice
	for URL in $urls; do
		from_dovecot 'AUTH EXTERNAL' -A external -o cert=alice.pem \
		    -o key=alice.key "$URL"
	done
}

# It takes five seconds to refuse.
@test "from Courier, by every mechanism" {
	local m urls

	mkdir -p courier/Maildir/cur courier/Maildir/new courier/Maildir/tmp
	mail_in courier/Maildir row/*
	courier_pop3
	urls="$URL pop3s://alice@localhost:$POP3S"
	for URL in $urls; do
		for m in PLAIN LOGIN CRAM-MD5; do
			from_courier "AUTH $m" -A "$m" -p 'cat secret' "$URL"
		done
		from_courier 'AUTH PLAIN' -p 'cat secret' "$URL"
		from_courier 'USER alice' -A pass -p 'cat secret' "$URL"
	done
	refused "$URL"
	refused -A pass "$URL"
}

# What pop3-ls says is what is there; what pop3-rm removes, and nothing else,
# is not there any more, nor fetched again.
lists_and_removes()
{
	local uid

	popclient_state pop3-fetch
	expect 0 pop3-ls -p 'cat secret' -o ca=ca.pem "$URL"
	cp out list
	[ "$(cut -f 1 list | tr '\n' ' ')" = '1 2 3 4 5 6 7 ' ]
	uid=$(sed -n 2p list | cut -f 3)
	expect 0 pop3-rm -p 'cat secret' -o ca=ca.pem "$URL" "$uid"
	expect 1 pop3-rm -p 'cat secret' -o ca=ca.pem "$URL" "$uid"
	expect 0 pop3-ls -p 'cat secret' -o ca=ca.pem "$URL"
	cut -f 2,3 out >left
	sed 2d list | cut -f 2,3 >want
	same want left
	expect 0 pop3-fetch -s "$T/state/log" -m "$T/got/pop3-fetch" \
	    -p 'cat secret' -o ca=ca.pem -d "$URL"
	[ "$(got pop3-fetch)" -eq 6 ]
	expect 0 pop3-ls -p 'cat secret' -o ca=ca.pem "$URL"
	[ ! -s out ]
}

@test "Dovecot: list, remove, fetch and delete" {
	dovecot_pop3
	mail_in dovecot/home row/*
	lists_and_removes
	[ -z "$(find dovecot/home/new dovecot/home/cur -type f)" ]
}

@test "Courier: list, remove, fetch and delete" {
	mkdir -p courier/Maildir/cur courier/Maildir/new courier/Maildir/tmp
	mail_in courier/Maildir row/*
	courier_pop3
	lists_and_removes
	[ -z "$(find courier/Maildir/new courier/Maildir/cur -type f)" ]
}

# Who does not say UTF8 gets from Courier a letter about the letter.
@test "Courier: a header in UTF-8 comes as it is" {
	rm -r row
	mkdir -p row courier/Maildir/cur courier/Maildir/new courier/Maildir/tmp
	printf 'From: J\303\274rgen <j@example.org>\nSubject: h\303\251\n\n1\n' \
	    >row/1
	printf 'From: j@example.org\nSubject: ASCII\n\n2\n' >row/2
	mail_in courier/Maildir row/*
	courier_pop3
	from_courier UTF8 -p 'cat secret' "$URL"
	expect 0 pop3-fetch -s state/other -m other -p 'cat secret' -o ca=ca.pem \
	    -o utf8=no "$URL"
	grep -rq 'Cannot display Unicode content' other
}
