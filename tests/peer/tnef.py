# SPDX-License-Identifier: ISC
"""tnef.py KIND: writes a winmail.dat to standard output (MS-OXTNEF).

KIND is one of the functions at the end: what is in the file, or what is wrong
with it."""

import struct
import sys

MESSAGE, ATTACHMENT = 1, 2
BODY, VERSION, MAPI = 0x2800C, 0x89006, 0x69003
RENDDATA, TITLE, DATA, PROPS = 0x69002, 0x18010, 0x6800F, 0x69005
STRING8, UNICODE, BINARY, OBJECT = 30, 31, 0x102, 13
LONG_NAME, RTF, HTML, DATA_OBJECT = 0x3707, 0x1009, 0x1013, 0x3701


def attribute(level, what, data, size=None, checksum=None):
    size = len(data) if size is None else size
    checksum = sum(data) & 0xFFFF if checksum is None else checksum
    return (struct.pack('<BII', level, what, size) + data +
            struct.pack('<H', checksum))


def value(kind, number, data, size=None):
    size = len(data) if size is None else size
    return (struct.pack('<HHII', kind, number, 1, size) + data +
            b'\0' * (-len(data) % 4))


def properties(values, count=None):
    count = len(values) if count is None else count
    return struct.pack('<I', count) + b''.join(values)


def attachment(title, data, values=()):
    made = attribute(ATTACHMENT, RENDDATA, struct.pack('<HIHHI', 1, 0, 32, 32,
                                                       0))
    made += attribute(ATTACHMENT, TITLE, title + b'\0')
    if data:
        made += attribute(ATTACHMENT, DATA, data)
    if values:
        made += attribute(ATTACHMENT, PROPS, properties(values))
    return made


def winmail(*parts):
    return (struct.pack('<IH', 0x223E9F78, 1) +
            attribute(MESSAGE, VERSION, struct.pack('<I', 0x10000)) +
            b''.join(parts))


def compressed(text, says=None):
    """RTF "compressed" by literals alone: a byte of flags for each eight."""
    packed = b''.join(b'\0' + text[i:i + 8] for i in range(0, len(text), 8))
    says = len(text) if says is None else says
    return struct.pack('<IIII', len(packed) + 12, says, 0x75465A4C,
                       0) + packed


def message(*values):
    return attribute(MESSAGE, MAPI, properties(values))


def long_name(name):
    return value(UNICODE, LONG_NAME, (name + '\0').encode('utf-16-le'))


PHOTO = bytes(range(256)) * 40


def good():
    return winmail(
        attribute(MESSAGE, BODY, b'the text\r\n\0'),
        message(value(BINARY, RTF, compressed(b'{\\rtf1 the text}')),
                value(BINARY, HTML, b'<p>the text</p>')),
        attachment(b'PHOTO~1.JPG', PHOTO, [long_name('Foto März.jpg')]),
        attachment(b'note.txt', b'a note'))


def plain():
    return winmail(attachment(b'photo.jpg', PHOTO),
                   attachment(b'note.txt', b'a note'))


def names():
    return winmail(attachment(b'../../evil', b'1'),
                   attachment(b'/etc/passwd', b'2'),
                   attachment(b'a\0b', b'3'),
                   attachment(b'.bashrc', b'4'),
                   attachment(b'', b'5'),
                   attachment(b'x', b'6', [long_name('..\\..\\evil.exe')]),
                   attachment(b'x', b'7', [long_name('a\n\x1b[31m')]))


def embedded():
    inner = winmail(attachment(b'inner.txt', b'inner'))
    return winmail(attachment(b'Re: hello', b'x', [
        value(OBJECT, DATA_OBJECT, b'\x07' * 16 + inner)]))


def nothing():
    return winmail()


def overflow():
    return winmail(attachment(b'first', b'1'),
                   attribute(ATTACHMENT, DATA, b'x' * 100, size=0xFFFFFFFF))


def negative():
    return winmail(attachment(b'first', b'1'),
                   attribute(ATTACHMENT, DATA, b'x' * 100, size=0x80000000))


def checksum():
    return winmail(attachment(b'first', b'1'),
                   attribute(ATTACHMENT, DATA, b'xx', checksum=7))


def counts():
    return winmail(attachment(b'first', b'1'),
                   attribute(MESSAGE, MAPI, properties([], 0xFFFFFFFF)))


def value_size():
    return winmail(attachment(b'first', b'1'),
                   message(value(BINARY, RTF, b'x' * 64, size=0xFFFFFFF0)))


def rtf_size():
    """A few bytes that say they are 2 GiB."""
    return winmail(attachment(b'first', b'1'),
                   message(value(BINARY, RTF,
                                 compressed(b'x' * 64, 0x7FFFFFFF))))


def rtf_large():
    """A few bytes that say they are 200 MiB."""
    return winmail(attachment(b'first', b'1'),
                   message(value(BINARY, RTF,
                                 compressed(b'x' * 64, 200 << 20))))


def rtf_short():
    """Uncompressed, and said to be longer than it is."""
    packed = struct.pack('<IIII', 64 + 12, 1 << 27, 0x414C454D, 0)
    return winmail(attachment(b'first', b'1'),
                   message(value(BINARY, RTF, packed + b'x' * 64)))


def many():
    return winmail(*[attachment(b'f', b'1') for _ in range(5000)])


def slow():
    """The library looks for the end of a list at each attribute."""
    one = attribute(ATTACHMENT, RENDDATA, b'\1')
    return winmail(one * 600000)


if __name__ == '__main__':
    sys.stdout.buffer.write(globals()[sys.argv[1]]())
