#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The imap- commands with a server that is a program on another host:
# pipe:ssh host ..., by a real ssh and sshd, with a Dovecot behind that.

load dovecot
load helper
load imap
load machine
load tls

setup()
{
	isolate
	needs_root
	BOX=dovecot/mail/alice
	mkdir -p -m 755 dovecot
	mkdir -p "$BOX"/{cur,new,tmp}
	for n in 1 2 3; do
		{ printf 'Subject: %s\n\n' "$n"
		head -c "$((n * 100000))" /dev/zero | tr '\0' x | fold -w 70
		echo; } >"$BOX/cur/100000000$n.M1.host:2,"
	done
	dovecot_imap
	sshd
}

# sshd: lets root in by a key; $URL is its Dovecot.  It looks for its directory
# below /run, and at whether root's password is locked.
sshd()
{
	local port

	port=$(free_port)
	mkdir ssh
	ssh-keygen -q -t ed25519 -N '' -f ssh/host
	ssh-keygen -q -t ed25519 -N '' -f ssh/user
	cp ssh/user.pub ssh/authorized
	echo "[127.0.0.1]:$port $(cat ssh/host.pub)" >ssh/known
	cat >ssh/sshd_config <<-.
		ListenAddress 127.0.0.1
		Port $port
		HostKey $T/ssh/host
		AuthorizedKeysFile $T/ssh/authorized
		PermitRootLogin prohibit-password
		StrictModes no
		UsePAM no
		PidFile none
		AcceptEnv MAILPIPE_TEST
	.
	cat >ssh/config <<-.
		Host box
		HostName 127.0.0.1
		Port $port
		User root
		IdentityFile $T/ssh/user
		IdentitiesOnly yes
		IdentityAgent none
		UserKnownHostsFile $T/ssh/known
		GlobalKnownHostsFile none
		BatchMode yes
		SendEnv MAILPIPE_TEST
	.
	sed 's/^root:[^:]*/root:*/' /etc/shadow >ssh/shadow
	start sshd unshare -m sh -ec 'mount -t tmpfs tmpfs /run
		mount --bind ssh/shadow /etc/shadow
		mkdir -m 755 /run/sshd
		exec /usr/sbin/sshd -D -e -f "$0/ssh/sshd_config"' "$T"
	wait_for 20 listening "$port" || { show sshd.log; return 1; }
	URL="pipe:ssh -F $T/ssh/config box $T/dovecot/program"
}

logins()
{
	grep -c 'Accepted publickey' sshd.log
}

same_letters()
{
	cat "$1"/new/* | cmp - <(cat "$BOX"/cur/*)
}

@test "imap-ls, imap-fetch, imap-put, each by an ssh of its own" {
	expect 0 imap-ls "$URL"
	contains out INBOX
	expect 0 imap-fetch -m got "$URL" INBOX '1:*'
	same_letters got
	printf 'Subject: put\n\ntext\n' >letter
	expect 0 imap-put "$URL" Archive letter
	cmp letter "$BOX"/.Archive/new/* || cmp letter "$BOX"/.Archive/cur/*
	[ "$(logins)" -eq 3 ]
	not grep -q 'Login: user=<alice>' dovecot/log
}

@test "imap-run: one ssh for all, and another one where that ended" {
	cat >work.sh <<-'.'
		set -e
		imap-ls - >boxes
		imap-find - INBOX all | imap-fetch -m got - INBOX \
		    >fetched
		imap-find -c - INBOX all
		pkill -x -P "$PPID" ssh
		# Nobody has waited for it yet.
		while pgrep -x -P "$PPID" -r R,S,D ssh >/dev/null; do
			sleep 0.02
		done
		imap-find -c - INBOX all
	.
	expect_noted 0 imap-run "$URL" bash work.sh
	printf '3\n3\n' | cmp - out
	contains boxes INBOX
	same_letters got
	[ "$(logins)" -eq 2 ]
}

@test "who is not let in, a host that is another one, and none" {
	: >ssh/authorized
	expect 75 imap-ls "$URL"
	contains err 'Permission denied'
	tail -n 1 err | cmp - <(echo 'imap-ls: ssh: closed by the server (it' \
	    'ended with status 255)')
	cp ssh/user.pub ssh/authorized
	sed -i "s,AAAA[^ ]*,$(cut -d ' ' -f 2 ssh/user.pub)," ssh/known
	expect 75 imap-run "$URL" touch made
	contains err 'Host key verification failed'
	[ ! -e made ]
	[ "$(logins)" -eq 0 ]
	kill "$PID_sshd"
	wait_for 20 not listening "$(sed -n 's/^Port //p' ssh/sshd_config)"
	expect 75 imap-ls "$URL"
	contains err 'Connection refused'
}
