"""Every way we know to change an issued paper or a ledger of money, and that none of them succeeds."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, ProtectedError

from mainspring.billing.issuing import cancel
from mainspring.billing.models import Archived, CreditEntry, Invoice, Line, Payment, Standing, TaxLine
from mainspring.billing.papers import pdf_of
from mainspring.billing.settling import refund, settle
from mainspring.billing.tests.shelf import diagnosed, open_ticket, repaired
from world import World

FROZEN: tuple[type[models.Model], ...] = (Invoice, Line, TaxLine, Payment, CreditEntry, Archived)
Way = tuple[str, Callable[[], object]]


@pytest.fixture
def papers(world: World) -> None:
    """A fee paid over and printed, a final invoice with its deduction, paid, paid back in part, cancelled."""
    ticket = open_ticket(world)
    fee = diagnosed(world, ticket)
    settle(fee, Decimal(12), method="cash", by=world.bill)
    repaired(world, ticket)
    ticket.resolve(by=world.tess)
    final = Invoice.objects.get(ticket=ticket, purpose="final")
    refund(settle(final, Decimal(70), method="card", by=world.bill), Decimal(5), by=world.bill)
    pdf_of(fee)
    pdf_of(final)
    cancel(final, by=world.bill)


def state() -> dict[str, list[dict[str, Any]]]:
    """Every column of every row that must not change."""
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in FROZEN}  # type: ignore[attr-defined]


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def other(field: "models.Field[Any, Any]", value: Any) -> Any:
    """Another value that the column could hold."""
    if isinstance(field, models.BooleanField):
        return not value
    elif isinstance(field, models.JSONField):
        return ["another"]
    elif isinstance(field, models.DecimalField | models.IntegerField | models.ForeignKey | models.AutoField):
        return (value or 0) + 1
    elif isinstance(field, models.DateTimeField | models.DateField):
        return value.replace(year=2001)
    else:
        return "another"[: field.max_length]


def ways_by_sql() -> Iterator[Way]:
    for table in FROZEN:
        name = table._meta.db_table
        for field in table._meta.concrete_fields:
            yield (
                f"UPDATE {name}.{field.column}",
                partial(sql, f"UPDATE {name} SET {field.column} = {field.column}"),
            )
        yield f"DELETE FROM {name}", partial(sql, f"DELETE FROM {name}")
        yield f"upsert {name}", partial(upsert, table)
    if connection.vendor == "sqlite":
        yield from ways_of_sqlite()
    else:
        yield (
            "TRUNCATE all",
            partial(truncate, f"TRUNCATE {', '.join(table._meta.db_table for table in FROZEN)} CASCADE"),
        )
        yield "TRUNCATE standings", partial(truncate, "TRUNCATE billing_standing")


def truncate(statement: str) -> None:
    """What waits for the end of the transaction would refuse it otherwise, before our triggers are asked."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql(statement)


def ways_of_sqlite() -> Iterator[Way]:
    for table in FROZEN:
        name = table._meta.db_table
        columns = ", ".join(str(field.column) for field in table._meta.concrete_fields)
        for how in ("REPLACE", "INSERT OR REPLACE"):
            yield f"{how} {name}", partial(sql, f"{how} INTO {name} ({columns}) SELECT {columns} FROM {name}")
        for how in ("IGNORE", "REPLACE", "FAIL"):
            yield f"UPDATE OR {how} {name}", partial(sql, f"UPDATE OR {how} {name} SET id = id + 1000")
    for name, keys in (("invoice", "code"), ("line", "position"), ("taxline", "percent"), ("archived", "sha256")):
        table = next(table for table in FROZEN if table.__name__.lower() == name)
        named = ", ".join(str(field.column) for field in table._meta.concrete_fields if not field.primary_key)
        yield (
            f"REPLACE {name} by its {keys}",
            partial(sql, f"REPLACE INTO billing_{name} ({named}) SELECT {named} FROM billing_{name}"),
        )


def upsert(table: type[models.Model]) -> None:
    rows = list(table.objects.all())  # type: ignore[attr-defined]
    fields = [field.name for field in table._meta.concrete_fields if not field.primary_key]
    table.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=fields)  # type: ignore[attr-defined]


def ways_by_orm() -> Iterator[Way]:
    for table in FROZEN:
        name, rows = table.__name__, table.objects  # type: ignore[attr-defined]
        for field in table._meta.concrete_fields:
            if not field.primary_key:
                yield f"{name}.{field.name} saved", partial(save_other, table, field)
        yield f"{name} saved whole", lambda rows=rows: rows.first().save(force_update=True)  # type: ignore[misc]
        yield f"{name} deleted", lambda rows=rows: rows.last().delete()  # type: ignore[misc]
        yield f"{name} all deleted", lambda rows=rows: rows.all().delete()  # type: ignore[misc]
        yield f"{name} raw deleted", lambda rows=rows: rows.all()._raw_delete(using="default")  # type: ignore[misc]
        yield f"{name} updated by F", lambda rows=rows: rows.update(id=F("id") + 1000)  # type: ignore[misc]
        yield f"{name} bulk updated", partial(bulk_update, table)
    yield "cascade from the ticket", lambda: Invoice.objects.first().ticket.delete()  # type: ignore[union-attr]
    yield "a line moved to another paper", lambda: Line.objects.update(invoice=Invoice.objects.last())


def save_other(table: type[models.Model], field: "models.Field[Any, Any]") -> None:
    row = table.objects.first()  # type: ignore[attr-defined]
    setattr(row, field.attname, other(field, getattr(row, field.attname)))
    row.save(update_fields=[field.name])


def bulk_update(table: type[models.Model]) -> None:
    fields = [field.name for field in table._meta.concrete_fields if not field.primary_key]
    table.objects.bulk_update(list(table.objects.all()), fields)  # type: ignore[attr-defined]


def ways_by_adding() -> Iterator[Way]:
    """A further line or tax on an issued paper; and its standing away, so that lines could come again."""
    one: dict[str, Any] = {"kind": "part", "key": "part:0", "quantity": 1, "unit_price": 9, "amount": 9, "net": 9}
    one |= {"description": "Smuggled", "tax_percent": 0}
    yield "a line added", lambda: Line.objects.create(invoice=Invoice.objects.earliest("id"), position=99, **one)
    yield (
        "a tax added",
        lambda: TaxLine.objects.create(
            invoice=Invoice.objects.earliest("id"), percent=99, net=Decimal(0), tax=Decimal(1)
        ),
    )
    yield "a standing deleted", lambda: Standing.objects.first().delete()  # type: ignore[union-attr]
    yield "a standing deleted by SQL", partial(sql, "DELETE FROM billing_standing")
    yield "a standing moved", partial(sql, "UPDATE billing_standing SET invoice_id = invoice_id + 1000")
    yield "a standing renumbered", partial(sql, "UPDATE billing_standing SET id = id + 1000")


def refusal(way: Callable[[], object]) -> str:
    """The sentence it was refused with; empty when it succeeded."""
    try:
        with transaction.atomic():
            way()
    except (DatabaseError, ProtectedError) as error:
        return str(error)
    return ""


def test_no_way_changes_what_was_issued(papers: None) -> None:
    before = state()
    assert all(before.values()), "A table is empty: this run proves nothing."
    ways = [*ways_by_sql(), *ways_by_orm(), *ways_by_adding()]
    answers = {name: refusal(way) for name, way in ways}
    assert len(answers) == len(ways) >= 50
    print(f"{len(ways)} ways on {connection.vendor}")
    assert [name for name, answer in answers.items() if not answer] == []
    assert {
        name: answer for name, answer in answers.items() if "never changed" not in answer and "protected" not in answer
    } == {}
    assert state() == before


def test_the_same_ways_change_what_may_change(papers: None) -> None:
    standing = Standing.objects.latest("id")
    assert refusal(lambda: Standing.objects.filter(pk=standing.pk).update(pay_serial=7)) == ""
    assert refusal(partial(sql, "UPDATE billing_standing SET paid_at = NULL")) == ""
    standing.refresh_from_db()
    assert (standing.pay_serial, standing.paid_at) == (7, None)
