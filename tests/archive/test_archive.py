"""An archive of the demo, opened and checked by programs that are not ours.

`age` decrypts it, `tarfile` unpacks it, and `jsonschema` compares its parts with
docs/archive.schema.json. `cryptography` opens what is sealed, as docs/archive.md says.
"""

import base64
import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

import jsonschema
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "target/debug/duologue"
SCHEMA = json.loads((ROOT / "docs/archive.schema.json").read_text())
PORT = 3417


def validator(part):
    """A validator for a part of the schema, such as `$defs/manifest`."""
    schema = {"$schema": SCHEMA["$schema"], "$defs": SCHEMA["$defs"], "$ref": f"#/{part}"}
    return jsonschema.Draft202012Validator(schema)


class Demo:
    """The demo practice in a folder of its own, as its program leaves it."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp())
        self.folder.chmod(0o700)
        self.environment = os.environ | {
            "DUOLOGUE_LISTEN": f"127.0.0.1:{PORT}",
            "DUOLOGUE_DATABASE": "practice.db",
            "DUOLOGUE_KEY_FILE": "practice.key",
        }
        server = subprocess.Popen(
            [PROGRAM, "demo", "--folder", "demo"], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL
        )
        try:
            self.wait(server)
        finally:
            server.terminate()
            server.wait()

    def wait(self, server):
        for _ in range(600):
            if server.poll() is not None:
                raise RuntimeError("the demo ended")
            try:
                urllib.request.urlopen(f"http://localhost:{PORT}/healthz").read()
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("the demo did not start within two minutes")

    def run(self, *words, **more):
        return subprocess.run(
            [PROGRAM, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, **more
        )

    def remove(self):
        shutil.rmtree(self.folder)


class Archive(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = Demo()
        key = cls.demo.folder / "identity"
        subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
        public = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout.strip()
        made = cls.demo.run("export", "practice.age", "--to", public)
        assert made.returncode == 0, made.stderr
        opened = subprocess.run(
            ["age", "--decrypt", "-i", key, cls.demo.folder / "practice.age"], check=True, capture_output=True
        ).stdout
        with tarfile.open(fileobj=io.BytesIO(opened)) as tar:
            cls.names = tar.getnames()
            cls.files = {name: tar.extractfile(name).read() for name in cls.names}
        cls.head = json.loads(cls.files["archive.json"])
        cls.manifest = json.loads(cls.files["manifest.json"])

    @classmethod
    def tearDownClass(cls):
        cls.demo.remove()

    def rows(self, table):
        for name in self.names:
            if name.startswith(f"tables/{table}/"):
                for line in self.files[name].splitlines():
                    yield json.loads(line)

    def test_parts_fit_the_schema(self):
        validator("$defs/archive").validate(self.head)
        validator("$defs/manifest").validate(self.manifest)
        kinds = {kind: validator(f"$defs/values/{kind}") for kind in SCHEMA["$defs"]["values"] if kind != "title"}
        checked = 0
        for table in self.head["tables"]:
            names = [column["name"] for column in table["columns"]]
            count = 0
            for row in self.rows(table["name"]):
                self.assertEqual(list(row), names, table["name"])
                for column in table["columns"]:
                    kinds[column["kind"]].validate(row[column["name"]])
                count += 1
            self.assertEqual(count, self.manifest["rows"][table["name"]], table["name"])
            checked += count
        self.assertGreater(checked, 1000)

    def test_schema_refuses_what_is_wrong(self):
        for part, wrong in [
            ("$defs/archive", self.head | {"version": 2}),
            ("$defs/manifest", self.manifest | {"entries": [{"path": "x", "bytes": 1, "sha256": "0"}]}),
            ("$defs/values/instant", "2026-12-01T08:30:00Z"),
            ("$defs/values/id", 7),
        ]:
            with self.assertRaises(jsonschema.ValidationError):
                validator(part).validate(wrong)

    def test_manifest_names_every_entry_with_its_checksum(self):
        self.assertEqual(self.names[0], "archive.json")
        self.assertEqual([entry["path"] for entry in self.manifest["entries"]] + ["manifest.json"], self.names)
        for entry in self.manifest["entries"]:
            content = self.files[entry["path"]]
            self.assertEqual(len(content), entry["bytes"])
            self.assertEqual(hashlib.sha256(content).hexdigest(), entry["sha256"])

    def test_people_and_sessions_are_tables_for_a_spreadsheet(self):
        people = list(csv.DictReader(io.StringIO(self.files["people.csv"].decode())))
        self.assertTrue(any(person["name"] == "Amara Nwosu" for person in people))
        sessions = list(csv.DictReader(io.StringIO(self.files["sessions.csv"].decode())))
        self.assertEqual(len(sessions), self.manifest["rows"]["session"])
        self.assertTrue(all(session["starts"] and session["zone"] for session in sessions))

    def test_sealed_values_open_as_the_document_says(self):
        key = base64.b64decode(self.files["duologue.key"].splitlines()[0])

        def opened(place, row, sealed, secret):
            sealed = base64.b64decode(sealed)
            self.assertEqual(sealed[0], 1)
            data = place.encode() + b"\0" + bytes.fromhex(row.replace("-", ""))
            return crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[33:], data, sealed[9:33], secret)

        master = hashlib.sha256(b"duologue wrap" + key).digest()
        secrets = {}
        for row in self.rows("data_key"):
            plain = opened("data_key", row["subject_id"], row["wrapped"], master)
            secrets[hashlib.sha256(plain).digest()[:8]] = plain
        texts = []
        for row in self.rows("note"):
            secret = secrets[base64.b64decode(row["body"])[1:9]]
            texts.append(json.loads(opened("note", row["id"], row["body"], secret)))
        self.assertTrue(any(section["text"] for text in texts for section in text["sections"]))

    def test_other_programs_files_are_refused_in_a_sentence(self):
        (self.demo.folder / "zip.age").write_bytes(b"PK\x03\x04" + b"\0" * 200)
        for name in ["zip.age", "practice.db"]:
            refused = self.demo.run("import", name, input="any passphrase\n")
            self.assertNotEqual(refused.returncode, 0)
            self.assertEqual(len(refused.stderr.strip().splitlines()), 1, refused.stderr)


if __name__ == "__main__":
    unittest.main()
