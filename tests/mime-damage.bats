# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# Every prefix of every sample, and twenty samples with each byte replaced by
# NUL, 0x80, CR and LF.  In this process, from copies of exact size, by the
# runners of the fuzz targets, all of them; and as files, by the real commands,
# every third and every seventh, or with MIME_DAMAGE=all in the environment all.

load helper

fuzz=${MAILPIPE_BIN%/*}/tests/fuzz
data=$BATS_TEST_DIRNAME/data
all=("$data"/*.eml "$data"/hostile/*.eml)
twenty=("$data"/*.eml "$data"/hostile/{04,05,08,10,11,21,22,23,26}*.eml)

# within_limits IN OUT COMMAND ...: it ends with 0 or 65 and in 8 MiB.
within_limits()
{
	local in=$1 out=$2 status=0

	shift 2
	peak "$@" <"$in" >"$out" 2>err || status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 65 ] ||
	    { echo "status $status: $*"; show err; return 1; }
	sanitized || [ "$PEAK" -lt 8192 ]
}

# swept prefixes|bytes N MESSAGE ...: all commands, over each Nth variant.
swept()
{
	python3 "$TESTS/peer/sweep.py" . "$@" || return 1
	within_limits list ls.json mime-ls -jl || return 1
	within_limits list lines mime-ls -l || return 1
	within_limits list warnings mime-ls -Vl || return 1
	within_limits list unpack.json mime-unpack -jl || return 1
	within_limits some saved.json mime-unpack -jl -d files || return 1
	within_limits list hdr.json mime-hdr -jl || return 1
	within_limits list addresses mime-hdr -al || return 1
	within_limits list dates mime-hdr -dl || return 1
	expect 0 python3 "$TESTS/peer/sweep.py" . check
}

# converted: every 53rd of them is made 7-bit, and decoded; or refused.
converted()
{
	local path option status

	while read -r path; do
		for option in -7 -8; do
			status=0
			timeout 10 mime-7bit "$option" "$path" >out 2>err ||
			    status=$?
			case $option$status in
			-70)
				[ ! -s err ] || return 1
				! LC_ALL=C grep -qaP '[\x00\x80-\xff]' out ||
				    return 1
				;;
			-80)
				[ ! -s err ] || return 1
				;;
			-765)
				[ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] ||
				    return 1
				;;
			*)
				echo "$option $path: status $status"
				return 1
				;;
			esac
		done
	done < <(awk 'NR % 53 == 0' list)
}

@test "the parser: the same parts whatever pieces it comes in" {
	timeout 600 "$fuzz/mime" -a "${twenty[@]}"
}

@test "what is read out of a message: text, names, decoded content" {
	timeout 600 "$fuzz/message" -a "${all[@]}"
}

@test "-7: the leaves stay, nothing of 8 bits is left" {
	timeout 600 "$fuzz/sevenbit" -a "${twenty[@]}"
}

@test "-8: the leaves stay" {
	timeout 600 "$fuzz/eightbit" -a "${twenty[@]}"
}

@test "every prefix of every sample, by the commands" {
	[ "${MIME_DAMAGE:-}" = all ] && every=1 || every=3
	swept prefixes "$every" "${all[@]}"
	[ "$(wc -l <list)" -ge $((13000 / every)) ]
	converted
}

@test "each byte of twenty replaced by NUL, 0x80, CR, LF, by the commands" {
	[ "${#twenty[@]}" -ge 20 ]
	[ "${MIME_DAMAGE:-}" = all ] && every=1 || every=7
	swept bytes "$every" "${twenty[@]}"
	[ "$(wc -l <list)" -ge $((30000 / every)) ]
	converted
}
