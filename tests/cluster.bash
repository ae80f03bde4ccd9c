# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Two hosts that share a volume of GlusterFS, on top of helper.bash:
#
#	needs_cluster		skips the test where there can be none
#	cluster command ...	runs it beside them, with $C as DIR of
#				peer/cluster and the options that INSTALL names,
#				or $MOUNT_OPTIONS; it ends with 0

needs_cluster()
{
	needs_root
	(: <>/dev/fuse) 2>/dev/null || skip "FUSE is forbidden here"
	C=$T/cluster
	mkdir "$C"
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T" "$C"
}

cluster()
{
	local house=${TESTS%/*}

	VOLUME_OPTIONS=$(sed -n \
	    's/^	gluster volume set mail \([^ ]*\) \(.*\)$/\1=\2/p' \
	    "$house/INSTALL")
	: "${MOUNT_OPTIONS=$(sed -n \
	    's/^	mount -t glusterfs -o \([^ ]*\).*/\1/p' "$house/INSTALL")}"
	[ -n "$VOLUME_OPTIONS" ] && [ -n "$MOUNT_OPTIONS" ] || return 1
	export VOLUME_OPTIONS MOUNT_OPTIONS C
	SECONDS_ALLOWED=400 expect_noted 0 "$TESTS/peer/cluster" "$C" "$@"
}
