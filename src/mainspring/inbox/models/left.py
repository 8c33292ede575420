"""Mails that we left on their server."""

from typing import ClassVar

from django.db import models, transaction
from django.utils import timezone

from mainspring.events.models import Actor, record
from mainspring.inbox.events import LEFT_MAIL_SETTLED, MAIL_LEFT
from mainspring.inbox.models.mailbox import Mailbox


class LeftMailQuerySet(models.QuerySet["LeftMail"]):
    def unsettled(self) -> "LeftMailQuerySet":
        """What somebody should still look at, the oldest first."""
        return self.filter(settled_at=None).select_related("mailbox").order_by("id")


class LeftMail(models.Model):
    """A mail too large to take: it stays in its mailbox, and is named here until somebody has dealt with it."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="left")
    uid_validity = models.PositiveBigIntegerField()
    uid = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    found_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar[LeftMailQuerySet] = LeftMailQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_mail_is_left_once", fields=["mailbox", "uid_validity", "uid"]),
        ]
        indexes = [models.Index(fields=["id"], name="unsettled_left_mails", condition=models.Q(settled_at=None))]

    def __str__(self) -> str:
        return self.subject or self.sender

    @classmethod
    @transaction.atomic
    def leave(cls, mailbox: Mailbox, *, uid_validity: int, uid: int, size: int, sender: str, subject: str) -> None:
        """Name it; once, however often the reader comes by."""
        left, is_new = cls.objects.get_or_create(
            mailbox=mailbox,
            uid_validity=uid_validity,
            uid=uid,
            defaults={"size": size, "sender": sender[:320], "subject": subject[:255]},
        )
        if is_new:
            record(MAIL_LEFT, left, by=None, data={"sender": left.sender, "name": mailbox.address})

    @transaction.atomic
    def settle(self, *, by: Actor) -> None:
        """Somebody has fetched it, or asked for a smaller one."""
        if LeftMail.objects.filter(pk=self.pk, settled_at=None).update(settled_at=timezone.now()):
            record(LEFT_MAIL_SETTLED, self, by=by, data={"sender": self.sender})
