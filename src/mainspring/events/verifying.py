"""Reading the whole chain, link by link, and naming the first that is not as it was."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from itertools import chain as one_after_another

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainspring.events.chain import GENESIS, hash_of, unsealed
from mainspring.events.checkpoints import Checkpoint, Signed, Unreadable
from mainspring.events.forgetting import Forgotten
from mainspring.events.marks import COLUMNS, Row, details_of, is_ours

AT_ONCE = 2000


@dataclass(frozen=True)
class Verdict:
    """What was found: how many links hold, what waits to be sealed, and the first fault in plain words, if any."""

    sealed: int
    waiting: int = 0
    checkpoints: int = 0
    fault: str = ""
    event_id: int | None = None
    place: int | None = None

    @property
    def holds(self) -> bool:
        return not self.fault

    @property
    def says(self) -> str:
        if self.fault:
            return self.fault
        said = ngettext(
            "%(count)d entry is as it was written.", "%(count)d entries are as they were written.", self.sealed
        )
        return said % {"count": self.sealed}


class Fault(Exception):
    """A link that does not hold."""

    def __init__(self, says: str, *, place: int | None, event_id: int | None) -> None:
        super().__init__(says)
        self.says, self.place, self.event_id = says, place, event_id


class Verification:
    """One reading of the chain, in constant memory. `outside` are checkpoints that were kept elsewhere."""

    def __init__(self, outside: Sequence[Signed] = ()) -> None:
        self.outside = outside
        self.forgotten = Forgotten.read()
        self.place, self.last, self.waiting, self.checkpoints = 0, 0, 0, 0

    def verdict(self) -> Verdict:
        try:
            with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
                self.read_links()
                self.read_unsealed()
        except Fault as fault:
            return Verdict(self.place, fault=fault.says, event_id=fault.event_id, place=fault.place)
        return Verdict(self.place, self.waiting, self.checkpoints)

    def read_links(self) -> None:
        """From the first link to the last; then every checkpoint must have been passed."""
        before = GENESIS
        checkpoints = self.signed()
        current = next(checkpoints, None)
        with closing(_links()) as links:
            for place, event_id, details, hash, row in links:
                before = self.read_link(before, place, event_id, details, hash, row)
                while current and current.place < place:
                    current = next(checkpoints, None)
                for checkpoint in (*((current,) if current else ()), *self.outside):
                    if not checkpoint.agrees(place, before):
                        raise self.rewritten(checkpoint, event_id)
                self.place, self.last = place, event_id
        rest = one_after_another((current,) if current else (), checkpoints, self.outside)
        cut = next((checkpoint for checkpoint in rest if checkpoint.place > self.place), None)
        if cut:
            raise self.cut(cut)

    def read_link(
        self, before: bytes, place: int, event_id: int, details: bytes, hash: bytes, row: Row | None
    ) -> bytes:
        """The hash of the link, when it holds."""
        if place != self.place + 1:
            says = _("Entry %(place)d of the trail was removed: it stood after event #%(event)d.")
            raise self.fault(says, self.place + 1, event=self.last)
        elif row is None:
            raise self.fault(_("Event #%(event)d, entry %(place)d of the trail, was removed."), place, event=event_id)
        elif details_of(row) != details and not (row.is_blank and event_id in self.forgotten):
            raise self.fault(_("Event #%(event)d, entry %(place)d of the trail, was changed."), place, event=event_id)
        elif hash_of(before, place, row, details) != hash:
            says = _("Event #%(event)d, entry %(place)d of the trail, was changed or moved from its place.")
            raise self.fault(says, place, event=event_id)
        return hash

    def read_unsealed(self) -> None:
        """What no link speaks of: it waits for the sealer, when it was written by us."""
        for row, is_copy in unsealed():
            if is_copy or not is_ours(row, details_of(row)):
                says = _("Event #%(event)d was put in or changed by other hands: it does not bear Mainspring's mark.")
                raise self.fault(says, None, event=row.id)
            self.waiting += 1

    def signed(self) -> Iterator[Signed]:
        """The checkpoints that are kept here, in order; each must be ours."""
        for pk in list(Checkpoint.objects.order_by("place").values_list("pk", flat=True)):
            kept = Checkpoint.objects.get(pk=pk)
            try:
                read = kept.read()
            except Unreadable:
                read = None
            if read is None or read.place != kept.place or not read.is_ours:
                says = _("The checkpoint kept at entry %(place)d is not one that Mainspring signed.")
                raise self.fault(says, kept.place)
            self.checkpoints += 1
            yield read

    def rewritten(self, checkpoint: Signed, event_id: int) -> Fault:
        says = _(
            "Event #%(event)d, entry %(place)d of the trail, is not the one that was there when the checkpoint of "
            "%(day)s was signed: the trail was written anew from here, or from at most %(step)d entries before."
        )
        return self.fault(says, self.place + 1, event=event_id, day=_day(checkpoint), step=_blind(checkpoint))

    def cut(self, checkpoint: Signed) -> Fault:
        says = _(
            "Entry %(place)d and everything after it was cut off: the trail ends at entry %(last)d, and the checkpoint "
            "of %(day)s was signed at entry %(signed)d."
        )
        return self.fault(says, self.place + 1, last=self.place, day=_day(checkpoint), signed=checkpoint.place)

    def fault(self, says: str, place: int | None, *, event: int | None = None, **words: object) -> Fault:
        return Fault(says % {"place": place, "event": event, **words}, place=place, event_id=event)


def verify(*outside: Signed) -> Verdict:
    """Read everything; what is first not as it was is named."""
    return Verification(outside).verdict()


def _links() -> Generator[tuple[int, int, bytes, bytes, Row | None], None, None]:
    """Every link with its event, in the order of the chain, read by pieces."""
    columns = COLUMNS[connection.vendor]
    statement = (
        f"SELECT l.id, l.event_id, l.details, l.hash, {columns} "  # noqa: S608 (constants)
        "FROM events_link l LEFT JOIN events_event e ON e.id = l.event_id ORDER BY l.id"
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while some := cursor.fetchmany(AT_ONCE):
            for place, event_id, details, hash, *columns in some:
                yield place, event_id, bytes(details), bytes(hash), Row(*columns) if columns[0] else None


def _day(checkpoint: Signed) -> str:
    return f"{checkpoint.at:%Y-%m-%d %H:%M} UTC"


def _blind(checkpoint: Signed) -> int:
    return checkpoint.step - 1
