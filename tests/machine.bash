# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# A machine of its own for a test, on top of helper.bash:
#
#	machine			makes it: the users alice (64001) and bob
#				(64002) of example.org with homes in $T/home,
#				$T/mailpipe.conf, a message m
#	$T/on command ...	runs a command there; for a test of root
#	forward USER		the user's ~/.forward is standard input
#	new DIR			prints how many messages are in its new/; in its
#				tmp/ is none
#
# mail-deliver is a copy, so that the mailq-add beside it can be one that tells
# what it was given: its arguments in $T/queue/args, a message in
# $T/queue/message, MAILPIPE_CONF in $T/queue/conf.  With a number in $T/queue/status it fails.

machine()
{
	mkdir -p -m 755 bin home etc queue
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	install -m 755 "$MAILPIPE_BIN/mail-deliver" bin
	cat >bin/mailq-add <<-.
		#!/bin/sh
		[ ! -e "$T/queue/status" ] || {
			echo cannot write the spool >&2
			exit "\$(cat "$T/queue/status")"
		}
		echo "\$*" >>"$T/queue/args"
		echo "\$MAILPIPE_CONF" >"$T/queue/conf"
		cat >"$T/queue/message"
		echo 0123456789abcdef
	.
	chmod 755 bin/mailq-add
	PATH=$T/bin:$PATH
	cat >mailpipe.conf <<-.
		Hostname: mx.example.org
		Domains: example.org
	.
	chmod 644 mailpipe.conf
	export MAILPIPE_CONF=$T/mailpipe.conf
	printf '%s\n' 'Received: from x by y; Thu, 1 Jan 2026 00:00:00 +0000' \
	    'Subject: hello' '' 'text' >m
	chmod 644 m
	make_users
}

make_users()
{
	local name

	cp /etc/passwd /etc/group etc
	printf '%s\n' "alice:x:64001:64001::$T/home/alice:/bin/sh" \
	    "bob:x:64002:64002::$T/home/bob:/bin/sh" >>etc/passwd
	printf '%s\n' 'alice:x:64001:' 'bob:x:64002:' 'staff2:x:64003:alice' \
	    >>etc/group
	chmod 644 etc/*
	for name in alice bob; do
		mkdir -m 755 "home/$name"
	done
	if is_root; then
		chown 64001:64001 home/alice
		chown 64002:64002 home/bob
	fi
	cat >on <<-.
		#!/bin/sh
		exec unshare -m sh -c 'mount --bind $T/etc/passwd /etc/passwd &&
		    mount --bind $T/etc/group /etc/group && exec "\$@"' sh "\$@"
	.
	chmod 755 on
}

forward()
{
	cat >"home/$1/.forward"
	chown "$1:" "home/$1/.forward" 2>/dev/null ||
	    chown "$(stat -c %u:%g "home/$1")" "home/$1/.forward"
	chmod 644 "home/$1/.forward"
}

new()
{
	[ -d "$1" ] || { echo 0; return; }
	[ -z "$(find "$1/tmp" -type f)" ] || { echo "something in tmp"; return; }
	find "$1/new" -type f | wc -l
}
