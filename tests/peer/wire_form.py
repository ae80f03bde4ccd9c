#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""wire_form.py MAILDIR [LINES ...]: what a POP3 server is to say of a Maildir.

Prints what stands in the replies to LIST, to RETR of each message, and to TOP
of each with each number of lines; the reply lines themselves are left out.
Messages have the order of their names.  It is another implementation than the
one that is tested: by regular expressions, on whole files.
"""
import os
import re
import sys


def wire(data):
    data = re.sub(rb'(?<!\r)\n', b'\r\n', data)
    return data if not data or data.endswith(b'\n') else data + b'\r\n'


def stuffed(data):
    return re.sub(rb'(?m)^\.', b'..', data) + b'.\r\n'


def top(data, lines):
    end = re.search(rb'(?m)^\r?\n', data)
    if end is None:
        return data
    body = data[end.end():].split(b'\n')[:lines]
    kept = b'\n'.join(body)
    whole = len(data) == end.end() + len(kept)
    return data[:end.end()] + kept + (b'' if whole or not body else b'\n')


def main(maildir, *numbers):
    paths = [os.path.join(maildir, part, name) for part in ('new', 'cur')
             for name in os.listdir(os.path.join(maildir, part))]
    texts = []
    for path in sorted(paths, key=os.path.basename):
        with open(path, 'rb') as f:
            texts.append(f.read())
    out = sys.stdout.buffer
    for i, text in enumerate(texts):
        out.write(b'%d %d\r\n' % (i + 1, len(wire(text))))
    out.write(b'.\r\n')
    for text in texts:
        out.write(stuffed(wire(text)))
    for n in numbers:
        for text in texts:
            out.write(stuffed(wire(top(text, int(n)))))


main(*sys.argv[1:])
