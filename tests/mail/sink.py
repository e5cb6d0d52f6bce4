#!/usr/bin/env python3
"""A mail server for the tests, with the faults of real ones.

Every accepted email becomes one line of JSON in --out:
{"message_id", "to": [...], "from", "subject", "date", "raw", "tls", "login", "at"}.
The first line on standard output is the port.

A fault is chosen by --fault (or SINK_FAULT) for every email, by the recipient's
local part, as in greylist@example.org or greylist.2@example.org, or in the file
of --faults, which is read again for every command. Each of its lines has an
address, or * for all others, and the fault.

  accept         nothing
  greylist       451 at RCPT *
  refuse         550 at RCPT
  relay          554 relay access denied at RCPT
  busy           421 at RCPT, and the connection is closed *
  content        554 after the final dot
  content-later  451 after the final dot *
  sender         550 at MAIL (by --fault only)
  drop           the email is kept, but the connection ends after the dot *
  hang           the email is kept; no answer after the dot for --hang seconds *
  slow           the email is kept; the answer after the dot takes --slow seconds
  mute           no greeting at all (by --fault only)

Faults marked * are temporary: after --times times (SINK_TIMES, 1) with the same
recipient, or after the dot with the same Message-ID, the email is accepted.

--login NAME:PASSWORD demands AUTH; any other pair gets 535. --login-only
offers AUTH LOGIN and no AUTH PLAIN.
--cert and --key offer STARTTLS (--require-tls demands it), or, with
--implicit-tls, speak TLS from the first byte.
"""

import argparse
import asyncio
import collections
import email
import email.policy
import json
import os
import signal
import ssl
import sys
import time

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

FAULTS = (
    "accept",
    "greylist",
    "refuse",
    "relay",
    "busy",
    "content",
    "content-later",
    "sender",
    "drop",
    "hang",
    "slow",
    "mute",
)


class Sink:
    """Answers each command, and keeps the accepted emails."""

    def __init__(self, options):
        self.options = options
        self.seen = collections.Counter()
        self.out = open(options.out, "a", encoding="utf-8") if options.out else sys.stdout

    def fault(self, address):
        faults = self.read_faults()
        if named := faults.get(address.lower()) or faults.get("*"):
            return named
        word = address.partition("@")[0].split(".")[0].lower()
        return word if word in FAULTS else self.options.fault

    def read_faults(self):
        """The faults by address, as the file of --faults has them now."""
        if not self.options.faults:
            return {}
        with open(self.options.faults, encoding="utf-8") as lines:
            return dict(line.lower().split() for line in lines if line.strip())

    def still_fails(self, fault, key):
        """Whether a temporary fault still applies; counts this time."""
        self.seen[fault, key] += 1
        return self.seen[fault, key] <= self.options.times

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if self.options.fault == "sender":
            return "550 5.7.1 You may not send as this address"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        fault = self.fault(address)
        if fault == "greylist" and self.still_fails(fault, address):
            return "451 4.7.1 Greylisted, please try again later"
        elif fault == "refuse":
            return "550 5.1.1 No such person here"
        elif fault == "relay":
            return "554 5.7.1 Relay access denied"
        elif fault == "busy" and self.still_fails(fault, address):
            await server.push("421 4.3.2 Too busy, closing")
            server.transport.close()
            return "421 4.3.2 Too busy, closing"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        faults = {self.fault(address) for address in envelope.rcpt_tos}
        message = self.read(envelope)
        name = str(message["Message-ID"])
        if "content" in faults:
            return "554 5.6.0 This content is not wanted"
        if "content-later" in faults and self.still_fails("content-later", name):
            return "451 4.3.0 Try again later"
        self.keep(session, envelope, message)
        if "drop" in faults and self.still_fails("drop", name):
            server.transport.abort()
            return "250 never arrives"
        if "hang" in faults and self.still_fails("hang", name):
            await asyncio.sleep(self.options.hang)
        if "slow" in faults:
            await asyncio.sleep(self.options.slow)
        return "250 OK: kept"

    @staticmethod
    def read(envelope):
        raw = envelope.original_content or envelope.content
        return email.message_from_bytes(raw, policy=email.policy.default)

    def keep(self, session, envelope, message):
        raw = envelope.original_content or envelope.content
        line = {
            "message_id": str(message["Message-ID"] or ""),
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": str(message["Subject"] or ""),
            "date": str(message["Date"] or ""),
            "raw": raw.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode("utf-8"),
            "tls": session.ssl is not None or self.options.implicit_tls,
            "login": session.auth_data or "",
            "at": time.time(),
        }
        self.out.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.out.flush()
        if self.out is not sys.stdout:
            os.fsync(self.out.fileno())


def authenticator(wanted):
    name, _, password = wanted.partition(":")

    def check(server, session, envelope, mechanism, auth_data):
        right = (
            isinstance(auth_data, LoginPassword)
            and auth_data.login == name.encode()
            and auth_data.password == password.encode()
        )
        return AuthResult(success=right, handled=right, auth_data=name if right else None)

    return check


async def serve(options):
    sink = Sink(options)
    context = None
    if options.cert:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.cert, options.key or options.cert)

    def connection():
        if options.fault == "mute":
            return asyncio.Protocol()
        arguments = {"hostname": "sink.example", "enable_SMTPUTF8": not options.ascii_only, "loop": loop}
        if context is not None and not options.implicit_tls:
            arguments |= {"tls_context": context, "require_starttls": options.require_tls}
        if options.login:
            arguments |= {
                "authenticator": authenticator(options.login),
                "auth_required": True,
                "auth_require_tls": False,
                "auth_exclude_mechanism": ["PLAIN"] if options.login_only else [],
            }
        return SMTP(sink, **arguments)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        connection,
        options.host,
        options.port,
        ssl=context if options.implicit_tls else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--out", help="a file for the accepted mails; else standard output")
    parser.add_argument("--fault", choices=FAULTS, default=os.environ.get("SINK_FAULT", "accept"))
    parser.add_argument("--times", type=int, default=int(os.environ.get("SINK_TIMES", "1")))
    parser.add_argument("--hang", type=float, default=float(os.environ.get("SINK_HANG", "3600")))
    parser.add_argument("--faults", help="a file of addresses and what goes wrong with them")
    parser.add_argument("--slow", type=float, default=0.5)
    parser.add_argument("--login", help="NAME:PASSWORD")
    parser.add_argument("--login-only", action="store_true", help="no AUTH PLAIN, as some old servers")
    parser.add_argument("--cert", help="a certificate chain (PEM)")
    parser.add_argument("--key", help="its key (PEM)")
    parser.add_argument("--require-tls", action="store_true")
    parser.add_argument("--implicit-tls", action="store_true")
    parser.add_argument("--ascii-only", action="store_true", help="no SMTPUTF8")
    options = parser.parse_args()
    if options.implicit_tls and not options.cert:
        parser.error("--implicit-tls needs --cert")
    asyncio.run(serve(options))


if __name__ == "__main__":
    main()
