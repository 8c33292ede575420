"""The list of estimates: what is wanted stands in the URL, keyset pages walk it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core import keyset
from mainspring.core.asked import clean, whole
from mainspring.estimates.models import Answer, Estimate, EstimateLine, EstimateQuerySet

PAGE = 50
STATES: dict[str, tuple[str | Promise, str]] = {
    "sent": (_("waits for the customer"), "blue"),
    "approved": (_("approved"), "green"),
    "declined": (_("declined"), "red"),
    "expired": (_("expired"), "amber"),
    "withdrawn": (_("withdrawn"), "grey"),
}
"""What an estimate's state is called, and its colour."""
SHOWN = ("", "sent", "approved", "declined", "expired")


@dataclass(frozen=True)
class Row:
    """An estimate in a list: its state, and what was approved or would be as it was proposed."""

    estimate: Estimate
    state: str
    total: Decimal

    @property
    def lines(self) -> list[tuple[EstimateLine, Decimal, bool]]:
        """Each line with its amount, and whether it is in the total."""
        bill, chosen = self.estimate.bill, {line.pk for line in self.estimate.chosen(self.picked)}
        return [(line, bill([line]).lines[0].amount, line.pk in chosen) for line in self.estimate.lines.all()]

    @property
    def picked(self) -> set[int]:
        return set(self.estimate.answer.chosen) if self.state == Answer.Kind.APPROVED else set()

    @property
    def word(self) -> str | Promise:
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        return STATES[self.state][1]

    @classmethod
    def of(cls, estimate: Estimate) -> "Row":
        answer = getattr(estimate, "answer", None)
        if answer is not None and answer.kind == Answer.Kind.APPROVED:
            total = answer.total
        else:
            total = estimate.bill(estimate.chosen(set())).total
        return cls(estimate, estimate.state, total)


@dataclass(frozen=True)
class EstimateList:
    """What one person asked of the estimates. `show` is one of SHOWN."""

    person: Person
    words: str
    show: str
    after: str

    @classmethod
    def read(cls, asked: QueryDict, person: Person) -> "EstimateList":
        show = asked.get("show", "")
        return cls(
            person=person,
            words=clean(asked.get("q"), 200),
            show=show if show in SHOWN else "",
            after=clean(asked.get("after"), 80),
        )

    def estimates(self) -> EstimateQuerySet:
        """What is wanted, the latest first."""
        every = Estimate.objects.visible_to(self.person)
        narrowed: dict[str, Callable[[], EstimateQuerySet]] = {
            "": lambda: every,
            "sent": every.waiting,
            "expired": every.expired,
        }
        wanted = narrowed.get(self.show, lambda: every.answered(self.show))()
        return wanted.filter(self._matching()).order_by("-pk")

    def _matching(self) -> Q:
        """By code, customer or ticket; every word must be somewhere."""
        found = Q()
        for word in self.words.split()[:5]:
            found &= self._named(word)
        return found

    @staticmethod
    def _named(word: str) -> Q:
        people = Q(ticket__contact__name__icontains=word) | Q(ticket__business__name__icontains=word)
        code, _dash, version = word.upper().removeprefix("EST-").partition("-")
        own, number = whole(code), whole(word.removeprefix("#"))
        if word.upper().startswith("EST-") and own is not None:
            exact = whole(version)
            return Q(number=own) & (Q() if exact is None else Q(version=exact))
        elif number is not None:
            return people | Q(ticket__number=number) | Q(number=number)
        else:
            return people

    def page(self) -> tuple[list[Row], str]:
        """Fifty rows at most, and the address of what follows."""
        place = keyset.read(self.after, [int])
        further = keyset.after(["pk"], place, down=True) if place is not None else Q()
        wanted = self.estimates().filter(further).with_answers()
        found = list(wanted[: PAGE + 1])
        older = self.address(after=keyset.written([found[PAGE - 1].pk])) if len(found) > PAGE else ""
        return [Row.of(one) for one in found[:PAGE]], older

    def address(self, **changes: Any) -> str:
        """The query string of this list with some of it changed."""
        kept = {"q": self.words, "show": self.show, **changes}
        return "?" + urlencode({name: value for name, value in kept.items() if value})
