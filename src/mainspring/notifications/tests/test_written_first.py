"""Mails are written before a transaction, and only posted in one: SQLite's one writer has no time to wait for them."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from mainspring.notifications import changes
from mainspring.outbox.letters import Letter, Written
from mainspring.tickets.models import Status, StatusKind, Ticket
from scene import build_scene
from world import World

from .test_telling import run_everything

WRITTEN_FIRST = {"ticket_opened", "ticket_updated", "note", "final_invoice", "receipt", "customer_replied", "estimate"}


def test_no_transaction_is_open_while_a_mail_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    build_scene(world)
    ticket = Ticket.objects.open("Printer", by=world.fay, contact=world.carol, assignee=world.tess)
    ticket.customer_replied("Thursday is fine", by=world.carol)
    depths: dict[str, set[int]] = defaultdict(set)
    outside, write = len(connection.atomic_blocks), Letter.write

    def noted(self: Letter, *args: Any, **words: Any) -> Written:
        depths[self.kind].add(len(connection.atomic_blocks) - outside)
        return write(self, *args, **words)

    monkeypatch.setattr(changes, "QUIET", timedelta(0))
    monkeypatch.setattr(Letter, "write", noted)
    run_everything()
    ticket.become(Status.first_of(StatusKind.IN_PROGRESS), by=world.tess)
    run_everything()
    assert depths.keys() >= WRITTEN_FIRST
    assert {kind for kind, found in depths.items() if found != {0}} == set()
