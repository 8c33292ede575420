"""What accounts let people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import Permission, Role

PEOPLE = Permission("accounts.people", _("invite people and change their roles"), frozenset({Role.OWNER}))
AUDIT = Permission("accounts.audit", _("read the audit trail"), frozenset({Role.MANAGER}))
