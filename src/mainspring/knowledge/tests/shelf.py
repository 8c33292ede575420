"""Articles to test with."""

from typing import Any

from mainspring.accounts.models import Person
from mainspring.core.text import Translated
from mainspring.knowledge.models import Article, Topic


def topic_of(name: str = "Printers", *, by: Person, **more: Any) -> Topic:
    return Topic.objects.filter(name__en=name).first() or Topic.add(by=by, name=Translated(en=name), **more)


def written(title: str, body: str = "Switch it off.", *, by: Person, topic: str = "Printers", **more: Any) -> Article:
    """A draft in English."""
    columns = {"title": Translated(en=title), "body": Translated(en=body), **more}
    return Article.add(by=by, topic=topic_of(topic, by=by), **columns)


def published(title: str, body: str = "Switch it off.", *, by: Person, **more: Any) -> Article:
    article = written(title, body, by=by, **more)
    article.publish(by=by)
    return article
