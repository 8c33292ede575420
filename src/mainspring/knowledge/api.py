"""The API's doors into the knowledge base: reading, writing, publishing."""

from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from mainspring.api.conditions import must_match
from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import locked, named, the_one
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.problems import wrong
from mainspring.api.shapes import Change, Given, Id, Moment, Named, PathId, Shape, Words, left_out, upto
from mainspring.core.links import link
from mainspring.core.text import Translated
from mainspring.knowledge import permissions
from mainspring.knowledge.forms import LONGEST_TEXT
from mainspring.knowledge.models import Article, ArticleQuerySet, Topic

door = Door("knowledge", "Knowledge")
doors = [door]

Asking = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$", description="Beginnings of words in it.")]
Some = Annotated[int, Field(ge=1, le=2**63 - 1)]
Reader = Literal["everybody", "staff"]


class TitleWords(Given):
    en: Annotated[str, upto(140)] = Field("", examples=["What to do after a spill"])
    he: Annotated[str, upto(140)] = ""


class BodyWords(Given):
    """Paragraphs, `## ` headings, `- ` and `1. ` lists, **bold**, `code`, [links](https://…)."""

    en: Annotated[str, upto(LONGEST_TEXT)] = Field("", examples=["Switch it off.\n\n1. Unplug it.\n2. Dry it."])
    he: Annotated[str, upto(LONGEST_TEXT)] = ""


class TopicShape(Shape):
    id: int
    name: Words
    icon: str
    order: int

    @classmethod
    def of(cls, topic: Topic) -> "TopicShape":
        return cls(id=topic.pk, name=Words(**topic.name), icon=topic.icon, order=topic.order)


class ArticleShape(Shape):
    id: int
    topic: Named
    title: Words
    body: Words
    audience: Reader
    is_pinned: bool
    published_at: Moment | None = Field(description="null: a draft.")
    url: str = Field(description="Its page on the public site; empty while everybody may not read it.")
    written_by: Named
    written_at: Moment
    changed_by: Named
    changed_at: Moment

    @classmethod
    def of(cls, article: Article) -> "ArticleShape":
        others = {name: Named.of(getattr(article, name)) for name in ("topic", "written_by", "changed_by")}
        texts = {"title": Words(**article.title), "body": Words(**article.body)}
        more = {**others, **texts, "url": link("help_article", article.slug) if article.is_public else ""}
        return cls.model_validate({name: more.get(name, getattr(article, name, None)) for name in cls.model_fields})


class ArticleGiven(Given):
    topic_id: Id
    title: TitleWords
    body: BodyWords
    audience: Reader = "everybody"
    is_pinned: bool = False


class ArticleChange(Change):
    topic_id: Id = left_out()
    title: TitleWords = left_out()
    body: BodyWords = left_out()
    audience: Reader = left_out()
    is_pinned: bool = left_out()


@door.get("/articles", Page[ArticleShape], may=permissions.VIEW)
def articles(
    request: Asked,
    q: Asking = "",
    topic: Some | None = None,
    audience: Reader | None = None,
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "-id",
) -> Page[ArticleShape]:
    """Articles. Who may not write gets no drafts."""
    found = _seen(request).matching(q)
    if topic is not None:
        found = found.filter(topic=topic)
    if audience is not None:
        found = found.filter(audience=audience)
    sorts = {"id": "id", "changedAt": "changed_at", "writtenAt": "written_at"}
    return Walk(sorts, sort, cursor, limit).page(found, ArticleShape.of)


@door.post("/articles", ArticleShape, may=permissions.WRITE)
def write_article(request: Asked, given: ArticleGiven) -> ArticleShape:
    """Write an article. It is a draft until it is published."""
    columns = _columns(given.model_dump())
    _must_be_whole(columns["title"], columns["body"])
    return _shown(request, Article.add(by=request.user, **columns).pk)


@door.get("/articles/{pk}", ArticleShape, may=permissions.VIEW)
def article(request: Asked, pk: PathId) -> ArticleShape:
    """An article in all its languages."""
    return _shown(request, pk)


@door.patch("/articles/{pk}", ArticleShape, may=permissions.WRITE)
def change_article(request: Asked, pk: PathId, given: ArticleChange) -> ArticleShape:
    """Change an article. `title` and `body` replace all their languages."""
    found = locked(_seen(request), pk=pk)
    must_match(request, ArticleShape.of(found))
    columns = _columns({name: getattr(given, name) for name in given.model_fields_set})
    _must_be_whole(columns.get("title", found.title), columns.get("body", found.body))
    found.amend(by=request.user, **columns)
    return _shown(request, pk)


@door.post("/articles/{pk}/publish", ArticleShape, may=permissions.WRITE, status=200)
def publish(request: Asked, pk: PathId) -> ArticleShape:
    """From now on its audience reads it."""
    the_one(_seen(request), pk=pk).publish(by=request.user)
    return _shown(request, pk)


@door.post("/articles/{pk}/withdraw", ArticleShape, may=permissions.WRITE, status=200)
def withdraw(request: Asked, pk: PathId) -> ArticleShape:
    """A draft again."""
    the_one(_seen(request), pk=pk).withdraw(by=request.user)
    return _shown(request, pk)


@door.get("/article-topics", Page[TopicShape], may=permissions.VIEW)
def article_topics(request: Asked, limit: Limit = 100, cursor: Cursor = "") -> Page[TopicShape]:
    """The headings that articles stand under."""
    return Walk({"order": "order"}, "order", cursor, limit).page(Topic.objects.order_by(), TopicShape.of)


def _seen(request: Asked) -> ArticleQuerySet:
    return Article.objects.visible_to(request.user).select_related("topic", "written_by", "changed_by")


def _shown(request: Asked, pk: int) -> ArticleShape:
    return ArticleShape.of(the_one(_seen(request), pk=pk))


def _columns(given: dict[str, Any]) -> dict[str, Any]:
    """What was sent, by the names of our columns."""
    columns = dict(given)
    if "topic_id" in columns:
        columns["topic"] = named(Topic.objects.all(), columns.pop("topic_id"), "topicId")
    for name in ("title", "body"):
        if name in columns:
            words = columns[name] if isinstance(columns[name], dict) else columns[name].model_dump()
            columns[name] = Translated({code: text for code, text in words.items() if text.strip()})
    return columns


def _must_be_whole(title: Translated, body: Translated) -> None:
    """One language at least, and of each both."""
    if not title or set(title) != set(body):
        raise wrong("body", _("Each language needs a title and a text, and there must be one at least."))
