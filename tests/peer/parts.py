# SPDX-License-Identifier: ISC
"""parts.py MESSAGE DIR: what Python's email package finds in a message.

Prints the header fields that it decodes, then one line for each leaf: its
number, type, charset, transfer encoding, disposition and file name, "-" where
there is none.  Writes the decoded bytes of leaf N to DIR/N.  Ends with 1 where
the parser finds a defect.
"""
import email
import email.policy
import email.utils
import os
import sys

FIELDS = ("From", "Sender", "To", "Cc", "Bcc", "Subject")


def leaves(part):
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        for child in part.get_payload():
            yield from leaves(child)
    else:
        yield part


def content(part):
    if part.is_multipart():
        return part.get_payload(0).as_bytes(policy=email.policy.compat32)
    return part.get_payload(decode=True)


def file_name(part):
    """Of both forms the one in RFC 2231; Python takes the first."""
    names = [value for name, value in
             part.get_params([], header="content-disposition")
             if name == "filename"]
    names.sort(key=lambda value: not isinstance(value, tuple))
    return email.utils.collapse_rfc2231_value(names[0]) if names else None


def main():
    path, directory = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    with open(path, "rb") as file:
        data = file.read()
    decoded = email.message_from_bytes(data, policy=email.policy.default)
    plain = email.message_from_bytes(data, policy=email.policy.compat32)
    bad = 0
    for name in FIELDS:
        for value in decoded.get_all(name, []):
            print(f"{name}: {value}")
    for n, (part, raw) in enumerate(zip(leaves(decoded), leaves(plain)), 1):
        print(n, part.get_content_type(), part.get_param("charset") or "-",
              part.get("Content-Transfer-Encoding", "-"),
              part.get_content_disposition() or "-",
              file_name(raw) or "-")
        with open(os.path.join(directory, str(n)), "wb") as file:
            file.write(content(raw))
    for part in decoded.walk():
        for defect in part.defects:
            print("defect:", type(defect).__name__)
            bad = 1
    return bad


sys.stdout.reconfigure(encoding="utf-8")
sys.exit(main())
