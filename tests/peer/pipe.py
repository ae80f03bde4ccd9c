#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""pipe.py SCRIPT: a server on descriptors 0 and 1, which are one socket, that
follows a script of script.py (no ACCEPT, TLS, SCRAM); status 1 where the client
did something else."""
import os
import socket
import sys

import wire


def main(argv):
    w = wire.Wire(socket.socket(fileno=os.dup(0)))
    wire.play(argv[1], {
        'S': lambda a: w.send(a + b'\r\n'),
        'C': w.expect_line,
        'C-DATA': lambda _: w.until(b'\r\n.\r\n'),
        'C-END': lambda _: w.expect_end(),
    })


main(sys.argv)
