"""The browsers of a person: those he is signed in with now, and those he has signed in with before."""

import secrets
from typing import ClassVar

from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from mainspring.accounts.events import SITTING_ENDED, SITTINGS_ENDED
from mainspring.accounts.models.person import Person
from mainspring.core.tokens import digest_of
from mainspring.events.models import Actor, record

BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def in_words(agent: str) -> str:
    """ "Firefox, Windows" of a User-Agent header: enough to know one's own browser again."""
    found = [next((name for mark, name in marks if mark in agent), "") for marks in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found)) or _("an unknown browser")


class SittingQuerySet(models.QuerySet["Sitting"]):
    def alive(self) -> "SittingQuerySet":
        """Those whose session is still there."""
        return self.filter(
            Exists(Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now()))
        )

    @transaction.atomic
    def end(self) -> int:
        """End the sessions themselves; how many there were."""
        keys = list(self.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        return int(self.filter(session_key__in=keys).delete()[0])


class Sitting(models.Model):
    """A browser that somebody is signed in with: since when, from where, and when it was last seen."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="sittings")
    session_key = models.CharField(max_length=40, unique=True)
    agent = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=60, blank=True)
    began_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = SittingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-seen_at"])]

    def __str__(self) -> str:
        return in_words(self.agent)

    @transaction.atomic
    def end(self, *, by: Actor) -> None:
        """Sign this browser out."""
        record(SITTING_ENDED, self.person, by=by, data={"name": self.person.name, "browser": str(self)})
        Sitting.objects.filter(pk=self.pk).end()

    @classmethod
    @transaction.atomic
    def end_all(cls, person: Person, *, by: Actor | None, but: str = "") -> int:
        """Sign the person out everywhere, except in the session `but`."""
        ended = cls.objects.filter(person=person).exclude(session_key=but).end()
        if ended:
            record(SITTINGS_ENDED, person, by=by, data={"name": person.name, "count": ended})
        return ended


class KnownBrowserManager(models.Manager["KnownBrowser"]):
    def knows(self, email: str, token: str) -> bool:
        """Whether somebody with this address has signed in with the browser that holds the token."""
        return bool(token) and self.filter(person__email=email.lower(), token_hash=digest_of(token)).exists()

    def meet(self, person: Person, token: str, agent: str) -> tuple[str, bool]:
        """The browser's token (a new one when it had none), and whether this person uses it for the first time."""
        token = token if 30 <= len(token) <= 60 else secrets.token_urlsafe(32)
        _browser, is_new = self.update_or_create(
            person=person, token_hash=digest_of(token), defaults={"agent": agent[:300], "last_at": timezone.now()}
        )
        return token, is_new


class KnownBrowser(models.Model):
    """A browser that somebody has come in with. It is known by a cookie, of which we keep the hash.

    Its tries are counted apart: who guesses at somebody's password from elsewhere doesn't lock him out at his desk.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="known_browsers")
    token_hash = models.CharField(max_length=64)
    agent = models.CharField(max_length=300, blank=True)
    first_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[KnownBrowserManager] = KnownBrowserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_browser_is_known_once_for_a_person", fields=["person", "token_hash"])
        ]

    def __str__(self) -> str:
        return in_words(self.agent)
