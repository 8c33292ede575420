"""The API's doors for a customer's own token: who he is, what he owns, and his colleagues."""

from typing import Annotated, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from pydantic import Field

from mainspring.api.conditions import must_match
from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import locked, the_one
from mainspring.api.limits import demand
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Walk
from mainspring.api.problems import Problem
from mainspring.api.shapes import Change, PathId, Shape, filled, left_out, upto
from mainspring.crm.being import INVITED, change_profile, why_not_invited
from mainspring.crm.models import Business, Contact, Device, Joining, Sight

door = Door("crm", "For customers")
doors = [door]


class HisProfile(Shape):
    """What we know of him and he may change. His mail address is his key: the desk changes it."""

    name: str = Field(examples=["Carol Marin"])
    email: str = Field(examples=["carol@acme.example"])
    phone: str
    street: str
    postcode: str
    city: str
    language: str = Field(examples=["en"])
    wants_updates: bool = Field(description="Mails about changes of status, date and technician.")
    wants_news: bool = Field(description="News and offers by mail.")
    business: str = Field(description="Where he works, as far as we know.")

    @classmethod
    def of(cls, contact: Contact) -> "HisProfile":
        plain = ("name", "email", "phone", "street", "postcode", "city", "wants_updates", "wants_news")
        return cls(
            language=contact.speaks,
            business=contact.business.name if contact.business else "",
            **{name: getattr(contact, name) for name in plain},
        )


class HisProfileChange(Change):
    name: Annotated[str, filled(120)] = left_out()
    phone: Annotated[str, upto(40)] = left_out()
    street: Annotated[str, upto(120)] = left_out()
    postcode: Annotated[str, upto(20)] = left_out()
    city: Annotated[str, upto(80)] = left_out()
    language: Literal["en", "he"] = left_out()
    wants_updates: Annotated[bool, Field(strict=True)] = left_out()
    wants_news: Annotated[bool, Field(strict=True)] = left_out()


class HisDevice(Shape):
    id: int
    kind: str = Field(examples=["Printer"])
    maker: str = Field(examples=["HP"])
    model: str
    serial: str
    owner: str

    @classmethod
    def of(cls, device: Device) -> "HisDevice":
        plain = {name: getattr(device, name) for name in ("maker", "model", "serial")}
        return cls(id=device.pk, kind=str(device.kind), owner=device.owner.name if device.owner else "", **plain)


class HisColleague(Shape):
    """Somebody of a business for which he decides."""

    id: int
    name: str
    email: str
    business: str
    sees_all: bool = Field(description="He sees every ticket and invoice of the business.")
    decides: bool = Field(description="He says who does. The shop alone takes that.")


@door.get("/my/profile", HisProfile, customers=True)
def my_profile(request: Asked) -> HisProfile:
    """Name, address, language, and which mails he wants."""
    return HisProfile.of(_me(request))


@door.patch("/my/profile", HisProfile, customers=True)
def change_my_profile(request: Asked, given: HisProfileChange) -> HisProfile:
    """Change it: only what is sent."""
    locked(Contact.objects.all(), pk=_me(request).pk)
    must_match(request, HisProfile.of(_me(request)))
    change_profile(request.customer, **given.given)
    return HisProfile.of(_me(request))


@door.get("/my/devices", Page[HisDevice], customers=True)
def my_devices(request: Asked, limit: Limit = USUAL, cursor: Cursor = "") -> Page[HisDevice]:
    """His devices, and those of businesses he sees all of."""
    found = Device.objects.visible_to(request.customer).select_related("kind", "owner")
    return Walk({"id": "id"}, "-id", cursor, limit).page(found, HisDevice.of)


@door.get("/my/colleagues", Page[HisColleague], customers=True)
def my_colleagues(request: Asked, limit: Limit = USUAL, cursor: Cursor = "") -> Page[HisColleague]:
    """The people of the businesses for which he decides, with what they see."""
    page = Walk({"id": "id"}, "id", cursor, limit).page(_colleagues(request), lambda contact: contact)
    rows = Sight.objects.filter(contact__in=[one.pk for one in page.items])
    sights = {(business, contact): decides for business, contact, decides in rows.values_list(*SIGHT)}
    return Page(items=[_colleague(one, sights) for one in page.items], next=page.next)


@door.post("/my/colleagues/{pk}/let-see", HisColleague, customers=True, status=200)
def let_colleague_see(request: Asked, pk: PathId) -> HisColleague:
    """From now on he sees all tickets and invoices of the business."""
    found = the_one(_colleagues(request), pk=pk)
    assert found.business is not None
    found.let_see(found.business, by=_me(request))
    return _shown(found)


@door.post("/my/colleagues/{pk}/let-see-no-more", HisColleague, customers=True, status=200)
def let_colleague_see_no_more(request: Asked, pk: PathId) -> HisColleague:
    """He sees his own again. 409 for one who decides himself: the shop alone takes that."""
    found = the_one(_colleagues(request), pk=pk)
    assert found.business is not None
    if Sight.objects.filter(contact=found, business=found.business, decides=True).exists():
        raise Problem(409, _("%(name)s decides himself. Ask us to change that.") % {"name": found.name})
    found.let_see_no_more(found.business, by=_me(request))
    return _shown(found)


@door.post("/my/colleagues/{pk}/invite", None, customers=True)
def invite_colleague(request: Asked, pk: PathId) -> None:
    """He gets the link to an account of his own by mail."""
    found = the_one(_colleagues(request), pk=pk)
    if why_not := why_not_invited(found):
        raise Problem(409, why_not)
    demand(INVITED, request.customer.pk)
    Joining.invite(found, by=_me(request))


SIGHT = ("business", "contact", "decides")


def _me(request: Asked) -> Contact:
    return Contact.objects.who_is(request.customer)


def _colleagues(request: Asked) -> "QuerySet[Contact]":
    his = Business.objects.decided_by(request.customer).values("pk")
    return Contact.objects.standing().filter(business__in=his).select_related("business")


def _shown(contact: Contact) -> HisColleague:
    rows = Sight.objects.filter(contact=contact).values_list(*SIGHT)
    return _colleague(contact, {(business, one): decides for business, one, decides in rows})


def _colleague(contact: Contact, sights: dict[tuple[int, int], bool]) -> HisColleague:
    assert contact.business is not None
    decides = sights.get((contact.business.pk, contact.pk))
    return HisColleague(
        id=contact.pk,
        name=contact.name,
        email=contact.email,
        business=contact.business.name,
        sees_all=decides is not None,
        decides=bool(decides),
    )
