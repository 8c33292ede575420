"""The mails of accounts."""

from collections.abc import Mapping

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.outbox.letters import Letter
from mainspring.outbox.models import OutgoingMail, Pace

EXAMPLE = {"name": "Tess Amir", "link": "https://desk.example/…"}

PASSWORD_RESET = Letter(
    "password_reset",
    _("Setting a new password"),
    _("Set a new password"),
    _(
        "Hello {{ name }},\n\nsomebody, probably you, asked to set a new password. Within a day this link does it:"
        "\n\n{{ link }}\n\nIf it wasn't you, nothing needs to be done."
    ),
    EXAMPLE,
    is_secret=True,
)
INVITATION = Letter(
    "invitation",
    _("Inviting somebody to the staff"),
    _("Your access to {{ shop_name }}"),
    _(
        "Hello {{ name }},\n\nyou may sign in at {{ shop_name }} now. Set your password within a day:"
        "\n\n{{ link }}\n\nLater, the sign-in page sends you a new link."
    ),
    EXAMPLE,
    is_secret=True,
)


SIGN_IN_KEY = Letter(
    "sign_in_key",
    _("Signing in by mail"),
    _("{{ code }} is your code for {{ shop_name }}"),
    _(
        "Hello {{ name }},\n\ntype this code where you asked for it:\n\n{{ code }}\n\n"
        "Or open this link:\n\n{{ link }}\n\nBoth work once, for 15 minutes. "
        "Nobody of us will ever ask you for the code. If you didn't ask for it, nothing needs to be done."
    ),
    {"name": "Tess Amir", "code": "123456", "link": "https://desk.example/…"},
    is_secret=True,
)
NEW_ADDRESS = Letter(
    "new_address",
    _("Proving a new mail address"),
    _("Is this your address?"),
    _(
        "Hello {{ name }},\n\nyou want to sign in at {{ shop_name }} with this mail address from now on. "
        "Within a day this link makes it so:\n\n{{ link }}\n\nIf you don't know of it, nothing needs to be done."
    ),
    EXAMPLE,
    is_secret=True,
)
SECURITY_NOTICE = Letter(
    "security_notice",
    _("Something changed about signing in"),
    _("{{ what }}"),
    _(
        "Hello {{ name }},\n\n{{ what }}.\n\nWhen: {{ when }}\nFrom: {{ where }}\n\n"
        "If it was you, nothing needs to be done. If not, set a new password and end the other sessions:\n\n{{ link }}"
    ),
    {
        "name": "Tess Amir",
        "what": "Tess Amir added a passkey",
        "when": "24 Nov 2026, 10:12",
        "where": "203.0.113.7, Firefox, Windows",
        "link": "https://desk.example/…",
    },
)


def send(letter: Letter, person: Person, *, key: str = "") -> OutgoingMail | None:
    """Mail the letter with a link that sets this person's password once. Under one `key` it is sent once.

    The link starts with the address the shop is configured with, whatever host a request named.
    """
    token = default_token_generator.make_token(person)
    way = person.link("account_reset_password_from_key", user_pk_to_url_str(person), token)
    return post(letter, person, {"link": way}, key=key)


def post(
    letter: Letter, person: Person, values: Mapping[str, object], *, key: str = "", email: str = ""
) -> OutgoingMail | None:
    """Mail the letter to the person, at his address or another one."""
    written = letter.write(person.language, {"name": person.name, **values})
    return OutgoingMail.objects.post(
        key=f"{letter.kind}:{person.pk}:{key or get_random_string(12)}",
        to=[(person.name, email or person.email)],
        subject=written.subject,
        text=written.text,
        html=written.html,
        kind=letter.kind,
        language=written.language,
        pace=Pace.ANSWER,
        enclosures=written.pictures,
    )
