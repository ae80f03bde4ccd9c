#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""shared.py STEP ...: a command within imap-run, which takes the session as
cmd/imap/shared.h has it, and then does as it is told:

    ask=BYTE      asks by that, before all else, and not by "?"
    say=TEXT      sends it; \\r \\n \\\\ as they are in Python
    hear=TEXT     prints what comes, up to a line that has TEXT in it
    make=FILE     makes a file, so that others know how far it is
    await=FILE    waits for one
    done=BYTES    says that the session is in good order
    die           ends by SIGKILL
    end           prints what comes till the other end says no more
    garbage       asks for a session in a way that nobody should
"""
import os
import pathlib
import signal
import socket
import sys
import time


def requests():
    return socket.socket(fileno=int(os.environ['MAILPIPE_IMAP']))


class Session:
    def __init__(self):
        self.verdict = None
        self.socket = None

    def open(self, byte='?'):
        self.socket, theirs = socket.socketpair()
        end, self.verdict = os.pipe()
        asked = requests()
        socket.send_fds(asked, [byte.encode()], [theirs.fileno(), end])
        asked.detach()
        theirs.close()
        os.close(end)
        self.file = self.socket.makefile('rb')

    def say(self, text):
        self.socket.sendall(text.encode().decode('unicode_escape')
                            .encode('latin-1'))

    def hear(self, text):
        for line in self.file:
            sys.stdout.write(line.decode('latin-1'))
            sys.stdout.flush()
            if text in line.decode('latin-1'):
                return
        sys.exit('closed by the server')

    def end(self, _):
        sys.stdout.write(self.file.read().decode('latin-1'))

    def make(self, name):
        pathlib.Path(name).touch()

    def await_(self, name):
        while not os.path.exists(name):
            time.sleep(0.01)

    def done(self, text):
        os.write(self.verdict, text.encode())

    def die(self, _):
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def main(steps):
    if steps == ['garbage']:
        asked = requests()
        asked.send(b'?')
        socket.send_fds(asked, [b'?'], [0])
        socket.send_fds(asked, [b'much'], [0, 0])
        return
    session = Session()
    if steps and steps[0].startswith('ask='):
        session.open(steps.pop(0)[4:])
    else:
        session.open()
    for step in steps:
        name, _, value = step.partition('=')
        getattr(session, 'await_' if name == 'await' else name)(value)


main(sys.argv[1:])
