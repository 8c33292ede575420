"""What the vault puts on the pages of tickets, businesses, contacts and devices, and into the settings."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from mainspring.accounts.models import Person
from mainspring.core.keyring import NoKey
from mainspring.crm.models import Business, Contact, Device
from mainspring.crm.slots import business_panels, contact_panels, device_panels
from mainspring.tickets.models import Ticket
from mainspring.tickets.slots import (
    Chapter,
    IntakePart,
    Tab,
    chapters,
    device_parts,
    ticket_tabs,
)
from mainspring.ui.forms import Form
from mainspring.ui.slots import Piece, SettingsGroup, SettingsPage, Viewer, dashboard_tiles, settings_pages
from mainspring.vault import permissions
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential, Kind
from mainspring.vault.models.locked import Home
from mainspring.vault.reading import CredentialList


@ticket_tabs.add(order=55)
def credentials(ticket: Ticket, person: Person) -> Tab | None:
    if not (person.may(permissions.KEEP) or person.may(permissions.VIEW)):
        return None
    return Tab("credentials", _("Credentials"), "vault/tab.html", {"vault": CredentialList(ticket, person)})


@chapters.add(order=55)
def looks(ticket: Ticket, person: Person) -> Chapter:
    return Chapter("credentials", _("Credentials"), ("credential.", "ticket.passcode_"))


@business_panels.add(order=30)
def of_business(business: Business, person: Person) -> Piece | None:
    return _panel(business, person)


@contact_panels.add(order=30)
def of_contact(contact: Contact, person: Person) -> Piece | None:
    return _panel(contact, person)


@device_panels.add(order=30)
def of_device(device: Device, person: Person) -> Piece | None:
    return _panel(device, person)


def _panel(home: Home, person: Person) -> Piece | None:
    if not (person.may(permissions.KEEP) or person.may(permissions.VIEW)):
        return None
    return Piece("vault/panel.html", {"vault": CredentialList(home, person)})


@dashboard_tiles.add(order=85, permission=permissions.VIEW)
def to_change(person: Viewer) -> Piece | None:
    """Nothing before something is due."""
    count = Credential.objects.visible_to(person).due().count()
    return Piece("vault/tile.html", {"count": count}) if count else None


@settings_pages.add(order=24, permission=permissions.SETTINGS)
def rules(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Vault"),
        reverse("vault_rules"),
        "key",
        _("What a look at credentials asks for, what happens after a job, and under which key they are."),
        _("credentials passwords master key rotation secrets"),
        SettingsGroup.WORK,
    )


class PasscodeForm(Form):
    """The code that unlocks the device, told at the counter."""

    passcode = forms.CharField(
        label=_("Passcode"),
        max_length=100,
        required=False,
        help_text=_("Goes into the vault; never mailed, printed or listed."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-secret": ""}),
    )


@device_parts.add(order=10)
def passcode(person: Person) -> IntakePart | None:
    if not person.may(permissions.KEEP):
        return None
    return IntakePart("passcode", "vault/intake.html", take_passcode, {"form": PasscodeForm()})


@sensitive_variables()
def take_passcode(ticket: Ticket, posted: QueryDict, person: Person) -> None:
    form = PasscodeForm(posted)
    if not form.is_valid():
        raise ValidationError(form.first_error())
    elif form.cleaned_data["passcode"]:
        keep_passcode(ticket, form.cleaned_data["passcode"], by=person)


@sensitive_variables()
def keep_passcode(ticket: Ticket, code: str, *, by: Any) -> Credential:
    """Raises ValidationError in plain words when the vault is shut: nothing is kept elsewhere."""
    try:
        return Credential.objects.keep(
            ticket, Contents(secret=code), kind=Kind.DEVICE, name=gettext("Passcode of the device"), by=by
        )
    except NoKey as error:
        raise ValidationError(str(error)) from None
