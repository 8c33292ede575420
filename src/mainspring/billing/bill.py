"""The bill of a ticket: what the final invoice would be now. The running bill and the invoice are this one sum."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Exists, Model, OuterRef, QuerySet, Subquery

from mainspring.billing.arithmetic import Bill, Charge, ChargeKind, PaidDiagnostic, Policy
from mainspring.billing.models import BilledCharge, Discount, Invoice, Line, is_billed
from mainspring.billing.slots import further_charges
from mainspring.core.money import ZERO
from mainspring.core.prepared import prepared
from mainspring.core.shop import Shop
from mainspring.events.models import reference
from mainspring.tickets.models import Ticket
from mainspring.work.models import Labour, UsedPart


def _labours(ticket: int) -> QuerySet[Labour]:
    return Labour.objects.standing().filter(ticket=ticket, is_billable=True).order_by("id")


def _parts(ticket: int) -> QuerySet[UsedPart]:
    return UsedPart.objects.standing().filter(ticket=ticket).order_by("id")


def _lines(ticket: int) -> QuerySet[Line]:
    return Line.objects.filter(invoice__ticket=ticket).order_by("invoice_id", "position")


@prepared
def _shop_and(ticket: int) -> QuerySet[Shop]:
    mine = Discount.objects.filter(ticket=ticket)
    return Shop.objects.filter(pk=1).annotate(
        bill_percent=Subquery(mine.values("percent")),
        bill_amount=Subquery(mine.values("amount")),
        has_labours=Exists(_labours(ticket)),
        has_parts=Exists(_parts(ticket)),
        has_lines=Exists(_lines(ticket)),
    )


@prepared
def _labours_with_state(ticket: int) -> QuerySet[Labour]:
    return _labours(ticket).select_related("service").annotate(is_billed=is_billed("labour"))


@prepared
def _parts_with_state(ticket: int) -> QuerySet[UsedPart]:
    return _parts(ticket).annotate(is_billed=is_billed("usedpart"))


@prepared
def _lines_with_state(ticket: int) -> QuerySet[Line]:
    moved = Exists(BilledCharge.objects.filter(key=OuterRef("key")))
    lines = _lines(ticket).select_related("invoice__standing")
    return lines.annotate(is_billed=moved, is_fee_billed=is_billed("fee", "invoice_id"))


@dataclass
class TicketBill:
    """Reads a ticket's charges, fees already invoiced and discount, and adds them up with the one engine."""

    ticket: Ticket

    @cached_property
    def shop(self) -> Shop:
        """The shop. In the same query the discount on this ticket's bill, and whether there is what it could bill."""
        return next(iter(_shop_and(self.ticket.pk)), None) or Shop.get()

    def _has(self, what: str) -> bool:
        """A ticket that costs nothing yet is asked for no charges: most are like that."""
        return getattr(self.shop, f"has_{what}", True)

    @cached_property
    def invoices(self) -> list[Invoice]:
        return list(dict.fromkeys(line.invoice for line in self.lines))

    @cached_property
    def lines(self) -> list[Line]:
        """What stands on the ticket's papers, paper by paper. A paper without a line says nothing to the bill."""
        if not self._has("lines"):
            return []
        return _lines_with_state(self.ticket.pk)

    @property
    def fees(self) -> list[Line]:
        """The lines of fees that were invoiced at once."""
        return [line for line in self.lines if line.invoice.purpose == Invoice.Purpose.DIAGNOSTIC]

    @property
    def finals(self) -> list[Invoice]:
        """The final invoices that stand: after the first, the bill is about what came since."""
        return self._standing(Invoice.Purpose.FINAL)

    @property
    def deposits(self) -> list[Invoice]:
        """The deposits that the final invoice will take back and carry over, paid or not."""
        return self._standing(Invoice.Purpose.DEPOSIT)

    def _standing(self, purpose: Invoice.Purpose) -> list[Invoice]:
        """Those issued for it that are not credited whole."""
        issued = [invoice for invoice in self.invoices if invoice.purpose == purpose]
        return [invoice for invoice in issued if invoice.standing.credited < invoice.total]

    @property
    def still_to_pay(self) -> Decimal:
        """The bill without what was paid of the deposits."""
        return max(ZERO, self.bill.total - sum((invoice.standing.paid for invoice in self.deposits), ZERO))

    @cached_property
    def labours(self) -> list[Labour]:
        return _labours_with_state(self.ticket.pk) if self._has("labours") else []

    @cached_property
    def parts(self) -> list[UsedPart]:
        return _parts_with_state(self.ticket.pk) if self._has("parts") else []

    @cached_property
    def further(self) -> list[Charge]:
        return [charge for charges in further_charges.fill(self.ticket) for charge in charges]

    @cached_property
    def discount(self) -> Discount:
        percent, amount = (getattr(self.shop, name, None) for name in ("bill_percent", "bill_amount"))
        return Discount(ticket=self.ticket, percent=percent or ZERO, amount=amount or ZERO)

    @property
    def is_exempt(self) -> bool:
        return bool(self.ticket.contact and self.ticket.contact.pays_no_tax)

    @cached_property
    def bill(self) -> Bill:
        return Bill.of(
            self.charges(),
            self.diagnostics(),
            discount_percent=self.discount.percent,
            discount_amount=self.discount.amount,
            prices_include_tax=self.shop.prices_include_tax,
            exempt=self.is_exempt,
            currency=self.shop.currency,
            declined=self.ticket.declined_at is not None,
        )

    def charges(self) -> list[Charge]:
        """Labour, parts, what others charge, then fees freed by a cancelled invoice: what stands on no invoice yet."""
        return [
            *map(labour_charge, filter(_is_open, self.labours)),
            *map(part_charge, filter(_is_open, self.parts)),
            *self.further,
            *self.freed_fees(),
        ]

    def freed_fees(self) -> list[Charge]:
        """Unpaid fees that had moved to a final invoice which was cancelled since. The latest such invoice has all."""
        cancelled = [
            (line, invoice)
            for line in self.lines
            if (invoice := line.invoice).purpose == Invoice.Purpose.FINAL
            and ZERO < invoice.total == invoice.standing.credited
            and line.kind == ChargeKind.DIAGNOSTIC.value
        ]
        latest = {line.key: invoice.pk for line, invoice in cancelled}
        rates = {f"fee:{invoice.pk}": line.tax_percent for line in self.lines if (invoice := line.invoice)}
        return [
            Charge(
                key=line.key,
                kind=ChargeKind.DIAGNOSTIC,
                description=line.description,
                quantity=line.quantity,
                unit_price=line.unit_price,
                tax_percent=rates[line.key],
            )
            for line, invoice in cancelled
            if invoice.pk == latest[line.key] and _is_open(line)
        ]

    def diagnostics(self) -> list[PaidDiagnostic]:
        """Fees invoiced in advance that no final invoice has dealt with yet."""
        policies = {reference(labour): labour.service.policy for labour in self.labours}
        return [
            PaidDiagnostic(
                key=f"fee:{invoice.pk}",
                invoice_number=invoice.code,
                description=line.description,
                amount=line.amount,
                tax_percent=line.tax_percent,
                total=invoice.total,
                paid=invoice.standing.paid,
                credited=invoice.standing.credited,
                policy=Policy(policies.get(line.key, Policy.DEDUCT)),
            )
            for line in self.lines
            if (invoice := line.invoice).purpose == Invoice.Purpose.DIAGNOSTIC
            and not getattr(line, "is_fee_billed", False)
            if invoice.standing.credited < invoice.total or invoice.total == ZERO
        ]


def _is_open(row: Model) -> bool:
    """Whether the charge of a row stands on no invoice yet."""
    return not getattr(row, "is_billed", False)


def labour_charge(labour: Labour) -> Charge:
    return Charge(
        key=reference(labour),
        kind=ChargeKind.LABOUR,
        description=labour.description,
        quantity=labour.quantity,
        unit_price=labour.unit_price,
        discount_percent=labour.discount_percent,
        discount_amount=labour.discount_amount,
        tax_percent=labour.tax_percent,
    )


def part_charge(part: UsedPart) -> Charge:
    return Charge(
        key=reference(part),
        kind=ChargeKind.PART,
        description=part.description,
        quantity=part.quantity,
        unit_price=part.unit_price,
        discount_percent=part.discount_percent,
        discount_amount=part.discount_amount,
        tax_percent=part.tax_percent,
    )
