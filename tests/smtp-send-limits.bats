# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# smtp-send: what a server says of itself in answer to EHLO: LIMITS (RFC 9422),
# REQUIRETLS (RFC 8689), FUTURERELEASE (RFC 4865), and junk.

load helper
load tls

setup()
{
	isolate
	shopt -s lastpipe
	printf '%s\n' 'From: alice@example.org' 'Subject: test' '' 'Hello' >m
}

# A server that offers these keywords, each an argument, and follows the lines
# on standard input.
server()
{
	{
		printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx'
		printf 'S: 250-%s\n' "$@"
		echo 'S: 250 8BITMIME'
		cat
	} >script
	scripted script
	URL=smtp://127.0.0.1:$PORT
}

recorder()
{
	rm -rf port rec
	start recorder python3 "$TESTS/peer/record.py" port rec "$@"
	wait_for 10 test -s port
	URL=smtp://127.0.0.1:$(cat port)
}

all_sent()
{
	[ "$(cut -f 3 out | sort | uniq -c | tr -d ' ')" = "$1sent" ] ||
	    { show out; return 1; }
	[ ! -e rec/wrong ] || { show rec/wrong; return 1; }
}

@test "RCPTMAX: so many recipients of a transaction" {
	local keywords

	for keywords in PIPELINING 8BITMIME; do
		recorder $keywords 'LIMITS RCPTMAX=3'
		expect 0 smtp-send -r -f a@x "$URL" 1@y 2@y 3@y 4@y 5@y 6@y \
		    7@y <m
		all_sent 7
		[ "$(grep -c RCPT rec/?.envelope | tr '\n' ' ')" = "rec/1.envelope:3 \
rec/2.envelope:3 rec/3.envelope:1 " ]
	done
}

@test "RCPTDOMAINMAX: recipients of so many domains in a transaction" {
	recorder PIPELINING 'LIMITS RCPTDOMAINMAX=2'
	expect 0 smtp-send -r -f a@x "$URL" 1@a 2@b 3@c 4@A 5@b 6@d 7@c <m
	all_sent 7
	printf 'RCPT TO:<%s>\n' 1@a 2@b 4@A 5@b >want
	grep RCPT rec/1.envelope | cmp - want
	printf 'RCPT TO:<%s>\n' 3@c 6@d 7@c >want
	grep RCPT rec/2.envelope | cmp - want
}

@test "MAILMAX: so many messages of a connection" {
	local keywords

	for i in 1 2 3 4 5; do echo m; done >list
	for keywords in PIPELINING 8BITMIME; do
		recorder $keywords 'LIMITS MAILMAX=2'
		expect 0 smtp-send -l -f a@x "$URL" b@y <list
		all_sent 5
		printf '%s\n' 0 2 4 | cmp - rec/connections
	done
	# Transactions count, and not messages.
	recorder PIPELINING 'LIMITS MAILMAX=1 RCPTMAX=1'
	expect 0 smtp-send -r -f a@x "$URL" b@y c@y <m
	all_sent 2
	printf '%s\n' 0 1 | cmp - rec/connections
}

@test "limits that are none count for nothing" {
	recorder PIPELINING 'LIMITS RCPTMAX=0 MAILMAX=-1 RCPTDOMAINMAX=x' \
	    'LIMITS RCPTMAX=99999999999999999999 MAILMAX' LIMITS 'LIMITS ='
	printf 'm\nm\n' >list
	expect 0 smtp-send -l -f a@x "$URL" b@y c@z <list
	all_sent 4
	[ "$(wc -l <rec/connections)" -eq 1 ]
	recorder PIPELINING 'LIMITS RCPTMAX=18446744073709551615 MAILMAX=4294967296'
	expect 0 smtp-send -l -f a@x "$URL" b@y c@z <list
	all_sent 4
}

@test "junk among the keywords, which are many and long" {
	local i

	{
		printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx'
		for i in $(seq 90); do
			echo "S-RAW: 250-\\xff\\x1b[2J=PIPELINING $i \\xc2\\x9b\\r\\n"
		done
		echo "S: 250-SIZE $(printf '%02000d' 0)"
		echo 'S: 250-CHUNKING-NOT'
		echo 'S-RAW: 250-\tDSNX \t\r\n250-\r\n250 SMTPUTF8-\r\n'
		printf '%s\n' 'C: MAIL FROM:<a@x> SIZE=??' 'S: 250 ok' \
		    'C: RCPT TO:<b@y>' 'S: 250 ok' 'C: DATA' 'S: 354 go' C-DATA: 'S: 250 ok' \
		    'C: QUIT'
	} >script
	scripted script
	expect 0 smtp-send -N never -f a@x "smtp://127.0.0.1:$PORT" b@y <m
	scripted_end
}

@test "a million lines in answer to a chunk, and in LMTP to a recipient" {
	server PIPELINING CHUNKING <<-'.'
	C: MAIL *
	C: RCPT *
	S-RAW: 250 a\r\n250 b\r\n
	C-LAST:
	S-REPEAT: 1000000 250-x\r\n
	.
	expect_noted 75 smtp-send -r -f a@x "$URL" b@y <m
	contains out 'deferred	0		127.0.0.1: the message: a reply of more than 100 lines'
	printf '%s\n' 'S: 220 mx' 'C: LHLO *' 'S: 250 mx' 'C: MAIL *' \
	    'S: 250 ok' 'C: RCPT *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
	    'C: DATA' 'S: 354 go' C-DATA: 'S: 250 ok' \
	    'S-REPEAT: 1000000 250-x\r\n' >script
	scripted script
	expect_noted 75 smtp-send -r -f a@x "lmtp://127.0.0.1:$PORT" b@y c@y <m
	[ "$(cut -f 2,3 out | tr '\t\n' ' ;')" = 'b@y sent;c@y deferred;' ]
}

# What a message with these options comes to, after that offer.
refused()
{
	server PIPELINING "$1" <<<'C: QUIT'
	expect_noted 69 smtp-send -r "${@:4}" -f a@x "$URL" b@y c@y <m
	cut -f 3-6 out | uniq >got
	printf 'failed\t0\t%s\t%s\n' "$2" "$3" >want
	same got want
	scripted_end
}

@test "requiretls: 5.7.30 without TLS, without the offer, with a stranger" {
	local why='REQUIRETLS needs TLS with a server that has shown who it is, and offers it'

	refused REQUIRETLS 5.7.30 "$why" -o requiretls=yes
	certificate mx DNS:localhost,IP:127.0.0.1
	for words in '250 mx' '250-mx|S: 250 REQUIRETLS'; do
		{
			printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' \
			    'S: 250 STARTTLS' 'C: STARTTLS' 'S: 220 go' TLS: \
			    'C: EHLO *'
			echo "S: $words" | tr '|' '\n'
			echo 'C: QUIT'
		} >script
		scripted script
		[ "$words" = '250 mx' ] && option=ca=ca.pem ||
		    option=tls=insecure
		expect 69 smtp-send -o "$option" -o requiretls=yes \
		    "smtp://127.0.0.1:$PORT" b@y <m
		contains err "$why"
		scripted_end
	done
}

@test "requiretls: asked for in TLS" {
	certificate mx DNS:localhost,IP:127.0.0.1
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' 'S: 250 STARTTLS' \
	    'C: STARTTLS' 'S: 220 go' TLS: 'C: EHLO *' 'S: 250-mx' \
	    'S: 250 REQUIRETLS' 'C: MAIL FROM:<a@x> REQUIRETLS' 'S: 250 ok' \
	    'C: RCPT *' 'S: 250 ok' 'C: DATA' 'S: 354 go' C-DATA: 'S: 250 ok' \
	    'C: QUIT' >script
	scripted script
	expect 0 smtp-send -o ca=ca.pem -o requiretls=yes -f a@x \
	    "smtp://127.0.0.1:$PORT" b@y <m
	scripted_end
	expect 64 smtp-send -o requiretls=maybe smtp://127.0.0.1:1 b@y <m
}

@test "hold: for so long, until then" {
	local given want

	while read -r given want; do
		server 'FUTURERELEASE 345600 2026-12-01T00:00:00Z' <<-.
		C: MAIL FROM:<a@x> $want
		S: 550 no
		C: QUIT
		.
		expect 69 smtp-send -o "hold=$given" -f a@x "$URL" b@y <m
		scripted_end || return 1
	done <<-.
		345600 HOLDFOR=345600
		2026-11-30T23:30:00-00:30 HOLDUNTIL=2026-12-01T00:00:00Z
		2026-11-25t12:00:00.5z HOLDUNTIL=2026-11-25T12:00:00Z
	.
}

@test "hold: longer than the server does, or where it does not: refused" {
	local offer='FUTURERELEASE 345600 2026-12-01T00:00:00Z' bad
	local long='the server does not hold messages for so long'
	local none='the server does not offer to hold messages'

	refused "$offer" 5.3.3 "$long" -o hold=345601
	refused "$offer" 5.3.3 "$long" -o hold=2026-12-01T00:00:01Z
	refused SIZE 5.3.3 "$none" -o hold=1
	refused FUTURERELEASE 5.3.3 "$none" -o hold=1
	refused 'FUTURERELEASE 99999999999999999999 2026-12-01T00:00:00Z' \
	    5.3.3 "$none" -o hold=1
	for bad in '' 0 -1 1s 1000000000 tomorrow 2026-02-30T00:00:00Z \
	    2026-11-25T12:00:00 $'5\r\nRSET'; do
		expect 64 smtp-send -o "hold=$bad" smtp://127.0.0.1:1 b@y <m
	done
}
