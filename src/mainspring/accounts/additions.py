"""What accounts put into the settings."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.accounts import permissions
from mainspring.accounts.models import Person
from mainspring.ui.slots import FirstStep, SettingsGroup, SettingsPage, Viewer, first_steps, settings_pages


@settings_pages.add(order=20, permission=permissions.PEOPLE)
def people(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("People"),
        reverse("people"),
        "users",
        _("Who may sign in, and under which role."),
        _("staff users roles password"),
        SettingsGroup.SHOP,
    )


@first_steps.add(order=30, permission=permissions.PEOPLE)
def let_colleagues_in(viewer: Viewer) -> FirstStep:
    return FirstStep(
        _("Let your colleagues in"),
        _("Each signs in as himself, and sees what his role may."),
        reverse("people"),
        Person.objects.working().count() > 1,
    )


@settings_pages.add(order=21, permission=permissions.ENTRY)
def signing_in(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Signing in"),
        reverse("entry_rules"),
        "shield-lock",
        _("Who needs a second factor, and whether Google, Microsoft or a mailed code opens the door."),
        _("two-factor 2fa totp passkey oauth oidc google microsoft github code"),
        SettingsGroup.SHOP,
    )


@settings_pages.add(order=22, permission=permissions.FACTORS)
def second_factors(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Second factors of everybody"),
        reverse("people_factors"),
        "shield-check",
        _("Who has an app or a passkey; reset them for who has lost his phone."),
        _("two-factor 2fa reset lost phone"),
        SettingsGroup.SHOP,
    )
