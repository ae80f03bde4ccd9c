# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# smtp-send -Q: messages of the queue.

load helper
load postfix
load spooled

setup()
{
	isolate
	shopt -s lastpipe
	printf '%s\n' 'From: alice@example.org' 'Subject: test' '' 'Hello' >m
}

# A server that offers PIPELINING and these keywords and follows the lines of
# standard input.
server()
{
	{
		printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx'
		[ $# -eq 0 ] || printf 'S: 250-%s\n' "$@"
		echo 'S: 250 PIPELINING'
		cat
	} >script
	scripted script
	URL=smtp://127.0.0.1:$PORT
}

# A transaction for bob, with its replies but the last.
transaction()
{
	printf '%s\n' 'C: MAIL FROM:<alice@example.org>' \
	    'C: RCPT TO:<bob@example.org>' 'C: DATA' \
	    'S-RAW: 250 a\r\n250 b\r\n354 c\r\n' 'C-DATA: got'
}

sink()
{
	PORT=$(free_port)
	URL=smtp://127.0.0.1:$PORT
	start sink smtp-sink -u nobody "$@" "127.0.0.1:$PORT" 100
	wait_for 10 listening "$PORT"
}

# The lines of a message's journal, without their time.
journal()
{
	tail -n +"$(($(grep -n '^Hello' "$1" | head -n 1 | cut -d: -f1) + 1))" \
	    "$1" | cut -f 2-
}

# Runs a command while another process has a lock on byte "$2" of file $1.
locked()
{
	python3 -c 'import fcntl, subprocess, sys
f = open(sys.argv[1], "r+")
fcntl.lockf(f, fcntl.LOCK_EX, 1, int(sys.argv[2]))
sys.exit(subprocess.run(sys.argv[3:]).returncode)' "$@"
}

@test "messages over one connection, each with its result and its journal" {
	postfix_up
	spooled one <m
	TO=$'bob@example.org\ncarol@example.org' spooled two <m
	printf 'one\ntwo\n' | queue_send "$URL"
	printf '%s\n' '1 sent' '1 sent' '2 sent' | cmp - classes
	grep -q $'^one\t1\tsent\t250\t2.0.0\t127.0.0.1\tOk: .*queued as ' out
	[ "$(journal one)" = "$(sed -n 1p out | cut -f 2-)" ]
	[ "$(journal two)" = "$(sed 1d out | cut -f 2-)" ]
	wait_for 20 eval '[ "$(ls Maildir/new | wc -l)" -eq 3 ]'
	[ "$(grep -c 'connect from' mail.log)" -eq 2 ]
	[ "$(cat Maildir/new/* | grep -c '^Return-Path: <alice@example.org>')" \
	    -eq 3 ]
	# What is settled is not sent again.
	printf 'one\ntwo\n' | queue_send "$URL"
	[ ! -s out ]
}

@test "recipients by number; what was settled before is told again" {
	sink
	TO=$(printf 'user%s@example.org\n' {1..9}) spooled one <m
	printf '1700000000\t2\tfailed\t550\t5.1.1\tmx\tno\n' >>one
	printf 'one\t1-3,7\n' | queue_send "$URL"
	printf '%s\n' '2 failed' '1 sent' '3 sent' '7 sent' | cmp - classes
	contains out $'one\t2\tfailed\t550\t5.1.1\tmx\tno'
	journal one >journal
	[ "$(cut -f 1,2 journal | tr -d '\n')" = \
	    $'2\tfailed1\tsent3\tsent7\tsent' ]
	# The others.
	printf 'one\n' | queue_send "$URL"
	[ "$(cut -d ' ' -f 1 classes | tr -d '\n')" = 45689 ]
	printf 'one\t10-100000\n' | queue_send "$URL"
	[ "$(cat classes)" = '10 busy' ]
}

@test "lists that are none" {
	local list

	sink
	TO=$'a@x\nb@x' spooled one <m
	for list in '' 0 a 1, ,1 1- 2-1 1,1 2,1 1-2,2 100001 1 ' 1'; do
		[ "$list" != 1 ] || continue
		printf 'one\t%s\none\n' "$list" >lines
		expect 64 smtp-send -Q "$URL" <lines || {
			echo "list: $list"
			return 1
		}
		[ ! -s out ]
		contains err 'standard input: not a path and numbers: one\x09'
	done
	printf 'one\t1\n\t1\n' >lines
	expect 64 smtp-send -Q "$URL" <lines
	contains out $'one\t1\tsent\t'
	[ "$(journal one | wc -l)" -eq 1 ]
}

@test "what another process sends is busy, and the rest goes" {
	sink
	TO=$'a@x\nb@x\nc@x' spooled one <m
	echo one >list
	locked one 2 smtp-send -Q "$URL" <list >out
	cut -f 2,3 out | tr '\t' ' ' >classes
	printf '%s\n' '2 busy' '1 sent' '3 sent' | cmp - classes
	[ "$(journal one | wc -l)" -eq 2 ]
	printf 'one\n' | queue_send "$URL"
	[ "$(cat classes)" = '2 sent' ]
}

@test "the same message twice in one list is sent once" {
	sink
	spooled one <m
	yes one | head -n 20 | queue_send "$URL"
	[ "$(grep -c ' sent' classes)" -eq 1 ]
	[ "$(journal one | wc -l)" -eq 1 ]
}

@test "messages that are not there, or damaged, and their neighbours" {
	sink
	spooled one <m
	spooled two <m
	head -c 100 one >cut
	echo 'no message' >none
	ln -s one link
	mkdir dir
	ln two second
	printf '%s\n' gone cut none link dir second one | queue_send "$URL"
	printf '%s\n' '0 busy' '0 failed' '0 failed' '0 failed' '0 failed' \
	    '0 failed' '1 sent' | cmp - classes
	grep -q $'^cut\t0\tfailed\t0\t\t\tcut: .' out
	[ -z "$(journal two)" ]
}

@test "a journal cut off at each byte: a line that is whole counts, no other" {
	local base n

	sink
	spooled one <m
	base=$(stat -c %s one)
	printf '1700000000\t1\tsent\t250\t2.0.0\tmx\tyes\n' >>one
	for n in $(seq "$base" "$(stat -c %s one)"); do
		head -c "$n" one >"one.$n"
		echo "one.$n"
	done >list
	queue_send "$URL" <list
	cut -f 1 out | cmp - <(head -n -1 list)
	[ "$(grep -c ' sent' classes)" -eq $(($(wc -l <list) - 1)) ]
	# What was noted behind such a line can be read.
	queue_send "$URL" <list
	[ ! -s out ]
}

@test "no connection: all that wait for it are down, by one attempt" {
	local i

	for i in 1 2 3; do spooled "m$i" <m; done
	PORT=$(free_port)
	printf '%s\n' m1 m2 m3 | queue_send "smtp://127.0.0.1:$PORT"
	[ "$(sort -u classes)" = '1 down' ]
	[ "$(wc -l <classes)" -eq 3 ]
	contains out 'Connection refused'
	journal m1 | grep -q $'^1\tdown\t0\t\t127.0.0.1\t'
	# One whose greeting says so, and one that wants another to log in.
	for i in 'S: 554 no mail here' 'S: 421 later'; do
		printf '%s\n' "$i" C-SOME >script
		scripted script
		printf '%s\n' m1 m2 | queue_send "smtp://127.0.0.1:$PORT"
		[ "$(sort -u classes)" = '1 down' ]
	done
}

@test "DSN: the parameters of each message and recipient" {
	FIELDS=$'Ret: HDRS\nEnvid: a+2Bb\n' TO=$(cat <<-'.'
	bob@example.org NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bobby@example.net
	carol@example.org NOTIFY=NEVER
	dave@example.org
	.
	) spooled one <m
	spooled two <m
	server DSN <<-'.'
	C: MAIL FROM:<alice@example.org> RET=HDRS ENVID=a+2Bb
	C: RCPT TO:<bob@example.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bobby@example.net
	C: RCPT TO:<carol@example.org> NOTIFY=NEVER
	C: RCPT TO:<dave@example.org>
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n550 5.7.1 c\r\n250 d\r\n354 e\r\n
	C-DATA:
	C: MAIL FROM:<alice@example.org>
	C: RCPT TO:<bob@example.org>
	C: DATA
	S-RAW: 250 2.0.0 f\r\n250 a\r\n250 b\r\n354 c\r\n
	C-DATA:
	S: 250 g
	C: QUIT
	.
	printf 'one\ntwo\n' | queue_send "$URL"
	scripted_end
	printf '%s\n' '2 failed' '1 sent' '3 sent' '1 sent' | cmp - classes
}

@test "without DSN success is for us to report: relayed" {
	TO=$(cat <<-'.'
	a@x NOTIFY=SUCCESS
	b@x NOTIFY=FAILURE
	c@x NOTIFY=SUCCESS,FAILURE
	d@x
	.
	) spooled one <m
	server <<-'.'
	C: MAIL FROM:<alice@example.org>
	C: RCPT TO:<a@x>
	C: RCPT TO:<b@x>
	C: RCPT TO:<c@x>
	C: RCPT TO:<d@x>
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n250 b\r\n550 no\r\n250 b\r\n354 c\r\n
	C-DATA:
	S: 250 ok
	C: QUIT
	.
	echo one | queue_send "$URL"
	printf '%s\n' '3 failed' '1 relayed' '2 sent' '4 sent' | cmp - classes
}

@test "what a server says is one printable line" {
	spooled one <m
	{
		transaction | sed '$d'
		printf '%s\n' 'C-DATA:' \
		    'S-RAW: 550-5.7.1 a\t1\tsent\x07\xc2\x9b\r\n550 5.7.1 \xe2\x80\xae\\nend\r\n' \
		    'C: QUIT'
	} | server
	echo one | queue_send "$URL"
	[ "$(cat classes)" = '1 failed' ]
	[ "$(wc -l <out)" -eq 1 ]
	[ "$(tr -cd '\t' <out | wc -c)" -eq 6 ]
	LC_ALL=C grep -q '[^ -~	]' out && return 1
	[ "$(journal one)" = "$(cut -f 2- out)" ]
}

@test "what is temporary for the server stays, and 5yz does not" {
	TO=$'a@x\nb@x' spooled one <m
	server <<-'.'
	C: MAIL *
	C: RCPT *
	C: RCPT *
	C: DATA
	S-RAW: 250 a\r\n450 4.2.1 b\r\n550 5.1.1 c\r\n554 d\r\n
	C: QUIT
	.
	echo one | queue_send "$URL"
	printf '%s\n' '1 deferred' '2 failed' | cmp - classes
	contains out $'one\t1\tdeferred\t450\t4.2.1\t127.0.0.1\tb'
}

@test "lost behind the message: it stays, and that it may be there is said" {
	spooled one <m
	{ transaction; echo HANGUP; } | server
	echo one | queue_send "$URL"
	[ "$(cat classes)" = '1 deferred' ]
	contains out 'the message: closed by the peer; it may be there'
	journal one | grep -q 'it may be there'
	same <(sed 's/$/\r/' m) got
}

@test "a broken protocol and a login that fails are not for good" {
	spooled one <m
	{
		transaction | sed 's/354 c/250 c/; $d'
		printf '%s\n' C-END ACCEPT 'S: 220 mx' 'C: EHLO *' \
		    'S: 250 PIPELINING'
		transaction | sed 's/354 c/250 c/; $d'
	} | server
	echo one | queue_send "$URL"
	[ "$(cat classes)" = '1 deferred' ]
	server 'AUTH PLAIN' <<-'.'
	C: AUTH *
	S: 535 5.7.8 no
	C: QUIT
	.
	echo secret >pw
	echo one | queue_send "smtp://u@127.0.0.1:$PORT" -p 'cat pw'
	[ "$(cat classes)" = '1 down' ]
}

@test "results come before anything is waited for" {
	sink
	spooled one <m
	spooled two <m
	mkfifo lines
	start send sh -c 'smtp-send -Q "$1" <lines >results' sh "$URL"
	exec 7>lines
	echo one >&7
	wait_for 20 grep -q $'^one\t1\tsent' results
	echo two >&7
	wait_for 20 grep -q $'^two\t1\tsent' results
	exec 7>&-
}

# Whoever gives the lines may wait for that result before the next one.
@test "what needs no sending behind a message: its result comes all the same" {
	sink
	spooled one <m
	spooled two <m
	printf '1700000000\t1\tsent\t250\t\t\tok\n' >>two
	mkfifo lines
	start send sh -c 'smtp-send -Q "$1" <lines >results' sh "$URL"
	exec 7>lines
	printf 'one\ngone\ntwo\n' >&7
	wait_for 20 grep -q $'^one\t1\tsent' results
	exec 7>&-
}

# Two runners: what one of them has in hand is of no use to the other.
@test "a message in hand does not wait for the line behind one that is none" {
	sink
	spooled one <m
	spooled two <m
	mkfifo lines
	start send sh -c 'smtp-send -Q "$1" <lines >results' sh "$URL"
	exec 7>lines
	printf 'one\ngone\n' >&7
	wait_for 20 grep -q $'^one\t1\tsent' results
	printf 'two\none\n' >&7
	wait_for 20 grep -q $'^two\t1\tsent' results
	exec 7>&-
}

@test "killed: what a server took is in the journal" {
	spooled one <m
	spooled two <m
	{ transaction; echo 'S: 250 ok'; transaction; echo SILENCE; } |
	    sed 's/^C: MAIL/C: */; s/^C: R.*/C: RCPT */' | server
	printf 'one\ntwo\n' >list
	start send sh -c 'exec smtp-send -Q "$1" <list >results' sh "$URL"
	wait_for 20 grep -q sent results
	kill -KILL "$PID_send"
	[ "$(journal one)" = $'1\tsent\t250\t\t127.0.0.1\tok' ]
	[ -z "$(journal two)" ]
	# And its locks are gone.
	sink
	printf 'one\ntwo\n' | queue_send "$URL"
	[ "$(cut -f 1,2,3 out)" = $'two\t1\tsent' ]
}

@test "nobody reads the results: what is in hand is journaled, and no more" {
	local i

	sink
	for i in {10..60}; do spooled "m$i" <m; done
	mkfifo lines results
	start send sh -c 'exec smtp-send -Q "$1" <lines >results' sh "$URL"
	exec 7>lines 8<results
	echo m10 >&7
	read -r line <&8
	exec 8<&-
	# It may have ended already.
	(printf 'm%s\n' {11..60} >&7) || :
	exec 7>&-
	wait_for 20 eval '! kill -0 "$PID_send" 2>/dev/null'
	[ -n "$(journal m10)" ]
	[ "$(grep -l "sent" m?? | wc -l)" -lt 10 ]
}

@test "2500 recipients of one message, in transactions of 100" {
	TO=$(printf 'user%s@example.org\n' {1..2500}) spooled one <m
	sink
	echo one | queue_send "$URL"
	[ "$(grep -c ' sent$' classes)" -eq 2500 ]
	[ "$(cut -d ' ' -f 1 classes | sort -n | uniq | wc -l)" -eq 2500 ]
	[ "$(journal one | wc -l)" -eq 2500 ]
	echo one | queue_send "$URL"
	[ ! -s out ]
}

@test "as many recipients as a letter has, and twice that" {
	local n

	sink
	for n in 1000 2000; do
		TO=$(seq -f 'user%.0f@example.net' "$n") spooled "many$n" <m
	done
	spooled one <m
	printf '%s\n' many1000 one many2000 one | queue_send "$URL"
	[ "$(grep -c ' sent' classes)" -eq 3001 ]
	[ "$(grep -c $'^many1000\t' out)" -eq 1000 ]
	[ "$(grep -c $'^many2000\t' out)" -eq 2000 ]
	[ "$(journal many2000 | wc -l)" -eq 2000 ]
}

@test "SMTPUTF8 is asked for where it is needed" {
	printf '%s\n' 'Subject: gr€' '' 'Hello' >utf8
	spooled eight <utf8
	FIELDS=$'Utf8: yes\n' spooled said <m
	FIELDS=$'Utf8: yes\n' spooled needed <utf8
	server 8BITMIME <<-'.'
	C: MAIL FROM:<alice@example.org> BODY=8BITMIME
	C: RCPT *
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n354 c\r\n
	C-DATA:
	C: MAIL FROM:<alice@example.org>
	C: RCPT *
	C: DATA
	S-RAW: 250 ok\r\n250 a\r\n250 b\r\n354 c\r\n
	C-DATA:
	S: 250 ok
	C: QUIT
	.
	printf '%s\n' eight said needed | queue_send "$URL"
	printf '%s\n' '1 sent' '1 failed' '1 sent' | sort >want
	sort classes | cmp - want
	contains out $'needed\t1\tfailed\t0\t5.6.7\t'
}

@test "recipients that have no domain, or one that cannot be looked up" {
	sink
	TO=$'bob\ncarol@example.org' spooled one <m
	echo one | queue_send "$URL"
	printf '%s\n' '1 failed' '2 sent' | cmp - classes
	contains out $'one\t1\tfailed\t0\t5.1.3\t'
}

@test "LMTP: a result for each" {
	smtpd -L
	TO=$'bob@example.org NOTIFY=SUCCESS\nnobody@example.org\nalice@example.org' \
	    spooled one <m
	echo one | queue_send "lmtp://127.0.0.1:$PORT"
	printf '%s\n' '2 failed' '1 relayed' '3 sent' | cmp - classes
	[ "$(ls bob/new alice/new | grep -c S=)" -eq 2 ]
}

@test "misuse" {
	local option

	for option in -0 -e -j -l -n -r -t '-f a@x' '-N never' '-R full' \
	    '-V x' '-O a@x'; do
		# shellcheck disable=SC2086
		expect 64 smtp-send -Q $option smtp://127.0.0.1:1 </dev/null
	done
	expect 64 smtp-send -Q smtp://127.0.0.1:1 bob@example.org </dev/null
	expect 64 smtp-send -Q </dev/null
	printf 'x%4097s\n' '' >long
	expect 65 smtp-send -Q smtp://127.0.0.1:1 <long
}

@test "the examples of the manual" {
	sink
	mkdir -p spool/new
	spooled spool/new/1 <m
	awk '/^\.Bd/ { on = 1; text = ""; next }
		/^\.Ed/ { on = 0; if (index(text, "-Q")) printf "%s", text }
		on { gsub(/\\e/, "\\"); text = text $0 "\n" }' \
	    "${TESTS%/*}/man/smtp-send.1" |
	    sed "s,smtp://localhost,&:$PORT,; s,/var/spool/mailpipe,spool," \
	    >example.sh
	expect 0 sh -e example.sh
	[ "$(cat out)" = $'spool/new/1\tsent' ]
}

# The same with what is known of hosts.
known()
{
	queue_send "$URL" -o "hosts=$T/hosts" "$@"
}

@test "hosts: one that is down is tried once, whoever asks" {
	local i

	mkdir hosts
	for i in 1 2 3; do spooled "m$i" <m; done
	PORT=$(free_port)
	URL=smtp://127.0.0.1:$PORT
	echo m1 | known
	[ "$(cat classes)" = '1 down' ]
	contains out 'Connection refused'
	start sink smtp-sink -u nobody "127.0.0.1:$PORT" 100
	wait_for 10 listening "$PORT"
	printf 'm1\nm2\n' | known
	[ "$(cat classes)" = $'1 down\n1 down' ]
	contains out '127.0.0.1: not tried before 20'
	contains out 'Connection refused'
	# Forgotten, or not to be read.
	rm "hosts/127.0.0.1:$PORT"
	echo m1 | known
	[ "$(cat classes)" = '1 sent' ]
	echo rubbish >"hosts/127.0.0.1:$PORT"
	echo m2 | known
	[ "$(cat classes)" = '1 sent' ]
	# Its time is over.
	printf 'Until: %s\nFailures: 3\nLimit: 5\nWhy: x\n.\n' \
	    "$(($(date +%s) - 1))" >"hosts/127.0.0.1:$PORT"
	echo m3 | known
	[ "$(cat classes)" = '1 sent' ]
	contains "hosts/127.0.0.1:$PORT" 'Failures: 0'
}

@test "hosts: as many connections as may be, and the rest is busy" {
	mkdir hosts lists
	spooled one <m
	spooled two <m
	sink
	mkfifo lines
	start send sh -c 'exec smtp-send -Q -o hosts=hosts -o connections=1 \
	    "$1" <lines >results' sh "$URL"
	exec 7>lines
	echo one >&7
	wait_for 20 grep -q sent results
	echo two | known -o connections=1
	[ "$(cat classes)" = '1 busy' ]
	[ -z "$(journal two)" ]
	exec 7>&-
	wait_for 20 eval '! kill -0 "$PID_send" 2>/dev/null'
	echo two | known -o connections=1
	[ "$(cat classes)" = '1 sent' ]
}

@test "hosts: sent away, it gets half as many, and is not down for it" {
	mkdir hosts
	spooled one <m
	spooled two <m
	spooled three <m
	{
		printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250 mx' 'C: MAIL *' \
		    'S: 250 ok' 'C: RCPT *' 'S: 250 ok' 'C: DATA' 'S: 354 ok' \
		    C-DATA: 'S: 250 taken' 'C: MAIL *' \
		    LEAVE ACCEPT 'S: 421 4.7.0 too many' ACCEPT \
		    'S: 421 4.7.0 too many'
	} >script
	scripted script
	URL=smtp://127.0.0.1:$PORT
	printf 'one\nthree\n' >list
	start send sh -c 'exec smtp-send -Q -o hosts=hosts "$1" <list >results' \
	    sh "$URL"
	wait_for 20 eval '[ "$(grep -c MAIL peer)" -eq 2 ]'
	grep -q '^Limit: 6' "hosts/127.0.0.1:$PORT"
	echo two | known
	[ "$(cat classes)" = '1 busy' ]
	grep -q '^Limit: 3' "hosts/127.0.0.1:$PORT"
	kill "$PID_send"
	# Nobody else explains it.
	wait_for 20 eval '! kill -0 "$PID_send" 2>/dev/null'
	echo two | known
	[ "$(cat classes)" = '1 down' ]
	grep -q '^Failures: 1' "hosts/127.0.0.1:$PORT"
}

# How many connections 60 messages make with a server that has these options of
# smtp-sink, sent by eight at once; and how many there may be.
crowd()
{
	local i

	rm -rf spool
	sink -v "$@"
	printf '%s\n' 'Hostname: mx.example.org' "Spool: $T/spool" \
	    'User: nobody' "Smarthost: $URL" >mailpipe.conf
	# With root's rights it goes on as nobody.
	! is_root || chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	for i in {1..60}; do
		MAILPIPE_CONF=$T/mailpipe.conf mailq-add -f alice@example.org \
		    "b$i@example.net" <m
	done >/dev/null
	# What is busy to the end stays due.
	MAILPIPE_CONF=$T/mailpipe.conf timeout 60 mailq-run -C 8 >out 2>&1 ||
	    [ $? -eq 75 ] || { show out; return 1; }
	kill "$PID_sink"
	wait_for 10 eval '! listening "$PORT"'
	CONNECTIONS=$(grep -c ': connect (' sink.log)
	# Where nothing is said it is 5.
	LIMIT=$(sed -n 's/^Limit: //p' "spool/hosts/127.0.0.1:$PORT")
	LIMIT=${LIMIT:-5}
	echo "$*: $CONNECTIONS connections, limit $LIMIT"
}

@test "hosts: 421 in a session counts as 421 instead of one" {
	local step

	for step in MAIL RCPT DATA .; do
		crowd -Q "$step"
		[ "$CONNECTIONS" -le 10 ] || return 1
		[ "$LIMIT" -le 2 ] || return 1
		grep -q '^Failures: 1' "spool/hosts/127.0.0.1:$PORT" || return 1
		grep -q '^Why: 127.0.0.1: 421 ' "spool/hosts/127.0.0.1:$PORT" ||
		    return 1
	done
}

@test "hosts: who takes nothing is not thought to take more connections" {
	local step

	for step in MAIL RCPT DATA .; do
		crowd -r "$step"
		[ "$LIMIT" -eq 5 ] || return 1
		[ "$CONNECTIONS" -le 8 ] || return 1
	done
	# Who takes them is.
	crowd
	[ "$LIMIT" -gt 5 ]
}
