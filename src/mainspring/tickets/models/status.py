"""Statuses are rows with a fixed kind, and the automation that moves tickets between kinds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mainspring.core.text import TranslatedField
from mainspring.tickets.models.kinds import StatusKind


class Status(models.Model):
    """A status as people read it: a name in each language, a colour, a place in the order, a fixed kind."""

    kind = models.CharField(_("kind"), max_length=30, choices=StatusKind)
    name = TranslatedField(_("name"))
    colour = models.CharField(_("colour"), max_length=7, blank=True)
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
    def first_of(cls, kind: str) -> "Status":
        """The status a rule moves to: the first row of its kind."""
        return cls.objects.filter(kind=kind).order_by("order", "id")[0]


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
