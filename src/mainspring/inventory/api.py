"""The API's doors into the stock: products, and the ledger that moves them."""

from decimal import Decimal
from typing import Annotated, Literal

from django.db.models import F
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from mainspring.api.conditions import must_match
from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import locked, named, the_one
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.problems import answers, wrong
from mainspring.api.shapes import (
    Change,
    Counted,
    Figure,
    Given,
    Id,
    Moment,
    Named,
    PathId,
    Price,
    Quantity,
    Shape,
    filled,
    left_out,
    upto,
)
from mainspring.core.models import Shop, TaxRate
from mainspring.inventory import permissions
from mainspring.inventory.models import AlreadyTakenBack, Category, Movement, NotEnoughStock, Product, Supplier

door = Door("inventory", "Stock")
doors = [door]
answers(409, NotEnoughStock, AlreadyTakenBack)

Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$", description="In the name, the SKU or the barcode.")]
Some = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ProductShape(Shape):
    id: int
    name: str
    sku: str = Field(description="SKU or part number.")
    barcode: str
    category: Named | None
    supplier: Named | None
    cost: Figure
    price: Figure
    currency: str
    tax: Named
    tax_percent: Figure
    on_hand: Figure
    is_low: bool
    shelf: str
    reorder_level: Figure | None
    is_active: bool
    added_at: Moment

    @classmethod
    def of(cls, product: Product, currency: str) -> "ProductShape":
        others = {name: Named.of(getattr(product, name)) for name in ("category", "supplier", "tax")}
        more = {"currency": currency, "tax_percent": product.tax.percent, **others}
        return cls.model_validate({name: more.get(name, getattr(product, name, None)) for name in cls.model_fields})


class MovementShape(Shape):
    """A line of the stock ledger. Never changed: a mistake is undone by its reverse."""

    id: int
    kind: Literal["received", "taken", "returned", "counted"]
    quantity: Figure = Field(description="Signed: what the stock gained.")
    on_hand_after: Figure
    unit_cost: Figure
    reason: str
    reference: str = Field(description="For what it was taken, e.g. ticket:5.")
    label: str
    reverses: int | None
    person: Named | None
    at: Moment

    @classmethod
    def of(cls, line: Movement) -> "MovementShape":
        more = {"reverses": line.reverses_id, "person": Named.of(line.person)}
        return cls.model_validate({name: more.get(name, getattr(line, name)) for name in cls.model_fields})


class ProductGiven(Given):
    name: Annotated[str, filled(160)] = Field(examples=["Fuser kit M404"])
    sku: Annotated[str, filled(60)] = Field(examples=["RM2-5399"])
    barcode: Annotated[str, upto(60)] = ""
    category_id: Id | None = None
    supplier_id: Id | None = None
    cost: Price = Decimal(0)
    price: Price = Decimal(0)
    tax_id: Id | None = Field(None, description="Left out: the default tax.")
    shelf: Annotated[str, upto(40)] = ""
    reorder_level: Counted | None = None


class ProductChange(Change):
    name: Annotated[str, filled(160)] = left_out()
    sku: Annotated[str, filled(60)] = left_out()
    barcode: Annotated[str, upto(60)] = left_out()
    category_id: Id | None = left_out()
    supplier_id: Id | None = left_out()
    cost: Price = left_out()
    price: Price = left_out()
    tax_id: Id = left_out()
    shelf: Annotated[str, upto(40)] = left_out()
    reorder_level: Counted | None = left_out()
    is_active: bool = left_out()


class ReceiveGiven(Given):
    quantity: Quantity
    cost: Price | None = Field(None, description="Each; left out: as before.")
    reason: Annotated[str, upto(200)] = Field("", examples=["Delivery note 4711"])


class CountGiven(Given):
    found: Counted
    reason: Annotated[str, filled(200)] = Field(examples=["Yearly count"])


@door.get("/products", Page[ProductShape], may=permissions.VIEW)
def products(
    request: Asked,
    q: Words = "",
    category: Some | None = None,
    is_active: bool | None = Query(None, alias="isActive"),
    is_low: bool | None = Query(None, alias="isLow"),
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "name",
) -> Page[ProductShape]:
    """Products. `isLow`: no more left than the reorder level."""
    found = Product.objects.with_names().matching(q)
    if category is not None:
        found = found.filter(category=category)
    if is_active is not None:
        found = found.filter(is_active=is_active)
    if is_low is not None:
        low = found.filter(reorder_level__isnull=False, on_hand__lte=F("reorder_level"))
        found = low if is_low else found.exclude(pk__in=low.values("pk"))
    sorts = {"name": "name", "sku": "sku", "price": "price", "onHand": "on_hand", "id": "id"}
    currency = Shop.get().currency
    return Walk(sorts, sort, cursor, limit).page(found, lambda one: ProductShape.of(one, currency))


@door.post("/products", ProductShape, may=permissions.EDIT)
def add_product(request: Asked, given: ProductGiven) -> ProductShape:
    """Add a product. Its stock comes by receiving or counting."""
    columns = _columns(given.model_dump())
    columns["tax"] = columns["tax"] or TaxRate.objects.filter(is_default=True).first()
    if columns["tax"] is None:
        raise wrong("taxId", _("Which tax? There is no default one."))
    Product(**columns).full_clean()
    return _shown(Product.objects.add(by=request.user, **columns).pk)


@door.get("/products/{pk}", ProductShape, may=permissions.VIEW)
def product(request: Asked, pk: PathId) -> ProductShape:
    """A product with what is on hand."""
    return _shown(pk)


@door.patch("/products/{pk}", ProductShape, may=permissions.EDIT)
def change_product(request: Asked, pk: PathId, given: ProductChange) -> ProductShape:
    """Change a product. What stands on tickets keeps its price."""
    found = locked(Product.objects.with_names(), pk=pk)
    must_match(request, ProductShape.of(found, Shop.get().currency))
    columns = _columns(given.given)
    wanted = Product.objects.get(pk=pk)
    for name, value in columns.items():
        setattr(wanted, name, value)
    wanted.full_clean()
    found.amend(by=request.user, **columns)
    return _shown(pk)


@door.get("/products/{pk}/movements", Page[MovementShape], may=permissions.VIEW)
def movements(
    request: Asked, pk: PathId, limit: Limit = USUAL, cursor: Cursor = "", sort: Sort = "-id"
) -> Page[MovementShape]:
    """The ledger of a product: which ticket took it, when, and who."""
    found = Movement.objects.of_product(the_one(Product.objects.all(), pk=pk)).order_by()
    return Walk({"id": "id"}, sort, cursor, limit).page(found, MovementShape.of)


@door.post("/products/{pk}/receive", MovementShape, may=permissions.RECEIVE)
def receive_stock(request: Asked, pk: PathId, given: ReceiveGiven) -> MovementShape:
    """Goods came in. A cost given becomes the product's cost."""
    found = locked(Product.objects.all(), pk=pk)
    _must_hold(found.on_hand + given.quantity)
    return MovementShape.of(found.receive(given.quantity, by=request.user, cost=given.cost, reason=given.reason))


@door.post("/products/{pk}/count", MovementShape, may=permissions.COUNT)
def count_stock(request: Asked, pk: PathId, given: CountGiven) -> MovementShape:
    """So many are really there. The difference goes to the ledger."""
    found = locked(Product.objects.all(), pk=pk)
    return MovementShape.of(found.count(given.found, by=request.user, reason=given.reason))


@door.get("/product-categories", Page[Named], may=permissions.VIEW)
def product_categories(request: Asked, limit: Limit = 100, cursor: Cursor = "") -> Page[Named]:
    """The groups of products."""
    found = Category.objects.order_by()
    return Walk({"name": "name"}, "name", cursor, limit).page(found, lambda one: Named(id=one.pk, name=one.name))


@door.get("/suppliers", Page[Named], may=permissions.VIEW)
def suppliers(request: Asked, limit: Limit = 100, cursor: Cursor = "") -> Page[Named]:
    """From whom we buy."""
    found = Supplier.objects.order_by()
    return Walk({"name": "name"}, "name", cursor, limit).page(found, lambda one: Named(id=one.pk, name=one.name))


def _shown(pk: int) -> ProductShape:
    return ProductShape.of(the_one(Product.objects.with_names(), pk=pk), Shop.get().currency)


def _columns(given: dict[str, object]) -> dict[str, object]:
    """What was sent, by the names of our columns."""
    columns = dict(given)
    for name, things in (("category", Category.objects), ("supplier", Supplier.objects), ("tax", TaxRate.objects)):
        if f"{name}_id" in columns:
            pk = columns.pop(f"{name}_id")
            columns[name] = named(things.all(), pk if isinstance(pk, int) else None, f"{name}Id")
    return columns


def _must_hold(on_hand: Decimal) -> None:
    if on_hand >= 10**7:
        raise wrong("quantity", _("That is more than a shelf holds."))
