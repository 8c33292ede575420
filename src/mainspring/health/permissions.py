"""What the health page lets people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import Permission, Role

SEE = Permission("health.see", _("see what is wrong with this installation"), frozenset({Role.MANAGER}))
ALARM = Permission("health.alarm", _("choose who is told when something breaks"), frozenset({Role.MANAGER}))
