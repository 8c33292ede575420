"""The settings: the shop, its logo, its taxes; who changed what stands in the audit trail."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mainspring.core.models import Shop, TaxRate
from mainspring.core.text import Translated
from mainspring.events.models import Event
from mainspring.outbox.letters import shop_logo
from scene import build_scene, picture
from world import World

pytestmark = pytest.mark.django_db

SHOP = {
    "name": "Main Street", "email": "desk@mainstreet.example", "country": "DE", "currency": "EUR",
    "time_zone": "Europe/Berlin", "language": "en", "colour": "#112233", "payment_days": "7",
    "invoice_text_en": "Thank you.", "invoice_text_he": "תודה.",
}  # fmt: skip


def test_the_shop_is_changed_with_before_and_after(world: World, as_person: Any) -> None:
    assert as_person(world.max).post("/psa/settings/shop", SHOP).status_code == 303
    shop = Shop.get()
    assert (shop.name, shop.currency, shop.invoice_text) == (
        "Main Street",
        "EUR",
        Translated(en="Thank you.", he="תודה."),
    )
    changes = Event.objects.get(kind="shop.changed").data["changes"]
    assert changes["currency"] == ["USD", "EUR"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "XXX1"},
        {"colour": "red"},
        {"time_zone": "Mars/Base"},
        {"country": "ZZZ"},
        {"name": ""},
        {"payment_days": "-1"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(world: World, as_person: Any, wrong: dict[str, str]) -> None:
    answer = as_person(world.max).post("/psa/settings/shop", SHOP | wrong)
    assert answer.status_code == 422 and "is-invalid" in answer.content.decode()
    assert Shop.get().name == world.shop.name


def test_the_currency_stands_once_an_invoice_was_issued(world: World, as_person: Any) -> None:
    build_scene(world)
    answer = as_person(world.max).post("/psa/settings/shop", SHOP)
    assert answer.status_code == 422 and "issued in USD" in answer.content.decode()


def test_a_logo_is_kept_shown_and_goes_with_the_mails(world: World, as_person: Any) -> None:
    client = as_person(world.max)
    client.post("/psa/settings/shop", SHOP | {"picture": SimpleUploadedFile("logo.png", picture(), "image/png")})
    assert client.get("/logo").headers["Content-Type"] == "image/webp"
    enclosure = shop_logo.fill(Shop.get())[0]
    assert enclosure.content.startswith(b"\x89PNG") and enclosure.content_id == "logo"
    client.post("/psa/settings/shop/logo/remove")
    assert client.get("/logo").status_code == 404


def test_what_is_no_picture_is_no_logo(world: World, as_person: Any) -> None:
    upload = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")
    assert as_person(world.max).post("/psa/settings/shop", SHOP | {"picture": upload}).status_code == 422
    assert Shop.get().logo == ""


def test_a_new_default_tax_takes_over(world: World, as_person: Any) -> None:
    told = {"name_en": "VAT 18 %", "name_he": "מע״מ 18%", "percent": "18", "is_default": "on"}
    assert as_person(world.max).post("/psa/settings/taxes/add", told).status_code == 303
    assert list(TaxRate.objects.filter(is_default=True).values_list("percent", flat=True)) == [18]
    assert Event.objects.filter(kind="tax.added").exists()


def test_a_tax_over_a_hundred_is_refused(world: World, as_person: Any) -> None:
    told = {"name_en": "Too much", "percent": "101"}
    assert as_person(world.max).post(f"/psa/settings/taxes/{world.vat.pk}/edit", told).status_code == 422


def test_settings_are_found_by_their_words(world: World, as_person: Any) -> None:
    shown = as_person(world.max).get("/psa/settings/?q=vat").content.decode()
    assert "Taxes" in shown and "Status automation" not in shown
