"""The API's doors for a customer's own token: the articles that everybody reads."""

from pydantic import Field

from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import the_one
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.shapes import PathId, Shape
from mainspring.core import search
from mainspring.core.links import link
from mainspring.knowledge.api import Asking
from mainspring.knowledge.models import HELP, Article, ArticleQuerySet
from mainspring.knowledge.prose import prose

door = Door("knowledge", "For customers")
doors = [door]


class HelpShape(Shape):
    """An article that everybody reads, in the language asked for, else in one it is written in."""

    id: int
    topic: str
    title: str
    text: str = Field(description="With its markup.")
    html: str
    language: str
    url: str

    @classmethod
    def of(cls, article: Article) -> "HelpShape":
        text = article.body.into(article.language)
        return cls(
            id=article.pk,
            topic=str(article.topic),
            title=str(article),
            text=text,
            html=str(prose(text)),
            language=article.language,
            url=link("help_article", article.slug),
        )


@door.get("/my/articles", Page[HelpShape], customers=True)
def my_articles(
    request: Asked, q: Asking = "", limit: Limit = USUAL, cursor: Cursor = "", sort: Sort = "-id"
) -> Page[HelpShape]:
    """What is published for everybody."""
    found = search.within(_help(), q, kinds=[HELP], unfinished=True)
    return Walk({"id": "id"}, sort, cursor, limit).page(found, HelpShape.of)


@door.get("/my/articles/{pk}", HelpShape, customers=True)
def my_article(request: Asked, pk: PathId) -> HelpShape:
    """An article that is published for everybody."""
    return HelpShape.of(the_one(_help(), pk=pk))


def _help() -> ArticleQuerySet:
    return Article.objects.public().select_related("topic")
