#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What all imap- commands have in common: the names of servers, the login, what
# -v shows.

load helper
load imap

setup()
{
	isolate
	tool=${MAILPIPE_BIN%/*}/tests/tool/imapsay
}

# mailbox_of NAME SERVER [ARGUMENT ...]: the mailbox in it; @ is where a server
# is that knows alice.
mailbox_of()
{
	local name=$1

	shift
	imap_script <<-'.'
		GREETING:
		C: LOGIN alice pencil
		S: TAG OK [CAPABILITY IMAP4rev1] in
	.
	mkdir -p .config/mailpipe
	[ ! -e accounts ] ||
	    sed "s,@,127.0.0.1:$PORT," accounts >.config/mailpipe/accounts
	expect 0 "$tool" "${@/@@/alice@127.0.0.1:$PORT}" mailbox || return 1
	[ "$(cat out)" = "mailbox $name" ] && imap_scripted_end
}

@test "a URL, with a mailbox or without" {
	local p=(-p 'echo pencil')

	mailbox_of none "${p[@]}" imap://@@
	mailbox_of none "${p[@]}" imap://@@/
	mailbox_of INBOX/Lists "${p[@]}" imap://@@/INBOX/Lists
	mailbox_of 'Entwürfe & mehr' "${p[@]}" \
	    imap://@@/Entw%C3%BCrfe%20%26%20mehr
}

@test "an account, with a mailbox or without" {
	printf '%s\n' 'Account: home' 'Imap: imap://nobody@127.0.0.1:9' '' \
	    'Account: work' 'Imap: imap://@' 'User: alice' \
	    'Password-Command: echo pencil' >accounts
	mailbox_of none work
	mailbox_of none work:
	mailbox_of INBOX/a:b work:INBOX/a:b
	mailbox_of none -a work
	mailbox_of INBOX/Lists -a work:INBOX/Lists
	sed -i 's,^Imap: imap://@$,&/Start,' accounts
	mailbox_of Start work
	mailbox_of INBOX work:INBOX
}

@test "servers that are none" {
	expect 64 "$tool"
	grep -q ^usage: err
	expect 69 "$tool" http://a@b/
	contains err imap
	expect 64 "$tool" imap://127.0.0.1
	contains err 'who logs in?'
	expect 64 "$tool" -o what=1 imap://a@127.0.0.1
	expect 78 "$tool" nobody
	mkdir -p .config/mailpipe
	printf '%s\n' 'Account: work' 'Smtp: smtp://a.example' \
	    >.config/mailpipe/accounts
	expect 78 "$tool" work:INBOX
	contains err 'account work: it has no Imap'
	printf '%s\n' 'Imap: imap://127.0.0.1' >>.config/mailpipe/accounts
	expect 78 "$tool" work
	contains err 'account work: who logs in?'
}

@test "-v shows what is said, but no secrets and no messages" {
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 AUTH=PLAIN LITERAL+
		GREETING:
		C: AUTHENTICATE PLAIN
		S: + Zm9v
		C-LINE: *
		S: TAG OK [CAPABILITY IMAP4rev1 LITERAL+] in
		C: SEARCH TEXT {7+}*
		S: * SEARCH
		S: TAG OK done
		C: UID FETCH *
		S: * 1 FETCH (UID 1 X {10}
		S: dear diary FLAGS (\Seen))
		S: TAG OK done
	.
	expect_noted 0 "$tool" -v -p 'echo pencil' "$URL" say='SEARCH TEXT ' \
	    string=$'sought\n' said finish fetch
	sed -E 's/^([<>]) [a-z2-7]{11} /\1 T /' err | same - <(cat <<-'.'
		< * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN LITERAL+] ready
		> T AUTHENTICATE PLAIN
		< + ***
		> ***
		< T OK [CAPABILITY IMAP4rev1 LITERAL+] in
		> T SEARCH TEXT {7+}
		< * SEARCH
		< T OK done
		> T UID FETCH 1:* (UID FLAGS)
		< * 1 FETCH (UID 1 X {10}
		< FLAGS (\Seen))
		< T OK done
		> T LOGOUT
	.
	)
}
