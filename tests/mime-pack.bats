# SPDX-License-Identifier: ISC
# shellcheck shell=bats

load helper

# The message is $T/m, what Python's email package finds in it $T/parts, and
# the content of leaf N $T/p/N.
pack()
{
	expect 0 mime-pack -f alice@example.org -t bob@example.org "$@" &&
	    cp out m && tidy m && parse
}

parse()
{
	rm -rf p
	python3 "$TESTS/peer/parts.py" m p >parts && return 0
	show parts m
	return 1
}

# 7-bit, no NUL, no CR, lines within 998, a line end at the end.
tidy()
{
	LC_ALL=C awk 'length > 998 { exit 1 }' "$1" || return 1
	LC_ALL=C tr -d '\1-\14\16-\177' <"$1" >.dirt
	[ ! -s .dirt ] || return 1
	[ "$(tail -c 1 "$1")" = "" ]
}

# Lines of the header, folded or not, and of encoded content.
narrow()
{
	LC_ALL=C awk 'length > 76 { exit 1 }' "$1"
}

parts()
{
	diff -u - parts
}

header()
{
	sed '/^$/q' m
}

# pack fails with that status, one line that holds the text, and no output.
refuse()
{
	local status=$1 text=$2

	shift 2
	expect "$status" mime-pack "$@" || return 1
	[ ! -s out ] || { show out; return 1; }
	[ "$(wc -l <err)" -eq 1 ] || { show err; return 1; }
	contains err "mime-pack: " && contains err "$text"
}

photo()
{
	printf '\377\330\377\340\0\020JFIF\0\001' >photo.jpg
	head -c "${1:-100000}" /dev/urandom >>photo.jpg
}

@test "a letter with a picture, as Python's email package reads it" {
	photo
	printf 'Viele liebe Grüße\n\n.\nFrom here to there\n--\nAlice\n' \
	    >letter.txt
	pack -s 'Grüße 你好' -a photo.jpg letter.txt
	parts <<-.
		From: alice@example.org
		To: bob@example.org
		Subject: Grüße 你好
		1 text/plain utf-8 quoted-printable - -
		2 image/jpeg - base64 attachment photo.jpg
	.
	same p/1 letter.txt
	same p/2 photo.jpg
	narrow m
}

@test "one part is no multipart" {
	echo hello >body
	pack <body
	same p/1 body
	parts <<-.
		From: alice@example.org
		To: bob@example.org
		1 text/plain us-ascii 7bit - -
	.
	[ "$(header | grep -c ^Content-)" -eq 2 ]
	header | grep -qx 'MIME-Version: 1.0'
	header | grep -q '^Date: [A-Z][a-z][a-z], .* +0000$'
	header | grep -qxE 'Message-ID: <[0-9a-f]{32}@example.org>'
}

@test "options in any order; -T and -N belong to the next -a" {
	echo '<p>' >page
	echo a,b >table
	echo text >plain.txt
	pack -N 'Übersicht.csv' -T 'text/csv; header=present' -a table -8 \
	    -s x -a plain.txt -T text/html page
	parts <<-.
		From: alice@example.org
		To: bob@example.org
		Subject: x
		1 text/html us-ascii 7bit - -
		2 text/csv us-ascii 7bit attachment Übersicht.csv
		3 text/plain us-ascii 7bit attachment plain.txt
	.
	same p/2 table
	contains m header=present
}

@test "From is the user at the host by default, Sender the first of several" {
	mime-pack -H 'Subject: x' </dev/null >m
	tidy m
	header | grep -q "^From: $(id -un)@$(uname -n)"
	mime-pack -f 'A <a@example.org>, b@example.org' </dev/null >m
	header | grep -qx 'From: A <a@example.org>, b@example.org'
	header | grep -qx 'Sender: a@example.org'
	header | grep -q 'Message-ID: .*@example.org>'
}

@test "addresses: names in UTF-8, quotes, several options, one field" {
	pack -t 'Jürgen Müller <j@example.org>, "A. B." <ab@example.org>' \
	    -t '"say \"hi\", you" <q@example.org>' -c '<c@example.org>' \
	    -b '你好 <h@example.org>' -b i@example.org </dev/null
	parts <<-'.'
		From: alice@example.org
		To: bob@example.org, Jürgen Müller <j@example.org>, "A. B." <ab@example.org>, "say \"hi\", you" <q@example.org>
		Cc: c@example.org
		Bcc: 你好 <h@example.org>, i@example.org
		1 text/plain us-ascii 7bit - -
	.
	[ "$(header | grep -c ^To:)" -eq 1 ]
	narrow m
}

@test "a thousand recipients are folded; too many are refused" {
	seq -f 'user%.0f@example.org' 1000 >list
	pack -t "$(paste -sd, list)" </dev/null
	narrow m
	[ "$(sed -n 's/^To: //p' parts | tr , '\n' | wc -l)" -eq 1001 ]
	refuse 65 "too long" -f a@example.org \
	    -t "$(seq -f 'user%.0f@example.org' 4000 | paste -sd,)"
}

@test "what is no address is refused, and says which" {
	for bad in '' ' ' 'bob' 'bob@' '@example.org' 'a b@example.org' \
	    '<bob@example.org' 'bob@example..org' 'böb@example.org' \
	    'bob@exämple.org' 'x <y <bob@example.org>>' 'bob@example.org>' \
	    '=?utf-8?q?bob=40example.org?=' "$(printf 'a\x01b@example.org')"; do
		refuse 65 To -f a@example.org -t "$bad" </dev/null
		refuse 65 From -f "$bad" </dev/null
	done
}

@test "CR, LF and NUL are refused in every value" {
	cr=$(printf 'x\rBcc: evil@example.org')
	lf=$(printf 'x\nBcc: evil@example.org')
	touch "$cr" "$lf"
	for bad in "$cr" "$lf"; do
		for option in -s -f -t -c -b; do
			refuse 65 "CR, LF or NUL" -f a@example.org \
			    "$option" "$bad" </dev/null
			refuse 65 "CR, LF or NUL" -f a@example.org \
			    "$option" "a@example.org$bad" </dev/null
		done
		refuse 65 "CR, LF or NUL" -H "X-A: $bad" </dev/null
		refuse 65 "CR, LF or NUL" -H "Subject: $bad" </dev/null
		refuse 65 "CR, LF or NUL" -H "To: $bad" </dev/null
		refuse 65 "no field" -H "$bad" </dev/null
		refuse 65 "CR, LF or NUL" -N "$bad" -a /dev/null </dev/null
		refuse 65 "CR, LF or NUL" -a "$bad" </dev/null
		refuse 65 "no media type" -T "text/plain; a=$bad" </dev/null
	done
	for hidden in '=?utf-8?q?x=0ABcc=3A_evil?=' '=?utf-8?q?x=0D?=' \
	    '=?utf-8?b?eAB5?='; do
		refuse 65 "CR, LF or NUL" -f a@example.org \
		    -t "$hidden <b@example.org>" </dev/null
	done
}

@test "usage" {
	for args in -x '-N name' '-a /dev/null -N name' 'one two' -T; do
		# shellcheck disable=SC2086
		expect 64 mime-pack $args </dev/null
		contains err "usage: mime-pack [-8F]"
		[ ! -s out ]
	done
	refuse 64 "only once" -a - </dev/null
	refuse 64 "only once" -a - -a - /dev/null </dev/null
}

@test "a field name, a type, a text that is not what it should be: 65" {
	for bad in 'no colon' ': x' 'Sub ject: x' 'Sübject: x' 'A'; do
		refuse 65 "no field" -H "$bad" </dev/null
	done
	for bad in text '' 'text/' 'text/plain/x' 'te xt/plain' 'text/plän'; do
		refuse 65 "no media type" -T "$bad" </dev/null
	done
	refuse 65 "multipart" -T multipart/mixed </dev/null
	refuse 65 "Content-Type" -H 'Content-Type: text/html' </dev/null
	refuse 65 "mime-version" -H 'mime-version: 2.0' </dev/null
	refuse 65 "not UTF-8" -s "$(printf 'x\377')" </dev/null
	refuse 65 "not UTF-8" -H "X-A: $(printf 'x\377')" </dev/null
	refuse 65 "not ASCII" -H 'References: <ä@example.org>' </dev/null
	refuse 65 "two Subject" -H 'Subject: a' -H 'subject: b' </dev/null
}

@test "a file that is missing or a directory: 66, nothing written" {
	refuse 66 missing -a missing </dev/null
	refuse 66 missing missing
	mkdir dir
	refuse 66 dir -a dir </dev/null
	refuse 66 dir dir
	photo
	refuse 66 missing -a photo.jpg -a missing </dev/null
}

@test "names of files in sentences are shown escaped, on one line" {
	odd=$(printf 'no\033[31msuch')
	refuse 66 'no\x1b[31msuch: open: No such file' "$odd"
	refuse 66 'no\x1b[31msuch: open: No such file' -a "$odd" /dev/null
	mkdir "$odd"
	refuse 66 'no\x1b[31msuch: is a directory' "$odd"
	refuse 66 'x\x0ay: open: No such file' "$(printf 'x\ny')"
}

@test "a FIFO: read, or told where nobody writes; /dev/stdin" {
	mkfifo fifo
	refuse 66 'fifo: a FIFO that nobody writes to' fifo
	{ sleep 0.3; echo late; } >fifo &
	pack fifo
	contains m late
	pack /dev/stdin < <(echo piped)
	contains m piped
	echo file >text
	pack /dev/stdin <text
	contains m file
}

@test "no name for the user, and no -f: 67" {
	needs_root
	# By its descriptor: the directories may be closed to that user.
	expect 67 setpriv --reuid 54321 --clear-groups /proc/self/fd/9 \
	    </dev/null 9<"$MAILPIPE_BIN/mime-pack"
	[ ! -s out ]
	contains err "no -f"
}

@test "no temporary file: 73; bad MIME_TYPES: 78" {
	head -c 100000 /dev/zero >zeros
	TMPDIR=/nonexistent refuse 73 /nonexistent < <(cat zeros)
	touch x.jpg
	MIME_TYPES=/nonexistent refuse 78 MIME_TYPES -a x.jpg </dev/null
}

# mime-pack with a FIFO attached before what the arguments name: when the first
# output is there everything was looked at and nothing behind the FIFO written;
# then the command in $1 runs, and the FIFO ends.
between_passes()
{
	local job

	rm -f fifo early
	mkfifo fifo
	{
		head -c 65536 /dev/zero
		wait_for 30 test -s early && eval "$1"
		echo end
	} >fifo 2>during &
	job=$!
	status=0
	timeout 60 mime-pack -f alice@example.org -T application/x-zeros \
	    -a fifo "${@:2}" /dev/null >early 2>err || status=$?
	wait "$job" && [ ! -s during ]
}

@test "a pipe that needs one pass streams: no temporary file, early output" {
	export TMPDIR=/nonexistent
	between_passes : && [ "$status" -eq 0 ]
	cp early m
	parse
	contains parts "1 application/x-zeros - base64 attachment fifo"
	{ head -c 65536 /dev/zero; echo end; } | cmp - p/1
	head -c 1000000 /dev/urandom >big
	pack -T application/gzip -N x.tgz -a - /dev/null < <(cat big)
	contains parts "1 application/gzip - base64 attachment x.tgz"
	same p/1 big
	pack -T application/gzip < <(cat big)
	same p/1 big
	photo
	pack -a - /dev/null < <(cat photo.jpg)
	contains parts "1 image/jpeg - base64 attachment -"
	same p/1 photo.jpg
	pack -a <(cat big) -a <(cat photo.jpg) /dev/null
	same p/1 big
	same p/2 photo.jpg
	refuse 73 /nonexistent -T text/plain -a - /dev/null < <(cat big)
	refuse 73 /nonexistent -T message/rfc822 -a - /dev/null < <(cat big)
}

@test "a file that grows between the passes is what it was; else 74" {
	seq 30000 >log.txt
	cp log.txt was.txt
	between_passes 'seq 5000 >>log.txt' -a log.txt
	[ "$status" -eq 0 ]
	cp early m
	parse
	same p/2 was.txt
	photo
	cp photo.jpg was.jpg
	between_passes 'echo more >>photo.jpg' -a photo.jpg
	[ "$status" -eq 0 ]
	cp early m
	parse
	same p/2 was.jpg
	for change in 'truncate -s 100 log.txt' \
	    'printf "\377" | dd of=log.txt seek=50 bs=1 conv=notrunc status=none' \
	    'truncate -s 100 photo.jpg'; do
		cp was.txt log.txt
		cp was.jpg photo.jpg
		between_passes "$change" -a log.txt -a photo.jpg
		[ "$status" -eq 74 ]
		[ "$(wc -l <err)" -eq 1 ]
		grep -qE '(log.txt|photo.jpg): (changed|became shorter) while' err
		[ "$(grep -c -- '--$' early)" -eq 0 ]
	done
}

@test "the output cannot be written: 74 and 75" {
	photo 1000000
	expect 75 sh -c 'mime-pack -a photo.jpg </dev/null >/dev/full'
	contains err "mime-pack: standard output: write: No space"
	expect 0 sh -c '{
		trap "" PIPE
		mime-pack -a photo.jpg </dev/null 2>why
		echo $? >status
	} | true'
	[ "$(cat status)" -eq 74 ]
	contains why "mime-pack: standard output: write: Broken pipe"
	[ "$(wc -l <why)" -eq 1 ]
}

# Past 4 MiB a thread writes what was encoded, where there are two processors.
@test "the disk is full while a thread writes: 75, one line" {
	needs_root
	head -c 12000000 /dev/urandom >big
	for size in 5m 8m; do
		expect 75 unshare -m sh -c 'mkdir -p d &&
		    mount -t tmpfs -o size="$1" tmpfs d &&
		    exec mime-pack -a big /dev/null >d/out' sh "$size"
		echo 'mime-pack: standard output: write: No space left on' \
		    'device' | cmp - err
	done
	expect 0 sh -c '{
		trap "" PIPE
		mime-pack -a big /dev/null 2>why
		echo $? >status
	} | head -c 6000000 >/dev/null'
	[ "$(cat status)" -eq 74 ]
	echo 'mime-pack: standard output: write: Broken pipe' | cmp - why
}

@test "a signal while a thread writes ends it at once" {
	head -c 12000000 /dev/urandom >big
	for signal in INT TERM HUP; do
		rm -f fifo
		mkfifo fifo
		env --default-signal=HUP,INT,TERM mime-pack -a big /dev/null \
		    >fifo 2>err 3>&- &
		pid=$!
		exec 8<fifo
		head -c 6000000 <&8 >early
		[ "$(wc -c <early)" -eq 6000000 ]
		[ "$(nproc)" -eq 1 ] ||
		    [ "$(ls "/proc/$pid/task" | wc -l)" -eq 2 ]
		status=0
		kill -s "$signal" "$pid"
		wait "$pid" || status=$?
		exec 8<&-
		[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
		[ ! -s err ]
	done
}

@test "empty: a body alone, a body beside a file, a file" {
	pack </dev/null
	[ "$(tail -n 1 parts)" = "1 text/plain us-ascii 7bit - -" ]
	[ ! -s p/1 ]
	photo
	pack -a photo.jpg /dev/null
	same p/1 photo.jpg
	[ ! -e p/2 ]
	touch empty empty.txt
	pack -a empty -a empty.txt </dev/null
	sed 1,2d parts | diff -u - /dev/fd/3 3<<-.
		1 application/octet-stream - base64 attachment empty
		2 text/plain us-ascii 7bit attachment empty.txt
	.
	[ ! -s p/1 ]
	[ ! -s p/2 ]
}

@test "NUL, CR, CRLF, 8-bit, long lines, no last line end: the same bytes" {
	printf 'a\0b\n' >nul.txt
	printf 'a\rb\nc\r' >cr.txt
	printf 'a\r\nb\r\n' >crlf.txt
	printf 'gr\374\337e\n' >latin1.txt
	printf 'Grüße\n \nx \t\n' >utf8.txt
	printf '%1200s\nx\n' y | tr ' ' x >long.txt
	printf '%1200s' y | sed 's/ /ä/g' >longutf8.txt
	printf 'no end' >end.txt
	printf '=_ =E4 =\n=' >equals.txt
	printf '.\n..\nFrom x\n>From x\n-- \n--x\n' >dots.txt
	printf '\377\376x\0y\0' >utf16.txt
	for file in *.txt; do
		pack -a "$file" "$file"
		same p/1 "$file"
		same p/2 "$file"
		pack <"$file"
		case $file in
		end.txt | equals.txt) echo | cat "$file" - | cmp - p/1 ;;
		*) same p/1 "$file" ;;
		esac
	done
}

@test "charset and encoding of a text" {
	text()
	{
		pack "${@:2}"
		[ "$(sed -n 's/^1 //p' parts)" = "$1 - -" ] || {
			show parts
			return 1
		}
	}
	echo plain >a
	text "text/plain us-ascii 7bit" a
	echo 'from me, Grüße an alle, die dies lesen' >a
	text "text/plain utf-8 quoted-printable" a
	text "text/plain unknown-8bit quoted-printable" -T text/plain \
	    <(printf 'gr\374n, so gr\374n sind alle meine Kleider\n')
	echo '你好你好你好你好' >a
	text "text/plain utf-8 base64" a
	printf 'From x\n' >a
	text "text/plain us-ascii quoted-printable" a
	for start in '' x xx xxx; do
		printf '%s' "$start" >a
		yes '你🙂ä' | head -n 40000 | tr -d '\n' >>a
		text "text/plain utf-8 base64" a
		same p/1 a
	done
	printf 'From x\n' >a
	text "text/html iso-8859-15 quoted-printable" \
	    -T 'text/html; charset=iso-8859-15' a
	text "application/pdf - base64" -T application/pdf a
}

@test "-8 sends text as it is" {
	printf 'Grüße\n' >a
	printf '%s\n' 'Vereinbarung über Äpfel, für alle: äöüÄÖÜß' >b.txt
	expect 0 mime-pack -8 -f a@example.org -a b.txt a
	cp out m
	[ "$(grep -c '^Content-Transfer-Encoding: 8bit$' m)" -eq 3 ]
	parse
	same p/1 a
	same p/2 b.txt
	head -n 4 m | tr -d '\1-\177' >high
	[ ! -s high ]
	printf 'ü\r\n' >a
	pack -8 a
	same p/1 a
}

@test "the header is never 8-bit, not even with -8" {
	pack -8 -s 'Grüße' -f 'Ä <a@example.org>' -H 'X-Y: ü' -N 'ü.bin' \
	    -a /dev/null </dev/null
	parts <<-.
		From: Ä <a@example.org>
		To: bob@example.org
		Subject: Grüße
		1 application/octet-stream - base64 attachment ü.bin
	.
}

@test "subjects: long, all of UTF-8, what looks encoded, empty" {
	for subject in 'Grüße' "$(printf 'ä%.0s' {1..500})" \
	    "$(printf 'word %.0s' {1..100})end" 'a =?utf-8?q?b?= c' \
	    'A subject=?UTF-8?Q?=0A?=Bcc: x@example.org' '🙂 ok 🙂' \
	    "$(printf 'ä %.0s' {1..50})." "tab$(printf '\t')in"; do
		pack -s "$subject" </dev/null
		[ "$(sed -n 's/^Subject: *//p' parts)" = "$subject" ] || {
			show parts m
			return 1
		}
		narrow m
	done
	pack -s '' </dev/null
	header | grep -qE '^Subject: ?$'
	pack -s "$(printf 'x%.0s' {1..3000})" </dev/null
}

@test "-H adds a field, or replaces ours" {
	pack -H 'X-Mailer: x' -H 'Date: Mon, 1 Jan 2024 00:00:00 +0000' \
	    -H 'Message-ID: <x@example.org>' -H 'subject: mine' -s ours \
	    -H 'Reply-To: Ä <r@example.org>' -H 'X-Note: größer' \
	    -H 'To: undisclosed-recipients:;' -H 'Comments:no space' </dev/null
	header >h
	for line in 'X-Mailer: x' 'Date: Mon, 1 Jan 2024 00:00:00 +0000' \
	    'Message-ID: <x@example.org>' 'subject: mine' \
	    'To: undisclosed-recipients:;' 'Comments: no space' \
	    'From: alice@example.org'; do
		[ "$(grep -ci "^${line%%:*}:" h)" -eq 1 ]
		grep -qFx "$line" h
	done
	grep -q '^Reply-To: =?UTF-8?.*?= <r@example.org>$' h
	grep -q '^X-Note: =?UTF-8?.*?=$' h
	refuse 65 "Reply-To" -H 'Reply-To: nobody' </dev/null
	refuse 65 "From" -H 'From: nobody' </dev/null
}

draft()
{
	cat >draft <<-'.'
		From: Jürgen <j@example.org>
		to: bob@example.org,
		  "Carol, C." <carol@example.org>
		CC:
		Bcc: 
		Subject: Grüße
		 und mehr
		X-Note : a
		X-Note: b
		Message-ID: <draft.1@example.org>
		References: <1@example.org>
		  <2@example.org>
		Subject2: =?utf-8?q?gr=C3=BCn?=

		Not-A-Field: this is the body of the draft
	.
}

@test "-h: fields of a file, up to its empty line" {
	draft
	expect 0 mime-pack -h draft -H 'X-Mailer: x' </dev/null
	cp out m
	tidy m
	narrow m
	parse
	parts <<-.
		From: Jürgen <j@example.org>
		To: bob@example.org, "Carol, C." <carol@example.org>
		Subject: Grüße und mehr
		1 text/plain us-ascii 7bit - -
	.
	header >h
	grep -cE '^X-Note: (a|b)$' h | grep -qx 2
	for line in 'X-Mailer: x' 'Message-ID: <draft.1@example.org>' \
	    'References: <1@example.org> <2@example.org>' \
	    'Subject2: =?utf-8?q?gr=C3=BCn?='; do
		grep -qFx "$line" <(sed -e ':a' -e 'N; $!ba; s/\n[ \t]/ /g; s/  */ /g' h)
	done
	[ "$(grep -ciE '^(cc|bcc|not-a-field)' m)" -eq 0 ]
	[ "$(grep -c '^Date:' h)" -eq 1 ]
	expect 0 sh -c 'mime-pack -h - /dev/null <draft'
	sed '/^Date/d' out | cmp - <(sed '/^Date/d; /^X-Mailer/d' m)
	expect 0 sh -c 'sed "s/\$/\r/" draft | mime-pack -h - /dev/null'
	sed '/^Date/d' out | cmp - <(sed '/^Date/d; /^X-Mailer/d' m)
	sed '/^$/,$d' draft >header.only
	expect 0 mime-pack -h header.only /dev/null
	: >empty
	expect 0 mime-pack -h empty -f a@example.org </dev/null
	printf '\nFrom: x@example.org\n' >empty
	expect 0 mime-pack -h empty -f a@example.org </dev/null
	[ "$(grep -c '^From: a@' out)" -eq 1 ]
}

@test "-h: options come before the file" {
	draft
	expect 0 mime-pack -h draft -f a@example.org -t new@example.org \
	    -c c@example.org -s new -H 'x-note: c' \
	    -H 'Message-ID: <new@example.org>' </dev/null
	cp out m
	parse
	parts <<-.
		From: a@example.org
		To: new@example.org
		Cc: c@example.org
		Subject: new
		1 text/plain us-ascii 7bit - -
	.
	[ "$(header | grep -ciE '^(from|to|cc|subject|x-note|message-id):')" \
	    -eq 6 ]
	contains m 'x-note: c'
	contains m 'Message-ID: <new@example.org>'
	printf 'From: a@example.org, b@example.org\nBcc: x@example.org\n' >two
	expect 0 mime-pack -h two -b y@example.org </dev/null
	cp out m
	header | grep -qx 'Sender: a@example.org'
	header | grep -qx 'Bcc: y@example.org'
}

@test "-h: what is no field, and what no field may hold, with its line" {
	line()
	{
		printf 'From: a@example.org\nX-A: b\n c\n%b' "$2" >bad
		refuse 65 "bad: line 4: $1" -h bad </dev/null &&
		    refuse 65 "standard input: line 4: $1" -h - /dev/null <bad
	}
	line 'no field: "no colon"' 'no colon\nX: y\n'
	line 'no field: ": x"' ': x\n'
	line 'no field: "S\xfcbject: x"' 'S\xfcbject: x\n'
	line 'no field: "From x y: z"' 'From x y: z\n'
	line 'Content-Type is told' 'Content-Type: text/html\n'
	line 'mime-version is told' 'mime-version: 1.0\n'
	line 'Content-Transfer-Encoding is told' \
	    'Content-Transfer-Encoding: 8bit\n'
	line 'X-B: CR, LF or NUL' 'X-B: a\0b\n'
	line 'X-B: CR, LF or NUL' 'X-B: a\rBcc: evil@example.org\n'
	line 'X-B: CR, LF or NUL' 'X-B: a\rBcc: evil@example.org\r\n'
	line 'To: CR, LF or NUL' 'To: a@example.org\r\0\n'
	line 'Subject: CR, LF or NUL' \
	    'Subject: =?utf-8?q?x=0ABcc=3A_evil=40example.org?=\n'
	line 'X-B: CR, LF or NUL' 'X-B: =?utf-8?b?DQo=?=\n'
	line 'To: display name: CR, LF or NUL' \
	    'To: =?utf-8?q?x=0D=0AEvil?= <b@example.org>\n'
	line 'X-B: not UTF-8' 'X-B: \xff\n'
	line 'References: not ASCII' 'References: <\xc3\xa4@x>\n'
	line 'To: ' 'To: nobody\n'
	printf 'Subject: a\nSUBJECT: b\n' >bad
	refuse 65 "bad: line 2: two Subject fields" -h bad </dev/null
	printf ' folded\nX: y\n' >bad
	refuse 65 'bad: line 1: no field: "folded"' -h bad </dev/null
	printf 'From alice Mon Jan  1 00:00:00 2024\nX: y\n' >bad
	refuse 65 "bad: line 1: no field" -h bad </dev/null
	refuse 65 "Subject: CR, LF or NUL" \
	    -H 'Subject: =?utf-8?q?x=0ABcc=3A_evil?=' </dev/null
	{ printf 'X-Long: '; head -c 70000 /dev/zero | tr '\0' x; } >bad
	refuse 65 "bad: a header field longer than 65536 bytes" -h bad \
	    </dev/null
	yes 'X: y' | head -n 2000 >bad
	refuse 65 "bad: more than 1000 header fields" -h bad </dev/null
	refuse 66 "missing: open" -h missing </dev/null
	refuse 66 "." -h . </dev/null
	refuse 64 "only once" -h - </dev/null
	refuse 64 "only once" -h - -a - /dev/null </dev/null
	expect 64 mime-pack -h bad -h bad </dev/null
	contains err "usage: "
}

@test "file names: quotes, UTF-8, bytes that are none, very long" {
	long=$(printf 'ä%.0s' {1..120}).txt
	for name in 'a b.txt' 'say "hi".txt' 'back\slash.txt' 'Grüße.txt' \
	    "$long" "it's;x=y.txt" '100%.txt' "(c).txt" .txt -x.txt -; do
		echo "$name" >"./$name"
		pack -a "./$name" /dev/null
		[ "$(sed -n 's/^1 [^ ]* [^ ]* [^ ]* attachment //p' parts)" = \
		    "$name" ] || { show parts m; return 1; }
		same p/1 "./$name"
		narrow m
	done
	bad=$(printf 'x\377y\303.txt')
	echo >"$bad"
	pack -a "$bad" /dev/null
	contains parts "attachment x_y_.txt"
	pack -N "$(printf '\033[31m.txt')" -a "$bad" /dev/null
	parse
	pack -N '' -a "$bad" /dev/null
	contains parts "attachment -"
	mkdir -p some/dir
	echo >some/dir/file.txt
	pack -a some/dir/file.txt /dev/null
	contains parts "attachment file.txt"
}

@test "standard input as an attachment" {
	photo
	pack -T image/jpeg -a - /dev/null <photo.jpg
	contains parts "1 image/jpeg - base64 attachment -"
	same p/1 photo.jpg
	pack -N x.jpg -a - /dev/null < <(cat photo.jpg)
	contains parts "1 image/jpeg - base64 attachment x.jpg"
	same p/1 photo.jpg
}

@test "types: by the extension, else by the content, else octet-stream" {
	printf '%%PDF-1.4\n%%\342\343\n' >paper
	printf '%%PDF-1.4\n%%\342\343\n' >paper.weird
	printf '\1\2\3\4' >bytes
	printf 'x' >x.PNG
	pack -a paper -a paper.weird -a bytes -a x.PNG -N y.gif -a paper \
	    -N readme -a x.PNG /dev/null
	sed 1,2d parts | diff -u - /dev/fd/3 3<<-.
		1 application/pdf - base64 attachment paper
		2 application/pdf - base64 attachment paper.weird
		3 application/octet-stream - base64 attachment bytes
		4 image/png - base64 attachment x.PNG
		5 image/gif - base64 attachment y.gif
		6 image/png - base64 attachment readme
	.
	printf 'application/x-mine weird\nmultipart/x png\n' >types
	MIME_TYPES=$T/types pack -a paper.weird -a x.PNG /dev/null
	contains parts "1 application/x-mine "
	contains parts "2 application/octet-stream "
	MAGIC=/nonexistent pack -a paper /dev/null
	contains parts "1 application/octet-stream "
}

@test "attached messages are not encoded, but made 7-bit inside" {
	printf 'From: a@example.org\nSubject: x\n\nFrom the start\n--\n' >a.eml
	pack -a a.eml /dev/null
	contains parts "1 message/rfc822 - 7bit attachment a.eml"
	same p/1 a.eml
	sed 's/$/\r/' a.eml >crlf.eml
	pack -a crlf.eml /dev/null
	same p/1 a.eml
	printf 'From: a@example.org\n\nGr\303\274\303\237e\n' >b.eml
	pack -a b.eml /dev/null
	contains parts "1 message/rfc822 - 7bit attachment b.eml"
	contains p/1 'Gr=C3=BC=C3=9Fe'
	expect 0 mime-pack -8 -f a@example.org -a b.eml /dev/null
	cp out m
	parse
	contains parts "1 message/rfc822 - 8bit attachment b.eml"
	contains m "Grüße"
	printf 'From: a@example.org\nSubject: Gr\303\274\303\237e\n\nx\n' >c.eml
	pack -a c.eml /dev/null
	contains parts "1 application/octet-stream - base64 attachment c.eml"
	same p/1 c.eml
	refuse 65 c.eml -T message/rfc822 -a c.eml /dev/null
}

@test "messages in part or outside are never encoded" {
	printf 'From: a@example.org\n\nFrom the start\n' >part
	for type in 'message/partial; id="x"; number=1' \
	    'Message/External-Body; access-type=url; URL="http://x"'; do
		pack -T "$type" -a part /dev/null
		contains parts "attachment part"
		[ "$(grep -c '^Content-Transfer-Encoding: 7bit$' m)" -eq 1 ]
		[ "$(grep -c '^From the start$' m)" -eq 1 ]
		printf 'a: b\n\nGr\303\274n\n' >bad
		refuse 65 "bad: not 7-bit text" -T "$type" -a bad /dev/null
		refuse 65 "bad: not 7-bit text" -8 -T "$type" -a bad /dev/null
		printf 'a\0b\n' >bad
		refuse 65 "bad: not 7-bit text" -T "$type" -a bad /dev/null
		printf '%1200s\n' x >bad
		refuse 65 "bad: not 7-bit text" -T "$type" bad
	done
	echo 'message/partial weird' >types
	printf 'Gr\303\274n\n' >bad.weird
	MIME_TYPES=$T/types pack -a bad.weird /dev/null
	contains parts "1 application/octet-stream - base64 attachment"
	same p/1 bad.weird
}

# The parts of the message m as "mixed 1:related 1.1:html ...", and every
# program sees the same ones.
tree()
{
	expect 0 mime-ls m && cut -f 1,2 out >ours &&
	    python3 "$TESTS/peer/structure.py" m | diff -u - ours &&
	    reformime -i <m >sections && mshow -t ./m >shown &&
	    cut -f 2 ours >types &&
	    sed -n 's/^content-type: //p' sections | diff -u - types &&
	    sed -n 's/^  *[0-9]*: \([^ ]*\) size=.*/\1/p' shown |
	    diff -u - types &&
	    awk '{ sub(/.*\//, "", $2); sub(/^-$/, "", $1)
		printf("%s%s%s", NR == 1 ? "" : " ", $1 == "" ? "" : $1 ":", $2)
	    }' ours >tree
}

# "ARGUMENTS => TREE", with a body on standard input unless one is named.
trees()
{
	while IFS= read -r line; do
		# shellcheck disable=SC2086
		pack ${line%% => *} <text && tree || return 1
		[ "$(cat tree)" = "${line#* => }" ] || {
			echo "$line"
			show tree
			return 1
		}
	done
}

material()
{
	photo 100
	cp photo.jpg b.png
	echo text >text
	cp text notes.txt
	echo '<p><img src="cid:photo.jpg"></p>' >page.html
	printf 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' >meet.ics
	printf 'From: x@example.org\nSubject: x\n\nhi\n' >x.eml
	touch empty
}

@test "trees: each level where it is needed" {
	material
	trees <<-'.'
		text => 1:plain
		-T text/html page.html => 1:html
		-w page.html => alternative 1:plain 2:html
		-w page.html empty => 1:html
		-w page.html -T text/calendar -w meet.ics => alternative 1:plain 2:html 3:calendar
		-w meet.ics -w page.html => alternative 1:plain 2:calendar 3:html
		-w page.html -w meet.ics empty => alternative 1:html 2:calendar
		-i photo.jpg -T text/html page.html => related 1:html 2:jpeg
		-w page.html -i photo.jpg => related 1:alternative 1.1:plain 1.2:html 2:jpeg
		-i photo.jpg -w page.html => related 1:alternative 1.1:plain 1.2:html 2:jpeg
		-w page.html -i photo.jpg empty => related 1:html 2:jpeg
		-w page.html -i b.png -i photo.jpg empty => related 1:html 2:png 3:jpeg
		-i photo.jpg -T text/html empty => related 1:html 2:jpeg
		-a notes.txt => mixed 1:plain 2:plain
		-a notes.txt empty => mixed 1:plain
		-m x.eml => mixed 1:plain 2:rfc822 2.1:plain
		-m x.eml empty => mixed 1:rfc822 1.1:plain
		-m x.eml -a b.png -m x.eml => mixed 1:plain 2:rfc822 2.1:plain 3:png 4:rfc822 4.1:plain
		-a notes.txt -w page.html => mixed 1:alternative 1.1:plain 1.2:html 2:plain
		-a notes.txt -w page.html empty => mixed 1:html 2:plain
		-w page.html -i photo.jpg -a notes.txt empty => mixed 1:related 1.1:html 1.2:jpeg 2:plain
		-i photo.jpg -a notes.txt -T text/html page.html => mixed 1:related 1.1:html 1.2:jpeg 2:plain
		-a notes.txt -i photo.jpg -w page.html -m x.eml => mixed 1:related 1.1:alternative 1.1.1:plain 1.1.2:html 1.2:jpeg 2:plain 3:rfc822 3.1:plain
		-w page.html -w meet.ics -i photo.jpg -i b.png -a meet.ics -m x.eml => mixed 1:related 1.1:alternative 1.1.1:plain 1.1.2:html 1.1.3:calendar 1.2:jpeg 1.3:png 2:calendar 3:rfc822 3.1:plain
		-w - text => alternative 1:plain 2:html
		-w page.html -N x -i - text => related 1:alternative 1.1:plain 1.2:html 2:plain
	.
}

@test "related: its root's type, names to refer to, and the bytes" {
	material
	pack -s x -w page.html -i photo.jpg -N 'Übersicht 1.png' -i b.png \
	    -a b.png text
	parts <<-.
		From: alice@example.org
		To: bob@example.org
		Subject: x
		1 text/plain us-ascii 7bit - -
		2 text/html us-ascii 7bit - -
		3 image/jpeg - base64 inline photo.jpg
		4 image/png - base64 inline Übersicht 1.png
		5 image/png - base64 attachment b.png
	.
	same p/3 photo.jpg
	same p/4 b.png
	contains m 'type="multipart/alternative"'
	grep '^Content-ID:' m >ids
	printf 'Content-ID: <%s>\n' photo.jpg '%C3%9Cbersicht%201.png' |
	    diff -u - ids
	python3 - m <<-'.' >found
		import email, sys
		m = email.message_from_file(open(sys.argv[1]))
		for p in m.walk():
		    if p.get_content_subtype() == "related":
		        print(p.get_param("type"))
		    if p["Content-ID"]:
		        print(p["Content-ID"])
	.
	{ echo multipart/alternative; cut -d ' ' -f 2 ids; } | diff -u - found
	pack -w page.html -i photo.jpg empty
	contains m 'type="text/html"'
	pack -w page.html -T image/jpeg -N logo@example.org -i - text \
	    < <(cat photo.jpg)
	contains m 'Content-ID: <logo@example.org>'
	pack -w page.html -N "$(printf 'ä%.0s' {1..140}).jpg" -i photo.jpg text
	[ "$(grep -c '^Content-ID: <%C3%A4.*jpg>$' m)" -eq 1 ]
}

@test "images: without a page, without a name, two of one name" {
	material
	mkdir other
	cp photo.jpg other
	refuse 64 "no page of HTML" -i photo.jpg text
	refuse 64 "no page of HTML" -i photo.jpg -w meet.ics text
	refuse 64 "no page of HTML" -i photo.jpg -a page.html text
	refuse 64 "-i -: no name" -w page.html -i - text </dev/null
	refuse 64 "-i photo.jpg: no name" -w page.html -N '' -i photo.jpg text
	refuse 65 "two images with the name photo.jpg" -w page.html \
	    -i photo.jpg -i other/photo.jpg text
	refuse 65 "two images with the name x" -w page.html -N x -i photo.jpg \
	    -N x -i b.png text
	pack -w page.html -i photo.jpg -N two.jpg -i other/photo.jpg \
	    -a photo.jpg text
	refuse 65 "too long" -w page.html -N "$(printf 'ä%.0s' {1..200})" \
	    -i photo.jpg text
	refuse 66 missing -w page.html -i missing text
	refuse 66 missing -w missing text
	refuse 66 missing -m missing text
}

@test "alternatives: their type, name, charset" {
	material
	printf '<p>Gr\374n</p>\n' >latin1.html
	printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0' >picture
	echo 'just <b>words</b>, var x = 1;' >piece
	pack -w piece -w picture -w latin1.html -w notes.txt -w meet.ics \
	    -T 'text/calendar; method=REQUEST' -N meeting.ics -w - \
	    -w empty text <meet.ics
	sed 1,2d parts | diff -u - /dev/fd/3 3<<-.
		1 text/plain us-ascii 7bit - -
		2 text/html us-ascii 7bit - -
		3 image/png - base64 - -
		4 text/html - base64 - -
		5 text/plain us-ascii 7bit - -
		6 text/calendar us-ascii base64 - -
		7 text/calendar us-ascii base64 inline meeting.ics
		8 text/html us-ascii 7bit - -
	.
	same p/4 latin1.html
	same p/7 meet.ics
	contains m method=REQUEST
	pack -w - text <meet.ics
	contains parts "2 text/calendar us-ascii base64 - -"
	printf '<p>Gr\303\274\303\237e, und von allen an alle</p>\n' >utf8.html
	pack -w utf8.html text
	contains parts "2 text/html utf-8 quoted-printable - -"
	same p/2 utf8.html
	expect 0 mime-pack -8 -f a@example.org -w utf8.html -i photo.jpg text
	cp out m
	[ "$(grep -c '^Content-Transfer-Encoding: 8bit$' m)" -eq 3 ]
	parse
}

@test "-m: a message, named only by -N, never encoded" {
	material
	printf 'From: x@example.org\n\nGr\303\274\303\237e\n' >high.eml
	pack -m x.eml -N forwarded.eml -m high.eml text
	sed 1,2d parts | diff -u - /dev/fd/3 3<<-.
		1 text/plain us-ascii 7bit - -
		2 message/rfc822 - 7bit attachment -
		3 message/rfc822 - 7bit attachment forwarded.eml
	.
	same p/2 x.eml
	contains p/3 'Gr=C3=BC=C3=9Fe'
	pack -m - text < <(sed 's/$/\r/' x.eml)
	same p/2 x.eml
	printf 'Subject: Gr\303\274\303\237e\n\nx\n' >header.eml
	refuse 65 "header.eml: not 7-bit: the header field Subject" \
	    -m header.eml text
	expect 0 mime-pack -8 -f a@example.org -m header.eml text
	for none in text empty photo.jpg; do
		refuse 65 "$none: no message: no header field at its start" \
		    -m "$none" text
	done
	sed '1i From x Mon Jan  1 00:00:00 2024' x.eml >mbox
	refuse 65 "mbox: no message" -m mbox text
	refuse 65 "no type of a message" -T text/plain -m x.eml text
	pack -T 'message/partial; id=x; number=1' -m x.eml text
	contains parts "2 message/partial - 7bit attachment -"
	mkdir -p Maildir/new Maildir/cur
	cp x.eml Maildir/cur/1.host:2,S
	pack -m Maildir/new/1.host text
	same p/2 x.eml
}

@test "standard input twice, whoever asks for it" {
	material
	refuse 64 "only once" -w - </dev/null
	refuse 64 "only once" -m - </dev/null
	refuse 64 "only once" -w page.html -N x -i - </dev/null
	refuse 64 "only once" -w - -m - text </dev/null
	refuse 64 "only once" -a - -w - text </dev/null
}

@test "names of images and messages: CR and LF are refused" {
	material
	for bad in "$(printf 'x\rBcc: y')" "$(printf 'x\nBcc: y')"; do
		cp photo.jpg "$bad"
		refuse 65 "CR, LF or NUL" -w page.html -i "$bad" text
		refuse 65 "CR, LF or NUL" -w page.html -N "$bad" -i b.png text
		refuse 65 "CR, LF or NUL" -N "$bad" -m x.eml text
		refuse 65 "CR, LF or NUL" -N "$bad" -w page.html text
		refuse 65 "no media type" -T "text/html; a=$bad" -w page.html \
		    text
	done
}

# The paragraphs of the message m are in the file "want": as a reader of our own
# finds them, and as mblaze does on a line that is long enough.
flowed()
{
	python3 "$TESTS/peer/unflow.py" m >paragraphs &&
	    diff -u want paragraphs || return 1
	mime-unpack -p 1 m | PIPE_CONTENTTYPE='text/plain; format=flowed' \
	    COLUMNS=9999 mflow >joined
	awk -F '\t' '{
		marks = substr(">>>>>>>>>>", 1, $1)
		print marks (marks == "" ? "" : " ") $2
	}' want | diff -u - joined
}

@test "-F: paragraphs are wrapped, and readers join them again" {
	cat >letter <<-.
		Dear Bob,

		$(printf 'many words of a paragraph, %.0s' {1..30})end  
		    an indented line
		From here on
		> $(printf 'a long quote %.0s' {1..20})
		>> $(printf 'a longer one %.0s' {1..20})
		> > with spaces
		>
		>From the start
	.
	printf -- '-- \nAlice\n' >>letter
	cat >want <<-.
		0	Dear Bob,
		0	
		0	$(printf 'many words of a paragraph, %.0s' {1..30})end
		0	    an indented line
		0	From here on
		1	$(printf 'a long quote %.0s' {1..20} | sed 's/ $//')
		2	$(printf 'a longer one %.0s' {1..20} | sed 's/ $//')
		2	with spaces
		1	
		1	From the start
	.
	printf '0\t-- \n0\tAlice\n' >>want
	pack -F letter
	flowed
	contains m format=flowed
	[ "$(grep -c '^Content-Transfer-Encoding: 7bit$' m)" -eq 1 ]
	sed '1,/^$/d' m | awk 'length > 73 { exit 1 }'
	[ "$(grep -c '^-- $' m)" -eq 1 ]
	[ "$(grep -c '^From ' m)" -eq 0 ]
	pack -F - < <(sed 's/$/\r/' letter)
	flowed
	echo '<p>' >page.html
	pack -F -w page.html letter
	contains parts '1 text/plain us-ascii 7bit - -'
	python3 "$TESTS/peer/unflow.py" m | diff -u want -
}

@test "-F: text in UTF-8, words of any length, -8" {
	{
		printf 'Grüße und nochmals Grüße an alle, %.0s' {1..20}
		printf '\n%s\n' "$(printf '你好%.0s' {1..2000})"
		printf '> '
		printf 'x%.0s' {1..2000}
		printf ' y\n'
	} >letter
	awk '{ sub(/ $/, "") } /^> / { print "1\t" substr($0, 3); next }
	    { print "0\t" $0 }' letter >want
	pack -F letter
	python3 "$TESTS/peer/unflow.py" m | diff -u want -
	head -n 1 letter >one
	head -n 1 want >want.one
	expect 0 mime-pack -8 -F -f a@example.org one
	python3 "$TESTS/peer/unflow.py" out | diff -u want.one -
	contains out 'Content-Transfer-Encoding: 8bit'
	sed '1,/^$/d' out | LC_ALL=C.UTF-8 awk 'length > 110 { exit 1 }'
}

@test "-F: random texts come back" {
	for seed in {1..10}; do
		python3 "$TESTS/peer/unflow.py" -r "$seed" letter want
		pack -F letter
		python3 "$TESTS/peer/unflow.py" m | diff -u want -
	done
}

@test "-F: the body alone, and only where it is text/plain" {
	pack -F /dev/null
	contains m format=flowed
	echo 'a  ' >text
	pack -F -T 'text/plain; charset=utf-8' text
	contains m 'charset=utf-8'
	contains m 'format=flowed'
	pack -F -a text -N x.txt -a text -w text text
	[ "$(grep -c format=flowed m)" -eq 1 ]
	[ "$(grep -c '^a  $' m)" -eq 3 ]
	for type in text/html 'text/plain; format=fixed' \
	    'text/plain; DelSp=yes' application/pdf; do
		refuse 65 "-F: only for text/plain" -F -T "$type" text
	done
	pack -T 'text/plain; format=flowed' text
	[ "$(grep -c '^a  $' m)" -eq 1 ]
}

@test "what a body says is never done" {
	echo secret >secret
	printf '#text/plain %s/secret\n<#part filename=%s/secret>\n%s\n' \
	    "$T" "$T" 'Subject: x' >body
	pack <body
	same p/1 body
	[ "$(grep -c secret m)" -eq 2 ]
}

# Behind a part that does not end in a line end, so that the first line of the
# text is found only by who knows that a part begins a line.
@test "a text that holds the boundaries it leads to" {
	export SOURCE_DATE_EPOCH=1700000000
	printf 'no line end' >before.txt
	args=(-f a@example.org -a before.txt -T text/plain -a - /dev/null)
	python3 "$TESTS/peer/forge.py" forged mime-pack "${args[@]}" >taken
	[ "$(wc -l <taken)" -eq 2 ]
	while read -r boundary; do
		contains forged "--$boundary"
	done <taken
	expect 0 mime-pack "${args[@]}" <forged
	cp out m
	parse
	same p/2 forged
	grep boundary= m >chosen
	[ "$(grep -cF -f taken chosen)" -eq 0 ]
	tr a b <forged >other
	expect 0 mime-pack "${args[@]}" <other
	[ "$(grep -cF -f chosen out)" -eq 0 ]
}

@test "an attached message that holds boundaries stays whole" {
	photo
	pack -a photo.jpg -a photo.jpg </dev/null
	cp m inner.eml
	pack -a inner.eml </dev/null
	same p/1 inner.eml
	cp m outer.eml
	pack -a outer.eml -a inner.eml </dev/null
	same p/1 outer.eml
	same p/2 inner.eml
}

@test "SOURCE_DATE_EPOCH: the same input gives the same bytes" {
	photo
	echo 'Grüße' >letter.txt
	args=(-f a@example.org -t b@example.org -s x -a photo.jpg -a letter.txt)
	fixed=(env SOURCE_DATE_EPOCH=1700000000 mime-pack "${args[@]}")
	"${fixed[@]}" letter.txt >a
	"${fixed[@]}" letter.txt >b
	"${fixed[@]}" < <(cat letter.txt) >c
	same a b
	same a c
	contains a 'Date: Tue, 14 Nov 2023 22:13:20 +0000'
	env SOURCE_DATE_EPOCH=1700000000 mime-pack -f a@example.org \
	    -t b@example.org -s x -N photo.jpg -a - -a letter.txt letter.txt \
	    < <(cat photo.jpg) >c
	same a c
	echo '<p>' >page.html
	nested=("${fixed[@]}" -w page.html -i photo.jpg letter.txt)
	"${nested[@]}" >a
	"${nested[@]}" >b
	same a b
	[ "$(grep -o 'boundary=.*' a | sort -u | wc -l)" -eq 3 ]
	mime-pack "${args[@]}" letter.txt >d
	mime-pack "${args[@]}" letter.txt >e
	id_d=$(grep ^Message-ID: d)
	id_e=$(grep ^Message-ID: e)
	[ "$id_d" != "$id_e" ]
	[ "$id_d" != "$(grep ^Message-ID: a)" ]
}

@test "a file of 64 MiB in less than 6 MiB of memory" {
	sanitized && skip "memory means nothing under AddressSanitizer"
	head -c 67108864 /dev/urandom >big.bin
	yes 'a line of text that needs no encoding at all' |
	    head -c 67108864 >big.txt
	yes 'eine Zeile in Grün, für alle' | head -c 67108864 >big.utf8.txt
	for file in big.bin big.txt big.utf8.txt; do
		peak mime-pack -f a@example.org -a "$file" /dev/null >/dev/null
		echo "$file: $PEAK KiB"
		[ "$PEAK" -gt 500 ]
		[ "$PEAK" -lt 6144 ]
	done
	{ printf 'Subject: x\n\n'; cat big.utf8.txt; } >big.eml
	for args in '-F big.txt' '-F big.utf8.txt' '-w big.txt big.utf8.txt' \
	    '-T text/html -w big.txt -i big.bin /dev/null' '-m big.eml big.txt'; do
		# shellcheck disable=SC2086
		peak mime-pack -f a@example.org $args >/dev/null
		echo "$args: $PEAK KiB"
		[ "$PEAK" -lt 6144 ]
	done
	for type in image/png text/plain; do
		peak mime-pack -f a@example.org -T "$type" -a - /dev/null \
		    >/dev/null < <(cat big.bin)
		echo "$type through a pipe: $PEAK KiB"
		[ "$PEAK" -lt 6144 ]
	done
}

@test "a thousand attachments" {
	mkdir many
	args=()
	for i in $(seq 800); do
		echo "$i" >"many/$i.txt"
		args+=(-a "many/$i.txt")
	done
	pack "${args[@]}" </dev/null
	[ "$(grep -c ' attachment ' parts)" -eq 800 ]
	same p/800 many/800.txt
	(ulimit -Sn 100 && pack "${args[@]}" </dev/null)
	[ "$(grep -c ' attachment ' parts)" -eq 800 ]
	mapfile -t args < <(yes -- '-a
many/1.txt' | head -n 20000)
	refuse 65 "more than 10000 parts" "${args[@]}" </dev/null
}

@test "examples" {
	for command in mime-unpack smtp-send smtpd-inetd; do
		[ -x "$MAILPIPE_BIN/$command" ] || skip "$command is not built"
	done
	photo
	echo 'Grüße' >letter.txt
	smtpd
	mime-pack -f alice@example.org -t bob@example.org -s 'Grüße' \
	    -a photo.jpg <letter.txt | smtp-send -t "smtp://127.0.0.1:$PORT"
	wait_for 5 sh -c 'ls bob/new | grep -q .'
	mime-unpack -p 2 bob/new/* >photo
	same photo photo.jpg
	mkdir src
	echo x >src/x
	tar -cz src | mime-pack -f alice@example.org -t bob@example.org \
	    -T application/gzip -N src.tar.gz -a - /dev/null >letter.eml
	mime-unpack -p 1 letter.eml | tee src.tar.gz | tar -tzf - | grep -qx src/x
	echo '<p>Grüße: <img src="cid:photo.jpg"></p>' >page.html
	mime-pack -f alice@example.org -t bob@example.org -s 'Grüße' \
	    -w page.html -i photo.jpg -a src.tar.gz letter.txt | mime-ls |
	    cut -f 1,2 >list
	diff -u - list <<-.
		-	multipart/mixed
		1	multipart/related
		1.1	multipart/alternative
		1.1.1	text/plain
		1.1.2	text/html
		1.2	image/jpeg
		2	application/gzip
	.
	printf 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' >lunch.ics
	echo 'Lunch on Friday at noon?' |
	    mime-pack -f alice@example.org -t bob@example.org -s Lunch \
	    -T 'text/calendar; method=REQUEST' -w lunch.ics >invitation.eml
	mime-unpack -p 2 invitation.eml >calendar
	same calendar lunch.ics
	contains invitation.eml 'text/calendar; method=REQUEST'
	printf 'many words\nin a\nparagraph\n\nand one\nmore\n' >letter.txt
	fmt -w 2500 letter.txt |
	    mime-pack -F -f alice@example.org -t bob@example.org >flowed.eml
	contains flowed.eml format=flowed
	mime-unpack -p 1 flowed.eml |
	    diff -u <(printf 'many words in a paragraph\n\nand one more\n') -
	draft
	{
		printf 'mime-version: 1.0\nContent-Type: text/plain;\n'
		printf ' charset=utf-8\nContent-Transfer-Encoding: 8bit\n'
	} | cat - draft >with && mv with draft
	sed '1,/^$/d' draft >text
	mime-hdr -x mime-version -x content-type \
	    -x content-transfer-encoding <draft |
	    mime-pack -h - -a photo.jpg text >letter.eml
	mime-unpack -p 1 letter.eml | cmp - text
	mime-hdr -m letter.eml subject | grep -qx 'Grüße und mehr'
	mkdir -p Maildir/cur
	cp letter.eml Maildir/cur/1
	cp invitation.eml Maildir/cur/2
	find Maildir/cur -type f -printf '-m\0%p\0' |
	    xargs -0 sh -c 'mime-pack -f alice@example.org -t bob@example.org \
	    "$@" /dev/null' sh >digest.eml
	mime-ls digest.eml >list
	[ "$(grep -c 'message/rfc822' list)" -eq 2 ]
	echo '<p>Grüße</p>' | mime-pack -f alice@example.org \
	    -t bob@example.org -T text/html | mime-unpack >list
	contains list text/html
}
