"""People of the staff: who may enter, and what each may do."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.events import PERSON_CHANGED, PERSON_INVITED, PERSON_LEFT
from mainspring.accounts.roles import PERMISSIONS, Permission, Role
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
        """A new member of the staff. Without a password he sets one by the reset mail."""
        person = self.model(email=self.normalize_email(email).lower(), name=name, role=role, **more)
        person.set_password(password)
        person.save()
        record(PERSON_INVITED, person, by=by, data={"name": name, "role": role})
        return person

    def working(self) -> "models.QuerySet[Person]":
        return self.filter(is_active=True).order_by("name")


class Person(AbstractBaseUser):
    """A member of the staff, who signs in with his mail address and acts under one role."""

    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.TECHNICIAN)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[is_time_zone])
    colour = models.CharField(_("colour"), max_length=7, default="#4a7d72")
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

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
            record(PERSON_CHANGED, self, by=by, data={"name": self.name, "changes": changed})

    @transaction.atomic
    def leave(self, *, by: Actor | None) -> None:
        """May no longer sign in; what he did stays his."""
        if self.is_active:
            self.is_active = False
            self.save(update_fields=["is_active"])
            record(PERSON_LEFT, self, by=by, data={"name": self.name})
