"""The mails of the vault. None holds a secret: a link that shows something needs a code, which goes another way."""

from django.utils.translation import gettext_lazy as _

from mainspring.core.shop import Shop
from mainspring.crm.models import Contact
from mainspring.outbox.letters import Letter
from mainspring.outbox.models import OutgoingMail

SHARED = Letter(
    "vault_share",
    _("A link that shows a customer his credentials once"),
    _("{{ shop_name }} has something confidential for you"),
    _(
        "Hello {{ name }},\n\nwe have access data for you. The page opens once, with the code that we tell you by "
        "another way:\n\n[Open the page]({{ link }})\n\nNever mail the code, not even to us."
    ),
    {"name": "Sara Cohen", "link": "https://portal.shop.example/s/…"},
    is_secret=True,
)
ASKED = Letter(
    "vault_request",
    _("A link by which a customer hands in credentials"),
    _("{{ shop_name }} needs: {{ what }}"),
    _(
        "Hello {{ name }},\n\nfor our work we need: {{ what }}. {{ says }}\n\nPlease don't mail it. "
        "This page takes it and locks it away at once; it works once, within a week:\n\n[Hand it in]({{ link }})"
    ),
    {"name": "Sara Cohen", "what": "the router's password", "says": "", "link": "https://portal.shop.example/h/…"},
    is_secret=True,
)


def send(letter: Letter, contact: Contact, *, key: str, **values: str) -> OutgoingMail | None:
    """Mail the letter to the contact. Under one `key` it is sent once."""
    written = letter.write(contact.speaks or Shop.get().language, {"name": contact.name, **values})
    return OutgoingMail.objects.post(
        key=f"{letter.kind}:{key}",
        to=[(contact.name, contact.email)],
        subject=written.subject,
        text=written.text,
        html=written.html,
        kind=letter.kind,
        language=written.language,
        enclosures=written.pictures,
    )
