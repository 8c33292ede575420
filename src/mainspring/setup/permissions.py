"""What the settings let people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import Permission, Role

SETTINGS = Permission("setup.settings", _("change the settings of the shop"), frozenset({Role.MANAGER}))
