"""The statement of account: what was invoiced and paid within a period, and what is owed after each line."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from mainspring.accounts.models import Person
from mainspring.billing.models import Invoice, Payment
from mainspring.billing.papers.printing import print_statement
from mainspring.billing.papers.reading import logo_of, ltr, own
from mainspring.core.money import ZERO, show_money
from mainspring.core.shop import Shop
from mainspring.crm.models import Business, Contact

YEARS_MOST = 11


@dataclass(frozen=True)
class Period:
    """From one day to another, both included."""

    start: date
    end: date

    @classmethod
    def read(cls, start: str, end: str, *, today: date) -> "Period":
        """What was asked; this year so far for what is no period."""
        try:
            asked = cls(date.fromisoformat(start), date.fromisoformat(end))
        except ValueError:
            return cls(today.replace(month=1, day=1), today)
        return asked if asked.is_sane else cls(today.replace(month=1, day=1), today)

    @property
    def is_sane(self) -> bool:
        """No longer than we show, nor before anybody's books."""
        is_short = self.start <= self.end and self.end - self.start < timedelta(days=366 * YEARS_MOST)
        return is_short and self.start.year >= 1990

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it, in the shop's zone."""
        return (
            datetime.combine(self.start, time.min, zone),
            datetime.combine(self.end + timedelta(days=1), time.min, zone),
        )


@dataclass(frozen=True)
class Entry:
    """One line: what was charged or came in, and what is owed after it."""

    day: date
    text: str
    code: str
    charged: Decimal
    paid: Decimal
    balance: Decimal


@dataclass(frozen=True)
class Statement:
    """Opening balance, lines, closing balance. Credit moved between invoices is no line: the money came before."""

    name: str
    period: Period
    currency: str
    opening: Decimal
    entries: list[Entry]

    @property
    def closing(self) -> Decimal:
        return self.entries[-1].balance if self.entries else self.opening

    @property
    def charged(self) -> Decimal:
        return sum((entry.charged for entry in self.entries), ZERO)

    @property
    def paid(self) -> Decimal:
        return sum((entry.paid for entry in self.entries), ZERO)

    @classmethod
    def of(cls, invoices: "QuerySet[Invoice]", period: Period, *, name: str) -> "Statement":
        """Over these invoices. Four statements of SQL, however many lines."""
        shop = Shop.get()
        zone = ZoneInfo(shop.time_zone)
        first, after = period.moments(zone)
        papers = invoices.filter(currency=shop.currency)
        money = Payment.objects.filter(invoice__in=papers).exclude(method=Payment.Method.CREDIT)
        opening = sum((_sign(paper) * paper.total for paper in papers.filter(issued_on__lt=period.start)), ZERO)
        opening -= sum(money.filter(at__lt=first).values_list("amount", flat=True), ZERO)
        rows = [
            (paper.issued_on, 0, paper.pk, _named(paper), paper.code, _sign(paper) * paper.total, ZERO)
            for paper in papers.filter(issued_on__range=(period.start, period.end))
        ]
        rows += [
            (one.at.astimezone(zone).date(), 1, one.pk, _way(one), one.invoice.code, ZERO, one.amount)
            for one in money.filter(at__gte=first, at__lt=after).select_related("invoice")
        ]
        entries: list[Entry] = []
        balance = opening
        for day, _kind, _pk, text, code, charged, paid in sorted(rows):
            balance += charged - paid
            entries.append(Entry(day, text, code, charged, paid, balance))
        return cls(name, period, shop.currency, opening, entries)

    @classmethod
    def of_customer(cls, person: Person, period: Period, business: Business | None = None) -> "Statement":
        """His own account; with a business, which he sees all of, that one's."""
        papers = Invoice.objects.visible_to(person)
        if business is not None:
            return cls.of(papers.filter(business=business), period, name=business.name)
        his = Contact.objects.of_account(person).values("pk")
        theirs = Contact.objects.filter(pk__in=his) | Contact.objects.filter(merged_into__in=his)
        return cls.of(papers.filter(contact__in=theirs), period, name=person.name)

    def pdf(self) -> bytes:
        """On paper, in the current language."""
        shop = Shop.get()
        return print_statement(self._words(shop), logo_of(shop))

    def _words(self, shop: Shop) -> dict[str, object]:
        language = translation.get_language() or "en"

        def money(amount: Decimal) -> str:
            return ltr(show_money(amount, self.currency, language))

        def day(when: date) -> str:
            return ltr(format_date(when, "medium", locale=language))

        return {
            "rtl": translation.get_language_bidi(),
            "language": language,
            "colour": shop.colour,
            "shop": own(shop.name),
            "shop_lines": [
                own(line) for line in (shop.street, f"{shop.postcode} {shop.city}".strip(), shop.email) if line
            ],
            "customer": own(self.name),
            "title": _("Statement of account"),
            "period": f"{day(self.period.start)} – {day(self.period.end)}",
            "page": _("Page"),
            "heads": [_("Date"), _("What"), _("Charges"), _("Payments"), _("Balance")],
            "opening": [day(self.period.start), _("Balance before"), "", "", money(self.opening)],
            "lines": [
                [
                    day(one.day),
                    f"{one.text} {ltr(one.code)}",
                    money(one.charged) if one.charged else "",
                    money(one.paid) if one.paid else "",
                    money(one.balance),
                ]
                for one in self.entries
            ],
            "total": [_("To pay") if self.closing >= ZERO else _("In your favour"), money(abs(self.closing))],
        }


def _sign(paper: Invoice) -> int:
    return -1 if paper.is_credit_note else 1


def _named(paper: Invoice) -> str:
    return str(paper.get_kind_display())


def _way(payment: Payment) -> str:
    return _("Payment") if payment.amount > ZERO else _("Paid back")
