"""What accounts let people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import EVERYONE, Permission, Role

ME = Permission("accounts.me", _("change one's own page and password"), EVERYONE)
PEOPLE = Permission("accounts.people", _("invite people and change their roles"), frozenset({Role.OWNER}))
AUDIT = Permission("accounts.audit", _("read the audit trail"), frozenset({Role.MANAGER}))
FACTORS = Permission("accounts.factors", _("see who has second factors, and reset them"), frozenset({Role.MANAGER}))
ENTRY = Permission("accounts.entry", _("set how people sign in"), frozenset({Role.OWNER}))
