"""Being a customer with an account: what one changes of oneself, and whom one may bring in. For portal and API."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mainspring.accounts.models import Person
from mainspring.core.limits import Limit
from mainspring.crm.models import Account, Contact

INVITED = Limit("portal-invitations", 20, 3600)
"""Invitations of colleagues by one customer."""


@transaction.atomic
def change_profile(person: Person, **columns: Any) -> None:
    """Change every contact that he is, and himself where his name or language is among it."""
    contacts = list(Contact.objects.of_account(person).order_by("id"))
    for contact in contacts:
        contact.amend(by=contact, **columns)
    himself = {name: columns[name] for name in ("name", "language") if name in columns}
    if himself:
        person.become(by=contacts[0], **himself)


def why_not_invited(contact: Contact) -> str:
    """Why he can't be invited to the portal; empty when he can."""
    if not contact.email:
        return _("We don't know a mail address of %(name)s.") % {"name": contact.name}
    elif Account.objects.filter(contact=contact).exists():
        return _("%(name)s has an account already.") % {"name": contact.name}
    else:
        return ""
