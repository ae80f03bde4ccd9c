#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""hello.py PORT [KEY=VALUE ...]: one ClientHello (RFC 5246, 7.4.1.2) that no
TLS library would send any more, and what the server says to it: "hello VERSION
SUITE COMPRESSION EXTENSIONS", "alert NUMBER" or "closed".  All numbers but
that of an alert are hexadecimal, and so are those of the arguments:

    starttls=1          behind STARTTLS of SMTP
    version=0303        SSLv3 is 0300, TLS 1.2 0303
    suites=c02f,c030    the cipher suites
    compression=1,0     the methods
    groups=17,18        the groups (curves)
    extensions=f,23     more of them; that of heartbeats (f) says that it may
                        be sent them, all others are empty
"""
import os
import socket
import struct
import sys


def words(text):
    return [int(word, 16) for word in text.split(',')]


def vector(size, data):
    return len(data).to_bytes(size, 'big') + data


def numbers(text):
    return b''.join(struct.pack('>H', n) for n in words(text))


def extension(number, data):
    return struct.pack('>H', number) + vector(2, data)


def extensions(o):
    signatures = numbers('403,503,804,805,401,501,201')
    data = extension(10, vector(2, numbers(o.get('groups', '17,18,1d'))))
    data += extension(11, vector(1, b'\0'))
    data += extension(13, vector(2, signatures))
    for number in words(o['extensions']) if 'extensions' in o else []:
        data += extension(number, b'\1' if number == 15 else b'')
    return vector(2, data)


def client_hello(o):
    version = struct.pack('>H', int(o.get('version', '303'), 16))
    body = version + os.urandom(32) + b'\0'
    body += vector(2, numbers(o.get('suites', 'c02b,c02f')))
    body += vector(1, bytes(words(o.get('compression', '0'))))
    if version != b'\3\0':
        body += extensions(o)
    record = b'\3\0' if version == b'\3\0' else b'\3\1'
    return b'\x16' + record + vector(2, b'\1' + vector(3, body))


def exactly(source, n):
    data = source.read(n)
    if len(data) < n:
        raise EOFError
    return data


def server_hello(body):
    """Of its extensions the numbers."""
    rest = body[2 + 32:]
    rest = rest[1 + rest[0]:]
    suite, compression, rest = rest[:2].hex(), rest[2], rest[3 + 2:]
    found = []
    while rest:
        number, size = struct.unpack('>HH', rest[:4])
        found.append(f'{number:04x}')
        rest = rest[4 + size:]
    return f'hello {body[:2].hex()} {suite} {compression} {",".join(found)}'


def answer(source):
    kind, _, size = struct.unpack('>BHH', exactly(source, 5))
    data = exactly(source, size)
    if kind == 21:
        return f'alert {data[1]}'
    if kind != 22 or data[0] != 2:
        sys.exit(f'no answer to a ClientHello: {kind} {data[:20].hex()}')
    return server_hello(data[4:4 + int.from_bytes(data[1:4], 'big')])


def start_tls(sock, source):
    source.readline()
    sock.sendall(b'EHLO a.example\r\n')
    while source.readline()[3:4] == b'-':
        pass
    sock.sendall(b'STARTTLS\r\n')
    if not source.readline().startswith(b'220 '):
        sys.exit('no STARTTLS')


def main(argv):
    o = dict(word.split('=', 1) for word in argv[2:])
    sock = socket.create_connection(('127.0.0.1', int(argv[1])), 30)
    source = sock.makefile('rb')
    if 'starttls' in o:
        start_tls(sock, source)
    sock.sendall(client_hello(o))
    try:
        print(answer(source))
    except (EOFError, ConnectionResetError):
        print('closed')


main(sys.argv)
