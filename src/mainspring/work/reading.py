"""What the tabs of work read."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from mainspring.accounts.models import Person
from mainspring.core.models import Shop
from mainspring.core.money import round_money, show_money
from mainspring.events.models import reference
from mainspring.tickets.models import Ticket
from mainspring.work import permissions
from mainspring.work.models import Charge, Labour, Service, Timer, UsedPart, clock, why_locked
from mainspring.work.slots import AgreedPart, agreed_parts


def may_change(charge: Charge, person: Person) -> bool:
    """His own charges, by those who add some; another's only by those who may."""
    needed = permissions.ADD if charge.person_id == person.pk else permissions.EDIT_OTHERS
    return person.may(needed)


@dataclass(frozen=True)
class Line:
    """A charge as the tab shows it: what it comes to, why it is locked, whether this person may change it."""

    charge: Any
    amount: Decimal
    lock: str
    may_change: bool


def say_time(service: Service, minutes: int, currency: str, language: str) -> str:
    """What so many minutes of a service come to: rounded, at least the minimum, at its price."""
    told = {"worked": clock(minutes), "price": show_money(service.price, currency, language)}
    if not service.is_hourly:
        return _("A flat price: %(price)s, however long it takes. The time is kept.") % told
    billed = service.billed_minutes(minutes)
    amount = round_money(service.price * (Decimal(billed) / 60), currency)
    told |= {"billed": clock(billed), "amount": show_money(amount, currency, language)}
    if billed == minutes:
        return _("%(worked)s at %(price)s an hour: %(amount)s.") % told
    told |= {"step": str(service.step_minutes)}
    if billed == service.minimum_minutes:
        return _("%(worked)s is billed as the minimum of %(billed)s at %(price)s an hour: %(amount)s.") % told
    else:
        return _("%(worked)s is billed as %(billed)s (up to %(step)s min) at %(price)s an hour: %(amount)s.") % told


class ChargesTab:
    """The charges of one kind on a ticket. Asked only when the tab is drawn."""

    model: type[Labour] | type[UsedPart]
    names: tuple[str, ...]

    def __init__(self, ticket: Ticket, person: Person) -> None:
        self.ticket, self.person = ticket, person
        self.may_add = person.may(permissions.ADD) and ticket.is_open

    @cached_property
    def currency(self) -> str:
        return Shop.get().currency

    @cached_property
    def lines(self) -> list[Line]:
        charges = list(self.model.objects.standing().of_ticket(self.ticket).select_related(*self.names))
        locks = why_locked(charges) if charges else {}
        return [self._line(charge, locks.get(reference(charge), "")) for charge in charges]

    def _line(self, charge: Any, lock: str) -> Line:
        allowed = self.ticket.is_open and not lock and may_change(charge, self.person)
        return Line(charge, charge.amount(self.currency), lock, allowed)


class ServicesTab(ChargesTab):
    """Services on a ticket, and who has a timer running there."""

    model = Labour
    names = ("person", "service")

    @cached_property
    def timers(self) -> list[Timer]:
        return list(Timer.objects.filter(ticket=self.ticket).select_related("person", "service"))

    @property
    def is_mine_running(self) -> bool:
        return any(timer.person_id == self.person.pk for timer in self.timers)

    @property
    def minutes(self) -> int:
        return sum(line.charge.minutes for line in self.lines)


class PartsTab(ChargesTab):
    """Parts on a ticket."""

    model = UsedPart
    names = ("person", "product")

    @cached_property
    def agreed(self) -> list[AgreedPart]:
        """What the customer said yes to and nobody has taken from its shelf yet."""
        return [part for parts in agreed_parts.fill(self.ticket) for part in parts]
