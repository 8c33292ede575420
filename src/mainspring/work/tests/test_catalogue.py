"""The catalogue's pages."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from mainspring.events.models import Event
from mainspring.work.models import DiagnosticRule, Service, ServiceCategory, add_service
from mainspring.work.tests.shelf import diagnostic, open_ticket, repair
from world import AsPerson, World


def form_of(world: World, **changes: str) -> dict[str, str]:
    told = {"name_en": "Repair", "name_he": "תיקון", "billing": "hourly", "price": "80", "tax": str(world.vat.pk)}
    return {**told, "step_minutes": "15", "minimum_minutes": "30", "policy": "deduct", "is_active": "on", **changes}


def test_a_service_is_added_and_edited_in_both_languages(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.max)
    assert desk.post("/psa/services/add", form_of(world)).status_code == 303
    service = Service.objects.get()
    assert (service.name, service.price, service.minimum_minutes) == ({"en": "Repair", "he": "תיקון"}, 80, 30)
    labour = add_service(open_ticket(world), service, by=world.tess, minutes=60)
    assert desk.post(f"/psa/services/{service.pk}/edit", form_of(world, price="95", name_he="")).status_code == 303
    service.refresh_from_db()
    labour.refresh_from_db()
    assert (service.name, service.price, labour.unit_price) == ({"en": "Repair"}, 95, 80)
    assert Event.objects.get(kind="catalogue.changed").data["changes"]["price"] == ["80.0000", "95"]
    assert "Repair" in desk.get("/psa/services/").content.decode()


@pytest.mark.parametrize("wrong", [{"name_en": ""}, {"price": "-1"}, {"step_minutes": "0"}, {"billing": "barter"}])
def test_a_wrong_service_is_refused(world: World, as_person: AsPerson, wrong: dict[str, str]) -> None:
    assert as_person(world.max).post("/psa/services/add", form_of(world, **wrong)).status_code == 422
    assert not Service.objects.exists()


def test_categories_are_kept(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.max)
    desk.post("/psa/services/categories/add", {"name_en": "Data", "order": "1"})
    category = ServiceCategory.objects.get()
    desk.post(f"/psa/services/categories/{category.pk}/edit", {"name_en": "Data recovery", "order": "2"})
    assert "Data recovery" in desk.get("/psa/services/categories/").content.decode()


def test_rules_are_set_and_removed(world: World, as_person: AsPerson) -> None:
    fee, desk = diagnostic(world), as_person(world.max)
    desk.post("/psa/services/rules/set", {"service": fee.pk, "device_kind": world.printer.kind.pk})
    desk.post("/psa/services/rules/set", {"service": fee.pk})
    assert DiagnosticRule.objects.count() == 2
    assert desk.post("/psa/services/rules/set", {"service": repair(world).pk}).status_code == 422
    rule = DiagnosticRule.objects.get(device_kind=None)
    desk.post(f"/psa/services/rules/{rule.pk}/remove")
    assert DiagnosticRule.objects.get().device_kind == world.printer.kind


def test_options_find_a_service_in_either_language(world: World, as_person: AsPerson) -> None:
    repair(world)
    diagnostic(world, is_active=False)
    desk = as_person(world.tess)
    for words in ("rep", "תיקון", ""):
        shown = desk.get("/psa/services/options", {"q": words}).content.decode()
        assert "Repair" in shown and "Diagnostic" not in shown
    assert "Repair" not in desk.get("/psa/services/options", {"q": "zebra"}).content.decode()


def test_the_list_costs_the_same_queries_however_many_services(
    world: World,
    as_person: AsPerson,
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(20):
        repair(world, category=ServiceCategory.add(by=None, name="Repair"), price=Decimal(5))
    desk = as_person(world.max)
    with django_assert_max_num_queries(9):
        assert desk.get("/psa/services/").status_code == 200


ACTS = ["add", "{service}/edit", "categories/add", "categories/{category}/edit", "rules/set", "rules/{rule}/remove"]


@pytest.mark.parametrize("act", ACTS)
def test_the_refusals(world: World, as_person: AsPerson, act: str) -> None:
    service, category = diagnostic(world), ServiceCategory.add(by=None, name="Data")
    rule = DiagnosticRule.set_for(None, service, by=None)
    address = "/psa/services/" + act.format(service=service.pk, category=category.pk, rule=rule.pk)
    assert Client().post(address).headers["Location"].startswith("/psa/sign-in/")
    assert as_person(world.tess).post(address).status_code == 403
    if "{" in act:
        missing = "/psa/services/" + act.format(service=999, category=999, rule=999)
        assert as_person(world.max).post(missing).status_code == 404
    expected = 200 if act in ("add", "{service}/edit", "categories/{category}/edit") else 405
    assert as_person(world.max).get(address).status_code == expected
    assert (Service.objects.count(), ServiceCategory.objects.count(), DiagnosticRule.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("address", ["", "options", "diagnostics", "categories/"])
def test_nobody_looks_without_signing_in(world: World, client: Client, address: str) -> None:
    assert client.get(f"/psa/services/{address}").headers["Location"].startswith("/psa/sign-in/")
