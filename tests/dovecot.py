"""A real Dovecot from Debian, unprivileged, on a free port of this machine."""

import getpass
import grp
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smtp_double import free_port

SERIAL = itertools.count()
PROGRAM = "/usr/sbin/dovecot"
CONFIG = """
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
mail_location = maildir:{home}/mail/%u
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_vsz_limit = 1G
first_valid_uid = 1
mail_max_userip_connections = 50
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
namespace inbox {{
  inbox = yes
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
"""


@dataclass
class Dovecot:
    """Its port, and the folder where mail is delivered as files (Maildir)."""

    port: int
    home: Path
    password: str = "right-password"
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Let people in."""
        account, _group = _account()
        command = [PROGRAM, "-F", "-c", str(self.home / "dovecot.conf")]
        self.process = subprocess.Popen(command, user=account.pw_uid, group=account.pw_gid)
        _wait_for(self.port, self.home / "log")

    def stop(self) -> None:
        """Throw everybody out and let nobody in."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def deliver(self, raw: bytes, user: str = "desk") -> None:
        """Put a mail into somebody's inbox, as a mail server does: written aside, then moved in."""
        inbox = self.home / "mail" / user
        for folder in (inbox, inbox / "tmp", inbox / "new", inbox / "cur"):
            if not folder.exists():
                folder.mkdir(parents=True)
                _hand_over(folder)
        name = f"{time.time_ns()}.{os.getpid()}_{next(SERIAL)}.test"
        written = inbox / "tmp" / name
        written.write_bytes(raw)
        _hand_over(written)
        written.rename(inbox / "new" / name)

    def unread(self, user: str = "desk") -> int:
        """How many mails nobody has flagged as read."""
        inbox = self.home / "mail" / user
        return sum(
            1 for file in [*inbox.glob("new/*"), *inbox.glob("cur/*")] if "S" not in file.name.rpartition(",")[2]
        )


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """The server, ended and cleaned up afterwards."""
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))
    account, group = _account()
    for folder in (home, home / "run", home / "mail"):
        folder.mkdir(exist_ok=True)
        _hand_over(folder)
    server = Dovecot(free_port(), home)
    config = home / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            home=home,
            port=server.port,
            user=account.pw_name,
            group=group,
            uid=account.pw_uid,
            gid=account.pw_gid,
            password=server.password,
        )
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _account() -> tuple[pwd.struct_passwd, str]:
    """Whoever runs the tests; `nobody` when that is root, whom Dovecot does not serve."""
    account = pwd.getpwnam("nobody" if os.geteuid() == 0 else getpass.getuser())
    return account, grp.getgrgid(account.pw_gid).gr_name


def _hand_over(path: Path) -> None:
    if os.geteuid() == 0:
        account, _group = _account()
        os.chown(path, account.pw_uid, account.pw_gid)


def _wait_for(port: int, log: Path) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as there:
                if there.recv(10):
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"Dovecot did not start: {log.read_text() if log.exists() else ''}")
