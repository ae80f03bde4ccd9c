#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""pop3.py PORTFILE DIR [OPTION ...]: a POP3 server that does something wrong.

It listens on 127.0.0.1, writes the port to PORTFILE and serves the files of
DIR in the order of their names, which are their unique-ids, to alice with the
password "pencil"; those that were deleted are removed at QUIT.  DIR.said gets
each line that a client said, passwords too, and how it ended where that was
not QUIT; DIR.wrong what no client should say: line ends other than CRLF, lines
of more than 255 octets, and, where PIPELINING is not offered, anything before
the answer to what was said before.

    no-capa no-uidl no-top no-stls no-user no-pipelining
                    what it has not; no-user is USER and PASS
    tls             TLS from the first byte, with mx.pem and mx.key
    lf              its lines end in LF alone
    unstuffed       dots are not doubled
    no-end          a message that ends without a line end is sent so
    capa:LINE       offers this as well; clear-capa:LINE before TLS only
    uid.N=BYTES     the unique-id of message N; uid=BYTES of all
    size.N=TEXT     what LIST says of it
    STEP=FAULT      one of those below, at one of: greeting, tls (the
                    handshake) and the commands, in lower case
    STEP.N=FAULT    the same, only the N-th time in a connection

    err[:TEXT]      -ERR and the text
    line:BYTES      these instead of the first line of the response
    say:BYTES       these instead of the response
    more:BYTES      the response and these behind it, at once (of STLS: in
                    clear text)
    count:N         a list of N messages, whatever is there
    silence         nothing from here on
    half            half of the response and nothing more
    cut             half of the response, and it hangs up
    shut            half, the end of its direction, and it reads on
    hangup, reset   nothing, and it hangs up, or by a RST
    flood:BYTES     the first line, and these without an end
    trickle:BYTES   the same, a byte now and then

BYTES may have \\r \\n \\t \\0 \\\\ \\xNN.  What it does without an end it does
until the client hangs up.
"""
import base64
import os
import re
import socket
import sys
import threading

import wire

STAMP = '<1896.697170952@pop3.example>'


class Over(Exception):
    """The connection is at its end."""


class Server:
    def __init__(self, directory, words):
        self.dir, self.flags, self.faults = directory, set(), {}
        self.capa, self.clear_capa = [], []
        self.lock = threading.Lock()
        for word in words:
            name, _, value = word.partition(':')
            if '=' in name:
                where, _, what = word.partition('=')
                self.faults[where] = what
            elif name == 'capa':
                self.capa.append(value)
            elif name == 'clear-capa':
                self.clear_capa.append(value)
            else:
                self.flags.add(word)

    def note(self, name, text):
        with self.lock, open(f'{self.dir}.{name}', 'a',
                             encoding='latin-1') as f:
            print(text, file=f)


class Session:
    def __init__(self, server, sock):
        self.server, self.has = server, server.flags
        self.wire = wire.Wire(sock)
        self.seen, self.user, self.gone = {}, None, set()
        self.secure = self.inside = False
        names = sorted(os.listdir(server.dir))
        self.files = [f'{server.dir}/{name}' for name in names]

    # What is said

    def fault(self, step):
        n = self.seen[step] = self.seen.get(step, 0) + 1
        faults = self.server.faults
        what, _, value = faults.get(f'{step}.{n}',
                                    faults.get(step, '')).partition(':')
        return what, value.encode('latin-1')

    def out(self, data):
        if 'lf' in self.has:
            data = data.replace(b'\r\n', b'\n')
        self.wire.send(data)

    def silence(self):
        self.wire.silence()
        raise Over

    def say(self, step, first, body=b''):
        """The response, or what is said instead of it."""
        what, value = self.fault(step)
        first = first.encode('latin-1') + b'\r\n'
        if what == 'err':
            first, body = b'-ERR ' + (value or b'no') + b'\r\n', b''
        elif what == 'line':
            first = wire.unescape(value) + b'\r\n'
        elif what == 'say':
            first, body = wire.unescape(value), b''
        elif what == 'more':
            body += wire.unescape(value)
        elif what == 'count':
            body = self.numbered(step, int(value))
        elif what:
            self.misbehave(what, value, first, body)
        self.out(first + body)

    def misbehave(self, what, value, first, body):
        half = (first + body)[:(len(first) + len(body)) // 2]
        if what in ('half', 'cut', 'shut'):
            self.out(half)
        elif what in ('flood', 'trickle'):
            self.out(first)
            getattr(self.wire, what)(value or b'x')
        elif what == 'reset':
            self.wire.reset()
        if what == 'shut':
            self.wire.sock.shutdown(socket.SHUT_WR)
        if what in ('half', 'shut', 'silence'):
            self.silence()
        raise Over

    def numbered(self, step, n):
        form = ((lambda i: b'%d u%d\r\n' % (i, i)) if step == 'uidl' else
                (lambda i: b'%d 100\r\n' % i))
        return b''.join(form(i) for i in range(1, n + 1)) + b'.\r\n'

    # What is heard

    def line(self):
        line = self.wire.until(b'\n')
        if self.wire.held and self.has & {'no-pipelining', 'no-capa'}:
            self.server.note('wrong', f'did not wait: {self.wire.held[:80]!r}')
        text = line.decode('latin-1').rstrip('\r\n')
        self.server.note('said', text)
        if not line.endswith(b'\r\n') or re.search(rb'[\r\n\0]', line[:-2]):
            self.server.note('wrong', f'a bad line end: {line!r}')
        if len(line) > 255 and not text.upper().startswith('AUTH '):
            self.server.note('wrong', f'a line of {len(line)} octets')
        return text

    # The commands

    def message(self, text):
        n = int(text) if text.isdigit() else 0
        if not 1 <= n <= len(self.files) or n in self.gone:
            return None
        return n

    def content(self, n):
        with open(self.files[n - 1], 'rb') as f:
            return f.read()

    def octets(self, n):
        data = self.content(n)
        ended = data.endswith(b'\n') or not data or 'no-end' in self.has
        return len(data) + data.count(b'\n') + (0 if ended else 2)

    def size(self, n):
        return self.server.faults.get(f'size.{n}', str(self.octets(n)))

    def uid(self, n):
        faults = self.server.faults
        lie = faults.get(f'uid.{n}', faults.get('uid'))
        if lie is None:
            return os.path.basename(self.files[n - 1])
        return wire.unescape(lie.encode('latin-1')).decode('latin-1')

    def wired(self, data):
        """Lines with CRLF and dots doubled, and the end."""
        data = data.replace(b'\n', b'\r\n')
        if 'unstuffed' not in self.has:
            data = re.sub(rb'(?m)^\.', b'..', data)
        if not data.endswith(b'\r\n') and 'no-end' not in self.has and data:
            data += b'\r\n'
        return data + b'.\r\n'

    def capa(self, _):
        if 'no-capa' in self.has:
            return self.say('capa', '-ERR what?')
        offers = ['TOP', 'UIDL', 'PIPELINING', 'USER', 'RESP-CODES',
                  'SASL PLAIN']
        if not self.secure:
            offers.append('STLS')
        offers = [o for o in offers if f'no-{o.lower()}' not in self.has]
        offers += self.server.capa
        if not self.secure:
            offers += self.server.clear_capa
        self.say('capa', '+OK', ''.join(f'{o}\r\n' for o in offers).encode(
            'latin-1') + b'.\r\n')

    def stls(self, _):
        if 'no-stls' in self.has or self.secure or self.inside:
            return self.say('stls', '-ERR no')
        self.say('stls', '+OK go on')
        what, _ = self.fault('tls')
        if what:
            self.misbehave(what, b'', b'', b'')
        self.start_tls()

    def start_tls(self):
        self.wire.start_tls(True, b'cert=mx')
        self.secure = True

    def logged_in(self, step, good):
        if not good:
            return self.say(step, '-ERR [AUTH] not that')
        self.inside = True
        self.say(step, '+OK welcome')

    def user_(self, name):
        if 'no-user' in self.has:
            return self.say('user', '-ERR no')
        self.user = name
        self.say('user', '+OK')

    def pass_(self, text):
        self.logged_in('pass', (self.user, text) == ('alice', 'pencil'))

    def apop(self, text):
        import hashlib # takes as long to load as all the rest
        want = hashlib.md5(f'{STAMP}pencil'.encode()).hexdigest()
        self.logged_in('apop', text == f'alice {want}')

    def auth(self, text):
        words = text.split(' ')
        if words[0].upper() != 'PLAIN':
            return self.say('auth', '-ERR no')
        if len(words) == 1:
            self.wire.send(b'+ \r\n')
            words.append(self.line())
        try:
            got = base64.b64decode(words[1])
        except ValueError:
            got = b''
        self.logged_in('auth', got in (b'\0alice\0pencil',
                                       b'alice\0alice\0pencil'))

    def left(self):
        return [n for n in range(1, len(self.files) + 1)
                if n not in self.gone]

    def stat(self, _):
        total = sum(map(self.octets, self.left()))
        self.say('stat', f'+OK {len(self.left())} {total}')

    def listed(self, step, text, value):
        if text:
            n = self.message(text)
            return self.say(step, f'+OK {n} {value(n)}' if n else '-ERR none')
        lines = ''.join(f'{n} {value(n)}\r\n' for n in self.left())
        self.say(step, '+OK', lines.encode('latin-1') + b'.\r\n')

    def list_(self, text):
        self.listed('list', text, self.size)

    def uidl(self, text):
        if 'no-uidl' in self.has:
            return self.say('uidl', '-ERR what?')
        self.listed('uidl', text, self.uid)

    def retr(self, text):
        n = self.message(text)
        if n is None:
            return self.say('retr', '-ERR no such message')
        self.say('retr', '+OK', self.wired(self.content(n)))

    def top(self, text):
        number, _, lines = text.partition(' ')
        n = self.message(number)
        if n is None or 'no-top' in self.has or not lines.isdigit():
            return self.say('top', '-ERR no')
        head, gap, body = self.content(n).partition(b'\n\n')
        body = b''.join(body.splitlines(True)[:int(lines)])
        self.say('top', '+OK', self.wired(head + gap + body))

    def dele(self, text):
        n = self.message(text)
        if n is None:
            return self.say('dele', '-ERR no such message')
        self.gone.add(n)
        self.say('dele', '+OK')

    def noop(self, _):
        self.say('noop', '+OK')

    def rset(self, _):
        self.gone.clear()
        self.say('rset', '+OK')

    def quit(self, _):
        if self.inside and 'quit' not in self.server.faults:
            for n in self.gone:
                os.unlink(self.files[n - 1])
        self.say('quit', '+OK')
        raise Over

    BEFORE = {'CAPA': capa, 'STLS': stls, 'USER': user_, 'PASS': pass_,
              'APOP': apop, 'AUTH': auth, 'QUIT': quit}
    INSIDE = {'CAPA': capa, 'STAT': stat, 'LIST': list_, 'UIDL': uidl,
              'RETR': retr, 'TOP': top, 'DELE': dele, 'NOOP': noop,
              'RSET': rset, 'QUIT': quit}

    def run(self):
        if 'tls' in self.has:
            self.start_tls()
        self.say('greeting', f'+OK ready {STAMP}')
        while True:
            name, _, text = self.line().partition(' ')
            table = self.INSIDE if self.inside else self.BEFORE
            if name.upper() in table:
                table[name.upper()](self, text)
            else:
                self.say('unknown', '-ERR what?')

    def serve(self):
        try:
            self.run()
        except (Over, OSError):
            pass
        except wire.Wrong as e:
            self.server.note('said', 'hung up' if 'hung up' in f'{e}' else e)
        try:
            self.wire.close()
        except OSError:
            pass


def main(argv):
    if len(argv) < 3:
        sys.exit('usage: pop3.py PORTFILE DIR [OPTION ...]')
    listener = socket.create_server(('127.0.0.1', 0))
    with open(argv[1] + '.new', 'w') as f:
        print(listener.getsockname()[1], file=f)
    os.rename(argv[1] + '.new', argv[1])
    server = Server(argv[2], argv[3:])
    while True:
        session = Session(server, listener.accept()[0])
        threading.Thread(target=session.serve, daemon=True).start()


main(sys.argv)
