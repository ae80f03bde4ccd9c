# SPDX-License-Identifier: ISC
#
# Cases of tests/bench/run: IMAP, from a Dovecot, beside mbsync, curl, Python's
# imaplib, and the octets alone over openssl s_client.

# A Dovecot on $clear and $tls, of bob, who has so many messages of 4 KiB, which
# its caches know, carol, who has 100, and dora, who has the same and a password
# that is hashed as passwd(1) does it.
start_imap()
{
	certificate
	clear=$(free_port)
	tls=$(free_port)
	make_mail dovecot.bob "$1" 4096
	make_mail dovecot.carol 100 4096
	cp -a dovecot.carol dovecot.dora
	mkdir -m 755 dovecot
	printf '%s\n' 'bob:{PLAIN}secret' 'carol:{PLAIN}secret' \
	    "dora:{CRYPT}$(python3 -W ignore -c 'import crypt
print(crypt.crypt("secret", "$y$j9T$saltsaltsaltsalt$"))')" >passwords
	chmod 644 passwords
	dovecot_for imap "$clear" "$tls" "driver = passwd-file" \
	    "args = $dir/passwords" >dovecot.conf
	setsid dovecot -F -c "$dir/dovecot.conf" >server.log 2>&1 </dev/null &
	server="$server $!"
	wait_for_listener "$clear"
	wait_for_listener "$tls"
	printf 'openssl s_client -quiet -crlf -ign_eof %s </dev/stdin\n' \
	    "-connect 127.0.0.1:$tls -CAfile mx.pem 2>/dev/null" >octets.sh
	# Only who selects it makes it write its caches.
	imap_listing | sed s/EXAMINE/SELECT/ >warm
	sh octets.sh <warm >/dev/null
	sh octets.sh <warm >/dev/null
	login="-p 'echo secret' -o ca=$dir/mx.pem"
	clear_login="-p 'echo secret' -o tls=none"
}

# What imap-ls asks for.
imap_listing()
{
	printf '%s\n' 'a LOGIN bob secret' 'b EXAMINE INBOX' \
	    "c UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)" \
	    'd LOGOUT'
}

mbsync_script()
{
	cat <<-.
		mkdir -p mbsync.\$turn
		cat >mbsync.\$turn/rc <<-END
		FSync yes

		IMAPAccount bob
		Host 127.0.0.1
		Port $clear
		User bob
		Pass secret
		SSLType None
		AuthMechs LOGIN

		IMAPStore far
		Account bob

		MaildirStore near
		Path mbsync.\$turn/
		Inbox mbsync.\$turn/INBOX

		Channel bob
		Far :far:
		Near :near:
		Sync Pull
		Create Near
		SyncState *
		END
		exec mbsync -qq -c mbsync.\$turn/rc bob
	.
}

imap_pull()
{
	n=$1
	mbsync_script >mbsync.sh
	by_turns \
	    imap-fetch "exec imap-fetch $clear_login -m imap-fetch.\$turn \
	    imap://bob@127.0.0.1:$clear INBOX '1:*' >o.fetch" \
	    mbsync 'exec sh mbsync.sh'
	for turn in $(seq "$turns"); do
		for name in "imap-fetch.$turn" "mbsync.$turn/INBOX"; do
			[ "$(find "$name/new" "$name/cur" -type f |
			    wc -l)" -eq "$n" ]
		done
	done
	for name in imap-fetch mbsync; do
		shown $name "$n" msg/s "all $n of 4 KiB"
	done
	compared imap-fetch mbsync 3
}

listing_script()
{
	cat <<-.
		import imaplib, ssl, sys
		from email import message_from_bytes, policy
		m = imaplib.IMAP4_SSL('127.0.0.1', $tls, ssl_context=
		    ssl._create_unverified_context())
		m.login('bob', 'secret')
		m.select('INBOX', readonly=True)
		rows = m.uid('FETCH', '1:*', '(UID FLAGS INTERNALDATE RFC822.SIZE '
		    'BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])')[1]
		import re
		what = re.compile(rb'UID (\d+) FLAGS \((.*?)\) INTERNALDATE "(.*?)" '
		    rb'RFC822.SIZE (\d+)')
		for row in rows:
		    if isinstance(row, tuple):
		        uid, flags, date, size = what.search(row[0]).groups()
		        h = message_from_bytes(row[1], policy=policy.default)
		        print(uid.decode(), flags.decode(), date.decode(),
		            size.decode(), h['from'], h['subject'], sep='\t')
		m.logout()
	.
}

imap_list()
{
	n=$1
	listing_script >listing.py
	imap_listing >listing
	by_turns \
	    imap-ls "exec imap-ls $login imaps://bob@localhost:$tls/INBOX >o.ls" \
	    imaplib 'exec python3 listing.py >o.imaplib' \
	    octets 'sh octets.sh <listing >o.octets'
	[ "$(wc -l <o.ls)" -eq "$n" ] && [ "$(wc -l <o.imaplib)" -eq "$n" ]
	[ "$(grep -c ' FETCH (' o.octets)" -eq "$n" ]
	for name in imap-ls imaplib octets; do
		shown $name "$n" msg/s "list of $n, TLS"
	done
	compared imap-ls imaplib 5
	compared imap-ls octets '0.67'
}

# imap_commands USER TEXT: her mail, a command for each, of which curl needs a
# log-in each: of a large mailbox the time would be that of the server alone.
imap_commands()
{
	n=100
	cat >commands.sh <<-.
		for uid in \$(seq $n); do
			imap-fetch -H - INBOX "\$uid" || exit
		done >o.run
	.
	cat >curl.sh <<-.
		for uid in \$(seq $n); do
			curl -s --cacert mx.pem -u $1:secret \
			    "imaps://localhost:$tls/INBOX;UID=\$uid;SECTION=HEADER" ||
			    exit
		done >o.curl
	.
	by_turns \
	    imap-run "exec imap-run $login imaps://$1@localhost:$tls \
	    sh commands.sh" \
	    curl 'exec sh curl.sh'
	[ "$(grep -c ^Subject: o.run)" -eq "$n" ]
	[ "$(grep -c ^Subject: o.curl)" -eq "$n" ]
	for name in imap-run curl; do
		shown $name "$n" cmd/s "$n headers, $2"
	done
	compared imap-run curl 20
}

# Those of which no two can be said as a range.
imap_memory()
{
	n=$((1000000 / scale))
	seq 1 2 $((2 * n)) >uids
	measure "exec imap-flag $clear_login \
	    imap://bob@127.0.0.1:$clear INBOX +seen <uids"
	row "imap-flag, $n uids from a pipe" "$(rate "$n")" uid/s "$cpu" \
	    "$peak"
}

imap_waits()
{
	python3 "$cases/waited.py" $((1000 / scale)) >waited
	read -r median worst <waited
	row "imap-wait, a line after an event" "$median" ms - -
	row 'imap-wait, the slowest of them' "$worst" ms - -
}

bench_imap()
{
	[ "$(id -u)" -eq 0 ] || return 0
	n=$((20000 / scale))
	start_imap "$n"
	imap_pull "$n"
	imap_list "$n"
	imap_commands carol 'plain password'
	imap_commands dora 'hashed password'
	imap_memory
	imap_waits
	stop_server
	rm -rf more.conf passwords dovecot dovecot.* imap-fetch.[0-9]* \
	    mbsync.[0-9]*
}
