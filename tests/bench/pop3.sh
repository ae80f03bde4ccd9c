# SPDX-License-Identifier: ISC
#
# Cases of tests/bench/run: mailboxes and POP3, beside Dovecot and curl.

# A mailbox is opened for POP3 or IMAP, all of its names in memory already: the
# time is that of a whole process, as each session is one.
bench_mailbox()
{
	n=$((100000 / scale))
	mkdir -p box/cur box/new box/tmp
	python3 - "$n" <<-'.'
		import sys
		for i in range(int(sys.argv[1])):
		    open(f"box/cur/{1700000000 + i}.M{i * 7919 % 1000000:06}P{i % 30000}"
		         f"Q{i}.mail.example.org,S=4096,W=4160:2,S", "x").close()
	.
	box="$build/tests/tool/mailbox -t 1 box"
	measure "exec $box >list"
	measure "exec $box >list"
	row "mailbox of $n opened, names alone" "$seconds" s "$cpu" "$peak"
	"$build/tests/tool/mailbox" -u -t 1 box >list
	measure "exec $box >list"
	row "mailbox of $n opened, uidlist" "$seconds" s "$cpu" "$peak"
	measure "exec $build/tests/tool/mailbox box >list"
	[ "$(wc -l <list)" -eq "$n" ]
	row "mailbox of $n listed, uidlist" "$seconds" s "$cpu" "$peak"
	rm -rf box list
}

# make_mail DIR COUNT SIZE: a Maildir, of nobody.  Microseconds follow no seconds,
# as where mail is delivered: the same digits twice in a name, seven apart, cancel
# each other in Dovecot's hash of names, and its search would be what is measured.
make_mail()
{
	python3 - "$@" <<-'.'
		import os, sys
		where, count, size = sys.argv[1], *map(int, sys.argv[2:])
		for sub in 'cur', 'new', 'tmp':
		    os.makedirs(f'{where}/{sub}')
		head = 'From: alice@example.org\nSubject: %07d\n\n'
		line = 'All happy families are alike; each unhappy one is so.\n'
		body = (line * (size // len(line) + 1))[:size - len(head)] + '\n'
		for i in range(count):
		    text = head % i + body
		    wire = len(text) + text.count('\n')
		    micro = i * 618033 % 1000000
		    name = f'{1700000000 + i}.M{micro}P1.mx,S={len(text)},W={wire}:2,S'
		    with open(f'{where}/cur/{name}', 'w') as f:
		        f.write(text)
	.
	chown -R nobody:nogroup "$1"
}

# Logs in "bob1" to "bob9" of example.org with the password "secret" to ours on
# $clear and $tls, Maildirs bob1 to bob9, and to a Dovecot on $dovecot_clear and
# $dovecot_tls, Maildirs dovecot.bob1 and so on, by the same hash, a cheap one.
start_pop3()
{
	certificate
	hash=$(openssl passwd -1 secret)
	ports=$(for port in 1 2 3 4; do free_port; done)
	# shellcheck disable=SC2086 # four words
	set -- $ports "$@"
	clear=$1 tls=$2 dovecot_clear=$3 dovecot_tls=$4
	for bob in 1 2 3 4 5 6 7 8 9; do
		echo "bob$bob@example.org:$hash:$dir/bob$bob"
	done >users
	sed 's/:.*/:{CRYPT}/; s|$|'"$hash"'|' users >dovecot.users
	printf 'Hostname: mx.example.org\nDomains: example.org\nUsers: %s\n' \
	    "$dir/users" >mailpipe.conf
	cat more.conf >>mailpipe.conf
	dovecot_for pop3 "$dovecot_clear" "$dovecot_tls" \
	    "driver = passwd-file" "args = $dir/dovecot.users" >dovecot.conf
	chmod 644 dovecot.users
	mkdir -m 755 dovecot
	cat >start.sh <<-.
		systemd-socket-activate -l 127.0.0.1:$clear \
		    $build/bin/pop3d-inetd -c 1000 -f $dir/mailpipe.conf &
		systemd-socket-activate -l 127.0.0.1:$tls \
		    $build/bin/pop3d-inetd -T -c 1000 -f $dir/mailpipe.conf &
		exec dovecot -F -c $dir/dovecot.conf
	.
	setsid sh start.sh >server.log 2>&1 </dev/null &
	server="$server $!"
	for port in "$clear" "$tls" "$dovecot_clear" "$dovecot_tls"; do
		wait_for_listener "$port"
	done
}

# loaded KIND PORT ...: what popload takes, in $seconds.
loaded()
{
	kind=$1 to=$2
	shift 2
	bob='bob*'
	[ "$kind" = sessions ] || bob=bob1
	timeout "$limit" "$build/tests/tool/popload" "$kind" "$to" \
	    "$bob@example.org" secret "$@" >load
	read -r seconds _ <load
}

# beside NAME COUNT UNIT KIND PORT PORT [argument ...]: ours and Dovecot by
# turns, five times; the medians.
beside()
{
	name=$1 count=$2 unit=$3 kind=$4 one=$5 other=$6
	shift 6
	: >ours.seconds
	: >theirs.seconds
	for turn in 1 2 3 4 5; do
		loaded "$kind" "$one" "$@"
		echo "$seconds" >>ours.seconds
		loaded "$kind" "$other" "$@"
		echo "$seconds" >>theirs.seconds
	done
	ours=$(sort -n ours.seconds | sed -n 3p)
	theirs=$(sort -n theirs.seconds | sed -n 3p)
	for who in pop3d-inetd Dovecot; do
		[ "$who" = Dovecot ] && seconds=$theirs || seconds=$ours
		[ "$unit" = s ] && figure=$seconds || figure=$(rate "$count")
		row "$who, $name" "$figure" "$unit" - -
	done
	awk -v ours="$ours" -v theirs="$theirs" -v what="$name" 'BEGIN {
		printf "%-38s %8.1f times Dovecot\n", what, theirs / ours }'
}

bench_pop3d()
{
	[ "$(id -u)" -eq 0 ] || return 0
	n=$((2000 / scale))
	for bob in 1 2 3 4 5 6 7 8; do
		make_mail "bob$bob" 10 4096
		cp -a "bob$bob" "dovecot.bob$bob"
	done
	start_pop3
	beside 'log-in, STAT, QUIT' "$n" conn/s sessions "$clear" \
	    "$dovecot_clear" "$n" 8
	beside 'the same over TLS' "$n" conn/s sessions "$tls" \
	    "$dovecot_tls" "$n" 8 mx.pem
	n=$((5000 / scale))
	rm -rf bob1 dovecot.bob1
	make_mail bob1 "$n" 4096
	cp -a bob1 dovecot.bob1
	beside "RETR of $n of 4 KiB" "$n" msg/s retr "$clear" \
	    "$dovecot_clear" "$n"
	n=$((100000 / scale))
	rm -rf bob1 dovecot.bob1
	make_mail bob1 "$n" 100
	cp -a bob1 dovecot.bob1
	loaded sessions "$clear" 1 1
	loaded sessions "$dovecot_clear" 1 1
	beside "log-in to $n messages" 1 s sessions "$clear" \
	    "$dovecot_clear" 1 1
	stop_server
	rm -rf more.conf bob[1-9] dovecot.bob[1-9] dovecot
}

# fetched NAME COUNT command: into the empty Maildir "into"
fetched()
{
	rm -rf into state
	mkdir -p into/cur into/new into/tmp
	measure "$3"
	[ "$(find into/new -type f | wc -l)" -eq "$2" ]
	row "$1, $2 of $4" "$(rate "$2")" msg/s "$cpu" "$peak"
}

# From a Dovecot.
bench_pop3()
{
	[ "$(id -u)" -eq 0 ] || return 0
	for size in 4096 5242880; do
		n=$((5000 / scale))
		[ "$size" -eq 4096 ] || n=$((200 / scale))
		make_mail dovecot.bob1 "$n" "$size"
		start_pop3
		url=127.0.0.1:$dovecot_clear
		fetched pop3-fetch "$n" "exec pop3-fetch -s state -m into \
		    -p 'echo secret' -o tls=none pop3://bob1%40example.org@$url" \
		    "$((size / 1024)) KiB"
		ours=$seconds
		fetched curl "$n" "exec curl -s -u bob1@example.org:secret \
		    'pop3://$url/[1-$n]' -o 'into/new/#1'" \
		    "$((size / 1024)) KiB"
		awk -v ours="$ours" -v theirs="$seconds" 'BEGIN {
			printf "%-38s %8.2f times the time of curl\n",
			    "pop3-fetch", ours / theirs }'
		stop_server
		rm -rf more.conf dovecot.bob1 dovecot into state
	done
}
