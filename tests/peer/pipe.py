#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""pipe.py SCRIPT: a server on descriptors 0, a socket, and 1 that follows a
script of script.py (no ACCEPT, TLS, SCRAM); status 1 where the client did
something else."""
import sys

import wire


def main(argv):
    w = wire.Wire(wire.Ends())
    wire.play(argv[1], {
        'S': lambda a: w.send(a + b'\r\n'),
        'C': w.expect_line,
        'C-DATA': lambda _: w.until(b'\r\n.\r\n'),
        'C-END': lambda _: w.expect_end(),
    })


main(sys.argv)
