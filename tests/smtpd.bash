# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What the bats files of smtpd-inetd share, on top of helper.bash:
#
#	talk [command ...] <SCRIPT	a whole session with smtpd-inetd (or the
#					command) on descriptors 0 and 1; its log
#					is $T/log
#	hello, envelope			print the first lines of a script: to
#					EHLO, and on to the reply to DATA
#	letters USER			how many messages the user has
#	letter USER			the path of the only one
#	stored FILE			prints a message without the trace
#					fields
#	nothing_stored			no file in any new/ or tmp/
#	tmp_clean			no file in any tmp/
#	logs_clean			no control character in the log, nor one
#					that no terminal should see
#	open_place			a directory that all users can enter:
#					$OPEN, with smtpd-inetd in it
#	serving				prints the processes that have a
#					connection to $PORT; fails without one
#	keepers				prints those of a listener's processes
#					that keep mail for a session; fails
#					without one
#	idle_keepers			the same of those that wait for a session
#	no_keeper_idle			there is none
#	spare				prints how many of a listener's
#					processes wait for a connection
#	none_served			the listener has only the processes that
#					wait for a connection, or for a session
#	dial, say, heard		a client of the test's own on descriptor
#					5, connected to $PORT

teardown()
{
	[ -z "${OPEN:-}" ] || rm -rf "$OPEN"
	clean_up
}

talk()
{
	[ -e "$T/mailpipe.conf" ] || mail_host
	cat >"$T/script"
	[ "$#" -gt 0 ] || set -- smtpd-inetd -f "$T/mailpipe.conf"
	converse_with "$T/script" "$@" 2>"$T/log" && logs_clean && return 0
	show "$T/log"
	return 1
}

serving()
{
	ss -Htnp state connected "sport = :$PORT" | grep -o 'pid=[0-9]*' |
	    cut -d = -f 2 | sort -u | grep .
}

# keepers_with PATTERN: those that have so many sockets: to the listener, by
# which sessions come, and to a session.
keepers_with()
{
	local pid

	for pid in $(pgrep -P "$PID_smtpd"); do
		# shellcheck disable=SC2254 # a pattern
		case $(readlink "/proc/$pid/fd/0"),$(readlink "/proc/$pid/fd/"* |
		    grep -c '^socket:') in
		socket:*,$1) echo "$pid" ;;
		esac
	done | grep .
}

keepers()
{
	keepers_with '[!1]'
}

idle_keepers()
{
	keepers_with 1
}

no_keeper_idle()
{
	[ -z "$(idle_keepers)" ]
}

spare()
{
	sed -n 's/^#define LIMIT_SPARE[[:space:]]*\([0-9]*\).*/\1/p' \
	    "$BATS_TEST_DIRNAME/../lib/limits.h"
}

none_served()
{
	[ "$(pgrep -c -P "$PID_smtpd")" -eq \
	    "$(($(spare) + $(idle_keepers | wc -l)))" ]
}

hello()
{
	printf '%s\n' 'S: 220 *' 'C: EHLO client.example' 'S-ALL: 250-*'
}

# The recipients, else bob.
envelope()
{
	local to

	[ "$#" -gt 0 ] || set -- bob@example.org
	hello
	printf '%s\n' 'C: MAIL FROM:<alice@example.net>' 'S: 250 2.1.0 *'
	for to; do
		printf '%s\n' "C: RCPT TO:<$to>" 'S: 250 2.1.5 *'
	done
	printf '%s\n' 'C: DATA' 'S: 354 *'
}

letters()
{
	find "$T/$1/new" -type f | wc -l
}

letter()
{
	[ "$(letters "$1")" -eq 1 ] || return 1
	find "$T/$1/new" -type f
}

# The trace ends in the line with the date of Received.
stored()
{
	sed '1,/; [A-Z][a-z][a-z], .* [+-][0-9]\{4\}$/d' "$1"
}

files_in()
{
	find "$T" -path "$T/*/$1/*" -type f
	[ -z "${OPEN:-}" ] || find "$OPEN" -path "$OPEN/*/$1/*" -type f
}

tmp_clean()
{
	[ -z "$(files_in tmp)" ] && return 0
	echo "left behind:"
	files_in tmp
	return 1
}

nothing_stored()
{
	[ -z "$(files_in new)" ] && tmp_clean && return 0
	echo "stored:"
	files_in new
	return 1
}

logs_clean()
{
	grep -qa '[^ -~]' "$T/log" || return 0
	python3 -S - "$T/log" <<-'.' && return 0
		import sys, unicodedata
		text = open(sys.argv[1], newline="\n", encoding="utf-8").read()
		sys.exit(any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")
		    for c in text.replace("\n", "")))
	.
	echo "something in the log that is not printable:"
	cat -A "$T/log"
	return 1
}

open_place()
{
	OPEN=$(mktemp -d /tmp/mailpipe.XXXXXX)
	chmod 755 "$OPEN"
	install -m 755 "$MAILPIPE_BIN/smtpd-inetd" "$OPEN"
}

dial()
{
	exec 5<>"/dev/tcp/127.0.0.1/$PORT"
}

say()
{
	# shellcheck disable=SC2059 # escapes, and nothing else
	printf "$1" >&5
}

# The next reply matches the pattern.
heard()
{
	local line

	while IFS= read -r -t 20 -u 5 line; do
		line=${line%$'\r'}
		[ "${line:3:1}" != - ] || continue
		# shellcheck disable=SC2053 # a pattern
		[[ $line == $1 ]] && return 0
		echo "heard \"$line\", expected \"$1\""
		return 1
	done
	echo "the server hung up or kept silent, expected \"$1\""
	return 1
}
