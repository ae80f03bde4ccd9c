#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# imap-run that ends at one of its calls, whichever, or is told to by a signal,
# and commands that do while they have its session: nobody waits for ever,
# nothing is left over, and each says in a line what became of it.

load dovecot
load helper
load imap
load machine
load tls

setup()
{
	isolate
	needs_root
	export TESTS
	BOX=dovecot/mail/alice
	mkdir -p -m 755 dovecot
	mkdir -p "$BOX"/{cur,new,tmp} tmp
	TMPDIR=$T/tmp
	echo pencil >password
	export KILLED_LOG=$T/killed
	ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
	SECONDS_ALLOWED=600 # for a hundred commands
	export PRELOAD=${MAILPIPE_BIN%/*}/tests/preload/killed.so
}

# mail N BYTES: that many messages of that size and more in INBOX.
mail()
{
	local n

	for ((n = 1; n <= $1; n++)); do
		{ printf 'From: a@example.net\nSubject: %s\n\n' "$n"
		head -c "$2" /dev/zero | tr '\0' x | fold -w 70
		echo; } >"$BOX/cur/100000000$n.M1.host:2,"
	done
	chown -R nobody:nogroup dovecot/mail
}

# run_ command ...: imap-run of it, until all that it began have ended, and so
# have closed the pipe; its status is in run.status.
run_()
{
	timeout 240 cat < <(STATUS=0
		"$@" 2>run.err 3>&- || STATUS=$?
		echo "$STATUS" >run.status) >run.out
}

# told N STATUS|STATUS: command N ended so, and said why in one line.
told()
{
	local got

	got=$(cat "status.$1")
	case "|0|$2|" in
	*"|$got|"*) ;;
	*) show "status.$1" "err.$1"; return 1 ;;
	esac
	[ "$(wc -l <"err.$1")" -eq $((got != 0)) ] && return 0
	show "status.$1" "err.$1"
	return 1
}

# A day's work.
work()
{
	cat >work.sh <<-'.'
		each()
		{
			local n=$1 status=0

			shift
			"$@" >"out.$n" 2>"err.$n" || status=$?
			echo "$status" >"status.$n"
		}
		touch began
		each 1 imap-find - INBOX all &
		each 2 imap-fetch -m Maildir - INBOX '1:*'
		each 3 imap-put - Archive letter
		wait
		each 4 imap-ls -
		touch ended
	.
}

# box NAME: the messages in it.
box()
{
	find "$BOX/$1/cur" "$BOX/$1/new" -type f
}

# Those that are in Maildir are whole, and there are N where it was said so.
fetched()
{
	local m

	[ ! -d Maildir ] || [ -z "$(ls -A Maildir/tmp)" ] || return 1
	for m in Maildir/cur/* Maildir/new/*; do
		case $m in
		*\*) ;;
		*) cmp -s "$m" "$BOX"/cur/100000000"$(sed -n \
		    's/^Subject: //p' "$m").M1.host:2,"* || return 1 ;;
		esac
	done
	[ "$1" = any ] ||
	    [ "$(find Maildir/cur Maildir/new -type f | wc -l)" -eq "$1" ]
}

# By then all are gone that it began: the commands, told that there is no
# session any more, and so the shell that runs them.
@test "killed at each call: its commands say so, and nothing is left" {
	local n done put=0 command

	mail 3 3000
	dovecot_imap
	work
	printf 'Subject: put\n\nletter\n' >letter
	stride
	for ((n = 1 + RANDOM % STRIDE, done = 0; done == 0; n += STRIDE)); do
		[ "$n" -lt 1000 ]
		rm -rf Maildir began ended out.* err.* status.*
		run_ env LD_PRELOAD="$PRELOAD" KILLED_AT="$n" imap-run \
		    -p 'cat password' "$URL" env -u LD_PRELOAD bash work.sh
		[ "$(cat run.status)" -ne 0 ] || done=1
		[ "$done" -eq 1 ] || [ "$(cat run.status)" -eq 137 ]
		[ -z "$(ls -A tmp)" ]
		[ -e began ] || continue
		[ -e ended ] || { echo "step $n"; false; }
		for command in 1 2 3 4; do
			told "$command" '69|75' || { echo "step $n"; false; }
		done
		[ "$(cat status.2)" -eq 0 ] && fetched 3 || fetched any
		[ "$(cat status.3)" -ne 0 ] || put=$((put + 1))
		[ "$(box .Archive | wc -l)" -ge "$put" ]
	done
	[ "$n" -gt 100 ]
	[ "$put" -gt $((10 / STRIDE)) ]
}

# again: after whatever, the session is a good one.
again()
{
	cat <<-'.'
		again()
		{
			[ "$(imap-find -c - INBOX all)" = 3 ] || {
				echo "step $n" >&2
				exit 1
			}
		}
	.
}

@test "a command is killed at each call: the next one has a session" {
	mail 3 3000
	dovecot_imap
	again >work.sh
	cat >>work.sh <<-'.'
		for ((n = 1, status = 1; status != 0; n++)); do
			[ "$n" -lt 1000 ] || exit 1
			rm -rf Maildir
			status=0
			LD_PRELOAD=$PRELOAD KILLED_AT=$n imap-fetch -m Maildir \
			    - INBOX '1:*' >out.fetch || status=$?
			again
			[ -z "$(ls -A tmp)" ] || exit 2
		done
		echo "$n"
	.
	expect_noted 0 imap-run -p 'cat password' "$URL" bash work.sh
	[ "$(cat out)" -gt 60 ]
	fetched 3
}

# Octets of a literal that is not whole are no command of the next one's, and
# the message is there or not.
@test "imap-put is killed at each call: the next one has a session" {
	mail 3 100
	dovecot_imap
	{ printf 'Subject: put\n\n'; head -c 1500000 /dev/zero | tr '\0' x |
	    fold -w 70; echo; } >letter
	again >work.sh
	cat >>work.sh <<-'.'
		for ((n = 1, status = 1; status != 0; n++)); do
			[ "$n" -lt 1000 ] || exit 1
			status=0
			LD_PRELOAD=$PRELOAD KILLED_AT=$n imap-put - Archive \
			    letter >out.put || status=$?
			again
		done
		echo "$n"
	.
	expect_noted 0 imap-run -p 'cat password' "$URL" bash work.sh
	[ "$(cat out)" -gt 60 ]
	[ "$(box .Archive | wc -l)" -ge 1 ]
	while read -r m; do
		cmp letter "$m"
	done < <(box .Archive)
	# In the midst of it.
	[ "$(grep -c '^imap-put send' killed)" -gt 20 ]
	[ "$(grep -c 'Login: user=<alice>' dovecot/log)" -gt 20 ]
}

# What ^C sends is for all of the group; here it is only for the command.
@test "signals while a command has the session: the command decides" {
	local n signal

	mail 3 300000
	dovecot_imap
	cat >work.sh <<-'.'
		trap '' HUP INT QUIT TERM
		echo $PPID >parent
		until [ -e enough ]; do
			rm -rf Maildir
			imap-fetch -m Maildir - INBOX 1:* || exit 1
		done
	.
	start run imap-run -p 'cat password' "$URL" sh work.sh
	wait_for 20 test -s parent
	for ((n = 0; n < 200; n++)); do
		for signal in HUP INT QUIT TERM; do
			kill "-$signal" "$(cat parent)"
		done
		sleep 0.005
	done
	touch enough
	wait "$PID_run"
	fetched 3
	[ "$(grep -c 'Login: user=<alice>' dovecot/log)" -eq 1 ]
}

# slow: a server that stops in the midst of a message.
slow()
{
	imap_script <<-'.'
		BOX: exists=2 uidvalidity=5 uidnext=9
		GREETING:
		C: UID FETCH *
		S: * 1 FETCH (UID 3 BODY[] "three" FLAGS ())
		S-RAW: * 2 FETCH (UID 4 FLAGS () BODY[] {100}\r\nhalf
		SILENCE
	.
}

# What the command has begun is not left to wait: neither what has the session,
# nor what asked for it, nor what is about to.
@test "the end by a signal while others have the session and wait" {
	local signal

	cat >work.sh <<-'.'
		each()
		{
			local n=$1 status=0

			shift
			"$@" >"out.$n" 2>"err.$n" || status=$?
			echo "$status" >"status.$n"
		}
		each 1 imap-fetch -m Maildir - INBOX '1:*' &
		until grep -q FETCH peer; do sleep 0.02; done
		each 2 imap-ls - &
		python3 "$TESTS/peer/shared.py" make=asked end make=over &
		until [ -e asked ]; do sleep 0.02; done
		echo "$PPID" >parent
		wait
	.
	for signal in HUP INT TERM KILL; do
		rm -rf Maildir parent peer asked over err.* status.*
		slow
		run_ env --default-signal imap-run -p 'cat password' "$URL" \
		    bash work.sh &
		wait_for 30 test -s parent
		kill "-$signal" "$(cat parent)"
		wait "$!"
		[ "$(cat run.status)" -eq $((128 + $(kill -l "$signal"))) ]
		[ ! -s run.err ]
		[ "$(cat status.1)" -eq 75 ]
		told 1 75
		[ "$(cat status.2)" -eq 69 ]
		told 2 69
		contains err.2 'the session of imap-run has ended'
		[ -e over ]
		imap_scripted_end # it saw the end, and did not make it
		[ -z "$(find tmp Maildir/tmp -mindepth 1)" ]
		[ "$(cat Maildir/new/*)" = three ]
	done
}

@test "a signal of the terminal is for all: who ignores it has the session" {
	mail 3 100
	dovecot_imap
	again >work.sh
	cat >>work.sh <<-'.'
		trap 'echo caught >caught' INT
		touch ready
		until [ -e caught ]; do sleep 0.02; done
		again
		trap - INT
		: >again
		# bash would take a signal for its child's, where that had just
		# ended.
		exec sleep 300
	.
	{
		wait_for 30 test -e ready
		printf '\003'
		wait_for 30 test -e again
		printf '\003'
		sleep 1
	} | expect_noted 130 script -qec \
	    "imap-run -p 'cat password' '$URL' bash work.sh" /dev/null
	[ "$(grep -c 'Login: user=<alice>' dovecot/log)" -eq 1 ]
}

@test "an imap-run within it is killed: the outer one logs in anew" {
	mail 3 100
	dovecot_imap
	again >work.sh
	cat >>work.sh <<-'.'
		imap-run - bash -c 'imap-ls - >out.ls || exit 1
			kill -9 "$PPID"
			imap-ls - 2>err.ls; echo $? >status.ls'
		wait_for 20 test -s status.ls
		again
	.
	export -f wait_for
	expect_noted 0 imap-run -p 'cat password' "$URL" bash work.sh
	[ "$(cat status.ls)" -eq 69 ]
	contains err.ls 'the session of imap-run has ended'
	[ "$(grep -c 'Login: user=<alice>' dovecot/log)" -eq 2 ]
}
