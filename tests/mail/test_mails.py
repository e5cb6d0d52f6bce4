"""The program's emails, read by other programs' parsers: those of the demo
practice, which has every kind of email and of name, and some through a mail
server.

PROGRAM is the path of the program; without it, the debug build is used."""

import email
import email.policy
import json
import os
import pathlib
import socket
import sqlite3
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
# In seconds. Emails are sent within seconds; the worker looks for more every
# five seconds.
WITHIN = 60
STILL = 8
# The openssl options for a new key.
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def settings(**ours):
    """This environment with these settings of the program and no others."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DUOLOGUE_")}
    return plain | {f"DUOLOGUE_{name}": str(value) for name, value in ours.items()}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Demo(unittest.TestCase):
    def test_emails_of_the_demo_have_no_defects(self):
        with tempfile.TemporaryDirectory() as folder:
            mails = self.demo(folder)
        self.assertGreater(len(mails), 5)
        for name, raw in mails.items():
            with self.subTest(name):
                self.assertEqual(check.check(raw), [])

    def test_new_zone_rules_send_corrected_calendar_entries(self):
        """Changes the stored sessions as if older zone rules had placed them an
        hour earlier, and starts the program again."""
        with tempfile.TemporaryDirectory() as folder:
            before = self.demo(folder)
            database = sqlite3.connect(pathlib.Path(folder) / "data/demo/duologue.db")
            with database:
                database.execute(
                    """UPDATE session SET zone_version = '2019a',
                        starts_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', starts_at, '-1 hour'),
                        ends_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', ends_at, '-1 hour')
                    WHERE state = 'booked'
                    AND id IN (SELECT session_id FROM email WHERE kind IN ('confirmation', 'moved') AND state = 'sent')"""
                )
            database.close()
            after = self.demo(folder, already=len(before))
        entries = {}
        for raw in before.values():
            for event in check.events(raw):
                uid = str(event["UID"])
                entries[uid] = max(entries.get(uid, -1), int(event["SEQUENCE"]))
        corrected = 0
        for name in after.keys() - before.keys():
            subject = str(email.message_from_bytes(after[name], policy=email.policy.default)["Subject"])
            if not (subject.startswith("Calendar entry for ") or subject.endswith(": new local time")):
                continue
            with self.subTest(name):
                self.assertEqual(check.check(after[name]), [])
                for event in check.events(after[name]):
                    self.assertGreater(int(event["SEQUENCE"]), entries[str(event["UID"])])
                    corrected += 1
        self.assertGreater(corrected, 0)

    def demo(self, folder, already=0):
        """Runs the demo in a folder until it has written more than `already`
        emails; returns all of them by file name."""
        port = free_port()
        environment = settings(LISTEN=f"127.0.0.1:{port}", BASE_URL=f"http://localhost:{port}", MAIL__FOLDER="mail")
        (pathlib.Path(folder) / "data").mkdir(exist_ok=True)
        program = subprocess.Popen([PROGRAM, "demo"], cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return self.settled(pathlib.Path(folder) / "mail", program, already)
        finally:
            program.terminate()
            program.wait(30)

    def settled(self, folder, program, already=0):
        """Waits until no more emails are written for a while; returns all."""
        until, count, since = time.monotonic() + WITHIN, already, time.monotonic()
        while time.monotonic() < until and (count == already or time.monotonic() - since < STILL):
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
        """Starts a mail server with these options, for the emails from now on."""
        command = [sys.executable, str(HERE / "sink.py"), "--out", str(self.kept), *map(str, options)]
        # Some tests provoke refused handshakes: their log is not shown.
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
    def test_test_email_arrives_without_defects(self):
        done = self.send("somebody@example.org")
        self.assertEqual(done.returncode, 0, done.stderr)
        (mail,) = self.mails()
        self.assertEqual(mail["to"], ["somebody@example.org"])
        self.assertEqual(check.check(mail["raw"].encode("utf-8")), [])

    def test_dkim_signature_is_valid_for_another_verifier(self):
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
                # The signature does not hold for an email changed on the way.
                self.assertFalse(dkim.verify(raw.replace(b"test message", b"best message"), dnsfunc=asked))
                self.assertFalse(dkim.verify(b"From: mallory@example.net\r\n" + raw, dnsfunc=asked))

    def test_refusal_is_reported_in_one_line(self):
        done = self.send("refuse@example.org")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)


class Protected(WithServer):
    """Sending by TLS, with a checked certificate and a sign-in."""

    LOGIN = {"MAIL__SMTP__USERNAME": "office", "MAIL__SMTP__PASSWORD": "0123 söm"}
    WAYS = {"tls": ["--implicit-tls"], "starttls": ["--require-tls"]}

    def setUp(self):
        super().setUp()
        self.authority = self.authority_called("authority")
        # Replaces the system's list of authorities, which the program uses.
        self.trust = {"SSL_CERT_FILE": str(self.authority[0])}

    def authority_called(self, name):
        """Makes a certificate authority; returns its certificate and key."""
        cert, key = self.folder / f"{name}.crt", self.folder / f"{name}.pem"
        self.openssl("req", "-x509", *KEY, "-keyout", key, "-out", cert, "-subj", "/CN=Test authority", "-addext", "basicConstraints=critical,CA:TRUE")
        return cert, key

    def certificate(self, name, days=1, by=None):
        """Makes a certificate for a name; returns the mail server's options."""
        cert, key, asked, says = (self.folder / f"server{len(list(self.folder.iterdir()))}.{end}" for end in ["crt", "pem", "csr", "ext"])
        says.write_text(f"subjectAltName=DNS:{name}\nbasicConstraints=critical,CA:FALSE\n")
        authority = by or self.authority
        self.openssl("req", "-new", *KEY, "-keyout", key, "-out", asked, "-subj", f"/CN={name}")
        self.openssl("x509", "-req", "-in", asked, "-out", cert, "-CA", authority[0], "-CAkey", authority[1], "-extfile", says, "-days", days)
        return ["--cert", cert, "--key", key]

    def openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def test_sends_by_tls_after_signing_in(self):
        for security, options in self.WAYS.items():
            for method in [[], ["--login-only"]]:
                with self.subTest(security, method=method):
                    self.listen(*self.certificate("localhost"), *options, *method, "--login", "office:0123 söm")
                    done = self.send("somebody@example.org", "localhost", security, **self.LOGIN)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertTrue(self.mails()[-1]["tls"])
                    self.assertEqual(self.mails()[-1]["login"], "office")
        self.assertEqual(len(self.mails()), 4)

    def test_unfit_certificate_sends_nothing(self):
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

    def test_wrong_password_is_reported(self):
        self.listen(*self.certificate("localhost"), "--require-tls", "--login", "office:another")
        done = self.send("somebody@example.org", "localhost", "starttls", **self.LOGIN)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("refused the sign-in", done.stderr)
        self.assertNotIn("0123", done.stderr)
        self.assertEqual(self.mails(), [])

    def test_password_is_never_sent_without_encryption(self):
        """The server, or an attacker on the way to it, offers no STARTTLS."""
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
