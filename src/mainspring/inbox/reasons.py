"""Why a mail is where it is, in sentences."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

SENTENCES = {
    "is_own": gettext_noop("It came from one of our own addresses."),
    "is_forged": gettext_noop("It would open a ticket in the name of somebody who did not write it."),
    "is_unclear": gettext_noop("It doesn't say clearly who sent it."),
    "is_loop": gettext_noop("Two machines are answering each other; it was stopped here."),
    "is_bounce": gettext_noop("It says that our mail to {address} could not be delivered."),
    "is_bounce_of_nothing": gettext_noop("It says that a mail could not be delivered, but not which of ours."),
    "is_verification": gettext_noop("It comes from a machine that proves addresses or takes no answers."),
    "is_auto_reply": gettext_noop("A machine wrote it; it changes nothing on the ticket."),
    "is_auto_reply_to_nothing": gettext_noop("A machine wrote it, and it answers nothing of ours."),
    "is_calendar_reply": gettext_noop("A calendar program answered the invite."),
    "answers_by_reference": gettext_noop("It answers our mail {reference}."),
    "answers_by_own_reference": gettext_noop("It follows an earlier mail of the same customer, {reference}."),
    "answers_by_token": gettext_noop("It was sent to the ticket's own address {address}."),
    "answers_by_number": gettext_noop("Its subject names #{number}, and the sender belongs to that ticket."),
    "stranger_by_reference": gettext_noop("It answers a mail of the ticket, but the sender doesn't belong to it."),
    "stranger_by_token": gettext_noop("It was sent to the ticket's address, but the sender doesn't belong to it."),
    "stranger_by_number": gettext_noop("Its subject names #{number}, but the sender doesn't belong to that ticket."),
    "staff_answers": gettext_noop("{name} answered our mail to him."),
    "staff_unproven": gettext_noop("It claims to come from {name} of our staff, and doesn't prove it."),
    "staff_refused": gettext_noop("{name} answered our mail, and may not reply to that ticket any more."),
    "reopens_too_often": gettext_noop("#{number} was reopened by mail more than five times within an hour."),
    "opens_new": gettext_noop("It answers nothing, so it opened a ticket."),
    "by_hand": gettext_noop("{name} filed it here."),
    "moved_by_hand": gettext_noop("{name} moved it here from #{number}."),
}

FORGED = gettext_noop("Our mail server says that the sender's address is not his own ({forged}).")


def in_words(why: Mapping[str, Any]) -> str:
    """The sentence of a rule. A rule of an older version is shown by its name."""
    rule = str(why.get("rule", ""))
    said = _(SENTENCES[rule]).format_map(_Known(why)) if rule in SENTENCES else rule
    return f"{said} {_(FORGED).format_map(_Known(why))}" if "forged" in why else said


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
