# SPDX-License-Identifier: ISC

load helper
load accounts

setup()
{
	isolate
	export MAILPIPE_CONF=$T/mailpipe.conf
	mkdir -p mail/alice mail/carol
	owned mail/alice mail/carol
	chmod a+x mail
	cat >mailpipe.conf <<-.
		Domains: example.org
		Users: $T/users
		Maildirs: $T/mail/%u
	.
	: >users
	chmod 600 users
	echo s3cret | mail-passwd -P 0 alice@example.org
	echo s3cret | mail-passwd -P 0 carol@example.org
	sed -i 's/^carol@example.org:/&!/' users
	cat >show <<-'.'
		#!/bin/sh
		echo "$USER|$HOME|$SHELL|$MAILDIR|$PWD|$*"
		(exec <&3) 2>/dev/null && echo "descriptor 3 is open"
		exit 0
	.
	chmod 755 show
	[ "$(id -u)" -ne 0 ] || chmod a+rx show
}

# checkpw STATUS NAME PASSWORD [option ...] program ...
checkpw()
{
	local status=$1

	printf '%s\0%s\0%s\0' "$2" "$3" 1700000000 >credentials
	shift 3
	expect_noted "$status" sh -c 'exec mail-checkpw "$@" 3<credentials' \
	    sh "$@"
}

@test "a right password: the program runs as the user" {
	checkpw 0 alice@example.org s3cret "$T/show" -x 'a b'
	same out <(echo "alice@example.org|$T/mail|/bin/sh|$T/mail/alice|$T/mail|-x a b")
	[ ! -s err ]
	checkpw 0 ALICE s3cret "$T/show"
	same out <(echo "alice@example.org|$T/mail|/bin/sh|$T/mail/alice|$T/mail|")
}

@test "root becomes the owner of the Maildir, for good" {
	needs_root
	printf '%s\0%s\0001\0' alice@example.org s3cret >credentials
	expect 0 sh -c 'exec setpriv --groups 5,6 mail-checkpw sh -c "id -u; id -g
	    id -G; grep ^Cap[EPI] /proc/self/status | cut -f 2" 3<credentials'
	same out <(printf '64000\n64000\n64000\n%016d\n%016d\n%016d\n' 0 0 0)
	# A Maildir of an account of the machine: all of its groups.
	chown daemon mail/alice
	checkpw 0 alice@example.org s3cret sh -c 'id -un; id -Gn'
	same out <(printf '%s\n' daemon "$(id -Gn daemon)")
}

@test "the program's status is the status" {
	checkpw 7 alice@example.org s3cret sh -c 'exit 7'
}

@test "refused: 1, and nothing is said or run" {
	local name password

	while read -r name password; do
		checkpw 1 "$name" "$password" touch ran
		[ ! -s out ] && [ ! -s err ] && [ ! -e ran ]
	done <<-'.'
		alice@example.org S3cret
		alice@example.org s3cret2
		alice@example.org
		alice+x@example.org s3cret
		alice@example.net s3cret
		carol@example.org s3cret
		nobody@example.org s3cret
		$y$j9T$ x
	.
	checkpw 1 '' '' touch ran
	[ ! -e ran ]
}

@test "misused: 2" {
	misused()
	{
		contains err "mail-checkpw: $1"
		[ "$(wc -l <err)" -eq 1 ]
		[ ! -e ran ]
	}
	expect_noted 2 sh -c 'exec mail-checkpw touch ran 3<&-'
	misused 'descriptor 3 cannot be read'
	for text in '' 'alice' 'alice\0s3cret' 'alice\0s3cret\0' \
	    'alice\0s3cret\0001'; do
		printf "$text" >credentials
		expect_noted 2 sh -c 'exec mail-checkpw touch ran 3<credentials'
		misused 'not a name, a password and a time stamp'
	done
	head -c 513 /dev/zero >credentials
	expect_noted 2 sh -c 'exec mail-checkpw touch ran 3<credentials'
	misused 'more than 512 bytes on descriptor 3'
	for args in '' '-P' '-x true' '-f'; do
		# shellcheck disable=SC2086
		checkpw 2 alice@example.org s3cret $args
		contains err 'usage: mail-checkpw [-P] [-f conf] program [arg ...]'
	done
}

@test "512 bytes are taken, and what is behind the time stamp is not looked at" {
	{
		printf 'alice@example.org\0s3cret\0001\0'
		head -c 485 /dev/zero | tr '\0' x
	} >credentials
	[ "$(wc -c <credentials)" -eq 512 ] || { wc -c credentials; false; }
	expect 0 sh -c 'exec mail-checkpw true 3<credentials'
}

@test "temporary: 111, with one line" {
	temporary()
	{
		checkpw 111 alice@example.org s3cret "${@:2}"
		contains err "mail-checkpw: $1"
		[ "$(wc -l <err)" -eq 1 ]
	}
	temporary '/nowhere/program: run: No such file' /nowhere/program
	temporary '/nowhere/conf: open: No such file' -f /nowhere/conf true
	mv users there
	temporary "$T/users: open: No such file" true
	mv there users
	echo bad >>users
	temporary "$T/users: a line that is not" true
	sed -i '$d' users
	printf 'Domains: example.org\n' >mailpipe.conf
	temporary 'there is no Users in the configuration' true
	printf 'Domains: example.org\nUsers: %s\n' "$T/users" >mailpipe.conf
	temporary 'user alice: no absolute path of a Maildir' true
}

@test "a Maildir of nobody but root: 111" {
	needs_root
	chown root mail/alice
	checkpw 111 alice@example.org s3cret touch ran
	contains err 'no owner but root'
	[ ! -e ran ]
}

@test "-P: the machine's users, by PAM" {
	needs_root
	cat >all <<-'.'
		try()
		{
			printf '%s\0%s\0001\0' "$1" "$2" >credentials
			mail-checkpw -P "$3" 3<credentials
			echo "$1: $?"
		}
		export PATH TCPREMOTEIP=192.0.2.1
		try paul pam "$T/show"
		try paul@example.org pam 'id'
		try paul@example.com pam true
		try paul wrong true
		try paul '' true
		try nobody2 pam true
		try pia pam true
		try pat pam true
		try root pam true
	.
	# pam_unix waits after each wrong one.
	as_machine sh all >out 2>err
	home=$T/machine/home/paul
	same out <(printf '%s\n' "paul|$home|/bin/sh|$T/mail/paul|$home|" \
	    'paul: 0' \
	    'uid=4242(paul) gid=4242(paul) groups=4242(paul)' \
	    'paul@example.org: 0' 'paul@example.com: 1' 'paul: 1' 'paul: 1' \
	    'nobody2: 1' 'pia: 1' 'pat: 1' 'root: 1')
	[ ! -s err ]
}

@test "examples" {
	cat >where <<-'.'
		printf '%s\0%s\0%s\0' alice@example.org s3cret 1 |
		    mail-checkpw sh -c 'ls -d "$MAILDIR"' 3<&0
	.
	expect 0 sh where
	same out <(echo "$T/mail/alice")
	cat >machine <<-'.'
		printf '%s\0%s\0%s\0' "$user" "$password" 1 |
		    mail-checkpw -P true 3<&0 || echo no
	.
	user=nobody-at-all password=x expect 0 sh machine
	same out <(echo no)
}

# tcpserver and a server that knows nothing of ours: a name and a password on
# two lines, as qmail-popup hands them over.
@test "under tcpserver, for a server of another suite" {
	cat >popup <<-'.'
		#!/bin/sh
		printf '+OK\r\n'
		read -r name && read -r password || exit 1
		printf '%s\0%s\0<1@mx>\0' "${name%?}" "${password%?}" \
		    >"$T/c.$$"
		exec 3<"$T/c.$$"
		"$@" || printf -- '-ERR %s\r\n' $?
	.
	chmod 755 popup
	PORT=$(free_port)
	start server tcpserver -H -R -l 0 127.0.0.1 "$PORT" "$T/popup" \
	    mail-checkpw \
	    sh -c 'printf "+OK %s %s\r\n" "$USER" "${MAILDIR##*/}"'
	wait_for 10 listening "$PORT"
	printf 'S: +OK\nC: alice@example.org\nC: s3cret\nS: +OK alice@example.org alice\n' >right
	converse right
	printf 'S: +OK\nC: alice@example.org\nC: guess\nS: -ERR 1\n' >wrong
	converse wrong
}
