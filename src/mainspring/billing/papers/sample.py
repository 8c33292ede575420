"""A sample invoice for the settings: nothing of it is saved."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mainspring.billing.issuing import today
from mainspring.billing.models import Invoice, Line, TaxLine
from mainspring.billing.papers.printing import print_paper
from mainspring.billing.papers.reading import Figures, InvoicePaper
from mainspring.core.shop import Shop
from mainspring.tickets.models import Ticket


def sample_pdf(language: str) -> bytes:
    """The product's example, labour 30 less diagnostic 10 with parts of 50, in the shop's dress."""
    shop = Shop.get()
    with translation.override(language):
        invoice = Invoice(
            kind=Invoice.Kind.INVOICE,
            purpose=Invoice.Purpose.FINAL,
            code="INV-000000",
            ticket=Ticket(number=1042),
            customer_name=_("Sara Cohen"),
            customer_address={"email": "sara@example.com"},
            language=language,
            currency=shop.currency,
            issued_on=today(shop),
            issued_at=timezone.now(),
            due_on=today(shop) + timedelta(days=shop.payment_days),
            prices_include_tax=shop.prices_include_tax,
            net=Decimal(70),
            tax=Decimal(0),
            total=Decimal(70),
            work_performed=[_("Fuser replaced and tested with 50 pages.")],
            notes=[_("Please let the printer warm up for two minutes after each move.")],
        )
        lines = [
            _line("labour", _("Repair"), 30),
            _line("part", _("Fuser kit"), 50),
            _line(
                "deduction",
                _("Diagnostic"),
                -10,
                {"invoice": "INV-000000", "paid": "10", "labour": "30", "limit": "paid"},
            ),
        ]
        taxes = [TaxLine(percent=Decimal(0), net=Decimal(70), tax=Decimal(0))]
    link = shop.website or "https://example.com/pay"
    return print_paper(InvoicePaper.of(invoice, Figures(lines, taxes, [], invoice.total, Decimal(0), link)))


def _line(kind: str, description: str, amount: int, reason: dict[str, str] | None = None) -> Line:
    money = Decimal(amount)
    return Line(
        kind=kind,
        description=description,
        quantity=Decimal(1),
        unit_price=money,
        amount=money,
        net=money,
        tax_percent=Decimal(0),
        reason=reason or {},
    )
