# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Messages for a real Dovecot, on top of dovecot.bash and imap.bash:
#
#	mail NUMBER SECONDS FLAGS <message	puts it into alice's INBOX, with
#			that internal date, before dovecot_imap
#	dovecot_mail	three messages there, of alice, bob and carol
#	many_mail N	N small ones, message N of the subject N
#	imap COMMAND ...	runs imap-COMMAND with $URL in front of what is
#			no option, and what logs in, and checks the status in
#			$STATUS, 0 without it
#	account		~/.config/mailpipe/accounts has that of "work"
#	examples PAGE	runs each command of its EXAMPLES
#	uids MAILBOX	writes what is in it, as "uid,flags subject" of each
#	holds MAILBOX LINE ...	that is what uids writes

mail()
{
	local file=dovecot/mail/alice/cur/$((1000000000 + $1)).$1.host:2,$3

	mkdir -p dovecot/mail/alice/cur dovecot/mail/alice/new \
	    dovecot/mail/alice/tmp
	cat >"$file"
	touch -d "@$2" "$file"
}

dovecot_mail()
{
	mkdir -p -m 755 dovecot
	mkdir -p -m 700 dovecot/mail
	mail 1 1735689600 S <<-.
		From: Alice <alice@example.org>
		To: bob@example.net
		Subject: one
		Date: Tue, 31 Dec 2024 12:00:00 +0000
		List-Id: <talk.example.org>

		The first one.
	.
	mail 2 1748779200 '' <<-.
		From: Bob <bob@example.net>
		To: alice@example.org
		Cc: carol@example.com
		Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
		Date: Sun, 01 Jun 2025 12:00:00 +0000

		The second "one" \\ (two).
	.
	{ cat <<-.
		From: carol@example.com
		To: alice@example.org
		Bcc: bob@example.net
		Subject: three
		Date: Thu, 01 Jan 2026 12:00:00 +0000

	.
	head -c 6000 /dev/zero | tr '\0' x | fold -w 60; } | mail 3 1767225600 FS
}

many_mail()
{
	mkdir -p -m 755 dovecot
	mkdir -p -m 700 dovecot/mail
	mkdir -p dovecot/mail/alice/cur dovecot/mail/alice/new \
	    dovecot/mail/alice/tmp
	python3 -S - "$1" <<-'.'
		import sys
		for n in range(1, int(sys.argv[1]) + 1):
		    name = 'dovecot/mail/alice/cur/%d.%d.host:2,' % (10**9 + n, n)
		    with open(name, 'w') as f:
		        f.write('From: a@example.org\nSubject: %d\n\nx\n' % n)
	.
}

imap()
{
	local command=imap-$1 options=()

	shift
	while [[ ${1:-} = -[a-zA-Z0-9]* ]]; do
		options+=("$1")
		shift
	done
	expect "${STATUS:-0}" "$command" -p 'echo pencil' -o tls=may \
	    "${options[@]}" "$URL" "$@"
}

# By another client.
uids()
{
	python3 -S - "$PORT" "$1" <<-'.'
		import imaplib, re, sys
		i = imaplib.IMAP4('localhost', int(sys.argv[1]))
		i.login('alice', 'pencil')
		if i.select('"%s"' % sys.argv[2], True)[0] != 'OK':
		    sys.exit('no such mailbox')
		if i.untagged_responses.get('EXISTS', [b'0'])[-1] == b'0':
		    sys.exit()
		what = '(UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])'
		for a in i.fetch('1:*', what)[1]:
		    if not isinstance(a, tuple):
		        continue
		    head, text = (x.decode() for x in a)
		    flags = re.search(r'FLAGS \((.*?)\)', head)[1].split()
		    print(','.join([re.search(r'UID (\d+)', head)[1]] +
		        sorted(f for f in flags if f != '\\Recent')),
		        text.split(':')[1].strip())
		i.logout()
	.
}

holds()
{
	uids "$1" >"$T/.holds" || return 1
	shift
	printf '%s\n' "$@" | sed '/^$/d' | diff -u - "$T/.holds"
}

account()
{
	mkdir -p .config/mailpipe
	printf '%s\n' 'Account: work' "Imap: $URL" 'User: alice' \
	    'Password-Command: echo pencil' >.config/mailpipe/accounts
}

examples()
{
	local block status

	sed -n '/^\.Sh EXAMPLES/,/^\.Sh DIAG/p' "$TESTS/../man/$1" |
	    awk '/^\.Bd/ { n++; on = 1; next } /^\.Ed/ { on = 0 }
	    on { gsub(/\\e/, "\\")
	        print "           " $0 >("example." n) }'
	for block in example.*; do
		status=0
		sh -e "$block" >"$block.out" 2>"$block.err" || status=$?
		[ "$status" -eq 0 ] && [ ! -s "$block.err" ] && continue
		show "$block" "$block.err"
		return 1
	done
}
