# SPDX-License-Identifier: ISC
# shellcheck shell=bats
#
# Bad input that concerns several commands, or is too large for a sample.  The
# attacks that are known of other programs, and the tests that show that they
# do not work here; without a file's name it is in this one:
#
#	../../x, /x, RFC 2231 ..%2F, *0="../../",	mime-unpack: ../.. is no
#	sub/dir/x					way out
#	.bashrc, -rf, |touch x				mime-unpack: no name that
#							hides; no shell, no format
#	line ends and ESC in names			mime-unpack: no control
#							characters in names
#	"..", empty, 300 letters			mime-unpack: no name, or
#							none but dots; 300 bytes
#	two names alike, also but for case		mime-unpack: two parts of
#							one name; that differ in
#							case alone
#	names alike but for Unicode's normal forms	names that look the same
#	a;b\"c.txt					mime-unpack: quotes and
#							semicolons
#	name is not filename, two Content-Type,		mime-unpack: filename and
#	two boundaries					name differ; two
#							Content-Type; mime-ls: -V
#	a delimiter in a line, or a longer one		mime-unpack: delimiters in
#							the middle
#	base64 with junk, or padded in the middle	mime-unpack: base64
#	comments in Content-Type, ((((			mime-unpack: comments;
#							comments in comments
#	end of file behind a delimiter			mime-unpack: no close
#							delimiter
#	nested without end				a hundred thousand levels
#	parts without end				a million parts
#	parameters without end				mime-unpack: segments
#	CON, nul.txt, a:b, bidi				mime-unpack: devices
#	links, FIFOs and the wanted names in the way	mime-unpack: nothing is
#							overwritten
#	NUL in a name, in a boundary			NUL in a name
#	uuencode: /etc/x, lines longer than they are	uuencoded text
#	headers without end				two gigabytes of header;
#							mime-hdr: limits
#	a hundred thousand ids or addresses		ids and addresses
#	a disk that is full				mime-unpack: a full disk
#	in-band directives				mime-pack: what a body
#							says; directives
#	fields injected by CR, LF, NUL, encoded-words	mime-pack: CR, LF and NUL;
#							fields in values
#	addresses out of names and encoded-words	mime-hdr: an encoded-word;
#							names that look like
#							addresses
#	bodies that hold their own boundary		mime-pack: a text that
#							holds the boundaries
#	escapes, C1, bidi, zero width, floods of marks for a terminal	what acts on a terminal

load helper

# Standard error is one line, which holds TEXT.
noted()
{
	[ "$(wc -l <err)" -eq 1 ] || { show err; return 1; }
	contains err "$1"
}

# small STATUS COMMAND ...: standard input goes to it; it ends so, and in
# 8 MiB, however much that was.
small()
{
	local want=$1 status=0

	shift
	peak "$@" >out 2>err || status=$?
	[ "$status" -eq "$want" ] ||
	    { echo "status $status: $*"; show err; return 1; }
	sanitized || [ "$PEAK" -lt 8192 ] ||
	    { echo "$PEAK KiB: $*"; return 1; }
}

# part_with FIELD: a message with one part, which has it (printf escapes).
part_with()
{
	printf 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n'
	# shellcheck disable=SC2059
	printf "\n--b\n$1\n\nx\n--b--\n"
}

# --- sizes

# endless FIELD: a message whose header does not end within 2 GiB.
endless()
{
	yes "$1" | head -c 2147483648
}

@test "two gigabytes of header: one field, and many" {
	for line in ' x' 'A: b'; do
		case $line in
		A*) said='more than 1000 header fields' ;;
		*) said='a header longer than 1048576 bytes' ;;
		esac
		for command in 'mime-ls' 'mime-ls -j' 'mime-ls -V' \
		    'mime-unpack' 'mime-unpack -d d' 'mime-unpack -p 1' \
		    'mime-hdr subject' 'mime-hdr -j'; do
			# shellcheck disable=SC2086
			small 65 $command < <(endless "$line") || return 1
			noted "standard input: " || return 1
			[ "$line" = ' x' ] || contains err "$said" || return 1
		done
	done
	[ -z "$(ls d)" ]
}

@test "a field of two gigabytes" {
	for command in 'mime-ls' 'mime-unpack -d d' 'mime-hdr subject'; do
		# shellcheck disable=SC2086
		small 65 $command < <(
			printf 'Subject: '
			head -c 2147483648 /dev/zero | tr '\0' x
		)
		noted 'longer than '
	done
}

@test "-7 and -8: a header of 20 MB" {
	endless 'A: b' | head -c 20000000 >m
	for option in -7 -8; do
		small 65 mime-7bit "$option" m
		noted 'm: more than 1000 header fields'
		[ ! -s out ]
	done
}

# deep TYPE ...: a hundred thousand of it in one another.
deep()
{
	awk -v type="$1" 'BEGIN {
		for (i = 0; i < 100000; i++)
			if (type == "multipart")
				printf "Content-Type: multipart/mixed; " \
				    "boundary=b%d\n\n--b%d\n", i, i
			else
				print "Content-Type: message/rfc822\n"
		print "Content-Type: text/plain\n\nx"
	}'
}

@test "a hundred thousand levels of multiparts, and of messages" {
	for type in multipart message; do
		deep "$type" >m
		for command in 'mime-ls' 'mime-ls -j' 'mime-ls -V' \
		    'mime-unpack' 'mime-unpack -j' 'mime-unpack -d d'; do
			# shellcheck disable=SC2086
			small 65 $command m
			contains err 'm: parts nested deeper than 100'
		done
		[ "$(find d -type f | wc -l)" -eq 1 ]
		[ "$(cat d/* | wc -c)" -ge 2900000 ]
		rm -rf d
		small 0 mime-hdr -m m content-type
		[ "$(wc -l <out)" -eq 1 ]
		for option in -7 -8; do
			small 65 mime-7bit "$option" m
			noted 'm: parts nested deeper than 100'
			[ ! -s out ]
		done
	done
}

@test "a million parts" {
	awk 'BEGIN {
		print "MIME-Version: 1.0"
		print "Content-Type: multipart/mixed; boundary=b\n"
		for (i = 0; i < 1000000; i++)
			print "--b\n"
		print "--b--"
	}' >m
	for command in 'mime-ls' 'mime-ls -j' 'mime-ls -V' 'mime-unpack' \
	    'mime-unpack -d d' 'mime-7bit' 'mime-7bit -8'; do
		# shellcheck disable=SC2086
		small 65 $command m
		contains err 'm: '
		contains err 'more than 10000 parts'
	done
	[ "$(find d -type f | wc -l)" -eq 9999 ]
	small 0 mime-hdr -m m content-type
}

@test "ids and addresses, a hundred thousand" {
	seq -f ' <%.0f@example.org>' 100000 >ids
	{ printf 'References:\n'; cat ids; printf '\nx\n'; } >m
	for command in 'mime-hdr -m' mime-ls 'mime-7bit'; do
		# shellcheck disable=SC2086
		small 65 $command m
		noted 'm: a header field longer than 65536 bytes'
	done
	{ printf 'References:\n'; head -n 2000 ids; printf '\nx\n'; } >m
	small 0 mime-hdr -m m references
	[ "$(tr ' ' '\n' <out | wc -l)" -eq 2000 ]
	for i in $(seq 16); do
		printf 'To:\n'
		head -n 2500 ids | sed 's/$/,/'
		printf ' end@example.org\n'
	done >m
	small 0 mime-hdr -a -m m to
	[ "$(wc -l <out)" -eq $((16 * 2501)) ]
}

@test "comments in comments" {
	for depth in 10 60000; do
		open=$(head -c "$depth" /dev/zero | tr '\0' '(')
		close=$(head -c "$depth" /dev/zero | tr '\0' ')')
		[ "$depth" -lt 100 ] || close=
		{
			printf 'From: %s%s a@example.org\n' "$open" "$close"
			printf 'Date: %s%s 23 Nov 2026 10:00:00 +0000\n' \
			    "$open" "$close"
			printf 'Content-Type: %s%s text/html\n\nx' \
			    "$open" "$close"
		} >m
		small 0 mime-ls m 2>err
		[ "$depth" -eq 10 ] || noted 'no type and subtype'
		small $((depth > 100 ? 65 : 0)) mime-hdr -a -m m from
		small $((depth > 100 ? 65 : 0)) mime-hdr -d -m m date
		small $((depth > 100 ? 65 : 0)) mime-7bit m
	done
}

# --- names

# name_of FIELD: what mime-unpack calls a part that has it; no other file.
name_of()
{
	rm -rf d
	part_with "$1" >m
	# A file of the same tick of the clock is not newer.
	until touch tick && [ tick -nt m ]; do :; done
	rm tick
	small 0 mime-unpack -0 -d d m || return 1
	[ "$(find . -newer m -type f ! -name out ! -name err ! -name .peak |
	    wc -l)" -eq 1 ] || return 1
	tr -d '\0' <out
}

@test "NUL in a name, in a boundary, in a type" {
	[ "$(name_of 'Content-Type: a/b; name="x\0y.txt"')" = d/x_y.txt ]
	[ "$(name_of 'Content-Type: a/b; name=x\0y')" = d/x_y ]
	[ "$(name_of 'Content-Disposition: inline;\n filename="\0"')" = d/_ ]
	printf 'Content-Type: multipart/mixed; boundary="a\0b"\n\n' >m
	printf -- '--a\n\nno\n--a\0c\n\nno\n--a\0b\n\nyes\n--a\0b--\n' >>m
	small 0 mime-unpack -p 1 m
	printf yes | cmp - out
	small 65 mime-ls -V m
	contains out 'the header holds a NUL'
	printf 'Content-Type: text/ht\0ml\n\nx' >m
	small 0 mime-ls m
	grep -q '^1	text/plain	' out
}

@test "names that look the same are two files" {
	{
		printf 'Content-Type: multipart/mixed; boundary=b\n\n'
		printf -- '--b\nContent-Type: a/b; name="caf\303\251"\n\n1\n'
		printf -- '--b\nContent-Type: a/b; name="cafe\314\201"\n\n2\n'
		printf -- '--b\nContent-Type: a/b; name="caf\303\251"\n\n3\n'
		printf -- '--b--\n'
	} >m
	small 0 mime-unpack -0 -d d m
	xargs -0 cat <out | tr -d '\n' >content
	[ "$(cat content)" = 123 ]
}

# As arguments, formats, and lines of a mailcap; and by a handler of "%s".
@test "no shell and no format sees a name, a type or a field" {
	for bad in '`touch PWN`' '$(touch PWN)' ';touch PWN;' '%s%n%p%99999s' \
	    "'; touch PWN; '" '|touch PWN' '&touch PWN&'; do
		{
			printf 'Subject: %s\n' "$bad"
			printf 'Content-Type: text/plain; charset="%s";' "$bad"
			printf ' name="%s"\nContent-Disposition: %s;' \
			    "$bad" "$bad"
			printf ' filename="%s"\n\nx\n' "$bad"
		} >"$T/m $bad"
		small 0 mime-unpack -u -d d "m $bad"
		small 0 mime-ls -j "m $bad"
		small 0 mime-hdr -m "m $bad" subject
		printf '%s\n' "$bad" | cmp - out
		small 0 mime-7bit "m $bad"
		expect 0 mime-pack -f a@example.org -s "$bad" -N "$bad" \
		    -a "m $bad" /dev/null
		[ "$(mime-hdr subject <out)" = "$bad" ]
		rm "m $bad"
	done
	[ -z "$(find . -name 'PWN')" ]
}

# --- uuencode, whatever is made of it

@test "uuencoded text: no other place, and no byte past a line's end" {
	for name in /etc/x ../../x .bashrc -rf ''; do
		printf 'Subject: x\n\nbegin 644 %s\n#0V%%T\n`\nend\n' \
		    "$name" >m
		rm -rf d
		small 0 mime-unpack -d d m
		[ ! -e /etc/x ] && [ ! -e ../../x ]
		[ -z "$(find d -name '.?*' -o -name '-*')" ]
	done
	for line in 'M' '_' 'M0' "$(printf '\377')" '~~~~' ''; do
		printf 'Subject: x\n\nbegin 644 x\n%s\n`\nend\n' "$line" >m
		rm -rf d
		small 0 mime-unpack -d d m
		printf 'Subject: x\n\nbegin 644 x\n%s' "$line" >m
		rm -rf d
		small 0 mime-unpack -d d m
	done
}

# --- what is packed

@test "directives of other composers are text, in files and fields too" {
	echo secret >secret
	cat >body <<-.
		#text/plain $T/secret
		#begin mixed
		#@text/plain $T/secret
		# text/plain | cat $T/secret
		#!$T/secret
		<#part type="text/plain" filename="$T/secret"><#/part>
		<#secure method=pgp mode=sign>
		Attach: $T/secret
		~r $T/secret
		~!cat $T/secret
	.
	expect 0 mime-pack -f a@example.org -s "#text/plain $T/secret" \
	    -a body body
	cp out m
	expect 0 mime-unpack -d d m
	[ "$(find d -type f | wc -l)" -eq 2 ]
	for file in d/*; do
		same "$file" body
	done
	[ "$(mime-hdr subject <m)" = "#text/plain $T/secret" ]
}

# packed OPTION VALUE: refused with one line; or the message has no Bcc, each
# field once, and one body.
packed()
{
	local status=0

	mime-pack -f a@example.org "$1" "$2" body >out 2>err || status=$?
	if [ "$status" -eq 65 ]; then
		[ ! -s out ] && [ "$(wc -l <err)" -eq 1 ]
		return
	fi
	[ "$status" -eq 0 ] || { show err; return 1; }
	mime-hdr <out | cut -f 1 | tr A-Z a-z | sort >fields
	uniq -d fields >twice
	mime-unpack -p 1 <out >text
	tr -cd '\r\0' <out >dirt
	! grep -q '^bcc$' fields && [ ! -s twice ] && [ ! -s dirt ] &&
	    cmp body text || { echo "$1 $2"; show out; return 1; }
}

# CVE-2024-6923 and Python's issue 121650 (line ends, also encoded ones, in
# values and names), issue 80222 (quotes lost as a field is folded), those of
# Roundcube with a bare CR, and those of SMTP injection by addresses.
@test "fields in values: refused, or not one more field" {
	echo text >body
	evil='Bcc: evil@example.org'
	for bad in $'x\n'"$evil" $'x\r'"$evil" $'x\r\n'"$evil" \
	    $'x\n '"$evil" $'x\r\n\r\n<script>' "x\\n$evil" "x%0D%0A$evil" \
	    "=?UTF-8?Q?=0A?=$evil" "=?UTF-8?Q?x=0D=0A$evil?=" \
	    "=?utf-8?B?$(printf 'x\nBcc: e@example.org' | base64)?=" \
	    $'x\v'"$evil" $'x\f'"$evil" $'x\302\205'"$evil" \
	    $'x\342\200\250'"$evil" $'x\034'"$evil" \
	    "$(printf 'x%.0s' {1..90}) \"quoted, text\" $evil"; do
		for field in 'Subject' 'X-A' 'To' 'Cc'; do
			packed -H "$field: $bad"
		done
		packed -s "$bad"
		for option in -t -c; do
			packed "$option" "$bad"
			packed "$option" "$bad <b@example.org>"
			packed "$option" "\"$bad\" <b@example.org>"
			packed "$option" "b@example.org $bad"
			packed "$option" "<b@example.org>$bad"
		done
		packed -H "$bad"
	done
	for bad in $'b@example.org>\r\nDATA' 'b@example.org> ORCPT=x' \
	    $'"b\r\nRCPT TO:<evil@example.org>"@example.org' \
	    'b@[example.org]>\nx' '<b@example.org>, evil' 'b@example.org\0x'; do
		packed -t "$bad"
		packed -c "$bad"
	done
}

@test "a list of names keeps its quotes however it is folded" {
	echo text >body
	name='"a, b" <evil@example.org>'
	quoted=$(printf '%s' "$name" | sed 's/"/\\"/g')
	for n in $(seq 1 5 60); do
		pad=$(head -c "$n" /dev/zero | tr '\0' x)
		expect 0 mime-pack -f a@example.org \
		    -t "\"$pad $quoted\" <b@example.org>, c@example.org" body
		cp out m
		expect 0 mime-hdr -a -m m to
		printf '%s\tb@example.org\n\tc@example.org\n' "$pad $name" |
		    cmp - out
		python3 - b@example.org c@example.org <<-'.'
			import email, email.utils, sys
			m = email.message_from_binary_file(open("m", "rb"))
			pairs = email.utils.getaddresses(m.get_all("To"))
			assert [p[1] for p in pairs] == sys.argv[1:], pairs
		.
	done
}

@test "names that look like addresses are none" {
	for name in '"evil@example.org"' '"<evil@example.org>"' \
	    '=?utf-8?q?evil=40example.org?=' '=?utf-8?q?=3Cevil=40x.y=3E=2C?=' \
	    "=?utf-8?b?$(printf 'evil@x.y, a' | base64)?=" \
	    '(evil@example.org)' '"evil@x.y\"" (<evil@x.y>)' \
	    '"a" "evil@x.y, "'; do
		printf 'To: %s <b@example.org>\n\n' "$name" >m
		expect 0 mime-hdr -a -m m to
		[ "$(cut -f 2 out)" = b@example.org ]
	done
	for bad in '=?utf-8?q?evil=40example.org?=' \
	    '=?utf-8?q?=3Cevil=40example.org=3E?=' \
	    '"evil@example.org"' '=?utf-8?q?evil?=@example.org <x'; do
		printf 'To: %s\n\n' "$bad" >m
		expect 65 mime-hdr -a -m m to
		[ ! -s out ]
	done
	printf 'To: (evil@example.org)\n\n' >m
	expect 0 mime-hdr -a -m m to
	[ ! -s out ]
}

# --- what a terminal sees

@test "what acts on a terminal is shown, from every place" {
	for bad in '\033]0;x\007' '\033]8;;x\033\\\\' '\033]52;c;eA==\007' \
	    '\033P1$r0m\033\\\\' '\0332J' '\2332J' '\302\233' '\b\b' \
	    '\342\200\252' '\342\200\256' '\342\201\246' '\342\201\251' \
	    '\342\200\216' '\342\200\217' '\330\234' '\342\200\213' \
	    '\342\200\215' '\357\273\277' '\342\200\250' '\342\200\251' \
	    '\363\240\200\201' '\177' \
	    "$(printf '\314\201%.0s' 1 2 3 4 5 6 7 8 9)"; do
		{
			printf "Subject: a${bad}b\n"
			printf "Content-Type: text/plain; charset=\"a${bad}b\""
			printf "; name=\"a${bad}b\"\nContent-Disposition: "
			printf "a${bad}b; filename=\"c${bad}d\"\n\na${bad}b\n"
		} >m
		expect 0 script -qec 'mime-ls m; mime-ls -j m; mime-ls -V m
		    mime-unpack m; mime-unpack -j m; mime-unpack -p 1 m
		    mime-unpack -u -p 1 m; mime-unpack -d d m
		    mime-hdr -m m; mime-hdr -j -m m; mime-hdr -a -m m subject
		    mime-7bit -8 m; mime-7bit m; true' /dev/null
		python3 - <<-'.' || { show out; return 1; }
			import unicodedata
			text = open("out", "rb").read().decode("utf-8")
			text = text.translate({10: None, 13: None, 9: None})
			assert not [c for c in text
			            if unicodedata.category(c) in (
			                "Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")]
			assert 9 * "\u0301" not in text
		.
		rm -rf d
	done
}
