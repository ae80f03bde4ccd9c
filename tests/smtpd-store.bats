#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd and the disk: nothing accepted is lost, nothing is half there,
# whatever fails, whoever hangs up, and whoever owns the mailbox.

load helper
load smtpd

@test "the file, then its directory are on disk before the 250" {
	mail_host
	export ASAN_OPTIONS=detect_leaks=0
	{ envelope bob@example.org alice@example.org
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } |
	    talk strace -f -y -o "$T/trace" \
	    -e trace=fsync,fdatasync,rename,renameat,renameat2,linkat,sendto,write \
	    smtpd-inetd -f "$T/mailpipe.conf"
	sed -n -e 's#.* fsync([0-9]*<.*/\(bob\|alice\)/tmp/.*#sync file#p' \
	    -e 's#.* fsync([0-9]*<.*/\(bob\|alice\)/new>.*#sync \1/new#p' \
	    -e 's#.* linkat(.*/self/fd/.*/alice>, "tmp/.*#link alice/tmp#p' \
	    -e 's#.* linkat(.*/self/fd/.*/bob>, "new/.*#link bob/new#p' \
	    -e 's#.* renameat(.*/\(bob\|alice\)>\?, "tmp/.*"new/.*#rename \1#p' \
	    -e 's#.*"250 2\.0\.0 accepted.*#250#p' "$T/trace" >"$T/got"
	printf '%s\n' 'sync file' 'link alice/tmp' 'rename alice' \
	    'sync alice/new' 'link bob/new' 'sync bob/new' 250 >"$T/want"
	same "$T/want" "$T/got"
}

@test "500 messages while the server is killed again and again" {
	mail_host
	timeout 60 python3 "$TESTS/peer/crash.py" "$T/bob" 500 \
	    smtpd-inetd -f "$T/mailpipe.conf" >"$T/seen" 2>&1 3>&- ||
	    { cat "$T/seen"; false; }
}

@test "no room in the file system: 452, and the session goes on" {
	needs_root
	mail_host
	mkdir "$T/small"
	echo "carol@example.org:!:$T/small/carol" >>"$T/users"
	{ for to in carol@example.org 'bob@example.org carol@example.org' \
	    'carol@example.org bob@example.org'; do
		# shellcheck disable=SC2086 # words
		envelope $to
		printf '%s\n' 'C-REPEAT: 30000 abcdefgh\r\n' 'C: .' \
		    'S: 452 4.3.1 *'
	done | awk 'NR > 3 && /220|EHLO|250-/ { next } { print }'
	    envelope | tail -n +4
	    printf '%s\n' 'C: Subject: small' 'C: .' 'S: 250 *'
	    envelope carol@example.org | tail -n +4
	    printf '%s\n' 'C: Subject: small' 'C: .' 'S: 250 *'
	} | talk unshare -m sh -c 'mount -t tmpfs -o size=64k,uid=64000 tmpfs "$1/small"
	    smtpd-inetd -f "$1/mailpipe.conf"; status=$?
	    find "$1/small" -type f >"$1/left"; exit $status' - "$T"
	[ "$(letters bob)" -eq 1 ]
	contains "$(letter bob)" 'Subject: small'
	[ "$(wc -l <"$T/left")" -eq 1 ]
	contains "$T/left" /carol/new/
	tmp_clean
}

@test "no room for a single file more: 452 to DATA" {
	needs_root
	mail_host
	mkdir "$T/small"
	echo "carol@example.org:!:$T/small/carol" >>"$T/users"
	{ envelope carol@example.org | sed '$s/.*/S: 452 4.3.1 */'
	    envelope | tail -n +4
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'
	} | talk unshare -m sh -c '
	    mount -t tmpfs -o nr_inodes=5 tmpfs "$1/small"
	    mkdir -p "$1/small/carol/cur" "$1/small/carol/new"
	    chown -R 64000 "$1/small"
	    exec smtpd-inetd -f "$1/mailpipe.conf"' - "$T"
	[ "$(letters bob)" -eq 1 ]
}

@test "a file that may not grow so far: 452, and the session goes on" {
	{ envelope
	    printf '%s\n' 'C-REPEAT: 30000 abcdefgh\r\n' 'C: .' \
		'S: 452 4.3.1 *' 'C: DATA' 'S: 503 *'
	    envelope | tail -n +4
	    printf '%s\n' 'C: Subject: small' 'C: .' 'S: 250 *'
	} | talk bash -c 'ulimit -f 64; exec smtpd-inetd -f "$1"' - \
	    "$T/mailpipe.conf"
	contains "$(letter bob)" 'Subject: small'
	tmp_clean
}

# As a user for whom permissions count.
unprivileged_talk()
{
	if is_root; then
		talk setpriv --reuid nobody --regid nogroup --clear-groups \
		    "$OPEN/smtpd-inetd" -f "$OPEN/conf"
	else
		talk "$OPEN/smtpd-inetd" -f "$OPEN/conf"
	fi
}

@test "a Maildir that cannot be written: 451, and the session goes on" {
	open_place
	mkdir -p "$OPEN/alice/tmp" "$OPEN/alice/new" "$OPEN/alice/cur"
	mkdir -p "$OPEN/bob/tmp" "$OPEN/bob/new" "$OPEN/bob/cur"
	mkdir -p "$OPEN/carol/tmp" "$OPEN/carol/new" "$OPEN/carol/cur"
	for user in alice bob carol dave; do
		echo "$user@example.org:!:$OPEN/$user"
	done >"$OPEN/users"
	printf 'Domains: example.org\nUsers: %s\n' "$OPEN/users" >"$OPEN/conf"
	chmod -R a+rX "$OPEN"
	is_root && chown -R nobody "$OPEN/alice" "$OPEN/bob" "$OPEN/carol"
	chmod 555 "$OPEN/alice/tmp" "$OPEN/carol/new"
	is_root || chmod 555 "$OPEN"
	{ envelope alice@example.org | sed '$s/.*/S: 451 4.3.0 */'
	    envelope bob@example.org carol@example.org | tail -n +4
	    printf '%s\n' 'C: Subject: new' 'C: .' 'S: 451 4.3.0 *'
	    envelope bob@example.org alice@example.org | tail -n +4
	    printf '%s\n' 'C: Subject: tmp' 'C: .' 'S: 451 4.3.0 *'
	    envelope dave@example.org | sed '1,3d;$s/.*/S: 451 4.3.0 */'
	    envelope | tail -n +4
	    printf '%s\n' 'C: Subject: good' 'C: .' 'S: 250 *'
	} | unprivileged_talk
	[ "$(find "$OPEN" -path '*/new/*' -type f | wc -l)" -eq 1 ]
	contains "$(find "$OPEN/bob/new" -type f)" 'Subject: good'
	tmp_clean
	chmod -R u+w "$OPEN"
}

@test "the client hangs up, at each step" {
	smtpd
	{ envelope
	    printf '%s\n' 'C: Subject: x' C: 'C: text' 'C-RAW: text' \
		'C-RAW: \r' 'C-RAW: \n' 'C-RAW: .' 'C-RAW: \r'
	} >"$T/all"
	for n in $(seq "$(wc -l <"$T/all")"); do
		for how in HANGUP RESET 'SHUT\nS-SKIP'; do
			{ head -n "$n" "$T/all"; printf "$how\n"; } >"$T/step"
			converse "$T/step"
		done
	done
	wait_for 10 none_served
	nothing_stored
	# Gone before its reply: it cannot know, but nothing is half there.
	{ cat "$T/all"; printf '%s\n' 'C-RAW: \n' RESET; } >"$T/step"
	converse "$T/step"
	wait_for 10 none_served
	tmp_clean
	[ "$(letters bob)" -eq 0 ] ||
	    [ "$(stored "$(letter bob)" | wc -l)" -eq 4 ]
}

@test "two owners: each gets its own file, and the network side is nobody" {
	needs_root
	open_place
	for owner in 64001 64002; do
		install -d -m 700 -o "$owner" -g "$owner" "$OPEN/$owner"
		echo "u$owner@example.org:!:$OPEN/$owner/Maildir"
	done >"$T/users"
	printf 'Domains: example.org\nUsers: %s\n' "$T/users" >"$T/mailpipe.conf"
	smtpd
	dial
	heard '220 *'
	session=$(serving)
	nobody=$(id -u nobody)
	grep -qx "Uid:	$nobody	$nobody	$nobody	$nobody" "/proc/$session/status"
	grep -qx 'CapEff:	0*' "/proc/$session/status"
	grep -qx "Groups:	$(id -g nobody) *" "/proc/$session/status"
	say 'EHLO a\r\nMAIL FROM:<>\r\n'
	heard '250 HELP'
	heard '250 2.1.0 *'
	not keepers
	say 'RCPT TO:<u64001@example.org>\r\nRCPT TO:<u64002@example.org>\r\nDATA\r\n'
	heard '250 2.1.5 *'
	heard '250 2.1.5 *'
	heard '354 *'
	keeper=$(keepers)
	grep -qx 'Uid:	0	0	0	0' "/proc/$keeper/status"
	# The store keeps no way to the network.
	[ "$(readlink "/proc/$session/fd/"* | grep -c '^socket:')" -gt 1 ]
	ss -xp >local
	ls -l "/proc/$keeper/fd" | sed -n 's/.*socket:.\([0-9]*\).*/\1/p' >own
	[ "$(wc -l <own)" -eq 2 ]
	while read -r inode; do
		grep -qw "$inode" local
	done <own
	say 'Subject: x\r\n.\r\nQUIT\r\n'
	heard '250 2.0.0 *'
	heard '221 *'
	for owner in 64001 64002; do
		file=$(find "$OPEN/$owner/Maildir/new" -type f)
		[ "$(stat -c %u:%g:%h:%a "$file")" = "$owner:$owner:1:600" ]
		[ "$(stat -c %u:%a "$OPEN/$owner/Maildir")" = "$owner:700" ]
		not grep -q u6400 "$file"
	done
}

@test "a session that is killed leaves nothing to the process that keeps mail" {
	mail_host
	smtpd
	dial
	heard '220 *'
	say 'EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n'
	heard '250 HELP'
	heard '250 2.1.0 *'
	heard '250 2.1.5 *'
	heard '354 *'
	keepers
	say 'Subject: x\r\n'
	kill -9 "$(serving)"
	wait_for 10 none_served
	tmp_clean
}

# user_sends USER: sends an empty message; kept has the process that kept it.
user_sends()
{
	dial
	heard '220 *'
	say "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<$1@example.org>\r\nDATA\r\n"
	heard '250 HELP' && heard '250 2.1.0 *' && heard '250 2.1.5 *' &&
	    heard '354 *' || return 1
	keepers >>"$T/kept"
	say 'Subject: x\r\n.\r\nQUIT\r\n'
	heard '250 2.0.0 *' && heard '221 *' || return 1
	exec 5>&-
	wait_for 10 none_served
}

@test "one process keeps the mail of one session after the other" {
	mail_host
	smtpd
	for user in bob alice bob; do
		user_sends "$user"
	done
	[ "$(sort -u kept | wc -l)" -eq 1 ] && [ "$(wc -l <kept)" -eq 3 ]
	[ "$(letters bob)" -eq 2 ] && [ "$(letters alice)" -eq 1 ]
	# A new user, whose Maildir is where no other is.
	open_place
	mkdir -p "$OPEN/eve/cur" "$OPEN/eve/new" "$OPEN/eve/tmp"
	owned "$OPEN/eve"
	cp users more
	echo "eve@example.org:!:$OPEN/eve" >>more
	mv more users
	user_sends eve
	[ "$(find "$OPEN/eve/new" -type f | wc -l)" -eq 1 ]
	[ "$(tail -n 1 kept)" -ne "$(head -n 1 kept)" ]
	# It ends by itself, and where nobody listens any more.
	wait_for 60 no_keeper_idle
	user_sends bob
	pid=$(idle_keepers)
	kill -9 "$PID_smtpd"
	wait_for 10 not kill -0 "$pid"
}

@test "the process that keeps mail is gone: 451, and nothing is stored" {
	mail_host
	smtpd
	dial
	heard '220 *'
	say 'EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\n'
	heard '250 HELP'
	heard '250 2.1.0 *'
	heard '250 2.1.5 *'
	kill -9 "$(keepers)"
	wait_for 10 not keepers
	say 'DATA\r\n'
	heard '451 4.3.0 *'
	nothing_stored
}

@test "an owner too many is for another message: 452 4.5.3" {
	needs_root
	open_place
	seq 64100 64200 >"$T/owners"
	while read -r owner; do
		install -d -m 700 -o "$owner" "$OPEN/$owner"
		echo "u$owner@example.org:!:$OPEN/$owner"
	done <"$T/owners" >"$T/users"
	printf 'Domains: example.org\nUsers: %s\n' "$T/users" >"$T/mailpipe.conf"
	to()
	{
		printf 'C: RCPT TO:<u%s@example.org>\nS: %s\n' "$1" "$2"
	}
	{ hello
	    printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *'
	    while read -r owner; do
		[ "$owner" -eq 64200 ] || to "$owner" '250 2.1.5 *'
	    done <"$T/owners"
	    to 64200 '452 4.5.3 too many recipients'
	    to 64100+x '250 2.1.5 *'
	    printf '%s\n' 'C: DATA' 'S: 354 *' 'C: Subject: x' 'C: .' 'S: 250 *'
	    printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *'
	    to 64200 '250 2.1.5 *'
	    printf '%s\n' 'C: DATA' 'S: 354 *' 'C: Subject: x' 'C: .' 'S: 250 *'
	} | talk
	while read -r owner; do
		[ "$(find "$OPEN/$owner/new" -type f -user "$owner" |
		    wc -l)" -eq 1 ]
	done <"$T/owners"
	tmp_clean
}

@test "root has no mail of a users file, and makes no Maildir" {
	needs_root
	mail_host
	mkdir -p "$T/there/new" "$T/there/cur" "$T/there/tmp"
	printf '%s@example.org:!:%s\n' there "$T/there" gone "$T/gone" \
	    deep "$T/gone/deep" >>"$T/users"
	{ hello
	    printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *'
	    for to in there gone deep; do
		printf '%s\n' "C: RCPT TO:<$to@example.org>" 'S: 451 4.3.0 *'
	    done
	    printf '%s\n' 'C: RCPT TO:<bob@example.org>' 'S: 250 *' \
		'C: DATA' 'S: 354 *' 'C: Subject: x' 'C: .' 'S: 250 *'
	} | talk
	contains "$T/log" "$T/gone: no owner but root: chown the Maildir or its directory"
	[ "$(files_in new | wc -l)$(letters bob)" = 11 ]
	[ ! -e "$T/gone" ]
	[ "$(stat -c %u "$(letter bob)")" -ne 0 ]
}

@test "a hostile owner leads no mail, and not root, elsewhere" {
	needs_root
	open_place
	install -d -m 700 -o 64001 -g 64001 "$OPEN/evil"
	install -d -m 700 -o 64002 -g 64002 "$OPEN/victim" \
	    "$OPEN/victim/Maildir" "$OPEN/victim/Maildir/new" \
	    "$OPEN/victim/Maildir/tmp" "$OPEN/victim/Maildir/cur"
	install -d -m 700 "$OPEN/root" "$OPEN/root/new" "$OPEN/root/tmp"
	install -d -m 775 -g shadow "$OPEN/group" "$OPEN/group/new" \
	    "$OPEN/group/tmp"
	cat >"$T/users" <<-.
		evil@example.org:!:$OPEN/evil/Maildir
		deep@example.org:!:$OPEN/evil/deep/Maildir
		group@example.org:!:$OPEN/evil/group
		bob@example.org:!:$T/bob
	.
	printf 'Domains: example.org\nUsers: %s\n' "$T/users" >"$T/mailpipe.conf"
	find "$OPEN" "$T/users" | sort >"$T/before"
	plant()
	{
		ln -s "$1" "$OPEN/evil/$2"
		chown -h 64001 "$OPEN/evil/$2"
	}
	attack()
	{
		{ envelope "${1:-evil}@example.org" | sed '/RCPT/,$d'
		    echo "C: RCPT TO:<${1:-evil}@example.org>"
		    echo 'S: [24]5[01] *'
		    printf '%s\n' 'C: DATA' 'S: [45]5[14] *' 'C: RSET' 'S: 250 *'
		} | talk
		find "$OPEN" "$T/users" -not -path "$OPEN/evil/*" | sort >"$T/after"
		grep -v "$OPEN/evil/" "$T/before" >"$T/want"
		same "$T/want" "$T/after"
	}
	for target in victim/Maildir root "../${OPEN#/tmp/}/root" group; do
		plant "$OPEN/$target" Maildir
		attack
		rm "$OPEN/evil/Maildir"
	done
	plant "$OPEN/victim" deep
	attack deep
	plant "$OPEN/nowhere" Maildir
	attack
	rm "$OPEN/evil/Maildir"
	# In a Maildir of its own, with the parts led elsewhere; and one that
	# was given a group that its owner is not in.
	for part in tmp new; do
		install -d -m 700 -o 64001 -g 64001 "$OPEN/evil/Maildir"
		for other in tmp new cur; do
			[ "$other" = "$part" ] ||
			    install -d -m 700 -o 64001 "$OPEN/evil/Maildir/$other"
		done
		for target in victim/Maildir/new root/new group/new; do
			plant "$OPEN/$target" "Maildir/$part"
			{ envelope evil@example.org | sed '$d'
			    [ "$part" = tmp ] && echo 'S: 451 *' ||
				printf '%s\n' 'S: 354 *' 'C: .' 'S: 451 *'
			} | talk
			rm "$OPEN/evil/Maildir/$part"
			tmp_clean
		done
		rm -r "$OPEN/evil/Maildir"
	done
	mkfifo "$OPEN/evil/Maildir"
	chown 64001 "$OPEN/evil/Maildir"
	attack
	rm "$OPEN/evil/Maildir"
	[ -z "$(files_in new)" ]
}

@test "the group of a directory is not taken for its owner's" {
	needs_root
	open_place
	install -d -m 2755 -o games -g shadow "$OPEN/games"
	install -d -m 775 -g shadow "$OPEN/shadow"
	echo "games@example.org:!:$OPEN/games" >"$T/users"
	printf 'Domains: example.org\nUsers: %s\n' "$T/users" >"$T/mailpipe.conf"
	for part in cur new; do
		install -d -m 700 -o games "$OPEN/games/$part"
	done
	ln -s "$OPEN/shadow" "$OPEN/games/tmp"
	{ envelope games@example.org | sed '$s/.*/S: 451 4.3.0 */'; } | talk
}

# The command runs without any configuration on a machine with other users,
# $T/passwd, and other files of /etc that are in $T.
on_machine()
{
	chmod 644 "$T/passwd"
	talk unshare -m sh -c '
	    for file in passwd login.defs shells; do
		[ ! -e "$1/$file" ] || mount --bind "$1/$file" "/etc/$file"
	    done
	    [ ! -d /etc/mailpipe ] || mount -t tmpfs tmpfs /etc/mailpipe
	    unset HOME
	    shift
	    exec "$@"' - "$T" "$@"
}

@test "root's server has mail for root and people, and for no daemon" {
	needs_root
	open_place
	home()
	{
		install -d -m 700 -o "$2" "$OPEN/$1"
		echo "$1:x:$2:$2::$OPEN/$1:$3"
	}
	{ home root 0 /usr/sbin/nologin
	    home person 1500 /bin/sh
	    home standard 1501 ''
	    home postgres 999 /bin/sh
	    home fetchmail 101 /bin/false
	    home ceph 64045 /usr/sbin/nologin
	    home nobody 65534 /bin/sh
	    echo "homeless:x:1502:1502::$OPEN/person:/bin/sh"
	    echo "away:x:1503:1503::$OPEN/none/away:/bin/sh"
	    echo "awaytoo:x:1504:1504::$OPEN/none:/bin/sh"
	    echo "nowhere:x:1505:1505::/nonexistent:/bin/sh"
	    echo "nohome:x:1506:1506:::/bin/sh"
	    echo "unmounted:x:1507:1507::$OPEN/mount:/bin/sh"
	    echo "games:x:5:60::$OPEN/none/games:/bin/sh"
	    install -d -m 755 "$OPEN/mount"
	} >"$T/passwd"
	printf '# shells\n/bin/sh\n' >"$T/shells"
	printf 'MAIL_DIR /var/mail\n#UID_MIN 1\nUID_MIN\t\t 1000\n' >"$T/login.defs"
	asked()
	{
		hello
		printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *'
		while [ "$#" -gt 0 ]; do
			printf '%s\n' "C: RCPT TO:<$1@localhost>" "S: $2 *"
			shift 2
		done
	}
	{ asked root 250 postmaster 250 person 250 person+x 250 standard 250 \
	    postgres 550 fetchmail 550 ceph 550 nobody 550 homeless 550 \
	    away 451 awaytoo 451 nowhere 550 nohome 550 unmounted 451 games 550
	    printf '%s\n' 'C: DATA' 'S: 354 *' 'C: Subject: x' 'C: .' 'S: 250 *'
	} | on_machine smtpd-inetd
	# What is in it is not the user's.
	touch "$OPEN/mount/x"
	asked unmounted 550 | on_machine smtpd-inetd
	for owner in root:0 person:1500 standard:1501; do
		file=$(find "$OPEN/${owner%:*}/Maildir/new" -type f)
		[ "$(stat -c %u "$file")" = "${owner#*:}" ]
	done
	[ "$(files_in new | wc -l)" -eq 3 ]
	echo 'UID_MIN 999' >"$T/login.defs"
	asked postgres 250 fetchmail 550 | on_machine smtpd-inetd
	echo 'UID_MIN none' >"$T/login.defs"
	asked person 250 postgres 550 | on_machine smtpd-inetd
}

@test "an ordinary user's server delivers into ~/Maildir" {
	needs_root
	open_place
	install -d -m 700 -o 64003 -g 64003 "$OPEN/home"
	{ cat /etc/passwd
	    echo "mpuser:x:64003:64003::$OPEN/home:/bin/sh"; } >"$T/passwd"
	{ envelope mpuser@localhost | sed 's/alice@example.net//'
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'
	    envelope mpuser+x@localhost root@localhost | sed '1,3d;/DATA/,$d' |
		sed '$s/.*/S: 550 5.1.1 */'
	    printf '%s\n' 'C: RCPT TO:<Postmaster>' 'S: 250 2.1.5 *'
	    printf '%s\n' 'C: QUIT' 'S: 221 *'
	} | on_machine setpriv --reuid 64003 --regid 64003 --clear-groups \
	    "$OPEN/smtpd-inetd"
	file=$(find "$OPEN/home/Maildir/new" -type f)
	[ "$(stat -c %u:%a "$file")" = 64003:600 ]
	contains "$file" 'Delivered-To: mpuser@localhost'
}
