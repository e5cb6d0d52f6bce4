"""A simulated fortnight of the demo practice. It proves that every email is
received once or has a reason why not.

The program runs in simulated time (simulated.py) over two weeks in October in
which the clocks change. In the first week its emails go to a faulty server
(sink.py), in the second to a real Postfix (postfix.py). Sessions are booked,
moved and cancelled by the forms of the front desk, the mail server is dead for
six hours, and the program is killed three times. Afterwards the received emails
are compared with those that the program says it owed, and both with what was
done.

To run it alone, as root (which Postfix needs), with the Python that make sets up:

    make test-tools
    cd tests/mail && .venv/bin/python -m unittest -v test_fortnight

PROGRAM is the path of the program; without it, the debug build is used."""

import collections
import contextlib
import dataclasses
import email
import email.policy
import http.cookiejar
import os
import pathlib
import random
import re
import subprocess
import tempfile
import time
import unittest
import unittest.mock
import urllib.request
import uuid
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import check
import dkim
import icalendar

from postfix import Postfix
from simulated import Browser, Mail, Simulation, Sink, until
from test_mails import PROGRAM, settings

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
# The faults of the first week's server, by recipient.
FAULTS = {
    "amara.0@example.org": "greylist",
    "priya.1@example.org": "busy",
    "daniel.1@example.org": "content-later",
    "mei-ling.2@example.org": "drop",
    "sam.8@example.org": "refuse",
}
# The recipient whom the second week's server does not know.
UNKNOWN_TO_POSTFIX = "rafael.9@example.org"
# The people who get fewer emails than the others, and the reasons.
EXCUSED = {
    "Sam Whitlock": {"returned", "failed"},
    "Rafael Carvalho": {"returned", "failed"},
    "Imran Siddiqui": {"portal_only"},
    "Elif Demir": {"reminders_off"},
    "Henrik Solberg": {"reminders_off"},
}
# The states of a finished email.
FINAL = ("sent", "failed", "skipped", "superseded")
# How much earlier than due an email may arrive.
EARLY = timedelta(minutes=5)
# How long an email may take with temporary faults, and after the outage.
PASSES, AFTER_OUTAGE = timedelta(minutes=40), timedelta(minutes=15)


def first_monday(today):
    """The next Monday that begins the last week of October. Europe's clocks
    change on that week's Sunday, New York's a week later."""
    for year in (today.year, today.year + 1):
        last = date(year, 10, 31)
        sunday = last - timedelta(days=(last.weekday() + 1) % 7)
        if (monday := sunday - timedelta(days=6)) > today:
            return monday
    raise AssertionError("every year has an October")


@dataclasses.dataclass(frozen=True)
class Version:
    """A version of a session: its time and state from an instant on."""

    since: datetime
    version: int
    starts_at: datetime
    zone: str
    stands: bool


@dataclasses.dataclass(frozen=True)
class Notice:
    """An email about one session that each attendee must get."""

    session: uuid.UUID
    version: int
    kinds: tuple
    at: datetime


class Practice:
    """The front desk's acts, and a record of what it did and when."""

    def __init__(self, simulation):
        self.simulation, self.ledger, self.clock = simulation, simulation.ledger, simulation.clock
        self.history = collections.defaultdict(list)
        self.notices, self.undone = [], []
        self.done = collections.Counter()
        self.desk_cookies = http.cookiejar.CookieJar()

    def record_versions(self):
        """Records the new version of each session that has changed."""
        now = self.clock.now()
        for row in self.ledger.rows("SELECT id, version, starts_at, zone, state FROM session"):
            stands = row["state"] not in ("cancelled", "late_cancelled")
            found = Version(now, row["version"], row["starts_at"], row["zone"], stands)
            known = self.history[row["id"]]
            if not known or known[-1].version != found.version:
                known.append(found)

    def desk(self):
        return Browser(self.simulation.program, "kofi", self.desk_cookies)

    def couple(self, name):
        """The ids of the couple of a person and of its therapist."""
        return self.ledger.one(
            """SELECT c.id AS client, a.clinician_id AS clinician
               FROM client c
               JOIN care a ON a.client_id = c.id
               JOIN client_member m ON m.client_id = c.id
               JOIN person p ON p.id = m.person_id
               WHERE p.name = ? AND c.kind = 'couple'""",
            name,
        )

    def at(self, session):
        return self.history[session][-1]

    def book(self, name, when, **more):
        """Books a session, or a series with more form fields; returns its id."""
        couple, when = self.couple(name), when.astimezone(BERLIN)
        form = {"attendee": "everyone", "kind": "regular", "place": "online", "link": "", "minutes": 50, "outside": "yes", "repeat": "once"}
        form |= {"date": when.date(), "time": when.strftime("%H:%M"), "key": uuid.uuid4(), **couple, **more}
        where = self.desk().post("/sessions", **form)
        session = uuid.UUID(re.match(r"/sessions/([0-9a-f-]{36})", where).group(1))
        self.record_notice("booked", session, ("confirmation",))
        return session

    def move(self, session, when, desk=None):
        when = when.astimezone(BERLIN)
        form = {"date": when.date(), "time": when.strftime("%H:%M"), "minutes": 50, "place": "online", "link": "", "reason": "", "outside": "yes", "reach": "one"}
        (desk or self.desk()).post(f"/sessions/{session}/move", **form)
        self.record_notice("moved", session, ("moved", "confirmation"))

    def cancel(self, session, **more):
        self.desk().post(f"/sessions/{session}/cancellation", **{"by": "practice", "reason": "", "reach": "one", **more})
        self.record_notice("cancelled", session, ("cancelled",))

    def undo(self, session):
        before = self.at(session)
        self.desk().post(f"/sessions/{session}/undo")
        self.record_versions()
        assert self.at(session).starts_at != before.starts_at, "the move was not undone"
        self.undone.append((session, before.version))
        self.done["undone"] += 1

    def partner_cancels(self, name, session):
        Browser(self.simulation.program, name).post(f"/portal/sessions/{session}/cancel", reason="")
        self.record_notice("cancelled", session, ("cancelled",))

    def record_notice(self, what, session, kinds):
        before = len(self.history[session])
        self.record_versions()
        assert len(self.history[session]) > before, f"the session was not {what}"
        self.notices.append(Notice(session, self.at(session).version, kinds, self.clock.now()))
        self.done[what] += 1


class Story:
    """The events of the fortnight."""

    def __init__(self, folder, cleanup):
        self.folder = folder
        self.monday = first_monday(date.today())
        self.simulation = Simulation(folder, self.day(0, "09:35"))
        self.clock, self.ledger, self.program = self.simulation.clock, self.simulation.ledger, self.simulation.program
        cleanup(self.program.stop)
        self.sink = Sink(folder)
        cleanup(self.sink.stop)
        self.postfix = Postfix(folder / "postfix", [UNKNOWN_TO_POSTFIX])
        cleanup(self.postfix.stop)
        self.practice = Practice(self.simulation)
        self.kills, self.cut_off, self.outage = 0, [], None
        self.keys = self.make_keys()

    def day(self, number, clock):
        """The instant of a day (the first is 0) and time in the practice's zone."""
        hour, minute = map(int, clock.split(":"))
        on = self.monday + timedelta(days=number)
        return datetime(on.year, on.month, on.day, hour, minute, tzinfo=BERLIN).astimezone(timezone.utc)

    def make_keys(self):
        key = self.folder / "dkim.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key], check=True, capture_output=True)
        return {"MAIL__DKIM__DOMAIN": "example.org", "MAIL__DKIM__SELECTOR": "duo", "MAIL__DKIM__KEY_FILE": key}

    def dns(self):
        """The DNS record that a name server would answer for the key."""
        done = subprocess.run([PROGRAM, "dkim-record"], env=settings(**self.keys), capture_output=True, text=True, check=True)
        name, text = done.stdout.strip().split(" TXT ")
        return {f"{name}.": text.strip('"').encode()}

    def start(self, command, port=None):
        mail = {"MAIL__FROM": "appointments@example.org", "MAIL__BOUNCES": "back@example.org", "MAIL__FOLDER": "mail", **self.keys}
        if port:
            mail |= {"MAIL__TRANSPORT": "smtp", "MAIL__SMTP__HOST": "127.0.0.1", "MAIL__SMTP__PORT": port, "MAIL__SMTP__SECURITY": "none", "MAIL__SMTP__TIMEOUT_SECONDS": 300}
        self.program.start(command, **mail)

    def kill(self, port):
        """Kills the program (SIGKILL) and starts it again on the same data."""
        claimed = [row for row in self.ledger.messages() if row["state"] == "claimed"]
        self.program.kill()
        self.kills += 1
        self.cut_off.append(len(claimed))
        self.start("serve", port)

    def leases_end(self):
        """Waits until the leases of the killed program have ended."""
        self.simulation.forward(3 * MINUTE)
        self.simulation.settle()

    def play(self):
        self.practice_opens()
        self.bookings_of_the_first_day()
        self.moves_of_the_first_days()
        self.mail_server_is_dead()
        self.rest_of_the_first_week()
        self.second_week()
        self.practice.record_versions()

    def visit(self, number, clock, **how):
        self.simulation.visit(self.day(number, clock), **how)
        self.practice.record_versions()

    def practice_opens(self):
        """Makes the demo practice; its first emails are written to files."""
        self.start("demo")
        self.simulation.settle()
        self.practice.record_versions()
        self.program.stop()
        self.sink.set_faults(FAULTS)
        self.sink.start()
        self.start("serve", self.sink.port)

    def bookings_of_the_first_day(self):
        book = self.practice.book
        self.visit(0, "09:40")
        Browser(self.program, "imran").post("/portal/contact", portal_only="yes", reminders="yes", nudge_at="18:00")
        self.often_moved = book("Amara Nwosu", self.day(3, "19:00"))
        self.series = book("Lucía Fernández", self.day(2, "20:00"), repeat="weekly", ends="times", times=6)
        self.shared_address = book("Yusuf Demir", self.day(4, "21:00"))
        self.refused = book("Alex Moreau", self.day(4, "19:30"))
        book("Farah Siddiqui", self.day(9, "19:00"))
        self.late_moved = book("Nomvula Dlamini", self.day(4, "18:00"))
        self.to_cancel = book("Ingrid Halvorsen", self.day(5, "09:30"))
        # After the emails that are due at nine.
        self.visit(0, "10:30")
        self.killed_in_flight()
        self.visit(0, "11:00")
        self.practice.move(self.often_moved, self.day(3, "20:00"))
        self.simulation.wait_until_unclaimed()
        self.simulation.forward(2 * MINUTE)
        self.practice.undo(self.often_moved)
        self.visit(0, "12:00")
        self.practice.move(self.often_moved, self.day(4, "19:00"))

    def killed_in_flight(self):
        """Kills the program when emails are handed over and not yet answered. One
        session is moved before it is known whether its emails have arrived."""
        before = len(self.sink.lines())
        # Emails that are delayed together are due again together. (After an
        # outage, one email would be sent first, as a probe.)
        self.sink.set_faults({"*": "greylist"})
        self.killed = self.practice.book("Tomasz Zieliński", self.day(10, "19:00"))
        self.killed_and_moved = self.practice.book("Grace Adeyemi", self.day(12, "10:00"))
        self.simulation.wait_until_unclaimed()
        self.sink.set_faults({"*": "hang"})
        self.simulation.forward(7 * MINUTE)
        until("four mails at the sink", lambda: self.program.wake() and len(self.sink.lines()) >= before + 4)
        self.sink.set_faults(FAULTS)
        self.kill(self.sink.port)
        self.practice.move(self.killed_and_moved, self.day(12, "11:00"))
        self.leases_end()

    def moves_of_the_first_days(self):
        self.visit(1, "10:00")
        self.practice.move(self.often_moved, self.day(8, "18:00"))
        self.practice.cancel(self.refused)
        self.visit(1, "12:00")
        self.practice.move(self.series_sessions()[2], self.day(17, "20:00"))
        self.moved_at_the_last_moment()

    def moved_at_the_last_moment(self):
        """Moves a session seconds before its first reminder is due."""
        self.visit(1, "17:59")
        desk, due = self.practice.desk(), self.day(1, "18:00")
        self.simulation.wake()
        self.clock.to(due - 5 * SECOND)
        self.practice.move(self.late_moved, self.day(8, "19:30"), desk)
        self.last_moment = due - self.clock.now()

    def mail_server_is_dead(self):
        """For six hours the server accepts no connection, while sessions are
        booked, moved and cancelled. The program is killed when the queue moves
        again."""
        self.visit(2, "10:00")
        self.sink.stop()
        self.outage = (self.clock.now(), self.day(2, "16:00"))
        self.visit(2, "11:30", settle=self.simulation.wait_until_unclaimed, step=15 * MINUTE)
        self.booked_dead = self.practice.book("Grace Adeyemi", self.day(6, "19:00"))
        self.practice.cancel(self.to_cancel)
        self.visit(2, "13:00", settle=self.simulation.wait_until_unclaimed, step=15 * MINUTE)
        self.practice.move(self.shared_address, self.day(5, "20:00"))
        self.practice.move(self.booked_dead, self.day(6, "20:00"))
        self.visit(2, "16:00", settle=self.simulation.wait_until_unclaimed, step=15 * MINUTE)
        self.killed_in_the_queue()

    def killed_in_the_queue(self):
        """Kills the program when some of the waiting emails are sent and some are
        not."""
        for name, clock in (("Beatriz Carvalho", "20:00"), ("Noa Lindqvist", "21:00")):
            self.practice.book(name, self.day(9, clock))
        self.partner_cancelled = self.practice.book("Amara Nwosu", self.day(9, "18:00"))
        self.sink.set_faults(FAULTS | {"*": "slow"})
        self.sink.start()
        before = self.sent()
        self.simulation.forward(5 * MINUTE)
        until("some are sent and some are not", lambda: self.program.wake() and self.sent() > before and self.simulation.claimed())
        self.kill(self.sink.port)
        self.sink.set_faults(FAULTS)
        self.leases_end()

    def sent(self):
        return self.ledger.one("SELECT count(*) AS n FROM email WHERE state = 'sent'")

    def rest_of_the_first_week(self):
        self.visit(2, "19:00")
        (mail,) = [m for m in self.received() if m.to == "henrik.3@example.org" and b"List-Unsubscribe:" in m.raw][:1]
        self.unsubscribe(mail)
        self.visit(6, "12:00")

    def unsubscribe(self, mail):
        """Unsubscribes by one click, as a mail program does (RFC 8058)."""
        url = str(parsed(mail.raw)["List-Unsubscribe"]).strip("<> ")
        urllib.request.urlopen(url, b"List-Unsubscribe=One-Click", timeout=20).read()

    def second_week(self):
        """The week with the real mail server."""
        book = self.practice.book
        self.visit(7, "08:00")
        self.program.stop()
        self.sink.stop()
        self.start("serve", self.postfix.port)
        self.simulation.settled = self.postfix.settle
        self.visit(7, "09:00")
        self.practice.move(self.often_moved, self.day(11, "18:00"))
        far_apart = book("Priya Raghunathan", self.day(12, "19:00"))
        book("Beatriz Carvalho", self.day(11, "20:00"))
        self.visit(8, "09:00")
        # Two moves within the quiet minutes send one notice.
        self.practice.move(far_apart, self.day(12, "20:30"))
        self.simulation.wait_until_unclaimed()
        self.simulation.forward(2 * MINUTE)
        self.practice.move(far_apart, self.day(13, "19:00"))
        self.visit(8, "15:00")
        self.practice.partner_cancels("jonas", self.partner_cancelled)
        self.practice.cancel(self.series_sessions()[1], reach="following")
        self.visit(9, "13:37")
        self.killed_at_any_time()
        self.visit(10, "10:00")
        self.practice.move(self.killed, self.day(12, "18:00"))
        self.practice.cancel(self.often_moved)
        self.visit(14, "08:00")

    def series_sessions(self):
        """The ids of the series' sessions, in the order of their starts."""
        rows = self.ledger.rows(
            """SELECT id FROM session
               WHERE series_id = (SELECT series_id FROM session WHERE id = ?)
               ORDER BY starts_at""",
            self.series,
        )
        return [row["id"] for row in rows]

    def killed_at_any_time(self):
        self.practice.book("Nomvula Dlamini", self.day(13, "20:00"))
        time.sleep(random.Random().uniform(0, 0.06))
        self.kill(self.postfix.port)
        self.leases_end()

    def received(self):
        """Every received email, in the order of arrival."""
        files = (self.folder / "mail").glob("*.eml")
        mails = [Mail("folder", self.clock.at(f.stat().st_mtime), "", addressed(f.read_bytes()), f.read_bytes()) for f in files]
        mails += [Mail("sink", self.clock.at(m["at"]), m["from"], *m["to"], m["raw"].encode("utf-8")) for m in self.sink.lines()]
        mails += [Mail("postfix", self.clock.at(at), sender, to, raw) for at, to, sender, raw in self.postfix.mails()]
        return sorted(mails, key=lambda mail: mail.at)


def parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def addressed(raw):
    """The one address of the To header, with letters beyond ASCII decoded."""
    (address,) = parsed(raw)["To"].addresses
    return address.addr_spec.encode("utf-8", "surrogateescape").decode("utf-8")


def message_id_of(mail):
    """The left side of an email's Message-ID."""
    return str(parsed(mail.raw)["Message-ID"]).strip("<> ").partition("@")[0]


def as_sent(mail):
    """The bytes without the headers that the mail server added on top."""
    head, _, body = mail.raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    while lines[0].startswith((b"Return-Path:", b"X-Original-To:", b"Delivered-To:", b"Received:", b"\t", b" ")):
        lines.pop(0)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body.rstrip(b"\r\n")


def calendar_of(mail):
    """The method of an email's calendar part, in the calendar and in the header,
    and its event; None without one."""
    for part in parsed(mail.raw).walk():
        if part.get_content_type() == "text/calendar":
            calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
            (event,) = calendar.walk("VEVENT")
            return str(calendar["METHOD"]), part.get_param("method"), event
    return None


class Fortnight(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise AssertionError("Postfix is started by root only: run this with sudo, as `make test-mail` does")
        begun = time.monotonic()
        with contextlib.ExitStack() as stack:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            folder.chmod(0o711)
            story = cls.story = Story(folder, stack.callback)
            try:
                story.play()
            except BaseException:
                print(story.program.output.read_text(encoding="utf-8", errors="replace")[-4000:])
                raise
            cls.begin = story.day(0, "09:35")
            cls.rows, cls.mails, cls.end = story.ledger.messages(), story.received(), story.clock.now()
            cls.people = {p["id"]: p for p in story.ledger.rows("SELECT id, name, email, zone, safe_from, safe_until FROM person")}
            cls.come = collections.defaultdict(set)
            for row in story.ledger.rows("SELECT session_id, person_id FROM session_attendee"):
                cls.come[row["session_id"]].add(row["person_id"])
            series = collections.defaultdict(set)
            of_series = story.ledger.rows("SELECT s.id, y.root_id FROM session s JOIN series y ON y.id = s.series_id")
            for row in of_series:
                series[row["root_id"]].add(row["id"])
            cls.series = {row["id"]: series[row["root_id"]] for row in of_series}
            cls.leads = [int(n) for n in re.findall(r'"(\d+)d"', story.ledger.one("SELECT leads FROM practice"))]
            cls.dns = story.dns()
        cls.by_id = {row["message_id"]: row for row in cls.rows if row["message_id"]}
        cls.copies = collections.defaultdict(list)
        for mail in cls.mails:
            cls.copies[message_id_of(mail)].append(mail)
        cls.seconds = time.monotonic() - begun

    @classmethod
    def tearDownClass(cls):
        print(table(cls))

    def describe(self, row):
        """An email of the ledger in words, for failure texts."""
        who = self.people.get(row["person_id"], {}).get("name", "staff")
        of = f"session {row['session_id']} v{row['session_version']}" if row["session_id"] else "no session"
        return f"{row['kind']} {row['lead'] or ''} of {of} to {who}: {row['state']} ({row['reason'] or row['last_error']}), due {row['due_at']}"

    def session_mails(self):
        """Yields the first copy of each email about a session, with its row."""
        for name, copies in self.copies.items():
            row = self.by_id.get(name)
            if row and row["session_id"]:
                yield copies[0], row

    def version(self, row):
        return next(v for v in self.story.practice.history[row["session_id"]] if v.version == row["session_version"])

    # The events took place

    def test_kills_outage_and_servers_took_place_as_planned(self):
        self.assertEqual(self.story.kills, 3, "three times killed")
        self.assertGreaterEqual(self.story.cut_off[0], 4, "the first kill found mails in flight")
        self.assertGreaterEqual(self.story.cut_off[1], 1, "the second kill found mails in the queue")
        self.assertTrue(timedelta(0) < self.story.last_moment < 6 * SECOND, "one was moved seconds before its reminder")
        self.assertGreaterEqual(self.end, self.story.day(14, "08:00"))
        for by, least in (("folder", 5), ("sink", 40), ("postfix", 20)):
            self.assertGreater(len([m for m in self.mails if m.by == by]), least, f"mails received by {by}")
        began, ended = self.story.outage
        self.assertGreaterEqual(ended - began, 6 * HOUR - 5 * MINUTE)
        self.assertFalse([m for m in self.mails if began < m.at < ended], "the mail server was dead")

    # Each email is received once

    def test_every_email_is_of_one_ledger_row(self):
        for name, copies in self.copies.items():
            self.assertIn(name, self.by_id, f"a mail to {copies[0].to} that the ledger does not know")
            self.assertEqual({c.to for c in copies}, {self.by_id[name]["recipient"]}, "it went to somebody else")

    def test_each_email_is_received_or_has_a_reason(self):
        for row in self.rows:
            with self.subTest(self.describe(row)):
                copies = self.copies.get(row["message_id"], [])
                if row["state"] == "sent":
                    self.assertTrue(copies, "sent, and nobody received it")
                    continue
                if row["state"] in FINAL:
                    self.assertTrue(self.reason(row), "no reason is given")
                # Handed over without an answer, and replaced after a change.
                unknown = row["reason"] == "may_have_arrived"
                if not unknown and not re.search("may have arrived|came back", row["last_error"] or ""):
                    self.assertFalse(copies, "it was received, and the ledger does not say so")

    def reason(self, row):
        """Why an email was not sent."""
        return row["reason"] or row["last_error"]

    def test_change_is_sent_only_after_a_first_email(self):
        heard = collections.defaultdict(list)
        for mail, row in self.session_mails():
            for session in self.sessions_confirmed_with(row["session_id"]):
                heard[session, row["person_id"]].append((mail.at, row["kind"]))
        changes = 0
        for (session, person), mails in heard.items():
            first, kind = min(mails)
            if any(k in ("moved", "cancelled") for _, k in mails):
                changes += 1
                self.assertNotIn(kind, ("moved", "cancelled"), f"session {session} to {self.people[person]['name']}, at {first}")
        self.assertGreater(changes, 10)

    def sessions_confirmed_with(self, session):
        """A session, and the others that are in the same confirmation."""
        return self.series.get(session, {session})

    def test_no_email_is_sent_twice_under_two_ids(self):
        keys = collections.defaultdict(set)
        for name, row in self.by_id.items():
            if row["session_id"] and name in self.copies:
                keys[row["session_id"], row["session_version"], row["person_id"], row["kind"], row["lead"]].add(name)
        for names in keys.values():
            self.assertEqual(len(names), 1, [self.describe(self.by_id[n]) for n in names])

    def test_repeated_email_has_the_same_bytes(self):
        repeated = [copies for copies in self.copies.values() if len(copies) > 1]
        self.assertGreaterEqual(len(repeated), 2, "the kills and the dropped connections make repeats")
        for copies in repeated:
            self.assertEqual(len({as_sent(c) for c in copies}), 1, f"two mails with one Message-ID to {copies[0].to}")

    def test_emails_in_flight_at_a_kill_arrive_twice_unless_the_session_moved(self):
        first = lambda session: [self.copies[r["message_id"]] for r in self.rows if (r["session_id"], r["session_version"], r["kind"]) == (session, 0, "confirmation")]
        self.assertEqual([len(copies) for copies in first(self.story.killed)], [2, 2], "handed over, and handed over again")
        self.assertEqual([len(copies) for copies in first(self.story.killed_and_moved)], [1, 1], "handed over, and moved since: not again")

    def test_every_due_email_is_finished(self):
        for row in self.rows:
            self.assertNotEqual(row["state"], "claimed", self.describe(row))
            if row["state"] not in FINAL:
                self.assertGreater(row["due_at"], self.end, self.describe(row))

    # What was owed, derived from what was done, without the ledger

    def test_each_lasting_change_was_announced(self):
        for notice in self.story.practice.notices:
            for person in self.come[notice.session]:
                if self.was_current(notice.session, notice.version, notice.at + PASSES):
                    self.expect(notice.session, notice.version, person, notice.kinds, None)

    def test_each_due_reminder_was_sent(self):
        expected = 0
        for session, person, version, lead, due in self.reminders():
            expected += 1
            found = self.expect(session, version.version, person, ("reminder",), f"{lead}d")
            if not self.people[person]["safe_from"]:
                self.assertEqual({row["due_at"] for row in found}, {due}, f"not at the same hour of the day: {[self.describe(r) for r in found]}")
        self.assertGreater(expected, 30)

    def reminders(self):
        """Yields the reminders that became due while their version was current."""
        for session, versions in self.story.practice.history.items():
            for version in (v for v in versions if v.stands):
                zone = ZoneInfo(version.zone)
                for lead in self.leads:
                    wall = version.starts_at.astimezone(zone).replace(tzinfo=None) - timedelta(days=lead)
                    due = wall.replace(tzinfo=zone).astimezone(timezone.utc)
                    for person in self.come[session]:
                        # A person with safe hours may get it earlier.
                        spare = 24 * HOUR if self.people[person]["safe_from"] else MINUTE
                        if version.since + spare < due and due + PASSES < self.end and self.was_current(session, version.version, due + PASSES):
                            yield session, person, version, lead, due

    def was_current(self, session, version, at):
        """Whether a version was current long enough for an email of that time
        to be sent."""
        began, ended = self.story.outage
        if began - PASSES < at < ended + PASSES:
            at = ended + AFTER_OUTAGE
        versions = self.story.practice.history[session]
        (place,) = [n for n, v in enumerate(versions) if v.version == version]
        return at < self.end and (place + 1 == len(versions) or versions[place + 1].since > at)

    def expect(self, session, version, person, kinds, lead):
        """Expects one received email, or a reason that this person has; returns
        the ledger's rows."""
        name = self.people[person]["name"]
        found = [r for r in self.rows if (r["session_id"], r["session_version"], r["person_id"], r["lead"]) == (session, version, person, lead) and r["kind"] in kinds]
        with self.subTest(f"{kinds[0]} of session {session} v{version} {lead or ''} to {name}"):
            received = [r for r in found if r["message_id"] in self.copies]
            reasons = {r["reason"] or r["state"] for r in found if r not in received}
            if name in EXCUSED and not received:
                self.assertTrue(not found and kinds == ("cancelled",) or reasons & EXCUSED[name], f"no mail, and none of its reasons: {reasons}")
            else:
                self.assertEqual(len(received), 1, f"not received once: {[self.describe(r) for r in found]}")
        return found

    def test_undone_move_was_announced_to_nobody(self):
        self.assertTrue(self.story.practice.undone)
        for session, version in self.story.practice.undone:
            self.assertFalse([self.describe(r) for _, r in self.session_mails() if (r["session_id"], r["session_version"]) == (session, version)])

    def is_shared(self, person):
        """Whether another person has the address of this one."""
        own = self.people.get(person, {}).get("email")
        return bool(own) and [p["email"] for p in self.people.values()].count(own) > 1

    def test_only_people_with_a_reason_were_left_out(self):
        # The demo has one email that was not delivered, so that its lists show one.
        ordinary = {"550 5.1.1 The email account that you tried to reach does not exist", "session_changed", "used", "together", "nothing_to_do", "left", "may_have_arrived"}
        for row in self.rows:
            name = self.people.get(row["person_id"], {}).get("name")
            # Booked so late that none of the reader's safe hours is left.
            hopeless = row["due_at"] >= row["not_after"]
            if row["due_at"] > self.begin and row["state"] in ("skipped", "failed") and name not in EXCUSED and not hopeless:
                # An email about one person alone is not sent to a shared address.
                of_two = {"shared_address"} if self.is_shared(row["person_id"]) else set()
                self.assertIn(row["reason"] or row["last_error"], ordinary | of_two, f"{name}: {self.describe(row)}")

    # Times of arrival

    def test_no_email_arrives_too_early(self):
        for mail, row in self.session_mails():
            self.assertGreaterEqual(mail.at, row["due_at"] - EARLY, f"too early: {self.describe(row)}, came {mail.at}")

    def test_no_email_arrives_too_late(self):
        began, ended = self.story.outage
        for mail, row in self.session_mails():
            dead = row["due_at"] < ended and began < row["due_at"] + PASSES
            latest = ended + AFTER_OUTAGE if dead else row["due_at"] + PASSES
            self.assertLess(mail.at, latest, f"too late: {self.describe(row)}, came {mail.at}")

    def test_no_email_is_about_a_past_session(self):
        for mail, row in self.session_mails():
            version = self.version(row)
            self.assertLess(mail.at, version.starts_at, f"of a session in the past: {self.describe(row)}, came {mail.at}")

    def test_no_email_names_an_old_time_after_a_change(self):
        for name, copies in self.copies.items():
            row = self.by_id.get(name, {"session_id": None})
            for version in self.story.practice.history.get(row["session_id"], []):
                if version.version > row["session_version"]:
                    late = [c.at for c in copies if c.at > version.since]
                    self.assertFalse(late, f"{self.describe(row)} came {late}, changed {version.since}")

    def test_emails_arrive_within_safe_hours(self):
        seen = 0
        for mail, row in self.session_mails():
            person = self.people[row["person_id"]]
            if person["safe_from"]:
                seen += 1
                clock = mail.at.astimezone(ZoneInfo(person["zone"])).strftime("%H:%M:%S")
                self.assertTrue(person["safe_from"] <= clock <= person["safe_until"], f"at {clock}: {self.describe(row)}")
        self.assertGreater(seen, 0)

    # Contents

    def test_every_email_names_the_current_time(self):
        for mail, row in self.session_mails():
            shown = self.version(row).starts_at.astimezone(ZoneInfo(self.people[row["person_id"]]["zone"]))
            text = parsed(mail.raw).get_body(("plain",)).get_content()
            self.assertIn(shown.strftime("%H:%M"), text, self.describe(row))

    def test_calendar_entries_of_a_session_are_one_event_with_rising_sequence(self):
        told = collections.defaultdict(list)
        for mail, row in self.session_mails():
            if row["kind"] == "reminder":
                self.assertIsNone(calendar_of(mail), self.describe(row))
                continue
            method, in_header, event = calendar_of(mail)
            self.assertEqual(method, in_header, self.describe(row))
            self.assertEqual(method, "CANCEL" if row["kind"] == "cancelled" else "REQUEST", self.describe(row))
            self.assertEqual(event.start, self.version(row).starts_at, self.describe(row))
            told[row["session_id"], row["person_id"]].append((str(event["UID"]), int(event["SEQUENCE"]), self.describe(row)))
        for events in told.values():
            self.assertEqual(len({uid for uid, _, _ in events}), 1, events)
            steps = [step for _, step, _ in events]
            self.assertEqual(steps, sorted(set(steps)), events)
        self.assertTrue(any(len(events) > 3 for events in told.values()), "one was moved more than twice")
        uids = collections.defaultdict(set)
        for (session, _), events in told.items():
            uids[events[0][0]].add(session)
        self.assertTrue(all(len(sessions) == 1 for sessions in uids.values()), "two sessions share an event")

    def test_every_dkim_signature_is_valid(self):
        ask = lambda at, timeout=5: self.dns.get(at.decode())
        for mail in self.mails:
            # With the simulated clock: by the real one, the signature is in the
            # future.
            with unittest.mock.patch("dkim.time.time", mail.at.timestamp):
                self.assertTrue(dkim.verify(mail.raw, dnsfunc=ask), f"{mail.by}: to {mail.to} at {mail.at}")

    def test_no_email_has_a_defect(self):
        for mail in self.mails:
            with self.subTest(f"{mail.by}: to {mail.to} at {mail.at}"):
                self.assertEqual(check.check(mail.raw), [])

    def test_no_email_names_another_address(self):
        everybody = {person["email"] for person in self.people.values()} - {None}
        for mail in self.mails:
            message, row = parsed(mail.raw), self.by_id.get(message_id_of(mail))
            self.assertIsNotNone(row, f"a mail to {mail.to} that the ledger does not know")
            self.assertEqual(addressed(mail.raw), row["recipient"], self.describe(row))
            self.assertFalse(message["Cc"] or message["Bcc"], self.describe(row))
            said = mail.raw + b"".join(part.get_payload(decode=True) for part in message.walk() if not part.is_multipart())
            named = {address for address in everybody if address.encode() in said}
            self.assertLessEqual(named, {row["recipient"]}, self.describe(row))

    def test_each_email_goes_to_the_address_of_its_person(self):
        for _, row in self.session_mails():
            self.assertEqual(row["recipient"], self.people[row["person_id"]]["email"], self.describe(row))

    def test_each_email_has_its_own_return_path(self):
        senders = collections.defaultdict(set)
        for mail in self.mails:
            if mail.sender:
                self.assertRegex(mail.sender, r"^back\+[\w-]+@example\.org$")
                senders[mail.sender].add(message_id_of(mail))
        self.assertTrue(all(len(names) == 1 for names in senders.values()))


def table(cls):
    """The counts of the fortnight as text."""
    if not getattr(cls, "seconds", None):
        return "The fortnight did not come to its end."
    repeats = sum(len(copies) - 1 for copies in cls.copies.values())
    lines = [f"\nThe fortnight from {cls.story.monday}: {cls.seconds:.0f} seconds, {cls.story.kills} kills (mails claimed then: {cls.story.cut_off})"]
    lines.append("  ".join(f"{what} {count}" for what, count in cls.story.practice.done.items()))
    lines.append(f"{'kind':<16}{'planned':>8}{'sent':>6}{'skipped':>9}{'superseded':>12}{'failed':>8}{'ahead':>7}{'received':>10}{'repeats':>9}")
    for kind in [*sorted({row["kind"] for row in cls.rows}), "all"]:
        of = [row for row in cls.rows if kind in ("all", row["kind"])]
        states = collections.Counter(row["state"] for row in of)
        got = [cls.copies[row["message_id"]] for row in of if row["message_id"] in cls.copies]
        counts = (len(of), states["sent"], states["skipped"], states["superseded"], states["failed"], states["planned"], len(got), sum(len(c) - 1 for c in got))
        lines.append(f"{kind:<16}" + "".join(f"{count:>{width}}" for count, width in zip(counts, (8, 6, 9, 12, 8, 7, 10, 9))))
    reasons = collections.Counter((row["state"], (row["reason"] or row["last_error"] or "no reason")[:60]) for row in cls.rows if row["state"] in ("skipped", "superseded", "failed"))
    lines += [f"  {state}: {reason} {count}" for (state, reason), count in sorted(reasons.items())]
    by = collections.Counter(mail.by for mail in cls.mails)
    lines.append(f"received: {len(cls.mails)}, distinct {len(cls.copies)}, repeats {repeats}; " + ", ".join(f"{name} {count}" for name, count in by.items()))
    return "\n".join(lines)


if __name__ == "__main__":
    unittest.main()
