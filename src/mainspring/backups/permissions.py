"""What backups let people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import Permission, Role

SEE = Permission("backups.see", _("see the backups and have one made"), frozenset({Role.MANAGER}))
PLAN = Permission("backups.plan", _("set where backups go"), frozenset({Role.OWNER}))
