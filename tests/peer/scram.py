# SPDX-License-Identifier: ISC
"""scram: the server's side of AUTH SCRAM-SHA-256 (RFC 5802, RFC 7677, RFC
4954), for script.py: up to the client's answer to the last challenge, so that
the script says what comes of it.  Options:

    password=TEXT   the right one; "pencil"
    plus=NAME       SCRAM-SHA-256-PLUS, the end point being NAME.pem
    flag=y          how the client's first message has to begin; "n"
    lie=WHAT        signature: a wrong one; nonce: not the client's;
                    iterations: so many that it would take hours; none: 235
                    is said without any
"""
import base64
import hashlib
import hmac
import ssl

import wire


def digest(key, text):
    return hmac.new(key, text, 'sha256').digest()


def decode(line):
    return base64.b64decode(line.encode(), validate=True)


def challenge(w, data):
    w.send(b'334 ' + base64.b64encode(data) + b'\r\n')
    return decode(w.line())


def end_point(name):
    with open(name + '.pem') as f:
        der = ssl.PEM_cert_to_DER_cert(f.read())
    return hashlib.sha256(der).digest()


def serve(w, text):
    o = wire.options(text)
    lie = o.get('lie')
    verb, name, initial = w.line().split(' ')
    want = 'SCRAM-SHA-256' + ('-PLUS' if 'plus' in o else '')
    if (verb, name) != ('AUTH', want):
        raise wire.Wrong(f'it said {verb} {name}')
    first = decode(initial)
    header, bare = first.split(b',,', 1)
    flag = b'p=tls-server-end-point' if 'plus' in o else \
        o.get('flag', 'n').encode()
    if header != flag:
        raise wire.Wrong(f'its header is {header!r}')
    nonce = bare.rsplit(b'r=', 1)[1] if lie != 'nonce' else b'another'
    salt, count = b'salt of the tests', 4096
    asked = 10 ** 9 if lie == 'iterations' else count
    server = b'r=%sours,s=%s,i=%d' % (nonce, base64.b64encode(salt), asked)
    if lie in ('nonce', 'iterations'):
        w.send(b'334 ' + base64.b64encode(server) + b'\r\n')
        return
    final = challenge(w, server)
    without, proof = final.rsplit(b',p=', 1)
    channel = header + b',,' + (end_point(o['plus']) if 'plus' in o else b'')
    if b'c=' + base64.b64encode(channel) not in without.split(b','):
        raise wire.Wrong(f'its channel binding is in {without!r}')
    salted = hashlib.pbkdf2_hmac(
        'sha256', o.get('password', 'pencil').encode(), salt, count)
    client = digest(salted, b'Client Key')
    told = b','.join((bare, server, without))
    signature = digest(hashlib.sha256(client).digest(), told)
    if bytes(a ^ b for a, b in zip(client, signature)) != \
            base64.b64decode(proof):
        raise wire.Wrong('its proof is wrong')
    if lie == 'none':
        return
    verifier = digest(digest(salted, b'Server Key'), told)
    if lie == 'signature':
        verifier = bytes(32)
    answer = challenge(w, b'v=' + base64.b64encode(verifier))
    if lie == 'signature':
        return
    if answer:
        raise wire.Wrong(f'at the end it said {answer!r}')
