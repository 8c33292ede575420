"""Connecting to a mailbox, trying it out, and what is wrong with it in plain words."""

import imaplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from mainspring.core.network import Inside, connect
from mainspring.core.sealing import Broken

TIMEOUT = 30
TRIAL_TIMEOUT = 8
"""Seconds that somebody waits before a page."""
FAULTS = (OSError, imaplib.IMAP4.error, ImapToolsError, Broken, UnicodeError)


@dataclass(frozen=True)
class Place:
    """A folder of a mailbox on a server, and who reads it there. `security` is one of `Mailbox.Security`."""

    host: str
    port: int
    security: str
    login: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done_folder: str = ""

    @property
    def server(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Trial:
    """What came of trying a mailbox: it works, or what is wrong and how to mend it."""

    works: bool
    says: str
    folders: tuple[str, ...] = ()


class Client(imaplib.IMAP4):
    """An IMAP connection that goes only where we may connect."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return connect(self.host, self.port, timeout=timeout or TIMEOUT)


class TlsClient(imaplib.IMAP4_SSL):
    """The same, within TLS from the first byte."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = connect(self.host, self.port, timeout=timeout or TIMEOUT)
        try:
            return self.ssl_context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


class Box(BaseMailBox):
    """The mailbox at a place, connected and not yet signed in."""

    def __init__(self, place: Place, timeout: float) -> None:
        self.place, self.timeout = place, timeout
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        if self.place.security == "tls":
            context = ssl.create_default_context()
            return TlsClient(self.place.host, self.place.port, ssl_context=context, timeout=self.timeout)
        client = Client(self.place.host, self.place.port, timeout=self.timeout)
        if self.place.security == "starttls":
            _encrypt(client)
        return client


def _encrypt(client: imaplib.IMAP4) -> None:
    try:
        client.starttls(ssl.create_default_context())
    except BaseException:
        client.shutdown()
        raise


@contextmanager
def opened(place: Place, *, timeout: float = TIMEOUT) -> Iterator[BaseMailBox]:
    """The folder, signed in. Raises one of FAULTS."""
    box = Box(place, timeout)
    try:
        box.login(place.login, place.password, initial_folder=place.folder)
    except BaseException:
        box.client.shutdown()
        raise
    with box:
        yield box


def attempt(place: Place) -> Trial:
    """Sign in and look, without reading or changing anything."""
    try:
        with opened(place, timeout=TRIAL_TIMEOUT) as box:
            status = box.folder.status(place.folder, ["MESSAGES", "UNSEEN"])
            folders = tuple(folder.name for folder in box.folder.list()[:50])
    except FAULTS as error:
        return Trial(False, explained(error, place))
    if place.done_folder and place.done_folder not in folders:
        return Trial(False, _missing_folder(place.done_folder), folders)
    else:
        return Trial(True, _found(place.folder, status["MESSAGES"], status["UNSEEN"]), folders)


def explained(error: Exception, place: Place) -> str:
    """What went wrong and what to do, for people."""
    if isinstance(error, MailboxLoginError):
        return _(
            "The server refused the user name or password. Many providers want an app password here, or IMAP to be "
            "switched on in their settings first."
        )
    elif isinstance(error, MailboxFolderSelectError):
        return _missing_folder(place.folder)
    elif isinstance(error, Inside):
        return _(
            "%(host)s is inside a private network (%(address)s), and connecting there is switched off. If your mail "
            "server really is there, start Mainspring with MAINSPRING_ALLOW_PRIVATE=1."
        ) % {"host": error.host, "address": error.address}
    elif isinstance(error, ssl.SSLCertVerificationError):
        return _("The server's certificate is not valid for %(server)s: %(why)s") % {
            "server": place.server,
            "why": error.verify_message,
        }
    elif isinstance(error, ssl.SSLError) or "TLS not supported" in str(error):
        return _("%(server)s does not speak TLS as set. Port 993 goes with TLS, port 143 with STARTTLS.") % {
            "server": place.server
        }
    elif isinstance(error, socket.gaierror | UnicodeError):
        return _("There is no server called %(host)s.") % {"host": place.host}
    elif isinstance(error, ConnectionRefusedError):
        return _("%(server)s refuses connections. Is the port right?") % {"server": place.server}
    elif isinstance(error, TimeoutError):
        return _("%(server)s did not answer in time. Are the port and the encryption right?") % {"server": place.server}
    elif isinstance(error, Broken):
        return _("The kept password can't be read with this installation's secret key. Enter it again.")
    else:
        return _("%(server)s answered: %(why)s") % {"server": place.server, "why": f"{error}"[:500]}


def _missing_folder(folder: str) -> str:
    return _("There is no folder “%(folder)s” in this mailbox.") % {"folder": folder}


def _found(folder: str, mails: int, unread: int) -> str:
    said = ngettext(
        "It works: %(count)s mail in “%(folder)s”, %(unread)s unread.",
        "It works: %(count)s mails in “%(folder)s”, %(unread)s unread.",
        mails,
    )
    return said % {"count": mails, "folder": folder, "unread": unread}
