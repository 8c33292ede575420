"""What the mail pages put into the frame."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.inbox import permissions
from mainspring.notifications.channel import Channel
from mainspring.ui.slots import (
    Entry,
    FirstStep,
    SettingsGroup,
    SettingsPage,
    Viewer,
    first_steps,
    navigation,
    settings_pages,
)


@navigation.add(order=60, permission=permissions.READ)
def mail(person: Viewer) -> Entry:
    return Entry("m", _("Mail"), reverse("mail_out"), "mail")


@settings_pages.add(order=52, permission=permissions.SETTINGS)
def sending(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Sending mail"),
        reverse("mail_settings"),
        "send",
        _("By which server or provider mail leaves, and whether it works."),
        _("smtp outgoing provider postmark mailgun sendgrid test"),
        SettingsGroup.MAIL,
    )


@first_steps.add(order=40, permission=permissions.SETTINGS)
def let_mail_leave(viewer: Viewer) -> FirstStep:
    return FirstStep(
        _("Let mail leave"),
        _("Until then it is shown on a page here, and no customer gets it."),
        reverse("mail_settings"),
        Channel.now().is_real,
    )


@settings_pages.add(order=54, permission=permissions.SETTINGS)
def words(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Words of the mails"),
        reverse("wordings"),
        "template",
        _("What each mail to a customer or to one of us says, in each language."),
        _("template letter text subject confirmation language"),
        SettingsGroup.MAIL,
    )
