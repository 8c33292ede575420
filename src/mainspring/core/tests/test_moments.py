"""Reading as of one moment: others write meanwhile, don't wait, and are not seen."""

import threading

import pytest
from django.db import connection

from mainspring.core.models import NumberSeries
from mainspring.core.moments import one_moment

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]


def written_elsewhere() -> None:
    """Somebody on another connection adds a row, and is done."""
    failed: list[BaseException] = []

    def write() -> None:
        try:
            NumberSeries.objects.create(name="meanwhile")
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=write)
    other.start()
    other.join(10)
    assert not other.is_alive() and not failed


def series() -> int:
    return NumberSeries.objects.filter(name="meanwhile").count()


def test_what_is_written_meanwhile_is_seen_afterwards() -> None:
    with one_moment():
        assert series() == 0
        written_elsewhere()
        assert series() == 0
    assert series() == 1


def test_the_next_transaction_writes_again() -> None:
    with one_moment():
        series()
    written_elsewhere()
    NumberSeries.objects.filter(name="meanwhile").update(next=7)
    assert NumberSeries.objects.get(name="meanwhile").next == 7
