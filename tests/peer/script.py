#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""script.py PORTFILE SCRIPT [LOG]: a TCP server that follows a script.

It listens on 127.0.0.1, or $SCRIPT_ADDRESS and $SCRIPT_PORT, writes the port
to PORTFILE, takes one connection and does what SCRIPT says; status 1 where the
client did something else.
What it read goes to LOG as it came.  wire.py says more about scripts.

    S: 220 text        sends the text with CRLF
    S-RAW: bytes       sends the bytes (\\r \\n \\t \\0 \\\\ \\xNN)
    S-REPEAT: 9 bytes  sends them that many times
    S-FLOOD: bytes     sends them again and again until the client hangs up
    C: EHLO *          the client's next line matches the pattern
    C-DATA: [FILE]     reads to CRLF.CRLF; FILE gets what stands before the
                       last line, dots still doubled
    C-CHUNK: [FILE]    reads a BDAT and its bytes, behind those in FILE
    C-LAST: [FILE]     the same, and it says LAST
    C-SOME             reads something, whatever it is, and forgets it
    C-END              the client says no more and hangs up
    QUIET: 0.2         the client says nothing for that many seconds
    TLS: [OPTION ...]  goes on in TLS, as its server: cert=NAME (NAME.pem and
                       NAME.key; "mx"), max=1_2, ciphers=LIST, alpn=A,B,
                       no-ems=1 (TLS 1.2 without RFC 7627)
    TLS-FAIL: ...      the same, but the client does not agree and hangs up
    TLS-END: bytes     says close_notify, and the bytes in clear text
    SCRAM: [OPTION ...] reads AUTH SCRAM-SHA-256 and goes through it; options
                       are in scram.py
    TRICKLE: bytes     says the bytes over and over, a byte now and then, until
                       the client hangs up
    PAUSE: 50          waits milliseconds, so that what was sent arrives alone
    SILENCE            reads and answers nothing until the client hangs up
    HANGUP             closes the connection
    RESET              closes it with a RST
    LEAVE              reads nothing of this connection any more, which stays
    ACCEPT             takes the next connection

After the last instruction the connection is closed.
"""
import os
import socket
import sys

import wire


class Server:
    def __init__(self, portfile, log):
        self.log = log
        self.wire, self.left = None, []
        self.listener = socket.create_server(
            (os.environ.get('SCRIPT_ADDRESS', '127.0.0.1'),
             int(os.environ.get('SCRIPT_PORT', '0'))))
        self.listener.settimeout(wire.WAIT)
        with open(portfile + '.new', 'w') as f:
            print(self.listener.getsockname()[1], file=f)
        os.rename(portfile + '.new', portfile)

    def accept(self, _=b''):
        self.close()
        try:
            self.wire = wire.Wire(self.listener.accept()[0], self.log)
        except socket.timeout:
            raise wire.Wrong('no connection came')

    def close(self, _=b''):
        if self.wire:
            self.wire.close()

    def scram(self, text):
        import scram # and with it OpenSSL: see wire.openssl
        scram.serve(self.wire, text)

    def leave(self, _=b''):
        self.left.append(self.wire)
        self.wire = None

    def data(self, name):
        """An empty body has its last line first, without a CRLF before it."""
        self.wire.held = b'\r\n' + self.wire.held
        body = self.wire.until(b'\r\n.\r\n')[2:-3]
        if name:
            with open(name, 'wb') as f:
                f.write(body)

    def chunk(self, name, last):
        data, is_last = self.wire.chunk()
        if last != is_last:
            raise wire.Wrong('LAST, too early' if is_last else 'no LAST')
        if name:
            with open(name, 'ab') as f:
                f.write(data)

    def table(self):
        w = lambda method, change=lambda a: a: (
            lambda a: getattr(self.wire, method)(change(a)))
        bare = lambda method: lambda _: getattr(self.wire, method)()
        return {
            'S': w('send', lambda a: a + b'\r\n'),
            'S-RAW': w('send', wire.unescape),
            'S-REPEAT': w('send', wire.repeated),
            'S-FLOOD': w('flood'),
            'C': w('expect_line'),
            'C-DATA': self.data,
            'C-CHUNK': lambda a: self.chunk(a, False),
            'C-LAST': lambda a: self.chunk(a, True),
            'C-SOME': bare('expect_some'),
            'C-END': bare('expect_end'),
            'QUIET': w('expect_quiet', float),
            'TRICKLE': w('trickle'),
            'PAUSE': wire.pause,
            'TLS': lambda a: self.wire.start_tls(True, a),
            'TLS-FAIL': lambda a: self.wire.fail_tls(True, a),
            'TLS-END': w('end_tls'),
            'SCRAM': self.scram,
            'SILENCE': bare('silence'),
            'HANGUP': self.close,
            'RESET': bare('reset'),
            'LEAVE': self.leave,
            'ACCEPT': self.accept,
        }


def main(argv):
    if len(argv) not in (3, 4):
        sys.exit('usage: script.py PORTFILE SCRIPT [LOG]')
    log = open(argv[3], 'wb') if len(argv) == 4 else None
    server = Server(argv[1], log)
    try:
        server.accept()
    except wire.Wrong as e:
        sys.exit(f'{e}')
    wire.play(argv[2], server.table())
    server.close()


main(sys.argv)
