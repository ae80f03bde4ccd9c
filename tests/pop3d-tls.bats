#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3d-inetd: TLS, by STLS (RFC 2595) and from the first byte (RFC 8314).

load helper
load smtpd
load tls
load submission
load pop3d

@test "STLS: what was said before is forgotten" {
	pop_host
	printf '%s\n' 'S: +OK *' 'C: UTF8' 'S: +OK' 'C: USER alice' 'S: +OK *' \
	    'C: STLS' 'S: +OK *' TLS: 'C: PASS s3cret' 'S: -ERR USER *' \
	    'C: STLS' 'S: -ERR this is TLS already' 'C: CAPA' 'S: +OK *' \
	    'S: USER' 'S: SASL SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN' \
	    'S: UTF8 USER' 'S: TOP' 'S: UIDL' 'S: PIPELINING' \
	    'S: RESP-CODES' 'S: AUTH-RESP-CODE' 'S: EXPIRE NEVER' \
	    'S: IMPLEMENTATION *' 'S: .' 'C: USER alice' 'S: +OK *' \
	    'C: PASS s3cret' 'S: +OK 2 messages' 'C: STLS' 'S: -ERR *' |
	    cat - <(pop_quit) | pop
	not grep -q utf8 log
}

# notes: 1: one segment, or the command cut in two.
@test "what is pipelined behind STLS ends the session" {
	pop_host
	printf '%s\n' 'S: +OK *' 'C-RAW: STLS\r\nCAPA\r\n' \
	    'S: -ERR something came behind STLS' S-END | pop
	printf '%s\n' 'S: +OK *' 'C-RAW: STLS\r\nUSER al' \
	    'S: -ERR something came behind STLS' S-END | pop
	printf '%s\n' 'S: +OK *' 'C-RAW: ST' 'PAUSE: 50' \
	    'C-RAW: LS\r\nUSER alice\r\nPASS s3cret\r\nDELE 1\r\nQUIT\r\n' \
	    'S: -ERR something came behind STLS' S-END | pop
	[ -e alice/new/1.M1P1.mx ]
}

@test "without a certificate STLS is not offered" {
	pop_host
	sed -i '/^Tls-/d' mailpipe.conf
	pop_line STLS '-ERR TLS is not offered'
}

@test "-T: TLS from the first byte, and nothing else" {
	pop_host
	{ echo TLS:; pop_login; pop_quit; } | pop -T
	contains log '* TLSv1.3'
	printf '%s\n' 'C: CAPA' S-SKIP 'STATUS: 75' | pop -T
	contains log 'no TLS: '
	printf '%s\n' 'TLS: max=1_2' 'S: +OK *' | cat - <(pop_quit) | pop -T
	contains log '* TLSv1.2'
}

@test "ALPN: pop3 alone" {
	pop_host
	{ echo 'TLS: alpn=pop3'; echo 'S: +OK *'; pop_quit; } | pop -T
	printf '%s\n' 'TLS-FAIL: alpn=imap,http/1.1' 'STATUS: 75' | pop -T
	printf '%s\n' 'TLS-FAIL: alpn=smtp' 'STATUS: 75' | pop -T
}

# Through the process that is the TLS end, in both directions.
@test "a large message comes as it is, and a slow reader gets all of it" {
	pop_host
	python3 - >alice/new/3.M1P1.mx <<-'.'
		import random
		random.seed(1)
		print('Subject: large\n')
		for n in range(40000):
		    print('.' * (n % 3) + '%x' % random.getrandbits(400))
	.
	owned alice
	PORT=$(free_port)
	start pop3d systemd-socket-activate -l "127.0.0.1:$PORT" \
	    "$MAILPIPE_BIN/pop3d-inetd" -T -f "$T/mailpipe.conf"
	wait_for 10 listening "$PORT"
	expect 0 curl -sS --cacert ca.pem -u alice:s3cret \
	    "pop3s://localhost:$PORT/3"
	sed 's/$/\r/' alice/new/3.M1P1.mx >want 2>/dev/null ||
	    sed 's/$/\r/' alice/cur/3.M1P1.mx* >want
	same out want
	expect 0 curl -sS --limit-rate 2M --cacert ca.pem -u alice:s3cret \
	    "pop3s://localhost:$PORT/3"
	same out want
}

# notes: 14: no connection that breaks deletes anything.
@test "TLS that is cut, and TLS that ends, delete nothing" {
	pop_host
	{ echo TLS:; pop_login; printf '%s\n' 'C: DELE 1' 'S: +OK *' \
	    RESET; } >script
	converse_with script sh -c 'pop3d-inetd -T -f "$1"; s=$?
	    [ $s -eq 0 ] || [ $s -eq 75 ]' - mailpipe.conf 2>log
	[ -e alice/new/1.M1P1.mx ]
	# What comes in clear text behind the end of TLS is not read.
	{ echo TLS:; pop_login; printf '%s\n' 'C: DELE 1' 'S: +OK *' \
	    'TLS-END: QUIT\r\n' S-SKIP; } | pop -T
	[ -e alice/new/1.M1P1.mx ]
	contains log 'deleted=0 closed without QUIT'
}

# The client has said all that it has to say, and hears all replies.
@test "a half-closed connection, in clear text and through the relay" {
	pop_host
	printf '%s\n' 'S: +OK *' \
	    'C-RAW: USER alice\r\nPASS s3cret\r\nRETR 1\r\nDELE 1\r\n' SHUT \
	    'S: +OK *' 'S: +OK 2 *' 'S: +OK *' 'S: Subject: one' 'S: ' \
	    'S: first' 'S: .' 'S: +OK *' S-END | pop
	[ -e alice/new/1.M1P1.mx ] || [ -e alice/cur/1.M1P1.mx:2,S ]
	contains log 'deleted=0 closed without QUIT'
}

@test "a handshake that does not come is given up" {
	pop_host 'Pop3-Idle-Timeout: 1'
	printf '%s\n' S-END 'STATUS: 75' | pop -T
	contains log 'no TLS: '
	printf '%s\n' 'S: +OK *' 'C: STLS' 'S: +OK *' S-END 'STATUS: 75' | pop
	contains log 'no TLS: '
}
