"""Articles in the search: each for the staff, those for everybody once more under a kind of its own."""

from collections.abc import Iterator

from mainspring.core import search
from mainspring.core.search import Entry, source
from mainspring.events.models import Event
from mainspring.events.reactions import in_transaction
from mainspring.knowledge.events import (
    ARTICLE_ADDED,
    ARTICLE_CHANGED,
    ARTICLE_DELETED,
    ARTICLE_PUBLISHED,
    ARTICLE_WITHDRAWN,
)
from mainspring.knowledge.models import ARTICLE, HELP, Article
from mainspring.knowledge.prose import headings, plain


def entry_of(article: Article, kind: str) -> Entry:
    """Its headings count as title: typing mistakes are forgiven in them."""
    texts = article.body.values()
    title = " ".join([*article.title.values(), *map(headings, texts)])
    return Entry(kind, article.pk, title, " ".join(map(plain, texts)))


@source
def articles() -> Iterator[Entry]:
    yield from (entry_of(one, ARTICLE) for one in Article.objects.iterator())
    yield from (entry_of(one, HELP) for one in Article.objects.public().iterator())


@in_transaction(ARTICLE_ADDED, ARTICLE_CHANGED, ARTICLE_PUBLISHED, ARTICLE_WITHDRAWN)
def find_article(_event: Event, article: Article) -> None:
    search.keep([entry_of(article, kind) for kind in (ARTICLE, HELP)[: 1 + article.is_public]])
    if not article.is_public:
        search.forget(HELP, article.pk)


@in_transaction(ARTICLE_DELETED)
def find_no_more(_event: Event, article: Article) -> None:
    search.forget(ARTICLE, article.pk)
    search.forget(HELP, article.pk)
