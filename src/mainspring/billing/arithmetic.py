"""The one engine of the money: charges in, a bill out. Pure; amounts are Decimal and rounded only by `round_money`.

Amounts are in price units: net when prices exclude tax, gross when they include it. The rules, with examples, are in
docs/decisions/0003-how-the-bill-adds-up.md. The example the product is built for:

>>> labour = Charge("labour:1", ChargeKind.LABOUR, "Repair", Decimal(1), Decimal(30))
>>> part = Charge("part:1", ChargeKind.PART, "Fuser kit", Decimal(1), Decimal(50))
>>> fee = PaidDiagnostic("fee:1", "INV-000001", "Diagnostic", amount=Decimal(10), total=Decimal(10), paid=Decimal(10))
>>> bill = Bill.of([labour, part], [fee], currency="USD")
>>> [str(line.amount) for line in bill.lines], str(bill.total)
(['30.00', '50.00', '-10.00'], '70.00')
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal
from enum import Enum
from fractions import Fraction
from math import floor
from typing import Any

from mainspring.core.money import ZERO, minor_unit, round_money

HUNDRED = Decimal(100)


class ChargeKind(Enum):
    LABOUR = "labour"
    PART = "part"
    DIAGNOSTIC = "diagnostic"
    OTHER = "other"
    DEDUCTION = "deduction"


class Policy(Enum):
    """What becomes of a diagnostic fee when the repair is made."""

    DEDUCT = "deduct"
    WAIVE = "waive"
    KEEP = "keep"


class Limit(Enum):
    """What a deduction was limited by."""

    PAID = "paid"
    LABOUR = "labour"


@dataclass(frozen=True)
class Charge:
    """Something done or used that is to be paid. `quantity` times `unit_price`, less its own discount."""

    key: str
    kind: ChargeKind
    description: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    tax_percent: Decimal = ZERO


@dataclass(frozen=True)
class PaidDiagnostic:
    """A fee invoiced in advance. `amount` in price units; `total`, `paid` (less refunds) and `credited` are gross."""

    key: str
    invoice_number: str
    description: str
    amount: Decimal
    total: Decimal
    paid: Decimal
    credited: Decimal = ZERO
    tax_percent: Decimal = ZERO
    policy: Policy = Policy.DEDUCT


@dataclass(frozen=True)
class Reason:
    """Why a deduction is what it is."""

    invoice_number: str
    paid: Decimal
    labour: Decimal
    limit: Limit

    def as_json(self) -> dict[str, Any]:
        return {
            "invoice": self.invoice_number,
            "paid": str(self.paid),
            "labour": str(self.labour),
            "limit": self.limit.value,
        }


@dataclass(frozen=True)
class BillLine:
    """A line of the bill. `amount` in price units after all discounts; `net` without tax."""

    key: str
    kind: ChargeKind
    description: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    document_discount: Decimal
    amount: Decimal
    net: Decimal
    tax_percent: Decimal
    reason: Reason | None = None


@dataclass(frozen=True)
class TaxGroup:
    """All lines of one rate: tax is taken on their sum."""

    percent: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Cancellation:
    """What of a fee's own invoice is taken back because it was not paid. Gross."""

    key: str
    gross: Decimal


@dataclass(frozen=True)
class Bill:
    """The sum: lines, taxes and totals, and what is to be cancelled of fees that were not paid."""

    lines: Sequence[BillLine] = ()
    taxes: Sequence[TaxGroup] = ()
    cancellations: Sequence[Cancellation] = ()
    discount: Decimal = ZERO
    net: Decimal = ZERO
    tax: Decimal = ZERO
    total: Decimal = ZERO

    @property
    def is_empty(self) -> bool:
        return not self.lines

    @property
    def deductions(self) -> list[BillLine]:
        return [line for line in self.lines if line.kind == ChargeKind.DEDUCTION]

    @classmethod
    def of(
        cls,
        charges: Iterable[Charge],
        diagnostics: Iterable[PaidDiagnostic],
        *,
        currency: str,
        discount_percent: Decimal = ZERO,
        discount_amount: Decimal = ZERO,
        prices_include_tax: bool = False,
        exempt: bool = False,
        declined: bool = False,
    ) -> "Bill":
        """The bill for these charges and fees. Empty when nothing is to be billed or the repair was declined."""
        listed = list(charges)
        if declined or not listed:
            return cls()
        sums = _Sums(currency, prices_include_tax, exempt)
        fees = list(diagnostics)
        moved = [charge for fee in fees if (charge := sums.moved(fee)) is not None]
        lines, discount = sums.discounted(
            [sums.line(charge) for charge in [*listed, *moved]], discount_percent, discount_amount
        )
        return sums.close(
            [*lines, *sums.deductions(lines, fees)],
            discount,
            [Cancellation(fee.key, unpaid) for fee in fees if (unpaid := sums.unpaid(fee)) > ZERO],
        )


@dataclass(frozen=True)
class _Sums:
    """The rules, under one currency and tax mode."""

    currency: str
    inclusive: bool
    exempt: bool
    unit: Decimal = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", minor_unit(self.currency))

    def round(self, amount: Decimal) -> Decimal:
        return round_money(amount, self.currency)

    def percent_of(self, amount: Decimal, percent: Decimal) -> Decimal:
        return self.round(amount * percent / HUNDRED)

    def gross(self, amount: Decimal, percent: Decimal) -> Decimal:
        """What an amount in price units comes to with its tax."""
        return amount if self.inclusive else amount + self.percent_of(amount, percent)

    # Lines

    def line(self, charge: Charge) -> BillLine:
        full = self.round(charge.quantity * charge.unit_price)
        taken_off = min(full, self.percent_of(full, charge.discount_percent) + self.round(charge.discount_amount))
        amount = full - taken_off
        percent = charge.tax_percent
        if self.exempt:
            amount = self.round(amount * HUNDRED / (HUNDRED + percent)) if self.inclusive else amount
            percent = ZERO
        return BillLine(
            key=charge.key,
            kind=charge.kind,
            description=charge.description,
            quantity=charge.quantity,
            unit_price=charge.unit_price,
            discount=taken_off,
            document_discount=ZERO,
            amount=amount,
            net=amount,
            tax_percent=percent,
        )

    def discounted(self, lines: list[BillLine], percent: Decimal, amount: Decimal) -> tuple[list[BillLine], Decimal]:
        """The lines after the document's discount, spread over them in proportion to the cent."""
        whole = sum((line.amount for line in lines), ZERO)
        discount = min(whole, self.percent_of(whole, percent) + self.round(amount))
        exact = [Fraction(discount * line.amount) / Fraction(whole or 1) for line in lines]
        shares = self.apportioned(discount, exact)
        return [
            replace(line, document_discount=share, amount=line.amount - share)
            for line, share in zip(lines, shares, strict=True)
        ], discount

    def apportioned(self, whole: Decimal, exact: Sequence[Fraction]) -> list[Decimal]:
        """`whole` in parts near the exact ones, by largest remainder; ties go to the earlier.

        In fractions: of two equal remainders, decimals would prefer the one with more digits.
        """
        exact_units = [part / Fraction(self.unit) for part in exact]
        units = [floor(part) for part in exact_units]
        missing = int(whole / self.unit) - sum(units)
        for i in sorted(range(len(units)), key=lambda i: (units[i] - exact_units[i], i))[:missing]:
            units[i] += 1
        return [part * self.unit for part in units]

    # Fees invoiced in advance

    def unpaid(self, fee: PaidDiagnostic) -> Decimal:
        """What of the fee's invoice is still open. Gross."""
        return max(ZERO, fee.total - fee.credited - fee.paid)

    def remaining(self, fee: PaidDiagnostic) -> Decimal:
        """The fee in price units, less what was credited of it before."""
        return self.round(fee.amount) - self.part(fee, fee.credited)

    def part(self, fee: PaidDiagnostic, gross: Decimal) -> Decimal:
        """The price units a gross part of the fee stands for: the largest amount that costs no more with its tax."""
        if gross <= ZERO:
            return ZERO
        elif gross >= fee.total:
            return self.round(fee.amount)
        elif self.inclusive or fee.tax_percent == ZERO:
            return self.round(gross)
        else:
            return self.largest(gross, fee.tax_percent)

    def largest(self, gross: Decimal, percent: Decimal) -> Decimal:
        """The largest amount in price units whose gross is at most `gross`."""
        amount = (gross * HUNDRED / (HUNDRED + percent)).quantize(self.unit, rounding=ROUND_DOWN) + self.unit
        while self.gross(amount, percent) > gross:
            amount -= self.unit
        return max(ZERO, amount)

    def paid_share(self, fee: PaidDiagnostic) -> Decimal:
        if fee.paid >= fee.total - fee.credited:
            return max(ZERO, self.remaining(fee))
        else:
            return min(self.part(fee, fee.paid), self.remaining(fee))

    def moved(self, fee: PaidDiagnostic) -> Charge | None:
        """The charge for the part of a fee that was not paid; its invoice is cancelled for it."""
        open_part = self.remaining(fee) - self.paid_share(fee)
        if fee.policy == Policy.WAIVE or self.unpaid(fee) == ZERO or open_part <= ZERO:
            return None
        return Charge(
            fee.key, ChargeKind.DIAGNOSTIC, fee.description, Decimal(1), open_part, tax_percent=fee.tax_percent
        )

    def deductions(self, lines: list[BillLine], fees: list[PaidDiagnostic]) -> list[BillLine]:
        """A negative line for each fee that was paid, never more than the labour it is set against."""
        labour = [line for line in lines if line.kind == ChargeKind.LABOUR]
        left = sum((line.amount for line in labour), ZERO)
        left_gross = self.gross_of(labour)
        made: list[BillLine] = []
        for fee in fees:
            paid = ZERO if fee.policy == Policy.KEEP else self.paid_share(fee)
            taken = min(paid, left)
            if taken > ZERO and self.gross(taken, fee.tax_percent) > left_gross:
                taken = min(taken, self.largest(left_gross, fee.tax_percent))
            while taken > ZERO and self.total([*lines, *made, self.deduction(fee, taken, paid, left)]) < ZERO:
                taken -= self.unit
            if taken > ZERO:
                made.append(self.deduction(fee, taken, paid, left))
                left -= taken
                left_gross -= self.gross(taken, fee.tax_percent)
        return made

    def deduction(self, fee: PaidDiagnostic, taken: Decimal, paid: Decimal, labour: Decimal) -> BillLine:
        return BillLine(
            key=fee.key,
            kind=ChargeKind.DEDUCTION,
            description=fee.description,
            quantity=Decimal(1),
            unit_price=-taken,
            discount=ZERO,
            document_discount=ZERO,
            amount=-taken,
            net=-taken,
            tax_percent=fee.tax_percent,
            reason=Reason(fee.invoice_number, paid, labour, Limit.PAID if taken == paid else Limit.LABOUR),
        )

    # Tax and totals

    def groups(self, lines: Sequence[BillLine]) -> dict[Decimal, list[int]]:
        found: dict[Decimal, list[int]] = {}
        for place, line in enumerate(lines):
            found.setdefault(line.tax_percent.normalize(), []).append(place)
        return found

    def tax_group(self, percent: Decimal, amount: Decimal) -> TaxGroup:
        if self.inclusive:
            net = self.round(amount * HUNDRED / (HUNDRED + percent))
            return TaxGroup(percent, net, amount - net)
        else:
            return TaxGroup(percent, amount, self.percent_of(amount, percent))

    def tax_groups(self, lines: Sequence[BillLine]) -> list[TaxGroup]:
        return [
            self.tax_group(percent, sum((lines[place].amount for place in places), ZERO))
            for percent, places in sorted(self.groups(lines).items(), reverse=True)
        ]

    def gross_of(self, lines: Sequence[BillLine]) -> Decimal:
        return sum((group.net + group.tax for group in self.tax_groups(lines)), ZERO)

    def total(self, lines: Sequence[BillLine]) -> Decimal:
        return self.gross_of(lines)

    def close(self, lines: list[BillLine], discount: Decimal, cancellations: list[Cancellation]) -> Bill:
        taxes = self.tax_groups(lines)
        net = sum((group.net for group in taxes), ZERO)
        tax = sum((group.tax for group in taxes), ZERO)
        return Bill(
            lines=self.with_nets(lines, taxes),
            taxes=taxes,
            cancellations=cancellations,
            discount=discount,
            net=net,
            tax=tax,
            total=net + tax,
        )

    def with_nets(self, lines: list[BillLine], taxes: list[TaxGroup]) -> list[BillLine]:
        """Each line's net, so that the nets of a group are the group's net to the cent."""
        nets = {group.percent: group.net for group in taxes}
        done = list(lines)
        for percent, places in self.groups(lines).items():
            factor = Fraction(100) / Fraction(HUNDRED + percent) if self.inclusive else Fraction(1)
            exact = [Fraction(lines[place].amount) * factor for place in places]
            for place, net in zip(places, self.apportioned(nets[percent], exact), strict=True):
                done[place] = replace(lines[place], net=net)
        return done
