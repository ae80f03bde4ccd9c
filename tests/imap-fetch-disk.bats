#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-fetch into a Maildir that has no room, is read-only, goes away, or is
# somebody else's for the moment: nothing is lost, and nothing half there.

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
	echo pencil >password
}

# letters MARK: three that the server has not had before, with flags and a
# keyword; their texts are in "want".
letters()
{
	local i

	rm -rf sent
	mkdir sent
	for i in 1 2 3; do
		printf 'Subject: %s\n\ntext %s\n' "$i" "$1" >"sent/$i"
		head -c "$((i * 9000))" /dev/zero | tr '\0' x | fold -w 70 \
		    >>"sent/$i"
		echo >>"sent/$i"
	done
	(cd sent && sha256sum ./* | cut -d ' ' -f 1 | sort) >want
	printf '0 work\n' >"$BOX/dovecot-keywords"
	cp sent/1 "$BOX/cur/$((1700000001)).M$1P1.host:2,"
	cp sent/2 "$BOX/cur/$((1700000002)).M$1P2.host:2,FS"
	cp sent/3 "$BOX/cur/$((1700000003)).M$1P3.host:2,Sa"
	chown -R nobody:nogroup "$BOX"
}

# texts DIR: the sums of the messages there.
texts()
{
	find "$1/new" "$1/cur" -type f -exec sha256sum {} + 2>/dev/null |
	    cut -d ' ' -f 1 | sort
}

# Each is in the Maildir or on the server, but for one that may be noted to be on
# its way, and nothing else is in the Maildir.
none_lost()
{
	{ texts Maildir; texts "$BOX"; noted; } | sort -u | cmp - want
}

# What is in tmp/ and will be delivered, as the state has it.
noted()
{
	local name

	cut -f 2,5 Maildir/mailpipe-imap.* 2>/dev/null |
	    sed -n 's/^pending	\([^,]*\),.*/\1/p' | while read -r name; do
		[ ! -e "Maildir/tmp/$name" ] ||
		    sha256sum <"Maildir/tmp/$name" | cut -d ' ' -f 1
	done
}

fetch()
{
	imap-fetch -id -A plain -o tls=none -m Maildir -P 9 "$URL" INBOX '1:*' \
	    9<password
}

# It is tried again, and then each is here once, and on the server no more.
again()
{
	fetch >out 2>err || { show err; return 1; }
	texts Maildir | cmp - want || return 1
	[ -z "$(ls -A Maildir/tmp)" ] && [ -z "$(texts "$BOX")" ]
}

# failed STATUS TEXT: with that one line, and nothing is lost.
failed()
{
	[ "$status" -eq "$1" ] && [ "$(wc -l <err)" -eq 1 ] &&
	    contains err "$2" && none_lost && return 0
	echo "status $status"
	show err
	return 1
}

@test "over quota, a broken disk: at each call that needs room" {
	local n number text done status

	dovecot_imap
	export KILLED_LOG=$T/killed
	ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
	while read -r number text; do
		for ((n = 1, done = 0; done == 0; n++)); do
			[ "$n" -lt 200 ]
			rm -rf Maildir
			: >killed
			letters "$number.$n"
			status=0
			LD_PRELOAD=${MAILPIPE_BIN%/*}/tests/preload/killed.so \
			    KILLED_AT=$n KILLED_ERROR=$number fetch >out \
			    2>err || status=$?
			[ -s killed ] || done=1
			[ "$status" -eq 0 ] || failed 75 "$text" ||
			    failed 74 "$text" || { echo "step $n"; false; }
			again || { echo "step $n"; false; }
		done
		[ "$n" -gt 40 ]
	done <<-.
		122 Disk quota exceeded
		5 Input/output error
	.
}

@test "a Maildir that can only be read" {
	local status=0

	letters a
	dovecot_imap
	mkdir -p Maildir/{cur,new,tmp}
	unshare -m sh -ec 'mount --bind Maildir Maildir
		mount -o remount,bind,ro Maildir
		exec imap-fetch -d -A plain -o tls=none -m Maildir -P 9 "$1" \
		    INBOX "1:*" 9<password' sh "$URL" >out 2>err || status=$?
	failed 75 'Maildir: create a message: Read-only file system'
	again
}

# halfway: a server that has sent one message and half of the next, and goes on
# when somebody writes to "rest".
halfway()
{
	mkfifo rest
	imap_script <<-'.'
		CAPABILITY: IMAP4rev1 UIDPLUS
		BOX: exists=2 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH *
		S: * 1 FETCH (UID 3 BODY[] "three" FLAGS ())
		S-RAW: * 2 FETCH (UID 4 FLAGS () BODY[] {9}\r\nfour
		S-FILE: rest
		S: TAG OK done
		C: *
		S: TAG OK
		C: *
		S: TAG OK
	.
	start fetch imap-fetch -id -m Maildir -p 'echo pencil' "$URL" INBOX \
	    '1:*'
	wait_for 20 are_there 1
}

# are_there N: so many are whole.
are_there()
{
	[ "$(find Maildir/tmp -type f | wc -l)" -eq "$1" ]
}

@test "the Maildir vanishes meanwhile: nothing is deleted on the server" {
	halfway
	rm -r Maildir
	printf ' is 4)\r\n' >rest
	not wait "$PID_fetch"
	echo 'imap-fetch: Maildir: create a message: No such file or directory' |
	    cmp - fetch.log
	not grep -q -e STORE -e EXPUNGE peer
}

# Who moved it away has the messages.
@test "the Maildir is replaced meanwhile: the messages are in the old one" {
	halfway
	mv Maildir old
	mkdir -p Maildir/{cur,new,tmp}
	printf ' is 4)\r\n' >rest
	wait "$PID_fetch" || { show fetch.log; false; }
	[ "$(cat old/new/*)" = "threefour is 4" ]
	[ -z "$(ls -A old/tmp)" ]
	[ -z "$(find Maildir -type f)" ]
	imap_scripted_end
}

# locked: somebody else has Dovecot's lock, till there is a file "late".
locked()
{
	mkdir -p Maildir/{cur,new,tmp}
	start lock python3 -c '
import fcntl, os, socket, time
f = open("Maildir/dovecot-uidlist.lock", "w")
print(os.getpid(), socket.gethostname(), sep=":", end="", file=f, flush=True)
fcntl.lockf(f, fcntl.LOCK_EX)
open("has", "w").close()
while not os.path.exists("late"):
    time.sleep(0.01)
os.unlink("Maildir/dovecot-uidlist.lock")'
	wait_for 20 test -e has
}

@test "the keywords are locked: it waits for them" {
	letters a
	dovecot_imap
	locked
	start fetch imap-fetch -id -A plain -o tls=none -m Maildir \
	    -p 'cat password' "$URL" INBOX '1:*'
	wait_for 20 are_there 2
	[ -z "$(texts Maildir)" ]
	touch late
	wait "$PID_fetch"
	texts Maildir | cmp - want
	[ "$(cat Maildir/dovecot-keywords)" = '0 work' ]
	[ "$(cat Maildir/cur/*:2,Sa)" = "$(cat sent/3)" ]
}
