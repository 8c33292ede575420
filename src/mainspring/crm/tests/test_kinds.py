"""Kinds of devices: what is repaired, in the shop's own words and order."""

from typing import Any

import pytest

from mainspring.crm.models import Device, DeviceKind
from mainspring.events.models import Event
from mainspring.work.models import DiagnosticRule
from mainspring.work.tests.shelf import diagnostic
from world import World

pytestmark = pytest.mark.django_db


def test_a_kind_is_added_changed_and_taken_away(world: World, as_person: Any) -> None:
    client = as_person(world.max)
    client.post("/psa/settings/devices/add", {"name": "Drone", "icon": "camera", "order": "3"})
    drone = DeviceKind.objects.get(name="Drone")
    client.post(f"/psa/settings/devices/{drone.pk}/edit", {"name": "Drones", "icon": "tool", "order": "1"})
    drone.refresh_from_db()
    assert (drone.name, drone.icon, drone.order) == ("Drones", "tool", 1)
    client.post(f"/psa/settings/devices/{drone.pk}/remove")
    assert not DeviceKind.objects.filter(pk=drone.pk).exists()
    told = Event.objects.filter(kind__startswith="device_kind.").order_by("id").values_list("kind", flat=True)
    assert list(told) == ["device_kind.added", "device_kind.changed", "device_kind.removed"]


def test_a_kind_that_devices_have_stays(world: World, as_person: Any) -> None:
    answer = as_person(world.max).post(f"/psa/settings/devices/{world.printer.kind_id}/remove")
    assert answer.status_code == 409 and "Give them another one first" in answer.content.decode()
    assert Device.objects.get().kind.name == "Printer"


@pytest.mark.parametrize("told", [{"name": ""}, {"name": "Printer"}, {"name": "X", "icon": "skull"}])
def test_what_is_no_kind_is_said(world: World, as_person: Any, told: dict[str, str]) -> None:
    told = {"icon": "tool", "order": "1"} | told
    assert as_person(world.max).post("/psa/settings/devices/add", told).status_code == 422
    assert DeviceKind.objects.count() == 1


def test_the_list_says_which_diagnostic_a_kind_gets(world: World, as_person: Any) -> None:
    DiagnosticRule.set_for(world.printer.kind, diagnostic(world), by=world.max)
    shown = as_person(world.max).get("/psa/settings/devices/").content.decode()
    assert "Diagnostic by rule" in shown and ">Diagnostic</td>" in shown
