#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A mailbox that one command within imap-run examined, and the next one takes as
# it is, for what never changes.

load dovecot
load helper
load imap
load tls

setup()
{
	isolate
	export TESTS
	PATH=${MAILPIPE_BIN%/bin}/tests/tool:$PATH
	# The sanitizers want to be the first library.
	PRELOAD=${MAILPIPE_BIN%/*}/tests/preload/still.so
	! sanitized || PRELOAD=$(cc -print-file-name=libasan.so):$PRELOAD
	echo pencil >password
	: >clock
}

# within STATUS SCRIPT: of bash within imap-run, for which time stands still but
# for the seconds of later.
within()
{
	# shellcheck disable=SC2016 # for that sh
	expect_noted "$1" env STILL="$T/clock" LD_PRELOAD="$PRELOAD" \
	    imap-run -v -p 'cat password' "$URL" env -u LD_PRELOAD bash -c "$2"
}

later()
{
	truncate -s "+$1" "$T/clock"
}

shared()
{
	python3 "$TESTS/peer/shared.py" "$@"
}
export -f later shared
export T

# What a server has that can UNSELECT.
selecting()
{
	printf '%s\n' 'CAPABILITY: IMAP4rev1 UNSELECT' 'MANUAL:' 'GREETING:' \
	    'C: LOGIN *' 'S: TAG OK [CAPABILITY IMAP4rev1 UNSELECT] in' \
	    'C: NOOP' 'S: TAG OK'
	cat
}

# examined NAME [UID ...]: what a command says and is told that opens it, and
# gets the headers of these.
examined()
{
	printf '%s\n' "C: EXAMINE $1" 'S: * 9 EXISTS' "S: TAG OK"
	shift
	headers "$@"
}

headers()
{
	local uid

	for uid; do
		printf '%s\n' "C: UID FETCH $uid (UID BODY.PEEK[HEADER])" \
		    "S: * $uid FETCH (UID $uid BODY[HEADER] \"S: $uid\")" \
		    'S: TAG OK'
	done
}

@test "a mailbox is not opened again for headers, and others are" {
	imap_script < <(selecting <<-.
		$(examined One 1)
		$(headers 2 3)
		$(examined '"A b"' 4)
		$(headers 5)
		$(examined One 6)
		C: LOGOUT
	.
	)
	within 0 '
		for uid in 1 2 3; do imap-fetch -H - One $uid; done
		for uid in 4 5; do imap-fetch -H - "A b" $uid; done
		imap-fetch -H - One 6'
	imap_scripted_end
	printf 'S: %d' 1 2 3 4 5 6 | same - out
}

@test "what of it does not come is asked for again, of the mailbox as it is" {
	imap_script < <(selecting <<-.
		$(examined One 1)
		C: UID FETCH 2:4,7 (UID BODY.PEEK[HEADER])
		S: * 3 FETCH (UID 3 BODY[HEADER] "S: 3")
		S: TAG OK
		C: EXAMINE One
		S: TAG OK
		C: UID FETCH 2,4,7 (UID BODY.PEEK[HEADER])
		S: * 4 FETCH (UID 4 BODY[HEADER] "S: 4")
		S: TAG OK
		$(headers 5)
		C: UID FETCH 6 (UID BODY.PEEK[HEADER])
		S: TAG NO [EXPUNGEISSUED] gone
		C: EXAMINE One
		S: TAG OK
		C: UID FETCH 6 (UID BODY.PEEK[HEADER])
		S: TAG OK
		C: LOGOUT
	.
	)
	within 66 '
		imap-fetch -H - One 1
		imap-fetch -0H - One 2:4 7 && exit 1
		imap-fetch -H - One 5
		imap-fetch -H - One 6'
	imap_scripted_end
	printf 'S: 1S: 3\0S: 4\0S: 5' | same - out
	[ "$(grep -c 'message 7: it is not there' err)" -eq 1 ]
	[ "$(grep -c 'message 6: it is not there' err)" -eq 1 ]
	[ "$(grep -c 'is not there' err)" -eq 2 ]
}

@test "one that is not there any more is told, and the session goes on" {
	imap_script < <(selecting <<-.
		$(examined One 1)
		C: UID FETCH 2 (UID BODY.PEEK[HEADER])
		S: TAG NO what is that
		C: EXAMINE One
		S: TAG NO [NONEXISTENT] there is none
		C: EXAMINE One
		S: TAG NO [NONEXISTENT] there is none
		C: UID FETCH 1 (UID RFC822.SIZE BODYSTRUCTURE)
		S: TAG BAD none is selected
		C: LOGOUT
	.
	)
	within 66 '
		imap-fetch -H - One 1
		imap-fetch -H - One 2 && exit 1
		imap-fetch -j - One 1'
	imap_scripted_end
	[ "$(grep -c 'One: NO \[NONEXISTENT\] there is none' err)" -eq 2 ]
	[ "$(grep -c '^imap-fetch: ' err)" -eq 2 ]
}

@test "structures and parts, too" {
	imap_script < <(selecting <<-'.'
		C: EXAMINE One
		S: TAG OK
		C: UID FETCH 1 (UID RFC822.SIZE BODYSTRUCTURE)
		S: * 1 FETCH (UID 1 RFC822.SIZE 3 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 3 1))
		S: TAG OK
		C: UID FETCH 1 (UID RFC822.SIZE BODYSTRUCTURE)
		S: * 1 FETCH (UID 1 RFC822.SIZE 3 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 3 1))
		S: TAG OK
		C: UID FETCH 1:2 (UID BODYSTRUCTURE)
		S: * 1 FETCH (UID 1 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 3 1))
		S: TAG OK
		C: EXAMINE One
		S: TAG OK
		C: UID FETCH 2 (UID BODYSTRUCTURE)
		S: * 2 FETCH (UID 2 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 3 1))
		S: TAG OK
		C: UID FETCH 1 (UID BODY.PEEK[1])
		S: * 1 FETCH (UID 1 BODY[1] "one")
		S: TAG OK
		C: UID FETCH 2 (UID BODY.PEEK[1])
		S: * 2 FETCH (UID 2 BODY[1] "two")
		S: TAG OK
		C: UID FETCH 3 (UID BODYSTRUCTURE)
		S: TAG OK
		C: EXAMINE One
		S: TAG NO no
		C: LOGOUT
	.
	)
	within 66 '
		imap-fetch -j - One 1
		imap-fetch -j - One 1
		imap-fetch -0p 1 - One 1:2
		imap-fetch -p 1 - One 3'
	imap_scripted_end
	[ "$(tail -n 1 out | tr '\0' /)" = one/two/ ]
	[ "$(grep -c '"uid": *1' out)" -eq 2 ]
}

@test "it is opened again for flags, for \"*\", and for what is to be seen" {
	imap_script < <(selecting <<-.
		$(examined One 1)
		C: EXAMINE One
		S: TAG OK
		C: UID FETCH 1 (UID FLAGS INTERNALDATE BODY.PEEK[])
		S: TAG OK
		C: EXAMINE One
		S: TAG OK
		C: UID FETCH 1:* (UID INTERNALDATE BODY.PEEK[HEADER])
		S: TAG OK
		C: SELECT One
		S: TAG OK
		C: UID FETCH 1 (UID BODY[HEADER])
		S: * 1 FETCH (UID 1 BODY[HEADER] "S: 1")
		S: TAG OK
		$(examined One 1)
		C: UNSELECT
		C: APPEND One {3}abc
		S: TAG.UNSELECT OK
		S: TAG OK put
		$(examined One 1)
		C: LOGOUT
	.
	)
	within 0 '
		imap-fetch -H - One 1
		imap-fetch -m Maildir - One 1
		imap-fetch -H - One "1:*"
		imap-fetch -uH - One 1
		imap-fetch -H - One 1
		imapsay - say="APPEND One " literal=abc said finish
		imap-fetch -H - One 1'
	imap_scripted_end
}

@test "a second later it is looked at anew, however often it was not" {
	imap_script < <(selecting <<-.
		$(examined One 1)
		$(headers 2)
		$(examined One 3)
		$(headers 4)
		C: LOGOUT
	.
	)
	within 0 '
		imap-fetch -H - One 1
		imap-fetch -H - One 2
		later 1
		imap-fetch -H - One 3
		imap-fetch -H - One 4'
	imap_scripted_end
}

@test "what the server tells while nobody has it: it is looked at anew" {
	# It may come while the first one still has the session.
	imap_script <<-.
		CAPABILITY: IMAP4rev1 UNSELECT
		MANUAL: EXAMINE FETCH
		GREETING:
		$(examined One 1)
		PAUSE: 300
		S: * 1 EXPUNGE
		$(examined One 2)
		C: LOGOUT
	.
	within 0 '
		imap-fetch -H - One 1
		sleep 1
		imap-fetch -H - One 2'
	imap_scripted_end
}

@test "who says what is not so finds a mailbox opened anew" {
	imap_script < <(selecting <<-.
		C: NOOP
		S: TAG OK
		$(examined One 1)
		C: NOOP
		S: TAG OK
		$(examined One 2)
		C: UNSELECT
		S: TAG OK
		$(examined One 3)
		C: LOGOUT
	.
	)
	within 0 '
		shared ask=- hear=PREAUTH done="d9 One"
		imap-fetch -H - One 1
		shared ask=- hear=PREAUTH done="d One"
		imap-fetch -H - One 2
		shared ask=- hear=PREAUTH done="s One"
		imap-fetch -H - One 3'
	imap_scripted_end
}

@test "names that no line can tell" {
	imap_script < <(selecting <<-.
		$(examined '*' 1)
		$(examined '*' 2)
		$(examined '*' 3)
		$(examined '*' 4)
		C: LOGOUT
	.
	)
	within 0 '
		long=$(head -c 1001 /dev/zero | tr "\0" x)
		for uid in 1 2; do imap-fetch -H - "$long" $uid; done
		for uid in 3 4; do imap-fetch -H - $(printf "a\x01b") $uid; done'
	imap_scripted_end
}

@test "names that differ in blanks at their ends are others" {
	imap_script < <(selecting <<-.
		$(examined '"A "' 1)
		$(examined A 2)
		$(headers 3)
		$(examined '" A"' 4)
		$(examined A 5)
		C: LOGOUT
	.
	)
	within 0 '
		imap-fetch -H - "A " 1
		for uid in 2 3; do imap-fetch -H - A $uid; done
		imap-fetch -H - " A" 4
		imap-fetch -H - A 5'
	imap_scripted_end
}

@test "it is opened again for more than 500" {
	imap_script < <(selecting <<-.
		$(examined One 1)
		C: UID FETCH 1:500 (UID BODYSTRUCTURE)
		S: TAG OK
		C: EXAMINE One
		S: TAG OK
		C: UID FETCH 1:500 (UID BODYSTRUCTURE)
		S: TAG OK
		C: EXAMINE One
		S: TAG OK
		C: UID FETCH 1:501 (UID BODYSTRUCTURE)
		S: TAG OK
		C: EXAMINE One
		S: TAG OK
		C: UID FETCH 1 (UID INTERNALDATE BODY.PEEK[HEADER])
		S: TAG OK
		C: LOGOUT
	.
	)
	within 0 '
		imap-fetch -H - One 1
		imap-fetch -p 1 - One 1:500
		imap-fetch -p 1 - One 1:500,501
		echo 1 | imap-fetch -H - One || :'
	imap_scripted_end
}

@test "a part of one that is not there any more is not asked for" {
	imap_script < <(selecting <<-.
		$(examined One 1)
		C: UID FETCH 1:2 (UID BODYSTRUCTURE)
		S: * 1 FETCH (UID 1 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 3 1))
		S: TAG OK
		C: EXAMINE One
		S: TAG NO [NONEXISTENT] there is none
		C: LOGOUT
	.
	)
	within 66 '
		imap-fetch -H - One 1
		imap-fetch -p 1 - One 1 2'
	imap_scripted_end
	[ "$(grep -c ^imap- err)" -eq 1 ]
}

@test "an imap-run within imap-run keeps none" {
	imap_script < <(selecting <<-.
		C: NOOP
		S: TAG OK
		$(examined One 1)
		C: UNSELECT
		S: TAG OK
		$(examined One 2)
		C: UNSELECT
		S: TAG OK
		C: NOOP
		S: TAG OK
		C: XONE
		S: TAG OK
		C: LOGOUT
	.
	)
	within 0 '
		imap-run - sh -c "
			imap-fetch -H - One 1
			imap-fetch -H - One 2
			sleep 0.5"
		imapsay - say=XONE said finish'
	imap_scripted_end
}

@test "what others remove and bring between is seen" {
	mkdir -p -m 700 dovecot/mail/alice/{cur,new,tmp}
	dovecot_imap
	cat >others.sh <<-'.'
		put()
		{
			echo "S: $1" |
			    imap-put -p 'cat password' "$URL" INBOX >/dev/null
		}
		gone()
		{
			! imap-fetch "${@:2}" - INBOX "$1" || echo "$1 is there"
		}
		put 1
		put 2
		imap-fetch -H - INBOX 1
		put 3
		imap-fetch -H - INBOX 3
		imap-rm -p 'cat password' "$URL" INBOX 2
		gone 2 -H
		imap-fetch -H - INBOX 3
		imap-rm -p 'cat password' "$URL" INBOX 3
		gone 3 -p 1
		put 4
		put 5
		imap-fetch -H - INBOX 4
		imap-rm -p 'cat password' "$URL" INBOX 4
		imap-fetch - INBOX 2:5
		imap-rm - INBOX 5
		gone 5 -H
	.
	export URL
	within 0 'bash -e others.sh'
	for uid in 2 3 5; do
		echo "imap-fetch: message $uid: it is not there"
	done | diff - <(grep ^imap- err)
	[ "$(grep '^S:' out | tr -d '\n')" = 'S: 1S: 3S: 3S: 4S: 5' ]
	[ "$(grep -c '^From ' out)" -eq 1 ]
}
