"""What reports let people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import EVERYONE, Permission, Role

DASHBOARD = Permission("reports.dashboard", _("see the dashboard"), EVERYONE)
REVENUE = Permission("reports.revenue", _("see the revenue"), frozenset({Role.MANAGER, Role.BILLING}))
