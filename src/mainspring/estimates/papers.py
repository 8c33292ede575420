"""The estimate on paper, as it was sent and as it was signed. Each is printed once and byte-equal ever after."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.utils import translation
from django.utils.translation import gettext as _

from mainspring.billing.arithmetic import Bill
from mainspring.billing.issuing import customer_of
from mainspring.billing.papers.printing import draw
from mainspring.billing.papers.reading import Wording, local_day, logo_of, ltr, own, prose
from mainspring.core.quantities import show_quantity
from mainspring.core.shop import Shop
from mainspring.estimates.links import estimate_link
from mainspring.estimates.models import Answer, ArchivedEstimate, Choice, Estimate, EstimateLine

TEMPLATE = Path(__file__).resolve().parent / "estimate.typ"


def pdf_of(estimate: Estimate) -> bytes:
    """The signed paper once it is approved, until then the one that was sent. Raises Altered."""
    answer = estimate.answered
    return signed_pdf(answer) if answer and answer.kind == Answer.Kind.APPROVED else sent_pdf(estimate)


def sent_pdf(estimate: Estimate) -> bytes:
    return _archived(estimate, None)


def signed_pdf(answer: Answer) -> bytes:
    """What was approved, with the signature and its evidence."""
    return _archived(answer.estimate, answer)


def _archived(estimate: Estimate, answer: Answer | None) -> bytes:
    def printed() -> bytes:
        shop = Shop.get()
        with translation.override(estimate.language):
            words = EstimateTeller(shop, estimate.currency, estimate.language, estimate, answer).words()
        at = (answer.at if answer else estimate.sent_at).strftime("%Y-%m-%d")
        return draw(TEMPLATE, words, logo_of(shop), at=at, lasts=True)

    paper = {"estimate": estimate, "is_signed": answer is not None}
    return ArchivedEstimate.content(printed, name=f"{estimate.code}.pdf", **paper)


@dataclass
class EstimateTeller(Wording):
    """Puts an estimate into words; with its answer, only what was chosen and the evidence."""

    estimate: Estimate
    answer: Answer | None

    @cached_property
    def chosen(self) -> list[EstimateLine]:
        return self.estimate.chosen(set(self.answer.chosen if self.answer else ()))

    @cached_property
    def bill(self) -> Bill:
        return self.estimate.bill(self.chosen)

    def words(self) -> dict[str, Any]:
        """All texts of the paper in the current language."""
        payer = customer_of(self.estimate.ticket)
        lines = self.chosen if self.answer else self.estimate.lines.all()
        return {
            **self.head(payer["customer_name"], payer["customer_address"], payer["customer_tax_number"]),
            **self.foremost(),
            "code": self.estimate.code,
            "facts": self.facts(),
            "text": [own(prose(part)) for part in self.estimate.text.splitlines() if part.strip()],
            "heads": [_("What"), _("Quantity"), _("Price"), _("Tax"), _("Amount")],
            "lines": [self.line(line) for line in lines],
            "sums": self.tax_sums(self.bill.net, self.bill.taxes),
            "total": [_("Total"), self.money(self.bill.total)],
            "payments": self.deposit(),
            "remarks": self.remarks(),
            **self.signature(),
        }

    def foremost(self) -> dict[str, str]:
        """The first thing to be read: how much, and where to answer."""
        amount = {"amount": self.money(self.bill.total)}
        if self.answer:
            none = {"pay": "", "link": ""}
            day = self.day(local_day(self.answer.at, self.shop))
            return {**amount, **none, "title": _("Approved estimate"), "amount_label": _("Approved"), "due": day}
        else:
            until = f"{_('Valid until')}: {self.day(self.estimate.valid_until)}"
            link = {"pay": _("Approve online"), "link": estimate_link(self.estimate)}
            return {**amount, **link, "title": _("Estimate"), "amount_label": _("Total"), "due": until}

    def facts(self) -> list[list[str]]:
        return [
            [_("Number"), ltr(self.estimate.code)],
            [_("Date"), self.day(local_day(self.estimate.sent_at, self.shop))],
            [_("Valid until"), self.day(self.estimate.valid_until)],
            [_("Ticket"), ltr(f"#{self.estimate.ticket.number}")],
        ]

    def line(self, line: EstimateLine) -> list[str]:
        why = [self.choice(line)] if line.choice != Choice.ALWAYS and not self.answer else []
        if line.discount_percent:
            why.append(_("less %(percent)s") % {"percent": self.percent(line.discount_percent)})
        return [
            own(prose(line.description)),
            " · ".join(why),
            ltr(show_quantity(line.quantity, self.language)),
            self.money(line.unit_price),
            self.percent(line.tax_percent),
            self.money(self.estimate.bill([line]).lines[0].amount),
        ]

    @staticmethod
    def choice(line: EstimateLine) -> str:
        if line.choice == Choice.ANY:
            return _("if wanted")
        else:
            return _("one of %(group)s") % {"group": own(line.group)}

    def deposit(self) -> list[list[str]]:
        deposit = self.estimate.deposit(self.bill)
        return [[_("To be paid in advance"), self.money(deposit)]] if deposit > Decimal(0) else []

    def remarks(self) -> list[str]:
        may_choose = any(line.choice != Choice.ALWAYS for line in self.estimate.lines.all())
        said = _("The total holds what is always in it and the first of each group. Online you choose.")
        return [
            *([said] if may_choose and not self.answer else []),
            *([_("Prices include tax.")] if self.estimate.prices_include_tax else []),
            *([_("Exempt from tax.")] if self.estimate.is_exempt else []),
        ]

    def signature(self) -> dict[str, Any]:
        """Who signed what, when and from where; nothing on an estimate that was only sent."""
        answer = self.answer
        if answer is None:
            return {"signed": "", "drawing": [], "evidence": [], "hash": "", "signed_title": "", "signed_text": []}
        zone = ZoneInfo(self.shop.time_zone)
        moment = format_datetime(answer.at, "d MMM y, HH:mm:ss", tzinfo=zone, locale=self.language)
        return {
            "signed": _("Approved and signed"),
            "drawing": list(bytes(answer.signature)),
            "evidence": [
                [_("Name"), own(answer.name)],
                [_("Signature"), _("drawn and typed") if answer.signature else _("typed")],
                [_("Time"), f"{own(moment)} {ltr(self.shop.time_zone)}"],
                [_("Network address"), ltr(answer.address)],
                [_("Browser"), ltr(answer.user_agent[:160])],
            ],
            "hash": f"{_('SHA-256 of the text')}: {ltr(answer.sha256)}",
            "signed_title": _("The text that was signed"),
            "signed_text": [own(part) for part in answer.text.split("\n") if part.strip()],
        }
