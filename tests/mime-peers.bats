# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# Some hundreds of messages, those that Debian packages ship for the tests of
# other programs and those that real composers make at this moment, with the
# samples of tests/data: other programs see the same parts, and what was
# unpacked can be packed again.

load helper

corpus=$BATS_FILE_TMPDIR/corpus

setup_file()
{
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR isolate
	python3 "$TESTS/peer/corpus.py" "$corpus" >"$BATS_FILE_TMPDIR/sources"
	mkdir "$corpus/data"
	cp -R "$TESTS"/data/*.eml "$TESTS/data/hostile" "$corpus/data"
	(cd "$corpus" && find -- * -type f | sort) >"$BATS_FILE_TMPDIR/list"
}

@test "the corpus has some hundreds of messages, of every source" {
	[ "$(wc -l <"$BATS_FILE_TMPDIR/list")" -ge 550 ]
	[ "$(wc -l <"$BATS_FILE_TMPDIR/sources")" -eq 15 ]
}

@test "Python, reformime and mblaze see the same parts, or it is known why" {
	cd "$corpus"
	SECONDS_ALLOWED=600
	expect 0 python3 "$TESTS/peer/agree.py" \
	    "$TESTS/data/structure.differences" "$T/d" \
	    <"$BATS_FILE_TMPDIR/list"
}

@test "a difference that is not in the table is found, and one too many" {
	cd "$corpus"
	grep "	data/hostile/2" "$TESTS/data/structure.differences" >"$T/table"
	find data/hostile -name '2*' >"$T/list"
	expect 0 python3 "$TESTS/peer/agree.py" "$T/table" "$T/d" <"$T/list"
	sed -e '1d' -e '2s/^/not /' "$T/table" >"$T/other"
	expect_noted 1 python3 "$TESTS/peer/agree.py" "$T/other" "$T/e" \
	    <"$T/list"
	[ "$(grep -c '^not in the table:' "$T/out")" -eq 2 ]
	[ "$(grep -c '^no longer so:' "$T/out")" -eq 1 ]
}

@test "unpacked, packed and unpacked: the same bytes, names and types" {
	cd "$corpus"
	SECONDS_ALLOWED=600
	expect 0 python3 "$TESTS/peer/repack.py" "$T/d" \
	    <"$BATS_FILE_TMPDIR/list"
}
