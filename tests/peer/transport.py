# SPDX-License-Identifier: ISC
#
# transport.py LOG [option ...] URL: a transport by mailpipe-queue(5), whose
# results are what the recipients' addresses say: sent, relayed, deferred,
# failed, down, busy, die (by a signal), quit (status 3), hang, babble, twice,
# slow (sent, two seconds later); whatever else is sent.  LOG gets a line "start URL" and one for each
# line on standard input.
# Options: -J writes no journal, -b busy for the first so many lines.
import fcntl
import os
import re
import struct
import sys
import time

args = sys.argv[1:]
log = open(args.pop(0), "a", buffering=1)
journals = True
busy = 0
while args and args[0].startswith("-"):
    option = args.pop(0)
    if option == "-J":
        journals = False
    elif option == "-b":
        busy = int(args.pop(0))
print("start", " ".join(args) or "local", file=log)


def numbers(text):
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


F_OFD_SETLK = 37


def lock(fd, number, path):
    try:
        fcntl.fcntl(fd, F_OFD_SETLK,
                    struct.pack("hhqqi", fcntl.F_WRLCK, 0, number, 1, 0))
        return os.stat(path).st_ino == os.fstat(fd).st_ino
    except OSError:
        return False


class Journal:
    """What is settled, of the lines that a file has so far."""

    def __init__(self, fd):
        self.fd = fd
        self.settled = {}
        self.at = os.pread(fd, 1 << 24, 0).index(b"\n\n")

    def is_settled(self, number):
        new = os.pread(self.fd, 1 << 24, self.at)
        self.at += new.rfind(b"\n") + 1
        for line in new.split(b"\n"):
            m = re.match(rb"\d+\t(\d+)\t(sent|relayed|failed|again)\t",
                         line)
            if m and m.group(2) == b"again":
                self.settled = {n: how for n, how in self.settled.items()
                                if how != b"failed"}
            elif m:
                self.settled[int(m.group(1))] = m.group(2)
        return number in self.settled


def say(path, text):
    sys.stdout.write("%s\t%s\n" % (path, text))
    sys.stdout.flush()


def recipients(fd):
    envelope = os.pread(fd, 1 << 24, 0).split(b"\n\n", 1)[0]
    return [line.split()[1].decode() for line in envelope.split(b"\n")
            if line.startswith(b"Recipient: ")]


WORDS = {"sent": ("sent", 250, "2.0.0", "taken"),
         "relayed": ("relayed", 250, "2.0.0", "taken"),
         "deferred": ("deferred", 450, "4.2.1", "not now"),
         "failed": ("failed", 550, "5.1.1", "no such user"),
         "down": ("down", 0, "4.4.1", "connection refused")}


def deliver(path, journal, number, address):
    fd = journal.fd
    word = address.split("@")[0].split("+")[0]
    if word == "die":
        os.kill(os.getpid(), 9)
    if word == "quit":
        sys.exit(3)
    if word == "hang":
        time.sleep(600)
    if word == "slow":
        time.sleep(2)
    if word == "babble":
        print("what", flush=True)
        time.sleep(600)
    if not lock(fd, number, path):
        say(path, "%d\tbusy\t0\t\t\tlocked" % number)
        return
    if journal.is_settled(number):
        say(path, "%d\tsent\t0\t\t\talready" % number)
        return
    print("sends", os.path.basename(path)[11:], number, file=log)
    line = "%d\t%s\t%d\t%s\tmx.example\t%s" % (
        (number,) + WORDS.get(word, WORDS["sent"]))
    if journals:
        os.write(fd, b"%d\t%s\n" % (time.time(), line.encode()))
    say(path, line)


for request in sys.stdin:
    path, _, which = request.rstrip("\n").partition("\t")
    print(path.rpartition("/")[2][11:], which, file=log)
    if busy > 0:
        busy -= 1
        for number in numbers(which):
            say(path, "%d\tbusy\t0\t\t\tin use" % number)
        continue
    try:
        fd = os.open(path, os.O_RDWR | os.O_APPEND)
    except OSError:
        say(path, "0\tbusy\t0\t\t\tgone")
        continue
    everybody = recipients(fd)
    journal = Journal(fd)
    for number in numbers(which):
        if everybody[number - 1].startswith("busy"):
            say(path, "%d\tbusy\t0\t\t\tin use" % number)
        else:
            deliver(path, journal, number, everybody[number - 1])
    os.close(fd)
