"""What is sent twice at once."""

from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import QueryDict

from mainspring.tickets.intake import Intake
from mainspring.tickets.models import Ticket
from world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_form_sent_by_ten_at_once_opens_one_ticket(world: World) -> None:
    posted = QueryDict(mutable=True)
    told: dict[str, Any] = {"contact": world.carol.pk, "subject": "x", "priority": "2", "key": str(uuid4())}
    posted.update(told)
    start, opened, faults = Barrier(10), [], []

    def send() -> None:
        try:
            intake = Intake(posted, by=world.fay)
            assert intake.is_valid()
            start.wait()
            ticket = intake.open()
            opened.append(ticket.number if ticket else None)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=send) for _each in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == [] and len(opened) == 10
    assert set(opened) == {Ticket.objects.get().number}
