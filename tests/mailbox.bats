#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# lib/mailbox beside a real Dovecot in one Maildir: the same UIDs, unique-ids
# and sizes, whoever comes first; and killed at any call.

load helper

setup()
{
	isolate
	BOX=${MAILPIPE_BIN%/*}/tests/tool/mailbox
	mkdir -p home/Maildir/cur home/Maildir/new home/Maildir/tmp run
	cd home/Maildir || return 1
	AS=
	cat >"$T/conf" <<-.
		base_dir = $T/run
		state_dir = $T/run
		log_path = $T/run/log
		mail_location = maildir:$T/home/Maildir
		mail_home = $T/home
		first_valid_uid = 1
		ssl = no
		stats_writer_socket_path =
	.
	export USER HOME=$T/home
	USER=$(id -un)
	# Dovecot has no mail for root.
	if [ "$(id -u)" -eq 0 ]; then
		chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
		chmod 644 "$T/conf"
		chown -R nobody:nogroup "$T/home" "$T/run"
		AS='setpriv --reuid=nobody --regid=nogroup --clear-groups'
		USER=nobody
	fi
	N=0
}

# deliver [SIZES]: a message in new/, as a delivery leaves it; with SIZES its
# name says them.
deliver()
{
	local text name

	N=$((N + 1))
	text="From: a@example.org
Subject: $N

text of $N
"
	name=$((1600000000 + N * 7 % 50)).M$((N * 97 % 1000))P$N.host
	[ -z "${1:-}" ] ||
	    name=$name,S=${#text},W=$((${#text} + 4))
	printf '%s' "$text" | $AS sh -c "cat >tmp/$name && mv tmp/$name new/$name"
}

# A line "UID unique-id octets base" for each message: ours, and Dovecot's.
ours()
{
	# shellcheck disable=SC2086
	$AS "$BOX" "$@" . | tr '\t' ' '
}

theirs()
{
	pop3
	# shellcheck disable=SC2086
	$AS doveadm -c "$T/conf" -f tab fetch 'uid guid' mailbox INBOX all |
	    sed '1d' | tr '\t' ' ' | sort -n >"$T/uids"
	paste -d ' ' "$T/uids" "$T/ids" "$T/octets" |
	    awk '{ print $1, $3, $4, $2 }'
}

# A session with Dovecot's pop3, as it is after its login.
pop3()
{
	printf 'UIDL\r\nLIST\r\nQUIT\r\n' |
	    $AS /usr/lib/dovecot/pop3 -c "$T/conf" 2>"$T/pop3.err" |
	    tr -d '\r' >"$T/pop3"
	awk -v ids="$T/ids" -v octets="$T/octets" '
	    BEGIN { printf "" >ids; printf "" >octets }
	    /^\+OK/ || /^\.$/ { part += /^\+OK/; next }
	    part == 1 { print $2 >ids }
	    part == 2 { print $2 >octets }' "$T/pop3"
}

# Both see the same, and once more after both have looked; and Dovecot found
# nothing to complain about.
agree()
{
	ours >"$T/ours" || return 1
	theirs >"$T/theirs"
	same "$T/ours" "$T/theirs" || return 1
	ours >"$T/again"
	same "$T/ours" "$T/again" || return 1
	cat "$T/pop3.err" "$T/run/log" >"$T/complaints" 2>/dev/null || :
	not grep -i 'error\|warning\|panic\|fatal' "$T/complaints"
}

# What a message is called never changes: all that was ever seen of it, in
# $T/seen, is the same.
remember()
{
	cat "$@" >>"$T/seen"
	awk '{ if (($4 in uid) && uid[$4] != $1 " " $2) exit 1
	    uid[$4] = $1 " " $2 }' "$T/seen"
}

# list TEXT: as dovecot-uidlist; without a line end what it ends in is torn.
list()
{
	printf '%s' "$1" | $AS tee dovecot-uidlist >/dev/null
}

@test "Dovecot first, then ours, then Dovecot again" {
	local i

	for i in 1 2 3; do deliver; done
	theirs >"$T/before"
	[ "$(wc -l <"$T/before")" -eq 3 ]
	ours >"$T/ours"
	same "$T/before" "$T/ours"
	for i in 1 2 3 4; do deliver sizes; done
	ours >"$T/ours"
	head -n 3 "$T/ours" >"$T/first"
	same "$T/before" "$T/first"
	[ "$(wc -l <"$T/ours")" -eq 7 ]
	# New mail stays in new/ until Dovecot moves it.
	[ "$(find new -type f | wc -l)" -eq 4 ]
	agree
	[ "$(find new -type f | wc -l)" -eq 0 ]
}

@test "ours first: Dovecot goes on with the list that was made" {
	local i

	for i in 1 2 3; do deliver; done
	ours >"$T/plain"
	[ ! -e dovecot-uidlist ]
	not grep -v '^0 [0-9.MP]*host ' "$T/plain"
	ours -u >"$T/before"
	theirs >"$T/theirs"
	same "$T/before" "$T/theirs"
	deliver
	agree
}

@test "what a list may say: POP3's ids and sizes, and Courier's list" {
	local i

	for i in 1 2 3 4; do deliver; done
	set -- new/*
	list "3 V7 N20 G3085f01b7f11094c501100008c4a11c1 Xkept
3 Pan-id :${3#new/}
5 P W77 :${1#new/}
9 S42 :${2#new/}
10 Pgone :gone
"
	ours >"$T/ours"
	contains "$T/ours" "3 an-id 46 ${3#new/}"
	contains "$T/ours" "5 ${1#new/} 77 ${1#new/}"
	contains "$T/ours" "9 0000000900000007 46 ${2#new/}"
	contains "$T/ours" "20 0000001400000007 46 ${4#new/}"
	agree
	grep -q '^3 V7 N2[01] G3085f01b7f11094c501100008c4a11c1 Xkept$' \
	    dovecot-uidlist
	rm -f dovecot*
	list "1 275660208 7
3 $(basename cur/"${3#new/}"*)
"
	ours >"$T/ours"
	contains "$T/ours" "3 00000003106e3db0"
	grep -q '^3 V275660208 N10 G' dovecot-uidlist
	agree
}

# Chance, from a start of the test's own, so that it can be had again.
@test "a hundred rounds of both, in any order and at the same time" {
	local round more

	RANDOM=20260
	ours -u >/dev/null
	for round in $(seq 100); do
		for ((more = RANDOM % 3; more > 0; more--)); do
			if [ $((RANDOM % 2)) = 0 ]; then
				deliver
			else
				deliver sizes
			fi
		done
		case $((RANDOM % 6)) in
		0)
			ours -u >"$T/one"
			;;
		1)
			theirs >"$T/one"
			;;
		2)
			ours -u >"$T/one" &
			ours -u >"$T/two" &
			theirs >"$T/three"
			wait
			;;
		3)
			set -- cur/* new/*
			shift $((RANDOM % $#))
			[ ! -f "$1" ] || rm -f "$1"
			;;
		4)
			$AS doveadm -c "$T/conf" flags add '\Flagged $Label1' \
			    mailbox INBOX all
			;;
		5)
			$AS doveadm -c "$T/conf" expunge mailbox INBOX \
			    $((1 + RANDOM % 9))
			;;
		esac
		agree || { echo "in round $round" && return 1; }
		remember "$T/ours"
	done
	[ "$(wc -l <"$T/ours")" -ge 10 ]
}

@test "several of ours and Dovecot give UIDs while mail comes" {
	local i pids=

	ours -u >/dev/null
	for i in 1 2; do
		(while ! [ -e "$T/stop" ]; do ours >>"$T/seen.$i"; done) &
		pids="$pids $!"
	done
	(while ! [ -e "$T/stop" ]; do
		$AS doveadm -c "$T/conf" -f tab fetch 'uid guid' \
		    mailbox INBOX all | sed 1d | tr '\t' ' ' >>"$T/seen.dovecot"
	done) &
	pids="$pids $!"
	for i in $(seq 150); do deliver; done
	: >"$T/stop"
	# shellcheck disable=SC2086
	wait $pids
	agree
	[ "$(wc -l <"$T/ours")" -eq 150 ]
	[ "$(cut -d ' ' -f 1 "$T/ours" | sort -u | wc -l)" -eq 150 ]
	awk '{ print $1, $NF }' "$T"/seen.* "$T/ours" | sort -u >"$T/pairs"
	[ "$(wc -l <"$T/pairs")" -eq 150 ]
}

# With $1 the list is to be written anew, else lines are added to it.
killed_at_each()
{
	local call n died=0 step

	for call in link,linkat openat fstat,newfstatat write fcntl fdatasync,fsync \
	    ftruncate,fchmod,fchown,utimensat rename,renameat unlink,unlinkat close; do
		for n in $(seq 12); do
			ours -u >"$T/before"
			[ -z "$1" ] || list "$(cat dovecot-uidlist)
12"
			deliver
			step=0
			# shellcheck disable=SC2086
			$AS strace -f -o /dev/null \
			    -e "inject=$call:signal=KILL:when=$n" \
			    "$BOX" -u . >/dev/null 2>&1 || step=$?
			died=$((died + (step == 137)))
			! [ -e dovecot-uidlist.tmp ] || [ "$step" = 137 ]
			# Dovecot takes a lock for stale after two seconds.
			[ "$step" != 137 ] || [ "$n" != 2 ] || theirs >/dev/null
			ours >"$T/after"
			remember "$T/before" "$T/after"
			[ "$(wc -l <"$T/after")" -eq "$N" ]
			not grep -q '^0 ' "$T/after"
		done
	done
	echo "killed $died times"
	[ "$died" -ge 20 ]
	agree
	find . -name '*.lock' -not -path './tmp/*' >"$T/locks"
	[ ! -s "$T/locks" ]
}

@test "killed at any call while it adds: every id stays, no lock is left" {
	sanitized && skip "memory means nothing under AddressSanitizer"
	killed_at_each ''
}

@test "killed at any call while it writes anew" {
	sanitized && skip "memory means nothing under AddressSanitizer"
	killed_at_each torn
}

@test "100 000 messages: memory of some tens of MB, no call for each" {
	sanitized && skip "memory means nothing under AddressSanitizer"
	$AS python3 -c '
for i in range(100000):
    open(f"cur/{1600000000 + i // 3}.M{i % 1000}P{i}.host,S=4,W=5:2,S", "x")'
	peak "$BOX" .
	[ "$PEAK" -le 40960 ]
	# shellcheck disable=SC2086
	$AS "$BOX" -u . >/dev/null
	peak "$BOX" .
	[ "$PEAK" -le 51200 ]
	strace -c -o "$T/calls" "$BOX" . >/dev/null
	[ "$(awk '/ total$/ { print $(NF - 1) }' "$T/calls")" -le 3000 ] ||
	    { cat "$T/calls" && return 1; }
}
