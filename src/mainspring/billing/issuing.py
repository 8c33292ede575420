"""Issuing papers: the diagnostic's invoice at once, the final invoice once, the reverse of either."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from mainspring.billing.arithmetic import Bill
from mainspring.billing.bill import TicketBill, labour_charge
from mainspring.billing.events import INVOICE_CANCELLED, INVOICE_ISSUED
from mainspring.billing.models import BilledCharge, Discount, Invoice, Line, Standing, TaxLine
from mainspring.billing.settling import keep_as_credit, restand
from mainspring.core.money import ZERO, round_money
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
        shop = Shop.get()
        invoice = Invoice.objects.create(
            **self.numbered(),
            **self.customer(),
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
            data={"code": invoice.code, "total": f"{invoice.total:f} {invoice.currency}", "purpose": invoice.purpose},
        )
        return invoice

    def numbered(self) -> dict[str, Any]:
        number = NumberSeries.take(self.kind)
        return {"series": self.kind, "number": number, "code": f"{PREFIXES[Invoice.Kind(self.kind)]}-{number:06}"}

    def customer(self) -> dict[str, Any]:
        """Who owes it, copied: a later move or new name changes no issued paper."""
        contact, business = self.ticket.contact, self.ticket.business
        payer = business or contact
        return {
            "contact": contact,
            "business": business,
            "customer_name": str(payer or ""),
            "customer_address": {
                name: getattr(payer, name, "") for name in ("street", "postcode", "city", "country", "email", "phone")
            },
            "customer_tax_number": business.tax_number if business else "",
            "language": contact.speaks if contact else Shop.get().language,
            "is_exempt": bool(contact and contact.pays_no_tax),
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
            notes=self.notes(),
        )
        invoice = paper.issue(by=by)
        keys = [charge.key for charge in tally.charges()] + [fee.key for fee in tally.diagnostics()]
        BilledCharge.objects.bulk_create(
            BilledCharge(key=key, invoice=invoice, ticket=self.ticket) for key in dict.fromkeys(keys)
        )
        Discount.objects.filter(ticket=self.ticket).delete()
        restand(invoice, by=by)
        return invoice

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

    @transaction.atomic
    def issue(self, *, by: Actor | None) -> Invoice:
        standing = Standing.objects.select_for_update().get(invoice=self.invoice)
        if not ZERO < self.amount <= self.invoice.total - standing.credited:
            raise ValueError(f"{self.amount} can't be taken back of {self.invoice.code}.")
        note = self.paper().issue(by=by)
        record(
            INVOICE_CANCELLED,
            self.invoice,
            by=by,
            stream=self.invoice.ticket,
            data={"code": self.invoice.code, "note": note.code, "amount": str(self.amount)},
        )
        restand(self.invoice, by=by)
        return note

    def paper(self) -> Paper:
        """The same lines, whole; or one line for the part, with the invoice's tax in proportion."""
        whole = self.amount == self.invoice.total
        lines = self._copied_lines() if whole else [self._part_line()]
        taxes = (
            [TaxLine(percent=tax.percent, net=tax.net, tax=tax.tax) for tax in self.invoice.taxes.all()]
            if whole
            else [TaxLine(percent=lines[0].tax_percent, net=lines[0].net, tax=self.amount - lines[0].net)]
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
        )

    def _copied_lines(self) -> list[Line]:
        copied = []
        for line in self.invoice.lines.all():
            line.pk = None
            line._state.adding = True
            copied.append(line)
        return copied

    def _part_line(self) -> Line:
        """A part of an invoice of one tax rate (a diagnostic's); its net follows from the rate."""
        first = self.invoice.lines.all()[0]
        net = round_money(self.amount * 100 / (100 + first.tax_percent), self.invoice.currency)
        price = self.amount if self.invoice.prices_include_tax else net
        return Line(
            kind=first.kind,
            key=reference(self.invoice),
            description=first.description,
            quantity=Decimal(1),
            unit_price=price,
            amount=price,
            net=net,
            tax_percent=first.tax_percent,
        )


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
