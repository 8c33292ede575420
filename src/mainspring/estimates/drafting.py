"""Writing an estimate: text, terms and lines of a ticket's draft, until it is sent. Nothing of it is recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from mainspring.billing.arithmetic import ChargeKind
from mainspring.core.models import TaxRate
from mainspring.core.money import ZERO
from mainspring.estimates.models import Choice, Draft, DraftLine
from mainspring.inventory.models import Product
from mainspring.tickets.models import Ticket
from mainspring.work.models import Service
from mainspring.work.models.labour import spoken_on


@dataclass(frozen=True)
class Wanted:
    """A line as it is asked for: a service or product on its own terms, unless told otherwise, or a free text.

    A free text needs `price` and `tax`.
    """

    quantity: Decimal
    service: Service | None = None
    product: Product | None = None
    description: str = ""
    price: Decimal | None = None
    discount: Decimal = ZERO
    tax: TaxRate | None = None
    choice: str = Choice.ALWAYS
    group: str = ""

    def line(self, draft: Draft) -> DraftLine:
        """Not saved yet."""
        source = self.service or self.product
        kind = ChargeKind.LABOUR if self.service else ChargeKind.PART if self.product else ChargeKind.OTHER
        name = self.service.name.into(spoken_on(draft.ticket)) if self.service else str(self.product or "")
        tax = source.tax if source else self.tax
        price = source.price if source and self.price is None else self.price
        assert tax is not None and price is not None
        return DraftLine(
            draft=draft,
            kind=kind.value,
            service=self.service,
            product=None if self.service else self.product,
            description=self.description or name[:300],
            quantity=self.quantity,
            unit_price=price,
            discount_percent=self.discount,
            tax_percent=tax.percent,
            choice=self.choice,
            group=self.group,
        )


@transaction.atomic
def keep(ticket: Ticket, **terms: Any) -> Draft:
    """Text, validity, deposit: those that are named; the others stay, or are the shop's."""
    draft = locked(ticket)
    for name, value in terms.items():
        setattr(draft, name, value)
    draft.save()
    return draft


@transaction.atomic
def add_lines(ticket: Ticket, lines: Iterable[Wanted]) -> list[DraftLine]:
    draft = locked(ticket)
    draft.save()
    made = [wanted.line(draft) for wanted in lines]
    for line in made:
        line.save()
    return made


@transaction.atomic
def put_lines(ticket: Ticket, lines: Iterable[Wanted]) -> None:
    """These lines instead of those that are there."""
    locked(ticket)
    DraftLine.objects.filter(draft__ticket=ticket).delete()
    add_lines(ticket, lines)


def locked(ticket: Ticket) -> Draft:
    """The ticket's draft. Whoever writes waits for whoever sends, so that no line is lost between two estimates."""
    Ticket.objects.select_for_update().get(pk=ticket.pk)
    return Draft.of(ticket)
