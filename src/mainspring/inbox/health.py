"""Whether mail comes in."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mainspring.accounts.models import Person
from mainspring.core.health import Finding, Level, looks_at
from mainspring.core.shop import Shop
from mainspring.inbox.models import LeftMail, Mailbox, ReceivedMail
from mainspring.ui.words import ago

MAIL_IN = gettext_lazy("Mail in")
LATE = timedelta(minutes=10)
UNREAD = timedelta(minutes=3)
"""A mailbox is asked every half minute."""
ANYBODYS = frozenset(
    ["aol.com", "gmail.com", "gmx.com", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com",
     "mail.com", "mail.ru", "outlook.com", "proton.me", "protonmail.com", "walla.co.il", "web.de", "yahoo.com",
     "yandex.ru"]
)  # fmt: skip
"""Domains at which anybody can have an address, so that one proves nothing."""


@looks_at(MAIL_IN, order=31)
def mail_in() -> Iterator[Finding]:
    found = [*_mailboxes(), *_mails(), *_addresses()]
    yield from found or [Finding.fine(MAIL_IN, _("Every mailbox is read, every mail is filed."))]


def _mailboxes() -> Iterator[Finding]:
    mailboxes = list(Mailbox.objects.filter(is_enabled=True))
    if not mailboxes:
        yield Finding(
            MAIL_IN,
            Level.WARNING,
            _("No mailbox is read: customers' answers don't come in."),
            _("Add one in the settings, or have your mail server call `mainspring mail receive`."),
        )
    for mailbox in mailboxes:
        if mailbox.state == Mailbox.State.BROKEN:
            says = _("%(mailbox)s can't be read: %(why)s") % {"mailbox": mailbox.address, "why": mailbox.last_error}
            yield Finding(MAIL_IN, Level.BROKEN, says, _("Mend it in the settings under Mailboxes and try it there."))
        elif mailbox.last_read_at and mailbox.last_read_at < timezone.now() - UNREAD:
            told = {"mailbox": mailbox.address, "when": ago(mailbox.last_read_at).striptags()}
            yield Finding(
                MAIL_IN,
                Level.BROKEN,
                _("%(mailbox)s was read last %(when)s.") % told,
                _("Nobody reads it: start `mainspring serve` or `mainspring worker`, or start it again."),
            )


def _mails() -> Iterator[Finding]:
    waiting = ReceivedMail.objects.filter(
        state=ReceivedMail.State.WAITING, received_at__lt=timezone.now() - LATE
    ).count()
    unfiled = ReceivedMail.objects.unfiled().count()
    oldest = ReceivedMail.objects.unfiled().order_by("id").first()
    left = LeftMail.objects.unsettled().count()
    if waiting:
        says = ngettext("%(count)d mail waits to be filed.", "%(count)d mails wait to be filed.", waiting)
        yield Finding(MAIL_IN, Level.BROKEN, says % {"count": waiting}, _("The background tasks don't run; see there."))
    if unfiled:
        says = ngettext(
            "%(count)d mail is kept aside, since %(when)s.",
            "%(count)d mails are kept aside, the oldest since %(when)s.",
            unfiled,
        )
        told = {"count": unfiled, "when": ago(oldest.received_at).striptags() if oldest else ""}
        yield Finding(MAIL_IN, Level.BROKEN, says % told, _("A customer may wait: look at it on the page of mail in."))
    if left:
        says = ngettext(
            "%(count)d mail is too large to take and stays in its mailbox.",
            "%(count)d mails are too large to take and stay in their mailboxes.",
            left,
        )
        yield Finding(
            MAIL_IN,
            Level.BROKEN,
            says % {"count": left},
            _("The page of mail in names them. Fetch each with a mail program, then say there that it is dealt with."),
        )


def _addresses() -> Iterator[Finding]:
    """An inbound address on the company's own domain: whoever can read tickets can prove that he belongs to it."""
    for address in sorted(inbound_addresses()):
        domain = address.rpartition("@")[2].lower()
        if domain in company_domains():
            yield Finding(
                MAIL_IN,
                Level.WARNING,
                _(
                    "%(address)s is on the company's main domain: services that take anybody with an address of "
                    "%(domain)s for one of you send their codes to your tickets."
                )
                % {"address": address, "domain": domain},
                _(
                    "Receive mail under a name of its own, like desk@help.%(domain)s, and have %(address)s forwarded "
                    "there; docs/mail.md says how."
                )
                % {"address": address, "domain": domain},
            )


def inbound_addresses() -> set[str]:
    """The addresses whose mail becomes tickets; without a mailbox the shop's, once a mail server has handed us mail."""
    mailboxes = set(Mailbox.objects.filter(is_enabled=True).values_list("address", flat=True))
    if mailboxes:
        return mailboxes
    elif ReceivedMail.objects.exists():
        return {Shop.get().email} - {""}
    else:
        return set()


def company_domains() -> set[str]:
    """Where the company is at home: its website, and the addresses with which its people sign in. Not what anybody may
    have an address at."""
    website = (urlsplit(Shop.get().website).hostname or "").removeprefix("www.")
    staff = Person.objects.staff().filter(is_active=True).values_list("email", flat=True)
    return {website, *(email.rpartition("@")[2].lower() for email in staff)} - {""} - ANYBODYS
