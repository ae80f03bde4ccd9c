# SPDX-License-Identifier: ISC
"""peak.py command ...: runs it, throws its output away, and prints the most
memory that it had, in KiB.  (ru_maxrss would count this program, too, from
the time before exec.)"""
import re
import subprocess
import sys


def peak(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        found = re.search(r"VmHWM:\s*(\d+)", file.read())
    return int(found[1]) if found else 0


def main():
    most = 0
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE) as child:
        while child.stdout.read(1 << 20):
            most = max(most, peak(child.pid))
    print(most)
    return child.returncode


sys.exit(main())
