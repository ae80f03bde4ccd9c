#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# mail-deliver behind real peers: as fetchmail's and getmail's MDA, Postfix's
# mailbox_command, a transport of exim.

load helper
load tls
load dovecot
load postfix
load exim
load machine

setup()
{
	isolate
	needs_root
	machine
	DELIVER="$T/bin/mail-deliver -c $T/mailpipe.conf"
}

# Three messages of which one has a From in its text and one no Received, for
# alice in a Dovecot that speaks POP3 on $PORT.
pop3_up()
{
	local i

	dovecot_pop3
	for i in 1 2 3; do
		{ [ $i = 3 ] || echo 'Received: by x; Thu, 1 Jan 2026 00:00:00 +0000'
		    printf '%s\n' "From: s$i@example.net" "Subject: $i" '' \
		    'From here' '.' "end $i"; } >dovecot/home/new/$i
		sed -i "1i Return-Path: <s$i@example.net>" dovecot/home/new/$i
	done
	chown -R nobody:nogroup dovecot/home
}

# The three have arrived as they were.
arrived()
{
	local i file

	[ "$(new home/alice/Maildir)" -eq 3 ]
	for i in 1 2 3; do
		file=$(grep -l "^end $i" home/alice/Maildir/new/*)
		[ "$(head -n 1 "$file")" = "Return-Path: <s$i@example.net>" ]
		[ "$(sed -n 2p "$file")" = 'Delivered-To: alice@example.org' ]
		tail -n 4 "$file" >got
		same got <(printf '%s\n' '' 'From here' . "end $i")
		[ "$(grep -c '^Return-Path' "$file")" -eq 1 ]
	done
}

@test "fetchmail: mda \"mail-deliver -f %F %T\"" {
	pop3_up
	cat >rc <<-.
		set no bouncemail
		poll 127.0.0.1 service $PORT protocol pop3 auth password
		  user alice password pencil is alice here sslproto ''
		  mda "$DELIVER -f %F %T"
	.
	expect_noted 0 "$T/on" fetchmail -f rc --pidfile "$T/pid" --nosyslog
	arrived
	# What must wait is left where it is.
	cp home/alice/Maildir/new/* dovecot/home/new
	chown -R nobody dovecot/home
	echo 'eve@example.com' | forward alice
	echo 75 >queue/status
	expect_noted 0 "$T/on" fetchmail -f rc --pidfile "$T/pid" --nosyslog
	contains err 'fetchmail: MDA returned nonzero status 75'
	[ "$(find dovecot/home/new dovecot/home/cur -type f | wc -l)" -eq 3 ]
}

@test "getmail: MDA_external" {
	pop3_up
	mkdir getmail
	cat >getmail/rc <<-.
		[retriever]
		type = SimplePOP3Retriever
		server = 127.0.0.1
		port = $PORT
		username = alice
		password = pencil
		[destination]
		type = MDA_external
		path = $T/bin/mail-deliver
		arguments = ("-c", "$T/mailpipe.conf", "-f", "%(sender)", "--",
		    "alice")
		allow_root_commands = True
		[options]
		delete = True
		delivered_to = False
		received = False
	.
	expect_noted 0 "$T/on" getmail -g "$T/getmail" -r rc
	arrived
}

@test "Postfix: mailbox_command, and what it makes of the status" {
	chmod 755 "$T"
	PORT=$(free_port)
	mkdir -p conf spool data
	chown postfix data
	chmod 755 spool conf
	{ postfix_master
	    echo 'local unix - n n - - local'; } >conf/master.cf
	{ postfix_main
	cat <<-.
		virtual_mailbox_domains =
		mydestination = example.org
		local_recipient_maps =
		recipient_delimiter = +
		mailbox_command = $DELIVER -f "\$SENDER" -- "\$RECIPIENT"
		forward_path =
		bounce_queue_lifetime = 0
	.
	} >conf/main.cf
	chmod 644 conf/*
	"$T/on" postfix -c "$T/conf" check >check.log 2>&1 || :
	start postfix "$T/on" /usr/lib/postfix/sbin/master -c "$T/conf" -d
	wait_for 10 listening "$PORT"
	expect 0 smtp-send -f s@example.net "smtp://127.0.0.1:$PORT" \
	    alice+x@example.org <m
	arrived_one()
	{
		[ "$(new home/alice/Maildir)" = 1 ]
	}
	wait_for 20 arrived_one
	letter=$(echo home/alice/Maildir/new/*)
	[ "$(stat -c %u "$letter")" -eq 64001 ]
	[ "$(head -n 1 "$letter")" = 'Return-Path: <s@example.net>' ]
	[ "$(sed -n 2p "$letter")" = 'Delivered-To: alice+x@example.org' ]
	[ "$(grep -c Delivered-To "$letter")" -eq 1 ]
	not grep -q '^From ' "$letter"
	# Both kinds of failure come back as what they are.
	echo '|sh -c "echo 5.7.1 not for me >&2; exit 77"' | forward alice
	expect 0 smtp-send -f s@example.net "smtp://127.0.0.1:$PORT" \
	    alice@example.org <m
	wait_for 20 grep -q 'status=bounced.*not for me' mail.log
	echo '|sh -c "echo asleep >&2; exit 75"' | forward alice
	expect 0 smtp-send -f s@example.net "smtp://127.0.0.1:$PORT" \
	    alice@example.org <m
	wait_for 20 grep -q 'status=deferred.*asleep' mail.log
}

@test "exim: a pipe transport" {
	mkdir mail
	chown 64101:64101 mail
	echo "alice@example.org:!:$T/mail/alice" >users
	echo "Users: $T/users" >>mailpipe.conf
	chmod 644 users
	exim_up 'acl_smtp_rcpt = accept' <<-.
		begin routers
		local:
		  driver = accept
		  domains = example.org
		  local_parts = alice
		  transport = deliver
		begin transports
		deliver:
		  driver = pipe
		  command = $DELIVER -- \$local_part_data
		  return_path_add
		  user = Debian-exim
		  group = Debian-exim
		  temp_errors = 75
		  return_fail_output
		  message_prefix =
		  message_suffix =
	.
	expect 0 smtp-send -f s@example.net "smtp://127.0.0.1:$PORT" \
	    alice@example.org <m
	exim_says '=> alice'
	contains mail/alice/new/* 'Return-Path: <s@example.net>'
}
