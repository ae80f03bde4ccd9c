#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The imap- commands with real servers: Dovecot, which has nearly all that there
# is, Courier, which has little of it, and Cyrus, by every way to log in that
# they have.

load helper
load tls
load machine
load dovecot
load courier
load cyrus
load pop3

setup()
{
	isolate
	needs_root
	echo pencil >secret
}

# with_secret STATUS command ...: as expect, with what to log in with.
with_secret()
{
	local status=$1 command=$2

	shift 2
	expect "$status" "$command" -p 'cat secret' -o "ca=$T/ca.pem" \
	    ${MECHANISM:+-A "$MECHANISM"} "$@"
}

# by SAID option ... URL: imap-find says that to log in, and looks for what is
# not there.
by()
{
	local said=$1

	shift
	expect_noted 1 imap-find -v -o "ca=$T/ca.pem" "$@" INBOX from nobody ||
	    return 1
	grep -q "^> [^ ]* $said" err || { show err; return 1; }
}

# refused option ... URL: with another password, or a token that is none.
refused()
{
	echo wrong >wrong
	expect 77 imap-find -p 'cat wrong' -o "ca=$T/ca.pem" "$@" INBOX
}

# every MECHANISM ...: at $PORT and $IMAPS.
every()
{
	local m url

	for url in "$URL" "imaps://alice@localhost:$IMAPS"; do
		for m; do
			by "AUTHENTICATE $m" -A "$m" -p 'cat secret' "$url"
		done
	done
}

@test "Dovecot, by every mechanism" {
	dovecot_imap
	every PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256
	by 'AUTHENTICATE SCRAM-SHA-256' -p 'cat secret' "$URL"
	refused "$URL"
	refused -A PLAIN "$URL"
	refused -A CRAM-MD5 "$URL"
	oauth_token secret >secret
	every OAUTHBEARER XOAUTH2
	refused -A OAUTHBEARER "$URL"
	refused -A XOAUTH2 "$URL"
	certificate alice DNS:alice
	by 'AUTHENTICATE EXTERNAL' -A external -o cert=alice.pem \
	    -o key=alice.key "$URL"
}

@test "Dovecot, by a program that is logged in already" {
	dovecot_imap
	expect_noted 1 imap-find -v "$PIPE" INBOX from nobody
	not grep -q '^> [^ ]* \(LOGIN\|AUTHENTICATE\)' err
}

# It takes a socket at its output for inetd, and ends.
@test "Dovecot, by a program of root" {
	dovecot_imap
	printf 'mail_uid = nobody\nmail_gid = nogroup\n' >>dovecot/program.conf
	export USER=alice
	expect_noted 0 imap-ls "pipe:doveadm -c $T/dovecot/program.conf exec imap"
	contains out INBOX
}

# The commands with all that an account says, and its mailbox in the server.
@test "Dovecot, by an account, with the mailbox in the server" {
	dovecot_imap
	mkdir -p .config/mailpipe
	printf '%s\n' 'Account: work' "Imap: ${URL/alice/alice%40example.org}" \
	    "Tls-Ca: $T/ca.pem" >.config/mailpipe/accounts
	printf 'alice@example.org:{PLAIN}pencil\n' >>dovecot/users
	echo "machine localhost login alice@example.org password pencil" >.netrc
	chmod 600 .netrc
	letters row 1 2 3
	expect 0 imap-put -m work:Lists/a row/1 row/2 row/3
	expect 0 imap-find work:Lists/a subject dots
	[ "$(cat out)" = 2 ]
	expect 0 imap-flag work:Lists/a +flagged 2
	expect 0 imap-ls work:Lists/a 2
	grep -q '^2	flagged	' out
	expect 0 imap-fetch -H work:Lists/a 2
	contains out 'Subject: dots'
	expect 0 imap-wait -n1 work:Lists/a INBOX
	grep -q '^Lists/a	new	1	' out
	expect 0 imap-mv work:Lists/a INBOX 2
	expect 0 imap-rm work:Lists/a 1
	expect 0 imap-find -a work:Lists/a
	[ "$(cat out)" = 3 ]
	expect 0 imap-rm -t work:INBOX 1
	expect 0 imap-find -c work Trash
	[ "$(cat out)" = 1 ]
	expect 64 imap-find work
	expect 64 imap-mv work:INBOX
	expect 64 imap-wait work
	expect 64 imap-rm -b work:INBOX
}

# Each refusal takes five seconds.
@test "Courier, by every mechanism" {
	courier_imap
	every PLAIN CRAM-MD5
	by 'AUTHENTICATE PLAIN' -p 'cat secret' "$URL"
	refused "$URL"
}

# It offers SCRAM-SHA-256-PLUS, and can do it with no binding of TLS 1.3.
@test "Cyrus, by every mechanism" {
	cyrus_imap
	every PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256
	by 'AUTHENTICATE SCRAM-SHA-256-PLUS' -p 'cat secret' "$URL"
	grep -q '^> [^ ]* AUTHENTICATE SCRAM-SHA-256 ' err
	refused -A SCRAM-SHA-256-PLUS "$URL"
	refused "$URL"
	cyrus_stop
}

# same_letters DIR: each message of the Maildir is one of the files of "row", each file
# is one of the messages.
same_letters()
{
	cat_all()
	{
		find "$@" -type f -exec sha256sum {} + | cut -c 1-64 | sort
	}
	cat_all row >want
	cat_all "$1/cur" "$1/new" >have
	same want have
}

count()
{
	with_secret 0 imap-find -c "$URL" "$1"
	cat out
}

# A day of a mailbox: $LISTS and $OLD are names that the server takes.
puts_and_finds()
{
	[ -d row ] || letters row 1 2 3 4 6 7 8
	with_secret 0 imap-put -F 'flagged $Work' -D 2020-02-29T12:00:00Z "$URL" \
	    INBOX row/1
	with_secret 0 imap-put "$URL" INBOX row/[2-9]
	[ "$(wc -l <out)" -eq 6 ]
	with_secret 0 imap-ls "$URL/INBOX"
	cut -f 6 out | tr '\n' ' ' >subjects
	echo 'plain dots no line end no text bare CR bytes long ' |
	    tr -d '\n' | same subjects /dev/stdin
	with_secret 0 imap-find "$URL" INBOX subject dots
	[ "$(cat out)" = 2 ]
	with_secret 0 imap-find "$URL" INBOX larger 50000
	[ "$(cat out)" = 7 ]
	with_secret 0 imap-find "$URL" INBOX before 2021-01-01 flag '$Work'
	[ "$(cat out)" = 1 ]
	with_secret 1 imap-find "$URL" INBOX subject nothing
}

flags_and_fetches()
{
	with_secret 0 imap-flag "$URL" INBOX +seen +Junk 2:3
	with_secret 0 imap-flag "$URL" INBOX -seen 3
	with_secret 0 imap-find "$URL" INBOX seen
	[ "$(cat out)" = 2 ]
	with_secret 0 imap-find "$URL" INBOX flag Junk
	[ "$(tr '\n' ' ' <out)" = '2 3 ' ]
	with_secret 0 imap-fetch -m got "$URL" INBOX 1:*
	same_letters got
	[ -n "$(find got -name '*,F*')" ]
	[ -n "$(find got -newermt 2020-02-29T11:59:59 \
	    -not -newermt 2020-02-29T12:00:01 -type f -path '*/cur/*')" ]
	with_secret 0 imap-fetch -H "$URL" INBOX 2
	contains out 'Subject: dots'
	with_secret 0 imap-fetch -j "$URL" INBOX 1
	jq -e . out >/dev/null
}

# Of "500:*" the protocol would make the last message.
none_from_500()
{
	with_secret 1 imap-find "$URL" INBOX uid '500:*'
	with_secret 0 imap-ls "$URL/INBOX" '500:*'
	[ ! -s out ]
	with_secret 0 imap-fetch "$URL" INBOX '500:*'
	[ ! -s out ]
	with_secret 0 imap-fetch -d -m deleted "$URL" INBOX '500:*'
	with_secret 0 imap-flag "$URL" INBOX +Junk '*:500'
	with_secret 0 imap-mv "$URL" INBOX "$LISTS" '500:*'
	with_secret 0 imap-rm "$URL" INBOX '500:*'
	[ "$(count INBOX)" -eq 7 ]
	with_secret 0 imap-find "$URL" INBOX flag Junk
	[ "$(tr '\n' ' ' <out)" = '2 3 ' ]
}

moves_and_removes()
{
	none_from_500
	with_secret 0 imap-mkdir "$URL" "$LISTS" "$OLD"
	with_secret 0 imap-ls "$URL"
	contains out "$LISTS"
	with_secret 73 imap-mkdir "$URL" "$LISTS"
	seq 1 3 | with_secret 0 imap-mv "$URL" INBOX "$LISTS"
	with_secret 0 imap-mv -c "$URL" INBOX "$LISTS" 4:5
	[ "$(count INBOX)" -eq 4 ]
	[ "$(count "$LISTS")" -eq 5 ]
	with_secret 0 imap-rm "$URL" INBOX 4,6
	[ "$(count INBOX)" -eq 2 ]
	with_secret 0 imap-mkdir -r "$URL" "$LISTS" "$OLD-2"
	[ "$(count "$OLD-2")" -eq 5 ]
	with_secret 0 imap-rm -b "$URL" "$OLD"
	with_secret 0 imap-ls "$URL"
	not grep -qx "$OLD" out
	with_secret 66 imap-ls "$URL/$OLD"
	with_secret 66 imap-find "$URL" "$OLD"
	with_secret 66 imap-fetch -m got "$URL" "$OLD" 1
	with_secret 66 imap-flag "$URL" "$OLD" +seen 1
	with_secret 66 imap-mv "$URL" "$OLD" INBOX 1
	with_secret 66 imap-rm "$URL" "$OLD" 1
	with_secret 66 imap-rm -b "$URL" "$OLD"
	with_secret 66 imap-rm -bf "$URL" "$OLD"
	with_secret 66 imap-put "$URL" "$OLD" row/1
}

# In one session, in pipes.
in_one_session()
{
	with_secret 0 imap-run "$URL" sh -c '
		imap-find - "$1" all | imap-mv - "$1" INBOX &&
		imap-ls - | while read -r box; do
			imap-find -c - "$box" || [ "$?" -eq 1 ]
		done' sh "$OLD-2"
	[ "$(count INBOX)" -eq 7 ]
	with_secret 0 imap-run "$URL" sh -ec '
		imap-mkdir - "$1"
		imap-put -F seen - "$1" row/1 row/2
		[ "$(imap-find -s - "$1" seen)" = 1:2 ]
		imap-flag - "$1" +flagged 2
		imap-ls -b "$1" - 2 | grep -q "^2	flagged seen	"
		imap-fetch -H - "$1" 2 | grep -q "Subject: dots"
		imap-wait -n -t 1 - "$1" | grep -q "	new	2	flagged seen"
		imap-mv -c - "$1" "$2" 2
		imap-rm - "$1" 1
		[ "$(imap-find - "$1")" = 2 ]
		imap-rm - "$1" 2
		imap-rm -b - "$1"
		imap-run - sh -c "imap-ls -" | grep -qvx "$1"' \
	    sh "$OLD" INBOX
	with_secret 0 imap-find -s "$URL" INBOX flagged subject dots
	with_secret 0 imap-rm "$URL" INBOX "$(cat out)"
	expect_noted 0 imap-run -v -p 'cat secret' -o ca=ca.pem \
	    ${MECHANISM:+-A "$MECHANISM"} "$URL" sh -c '
		imap-ls - >/dev/null && imap-find - INBOX &&
		imap-fetch -H - INBOX 1:*'
	[ "$(grep -c '^> [^ ]* AUTHENTICATE' err)" -eq 1 ]
}

appended()
{
	grep -q "	$1	" waited
}

waits()
{
	local uid

	start waiter sh -c 'exec imap-wait -v -p "cat secret" -o ca=ca.pem \
	    "$@" INBOX >waited' sh ${MECHANISM:+-A "$MECHANISM"} "$URL"
	wait_for 20 started_waiting
	with_secret 0 imap-put "$URL" INBOX row/1
	uid=$(cut -f 1 out)
	wait_for 20 appended new
	with_secret 0 imap-flag "$URL" INBOX +flagged "$uid"
	wait_for 20 appended flags
	with_secret 0 imap-rm "$URL" INBOX "$uid"
	wait_for 20 appended expunge
	grep -q "^INBOX	new	$uid	" waited
}

started_waiting()
{
	grep -q '^< +' waiter.log
}

# compressed URL ...: it agrees to that, and each message comes and goes as it
# is.
compressed()
{
	local url n=0

	letters row 1 2 3 4 6 7 8
	for url; do
		n=$((n + 1))
		expect_noted 0 imap-put -v -p 'cat secret' -o ca=ca.pem \
		    -A SCRAM-SHA-256 -o compress -m "$url" "Box$n" row/*
		grep -q '^> [^ ]* COMPRESS DEFLATE' err
		not grep -q '^< [^ ]* \(NO\|BAD\) ' err
		MECHANISM=SCRAM-SHA-256 with_secret 0 imap-run -o compress \
		    "$url" sh -ec 'imap-fetch -m "got$1" - "Box$1" 1:*
			imap-mkdir - "Old$1"
			imap-mv -c - "Box$1" "Old$1" 1:*
			imap-fetch -m "old$1" - "Old$1" 1:*' sh "$n"
		same_letters "got$n"
		same_letters "old$n"
	done
}

a_day()
{
	puts_and_finds
	flags_and_fetches
	moves_and_removes
	in_one_session
	waits
}

@test "Dovecot and Cyrus, compressed, in TLS that was begun late and at once" {
	dovecot_imap
	compressed "$URL" "imaps://alice@localhost:$IMAPS"
	dovecot_stop
	rm -rf got* old*
	cyrus_imap
	compressed "$URL" "imaps://alice@localhost:$IMAPS"
	cyrus_stop
}

@test "Dovecot, a day" {
	dovecot_imap
	LISTS=$(printf 'Lists/Gr\303\266\303\237e & mehr') OLD=Old
	a_day
}

# It adds a line end where there is none, and drops a CR that stands alone.
@test "Courier, a day" {
	courier_imap
	LISTS=$(printf 'INBOX.Lists.Gr\303\266\303\237e & mehr') OLD=INBOX.Old
	letters row 1 2 3 4 6 7 8
	echo >>row/3
	tr -d '\r' <row/6 >6
	mv 6 row
	a_day
	with_secret 69 imap-mkdir -u archive "$URL" INBOX.Archive
	contains err 'CREATE-SPECIAL-USE'
	with_secret 69 imap-rm -t "$URL" INBOX 1
	contains err 'Trash'
	misnamed
}

# tells STATUS NAME command ...: which name is meant.
tells()
{
	with_secret "$1" "${@:3}" || return 1
	[ "$(wc -l <err)" -eq 1 ] &&
	    contains err "names begin with \"INBOX.\" on this server: $2"
}

# Names that are not below INBOX.
misnamed()
{
	local say='localhost: Archive: names' name=INBOX.Archive

	tells 69 "$name" imap-mkdir "$URL" Archive && contains err "$say" &&
	    tells 69 INBOX.x imap-mkdir "$URL" INBOX/x &&
	    tells 69 "$name" imap-mkdir -s "$URL" Archive &&
	    tells 69 "$name" imap-mkdir -S "$URL" Archive &&
	    tells 69 INBOX.Old imap-mkdir -r "$URL" "$OLD-2" Old &&
	    tells 66 "$name" imap-mkdir -r "$URL" Archive "$LISTS" &&
	    tells 66 "$name" imap-ls "$URL/Archive" &&
	    tells 66 "$name" imap-find "$URL" Archive &&
	    tells 66 "$name" imap-find "$URL" Archive subject ä &&
	    tells 66 "$name" imap-fetch -m got "$URL" Archive 1 &&
	    tells 66 "$name" imap-flag "$URL" Archive +seen 1 &&
	    tells 66 "$name" imap-wait -t 1 "$URL" Archive &&
	    tells 66 "$name" imap-rm "$URL" Archive 1 &&
	    tells 66 "$name" imap-rm -b "$URL" Archive &&
	    tells 66 "$name" imap-rm -bf "$URL" Archive &&
	    tells 69 "$name" imap-put -m "$URL" Archive row/1 &&
	    tells 69 "$name" imap-mv -m "$URL" INBOX Archive 1
}

# With the mechanism that it offers first each would log in twice.
@test "Cyrus, a day" {
	MECHANISM=SCRAM-SHA-256
	cyrus_imap
	LISTS=$(printf 'Lists/Gr\303\266\303\237e & mehr') OLD=Old
	a_day
	cyrus_stop
}
