"""Why a bill is what it is, in sentences: of each line, and of what is not on it. The same words on the running bill,
the invoice's page, the page to pay on and the paper.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from mainspring.billing.arithmetic import BillLine, ChargeKind, PaidDiagnostic, Policy, Reason
from mainspring.billing.bill import TicketBill
from mainspring.billing.models import Invoice, Line
from mainspring.core.money import ZERO, show_money
from mainspring.core.quantities import show_quantity

Show = Callable[[Decimal], str]
"""How the surface writes an amount of money."""


def explained(invoice: Invoice, language: str) -> Callable[[Line], list[str]]:
    """The sentences under a line of this paper, for a page in that language."""
    is_final = invoice.purpose == Invoice.Purpose.FINAL
    return lambda line: why(line, show=lambda amount: show_money(amount, invoice.currency, language), is_final=is_final)


def why(line: BillLine | Line, *, show: Show, code: Callable[[str], str] = str, is_final: bool = True) -> list[str]:
    """The sentences under a line. A fee on a final invoice was moved there; on its own it is a line like any."""
    kind = line.kind.value if isinstance(line.kind, ChargeKind) else line.kind
    moved = kind == ChargeKind.DIAGNOSTIC.value and is_final
    return [
        *(_of_deduction(_reason(line), show, code) if line.reason else []),
        *([_("moved from its unpaid invoice")] if moved else []),
        *([_("less a discount of %(sum)s") % {"sum": show(line.discount)}] if line.discount else []),
    ]


def times(line: BillLine, *, show: Show, language: str) -> list[str]:
    """What was multiplied, where the bill has no columns for it; nothing for one piece of something."""
    if line.quantity == 1:
        return []
    words = {"quantity": show_quantity(line.quantity, language), "price": show(line.unit_price)}
    return [_("%(quantity)s × %(price)s") % words]


def remarks(tally: TicketBill, *, show: Show, with_tax: bool = True) -> list[str]:
    """What of the fees invoiced before is neither deducted nor charged here, and why; and whether tax is."""
    bill = tally.bill
    if tally.ticket.declined_at is not None:
        return [_("The repair was declined: the diagnostic fee stands, nothing else is charged.")]
    elif bill.is_empty:
        return []
    deducted = {line.key for line in bill.deductions}
    found = [said for fee in tally.diagnostics() if (said := _of_fee(fee, fee.key in deducted, show))]
    return [*found, *([_("This customer pays no tax.")] if tally.is_exempt and with_tax else [])]


def _of_fee(fee: PaidDiagnostic, is_deducted: bool, show: Show) -> str:
    unpaid = fee.total - fee.credited - fee.paid
    words = {"fee": fee.description, "invoice": fee.invoice_number, "paid": show(fee.paid), "open": show(unpaid)}
    if fee.policy == Policy.KEEP and fee.paid > ZERO:
        return _("%(fee)s, %(paid)s paid on %(invoice)s, is kept: it is not deducted from the repair.") % words
    elif fee.policy == Policy.WAIVE and unpaid > ZERO:
        return _("%(fee)s, %(open)s open on %(invoice)s, is waived: it is not charged.") % words
    elif fee.paid > ZERO and not is_deducted:
        return (
            _("%(fee)s, %(paid)s paid on %(invoice)s, is not deducted: there is no labour to set it against.") % words
        )
    else:
        return ""


def _reason(line: BillLine | Line) -> dict[str, Any]:
    return line.reason.as_json() if isinstance(line.reason, Reason) else (line.reason or {})


def _of_deduction(reason: dict[str, Any], show: Show, code: Callable[[str], str]) -> list[str]:
    invoice, paid, labour = code(reason["invoice"]), Decimal(reason["paid"]), Decimal(reason["labour"])
    if reason["limit"] == "labour":
        said = _("%(paid)s was paid on %(invoice)s; deducted up to the labour of %(labour)s")
        return [said % {"paid": show(paid), "invoice": invoice, "labour": show(labour)}]
    else:
        return [_("paid before on %(invoice)s") % {"invoice": invoice}]
