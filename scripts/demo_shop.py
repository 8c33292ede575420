"""The demo shop on a free port, for what looks at its pages."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from with_postgres import free_port

COMMAND = str(Path(sys.executable).parent / "mainspring")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PASSWORD = "mainspring demo"


@contextmanager
def demo_shop() -> Iterator[str]:
    """Its address, while the block runs; its data goes with it."""
    port = free_port()
    base = f"http://localhost:{port}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "MAINSPRING_DATA": folder, "MAINSPRING_URL": base}
        subprocess.run([COMMAND, "demo"], env=environment, check=True)
        server = subprocess.Popen([COMMAND, "serve", "--port", str(port)], env=environment)
        try:
            _wait_for(f"{base}/psa/sign-in/")
            yield base
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_for(address: str) -> None:
    for _try in range(300):
        try:
            urllib.request.urlopen(address, timeout=2)  # our own server, on loopback
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The demo did not answer.")
