#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-mkdir: what it makes, renames and subscribes to.

load dovecot
load helper
load imap
load machine
load tls

setup()
{
	isolate
	echo pencil >password
}

mk()
{
	expect "$1" imap-mkdir -o ca=ca.pem -p 'cat password' "${@:2}" || return 1
	[ ! -s out ] && not grep -q pencil err
}

# boxes [option]: what there is, in one line.
boxes()
{
	imap-ls -o ca=ca.pem -p 'cat password' "$@" "$URL" | tr '\n' ,
}

of_script()
{
	expect "$1" imap-mkdir -o tls=none -p 'echo pencil' "${@:2}" || return 1
	imap_scripted_end
}

@test "makes mailboxes and subscribes to them" {
	dovecot_imap
	mk 0 "$URL" Lists/a 'grün & "x" \*%' Lists/b
	[ "$(boxes)" = 'INBOX,Archive,Drafts,Junk,Lists/a,Lists/b,Sent,Trash,grün & "x" \\*%,' ]
	[ "$(boxes -s)" = 'Lists/a,Lists/b,Sent,grün & "x" \\*%,' ]
	mk 0 -n "$URL/in the URL"
	boxes | grep -q ',in the URL,'
	not contains <(boxes -s) 'in the URL'
}

@test "one that is there: 73, or nothing with -e" {
	dovecot_imap
	mk 0 -n "$URL" Mine
	mk 73 "$URL" Mine New Inbox
	[ "$(wc -l <err)" -eq 2 ]
	contains err 'localhost: Mine: NO'
	contains err 'localhost: Inbox: NO'
	[ "$(boxes -s)" = New,Sent, ]
	mk 0 -e "$URL" Mine New
	[ "$(boxes -s)" = Mine,New,Sent, ]
}

@test "-l: names of standard input" {
	dovecot_imap
	printf 'a\nb c' >names
	mk 0 -l "$URL" d <names
	printf 'e f\0g\0' >names
	mk 0 -0l "$URL" <names
	boxes | grep -q ',a,b c,d,e f,g,'
	seq 100 150 >names
	mk 0 -ln "$URL" <names
	[ "$(imap-ls -o ca=ca.pem -p 'cat password' "$URL" '1*' |
	    wc -l)" -eq 51 ]
}

@test "-r: renames, and subscriptions follow" {
	dovecot_imap
	mk 0 "$URL" Lists/a Lists/b Listsx
	mk 0 -r "$URL" Lists 'Old lists'
	[ "$(boxes -s)" = 'Listsx,Old lists/a,Old lists/b,Sent,' ]
	mk 0 -nr "$URL" Listsx y
	boxes -sl | grep -q '^Listsx\|,Listsx'
	mk 66 -r "$URL" nothing z
	failed_with=$(cat err)
	[[ $failed_with = *'localhost: nothing: NO'* ]]
	mk 73 -r "$URL" y Sent
	boxes -l | grep -q ',y	'
}

@test "-S, -s: subscriptions alone" {
	dovecot_imap
	mk 0 -s "$URL" Trash Junk
	[ "$(boxes -s)" = Junk,Sent,Trash, ]
	mk 0 -S "$URL" Trash New
	[ "$(boxes -s)" = Junk,Sent, ]
}

@test "-u: special uses, where the server has them to give" {
	dovecot_imap
	mk 69 -u archive "$URL" A
	contains err 'the server makes no mailboxes of special use'
	not grep -q ,A, <(boxes)
	for use in archive '\Archive'; do
		imap_script <<-'.'
			CAPABILITY: IMAP4rev1 CREATE-SPECIAL-USE
			GREETING:
			C: CREATE A (USE (*rchive))
			S: TAG OK
			C: SUBSCRIBE A
			S: TAG OK
		.
		of_script 0 -u "$use" "$URL" A
	done
}

@test "names that could be commands" {
	dovecot_imap
	mk 0 -n "$URL" '(x' '{5}' 'nil' 'a" "b' '\'
	boxes | grep -qF '(x,'
	boxes | grep -qF ',a" "b,nil,{5},'
	# Dovecot takes no control characters in names.
	mk 69 -n "$URL" $'x\r\na1 DELETE Trash'
	boxes | grep -q ',Trash,'
	mk 65 "$URL" $'\xff'
	contains err 'a name that is not UTF-8'
}

@test "usage" {
	for bad in "" "imap://a@localhost" "-r imap://a@localhost a" "-r imap://a@localhost a b c" "-rs imap://a@localhost a b" "-u archive imap://a@localhost a b" \
	    "-u a.b imap://a@localhost a" "-0 imap://a@localhost a" "-se imap://a@localhost a" "-ns imap://a@localhost a"; do
		# shellcheck disable=SC2086 # words
		expect 64 imap-mkdir $bad
	done
}

@test "a server that tells no reasons" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1
		GREETING:
		C: CREATE a
		S: TAG NO no
		C: CREATE b
		S: TAG NO no
		C: LIST "" a
		S: * LIST () "/" a
		S: TAG OK
		C: LIST "" b
		S: * LIST () "/" ab
		S: TAG OK
		C: SUBSCRIBE a
		S: TAG OK
	.
	of_script 69 -e "$URL" a b
	[ "$(wc -l <err)" -eq 1 ]
	contains err '127.0.0.1: b: NO no'
}

@test "LSUB finds what is subscribed, where LIST cannot" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1
		GREETING:
		C: LSUB "" "a%*"
		S: * LSUB () "." "a%"
		S: * LSUB () "." "a%.b"
		S: * LSUB () "." "ab"
		S: TAG OK
		C: RENAME "a%" c
		S: TAG OK
		C: SUBSCRIBE c
		S: TAG OK
		C: SUBSCRIBE c.b
		S: TAG OK
		C: UNSUBSCRIBE "a%"
		S: TAG OK
		C: UNSUBSCRIBE "a%.b"
		S: TAG OK
	.
	of_script 0 -r "$URL" 'a%' c
}

@test "INBOX: it is there after it was renamed" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1
		GREETING:
		C: LSUB "" "inbox*"
		S: * LSUB () "." INBOX
		S: * LSUB () "." INBOX.b
		S: TAG OK
		C: RENAME inbox old
		S: TAG OK
		C: SUBSCRIBE old
		S: TAG OK
	.
	of_script 0 -r "$URL" inbox old
	not grep -q UNSUBSCRIBE peer
}

@test "a server that fails at each step" {
	cat >script <<-'.'
		CAPABILITY: IMAP4rev1
		GREETING:
		C: CREATE a
		S: TAG OK
		C: SUBSCRIBE a
		S: TAG OK
	.
	imap_spoilt '69|75|76|77' imap-mkdir -o timeout=2 -o tls=none \
	    -p 'echo pencil' @ a <script
}

@test "the examples of the manual" {
	dovecot_imap
	mkdir -p .config/mailpipe
	for name in work home; do
		printf '%s\n' "Account: $name" \
		    "Imap: ${URL/alice/$([ $name = work ] && echo alice ||
		    echo bob)}" 'Password-Command: cat password' ''
	done >.config/mailpipe/accounts
	export SSL_CERT_FILE=$T/ca.pem
	mk 0 "$URL" Lists/old
	awk '/^\.Bd/ { on = 1; next } /^\.Ed/ { on = 0 }
		/^\.Sh/ { ex = /EXAMPLES/ } ex && on' \
	    "${TESTS%/*}/man/imap-mkdir.1" | sed 's/\\e/\\/g' >example.sh
	expect 0 sh -e example.sh
	[ "$(cat out)" = Lists/new ]
	boxes | grep -q 'Archive/2024,Archive/2025,Archive/2026,'
	URL=${URL/alice/bob}
	boxes | grep -q 'Archive/2024,Archive/2025,Archive/2026,.*Lists/old,'
}
