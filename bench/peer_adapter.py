"""Mainspring among its peers, for a benchmark that asks one adapter a product. See README.md for how to run it.

The benchmark brings `adapters.base`, `common` and `textgen`; its tickets go in through `seed_from`, in bulk.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from adapters.base import Adapter
from common import HERE, start
from yarl import URL

HOME = Path(os.environ.get("MAINSPRING_HOME", Path(__file__).resolve().parent.parent))
BIN = HOME / ".venv" / "bin"
DATA = Path(os.environ.get("PEERS_WORK", "/tmp")) / "mainspring-data"
SEED = """
import sys
sys.path[:0] = [{here!r}, {bench!r}]
import textgen, world
from datetime import timedelta

def matters(count):
    for t in textgen.tickets(count):
        first, *rest = t["messages"]
        yield world.Matter(
            subject=t["subject"], description=first["text"], customer=t["customer"]["n"],
            agent=(t["agent"] or t["replier"])["n"], is_open=t["open"], is_assigned=t["agent"] is not None,
            opened_at=t["created"], priority=2,
            said=tuple(world.Said(m["by"] == "customer", m["at"], m["text"]) for m in rest))

people = textgen.customers()
world.matters = matters
world.name_of = lambda n: people[n]["name"]
world.mail_of = lambda n: people[n]["email"]
world.PASSWORD = {password!r}
import seed
seed.seed({count})
"""
PASSWORD = "Agent secret of the bench"


class Peer(Adapter):
    name = "mainspring"
    search_note = (
        "all words, in subject, problem, notes (internal ones too), customer, device; full text, newest change first"
    )
    seed_note = "bulk_create in batches of 2,000, indexed in bulk (first message = problem, then 2 notes)"
    mail_note = "`mainspring mail receive` one message at a time, then filed by the worker"
    ready_path = "/psa/sign-in/"
    must_contain = {"list": (r'href="/psa/tickets/\d+/"', 50), "ticket": ("Kind regards|Service desk", 2)}

    def env(self, db: str | None = None) -> dict[str, str]:
        return {
            "DATABASE_URL": f"postgres://postgres@127.0.0.1:{self.pg.port}/{db or self.db}",
            "SECRET_KEY": "bench",
            "MAINSPRING_DATA": str(DATA),
        }

    def seed(self, db: str, n: int) -> None:
        self.pg.create(db)
        script = SEED.format(here=str(HERE), bench=str(HOME / "bench"), password=PASSWORD, count=n)
        subprocess.run([BIN / "python", "-c", script], env={**os.environ, **self.env(db)}, check=True)

    def server(self) -> dict[str, object]:
        argv = [BIN / "mainspring", "serve", "--port", str(self.port)]
        return {"argv": argv, "env": self.env(), "cwd": HOME}

    async def login(self, http: Any) -> None:
        """By a session made beside the server: signing in is not what is measured."""
        script = (
            "import django; django.setup()\n"
            "from django.test import Client\n"
            "from mainspring.accounts.models import Person\n"
            "from django.middleware.csrf import _get_new_csrf_string\n"
            "client = Client()\n"
            f"client.force_login(Person.objects.order_by('pk')[{http.n % 10}])\n"
            "print(client.cookies['sessionid'].value, _get_new_csrf_string())\n"
        )
        env = {**os.environ, **self.env(), "DJANGO_SETTINGS_MODULE": "mainspring.config.settings"}
        done = subprocess.run([BIN / "python", "-c", script], env=env, check=True, stdout=subprocess.PIPE, text=True)
        session, http.csrf = done.stdout.split()
        http.s.cookie_jar.update_cookies({"sessionid": session, "csrftoken": http.csrf}, URL(self.base))

    def ticket_ids(self) -> list[int]:
        return [int(number) for number in self.pg.sql("SELECT number FROM tickets_ticket ORDER BY 1", self.db).split()]

    def list_page(self, r: object) -> list[str]:
        return ["/psa/tickets/"]

    def ticket_page(self, r: object, ticket_id: int) -> list[str]:
        return [f"/psa/tickets/{ticket_id}/"]

    def search_page(self, r: object, words: str) -> list[str]:
        return ["/psa/tickets/?q=" + quote_plus(words)]

    async def reply(self, http: Any, ticket_id: int, text: str) -> tuple[str, dict[str, str]]:
        return f"/psa/tickets/{ticket_id}/note", {
            "csrfmiddlewaretoken": http.csrf, "kind": "general", "text": text, "is_on_invoice": "on",
        }  # fmt: skip

    async def create(self, http: Any, subject: str, body: str) -> tuple[str, dict[str, str]]:
        return "/psa/tickets/new", {
            "csrfmiddlewaretoken": http.csrf, "contact": "1", "subject": subject, "description": body, "priority": "2",
        }  # fmt: skip

    def mail_put(self, messages: list[bytes]) -> None:
        folder = DATA / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        for n, raw in enumerate(messages):
            (folder / f"{n:05}.eml").write_bytes(raw)

    def mail_start(self) -> Any:
        """One process that gives each waiting file to the pipe and files it at once."""
        script = (
            "import django, pathlib; django.setup()\n"
            "from mainspring.inbox.filing import Filing\n"
            "from mainspring.inbox.models import ReceivedMail, Source\n"
            "from mainspring.inbox.models.received import receive\n"
            f"for file in sorted(pathlib.Path({str(DATA / 'mail')!r}).iterdir()):\n"
            "    receive(file.read_bytes(), source=Source.PIPE)\n"
            "    for mail in ReceivedMail.objects.filter(state=ReceivedMail.State.WAITING):\n"
            "        Filing(mail).file()\n"
            "    file.unlink()\n"
        )
        env = {**self.env(), "DJANGO_SETTINGS_MODULE": "mainspring.config.settings"}
        return start([BIN / "python", "-c", script], "mainspring-mail", env=env)

    def mail_waiting(self) -> int:
        return len(list((DATA / "mail").iterdir()))

    def reply_refs(self) -> list[str]:
        return [f"[#{number}]" for number in self.ticket_ids()[:500]]

    def mail_counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        sql = "SELECT substring(text from 'Reference (tok[0-9]+x[0-9]+)') FROM tickets_message"
        for token in self.pg.sql(sql, self.db).split():
            found[token] = found.get(token, 0) + 1
        return found


if __name__ == "__main__":
    sys.exit("Copy this file into a peer benchmark's adapters; see README.md.")
