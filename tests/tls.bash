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

# made_once KEY FILE ... -- command ...: the command makes the files, in $T.  The
# first test of a run that wants what has this key keeps it for the others, as a
# pair of keys costs more than what most tests do with it; who has such files
# already wants others.
made_once()
{
	local key=${1//\//_} files=() kept

	shift
	while [ "$1" != -- ]; do
		files+=("$1")
		shift
	done
	shift
	kept=${TESTS_KEPT:=$BATS_RUN_TMPDIR/kept}/$key
	if [ -d "$kept" ] && [ ! -e "$T/${files[0]}" ]; then
		cp "$kept"/* "$T"
		return
	fi
	if ! (cd "$T" && "$@") 2>"$T/.openssl"; then
		show "$T/.openssl"
		return 1
	fi
	# No name of a file has more octets, and another may have been first.
	[ "${#key}" -le 255 ] && [ ! -d "$kept" ] || return 0
	mkdir -p "$TESTS_KEPT" "$T/.kept" && (cd "$T" && cp "${files[@]}" .kept) &&
	    { mv -T "$T/.kept" "$kept" 2>/dev/null || rm -r "$T/.kept"; }
}

authority()
{
	[ ! -e "$T/ca.pem" ] || return 0
	made_once authority ca.pem ca.key -- \
	    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout ca.key -out ca.pem -subj '/CN=test authority' -days 30
}

issued()
{
	local name=$1 extension=$2

	shift 2
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$name.key" -out "$name.csr" -subj "/CN=$name" &&
	    openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key \
	    -CAcreateserial -out "$name.pem" -days 30 \
	    -extfile <(echo "$extension") "$@"
}

certificate()
{
	local name=$1 san=$2 by

	shift 2
	authority || return 1
	# The line with its serial number, as a test may put another one there.
	{ read -r by && read -r by; } <"$T/ca.pem"
	case $san in
	*=*) ;;
	*) san=subjectAltName=$san ;;
	esac
	made_once "$name $san $* $by" "$name.pem" "$name.key" -- \
	    issued "$name" "$san" "$@"
}

self_signed()
{
	local kind='ec -pkeyopt ec_paramgen_curve:P-256'

	[ "${3:-ec}" = ec ] || kind='rsa -pkeyopt rsa_keygen_bits:2048'
	# shellcheck disable=SC2086 # several words
	made_once "self $*" "$1.pem" "$1.key" -- \
	    openssl req -x509 -newkey $kind -nodes -keyout "$1.key" \
	    -out "$1.pem" -subj "/CN=$1" -addext "subjectAltName=$2" -days 30
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
