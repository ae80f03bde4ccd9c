#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What smtpd-inetd agrees to in TLS, and what not, as those look at it who
# examine servers: from outside, behind STARTTLS and with -T.  Where a probe is
# to fail, it is shown that it does not where it may.

load helper
load smtpd
load tls

# Certificates by ECDSA and by RSA, and two servers: $STARTTLS and $TLS are
# their ports.
both_kinds()
{
	self_signed rsa DNS:mx.example.org rsa
	tls_host "$@"
	printf '%s\n' "Tls-Certificate: $T/rsa.pem" "Tls-Key: $T/rsa.key" \
	    >>mailpipe.conf
	smtpd
	STARTTLS=$PORT
	TLS=$(free_port)
	start tls systemd-socket-activate -l "127.0.0.1:$TLS" \
	    -E MAILPIPE_TEST -E TZ -E ASAN_OPTIONS -E UBSAN_OPTIONS \
	    "$MAILPIPE_BIN/smtpd-inetd" -T -f "$T/mailpipe.conf"
	wait_for 10 listening "$TLS"
}

# A server that agrees to everything that this OpenSSL has: $ANY.
any_server()
{
	ANY=$(free_port)
	start any openssl s_server -accept "127.0.0.1:$ANY" -cert rsa.pem \
	    -key rsa.key -dcert mx.pem -dkey mx.key \
	    -cipher ALL:COMPLEMENTOFALL@SECLEVEL=0 "${@:--quiet}"
	wait_for 10 listening "$ANY"
}

# probe KIND option ...: s_client with "starttls", "tls" or "any"; 0 where there
# was a handshake.
probe()
{
	local kind=$1

	shift
	case $kind in
	starttls) PORT=$STARTTLS; s_client -starttls smtp "$@" || : ;;
	tls) PORT=$TLS; s_client "$@" || : ;;
	any) PORT=$ANY; s_client "$@" || : ;;
	esac
	grep -q '^\(New\|Reused\), [TS].* Cipher is [A-Z]' out && not grep -q ':error:' out
}

# hello KIND [key=value ...]: peer/hello.py.
hello()
{
	local kind=$1 port=$TLS

	shift
	if [ "$kind" = starttls ]; then
		port=$STARTTLS
		set -- starttls=1 "$@"
	fi
	timeout 60 python3 "$TESTS/peer/hello.py" "$port" "$@" 3>&-
}

@test "SSLv3, TLS 1.0 and TLS 1.1: refused" {
	local kind v

	both_kinds
	any_server
	for v in 1 1_1; do
		probe any -tls$v -cipher DEFAULT@SECLEVEL=0
		for kind in starttls tls; do
			not probe $kind -tls$v -cipher DEFAULT@SECLEVEL=0
			grep -q 'alert protocol version' out
		done
	done
	for kind in starttls tls; do
		probe $kind -tls1_2
		probe $kind -tls1_3
		[ "$(hello $kind | cut -d ' ' -f 1-2)" = 'hello 0303' ]
		for v in 0200 0301 0302; do
			[ "$(hello $kind version=$v)" = 'alert 70' ]
		done
		# It has no other word for it.
		[ "$(hello $kind version=0300)" = 'alert 40' ]
		# A client that was led to less than we both can (RFC 7507).
		[ "$(hello $kind suites=c02b,c02f,5600)" = 'alert 86' ]
	done
}

# Those that a probe has agreed to, of the list, each tried alone.
agreed()
{
	local kind=$1 cipher

	shift
	for cipher; do
		! probe "$kind" -tls1_2 \
		    -cipher "$cipher:@SECLEVEL=0" || echo "$cipher"
	done
}

# The same of a server that has few: all of the list are offered, then all but
# the one that it chose, until it wants none of those that are left.
chosen()
{
	local kind=$1 cipher list

	shift
	list=:$(IFS=: && echo "$*"):
	while probe "$kind" -tls1_2 -cipher "${list:1}@SECLEVEL=0"; do
		cipher=$(sed -n 's/^New, .* Cipher is //p' out)
		echo "$cipher"
		[[ $list = *:$cipher:* ]] || return 1
		list=${list/:$cipher:/:}
	done
	grep -q 'alert handshake failure' out
}

@test "TLS 1.2: AEAD with forward secrecy, and no other cipher" {
	local all kind

	both_kinds
	any_server
	all=$(openssl ciphers -s -tls1_2 ALL:COMPLEMENTOFALL@SECLEVEL=0 |
	    tr : ' ')
	# shellcheck disable=SC2086 # a list
	agreed any $all | sort >any
	# shellcheck disable=SC2086
	for kind in starttls tls; do
		chosen $kind $all >out.$kind
		sort -o $kind out.$kind
	done
	# The probe finds all that there is to refuse.
	for cipher in ADH-AES128-GCM-SHA256 AECDH-NULL-SHA AES128-GCM-SHA256 \
	    AES128-SHA CAMELLIA128-SHA DHE-RSA-AES128-SHA ECDHE-ECDSA-NULL-SHA \
	    ECDHE-RSA-AES128-SHA ECDHE-RSA-AES256-SHA384 NULL-MD5; do
		contains any "$cipher"
	done
	printf 'ECDHE-%s\n' ECDSA-AES128-GCM-SHA256 ECDSA-AES256-GCM-SHA384 \
	    ECDSA-CHACHA20-POLY1305 RSA-AES128-GCM-SHA256 \
	    RSA-AES256-GCM-SHA384 RSA-CHACHA20-POLY1305 >want
	same starttls want
	same tls want
}

@test "RC4, DES, 3DES, EXPORT, NULL, anonymous ones: not known any more" {
	local kind suites

	both_kinds
	for kind in starttls tls; do
		for suites in 4,5,c007,c011 9,15 a,16,c008,c012 3,6,8,b,11,14 \
		    1,2,3b,c006,c010 18,34,a6,c015,c018 7,96 8a,8c,a8; do
			[ "$(hello $kind suites=$suites)" = 'alert 40' ]
		done
		[ "$(hello $kind suites=c02f)" = 'hello 0303 c02f 0 000b' ]
	done
}

@test "TLS 1.3: the ciphers of RFC 8446 but those with a short tag" {
	local cipher kind

	both_kinds
	for kind in starttls tls; do
		for cipher in AES_256_GCM_SHA384 AES_128_GCM_SHA256 \
		    CHACHA20_POLY1305_SHA256; do
			probe $kind -tls1_3 -ciphersuites "TLS_$cipher"
			contains out "New, TLSv1.3, Cipher is TLS_$cipher"
		done
		for cipher in AES_128_CCM_SHA256 AES_128_CCM_8_SHA256; do
			not probe $kind -tls1_3 -ciphersuites "TLS_$cipher"
		done
	done
}

@test "curves: none below 128 bits" {
	local group kind

	both_kinds
	any_server -quiet -curves P-192:P-224
	probe any -tls1_2 -curves P-192 -cipher ALL@SECLEVEL=0
	contains out 'Server Temp Key: ECDH, prime192v1'
	for kind in starttls tls; do
		for group in 1,2,3 f,10,11,12 13 14,15 16,9,a; do
			[ "$(hello $kind groups=$group)" = 'alert 40' ]
		done
		for group in X25519 P-256 P-384; do
			probe $kind -tls1_2 -curves $group
			probe $kind -tls1_3 -curves $group
		done
		for group in P-192 P-224; do
			not probe $kind -curves $group -cipher ALL@SECLEVEL=0
		done
	done
}

@test "the server's order of ciphers counts" {
	local kind

	both_kinds
	for kind in starttls tls; do
		for suites in c02f,c030,c02b,c02c c02b,c02c,c02f,c030; do
			[ "$(hello $kind suites=$suites)" = \
			    'hello 0303 c02c 0 000b' ]
		done
		probe $kind -tls1_2 -cipher \
		    ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384
		contains out 'Cipher is ECDHE-RSA-AES256-GCM-SHA384'
	done
}

@test "no compression, no heartbeats; renegotiation, if any, would be secure" {
	local kind

	both_kinds
	for kind in starttls tls; do
		[ "$(hello $kind compression=1,40,0)" = 'hello 0303 c02b 0 000b' ]
		[ "$(hello $kind extensions=f)" = 'hello 0303 c02b 0 000b' ]
		[ "$(hello $kind suites=c02f,ff)" = \
		    'hello 0303 c02f 0 ff01,000b' ]
		# RFC 7627: the extended master secret.
		[ "$(hello $kind extensions=17)" = \
		    'hello 0303 c02b 0 000b,0017' ]
		probe $kind -tls1_2
		contains out 'Secure Renegotiation IS supported'
		contains out 'Compression: NONE'
		probe $kind -tls1_3
		contains out 'Early data was not sent'
		not grep -q 'Max Early Data: [1-9]' out
	done
}

# Begins a session with the port and the options, asks to renegotiate, and looks
# at what is said until the pattern is.
renegotiates()
{
	local pattern=$1 port=$2 pid

	shift 2
	rm -f commands
	mkfifo commands
	timeout 60 openssl s_client -tls1_2 -connect "127.0.0.1:$port" "$@" \
	    <commands >said 2>&1 3>&- &
	pid=$!
	exec 6>commands
	wait_for 20 grep -q 'Verify return code' said
	# What comes in the middle of it would be no answer to it.
	[ "$port" != "$TLS" ] || wait_for 20 grep -q '^220 ' said
	# On a line alone it is for s_client.
	printf 'R\n' >&6
	wait_for 20 grep -q RENEGOTIATING said
	wait_for 20 grep -q -e "$pattern" said || { show said; return 1; }
	exec 6>&-
	wait $pid || :
}

@test "a client that begins to renegotiate is refused" {
	both_kinds
	any_server -www -client_renegotiation
	renegotiates 'verify return:1' "$ANY"
	sed '1,/RENEGOTIATING/d' said | grep 'verify return:1'
	renegotiates ':no renegotiation:' "$STARTTLS" -starttls smtp
	renegotiates ':no renegotiation:' "$TLS"
}

@test "ALPN: who speaks something else is refused" {
	local kind

	both_kinds
	for kind in starttls tls; do
		not probe $kind -alpn http/1.1,h2
		contains out 'alert no application protocol'
		not probe $kind -alpn imap
		probe $kind -alpn smtp
		probe $kind
	done
}

# The subject of the certificate that is shown.
subject()
{
	probe "$@"
	sed -n 's/^subject=CN = //p' out
}

@test "the certificate: by what the client can, whatever name it asks for" {
	local kind

	both_kinds
	for kind in starttls tls; do
		[ "$(subject $kind -tls1_2)" = mx ]
		[ "$(subject $kind -tls1_2 -cipher aRSA)" = rsa ]
		[ "$(subject $kind -tls1_2 -cipher aECDSA)" = mx ]
		[ "$(subject $kind -tls1_3 -sigalgs rsa_pss_rsae_sha256)" = rsa ]
		[ "$(subject $kind -tls1_3 -sigalgs ecdsa_secp256r1_sha256)" = mx ]
		[ "$(subject $kind -servername unknown.example)" = mx ]
		[ "$(subject $kind -noservername)" = mx ]
		# SHA-1 alone is no way to sign.
		not probe $kind -tls1_2 -sigalgs RSA+SHA1:ECDSA+SHA1 \
		    -cipher ALL@SECLEVEL=0
	done
}

# 0 where the second of two sessions goes on with the first.
goes_on()
{
	rm -f session
	probe "$@" -sess_out session || return 1
	continues "$@"
}

continues()
{
	probe "$@" -sess_in session
	grep -q '^Reused' out
}

@test "sessions go on in other processes of a listener" {
	local kind v

	both_kinds
	for kind in starttls tls; do
		for v in 1_2 1_3; do
			goes_on $kind -tls$v
		done
	done
}

# By so many seconds.
age_tickets()
{
	awk -v by="$1" '{ print $1 - by, $2 }' tickets >older
	cat older >tickets
}

@test "Tls-Tickets: processes of their own; a key is used for 12 hours" {
	local v

	tls_host "Tls-Tickets: $T/tickets"
	STARTTLS=$(free_port)
	start smtpd systemd-socket-activate --accept --inetd \
	    -l "127.0.0.1:$STARTTLS" -E MAILPIPE_TEST -E ASAN_OPTIONS \
	    "$MAILPIPE_BIN/smtpd-inetd" -f "$T/mailpipe.conf"
	wait_for 10 listening "$STARTTLS"
	for v in 1_2 1_3; do
		rm -f tickets
		goes_on starttls -tls$v
		# It opens what it closed for 12 hours more.
		cp tickets first
		age_tickets 43201
		continues starttls -tls$v
		not same first tickets
		[ "$(cut -d ' ' -f 2 first | head -n 1)" = \
		    "$(cut -d ' ' -f 2 tickets | tail -n 1)" ]
		age_tickets 43201
		not continues starttls -tls$v
		contains out "New, TLSv${v/_/.}"
	done
}
