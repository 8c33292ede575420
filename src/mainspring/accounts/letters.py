"""The mails of accounts."""

from django.utils.translation import gettext_lazy as _

from mainspring.outbox.letters import Letter

PASSWORD_RESET = Letter(
    "password_reset",
    _("Setting a new password"),
    _("Set a new password"),
    _(
        "Hello {{ name }},\n\nsomebody, probably you, asked to set a new password here:\n\n{{ link }}"
        "\n\nIf it wasn't you, nothing needs to be done."
    ),
    {"name": "Tess Amir", "link": "https://desk.example/…"},
)
