"""A mail server (Debian's python3-aiosmtpd) with STARTTLS, TLS and AUTH.

Usage: smtp-server.py FOLDER CERTIFICATE KEY OTHER_CERTIFICATE OTHER_KEY
Prints its ports in one line: with STARTTLS and AUTH required, plain, with TLS from the start, with another host's certificate.
Accepted messages become FOLDER/NNN (envelope, empty line, message). Ends when its standard input ends.

Recipients: known@ is taken, busy@ gets 451, later@ 421, full@ 552 to the message, slow@ its answer 3 s after a file slow.tmp, mute@ none; anyone
else is 550. The user is "alerts" with the password "correct horse"; "locked" is always told 454.
"""

import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder = sys.argv[1]
count = 0


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "busy":
            return "451 4.7.1 Greylisted, try again later"
        if name == "later":
            return "421 4.3.2 Shutting down"
        if name not in ("known", "full", "slow", "mute"):
            return "550 5.1.1 <" + address + ">: no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        global count
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "full":
            return "552 5.2.2 Mailbox full"
        if name == "slow":
            open(os.path.join(folder, "slow.tmp"), "w").close()
            await asyncio.sleep(3)
        if name == "mute":
            await asyncio.sleep(60)
        count += 1
        head = "from=%s to=%s tls=%s user=%s ehlo=%s\n\n" % (
            envelope.mail_from, ",".join(envelope.rcpt_tos), server.transport.get_extra_info("ssl_object") is not None,
            (session.auth_data.login.decode() if session.auth_data else "-"), session.host_name)
        path = os.path.join(folder, "%03d" % count)
        with open(path + ".tmp", "wb") as file:
            file.write(head.encode() + envelope.original_content)
        os.rename(path + ".tmp", path)
        return "250 2.0.0 Ok: queued as %03d" % count


def authenticate(server, session, envelope, mechanism, data):
    if data.login == b"locked":
        return AuthResult(success=False, handled=False, message="454 4.7.0 Temporary authentication failure")
    if (data.login, data.password) == (b"alerts", b"correct horse"):
        return AuthResult(success=True, auth_data=data)
    return AuthResult(success=False, handled=False, message="535 5.7.8 Authentication credentials invalid")


def context(certificate, key):
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(certificate, key)
    return made


async def main():
    loop = asyncio.get_running_loop()
    good, other = context(sys.argv[2], sys.argv[3]), context(sys.argv[4], sys.argv[5])
    starttls = dict(require_starttls=True, auth_required=True, authenticator=authenticate)
    listeners = [
        (dict(tls_context=good, **starttls), None),
        (dict(), None),
        (dict(authenticator=authenticate, auth_require_tls=False), good),
        (dict(tls_context=other, **starttls), None),
    ]
    ports = []
    for options, tls in listeners:
        make = lambda options=options: SMTP(Handler(), hostname="relay.example.org", loop=loop, **options)
        server = await loop.create_server(make, "127.0.0.1", 0, ssl=tls)
        ports.append(server.sockets[0].getsockname()[1])
    print(*ports, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
