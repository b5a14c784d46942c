#!/usr/bin/python3
"""Time from a pair's publication in the catalogue to the mail relay's 250, with its parts.

    benchmarks/latency.py BINARY FRAME_FOLDER [--pairs N]

Runs the daemon BINARY (a release build) against nginx, which serves a growing copy of FRAME_FOLDER in the JASMIN layout, and
a real SMTP relay (aiosmtpd) with STARTTLS and AUTH, all on loopback. Every pair is made to alert (thresholds near 0), so
that each measurement has a mail with its picture. Prints one line a pair and the medians.

Needs nginx, openssl and python3-aiosmtpd (make setup installs them). Set OPENBLAS_CORETYPE or leave it unset on purpose.
"""
import argparse, asyncio, base64, http.client, json, os, pathlib, secrets, shutil, signal, socket, ssl, statistics, subprocess
import sys, tempfile, time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

VOLCANOES = [353010, 353020, 353030, 353040, 353050, 353060]  # six of the western Galapagos


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Relay:
    """Remembers when each mail was taken."""

    def __init__(self, folder):
        self.taken = {}
        cert, key = folder / "cert.pem", folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.certificate = cert
        self.password = secrets.token_urlsafe(12)
        relay = self

        class Handler:
            async def handle_DATA(self, server, session, envelope):
                head = envelope.content.split(b"\r\n\r\n", 1)[0].decode()
                alert = next(l.split(": ", 1)[1] for l in head.split("\r\n") if l.startswith("X-Fringewatch-Alert:"))
                relay.taken[alert] = (time.time(), len(envelope.content))
                return "250 OK"

        def authenticate(server, session, envelope, mechanism, data):
            return AuthResult(success=data.login == b"fringewatch" and data.password == relay.password.encode())

        class TLSController(Controller):
            def factory(self):
                return SMTP(self.handler, tls_context=context, require_starttls=True, auth_required=True,
                            authenticator=authenticate, hostname="localhost", data_size_limit=None)

        self.port = free_port()
        self.controller = TLSController(Handler(), hostname="127.0.0.1", port=self.port)
        self.controller.start()


def start_nginx(folder, root):
    port = free_port()
    (folder / "nginx.conf").write_text(f"""
{"user root;" if os.getuid() == 0 else ""} daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  log_format timed '$msec $request_time $status $uri';
  access_log {folder}/access.log timed;
  server {{ listen 127.0.0.1:{port}; root {root}; autoindex on; autoindex_format html; }}
}}""")
    process = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf"])
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, port
        except OSError:
            time.sleep(0.02)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary")
    options.add_argument("frame", type=pathlib.Path)
    options.add_argument("--pairs", type=int, default=10)
    options = options.parse_args()
    frame = options.frame.resolve()
    pairs = sorted((p.name for p in (frame / "interferograms").iterdir()), key=lambda p: (p[9:], p))[: options.pairs]

    folder = pathlib.Path(tempfile.mkdtemp(prefix="fw-latency-"))
    root = folder / "www"
    place = root / "LiCSAR_products" / str(int(frame.name[:3])) / frame.name
    (place / "interferograms" / "20200101_20200113").mkdir(parents=True)  # the archive at the first look
    for source in (frame / "metadata").glob("*-poly.txt"):
        (place / "metadata").mkdir(exist_ok=True)
        shutil.copy(source, place / "metadata")
    relay = Relay(folder)
    nginx, port = start_nginx(folder, root)
    (folder / "password").write_text(relay.password + "\n")
    (folder / "config.yaml").write_text(f"""
state_directory: {folder}/state
runtime_directory: {folder}/run
catalogues: [{{name: jasmin, kind: jasmin, url: "http://127.0.0.1:{port}"}}]
network: {{requests_per_second: 100}}
polling: {{priority: 1s, others: 1s, jitter: 0 %}}
watch: {{volcanoes: {VOLCANOES}, frames: [{frame.name}]}}
alerting: {{notify: 0.0001, alert: 0.9999, release: 0, same_place: 100 m, historic_after: 3650d}}
smtp: {{host: localhost, port: {relay.port}, security: starttls, user: fringewatch,
        password: {{file: {folder}/password}}, from: fringewatch@example.org, ca_file: {relay.certificate}}}
receivers: [{{name: observatory, kind: email, to: [duty@example.org]}}]
""")
    log = open(folder / "daemon.log", "w")
    daemon = subprocess.Popen([options.binary, "run", "--config", folder / "config.yaml"], stderr=log)

    class Unix(http.client.HTTPConnection):
        def connect(self):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.connect(str(folder / "run" / "status.sock"))

    def ask(path):
        connection = Unix("localhost")
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())

    def wait(condition, seconds=60):
        end = time.time() + seconds
        while time.time() < end:
            try:
                answer = condition()
                if answer:
                    return answer
            except OSError:
                pass
            time.sleep(0.01)
        sys.exit(f"timed out; see {folder}/daemon.log")

    print(f"{'pair':19} {'mails':>5} {'poll':>6} {'fetch':>6} {'read':>6} {'class.':>6} {'first':>6} {'last':>6}   seconds from publication to 250")
    rows = []
    try:
        wait(lambda: ask("/v1/status")["outcomes"].get("baseline") == 1)
        for pair in pairs:
            shutil.copytree(frame / "interferograms" / pair, folder / "next")
            time.sleep(0.3)  # let the copy's disk writes settle: they are not ours
            published = time.time()
            os.rename(folder / "next", place / "interferograms" / pair)
            report = wait(lambda: (lambda r: r and r[0].get("outcome") and all(d["state"].get("delivered") for d in r[0]["deliveries"])
                                   and r[0])(ask(f"/v1/explain?frame={frame.name}&pair={pair}")))
            alerts = {s["alert"] if isinstance(s["alert"], str) else s["alert"]["text"] for s in report["steps"] if s.get("alert")}
            if not alerts:
                sys.exit(f"{pair}: nothing was alerted on; see {folder}/daemon.log")
            times = sorted(relay.taken[a][0] - published for a in alerts)
            size = relay.taken[next(iter(alerts))][1]
            # The request for the listing that showed the pair: the last one answered before the pair's own pages.
            polled = None
            for line in open(folder / "access.log"):
                stamp, took, _, uri = line.split()[:4]
                if uri.endswith("/interferograms/") and float(stamp) - float(took) >= published - 0.002:
                    polled = float(stamp) - float(took) - published
                    break
            t = report["timings"]
            row = [polled, t["resolve"] + t["fetch"], t["read"], t["classify"], times[0], times[-1]]
            rows.append(row)
            print(f"{pair:19} {len(alerts):5} " + " ".join(f"{v:6.2f}" for v in row) + f"   {size // 1000} kB a mail", flush=True)
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(10)
        nginx.terminate()
        relay.controller.stop()
    medians = [statistics.median(column) for column in zip(*rows)]
    print(f"{'median':25} " + " ".join(f"{v:6.2f}" for v in medians))
    print(f"from the beginning of the poll that saw it to the first 250: {statistics.median(r[4] - r[0] for r in rows):.2f} s, "
          f"to the last: {statistics.median(r[5] - r[0] for r in rows):.2f} s (medians of {len(rows)})")


main()
