#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""crash.py MAILDIR COUNT command ...: does an SMTP server lose mail when it
is killed?

The command is a server that accepts on LISTEN_FDS.  Several clients deliver
to bob@example.org through it, while it is killed with all its processes, at
random moments, and started again, until COUNT messages got their 250.  Then
each of these must be in new/ of the Maildir, whole, and no other message may
be there in part; prints what was seen.  A client that heard nothing sends its
message again, so some may be there twice.
"""
import hashlib
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time

CLIENTS = 6
WORST = 45  # seconds for everything


def message(number):
    """Its lines are made of its number, so that a part of it shows."""
    size = random.Random(number).choice([1, 40, 90, 3000])
    lines = [f'Subject: {number}', '']
    lines += [hashlib.sha256(f'{number} {i}'.encode()).hexdigest()
              for i in range(size)]
    return '\n'.join(lines) + '\n'


class Server:
    """A listening socket that stays, and a server on it that does not."""

    def __init__(self, argv):
        self.argv = argv
        self.sock = socket.socket()
        self.sock.bind(('127.0.0.1', 0))
        self.sock.listen(128)
        self.port = self.sock.getsockname()[1]
        self.kills = 0

    def start(self):
        fd = self.sock.fileno()
        env = {k: v for k, v in os.environ.items() if k != 'LISTEN_PID'}
        self.process = subprocess.Popen(
            ['sh', '-c', f'exec 3<&{fd}; [ {fd} -eq 3 ] || exec {fd}<&-;'
             ' exec "$@"', 'sh'] + self.argv,
            env=dict(env, LISTEN_FDS='1'), pass_fds=[fd],
            stderr=subprocess.DEVNULL, start_new_session=True)

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.kills += 1


class Clients:
    def __init__(self, port, count):
        self.port, self.count = port, count
        self.lock = threading.Lock()
        self.next, self.accepted, self.lost = 0, set(), 0
        self.end = time.monotonic() + WORST

    def take(self):
        with self.lock:
            self.next += 1
            return self.next

    def over(self):
        return len(self.accepted) >= self.count or time.monotonic() > self.end

    def wait(self, more):
        """Until so many more are accepted, and then a random moment."""
        goal = len(self.accepted) + more
        while len(self.accepted) < goal and not self.over():
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.005))

    def deliver(self):
        number = self.take()
        while not self.over():
            try:
                with socket.create_connection(('127.0.0.1', self.port), 10) as s:
                    stream = s.makefile('rwb')
                    self.say(stream, None, b'220')
                    self.say(stream, 'HELO a', b'250')
                    while not self.over():
                        self.one(stream, number)
                        with self.lock:
                            self.accepted.add(number)
                        number = self.take()
            except OSError:
                with self.lock:
                    self.lost += 1

    def one(self, stream, number):
        self.say(stream, 'MAIL FROM:<a@example.net>', b'250')
        self.say(stream, 'RCPT TO:<bob@example.org>', b'250')
        self.say(stream, 'DATA', b'354')
        text = message(number).replace('\n', '\r\n') + '.'
        self.say(stream, text, b'250')

    @staticmethod
    def say(stream, text, want):
        if text is not None:
            stream.write(text.encode() + b'\r\n')
            stream.flush()
        reply = stream.readline()
        if not reply.startswith(want) or not reply.endswith(b'\r\n'):
            raise OSError(f'said {reply!r}')


def check(maildir, accepted):
    """A list of what is wrong, and how many messages there are."""
    wrong, seen, files = [], set(), 0
    for name in os.listdir(maildir + '/new'):
        path = f'{maildir}/new/{name}'
        with open(path, 'rb') as f:
            data = f.read()
        files += 1
        size = int(re.search(r',S=(\d+),', name)[1])
        text = data[data.find(b'Subject: '):].decode()
        number = int(re.match(r'Subject: (\d+)\n', text)[1])
        if size != len(data) or text != message(number):
            wrong.append(f'{name}: not whole')
        seen.add(number)
    missing = accepted - seen
    if missing:
        wrong.append(f'accepted and lost: {sorted(missing)[:10]}')
    return wrong, files


def main(maildir, count, argv):
    server = Server(argv)
    clients = Clients(server.port, count)
    threads = [threading.Thread(target=clients.deliver) for _ in range(CLIENTS)]
    for t in threads:
        t.start()
    while not clients.over():
        server.start()
        clients.wait(random.randint(1, 40))
        server.kill()
    server.sock.close()
    for t in threads:
        t.join()
    wrong, files = check(maildir, clients.accepted)
    print(f'{len(clients.accepted)} accepted, {files} there, '
          f'{server.kills} kills, {clients.lost} connections lost')
    if len(clients.accepted) < count:
        wrong.append('too slow')
    if server.kills < 5 or clients.lost < 5:
        wrong.append('hardly anything was killed')
    sys.exit('\n'.join(wrong) or 0)


main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
