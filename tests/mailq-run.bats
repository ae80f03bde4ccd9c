# SPDX-License-Identifier: ISC
# shellcheck shell=bats

load helper
load runner
load machine

setup()
{
	isolate
	queue_host
	ONE=$(queue_id 1) TWO=$(queue_id 2) THREE=$(queue_id 3)
}

@test "nothing is due: status 0, and nothing is started" {
	expect 0 mailq-run
	queue_put new $((NOW + 600)) "$ONE" alice@example.org sent@example.net
	queue_put cur $((NOW + 600)) "$TWO" alice@example.org sent@example.net
	queue_put hold 0 "$(queue_id 3)" alice@example.org sent@example.net
	queue_put failed 0 "$(queue_id 4)" alice@example.org sent@example.net
	expect 0 mailq-run
	[ ! -s log ]
	[ "$(names new)$(names cur)" = "$ONE$TWO" ]
}

@test "what is delivered is gone" {
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	queue_put cur "$NOW" "$TWO" alice@example.org sent@example.net
	expect 0 mailq-run
	[ -z "$(names new)$(names cur)$(names failed)" ]
	[ "$(grep -c start log)" -eq 1 ]
	contains log 'start mx://example.net'
}

@test "recipients are grouped by their next hop, and told by number" {
	cat >>mailpipe.conf <<-.
		Route: partner.example smtps://gate.example
		Route: .sub.example work
	.
	queue_put new 0 "$ONE" alice@example.org sent@a.example \
	    sent@partner.example sent@A.Example sent+2@a.example bob@example.org \
	    root sent@x.sub.example 'sent@[192.0.2.7]' sent@bücher.example \
	    sent@xn--bcher-kva.example Bob+lists
	expect 0 mailq-run
	[ -z "$(names new)$(names cur)" ]
	[ "$(grep -c start log)" -eq 6 ]
	grep start log | sort >starts
	same starts <(printf 'start %s\n' local mx://a.example \
	    mx://xn--bcher-kva.example smtp://192.0.2.7 smtps://gate.example \
	    work)
	grep "^$ONE" log | cut -d' ' -f2 | sort >numbers
	same numbers <(printf '%s\n' 1,3-4 2 5,11 6 7 8 9-10)
}

@test "of many users of a message those behind the first wait together" {
	queue_put new 0 "$ONE" alice@example.org u{1..100}@example.org \
	    sent@a.example u1
	queue_put new 0 "$TWO" alice@example.org u{100,7}@example.org
	expect 0 mailq-run
	[ -z "$(names new)$(names cur)" ]
	grep "^$ONE" log | cut -d' ' -f2 | sort -n >numbers
	same numbers <(printf '%s\n' 1,102 {2..16} 17-100 101)
	grep "^$TWO" log | cut -d' ' -f2 | sort -n >numbers
	same numbers <(printf '%s\n' 1 2)
}

@test "a mail-deliver that is killed puts off the mail of its user alone" {
	queue_put new 0 "$ONE" alice@example.org die@example.org
	queue_put new 0 "$TWO" alice@example.org bob@example.org
	expect 75 mailq-run -c 1
	[ -z "$(names new)" ]
	[ "$(names cur)" = "$ONE" ]
	grep -q "^$TWO" log
}

@test "users of this host by its name are here, as bare names are" {
	queue_put new 0 "$ONE" root@mx.example.org sent@MX.example.org \
	    sent@a.mx.example.org
	expect 0 mailq-run
	grep start log | sort >starts
	same starts <(printf 'start %s\n' local mx://a.mx.example.org)
}

@test "-n: what would be tried, and nothing is done" {
	echo "Route: partner.example smtps://gate.example" >>mailpipe.conf
	queue_put new 0 "$ONE" alice@example.org bob@example.org \
	    sent@example.net sent@partner.example
	queue_put cur $((NOW + 600)) "$TWO" alice@example.org sent@example.com
	expect 0 mailq-run -n
	same out <(printf '%s\t%s\t%s\n' "$ONE" bob@example.org local \
	    "$ONE" sent@example.net mx://example.net \
	    "$ONE" sent@partner.example smtps://gate.example)
	expect 0 mailq-run -jn example.com
	same out <(printf '{"id":"%s","recipient":"%s","hop":"%s"}\n' \
	    "$TWO" sent@example.com mx://example.com)
	[ ! -s log ]
	[ "$(names new) $(names cur)" = "$ONE $TWO" ]
}

@test "a server that mail cannot be sent to is a mistake of the configuration" {
	local url

	queue_put new 0 "$ONE" alice@example.org sent@example.net
	cp mailpipe.conf good.conf
	for url in http://gate smtp:gate smtp://gate:0 smtp:// lmtp://gate:25 \
	    mx://u@gate pipe:; do
		{ cat good.conf; echo "Smarthost: $url"; } >mailpipe.conf
		expect_noted 78 mailq-run
		[ "$(wc -l <err)" -eq 1 ]
		contains err "mailpipe.conf: line $(wc -l <mailpipe.conf): Smarthost: "
		{ cat good.conf; echo "Route: example.net $url"; } >mailpipe.conf
		expect_noted 78 mailq-run
		contains err "mailpipe.conf: line $(wc -l <mailpipe.conf): Route: "
		# In the words of who would have been started.
		not smtp-send "$url" sent@example.net </dev/null 2>said
		contains err ": $(sed 's/^smtp-send: \(sent[^ ]* \)*//' said)"
	done
	[ "$(names new)" = "$ONE" ] && [ ! -s log ]
}

@test "what is no URL and no account's name is a mistake, too" {
	local server

	queue_put new 0 "$ONE" alice@example.org sent@example.net
	cp mailpipe.conf good.conf
	for server in 'my account' $'gate\t25' -x - '[192.0.2.1]' \
	    '[IPv6:2001:db8::1]' '[2001:db8::1]:25'; do
		for key in Smarthost: 'Route: example.net'; do
			{ cat good.conf; echo "$key $server"; } >mailpipe.conf
			expect_noted 78 mailq-run
			[ "$(wc -l <err)" -eq 1 ]
			contains err "line $(wc -l <mailpipe.conf): ${key%%:*}: "
			contains err 'smtp://'
		done
	done
	for server in work my-account _x 2; do
		{ cat good.conf; echo "Smarthost: $server"; } >mailpipe.conf
		expect 0 mailq-run -n
		[ "$(cut -f 3 out)" = "-a $server" ]
	done
	[ "$(names new)" = "$ONE" ] && [ ! -s log ]
}

# Of a file that is there once: its due time, and its journal without times.
due()
{
	find "spool/$1" -name "*.$2" -printf '%f\n' | cut -d. -f1 | sed 's/^0*//'
}

journal()
{
	sed -n '/^Hello$/,$p' spool/"$1"/*."$2" | sed 1d | cut -f 2-
}

between()
{
	[ "$1" -ge "$2" ] && [ "$1" -le "$3" ] ||
	    { echo "$1 is not in $2..$3"; return 1; }
}

@test "deferred: 75, in cur/, due after the back-off" {
	queue_put new 0 "$ONE" alice@example.org deferred@example.net \
	    sent@example.net
	expect_noted 75 mailq-run
	[ "$(names cur)" = "$ONE" ] && [ -z "$(names new)" ]
	between "$(due cur "$ONE")" $((NOW + 270)) $((NOW + 360))
	[ "$(journal cur "$ONE" | cut -f 1,2)" = $'1\tdeferred\n2\tsent' ]
	# Only what is pending is tried again, when it is due.
	expect 0 mailq-run
	[ ! -s out ]
	# Who named it is told, and with -j by JSON alone.
	expect_noted 75 mailq-run "$ONE"
	same out <(printf '%s\tdeferred@example.net\tdeferred\t450 4.2.1 %s\n' \
	    "$ONE" 'not now')
	expect_noted 75 mailq-run -j "$ONE"
	not grep -v '^{' out
	[ "$(grep -c "^$ONE 1\$" log)" -eq 2 ]
	between "$(due cur "$ONE")" $((NOW + 1080)) $((NOW + 1380))
}

@test "the back-off grows up to four hours" {
	local n

	queue_put cur 0 "$ONE" alice@example.org deferred@example.net
	for n in $(seq 9); do
		printf '%d\t1\tdeferred\t450\t4.2.1\tmx\tno\n' "$NOW"
	done >>"$(ls spool/cur/*)"
	expect_noted 75 mailq-run
	between "$(due cur "$ONE")" $((NOW + 12960)) $((NOW + 15900))
}

@test "a clock that was wrong: far in the future is due, but not in new/" {
	queue_put cur $((NOW + 20000)) "$ONE" alice@example.org sent@example.net
	queue_put new $((NOW + 20000)) "$TWO" alice@example.org sent@example.net
	ARRIVAL=$((NOW + 900000)) queue_put cur 0 "$THREE" alice@example.org \
	    deferred@example.net
	expect_noted 75 mailq-run
	[ -z "$(due cur "$ONE")" ]
	[ "$(names new) $(names cur)" = "$TWO $THREE" ]
	between "$(due cur "$THREE")" $((NOW + 270)) $((NOW + 360))
}

# Of the one report in new/: its path.
report()
{
	[ "$(names new | wc -l)" -eq 1 ] || { ls spool/*; return 1; }
	ls "$T"/spool/new/*
}

@test "failed: a report, and the message is gone" {
	queue_put new 0 "$ONE" alice@example.com failed@example.net \
	    sent@example.net
	expect_noted 69 mailq-run -j
	[ "$(grep -c . out)" -ge 2 ]
	contains out '"recipient":"failed@example.net","number":1,"result":"failed","code":550,"enhanced":"5.1.1","host":"mx.example","text":"no such user"'
	# It was sent at once, as it is due.
	[ -z "$(names new)$(names cur)$(names failed)" ]
	contains log 'start mx://example.com'
}

@test "a report is from nobody, and says what happened" {
	queue_put new 0 "$ONE" deferred@example.com \
	    'failed@example.net ORCPT=rfc822;bob+2B1@example.net' \
	    sent@example.net
	expect_noted 75 mailq-run
	[ "$(names cur | wc -l)" -eq 1 ]
	cp spool/cur/* report
	[ "$(grep '^Sender:' report)" = 'Sender: ' ]
	contains report 'Recipient: deferred@example.com'
	contains report 'Final-Recipient: rfc822; failed@example.net'
	contains report 'Original-Recipient: rfc822;bob+1@example.net'
	contains report 'Action: failed'
	contains report 'Status: 5.1.1'
	contains report 'Diagnostic-Code: smtp; 550 5.1.1 no such user'
	contains report 'Remote-MTA: dns; mx.example'
	contains report 'Auto-Submitted: '
	contains report 'Hello'
	not grep -q 'Final-Recipient: rfc822; sent@' report
}

@test "mailq-rm -b: the sender is told of who is pending, once" {
	queue_put hold 0 "$ONE" deferred@example.com a@example.net \
	    'b@example.net NOTIFY=NEVER' sent@example.net
	printf '%d\t3\tsent\t250\t2.0.0\tmx\tok\n' "$NOW" \
	    >>spool/hold/*."$ONE"
	expect 0 mailq-rm -b "$ONE"
	expect_noted 75 mailq-run
	[ "$(names cur | wc -l)" -eq 1 ]
	grep '^Final-Recipient' spool/cur/* >recipients
	same recipients <(echo 'Final-Recipient: rfc822; a@example.net')
	contains "$(ls spool/cur/*)" 'Status: 5.7.0'
	tr '\n' ' ' <"$(ls spool/cur/*)" >words
	contains words 'The administrator of this mail system removed the message before it was delivered.'
	not grep -q spam words
	contains "$(ls spool/cur/*)" 'removed from the queue by its administrator'
	not grep -q 'start mx://example.net' log
}

@test "a program that refuses with the status of mailq-rm -b is no administrator" {
	queue_put cur 0 "$ONE" deferred@example.com a@example.net
	printf '%d\t1\tfailed\t0\t5.7.0\t\tnot for me\n' "$NOW" \
	    >>spool/cur/*."$ONE"
	expect_noted 75 mailq-run
	contains "$(ls spool/cur/*)" 'Status: 5.7.0'
	not grep -qi administrator "$(ls spool/cur/*)"
}

@test "RET=HDRS: the header alone is given back; REQUIRETLS stays" {
	MORE=$'Require-Tls: yes\nRet: HDRS' queue_put new 0 "$ONE" \
	    deferred@example.com failed@example.net
	expect_noted 75 mailq-run
	contains "$(ls spool/cur/*)" 'Require-Tls: yes'
	contains "$(ls spool/cur/*)" 'Subject: test'
	not grep -q '^Hello$' spool/cur/*
}

@test "NOTIFY: nobody is told what they did not want to know" {
	queue_put new 0 "$ONE" deferred@example.com \
	    'failed@example.net NOTIFY=NEVER' \
	    'failed+1@example.net NOTIFY=SUCCESS,DELAY' \
	    'sent@example.net NOTIFY=FAILURE' relayed@example.net \
	    'sent+remote@example.net NOTIFY=SUCCESS' alice@example.org
	expect_noted 69 mailq-run
	[ -z "$(names new)$(names cur)$(names failed)" ]
}

@test "NOTIFY=SUCCESS: relayed, and stored here" {
	queue_put new 0 "$ONE" deferred@example.com \
	    'relayed@example.net NOTIFY=SUCCESS' \
	    'bob@example.org NOTIFY=SUCCESS,FAILURE' relayed+no@example.net
	expect_noted 75 mailq-run
	[ "$(names cur | wc -l)" -eq 1 ]
	[ "$(grep -c '^Final-Recipient' spool/cur/*)" -eq 2 ]
	contains "$(ls spool/cur/*)" 'Action: relayed'
	contains "$(ls spool/cur/*)" 'Action: delivered'
}

@test "some failed, some are pending: the report once, and only once" {
	queue_put new 0 "$ONE" alice@example.org failed@example.net \
	    deferred@example.net
	expect_noted 75 mailq-run
	[ "$(names cur)" = "$ONE" ]
	contains log 'start local'
	[ "$(journal cur "$ONE" | grep reported)" = \
	    $'1\treported\t0\t\t\tfailed' ]
	: >log
	expect_noted 75 mailq-run "$ONE"
	[ -z "$(names new)" ]
}

@test "a warning after four hours, once" {
	ARRIVAL=$((NOW - 14400)) queue_put cur 0 "$ONE" deferred@example.com \
	    deferred@example.net 'deferred+1@example.net NOTIFY=FAILURE' \
	    'deferred+2@example.net NOTIFY=DELAY'
	ARRIVAL=$((NOW - 14300)) queue_put cur 0 "$TWO" deferred@example.com \
	    deferred@example.net
	ARRIVAL=$((NOW - 14400)) queue_put cur 0 "$THREE" '' \
	    deferred@example.net
	expect_noted 75 mailq-run
	[ "$(names cur | wc -l)" -eq 4 ]
	grep -l 'Action: delayed' spool/cur/* >reports
	[ "$(wc -l <reports)" -eq 1 ]
	[ "$(grep -c '^Final-Recipient' "$(cat reports)")" -eq 2 ]
	not grep -q 'deferred+1@' "$(cat reports)"
	journal cur "$ONE" >j
	contains j $'0\treported\t0\t\t\tdelayed'
	expect_noted 75 mailq-run "$ONE"
	[ "$(names cur | wc -l)" -eq 4 ] && [ -z "$(names new)" ]
}

@test "what was held for a time is late and given up from then on" {
	ARRIVAL=$((NOW - 500000)) MORE="Hold: $((NOW - 100))" \
	    queue_put new $((NOW - 100)) "$ONE" alice@example.com \
	    deferred@example.net
	ARRIVAL=$((NOW - 500000)) MORE="Hold: $((NOW - 432100))" \
	    queue_put cur "$NOW" "$TWO" '' deferred@example.net
	ARRIVAL=$((NOW - 100)) MORE="Hold: $((NOW - 500000))" \
	    queue_put cur "$NOW" "$THREE" '' deferred@example.net
	expect_noted 75 mailq-run
	names cur >left
	same left <(printf '%s\n' "$ONE" "$THREE")
	[ -z "$(names new)$(names failed)" ]
	journal cur "$ONE" >j
	[ "$(wc -l <j)" -eq 1 ]
}

@test "Queue-Warning: 0 warns nobody" {
	echo "Queue-Warning: 0" >>mailpipe.conf
	ARRIVAL=$((NOW - 20000)) queue_put cur 0 "$ONE" deferred@example.com \
	    deferred@example.net
	expect_noted 75 mailq-run
	[ "$(names cur)" = "$ONE" ]
}

@test "after five days it is tried once more, then it failed: 4.4.7" {
	ARRIVAL=$((NOW - 432000)) queue_put cur 0 "$ONE" deferred@example.com \
	    deferred@example.net sent@example.net
	ARRIVAL=$((NOW - 431000)) queue_put cur 0 "$TWO" alice@example.com \
	    'deferred@example.net NOTIFY=NEVER'
	for n in $(seq 9); do
		printf '%d\t1\tdeferred\t450\t4.2.1\tmx\tno\n' "$NOW"
	done >>"$(ls spool/cur/*."$TWO")"
	expect_noted 75 mailq-run -j
	contains out '"result":"failed","code":450,"enhanced":"4.2.1","host":"mx.example","text":"not now"'
	[ "$(names cur | wc -l)" -eq 2 ]
	[ -n "$(due cur "$TWO")" ]
	# Not later than its end.
	between "$(due cur "$TWO")" $((NOW + 270)) $((NOW + 1000))
	report=$(grep -l 'Status: 4.4.7' spool/cur/*)
	contains "$report" 'It was tried again and again'
	# What the server said is told as it was.
	contains "$report" '    450 4.2.1 not now'
	contains "$report" 'Diagnostic-Code: smtp; 450 4.2.1 not now'
}

@test "from nobody: a failure goes to the postmaster, once" {
	echo "Postmaster: failed@example.com" >>mailpipe.conf
	queue_put new 0 "$ONE" '' failed@example.net
	expect_noted 69 mailq-run
	[ -z "$(names new)$(names cur)" ]
	[ "$(names failed | wc -l)" -eq 1 ]
	contains "$(ls spool/failed/*)" 'Recipient: failed@example.com'
	contains err 'moved to failed/: it came from nobody'
	: >log
	expect 0 mailq-run
	[ ! -s log ]
	# Who sees to it has it tried again.
	id=$(names failed)
	expect 0 mailq-hold -r "$id"
	expect_noted 69 mailq-run
	contains log 'start mx://example.com'
	[ "$(names failed)" = "$id" ]
	sed -i 's/^Postmaster: failed/Postmaster: sent/' mailpipe.conf
	sed -i 's/^Recipient: failed/Recipient: sent11/' spool/failed/*
	expect 0 mailq-hold -r "$id"
	expect 0 mailq-run
	[ -z "$(names new)$(names cur)$(names failed)" ]
}

@test "from nobody to postmaster here: straight to failed/" {
	cat >bin/mail-deliver <<-'.'
		#!/bin/sh
		while IFS='	' read -r path which; do
			printf '%s\t1\tfailed\t0\t5.1.1\t\tno\n' "$path"
		done
	.
	queue_put new 0 "$ONE" '' PostMaster@example.org
	expect_noted 69 mailq-run
	[ "$(names failed)" = "$ONE" ]
	[ -z "$(names new)$(names cur)" ]
}

@test "from nobody, and it went through the postmaster here: to failed/" {
	MESSAGE=$'Received: x\nDelivered-To: postmaster@example.org\n\nHello' \
	    queue_put new 0 "$ONE" '' failed@example.net
	# That is not what these say.
	MESSAGE=$'Delivered-To: bob@example.org\n\nHello' \
	    queue_put new 0 "$TWO" '' failed@example.net
	MESSAGE=$'Subject: x\n\nDelivered-To: postmaster@example.org' \
	    queue_put new 0 "$THREE" '' failed@example.net
	expect_noted 69 mailq-run
	[ "$(names failed)" = "$ONE" ]
	contains log 'start local'
	[ -z "$(names new)$(names cur)" ]
}

@test "a damaged file goes to failed/, its neighbours do not" {
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	queue_put new 0 "$TWO" alice@example.org sent@example.net
	queue_put cur 0 "$THREE" alice@example.org deferred@example.net
	truncate -s -3 spool/new/*."$ONE"
	ln -s /etc/passwd "spool/new/0000000000.$(queue_id 4)"
	head -c 500 /dev/urandom >"spool/cur/0000000000.$(queue_id 5)"
	mkfifo "spool/new/0000000000.$(queue_id 6)"
	expect_noted 75 mailq-run
	contains err "new/0000000000.$ONE: moved to failed/: "
	contains err 'cut off'
	[ "$(grep -c 'moved to failed/' err)" -eq 4 ]
	[ "$(ls spool/failed | wc -l)" -eq 4 ]
	[ "$(ls spool/new spool/cur | grep -c '\.')" -eq 1 ]
	[ -n "$(due cur "$THREE")" ]
	# So it is for what is damaged alone.
	queue_put new 0 "$(queue_id 7)" alice@example.org sent@example.net
	echo x >"spool/new/0000000000.$(queue_id 8)"
	expect_noted 65 mailq-run
}

# damaged: of the message in $T/whole, files cut off at each byte, with a byte
# that is another, and with none of it, in cur/; $DAMAGED is how many of them
# must be found out.
damaged()
{
	DAMAGED=$(python3 - "$T/whole" "$T/spool/cur" <<-'.'
		import os, random, sys
		whole = open(sys.argv[1], 'rb').read()
		rng = random.Random(1)
		kinds = [[whole[:n] for n in range(len(whole))],
		         [rng.randbytes(rng.randint(1, 300)) for _ in range(60)],
		         [whole[:40] + rng.randbytes(rng.randint(1, 300))
		          for _ in range(60)],
		         [whole[:n] + rng.randbytes(1) + whole[n + 1:]
		          for n in range(len(whole))]]
		n = 1000
		for kind in kinds:
		    for data in kind:
		        name = f'{n:016d}'
		        path = f'{sys.argv[2]}/{0:010d}.{name}'
		        with open(path, 'wb') as f:
		            f.write(data.replace(b'0' * 15 + b'1', name.encode()))
		        os.chmod(path, 0o660)
		        n += 1
		print(sum(len(k) for k in kinds[:3]), n - 1000)
	.
	)
	ALL=${DAMAGED#* } DAMAGED=${DAMAGED% *}
}

@test "cut off at each byte, with other bytes: failed/, and why; no neighbour" {
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	mv spool/new/*."$ONE" whole
	damaged
	queue_put cur 0 "$TWO" alice@example.org deferred@example.net
	queue_put new 0 "$THREE" alice@example.org sent@example.com
	# As mailq-ls sees them: all of those, and the neighbours.
	expect 65 mailq-ls
	[ "$(wc -l <err)" -ge "$DAMAGED" ]
	[ "$(($(wc -l <err) + $(wc -l <out)))" -eq $((ALL + 2)) ]
	grep -q "^$TWO" out && grep -q "^$THREE" out
	expect_noted 75 mailq-run
	[ "$(grep -c 'moved to failed/: .' err)" -ge "$DAMAGED" ]
	[ "$(grep -c 'moved to failed/: .' err)" -eq \
	    "$(find spool/failed -type f | wc -l)" ]
	[ "$(names cur)" = "$TWO" ]
	not grep -q "$THREE" <(names new)
	not_crashed err
	grep -q "^sends $THREE 1\$" log
}

not_crashed()
{
	not grep -e Sanitizer -e 'runtime error' -e 'ended with' "$1"
}

# The conf's Transport with these options.
transport()
{
	sed -i "s|transport.py $T/log.*|transport.py $T/log $*|" mailpipe.conf
}

@test "down: the rest of that hop is deferred without a try" {
	local n

	# One process, told of eight messages at most before it answers.
	for n in $(seq 30); do
		queue_put new 0 "$(queue_id "$n")" alice@example.org \
		    down@example.net
	done
	queue_put new 0 "$(queue_id 31)" alice@example.org sent@example.com
	expect_noted 75 mailq-run -j
	[ "$(names cur | wc -l)" -eq 30 ] && [ -z "$(names new)" ]
	[ "$(grep -c '"result":"down","code":0,"enhanced":"4.4.1","host":"mx.example","text":"connection refused"' out)" -eq 30 ]
	[ "$(grep -c '^0.* 1$' log)" -lt 25 ]
	[ -z "$(due cur "$(queue_id 31)")" ]
	[ "$(journal cur "$(queue_id 30)" | cut -f 1-2)" = $'1\tdown' ]
}

@test "busy: it is tried again, and if need be in a minute" {
	transport -b 1
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	expect 0 mailq-run
	[ -z "$(names new)$(names cur)" ]
	[ "$(grep -c "^$ONE" log)" -eq 2 ]
	transport
	queue_put new 0 "$ONE" alice@example.org busy@example.net
	expect_noted 75 mailq-run
	[ -z "$(journal cur "$ONE")" ]
	between "$(due cur "$ONE")" $((NOW + 54)) $((NOW + 100))
}

@test "a transport that is killed: what has no result is deferred" {
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	queue_put new 1 "$TWO" alice@example.org sent@example.net \
	    die@example.net sent+3@example.net
	expect_noted 75 mailq-run
	contains err "python3: it ended with status 137: mx://example.net"
	[ "$(names cur)" = "$TWO" ]
	journal cur "$TWO" >j
	same j <(printf '%s\n' $'1\tsent\t250\t2.0.0\tmx.example\ttaken' \
	    $'2\tdeferred\t0\t4.3.0\t\tpython3: it ended with status 137' \
	    $'3\tdeferred\t0\t4.3.0\t\tpython3: it ended with status 137')
}

@test "a transport that never does anything is not started for each message" {
	local n

	for n in $(seq 40); do
		queue_put new 0 "$(queue_id "$n")" alice@example.org \
		    quit@example.net
	done
	expect_noted 75 mailq-run
	[ "$(names cur | wc -l)" -eq 40 ]
	[ "$(grep -c start log)" -le 2 ]
}

@test "a transport that is not there, or may not be run" {
	sed -i 's|^Transport: .*|Transport: /nowhere/transport|' mailpipe.conf
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	rm bin/mail-deliver
	PATH=$T/bin:/usr/bin:/bin
	queue_put new 0 "$TWO" alice@example.org sent@example.org
	expect_noted 75 mailq-run
	contains err "/nowhere/transport: run: No such file or directory"
	contains err "mail-deliver: run: No such file or directory"
	[ "$(names cur)" = "$ONE
$TWO" ]
}

@test "a transport that fails: what it said last is the reason, not its status" {
	cat >failing <<-'.'
		#!/bin/sh
		i=0
		while [ $i -lt 3000 ]; do
			echo "$i: much is said here, more than a pipe takes" >&2
			i=$((i + 1))
		done
		printf 'no such \033account' >&2
		exit "$1"
	.
	chmod 755 failing
	sed -i "s|^Transport: .*|Transport: $T/failing 78|" mailpipe.conf
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	expect_noted 75 mailq-run
	contains err 'no such'
	[ "$(wc -l <err)" -ge 3001 ]
	[ "$(journal cur "$ONE")" = \
	    $'1\tdeferred\t0\t4.3.0\t\t'"$T/failing: no such \\x1baccount" ]
	sed -i "s|^Transport: .*|Transport: $T/failing 0|" mailpipe.conf
	expect_noted 75 mailq-run "$ONE"
	[ "$(journal cur "$ONE" | tail -n 1)" = \
	    $'1\tdeferred\t0\t4.3.0\t\t'"$T/failing: it ended without a result" ]
	# Of our own, which says its name.
	sed -i "/^Transport: /d" mailpipe.conf
	echo 'Smarthost: provider' >>mailpipe.conf
	expect_noted 75 mailq-run "$ONE"
	journal cur "$ONE" | tail -n 1 >last
	contains last 'smtp-send: '
	contains last 'account'
	not grep -q 'status\|smtp-send: smtp-send' last
}

@test "-t: a transport without a result in time is ended, others go on" {
	queue_put new 0 "$ONE" alice@example.org hang@example.net
	queue_put new 0 "$TWO" alice@example.org sent@example.com
	expect_noted 75 mailq-run -t 1
	contains err "python3: no result in time: mx://example.net"
	[ "$(names cur)" = "$ONE" ] && [ -z "$(names new)" ]
	[ "$(journal cur "$ONE")" = \
	    $'1\tdeferred\t0\t4.3.0\t\tpython3: no result in time' ]
}

# The real transport, to PORT of this machine.
smtp_hop()
{
	sed -i '/^Transport:/d' mailpipe.conf
	echo "Route: example.net smtp://127.0.0.1:$1" >>mailpipe.conf
	install -m 755 "$MAILPIPE_BIN/smtp-send" bin/
	chmod a+x bin
}

@test "-t: a next hop that takes the connection and says nothing" {
	echo 'C: *' >script
	scripted script
	smtp_hop "$PORT"
	queue_put new 0 "$ONE" alice@example.org bob@example.net
	queue_put new 0 "$TWO" alice@example.org sent@example.org
	expect_noted 75 mailq-run -t 1
	contains err 'no result in time'
	[ "$(names new)$(names cur)" = "$ONE" ]
	grep -q "$TWO" log
}

@test "100 000 recipients, from mailq-add to the next hop, in little memory" {
	local port

	port=$(free_port)
	start sink smtp-sink -c -u nobody "127.0.0.1:$port" 100
	wait_for 10 listening "$port"
	smtp_hop "$port"
	seq -f 'user%.0f@example.net' 100000 >list
	printf 'From: alice@example.org\n\nhello\n' >m
	expect 0 mailq-add -f alice@example.org -l list <m
	[ "$(names new | wc -l)" -eq 100 ]
	SECONDS_ALLOWED=120
	peak mailq-run
	sanitized || [ "$PEAK" -lt 20000 ] || { echo "$PEAK"; false; }
	[ -z "$(names new)$(names cur)$(names failed)" ]
}

@test "a transport that babbles is ended" {
	queue_put new 0 "$ONE" alice@example.org babble@example.net
	expect_noted 75 mailq-run
	contains err "python3: it said what is no result: mx://example.net"
	[ "$(names cur)" = "$ONE" ]
}

@test "a transport that writes no journal: the runner does" {
	transport -J
	queue_put new 0 "$ONE" alice@example.com sent@example.net \
	    deferred@example.net failed@example.net
	expect_noted 75 mailq-run
	[ "$(names cur | wc -l)" -eq 1 ]
	journal cur "$ONE" | cut -f 1,2 >j
	same j <(printf '%s\n' $'1\tsent' $'2\tdeferred' $'3\tfailed' \
	    $'3\treported')
}

@test "many recipients: in lines of 4096 bytes, each once" {
	local to

	to=$(for n in $(seq 4000); do
		[ $((n % 2)) -eq 0 ] && echo "sent+$n@b.example" ||
		    echo "sent+$n@a.example"
	done)
	# shellcheck disable=SC2086
	queue_put new 0 "$ONE" alice@example.org $to
	expect 0 mailq-run
	[ -z "$(names new)$(names cur)" ]
	[ "$(grep -c "^$ONE" log)" -gt 4 ]
	[ "$(awk '{ print length($0) }' log | sort -n | tail -1)" -le 4096 ]
	grep "^$ONE" log | cut -d ' ' -f 2 | tr , '\n' | sort -n >got
	same got <(seq 4000)
}

@test "results in a transport's journal and not, for thousands" {
	local to

	transport -J
	to=$(for n in $(seq 3000); do echo "sent+$n@a.example"; done)
	# shellcheck disable=SC2086
	queue_put new 0 "$ONE" alice@example.org $to deferred@a.example
	expect_noted 75 mailq-run
	[ "$(journal cur "$ONE" | cut -f 2 | sort | uniq -c | tr -s ' ')" = \
	    $' 1 deferred\n 3000 sent' ]
}

@test "patterns: id, domain, address, glob; due or not; nothing: 1" {
	local n=0 to

	for to in sent@a.example sent@b.example sent+x@b.example \
	    sent@c.example sent@bücher.example sent@other.example; do
		n=$((n + 1))
		queue_put cur $((NOW + 600)) "$(queue_id $n)" \
		    alice@example.org "$to"
	done
	queue_put hold 0 "$(queue_id 8)" alice@example.org sent@a.example
	expect 1 mailq-run nowhere.example "$(queue_id 9)" "$(queue_id 8)"
	[ "$(wc -l <err)" -eq 2 ]
	expect 64 mailq-run ''
	expect 1 mailq-run alicia@example.org
	[ ! -s err ]
	expect 1 mailq-run "$(queue_id 9)"
	contains err "mailq-run: $(queue_id 9): there is no such message, or it is held"
	expect 1 mailq-run -n "$(queue_id 8)" "$(queue_id 9)"
	contains err "mailq-run: $(queue_id 8): there is no such message, or"
	contains err "mailq-run: $(queue_id 9): there is no such message, or"
	expect 1 mailq-run "$(queue_id 1)" "$(queue_id 9)"
	[ "$(cat err)" = "mailq-run: $(queue_id 9): there is no such message, or it is held or failed" ]
	queue_put cur $((NOW + 600)) "$ONE" alice@example.org deferred@x.example
	# What may still succeed is worse.
	expect_noted 75 mailq-run "$ONE" "$(queue_id 9)"
	contains err "mailq-run: $(queue_id 9): there is no such message"
	expect 0 mailq-rm "$ONE"
	expect 0 mailq-run SENT@b.Example
	[ "$(names cur | wc -l)" -eq 4 ]
	expect 0 mailq-run B.example '*@c.*'
	[ "$(names cur | wc -l)" -eq 2 ]
	expect 0 mailq-run xn--bcher-kva.example
	[ "$(names cur)" = "$(queue_id 6)" ]
	[ "$(names hold)" = "$(queue_id 8)" ]
}

@test "patterns: what waits for its first time goes by its id alone" {
	MORE="Hold: $((NOW + 600))" queue_put new $((NOW + 600)) "$ONE" \
	    alice@example.org sent@example.net
	queue_put new $((NOW + 600)) "$TWO" alice@example.org sent@example.com
	for pattern in example.net @example.net sent@example.net '*@example.net' \
	    alice@example.org '0*1'; do
		expect_noted 1 mailq-run -n "$pattern" "$THREE"
		not grep -q "$ONE" out
	done
	expect 0 mailq-run -n "$ONE"
	contains out sent@example.net
	expect 1 mailq-run example.net
	expect 0 mailq-run example.net "$ONE"
	[ "$(names new)" = "$TWO" ]
	# Its time has come, or its first attempt was made.
	MORE="Hold: $((NOW - 1))" queue_put new $((NOW + 600)) "$ONE" \
	    alice@example.org sent@example.net
	MORE="Hold: $((NOW + 600))" queue_put cur $((NOW + 300)) "$THREE" \
	    alice@example.org sent@example.net
	expect 0 mailq-run example.net
	[ "$(names new)$(names cur)" = "$TWO" ]
}

@test "patterns: what is deferred again is tried once" {
	queue_put cur 0 "$ONE" alice@example.org deferred@example.net
	queue_put cur 0 "$TWO" alice@example.org deferred@example.net
	expect_noted 75 mailq-run example.net
	[ "$(grep -c '^0.* 1$' log)" -eq 2 ]
}

@test "-C and -c: so many processes" {
	local n to

	cat >slow <<-'.'
		#!/bin/sh
		echo "$$" >>"$LOG"
		while [ "$(wc -l <"$LOG")" -lt "$WANT" ]; do
			[ -e "$LOG.go" ] && break
			sleep 0.02
		done
		exec python3 "$TRANSPORT" "$LOG.out" "$@"
	.
	chmod 755 slow
	export LOG=$T/started TRANSPORT=$TESTS/peer/transport.py WANT=3
	: >started && : >started.out
	chmod a+rw started started.out
	sed -i "s|^Transport: .*|Transport: $T/slow|" mailpipe.conf
	for n in $(seq 60); do
		queue_put new 0 "$(queue_id "$n")" alice@example.org \
		    sent@one.example
	done
	# All three are there at the same time, or it would not end.
	expect 0 mailq-run -C 3
	[ "$(wc -l <started)" -eq 3 ]
	: >started
	for n in a b c d; do
		queue_put new 0 "$(queue_id "1$(printf %d "'$n")")" \
		    alice@example.org "sent@$n.example"
	done
	WANT=4 expect 0 mailq-run -c 4
	[ "$(wc -l <started)" -eq 4 ]
	: >started
	for n in a b c d; do
		queue_put new 0 "$(queue_id "2$(printf %d "'$n")")" \
		    alice@example.org "sent@$n.example"
	done
	WANT=1 expect 0 mailq-run -c 1
	[ "$(wc -l <started)" -eq 4 ]
	[ -z "$(names new)$(names cur)" ]
}

@test "who may do what: the transport is the User's, mail-deliver root's" {
	[ "$(id -u)" -eq 0 ] || WHO=$(id -un)
	cat >who <<-.
		#!/bin/sh
		echo "\$(id -un) \$(id -G) \$HOME" >>$T/log
		exec python3 $TESTS/peer/transport.py $T/log
	.
	chmod 755 who
	cp who bin/mail-deliver
	sed -i "s|^Transport: .*|Transport: $T/who|" mailpipe.conf
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	queue_put new 0 "$TWO" alice@example.org sent@example.org
	expect 0 mailq-run
	contains log "${WHO:-nobody} $(id -G "${WHO:-nobody}") "
	contains log "$(id -un) $(id -G) $HOME"
	[ -z "$(names new)$(names cur)" ]
}

@test "a directory of the queue is given to the User, and nothing by its name" {
	needs_root
	rmdir spool/hosts
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -qq -o trace \
	    -e trace=chown,lchown,fchownat,chmod,fchmodat,fchown mailq-run
	[ "$(stat -c '%U %a' spool/hosts)" = 'nobody 2770' ]
	contains trace 'fchown('
	not grep -qE '^(chown|lchown|fchownat|chmod|fchmodat)' trace
}

@test "a directory of root's as the queue: the User's transport can do with it" {
	rm -rf spool
	mkdir -m 755 spool
	printf 'From: alice@example.org\n\nhello\n' >m
	expect 0 mailq-add -f alice@example.org sent@example.net <m
	[ "$(stat -c %a spool/new/*)" = 660 ] || [ "$(id -u)" -ne 0 ]
	expect 0 mailq-run
	contains log 'start mx://example.net'
	[ -z "$(names new)$(names cur)" ]
}

@test "two runners: each message once" {
	local n

	for n in $(seq 200); do
		queue_put new 0 "$(queue_id "$n")" alice@example.org \
		    sent@example.net bob@example.org
	done
	start a mailq-run
	start b mailq-run
	start c mailq-run
	wait_for 30 sh -c '[ -z "$(ls spool/new spool/cur | grep "\.")" ]'
	wait_for 10 no_strays
	[ "$(cat ./[abc].log)" = "" ]
	[ -z "$(names failed)" ]
	[ "$(grep -c '^sends' log)" -eq 400 ]
	[ "$(grep '^sends' log | sort | uniq -d)" = "" ]
}

@test "-w: new mail at once, ends by SIGTERM" {
	start runner mailq-run -w
	queue_put tmp 0 "$ONE" alice@example.org sent@example.net
	mv spool/tmp/* spool/new/
	wait_for 10 sh -c '[ -z "$(ls spool/new)" ]'
	queue_put tmp 0 "$TWO" alice@example.org sent@example.com
	mv spool/tmp/* spool/new/
	wait_for 10 sh -c '[ -z "$(ls spool/new)" ]'
	# Due in a moment: it wakes by itself.
	queue_put tmp $((NOW + 5)) "$THREE" alice@example.org sent@example.com
	mv spool/tmp/* spool/cur/
	wait_for 20 sh -c '[ -z "$(ls spool/cur)" ]'
	kill -TERM "$PID_runner"
	wait_for 10 no_strays
	[ "$(cat runner.log)" = "" ]
}

@test "SIGTERM: what is in hand is finished, the rest stays due" {
	local n

	cat >gate <<-.
		#!/bin/sh
		read -r line
		echo ready >>$T/log
		while [ ! -e $T/go ]; do sleep 0.02; done
		{ printf '%s\n' "\$line"; cat; } |
		    python3 $TESTS/peer/transport.py $T/log
	.
	chmod 755 gate
	sed -i "s|^Transport: .*|Transport: $T/gate|" mailpipe.conf
	for n in $(seq 40); do
		queue_put new 0 "$(queue_id "$n")" alice@example.org \
		    sent@example.net
	done
	rm spool/new/*."$ONE"
	queue_put new 0 "$ONE" alice@example.org sent@example.net \
	    sent@example.com
	start runner mailq-run -c 1
	wait_for 10 grep -q ready log
	kill -TERM "$PID_runner"
	: >go
	wait_for 20 no_strays
	[ "$(names new | wc -l)" -eq 33 ] && [ -z "$(names cur)" ]
	[ "$(grep -c '^0.* 1$' log)" -eq 8 ]
	# What was not begun of a message is as due as it was.
	[ "$(journal new "$ONE" | cut -f 1,2)" = $'1\tsent' ]
}

# ended STATUS: the runner ends soon, with that status
ended()
{
	local got=0

	wait_for 20 not kill -0 "$PID_runner" 2>/dev/null
	wait "$PID_runner" || got=$?
	[ "$got" -eq "$1" ] || { echo "status $got"; cat runner.log; false; }
}

@test "SIGTERM, SIGINT, SIGHUP and SIGTERM: a silent server is not waited for" {
	local signal wait

	queue_put new 0 "$ONE" alice@example.org bob@example.net
	cp mailpipe.conf conf
	for signal in TERM INT 'HUP TERM'; do
		for wait in '' -w; do
			[ "$signal$wait" != 'HUP TERM' ] || continue
			printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'C: *' >script
			scripted script
			cp conf mailpipe.conf
			smtp_hop "$PORT"
			# shellcheck disable=SC2086
			start runner mailq-run -c 2 $wait
			wait_for 10 grep -q EHLO peer
			for s in $signal; do
				kill -"$s" "$PID_runner"
			done
			ended 75
			contains runner.log "smtp-send: told to end, what it \
had stays due: smtp://127.0.0.1:$PORT"
			journal new "$ONE" >j
			[ ! -s j ]
			[ "$(names new)" = "$ONE" ]
			wait_for 5 no_strays
		done
	done
}

@test "SIGTERM: what became of a whole message is heard, and it goes once" {
	mkfifo data
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250 mx' 'C: MAIL *' \
	    'S: 250 ok' 'C: RCPT *' 'S: 250 ok' 'C: DATA' 'S: 354 go' \
	    'C-DATA: data' 'S: 250 taken' 'C: *' >script
	scripted script
	smtp_hop "$PORT"
	queue_put new 0 "$ONE" alice@example.org bob@example.net
	queue_put new 0 "$TWO" alice@example.org bob@example.net
	start runner mailq-run
	wait_for 10 grep -q "^\.$(printf '\r')" peer
	kill -TERM "$PID_runner"
	kill -INT "$PID_runner"
	# It was told to end, and waits.
	wait_for 10 grep -q 'ShdPnd:.*[4-7]...$' \
	    /proc/"$(pgrep -P "$PID_runner" -x smtp-send)"/status
	cat data >got
	ended 75
	[ "$(names new)" = "$TWO" ] && [ -z "$(names cur)" ]
	journal new "$TWO" >j
	[ ! -s j ]
}

@test "SIGTERM: a user's program is ended, and has the message again" {
	needs_root
	machine
	printf '%s\n' "Spool: $T/spool" 'User: nobody' >>mailpipe.conf
	cat >program <<-.
		#!/bin/sh
		cat >/dev/null
		echo "\$\$" >started
		[ -e $T/go ] || sleep 1000
	.
	chmod 755 program
	printf '%s\n' '\bob' "|$T/program" | forward bob
	queue_put new 0 "$ONE" eve@example.com bob
	queue_put new 0 "$TWO" eve@example.com bob
	start runner ./on mailq-run
	wait_for 10 test -s home/bob/started
	kill -TERM "$PID_runner"
	ended 75
	not kill -0 "$(cat home/bob/started)"
	[ "$(new home/bob/Maildir)" -eq 0 ]
	[ "$(names new)" = "$TWO" ] && [ "$(names cur)" = "$ONE" ]
	contains <(journal cur "$ONE") 'ended before its time'
	: >go
	expect 0 ./on mailq-run "$ONE" "$TWO"
	[ "$(new home/bob/Maildir)" -eq 2 ]
}

# The transport notes "ready" for slow.example, and waits for the file "go".
slow_host()
{
	cat >gate <<-.
		#!/bin/sh
		case \$* in
		*slow*)
		    echo ready >>$T/log
		    while [ ! -e $T/go ]; do sleep 0.02; done
		esac
		exec python3 $TESTS/peer/transport.py $T/log "\$@"
	.
	chmod 755 gate
	sed -i "s|^Transport: .*|Transport: $T/gate|" mailpipe.conf
}

@test "what comes meanwhile does not wait for a slow host" {
	slow_host
	queue_put new 0 "$ONE" alice@example.org sent@slow.example
	start runner mailq-run
	wait_for 10 grep -q ready log
	queue_put tmp 0 "$TWO" alice@example.org sent@example.net
	mv spool/tmp/* spool/new/
	wait_for 20 grep -q "sends $TWO" log
	wait_for 10 eval '[ "$(names new)" = "$ONE" ]'
	kill -0 "$PID_runner"
	: >go
	wait_for 20 no_strays
	[ -z "$(names new)" ]
}

# Messages NUMBER to LAST for one address, that are due before all others.
queue_many()
{
	python3 - "$1" "$2" "$3" "$NOW" <<-'.'
		import os, sys
		for i in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
		    with open("spool/new/%010d.%016d" % (i, i), "w") as f:
		        f.write("Size: %020d\nId: %016d\nArrival: %s\nSender: \n"
		                "Recipient: %s\n\nx\n"
		                % (2, i, sys.argv[4], sys.argv[3]))
	.
	[ "$(id -u)" -ne 0 ] || chmod -R g+rw spool/new
}

@test "more than are in hand for one slow host: others' mail does not wait" {
	local all=25000

	slow_host
	queue_many 1 "$all" sent@slow.example
	queue_put new "$NOW" "$(queue_id 90001)" '' sent@example.net
	queue_put new "$NOW" "$(queue_id 90002)" '' sent@slow.example \
	    sent@example.com
	start runner mailq-run
	wait_for 60 sh -c '[ "$(grep -c "^sends .*9000[12]" log)" -eq 2 ]'
	[ "$(names new | wc -l)" -eq $((all + 1)) ]
	# And what comes then.
	queue_put new "$NOW" "$(queue_id 90003)" '' sent@example.net
	wait_for 30 grep -q "sends $(queue_id 90003)" log
	: >go
	wait_for 120 no_strays
	[ -z "$(names new)$(names cur)$(cat runner.log)" ]
	[ "$(grep '^sends' log | sort -u | wc -l)" -eq $((all + 4)) ]
	[ "$(grep -c '^sends' log)" -eq $((all + 4)) ]
}

@test "more than are in hand for users' slow programs: others' mail goes" {
	needs_root
	machine
	printf '%s\n' "Spool: $T/spool" 'User: nobody' \
	    "Transport: python3 -S $TESTS/peer/transport.py $T/log" \
	    >>mailpipe.conf
	printf '#!/bin/sh\ncat >/dev/null\n: >started\nsleep 1000\n' >program
	chmod 755 program
	echo "|$T/program" | forward bob
	queue_many 1 22000 bob@example.org
	queue_put new "$NOW" "$(queue_id 90001)" '' alice@example.org
	queue_put new "$NOW" "$(queue_id 90002)" '' sent@example.net
	start runner ./on mailq-run -w
	wait_for 60 sh -c '[ "$(ls home/alice/Maildir/new | wc -l)" -eq 1 ]'
	wait_for 20 grep -q "sends $(queue_id 90002)" log
	test -e home/bob/started
	kill -TERM "$PID_runner"
	ended 75
	[ "$( (names new; names cur) | wc -l)" -eq 22000 ]
}

# The process that closes what $PID_runner removed.
closer()
{
	local pid

	for pid in $(strays); do
		[ "$pid" -eq "$PID_runner" ] ||
		    ! grep -qsx mailq-run "/proc/$pid/comm" || echo "$pid"
	done
}

another_closer()
{
	local now

	now=$(closer)
	[ -n "$now" ] && not grep -qx "$1" <<<"$now"
}

@test "a user's program that takes its time holds up nobody else's mail" {
	local n

	needs_root
	machine
	printf '%s\n' "Spool: $T/spool" 'User: nobody' \
	    "Transport: python3 -S $TESTS/peer/transport.py $T/log" \
	    >>mailpipe.conf
	cat >program <<-.
		#!/bin/sh
		cat >/dev/null
		echo "\$RECIPIENT" >>started
		while [ ! -e $T/go ]; do sleep 0.02; done
	.
	chmod 755 program
	echo "|$T/program" | forward bob
	# As many as wait for a process, and more; under all of bob's names.
	for n in $(seq 40); do
		queue_put new 0 "$(queue_id "$n")" eve@example.com \
		    "bob+$n@example.org" BOB
	done
	queue_put new 0 "$(queue_id 41)" eve@example.com alice@example.org
	queue_put new 0 "$(queue_id 42)" eve@example.com sent@example.net
	start runner ./on mailq-run -c 4
	wait_for 20 sh -c '[ "$(ls home/alice/Maildir/new | wc -l)" -eq 1 ]'
	wait_for 20 grep -q 'start mx://example.net' log
	[ "$(wc -l <home/bob/started)" -eq 1 ]
	[ "$(names new | wc -l)" -ge 40 ]
	: >go
	wait_for 30 no_strays
	[ "$(sort -u home/bob/started | wc -l)" -eq 41 ]
	[ "$(wc -l <home/bob/started)" -eq 80 ]
	[ -z "$(names new)$(names cur)$(cat runner.log)" ]
}

@test "users' programs have half of the processes" {
	local n

	cat >bin/mail-deliver <<-.
		#!/bin/sh
		read -r line
		echo "\$line" >>$T/delivers
		while [ ! -e $T/go ]; do sleep 0.02; done
		{ printf '%s\n' "\$line"; cat; } |
		    python3 -S $TESTS/peer/transport.py $T/log
	.
	: >delivers
	for n in $(seq 8); do
		queue_put new 0 "$(queue_id "$n")" eve@example.com \
		    "user$n@example.org"
	done
	start runner mailq-run -w -c 6
	wait_for 20 sh -c '[ "$(wc -l <delivers)" -eq 3 ]'
	# One more would have come in that time.
	SECONDS=0
	for ((n = 9; SECONDS < 3; n++)); do
		queue_put tmp 0 "$(queue_id "$n")" eve@example.com \
		    sent@example.net
		mv spool/tmp/* spool/new/
		wait_for 20 sh -c '[ "$(ls spool/new | wc -l)" -eq 8 ]'
	done
	[ "$(wc -l <delivers)" -eq 3 ]
	: >go
	wait_for 30 sh -c '[ -z "$(ls spool/new)" ]'
	kill -TERM "$PID_runner"
	wait_for 10 no_strays
	[ "$(grep -c '^sends' log)" -eq $((n - 1)) ]
}

@test "-w: after SIGHUP it has another configuration, and is the same process" {
	local closer

	start runner mailq-run -w
	queue_put tmp 0 "$ONE" alice@example.org sent@example.net
	mv spool/tmp/* spool/new/
	wait_for 10 sh -c '[ -z "$(ls spool/new)" ]'
	closer=$(closer)
	echo 'Route: example.net smtp://gate.example' >>mailpipe.conf
	kill -HUP "$PID_runner"
	queue_put tmp 0 "$TWO" alice@example.org sent@example.net
	mv spool/tmp/* spool/new/
	wait_for 10 grep -q "start smtp://gate.example" log
	wait_for 10 sh -c '[ -z "$(ls spool/new)" ]'
	# It has another process that closes files, and not the one before.
	[ -n "$closer" ]
	wait_for 10 another_closer "$closer"
	# And it still hears a SIGTERM.
	kill -TERM "$PID_runner"
	wait_for 10 no_strays
	[ "$(cat runner.log)" = "" ]
}

@test "-w: with a mistake in the configuration a SIGHUP changes nothing" {
	start runner mailq-run -vw
	queue_put tmp 0 "$ONE" alice@example.org sent@example.net
	mv spool/tmp/* spool/new/
	wait_for 10 sh -c '[ -z "$(ls spool/new)" ]'
	echo 'Root: example.net smtp://gate.example' >>mailpipe.conf
	kill -HUP "$PID_runner"
	wait_for 10 grep -q 'SIGHUP: .*mailpipe.conf: line .*; the configuration stays as it was$' runner.log
	queue_put tmp 0 "$TWO" alice@example.org sent@example.net
	mv spool/tmp/* spool/new/
	wait_for 10 sh -c '[ -z "$(ls spool/new)" ]'
	sed -i '$d' mailpipe.conf
	cp mailpipe.conf good.conf
	echo 'Spool: /none/spool' >>mailpipe.conf
	sed -i '0,/^Spool: /{/^Spool: /d}' mailpipe.conf
	kill -HUP "$PID_runner"
	wait_for 10 grep -q 'SIGHUP: /none.*; the configuration stays' runner.log
	{ cat good.conf; echo 'Route: example.net smtp://gate.example'; } >mailpipe.conf
	kill -HUP "$PID_runner"
	queue_put tmp 0 "$THREE" alice@example.org sent@example.net
	mv spool/tmp/* spool/new/
	wait_for 10 grep -q "start smtp://gate.example" log
	kill -TERM "$PID_runner"
	wait_for 10 no_strays
}

@test "-w: what comes after a SIGHUP is left for the next configuration" {
	cat >gate <<-.
		#!/bin/sh
		echo ready >>$T/log
		while [ ! -e $T/go ]; do sleep 0.02; done
		exec python3 $TESTS/peer/transport.py $T/log "\$@"
	.
	chmod 755 gate
	sed -i "s|^Transport: .*|Transport: $T/gate|" mailpipe.conf
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	start runner mailq-run -w
	wait_for 10 grep -q ready log
	echo 'Route: example.net smtp://gate.example' >>mailpipe.conf
	kill -HUP "$PID_runner"
	queue_put tmp 0 "$TWO" alice@example.org sent@example.net
	mv spool/tmp/* spool/new/
	: >go
	wait_for 10 sh -c '[ -z "$(ls spool/new)" ]'
	[ "$(grep -A 9 'start smtp://gate.example' log | grep -c "^sends $TWO")" \
	    -eq 1 ]
	kill -TERM "$PID_runner"
	wait_for 10 no_strays
}

@test "a message that is renamed meanwhile keeps its results" {
	cat >hold <<-.
		#!/bin/sh
		while IFS='	' read -r path which; do
			mv "\$path" $T/spool/hold/
			printf '%s\t1\tsent\t250\t\tmx\tyes\n' "\$path"
		done
	.
	chmod 755 hold
	sed -i "s|^Transport: .*|Transport: $T/hold|" mailpipe.conf
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	expect 0 mailq-run
	[ "$(journal hold "$ONE")" = $'1\tsent\t250\t\tmx\tyes' ]
}

@test "a queue of 30 000 that are not due: names alone are read" {
	python3 - spool/cur $((NOW + 3600)) <<-'.'
		import os, sys
		d = os.open(sys.argv[1], os.O_RDONLY)
		for i in range(30000):
		    os.close(os.open("%010d.%016d" % (int(sys.argv[2]) + i % 999, i),
		                     os.O_CREAT | os.O_WRONLY, 0o660, dir_fd=d))
	.
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 expect 0 \
	    strace -f -c -o calls mailq-run
	awk '$NF == "openat" { n = $4 } END { exit !(n > 0 && n < 100) }' calls
	peak mailq-run
	sanitized || [ "$PEAK" -lt 12000 ]
}

@test "30 000 due at once: few of them in memory" {
	python3 - spool/new "$NOW" <<-'.'
		import os, sys
		for i in range(30000):
		    with open("%s/%010d.%016d" % (sys.argv[1], i, i), "w") as f:
		        f.write("Size: %020d\nId: %016d\nArrival: %s\nSender: \n"
		                "Recipient: x@d%d.example\n\nx\n"
		                % (2, i, sys.argv[2], i % 7))
	.
	[ "$(id -u)" -ne 0 ] || chmod -R g+rw spool/new
	sed -i "s|^Transport: .*|Transport: /nowhere|" mailpipe.conf
	SECONDS_ALLOWED=120
	peak mailq-run 2>err || [ $? -eq 75 ]
	[ "$(names cur | wc -l)" -eq 30000 ]
	sanitized || [ "$PEAK" -lt 40000 ] || { echo "$PEAK"; false; }
	# By a pattern each is tried once, too.
	expect_noted 75 mailq-run '*@d*.example'
	[ "$(cat spool/cur/* | grep -c $'\t1\tdown\t')" -eq 60000 ]
}

# The runner alone, whose system call fails or ends it.
injected()
{
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 \
	    timeout 60 strace -o trace -e "trace=${1%%:*}" -e "inject=$1" \
	    mailq-run 2>err
}

@test "no room for the report: the message stays, and is reported later" {
	queue_put new 0 "$ONE" alice@example.com failed@example.net
	injected linkat:error=ENOSPC || [ $? -eq 75 ]
	contains err 'No space left on device'
	[ "$(names cur)" = "$ONE" ]
	between "$(due cur "$ONE")" $((NOW + 54)) $((NOW + 100))
	[ "$(journal cur "$ONE" | cut -f 1,2)" = $'1\tfailed' ]
	: >log
	expect_noted 0 mailq-run "$ONE"
	[ "$(names new | wc -l)" -eq 1 ] && [ -z "$(names cur)" ]
	contains "$(ls spool/new/*)" 'Status: 5.1.1'
	[ ! -s log ]
}

@test "no room for the journal: what all have goes, and is not sent again" {
	transport -J
	queue_put new 0 "$ONE" alice@example.com sent@example.net
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 timeout 60 strace -o trace \
	    -P "$(readlink -f spool/new/*."$ONE")" -e trace=write \
	    -e inject=write:error=ENOSPC mailq-run 2>err
	grep -q 'ENOSPC.*INJECTED' trace
	[ -z "$(names new)$(names cur)$(names failed)" ]
}

# Makes a message as long as its blocks are, by a line that tells nothing.
fill_block()
{
	local n

	n=$((4096 - $(stat -c %s "$1") % 4096))
	head -c $((n - 1)) /dev/zero | tr '\0' x >>"$1"
	echo >>"$1"
	[ $(($(stat -c %s "$1") % 4096)) -eq 0 ]
}

@test "no room to say who has it: nobody gets it, until there is" {
	queue_put new 0 "$ONE" alice@example.com sent@example.net \
	    deferred@example.net
	fill_block "$(ls spool/new/*)"
	injected fallocate:error=ENOSPC || [ $? -eq 75 ]
	grep -q 'ENOSPC.*INJECTED' trace
	contains err 'room for its journal: No space left on device'
	[ ! -s log ]
	[ "$(names cur)" = "$ONE" ]
	between "$(due cur "$ONE")" $((NOW + 270)) $((NOW + 340))
	# By id it is tried again at once, and refused room again.
	injected fallocate:error=EDQUOT || [ $? -eq 75 ]
	expect_noted 75 mailq-run "$ONE"
	[ "$(journal cur "$ONE" | cut -f 2 | tail -n 2 | tr '\n' ' ')" = \
	    'sent deferred ' ]
	# A file system that keeps no room is no reason to send nothing.
	queue_put new 0 "$TWO" alice@example.com sent@example.net \
	    deferred@example.net
	fill_block "$(ls spool/new/*)"
	injected fallocate:error=EOPNOTSUPP || [ $? -eq 75 ]
	grep -q 'EOPNOTSUPP.*INJECTED' trace
	contains log "$TWO 1"
}

@test "a journal that cannot be written: tried again later, not at once" {
	transport -J
	queue_put new 0 "$ONE" alice@example.com deferred@example.net
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 timeout 60 strace -o trace \
	    -P "$(readlink -f spool/new/*."$ONE")" -e trace=write \
	    -e inject=write:error=ENOSPC mailq-run 2>err || [ $? -eq 75 ]
	grep -q 'ENOSPC.*INJECTED' trace
	[ "$(names cur)" = "$ONE" ]
	between "$(due cur "$ONE")" $((NOW + 270)) $((NOW + 340))
}

@test "killed at any step: nothing is lost, nothing is sent twice" {
	local call n killed=0

	for call in unlinkat renameat linkat fdatasync; do
		killed=0
		for n in 1 2 3; do
			rm -f spool/*/*.* log
			: >log && chmod a+rw log
			queue_put new 0 "$ONE" alice@example.org \
			    sent@example.net
			queue_put new 0 "$TWO" alice@example.org \
			    failed@example.net deferred@example.net
			queue_put new 0 "$THREE" alice@example.org \
			    sent+3@example.com deferred@example.com
			injected "$call:signal=KILL:when=$n" ||
			    killed=$((killed + ($? == 137)))
			wait_for 10 no_strays
			mailq-run 2>err || :
			mailq-run "$TWO" "$THREE" 2>err || :
			[ "$(names cur)" = "$TWO
$THREE" ] || { echo "$call $n"; ls spool/*; return 1; }
			[ -z "$(names new)$(names failed)" ]
			[ "$(grep '^sends' log | grep -v "$TWO 2\|$THREE 2" |
			    sort | uniq -d | grep -c "$ONE\|$TWO\|$THREE")" \
			    -eq 0 ] || { echo "$call $n"; cat log; return 1; }
			# The report, which may come twice, comes.
			[ "$(journal cur "$TWO" | grep -c reported)" -ge 1 ]
			[ "$(grep -c 'start local' log)" -ge 1 ]
		done
		[ "$killed" -gt 0 ] || { echo "$call"; return 1; }
	done
}

@test "a file that has two names is no message" {
	queue_put tmp 0 "$ONE" alice@example.org sent@example.net
	ln spool/tmp/*."$ONE" "spool/new/0000000000.$ONE"
	expect_noted 65 mailq-run
	contains err 'moved to failed/: '
	[ "$(names failed)" = "$ONE" ] && [ -z "$(names new)" ]
}

# many N: a session of smtpd-inetd that puts N messages into the queue, one
# after the other, and goes on until many_ends; then it has files for more.
many()
{
	mkfifo go
	start many sh -c 'exec python3 -S "$@" <go' sh \
	    "$TESTS/peer/manymail.py" 1 "$1" '' sent@example.net
	exec 7>go
	wait_for 30 sh -c '[ "$(grep -cx "[0-9]*" many.log)" -eq "$0" ]' "$1"
}

many_ends()
{
	exec 7>&-
	wait_for 10 not kill -0 "$PID_many" 2>/dev/null
}

blanks()
{
	find spool/new -type f -empty | wc -l
}

@test "files that a session has ready for its next messages are none" {
	many 20
	[ "$(blanks)" -eq 12 ]
	expect 0 mailq-ls
	[ "$(wc -l <out)" -eq 20 ]
	expect 1 mailq-rm "$(find spool/new -empty -printf '%f' -quit | cut -d. -f2)"
	expect 0 mailq-run
	[ "$(names new | wc -l)" -eq 12 ] && [ "$(blanks)" -eq 12 ]
	[ "$(grep -c '^sends' log)" -eq 20 ]
	many_ends
	[ -z "$(names new)" ]
}

@test "a session that is killed: what was acknowledged is there, no file else" {
	many 20
	# Not one that has seen the other one end.
	pkill -STOP -s "$PID_many"
	pkill -KILL -s "$PID_many"
	wait_for 10 not pgrep -r D,R,S -s "$PID_many"
	[ "$(blanks)" -eq 12 ]
	expect 0 mailq-ls
	[ "$(wc -l <out)" -eq 20 ]
	[ ! -s err ]
	expect_noted 0 mailq-run -v
	[ "$(grep -c ' removed: it was never completed' err)" -eq 12 ]
	[ -z "$(names new)$(names failed)$(names cur)" ]
	[ "$(grep -c '^sends' log)" -eq 20 ]
	exec 7>&-
}

@test "a session that is killed, and not what keeps its mail: the same" {
	is_root || skip "one process has both for who is not root"
	many 20
	pkill -KILL -o -x smtpd-inetd -s "$PID_many"
	wait_for 10 not pgrep -r D,R,S -x smtpd-inetd -s "$PID_many"
	[ "$(names new | wc -l)" -eq 20 ] && [ "$(blanks)" -eq 0 ]
	exec 7>&-
}

@test "what a session did not use, and what keeps its mail removes just now" {
	mkdir -p spool/new
	: >"spool/new/0000000000.$ONE"
	expect 0 env ASAN_OPTIONS="$ASAN_OPTIONS:verify_asan_link_order=0" \
	    LD_PRELOAD="${MAILPIPE_BIN%/*}/tests/preload/overtaken.so" mailq-run -v
	[ ! -s err ] || { cat err; return 1; }
	[ -z "$(names new)$(names failed)" ]
}

@test "-w: what a long session sends is seen at once" {
	start runner mailq-run -w
	many 50
	wait_for 4 sh -c '[ "$(grep -c ^sends log)" -eq 50 ]'
	many_ends
	[ -z "$(names new)" ]
}

# What was removed, and is open in some process of this test.
kept_open()
{
	local pid

	for pid in $(strays); do
		find "/proc/$pid/fd" -lname '*/spool/*(deleted)' 2>/dev/null ||
		    :
	done
}

nothing_kept_open()
{
	[ -z "$(kept_open)" ]
}

# seventy: that many messages come and go.
seventy()
{
	local n

	for n in $(seq 70); do
		queue_put tmp 0 "$(queue_id "$n")" alice@example.org \
		    sent@example.net
	done
	# One mv looks at each of several again, which may be gone by then.
	find spool/tmp -type f -exec mv {} spool/new/ \;
	wait_for 20 sh -c '[ -z "$(ls spool/new)" ]'
}

@test "-w: files that were removed are not kept open" {
	start runner mailq-run -w
	seventy
	wait_for 10 nothing_kept_open
	kill -KILL "$(closer)"
	seventy
	wait_for 10 nothing_kept_open
	# Nor is there a process that nobody has waited for.
	[ -z "$(ps -o stat= --ppid "$PID_runner" | grep Z)" ]
}

@test "a disk that is slow to take room back: nobody waits for it" {
	local n slow=${MAILPIPE_BIN%/*}/tests/preload/slow.so

	for n in $(seq 10 30); do
		queue_put new 0 "$(queue_id "$n")" alice@example.org \
		    sent@example.net
	done
	queue_put new 0 "$ONE" alice@example.org sent@example.net \
	    deferred@example.com
	# Who reads its output has the end of it, too.
	SECONDS_ALLOWED=20 expect 0 \
	    env ASAN_OPTIONS="$ASAN_OPTIONS:verify_asan_link_order=0" \
	    sh -c 'LD_PRELOAD=$1 SLOW_CLOSE=60000 mailq-run -j | cat' sh "$slow"
	[ "$(grep -c '"result":"sent"' out)" -eq 22 ]
	not nothing_kept_open
	# What it left is not locked.
	expect_noted 75 mailq-run "$ONE"
	[ "$(grep -c "^sends $ONE 2" log)" -eq 2 ]
	not nothing_kept_open
	# shellcheck disable=SC2046 # a list
	kill -TERM $(strays)
	wait_for 10 no_strays
}

@test "one that is complete and not synced yet: taken when it is, by the same run" {
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	start locker python3 -S "$TESTS/peer/lock.py" ready "$(ls spool/new/*)" 0 1
	wait_for 10 test -e ready
	queue_put new 0 "$TWO" alice@example.org slow@example.com
	expect 0 mailq-run
	[ -z "$(names new)$(names cur)" ]
	[ "$(grep '^sends' log | tail -n 1)" = "sends $ONE 1" ]
}

@test "-w: one that is not synced yet is neither tried nor put off" {
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	start locker python3 -S "$TESTS/peer/lock.py" ready "$(ls spool/new/*)" 0 2
	wait_for 10 test -e ready
	start runner mailq-run -w
	wait_for 10 not kill -0 "$PID_locker" 2>/dev/null
	[ "$(names new)" = "$ONE" ]
	touch spool/new/*
	wait_for 2 sh -c '[ -z "$(ls spool/new)" ]'
	[ "$(grep -c '^sends' log)" -eq 1 ]
}

@test "what a crash left in tmp/ is removed after 36 hours" {
	for file in "$ONE" "$TWO" other; do
		echo 'Size: --------------------' >"spool/tmp/$file"
		touch -d '37 hours ago' "spool/tmp/$file"
	done
	touch -d '35 hours ago' "spool/tmp/$TWO"
	mkdir "spool/tmp/$THREE"
	touch -d '37 hours ago' "spool/tmp/$THREE"
	# Directories in which files were made, and two that are none.
	for nest in .R"$ONE"Q1 .R"$TWO"Q1 .R"$ONE" .Rx; do
		mkdir -p "spool/tmp/$nest/$nest"
		touch -d '37 hours ago' "spool/tmp/$nest"
	done
	touch -d '35 hours ago' "spool/tmp/.R${TWO}Q1"
	expect 0 mailq-run
	[ "$(ls -A spool/tmp | sort)" = "$(printf '%s\n' "$TWO" "$THREE" other \
	    .R"$TWO"Q1 .R"$ONE" .Rx | sort)" ]
}

@test "usage, and a bad configuration" {
	expect 64 mailq-run -x
	for wrong in '-c 0' '-C x' '-t 0' '-c 1001'; do
		# shellcheck disable=SC2086 # words
		expect 64 mailq-run $wrong
		contains err "mailq-run: ${wrong% *}: expected a number from 1 to "
		[ "$(wc -l <err)" -eq 1 ]
	done
	expect 64 mailq-run -w "$ONE"
	expect 64 mailq-run -wn
	expect 78 mailq-run -f /nowhere
	chmod o+w spool
	expect 78 mailq-run
}

@test "what was done, and cannot be told: 74" {
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	expect 74 sh -c 'mailq-run -j >/dev/full'
	[ -z "$(names new)$(names cur)" ]
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	expect 74 sh -c 'mailq-run -n >/dev/full'
}

@test "a User who is root, or does not exist: 78, and nothing is started" {
	local line user why

	needs_root
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	for why in 'root is not a user without privileges' \
	    'nosuchuser: there is no such user'; do
		user=${why%%[: ]*}
		sed -i "s/^User: .*/User: $user/" mailpipe.conf
		expect 78 mailq-run
		line=$(grep -n ^User: mailpipe.conf)
		same err - <<-.
			mailq-run: $T/mailpipe.conf: line ${line%%:*}: User: $why
		.
	done
	[ ! -s log ]
	[ "$(names new)" = "$ONE" ]
}

@test "a queue that is not the User's: it is told what to do" {
	needs_root
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	sed -i 's/^User: .*/User: daemon/' mailpipe.conf
	expect 75 mailq-run
	same err - <<-.
		mailq-run: $T/spool/new belongs to nobody, but User of mailpipe.conf is daemon: chown -R daemon:daemon $T/spool
	.
	# What it says helps.
	$(sed 's/.*: //' err)
	expect 0 mailq-run "$ONE"
	same err /dev/null
	[ -z "$(names cur)" ]
	# Where there is no User it is not the queue that is to be mended.
	for user in 'User: nobody' ''; do
		sed -i "s/^User:.*/$user/" mailpipe.conf
		expect_noted 0 mailq-run
		same err - <<-.
			mailq-run: $T/spool/new belongs to daemon, but User of mailpipe.conf is nobody: "User: daemon" is missing there
		.
	done
}

@test "a queue of others that the group of the User may write to" {
	needs_root
	chown -R 64000 spool
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	expect 0 mailq-run
	contains log 'start mx://example.net'
	chmod g-w spool/hosts
	expect_noted 0 mailq-run
	contains err "$T/spool/hosts belongs to 64000, but User of mailpipe.conf"
}

@test "a queue that is none: 78" {
	rmdir spool/cur
	: >spool/cur
	expect 78 mailq-run
}

@test "-v: a line for each result" {
	queue_put new 0 "$ONE" alice@example.org sent@example.net
	expect_noted 0 mailq-run -v
	grep -qE "^mailq-run\[[0-9]+\]: id=$ONE from=<alice@example.org> to=<sent@example.net> relay=mx.example delay=[0-9]+ status=sent 250 2.0.0 taken\$" err
}

@test "examples" {
	queue_put cur $((NOW + 600)) "$ONE" alice@example.org \
	    deferred@example.net sent@example.net
	queue_put cur $((NOW + 600)) "$TWO" alice@example.org \
	    deferred@mx.example.com
	expect 0 sh -c 'mailq-run -n @example.net | cut -f 2,3 | sort | uniq -c'
	contains out $'1 deferred@example.net\tmx://example.net'
	queue_put cur $((NOW + 600)) "$THREE" alice@example.org \
	    down@mail.example.com
	expect 0 sh -c "mailq-run -j @example.net '*@*.example.com' |
	    jq -r 'select(.result == \"deferred\" or .result == \"down\") |
	        .recipient + \": \" + .text'"
	sort out | cut -d: -f1 >sorted
	same sorted <(printf '%s\n' deferred@example.net \
	    deferred@mx.example.com down@mail.example.com)
	contains out 'deferred@example.net: not now'
	expect_noted 0 mailq-run
	# Of mailq-hold.
	queue_put cur "$NOW" "$(queue_id 4)" alice@example.org sent@example.net
	expect 0 mailq-hold @example.net
	expect_noted 0 mailq-run
	[ "$(names hold | wc -l)" -eq 2 ]
	expect_noted 75 sh -c 'mailq-hold -r @example.net; mailq-run @example.net'
	[ -z "$(names hold)" ]
	[[ $(names cur) != *"$(queue_id 4)"* ]]
}
