"""The rules of filing. Each looks at a mail and says what becomes of it, or nothing; the first that speaks decides.

Trust comes from what we signed ourselves: a Message-ID or a reply address. An unsigned reference or a number in the
subject counts only for somebody who belongs to the ticket anyway; from anybody else it is a stranger's word.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.utils import timezone

from mainspring.accounts.models import Person
from mainspring.core.asked import row_key
from mainspring.events.models import Event, record, reference
from mainspring.inbox.bouncing import came_back
from mainspring.inbox.calendar import answer_of
from mainspring.inbox.events import CALENDAR_ANSWERED, LOOP_STOPPED, MACHINE_ANSWERED, MAIL_FILED, REPLY_REFUSED
from mainspring.inbox.filing import NO_SUBJECT, Filing, Outcome, one_line
from mainspring.inbox.models import ReceivedMail
from mainspring.inbox.parsing.headers import Headers
from mainspring.outbox.addresses import is_own
from mainspring.outbox.models import OutgoingMail
from mainspring.outbox.models.mail import UNASKED
from mainspring.outbox.seals import Seal, seal_of_address, seal_of_message_id
from mainspring.tickets.events import TICKET_REOPENED
from mainspring.tickets.models import Channel, Message, Ticket

Rule = Callable[[Filing], Outcome | None]

MOST_REOPENS = 5
LOOP_SPAN = timedelta(minutes=10)
LOOP_ANSWER = timedelta(minutes=2)
LOOP_OPENINGS = 3

_OUR_NUMBER = re.compile(r"\[#(\d{1,15})\]")
_ANY_NUMBER = re.compile(r"#\s?(\d{1,15})\b")
_NO_REPLY = re.compile(
    r"^(?:no|not|dont|do[-_.]?not|never)[-_.]?(?:reply|respond|answer)|^(?:noreply|donotreply|verify|verification)\b",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b(?:verification|confirmation|security|sign[- ]?in|log[- ]?in|one[- ]?time|access|authentication)[ -]"
    r"(?:code|passcode|password|pin)\b|\b(?:confirm|verify) your (?:e-?mail|account|address)\b|\bcode is:? ?\d{4,8}\b"
    r"|קוד (?:אימות|חד[- ]פעמי)|אימות (?:כתובת|חשבון)",
    re.IGNORECASE,
)
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to")


def is_own_mail(filing: Filing) -> Outcome | None:
    """What we wrote ourselves, or somebody under our name."""
    return filing.parked("is_own") if filing.sender_email and is_own(filing.sender_email) else None


def is_unclear(filing: Filing) -> Outcome | None:
    """A sender whom two programs would read as two people is nobody. A bounce needs no sender."""
    mail = filing.mail
    return filing.parked("is_unclear") if mail.bounce is None and not (mail.from_ and mail.from_is_clear) else None


def is_loop(filing: Filing) -> Outcome | None:
    """A machine that answers our automatic mails with new mails, without saying that it is one.

    Either it repeats what our mail said, or it has opened three tickets so, each within moments of a mail of ours.
    """
    if not filing.sender_email or filing.mail.auto_reply or filing.mail.bounce:
        return None
    ours = OutgoingMail.objects.to_address(filing.sender_email).filter(
        pace__in=UNASKED, created_at__gt=timezone.now() - LOOP_SPAN
    )
    latest = list(ours.order_by("-id")[:5])
    ticket = next((ticket for mail in latest if (ticket := _echoed(filing, mail))), None)
    if ticket is None and latest and _openings_in_answer(filing) >= LOOP_OPENINGS:
        ticket = ticket_of(latest[0].stream)
    if ticket is None:
        return None
    message = _hear(filing, ticket)
    record(LOOP_STOPPED, message, by=None, stream=ticket, data={"sender": filing.sender_email})
    return filing.filed("is_loop", ticket, message)


def is_bounce(filing: Filing) -> Outcome | None:
    """A report that our mail did not arrive: shown on the ticket; for good, the address gets no more mail.

    It is believed only about a mail that we wrote to that address: otherwise anybody could silence anybody.
    """
    bounce = filing.mail.bounce
    if bounce is None:
        return None
    sent = _returned(bounce.original_message_id, bounce.addresses)
    if sent is None:
        return filing.parked("is_bounce_of_nothing", address=", ".join(bounce.addresses[:3]))
    ticket = ticket_of(sent.stream)
    came_back(sent, told_by=filing.received, reason=bounce.reason, permanent=bounce.permanent)
    return filing.filed("is_bounce", ticket, address=sent.address)


def is_verification(filing: Filing) -> Outcome | None:
    """Codes and links that prove an address are never shown to whoever reads the ticket."""
    mailbox = filing.sender_email.partition("@")[0]
    if _NO_REPLY.match(mailbox) or _CODE.search(filing.mail.subject) or _CODE.search(filing.mail.text[:2000]):
        return filing.parked("is_verification")
    else:
        return None


def is_calendar_reply(filing: Filing) -> Outcome | None:
    """A calendar program says that its owner comes, or doesn't. It stands in the story; nothing else stirs."""
    for file in filing.mail.attachments:
        answer = answer_of(file.content) if file.type == "text/calendar" else None
        ticket = ticket_of(f"ticket:{answer.ticket_id}") if answer else None
        if answer and ticket and _belongs(filing, ticket):
            data = {"sender": filing.sender_name, "answer": answer.word}
            record(CALENDAR_ANSWERED, filing.received, by=filing.seat_on(ticket), stream=ticket, data=data)
            return filing.filed("is_calendar_reply", ticket, answer=answer.word)
        elif answer:
            return filing.parked("is_calendar_reply")
    return None


def is_auto_reply(filing: Filing) -> Outcome | None:
    """An absence note or another machine's answer: kept where it belongs, and nothing moves."""
    mail = filing.mail
    if not (mail.auto_reply or mail.loop_marks):
        return None
    ticket = next((ticket for seal, _word in _seals(filing) if (ticket := ticket_of(seal.stream))), None)
    ticket = ticket or next((found for found, _id in _own_references(filing) if _belongs(filing, found)), None)
    if ticket is None:
        return filing.parked("is_auto_reply_to_nothing", header=mail.auto_reply_reason)
    message = _hear(filing, ticket)
    record(MACHINE_ANSWERED, message, by=None, stream=ticket, data={"sender": filing.sender_name})
    return filing.filed("is_auto_reply", ticket, message, header=mail.auto_reply_reason)


def is_from_staff(filing: Filing) -> Outcome | None:
    """One of us, by his address. Believed only with the seal of a mail that went to him, and while he may reply."""
    person = filing.staff
    if person is None:
        return None
    elif filing.is_forged:
        return filing.parked("staff_unproven", name=person.name)
    for seal, _word in _seals(filing):
        ticket = ticket_of(seal.stream)
        if seal.reader != person.actor_key or ticket is None:
            continue
        elif not _may_reply(person, ticket):
            record(REPLY_REFUSED, person, by=None, stream=ticket, data={"name": person.name})
            return filing.parked("staff_refused", name=person.name)
        else:
            content = filing.content()
            message = ticket.write(content["text"], by=person, files=content["files"])
            return filing.filed("staff_answers", ticket, message, name=person.name)
    return filing.parked("staff_unproven", name=person.name)


def _may_reply(person: Person, ticket: Ticket) -> bool:
    visible = Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists()
    return person.is_active and person.may("tickets.reply") and visible


def answers_by_reference(filing: Filing) -> Outcome | None:
    """It answers a mail of ours, by a Message-ID that we signed; or an earlier mail of its own sender."""
    for answered in filing.mail.answered_ids:
        seal = seal_of_message_id(answered)
        ticket = ticket_of(seal.stream) if seal else None
        if seal and ticket:
            return _answer(filing, ticket, seal, "reference", reference=answered)
    for ticket, answered in _own_references(filing):
        if _belongs(filing, ticket):
            return _reply(filing, ticket, "answers_by_own_reference", reference=answered)
        else:
            return _stranger(filing, ticket, "stranger_by_reference", reference=answered)
    return None


def answers_by_token(filing: Filing) -> Outcome | None:
    """It was sent to a reply address that we signed."""
    for seal, address in _address_seals(filing):
        ticket = ticket_of(seal.stream)
        if ticket:
            return _answer(filing, ticket, seal, "token", address=address)
    return None


def answers_by_number(filing: Filing) -> Outcome | None:
    """Its subject names a ticket to which the sender belongs. From a stranger only our own form `[#1042]` counts."""
    ours = _OUR_NUMBER.findall(filing.mail.subject)[:5]
    for number in (*ours, *_ANY_NUMBER.findall(filing.mail.subject)[:5]):
        ticket = Ticket.objects.with_people().filter(number=int(number)).first()
        if ticket and _belongs(filing, ticket):
            return _reply(filing, ticket, "answers_by_number", number=ticket.number)
        elif ticket and number in ours:
            return _stranger(filing, ticket, "stranger_by_number", number=ticket.number)
    return None


def is_forged(filing: Filing) -> Outcome | None:
    """Our mail server says that somebody else wrote it: no ticket in that name, and no answer to that address."""
    return filing.parked("is_forged") if filing.is_forged else None


def opens_new(filing: Filing) -> Outcome:
    """It answers nothing. Its Cc gives nobody a seat, and its headers set nothing but its words."""
    mail, contact = filing.mail, filing.contact_or_new()
    content = filing.content()
    ticket = Ticket.objects.open(
        one_line(mail.subject) or one_line(content["text"])[:80] or NO_SUBJECT,
        by=contact,
        contact=contact,
        channel=Channel.MAIL,
    )
    message = ticket.hear(by=contact, name=contact.name, **content)
    return filing.filed("opens_new", ticket, message, silent=not mail.may_be_answered_automatically)


FILING: list[Rule] = [
    is_own_mail,
    is_bounce,
    is_unclear,
    is_verification,
    is_calendar_reply,
    is_auto_reply,
    is_loop,
    is_from_staff,
    answers_by_reference,
    answers_by_token,
    answers_by_number,
    is_forged,
    opens_new,
]


def ticket_of(stream: str) -> Ticket | None:
    kind, _, key = stream.partition(":")
    return Ticket.objects.with_people().filter(pk=row_key(key)).first() if kind == "ticket" else None


def _seals(filing: Filing) -> Iterator[tuple[Seal, str]]:
    for answered in filing.mail.answered_ids:
        if seal := seal_of_message_id(answered):
            yield seal, answered
    yield from _address_seals(filing)


def _address_seals(filing: Filing) -> Iterator[tuple[Seal, str]]:
    mail = filing.mail
    headers: Headers = mail.headers
    written = [address.email for address in (*mail.to, *mail.cc)]
    for address in (*written, *(value.strip("<> ") for name in _DELIVERED for value in headers.all(name)[:10])):
        if seal := seal_of_address(address):
            yield seal, address


def _own_references(filing: Filing) -> Iterator[tuple[Ticket, str]]:
    """Tickets that hold a mail which this one answers, by an id that somebody else made."""
    answered = [one for one in filing.mail.answered_ids[:50] if seal_of_message_id(one) is None]
    found = {
        message.message_id: message
        for message in Message.objects.filter(message_id__in=answered, direction=Message.Direction.IN)
    }
    for one in answered:
        if one in found and (ticket := ticket_of(f"ticket:{found[one].ticket_id}")):
            yield ticket, one


def _belongs(filing: Filing, ticket: Ticket) -> bool:
    return filing.seat_on(ticket) is not None


def _answer(filing: Filing, ticket: Ticket, seal: Seal, by: str, **by_what: object) -> Outcome:
    """A signed answer: from whom we wrote to, from somebody of the ticket or of its business; else a stranger."""
    same_firm = bool(filing.contact and ticket.business_id and filing.contact.business_id == ticket.business_id)
    if seal.reader.startswith("contact:") and (same_firm or _belongs(filing, ticket)):
        return _reply(filing, ticket, f"answers_by_{by}", **by_what)
    else:
        return _stranger(filing, ticket, f"stranger_by_{by}", **by_what)


def _reply(filing: Filing, ticket: Ticket, rule: str, **by_what: object) -> Outcome:
    contact = filing.seat_on(ticket) or filing.contact_or_new()
    if ticket.is_done and _reopens(ticket) >= MOST_REOPENS:
        return filing.parked("reopens_too_often", number=ticket.number)
    message = ticket.customer_replied(by=contact, **filing.content())
    data = {"sender": contact.name, "why": rule, **by_what}
    record(MAIL_FILED, filing.received, by=None, stream=ticket, data=data)
    return filing.filed(rule, ticket, message, **by_what)


def _stranger(filing: Filing, ticket: Ticket, rule: str, **by_what: object) -> Outcome:
    who = f"{filing.sender_name} <{filing.sender_email}>"
    message = ticket.stranger_wrote(name=who[:150], **filing.content())
    return filing.filed(rule, ticket, message, **by_what)


def _hear(filing: Filing, ticket: Ticket) -> Message:
    """Keep it on the ticket without moving anything; unverified unless the sender has a seat there."""
    seated = filing.seat_on(ticket)
    if seated is not None:
        return ticket.hear(by=seated, name=seated.name, **filing.content())
    else:
        return ticket.stranger_wrote(name=f"{filing.sender_name} <{filing.sender_email}>"[:150], **filing.content())


def _reopens(ticket: Ticket) -> int:
    recent = Event.objects.of_stream(reference(ticket)).filter(
        kind=TICKET_REOPENED.name, actor__startswith="contact:", at__gt=timezone.now() - timedelta(hours=1)
    )
    return recent.count()


def _echoed(filing: Filing, mail: OutgoingMail) -> Ticket | None:
    """The ticket of our automatic mail, if this one gives its words back without quoting or answering it."""
    ticket = ticket_of(mail.stream)
    if ticket is None or filing.mail.answered_ids or filing.received.received_at - mail.created_at > LOOP_ANSWER:
        return None
    said = [line.strip() for line in mail.text.splitlines() if len(line.strip()) > 30]
    heard = f"{filing.mail.subject}\n{filing.mail.text}"
    names_it = f"#{ticket.number}" in heard and not _belongs_by_number(filing)
    return ticket if names_it or any(line in heard for line in said) else None


def _belongs_by_number(filing: Filing) -> bool:
    """Whether the subject alone leads there: then it is an answer as people write it."""
    return bool(_ANY_NUMBER.search(filing.mail.subject))


def _openings_in_answer(filing: Filing) -> int:
    """How many tickets this address opened lately, each within moments of an automatic mail of ours."""
    opened = ReceivedMail.objects.filter(
        sender__icontains=filing.sender_email,
        received_at__gt=timezone.now() - LOOP_SPAN,
        why__rule="opens_new",
    )
    return opened.count()


def _returned(message_id: str, addresses: tuple[str, ...]) -> OutgoingMail | None:
    """The mail of ours that came back: by its Message-ID, else the last one to that address within a week."""
    by_id = OutgoingMail.objects.filter(message_id=message_id).first() if message_id else None
    if by_id is not None:
        return by_id
    recent = OutgoingMail.objects.filter(
        address__in=[address.lower() for address in addresses],
        state=OutgoingMail.State.SENT,
        sent_at__gt=timezone.now() - timedelta(days=7),
    )
    return recent.order_by("-id").first()
