"""The API's doors into work: services and time on a ticket, timers, parts, the catalogue."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from mainspring.api.conditions import must_match
from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import locked, named, the_one
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.problems import Problem, answers, wrong
from mainspring.api.shapes import (
    Change,
    Figure,
    Given,
    Id,
    Moment,
    Money,
    Named,
    PathId,
    Percent,
    Price,
    Quantity,
    Shape,
    Words,
    filled,
    left_out,
    money,
    upto,
)
from mainspring.core.models import Shop, TaxRate
from mainspring.core.text import Translated
from mainspring.events.models import reference
from mainspring.inventory.models import Product
from mainspring.tickets.api import Number
from mainspring.tickets.models import Ticket
from mainspring.work import permissions
from mainspring.work.models import (
    Labour,
    Locked,
    Service,
    ServiceCategory,
    Timer,
    UsedPart,
    add_service,
    start_timer,
    use_part,
    why_locked,
)
from mainspring.work.reading import may_change

door = Door("work", "Work")
doors = [door]
answers(409, Locked)

LONGEST = 60 * 999
Minutes = Annotated[int, Field(ge=0, le=LONGEST, strict=True)]
Some = Annotated[int, Field(ge=1, le=2**63 - 1)]
Search = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class ChargeShape(Shape):
    """Something to be charged, at the price and tax of the moment it was added."""

    id: int
    description: str
    quantity: Figure
    unit_price: Figure
    currency: str
    discount_percent: Figure
    discount_amount: Figure
    tax_percent: Figure
    amount: Money = Field(description="Price times quantity less the discount, before tax is added.")
    person: Named | None = Field(description="The technician.")
    added_at: Moment
    removed_at: Moment | None
    lock: str = Field(description="Why it may no longer be changed; empty when it may.")

    @classmethod
    def of(cls, charge: Any, currency: str, locks: dict[str, str]) -> Any:
        more = {
            "currency": currency,
            "amount": money(charge.amount(currency), currency),
            "person": Named.of(charge.person),
            "lock": locks.get(reference(charge), ""),
            "service": Named.of(getattr(charge, "service", None)),
            "product": Named.of(getattr(charge, "product", None)),
        }
        return cls.model_validate(
            {name: more[name] if name in more else getattr(charge, name) for name in cls.model_fields}
        )


class LabourShape(ChargeShape):
    """A service on a ticket: who did it, how long, what it is charged with. Its minutes are the time entry."""

    service: Named
    minutes: int = Field(description="Worked.")
    billed_minutes: int = Field(description="Rounded up, at least the minimum.")
    is_hourly: bool
    is_diagnostic: bool
    is_billable: bool
    started_at: Moment | None
    ended_at: Moment | None


class PartShape(ChargeShape):
    """A part on a ticket: a take from the stock, and a charge."""

    product: Named


class TimerShape(Shape):
    id: int
    ticket_number: int
    service: Named
    person: Named
    started_at: Moment
    is_running: bool = Field(description="Else it is paused.")
    minutes: int = Field(description="So far; a begun minute counts.")

    @classmethod
    def of(cls, timer: Timer) -> "TimerShape":
        return cls(
            id=timer.pk,
            ticket_number=timer.ticket.number,
            service=Named(id=timer.service_id, name=str(timer.service)),
            person=Named(id=timer.person_id, name=timer.person.name),
            started_at=timer.started_at,
            is_running=timer.is_running,
            minutes=timer.minutes,
        )


class ServiceShape(Shape):
    """Something we do for money."""

    id: int
    name: Words
    category: Named | None
    billing: Literal["hourly", "flat"]
    price: Figure
    currency: str
    tax: Named
    tax_percent: Figure
    is_diagnostic: bool
    policy: Literal["deduct", "waive", "keep"] = Field(description="What becomes of a paid diagnostic fee.")
    step_minutes: int
    minimum_minutes: int
    is_active: bool

    @classmethod
    def of(cls, service: Service, currency: str) -> "ServiceShape":
        more = {
            "name": Words(**{code: said for code, said in service.name.items() if code in Words.model_fields}),
            "category": Named.of(service.category),
            "currency": currency,
            "tax": Named.of(service.tax),
            "tax_percent": service.tax.percent,
        }
        return cls.model_validate(
            {name: more[name] if name in more else getattr(service, name) for name in cls.model_fields}
        )


class NameGiven(Given):
    en: Annotated[str, filled(160)]
    he: Annotated[str, upto(160)] = ""


class ServiceGiven(Given):
    name: NameGiven
    category_id: Id | None = None
    billing: Literal["hourly", "flat"] = "hourly"
    price: Price
    tax_id: Id | None = Field(None, description="Left out: the default tax.")
    is_diagnostic: bool = False
    policy: Literal["deduct", "waive", "keep"] = "deduct"
    step_minutes: Annotated[int, Field(ge=1, le=600)] = 15
    minimum_minutes: Annotated[int, Field(ge=0, le=6000)] = 0


class ServiceChange(Change):
    name: NameGiven = left_out()
    category_id: Id | None = left_out()
    billing: Literal["hourly", "flat"] = left_out()
    price: Price = left_out()
    tax_id: Id = left_out()
    is_diagnostic: bool = left_out()
    policy: Literal["deduct", "waive", "keep"] = left_out()
    step_minutes: Annotated[int, Field(ge=1, le=600)] = left_out()
    minimum_minutes: Annotated[int, Field(ge=0, le=6000)] = left_out()
    is_active: bool = left_out()


class LabourGiven(Given):
    """A service of the catalogue, and how long it took. Price and tax are its own unless a price is given."""

    service_id: Id
    minutes: Minutes = Field(0, examples=[45])
    quantity: Quantity | None = Field(None, description="Of a flat service; 1 when it is left out.")
    unit_price: Price | None = None
    description: Annotated[str, upto(300)] = ""
    is_billable: bool = True


class ChargeChange(Change):
    description: Annotated[str, filled(300)] = left_out()
    quantity: Quantity = left_out()
    unit_price: Price = left_out()
    discount_percent: Percent = left_out()
    discount_amount: Price = left_out()


class LabourChange(ChargeChange):
    minutes: Minutes = left_out()
    is_billable: bool = left_out()


class PartGiven(Given):
    """A product by its id, or by the barcode, SKU or part number in `code`."""

    product_id: Id | None = None
    code: Annotated[str, upto(60)] = Field("", examples=["RM2-5399"])
    quantity: Quantity = Decimal(1)
    unit_price: Price | None = None
    description: Annotated[str, upto(300)] = ""


class TimerGiven(Given):
    ticket_number: Id
    service_id: Id


@door.get("/tickets/{number}/services", Page[LabourShape], may=permissions.VIEW)
def labours(request: Asked, number: Number, limit: Limit = USUAL, cursor: Cursor = "") -> Page[LabourShape]:
    """Services on a ticket, with the time worked."""
    found = Labour.objects.standing().filter(ticket=_ticket(request, number)).select_related("service", "person")
    return _charges(found, LabourShape, "id", cursor, limit)


@door.post("/tickets/{number}/services", LabourShape, may=permissions.ADD)
def add_labour(request: Asked, number: Number, given: LabourGiven) -> LabourShape:
    """Put a service on a ticket. A diagnostic is invoiced in the same moment."""
    service = named(Service.objects.in_use().select_related("tax"), given.service_id, "serviceId")
    assert service is not None
    labour = add_service(
        _ticket(request, number),
        service,
        by=request.user,
        minutes=given.minutes,
        quantity=given.quantity,
        price=given.unit_price,
        description=given.description,
        is_billable=given.is_billable,
    )
    return _shown(labour, LabourShape)


@door.patch("/tickets/{number}/services/{pk}", LabourShape, may=permissions.ADD)
def change_labour(request: Asked, number: Number, pk: PathId, given: LabourChange) -> LabourShape:
    """Change a service on a ticket. One that stands on an invoice can't be changed."""
    found = _labour(request, number, pk)
    must_match(request, _shown(found, LabourShape))
    changes = _one_discount(given.given, found)
    if found.is_hourly and "quantity" in changes:
        raise wrong("quantity", _("Hours follow from the minutes: change those."))
    found.change(by=request.user, **changes)
    return _shown(found, LabourShape)


@door.delete("/tickets/{number}/services/{pk}", may=permissions.ADD)
def remove_labour(request: Asked, number: Number, pk: PathId) -> None:
    """Take a service off the bill. It can be restored."""
    _labour(request, number, pk).remove(by=request.user)


@door.post("/tickets/{number}/services/{pk}/restore", LabourShape, may=permissions.ADD, status=200)
def restore_labour(request: Asked, number: Number, pk: PathId) -> LabourShape:
    """Put a removed service back on the bill."""
    found = _labour(request, number, pk)
    found.restore(by=request.user)
    return _shown(found, LabourShape)


@door.get("/time-entries", Page[LabourShape], may=permissions.VIEW)
def time_entries(
    request: Asked,
    person: Some | None = None,
    is_billable: bool | None = Query(None, alias="isBillable"),
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "-id",
) -> Page[LabourShape]:
    """Time worked on all tickets: services with their minutes, the latest first."""
    found = Labour.objects.standing().filter(ticket__in=Ticket.objects.visible_to(request.user))
    found = found.select_related("service", "person")
    if person is not None:
        found = found.filter(person=person)
    if is_billable is not None:
        found = found.filter(is_billable=is_billable)
    return _charges(found, LabourShape, sort, cursor, limit)


@door.get("/tickets/{number}/parts", Page[PartShape], may=permissions.VIEW)
def parts(request: Asked, number: Number, limit: Limit = USUAL, cursor: Cursor = "") -> Page[PartShape]:
    """Parts used on a ticket."""
    found = UsedPart.objects.standing().filter(ticket=_ticket(request, number)).select_related("product", "person")
    return _charges(found, PartShape, "id", cursor, limit)


@door.post("/tickets/{number}/parts", PartShape, may=permissions.ADD)
def use_a_part(request: Asked, number: Number, given: PartGiven) -> PartShape:
    """Take a part from the stock for a ticket. 409 when there is not enough of it; then nothing happened."""
    products = Product.objects.in_use().with_names()
    if given.product_id is not None:
        product = named(products, given.product_id, "productId")
    else:
        product = products.scanned(given.code)
        if product is None:
            raise wrong("code" if given.code else "productId", _("No product has this code."))
    assert product is not None
    part = use_part(
        _ticket(request, number),
        product,
        given.quantity,
        by=request.user,
        price=given.unit_price,
        description=given.description,
    )
    return _shown(part, PartShape)


@door.patch("/tickets/{number}/parts/{pk}", PartShape, may=permissions.ADD)
def change_part(request: Asked, number: Number, pk: PathId, given: ChargeChange) -> PartShape:
    """Change a part on a ticket. Another quantity puts the old take back and takes anew."""
    found = _part(request, number, pk)
    must_match(request, _shown(found, PartShape))
    changes = _one_discount(given.given, found)
    found.amend(by=request.user, quantity=changes.pop("quantity", found.quantity), **changes)
    return _shown(found, PartShape)


@door.post("/tickets/{number}/parts/{pk}/take-back", PartShape, may=permissions.ADD, status=200)
def take_back_part(request: Asked, number: Number, pk: PathId) -> PartShape:
    """Off the bill and back on the shelf, once."""
    found = _part(request, number, pk)
    found.take_back(by=request.user)
    return _shown(found, PartShape)


@door.post("/tickets/{number}/parts/{pk}/use-again", PartShape, may=permissions.ADD, status=200)
def use_part_again(request: Asked, number: Number, pk: PathId) -> PartShape:
    """Undo the taking back: the part leaves the shelf once more."""
    found = _part(request, number, pk)
    found.use_again(by=request.user)
    return _shown(found, PartShape)


@door.get("/timers", Page[TimerShape], may=permissions.VIEW)
def timers(request: Asked, limit: Limit = USUAL, cursor: Cursor = "") -> Page[TimerShape]:
    """The timers that run now, and those that are paused."""
    found = _timers(request)
    return Walk({"id": "id"}, "id", cursor, limit).page(found, TimerShape.of)


@door.post("/timers", TimerShape, may=permissions.ADD)
def run_timer(request: Asked, given: TimerGiven) -> TimerShape:
    """Start one's timer, or go on with a paused one. The one that ran before becomes time on its ticket."""
    ticket = Ticket.objects.visible_to(request.user).with_people().filter(number=given.ticket_number).first()
    if ticket is None:
        raise wrong("ticketNumber", _("There is no ticket of this number."))
    service = named(Service.objects.in_use().select_related("tax"), given.service_id, "serviceId")
    assert service is not None
    timer = start_timer(ticket, service, by=request.user)
    return TimerShape.of(the_one(_timers(request), pk=timer.pk))


@door.post("/timers/{pk}/pause", TimerShape, may=permissions.ADD, status=200)
def pause_timer(request: Asked, pk: PathId) -> TimerShape:
    """Pause a timer. Its time stands until it is started again."""
    timer = _timer(request, pk)
    timer.pause(by=request.user)
    return TimerShape.of(timer)


@door.post("/timers/{pk}/stop", LabourShape, may=permissions.ADD, status=200)
def stop_timer(request: Asked, pk: PathId) -> LabourShape:
    """Stop a timer. Its time becomes labour on the ticket."""
    labour = _timer(request, pk).stop(by=request.user)
    if labour is None:
        raise Problem(409, _("That timer was stopped already."))
    return _shown(labour, LabourShape)


@door.delete("/timers/{pk}", may=permissions.ADD)
def discard_timer(request: Asked, pk: PathId) -> None:
    """Discard a timer. Its time counts for nothing."""
    _timer(request, pk).discard(by=request.user)


@door.get("/services", Page[ServiceShape], may=permissions.VIEW, tag="Catalogue")
def services(
    request: Asked,
    q: Search = "",
    is_active: bool | None = Query(None, alias="isActive"),
    is_diagnostic: bool | None = Query(None, alias="isDiagnostic"),
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "id",
) -> Page[ServiceShape]:
    """What we do, and how it is charged."""
    found = Service.objects.matching(q).with_names().order_by()
    if is_active is not None:
        found = found.filter(is_active=is_active)
    if is_diagnostic is not None:
        found = found.filter(is_diagnostic=is_diagnostic)
    currency = Shop.get().currency
    walk = Walk({"id": "id", "price": "price"}, sort, cursor, limit)
    return walk.page(found, lambda one: ServiceShape.of(one, currency))


@door.post("/services", ServiceShape, may=permissions.CATALOGUE, tag="Catalogue")
def add_to_catalogue(request: Asked, given: ServiceGiven) -> ServiceShape:
    """Add a service to the catalogue."""
    columns = _catalogue(given.model_dump())
    columns["tax"] = columns["tax"] or TaxRate.objects.filter(is_default=True).first()
    if columns["tax"] is None:
        raise wrong("taxId", _("Which tax? There is no default one."))
    return _service(Service.add(by=request.user, **columns).pk)


@door.get("/services/{pk}", ServiceShape, may=permissions.VIEW, tag="Catalogue")
def service(request: Asked, pk: PathId) -> ServiceShape:
    """A service of the catalogue."""
    return _service(pk)


@door.patch("/services/{pk}", ServiceShape, may=permissions.CATALOGUE, tag="Catalogue")
def change_service(request: Asked, pk: PathId, given: ServiceChange) -> ServiceShape:
    """Change a service of the catalogue. What is on tickets keeps its price."""
    found = locked(Service.objects.with_names().order_by(), pk=pk)
    must_match(request, ServiceShape.of(found, Shop.get().currency))
    sent = given.given
    if "name" in sent:
        sent["name"] = sent["name"].model_dump()
    found.amend(by=request.user, **_catalogue(sent))
    return _service(pk)


@door.get("/service-categories", Page[Named], may=permissions.VIEW, tag="Catalogue")
def service_categories(request: Asked, limit: Limit = 100, cursor: Cursor = "") -> Page[Named]:
    """The groups of services."""
    found = ServiceCategory.objects.order_by()
    return Walk({"order": "order"}, "order", cursor, limit).page(found, lambda one: Named(id=one.pk, name=str(one)))


def _ticket(request: Asked, number: int) -> Ticket:
    return the_one(Ticket.objects.visible_to(request.user).with_people(), number=number)


def _labour(request: Asked, number: int, pk: int) -> Labour:
    charges = Labour.objects.select_related("service", "person", "ticket")
    return _changeable(request, the_one(charges, ticket=_ticket(request, number), pk=pk))


def _part(request: Asked, number: int, pk: int) -> UsedPart:
    charges = UsedPart.objects.select_related("product__tax", "person", "ticket", "movement__product")
    return _changeable(request, the_one(charges, ticket=_ticket(request, number), pk=pk))


def _changeable(request: Asked, charge: Any) -> Any:
    if not may_change(charge, request.user):
        name = permissions.EDIT_OTHERS.name
        raise Problem(403, _("This needs the permission %(name)s.") % {"name": name}, name="missing-permission")
    return charge


def _timers(request: Asked) -> Any:
    tickets = Ticket.objects.visible_to(request.user)
    return Timer.objects.filter(ticket__in=tickets).select_related("ticket", "service__tax", "person")


def _timer(request: Asked, pk: int) -> Timer:
    """His own timer; another's only with the permission."""
    timer: Timer = the_one(_timers(request), pk=pk)
    if timer.person_id != request.user.pk and not request.user.may(permissions.EDIT_OTHERS):
        name = permissions.EDIT_OTHERS.name
        raise Problem(403, _("This needs the permission %(name)s.") % {"name": name}, name="missing-permission")
    return timer


def _charges(found: Any, shape: type[ChargeShape], sort: str, cursor: str, limit: int) -> Any:
    """A page of charges, with why each is locked; two queries however many there are."""
    page = Walk({"id": "id", "addedAt": "added_at"}, sort, cursor, limit).page(found, lambda charge: charge)
    currency = Shop.get().currency
    locks = why_locked(page.items) if page.items else {}
    return Page(items=[shape.of(charge, currency, locks) for charge in page.items], next=page.next)


def _shown(charge: Any, shape: Any) -> Any:
    return shape.of(charge, Shop.get().currency, why_locked([charge]))


def _one_discount(changes: dict[str, Any], charge: Any) -> dict[str, Any]:
    """Per cent or an amount, not both: the one that is sent takes the other's place."""
    percent = changes.get("discount_percent")
    amount = changes.get("discount_amount")
    if percent and amount:
        raise ValidationError(_("Give the discount in per cent or as an amount, not both."))
    elif percent:
        changes["discount_amount"] = Decimal(0)
    elif amount:
        changes["discount_percent"] = Decimal(0)
    return changes


def _catalogue(given: dict[str, Any]) -> dict[str, Any]:
    columns = dict(given)
    for name, things in (("category", ServiceCategory.objects), ("tax", TaxRate.objects)):
        if f"{name}_id" in columns:
            columns[name] = named(things.all(), columns.pop(f"{name}_id"), f"{name}Id")
    if "name" in columns:
        columns["name"] = Translated({code: said for code, said in columns["name"].items() if said})
    return columns


def _service(pk: int) -> ServiceShape:
    return ServiceShape.of(the_one(Service.objects.with_names(), pk=pk), Shop.get().currency)
