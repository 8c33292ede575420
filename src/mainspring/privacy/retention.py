"""Letting go of what is old, by the owner's rules, every night; and what would go now, to be seen before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mainspring.core.shop import Shop
from mainspring.events.forgetting import DETAILS_FORGOTTEN, forget_details
from mainspring.events.models import Event, EventQuerySet, record
from mainspring.inbox.models import ReceivedMail
from mainspring.privacy.events import LET_GO
from mainspring.privacy.files import remove_files
from mainspring.privacy.models import Export, Keeping
from mainspring.tickets.models import Attachment

MONTH = timedelta(days=30.44)
AT_ONCE = 500


@dataclass(frozen=True)
class Old:
    """One kind of thing that would go: what, and how many."""

    name: str
    says: "str | Promise"
    count: int


def raw_mails(months: int) -> "QuerySet[ReceivedMail]":
    old = ReceivedMail.objects.filter(received_at__lt=timezone.now() - months * MONTH)
    return old.filter(state=ReceivedMail.State.FILED).exclude(raw=b"") if months else old.none()


def discarded_mails(months: int) -> "QuerySet[ReceivedMail]":
    old = ReceivedMail.objects.filter(received_at__lt=timezone.now() - months * MONTH)
    return old.filter(state=ReceivedMail.State.DISCARDED) if months else old.none()


def old_files(months: int) -> "QuerySet[Attachment]":
    old = Attachment.objects.filter(ticket__closed_at__lt=timezone.now() - months * MONTH)
    return old if months else old.none()


def old_events(months: int) -> EventQuerySet:
    old = Event.objects.filter(at__lt=timezone.now() - months * MONTH, mark__isnull=False)
    return old.exclude(kind=DETAILS_FORGOTTEN.name) if months else old.none()


def what_is_old(keeping: Keeping) -> Iterator[Old]:
    """What would go tonight under these rules."""
    yield Old("raw_mail_months", _("mails in their raw form"), raw_mails(keeping.raw_mail_months).count())
    yield Old("files_months", _("files of closed tickets"), old_files(keeping.files_months).count())
    yield Old("discarded_months", _("discarded mails"), discarded_mails(keeping.discarded_months).count())
    yield Old(
        "audit_months",
        _("entries of the audit trail whose names and words go"),
        old_events(keeping.audit_months).count(),
    )


def let_go() -> int:
    """Let go of what is old, a few at a time; returns how many pieces went."""
    keeping = Keeping.get()
    went = {
        "mails": _raw(keeping) + _discarded(keeping),
        "files": _files(keeping),
        "entries": _entries(keeping),
        "exports": _exports(),
    }
    if any(went.values()):
        with transaction.atomic():
            what = ", ".join(f"{count} {name}" for name, count in went.items() if count)
            record(LET_GO, Shop.get(), by=None, data={"what": what, **went})
    return sum(went.values())


def _raw(keeping: Keeping) -> int:
    """The bytes go; that a mail came, and its digest by which it would be known again, stay."""
    return raw_mails(keeping.raw_mail_months).update(raw=b"", size=0)


def _discarded(keeping: Keeping) -> int:
    return discarded_mails(keeping.discarded_months).delete()[0]


def _files(keeping: Keeping) -> int:
    count = 0
    while some := list(old_files(keeping.files_months).values_list("pk", "file_id")[:AT_ONCE]):
        with transaction.atomic():
            Attachment.objects.filter(pk__in=[pk for pk, _file in some]).delete()
            remove_files([file for _pk, file in some])
        count += len(some)
    return count


def _entries(keeping: Keeping) -> int:
    return forget_details(old_events(keeping.audit_months), by=None, why="The time to keep them is over")


def _exports() -> int:
    over = list(Export.objects.filter(expires_at__lt=timezone.now()).exclude(name=""))
    for one in over:
        one.remove()
    return len(over)
