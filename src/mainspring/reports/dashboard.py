"""The figures of the dashboard; each leads to the list it was counted from."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from babel.dates import format_date
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from mainspring.accounts.models import Person
from mainspring.billing.models import Invoice, Payment
from mainspring.core.money import ZERO
from mainspring.core.shop import Shop
from mainspring.events.models import Event
from mainspring.inventory.models import Product
from mainspring.reports import permissions
from mainspring.tickets.listing import View, counted_views
from mainspring.tickets.models import Priority, Ticket

DAYS = 30
ACTIVITY = 12
STORIES = ("ticket.", "note.", "invoice.issued", "invoice.paid", "payment.", "part.", "service.added")


@dataclass
class Dashboard:
    """Today, for one person."""

    person: Person

    def __post_init__(self) -> None:
        self.shop = Shop.get()

    @property
    def views(self) -> list[View]:
        return counted_views(self.person)

    def priorities(self) -> list[tuple[int, int]]:
        """Open tickets by priority, the most urgent first."""
        counted = dict(
            Ticket.objects.visible_to(self.person).unclosed().order_by().values_list("priority").annotate(n=Count("id"))
        )
        return [(priority, counted.get(priority, 0)) for priority in sorted(Priority.values, reverse=True)]

    def unpaid(self) -> tuple[int, Decimal]:
        """How many invoices are unpaid, and how much that is."""
        owed = Invoice.objects.unpaid().aggregate(n=Count("id"), sum=Sum("standing__balance"))
        return owed["n"], owed["sum"] or ZERO

    def low(self) -> list[Product]:
        return list(Product.objects.low().order_by("on_hand")[:6])

    def activity(self) -> list[Event]:
        latest = Event.objects.latest_first()[: ACTIVITY * 6]
        return [event for event in latest if event.kind.startswith(STORIES)][:ACTIVITY]

    def revenue(self, language: str) -> tuple[Decimal, list[str], list[str]] | None:
        """What came in during the last 30 days: the sum, the days, the amount of each. None for who may not see it."""
        if not self.person.may(permissions.REVENUE):
            return None
        first = timezone.localdate() - timedelta(days=DAYS - 1)
        sums = dict(
            Payment.objects.filter(at__date__gte=first)
            .exclude(method=Payment.Method.CREDIT)
            .annotate(day=TruncDate("at"))
            .values_list("day")
            .annotate(sum=Sum("amount"))
        )
        days = [first + timedelta(days=n) for n in range(DAYS)]
        return (
            sum(sums.values(), ZERO),
            [format_date(day, "d MMM", locale=language) for day in days],
            [str(sums.get(day, ZERO)) for day in days],
        )
