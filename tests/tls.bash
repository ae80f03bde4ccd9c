# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What the bats files of TLS share, on top of helper.bash and smtpd.bash:
#
#	certificate NAME SAN [option ...]	NAME.pem and NAME.key by the
#					authority ca.pem, for the names in SAN
#					(DNS:a,IP:b; or an extension in full);
#					options go to "openssl x509"
#	self_signed NAME SAN [kind]	the same without an authority; kind is
#					ec or rsa
#	tls_host [line ...]		mail_host with the certificate "mx" for
#					mx.example.org, localhost and 127.0.0.1,
#					and lines for the configuration
#	s_client command ...		openssl s_client on $PORT; what it says
#					is in $T/out

authority()
{
	[ ! -e "$T/ca.pem" ] || return 0
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$T/ca.key" -out "$T/ca.pem" -subj '/CN=test authority' \
	    -days 30 2>"$T/.openssl" || { show "$T/.openssl"; return 1; }
}

certificate()
{
	local name=$1 san=$2

	shift 2
	authority || return 1
	case $san in
	*=*) ;;
	*) san=subjectAltName=$san ;;
	esac
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$T/$name.key" -out "$T/$name.csr" -subj "/CN=$name" \
	    2>"$T/.openssl" &&
	    openssl x509 -req -in "$T/$name.csr" -CA "$T/ca.pem" \
	    -CAkey "$T/ca.key" -CAcreateserial -out "$T/$name.pem" -days 30 \
	    -extfile <(echo "$san") "$@" 2>>"$T/.openssl" && return 0
	show "$T/.openssl"
	return 1
}

self_signed()
{
	local kind='ec -pkeyopt ec_paramgen_curve:P-256'

	[ "${3:-ec}" = ec ] || kind='rsa -pkeyopt rsa_keygen_bits:2048'
	# shellcheck disable=SC2086 # several words
	openssl req -x509 -newkey $kind -nodes -keyout "$T/$1.key" \
	    -out "$T/$1.pem" -subj "/CN=$1" -addext "subjectAltName=$2" \
	    -days 30 2>"$T/.openssl" && return 0
	show "$T/.openssl"
	return 1
}

tls_host()
{
	certificate mx DNS:mx.example.org,DNS:localhost,IP:127.0.0.1 ||
	    return 1
	[ -e "$T/mailpipe.conf" ] || mail_host
	printf '%s\n' "Tls-Certificate: $T/mx.pem" "Tls-Key: $T/mx.key" "$@" \
	    >>"$T/mailpipe.conf"
}

s_client()
{
	printf 'QUIT\n' | timeout -k 5 30 openssl s_client -crlf -ign_eof \
	    -connect "127.0.0.1:$PORT" "$@" >"$T/out" 2>&1 3>&-
}
