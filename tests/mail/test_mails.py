"""The program's mails as others read them: those of the demo practice, which
have every kind and every sort of name, and one through a mail server.

PROGRAM names the program; without it, the debug build."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import check
import dkim

HERE = pathlib.Path(__file__).parent
PROGRAM = os.environ.get("PROGRAM") or str(HERE.parents[1] / "target/debug/duologue")
# Mails go out within seconds; the worker looks every five for more.
WITHIN = 60
STILL = 8
# The options of a new key.
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def settings(**ours):
    """An environment with our settings and nobody else's."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DUOLOGUE_")}
    return plain | {f"DUOLOGUE_{name}": str(value) for name, value in ours.items()}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Demo(unittest.TestCase):
    def test_no_mail_has_a_defect(self):
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            environment = settings(LISTEN=f"127.0.0.1:{port}", BASE_URL=f"http://localhost:{port}", MAIL__FOLDER="mail")
            program = subprocess.Popen([PROGRAM, "demo"], cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                mails = self.settled(pathlib.Path(folder) / "mail", program)
            finally:
                program.terminate()
                program.wait(30)
        self.assertGreater(len(mails), 5)
        for name, raw in mails.items():
            with self.subTest(name):
                self.assertEqual(check.check(raw), [])

    def settled(self, folder, program):
        """The mails, once no more have come for a while."""
        until, count, since = time.monotonic() + WITHIN, 0, time.monotonic()
        while time.monotonic() < until and (count == 0 or time.monotonic() - since < STILL):
            self.assertIsNone(program.poll(), "the demo ended")
            found = len(list(folder.glob("*.eml")))
            if found != count:
                count, since = found, time.monotonic()
            time.sleep(0.2)
        return {path.name: path.read_bytes() for path in folder.glob("*.eml")}


class WithServer(unittest.TestCase):
    trust = {}

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.kept = self.folder / "kept.jsonl"
        self.listen()

    def listen(self, *options):
        """A mail server with these options, from here on."""
        command = [sys.executable, str(HERE / "sink.py"), "--out", str(self.kept), *map(str, options)]
        # Refused handshakes are what some tests are after: not told.
        sink = self.enterContext(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True))
        self.addCleanup(sink.terminate)
        self.port = int(sink.stdout.readline())

    def mails(self):
        lines = self.kept.read_text(encoding="utf-8").splitlines() if self.kept.exists() else []
        return [json.loads(line) for line in lines]

    def send(self, address, host="127.0.0.1", security="none", **more):
        mail = {"MAIL__TRANSPORT": "smtp", "MAIL__SMTP__HOST": host, "MAIL__SMTP__PORT": self.port}
        environment = settings(**mail, MAIL__SMTP__SECURITY=security, MAIL__FROM="appointments@example.org", **more)
        command = [PROGRAM, "send-test", address]
        return subprocess.run(command, cwd=self.folder, env=environment | self.trust, capture_output=True, text=True, timeout=60)


class MailServer(WithServer):
    def test_a_test_mail_arrives_without_a_defect(self):
        done = self.send("somebody@example.org")
        self.assertEqual(done.returncode, 0, done.stderr)
        (mail,) = self.mails()
        self.assertEqual(mail["to"], ["somebody@example.org"])
        self.assertEqual(check.check(mail["raw"].encode("utf-8")), [])

    def test_the_signature_is_verified_by_others(self):
        kinds = {"ed25519": ["ed25519"], "rsa": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"]}
        for kind, algorithm in kinds.items():
            with self.subTest(kind):
                key = self.folder / f"{kind}.pem"
                subprocess.run(["openssl", "genpkey", "-algorithm", *algorithm, "-out", key], check=True, capture_output=True)
                dkim_settings = {"MAIL__DKIM__DOMAIN": "example.org", "MAIL__DKIM__SELECTOR": "duo", "MAIL__DKIM__KEY_FILE": key}
                self.assertEqual(self.send(f"{kind}@example.org", **dkim_settings).returncode, 0)
                raw = self.mails()[-1]["raw"].encode("utf-8")
                record = subprocess.run([PROGRAM, "dkim-record"], env=settings(**dkim_settings), capture_output=True, text=True, check=True)
                name, text = record.stdout.strip().split(" TXT ")
                dns = {name + ".": text.strip('"').encode()}
                asked = lambda at, timeout=5: dns.get(at.decode())
                self.assertEqual(check.check(raw), [])
                self.assertTrue(dkim.verify(raw, dnsfunc=asked))
                # What was changed on the way is not vouched for.
                self.assertFalse(dkim.verify(raw.replace(b"test message", b"best message"), dnsfunc=asked))
                self.assertFalse(dkim.verify(b"From: mallory@example.net\r\n" + raw, dnsfunc=asked))

    def test_a_refusal_is_told_in_one_line(self):
        done = self.send("refuse@example.org")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)


class Protected(WithServer):
    """By TLS, with a certificate that is looked at, and signed in."""

    LOGIN = {"MAIL__SMTP__USERNAME": "office", "MAIL__SMTP__PASSWORD": "0123 söm"}
    WAYS = {"tls": ["--implicit-tls"], "starttls": ["--require-tls"]}

    def setUp(self):
        super().setUp()
        self.authority = self.authority_called("authority")
        # The system's own list of authorities, which the program asks.
        self.trust = {"SSL_CERT_FILE": str(self.authority[0])}

    def authority_called(self, name):
        """One that signs certificates, and its key."""
        cert, key = self.folder / f"{name}.crt", self.folder / f"{name}.pem"
        self.openssl("req", "-x509", *KEY, "-keyout", key, "-out", cert, "-subj", "/CN=Test authority", "-addext", "basicConstraints=critical,CA:TRUE")
        return cert, key

    def certificate(self, name, days=1, by=None):
        """The options of a mail server with a certificate for a name."""
        cert, key, asked, says = (self.folder / f"server{len(list(self.folder.iterdir()))}.{end}" for end in ["crt", "pem", "csr", "ext"])
        says.write_text(f"subjectAltName=DNS:{name}\nbasicConstraints=critical,CA:FALSE\n")
        authority = by or self.authority
        self.openssl("req", "-new", *KEY, "-keyout", key, "-out", asked, "-subj", f"/CN={name}")
        self.openssl("x509", "-req", "-in", asked, "-out", cert, "-CA", authority[0], "-CAkey", authority[1], "-extfile", says, "-days", days)
        return ["--cert", cert, "--key", key]

    def openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def test_by_tls_signed_in(self):
        for security, options in self.WAYS.items():
            for method in [[], ["--login-only"]]:
                with self.subTest(security, method=method):
                    self.listen(*self.certificate("localhost"), *options, *method, "--login", "office:0123 söm")
                    done = self.send("somebody@example.org", "localhost", security, **self.LOGIN)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertTrue(self.mails()[-1]["tls"])
                    self.assertEqual(self.mails()[-1]["login"], "office")
        self.assertEqual(len(self.mails()), 4)

    def test_a_certificate_that_does_not_fit(self):
        stranger = self.authority_called("stranger")
        wrong = {
            "of another name": self.certificate("mail.example.org"),
            "of an authority that nobody knows": self.certificate("localhost", by=stranger),
            "that is over": self.certificate("localhost", days=-1),
        }
        for why, certificate in wrong.items():
            for security, options in self.WAYS.items():
                with self.subTest(why, security=security):
                    self.listen(*certificate, *options)
                    done = self.send("somebody@example.org", "localhost", security)
                    self.assertNotEqual(done.returncode, 0)
                    self.assertIn("is not safe, so nothing was sent", done.stderr)
                    self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertEqual(self.mails(), [])

    def test_a_wrong_password_is_told(self):
        self.listen(*self.certificate("localhost"), "--require-tls", "--login", "office:another")
        done = self.send("somebody@example.org", "localhost", "starttls", **self.LOGIN)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("refused the sign-in", done.stderr)
        self.assertNotIn("0123", done.stderr)
        self.assertEqual(self.mails(), [])

    def test_no_password_goes_where_anybody_could_read_it(self):
        """A server, or somebody on the way to it, that offers no STARTTLS."""
        heard = []

        def talk(listener):
            connection, _ = listener.accept()
            with connection, connection.makefile("rwb", buffering=0) as lines:
                lines.write(b"220 mail.example ESMTP\r\n")
                for line in lines:
                    heard.append(line)
                    lines.write(b"250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n" if line.startswith(b"EHLO") else b"250 ok\r\n")

        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            server = threading.Thread(target=talk, args=[listener], daemon=True)
            server.start()
            done = self.send("somebody@example.org", "localhost", "starttls", **self.LOGIN)
            server.join(30)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("offers no protected connection", done.stderr)
        self.assertTrue(heard[0].startswith(b"EHLO"), heard)
        self.assertEqual([line for line in heard[1:] if line.strip().upper() != b"QUIT"], [])


if __name__ == "__main__":
    unittest.main()
