"""Statuses are rows with a fixed kind, and the automation that moves tickets between kinds."""

from typing import Any

from django.core.cache import cache
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mainspring.core.prepared import prepared
from mainspring.core.text import TranslatedField
from mainspring.events.amended import Amended
from mainspring.events.models import Actor, record
from mainspring.tickets.events import STATUS_ROW_ADDED, STATUS_ROW_CHANGED, STATUS_ROW_REMOVED
from mainspring.tickets.models.kinds import Colour, StatusKind

SHOWN_KEY, SHOWN_FOR = "tickets.statuses", 10
"""Seconds for which a page may show the statuses it read before."""


class Status(Amended):
    """A status as people read it: a name in each language, a colour, a place in the order, a fixed kind."""

    changed_event = STATUS_ROW_CHANGED

    kind = models.CharField(_("kind"), max_length=30, choices=StatusKind)
    name = TranslatedField(_("name"))
    colour = models.CharField(
        _("colour"), max_length=7, choices=Colour, blank=True, help_text=_("Empty: the colour of its kind.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("status")
        verbose_name_plural = _("statuses")

    def __str__(self) -> str:
        return str(self.name)

    @property
    def is_done(self) -> bool:
        return self.kind in (StatusKind.RESOLVED, StatusKind.CLOSED)

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, **columns: Any) -> "Status":
        status = cls.objects.create(**columns)
        record(STATUS_ROW_ADDED, status, by=by, data={"name": str(status)})
        return status

    def why_needed(self) -> str:
        """Why it can't be taken away, in a sentence; empty when it can."""
        if self.ticket_set.exists():
            return gettext("Tickets have this status. Give them another one first.")
        elif not Status.objects.filter(kind=self.kind).exclude(pk=self.pk).exists():
            return gettext("It is the last status of its kind, and the rules need one. Rename it instead.")
        else:
            return ""

    @transaction.atomic
    def remove(self, *, by: Actor | None) -> None:
        record(STATUS_ROW_REMOVED, self, by=by, data={"name": str(self)})
        self.delete()
        transaction.on_commit(lambda: cache.delete(SHOWN_KEY))

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        transaction.on_commit(lambda: cache.delete(SHOWN_KEY))

    @classmethod
    def in_order(cls) -> "list[Status]":
        """All of them, for a page to show: ten seconds old at most. Rules read the table."""
        return cache.get_or_set(SHOWN_KEY, lambda: list(cls.objects.all()), SHOWN_FOR) or []

    @classmethod
    def first_of(cls, kind: str) -> "Status":
        """The status a rule moves to: the first row of its kind."""
        return _of_kind(kind)[0]


@prepared
def _of_kind(kind: str) -> models.QuerySet[Status]:
    return Status.objects.filter(kind=kind).order_by("order", "id")[:1]


class Automation(models.Model):
    """Which status changes happen by themselves. One row."""

    question_waits = models.BooleanField(_("A question to the customer: waiting for the customer"), default=True)
    reply_is_noted = models.BooleanField(_("The customer answers: customer replied"), default=True)
    timer_starts_work = models.BooleanField(_("A timer starts: in progress"), default=True)
    paid_closes = models.BooleanField(_("The final invoice is paid: the resolved ticket closes"), default=True)

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_automation", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return "automation"

    @classmethod
    def get(cls) -> "Automation":
        return cls.objects.filter(pk=1).first() or cls(pk=1)
