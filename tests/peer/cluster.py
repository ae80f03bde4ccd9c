#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""cluster.py DIR COUNT KILLS SEED: does a queue that two hosts share lose mail?

Inside of peer/cluster.  COUNT messages at least are put into a queue on the
volume, by mailq-add on both hosts, while a runner on each of them sends them to
a server here that counts, and to a Maildir on the volume.  Meanwhile KILLS
times all that runs or delivers on one host is killed in the middle of its work,
and every third time its mount, too, as if the host had lost its power.

Nothing may be lost, or left.  A message may be there twice only where a process
was killed that may not have known yet that it had been delivered; without kills
none may be.  Prints what was seen; status 1 where something is wrong.
"""
import asyncio
import collections
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

ADDERS = 2  # on each host
HOSTS = 'a', 'b'
WORST = 330  # seconds for everything
COMMANDS = 'mailq-run', 'smtp-send', 'mail-deliver'


class Receiver:
    """Takes all mail on port 25.  "sessions" are [peer, numbers, quit]."""

    def __init__(self):
        self.sessions = []
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self.serve(ready)),
                         daemon=True).start()
        if not ready.wait(20):
            sys.exit('the receiver did not start')

    async def serve(self, ready):
        await asyncio.start_server(self.session, '10.77.0.1', 25)
        ready.set()
        await asyncio.Event().wait()

    async def session(self, reader, writer):
        log = [writer.get_extra_info('peername')[0], [], False]
        self.sessions.append(log)
        try:
            await self.talk(reader, writer, log)
        except (OSError, asyncio.IncompleteReadError):
            pass
        writer.close()

    async def talk(self, reader, writer, log):
        reply = '220 mx.example.net'
        while True:
            writer.write(f'{reply}\r\n'.encode())
            await writer.drain()
            verb = (await reader.readuntil(b'\n')).split()[0].upper()
            reply = '250 2.0.0 ok'
            if verb == b'EHLO':
                reply = '250-mx.example.net\r\n250-8BITMIME\r\n' \
                    '250-ENHANCEDSTATUSCODES\r\n250 PIPELINING'
            elif verb == b'DATA':
                writer.write(b'354 go on\r\n')
                data = await reader.readuntil(b'\r\n.\r\n')
                await asyncio.sleep(0.005)
                log[1].append(int(re.search(rb'^Subject: (\d+)\r$', data,
                                            re.M).group(1)))
            elif verb == b'QUIT':
                log[2] = True
                writer.write(b'221 2.0.0 bye\r\n')
                return


class Cluster:
    def __init__(self, top):
        self.top = top
        self.volume = f'{top}/volume'
        self.spool = f'{self.volume}/spool'
        self.acked, self.sent = {}, 0
        self.adders, self.runners = {}, {}
        self.kills = collections.Counter()
        self.net = {}
        for host in HOSTS:
            with open(f'{top}/{host}.pid') as f:
                self.net[host] = os.readlink(f'/proc/{int(f.read())}/ns/net')
        self.env = dict(os.environ, MAILPIPE_CONF=f'{top}/mailpipe.conf')
        with open(f'{top}/users', 'w') as f:
            f.write(f'bob@example.org:!:{self.volume}/bob\n')
        with open(f'{top}/mailpipe.conf', 'w') as f:
            f.write('Hostname: mx.example.org\nDomains: example.org\n'
                    f'Users: {top}/users\nSpool: {self.spool}\n')
        self.call('a', 'mkdir', '-m', '700', f'{self.volume}/bob')
        self.call('a', 'chown', '64000:64000', f'{self.volume}/bob')
        self.call('b', 'mailq-run')

    def command(self, host, *args):
        return [f'{self.top}/on', host, *args]

    def call(self, host, *args):
        return subprocess.run(self.command(host, *args), env=self.env,
                              check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def recipients(self, number):
        to = ['bob@example.org'] if number % 5 in (0, 1) else []
        return to + (['eve@[10.77.0.1]'] if number % 5 != 0 else [])

    def add(self, more):
        """Keeps ADDERS processes busy on each host; notes those that ended."""
        for p in [p for p in self.adders if p.poll() is not None]:
            host, number = self.adders.pop(p)
            if p.returncode == 0 and p.stdout.read().strip() != '':
                self.acked[number] = host
        hosts = [host for host, _ in self.adders.values()]
        for host in HOSTS * ADDERS if more else ():
            if hosts.count(host) >= ADDERS:
                continue
            hosts.append(host)
            self.sent += 1
            p = subprocess.Popen(self.command(
                host, 'mailq-add', '-f', 'alice@example.org',
                *self.recipients(self.sent)), stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, env=self.env, text=True)
            try:
                p.stdin.write(f'Subject: {self.sent}\n\nhello\n')
                p.stdin.close()
            except BrokenPipeError:
                pass
            self.adders[p] = host, self.sent

    def run(self, *operands):
        for host in HOSTS:
            p = self.runners.get(host)
            if p is None or p.poll() is not None:
                self.runners[host] = subprocess.Popen(
                    self.command(host, 'mailq-run', '-v', '-c', '4', '-C', '3',
                                 *operands),
                    env=self.env, stderr=open(f'{self.top}/run.log', 'a'))

    def processes(self, host):
        """(name, pid) of those that run there."""
        found = []
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                if os.readlink(f'/proc/{pid}/ns/net') == self.net[host]:
                    with open(f'/proc/{pid}/comm') as f:
                        found.append((f.read().strip(), int(pid)))
            except OSError:
                continue
        return found

    def kill(self, host, crash):
        """True where something was in the middle of a delivery."""
        found = self.processes(host)
        names = [name for name, _ in found]
        if 'mailq-run' not in names or not (
                {'smtp-send', 'mail-deliver'} & set(names)):
            return False
        for name, pid in found:
            if name in COMMANDS or crash and name in ('mailq-add',
                                                      'glusterfs'):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                self.kills[name] += 1
        if crash:
            self.call(host, 'umount', '-l', self.volume)
            subprocess.run([f'{self.top}/mount', host], check=True)
        return True

    def work(self, count, kills, rng):
        end = time.monotonic() + WORST
        done, next_kill = 0, 0
        while self.sent < count or done < kills or self.adders:
            if time.monotonic() > end:
                sys.exit(f'not all was put into it in {WORST} seconds')
            self.add(self.sent < count or done < kills)
            self.run()
            if done < kills and time.monotonic() > next_kill:
                next_kill = time.monotonic() + rng.uniform(0.1, 0.8)
                done += self.kill(rng.choice(HOSTS), done % 3 == 2)
            time.sleep(0.005)
        # Whatever was busy is tried again at once.
        self.await_runners(end)
        while self.left():
            self.run('*')
            self.await_runners(end)

    def await_runners(self, end):
        """Until they have ended, so that nothing is on its way from one
        directory to another."""
        try:
            for p in self.runners.values():
                p.wait(timeout=end - time.monotonic())
        except subprocess.TimeoutExpired:
            sys.exit(f'not empty after {WORST} seconds: {self.left()}')

    def left(self):
        """What is queued, as either host sees it: one may not know for a while
        what the other has just put there."""
        return sorted({path for host in HOSTS for path in self.call(
            host, 'find', *(f'{self.spool}/{d}' for d in (
                'new', 'cur', 'failed', 'hold')), '-type', 'f').split()})

    def delivered(self):
        """How often each is in the Maildir, as the other host sees it."""
        text = self.call('b', 'grep', '-rh', '^Subject: ',
                         f'{self.volume}/bob/new')
        return collections.Counter(int(n) for n in re.findall(r'\d+', text))


def check(cluster, receiver):
    wrong = [f'{path}: still in the queue' for path in cluster.left()]
    relayed = collections.Counter(
        n for _, numbers, _ in receiver.sessions for n in numbers)
    delivered = cluster.delivered()
    # A reply to one of the last two may not have been read.
    excused = collections.Counter(
        n for _, numbers, quit in receiver.sessions if not quit
        for n in numbers[-2:])
    for n in cluster.acked:
        for to in cluster.recipients(n):
            if (delivered if to[0] == 'b' else relayed)[n] == 0:
                wrong.append(f'{n}: lost for {to}')
    if sum(cluster.kills.values()) == 0:
        excused.clear()
    for n, times in relayed.items():
        if times > 1 + excused[n]:
            wrong.append(f'{n}: sent {times} times')
    again = sum(delivered.values()) - len(delivered)
    if again > cluster.kills['mail-deliver']:
        wrong.append(f'{again} delivered twice')
    by = collections.Counter(
        peer for peer, numbers, _ in receiver.sessions for n in numbers)
    if len(by) < 2:
        wrong.append('only one host sent')
    print(f'acknowledged {len(cluster.acked)} of {cluster.sent}, '
          f'sent {sum(relayed.values())} by {dict(by)}, twice '
          f'{sum(relayed.values()) - len(relayed)}, delivered '
          f'{sum(delivered.values())}, twice {again}, killed '
          f'{dict(cluster.kills)}')
    for line in wrong[:20]:
        print('wrong:', line)
    return 1 if wrong or not cluster.acked else 0


def main(top, count, kills, seed):
    receiver = Receiver()
    cluster = Cluster(top)
    cluster.work(count, kills, random.Random(seed))
    return check(cluster, receiver)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:5])))
