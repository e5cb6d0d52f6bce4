"""The program in simulated time, with the emails it owes and has sent.

libfaketime sets the program's clock from a file: one written line moves both the
date and the clock that it sleeps by, so that hours pass in milliseconds."""

import contextlib
import dataclasses
import glob
import http.cookiejar
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

from test_feeds import PASSWORD
from test_mails import HERE, PROGRAM, free_port

FAKETIME = "/usr/lib/*/faketime/libfaketimeMT.so.1"
# How long to wait for what should happen within moments, in real seconds.
PATIENCE = 60
# How long the outbox is unchanged, in real seconds, before it counts as resting
# (it rests for a minute of the program's time).
STILL = 0.4
# How long none of the program's threads run, in real seconds, before it is idle.
IDLE = 0.015
REST, RESTS = timedelta(seconds=61), 60
INSTANTS = {"starts_at", "due_at", "not_after", "lease_until", "smtp_started_at", "created_at", "sent_at"}


def until(what, holds, within=PATIENCE):
    """Waits until a condition holds; returns its value."""
    end = time.monotonic() + within
    while not (found := holds()):
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain: {what}")
        time.sleep(0.005)
    return found


class Clock:
    """The program's clock: a file that libfaketime reads."""

    def __init__(self, file, start):
        self.file, self.history = pathlib.Path(file), []
        self.shift(int(start.timestamp() - time.time()))

    def shift(self, seconds):
        self.history.append((time.time(), seconds))
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n", encoding="utf-8")
        new.rename(self.file)

    def at(self, real):
        """The time that the program's clock showed at a real moment."""
        seconds = next((s for since, s in reversed(self.history) if since <= real), self.history[0][1])
        return datetime.fromtimestamp(real + seconds, timezone.utc)

    def now(self):
        return self.at(time.time())

    def forward(self, by):
        self.shift(self.history[-1][1] + round(by.total_seconds()))

    def to(self, instant):
        """Moves the clock forward to an instant, to the second; never back."""
        ahead = instant - self.now()
        if ahead > timedelta(0):
            self.forward(ahead)

    def environment(self):
        found = glob.glob(FAKETIME)
        if not found:
            raise AssertionError("libfaketime is missing: `make test-tools` installs it")
        return {"LD_PRELOAD": found[0], "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1"}


@dataclasses.dataclass(frozen=True)
class Mail:
    """One received email; `by` names the receiver: folder, sink or postfix."""

    by: str
    at: datetime
    sender: str
    to: str
    raw: bytes


class Sink:
    """The faulty mail server (sink.py), on a port that stays the same."""

    def __init__(self, folder):
        self.kept, self.faults = folder / "kept.jsonl", folder / "faults"
        self.port, self.process = free_port(), None
        self.set_faults({})

    def set_faults(self, faults):
        new = self.faults.with_suffix(".new")
        new.write_text("".join(f"{who} {what}\n" for who, what in faults.items()), encoding="utf-8")
        new.rename(self.faults)

    def start(self):
        command = [sys.executable, str(HERE / "sink.py"), "--port", str(self.port), "--out", str(self.kept), "--faults", str(self.faults)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if not self.process.stdout.readline().strip():
            raise AssertionError("the sink does not start")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process.stdout.close()
            self.process = None

    def lines(self):
        # A line that is still being written has no line end.
        text = self.kept.read_text(encoding="utf-8") if self.kept.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


class Program:
    """The program with its data; `start` runs it with a command."""

    def __init__(self, folder, clock):
        self.folder, self.clock, self.process = folder, clock, None
        self.port = free_port()
        self.base = f"http://localhost:{self.port}"
        self.output = folder / "program.log"

    def start(self, command, **more):
        ours = {"LISTEN": f"127.0.0.1:{self.port}", "BASE_URL": self.base, "DATABASE": "practice.db", "KEY_FILE": "practice.key", "LOG__FILTER": "info"}
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("DUOLOGUE_", "FAKETIME"))}
        environment = plain | {f"DUOLOGUE_{name}": str(value) for name, value in (ours | more).items()} | self.clock.environment()
        with self.output.open("ab") as log:
            self.process = subprocess.Popen([PROGRAM, command], cwd=self.folder, env=environment, stdout=log, stderr=log)
        until("the program answers", self.answers)

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the program ended: {self.output.read_text(encoding='utf-8', errors='replace')[-2000:]}")
        with contextlib.suppress(OSError):
            return self.wake()
        return False

    def wake(self):
        """Requests a page: a sleeping program sees the new time only when
        something happens."""
        return urllib.request.urlopen(f"{self.base}/readyz", timeout=20).status == 200

    def effort(self):
        """How often the program's threads ran, and whether one is running or
        waits for the disk."""
        ran, waits = 0, False
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                for line in (task / "status").read_text().splitlines():
                    ran += int(line.split()[1]) if "ctxt_switches" in line else 0
                    waits |= line.startswith("State:") and line.split()[1] != "S"
        return ran, waits

    def idle(self):
        """Whether the program does nothing at all. Its clock may jump only then:
        work in progress would seem to have taken hours."""
        before = self.effort()
        time.sleep(IDLE)
        return not before[1] and self.effort() == before

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
            self.process = None


class Browser:
    """A browser that is signed in. With the cookies of an earlier one it is the same
    browser to the program, and no notice of a new one is sent."""

    def __init__(self, program, name, cookies=None):
        self.base = program.base
        cookies = http.cookiejar.CookieJar() if cookies is None else cookies
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        self.opener.addheaders = [("Origin", self.base), ("Sec-Fetch-Site", "same-origin")]
        landed = self.post("/sign-in", login_name=name, password=PASSWORD, next="")
        if landed.startswith("/sign-in"):
            raise AssertionError(f"{name} cannot sign in")

    def post(self, path, **form):
        """Sends a form; returns the address that it leads to."""
        data = urllib.parse.urlencode(form).encode()
        try:
            with self.opener.open(f"{self.base}{path}", data, timeout=60) as answer:
                return answer.geturl().removeprefix(self.base)
        except urllib.error.HTTPError as refused:
            said = refused.read().decode("utf-8")
            raise AssertionError(f"{path} of {form}: {refused.code} {said[said.find('<main'):][:3000]}") from None


class Ledger:
    """The program's database, read only."""

    def __init__(self, file):
        self.file = file

    def rows(self, query, *values):
        """Rows as dictionaries; ids become UUIDs, instants become datetimes."""
        with contextlib.closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=20)) as database:
            database.row_factory = sqlite3.Row
            found = database.execute(query, [v.bytes if isinstance(v, uuid.UUID) else v for v in values]).fetchall()
        return [{name: self.value(name, row[name]) for name in row.keys()} for row in found]

    @staticmethod
    def value(name, value):
        if isinstance(value, bytes) and len(value) == 16:
            return uuid.UUID(bytes=value)
        if isinstance(value, str) and name in INSTANTS:
            return datetime.fromisoformat(value)
        return value

    def one(self, query, *values):
        (row,) = self.rows(query, *values)
        return next(iter(row.values())) if len(row) == 1 else row

    def messages(self):
        return self.rows(
            """SELECT m.id, m.kind, m.session_id, m.session_version, m.person_id, m.account_id, m.lead,
                      m.due_at, m.not_after, m.state, m.reason, m.attempts, m.lease_until, m.smtp_started_at,
                      m.message_id_header AS message_id, m.recipient, m.created_at, m.sent_at, m.last_error
               FROM email m
               ORDER BY m.due_at, m.id"""
        )

    def unfinished(self):
        """The emails that are not finished: state, and when each is next due."""
        rows = self.rows("SELECT state, due_at, lease_until FROM email WHERE state IN ('planned', 'claimed')")
        return [(row["state"], max(row["due_at"], row["lease_until"] or row["due_at"])) for row in rows]


class Simulation:
    """The program, its clock and its ledger. Only this class lets time pass."""

    def __init__(self, folder, start):
        self.folder = folder
        self.clock = Clock(folder / "clock", start)
        self.program = Program(folder, self.clock)
        self.ledger = Ledger(folder / "practice.db")
        # Another wait before time passes, such as Postfix's.
        self.settled = lambda: None

    def wait_until_unclaimed(self):
        """Waits until no email is being sent; due emails may still wait."""
        until("nothing is being sent", lambda: self.wake() and not self.claimed())

    def settle(self):
        """Waits until every due email is finished. Where the outbox rests for
        a minute after trouble with the mail server, that minute passes."""
        for _ in range(RESTS):
            with contextlib.suppress(AssertionError):
                until("what is due is dealt with", self.is_settled, STILL)
                self.settled()
                return
            self.wait_until_unclaimed()
            if self.due():
                self.clock.forward(REST)
        raise AssertionError(f"the outbox never comes to rest: {self.ledger.unfinished()}")

    def wake(self):
        """Lets the program see the time, and waits until it has done its work."""
        self.program.wake()
        return until("the program is idle", self.program.idle)

    def is_settled(self):
        return self.wake() and not self.claimed() and not self.due()

    def due(self):
        now = self.clock.now()
        return [at for _, at in self.ledger.unfinished() if at <= now]

    def claimed(self):
        """When the lease of each email that is being sent ends; leases that have
        ended do not count."""
        now = self.clock.now()
        return [at for state, at in self.ledger.unfinished() if state == "claimed" and at > now]

    def forward(self, by):
        """Lets time pass once the program is idle."""
        self.wake()
        self.clock.forward(by)

    def visit(self, instant, settle=None, step=timedelta(hours=2)):
        """Lets time pass until an instant, at most two hours at once, and stops
        at each email that becomes due on the way."""
        settle = settle or self.settle
        settle()
        while (now := self.clock.now()) < instant:
            ahead = [at + timedelta(seconds=1) for _, at in self.ledger.unfinished() if at > now]
            self.clock.to(min([instant, now + step, *ahead]))
            settle()
