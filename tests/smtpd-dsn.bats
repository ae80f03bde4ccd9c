#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd: reports of deliveries (DSN), for programs that read them, and
# with values that are meant to do harm.

load helper
load smtpd
load tls
load submission
load postfix

# Reports go to open/report, the arguments to open/to; more lines for the
# configuration may follow.
report_host()
{
	mail_host
	mkdir -p open
	# The program is run as another user, where root runs the test.
	chmod 777 open
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	chmod 1777 "$T"
	printf '%s\n' "Reports: sh -c 'cat >>$T/open/report; printf \"%s\\n\" \"\$@\" >>$T/open/to; env >>$T/open/env' sh -f ''" \
	    "$@" >>mailpipe.conf
}

# From MAIL on, with these parameters of MAIL and RCPT.
letter_with()
{
	printf '%s\n' "C: MAIL FROM:<alice@example.net>$1" 'S: 250 2.1.0 *' \
	    "C: RCPT TO:<bob@example.org>$2" 'S: 250 2.1.5 *' 'C: DATA' \
	    'S: 354 *' 'C: From: Alice <alice@example.net>' 'C: Subject: x' \
	    C: 'C: secret text' 'C: .' 'S: 250 2.0.0 *'
}

ask()
{
	{ hello; letter_with "$@"; printf '%s\n' 'C: QUIT' 'S: 221 *'; } | talk
}

# What Python's parser makes of the report: the lines given, and no defect.
read_report()
{
	python3 - open/report <<-'.' >read || return 1
		import email.policy, sys
		from email import message_from_binary_file
		with open(sys.argv[1], "rb") as f:
		    m = message_from_binary_file(f, policy=email.policy.default)
		for part in m.walk():
		    assert part.defects == [], part.defects
		assert m.get_content_type() == "multipart/report"
		assert m["Content-Type"].params["report-type"] == "delivery-status"
		for name in "From", "To", "Subject", "Auto-Submitted":
		    print(name + ":", m[name])
		words, status, *header = m.get_payload()
		print(words.get_content())
		for block in status.get_payload():
		    print(block.as_string().rstrip("\n"), end="\n--\n")
		for part in header:
		    assert part.get_content_type() == "text/rfc822-headers"
		    print(part.get_content(), end="")
	.
}

@test "DSN is offered where somebody takes reports" {
	talk <<-'.'
		S: 220 *
		C: EHLO a
		S-ALL: 250-*ENHANCEDSTATUSCODES?250-LIMITS*
		C: MAIL FROM:<a@example.net> RET=HDRS
		S: 555 5.5.4 *
		C: MAIL FROM:<a@example.net> ENVID=x
		S: 555 5.5.4 *
		C: MAIL FROM:<a@example.net>
		S: 250 *
		C: RCPT TO:<bob@example.org> NOTIFY=NEVER
		S: 555 5.5.4 *
		C: RCPT TO:<bob@example.org> ORCPT=rfc822;bob@example.org
		S: 555 5.5.4 *
	.
	report_host
	printf '%s\n' 'S: 220 *' 'C: EHLO a' 'S-ALL: 250-*250-DSN?*' | talk
	# The client of LMTP has the queue, and reports itself.
	printf '%s\n' 'S: 220 *' 'C: LHLO a' \
	    'S-ALL: 250-*ENHANCEDSTATUSCODES?250-LIMITS*' \
	    'C: MAIL FROM:<a@example.net> RET=HDRS' 'S: 555 5.5.4 *' |
	    talk smtpd-inetd -L -f "$T/mailpipe.conf"
	echo "Reports: sh -c 'x" >>mailpipe.conf
	expect 78 smtpd-inetd -f mailpipe.conf </dev/null
}

@test "a report of a delivery: all that was asked, and Python reads it" {
	report_host
	ask ' RET=FULL ENVID=id+20+2B1' \
	    ' NOTIFY=failure,success ORCPT=rfc822;carol+2Bx@example.com'
	read_report
	cat >want <<-'.'
		From: Mail system <MAILER-DAEMON@mx.example.org>
		To: alice@example.net
		Subject: Delivered to bob@example.org: x
		Auto-Submitted: auto-replied
		This is the mail system of mx.example.org.

		This is about your message "x" of DATE.

		It was delivered to:

		    bob@example.org
		        (it was sent to carol+x@example.com)

		You get this report because you, or your mail program, asked for it. It
		does not say that anybody has read the message.

		Whoever runs this mail system finds the message by its number:
		ID

		Reporting-MTA: dns; mx.example.org
		Original-Envelope-Id: id +1
		Arrival-Date: DATE
		--
		Original-Recipient: rfc822;carol+x@example.com
		Final-Recipient: rfc822; bob@example.org
		Action: delivered
		Status: 2.0.0
		Final-Log-ID: ID
		--
		From: Alice <alice@example.net>
		Subject: x
	.
	sed -e 's/[A-Z][a-z][a-z], .* [+-][0-9]\{4\}/DATE/' \
	    -e 's/[A-Z][a-z]*day, .* UTC/DATE/' \
	    -e 's/[0-9]*\.M[0-9]*P[0-9]*Q1$/ID/' read >got
	same want got
	# Its sender, as the configuration says it, and its recipient.
	printf '%s\n' -f '' alice@example.net >want
	same want open/to
	contains log ' report to=<alice@example.net> nrcpt=1 given'
	letter bob
}

@test "no report: not asked for, refused, or for nobody" {
	report_host
	for notify in '' ' NOTIFY=NEVER' ' NOTIFY=FAILURE,DELAY' \
	    ' ORCPT=rfc822;bob@example.org'; do
		ask ' RET=HDRS ENVID=1' "$notify"
	done
	{ hello; cat <<-'.'
		C: MAIL FROM:<>
		S: 250 *
		C: RCPT TO:<bob@example.org> NOTIFY=SUCCESS
		S: 250 *
		C: DATA
		S: 354 *
		C: X: y
		C: .
		S: 250 2.0.0 *
		C: MAIL FROM:<alice@example.net>
		S: 250 *
		C: RCPT TO:<nobody@example.org> NOTIFY=SUCCESS
		S: 550 *
		C: RCPT TO:<bob@example.org>
		S: 250 *
		C: DATA
		S: 354 *
		C: X: y
		C: .
		S: 250 2.0.0 *
		C: MAIL FROM:<alice@example.net>
		S: 250 *
		C: RCPT TO:<bob@example.org> NOTIFY=SUCCESS
		S: 250 *
		C: RSET
		S: 250 *
		C: MAIL FROM:<alice@example.net>
		S: 250 *
		C: RCPT TO:<bob@example.org>
		S: 250 *
		C: DATA
		S: 354 *
		C: X: y
		C: .
		S: 250 2.0.0 *
		C: MAIL FROM:<alice@example.net>
		S: 250 *
		C: RCPT TO:<bob@example.org> NOTIFY=SUCCESS
		S: 250 *
		C: DATA
		S: 354 *
		C-RAW: X: y\n\r\n.\r\n
		S: 550 5.6.0 *
	.
	} | talk
	[ ! -e open/report ]
	not grep -q ' report ' log
}

@test "several recipients: those who asked, each as it was named, and no other" {
	report_host "Aliases: $T/aliases"
	echo 'list: alice, bob' >aliases
	chmod 644 aliases
	{ hello; cat <<-'.'
		C: MAIL FROM:<alice@example.net> ENVID=old
		S: 250 *
		C: RSET
		S: 250 *
		C: MAIL FROM:<alice@example.net> ENVID=old2 X=1
		S: 555 *
		C: MAIL FROM:<alice@example.net>
		S: 250 *
		C: RCPT TO:<list@example.org> ORCPT=rfc822;all@example.com NOTIFY=SUCCESS
		S: 250 *
		C: RCPT TO:<alice@example.org> NOTIFY=NEVER
		S: 250 *
		C: RCPT TO:<Postmaster> NOTIFY=SUCCESS,DELAY
		S: 250 *
		C: BDAT 6
		C-RAW: X: y\r\n
		S: 250 *
		C: BDAT 6 LAST
		C-RAW: \r\ntext
		S: 250 2.0.0 *
	.
	} | talk
	read_report
	not grep -q Envelope read
	sed -n -e '/^Final-Log-ID/d' -e '/^Arrival-Date/,$p' read |
	    tail -n +2 >got
	cat >want <<-'.'
		--
		Original-Recipient: rfc822;all@example.com
		Final-Recipient: rfc822; list@example.org
		Action: delivered
		Status: 2.0.0
		--
		Final-Recipient: rfc822; Postmaster@mx.example.org
		Action: delivered
		Status: 2.0.0
		--
		X: y
	.
	same want got
	contains read 'Subject: Delivered to list@example.org and 1 more: your message'
	not grep -q 'alice@example.org\|bob@example.org' open/report
}

@test "a user who logged in is told, too, and what filters do is not" {
	report_host 'Filter: sed s/^Subject:.*/Subject:changed/'
	auth_host
	{ login; letter_with '' ' NOTIFY=SUCCESS' |
	    sed 's/alice@example.net> *$/alice@example.org>/'; } | submit
	contains open/to alice@example.org
	contains open/report 'Subject: x'
	contains "$(letter bob)" 'Subject:changed'
}

@test "xtext +0A, +00, a lone +, 10 kB and other values that are none: 501" {
	local keyword value

	report_host
	long=$(printf '%010000d' 0)
	try()
	{
		{ hello
		    [ "${1#ENVID}${1#RET}" = "$1$1" ] || printf '%s\n' \
			"C: MAIL FROM:<alice@example.net> $1" "S: $2" \
			'C: RCPT TO:<bob@example.org>' 'S: 503 *'
		    [ "${1#NOTIFY}${1#ORCPT}" = "$1$1" ] || printf '%s\n' \
			'C: MAIL FROM:<alice@example.net>' 'S: 250 *' \
			"C: RCPT TO:<bob@example.org> $1" "S: $2" \
			'C: DATA' 'S: 554 5.5.1 *'
		    printf '%s\n' 'C: QUIT' 'S: 221 *'
		} | talk
	}
	for keyword in ENVID= ORCPT= ORCPT=rfc822\; RET= NOTIFY= \
	    NOTIFY=SUCCESS,; do
		for value in +0A a+0D+0AX: +00 + +G1 +4 +2b +C3+BC = =x '' \
		    '+7F'; do
			try "$keyword$value" '501 5.5.4 *'
		done
		try "$keyword$long" '500 5.5.2 *'
	done
	for value in RET NOTIFY ENVID ORCPT RET=PART RET=HDRS,FULL \
	    'RET=HDRS RET=HDRS' 'ENVID=a ENVID=a' 'NOTIFY=DELAY NOTIFY=NEVER' \
	    'ORCPT=rfc822;a ORCPT=rfc822;b' NOTIFY=NEVER,SUCCESS \
	    NOTIFY=SUCCESS,NEVER NOTIFY=NEVER,NEVER NOTIFY=DELAY,DELAY \
	    NOTIFY=,SUCCESS NOTIFY=SUCCESS,,DELAY NOTIFY=SUCCESSS \
	    'ORCPT=bob@example.org' 'ORCPT=;x' 'ORCPT=rfc+382;x' 'ORCPT=x_y;x' \
	    "ENVID=${long:0:101}" "ENVID=${long:0:98}+2B" \
	    "ORCPT=rfc822;${long:0:494}" "ORCPT=rfc822;${long:0:491}+2B"; do
		try "$value" '501 5.5.4 *'
	done
	# Of the other command, and of none.
	for value in 'ENVID=a NOTIFY=NEVER' 'RET=HDRS ORCPT=rfc822;a' \
	    'NOTIFY=DELAY RET=FULL' 'ORCPT=rfc822;a ENVID=a' \
	    'RET=FULL RE=T'; do
		try "$value" '555 5.5.4 *'
	done
	# As long as they may be.
	ask " RET=hdrs ENVID=${long:0:97}+2B" \
	    " NOTIFY=success ORCPT=X400-a;${long:0:490}+2B"
	contains open/report "Original-Envelope-Id: ${long:0:97}+"
	contains open/report "Original-Recipient: X400-a;${long:0:490}+"
}

@test "what others wrote begins no line of a report but its own" {
	report_host
	{ hello; cat <<-'.'
		C: MAIL FROM:<"a\" b,c:;<>@x"@example.net> ENVID=Status:+205.0.0
		S: 250 *
		C: RCPT TO:<bob@example.org> ORCPT=rfc822;"Action:+20failed" NOTIFY=SUCCESS
		S: 250 *
		C: DATA
		S: 354 *
		C-RAW: Subject: caf\xc3\xa9 \x1b[1m\r\n --=_0\r\nAction: failed\r\n
		C-RAW: X: \r\n\r\nStatus: 5.0.0\r\n.\r\n
		S: 250 2.0.0 *
	.
	} | talk
	read_report
	[ "$(grep -c '^Action:' read)$(grep -c '^Status:' read)" = 21 ]
	contains open/report 'To: <"a\" b,c:;<>@x"@example.net>'
	contains open/report 'Content-Transfer-Encoding: quoted-printable'
	contains open/report 'Subject: caf=C3=A9 =1B[1m'
	printf '%s\n' -f '' '"a\" b,c:;<>@x"@example.net' >want
	same want open/to
}

@test "a sender that looks like an option is none for the program" {
	report_host
	{ hello; printf '%s\n' 'C: MAIL FROM:<-oQ/tmp/-C@example.net>' \
	    'S: 250 *' 'C: RCPT TO:<bob@example.org> NOTIFY=SUCCESS' \
	    'S: 250 *' 'C: DATA' 'S: 354 *' 'C: X: y' 'C: .' 'S: 250 *'
	} | talk
	printf '%s\n' -f '' '"-oQ/tmp/-C"@example.net' >want
	same want open/to
	contains open/report 'To: <-oQ/tmp/-C@example.net>'
}

@test "a program that fails, crashes, is not there or hangs is a line of the log" {
	for program in false "sh -c 'echo no >&2; exit 75'" \
	    "sh -c 'kill -SEGV \$\$'" /none/program 'sh -c "sleep 600" sh' \
	    'sh -c "sleep 600 & exit 0" sh' 'sh -c "exec yes >&2" sh'; do
		rm -rf bob mailpipe.conf
		report_host 'Filter-Timeout: 1'
		sed -i '/^Reports/d' mailpipe.conf
		echo "Reports: $program" >>mailpipe.conf
		{ hello; letter_with '' ' NOTIFY=SUCCESS'
		    printf '%s\n' 'C: NOOP' 'S: 250 *'; } | talk
		contains log ' report to=<alice@example.net> nrcpt=1 not given: '
		contains log ' accepted'
		letter bob
	done
	report_host
	{ hello; letter_with '' ' NOTIFY=SUCCESS'; } | TMPDIR=$T/none talk
	contains log 'nrcpt=1 not given: '
}

@test "a program that hangs is not waited for as long as filters are" {
	report_host 'Filter-Timeout: 3600'
	sed -i '/^Reports/d' mailpipe.conf
	echo "Reports: sh -c 'sleep 3600' sh" >>mailpipe.conf
	smtpd
	dial
	heard '220 *'
	say 'EHLO a\r\nMAIL FROM:<alice@example.net>\r\nRCPT TO:<bob@example.org> NOTIFY=SUCCESS\r\nDATA\r\n'
	heard '250 *'
	heard '250 *'
	heard '250 *'
	heard '354 *'
	say 'X: y\r\n.\r\nNOOP\r\n'
	heard '250 2.0.0 accepted*'
	wait_for 300 grep -q ' report to=<alice@example.net> nrcpt=1 not given: ' \
	    smtpd.log
	heard '250 2.0.0 here'
	letter bob
}

@test "the program has nothing of what a filter was told" {
	report_host 'Filter: true'
	export AUTH_USER=eve
	REMOTE_ADDR=192.0.2.7 ask '' ' NOTIFY=SUCCESS'
	[ -s open/env ]
	not grep -E '^(SENDER|RECIPIENTS|REMOTE_ADDR|HELO|AUTH_USER)=' open/env
}

@test "the client has its 250 before the program ends" {
	report_host
	sed -i '/^Reports/d' mailpipe.conf
	echo "Reports: sh -c 'until [ -e $T/open/go ]; do sleep 0.1; done' sh" \
	    >>mailpipe.conf
	smtpd
	dial
	heard '220 *'
	say 'EHLO a\r\nMAIL FROM:<alice@example.net>\r\nRCPT TO:<bob@example.org> NOTIFY=SUCCESS\r\nDATA\r\n'
	heard '250 *'
	heard '250 *'
	heard '250 *'
	heard '354 *'
	say 'X: y\r\n.\r\nNOOP\r\n'
	heard '250 2.0.0 accepted*'
	letter bob
	not grep -q ' report to=' smtpd.log
	touch open/go
	heard '250 2.0.0 here'
	contains smtpd.log ' report to=<alice@example.net> nrcpt=1 given'
}

@test "the program runs without privileges, and with no descriptor of ours" {
	needs_root
	report_host
	sed -i '/^Reports/d' mailpipe.conf
	echo "Reports: sh -c 'id -u >$T/open/seen; ls /proc/self/fd | wc -l >>$T/open/seen' sh" \
	    >>mailpipe.conf
	ask '' ' NOTIFY=SUCCESS'
	id -u nobody >want
	# 0, 1, 2 and the directory that ls reads.
	echo 4 >>want
	same want open/seen
}

@test "a header without end is cut, and the report says so" {
	report_host
	{ hello; printf '%s\n' 'C: MAIL FROM:<alice@example.net>' 'S: 250 *' \
	    'C: RCPT TO:<bob@example.org> NOTIFY=SUCCESS' 'S: 250 *' \
	    'C: DATA' 'S: 354 *' 'C: X-First: 1' \
	    'C-REPEAT: 900 X: 7890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\r\n' \
	    'C: X-Last: 1' 'C: .' 'S: 250 *'; } | talk
	contains "$(letter bob)" 'X-Last: 1'
	contains open/report 'too long to be given back in full'
	contains open/report 'X-First: 1'
	not grep -q X-Last open/report
	[ "$(stat -c %s open/report)" -lt 70000 ]
}

@test "many recipients with long names: as many as there is room for" {
	report_host 'Max-Recipients: 3000'
	name=$(printf '%0490d' 0)
	{ hello; printf '%s\n' 'C: MAIL FROM:<alice@example.net>' 'S: 250 *'
	for i in {1..2100}; do
		echo "C: RCPT TO:<bob+$i@example.org> NOTIFY=SUCCESS ORCPT=rfc822;$name"
		[ "$i" -lt 1900 ] && echo 'S: 250 *' || echo 'S: [24]5[02] *'
	done
	printf '%s\n' "C: RCPT TO:<bob@example.org> NOTIFY=SUCCESS ORCPT=rfc822;$name" \
	    'S: 452 4.5.3 *' 'C: RCPT TO:<bob@example.org>' 'S: 250 *' \
	    'C: DATA' 'S: 354 *' 'C: X: y' 'C: .' 'S: 250 *'; } | talk
	[ "$(grep -c '^Final-Recipient' open/report)" -ge 1900 ]
}

@test "REQUIRETLS: a report that says nothing of the header" {
	tls_host
	report_host
	tls_host
	{ hello; printf '%s\n' 'C: STARTTLS' 'S: 220 *' TLS: 'C: EHLO a' \
	    'S-ALL: 250-*'; letter_with ' REQUIRETLS' ' NOTIFY=SUCCESS'
	    letter_with '' ' NOTIFY=SUCCESS'; } | talk
	[ "$(grep -c '^Action: delivered' open/report)" -eq 2 ]
	[ "$(grep -c 'rfc822-headers' open/report)" -eq 1 ]
	[ "$(grep -c '^Subject: x' open/report)" -eq 1 ]
	[ "$(grep -c '^REQUIRETLS=1' open/env)" -eq 1 ]
}

# report_host with a user in UTF-8.
utf8_host()
{
	JO=$'j\303\274+rgen@example.org'
	report_host
	mkdir -p "$T/jo/cur" "$T/jo/new" "$T/jo/tmp"
	owned "$T/jo"
	echo "$JO:!:$T/jo" >>"$T/users"
}

# What a letter to $JO with these parameters of RCPT is told of the two
# recipients, in recipients.
ask_utf8()
{
	rm -f open/*
	{ hello; printf '%s\n' 'C: MAIL FROM:<alice@example.net> SMTPUTF8' \
	    'S: 250 *' "C: RCPT TO:<$JO> NOTIFY=SUCCESS$1" 'S: 250 *' \
	    'C: DATA' 'S: 354 *' $'C: Subject: \303\274' 'C: .' 'S: 250 *'
	} | talk || return 1
	read_report || return 1
	grep -- -Recipient: read >recipients
}

@test "a recipient in UTF-8: 7-bit for a sender who is not" {
	utf8_host
	ask_utf8 ''
	# No SMTPUTF8 is needed for it.
	LC_ALL=C not grep -q '[^ -~[:space:]]' open/report
	echo 'Final-Recipient: utf-8; j\x{FC}\x{2B}rgen@example.org' >want
	same want recipients
	contains read $'Subject: Delivered to j\303\274+rgen@example.org: \303\274'
	contains read $'    j\303\274+rgen@example.org'
	contains open/report 'Subject: =C3=BC'
	expect 0 mime-hdr -m open/report subject
	contains out $'Delivered to j\303\274+rgen@example.org: \303\274'
	expect 0 mime-ls open/report
	contains out 'message/delivery-status'
}

@test "ORCPT in UTF-8: all its forms, and what is none" {
	local value

	utf8_host
	for value in $'\303\274@b\303\274.example' '\x{FC}@b\x{FC}.example' \
	    $'\303\274@b\\x{fc}.example'; do
		ask_utf8 " ORCPT=utf-8;$value"
		echo 'Original-Recipient: utf-8;\x{FC}@b\x{FC}.example' >want
		echo 'Final-Recipient: utf-8; j\x{FC}\x{2B}rgen@example.org' >>want
		same want recipients
	done
	ask_utf8 ' ORCPT=UTF-8;a\x{2B}b\x{3D}c@x'
	contains recipients 'Original-Recipient: utf-8;a\x{2B}b\x{3D}c@x'
	# The 7-bit form needs no SMTPUTF8.
	rm open/*
	ask '' ' NOTIFY=SUCCESS ORCPT=utf-8;\x{FC}@b\x{FC}.example'
	contains open/report 'Original-Recipient: utf-8;\x{FC}@b\x{FC}.example'
	contains open/report 'Final-Recipient: rfc822; bob@example.org'
	# As Postfix has it.
	rm open/*
	ask '' ' NOTIFY=SUCCESS ORCPT=rfc822;+C3+BC+2Ba@x'
	contains open/report 'Original-Recipient: utf-8;\x{FC}\x{2B}a@x'
	{ hello; printf '%s\n' 'C: MAIL FROM:<alice@example.net>' 'S: 250 *' \
	    $'C: RCPT TO:<bob@example.org> ORCPT=utf-8;\303\274@x' \
	    'S: 553 5.6.7 *'; } | talk
	while read -r value; do
		{ hello
		    printf '%s\n' 'C: MAIL FROM:<alice@example.net> SMTPUTF8' \
			'S: 250 *' "C: RCPT TO:<bob@example.org> ORCPT=$value" \
			'S: 501 5.5.4 *'; } | talk
	done <<-.
		utf-8;
		utf-8;a
		utf-8;@x
		utf-8;a+2Bb@x
		utf-8;a\\x{0A}b@x
		utf-8;a\\x{0D}\\x{0A}X:y@x
		utf-8;a\\x{00}@x
		utf-8;a\\x{7F}@x
		utf-8;a\\x{20}b@x
		utf-8;a\\x{41}@x
		utf-8;a\\x{D800}@x
		utf-8;a\\x{110000}@x
		utf-8;a\\x{202E}@x
		utf-8;a\\x{FC@x
		utf-8;a\\@x
		utf-8;$(printf 'a\342\200\256@x')
		utf-8;$(printf 'a\303@x')
		utf-8;$(printf '%065d@x' 0)
		rfc822;$(printf '\303\274@x')
		rfc822;+C3@x
		rfc822;+C3+BC
		rfc822;+C3+BC+0A@x
		rfc822;+E2+80+AE@x
		x400;+C3+BC@x
	.
}

@test "a sender in UTF-8: To and message/global-delivery-status, as it is" {
	utf8_host
	{ hello; printf '%s\n' $'C: MAIL FROM:<\303\251ric@example.net> SMTPUTF8' \
	    'S: 250 *' \
	    "C: RCPT TO:<$JO> NOTIFY=SUCCESS ORCPT=utf-8;"'\x{FC}\x{2B}a@x' \
	    'S: 250 *' 'C: DATA' 'S: 354 *' $'C: Subject: \303\274' 'C: .' \
	    'S: 250 *'
	} | talk
	printf '%s\n' -f '' $'\303\251ric@example.net' >want
	same want open/to
	python3 - open/report <<-'.' >got
		import email.policy, sys
		from email import message_from_binary_file
		sys.stdout.reconfigure(encoding="utf-8")
		with open(sys.argv[1], "rb") as f:
		    m = message_from_binary_file(f, policy=email.policy.SMTPUTF8)
		for part in m.walk():
		    assert part.defects == [], part.defects
		print(m["Content-Type"].params["report-type"])
		print(m["To"].addresses[0].addr_spec.encode(
		    "utf-8", "surrogateescape").decode("utf-8"))
		words, status, header = m.get_payload()
		assert "    jü+rgen@example.org\n" in words.get_content()
		for part in status, header:
		    print(part.get_content_type())
		# Python takes the parts for messages: fields, and a body of more.
		blocks = status.get_payload(0).get_payload(decode=True).decode("utf-8")
		print(blocks.partition("Final-Log-ID:")[0])
		print(header.get_payload(0).as_bytes().decode("utf-8").strip())
	.
	cat >want <<-'.'
		delivery-status
		éric@example.net
		message/global-delivery-status
		message/global-headers
		Original-Recipient: utf-8;ü+a@x
		Final-Recipient: utf-8; jü+rgen@example.org
		Action: delivered
		Status: 2.0.0

		Subject: ü
	.
	same want got
	expect 0 mime-hdr -m open/report to
	contains out $'\303\251ric@example.net'
	expect 0 mime-ls open/report
	contains out 'message/global-delivery-status'
	contains out 'message/global-headers'
}

@test "smtp-send -O of UTF-8" {
	utf8_host
	smtpd
	printf 'From: alice@example.net\n\nhello\n' >m
	expect 0 smtp-send -o tls=none -N success -O $'\303\274+a@b\303\274.example' \
	    -f alice@example.net "smtp://127.0.0.1:$PORT" bob@example.org <m
	wait_for 10 grep -q 'nrcpt=1 given' smtpd.log
	contains open/report 'Original-Recipient: utf-8;\x{FC}\x{2B}a@b\x{FC}.example'
	expect 64 smtp-send -O $'\303@x' "smtp://127.0.0.1:$PORT" \
	    bob@example.org <m
}

# A report came, about bob, with this line; it is gone after that.
reported()
{
	read_report || return 1
	contains read 'Final-Recipient: rfc822; bob@example.org' || return 1
	contains read "$1" && rm open/*
}

@test "smtp-send, msmtp and Python's smtplib ask; flufl.bounce, mblaze and mime-ls read" {
	report_host
	smtpd
	printf 'From: alice@example.net\nSubject: real\n\nhello\n' >m
	expect 0 smtp-send -o tls=none -N success -R hdrs -V 'a b=+' \
	    -O carol@example.com -f alice@example.net "smtp://127.0.0.1:$PORT" \
	    bob@example.org <m
	wait_for 10 grep -q 'nrcpt=1 given' smtpd.log
	contains open/report 'Original-Recipient: rfc822;carol@example.com'
	# Whoever looks for bounces does not take it for one.
	python3 - open/report <<-'.'
		import sys
		from email import message_from_binary_file
		from flufl.bounce import all_failures
		with open(sys.argv[1], "rb") as f:
		    found = all_failures(message_from_binary_file(f))
		assert found == (set(), set()), found
	.
	expect 0 mime-ls open/report
	mime-ls open/report >ls
	contains ls 'message/delivery-status'
	contains ls 'text/rfc822-headers'
	mshow -t open/report >show
	contains show 'message/delivery-status'
	reported 'Original-Envelope-Id: a b=+'
	: >smtpd.log
	expect 0 msmtp --host=127.0.0.1 --port="$PORT" --tls=off --auth=off \
	    --from=alice@example.net --dsn-notify=success --dsn-return=full \
	    bob@example.org <m
	wait_for 10 grep -q 'nrcpt=1 given' smtpd.log
	reported 'Subject: real'
	python3 - "$PORT" <<-'.'
		import smtplib, sys
		with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as s:
		    s.ehlo("a.example")
		    assert s.has_extn("dsn")
		    s.sendmail("alice@example.net", ["bob@example.org"],
		        "Subject: by smtplib\r\n\r\ntext\r\n",
		        mail_options=["RET=HDRS", "ENVID=py+2B"],
		        rcpt_options=["NOTIFY=SUCCESS,FAILURE"])
	.
	reported 'Original-Envelope-Id: py+'
}

# A postfix on $RELAY that has mail for example.com go to us, by smtp or lmtp,
# and for bob@example.org, who sent it, into Maildir.  More arguments are the
# recipient, if not alice, and the Maildir.
relay_by()
{
	local ours=$PORT

	PORT=
	free_port()
	{
		echo "$RELAY"
	}
	postfix_up - <<-.
		transport_maps = inline:{ example.com=$1:[127.0.0.1]:$ours }
		relay_domains = example.com
	.
	printf 'From: bob@example.org\nSubject: real\n\nhello\n' >m
	expect 0 smtp-send -N success -V id -f bob@example.org "$URL" \
	    "${2:-alice@example.com}" <m || return 1
	wait_for 30 grep -q ": removed" mail.log || return 1
	wait_for 30 sh -c 'grep -qs "^Reporting-MTA" Maildir/new/*'
	letter "${3:-alice}"
}

example_com()
{
	needs_root
	report_host
	sed -i 's/^Domains.*/Domains: example.com/; /^Reports/d' mailpipe.conf
	sed -i 's/example.org/example.com/' users
	RELAY=$(free_port)
	# As the page has it.
	sed -n "s,^\(Reports: .* smtp://\)relay.example.org,\1127.0.0.1:$RELAY,p" \
	    "$TESTS/../man/smtpd-inetd.8" >line
	[ "$(wc -l <line)" -eq 1 ]
	cat line >>mailpipe.conf
}

@test "a postfix that relays into us leaves the report to us, and brings it" {
	example_com
	smtpd
	relay_by smtp
	not grep -q 'delivery status notification' mail.log
	[ "$(cat Maildir/new/* | grep -c ^Reporting-MTA)" -eq 1 ]
	report=$(echo Maildir/new/*)
	contains "$report" 'Return-Path: <>'
	contains "$report" 'From: Mail system <MAILER-DAEMON@mx.example.org>'
	contains "$report" 'Original-Envelope-Id: id'
	contains "$report" 'Original-Recipient: rfc822;alice@example.com'
	contains "$report" 'Action: delivered'
}

@test "a postfix that relays mail in UTF-8 into us" {
	example_com
	mkdir -p jo/cur jo/new jo/tmp
	owned "$T/jo"
	printf 'j\303\274@example.com:!:%s\n' "$T/jo" >>users
	smtpd
	relay_by smtp $'j\303\274@example.com' jo
	report=$(echo Maildir/new/*)
	contains "$report" 'Original-Recipient: utf-8;j\x{FC}@example.com'
	contains "$report" 'Final-Recipient: utf-8; j\x{FC}@example.com'
	contains "$report" 'Action: delivered'
}

@test "a postfix that delivers by LMTP reports itself" {
	example_com
	smtpd -L
	relay_by lmtp
	contains mail.log 'delivery status notification'
	not grep -q ' report to=' smtpd.log
	[ "$(cat Maildir/new/* | grep -c ^Reporting-MTA)" -eq 1 ]
	contains "$(echo Maildir/new/*)" 'Action: relayed'
}
