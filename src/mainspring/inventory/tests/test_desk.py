"""The staff's doors into the stock."""

import csv
import re
from decimal import Decimal
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mainspring.events.models import Event
from mainspring.inventory.models import Category, Movement, Product, Supplier
from mainspring.inventory.tests.test_stock import add_product
from world import AsPerson, World

POSTS = ["receive", "count", "edit"]
RECEIVED = {"quantity": "5", "reason": "order 17"}


def form_of(world: World, **changes: str) -> dict[str, str]:
    told = {
        "name": "Battery",
        "sku": "BAT-1",
        "barcode": "729",
        "cost": "12",
        "price": "39.90",
        "tax": str(world.vat.pk),
    }
    return {**told, "is_active": "on", **changes}


def test_the_list_shows_searches_and_narrows(world: World, as_person: AsPerson) -> None:
    cables = Category.add(by=world.max, name="Cables")
    add_product(world, "3", reorder_level=Decimal(5))
    add_product(world, "2.5", name="USB cable", sku="USB-2", category=cables)
    desk = as_person(world.tess)
    shown = desk.get("/psa/stock/").content.decode()
    assert "Fuser kit" in shown and "USB cable" in shown
    for query, there, gone in (
        ("?q=usb+cable", "USB cable", "Fuser kit"),
        (f"?category={cables.pk}", "USB cable", "Fuser kit"),
        ("?show=low", "Fuser kit", "USB cable"),
    ):
        page = desk.get("/psa/stock/" + query).content.decode()
        assert there in page and gone not in page


def test_a_scanned_code_opens_its_product_an_unknown_one_offers_to_add_it(world: World, as_person: AsPerson) -> None:
    product = add_product(world, barcode="4006381333931")
    desk = as_person(world.max)
    found = desk.get("/psa/stock/?q=4006381333931")
    assert (found.status_code, found.headers["Location"]) == (303, f"/psa/stock/{product.pk}/")
    assert "/psa/stock/add?barcode=729" in desk.get("/psa/stock/?q=729").content.decode()
    assert 'value="729"' in desk.get("/psa/stock/add?barcode=729").content.decode()


@pytest.mark.parametrize("sort", ["name", "-name", "on_hand", "-price", "sku"])
def test_pages_walk_the_whole_list_once(world: World, as_person: AsPerson, sort: str) -> None:
    for number in range(120):
        Product.objects.create(
            name=f"Part {number % 7}, blue", sku=f"P-{number}", price=number % 5, on_hand=number % 3, tax=world.vat
        )
    desk, address = as_person(world.tess), f"?sort={sort}"
    seen: list[str] = []
    while address:
        shown = desk.get("/psa/stock/" + address).content.decode()
        seen += re.findall(r'href="/psa/stock/(\d+)/"', shown)
        further = re.search(r'href="([^"]+)"[^>]*rel="next"', shown)
        address = unescape(further[1]) if further else ""
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("query", ["?after=x", "?after=,1", "?after=1e999,5&sort=price", "?category=x&sort=no&q=%00"])
def test_a_broken_address_still_shows_the_list(world: World, as_person: AsPerson, query: str) -> None:
    add_product(world)
    assert as_person(world.tess).get("/psa/stock/" + query).status_code == 200


def test_the_list_and_a_product_cost_the_same_queries_however_many_rows(
    world: World,
    as_person: AsPerson,
    django_assert_max_num_queries: Any,
) -> None:
    product, supplier = add_product(world, "40"), Supplier.add(by=None, name="Parts Inc")
    for number in range(40):
        add_product(world, "1", name=f"Part {number}", sku=f"P-{number}", supplier=supplier)
        product.take(1, by=world.tess, reference=f"ticket:{number}", label=f"#{number + 1001}")
    desk = as_person(world.tess)
    with django_assert_max_num_queries(8):
        assert "Part 7" in desk.get("/psa/stock/").content.decode()
    with django_assert_max_num_queries(8):
        assert "#1040" in desk.get(f"/psa/stock/{product.pk}/").content.decode()


def test_a_product_shows_who_took_how_much_for_which_ticket(world: World, as_person: AsPerson) -> None:
    product = add_product(world)
    product.take(2, by=world.tess, reference="ticket:5", label="#1042")
    shown = as_person(world.fay).get(f"/psa/stock/{product.pk}/").content.decode()
    for word in ("#1042", "Tess Amir", "first delivery", "/psa/tickets/1042/"):
        assert word in shown


def test_a_product_is_added_and_edited(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.max)
    assert desk.post("/psa/stock/add", form_of(world)).status_code == 303
    product = Product.objects.get()
    assert (product.name, product.price, product.on_hand) == ("Battery", Decimal("39.90"), 0)
    assert desk.post(f"/psa/stock/{product.pk}/edit", form_of(world, price="45")).status_code == 303
    product.refresh_from_db()
    assert product.price == 45
    assert Event.objects.get(kind="product.changed").data["changes"] == {"price": ["39.9000", "45"]}


def test_a_second_product_of_the_same_sku_or_barcode_is_refused_in_words(world: World, as_person: AsPerson) -> None:
    add_product(world, sku="BAT-1", barcode="729")
    answer = as_person(world.max).post("/psa/stock/add", form_of(world, sku="bat-1"))
    assert answer.status_code == 422
    assert "Another product has this SKU." in answer.content.decode()
    assert "Another product has this barcode." in answer.content.decode()
    assert Product.objects.count() == 1


def test_stock_is_received_and_counted(world: World, as_person: AsPerson) -> None:
    product, desk = add_product(world), as_person(world.max)
    assert desk.post(f"/psa/stock/{product.pk}/receive", {**RECEIVED, "cost": "29.50"}).status_code == 303
    assert desk.post(f"/psa/stock/{product.pk}/count", {"found": "12.5", "reason": "shelf check"}).status_code == 303
    product.refresh_from_db()
    assert (product.on_hand, product.cost, product.recount()) == (Decimal("12.5"), Decimal("29.5"), Decimal("12.5"))
    assert product.movements.latest("pk").person == world.max


@pytest.mark.parametrize(
    ("act", "posted"),
    [
        ("receive", {"quantity": "0"}),
        ("receive", {"quantity": "x"}),
        ("receive", {"quantity": "1", "cost": "-1"}),
        ("receive", {"quantity": "99999999"}),
        ("count", {"found": "-1", "reason": "typo"}),
        ("count", {"found": "3"}),
    ],
)
def test_a_wrong_quantity_is_refused(world: World, as_person: AsPerson, act: str, posted: dict[str, str]) -> None:
    product = add_product(world)
    assert as_person(world.max).post(f"/psa/stock/{product.pk}/{act}", posted).status_code == 422
    assert Movement.objects.count() == 1


def test_suppliers_and_categories_are_kept(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.max)
    desk.post("/psa/stock/suppliers/add", {"name": "Parts Inc", "phone": "03-555-0111"})
    desk.post("/psa/stock/categories/add", {"name": "Cables"})
    supplier, category = Supplier.objects.get(), Category.objects.get()
    desk.post(f"/psa/stock/suppliers/{supplier.pk}/edit", {"name": "Parts Ltd"})
    desk.post(f"/psa/stock/categories/{category.pk}/edit", {"name": "Leads"})
    assert "Parts Ltd" in desk.get("/psa/stock/suppliers/").content.decode()
    assert "Leads" in desk.get("/psa/stock/categories/").content.decode()
    assert desk.post("/psa/stock/categories/add", {"name": "Leads"}).status_code == 422


def test_options_say_what_is_on_hand_and_where(world: World, as_person: AsPerson) -> None:
    add_product(world, "2.5")
    shown = as_person(world.tess).get("/psa/stock/options?q=fuser").content.decode()
    assert "2.5" in shown and "B3" in shown


@pytest.mark.parametrize("act", POSTS)
def test_the_refusals(world: World, client: Client, as_person: AsPerson, act: str) -> None:
    product = add_product(world)
    address = f"/psa/stock/{product.pk}/{act}"
    assert client.post(address, RECEIVED).headers["Location"].startswith("/psa/sign-in/")
    assert as_person(world.bill).post(address, RECEIVED).status_code == 403
    assert as_person(world.max).post(f"/psa/stock/99999/{act}", RECEIVED).status_code == 404
    assert as_person(world.max).get(address).status_code == (200 if act == "edit" else 405)
    assert Movement.objects.count() == 1


@pytest.mark.parametrize("address", ["", "add", "suppliers/", "suppliers/add", "categories/", "options"])
def test_nobody_looks_without_signing_in(world: World, client: Client, address: str) -> None:
    assert client.get(f"/psa/stock/{address}").headers["Location"].startswith("/psa/sign-in/")


def test_only_who_may_edit_is_offered_to(world: World, as_person: AsPerson) -> None:
    product = add_product(world)
    for person, offered in ((world.max, True), (world.tess, False)):
        shown = as_person(person).get(f"/psa/stock/{product.pk}/").content.decode()
        assert (f"/psa/stock/{product.pk}/edit" in shown) is offered
    assert as_person(world.tess).get("/psa/stock/add").status_code == 403


@pytest.mark.parametrize("path", ["stock/", "stock/options"])
def test_the_list_and_its_picker_take_as_many_statements_for_sixty_as_for_one(
    world: World, as_person: AsPerson, path: str
) -> None:
    client = as_person(world.ada)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert "Widget" in client.get(f"/psa/{path}?q=wid").content.decode()
        return len(caught)

    Product.objects.add(by=None, name="Widget", sku="W", tax=world.vat)
    statements()
    one = statements()
    for n in range(60):
        Product.objects.add(by=None, name=f"Widget {n}", sku=f"W-{n}", tax=world.vat)
    assert statements() == one <= 9


def test_products_and_movements_go_out_as_csv(world: World, as_person: AsPerson) -> None:
    wicked = Product.objects.add(by=world.max, name='=HYPERLINK("x")', sku="+1", price=Decimal("1.50"), tax=world.vat)
    wicked.receive(5, by=world.max, reason="@delivery")
    wicked.take(2, by=world.tess, reference="ticket:1", label="#1001")
    Product.objects.add(by=world.max, name="Cable", sku="C-1", tax=world.vat)
    client = as_person(world.tess)
    head, *rows = table(client.get("/psa/stock/products.csv"))
    assert [row[:2] for row in rows] == [["'+1", '\'=HYPERLINK("x")'], ["C-1", "Cable"]]
    assert dict(zip(head, rows[0], strict=True))["On hand"] == "3"
    assert len(table(client.get("/psa/stock/products.csv?q=cable"))) == 2
    head, *lines = table(client.get("/psa/stock/movements.csv"))
    told = [dict(zip(head, line, strict=True)) for line in lines]
    assert [(one["Quantity"], one["On hand after"], one["Reason"], one["For"]) for one in told] == [
        ("5", "5", "'@delivery", ""),
        ("-2", "3", "", "#1001"),
    ], "a quantity below zero stays a number"
    assert len(table(client.get(f"/psa/stock/movements.csv?product={wicked.pk}"))) == 3
    for wrong in ("x", "999999", "9" * 30):
        assert len(table(client.get(f"/psa/stock/movements.csv?product={wrong}"))) == 1


def table(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:])))
