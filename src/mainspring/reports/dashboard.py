"""The figures of the dashboard. Each is counted by the list that it leads to, and so shows what the list shows."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from babel.numbers import format_decimal
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainspring.accounts.models import Person
from mainspring.billing import permissions as billing
from mainspring.billing.issuing import today
from mainspring.billing.models import Invoice
from mainspring.core.money import ZERO, SumOfMoney
from mainspring.core.shop import Shop
from mainspring.events.models import Event
from mainspring.inventory.models import Product
from mainspring.reports import permissions
from mainspring.reports.revenue import Month, last_months
from mainspring.tickets.counting import counts_of
from mainspring.tickets.listing import TicketList
from mainspring.tickets.models import Priority, Ticket
from mainspring.ui.slots import FirstStep, Piece, dashboard_tiles, first_steps
from mainspring.ui.words import locale

ACTIVITY = 12
LOW = 6
UNDER_WAY = 5
"""A shop that has opened so many tickets needs no first steps."""
STORIES = ("ticket.", "note.", "invoice.issued", "invoice.paid", "payment.", "part.", "service.added")
PRIORITIES = {priority: f"is:open priority:{priority.name.lower()}" for priority in reversed(Priority)}
LINES = (
    "is:open",
    "is:mine",
    "is:late",
    "is:unassigned",
    "due:today",
    "opened:today",
    "status:customer_replied",
    "status:waiting_customer",
    "status:waiting_third_party",
    *PRIORITIES.values(),
)


@dataclass(frozen=True)
class Sentence:
    """One thing to know about today, and the list that shows it. `tone` is red for what should not wait."""

    text: str
    url: str
    tone: str = ""


@dataclass(frozen=True)
class Story:
    """Something that happened, and the ticket that it happened to."""

    event: Event
    ticket: Ticket | None


class Dashboard:
    """Today, for one person."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.shop = Shop.get()

    @property
    def greeting(self) -> str:
        hour, name = timezone.localtime().hour, self.person.name.split(" ")[0]
        if 5 <= hour < 12:
            return _("Good morning, %(name)s") % {"name": name}
        elif 12 <= hour < 18:
            return _("Good afternoon, %(name)s") % {"name": name}
        else:
            return _("Good evening, %(name)s") % {"name": name}

    @property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def tickets(self) -> dict[str, int]:
        """How many tickets the list shows for each of LINES."""
        lists = [TicketList(self.person, line, "-updated", "") for line in LINES]
        return dict(zip(LINES, counts_of([one.tickets() for one in lists], most=None), strict=True))

    @staticmethod
    def list_of(line: str) -> str:
        return f"{reverse('tickets')}?{urlencode({'q': line})}"

    @property
    def priorities(self) -> list[tuple[Priority, str, int]]:
        """Open tickets by priority, the most urgent first."""
        return [(priority, self.list_of(line), self.tickets[line]) for priority, line in PRIORITIES.items()]

    @cached_property
    def owed(self) -> dict[str, int | Decimal]:
        """How many invoices are unpaid and overdue, and what is owed on them in the shop's own currency."""
        unpaid = Invoice.objects.unpaid() if self.person.may(billing.VIEW) else Invoice.objects.none()
        late, ours = Q(due_on__lt=today(self.shop)), Q(currency=self.shop.currency)
        counted = unpaid.aggregate(
            unpaid=Count("id"),
            overdue=Count("id", filter=late),
            sum=SumOfMoney("standing__balance", filter=ours),
        )
        return {**counted, "sum": counted["sum"] or ZERO}

    @cached_property
    def low_count(self) -> int:
        return Product.objects.low().count()

    @property
    def lowest(self) -> list[Product]:
        """Some of what runs low, what is quite gone first."""
        return list(Product.objects.low().order_by("on_hand", "id")[:LOW])

    @cached_property
    def months(self) -> list[Month] | None:
        """What came in, month by month; None for who may not see it."""
        return last_months(self.shop.currency) if self.person.may(permissions.REVENUE) else None

    @cached_property
    def steps(self) -> list[FirstStep]:
        """What there is to set up in a new shop, by those who may; nothing once it is done or the shop is under way."""
        if len(Ticket.objects.order_by("pk").values("pk")[:UNDER_WAY]) == UNDER_WAY:
            return []
        steps = first_steps.fill(self.person)
        return steps if len(steps) > 1 and not all(step.is_done for step in steps) else []

    @property
    def tiles(self) -> list[Piece]:
        """Tiles of other modules."""
        return dashboard_tiles.fill(self.person)

    def sentences(self) -> list[Sentence]:
        """What there is to know today, the pressing first; what is zero goes unsaid."""
        n = self.tickets
        owed, low = int(self.owed["overdue"]), self.low_count
        told = [
            (n["status:customer_replied"], "status:customer_replied", "red", ngettext(
                "%(n)s customer has answered and waits for you.", "%(n)s customers have answered and wait for you.",
                n["status:customer_replied"])),
            (n["is:late"], "is:late", "red", ngettext(
                "%(n)s ticket is late.", "%(n)s tickets are late.", n["is:late"])),
            (n["due:today"], "due:today", "amber", ngettext(
                "%(n)s is due today.", "%(n)s are due today.", n["due:today"])),
            (n["is:unassigned"], "is:unassigned", "", ngettext(
                "%(n)s has no technician yet.", "%(n)s have no technician yet.", n["is:unassigned"])),
            (n["status:waiting_customer"], "status:waiting_customer", "", ngettext(
                "%(n)s repair waits for its customer.", "%(n)s repairs wait for their customers.",
                n["status:waiting_customer"])),
            (n["status:waiting_third_party"], "status:waiting_third_party", "", ngettext(
                "%(n)s waits for parts.", "%(n)s wait for parts.", n["status:waiting_third_party"])),
            (n["opened:today"], "opened:today", "", ngettext(
                "%(n)s was opened today.", "%(n)s were opened today.", n["opened:today"])),
        ]  # fmt: skip
        said = [
            Sentence(text % {"n": _shown(count)}, self.list_of(line), tone) for count, line, tone, text in told if count
        ]
        if owed:
            text = ngettext("%(n)s invoice is overdue.", "%(n)s invoices are overdue.", owed)
            said.append(Sentence(text % {"n": _shown(owed)}, f"{reverse('invoices')}?show=overdue", "amber"))
        if low:
            text = ngettext("%(n)s product runs low.", "%(n)s products run low.", low)
            said.append(Sentence(text % {"n": _shown(low)}, f"{reverse('products')}?show=low"))
        return said

    def activity(self) -> list[Story]:
        """What happened last, each with its ticket."""
        latest = Event.objects.latest_first()[: ACTIVITY * 6]
        events = [event for event in latest if event.kind.startswith(STORIES)][:ACTIVITY]
        keys = {int(event.stream[7:]) for event in events if event.stream.startswith("ticket:")}
        tickets = Ticket.objects.visible_to(self.person).only("number", "subject").in_bulk(keys)
        by_stream = {f"ticket:{pk}": ticket for pk, ticket in tickets.items()}
        return [Story(event, by_stream.get(event.stream)) for event in events]


def _shown(count: int) -> str:
    return format_decimal(count, locale=locale())
