"""A mail server that keeps each message at once and answers only three seconds later: whoever dies meanwhile never hears of it.

Usage: late-smtp-server.py PORT FOLDER. Messages become FOLDER/NNN.eml. Runs until it is killed.
"""

import asyncio
import os
import sys

from aiosmtpd.smtp import SMTP

port, folder = int(sys.argv[1]), sys.argv[2]
count = 0


class Handler:
    async def handle_DATA(self, server, session, envelope):
        global count
        count += 1
        path = os.path.join(folder, "%03d" % count)
        with open(path + ".tmp", "wb") as file:
            file.write(envelope.original_content)
        os.rename(path + ".tmp", path + ".eml")
        await asyncio.sleep(3)
        return "250 2.0.0 Ok"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), hostname="relay.example.org", loop=loop), "127.0.0.1", port)
    await server.serve_forever()


asyncio.run(main())
