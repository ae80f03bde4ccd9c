# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Messages of the queue, written without its programs: mailpipe-queue(5).
#
#	spooled NAME < message		writes $T/NAME, which $FIELDS (lines of the
#					envelope, each with its LF) and $TO (lines
#					of recipients, bob@example.org without
#					that) go into; from $FROM, or alice
#	queue_send URL [option ...] < lines
#					smtp-send -Q, with its results in $T/out,
#					and $T/classes: number and class of each

spooled()
{
	local text=$T/.text to

	cat >"$text"
	{
		printf 'Size: %020d\n' "$(wc -c <"$text")"
		printf 'Id: %s\nArrival: 1700000000\n' \
		    "$(printf '%s' "$1" | md5sum | cut -c 1-16)"
		echo "Sender: ${FROM-alice@example.org}"
		printf '%s' "${FIELDS-}"
		while read -r to; do
			echo "Recipient: $to"
		done <<<"${TO-bob@example.org}"
		echo
		cat "$text"
	} >"$T/$1"
}

queue_send()
{
	local url=$1

	shift
	expect 0 smtp-send -Q "$@" "$url" || return 1
	cut -f 2,3 out | tr '\t' ' ' >classes
}
