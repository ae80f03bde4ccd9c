# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# A real postfix that takes mail for everybody at example.org into $T/Maildir:
# postfix_up sets $PORT and $URL.  The lines of standard input, where they are
# given by "postfix_up -", go to the end of its main.cf.

postfix_master()
{
	cat <<-.
		127.0.0.1:$PORT inet n - n - - smtpd
		pickup unix n - n 60 1 pickup
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		rewrite unix - - n - - trivial-rewrite
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		trace unix - - n - 0 bounce
		proxymap unix - - n - - proxymap
		error unix - - n - - error
		retry unix - - n - - error
		smtp unix - - n - - smtp
		lmtp unix - - n - - lmtp
		virtual unix - n n - - virtual
		smtp unix - - n - - smtp
		anvil unix - - n - 1 anvil
		tlsmgr unix - - n 1000? 1 tlsmgr
		postlog unix-dgram n - n - 1 postlogd
	.
}

postfix_main()
{
	cat <<-.
		compatibility_level = 3.6
		queue_directory = $T/spool
		data_directory = $T/data
		daemon_directory = /usr/lib/postfix/sbin
		myhostname = mx.example.org
		mydestination =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		alias_maps =
		alias_database =
		disable_dns_lookups = yes
		smtp_host_lookup = native
		virtual_mailbox_domains = example.org
		virtual_mailbox_base = $T
		virtual_mailbox_maps = static:Maildir/
		virtual_uid_maps = static:$(id -u nobody)
		virtual_gid_maps = static:$(id -g nobody)
		smtpd_peername_lookup = no
		smtpd_forbid_bare_newline = reject
		smtpd_tls_security_level = none
		maillog_file = $T/mail.log
		maillog_file_prefixes = $T
	.
}

postfix_up()
{
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	PORT=$(free_port)
	URL=smtp://127.0.0.1:$PORT
	mkdir -p conf spool data
	mkdir -p -m 700 Maildir/cur Maildir/new Maildir/tmp
	chown -R nobody Maildir
	chown postfix data
	chmod 755 spool conf
	postfix_master >conf/master.cf
	postfix_main >conf/main.cf
	[ $# -eq 0 ] || cat >>conf/main.cf
	chmod 644 conf/*
	postfix -c "$T/conf" check >check.log 2>&1 || :
	start postfix /usr/lib/postfix/sbin/master -c "$T/conf" -d
	wait_for 10 listening "$PORT"
}
