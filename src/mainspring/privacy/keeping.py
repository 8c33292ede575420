"""Reading the audit trail every night, and giving its checkpoints to where the owner wants them."""

import os
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from mainspring.core.shop import Shop
from mainspring.events.checkpoints import our_fingerprint
from mainspring.events.models import Checkpoint, Event, record
from mainspring.events.verifying import Verdict, verify
from mainspring.outbox.models import Enclosure, OutgoingMail
from mainspring.privacy.events import CHECKPOINT_GIVEN, TRAIL_BROKEN, TRAIL_HOLDS
from mainspring.privacy.models import Keeping

SAID = (TRAIL_HOLDS.name, TRAIL_BROKEN.name)


def read_trail() -> Verdict:
    """Read every entry, and record what was found."""
    verdict = verify()
    with transaction.atomic():
        if verdict.holds:
            record(TRAIL_HOLDS, Shop.get(), by=None, data={"count": verdict.sealed})
        else:
            record(TRAIL_BROKEN, Shop.get(), by=None, data={"what": verdict.fault, "event": verdict.event_id})
    return verdict


def last_reading() -> Event | None:
    """What the last reading found."""
    return Event.objects.filter(kind__in=SAID).order_by("-id").first()


def give_checkpoint() -> Checkpoint | None:
    """Sign how far the trail came, and put it where the owner wants it. None while nothing ever happened."""
    checkpoint, keeping = Checkpoint.make(), Keeping.get()
    if checkpoint is not None and keeping.checkpoint_folder:
        _write(Path(keeping.checkpoint_folder) / checkpoint.name, checkpoint.document)
        _given(checkpoint, keeping.checkpoint_folder)
    if checkpoint is not None and keeping.checkpoint_email:
        _mail(checkpoint, keeping.checkpoint_email)
    return checkpoint


def _write(path: Path, text: str) -> None:
    """Whole or not at all; what is there already under this name is the same."""
    draft = path.with_suffix(".draft")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@transaction.atomic
def _mail(checkpoint: Checkpoint, address: str) -> None:
    key = f"checkpoint:{checkpoint.pk}:{address}"[:150]
    if OutgoingMail.objects.filter(key=key).exists():
        return
    with override(Shop.get().language):
        text = _(
            "Attached is the signed checkpoint of %(shop)s's audit trail at entry %(place)d. Keep it where nobody who "
            "runs the desk can change it. To compare the trail with it:\n\n"
            "    mainspring audit verify --checkpoint %(file)s\n\n"
            "It is signed under the key %(key)s.\n"
        ) % {
            "shop": Shop.get().name,
            "place": checkpoint.place,
            "file": checkpoint.name,
            "key": our_fingerprint(),
        }
        subject = _("Audit trail of %(shop)s: checkpoint at entry %(place)d") % {
            "shop": Shop.get().name,
            "place": checkpoint.place,
        }
    OutgoingMail.objects.post(
        key=key,
        kind="audit_checkpoint",
        to=[("", address)],
        subject=subject,
        text=text,
        language=Shop.get().language,
        enclosures=[Enclosure(checkpoint.name, "application/json", checkpoint.document.encode())],
    )
    _given(checkpoint, address)


@transaction.atomic
def _given(checkpoint: Checkpoint, where: str) -> None:
    record(CHECKPOINT_GIVEN, checkpoint, by=None, data={"place": checkpoint.place, "where": where})
