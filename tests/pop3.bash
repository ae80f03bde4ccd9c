# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What the bats files of POP3 share, on top of helper.bash:
#
#	letters DIR [NUMBER ...] messages that are hard to get right, as files of
#				these names in DIR; 1 to 8 without numbers
#	misbehaving [OPTION ...] a server that peer/pop3.py describes, with the
#				messages of $T/remote; sets $PORT and $URL.
#				What was said is in $T/remote.said
#	well_behaved		the client did nothing wrong with it
#	fetch STATUS [argument ...] pop3-fetch from the server at $URL, with the
#				password of $T/password; options, and "-", come
#				first

# 1 and 9 are plain, 2 has lines of dots, 3 no line end at its end, 4 no text, 5
# dots in its first line and no header, 6 CRs, 7 bytes that are no text, 8 a
# long line.
letters()
{
	mkdir -p "$1"
	python3 -S - "$@" <<-'.'
		import sys
		head = b'From: a@example.net\nSubject: %s\n'
		row = [
		    head % b'plain' + b'Date: Thu, 1 Jan 2026 00:00:00 +0000\n'
		        b'Message-ID: <1@example.net>\n\nOne line.\n',
		    head % b'dots' + b'\n.\n..\n...\n.x\nx.\n.\n',
		    head % b'no line end' + b'\nFrom here on.\n\nthe end',
		    head % b'no text' + b'\n',
		    b'..dots in front\n.and no header\n',
		    head % b'bare CR' + b'\na\rb\r\rc\n\r.\rx\n\rend\n',
		    head % b'bytes' + b'\n' + bytes(range(128, 256)) + b'\n',
		    head % b'long' + b'\n' + b'.' + b'x' * 100000 + b'\n',
		    head % b'plain, too' + b'\nAnother line.\n',
		]
		for i in map(int, sys.argv[2:] or range(1, 9)):
		    with open(f'{sys.argv[1]}/{i}', 'wb') as f:
		        f.write(row[i - 1])
	.
}

misbehaving()
{
	[ -d remote ] || letters remote
	rm -f port remote.said remote.wrong
	start misbehaving python3 -S "$TESTS/peer/pop3.py" "$T/port" "$T/remote" \
	    "$@"
	wait_for 10 test -s port
	PORT=$(cat port)
	URL=pop3://alice@127.0.0.1:$PORT
}

well_behaved()
{
	[ ! -e remote.wrong ] && return 0
	show remote.wrong remote.said
	return 1
}

fetch()
{
	local status=$1 options=()

	shift
	while [[ ${1:-} = -?* ]]; do
		options+=("$1")
		case $1 in
		-[KmosxA])
			options+=("$2")
			shift ;;
		esac
		shift
	done
	[ "${1:-}" != - ] || {
		options+=(-)
		shift
	}
	expect "$status" pop3-fetch -p 'cat password' "${options[@]}" "$URL" \
	    "$@" || return 1
	not grep -q pencil out err && well_behaved
}
