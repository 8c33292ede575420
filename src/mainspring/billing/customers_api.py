"""The API's doors for a customer's own token: what he owes, and his papers."""

from datetime import date
from typing import Any, Literal

from django.http.response import HttpResponseBase
from ninja import Query
from pydantic import Field

from mainspring.api.doors import Asked, Door
from mainspring.api.finding import the_one
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.shapes import Moment, Money, Shape
from mainspring.billing.api import Code, InvoiceShape, pdf
from mainspring.billing.models import Invoice

door = Door("billing", "For customers")
doors = [door]


class HisInvoice(Shape):
    """An invoice or credit note as its customer sees it."""

    code: str
    kind: Literal["invoice", "credit_note"]
    ticket_number: int
    issued_on: date
    due_on: date
    currency: str
    net: Money
    tax: Money
    total: Money
    paid: Money
    balance: Money
    paid_at: Moment | None
    payment_link: str = Field(description="Where it is paid; empty when nothing is owed.")

    @classmethod
    def of(cls, invoice: Invoice) -> "HisInvoice":
        columns = InvoiceShape.columns(invoice)
        return cls(**{name: columns[name] for name in cls.model_fields})


@door.get("/my/invoices", Page[HisInvoice], customers=True)
def my_invoices(
    request: Asked,
    is_paid: bool | None = Query(None, alias="isPaid"),
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "-id",
) -> Page[HisInvoice]:
    """One's own invoices and credit notes, the latest first."""
    found = _his(request)
    if is_paid is not None:
        found = found.filter(kind=Invoice.Kind.INVOICE, standing__paid_at__isnull=not is_paid)
    return Walk({"id": "id", "dueOn": "due_on"}, sort, cursor, limit).page(found, HisInvoice.of)


@door.get("/my/invoices/{code}", HisInvoice, customers=True)
def my_invoice(request: Asked, code: Code) -> HisInvoice:
    """One of one's own invoices."""
    return HisInvoice.of(the_one(_his(request), code=code))


@door.get("/my/invoices/{code}/pdf", None, customers=True, status=200, binary="application/pdf")
def my_invoice_pdf(request: Asked, code: Code) -> HttpResponseBase:
    """The paper as PDF."""
    return pdf(the_one(_his(request).select_related("contact", "business"), code=code))


def _his(request: Asked) -> Any:
    """What the portal shows him."""
    return Invoice.objects.visible_to(request.customer).select_related("standing", "ticket", "corrects")
