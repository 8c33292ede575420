"""What is killed: a process that is ready to begin, and begins a child of its own for each life."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

from django.conf import settings
from django.db import connection, connections

CODE = (
    "import sys, django; django.setup(); from mainspring.vault.tests import chores;"
    "chores.wait_for_lives(getattr(chores, sys.argv[1]), sys.argv[2], int(sys.argv[3]))"
)


class Lives:
    """A chore in a process of its own, begun again in some milliseconds after each kill -9."""

    def __init__(self, chore: str, port: int = 0) -> None:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "mainspring.config.settings",
            "MASTER_KEY_FILE": settings.MASTER_KEY_FILE,
            "LOG_LEVEL": "CRITICAL",
        }
        names = [chore, str(connection.settings_dict["NAME"]), str(port)]
        self.nest = subprocess.Popen(
            [sys.executable, "-c", CODE, *names], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.pid = 0

    def begin(self) -> None:
        assert self.nest.stdin and self.nest.stdout
        self.nest.stdin.write(b"\n")
        self.nest.stdin.flush()
        self.pid = int(self.nest.stdout.readline())

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> str:
        """How the last life ended, once it has: `0` by itself, else by which signal."""
        assert self.nest.stdout
        return self.nest.stdout.readline().decode().strip()

    def close(self) -> None:
        self.nest.kill()
        self.nest.wait()


def wait_for_lives(chore: Callable[[int], None], database: str, port: int) -> None:
    """Each line of stdin is a life: its process is said, and then how it ended."""
    connections["default"].settings_dict["NAME"] = database
    if port:
        _warm_up()
    for _line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            chore(port)
            os._exit(0)
        print(pid, flush=True)
        _pid, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _warm_up() -> None:
    """A page, so that each life begins with all that is imported and compiled; no connection goes along."""
    from django.test import Client

    Client(SERVER_NAME="localhost").get("/psa/sign-in/")
    connections.close_all()


def serve(port: int) -> None:
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from mainspring.config.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadedWSGIServer(("127.0.0.1", port), Quiet)
    server.set_app(application)
    server.serve_forever(poll_interval=0.05)


def rotate(_port: int) -> None:
    from mainspring.vault import rotation

    rotation.BATCH = int(os.environ.get("VAULT_BATCH", str(rotation.BATCH)))
    rotation.rotate()
