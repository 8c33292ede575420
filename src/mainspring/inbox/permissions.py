"""What mail in lets people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import Permission, Role

READ = Permission("mail.read", _("see mail in and out"), frozenset({Role.MANAGER, Role.TECHNICIAN, Role.FRONT_DESK}))
FILE = Permission("mail.file", _("file mail by hand"), frozenset({Role.MANAGER, Role.TECHNICIAN, Role.FRONT_DESK}))
SECRETS = Permission("mail.secrets", _("read mails that hold a password link"), frozenset())
SEND = Permission("mail.send", _("stop mails and send them again"), frozenset({Role.MANAGER}))
SETTINGS = Permission("mail.settings", _("change mailboxes and mail texts"), frozenset({Role.MANAGER}))
