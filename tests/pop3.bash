# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What the bats files of POP3 share, on top of helper.bash:
#
#	letters N [DIR]		the first N of a row of messages that are hard
#				to get right, in DIR ($T/remote); all of them,
#				8, where N is not given
#	misbehaving [OPTION ...] a server that peer/pop3.py describes, with the
#				messages of $T/remote; sets $PORT and $URL.
#				What was said is in $T/remote.said
#	well_behaved		the client did nothing wrong with it

# One with everything, lines of dots, a text that has no last line end, an
# empty text, no header, CRs, bytes that are no text, a long line.
letters()
{
	mkdir -p "${2:-remote}"
	python3 - "${1:-8}" "${2:-remote}" <<-'.'
		import sys
		head = b'From: a@example.net\nSubject: %s\n'
		row = [
		    head % b'plain' + b'Date: Thu, 1 Jan 2026 00:00:00 +0000\n'
		        b'Message-ID: <1@example.net>\n\nOne line.\n',
		    head % b'dots' + b'\n.\n..\n...\n.x\nx.\n.\n',
		    head % b'no line end' + b'\nFrom here on.\n\nthe end',
		    head % b'no text' + b'\n',
		    b'..dots in front\n.and no header\n',
		    head % b'bare CR' + b'\na\rb\r\rc\n\r.\r\n\rend\n',
		    head % b'bytes' + b'\n' + bytes(range(128, 256)) + b'\n',
		    head % b'long' + b'\n' + b'.' + b'x' * 100000 + b'\n',
		]
		for i, data in enumerate(row[:int(sys.argv[1])], 1):
		    with open(f'{sys.argv[2]}/{i}', 'wb') as f:
		        f.write(data)
	.
}

misbehaving()
{
	[ -d remote ] || letters
	rm -f port remote.said remote.wrong
	start misbehaving python3 "$TESTS/peer/pop3.py" "$T/port" "$T/remote" \
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
