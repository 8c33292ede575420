"""A ticket's papers and payments kept a second time, by plain sums, knowing nothing of the product's code."""

from fractions import Fraction
from typing import Any

from money_oracle import Row, bill, fee

KINDS = ["LABOUR", "PART", "OTHER", "DIAGNOSTIC"]


class OracleShop:
    """One ticket of one customer, replayed step by step: its papers, what is paid on each, what is kept as credit.

    A paper is a dict of `total, credited, paid` and its bill; `credit` is what the customer paid too much.
    """

    def __init__(self, *, inclusive: bool) -> None:
        self.inclusive = inclusive
        self.is_exempt = self.is_declined = self.is_resolved = False
        self.discount: tuple[Fraction, int] = (Fraction(0), 0)
        self.charges: dict[str, Row] = {}
        self.billed: dict[str, str] = {}
        self.diagnostics: dict[str, Row] = {}
        self.settled: dict[str, str] = {}
        self.papers: dict[str, Row] = {}
        self.credit_notes: list[tuple[str, int]] = []
        self.credit = self.received = self.refunded = 0

    def replay(self, step: tuple[Any, ...]) -> None:
        getattr(self, step[0])(*step[1:])

    def diagnostic(self, key: str, price: int, tax: Fraction, policy: str) -> None:
        paper = bill([fee(key, price, tax)], inclusive=self.inclusive, exempt=self.is_exempt)
        assert paper is not None
        line = paper["lines"][0]
        self.diagnostics[key] = {"key": key, "amount": line["amount"], "tax": line["tax"], "policy": policy}
        self._issue(key, paper)

    def charge(
        self,
        key: str,
        kind: str,
        quantity: Fraction,
        unit: Fraction,
        tax: Fraction,
        percent: Fraction = Fraction(0),
        off: int = 0,
    ) -> None:
        self.charges[key] = {
            "key": key,
            "kind": kind,
            "quantity": quantity,
            "unit": unit,
            "percent": percent,
            "off": off,
            "tax": tax,
        }

    def take_back(self, key: str, quantity: Fraction) -> None:
        self.charges[key]["quantity"] -= quantity
        if not self.charges[key]["quantity"]:
            del self.charges[key]

    def line_discount(self, key: str, percent: Fraction, off: int) -> None:
        self.charges[key].update(percent=percent, off=off)

    def document_discount(self, percent: Fraction, off: int) -> None:
        self.discount = (percent, off)

    def exempt(self, exempt: bool) -> None:
        self.is_exempt = exempt

    def decline(self) -> None:
        self.is_declined = True

    def approve(self) -> None:
        self.is_declined = False

    def reopen(self) -> None:
        self.is_resolved = False

    def pay(self, paper: str, amount: int) -> None:
        """What is more than the balance is kept as the customer's credit."""
        taken = min(amount, self.balance(paper))
        self.papers[paper]["paid"] += taken
        self.credit += amount - taken
        self.received += amount

    def refund(self, paper: str, amount: int) -> None:
        self.papers[paper]["paid"] -= amount
        self.refunded += amount

    def running_bill(self) -> Row | None:
        return bill(**self.terms(), inclusive=self.inclusive)

    def terms(self) -> dict[str, Any]:
        """What the bill is made of: what is not billed yet, labour first, and the fees no final invoice dealt with."""
        return {
            "charges": sorted(
                (charge for key, charge in self.charges.items() if key not in self.billed),
                key=lambda charge: KINDS.index(charge["kind"]),
            ),
            "diagnostics": [
                {**diagnostic, **{name: self.papers[key][name] for name in ("total", "paid", "credited")}}
                for key, diagnostic in self.diagnostics.items()
                if key not in self.settled
            ],
            "percent": self.discount[0],
            "off": self.discount[1],
            "exempt": self.is_exempt,
            "declined": self.is_declined,
        }

    def resolve(self, name: str) -> None:
        """Issues the final invoice under that name, once; what it bills and settles is not offered again."""
        self.is_resolved = True
        if final := self.running_bill():
            for key, owed in final["cancelled"].items():
                self._cancel(key, owed)
            for moved in final["moved"]:
                rest = f"rest of {moved['key']} on {name}"
                self.charges[rest] = {**moved, "key": rest}
            self.billed |= {key: name for key in self.charges if key not in self.billed}
            self.settled |= {key: name for key in self.diagnostics if key not in self.settled}
            self._issue(name, final)
            self.papers[name]["is_final"], self.discount = True, (Fraction(0), 0)

    def void(self, name: str) -> None:
        """The reverse of the paper; what was paid on it is the customer's, its charges can be billed again.

        Its discount comes back as the amount that it was, unless another was set since.
        """
        paper = self.papers[name]
        self._cancel(name, paper["total"] - paper["credited"])
        self.credit += paper["paid"]
        if self.discount == (0, 0):
            self.discount = (Fraction(0), sum(line["share"] for line in paper["bill"]["lines"]))
        paper.update(paid=0, voided=True)
        self.billed = {key: paper for key, paper in self.billed.items() if paper != name}
        self.settled = {key: paper for key, paper in self.settled.items() if paper != name}

    def balance(self, paper: str) -> int:
        return int(self.papers[paper]["total"] - self.papers[paper]["credited"] - self.papers[paper]["paid"])

    def is_conserved(self) -> bool:
        """Invoices less credit notes less the payments set against them are the open balance, on no paper negative."""
        invoiced = sum(paper["total"] for paper in self.papers.values())
        cancelled = sum(amount for _paper, amount in self.credit_notes)
        balances = [self.balance(name) for name in self.papers]
        return (
            min(balances, default=0) >= 0
            and self.credit >= 0
            and (invoiced - cancelled - (self.received - self.refunded - self.credit) == sum(balances))
        )

    def _issue(self, name: str, paper: Row) -> None:
        self.papers[name] = {
            "total": paper["total"],
            "credited": 0,
            "paid": 0,
            "voided": False,
            "is_final": False,
            "bill": paper,
        }

    def _cancel(self, name: str, amount: int) -> None:
        self.papers[name]["credited"] += amount
        if amount:
            self.credit_notes.append((name, amount))
