#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A mailbox moves from Dovecot to pop3d-inetd and back: no client, of those that
# know what they have by unique-ids, fetches a message again.

load helper
load tls
load machine
load dovecot
load pop3
load popclients
load popserver

CLIENTS='pop3-fetch mpop fetchmail getmail'

setup()
{
	isolate
	needs_root
	POPUSER=alice
	MAIL=$T/dovecot/home
}

# Names as deliveries give them, in this order of arrival.
arrives()
{
	local n

	for n; do
		mkdir -p arrived
		cp "row/$n" arrived
		cp "row/$n" "170000000$n.M${n}P1.mx"
		mail_in "$MAIL" "170000000$n.M${n}P1.mx"
	done
}

# All of them have each message that has arrived, once.
all_have()
{
	local client

	for client in $CLIENTS; do
		fetch_with "$client" && as_sent "$client" arrived && continue
		echo "with $client"
		show pop3d.log dovecot/log
		return 1
	done
}

# With what those lines say of Dovecot.
moves()
{
	letters row 1 2 3 4 5 6 7 8 9
	dovecot_pop3 "$@"
	arrives 1 2
	all_have
	arrives 3
	all_have
	dovecot_stop
	popserver_up
	all_have
	arrives 4 7
	all_have
	popserver_stop
	arrives 9
	dovecot_again
	wait_for 20 listening "$PORT"
	all_have
	[ "$(got pop3-fetch)" -eq 6 ]
}

@test "a mailbox moves from Dovecot to ours and back" {
	moves
}

# What the server on $PORT says of all messages, but for its own words.
dump()
{
	python3 - "$PORT" <<-'.'
		import poplib, sys
		p = poplib.POP3('localhost', int(sys.argv[1]), timeout=30)
		p.user('alice')
		p.pass_('pencil')
		print(p.stat())
		print(p.list()[1])
		print(p.uidl()[1])
		for n in range(1, p.stat()[0] + 1):
		    print(n, p.list(n).split()[1:3], p.uidl(n).split()[1:3])
		    print(p.retr(n)[1:])
		    for lines in 0, 1, 3, 100:
		        print(lines, p.top(n, lines)[1:])
		p.quit()
	.
}

# The same mailbox, as Dovecot has left it: with those lines for it.
says_the_same()
{
	letters row 1 2 3 4 5 6 7 8 9
	dovecot_pop3 "$@"
	arrives 1 2 4 6 7 9
	dump >theirs
	dovecot_stop
	popserver_up
	dump >ours
	same theirs ours || { diff theirs ours | cut -c 1-300; return 1; }
}

@test "counts, sizes, unique-ids and texts are those of Dovecot" {
	says_the_same
	grep -q "b'1 [0-9a-f]\{16\}'" ours
}

@test "unique-ids of another form that Dovecot has saved stay as they are" {
	says_the_same 'pop3_uidl_format = UID%u-%v' 'pop3_save_uidl = yes'
	grep -q "b'1 UID1-[0-9]*'" ours
}
