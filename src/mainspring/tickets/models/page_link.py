"""A reader's way to the page of one ticket, and how long such a way is open."""

import secrets
from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.core.sealing import seal, unseal
from mainspring.core.tokens import digest_of
from mainspring.crm.models import Contact
from mainspring.events.amended import Amended
from mainspring.events.models import Actor, record
from mainspring.tickets.events import CUSTOMER_PAGES_CHANGED, PAGE_LINKS_ENDED
from mainspring.tickets.models.ticket import Ticket

TOKEN_BYTES = 24


class CustomerPages(Amended):
    """How the customers' pages behave. One row."""

    changed_event = CUSTOMER_PAGES_CHANGED

    link_days = models.PositiveSmallIntegerField(
        _("days a link works"), default=90, validators=[MinValueValidator(1), MaxValueValidator(730)]
    )

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_customer_pages", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return str(_("the customers' pages"))

    @classmethod
    def get(cls) -> "CustomerPages":
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class PageLinkQuerySet(models.QuerySet["PageLink"]):
    def standing(self) -> "PageLinkQuerySet":
        """Those that open the page: neither ended nor expired."""
        return self.filter(ended_at=None, expires_at__gt=timezone.now())

    def of_token(self, token: str) -> "PageLinkQuerySet":
        """The link with this token, whether it still opens or not."""
        return self.filter(digest=digest_of(token)).select_related(
            "ticket__status", "ticket__contact", "ticket__business", "ticket__device__kind", "contact__business"
        )

    @transaction.atomic
    def for_reader(self, ticket: Ticket, reader: Contact) -> "PageLink":
        """The link that a mail to this reader carries: his latest one, or a new one when half of its time is over."""
        lasts = timedelta(days=CustomerPages.get().link_days)
        his = self.standing().filter(ticket=ticket, contact=reader, expires_at__gt=timezone.now() + lasts / 2)
        return his.order_by("-id").first() or self._make(ticket, reader, lasts)

    def _make(self, ticket: Ticket, reader: Contact, lasts: timedelta) -> "PageLink":
        token = secrets.token_urlsafe(TOKEN_BYTES)
        digest = digest_of(token)
        return self.create(
            ticket=ticket,
            contact=reader,
            digest=digest,
            sealed=seal(token, context=f"page link {digest}"),
            expires_at=timezone.now() + lasts,
        )

    @transaction.atomic
    def end(self, ticket: Ticket, *, by: Actor | None) -> None:
        """No link to this ticket opens it any more; the next mail brings a new one."""
        ended = self.filter(ticket=ticket, ended_at=None).update(ended_at=timezone.now())
        record(PAGE_LINKS_ENDED, ticket, by=by, data={"count": ended})


class PageLink(models.Model):
    """Opens the page of one ticket to one reader. Its token is kept hashed to be found, sealed to be mailed again."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token.")
    sealed = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = PageLinkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["ticket", "contact", "-id"])]

    def __str__(self) -> str:
        return f"page of {self.ticket_id} for {self.contact_id}"

    @property
    def token(self) -> str:
        return unseal(bytes(self.sealed), context=f"page link {self.digest}")

    @property
    def opens(self) -> bool:
        return self.ended_at is None and self.expires_at > timezone.now()
