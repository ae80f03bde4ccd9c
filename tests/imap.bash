# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# What the bats files of IMAP share, on top of helper.bash:
#
#	imap_script [N FAULT] <script	a server that follows peer/imap.py;
#				sets $PORT, and $URL with alice in it, who needs
#				-p 'echo pencil'; what it read is in $T/peer
#	imap_scripted_end	it saw what it was to see
#	imap_spoilt STATUS command ... <script	runs the command with a
#				server that follows the script, once for each
#				thing that it says (see stride), by each way to
#				spoil that (peer/imap.py); it ends with STATUS,
#				or one of "STATUS|STATUS", and says one line.
#				Where there is a function spoilt_left it is
#				called after each: what is left is in order
#	imap_program <script	sets $URL to a program that follows the script

imap_script()
{
	rm -f "$T/port" "$T/peer.status" "$T/peer.spoilt"
	cat >"$T/.script"
	start peer sh -c '
		tests=$1 dir=$2
		shift 2
		python3 -S "$tests/peer/imap.py" "$dir/port" "$dir/.script" \
		    "$dir/peer" "$@"
		echo $? >"$dir/peer.status"' sh "$TESTS" "$T" "$@"
	wait_for 10 test -s "$T/port" || return 1
	PORT=$(cat "$T/port")
	URL=imap://alice@127.0.0.1:$PORT
}

imap_scripted_end()
{
	wait_for 30 test -s "$T/peer.status" || return 1
	[ "$(cat "$T/peer.status")" -eq 0 ] && return 0
	show "$T/peer.log" "$T/peer"
	return 1
}

# spoilt_end STATUSES: how the command ended is what is to be.
spoilt_end()
{
	case "|$1|" in
	*"|$2|"*) ;;
	*)
		echo "status $2, expected $1"
		show "$T/err"
		return 1
		;;
	esac
	[ "$2" -eq 0 ] || [ "$(wc -l <"$T/err")" -eq 1 ] && return 0
	echo "status $2 without one line on standard error"
	show "$T/err"
	return 1
}

spoilt_left()
{
	:
}

# $URL is set for each; a word @ of the command is that.
imap_spoilt()
{
	local want=$1 fault n got first=0

	shift
	cat >"$T/.spoilt"
	stride
	for fault in silence half cut hangup reset garbage; do
		first=$((first % STRIDE + 1))
		for ((n = first; n < 1000; n += STRIDE)); do
			imap_script "$n" "$fault" <"$T/.spoilt" || return 1
			got=0
			timeout -k 5 "${SECONDS_ALLOWED:-60}" "${@/#@/$URL}" \
			    >"$T/out" 2>"$T/err" </dev/null 3>&- || got=$?
			wait_for 30 test -s "$T/peer.status" || return 1
			[ -e "$T/peer.spoilt" ] || break
			spoilt_end "$want" "$got" && spoilt_left && continue
			echo "with $fault of what it says at $n: $*"
			return 1
		done
		spoilt_end 0 "$got" && imap_scripted_end || return 1
		[ "$n" -gt 1 ]
	done
}

imap_program()
{
	cat >"$T/program.script"
	# shellcheck disable=SC2034 # for who called
	URL="pipe:python3 -S $TESTS/peer/imap.py - $T/program.script $T/peer"
}
