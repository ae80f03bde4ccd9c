# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# smtp-send by way of a SOCKS5 proxy (RFC 1928, RFC 1929).

load helper
load tls

setup()
{
	isolate
	shopt -s lastpipe
	printf 'From: a@x\nSubject: test\n\nhi\n' >m
	mkdir -p .config/mailpipe
}

# A proxy that does so.
proxy()
{
	rm -f socks.port socks.log
	start socks python3 "$TESTS/peer/socks.py" socks.port socks.log "$@"
	wait_for 10 test -s socks.port
	PROXY=socks5://127.0.0.1:$(cat socks.port)
}

# A server that offers the keywords, and records.
recorder()
{
	rm -rf port rec
	start recorder python3 "$TESTS/peer/record.py" port rec "$@"
	wait_for 10 test -s port
	TO=$(cat port)
}

asked()
{
	printf '%s\n' "$@" >want
	same socks.log want
}

b_got()
{
	[ "$(find bob/new -type f | wc -l)" -eq "$1" ]
}

# danted_up METHOD LINE ...: Dante with these lines at the end of its
# configuration, and names and users that nobody else has.
danted_up()
{
	local port

	port=$(free_port)
	printf '%s\n' "logoutput: $T/danted.out" \
	    "internal: 127.0.0.1 port = $port" 'external: 127.0.0.1' \
	    'clientmethod: none' "socksmethod: $1" 'user.privileged: root' \
	    'user.unprivileged: nobody' 'client pass {' \
	    'from: 127.0.0.0/8 to: 0.0.0.0/0' '}' "${@:2}" >danted.conf
	echo '127.0.0.1 mx.example.org' >hosts
	cp /etc/passwd passwd
	echo 'carol:x:64001:64001::/:/bin/false' >>passwd
	echo "carol:$(openssl passwd -6 'a pencil'):20000::::::" >shadow
	chmod a+r hosts passwd
	start danted unshare -m sh -c '
		mount --bind hosts /etc/hosts
		mount --bind passwd /etc/passwd
		mount --bind shadow /etc/shadow
		exec danted -f danted.conf -p danted.pid -N 1'
	wait_for 10 listening "$port" || { show danted.log danted.out; return 1; }
	PROXY=127.0.0.1:$port
}

@test "the proxy looks the name up, and the session is as ever" {
	recorder PIPELINING
	proxy 0500 "to=$TO"
	expect 0 smtp-send -r -o tls=none -o "proxy=$PROXY" -f a@x \
	    smtp://mx.nowhere.invalid:2525 b@y <m
	asked 'methods 00' 'connect 3 mx.nowhere.invalid 2525'
	contains rec/1.envelope 'RCPT TO:<b@y>'
	[ ! -e rec/wrong ]
	# The scheme's port, and a name in UTF-8 with its A-labels.
	proxy 0500 "to=$TO"
	expect 0 smtp-send -o tls=none -o "proxy=$PROXY" -f a@x \
	    $'smtp://b\303\274cher.invalid' b@y <m
	asked 'methods 00' 'connect 3 xn--bcher-kva.invalid 25'
}

@test "an address goes as one" {
	recorder PIPELINING
	proxy 0500 "to=$TO"
	expect 0 smtp-send -o tls=none -o "proxy=$PROXY" -f a@x \
	    smtp://192.0.2.1 b@y <m
	expect 0 smtp-send -o tls=none -o "proxy=$PROXY" -f a@x \
	    smtp://[2001:db8::1]:24 b@y <m
	asked 'methods 00' 'connect 1 192.0.2.1 25' 'methods 00' \
	    'connect 4 2001:db8::1 24'
}

@test "no name is asked of our own name service" {
	# LeakSanitizer cannot be traced.
	ASAN_OPTIONS=detect_leaks=0
	recorder PIPELINING
	proxy 0500 "to=$TO"
	expect 0 strace -f -o trace -e trace=connect,openat,sendto,sendmmsg \
	    smtp-send -o tls=none -o "proxy=$PROXY" -f a@x \
	    smtp://mx.nowhere.invalid b@y <m
	[ "$(grep -c 'AF_INET' trace)" -eq 1 ]
	not grep -qE 'resolv.conf|/etc/hosts|htons\(53\)' trace
}

@test "nor are the name and the address of this machine told" {
	printf '%s\n' 'S: 220 mx' 'C: EHLO ?127.0.0.1?' 'S: 250 mx' \
	    'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' 'C: DATA' \
	    'S: 354 go' C-DATA: 'S: 250 ok' 'C: QUIT' C-END >script
	cat >host.c <<-'.'
		#include <string.h>
		int gethostname(char *to, unsigned long n);
		int gethostname(char *to, unsigned long n)
		{ return strncpy(to, "secret.example.org", n) == 0; }
	.
	cc -shared -fPIC -o host.so host.c
	scripted script
	proxy 0500 "to=$PORT"
	expect 0 env ASAN_OPTIONS=verify_asan_link_order=0 \
	    LD_PRELOAD="$T/host.so" smtp-send -o tls=none \
	    -o "proxy=$PROXY" smtp://mx.invalid b@y <m
	scripted_end
	sed -i 's/?127.0.0.1?/me.example/' script
	scripted script
	proxy 0500 "to=$PORT"
	expect 0 smtp-send -o tls=none -o helo=me.example \
	    -o "proxy=$PROXY" smtp://mx.invalid b@y <m
	scripted_end
}

@test "a login: the password is that of .netrc" {
	recorder PIPELINING
	printf '%s\n' 'machine 127.0.0.1 login dave password wrong' \
	    'machine 127.0.0.1 login carol password "a pencil"' >.netrc
	chmod 600 .netrc
	proxy 0502 0100 "to=$TO"
	expect 0 smtp-send -o tls=none -f a@x \
	    -o "proxy=${PROXY/\/\//\/\/carol@}" smtp://mx.invalid b@y <m
	asked 'methods 0002' 'login carol a pencil' 'connect 3 mx.invalid 25'
	# One that wants none is not told.
	proxy 0500 "to=$TO"
	expect 0 smtp-send -o tls=none -f a@x \
	    -o "proxy=${PROXY/\/\//\/\/carol@}" smtp://mx.invalid b@y <m
	asked 'methods 0002' 'connect 3 mx.invalid 25'
	proxy 0502 0101
	expect 77 smtp-send -o tls=none -f a@x \
	    -o "proxy=${PROXY/\/\//\/\/carol@}" smtp://mx.invalid b@y <m
	contains err 'b@y: proxy: 127.0.0.1: the login was refused'
	not grep -q pencil err
	# There is nobody to ask.
	expect 66 setsid -w smtp-send -o tls=none -f a@x \
	    -o "proxy=${PROXY/\/\//\/\/erin@}" smtp://mx.invalid b@y <m
	# Longer than the protocol has it.
	printf 'machine 127.0.0.1 login carol password %0256d\n' 0 >.netrc
	expect 65 smtp-send -o tls=none -f a@x \
	    -o "proxy=${PROXY/\/\//\/\/carol@}" smtp://mx.invalid b@y <m
	contains err 'longer than 255'
	[ "$(grep -c methods socks.log)" -eq 1 ]
}

@test "without a user none can log in" {
	proxy 05ff
	expect 77 smtp-send -o tls=none -o "proxy=$PROXY" smtp://mx.invalid \
	    b@y <m
	contains err 'proxy: 127.0.0.1: it wants to know who we are'
	proxy 0502
	expect 76 smtp-send -o tls=none -o "proxy=$PROXY" smtp://mx.invalid \
	    b@y <m
	asked 'methods 00'
}

@test "every failure of the proxy: a sentence and a status" {
	local code status why

	while read -r code status why; do
		proxy 0500 "05${code}000100000000""0000"
		expect "$status" smtp-send -o tls=none -o "proxy=$PROXY" \
		    smtp://mx.invalid b@y <m
		echo "smtp-send: b@y: proxy: 127.0.0.1: mx.invalid port 25: $why" >want
		same err want
		# Half an answer tells as much.
		proxy 0500 "05${code}"
		expect "$status" smtp-send -o tls=none -o "proxy=$PROXY" \
		    smtp://mx.invalid b@y <m
		same err want
	done <<-.
		01 75 it failed (0x01)
		02 69 its rules do not allow that (0x02)
		03 75 network unreachable (0x03)
		04 75 host unreachable (0x04)
		05 75 connection refused (0x05)
		06 75 TTL expired (0x06)
		07 69 it makes no such connections (0x07)
		08 69 it takes no address of that kind (0x08)
		09 75 it failed for a reason of its own (0x09)
		ff 75 it failed for a reason of its own (0xff)
	.
}

@test "a proxy that goes away, that stalls, that talks nonsense" {
	local actions status

	# At each step; one that says nothing more has a second.
	while read -r status actions; do
		# shellcheck disable=SC2086 # several words
		proxy $actions
		expect "$status" smtp-send -o tls=none -o timeout=1 \
		    -o "proxy=$PROXY" smtp://mx.invalid b@y <m
		contains err 'proxy: 127.0.0.1: '
		[ "$(wc -l <err)" -eq 1 ]
	done <<-.
		75 close
		75 0500 close
		75 hang
		75 05
		75 0500 hang
		75 0500 050000
		75 0500 05000003ff00
		76 flood
		76 0500 flood
		76 0458
		76 0501
		76 485454502f312e3120343030
		76 0500 48545450
		76 0500 0500000900000000
		76 0500 0400000100000000
	.
	# A byte now and then: the end is that of all together.
	proxy 0500 "drip=05000003ff$(printf '%0514d' 0)"
	SECONDS_ALLOWED=20 expect 75 smtp-send -o tls=none -o timeout=1 \
	    -o "proxy=$PROXY" smtp://mx.invalid b@y <m
	contains err 'proxy: 127.0.0.1: '
	# Nobody there.
	expect 75 smtp-send -o "proxy=socks5://127.0.0.1:$(free_port)" \
	    smtp://mx.invalid b@y <m
	contains err 'proxy: 127.0.0.1 port '
	expect 78 smtp-send -o "proxy=socks5://proxy.invalid" \
	    smtp://mx.invalid b@y <m
	contains err 'proxy: proxy.invalid: '
}

@test "an answer in single bytes, with a name in it, ends where it ends" {
	proxy slow=0500 "slow=05000003026d780019$(
	    printf '220 mx\r\n250 mx\r\n' | od -An -tx1 | tr -d ' \n')"
	# What follows is the greeting and the answer to EHLO, then it hangs.
	expect_noted 75 smtp-send -v -o tls=none -o timeout=2 \
	    -o "proxy=$PROXY" smtp://mx.invalid b@y <m
	head -n 3 err >got
	printf '%s\n' '< 220 mx' '> EHLO [127.0.0.1]' '< 250 mx' >want
	same got want
}

@test "behind a proxy nothing is this machine" {
	printf '%s\n' 'S: 220 mx' 'C: EHLO *' 'S: 250-mx' \
	    'S: 250 AUTH PLAIN' 'C: QUIT' C-END >script
	for host in localhost 127.0.0.1 '[::1]'; do
		# TLS is required.
		scripted script
		proxy 0500 "to=$PORT"
		expect 75 smtp-send -o "proxy=$PROXY" "smtp://$host" b@y <m
		contains err 'TLS is required'
		# And a password is not shown.
		scripted script
		proxy 0500 "to=$PORT"
		expect 77 smtp-send -o tls=none -p 'echo pencil' \
		    -o "proxy=$PROXY" "smtp://u@$host" b@y <m
		scripted_end
		not grep -q AUTH peer
	done
}

@test "TLS by way of it: from the first byte, and by STARTTLS" {
	certificate far DNS:mx.far.example
	mail_host
	printf '%s\n' "Tls-Certificate: $T/far.pem" "Tls-Key: $T/far.key" \
	    >>mailpipe.conf
	smtpd
	proxy 0500 "to=$PORT"
	expect_noted 0 smtp-send -v -o ca=ca.pem -o "proxy=$PROXY" \
	    smtp://mx.far.example bob@example.org <m
	contains err ', certificate verified'
	b_got 1
	expect 75 smtp-send -o ca=ca.pem -o "proxy=$PROXY" \
	    smtp://mx.near.example bob@example.org <m
	contains err 'mx.near.example: certificate: hostname mismatch'
	expect 0 smtp-send -e -o "proxy=$PROXY" smtp://mx.far.example
	contains out 'name	mx.far.example'
	smtpd -T
	proxy 0500 "to=$PORT"
	expect 0 smtp-send -o ca=ca.pem -o "proxy=$PROXY" \
	    smtps://mx.far.example bob@example.org <m
	asked 'methods 00' 'connect 3 mx.far.example 465'
	b_got 2
}

@test "a TLS session does not go on by another way" {
	certificate here DNS:localhost
	mail_host
	printf '%s\n' "Tls-Certificate: $T/here.pem" "Tls-Key: $T/here.key" \
	    >>mailpipe.conf
	smtpd
	proxy 0500 "to=$PORT"
	for way in 0 0 1 1 0; do
		# shellcheck disable=SC2046 # nothing, or two words
		expect_noted 0 smtp-send -v -o ca=ca.pem \
		    $([ "$way" -eq 0 ] || echo "-o proxy=$PROXY") \
		    "smtp://localhost:$PORT" bob@example.org <m
		grep -c resumed err || :
	done >got
	printf '%s\n' 0 1 0 1 1 >want
	same got want
}

@test "an account has a proxy, and the command line another, or none" {
	recorder PIPELINING
	proxy 0500 "to=$TO"
	printf '%s\n' 'Account: w' 'Smtp: smtp://mx.invalid' 'Tls: none' \
	    "Proxy: $PROXY" 'From: a@x' >.config/mailpipe/accounts
	expect 0 smtp-send -a w b@y <m
	asked 'methods 00' 'connect 3 mx.invalid 25'
	expect 68 smtp-send -a w -o proxy=none b@y <m
	expect 75 smtp-send -a w -o "proxy=socks5://127.0.0.1:$(free_port)" \
	    b@y <m
	asked 'methods 00' 'connect 3 mx.invalid 25'
	sed -i 's/^Proxy.*/Proxy: http:\/\/p/' .config/mailpipe/accounts
	expect 78 smtp-send -a w b@y <m
	contains err 'expected socks5://'
	sed -i "s,^Smtp.*,Smtp: pipe:false," .config/mailpipe/accounts
	sed -i "s,^Proxy.*,Proxy: $PROXY," .config/mailpipe/accounts
	expect 78 smtp-send -a w b@y <m
	contains err 'not for pipe:'
}

@test "what is no proxy" {
	local bad

	for bad in p.example:1080 socks4://p socks5h://p http://p \
	    socks5://p/x socks5://p:0 socks5://; do
		expect 64 smtp-send -o "proxy=$bad" smtp://mx.invalid b@y <m
		contains err 'smtp-send: proxy: '
	done
	expect 64 smtp-send -o proxy=socks5://u:pencil@p smtp://mx.invalid \
	    b@y <m
	contains err 'a password does not belong in a URL'
	not grep -q pencil err
	expect 64 smtp-send -o proxy= smtp://mx.invalid b@y <m
	expect 64 smtp-send -o proxy=socks5://p 'pipe:false' b@y <m
	contains err 'not for pipe:'
}

@test "a real danted: a name that it alone knows" {
	needs_root
	certificate mx DNS:mx.example.org
	mail_host
	printf '%s\n' "Tls-Certificate: $T/mx.pem" "Tls-Key: $T/mx.key" \
	    >>mailpipe.conf
	smtpd
	danted_up none 'socks pass {' \
	    "from: 127.0.0.0/8 to: 0.0.0.0/0 port = $PORT" '}' \
	    'socks block {' 'from: 0.0.0.0/0 to: 0.0.0.0/0' '}'
	for i in 1 2; do
		expect 0 smtp-send -o ca=ca.pem -o "proxy=socks5://$PROXY" \
		    "smtp://mx.example.org:$PORT" bob@example.org <m
		b_got "$i"
	done
	expect 0 smtp-send -o tls=none -o "proxy=socks5://$PROXY" \
	    "smtp://127.0.0.1:$PORT" bob@example.org <m
	b_got 3
	# Its rules, a name that is none.
	expect 69 smtp-send -o "proxy=socks5://$PROXY" \
	    smtp://127.0.0.1:1 bob@example.org <m
	contains err 'its rules do not allow that (0x02)'
	expect 75 smtp-send -o "proxy=socks5://$PROXY" \
	    "smtp://mx.nowhere.invalid:$PORT" bob@example.org <m
	contains err 'host unreachable'
}

@test "a real danted that wants a login" {
	needs_root
	smtpd
	danted_up username 'socks pass {' \
	    'from: 127.0.0.0/8 to: 0.0.0.0/0' '}'
	echo 'machine 127.0.0.1 login carol password "a pencil"' >.netrc
	chmod 600 .netrc
	expect 0 smtp-send -o tls=none -o "proxy=socks5://carol@$PROXY" \
	    "smtp://mx.example.org:$PORT" bob@example.org <m
	b_got 1
	expect 77 smtp-send -o tls=none -o "proxy=socks5://$PROXY" \
	    "smtp://mx.example.org:$PORT" bob@example.org <m
	contains err 'it wants to know who we are'
	sed -i 's/a pencil/a brush/' .netrc
	expect 77 smtp-send -o tls=none -o "proxy=socks5://carol@$PROXY" \
	    "smtp://mx.example.org:$PORT" bob@example.org <m
	contains err 'the login was refused'
	b_got 1
}

@test "the example of the manual" {
	awk '/^\.Bd/ { text = ""; next }
		/^\.Ed/ { if (index(text, "socks5")) print text; next }
		{ gsub(/\\e/, "\\"); text = text $0 "\n" }' \
	    "$TESTS/../man/smtp-send.1" >example.sh
	[ -s example.sh ]
	certificate mx DNS:mx.example.org
	printf '%s\n' TLS: 'S: 220 mx' 'C: EHLO *' \
	    'S: 250-mx' 'S: 250 AUTH PLAIN' "C: AUTH PLAIN $(printf \
	    '\0alice@example.org\0pencil' | base64)" 'S: 235 yes' 'C: MAIL *' \
	    'S: 250 ok' 'C: RCPT *' 'S: 250 ok' 'C: DATA' 'S: 354 go' C-DATA: \
	    'S: 250 ok' 'C: QUIT' C-END >script
	scripted script
	proxy 0500 "to=$PORT"
	sed -i "s,socks5://localhost,$PROXY," example.sh
	echo 'machine mx.example.org login alice@example.org password pencil' \
	    >.netrc
	chmod 600 .netrc
	printf 'From: a@x\nTo: b@y\n\nhi\n' >message
	expect 0 env SSL_CERT_FILE="$T/ca.pem" sh -e example.sh
	scripted_end
	asked 'methods 00' 'connect 3 mx.example.org 465'
}
