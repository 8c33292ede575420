"""Whom the alarm goes to, and which topics it was raised for."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person, Role
from mainspring.core.health import Finding
from mainspring.core.sealing import seal, unseal
from mainspring.events.models import Actor, record
from mainspring.health.events import ALARM_CHANGED, WENT_GREEN, WENT_RED

CONTEXT = "webhook of the alarm"


@dataclass(frozen=True)
class Reader:
    """Somebody who is mailed."""

    name: str
    email: str
    language: str


class Alarm(models.Model):
    """The one row that says who hears of it when something breaks, and when it is well again."""

    mails = models.BooleanField(_("by mail"), default=True)
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("to"), blank=True, related_name="+",
        help_text=_("Nobody chosen: the owners."),
    )  # fmt: skip
    sealed_url = models.BinaryField(default=b"", editable=False, help_text="A webhook's address often holds its key.")

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_alarm", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return "alarm"

    @classmethod
    def get(cls) -> "Alarm":
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def url(self) -> str:
        """Where the webhook goes; empty for none. Raises Broken when it can't be opened."""
        return unseal(bytes(self.sealed_url), context=CONTEXT) if self.sealed_url else ""

    @transaction.atomic
    def change(self, *, by: Actor, mails: bool, people: "list[Person]", url: str) -> None:
        before = [self.mails, set(self.people.all()), self.url]
        if before != [mails, set(people), url]:
            self.mails, self.sealed_url = mails, seal(url, context=CONTEXT) if url else b""
            self.save()
            self.people.set(people)
            names = ", ".join(sorted(person.name for person in people))
            told = {"mails": str(mails), "people": names, "webhook": "changed" if url != before[2] else "as before"}
            record(ALARM_CHANGED, self, by=by, data={"now": told})

    @property
    def readers(self) -> list[Reader]:
        """Who is mailed: the chosen ones who still work here, else the owners."""
        if not self.mails:
            return []
        working = Person.objects.working()
        chosen = working.filter(pk__in=self.people.values("pk")) if self.pk and self.people.exists() else None
        people = chosen if chosen is not None else working.filter(role=Role.OWNER)
        return [Reader(person.name, person.email, person.language) for person in people.order_by("id")]


class Trouble(models.Model):
    """A topic for which the alarm was raised. One row a topic: red since a moment, or well again."""

    topic = models.CharField(max_length=60, unique=True)
    says = models.TextField(blank=True)
    red_since = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Trouble"]] = models.Manager()

    def __str__(self) -> str:
        return self.topic

    @classmethod
    def reds(cls) -> set[str]:
        return set(cls.objects.exclude(red_since=None).values_list("topic", flat=True))

    @classmethod
    def raise_for(cls, finding: Finding) -> bool:
        """Note that the topic is red. True for the one process that noted it, which then tells people."""
        says, now = str(finding.says), timezone.now()
        try:
            with transaction.atomic():
                known = cls.objects.filter(topic=finding.key)
                if not known.filter(red_since=None).update(red_since=now, says=says):
                    if known.exists():
                        return False
                    cls.objects.create(topic=finding.key, red_since=now, says=says)
                record(WENT_RED, known.get(), by=None, data={"topic": str(finding.topic), "says": says})
        except IntegrityError:  # another process was quicker
            return False
        return True

    @classmethod
    @transaction.atomic
    def end_for(cls, finding: Finding) -> bool:
        """Note that the topic is well again. True for the one process that noted it."""
        red = cls.objects.filter(topic=finding.key).exclude(red_since=None)
        ended = bool(red.update(red_since=None, says=""))
        if ended:
            record(WENT_GREEN, cls.objects.get(topic=finding.key), by=None, data={"topic": str(finding.topic)})
        return ended
