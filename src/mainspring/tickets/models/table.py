"""The ticket's columns, on one screen."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.crm.models import Business, Contact, Device
from mainspring.tickets.models.kinds import Channel, Priority
from mainspring.tickets.models.status import Status


class TicketTable(models.Model):
    """All columns of a ticket; the verbs are in the files beside this one."""

    number = models.PositiveBigIntegerField(_("number"), unique=True, editable=False)
    subject = models.CharField(_("subject"), max_length=200)
    description = models.TextField(_("problem"), blank=True)
    status = models.ForeignKey(Status, models.PROTECT, verbose_name=_("status"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.MEDIUM)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, default=Channel.DESK)
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="tickets", verbose_name=_("customer"))
    business = models.ForeignKey(
        Business, models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("business")
    )
    device = models.ForeignKey(
        Device, models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("device")
    )
    device_condition = models.CharField(_("condition"), max_length=300, blank=True)
    accessories = models.CharField(_("accessories"), max_length=300, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_tickets",
        verbose_name=_("technician"),
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now, editable=False)
    resolved_at = models.DateTimeField(_("resolved"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    declined_at = models.DateTimeField(_("repair declined"), null=True, editable=False)
    is_open = models.BooleanField(
        default=True, editable=False, help_text="Neither resolved nor closed; follows the status."
    )
    last_line = models.CharField(
        max_length=160, blank=True, editable=False, help_text="The last message's first words."
    )
    invite_sequence = models.PositiveIntegerField(
        default=0, editable=False, help_text="SEQUENCE of the calendar invite."
    )

    intake_key = models.UUIDField(
        null=True, unique=True, editable=False, help_text="Of the form that opened it: sent twice, it opens one."
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"
