"""Reading mailboxes by IMAP: by UID and UIDVALIDITY, committed here before anything is flagged there."""

import imaplib
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection
from django.utils.translation import gettext as _
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from mainspring.core.sealing import Broken
from mainspring.inbox.models import Mailbox, Source
from mainspring.inbox.models.received import receive

log = logging.getLogger(__name__)

TIMEOUT = 30
IDLE = 25
REFRESH = 5.0
PATIENCE = [5, 15, 60, 300]
"""Seconds to wait after each failure in a row."""
LARGEST = 60 * 1024 * 1024
"""A larger mail stays where it is and is named in the mailbox's error."""
FAULTS = (OSError, imaplib.IMAP4.error, ImapToolsError, Broken, UnicodeError)


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

    def leave(self) -> None:
        self.left.set()

    @property
    def is_over(self) -> bool:
        return self.stopping.is_set() or self.left.is_set()

    def run(self) -> None:
        failures = 0
        while not self.is_over:
            try:
                close_old_connections()
                mailbox = Mailbox.objects.filter(pk=self.pk, is_enabled=True).first()
                if mailbox is None:
                    break
                self.stay(mailbox)
                failures = 0
            except Exception as error:
                failures += 1
                close_old_connections()
                note_failure(self.pk, error)
                self.pause(PATIENCE[min(failures, len(PATIENCE)) - 1])
        connection.close()

    def stay(self, mailbox: Mailbox) -> None:
        """Keep one connection, as long as nothing about the mailbox changes."""
        with opened(mailbox) as box:
            while not self.is_over:
                read_new(mailbox, box)
                mailbox.was_read()
                self.wait_for_news(box)
                close_old_connections()
                now = Mailbox.objects.filter(pk=mailbox.pk).first()
                if now is None or place_of(now) != place_of(mailbox) or now.uid_validity != mailbox.uid_validity:
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
        with opened(mailbox) as box:
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
            mailbox.failed(explained(error, mailbox))
    except Exception:
        log.exception("The failure of mailbox %s could not be kept.", pk)


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[BaseMailBox]:
    """The mailbox's folder, signed in. Raises one of FAULTS."""
    context = ssl.create_default_context()
    if mailbox.security == Mailbox.Security.TLS:
        box: BaseMailBox = MailBox(mailbox.host, mailbox.port, timeout=TIMEOUT, ssl_context=context)
    elif mailbox.security == Mailbox.Security.STARTTLS:
        box = MailBoxStartTls(mailbox.host, mailbox.port, timeout=TIMEOUT, ssl_context=context)
    else:
        box = MailBoxUnencrypted(mailbox.host, mailbox.port, timeout=TIMEOUT)
    with box.login(mailbox.login, mailbox.password, initial_folder=mailbox.folder):
        yield box


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
            count += take(mailbox, box, uid)
            mailbox.got_to(validity, uid)
    return count


def read_unread(mailbox: Mailbox, box: BaseMailBox, validity: int, last: int) -> int:
    """The first time, and when UIDVALIDITY says that the folder is another one: what nobody has read yet."""
    uids = sorted(int(uid) for uid in box.uids("UNSEEN"))
    count = sum(take(mailbox, box, uid) for uid in uids if uid <= last)
    mailbox.got_to(validity, last)
    return count


def take(mailbox: Mailbox, box: BaseMailBox, uid: int) -> int:
    """Keep one mail, then flag it or move it. 0 when it is gone meanwhile, or too large to take."""
    raw = fetched(box, uid)
    if raw is None:
        return 0
    receive(raw, source=Source.IMAP, mailbox=mailbox)
    if mailbox.done_folder:
        box.move(str(uid), mailbox.done_folder)
    else:
        box.flag(str(uid), MailMessageFlags.SEEN, True)
    return 1


def fetched(box: BaseMailBox, uid: int) -> bytes | None:
    """The raw bytes of a mail, without marking it read."""
    size = next((int(found[uid]) for found in [sizes(box, uid)] if uid in found), None)
    if size is None:
        return None
    elif size > LARGEST:
        log.warning("A mail of %s bytes is left in the mailbox, UID %s.", size, uid)
        return None
    _state, data = box.client.uid("fetch", str(uid), "(BODY.PEEK[])")
    return next((bytes(part[1]) for part in data if isinstance(part, tuple)), None)


def sizes(box: BaseMailBox, uid: int) -> dict[int, int]:
    _state, data = box.client.uid("fetch", str(uid), "(RFC822.SIZE)")
    words = b" ".join(part for part in data if isinstance(part, bytes)).replace(b")", b" ").split()
    return {uid: int(words[words.index(b"RFC822.SIZE") + 1])} if b"RFC822.SIZE" in words else {}


def place_of(mailbox: Mailbox) -> tuple[object, ...]:
    """What a connection depends on."""
    return (
        mailbox.host,
        mailbox.port,
        mailbox.security,
        mailbox.login,
        bytes(mailbox.sealed_password),
        mailbox.folder,
        mailbox.done_folder,
        mailbox.is_enabled,
    )


def explained(error: Exception, mailbox: Mailbox) -> str:
    """What went wrong and what to do, for people."""
    server = f"{mailbox.host}:{mailbox.port}"
    if isinstance(error, MailboxLoginError):
        return _(
            "The server refused the user name or password. Many providers want an app password here, or IMAP to be "
            "switched on in their settings first."
        )
    elif isinstance(error, MailboxFolderSelectError):
        return _("There is no folder “%(folder)s” in this mailbox.") % {"folder": mailbox.folder}
    elif isinstance(error, ssl.SSLCertVerificationError):
        return _("The server's certificate is not valid for %(server)s: %(why)s") % {
            "server": server,
            "why": error.verify_message,
        }
    elif isinstance(error, ssl.SSLError):
        return _("%(server)s does not speak TLS as set. Port 993 goes with TLS, port 143 with STARTTLS.") % {
            "server": server
        }
    elif isinstance(error, socket.gaierror):
        return _("There is no server called %(host)s.") % {"host": mailbox.host}
    elif isinstance(error, ConnectionRefusedError):
        return _("%(server)s refuses connections. Is the port right?") % {"server": server}
    elif isinstance(error, TimeoutError):
        return _("%(server)s did not answer in time.") % {"server": server}
    elif isinstance(error, Broken):
        return _("The kept password can't be read with this installation's secret key. Enter it again.")
    else:
        return _("%(server)s answered: %(why)s") % {"server": server, "why": f"{error}"[:500]}
