"""A link by which a customer hands in a secret, instead of mailing it."""

import secrets
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from mainspring.accounts.models import Person
from mainspring.core.tokens import digest_of
from mainspring.crm.models import Contact
from mainspring.events.models import record
from mainspring.vault.contents import Contents
from mainspring.vault.events import REQUEST_ANSWERED, REQUEST_ENDED, REQUEST_MADE
from mainspring.vault.models.credential import Credential, Kind
from mainspring.vault.models.locked import AtHome, Home, at_home, one_home
from mainspring.vault.models.share import Over

LASTS = timedelta(days=7)


class HandInQuerySet(models.QuerySet["HandIn"]):
    def open_ones(self) -> "HandInQuerySet":
        return self.filter(answered_at=None, ended_at=None, expires_at__gt=timezone.now())

    def at(self, home: Home) -> "HandInQuerySet":
        return self.filter(**at_home(home))

    def of_token(self, token: str) -> "HandInQuerySet":
        return self.filter(digest=digest_of(token))

    @transaction.atomic
    def make(
        self, home: Home, *, kind: str, name: str, says: str, contact: Contact | None, by: Person
    ) -> "tuple[HandIn, str]":
        """The request, and the token of its link, which is kept nowhere."""
        token = secrets.token_urlsafe(24)
        request = self.create(
            kind=kind,
            name=name,
            says=says,
            asked=contact,
            digest=digest_of(token),
            made_by=by,
            expires_at=timezone.now() + LASTS,
            **at_home(home),
        )
        record(REQUEST_MADE, request, by=by, stream=request.home_key, data={"name": name})
        return request, token


class HandIn(AtHome):
    """What we asked a customer for. Whoever has the link may write into the vault, once; he reads nothing."""

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("what you need"), max_length=120)
    says = models.TextField(_("words to the customer"), blank=True, max_length=1000)
    asked = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = HandInQuerySet.as_manager()

    class Meta:
        constraints = [one_home("a_request_is_at_home_in_one_place")]

    def __str__(self) -> str:
        return self.name

    @property
    def opens(self) -> bool:
        return self.answered_at is None and self.ended_at is None and self.expires_at > timezone.now()

    @transaction.atomic
    @sensitive_variables("contents")
    def answer(self, contents: Contents) -> Credential:
        """He hands it in: an credential, and the link is over. Raises Over or NoKey."""
        request = HandIn.objects.select_for_update().get(pk=self.pk)
        if not request.opens:
            raise Over
        credential = Credential.objects.keep(
            request.home, contents, kind=request.kind, name=request.name, by=request.asked
        )
        HandIn.objects.filter(pk=request.pk).update(answered_at=timezone.now())
        record(REQUEST_ANSWERED, request, by=request.asked, stream=request.home_key, data={"name": request.name})
        return credential

    @transaction.atomic
    def end(self, *, by: Person) -> None:
        if HandIn.objects.open_ones().filter(pk=self.pk).update(ended_at=timezone.now()):
            record(REQUEST_ENDED, self, by=by, stream=self.home_key, data={"name": self.name})
