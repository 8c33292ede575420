"""The verbs of the settings: a row changed, with before and after in the audit trail."""

from typing import Any

from django.db import models, transaction

from mainspring.core.models import Shop, TaxRate
from mainspring.events.kinds import EventKind
from mainspring.events.models import Actor, record
from mainspring.setup.events import SHOP_CHANGED, TAX_ADDED, TAX_CHANGED
from mainspring.tickets.events import AUTOMATION_CHANGED
from mainspring.tickets.models import Automation


def change_shop(*, by: Actor, **columns: Any) -> None:
    _change(Shop.get(), SHOP_CHANGED, by, columns)


def change_automation(*, by: Actor, **columns: Any) -> None:
    _change(Automation.get(), AUTOMATION_CHANGED, by, columns)


@transaction.atomic
def keep_tax(tax: TaxRate | None, *, by: Actor, **columns: Any) -> None:
    """A new tax or a changed one. Issued invoices keep theirs; what stands on tickets follows."""
    if columns.get("is_default"):
        others = TaxRate.objects.exclude(pk=tax.pk) if tax else TaxRate.objects.all()
        others.filter(is_default=True).update(is_default=False)
    if tax is None:
        added = TaxRate.objects.create(**columns)
        record(TAX_ADDED, added, by=by, data={"name": str(added)})
    else:
        _change(TaxRate.objects.get(pk=tax.pk), TAX_CHANGED, by, columns)


@transaction.atomic
def _change(row: models.Model, kind: EventKind, by: Actor, columns: dict[str, Any]) -> None:
    changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
    changes = {name: [str(getattr(row, name)), str(value)] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(row, name, value)
    if changes:
        row.save()
        record(kind, row, by=by, data={"name": str(row), "changes": changes})
