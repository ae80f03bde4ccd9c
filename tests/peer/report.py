# SPDX-License-Identifier: ISC
"""Reads a report as RFC 3464, 6522 and 6533 have it, and prints what it says.

usage: report.py FILE NEEDS

NEEDS is 1 for 8BITMIME, plus 2 for SMTPUTF8.  Any fault ends it with an
exception: a defect that the email package finds, a field that the grammar does
not have, a status of another class than its action.  It prints the action,
the recipient and the status of each group, and the types of the parts.
"""

import email.parser
import email.policy
import email.utils
import re
import sys

MESSAGE_FIELDS = {"original-envelope-id", "reporting-mta", "dsn-gateway",
                  "received-from-mta", "arrival-date"}
RECIPIENT_FIELDS = {"original-recipient", "final-recipient", "action",
                    "status", "remote-mta", "diagnostic-code",
                    "last-attempt-date", "final-log-id", "will-retry-until"}
# "atom ; text" (RFC 3464, 2.1.2)
TYPED = {"reporting-mta", "original-recipient", "final-recipient",
         "remote-mta", "diagnostic-code"}
DATES = {"arrival-date", "last-attempt-date", "will-retry-until"}
CLASSES = {"failed": "45", "delayed": "4", "delivered": "2", "relayed": "2",
           "expanded": "2"}


def check_bytes(data, needs):
    for line in data.split(b"\n"):
        assert len(line) <= 998, line
    assert b"\r" not in data and b"\0" not in data
    eight = any(byte > 127 for byte in data)
    assert not eight or needs & 1, "8-bit bytes"
    head = data.partition(b"\n\n")[0]
    assert head.isascii() or needs & 2, "UTF-8 in the header"


def check_group(group, known):
    names = [name.lower() for name in group.keys()]
    assert len(set(names)) == len(names), names
    assert set(names) <= known, names
    for name, value in group.items():
        value = re.sub(r"\n[ \t]", " ", str(value))
        assert "\n" not in value and value.isprintable(), value
        if name.lower() in TYPED:
            assert re.fullmatch(r"[A-Za-z0-9-]+;.+", value), value
        if name.lower() in DATES:
            email.utils.parsedate_to_datetime(value)


def check_recipient(group):
    check_group(group, RECIPIENT_FIELDS)
    for name in "Final-Recipient", "Action", "Status":
        assert name in group, name
    status = re.fullmatch(r"([245])\.\d{1,3}\.\d{1,3}", group["Status"])
    assert status and status[1] in CLASSES[group["Action"]], group["Status"]
    if "Will-Retry-Until" in group:
        assert group["Action"] == "delayed"
    kind, address = group["Final-Recipient"].split("; ", 1)
    assert kind in ("rfc822", "utf-8"), kind
    return " ".join((group["Action"], address, group["Status"]))


def groups_of(status):
    """The email package knows message/delivery-status alone."""
    if status.get_content_type() == "message/delivery-status":
        return status.get_payload()
    assert status.get_content_type() == "message/global-delivery-status"
    text = status.as_bytes().partition(b"\n\n")[2].decode()
    parser = email.parser.Parser(policy=email.policy.strict)
    return [parser.parsestr(block) for block in text.strip().split("\n\n")]


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    check_bytes(data, int(sys.argv[2]))
    report = email.message_from_bytes(data, policy=email.policy.strict)
    for part in report.walk():
        assert not part.defects, part.defects
    assert report.get_content_type() == "multipart/report"
    assert report["Content-Type"].params["report-type"] == "delivery-status"
    assert report["Auto-Submitted"] == "auto-replied"
    for name in "Date", "From", "To", "Subject", "Message-ID":
        assert len(report.get_all(name)) == 1, name
    words, status, *original = report.get_payload()
    assert words.get_content_type() == "text/plain"
    words.get_content().encode(words.get_content_charset())
    first, *others = groups_of(status)
    check_group(first, MESSAGE_FIELDS)
    assert "Reporting-MTA" in first and others
    for group in others:
        print(check_recipient(group))
    assert len(original) <= 1
    for part in report.get_payload():
        encoding = part.get("Content-Transfer-Encoding")
        print(part.get_content_type(), *([encoding] if encoding else []))


main()
