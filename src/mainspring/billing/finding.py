"""Invoices and credit notes in the search: by code and customer."""

from collections.abc import Iterator

from mainspring.billing.events import INVOICE_ISSUED
from mainspring.billing.models import Invoice
from mainspring.core import search
from mainspring.core.search import Entry, source
from mainspring.events.models import Event
from mainspring.events.reactions import in_transaction

INVOICE = "invoice"


def entry_of(invoice: Invoice) -> Entry:
    """An erased customer's paper keeps his name; the search doesn't."""
    is_erased = bool(invoice.contact and invoice.contact.erased_at)
    title = invoice.code if is_erased else f"{invoice.code} {invoice.customer_name}"
    return Entry(INVOICE, invoice.pk, title, keys=[invoice.code])


@source
def invoices() -> Iterator[Entry]:
    yield from map(entry_of, Invoice.objects.select_related("contact").iterator())


@in_transaction(INVOICE_ISSUED)
def find_invoice(_event: Event, invoice: Invoice) -> None:
    search.keep([entry_of(invoice)])
