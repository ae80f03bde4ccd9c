#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""bs.py COMMAND [ARGUMENT ...]: Python's client of SMTP at the standard input
and output of a command, as at those of sendmail -bs.

Sends three messages, one of which has the null sender; between them is one with
a NUL, by BDAT.  Prints the replies to the ends of messages.
"""
import smtplib
import socket
import subprocess
import sys


class Client(smtplib.SMTP):
    def _get_socket(self, host, port, timeout):
        ours, theirs = socket.socketpair()
        ours.settimeout(timeout)
        with theirs:
            self.process = subprocess.Popen(sys.argv[1:], stdin=theirs,
                                            stdout=theirs)
        return ours


def send(client, sender, recipients, text):
    client.mail(sender)
    for recipient in recipients:
        code, reply = client.rcpt(recipient)
        assert code == 250, (recipient, reply)
    print(*client.data(text))


with Client('localhost', timeout=20) as c:
    c.ehlo('localhost')
    assert not c.has_extn('starttls') and not c.has_extn('dsn')
    send(c, 'alice@example.org', ['bob@example.net', '-f@example.net',
                                  'postmaster', 'nobody-here@example.org'],
         b'From: alice@example.org\r\nSubject: one\r\n\r\n.\r\nGr\xc3\xbc\xc3\x9fe\r\n')
    c.mail('alice@example.org', ['BODY=BINARYMIME'])
    c.rcpt('bob@example.net')
    c.send(b'BDAT 5 LAST\r\na\0b\r\n')
    print(*c.getreply())
    send(c, '', ['bob@example.net'],
         b'From: alice@example.org\r\n\r\ntwo\r\n')
    c.mail('carol@example.org')
    c.rcpt('bob@example.net')
    c.rset()
    send(c, 'carol@example.org', ['bob@example.net'], b'three, without a header\r\n')
sys.exit(c.process.wait(20))
