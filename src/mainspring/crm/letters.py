"""The mails about customers' accounts."""

from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from mainspring.core.shop import Shop
from mainspring.outbox.letters import Letter
from mainspring.outbox.models import OutgoingMail, Pace

EXAMPLE = {"name": "Sara Cohen", "link": "https://portal.shop.example/join/…"}

JOIN = Letter(
    "portal_join",
    _("The link to a new account in the portal"),
    _("Your account at {{ shop_name }}"),
    _(
        "Hello {{ name }},\n\nsomebody, probably you, asked for an account at {{ shop_name }}. This link makes it, "
        "within a day:\n\n[Make the account]({{ link }})\n\n"
        "If it wasn't you, nothing needs to be done: there is no account."
    ),
    EXAMPLE,
    is_secret=True,
)
KNOWN = Letter(
    "portal_known",
    _("A customer who has an account asked for one, or for a new password"),
    _("You have an account at {{ shop_name }}"),
    _(
        "Hello {{ name }},\n\nsomebody, probably you, asked for an account at {{ shop_name }}. You have one already: "
        "your mail address is its name. This link sets a new password, within a day:\n\n"
        "[Set a new password]({{ link }})\n\nIf it wasn't you, nothing needs to be done: your password stays as it is."
    ),
    EXAMPLE,
    is_secret=True,
)
INVITED = Letter(
    "portal_invitation",
    _("Inviting a customer to the portal"),
    _("See all your tickets at {{ shop_name }}"),
    _(
        "Hello {{ name }},\n\nin our portal you see all your tickets, devices and invoices in one place. "
        "This link makes your account, within three days:\n\n[Make the account]({{ link }})"
    ),
    EXAMPLE,
    is_secret=True,
)


def send(
    letter: Letter,
    *,
    email: str,
    name: str,
    address: str,
    key: str,
    language: str = "",
    pace: str = Pace.ACKNOWLEDGEMENT,
) -> OutgoingMail | None:
    """Mail the letter. Under one `key` it is sent once."""
    written = letter.write(language or Shop.get().language, {"name": name, "link": address})
    return OutgoingMail.objects.post(
        key=f"{letter.kind}:{key or get_random_string(12)}",
        to=[(name, email)],
        subject=written.subject,
        text=written.text,
        html=written.html,
        kind=letter.kind,
        language=written.language,
        pace=pace,
        enclosures=written.pictures,
    )
