"""The desk's list of articles: what is wanted stands in the address, keyset pages walk it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict

from mainspring.accounts.models import Person
from mainspring.core import keyset
from mainspring.core.asked import clean, whole
from mainspring.knowledge.models import Article, ArticleQuerySet, Audience, Verdict, Verdicts

PAGE = 50
SORTS = {"changed": "changed_at", "written": "written_at"}
SHOWN = ("", "public", "staff", "drafts")


@dataclass(frozen=True)
class ArticlePage:
    """Fifty articles at most, what readers said of each, and the address of what follows."""

    articles: list[Article]
    verdicts: dict[int, Verdicts]
    next: str


@dataclass(frozen=True)
class ArticleList:
    """What was asked. `show` is one of SHOWN; `sort` one of SORTS, `-` for the latest first."""

    words: str
    topic: str
    show: str
    sort: str
    after: str

    @classmethod
    def read(cls, asked: QueryDict) -> "ArticleList":
        sort, show, topic = asked.get("sort", "-changed"), asked.get("show", ""), asked.get("topic", "")
        return cls(
            words=clean(asked.get("q"), 100),
            topic=topic if whole(topic) is not None else "",
            show=show if show in SHOWN else "",
            sort=sort if sort.removeprefix("-") in SORTS else "-changed",
            after=clean(asked.get("after"), 100),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.topic or self.show)

    def articles(self, person: Person) -> ArticleQuerySet:
        found = Article.objects.visible_to(person).matching(self.words)
        if self.topic:
            found = found.filter(topic=int(self.topic))
        if self.show == "public":
            return found.public()
        elif self.show == "staff":
            return found.published().filter(audience=Audience.STAFF)
        elif self.show == "drafts":
            return found.filter(published_at=None)
        else:
            return found

    def page(self, person: Person) -> ArticlePage:
        down = self.sort.startswith("-")
        columns = (SORTS[self.sort.removeprefix("-")], "pk")
        found = self.articles(person).select_related("topic", "changed_by")
        place = keyset.read(self.after, (datetime, int))
        if place is not None:
            found = found.filter(keyset.after(columns, place, down=down))
        rows = list(found.order_by(*("-" * down + name for name in columns))[: PAGE + 1])
        shown, last = rows[:PAGE], rows[PAGE - 1] if len(rows) > PAGE else None
        after = keyset.written([getattr(last, name) for name in columns]) if last else ""
        return ArticlePage(shown, Verdict.of(shown), self.address(after=after) if last else "")

    def address(self, **changes: str) -> str:
        """The query string of this list with some of it changed."""
        sort = "" if self.sort == "-changed" else self.sort
        kept = {"q": self.words, "topic": self.topic, "show": self.show, "sort": sort, **changes}
        return "?" + urlencode({name: value for name, value in kept.items() if value})
