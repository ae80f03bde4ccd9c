#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd -S: AUTH, and every attack on it that was published.

load helper
load smtpd
load tls
load submission

# A session to EHLO and one line more; its reply has to match.
one_line()
{
	{ hello; printf '%s\n' "C: $1" "S: $2" 'C: QUIT' 'S: 221 *'; } |
	    submit
}

@test "libcrypt is loaded where a password is asked for alone" {
	# AddressSanitizer needs it from the start.
	! sanitized || return 0
	# LeakSanitizer cannot be traced.
	ASAN_OPTIONS=detect_leaks=0
	auth_host
	loads()
	{
		{ hello; printf '%s\n' "C: $1" "S: $2" 'C: QUIT' 'S: 221 *'
		} | talk strace -f -o "$T/trace" -e trace=openat \
		    smtpd-inetd -S -f "$T/mailpipe.conf"
		grep -q libcrypt.so trace
	}
	not loads 'MAIL FROM:<>' '530 *'
	loads "AUTH PLAIN $(plain alice s3cret)" '235 *'
}

@test "without libcrypt nobody logs in by a password, for now: 454" {
	# AddressSanitizer needs it from the start.
	! sanitized || return 0
	auth_host
	mkdir none
	printf 'not a library\n' | tee none/libcrypt.so.1 >none/libcrypt.so.2
	{ hello; printf '%s\n' "C: AUTH PLAIN $(plain alice s3cret)" \
	    'S: 454 4.7.0 *' "C: AUTH PLAIN $(plain alice wrong)" \
	    'S: 454 4.7.0 *' 'C: QUIT' 'S: 221 *'
	} | talk env LD_LIBRARY_PATH="$T/none" smtpd-inetd -S \
	    -f "$T/mailpipe.conf"
	contains log 'not checked: passwords need libxcrypt'
}

@test "PLAIN, LOGIN: with the response at once, and without" {
	auth_host
	one_line "AUTH PLAIN $(plain alice@example.org s3cret)" '235 2.7.0 *'
	one_line "auth plain $(plain ALICE s3cret)" '235 2.7.0 *'
	{ hello; cat <<-.; } | submit
		C: AUTH PLAIN
		S: 334?
		C: $(plain alice@example.org s3cret)
		S: 235 2.7.0 *
		C: QUIT
		S: 221 *
	.
	{ hello; cat <<-.; } | submit
		C: AUTH LOGIN
		S: 334 VXNlcm5hbWU6
		C: $(base64_of alice@example.org)
		S: 334 UGFzc3dvcmQ6
		C: $(base64_of s3cret)
		S: 235 2.7.0 *
		C: QUIT
		S: 221 *
	.
	{ hello; cat <<-.; } | submit
		C: AUTH LOGIN $(base64_of alice@example.org)
		S: 334 UGFzc3dvcmQ6
		C: $(base64_of s3cret)
		S: 235 2.7.0 *
		C: QUIT
		S: 221 *
	.
}

@test "what is offered: by what can be verified" {
	auth_host
	{ hello | sed 's/250-\*/250-*250-AUTH SCRAM-SHA-256 PLAIN LOGIN?*/'
	    printf '%s\n' 'C: QUIT' 'S: 221 *'; } | submit
	{ hello; cat <<-'.'; } | submit
		C: STARTTLS
		S: 220 *
		TLS:
		C: EHLO a.example
		S-ALL: 250-*250-AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN?*
		C: QUIT
		S: 221 *
	.
	echo 'Checkpassword: false' >>mailpipe.conf
	{ hello | sed 's/250-\*/250-*250-AUTH PLAIN LOGIN?*/'
	    printf '%s\n' 'C: AUTH CRAM-MD5' 'S: 504 5.5.4 *' \
	    'C: AUTH SCRAM-SHA-256' 'S: 504 5.5.4 *' \
	    'C: AUTH EXTERNAL =' 'S: 504 5.5.4 *' \
	    'C: QUIT' 'S: 221 *'; } | submit
}

@test "without -S nobody can log in" {
	auth_host
	{ hello; printf '%s\n' "C: AUTH PLAIN $(plain alice s3cret)" \
	    'S: 502 5.5.1 *' 'C: QUIT' 'S: 221 *'; } |
	    talk smtpd-inetd -v -f mailpipe.conf
	not grep -q 250-AUTH log
}

# Who comes from elsewhere, in clear text, is told nothing of it, and is not
# heard with it.
@test "not in clear text from elsewhere (RFC 4954, 4)" {
	auth_host
	export TCPREMOTEIP=192.0.2.1
	{ hello | sed 's/S-ALL: .*/S-ALL: 250-*STARTTLS?250 HELP/'
	    cat <<-.; } | submit
		C: AUTH PLAIN $(plain alice@example.org s3cret)
		S: 538 5.7.11 *
		C: AUTH SCRAM-SHA-256
		S: 538 5.7.11 *
		C: STARTTLS
		S: 220 *
		TLS:
		C: EHLO a.example
		S-ALL: 250-*250-AUTH *
		C: AUTH PLAIN $(plain alice@example.org s3cret)
		S: 235 *
		C: QUIT
		S: 221 *
	.
}

# notes: B9, session fixation.
@test "session fixation: AUTH before STARTTLS is forgotten" {
	auth_host
	{ login; cat <<-.; } | submit
		C: STARTTLS
		S: 220 *
		TLS:
		C: AUTH PLAIN $(plain alice@example.org s3cret)
		S: 503 5.5.1 *
		C: EHLO a.example
		S-ALL: 250-*250-AUTH *
		C: MAIL FROM:<alice@example.org>
		S: 530 5.7.0 *
		C: AUTH PLAIN $(plain bob@example.org b0b)
		S: 235 *
		C: MAIL FROM:<alice@example.org>
		S: 553 5.7.1 *
		C: QUIT
		S: 221 *
	.
}

@test "AUTH out of place: twice, in a transaction, before EHLO, after HELO" {
	local again

	auth_host
	again="C: AUTH PLAIN $(plain alice@example.org s3cret)"
	{ login; printf '%s\n' "$again" 'S: 503 5.5.1 *' 'C: RSET' 'S: 250 *' \
	    "$again" 'S: 503 5.5.1 *' 'C: EHLO a.example' 'S-ALL: 250-*' \
	    "$again" 'S: 503 5.5.1 *' 'C: MAIL FROM:<alice@example.org>' \
	    'S: 250 *' "$again" 'S: 503 5.5.1 *' \
	    'C: QUIT' 'S: 221 *'; } | submit
	printf '%s\n' 'S: 220 *' "$again" 'S: 503 5.5.1 *' 'C: HELO a' \
	    'S: 250 *' "$again" 'S: 503 5.5.1 *' 'C: QUIT' 'S: 221 *' | submit
	printf '%s\n' 'S: 220 *' 'C: EHLO a' 'S-ALL: 250-*' 'C: AUTH' \
	    'S: 501 5.5.4 *' 'C: QUIT' 'S: 221 *' | submit
}

@test "a star gives up, = is an empty response" {
	auth_host
	{ hello; cat <<-'.'; } | submit
		C: AUTH PLAIN
		S: 334?
		C: *
		S: 501 5.7.0 *
		C: AUTH LOGIN
		S: 334 *
		C: YWxpY2U=
		S: 334 *
		C: *
		S: 501 5.7.0 *
		C: AUTH PLAIN =
		S: 501 5.5.2 *
		C: AUTH PLAIN *
		S: 501 5.5.2 *
		C: NOOP
		S: 250 *
		C: QUIT
		S: 221 *
	.
}

# notes: D24 (CVE-2018-6789): every length, and bytes that are not base64.
@test "AUTH of every length mod 4, and bytes that are no base64" {
	auth_host
	printf '%s\n' A AA AAA AAAA AAAAA AAAAAA AAAAAAA = == === A=== AA= \
	    AA==A 'AA AA' AA==AA== '!!!!' 'AAA\xff' 'AA\x00A' 'AAA\rA' |
	    while read -r word; do
		echo "$word"
		{ hello; printf '%s\n' 'C: AUTH PLAIN' 'S: 334?' \
		    "C-RAW: $word\\r\\n" 'S: 50? 5.5.2 *' 'C: NOOP' \
		    'S: 250 *' 'C: QUIT' 'S: 221 *'; } | submit || exit 1
		{ hello; printf '%s\n' "C-RAW: AUTH PLAIN $word\\r\\n" \
		    'S: 50? 5.5.2 *' 'C: NOOP' 'S: 250 *' 'C: QUIT' \
		    'S: 221 *'; } | submit || exit 1
	done
}

# A response of so many bytes of base64.
long_response()
{
	head -c "$1" /dev/zero | tr '\0' A
}

# RFC 4954, 4: 12288 bytes; all other commands as before.
@test "a line of 12288 bytes is read, one of more is not" {
	auth_host
	{
		hello
		echo 'C: AUTH PLAIN'
		echo 'S: 334?'
		echo "C: $(long_response 12288)"
		echo 'S: 501 5.5.2 not a response of PLAIN'
		echo 'C: AUTH PLAIN'
		echo 'S: 334?'
		echo "C: $(long_response 12289)"
		echo 'S: 500 5.5.6 *'
		echo "C: AUTH PLAIN $(long_response 12276)"
		echo 'S: 501 5.5.2 not a response of PLAIN'
		echo "C: AUTH PLAIN $(long_response 12280)"
		echo 'S: 500 5.5.2 *too long'
		echo "C: NOOP $(long_response 2043)"
		echo 'S: 250 *'
		echo "C: NOOP $(long_response 2044)"
		echo 'S: 500 5.5.2 *too long'
		echo "C: NOOP $(long_response 12276)"
		echo 'S: 500 5.5.2 *too long'
		printf '%s\n' 'C: QUIT' 'S: 221 *'
	} | submit
}

# notes: D22
@test "AUTH of 1 MB: one reply, and no more memory" {
	auth_host
	{ hello; cat <<-'.'; } >script
		C: AUTH PLAIN
		S: 334?
		C-REPEAT: 1048576 A
		C-RAW: \r\n
		S: 500 5.5.6 *
		C-RAW: AUTH PLAIN\x20
		C-REPEAT: 1048576 A
		C-RAW: \r\n
		S: 500 5.5.2 *
		C: QUIT
		S: 221 *
	.
	converse_with script "${MAILPIPE_BIN%/*}/tests/tool/measure" peak 60 \
	    smtpd-inetd -S -f mailpipe.conf
	read -r _ _ most <peak
	sanitized || [ "$most" -lt 12000 ]
}

@test "what is pipelined behind AUTH is not believed" {
	auth_host
	{ hello; cat <<-.; } | submit
		C-RAW: AUTH PLAIN $(plain alice@example.org s3cret)\r\nMAIL FROM:<alice@example.org>\r\n
		S: 554 5.5.0 *
		S-END
	.
	{ hello; cat <<-.; } | submit
		C-RAW: AUTH LOGIN\r\nYWxpY2U=\r\nczNjcmV0\r\n
		S: 554 5.5.0 *
		S-END
	.
}

# A user who is not there, who may not, with the wrong password: the same.
@test "who may not log in: 535, all alike" {
	local name

	auth_host
	echo "carol@example.org:!:$T/carol" >>users
	for name in alice carol nobody alice@example.net alice+x; do
		one_line "AUTH PLAIN $(plain $name wrong)" \
		    '535 5.7.8 wrong name or password'
		contains log "auth failed user=$name client=local"
	done
	one_line "AUTH PLAIN $(base64_of 'bob\000alice\000s3cret')" \
	    '535 5.7.8 wrong name or password'
	one_line "AUTH PLAIN $(plain alice '')" \
	    '535 5.7.8 wrong name or password'
}

# How long, as asked of the system; no clock decides.
@test "each failure is answered later than the last, the third ends it" {
	local wrong

	auth_host
	wrong="C: AUTH PLAIN $(plain alice wrong)"
	{ hello; printf '%s\n' "$wrong" 'S: 535 5.7.8 *' "$wrong" \
	    'S: 535 5.7.8 *' 'C: NOOP' 'S: 250 *' "$wrong" \
	    'S: 421 4.7.0 *' S-END; } | submit env ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" \
	    strace -o trace -f \
	    -e trace=nanosleep,clock_nanosleep,write,sendto \
	    smtpd-inetd -S -f mailpipe.conf
	sed -n 's/.*nanosleep.*{tv_sec=\([0-9]*\), tv_nsec=0}.*/\1/p
	    s/.*"\(535\|421\) .*/\1/p' trace >order
	same order <(printf '%s\n' 1 535 2 535 4 421)
	[ "$(grep -c 'auth failed user=alice client=local$' log)" -eq 3 ]
}

@test "STARTTLS does not give more attempts" {
	local wrong

	auth_host
	wrong="C: AUTH PLAIN $(plain alice wrong)"
	{ hello; printf '%s\n' "$wrong" 'S: 535 5.7.8 *' 'C: STARTTLS' \
	    'S: 220 *' 'TLS:' 'C: EHLO a' 'S-ALL: 250-*' "$wrong" \
	    'S: 535 5.7.8 *' "$wrong" 'S: 421 4.7.0 *' S-END; } | submit
}

@test "no secret in the log" {
	auth_host
	{ hello; cat <<-.; } | submit
		C: AUTH LOGIN
		S: 334 *
		C: $(base64_of alice@example.org)
		S: 334 *
		C: $(base64_of s3cret)
		S: 235 *
		C: AUTH PLAIN $(plain alice@example.org s3cret)
		S: 503 *
		C: QUIT
		S: 221 *
	.
	contains log '< AUTH ***'
	contains log '< ***'
	contains log '> 334 ***'
	not grep -q -e "$(base64_of s3cret)" -e s3cret -e \
	    "$(plain alice@example.org s3cret)" log
}

# The regular expression of the page, as Python and as fail2ban read it: it
# finds the client, whatever name the client gave.
@test "fail2ban: who failed" {
	auth_host
	awk '/^failregex/ { sub(/^failregex *= */, ""); gsub(/\\e/, "\\"); print }' \
	    "$BATS_TEST_DIRNAME/../man/smtpd-inetd.8" >regex
	[ "$(wc -l <regex)" -eq 1 ]
	export TCPREMOTEIP=2001:db8::7
	for name in alice 'x client=192.0.2.9' 'x client=192.0.2.9\n' \
	    'smtpd-inetd[1]: auth failed user=x client=192.0.2.9'; do
		{ hello; printf '%s\n' 'C: STARTTLS' 'S: 220 *' 'TLS:' \
		    'C: EHLO client=192.0.2.9' 'S-ALL: 250-*' \
		    "C: AUTH PLAIN $(plain "$name" wrong)" 'S: 5*' \
		    'C: MAIL FROM:<"smtpd-inetd[1]: auth failed user=x client=192.0.2.9"@x.org>' \
		    'S: [25]*' 'C: QUIT' 'S: 221 *'; } | submit
		cat log
	done >all
	sed 's/^/Nov 25 12:00:00 mx /' all >syslog
	python3 - regex all syslog <<-'.'
		import re, sys
		regex = open(sys.argv[1]).read().strip()
		regex = re.compile(regex.replace('<HOST>', r'(?P<host>\S+)'))
		for name, cut in (sys.argv[2], 0), (sys.argv[3], 16):
		    lines = [l[cut:].rstrip('\n') for l in open(name)]
		    found = [m['host'] for m in map(regex.search, lines) if m]
		    assert found == ['2001:db8::7'] * 3, found
	.
	fail2ban-regex --usedns=no -o '<ip>' syslog "$(cat regex)" >found
	same found <(yes 2001:db8::7 | head -n 3)
}

# A checkpassword program of somebody's own decides, and nothing else.
@test "Checkpassword: another program decides" {
	auth_host 'Checkpassword: python3 decide.py "a b"'
	cat >decide.py <<-'.'
		import os, sys
		user, password, stamp, end = os.read(3, 513).split(b'\0')
		assert sys.argv[1:] == ['a b', 'true'] and not end
		if password == b'later':
		    sys.exit(111)
		if user != b'dora@example.org' or password != b'x':
		    sys.exit(1)
		os.execvp(sys.argv[2], sys.argv[2:])
	.
	one_line "AUTH PLAIN $(plain dora@example.org x)" '235 *'
	one_line "AUTH PLAIN $(plain alice@example.org s3cret)" '535 5.7.8 *'
	one_line "AUTH PLAIN $(plain dora@example.org later)" '454 4.7.0 *'
	contains log 'user=dora@example.org not checked: python3: '
	one_line "AUTH PLAIN $(plain dora@example.org "$(long_response 600)")" \
	    '535 5.7.8 *'
}

@test "Checkpassword: mail-checkpw, with the configuration of -f" {
	auth_host "Checkpassword: mail-checkpw"
	one_line "AUTH PLAIN $(plain alice@example.org s3cret)" '235 *'
	one_line "AUTH PLAIN $(plain alice@example.org wrong)" '535 5.7.8 *'
}

# A program of somebody's own knows tokens; passwords are the users file's.
@test "Check-Token: OAUTHBEARER and XOAUTH2" {
	local long

	long=$(head -c 2000 /dev/zero | tr '\0' t)
	auth_host "Check-Token: python3 token.py"
	cat >token.py <<-.
		import os, sys
		user, token, stamp, end = os.read(3, 9999).split(b'\0')
		if token == b'later':
		    sys.exit(111)
		if user != b'alice@example.org' or token != b'$long':
		    sys.exit(1)
		os.execvp(sys.argv[1], sys.argv[1:])
	.
	bearer()
	{
		base64_of "n,a=$1,\\001auth=Bearer $2\\001\\001"
	}
	{ hello | sed 's/250-\*/250-*250-AUTH SCRAM-SHA-256 OAUTHBEARER XOAUTH2 PLAIN LOGIN?*/'
	    printf '%s\n' "C: AUTH OAUTHBEARER $(bearer alice@example.org "$long")" \
	    'S: 235 *' 'C: QUIT' 'S: 221 *'; } | submit
	one_line "AUTH XOAUTH2 $(base64_of "user=alice@example.org\\001auth=Bearer $long\\001\\001")" '235 *'
	{ hello; printf '%s\n' "C: AUTH OAUTHBEARER $(bearer alice@example.org x)" \
	    'S: 334 *' 'C: AQ==' 'S: 535 5.7.8 *' 'C: QUIT' 'S: 221 *'; } |
	    submit
	one_line "AUTH OAUTHBEARER $(bearer alice@example.org later)" '454 *'
	one_line "AUTH PLAIN $(plain alice s3cret)" '235 *'
}

@test "EXTERNAL: the address that a verified certificate is for" {
	auth_host "Tls-Client-Ca: $T/ca.pem"
	echo "carol@example.org:!:$T/carol" >>users
	mkdir carol
	owned carol
	certificate alice email:alice@example.org
	certificate carol email:carol@example.org
	certificate none DNS:alice@example.org
	certificate two email:alice@example.org,email:bob@example.org
	self_signed self email:alice@example.org
	external()
	{
		{ hello; printf '%s\n' 'C: STARTTLS' 'S: 220 *' \
		    "TLS: cert=$1" 'C: EHLO a' "S-ALL: 250-*$2*" \
		    "C: AUTH EXTERNAL $3" "S: $4" 'C: QUIT' 'S: 221 *'; } |
		    submit
	}
	external alice 'AUTH EXTERNAL ' = '235 *'
	external alice 'AUTH EXTERNAL ' "$(base64_of alice@example.org)" '235 *'
	external alice 'AUTH EXTERNAL ' "$(base64_of bob@example.org)" '535 *'
	external carol 'AUTH EXTERNAL ' = '535 *'
	external none 'AUTH SCRAM' = '504 *'
	external two 'AUTH SCRAM' = '504 *'
	external self 'AUTH SCRAM' = '504 *'
}

# It is the part that has the users file that counts.
@test "no session may ask for ever who somebody is" {
	auth_host "Checkpassword: sh -c 'echo >>$T/asked; exit 111' sh"
	{
		hello
		for n in $(seq 25); do
			printf '%s\n' "C: AUTH PLAIN $(plain alice x)" \
			    'S: 454 4.7.0 *'
		done
		printf '%s\n' 'C: QUIT' 'S: 221 *'
	} | submit
	[ "$(wc -l <asked)" -eq 20 ]
	contains log 'not checked: too many attempts to log in'
}

@test "the part that talks to the network does not open the users file" {
	needs_root
	auth_host
	one_line "AUTH PLAIN $(plain alice s3cret)" '235 *'
	{ hello; printf '%s\n' "C: AUTH PLAIN $(plain alice s3cret)" \
	    'S: 235 *' 'C: QUIT' 'S: 221 *'; } | submit env ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" \
	    strace -o trace -f \
	    -e trace=openat,setuid smtpd-inetd -S -f "$T/mailpipe.conf"
	awk -v users="\"$T/users\"" '/setuid\(65534\)/ { net[$1] = 1 }
	    index($0, users) { n++; if ($1 in net) bad = 1 }
	    END { exit bad || n == 0 }' trace
}
