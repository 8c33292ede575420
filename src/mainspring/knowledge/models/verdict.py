"""Whether an article helped, as its readers said."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone

from mainspring.events.models import record
from mainspring.knowledge.events import ARTICLE_FAILED, ARTICLE_HELPED
from mainspring.knowledge.models.article import Article


@dataclass(frozen=True)
class Verdicts:
    """How many readers an article helped, and how many it did not."""

    yes: int = 0
    no: int = 0


class Verdict(models.Model):
    """Yes or no, once a reader and article; he may change his mind. Of the reader only what his browser drew by lot."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="verdicts")
    reader = models.CharField(max_length=22)
    helped = models.BooleanField()
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_verdict_per_reader", fields=["article", "reader"])]

    def __str__(self) -> str:
        return "yes" if self.helped else "no"

    @classmethod
    @transaction.atomic
    def give(cls, article: Article, *, reader: str, helped: bool) -> None:
        """What this reader says; the same once more is nothing new."""
        verdict, is_new = cls.objects.get_or_create(article=article, reader=reader, defaults={"helped": helped})
        if is_new or verdict.helped != helped:
            verdict.helped = helped
            verdict.save(update_fields=["helped"])
            record(ARTICLE_HELPED if helped else ARTICLE_FAILED, article, by=None, data={"name": str(article)})

    @classmethod
    def of(cls, articles: Iterable[Article]) -> dict[int, Verdicts]:
        """By the article's id, for many at once; those of whom nobody said anything are left out."""
        rows = (
            cls.objects.filter(article__in=[one.pk for one in articles])
            .values("article")
            .annotate(yes=Count("pk", filter=Q(helped=True)), no=Count("pk", filter=Q(helped=False)))
        )
        return {row["article"]: Verdicts(row["yes"], row["no"]) for row in rows}
