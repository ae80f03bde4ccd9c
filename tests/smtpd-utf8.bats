#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd: addresses and headers of UTF-8 (RFC 6531, RFC 6532).

load helper
load smtpd
load tls
load submission
load postfix

setup()
{
	isolate
	shopt -s lastpipe
	JO=$'j\303\274rgen@example.org'
	JO_NET=$'j\303\274rgen@b\303\274cher.example'
	printf 'From: a@x\nSubject: Gr\303\274\303\237e\n\nhi\n' >mu
}

# mail_host with a user more, and a domain, each in UTF-8.
utf8_host()
{
	[ -e "$T/mailpipe.conf" ] || mail_host
	mkdir -p "$T/jo/cur" "$T/jo/new" "$T/jo/tmp"
	owned "$T/jo"
	printf '%s:!:%s\n' "$JO" "$T/jo" "$JO_NET" "$T/jo" >>"$T/users"
	sed -i $'s/^Domains: .*/&, b\303\274cher.example/' "$T/mailpipe.conf"
}

# From MAIL with SMTPUTF8 to the reply to the message, for each recipient.
one_to()
{
	printf '%s\n' "C: MAIL FROM:<$JO_NET> SMTPUTF8" 'S: 250 2.1.0 *'
	for to; do
		printf '%s\n' "C: RCPT TO:<$to>" 'S: 250 2.1.5 *'
	done
	printf '%s\n' 'C: DATA' 'S: 354 *' $'C: Subject: \303\274' 'C: .' \
	    'S: 250 2.0.0 accepted *'
}

@test "sender, recipient, header and trace in UTF-8" {
	utf8_host
	{ printf '%s\n' 'S: 220 *' 'C: EHLO a' 'S-ALL: 250-*SMTPUTF8*'
	    one_to "$JO"; } | talk
	contains "$(letter jo)" "Return-Path: <$JO_NET>"
	contains "$(letter jo)" "Delivered-To: $JO"
	contains "$(letter jo)" 'with UTF8SMTP id'
	contains "$(letter jo)" "for <$JO>;"
	contains "$(letter jo)" $'Subject: \303\274'
	contains "$T/log" "from=<$JO_NET> to=<$JO> nrcpt=1"
}

@test "ASCII letters in any case, bytes otherwise; details; a domain in UTF-8" {
	utf8_host
	mkdir "$T/jo/"$'.\303\244'
	owned "$T/jo/"$'.\303\244'
	echo 'Detail-Folder: yes' >>"$T/mailpipe.conf"
	{ hello
	    one_to $'J\303\274RGEN@example.org'
	    one_to $'j\303\274rgen+x@B\303\274CHER.example'
	    one_to '"'$'j\303\274rgen"@EXAMPLE.org'
	    one_to $'j\303\274rgen+\303\244@example.org'
	    # Neither another letter nor another form of the same.
	    printf '%s\n' 'C: MAIL FROM:<> SMTPUTF8' 'S: 250 *' \
		$'C: RCPT TO:<j\303\234rgen@example.org>' 'S: 550 5.1.1 *' \
		$'C: RCPT TO:<ju\314\210rgen@example.org>' 'S: 550 5.1.1 *' \
		$'C: RCPT TO:<a@b\303\274cher.example>' 'S: 550 5.1.1 *' \
		$'C: RCPT TO:<a@b\303\266cher.example>' 'S: 550 5.7.1 *'
	} | talk
	[ "$(letters jo)" -eq 3 ]
	[ "$(find "$T/jo/"$'.\303\244/new' -type f | wc -l)" -eq 1 ]
}

@test "a domain with U-labels and the same one with A-labels are one" {
	local a=xn--bcher-kva.example u=$'b\303\274cher.example' listed user to

	for listed in "$a" "$u"; do
		for user in "$a" "$u"; do
			mail_host
			echo "Domains: $listed" >>mailpipe.conf
			sed -i '/^Domains: example.org/d' mailpipe.conf
			sed "s/example.org/$user/" users >with
			mv with users
			{ hello; printf '%s\n' 'C: MAIL FROM:<> SMTPUTF8' \
			    'S: 250 *'
			for to in "$a" "$u" XN--BCHER-KVA.example \
			    $'B\303\234CHER.example' \
			    $'bu\314\210cher.example'; do
				printf '%s\n' "C: RCPT TO:<bob+x@$to>" 'S: 250 *' \
				    "C: RCPT TO:<carol@$to>" 'S: 550 5.1.1 *'
			done
			for to in bucher.example $'b\303\266cher.example' \
			    xn--bcher-kvb.example $'\320\262ucher.example'; do
				printf '%s\n' "C: RCPT TO:<bob@$to>" \
				    'S: 550 5.7.1 *'
			done; } >>refused
			{ sed '/bucher\.example/,$d' refused
			printf '%s\n' 'C: DATA' 'S: 354 *' 'C: X: y' 'C: .' \
			    'S: 250 *'; } | talk
			{ hello; echo 'C: MAIL FROM:<> SMTPUTF8'; echo 'S: 250 *'
			sed -n '/bucher\.example/,$p' refused; } | talk
			rm refused
			letter bob
			rm -r alice bob
		done
	done
}

@test "a user who logged in by one form may send by the other" {
	local a=xn--bcher-kva.example u=$'b\303\274cher.example' name from

	auth_host
	sed -i "s/^Domains.*/&, $a/" mailpipe.conf
	printf 'Sender-Of: %s\n' "alice@example.org info@$a" \
	    "Alice@$a one@example.org" "alice@$u two@example.org" \
	    "ice@$a three@example.org" >>mailpipe.conf
	echo s3cret | mail-passwd -P 0 "alice@$a"
	# That is the same user.
	echo s3cret | mail-passwd -P 0 "alice@$u"
	[ "$(grep -c "$a\|$u" users)" -eq 1 ]
	for name in "alice@$a" "alice@$u"; do
		for from in "$a" "$u"; do
			{ hello; printf '%s\n' \
			    "C: AUTH PLAIN $(plain "$name" s3cret)" 'S: 235 *' \
			    "C: MAIL FROM:<alice@$from> SMTPUTF8" 'S: 250 *' \
			    'C: RSET' 'S: 250 *' \
			    'C: MAIL FROM:<one@example.org>' 'S: 250 *' \
			    'C: RSET' 'S: 250 *' \
			    'C: MAIL FROM:<two@example.org>' 'S: 250 *' \
			    'C: RSET' 'S: 250 *' \
			    'C: MAIL FROM:<three@example.org>' 'S: 553 5.7.1 *' \
			    "C: MAIL FROM:<bob@$from> SMTPUTF8" 'S: 553 5.7.1 *' \
			    $'C: MAIL FROM:<alice@b\303\266cher.example> SMTPUTF8' \
			    'S: 553 5.7.1 *'; } | submit
		done
	done
	{ login; printf '%s\n' "C: MAIL FROM:<info@$u> SMTPUTF8" 'S: 250 *'
	} | submit
}

@test "libidn2 is loaded where a name needs it alone" {
	# LeakSanitizer cannot be traced.
	ASAN_OPTIONS=detect_leaks=0
	utf8_host
	loads()
	{
		{ hello; printf '%s\n' 'C: MAIL FROM:<a@x> SMTPUTF8' 'S: 250 *' \
		    "C: RCPT TO:<$1>" 'S: [25]50 *'; } |
		    talk strace -f -o "$T/trace" -e trace=openat \
			smtpd-inetd -f "$T/mailpipe.conf"
		grep -q libidn2 trace
	}
	not loads bob@example.org
	not loads bob@example.net
	# With a local-part in UTF-8, and a domain as it is listed.
	not loads "$JO"
	not loads "$JO_NET"
	loads $'j\303\274rgen@xn--bcher-kva.example'
}

@test "without libidn2 domains are compared as they are" {
	mkdir none
	printf 'not a library\n' >none/libidn2.so.0
	utf8_host
	{ hello; printf '%s\n' 'C: MAIL FROM:<> SMTPUTF8' 'S: 250 *' \
	    "C: RCPT TO:<$JO_NET>" 'S: 250 *' \
	    $'C: RCPT TO:<j\303\274rgen@xn--bcher-kva.example>' 'S: 550 5.7.1 *'
	} | talk env LD_LIBRARY_PATH="$T/none" smtpd-inetd -f "$T/mailpipe.conf"
}

@test "not asked for: 553 5.6.7, in MAIL and in RCPT" {
	utf8_host
	{ hello; printf '%s\n' "C: MAIL FROM:<$JO>" 'S: 553 5.6.7 *' \
	    "C: MAIL FROM:<a@x> SMTPUTF8=" 'S: 501 5.5.4 *' \
	    'C: MAIL FROM:<a@x> SMTPUTF8=yes' 'S: 501 5.5.4 *' \
	    'C: MAIL FROM:<a@x> SMTPUTF8 smtputf8' 'S: 501 5.5.4 *' \
	    'C: MAIL FROM:<a@x>' 'S: 250 *' "C: RCPT TO:<$JO>" 'S: 553 5.6.7 *' \
	    $'C: RCPT TO:<a@b\303\274cher.example>' 'S: 553 5.6.7 *' \
	    'C: RCPT TO:<bob@example.org>' 'S: 250 *' 'C: DATA' 'S: 354 *' \
	    $'C: Subject: \303\274' 'C: .' 'S: 250 *' \
	    'C: MAIL FROM:<a@x> SmtpUtf8' 'S: 250 *' 'C: RSET' 'S: 250 *' \
	    'C: MAIL FROM:<a@x>' 'S: 250 *' "C: RCPT TO:<$JO>" 'S: 553 5.6.7 *'
	} | talk
	contains "$(letter bob)" 'with ESMTP id'
	contains "$(letter bob)" $'Subject: \303\274'
}

@test "what is no UTF-8, or must not be shown: 501" {
	local bad

	utf8_host
	# Latin-1; cut; overlong; a surrogate; past the end; C1; DEL; marks of
	# direction; separators; of no width; tags; a flood; no grammar.
	for bad in '\xfc@example.org' '\xc3@example.org' \
	    '\xc0\xafa@example.org' '\xe0\x80\xafa@example.org' \
	    '\xed\xa0\x80@example.org' '\xf4\x90\x80\x80@example.org' \
	    '\xc2\x85@example.org' '\xc2\x9b@example.org' \
	    '\xc3\xbc\x7f@example.org' '\xc3\xbc\x1b@example.org' \
	    'a\xe2\x80\xae@example.org' 'a\xe2\x81\xa6@example.org' \
	    'a\xe2\x80\x8f@example.org' 'a@b\xe2\x80\xa8.example' \
	    'a\xe2\x80\x8b@example.org' 'a\xef\xbb\xbf@example.org' \
	    'a\xf3\xa0\x80\xa1@example.org' \
	    'a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81@x' \
	    '\xc3\xbc b@example.org' '\xc3\xbc..b@example.org' \
	    'a@-\xc3\xbc' 'a@[\xc3\xbc]' '@\xc3\xbc:a@x' \
	    '\xc3\xbc000000000000000000000000000000000000000000000000000000000000000@x'
	do
		{ hello; printf '%s\n' "C-RAW: MAIL FROM:<$bad> SMTPUTF8\\r\\n" \
		    'S: 501 5.1.7 *' "C-RAW: MAIL FROM:<$bad>\\r\\n" \
		    'S: 501 5.1.7 *' 'C: MAIL FROM:<> SMTPUTF8' 'S: 250 *' \
		    "C-RAW: RCPT TO:<$bad>\\r\\n" 'S: 501 5.1.3 *'; } | talk
	done
	{ hello; printf '%s\n' 'C-RAW: MAIL FROM:<\xc3\xbc\0@x> SMTPUTF8\r\n' \
	    'S: 500 *' 'C-RAW: MAIL FROM:<\xc3\xbc\r@x> SMTPUTF8\r\n' \
	    'S: 500 *'; } | talk
	nothing_stored
}

@test "aliases in UTF-8, for names and members" {
	utf8_host
	printf 'b\303\274ro: %s, \303\266l\n\303\266l: bob\n' "$JO" >"$T/aliases"
	echo "Aliases: $T/aliases" >>"$T/mailpipe.conf"
	{ hello; one_to $'B\303\274ro@example.org'; } | talk
	[ "$(letters jo)$(letters bob)" = 11 ]
	contains "$(letter bob)" $'Delivered-To: B\303\274ro@example.org'
}

@test "LMTP: UTF8LMTP" {
	utf8_host
	{ printf '%s\n' 'S: 220 *' 'C: LHLO a' 'S-ALL: 250-*SMTPUTF8*'
	    one_to "$JO"; } | talk smtpd-inetd -L -f "$T/mailpipe.conf"
	contains "$(letter jo)" 'with UTF8LMTP id'
}

@test "TLS and log-in: UTF8SMTPS, UTF8SMTPSA, UTF8SMTPA" {
	auth_host
	utf8_host
	echo $'Sender-Of: alice@example.org b\303\266b@b\303\274cher.example' \
	    >>"$T/mailpipe.conf"
	{ printf '%s\n' 'S: 220 *' 'C: EHLO a' 'S-ALL: 250-*' 'C: STARTTLS' \
	    'S: 220 *' TLS: 'C: EHLO a' 'S-ALL: 250-*'; one_to "$JO"; } | talk
	contains "$(letter jo)" 'with UTF8SMTPS id'
	rm "$T"/jo/new/*
	from()
	{
		printf '%s\n' "C: MAIL FROM:<$1> SMTPUTF8" "S: $2"
	}
	rest()
	{
		printf '%s\n' "C: RCPT TO:<$JO>" 'S: 250 *' 'C: DATA' \
		    'S: 354 *' $'C: Subject: \303\274' 'C: .' 'S: 250 *'
	}
	{ login; from "$JO" '553 5.7.1 *'
	    from $'b\303\266b@b\303\274cher.example' '250 *'; rest; } | submit
	contains "$(letter jo)" 'with UTF8SMTPA id'
	contains "$(letter jo)" 'Message-ID: <'
	contains "$T/log" "may not send as $JO"
	rm "$T"/jo/new/*
	{ printf '%s\n' 'S: 220 *' 'C: EHLO a' 'S-ALL: 250-*' 'C: STARTTLS' \
	    'S: 220 *' TLS: 'C: EHLO a' 'S-ALL: 250-*' \
	    "C: AUTH PLAIN $(plain alice@example.org s3cret)" 'S: 235 *'
	    from alice@example.org '250 *'; rest; } | submit
	contains "$(letter jo)" 'with UTF8SMTPSA id'
}

@test "who logs in with a name in UTF-8 sends as that" {
	auth_host
	utf8_host
	sed -i "/^$JO:/d" "$T/users"
	echo b0b | mail-passwd -P 0 "$JO"
	chmod 644 "$T/users"
	{ hello; printf '%s\n' "C: AUTH PLAIN $(plain "$JO" b0b)" 'S: 235 *' \
	    "C: MAIL FROM:<$JO> SMTPUTF8" 'S: 250 *' 'C: RSET' 'S: 250 *' \
	    'C: MAIL FROM:<alice@example.org> SMTPUTF8' 'S: 553 5.7.1 *'
	} | submit
}

@test "VRFY, with the parameter too; replies are ASCII" {
	utf8_host
	{ hello; printf '%s\n' "C: VRFY $JO SMTPUTF8" 'S: 252 2.5.0 *' \
	    "C: VRFY $JO" 'S: 252 2.5.0 *' \
	    $'C: MAIL FROM:<\303\274 b@x> SMTPUTF8' \
	    'S: 501 5.1.7 no mail address: "?? b@x": *' \
	    $'C: EHLO b\303\274cher' 'S: 501 5.5.4 *'; } | talk
}

@test "filters have the envelope in UTF-8" {
	utf8_host
	echo 'Filter: sh -c "echo X-Envelope: $SENDER $RECIPIENTS; cat"' \
	    >>"$T/mailpipe.conf"
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	mkdir -m 1777 "$T/wait"
	{ hello; one_to "$JO"; } | TMPDIR=$T/wait talk
	contains "$(letter jo)" "X-Envelope: $JO_NET $JO"
}

@test "started by root: the process that keeps the mailboxes knows them" {
	needs_root
	utf8_host
	mkdir "$T/all"
	owned "$T/all"
	echo "Maildirs: $T/all/%u@%d" >>"$T/mailpipe.conf"
	printf '\303\244@b\303\274cher.example:!:\n' >>"$T/users"
	{ hello; one_to $'\303\244@B\303\274cher.example'; } | talk
	[ "$(find "$T/all/"$'\303\244@b\303\274cher.example/new' -type f |
	    wc -l)" -eq 1 ]
}

@test "by smtp-send" {
	utf8_host
	smtpd
	expect_noted 0 smtp-send -v -f "$JO_NET" "smtp://127.0.0.1:$PORT" "$JO" <mu
	contains err "MAIL FROM:<$JO_NET> SIZE=35 BODY=8BITMIME SMTPUTF8"
	contains "$(letter jo)" 'with UTF8SMTP id'
	contains "$(letter jo)" $'Subject: Gr\303\274\303\237e'
	expect 67 smtp-send -f a@x "smtp://127.0.0.1:$PORT" \
	    $'n\303\266body@example.org' <mu
	contains err '550 5.1.1'
}

@test "by Python's smtplib, curl, and swaks, which does not ask for it" {
	utf8_host
	smtpd
	python3 - "$PORT" "$JO_NET" "$JO" <<-'.'
		import smtplib, sys
		from email.message import EmailMessage
		port, sender, to = sys.argv[1:]
		m = EmailMessage()
		m["From"] = sender
		m["To"] = to
		m["Subject"] = "Grüße"
		m.set_content("äöü")
		with smtplib.SMTP("127.0.0.1", int(port)) as s:
		    s.send_message(m)
	.
	contains "$(letter jo)" 'with UTF8SMTP id'
	contains "$(letter jo)" "To: $JO"
	rm "$T"/jo/new/*
	# It writes domains with A-labels.
	LC_ALL=C.UTF-8 curl -sS --crlf --url "smtp://127.0.0.1:$PORT/client.example" \
	    --mail-from "$JO" --mail-rcpt "$JO_NET" --upload-file mu
	contains "$(letter jo)" 'with UTF8SMTP id'
	contains "$(letter jo)" "Return-Path: <$JO>"
	contains "$(letter jo)" $'for <j\303\274rgen@xn--bcher-kva.example>'
	not swaks --server 127.0.0.1 --port "$PORT" --helo x --from a@x \
	    --to "$JO" --body hi >swaks.log 2>&1
	contains swaks.log '553 5.6.7'
}

@test "a real postfix relays it" {
	needs_root
	utf8_host
	smtpd
	OURS=$PORT
	postfix_up - <<-.
		smtputf8_enable = yes
		virtual_mailbox_domains =
		relay_domains = example.org
		relay_transport = smtp:[127.0.0.1]:$OURS
		smtp_tls_security_level = none
	.
	expect 0 smtp-send -f "$JO" "$URL" "$JO" bob@example.org <mu
	wait_for 20 sh -c "[ \$(ls '$T/jo/new' '$T/bob/new' | grep -c S=) -eq 2 ]"
	contains "$(letter jo)" 'from mx.example.org ([127.0.0.1])'
	contains "$(letter jo)" 'with UTF8SMTP id'
	contains "$(letter jo)" "Return-Path: <$JO>"
	contains "$(letter bob)" $'Subject: Gr\303\274\303\237e'
}
