#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd and filters: programs between the dot and the 250.

load helper
load smtpd

# One "Filter:" line of the configuration for each argument.
filters()
{
	local filter

	mail_host
	for filter; do
		echo "Filter: $filter"
	done >>"$T/mailpipe.conf"
	# The filters are run as another user, where root runs the test.
	mkdir -p "$T/open"
	chmod 777 "$T/open"
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	chmod 1777 "$T"
}

# A message to bob with the reply $1.
letter_with()
{
	envelope
	printf '%s\n' 'C: Subject: x' C: 'C: ..text' 'C: .' "S: $1"
}

@test "the message on standard input, as it is stored; silence keeps it" {
	filters "sh -c 'cat >$T/open/seen1'" "sh -c 'cat >$T/open/seen2'"
	letter_with '250 2.0.0 *' | talk
	same "$T/open/seen1" "$(letter bob)"
	same "$T/open/seen2" "$(letter bob)"
	contains "$T/open/seen1" 'Return-Path: <alice@example.net>'
	contains "$T/open/seen1" 'Received: from client.example'
	tmp_clean
}

@test "what filters write is stored, in the order of the file" {
	filters "sed 's/^Subject: x/Subject: one/'" \
	    "sed 's/^Subject: one/Subject: two/'"
	letter_with '250 2.0.0 *' | talk
	contains "$(letter bob)" 'Subject: two'
	rm "$(letter bob)"
	echo "Filter: printf 'Subject: y\\n\\nno line end'" >>"$T/mailpipe.conf"
	letter_with '250 2.0.0 *' | talk
	printf 'Subject: y\n\nno line end\n' >"$T/want"
	same "$T/want" "$(letter bob)"
}

@test "the envelope in the environment" {
	filters "sh -c 'printf \"%s|%s|%s|%s|%s\" \"\$SENDER\" \"\$RECIPIENTS\" \"\$REMOTE_ADDR\" \"\$HELO\" \"\${AUTH_USER-none}\" >$T/open/seen'"
	export AUTH_USER=eve
	{ hello
	    printf '%s\n' 'C: MAIL FROM:<"a b$(x)"@example.net>' 'S: 250 *' \
		'C: RCPT TO:<bob@example.org>' 'S: 250 *' \
		'C: RCPT TO:<Alice+`x`@example.org>' 'S: 250 *' 'C: DATA' \
		'S: 354 *' 'C: .' 'S: 250 *' 'C: MAIL FROM:<>' 'S: 250 *' \
		'C: RCPT TO:<bob@example.org>' 'S: 250 *' 'C: RSET' 'S: 250 *'
	} | REMOTE_ADDR=192.0.2.7 talk
	printf '%s' '"a b$(x)"@example.net|bob@example.org
Alice+`x`@example.org
|192.0.2.7|client.example|none' >"$T/want"
	same "$T/want" "$T/open/seen"
}

@test "75 is 451, other statuses are 550, with the last line as safe text" {
	filters "sh -c 'cat >/dev/null; echo no >&2; cat $T/open/said >&2; exit \$(cat $T/open/status)'"
	try()
	{
		echo "$1" >"$T/open/status"
		printf "$2" >"$T/open/said"
		chmod 644 "$T"/open/s*
		letter_with "$3" | talk
		nothing_stored
	}
	try 75 'greylisted\n' '451 4.7.1 greylisted'
	try 1 'this is spam\n' '550 5.7.1 this is spam'
	try 99 'a\r\n250 ok\033[1m\n' '550 5.7.1 250 ok?x1b?1m'
	try 1 'caf\303\251\n\n' '550 5.7.1 caf??'
	try 2 '' '550 5.7.1 no'
	contains "$T/log" 'filter sh: status 2'
	contains "$T/log" '550 5.7.1 no'
	mail_host
	echo 'Filter: false' >>"$T/mailpipe.conf"
	letter_with '550 5.7.1 the message is refused' | talk
}

@test "a filter that crashes, is not there, hangs or writes for ever: 451" {
	for filter in "sh -c 'kill -SEGV \$\$'" /none/program \
	    "sh -c /none/program" 'sleep 600' "sh -c 'sleep 600 & exit 0'" \
	    yes; do
		rm -f "$T/mailpipe.conf"
		filters "$filter"
		echo 'Filter-Timeout: 1' >>"$T/mailpipe.conf"
		echo 'Max-Message-Size: 1K' >>"$T/mailpipe.conf"
		{ letter_with '451 4.3.0 *'
		    printf '%s\n' 'C: NOOP' 'S: 250 *'; } | talk
		contains "$T/log" 'not filtered: '
		nothing_stored
	done
}

@test "filters after the first that refuses are not run" {
	filters false "touch $T/open/run"
	letter_with '550 5.7.1 *' | talk
	[ ! -e "$T/open/run" ]
}

@test "no room for the temporary file: 451, and the next message goes on" {
	filters cat
	{ envelope | sed '$s/.*/S: 451 4.3.0 */'
	} | TMPDIR=$T/none talk
	nothing_stored
	{ envelope
	    printf '%s\n' 'C-REPEAT: 30000 abcdefgh\r\n' 'C: .' 'S: 451 4.3.0 *'
	    letter_with '250 2.0.0 *' | tail -n +4
	} | talk bash -c 'ulimit -f 64; exec smtpd-inetd -f "$1"' - \
	    "$T/mailpipe.conf"
	[ "$(letters bob)" -eq 1 ]
}

@test "a filter runs without privileges, and with no descriptor of ours" {
	needs_root
	filters "sh -c 'id -u; ls /proc/self/fd | wc -l; cat /etc/shadow; cat'"
	letter_with '250 2.0.0 *' | talk
	id -u nobody >"$T/want"
	# 0, 1, 2 and the directory that ls reads.
	echo 4 >>"$T/want"
	head -n 2 "$(letter bob)" >"$T/got"
	same "$T/want" "$T/got"
	not grep -q '^root:' "$(letter bob)"
}

@test "a large message through a filter: memory stays small" {
	sanitized && skip "memory means nothing under AddressSanitizer"
	filters cat
	{ envelope
	    printf '%s\n' 'C-REPEAT: 3000000 abcdefgh\r\n' 'C: .' 'S: 250 *'
	} >"$T/big"
	talk sh -c 'ulimit -v 65536; exec smtpd-inetd -f "$1"' - \
	    "$T/mailpipe.conf" <"$T/big"
	[ "$(stat -c %s "$(letter bob)")" -gt 27000000 ]
}

@test "a message that was delivered here before is a loop" {
	mail_host
	for before in bob@example.org BOB@Example.org; do
		{ envelope
		    printf '%s\n' 'C: Subject: x' "C: Delivered-To:  $before " \
			C: 'C: .' 'S: 554 5.4.6 *'
		} | talk
	done
	nothing_stored
	{ envelope
	    printf '%s\n' 'C: Delivered-To: alice@example.org' C: \
		'C: Delivered-To: bob@example.org' 'C: .' 'S: 250 *'
	    envelope bob@example.org alice@example.org | tail -n +4
	    printf '%s\n' 'C: Delivered-To: bob@example.org' C: 'C: .' \
		'S: 250 *'
	} | talk
}
