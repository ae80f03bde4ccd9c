#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""sasl.py TOOL client|server MECHANISM USER SECRET PEER-SECRET [TYPE DATA]

TOOL is tests/tool/sasl and plays that side; GNU SASL's gsasl plays the other
one, with PEER-SECRET.  What each writes the other reads.  Prints "ours STATUS
gsasl STATUS", and what both said on standard error."""

import base64
import os
import subprocess
import sys
import threading

tool, side, mechanism, user, secret, peer_secret, *binding = sys.argv[1:]
other = "server" if side == "client" else "client"
gsasl = ["gsasl", "--" + other, "--quiet", "-m", mechanism, "-a", user,
         "-p", peer_secret, "--application-data"]
# The client asks for it at once, the server after the client's first message;
# its standard output is held back until it has it.
prompt = b"Enter base64 encoded tls-exporter channel binding: "
answer = b""
if binding:
    answer = base64.b64encode(binding[1].encode()) + b"\n"
else:
    gsasl.append("--no-cb")


def run(command):
    return subprocess.Popen(command, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def put(sink, data):
    try:
        sink.write(data)
        sink.flush()
    except (BrokenPipeError, ValueError):
        pass


def close(sink):
    try:
        sink.close()
    except BrokenPipeError:
        pass


def from_gsasl():
    """Its first line is the mechanism's name."""
    held = b""
    named = False
    while data := os.read(theirs.stdout.fileno(), 65536):
        held = (held + data).replace(prompt, b"")
        while b"\n" in held:
            line, held = held.split(b"\n", 1)
            if named:
                put(ours.stdin, line + b"\n")
            named = True
    close(ours.stdin)


def from_ours():
    """At the end gsasl wants a line more, as the protocol around says it."""
    later = b""
    if other == "client":
        put(theirs.stdin, answer)
    else:
        later = answer
    for line in ours.stdout:
        put(theirs.stdin, line + later)
        later = b""
    put(theirs.stdin, b"\n")
    close(theirs.stdin)


ours = run([tool, side, mechanism, user, secret, *binding])
theirs = run(gsasl)
for target in (from_gsasl, from_ours):
    threading.Thread(target=target, daemon=True).start()
for p in (ours, theirs):
    p.wait(timeout=30)
print("ours", ours.returncode, "gsasl", theirs.returncode)
sys.stderr.buffer.write(ours.stderr.read() + theirs.stderr.read())
