#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# From mailq-add by mailq-run to a real server: one that wants a login, and one
# of LMTP.

load helper
load smtpd
load tls
load submission
load runner

# near LINE ...: another host, with such lines in its configuration near.conf,
# whose User has a home directory; "there" runs a command on it.
near()
{
	mkdir -p bin etc home/.config/mailpipe
	install -m 755 "$MAILPIPE_BIN/mailq-run" "$MAILPIPE_BIN/smtp-send" bin
	cp /etc/passwd /etc/group etc
	echo "sender:x:64005:64005::$T/home:/bin/sh" >>etc/passwd
	echo 'sender:x:64005:' >>etc/group
	chmod 644 etc/*
	printf '%s\n' 'Hostname: near.example.net' "Spool: $T/near" \
	    'User: sender' "$@" >near.conf
	cat >there <<-.
		#!/bin/sh
		export MAILPIPE_CONF=$T/near.conf
		exec unshare -m sh -c 'mount --bind $T/etc/passwd /etc/passwd &&
		    mount --bind $T/etc/group /etc/group && exec "\$@"' sh "\$@"
	.
	chmod 755 there
	chown -R 64005:64005 home
	chmod a+x bin etc "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	printf '%s\n' 'From: eve@near.example.net' 'Subject: hops' '' hello >m
}

# sends STATUS RECIPIENT ...: adds the message and runs the queue
sends()
{
	local status=$1

	shift
	expect 0 ./there mailq-add -f alice@example.org "$@" <m || return 1
	expect_noted "$status" ./there bin/mailq-run -v
}

nothing_left()
{
	[ -z "$(find near -type f -name '*.*' -not -path '*/hosts/*')" ]
}

@test "Smarthost: a URL, and a password of ~/.netrc" {
	needs_root
	mail_host
	export MAILPIPE_CONF=$T/mailpipe.conf
	echo s3cret | mail-passwd -P 0 alice@example.org
	smtpd -S
	near "Smarthost: smtp://alice%40example.org@127.0.0.1:$PORT"
	echo 'machine 127.0.0.1 login alice@example.org password wrong' \
	    >home/.netrc
	chmod 600 home/.netrc
	chown 64005 home/.netrc
	sends 75 bob@example.org
	[ "$(letters bob)" -eq 0 ]
	sed -i s/wrong/s3cret/ home/.netrc
	rm -f near/hosts/*
	expect_noted 0 ./there bin/mailq-run @example.org
	contains "$(letter bob)" 'with ESMTPA id'
	contains "$(letter bob)" 'Subject: hops'
	nothing_left
}

@test "Smarthost: an account, in TLS" {
	needs_root
	auth_host
	smtpd -S
	near 'Smarthost: work'
	install -o 64005 -m 644 ca.pem home/ca.pem
	cat >home/.config/mailpipe/accounts <<-.
		Account: work
		Smtp: smtp://localhost:$PORT
		Tls-Ca: $T/home/ca.pem
		User: alice@example.org
		Password-Command: echo s3cret
	.
	chown 64005 home/.config/mailpipe/accounts
	chmod 600 home/.config/mailpipe/accounts
	sends 0 bob@example.org
	contains "$(letter bob)" 'with ESMTPSA id'
	nothing_left
	contains smtpd.log 'auth=alice@example.org accepted'
}

@test "Route: to LMTP, which refuses one recipient: the sender is told of it" {
	needs_root
	mail_host
	smtpd -L
	near "Route: example.org lmtp://127.0.0.1:$PORT"
	sends 69 bob@example.org nobody@example.org
	contains err 'to=<bob@example.org>'
	contains "$(letter bob)" 'Subject: hops'
	contains "$(letter bob)" 'with LMTP id'
	# By the same way it came back.
	grep -q '^Final-Recipient: rfc822; nobody@example.org$' "$(letter alice)"
	contains "$(letter alice)" 'Status: 5.1.1'
	contains "$(letter alice)" 'Return-Path: <>'
	not grep -q 'Final-Recipient: rfc822; bob@' "$(letter alice)"
	nothing_left
}
