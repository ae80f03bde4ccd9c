# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# pop3d-inetd as real clients meet it, on top of helper.bash and tls.bash, for
# a test of root:
#
#	popserver_up [line ...]	starts it for alice of example.org, whose
#				password is "pencil" and whose Maildir is $MAIL
#				($T/mail), of nobody, with lines for its
#				configuration; on $PORT, with STLS, and $POP3S,
#				with TLS from the first byte, where they are set
#				and free ones else; the authority is ca.pem
#	popserver_stop		ends it
#	mail_in DIR FILE ...	messages into a Maildir's new/, of nobody

popserver_conf()
{
	certificate mx DNS:localhost,DNS:mx.example.org || return 1
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	mkdir -p -m 700 "$MAIL/cur" "$MAIL/new" "$MAIL/tmp"
	chown -R nobody:nogroup "$MAIL"
	echo "alice@example.org:!:$MAIL" >users
	printf '%s\n' 'Hostname: mx.example.org' 'Domains: example.org' \
	    "Users: $T/users" "Spool: $T/spool" "Tls-Certificate: $T/mx.pem" \
	    "Tls-Key: $T/mx.key" "$@" >mailpipe.conf
	export MAILPIPE_CONF=$T/mailpipe.conf
	echo pencil | mail-passwd -P 0 alice@example.org
}

popserver_up()
{
	local run

	: "${MAIL:=$T/mail}"
	: "${PORT:=$(free_port)}" "${POP3S:=$(free_port)}"
	popserver_conf "$@" || return 1
	run="systemd-socket-activate -E MAILPIPE_TEST -E TZ -E ASAN_OPTIONS"
	run="$run -E UBSAN_OPTIONS -l 127.0.0.1"
	# shellcheck disable=SC2086 # several words
	start pop3d $run:$PORT "$MAILPIPE_BIN/pop3d-inetd" -f mailpipe.conf
	# shellcheck disable=SC2086
	start pop3ds $run:$POP3S "$MAILPIPE_BIN/pop3d-inetd" -T -f mailpipe.conf
	wait_for 10 listening "$PORT" && wait_for 10 listening "$POP3S"
}

no_listener()
{
	not listening "$1"
}

# shellcheck disable=SC2154 # by start
popserver_stop()
{
	kill -- "-$PID_pop3d" "-$PID_pop3ds"
	wait_for 20 no_listener "$PORT" && wait_for 20 no_listener "$POP3S"
}

mail_in()
{
	local to=$1 file

	shift
	for file; do
		cp "$file" "$to/tmp/${file##*/}"
		chown nobody:nogroup "$to/tmp/${file##*/}"
		mv "$to/tmp/${file##*/}" "$to/new"
	done
}
