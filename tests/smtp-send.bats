# SPDX-License-Identifier: ISC
# shellcheck shell=bats

load helper
load postfix

setup()
{
	isolate
	# So that a server can be given its script by a pipe.
	shopt -s lastpipe
	printf '%s\n' 'From: alice@example.org' 'To: bob@example.org' \
	    'Subject: test' '' 'Hello' '.' '..' 'bye.' >m
	printf 'Subject: test\n\nGr\303\274\303\237e\n' >m8
}

# A server that follows the lines on standard input, see peer/script.py.
server()
{
	cat >script
	scripted script
	URL=smtp://127.0.0.1:$PORT
}

# The same after an EHLO that offers PIPELINING and more, or nothing.
pipelining()
{
	{
		printf '%s\n' 'S: 220 mx.example' 'C: EHLO *' \
		    'S: 250-mx.example' 'S: 250-PIPELINING' \
		    'S: 250-SIZE 1000000' 'S: 250-8BITMIME' \
		    'S: 250 ENHANCEDSTATUSCODES'
		cat
	} | server
}

lockstep()
{
	{
		printf '%s\n' 'S: 220 mx.example' 'C: EHLO *' \
		    'S: 250 mx.example'
		cat
	} | server
}

# A server that takes everything, offers the keywords, and records in rec/.
recorder()
{
	rm -rf port rec
	start recorder python3 "$TESTS/peer/record.py" port rec "$@"
	wait_for 10 test -s port
	PORT=$(cat port)
	URL=smtp://127.0.0.1:$PORT
}

# Nothing was wrong, and all came over so many connections.
recorded()
{
	[ ! -e rec/wrong ] || { show rec/wrong; return 1; }
	[ "$(wc -l <rec/connections)" -eq "$1" ]
}

# The options before the server; the message is $M, or m.
send()
{
	local want=$1

	shift
	expect "$want" smtp-send "$@" <"${M:-m}"
}

one_line()
{
	[ "$(wc -l <err)" -eq 1 ] || { show err; return 1; }
	contains err "$1"
}

result()
{
	printf -- "$1\n" >want
	same out want
}

# The text of a recorded message, without dots and with LF.
unwire()
{
	sed -e 's/\r$//' -e '$d' -e 's/^\.//' "$1"
}

@test "one message from standard input, silent" {
	pipelining <<-.
	C: MAIL FROM:<alice@example.org> SIZE=*
	C: RCPT TO:<bob@example.org>
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n354 c\r\n
	C-DATA: body
	S: 250 2.0.0 ok
	C: QUIT
	S: 221 bye
	.
	send 0 "$URL" bob@example.org
	[ ! -s out ]
	scripted_end
	printf '%s\r\n' 'From: alice@example.org' 'To: bob@example.org' \
	    'Subject: test' '' 'Hello' '..' '...' 'bye.' >want
	same body want
}

@test "what is wrong is said" {
	local pair key

	for pair in 'tsl=may|one of auth-clear=, ca=' 'tls|insecure, may, none' \
	    'tls=maybe|insecure, may, none or require' \
	    'pin=sha256:00|sha256: and a digest' 'helo=|a domain' \
	    'connections=0|a number from 1 to 1000' 'hold=x|seconds'
	do
		expect 64 smtp-send -o "${pair%%|*}" smtp://localhost b@y <m
		[ "$(wc -l <err)" -eq 1 ]
		key=${pair%%|*}
		contains err "smtp-send: -o ${key%%=*}: expected ${pair#*|}"
	done
	expect 64 smtp-send smtp://localhost <m
	contains err 'smtp-send: no recipient: expected one behind the server'
}

@test "usage" {
	local line

	while read -r line; do
		# shellcheck disable=SC2086
		expect 64 smtp-send $line <m
		[[ $line != -o?* && $line != smtp://localhost ]] || {
			[ "$(wc -l <err)" -eq 1 ]
			contains err expected
			continue
		}
		contains err "usage: smtp-send [-0ejlnrtv]"
	done <<-.

		smtp://localhost
		-x smtp://localhost bob@example.org
		-f
		-t
		-o smtp://localhost bob@example.org
		-N
		-o what=1 smtp://localhost bob@example.org
		-o timeout smtp://localhost bob@example.org
		-o timeout= smtp://localhost bob@example.org
		-o timeout=0 smtp://localhost bob@example.org
		-o timeout=86401 smtp://localhost bob@example.org
		-o timeout=1s smtp://localhost bob@example.org
		-o tls=maybe smtp://localhost bob@example.org
		-o helo= smtp://localhost bob@example.org
		-o helo=a>b smtp://localhost bob@example.org
		-o helo=$(printf 'a%.0s' $(seq 256)) smtp://localhost b@c
	.
	# Nothing behind the server is an option.
	expect 64 smtp-send smtp://localhost -n <m
	contains err 'no mail address: "-n"'
}

@test "a server is a URL" {
	local url status text

	while read -r status url text; do
		send "$status" "$url" bob@example.org
		one_line "$text"
	done <<-.
		64 localhost expected a URL
		64 smtp:localhost expected a URL
		64 smtp://localhost:70000 bad user, host, port or path
		64 smtp://-oProxyCommand=x bad user, host
		64 smtp://a%0d%0ab bad user, host
		64 smtp://bob:secret@localhost a password does not belong
		69 pipe://localhost only smtp://, smtps://, lmtp://, mx:// and pipe: are
	.
	send 64 smtp://bob:secret@localhost bob@example.org
	not grep -q secret err
}

@test "-o tls=none and tls=may reach other hosts, -o helo names us" {
	send 68 -o tls=none smtp://bad..name bob@example.org
	one_line "bad..name: "
	send 68 -o tls=may smtp://bad..name bob@example.org
	server <<-.
	S: 220 mx
	C: EHLO [[]192.0.2.7]
	S: 250 mx
	C: MAIL *
	S: 550 no
	C: QUIT
	.
	send 69 -o helo='[192.0.2.7]' "$URL" bob@example.org
	scripted_end
}

@test "without -o helo: a host name with a dot, or our address" {
	recorder
	expect_noted 0 smtp-send -v "$URL" bob@example.org <m
	recorded 1
	case $(hostname) in
	*.*) contains err "> EHLO $(hostname)" ;;
	*) contains err "> EHLO [127.0.0.1]" ;;
	esac
}

@test "-v shows the session and not the message" {
	recorder PIPELINING
	expect_noted 0 smtp-send -v -o helo=me.example -f a@x "$URL" b@y c@z <m
	[ ! -s out ]
	cat >want <<-.
		< 220 record.example ESMTP
		> EHLO me.example
		< 250-record.example
		< 250 PIPELINING
		> MAIL FROM:<a@x>
		> RCPT TO:<b@y>
		> RCPT TO:<c@z>
		> DATA
		< 250 2.1.0 sender
		< 250 2.1.5 recipient
		< 250 2.1.5 recipient
		< 354 go on
		< 250 2.0.0 recorded as 1
		> QUIT
	.
	same err want
}

@test "-r writes a line for each recipient" {
	pipelining <<-'.'
	C: MAIL *
	C: RCPT TO:<b@y>
	C: RCPT TO:<c@z>
	C: RCPT TO:<d@z>
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n550-5.1.1 no\r\n550 5.1.1 such\tuser\r\n
	S-RAW: 450 later\r\n354 c\r\n
	C-DATA:
	S: 250 2.0.0 stored as 1\2
	C: QUIT
	.
	expect_noted 75 smtp-send -r -f a@x "$URL" b@y c@z d@z <m
	[ ! -s err ]
	result '-\tb@y\tsent\t250\t2.0.0\tstored as 1\\\\2
-\tc@z\tfailed\t550\t5.1.1\tno such\\\\x09user
-\td@z\tdeferred\t450\t\tlater'
	scripted_end
}

@test "-j writes an object for each recipient" {
	pipelining <<-'.'
	C: MAIL *
	C: RCPT TO:<"b\"c"@y>
	C: RCPT TO:<c@z>
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n550 5.1.1 no "such" \x1b user\r\n354 c\r\n
	C-DATA:
	S: 250 2.0.0 ok
	C: QUIT
	.
	expect_noted 67 smtp-send -j -f a@x "$URL" '"b\"c"@y' c@z <m
	[ ! -s err ]
	python3 - <<-'.'
	import json
	rows = [json.loads(line) for line in open('out')]
	assert rows == [
	    {'path': '-', 'recipient': '"b\\"c"@y', 'result': 'sent',
	     'status': 0, 'code': 250, 'enhanced': '2.0.0', 'text': 'ok'},
	    {'path': '-', 'recipient': 'c@z', 'result': 'failed',
	     'status': 67, 'code': 550, 'enhanced': '5.1.1',
	     'text': 'no "such" \\x1b user'}], rows
	.
	scripted_end
}

@test "without -r a failure is one line on standard error" {
	pipelining <<-'.'
	C: MAIL *
	C: RCPT TO:<b@y>
	C: RCPT TO:<c@z>
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n550 5.7.1 \x1b[31mno\r\n354 c\r\n
	C-DATA:
	S: 250 2.0.0 ok
	C: QUIT
	.
	send 69 -f a@x "$URL" b@y c@z
	[ ! -s out ]
	one_line 'smtp-send: c@z: 550 5.7.1 \x1b[31mno'
}

@test "-n shows the envelope and what it needs, and connects to nobody" {
	send 0 -n smtp://127.0.0.1:1 bob@example.org carol@example.org
	result 'sender\t<alice@example.org>
recipient\t<bob@example.org>
recipient\t<carol@example.org>
size\t83'
	M=m8 send 0 -n -f '' smtp://localhost bob@example.org
	result 'sender\t<>
recipient\t<bob@example.org>
size\t26
needs\t8BITMIME, or is converted'
	printf 'a\0b\n' >nul
	M=nul send 0 -n -f a@x smtp://localhost b@y
	contains out "needs	conversion"
	printf '%s\n' m8 >list
	M=list send 0 -ln -f a@x smtp://localhost b@y
	result 'm8\tsender\t<a@x>
m8\trecipient\t<b@y>
m8\tsize\t26
m8\tneeds\t8BITMIME, or is converted'
	M=m8 send 0 -jn -f a@x smtp://localhost b@y
	python3 - <<-'.'
	import json
	assert json.load(open('out')) == {
	    'path': '-', 'sender': 'a@x', 'recipients': ['b@y'], 'size': 26,
	    'eight_bit': True, 'smtputf8': False, 'longest_line': 13}
	.
}

@test "the sender: -f, Sender, the first From, the user" {
	local line

	printf 'Sender: s@example.org\nFrom: a@example.org\n\n' >sender
	printf 'From: (x) A <a@example.org>, b@example.org\n\n' >from
	printf 'Subject: x\n\n' >none
	while read -r M line; do
		# shellcheck disable=SC2086
		send 0 -n $line smtp://localhost bob@example.org
		head -n 1 out >>senders
	done <<-.
		sender
		from
		from -f x@example.org
		from -f <>
	.
	M=none send 0 -n -f "" smtp://localhost bob@example.org
	head -n 1 out >>senders
	printf 'sender\t<%s>\n' s@example.org a@example.org x@example.org \
	    '' '' >want
	same senders want
	# A host may have a name that is none in mail.
	if expect_noted 0 smtp-send -n smtp://localhost b@y <none; then
		contains out "sender	<$(id -un)@$(hostname)>"
	else
		M=none send 67 -n smtp://localhost b@y
		one_line "no sender was given by -f"
	fi
}

@test "-t takes To, Cc and Bcc, each address once, and removes Bcc" {
	cat >t <<-'.'
		From: a@example.org
		Bcc: hidden@example.org,
		 hidden2@example.org
		To: Bob <bob@example.org>, =?utf-8?q?J=C3=BCrgen=2C_x=40y?=
		 <j@example.org>, (a comment) c@example.org (c)
		Bcc : hidden3@example.org
		Cc: friends: d@Example.ORG, "e f"@example.org;, none:;
		To: d@example.org, D@example.org, bob@EXAMPLE.org
		Subject: x
		bcc: hidden@example.org

		Bcc: not me
	.
	M=t send 0 -tn smtp://localhost extra@example.org
	sed -n 's/^recipient	//p' out >got
	printf '<%s@example.org>\n' extra hidden hidden2 bob j c hidden3 >want
	printf '<%s>\n' d@Example.ORG '"e f"@example.org' D@example.org >>want
	same got want
	recorder PIPELINING
	M=t send 0 -t "$URL"
	recorded 1
	unwire rec/1.wire >got
	sed -e '2,3d' -e '/^Bcc :/d' -e '/^bcc:/d' t >want
	same got want
	[ "$(grep -c RCPT rec/1.envelope)" -eq 9 ]
}

@test "without -t the header is left alone" {
	printf 'From: a@x\nBcc: h@y\nTo: b@y\n\n' >t
	recorder
	M=t send 0 "$URL" c@z
	unwire rec/1.wire >got
	same got t
	contains rec/1.envelope "RCPT TO:<c@z>"
	not grep -q -e 'h@y' -e 'b@y' rec/1.envelope
}

@test "-t of a message that was sent again: to these alone" {
	printf 'From: a@example.org\nTo: b@example.org\nResent-Cc: c@example.org\nResent-Bcc: d@example.org\n\nx\n' >m
	expect 0 smtp-send -tn smtp://localhost <m
	not grep -q b@example.org out
	contains out c@example.org
	contains out d@example.org
	smtpd
	sed -i 's/[cd]@/alice@/' m
	expect 0 smtp-send -t "smtp://127.0.0.1:$PORT" <m
	not grep -q Resent-Bcc alice/new/*
}

@test "injection with -t: what is no address is refused before it connects" {
	local line

	while read -r line; do
		printf 'From: a@x\nTo: b@y\n%b\n\n' "$line" >t
		M=t send 65 -t smtp://127.0.0.1:1
		one_line "smtp-send: standard input: "
	done <<-'.'
		To: no address
		Cc: a@b>
		Bcc: "a\r\nRCPT TO:<x>"@y
		To: =?utf-8?q?b=40y?=
		To: =?utf-8?q?b=0D=0ARCPT_TO:=3Cx=40y=3E?=
		To: b@=?utf-8?q?y=0D=0A?=
		To: a@b c@d
		To: b\0@y
		To: b\x1b@y
		To: b@gr\xfcn.example
	.
	printf 'From: a@x\nSubject: nobody\n\nTo: b@y\n' >t
	M=t send 65 -t smtp://127.0.0.1:1
	one_line "no recipient"
	# A display name may decode to anything; it is not used.
	printf 'From: a@x\nTo: =?utf-8?q?b=0D=0ARCPT?= <b@y>\n\n' >t
	M=t send 0 -tn smtp://127.0.0.1:1
	[ "$(grep -c '^recipient	<b@y>$' out)" -eq 1 ]
	# A folded list is one list.
	printf 'From: a@x\r\nTo: a@b,\r\n c@d\r\n\r\n' >t
	M=t send 0 -tn smtp://127.0.0.1:1
	[ "$(grep -c '^recipient' out)" -eq 2 ]
}

@test "10000 recipients in one field of 1 MB" {
	python3 - <<-'.'
	n = ('"%s" <user%05d@example.org>' % ('x' * 80, i) for i in range(10000))
	with open('t', 'w') as f:
	    f.write('From: a@x\nTo: ' + ', '.join(n) + '\n\nhi\n')
	.
	[ "$(wc -c <t)" -gt 1000000 ]
	recorder PIPELINING
	M=t send 0 -rt "$URL"
	recorded 1
	[ "$(cut -f 3 out | sort | uniq -c | tr -d ' ')" = 10000sent ]
	[ "$(cat rec/*.envelope | grep RCPT | sort -u | wc -l)" -eq 10000 ]
	sed -i 's/^To: /To: more@example.org, /' t
	M=t send 65 -t "$URL"
	one_line "more than 10000 recipients"
}

@test "a header without end" {
	python3 -c 'print("From: a@x\n" + "X: y\n" * 300000)' >t
	M=t send 65 smtp://127.0.0.1:1 b@y
	one_line "a header longer than 1048576 bytes"
}

# So many messages in box/, their paths in list.
box()
{
	local i

	mkdir -p box
	for i in $(seq "$1"); do
		printf 'From: a@x\nSubject: %s\n\n.text %s\n' "$i" "$i" \
		    >"box/$i"
		echo "box/$i"
	done >list
}

@test "-l sends all over one connection" {
	box 300
	recorder PIPELINING 8BITMIME
	expect 0 smtp-send -l "$URL" b@y <list
	recorded 1
	awk '{ print $0 "\tb@y\tsent\t250\t2.0.0\trecorded as " NR }' \
	    list >want
	same out want
	unwire rec/300.wire | cmp - box/300
}

@test "-l without PIPELINING, too" {
	box 20
	recorder
	expect 0 smtp-send -l "$URL" b@y <list
	recorded 1
	[ "$(cut -f 3 out | uniq -c | tr -d ' ')" = 20sent ]
	unwire rec/20.wire | cmp - box/20
}

@test "-0 ends paths with NUL" {
	box 1
	mv box/1 "box/a
b"
	recorder
	printf 'box/a\nb\0' >list
	expect 0 smtp-send -0l "$URL" b@y <list
	result 'box/a\\nb\tb@y\tsent\t250\t2.0.0\trecorded as 1'
}

@test "-lt takes each message's own recipients" {
	box 2
	sed -i '1i To: c@z' box/1
	sed -i '1i Bcc: d@z' box/2
	recorder PIPELINING
	expect 0 smtp-send -lt "$URL" <list
	contains rec/1.envelope "RCPT TO:<c@z>"
	contains rec/2.envelope "RCPT TO:<d@z>"
	not grep -q Bcc rec/2.wire
}

@test "-l goes on after a message that cannot be read" {
	box 2
	printf 'box/1\nbox/none\n-\nbox\nbox/2\n' >list
	recorder PIPELINING
	expect 66 smtp-send -l "$URL" b@y <list
	recorded 1
	[ "$(cut -f 1,3 out | sort | tr '\t\n' ' ;')" = \
	    "- failed;box failed;box/1 sent;box/2 sent;box/none failed;" ]
	contains err "box/none"
	contains err "standard input is the list"
}

@test "-l with a list that is none" {
	recorder
	expect 0 smtp-send -l "$URL" b@y </dev/null
	[ ! -s out ]
	printf '\n\n' >list
	expect 0 smtp-send -l "$URL" b@y <list
	printf 'm\0\n' >list
	expect 65 smtp-send -l "$URL" b@y <list
	one_line "list of paths"
	head -c 5000 /dev/zero | tr '\0' x >list
	expect 65 smtp-send -l "$URL" b@y <list
	one_line "list of paths"
	[ ! -e rec/connections ]
	# What came before it counts, and so does what is deferred.
	printf 'm\nm\0' >list
	expect 75 smtp-send -l smtp://127.0.0.1:1 b@y <list
}

# Who feeds the list one by one, and waits for each result, gets it.
@test "-l tells each result before it waits for the next path" {
	recorder PIPELINING
	cat >ask.py <<-'.'
	import subprocess, sys
	p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE,
	                     stdout=subprocess.PIPE, text=True)
	for i in (1, 2, 3):
	    p.stdin.write('m\n')
	    p.stdin.flush()
	    assert p.stdout.readline().endswith(f'recorded as {i}\n')
	p.stdin.close()
	sys.exit(p.wait())
	.
	expect 0 python3 ask.py smtp-send -l "$URL" b@y
	recorded 1
}

@test "-l tells a result although what follows is no path" {
	recorder PIPELINING
	cat >ask.py <<-'.'
	import subprocess, sys
	p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE,
	                     stdout=subprocess.PIPE, text=True)
	p.stdin.write('m\nnowhere\n')
	p.stdin.flush()
	while 'recorded as 1' not in p.stdout.readline():
	    pass
	p.stdin.close()
	sys.exit(p.wait())
	.
	expect 66 python3 ask.py smtp-send -l "$URL" b@y
	recorded 1
}

@test "EHLO refused: HELO" {
	server <<-.
	S: 220 mx
	C: EHLO *
	S: 502 5.5.2 what
	C: HELO *
	S: 250 mx
	C: MAIL FROM:<a@x>
	S: 250 ok
	C: RCPT TO:<b@y>
	S: 250 ok
	C: DATA
	S: 354 ok
	C-DATA:
	S: 250 ok
	C: QUIT
	.
	send 0 -f a@x "$URL" b@y
	scripted_end
}

@test "no PIPELINING: nothing is said before the answer" {
	recorder SIZE 8BITMIME
	send 0 -f a@x "$URL" b@y c@z
	recorded 1
	printf '%s\n' 'MAIL FROM:<a@x> SIZE=83' 'RCPT TO:<b@y>' \
	    'RCPT TO:<c@z>' >want
	same rec/1.envelope want
}

@test "8BITMIME: 8-bit text goes as it is" {
	recorder 8BITMIME
	M=m8 send 0 -f a@x "$URL" b@y
	contains rec/1.envelope "MAIL FROM:<a@x> BODY=8BITMIME"
	unwire rec/1.wire | cmp - m8
}

@test "no 8BITMIME: 8-bit text is converted" {
	cat >t <<-.
		From: a@x
		MIME-Version: 1.0
		Content-Type: multipart/mixed; boundary=b
		Content-Transfer-Encoding: 8bit

		--b
		Content-Type: text/plain; charset=utf-8
		Content-Transfer-Encoding: 8bit

		Grüße, 你好
		.dot
		--b
		Content-Type: image/png
		Content-Transfer-Encoding: binary

		$(printf '\211PNG\032\n\377\001')
		--b--
	.
	recorder PIPELINING
	M=t send 0 -f a@x "$URL" b@y
	recorded 1
	contains rec/1.envelope "MAIL FROM:<a@x>"
	not grep -q BODY rec/1.envelope
	[ "$(tr -d '\0-\177' <rec/1.wire | wc -c)" -eq 0 ]
	unwire rec/1.wire >got
	python3 - <<-'.'
	import email
	parts = [[p.get_content_type(), p.get_payload(decode=True)]
	         for p in (email.message_from_binary_file(open(name, 'rb'))
	                   for name in ('t', 'got'))
	         for p in p.walk() if not p.is_multipart()]
	assert len(parts) == 4 and parts[:2] == parts[2:], parts
	.
}

@test "NUL and long lines are converted, wherever they go" {
	printf 'From: a@x\n\na\0b\n' >nul
	{ printf 'From: a@x\n\n'; head -c 5000 /dev/zero | tr '\0' x; } >long
	recorder 8BITMIME PIPELINING
	for M in nul long; do
		send 0 -f a@x "$URL" b@y
	done
	recorded 2
	cat rec/*.wire >all
	[ "$(tr -d '\1-\377' <all | wc -c)" -eq 0 ]
	not env LC_ALL=C grep -q '.\{1000\}' all
	unwire rec/1.wire >got
	python3 -c 'import email
m = email.message_from_binary_file(open("got", "rb"))
assert m.get_payload(decode=True) == b"a\0b\n", m.as_bytes()'
}

@test "no 8BITMIME, and it cannot be converted: 5.6.3" {
	recorder
	printf 'From: a@x\nSubject: Gr\374\337e\n\nhi\n' >t
	M=t expect_noted 69 smtp-send -r -f a@x "$URL" b@y c@z <t
	[ "$(cut -f 2-5 out | tr '\t\n' ' ;')" = \
	    "b@y failed 0 5.6.3;c@z failed 0 5.6.3;" ]
	[ ! -e rec/1.wire ]
	M=t send 69 -f a@x "$URL" b@y
	one_line "smtp-send: b@y: "
	# A server that can take it gets it.
	recorder 8BITMIME
	M=t send 0 -f a@x "$URL" b@y
	unwire rec/1.wire | cmp - t
}

@test "SIZE: what is too long is not sent" {
	recorder PIPELINING "SIZE 82"
	expect_noted 69 smtp-send -r -f a@x "$URL" b@y <m
	result '-\tb@y\tfailed\t0\t5.3.4\tthe message is longer than the server takes'
	[ ! -e rec/1.wire ]
	[ ! -e rec/wrong ]
	recorder "SIZE 83"
	send 0 -f a@x "$URL" b@y
	recorder "SIZE 0"
	send 0 -f a@x "$URL" b@y
	contains rec/1.envelope "SIZE=83"
}

@test "452 after some recipients: another transaction for the rest" {
	local i

	recorder PIPELINING max=3
	send 0 -r -f a@x "$URL" 1@y 2@y 3@y 4@y 5@y 6@y 7@y
	recorded 1
	[ "$(cut -f 2,3 out | tr '\t\n' '  ')" = "1@y sent 2@y sent 3@y sent \
4@y sent 5@y sent 6@y sent 7@y sent " ]
	for i in 1 2 3; do
		cmp rec/1.wire "rec/$i.wire"
	done
	contains rec/2.envelope "RCPT TO:<4@y>"
	not grep -q "RCPT TO:<3@y>" rec/2.envelope
	[ "$(grep -c . rec/connections)" -eq 1 ]
}

@test "452 for the first recipient is deferred" {
	pipelining <<-'.'
	C: MAIL *
	C: RCPT *
	C: DATA
	S-RAW: 250 a\r\n452 4.2.2 full\r\n554 no\r\n
	C: QUIT
	.
	send 75 -f a@x "$URL" b@y
	one_line "452 4.2.2 full"
	scripted_end
}

# The reply to a step, and what comes of it: for one message to b@y.
refused_at()
{
	local step=$1 reply=$2 want=$3 end='C: QUIT'

	[ "${reply%% *}" != 421 ] || end=C-END
	case $step in
	greeting)
		printf 'S: %s\n%s\n' "$reply" "$end" | server
		;;
	EHLO)
		printf '%s\n' 'S: 220 mx' 'C: EHLO *' "S: $reply" "$end" |
		    server
		;;
	MAIL)
		printf '%s\n' 'C: MAIL *' 'C: RCPT *' 'C: DATA' "S: $reply" \
		    'S: 503 no' 'S: 503 no' 'C: QUIT' | pipelining
		;;
	RCPT)
		printf '%s\n' 'C: MAIL *' 'C: RCPT *' 'C: DATA' 'S: 250 ok' \
		    "S: $reply" 'S: 554 no' 'C: QUIT' | pipelining
		;;
	DATA)
		printf '%s\n' 'C: MAIL *' 'C: RCPT *' 'C: DATA' 'S: 250 ok' \
		    'S: 250 ok' "S: $reply" 'C: QUIT' | pipelining
		;;
	dot)
		printf '%s\n' 'C: MAIL *' 'C: RCPT *' 'C: DATA' 'S: 250 ok' \
		    'S: 250 ok' 'S: 354 ok' C-DATA: "S: $reply" 'C: QUIT' |
		    pipelining
		;;
	esac
	send "$want" -f a@x "$URL" b@y || { echo "at $step"; return 1; }
	one_line "$reply" || return 1
	scripted_end || { echo "at $step"; return 1; }
}

@test "refused at each step" {
	local step

	for step in greeting MAIL RCPT DATA dot; do
		refused_at $step "554 5.7.1 not here" 69
		refused_at $step "451 4.3.0 not now" 75
	done
	refused_at EHLO "451 4.3.0 not now" 75
	refused_at RCPT "550 5.1.1 no such user" 67
	refused_at RCPT "550 no such user" 69
	refused_at MAIL "552 too long" 69
	refused_at RCPT "552 5.2.2 mailbox full" 69
	refused_at greeting "421 4.3.2 busy" 75
	refused_at EHLO "421 4.3.2 busy" 75
}

@test "refused at each step, without PIPELINING" {
	lockstep <<-.
	C: MAIL *
	S: 550 no sender
	C: QUIT
	.
	send 69 -f a@x "$URL" b@y
	one_line "b@y: 550 no sender"
	scripted_end
	lockstep <<-.
	C: MAIL *
	S: 250 ok
	C: RCPT *
	S: 550 5.1.1 no user
	C: QUIT
	.
	send 67 -f a@x "$URL" b@y
	scripted_end
	lockstep <<-.
	C: MAIL *
	S: 250 ok
	C: RCPT *
	S: 250 ok
	C: DATA
	S: 451 not now
	C: QUIT
	.
	send 75 -f a@x "$URL" b@y
	one_line "b@y: 451 not now"
	scripted_end
}

@test "several failures: 75 wins, else the first one" {
	pipelining <<-'.'
	C: MAIL *
	C: RCPT *
	C: RCPT *
	C: RCPT *
	C: DATA
	S-RAW: 250 a\r\n550 5.7.1 b\r\n550 5.1.1 c\r\n250 d\r\n354 e\r\n
	C-DATA:
	S: 250 ok
	C: QUIT
	.
	send 69 -f a@x "$URL" b@y c@z d@z
	[ "$(wc -l <err)" -eq 2 ]
	scripted_end
}

@test "354 although nobody was accepted: an empty message" {
	pipelining <<-'.'
	C: MAIL *
	C: RCPT *
	C: DATA
	S-RAW: 250 a\r\n550 5.1.1 b\r\n354 c\r\n
	C: .
	S: 554 no recipients
	C: QUIT
	.
	send 67 -f a@x "$URL" b@y
	scripted_end
}

@test "a message that is refused is reset before the next" {
	box 2
	pipelining <<-'.'
	C: MAIL *
	C: RCPT *
	C: DATA
	S-RAW: 250 a\r\n550 5.1.1 b\r\n554 c\r\n
	C: RSET
	C: MAIL *
	C: RCPT *
	C: DATA
	S-RAW: 250 r\r\n250 a\r\n250 b\r\n354 c\r\n
	C-DATA: body
	S: 250 ok
	C: QUIT
	.
	expect_noted 67 smtp-send -l -f a@x "$URL" b@y <list
	[ "$(cut -f 1,3 out | tr '\t\n' ' ;')" = "box/1 failed;box/2 sent;" ]
	scripted_end
	contains body "..text 2"
}

# A message in lockstep, from MAIL to the reply to the dot.
one_message()
{
	printf '%s\n' 'C: MAIL *' 'S: 250 ok' "C: RCPT TO:<${1:-b@y}>" \
	    'S: 250 ok' 'C: DATA' 'S: 354 ok' "C-DATA: ${2:-}" \
	    'S: 250 2.0.0 ok'
}

again()
{
	printf '%s\n' ACCEPT 'S: 220 mx' 'C: EHLO *' 'S: 250 mx'
}

@test "421 in the middle of a list: the rest goes over a new connection, once" {
	box 4
	{
		one_message b@y 1
		printf '%s\n' 'C: MAIL *' 'S: 421 4.3.2 restarting' C-END
		again
		one_message b@y 2
		one_message b@y 3
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' \
		    'S: 421 4.3.2 restarting' HANGUP
		again
		one_message b@y 4
		echo 'C: QUIT'
	} | lockstep
	expect 0 smtp-send -l "$URL" b@y <list
	scripted_end
	[ "$(cut -f 1,3 out | tr '\t\n' ' ;')" = \
	    "box/1 sent;box/2 sent;box/3 sent;box/4 sent;" ]
	for i in 1 2 3 4; do
		contains "$i" "..text $i"
	done
}

@test "421 behind a message, with the next envelope on its way already" {
	box 3
	{
		printf '%s\n' 'C: MAIL *' 'C: RCPT *' 'C: DATA' 'S: 250 ok' \
		    'S: 250 ok' 'S: 354 ok' 'C-DATA: 1' 'S: 250 2.0.0 ok' \
		    'C: MAIL *' 'C: RCPT *' 'C: DATA' \
		    'S: 421 4.7.0 enough for one connection' HANGUP
		again
		one_message b@y 2
		one_message b@y 3
		echo 'C: QUIT'
	} | pipelining
	expect 0 smtp-send -l "$URL" b@y <list
	scripted_end
	[ "$(cut -f 1,3 out | tr '\t\n' ' ;')" = \
	    "box/1 sent;box/2 sent;box/3 sent;" ]
}

@test "421 again and again is deferred" {
	{
		printf '%s\n' 'C: MAIL *' 'S: 421 4.3.2 no' HANGUP
		again
		printf '%s\n' 'C: MAIL *' 'S: 421 4.3.2 no' C-END
	} | lockstep
	send 75 -f a@x "$URL" b@y
	one_line "421 4.3.2 no"
	scripted_end
}

@test "421 as answer to the message" {
	{
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' \
		    'S: 250 ok' 'C: DATA' 'S: 354 ok' C-DATA: \
		    'S: 421 4.3.0 no' C-END
	} | lockstep
	send 75 -f a@x "$URL" b@y
	one_line "421 4.3.0 no"
	scripted_end
}

@test "a connection lost before the end of a message is tried again once" {
	{
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' \
		    'S: 250 ok' 'C: DATA' 'S: 354 ok' RESET
		again
		one_message b@y body
		echo 'C: QUIT'
	} | lockstep
	# More than the buffers of both ends hold.
	python3 -c 'print("From: a@x\n\n" + "text\n" * 4000000, end="")' >t
	M=t send 0 "$URL" b@y
	scripted_end
	cmp <(sed 's/\r$//' body) t
}

# The script up to a step, in lockstep.
up_to()
{
	local line

	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250 mx' 'C: MAIL *' \
	    'S: 250 ok' 'C: RCPT *' 'S: 250 ok' 'C: DATA' 'S: 354 ok' \
	    'C-DATA:' | head -n "$1"
}

@test "the peer hangs up at each step: deferred, never sent" {
	local lines how

	for how in HANGUP RESET; do
		for lines in 0 1 2 3 4 5 6 7 8 9 10; do
			{
				up_to $lines
				echo "$how"
				# It comes back, to this port and not to one that
				# another test has by then; not for certain where
				# the text may be on its way.
				[ $lines -lt 3 ] || [ $lines -gt 8 ] ||
				    printf '%s\n' ACCEPT HANGUP
			} | server
			expect_noted 75 smtp-send -r -f a@x "$URL" b@y <m
			[ ! -s err ]
			[ "$(cut -f 1-3 out)" = "-	b@y	deferred" ] ||
			    { echo "$how after $lines"; show out; false; }
			scripted_end
		done
	done
}

@test "lost behind the dot: deferred, and not sent again" {
	{ up_to 10; echo HANGUP; again; echo C-END; } | server
	expect_noted 75 smtp-send -r -f a@x "$URL" b@y <m
	result '-\tb@y\tdeferred\t0\t\t127.0.0.1: the message: closed by the peer; it may be there'
	# It did not come back.
	[ "$(grep -c EHLO peer)" -eq 1 ]
}

@test "lost in the middle of a list: nothing is lost or sent twice" {
	box 3
	{
		one_message b@y 1
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' \
		    'S: 250 ok' 'C: DATA' 'S: 354 ok' C-DATA: HANGUP
		again
		one_message b@y 3
		echo 'C: QUIT'
	} | lockstep
	expect_noted 75 smtp-send -l "$URL" b@y <list
	scripted_end
	[ "$(cut -f 1,3 out | tr '\t\n' ' ;')" = \
	    "box/1 sent;box/2 deferred;box/3 sent;" ]
	contains 3 "..text 3"
}

@test "silence at each step, with -o timeout=1" {
	local lines=0 step

	for step in greeting EHLO MAIL RCPT DATA 'the message'; do
		# Before the end of the message it comes back once.
		{ up_to $lines; echo SILENCE; echo ACCEPT; up_to $lines
		    echo SILENCE; } | server
		send 75 -o timeout=1 -f a@x "$URL" b@y
		one_line "127.0.0.1: $step: no answer within 1 seconds"
		lines=$((lines + 2))
	done
}

@test "a server that does not take the message, with -o timeout=1" {
	# PAUSE reads nothing for longer than the client waits.
	{ up_to 9; echo 'PAUSE: 4000'; } | server
	python3 -c 'print("From: a@x\n\n" + "text\n" * 5000000, end="")' >t
	M=t send 75 -o timeout=1 -f a@x "$URL" b@y
	[ "$(wc -l <err)" -eq 1 ]
}

@test "nobody listens, no such host" {
	expect_noted 75 smtp-send -r smtp://127.0.0.1:1 b@y <m
	contains out "deferred	0		127.0.0.1 port 1: connect: "
	send 75 smtp://127.0.0.1:1 b@y c@z
	[ "$(wc -l <err)" -eq 2 ]
}

# After EHLO the server answers MAIL so, on both connections; it ends with
# that status, with one line that holds the text.
hostile()
{
	local want=$1 text=$2 reply=$3 i

	for i in 1 2; do
		[ "$i" = 1 ] || echo ACCEPT
		printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250 mx' 'C: MAIL *' \
		    "$reply" HANGUP
	done | server
	send "$want" -f a@x "$URL" b@y || { echo "after $reply"; return 1; }
	one_line "$text"
}

@test "replies that are none" {
	hostile 76 "not a reply: hello" 'S: hello'
	hostile 76 "not a reply: " 'S: '
	hostile 76 'not a reply: \x1b[2J' 'S-RAW: \x1b[2J\r\n'
	hostile 76 "not a reply: 2500" 'S: 2500'
	hostile 76 "two codes, 250 and 550" 'S-RAW: 250-a\r\n550 b\r\n'
	hostile 76 "bare CR or LF" 'S-RAW: 250 ok\n'
	hostile 76 "bare CR or LF" 'S-RAW: 250-a\n250 b\r\n'
	hostile 76 "bare CR or LF" 'S-RAW: 250 a\rb\r\n'
	hostile 76 "NUL" 'S-RAW: 250 a\0b\r\n'
	hostile 76 "longer than 2048" $'S-REPEAT: 1000000 2\nS: '
	hostile 75 "closed by the peer" 'S-REPEAT: 1000000 2'
	hostile 76 "more than 100 lines" 'S-REPEAT: 1000 250-x\r\n'
	hostile 75 "closed by the peer" 'S: 250-'
	hostile 75 "closed by the peer" 'S-RAW: 250 ok'
	hostile 76 "354" 'S: 354 go on'
}

@test "bare codes are replies" {
	{ up_to 3 | sed 's/^\(S: ...\).*/\1/'
	    one_message | sed 's/^\(S: ...\).*/\1/'; } | server
	send 0 -f a@x "$URL" b@y
}

@test "whatever DATA and the message are answered with: not sent but by 250" {
	local reply

	for reply in '250 ok' '200' '354 again' '334 ' '399 what'; do
		[ "$reply" = '354 again' ] || {
			{
				up_to 8
				printf '%s\n' "S: $reply" HANGUP
				up_to 8 | sed '1i ACCEPT'
				printf '%s\n' "S: $reply" HANGUP
			} | server
			expect_noted 76 smtp-send -r -f a@x "$URL" b@y <m
			contains out "b@y	failed	0		127.0.0.1: ${reply%% *}"
		}
		[ "${reply#3}" = "$reply" ] || {
			{ up_to 10; printf '%s\n' "S: $reply" HANGUP; } | server
			expect_noted 75 smtp-send -r -f a@x "$URL" b@y <m
			contains out "b@y	deferred	"
		}
	done
}

@test "memory is bounded, whatever the server says" {
	sanitized && skip "memory means nothing under AddressSanitizer"
	printf '%s\n' 'S-REPEAT: 30000000 x' 'S: ' | server
	peak smtp-send "$URL" b@y <m 2>err || [ $? -eq 76 ]
	one_line "longer than 2048"
	[ "$PEAK" -lt 6144 ]
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' \
	    'S-REPEAT: 3000000 250-SIZE 1\r\n' | server
	peak smtp-send "$URL" b@y <m 2>err || [ $? -eq 76 ]
	one_line "more than 100 lines"
	[ "$PEAK" -lt 6144 ]
	python3 -c 'print("From: a@x\n\n" + "text\n" * 3000000, end="")' >t
	{ up_to 10; echo 'S: 250 ok'; } | server
	peak smtp-send "$URL" b@y <t
	[ "$PEAK" -lt 6144 ]
	scripted_end
}

@test "terminal injection: control characters of the server come out escaped" {
	local bytes='\x1b]0;x\x07\xc2\x9b\xe2\x80\xae\xff\tb'

	{ up_to 5; echo 'C: RCPT *'; echo "S-RAW: 550 5.1.1 $bytes\r\n"
	    echo 'C: QUIT'; } | server
	expect_noted 67 smtp-send -rv -f a@x "$URL" b@y <m
	cat out err >all
	[ "$(LC_ALL=C tr -d '\11\12\40-\176' <all | wc -c)" -eq 0 ]
	contains out 'x1b]0;x'
	[ "$(wc -l <out)" -eq 1 ]
	scripted_end
}

@test "injection: CR, LF, NUL, angle brackets and spaces reach no command" {
	local bad

	for bad in $'a@b>\r\nRCPT TO:<c@d' 'a@b>' '<a@b>' 'a b@c' 'a@b c' \
	    'a@b SIZE=1' $'a\rb@c' $'a\n@c' $'a@b\n' $'a@b\r' \
	    $'"a\r\nRCPT TO:<x>"@y' 'a@b,c@d' '@a:b@c' 'a' '@b' 'a@' \
	    'a@-b' 'a@b-' 'a..b@c' '.a@c' 'a.@c' 'a@b..c' 'a@[1.2.3]' \
	    'a@[IPv6:::1' $'a@\033[2J' $'\374@b' '' \
	    ';for i in 0 1 2;do read r;done;sh;exit 0;'; do
		send 64 -f a@x smtp://127.0.0.1:1 b@y "$bad"
		one_line "no mail address"
		[ -n "$bad" ] || continue
		send 64 -f "$bad" smtp://127.0.0.1:1 b@y
		one_line "-f: no mail address"
	done
	for bad in $'a\r\nRCPT' $'a\nb' 'a b' 'a>b' $'a\tb' $'a\033b'; do
		expect 64 smtp-send -o helo="$bad" smtp://127.0.0.1:1 b@y <m
	done
	# Nothing of it was printed as it came.
	cat err out | LC_ALL=C tr -d '\11\12\40-\176' >all
	[ ! -s all ]
}

@test "CVE-2016-10033: addresses that begin with a dash, and odd ones that are good" {
	recorder PIPELINING
	expect 0 smtp-send -f -oX@example.org "$URL" -n@y --@y '"a b"@y' \
	    "a'b|c&d@y" '"-t"@[127.0.0.1]' 'x@[IPv6:::1]' <m
	cat >want <<-'.'
		MAIL FROM:<-oX@example.org>
		RCPT TO:<-n@y>
		RCPT TO:<--@y>
		RCPT TO:<"a b"@y>
		RCPT TO:<a'b|c&d@y>
		RCPT TO:<"-t"@[127.0.0.1]>
		RCPT TO:<x@[IPv6:::1]>
	.
	same rec/1.envelope want
	expect 0 smtp-send -f a@x -- "$URL" -v@y <m
	contains rec/2.envelope "RCPT TO:<-v@y>"
}

@test "no message, an empty one, one without a header" {
	local i=0

	recorder
	: >empty
	printf '\n' >line
	printf 'just text' >text
	for M in empty line text; do
		i=$((i + 1))
		send 0 -f a@x "$URL" b@y
	done
	recorded 3
	printf '.\r\n' | cmp - rec/1.wire
	printf '\r\n.\r\n' | cmp - rec/2.wire
	printf 'just text\r\n.\r\n' | cmp - rec/3.wire
	expect 66 smtp-send "$URL" b@y <"$T"
}

@test "SMTP smuggling, outbound: any bytes become lines with one end (property)" {
	python3 - <<-'.'
	import os, random
	random.seed(20260721)
	pieces = [b'.', b'.', b'\r', b'\n', b'\r\n', b'\r\n.\r\n', b'\n.\n',
	          b'\r.\r', b'\n\r', b'a', b'QUIT', b' ', b'\0', b'\xff']
	os.mkdir('box')
	with open('list', 'w') as out:
	    for i in range(500):
	        text = b''.join(random.choice(pieces[:12 if i % 2 else 14])
	                        for _ in range(random.randrange(40)))
	        with open(f'box/{i}', 'wb') as f:
	            f.write(b'X: y\n\n' * (i % 4 > 1) + text)
	        print(f'box/{i}', file=out)
	.
	recorder
	# In some of them there is a header that cannot be converted.
	expect_noted 69 smtp-send -l -f a@x "$URL" b@y <list
	recorded 1
	python3 - <<-'.'
	import re
	sent = 0
	for row in open('out'):
	    path, _, word, code, enhanced, _ = row.split('\t')
	    if word != 'sent':
	        assert enhanced in ('5.6.0', '5.6.3'), row
	        continue
	    sent += 1
	    wire = open(f'rec/{sent}.wire', 'rb').read()
	    text = open(path, 'rb').read()
	    assert (b'\r\n' + wire).count(b'\r\n.\r\n') == 1, path
	    assert wire.endswith(b'.\r\n'), path
	    assert not re.search(rb'\r(?!\n)|(?<!\r)\n|[\0\x80-\xff]', wire), path
	    if re.search(rb'[\0\x80-\xff]', text):
	        continue
	    lines = re.split(rb'\r\n|\r|\n', text)
	    if not lines[-1]:
	        lines.pop()
	    got = [re.sub(rb'^\.', b'', l) for l in wire.split(b'\r\n')[:-2]]
	    assert got == lines, (path, text, wire)
	assert sent >= 250, sent
	.
	[ "$(find rec -name '*.wire' | wc -l)" -eq "$(grep -c '	sent	' out)" ]
}

@test "ends of lines and dots on every edge of a block" {
	local off

	recorder
	for off in 0 1 2 3; do
		python3 - $off <<-'.'
		import sys
		off = int(sys.argv[1])
		with open('t', 'wb') as f:
		    f.write(b'X: y\n\n' + b'x' * off)
		    f.write((b'.\r\n' + b'.\n' + b'y' * 95 + b'\r\n') * 4000)
		.
		M=t send 0 -f a@x "$URL" b@y
		unwire "rec/$((off + 1)).wire" >got
		tr -d '\r' <t | cmp - got
	done
	recorded 4
}

@test "a file that is cut short while it is sent is not half sent" {
	python3 -c 'print("From: a@x\n\n" + "text\n" * 4000000, end="")' >t
	# The server stops reading until the file is short.
	{ up_to 9; echo 'PAUSE: 500'; echo 'C-END'; } | server
	echo t >list
	smtp-send -l -f a@x "$URL" b@y <list >out 2>err &
	wait_for 10 grep -q DATA peer
	: >t
	wait $! || [ $? -eq 74 ]
	contains out "t	b@y	failed	0		"
	not grep -q '	sent	' out
}

@test "no room for a temporary file, no output" {
	head -c 200000 /dev/zero | tr '\0' '\n' >t
	# shellcheck disable=SC2016
	expect 73 env TMPDIR=/nonexistent sh -c \
	    'cat t | smtp-send smtp://127.0.0.1:1 b@y'
	# shellcheck disable=SC2016
	expect 74 sh -c 'smtp-send -n -f a@x smtp://localhost b@y <m 1<m'
	expect 75 sh -c 'smtp-send -n -f a@x smtp://localhost b@y <m >/dev/full'
}

@test "1000 recipients, to a peer that does not read while it writes" {
	cat >peer.py <<-'.'
	import socket, sys
	l = socket.socket()
	for o in (socket.SO_RCVBUF, socket.SO_SNDBUF):
	    l.setsockopt(socket.SOL_SOCKET, o, 2048)
	l.bind(('127.0.0.1', 0))
	l.listen()
	open('new', 'w').write(str(l.getsockname()[1]))
	__import__('os').rename('new', 'port')
	s, _ = l.accept()
	s.settimeout(30)
	s.sendall(b'220 mx\r\n')
	held, texts = b'', 0
	def until(end):
	    global held
	    while end not in held:
	        data = s.recv(4096)
	        if not data:
	            sys.exit(texts != 10)
	        held += data
	    data, _, held = held.partition(end)
	    return data
	until(b'\r\n')
	s.sendall(b'250-mx\r\n250 PIPELINING\r\n')
	more = b''
	for i in range(10):
	    # All answers first, without a look at what is asked.
	    s.sendall(more + b'250 a\r\n' + (b'250-' + b'x' * 1500 +
	              b'\r\n250 ok\r\n') * 100 + b'354 go on\r\n')
	    until(b'\r\n.\r\n')
	    texts += 1
	    more = b'250 ok\r\n'
	s.sendall(more)
	until(b'\r\n.\r\n')
	.
	start stubborn python3 peer.py
	wait_for 10 test -s port
	python3 -c 'for i in range(1000):
	    print("u%059d@%s.%s" % (i, "x" * 60, "y" * 60))' >to
	xargs -s 1000000 -a to timeout 50 smtp-send -r -f a@x \
	    "smtp://127.0.0.1:$(cat port)" <m >out
	[ "$(cut -f 3 out | sort | uniq -c | tr -d ' ')" = 1000sent ]
}

# For peers that give up the rights of root.
let_others_in()
{
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
}

@test "smtp-sink of postfix gets what was sent" {
	local file

	needs_root
	let_others_in
	mkdir -m 777 sink
	PORT=$(free_port)
	start sink smtp-sink -u nobody -d "$T/sink/%M." "127.0.0.1:$PORT" 100
	wait_for 10 listening "$PORT"
	box 200
	expect 0 smtp-send -l "smtp://127.0.0.1:$PORT" b@y.example <list
	[ "$(cut -f 3 out | uniq -c | tr -d ' ')" = 200sent ]
	wait_for 10 sh -c '[ $(ls sink | wc -l) -eq 200 ]'
	for file in sink/*; do
		# The sink adds fields in front, the last of them Received
		# in three lines, and an empty line at the end.
		sed '1,/^\tby smtp-sink/d' "$file" | sed -e 1d -e '$d' |
		    sha256sum
	done | sort >got
	for file in box/*; do
		sha256sum <"$file"
	done | sort >want
	same got want
}

@test "a real postfix delivers what was sent into a Maildir" {
	needs_root
	postfix_up
	box 20
	printf 'From: a@x\n\n.\n..\n.\rbare\n\nlast' >box/21
	echo box/21 >>list
	expect 0 smtp-send -l -f a@example.org "smtp://127.0.0.1:$PORT" \
	    bob@example.org <list
	[ "$(cut -f 3 out | uniq -c | tr -d ' ')" = 21sent ]
	expect_noted 67 smtp-send -r -f a@example.org \
	    "smtp://127.0.0.1:$PORT" bob@example.org <m || :
	wait_for 20 sh -c '[ $(ls Maildir/new | wc -l) -ge 21 ]'
	grep -h '^\.text' Maildir/new/* | sort >got
	cat box/? box/?? | grep '^\.text' | sort >want
	same got want
	grep -l '^bare$' Maildir/new/* >file
	sed '1,/^$/d' "$(cat file)" >got
	printf '.\n..\n.\nbare\n\nlast\n' >want
	same got want
}

@test "smtpd-inetd takes what smtp-send sends" {
	smtpd
	box 50
	expect 0 smtp-send -l "smtp://127.0.0.1:$PORT" bob@example.org \
	    alice@example.org <list
	[ "$(cut -f 3 out | uniq -c | tr -d ' ')" = 100sent ]
	[ "$(find bob/new alice/new -type f | wc -l)" -eq 100 ]
	expect 67 smtp-send "smtp://127.0.0.1:$PORT" nobody@example.org <m
	one_line "smtp-send: nobody@example.org: 550 5.1.1 "
}

# The first lines of an example that begin with that text, as one would type
# them, with our server.
example()
{
	awk -v want="$1" '/^\.Bd/ { on = 1; text = ""; next }
		/^\.Ed/ { on = 0; if (index(text, want)) print text; next }
		on { gsub(/\\e/, "\\"); gsub(/\\\(aq/, "\047")
		    text = text $0 "\n" }' "${TESTS%/*}/man/smtp-send.1" |
	    sed "s,smtp://localhost,$URL,g" >example.sh
	[ -s example.sh ]
}

@test "the examples of the manual work" {
	recorder PIPELINING 8BITMIME
	mkdir -p Maildir/new outbox
	printf 'From: a@x\nTo: b@y\n\nhi\n' | tee outbox/1 >Maildir/new/1
	cp outbox/1 outbox/2
	cp m letter.txt
	cp m message
	example 'mime-pack'
	expect 0 sh -e example.sh
	contains rec/1.envelope "RCPT TO:<bob@example.org>"
	example 'find outbox'
	expect 0 sh -e example.sh
	[ ! -e outbox/1 ]
	[ ! -e outbox/2 ]
	contains rec/3.envelope "RCPT TO:<b@y>"
	example '-tnj'
	expect 0 sh -e example.sh
	contains out "bob@example.org"
	recorded 2
}

@test "with -t a bare CR in the header cannot hide a field" {
	for cr in 'Subject: x\rBcc: eve@example.net\nTo: b@y\n\nhi\n' \
	    'To: b@y\n\r\rhi\n\nhi\n' 'To: b@y\r\r\n\r\nhi\n'; do
		# shellcheck disable=SC2059 # the case is a format
		printf "$cr" >"$T/message"
		expect 65 smtp-send -nt smtp://127.0.0.1:1 <"$T/message"
		contains err 'bare CR'
	done
	printf 'To: b@y\r\n\r\nhi \r there\n' >"$T/message"
	expect 0 smtp-send -nt smtp://127.0.0.1:1 <"$T/message"
}
