"""Rows that people change by forms: each change is recorded, with before and after."""

from typing import Any

from django.db import models, transaction

from mainspring.events.kinds import EventKind
from mainspring.events.models import Actor, record


class Amended(models.Model):
    """A row whose changes are recorded, with before and after, under its own kind of event."""

    changed_event: EventKind

    class Meta:
        abstract = True

    @transaction.atomic
    def amend(self, *, by: Actor | None, **fields: Any) -> None:
        before = {name: getattr(self, name) for name in fields}
        changed = {name: [str(before[name]), str(value)] for name, value in fields.items() if before[name] != value}
        if changed:
            for name in changed:
                setattr(self, name, fields[name])
            self.save()
            record(self.changed_event, self, by=by, data={"name": str(self), "changes": changed})
