#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3d-inetd with real clients: mpop, fetchmail, getmail, curl, mutt, Python's
# poplib, and our own, by every way to log in.

load helper
load tls
load machine
load pop3
load popclients
load popserver

setup()
{
	isolate
	needs_root
	POPUSER=alice
	MAIL=$T/mail
}

# What the client makes of these messages is what they are, for a second time
# if it is asked a second time; they stay where they are.
fetches()
{
	local client=$1

	shift
	letters row "$@"
	popserver_up
	mail_in "$MAIL" row/*
	fetch_with "$client" && as_sent "$client" row && return 0
	show pop3d.log pop3ds.log
	return 1
}

# Nothing that it has seen comes again, and what is new does.
and_again()
{
	fetch_with "$1"
	as_sent "$1" row
	letters row 9
	mail_in "$MAIL" row/9
	fetch_with "$1"
	as_sent "$1" row
}

@test "pop3-fetch" {
	fetches pop3-fetch 1 2 3 4 5 6 7 8
	and_again pop3-fetch
}

@test "mpop" {
	fetches mpop 1 2 3 4 5 6 7 8
	and_again mpop
}

# It takes CRs away and breaks long lines.
@test "fetchmail" {
	fetches fetchmail 1 2 3 4 7
	and_again fetchmail
}

# It makes line ends of CRs, and a header where there is none.
@test "getmail" {
	fetches getmail 1 2 3 4 7 8
	and_again getmail
}

@test "curl" {
	fetches curl 1 2 3 4 5 6 7 8
}

# It takes no line of more than 2048 bytes.
@test "poplib, and all that is said of a message agrees" {
	fetches poplib 1 2 3 4 5 6 7
}

@test "mutt" {
	fetches mutt 1 2 3 4 5 6 7 8
}

@test "mpop, fetchmail and getmail delete what they have" {
	local client

	letters row 1 2 4
	popserver_up
	for client in mpop fetchmail getmail; do
		mail_in "$MAIL" row/*
		case $client in
		mpop) fetch_with mpop 'keep off' ;;
		fetchmail) fetch_with fetchmail 'nokeep' ;;
		getmail) fetch_with getmail 'delete = true' ;;
		esac
		as_sent "$client" row
		[ -z "$(find "$MAIL/new" "$MAIL/cur" -type f)" ] ||
		    { ls -R "$MAIL"; return 1; }
	done
}

# by SAID option ... URL: pop3-fetch says that to log in, and has everything.
by()
{
	local said=$1

	shift
	rm -rf got state
	popclient_state pop3-fetch
	expect_noted 0 pop3-fetch -v -s "$T/state/log" \
	    -m "$T/got/pop3-fetch" -o "ca=$T/ca.pem" "$@" ||
	    { show pop3d.log pop3ds.log; return 1; }
	grep -q "^> $said" err || { show err; return 1; }
	as_sent pop3-fetch row
}

# refused option ... URL: with another password, or a token that is none.
refused()
{
	expect 77 pop3-fetch -n -s "$T/state/other" -m "$T/got/pop3-fetch" \
	    -p 'echo wrong' -o "ca=$T/ca.pem" "$@"
}

@test "pop3-fetch, by every mechanism" {
	local m url

	letters row
	authority
	cat >check <<-'.'
		#!/usr/bin/python3
		import os, sys
		user, token = os.read(3, 65536).split(b'\0')[:2]
		if (user, token) != (b'alice@example.org', b'token'):
		    sys.exit(1)
		os.execvp(sys.argv[1], sys.argv[1:])
	.
	chmod 755 check
	popserver_up "Tls-Client-Ca: $T/ca.pem" "Check-Token: $T/check"
	mail_in "$MAIL" row/*
	for url in "pop3://alice@localhost:$PORT" \
	    "pop3s://alice%40example.org@localhost:$POP3S"; do
		for m in PLAIN LOGIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS; do
			by "AUTH $m" -A "$m" -p 'echo pencil' "$url"
		done
		refused -A PLAIN "$url"
		refused -A SCRAM-SHA-256-PLUS "$url"
		by 'AUTH SCRAM-SHA-256-PLUS' -p 'echo pencil' "$url"
		by 'USER alice' -A pass -p 'echo pencil' "$url"
		refused -A pass "$url"
	done
	url=pop3s://alice%40example.org@localhost:$POP3S
	for m in OAUTHBEARER XOAUTH2; do
		by "AUTH $m" -A "$m" -p 'echo token' "$url"
		refused -A "$m" "$url"
	done
	certificate alice email:alice@example.org
	for url in "pop3://localhost:$PORT" "pop3s://localhost:$POP3S"; do
		by 'AUTH EXTERNAL' -A external -o cert=alice.pem \
		    -o key=alice.key "$url"
	done
}

@test "mpop and curl, by every mechanism that they have" {
	local m

	letters row 1 2
	popserver_up
	mail_in "$MAIL" row/*
	for m in plain login scram-sha-256 user; do
		rm -rf got state
		fetch_with mpop "auth $m"
		as_sent mpop row
	done
	for m in PLAIN LOGIN; do
		rm -rf got state
		fetch_with curl --login-options "AUTH=$m"
		as_sent curl row
	done
}

# A client of POP3 on descriptor 5; "heard" is the first line of a reply.
dial()
{
	exec 5<>"/dev/tcp/127.0.0.1/$PORT"
}

heard()
{
	local line

	IFS= read -r -t 20 -u 5 line
	# shellcheck disable=SC2053 # a pattern
	[[ ${line%$'\r'} == $1 ]] && return 0
	echo "heard \"$line\", expected \"$1\""
	return 1
}

says()
{
	printf '%s\r\n' "$1" >&5
	heard "$2"
}

to_the_end()
{
	local line

	while IFS= read -r -t 20 -u 5 line; do
		[ "$line" != $'.\r' ] || return 0
		printf '%s\n' "${line%$'\r'}"
	done
	return 1
}

@test "mutt removes a message and reads another in the middle of a session" {
	letters row 1 2 4 9
	popserver_up
	mail_in "$MAIL" row/*
	exec 5>&-
	dial
	heard '+OK*'
	says 'USER alice' '+OK*'
	says 'PASS pencil' '+OK*'
	says 'STAT' '+OK 4 *'
	# The first one is deleted, the next one read, and marked as such.
	then='<display-message><exit><sync-mailbox><exit>'
	cat >muttrc <<-.
		set mbox_type=Maildir folder="$T" sleep_time=0 wait_key=no
		set delete=yes quit=yes move=no mark_old=yes
		push <first-entry><delete-message><sync-mailbox>$then
	.
	TERM=vt100 expect 0 script -qec "mutt -nF muttrc -f $MAIL" typescript \
	    </dev/null 5>&-
	chown -R nobody:nogroup "$MAIL"
	[ "$(find "$MAIL/new" -type f | wc -l)" -eq 2 ]
	[ "$(find "$MAIL/cur" -name '*:2,S' | wc -l)" -eq 1 ]
	gone=0
	for i in 1 2 3 4; do
		printf 'RETR %s\r\n' "$i" >&5
		IFS= read -r -t 20 -u 5 line
		case $line in
		+OK*) to_the_end >"had.$i" && left=$i ;;
		-ERR*) gone=$((gone + 1)) ;;
		*) false ;;
		esac
	done
	[ "$gone" -eq 1 ]
	[ "$(cat had.* | grep -c '^Subject: ')" -eq 3 ]
	says 'STAT' '+OK 3 *'
	says "DELE $left" '+OK*'
	says 'QUIT' '+OK*'
	exec 5>&-
	[ "$(find "$MAIL/new" "$MAIL/cur" -type f | wc -l)" -eq 2 ]
}
