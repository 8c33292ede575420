"""An article: what somebody should know, in each language it is written in."""

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core import search
from mainspring.core.text import Translated, TranslatedField
from mainspring.events.models import record
from mainspring.knowledge.events import (
    ARTICLE_ADDED,
    ARTICLE_CHANGED,
    ARTICLE_DELETED,
    ARTICLE_PUBLISHED,
    ARTICLE_WITHDRAWN,
)
from mainspring.knowledge.models.addresses import LONGEST, save_under_address
from mainspring.knowledge.models.topic import Topic
from mainspring.knowledge.permissions import VIEW, WRITE
from mainspring.knowledge.prose import beginning
from mainspring.ui.slots import Viewer

ARTICLE, HELP = "article", "help"
"""Under which kinds it is found: by the staff each of them, by everybody those that are published for everybody."""
TOLD = 160
"""Letters of a text that stand for it: under a title, in a search engine."""


class Audience(models.TextChoices):
    EVERYBODY = "everybody", _("Everybody")
    STAFF = "staff", _("Only the staff")


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> "ArticleQuerySet":
        return self.filter(published_at__isnull=False)

    def public(self) -> "ArticleQuerySet":
        """What strangers read, and nothing else."""
        return self.published().filter(audience=Audience.EVERYBODY)

    def visible_to(self, person: Viewer) -> "ArticleQuerySet":
        """Who writes sees all, the staff what is published, a customer what everybody reads."""
        if person.is_customer or not person.may(VIEW):
            return self.public()
        return self if person.may(WRITE) else self.published()

    def matching(self, words: str) -> "ArticleQuerySet":
        """By the beginnings of words of title and text, in any language."""
        return search.within(self, words, kinds=[ARTICLE], unfinished=True)

    def in_order(self) -> "ArticleQuerySet":
        """As readers meet them: the pinned ones, then the newest."""
        return self.order_by("-is_pinned", "-published_at", "-pk")


class Article(models.Model):
    """Written in one language or several; a draft until it is published, and read by its audience from then on."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="articles", verbose_name=_("topic"))
    slug = models.CharField(max_length=LONGEST, unique=True, editable=False)
    title = TranslatedField(_("title"))
    body = TranslatedField(_("text"))
    audience = models.CharField(_("who reads it"), max_length=10, choices=Audience, default=Audience.EVERYBODY)
    is_pinned = models.BooleanField(_("stands first in its topic"), default=False)
    published_at = models.DateTimeField(null=True, editable=False, help_text="Empty: a draft.")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["changed_at", "id"], name="articles_by_change"),
            models.Index(fields=["written_at", "id"], name="articles_by_age"),
            models.Index(fields=["audience", "-is_pinned", "-published_at"], name="articles_to_read"),
        ]
        constraints = [
            models.CheckConstraint(name="an_article_has_an_audience", condition=models.Q(audience__in=Audience.values))
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_public(self) -> bool:
        return self.is_published and self.audience == Audience.EVERYBODY

    @property
    def language(self) -> str:
        """The one in which somebody who reads this page gets it."""
        return self.title.spoken_in(get_language() or "en")

    @property
    def languages(self) -> list[str]:
        """Those it is written in."""
        return [code for code, _name in settings.LANGUAGES if self.title.get(code)]

    @property
    def told(self) -> str:
        """How it begins, in the reader's language, without its markup."""
        text = beginning(self.body.into(self.language))
        return text if len(text) <= TOLD else text[:TOLD].rsplit(" ", 1)[0] + " …"

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Person, **columns: Any) -> "Article":
        """A draft."""
        article = cls(written_by=by, changed_by=by, **columns)
        save_under_address(article, article.title)
        article._record(ARTICLE_ADDED, by=by)
        return article

    @transaction.atomic
    def amend(self, *, by: Person, **columns: Any) -> None:
        """Change what is given. The trail keeps each language before and after; its address stays."""
        changes: dict[str, list[str]] = {}
        for name, value in columns.items():
            changes |= _differences(name, getattr(self, name), value)
            setattr(self, name, value)
        if changes:
            self.changed_by, self.changed_at = by, timezone.now()
            self.save(update_fields=[*columns, "changed_by", "changed_at"])
            self._record(ARTICLE_CHANGED, by=by, changes=changes)

    @transaction.atomic
    def publish(self, *, by: Person) -> None:
        """From now on its audience reads it. Nothing happens when it does already."""
        if self._locked().published_at is None:
            self.published_at = timezone.now()
            self.save(update_fields=["published_at"])
            self._record(ARTICLE_PUBLISHED, by=by)

    @transaction.atomic
    def withdraw(self, *, by: Person) -> None:
        """A draft again. What its readers said of it is kept."""
        if self._locked().published_at is not None:
            self.published_at = None
            self.save(update_fields=["published_at"])
            self._record(ARTICLE_WITHDRAWN, by=by)

    @transaction.atomic
    def remove(self, *, by: Person) -> None:
        """Delete it for good; the trail keeps its texts."""
        texts = {"title": dict(self.title), "body": dict(self.body)}
        self._record(ARTICLE_DELETED, by=by, **texts)
        self.delete()

    def _locked(self) -> "Article":
        return Article.objects.select_for_update().get(pk=self.pk)

    def _record(self, kind: Any, *, by: Person, **data: Any) -> None:
        record(kind, self, by=by, data={"name": str(self), "audience": self.audience, **data})


def _differences(name: str, before: Any, after: Any) -> dict[str, list[str]]:
    """What differs, by field; of a translated text by field and language: `body_he`."""
    if isinstance(before, Translated):
        return {
            f"{name}_{code}": [before.get(code, ""), after.get(code, "")]
            for code in sorted({*before, *after})
            if before.get(code, "") != after.get(code, "")
        }
    return {name: [str(before), str(after)]} if before != after else {}
