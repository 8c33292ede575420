"""What the vault lets people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import Permission, Role

BENCH = frozenset({Role.MANAGER, Role.TECHNICIAN})

KEEP = Permission("vault.keep", _("put credentials into the vault"), BENCH | {Role.FRONT_DESK})
VIEW = Permission("vault.view", _("see which credentials there are"), BENCH)
REVEAL = Permission("vault.reveal", _("see and share the secrets of the vault"), BENCH)
EDIT = Permission("vault.edit", _("change and remove credentials"), BENCH)
SETTINGS = Permission("vault.settings", _("set the rules of the vault and change its keys"), frozenset({Role.MANAGER}))
