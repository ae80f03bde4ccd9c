# SPDX-License-Identifier: ISC
"""agree.py TABLE DIR <PATHS: do other programs see the parts that we see?

Reads the paths of messages, relative to the current directory, and compares
for each what mime-ls says with Python's email package, reformime and mblaze:
how deep each part is and its type; with reformime where its header, content
and end are; with Python the decoded bytes and with mblaze the decoded size of
each leaf, as mime-unpack writes it into DIR.

TABLE holds the differences that are known: peer, message, what they say, what
we say, why; with TABs between them, # at the start of a comment.  A difference
that is not in it, and a line of it that is no longer so, is printed; then the
status is 1.
"""
import email
import json
import re
import subprocess
import sys
from email import policy

NESTED = ("message/rfc822", "message/global")


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, **options).stdout


def walk(part, depth=0):
    yield depth, part
    for child in part["parts"]:
        yield from walk(child, depth + 1)


def ours(paths, directory):
    """Of each message (depth, type, header, body, end, path of content)."""
    names = "".join(path + "\n" for path in paths).encode()
    files = {}
    for line in run("mime-unpack", "-jl", "-d", directory,
                    input=names).splitlines():
        leaf = json.loads(line)
        files[leaf["message"], leaf["part"]] = leaf["path"]
    for line in run("mime-ls", "-jl", input=names).splitlines():
        message = json.loads(line)
        yield message["path"], [
            (depth, part["type"], part["header"], part["body"], part["end"],
             files.get((message["path"], part["number"])))
            for depth, part in walk(message["parts"][0])]


def content(row):
    with open(row[5], "rb") as file:
        return file.read()


# Each peer: what it says of a part, (depth, type, more ...); and how "more" of
# a part is compared with a row of ours: None, or what differs in few words.

def python(path):
    def parts(part, depth):
        kind = part.get_content_type()
        inside = part.is_multipart() and (
            part.get_content_maintype() == "multipart" or kind in NESTED)
        yield depth, kind, None if inside else part
        for child in part.get_payload() if inside else []:
            yield from parts(child, depth + 1)

    with open(path, "rb") as file:
        message = email.message_from_bytes(file.read(), policy=policy.compat32)
    return list(parts(message, 0))


def python_differs(row, our):
    if row[2] is None or row[2].is_multipart() or our[5] is None:
        return None
    try:
        data = row[2].get_payload(decode=True)
    except (LookupError, UnicodeError, AssertionError):
        data = None
    return None if data == content(our) else ("other bytes", "bytes")


def reformime(path):
    with open(path, "rb") as file:
        text = run("reformime", "-i", stdin=file).decode("utf-8", "replace")
    rows = []
    for block in text.split("\n\n"):
        keys = dict(reversed([line.partition(": ")[::2]
                              for line in block.split("\n")]))
        if "section" in keys:
            rows.append((keys["section"].count("."), keys["content-type"],
                         *(int(keys[x]) for x in (
                             "starting-pos", "starting-pos-body",
                             "ending-pos"))))
    return rows


def reformime_differs(row, our):
    for n, name in (2, "header"), (3, "content"), (4, "end"):
        if row[n] != our[n]:
            return f"{name} {row[n] - our[n]:+}", name
    return None


def mblaze(path):
    text = run("mshow", "-t", path).decode("utf-8", "replace")
    return [(len(m[1]) // 2 - 1, m[2], int(m[3])) for m in re.finditer(
        r"(?m)^( +)\d+: (\S*) size=(\d+)", text)]


def mblaze_differs(row, our):
    if our[5] is None or row[2] == len(content(our)):
        return None
    return f"size {row[2]}", f"size {len(content(our))}"


PEERS = {"python": (python, python_differs),
         "reformime": (reformime, reformime_differs),
         "mblaze": (mblaze, mblaze_differs)}


def shown(rows, n):
    if n >= len(rows):
        return f"{len(rows)} parts"
    depth, kind = rows[n][:2]
    return f"{len(rows)} parts, {n + 1}: {'>' * depth}{kind}"


def difference(theirs, our, differs):
    """The first one, as they and as we say it, or None."""
    for n in range(max(len(theirs), len(our))):
        if [x[:2] for x in theirs[n:n + 1]] != [x[:2] for x in our[n:n + 1]]:
            return shown(theirs, n), shown(our, n)
    for n, (row, own) in enumerate(zip(theirs, our), 1):
        found = differs(row, own)
        if found:
            return f"{n}: {found[0]}", f"{n}: {found[1]}"
    return None


def clean(text):
    return re.sub(r"[^ -~]", "?", text)


def table(path):
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file
                if not line.startswith("#")]
    assert all(len(row) == 5 and row[4] for row in rows), "a row without why"
    return {tuple(row[:4]) for row in rows}


def main():
    paths = sys.stdin.read().splitlines()
    found, messages = set(), 0
    for path, rows in ours(paths, sys.argv[2]):
        messages += 1
        for name, (look, differs) in PEERS.items():
            differ = difference(look(path), rows, differs)
            if differ:
                found.add((name, path, *map(clean, differ)))
    known = table(sys.argv[1])
    for row in sorted(found - known):
        print("not in the table:", *row, sep="\t")
    for row in sorted(known - found):
        print("no longer so:", *row, sep="\t")
    print(messages, "messages,", len(found), "differences")
    return found != known or messages != len(paths)


sys.exit(main())
