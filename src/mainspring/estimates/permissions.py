"""What estimates let people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import EVERYONE, Permission, Role

DESK = frozenset({Role.MANAGER, Role.TECHNICIAN, Role.FRONT_DESK})

VIEW = Permission("estimates.view", _("see estimates"), EVERYONE)
WRITE = Permission("estimates.write", _("write estimates"), DESK)
SEND = Permission("estimates.send", _("send and withdraw estimates"), DESK)
SETTINGS = Permission("estimates.settings", _("change the terms of estimates"), frozenset({Role.MANAGER}))
