# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Accounts of a machine, on top of helper.bash, for a test of root:
#
#	as_machine COMMAND ...	on a machine with the users paul (uid 4242), pia
#				(a daemon's number) and pat (whose account has
#				expired), whose passwords are "pam", and our
#				pam.d(5) file; paul's home is
#				$T/machine/home/paul

as_machine()
{
	local hash

	hash=$(python3 -W ignore -c 'import crypt
print(crypt.crypt("pam", crypt.mksalt(crypt.METHOD_SHA512, rounds=1000)))')
	mkdir -p -m 755 machine/pam.d machine/home/paul/Maildir
	chown -R 4242:4242 machine/home/paul
	chmod a+rx machine machine/home
	cp "$TESTS/../cmd/auth/mail-checkpw.pam" machine/pam.d/mail-checkpw
	cp /etc/passwd /etc/shadow /etc/group machine
	cat >>machine/passwd <<-.
		paul:x:4242:4242::$T/machine/home/paul:/bin/sh
		pia:x:142:4242::$T/machine/home/paul:/bin/sh
		pat:x:4242:4242::$T/machine/home/paul:/bin/sh
	.
	printf '%s:%s:20000::::::\n' paul "$hash" pia "$hash" root "$hash" \
	    >machine/new
	echo "pat:$hash:10000:::::10001:" >>machine/new
	grep -v '^root:' machine/shadow >>machine/new
	mv machine/new machine/shadow
	echo "paul:x:4242:" >>machine/group
	chmod 644 machine/passwd machine/group
	unshare -m sh -c '
		for file in passwd shadow group pam.d; do
			mount --bind "$1/$file" "/etc/$file" || exit 99
		done
		shift
		exec "$@"' sh "$T/machine" "$@"
}
