# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# A real Dovecot, on top of helper.bash and tls.bash, for a test of root, which
# runs in $T/dovecot and knows alice, bob and carol, whose password is "pencil",
# and whose Maildir is $T/dovecot/home, of nobody:
#
#	dovecot_host		starts it, with more of its configuration on
#				standard input
#	dovecot_pop3 [line ...]	starts its POP3, with every mechanism that it
#				has, and lines for its configuration: $PORT with
#				STLS and log-ins in clear text as well, $POP3S
#				with TLS from the first byte, $URL is the first
#				with alice in it, the authority is ca.pem
#	dovecot_imap [line ...]	the same with its IMAP: $PORT with STARTTLS,
#				$IMAPS with TLS from the first byte, $URL is the
#				first with alice in it.  Maildirs are those in
#				$T/dovecot/mail, also what is there already,
#				folders in Maildir++ form and with "/" between
#				the parts of their names; Drafts, Junk, Sent,
#				Trash and Archive have their special uses, Sent
#				is subscribed.  It has COMPRESS, NOTIFY, QRESYNC
#	$PIPE			its IMAP for alice as a program, logged in
#	dovecot_stop, dovecot_again	ends it, and starts it on the same ports
#	dovecot_tokens		prints configuration with which it knows tokens
#				for alice, and whoever has a certificate
#	oauth_token KEY		prints a token for alice; that of "secret" is
#				good

dovecot_host()
{
	certificate mx DNS:localhost,DNS:mail.example.org || return 1
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	mkdir -p dovecot/run dovecot/home
	chmod 755 dovecot dovecot/run
	chown nobody dovecot/home
	printf '%s:{PLAIN}pencil\n' alice bob carol >dovecot/users
	chmod 644 dovecot/users
	{ cat <<-.
		base_dir = $T/dovecot/run
		state_dir = $T/dovecot/run
		log_path = $T/dovecot/log
		ssl = required
		ssl_cert = <$T/mx.pem
		ssl_key = <$T/mx.key
		auth_mechanisms = plain login cram-md5 scram-sha-256 oauthbearer xoauth2
		passdb {
		  driver = passwd-file
		  args = $T/dovecot/users
		}
		userdb {
		  driver = static
		  args = uid=nobody gid=nogroup home=$T/dovecot/home
		}
		mail_location = maildir:$T/dovecot/home
		first_valid_uid = 1
	.
	cat; } >dovecot/conf
	dovecot_again
}

dovecot_again()
{
	start dovecot dovecot -F -c "$T/dovecot/conf"
}

dovecot_stop()
{
	# shellcheck disable=SC2154 # by start
	kill "$PID_dovecot"
	wait_for 10 not_running "$PID_dovecot"
}

not_running()
{
	not kill -0 "$1" 2>/dev/null
}

dovecot_tokens()
{
	mkdir -p -m 755 dovecot
	mkdir -p dovecot/keys/default/HS256
	printf secret | base64 >dovecot/keys/default/HS256/default
	cat >dovecot/oauth <<-.
		introspection_mode = local
		local_validation_key_dict = fs:posix:prefix=$T/dovecot/keys/
		username_attribute = sub
	.
	chmod -R a+rX dovecot/keys dovecot/oauth
	cat <<-.
		auth_mechanisms = \$auth_mechanisms external
		auth_ssl_username_from_cert = yes
		ssl_ca = <$T/ca.pem
		ssl_verify_client_cert = yes
		ssl_require_crl = no
		passdb {
		  driver = oauth2
		  mechanisms = oauthbearer xoauth2
		  args = $T/dovecot/oauth
		}
		passdb {
		  driver = static
		  mechanisms = external
		  args = nopassword=yes
		}
	.
}

# A token (RFC 7519) for alice that the key has signed.
oauth_token()
{
	local signed

	url_base64()
	{
		base64 -w 0 | tr -d = | tr /+ _-
	}
	signed=$(printf '{"alg":"HS256","typ":"JWT"}' | url_base64).$(printf \
	    '{"sub":"alice","iat":1,"exp":4102444800}' | url_base64)
	printf '%s.%s\n' "$signed" "$(printf '%s' "$signed" |
	    openssl dgst -sha256 -hmac "$1" -binary | url_base64)"
}

# Without limits that only many clients meet.
dovecot_all_mechanisms()
{
	dovecot_tokens
	cat <<-.
		auth_mechanisms = \$auth_mechanisms scram-sha-1 digest-md5 apop
		auth_failure_delay = 0
		service anvil {
		  unix_listener anvil-auth-penalty {
		    mode = 0
		  }
		}
		ssl = yes
		disable_plaintext_auth = no
		mail_max_userip_connections = 100
	.
}

# dovecot_listens PROTOCOL PORT PORT: in clear text, and in TLS.
dovecot_listens()
{
	cat <<-.
		protocols = $1
		service $1-login {
		  inet_listener $1 {
		    address = 127.0.0.1
		    port = $2
		  }
		  inet_listener $1s {
		    address = 127.0.0.1
		    port = $3
		    ssl = yes
		  }
		}
	.
}

# dovecot_up PORT PORT: with what standard input says.
dovecot_up()
{
	dovecot_host || return 1
	wait_for 20 listening "$1" && wait_for 20 listening "$2" && return 0
	show dovecot.log dovecot/log
	return 1
}

dovecot_pop3()
{
	PORT=$(free_port)
	POP3S=$(free_port)
	URL=pop3://alice@localhost:$PORT
	mkdir -p -m 755 dovecot
	mkdir -p -m 700 dovecot/home/cur dovecot/home/new dovecot/home/tmp
	chown -R nobody:nogroup dovecot/home
	{
		dovecot_all_mechanisms
		dovecot_listens pop3 "$PORT" "$POP3S"
		printf '%s\n' "$@"
	} >dovecot/more.conf
	dovecot_up "$PORT" "$POP3S" <dovecot/more.conf
}

dovecot_mailboxes()
{
	cat <<-.
		mail_location = maildir:$T/dovecot/mail/%n
		mailbox_list_index = yes
		protocol imap {
		  mail_plugins = \$mail_plugins zlib imap_zlib
		}
		namespace inbox {
		  inbox = yes
		  separator = /
		  mailbox Drafts {
		    auto = create
		    special_use = \Drafts
		  }
		  mailbox Junk {
		    auto = create
		    special_use = \Junk
		  }
		  mailbox Sent {
		    auto = subscribe
		    special_use = \Sent
		  }
		  mailbox Trash {
		    auto = create
		    special_use = \Trash
		  }
		  mailbox Archive {
		    auto = create
		    special_use = \Archive
		  }
		}
	.
}

# Its IMAP as a program reads its configuration by itself, as the mailboxes'
# owner.
dovecot_program()
{
	{ cat <<-.
		base_dir = $T/dovecot/run
		stats_writer_socket_path =
		first_valid_uid = 1
		ssl = no
	.
	cat; } >dovecot/program.conf
	install -m 666 /dev/null dovecot/program.log
	cat >dovecot/program <<-.
		#!/bin/sh
		exec setpriv --reuid=nobody --regid=nogroup --clear-groups \
		    env USER=alice doveadm -c $T/dovecot/program.conf \
		    exec imap 2>>$T/dovecot/program.log
	.
	chmod 755 dovecot/program
	chmod 644 dovecot/program.conf
}

# shellcheck disable=SC2034 # for who called
dovecot_imap()
{
	PORT=$(free_port)
	IMAPS=$(free_port)
	URL=imap://alice@localhost:$PORT
	PIPE=pipe:$T/dovecot/program
	mkdir -p -m 755 dovecot
	mkdir -p -m 700 dovecot/mail
	chown -R nobody:nogroup dovecot/mail
	{
		dovecot_mailboxes
		printf '%s\n' "$@"
	} >dovecot/mailboxes
	dovecot_program <dovecot/mailboxes
	{
		dovecot_all_mechanisms
		dovecot_listens imap "$PORT" "$IMAPS"
		cat dovecot/mailboxes
	} >dovecot/more.conf
	dovecot_up "$PORT" "$IMAPS" <dovecot/more.conf
}
