#!/usr/bin/env python3
"""Checks emails as strictly as Python can, and says what is wrong with them.

Takes .eml files, folders of them, and the sink's files of JSON lines.
Prints one line for each defect, and fails where there is one.
"""

import email
import email.policy
import json
import pathlib
import re
import sys

import icalendar

# Emails are neutral: no word tells what the appointments are for.
FORBIDDEN = re.compile(
    r"therap|counsel|\bcouples?\b|marriage|marital|relationship|exercise|homework|session type|psycho",
    re.IGNORECASE,
)
OUTSIDE = re.compile(r"<(img|link|script|iframe)\b|src=|url\(|@import", re.IGNORECASE)
# Python's parser does not accept addresses with letters beyond ASCII (RFC 6532).
INTERNATIONAL = ("NonASCIILocalPartDefect", "UndecodableBytesDefect")
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted")


def mails(path):
    """Yields every email under a path, with a name for it."""
    if path.is_dir():
        for file in sorted(path.glob("*.eml")):
            yield file.name, file.read_bytes()
    elif path.suffix == ".eml":
        yield path.name, path.read_bytes()
    else:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield f"{path.name}:{number}", json.loads(line)["raw"].encode("utf-8")


def check(raw):
    """Lists everything that is wrong with one email."""
    wrong = []
    for number, line in enumerate(raw.split(b"\r\n"), 1):
        if b"\r" in line or b"\n" in line:
            wrong.append(f"line {number} holds half a line break")
            break
        if len(line) > 998:
            wrong.append(f"line {number} is {len(line)} bytes long")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for name in ONCE:
        values = message.get_all(name, [])
        if len(values) != 1:
            wrong.append(f"{name} stands {len(values)} times")
        for value in values:
            defects = getattr(value, "defects", ())
            if name == "To" and not raw.partition(b"\r\n\r\n")[0].isascii():
                defects = [d for d in defects if type(d).__name__ not in INTERNATIONAL]
            wrong += [f"{name}: {defect!r}" for defect in defects]
    wrong += [f"{part.get_content_type()}: {defect!r}" for part in message.walk() for defect in part.defects]
    if not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", str(message["Message-ID"] or "").strip()):
        wrong.append(f"Message-ID {message['Message-ID']!r}")
    if str(message["Auto-Submitted"]) != "auto-generated":
        wrong.append("Auto-Submitted is not auto-generated")
    if message["To"] is not None and len(message["To"].addresses) != 1:
        wrong.append("not to one person")
    for what in ("Subject", "From"):
        if FORBIDDEN.search(str(message[what] or "")):
            wrong.append(f"{what} says what it is about: {message[what]}")

    text, html = message.get_body(("plain",)), message.get_body(("html",))
    for name, part in (("text", text), ("html", html)):
        if part is None:
            wrong.append(f"no {name}")
            continue
        content = part.get_content()
        if found := FORBIDDEN.search(content):
            wrong.append(f"{name} says {found.group()!r}")
    if html is not None and (found := OUTSIDE.search(html.get_content())):
        wrong.append(f"html fetches from outside: {found.group()!r}")

    calendars = [p for p in message.walk() if p.get_content_type() in ("text/calendar", "application/ics")]
    for part in calendars:
        wrong += check_calendar(message, part)
    if calendars and {p.get_content_type() for p in calendars} != {"text/calendar", "application/ics"}:
        wrong.append("an invitation stands both inside and as a file")
    return wrong


def events(raw):
    """Yields the calendar entries of one email, read from its text/calendar part."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            yield from icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")


def check_calendar(message, part):
    """Lists everything that is wrong with the calendar part of an email."""
    wrong = []
    content = part.get_payload(decode=True)
    for line in content.split(b"\r\n"):
        if len(line) > 75:
            wrong.append(f"a calendar line of {len(line)} bytes")
    try:
        calendar = icalendar.Calendar.from_ical(content)
    except ValueError as error:
        return [f"the calendar cannot be read: {error}"]
    method = str(calendar.get("METHOD", ""))
    if part.get_content_type() == "text/calendar" and part.get_param("method") != method:
        wrong.append(f"method={part.get_param('method')} in the header, {method} in the calendar")
    if method not in ("REQUEST", "CANCEL"):
        wrong.append(f"METHOD {method!r}")
    events = list(calendar.walk("VEVENT"))
    if len(events) != 1:
        return [*wrong, f"{len(events)} events"]
    event = events[0]
    wrong += [f"event: {error}" for error in getattr(event, "errors", ())]
    for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "ORGANIZER", "SUMMARY"):
        if name not in event:
            wrong.append(f"no {name}")
    if str(event.get("SUMMARY")) != "Appointment":
        wrong.append(f"SUMMARY {event.get('SUMMARY')}")
    for name in ("DTSTART", "DTEND"):
        if name in event and not event[name].to_ical().endswith(b"Z"):
            wrong.append(f"{name} is not in UTC")
    location = str(event.get("LOCATION", ""))
    if location and not location.startswith("http"):
        wrong.append(f"LOCATION {location}")
    if (method == "CANCEL") != (str(event.get("STATUS")) == "CANCELLED"):
        wrong.append(f"STATUS {event.get('STATUS')} in a {method}")
    attendees = event.get("ATTENDEE", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]
    recipients = {a.addr_spec for a in message["To"].addresses}
    named = {str(a).removeprefix("mailto:") for a in attendees}
    if len(attendees) != 1 or not {a for a in named if "%" not in a} <= recipients:
        wrong.append(f"ATTENDEE {sorted(named)}, but the mail is to {sorted(recipients)}")
    known = recipients | {a.addr_spec for a in message["From"].addresses}
    unfolded = content.decode("utf-8").replace("\r\n ", "")
    for line in unfolded.split("\r\n"):
        if not line.startswith(("UID:", "LOCATION:")) and "mailto:" in line:
            address = line.rpartition("mailto:")[2]
            if address not in known and "%" not in address:
                wrong.append(f"names {address}")
    return wrong


def main(paths):
    count = bad = 0
    for path in map(pathlib.Path, paths):
        for name, raw in mails(path):
            count += 1
            for defect in check(raw):
                bad += 1
                print(f"{name}: {defect}")
    print(f"{count} mails, {bad} defects")
    return 1 if bad or not count else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
