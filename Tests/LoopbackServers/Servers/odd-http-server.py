"""An HTTP server that misbehaves as real ones do. The path names the misbehaviour; every request is recorded.

Usage: odd-http-server.py FOLDER. Prints its port, keeps each request as FOLDER/NNN, ends when its standard input ends.
"""

import os
import socket
import sys
import threading
import time

folder = sys.argv[1]
lock = threading.Lock()
count = 0


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, body = data.split(b"\r\n\r\n", 1)
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def head(status, *fields):
    return "\r\n".join(["HTTP/1.1 " + status, "Connection: close", *fields, "", ""]).encode()


def answer(connection, path):
    send = connection.sendall
    if path.startswith("/status/"):
        parts = path.split("/")
        fields = ["Retry-After: " + parts[3]] if len(parts) > 3 else []
        send(head(parts[2] + " Reason", "Content-Length: 2", *fields) + b"ok")
    elif path == "/truncated":
        send(head("200 OK", "Content-Length: 1000", 'ETag: "t"') + b"x" * 600)
    elif path == "/truncated-chunks":
        send(head("200 OK", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n")
    elif path == "/wrong-range":
        send(head("206 Partial Content", "Content-Range: bytes 5-9/10", "Content-Length: 5", 'ETag: "w"') + b"56789")
    elif path == "/garbage":
        send(b"220 this is not HTTP\r\n\r\n")
    elif path == "/endless-head":
        send(b"HTTP/1.1 200 OK\r\n")
        while True:
            send(b"X-Filler: " + b"x" * 1000 + b"\r\n")
    elif path == "/endless-body":
        send(head("200 OK"))
        while True:
            send(b"x" * 65536)
    elif path == "/endless-error":
        send(head("500 Oops"))
        while True:
            send(b"x" * 65536)
    elif path == "/silent":
        time.sleep(30)
    elif path == "/hang-up":
        pass
    elif path == "/header-injection":
        send(head("302 Found", "Location: /elsewhere%0d%0aX-Evil:%20yes", "Content-Length: 0"))
    else:
        send(head("404 Not Found", "Content-Length: 0"))


def serve(connection):
    global count
    with connection:
        try:
            request = read_request(connection)
            if request is None:
                return
            with lock:
                count += 1
                name = os.path.join(folder, "%03d" % count)
            with open(name + ".tmp", "wb") as file:
                file.write(request)
            os.rename(name + ".tmp", name)
            answer(connection, request.split(b" ")[1].decode())
        except OSError:
            pass


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)


def accept():
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
