"""Checkpoints: how far the chain had come, signed, to be kept where nobody who owns the database can change them."""

import base64
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from mainspring.core.shop import Shop
from mainspring.core.signing import fingerprint, is_intact, our_keys, sign_document
from mainspring.events.chain import EventLink, seal

log = logging.getLogger(__name__)

PURPOSE = "audit"
WHAT = "Checkpoint of Mainspring's audit trail"
MARK = 6
"""Bytes of each link's hash that a checkpoint has of the links since the one before."""
MOST_MARKS = 50_000


class Checkpoint(models.Model):
    """A signed word on how far the chain had come, as it was also given away. Never changed."""

    place = models.BigIntegerField(unique=True)
    at = models.DateTimeField(default=timezone.now)
    document = models.TextField(help_text="The signed JSON, as the file has it.")

    class Meta:
        db_table = "events_checkpoint"

    def __str__(self) -> str:
        return f"{self.place} of {self.at:%Y-%m-%d}"

    @classmethod
    def make(cls) -> "Checkpoint | None":
        """Seal what there is, look back to the first event, and sign. The last one when nothing came since."""
        seal(all_of_it=True)
        last, before = EventLink.objects.order_by("-id").first(), cls.objects.order_by("-place").first()
        since = before.place if before else 0
        if last is None or last.pk == since:
            return before
        step = -(-(last.pk - since) // MOST_MARKS)
        signed = sign_document(
            {
                "what": WHAT,
                "version": 1,
                "shop": Shop.get().name,
                "at": timezone.now().isoformat(timespec="seconds"),
                "place": last.pk,
                "event": last.event_id,
                "hash": bytes(last.hash).hex(),
                "since": since,
                "step": step,
                "marks": base64.b64encode(b"".join(_marks(since, last.pk, step))).decode(),
            },
            purpose=PURPOSE,
        )
        document = json.dumps(signed, indent=1) + "\n"
        return cls.objects.get_or_create(place=last.pk, defaults={"document": document})[0]

    @property
    def name(self) -> str:
        """What its file is called: in the order of their making."""
        return f"audit-checkpoint-{self.place:012d}.json"

    def read(self) -> "Signed":
        return Signed.read(self.document)


class Unreadable(ValueError):
    """What should be a checkpoint is none, or was changed."""


@dataclass(frozen=True)
class Signed:
    """A checkpoint as it is read, with an intact signature."""

    place: int
    hash: bytes
    at: datetime
    key: str
    since: int
    step: int
    marks: bytes

    @classmethod
    def read(cls, text: str) -> "Signed":
        """Raises Unreadable, with a sentence that says why."""
        try:
            document: Any = json.loads(text)
        except ValueError as error:
            raise Unreadable("This is no checkpoint of an audit trail.") from error
        if not isinstance(document, dict) or document.get("what") != WHAT:
            raise Unreadable("This is no checkpoint of an audit trail.")
        elif not is_intact(document):
            raise Unreadable("The checkpoint was changed after it was signed.")
        elif document.get("version") != 1:
            raise Unreadable("The checkpoint was made by a newer Mainspring.")
        return cls(
            place=int(document["place"]),
            hash=bytes.fromhex(document["hash"]),
            at=parse_datetime(document["at"]) or timezone.now(),
            key=str(document["key"]),
            since=int(document["since"]),
            step=int(document["step"]),
            marks=base64.b64decode(document["marks"]),
        )

    @property
    def is_ours(self) -> bool:
        return self.key in our_keys(PURPOSE)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key)

    def agrees(self, place: int, hash: bytes) -> bool:
        """Whether this link is the one it was; true of links of which the checkpoint says nothing."""
        number, rest = divmod(place - self.since, self.step)
        if place == self.place:
            return hash == self.hash
        elif self.since < place < self.place and not rest:
            return hash[:MARK] == self.marks[(number - 1) * MARK : number * MARK]
        else:
            return True


def our_fingerprint() -> str:
    """The key under which checkpoints are signed now, as people compare it."""
    return fingerprint(our_keys(PURPOSE)[0])


def _marks(since: int, place: int, step: int) -> Iterator[bytes]:
    """The beginnings of the hashes of every `step`-th link after `since`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, hash FROM events_link WHERE id > %s AND id <= %s ORDER BY id", [since, place])
        while some := cursor.fetchmany(2000):
            yield from (bytes(hash)[:MARK] for id, hash in some if not (id - since) % step)
