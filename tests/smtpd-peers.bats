#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd under every kind of super-server, with senders and readers of
# mail that others wrote.

load helper
load postfix
load smtpd
load tls

# So many sessions at a time, so many messages of 4 KiB in all.
flood()
{
	smtp-source -s "$1" -m "$2" -l 4096 -f alice@example.net \
	    -t bob@example.org -S flood "127.0.0.1:$PORT" >"$T/source" 2>&1 ||
	    { show "$T/source"; return 1; }
	[ ! -s "$T/source" ] || { show "$T/source"; return 1; }
}

# One message by swaks, with what it must not change.
swaks_one()
{
	printf 'Subject: by swaks\nFrom: alice@example.net\n\n.dot\n' >"$T/mail"
	printf 'caf\303\251\n..\n\nlong %03000d\n' 0 >>"$T/mail"
	swaks --server 127.0.0.1 --port "$PORT" --from alice@example.net \
	    --to bob@example.org --helo swaks.example --data "@$T/mail" \
	    >"$T/swaks" 2>&1 || { show "$T/swaks"; return 1; }
	echo >>"$T/mail" # swaks does, too
}

# So many letters, one of them that of swaks; those of flood are the same text
# in different traces, and each file has the size that its name tells.
all_there()
{
	local file

	python3 - "$1" "$T"/bob/new/* <<-'.' || return 1
		import os, re, sys
		count, files = int(sys.argv[1]), sys.argv[2:]
		assert len(files) == count, f"{len(files)} letters, sent were {count}"
		bodies = {}
		for path in files:
		    with open(path, "rb") as f:
		        data = f.read()
		    size = len(data), len(data) + data.count(b"\n")
		    assert re.search(r",S=(\d+),W=(\d+)$", path).groups() == (
		        str(size[0]), str(size[1])), path
		    body = data.partition(b"\n\n")[2]
		    bodies[body] = bodies.get(body, 0) + 1
		most = max(bodies, key=bodies.get)
		assert bodies[most] == count - 1 and len(most) > 3000, bodies.values()
	.
	file=$(grep -l 'Subject: by swaks' "$T"/bob/new/*)
	stored "$file" >"$T/got"
	same "$T/mail" "$T/got" || return 1
	contains "$file" 'from swaks.example ([127.0.0.1])' || return 1
	tmp_clean
}

@test "LISTEN_FDS: 2000 messages of smtp-source, and swaks" {
	smtpd
	flood 10 1000
	flood 50 1000
	swaks_one
	all_there 2001
}

@test "systemd-socket-activate --accept --inetd" {
	mail_host
	PORT=$(free_port)
	start accept systemd-socket-activate --accept --inetd \
	    -l "127.0.0.1:$PORT" -E MAILPIPE_TEST -E ASAN_OPTIONS \
	    "$MAILPIPE_BIN/smtpd-inetd" -f "$T/mailpipe.conf"
	wait_for 10 listening "$PORT"
	flood 10 100
	flood 50 100
	swaks_one
	all_there 201
}

@test "openbsd-inetd, which gives the socket as standard error, too" {
	mail_host
	PORT=$(free_port)
	echo "127.0.0.1:$PORT stream tcp nowait.5000 $(id -un)" \
	    "$MAILPIPE_BIN/smtpd-inetd smtpd-inetd -v -f $T/mailpipe.conf" \
	    >"$T/inetd.conf"
	start inetd inetd -E -i "$T/inetd.conf"
	wait_for 10 listening "$PORT"
	flood 10 100
	flood 50 100
	swaks_one
	all_there 201
	# No line of the log went to the client.
	not grep -q 'smtpd-inetd\[' "$T/swaks"
}

@test "tcpserver" {
	mail_host
	PORT=$(free_port)
	start tcpserver tcpserver -q -R -H -l 0 -c 100 127.0.0.1 "$PORT" \
	    "$MAILPIPE_BIN/smtpd-inetd" -f "$T/mailpipe.conf"
	wait_for 10 listening "$PORT"
	flood 10 100
	flood 50 100
	swaks_one
	all_there 201
}

@test "a real postfix sends here: STARTTLS, an outcome for each of many" {
	local n mx

	needs_root
	tls_host
	smtpd -v
	mx=$PORT
	postfix_up - <<-.
		virtual_mailbox_domains =
		relay_domains = example.org
		relay_transport = smtp:[localhost]:$mx
		smtp_tls_security_level = verify
		smtp_tls_verify_cert_match = hostname
		smtp_tls_CAfile = $T/ca.pem
		smtp_tls_loglevel = 1
	.
	{ printf '%s\n' 'From: a@example.net' 'To: bob@example.org' \
		'Date: Thu, 1 Jan 2026 00:00:00 +0000' 'Message-ID: <x@y>'
	    printf 'Subject: hard\n\n.\n..\ncaf\303\251\n'
	    seq 20000; } >m
	for n in $(seq 100); do
		echo "bob+$n@example.org"
		[ $((n % 20)) -ne 0 ] || echo "u$n@example.org"
	done >to
	# shellcheck disable=SC2046 # a list
	expect 0 smtp-send -f a@example.net "$URL" alice@example.org \
	    $(cat to) <m
	wait_for 20 said 101 'status=sent (250 2.0.0 accepted as '
	wait_for 20 said 5 'to=<u.*status=bounced .*550 5.1.1 '
	contains mail.log 'Verified TLS connection established to localhost'
	contains smtpd.log ' tls=TLSv1.3 accepted'
	tail -c "$(stat -c %s m)" "$(letter alice)" >got
	same m got
}

# So many lines of postfix's log match the pattern.
said()
{
	[ "$(grep -c -e "$2" mail.log)" -eq "$1" ]
}

@test "readers: mblaze and Python" {
	{ envelope; cat <<-'.'
		C: From: Alice <alice@example.net>
		C: To: bob@example.org
		C: Subject: =?utf-8?q?caf=C3=A9?=
		C: MIME-Version: 1.0
		C: Content-Type: text/plain; charset=us-ascii
		C:
		C: first line
		C: .
		S: 250 *
	.
	} | talk
	mlist "$T/bob" >"$T/list"
	[ "$(wc -l <"$T/list")" -eq 1 ]
	mscan -f '%f | %s' <"$T/list" >"$T/scan" 2>/dev/null
	contains "$T/scan" 'Alice'
	contains "$T/scan" 'caf'
	mshow <"$T/list" >"$T/show" 2>/dev/null || mshow "$(cat "$T/list")" >"$T/show"
	contains "$T/show" 'first line'
	python3 - "$T/bob" <<-'.'
		import email.policy, mailbox, sys
		from email import message_from_bytes
		box = mailbox.Maildir(sys.argv[1], create=False)
		(key, message), = box.items()
		assert box.get_message(key).get_subdir() == "new"
		assert message.defects == []
		m = message_from_bytes(box.get_bytes(key), policy=email.policy.default)
		assert m["Subject"] == "café", m["Subject"]
		assert m["Return-Path"] == "<alice@example.net>"
		assert len(m.get_all("Received")) == 1
		assert m.keys()[:3] == ["Return-Path", "Delivered-To", "Received"]
		assert m.get_content() == "first line\n"
	.
}

@test "-c and Connections-Per-Address" {
	smtpd -c 1
	dial
	heard '220 *'
	printf '%s\n' 'S: 421 4.7.0 *' S-END >"$T/script"
	converse "$T/script"
	say 'QUIT\r\n'
	heard '221 *'
	exec 5>&-
	printf '%s\n' 'S: 220 *' 'C: QUIT' 'S: 221 *' S-END >"$T/script"
	wait_for 10 converse "$T/script"
	contains "$T/smtpd.log" 'client=127.0.0.1 refused: too many connections'
}

@test "the limit of one address is not for loopback" {
	needs_root
	mail_host
	echo 'Connections-Per-Address: 1' >>"$T/mailpipe.conf"
	printf '%s\n' 'S: 220 *' 'C: QUIT' 'S: 221 *' >"$T/served"
	printf '%s\n' 'S: 421 4.7.0 *' S-END >"$T/refused"
	# 192.0.2.1 is an address of its own network, where nobody else is.
	cat >"$T/inside" <<-'.'
		ip link set lo up
		ip address add 192.0.2.1/32 dev lo
		systemd-socket-activate -l 0.0.0.0:2525 -E MAILPIPE_TEST \
		    smtpd-inetd -f "$T/mailpipe.conf" &
		until [ -n "$(ss -Hltn "sport = :2525")" ]; do sleep 0.02; done
		try()
		{
			exec 5<>"/dev/tcp/$1/2525"
			read -r -u 5 line
			python3 "$TESTS/peer/client.py" "$1" 2525 "$T/$2" || exit 1
			exec 5>&-
		}
		try 127.0.0.1 served && try 192.0.2.1 refused
		status=$?
		kill %1
		wait
		exit $status
	.
	export TESTS
	timeout 30 unshare -n bash "$T/inside" 3>&-
}

@test "SIGTERM: the message in hand is taken, then the session ends" {
	smtpd
	dial
	heard '220 *'
	say 'HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n'
	heard '250 *'
	heard '250 *'
	heard '250 *'
	heard '354 *'
	exec 6<>"/dev/tcp/127.0.0.1/$PORT"
	IFS= read -r -t 10 -u 6 line
	[[ $line == '220 '* ]]
	say 'Subject: x\r\n\r\none\r\n'
	kill -TERM "$PID_smtpd"
	# The session that waits for a command is told at once.
	IFS= read -r -t 10 -u 6 line
	[[ $line == '421 4.3.2 '* ]]
	wait_for 10 not listening "$PORT"
	say 'two\r\n'
	say 'three\r\n.\r\n'
	heard '250 2.0.0 *'
	heard '421 4.3.2 *'
	wait_for 10 not kill -0 "$PID_smtpd" 2>/dev/null
	[ "$(stored "$(letter bob)" | tail -n 1)" = three ]
	tmp_clean
}

@test "a second SIGTERM ends even a session that does not end" {
	smtpd
	dial
	heard '220 *'
	say 'HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n'
	heard '250 *'
	heard '250 *'
	heard '250 *'
	heard '354 *'
	say 'Subject: x\r\n'
	kill -TERM "$PID_smtpd"
	wait_for 10 not listening "$PORT"
	kill -0 "$PID_smtpd"
	kill -TERM "$PID_smtpd"
	wait_for 10 not kill -0 "$PID_smtpd" 2>/dev/null
	nothing_stored
}

@test "a client that is gone before it is accepted is not local" {
	smtpd
	dial
	heard '220 *'
	kill -STOP "$PID_smtpd"
	python3 - "$PORT" <<-'.'
		import socket, struct, sys
		for _ in range(5):
		    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
		        struct.pack("ii", 1, 0))
		    s.close()
	.
	kill -CONT "$PID_smtpd"
	say 'QUIT\r\n'
	heard '221 *'
	dial
	heard '220 *'
	say 'NOOP\r\n'
	heard '250 *'
	not grep 'client=local' "$T/smtpd.log"
}

@test "more than one listener, over IPv4 and IPv6" {
	mail_host
	PORT=$(free_port)
	other=$(free_port)
	start smtpd systemd-socket-activate -l "127.0.0.1:$PORT" \
	    -l "[::1]:$other" -E MAILPIPE_TEST -E ASAN_OPTIONS \
	    "$MAILPIPE_BIN/smtpd-inetd" -f "$T/mailpipe.conf"
	wait_for 10 listening "$PORT"
	{ envelope; printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } >"$T/script"
	converse "$T/script"
	contains "$(letter bob)" '([127.0.0.1])'
	rm "$T"/bob/new/*
	timeout 20 python3 "$TESTS/peer/client.py" ::1 "$other" "$T/script" 3>&-
	contains "$(letter bob)" '([IPv6:::1])'
}

@test "descriptors that make no sense, and bad arguments" {
	mail_host
	expect 78 env LISTEN_FDS=2 smtpd-inetd -f "$T/mailpipe.conf" 3</dev/null
	expect 78 env LISTEN_FDS=x smtpd-inetd -f "$T/mailpipe.conf"
	expect 78 env LISTEN_FDS=65 smtpd-inetd -f "$T/mailpipe.conf"
	expect 78 smtpd-inetd -f "$T/missing"
	contains "$T/err" missing
	[ "$(cat out)" = "421 4.3.0 no mail can be taken now"$'\r' ]
	expect 78 smtpd-inetd -T -f "$T/missing"
	[ ! -s out ]
	echo 'Hostnam: x' >>"$T/mailpipe.conf"
	expect 78 smtpd-inetd -f "$T/mailpipe.conf"
	contains "$T/err" 'line 5: Hostnam: unknown key'
	expect 78 env MAILPIPE_CONF="$T/mailpipe.conf" smtpd-inetd
	for wrong in '-c 0' '-c x' -x 'operand' '-c 1 x' -LS; do
		# shellcheck disable=SC2086 # words
		expect 64 smtpd-inetd $wrong
	done
	contains "$T/err" 'usage: smtpd-inetd [-aLrSTv] [-c connections] [-f conf]'
	is_root || return 0
	mail_host
	echo 'User: root' >>"$T/mailpipe.conf"
	printf '%s\n' 'S: 421 4.3.0 *' S-END 'STATUS: 78' | talk
	contains "$T/log" 'User: root is not a user without privileges'
}
