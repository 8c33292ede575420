"""What the knowledge base lets people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import EVERYONE, Permission, Role

VIEW = Permission("knowledge.view", _("read the articles"), EVERYONE)
WRITE = Permission(
    "knowledge.write",
    _("write and publish articles, and change their topics"),
    frozenset({Role.MANAGER, Role.TECHNICIAN}),
)
