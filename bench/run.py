"""Measures the desk as its users meet it: `mainspring serve`, one agent, over HTTP. See `make bench`.

    python bench/run.py [--sizes 1000,100000] [--rounds 60] [--out docs/bench/latest.json]

On the engine that `DATABASE_URL` names (databases bench_SIZE are made beside it and kept for the run), else on SQLite.
Every page is set against a bare Django page and against its own bare query, timed in the same run: compare ratios, not
milliseconds, and those of one run only.
"""

import argparse
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Protocol
from urllib.parse import urlencode, urlsplit

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
PAGES = ("list", "ticket", "search", "reply", "create", "mail")
PEERS = {"list": 250.6, "ticket": 106.0, "search": 249.3, "reply": 66.1, "create": 51.6}
"""The fastest of three other help desks at 100,000 tickets, in milliseconds. See README.md."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def times(act: Callable[[], None], rounds: int, warm: int = 5) -> list[float]:
    """Milliseconds of each round, after some that don't count."""
    for _ in range(warm):
        act()
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    return took


class Agent(Protocol):
    """Whoever looks at pages and sends forms: over HTTP, or through Django's test client."""

    def get(self, path: str, *, holds: str = "") -> str: ...

    def post(self, path: str, **form: object) -> str: ...


@dataclass
class Browser:
    """One connection that is kept, and the cookies of a signed-in agent."""

    port: int
    cookies: str = ""
    token: str = ""
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str, *, holds: str = "") -> str:
        return self._ask("GET", path, 200, holds=holds)

    def post(self, path: str, **form: object) -> str:
        return self._ask("POST", path, 303, body=urlencode(form, doseq=True))

    def _ask(self, method: str, path: str, status: int, *, body: str = "", holds: str = "") -> str:
        headers = {"Cookie": self.cookies, "X-CSRFToken": self.token}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != status or holds not in text:
            raise SystemExit(f"{method} {path}: {answer.status}, and not what was expected:\n{text[:2000]}")
        return text


@contextmanager
def served(command: list[str], environment: dict[str, str], path: str) -> Iterator[int]:
    """A server on a port of its own, until the end of the block."""
    port = free_port()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [word.format(port=port) for word in command], env=environment, cwd=HERE, stdout=said, stderr=said
        )
        try:
            for _ in range(300):
                time.sleep(0.1)
                try:
                    Browser(port).connection.request("GET", path)
                    break
                except OSError:
                    if process.poll() is not None:
                        said.seek(0)
                        raise SystemExit(said.read().decode()) from None
            yield port
        finally:
            process.terminate()
            process.wait(20)


class Measured:
    """The desk with so many tickets, on the database that the environment names. Runs in a process of its own."""

    def __init__(self, size: int, rounds: int) -> None:
        import world

        self.size, self.rounds, self.world = size, rounds, world
        self.chance = random.Random(size)

    def run(self) -> dict[str, dict[str, float]]:
        import django

        django.setup()
        with served([str(BIN / "uvicorn"), "floor:application", "--port", "{port}", "--log-level", "warning"],
                    {**os.environ, "DJANGO_SETTINGS_MODULE": ""}, "/") as port:  # fmt: skip
            bare = Browser(port)
            floor = times(lambda: void(bare.get("/")), self.rounds)
        figures = {"bare page": of(floor)}
        with served([str(BIN / "mainspring"), "serve", "--port", "{port}"], dict(os.environ), "/psa/") as port:
            browser = self.signed_in(port)
            self.let_tasks_end()
            for name, act in self.acts(browser).items():
                figures[name] = of(times(act, self.rounds))
        figures["mail"] = of(self.mail())
        for name, query in self.queries().items():
            figures[name] |= {"bare_query": round(median(times(query, self.rounds)), 3)}
        for name, statements in self.statements().items():
            figures[name] |= {"sql": statements}
        page = figures["bare page"]["p50"]
        for name in PAGES:
            figures[name]["to_page"] = round(figures[name]["p50"] / page, 1)
        return figures

    def acts(self, browser: Agent) -> dict[str, Callable[[], None]]:
        return {
            "list": lambda: void(browser.get("/psa/tickets/", holds="<tbody")),
            "ticket": lambda: void(browser.get(f"/psa/tickets/{self.number()}/", holds="Kind regards")),
            "search": lambda: void(browser.get(f"/psa/tickets/?{urlencode({'q': self.words()})}", holds="<tbody")),
            "common word": lambda: void(browser.get("/psa/tickets/?q=kind", holds="<tbody")),
            "rare filter": lambda: void(
                browser.get("/psa/tickets/?q=status%3Ain_progress+priority%3Aurgent+is%3Amine")
            ),
            "dashboard": lambda: void(browser.get("/psa/")),
            "palette": lambda: void(browser.get(f"/psa/palette?{urlencode({'q': self.words()[:9]})}")),
            "caller": lambda: void(browser.get(f"/psa/tickets/callers?{urlencode({'q': self.name()})}")),
            "reply": lambda: void(
                browser.post(f"/psa/tickets/{self.number()}/note", kind="general", text=self.text(), is_on_invoice="on")
            ),
            "create": lambda: void(
                browser.post(
                    "/psa/tickets/new",
                    contact=self.chance.randrange(1, self.world.CUSTOMERS),
                    subject=self.text()[:80],
                    description=self.text(),
                    priority=2,
                )
            ),
        }

    def mail(self) -> list[float]:
        """Milliseconds of a mail from the door to its ticket; every second one is an answer."""
        from mainspring.inbox.filing import Filing
        from mainspring.inbox.models import ReceivedMail, Source
        from mainspring.inbox.models.received import receive
        from mainspring.tickets.models import Ticket

        took = []
        for count in range(self.rounds):
            ticket = Ticket.objects.select_related("contact").get(number=self.number())
            assert ticket.contact is not None
            subject = f"Re: [#{ticket.number}] {ticket.subject}" if count % 2 else self.text()[:60]
            raw = (
                f"From: {ticket.contact.email}\r\nTo: desk@bench.example\r\nSubject: {subject}\r\n"
                f"Message-ID: <{self.chance.random()}@client.example>\r\nContent-Type: text/plain\r\n\r\n"
                f"{self.text()}\r\n"
            ).encode()
            began = time.perf_counter()
            receive(raw, source=Source.PIPE)
            Filing(ReceivedMail.objects.latest("id")).file()
            took.append((time.perf_counter() - began) * 1000)
        filed = ReceivedMail.objects.filter(state=ReceivedMail.State.FILED).count()
        if filed < self.rounds:
            raise SystemExit(f"Only {filed} of {self.rounds} mails were filed.")
        return took

    def queries(self) -> dict[str, Callable[[], None]]:
        """What the database alone needs for the same page."""
        from django.db import connection

        from mainspring.core import search
        from mainspring.tickets.models import Draft, Message, Ticket

        Draft.objects.filter(place__startswith="bench ").delete()

        def insert() -> None:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO tickets_draft (person_id, place, content, saved_at) VALUES (1, %s, '{}', "
                               "'2026-01-01')", [f"bench {self.chance.random()}"])  # fmt: skip

        latest = Ticket.objects.unclosed().order_by("-updated_at", "-id").values_list("id", "subject", "updated_at")
        return {
            "list": lambda: void(list(latest[:50])),
            "ticket": lambda: void(list(Message.objects.filter(ticket__number=self.number()).values_list("text"))),
            "search": lambda: void(search.find(self.words(), kinds=["ticket"])),
            "reply": insert,
            "create": insert,
            "mail": insert,
        }

    def statements(self) -> dict[str, int]:
        """SQL statements of each page, counted in a pass of its own."""
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from mainspring.accounts.models import Person

        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(Person.objects.get(pk=1))

        class Through:
            def get(self, path: str, *, holds: str = "") -> str:
                return client.get(path).content.decode()

            def post(self, path: str, **form: object) -> str:
                return client.post(path, form).content.decode()

        counted = {}
        for name, act in self.acts(Through()).items():
            act()
            with CaptureQueriesContext(connection) as caught:
                act()
            counted[name] = sum(
                not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
                for query in caught.captured_queries
            )
        return counted

    def let_tasks_end(self, seconds: float = 180) -> None:
        """What is done once a day begins with the first start: wait until it is done, as it is when people come."""
        from django.utils import timezone

        from mainspring.events.models import TaskRow

        until = time.monotonic() + seconds
        time.sleep(2)
        while time.monotonic() < until and TaskRow.objects.filter(
            state__in=[TaskRow.State.WAITING, TaskRow.State.RUNNING], run_after__lte=timezone.now()
        ):
            time.sleep(1)

    def signed_in(self, port: int) -> Browser:
        from django.middleware.csrf import _get_new_csrf_string
        from django.test import Client

        from mainspring.accounts.models import Person

        client = Client()
        client.force_login(Person.objects.get(pk=1))
        token = _get_new_csrf_string()
        session = client.cookies["sessionid"].value
        return Browser(port, cookies=f"sessionid={session}; csrftoken={token}", token=token)

    def number(self) -> int:
        return 1001 + self.chance.randrange(self.size)

    def words(self) -> str:
        return self.world.two_words(self.chance) + " "

    def name(self) -> str:
        return self.world.name_of(self.chance.randrange(self.world.CUSTOMERS))[:5]

    def text(self) -> str:
        return self.world.lines(self.chance, self.world.ANSWERS)


def void(_answer: object) -> None:
    """Nothing is done with the answer."""


def of(took: list[float]) -> dict[str, float]:
    return {"p50": round(median(took), 2), "p95": round(quantiles(took, n=20)[-1], 2)}


def engine_of(environment: dict[str, str]) -> str:
    return "PostgreSQL" if environment.get("DATABASE_URL", "").startswith("postgres") else "SQLite"


def environment_of(size: int, folder: Path) -> dict[str, str]:
    """The environment of a shop of this size; on PostgreSQL its database is made."""
    environment = {**os.environ, "SECRET_KEY": "bench", "MAINSPRING_DATA": str(folder / str(size))}
    if engine_of(environment) == "PostgreSQL":
        import psycopg

        url = os.environ["DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE bench_{size}")
        environment["DATABASE_URL"] = urlsplit(url)._replace(path=f"/bench_{size}").geturl()
    return environment


def measure(sizes: list[int], rounds: int) -> dict[str, dict[str, dict[str, float]]]:
    found = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        for size in sizes:
            environment = environment_of(size, Path(folder))
            print(f"{engine_of(environment)}: seeding {size:,} tickets", file=sys.stderr)
            subprocess.run(
                [sys.executable, HERE / "seed.py", str(size)], env=environment, check=True, stdout=sys.stderr
            )
            found[str(size)] = measured(environment, size, rounds)
    return found


def measured(environment: dict[str, str], size: int, rounds: int) -> dict[str, dict[str, float]]:
    command = [sys.executable, HERE / "run.py", "--measure", str(size), "--rounds", str(rounds)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    answer: dict[str, dict[str, float]] = json.loads(done.stdout)
    return answer


def table(engine: str, found: dict[str, dict[str, dict[str, float]]]) -> str:
    """The figures as Markdown: p50 / p95 in milliseconds, statements, ratios, and the growth between the sizes."""
    sizes = list(found)
    head = ["", *(f"{int(size):,} tickets: ms p50 / p95" for size in sizes)]
    head += ["growth", "SQL", "× bare page", "part of the fastest peer's", "ms of the bare query"]
    rows = [head, ["---"] * len(head)]
    for name, last in found[sizes[-1]].items():
        growth = last["p50"] / found[sizes[0]][name]["p50"]
        cells = [f"{found[size][name]['p50']:.1f} / {found[size][name]['p95']:.1f}" for size in sizes]
        to_peer = f"{last['p50'] / PEERS[name]:.2f}" if name in PEERS else ""
        more = [str(last.get("sql", "")), str(last.get("to_page", "")), to_peer, str(last.get("bare_query", ""))]
        rows.append([name, *cells, f"{growth:.2f}", *more])
    return f"### {engine}\n\n" + "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,100000")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--measure", type=int, help="measure a shop that is seeded already, and print JSON")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainspring.config.settings")
    if given.measure:
        print(json.dumps(Measured(given.measure, given.rounds).run()))
    else:
        found = measure([int(size) for size in given.sizes.split(",")], given.rounds)
        engine = engine_of(dict(os.environ))
        print(table(engine, found))
        if given.out:
            kept = json.loads(given.out.read_text()) if given.out.exists() else {}
            kept.pop("noise", None)
            given.out.parent.mkdir(parents=True, exist_ok=True)
            given.out.write_text(json.dumps(kept | {engine: found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
