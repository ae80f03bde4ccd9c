#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What a server says, wherever it can say it, with bytes that act on a terminal:
# each of the imap- commands shows them, with -v, too, and on a pipe a line is
# a line.

load helper
load imap
load imapmail

setup()
{
	isolate
	echo pencil >password
	B='\x1b[2J\x1b]0;x\x07\x9b2J\xc2\x9b\x08\x7f\xe2\x80\xae\xe2\x81\xa6'
	B+='\xe2\x80\x8b\xef\xbb\xbf\xe2\x80\xa8\xf3\xa0\x80\x81\xff'
}

# hostile [INSTRUCTION ...]: a server whose every word is bad, and these.
hostile()
{
	cat >script <<-.
		CAPABILITY: IMAP4rev1 ID ${OFFERS:-UIDPLUS}
		S-RAW: * OK [X-$B] $B\r\n
		AUTO: ID * ID ("name" "$B" "v" {3}\r\n\x1b\r\n)\r\n* X-$B $B "$B"\r\n* OK [ALERT] $B\r\n
		AUTO: SELECT * FLAGS (\\\\Seen k$B)\r\n* 1 EXISTS\r\n* OK [PERMANENTFLAGS (k$B \\\\*)] $B\r\n* OK [UIDVALIDITY 5] $B\r\n* OK [UIDNEXT 9] $B\r\n
		AUTO: EXAMINE * FLAGS (\\\\Seen k$B)\r\n* 1 EXISTS\r\n* OK [PERMANENTFLAGS (k$B \\\\*)] $B\r\n* OK [UIDVALIDITY 5] $B\r\n* OK [UIDNEXT 9] $B\r\n
		C: LOGIN *
		S-RAW: * OK [ALERT] $B\r\n* NO [X-$B] $B\r\n* BAD $B\r\nTAG OK [ALERT] $B, too\r\n
	.
	printf '%s\n' "$@" >>script
	imap_script <script
}

# seen COMMAND ...: what a terminal sees of it does nothing to it.
seen()
{
	local command=$1

	shift
	printf '%q ' "imap-$command" -p 'cat password' "${@/#@/$URL}" >command
	SHELL=/bin/sh timeout 60 script -qec "$(cat command)" shown </dev/null \
	    >/dev/null || true
	python3 - <<-'.' || { show shown peer peer.log; return 1; }
		import unicodedata
		text = open('shown', 'rb').read()
		text = b'\n'.join(text.split(b'\n')[1:-2]).decode('utf-8')
		text = text.translate({10: None, 13: None, 9: None})
		if b' -0 ' in open('command', 'rb').read():
		    text = text.replace(chr(0), '')
		assert 'x1b' in text or 'u001b' in text or '\\e' in text, text
		bad = [c for c in text if unicodedata.category(c) in
		       ('Cc', 'Cf', 'Cn', 'Co', 'Cs', 'Zl', 'Zp')]
		assert not bad, bad
	.
}

# each COMMAND ... -- INSTRUCTION ...: on a terminal, with a server that says
# this, and -v, which shows all of it, too.  @ is $URL.
each()
{
	local command=()

	while [ "$1" != -- ]; do
		command+=("$1")
		shift
	done
	shift
	hostile "$@" || return 1
	seen "${command[0]}" -v "${command[@]:1}"
}

# answers: all ways in which a server can end what it was asked for.
answers()
{
	printf '%s\n' "TAG OK [X$B] $B" "TAG NO $B" "TAG NO [X$B] $B" \
	    "TAG BAD [ALERT] $B" "* BYE [X$B] $B" "TAG $B" "* $B" "$B" "+ $B" \
	    "* 1 FETCH (UID 3 X$B" "* OK [COPYUID 1 $B 3] x" \
	    "* OK [UIDVALIDITY 6] $B" "* OK [CLOSED] $B"
}

# all COMMAND ... -- INSTRUCTION ...: the same, with each answer in the end.
all()
{
	local answer

	while read -r answer; do
		each "$@" "S-RAW: $answer\\r\\n" HANGUP || {
			echo "with $answer"
			return 1
		}
	done < <(answers)
}

@test "imap-ls: mailboxes" {
	local option

	OFFERS='LIST-EXTENDED LIST-STATUS SPECIAL-USE'
	for option in -l -lj -0; do
		each ls "$option" @ -- 'C: LIST *' \
		    "S-RAW: * LIST (\\\\x$B \\\\Sent) \"\\x1b\" \"a$B\"\\r\\n* STATUS \"a$B\" (MESSAGES 1 X$B 1)\\r\\n* LIST () {1}\\r\\n\\n {4}\\r\\na\\r\\nb\\r\\n" \
		    'S: TAG OK'
	done
	all ls @ -- 'C: LIST *'
}

@test "imap-ls: messages" {
	local option

	for option in -l -lj; do
		each ls "$option" @/INBOX -- 'C: UID FETCH *' \
		    "S-RAW: * 1 FETCH (UID 3 FLAGS (\\\\x$B k$B) RFC822.SIZE 3 X$B \"$B\" INTERNALDATE \"$B\" BODY[HEADER.FIELDS (FROM SUBJECT DATE TO MESSAGE-ID)] \"From: $B <a$B@b>  Subject: $B\")\\r\\n" \
		    "S-RAW: * 2 FETCH (UID 4 FLAGS () RFC822.SIZE 3 BODY[HEADER.FIELDS (FROM SUBJECT DATE TO MESSAGE-ID)] {96}\\r\\nSubject: a\\x1b[2J\\xe2\\x80\\xae\\r\\nFrom: \\x1b <b\\x1b@c>\\r\\nTo: =?utf-8?q?=1B[2J=0A=09?=\\r\\nMessage-Id: <\\x1b>\\r\\n\\r\\n\\r\\n)\\r\\n" \
		    'S: TAG OK'
	done
	all ls @/INBOX -- 'C: UID FETCH *'
}

@test "imap-find, imap-flag, imap-mv, imap-rm" {
	all find @ INBOX seen -- 'C: UID SEARCH *'
	all flag @ INBOX +seen 3 -- 'C: UID STORE *'
	all mv @ INBOX Archive 3 -- 'C: UID COPY *'
	all rm @ INBOX 3 -- 'C: UID STORE *'
	all rm -t @ INBOX 3 -- 'C: LIST *'
	all rm -b @ Box -- 'C: LIST *' \
	    "S-RAW: * LIST (\\\\x$B) \"/\" Box\\r\\nTAG OK\\r\\n" \
	    'C: STATUS *' \
	    "S-RAW: * STATUS Box (MESSAGES 0 X$B 1)\\r\\nTAG OK\\r\\n" \
	    'C: LIST *'
	each mv @ INBOX Archive 3 -- 'C: UID COPY *' "S: TAG OK" \
	    'C: UID STORE *' "S-RAW: TAG NO $B\r\n"
}

@test "imap-fetch: what is asked of the server" {
	all fetch -m box @ INBOX 3 -- 'C: UID FETCH *'
	each fetch -m box @ INBOX 3 -- 'C: UID FETCH *' \
	    "S-RAW: * 1 FETCH (UID 3 FLAGS (k$B \\\\x$B) BODY[] \"a:b\" X$B NIL)\\r\\n" \
	    'S: TAG OK'
	not grep -q "$(printf '\033')" box/dovecot-keywords
	each fetch -j @ INBOX 3 -- 'C: UID FETCH *' \
	    "S-RAW: * 1 FETCH (UID 3 RFC822.SIZE 3 BODYSTRUCTURE (\"te$B\" \"$B\" (\"name\" \"$B\" \"$B\" \"x\") \"$B\" \"$B\" \"$B\" 3 1 NIL (\"$B\" (\"filename\" \"$B\"))))\\r\\n" \
	    'S: TAG OK'
	each fetch -p 1 @ INBOX 3 -- 'C: UID FETCH *' \
	    "S-RAW: * 1 FETCH (UID 3 BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"$B\" 3 1))\\r\\nTAG OK\\r\\n" \
	    'C: UID FETCH *' "S-RAW: * 1 FETCH (UID 3 BODY[1] NIL)\\r\\nTAG NO $B\\r\\n"
}

@test "imap-put, imap-mkdir" {
	printf 'a: b\n\nc\n' >letter
	all put @ Box letter -- 'C: APPEND *'
	each put @ Box letter -- "REFUSE: NO \\x1b[2J" 'C: APPEND *'
	each put @ Box letter -- 'C: APPEND *' \
	    "S-RAW: TAG OK [APPENDUID 1 $B] $B\r\n"
	all mkdir @ Box -- 'C: CREATE *'
	all mkdir -r @ Box Other -- 'C: LSUB *'
}

@test "imap-wait" {
	all wait -1 -n -t 2 @ INBOX -- 'C: UID FETCH *'
	each wait -1 -n @ INBOX -- 'C: UID FETCH *' \
	    "S-RAW: * 1 FETCH (UID 3 FLAGS (k$B \\\\x$B))\\r\\n" 'S: TAG OK'
	each wait -1 -n -j @ INBOX -- 'C: UID FETCH *' \
	    "S-RAW: * 1 FETCH (UID 3 FLAGS (k$B \\\\x$B))\\r\\n" 'S: TAG OK'
}

@test "imap-run" {
	all run @ sh -c 'imap-find -v - INBOX seen' -- 'C: NOOP' 'S: TAG OK' \
	    'C: UID SEARCH *'
	each run @ true -- 'C: NOOP' "S-RAW: * BYE $B\\r\\n"
}

# On a pipe, too, what fails is one line.
@test "a failure is one line" {
	local answer

	while read -r answer; do
		hostile 'C: UID SEARCH *' "S-RAW: $answer\\r\\n" HANGUP
		timeout 60 imap-find -p 'cat password' "$URL" INBOX seen \
		    >out 2>err || [ $? -ne 124 ]
		# The ALERT, and why.
		[ "$(wc -l <err)" -le 2 ]
		[ "$(grep -c '^imap-find: 127.0.0.1: ' err)" = "$(wc -l <err)" ]
		not grep -q "$(printf '[\033\t\r\302]')" err
	done < <(answers)
}

# What a server calls its mailboxes goes back to it as a name, and ends no
# command.
@test "names of a server's in commands" {
	imap_script <<-'.'
		GREETING:
		C: LSUB "" *Old*
		S: * LSUB () "/" Old
		S-RAW: * LSUB () "/" {21}\r\nOld/a\r\nx DELETE INBOX\r\n
		S: TAG OK
		C: RENAME Old New
		S: TAG OK
		C: SUBSCRIBE New
		S: TAG OK
		C: SUBSCRIBE {21}New/a*x DELETE INBOX
		S: TAG OK
		C: UNSUBSCRIBE Old
		S: TAG OK
		C: UNSUBSCRIBE {21}Old/a*x DELETE INBOX
		S: TAG OK
	.
	imap mkdir -r Old New
	imap_scripted_end
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MOVE
		BOX: exists=1 uidnext=4
		GREETING:
		C: LIST *
		S-RAW: * LIST (\\Trash) "/" {17}\r\na\r\nx DELETE INBOX\r\n
		S: TAG OK
		C: UID MOVE 1 {17}a*x DELETE INBOX
		S: TAG OK
	.
	imap rm -t INBOX 1
	imap_scripted_end
}
