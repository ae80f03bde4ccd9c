#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd -S: mail from users, and the clients that they send with.

load helper
load smtpd
load tls
load submission

# sends_as REPLY SENDER ...
sends_as()
{
	local reply=$1

	shift
	{
		login
		for sender; do
			printf '%s\n' "C: MAIL FROM:<$sender>" "S: $reply" \
			    'C: RSET' 'S: 250 *'
		done
		printf '%s\n' 'C: QUIT' 'S: 221 *'
	} | submit
}

# deliver LINE ...: alice sends that to bob.
deliver()
{
	{
		login
		printf '%s\n' 'C: MAIL FROM:<alice@example.org>' 'S: 250 *' \
		    'C: RCPT TO:<bob@example.org>' 'S: 250 *' 'C: DATA' \
		    'S: 354 *'
		printf 'C: %s\n' "$@" .
		printf '%s\n' 'S: 250 2.0.0 *' 'C: QUIT' 'S: 221 *'
	} | submit
}

@test "nobody sends who has not logged in" {
	auth_host
	{ hello; cat <<-.; } | submit
		C: MAIL FROM:<alice@example.org>
		S: 530 5.7.0 *
		C: RCPT TO:<bob@example.org>
		S: 503 5.5.1 *
		C: DATA
		S: 503 5.5.1 *
		C: AUTH PLAIN $(plain alice wrong)
		S: 535 *
		C: MAIL FROM:<alice@example.org>
		S: 530 5.7.0 *
		C: MAIL FROM:<>
		S: 530 5.7.0 *
		C: QUIT
		S: 221 *
	.
	nothing_stored
}

@test "a message: what Received and the log say, and what they do not" {
	auth_host
	export TCPREMOTEIP=192.0.2.77
	{ hello; cat <<-.; } | submit
		C: STARTTLS
		S: 220 *
		TLS:
		C: EHLO [192.0.2.78]
		S-ALL: 250-*
		C: AUTH PLAIN $(plain ALICE s3cret)
		S: 235 *
		C: MAIL FROM:<alice@example.org>
		S: 250 *
		C: RCPT TO:<bob@example.org>
		S: 250 *
		C: DATA
		S: 354 *
		C: Subject: x
		C:
		C: hello
		C: .
		S: 250 *
		C: QUIT
		S: 221 *
	.
	contains log 'client=192.0.2.77 helo=[192.0.2.78] from=<alice@example.org>'
	contains log ' tls=TLSv1.3 auth=alice@example.org accepted'
	grep -q '^Received: by mx.example.org (mailpipe) with ESMTPSA id ' \
	    "$(letter bob)"
	grep -q '^	(using TLSv1.3 with TLS_AES_256_GCM_SHA384, 256 bits)$' \
	    "$(letter bob)"
	not grep -q '192\.0\.2' "$(letter bob)"
}

@test "the sender is the user, or what Sender-Of lists" {
	auth_host 'Sender-Of: alice@example.org info@example.org @lists.example' \
	    'Sender-Of: bob@example.org *' \
	    'Sender-Of: alice@example.org boss@example.net' \
	    'Sender-Of: ice@example.org ceo@example.net'
	sends_as '250 *' alice@example.org ALICE@Example.ORG \
	    '"alice"@example.org' alice+x@example.org alice+@example.org '' \
	    info@example.org boss@example.net any@lists.example
	sends_as '553 5.7.1 *' bob@example.org alice@example.net \
	    alicex@example.org ceo@example.net '"alice@example.org"@evil.example'
	contains log 'client=local auth=alice@example.org may not send as bob@example.org'
	sends_as '553 5.7.1 *' 'x@sub.lists.example' 'info+x@example.org' \
	    '"alice\"+x"@example.org'
	{ hello; printf '%s\n' "C: AUTH PLAIN $(plain bob b0b)" 'S: 235 *' \
	    'C: MAIL FROM:<anybody@example.com>' 'S: 250 *' 'C: QUIT' \
	    'S: 221 *'; } | submit
	sed -i 's/^Hostname/Recipient-Delimiter: none\n&/' mailpipe.conf
	sends_as '553 5.7.1 *' alice+x@example.org
}

@test "Sender-Of without an address is no good" {
	auth_host
	echo 'Sender-Of: alice@example.org' >>mailpipe.conf
	expect 78 smtpd-inetd -S -f mailpipe.conf
	contains err 'Sender-Of: not a name and what belongs to it'
}

@test "mail for other hosts is put off where there is no queue" {
	auth_host
	{ login; cat <<-'.'; } | submit
		C: MAIL FROM:<alice@example.org>
		S: 250 *
		C: RCPT TO:<x@example.com>
		S: 451 4.3.0 mail for other hosts cannot be sent from here now
		C: RCPT TO:<nobody@example.org>
		S: 550 5.1.1 *
		C: QUIT
		S: 221 *
	.
	contains log "to=<x@example.com> refused: $T/spool: No such file or directory"
}

@test "Date and Message-ID are added where they are missing, and only there" {
	local id

	auth_host
	deliver 'Subject: x' '' hello
	id=$(sed -n 's/.*with ESMTPA id \([^; ]*\).*/\1/p' "$(letter bob)")
	stored "$(letter bob)" >got
	sed -i 's/^\(Date: \)[A-Z][a-z][a-z], [0-9].* [-+][0-9]*$/\1now/' got
	same got <(printf '%s\n' 'Subject: x' 'Date: now' \
	    "Message-ID: <$id@mx.example.org>" '' hello)
	rm bob/new/*
	deliver 'date : Thu, 1 Jan 1970 00:00:00 +0000' \
	    'MESSAGE-ID:' ' <x@y>' 'Subject: x' '' 'Date: z'
	stored "$(letter bob)" >got
	same got <(printf '%s\n' 'date : Thu, 1 Jan 1970 00:00:00 +0000' \
	    'MESSAGE-ID:' ' <x@y>' 'Subject: x' '' 'Date: z')
	rm bob/new/*
	# No body, no header, neither: a message all the same.
	deliver 'Subject: x'
	[ "$(grep -c -e '^Date: ' -e '^Message-ID: ' "$(letter bob)")" -eq 2 ]
	rm bob/new/*
	deliver 'hello, world' 'Date: no'
	stored "$(letter bob)" | sed 's/: .*/:/' >got
	same got <(printf '%s\n' Date: Message-ID: '' 'hello, world' Date:)
	rm bob/new/*
	{ login; printf '%s\n' 'C: MAIL FROM:<>' 'S: 250 *' \
	    'C: RCPT TO:<bob@example.org>' 'S: 250 *' 'C: DATA' 'S: 354 *' \
	    'C: .' 'S: 250 *' 'C: QUIT' 'S: 221 *'; } | submit
	[ "$(grep -c -e '^Date: ' -e '^Message-ID: ' "$(letter bob)")" -eq 2 ]
}

@test "without -S nothing is added" {
	auth_host
	{ envelope; printf '%s\n' 'C: Subject: x' C: 'C: hello' 'C: .' \
	    'S: 250 *' 'C: QUIT' 'S: 221 *'; } | talk
	stored "$(letter bob)" >got
	same got <(printf '%s\n' 'Subject: x' '' hello)
}

# Real clients, with the authority's certificate and STARTTLS on $PORT, or TLS
# from the first byte on $SMTPS.
submission_host()
{
	auth_host "$@"
	SMTPS=$(free_port)
	start smtps systemd-socket-activate -l "127.0.0.1:$SMTPS" \
	    -E MAILPIPE_TEST -E TZ -E ASAN_OPTIONS -E UBSAN_OPTIONS \
	    "$MAILPIPE_BIN/smtpd-inetd" -ST -f "$T/mailpipe.conf"
	smtpd -S
	wait_for 10 listening "$SMTPS"
	printf 'From: alice@example.org\nSubject: real\n\nhello\n' >message
}

# The only letter came from alice, in TLS.
came()
{
	contains "$(letter bob)" 'with ESMTPSA id' &&
	    contains "${1:-smtpd}.log" ' auth=alice@example.org accepted' &&
	    rm bob/new/*
}

@test "swaks: PLAIN, LOGIN; no CRAM-MD5" {
	local m

	submission_host
	mail()
	{
		swaks --server localhost --auth "$1" --auth-user \
		    alice@example.org --auth-password "$2" \
		    --from alice@example.org --to bob@example.org \
		    "${@:3}" >swaks.log 2>&1
	}
	for m in PLAIN LOGIN; do
		mail $m s3cret -tls --port "$PORT" || { show swaks.log; false; }
		came
		mail $m s3cret --tls-on-connect --port "$SMTPS" ||
		    { show swaks.log; false; }
		came smtps
	done
	not mail CRAM-MD5 s3cret -tls --port "$PORT"
	not mail PLAIN wrong -tls --port "$PORT"
	contains swaks.log '535 5.7.8'
	not mail LOGIN wrong --tls-on-connect --port "$SMTPS"
	contains swaks.log '535 5.7.8'
	nothing_stored
}

@test "msmtp: SCRAM-SHA-256, PLAIN, LOGIN, EXTERNAL" {
	local m port

	certificate alice email:alice@example.org
	submission_host "Tls-Client-Ca: $T/ca.pem"
	printf 'Subject: real\n\nhello\n' >message
	for m in scram-sha-256 plain login external; do
	    for port in $PORT $SMTPS; do
		cat >msmtprc <<-.
			account default
			host localhost
			port $port
			tls on
			tls_starttls $([ $port = $PORT ] && echo on || echo off)
			tls_trust_file $T/ca.pem
			tls_cert_file $T/alice.pem
			tls_key_file $T/alice.key
			auth $m
			user alice@example.org
			passwordeval echo s3cret
			from alice@example.org
		.
		chmod 600 msmtprc
		expect 0 msmtp -C msmtprc bob@example.org <message
		came $([ $port = $PORT ] || echo smtps)
	    done
	done
	sed -i 's/auth .*/auth scram-sha-256/; s/s3cret/wrong/' msmtprc
	expect 77 msmtp -C msmtprc bob@example.org <message
}

@test "curl: PLAIN, LOGIN, EXTERNAL" {
	local m

	certificate alice email:alice@example.org
	submission_host "Tls-Client-Ca: $T/ca.pem"
	sed -i 's/$/\r/' message
	mail()
	{
		curl -sS --cacert ca.pem --mail-from alice@example.org \
		    --mail-rcpt bob@example.org -T message "$@"
	}
	for m in PLAIN LOGIN; do
		mail --ssl-reqd --url "smtp://localhost:$PORT" \
		    -u alice@example.org:s3cret --login-options AUTH=$m
		came
		mail --url "smtps://localhost:$SMTPS" \
		    -u alice@example.org:s3cret --login-options AUTH=$m
		came smtps
	done
	mail --cert alice.pem --key alice.key --ssl-reqd \
	    --url "smtp://localhost:$PORT" -u alice@example.org: \
	    --login-options AUTH=EXTERNAL
	came
	mail --cert alice.pem --key alice.key \
	    --url "smtps://localhost:$SMTPS" -u alice@example.org: \
	    --login-options AUTH=EXTERNAL
	came smtps
	not mail --url "smtps://localhost:$SMTPS" -u alice@example.org:wrong \
	    2>denied
	contains denied '(67) Login denied'
}

@test "Python's smtplib, as mail readers do it" {
	submission_host
	cat >send.py <<-'.'
		import smtplib, ssl, sys
		from email.message import EmailMessage
		m = EmailMessage()
		m['From'], m['To'] = 'alice@example.org', 'bob@example.org'
		m.set_content('hello')
		c = ssl.create_default_context(cafile='ca.pem')
		def connect():
		    if sys.argv[1] == 'tls':
		        return smtplib.SMTP_SSL('localhost', int(sys.argv[2]),
		                                context=c)
		    s = smtplib.SMTP('localhost', int(sys.argv[2]))
		    s.starttls(context=c)
		    return s
		with connect() as s:
		    if len(sys.argv) > 3:
		        s.ehlo()
		        s.user, s.password = 'alice@example.org', 's3cret'
		        s.auth(sys.argv[3], getattr(s, 'auth_' + sys.argv[3].lower()))
		        s.send_message(m)
		        sys.exit()
		    try:
		        s.login('alice@example.org', 'wrong')
		        sys.exit('logged in')
		    except smtplib.SMTPAuthenticationError as e:
		        assert e.smtp_code == 535, e
		    s.login('alice@example.org', 's3cret')
		    s.send_message(m)
		    try:
		        s.sendmail('bob@example.org', ['bob@example.org'], 'x')
		        sys.exit('sent')
		    except smtplib.SMTPSenderRefused as e:
		        assert e.smtp_code == 553, e
	.
	expect 0 python3 send.py starttls "$PORT"
	came
	expect 0 python3 send.py tls "$SMTPS"
	came smtps
	for m in PLAIN LOGIN; do
		expect 0 python3 send.py starttls "$PORT" $m
		came
		expect 0 python3 send.py tls "$SMTPS" $m
		came smtps
	done
}

@test "git send-email" {
	submission_host
	git init -q repository
	cd repository
	git config user.name Alice
	git config user.email alice@example.org
	git commit -q --allow-empty -m one
	echo x >file
	git add file
	git commit -q -m two
	git format-patch -q -1 -o ..
	cd ..
	mail()
	{
		git -C repository send-email --quiet --confirm=never \
		    --from=alice@example.org --to=bob@example.org \
		    --smtp-server=localhost --smtp-ssl-cert-path="$T/ca.pem" \
		    --smtp-user=alice@example.org --smtp-pass=s3cret \
		    "$@" ../0001-two.patch >git.log 2>&1 && return 0
		show git.log
		return 1
	}
	for m in PLAIN LOGIN; do
		mail --smtp-encryption=tls --smtp-server-port="$PORT" \
		    --smtp-auth=$m
		contains "$(letter bob)" 'Subject: [PATCH] two'
		came
		mail --smtp-encryption=ssl --smtp-server-port="$SMTPS" \
		    --smtp-auth=$m
		came smtps
	done
}

@test "mutt" {
	submission_host
	cat >muttrc <<-.
		set ssl_force_tls=yes certificate_file=$T/ca.pem
		set ssl_usesystemcerts=no ssl_verify_host=yes
		set smtp_pass=s3cret from=alice@example.org copy=no
		set smtp_authenticators="plain"
	.
	mail()
	{
		echo hello | mutt -F muttrc -e "set smtp_url=$1" -s real \
		    bob@example.org >mutt.log 2>&1 3>&- && return 0
		show mutt.log
		return 1
	}
	mail "smtp://alice%40example.org@localhost:$PORT"
	came
	mail "smtps://alice%40example.org@localhost:$SMTPS"
	came smtps
}

@test "gsasl: SCRAM-SHA-256, PLAIN, LOGIN" {
	local m

	submission_host
	for m in SCRAM-SHA-256 PLAIN LOGIN; do
		expect_noted 0 gsasl --smtp --client -m $m \
		    -a alice@example.org -p s3cret --starttls \
		    --x509-ca-file=ca.pem --connect="localhost:$PORT" \
		    --no-cb </dev/null
		contains out '235 2.7.0'
	done
}

# Which it takes from TLS 1.3.
@test "gsasl: SCRAM-SHA-256-PLUS, by tls-exporter" {
	submission_host
	for password in s3cret wrong; do
		expect_noted "$([ $password = s3cret ] && echo 0 || echo 1)" \
		    gsasl --smtp --client -m SCRAM-SHA-256-PLUS --verbose \
		    -a alice@example.org -p $password --starttls \
		    --x509-ca-file=ca.pem --connect="localhost:$PORT" </dev/null
		sed -n 's/^\(cD10b[^ ]*\)$/\1/p' out | base64 -d >first
		grep -q '^p=tls-exporter,,' first
		[ $password != s3cret ] || contains out '235 2.7.0'
		[ $password != wrong ] || contains out '535 5.7.8'
	done
}

@test "filters: who logged in, and the message as it was completed" {
	auth_host "Filter: sh -c 'echo \"\${AUTH_USER-none}\" >$T/open/user; cat >$T/open/seen'"
	mkdir "$T/open"
	chmod 777 "$T/open"
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}"
	chmod 1777 "$T"
	export AUTH_USER=eve
	deliver 'Subject: x' '' text
	[ "$(cat "$T/open/user")" = alice@example.org ]
	same "$T/open/seen" "$(letter bob)"
	grep '^Message-ID: <.*@mx.example.org>$' "$T/open/seen"
	grep '^Date: ' "$T/open/seen"
}

@test "a quota: a user's mail is told so like anybody's" {
	auth_host
	echo "small@example.org:!:$T/small:100" >>"$T/users"
	mkdir -p "$T/small"/{cur,new,tmp}
	owned "$T/small"
	{
		login
		printf '%s\n' 'C: MAIL FROM:<alice@example.org> SIZE=101' \
		    'S: 250 *' 'C: RCPT TO:<small@example.org>' \
		    'S: 452 4.2.2 *' 'C: RSET' 'S: 250 *' \
		    'C: MAIL FROM:<alice@example.org>' 'S: 250 *' \
		    'C: RCPT TO:<small@example.org>' 'S: 250 *' 'C: DATA' \
		    'S: 354 *' 'C: Subject: x' 'C: .' 'S: 452 4.2.2 *' \
		    'C: QUIT' 'S: 221 *'
	} | submit
	[ "$(letters small)" -eq 0 ]
}
