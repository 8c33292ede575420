"""Places of work that higher modules fill."""

from collections.abc import Mapping, Sequence

from django.db.models import Model

from mainspring.core.slots import Slot

locks: Slot[[Sequence[Model]], Mapping[str, str]] = Slot()
"""Why charges may no longer be changed: a sentence by reference, `{"labour:5": "It is on invoice INV-12."}`.

Asked once for all the charges of a list, so that a page of them costs each filler one query.
"""
