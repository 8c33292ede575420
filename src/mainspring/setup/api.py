"""The API's doors into the settings: the shop, its taxes, and the search over everything."""

from itertools import chain
from typing import Annotated, Any, Literal

from django.conf import settings
from pydantic import Field

from mainspring.api.conditions import must_match
from mainspring.api.doors import Asked, Door
from mainspring.api.paging import Cursor, Limit, Page, Walk
from mainspring.api.shapes import Address, Change, Figure, Shape, filled, left_out, upto
from mainspring.core.models import Shop, TaxRate
from mainspring.setup import permissions
from mainspring.setup.settings import change_shop
from mainspring.tickets import permissions as tickets
from mainspring.ui.slots import finders

door = Door("setup", "Settings")
search_door = Door("search", "Search")
doors = [door, search_door]


class ShopShape(Shape):
    """Who we are, as it stands on every mail and invoice."""

    name: str
    email: str
    phone: str
    website: str
    street: str
    postcode: str
    city: str
    country: str
    tax_number: str
    hours: str
    currency: str
    time_zone: str
    language: str
    prices_include_tax: bool
    payment_days: int


class ShopChange(Change):
    """What a program may change of the shop. Currency, zone and tax rules are changed by people, on the desk."""

    name: Annotated[str, filled(120)] = left_out()
    email: Address = left_out()
    phone: Annotated[str, upto(40)] = left_out()
    street: Annotated[str, upto(120)] = left_out()
    postcode: Annotated[str, upto(20)] = left_out()
    city: Annotated[str, upto(80)] = left_out()
    tax_number: Annotated[str, upto(40)] = left_out()
    hours: Annotated[str, upto(200)] = left_out()
    payment_days: Annotated[int, Field(ge=0, le=365)] = left_out()


class TaxShape(Shape):
    id: int
    name: str
    percent: Figure
    is_default: bool

    @classmethod
    def of(cls, tax: TaxRate) -> "TaxShape":
        return cls(id=tax.pk, name=str(tax), percent=tax.percent, is_default=tax.is_default)


class FoundShape(Shape):
    """A thing that the words find."""

    kind: Literal["ticket", "contact", "business", "device", "product", "article", "invoice", "other"]
    key: str = Field(examples=["ticket-1042"])
    label: str
    detail: str
    url: str = Field(description="Its page on the desk.")


KINDS: dict[str, str] = {"caller": "contact", "ticket": "ticket", "business": "business", "device": "device",
                         "product": "product", "article": "article", "invoice": "invoice"}  # fmt: skip


@door.get("/shop", ShopShape, may=permissions.SETTINGS)
def shop(request: Asked) -> ShopShape:
    """The shop."""
    return ShopShape.model_validate(Shop.get())


@door.patch("/shop", ShopShape, may=permissions.SETTINGS)
def change_the_shop(request: Asked, given: ShopChange) -> ShopShape:
    """Change the shop's name, address or hours."""
    Shop.objects.select_for_update().filter(pk=1).first()
    must_match(request, ShopShape.model_validate(Shop.get()))
    change_shop(by=request.user, **given.given)
    return ShopShape.model_validate(Shop.get())


@door.get("/taxes", Page[TaxShape], may=tickets.VIEW)
def taxes(request: Asked, limit: Limit = 100, cursor: Cursor = "") -> Page[TaxShape]:
    """The taxes that services and products carry."""
    found = TaxRate.objects.order_by()
    return Walk({"id": "id"}, "id", cursor, limit).page(found, TaxShape.of)


@search_door.get("/search", Page[FoundShape], may=tickets.VIEW)
def search(
    request: Asked,
    q: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")],
) -> Page[FoundShape]:
    """What the words find, of everything that this person may see: as Ctrl/⌘-K on the desk."""
    found = chain.from_iterable(finders.fill(request.user, q.strip()))
    return Page(items=[_shown(one.key, one.label, one.detail, one.url) for one in found])


def _shown(key: str, label: object, detail: object, url: str) -> FoundShape:
    kind: Any = KINDS.get(key.partition("-")[0], "other")
    return FoundShape(kind=kind, key=key, label=str(label), detail=str(detail), url=settings.BASE_URL + url)
