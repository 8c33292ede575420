"""Every table that a migration has frozen refuses, on both engines, whatever somebody tries on its rows.

The list comes from the migrations themselves: a table that is frozen tomorrow is tried tomorrow, and a migration that
built one anew and dropped its triggers fails here.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from mainspring.billing.settling import settle
from mainspring.core.frozen import frozen_tables
from scene import build_scene
from world import World

Way = tuple[str, Callable[[], object]]


@pytest.fixture
def rows(world: World) -> None:
    """One of everything, and money that was paid over: no frozen table is empty."""
    invoice = build_scene(world).own.invoice
    settle(invoice, invoice.standing.balance + Decimal(7), method="cash", by=world.bill)


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def uniques(model: type[models.Model]) -> Iterator[str]:
    """The columns by which SQLite may take a new row for an old one, besides `id`."""
    yield from (str(field.column) for field in model._meta.concrete_fields if field.unique and not field.primary_key)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
            yield ", ".join(columns[name] for name in constraint.fields)


def ways(table: str) -> Iterator[Way]:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    columns = [str(field.column) for field in model._meta.concrete_fields]
    for column in columns:
        yield f"UPDATE {table}.{column}", partial(sql, f"UPDATE {table} SET {column} = {column}")
    yield f"DELETE {table}", partial(sql, f"DELETE FROM {table}")
    if connection.vendor == "postgresql":
        # what waits for the end of the transaction would refuse it otherwise, before our triggers are asked
        yield f"TRUNCATE {table}", partial(sql, "SET CONSTRAINTS ALL IMMEDIATE", f"TRUNCATE {table} CASCADE")
        set_same = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns)
        copied = f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET {set_same}"
        yield f"upsert {table}", partial(sql, copied)
    else:
        for act in ("REPLACE", "INSERT OR REPLACE"):
            yield f"{act} {table}", partial(sql, f"{act} INTO {table} SELECT * FROM {table}")
        yield f"UPDATE OR REPLACE {table}", partial(sql, f"UPDATE OR REPLACE {table} SET id = id + 1000")
        others = ", ".join(column for column in columns if column != "id")
        for key in uniques(model):
            named = " AND ".join(f"{column} <> ''" for column in key.split(", "))
            again = f"REPLACE INTO {table} ({others}) SELECT {others} FROM {table} WHERE {named}"
            if counted(f"SELECT count(*) FROM {table} WHERE {named}"):
                yield f"REPLACE {table} by {key}", partial(sql, again)


def counted(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


def refusal(way: Callable[[], object]) -> str:
    """The sentence it was refused with; empty when it succeeded."""
    try:
        with transaction.atomic():
            way()
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


def test_every_frozen_table_refuses_whatever_is_tried(rows: None) -> None:
    tables = frozen_tables()
    assert {"events_event", "inventory_movement", "billing_invoice", "billing_payment"} <= set(tables)
    empty = [table for table in tables if not counted(f"SELECT count(*) FROM {table}")]
    assert empty == [], "An empty table proves nothing: give the scene a row of it."
    tried = [way for table in tables for way in ways(table)]
    answers = {name: refusal(way) for name, way in tried}
    assert {name: answer for name, answer in answers.items() if "never changed" not in answer} == {}


def test_a_table_whose_triggers_were_dropped_is_found(rows: None) -> None:
    """What Django does on SQLite to alter a column: the table is built anew, and its triggers are gone."""
    with transaction.atomic():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events_event'"
                triggers = [name for (name,) in cursor.execute(named).fetchall()]
            sql(*(f"DROP TRIGGER {name}" for name in triggers))
        else:
            sql("DROP FUNCTION events_event_is_frozen() CASCADE")
        assert "" in {refusal(way) for _name, way in ways("events_event")}
        transaction.set_rollback(True)
