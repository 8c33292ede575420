"""The API's doors into the customer files: contacts, businesses, devices."""

from typing import Annotated, Any, Literal

from django.db.models import Q
from django.utils.translation import gettext as _
from pydantic import Field

from mainspring.api.conditions import must_match
from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import locked, named, the_one
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.problems import wrong
from mainspring.api.shapes import Address, Change, Given, Id, Moment, Named, PathId, Shape, filled, left_out, upto
from mainspring.crm import permissions
from mainspring.crm.models import Business, Contact, Device, DeviceKind

door = Door("crm", "Customers")
doors = [door]

Language = Literal["", "en", "he"]
Query = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$", description="What is looked for.")]
Named_ = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ContactShape(Shape):
    id: int
    name: str
    title: str = Field(description="Role or title.")
    email: str
    phone: str
    business: Named | None
    street: str
    postcode: str
    city: str
    language: str
    tax_exempt: bool
    exempt_reason: str
    remarks: str = Field(description="For the staff alone.")
    mail_paused: bool = Field(description="Mail to this address came back.")
    added_at: Moment

    @classmethod
    def of(cls, contact: Contact) -> "ContactShape":
        return cls.model_validate(_columns(contact, cls, business=Named.of(contact.business)))


class BusinessShape(Shape):
    id: int
    name: str
    email: str
    phone: str
    street: str
    postcode: str
    city: str
    country: str
    language: str
    tax_number: str
    tax_exempt: bool
    exempt_reason: str
    remarks: str
    added_at: Moment


class DeviceShape(Shape):
    id: int
    kind: Named
    owner: Named | None
    business: Named | None
    maker: str
    model: str
    serial: str = Field(description="Serial number or IMEI.")
    remarks: str
    added_at: Moment

    @classmethod
    def of(cls, device: Device) -> "DeviceShape":
        others = {name: Named.of(getattr(device, name)) for name in ("kind", "owner", "business")}
        return cls.model_validate(_columns(device, cls, **others))


class DeviceKindShape(Shape):
    id: int
    name: str
    icon: str


class ContactGiven(Given):
    name: Annotated[str, filled(120)] = Field(examples=["Carol Mizrahi"])
    business_id: Id | None = None
    title: Annotated[str, upto(80)] = ""
    email: Address = ""
    phone: Annotated[str, upto(40)] = ""
    street: Annotated[str, upto(120)] = ""
    postcode: Annotated[str, upto(20)] = ""
    city: Annotated[str, upto(80)] = ""
    language: Language = ""
    tax_exempt: bool = False
    exempt_reason: Annotated[str, upto(200)] = ""
    remarks: Annotated[str, upto(20_000)] = ""


class ContactChange(Change):
    name: Annotated[str, filled(120)] = left_out()
    business_id: Id | None = left_out()
    title: Annotated[str, upto(80)] = left_out()
    email: Address = left_out()
    phone: Annotated[str, upto(40)] = left_out()
    street: Annotated[str, upto(120)] = left_out()
    postcode: Annotated[str, upto(20)] = left_out()
    city: Annotated[str, upto(80)] = left_out()
    language: Language = left_out()
    tax_exempt: bool = left_out()
    exempt_reason: Annotated[str, upto(200)] = left_out()
    remarks: Annotated[str, upto(20_000)] = left_out()
    mail_paused: bool = left_out()


class BusinessGiven(Given):
    name: Annotated[str, filled(160)] = Field(examples=["Acme Printing"])
    email: Address = ""
    phone: Annotated[str, upto(40)] = ""
    street: Annotated[str, upto(120)] = ""
    postcode: Annotated[str, upto(20)] = ""
    city: Annotated[str, upto(80)] = ""
    country: Annotated[str, Field(pattern="^([A-Z]{2})?$", examples=["IL"])] = ""
    language: Language = ""
    tax_number: Annotated[str, upto(40)] = ""
    tax_exempt: bool = False
    exempt_reason: Annotated[str, upto(200)] = ""
    remarks: Annotated[str, upto(20_000)] = ""


class BusinessChange(Change):
    name: Annotated[str, filled(160)] = left_out()
    email: Address = left_out()
    phone: Annotated[str, upto(40)] = left_out()
    street: Annotated[str, upto(120)] = left_out()
    postcode: Annotated[str, upto(20)] = left_out()
    city: Annotated[str, upto(80)] = left_out()
    country: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = left_out()
    language: Language = left_out()
    tax_number: Annotated[str, upto(40)] = left_out()
    tax_exempt: bool = left_out()
    exempt_reason: Annotated[str, upto(200)] = left_out()
    remarks: Annotated[str, upto(20_000)] = left_out()


class DeviceGiven(Given):
    kind_id: Id
    owner_id: Id | None = Field(None, description="The contact who owns it.")
    business_id: Id | None = Field(None, description="Left out: the owner's.")
    maker: Annotated[str, upto(60)] = Field("", examples=["HP"])
    model: Annotated[str, upto(80)] = Field("", examples=["LaserJet M404n"])
    serial: Annotated[str, upto(60)] = ""
    remarks: Annotated[str, upto(20_000)] = ""


class DeviceChange(Change):
    kind_id: Id = left_out()
    owner_id: Id | None = left_out()
    business_id: Id | None = left_out()
    maker: Annotated[str, upto(60)] = left_out()
    model: Annotated[str, upto(80)] = left_out()
    serial: Annotated[str, upto(60)] = left_out()
    remarks: Annotated[str, upto(20_000)] = left_out()


class MergeGiven(Given):
    into_id: Id = Field(description="The contact that is kept.")


@door.get("/contacts", Page[ContactShape], may=permissions.VIEW)
def contacts(
    request: Asked,
    q: Query = "",
    business: Named_ | None = None,
    email: Query = "",
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "name",
) -> Page[ContactShape]:
    """Contacts. `q` is part of a name, a mail address, or four digits of a phone number in any spelling."""
    found = Contact.objects.standing().matching(q.strip()).select_related("business")
    if business is not None:
        found = found.filter(business=business)
    if email:
        found = found.filter(email__iexact=email.strip())
    return Walk({"name": "name", "addedAt": "added_at", "id": "id"}, sort, cursor, limit).page(found, ContactShape.of)


@door.post("/contacts", ContactShape, may=permissions.EDIT)
def add_contact(request: Asked, given: ContactGiven) -> ContactShape:
    """Add a contact."""
    business = named(Business.objects.all(), given.business_id, "businessId")
    columns = given.model_dump(exclude={"business_id"})
    _must_say_why(columns["tax_exempt"], columns["exempt_reason"])
    return ContactShape.of(Contact.add(by=request.user, business=business, **columns))


@door.get("/contacts/{pk}", ContactShape, may=permissions.VIEW)
def contact(request: Asked, pk: PathId) -> ContactShape:
    """A contact."""
    return ContactShape.of(the_one(Contact.objects.standing().select_related("business"), pk=pk))


@door.patch("/contacts/{pk}", ContactShape, may=permissions.EDIT)
def change_contact(request: Asked, pk: PathId, given: ContactChange) -> ContactShape:
    """Change a contact."""
    found = locked(Contact.objects.standing().select_related("business"), pk=pk)
    must_match(request, ContactShape.of(found))
    changes = given.given
    if "business_id" in changes:
        changes["business"] = named(Business.objects.all(), changes.pop("business_id"), "businessId")
    _must_say_why(changes.get("tax_exempt", found.tax_exempt), changes.get("exempt_reason", found.exempt_reason))
    found.amend(by=request.user, **changes)
    return ContactShape.of(found)


@door.post("/contacts/{pk}/merge", ContactShape, may=permissions.MERGE, status=200)
def merge_contact(request: Asked, pk: PathId, given: MergeGiven) -> ContactShape:
    """Merge a contact into another that he turned out to be. Answers the one that is kept."""
    found = the_one(Contact.objects.standing(), pk=pk)
    kept = named(Contact.objects.standing().select_related("business"), given.into_id, "intoId")
    assert kept is not None
    found.merge_into(kept, by=request.user)
    return ContactShape.of(the_one(Contact.objects.select_related("business"), pk=kept.pk))


@door.get("/businesses", Page[BusinessShape], may=permissions.VIEW)
def businesses(
    request: Asked, q: Query = "", limit: Limit = USUAL, cursor: Cursor = "", sort: Sort = "name"
) -> Page[BusinessShape]:
    """Businesses."""
    walk = Walk({"name": "name", "addedAt": "added_at", "id": "id"}, sort, cursor, limit)
    return walk.page(Business.objects.matching(q.strip()), BusinessShape.model_validate)


@door.post("/businesses", BusinessShape, may=permissions.EDIT)
def add_business(request: Asked, given: BusinessGiven) -> BusinessShape:
    """Add a business."""
    _must_say_why(given.tax_exempt, given.exempt_reason)
    return BusinessShape.model_validate(Business.add(by=request.user, **given.model_dump()))


@door.get("/businesses/{pk}", BusinessShape, may=permissions.VIEW)
def business(request: Asked, pk: PathId) -> BusinessShape:
    """A business."""
    return BusinessShape.model_validate(the_one(Business.objects.all(), pk=pk))


@door.patch("/businesses/{pk}", BusinessShape, may=permissions.EDIT)
def change_business(request: Asked, pk: PathId, given: BusinessChange) -> BusinessShape:
    """Change a business."""
    found = locked(Business.objects.all(), pk=pk)
    must_match(request, BusinessShape.model_validate(found))
    changes = given.given
    _must_say_why(changes.get("tax_exempt", found.tax_exempt), changes.get("exempt_reason", found.exempt_reason))
    found.amend(by=request.user, **changes)
    return BusinessShape.model_validate(found)


@door.get("/devices", Page[DeviceShape], may=permissions.VIEW)
def devices(
    request: Asked,
    owner: Named_ | None = None,
    business: Named_ | None = None,
    serial: Query = "",
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "-id",
) -> Page[DeviceShape]:
    """Devices, of one owner or business, or with one serial number."""
    wanted = Q()
    if owner is not None:
        wanted &= Q(owner=owner)
    if business is not None:
        wanted &= Q(business=business)
    if serial:
        wanted &= Q(serial__iexact=serial.strip())
    found = Device.objects.filter(wanted).select_related("kind", "owner", "business")
    return Walk({"id": "id"}, sort, cursor, limit).page(found, DeviceShape.of)


@door.post("/devices", DeviceShape, may=permissions.EDIT)
def add_device(request: Asked, given: DeviceGiven) -> DeviceShape:
    """Add a device to its owner."""
    owner = named(Contact.objects.standing().select_related("business"), given.owner_id, "ownerId")
    at = named(Business.objects.all(), given.business_id, "businessId") or (owner.business if owner else None)
    if owner is None and at is None:
        raise wrong("ownerId", _("A device belongs to a contact or a business."))
    columns = given.model_dump(exclude={"kind_id", "owner_id", "business_id"})
    kind = named(DeviceKind.objects.all(), given.kind_id, "kindId")
    return DeviceShape.of(Device.add(by=request.user, kind=kind, owner=owner, business=at, **columns))


@door.get("/devices/{pk}", DeviceShape, may=permissions.VIEW)
def device(request: Asked, pk: PathId) -> DeviceShape:
    """A device."""
    return DeviceShape.of(the_one(Device.objects.select_related("kind", "owner", "business"), pk=pk))


@door.patch("/devices/{pk}", DeviceShape, may=permissions.EDIT)
def change_device(request: Asked, pk: PathId, given: DeviceChange) -> DeviceShape:
    """Change a device, or give it to another owner."""
    found = locked(Device.objects.select_related("kind", "owner", "business"), pk=pk)
    must_match(request, DeviceShape.of(found))
    changes = given.given
    for name, things in (("kind", DeviceKind.objects), ("owner", Contact.objects), ("business", Business.objects)):
        if f"{name}_id" in changes:
            changes[name] = named(things.all(), changes.pop(f"{name}_id"), f"{name}Id")
    found.amend(by=request.user, **changes)
    return DeviceShape.of(found)


@door.get("/device-kinds", Page[DeviceKindShape], may=permissions.VIEW)
def device_kinds(request: Asked, limit: Limit = 100, cursor: Cursor = "") -> Page[DeviceKindShape]:
    """The kinds of devices that we repair."""
    walk = Walk({"name": "name"}, "name", cursor, limit)
    return walk.page(DeviceKind.objects.order_by(), DeviceKindShape.model_validate)


def _columns(row: Any, shape: type[Shape], **instead: Any) -> dict[str, Any]:
    """The columns of a row that a shape shows, some of them put otherwise."""
    return {name: instead[name] if name in instead else getattr(row, name) for name in shape.model_fields}


def _must_say_why(exempt: bool, reason: str) -> None:
    if exempt and not reason.strip():
        raise wrong("exemptReason", _("Say why: a certificate's number, reverse charge …"))
