# SPDX-License-Identifier: ISC
#
# Cases of tests/bench/run: MIME: packed, unpacked and listed.

bench_mime()
{
	mib=$((256 / scale))
	dd if=/dev/urandom of=big bs=1M count="$mib" 2>/dev/null
	measure 'exec mime-pack -f a@example.org -t b@example.org -T \
	    application/octet-stream -a big </dev/null >message'
	row "mime-pack, $mib MiB attached" "$(rate $mib)" MiB/s "$cpu" "$peak"
	mkdir parts
	measure 'exec mime-unpack -d parts message >/dev/null'
	row "mime-unpack -d, $mib MiB attached" "$(rate $mib)" MiB/s "$cpu" "$peak"
	cmp big parts/big
	measure 'exec mime-ls message >parts/list'
	row "mime-ls, $mib MiB attached" "$(rate $mib)" MiB/s "$cpu" "$peak"
	rm -rf big message parts
	bench_mime_text "$mib" 7-bit 'own way.'
	bench_mime_text "$mib" 8-bit 'fa\303\247on.'
}

# A body of that many MiB, of short lines; every third ends as given.
bench_mime_text()
{
	yes "$(printf "Happy families are\nalike, each unhappy one\n$3")" |
	    head -c $(($1 * 1048576)) >text
	measure 'exec mime-pack -f a@example.org -t b@example.org text >message'
	row "mime-pack, $1 MiB of $2 text" "$(rate "$1")" MiB/s "$cpu" "$peak"
	mkdir parts
	measure 'exec mime-unpack -d parts message >/dev/null'
	row "mime-unpack -d, $1 MiB of $2 text" "$(rate "$1")" MiB/s "$cpu" \
	    "$peak"
	rm -rf text message parts
}
