# SPDX-License-Identifier: ISC
#
# Authentication with a real peer: GNU SASL on the other side, in each role.

load helper

# sasl SIDE MECHANISM PEER-SECRET [TYPE DATA]: ours is that side, and has
# $secret; both have the channel binding.
secret='s3cret ,=p\ü'
sasl()
{
	local side=$1 mechanism=$2 theirs=$3

	shift 3
	timeout -k 5 60 python3 "$TESTS/peer/sasl.py" \
	    "${MAILPIPE_BIN%/*}/tests/tool/sasl" "$side" "$mechanism" \
	    'tim=,o@example.org' "$secret" "$theirs" "$@" >"$T/out" \
	    2>"$T/err" 3>&-
}

# talked "ours N gsasl N": how it ended.
talked()
{
	[ "$(cat "$T/out")" = "$1" ] && return 0
	show "$T/out" "$T/err"
	return 1
}

@test "our client logs in to gsasl by every mechanism" {
	local m

	for m in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256; do
		echo "$m"
		sasl client $m "$secret"
		talked "ours 0 gsasl 0"
		sasl client $m wrong
		grep -q 'gsasl 1$' out
		contains err 'Error authenticating user'
	done
}

@test "gsasl logs in to our server by every mechanism" {
	local m

	for m in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256; do
		echo "$m"
		sasl server $m "$secret"
		talked "ours 0 gsasl 0"
		sasl server $m wrong
		grep -q '^ours 77 ' out
		contains err 'tim=,o@example.org: wrong password'
	done
}

@test "SCRAM-SHA-256-PLUS binds to the channel of both" {
	local side

	for side in client server; do
		sasl $side SCRAM-SHA-256-PLUS "$secret" tls-exporter 'x,\y=z'
		talked "ours 0 gsasl 0"
		sasl $side SCRAM-SHA-256-PLUS wrong tls-exporter 'x,\y=z'
		grep -q 'gsasl 1$' out
	done
}

# The text form of verifiers, but for its frame, is gsasl's.
@test "gsasl derives the same verifier" {
	gsasl -k -m SCRAM-SHA-256 -p pencil --iteration-count=4096 \
	    --salt=W22ZaJ0SNY7soEsUEjb6gQ== >out
	contains out 'W22ZaJ0SNY7soEsUEjb6gQ==,WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU='
}
