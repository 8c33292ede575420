"""What pages show of the vault: the credentials of a place, with their facts, never their secrets."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.models import Person
from mainspring.core.keyring import NoKey
from mainspring.core.sealing import Broken
from mainspring.tickets.models import Ticket
from mainspring.vault import permissions
from mainspring.vault.contents import Facts
from mainspring.vault.models import Credential, HandIn, Kind, VaultRules
from mainspring.vault.models.credential import ICONS
from mainspring.vault.models.locked import Home

MOST = 200


@dataclass(frozen=True)
class Row:
    """A credential in a list. Without facts it can't be opened: `why` says so."""

    credential: Credential
    facts: Facts | None
    why: str = ""
    shut: str = ""
    """What is wrong with the keys, when that is why."""

    @property
    def shows_wifi(self) -> bool:
        return bool(self.facts and self.facts.user) and self.credential.kind == Kind.WIFI


def row_of(credential: Credential) -> Row:
    try:
        return Row(credential, credential.see_facts())
    except NoKey as error:
        return Row(credential, None, _("The vault is shut."), str(error))
    except Broken:
        return Row(credential, None, _("It was changed outside the vault and can't be opened."))


def needed_for(person: Person, credential: Credential, number: int | None) -> Ticket | None:
    """The ticket for which somebody looks, if the credential belongs there: the look is told in its story."""
    ticket = Ticket.objects.visible_to(person).filter(number=number).first() if number else None
    belongs = ticket is not None and Credential.objects.around(ticket).filter(pk=credential.pk).exists()
    return ticket if belongs else None


def address_of(home: Home) -> str:
    """The page on which the credentials of a place are listed."""
    if isinstance(home, Ticket):
        return reverse("ticket", args=[home.number]) + "?tab=credentials"
    return reverse(str(home._meta.model_name), args=[home.pk])


def number_of(home: Home) -> int:
    """How an address names a place: a ticket by its number."""
    return home.number if isinstance(home, Ticket) else int(home.pk)


class CredentialList:
    """The credentials of a place, as its page lists them: one query, asked when the page wants it."""

    kinds = [(kind.value, kind.label, ICONS[kind]) for kind in Kind]

    def __init__(self, home: Home, person: Person) -> None:
        self.home, self.at, self.number = home, str(home._meta.model_name), number_of(home)
        self.ticket = home if isinstance(home, Ticket) else None
        self.person = person
        self.may_keep = person.may(permissions.KEEP)
        self.may_view = person.may(permissions.VIEW)
        self.may_reveal = person.may(permissions.REVEAL)
        self.may_edit = person.may(permissions.EDIT)
        self.shut = ""

    @cached_property
    def rules(self) -> VaultRules:
        return VaultRules.get()

    @property
    def reason(self) -> str:
        """What is offered as the reason of a look."""
        return _("Ticket #%(number)s") % {"number": self.ticket.number} if self.ticket else ""

    @cached_property
    def rows(self) -> list[Row]:
        seen = Credential.objects.visible_to(self.person).standing().listed()
        found = seen.around(self.ticket) if self.ticket else seen.at(self.home)
        return self._opened(found.select_related("ticket", "business", "contact", "device__kind")[:MOST])

    @cached_property
    def asked(self) -> list[HandIn]:
        """What the customer was asked for and has not handed in."""
        return list(HandIn.objects.open_ones().at(self.home).order_by("id")) if self.may_keep else []

    def _opened(self, found: Iterable[Credential]) -> list[Row]:
        rows = [row_of(credential) for credential in found]
        self.shut = next((row.shut for row in rows if row.shut), "")
        return rows
