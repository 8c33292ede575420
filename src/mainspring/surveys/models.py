"""What a customer says of a ticket once it is done."""

from datetime import timedelta
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Avg, Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.crm.models import Contact
from mainspring.events.models import record
from mainspring.surveys.events import TICKET_RATED
from mainspring.tickets.models import Ticket

CHANGED_FOR = timedelta(days=1)
MONTH = timedelta(days=30)
MOST = 5


class TooLate(ValueError):
    """The rating stands: it was given more than a day ago, or the ticket is at work again."""


class Rating(models.Model):
    """One to five, and a sentence. One a ticket; whoever gave it may change it for a day."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="rating")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    stars = models.PositiveSmallIntegerField(_("stars"), validators=[MinValueValidator(1), MaxValueValidator(MOST)])
    comment = models.TextField(_("comment"), blank=True, max_length=2000)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_rating_is_one_to_five", condition=models.Q(stars__gte=1, stars__lte=MOST))
        ]
        indexes = [models.Index(fields=["-given_at"])]

    def __str__(self) -> str:
        return f"{self.stars} of {MOST}"

    @property
    def may_change(self) -> bool:
        return self.given_at > timezone.now() - CHANGED_FOR

    @classmethod
    @transaction.atomic
    def give(cls, ticket: Ticket, *, stars: int, comment: str, by: Contact) -> "Rating":
        """The rating of a ticket that is done. Raises TooLate."""
        Ticket.objects.select_for_update().get(pk=ticket.pk)
        known = cls.objects.filter(ticket=ticket).first()
        if not ticket.is_done or (known and not known.may_change):
            raise TooLate
        rating = known or cls(ticket=ticket)
        rating.contact, rating.stars, rating.comment = by, stars, comment
        rating.save()
        record(TICKET_RATED, rating, by=by, stream=ticket, data={"stars": stars})
        return rating

    @classmethod
    def of_month(cls) -> dict[str, Any]:
        """How many there are of the last thirty days, and what they come to."""
        lately = cls.objects.filter(given_at__gt=timezone.now() - MONTH)
        return lately.aggregate(count=Count("pk"), average=Avg("stars"))
