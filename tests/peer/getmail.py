#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""getmail.py ARGUMENT ...: getmail, whose children take a moment to begin.

getmail looks for the end of a child only after it has made one (ForkingBase of
getmailcore), and where a child was quicker it waits for a minute, and fails.
"""
import os
import runpy
import shutil
import sys
import time

fork = os.fork


def fork_slowly():
    pid = fork()
    if pid == 0:
        time.sleep(0.2)
    return pid


os.fork = fork_slowly
getmail = shutil.which('getmail')
sys.argv[0] = getmail
runpy.run_path(getmail, run_name='__main__')
