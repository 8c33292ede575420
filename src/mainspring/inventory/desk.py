"""The staff's doors into the stock: the list, a product with its history, receive, count, suppliers, categories."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.core.asked import clean, row_key
from mainspring.core.models import Shop
from mainspring.core.quantities import show_quantity
from mainspring.inventory import permissions
from mainspring.inventory.forms import CategoryForm, CountForm, ProductForm, ReceiveForm, SupplierForm
from mainspring.inventory.listing import ProductList
from mainspring.inventory.models import Category, Movement, Product, Supplier
from mainspring.inventory.slots import reference_links
from mainspring.ui.pages import form_page, fragment, is_fragment, page, refuse, see_other, toast
from mainspring.ui.spreadsheets import Spreadsheet, take

HISTORY = 50


@staff(permissions.VIEW)
def products(request: StaffRequest) -> HttpResponse:
    """The list. A whole barcode, SKU or part number in the search box opens its product."""
    wanted = ProductList.read(request.GET)
    scanned = None if is_fragment(request) else Product.objects.scanned(wanted.words)
    if scanned is not None:
        return see_other(request, reverse("product", args=[scanned.pk]))
    show, template = (fragment, "inventory/_rows.html") if is_fragment(request) else (page, "inventory/products.html")
    return show(
        request,
        template,
        wanted=wanted,
        found=wanted.page(),
        categories=Category.objects.all(),
        low_count=Product.objects.low().count(),
        currency=Shop.get().currency,
        may_edit=request.user.may(permissions.EDIT),
    )


@staff(permissions.VIEW)
def products_csv(request: StaffRequest) -> Spreadsheet:
    """The list whole, for a spreadsheet: what stands in the URL narrows it as it narrows the page."""
    head = [
        _("SKU"), _("Product"), _("Barcode"), _("Category"), _("Supplier"), _("Shelf"), _("On hand"),
        _("Reorder level"), _("Cost"), _("Price"), _("Tax"), _("In use"),
    ]  # fmt: skip
    rows = (
        (
            one.sku, one.name, one.barcode, str(one.category or ""), str(one.supplier or ""), one.shelf, one.on_hand,
            one.reorder_level, one.cost, one.price, str(one.tax), int(one.is_active),
        )
        for one in ProductList.read(request.GET).all()
    )  # fmt: skip
    return take(request, "products", head, rows)


@staff(permissions.VIEW)
def movements_csv(request: StaffRequest) -> Spreadsheet:
    """The ledger of the stock, the oldest first; `?product=5` that product's alone."""
    asked = request.GET.get("product", "")
    lines = Movement.objects.select_related("product", "person").order_by("id")
    if asked:
        lines = lines.filter(product=row_key(asked))
    head = [
        _("Date"), _("SKU"), _("Product"), _("Kind"), _("Quantity"), _("On hand after"), _("Unit cost"), _("Reason"),
        _("For"), _("Who"),
    ]  # fmt: skip
    rows = (
        (
            line.at, line.product.sku, line.product.name, line.get_kind_display(), line.quantity, line.on_hand_after,
            line.unit_cost, line.reason, line.label, line.person.name if line.person else "",
        )
        for line in lines.iterator(chunk_size=1000)
    )  # fmt: skip
    return take(request, "stock-movements", head, rows)


@staff(permissions.VIEW)
def product(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Product.objects.with_names(), pk=pk)
    before = request.GET.get("before", "")
    history = Movement.objects.of_product(found).before(before)[: HISTORY + 1]
    lines = list(history)[:HISTORY]
    links: dict[str, str] = {}
    for known in reference_links.fill(lines):
        links.update(known)
    return page(
        request,
        "inventory/product.html",
        product=found,
        history=lines,
        older=f"?before={lines[-1].pk}" if len(history) > HISTORY else "",
        links=links,
        currency=Shop.get().currency,
        receive=ReceiveForm(auto_id="receive_%s"),
        count=CountForm(auto_id="count_%s"),
        may_edit=request.user.may(permissions.EDIT),
        may_receive=request.user.may(permissions.RECEIVE),
        may_count=request.user.may(permissions.COUNT),
    )


@staff(permissions.VIEW)
def product_options(request: StaffRequest) -> HttpResponse:
    """The products that fit what is typed, each with what is on hand and where. A whole code finds its own alone."""
    words = clean(request.GET.get("q"), 200)
    scanned = Product.objects.in_use().scanned(words)
    found = [scanned] if scanned else Product.objects.in_use().matching(words).order_by("name", "pk")[:12]
    return fragment(request, "inventory/_options.html", products=found, words=words, currency=Shop.get().currency)


@staff(permissions.EDIT, methods=("GET", "POST"))
def add_product(request: StaffRequest) -> HttpResponse:
    form = ProductForm(request.POST or None, initial={"barcode": request.GET.get("barcode", "")[:60]})
    return form_page(
        request,
        "inventory/product_form.html",
        form,
        keep=lambda: form.add(by=request.user),
        to=lambda added: reverse("product", args=[added.pk]),
        said=lambda added: _("%(name)s is in the stock. Receive or count what is there.") % {"name": added},
        product=None,
    )


@staff(permissions.EDIT, methods=("GET", "POST"))
def edit_product(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Product, pk=pk)
    form = ProductForm(request.POST or None, instance=found)
    return form_page(
        request,
        "inventory/product_form.html",
        form,
        keep=lambda: form.amend(by=request.user),
        to=reverse("product", args=[pk]),
        product=found,
    )


@staff(permissions.RECEIVE, methods=("POST",))
def receive_stock(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Product, pk=pk)
    form = ReceiveForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    found.receive(by=request.user, **form.cleaned_data)
    toast(request, _("Received. %(on_hand)s on hand now.") % {"on_hand": show_quantity(found.on_hand)})
    return see_other(request, reverse("product", args=[pk]))


@staff(permissions.COUNT, methods=("POST",))
def count_stock(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Product, pk=pk)
    form = CountForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    movement = found.count(form.cleaned_data["found"], reason=form.cleaned_data["reason"], by=request.user)
    if movement.quantity:
        difference = f"{'+' if movement.quantity > 0 else '−'}{show_quantity(abs(movement.quantity))}"
        toast(request, _("Counted: %(difference)s.") % {"difference": difference})
    else:
        toast(request, _("Counted: as expected."))
    return see_other(request, reverse("product", args=[pk]))


@staff(permissions.VIEW)
def suppliers(request: StaffRequest) -> HttpResponse:
    return page(
        request,
        "inventory/suppliers.html",
        suppliers=Supplier.objects.annotate(product_count=Count("products")),
        may_edit=request.user.may(permissions.EDIT),
    )


@staff(permissions.EDIT, methods=("GET", "POST"))
def add_supplier(request: StaffRequest) -> HttpResponse:
    form = SupplierForm(request.POST or None)
    return form_page(
        request,
        "inventory/supplier_form.html",
        form,
        keep=lambda: form.add(by=request.user),
        to=reverse("suppliers"),
        said=lambda added: _("%(name)s is added.") % {"name": added},
        supplier=None,
    )


@staff(permissions.EDIT, methods=("GET", "POST"))
def edit_supplier(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Supplier, pk=pk)
    form = SupplierForm(request.POST or None, instance=found)
    return form_page(
        request,
        "inventory/supplier_form.html",
        form,
        keep=lambda: form.amend(by=request.user),
        to=reverse("suppliers"),
        supplier=found,
    )


@staff(permissions.VIEW)
def product_categories(request: StaffRequest) -> HttpResponse:
    return page(
        request,
        "inventory/categories.html",
        categories=Category.objects.annotate(product_count=Count("products")),
        form=CategoryForm(),
        may_edit=request.user.may(permissions.EDIT),
    )


@staff(permissions.EDIT, methods=("POST",))
def add_product_category(request: StaffRequest) -> HttpResponse:
    form = CategoryForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    toast(request, _("%(name)s is added.") % {"name": form.add(by=request.user)})
    return see_other(request, reverse("product_categories"))


@staff(permissions.EDIT, methods=("POST",))
def edit_product_category(request: StaffRequest, pk: int) -> HttpResponse:
    form = CategoryForm(request.POST, instance=get_object_or_404(Category, pk=pk))
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    form.amend(by=request.user)
    toast(request, _("Saved."))
    return see_other(request, reverse("product_categories"))
