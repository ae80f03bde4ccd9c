#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A real exim: smtp-send to it, and it to smtpd-inetd.

load dovecot
load exim
load helper
load smtpd
load tls

setup_file()
{
	[ "$(id -u)" -ne 0 ] || "${BATS_TEST_FILENAME%/*}/peer/unpack"
}

setup()
{
	isolate
	shopt -s lastpipe
	printf '%s\n' 'From: alice@example.org' 'Subject: test' '' Hello >m
	echo pencil >password
}

# Every kind of line: dots, bytes above 127, a long one, none at the end.
hard_message()
{
	{
		printf '%s\n' 'From: alice@example.org' 'Subject: hard' '' \
		    . .. .x x.
		printf 'caf\303\251\n\n\n%0990d\n' 0
		seq 20000
	} >m
}

# The only letter is the message, with what exim put before it.
arrived()
{
	local file

	wait_for 20 sh -c '[ "$(ls Maildir/new | wc -l)" -eq 1 ]' ||
	    { show exim.log exim/mainlog; return 1; }
	file=$(echo Maildir/new/*)
	tail -c "$(stat -c %s m)" "$file" >got
	same m got || return 1
	mv "$file" letter
}

@test "smtp-send: STARTTLS and TLS at once, in chunks and by DATA" {
	local url

	needs_root
	exim_local | exim_up 'acl_smtp_rcpt = accept'
	hard_message
	for url in "smtp://localhost:$PORT" "smtps://localhost:$SMTPS"; do
		expect_noted 0 smtp-send -v -o ca=ca.pem -f alice@example.org \
		    "$url" bob@example.org <m
		grep -q '^> BDAT [0-9]* LAST' err
		contains err 'certificate verified'
		arrived
		contains letter '(TLS1.3)'
		expect_noted 0 smtp-send -v -o ca=ca.pem -o chunking=no \
		    -f alice@example.org "$url" bob@example.org <m
		contains err '> DATA'
		arrived
	done
	# In clear text, too.
	expect 0 smtp-send "smtp://127.0.0.1:$PORT" bob@example.org <m
	arrived
}

@test "smtp-send: TLS 1.2 alone" {
	needs_root
	exim_local | exim_up 'acl_smtp_rcpt = accept' \
	    'tls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS1.2'
	for _ in 1 2; do
		expect_noted 0 smtp-send -v -o ca=ca.pem \
		    "smtp://localhost:$PORT" bob@example.org <m
		contains err '* TLSv1.2'
		arrived
	done
}

@test "smtp-send: what it offers is taken or let be" {
	needs_root
	exim_local | exim_up 'acl_smtp_rcpt = accept' \
	    'smtputf8_advertise_hosts = *' \
	    'pipelining_connect_advertise_hosts = *'
	# PIPE_CONNECT (exim's own) changes nothing for the next session.
	for _ in 1 2; do
		expect_noted 0 smtp-send -v -N success,failure -R hdrs \
		    -V 'id+1' -O 'rfc822;b@x.example' \
		    "smtp://localhost:$PORT" bob@example.org <m
		grep -q '^< 250.PIPECONNECT' err
		grep -q '^> MAIL .* RET=HDRS ENVID=id+2B1' err
		grep -q '^> RCPT .* NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b@x' err
		wait_for 20 sh -c '[ "$(ls Maildir/new | wc -l)" -eq 2 ]'
		# One of the two is the report.
		# exim gives it as it came, in xtext.
		grep -l '^Original-Envelope-ID: id+2B1' Maildir/new/*
		rm Maildir/new/*
	done
	printf 'From: a@example.org\nSubject: caf\303\251\n\nx\n' >m
	expect_noted 0 smtp-send -v "smtp://localhost:$PORT" \
	    "$(printf 'b\303\266b@example.org')" <m
	grep -q '^> MAIL .* SMTPUTF8' err
	arrived
}

@test "smtp-send: recipients that are refused, now and for good" {
	needs_root
	{ cat <<-'.'; exim_local; } | exim_up 'acl_smtp_rcpt = rcpt'
		begin acl
		rcpt:
		  deny local_parts = no
		       message = 5.1.1 nobody of that name
		  defer local_parts = later
		  accept
	.
	expect_noted 75 smtp-send -r "smtp://localhost:$PORT" bob@example.org \
	    no@example.org later@example.org <m
	cut -f 2-5 out >got
	same got <(printf '%s\t%s\t%s\t%s\n' bob@example.org sent 250 '' \
	    no@example.org failed 550 5.1.1 later@example.org deferred 451 '')
	arrived
}

# Its own drivers, and that of Dovecot.
authenticators()
{
	cat <<-'.'
		begin acl
		rcpt:
		  deny !authenticated = *
		  accept
		begin authenticators
		plain:
		  driver = plaintext
		  public_name = PLAIN
		  server_prompts = :
		  server_condition = ${if and {{eq{$auth2}{alice}}{eq{$auth3}{pencil}}}}
		  server_set_id = $auth2
		login:
		  driver = plaintext
		  public_name = LOGIN
		  server_prompts = User Name : Password
		  server_condition = ${if and {{eq{$auth1}{alice}}{eq{$auth2}{pencil}}}}
		  server_set_id = $auth1
		cram:
		  driver = cram_md5
		  public_name = CRAM-MD5
		  server_secret = ${if eq{$auth1}{alice}{pencil}fail}
		  server_set_id = $auth1
		external:
		  driver = external
		  public_name = EXTERNAL
		  server_advertise_condition = $tls_in_certificate_verified
		  server_param2 = ${certextract {subj_altname,dns}{$tls_in_peercert}}
		  server_condition = ${if eq{$auth1}{$auth2}}
		  server_set_id = $auth1
	.
	printf '%s\n' scram: '  driver = dovecot' \
	    '  public_name = SCRAM-SHA-256' \
	    "  server_socket = $T/dovecot/listener" '  server_set_id = $auth1'
}

@test "smtp-send: AUTH by every mechanism, in both kinds of TLS" {
	local m url

	needs_root
	dovecot_host <<-.
		protocols =
		service auth {
		  unix_listener $T/dovecot/listener {
		    mode = 0666
		  }
		}
	.
	wait_for 10 test -S dovecot/listener
	{ authenticators; exim_local; } | exim_up 'acl_smtp_rcpt = rcpt' \
	    'auth_advertise_hosts = ${if def:tls_in_cipher {*}}'
	for url in "smtp://alice@localhost:$PORT" \
	    "smtps://alice@localhost:$SMTPS"; do
		for m in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 ''; do
			expect_noted 0 smtp-send -v -p 'cat password' \
			    -o ca=ca.pem ${m:+-A "$m"} "$url" \
			    bob@example.org <m || { cat exim/*log; return 1; }
			contains err "> AUTH ${m:-SCRAM-SHA-256}"
			arrived
			echo wrong >mistaken
			expect 77 smtp-send -p 'cat mistaken' -o ca=ca.pem \
			    ${m:+-A "$m"} "$url" bob@example.org <m
			contains err ': 535 '
		done
	done
	expect 69 smtp-send -o ca=ca.pem "smtp://localhost:$PORT" \
	    bob@example.org <m
	certificate alice DNS:alice
	expect_noted 0 smtp-send -v -A external -o ca=ca.pem \
	    -o cert=alice.pem -o key=alice.key "smtp://alice@localhost:$PORT" \
	    bob@example.org <m
	arrived
	contains letter 'with esmtpsa'
	expect 77 smtp-send -A external -o ca=ca.pem -o cert=alice.pem \
	    -o key=alice.key "smtp://bob@localhost:$PORT" bob@example.org <m
}

# smtpd-inetd for alice and bob, and carol, whose Maildir is a file, with the
# options; exim sends there by the driver, with the lines of standard input, and
# takes mail on $URL.
exim_sends()
{
	local driver=$1

	shift
	tls_host
	chmod 644 mailpipe.conf users
	echo "carol@example.org:!:$T/carol" >>users
	: >carol
	owned carol
	smtpd "$@"
	MX=$PORT
	{ exim_onward 127.0.0.1; printf '%s\n' next: "  driver = $driver"
	    cat; } | sed "s/%MX%/$MX/" | exim_up 'acl_smtp_rcpt = accept'
	URL=smtp://127.0.0.1:$PORT
}

# What exim sent is the message behind what it and we put before it.
relayed()
{
	tail -c "$(stat -c %s m)" "$(letter "$1")" >got
	same m got
}

@test "exim sends to smtpd-inetd: STARTTLS, BDAT, an outcome for each" {
	needs_root
	hard_message
	exim_sends smtp -v <<-.
		  port = %MX%
		  allow_localhost
		  hosts_require_tls = *
		  hosts_pipe_connect = *
		  tls_verify_certificates = $T/ca.pem
		  tls_verify_hosts = *
	.
	expect 0 smtp-send -f a@example.net "$URL" alice@example.org \
	    nobody@example.org bob@example.org <m
	exim_says '=> alice@example.org'
	exim_says '> bob@example.org'
	exim_says '** nobody@example.org'
	exim_says '550 5.1.1'
	contains smtpd.log '< STARTTLS'
	contains smtpd.log '< BDAT'
	contains smtpd.log ' tls=TLSv1.3 accepted'
	contains exim/mainlog 'CV=yes'
	relayed alice
	relayed bob
	contains "$(letter bob)" 'from exim.example.org'
}

# So many lines of exim's log match the pattern.
logged()
{
	[ "$(grep -c -e "$2" exim/mainlog)" -eq "$1" ]
}

@test "exim sends to smtpd-inetd: TLS at once, 200 recipients" {
	local n

	needs_root
	exim_sends smtp -T <<-.
		  port = %MX%
		  protocol = smtps
		  allow_localhost
		  tls_verify_certificates = $T/ca.pem
		  tls_verify_hosts = *
	.
	# Those with a detail are mail for bob, the others for nobody.
	for n in $(seq 200); do
		echo "bob+$n@example.org"
		[ $((n % 23)) -ne 0 ] || echo "u$n@example.org"
	done >to
	# shellcheck disable=SC2046 # a list
	expect 0 smtp-send -f a@example.net "$URL" $(cat to) <m
	wait_for 20 logged 200 '[=-]> bob+.* C="250 2.0.0'
	wait_for 20 logged 8 '\*\* u.* 550 5.1.1 '
	tail -c "$(stat -c %s m)" "$(find bob/new -type f | head -n 1)" >got
	same m got
}

# The letters are there, and carol's waits in exim's queue; more are not here
# than SMTP would put up with.
each_their_own()
{
	expect 0 smtp-send -f a@example.net "$URL" alice@example.org \
	    carol@example.org nobody{1..12}@example.org bob@example.org <m
	exim_says '== carol@example.org'
	exim_says '** nobody12@example.org'
	grep -q '== carol@.*: 451 4.3.0 ' exim/mainlog
	grep -q '\*\* nobody12@.*: 550 5.1.1 ' exim/mainlog
	grep -q '[=-]> alice@example.org' exim/mainlog
	grep -q '[=-]> bob@example.org' exim/mainlog
	relayed alice
	relayed bob
	contains "$(letter bob)" "with $1 id"
}

@test "exim sends to smtpd-inetd -L: over TCP, with STARTTLS" {
	needs_root
	exim_sends smtp -Lv <<-.
		  port = %MX%
		  protocol = lmtp
		  allow_localhost
		  hosts_require_tls = *
		  tls_verify_certificates = $T/ca.pem
		  tls_verify_hosts = *
	.
	each_their_own LMTPS
	contains smtpd.log '< STARTTLS'
}

@test "exim sends to smtpd-inetd -L: by a local socket" {
	needs_root
	mkdir -m 755 run
	exim_sends lmtp <<-.
		  socket = $T/run/lmtp
		  batch_max = 100
		  user = nobody
	.
	start lmtpd systemd-socket-activate -l "$T/run/lmtp" -E MAILPIPE_TEST \
	    -E TZ -E ASAN_OPTIONS smtpd-inetd -L -f "$T/mailpipe.conf"
	wait_for 10 test -S run/lmtp
	chmod 666 run/lmtp
	each_their_own LMTP
}

# What it starts has one pipe for standard output and standard error.
@test "exim sends to smtpd-inetd -L: through a pipe" {
	needs_root
	exim_sends lmtp <<-.
		  command = $MAILPIPE_BIN/smtpd-inetd -L -f $T/mailpipe.conf
		  batch_max = 100
		  user = 64000
		  group = 64000
	.
	# Whose key it cannot read.
	sed -i '/^Tls-/d' mailpipe.conf
	each_their_own LMTP
}
