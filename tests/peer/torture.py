#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""torture.py kill|power COUNT SEED PRELOADS: does the queue lose mail?

In an empty directory, with the commands in PATH and what was built of
tests/preload in the directory PRELOADS.  Messages are put into a queue, until
COUNT of them are acknowledged, by mailq-add and by SMTP (smtpd-inetd -r, also
many in one session), by several processes at a time; two mailq-run at once send them, over connections
that break (faulty.py), to a host with smtpd-inetd, and to a Maildir of this
one, and some to both.  Meanwhile:

kill	mailq-add, mailq-run, smtp-send, mail-deliver and the smtpd-inetd that
	puts into the queue are killed, at whichever of their system calls
	(preload/killed.c), and at random moments.  Nothing may be lost; a
	message may be there twice only where the reply to it was lost, or a
	process was killed when it could not yet have noted it.
power	all of them are killed, that host's smtpd-inetd, too, and what is there
	then, of the queue and of the Maildirs, is what was synced, and nothing
	else (preload/powercut.c); in every second round all names are there,
	with the bytes that were synced.  Nothing that was acknowledged may be
	lost; it may be there twice.

A message is acknowledged when mailq-add has ended with 0, or smtp-send has.  A
reply that faulty.py saw is an acknowledgement, too: that message is in the
Maildir.  Prints what was seen; status 1 where something is wrong.
"""
import collections
import contextlib
import glob
import hashlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import powercut

HERE = os.path.dirname(os.path.abspath(__file__))
ADDERS, RUNNERS = 4, 2
SESSION = 24  # messages of a long session
WORST = 900  # seconds for everything
PERCENT = '20'  # of the processes end before their time
BOTH = ['eve@example.net', 'bob@example.org']
OURS = ['mailq-add', 'mailq-run', 'smtp-send', 'mail-deliver']
PARTS = 'spool', 'far', 'near'


def text(number):
    size = random.Random(number).choice([1, 3, 40, 400, 1200])
    lines = ['From: alice@example.org', f'Subject: {number}',
             f'Message-ID: <{number}@example.org>',
             'Date: Thu, 26 Nov 2026 00:00:00 +0000', '']
    lines += [hashlib.sha256(f'{number} {i}'.encode()).hexdigest()
              for i in range(size)]
    return '\n'.join(lines) + '\n'


def recipients(number):
    """By number: at home, both, else far away."""
    return {0: BOTH[1:], 1: BOTH}.get(number % 5, BOTH[:1])


def boxes(number):
    return {'far' if to == BOTH[0] else 'near' for to in recipients(number)}


def listener():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('127.0.0.1', 0))
    s.listen(128)
    return s


class Place:
    """The two hosts, the mark of their processes, and what is loaded."""

    def __init__(self, preloads, power):
        self.here, self.power = os.getcwd(), power
        for name in 'far', 'near':
            for part in 'cur', 'new', 'tmp':
                os.makedirs(f'{name}/{part}')
                if os.getuid() == 0:
                    os.chown(name, 64000, 64000)
                    os.chown(f'{name}/{part}', 64000, 64000)
        os.chmod('.', 0o755)
        self.preload = f'{self.here}/' + ('powercut.so' if power else
                                          'killed.so')
        shutil.copy(f'{preloads}/{os.path.basename(self.preload)}', '.')
        os.chmod(self.preload, 0o755)
        with open('killed.log', 'w') as f:
            os.chmod(f.name, 0o666)
        self.marked = dict(os.environ, TORTURE=self.here)

    def loaded(self):
        """The environment of what is tortured."""
        asan = os.environ.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'
        return dict(self.marked, LD_PRELOAD=self.preload, KILLED_PERCENT=PERCENT,
                    KILLED_LOG=f'{self.here}/killed.log', ASAN_OPTIONS=asan,
                    POWERCUT=f'{self.here}/shadow')

    def processes(self):
        """Those that run, by name."""
        found = collections.defaultdict(list)
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open(f'/proc/{pid}/environ', 'rb') as f:
                    if f'TORTURE={self.here}\0'.encode() not in f.read():
                        continue
                with open(f'/proc/{pid}/stat') as f:
                    name, state = re.search(r'\((.*)\) (.)', f.read()).groups()
            except (OSError, ProcessLookupError):
                continue
            if state != 'Z':
                found[name].append(int(pid))
        return found


class Receiver:
    """smtpd-inetd behind the connection that breaks."""

    def __init__(self, place, seed):
        self.place, here = place, place.here
        with open('users', 'w') as f:
            f.write(f'eve@example.net:!:{here}/far\n'
                    f'bob@example.org:!:{here}/near\n')
        with open('far.conf', 'w') as f:
            f.write('Hostname: mx.example.net\nDomains: example.net\n'
                    f'Users: {here}/users\nSpool: {here}/none\n')
        self.socket = listener()
        self.start()
        self.proxy = subprocess.Popen(
            [sys.executable, f'{HERE}/faulty.py',
             str(self.socket.getsockname()[1]), 'faulty.log', str(seed)],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.proxy.stdout.readline())

    def start(self):
        fd = self.socket.fileno()
        env = self.place.loaded() if self.place.power else self.place.marked
        self.server = subprocess.Popen(
            ['sh', '-c', f'exec 3<&{fd}; [ {fd} -eq 3 ] || exec {fd}<&-;'
             ' LISTEN_PID=$$; export LISTEN_PID; exec smtpd-inetd -f far.conf'],
            pass_fds=[fd], env=dict(env, LISTEN_FDS='1'),
            stderr=open('far.log', 'a'), start_new_session=True)

    def end(self):
        self.proxy.kill()
        self.proxy.wait()
        for pids in self.place.processes().values():
            for pid in pids:
                # Those that wait for a session end by themselves, too.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
        self.server.wait()


class Queue:
    def __init__(self, place, port):
        self.place, self.spool = place, f'{place.here}/spool'
        self.acked, self.sent, self.round = set(), 0, 0
        self.adders, self.runners = {}, []
        self.kills = collections.Counter()
        with open('near.conf', 'w') as f:
            f.write('Hostname: mx.example.org\nDomains: example.org\n'
                    f'Users: {place.here}/users\nSpool: {self.spool}\n'
                    f'Route: example.net smtp://127.0.0.1:{port}\n')
        self.env = dict(place.loaded(), MAILPIPE_CONF=f'{place.here}/near.conf')
        subprocess.run(['mailq-run'], check=True, env=dict(
            place.marked, MAILPIPE_CONF=f'{place.here}/near.conf'))

    def harvest(self):
        for p in [p for p in self.adders if p.poll() is not None]:
            number = self.adders.pop(p)
            if isinstance(number, str):
                self.read_session(number)
            elif p.returncode == 0:
                self.acked.add(number)

    def read_session(self, path):
        with open(path) as f:
            self.acked.update(map(int, f.read().split()))

    def add_session(self):
        """Many by one session, each acknowledged by itself."""
        first = self.sent + 1
        self.sent += SESSION
        env = {k: v for k, v in self.env.items() if k != 'LD_PRELOAD'}
        with open(f'session.{first}', 'w') as f:
            p = subprocess.Popen(
                [sys.executable, f'{HERE}/manymail.py', str(first),
                 str(SESSION), self.place.preload], stdout=f, env=env,
                stdin=subprocess.DEVNULL, stderr=open('add.log', 'a'),
                start_new_session=True)
        self.adders[p] = f.name

    def add(self, count):
        """Keeps ADDERS processes busy."""
        self.harvest()
        while len(self.adders) < min(ADDERS, count - len(self.acked)):
            if self.sent % 40 == 39:
                self.add_session()
                continue
            self.sent += 1
            command = ['mailq-add', '-f', 'alice@example.org']
            if self.sent % 3 == 0:
                command = ['smtp-send', '-f', 'alice@example.org',
                           'pipe:smtpd-inetd -r']
            with open('message', 'w+') as f:
                f.write(text(self.sent))
                f.seek(0)
                p = subprocess.Popen(
                    command + recipients(self.sent), stdin=f,
                    stdout=subprocess.DEVNULL, stderr=open('add.log', 'a'),
                    env=self.env, start_new_session=True)
            os.unlink('message')
            self.adders[p] = self.sent

    def run(self):
        self.runners = [p for p in self.runners if p.poll() is None]
        while len(self.runners) < RUNNERS:
            self.soon()
            self.runners.append(subprocess.Popen(
                ['mailq-run', '-c', '4', '-C', '3'], env=self.env,
                stderr=open('run.log', 'a'), start_new_session=True))

    def soon(self):
        """What was deferred is due, and no host is down."""
        for host in glob.glob(f'{self.spool}/hosts/*'):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(host)
        for name in os.listdir(f'{self.spool}/cur'):
            if not name.startswith('0' * 10):
                try:
                    os.rename(f'{self.spool}/cur/{name}',
                              f'{self.spool}/cur/{"0" * 10}{name[10:]}')
                except FileNotFoundError:
                    pass

    def kill(self, rng):
        """One of them, whatever it does just now."""
        found = [(n, p) for n, pids in self.place.processes().items()
                 for p in pids if n in OURS]
        for name, pid in rng.sample(found, min(1, len(found))):
            try:
                os.kill(pid, signal.SIGKILL)
                self.kills[name] += 1
            except ProcessLookupError:
                pass

    def end(self):
        """Nothing runs any more, from one moment to the next."""
        while pids := sum(self.place.processes().values(), []):
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        for p in list(self.adders) + self.runners:
            p.wait()
        self.harvest()

    def cut_power(self, arrivals):
        self.end()
        for part in PARTS:
            powercut.fail('shadow', part, 'after', self.round % 2 == 0)
            shutil.rmtree(part)
            os.rename('after', part)
        self.round += 1
        arrivals.take()
        self.settle()

    def settle(self):
        """The disk begins with what is on it."""
        shutil.rmtree('shadow', ignore_errors=True)
        for part in PARTS:
            powercut.begin('shadow', part)

    def left(self):
        return [f'{d}/{n}' for d in ('new', 'cur', 'failed', 'hold')
                for n in os.listdir(f'{self.spool}/{d}')]

    def killed(self):
        """By the preload: how many of each, and at how many of the calls."""
        calls = collections.Counter()
        with open('killed.log') as f:
            for line in f:
                name, call, side = line.split()
                self.kills[name] += 1
                calls[name, call, side] += 1
        return len(calls)


class Arrivals:
    """(number, box) -> the ids under which it came; and what is wrong."""

    def __init__(self):
        self.seen, self.wrong = collections.defaultdict(list), []
        self.ids = set()

    def take(self):
        for box in 'far', 'near':
            for name in os.listdir(f'{box}/new'):
                path = f'{box}/new/{name}'
                with open(path) as f:
                    data = f.read()
                os.unlink(path)
                self.look(box, name, data)

    def look(self, box, name, data):
        m = re.search(r'^Subject: (\d+)$', data, re.M)
        ident = re.match(r'\d+\.[A-Za-z0-9]+', name)
        if m is None or not data.endswith(text(int(m.group(1)))):
            self.wrong.append(f'{box}/{name}: not what was sent')
            return
        self.seen[int(m.group(1)), box].append(ident.group())
        self.ids.add(ident.group())


def replies():
    """(ids that smtp-send read the reply for, for certain; all that the server
    took): the last two of a connection without QUIT it may not have read."""
    read, taken, of, quits = set(), set(), collections.defaultdict(list), set()
    with open('faulty.log') as f:
        for line in f:
            connection, what, *name = line.split()
            if what == 'quit':
                quits.add(connection)
                continue
            taken.add(name[0])
            if what == 'passed':
                of[connection].append(name[0])
    for connection, names in of.items():
        read.update(names if connection in quits else names[:-2])
    return read, taken


def check(queue, arrivals):
    seen, wrong = arrivals.seen, arrivals.wrong
    read, taken = replies()
    wrong += [f'{n}: lost, not in {box}' for n in queue.acked
              for box in boxes(n) if (n, box) not in seen]
    wrong += [f'{i}: 250, and not in the Maildir' for i in taken - arrivals.ids]
    if not queue.round:
        # What smtp-send has read it has noted, and nobody sends it again.
        wrong += [f'{n}: twice in far, as {ids}, though the replies came'
                  for (n, box), ids in seen.items()
                  if box == 'far' and len(read.intersection(ids)) > 1]
    return wrong


def main(what, count, seed, preloads):
    place = Place(preloads, what == 'power')
    receiver = Receiver(place, seed)
    try:
        queue, arrivals = Queue(place, receiver.port), Arrivals()
        torture(queue, receiver, arrivals, count, random.Random(seed))
        arrivals.take()
        calls = queue.killed()
        wrong = check(queue, arrivals)
        wrong += [f'still in the queue: {name}' for name in queue.left()]
        report(queue, arrivals, calls, wrong)
    finally:
        receiver.end()
    return 1 if wrong else 0


def torture(queue, receiver, arrivals, count, rng):
    power = queue.place.power
    if power:
        queue.settle()
    end = time.monotonic() + WORST
    next_kill = time.monotonic()
    while time.monotonic() < end and not os.listdir('spool/failed'):
        queue.add(count)
        queue.run()
        if not queue.adders and len(queue.acked) >= count and \
                not queue.left():
            break
        # However fast it goes, the power fails once.
        first = power and not queue.round and queue.sent >= count // 2
        if first or time.monotonic() > next_kill:
            next_kill = time.monotonic() + rng.uniform(0.01, 0.4)
            if not power:
                queue.kill(rng)
            elif first or (queue.sent < count and rng.random() < 0.5):
                queue.cut_power(arrivals)
                receiver.start()
        time.sleep(0.005)
    for p in queue.runners:
        p.wait(timeout=120)


def report(queue, arrivals, calls, wrong):
    twice = collections.Counter()
    for (_, box), ids in arrivals.seen.items():
        twice[box] += len(ids) - 1
    read, taken = replies()
    # Delivered here again: mail-deliver was killed before it noted it.
    if not queue.round and twice['near'] > queue.kills['mail-deliver']:
        wrong.append('more twice here than mail-deliver was killed')
    print(f'acknowledged {len(queue.acked)} of {queue.sent}, arrived '
          f'{len(arrivals.seen)}, once more {twice["far"]} there and '
          f'{twice["near"]} here, replies that were lost or may be '
          f'{len(taken - read)}, rounds {queue.round}, kills '
          f'{sum(queue.kills.values())} at {calls} kinds of calls',
          dict(queue.kills))
    for line in wrong[:20]:
        print('wrong:', line)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]),
                  os.path.abspath(sys.argv[4])))
