#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-fetch: messages of a real Dovecot, as they are, into a Maildir or to
# standard output; each once, and durable before it is told of.

load dovecot
load helper
load imap
load tls

setup()
{
	isolate
	BOX=dovecot/mail/alice
}

# inbox NUMBER ...: messages that are hard to get right, as uids 1 to n in the
# INBOX of the server, which is there then.
server()
{
	mkdir -p -m 755 dovecot
	mkdir -p "$BOX"/{cur,new,tmp}
	python3 - "$BOX" "$@" <<-'.'
		import os, sys
		box = sys.argv[1]
		head = b'From: a@example.net\nSubject: %s\n'
		row = [
		    head % b'plain' + b'\nOne line.\n',
		    head % b'no line end' + b'\nFrom here on.\n\nthe end',
		    head % b'no text' + b'\n',
		    head % b'bare CR' + b'\na\rb\r\rc\n\r.\rx\nend\r',
		    head % b'bytes' + b'\n' + bytes(range(128, 256)) + b'\n',
		    head % b'long' + b'\n' + b'x' * 100000 + b'\n',
		    b'\nno header\n',
		]
		flags = [b'new', b'S', b'FS', b'', b'DFRST', b'Sab', b'a']
		with open(box + '/dovecot-keywords', 'w') as f:
		    f.write('0 $Label1\n1 work\n')
		with open(box + '/dovecot-uidlist', 'w') as f:
		    f.write(f'3 V1234567 N{len(row) + 1} G' + 'a1' * 16 + '\n')
		    for i, text in enumerate(row):
		        name = f'{1700000000 + i}.M{i}P1.host'
		        f.write(f'{i + 1} :{name}\n')
		        path = f'{box}/cur/{name}:2,' + flags[i].decode()
		        if flags[i] == b'new':
		            path = f'{box}/new/{name}'
		        with open(path, 'wb') as m:
		            m.write(text)
		        os.utime(path, (0, 1000000000 + i))
	.
	dovecot_imap
}

# fetch STATUS [argument ...]: INBOX of alice, without a log-in.
fetch()
{
	local status=$1

	shift
	expect "$status" imap-fetch "$@"
}

# same DIR: the messages in the Maildir are those of the server, with the same
# flags and times.
facts()
{
	(cd "$1" && for m in cur/* new/*; do
		[ -e "$m" ] || continue
		case $m in
		*:2,*) f=${m##*:2,} ;;
		*) f=- ;;
		esac
		printf '%s %s %s %s\n' "$(sha256sum <"$m")" \
		    "$(stat -c %Y "$m")" "${m%%/*}" "$f"
	done) | sort
}

@test "all of a mailbox, with flags, keywords and dates" {
	server
	fetch 0 -m box "$PIPE" INBOX 1:*
	facts "$BOX" >want
	facts box >got
	sed -i 's/ cur $/ new -/' want
	cmp want got
	cmp "$BOX/dovecot-keywords" box/dovecot-keywords
	cut -f 1 out | cmp - <(seq 7)
	cut -f 2 out | while read -r path; do test -f "$path"; done
	ls box/tmp | wc -l
	[ -z "$(ls box/tmp)" ]
}

@test "one to standard output, several as mbox, with NUL, headers" {
	server
	fetch 0 "$PIPE" INBOX 4
	printf 'From: a@example.net\nSubject: bare CR\n\na\rb\r\rc\n\r.\rx\nend\r' |
	    cmp - out
	fetch 0 "$PIPE" INBOX 1:3
	[ "$(grep -c '^From -\|^From ' out)" = 3 ]
	contains out '>From here on.'
	fetch 0 -0 "$PIPE" INBOX 1:2
	[ "$(tr -cd '\0' <out | wc -c)" = 2 ]
	fetch 0 -H "$PIPE" INBOX 1
	printf 'From: a@example.net\nSubject: plain\n\n' | cmp - out
	echo 3 | fetch 0 -0 "$PIPE" INBOX
	printf 'From: a@example.net\nSubject: no text\n\n\0' | cmp - out
}

@test "what is not there" {
	server
	fetch 66 "$PIPE" INBOX 99
	[ "$(cat err)" = "imap-fetch: message 99: it is not there" ]
	fetch 66 "$PIPE" nowhere 1
	fetch 66 -p 3 "$PIPE" INBOX 1
	[ "$(cat err)" = "imap-fetch: message 1: it has no part 3" ]
	[ ! -s out ]
	echo x | fetch 65 "$PIPE" INBOX
	fetch 0 "$PIPE" INBOX 100:200
	for uid in 101 100 102; do
		echo "$uid" >>named
	done
	for form in -H "-p 1" -j; do
		# shellcheck disable=SC2086 # one or two words
		fetch 66 $form "$PIPE" INBOX 1 101 100 102
		for uid in 100 101 102; do
			echo "imap-fetch: message $uid: it is not there"
		done | same - err
		# shellcheck disable=SC2086
		fetch 66 $form "$PIPE" INBOX <named
		[ "$(wc -l <err)" -eq 3 ]
	done
	fetch 66 "$PIPE" INBOX 101:103 99
	[ "$(cat err)" = "imap-fetch: message 99: it is not there" ]
}

@test "Seen is set by -u alone" {
	server
	fetch 0 "$PIPE" INBOX 1
	fetch 0 -p 1 "$PIPE" INBOX 1
	fetch 0 -m box "$PIPE" INBOX 1
	[ -z "$(find "$BOX/cur" "$BOX/new" -name '1700000000.*:2,*S*')" ]
	fetch 0 -u "$PIPE" INBOX 1
	[ -n "$(find "$BOX/cur" -name '1700000000.*:2,*S*')" ]
}

# A letter with parts, as uid 8; $T/letter.
letter()
{
	python3 - <<-'.' >letter
		from email.message import EmailMessage
		m = EmailMessage()
		m['Subject'] = 'parts'
		m.set_content('Grüße\n', cte='quoted-printable')
		m.add_attachment(bytes(range(256)) * 50 + b'\r\n\r', 'application',
		    'pdf', filename='Bericht ü.pdf')
		inner = EmailMessage()
		inner['Subject'] = 'inner'
		inner.set_content('inside\n')
		inner.add_alternative('<p>inside', subtype='html')
		m.add_attachment(inner)
		print(m.as_string(), end='')
	.
	expect 0 imap-put "$PIPE" INBOX letter
}

@test "parts: as mime-unpack has them" {
	server
	letter
	fetch 0 -p 1 "$PIPE" INBOX 8
	printf 'Grüße\n' | cmp - out
	fetch 0 -p 2 "$PIPE" INBOX 8
	mime-unpack -p 2 letter >part
	cmp part out
	fetch 0 -p 3.1 "$PIPE" INBOX 8
	printf 'inside\n' | cmp - out
	fetch 0 -p 3 "$PIPE" INBOX 8
	contains out 'Subject: inner'
	fetch 0 -0p 1 "$PIPE" INBOX 1:2
	printf 'One line.\n\0From here on.\n\nthe end\0' | cmp - out
}

@test "structure: what mime-ls tells" {
	server
	letter
	fetch 0 -j "$PIPE" INBOX 8
	cp out ours
	mime-ls -j letter >theirs
	python3 - <<-'.'
		import json
		def load(f):
		    return json.load(open(f))['parts'][0]
		def same(a, b):
		    assert set(a) == set(b), set(a) ^ set(b)
		    for k in 'number type parameters disposition filename ' \
		        'name encoding'.split():
		        assert a[k] == b[k] or k == 'encoding' and \
		            a['type'].startswith('multipart/'), (k, a, b)
		    assert len(a['parts']) == len(b['parts'])
		    for x, y in zip(a['parts'], b['parts']):
		        same(x, y)
		same(load('ours'), load('theirs'))
		assert json.load(open('ours'))['uid'] == 8
	.
	fetch 0 -j "$PIPE" INBOX 1:8
	[ "$(wc -l <out)" = 8 ]
}

@test "incrementally: each once, whatever is there now" {
	server
	fetch 0 -i -m box "$PIPE" INBOX 1:3,7
	[ "$(cut -f 1 out | xargs)" = '1 2 3 7' ]
	rm box/new/* box/cur/*
	fetch 0 -i -m box "$PIPE" INBOX '1:*'
	[ "$(cut -f 1 out | xargs)" = '4 5 6' ]
	fetch 0 -i -m box "$PIPE" INBOX '1:*'
	[ ! -s out ]
	printf 'a: b\n\nnew\n' | expect 0 imap-put "$PIPE" INBOX
	fetch 0 -i -m box "$PIPE" INBOX '1:*'
	[ "$(cut -f 1 out)" = 8 ]
	# The mailbox is another one.
	sed -i '1s/V1234567/V1234568/' "$BOX/dovecot-uidlist"
	rm -f "$BOX"/dovecot.index*
	expect_noted 0 imap-fetch -i -m box "$PIPE" INBOX '1:*'
	contains err 'its uids are new'
	[ "$(wc -l <out)" = 8 ]
}

@test "a state for several Maildirs: what is on its way is where it was" {
	local run=0123456789abcdef

	server
	fetch 0 -i -s state -m one "$PIPE" INBOX 1
	# A run ends by a signal before it delivers, and the next one has
	# another Maildir.
	sed -i '/done/d; /run/s/[0-9a-f]\{16\}/'$run/ state
	printf '%s\tpending\t1234567\t2\t1.M2P3R%sQ1.host,S=1,W=1\n' \
	    "$(date +%s)" $run >>state
	printf x >one/tmp/1.M2P3R${run}Q1.host
	fetch 0 -i -s state -m two "$PIPE" INBOX 1:3
	[ "$(cut -f 1 out)" = 3 ]
	[ "$(cat "one/new/1.M2P3R${run}Q1.host,S=1,W=1")" = x ]
	[ -z "$(find one/tmp two/tmp -type f)" ]
}

@test "deleted on the server: what is here, and no other" {
	server
	fetch 0 -d -m box "$PIPE" INBOX 2,4
	fetch 0 -j "$PIPE" INBOX '1:*'
	[ "$(grep -o '"uid":[0-9]*' out | tr -dc '0-9\n' | xargs)" = '1 3 5 6 7' ]
	[ "$(find box/new box/cur -type f | wc -l)" = 2 ]
	fetch 0 -i -m box "$PIPE" INBOX 1
	fetch 0 -id -m box "$PIPE" INBOX 1
	[ ! -s out ]
	fetch 66 "$PIPE" INBOX 1
}

@test "a server without UIDPLUS deletes nothing" {
	imap_script <<-'.'
		GREETING:
	.
	expect 69 imap-fetch -p 'echo pencil' -d -m box "$URL" INBOX 1
	contains err 'UIDPLUS'
	not grep -q FETCH peer
}

@test "the date is asked for where it has a place" {
	imap_script <<-'.'
		BOX: exists=1 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH 3 (UID BODY.PEEK[HEADER])
		S: * 1 FETCH (UID 3 BODY[HEADER] "Subject: 3")
		S: TAG OK
	.
	expect 0 imap-fetch -p 'echo pencil' -H "$URL" INBOX 3
	[ "$(cat out)" = 'Subject: 3' ]
	imap_scripted_end
	imap_script <<-'.'
		BOX: exists=1 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH 3 (UID INTERNALDATE BODY.PEEK[HEADER])
		S: * 1 FETCH (UID 3 INTERNALDATE " 1-Jan-2024 00:00:00 +0000" BODY[HEADER] "Subject: 3")
		S: TAG OK
	.
	expect 0 imap-fetch -p 'echo pencil' -H "$URL" INBOX 3:3
	contains out 'Mon Jan  1 00:00:00 2024'
	imap_scripted_end
}

@test "what was not asked for, comes twice, or has no text is not taken" {
	imap_script <<-'.'
		BOX: exists=3 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH 3:4 *
		S: * 9 FETCH (UID 7 BODY[] "not asked")
		S: * 1 FETCH (BODY[] "three" FLAGS (\Seen a/b) UID 3)
		S: * 1 FETCH (UID 3 BODY[] "again")
		S: * 1 FETCH (FLAGS (\Answered))
		S: * 2 FETCH (UID 4 BODY[] NIL)
		S: TAG OK done
	.
	expect 75 imap-fetch -p 'echo pencil' -i -m box "$URL" INBOX 3,4
	contains err 'message 4: the server does not give its text'
	[ "$(cat box/cur/*:2,Sa)" = three ]
	[ "$(find box/new box/cur -type f | wc -l)" = 1 ]
	grep -q "fetched.5.3$" box/mailpipe-imap.*
}

@test "what somebody removes meanwhile is not there" {
	imap_script <<-'.'
		BOX: exists=3 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH 1:8 *
		S: * 1 FETCH (UID 3 BODY[] "three")
		S: * 2 FETCH (UID 4 FLAGS (\Seen))
		S: TAG OK [EXPUNGEISSUED] some are gone
	.
	expect 0 imap-fetch -p 'echo pencil' -i -m box "$URL" INBOX 1:8
	grep -q "fetched.5.3$" box/mailpipe-imap.*
	imap_scripted_end
	imap_script <<-'.'
		BOX: exists=3 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH 3:4 *
		S: * 1 FETCH (UID 3 BODY[] "three")
		S: * 2 FETCH (UID 4 BODY[] NIL)
		S: TAG OK [EXPUNGEISSUED] some are gone
	.
	expect 66 imap-fetch -p 'echo pencil' "$URL" INBOX 3 4
	contains err 'message 4: it is not there'
	imap_scripted_end
	imap_script <<-'.'
		BOX: exists=3 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH 3:4294967294 *
		S: * 1 FETCH (UID 3 BODY[] "three")
		S: * 2 FETCH (UID 4 BODY[] NIL)
		S: * 4 EXISTS
		S: * 4 FETCH (UID 9 FLAGS (\Seen))
		S: TAG OK [EXPUNGEISSUED] some are gone
	.
	expect 0 imap-fetch -p 'echo pencil' -m all "$URL" INBOX '3:*'
	imap_scripted_end
	imap_script <<-'.'
		BOX: exists=3 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH 3:4294967294 *
		S: * 1 FETCH (UID 3 BODY[] "three")
		S: * 4 EXISTS
		S: * 4 FETCH (UID 9 FLAGS (\Seen))
		S: TAG OK
	.
	expect 0 imap-fetch -p 'echo pencil' "$URL" INBOX '3:*'
	imap_scripted_end
}

@test "pieces and other parts are not the message" {
	for item in 'BODY[HEADER] "x"' 'BODY[]<0> "x"' 'BODY[1] "x"' \
	    'BODY[HEADER.FIELDS (TO)] "x"' 'RFC822.TEXT "x"'; do
		rm -rf box
		imap_script <<-.
			BOX: exists=2 uidvalidity=5 uidnext=9
			CAPABILITY: IMAP4rev1 UIDPLUS
			GREETING:
			C: UID FETCH 1:8 *
			S: * 1 FETCH (UID 3 FLAGS () $item)
			S: * 2 FETCH (UID 4 BODY[] "four" FLAGS (\Seen))
			S: TAG OK done
			C: UID STORE 4 *
			S: TAG OK
			C: UID EXPUNGE 4
			S: TAG OK
		.
		expect 75 imap-fetch -p 'echo pencil' -d -i -m box "$URL" INBOX '1:*'
		[ "$(cat err)" = 'imap-fetch: message 3: the server does not give its text' ]
		imap_scripted_end
		[ "$(cat box/cur/*:2,S)" = four ]
		grep -q "fetched.5.4$" box/mailpipe-imap.*
		not grep -q "fetched.5.1" box/mailpipe-imap.*
	done
	# Of a part, too, and the header.
	imap_script <<-'.'
		BOX: exists=2
		GREETING:
		C: UID FETCH 3 (UID BODYSTRUCTURE)
		S: * 1 FETCH (UID 3 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 3 1))
		S: TAG OK
		C: UID FETCH 3 (UID BODY.PEEK[1])
		S: * 1 FETCH (UID 3 BODY[11] "no" BODY[1]<0> "no" BODY[1.MIME] "no")
		S: TAG OK
	.
	expect 66 imap-fetch -p 'echo pencil' -p 1 "$URL" INBOX 3
	[ ! -s out ]
	imap_scripted_end
}

@test "a part of another message" {
	imap_script <<-'.'
		BOX: exists=2
		GREETING:
		C: UID FETCH 3:4 (UID BODYSTRUCTURE)
		S: * 1 FETCH (UID 3 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 3 1))
		S: * 2 FETCH (UID 4 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 3 1))
		S: TAG OK
		C: UID FETCH 3 (UID BODY.PEEK[1])
		S: * 1 FETCH (BODY[1] "four" UID 4)
		S: TAG OK
	.
	expect 76 imap-fetch -p 'echo pencil' -p 1 "$URL" INBOX 3:4
	[ "$(cat err)" = 'imap-fetch: message 3: a part of message 4 came in its place' ]
}

@test "the connection is lost: what came whole is there, and known" {
	imap_script <<-'.'
		BOX: exists=3 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH *
		S: * 1 FETCH (UID 3 BODY[] "three" FLAGS ())
		S-RAW: * 2 FETCH (UID 4 FLAGS () BODY[] {100}\r\nhalf
		HANGUP
	.
	expect 75 imap-fetch -p 'echo pencil' -i -m box "$URL" INBOX '1:*'
	echo 'imap-fetch: 127.0.0.1: closed by the server' | cmp - err
	[ "$(cut -f 1 out)" = 3 ]
	[ "$(cat box/new/*)" = three ]
	[ -z "$(ls box/tmp)" ]
	grep -q "fetched.5.3$" box/mailpipe-imap.*
}

# One whose server tells less than there is, for a while.
@test "incrementally: what the server did not tell once is fetched when it does" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		BOX: exists=0 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH 1:8 *
		S: TAG OK nothing
		C: LOGOUT
		S: TAG OK bye
		HANGUP
		ACCEPT
		BOX: exists=1 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH 1:8 *
		S: * 1 FETCH (UID 7 BODY[] "seven" FLAGS ())
		S: TAG OK done
		C: LOGOUT
		S: TAG OK bye
		HANGUP
		ACCEPT
		GREETING:
		C: UID FETCH 1:6,8 *
		S: * 1 FETCH (UID 3 BODY[] "three" FLAGS ())
		S: TAG OK done
		C: UID STORE 3,7 +FLAGS.SILENT (\Deleted)
		S: TAG OK done
		C: UID EXPUNGE 3,7
		S: TAG OK done
	.
	expect 0 imap-fetch -p 'echo pencil' -id -m box "$URL" INBOX '1:*'
	[ ! -s out ]
	expect 0 imap-fetch -p 'echo pencil' -i -m box "$URL" INBOX '1:*'
	[ "$(cut -f 1 out)" = 7 ]
	expect 0 imap-fetch -p 'echo pencil' -id -m box "$URL" INBOX '1:*'
	[ "$(cut -f 1 out)" = 3 ]
	imap_scripted_end
}

@test "incrementally: a UIDVALIDITY that comes back" {
	local validity

	{
		echo 'CAPABILITY: IMAP4rev1'
		for validity in 5 6 5 6; do
			cat <<-.
				BOX: exists=1 uidvalidity=$validity uidnext=8
				GREETING:
				AUTO: FETCH * 1 FETCH (UID 7 BODY[] "$validity" FLAGS ())\r\n
				C: LOGOUT
				S: TAG OK bye
				HANGUP
				ACCEPT
			.
		done
		echo 'GREETING:'
	} >script
	imap_script <script
	expect 0 imap-fetch -p 'echo pencil' -i -m box "$URL" INBOX '1:*'
	expect_noted 0 imap-fetch -p 'echo pencil' -i -m box "$URL" INBOX '1:*'
	contains err 'its uids are new'
	for _ in 1 2; do
		expect 0 imap-fetch -p 'echo pencil' -i -m box "$URL" INBOX '1:*'
		[ ! -s out ]
	done
	[ "$(cat box/new/* | sort | xargs)" = 56 ] ||
	    [ "$(cat box/new/* | sort | xargs)" = 65 ]
}

# The server was restored from a backup: what gets the uid 7 then is another
# message.
@test "incrementally: a UIDNEXT below what was fetched" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		BOX: exists=1 uidvalidity=5 uidnext=8
		GREETING:
		C: UID FETCH 1:7 *
		S: * 1 FETCH (UID 7 BODY[] "seven" FLAGS ())
		S: TAG OK done
		C: LOGOUT
		S: TAG OK bye
		HANGUP
		ACCEPT
		BOX: exists=1 uidvalidity=5 uidnext=7
		GREETING:
	.
	expect 0 imap-fetch -p 'echo pencil' -i -m box "$URL" INBOX '1:*'
	expect 76 imap-fetch -p 'echo pencil' -id -m box "$URL" INBOX '1:*'
	contains err 'INBOX: the next uid is to be 7, but 7 was fetched'
	not grep -q 'STORE\|EXPUNGE' peer
	imap_scripted_end
}

@test "MESSAGELIMIT: the rest is asked for" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 MESSAGELIMIT=2
		BOX: exists=3 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH 1:* *
		S: * 3 FETCH (UID 8 BODY[] "x" FLAGS ())
		S: * 2 FETCH (UID 6 BODY[] "x" FLAGS ())
		S: TAG OK [MESSAGELIMIT 2 6] some
		C: UID FETCH 1:5 *
		S: * 1 FETCH (UID 2 BODY[] "x" FLAGS ())
		S: TAG OK done
	.
	expect 0 imap-fetch -p 'echo pencil' -m box "$URL" INBOX '1:*'
	[ "$(cut -f 1 out | xargs)" = '8 6 2' ]
	imap_scripted_end
}

@test "EXAMINE and what is asked for are said at once, and what comes early is none" {
	imap_script <<-'.'
		GREETING:
		C: EXAMINE INBOX*
		C: UID FETCH 1 *
		S: * 1 FETCH (UID 1 BODY[HEADER] "early")
		S: TAG.EXAMINE OK [READ-ONLY] done
		S: * 1 FETCH (UID 1 BODY[HEADER] "late")
		S: TAG OK done
	.
	expect 0 imap-fetch -p 'echo pencil' -H "$URL" INBOX 1
	[ "$(cat out)" = late ]
	imap_scripted_end
}

@test "what was asked for of a mailbox that is not there is answered" {
	imap_script <<-'.'
		GREETING:
		C: EXAMINE nowhere*
		C: UID FETCH 1 *
		S: TAG.EXAMINE NO no such mailbox
		S: * 1 FETCH (UID 1 BODY[] "of what?")
		S: TAG BAD no mailbox is selected
		C: LOGOUT
	.
	expect 66 imap-fetch -p 'echo pencil' "$URL" nowhere 1
	[ "$(wc -l <err)" = 1 ]
	contains err 'nowhere: NO no such mailbox'
	[ ! -s out ]
	imap_scripted_end
}

@test "what sets a flag, or is kept, is asked for when the mailbox is known" {
	local how

	for how in -u '-m box'; do
		imap_script <<-.
			GREETING:
			C: $([ "$how" = -u ] && echo SELECT || echo EXAMINE) *
			QUIET: 0.2
			S: TAG NO no such mailbox
			C: LOGOUT
		.
		expect 66 imap-fetch -p 'echo pencil' $how "$URL" nowhere 1
		imap_scripted_end
	done
}

@test "300 megabytes need no memory" {
	imap_script <<-'.'
		GREETING:
		C: UID FETCH *
		S-RAW: * 1 FETCH (UID 1 BODY[] {300000000}\r\n
		S-REPEAT: 3000000 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789
		S: )
		S: TAG OK done
	.
	peak imap-fetch -p 'echo pencil' "$URL" INBOX 1 >large
	[ "$(stat -c %s large)" = 300000000 ]
	sanitized || [ "$PEAK" -lt 12288 ]
}

# killed_once: what is fetched incrementally is there once after the run was
# killed, and another one has come to its end.
killed_once()
{
	timeout -s KILL "$1" imap-fetch -i -m box "$PIPE" INBOX '1:*' \
	    >/dev/null 2>&1 || :
}

@test "killed at any time: none is lost, none is there twice" {
	local i

	server
	python3 - "$BOX" <<-'.'
		import sys
		for i in range(600):
		    open(f'{sys.argv[1]}/new/{1800000000 + i}.M{i}P1.host',
		        'w').write(f'Subject: {i}\n\ntext {i}\n')
	.
	chown -R nobody:nogroup "$BOX"
	for i in 0.02 0.03 0.04 0.05 0.06 0.07 0.08 0.1 0.12 0.15; do
		killed_once "$i"
		[ "$(find box/new box/cur -type f 2>/dev/null | wc -l)" -le 607 ]
	done
	# The last one may be on its way out.
	wait_for 20 imap-fetch -i -m box "$PIPE" INBOX '1:*' >/dev/null
	[ "$(find box/new box/cur -type f | wc -l)" = 607 ]
	[ "$(sha256sum box/new/* box/cur/* | cut -c1-64 | sort -u | wc -l)" = 607 ]
	[ -z "$(ls box/tmp)" ]
}

@test "usage" {
	fetch 64
	fetch 64 imap://alice@localhost
	fetch 64 -d pipe:true INBOX 1
	fetch 64 -i pipe:true INBOX 1
	fetch 64 -m box -H pipe:true INBOX 1
	fetch 64 -j -H pipe:true INBOX 1
	fetch 64 pipe:true INBOX x
}

@test "a Maildir that cannot be one" {
	server
	: >file
	for box in file none/box ''; do
		fetch 73 -m "$box" "$PIPE" INBOX 1
		[ "$(wc -l <err)" -eq 1 ]
	done
	[ "$(cat err)" = \
	    'imap-fetch: a Maildir without a name: No such file or directory' ]
	fetch 73 -m file "$PIPE" INBOX 1
	[ "$(cat err)" = 'imap-fetch: file: open: Not a directory' ]
	needs_root
	chmod 755 "$T"
	expect 73 setpriv --reuid 65534 --clear-groups \
	    imap-fetch -m made "$PIPE" INBOX 1
	[ "$(cat err)" = 'imap-fetch: made: create: Permission denied' ]
}

# The examples of the page, with an account and what stands for other commands.
examples()
{
	mkdir -p .config/mailpipe bin
	chmod 700 .config .config/mailpipe
	printf 'Account: %s\nImap: %s\n\n' work "$PIPE" home "$PIPE" \
	    >.config/mailpipe/accounts
	chmod 600 .config/mailpipe/accounts
}

# example N: runs the N-th example of the page, indented as man(1) shows it.
example()
{
	python3 - "$TESTS/../man/imap-fetch.1" "$1" <<-'.' >example.sh
		import re, sys
		page = open(sys.argv[1]).read()
		page = page[page.index('.Sh EXAMPLES'):page.index('.Sh STANDARDS')]
		text = re.findall(r'\.Bd -literal[^\n]*\n(.*?)\.Ed', page, re.S)
		for line in text[int(sys.argv[2]) - 1].splitlines():
		    print(' ' * 11 + line.replace('\\e', '\\'))
	.
	# The letter is one behind that of the page.
	sed -i 's/INBOX 7/INBOX 8/' example.sh
	bash -eo pipefail example.sh
}

@test "examples" {
	server
	letter
	examples
	example 1
	[ "$(find backup/INBOX/cur backup/INBOX/new -type f | wc -l)" -ge 8 ]
	[ -d backup/Trash ]
	# Names that are hostile, or would be one.
	for box in 'A/B' 'A%2FB' ' s p ' '$(touch pwned)' '-x' 'a\b'; do
		imap-mkdir -e "$PIPE" "$box"
		echo x | imap-put -m "$PIPE" "$box"
	done
	example 1 >out
	[ "$(wc -l <out)" -eq 6 ]
	[ -d 'backup/A%2FB' ] && [ -d 'backup/A%252FB' ] &&
	    [ -d 'backup/$(touch pwned)' ] && [ -d 'backup/ s p ' ] &&
	    [ -d 'backup/a\b' ] && [ -d backup/-x ]
	[ ! -e pwned ]
	example 1 >out
	[ ! -s out ]
	printf 'List-Id: lists.example.org\n\nx\n' |
	    expect 0 imap-put "$PIPE" INBOX
	example 2 >out
	[ "$(cut -f 1 out)" = 9 ]
	fetch 66 "$PIPE" INBOX 9
	example 3 >out
	contains out '2 Bericht ü.pdf'
	example 4
	mime-unpack -p 2 letter | cmp - report.pdf
	fetch 0 "$PIPE" INBOX '1:*'
	grep '^From M' out >before
	example 5 >out
	fetch 0 "$PIPE" INBOX/work '1:*'
	grep '^From M' out | cmp - before
	fetch 0 "$PIPE" INBOX '1:*'
	grep '^From M' out | cmp - <(cat before; sed -n '3p;7p' before)
}
