"""The calendar feeds of the demo practice, read by another program's parser."""

import http.cookiejar
import pathlib
import re
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

import icalendar

from test_mails import PROGRAM, free_port, settings

PASSWORD = "an evening by the lake"
BEHIND, AHEAD = timedelta(days=60), timedelta(days=400)


class Browser:
    """A minimal browser: it keeps cookies and sends an Origin header."""

    def __init__(self, base):
        self.base = base
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.opener.addheaders = [("Origin", base), ("Sec-Fetch-Site", "same-origin")]

    def get(self, path):
        return self.opener.open(f"{self.base}{path}", timeout=20).read().decode("utf-8")

    def post(self, path, **form):
        data = urllib.parse.urlencode(form).encode()
        return self.opener.open(f"{self.base}{path}", data, timeout=20).read().decode("utf-8")

    def feed(self, name, wording):
        self.post("/sign-in", login_name=name, password=PASSWORD, next="")
        self.post("/account/feed", do="make", wording=wording)
        path = re.search(r"/feeds/[\w-]+\.ics", self.get("/account/feed")).group()
        return Browser(self.base).get(path)


class Feeds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        port = free_port()
        cls.base = f"http://localhost:{port}"
        environment = settings(LISTEN=f"127.0.0.1:{port}", BASE_URL=cls.base, DATABASE="practice.db", MAIL__FOLDER="mail")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        cls.program = subprocess.Popen([PROGRAM, "demo"], cwd=cls.folder.name, env=environment, **quiet)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{cls.base}/readyz", timeout=5).read()
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        raise AssertionError("the demo did not start")

    @classmethod
    def tearDownClass(cls):
        cls.program.terminate()
        cls.program.wait(30)
        cls.folder.cleanup()

    def starts(self, query, login):
        """The starts of the sessions that a query finds in the database."""
        database = sqlite3.connect(pathlib.Path(self.folder.name) / "practice.db")
        rows = database.execute(query, (login,)).fetchall()
        database.close()
        now = datetime.now(timezone.utc)
        found = [datetime.fromisoformat(at) for (at,) in rows]
        return sorted(at for at in found if now - BEHIND < at < now + AHEAD)

    def read(self, text):
        calendar = icalendar.Calendar.from_ical(text)
        self.assertEqual([part.errors for part in calendar.walk() if part.errors], [])
        self.assertEqual(str(calendar["METHOD"]), "PUBLISH")
        events = calendar.walk("VEVENT")
        self.assertEqual(len({str(e["UID"]) for e in events}), len(events))
        times = []
        for event in events:
            for name in ("DTSTART", "DTEND"):
                # In UTC, without a zone that a reader could know differently.
                self.assertNotIn("TZID", event[name].params)
                self.assertEqual(event[name].dt.utcoffset(), timedelta(0))
            self.assertLess(event.start, event.end)
            times.append(event.start.astimezone(timezone.utc))
        return events, sorted(times)

    def test_therapist_feed_has_their_sessions(self):
        events, times = self.read(Browser(self.base).feed("ruth", "initials"))
        theirs = """SELECT s.starts_at FROM session s JOIN account a ON a.id = s.clinician_id
                    WHERE a.login_name = ? AND s.state NOT IN ('cancelled', 'late_cancelled')"""
        self.assertGreater(len(events), 3)
        self.assertEqual(times, self.starts(theirs, "ruth"))
        self.assertTrue(any(re.fullmatch(r"\w\. & \w\.", str(e["SUMMARY"])) for e in events))

    def test_partner_feed_has_their_sessions(self):
        events, times = self.read(Browser(self.base).feed("amara", "names"))
        theirs = """SELECT s.starts_at FROM session s JOIN session_attendee t ON t.session_id = s.id
                    JOIN account a ON a.person_id = t.person_id
                    WHERE a.login_name = ? AND s.state NOT IN ('cancelled', 'late_cancelled')"""
        self.assertGreater(len(events), 0)
        self.assertEqual(times, self.starts(theirs, "amara"))
        self.assertEqual({str(e["SUMMARY"]) for e in events}, {"Appointment"})


if __name__ == "__main__":
    unittest.main()
