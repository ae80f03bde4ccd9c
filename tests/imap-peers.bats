#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The imap- commands with real servers: Dovecot, which has nearly all that there
# is, Courier, which has little of it, and Cyrus, by every way to log in that
# they have.

load helper
load tls
load machine
load dovecot
load courier
load cyrus

setup()
{
	isolate
	needs_root
	echo pencil >secret
}

# with_secret STATUS command ...: as expect, with what to log in with.
with_secret()
{
	local status=$1 command=$2

	shift 2
	expect "$status" "$command" -p 'cat secret' -o "ca=$T/ca.pem" "$@"
}

# by SAID option ... URL: imap-find says that to log in, and looks for what is
# not there.
by()
{
	local said=$1

	shift
	expect_noted 1 imap-find -v -o "ca=$T/ca.pem" "$@" INBOX from nobody ||
	    return 1
	grep -q "^> [^ ]* $said" err || { show err; return 1; }
}

# refused option ... URL: with another password, or a token that is none.
refused()
{
	echo wrong >wrong
	expect 77 imap-find -p 'cat wrong' -o "ca=$T/ca.pem" "$@" INBOX
}

# every MECHANISM ...: at $PORT and $IMAPS.
every()
{
	local m url

	for url in "$URL" "imaps://alice@localhost:$IMAPS"; do
		for m; do
			by "AUTHENTICATE $m" -A "$m" -p 'cat secret' "$url"
		done
	done
}

@test "Dovecot, by every mechanism" {
	dovecot_imap
	every PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256
	by 'AUTHENTICATE SCRAM-SHA-256' -p 'cat secret' "$URL"
	refused "$URL"
	refused -A PLAIN "$URL"
	refused -A CRAM-MD5 "$URL"
	oauth_token secret >secret
	every OAUTHBEARER XOAUTH2
	refused -A OAUTHBEARER "$URL"
	refused -A XOAUTH2 "$URL"
	certificate alice DNS:alice
	by 'AUTHENTICATE EXTERNAL' -A external -o cert=alice.pem \
	    -o key=alice.key "$URL"
}

@test "Dovecot, by a program that is logged in already" {
	dovecot_imap
	expect_noted 1 imap-find -v "$PIPE" INBOX from nobody
	not grep -q '^> [^ ]* \(LOGIN\|AUTHENTICATE\)' err
}

# Each refusal takes five seconds.
@test "Courier, by every mechanism" {
	courier_imap
	every PLAIN CRAM-MD5
	by 'AUTHENTICATE PLAIN' -p 'cat secret' "$URL"
	refused "$URL"
}

# It offers SCRAM-SHA-256-PLUS, and can do it with no binding of TLS 1.3.
@test "Cyrus, by every mechanism" {
	cyrus_imap
	every PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256
	by 'AUTHENTICATE SCRAM-SHA-256-PLUS' -p 'cat secret' "$URL"
	grep -q '^> [^ ]* AUTHENTICATE SCRAM-SHA-256 ' err
	refused -A SCRAM-SHA-256-PLUS "$URL"
	refused "$URL"
	cyrus_stop
}
