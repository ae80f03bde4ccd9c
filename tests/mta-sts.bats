#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# mta-sts, with nsd as the name server and a web server on loopback.

load helper
load tls
load invade

setup()
{
	isolate
	mkdir web cache
	printf 'Hostname: mx.example.org\n' >conf
	export MAILPIPE_CONF=$T/conf
}

# zone PORT LINE ...: nsd is to have these lines of example.org
zone()
{
	DNS=$1
	shift
	mkdir -p nsd
	cat >nsd/conf <<-.
		server:
		  ip-address: 127.0.0.1@$DNS
		  username: ""
		  chroot: ""
		  zonesdir: "$T/nsd"
		  zonelistfile: "$T/nsd/zones"
		  xfrdfile: "$T/nsd/xfrd"
		  xfrdir: "$T/nsd"
		  pidfile: ""
		  database: ""
		remote-control:
		  control-enable: no
		zone:
		  name: example.org
		  zonefile: example.org
	.
	printf '%s\n' '$TTL 60' '@ SOA ns admin 1 60 60 60 60' '@ NS ns' \
	    'ns A 127.0.0.1' '*.sts A 127.0.0.1' 'mta-sts A 127.0.0.1' "$@" \
	    >nsd/example.org
}

# dns LINE ...: it runs, and has them
dns()
{
	zone "$(free_port)" "$@"
	start nsd nsd -d -c "$T/nsd/conf"
	wait_for 20 udp_listening "$DNS"
}

udp_listening()
{
	[ -n "$(ss -Hlun "sport = :$1")" ]
}

# web CERTIFICATE: the web server
web()
{
	start web python3 "$TESTS/peer/https.py" "$T/port" "$T/web" \
	    "$T/$1.pem" "$T/$1.key"
	wait_for 10 test -s port
	WEB=$(cat port)
}

# published [LINE ...]: all of it, for the domains example.org and
# a.example.org, and lines of the zone
published()
{
	dns '_mta-sts TXT "v=STSv1; id=20260101"' \
	    '_mta-sts.a TXT "v=STSv1; id=20260102"' 'mta-sts.a A 127.0.0.1' \
	    "$@"
	certificate good DNS:mta-sts.example.org,DNS:mta-sts.a.example.org
	web good
	policy | answer mta-sts.example.org
	policy | answer mta-sts.a.example.org
}

policy()
{
	printf '%s\n' 'version: STSv1' "mode: ${1:-enforce}" \
	    'mx: mx.example.org' 'mx: *.example.net' 'max_age: 604800'
}

# answer HOST [STATUS [TYPE [FIELD]]]: what it sends: standard input
answer()
{
	cat >"$T/body"
	{ printf 'HTTP/1.1 %s\r\nContent-Type: %s\r\nConnection: close\r\n' \
	    "${2:-200 OK}" "${3:-text/plain; charset=utf-8}"
	    [ -z "${4:-}" ] || printf '%s\r\n' "$4"
	    printf '\r\n'
	    cat "$T/body"; } >"$T/web/$1"
}

# status and arguments; what stands on standard error is not looked at
sts()
{
	local status=$1

	shift
	expect_noted "$status" mta-sts -c cache -o "nameserver=127.0.0.1:$DNS" \
	    -o ca=ca.pem -o "port=${WEB:-1}" "$@"
}

quiet()
{
	sts "$@" && ! [ -s err ] && return 0
	show err
	return 1
}

# The web server was asked so many times.
asked()
{
	local n=0

	[ ! -e web/log ] || n=$(wc -l <web/log)
	[ "$n" -eq "$1" ] || { echo "asked $n times"; return 1; }
}

# failed TEXT [argument ...]: there is no policy of example.org, since TEXT
failed()
{
	local text=$1

	shift
	sts 75 "$@" example.org || return 1
	contains err "mta-sts: example.org: $text" || return 1
	[ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && return 0
	show out err
	return 1
}

# The column of the time left, which passes, is one that begins as it should.
fixed()
{
	sed "s/	60479[0-9]	/	LEFT	/; s/	604800	/	LEFT	/;
	    s/\"max_age\":60[0-9]*/\"max_age\":LEFT/;
	    s/\"fetched\":[0-9]*/\"fetched\":THEN/" out
}

# --- what is found

@test "a policy is fetched, shown, and kept" {
	published
	quiet 0 example.org a.example.org
	fixed >got
	printf '%s\tenforce\tLEFT\tmx.example.org *.example.net\n' \
	    example.org a.example.org >want
	same got want
	printf '%s GET /.well-known/mta-sts.txt HTTP/1.1\n' \
	    mta-sts.example.org mta-sts.a.example.org >want
	same web/log want
	quiet 0 EXAMPLE.org.
	fixed >got
	printf 'EXAMPLE.org.\tenforce\tLEFT\tmx.example.org *.example.net\n' \
	    >want
	same got want
	asked 2
	[ "$(ls -A cache | tr '\n' ' ')" = 'a.example.org example.org ' ]
	policy >want
	sed '1,/^$/d' cache/example.org | cmp - want
}

@test "JSON" {
	published
	quiet 0 -j example.org
	fixed >got
	echo '{"domain":"example.org","policy":true,"mode":"enforce","max_age":LEFT,"mx":["mx.example.org","*.example.net"],"id":"20260101","fetched":THEN}' >want
	same got want
	quiet 1 -j none.example.org
	echo '{"domain":"none.example.org","policy":false,"mode":"none","max_age":0,"mx":[],"id":null,"fetched":null}' >want
	same out want
	quiet 1 -j -m mx.evil.example example.org
	contains out '"allowed":false}'
	quiet 0 -j -m b.example.net example.org
	contains out '"allowed":true}'
}

@test "no policy" {
	dns 'empty A 127.0.0.1'
	quiet 1 none.example.org empty.example.org
	printf '%s.example.org\tnone\t0\t\n' none empty >want
	same out want
	[ -z "$(ls -A cache)" ]
}

@test "a host that is allowed, and one that is not" {
	published
	policy testing | answer mta-sts.a.example.org
	quiet 0 -m mx.example.org example.org
	quiet 0 -m MX.example.net. example.org
	quiet 1 -m example.net example.org
	quiet 1 -m a.b.example.net example.org
	quiet 1 -m mx.evil.example example.org
	quiet 0 -m mx.evil.example a.example.org
	contains out testing
	quiet 0 -m mx.evil.example none.example.org
	quiet 1 -m mx.evil.example none.example.org example.org
}

@test "CRLF, mode none, and an age that is too long" {
	published
	printf '%s\r\n' 'version: STSv1' 'mode: none' 'max_age: 99999999999' |
	    answer mta-sts.example.org
	quiet 0 example.org
	# A year, and what has passed of it since.
	awk -F '\t' '{ exit !(NR == 1 && $1 == "example.org" && $2 == "none" &&
	    $3 > 31557600 - 3600 && $3 <= 31557600 && $4 == "") }' out
	asked 1
	quiet 0 -m any.example example.org
}

@test "U-labels are asked for by their A-labels" {
	dns '_mta-sts.xn--bcher-kva TXT "v=STSv1; id=1"' \
	    'mta-sts.xn--bcher-kva A 127.0.0.1'
	certificate good DNS:mta-sts.xn--bcher-kva.example.org
	web good
	policy | answer mta-sts.xn--bcher-kva.example.org
	quiet 0 Bücher.example.org
	fixed | grep -q '^Bücher.example.org	enforce	LEFT	mx'
	[ -e cache/xn--bcher-kva.example.org ]
}

@test "records: of several strings, beside others, malformed, more than one" {
	published \
	    '_mta-sts.two TXT "v=STSv1; id=1"' '_mta-sts.two TXT "v=STSv1;id=2"' \
	    '_mta-sts.bad TXT "v=STSv1; id=1-2"' \
	    '_mta-sts.half TXT "v=STSv1; id=1"' '_mta-sts.half TXT "v=STSv1;"' \
	    '_mta-sts.spf TXT "v=spf1 -all"' \
	    '_mta-sts.alias CNAME _mta-sts.a' 'mta-sts.alias CNAME mta-sts.a'
	sed -i 's/^_mta-sts TXT.*/_mta-sts TXT "v=STS" "v1; id=2026" "0101"\n_mta-sts TXT "other"/' \
	    nsd/example.org
	kill -HUP "$PID_nsd"
	quiet 1 spf.example.org
	sts 1 two.example.org
	echo 'mta-sts: two.example.org: more than one record _mta-sts' >want
	same err want
	sts 1 half.example.org
	contains err 'more than one record'
	sts 1 bad.example.org
	echo 'mta-sts: bad.example.org: a malformed record _mta-sts' >want
	same err want
	asked 0
	printf 'bad.example.org\tnone\t0\t\n' >want
	same out want
	# The certificate is for the domain, wherever its name leads.
	sts 75 alias.example.org
	contains err 'alias.example.org: mta-sts.alias.example.org: '
	wait_for 20 strings_seen
}

strings_seen()
{
	rm -f cache/*
	quiet 0 -v example.org >/dev/null || :
	grep -qx '< v=STSv1; id=20260101' err && grep -qx '< other' err &&
	    [ "$(sed -n 's/^Id: //p' cache/example.org)" = 20260101 ]
}

# --- the web server does other things

@test "only 200 and text/plain are a policy, and nobody is followed" {
	published
	for status in '301 Moved' '302 Found' '307 x' '404 no' '500 x' \
	    '204 none' '206 part' '201 x'; do
		rm -f cache/*
		policy | answer mta-sts.example.org "$status" text/plain \
		    "Location: https://mta-sts.a.example.org:$WEB/"
		failed "mta-sts.example.org: HTTP status ${status%% *}"
	done
	for type in text/html text/plainer application/octet-stream; do
		rm -f cache/*
		policy | answer mta-sts.example.org '200 OK' "$type"
		failed 'mta-sts.example.org: not text/plain'
	done
	rm -f cache/*
	policy | answer mta-sts.example.org '200 OK' 'TEXT/Plain;x=y'
	quiet 0 example.org
	not grep -q mta-sts.a.example.org web/log
}

@test "a policy that is none" {
	published
	policy | sed 's/mx: .*/mx: */' | answer mta-sts.example.org
	failed 'policy: mx: *: not a host, nor one behind "*."'
	rm -f cache/*
	policy other | answer mta-sts.example.org
	failed 'policy: mode: other: not one of'
	rm -f cache/*
	echo '<html>' | answer mta-sts.example.org
	failed 'policy: <html>: not of the form'
	rm -f cache/*
	answer mta-sts.example.org </dev/null
	failed 'policy: no version'
	rm -f cache/*
	policy >web/mta-sts.example.org # as HTTP/0.9 has it
	failed 'mta-sts.example.org: '
	rm -f cache/*
	printf 'version: STSv1\0\n' | answer mta-sts.example.org
	failed 'policy: version: STSv1\x00: not STSv1'
}

@test "64 KiB are a policy; what is longer, or endless, is not read" {
	local n

	published
	n=$(policy | wc -c)
	{ policy; printf 'x: '; head -c $((65536 - n - 3)) /dev/zero |
	    tr '\0' x; } | answer mta-sts.example.org
	quiet 0 example.org
	rm -f cache/*
	echo x >>web/mta-sts.example.org
	failed 'mta-sts.example.org: longer than 65536 bytes'
	rm -f cache/*
	{ policy; echo endless; } | answer mta-sts.example.org
	failed 'mta-sts.example.org: longer than 65536 bytes'
	rm -f cache/*
	{ policy; echo endless; } | answer mta-sts.example.org '200 OK' \
	    text/plain 'Content-Length: 1073741824'
	failed 'mta-sts.example.org: longer than 65536 bytes'
	rm -f cache/*
	{ policy; echo endless; } | answer mta-sts.example.org '404 no'
	failed 'mta-sts.example.org: HTTP status 404'
	rm -f cache/*
	printf 'HTTP/1.1 200 OK\r\nX: y\r\n%s\nendless\n' \
	    'Content-Type: text/plain' >web/mta-sts.example.org
	failed 'mta-sts.example.org: '
	rm -f cache/*
	{ printf 'HTTP/1.1 200 OK\r\n'
	    yes "X: $(printf '%01000d' 0)" | head -n 200
	    printf '\r\n'; policy; } >web/mta-sts.example.org
	failed 'mta-sts.example.org: a header longer than 65536 bytes'
}

@test "memory stays small, whatever is sent" {
	sanitized && skip "memory means nothing under AddressSanitizer"
	published
	{ policy; echo endless; } | answer mta-sts.example.org '404 no'
	peak mta-sts -c cache -o "nameserver=127.0.0.1:$DNS" -o ca=ca.pem \
	    -o "port=$WEB" example.org 2>err || [ $? -eq 75 ]
	contains err 'HTTP status 404'
	[ "$PEAK" -lt 32768 ] || { echo "$PEAK KiB"; return 1; }
}

@test "no waiting for ever: in the answer, before it, in the handshake" {
	published
	{ policy; echo silent; } | answer mta-sts.example.org
	failed 'mta-sts.example.org: ' -o timeout=1
	rm -f cache/*
	printf 'silent\n' >web/mta-sts.example.org
	failed 'mta-sts.example.org: ' -o timeout=1
	rm -f cache/*
	printf '%s\n' SILENCE >script
	scripted script
	WEB=$PORT
	failed 'mta-sts.example.org: ' -o timeout=1
	rm -f cache/*
	WEB=$(free_port)
	failed 'mta-sts'
	contains err 'Failed to connect'
}

# It knows the record, and keeps silent when it is asked for an address.
@test "no waiting for a name server that has said something" {
	published
	cat >forward.py <<-'.'
		import socket, sys
		ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		ours.bind(("127.0.0.1", 0))
		print(ours.getsockname()[1], file=open("port.new", "w"), flush=True)
		__import__("os").rename("port.new", "forwarder")
		theirs = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		theirs.connect(("127.0.0.1", int(sys.argv[1])))
		while True:
		    question, who = ours.recvfrom(4096)
		    if b"\x08_mta-sts" in question:
		        theirs.send(question)
		        ours.sendto(theirs.recv(4096), who)
	.
	start forward python3 forward.py "$DNS"
	wait_for 10 test -s forwarder
	DNS=$(cat forwarder)
	failed 'mta-sts.example.org: no policy within 1 seconds' -o timeout=1
	asked 0
}

# --- certificates

@test "a certificate that is not good" {
	published
	policy | answer mta-sts.wrong.example.org
	failed 'mta-sts.example.org: ' -o ca=/etc/ssl/certs/ca-certificates.crt
	asked 1
	grep -q '^failed' web/log
	rm -f cache/*
	# The certificate of another name, of a wildcard that is too wide, and
	# one that has expired.
	for san in DNS:example.org DNS:mx.example.org DNS:*.org \
	    DNS:mta-sts.example.net IP:127.0.0.1; do
		wrong "$san"
		failed 'mta-sts.example.org: '
		contains err 'subject name'
	done
	wrong DNS:*.example.org
	quiet 0 example.org
	rm -f cache/*
	wrong DNS:mta-sts.example.org -days -1 2>/dev/null ||
	    wrong DNS:mta-sts.example.org -not_after 20200101000000Z
	failed 'mta-sts.example.org: '
	contains err 'certificate has expired'
}

wrong()
{
	rm -f port cache/*
	certificate wrong "$@"
	web wrong
}

@test "netrc, proxies and curl's own configuration count for nothing" {
	published
	echo 'machine mta-sts.example.org login alice password secret' >.netrc
	echo 'proxy = "http://127.0.0.1:1"' >.curlrc
	export https_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 \
	    ALL_PROXY=http://127.0.0.1:1 CURL_HOME=$T
	rm -f cache/*
	sts 0 -v example.org
	contains err '> GET /.well-known/mta-sts.txt HTTP/1.1'
	contains err '> TXT _mta-sts.example.org'
	contains err '< v=STSv1; id=20260101'
	not grep -qi 'authorization' err
}

# --- the cache

# aged SECONDS: the policy was fetched so long ago
aged()
{
	local then=$(($(date +%s) - $1))

	sed -i "s/^Fetched: .*/Fetched: $then/
	    s/^Expires: .*/Expires: $((then + 604800))/" cache/example.org
}

@test "it is fetched again after a day, and with another id" {
	published
	quiet 0 example.org
	aged 86000
	quiet 0 example.org
	asked 1
	aged 86500
	quiet 0 example.org
	asked 2
	aged -1000
	quiet 0 example.org
	asked 3
	sed -i 's/^Id: .*/Id: older/' cache/example.org
	policy testing | answer mta-sts.example.org
	quiet 0 example.org
	contains out testing
	asked 4
	contains cache/example.org 'Id: 20260101'
}

@test "a policy counts until it expires, whatever becomes of record and server" {
	published
	quiet 0 example.org
	cp cache/example.org kept
	aged 86500
	policy | answer mta-sts.example.org '404 no'
	sts 0 example.org
	echo 'mta-sts: example.org: mta-sts.example.org: HTTP status 404' >want
	same err want
	grep -q '^example.org	enforce	51[0-9]*	mx' out
	# Five minutes long it is not asked again.
	asked 2
	sts 0 example.org
	contains err 'HTTP status 404 ('
	asked 2
	sed -i "s/^Tried: .*/Tried: $(($(date +%s) - 301))/" cache/example.org
	sts 1 -m mx.evil.example example.org
	asked 3
	# Without a record, and without the DNS.
	cp kept cache/none.example.org
	sts 0 none.example.org
	echo 'mta-sts: none.example.org: no record _mta-sts' >want
	same err want
	sts 0 -o nameserver=127.0.0.1:1 none.example.org
	contains err 'none.example.org: '
	[ -s out ]
	sts 75 -o nameserver=127.0.0.1:1 other.example.org
	[ ! -s out ]
	# Nothing is said where it says nothing.
	sed 's/mode: .*/mode: none   /' kept >cache/none.example.org
	quiet 0 none.example.org
	# When it has expired it counts no more.
	aged 604801
	failed 'mta-sts.example.org: HTTP status 404'
	sed -i 's/^Tried: .*/Tried: 0/' cache/example.org
	failed 'mta-sts.example.org: HTTP status 404'
}

@test "what could not be fetched is not tried again for five minutes" {
	published
	policy | answer mta-sts.example.org '503 later'
	failed 'mta-sts.example.org: HTTP status 503'
	policy | answer mta-sts.example.org
	failed 'mta-sts.example.org: HTTP status 503 ('
	asked 1
	sed -i "s/^Tried: .*/Tried: $(($(date +%s) - 301))/" cache/example.org
	quiet 0 example.org
	asked 2
	contains cache/example.org 'Tried: 0'
}

@test "from the cache alone" {
	published
	quiet 1 -n example.org
	printf 'example.org\tnone\t0\t\n' >want
	same out want
	quiet 0 example.org
	WEB=1 DNS=1 quiet 0 -n example.org
	[ -s out ]
	quiet 1 -n -m mx.evil.example example.org
	quiet 1 -n -c nowhere example.org
	[ ! -e nowhere ]
	aged 604801
	quiet 1 -n example.org
}

@test "a file or a directory that others may have written is not believed" {
	published
	quiet 0 example.org
	policy none | answer mta-sts.example.org
	sed -i 's/mode: .*/mode: testing/' cache/example.org
	quiet 0 example.org
	contains out testing
	for mode in 620 602; do
		chmod "$mode" cache/example.org
		sts 1 -n example.org
		echo "mta-sts: example.org: file example.org of the cache:" \
		    "others may write to it, and it is not used" >want
		same err want
	done
	chmod 644 cache/example.org
	mv cache/example.org elsewhere
	ln -s ../elsewhere cache/example.org
	quiet 1 -n example.org
	rm cache/example.org
	mkfifo cache/example.org
	sts 1 -n example.org
	contains err 'not a file'
	rm cache/example.org
	cp elsewhere cache/example.org
	for mode in 770 707; do
		chmod "$mode" cache
		sts 1 -n example.org
		echo "mta-sts: cache: others may write to it, and it is not" \
		    "used" >want
		same err want
	done
	# Mail goes on without it.
	sts 0 example.org
	contains out none
	chmod 755 cache
	[ "$(id -u)" -ne 0 ] || as_root
}

as_root()
{
	chown 64000 cache/example.org
	sts 1 -n example.org
	contains err "another user's, and not used"
	chown 0 cache/example.org
	chown 64000 cache
	sts 1 -n example.org
	contains err "mta-sts: cache: another user's, and not used"
	chown 0 cache
	quiet 0 -n example.org
	# What root owns is believed by everybody.
	chmod a+rx "$BATS_RUN_TMPDIR" "${T%/*}" "$T" cache
	chmod a+r conf cache/example.org
	quiet_as 64000 -n example.org
	contains out testing
}

quiet_as()
{
	local user=$1

	shift
	expect 0 setpriv --reuid "$user" --regid "$user" --clear-groups \
	    "$MAILPIPE_BIN/mta-sts" -c cache "$@"
}

@test "a damaged file counts for nothing, at whichever byte it ends" {
	local n size

	published
	quiet 0 example.org
	cp cache/example.org whole
	size=$(wc -c <whole)
	for ((n = 0; n < size; n++)); do
		head -c "$n" whole >cache/example.org
		expect_noted 1 mta-sts -c cache -n example.org
		[ ! -s err ]
	done
	head -c "$size" /dev/zero >cache/example.org
	quiet 1 -n example.org
	quiet 0 example.org
	same whole cache/example.org || sed 1,/^$/d whole | cmp - \
	    <(sed '1,/^$/d' cache/example.org)
}

@test "no expiry beyond what may be, whatever a file says" {
	published
	quiet 0 example.org
	sed -i 's/^Expires: .*/Expires: 99999999999/' cache/example.org
	quiet 0 -n example.org
	[ "$(cut -f3 out)" -le 31557600 ]
	sed -i 's/^Fetched: .*/Fetched: 1/' cache/example.org
	quiet 1 -n example.org
}

@test "where the cache is" {
	published
	[ ! -e .cache ]
	rm -r cache
	# The one that is configured, and made.
	echo "Mta-Sts-Cache: $T/a/b" >>conf
	echo "Nameserver: 127.0.0.1:$DNS" >>conf
	expect 0 mta-sts -o ca=ca.pem -o "port=$WEB" example.org
	[ -e a/b/example.org ]
	expect 0 mta-sts -f conf -n example.org
	expect 1 mta-sts -c other -n example.org
	# That of a user who cannot write to the system's.
	sed -i '/^Mta/d' conf
	chmod a+rx "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	chmod a+r conf ca.pem
	mkdir user
	owned user
	as_user()
	{
		if [ "$(id -u)" -eq 0 ]; then
			setpriv --reuid 64000 --regid 64000 --clear-groups "$@"
		else
			"$@"
		fi
	}
	export HOME=$T/user
	as_user mta-sts -o ca=ca.pem -o "port=$WEB" example.org
	[ -e user/.cache/mailpipe/mta-sts/example.org ]
	[ "$(stat -c %a user/.cache/mailpipe/mta-sts)" = 700 ]
	export XDG_CACHE_HOME=$T/user/xdg
	as_user mta-sts -o ca=ca.pem -o "port=$WEB" example.org
	[ -e user/xdg/mailpipe/mta-sts/example.org ]
	# What is no absolute path is no place for one.
	rm -r user/.cache user/xdg
	XDG_CACHE_HOME=user/xdg HOME=user as_user mta-sts -o ca=ca.pem \
	    -o "port=$WEB" example.org 2>err
	contains err 'mta-sts: '
	[ ! -e user/.cache ]
	[ ! -e user/xdg ]
}

@test "a cache that cannot be written to is said, and the policy counts" {
	published
	(ulimit -f 0
	    exec mta-sts -c cache -o nameserver="127.0.0.1:$DNS" -o ca=ca.pem \
		-o port="$WEB" example.org 2>&1) | cat >out
	contains out 'mta-sts: example.org: file example.org of the cache: '
	grep -q '^example.org	enforce	60[0-9]*	mx' out
	[ -z "$(find cache -type f)" ]
}

# --- the process that fetches

@test "after it is connected, and before it hears a byte, it gives up its rights" {
	published
	sanitized && export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
	expect 0 strace -f -o trace -e \
	    trace=connect,landlock_restrict_self,sendto,write,recvfrom,read \
	    mta-sts -c cache -o "nameserver=127.0.0.1:$DNS" -o ca=ca.pem \
	    -o "port=$WEB" example.org
	# Its calls from connect(2) on, and those of the descriptor that have
	# bytes of TLS.
	awk -v port="htons($WEB)" '
	    /connect\(/ && index($0, port) { on = $1; match($0, /connect\([0-9]+/)
		fd = substr($0, RSTART + 8, RLENGTH - 8); print "connect" }
	    on == $1 && /landlock_restrict_self\(/ { print "confined", $NF }
	    on == $1 && $0 ~ "(write|sendto)\\(" fd "," { print "says" }
	    on == $1 && $0 ~ "(read|recvfrom)\\(" fd "," { print "hears" }' \
	    trace | uniq | head -n 4 >got
	printf '%s\n' connect 'confined 0' says hears >want
	same got want
}

# As the server might.
@test "who takes the process over that fetches writes no file" {
	published
	{ policy; echo silent; } | answer mta-sts.example.org
	start sts mta-sts -c cache -o "nameserver=127.0.0.1:$DNS" \
	    -o ca=ca.pem -o "port=$WEB" example.org
	wait_for 20 asked 1
	child=$(cat "/proc/$PID_sts/task/$PID_sts/children")
	printf 'open("%s", 0101, 0600)\n' "$T/made" "$T/cache/example.org" |
	    tries "${child% }"
	echo "open(\"$T/conf\", 0)" | invade "${child% }"
	not grep '^-1' "$T/values"
	[ ! -e made ] && [ -z "$(ls -A cache)" ]
}

# The default ports, and the servers of resolv.conf(5) and getaddrinfo(3).
@test "without a name server of its own" {
	needs_root
	certificate good DNS:mta-sts.example.org
	echo 'nameserver 127.0.0.1' >resolv.conf
	echo 'hosts: dns' >nsswitch.conf
	policy | answer mta-sts.example.org
	cat >network <<-'.'
		set -e
		ip link set lo up
		mount --bind resolv.conf /etc/resolv.conf
		mount --bind nsswitch.conf /etc/nsswitch.conf
		nsd -d -c nsd/conf >nsd.log 2>&1 &
		servers=$!
		python3 "$1" -p 443 port web good.pem good.key >web.log 2>&1 &
		servers="$servers $!"
		until [ -s port ] && [ -n "$(ss -Hlun 'sport = :53')" ]; do
			sleep 0.02
		done
		shift
		status=0
		"$@" || status=$?
		kill $servers
		exit $status
	.
	zone 53 '_mta-sts TXT "v=STSv1; id=1"'
	expect 0 unshare -nm sh network "$TESTS/peer/https.py" \
	    mta-sts -c cache -o ca=ca.pem example.org
	fixed | grep -q '^example.org	enforce	LEFT	mx'
}

# --- the command line

@test "names that leave the directory, or are none" {
	for name in .. . / ../x a/b a/../b '' .a a..b '[127.0.0.1]' 'a b' \
	    -- '_mta-sts.a:b' "$(printf 'a\nb.example')" "$(printf '%0300d' 0)" \
	    "$(printf 'a\342\200\256b.example')" '*.example'; do
		[ "$name" = -- ] && continue
		expect 65 mta-sts -c cache -o nameserver=127.0.0.1:1 -- "$name"
		[ ! -s out ] && [ "$(wc -l <err)" -eq 1 ]
	done
	[ -z "$(ls -A cache)" ]
	# Labels of 63, 245 in all: the longest that "mta-sts." fits before.
	dns
	long=$(printf '%063d.%063d.%063d.%041d.example.org' 0 0 0 0)
	[ "${#long}" -eq 245 ]
	quiet 1 "$long"
	expect 65 mta-sts -c cache "${long/.example/0.example}"
	contains err 'not a domain'
}

@test "usage" {
	for wrong in '' -x '-m'; do
		# shellcheck disable=SC2086 # several words
		expect 64 mta-sts $wrong
		contains err usage:
	done
	for wrong in x x=y port=0 port=65536 timeout=0 ca= nameserver=x; do
		expect 64 mta-sts -o "$wrong" example.org
		contains err "mta-sts: -o ${wrong%=*}: expected "
		[ "$(wc -l <err)" -eq 1 ]
	done
	expect 64 mta-sts -m '' example.org
	contains err '-m: expected a host'
	expect 78 mta-sts -f nowhere example.org
	expect 65 mta-sts -m "$(printf 'a\377')" example.org
	for wrong in 'bad host' x..y a/b '*.example.org' .; do
		expect 65 mta-sts -m "$wrong" example.org
		[ "$(cat err)" = "mta-sts: -m: $wrong: not a domain" ]
	done
}

@test "74: what was found cannot be written, a policy or none" {
	printf 'Id: \nFetched: 0\nExpires: 0\nTried: %d\nWhy: \nSize: 0\n\n' \
	    "$(date +%s)" >none
	mkdir -p cache
	cp none cache/example.org
	expect 1 mta-sts -n -c cache example.org
	expect 74 sh -c 'mta-sts -n -c cache example.org >/dev/full'
	[ "$(cat err)" = "mta-sts: standard output: write: No space left on device" ]
}

@test "a file of the cache without the space before an empty value is one" {
	local policy

	mkdir -p cache
	policy=$(printf 'version: STSv1\r\nmode: enforce\r\nmx: mx.example.org\r\nmax_age: 86400\r\nx')
	policy=${policy%x}
	for why in 'Why: ' Why: 'Why: it was not there'; do
		printf 'Id: 1\nFetched: %d\nExpires: %d\nTried: 0\n%s\nSize: %d\n\n%s' \
		    "$(date +%s)" $(($(date +%s) + 86400)) "$why" ${#policy} \
		    "$policy" >cache/example.org
		expect 0 mta-sts -n -c cache example.org
		[ "$(cut -f 2,4 out)" = $'enforce\tmx.example.org' ]
	done
	sed -i 's/^Why: .*/Whynot:/' cache/example.org
	expect 1 mta-sts -n -c cache example.org
}

@test "the worst status of several counts, and the others are done" {
	published
	policy | answer mta-sts.example.org '404 no'
	sts 75 none.example.org example.org a.example.org
	[ "$(cut -f1,2 out | tr '\t\n' '  ')" = \
	    'none.example.org none a.example.org enforce ' ]
}

@test "an output that cannot be written" {
	published
	# shellcheck disable=SC2016 # $1 is of sh
	expect 74 sh -c 'exec mta-sts -c cache -o nameserver="$1" -o ca=ca.pem \
	    -o port="$2" example.org >/dev/full' sh "127.0.0.1:$DNS" "$WEB"
	contains err 'standard output'
}

# --- examples of the page

@test "the examples" {
	published
	cat >mta-sts <<-.
		#!/bin/sh
		exec "$MAILPIPE_BIN/mta-sts" -c cache \
		    -o nameserver=127.0.0.1:$DNS -o ca=$T/ca.pem -o port=$WEB "\$@"
	.
	chmod +x mta-sts
	export PATH=$T:$PATH
	cat >first <<-'.'
		mta-sts -m mx.example.org example.org >/dev/null
		[ $? -ne 1 ] || echo no
	.
	expect 0 sh first
	[ ! -s out ]
	sed -i 's/mx.example.org/mx.evil.example/' first
	expect 0 sh first
	contains out no

	printf '%s\n' example.org a.example.org none.example.org >domains
	policy testing | answer mta-sts.a.example.org
	cat >second <<-'.'
		mta-sts $(cat domains) | awk -F'\t' '$2 == "enforce" {
		    gsub(/ /, ":", $4); gsub(/[*]/, "", $4)
		    print $1, "secure match=" $4, "servername=hostname" }' >tls.new
		mv tls.new tls
	.
	expect 0 sh second
	mkdir postfix
	: >postfix/main.cf
	expect 0 postmap -c postfix -q example.org texthash:tls
	echo 'secure match=mx.example.org:.example.net servername=hostname' |
	    cmp - out
	expect 1 postmap -c postfix -q a.example.org texthash:tls

	expect 0 sh -c 'ls cache | xargs -r mta-sts -n -c cache | sort -n -k3'
	[ "$(wc -l <out)" -eq 2 ]
	mkdir -m 700 empty
	expect 0 sh -c 'ls empty | xargs -r mta-sts -n -c empty'
	[ ! -s out ]
}
