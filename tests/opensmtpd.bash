# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# A real OpenSMTPD, on top of helper.bash and tls.bash, for a test of root:
#
#	opensmtpd_ports		sets $PORT, which is free
#	opensmtpd_up		starts it with the configuration on standard
#				input; as the client it trusts ca.pem
#	opensmtpd_says TEXT	a line of its log holds it, soon

opensmtpd_ports()
{
	PORT=$(free_port)
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
}

opensmtpd_up()
{
	cat >opensmtpd.conf
	start opensmtpd "$TESTS/peer/inside" opensmtpd sh -ec '
		mount -t tmpfs -o mode=755 tmpfs /etc/ssl/certs
		[ ! -e ca.pem ] || install -m 644 ca.pem \
		    /etc/ssl/certs/ca-certificates.crt
		exec smtpd -d -f "$PWD/opensmtpd.conf"'
	wait_for 10 listening "$PORT" || { show opensmtpd.log; return 1; }
}

opensmtpd_says()
{
	wait_for 20 grep -qF -e "$1" opensmtpd.log && return 0
	show opensmtpd.log
	return 1
}
