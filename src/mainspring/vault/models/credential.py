"""A credential, and everything that is done with it."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from mainspring.accounts.models import Person, Role
from mainspring.core.sealing import Broken
from mainspring.crm.models import Contact
from mainspring.events.kinds import EventKind
from mainspring.events.models import Actor, record
from mainspring.tickets.models import Ticket
from mainspring.ui.slots import Viewer
from mainspring.vault import permissions
from mainspring.vault.contents import Contents, Facts
from mainspring.vault.events import (
    CREDENTIAL_CHANGED,
    CREDENTIAL_DAMAGED,
    CREDENTIAL_DUE,
    CREDENTIAL_KEPT,
    CREDENTIAL_LIMITED,
    CREDENTIAL_PUT_BACK,
    CREDENTIAL_REMOVED,
    CREDENTIAL_SETTLED,
    CREDENTIAL_SHOWN,
    CREDENTIAL_WIPED,
)
from mainspring.vault.models.locked import AtHome, Home, Locked, at_home, one_home

log = logging.getLogger(__name__)

PUT_BACK_WITHIN = timedelta(days=7)
"""How long something removed can be put back; then it is wiped."""


class Kind(models.TextChoices):
    COMPUTER = "computer", _("Computer")
    ROUTER = "router", _("Router")
    WIFI = "wifi", _("Wi-Fi")
    DEVICE = "device", _("Device")
    REMOTE = "remote", _("Remote access")
    FREE = "free", _("Other")


ICONS = {
    Kind.COMPUTER: "device-desktop",
    Kind.ROUTER: "router",
    Kind.WIFI: "wifi",
    Kind.DEVICE: "device-mobile",
    Kind.REMOTE: "screen-share",
    Kind.FREE: "key",
}


class CredentialQuerySet(models.QuerySet["Credential"]):
    def visible_to(self, person: Viewer) -> "CredentialQuerySet":
        """The only door: what this person may know of. The owner sees all; a limited one, whoever has a seat at it."""
        if not isinstance(person, Person) or person.is_customer or not person.may(permissions.VIEW):
            return self.none()
        seen = self.filter(Q(ticket=None) | Q(ticket__in=Ticket.objects.visible_to(person).order_by().values("pk")))
        if person.role != Role.OWNER:
            seats = Seat.objects.filter(Q(role=person.role) | Q(person=person), credential=OuterRef("pk"))
            seen = seen.filter(Q(is_limited=False) | Exists(seats))
        return seen

    def standing(self) -> "CredentialQuerySet":
        """Those that were not removed."""
        return self.filter(removed_at=None)

    def listed(self) -> "CredentialQuerySet":
        """For a list: without what is locked but the facts."""
        return self.defer("secrets", "file").order_by("kind", "name", "pk")

    def at(self, home: Home) -> "CredentialQuerySet":
        """What is at home there; on a contact, also of those merged into him."""
        if isinstance(home, Contact):
            return self.filter(contact__in=home.he_and_merged())
        return self.filter(**at_home(home))

    def around(self, ticket: Ticket) -> "CredentialQuerySet":
        """What a ticket needs: its own, those of its device, its customer and his business."""
        near = Q(ticket=ticket)
        if ticket.device_id:
            near |= Q(device=ticket.device_id)
        if ticket.contact_id:
            near |= Q(contact=ticket.contact_id) | Q(contact__merged_into=ticket.contact_id)
        if ticket.business_id:
            near |= Q(business=ticket.business_id)
        return self.filter(near)

    def due(self) -> "CredentialQuerySet":
        """What should be changed, the longest waiting first."""
        return self.standing().filter(due_at__isnull=False).order_by("due_at", "pk")

    @transaction.atomic
    @sensitive_variables("contents")
    def keep(
        self,
        home: Home,
        contents: Contents,
        *,
        kind: str,
        name: str,
        by: Actor | None,
        roles: Iterable[str] = (),
        people: Iterable[Person] = (),
    ) -> "Credential":
        """A new credential. With `roles` or `people` only they see it, else whoever may see the vault. Raises NoKey."""
        credential = self.create(kind=kind, name=name, **at_home(home))
        credential._lock(contents)
        credential.save()
        credential._seat(roles, people)
        credential.record(CREDENTIAL_KEPT, by=by)
        return credential


class Credential(AtHome, Locked):
    """A credential of a customer. Kind and name are plain; everything else is locked."""

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    is_limited = models.BooleanField(default=False)
    facts = models.BinaryField(default=bytes)
    secrets = models.BinaryField(default=bytes)
    file = models.BinaryField(default=bytes)
    kept_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, help_text="Since when it should be changed.")
    removed_at = models.DateTimeField(null=True)
    wiped_at = models.DateTimeField(null=True)
    damaged_at = models.DateTimeField(null=True, help_text="Since when it is known that it can't be opened.")

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [one_home("a_credential_is_at_home_in_one_place")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="credentials_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["damaged_at"], name="credentials_damaged", condition=Q(damaged_at__isnull=False)),
            models.Index(
                fields=["removed_at"],
                name="credentials_to_wipe",
                condition=Q(removed_at__isnull=False, wiped_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def locked_home(self) -> str:
        return self.home_key

    @property
    def icon(self) -> str:
        return ICONS[Kind(self.kind)]

    @property
    def told_name(self) -> str:
        """How stories name it: they are read by more people than may see what is limited."""
        return gettext("a limited credential") if self.is_limited else self.name

    def see_facts(self) -> Facts:
        """User name, address, what there is. Raises NoKey or Broken."""
        try:
            return Facts.read(self.data_key.unlock("facts", bytes(self.facts)))
        except Broken:
            self.note_damage()
            raise

    @sensitive_variables("opened")
    def look(
        self, part: str, *, by: Actor, reason: str, kind: EventKind = CREDENTIAL_SHOWN, ticket: Ticket | None = None
    ) -> Contents:
        """What is locked, in clear, once it is written down who looked, at which part and why.

        Not in a transaction: the record must stand before anything leaves. Raises NoKey, Broken, or what the database
        says when nothing can be written; then nothing is shown (RELIABILITY 73).
        """
        try:
            with transaction.atomic():
                credential = Credential.objects.select_for_update().get(pk=self.pk, removed_at=None)
                opened = credential._open()
                credential.record(kind, by=by, stream=ticket, part=part, reason=reason)
        except Broken:
            self.note_damage()
            raise
        return opened

    @transaction.atomic
    @sensitive_variables()
    def amend(self, *, by: Actor | None, kind: str = "", name: str = "", **parts: Any) -> None:
        """Other words, other secrets (`secret="…"`). What was due is settled by a new secret. Raises NoKey, Broken."""
        credential = Credential.objects.select_for_update().get(pk=self.pk)
        before = credential._open()
        after = before.changed(**parts)
        names = [part for part in parts if getattr(before, part) != getattr(after, part)]
        names += [
            word for word, value in (("kind", kind), ("name", name)) if value and getattr(credential, word) != value
        ]
        if names:
            credential.kind, credential.name = kind or credential.kind, name or credential.name
            credential.changed_at = timezone.now()
            if {"secret", "totp"} & set(names):
                credential.due_at = None
            credential._lock(after)
            credential.save()
            credential.record(CREDENTIAL_CHANGED, by=by, fields=sorted(names))
        self.refresh_from_db()

    @transaction.atomic
    def limit(self, roles: Iterable[str], people: Iterable[Person], *, by: Actor | None) -> None:
        """Only these see it from now on; without any, whoever may see the vault."""
        before = self._seated()
        self._seat(roles, people)
        if self._seated() != before:
            self.record(CREDENTIAL_LIMITED, by=by, changes={"seats": [", ".join(before), ", ".join(self._seated())]})

    @transaction.atomic
    def remove(self, *, by: Actor | None) -> None:
        """Out of all lists; wiped a week later."""
        if Credential.objects.filter(pk=self.pk, removed_at=None).update(removed_at=timezone.now()):
            self.record(CREDENTIAL_REMOVED, by=by)

    @transaction.atomic
    def put_back(self, *, by: Actor | None) -> bool:
        """Whether it could: what was wiped is gone."""
        is_back = bool(
            Credential.objects.filter(pk=self.pk, wiped_at=None, removed_at__isnull=False).update(removed_at=None)
        )
        if is_back:
            self.record(CREDENTIAL_PUT_BACK, by=by)
        return is_back

    @transaction.atomic
    def wipe(self, *, by: Actor | None = None) -> None:
        """What was locked is gone, its key first of all; the row stays for the stories that name it."""
        now = timezone.now()
        empty = {"wrapped": b"", "key_id": "", "facts": b"", "secrets": b"", "file": b""}
        columns = empty | {"wiped_at": now, "removed_at": self.removed_at or now, "due_at": None}
        if Credential.objects.filter(pk=self.pk, wiped_at=None).update(**columns):
            self.record(CREDENTIAL_WIPED, by=by)

    @transaction.atomic
    def fall_due(self, ticket: Ticket) -> None:
        """The job it was looked at for is done: it should be changed."""
        if Credential.objects.standing().filter(pk=self.pk, due_at=None).update(due_at=timezone.now()):
            self.record(CREDENTIAL_DUE, by=None, stream=ticket)

    @transaction.atomic
    def settle(self, *, by: Actor) -> None:
        """It need not be changed after all."""
        if Credential.objects.filter(pk=self.pk, due_at__isnull=False).update(due_at=None):
            self.record(CREDENTIAL_SETTLED, by=by)

    @transaction.atomic
    def note_damage(self) -> None:
        """It was changed outside the vault: said once in its story, and by the health page until it is mended."""
        if Credential.objects.filter(pk=self.pk, damaged_at=None).update(damaged_at=timezone.now()):
            log.error("Credential %s of %s can't be opened: it was changed outside the vault.", self.pk, self.home_key)
            self.record(CREDENTIAL_DAMAGED, by=None)

    def record(self, kind: EventKind, *, by: Actor | None, stream: Ticket | None = None, **data: Any) -> None:
        """An event of this credential, in the story of where it is at home, or of the ticket it is needed for."""
        record(kind, self, by=by, stream=stream or self.home_key, data={"name": self.told_name, **data})

    @property
    def can_be_put_back(self) -> bool:
        return self.removed_at is not None and self.wiped_at is None

    def roles_seated(self) -> list[str]:
        return [seat.role for seat in self.seats.all() if seat.role]

    def people_seated(self) -> list[int]:
        return [seat.person_id for seat in self.seats.all() if seat.person_id]

    @sensitive_variables()
    def _open(self) -> Contents:
        key = self.data_key
        facts = Facts.read(key.unlock("facts", bytes(self.facts)))
        file = key.unlock("file", bytes(self.file)) if "file" in facts.holds else b""
        return Contents.read(facts, key.unlock("secrets", bytes(self.secrets)), file)

    @sensitive_variables()
    def _lock(self, contents: Contents) -> None:
        key = self.next_key()
        self.facts = key.lock("facts", contents.facts.written())
        self.secrets = key.lock("secrets", contents.secrets())
        self.file = key.lock("file", contents.file) if contents.file else b""
        self.damaged_at = None

    def _seat(self, roles: Iterable[str], people: Iterable[Person]) -> None:
        self.seats.all().delete()
        wanted = [Seat(credential=self, role=role) for role in roles] + [
            Seat(credential=self, person=one) for one in people
        ]
        Seat.objects.bulk_create(wanted)
        if self.is_limited != bool(wanted):
            self.is_limited = bool(wanted)
            Credential.objects.filter(pk=self.pk).update(is_limited=self.is_limited)

    def _seated(self) -> list[str]:
        return [str(seat) for seat in self.seats.select_related("person").order_by("pk")]


class Seat(models.Model):
    """Somebody, or everybody of a role, who sees a limited credential."""

    credential = models.ForeignKey(Credential, models.CASCADE, related_name="seats")
    role = models.CharField(max_length=20, choices=Role, blank=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_seat_is_of_a_role_or_a_person",
                condition=Q(role="", person__isnull=False) | (~Q(role="") & Q(person__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return self.person.name if self.person else str(self.get_role_display())
