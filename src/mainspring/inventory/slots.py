"""Places of the stock that higher modules fill."""

from collections.abc import Mapping, Sequence

from django.db.models import Model

from mainspring.core.slots import Slot

reference_links: Slot[[Sequence[Model]], Mapping[str, str]] = Slot()
"""Where the things are that movements were for: an address by reference, `{"ticket:5": "/psa/tickets/1042/"}`."""
