# SPDX-License-Identifier: ISC

load helper

setup()
{
	isolate
	export MAILPIPE_CONF=$T/mailpipe.conf
	cat >mailpipe.conf <<-.
		Domains: example.org, example.net
		Users: $T/users
		Maildirs: /var/mail/%d/%u
	.
	cat >users <<-'.'
		# the staff
		alice@example.org:!:/m/alice:10M
		not a user at all

		Bob@Example.ORG:$1$x$y:
		  
		carol@example.net:!:/m/carol::SCRAM-SHA-256$old:later:still later
		bob@example.org:!:/shadowed
	.
}

# set_password ADDRESS PASSWORD
set_password()
{
	printf '%s\n' "$2" | expect 0 mail-passwd -P 0 "$1"
}

# field N ADDRESS: of the first line of that address.
field()
{
	grep -i "^$2:" users | head -n 1 | cut -d : -f "$1"
}

# refused STATUS TEXT command ...: one line, and the file as it was.
refused()
{
	local status=$1 text=$2

	shift 2
	cp users before
	expect "$status" "$@" || return 1
	[ "$(wc -l <err)" -eq 1 ] || { cat err; return 1; }
	contains err "mail-passwd: $text" || return 1
	same users before
}

# nothing_left: only what is to be there.
nothing_left()
{
	[ -z "$(find . -name 'users?*')" ] || { ls -la; return 1; }
}

@test "a password is set on the first line of its user, and no other byte changes" {
	cp users before
	set_password bob@example.org 'correct horse'
	[ ! -s out ]
	sed 's/^Bob@.*/X/' before >want
	sed 's/^Bob@.*/X/' users | cmp - want
	[[ "$(field 2 bob@example.org)" == \$y\$* ]]
	grep -q '^Bob@Example.ORG:\$y\$[^:]*:::SCRAM-SHA-256\$65536,[^:]*$' users
	nothing_left
}

@test "Maildir, quota, and what is behind the verifier stay" {
	set_password alice@example.org a
	grep -q '^alice@example.org:\$y\$[^:]*:/m/alice:10M:SCRAM-SHA-256\$[^:]*$' \
	    users
	set_password CAROL@example.net b
	grep -q '^carol@example.net:\$y\$[^:]*:/m/carol::SCRAM-SHA-256\$65536[^:]*:later:still later$' \
	    users
}

@test "a user without a Maildir: the password is set, and what lacks is told" {
	local address

	sed -i '/^Maildirs/d' mailpipe.conf
	for address in new@example.org Bob@example.org; do
		echo secret | mail-passwd -P 0 "$address" 2>err
		same err - <<-.
			mail-passwd: $address: gets no mail without a Maildir: it needs one in $T/users, or Maildirs in the configuration
		.
		[[ "$(field 2 "$address")" == \$y\$* ]]
	done
	set_password alice@example.org a
}

@test "a new user comes last, without a Maildir of their own" {
	cp users before
	set_password 'dave.d+x@example.net' 'pässwörd'
	head -n -1 users | cmp - before
	tail -n 1 users | grep -q '^dave\.d+x@example\.net:\$y\$[^:]*:::SCRAM-'
	# Behind a last line without an end, and in an empty file.
	printf '# no end' >users
	set_password dave@example.net x
	[ "$(wc -l <users)" -eq 2 ]
	head -n 1 users | cmp - <(echo '# no end')
	: >users
	set_password dave@example.net x
	[ "$(wc -l <users)" -eq 1 ]
}

# The same password by programs that did not make it.
@test "hash and verifier are what others compute" {
	set_password alice@example.org 'tr0ub4dor & ü'
	doveadm pw -p 'tr0ub4dor & ü' -t "{CRYPT}$(field 2 alice@example.org)"
	run doveadm pw -p 'tr0ub4dor & u' -t \
	    "{CRYPT}$(field 2 alice@example.org)"
	[ "$status" -ne 0 ]
	field 5 alice@example.org >verifier
	python3 - verifier 'tr0ub4dor & ü' <<-'.'
		import base64, hashlib, hmac, re, sys
		name, count, salt, stored, server = re.fullmatch(
		    r"(.*)\$(\d+),(.*)\$(.*),(.*)\n",
		    open(sys.argv[1]).read()).groups()
		key = hashlib.pbkdf2_hmac("sha256", sys.argv[2].encode(),
		    base64.b64decode(salt), int(count))
		mac = lambda text: hmac.new(key, text, "sha256").digest()
		assert name == "SCRAM-SHA-256" and len(base64.b64decode(salt)) == 16
		assert base64.b64decode(stored) == hashlib.sha256(
		    mac(b"Client Key")).digest()
		assert base64.b64decode(server) == mac(b"Server Key")
	.
	# Each has a salt of its own.
	field 2 alice@example.org >hash
	set_password alice@example.org 'tr0ub4dor & ü'
	[ "$(field 2 alice@example.org)" != "$(cat hash)" ]
	[ "$(field 5 alice@example.org)" != "$(cat verifier)" ]
}

@test "-d removes every line of the user, and of nobody else" {
	grep -iv '^bob@' users >want
	expect 0 mail-passwd -d BOB@example.org
	same users want
	refused 67 'bob@example.org: no such user' \
	    mail-passwd -d bob@example.org
	refused 67 'alice@example.net: no such user' \
	    mail-passwd -d alice@example.net
	nothing_left
}

@test "owner, mode and symbolic links stay" {
	mkdir etc
	mv users etc/real
	ln -s etc/real users
	chmod 640 etc/real
	[ "$(id -u)" -ne 0 ] || chown 12:34 etc/real
	stat -c '%a %u %g' etc/real >before
	set_password alice@example.org x
	[ -L users ]
	stat -c '%a %u %g' etc/real | cmp - before
	[ "$(ls etc)" = real ]
	grep -q '^alice@example.org:\$y\$' etc/real
}

@test "-l: columns, JSON, one user" {
	grep -v '^not a\|^  $' users >clean
	printf 'tab\tuser@example.org:!:/m\t/x\n' >>clean
	mv clean users
	chmod 600 users
	set_password alice@example.org x
	expect 0 mail-passwd -l
	same out <(printf '%s\t%s\t%s\t%s\n' \
	    alice@example.org password,scram /m/alice 10M \
	    Bob@Example.ORG password - - \
	    carol@example.net - /m/carol - \
	    bob@example.org - /shadowed - \
	    'tab\tuser@example.org' - '/m\t/x' -)
	expect 0 mail-passwd -l carol@EXAMPLE.net
	same out <(printf 'carol@example.net\t-\t/m/carol\t-\n')
	expect 0 mail-passwd -lj alice@example.org
	same out <(echo '{"address":"alice@example.org","password":true,"scram":true,"maildir":"/m/alice","quota":"10M"}')
	expect 0 mail-passwd -lj carol@example.net
	contains out '"password":false,"scram":false,"maildir":"/m/carol","quota":null'
	expect 1 mail-passwd -l nobody@example.org
	[ ! -s out ] && [ ! -s err ]
	: >users
	expect 1 mail-passwd -l
	printf 'a@example.org:!:/m\nbad\n' >users
	expect 78 mail-passwd -l
	contains out a@example.org
	contains err 'a line that is not "user@domain:..."'
}

@test "-l on a full device: 75" {
	grep -v '^not a\|^  $' users >clean
	mv clean users
	expect 75 sh -c 'mail-passwd -l >/dev/full'
	contains err 'standard output: write'
}

@test "passwords that nobody can have" {
	local long

	long=$(printf '%0256d' 0)
	refused 65 'alice@example.org: an empty password' \
	    mail-passwd -P 0 alice@example.org </dev/null
	refused 65 'alice@example.org: an empty password' \
	    mail-passwd -P 0 alice@example.org <<<''
	refused 65 'alice@example.org: a password longer than 255 bytes' \
	    mail-passwd -P 0 alice@example.org <<<"$long"
	refused 65 'alice@example.org: a password longer than 8192 bytes' \
	    mail-passwd -P 0 alice@example.org < <(yes | tr -d '\n')
	refused 65 'alice@example.org: a password with a NUL' \
	    mail-passwd -P 0 alice@example.org < <(printf 'a\0b\n')
	refused 65 'alice@example.org: a password that is not UTF-8' \
	    mail-passwd -P 0 alice@example.org < <(printf 'caf\351\n')
	refused 65 'alice@example.org: a password with a control character' \
	    mail-passwd -P 0 alice@example.org < <(printf 'a\tb\n')
	refused 66 'descriptor 9: read: Bad file descriptor' \
	    mail-passwd -P 9 alice@example.org
	set_password alice@example.org "${long#0}"
	nothing_left
}

@test "-P reads one line and leaves the rest" {
	printf 'first\nsecond\n' >passwords
	{
		mail-passwd -P 7 alice@example.org
		mail-passwd -P 7 bob@example.org
	} 7<passwords
	doveadm pw -p first -t "{CRYPT}$(field 2 alice@example.org)"
	doveadm pw -p second -t "{CRYPT}$(field 2 bob@example.org)"
}

@test "files that are not fit" {
	chmod 604 users
	refused 78 "$T/users: others may read it (mode 604)" \
	    mail-passwd -P 0 alice@example.org <<<x
	refused 78 "$T/users: others may read it (mode 604)" \
	    mail-passwd -l
	refused 78 "$T/users: others may read it" \
	    mail-passwd -d alice@example.org
	chmod 600 users
	mv users there
	expect 78 mail-passwd -P 0 alice@example.org <<<x
	contains err "$T/users: No such file or directory"
	mkdir users
	expect 78 mail-passwd -l
	contains err "$T/users: not a file"
	rmdir users
	mv there users
	printf 'Domains: example.org\n' >mailpipe.conf
	refused 78 'there is no Users in the configuration' mail-passwd -l
	printf 'Nonsense: x\n' >mailpipe.conf
	refused 78 "$T/mailpipe.conf: line 1: Nonsense: unknown key" \
	    mail-passwd -l
	refused 78 '/nowhere/conf: open' mail-passwd -f /nowhere/conf -l
}

@test "addresses that no user can have" {
	local address

	refused 65 'alice: ' mail-passwd -P 0 alice <<<x
	for address in '"a:b"@example.org' '"a@b"@example.org' \
	    '"#"@example.org' $'a\nb@example.org' $'\351@example.org' \
	    $'a\342\200\256@example.org'; do
		refused 65 '' mail-passwd -P 0 "$address" <<<x
	done
	refused 78 'example.com: not one of Domains in the configuration' \
	    mail-passwd -P 0 alice@example.com <<<x
	printf '%s\n' x | expect 0 mail-passwd -P 0 '"o'"'"'dd {x}"@example.org'
	grep -q "^o'dd {x}@example.org:" users
	printf '%s\n' x | expect 0 mail-passwd -P 0 $'\303\251@example.org'
	grep -q $'^\303\251@example.org:' users
}

@test "usage: 64" {
	local args

	for args in '' '-x' '-d' 'a@example.org b@example.org' \
	    '-dl a@example.org' '-d -P 0 a@example.org' \
	    '-l -P 0 a@example.org' '-j a@example.org' '-P x a@example.org' \
	    '-P -1 a@example.org' '-P'; do
		# shellcheck disable=SC2086
		expect 64 mail-passwd $args
		contains err 'usage: mail-passwd [-P fd]'
	done
}

@test "a line that would be too long: 78" {
	printf 'alice@example.org:!:/%02000d\n' 0 >users
	refused 78 "$T/users: a line longer than 2048 bytes" \
	    mail-passwd -P 0 alice@example.org <<<x
	nothing_left
}

@test "the disk is full: 75, and the file as it was" {
	local i

	for i in $(seq 2000); do
		echo "user$i@example.org:!:/m/$i"
	done >>users
	refused 75 'File too large' bash -c '
	    trap "" XFSZ
	    ulimit -f 8
	    echo x | mail-passwd -P 0 alice@example.org 2>&1 |
		sed "s/.*users[.][^:]*: write: /mail-passwd: /" >&2
	    exit "${PIPESTATUS[1]}"'
	nothing_left
}

@test "no directory to write in: 73" {
	needs_root
	mkdir closed
	mv users closed/users
	ln -s closed/users users
	chown 64000 closed/users
	chmod 755 closed
	chmod a+x "$BATS_RUN_TMPDIR" "${T%/*}" "$T"
	chmod a+r mailpipe.conf
	cp closed/users before
	expect 73 setpriv --reuid 64000 --clear-groups \
	    /proc/self/fd/9 -f "$T/mailpipe.conf" -P 0 alice@example.org \
	    9<"$MAILPIPE_BIN/mail-passwd" < <(echo x)
	contains err 'create: Permission denied'
	same closed/users before
}

@test "twenty at once: no change is lost" {
	local i

	for i in $(seq 20); do
		echo "secret$i" >"secret$i"
		start p$i sh -c "mail-passwd -P 0 u$i@example.org <secret$i;
		    echo \$? >done$i"
	done
	for i in $(seq 20); do
		wait_for 60 test -s "done$i"
		[ "$(cat "done$i")" -eq 0 ]
	done
	[ "$(grep -c '^u[0-9]*@example.org:\$y\$' users)" -eq 20 ]
	for i in 1 20; do
		doveadm pw -p "secret$i" -t "{CRYPT}$(field 2 u$i@example.org)"
	done
	contains users 'not a user at all'
	nothing_left
}

# opened: the one that was started has the file open, which it locks then.
opened()
{
	ls -l "/proc/$(pgrep -x -P "$PID_waiting" mail-passwd)/fd" |
	    grep -q "$T/users$"
}

@test "it waits for another that is at it" {
	cp users before
	exec 8<users
	flock 8
	echo x >secret
	start waiting sh -c 'mail-passwd -P 0 alice@example.org <secret
	    echo $? >done' 8<&-
	wait_for 20 opened
	[ ! -e done ]
	same users before
	exec 8<&-
	wait_for 20 test -s done
	[ "$(cat done)" -eq 0 ]
	grep -q '^alice@example.org:\$y\$' users
}

# What is on disk is whole at every moment: the new file is synced before it
# has the name, and the directory after it.
@test "synced, renamed, synced" {
	sanitized && skip "memory means nothing under AddressSanitizer"
	echo x | strace -o trace -e trace=fsync,rename,renameat,renameat2 \
	    mail-passwd -P 0 alice@example.org
	sed -n 's/^\([a-z]*\).*/\1/p' trace | head -n 3 | tr '\n' ' ' >order
	same order <(printf 'fsync rename fsync ')
}

# killed N: mail-passwd dies at its Nth system call of those that write.
@test "killed at any step: the file is the old one or the new one" {
	local call n

	sanitized && skip "memory means nothing under AddressSanitizer"
	cp users before
	for call in write fchmod fsync rename fsync:when=2; do
		cp before users
		n=${call#*:}
		[ "$n" != "$call" ] || n=when=1
		echo x | strace -o trace -e "inject=${call%:*}:signal=KILL:$n" \
		    mail-passwd -P 0 alice@example.org || :
		cmp -s users before || grep -q '^alice@example.org:\$y\$' users
		[ "$(wc -l <users)" -eq "$(wc -l <before)" ]
		set_password alice@example.org again
		rm -f users.*
	done
}

@test "asked twice on the terminal" {
	cat >type.py <<-'.'
		import os, pty, sys
		words = sys.argv[1].split("|")
		pid, fd = pty.fork()
		if pid == 0:
		    os.execvp("mail-passwd", ["mail-passwd", "alice@example.org"])
		seen = b""
		try:
		    while data := os.read(fd, 1000):
		        seen += data
		        if seen.endswith(b": ") and words:
		            os.write(fd, words.pop(0).encode() + b"\n")
		except OSError:
		    pass
		sys.stdout.buffer.write(seen)
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	.
	python3 type.py 's3cret|s3cret' >out
	same out <(printf '%s\r\n' 'New password for alice@example.org: ' \
	    'The same again: ')
	doveadm pw -p s3cret -t "{CRYPT}$(field 2 alice@example.org)"
	cp users before
	expect_noted 65 python3 type.py 's3cret|S3cret'
	contains out 'mail-passwd: alice@example.org: the two passwords differ'
	same users before
	refused 66 'no terminal to ask for the password' \
	    setsid -w mail-passwd alice@example.org
}

@test "the password is in no argument and stays out of the file" {
	set_password alice@example.org 'findable-secret'
	grep -q findable users && false
	expect 64 mail-passwd alice@example.org findable-secret
}

@test "examples" {
	expect_noted 0 sh -c 'openssl rand -base64 15 | tee /dev/stderr |
	    mail-passwd -P 0 alice@example.org'
	doveadm pw -p "$(cat err)" -t "{CRYPT}$(field 2 alice@example.org)"
	printf 'bob@example.org\tone two\ncarol@example.net\tthree\n' >list
	cat >all <<-'.'
		while IFS="$(printf '\t')" read -r address password; do
		    printf '%s\n' "$password" | mail-passwd -P 0 "$address"
		done <list
	.
	expect 0 sh all
	doveadm pw -p 'one two' -t "{CRYPT}$(field 2 bob@example.org)"
	doveadm pw -p three -t "{CRYPT}$(field 2 carol@example.net)"
	grep -v '^not a\|^  $' users >clean
	mv clean users
	expect 0 sh -c "mail-passwd -l |
	    awk -F '\t' '\$3 == \"-\" { print \$1 }'"
	same out <(echo Bob@Example.ORG)
	# mailpipe-users(5)
	expect 0 sh -c "awk -F : '"'!/^#/ && $2 !~ /^!/ && $5 ~ /^SCRAM/ {
	    print $1 }'"' users"
	same out <(printf '%s\n' alice@example.org Bob@Example.ORG \
	    carol@example.net)
	expect 0 sh -c "grep '^[^#:]*:\\(!\\|:\\)' users | cut -d : -f 1"
	same out <(echo bob@example.org)
}
