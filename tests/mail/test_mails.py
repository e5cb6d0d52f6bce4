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
import time
import unittest

import check
import dkim

HERE = pathlib.Path(__file__).parent
PROGRAM = os.environ.get("PROGRAM") or str(HERE.parents[1] / "target/debug/duologue")
# Mails go out within seconds; the worker looks every five for more.
WITHIN = 60
STILL = 8


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


class MailServer(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.kept = pathlib.Path(self.folder.name) / "kept.jsonl"
        command = [sys.executable, str(HERE / "sink.py"), "--out", str(self.kept)]
        self.sink = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.sink.stdout.readline())

    def tearDown(self):
        self.sink.terminate()
        self.sink.wait(10)
        self.sink.stdout.close()
        self.folder.cleanup()

    def send(self, address, **more):
        mail = {"MAIL__TRANSPORT": "smtp", "MAIL__SMTP__HOST": "127.0.0.1", "MAIL__SMTP__PORT": self.port}
        environment = settings(**mail, MAIL__SMTP__SECURITY="none", MAIL__FROM="appointments@example.org", **more)
        command = [PROGRAM, "send-test", address]
        return subprocess.run(command, cwd=self.folder.name, env=environment, capture_output=True, text=True, timeout=60)

    def test_a_test_mail_arrives_without_a_defect(self):
        done = self.send("somebody@example.org")
        self.assertEqual(done.returncode, 0, done.stderr)
        (line,) = self.kept.read_text(encoding="utf-8").splitlines()
        self.assertEqual(json.loads(line)["to"], ["somebody@example.org"])
        self.assertEqual(check.check(json.loads(line)["raw"].encode("utf-8")), [])

    def test_the_signature_is_verified_by_others(self):
        kinds = {"ed25519": ["ed25519"], "rsa": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"]}
        for kind, algorithm in kinds.items():
            with self.subTest(kind):
                key = pathlib.Path(self.folder.name) / f"{kind}.pem"
                subprocess.run(["openssl", "genpkey", "-algorithm", *algorithm, "-out", key], check=True, capture_output=True)
                dkim_settings = {"MAIL__DKIM__DOMAIN": "example.org", "MAIL__DKIM__SELECTOR": "duo", "MAIL__DKIM__KEY_FILE": key}
                self.assertEqual(self.send(f"{kind}@example.org", **dkim_settings).returncode, 0)
                line = json.loads(self.kept.read_text(encoding="utf-8").splitlines()[-1])
                raw = line["raw"].encode("utf-8")
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


if __name__ == "__main__":
    unittest.main()
