# SPDX-License-Identifier: ISC
"""unflow.py MESSAGE: the paragraphs of a text that is format=flowed.

Reads the first text/plain leaf as RFC 3676, 4.1 to 4.5 say and prints each
paragraph as "DEPTH TAB TEXT".  unflow.py -r SEED OUT WANT: writes a random text
to OUT and the paragraphs that it holds to WANT.
"""
import email
import email.policy
import random
import sys


def split(line):
    """The depth of a quote, and what is behind its marks, unstuffed."""
    rest = line.lstrip(">")
    depth = len(line) - len(rest)
    return depth, rest[1:] if rest.startswith(" ") else rest


def paragraphs(text, delsp):
    so_far = None
    for line in text.split("\n"):
        depth, content = split(line)
        if so_far and (so_far[0] != depth or content == "-- "):
            yield so_far
            so_far = None
        flowed = content.endswith(" ") and content != "-- "
        if flowed and delsp:
            content = content[:-1]
        so_far = depth, (so_far[1] if so_far else "") + content
        if not flowed:
            yield so_far
            so_far = None
    if so_far:
        yield so_far


def read(path):
    with open(path, "rb") as file:
        message = email.message_from_bytes(
            file.read(), policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() != "text/plain":
            continue
        if (part.get_param("format") or "").lower() != "flowed":
            sys.exit("not flowed")
        text = part.get_payload(decode=True).decode("utf-8")
        if text.endswith("\n"):
            text = text[:-1]
        return paragraphs(text, part.get_param("delsp") == "yes")
    sys.exit("no text")


def forge(seed, out, want):
    rng = random.Random(int(seed))
    words = ["a", "--", "From", ">", ">b", "word", "x" * 30, "y" * 71,
             "z" * 72, "w" * 73, "q" * 400, "ä" * 40, "你好" * 20, "-", "=",
             ".", "tab\tin"]
    with open(out, "w", encoding="utf-8") as text, \
            open(want, "w", encoding="utf-8") as found:
        for _ in range(300):
            depth = rng.choice([0, 0, 0, 1, 2, 5])
            content = "".join(
                rng.choice(words) + " " * rng.choice([1, 1, 1, 1, 2, 7])
                for _ in range(rng.choice([0, 1, 2, 3, 10, 40])))
            content = " " * rng.choice([0, 0, 0, 1, 4]) + content.rstrip(" ")
            if content.lstrip(" ") == "":
                content = ""
            if content == "--" and rng.random() < 0.5:
                content = "-- "
            if depth == 0 and content.startswith(">"):
                content = "x" + content
            if depth > 0 and content.startswith(">"):
                content = "y" + content
            print(">" * depth + (" " if depth and content else "") + content,
                  end=rng.choice(["\n", " \n"]) if content != "--" and
                  content != "-- " else "\n", file=text)
            print(depth, content, sep="\t", file=found)


if sys.argv[1] == "-r":
    forge(*sys.argv[2:])
else:
    sys.stdout.reconfigure(encoding="utf-8")
    for level, words_in_it in read(sys.argv[1]):
        print(level, words_in_it, sep="\t")
