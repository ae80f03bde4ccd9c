# SPDX-License-Identifier: ISC
#
# Cases of tests/bench/run: SMTP: sent, received, submitted, in TLS.

bench_send()
{
	n=$((2000 / scale))
	letter >letter
	yes letter | head -n "$n" >list
	port=$(free_port)
	start_sink "$port"
	measure "exec smtp-send -l -f alice@example.org smtp://127.0.0.1:$port \
	    bob@example.org <list >results"
	[ "$(wc -l <results)" -eq "$n" ]
	row "smtp-send -l, $n of 4 KiB" "$(rate "$n")" msg/s "$cpu" "$peak"
	stop_server
}

# smtp-sink takes a user to become where it runs as root.
start_sink()
{
	set -- "127.0.0.1:$1" 200
	[ "$(id -u)" -ne 0 ] || set -- -u nobody "$@"
	setsid smtp-sink "$@" >/dev/null 2>&1 </dev/null &
	server="$server $!"
	wait_for_listener "$port"
}

bench_receive()
{
	letter >letter
	for sessions in 1 10 50; do
		n=$((2000 / scale))
		start_smtpd
		measure "exec smtp-source -d -s $sessions -m $n \
		    -f alice@example.org -t bob@example.org -F letter \
		    127.0.0.1:$port"
		[ "$(ls bob/new | wc -l)" -eq "$n" ]
		row "smtpd-inetd, $n of 4 KiB, $sessions sessions" \
		    "$(rate "$n")" msg/s - -
		stop_server
	done
}

# How many connections a second come to the end of a handshake with $port.
handshakes()
{
	openssl s_time -connect "127.0.0.1:$port" -time 5 "$@" 2>/dev/null |
	    awk '/real seconds/ { printf "%.0f", $1 / 5 }'
}

# Resumed ones are those of TLS 1.2: s_time cannot do others.
handshake_rows()
{
	row "$1, TLS 1.3 set-up" "$(handshakes -new -tls1_3)" conn/s - -
	row "$1, TLS 1.2 set-up" "$(handshakes -new -tls1_2)" conn/s - -
	row "$1, TLS 1.2 resumed" "$(handshakes -reuse -tls1_2)" conn/s - -
}

bench_tls()
{
	certificate
	start_smtpd -T
	handshake_rows smtpd-inetd
	stop_server
	port=$(free_port)
	setsid openssl s_server -accept "127.0.0.1:$port" -cert mx.pem \
	    -key mx.key -quiet >server.log 2>&1 </dev/null &
	server="$server $!"
	wait_for_listener "$port"
	handshake_rows 'openssl s_server'
	stop_server
	rm more.conf
}

# Fifty senders at once, each logged in over TLS.
bench_submit()
{
	n=$((40 / scale))
	letter >letter
	yes letter | head -n "$n" >list
	certificate
	start_smtpd -ST
	echo s3cret | MAILPIPE_CONF=mailpipe.conf mail-passwd -P 0 \
	    bob@example.org
	measure "for i in \$(seq 50); do smtp-send -l -A plain \
	    -p 'echo s3cret' -o ca=mx.pem -f bob@example.org \
	    smtps://bob%40example.org@localhost:$port bob@example.org \
	    <list >results.\$i & done; wait"
	[ "$(ls bob/new | wc -l)" -eq $((n * 50)) ]
	row "smtpd-inetd -ST, 50 users, 4 KiB" "$(rate $((n * 50)))" msg/s - -
	stop_server
	rm -f more.conf results.*
}

# What ten waiting sessions add, shared pages counted by share.
bench_memory()
{
	start_smtpd
	python3 - "$port" "$server" <<-'.' >pss
		import glob, socket, sys
		port, group = int(sys.argv[1]), sys.argv[2]
		peers = [socket.create_connection(('127.0.0.1', port), 30)
		         for _ in range(10)]
		for s in peers:
		    s.makefile().readline()
		    s.sendall(b'EHLO client.example.org\r\n')
		    s.recv(4096)
		sums = []
		for stat in glob.glob('/proc/[0-9]*/stat'):
		    try:
		        if open(stat).read().rsplit(')', 1)[1].split()[2] != group:
		            continue
		        rollup = open(stat[:-4] + 'smaps_rollup').read().split()
		        sums.append(int(rollup[rollup.index('Pss:') + 1]))
		    except OSError:
		        pass
		print(sum(sums) // len(peers))
	.
	row "smtpd-inetd, PSS of a session of 10" - '' - "$(cat pss)"
	stop_server
}
