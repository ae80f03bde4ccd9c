# SPDX-License-Identifier: ISC
"""sweep.py DIR prefixes|bytes N MESSAGE ...: damaged messages for commands.

Writes every prefix of each message, or each message with every byte replaced
in turn by NUL, 0x80, CR and LF, but of all these only each Nth, to DIR/messages
and their paths to DIR/list; those of every fifth of them to DIR/some.

sweep.py DIR check: looks at what the commands made of them: DIR/ls.json of
mime-ls -j, DIR/unpack.json of mime-unpack -j, DIR/hdr.json of mime-hdr -j, and
for those in DIR/some DIR/saved.json of mime-unpack -j -d DIR/files.  Each message has its object, which
is JSON; offsets are in order; every part was told, and every leaf saved, under
a name that is safe.  Prints what is not so; the status is then 1.
"""
import json
import os
import re
import sys

REPLACED = b"\0\x80\r\n"
SAFE = re.compile(r"[^-.\x00-\x1f\x7f-\x9f/][^\x00-\x1f\x7f-\x9f/]*")


def prefixes(data):
    return (data[:n] for n in range(len(data)))


def damaged(data):
    for at, old in enumerate(data):
        for new in REPLACED:
            if new != old:
                yield data[:at] + bytes((new,)) + data[at + 1:]


def write(directory, make, every, messages):
    os.makedirs(os.path.join(directory, "messages"))
    n = made = 0
    with open(os.path.join(directory, "list"), "w", encoding="utf-8") as out, \
            open(os.path.join(directory, "some"), "w", encoding="utf-8") as few:
        for message in messages:
            with open(message, "rb") as file:
                data = file.read()
            for variant in make(data):
                made += 1
                if made % every:
                    continue
                path = os.path.join(directory, "messages", str(n))
                with open(path, "wb") as file:
                    file.write(variant)
                out.write(path + "\n")
                if n % 5 == 0:
                    few.write(path + "\n")
                n += 1


def walk(part):
    yield part
    for child in part["parts"]:
        yield from walk(child)


def in_order(part, start, end):
    """Is each offset of a part within those of what is around it?"""
    if not start <= part["header"] <= part["body"] <= part["end"] <= end or \
            part["body"] + part["size"] != part["end"]:
        return False
    at = part["body"]
    for child in part["parts"]:
        if not in_order(child, at, part["end"]):
            return False
        at = child["end"]
    return True


def check(directory):
    def objects(name):
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def lines(name):
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            return file.read().splitlines()

    paths, some = lines("list"), set(lines("some"))
    listed = {m["path"]: m for m in objects("ls.json")}
    unpacked = {m["path"]: m for m in objects("unpack.json")}
    headers = {m["path"]: m for m in objects("hdr.json")}
    saved, bad = {}, 0
    for leaf in objects("saved.json"):
        saved.setdefault(leaf["message"], []).append(leaf)
        name = os.path.basename(leaf["path"])
        if not SAFE.fullmatch(name) or leaf["size"] != os.path.getsize(
                leaf["path"]):
            print(leaf["path"], "is not safe, or not whole")
            bad += 1
    for path in paths:
        message, size = listed[path], os.path.getsize(path)
        parts = list(walk(message["parts"][0]))
        leaves = [p for p in parts if not p["parts"] and not
                  p["type"].startswith(("multipart/", "message/rfc822"))]
        if message["error"] or message["size"] != size or not in_order(
                parts[0], 0, size):
            print(path, "is not whole")
        elif [p["number"] for p in parts] != [
                p["part"] for p in unpacked[path]["parts"]]:
            print(path, "has other parts in mime-unpack")
        elif path in some and len(leaves) > len(saved.get(path, [])):
            print(path, "has leaves that were not saved")
        elif path not in headers:
            print(path, "has no header")
        else:
            continue
        bad += 1
    found = sum(len(files) for _, _, files in os.walk(
        os.path.join(directory, "files")))
    told = sum(map(len, saved.values()))
    print(len(paths), "messages,", told, "files")
    return bad > 0 or found != told or not paths


def main():
    if sys.argv[2] == "check":
        return check(sys.argv[1])
    write(sys.argv[1], damaged if sys.argv[2] == "bytes" else prefixes,
          int(sys.argv[3]), sys.argv[4:])
    return 0


sys.exit(main())
