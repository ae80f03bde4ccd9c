# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# How the servers are set up: the units, the lines for inetd, the examples of
# smtpd-inetd(8) and mailpipe.conf(5).

load helper
load tls

HOUSE=${BATS_TEST_DIRNAME%/*}

# What make install would put where.
install_all()
{
	umask 022
	make -C "$HOUSE" -o all B="${MAILPIPE_BIN%/bin}" DESTDIR="$T/root" \
	    PREFIX=/opt/mail install >install.log 2>&1 ||
	    { show install.log; return 1; }
	UNITS=$T/root/opt/mail/lib/systemd/system
}

verify()
{
	sed -i "s,^ExecStart=/opt/mail/bin,ExecStart=$MAILPIPE_BIN," \
	    "$UNITS"/*.service
	systemd-analyze verify --man=no --recursive-errors=no "$@" \
	    >verify.log 2>&1 || { show verify.log; return 1; }
	[ ! -s verify.log ] || { show verify.log; return 1; }
}

# The examples of a page that hold a text, as one would type them.
example()
{
	awk -v want="$2" '/^\.Bd/ { on = 1; text = ""; next }
		/^\.Ed/ { on = 0; if (index(text, want)) printf "%s", text }
		on { gsub(/\\e/, "\\"); text = text $0 "\n" }' \
	    "$HOUSE/man/$1" >example
	[ -s example ]
}

@test "the units are good: one process for all connections" {
	install_all
	verify "$UNITS/smtpd.socket" "$UNITS/smtpd.service"
	contains "$UNITS/smtpd.service" -/var/spool/mailpipe
	contains "$UNITS/mailq-run.service" -/var/cache/mailpipe
	not grep -q @BINDIR@ "$UNITS/smtpd.service"
	[ "$(stat -c %a "$UNITS/smtpd.service")" = 644 ]
}

@test "the units are good: one process for each connection" {
	install_all
	mkdir "$UNITS/smtpd.socket.d"
	printf '[Socket]\nAccept=yes\n' >"$UNITS/smtpd.socket.d/accept.conf"
	verify "$UNITS/smtpd.socket" "$UNITS/smtpd@1.service"
	not grep -q @BINDIR@ "$UNITS/smtpd@.service"
}

@test "the units are good: LMTP" {
	install_all
	verify "$UNITS/lmtpd.socket" "$UNITS/lmtpd.service"
	contains "$UNITS/lmtpd.service" 'smtpd-inetd -L'
	not grep -q @BINDIR@ "$UNITS/lmtpd.service"
	# Hardened as the other server is.
	diff <(sed -n '/^CapabilityB/,$p' "$UNITS/smtpd.service") \
	    <(sed -n '/^CapabilityB/,$p' "$UNITS/lmtpd.service" |
	    sed s/lmtpd.socket/smtpd.socket/)
}

@test "the units of the queue are good" {
	install_all
	verify "$UNITS/mailq-run.timer" "$UNITS/mailq-run.service"
	verify "$UNITS/mailq.service"
	not grep -q @BINDIR@ "$UNITS"/mailq*.service "$UNITS/mailq-run.timer"
	contains "$UNITS/mailq.service" 'mailq-run -w'
	# Hardened as each other.
	diff <(sed -n '/^StandardError/,/^SystemCallErrorNumber/p' \
	    "$UNITS/mailq.service" | sed '/^Restart/d') \
	    <(sed -n '/^StandardError/,$p' "$UNITS/mailq-run.service")
}

@test "the units of submission are good" {
	local name

	install_all
	for name in submission submissions; do
		verify "$UNITS/$name.socket" "$UNITS/$name.service"
		mkdir "$UNITS/$name.socket.d"
		printf '[Socket]\nAccept=yes\n' >"$UNITS/$name.socket.d/a.conf"
		verify "$UNITS/$name.socket" "$UNITS/$name@1.service"
		not grep -q smtpd.socket "$UNITS/$name"*
		# Nothing but the options differs from the units of smtpd.
		for kind in .service @.service; do
			sed "s/ -ST*\$//; s/$name/smtpd/g
			    /^Description/d" "$UNITS/$name$kind" >ours
			sed /^Description/d "$UNITS/smtpd$kind" >theirs
			same ours theirs
		done
	done
	contains "$UNITS/submission.socket" ListenStream=587
	contains "$UNITS/submissions.socket" ListenStream=465
	grep -q '^ExecStart=.*/smtpd-inetd -S$' "$UNITS/submission.service"
	grep -q '^ExecStart=.*/smtpd-inetd -ST$' "$UNITS/submissions@.service"
	awk '!/^#/ { if ($1 !~ /^submissions?$/ ||
	    $6 != "/opt/mail/bin/smtpd-inetd" ||
	    $8 != ($1 ~ /s$/ ? "-ST" : "-S") || NF != 8) exit 1; n++ }
	    END { exit n != 4 }' \
	    "$T/root/opt/mail/share/doc/mailpipe/submission.inetd"
}

@test "the units are good: POP3, and POP3 in TLS" {
	local unit

	install_all
	for unit in pop3d pop3s; do
		verify "$UNITS/$unit.socket" "$UNITS/$unit.service"
		not grep -q @BINDIR@ "$UNITS/$unit.service"
		mkdir "$UNITS/$unit.socket.d"
		printf '[Socket]\nAccept=yes\n' \
		    >"$UNITS/$unit.socket.d/accept.conf"
		verify "$UNITS/$unit.socket" "$UNITS/$unit@1.service"
		not grep -q @BINDIR@ "$UNITS/$unit@.service"
	done
	grep -q '^ExecStart=.*/pop3d-inetd$' "$UNITS/pop3d.service"
	grep -q '^ExecStart=.*/pop3d-inetd -T$' "$UNITS/pop3s@.service"
	awk '!/^#/ && NF { if ($4 !~ /^nowait\.[0-9]+$/ || $5 != "root" ||
	    $6 != "/opt/mail/bin/pop3d-inetd" ||
	    ($1 == "pop3s") != ($8 == "-T")) exit 1; n++ }
	    END { exit n != 4 }' \
	    "$T/root/opt/mail/share/doc/mailpipe/pop3d.inetd"
}

# The traps that make a busy server stop (systemd.socket(5), inetd(8)).
@test "limits that are not the defaults" {
	install_all
	contains "$UNITS/smtpd.socket" TriggerLimitIntervalSec=0
	contains "$UNITS/smtpd.socket" MaxConnections=200
	contains "$UNITS/smtpd.socket" MaxConnectionsPerSource=20
	contains "$UNITS/smtpd@.service" StandardInput=socket
	contains "$UNITS/smtpd@.service" StandardError=journal
	contains "$UNITS/smtpd@.service" CollectMode=inactive-or-failed
	awk '!/^#/ { if ($4 !~ /^nowait\.[0-9][0-9][0-9][0-9]/ ||
	    $6 != "/opt/mail/bin/smtpd-inetd" || NF != 7) exit 1; n++ }
	    END { exit n != 2 }' \
	    "$T/root/opt/mail/share/doc/mailpipe/smtpd.inetd"
}

@test "mailq-add is setgid where the queue's group is named" {
	install_all
	[ "$(stat -c %a root/opt/mail/bin/mailq-add)" = 755 ]
	MAKEFLAGS="QUEUE_GROUP=$(id -g)" install_all
	[ "$(stat -c '%a %g' root/opt/mail/bin/mailq-add)" = "2755 $(id -g)" ]
	[ "$(stat -c %a root/opt/mail/bin/mailq-ls)" = 755 ]
}

@test "uninstall leaves nothing" {
	install_all
	[ -x root/opt/mail/bin/smtp-send ]
	[ -s root/opt/mail/share/man/man5/mailpipe.conf.5 ]
	make -C "$HOUSE" DESTDIR="$T/root" PREFIX=/opt/mail uninstall \
	    >uninstall.log 2>&1
	[ -z "$(find root -type f)" ]
}

# With no more than the unit leaves to root, mail reaches a mailbox that only
# its owner can enter.
@test "the capabilities of the unit are enough, and no more than that" {
	local caps drop

	needs_root
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	mail_host
	mkdir -p -m 700 "$T/home/bob"
	chown -R mail "$T/home"
	echo "bob@example.org:!:$T/home/bob/Maildir" >users
	caps=$(sed -n 's/^CapabilityBoundingSet=//p' \
	    "$HOUSE/cmd/smtp/smtpd.service" | tr A-Z a-z |
	    sed 's/cap_/+/g; s/ /,/g')
	printf '%s\r\n' 'EHLO me' 'MAIL FROM:<a@x.example>' \
	    'RCPT TO:<bob@example.org>' >commands
	cat >script <<-'.'
		S: 220 *
		C: EHLO me
		S-ALL: 250-*
		C: MAIL FROM:<a@x.example>
		S: 250 *
		C: RCPT TO:<bob@example.org>
		S: 250 *
		C: DATA
		S: 354 *
		C-RAW: X: y\r\n\r\nhi\r\n.\r\n
		S: 250 *
		C: QUIT
		S: 221 *
	.
	converse_with script setpriv --bounding-set="-all,$caps" \
	    --no-new-privs smtpd-inetd -f mailpipe.conf
	[ "$(find home/bob/Maildir/new -type f -user mail | wc -l)" -eq 1 ]
	for drop in setuid setgid dac_read_search; do
		! converse_with script setpriv --no-new-privs \
		    --bounding-set="-all,$caps,-$drop" \
		    smtpd-inetd -f mailpipe.conf 2>log ||
		    { echo "not needed: $drop"; false; }
	done
	[ "$(find home/bob/Maildir/new -type f | wc -l)" -eq 1 ]
}

# It cannot send them a signal without CAP_KILL.
@test "the unit's server ends its sessions when it is stopped" {
	local caps

	needs_root
	mail_host
	caps=$(sed -n 's/^CapabilityBoundingSet=//p' \
	    "$HOUSE/cmd/smtp/smtpd.service" | tr A-Z a-z |
	    sed 's/cap_/+/g; s/ /,/g')
	PORT=$(free_port)
	start smtpd setpriv --bounding-set="-all,$caps" --no-new-privs \
	    systemd-socket-activate -l "127.0.0.1:$PORT" \
	    "$MAILPIPE_BIN/smtpd-inetd" -f "$T/mailpipe.conf"
	wait_for 10 listening "$PORT"
	exec 5<>"/dev/tcp/127.0.0.1/$PORT"
	read -r line <&5
	[ "${line%% *}" = 220 ]
	kill -TERM "$PID_smtpd"
	read -r -t 10 line <&5
	[ "${line%% *}" = 421 ]
	exec 5>&-
	wait_for 10 sh -c "! kill -0 $PID_smtpd 2>/dev/null"
}

@test "smtpd-inetd(8): a word with it" {
	mail_host
	example smtpd-inetd.8 VRFY
	MAILPIPE_CONF=$T/mailpipe.conf expect 0 sh -e example
	contains out "220 mx.example.org ESMTP"
	contains out "252 2.5.0"
	contains out "221 2.0.0"
}

@test "smtpd-inetd(8): under systemd-socket-activate and tcpserver" {
	local what

	mail_host
	for what in systemd-socket-activate tcpserver; do
		PORT=$(free_port)
		example smtpd-inetd.8 "$what"
		sed -i "s/2525/$PORT/; s/^/exec /" example
		start server sh -e example
		wait_for 10 listening "$PORT"
		printf 'X: %s\n\nhi\n' "$what" | expect 0 smtp-send -f a@x \
		    "smtp://127.0.0.1:$PORT" bob@example.org
		grep -q "^X: $what\$" bob/new/*
	done
}

@test "smtpd-inetd(8): a submission host" {
	mail_host
	PORT=$(free_port)
	example smtpd-inetd.8 5870
	sed -i "s/5870/$PORT/; s/^systemd/exec &/" example
	start server sh -e example
	wait_for 10 listening "$PORT"
	swaks --server 127.0.0.1 --port "$PORT" --auth PLAIN \
	    --auth-user alice@example.org --auth-password s3cret \
	    --from alice@example.org --to bob@example.org >swaks.log
	grep -q 'with ESMTPA id' bob/new/*
}

@test "smtpd-inetd(8): who was refused" {
	example smtpd-inetd.8 journalctl
	cat >log <<-.
		smtpd-inetd[1]: client=192.0.2.1 helo=x from=<a@b> to=<c@d> refused
		smtpd-inetd[1]: id=1 client=192.0.2.1 to=<e@f> nrcpt=1 accepted
		smtpd-inetd[2]: client=192.0.2.1 helo=x from=<a@b> to=<c@d> refused
	.
	sed -i 's/^journalctl -u smtpd -S today/cat log/' example
	expect 0 sh -e example
	[ "$(tr -s ' ' <out)" = " 2 <c@d>" ]
}

# The programs of the examples are not there; what they do is.
@test "smtpd-inetd(8): filters" {
	local what

	mkdir bin
	printf '%s\n' '#!/bin/sh' 'echo "X-Checked: $0 $*"' 'cat' >bin/spamc
	cp bin/spamc bin/rspamc
	printf '%s\n' '#!/bin/sh' 'echo "$*" scans' \
	    "s=\$(sed -n 's/^Subject: status //p')" 'exit "$s"' >bin/clamdscan
	chmod 755 bin bin/* && chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	for what in spamc 'rspamc --mime' clamdscan; do
		rm -rf alice bob
		mail_host
		example smtpd-inetd.8 "$what"
		sed -E "s,(r?spamc|clamdscan) ,$T/bin/&," example \
		    >>mailpipe.conf
		smtpd
		printf 'Subject: status 0\n\nhi\n' | expect 0 smtp-send \
		    -f a@x "smtp://127.0.0.1:$PORT" bob@example.org
		case $what in
		clamdscan) ! grep -q scans bob/new/* ;;
		*) grep -q "^X-Checked: $T/bin/$what" bob/new/* ;;
		esac
	done
	printf 'Subject: status 1\n\nhi\n' | expect 69 smtp-send -f a@x \
	    "smtp://127.0.0.1:$PORT" bob@example.org
	grep -qF '550 5.7.1 a virus was found' err
	printf 'Subject: status 2\n\nhi\n' | expect 75 smtp-send -f a@x \
	    "smtp://127.0.0.1:$PORT" bob@example.org
	[ "$(find bob/new -type f | wc -l)" -eq 1 ]
	example smtpd-inetd.8 'SENDER='
	printf 'Subject: x\n\nSubject: y\n' >letter
	expect 0 sh -e example
	[ "$(cat out)" = 'Subject: [alice@example.net] x

Subject: y' ]
}

@test "mailpipe-aliases(5): the example, and a word with it" {
	mail_host
	mkdir alice/.a bob/.copies
	for user in carol list; do
		mkdir "$user"
		echo "$user@example.org:!:$T/$user"
	done >>users
	owned carol list bob alice
	example mailpipe-aliases.5 'postmaster:'
	sed "s,/etc/mail/list,$T/members," example >aliases
	echo list >members
	sed -i 's/^Domains:.*/& example.net/' mailpipe.conf
	printf '%s\n' "Aliases: $T/aliases" 'Detail-Folder: yes' >>mailpipe.conf
	example mailpipe-aliases.5 QUIT
	expect 0 sh -e example
	contains out '250 2.1.5'
	smtpd
	printf 'X: y\n\nhi\n' | expect 0 smtp-send -f a@x \
	    "smtp://127.0.0.1:$PORT" staff@example.org abuse@example.net \
	    info@example.net list@example.org
	for user in alice bob bob/.copies carol list; do
		[ "$(find "$user/new" -type f | wc -l)" -eq 1 ]
	done
}

@test "mailpipe.conf(5): the example, and a word with it" {
	example mailpipe.conf.5 Hostname:
	certificate fullchain DNS:mx.example.org
	cp fullchain.key privkey.pem
	sed "s,/etc/mailpipe,$T,; s,/var/mail,$T/mail,; s/: smtpd/: nobody/
	    s,/etc/letsencrypt/live/mx.example.org,$T,
	    s,/var/lib/mailpipe,$T," example >mailpipe.conf
	example mailpipe.conf.5 alice@example.org:
	sed "s,/var/mail,$T/mail,; s,/home/bob,$T/bob," example >users
	mkdir -p mail/example.org bob
	owned mail bob
	example mailpipe.conf.5 QUIT
	expect 0 sh -e example
	contains out "220 mx.example.org ESMTP"
	smtpd
	s_client -starttls smtp -CAfile ca.pem
	contains out 'Verify return code: 0 (ok)'
	[ -s tickets ]
	printf 'X: y\n\nhi\n' | expect 0 smtp-send -f a@x \
	    "smtp://127.0.0.1:$PORT" alice@example.org bob+x@EXAMPLE.org \
	    info@example.net postmaster@example.net
	[ "$(find mail/example.org/alice/new -type f | wc -l)" -eq 1 ]
	[ "$(find bob/Maildir/new -type f | wc -l)" -eq 1 ]
	printf 'X: y\n\nhi\n' | expect 67 smtp-send -f a@x \
	    "smtp://127.0.0.1:$PORT" info@example.org
}

@test "mailpipe.conf(5): every key of the program, with its default and range" {
	local name min max less more value

	sed -n 's/^	{ "\([A-Z][A-Za-z-]*\)", .*/\1/p' "$HOUSE/lib/conf_keys.c" >keys
	[ "$(wc -l <keys)" -ge 13 ]
	sed -n 's/^\.It Cm \([A-Z][A-Za-z-]*\) : .*/\1/p' \
	    "$HOUSE/man/mailpipe.conf.5" >documented
	same documented keys
	while read -r name less min max more; do
		for value in "$min" "$max"; do
			echo "$name: $value" >c
			printf 'QUIT\r\n' | expect 0 smtpd-inetd -f c
		done
		for value in "$less" "$more" x -1 ''; do
			echo "$name: $value" >c
			printf 'QUIT\r\n' | expect 78 smtpd-inetd -f c
			contains err "c: line 1: $name: "
		done
	done <<-.
		Connections 0 1 100000 100001
		Connections-Per-Address 0 1 100000 100001
		Filter-Timeout 0 1 3600 3601
		Greet-Delay -2 0 60 61
		Idle-Timeout 0 1 86400 86401
		Max-Message-Size 1023 1K 1024G 1025G
		Max-Recipients 99 100 100000 100001
		Session-Timeout 0 1 86400 86401
	.
}

@test "mailpipe.conf(5): comments, folds, case, and what is wrong" {
	cat >c <<-'.'
		# a comment

		hostNAME: mx.example.org
		Domains: example.org
		 example.net
	.
	printf 'QUIT\r\n' | expect 0 smtpd-inetd -f c
	contains out "220 mx.example.org"
	echo 'Hostname: again.example.org' >>c
	printf 'QUIT\r\n' | expect 78 smtpd-inetd -f c
	contains err "c: line 6: Hostname: said twice"
	echo 'Domain: x' >c
	expect 78 smtpd-inetd -f c
	contains err "c: line 1: Domain: unknown key"
	expect 78 smtpd-inetd -f none
	expect 78 env MAILPIPE_CONF=none smtpd-inetd
}
