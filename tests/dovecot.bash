# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# A real Dovecot, on top of helper.bash and tls.bash, for a test of root, which
# runs in $T/dovecot and knows alice, whose password is "pencil" and whose
# Maildir is $T/dovecot/home, of nobody:
#
#	dovecot_host		starts it, with more of its configuration on
#				standard input
#	dovecot_pop3 [line ...]	starts its POP3, with every mechanism that it
#				has, and lines for its configuration: $PORT with
#				STLS and log-ins in clear text as well, $POP3S
#				with TLS from the first byte, $URL is the first
#				with alice in it, the authority is ca.pem
#	dovecot_stop, dovecot_again	ends it, and starts it on the same ports
#	dovecot_tokens		prints configuration with which it knows tokens
#				for alice, and whoever has a certificate
#	oauth_token KEY		prints a token for alice; that of "secret" is
#				good

dovecot_host()
{
	certificate mx DNS:localhost || return 1
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	mkdir -p dovecot/run dovecot/home
	chmod 755 dovecot dovecot/run
	chown nobody dovecot/home
	echo 'alice:{PLAIN}pencil' >dovecot/users
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
	! kill -0 "$1" 2>/dev/null
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

dovecot_pop3()
{
	PORT=$(free_port)
	POP3S=$(free_port)
	URL=pop3://alice@localhost:$PORT
	mkdir -p -m 700 dovecot/home/cur dovecot/home/new dovecot/home/tmp
	chown -R nobody:nogroup dovecot/home
	dovecot_tokens >tokens
	dovecot_host <<-. || return 1
		$(cat tokens)
		auth_mechanisms = \$auth_mechanisms scram-sha-1 digest-md5 apop
		auth_failure_delay = 0
		service anvil {
		  unix_listener anvil-auth-penalty {
		    mode = 0
		  }
		}
		protocols = pop3
		ssl = yes
		disable_plaintext_auth = no
		service pop3-login {
		  inet_listener pop3 {
		    address = 127.0.0.1
		    port = $PORT
		  }
		  inet_listener pop3s {
		    address = 127.0.0.1
		    port = $POP3S
		    ssl = yes
		  }
		}
		$(printf '%s\n' "$@")
	.
	wait_for 20 listening "$PORT" && wait_for 20 listening "$POP3S" &&
	    return 0
	show dovecot.log dovecot/log
	return 1
}
