"""What the mail pages let people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import Permission, Role

MAIL = Permission("mail.view", _("see mails in and out"), frozenset({Role.MANAGER, Role.FRONT_DESK}))
