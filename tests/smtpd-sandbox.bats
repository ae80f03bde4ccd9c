#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Whoever takes over the process that talks to the network can do nothing with
# it but talk: it is taken over, and tries.

load helper
load smtpd
load tls
load submission
load invade

# A process for each connection, as inetd does it.
inetd()
{
	PORT=$(free_port)
	start smtpd systemd-socket-activate -a --inetd -l "127.0.0.1:$PORT" \
	    -E MAILPIPE_TEST -E TZ -E ASAN_OPTIONS -E UBSAN_OPTIONS -E TMPDIR \
	    "$MAILPIPE_BIN/smtpd-inetd" -f "$T/mailpipe.conf" "$@"
	wait_for 10 listening "$PORT"
}

writing()
{
	cat <<-.
		open("$T/made", 0101, 0600)
		open("$T/bob/new/made", 0101, 0600)
		mkdir("$T/made", 0700)
		unlink("$T/mailpipe.conf")
		rename("$T/mailpipe.conf", "$T/moved")
		symlink("/etc/passwd", "$T/made")
		chmod("$T/mailpipe.conf", 0777)
		execve("/bin/true", 0, 0)
		socket(1, 1, 0)
		socket(2, 1, 0)
		syscall($(constant SYS_io_uring_setup), 1, 0)
		syscall($(constant SYS_bpf), 0, 0, 0)
		syscall($(constant SYS_memfd_create), "x", 0)
	.
}

nothing_made()
{
	[ ! -e "$T/made" ] && [ ! -e "$T/bob/new/made" ] &&
	    [ ! -e "$T/moved" ] && [ -e "$T/mailpipe.conf" ]
}

# The session goes on as if nothing had been, to bob's Maildir.
goes_on()
{
	say 'EHLO client.example\r\nMAIL FROM:<alice@example.net>\r\n'
	say 'RCPT TO:<bob@example.org>\r\nDATA\r\n'
	heard '250 HELP' && heard '250 2.1.0 *' && heard '250 2.1.5 *' &&
	    heard '354 *' || return 1
	say 'Subject: x\r\n\r\ntext\r\n.\r\nQUIT\r\n'
	heard '250 2.0.0 *' && heard '221 *' &&
	    [ "$(find "${1:-$T/bob}/new" -type f | wc -l)" -eq 1 ]
}

@test "the one of port 25 opens nothing" {
	needs_root
	needs_filters
	mail_host
	for how in smtpd inetd; do
		"$how"
		dial
		heard '220 *'
		{ reading /etc/passwd; reading "$T/users"; writing; } |
		    tries "$(serving)"
		nothing_made
		goes_on
		exec 5>&-
		kill "$PID_smtpd"
		rm "$T/bob/new"/*
	done
}

# A listener that no root started, and what submits alone under inetd.
@test "a plain user's opens nothing, either" {
	local pid

	needs_root
	needs_filters
	mail_host
	open_place
	install -d -m 700 -o 64000 -g 64000 "$OPEN/bob"
	echo "bob@example.org:!:$OPEN/bob/Maildir" >"$OPEN/users"
	printf 'Hostname: mx.example.org\nDomains: example.org\nUsers: %s\n' \
	    "$OPEN/users" >"$OPEN/conf"
	chown 64000 "$OPEN/users" "$OPEN/conf"
	for how in '' '-a --inetd'; do
		PORT=$(free_port)
		# shellcheck disable=SC2086 # two words
		start smtpd setpriv --reuid 64000 --regid 64000 --clear-groups \
		    systemd-socket-activate $how -l "127.0.0.1:$PORT" \
		    -E ASAN_OPTIONS -E UBSAN_OPTIONS "$OPEN/smtpd-inetd" \
		    -f "$OPEN/conf" ${how:+-S}
		wait_for 10 listening "$PORT"
		dial
		heard '220 *'
		# What keeps its mail may have the connection for a moment.
		wait_for 10 eval 'pid=$(serving) && [ "$(wc -l <<<"$pid")" -eq 1 ]'
		grep -qx 'Uid:	64000	64000	64000	64000' "/proc/$pid/status"
		{ reading /etc/passwd; reading "$OPEN/users"; writing; } |
		    tries "$pid"
		nothing_made
		[ -n "$how" ] || goes_on "$OPEN/bob/Maildir"
		exec 5>&-
		kill "$PID_smtpd"
	done
}

@test "the way in which it is tried is one that works" {
	needs_root
	smtpd
	dial
	heard '220 *'
	say 'EHLO client.example\r\nMAIL FROM:<alice@example.net>\r\n'
	say 'RCPT TO:<bob@example.org>\r\n'
	heard '250 HELP' && heard '250 2.1.0 *' && heard '250 2.1.5 *'
	echo 'open("/etc/passwd", 0)' | invade "$(keepers)"
	grep -q '^[0-9]' "$T/values"
	echo "open(\"$T/made\", 0101, 0600)" | invade "$(keepers)"
	grep -q '^[0-9]' "$T/values"
	[ -e "$T/made" ]
}

# What keeps mail of the users file "$T/users" in "$T/mail", and has an address.
keeper_of_mail()
{
	mail_host
	mkdir -p mail scratch
	chmod 711 mail
	mv bob mail/bob
	printf 'Maildirs: %s/mail/%%u\n' "$T" >>mailpipe.conf
	printf '%s\n' 'bob@example.org:!:' "$@" >users
	PORT=$(free_port)
	start smtpd systemd-socket-activate -l "127.0.0.1:$PORT" \
	    -E ASAN_OPTIONS -E UBSAN_OPTIONS -E "TMPDIR=$T/scratch" \
	    "$MAILPIPE_BIN/smtpd-inetd" -f "$T/mailpipe.conf"
	wait_for 10 listening "$PORT"
	dial
	heard '220 *'
	say 'EHLO client.example\r\nMAIL FROM:<alice@example.net>\r\n'
	say 'RCPT TO:<bob@example.org>\r\n'
	heard '250 HELP' && heard '250 2.1.0 *' && heard '250 2.1.5 *'
}

@test "the one that keeps mail writes in Maildirs alone" {
	needs_root
	[ "$(landlock)" -ge 2 ] || skip "there is no Landlock here"
	keeper_of_mail "alice@example.org:!:$T/alice/Maildir"
	tries "$(keepers)" <<-.
		open("$T/made", 0101, 0600)
		open("$T/mailpipe.conf", 01)
		mkdir("$T/made", 0700)
		unlink("$T/mailpipe.conf")
		rename("$T/mailpipe.conf", "$T/mail/moved")
		truncate("$T/mailpipe.conf", 0)
		symlink("/etc/passwd", "$T/mail/made")
	.
	nothing_made
	invade "$(keepers)" <<-.
		open("$T/mailpipe.conf", 0)
		open("$T/mail/made", 0101, 0600)
		open("$T/alice/made", 0101, 0600)
		open("$T/scratch/made", 0101, 0600)
	.
	not grep '^-1' "$T/values"
	say 'DATA\r\n'
	heard '354 *'
	say 'Subject: x\r\n.\r\n'
	heard '250 *'
	[ "$(find "$T/mail/bob/new" -type f | wc -l)" -eq 1 ]
}

# It is not known where.
@test "the one that keeps mail writes elsewhere where it may have to" {
	needs_root
	keeper_of_mail "alice@example.org:!:$T/none/alice"
	echo "open(\"$T/made\", 0101, 0600)" | invade "$(keepers)"
	grep -q '^[0-9]' "$T/values"
}

@test "the one of a submission port opens nothing, before anybody logs in" {
	needs_root
	needs_filters
	auth_host
	for how in 'smtpd -S' 'inetd -S' 'smtpd -ST' 'inetd -ST'; do
		$how
		dial
		case $how in
		*T) ;;
		*)
			heard '220 *'
			;;
		esac
		wait_for 10 serving >/dev/null
		wait_for 10 eval 'is_confined "$(serving)"'
		{ reading /etc/passwd; reading "$T/users"
		    reading /usr/bin/env; reading "$T/mx.key"; writing; } |
		    tries "$(serving)"
		nothing_made
		exec 5>&-
		kill "$PID_smtpd"
	done
}

@test "a balancer is heard by one that opens nothing, either" {
	needs_root
	needs_filters
	mail_host
	echo 'Proxy-From: 127.0.0.1' >>mailpipe.conf
	smtpd
	dial
	wait_for 10 serving >/dev/null
	wait_for 10 eval 'is_confined "$(serving)"'
	say 'PROXY TCP4 198.51.100.7 192.0.2.1 4711 25\r\n'
	heard '220 *'
}

# openssl s_client, which is told by descriptor 6 and says what it hears in
# $T/heard.
in_tls()
{
	rm -f "$T/say"
	mkfifo "$T/say"
	start client sh -c 'exec openssl s_client -quiet -starttls smtp \
	    -crlf -connect "127.0.0.1:$1" <"$2/say" >"$2/heard"' - \
	    "$PORT" "$T"
	exec 6>"$T/say"
	echo "EHLO client.example" >&6
	wait_for 10 grep -q '^250 HELP' "$T/heard"
}

@test "the one of port 25 under inetd loads OpenSSL, and nothing else" {
	needs_root
	needs_filters
	tls_host
	inetd
	dial
	heard '220 *'
	{ writing; sanitized || [ "$(landlock)" -eq 0 ] ||
	    printf 'open("%s", 0)\n' /etc/passwd "$T/users" "$T/mx.key"; } |
	    tries "$(serving)"
	nothing_made
	goes_on
	exec 5>&-
	wait_for 10 not serving
	in_tls
	{ reading /etc/passwd; reading /usr/bin/env; writing; } |
	    tries "$(serving)"
	nothing_made
	echo QUIT >&6
	exec 6>&-
	wait_for 10 grep -q '^221 ' "$T/heard"
}

@test "log lines get from it to syslog" {
	needs_root
	needs_filters
	mail_host
	cat >"$T/inetd.py" <<-'.'
		import os, socket, subprocess, sys
		log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		log.bind(sys.argv[1])
		os.chmod(sys.argv[1], 0o666)
		ours, theirs = socket.socketpair()
		server = subprocess.Popen(sys.argv[2:], stdin=theirs,
		                          stdout=theirs, stderr=theirs)
		theirs.close()
		ours.sendall(b'EHLO x\r\nMAIL FROM:<a@example.net>\r\n'
		             b'RCPT TO:<nobody@example.org>\r\n'
		             b'RCPT TO:<bob@example.org>\r\nQUIT\r\n')
		while ours.recv(4096):
		    pass
		server.wait(30)
		log.settimeout(10)
		print(log.recv(4096).decode())
	.
	expect 0 unshare -m sh -c 'mount -t tmpfs -o mode=755 tmpfs /mnt &&
	    cp -a /dev/null /dev/urandom /mnt && mount --bind /mnt /dev &&
	    exec python3 "$1/inetd.py" /dev/log smtpd-inetd \
	    -f "$1/mailpipe.conf"' - "$T"
	contains "$T/out" 'to=<nobody@example.org> refused'
}

@test "the units let a process give up what it has" {
	for unit in "${TESTS%/*}"/cmd/*/*.service; do
		for call in seccomp landlock_create_ruleset \
		    landlock_add_rule landlock_restrict_self; do
			sed -n 's/^SystemCallFilter=//p' "$unit" |
			    tr ' ' '\n' | grep -qx "$call"
		done
	done
}
