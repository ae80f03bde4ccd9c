#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A network of machines: ours, one with postfix, one with exim, and one with the
# zones; each asks a resolver of its own, which validates.

load helper
load tls
load dns
load postfix
load network

setup()
{
	needs_root
	isolate
}

# Postfix says of each who came to it.
connections()
{
	[ "$(grep -c 'smtpd.*: connect from' postfix/log)" -eq "$1" ] &&
	    return 0
	show postfix/log
	return 1
}

@test "mail flows all ways, and a report of each delivery that is wanted" {
	network ours postfix exim
	ours_up </dev/null
	postfix_starts
	exim_starts
	# Between the others, and to us.
	letter carol@example.net dave@example.com |
	    on postfix sendmail -f carol@example.net dave@example.com
	letter dave@example.com carol@example.net |
	    on exim exim4 -f dave@example.com carol@example.net
	letter dave@example.com alice@example.org |
	    on exim exim4 -f dave@example.com alice@example.org
	letter carol@example.net bob@example.org |
	    on postfix sendmail -f carol@example.net -N success bob@example.org
	arrived postfix carol 1
	arrived exim dave 1
	arrived ours alice 1
	arrived ours bob 1
	contains "$(newest ours bob)" 'Return-Path: <carol@example.net>'
	# From us: what bob's arrival made us report, and two of alice's.
	queued alice@example.org carol@example.net -N success
	queued alice@example.org dave@example.com
	waiting 3
	runs 0
	waiting 0
	arrived postfix carol 3
	arrived exim dave 2
	contains run.log 'to=<dave@example.com> relay=mx.example.com'
	grep -lr 'Action: delivered' postfix/home/carol/Maildir/new
	grep -r 'Final-Recipient:.*bob@example.org' postfix/home/carol/Maildir
	# Postfix reports to alice.
	arrived ours alice 2
	contains "$(newest ours alice)" 'Action: delivered'
	shown ours alice
	contains shown 'carol@example.net'
}

@test "a user logs in and sends, and nobody else can" {
	network ours postfix
	ours_up </dev/null
	postfix_starts
	cp ca.pem ours/ca.pem
	chmod 644 ours/ca.pem
	letter alice@example.org carol@example.net >m
	on ours smtp-send -p 'echo secret' -o ca=ours/ca.pem \
	    -f alice@example.org smtps://alice@mx.example.org \
	    carol@example.net <m
	on ours smtp-send -p 'echo secret' -o ca=ours/ca.pem \
	    -f alice@example.org smtp://alice@mx.example.org:587 \
	    carol@example.net <m
	waiting 2
	[ "$(find ours/spool/mailpipe/new -group 64005 -perm 660 -type f |
	    wc -l)" -eq 2 ]
	runs 0
	arrived postfix carol 2
	# A stranger, and a password that is none.
	refused 69 postfix -o tls=none -f dave@example.com \
	    smtp://mx.example.org dave@example.com
	contains err '550 5.7.1'
	refused 77 ours -p 'echo wrong' -o ca=ours/ca.pem \
	    -f alice@example.org smtps://alice@mx.example.org carol@example.net
	waiting 0
}

# refused STATUS HOST smtp-send's arguments ...
refused()
{
	local want=$1 host=$2 got=0

	shift 2
	on "$host" smtp-send "$@" <m >out 2>err || got=$?
	[ "$got" -eq "$want" ] && return 0
	echo "status $got, expected $want"
	show err
	return 1
}

@test "a host was down, and its mail arrives, by one connection" {
	network ours postfix
	ours_up </dev/null
	postfix_starts
	stop postfix
	queued alice@example.org carol@example.net
	queued bob@example.org carol@example.net
	queued alice@example.org carol@a.example.net
	runs 75
	waiting 3
	[ "$(find ours/spool/mailpipe/cur -type f | wc -l)" -eq 3 ]
	contains run.log status=down
	on ours mailq-ls >ls
	contains ls carol@example.net
	# Nothing is due, so that nothing is tried.
	runs 0
	[ ! -s run.log ]
	postfix_again
	: >postfix/log
	runs 0 example.net
	waiting 1
	arrived postfix carol 2
	connections 1
	overdue
	runs 0
	waiting 0
	arrived postfix carol 3
}

@test "our host was down, and mail of postfix and exim arrives" {
	network ours postfix exim
	ours_up </dev/null
	postfix_starts
	exim_starts
	stop smtpd_25
	letter dave@example.com alice@example.org |
	    on exim exim4 -f dave@example.com alice@example.org
	letter carol@example.net bob@example.org |
	    on postfix sendmail -f carol@example.net bob@example.org
	wait_for 20 grep -q 'bob@example.org.*status=deferred' postfix/log
	wait_for 20 grep -q '== alice@example.org' exim/log/mainlog
	ours_listens 25
	on postfix postqueue -f
	on exim exim4 -qff
	arrived ours alice 1
	arrived ours bob 1
}

@test "what cannot be delivered comes back, and mutt shows why" {
	network ours postfix
	ours_up </dev/null
	postfix_starts
	comes_back 'nobody@example.net' '550 5.1.1'
	comes_back 'carol@null.example.net' 5.1.10
	comes_back 'carol@none.example.net' 5.1.2
	comes_back 'carol@lost.example.net' 5.4.4
	SUBJECT='refuse me' comes_back 'carol@example.net' '5.7.1'
	comes_back 'nobody@example.org' 5.1.1
	[ "$(count postfix carol)" -eq 0 ]
}

# comes_back TO TEXT: such a letter of alice's, and what mutt shows of it.
comes_back()
{
	local n

	n=$(count ours alice)
	queued alice@example.org "$1" || return 1
	runs 69
	waiting 0 && arrived ours alice $((n + 1)) && shown ours alice ||
	    { show run.log; return 1; }
	contains shown "$1" && contains shown "$2" &&
	    contains shown "Subject: ${SUBJECT:-hello}"
}

@test "who waits for long is told, and after five days it comes back" {
	local id

	network ours postfix
	ours_up </dev/null
	postfix_starts
	stop postfix
	queued alice@example.org carol@example.net
	id=$(cat id)
	runs 75
	[ "$(count ours alice)" -eq 0 ]
	older "$id" 15000
	overdue
	runs 75
	arrived ours alice 1
	contains "$(newest ours alice)" 'Action: delayed'
	shown ours alice
	contains shown carol@example.net
	# Once.
	overdue
	runs 75
	arrived ours alice 1
	older "$id" 432000
	overdue
	runs 69
	arrived ours alice 2
	contains "$(newest ours alice)" 'Action: failed'
	contains "$(newest ours alice)" 'Status: 4.4.7'
	waiting 0
}

@test "DANE: the key that DNSSEC vouches for, and no other" {
	network ours postfix
	ours_up </dev/null
	postfix_starts
	queued alice@example.org carol@example.net
	runs 0
	arrived postfix carol 1
	queued alice@example.org carol@dane.example.net
	runs 75
	waiting 1
	grep 'to=<carol@dane.example.net>.*status=\(down\|deferred\)' run.log
	arrived postfix carol 1
	# Without TLS there it is no better.
	on postfix postconf smtpd_tls_security_level=none
	stop postfix
	postfix_again
	queued bob@example.org carol@example.net
	runs 75
	waiting 2
	arrived postfix carol 1
}

# The policy of both is that good.example.net takes their mail, and the web
# server is on our own machine, which trusts the authority of these tests.
policies()
{
	local name

	certificate web \
	    DNS:mta-sts.sts.example.net,DNS:mta-sts.other.example.net
	mkdir web
	for name in sts other; do
		printf '%s\r\n' 'HTTP/1.0 200 OK' 'Content-Type: text/plain' \
		    '' 'version: STSv1' 'mode: enforce' 'max_age: 86400' \
		    'mx: good.example.net' >"web/mta-sts.$name.example.net"
	done
	on ours sh -ec 'cat ca.pem >>/etc/ssl/certs/ca-certificates.crt
	    install -m 644 ca.pem "/etc/ssl/certs/$(openssl x509 -noout -hash \
		-in ca.pem).0"
	    install -d -m 755 -o mailpipe /var/cache/mailpipe \
		/var/cache/mailpipe/mta-sts'
	begin ours web python3 "$TESTS/peer/https.py" -p 443 "$T/port" \
	    "$T/web" "$T/web.pem" "$T/web.key"
	listens ours 443
}

@test "MTA-STS: the hosts of the policy, with certificates, and no others" {
	network ours postfix
	ours_up </dev/null
	postfix_starts
	policies
	queued alice@example.org carol@sts.example.net
	runs 0
	arrived postfix carol 1
	contains web/log 'mta-sts.sts.example.net GET'
	queued alice@example.org carol@other.example.net
	runs 75
	contains run.log 'to=<carol@other.example.net>'
	waiting 1
	# The policy is kept, and holds without TLS, too.
	on postfix postconf smtpd_tls_security_level=none
	stop postfix
	postfix_again
	queued bob@example.org carol@sts.example.net
	runs 75
	[ "$(grep -c 'mta-sts.sts.*GET' web/log)" -eq 1 ] ||
	    { show web/log run.log; find ours/cache -ls; false; }
	waiting 2
	arrived postfix carol 1
}

@test "hosts by IPv6 alone, by A, by AAAA, by the second MX" {
	network ours postfix exim
	ours_up </dev/null
	postfix_starts
	exim_starts
	queued alice@example.org carol@six.example.net
	queued alice@example.org carol@a.example.net
	queued alice@example.org carol@aaaa.example.net
	queued alice@example.org carol@first.example.net
	runs 0
	waiting 0
	arrived postfix carol 4
	contains run.log 'to=<carol@six.example.net> relay=mx6.example.net'
	contains run.log 'to=<carol@first.example.net> relay=mx.example.net'
	# Of two that are equal, the one that is there.
	stop postfix
	queued alice@example.org dave@equal.example.net
	runs 0
	arrived exim dave 1
}

@test "as a second MX we do not send to ourselves" {
	network ours postfix
	ours_up </dev/null
	queued alice@example.org carol@ours.example.net
	runs 75
	waiting 1
	! grep -q 'relay=mx.example.org' run.log || { show run.log; false; }
	[ "$(find ours/spool/mailpipe -type f -name '*.*' |
	    grep -v /hosts/ | wc -l)" -eq 1 ]
}

@test "a user's .forward and an alias send mail on" {
	network ours postfix exim
	ours_up <<-'.'
		team: bob, dave@example.com
	.
	postfix_starts
	exim_starts
	echo 'carol@example.net, \alice' >ours/home/alice/.forward
	chown 64001:64001 ours/home/alice/.forward
	chmod 644 ours/home/alice/.forward
	letter dave@example.com alice@example.org |
	    on exim exim4 -f dave@example.com alice@example.org
	letter carol@example.net team@example.org |
	    on postfix sendmail -f carol@example.net team@example.org
	wait_for 20 waiting 2
	runs 0
	waiting 0
	arrived ours alice 1
	arrived ours bob 1
	arrived postfix carol 1
	arrived exim dave 1
	contains "$(newest postfix carol)" 'Delivered-To: alice@example.org'
	contains "$(newest postfix carol)" 'Return-Path: <dave@example.com>'
}

@test "a loop of mail ends" {
	network ours postfix
	ours_up <<-'.'
		round: about@loop.example.net
	.
	postfix_starts 'virtual_alias_maps =' \
	    ' inline:{ about@loop.example.net=round@example.org }'
	queued bob@example.org round@example.org
	goes_round
	arrived ours bob 1
	contains "$(newest ours bob)" 5.4.6
	shown ours bob
	contains shown round@example.org
}

postfix_idle()
{
	[ -z "$(find postfix/spool/postfix/{incoming,active} -type f)" ]
}

# Until nothing comes round any more.
goes_round()
{
	local n

	for ((n = 0; n < 60; n++)); do
		on ours mailq-run -v >>run.log 2>&1 || :
		wait_for 20 postfix_idle || return 1
		[ "$(find ours/spool/mailpipe/{new,cur} -type f | wc -l)" -ne 0 ] ||
		    return 0
	done
	return 1
}

# What INSTALL has under a headline, without the TAB: the commands, and with
# "zone" the records instead.
recipe()
{
	awk -v want="$1" -v zone="${2:+1}" '
	/^-+$/ { on = (last == want) }
	{ last = $0 }
	on && /^\t/ { if ((/^\t[_a-z0-9.]+\.\t/ ? 1 : 0) == zone + 0)
	    print substr($0, 2) }' "${TESTS%/*}/INSTALL"
}

# Programs that stand for those that fetch packages, build for minutes, ask an
# authority, or need an init that runs.
stand_ins()
{
	mkdir -p -m 755 stand-ins
	cat >stand-ins/apt-get <<-'.'
		#!/bin/sh
		shift
		for name; do
			case $name in
			certbot | cron) ;;
			*) dpkg-query -W "$name" >/dev/null || exit ;;
			esac
		done
	.
	cat >stand-ins/make <<-.
		#!/bin/sh
		[ "\$*" = install ] || exit 0
		exec /usr/bin/make -C "${TESTS%/*}" -o all \
		    B="${MAILPIPE_BIN%/bin}" install >$T/make.log
	.
	cat >stand-ins/certbot <<-.
		#!/bin/sh -e
		for name; do :; done
		mkdir -p /etc/letsencrypt/live/\$name
		cp $T/mx-org.pem /etc/letsencrypt/live/\$name/fullchain.pem
		cp $T/mx-org.key /etc/letsencrypt/live/\$name/privkey.pem
	.
	cat >stand-ins/systemctl <<-'.'
		#!/bin/sh
		[ "$1" != daemon-reload ] || exit 0
		shift 2
		exec /usr/bin/systemctl --root=/ enable "$@"
	.
	printf '#!/bin/sh\nexec inetd\n' >stand-ins/openbsd-inetd
	chmod 755 stand-ins/*
}

# The machine's users have passwords, and nothing of mailpipe is there.
bare_host()
{
	home ours alice 64001
	on ours sh -ec 'rm -rf /etc/mailpipe
	    sed -i /^mailpipe:/d /etc/passwd /etc/group
	    hash=$(openssl passwd -6 secret)
	    echo "alice:$hash:20000:0:99999:7:::" >>/etc/shadow
	    mkdir -p /etc/init.d
	    cp stand-ins/openbsd-inetd /etc/init.d'
}

@test "INSTALL: a mail host, by its text alone" {
	network ours postfix
	postfix_starts
	stand_ins
	bare_host
	recipe 'A mail host' >commands
	contains commands 'mailq-sendmail -bv alice'
	PATH=$T/stand-ins:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin \
	    on ours bash -euo pipefail commands >out 2>err ||
	    { show out err; false; }
	arrived ours alice 1
	contains out 'TLSA 3 1 1'
	on ours test -e /etc/systemd/system/sockets.target.wants/smtpd.socket
	# By inetd: to others by TLS, and of others.
	for port in 25 110 465 587 995; do
		listens ours "$port"
	done
	cp ca.pem ours/ca.pem
	chmod 644 ours/ca.pem
	for scheme in pop3 pop3s; do
		on ours pop3-ls -q -p 'echo secret' -o ca=ours/ca.pem \
		    "$scheme://alice@mx.example.org" >"$scheme"
		grep -q '^1	' "$scheme"
	done
	letter alice@example.org carol@example.net >m
	on ours smtp-send -p 'echo secret' -o ca=ours/ca.pem \
	    -f alice@example.org smtps://alice@mx.example.org \
	    carol@example.net <m
	if sanitized; then
		# A setgid process cannot be told not to look for leaks, and
		# cannot look for them.
		on ours sendmail -i carol@example.net <m
	else
		on ours setpriv --reuid 64001 --regid 64001 --clear-groups \
		    sendmail -i carol@example.net <m
	fi
	runs 0
	arrived postfix carol 2
	letter carol@example.net postmaster@example.org |
	    on postfix sendmail -f carol@example.net postmaster@example.org
	arrived ours alice 2
}

@test "INSTALL: the records are good" {
	{ echo '$ORIGIN example.org.'
	    echo '@ 60 SOA mx admin 1 3600 600 86400 60'
	    echo '@ 60 NS mx'
	    echo '$TTL 60'
	    recipe 'A mail host' zone; } >zone
	contains zone 'MX	10 mx.example.org.'
	nsd-checkzone example.org zone
}
