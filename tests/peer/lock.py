#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
#
# lock.py READY FILE NUMBER [SECONDS]: locks a recipient of a message of the
# queue as a transport does, or with 0 the message as who decides over it does, creates READY, and holds the lock until it is
# ended, or for so long.
import fcntl
import os
import struct
import sys
import time

fd = os.open(sys.argv[2], os.O_RDWR)
number = int(sys.argv[3])
lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, number,
                   1 if number else 0, 0)
fcntl.fcntl(fd, fcntl.F_OFD_SETLK, lock)
open(sys.argv[1], "w").close()
time.sleep(float(sys.argv[4]) if len(sys.argv) > 4 else 100)
