#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""waited.py N: how long imap-wait takes to tell what a server has told it: the
median and the worst of N events in milliseconds, from the moment in which the
server sends what is new, to that in which the line can be read.  The server is
this, with IDLE and nothing else, so that imap-wait asks for the uid, too."""
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time


class Server(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.exists, self.idle = 0, threading.Semaphore(0)

    def say(self, text):
        self.sock.sendall(text.encode() + b'\r\n')

    def answer(self, tag, name, rest):
        if name == 'LOGIN':
            self.say(f'{tag} OK [CAPABILITY IMAP4rev1 IDLE] in')
            return
        if name in ('SELECT', 'EXAMINE'):
            self.say(f'* {self.exists} EXISTS')
            self.say('* OK [UIDVALIDITY 1] ok')
            self.say(f'* OK [UIDNEXT {self.exists + 1}] ok')
        elif name == 'FETCH' or rest.startswith('FETCH'):
            first = int(re.search(r'FETCH (\d+)', f'{name} {rest}').group(1))
            for n in range(first, self.exists + 1):
                self.say(f'* {n} FETCH (UID {n} FLAGS ())')
        elif name == 'IDLE':
            self.say('+ idling')
            self.idle.release()
            self.reader.readline()
        self.say(f'{tag} OK done')

    def run(self):
        self.sock = self.listener.accept()[0]
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.sock.makefile('r', newline='\r\n')
        self.say('* OK [CAPABILITY IMAP4rev1 IDLE] ready')
        for line in self.reader:
            tag, name, *rest = line.rstrip('\r\n').split(' ', 2)
            self.answer(tag, name, ''.join(rest))

    def new(self):
        """Tells of one more; when."""
        self.idle.acquire()
        self.exists += 1
        start = time.perf_counter()
        self.say(f'* {self.exists} EXISTS')
        return start


def main(argv):
    server = Server()
    server.start()
    child = subprocess.Popen(
        ['imap-wait', '-p', 'echo secret', f'imap://bob@127.0.0.1:{server.port}',
         'INBOX'], stdout=subprocess.PIPE)
    took = []
    for _ in range(int(argv[1])):
        start = server.new()
        line = os.read(child.stdout.fileno(), 65536)
        took.append(1000 * (time.perf_counter() - start))
        if b'\tnew\t%d' % server.exists not in line:
            sys.exit(f'waited.py: it said {line!r}')
    child.terminate()
    child.wait()
    print(f'{statistics.median(took):.2f} {max(took):.2f}')


main(sys.argv)
