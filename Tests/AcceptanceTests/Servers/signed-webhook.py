"""Takes one webhook on 127.0.0.1, checks it as Standard Webhooks asks, and says "signed" or what is wrong.

Usage: signed-webhook.py PORT SECRET
"""

import base64
import hashlib
import hmac
import http.server
import sys
import time

key = base64.b64decode(sys.argv[2].removeprefix("whsec_"))


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        identity, stamp = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        signed = b".".join([identity.encode(), stamp.encode(), body])
        wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        given = self.headers["webhook-signature"].split(" ")
        if abs(time.time() - int(stamp)) > 300:
            print("its time is off:", stamp)
        elif not any(hmac.compare_digest(wanted, one) for one in given):
            print("its signature is wrong:", given)
        else:
            print("signed")
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
server.timeout = 60
server.handle_request()
