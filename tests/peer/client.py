#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""client.py HOST PORT SCRIPT, client.py -x SCRIPT command ...: a TCP client
that follows a script, to test servers.

With -x the peer is a command, started with a connected socket as its
descriptors 0 and 1; at the end of the script the connection is closed and
the command must end with status 0 (or as STATUS says).  Status 1 where the
server did something else.  wire.py says more about scripts.

    C: NOOP            sends the text with CRLF
    C-RAW: bytes       sends the bytes, in one piece (\\r \\n \\t \\0 \\\\ \\xNN)
    C-REPEAT: 9 bytes  sends them that many times
    C-FILE: path       sends the bytes of a file
    C-FLOOD: bytes     sends them again and again until the server hangs up
    S: 250 *           the server's next line matches the pattern
    S-ALL: 250-*       its next reply does, all lines joined by a line feed
    S-END              it says no more and hangs up
    S-SKIP             it may say anything, and hangs up
    QUIET: 0.2         it says nothing for that many seconds
    TLS: [OPTION ...]  goes on in TLS, as its client: name=SNI, cert=NAME
                       (NAME.pem and NAME.key), max=1_2, ciphers=LIST, alpn=A,B
    TLS-FAIL: ...      the same, but the server does not agree and hangs up
    TLS-END: bytes     says close_notify, and the bytes in clear text
    TRICKLE: bytes     says the bytes over and over, a byte now and then, until
                       the server hangs up
    PAUSE: 50          waits milliseconds, so that what was sent arrives alone
    SHUT               says that no more will come, and goes on reading
    HANGUP             closes the connection
    RESET              closes it with a RST
    STATUS: 75         the status that the command is to end with
"""
import socket
import subprocess
import sys

import wire


class Client:
    def __init__(self, sock):
        self.wire = wire.Wire(sock)
        self.status = 0

    def file(self, path):
        with open(path, 'rb') as f:
            self.wire.send(f.read())

    def want_status(self, text):
        self.status = int(text)

    def table(self):
        w = lambda method, change=lambda a: a: (
            lambda a: getattr(self.wire, method)(change(a)))
        bare = lambda method: lambda _: getattr(self.wire, method)()
        return {
            'C': w('send', lambda a: a + b'\r\n'),
            'C-RAW': w('send', wire.unescape),
            'C-REPEAT': w('send', wire.repeated),
            'C-FILE': self.file,
            'C-FLOOD': w('flood'),
            'S': w('expect_line'),
            'S-ALL': w('expect_reply'),
            'S-END': bare('expect_end'),
            'S-SKIP': bare('silence'),
            'QUIET': w('expect_quiet', float),
            'TRICKLE': w('trickle'),
            'PAUSE': wire.pause,
            'TLS': lambda a: self.wire.start_tls(False, a),
            'TLS-FAIL': lambda a: self.wire.fail_tls(False, a),
            'TLS-END': w('end_tls'),
            'SHUT': lambda _: self.wire.sock.shutdown(socket.SHUT_WR),
            'HANGUP': bare('close'),
            'RESET': bare('reset'),
            'STATUS': self.want_status,
        }


def with_command(script, argv):
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(argv, stdin=theirs, stdout=theirs)
    theirs.close()
    client = Client(ours)
    try:
        wire.play(script, client.table())
        client.wire.close()
        status = process.wait(wire.WAIT)
    finally:
        process.kill()
    if status != client.status:
        sys.exit(f'{argv[0]}: status {status}, expected {client.status}')


def main(argv):
    if len(argv) >= 4 and argv[1] == '-x':
        return with_command(argv[2], argv[3:])
    if len(argv) != 4:
        sys.exit('usage: client.py HOST PORT SCRIPT | -x SCRIPT command ...')
    sock = socket.create_connection((argv[1], int(argv[2])), wire.WAIT)
    client = Client(sock)
    wire.play(argv[3], client.table())
    client.wire.close()


main(sys.argv)
