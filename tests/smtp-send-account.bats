#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtp-send by way of an account, and to programs in the place of servers.

load helper
load smtpd
load tls

setup()
{
	isolate
	shopt -s lastpipe
	printf '%s\n' 'From: carol@example.net' 'To: bob@example.org' \
	    'Subject: test' '' Hello >m
	mkdir -p .config/mailpipe
	ACCOUNTS=.config/mailpipe/accounts
}

server()
{
	cat >script
	scripted script
}

takes_all()
{
	printf '%s\n' "C: MAIL FROM:<${1:-carol@example.net}>*" 'S: 250 ok' \
	    'C: RCPT *' 'S: 250 ok' 'C: DATA' 'S: 354 go' C-DATA: \
	    'S: 250 ok' 'C: QUIT' C-END
}

plain()
{
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' 'S: 250 AUTH PLAIN' \
	    "C: AUTH PLAIN $(printf '\0%s\0%s' "$1" "$2" | base64)" \
	    'S: 235 yes'
}

b_got()
{
	[ "$(find bob/new -type f | wc -l)" -eq "$1" ]
}

@test "an account names server, user, password and sender" {
	{ plain alice pencil; takes_all alice@example.org; } | server
	cat >"$ACCOUNTS" <<-.
		# mine
		Account: other
		Smtp: smtp://other.example

		Account: work
		Smtp: smtp://localhost:$PORT
		User: alice
		Password-Command: echo pencil
		From: alice@example.org
	.
	expect 0 smtp-send -a work bob@example.org <m
	scripted_end
	# What the command line says stands before that.
	{ plain alice chalk; takes_all dave@example.org; } | server
	sed -i "s/localhost:[0-9]*/localhost:$PORT/" "$ACCOUNTS"
	expect 0 smtp-send -a work -p 'echo chalk' -f dave@example.org -t <m
	scripted_end
	# Recipients are all that is left.
	expect 64 smtp-send -a work <m
}

@test "an account with what TLS is to be" {
	certificate mx DNS:localhost
	{ echo 'TLS:'; printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250 mx'
	takes_all; } | server
	cat >"$ACCOUNTS" <<-.
		Account: work
		Smtp: smtps://localhost:$PORT
		Tls-Ca: ~/ca.pem
	.
	expect 0 smtp-send -a work bob@example.org <m
	scripted_end
	{ echo 'TLS-FAIL:'; } | server
	sed -i "s/localhost:[0-9]*/localhost:$PORT/" "$ACCOUNTS"
	self_signed another DNS:localhost
	expect 75 smtp-send -a work -o ca=another.pem bob@example.org <m
	contains err certificate
	scripted_end
	{ echo 'TLS:'; printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250 mx'
	takes_all; } | server
	cat >"$ACCOUNTS" <<-.
		Account: work
		Smtp: smtps://localhost:$PORT
		Tls-Pin: sha256:$(openssl x509 -in mx.pem -noout -pubkey |
		    openssl pkey -pubin -outform der | openssl dgst -sha256 -r |
		    cut -d' ' -f1)
	.
	expect 0 smtp-send -a work bob@example.org <m
	scripted_end
}

@test "accounts that are no good: 78, and the line" {
	local text why

	expect 78 smtp-send -a work b@example.org <m
	contains err '.config/mailpipe/accounts: No such file'
	while IFS='|' read -r text why; do
		printf "$text" >"$ACCOUNTS"
		expect 78 smtp-send -a work b@example.org <m
		contains err "$why"
	done <<-'.'
		Account: home\n|accounts: no account "work"
		Account: work\n|account work: it has no Smtp
		Account: work\nSmtp: x\nPort: 5\n|line 3: Port: unknown key
		Account: work\nSmtp: x\n|not a server
		Account: work\nSmtp: smtp://a:b@c\n|a password does not belong
		Account: work\nSmtp: smtps://c\nTls: none\n|tls=none
		Account: work\nSmtp: smtp://c\nTls-Pin: md5:x\n|Tls-Pin: not
		Account: work\nSmtp: smtp://c\nPassword-Command: x\n|who logs in
	.
	printf 'Account: work\nSmtp: smtp://localhost:1\n' >"$ACCOUNTS"
	chmod 660 "$ACCOUNTS"
	expect 78 smtp-send -a work b@example.org <m
	contains err 'others may write to it'
	chmod 644 "$ACCOUNTS"
	expect 75 smtp-send -a work b@example.org <m
	mkdir -p elsewhere/mailpipe
	XDG_CONFIG_HOME=$T/elsewhere expect 78 smtp-send -a work \
	    b@example.org <m
	contains err 'elsewhere/mailpipe/accounts: No such file'
}

@test "a program in the place of a server" {
	mail_host
	expect_noted 0 smtp-send "pipe:smtpd-inetd -f $T/mailpipe.conf" \
	    bob@example.org <m
	b_got 1
	# Quotes keep words together, and no shell sees them.
	mkdir "a dir"
	cp mailpipe.conf 'a dir/$(conf)'
	expect_noted 0 smtp-send "pipe:smtpd-inetd -f '$T/a dir/\$(conf)'" \
	    bob@example.org bob@example.org <m
	b_got 2
	expect 67 smtp-send "pipe:smtpd-inetd -f $T/mailpipe.conf" \
	    nobody@example.org <m
	# Many over one of them.
	for i in 1 2 3; do
		cp m "m$i"
		echo "m$i"
	done >list
	expect_noted 0 smtp-send -l "pipe:smtpd-inetd -f $T/mailpipe.conf" \
	    bob@example.org <list
	[ "$(cut -f3 out | sort | uniq -c | tr -s ' ')" = ' 3 sent' ]
	b_got 5
}

@test "an account whose server is a program that wants a login" {
	{ plain alice pencil; takes_all; } >script
	cat >"$ACCOUNTS" <<-.
		Account: far
		Smtp: pipe:python3 $TESTS/peer/pipe.py $T/script
		User: alice
		Password-Command: echo pencil
	.
	expect 0 smtp-send -a far bob@example.org <m
}

@test "a program that fails: its status is told" {
	expect 75 smtp-send "pipe:sh -c 'exit 9'" bob@example.org <m
	contains err 'bob@example.org: sh: greeting: closed by the peer'
	contains err 'it ended with status 9'
	expect 75 smtp-send 'pipe:true' bob@example.org <m
	contains err 'true: greeting: closed by the peer'
	expect 78 smtp-send 'pipe:/nowhere/smtpd' bob@example.org <m
	contains err '/nowhere/smtpd: run: No such file'
	expect 78 smtp-send 'pipe:' bob@example.org <m
	expect 78 smtp-send "pipe:sh 'x" bob@example.org <m
	# One that is killed in the middle.
	expect 75 smtp-send "pipe:sh -c 'echo 220 mx; kill -9 \$\$'" \
	    bob@example.org <m || contains err 'bare CR or LF'
	expect 75 smtp-send "pipe:sh -c 'printf \"220 mx\\r\\n\"; kill -9 \$\$'" \
	    bob@example.org <m
	contains err 'it ended with status 137'
}

@test "a program that stays: it is killed" {
	expect 75 smtp-send -o timeout=1 \
	    "pipe:sh -c 'echo \$\$ >pid; trap \"\" TERM; while :; do sleep 60; done'" \
	    bob@example.org <m
	contains err 'did not end within 5 s'
	not kill -0 "$(cat pid)"
}

# The accounts of the page, with the server of the test.
@test "the examples of the manuals" {
	certificate mx DNS:localhost
	SSL_CERT_FILE=$T/ca.pem
	PATH=$T:$PATH
	export SSL_CERT_FILE
	printf '#!/bin/sh\necho pencil\n' >pass
	# ssh HOST COMMAND
	printf '#!/bin/sh\nshift\nexec "$@" -f "%s"\n' "$T/mailpipe.conf" >ssh
	chmod +x pass ssh
	mail_host
	cp m message
	{ echo 'TLS:'; plain alice@example.org pencil
	takes_all alice@example.org; } | server
	awk '/^\.Bd/ { on = 1; next } /^\.Ed/ { on = 0 } on' \
	    "${TESTS%/*}/man/mailpipe-accounts.5" |
	    sed "s,smtps://mx.example.org,smtps://localhost:$PORT," \
	    >"$ACCOUNTS"
	awk '/^\.Bd/ { on = 1; next } /^\.Ed/ { on = 0 }
		on && /-a work|pipe:ssh/' \
	    "${TESTS%/*}/man/smtp-send.1" >example.sh
	[ "$(wc -l <example.sh)" -eq 2 ]
	expect_noted 0 sh -e example.sh
	scripted_end
	b_got 1
	expect_noted 0 smtp-send -a home -t <message
	b_got 2
}
