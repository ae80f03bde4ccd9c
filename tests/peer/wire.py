# SPDX-License-Identifier: ISC
"""wire: the two ends of a scripted conversation, for script.py and client.py.

A script is a text file, one instruction a line; empty lines and lines that
begin with "#" count for nothing.  A wait that takes longer than 30 seconds
is a failure.  A failed instruction ends the program: one line on standard
error that names it, status 1.
"""
import fnmatch
import itertools
import os
import re
import socket
import struct
import sys
import time

WAIT = 30
ESCAPE = re.compile(rb'\\(x[0-9a-fA-F]{2}|[rnt0\\])')
SIMPLE = {b'r': b'\r', b'n': b'\n', b't': b'\t', b'0': b'\0', b'\\': b'\\'}


class Wrong(Exception):
    """The peer did something else than the script says."""


def unescape(text):
    """The bytes of an instruction: \\r \\n \\t \\0 \\\\ and \\xNN."""
    def byte(m):
        e = m.group(1)
        return SIMPLE.get(e) or bytes([int(e[1:], 16)])
    return ESCAPE.sub(byte, text)


def repeated(text):
    """COUNT BYTES, the bytes that many times."""
    count, _, what = text.partition(b' ')
    return unescape(what) * int(count)


def instructions(path):
    """(line number, instruction, argument) for each."""
    with open(path, 'rb') as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip(b'\n')
            if not line.strip() or line.startswith(b'#'):
                continue
            name, _, argument = line.partition(b' ')
            yield number, name.decode().rstrip(':'), argument


def options(text):
    """"key=value ..." as a dictionary."""
    return dict(word.split('=', 1) for word in text.decode().split())


def openssl():
    """The module takes longer to load than all the rest, in hundreds of
    servers that have no use for it."""
    global ssl
    import ssl


def tls_context(server, o):
    """Versions and ciphers are free, so that the peer's choice is seen."""
    openssl()
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else
                       ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname = False
    c.verify_mode = ssl.CERT_NONE
    c.minimum_version = ssl.TLSVersion.TLSv1
    c.set_ciphers(o.get('ciphers', 'ALL:COMPLEMENTOFALL') + ':@SECLEVEL=0')
    if 'max' in o:
        c.maximum_version = getattr(ssl.TLSVersion, 'TLSv' + o['max'])
    if 'no-ems' in o: # SSL_OP_NO_EXTENDED_MASTER_SECRET
        c.options |= 1
    if 'alpn' in o:
        c.set_alpn_protocols(o['alpn'].split(','))
    if server or 'cert' in o:
        name = o.get('cert', 'mx')
        c.load_cert_chain(name + '.pem', name + '.key')
    return c


class Tls:
    """TLS on a socket, with the calls of a socket; what arrives and leaves is
    in our hands, so that clear text can follow the end of it."""

    def __init__(self, sock, server, o):
        self.sock, self.family = sock, sock.family
        self.settimeout, self.setsockopt = sock.settimeout, sock.setsockopt
        self.shutdown = sock.shutdown
        openssl()
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = tls_context(server, o).wrap_bio(
            self.incoming, self.outgoing, server_side=server,
            server_hostname=None if server else o.get('name'))
        self.loop(self.tls.do_handshake)

    def flush(self):
        if self.outgoing.pending:
            self.sock.sendall(self.outgoing.read())

    def loop(self, call, *args):
        """Until the call comes to something; None where the peer hung up."""
        while True:
            try:
                result = call(*args)
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                data = self.sock.recv(65536)
                if not data:
                    raise ConnectionResetError('in the middle of TLS')
                self.incoming.write(data)
            except ssl.SSLError:
                self.flush() # the alert
                raise

    def recv(self, n):
        try:
            return self.loop(self.tls.read, n)
        except (ssl.SSLError, ConnectionResetError):
            return b''

    def sendall(self, data):
        while data:
            data = data[self.loop(self.tls.write, data):]

    def end(self, behind=b''):
        """Says close_notify, and in one piece with it what is to be behind it,
        and waits for nothing; the socket."""
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        self.sock.sendall(self.outgoing.read() + behind)
        return self.sock

    def close(self):
        try:
            self.end()
        except OSError:
            pass
        self.sock.close()


class Ends:
    """Descriptors 0, a socket, and 1, which is none, with the calls of a
    socket."""

    def __init__(self):
        self.sock, self.out = socket.socket(fileno=os.dup(0)), os.dup(1)
        self.family, self.recv = self.sock.family, self.sock.recv
        self.settimeout, self.setsockopt = (
            self.sock.settimeout, self.sock.setsockopt)

    def sendall(self, data):
        while data:
            data = data[os.write(self.out, data):]

    def close(self):
        self.sock.close()
        os.close(self.out)


class Wire:
    """One connection, and what was read from it and not yet asked for."""

    def __init__(self, sock, log=None):
        self.sock, self.log, self.held = sock, log, b''
        sock.settimeout(WAIT)
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError as e:
            raise Wrong(f'sending: {e}')

    def more(self):
        """Reads once; False at the end."""
        try:
            data = self.sock.recv(65536)
        except socket.timeout:
            raise Wrong(f'nothing came for {WAIT} seconds')
        except ConnectionResetError:
            return False
        if self.log and data:
            self.log.write(data)
            self.log.flush()
        self.held += data
        return bool(data)

    def until(self, end):
        """Everything to the first "end", with it."""
        start = 0
        while (at := self.held.find(end, start)) == -1:
            start = max(0, len(self.held) - len(end) + 1)
            if not self.more():
                raise Wrong(f'the peer hung up after {self.held[-200:]!r}')
        at += len(end)
        data, self.held = self.held[:at], self.held[at:]
        return data

    def line(self):
        """One line without its CRLF, which is required."""
        data = self.until(b'\n')
        if not data.endswith(b'\r\n') or b'\r' in data[:-2]:
            raise Wrong(f'a line that does not end in CRLF alone: {data!r}')
        return data[:-2].decode('latin-1')

    def chunk(self):
        """A command BDAT and its bytes (RFC 3030): those, and whether it was
        the last one."""
        words = self.line().split(' ')
        if not (words[0] == 'BDAT' and len(words) in (2, 3) and
                words[1].isdigit() and words[2:] in ([], ['LAST'])):
            raise Wrong(f'it said {words!r}, no BDAT')
        n = int(words[1])
        while len(self.held) < n:
            if not self.more():
                raise Wrong(f'the peer hung up in a chunk of {n} bytes')
        data, self.held = self.held[:n], self.held[n:]
        return data, len(words) == 3

    def expect_line(self, pattern):
        match(self.line(), pattern)

    def expect_reply(self, pattern):
        """All lines of an SMTP reply, joined by a line feed."""
        lines = [self.line()]
        while lines[-1][3:4] == '-':
            lines.append(self.line())
        match('\n'.join(lines), pattern)

    def expect_end(self):
        """The peer says no more and hangs up."""
        while self.more():
            pass
        if self.held:
            raise Wrong(f'it said {self.held[:200]!r} before it hung up')

    def expect_quiet(self, seconds):
        """The peer says nothing for that long."""
        self.sock.settimeout(seconds)
        try:
            data = self.held or self.sock.recv(65536)
        except socket.timeout:
            return
        finally:
            self.sock.settimeout(WAIT)
        raise Wrong(f'it said {data[:200]!r} instead of waiting')

    def expect_some(self):
        """The peer says something, whatever it is, which is forgotten."""
        if not self.held and not self.more():
            raise Wrong('the peer hung up')
        self.held = b''

    def silence(self):
        """Reads and says nothing until the peer hangs up."""
        while self.more():
            self.held = b''

    def trickle(self, text):
        """Says the bytes again and again, one at a time, so that no line
        takes a second, until the peer hangs up."""
        end = time.monotonic() + WAIT
        for byte in itertools.cycle(unescape(text)):
            if time.monotonic() > end:
                raise Wrong(f'it listened for {WAIT} seconds')
            try:
                self.sock.sendall(bytes([byte]))
            except OSError:
                return
            time.sleep(.1)

    def flood(self, text):
        """Says the bytes again and again, all at once, until the peer hangs
        up."""
        piece = unescape(text)
        piece *= max(1, 65536 // len(piece))
        try:
            while True:
                self.sock.sendall(piece)
        except socket.timeout:
            raise Wrong('the peer took no more and did not hang up')
        except OSError:
            pass

    def start_tls(self, server, text):
        if self.held:
            raise Wrong(f'before TLS it said {self.held[:200]!r}')
        try:
            self.sock = Tls(self.sock, server, options(text))
        except OSError as e:
            raise Wrong(f'TLS: {e}')

    def fail_tls(self, server, text):
        """The handshake comes to nothing, also if our side saw it done, and
        the peer hangs up."""
        try:
            self.sock = Tls(self.sock, server, options(text))
            while self.sock.recv(65536):
                raise Wrong('there was a handshake')
        except socket.timeout:
            raise Wrong('the peer did not hang up')
        except OSError:
            pass

    def end_tls(self, behind):
        """close_notify; what follows is clear text."""
        self.sock = self.sock.end(unescape(behind))

    def close(self):
        self.sock.close()

    def reset(self):
        """Hangs up with a RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack('ii', 1, 0))
        self.sock.close()


def match(got, pattern):
    want = pattern.decode('latin-1')
    if not fnmatch.fnmatchcase(got, want):
        raise Wrong(f'it said {got[:500]!r}')


def play(path, table):
    """Runs the script at "path"; "table" has a function for each name."""
    number, name, argument = 0, 'start', b''
    try:
        for number, name, argument in instructions(path):
            if name not in table:
                raise Wrong('no such instruction')
            table[name](argument)
    except Wrong as e:
        shown = argument.decode('latin-1')[:200]
        sys.exit(f'line {number}: {name}: {shown}: {e}')


def pause(milliseconds):
    """Lets what was sent arrive alone, as a segment of its own."""
    time.sleep(int(milliseconds) / 1000)
