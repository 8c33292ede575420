"""What the public site lets people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import Permission, Role

SETTINGS = Permission("website.settings", _("change the public site"), frozenset({Role.MANAGER}))
