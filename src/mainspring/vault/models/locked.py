"""What rows of the vault have in common: whose they are, and a data key of their own."""

from typing import Any

from django.db import models

from mainspring.crm.models import Business, Contact, Device
from mainspring.tickets.models import Ticket
from mainspring.vault.envelope import DataKey, Place, Wrapped

Home = Ticket | Business | Contact | Device
HOMES = ("ticket", "business", "contact", "device")


def one_home(name: str) -> models.CheckConstraint:
    """A row is at home in one place."""
    alone = [models.Q(**{f"{other}__isnull": other != home for other in HOMES}) for home in HOMES]
    return models.CheckConstraint(name=name, condition=alone[0] | alone[1] | alone[2] | alone[3])


def at_home(home: Home) -> dict[str, Home]:
    """The column that says where a row is at home: `{"ticket": ticket}`."""
    return {str(home._meta.model_name): home}


class AtHome(models.Model):
    """A row that belongs to a ticket, a business, a contact or a device; to one of them."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="+")
    business = models.ForeignKey(Business, models.CASCADE, null=True, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="+")
    device = models.ForeignKey(Device, models.CASCADE, null=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def home_kind(self) -> str:
        return next(name for name in HOMES if getattr(self, f"{name}_id") is not None)

    @property
    def home_key(self) -> str:
        """As events name it: `ticket:5`. Asks no database."""
        return f"{self.home_kind}:{getattr(self, f'{self.home_kind}_id')}"

    @property
    def home(self) -> Home:
        found: Home = getattr(self, self.home_kind)
        return found


class Locked(models.Model):
    """A row with a data key of its own. Each change of what is locked takes a new key and the next version."""

    key_id = models.CharField(max_length=16, blank=True, db_index=True, help_text="The master key it is under.")
    wrapped = models.BinaryField(default=bytes, help_text="The data key, locked under the master key.")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def locked_home(self) -> str:
        """Whose it is, as the lock knows it."""
        raise NotImplementedError

    @property
    def place(self) -> Place:
        return Place(self._meta.db_table, int(self.pk), self.locked_home, self.version)

    @property
    def data_key(self) -> DataKey:
        """Raises NoKey or Broken."""
        return Wrapped(self.key_id, bytes(self.wrapped)).open(self.place)

    def next_key(self) -> DataKey:
        """A new data key for the next version, which the caller locks everything under, and saves."""
        self.version += 1
        key = DataKey.make(self.place)
        wrapped = key.wrapped()
        self.key_id, self.wrapped = wrapped.key_id, wrapped.data
        return key

    def wrap_anew(self) -> bool:
        """Put the data key under the current master key, unless somebody changed the row meanwhile.

        Raises NoKey or Broken.
        """
        anew = Wrapped(self.key_id, bytes(self.wrapped)).anew(self.place)
        columns: dict[str, Any] = {"key_id": anew.key_id, "wrapped": anew.data}
        same = type(self)._default_manager.filter(pk=self.pk, version=self.version, key_id=self.key_id)
        return bool(same.update(**columns))
