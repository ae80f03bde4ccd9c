#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""socks.py PORTFILE LOG ACTION ...: a SOCKS5 proxy that does as it is told.

It listens on 127.0.0.1 and writes the port to PORTFILE.  What it reads is in
LOG, a line for each: "methods HEX", "login USER PASSWORD", "connect KIND HOST
PORT".  For each of them it takes the next action:

HEX	answer so (and the method 02 means that a login is read next)
slow=HEX	the same, one byte at a time
drip=HEX	with a while before each byte
to=PORT	a good answer, and then the way to that port of 127.0.0.1
hang	answer nothing
flood	answer without end
close	go away
"""
import os
import select
import socket
import sys
import time


def take(c, n):
    data = b''
    while len(data) < n:
        more = c.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def word(c):
    return take(c, take(c, 1)[0]).decode()


def request(c):
    kind = take(c, 4)[3]
    if kind == 3:
        host = word(c)
    else:
        family = socket.AF_INET if kind == 1 else socket.AF_INET6
        host = socket.inet_ntop(family, take(c, 4 if kind == 1 else 16))
    return 'connect %d %s %d' % (kind, host, int.from_bytes(take(c, 2), 'big'))


def relay(c, port):
    s = socket.create_connection(('127.0.0.1', port))
    other = {c: s, s: c}
    # With the answer come the first bytes of the host, where it speaks first.
    first = s.recv(65536) if select.select([s], [], [], 0.2)[0] else b''
    c.sendall(b'\5\0\0\1\0\0\0\0\0\0' + first)
    while True:
        for ready in select.select([c, s], [], [])[0]:
            data = ready.recv(65536)
            if not data:
                return
            other[ready].sendall(data)


def answer(c, action):
    """The bytes that were sent."""
    if action == 'close':
        raise EOFError
    if action == 'hang':
        c.recv(1)
        raise EOFError
    while action == 'flood':
        c.sendall(b'x' * 65536)
    if action.startswith('to='):
        relay(c, int(action[3:]))
        raise EOFError
    data = bytes.fromhex(action.split('=')[-1])
    step = 1 if '=' in action else len(data)
    for i in range(0, len(data), step):
        if action.startswith('drip='):
            time.sleep(0.3)
        c.sendall(data[i:i + step])
    return data


def session(c, actions, log):
    actions = iter(actions)
    log('methods ' + take(c, take(c, 2)[1]).hex())
    method = answer(c, next(actions))
    if method[1:2] == b'\2':
        take(c, 1)
        log('login %s %s' % (word(c), word(c)))
        answer(c, next(actions))
    log(request(c))
    answer(c, next(actions))
    c.recv(1)


def main():
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(10)
    with open(sys.argv[1] + '.new', 'w') as f:
        print(listener.getsockname()[1], file=f)
    os.rename(sys.argv[1] + '.new', sys.argv[1])

    def log(line):
        with open(sys.argv[2], 'a') as f:
            print(line, file=f)

    while True:
        c, _ = listener.accept()
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            session(c, sys.argv[3:], log)
        except (EOFError, OSError, StopIteration):
            pass
        c.close()


main()
