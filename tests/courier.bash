# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# A real Courier, on top of helper.bash and tls.bash, for a test of root:
#
#	courier_pop3		starts its POP3 for alice, whose password is
#				"pencil" and whose Maildir is
#				$T/courier/Maildir, of nobody, or what is there
#				already: $PORT with STLS, $POP3S with TLS from
#				the first byte, $URL is the first with alice in
#				it, the authority is ca.pem
#	courier_imap		the same with its IMAP and $IMAPS; folders are
#				below INBOX, "." is between the parts of names

# courier_settings_PROTOCOL PORT: what its daemons are told by the environment;
# $login logs in and $serve serves.
courier_settings_pop3()
{
	cat <<-END
		. /etc/courier/pop3d
		. /etc/courier/pop3d-ssl
		POP3AUTH="PLAIN LOGIN CRAM-MD5 CRAM-SHA1 CRAM-SHA256"
		POP3AUTH_TLS=\$POP3AUTH
		secured="POP3_TLS=1 POP3_STARTTLS=NO"
		login=/usr/lib/courier/courier/courierpop3login
		serve=/usr/lib/courier/courier/courierpop3d
	END
}

# It looks for what is new once in so many seconds.
courier_settings_imap()
{
	cat <<-END
		. /etc/courier/imapd
		. /etc/courier/imapd-ssl
		IMAP_CAPABILITY="\$IMAP_CAPABILITY AUTH=PLAIN AUTH=CRAM-MD5"
		IMAP_CAPABILITY_TLS=\$IMAP_CAPABILITY
		IMAP_STARTTLS=YES
		IMAP_IDLE_TIMEOUT=1
		secured="IMAP_TLS=1 IMAP_STARTTLS=NO"
		login=/usr/lib/courier/courier/imaplogin
		serve=/usr/bin/imapd
	END
}

# What its own start does, but in the foreground.  couriertcpd, and gam_server,
# which tells its IMAP what is new, leave the group of processes: they are in a
# space of processes that ends with the script.
# courier_script PROTOCOL PORT PORT
courier_script()
{
	cat <<-END
		trap exit TERM
		echo authmodulelist=authuserdb >>/etc/courier/authdaemonrc
		set -a
		. /etc/courier/authdaemonrc
		$(courier_settings_"$1")
		TLS_CERTFILE=/etc/courier/tests.pem
		TLS_DHPARAMS=
		TLS_CACHEFILE=
		cat "$T/mx.key" "$T/mx.pem" >\$TLS_CERTFILE
		chown courier \$TLS_CERTFILE
		chmod 600 \$TLS_CERTFILE
		install -d -m 755 /run/courier /run/courier/authdaemon
		umask 077
		userdb alice set uid=$(id -u nobody) gid=$(id -g nobody) \
		    home=$T/courier
		printf 'pencil\npencil\n' | userdbpw -md5 |
		    userdb alice set systempw
		printf 'pencil\npencil\n' | userdbpw -hmac-md5 |
		    userdb alice set hmac-md5pw
		makeuserdb
		/usr/lib/courier/courier-authlib/authdaemond &
		until [ -S /run/courier/authdaemon/socket ]; do sleep .02; done
		couriertcpd -address=127.0.0.1 -nodnslookup -noidentlookup \
		    -maxperip=40 $2 \$login \$serve Maildir &
		env \$secured couriertcpd -address=127.0.0.1 \
		    -nodnslookup -noidentlookup -maxperip=40 $3 \
		    \$COURIERTLS -server -tcpd -user=courier \$login \$serve \
		    Maildir &
		wait
	END
}

# courier_up PROTOCOL PORT PORT
courier_up()
{
	certificate mx DNS:localhost,IP:127.0.0.1 || return 1
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	mkdir -p -m 755 courier
	[ -e courier/Maildir ] ||
	    mkdir -p -m 700 courier/Maildir/cur courier/Maildir/new \
	    courier/Maildir/tmp
	chown -RH nobody:nogroup courier courier/Maildir
	courier_script "$@" >courier.sh
	start courier "$TESTS/peer/inside" courier unshare --pid --fork \
	    --kill-child --mount-proc sh -e "$T/courier.sh"
	wait_for 10 listening "$2" && wait_for 10 listening "$3" && return 0
	show courier.log
	return 1
}

courier_pop3()
{
	PORT=$(free_port)
	POP3S=$(free_port)
	URL=pop3://alice@localhost:$PORT
	courier_up pop3 "$PORT" "$POP3S"
}

# shellcheck disable=SC2034 # for who called
courier_imap()
{
	PORT=$(free_port)
	IMAPS=$(free_port)
	URL=imap://alice@localhost:$PORT
	courier_up imap "$PORT" "$IMAPS"
}
