"""Run a command beside a throw-away PostgreSQL: `python scripts/with_postgres.py pytest …`.

The cluster lives in a temporary folder on a free loopback port, named by DATABASE_URL, and is gone after.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

SETTINGS = os.environ.get("POSTGRES_SETTINGS", "-c fsync=off")
"""What is thrown away need not survive a power cut; measuring it as in earnest needs `-c fsync=on`."""
PLACES = (shutil.which("pg_ctl"), "/usr/lib/postgresql/15/bin/pg_ctl", "/usr/lib/postgresql/17/bin/pg_ctl")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_server(command: list[str], folder: Path) -> None:
    """PostgreSQL refuses to run as root: root runs it as the user Debian made for it."""
    user = "postgres" if os.getuid() == 0 else None
    if user:
        owner = pwd.getpwnam(user)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)


def main() -> int:
    binaries = next((Path(place).resolve().parent for place in PLACES if place and Path(place).exists()), None)
    if binaries is None:
        print("PostgreSQL is missing: apt-get install postgresql", file=sys.stderr)
        return 1
    folder = Path(tempfile.mkdtemp(prefix="mainspring-pg-"))
    folder.chmod(0o755)
    data, port = folder / "data", free_port()
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=120 {SETTINGS}"
    try:
        as_server([str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"], folder)
        as_server(
            [str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", settings, "start"],
            folder,
        )
        environment = {**os.environ, "DATABASE_URL": f"postgres://postgres@127.0.0.1:{port}/postgres"}
        environment.setdefault("SECRET_KEY", "only for tests")
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    finally:
        if (data / "postmaster.pid").exists():
            as_server([str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"], folder)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
