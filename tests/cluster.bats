# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# One queue, and a Maildir, on two hosts: a volume of GlusterFS.

load helper
load cluster
load spooled

setup()
{
	isolate
	needs_cluster
}

@test "two runners on two hosts: each message is sent once" {
	cluster python3 "$TESTS/peer/cluster.py" "$C" 200 0 1
	contains out ', twice 0, delivered'
}

@test "all that runs on one is killed, and its mount: nothing is lost" {
	cluster python3 "$TESTS/peer/cluster.py" "$C" 150 9 2
	contains out "'glusterfs': "
}

# Where the kernel remembers attributes, as it does without the options.
@test "what another host wrote just before the lock is read" {
	echo hello | spooled one
	cat >script <<-'.'
		file=$C/volume/one
		"$C/on" a cp "$T/one" "$file"
		# As a runner has read it before.
		"$C/on" b cmp "$T/one" "$file"
		printf '%s\t1\n' "$file" | "$C/on" b strace -qq -o "$C/trace" \
		    -P "$file" -e trace=openat,fcntl \
		    -e inject=fcntl:delay_enter=400000:when=1 \
		    smtp-send -Q smtp://127.0.0.1:9 >"$C/results" &
		until grep -q openat "$C/trace" 2>/dev/null; do
			sleep 0.01
		done
		printf '1700000000\t1\tsent\t250\t\t\tok\n' |
		    "$C/on" a sh -c 'cat >>"$1"' sh "$file"
		wait $!
	.
	export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
	MOUNT_OPTIONS=rw cluster bash -e script
	contains cluster/trace DELAYED
	[ "$(cut -f 2,3,7 cluster/results)" = $'1\tsent\tok' ]
}
