# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# smtp-send: domains in UTF-8 (RFC 5890, RFC 5891), of hosts and of addresses.

load helper
load postfix
load tls

setup()
{
	isolate
	shopt -s lastpipe
	printf 'From: a@x\nSubject: test\n\nhi\n' >m
	HOST=$'b\303\274cher.example'
	ASCII=xn--bcher-kva.example
	NOWHERE=smtp://127.0.0.1:1
}

# A server that offers the keywords, and records.
recorder()
{
	rm -rf port rec
	start recorder python3 "$TESTS/peer/record.py" port rec "$@"
	wait_for 10 test -s port
	URL=smtp://127.0.0.1:$(cat port)
}

# Where the name, and another below it, is this machine.
at_home()
{
	echo "127.0.0.1 $ASCII mx.$ASCII" >hosts
	expect_noted "$1" unshare -m sh -c '
		mount --bind hosts /etc/hosts
		exec "$@"' sh "${@:2}"
}

@test "mailboxes go with A-labels, and need no SMTPUTF8" {
	local keywords

	for keywords in PIPELINING 'PIPELINING 8BITMIME SMTPUTF8'; do
		# shellcheck disable=SC2086 # several words
		recorder $keywords
		expect 0 smtp-send -r -f "a@$HOST" "$URL" "b@$HOST" \
		    "\"c d\"@$HOST" <m
		printf '%s\n' "MAIL FROM:<a@$ASCII>" "RCPT TO:<b@$ASCII>" \
		    "RCPT TO:<\"c d\"@$ASCII>" >want
		same rec/1.envelope want
		# What is shown is what was given.
		cut -f 2,3 out >got
		printf '%s\tsent\n' "b@$HOST" "\"c d\"@$HOST" >want
		same got want
		[ ! -e rec/wrong ]
	done
}

@test "of the header, too, which stays as it is" {
	printf 'From: A <a@%s>\nTo: B <b@%s>\n\nhi\n' "$HOST" "$HOST" >t
	recorder PIPELINING 8BITMIME SMTPUTF8
	expect 0 smtp-send -t "$URL" <t
	printf '%s\n' "MAIL FROM:<a@$ASCII> BODY=8BITMIME SMTPUTF8" \
	    "RCPT TO:<b@$ASCII>" >want
	same rec/1.envelope want
	contains rec/1.wire "To: B <b@$HOST>"
	# There is UTF-8 in the header all the same.
	recorder PIPELINING 8BITMIME
	expect_noted 69 smtp-send -rt "$URL" <t
	cut -f 2-5 out >got
	printf 'b@%s\tfailed\t0\t5.6.7\n' "$HOST" >want
	same got want
	[ ! -e rec/1.wire ]
}

@test "a local part of UTF-8 needs SMTPUTF8 as ever" {
	recorder PIPELINING 8BITMIME SMTPUTF8
	expect 0 smtp-send -f a@x "$URL" $'\303\274@'"$HOST" <m
	contains rec/1.envelope $'RCPT TO:<\303\274@'"$HOST>"
	contains rec/1.envelope 'MAIL FROM:<a@x> SMTPUTF8'
	recorder PIPELINING
	expect_noted 69 smtp-send -r -f a@x "$URL" $'\303\274@'"$HOST" \
	    "b@$HOST" <m
	cut -f 3,5 out | tr '\n' ' ' >got
	printf 'failed\t5.6.7 sent\t2.0.0 ' >want
	same got want
}

@test "one mailbox, written twice" {
	recorder PIPELINING
	expect 0 smtp-send -f a@x "$URL" "b@$HOST" "b@$ASCII" \
	    $'b@B\303\234CHER.example' $'b@bu\314\210cher\343\200\202example' \
	    $'b@b\303\274cher.exampl\303\251' <m
	printf '%s\n' 'MAIL FROM:<a@x>' "RCPT TO:<b@$ASCII>" \
	    'RCPT TO:<b@xn--bcher-kva.xn--exampl-gva>' >want
	same rec/1.envelope want
}

@test "-n shows what was given, and that it needs no SMTPUTF8" {
	expect 0 smtp-send -n -f "a@$HOST" "$NOWHERE" "b@$HOST" <m
	contains out "sender	<a@$HOST>"
	contains out "recipient	<b@$HOST>"
	not grep -q SMTPUTF8 out
	expect 0 smtp-send -nj -f "a@$HOST" "$NOWHERE" "b@$HOST" <m
	contains out '"smtputf8":false'
}

@test "EHLO has A-labels" {
	printf '%s\n' 'S: 220 mx' "C: EHLO $ASCII" 'S: 250 SMTPUTF8' \
	    'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' 'C: DATA' \
	    'S: 354 go' C-DATA: 'S: 250 ok' 'C: QUIT' C-END >script
	scripted script
	expect 0 smtp-send -o "helo=$HOST" "smtp://127.0.0.1:$PORT" b@y <m
	scripted_end
	expect 64 smtp-send -o $'helo=i\342\235\244.ws' "$NOWHERE" b@y <m
	contains err '-o helo: i'
	expect 64 smtp-send -o $'helo=x\357\274\240y' "$NOWHERE" b@y <m
	expect 64 smtp-send -o $'helo=\303\274 x' "$NOWHERE" b@y <m
}

@test "the host of a URL: DNS, the certificate and SNI have A-labels" {
	needs_root
	certificate idn "DNS:$ASCII"
	# Who asks for another name, or for none, gets another certificate.
	tls_host "Tls-Certificate: $T/idn.pem" "Tls-Key: $T/idn.key"
	smtpd
	at_home 0 smtp-send -v -o ca=ca.pem "smtp://$HOST:$PORT" \
	    bob@example.org <m
	grep -q '^\* CN *= *idn' err
	[ "$(find bob/new -type f | wc -l)" -eq 1 ]
	at_home 75 smtp-send -o ca=ca.pem "smtp://mx.$HOST:$PORT" \
	    bob@example.org <m
	contains err "mx.$ASCII: certificate: hostname mismatch"
}

@test "the host of an account, and of .netrc" {
	needs_root
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' 'S: 250 AUTH PLAIN' \
	    "C: AUTH PLAIN $(printf '\0u\0pencil' | base64)" 'S: 235 yes' \
	    "C: MAIL FROM:<a@$ASCII>" 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
	    'C: DATA' 'S: 354 go' C-DATA: 'S: 250 ok' 'C: QUIT' C-END >script
	scripted script
	mkdir -p .config/mailpipe
	printf '%s\n' 'Account: w' "Smtp: smtp://u@$HOST:$PORT" \
	    "From: a@$HOST" 'Tls: none' >.config/mailpipe/accounts
	echo "machine $HOST login u password pencil" >.netrc
	at_home 0 smtp-send -o auth-clear=yes -a w b@y <m
	scripted_end
}

@test "a name that is none: one sentence, before anything is sent" {
	local bad

	recorder PIPELINING 8BITMIME SMTPUTF8
	# A full-width @, / and >, leader, ideographic space, joiner, two
	# directions, unassigned, emoji, an A-label that is none, hyphens,
	# an underscore, an empty label, one of 64.
	for bad in $'x\357\274\240y' $'x\357\274\217y' $'x\357\274\236y' \
	    $'x\342\200\244y' $'x\343\200\200y' $'a\342\200\215b' \
	    $'\327\220a.de' $'\315\270.de' $'i\342\235\244.ws' \
	    $'xn--zzzzzz99999.\303\274' $'-\303\274' $'\303\274-' \
	    $'ab--\303\274' $'\303\274_x' $'\303\274\343\200\202\343\200\202x' \
	    $'\303\274'"$(printf '%063d' 0)"; do
		expect 64 smtp-send -f a@x "$URL" c@y "b@$bad" <m
		grep -qE 'no (domain name|mail address)' err
		[ "$(wc -l <err)" -eq 1 ]
		expect 64 smtp-send -f "b@$bad" "$URL" c@y <m
		contains err '-f: '
		expect 64 smtp-send -f a@x "smtp://$bad" c@y <m
		grep -qE 'no domain name|bad user, host' err
		printf 'From: a@x\nTo: b@%s\n\nhi\n' "$bad" >t
		expect 65 smtp-send -t "$URL" <t
	done
	expect 64 smtp-send -f a@x $'smtp://\374.example' c@y <m
	contains err 'not UTF-8'
	expect 64 smtp-send -f a@x 'smtp://x%00%C3%BC' c@y <m
	[ ! -e rec/connections ]
}

@test "what is loopback is decided by the name that is connected to" {
	# Digits of full width: 127.0.0.1, and "localhost".
	recorder PIPELINING
	TO=${URL##*:}
	expect 0 smtp-send -f a@x \
	    $'smtp://\357\274\221\357\274\222\357\274\227'".0.0.1:$TO" b@y <m
	expect 0 smtp-send -f a@x $'smtp://\342\223\233ocalhost:'"$TO" b@y <m
	# A Cyrillic a: another name, which there is not; it is shown as such.
	expect 68 smtp-send -f a@x $'smtp://loc\320\260lhost:'"$TO" b@y <m
	contains err 'xn--loclhost-36g'
	[ "$(wc -l <rec/connections)" -eq 2 ]
}

@test "libidn2 is loaded where it is needed alone" {
	# LeakSanitizer cannot be traced.
	ASAN_OPTIONS=detect_leaks=0
	recorder PIPELINING
	strace -f -o trace -e trace=openat smtp-send -f a@x "$URL" b@y <m
	not grep -q libidn2 trace
	strace -f -o trace -e trace=openat smtp-send -f a@x "$URL" "b@$HOST" <m
	grep -q libidn2 trace
}

@test "without libidn2 the sentence names it" {
	mkdir none
	printf 'not a library\n' >none/libidn2.so.0
	expect 69 env LD_LIBRARY_PATH="$T/none" smtp-send -f a@x "$NOWHERE" \
	    "b@$HOST" <m
	contains err 'libidn2-0'
	expect 69 env LD_LIBRARY_PATH="$T/none" smtp-send -f a@x \
	    "smtp://$HOST" b@y <m
	contains err 'libidn2-0'
}

@test "a real postfix takes A-labels for what they stand for" {
	needs_root
	postfix_up - <<-.
		smtputf8_enable = no
		virtual_mailbox_domains = example.org, $ASCII
	.
	expect 0 smtp-send -f "a@$HOST" "$URL" "bob@$HOST" <m
	wait_for 20 sh -c '[ $(ls Maildir/new | wc -l) -eq 1 ]'
	contains "$(echo Maildir/new/*)" "Return-Path: <a@$ASCII>"
}

@test "the example of the manual: whether SMTPUTF8 is needed" {
	awk '/^\.Bd/ { text = "" ; next }
		/^\.Ed/ { if (index(text, "smtputf8")) print text }
		{ gsub(/\\e/, "\\"); gsub(/\\\(:u/, "\303\274")
		    text = text $0 "\n" }' "$TESTS/../man/smtp-send.1" >example
	[ -s example ]
	cp m message
	expect 0 sh -e example
	printf 'false\n' >want
	same out want
}
