"""Places of work that higher modules fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Model

from mainspring.core.slots import Slot
from mainspring.inventory.models import Product
from mainspring.tickets.models import Ticket

locks: Slot[[Sequence[Model]], Mapping[str, str]] = Slot()
"""Why charges may no longer be changed: a sentence by reference, `{"labour:5": "It is on invoice INV-12."}`.

Asked once for all the charges of a list, so that a page of them costs each filler one query.
"""


@dataclass(frozen=True)
class AgreedPart:
    """A product the customer said yes to, which is still on its shelf."""

    product: Product
    quantity: Decimal
    why: str
    """What it was agreed by, like `EST-000007`."""


agreed_parts: Slot[[Ticket], list[AgreedPart]] = Slot()
"""What a technician has to take from the shelf for this ticket. It is on the bill already."""
