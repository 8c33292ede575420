"""Reading mailboxes by IMAP: by UID and UIDVALIDITY, committed here before anything is flagged there."""

import logging
import threading

from django.db import close_old_connections, connection
from imap_tools import BaseMailBox, MailMessageFlags

from mainspring.inbox.connecting import FAULTS, explained, opened
from mainspring.inbox.models import LeftMail, Mailbox, Source
from mainspring.inbox.models.received import receive
from mainspring.inbox.parsing.headers import read_headers

log = logging.getLogger(__name__)

IDLE = 25
REFRESH = 5.0
PATIENCE = [5, 15, 30]
"""Seconds to wait after each failure in a row: a server that is back is read within a minute."""
LARGEST = 60 * 1024 * 1024
"""A larger mail stays where it is, and is named on the page of mail in and in the health of the installation."""


def read_mailboxes(stopping: threading.Event) -> None:
    """Read every mailbox, each in a thread of its own, until told to stop. New, changed and ended ones are noticed."""
    readers: dict[int, Reader] = {}
    while not stopping.is_set():
        try:
            close_old_connections()
            wanted = set(Mailbox.objects.filter(is_enabled=True).values_list("pk", flat=True))
        except Exception:
            log.exception("The list of mailboxes could not be read; it is tried again.")
        else:
            for pk in wanted - readers.keys():
                readers[pk] = Reader(pk, stopping)
                readers[pk].start()
            for pk in [pk for pk, reader in readers.items() if pk not in wanted or not reader.is_alive()]:
                readers.pop(pk).leave()
        stopping.wait(REFRESH)
    connection.close()


class Reader(threading.Thread):
    """Reads one mailbox: what is there, then whatever comes, as soon as the server says so."""

    def __init__(self, pk: int, stopping: threading.Event) -> None:
        super().__init__(name=f"mailbox {pk}", daemon=True)
        self.pk = pk
        self.stopping = stopping
        self.left = threading.Event()
        self.failures = 0

    def leave(self) -> None:
        self.left.set()

    @property
    def is_over(self) -> bool:
        return self.stopping.is_set() or self.left.is_set()

    def run(self) -> None:
        while not self.is_over:
            try:
                close_old_connections()
                mailbox = Mailbox.objects.filter(pk=self.pk, is_enabled=True).first()
                if mailbox is None:
                    break
                self.stay(mailbox)
            except Exception as error:
                self.failures += 1
                close_old_connections()
                note_failure(self.pk, error)
                self.pause(PATIENCE[min(self.failures, len(PATIENCE)) - 1])
        connection.close()

    def stay(self, mailbox: Mailbox) -> None:
        """Keep one connection, as long as nothing about the mailbox changes."""
        with opened(mailbox.place) as box:
            while not self.is_over:
                read_new(mailbox, box)
                mailbox.was_read()
                self.failures = 0
                self.wait_for_news(box)
                close_old_connections()
                now = Mailbox.objects.filter(pk=mailbox.pk).first()
                if now is None or not now.reads_like(mailbox):
                    break

    def wait_for_news(self, box: BaseMailBox) -> None:
        """Until the server tells of a change (RFC 2177), or a while; a server without IDLE is asked every 10 s."""
        if "IDLE" not in box.client.capabilities:
            self.pause(10)
            return
        box.idle.start()
        try:
            for _turn in range(IDLE):
                if self.is_over or box.idle.poll(timeout=1):
                    break
        finally:
            box.idle.stop()

    def pause(self, seconds: float) -> None:
        for _turn in range(int(seconds * 2)):
            if not self.is_over:
                self.stopping.wait(0.5)


def read_once(mailbox: Mailbox) -> int | None:
    """Read what is new; how many mails. None when it could not be read: the reason is kept with the mailbox."""
    try:
        with opened(mailbox.place) as box:
            count = read_new(mailbox, box)
    except FAULTS as error:
        note_failure(mailbox.pk, error)
        return None
    mailbox.was_read()
    return count


def note_failure(pk: int, error: Exception) -> None:
    """Keep the reason with the mailbox, in plain words."""
    log.warning("Mailbox %s: %s: %s", pk, type(error).__name__, error)
    try:
        for mailbox in Mailbox.objects.filter(pk=pk):
            mailbox.failed(explained(error, mailbox.place_with("")))
    except Exception:
        log.exception("The failure of mailbox %s could not be kept.", pk)


def read_new(mailbox: Mailbox, box: BaseMailBox) -> int:
    """Take what came since last time, each mail committed before it is flagged there; how many.

    A mail that is taken twice is the same row, so it may end anywhere and begin again.
    """
    status = box.folder.status(mailbox.folder, ["UIDVALIDITY", "UIDNEXT"])
    validity, last = int(status["UIDVALIDITY"]), int(status["UIDNEXT"]) - 1
    if validity == mailbox.uid_validity:
        return read_since(mailbox, box, validity)
    else:
        return read_unread(mailbox, box, validity, last)


def read_since(mailbox: Mailbox, box: BaseMailBox, validity: int) -> int:
    """Whatever has a higher UID than the last one, read by others or not."""
    count = 0
    for uid in sorted(int(uid) for uid in box.uids(f"UID {mailbox.last_uid + 1}:*")):
        if uid > mailbox.last_uid:
            count += take(mailbox, box, validity, uid)
            mailbox.got_to(validity, uid)
    return count


def read_unread(mailbox: Mailbox, box: BaseMailBox, validity: int, last: int) -> int:
    """The first time, and when UIDVALIDITY says that the folder is another one: what nobody has read yet."""
    uids = sorted(int(uid) for uid in box.uids("UNSEEN"))
    count = sum(take(mailbox, box, validity, uid) for uid in uids if uid <= last)
    mailbox.got_to(validity, last)
    return count


def take(mailbox: Mailbox, box: BaseMailBox, validity: int, uid: int) -> int:
    """Keep one mail, then flag it or move it. 0 when it is gone meanwhile, or too large to take."""
    size = size_of(box, uid)
    if size is not None and size > LARGEST:
        leave(mailbox, box, validity, uid, size)
        return 0
    raw = fetched(box, uid, "BODY.PEEK[]") if size is not None else None
    if raw is None:
        return 0
    receive(raw, source=Source.IMAP, mailbox=mailbox)
    if mailbox.done_folder:
        box.move(str(uid), mailbox.done_folder)
    else:
        box.flag(str(uid), MailMessageFlags.SEEN, True)
    return 1


def leave(mailbox: Mailbox, box: BaseMailBox, validity: int, uid: int, size: int) -> None:
    """Name a mail that is too large to take."""
    head = fetched(box, uid, "BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]") or b""
    headers = read_headers(head, 0, len(head))[0]
    log.warning("A mail of %s bytes is left in the mailbox, UID %s.", size, uid)
    LeftMail.leave(
        mailbox,
        uid_validity=validity,
        uid=uid,
        size=size,
        sender=headers.text("from"),
        subject=headers.text("subject"),
    )


def fetched(box: BaseMailBox, uid: int, what: str) -> bytes | None:
    """Bytes of a mail, without marking it read; None when it is gone."""
    _state, data = box.client.uid("fetch", str(uid), f"({what})")
    return next((bytes(part[1]) for part in data if isinstance(part, tuple)), None)


def size_of(box: BaseMailBox, uid: int) -> int | None:
    """The bytes that the server counts; None when the mail is gone."""
    _state, data = box.client.uid("fetch", str(uid), "(RFC822.SIZE)")
    words = b" ".join(part for part in data if isinstance(part, bytes)).replace(b")", b" ").split()
    return int(words[words.index(b"RFC822.SIZE") + 1]) if b"RFC822.SIZE" in words else None
