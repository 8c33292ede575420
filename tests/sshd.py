"""A real OpenSSH server from Debian, on a free port of this machine, with one user: whoever runs the tests."""

import getpass
import os
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

PROGRAM = "/usr/sbin/sshd"
CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {home}/host_key
PidFile {home}/pid
AuthorizedKeysFile {home}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class Sshd:
    """Its port, the user, his private key, and a folder of his."""

    port: int
    home: Path
    login: str

    @property
    def private_key(self) -> str:
        return (self.home / "user_key").read_text()

    @property
    def folder(self) -> Path:
        return self.home / "kept"

    @property
    def host_key(self) -> str:
        """As ssh-keygen tells it."""
        told = subprocess.run(
            ["ssh-keygen", "-lf", str(self.home / "host_key.pub")], capture_output=True, text=True, check=True
        ).stdout
        return told.split()[1]

    def change_host_key(self) -> None:
        (self.home / "host_key").unlink()
        make_key(self.home / "host_key")


def make_key(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True, input=b"y\n")


@contextmanager
def sshd() -> Iterator[Sshd]:
    """The server, ended and cleaned up afterwards."""
    home = Path(tempfile.mkdtemp(prefix="sshd-"))
    (home / "kept").mkdir()
    server = Sshd(free_port(), home, getpass.getuser())
    make_key(home / "host_key")
    make_key(home / "user_key")
    shutil.copy(home / "user_key.pub", home / "authorized_keys")
    (home / "config").write_text(CONFIG.format(port=server.port, home=home))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    process = subprocess.Popen([PROGRAM, "-D", "-e", "-f", str(home / "config")], stderr=subprocess.DEVNULL)
    try:
        _wait_for(server.port)
        yield server
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as there:
                if there.recv(10):
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("The SSH server did not start.")
