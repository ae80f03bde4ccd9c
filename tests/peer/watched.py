#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""watched.py PID: what is set for each socket of TCP that this process has, a
line each, as its kernel has it: keep-alive, after how many seconds, how often,
and after how many milliseconds a peer is given up that answers nothing."""

import ctypes
import os
import socket
import sys

PIDFD_GETFD = 438  # on any machine


def sockets(pid):
    process = os.pidfd_open(pid)
    for name in os.listdir(f'/proc/{pid}/fd'):
        try:
            if not os.readlink(f'/proc/{pid}/fd/{name}').startswith('socket:'):
                continue
        except FileNotFoundError:
            continue
        fd = ctypes.CDLL(None).syscall(PIDFD_GETFD, process, int(name), 0)
        if fd == -1:
            sys.exit(f'{name}: it is not to be had')
        yield socket.socket(fileno=fd)


def main():
    for s in sockets(int(sys.argv[1])):
        if s.family not in (socket.AF_INET, socket.AF_INET6):
            continue
        print(s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
              s.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
              s.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
              s.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))


main()
