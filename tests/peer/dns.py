#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""dns.py PORTFILE: a name server that lies, over UDP and TCP.

It listens on 127.0.0.1, writes the port to PORTFILE, and answers questions for
MX by the first label of the name:

    many      a thousand MX, none of them null
    loop      an MX whose name is a pointer to itself
    far       an MX whose name points behind the end
    cname     a CNAME to the name itself, again and again
    nul       an MX whose name is a label of one NUL
    short     a record that says it is longer than the answer
    flood     twice as many answers as it says, of 64 KB
    null      a null MX (RFC 7505)
    silent    no answer at all

Answers that are long are sent over TCP alone, as RFC 1035, 4.2.1 has it.
"""
import os
import socket
import struct
import sys
import threading


def record(kind, data, size=None):
    """One about the name that was asked for."""
    return struct.pack('>HHHIH', 0xc00c, kind, 1, 60,
                       len(data) if size is None else size) + data


def mx(name, size=None):
    return record(15, struct.pack('>H', 0) + name, size)


def records(label):
    """How many there are said to be, and what they are."""
    table = {
        b'many': (1000, mx(b'\x02mx\xc0\x0c') * 1000),
        b'cname': (500, record(5, b'\xc0\x0c') * 500),
        b'nul': (1, mx(b'\x01\0\0')),
        b'short': (1, mx(b'\0', 4000)),
        b'flood': (2000, mx(b'\x02mx\xc0\x0c') * 3000),
        b'null': (1, mx(b'\0')),
        b'far': (1, mx(b'\xff\xff')),
    }
    return table.get(label, (0, b''))


def answer(question, most):
    """The answer to it of at most so many bytes; None: there is none."""
    end = question.index(b'\0', 12) + 5
    label = question[13:13 + question[12]]
    if label == b'silent':
        return None
    n, rest = records(label)
    if label == b'loop': # where its name will stand
        n, rest = 1, mx(struct.pack('>H', 0xc000 | end + 14))
    flags = 0x8180
    if 12 + end + len(rest) > most:
        n, rest, flags = 0, b'', 0x8380
    return (question[:2] + struct.pack('>HHHHH', flags, 1, n, 0, 0) +
            question[12:end] + rest)[:65535]


def serve_tcp(listener):
    while True:
        s, _ = listener.accept()
        with s:
            size = s.recv(2, socket.MSG_WAITALL)
            if len(size) < 2:
                continue
            question = s.recv(struct.unpack('>H', size)[0],
                              socket.MSG_WAITALL)
            data = answer(question, 1 << 20)
            if data:
                s.sendall(struct.pack('>H', len(data)) + data)


def main(argv):
    if len(argv) != 2:
        sys.exit('usage: dns.py PORTFILE')
    tcp = socket.create_server(('127.0.0.1', 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(tcp.getsockname())
    threading.Thread(target=serve_tcp, args=(tcp,), daemon=True).start()
    with open(argv[1] + '.new', 'w') as f:
        print(tcp.getsockname()[1], file=f)
    os.rename(argv[1] + '.new', argv[1])
    while True:
        question, client = udp.recvfrom(65535)
        data = answer(question, 512)
        if data:
            udp.sendto(data, client)


main(sys.argv)
