#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd: clients that do not wait, and clients that make mistakes.

load helper
load smtpd

elsewhere()
{
	export TCPREMOTEIP=192.0.2.1
}

# The server starts when its client has spoken.
early()
{
	mail_host
	printf 'EHLO a.example\r\nQUIT\r\n' >said
	smtpd-inetd -f mailpipe.conf <said >out 2>log
}

@test "who speaks before the greeting is refused" {
	elsewhere
	early
	same out <(printf '554 5.5.0 wait for the greeting\r\n')
	contains log 'client=192.0.2.1 refused: spoke first'
}

@test "on this machine a script may" {
	early
	contains out '220 mx.example.org'
	contains out '221 2.0.0'
}

@test "Greet-Delay: who speaks within it is refused, who waits is not" {
	elsewhere
	mail_host
	echo 'Greet-Delay: 30' >>mailpipe.conf
	printf '%s\n' 'C: EHLO a.example' 'S: 554 5.5.0 *' S-END | talk
	sed -i 's/30/1/' mailpipe.conf
	printf '%s\n' 'S: 220 *' 'C: QUIT' 'S: 221 *' S-END | talk \
	    env ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" \
	    strace -o trace -e trace=poll smtpd-inetd -f mailpipe.conf
	grep -q '^poll(.*, 1, 1000) *= 0 (Timeout)' trace
}

# How long, as asked of the system; no clock decides.
mistakes()
{
	mail_host
	{
		echo 'S: 220 *'
		for n in 1 2 3 4 5 6 7 8 9; do
			printf '%s\n' 'C: XYZ' 'S: 500 *'
		done
		printf '%s\n' 'C: NOOP' 'S: 250 *' 'C: XYZ' 'S: 500 *' \
		    'S: 421 4.7.0 *' S-END
	} | talk env ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" \
	    strace -o trace -f -e trace=nanosleep,clock_nanosleep \
	    smtpd-inetd -f mailpipe.conf
	sed -n 's/.*nanosleep.*{tv_sec=\([0-9]*\), tv_nsec=0}.*/\1/p' trace
}

@test "mistakes cost time, each more than the last" {
	elsewhere
	mistakes >order
	same order <(printf '%s\n' 1 2 3 4)
}

@test "on this machine they cost none" {
	mistakes >order
	[ ! -s order ]
}
