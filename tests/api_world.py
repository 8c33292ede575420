"""The API as its callers meet it: a client with a token of somebody, and every operation there is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mainspring.accounts.models import AccessToken, Person
from mainspring.api.doors import Rule
from mainspring.config.api import surface
from mainspring.crm.models import Account, Contact
from world import PASSWORD

ROOT = "/api/v1"


@dataclass
class Caller:
    """A program with a bearer token (or none)."""

    bearer: str = ""
    client: Client = field(default_factory=Client)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer. A `dict` goes as JSON; `files` in it goes as a form."""
        told = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent: dict[str, Any] = {}
        if isinstance(body, dict) and "file" in body:
            sent = {"data": body}
        elif body is not None:
            text = body if isinstance(body, str | bytes) else json.dumps(body)
            sent = {"data": text, "content_type": "application/json"}
        elif method in ("post", "put", "patch", "delete"):
            sent = {"content_type": "application/json"}
        return getattr(self.client, method)(ROOT + path, headers=told, **sent)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("get", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("post", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("patch", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.ask("delete", path, **headers)


def account_of(contact: Contact) -> Person:
    """The customer who signs in as this contact."""
    found = Person.objects.filter(accounts__contact=contact).first()
    return found or Account.open(contact, email=contact.email, name=contact.name, password=PASSWORD)


def caller(holder: Person | Contact, *scopes: str) -> Caller:
    """A program with a new token of this person, or of this contact's account: of these scopes, else of all."""
    holder = account_of(holder) if isinstance(holder, Contact) else holder
    _token, whole = AccessToken.objects.make(
        holder=holder, name="test", scopes=scopes or ("*",), expires_at=timezone.now() + timedelta(days=1), by=holder
    )
    return Caller(whole)


def problem(answer: Any, status: int) -> dict[str, Any]:
    """What a refusal says, in its one shape."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == status and told["type"].startswith("urn:") and told["title"] and told["mend"]
    return told


def statements(program: Caller, path: str) -> int:
    """Statements of a list with something in it, asked the second time; savepoints don't count."""
    program.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert program.get(path).json()["items"]
    return len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]])


@dataclass(frozen=True)
class Operation:
    """One operation as the routes know it."""

    id: str
    method: str
    path: str
    rule: Rule


def operations() -> Iterator[Operation]:
    rules = {name: rule for door in surface.doors for name, rule in door.rules.items()}
    for bound in surface.api._get_bound_routers():
        for path, view in bound.path_operations.items():
            for one in view.operations:
                yield Operation(str(one.operation_id), one.methods[0], path, rules[str(one.operation_id)])
