"""The nightly check that no money was lost or made: papers less payments are what is open, and every cache is right."""

from typing import Any

from django.db import transaction
from django.db.models import DecimalField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from mainspring.billing.events import BOOKS_AGREE, BOOKS_DIFFER
from mainspring.billing.models import CreditEntry, Invoice, Payment, Standing
from mainspring.core.moments import one_moment
from mainspring.core.money import ZERO, SumOfMoney, round_money, sum_money
from mainspring.core.shop import Shop
from mainspring.events.models import Event, record

MOST_NAMED = 20
MONEY: "DecimalField[Any, Any]" = DecimalField(max_digits=14, decimal_places=3)


def _in_fact(rows: QuerySet[Any, Any], of: str, column: str) -> Coalesce:
    """What the rows of one invoice come to, `of` being the column that names it."""
    summed = rows.filter(**{of: OuterRef("invoice_id")}).order_by().values(of).annotate(sum=SumOfMoney(column))
    return Coalesce(Subquery(summed.values("sum"), output_field=MONEY), ZERO, output_field=MONEY)


def wrong_standings() -> list[str]:
    """Invoices whose cached standing is not what the ledgers come to, each in a sentence."""
    counted = Standing.objects.annotate(
        in_fact_paid=_in_fact(Payment.objects.all(), "invoice_id", "amount"),
        in_fact_credited=_in_fact(Invoice.objects.all(), "corrects_id", "total"),
    ).values_list(
        "invoice__code", "invoice__kind", "invoice__currency", "invoice__total", "paid", "credited", "balance",
        "in_fact_paid", "in_fact_credited",
    )  # fmt: skip
    found = []
    for code, kind, currency, total, paid, credited, balance, in_fact_paid, in_fact_credited in counted.iterator():
        owed = ZERO if kind == Invoice.Kind.CREDIT_NOTE else total - credited - paid
        right = (round_money(in_fact_paid, currency), round_money(in_fact_credited, currency), owed)
        if (paid, credited, balance) != right:
            found.append(
                f"{code} stands at {paid}, {credited}, {balance}; the ledgers say {', '.join(map(str, right))}"
            )
    return found


def unconserved() -> list[str]:
    """Currencies in which invoices − credit notes − payments are not the open balance, or credit went below zero."""
    found = []
    for currency in Invoice.objects.values_list("currency", flat=True).distinct().order_by("currency"):
        papers = Invoice.objects.filter(currency=currency)
        payments = Payment.objects.filter(invoice__currency=currency)
        invoiced = sum_money(papers.filter(kind=Invoice.Kind.INVOICE), "total", currency)
        credited = sum_money(papers.filter(kind=Invoice.Kind.CREDIT_NOTE), "total", currency)
        paid = sum_money(payments, "amount", currency)
        opened = sum_money(Standing.objects.filter(invoice__currency=currency), "balance", currency)
        if invoiced - credited - paid != opened:
            found.append(f"{currency}: {invoiced} − {credited} − {paid} is not the open {opened}")
        moved = sum_money(payments.filter(method=Payment.Method.CREDIT), "amount", currency)
        kept = sum_money(CreditEntry.objects.filter(currency=currency), "amount", currency)
        if kept != -moved:
            found.append(f"{currency}: the credit of {kept} is not the {-moved} that moved into it")
    return found


def differences() -> list[str]:
    """Everything that does not add up, each in a sentence; empty when the money is right."""
    return unconserved() + wrong_standings() + torn_papers()


def torn_papers() -> list[str]:
    """Papers whose lines or taxes do not come to what stands on them."""
    lines = Invoice.objects.annotate(of_lines=Coalesce(SumOfMoney("lines__net"), ZERO, output_field=MONEY)).values_list(
        "code", "currency", "net", "of_lines"
    )
    return [
        f"{code}: the lines come to {summed}, the paper says {net}"
        for code, currency, net, summed in lines.iterator()
        if round_money(summed, currency) != net
    ]


def check_books() -> list[str]:
    """Check, and raise the alarm as an event on the shop; say once when all is well again."""
    with one_moment():
        found = differences()
    with transaction.atomic():
        shop = Shop.get()
        if found:
            record(BOOKS_DIFFER, shop, by=None, data={"what": "; ".join(found[:MOST_NAMED]), "count": len(found)})
        elif alarm():
            record(BOOKS_AGREE, shop, by=None)
    return found


def alarm() -> str:
    """What the last check found wrong; empty when it found nothing."""
    last = Event.objects.filter(kind__in=[BOOKS_DIFFER.name, BOOKS_AGREE.name]).order_by("-id").first()
    return str(last.data.get("what", "")) if last and last.kind == BOOKS_DIFFER.name else ""
