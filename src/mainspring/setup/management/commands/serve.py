"""`mainspring serve`: pages, background tasks and mail by one command."""

import gc
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand

from mainspring.core.schema import bring_up_to_date
from mainspring.setup.assets import collect_assets
from mainspring.setup.background import Background
from mainspring.setup.processes import Processes
from mainspring.setup.shop import founded

GARBAGE_AFTER = 50_000
"""New objects after which Python looks for cycles; a page makes ten thousand. Its own 700 cost a tenth of a page."""

GIVES_WAY = 10
"""How much nicer tasks are than pages. A tenth of a core is theirs, however busy it is."""


class Command(BaseCommand):
    help = "Serve the desk, the customers' pages, background tasks and mail. Brings the database up to date first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-tasks", action="store_true", help="`mainspring worker` runs them elsewhere")

    def handle(self, *args: Any, **given: Any) -> None:
        bring_up_to_date()
        if not settings.DEBUG:
            collect_assets()
        self.announce(given["host"], given["port"])
        gc.freeze()
        gc.set_threshold(GARBAGE_AFTER, 20, 50)
        works: dict[str, Callable[[], object]] = {"pages": partial(show_pages, given["host"], given["port"])}
        if not given["no_tasks"]:
            works["background tasks"] = run_tasks
        sys.exit(Processes(works).run())

    def announce(self, host: str, port: int) -> None:
        base = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
        where = {"psa": f"{base}/psa/", "portal": f"{base}/portal/", "www": f"{base}/"}
        where |= {name: f"{settings.SCHEME}://{host}/" for name, host in settings.SURFACES.items() if name in where}
        desk, portal, site = where.values()
        self.stdout.write(f"Mainspring serves {desk} (the desk), {portal} (the portal), {site} (the public site).")
        if not founded():
            self.stdout.write("There is no shop yet: stop, and run `mainspring init` or `mainspring demo`.")
        elif settings.DATA.joinpath("demo-people.txt").exists():
            self.stdout.write(settings.DATA.joinpath("demo-people.txt").read_text())
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()


def show_pages(host: str, port: int) -> None:
    """The web server, until a signal stops it, and the watch: it sees when nobody runs the tasks."""
    background = Background(runs_tasks=False)
    background.start()
    try:
        uvicorn.run(
            "mainspring.config.asgi:application",
            host=host,
            port=port,
            log_level=os.environ.get("LOG_LEVEL", "warning").lower(),
            timeout_graceful_shutdown=3,
            server_header=False,
            lifespan="off",
        )
    finally:
        background.stop()


def run_tasks() -> None:
    """Tasks, mail and the seal give way to pages: somebody waits for these."""
    os.nice(GIVES_WAY)
    Background().run()
