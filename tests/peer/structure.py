# SPDX-License-Identifier: ISC
"""structure.py MESSAGE: the parts that Python's email package finds.

Prints "NUMBER TAB TYPE" for each part in the order of their headers, the
number as IMAP has it ("-" where it has none), messages in messages included.
What Python takes apart and IMAP does not, message/delivery-status, is one
part.
"""
import email
import email.policy
import sys


def parts(part, number, whole):
    """A part and those in it; "number" is its own, or where it is "whole" (all
    of a message) what it is in."""
    kind = part.get_content_type()
    multipart = part.get_content_maintype() == "multipart"
    if whole and not multipart:
        number = number + [1]
    yield ("-" if whole and multipart else ".".join(map(str, number))), kind
    if multipart and part.is_multipart():
        for n, child in enumerate(part.get_payload(), 1):
            yield from parts(child, number + [n], False)
    elif kind == "message/rfc822":
        yield from parts(part.get_payload(0), number, True)


def main():
    with open(sys.argv[1], "rb") as file:
        message = email.message_from_bytes(
            file.read(), policy=email.policy.compat32)
    for number, kind in parts(message, [], True):
        print(number, kind, sep="\t")


main()
