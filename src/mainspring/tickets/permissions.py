"""What tickets let people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import EVERYONE, Permission, Role

DESK = frozenset({Role.MANAGER, Role.TECHNICIAN, Role.FRONT_DESK})

VIEW = Permission("tickets.view", _("see tickets"), EVERYONE)
OPEN = Permission("tickets.open", _("open tickets"), EVERYONE)
EDIT = Permission("tickets.edit", _("change tickets"), DESK)
REPLY = Permission("tickets.reply", _("write notes"), EVERYONE)
CLOSE = Permission("tickets.close", _("resolve, close and reopen tickets"), DESK)
SETTINGS = Permission("tickets.settings", _("change statuses and their automation"), frozenset({Role.MANAGER}))
SHARE_VIEWS = Permission("tickets.share_views", _("share views of the list with everybody"), frozenset({Role.MANAGER}))
