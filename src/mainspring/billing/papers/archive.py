"""The archive of issued papers."""

from mainspring.billing.models import Archived, Invoice
from mainspring.billing.papers.printing import print_paper
from mainspring.billing.papers.reading import InvoicePaper


def pdf_of(invoice: Invoice) -> bytes:
    """The paper's PDF; printed and archived on the first call. Raises Altered when the archive was touched."""
    return Archived.content(lambda: print_paper(InvoicePaper.of(invoice)), name=f"{invoice.code}.pdf", invoice=invoice)
