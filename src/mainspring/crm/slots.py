"""Places on the customers' pages that higher modules fill: their tickets, what they owe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mainspring.accounts.models import Person
from mainspring.core.slots import Slot
from mainspring.crm.models import Business, Contact, Device, DeviceKind
from mainspring.ui.slots import Piece, Text

contact_panels: Slot[[Contact, Person], Piece] = Slot()
business_panels: Slot[[Business, Person], Piece] = Slot()
device_panels: Slot[[Device, Person], Piece] = Slot()


@dataclass(frozen=True)
class KindColumn:
    """A column of the list of device kinds: its words by the kind's id, and the page where they are changed."""

    label: Text
    cells: Mapping[int, Text]
    url: str = ""


kind_columns: Slot[[Sequence[DeviceKind], Person], KindColumn] = Slot()
