"""What work lets people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import EVERYONE, Permission, Role

DESK = frozenset({Role.MANAGER, Role.TECHNICIAN, Role.FRONT_DESK})

VIEW = Permission("work.view", _("see services and parts of tickets"), EVERYONE)
ADD = Permission("work.add", _("add services and parts to tickets, run a timer"), DESK)
EDIT_OTHERS = Permission(
    "work.edit_others",
    _("change and remove services and parts that somebody else added"),
    frozenset({Role.MANAGER, Role.FRONT_DESK}),
)
CATALOGUE = Permission("work.catalogue", _("change services and diagnostic rules"), frozenset({Role.MANAGER}))
