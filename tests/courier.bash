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

# What its own start does, but in the foreground.  couriertcpd leaves the group
# of processes.
courier_script()
{
	cat <<-END
		echo authmodulelist=authuserdb >>/etc/courier/authdaemonrc
		set -a
		. /etc/courier/authdaemonrc
		. /etc/courier/pop3d
		. /etc/courier/pop3d-ssl
		POP3AUTH="PLAIN LOGIN CRAM-MD5 CRAM-SHA1 CRAM-SHA256"
		POP3AUTH_TLS=\$POP3AUTH
		TLS_CERTFILE=/etc/courier/pop3d.pem
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
		    userdb alice set pop3pw
		printf 'pencil\npencil\n' | userdbpw -hmac-md5 |
		    userdb alice set hmac-md5pw
		makeuserdb
		/usr/lib/courier/courier-authlib/authdaemond &
		until [ -S /run/courier/authdaemon/socket ]; do sleep .02; done
		login=/usr/lib/courier/courier/courierpop3login
		serve=/usr/lib/courier/courier/courierpop3d
		couriertcpd -address=127.0.0.1 -nodnslookup -noidentlookup \
		    -maxperip=40 $PORT \$login \$serve Maildir &
		clear=\$!
		POP3_TLS=1 POP3_STARTTLS=NO couriertcpd -address=127.0.0.1 \
		    -nodnslookup -noidentlookup -maxperip=40 $POP3S \
		    \$COURIERTLS -server -tcpd -user=courier \$login \$serve \
		    Maildir &
		tls=\$!
		trap 'kill \$clear \$tls' TERM
		wait
	END
}

courier_pop3()
{
	certificate mx DNS:localhost,IP:127.0.0.1 || return 1
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	PORT=$(free_port)
	POP3S=$(free_port)
	URL=pop3://alice@localhost:$PORT
	mkdir -p -m 755 courier
	[ -e courier/Maildir ] ||
	    mkdir -p -m 700 courier/Maildir/cur courier/Maildir/new \
	    courier/Maildir/tmp
	chown -RH nobody:nogroup courier courier/Maildir
	courier_script >courier.sh
	start courier "$TESTS/peer/inside" courier sh -e "$T/courier.sh"
	wait_for 20 listening "$PORT" && wait_for 20 listening "$POP3S" &&
	    return 0
	show courier.log
	return 1
}
