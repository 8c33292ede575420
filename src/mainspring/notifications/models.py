"""What the customers of a ticket were told last."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone

from mainspring.tickets.models import Ticket


class Told(models.Model):
    """How far the customers of a ticket were told: up to which event, and which date stands in their calendars."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="+")
    event_id = models.PositiveBigIntegerField(default=0, help_text="The last event they were told of.")
    invited_for = models.DateTimeField(null=True, help_text="The date in their calendars.")
    sequence = models.PositiveIntegerField(default=0, help_text="SEQUENCE of the last invite.")

    objects: ClassVar[models.Manager["Told"]] = models.Manager()

    def __str__(self) -> str:
        return f"told of {self.ticket_id}"

    @classmethod
    def lock(cls, ticket: Ticket) -> "Told":
        """The ticket's row, locked until the caller's transaction ends."""
        Told.objects.bulk_create([Told(ticket=ticket)], ignore_conflicts=True)
        return Told.objects.select_for_update().get(ticket=ticket)

    def calendar_change(self, ticket: Ticket) -> "tuple[datetime, bool] | None":
        """What their calendars need now: the date to put in, or the date to take out (True). None when they are right.

        A date that has passed is left alone: nobody needs to hear that yesterday is cancelled.
        """
        wanted = ticket.due_at if ticket.is_open else None
        if wanted == self.invited_for:
            return None
        elif wanted is not None:
            return wanted, False
        elif self.invited_for is not None and self.invited_for > timezone.now():
            return self.invited_for, True
        else:
            return None

    def invite_sent(self, at: datetime, *, cancelled: bool, lowest: int) -> int:
        """Note the next invite; returns its SEQUENCE, higher than any before."""
        self.sequence = max(lowest, self.sequence + 1) if self.sequence or self.invited_for else lowest
        self.invited_for = None if cancelled else at
        return self.sequence
