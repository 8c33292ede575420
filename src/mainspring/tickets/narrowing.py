"""What the words of the list's line mean (`status:open from:acme`), and the menus that write them by a click."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import groupby
from operator import or_

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core import search
from mainspring.crm.models import BUSINESS, CONTACT, DEVICE
from mainspring.tickets.models import Channel, Priority, Status
from mainspring.ui.slots import Text

LONGEST = 500
NOTHING = Q(pk__in=[])

Narrowing = Callable[[str, Person], Q]


def _status(word: str, _person: Person) -> Q:
    """A status by its name in any language, or all of a kind; by a beginning or a part of either."""
    wanted, known = word.casefold(), Status.in_order()
    tests: list[Callable[[Status], bool]] = [
        lambda one: wanted in (name.casefold() for name in one.name.values()),
        lambda one: one.kind == wanted,
        lambda one: one.kind.startswith(wanted),
        lambda one: any(wanted in name.casefold() for name in one.name.values()),
    ]
    found: list[int] = next((hits for test in tests if (hits := [one.pk for one in known if test(one)])), [])
    return Q(status__in=found)


def _is(word: str, person: Person) -> Q:
    return {
        "open": Q(is_open=True),
        "closed": Q(is_open=False),
        "mine": Q(is_open=True, assignee=person),
        "unassigned": Q(is_open=True, assignee=None),
        "late": Q(is_open=True, due_at__lt=timezone.now()),
    }.get(word, NOTHING)


def _assignee(word: str, person: Person) -> Q:
    named = [one.pk for one in Person.objects.colleagues() if one.name.casefold() == word.casefold()]
    if word == "me":
        return Q(assignee=person)
    elif word in ("none", "nobody"):
        return Q(assignee=None)
    elif named:
        return Q(assignee__in=named)
    else:
        return Q(assignee__name__icontains=word)


def _priority(word: str, _person: Person) -> Q:
    return Q(priority__in=[choice.value for choice in Priority if choice.name.lower().startswith(word.lower())])


def _from(word: str, _person: Person) -> Q:
    """A contact or business by name, mail address or phone number."""
    contacts, businesses = search.ids_of(f"{word}*", kinds=[CONTACT, BUSINESS])
    return Q(contact__in=contacts) | Q(business__in=businesses)


def _device(word: str, _person: Person) -> Q:
    """A device by kind, maker, model or serial number."""
    (devices,) = search.ids_of(f"{word}*", kinds=[DEVICE])
    return Q(device__in=devices)


def _channel(word: str, _person: Person) -> Q:
    return Q(channel=word.lower())


def _due(word: str, _person: Person) -> Q:
    """`late`, `today`, `week` (the next seven days), `none`; open tickets only, but for `none`."""
    now = timezone.now()
    tomorrow = _midnight() + timedelta(days=1)
    return {
        "late": Q(is_open=True, due_at__lt=now),
        "today": Q(is_open=True, due_at__gte=now, due_at__lt=tomorrow),
        "week": Q(is_open=True, due_at__gte=now, due_at__lt=tomorrow + timedelta(days=6)),
        "none": Q(due_at=None),
    }.get(word, NOTHING)


def _opened(word: str, _person: Person) -> Q:
    """`today`, `week` and `month`: the last one, seven, thirty days, today counted."""
    days = {"today": 0, "week": 6, "month": 29}.get(word)
    return NOTHING if days is None else Q(opened_at__gte=_midnight() - timedelta(days=days))


def _midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


NARROWINGS: dict[str, Narrowing] = {
    "status": _status,
    "is": _is,
    "assignee": _assignee,
    "priority": _priority,
    "from": _from,
    "device": _device,
    "channel": _channel,
    "due": _due,
    "opened": _opened,
}
"""What may stand before a colon. Higher modules add their own words (`bill:unpaid`)."""


@dataclass(frozen=True)
class Word:
    """One word of the line as it was typed; `key` is what stands before the colon, "" for a word to search by."""

    typed: str
    key: str = ""
    value: str = ""
    is_not: bool = False

    @classmethod
    def read(cls, typed: str) -> "Word":
        key, colon, value = typed.removeprefix("-").partition(":")
        if colon and value and key in NARROWINGS:
            return cls(typed, key, value, typed.startswith("-"))
        else:
            return cls(typed, value=typed)

    def __str__(self) -> str:
        """As it stands in a line."""
        shown = f'"{self.value}"' if any(sign.isspace() for sign in self.value) else self.value
        return f"{'-' * self.is_not}{self.key}:{shown}" if self.key else shown


def split_words(line: str) -> list[str]:
    """The words of a line; quotes keep words together: `from:"acme printing"`."""
    words, word, quoted = [], "", False
    for sign in line.replace("\x00", "")[:LONGEST]:
        if sign == '"':
            quoted = not quoted
        elif sign.isspace() and not quoted:
            words.append(word)
            word = ""
        else:
            word += sign
    return [word for word in [*words, word] if word]


def words_of(line: str) -> list[Word]:
    return [Word.read(typed) for typed in split_words(line)]


def narrowings(words: Sequence[Word], person: Person) -> Iterator[Q]:
    """What each kind of word asks for. `status:new status:open` is either of them; of `is:` all hold; `-` takes out."""
    keyed = sorted((word for word in words if word.key), key=lambda word: (word.key, word.is_not))
    for (key, is_not), group in groupby(keyed, key=lambda word: (word.key, word.is_not)):
        asked = [NARROWINGS[key](word.value, person) for word in group]
        if is_not:
            yield from (~one for one in asked)
        elif key == "is":
            yield from asked
        else:
            yield reduce(or_, asked)


@dataclass(frozen=True)
class Menu:
    """A word of the line as a menu: what can be chosen, and whether only one of it at a time."""

    key: str
    label: Text
    options: Sequence[tuple[str, Text]]
    icon: str = ""
    is_single: bool = False


@dataclass(frozen=True)
class Chip:
    """A word of the line as people read it, and the line without it."""

    label: Text
    value: Text
    without: str
    is_not: bool


def menus(person: Person) -> list[Menu]:
    known = Status.in_order()
    kinds = [one.kind for one in known]

    def named(one: Status) -> str:
        return one.kind if kinds.count(one.kind) == 1 else one.name.into("en")

    return [
        Menu("status", _("Status"), [(named(one), one.name) for one in known]),
        Menu("priority", _("Priority"), [(one.name.lower(), one.label) for one in reversed(Priority)]),
        Menu(
            "assignee", _("Technician"),
            [("me", _("Me")), ("none", _("Nobody")), *((one.name, one.name) for one in Person.objects.colleagues())],
        ),
        Menu(
            "due", _("Due"),
            [("late", _("Late")), ("today", _("Today")), ("week", _("Within a week")), ("none", _("No due date"))],
            is_single=True,
        ),
        Menu(
            "opened", _("Opened"),
            [("today", _("Today")), ("week", _("Within a week")), ("month", _("Within a month"))], is_single=True,
        ),
        Menu("channel", _("Channel"), [(one.value, one.label) for one in Channel]),
    ]  # fmt: skip


IS: dict[str, Text] = {
    "open": _("open"),
    "closed": _("done"),
    "mine": _("mine"),
    "unassigned": _("without a technician"),
    "late": _("late"),
}
TYPED: dict[str, Text] = {"from": _("Customer"), "device": _("Device")}
