"""A ticket's story: everything that was recorded of it, narrowed and turned page by page."""

from functools import cached_property

from django.http import QueryDict
from django.utils.translation import gettext

from mainspring.accounts.models import Person
from mainspring.core.asked import clean, whole
from mainspring.events.kinds import KINDS
from mainspring.events.models import MACHINE, Event, reference
from mainspring.tickets.models import Ticket
from mainspring.tickets.slots import Chapter, chapters
from mainspring.ui.slots import Text

PAGE = 50
NOBODY = "machine"
"""How the address names what happened by itself."""


class Timeline:
    """The latest events first: of one chapter (`chapter`), by one person (`who`), before an event (`before`).

    Two queries, however long the story is.
    """

    def __init__(self, ticket: Ticket, person: Person, asked: QueryDict) -> None:
        self.ticket = ticket
        self.chapters: list[Chapter] = chapters.fill(ticket, person)
        by_key = {chapter.key: chapter for chapter in self.chapters}
        self.chapter = by_key.get(asked.get("chapter", ""))
        self.who = clean(asked.get("who"), 60)
        self.before = whole(asked.get("before"))

    @cached_property
    def people(self) -> dict[str, str]:
        """Everybody who did something here: the name by the key that the address has."""
        acted = Event.objects.filter(stream=reference(self.ticket)).order_by().values_list("actor", "actor_name")
        named = {key or NOBODY: name or gettext(MACHINE) for key, name in acted.distinct()}
        return dict(sorted(named.items(), key=lambda one: one[1].casefold()))

    @property
    def choices(self) -> list[tuple[str, Text]]:
        return [(chapter.key, chapter.label) for chapter in self.chapters]

    @property
    def events(self) -> list[Event]:
        return self._found[:PAGE]

    @property
    def earlier(self) -> int | None:
        """The event before which the next page begins; None on the last one."""
        return self.events[-1].pk if len(self._found) > PAGE else None

    def address(self, **more: object) -> str:
        """The query of this page, or of another one of the same choice."""
        asked = QueryDict(mutable=True)
        asked.update({"tab": "timeline", "chapter": self.chapter.key if self.chapter else "", "who": self.who})
        asked.update({name: str(value) for name, value in more.items()})
        return "?" + QueryDict.urlencode(_filled(asked))

    @cached_property
    def _found(self) -> list[Event]:
        found = Event.objects.filter(stream=reference(self.ticket)).latest_first()
        if self.chapter:
            found = found.filter(kind__in=[name for name in KINDS if name.startswith(self.chapter.beginnings)])
        if self.who:
            found = found.filter(actor="" if self.who == NOBODY else self.who)
        if self.before is not None:
            found = found.filter(pk__lt=self.before)
        return list(found[: PAGE + 1])


def _filled(asked: QueryDict) -> QueryDict:
    """Without what is empty."""
    for name in [name for name, value in asked.items() if not value]:
        del asked[name]
    return asked
