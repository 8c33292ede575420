"""Who belongs to a ticket: the technician, the further contacts."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.crm.models import Contact
from mainspring.events.models import Actor
from mainspring.tickets.events import (
    CONTACT_JOINED,
    CONTACT_REMOVED,
    CONTACT_RESEATED,
    CUSTOMER_CHANGED,
    TICKET_AMENDED,
    TICKET_ASSIGNED,
    TICKET_DUE_MOVED,
)
from mainspring.tickets.models.lifecycle import Lifecycle


class Participant(models.Model):
    """A further contact of a ticket, in a role of his own there."""

    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="participants")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=80, blank=True)
    gets_mail = models.BooleanField(_("gets mail"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="a_contact_joins_a_ticket_once", fields=["ticket", "contact"])]

    def __str__(self) -> str:
        return str(self.contact)


class People(Lifecycle):
    """Verbs about who is on the ticket, and what was agreed with them."""

    class Meta:
        abstract = True

    @transaction.atomic
    def assign(self, person: Person | None, *, by: Actor | None) -> None:
        if person != self.assignee:
            before, self.assignee = self.assignee, person
            self.touch("assignee")
            self.record(
                TICKET_ASSIGNED,
                by=by,
                assignee=person.name if person else _("nobody"),
                changes={"assignee": [before and before.name, person and person.name]},
            )

    @transaction.atomic
    def move_due(self, due_at: datetime | None, *, by: Actor | None) -> None:
        """Another date. The customer's calendar invite follows with a higher SEQUENCE."""
        if due_at != self.due_at:
            before, self.due_at = self.due_at, due_at
            self.invite_sequence += 1
            self.touch("due_at", "invite_sequence")
            self.record(
                TICKET_DUE_MOVED,
                by=by,
                due=due_at.isoformat() if due_at else "–",
                changes={"due_at": [before and before.isoformat(), due_at and due_at.isoformat()]},
            )

    @transaction.atomic
    def amend(self, *, by: Actor | None, **fields: Any) -> None:
        """Change subject, description, priority, device, condition …; the trail keeps before and after."""
        changed = {name: value for name, value in fields.items() if getattr(self, name) != value}
        if changed:
            changes = {name: [str(getattr(self, name)), str(value)] for name, value in changed.items()}
            for name, value in changed.items():
                setattr(self, name, value)
            self.touch(*changed)
            if not changed.keys() <= {"priority"}:
                self.be_found()
            self.record(TICKET_AMENDED, by=by, fields=", ".join(changed), changes=changes)

    @transaction.atomic
    def join(self, contact: Contact, *, by: Actor | None, role: str = "", gets_mail: bool = True) -> Participant:
        participant, joined = Participant.objects.get_or_create(
            ticket_id=self.pk, contact=contact, defaults={"role": role, "gets_mail": gets_mail}
        )
        if joined:
            self.record(CONTACT_JOINED, by=by, name=contact.name)
        return participant

    @transaction.atomic
    def part_with(self, participant: Participant, *, by: Actor | None) -> None:
        name = participant.contact.name
        participant.delete()
        self.record(CONTACT_REMOVED, by=by, name=name)

    @transaction.atomic
    def reseat(self, participant: Participant, *, by: Actor | None, role: str, gets_mail: bool) -> None:
        """Another role of a further contact, and whether he gets the mails."""
        before, after = (participant.role, participant.gets_mail), (role, gets_mail)
        if before != after:
            participant.role, participant.gets_mail = after
            participant.save(update_fields=["role", "gets_mail"])
            changes = {"role": [before[0], role], "gets_mail": [str(before[1]), str(gets_mail)]}
            self.record(CONTACT_RESEATED, by=by, name=participant.contact.name, changes=changes)

    @transaction.atomic
    def lead_by(self, participant: Participant, *, by: Actor | None) -> None:
        """A further contact is the customer from now on; who was it keeps a seat. The business follows, as on opening.

        What was issued before stays with whom it was issued to.
        """
        before, contact = self.contact, participant.contact
        participant.delete()
        if before is not None and before != contact:
            Participant.objects.get_or_create(ticket_id=self.pk, contact=before, defaults={"role": before.title})
        self.contact, self.business = contact, contact.business
        self.touch("contact", "business")
        self.be_found()
        changes = {"contact": [before and before.name, contact.name]}
        self.record(CUSTOMER_CHANGED, by=by, name=contact.name, changes=changes)

    def readers(self) -> Iterator[Contact]:
        """The customer and the further contacts that get mail, each address once; nobody whose mail came back."""
        further = Participant.objects.filter(ticket_id=self.pk, gets_mail=True).select_related("contact__business")
        seen: set[str] = set()
        for contact in filter(None, (self.contact, *(one.contact for one in further.order_by("id")))):
            if contact.is_mailed and contact.email.lower() not in seen:
                seen.add(contact.email.lower())
                yield contact

    def is_mailed(self) -> bool:
        """Whether what is written to the customer goes to anybody by mail."""
        return (self.contact is not None and self.contact.is_mailed) or any(True for _reader in self.readers())

    def belongs(self, contact: Contact) -> bool:
        """Whether this contact has a seat on the ticket."""
        return contact.pk == self.contact_id or Participant.objects.filter(ticket_id=self.pk, contact=contact).exists()
