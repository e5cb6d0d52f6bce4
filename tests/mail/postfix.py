"""A Postfix server for the tests, as Debian packages it. Its settings and spool
are in a folder of the test. It listens on a port of this machine only, accepts
email for every address and puts it into one maildir. It cannot send anything.

Postfix can be started by root only, because its parts run as other users."""

import pathlib
import shutil
import subprocess
import time

from test_mails import free_port

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = mta.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtputf8_enable = yes
# Every address is local, and nothing is sent on.
mydestination =
local_recipient_maps =
alias_maps =
virtual_mailbox_domains = static:all
virtual_mailbox_base = {folder}
virtual_mailbox_maps = static:mail/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 1
virtual_transport = virtual
default_transport = error:5.0.0 nothing leaves this machine
relay_transport = error:5.0.0 nothing leaves this machine
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access inline:{{ {refused} }}, permit_mynetworks, reject
smtpd_peername_lookup = no
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """A Postfix server, started when the object is made, until `stop`."""

    def __init__(self, folder, refused):
        self.folder, self.port = pathlib.Path(folder), free_port()
        self.maildir = self.folder / "mail" / "new"
        settings = self.folder / "settings"
        settings.mkdir(parents=True)
        (self.folder / "queue").mkdir()
        # Postfix's parts run as other users, who need access to this folder.
        self.folder.chmod(0o711)
        (self.folder / "mail").mkdir()
        shutil.chown(self.folder / "mail", 65534, 65534)
        (self.folder / "data").mkdir()
        shutil.chown(self.folder / "data", "postfix")
        entries = ", ".join(f"{{{address} = 550 5.1.1 Nobody of this name}}" for address in refused)
        (settings / "main.cf").write_text(MAIN.format(folder=self.folder, refused=entries), encoding="utf-8")
        (settings / "master.cf").write_text(MASTER.format(port=self.port), encoding="utf-8")
        self.command = [shutil.which("postfix", path="/usr/sbin:/usr/bin"), "-c", str(settings)]
        self.running = True
        done = subprocess.run([*self.command, "start"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"Postfix does not start: {done.stderr}{self.log()}")

    def log(self):
        file = self.folder / "log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def mails(self):
        """Yields the emails of the maildir: time of arrival, recipient, envelope
        sender, and the bytes with CRLF line ends as they were transferred."""
        for file in sorted(self.maildir.glob("*")) if self.maildir.exists() else []:
            raw = file.read_bytes().replace(b"\n", b"\r\n")
            head = raw.partition(b"\r\n\r\n")[0].decode("utf-8").split("\r\n")
            says = lambda name: next(line.partition(": ")[2] for line in head if line.startswith(f"{name}: "))
            yield file.stat().st_mtime, says("X-Original-To"), says("Return-Path").strip("<>"), raw

    def has_queued(self):
        """Whether an accepted email is still in the queue."""
        queue = self.folder / "queue"
        return any(file.is_file() for name in ("incoming", "active", "deferred") for file in (queue / name).rglob("*"))

    def settle(self, within=30):
        """Waits until every accepted email is delivered."""
        until = time.monotonic() + within
        while self.has_queued():
            if time.monotonic() > until:
                raise AssertionError(f"Postfix keeps what it took: {self.log()}")
            time.sleep(0.02)

    def stop(self):
        if self.running:
            self.running = False
            subprocess.run([*self.command, "stop"], capture_output=True, check=False, timeout=60)
