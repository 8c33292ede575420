"""Telling people and machines: straight away, by no queue, since what is broken may be the queue."""

import json
import logging
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.formats import date_format

from mainspring.core.health import Finding
from mainspring.core.links import link
from mainspring.core.outgoing import FAULTS, NoAddress, explained, post
from mainspring.core.shop import Shop
from mainspring.health.letters import ALARM
from mainspring.health.models import Alarm, Reader
from mainspring.outbox.addresses import named
from mainspring.outbox.seals import message_id

log = logging.getLogger(__name__)

SECONDS = 8.0
TRIES = 60
"""How often one message is tried, once a look: about ten minutes."""


@dataclass
class Recipients:
    """Whom to tell: as the database said when it last answered."""

    readers: list[Reader] = field(default_factory=list)
    url: str = ""
    sender: str = settings.DEFAULT_FROM_EMAIL
    zone: str = "UTC"
    language: str = "en"

    @classmethod
    def now(cls) -> "Recipients":
        alarm, shop = Alarm.get(), Shop.get()
        sender = named(shop.name, shop.email or settings.DEFAULT_FROM_EMAIL)
        return cls(alarm.readers, alarm.url, sender, shop.time_zone, shop.language)


@dataclass
class News:
    """What turned red and what is well again, and who does not know yet."""

    broken: list[Finding]
    mended: list[Finding]
    readers: list[Reader]
    url: str
    at: datetime = field(default_factory=timezone.now)
    tries: int = 0

    @property
    def is_told(self) -> bool:
        return not self.readers and not self.url

    def tell(self, known: Recipients) -> None:
        """The webhook first, then each reader; who could not be told stays for the next time."""
        self.tries += 1
        if self.url and self._posted():
            self.url = ""
        self.readers = [reader for reader in self.readers if not self._mailed(reader, known)]
        if self.tries >= TRIES:
            log.error("The alarm could not be given to %s readers.", len(self.readers) + bool(self.url))
            self.readers, self.url = [], ""

    def _posted(self) -> bool:
        told = {
            "status": "broken" if self.broken else "mended",
            "at": self.at.isoformat(),
            "broken": [{"topic": one.key, "says": str(one.says), "mend": str(one.mend)} for one in self.broken],
            "mended": [{"topic": one.key} for one in self.mended],
            "link": link("health"),
        }
        headers = {"Content-Type": "application/json", "User-Agent": "Mainspring-Health/1"}
        try:
            answer = post(self.url, json.dumps(told).encode(), headers, seconds=SECONDS, most=1000)
        except (NoAddress, *FAULTS) as error:
            log.warning("The alarm's webhook failed: %s", explained(error))
            return False
        if not 200 <= answer.status < 300:
            log.warning("The alarm's webhook answered %s.", answer.status)
        return 200 <= answer.status < 300

    def _mailed(self, reader: Reader, known: Recipients) -> bool:
        subject, text, html = self._written(reader, known)
        mail = EmailMultiAlternatives(
            subject,
            text,
            from_email=known.sender,
            to=[named(reader.name, reader.email)],
            headers={"Message-ID": message_id(None), "Auto-Submitted": "auto-generated"},
        )
        if html:
            mail.attach_alternative(html, "text/html")
        try:
            mail.send()
        except Exception as error:
            log.warning("The alarm could not be mailed: %s: %s", type(error).__name__, error)
            return False
        return True

    def _written(self, reader: Reader, known: Recipients) -> tuple[str, str, str]:
        """In the shop's words and the reader's language; in plain ones when the database gives none."""
        with translation.override(reader.language), timezone.override(known.zone):
            broken = "\n".join(f"{one.topic}: {one.says} {one.mend}" for one in self.broken)
            mended = "\n".join(str(one.topic) for one in self.mended)
            when = date_format(timezone.localtime(self.at), "DATETIME_FORMAT")
        values = {"name": reader.name, "broken": broken, "mended": mended, "when": when, "link": link("health")}
        try:
            written = ALARM.write(reader.language, values)
        except Exception:
            log.exception("The alarm is written in plain words.")
            return f"Mainspring: {'broken' if broken else 'well again'}", f"{broken}\n{mended}\n{link('health')}", ""
        return written.subject, written.text, written.html
