# SPDX-License-Identifier: ISC
"""wire: the two ends of a scripted conversation, for script.py and client.py.

A script is a text file, one instruction a line; empty lines and lines that
begin with "#" count for nothing.  A wait that takes longer than 30 seconds
is a failure.  A failed instruction ends the program: one line on standard
error that names it, status 1.
"""
import fnmatch
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

    def silence(self):
        """Reads and says nothing until the peer hangs up."""
        while self.more():
            self.held = b''

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
