"""Answers of calendar programs to the invites of tickets (RFC 5546, METHOD REPLY)."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from mainspring.tickets.links import ticket_of_uid

LARGEST = 100_000
WORDS = {
    "ACCEPTED": gettext_noop("accepted"),
    "DECLINED": gettext_noop("declined"),
    "TENTATIVE": gettext_noop("perhaps"),
}


@dataclass(frozen=True)
class Answer:
    """What somebody answered to the date of which ticket. The ticket is certain: its UID is signed."""

    ticket_id: int
    word: str


def answer_of(content: bytes) -> Answer | None:
    """The answer in a calendar file; None for anything but a REPLY to an invite of ours."""
    if len(content) > LARGEST or b"METHOD:REPLY" not in content.upper():
        return None
    from icalendar import Calendar  # a fifth of a second, not at every start of a command

    try:
        event = Calendar.from_ical(content).events[0]
        ticket_id = ticket_of_uid(str(event.get("uid", "")))
        attendees = event.get("attendee", [])
        first = attendees[0] if isinstance(attendees, list) else attendees
        partstat = str(first.params.get("PARTSTAT", "")).upper()
    except (ValueError, IndexError, AttributeError, TypeError, KeyError):
        return None
    return Answer(ticket_id, WORDS[partstat]) if ticket_id and partstat in WORDS else None
