# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# A real Cyrus, on top of helper.bash and tls.bash, for a test of root:
#
#	cyrus_imap [line ...]	starts its IMAP for alice and bob, whose
#				password is "pencil", of nobody, with lines for
#				its imapd.conf: $PORT with STARTTLS, $IMAPS with
#				TLS from the first byte, $URL is the first with
#				alice in it, the authority is ca.pem; Archive,
#				Drafts, Junk, Sent, Trash have their special
#				uses, Sent is subscribed; "/" is between the
#				parts of names
#	cyrus_stop		ends it

cyrus_conf()
{
	cat <<-.
		cyrus_user: nobody
		cyrus_group: nogroup
		servername: localhost
		configdirectory: $T/cyrus/lib
		defaultpartition: default
		partition-default: $T/cyrus/spool
		sasl_pwcheck_method: auxprop
		sasl_auxprop_plugin: sasldb
		sasl_sasldb_path: $T/cyrus/sasldb
		sasl_mech_list: PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256
		failedloginpause: 0
		allowplaintext: yes
		tls_server_cert: $T/cyrus/mx.pem
		tls_server_key: $T/cyrus/mx.key
		altnamespace: yes
		unixhierarchysep: yes
		autocreate_quota: 0
		autocreate_inbox_folders: Archive|Drafts|Junk|Sent|Trash
		autocreate_subscribe_folders: Sent
		xlist-archive: Archive
		xlist-drafts: Drafts
		xlist-junk: Junk
		xlist-sent: Sent
		xlist-trash: Trash
		imapidlepoll: 1
		duplicatesuppression: no
	.
	printf '%s\n' "$@"
}

cyrus_services()
{
	cat <<-.
		START {
		  recover cmd="ctl_cyrusdb -C $T/cyrus/imapd.conf -r"
		}
		SERVICES {
		  imap cmd="imapd -C $T/cyrus/imapd.conf" listen="127.0.0.1:$PORT"
		  imaps cmd="imapd -s -C $T/cyrus/imapd.conf" listen="127.0.0.1:$IMAPS"
		}
		DAEMON {
		  idled cmd="idled -C $T/cyrus/imapd.conf"
		}
		EVENTS {
		}
	.
}

cyrus_script()
{
	cat <<-.
		for user in alice bob; do
			echo pencil | saslpasswd2 -p -c -f $T/cyrus/sasldb \
			    -u localhost \$user
		done
		chown -R nobody:nogroup $T/cyrus
		exec setpriv --reuid=nobody --regid=nogroup --clear-groups \
		    cyrmaster -D -C $T/cyrus/imapd.conf -M $T/cyrus/cyrus.conf \
		    -p $T/cyrus/pid
	.
}

# shellcheck disable=SC2034 # for who called
cyrus_imap()
{
	certificate mx DNS:localhost,IP:127.0.0.1 || return 1
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	PORT=$(free_port)
	IMAPS=$(free_port)
	URL=imap://alice@localhost:$PORT
	mkdir -p -m 755 cyrus cyrus/lib cyrus/lib/socket cyrus/lib/db \
	    cyrus/lib/proc cyrus/lib/log cyrus/spool
	cp mx.pem mx.key cyrus
	cyrus_conf "$@" >cyrus/imapd.conf
	cyrus_services >cyrus/cyrus.conf
	cyrus_script >cyrus.sh
	start cyrus "$TESTS/peer/inside" cyrus sh -e "$T/cyrus.sh"
	wait_for 30 listening "$PORT" && wait_for 30 listening "$IMAPS" &&
	    return 0
	show cyrus.log
	return 1
}

cyrus_stop()
{
	# shellcheck disable=SC2154 # by start
	kill "$PID_cyrus"
	wait_for 20 cyrus_gone
}

cyrus_gone()
{
	not kill -0 "$PID_cyrus" 2>/dev/null
}
