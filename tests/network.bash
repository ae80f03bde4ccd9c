# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# A network of machines, on top of helper.bash, tls.bash, dns.bash and
# postfix.bash, for a test of root.  Each machine is a process with name spaces
# of its own, on one wire: when that process ends, all of it is gone.
#
#	network HOST ...	the machines: "names" (nsd with the zones), and
#				those given: ours, postfix, exim
#	on HOST command ...	runs the command there, as root, in $T
#	begin HOST NAME command ...	start, there
#	stop NAME		ends what that started
#	listens HOST PORT	waits until somebody does
#
# and what runs on them.  Mail is in $T/HOST/home/USER/Maildir:
#
#	ours_up [line ...]	mx.example.org: the machine's users alice and
#				bob, smtpd-inetd on 25, 587 and 465; lines for
#				mailpipe.conf
#	postfix_starts [line ...]	mx.example.net, with carol; lines for
#				main.cf
#	exim_starts		mx.example.com, with dave
#	letter FROM TO [line ...]	prints one, with lines of the header
#	queued FROM TO [option ...]	puts one into our queue
#	runs STATUS [operand ...]	mailq-run on ours, whose log is $T/run.log
#	arrived HOST USER N	waits until that many are in the Maildir
#	newest HOST USER	prints the name of the last of them
#	waiting N		that many are in our queue, deferred or new
#	overdue			what is deferred in our queue is due now, and no
#				host is known to be down
#	older ID SECONDS	the message came so much earlier
#	shown HOST USER		the newest message as mutt shows it is in
#				$T/shown

NET4=10.87.25 NET6=fd87:25::

# The last number of its address, in both families.
host_number()
{
	case $1 in
	ours) echo 1 ;;
	postfix) echo 2 ;;
	exim) echo 3 ;;
	names) echo 53 ;;
	esac
}

network()
{
	local host

	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	host_up names || return 1
	on names ip link add wire type bridge &&
	    on names ip link set wire up || return 1
	for host in names "$@"; do
		[ "$host" = names ] || host_up "$host" || return 1
		host_plug "$host" || return 1
	done
	once zones network_zones dns '*.pem' '*.key' && names_up || return 1
	for host; do
		resolver_up "$host" || return 1
	done
}

# Everybody is on every machine, and has a home only where there is mail.
host_etc()
{
	mkdir -p "$T/$1/etc"
	printf 'nameserver 127.0.0.1\noptions trust-ad\n' \
	    >"$T/$1/etc/resolv.conf"
	printf '127.0.0.1 localhost\n::1 localhost\n' >"$T/$1/etc/hosts"
	{ cat /etc/passwd
	    printf '%s:x:%d:%d::/home/%s:/bin/sh\n' alice 64001 64001 alice \
		bob 64002 64002 bob carol 64003 64003 carol \
		dave 64004 64004 dave
	    echo 'mailpipe:x:64005:64005::/nonexistent:/usr/sbin/nologin'
	} >"$T/$1/etc/passwd"
	{ cat /etc/group
	    printf '%s:x:%d:\n' alice 64001 bob 64002 carol 64003 dave 64004 \
		mailpipe 64005; } >"$T/$1/etc/group"
	chmod -R a+rX "$T/$1"
}

host_up()
{
	local of=PID_machine_$1 peer=

	host_etc "$1"
	[ "$1" != exim ] || peer=exim
	# It ends with the test in any case, even one that is killed.
	start "machine_$1" setpriv --pdeathsig KILL unshare --mount --net \
	    --uts --pid --fork --kill-child --mount-proc \
	    "$TESTS/peer/host" "$T/$1" $peer
	wait_for 10 test -e "$T/$1/up" || { show "$T/machine_$1.log"; return 1; }
	eval "HOST_$1=$(cat "/proc/${!of}/task/${!of}/children")"
}

home()
{
	mkdir -p "$T/$1/home/$2/Maildir"/{cur,new,tmp}
	chown -R "$3:$3" "$T/$1/home/$2"
}

on()
{
	local of=HOST_$1

	shift
	nsenter -t "${!of}" -m -n -u -p --wdns="$T" -- "$@" 3>&-
}

begin()
{
	local of=HOST_$1 name=$2

	shift 2
	start "$name" nsenter -t "${!of}" -m -n -u -p --wdns="$T" -- "$@"
}

stop()
{
	local of=PID_$1

	kill -TERM -- "-${!of}"
	wait_for 20 test ! -e "/proc/${!of}"
}

host_plug()
{
	local of=HOST_$1 n

	n=$(host_number "$1")
	# From outside, where the machine's number is known.
	nsenter -t "$HOST_names" -n ip link add "wire-$1" master wire \
	    type veth peer name eth0 netns "${!of}" &&
	    on names ip link set "wire-$1" up &&
	    on "$1" ip addr add "$NET4.$n/24" dev eth0 &&
	    on "$1" ip addr add "$NET6$n/64" dev eth0 nodad &&
	    on "$1" ip link set eth0 up
}

listens()
{
	# shellcheck disable=SC2016 # for the shell over there
	on "$1" timeout 30 sh -c 'until [ -n "$(ss -Hltn "sport = :$1")" ]; do
	    sleep 0.02; done' sh "$2" && return 0
	echo "$1: nobody listens on $2"
	return 1
}

names_up()
{
	dns_configure_zones "$NET4.53@53" >"$T/dns/nsd.conf"
	begin names nsd nsd -d -c "$T/dns/nsd.conf"
	listens names 53 || { show "$T/nsd.log"; return 1; }
}

resolver_up()
{
	dns_configure_resolver 127.0.0.1@53 "$NET4.53@53" \
	    >"$T/dns/unbound-$1.conf"
	begin "$1" "unbound_$1" unbound -d -p -c "$T/dns/unbound-$1.conf"
	listens "$1" 53 || { show "$T/unbound_$1.log"; return 1; }
}

# zone_host NAME HOST: its addresses.
zone_host()
{
	local n

	n=$(host_number "$2")
	printf '%s A %s.%s\n%s AAAA %s%s\n' "$1" "$NET4" "$n" "$1" "$NET6" "$n"
}

# once NAME COMMAND FILE ...: the command makes these files in $T, as patterns,
# for the first test that wants them; others get copies.
once()
{
	local kept=$BATS_FILE_TMPDIR/$1 command=$2

	shift 2
	if [ -e "$kept" ]; then
		# Not $T itself, into which others may look.
		cp -a "$kept"/* "$T" &&
		    sed -i "s,$(cat "$kept/.made-in"),$T,g" "$T"/dns/*.nsd
		return
	fi
	"$command" && mkdir "$kept.new" || return 1
	# shellcheck disable=SC2086 # patterns
	(cd "$T" && cp -a --parents $* "$kept.new") &&
	    echo "$T" >"$kept.new/.made-in" && mv "$kept.new" "$kept"
}

# On "down" nobody listens.
network_zones()
{
	certificate mx-net \
	    DNS:mx.example.net,DNS:wrong.example.net,DNS:good.example.net &&
	    certificate mx-com DNS:mx.example.com &&
	    certificate mx-org DNS:mx.example.org || return 1
	{ zone_host mx ours
	    echo '@ MX 10 mx'; } | dns_zone example.org signed || return 1
	{ zone_host mx exim
	    echo '@ MX 10 mx'; } | dns_zone example.com signed || return 1
	{ zone_host mx postfix
	    zone_host mx6 postfix | grep AAAA
	    zone_host wrong postfix
	    zone_host a postfix | grep ' A '
	    zone_host aaaa postfix | grep AAAA
	    zone_host good postfix
	    zone_host down names
	    printf '%s\n' '@ MX 10 mx' 'six MX 10 mx6' 'null MX 0 .' \
		'first MX 10 down' 'first MX 20 mx' 'equal MX 10 mx' \
		'equal MX 10 mx.example.com.' 'lost MX 10 nowhere' \
		'ours MX 10 down' 'ours MX 20 mx.example.org.' \
		'loop MX 10 mx' 'dane MX 10 wrong' \
		'sts MX 10 good' '_mta-sts.sts TXT "v=STSv1; id=1"' \
		'other MX 10 mx.example.com.' \
		'_mta-sts.other TXT "v=STSv1; id=1"' \
		'mta-sts.sts A 127.0.0.1' 'mta-sts.other A 127.0.0.1' \
		"_25._tcp.mx TLSA $(dns_tlsa mx-net.pem 3 1 1)" \
		"_25._tcp.wrong TLSA $(dns_tlsa mx-com.pem 3 1 1)"
	} | dns_zone example.net signed || return 1
	dns_zone . plain </dev/null
}

ours_conf()
{
	cat <<-.
		Hostname: mx.example.org
		Domains: example.org
		User: mailpipe
		Postmaster: bob
		Tls-Certificate: /etc/mailpipe/mx.pem
		Tls-Key: /etc/mailpipe/mx.key
		Aliases: /etc/mailpipe/aliases
		Checkpassword: /usr/local/bin/mail-checkpw -P
	.
}

# Passwords are checked by PAM, as the machine's users have them.
ours_etc()
{
	local hash

	hash=$(openssl passwd -6 secret)
	mkdir -p etc.new/mailpipe etc.new/pam.d
	{ cat /etc/shadow
	    printf '%s:%s:20000:0:99999:7:::\n' alice "$hash" bob "$hash"
	} >etc.new/shadow
	cp "${TESTS%/*}/cmd/auth/mail-checkpw.pam" etc.new/pam.d/mail-checkpw
	cp mx-org.pem etc.new/mailpipe/mx.pem
	cp mx-org.key etc.new/mailpipe/mx.key
	{ ours_conf
	    [ $# -eq 0 ] || printf '%s\n' "$@"; } >etc.new/mailpipe/mailpipe.conf
	chmod 755 etc.new etc.new/*/
	chmod 644 etc.new/mailpipe/mailpipe.conf etc.new/pam.d/mail-checkpw
	cat >etc.new/mailpipe/aliases
	chmod 644 etc.new/mailpipe/aliases
	on ours cp -Rp etc.new/. /etc/
	rm -r etc.new
}

# Aliases are on standard input.
ours_up()
{
	local command

	home ours alice 64001
	home ours bob 64002
	ours_etc "$@"
	on ours install -m 755 -D -t /usr/local/bin "$MAILPIPE_BIN"/*
	on ours install -m 2755 -g 64005 "$MAILPIPE_BIN/mailq-add" \
	    /usr/local/bin
	# It makes the queue.
	on ours mailq-ls
	ours_listens 25 && ours_listens 587 -S && ours_listens 465 -ST
}

# What the unit leaves to root.
unit_caps()
{
	sed -n 's/^CapabilityBoundingSet=//p' "${TESTS%/*}/cmd/$1.service" |
	    tr 'A-Z\n' 'a-z ' | sed 's/cap_/+/g; s/ *$//; s/ /,/g; s/^/-all,/'
}

ours_listens()
{
	local port=$1

	shift
	begin ours "smtpd_$port" systemd-socket-activate -l "$port" \
	    -E MAILPIPE_TEST -E ASAN_OPTIONS -E UBSAN_OPTIONS -E PATH \
	    /usr/bin/setpriv --no-new-privs \
	    --bounding-set "$(unit_caps smtp/smtpd)" \
	    /usr/local/bin/smtpd-inetd "$@"
	listens ours "$port"
}

postfix_conf()
{
	cat <<-.
		compatibility_level = 3.6
		queue_directory = /var/spool/postfix
		data_directory = /var/lib/postfix
		daemon_directory = /usr/lib/postfix/sbin
		myhostname = mx.example.net
		mydestination =
		mynetworks = 127.0.0.0/8
		alias_maps =
		alias_database =
		virtual_mailbox_domains = regexp:/etc/postfix/domains
		virtual_mailbox_base = /home
		virtual_mailbox_maps = regexp:/etc/postfix/boxes
		virtual_uid_maps = static:64003
		virtual_gid_maps = static:64003
		header_checks = regexp:/etc/postfix/headers
		smtpd_peername_lookup = no
		smtpd_tls_security_level = may
		smtpd_tls_chain_files = /etc/postfix/key, /etc/postfix/pem
		smtpd_tls_loglevel = 1
		smtp_tls_security_level = may
		minimal_backoff_time = 1s
		maillog_file = $T/postfix/log
		maillog_file_prefixes = $T
	.
}

postfix_starts()
{
	home postfix carol 64003
	mkdir -p etc.new lib.new
	postfix_master | sed 's/^127.0.0.1:[0-9]*/smtp/' >etc.new/master.cf
	{ postfix_conf
	    [ $# -eq 0 ] || printf '%s\n' "$@"; } >etc.new/main.cf
	echo '/(^|\.)example\.net$/ OK' >etc.new/domains
	echo '/^carol@/ carol/Maildir/' >etc.new/boxes
	echo '/^Subject: refuse me/ REJECT no such mail' >etc.new/headers
	cp mx-net.key etc.new/key
	cp mx-net.pem etc.new/pem
	chmod 755 etc.new
	chmod 644 etc.new/*
	on postfix cp -Rp etc.new/. /etc/postfix/
	rm -r etc.new
	on postfix install -d -m 755 -o postfix /var/lib/postfix
	once postfix postfix_spool postfix/spool/postfix
	postfix_again
}

# It is the first check that makes what is missing, and complains of that.
postfix_spool()
{
	on postfix install -d -m 755 /var/spool/postfix
	on postfix postfix check >check.log 2>&1 || :
}

postfix_again()
{
	begin postfix postfix /usr/lib/postfix/sbin/master -d
	listens postfix 25 && return 0
	show postfix.log postfix/log check.log
	return 1
}

exim_conf()
{
	cat <<-.
		keep_environment =
		exim_user = Debian-exim
		exim_group = Debian-exim
		primary_hostname = mx.example.com
		spool_directory = /var/spool/exim
		log_file_path = $T/exim/log/%slog
		log_selector = +tls_cipher +smtp_confirmation
		tls_advertise_hosts = *
		tls_certificate = $T/exim/pem
		tls_privatekey = $T/exim/key
		dsn_advertise_hosts = *
		host_lookup =
		rfc1413_query_timeout = 0s
		acl_smtp_rcpt = check
		begin acl
		check:
		  accept hosts = :
		  require verify = recipient
		  accept domains = example.com : equal.example.net
		  deny
		begin routers
		local:
		  driver = accept
		  domains = example.com : equal.example.net
		  local_parts = dave
		  transport = maildir
		none:
		  driver = redirect
		  domains = example.com : equal.example.net
		  allow_fail
		  data = :fail: no such user
		away:
		  driver = dnslookup
		  transport = smtp
		begin transports
		maildir:
		  driver = appendfile
		  directory = /home/dave/Maildir
		  maildir_format
		  user = dave
		smtp:
		  driver = smtp
		begin retry
		* * F,1h,1s
	.
}

exim_starts()
{
	home exim dave 64004
	mkdir -p -m 755 exim/log
	cp mx-com.key exim/key
	cp mx-com.pem exim/pem
	chown -R 64101:64101 exim/log exim/key exim/pem
	exim_conf >exim.conf
	on exim mkdir -p -m 755 /var/lib/exim4
	on exim install -m 644 exim.conf /var/lib/exim4/config.autogenerated
	exim_again
}

exim_again()
{
	begin exim exim exim4 -bdf
	listens exim 25 && return 0
	show exim.log exim/log/mainlog exim/log/paniclog
	return 1
}

letter()
{
	printf 'From: <%s>\nTo: <%s>\n' "$1" "$2"
	shift 2
	[ $# -eq 0 ] || printf '%s\n' "$@"
	printf '\nGood day.\n'
}

queued()
{
	local from=$1 to=$2

	shift 2
	letter "$from" "$to" "Subject: ${SUBJECT:-hello}" |
	    on ours mailq-add -f "$from" "$@" "$to" >id
}

# Not for long: what is due later is not tried.
runs()
{
	local want=$1 got=0

	shift
	on ours timeout 120 setpriv --bounding-set \
	    "$(unit_caps queue/mailq-run)" mailq-run -v "$@" >run.log 2>&1 ||
	    got=$?
	[ "$got" -eq "$want" ] && return 0
	echo "mailq-run: status $got, expected $want"
	show run.log
	return 1
}

count()
{
	find "$T/$1/home/$2/Maildir/new" -type f | wc -l
}

has()
{
	[ "$(count "$1" "$2")" -ge "$3" ]
}

arrived()
{
	wait_for 20 has "$@" && [ "$(count "$1" "$2")" -eq "$3" ]
}

newest()
{
	find "$T/$1/home/$2/Maildir/new" -type f -printf '%T@ %p\n' | sort -n |
	    tail -n 1 | cut -d ' ' -f 2
}

waiting()
{
	local n

	n=$(find "$T/ours/spool/mailpipe"/{new,cur} -type f -name '*.*' |
	    wc -l)
	[ "$n" -eq "$1" ]
}

overdue()
{
	local file

	rm -f "$T/ours/spool/mailpipe/hosts"/*
	for file in "$T/ours/spool/mailpipe/cur"/*.*; do
		mv "$file" "${file%/*}/$(date +%s).${file##*.}"
	done
}

# The number keeps its width, so that nothing behind it moves.
older()
{
	local file

	for file in "$T/ours/spool/mailpipe"/{new,cur}/*."$1"; do
		[ -e "$file" ] || continue
		awk -v less="$2" '!n && /^Arrival: / { $2 -= less; n = 1 }
		    { print }' "$file" >older || return 1
		dd if=older of="$file" conv=notrunc status=none || return 1
	done
}

# Mutt has a terminal, and a pager that keeps what it is to show.
shown()
{
	rm -rf shown box
	mkdir -p box/cur box/new box/tmp
	cp "$(newest "$1" "$2")" box/new
	printf '#!/bin/sh\ncat "$1" >%s/shown\n' "$T" >pager
	chmod 755 pager
	cat >muttrc <<-.
		set folder=$T pager=$T/pager prompt_after=no wait_key=no
		set quit=yes
		push "<display-message><exit>"
	.
	TERM=xterm timeout 30 script -qec "mutt -n -F $T/muttrc -R \
	    -f $T/box" /dev/null >mutt.log 2>&1 </dev/null 3>&-
	[ -s shown ] && return 0
	show mutt.log
	return 1
}
