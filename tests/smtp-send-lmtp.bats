# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# smtp-send, as a client of LMTP (RFC 2033).

load helper

setup()
{
	isolate
	shopt -s lastpipe
	printf '%s\n' 'From: alice@example.org' 'Subject: test' '' 'Hello' \
	    '.' 'bye.' >m
}

# A server that follows the lines on standard input after LHLO.
lmtp()
{
	{
		printf '%s\n' 'S: 220 mx' 'C: LHLO *' 'S: 250-mx' \
		    "S: 250 ${1:-PIPELINING}"
		cat
	} >script
	scripted script
	URL=lmtp://127.0.0.1:$PORT
}

# What -r tells: recipient, result and code.
results()
{
	cut -f 2-4 out | tr '\t\n' ' ;' >got
	printf '%s' "$1" >want
	same got want
}

@test "each recipient has a reply of its own, in order" {
	lmtp <<-'.'
	C: MAIL FROM:<a@x>
	C: RCPT TO:<b@y>
	C: RCPT TO:<c@y>
	C: RCPT TO:<d@y>
	C: RCPT TO:<e@y>
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n550 5.1.1 no c\r\n250 d\r\n250 e\r\n354 go\r\n
	C-DATA: body
	S-RAW: 250 2.0.0 b has it\r\n452 4.2.2 d is full\r\n
	S-RAW: 550-5.7.1 not\r\n550 5.7.1 e\r\n
	C: QUIT
	.
	expect_noted 75 smtp-send -r -f a@x "$URL" b@y c@y d@y e@y <m
	results 'b@y sent 250;c@y failed 550;d@y deferred 452;e@y failed 550;'
	contains out 'b has it'
	contains out 'not e'
	scripted_end
	printf '%s\r\n' 'From: alice@example.org' 'Subject: test' '' Hello \
	    .. bye. >want
	same body want
}

@test "without PIPELINING, and two messages in a row" {
	cp m n
	printf 'm\nn\n' >list
	lmtp 8BITMIME <<-'.'
	C: MAIL FROM:<a@x>
	S: 250 ok
	C: RCPT TO:<b@y>
	S: 250 ok
	C: RCPT TO:<c@y>
	S: 250 ok
	C: DATA
	S: 354 ok
	C-DATA:
	S-RAW: 250 b\r\n451 c\r\n
	C: MAIL FROM:<a@x>
	S: 250 ok
	C: RCPT TO:<b@y>
	S: 250 ok
	C: RCPT TO:<c@y>
	S: 550 no
	C: DATA
	S: 354 ok
	C-DATA:
	S: 250 b
	C: QUIT
	.
	expect_noted 75 smtp-send -l -f a@x "$URL" b@y c@y <list
	results 'b@y sent 250;c@y deferred 451;b@y sent 250;c@y failed 550;'
	scripted_end
}

@test "fewer replies than recipients: who has none is deferred, not sent again" {
	local end

	for end in HANGUP RESET 'S: 421 4.3.2 bye'; do
		lmtp <<-.
		C: MAIL *
		C: RCPT *
		C: RCPT *
		C: RCPT *
		C: DATA
		S-RAW: 250 a\r\n250 b\r\n250 c\r\n250 d\r\n354 go\r\n
		C-DATA:
		S: 250 2.0.0 b has it
		PAUSE: 50
		$end
		.
		expect_noted 75 smtp-send -r -f a@x "$URL" b@y c@y d@y <m
		results 'b@y sent 250;c@y deferred 0;d@y deferred 0;'
		scripted_end
	done
	lmtp <<-'.'
	C: MAIL *
	C: RCPT *
	C: RCPT *
	C: DATA
	S-RAW: 250 a\r\n250 b\r\n250 c\r\n354 go\r\n
	C-DATA:
	S: 250 2.0.0 b has it
	SILENCE
	.
	expect_noted 75 smtp-send -r -o timeout=1 -f a@x "$URL" b@y c@y <m
	results 'b@y sent 250;c@y deferred 0;'
}

@test "354 although nobody was accepted: how many replies, nobody knows" {
	lmtp <<-'.'
	C: MAIL *
	C: RCPT *
	C: DATA
	S-RAW: 250 a\r\n550 5.1.1 b\r\n354 go\r\n
	C-END
	.
	expect_noted 67 smtp-send -r -f a@x "$URL" b@y <m
	results 'b@y failed 550;'
	scripted_end
}

@test "LHLO refused is not HELO, EHLO is not said" {
	printf '%s\n' 'S: 220 smtp' 'C: LHLO *' 'S: 500 5.5.1 what' 'C: QUIT' \
	    >script
	scripted script
	expect 69 smtp-send "lmtp://127.0.0.1:$PORT" b@y <m
	contains err '500 5.5.1 what'
	scripted_end
}

@test "port 24 by default, and never 25" {
	expect 64 smtp-send lmtp://127.0.0.1:25 b@y <m
	contains err 'must not use port 25'
	expect 75 smtp-send lmtp://127.0.0.1 b@y <m
	contains err '127.0.0.1 port 24: connect'
}

# Dovecot's LMTP server, for the users bob and carol.
dovecot_lmtp()
{
	local owner

	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	PORT=$(free_port)
	mkdir -m 755 run
	mkdir -m 777 home
	owner=$(id -u nobody)
	printf '%s:x:::::\n' bob@example.org carol@example.org >users
	chmod 644 users
	cat >dovecot.conf <<-.
		base_dir = $T/run
		state_dir = $T/run
		log_path = $T/dovecot.log
		protocols = lmtp
		listen = 127.0.0.1
		ssl = no
		default_internal_user = dovecot
		default_login_user = dovenull
		mail_location = maildir:$T/home/%n
		first_valid_uid = 1
		mail_uid = $owner
		mail_gid = $(id -g nobody)
		postmaster_address = postmaster@example.org
		service lmtp {
			inet_listener lmtp {
				address = 127.0.0.1
				port = $PORT
			}
		}
		service stats {
			chroot =
		}
		userdb {
			driver = passwd-file
			args = $T/users
		}
		passdb {
			driver = passwd-file
			args = $T/users
		}
	.
	start dovecot dovecot -F -c "$T/dovecot.conf"
	wait_for 10 listening "$PORT"
	URL=lmtp://127.0.0.1:$PORT
}

@test "Dovecot's LMTP server delivers what was sent, and refuses each alone" {
	needs_root
	dovecot_lmtp
	expect_noted 67 smtp-send -r -f a@x "$URL" bob@example.org \
	    nobody@example.org carol@example.org <m
	cut -f 2-5 out | tr '\t\n' ' ;' >got
	printf '%s' 'bob@example.org sent 250 2.0.0;' \
	    'nobody@example.org failed 550 5.1.1;' \
	    'carol@example.org sent 250 2.0.0;' >want
	same got want
	for user in bob carol; do
		sed '1,/^$/d' home/$user/new/* >got
		printf 'Hello\n.\nbye.\n' >want
		same got want
	done
}
