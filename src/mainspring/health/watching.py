"""The watch: looks every few seconds, and raises the alarm once a topic turns red, and once when it is well again."""

import logging
import threading
import time
from collections import Counter

from django.db import DatabaseError, close_old_connections, connection
from django.utils import translation

from mainspring.core.health import Finding, Level, findings, worst_of
from mainspring.core.sealing import Broken
from mainspring.events.pulse import Heart
from mainspring.health.models import Trouble
from mainspring.health.telling import News, Recipients

log = logging.getLogger(__name__)

LOOK = 8.0
"""Seconds between two looks."""
REDS, GREENS = 2, 3
"""So many looks in a row must agree: what flickers wakes nobody."""
BLINDING = ("database", "writing")
"""While one of these is broken nothing else can be known."""
FRESH = 3.0
"""Seconds for which a look answers who asks."""


class Snapshot:
    """The last look, for whoever asks within a moment of it: a machine that asks often costs no more than one look."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: list[Finding] = []
        self._at = -FRESH

    def take(self) -> list[Finding]:
        with self._lock:
            if time.monotonic() - self._at >= FRESH:
                self._found, self._at = findings(), time.monotonic()
            return self._found

    def forget(self) -> None:
        self._at = -FRESH


snapshot = Snapshot()


class Watch:
    """Looks, and tells. One a process; what was told is noted in the database, so that one of many tells."""

    def __init__(self, stopping: threading.Event | None = None) -> None:
        self.stopping = stopping or threading.Event()
        self.reds: Counter[str] = Counter()
        self.greens: Counter[str] = Counter()
        self.told: set[str] = set()
        """Topics that are known to be red, also when the database can't be asked."""
        self.unsaid: list[News] = []
        self.recipients = Recipients()

    def run(self) -> None:
        """Watch until told to stop."""
        Heart("watch", threading.current_thread(), self.stopping).start()
        while not self.stopping.is_set():
            try:
                close_old_connections()
                self.look()
            except Exception:
                log.exception("The watch could not look; it tries again.")
                connection.close()
            self.stopping.wait(LOOK)
        connection.close()

    def look(self) -> None:
        """Look once, and tell what is new."""
        self._learn()
        with translation.override(self.recipients.language):
            worst = worst_of(findings())
        broken = [one for one in worst.values() if one.level == Level.BROKEN]
        fine = [one for one in worst.values() if one.level != Level.BROKEN]
        if blind := [one for one in broken if one.key in BLINDING]:
            broken, fine = blind, []
        for one in broken:
            self.reds[one.key], self.greens[one.key] = self.reds[one.key] + 1, 0
        for one in fine:
            self.greens[one.key], self.reds[one.key] = self.greens[one.key] + 1, 0
        red = [one for one in broken if self.reds[one.key] >= REDS and self._turns(one, to_red=True)]
        green = [one for one in fine if self.greens[one.key] >= GREENS and self._turns(one, to_red=False)]
        if red or green:
            self.unsaid.append(News(red, green, list(self.recipients.readers), self.recipients.url))
        for news in self.unsaid:
            news.tell(self.recipients)
        self.unsaid = [news for news in self.unsaid if not news.is_told]

    def _learn(self) -> None:
        """Whom to tell and what was told already; when the database can't be asked, as it said last."""
        try:
            self.recipients = Recipients.now()
            self.told = Trouble.reds()
        except (DatabaseError, Broken) as error:
            log.warning("The watch goes by what it knew: %s", error)
            connection.close()

    def _turns(self, finding: Finding, *, to_red: bool) -> bool:
        """Whether this is news, and ours to tell. Without a database, ours alone."""
        if (finding.key in self.told) == to_red:
            return False
        try:
            is_ours = Trouble.raise_for(finding) if to_red else Trouble.end_for(finding)
        except DatabaseError as error:
            log.warning("The watch could not note %s: %s", finding.key, error)
            connection.close()
            is_ours = True
        self.told = self.told | {finding.key} if to_red else self.told - {finding.key}
        return is_ours
