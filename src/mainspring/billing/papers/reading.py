"""What a paper says, computed and put into words, before anything is drawn."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mainspring.billing.models import Invoice, Line, Payment, Standing, TaxLine
from mainspring.billing.paying import pay_link
from mainspring.billing.settling import credit_of
from mainspring.billing.why import why
from mainspring.core.money import ZERO, show_money
from mainspring.core.quantities import show_quantity
from mainspring.core.shop import Shop
from mainspring.files.models import StoredFile

LRI, FSI, PDI = "\u2066", "\u2068", "\u2069"
NUMBERS = re.compile(r"[+(]?\d[\d ()./:-]{4,}\d|[\w.+-]+@[\w.-]+\w|https?://\S+")
"""Phones, dates, mail and web addresses in a running text."""


def ltr(text: str) -> str:
    """Numbers, codes, phones and money keep their order in a line of Hebrew."""
    bare = "".join(sign for sign in text if sign not in "\u200e\u200f")
    return f"{LRI}{bare}{PDI}" if bare else ""


def own(text: str) -> str:
    """A name or an address keeps its own direction, whatever the paper's is."""
    return f"{FSI}{text}{PDI}" if text else ""


def prose(text: str) -> str:
    """A text somebody wrote; in a language read from the right, its phones and addresses keep their order."""
    return NUMBERS.sub(lambda found: ltr(found[0]), text) if translation.get_language_bidi() else text


class HasTax(Protocol):
    """The tax of one rate, on a paper or in a sum."""

    @property
    def percent(self) -> Decimal: ...
    @property
    def tax(self) -> Decimal: ...


@dataclass(frozen=True)
class Figures:
    """What stands on an invoice, and how it stands now. `link` is where it is paid."""

    lines: list[Line]
    taxes: list[TaxLine]
    payments: list[Payment]
    balance: Decimal
    credit: Decimal
    link: str

    @classmethod
    def of(cls, invoice: Invoice) -> "Figures":
        """Read anew: a paper is printed after others acted."""
        return cls(
            lines=list(invoice.lines.all()),
            taxes=list(invoice.taxes.all()),
            payments=list(invoice.payments.order_by("id")),
            balance=Standing.objects.get(invoice=invoice).balance,
            credit=credit_of(invoice),
            link=pay_link(invoice),
        )

    @property
    def prepaid(self) -> Decimal:
        return sum((payment.amount for payment in self.payments), ZERO)


@dataclass(frozen=True)
class InvoicePaper:
    """Everything that is printed. `words` are texts in the paper's language; `figures` feed the e-invoice."""

    invoice: Invoice
    figures: Figures
    shop: Shop
    logo: bytes
    words: dict[str, Any]

    @classmethod
    def of(cls, invoice: Invoice, figures: Figures | None = None) -> "InvoicePaper":
        shop, figures = Shop.get(), figures or Figures.of(invoice)
        with translation.override(invoice.language):
            words = _words(invoice, figures, shop)
        return cls(invoice, figures, shop, logo_of(shop), words)


def logo_of(shop: Shop) -> bytes:
    """The shop's logo as it was given; empty without one."""
    logo = StoredFile.objects.filter(sha256=shop.logo).first() if shop.logo else None
    return logo.read() if logo else b""


def _words(invoice: Invoice, figures: Figures, shop: Shop) -> dict[str, Any]:
    """All texts of the paper in the current language, as things stand when it is printed."""
    tell = Teller(shop, invoice.currency, invoice.language, invoice, figures)
    return {
        **tell.head(invoice.customer_name, invoice.customer_address, invoice.customer_tax_number),
        "title": _("Credit note") if invoice.is_credit_note else _("Invoice"),
        "code": invoice.code,
        "facts": tell.facts(),
        **tell.amount_due(),
        "heads": [_("What was done"), _("Quantity"), _("Price"), _("Tax"), _("Amount")],
        "lines": [tell.line(line) for line in figures.lines],
        "sums": tell.sums(),
        "total": [_("Total"), tell.money(invoice.total)],
        "payments": tell.payments(),
        "remarks": tell.remarks(),
        "work_title": _("Work performed"),
        "work": [own(prose(work)) for work in invoice.work_performed],
        "notes_title": _("Notes"),
        "notes": [prose(note) for note in invoice.notes],
        "end": prose(shop.invoice_text.into(invoice.language)) if shop.invoice_text else "",
        "bank": ": ".join((_("Bank account"), ltr(shop.iban))) if shop.iban else "",
    }


@dataclass
class Wording:
    """Puts money, days and addresses into words, in one currency and the current language."""

    shop: Shop
    currency: str
    language: str

    def money(self, amount: Decimal) -> str:
        return ltr(show_money(amount, self.currency, self.language))

    def day(self, value: date) -> str:
        """In a language read from the right the month is a word of it, and the whole is read with it."""
        return own(format_date(value, "medium", locale=self.language))

    def percent(self, value: Decimal) -> str:
        return ltr(f"{self.plain(value)} %")

    def plain(self, value: Decimal) -> str:
        return format_decimal(value.normalize(), format="#,##0.###", locale=self.language)

    def shop_lines(self) -> list[str]:
        shop = self.shop
        town = " ".join(filter(None, (shop.postcode, shop.city)))
        number = f"{_('Tax number')}: {ltr(shop.tax_number)}" if shop.tax_number else ""
        lines = [own(shop.street), own(town), ltr(shop.phone), ltr(shop.email), ltr(shop.website), number]
        return [line for line in lines if line]

    def address_lines(self, address: Mapping[str, str], tax_number: str) -> list[str]:
        """An address as `issuing.customer_of` has it."""
        town = " ".join(filter(None, (address.get("postcode", ""), address.get("city", ""))))
        number = f"{_('Tax number')}: {ltr(tax_number)}" if tax_number else ""
        lines = [own(address.get("street", "")), own(town), *(ltr(address.get(key, "")) for key in ("phone", "email"))]
        return [line for line in (*lines, number) if line]

    def head(self, customer: str, address: Mapping[str, str], tax_number: str) -> dict[str, Any]:
        """What every paper begins with: the shop, the customer, the language."""
        return {
            "rtl": translation.get_language_bidi(),
            "language": self.language,
            "colour": self.shop.colour,
            "shop": own(self.shop.name),
            "shop_lines": self.shop_lines(),
            "to": _("For"),
            "customer": own(customer),
            "customer_lines": self.address_lines(address, tax_number),
            "page": _("Page"),
        }

    def tax_sums(self, net: Decimal, taxes: Iterable[HasTax]) -> list[list[str]]:
        """Net and the tax of each rate; a rate of nothing is no line."""
        return [
            [_("Net"), self.money(net)],
            *(
                [_("Tax %(percent)s %%") % {"percent": ltr(self.plain(tax.percent))}, self.money(tax.tax)]
                for tax in taxes
                if tax.percent
            ),
        ]


@dataclass
class Teller(Wording):
    """Puts an invoice into words, a part of the paper at a time."""

    invoice: Invoice
    figures: Figures

    def facts(self) -> list[list[str]]:
        invoice = self.invoice
        return [
            [_("Number"), ltr(invoice.code)],
            [_("Date"), self.day(invoice.issued_on)],
            [_("For invoice"), ltr(str(invoice.corrects))]
            if invoice.is_credit_note
            else [pgettext("invoice", "Due"), self.day(invoice.due_on)],
            [_("Ticket"), ltr(f"#{invoice.ticket.number}")],
        ]

    def amount_due(self) -> dict[str, str]:
        """The first thing to be read: how much, until when, and the link to pay it."""
        if self.invoice.is_credit_note:
            amount = self.money(self.invoice.total)
            return {"amount_label": _("Credited"), "amount": amount, "due": "", "pay": "", "link": ""}
        elif self.figures.balance:
            due = f"{_('Due')}: {self.day(self.invoice.due_on)}"
            words = {"due": due, "pay": _("Pay online"), "link": self.figures.link}
        else:
            words = {"due": _("Nothing is left to pay."), "pay": "", "link": ""}
        return {**words, "amount_label": _("Amount due"), "amount": self.money(self.figures.balance)}

    def line(self, line: Line) -> list[str]:
        described = own(prose(line.description))
        return [
            described if line.kind != "deduction" else _("%(fee)s, already paid") % {"fee": described},
            " · ".join(why(line, show=self.money, code=ltr, is_final=self.invoice.purpose == Invoice.Purpose.FINAL)),
            ltr(show_quantity(line.quantity, self.invoice.language)),
            self.money(line.unit_price),
            self.percent(line.tax_percent),
            self.money(line.amount + line.document_discount),
        ]

    def sums(self) -> list[list[str]]:
        """From the lines to the total. A discount shows what it was taken from; a rate of nothing is no line."""
        invoice = self.invoice
        whole = sum((line.amount + line.document_discount for line in self.figures.lines), ZERO)
        return [
            *([[_("Subtotal"), self.money(whole)]] if invoice.discount else []),
            *([[_("Discount"), self.money(-invoice.discount)]] if invoice.discount else []),
            *self.tax_sums(invoice.net, self.figures.taxes),
        ]

    def payments(self) -> list[list[str]]:
        """What came and went until the paper was printed, and the balance after it."""
        rows = [[self.payment(payment), self.money(-payment.amount)] for payment in self.figures.payments]
        return [*rows, [_("Still to pay"), self.money(self.figures.balance)]] if rows else []

    def payment(self, payment: Payment) -> str:
        words = {"method": payment.get_method_display(), "day": self.day(local_day(payment.at, self.shop))}
        if payment.amount < ZERO and payment.method == Payment.Method.CREDIT:
            return _("Kept as your credit, %(day)s") % words
        elif payment.amount < ZERO:
            return _("Paid back, %(method)s, %(day)s") % words
        else:
            return f"{_('Paid')} · {words['method']} · {words['day']}"

    def remarks(self) -> list[str]:
        credit = self.figures.credit
        return [
            *([_("Prices include tax.")] if self.invoice.prices_include_tax else []),
            *([_("Exempt from tax.")] if self.invoice.is_exempt else []),
            *([_("Your credit with us: %(amount)s") % {"amount": self.money(credit)}] if credit > ZERO else []),
        ]


def local_day(moment: datetime, shop: Shop) -> date:
    return moment.astimezone(ZoneInfo(shop.time_zone)).date()
