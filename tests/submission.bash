# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What the bats files of AUTH and submission share, on top of helper.bash,
# smtpd.bash and tls.bash:
#
#	auth_host [line ...]	tls_host, where alice's password is "s3cret"
#				and bob's is "b0b"
#	submit [command ...] <SCRIPT	talk with smtpd-inetd -S
#	plain NAME PASSWORD	prints the response of PLAIN
#	base64_of TEXT		prints it in base64, without line ends; \NNN is
#				a byte
#	login			prints the lines from the greeting to the end
#				of a log-in as alice

auth_host()
{
	tls_host "$@" || return 1
	export MAILPIPE_CONF=$T/mailpipe.conf
	echo s3cret | mail-passwd -P 0 alice@example.org &&
	    echo b0b | mail-passwd -P 0 bob@example.org
}

submit()
{
	[ "$#" -gt 0 ] || set -- smtpd-inetd -S -v -f "$T/mailpipe.conf"
	talk "$@"
}

base64_of()
{
	# shellcheck disable=SC2059 # escapes, and nothing else
	printf "$1" | base64 -w 0
}

plain()
{
	base64_of "\\000$1\\000$2"
}

login()
{
	hello
	printf '%s\n' "C: AUTH PLAIN $(plain alice@example.org s3cret)" \
	    'S: 235 2.7.0 *'
}
