"""Mail in under fire: through a real Dovecot while reader and worker are killed -9. Nothing lost, nothing doubled.

python tests/soak_mail.py --mails 10000 --kills 200
"""

import argparse
import resource
import sys
from collections import Counter

from dovecot import dovecot
from soak_rig import Kills, installation, without_backups

THREADS = 20


def poison(number: int) -> bytes:
    """Nested beyond what we read."""
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(200))
    return b"From: c%d@acme.example\nSubject: poison-%d-\nMessage-ID: <%d@acme.example>\n" % ((number,) * 3) + deep


def good(number: int) -> bytes:
    """One of a few customers; every fifth opens a ticket, the others answer the last one that opened."""
    opener, who = number - number % 5, number // 5 % THREADS
    answers = f"In-Reply-To: <{opener}@acme.example>\r\n" if number != opener and opener % 7 != 6 else ""
    return (
        f"From: C <c{who}@acme.example>\r\nTo: desk@mainstreet.example\r\nSubject: mail-{number}-\r\n{answers}"
        f"Message-ID: <{number}@acme.example>\r\n\r\nbody-{number}-\r\n"
    ).encode()


def soak(mails: int, kills: int, limit: float) -> list[str]:
    """What went wrong; empty when nothing did."""
    from django.db import connection

    from mainspring.events.models import TaskRow
    from mainspring.inbox.models import Mailbox, ReceivedMail
    from mainspring.inbox.parsing.identity import content_hash
    from mainspring.tickets.models import Message, Ticket
    from world import build_world

    build_world()
    without_backups()
    sent = {number: poison(number) if number % 7 == 6 else good(number) for number in range(mails)}
    with dovecot() as server:
        for raw in sent.values():
            server.deliver(raw, "desk")
        Mailbox.add(
            by=None, password=server.password, address="desk@mainstreet.example", host="127.0.0.1", port=server.port,
            security="none", login="desk", takes_tags=True,
        )  # fmt: skip

        def is_work_left() -> bool:
            waiting = ReceivedMail.objects.filter(state=ReceivedMail.State.WAITING).exists()
            return waiting or ReceivedMail.objects.count() < mails or server.unread("desk") > 0

        def is_busy(pid: int) -> bool:
            return TaskRow.objects.filter(state=TaskRow.State.RUNNING, worker__startswith=f"{pid}-").exists()

        fire = Kills(kills, is_work_left, is_busy)
        seconds = fire.run(limit=limit)
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        worked = spent.ru_utime + spent.ru_stime

    received = {mail.digest: mail for mail in ReceivedMail.objects.all()}
    digests = {number: content_hash(raw) for number, raw in sent.items()}
    lost = [number for number, digest in digests.items() if digest not in received]
    bodies = Counter(Message.objects.values_list("text", flat=True))
    wanted = {f"body-{number}-" for number in sent if number % 7 != 6}
    subjects = Counter(Ticket.objects.values_list("subject", flat=True))
    poisoned = [received[digest] for number, digest in digests.items() if number % 7 == 6 and digest in received]
    disorder = [
        ticket
        for ticket in Ticket.objects.values_list("pk", flat=True)
        if (order := [int(text.split("-")[1]) for text in
                      Message.objects.filter(ticket_id=ticket).order_by("id").values_list("text", flat=True)])
        != sorted(order)
    ]  # fmt: skip
    astray = [
        mail.subject
        for mail in ReceivedMail.objects.filter(state="filed").select_related("became")
        if mail.became is None or mail.became.ticket_id != mail.ticket_id
    ]
    print(
        f"{connection.vendor}: {mails} mails, {fire.hits} kills at work, {fire.misses} beside it, "
        f"{seconds:.0f} s, {mails / seconds:.1f} mails/s ({worked:.0f} s of a processor, as much as "
        f"{mails / worked:.1f} mails/s on one that does nothing else); {len(lost)} lost, "
        f"{len(poisoned)} poisoned, {subjects.total()} tickets"
    )
    faults = {
        f"only {fire.hits} of {kills} kills hit a process at work": fire.hits < kills,
        f"lost: {lost[:5]}": lost,
        f"{len(received)} rows for {mails} mails": ReceivedMail.objects.count() != mails,
        f"never filed: {sorted(wanted - bodies.keys())[:5]}": wanted - bodies.keys(),
        f"doubled notes: {[b for b, n in bodies.items() if n > 1][:5]}": any(n > 1 for n in bodies.values()),
        f"doubled tickets: {[s for s, n in subjects.items() if n > 1][:5]}": any(n > 1 for n in subjects.values()),
        f"poison that is not set aside: {[m.subject for m in poisoned if m.state != 'failed'][:5]}": any(
            mail.state != "failed" for mail in poisoned
        ),
        f"tickets with another order: {disorder[:5]}": disorder,
        f"filed in one ticket, written in another: {astray[:5]}": astray,
        "a poisoned mail became a ticket": any("poison" in subject for subject in subjects),
    }
    return [fault for fault, is_true in faults.items() if is_true]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--limit", type=float, default=600)
    given = parser.parse_args()
    with installation():
        faults = soak(given.mails, given.kills, given.limit)
    print("\n".join(faults) or "Nothing lost, nothing doubled.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
