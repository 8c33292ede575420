"""Mail out under fire: a server that hangs up after DATA or says "later", senders killed -9. Nothing lost, in order.

python tests/soak_outbox.py --mails 5000 --kills 200
"""

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from typing import Any

from smtp_double import SmtpDouble, listening
from soak_rig import Kills, installation, without_backups

LANES = 25
LANE = re.compile(r"\d+-\d+-.*", re.DOTALL)


@dataclass
class Unreliable(SmtpDouble):
    """Of each hundred mails five are put off and one is taken without an answer, whichever these are."""

    fates: list[str] = field(default_factory=list)
    arrivals: list[tuple[str, str]] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.fates = self.fates or random.sample(["later"] * 5 + ["drop"] + ["take"] * 94, 100)
        fate = self.fates.pop()
        message = message_from_bytes(envelope.content)
        message_id = str(message["Message-ID"])
        if fate == "later":
            return "451 4.3.0 Try later"
        self.arrivals.append((message_id, str(message["Subject"])))
        if fate == "drop":
            self.dropped.add(message_id)
            server.transport.abort()
        return "250 OK"


def soak(mails: int, kills: int, limit: float, double: Unreliable) -> list[str]:
    """What went wrong; empty when nothing did."""
    from django.db import connection
    from django.utils import timezone

    from mainspring.events.models import TaskRow
    from mainspring.outbox.models import OutgoingMail
    from mainspring.outbox.seals import Seal
    from world import build_world

    build_world()
    without_backups()
    for number in range(mails):
        lane = number % LANES + 1
        OutgoingMail.objects.post(
            key=f"soak-{number}", kind="note", to=[(f"C{lane}", f"c{lane}@acme.example")], subject=f"{lane}-{number}-",
            text="Hi", seal=Seal(f"ticket:{lane}", f"contact:{lane}"),
        )  # fmt: skip
    unsent = OutgoingMail.objects.unsent()

    def is_busy(pid: int) -> bool:
        return TaskRow.objects.filter(state=TaskRow.State.RUNNING, worker__startswith=f"{pid}-").exists()

    def hasten() -> None:
        """The clock of the waits: what is put off for minutes is due now."""
        now = timezone.now()
        late = now + timedelta(seconds=10)
        OutgoingMail.objects.filter(state=OutgoingMail.State.WAITING, not_before__gt=late).update(not_before=now)
        TaskRow.objects.filter(state=TaskRow.State.WAITING, run_after__gt=late).update(run_after=now)

    unsure: set[str] = set()

    def note_what_is_unsure() -> None:
        """What a killed sender had in hand: it may be sent, which he could not note any more."""
        unsure.update(unsent.filter(state=OutgoingMail.State.SENDING).values_list("message_id", flat=True))

    fire = Kills(kills, unsent.exists, is_busy, hasten, note_what_is_unsure)
    seconds = fire.run(limit=limit)

    wanted = set(OutgoingMail.objects.filter(key__startswith="soak-").values_list("message_id", flat=True))
    arrivals = [one for one in double.arrivals if LANE.fullmatch(one[1])]  # the watch's alarms go by no queue
    counts = Counter(message_id for message_id, _subject in arrivals)
    lanes: dict[str, list[int]] = defaultdict(list)
    for subject in dict(arrivals).values():  # where each came first
        lanes[subject.split("-")[0]].append(int(subject.split("-")[1]))
    doubled = [one for one, count in counts.items() if count > 1]
    without_cause = [one for one in doubled if one not in double.dropped | unsure]
    print(
        f"{connection.vendor}: {mails} mails, {fire.hits} kills at work, {fire.misses} beside it, "
        f"{seconds:.0f} s; {len(double.dropped)} dropped after DATA, {len(doubled)} doubled, "
        f"{len(wanted - counts.keys())} lost"
    )
    faults = {
        f"only {fire.hits} of {kills} kills hit a sender at work": fire.hits < kills,
        "nothing was dropped after DATA": not double.dropped,
        f"lost: {sorted(wanted - counts.keys())[:3]}": wanted - counts.keys(),
        f"under another Message-ID: {sorted(counts.keys() - wanted)[:3]}": counts.keys() - wanted,
        f"not noted as sent: {unsent.count()}": unsent.exists(),
        f"doubled without cause: {without_cause[:3]}": without_cause,
        f"out of order: {[lane for lane, order in lanes.items() if order != sorted(order)][:5]}": any(
            order != sorted(order) for order in lanes.values()
        ),
    }
    return [fault for fault, is_true in faults.items() if is_true]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--limit", type=float, default=600)
    given = parser.parse_args()
    double = Unreliable()
    with listening(double):
        backend = "django.core.mail.backends.smtp.EmailBackend"
        with installation(EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(double.port)):
            faults = soak(given.mails, given.kills, given.limit, double)
    print("\n".join(faults) or "Nothing lost, nothing out of order, nothing doubled but what could not be known.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
