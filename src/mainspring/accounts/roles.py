"""Roles of the staff, and permissions: a name per act, given to roles, asked in one place."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    TECHNICIAN = "technician", _("Technician")
    FRONT_DESK = "front_desk", _("Front desk")
    BILLING = "billing", _("Billing")


CUSTOMER = "customer"
"""The role of a customer's account. It is none of the staff's: no permission is ever given to it."""
EVERYONE = frozenset(Role)
PERMISSIONS: dict[str, "Permission"] = {}


@dataclass(frozen=True)
class Permission:
    """The right to one act, by its public name (`billing.refund`). The owner has every one."""

    name: str
    label: "str | Promise" = field(compare=False)
    roles: frozenset[Role] = field(compare=False)

    def __post_init__(self) -> None:
        if PERMISSIONS.setdefault(self.name, self) is not self:
            raise ValueError(f"The permission {self.name} is declared twice.")

    def is_given_to(self, role: str) -> bool:
        return role == Role.OWNER or role in self.roles
