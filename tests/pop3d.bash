# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What the bats files of pop3d-inetd share, on top of helper.bash, smtpd.bash,
# tls.bash and submission.bash (auth_host: alice's password is "s3cret", bob's
# is "b0b"):
#
#	pop_host [line ...]	auth_host, and two letters for alice, one for
#				bob
#	pop [option ...] <SCRIPT	a whole session with pop3d-inetd on
#				descriptors 0 and 1; its log is $T/log
#	pop_with command ... <SCRIPT	the same with a command
#	pop3d [option ...]	pop3d-inetd under systemd-socket-activate; sets
#				$PORT
#	pop_login		prints the lines of a log-in as alice
#	pop_quit		prints those of the end
#	pop_line LINE REPLY	a session of one line, and its reply
#	pop_heard PATTERN	the next line of dial's server matches
#	maildrops		prints the processes that have a user's
#				maildrop; fails without one

pop_host()
{
	auth_host "$@" || return 1
	chmod a+x "$T"
	printf 'Subject: one\n\nfirst\n' >"$T/alice/new/1.M1P1.mx"
	printf 'Subject: two\n\n.second\n' >"$T/alice/new/2.M1P1.mx"
	printf 'Subject: three\n\nof bob\n' >"$T/bob/new/3.M1P1.mx"
	owned "$T/alice" "$T/bob"
}

pop_with()
{
	cat >"$T/script"
	converse_with "$T/script" "$@" 2>"$T/log" && logs_clean && return 0
	show "$T/log"
	return 1
}

pop()
{
	pop_with pop3d-inetd -v -f "$T/mailpipe.conf" "$@"
}

pop3d()
{
	PORT=$(free_port)
	start pop3d systemd-socket-activate -l "127.0.0.1:$PORT" \
	    -E MAILPIPE_TEST -E TZ -E ASAN_OPTIONS -E UBSAN_OPTIONS -E PATH \
	    "$MAILPIPE_BIN/pop3d-inetd" -f "$T/mailpipe.conf" "$@"
	wait_for 10 listening "$PORT"
}

pop_login()
{
	printf '%s\n' 'S: +OK *' 'C: USER alice@example.org' 'S: +OK *' \
	    'C: PASS s3cret' 'S: +OK 2 messages'
}

pop_quit()
{
	printf '%s\n' 'C: QUIT' 'S: +OK*' S-END
}

pop_line()
{
	printf '%s\n' 'S: +OK *' "C: $1" "S: $2" | cat - <(pop_quit) | pop
}

pop_heard()
{
	local line

	IFS= read -r -t 20 -u 5 line || {
		echo "the server hung up or kept silent, expected \"$1\""
		return 1
	}
	line=${line%$'\r'}
	# shellcheck disable=SC2053 # a pattern
	[[ $line == $1 ]] && return 0
	echo "heard \"$line\", expected \"$1\""
	return 1
}

# It has the channel as 0, and its Maildir's lock open.
maildrops()
{
	local pid

	for pid in $(pgrep -x pop3d-inetd); do
		grep -qz "^MAILPIPE_TEST=$T\$" "/proc/$pid/environ" \
		    2>/dev/null || continue
		find "/proc/$pid/fd" -lname "$T/*" 2>/dev/null |
		    grep -q . && echo "$pid"
	done | grep .
}
