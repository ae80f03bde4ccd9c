#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A web server of policies:
https.py [-p PORT] PORT-FILE DIR CERTIFICATE [KEY]

Listens on 127.0.0.1, on a free port or on PORT, and writes that to PORT-FILE.  For the
host NAME, as the client names it by SNI, it sends what is in DIR/NAME: a whole
answer, as it stands there.  When that ends in a line "endless" the answer goes
on with letters for ever, and after a line "silent" the connection stays open.
Each connection adds a line to DIR/log: the name, and the first line.
"""

import os
import socket
import ssl
import sys
import threading

port = 0
if sys.argv[1] == "-p":
    port = int(sys.argv[2])
    del sys.argv[1:3]
port_file, directory, *chain = sys.argv[1:]


def serve(plain):
    name = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*chain)
    context.sni_callback = lambda tls, host, _: name.append(host)
    try:
        with context.wrap_socket(plain, server_side=True) as tls:
            answer(tls, name[0] if name and name[0] else "none")
    except OSError:
        log("failed", name)


def log(*what):
    with open(os.path.join(directory, "log"), "a") as out:
        print(*what, file=out, flush=True)


def answer(tls, name):
    request = b""
    while b"\r\n\r\n" not in request:
        piece = tls.recv(4096)
        if not piece:
            break
        request += piece
    log(name, request.split(b"\r\n")[0].decode("latin-1"))
    with open(os.path.join(directory, name), "rb") as file:
        text = file.read()
    if text.endswith(b"endless\n"):
        tls.sendall(text[:-8])
        while True:
            tls.sendall(b"x" * 16384)
    if text.endswith(b"silent\n"):
        tls.sendall(text[:-7])
        tls.recv(1)
    tls.sendall(text)


listener = socket.create_server(("127.0.0.1", port))
with open(port_file + ".new", "w") as out:
    print(listener.getsockname()[1], file=out)
os.rename(port_file + ".new", port_file)
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
