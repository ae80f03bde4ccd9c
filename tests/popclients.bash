# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Real clients of POP3, on top of helper.bash and tls.bash, for a test of root:
#
#	fetch_with CLIENT [option ...]	what is new for $POPUSER, whose password
#				is "pencil", from localhost:$PORT (getmail:
#				$POP3S) into got/CLIENT/new, and is left on the
#				server; a second call fetches only what the
#				first did not see.  CLIENT is pop3-fetch, mpop,
#				fetchmail, getmail, and, which keep nothing in
#				mind, curl, poplib, mutt; options are those of
#				pop3-fetch and curl, or lines for the
#				configuration of mpop, fetchmail and getmail
#	got CLIENT		prints how many messages it has
#	as_sent CLIENT DIR	it has just the messages that are the files of
#				DIR, but for trace fields

popclient_state()
{
	mkdir -p "state/$1" "got/$1/cur" "got/$1/new" "got/$1/tmp"
}

fetch_pop3-fetch()
{
	expect 0 pop3-fetch -s "$T/state/pop3-fetch/state" \
	    -m "$T/got/pop3-fetch" -p 'echo pencil' -o "ca=$T/ca.pem" "$@" \
	    "pop3://$POPUSER@localhost:$PORT"
}

fetch_mpop()
{
	{ cat <<-.
		account default
		host localhost
		port $PORT
		user $POPUSER
		passwordeval echo pencil
		auth user
		tls on
		tls_starttls on
		tls_trust_file $T/ca.pem
		delivery maildir $T/got/mpop
		uidls_file $T/state/mpop/uidls
		keep on
		received_header off
	.
	printf '%s\n' "$@"; } >state/mpop/rc
	expect 0 mpop -C "$T/state/mpop/rc" -q
}

# Its status is 1 where there was no new mail.
fetch_fetchmail()
{
	local status=0

	cat >state/fetchmail/mda <<-.
		#!/bin/sh
		exec cat >"\$(mktemp "$T/got/fetchmail/new/XXXXXXXX")"
	.
	chmod 755 state/fetchmail/mda
	{ cat <<-.
		set no bouncemail
		set invisible
		poll localhost service $PORT protocol pop3 uidl auth password
		  user "$POPUSER" password pencil keep norewrite no mimedecode
		  sslproto '' sslcertck sslcertfile "$T/ca.pem"
		  mda "$T/state/fetchmail/mda"
	.
	printf '%s\n' "$@"; } >state/fetchmail/rc
	timeout -k 5 60 fetchmail -f state/fetchmail/rc --nosyslog -i \
	    "$T/state/fetchmail/ids" --pidfile "$T/state/fetchmail/pid" \
	    >out 2>err 3>&- || status=$?
	[ "$status" -le 1 ] && return 0
	echo "fetchmail: status $status"
	show out err
	return 1
}

# It delivers nothing as root, knows no STLS, and is said to hang at times.
fetch_getmail()
{
	{ cat <<-.
		[retriever]
		type = SimplePOP3SSLRetriever
		server = localhost
		port = $POP3S
		username = $POPUSER
		password = pencil
		ca_certs = $T/ca.pem
		[destination]
		type = Maildir
		path = $T/got/getmail/
		[options]
		read_all = false
		delivered_to = false
		received = false
	.
	printf '%s\n' "$@"; } >state/getmail/rc
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T" state got
	chmod a+r ca.pem
	chown -R nobody state/getmail got/getmail
	expect 0 env HOME="$T/state/getmail" setpriv --reuid nobody \
	    --regid nogroup --clear-groups /usr/bin/python3 -B - -q \
	    -g "$T/state/getmail" -r "$T/state/getmail/rc" \
	    <"$TESTS/peer/getmail.py"
}

fetch_curl()
{
	local n url=pop3://localhost:$PORT

	expect 0 curl -sS --ssl-reqd --cacert ca.pem -u "$POPUSER:pencil" \
	    "$@" "$url/" || return 1
	cp out state/curl/list
	# All in one session.
	while read -r n _; do
		printf '%s\n' "url = \"$url/$n\"" "output = got/curl/new/$n"
	done <state/curl/list >state/curl/rc
	[ ! -s state/curl/rc ] ||
	    expect 0 curl -sS --ssl-reqd --cacert ca.pem -u "$POPUSER:pencil" \
	    "$@" -K state/curl/rc || return 1
	sed -i 's/\r$//' got/curl/new/*
}

# Everything it has, and what each says must agree.
fetch_poplib()
{
	cat >state/poplib/fetch.py <<-'.'
		import poplib, ssl, sys
		port, user, out, ca = sys.argv[1:]
		p = poplib.POP3('localhost', int(port), timeout=30)
		p.stls(ssl.create_default_context(cafile=ca))
		p.user(user)
		p.pass_('pencil')
		count, total = p.stat()
		sizes = [int(l.split()[1]) for l in p.list()[1]]
		uids = [l.split()[1] for l in p.uidl()[1]]
		assert (count, total) == (len(sizes), sum(sizes)), (count, total)
		assert len(set(uids)) == count, uids
		for i in range(1, count + 1):
		    lines, octets = p.retr(i)[1:]
		    data = b''.join(l + b'\r\n' for l in lines)
		    assert len(data) == octets == sizes[i - 1], (i, octets)
		    assert p.uidl(i).split()[2] == uids[i - 1]
		    head = p.top(i, 0)[1]
		    assert head == lines[:len(head)], i
		    with open(f'{out}/{i}', 'wb') as f:
		        f.write(data.replace(b'\r\n', b'\n'))
		p.rset()
		p.noop()
		p.quit()
	.
	expect 0 python3 state/poplib/fetch.py "$PORT" "$POPUSER" \
	    "$T/got/poplib/new" "$T/ca.pem"
}

# It wants a terminal.
fetch_mutt()
{
	cat >state/mutt/rc <<-.
		set mbox_type=Maildir folder="$T/got" spoolfile="$T/got/mutt"
		set pop_host="pop://localhost:$PORT" pop_user="$POPUSER"
		set pop_pass=pencil pop_delete=no pop_authenticators="user"
		set ssl_starttls=yes ssl_force_tls=yes sleep_time=0
		set ssl_ca_certificates_file="$T/ca.pem" ssl_usesystemcerts=no
		set certificate_file="$T/state/mutt/certificates"
		push <fetch-mail><exit>
	.
	TERM=vt100 expect 0 script -qec "mutt -nF $T/state/mutt/rc" \
	    state/mutt/typescript </dev/null
}

fetch_with()
{
	local client=$1

	shift
	popclient_state "$client"
	"fetch_$client" "$@"
}

got()
{
	find "got/$1/new" "got/$1/cur" -type f | wc -l
}

as_sent()
{
	python3 - "got/$1" "$2" <<-'.'
		import collections, os, re, sys
		def read(*dirs):
		    found = collections.Counter()
		    for d in dirs:
		        for name in os.listdir(d):
		            with open(f'{d}/{name}', 'rb') as f:
		                data = f.read()
		            if data and not data.endswith(b'\n'):
		                data += b'\n'
		            found[data] += 1
		    return found
		def bare(data):
		    return re.sub(rb'\A(?:(?:Received|Return-Path|Delivered-To|'
		                  rb'X-getmail-[^:\n]*|Status|Content-Length|Lines)'
		                  rb':.*\n(?:[ \t].*\n)*)+', b'', data)
		got = collections.Counter()
		for data, n in read(sys.argv[1] + '/new', sys.argv[1] + '/cur').items():
		    got[bare(data)] += n
		sent = read(sys.argv[2])
		for what, left in ('missing', sent - got), ('not sent', got - sent):
		    for data, n in left.items():
		        print(f'{what}: {n} times {data[:300]!r}')
		sys.exit(got != sent)
	.
}
