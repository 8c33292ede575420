"""Issuing papers: the diagnostic's invoice at once, the final invoice once, the reverse of either."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mainspring.billing.arithmetic import HUNDRED, Bill, Charge, ChargeKind
from mainspring.billing.bill import TicketBill, labour_charge
from mainspring.billing.events import INVOICE_CANCELLED, INVOICE_CREDITED, INVOICE_ISSUED
from mainspring.billing.models import BilledCharge, Discount, Invoice, Line, Standing, TaxLine
from mainspring.billing.settling import carry_over, keep_as_credit, restand
from mainspring.billing.why import remarks
from mainspring.core.money import ZERO, record_money, round_money, show_money
from mainspring.core.numbers import NumberSeries
from mainspring.core.shop import Shop
from mainspring.events.models import Actor, record, reference
from mainspring.tickets.models import Message, Ticket
from mainspring.work.models import Labour

PREFIXES = {Invoice.Kind.INVOICE: "INV", Invoice.Kind.CREDIT_NOTE: "CN"}


@dataclass
class Paper:
    """What is about to be issued: a kind, its lines and taxes, for a ticket."""

    ticket: Ticket
    kind: str
    purpose: str
    lines: list[Line]
    taxes: list[TaxLine]
    net: Decimal
    tax: Decimal
    total: Decimal
    discount: Decimal = ZERO
    corrects: Invoice | None = None
    work_performed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def issue(self, *, by: Actor | None) -> Invoice:
        """Number it, write it, freeze it. In the caller's transaction, so that the series has no gap."""
        shop, contact = Shop.get(), self.ticket.contact
        invoice = Invoice.objects.create(
            **self.numbered(),
            **customer_of(self.ticket),
            contact=contact,
            business=self.ticket.business,
            language=contact.speaks if contact else shop.language,
            is_exempt=bool(contact and contact.pays_no_tax),
            kind=self.kind,
            purpose=self.purpose,
            corrects=self.corrects,
            ticket=self.ticket,
            currency=self.corrects.currency if self.corrects else shop.currency,
            prices_include_tax=self.corrects.prices_include_tax if self.corrects else shop.prices_include_tax,
            issued_on=today(shop),
            due_on=today(shop) + timedelta(days=shop.payment_days),
            discount=self.discount,
            net=self.net,
            tax=self.tax,
            total=self.total,
            work_performed=self.work_performed,
            notes=self.notes,
        )
        for position, line in enumerate(self.lines, start=1):
            line.invoice, line.position = invoice, position
        for tax in self.taxes:
            tax.invoice = invoice
        Line.objects.bulk_create(self.lines)
        TaxLine.objects.bulk_create(self.taxes)
        owed = ZERO if invoice.is_credit_note else invoice.total
        Standing.objects.create(invoice=invoice, balance=owed)
        record(
            INVOICE_ISSUED,
            invoice,
            by=by,
            stream=self.ticket,
            data={
                "code": invoice.code,
                "total": record_money(invoice.total, invoice.currency),
                "purpose": invoice.purpose,
            },
        )
        return invoice

    def numbered(self) -> dict[str, Any]:
        number = NumberSeries.take(self.kind)
        return {"series": self.kind, "number": number, "code": f"{PREFIXES[Invoice.Kind(self.kind)]}-{number:06}"}


def customer_of(ticket: Ticket) -> dict[str, Any]:
    """Who pays for a ticket, copied: a later move or new name changes no paper."""
    payer = ticket.business or ticket.contact
    return {
        "customer_name": str(payer or ""),
        "customer_address": {
            name: getattr(payer, name, "") for name in ("street", "postcode", "city", "country", "email", "phone")
        },
        "customer_tax_number": ticket.business.tax_number if ticket.business else "",
    }


def today(shop: Shop) -> Any:
    """The date in the shop's zone."""
    return timezone.now().astimezone(ZoneInfo(shop.time_zone)).date()


def paper_of(bill: Bill, ticket: Ticket, purpose: str, **more: Any) -> Paper:
    """The paper that a sum becomes."""
    return Paper(
        ticket=ticket,
        kind=Invoice.Kind.INVOICE,
        purpose=purpose,
        lines=[
            Line(
                kind=line.kind.value,
                key=line.key,
                description=line.description[:300],
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount=line.discount,
                document_discount=line.document_discount,
                amount=line.amount,
                net=line.net,
                tax_percent=line.tax_percent,
                reason=line.reason.as_json() if line.reason else {},
            )
            for line in bill.lines
        ],
        taxes=[TaxLine(percent=tax.percent, net=tax.net, tax=tax.tax) for tax in bill.taxes],
        net=bill.net,
        tax=bill.tax,
        total=bill.total,
        discount=bill.discount,
        **more,
    )


@dataclass
class DiagnosticInvoice:
    """The fee that is invoiced as soon as the diagnostic stands on the ticket."""

    labour: Labour

    @transaction.atomic
    def issue(self, *, by: Actor | None) -> Invoice | None:
        """The invoice; None when the fee is on one already or costs nothing."""
        ticket, shop = self.labour.ticket, Shop.get()
        charge = labour_charge(self.labour)
        bill = Bill.of(
            [charge],
            [],
            prices_include_tax=shop.prices_include_tax,
            exempt=bool(ticket.contact and ticket.contact.pays_no_tax),
            currency=shop.currency,
        )
        if bill.total == ZERO or BilledCharge.objects.filter(key=charge.key).exists():
            return None
        invoice = paper_of(bill, ticket, Invoice.Purpose.DIAGNOSTIC).issue(by=by)
        BilledCharge.objects.create(key=charge.key, invoice=invoice, ticket=ticket)
        return invoice


@dataclass
class DepositInvoice:
    """What is paid of a bill in advance, with its taxes in proportion; see docs/decisions/0029."""

    ticket: Ticket
    bill: Bill
    description: str
    share: Fraction

    @transaction.atomic
    def issue(self, *, by: Actor | None) -> Invoice | None:
        """The invoice; None when it comes to nothing."""
        shop = Shop.get()
        exempt = bool(self.ticket.contact and self.ticket.contact.pays_no_tax)
        summed = deposit_bill(self.bill, self.description, self.share, shop=shop, exempt=exempt)
        return paper_of(summed, self.ticket, Invoice.Purpose.DEPOSIT).issue(by=by) if summed.total else None


def deposit_bill(bill: Bill, description: str, share: Fraction, *, shop: Shop, exempt: bool) -> Bill:
    """The share (at most the whole) of each rate's lines as a line, added up by the one engine."""
    share, amounts = min(max(share, Fraction(0)), Fraction(1)), dict[Decimal, Decimal]()
    for line in bill.lines:
        amounts[line.tax_percent] = amounts.get(line.tax_percent, ZERO) + line.amount
    parts = [
        (rate, round_money(Decimal(amount * share.numerator) / share.denominator, shop.currency))
        for rate, amount in amounts.items()
    ]
    return Bill.of(
        [
            Charge(f"deposit:{rate}", ChargeKind.OTHER, description, Decimal(1), amount, tax_percent=rate)
            for rate, amount in parts
            if amount > ZERO
        ],
        [],
        currency=shop.currency,
        prices_include_tax=shop.prices_include_tax,
        exempt=exempt,
    )


def use_deposit(deposit: Invoice, final: Invoice, *, by: Actor | None) -> None:
    """The deposit's invoice is taken back with its tax, and what was really paid of it pays the final one. Once."""
    standing = Standing.objects.select_for_update().get(invoice=deposit)
    if standing.credited < deposit.total:
        paid = standing.paid
        cancel(deposit, by=by)
        carry_over(deposit, final, paid, by=by)


@dataclass
class FinalInvoice:
    """What is left to pay when the work is done: every charge not billed yet, less the diagnostic already paid."""

    ticket: Ticket

    @transaction.atomic
    def issue(self, *, by: Actor | None) -> Invoice | None:
        """The invoice; None when there is nothing to bill. The ticket's row is locked, so it happens once."""
        Ticket.objects.select_for_update().get(pk=self.ticket.pk)
        tally = TicketBill(self.ticket)
        bill = tally.bill
        if bill.is_empty:
            return None
        invoices = {f"fee:{invoice.pk}": invoice for invoice in tally.invoices}
        for cancellation in bill.cancellations:
            Reverse(invoices[cancellation.key], cancellation.gross).issue(by=by)
        paper = paper_of(
            bill,
            self.ticket,
            Invoice.Purpose.FINAL,
            work_performed=[labour.description for labour in tally.labours],
            notes=[*self.notes(), *self.remarks(tally)],
        )
        invoice = paper.issue(by=by)
        keys = [charge.key for charge in tally.charges()] + [fee.key for fee in tally.diagnostics()]
        BilledCharge.objects.bulk_create(
            BilledCharge(key=key, invoice=invoice, ticket=self.ticket) for key in dict.fromkeys(keys)
        )
        Discount.objects.filter(ticket=self.ticket).delete()
        restand(invoice, by=by)
        for deposit in Invoice.objects.filter(ticket=self.ticket, purpose=Invoice.Purpose.DEPOSIT).order_by("id"):
            use_deposit(deposit, invoice, by=by)
        return invoice

    def remarks(self, tally: TicketBill) -> list[str]:
        """What became of fees that are not on it, in the customer's language. His exemption stands there anyway."""
        contact, shop = self.ticket.contact, tally.shop
        language = contact.speaks if contact else shop.language
        with translation.override(language):
            return remarks(tally, show=lambda amount: show_money(amount, shop.currency, language), with_tax=False)

    def notes(self) -> list[str]:
        """The general notes for the invoice; through the one guard."""
        return list(
            Message.objects.filter(ticket=self.ticket, is_on_invoice=True)
            .for_customer()
            .order_by("id")
            .values_list("text", flat=True)
        )


@dataclass
class Reverse:
    """The credit note that takes back an invoice, whole or (gross `amount`) in part."""

    invoice: Invoice
    amount: Decimal
    reason: str = ""

    @transaction.atomic
    def issue(self, *, by: Actor | None) -> Invoice:
        standing = Standing.objects.select_for_update().get(invoice=self.invoice)
        if not ZERO < self.amount <= self.invoice.total - standing.credited:
            raise ValueError(f"{self.amount} can't be taken back of {self.invoice.code}.")
        note = self.paper().issue(by=by)
        record(
            INVOICE_CANCELLED if self.amount == self.invoice.total else INVOICE_CREDITED,
            self.invoice,
            by=by,
            stream=self.invoice.ticket,
            data={
                "code": self.invoice.code,
                "note": note.code,
                "amount": record_money(self.amount, self.invoice.currency),
            },
        )
        restand(self.invoice, by=by)
        return note

    def paper(self) -> Paper:
        """The same lines, whole; or a line a tax rate for the part, with the invoice's taxes in proportion."""
        whole = self.amount == self.invoice.total
        lines = self._copied_lines() if whole else self._part_lines()
        taxes = (
            [TaxLine(percent=tax.percent, net=tax.net, tax=tax.tax) for tax in self.invoice.taxes.all()]
            if whole
            else [
                TaxLine(percent=line.tax_percent, net=line.net, tax=gross - line.net)
                for line, gross in zip(lines, self._shares().values(), strict=True)
            ]
        )
        net = sum((tax.net for tax in taxes), ZERO)
        return Paper(
            ticket=self.invoice.ticket,
            kind=Invoice.Kind.CREDIT_NOTE,
            purpose=Invoice.Purpose.REVERSE,
            lines=lines,
            taxes=taxes,
            net=net,
            tax=self.amount - net,
            total=self.amount,
            discount=self.invoice.discount if whole else ZERO,
            corrects=self.invoice,
            notes=[self.reason] if self.reason else [],
        )

    def _copied_lines(self) -> list[Line]:
        copied = []
        for line in self.invoice.lines.all():
            line.pk = None
            line._state.adding = True
            copied.append(line)
        return copied

    def _shares(self) -> dict[TaxLine, Decimal]:
        """The gross part of each tax rate that is more than nothing; the last one takes the cents that are left."""
        groups = [tax for tax in self.invoice.taxes.all() if tax.net + tax.tax > ZERO]
        whole, left = sum((tax.net + tax.tax for tax in groups), ZERO), self.amount
        shares: dict[TaxLine, Decimal] = {}
        for tax in groups[:-1]:
            share = round_money(self.amount * (tax.net + tax.tax) / whole, self.invoice.currency)
            shares[tax] = min(share, left)
            left -= shares[tax]
        shares[groups[-1]] = left
        return {tax: share for tax, share in shares.items() if share}

    def _part_lines(self) -> list[Line]:
        return [self._part_line(tax.percent, share) for tax, share in self._shares().items()]

    def _part_line(self, percent: Decimal, gross: Decimal) -> Line:
        """The part at one tax rate; its net follows from the rate."""
        first = self.invoice.lines.all()[0]
        net = round_money(gross * HUNDRED / (HUNDRED + percent), self.invoice.currency)
        price = gross if self.invoice.prices_include_tax else net
        is_fee = self.invoice.purpose == Invoice.Purpose.DIAGNOSTIC
        return Line(
            kind=first.kind if is_fee else "other",
            key=reference(self.invoice),
            description=first.description if is_fee else (self.reason or self.invoice.code)[:300],
            quantity=Decimal(1),
            unit_price=price,
            amount=price,
            net=net,
            tax_percent=percent,
        )


@transaction.atomic
def credit(invoice: Invoice, amount: Decimal, *, reason: str, by: Actor | None) -> Invoice:
    """Take a part of an invoice back by a credit note; its charges stay billed, what was paid over becomes credit.

    Raises ValueError, in plain words, for an amount that is not open to be credited.
    """
    standing = Standing.objects.select_for_update().get(invoice=invoice)
    left = invoice.total - standing.credited
    if invoice.is_credit_note or not ZERO < amount <= left or amount != round_money(amount, invoice.currency):
        raise ValueError(_("%(amount)s can't be credited: %(left)s is left.") % {"amount": amount, "left": left})
    keep_as_credit(invoice, standing.paid - (left - amount), by=by)
    return Reverse(invoice, amount, reason).issue(by=by)


@transaction.atomic
def cancel(invoice: Invoice, *, by: Actor | None) -> Invoice:
    """Take an invoice back by its reverse. Its charges can be billed again; what was paid becomes credit.

    A discount on the whole comes back as the amount it was, unless another was set since.
    Raises ValueError when nothing is left to cancel.
    """
    standing = Standing.objects.select_for_update().get(invoice=invoice)
    keep_as_credit(invoice, standing.paid, by=by)
    note = Reverse(invoice, invoice.total - standing.credited).issue(by=by)
    BilledCharge.objects.filter(invoice=invoice).delete()
    if invoice.discount:
        Discount.objects.get_or_create(ticket=invoice.ticket, defaults={"amount": invoice.discount})
    return note
