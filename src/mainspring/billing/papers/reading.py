"""What a paper says, computed and put into words, before anything is drawn."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils import translation
from django.utils.translation import gettext as _

from mainspring.billing.models import Invoice, Line
from mainspring.billing.paying import pay_link
from mainspring.core.money import ZERO, show_money
from mainspring.core.shop import Shop
from mainspring.files.models import StoredFile

LRI, PDI = "\u2066", "\u2069"


def ltr(text: str) -> str:
    """Numbers, codes, phones and money keep their order in a line of Hebrew."""
    bare = "".join(sign for sign in text if sign not in "\u200e\u200f")
    return f"{LRI}{bare}{PDI}" if bare else ""


@dataclass(frozen=True)
class InvoicePaper:
    """Everything that is printed. `words` are texts in the paper's language; `figures` feed the e-invoice."""

    code: str
    language: str
    issued_at: datetime
    words: dict[str, Any]
    invoice: Invoice
    lines: list[Line]
    shop: Shop
    logo: bytes

    @classmethod
    def of(cls, invoice: Invoice) -> "InvoicePaper":
        shop, lines = Shop.get(), list(invoice.lines.all())
        with translation.override(invoice.language):
            words = _words(invoice, lines, shop)
        logo = StoredFile.objects.filter(sha256=shop.logo).first() if shop.logo else None
        return cls(
            invoice.code, invoice.language, invoice.issued_at, words, invoice, lines, shop, logo.read() if logo else b""
        )


def why(line: Line) -> str:
    """The reason of a deduction, in a sentence of the current language."""
    if not line.reason:
        return ""
    words = {"invoice": ltr(line.reason["invoice"])}
    if line.reason["limit"] == "labour":
        return _("Paid before on %(invoice)s; deducted up to the labour.") % words
    else:
        return _("Paid before on %(invoice)s.") % words


def shown_quantity(quantity: Decimal, language: str) -> str:
    return format_decimal(quantity.normalize(), format="#,##0.####", locale=language)


def _words(invoice: Invoice, lines: list[Line], shop: Shop) -> dict[str, Any]:
    language, currency = invoice.language, invoice.currency

    def money(amount: Decimal) -> str:
        return ltr(show_money(amount, currency, language))

    def day(value: date) -> str:
        return ltr(format_date(value, "medium", locale=language))

    paid = sum((payment.amount for payment in invoice.payments.filter(at__lte=invoice.issued_at)), ZERO)
    balance = invoice.total - paid
    address = invoice.customer_address
    return {
        "rtl": translation.get_language_bidi(),
        "language": language,
        "title": _("Credit note") if invoice.is_credit_note else _("Invoice"),
        "code": ltr(invoice.code),
        "colour": shop.colour,
        "shop": shop.name,
        "shop_lines": [
            part
            for part in (
                shop.street,
                " ".join(filter(None, (shop.postcode, shop.city))),
                ltr(shop.phone),
                ltr(shop.email),
                f"{_('Tax number')}: {ltr(shop.tax_number)}" if shop.tax_number else "",
            )
            if part
        ],
        "to": _("For"),
        "customer": invoice.customer_name,
        "customer_lines": [
            part
            for part in (
                address.get("street", ""),
                " ".join(filter(None, (address.get("postcode", ""), address.get("city", "")))),
                ltr(address.get("email", "")),
                f"{_('Tax number')}: {ltr(invoice.customer_tax_number)}" if invoice.customer_tax_number else "",
            )
            if part
        ],
        "facts": [
            [_("Number"), ltr(invoice.code)],
            [_("Date"), day(invoice.issued_on)],
            [_("Due"), day(invoice.due_on)]
            if not invoice.is_credit_note
            else [_("For invoice"), ltr(str(invoice.corrects))],
            [_("Ticket"), ltr(f"#{invoice.ticket.number}")],
        ],
        "amount_label": _("Credited") if invoice.is_credit_note else _("Amount due"),
        "amount": money(invoice.total if invoice.is_credit_note else balance),
        "pay": _("Pay online") if balance and not invoice.is_credit_note else "",
        "link": pay_link(invoice) if balance and not invoice.is_credit_note else "",
        "heads": [_("What was done"), _("Quantity"), _("Price"), _("Tax"), _("Amount")],
        "lines": [
            [
                line.description
                if line.kind != "deduction"
                else _("%(fee)s, already paid") % {"fee": line.description},
                why(line) or (_("Discount %(amount)s") % {"amount": money(line.discount)} if line.discount else ""),
                ltr(shown_quantity(line.quantity, language)),
                money(line.unit_price),
                ltr(f"{line.tax_percent.normalize():f} %"),
                money(line.amount + line.document_discount),
            ]
            for line in lines
        ],
        "sums": [
            *([[_("Discount"), money(-invoice.discount)]] if invoice.discount else []),
            [_("Net"), money(invoice.net)],
            *(
                [_("Tax %(percent)s %%") % {"percent": ltr(f"{tax.percent.normalize():f}")}, money(tax.tax)]
                for tax in invoice.taxes.all()
            ),
        ],
        "total": [_("Total"), money(invoice.total)],
        "payments": [[_("Paid"), money(-paid)], [_("Still to pay"), money(balance)]] if paid else [],
        "notes_title": _("Notes"),
        "notes": invoice.notes,
        "end": shop.invoice_text.into(language) if shop.invoice_text else "",
        "bank": f"{_('Bank account')}: {ltr(shop.iban)}" if shop.iban else "",
        "page": _("Page"),
        "inclusive": _("Prices include tax.") if invoice.prices_include_tax else "",
    }
