# SPDX-License-Identifier: ISC
"""leaves.py MESSAGE DIR: what Python's email package finds in a message.

Writes the decoded bytes of each leaf to DIR/NUMBER, the number as IMAP has it,
messages in messages included, and prints "NUMBER TYPE" for each.
"""
import email
import email.policy
import os
import sys


def leaves(part, number, parent_is_message):
    """The leaves of a part; "number" is its own, or what it is in."""
    kind = part.get_content_maintype()
    if kind == "multipart" and part.is_multipart():
        for n, child in enumerate(part.get_payload(), 1):
            yield from leaves(child, number + [n], False)
        return
    if parent_is_message:
        number = number + [1]
    if part.is_multipart():
        yield from leaves(part.get_payload(0), number, True)
    else:
        yield number, part


def main():
    path, directory = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    with open(path, "rb") as file:
        message = email.message_from_bytes(
            file.read(), policy=email.policy.compat32)
    for number, part in leaves(message, [], True):
        name = ".".join(map(str, number))
        print(name, part.get_content_type())
        with open(os.path.join(directory, name), "wb") as file:
            file.write(part.get_payload(decode=True))


main()
