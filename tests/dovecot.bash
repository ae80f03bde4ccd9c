# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# A real Dovecot, on top of helper.bash and tls.bash, for a test of root:
# dovecot_host starts it in $T/dovecot, with more of its configuration on
# standard input.  It knows alice, whose password is "pencil".

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
	start dovecot dovecot -F -c "$T/dovecot/conf"
}
