# SPDX-License-Identifier: ISC
#
# Cases of tests/bench/run: the queue: filled, emptied, waiting; beside postfix.

# The queue of ours and of postfix for d1.test to d50.test, which are hosts of
# the loopback network where the sink listens.
queue_conf()
{
	sink=$(free_port)
	for i in $(seq 50); do
		echo "Route: d$i.test smtp://127.0.1.$i:$sink"
	done >more.conf
	printf 'Spool: %s/queue\nRelay-For: 127.0.0.0/8\n' "$dir" >>more.conf
	printf 'Spool: %s/queue\n' "$dir" >queue.conf
	mailq-ls -f queue.conf # makes it, for the user that it has to be of
	[ "$(id -u)" -eq 0 ] || return 0
	install -d -m 755 postfix postfix/spool postfix/conf
	install -d -o postfix -m 755 postfix/data
	maps=$(seq 50 | sed "s/.*/{d&.test=smtp:[127.0.1.&]:$sink}/" |
	    tr '\n' ' ')
	cat >postfix/conf/main.cf <<-.
		compatibility_level = 3.6
		queue_directory = $dir/postfix/spool
		data_directory = $dir/postfix/data
		daemon_directory = /usr/lib/postfix/sbin
		myhostname = mx.example.org
		mydestination =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		alias_maps =
		alias_database =
		biff = no
		disable_dns_lookups = yes
		in_flow_delay = 0
		relay_domains = static:all
		smtp_host_lookup = native
		smtp_tls_security_level = none
		smtpd_relay_restrictions = permit_mynetworks, reject
		transport_maps = inline:{ $maps}
		smtpd_peername_lookup = no
		smtpd_tls_security_level = none
		maillog_file = $dir/postfix/log
		maillog_file_prefixes = $dir
	.
}

# postfix on $port: with "all", or without what delivers.
start_postfix()
{
	port=$(free_port)
	sed "s/PORT/$port/" >postfix/conf/master.cf <<-'.'
		127.0.0.1:PORT inet n - n - - smtpd
		cleanup unix n - n - 0 cleanup
		rewrite unix - - n - - trivial-rewrite
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		trace unix - - n - 0 bounce
		proxymap unix - - n - - proxymap
		error unix - - n - - error
		retry unix - - n - - error
		smtp unix - - n - - smtp
		anvil unix - - n - 1 anvil
		tlsmgr unix - - n 1000? 1 tlsmgr
		postlog unix-dgram n - n - 1 postlogd
	.
	[ -z "${1:-}" ] || cat >>postfix/conf/master.cf <<-'.'
		pickup unix n - n 60 1 pickup
		qmgr unix n - n 300 1 qmgr
	.
	chmod -R a+rX postfix/conf
	postfix -c "$dir/postfix/conf" check 2>/dev/null || :
	setsid /usr/lib/postfix/sbin/master -c "$dir/postfix/conf" -d \
	    >/dev/null 2>&1 </dev/null &
	server="$server $!"
	wait_for_listener "$port"
}

postfix_waiting()
{
	(cd postfix/spool &&
	    find maildrop incoming active deferred -type f | wc -l)
}

# The row of postfix, and how many times as fast ours was.
postfix_row()
{
	row "postfix, $1" "$(rate "$n")" msg/s "${2:-$cpu}" -
	awk -v ours="$ours" -v theirs="$seconds" -v what="$1" 'BEGIN {
		printf "%-38s %8.1f times postfix\n", what, theirs / ours }'
}

# A loop of the shell, a process for each message.
one_by_one()
{
	measure "i=0; while [ \$i -lt $n ]; do $* <letter >/dev/null || exit
	    i=\$((i + 1)); done; exit 0"
}

# over_smtp PORT: $n messages by ten sessions.
over_smtp()
{
	echo "exec smtp-source -d -s 10 -m $n -f alice@example.org \
	    -t bob@d1.test -F letter 127.0.0.1:$1"
}

# Nothing is removed until all is measured, as new files would be made slowly.
queue_inject()
{
	one_by_one mailq-add -c mailpipe.conf -f alice@example.org bob@d1.test
	row "mailq-add, $n of 4 KiB" "$(rate "$n")" msg/s "$cpu" "$peak"
	ours=$seconds
	start_smtpd
	[ -d postfix ] || {
		by_turns smtpd-inetd "$(over_smtp "$port")"
		stop_server
		shown smtpd-inetd "$n" msg/s 'relaying, 10 sessions'
		return 0
	}
	smtpd=$port
	start_postfix
	# Which nobody reads: who is not there is complained about.
	mkfifo postfix/spool/public/pickup
	one_by_one /usr/sbin/sendmail -C "$dir/postfix/conf" \
	    -f alice@example.org bob@d1.test
	postfix_row sendmail
	by_turns smtpd-inetd "$(over_smtp "$smtpd")" \
	    postfix "$(over_smtp "$port")"
	stop_server
	[ "$(postfix_waiting)" -eq $((n + n * turns)) ]
	for name in smtpd-inetd postfix; do
		shown $name "$n" msg/s 'relaying, 10 sessions'
	done
	compared smtpd-inetd postfix 4
}

# -c counts at the end of the line that it writes over and over.
sink_count()
{
	tr '\r' '\n' <sink.log | sed -n "s/.*$1=\([0-9]*\).*/\1/p" | tail -n 1
}

# The ends of all connections are counted, too.
wait_for_sink()
{
	for tick in $(seq 100); do
		[ -n "$(ss -Htn state established "sport = :$sink")" ] ||
		    return 0
		sleep 0.05
	done
}

start_counting_sink()
{
	[ "$(id -u)" -ne 0 ] || set -- -u nobody
	setsid smtp-sink -c -m 400 "$@" "0.0.0.0:$sink" 400 >sink.log 2>&1 \
	    </dev/null &
	sink_server=$!
	wait_for_listener "$sink"
}

# $n messages, as many for each of so many hosts, to what is on $port.
fill()
{
	for i in $(seq "$1"); do
		smtp-source -d -s 10 -m $((n / $1)) -f alice@example.org \
		    -t "bob@d$i.test" -F letter "127.0.0.1:$port"
	done
	stop_server
}

# The most memory that a run has with all its transports, shared pages counted
# by share; in a run of its own, as looking takes time.
queue_memory()
{
	start_smtpd
	fill 50
	python3 - <<-'.' >pss
		import glob, subprocess
		p = subprocess.Popen(["mailq-run", "-f", "mailpipe.conf"],
		                     start_new_session=True)
		most = 0
		while p.poll() is None:
		    now = 0
		    for stat in glob.glob('/proc/[0-9]*/stat'):
		        try:
		            words = open(stat).read().rsplit(')', 1)[1].split()
		            if int(words[3]) != p.pid:
		                continue
		            rollup = open(stat[:-4] + 'smaps_rollup').read().split()
		            now += int(rollup[rollup.index('Pss:') + 1])
		        except (OSError, ValueError):
		            pass
		    most = max(most, now)
		print(most)
	.
	row "mailq-run, 50 hosts, all processes" - '' - "$(cat pss)"
}

# What a run removed is closed by a process of its own, which may go on; what is
# measured next is not to have its disk busy.
wait_for_room()
{
	while pgrep -r D,R,S -s 0 -x mailq-run >/dev/null; do
		sleep 0.02
	done
}

queue_drain()
{
	start_counting_sink
	start_smtpd
	fill "$1"
	begin=$(date +%s.%N)
	measure 'exec mailq-run -f mailpipe.conf'
	wait_for_room
	back=$(date +%s.%N)
	wait_for_sink
	[ -z "$(find queue/new queue/cur -type f)" ]
	[ "$(sink_count mesg)" -eq "$n" ]
	row "mailq-run, $1 hosts, $(sink_count sess) connections" \
	    "$(rate "$n")" msg/s "$cpu" -
	ours=$seconds
	seconds=$(echo "$begin $back" | awk '{ print $2 - $1 }')
	row "mailq-run, $1 hosts, all room is back" "$(rate "$n")" msg/s - -
	stop_sink
	[ -d postfix ] || return 0
	start_counting_sink
	start_postfix
	fill "$1"
	start_postfix all
	measure "while [ \"\$(tail -c 99 sink.log | tr '\\r' '\\n' |
	    sed -n 's/.*mesg=//p' | tail -n 1)\" != $n ]; do
	    sleep 0.02; done; exit 0"
	stop_server
	[ "$(sink_count mesg)" -eq "$n" ]
	postfix_row "$1 hosts" -
	stop_sink
}

# 200 000 messages that wait.
queue_wait()
{
	waiting=$((200000 / scale))
	rm -rf queue
	mkdir -m 711 queue
	echo | mailq-add -c mailpipe.conf bob@d1.test >/dev/null
	rm queue/new/*
	python3 - "$waiting" letter <<-'.'
		import sys, time
		now, n, text = int(time.time()), int(sys.argv[1]), open(sys.argv[2]).read()
		for i in range(n):
		    id = f"1j14l9a77b{i:06}"
		    with open(f"queue/cur/{now + 3600 + i % 7200:010}.{id}", "w") as f:
		        f.write(f"Size: {len(text):020}\nId: {id}\nArrival: {now}\n"
		                f"Sender: alice@example.org\n"
		                f"Recipient: bob@d{i % 50}.test\n\n{text}{now}\t1\t"
		                f"deferred\t421\t4.3.2\tmx.d{i % 50}.test\tlater\n")
	.
	measure 'exec mailq-run -f mailpipe.conf'
	row "mailq-run, none due of $waiting" "$seconds" s "$cpu" "$peak"
	measure 'exec mailq-ls -f mailpipe.conf >list'
	[ "$(wc -l <list)" -eq "$waiting" ]
	row "mailq-ls of $waiting" "$seconds" s "$cpu" "$peak"
	rm -rf queue list
}

bench_queue()
{
	n=$((5000 / scale / 50 * 50))
	letter >letter
	queue_conf
	configuration
	queue_inject
	[ "$(find queue/new -type f | wc -l)" -eq $((n + n * turns)) ]
	find queue/new postfix/spool/incoming postfix/spool/maildrop \
	    postfix/spool/public/pickup ! -type d -delete
	queue_drain 1
	queue_drain 50
	start_counting_sink
	queue_memory
	stop_sink
	queue_wait
	rm -rf more.conf postfix
}
