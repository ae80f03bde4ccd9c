#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""change.py PORT CHANGE ...: changes mailboxes of alice, whose password is
"pencil", on the IMAP server at that port of this machine, in one session.

    in BOX             selects it, for what follows
    put BOX [N]        N messages, or one
    +FLAG[,FLAG] UIDS, -FLAG[,FLAG] UIDS
    rm UIDS            \\Deleted and EXPUNGE, of all that are deleted
    mkdir BOX, rmdir BOX
"""
import imaplib
import sys

MESSAGE = b'From: a@example.net\r\nSubject: %d\r\n\r\nText.\r\n'


def fail_unless_ok(answer):
    if answer[0] != 'OK':
        sys.exit(f'{sys.argv[2:]}: {answer}')


def change(m, what):
    verb, _, rest = what.partition(' ')
    box, _, n = rest.partition(' ')
    if verb == 'in':
        fail_unless_ok(m.select(rest))
    elif verb == 'put':
        for i in range(int(n or 1)):
            fail_unless_ok(m.append(box, None, None, MESSAGE % i))
    elif verb == 'mkdir':
        fail_unless_ok(m.create(rest))
    elif verb == 'rmdir':
        fail_unless_ok(m.delete(rest))
    elif verb == 'rm':
        fail_unless_ok(m.uid('STORE', rest, '+FLAGS', r'(\Deleted)'))
        fail_unless_ok(m.expunge())
    else:
        fail_unless_ok(m.uid('STORE', rest, verb[0] + 'FLAGS',
                             f'({verb[1:].replace(",", " ")})'))


def main():
    m = imaplib.IMAP4('localhost', int(sys.argv[1]))
    m.login('alice', 'pencil')
    for what in sys.argv[2:]:
        change(m, what)
    m.logout()


main()
