"""What webhooks let people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import Permission, Role

MANAGE = Permission("webhooks.manage", _("set up webhooks and read what they sent"), frozenset({Role.MANAGER}))
