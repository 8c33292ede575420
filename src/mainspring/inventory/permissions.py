"""What the stock lets people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import EVERYONE, Permission, Role

VIEW = Permission("inventory.view", _("see the stock"), EVERYONE)
EDIT = Permission("inventory.edit", _("add and change products, suppliers and categories"), frozenset({Role.MANAGER}))
RECEIVE = Permission(
    "inventory.receive",
    _("receive stock"),
    frozenset({Role.MANAGER, Role.TECHNICIAN, Role.FRONT_DESK}),
)
COUNT = Permission("inventory.count", _("count stock"), frozenset({Role.MANAGER}))
