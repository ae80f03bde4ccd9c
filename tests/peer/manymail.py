#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""manymail.py FIRST COUNT PRELOAD [RECIPIENT ...]: puts messages of torture.py
into the queue, by one session of smtpd-inetd -r, which has PRELOAD loaded.
Prints the number of each that was acknowledged, at once; ends at the end of
standard input, or where the session does.
"""
import os
import subprocess
import sys

from torture import recipients, text

first, count, preload = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
server = subprocess.Popen(['smtpd-inetd', '-r'], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE,
                          env=dict(os.environ, LD_PRELOAD=preload))


def reply():
    while (line := server.stdout.readline())[3:4] == b'-':
        pass
    return line[:1]


def say(command, wanted=b'2'):
    try:
        server.stdin.write(command.encode() + b'\r\n')
        server.stdin.flush()
    except BrokenPipeError:
        sys.exit(1)
    if reply() != wanted:
        sys.exit(1)


if reply() != b'2':
    sys.exit(1)
say('EHLO x')
for number in range(first, first + count):
    say('MAIL FROM:<alice@example.org>')
    for to in sys.argv[4:] or recipients(number):
        say(f'RCPT TO:<{to}>')
    say('DATA', b'3')
    say(text(number).replace('\n', '\r\n') + '.')
    print(number, flush=True)
sys.stdin.read()
say('QUIT')
sys.exit(server.wait())
