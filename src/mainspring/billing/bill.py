"""The bill of a ticket: what the final invoice would be now. The running bill and the invoice are this one sum."""

from dataclasses import dataclass
from functools import cached_property

from mainspring.billing.arithmetic import Bill, Charge, ChargeKind, PaidDiagnostic, Policy
from mainspring.billing.models import BilledCharge, Discount, Invoice
from mainspring.core.money import ZERO
from mainspring.core.shop import Shop
from mainspring.events.models import reference
from mainspring.tickets.models import Ticket
from mainspring.work.models import Labour, UsedPart


@dataclass
class TicketBill:
    """Reads a ticket's charges, fees already invoiced and discount, and adds them up with the one engine."""

    ticket: Ticket

    @cached_property
    def shop(self) -> Shop:
        return Shop.get()

    @cached_property
    def invoices(self) -> list[Invoice]:
        return list(Invoice.objects.of_ticket(self.ticket).prefetch_related("lines"))

    @cached_property
    def billed(self) -> dict[str, int]:
        """Charges that stand on an invoice already: key → id of the invoice."""
        return dict(BilledCharge.objects.filter(ticket=self.ticket).values_list("key", "invoice_id"))

    @cached_property
    def labours(self) -> list[Labour]:
        return list(Labour.objects.standing().of_ticket(self.ticket).filter(is_billable=True).select_related("service"))

    @cached_property
    def parts(self) -> list[UsedPart]:
        return list(UsedPart.objects.standing().of_ticket(self.ticket).select_related("product"))

    @cached_property
    def discount(self) -> Discount:
        return Discount.objects.filter(ticket=self.ticket).first() or Discount(ticket=self.ticket)

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
        """Labour, then parts, then fees freed by a cancelled invoice: what stands on no invoice yet."""
        return [
            charge
            for charge in (*map(labour_charge, self.labours), *map(part_charge, self.parts), *self.freed_fees())
            if charge.key not in self.billed
        ]

    def freed_fees(self) -> list[Charge]:
        """Unpaid fees that had moved to a final invoice which was cancelled since. The latest such invoice has all."""
        cancelled = [
            (line, invoice)
            for invoice in self.invoices
            if invoice.purpose == Invoice.Purpose.FINAL and ZERO < invoice.total == invoice.standing.credited
            for line in invoice.lines.all()
            if line.kind == ChargeKind.DIAGNOSTIC.value
        ]
        latest = {line.key: invoice.pk for line, invoice in cancelled}
        rates = {f"fee:{invoice.pk}": line.tax_percent for invoice in self.invoices for line in invoice.lines.all()}
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
            if invoice.pk == latest[line.key]
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
            for invoice in self.invoices
            if invoice.purpose == Invoice.Purpose.DIAGNOSTIC and f"fee:{invoice.pk}" not in self.billed
            for line in invoice.lines.all()
            if invoice.standing.credited < invoice.total or invoice.total == ZERO
        ]


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
