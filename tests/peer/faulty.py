#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""faulty.py PORT LOG SEED|@FILE: a connection to an SMTP server that breaks.

Prints the port that it listens on and passes on what comes to 127.0.0.1:PORT
and back, until it is ended.  Of each connection one of these is done, by the
seed: nothing; it is cut after so many bytes of the client's, or of the
server's; or a reply to a message, "250 ... accepted as ID", is swallowed, and
the connection cut.  With FILE it is what that says when the connection comes:
"client BYTES", "server BYTES" or "none 0".

LOG gets a line for each reply to a message:

	CONNECTION passed|swallowed ID

and "CONNECTION quit" where the client's QUIT was passed on: it had read all
replies before that.  With FILE, also "CONNECTION cut" where so many bytes came.
"""
import asyncio
import random
import re
import sys

ACCEPTED = re.compile(rb'^250 2\.0\.0 accepted as (\S+)\r\n', re.M)


class Connection:
    count = 0

    def __init__(self, rng, log):
        Connection.count += 1
        self.name, self.log = Connection.count, log
        self.told, self.replies = isinstance(rng, str), 0
        if self.told:
            self.fault, left = open(rng).read().split()
            self.left = int(left)
        else:
            self.fault = rng.choice(['none', 'client', 'server', 'swallow'])
            self.left = int(rng.expovariate(1 / 40000)) + 1
            self.replies = rng.randint(1, 40)
        self.over = asyncio.Event()

    def note(self, what):
        self.log.write(f'{self.name} {what}\n')
        self.log.flush()

    def cut_to(self, direction, data):
        """What of it passes before the connection is cut."""
        if self.fault != direction:
            return data
        data = data[:self.left]
        self.left -= len(data)
        if self.left == 0:
            self.over.set()
            if self.told:
                self.note('cut')
        return data

    def from_client(self, data):
        data = self.cut_to('client', data)
        if b'\r\nQUIT\r\n' in b'\r\n' + data:
            self.note('quit')
        return data

    def from_server(self, data):
        passed = self.cut_to('server', data)
        for m in ACCEPTED.finditer(data):
            self.replies -= 1
            name = m.group(1).decode()
            if self.fault == 'swallow' and self.replies == 0:
                self.over.set()
                passed = passed[:m.start()]
            self.note(('passed ' if m.end() <= len(passed) else
                       'swallowed ') + name)
        return passed

    async def pump(self, reader, writer, through):
        try:
            while data := await reader.read(65536):
                writer.write(through(data))
                if self.over.is_set():
                    break
                await writer.drain()
        except OSError:
            pass
        self.over.set()

    async def run(self, reader, writer, port):
        try:
            up, down = await asyncio.open_connection('127.0.0.1', port)
        except OSError:
            writer.close()
            return
        pumps = [asyncio.ensure_future(p) for p in (
            self.pump(reader, down, self.from_client),
            self.pump(up, writer, self.from_server))]
        await self.over.wait()
        for p in pumps:
            p.cancel()
        for w in writer, down:
            w.close()


async def main(port, path, seed):
    rng = seed[1:] if seed[0] == '@' else random.Random(int(seed))
    log = open(path, 'a')

    async def serve(reader, writer):
        try:
            await Connection(rng, log).run(reader, writer, port)
        except OSError:
            pass

    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == '__main__':
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
