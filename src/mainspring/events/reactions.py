"""Who reacts to what: in the transaction of the act, or as a durable task after it."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import models

from mainspring.events.kinds import EventKind
from mainspring.events.tasks import enqueue_each

InTransaction = Callable[["Any", Any], None]
AfterCommit = Callable[["Any"], None]

_in_transaction: dict[str, list[InTransaction]] = defaultdict(list)
_after_commit: dict[str, list[str]] = defaultdict(list)
_by_name: dict[str, AfterCommit] = {}


def in_transaction(*kinds: EventKind) -> Callable[[InTransaction], InTransaction]:
    """The reaction belongs to the act: both happen or neither. Called as `reaction(event, subject)`. Integrity only."""

    def join(reaction: InTransaction) -> InTransaction:
        for kind in kinds:
            _in_transaction[kind.name].append(reaction)
        return reaction

    return join


def after_commit(*kinds: EventKind) -> Callable[[AfterCommit], AfterCommit]:
    """A durable task, enqueued in the act's transaction, retried with back-off. Called as `reaction(event)`.

    It may run more than once (a killed worker), so it must be idempotent.
    """

    def join(reaction: AfterCommit) -> AfterCommit:
        name = f"{reaction.__module__}.{reaction.__qualname__}"
        _by_name[name] = reaction
        for kind in kinds:
            _after_commit[kind.name].append(name)
        return reaction

    return join


def react(kind: EventKind, event: Any, subject: models.Model) -> None:
    """Run the reactions that belong to the act, enqueue the others."""
    for reaction in _in_transaction[kind.name]:
        reaction(event, subject)
    if _after_commit[kind.name]:
        from mainspring.events.running import run_reaction

        enqueue_each(run_reaction, [(name, event.pk) for name in _after_commit[kind.name]])


def reaction_named(name: str) -> AfterCommit:
    return _by_name[name]


def wiring() -> dict[str, list[str]]:
    """Every kind of event with the names of its reactions, for `mainspring house`."""
    return {
        kind: [f"{r.__module__}.{r.__qualname__} (in transaction)" for r in _in_transaction[kind]]
        + [f"{name} (after commit)" for name in _after_commit[kind]]
        for kind in sorted({*_in_transaction, *_after_commit})
    }
