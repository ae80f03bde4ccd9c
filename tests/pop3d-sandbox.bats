#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pop3d-inetd: whoever takes one of its processes over gets no mail by it but
# what the client that it serves has shown the secret for.  Somebody takes
# them over, and tries.

load helper
load smtpd
load tls
load submission
load pop3d
load invade

pop3d_inetd()
{
	PORT=$(free_port)
	start pop3d systemd-socket-activate -a --inetd -l "127.0.0.1:$PORT" \
	    -E MAILPIPE_TEST -E TZ -E ASAN_OPTIONS -E UBSAN_OPTIONS \
	    "$MAILPIPE_BIN/pop3d-inetd" -f "$T/mailpipe.conf" "$@"
	wait_for 10 listening "$PORT"
}

# What nobody may do who talks to the network.
writing()
{
	cat <<-.
		open("$T/made", 0101, 0600)
		open("$T/alice/new/made", 0101, 0600)
		mkdir("$T/made", 0700)
		unlink("$T/alice/new/1.M1P1.mx")
		rename("$T/mailpipe.conf", "$T/moved")
		symlink("/etc/passwd", "$T/made")
		chmod("$T/mailpipe.conf", 0777)
		execve("/bin/true", 0, 0)
		socket(1, 1, 0)
		socket(2, 1, 0)
		syscall($(constant SYS_io_uring_setup), 1, 0)
		syscall($(constant SYS_bpf), 0, 0, 0)
	.
}

unharmed()
{
	[ ! -e "$T/made" ] && [ ! -e "$T/alice/new/made" ] &&
	    [ -e "$T/alice/new/1.M1P1.mx" ] && [ ! -e "$T/moved" ] &&
	    [ -e "$T/mailpipe.conf" ]
}

# The one process that has the connection.
network()
{
	local pid

	pid=$(serving) && [ "$(wc -l <<<"$pid")" -eq 1 ] && is_confined "$pid" &&
	    echo "$pid"
}

@test "the one that talks to the network opens nothing, before a login" {
	needs_root
	needs_filters
	pop_host
	for how in pop3d pop3d_inetd 'pop3d -T' 'pop3d_inetd -T'; do
		$how
		dial
		wait_for 10 network >/dev/null
		[ "$(stat -c %u "/proc/$(network)")" -ne 0 ]
		{ reading /etc/passwd; reading "$T/users"; reading "$T/mx.key"
		    reading "$T/alice/new/1.M1P1.mx"; writing; } |
		    tries "$(network)"
		unharmed
		exec 5>&-
		kill "$PID_pop3d"
	done
}

@test "nor after it, where it is the TLS end" {
	needs_root
	needs_filters
	pop_host
	pop3d
	mkfifo say
	start client sh -c 'exec openssl s_client -quiet -starttls pop3 \
	    -connect "127.0.0.1:$1" <say >heard 2>&1' - "$PORT"
	exec 6>say
	printf 'USER alice\r\nPASS s3cret\r\nSTAT\r\n' >&6
	wait_for 10 grep -q '^+OK 2 48' heard
	{ reading /etc/passwd; reading "$T/users"
	    reading "$T/alice/new/1.M1P1.mx"; writing; } | tries "$(network)"
	unharmed
	printf 'QUIT\r\n' >&6
	exec 6>&-
	wait_for 10 grep -q '^+OK .*deleted' heard
}

# All Maildirs have one owner here, as they often do.
@test "the one that has a user's mail opens nobody else's" {
	local pid

	needs_root
	[ "$(landlock)" -ge 2 ] || skip "there is no Landlock here"
	pop_host
	pop3d
	dial
	pop_heard '+OK *'
	say 'USER alice\r\nPASS s3cret\r\nSTAT\r\n'
	pop_heard '+OK *'
	pop_heard '+OK 2 *'
	pop_heard '+OK 2 *'
	for pid in $(serving); do
		is_confined "$pid" || break
	done
	grep -qx 'Uid:	64000	64000	64000	64000' "/proc/$pid/status"
	grep -qx 'Groups:	64000 ' "/proc/$pid/status"
	# A build with AddressSanitizer has to read.
	sanitized || printf 'open("%s", 0)\n' "$T/bob/new/3.M1P1.mx" \
	    "$T/users" "$T/mailpipe.conf" /etc/passwd | tries "$pid"
	tries "$pid" <<-.
		open("$T/bob/new/made", 0101, 0600)
		unlink("$T/bob/new/3.M1P1.mx")
		open("$T/made", 0101, 0600)
		setuid(0)
	.
	# The way in which it is tried is one that works.
	echo "open(\"$T/alice/new/1.M1P1.mx\", 0)" | invade "$pid"
	not grep '^-1' "$T/values"
	say 'QUIT\r\n'
	pop_heard '+OK *'
}

# Of a listener that no root started, too.
@test "a plain user's opens nothing, either" {
	needs_root
	needs_filters
	pop_host
	chmod a+r users mailpipe.conf mx.pem
	chown 64000 mx.key users
	open_place
	install -m 755 "$MAILPIPE_BIN/pop3d-inetd" "$OPEN"
	PORT=$(free_port)
	start pop3d setpriv --reuid 64000 --regid 64000 --clear-groups \
	    systemd-socket-activate -l "127.0.0.1:$PORT" -E MAILPIPE_TEST \
	    -E ASAN_OPTIONS -E UBSAN_OPTIONS \
	    "$OPEN/pop3d-inetd" -f "$T/mailpipe.conf"
	wait_for 10 listening "$PORT"
	dial
	pop_heard '+OK *'
	wait_for 10 network >/dev/null
	{ reading /etc/passwd; reading "$T/alice/new/1.M1P1.mx"; writing; } |
	    tries "$(network)"
	unharmed
	say 'USER alice\r\nPASS s3cret\r\nQUIT\r\n'
	pop_heard '+OK *'
	pop_heard '+OK 2 *'
}

# Of both: that of the session, and that of the mailbox.
@test "log lines get from them to syslog" {
	needs_root
	needs_filters
	pop_host
	cat >"$T/inetd.py" <<-'.'
		import os, socket, subprocess, sys
		log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		log.bind(sys.argv[1])
		os.chmod(sys.argv[1], 0o666)
		ours, theirs = socket.socketpair()
		server = subprocess.Popen(sys.argv[2:], stdin=theirs,
		                          stdout=theirs, stderr=theirs)
		theirs.close()
		ours.sendall(b'USER alice\r\nPASS wrong\r\n'
		             b'USER alice\r\nPASS s3cret\r\nQUIT\r\n')
		while ours.recv(4096):
		    pass
		server.wait(30)
		log.settimeout(10)
		for n in range(3):
		    print(log.recv(4096).decode())
	.
	expect 0 unshare -m sh -c 'mount -t tmpfs -o mode=755 tmpfs /mnt &&
	    cp -a /dev/null /dev/urandom /mnt && mount --bind /mnt /dev &&
	    exec python3 "$1/inetd.py" /dev/log pop3d-inetd \
	    -f "$1/mailpipe.conf"' - "$T"
	contains "$T/out" 'auth failed user=alice client='
	contains "$T/out" 'user=alice@example.org messages=2'
	contains "$T/out" 'user=alice@example.org retrieved=0'
}
