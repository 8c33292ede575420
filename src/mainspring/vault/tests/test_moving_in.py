"""The passcodes that tickets kept before move into the vault, and nowhere else; the drill opens one."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, models

from mainspring.core.drills import run_drills
from mainspring.core.sealing import seal
from mainspring.tickets.models import Ticket
from mainspring.vault.models import Credential
from world import World

pytestmark = pytest.mark.django_db
move = import_module("mainspring.vault.migrations.0002_passcodes_move_in").move


class Kept:
    """The table of then, with three passcodes, one of them sealed under another secret key."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows
        self.objects = self

    def order_by(self, *_columns: str) -> "Kept":
        return self

    def exists(self) -> bool:
        return bool(self.rows)

    def iterator(self) -> list[Any]:
        return self.rows


def test_they_open_in_the_vault(world: World) -> None:
    tickets = [Ticket.objects.open(f"Nr {n}", by=world.fay, contact=world.carol) for n in range(3)]
    rows = [
        SimpleNamespace(ticket_id=one.pk, sealed=seal(f"47{one.pk}", context=f"passcode of ticket {one.pk}"))
        for one in tickets
    ]
    rows[2].sealed = b"\0" * 40
    kept: dict[str, type[models.Model] | Kept] = {"Passcode": Kept(rows), "Credential": Credential}
    move(SimpleNamespace(get_model=lambda _app, name: kept[name]), SimpleNamespace(connection=connection))
    for one in tickets[:2]:
        credential = Credential.objects.get(ticket=one)
        assert credential.kind == "device"
        assert credential.look("secret", by=world.tess, reason="–").secret == f"47{one.pk}"
    assert Credential.objects.count() == 2
    said = {one.name: one for one in run_drills()}["Opening a credential"]
    assert said.works and Credential.objects.latest("pk").key_id in said.says
