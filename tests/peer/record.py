#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""record.py PORTFILE DIR [keyword ...]: an SMTP server that takes everything
and writes down what it got.

It listens on 127.0.0.1, writes the port to PORTFILE and offers the keywords in
answer to EHLO; "max=N" is none, but makes it say 452 to a recipient past the
N-th of a message.  Of message N DIR/N.envelope has the commands and DIR/N.wire
the text as it came, up to and with the first CRLF.CRLF, or of all chunks where
they came by BDAT (N.chunks has their sizes).  DIR/connections has
a line for each connection, DIR/wrong what no client should do: commands out
of order, a line end that is not CRLF, and, where PIPELINING is not offered,
anything said before the answer to what was said before.
"""
import os
import re
import socket
import sys


class Wrong(Exception):
    pass


class Recorder:
    def __init__(self, directory, words):
        self.dir, self.n = directory, 0
        self.most = 10 ** 9
        self.keywords = []
        for word in words:
            if word.startswith('max='):
                self.most = int(word[4:])
            else:
                self.keywords.append(word)
        self.lockstep = 'PIPELINING' not in self.keywords

    def note(self, name, text):
        with open(f'{self.dir}/{name}', 'a', encoding='latin-1') as f:
            print(text, file=f)

    def until(self, end):
        while (at := self.held.find(end)) == -1:
            data = self.sock.recv(1 << 20)
            if not data:
                raise Wrong(f'hung up after {self.held[-80:]!r}')
            self.held += data
        at += len(end)
        data, self.held = self.held[:at], self.held[at:]
        if self.lockstep and self.held and not data.startswith(b'BDAT '):
            raise Wrong(f'did not wait, but said {self.held[:80]!r}')
        return data

    def command(self, pattern):
        line = self.until(b'\n')
        if not line.endswith(b'\r\n') or re.search(rb'[\r\n\0]', line[:-2]):
            raise Wrong(f'a bad line end: {line!r}')
        line = line[:-2].decode('latin-1')
        if not re.fullmatch(pattern, line):
            raise Wrong(f'{line!r} is not {pattern}')
        return line

    def say(self, *lines):
        for line in lines[:-1]:
            self.sock.sendall(f'250-{line}\r\n'.encode())
        self.sock.sendall(f'{lines[-1]}\r\n'.encode())

    def text(self):
        """An empty text has its last line first, with no CRLF before it."""
        self.say('354 go on')
        self.held = b'\r\n' + self.held
        return self.until(b'\r\n.\r\n')[2:]

    def chunks(self, line):
        """From the first BDAT on; the reply to the last one is message's."""
        data = b''
        while True:
            n = int(line.split()[1])
            while len(self.held) < n:
                more = self.sock.recv(1 << 20)
                if not more:
                    raise Wrong(f'hung up in a chunk of {n} bytes')
                self.held += more
            data, self.held = data + self.held[:n], self.held[n:]
            self.note(f'{self.n + 1}.chunks', n)
            if line.endswith(' LAST'):
                return data
            if self.lockstep and self.held:
                raise Wrong(f'did not wait, but said {self.held[:80]!r}')
            self.say('250 2.0.0 chunk')
            line = self.command(r'BDAT \d+( LAST)?')

    def message(self, mail):
        lines, taken = [mail], 0
        ends = r'BDAT \d+( LAST)?' if 'CHUNKING' in self.keywords else 'DATA'
        self.say('250 2.1.0 sender')
        while (line := self.command(rf'RCPT TO:<[^<>]+>|{ends}'))[0] == 'R':
            lines.append(line)
            taken += 1
            self.say('250 2.1.5 recipient' if taken <= self.most
                     else '452 4.5.3 too many')
        data = self.text() if line == 'DATA' else self.chunks(line)
        self.n += 1
        with open(f'{self.dir}/{self.n}.wire', 'wb') as f:
            f.write(data)
        self.note(f'{self.n}.envelope', '\n'.join(lines))
        self.say(f'250 2.0.0 recorded as {self.n}')

    def session(self):
        self.held = b''
        self.say('220 record.example ESMTP')
        self.command(r'EHLO \S+')
        words = ['record.example'] + self.keywords
        self.say(*words[:-1], f'250 {words[-1]}')
        while (line := self.command(r'MAIL FROM:<[^<>]*>.*|QUIT|RSET')
               ) != 'QUIT':
            if line == 'RSET':
                self.say('250 2.0.0 reset')
            else:
                self.message(line)
        self.say('221 bye')

    def serve(self, sock):
        self.sock = sock
        self.note('connections', self.n)
        try:
            self.session()
        except Wrong as e:
            self.note('wrong', e)
        except OSError as e:
            self.note('wrong', f'{e}')
        sock.close()


def main(argv):
    if len(argv) < 3:
        sys.exit('usage: record.py PORTFILE DIR [keyword ...]')
    os.makedirs(argv[2], exist_ok=True)
    listener = socket.create_server(('127.0.0.1', 0))
    with open(argv[1] + '.new', 'w') as f:
        print(listener.getsockname()[1], file=f)
    os.rename(argv[1] + '.new', argv[1])
    recorder = Recorder(argv[2], argv[3:])
    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        recorder.serve(sock)


main(sys.argv)
