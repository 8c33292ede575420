"""Other houses whose sign-in opens ours: Google, Microsoft, GitHub, and any that speaks OpenID Connect."""

from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialApp
from django.db import models, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.events import PROVIDER_ADDED, PROVIDER_CHANGED, PROVIDER_REMOVED
from mainspring.core.sealing import Broken, seal, unseal
from mainspring.events.models import Actor, record

GOOGLE = "https://accounts.google.com"
ICONS = {"google": "brand-google", "microsoft": "brand-windows", "github": "brand-github", "oidc": "plug-connected"}


class Provider(models.Model):
    """A house that tells us who somebody is. All but GitHub speak OpenID Connect, so one way serves them."""

    class Kind(models.TextChoices):
        GOOGLE = "google", "Google"
        MICROSOFT = "microsoft", "Microsoft"
        GITHUB = "github", "GitHub"
        OIDC = "oidc", "OpenID Connect"

    kind = models.CharField(_("provider"), max_length=12, choices=Kind)
    slug = models.SlugField(max_length=30, unique=True, editable=False)
    name = models.CharField(_("name on the button"), max_length=40)
    issuer = models.URLField(_("issuer"), max_length=300, blank=True)
    client_id = models.CharField(_("client ID"), max_length=190)
    sealed_secret = models.BinaryField(default=b"", editable=False)
    domains = models.JSONField(_("mail domains"), default=list, blank=True)
    on_desk = models.BooleanField(_("opens the staff's desk"), default=True)
    on_portal = models.BooleanField(_("opens the customers' portal"), default=False)
    is_on = models.BooleanField(_("on"), default=True)

    class Meta:
        verbose_name = _("provider")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(name="github_is_set_up_once", fields=["kind"], condition=models.Q(kind="github"))
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, secret: str = "", **fields: Any) -> "Provider":
        kind = fields["kind"]
        slug = kind if kind == cls.Kind.GITHUB else f"{kind}-{get_random_string(8).lower()}"
        provider = cls.objects.create(slug=slug, **fields)
        provider._keep(secret)
        record(PROVIDER_ADDED, provider, by=by, data={"name": provider.name})
        return provider

    @transaction.atomic
    def change(self, *, by: Actor | None, secret: str = "", **fields: Any) -> None:
        """Other columns; a secret only when a new one is given. At another issuer nobody is linked yet."""
        changes = {name: [getattr(self, name), value] for name, value in fields.items() if getattr(self, name) != value}
        for name, (_before, value) in changes.items():
            setattr(self, name, value)
        if changes:
            self.save()
        if changes.keys() & {"issuer", "kind"}:
            SocialAccount.objects.filter(provider=self.slug).delete()
        if secret:
            self._keep(secret)
            changes["secret"] = ["…", "…"]
        if changes:
            record(PROVIDER_CHANGED, self, by=by, data={"name": self.name, "changes": changes})

    @transaction.atomic
    def remove(self, *, by: Actor | None) -> None:
        """Nobody comes in this way any more; the links of people go with it."""
        record(PROVIDER_REMOVED, self, by=by, data={"name": self.name})
        SocialAccount.objects.filter(provider=self.slug).delete()
        self.delete()

    @property
    def secret(self) -> str:
        """Empty when it was kept under another secret key: then its own page says so."""
        try:
            return unseal(bytes(self.sealed_secret), context=self._place) if self.sealed_secret else ""
        except Broken:
            return ""

    @property
    def speaks_oidc(self) -> bool:
        return self.kind != self.Kind.GITHUB

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def server_url(self) -> str:
        return GOOGLE if self.kind == self.Kind.GOOGLE else self.issuer.rstrip("/")

    def opens(self, surface: str) -> bool:
        return self.is_on and (self.on_portal if surface == "portal" else self.on_desk)

    def vouches_for(self, email: str) -> bool:
        """Whether its word that an address is somebody's counts here: only for the domains the shop gave it."""
        return email.rpartition("@")[2].lower() in self.domains

    def app(self) -> SocialApp:
        """As allauth knows it; never stored, so that the secret isn't either."""
        return SocialApp(
            provider="openid_connect" if self.speaks_oidc else self.kind,
            provider_id=self.slug,
            name=self.name,
            client_id=self.client_id,
            secret=self.secret,
            settings={"server_url": self.server_url, "hidden": False},
        )

    def _keep(self, secret: str) -> None:
        if secret:
            self.sealed_secret = seal(secret, context=self._place)
            self.save(update_fields=["sealed_secret"])

    @property
    def _place(self) -> str:
        return f"secret of sign-in provider {self.pk}"
