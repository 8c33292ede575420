"""What a restored copy must still be able to do: print a paper, and give out the one that was printed."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.billing.models import Archived, Invoice
from mainspring.billing.papers import pdf_of
from mainspring.billing.papers.printing import print_paper
from mainspring.billing.papers.reading import InvoicePaper
from mainspring.core.drills import drill

HEAD = b"%PDF-"


class NoPaper(Exception):
    """What was printed is no PDF."""


@drill(gettext_lazy("Printing an invoice"), order=40)
def prints() -> str:
    """The latest invoice anew, and the latest archived one as it was printed then (its hash is compared)."""
    invoice = Invoice.objects.order_by("-id").first()
    if invoice is None:
        return _("There is no invoice yet.")
    printed = print_paper(InvoicePaper.of(invoice))
    kept = Archived.objects.order_by("-id").first()
    papers = [printed, *([pdf_of(kept.invoice)] if kept else [])]
    if not all(paper.startswith(HEAD) for paper in papers):
        raise NoPaper(invoice.code)
    return _("%(code)s was printed: a PDF of %(bytes)d bytes.") % {"code": invoice.code, "bytes": len(printed)}
