"""Another master key for everything: data keys are wrapped anew, row by row, while the shop works.

It can be stopped, or killed, at any moment and begun again: each row says under which key it is, and what is left is
what is not under the current one. It is over when it is recorded: until then whoever begins goes on to the same key.
Nothing is unreadable at any time, since the old key stays until no row needs it.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.translation import gettext as _

from mainspring.core import keyring as rings
from mainspring.core.keyring import MasterKey, NoKey, keyring
from mainspring.core.sealing import Broken
from mainspring.events.models import Actor, Event, record
from mainspring.vault.events import VAULT_ROTATED
from mainspring.vault.models import Credential, Share, VaultRules
from mainspring.vault.models.locked import Locked

BATCH = 200
"""Rows in one transaction: a writer waits for some milliseconds."""
HEAVY = ("facts", "secrets", "file")
LOCKED: tuple[type[Locked], ...] = (Credential, Share)

Tell = Callable[[int], None]


class StillNeeded(Exception):
    """The key can't go: rows are under it."""


@dataclass(frozen=True)
class Outcome:
    """How many rows were wrapped anew, and which can't be: damaged ones, and those whose key is not here."""

    wrapped: int
    left: int


def rotate(*, by: Actor | None = None, tell: Tell = lambda _done: None) -> Outcome:
    """To a new master key; or, when the last time was cut short, on to the current one. Raises NoKey.

    Where the keys are not in a file of ours, the new one was put there before: the last line is the current one.
    """
    if not left_over() and not _is_untold() and rings.is_by_file():
        rings.add(MasterKey.make())
    return wrap_all(by=by, tell=tell)


def wrap_all(*, by: Actor | None = None, tell: Tell = lambda _done: None) -> Outcome:
    """Everything under the current master key. Rows that change meanwhile are looked at again."""
    done = 0
    while moved := sum(_pass_over(table) for table in LOCKED):
        done += moved
        tell(done)
    left = left_over()
    if not left and _is_untold():
        current = keyring().current.id
        with transaction.atomic():
            record(VAULT_ROTATED, VaultRules.get(), by=by, data={"key": current, "rows": by_key()[current]})
    return Outcome(done, left)


def by_key() -> Counter[str]:
    """How many rows are under each master key."""
    counts: Counter[str] = Counter()
    for table in LOCKED:
        rows = table._default_manager.exclude(key_id="").order_by().values_list("key_id")
        counts.update(dict(rows.annotate(models.Count("pk"))))
    return counts


def left_over() -> int:
    """How many rows are not under the current key."""
    current = keyring().current.id
    return sum(count for key_id, count in by_key().items() if key_id != current)


def _is_untold() -> bool:
    """Whether the current key came after another, and nothing says yet that all is under it."""
    keys = keyring()
    told = Event.objects.filter(kind=VAULT_ROTATED.name, data__key=keys.current.id)
    return len(keys.keys) > 1 and not told.exists()


def forget(key_id: str) -> None:
    """Take an old key out of the file. Raises StillNeeded while a row is under it, NoKey when it is not there."""
    keyring().get(key_id)
    rows = by_key()[key_id]
    if rows:
        says = _("%(count)d entries are under the key %(key)s still. Run `mainspring vault rotate` first.")
        raise StillNeeded(says % {"count": rows, "key": key_id})
    elif not rings.is_by_file():
        raise StillNeeded(_("The keys come from %(place)s: take the line out there.") % {"place": rings.place()})
    rings.drop(key_id)


def _pass_over(table: type[Locked]) -> int:
    """Wrap what is not under the current key, a batch at a time; how many were."""
    wrapped, last = 0, 0
    heavy = [field.name for field in table._meta.concrete_fields if field.name in HEAVY]
    while True:
        current = keyring().current.id
        rows = table._default_manager.exclude(key_id__in=("", current)).filter(pk__gt=last).order_by("pk")
        batch = list(rows.defer(*heavy)[:BATCH])
        if not batch:
            return wrapped
        last = int(batch[-1].pk)
        wrapped += _wrap(batch)


def _wrap(batch: list[Locked]) -> int:
    damaged = []
    with transaction.atomic():
        wrapped = 0
        for row in batch:
            try:
                wrapped += row.wrap_anew()
            except NoKey:
                continue  # The health page names the key that is missing.
            except Broken:
                damaged.append(row)
    for row in damaged:
        if isinstance(row, Credential):
            row.note_damage()
    return wrapped
