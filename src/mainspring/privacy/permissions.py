"""What privacy lets people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import Permission, Role

KEEPING = Permission(
    "privacy.keeping",
    _("set what is kept for how long, and where the audit trail's checkpoints go"),
    frozenset({Role.OWNER}),
)
PERSONS = Permission("privacy.persons", _("hand out or erase all data of a customer"), frozenset({Role.MANAGER}))
