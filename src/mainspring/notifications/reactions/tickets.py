"""What customers hear of their tickets, and technicians of their customers."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mainspring.accounts.models import Person, Role
from mainspring.core.links import link
from mainspring.core.prepared import prepared
from mainspring.crm.models import Contact
from mainspring.events.models import Event, reference
from mainspring.events.reactions import after_commit, in_transaction
from mainspring.inbox.events import REPLY_REFUSED
from mainspring.inbox.mailboxes import came_silently, reply_base
from mainspring.notifications import letters
from mainspring.notifications.changes import QUIET, TELLING, changes_since, tell_changes
from mainspring.notifications.models import Told
from mainspring.notifications.reactions.money import fee_values
from mainspring.notifications.telling import Telling, pace_of, post
from mainspring.outbox.letters import Letter
from mainspring.outbox.models import Enclosure, OutgoingMail, Pace
from mainspring.outbox.seals import Seal, reply_address
from mainspring.tickets.events import (
    CUSTOMER_ATTACHED,
    CUSTOMER_REPLIED,
    FRESH_LINK_ASKED,
    NOTE_ADDED,
    NOTE_TAKEN_BACK,
    TICKET_OPENED,
)
from mainspring.tickets.models import Channel, Message, PageLink, Ticket


def ticket_of(event: Event) -> Ticket:
    [ticket] = _by_key(int(event.stream.partition(":")[2]))
    return ticket


@prepared
def _by_key(key: int) -> QuerySet[Ticket]:
    return Ticket.objects.with_people().filter(pk=key)


def key_of(event: Event) -> int:
    return int(event.subject.partition(":")[2])


@after_commit(TICKET_OPENED)
def confirm(event: Event) -> None:
    """Number, details, status link; the way to pay when there is a fee; the date as an invite.

    Whoever opened it by mail or by a form gets none of his words back: anybody can write under anybody's address.
    """
    known_until = max([event.pk, *(change.pk for change in changes_since(event.stream, event.pk))])
    ticket = ticket_of(event)
    if came_silently(ticket):
        return
    known = {"problem": ticket.description, **fee_values(ticket)}
    if ticket.channel in (Channel.MAIL, Channel.SITE) and not event.actor.startswith("person:"):
        known |= {"subject": "", "problem": ""}

    def enclosed(reader: Contact) -> list[Enclosure]:
        from mainspring.notifications.invite import invite  # its library loads slowly: not at every start

        at = ticket.due_at
        return [invite(ticket, reader, at=at, sequence=ticket.invite_sequence)] if at else []

    mails = Telling(
        ticket,
        letters.OPENED,
        "opened",
        lambda _reader: known,
        enclosed,
        pace_of(event, otherwise=Pace.ACKNOWLEDGEMENT),
    ).write()
    with transaction.atomic():
        told = Told.lock(ticket)
        post(mails)
        if told.event_id < known_until:
            told.event_id = known_until
            told.invited_for, told.sequence = ticket.due_at, ticket.invite_sequence
            told.save()


@after_commit(TICKET_OPENED)
def tell_front_desk(event: Event) -> None:
    """A customer opened it and nobody has it: whoever receives the customers hears of it, a few times an hour."""
    if not event.actor.startswith("contact:"):
        return
    ticket = ticket_of(event)
    if ticket.assignee is None and not came_silently(ticket):
        first = Message.objects.for_customer().filter(ticket=ticket).order_by("id").first()
        values = {
            "number": ticket.number,
            "subject": ticket.subject,
            "customer": ticket.contact.name if ticket.contact else "",
            "text": first.text if first else ticket.description,
            "link": link("ticket", ticket.number),
        }
        for person in receivers():
            tell_person(person, letters.UNASSIGNED, values, serial=f"event:{event.pk}", pace=Pace.AUTOMATIC)


def receivers() -> list[Person]:
    """The front desk; where there is none, the managers; where there are none, the owner."""
    working = Person.objects.working()
    found = (list(working.filter(role=role)) for role in (Role.FRONT_DESK, Role.MANAGER, Role.OWNER))
    return next((people for people in found if people), [])


@after_commit(*TELLING)
def gather(event: Event) -> None:
    """Several changes within a short time are told in one mail."""
    tell_changes.using(run_after=timezone.now() + QUIET).enqueue(int(event.stream.partition(":")[2]))


@after_commit(NOTE_ADDED)
def mail_note(event: Event) -> None:
    """A note for the customer, by mail, once the time to take it back is over. Through the one guard."""
    notes = Message.objects.for_customer().filter(pk=key_of(event), is_mailed=True)
    if (note := notes.first()) is not None:
        files = note.attachments.filter(is_internal=False, removed_at=None).select_related("file").order_by("id")
        enclosures = [Enclosure(kept.name, kept.file.type, kept.file.read()) for kept in files]
        values = {"text": note.text, "author": note.author_name}
        mails = Telling(
            ticket_of(event),
            letters.NOTE,
            f"note-{note.pk}",
            lambda _reader: values,
            lambda _reader: enclosures,
            Pace.HAND,
            note.sends_at,
        ).write()
        with transaction.atomic():
            if is_still(notes):
                post(mails)


def is_still(notes: QuerySet[Message]) -> bool:
    """Whether the note stands, locked: it is taken back before and not mailed, or after, and the mail is stopped."""
    locked = Message.objects.select_for_update().filter(pk__in=notes.values("pk"))
    return bool(locked) and notes.exists()


@in_transaction(NOTE_TAKEN_BACK)
def stop_note(event: Event, message: Message) -> None:
    for mail in OutgoingMail.objects.filter(key__startswith=f"ticket:{message.ticket_id}:note-{message.pk}:"):
        mail.cancel(by=None)


@after_commit(CUSTOMER_REPLIED)
def tell_technician(event: Event) -> None:
    """To whoever has the ticket; answering the mail writes to the customer."""
    ticket, message = ticket_of(event), Message.objects.get(pk=key_of(event))
    if ticket.assignee is not None and ticket.assignee.is_active:
        values = {
            "number": ticket.number,
            "subject": ticket.subject,
            "author": message.author_name,
            "text": message.text,
            "link": link("ticket", ticket.number),
        }
        tell_person(ticket.assignee, letters.REPLIED, values, serial=f"reply-{message.pk}", about=ticket)


@after_commit(CUSTOMER_ATTACHED)
def tell_technician_of_files(event: Event) -> None:
    """One mail an hour, however many photos come."""
    ticket = ticket_of(event)
    if ticket.assignee is not None and ticket.assignee.is_active:
        values = {
            "number": ticket.number,
            "subject": ticket.subject,
            "author": event.actor_name,
            "link": link("ticket", ticket.number),
        }
        serial = f"files-{ticket.pk}-{event.at:%Y%m%d%H}"
        tell_person(ticket.assignee, letters.ATTACHED, values, serial=serial, about=ticket, pace=Pace.AUTOMATIC)


@after_commit(FRESH_LINK_ASKED)
def mail_fresh_link(event: Event) -> None:
    """To the reader whose link it was, and to nobody else."""
    asked = PageLink.objects.select_related("contact__business").get(pk=key_of(event))
    if asked.contact.is_mailed:
        letter = Telling(ticket_of(event), letters.FRESH_LINK, f"event-{event.pk}", pace=Pace.AUTOMATIC)
        post([letter.mail(asked.contact)])


@after_commit(REPLY_REFUSED)
def tell_refused(event: Event) -> None:
    """Whoever answered without the right to hears that nothing went out."""
    person = Person.objects.get(pk=key_of(event))
    values = {"number": ticket_of(event).number, "name": person.name}
    tell_person(person, letters.REFUSED, values, serial=f"event:{event.pk}", pace=Pace.AUTOMATIC)


def tell_person(
    person: Person,
    letter: Letter,
    values: dict[str, Any],
    *,
    serial: str,
    about: Ticket | None = None,
    pace: str = Pace.CHOSEN,
    enclosures: Sequence[Enclosure] = (),
) -> OutgoingMail | None:
    """A letter to one of us. About a ticket, it can be answered."""
    seal = Seal(reference(about), f"person:{person.pk}") if about else None
    written = letter.write(person.language, values)
    base = reply_base()
    return OutgoingMail.objects.post(
        key=f"{serial}:person:{person.pk}",
        kind=letter.kind,
        to=[(person.name, person.email)],
        subject=written.subject,
        text=written.text,
        html=written.html,
        reply_to=reply_address(base, seal) if base and seal else "",
        seal=seal,
        language=written.language,
        pace=pace,
        enclosures=[*written.pictures, *enclosures],
    )
