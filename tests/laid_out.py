"""A world is built once a minute in a process, and laid out row by row for each test: in a tenth of the time.

Not once for all: its tasks would have waited, and its notes be as old, as the tests have run.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone

from world import World, build_world


@dataclass(frozen=True)
class Print:
    """What building a world adds to the tables, and the world itself. Each that is laid out has objects of its own."""

    rows: dict[type[models.Model], list[tuple[Any, ...]]]
    world: bytes

    @classmethod
    def of(cls, build: Callable[[], World]) -> "Print":
        before = everything()
        world = pickle.dumps(build())
        rows = {model: [row for row in rows if row not in before[model]] for model, rows in everything().items()}
        return cls({model: added for model, added in rows.items() if added}, world)

    def lay_out(self) -> World:
        with connection.cursor() as cursor:
            for model, rows in self.rows.items():
                table, columns = named(model)
                places = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
        world: World = pickle.loads(self.world)
        return world


def everything() -> dict[type[models.Model], list[tuple[Any, ...]]]:
    """All rows there are."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table, columns = named(model)
            cursor.execute(f"SELECT {columns} FROM {table}")
            found[model] = list(map(tuple, cursor.fetchall()))
    return found


def named(model: type[models.Model]) -> tuple[str, str]:
    """The table and its columns, quoted."""
    quote = connection.ops.quote_name
    return quote(model._meta.db_table), ", ".join(
        quote(str(field.column)) for field in model._meta.local_concrete_fields
    )


def print_of_the_world() -> Print:
    return _print_of_minute(timezone.now().replace(second=0, microsecond=0))


@lru_cache(maxsize=1)
def _print_of_minute(_minute: datetime) -> Print:
    with transaction.atomic():
        made = Print.of(build_world)
        transaction.set_rollback(True)
    return made
