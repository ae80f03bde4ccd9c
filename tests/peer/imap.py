#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""imap.py PORTFILE SCRIPT [LOG [N FAULT]]: an IMAP server that follows a
script.

It listens on 127.0.0.1, writes the port to PORTFILE, takes one connection and
does what SCRIPT says; status 1 where the client did something else.  What it
read goes to LOG as it came.  Where PORTFILE is "-", descriptor 0 is a socket and
the connection.  wire.py says more about scripts.

What a script does not expect but a client needs on the way is answered as a
plain server would: CAPABILITY, STARTTLS, LOGIN and AUTHENTICATE PLAIN of alice
with the password "pencil", ENABLE, ID, NOOP, SELECT and EXAMINE, CLOSE,
UNSELECT, LOGOUT; so it goes on after the last instruction, till the client is
gone.  In all that is sent TAG stands for the tag of the last command, and
TAG.NAME for that of the last command of this name ("TAG.FETCH", also of UID
FETCH).  In patterns * is anything, and nothing else is special.

    CAPABILITY: TEXT   what it offers; IMAP4rev1 without that
    GREETING: [TEXT]   "* OK [CAPABILITY ...] text"; "* PREAUTH" and the like
                       by S
    BOX: [NAME=N ...]  what SELECT tells: exists, uidvalidity, uidnext, modseq
    AUTO: NAME BYTES   answers that command with these bytes and "TAG OK", too,
                       wherever it is not expected
    MANUAL: NAME ...   answers these by no means but the script's; all of them
                       without a name

    C: PATTERN         the client's next command, without its tag, and its
                       literals, of which those of up to 200 octets are shown:
                       "APPEND INBOX {3}abc"; "+" is said for them
    C-LINE: PATTERN    a line that is no command: DONE, a response to "+"
    C-SOME             the client says something, which is forgotten
    C-END              the client says no more and hangs up
    LITERAL: FILE [N]  that of the last command, the first or N-th, to FILE
    REFUSE: TEXT       the next literal that waits for "+" gets "TAG text"
    BEFORE-PLUS: BYTES it gets these before its "+"
    QUIET: 0.2         the client says nothing for that many seconds

    S: TEXT            sends the text with CRLF
    S-RAW: BYTES       sends the bytes (\\r \\n \\t \\0 \\\\ \\xNN), at once
    S-CLEAR: BYTES     the same, past the compression
    S-LITERAL: FILE TEXT  the text, "@" in it being FILE as a literal, and CRLF
    S-FILE: FILE       sends what is in FILE
    S-REPEAT: 9 BYTES  sends them that many times
    S-COUNT: 1 9 BYTES sends them for each number in the place of "#"
    S-FLOOD: BYTES     again and again until the client hangs up
    TRICKLE: BYTES     the same, a byte now and then
    TLS: [OPTION ...]  goes on in TLS, options as in script.py
    TLS-FAIL: ...      the same, but the client does not agree and hangs up
    DEFLATE            goes on compressed (RFC 4978)
    BENEATH: BYTES     sends the bytes as they are below that, or below TLS
    PAUSE: 50          waits milliseconds, so that what was sent arrives alone
    SILENCE            reads and answers nothing until the client hangs up
    HANGUP, RESET      closes the connection, or with a RST
    ACCEPT             takes the next connection

With N the N-th thing that it would send before the answer to LOGOUT, whoever
decided that, is spoilt:

    silence            it is not sent, nor anything more
    half               half of it is sent and nothing more
    cut                half of it, and the connection is closed
    hangup, reset      none of it
    garbage            a line that is none before it, and it goes on

After that nothing that the client does is wrong; LOG.spoilt is made.
"""
import base64
import os
import re
import socket
import sys
import zlib

import wire

SHOWN = 200
LINE = 8192
LITERAL = re.compile(r'(~?)\{(\d+)(\+?)\}\Z')


class Spoilt(Exception):
    """What was to be spoilt is, and the client is gone."""


class Deflate:
    """A compressed stream on a socket, with the calls of a socket."""

    def __init__(self, sock):
        self.sock, self.family = sock, sock.family
        self.settimeout, self.close = sock.settimeout, sock.close
        self.packer = zlib.compressobj(wbits=-15)
        self.unpacker = zlib.decompressobj(wbits=-15)

    def sendall(self, data):
        self.sock.sendall(self.packer.compress(data) +
                          self.packer.flush(zlib.Z_SYNC_FLUSH))

    def recv(self, n):
        while True:
            data = self.sock.recv(n)
            plain = self.unpacker.decompress(data)
            if plain or not data:
                return plain


class Faulty:
    """A socket, or what has its calls, of which the N-th sendall is spoilt."""
    left = 0
    fault = ''
    done = False

    def __init__(self, sock):
        self.sock = sock

    def __getattr__(self, name):
        return getattr(self.sock, name)

    def sendall(self, data):
        Faulty.left -= 1
        if Faulty.left == 0:
            Faulty.done = True
            self.spoil(data)
        self.sock.sendall(data)

    def spoil(self, data):
        if self.fault == 'garbage':
            self.sock.sendall(b'\x80what?\r\n')
            return
        if self.fault in ('half', 'cut'):
            self.sock.sendall(data[:len(data) // 2])
        if self.fault in ('half', 'silence'):
            self.sock.settimeout(wire.WAIT)
            try:
                while self.sock.recv(65536):
                    pass
            except ConnectionError:
                pass
            except socket.timeout:
                sys.exit(f'{self.fault}: the client did not give up')
        elif self.fault == 'reset':
            wire.Wire(self.sock).reset()
        raise Spoilt


class Server:
    def __init__(self, portfile, log):
        self.portfile, self.log, self.wire = portfile, log, None
        self.offers, self.secure, self.manual = ['IMAP4rev1'], False, set()
        self.box, self.auto, self.literals = {}, {}, []
        self.refuse = self.before_plus = None
        if portfile != '-':
            self.listen()

    def listen(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.listener.settimeout(wire.WAIT)
        with open(self.portfile + '.new', 'w') as f:
            print(self.listener.getsockname()[1], file=f)
        os.rename(self.portfile + '.new', self.portfile)

    def accept(self, _=b''):
        self.close()
        self.tags, self.tag = {}, b'*'
        self.used, self.secure = set(), False
        if self.portfile == '-':
            sock = wire.Ends()
            os.dup2(2, 1)
        else:
            sock = self.next_one()
        self.wire = wire.Wire(sock, self.log)
        self.wire.sock = Faulty(sock)

    def next_one(self):
        try:
            return self.listener.accept()[0]
        except socket.timeout:
            raise wire.Wrong('no connection came')

    def close(self, _=b''):
        if self.wire:
            self.wire.close()
        self.wire = None

    # What is said

    def out(self, data):
        def tag(m):
            return self.tags.get(m.group(2), b'?') if m.group(1) else self.tag
        self.wire.send(re.sub(rb'\bTAG\b(\.([A-Z]+))?', tag, data))

    def say(self, text):
        self.out(text.encode('latin-1') + b'\r\n')

    def capability(self):
        offers = [o for o in self.offers
                  if o != 'STARTTLS' or not self.secure]
        return 'CAPABILITY ' + ' '.join(offers)

    def greeting(self, text):
        self.say(f'* OK [{self.capability()}] ' +
                 (text.decode('latin-1') or 'ready'))

    def send_clear(self, argument):
        self.wire.sock.sock.sock.sendall(wire.unescape(argument))

    def send_literal(self, argument):
        name, _, text = argument.partition(b' ')
        with open(name, 'rb') as f:
            data = f.read()
        before, _, behind = text.partition(b'@')
        self.out(before + b'{%d}\r\n' % len(data))
        self.wire.send(data)
        self.out(behind + b'\r\n')

    def send_file(self, name):
        with open(name, 'rb') as f:
            while data := f.read(1 << 16):
                self.wire.send(data)

    def send_count(self, argument):
        first, last, what = argument.split(b' ', 2)
        what = wire.unescape(what)
        numbers = range(int(first), int(last) + 1)
        for at in range(0, len(numbers), 1000):
            self.out(b''.join(what.replace(b'#', b'%d' % i)
                              for i in numbers[at:at + 1000]))

    # What is heard

    def octets(self, size):
        while len(self.wire.held) < size:
            if not self.wire.more():
                raise wire.Wrong(f'it hung up in a literal of {size}')
        held = self.wire.held
        data, self.wire.held = held[:size], held[size:]
        return data

    def literal(self, size, unasked):
        """Its octets, or None where it was refused."""
        if unasked:
            if not ('LITERAL+' in self.offers or size <= 4096 and
                    self.offered('LITERAL-', 'IMAP4rev2')):
                raise wire.Wrong('a literal that it did not ask for')
            return self.octets(size)
        if self.wire.held:
            raise wire.Wrong(f'it did not wait: {self.wire.held[:80]!r}')
        if self.refuse is not None:
            self.say('TAG ' + self.refuse)
            self.refuse = None
            return None
        if self.before_plus is not None:
            self.out(self.before_plus)
            self.before_plus = None
        self.say('+ go on')
        return self.octets(size)

    def offered(self, *names):
        return any(name in self.offers for name in names)

    def tagged(self, line):
        tag, _, text = line.partition(' ')
        if not re.fullmatch(r'[A-Za-z0-9.]{1,32}', tag) or tag in self.used:
            raise wire.Wrong(f'no good tag: {line[:200]!r}')
        self.used.add(tag)
        self.tag = tag.encode()
        name = command_name(text)
        self.tags[name.encode()] = self.tag
        return text

    def line(self):
        line = self.wire.line()
        if len(line) >= LINE:
            raise wire.Wrong(f'a line of {len(line)} octets')
        return line

    def command(self):
        """The next one, without its tag; None where the client is gone."""
        if not self.wire or not self.wire.held and not self.wire.more():
            return None
        text = part = self.tagged(self.line())
        self.literals = []
        while m := LITERAL.search(part):
            if m.group(1) and not self.offered('BINARY', 'IMAP4rev2'):
                raise wire.Wrong('a binary literal')
            data = self.literal(int(m.group(2)), m.group(3))
            if data is None:
                break
            self.literals.append(data)
            if len(data) <= SHOWN:
                text += data.decode('latin-1')
            part = self.line()
            text += part
        return text

    def expect_command(self, pattern):
        while True:
            text = self.command()
            if text is None:
                raise wire.Wrong('it hung up')
            if matches(text, pattern):
                return
            if not self.answer(text):
                raise wire.Wrong(f'it said {text[:500]!r}')

    def expect_line(self, pattern):
        line = self.line()
        if not matches(line, pattern):
            raise wire.Wrong(f'it said {line[:500]!r}')

    def keep_literal(self, argument):
        name, _, number = argument.partition(b' ')
        number = int(number or 1)
        if len(self.literals) < number:
            raise wire.Wrong(f'it has {len(self.literals)}')
        with open(name, 'wb') as f:
            f.write(self.literals[number - 1])

    # What is answered without being expected

    def answer(self, text):
        name = command_name(text)
        if name in self.manual:
            return False
        if name in self.auto:
            self.out(self.auto[name])
            self.say('TAG OK done')
            return True
        if name not in self.ANSWERS:
            return False
        self.ANSWERS[name](self, text)
        return True

    def answer_capability(self, _):
        self.say('* ' + self.capability())
        self.say('TAG OK done')

    def answer_starttls(self, _):
        if 'STARTTLS' not in self.offers or self.secure:
            return self.say('TAG BAD no')
        self.say('TAG OK go on')
        self.start_tls(b'')

    def logged_in(self, good):
        if good:
            return self.say(f'TAG OK [{self.capability()}] welcome')
        self.say('TAG NO [AUTHENTICATIONFAILED] not that')

    def answer_login(self, text):
        words = re.sub(r'\{\d+\+?\}|"', '', text).split(' ')
        self.logged_in(words[1:] == ['alice', 'pencil'])

    def answer_authenticate(self, text):
        words = text.split(' ')
        if words[1] != 'PLAIN':
            return self.say('TAG NO no such mechanism')
        if len(words) == 2:
            self.say('+ ')
            words.append(self.line())
        try:
            got = base64.b64decode(words[2])
        except ValueError:
            got = b''
        self.logged_in(got in (b'\0alice\0pencil', b'alice\0alice\0pencil'))

    def answer_enable(self, text):
        known = [w for w in text.split(' ')[1:] if w in self.offers]
        self.say(' '.join(['* ENABLED'] + known))
        self.say('TAG OK done')

    def answer_id(self, _):
        self.say('* ID NIL')
        self.say('TAG OK done')

    def answer_select(self, text):
        box = self.box
        self.say('* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)')
        self.say(f'* {box.get("exists", 0)} EXISTS')
        self.say('* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen '
                 '\\Draft \\*)] flags')
        self.say(f'* OK [UIDVALIDITY {box.get("uidvalidity", 1)}] ok')
        self.say(f'* OK [UIDNEXT {box.get("uidnext", 1)}] ok')
        if 'modseq' in box:
            self.say(f'* OK [HIGHESTMODSEQ {box["modseq"]}] ok')
        mode = 'ONLY' if text.startswith('EXAMINE') else 'WRITE'
        self.say(f'TAG OK [READ-{mode}] selected')

    def answer_done(self, _):
        self.say('TAG OK done')

    def answer_logout(self, _):
        Faulty.left = 0
        try:
            self.say('* BYE')
            self.say('TAG OK bye')
        except wire.Wrong:
            pass  # it need not wait
        self.close()

    ANSWERS = {'CAPABILITY': answer_capability, 'STARTTLS': answer_starttls,
               'LOGIN': answer_login, 'AUTHENTICATE': answer_authenticate,
               'ENABLE': answer_enable, 'ID': answer_id, 'NOOP': answer_done,
               'SELECT': answer_select, 'EXAMINE': answer_select,
               'CLOSE': answer_done, 'UNSELECT': answer_done,
               'LOGOUT': answer_logout}

    # The rest

    def start_tls(self, argument):
        self.wire.start_tls(True, argument)
        self.wire.sock = Faulty(self.wire.sock)
        self.secure = True

    def deflate(self, _):
        if self.wire.held:
            raise wire.Wrong('it did not wait with compression')
        self.wire.sock = Faulty(Deflate(self.wire.sock.sock))

    def send_beneath(self, argument):
        self.wire.sock.sock.sock.sendall(wire.unescape(argument))

    def set_auto(self, argument):
        name, _, data = argument.partition(b' ')
        self.auto[name.decode()] = wire.unescape(data)

    def set_manual(self, argument):
        self.manual.update(argument.decode().split() or self.ANSWERS)

    def to_the_end(self):
        while self.wire and (text := self.command()) is not None:
            if not self.answer(text):
                raise wire.Wrong(f'after the end it said {text[:500]!r}')

    def table(self):
        w = lambda method, change=lambda a: a: (
            lambda a: getattr(self.wire, method)(change(a)))
        bare = lambda method: lambda _: getattr(self.wire, method)()
        keep = lambda name, value: lambda a: setattr(self, name, value(a))
        return {
            'CAPABILITY': keep('offers', lambda a: a.decode().split()),
            'GREETING': self.greeting,
            'BOX': keep('box', wire.options),
            'AUTO': self.set_auto,
            'MANUAL': self.set_manual,
            'C': self.expect_command,
            'C-LINE': self.expect_line,
            'C-SOME': bare('expect_some'),
            'C-END': bare('expect_end'),
            'LITERAL': self.keep_literal,
            'REFUSE': keep('refuse', lambda a: a.decode('latin-1')),
            'BEFORE-PLUS': keep('before_plus', wire.unescape),
            'QUIET': w('expect_quiet', float),
            'S': lambda a: self.out(a + b'\r\n'),
            'S-RAW': lambda a: self.out(wire.unescape(a)),
            'S-CLEAR': self.send_clear,
            'S-LITERAL': self.send_literal,
            'S-FILE': self.send_file,
            'S-REPEAT': w('send', wire.repeated),
            'S-COUNT': self.send_count,
            'S-FLOOD': w('flood'),
            'TRICKLE': w('trickle'),
            'TLS': self.start_tls,
            'TLS-FAIL': lambda a: self.wire.fail_tls(True, a),
            'DEFLATE': self.deflate,
            'BENEATH': self.send_beneath,
            'PAUSE': wire.pause,
            'SILENCE': bare('silence'),
            'HANGUP': self.close,
            'RESET': self.reset,
            'ACCEPT': self.accept,
        }

    def reset(self, _):
        self.wire.reset()
        self.wire = None


def command_name(text):
    words = text.upper().split(' ')
    return words[1] if words[0] == 'UID' and len(words) > 1 else words[0]


def matches(text, pattern):
    want = re.escape(pattern.decode('latin-1')).replace('\\*', '.*')
    return re.fullmatch(want, text, re.S) is not None


def run(server, script):
    server.accept()
    wire.play(script, server.table())
    server.to_the_end()
    server.close()


def main(argv):
    if len(argv) not in (3, 4, 6):
        sys.exit('usage: imap.py PORTFILE SCRIPT [LOG [N FAULT]]')
    log = open(argv[3], 'wb') if len(argv) > 3 else None
    if len(argv) == 6:
        Faulty.left, Faulty.fault = int(argv[4]), argv[5]
    try:
        run(Server(argv[1], log), argv[2])
    except Spoilt:
        pass
    except (wire.Wrong, SystemExit) as e:
        if not Faulty.done:
            sys.exit(f'{e}')
    if Faulty.done:
        open(argv[3] + '.spoilt', 'w').close()


main(sys.argv)
