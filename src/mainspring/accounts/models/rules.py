"""How people may come in: the shop's own rules."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.events import ENTRY_RULES_CHANGED
from mainspring.events.models import Actor, record


class EntryRules(models.Model):
    """The one row that says who needs a second factor, and whether a mailed code opens the door."""

    second_factor_roles = models.JSONField(_("roles that need a second factor"), default=list, blank=True)
    mail_opens_desk = models.BooleanField(_("staff may sign in by a mailed code"), default=True)
    mail_opens_portal = models.BooleanField(_("customers may sign in by a mailed code"), default=True)

    class Meta:
        constraints = [models.CheckConstraint(name="entry_rules_are_one_row", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return str(_("Signing in"))

    @classmethod
    def get(cls) -> "EntryRules":
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def ask_second_factor_of(self, role: str) -> bool:
        return role in self.second_factor_roles

    def mail_opens(self, surface: str) -> bool:
        return self.mail_opens_portal if surface == "portal" else self.mail_opens_desk

    @transaction.atomic
    def change(self, *, by: Actor | None, **fields: Any) -> None:
        changes = {name: [getattr(self, name), value] for name, value in fields.items() if getattr(self, name) != value}
        for name, (_before, value) in changes.items():
            setattr(self, name, value)
        if changes:
            self.save()
            record(ENTRY_RULES_CHANGED, self, by=by, data={"changes": changes})
