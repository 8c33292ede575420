"""What articles are about: devices, money, the network."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from mainspring.core.text import TranslatedField
from mainspring.events.amended import Amended
from mainspring.events.models import Actor, record
from mainspring.knowledge.events import TOPIC_ADDED, TOPIC_CHANGED, TOPIC_REMOVED
from mainspring.knowledge.models.addresses import LONGEST, save_under_address


class TopicQuerySet(models.QuerySet["Topic"]):
    def public(self) -> "TopicQuerySet":
        """Those that have something to read for everybody."""
        return self.filter(articles__published_at__isnull=False, articles__audience="everybody").distinct()


class Topic(Amended):
    """A heading of the knowledge base, with its place and picture."""

    changed_event = TOPIC_CHANGED

    name = TranslatedField(_("name"))
    slug = models.CharField(max_length=LONGEST, unique=True, editable=False)
    icon = models.CharField(_("icon"), max_length=40, default="book")
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return str(self.name)

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, **columns: Any) -> "Topic":
        topic = cls(**columns)
        save_under_address(topic, topic.name)
        record(TOPIC_ADDED, topic, by=by, data={"name": str(topic)})
        return topic

    @transaction.atomic
    def remove(self, *, by: Actor | None) -> None:
        """Take it away. Raises ProtectedError while an article stands under it."""
        record(TOPIC_REMOVED, self, by=by, data={"name": str(self)})
        self.delete()
