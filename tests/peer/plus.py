#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""plus.py PORT USER PASSWORD: an SMTP server in TLS 1.3 from the first byte,
for one client, that knows no other way to log in than SCRAM-SHA-256-PLUS with
"tls-exporter" (RFC 9266).  Python has no exporter: "openssl s_server" is the
TLS end, with mx.pem and mx.key, and tells what it exports; GNU SASL's gsasl is
the server of SCRAM.  Status 0 where both were content, and a message came."""
import base64
import subprocess
import sys

port, user, password = sys.argv[1:]
PIPES = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE)
PROMPT = b'Enter base64 encoded tls-exporter channel binding: '
tls = subprocess.Popen(
    ['openssl', 's_server', '-accept', '127.0.0.1:' + port, '-naccept', '1',
     '-cert', 'mx.pem', '-key', 'mx.key', '-tls1_3', '-keymatexport',
     'EXPORTER-Channel-Binding', '-keymatexportlen', '32'], **PIPES)
gsasl = subprocess.Popen(
    ['gsasl', '--server', '--quiet', '-m', 'SCRAM-SHA-256-PLUS', '-a', user,
     '-p', password], **PIPES)


def put(process, text):
    process.stdin.write(text)
    process.stdin.flush()


def line_of(process, end):
    line = process.stdout.readline()
    if not line.endswith(end):
        sys.exit(f'the end, behind {line!r}')
    return line[:-len(end)]


def heard(start):
    line = line_of(tls, b'\r\n')
    if not line.startswith(start):
        sys.exit(f'it said {line!r}, not {start!r}')
    return line[len(start):]


def say(text):
    put(tls, text + b'\r\n')


def scram(initial):
    """gsasl says the mechanism's name first, then an empty challenge, and asks
    for the binding when it has the client's first message."""
    if line_of(gsasl, b'\n') + line_of(gsasl, b'\n') != b'SCRAM-SHA-256-PLUS':
        sys.exit('gsasl has another mechanism')
    put(gsasl, initial + b'\n' + base64.b64encode(exported) + b'\n')
    while True:
        challenge = line_of(gsasl, b'\n').replace(PROMPT, b'')
        say(b'334 ' + challenge)
        response = line_of(tls, b'\r\n')
        put(gsasl, response + b'\n')
        if response == b'':
            break
    gsasl.stdin.close()
    if gsasl.wait(30) != 0:
        sys.exit('gsasl is not content')


exported = b''
while not exported:
    name, _, value = line_of(tls, b'\n').strip().partition(b': ')
    if name == b'Keying material':
        exported = bytes.fromhex(value.decode())
# Behind it nothing is said by s_server itself but the end of a list.
say(b'220 mx ESMTP')
while not line_of(tls, b'\n').startswith(b'EHLO '):
    pass
say(b'250-mx')
say(b'250 AUTH SCRAM-SHA-256-PLUS')
scram(heard(b'AUTH SCRAM-SHA-256-PLUS '))
say(b'235 2.7.0 welcome')
for verb, reply in (b'MAIL FROM:', b'250 ok'), (b'RCPT TO:', b'250 ok'), \
        (b'DATA', b'354 go'):
    heard(verb)
    say(reply)
while line_of(tls, b'\r\n') != b'.':
    pass
say(b'250 ok')
heard(b'QUIT')
tls.stdin.close()
