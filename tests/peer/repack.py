# SPDX-License-Identifier: ISC
"""repack.py DIR <PATHS: what is unpacked and packed again is the same.

Takes each message apart by mime-unpack and mime-ls, makes of its parts the
arguments of a mime-pack, and takes what that writes, DIR/N, apart again: the
leaves must have the same bytes, names and types, and charsets where they were
given.  Where all of the tree can be said in arguments (a text, alternatives,
images related to them, files and messages beside that) the tree must be the
same too; else the leaves come as files in a row.  What may differ:

	a text that is the body gets a line end where it had none (mime-pack(1));
	a multipart without parts, which has nothing to read, is an empty text;
	the line ends of what an attached message holds become LF there, and
	where that cannot be sent as it is, it is a file of bytes.

Prints what does not hold, then how many messages there were and of how many
the tree was the same; the status is 1 if anything did not hold.
"""
import json
import os
import re
import subprocess
import sys

MESSAGES = ("message/rfc822", "message/global")
PLAIN_CHARSET = r"[A-Za-z0-9._:+-]+"


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, **options)


def objects(*command, paths):
    lines = run(*command, input=b"\0".join(paths)).stdout.split(b"\0")
    return [json.loads(line) for line in lines if line]


def read(paths, directory):
    """The outermost part of each message, with "file" at its leaves."""
    files = {(leaf["message"], leaf["part"]): leaf["path"] for leaf in objects(
        "mime-unpack", "-0jl", "-d", directory, paths=paths)}

    def add(path, part):
        part["file"] = files.get((path, part["number"]))
        part["message"] = path
        for child in part["parts"]:
            add(path, child)

    trees = {}
    for message in objects("mime-ls", "-0jl", paths=paths):
        trees[message["path"]] = message["parts"][0]
        add(message["path"], message["parts"][0])
    return trees


def leaves(part, inside=False):
    """All of them, and whether they are in an attached message."""
    if part["file"]:
        yield part, inside
    for child in part["parts"]:
        yield from leaves(child, inside or part["type"] in MESSAGES)


def items(part):
    """What can be attached: leaves, and messages whole."""
    if part["type"] in MESSAGES or part["file"]:
        return [part]
    return [item for child in part["parts"] for item in items(child)]


def content(leaf):
    with open(leaf["file"], "rb") as file:
        return file.read()


def charset(leaf):
    value = leaf["parameters"].get("charset", "")
    return value if re.fullmatch(PLAIN_CHARSET, value) else None


def typed(leaf):
    value = charset(leaf)
    return ["-T", leaf["type"] + (f"; charset=\"{value}\"" if value else "")]


def named(leaf):
    return ["-N", leaf["name"] or ""]


class Recipe:
    """Arguments of mime-pack, and the tree that they are to give."""

    def __init__(self, directory):
        self.directory = directory
        self.parts, self.body = [], ["/dev/null"]

    def attach(self, item):
        if item["file"]:
            self.parts += typed(item) + named(item) + ["-a", item["file"]]
            return
        path = os.path.join(self.directory, "message")
        path += str(len(os.listdir(self.directory)))
        message = run("mime-unpack", "-p", item["number"],
                      item["message"]).stdout
        with open(path, "wb") as file:
            file.write(message)
        # -m takes nothing for a message that does not begin like one.
        if item["type"] == "message/rfc822" and \
                re.match(rb"[!-9;-~]+[ \t]*:", message):
            self.parts += named(item) + ["-m", path]
        else:
            self.parts += named(item) + ["-T", item["type"], "-a", path]

    def text(self, leaf):
        self.body = typed(leaf) + [leaf["file"]]

    def arguments(self):
        return ["-8", "-f", "alice@example.org", *self.parts, *self.body]


def is_text(part, single):
    """Can it be the body?  One beside other parts must hold something."""
    return (part["file"] and part["type"].startswith("text/") and
            not part["name"] and part["disposition"] != "attachment" and
            (single or os.path.getsize(part["file"]) > 0))


def whole_tree(recipe, top):
    """1 where the recipe could be made to say all of it."""
    files, images, others, text = [], [], [], top
    if text["type"] == "multipart/mixed" and text["parts"]:
        text, *files = text["parts"]
    if text["type"] == "multipart/related" and text["parts"]:
        text, *images = text["parts"]
    if text["type"] == "multipart/alternative" and text["parts"]:
        text, *others = text["parts"]
    beside = files + images + others
    if not is_text(text, text is top) or any(
            part["type"].startswith("multipart/") for part in beside) or any(
            not part["file"] for part in images + others) or any(
            not part["name"] for part in images):
        return False
    if top["type"].startswith("multipart/") and not beside:
        return False
    for option, parts in ("-w", others), ("-i", images):
        for part in parts:
            recipe.parts += typed(part) + (named(part) if part["name"] else [])
            recipe.parts += [option, part["file"]]
    for part in files:
        recipe.attach(part)
    recipe.text(text)
    return True


def shape(part):
    if part["type"] in MESSAGES:
        return part["type"]
    return [part["type"], *map(shape, part["parts"])]


def same_bytes(one, two, inside, body):
    if body and not one.endswith(b"\n"):
        one += b"\n" if two.endswith(b"\n") else b""
    if inside:
        one, two = (x.replace(b"\r\n", b"\n").rstrip(b"\n") for x in (one, two))
    return one == two


def compare(before, after):
    """What is not the same, or None."""
    old, new = list(leaves(before)), list(leaves(after))
    if not old and len(new) == 1 and not content(new[0][0]):
        return None
    if len(old) != len(new):
        return f"{len(old)} leaves, then {len(new)}"
    for n, ((one, inside), (two, _)) in enumerate(zip(old, new)):
        for key in "type", "name":
            if one[key] != two[key]:
                return f"{one['number']}: {key} {one[key]}, then {two[key]}"
        if not inside and charset(one) and charset(one) != charset(two):
            return f"{one['number']}: {charset(one)}, then {charset(two)}"
        if not same_bytes(content(one), content(two), inside, n == 0):
            return f"{one['number']}: other bytes"
    return None


def main():
    out = os.path.abspath(sys.argv[1])
    for name in "before", "messages", "after":
        os.makedirs(os.path.join(out, name))
    paths = sys.stdin.buffer.read().splitlines()
    before = read(paths, os.path.join(out, "before"))
    packed, whole, bad = {}, 0, 0
    for n, (path, top) in enumerate(before.items()):
        recipe = Recipe(os.path.join(out, "messages"))
        exact = whole_tree(recipe, top)
        if not exact:
            for item in items(top):
                recipe.attach(item)
        name = os.path.join(out, str(n))
        with open(name, "wb") as file:
            run_ = subprocess.run(["mime-pack", *recipe.arguments()],
                                  stdout=file, stderr=subprocess.PIPE)
        if run_.returncode != 0:
            print(path, run_.stderr.decode("utf-8", "replace").strip(),
                  sep=": ")
            bad += 1
            continue
        packed[name] = path, exact
    after = read([name.encode() for name in packed],
                 os.path.join(out, "after"))
    for name, (path, exact) in packed.items():
        differ = compare(before[path], after[name])
        if not differ and exact and shape(before[path]) != shape(after[name]):
            differ = f"{shape(before[path])}, then {shape(after[name])}"
        whole += exact and not differ
        if differ:
            print(path, differ, sep=": ")
            bad += 1
    print(len(paths), "messages,", whole, "whole trees")
    return bad > 0 or len(before) != len(paths)


sys.exit(main())
