"""What the customer files let people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import EVERYONE, Permission, Role

VIEW = Permission("crm.view", _("see customers and their devices"), EVERYONE)
EDIT = Permission("crm.edit", _("add and change customers and their devices"), EVERYONE)
MERGE = Permission("crm.merge", _("merge contacts"), frozenset({Role.MANAGER, Role.FRONT_DESK}))
SETTINGS = Permission("crm.settings", _("change the kinds of devices"), frozenset({Role.MANAGER}))
