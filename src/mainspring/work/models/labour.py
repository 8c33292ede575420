"""Labour: a service done on a ticket."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core.shop import Shop
from mainspring.events.models import Actor
from mainspring.tickets.models import Ticket
from mainspring.work.events import SERVICE_ADDED, SERVICE_CHANGED, SERVICE_REMOVED, SERVICE_RESTORED
from mainspring.work.models.catalogue import Service
from mainspring.work.models.charge import Charge, ChargeQuerySet, open_ticket

PLACES = Decimal("0.0001")


class Labour(Charge):
    """A service on a ticket: who did it, how long, what it is charged with."""

    changed_event = SERVICE_CHANGED

    service = models.ForeignKey(Service, models.PROTECT, related_name="labours", verbose_name=_("service"))
    minutes = models.PositiveIntegerField(_("minutes"), default=0, help_text="Worked.")
    billed_minutes = models.PositiveIntegerField(default=0, editable=False, help_text="Rounded, at least the minimum.")
    is_hourly = models.BooleanField(default=False, editable=False)
    is_diagnostic = models.BooleanField(default=False, editable=False)
    is_billable = models.BooleanField(_("billable"), default=True)
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[ChargeQuerySet] = ChargeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Charge.Meta):
        verbose_name = _("service on a ticket")
        verbose_name_plural = _("services on tickets")

    def follow(self) -> None:
        """Hours follow from the minutes; a flat price keeps its quantity."""
        if self.is_hourly:
            self.billed_minutes = self.service.billed_minutes(self.minutes)
            self.quantity = (Decimal(self.billed_minutes) / 60).quantize(PLACES)

    @transaction.atomic
    def remove(self, *, by: Actor | None) -> None:
        """Off the bill; can be restored. Raises Locked."""
        self.must_be_free()
        if self.removed_at is None:
            self.removed_at = timezone.now()
            self.save(update_fields=["removed_at"])
            self.tell(SERVICE_REMOVED, by=by)

    @transaction.atomic
    def restore(self, *, by: Actor | None) -> None:
        """Undo the removal. Raises Locked."""
        self.must_be_free()
        if self.removed_at is not None:
            self.removed_at = None
            self.save(update_fields=["removed_at"])
            self.tell(SERVICE_RESTORED, by=by)


def add_service(
    ticket: Ticket,
    service: Service,
    *,
    by: Actor | None,
    minutes: int = 0,
    quantity: Decimal | None = None,
    price: Decimal | None = None,
    description: str = "",
    person: Person | None = None,
    **more: Any,
) -> Labour:
    """Put a service on a ticket: by the hour with its minutes, or flat with a quantity (1). Raises Locked.

    Price and tax come from the service unless a price is given. `more`: is_billable, discount_percent,
    discount_amount.
    """
    with transaction.atomic():
        return _book(
            open_ticket(ticket),
            service,
            by=by,
            minutes=minutes,
            quantity=Decimal(1) if quantity is None else quantity,
            unit_price=service.price if price is None else price,
            description=description,
            person=person or (by if isinstance(by, Person) else None),
            **more,
        )


def book_time(
    ticket: Ticket, service: Service, *, person: Person, by: Actor | None, started_at: datetime, minutes: int
) -> Labour:
    """What a stopped timer leaves. Time on a flat service that is on the ticket joins it: it is charged once."""
    flat = None if service.is_hourly else Labour.objects.standing().of_ticket(ticket).filter(service=service).last()
    if flat is None:
        return _book(
            ticket,
            service,
            by=by,
            minutes=minutes,
            quantity=Decimal(1),
            unit_price=service.price,
            person=person,
            started_at=started_at,
            ended_at=timezone.now(),
        )
    else:
        before = flat.minutes
        flat.minutes = before + minutes
        flat.save(update_fields=["minutes"])
        flat.tell(SERVICE_CHANGED, by=by, changes={"minutes": [str(before), str(flat.minutes)]})
        return flat


def _book(ticket: Ticket, service: Service, *, by: Actor | None, description: str = "", **fields: Any) -> Labour:
    labour = Labour(
        ticket=ticket,
        service=service,
        description=(description or service.name.into(spoken_on(ticket)))[:300],
        tax_percent=service.tax.percent,
        is_hourly=service.is_hourly,
        is_diagnostic=service.is_diagnostic,
        **fields,
    )
    labour.follow()
    labour.save(force_insert=True)
    labour.tell(SERVICE_ADDED, by=by, minutes=labour.minutes, price=str(labour.unit_price))
    return labour


def spoken_on(ticket: Ticket) -> str:
    """The language the ticket's papers are written in: the customer's, else the shop's."""
    return ticket.contact.speaks if ticket.contact else Shop.get().language
