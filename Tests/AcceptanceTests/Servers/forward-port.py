"""Forwards a port of 127.0.0.1 to another one: a dead server comes to life under the address that was dead.

Usage: forward-port.py FROM TO. Runs until it is killed.
"""

import socket
import sys
import threading

source, target = int(sys.argv[1]), int(sys.argv[2])


def pump(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
    except OSError:
        pass
    finally:
        for end in (a, b):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


listener = socket.create_server(("127.0.0.1", source))
while True:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", target))
    threading.Thread(target=pump, args=(client, server), daemon=True).start()
    threading.Thread(target=pump, args=(server, client), daemon=True).start()
