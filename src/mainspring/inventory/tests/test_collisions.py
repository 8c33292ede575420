"""Many people at the same shelf at the same moment, each on a connection of his own."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from mainspring.inventory.models import AlreadyTakenBack, Movement, NotEnoughStock, Product
from world import World, build_world

PEOPLE, STOCK = 50, 10


@dataclass(frozen=True)
class Attempt:
    """One try: whether it succeeded, when it began and ended, and on which connection."""

    succeeded: bool
    began: float
    ended: float
    link: int


def rush(act: Callable[[], object], *, over: QuerySet[Any]) -> list[Attempt]:
    """Do it fifty times at once. Whatever is raised but the two refusals fails the test.

    What they rush `over` is locked until all fifty are at it, so that they meet on a slow machine too.
    """
    attempts: list[Attempt] = []
    begun: list[float] = []
    links: list[object] = []
    broken: list[BaseException] = []
    start = threading.Barrier(PEOPLE)

    def run() -> None:
        try:
            connection.ensure_connection()
            links.append(connection.connection)
            start.wait(30)
            began = time.monotonic()
            begun.append(began)
            succeeded = True
            try:
                act()
            except (NotEnoughStock, AlreadyTakenBack):
                succeeded = False
            attempts.append(Attempt(succeeded, began, time.monotonic(), id(connection.connection)))
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(PEOPLE)]
    with transaction.atomic():
        list(over.select_for_update())
        for thread in threads:
            thread.start()
        while len(begun) < PEOPLE and not broken:
            time.sleep(0.01)
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    assert not broken, broken
    return attempts


def collisions(attempts: list[Attempt]) -> int:
    """How many were at it while another one, on another connection, was."""
    return sum(any(_met(one, other) for other in attempts) for one in attempts)


def _met(one: Attempt, other: Attempt) -> bool:
    return one.link != other.link and one.began < other.ended and other.began < one.ended


def test_those_who_come_one_after_another_do_not_collide() -> None:
    queue = [Attempt(True, began=n, ended=n + 0.9, link=n) for n in range(PEOPLE)]
    assert collisions(queue) == 0
    assert collisions([*queue, Attempt(True, began=3.5, ended=4.5, link=PEOPLE)]) == 3
    assert collisions([Attempt(True, began=0, ended=2, link=1), Attempt(True, began=1, ended=3, link=1)]) == 0


@pytest.fixture
def product(transactional_db: None) -> Product:
    world: World = build_world()
    product = Product.objects.add(by=world.max, name="Fuser kit", sku="RM1", tax=world.vat)
    product.receive(STOCK, by=world.max)
    return product


def careless_take(product: Product) -> None:
    """What the stock must not do: read, think, write. It shows that the rush really collides."""
    with transaction.atomic():
        seen = Product.objects.filter(pk=product.pk).values_list("on_hand", flat=True)[0]
    if seen < 1:
        raise NotEnoughStock(product, Decimal(1), seen)
    time.sleep(0.05)
    Product.objects.filter(pk=product.pk).update(on_hand=seen - 1)


def test_of_fifty_takes_at_once_on_a_stock_of_ten_exactly_ten_succeed(product: Product) -> None:
    attempts = rush(lambda: Product.objects.get(pk=product.pk).take(1, by=None), over=Product.objects.all())
    assert collisions(attempts) == PEOPLE, "Nothing collided: this run proves nothing."
    assert len({attempt.link for attempt in attempts}) == PEOPLE
    assert sum(attempt.succeeded for attempt in attempts) == STOCK
    product.refresh_from_db()
    assert product.on_hand == product.recount() == 0
    assert Movement.objects.filter(kind=Movement.Kind.TAKEN).count() == STOCK


def test_the_same_rush_oversells_when_the_take_is_careless(product: Product) -> None:
    attempts = rush(lambda: careless_take(product), over=Product.objects.all())
    assert sum(attempt.succeeded for attempt in attempts) > STOCK, "Nothing collided: the rush proves nothing."


def test_of_fifty_who_put_the_same_part_back_one_succeeds(product: Product) -> None:
    taken = product.take(3, by=None)
    attempts = rush(lambda: Movement.objects.get(pk=taken.pk).take_back(by=None), over=Product.objects.all())
    assert collisions(attempts) == PEOPLE, "Nothing collided: this run proves nothing."
    assert sum(attempt.succeeded for attempt in attempts) == 1
    product.refresh_from_db()
    assert product.on_hand == product.recount() == STOCK
