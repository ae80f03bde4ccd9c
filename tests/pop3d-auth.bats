#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3d-inetd: who logs in, by what, and every attack on that.

load helper
load smtpd
load tls
load submission
load pop3d
load accounts

# auth_line LINE REPLY: of a session in which nothing else is said.
auth_line()
{
	printf '%s\n' 'S: +OK *' "C: $1" "S: $2" 'C: QUIT' 'S: +OK*' | pop
}

@test "USER and PASS: names, and passwords with anything in them" {
	local name

	pop_host
	for name in alice alice@example.org ALICE@Example.ORG; do
		printf '%s\n' 'S: +OK *' "C: user $name" 'S: +OK *' \
		    'C: pass s3cret' 'S: +OK 2 messages' |
		    cat - <(pop_quit) | pop
	done
	printf ' a  b \n' | mail-passwd -P 0 alice@example.org
	printf '%s\n' 'S: +OK *' 'C: USER alice' 'S: +OK *' \
	    'C-RAW: PASS  a  b \r\n' 'S: +OK 2 messages' |
	    cat - <(pop_quit) | pop
	printf '%s\n' 'S: +OK *' 'C: USER alice' 'S: +OK *' \
	    'C-RAW: PASS  a  b\r\n' 'S: -ERR [[]AUTH] *' |
	    cat - <(pop_quit) | pop
}

@test "AUTH: with the response at once, and without" {
	pop_host
	auth_line "AUTH PLAIN $(plain alice s3cret)" '+OK 2 messages'
	auth_line "auth plain $(plain ALICE@example.org s3cret)" '+OK 2 *'
	printf '%s\n' 'S: +OK *' 'C: AUTH PLAIN' 'S: + ' \
	    "C: $(plain alice s3cret)" 'S: +OK 2 messages' |
	    cat - <(pop_quit) | pop
	printf '%s\n' 'S: +OK *' 'C: AUTH LOGIN' 'S: + VXNlcm5hbWU6' \
	    "C: $(base64_of alice)" 'S: + UGFzc3dvcmQ6' \
	    "C: $(base64_of s3cret)" 'S: +OK 2 messages' |
	    cat - <(pop_quit) | pop
}

@test "AUTH: what is no response, a star, an unknown mechanism" {
	pop_host
	printf '%s\n' 'S: +OK *' 'C: AUTH PLAIN' 'S: + ' 'C: *' \
	    'S: -ERR given up' 'C: AUTH PLAIN =' 'S: -ERR not a response*' \
	    'C: AUTH PLAIN !' 'S: -ERR that is not base64' \
	    'C: AUTH PLAIN' 'S: + ' 'C: A' 'S: -ERR that is not base64' \
	    'C: AUTH CRAM-MD5' 'S: -ERR that mechanism is not offered' \
	    'C: AUTH EXTERNAL =' 'S: -ERR that mechanism *' \
	    'C: AUTH XOAUTH2 =' 'S: -ERR that mechanism *' \
	    'C: AUTH SCRAM-SHA-256-PLUS' 'S: -ERR that mechanism *' |
	    cat - <(pop_quit) | pop
}

# notes: 6 (CVE-2017-15132): nothing of it stays behind; the helper looks.
@test "a client that hangs up within AUTH" {
	local line

	pop_host
	for line in 'AUTH LOGIN' 'AUTH PLAIN' 'AUTH SCRAM-SHA-256'; do
		printf '%s\n' 'S: +OK *' "C: $line" 'S: + *' HANGUP | pop
		printf '%s\n' 'S: +OK *' "C: $line" 'S: + *' RESET >script
		converse_with script sh -c 'pop3d-inetd -f "$1"; s=$?
		    [ $s -eq 0 ] || [ $s -eq 75 ]' - mailpipe.conf 2>log
	done
}

# notes: 6: bytes of every kind, in every place.
@test "AUTH: NUL in names, names of paths and formats, 8-bit bytes" {
	local name

	pop_host
	for name in '../x' 'a/b' '%u%s%n' '%s%s%s%s' '/etc/passwd' 'alice\n' \
	    '\377\376' 'x@' '@x' '~root' 'alice@example.org:x'; do
		echo "$name"
		auth_line "AUTH PLAIN $(plain "$name" s3cret)" '-ERR *'
		not grep -q messages= log
	done
	auth_line "AUTH PLAIN $(base64_of '\000alice\000s3cret\000x')" '-ERR *'
	auth_line "AUTH PLAIN $(base64_of '\000alice\000\000s3cret')" '-ERR *'
	for name in '../x' '%n%n' "$(printf 'a\tb')" "$(printf '\377')" \
	    "$(head -c 400 /dev/zero | tr '\0' x)"; do
		printf '%s\n' 'S: +OK *' "C: USER $name" 'S: +OK *' \
		    'C: PASS s3cret' 'S: -ERR [[]AUTH] *' |
		    cat - <(pop_quit) | pop
	done
}

@test "AUTH of 1 MB: one reply, and no more memory" {
	pop_host
	printf '%s\n' 'S: +OK *' 'C: AUTH PLAIN' 'S: + ' \
	    'C-REPEAT: 1048576 A' 'C-RAW: \r\n' 'S: -ERR the line is too long' \
	    'C-RAW: AUTH PLAIN\x20' 'C-REPEAT: 1048576 A' 'C-RAW: \r\n' \
	    'S: -ERR the line is too long' 'C: QUIT' 'S: +OK*' >script
	converse_with script "${MAILPIPE_BIN%/*}/tests/tool/measure" peak 60 \
	    pop3d-inetd -f mailpipe.conf
	read -r _ _ most <peak
	sanitized || [ "$most" -lt 12000 ]
}

@test "what is pipelined behind AUTH is not believed" {
	pop_host
	printf '%s\n' 'S: +OK *' \
	    "C-RAW: AUTH PLAIN $(plain alice s3cret)\\r\\nDELE 1\\r\\nQUIT\\r\\n" \
	    'S: -ERR something came behind AUTH' S-END | pop
	printf '%s\n' 'S: +OK *' 'C-RAW: AUTH LOGIN\r\nYWxpY2U=\r\n' \
	    'S: -ERR something *' S-END | pop
	[ -e alice/new/1.M1P1.mx ]
}

# Behind the reply to PASS they are carried out, or refused, in their turn.
@test "what is pipelined behind a wrong PASS" {
	pop_host
	printf '%s\n' 'S: +OK *' \
	    'C-RAW: USER alice\r\nPASS wrong\r\nSTAT\r\nDELE 1\r\nQUIT\r\n' \
	    'S: +OK *' 'S: -ERR [[]AUTH] *' 'S: -ERR *' 'S: -ERR *' 'S: +OK *' \
	    S-END | pop
	[ -e alice/new/1.M1P1.mx ]
}

@test "who may not log in: all alike" {
	local name

	pop_host
	echo "carol@example.org:!:$T/carol" >>users
	for name in alice carol nobody alice@example.net alice+x; do
		auth_line "AUTH PLAIN $(plain $name wrong)" \
		    '-ERR [[]AUTH] wrong name or password'
		contains log "auth failed user=$name client=local"
		printf '%s\n' 'S: +OK *' "C: USER $name" \
		    'S: +OK and the password?' 'C: PASS wrong' \
		    'S: -ERR [[]AUTH] wrong name or password' |
		    cat - <(pop_quit) | pop
		contains log "auth failed user=$name client=local"
	done
	auth_line "AUTH PLAIN $(base64_of 'bob\000alice\000s3cret')" '-ERR *'
	auth_line "AUTH PLAIN $(plain alice '')" '-ERR *'
	printf '%s\n' 'S: +OK *' 'C: USER alice' 'S: +OK *' 'C: PASS' \
	    'S: -ERR [[]AUTH] *' | cat - <(pop_quit) | pop
}

@test "each failure is answered later than the last, the third ends it" {
	pop_host
	{ echo 'S: +OK *'
	    printf '%s\n' 'C: USER alice' 'S: +OK *' 'C: PASS wrong' \
	    'S: -ERR [[]AUTH] *' "C: AUTH PLAIN $(plain alice wrong)" \
	    'S: -ERR [[]AUTH] *' 'C: USER alice' 'S: +OK *' 'C: PASS wrong' \
	    'S: -ERR [[]AUTH] too many *' S-END; } |
	    pop_with env ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" \
	    strace -o trace -f -e trace=nanosleep,clock_nanosleep,write,sendto \
	    pop3d-inetd -f mailpipe.conf
	sed -n 's/.*nanosleep.*{tv_sec=\([0-9]*\), tv_nsec=0}.*/\1/p
	    s/.*"-\(ERR\) .*/\1/p' trace >order
	same order <(printf '%s\n' 1 ERR 2 ERR 4 ERR)
	[ "$(grep -c 'auth failed user=alice client=local$' log)" -eq 3 ]
}

@test "STLS does not give more attempts" {
	pop_host
	printf '%s\n' 'S: +OK *' "C: AUTH PLAIN $(plain alice wrong)" \
	    'S: -ERR [[]AUTH] *' 'C: STLS' 'S: +OK *' TLS: \
	    "C: AUTH PLAIN $(plain alice wrong)" 'S: -ERR [[]AUTH] *' \
	    "C: AUTH PLAIN $(plain alice wrong)" 'S: -ERR [[]AUTH] too *' \
	    S-END | pop
}

@test "no secret in the log" {
	pop_host
	printf '%s\n' 'S: +OK *' 'C: AUTH LOGIN' 'S: + *' \
	    "C: $(base64_of alice)" 'S: + *' "C: $(base64_of wr0ng)" \
	    'S: -ERR *' "C: AUTH PLAIN $(plain alice wr0ng)" 'S: -ERR *' \
	    'C: USER alice' 'S: +OK *' 'C: PASS s3cret' 'S: +OK *' |
	    cat - <(pop_quit) | pop
	contains log '< AUTH ***'
	contains log '< PASS ***'
	contains log '> + ***'
	not grep -q -e s3cret -e wr0ng -e "$(base64_of wr0ng)" -e \
	    "$(plain alice wr0ng)" log
}

@test "fail2ban: who failed" {
	pop_host
	awk '/^failregex/ { sub(/^failregex *= */, ""); gsub(/\\e/, "\\"); print }' \
	    "$BATS_TEST_DIRNAME/../man/pop3d-inetd.8" >regex
	[ "$(wc -l <regex)" -eq 1 ]
	export TCPREMOTEIP=2001:db8::7
	for name in alice 'x client=192.0.2.9' \
	    'pop3d-inetd[1]: auth failed user=x client=192.0.2.9'; do
		printf '%s\n' 'S: +OK *' 'C: STLS' 'S: +OK *' TLS: \
		    "C: USER $name" 'S: +OK *' 'C: PASS wrong' 'S: -ERR *' |
		    cat - <(pop_quit) | pop
		cat log
	done >all
	sed 's/^/Nov 25 12:00:00 mx /' all >syslog
	fail2ban-regex --usedns=no -o '<ip>' syslog "$(cat regex)" >found
	same found <(yes 2001:db8::7 | head -n 3)
}

# notes: 7: nobody hears a secret in clear text, and nobody is told of a way.
@test "not in clear text from elsewhere" {
	pop_host
	export TCPREMOTEIP=192.0.2.1
	printf '%s\n' 'S: +OK *' 'C: CAPA' 'S: +OK *' 'S: UTF8 USER' \
	    'S: STLS' 'S: TOP' 'S: UIDL' 'S: PIPELINING' 'S: RESP-CODES' \
	    'S: AUTH-RESP-CODE' 'S: EXPIRE NEVER' 'S: IMPLEMENTATION *' \
	    'S: .' 'C: USER alice' 'S: -ERR [[]AUTH] not without TLS' \
	    'C: PASS s3cret' 'S: -ERR *' \
	    "C: AUTH PLAIN $(plain alice s3cret)" 'S: -ERR [[]AUTH] not *' \
	    'C: AUTH SCRAM-SHA-256' 'S: -ERR [[]AUTH] not *' 'C: STLS' \
	    'S: +OK *' TLS: 'C: USER alice' 'S: +OK *' 'C: PASS s3cret' \
	    'S: +OK 2 messages' | cat - <(pop_quit) | pop
	contains log 'client=192.0.2.1 user=alice@example.org messages=2'
}

@test "curl: PLAIN, LOGIN, EXTERNAL" {
	local m

	pop_host "Tls-Client-Ca: $T/ca.pem"
	certificate alice email:alice@example.org
	pop3d
	for m in PLAIN LOGIN; do
		expect 0 curl -sS --ssl-reqd --cacert ca.pem --login-options \
		    "AUTH=$m" -u alice@example.org:s3cret \
		    "pop3://localhost:$PORT/1"
		same out <(printf 'Subject: one\r\n\r\nfirst\r\n')
		expect_noted 67 curl -sS --ssl-reqd --cacert ca.pem \
		    --login-options "AUTH=$m" -u alice@example.org:wrong \
		    "pop3://localhost:$PORT/1"
	done
	expect 0 curl -sS --ssl-reqd --cacert ca.pem --cert alice.pem \
	    --key alice.key --login-options AUTH=EXTERNAL \
	    -u alice@example.org: "pop3://localhost:$PORT/1"
	same out <(printf 'Subject: one\r\n\r\nfirst\r\n')
}

# scram USER PASSWORD: how mpop ends.
scram()
{
	rm -rf mpop got
	mkdir -p mpop got/new got/cur got/tmp
	cat >mpop/rc <<-.
		account default
		host localhost
		port $PORT
		user $1
		passwordeval echo $2
		auth scram-sha-256
		tls on
		tls_starttls on
		tls_trust_file $T/ca.pem
		delivery maildir $T/got
		uidls_file $T/mpop/uidls
		keep on
	.
	timeout 60 mpop -C mpop/rc -q >out 2>err
}

@test "mpop: SCRAM-SHA-256" {
	pop_host
	pop3d -v
	scram alice@example.org s3cret
	[ "$(find got/new -type f | wc -l)" -eq 2 ]
	not scram alice@example.org wrong
	not scram nobody@example.org s3cret
	not scram bob@example.org s3cret
	[ "$(find got -type f | wc -l)" -eq 0 ]
	contains pop3d.log 'auth failed user=nobody@example.org client=127.0.0.1'
	not grep -q s3cret pop3d.log
}

# With the digest of the server's certificate, and with that of another.
@test "SCRAM-SHA-256-PLUS: nobody stands in between" {
	pop_host
	pop3d
	cat >plus.py <<-'.'
		import base64, hashlib, hmac, poplib, ssl, sys
		port, password, other = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
		h = lambda k, m: hmac.digest(k, m, 'sha256')
		p = poplib.POP3('localhost', port, timeout=20)
		p.stls(ssl.create_default_context(cafile='ca.pem'))
		data = hashlib.sha256(p.sock.getpeercert(True)).digest()
		data = bytes(32) if other else data
		gs2 = b'p=tls-server-end-point,,'
		first = b'n=alice@example.org,r=abc'
		b64 = lambda b: base64.b64encode(b).decode()
		say = lambda line: base64.b64decode(p._shortcmd(line)[2:])
		challenge = say('AUTH SCRAM-SHA-256-PLUS ' + b64(gs2 + first))
		a = dict(w.split('=', 1) for w in challenge.decode().split(','))
		salted = hashlib.pbkdf2_hmac('sha256', password.encode(),
		    base64.b64decode(a['s']), int(a['i']))
		key = h(salted, b'Client Key')
		final = ('c=%s,r=%s' % (b64(gs2 + data), a['r'])).encode()
		proof = h(hashlib.sha256(key).digest(),
		    b','.join((first, challenge, final)))
		proof = bytes(x ^ y for x, y in zip(proof, key))
		p._putcmd(b64(final + b',p=' + b64(proof).encode()))
		reply, _ = p._getline()
		if not reply.startswith(b'+ '):
		    sys.exit(reply.decode())
		want = h(h(salted, b'Server Key'),
		    b','.join((first, challenge, final)))
		assert base64.b64decode(reply[2:]) == b'v=' + b64(want).encode()
		print(p._shortcmd('').decode())
		p.quit()
	.
	expect 0 python3 plus.py "$PORT" s3cret
	same out <(echo '+OK 2 messages')
	expect_noted 1 python3 plus.py "$PORT" wrong
	contains err '-ERR [AUTH]'
	expect_noted 1 python3 plus.py "$PORT" s3cret other
	contains err '-ERR [AUTH]'
}

@test "EXTERNAL: the address that a verified certificate is for" {
	pop_host "Tls-Client-Ca: $T/ca.pem"
	echo "carol@example.org:!:$T/carol" >>users
	mkdir carol
	owned carol
	certificate alice email:alice@example.org
	certificate carol email:carol@example.org
	certificate none DNS:alice@example.org
	self_signed self email:alice@example.org
	external()
	{
		printf '%s\n' 'S: +OK *' 'C: STLS' 'S: +OK *' "TLS: cert=$1" \
		    "C: AUTH EXTERNAL $2" "S: $3" | cat - <(pop_quit) | pop
	}
	external alice = '+OK 2 messages'
	external alice "$(base64_of alice@example.org)" '+OK 2 messages'
	external alice "$(base64_of bob@example.org)" '-ERR [[]AUTH] *'
	external carol = '-ERR [[]AUTH] *'
	external none = '-ERR that mechanism *'
	external self = '-ERR that mechanism *'
	# Without the key nothing vouches for it.
	sed -i '/^Tls-Client-Ca/d' mailpipe.conf
	external alice = '-ERR that mechanism *'
}

bearer()
{
	base64_of "n,a=$1,\\001auth=Bearer $2\\001\\001"
}

token_program()
{
	cat >token.py <<-'.'
		import os, sys
		user, token, stamp, end = os.read(3, 9999).split(b'\0')
		if token == b'later':
		    sys.exit(111)
		if user != b'alice@example.org' or token != b't' * 2000:
		    sys.exit(1)
		os.environ['MAILDIR'] = os.path.dirname(os.path.abspath(
		    __file__)) + '/alice'
		os.environ['USER'] = 'alice'
		if os.getuid() == 0:
		    os.setgroups([])
		    os.setgid(64000)
		    os.setuid(64000)
		os.execvp(sys.argv[1], sys.argv[1:])
	.
	chmod 644 token.py
	LONG=$(head -c 2000 /dev/zero | tr '\0' t)
}

@test "Check-Token: OAUTHBEARER and XOAUTH2, for users of the file" {
	pop_host "Check-Token: python3 $T/token.py"
	token_program
	auth_line "AUTH OAUTHBEARER $(bearer alice@example.org "$LONG")" \
	    '+OK 2 messages'
	auth_line "AUTH XOAUTH2 $(base64_of "user=alice@example.org\\001auth=Bearer $LONG\\001\\001")" \
	    '+OK 2 messages'
	printf '%s\n' 'S: +OK *' \
	    "C: AUTH OAUTHBEARER $(bearer alice@example.org x)" 'S: + *' \
	    'C: AQ==' 'S: -ERR [[]AUTH] *' \
	    "C: AUTH OAUTHBEARER $(bearer alice@example.org later)" \
	    'S: -ERR [[]SYS/TEMP] *' | cat - <(pop_quit) | pop
	auth_line "AUTH PLAIN $(plain alice s3cret)" '+OK 2 messages'
	# Who has a token alone, and who is locked.
	for hash in '*' '!*'; do
		sed "s,^alice@example.org:[^:]*,alice@example.org:$hash," users >new
		chmod --reference users new
		mv new users
		auth_line "AUTH PLAIN $(plain alice s3cret)" '-ERR [[]AUTH] *'
		auth_line "AUTH OAUTHBEARER $(bearer alice@example.org "$LONG")" \
		    "$([ "$hash" = '*' ] && echo '+OK 2 *' || echo '-ERR [[]AUTH] *')"
	done
}

@test "Check-Token without Users: the program is the user" {
	pop_host "Check-Token: python3 $T/token.py"
	sed -i '/^Users/d' mailpipe.conf
	chmod 644 mailpipe.conf mx.pem
	token_program
	auth_line "AUTH OAUTHBEARER $(bearer alice@example.org "$LONG")" \
	    '+OK 2 messages'
	contains log 'client=local user=alice messages=2'
}

# A checkpassword program of somebody's own, which knows dora.
checkpassword_host()
{
	pop_host "Checkpassword: python3 $T/decide.py 'a b'"
	cat >decide.py <<-'.'
		import os, sys
		user, password, stamp, end = os.read(3, 513).split(b'\0')
		assert sys.argv[1] == 'a b' and not end
		if password == b'later':
		    sys.exit(111)
		if password == b'mute':
		    sys.exit(0)
		if password == b'chatty':
		    os.write(1, b'hello there\r\n')
		    sys.exit(0)
		if user != b'dora' or password != b'x':
		    sys.exit(1)
		os.environ['MAILDIR'] = os.path.dirname(os.path.abspath(
		    __file__)) + '/alice'
		os.environ['USER'] = 'dora'
		if os.getuid() == 0:
		    os.setgroups([])
		    os.setgid(64000)
		    os.setuid(64000)
		os.execvp(sys.argv[2], sys.argv[2:])
	.
	chmod 644 decide.py mailpipe.conf
}

@test "Checkpassword: another program decides, and is the user" {
	checkpassword_host
	printf '%s\n' 'S: +OK *' 'C-RAW: USER dora\r\nPASS x\r\nRETR 2\r\n' \
	    'S: +OK *' 'S: +OK 2 messages' 'S: +OK *' 'S: Subject: two' 'S: ' \
	    'S: ..second' 'S: .' 'C: DELE 1' 'S: +OK *' |
	    cat - <(pop_quit) | pop
	contains log 'client=local user=dora messages=2'
	[ ! -e alice/new/1.M1P1.mx ]
	printf '%s\n' 'S: +OK *' 'C: STLS' 'S: +OK *' TLS: \
	    "C: AUTH PLAIN $(plain dora x)" 'S: +OK 1 messages' |
	    cat - <(pop_quit) | pop
	auth_line "AUTH PLAIN $(plain alice s3cret)" '-ERR [[]AUTH] *'
	auth_line "AUTH PLAIN $(plain dora later)" '-ERR [[]SYS/TEMP] *'
	contains log 'user=dora not checked: '
	auth_line "AUTH PLAIN $(plain dora mute)" '-ERR [[]SYS/TEMP] *'
	auth_line "AUTH PLAIN $(plain dora chatty)" '-ERR [[]SYS/TEMP] *'
	auth_line "AUTH PLAIN $(plain dora "$(head -c 600 /dev/zero | tr '\0' x)")" \
	    '-ERR [[]AUTH] *'
	auth_line 'AUTH SCRAM-SHA-256' '-ERR that mechanism *'
}

@test "Checkpassword: the mailbox that cannot be opened" {
	checkpassword_host
	pop3d
	dial
	pop_heard '+OK *'
	say 'USER dora\r\nPASS x\r\n'
	pop_heard '+OK *'
	pop_heard '+OK 2 messages'
	printf '%s\n' 'S: +OK *' 'C: USER dora' 'S: +OK *' 'C: PASS x' \
	    'S: -ERR [[]IN-USE] *' S-END | pop
}

@test "Checkpassword: mail-checkpw, with the configuration of -f" {
	pop_host "Checkpassword: mail-checkpw"
	chmod 644 mailpipe.conf
	auth_line "AUTH PLAIN $(plain alice s3cret)" '+OK 2 messages'
	auth_line "AUTH PLAIN $(plain alice wrong)" '-ERR [[]AUTH] *'
}

# Without a word of configuration.
@test "the machine's users, by PAM" {
	needs_root
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	echo 'Domains: example.org' >mailpipe.conf
	chmod 644 mailpipe.conf
	printf '%s\n' 'S: +OK *' 'C: CAPA' 'S: +OK *' 'S: USER' \
	    'S: SASL PLAIN LOGIN' 'S: UTF8 USER' 'S: TOP' 'S: UIDL' \
	    'S: PIPELINING' 'S: RESP-CODES' 'S: AUTH-RESP-CODE' \
	    'S: EXPIRE NEVER' 'S: IMPLEMENTATION *' 'S: .' 'C: USER root' \
	    'S: +OK *' 'C: PASS pam' 'S: -ERR [[]AUTH] *' 'C: USER paul' \
	    'S: +OK *' 'C: PASS pam' 'S: +OK 0 messages' |
	    cat - <(pop_quit) >script
	as_machine timeout -k 5 60 python3 "$TESTS/peer/client.py" -x script \
	    pop3d-inetd -f "$T/mailpipe.conf" 2>log || { show log; false; }
	contains log 'client=local user=paul messages=0'
	contains log 'auth failed user=root client=local'
}

# It is the part that has the users file that counts.
@test "no session may ask for ever who somebody is" {
	pop_host "Checkpassword: sh -c 'echo >>$T/asked; exit 111' sh"
	{
		echo 'S: +OK *'
		for n in $(seq 25); do
			printf '%s\n' "C: AUTH PLAIN $(plain alice x)" \
			    'S: -ERR [[]SYS/TEMP] *'
		done
		pop_quit
	} | pop
	[ "$(wc -l <asked)" -eq 20 ]
	contains log 'not checked: too many attempts to log in'
}

@test "the part that talks to the network does not open the users file" {
	needs_root
	pop_host
	{ pop_login; pop_quit; } | pop_with \
	    env ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" \
	    strace -o trace -f -e trace=openat,setuid,execve \
	    pop3d-inetd -f "$T/mailpipe.conf"
	awk -v users="\"$T/users\"" -v mail="\"$T/alice" \
	    '/setuid\(65534\)/ { net[$1] = 1 }
	    /setuid\(64000\)/ { user[$1] = 1 }
	    index($0, users) { n++; if ($1 in net) bad = 1 }
	    index($0, mail) { m++; if (!($1 in user)) bad = 1 }
	    END { exit bad || n == 0 || m == 0 }' trace
	# No program is run where the users file decides.
	[ "$(grep -c execve trace)" -eq 1 ]
}
