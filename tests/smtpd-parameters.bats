#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd: parameters of MAIL and RCPT, and the extensions that they belong
# to.  Those of reports are in smtpd-dsn.bats.

load helper
load smtpd
load tls
load submission

# What is no xtext, or stands for what no parameter may hold; and nothing.
bad_xtext()
{
	printf '%s\n' '+0A' '+00' 'a+0AMAIL+20FROM:<x@y>' '+0D+0A' + +G1 +4 \
	    '+2b' '+C3+BC' '=' 'a=b' '+7F' '' "$(printf '%010000d' 0)"
}

refusal_of()
{
	[ "${#1}" -lt 2000 ] && echo 'S: 501 5.5.4 *' || echo 'S: 500 5.5.2 *'
}

@test "AUTH= of MAIL is read where AUTH is offered, and believed of nobody" {
	auth_host
	for value in '<>' '+3C+3E' eve@example.net e+3Dmc2@example.net \
	    '"a+20b"@example.net'; do
		{ login; printf '%s\n' \
		    "C: MAIL FROM:<alice@example.org> AUTH=$value" \
		    'S: 250 2.1.0 *' 'C: RCPT TO:<bob@example.org>' \
		    'S: 250 *' 'C: DATA' 'S: 354 *' 'C: X: y' 'C: .' \
		    'S: 250 *'; } | submit
		contains "$(letter bob)" 'Return-Path: <alice@example.org>'
		not grep -q 'eve@\|mc2' "$(letter bob)"
		rm "$(letter bob)"
	done
	# UTF-8 as it is needs SMTPUTF8, which may stand behind it.
	for value in '\x{FC}\x{2B}@example.net' '+C3+BC@example.net' \
	    $'\303\274@example.net SMTPUTF8'; do
		{ login; printf '%s\n' \
		    "C: MAIL FROM:<alice@example.org> AUTH=$value" \
		    'S: 250 2.1.0 *'; } | submit
	done
	{ login; printf '%s\n' \
	    $'C: MAIL FROM:<alice@example.org> AUTH=\303\274@example.net' \
	    'S: 553 5.6.7 *'; } | submit
	# Nor does it make a sender the user's own.
	{ login; cat <<-'.'
		C: MAIL FROM:<bob@example.org> AUTH=bob@example.org
		S: 553 5.7.1 *
	.
	} | submit
	{ hello; cat <<-'.'
		C: MAIL FROM:<alice@example.org> AUTH=alice@example.org
		S: 530 5.7.0 *
	.
	} | submit
}

@test "CVE-2020-28021: AUTH= with a line break, and other values that are none" {
	auth_host
	bad_xtext | while IFS= read -r value; do
		{ login; echo "C: MAIL FROM:<alice@example.org> AUTH=$value"
		    refusal_of "$value"
		    printf '%s\n' 'C: RCPT TO:<bob@example.org>' 'S: 503 *'
		} | submit || exit 1
	done
	for value in 'AUTH=\x{0A}@x' 'AUTH=+C3@x' $'AUTH=\303@x SMTPUTF8' \
	    AUTH AUTH=alice 'AUTH=<x@y>' 'AUTH=a@b+3E' AUTH=@x \
	    'AUTH=<> AUTH=<>' "AUTH=a@$(printf '%0500d' 0)"; do
		{ login; echo "C: MAIL FROM:<alice@example.org> $value"
		    echo 'S: 501 5.5.4 *'; } | submit
	done
}

@test "AUTH= where nobody can log in was not offered" {
	{ hello; cat <<-'.'
		C: MAIL FROM:<alice@example.net> AUTH=<>
		S: 555 5.5.4 *
	.
	} | talk
}

@test "LIMITS: as many recipients as there may be" {
	mail_host
	echo 'Max-Recipients: 120' >>"$T/mailpipe.conf"
	printf '%s\n' 'S: 220 *' 'C: LHLO a' 'S-ALL: 250-*250-LIMITS RCPTMAX=100?*' |
	    talk smtpd-inetd -L -f "$T/mailpipe.conf"
	{ printf '%s\n' 'S: 220 *' 'C: EHLO a' \
	    'S-ALL: 250-*250-LIMITS RCPTMAX=120?*' 'C: MAIL FROM:<>' 'S: 250 *'
	for i in {1..120}; do
		printf '%s\n' "C: RCPT TO:<bob+$i@example.org>" 'S: 250 *'
	done
	printf '%s\n' 'C: RCPT TO:<bob@example.org>' 'S: 452 4.5.3 *'; } | talk
	smtpd
	expect 0 smtp-send -j -e "smtp://127.0.0.1:$PORT"
	contains out '"LIMITS RCPTMAX=120"'
}

@test "REQUIRETLS is offered and taken in TLS alone" {
	tls_host "Filter: sh -c 'echo \"\${REQUIRETLS-none}\" >>$T/open/seen; cat'"
	mkdir open
	chmod 777 open
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	chmod 1777 "$T"
	start_tls()
	{
		hello
		printf '%s\n' 'C: MAIL FROM:<a@example.net> REQUIRETLS' \
		    'S: 555 5.5.4 *' 'C: STARTTLS' 'S: 220 *' TLS: 'C: EHLO a'
	}
	{ start_tls; cat <<-'.'; } | REQUIRETLS=outside talk
		S-ALL: 250-*250-REQUIRETLS?*
		C: MAIL FROM:<a@example.net> REQUIRETLS=1
		S: 501 5.5.4 *
		C: MAIL FROM:<a@example.net> REQUIRETLS=
		S: 501 5.5.4 *
		C: MAIL FROM:<a@example.net> REQUIRETLS REQUIRETLS
		S: 501 5.5.4 *
		C: MAIL FROM:<a@example.net> requiretls X=1
		S: 555 5.5.4 *
		C: MAIL FROM:<a@example.net>
		S: 250 *
		C: RCPT TO:<bob@example.org>
		S: 250 *
		C: DATA
		S: 354 *
		C: TLS-Required: No
		C: .
		S: 250 *
		C: MAIL FROM:<a@example.net> REQUIRETLS
		S: 250 *
		C: RCPT TO:<alice@example.org>
		S: 250 *
		C: DATA
		S: 354 *
		C: X: y
		C: .
		S: 250 *
	.
	contains "$(letter bob)" 'TLS-Required: No'
	printf '%s\n' none 1 >want
	same want open/seen
}

@test "smtp-send asks for REQUIRETLS, in TLS and without" {
	tls_host
	smtpd
	printf 'Subject: x\n\ntext\n' >m
	expect_noted 0 smtp-send -v -o requiretls=yes -o tls=require \
	    -o "ca=$T/ca.pem" -f alice@example.net "smtp://localhost:$PORT" \
	    bob@example.org <m
	contains err ' REQUIRETLS'
	letter bob
	expect 69 smtp-send -o requiretls=yes -o tls=none -f alice@example.net \
	    "smtp://localhost:$PORT" alice@example.org <m
	[ "$(letters alice)" -eq 0 ]
}
