"""People who sign in: the staff, and customers, who see the portal alone."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.events import (
    ADDRESS_ASKED,
    ADDRESS_CHANGED,
    ADDRESS_PROVEN,
    PASSWORD_CHANGED,
    PERSON_CHANGED,
    PERSON_INVITED,
    PERSON_LEFT,
    RECLAIMED,
)
from mainspring.accounts.roles import CUSTOMER, PERMISSIONS, Permission, Role
from mainspring.core.links import link
from mainspring.events.models import Actor, record

__all__ = ["Person", "Role"]


def is_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("There is no time zone of that name."))


class PeopleManager(BaseUserManager["Person"]):
    """The staff. `get_by_natural_key` ignores case, as mail addresses do."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)

    @transaction.atomic
    def invite(
        self, *, email: str, name: str, role: str, by: Actor | None, password: str | None = None, **more: Any
    ) -> "Person":
        """A new member of the staff. Without a password he sets one by the reset mail.

        Who invites vouches for the address. Where people sign themselves up, pass `address_proven_at=None`.
        """
        more = {"address_proven_at": timezone.now()} | more
        person = self.model(email=self.normalize_email(email).lower(), name=name, role=role, **more)
        person.set_password(password)
        person.save()
        record(PERSON_INVITED, person, by=by, data={"name": name, "role": role})
        return person

    def welcome(self, *, email: str, name: str, password: str | None, **more: Any) -> "Person":
        """A customer who may sign in to the portal; his address is proven. Without a password he comes in by another
        house, or by mail. Whoever ties him to his contacts records it."""
        more = {"address_proven_at": timezone.now()} | more
        person = self.model(email=self.normalize_email(email).lower(), name=name, role=CUSTOMER, **more)
        person.set_password(password)
        person.save()
        return person

    def colleagues(self) -> "list[Person]":
        """Who works here, for a page to choose from: ten seconds old at most. What was chosen is looked up again."""
        return cache.get_or_set("accounts.colleagues", lambda: list(self.working()), 10) or []

    def staff(self) -> "models.QuerySet[Person]":
        """Everybody who works here or did. Customers' accounts are no staff."""
        return self.exclude(role=CUSTOMER)

    def working(self) -> "models.QuerySet[Person]":
        return self.staff().filter(is_active=True).order_by("name")


class Person(AbstractBaseUser):
    """Somebody who signs in with his mail address: a member of the staff under one role, or a customer."""

    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.TECHNICIAN)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[is_time_zone])
    colour = models.CharField(_("colour"), max_length=7, default="#4a7d72")
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    address_proven_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[PeopleManager] = PeopleManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    @property
    def actor_key(self) -> str:
        return f"person:{self.pk}"

    @property
    def actor_pair(self) -> tuple[str, str]:
        """Key and name, for a list to choose from."""
        return self.actor_key, self.name

    @property
    def actor_name(self) -> str:
        return self.name

    def link(self, route: str, *args: object) -> str:
        """The whole address of a page about how he signs in, where he does."""
        return link(route, *args, at="portal" if self.is_customer else "psa")

    @property
    def is_customer(self) -> bool:
        return self.role == CUSTOMER

    def may(self, permission: Permission | str) -> bool:
        """Whether this person's role holds the permission. An inactive person may nothing."""
        wanted = PERMISSIONS[permission] if isinstance(permission, str) else permission
        return self.is_active and wanted.is_given_to(self.role)

    @transaction.atomic
    def become(self, *, by: Actor | None, **fields: Any) -> None:
        """Change name, role, phone … ; the audit trail keeps before and after."""
        before = {name: getattr(self, name) for name in fields}
        changed = {name: [before[name], value] for name, value in fields.items() if before[name] != value}
        if changed:
            for name, (_before, value) in changed.items():
                setattr(self, name, value)
            self.save(update_fields=list(changed))
            if "email" in changed:
                self.mailed_keys.filter(used_at=None).delete()
            record(PERSON_CHANGED, self, by=by, data={"name": self.name, "changes": changed})

    @transaction.atomic
    def change_password(self, password: str, *, by: Actor) -> None:
        """A new password. Every session but the one that asks ends with it, and so does what was mailed before."""
        self.set_password(password)
        self.save(update_fields=["password"])
        self.mailed_keys.filter(used_at=None).delete()
        record(PASSWORD_CHANGED, self, by=by, data={"name": self.name})

    @property
    def has_proven_address(self) -> bool:
        """Whether the mail address is known to be his. Without, nothing may be linked to the account."""
        return self.address_proven_at is not None

    @transaction.atomic
    def prove_address(self, *, keeps_password: bool = False) -> None:
        """Whoever reads the mails of this address came in.

        Was it never proven before, the account may have been made by somebody else in his name (account pre-hijacking,
        Sudhodanan and Paverd 2022): then nothing that was set up before him stays.
        """
        if not self.has_proven_address:
            if not keeps_password:
                self._reclaim()
            self.address_proven_at = timezone.now()
            self.save(update_fields=["address_proven_at"])
            record(ADDRESS_PROVEN, self, by=self, data={"name": self.name, "email": self.email})

    @transaction.atomic
    def ask_for_address(self, email: str, *, by: Actor) -> None:
        """Wishes for another mail address. Nothing changes until its owner has said yes."""
        record(ADDRESS_ASKED, self, by=by, data={"name": self.name, "email": email.lower(), "old": self.email})

    @transaction.atomic
    def change_address(self, email: str, *, by: Actor) -> None:
        """Another mail address, shown to be his. What was mailed to the old one opens nothing any more.

        Raises ValidationError when somebody has it already.
        """
        if Person.objects.filter(email=email.lower()).exclude(pk=self.pk).exists():
            raise ValidationError(_("Somebody has this mail address already."))
        old, self.email, self.address_proven_at = self.email, email.lower(), timezone.now()
        self.save(update_fields=["email", "address_proven_at"])
        self.mailed_keys.filter(used_at=None).delete()
        changes = {"email": [old, self.email]}
        record(
            ADDRESS_CHANGED,
            self,
            by=by,
            data={"name": self.name, "email": self.email, "old": old} | {"changes": changes},
        )

    def _reclaim(self) -> None:
        from allauth.socialaccount.models import SocialAccount

        from mainspring.accounts.factors import Factors
        from mainspring.accounts.models.browsers import Sitting

        self.set_unusable_password()
        self.save(update_fields=["password"])
        self.mailed_keys.filter(used_at=None).delete()
        self.known_browsers.all().delete()
        SocialAccount.objects.filter(user=self).delete()
        Factors(self).clear()
        Sitting.end_all(self, by=None)
        record(RECLAIMED, self, by=self, data={"name": self.name})

    @transaction.atomic
    def leave(self, *, by: Actor | None) -> None:
        """May no longer sign in; what he did stays his."""
        if self.is_active:
            self.is_active = False
            self.save(update_fields=["is_active"])
            record(PERSON_LEFT, self, by=by, data={"name": self.name})
