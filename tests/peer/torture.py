#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""torture.py kill|power COUNT SEED: does the queue lose mail?

In an empty directory, with the commands in PATH.  COUNT messages are put into
a queue by mailq-add, by several processes at a time, and sent by mailq-run,
over connections that break (faulty.py), to smtpd-inetd, and some to a Maildir
of this host.  Meanwhile:

kill	mailq-add, mailq-run, smtp-send and mail-deliver are killed at random
	moments and started again.  Nothing may be lost; a message may be there
	twice only where the reply to it was lost, or a process was killed when
	it could not yet have noted it.
power	all of them are killed, and the queue is what was synced, and nothing
	else (preload/powercut.c); in every second round all names are there,
	with the bytes that were synced.  What mailq-add acknowledged may not be
	lost; it may be there twice.

A message is acknowledged when mailq-add has printed its id and ended with 0.
Prints what was seen; status 1 where something is wrong.
"""
import collections
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

HERE = os.path.dirname(os.path.abspath(__file__))
ADDERS = 4
WORST = 900  # seconds for everything


def text(number):
    size = random.Random(number).choice([1, 3, 40, 400])
    lines = [f'From: alice@example.org', f'Subject: {number}',
             f'Message-ID: <{number}@example.org>',
             'Date: Thu, 26 Nov 2026 00:00:00 +0000', '']
    lines += [hashlib.sha256(f'{number} {i}'.encode()).hexdigest()
              for i in range(size)]
    return '\n'.join(lines) + '\n'


def listener():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('127.0.0.1', 0))
    s.listen(128)
    return s


class Receiver:
    """smtpd-inetd behind the connection that breaks; never killed."""

    def __init__(self, seed):
        for name in 'far', 'near':
            for part in 'cur', 'new', 'tmp':
                os.makedirs(f'{name}/{part}')
        if os.getuid() == 0:
            for top, parts, files in os.walk('.'):
                if os.path.basename(top) in ('far', 'near', 'cur', 'new',
                                             'tmp'):
                    os.chown(top, 64000, 64000)
        here = os.getcwd()
        with open('users', 'w') as f:
            f.write(f'eve@example.net:!:{here}/far\n'
                    f'bob@example.org:!:{here}/near\n')
        with open('far.conf', 'w') as f:
            f.write('Hostname: mx.example.net\nDomains: example.net\n'
                    f'Users: {here}/users\nSpool: {here}/none\n')
        sock = listener()
        fd = sock.fileno()
        env = {k: v for k, v in os.environ.items() if k != 'LD_PRELOAD'}
        self.server = subprocess.Popen(
            ['sh', '-c', f'exec 3<&{fd}; [ {fd} -eq 3 ] || exec {fd}<&-;'
             ' exec smtpd-inetd -f far.conf'], pass_fds=[fd],
            env=dict(env, LISTEN_FDS='1'), stderr=open('far.log', 'a'),
            start_new_session=True)
        self.proxy = subprocess.Popen(
            [sys.executable, f'{HERE}/faulty.py',
             str(sock.getsockname()[1]), 'faulty.log', str(seed)],
            stdout=subprocess.PIPE, text=True, env=env)
        self.port = int(self.proxy.stdout.readline())

    def end(self):
        self.proxy.kill()
        self.proxy.wait()
        os.killpg(self.server.pid, signal.SIGTERM)
        self.server.wait()


class Queue:
    def __init__(self, port, power):
        self.power, self.round = power, 0
        self.here = os.getcwd()
        self.port = port
        self.acked, self.sent = {}, 0
        self.adders, self.runner = {}, None
        self.kills = collections.Counter()
        self.env = dict(os.environ, MAILPIPE_CONF=f'{self.here}/near.conf')
        self.spool = f'{self.here}/spool'
        self.configure()
        subprocess.run(['mailq-run'], env=self.env, check=True)

    def configure(self):
        with open('near.conf', 'w') as f:
            f.write('Hostname: mx.example.org\nDomains: example.org\n'
                    f'Users: {self.here}/users\nSpool: {self.spool}\n'
                    f'Route: example.net smtp://127.0.0.1:{self.port}\n')

    def environment(self):
        if not self.power:
            return self.env
        return dict(self.env, POWERCUT=f'{self.here}/shadow',
                    LD_PRELOAD=os.environ['POWERCUT_PRELOAD'])

    def add(self, count):
        """Keeps ADDERS processes busy; notes those that ended."""
        for p in [p for p in self.adders if p.poll() is not None]:
            number = self.adders.pop(p)
            said = p.stdout.read().strip()
            if p.returncode == 0:
                self.acked[number] = said
        while len(self.adders) < ADDERS and self.sent < count:
            self.sent += 1
            to = 'bob@example.org' if self.sent % 5 == 0 else \
                'eve@example.net'
            p = subprocess.Popen(
                ['mailq-add', '-f', 'alice@example.org', to],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env=self.environment(), text=True, start_new_session=True)
            try:
                p.stdin.write(text(self.sent))
                p.stdin.close()
            except BrokenPipeError:
                pass
            self.adders[p] = self.sent

    def run(self):
        if self.runner is None or self.runner.poll() is not None:
            self.soon()
            self.runner = subprocess.Popen(
                ['mailq-run', '-c', '4', '-C', '3'], env=self.environment(),
                stderr=open('run.log', 'a'), start_new_session=True)

    def soon(self):
        """What was deferred is due, and no host is down."""
        shutil.rmtree(f'{self.spool}/hosts', ignore_errors=True)
        for name in os.listdir(f'{self.spool}/cur'):
            if not name.startswith('0' * 10):
                try:
                    os.rename(f'{self.spool}/cur/{name}',
                              f'{self.spool}/cur/{"0" * 10}{name[10:]}')
                except FileNotFoundError:
                    pass

    def processes(self):
        """Those of ours that run, by name."""
        found = collections.defaultdict(list)
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open(f'/proc/{pid}/environ', 'rb') as f:
                    if f'MAILPIPE_CONF={self.here}/'.encode() not in f.read():
                        continue
                with open(f'/proc/{pid}/comm') as f:
                    found[f.read().strip()].append(int(pid))
            except (OSError, ProcessLookupError):
                continue
        return found

    def kill(self, names, rng=None):
        found = [(n, p) for n, pids in self.processes().items()
                 for p in pids if n in names]
        for name, pid in found if rng is None else rng.sample(
                found, min(1, len(found))):
            try:
                os.kill(pid, signal.SIGKILL)
                self.kills[name] += 1
            except ProcessLookupError:
                pass

    def cut_power(self):
        commands = 'mailq-add', 'mailq-run', 'smtp-send', 'mail-deliver'
        while any(self.processes()[c] for c in commands):
            self.kill(commands)
        for p in list(self.adders):
            p.wait()
        self.add(0)
        self.runner.wait()
        self.round += 1
        after = f'{self.here}/spool.{self.round}'
        subprocess.run(
            [sys.executable, f'{HERE}/powercut.py', 'shadow', self.spool,
             after] + (['names'] if self.round % 2 else []), check=True)
        shutil.rmtree('shadow')
        for part in 'files', 'dirs':
            os.makedirs(f'shadow/{part}')
        os.chmod('shadow', 0o777)
        # All that is there now is on the disk.
        self.spool = after
        self.configure()
        self.settle(after)
        shutil.rmtree(f'{self.here}/spool.{self.round - 1}' if
                      self.round > 1 else f'{self.here}/spool')

    def settle(self, top):
        """The new disk begins with what is on it."""
        preload = dict(os.environ, POWERCUT=f'{self.here}/shadow',
                       LD_PRELOAD=os.environ['POWERCUT_PRELOAD'])
        paths = [p for p, _, _ in os.walk(top)] + \
            [os.path.join(p, n) for p, _, names in os.walk(top)
             for n in names]
        subprocess.run(['sync', '--data'] + paths, env=preload, check=True)

    def left(self):
        return [f'{d}/{n}' for d in ('new', 'cur', 'failed', 'hold')
                for n in os.listdir(f'{self.spool}/{d}')]


def arrived():
    """number -> the ids under which it came, by Maildir; and what is wrong."""
    seen, wrong = collections.defaultdict(list), []
    for box in 'far', 'near':
        for name in os.listdir(f'{box}/new'):
            with open(f'{box}/new/{name}') as f:
                data = f.read()
            m = re.search(r'^Subject: (\d+)$', data, re.M)
            if m is None or not data.endswith(text(int(m.group(1)))):
                wrong.append(f'{box}/new/{name}: not what was sent')
            else:
                seen[int(m.group(1))].append((box, re.sub(
                    r'\.[^.]*$', '', name.split(',')[0].rsplit('.vm', 1)[0])))
    return seen, wrong


def lost_replies():
    """The ids whose reply did not reach smtp-send for certain: it was
    swallowed, or was one of the last two of a connection without QUIT."""
    lost, of = set(), collections.defaultdict(list)
    quits = set()
    with open('faulty.log') as f:
        for line in f:
            connection, what, *name = line.split()
            if what == 'quit':
                quits.add(connection)
            elif what == 'swallowed':
                lost.add(name[0])
            else:
                of[connection].append(name[0])
    for connection, names in of.items():
        if connection not in quits:
            lost.update(names[-2:])
    return lost


def check(queue, kill):
    seen, wrong = arrived()
    lost = [n for n in queue.acked if n not in seen]
    wrong += [f'{n}, {queue.acked[n]}: lost' for n in lost]
    twice = {n: ids for n, ids in seen.items() if len(ids) > 1}
    excused, delivered_twice = lost_replies(), 0
    for n, ids in twice.items():
        bad = [i for box, i in ids if box == 'far' and
               not any(i.startswith(x) or x.startswith(i) for x in excused)]
        delivered_twice += ids[0][0] == 'near'
        if kill and len(bad) > 1:
            wrong.append(f'{n}: twice, as {bad}, though the replies came')
    # A kill of mail-deliver between the delivery and its note is a reply
    # that was lost: there cannot be more of them than kills.
    if kill and delivered_twice > queue.kills['mail-deliver']:
        wrong.append(f'{delivered_twice} delivered twice here, '
                     f'{queue.kills["mail-deliver"]} kills of mail-deliver')
    print(f'acknowledged {len(queue.acked)} of {queue.sent}, '
          f'arrived {len(seen)}, twice {len(twice)} ({delivered_twice} here), '
          f'replies lost {len(excused)}, rounds {queue.round}, kills',
          dict(queue.kills))
    for line in wrong[:20]:
        print('wrong:', line)
    return 1 if wrong or not queue.acked else 0


def main(what, count, seed):
    rng = random.Random(seed)
    receiver = Receiver(seed)
    power = what == 'power'
    if power:
        for part in 'files', 'dirs':
            os.makedirs(f'shadow/{part}')
        os.chmod('shadow', 0o777)
    queue = Queue(receiver.port, power)
    if power:
        queue.settle(queue.spool)
    end = time.monotonic() + WORST
    names = ['mailq-add', 'mailq-run', 'smtp-send', 'mail-deliver']
    next_kill = time.monotonic()
    while time.monotonic() < end:
        queue.add(count)
        queue.run()
        busy = queue.sent < count or queue.adders
        if not busy and not queue.left():
            break
        if time.monotonic() > next_kill:
            next_kill = time.monotonic() + rng.uniform(0.01, 0.4)
            if not power:
                queue.kill(names if busy else names[1:], rng)
            elif busy and rng.random() < 0.2:
                queue.cut_power()
        time.sleep(0.005)
    # The last run is left alone; what is left then is a failure.
    for _ in range(20):
        queue.runner.wait(timeout=120)
        if not queue.left():
            break
        queue.runner = None
        queue.run()
    status = check(queue, not power)
    if queue.left():
        print('wrong: still in the queue:', queue.left()[:5])
        status = 1
    receiver.end()
    return status


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
