#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd and whose mailbox it is: folders, aliases, quotas.

load helper
load smtpd

# The replies to RCPT, as patterns, for each recipient.
recipients()
{
	hello
	printf '%s\n' 'C: MAIL FROM:<s@example.net>' 'S: 250 *'
	while [ "$#" -gt 0 ]; do
		printf '%s\n' "C: RCPT TO:<$1>" "S: $2 *"
		shift 2
	done
}

aliases()
{
	mail_host
	cat >"$T/aliases"
	echo "Aliases: $T/aliases" >>"$T/mailpipe.conf"
}

in_folder()
{
	find "$T/$1/new" -type f | wc -l
}

@test "a detail finds its folder, where that is there and wanted" {
	mail_host
	mkdir -p "$T/bob/.lists.c/cur" "$T/x/new"
	owned "$T/bob" "$T/x"
	send()
	{
		rm -f "$T"/bob/new/* "$T"/bob/.lists.c/new/*
		{ envelope "$1"
		    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } | talk
	}
	send bob+lists.c@example.org
	[ "$(letters bob)" -eq 1 ]
	echo 'Detail-Folder: yes' >>"$T/mailpipe.conf"
	send bob+lists.c@example.org
	[ "$(letters bob)" -eq 0 ] && [ "$(in_folder bob/.lists.c)" -eq 1 ]
	contains "$(find "$T/bob/.lists.c/new" -type f)" \
	    'Delivered-To: bob+lists.c@example.org'
	for detail in none lists.C '"/../../x"' '../../x' .. '' lists.c/cur; do
		case $detail in
		'"'*) to="\"bob+${detail#?}@example.org" ;;
		*) to="\"bob+$detail\"@example.org" ;;
		esac
		send "$to"
		[ "$(letters bob)" -eq 1 ] || { echo "not there: $to"; false; }
	done
	[ "$(in_folder x)" -eq 0 ]
	[ "$(find "$T" -newer "$T/mailpipe.conf" -name x)" = '' ]
}

@test "an alias: its members get one file, and Delivered-To has its name" {
	aliases <<-'.'
		staff: bob,
		  "Alice" <alice@example.org>
	.
	{ envelope Staff@example.org
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } | talk
	[ "$(letters bob)" -eq 1 ] && [ "$(letters alice)" -eq 1 ]
	[ "$(letter bob)" -ef "$(letter alice)" ]
	contains "$(letter bob)" 'Delivered-To: Staff@example.org'
	not grep -q 'alice@example.org' "$(letter bob)"
}

@test "aliases that lead nowhere, or where nothing is delivered" {
	echo bob >"$T/open"
	chmod 666 "$T/open"
	aliases <<-.
		loop: pool
		pool: loop
		gone: carol
		part: carol, bob
		pipe: bob, "|/bin/cat"
		file: $T/bob/x
		away: bob@example.com
		open: :include:$T/open
		lost: :include:$T/lost
		postmaster: carol
	.
	recipients loop@example.org '451 4.3.0' gone@example.org '550 5.1.1' \
	    pipe@example.org '451 4.3.0' file@example.org '451 4.3.0' \
	    away@example.org '451 4.3.0' open@example.org '451 4.3.0' \
	    lost@example.org '451 4.3.0' postmaster '451 4.3.0' \
	    part@example.org '250 2.1.5' | talk
	for line in "<loop@example.org> not looked up: $T/aliases: line 1: loop" \
	    "to=<gone@example.org> refused: $T/aliases: line 3: carol: no" \
	    "<pipe@example.org> not looked up: $T/aliases: line 5: |/bin/cat: no" \
	    "aliases: line 6: $T/bob/x: no mail is written to files" \
	    'line 7: example.com: mail for that domain is not taken, nor pas' \
	    "line 8: $T/open: group or others can write it" \
	    "line 9: $T/lost: " 'to=<postmaster> not looked up: ' \
	    "to=<part@example.org> accepted in part: $T/aliases: line 4: carol"
	do
		contains "$T/log" "$line"
	done
	nothing_stored
}

@test "an alias of a million, a hundred owners and more" {
	yes bob | head -n 1000000 >"$T/list"
	chmod 600 "$T/list"
	aliases <<-.
		all: :include:$T/list
		own: :include:$T/own
	.
	if is_root; then
		for i in $(seq 101); do
			mkdir "$T/o$i" && chown $((70000 + i)) "$T/o$i"
			echo "o$i@example.org:!:$T/o$i" >>"$T/users"
			echo "o$i"
		done >"$T/own"
		recipients all@example.org '451 4.3.0' \
		    own@example.org '451 4.3.0' o1@example.org '250 2.1.5' \
		    own@example.org '452 4.5.3' | talk
		contains "$T/log" 'an alias for mailboxes of more than 100'
		sed -i '$d' "$T/own"
		recipients own@example.org '250 2.1.5' | talk
	else
		recipients all@example.org '451 4.3.0' | talk
	fi
}

# postalias ends an alias where we do, and has the same names and members.
@test "aliases are read as Postfix reads them" {
	aliases <<-'.'
		# comment: alice
		one: alice
		TWO: alice, bob

		"th ree" : alice,
		# not: bob
		  bob
		four: "alice" (a comment, with a comma), bob@example.org
		five:alice
		  # a comment of the last
		six: Alice <alice@example.org>
		seven: two, six
		alice: bob
	.
	mkdir "$T/pf"
	echo 'compatibility_level = 3.6' >"$T/pf/main.cf"
	cp "$T/aliases" "$T/pf/aliases"
	postalias -c "$T/pf" "hash:$T/pf/aliases" 2>"$T/pf.err"
	[ ! -s "$T/pf.err" ] || { cat "$T/pf.err"; false; }
	# What Postfix has for a name, as far as names go, is alice or bob.
	members()
	{
		local member

		for member in $(postalias -c "$T/pf" -q "$1" \
		    "hash:$T/pf/aliases" |
		    sed 's/([^)]*)//g;s/.*<\(.*\)>/\1/;s/[ "]//g' | tr ',' ' '); do
			member=${member%@example.org}
			case $member in
			two | six) members "$member" ;;
			alice) [ "$1" = alice ] || members alice ;;
			*) echo "$member" ;;
			esac
		done
	}
	for name in one two 'th ree' four five six seven alice; do
		rm -f "$T"/alice/new/* "$T"/bob/new/*
		{ envelope "\"$name\"@example.org"
		    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } | talk
		members "$name" | sort -u >"$T/want"
		for user in alice bob; do
			[ "$(letters "$user")" -eq 0 ] || echo "$user"
		done >"$T/got"
		same "$T/want" "$T/got"
	done
	for name in not comment '# comment'; do
		recipients "\"$name\"@example.org" '550 5.1.1' | talk
		run postalias -c "$T/pf" -q "$name" "hash:$T/pf/aliases"
		[ "$status" -eq 1 ]
	done
}

quota()
{
	mail_host
	sed -i "s|^bob@.*|&:$1|" "$T/users"
}

# Sends bob a message of about that many bytes.
letter_of()
{
	head -c "$1" /dev/zero | tr '\0' x | fold -w 70 >"$T/body"
	timeout 20 swaks -s "127.0.0.1:$PORT" -f s@example.net \
	    -t bob@example.org --body "@$T/body" >"$T/swaks" 2>&1
}

@test "over quota: 452 to RCPT with SIZE, at the end of data, and when full" {
	quota 3000,5C
	{ hello
	    printf '%s\n' 'C: MAIL FROM:<> SIZE=3001' 'S: 250 *' \
		'C: RCPT TO:<bob@example.org>' 'S: 452 4.2.2 *' \
		'C: RCPT TO:<alice@example.org>' 'S: 250 2.1.5 *' 'C: RSET' \
		'S: 250 *' 'C: MAIL FROM:<> SIZE=3001 X' 'S: 555 *' \
		'C: MAIL FROM:<>' 'S: 250 *' \
		'C: RCPT TO:<bob@example.org>' 'S: 250 2.1.5 *' 'C: RSET' \
		'S: 250 *' 'C: MAIL FROM:<> SIZE=2000' 'S: 250 *' \
		'C: RCPT TO:<bob@example.org>' 'S: 250 2.1.5 *' 'C: DATA' \
		'S: 354 *' 'C-REPEAT: 400 abcdefgh\r\n' 'C: .' \
		'S: 452 4.2.2 *' 'C: MAIL FROM:<>' 'S: 250 *' \
		'C: RCPT TO:<bob@example.org>' 'S: 250 2.1.5 *' \
		'C: RCPT TO:<alice@example.org>' 'S: 250 2.1.5 *' 'C: DATA' \
		'S: 354 *' 'C-REPEAT: 400 abcdefgh\r\n' 'C: .' \
		'S: 452 4.2.2 *'
	} | talk
	contains "$T/log" 'refused: '
	contains "$T/log" "$T/bob: Disk quota exceeded"
	nothing_stored
	{ envelope
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } | talk
	size=$(stat -c %s "$(letter bob)")
	printf '3000S,5C\n0 0\n%s 1\n' "$size" >"$T/want"
	same "$T/want" "$T/bob/maildirsize"
	for n in 2 3 4 5; do
		touch "$T/bob/cur/$n,S=10:2,S"
	done
	rm "$T/bob/maildirsize"
	recipients bob@example.org '452 4.2.2' | talk
	printf '3000S,5C\n%s 5\n' $((size + 40)) >"$T/want"
	same "$T/want" "$T/bob/maildirsize"
}

@test "who has no quota has no maildirsize, and an old one is not read" {
	mail_host
	printf '1S\n5 5\n' >"$T/bob/maildirsize"
	export ASAN_OPTIONS=detect_leaks=0
	{ envelope
	    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } |
	    talk strace -f -o "$T/trace" smtpd-inetd -f "$T/mailpipe.conf"
	not grep -q maildirsize "$T/trace"
	printf '1S\n5 5\n' >"$T/want"
	same "$T/want" "$T/bob/maildirsize"
}

@test "a folder counts for the quota of its Maildir" {
	quota 1M
	mkdir -p "$T/bob/.a/cur"
	owned "$T/bob"
	echo 'Detail-Folder: yes' >>"$T/mailpipe.conf"
	for n in 1 2; do
		{ envelope bob@example.org bob+a@example.org
		    printf '%s\n' 'C: Subject: x' 'C: .' 'S: 250 *'; } | talk
	done
	size=$(stat -c %s "$(find "$T/bob/.a/new" -type f | head -n 1)")
	printf '1048576S\n%d 0\n%d 2\n%d 2\n' 0 $((2 * size)) $((2 * size)) \
	    >"$T/want"
	same "$T/want" "$T/bob/maildirsize"
}

@test "Dovecot and Courier agree with maildirsize" {
	quota 100000S,20C
	smtpd
	for n in 100 2000 30000; do
		letter_of "$n"
	done
	[ "$(letters bob)" -eq 3 ]
	used=$(awk 'NR > 1 { b += $1; m += $2 } END { print b, m }' \
	    "$T/bob/maildirsize")
	cat "$T"/bob/new/* >"$T/all"
	[ "$used" = "$(stat -c %s "$T/all") 3" ]
	mkdir "$T/dove"
	cat >"$T/dove/dovecot.conf" <<-.
		base_dir = $T/dove/run
		state_dir = $T/dove/state
		log_path = $T/dove/log
		mail_plugins = quota
		protocols =
		ssl = no
		mail_location = maildir:$T/bob
		first_valid_uid = 0
		mail_uid = $(stat -c %u "$T/bob")
		mail_gid = $(stat -c %g "$T/bob")
		plugin {
		  quota = maildir:User quota
		  quota_rule = *:bytes=100000:messages=20
		}
	.
	dove()
	{
		env -u TMPDIR USER=bob HOME="$T/bob" timeout 20 doveadm \
		    -c "$T/dove/dovecot.conf" quota "$@" >"$T/dove/out" \
		    2>&1 </dev/null 3>&-
	}
	dove get
	grep -E "STORAGE +$(((${used% *} + 1023) / 1024)) " "$T/dove/out" ||
	    { cat "$T/dove/out"; false; }
	grep -E 'MESSAGE +3 +20 ' "$T/dove/out"
	cp "$T/bob/maildirsize" "$T/ours"
	dove recalc
	awk 'NR > 1 { b += $1; m += $2 } NR == 1 { print } END { print b, m }' \
	    "$T/bob/maildirsize" >"$T/got"
	printf '100000S,20C\n%s\n' "$used" >"$T/want"
	same "$T/want" "$T/got"
	# We go on with theirs, and deliverquota of Courier with ours.
	owned "$T/bob"
	letter_of 500
	[ "$(awk 'NR > 1 { m += $2 } END { print m }' \
	    "$T/bob/maildirsize")" -eq 4 ]
	printf 'Subject: y\n\ntext\n' >"$T/one"
	timeout 20 deliverquota "$T/bob" <"$T/one"
	[ "$(awk 'NR > 1 { m += $2 } END { print m }' \
	    "$T/bob/maildirsize")" -eq 5 ]
	# Over quota for both.
	head -c 90000 /dev/zero | tr '\0' x | fold -w 70 >"$T/large"
	run timeout 20 deliverquota "$T/bob" <"$T/large"
	[ "$status" -ne 0 ]
	not letter_of 90000
	contains "$T/swaks" '452 4.2.2'
}
